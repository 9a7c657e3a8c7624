/* SPDX-License-Identifier: MIT
 *
 * article > rule: what an article says that a program can use. Message templates with typed variables, error codes
 * with their family, causes, resolutions in order, applicability, cross references. Derived, never invented: each
 * item names the section and line it came from. Pure: takes an article, gives a rule in the caller's arena.
 *
 *   template.h   quoted messages of an article > templates; the template language of authored articles (quoted.c,
 *                placeholder.c, template.c)
 *   code.c       error codes in text, their shapes and families
 *   numbered.c   codes that have a spelling of their own: ORA-12154, 401.2, 550 5.7.1, SQLSTATE 28000
 *   ended.c      exit statuses and signals: by which program's table
 *   remedy.c     cause, resolution, workaround, status, also where the headings are missing (says.c: the phrases;
 *                prose.c: paragraphs and sentences)
 *   names.c      log files and programs that the article names
 *   authored.c   the front matter of our own articles (over_time.c: its marks and stories)
 */
#ifndef KBT_RULE_RULE_H
#define KBT_RULE_RULE_H

#include "article/article.h"

enum var_type {
	VAR_TEXT, /* anything */
	VAR_HOST, /* DNS name or address, not further told */
	VAR_NETBIOS,
	VAR_ADDRESS,
	VAR_SHARE,
	VAR_UNC,  /* \\server\share\path */
	VAR_PATH,
	VAR_FILE,
	VAR_USER,
	VAR_PORT,
	VAR_NUMBER,
	VAR_CODE,
	VAR_PRODUCT,
	VAR_LINK, /* a network interface */
	VAR_TIME
};
const char *var_type_name(enum var_type t); /* "netbios-name", "host", "share", ... */
bool var_type_parse(struct str name, enum var_type *ret_type);

struct rule_var {
	struct str name; /* "server", "share", "path": how the binding is called */
	enum var_type type;
	struct str says; /* the placeholder as the article spells it: "<\\servername>" */
	bool sample;	 /* says is one machine's value (an address), not a placeholder */
};

/* A template is a sequence of pieces: literal text, or a variable. */
struct rule_piece {
	bool is_var;
	struct str text; /* of a literal */
	uint32_t var;	 /* index into the template's vars */
};

enum template_place { /* where the message stood; the earlier, the stronger */
	PLACE_AUTHORED, PLACE_SYMPTOMS, PLACE_TITLE, PLACE_SUMMARY, PLACE_CAUSE, PLACE_MORE, PLACE_OTHER
};

struct rule_template {
	struct str text; /* the message as quoted, lines joined by one space */
	struct rule_piece *pieces;
	size_t piece_count, piece_cap;
	struct rule_var *vars;
	size_t var_count, var_cap;
	enum template_place place;
	bool announced; /* a sentence before it says that it is a message */
	unsigned lines; /* how many lines it was quoted on */
	uint32_t line;	/* in the source */
};

/* An error code in a text: its number, how it was written, and what the text says of its family. */
struct rule_code {
	int64_t value;	   /* as written: 53, 0x80070035, -2147024843 */
	struct str family; /* "win32", "hresult", "ntstatus", "vb", "ras", "errno", ...; empty where unknown */
	struct str symbol; /* "ERROR_BAD_NETPATH" where the text or the table names it */
	bool defining;	   /* the code is what the article is about (its message or title has it) */
};

enum resolution_kind { RESOLUTION_FIX, RESOLUTION_WORKAROUND };

/* What an action risks and takes, for somebody who has the access; an article may leave both unsaid (0). */
enum rule_risk { RISK_UNSAID, RISK_NONE, RISK_LOW, RISK_MEDIUM, RISK_HIGH };
enum rule_effort { EFFORT_UNSAID, EFFORT_MINUTES, EFFORT_HOURS, EFFORT_DAYS };
const char *rule_risk_name(enum rule_risk risk);       /* "none", "low", "medium", "high"; unsaid: "" */
const char *rule_effort_name(enum rule_effort effort); /* "minutes", "hours", "days"; unsaid: "" */
bool rule_risk_parse(struct str name, enum rule_risk *ret_risk);
bool rule_effort_parse(struct str name, enum rule_effort *ret_effort);

struct rule_resolution {
	enum resolution_kind kind;
	struct str text;   /* what to do, in order of the article; authored: our words */
	struct str where;  /* "site server", "client", a path; may be empty */
	struct str caveat; /* a warning that goes with it; may be empty */
	enum rule_risk risk;
	enum rule_effort effort;
	struct str harm; /* what the risk is: "drops the sessions that are open"; empty where there is none */
	uint32_t line;
};

/* How the matter stands by the article. */
enum rule_status { STATUS_UNKNOWN, STATUS_CONFIRMED, STATUS_FIXED, STATUS_NO_FIX, STATUS_BY_DESIGN };
const char *rule_status_name(enum rule_status s); /* "unknown", "confirmed", "fixed", "no-known-fix", "by-design" */
bool rule_status_parse(struct str name, enum rule_status *ret_status);

struct rule_sample { /* authored: a text that must match (or must not), and what it binds */
	struct str text;
	bool matches;
	const struct tree *binds; /* name: value, or NULL */
	uint32_t line;
};

/* Authored: what the lines of a log tell over time. A mark is a line that is no symptom but tells with one; a story
 * holds where all that it asks for does. An event is the name of a mark, or "hit": one of the article's messages. */
enum { STORY_SEQUENCE_MAX = 8, STORY_COUNT_MAX = 32 };

struct rule_mark {
	struct str name;
	struct str text; /* a template: letter for letter as the log has it; where it is one, it is the whole of it */
	uint32_t line;
};

struct rule_story {
	struct str name, says; /* says: a sentence or two */
	unsigned count;	       /* so many hits at least */
	int64_t within_s;      /* the count, the sequence, or what clears, in so long a time; 0: in any */
	struct str sequence[STORY_SEQUENCE_MAX]; /* events in this order, others may stand between */
	size_t sequence_count;
	struct str cleared_by;	   /* a mark that stands behind the last hit, ... */
	struct str not_cleared_by; /* ... that does not, ... */
	struct str never;	   /* ... that stands behind no hit at all; empty: not asked for */
	struct str *fires, *quiet; /* samples: logs that tell it, logs that do not */
	size_t fires_count, fires_cap, quiet_count, quiet_cap;
	uint32_t line;
};

struct rule {
	struct str id, title;
	bool authored;
	struct rule_template *templates;
	size_t template_count, template_cap;
	struct rule_code *codes;
	size_t code_count, code_cap;
	struct str cause; /* the article's cause in its words (may be several sentences); empty where it has none */
	struct rule_resolution *resolutions;
	size_t resolution_count, resolution_cap;
	enum rule_status status;
	struct str status_text; /* a sentence: "confirmed as a bug in ...; fixed in the latest service pack" */
	struct str *log_files;	/* "Sender.log" */
	size_t log_file_count, log_file_cap;
	struct str *components; /* program or service names that speak for it: "rcmd", "SMS_LAN_SENDER" */
	size_t component_count, component_cap;
	struct str
		*cause_classes; /* authored: classes of kb/causes it may be due to; empty means by the code's meaning */
	size_t cause_class_count, cause_class_cap;
	struct str *probes; /* authored: probe names beyond what the variable types imply */
	size_t probe_count, probe_cap;
	struct rule_sample *samples;
	size_t sample_count, sample_cap;
	struct rule_mark *marks;
	size_t mark_count, mark_cap;
	struct rule_story *stories; /* the first that holds counts */
	size_t story_count, story_cap;
};

/* rule_extract derives the rule. d (may be NULL) gets what an author should mend; only authored articles can have
 * errors in it. ERR_NOMEM only. */
enum err rule_extract(const struct article *article, struct arena *a, struct diags *d, struct rule *ret_rule) MUST_USE;

/* rule_template_parse reads the template language: literal text with {name} or {name:type} for a variable, {{ for a
 * brace. Used by authored articles and tests. ERR_INPUT with a sentence in d. */
enum err rule_template_parse(struct str text, struct arena *a, struct diags *d, struct rule_template *ret_template)
	MUST_USE;

/* rule_merge adds a second rule of the same article to the first (merge.c): what stands in the first counts first. The
 * result borrows from both. ERR_NOMEM only. */
enum err rule_merge(struct rule *into, const struct rule *more, struct arena *a) MUST_USE;

/* rule_codes_find gives the codes that a text names, in order, at most max of them. A symbol has value 0. */
struct rule_code_at { struct rule_code code; size_t start, end; /* half-open, in the text */ };
size_t rule_codes_find(struct str text, struct rule_code_at *codes, size_t max);

/* rule_word_before gives the last word of a text, marks like "= # ( :" behind it left out; rule_is_code_word says that
 * it makes a number behind it a code: "Error = 53", "errno(2)", "retcode '53'". rule_is_alone: beside what stands from
 * start to end the text, a short one, has nothing but marks. */
struct str rule_word_before(struct str text);
bool rule_is_code_word(struct str word);
bool rule_is_alone(struct str text, size_t start, size_t end);

/* rule_is_told_code: what stands beside the number at text[start, end) says that it is a code. rule_is_amount: that it
 * is a count, a time, a date or a line of a source. rule_is_numbered: the text ends with what has numbers of its own:
 * "User ", before 404. */
bool rule_is_told_code(struct str text, size_t start, size_t end, bool hex);
bool rule_is_amount(struct str text, size_t start, size_t end);
bool rule_is_numbered(struct str head);

/* rule_numbered_at: the length of a code that has a spelling of its own at text[at]; 0 where there is none.
 * rule_numbered_family: the system whose number this is, by the words before it and what stands behind; empty where
 * none is told. rule_is_reply_family: of replies that a server gives to whatever went wrong (HTTP, SMTP, SQLSTATE). */
size_t rule_numbered_at(struct str text, size_t at, struct rule_code *ret_code);
struct str rule_numbered_family(struct str head, struct str tail, int64_t value);
bool rule_is_reply_family(struct str family);
struct str rule_http_reason(int64_t status); /* "Not Found" for 404; empty where it has none */

/* rule_ended_family: the text says that a program ended with the number at text[start, end), or by that signal. Gives
 * whose number it is: "curl", "rsync", "signal", "systemd" ..., "exit" where any program's; empty where the text does
 * not say so. rule_is_ended_family: the family is one of those. rule_is_end: the words before text[start] say that a
 * program ended with what follows. */
bool rule_is_end(struct str text, size_t start);
struct str rule_ended_family(struct str text, size_t start, size_t end, int64_t value);
bool rule_is_ended_family(struct str family);

/* rule_code_carried: the error of another family that a code stands for: Windows' in an HRESULT of that facility
 * (0x80070035, -2147024843) or an NTSTATUS of the network (0xC00000BE), Visual Basic's in 0x800A0035, the protocol's in
 * a number of the Kerberos library (-1765328378). *ret_family is "win32", "vb" or "krb5". Outputs are untouched where
 * it carries none. */
bool rule_code_carried(int64_t value, int64_t *ret_value, struct str *ret_family);

/* The parts that rule_extract is made of, each adding to *rule. */
enum err rule_add_templates(const struct article *article, struct arena *a, struct rule *rule) MUST_USE;
enum err rule_add_codes(const struct article *article, struct arena *a, struct rule *rule) MUST_USE;
enum err rule_add_remedies(const struct article *article, struct arena *a, struct rule *rule) MUST_USE;
enum err rule_add_names(const struct article *article, struct arena *a, struct rule *rule) MUST_USE;
enum err rule_add_authored(const struct article *article, struct arena *a, struct diags *d, struct rule *rule) MUST_USE;

/* The keys marks and stories of the front matter, and what only both together can tell. */
void rule_read_marks(const struct tree *t, struct arena *a, struct diags *d, struct rule *rule);
void rule_read_stories(const struct tree *t, struct arena *a, struct diags *d, struct rule *rule);
void rule_check_stories(const struct rule *rule, struct diags *d);

/* A mark or a story as one line of text, without its samples, and back: how the compiled matcher keeps them. */
struct str rule_mark_text(const struct rule_mark *m, struct arena *a);
struct str rule_story_text(const struct rule_story *s, struct arena *a);
bool rule_mark_read(struct str text, struct rule_mark *ret_mark);	 /* borrows */
bool rule_story_read(struct str text, struct rule_story *ret_story); /* borrows */

#endif
