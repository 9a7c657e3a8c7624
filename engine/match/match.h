/* SPDX-License-Identifier: MIT
 *
 * message > matches + bindings. The matcher is compiled from the store's rules and texts into one immutable file
 * (beside the database as <db>.matcher, else under XDG_CACHE_HOME/kbtriage, else only in memory), read with mmap and
 * shared by all threads; a struct match_scratch belongs to one thread. It is rebuilt from the store when it is
 * missing, stale, truncated or damaged. Matching takes time linear in the message, and never more than MATCH_INPUT_MAX
 * bytes of it.
 *
 *   damage.c     what mail, HTML, shells, editors and terminals did to the text is undone, with a map of offsets
 *   language.c   errors that a system says in its user's language, in English
 *   tags.c       tags, entities and the marks of forums
 *   clean.c      a text in which something was undone, with the map back
 *   rich.c       the source of rich text, letters parted by blanks
 *   coded.c      quoted-printable, percent signs, strings of JSON and CSV undone
 *   envelope.c   what is dress and what is message: stamps; what stands before them (envelope_before.c) and between
 *                them and the message (envelope_parts.c); of one kind each: envelope_stamp.c, envelope_syslog.c,
 *                envelope_event.c, envelope_fields.c, envelope_logger.c, envelope_tail.c,
 *                envelope_behind.c
 *   markup.c     records of XML that hold a message
 *   undress.c    dress and coding layer by layer: what a text or a line says
 *   lines.c      a message broken over several lines, each in its dress
 *   meaning.c    the message's code, its family and what the table says of it; by_code.c   articles by it
 *   token.c, query.c   words, numbers, names; how they fold, and which words each may be a slip of, or was
 *                read wrongly for, from a picture
 *   candidate.c  rare words and adjacent pairs > a few dozen messages
 *   align.c      template against message by tokens: order, gaps, typos
 *   surface.c    template against the very text, letter by letter
 *   surface_values.c   what stands where its variables are, and how far the dress differs
 *   likeness.c   template against the very text, letter by letter, with slips
 *   rank.c       evidence > scores, siblings by code
 *   confidence.c scores > how often such an answer is right
 *   text.c       articles by the words of a description
 *   passage.c    the best of them by how these words stand in their texts
 *   spelling.c   sizes, versions and short names as people write them > the articles' words
 *   words.c, product.c   what words are worth and which are one; which products a text names
 *   several.c    which messages stand side by side in one text
 *   answer.c     near-duplicates folded, the reasons
 *   capture.c    what the variables stand for, by name
 *   digest.c, compile.c, assemble.c   articles > the compiled form, on several threads
 *   change.c, patch.c   a few changed articles > the compiled form, without the others
 *   literals.c   messages > what a scan looks for
 *   file.c, open.c   the compiled form, its checks, and where it is kept
 */
#ifndef KBT_MATCH_MATCH_H
#define KBT_MATCH_MATCH_H

#include "match/coded.h"
#include "store/store.h"

struct matcher;
struct match_scratch;

enum { MATCH_INPUT_MAX = 16 << 20, MATCH_RESULTS_MAX = 100 };
#define MATCH_SURE 0.8 /* of a match as sure as this nothing more is looked for */

/* match_open gives a matcher of the store's present content. progress (may be NULL) is called while it is built.
 * d gets a note where the compiled form could be kept nowhere. */
enum err match_open(struct store *s, struct diags *d, bool (*progress)(void *context, int64_t done, int64_t total),
		    void *context, struct matcher **ret_matcher) MUST_USE;
void match_close(struct matcher **m);
/* match_rest lets go of the file's pages that are in memory; those that look-ups need come back by themselves. For who
 * has just opened it, which reads all, and stays for long. */
void match_rest(const struct matcher *m);
/* match_is_whole: the file is as it was opened. One that somebody cuts in its place becomes zeros: look-ups go on, and
 * find nothing or too little; match_message and match_search give ERR_CUT then. A matcher opened anew is whole. */
bool match_is_whole(const struct matcher *m);
int64_t match_generation(const struct matcher *m); /* of the store content that it was compiled from */

/* What one thread needs to look up, as long as this matcher lives: some bytes an article and a message. ERR_NOMEM. */
enum err match_scratch_open(const struct matcher *m, struct match_scratch **ret_scratch) MUST_USE;
void match_scratch_close(struct match_scratch **scratch);

struct match_span { size_t start, end; }; /* half-open byte offsets in the query as given */

struct match_capture {
	struct str name;  /* "server", "share", "path", "code", ... */
	struct str value; /* cleaned: no leading backslashes before a host, no quotes or stop behind it */
	enum var_type type;
	struct match_span span;
	bool netbios;	    /* it has to be a NetBIOS name */
	bool cut;	    /* the message is cut off before its quote or bracket closes: it may be longer */
	struct str finding; /* a sentence where the value cannot be what its type says: "a NetBIOS name has at most 15
			     * characters; this has 18"; else empty */
};

/* match_finding is the finding for another value in the capture's place. */
struct str match_finding(const struct match_capture *capture, struct str value, struct arena *a);

struct match_code {
	bool known;	   /* a code stands in the message */
	int64_t value;
	struct str family, symbol, says; /* of the reading that context chose; empty where no table has it */
	struct match_span span;
	/* Of an NTSTATUS or HRESULT that carries this one what its own table calls it; empty symbol: none does. */
	int64_t written;
	struct str written_family, written_symbol;
};

struct match {
	struct str id, title;
	uint32_t article; /* its number in the matcher */
	double confidence; /* 0..1: how often such an answer is right */
	/* The same; of a match below the floor what it and the others as good, all of them matches, add up to. */
	double together;
	struct str template; /* the article's message that matched; empty where its text matched */
	struct match_span *spans; /* what of the query matched, ascending, disjoint */
	size_t span_count;
	struct match_code code; /* the message's, where it is one that the article is about */
	struct match_capture *captures;
	size_t capture_count;
	struct str *also; /* ids of near-duplicates folded into this one */
	size_t also_count;
	struct str why; /* one sentence: what spoke for it and what the runner-up lacks */
	bool whole_payload; /* the template covers all of the message that the envelope leaves */
	bool parted;	    /* not that, but all that stands behind a mark which parts it off ("rpc failed: text") */
	bool set_off;	    /* neither, but a sentence by itself among others ("text. Trying again.") */
	bool word_for_word; /* the template is there letter for letter, variables filled */
	bool over_lines;    /* there is a line end in what some variable stands for, captured or not */
	bool within_word;   /* it begins or ends within a word of the query: "No route" in "piano route" */
	size_t filled;	    /* letters of the payload that variables stand for, captured or not */
	bool context;	    /* product, component or log file speak for it */
};

/* match_binds: there is a capture of this name. */
bool match_binds(const struct match *m, struct str name);

/* What the message was dressed in. */
struct match_envelope {
	struct str kind; /* "sms", "syslog", "nt-event", "iso", ...; empty where there is none */
	struct match_span payload;
	struct str time, component, host, thread, level, event; /* as written; may be empty */
	struct match_span beside; /* what is said of the same thing in another field; end 0: nothing. None in answers */
	enum coding coding;	  /* that both are in, still; none in answers */
	bool two;		  /* in answers: the payload is what two fields say, one below the other */
};

struct match_answer {
	struct str query; /* as given, invalid UTF-8 mended: all spans count in it */
	bool explained;
	struct match *matches; /* at or above the confidence floor, alone or as equals together; best first */
	size_t match_count;
	struct match *nearest; /* at most 3, below the floor */
	size_t nearest_count;
	struct match_envelope envelope;
	struct match_code code; /* the message's own code and its meaning, whether or not an article explains it */
	struct match_code *code_readings; /* all families that know the number */
	size_t code_reading_count;
};

struct match_options {
	size_t limit;	      /* 0: 10 */
	bool keep_envelope;   /* take the message as it is: no dress is told apart */
	struct str log_file;  /* the name of the file a line came from; speaks for articles that name it */
	/* Nothing is answered, sooner, to a text of one line that no message covers, and that holds none as a sentence
	 * by itself or word for word with context speaking for it. */
	bool standing;
	/* The same text was asked just before with `standing`, of the same scratch and arena: what was found then is
	 * not looked for again. The answer is that of the whole look-up. */
	bool again;
};

/* match_message: the whole look-up. ERR_INPUT for a message without a letter or digit, ERR_LIMIT for one over
 * MATCH_INPUT_MAX, ERR_NOMEM, ERR_CUT. The answer lives in the arena and borrows from the matcher. */
enum err match_message(const struct matcher *m, struct match_scratch *scratch, struct str query,
		       const struct match_options *options, struct arena *a, struct match_answer *ret_answer) MUST_USE;

/* match_apart counts the first of its matches that each explain a message of their own, side by side in the text; 0
 * where there are not two. */
size_t match_apart(const struct match_answer *found);

/* match_leaves_doubt says whether none of the matches is so sure that the nearest are not worth a person's look. */
bool match_leaves_doubt(const struct match_answer *found);

/* match_search: articles by words (for the search page and `lookup` of descriptions): best first. */
struct match_hit { struct str id, title; double score; };
enum err match_search(const struct matcher *m, struct match_scratch *scratch, struct str words, size_t offset,
		      size_t limit, struct arena *a, struct match_hit **ret_hits, size_t *ret_count,
		      size_t *ret_total) MUST_USE;

/* For tests and measurements of a scan. match_each_message visits the messages that templates were made of, numbered,
 * as the articles quote them, with the spans of their variables in the text, ascending. false from visit ends it. */
typedef bool match_visit_message(void *context, uint32_t message, struct str text, const struct match_span *vars,
				 size_t var_count);
void match_each_message(const struct matcher *m, match_visit_message *visit, void *context);

/* match_each_over_time visits the marks and stories of articles, numbered, in the one-line form of rule.h. */
typedef void match_visit_over_time(void *context, uint32_t number, struct str id, struct str text);
void match_each_over_time(const struct matcher *m, match_visit_over_time *visit, void *context);

/* match_variables gives the names of the variables in an article's messages, each once, at most max. */
size_t match_variables(const struct matcher *m, struct match_scratch *scratch, uint32_t article, struct str *ret_names,
		       size_t max);

/* match_differs_by_code says whether the article is about other codes than this one, and has a message that begins with
 * the words of this template: the same failure with another code is another article's. */
bool match_differs_by_code(const struct matcher *m, struct match_scratch *scratch, uint32_t article,
			   const struct match_code *code, struct str template);
/* match_tells_codes says whether that can be so of an article at all. */
bool match_tells_codes(const struct matcher *m, struct match_scratch *scratch, uint32_t article);

/* The words of a component's or a log file's name that may speak for an article. */
enum { MATCH_NAME_WORDS = 16 };
struct match_name { uint32_t words[MATCH_NAME_WORDS], count; };
/* match_name_read: of its words, as terms of this matcher, the first that few articles have. */
void match_name_read(const struct matcher *m, struct str name, struct match_name *ret_name);

/* match_names says whether the name speaks for the article of this message. */
bool match_names(const struct matcher *m, const struct match_name *name, uint32_t message);

/* match_fits says whether one of these messages covers the payload of a text letter for letter, variables filled; or is
 * in the text and covers enough of it, and the component or the log file speaks for its article. Much cheaper than
 * match_message, which has the last word; damage is not undone. */
bool match_fits(const struct matcher *m, struct match_scratch *scratch, struct str text, struct match_span payload,
		const struct match_name *component, const struct match_name *log_file, const uint32_t *messages,
		size_t count);

/* match_reaches says whether this message begins with the text's first letter and carries what it covers, and where it
 * ends; the text is as lines.h gives it. For messages over several lines, with the same reservation. */
bool match_reaches(const struct matcher *m, struct match_scratch *scratch, struct str text, uint32_t message,
		   size_t *ret_end);
/* match_reaches_end: the same up to the text's end, of a message whose values may take more than they have to. */
bool match_reaches_end(const struct matcher *m, struct match_scratch *scratch, struct str text, uint32_t message);

#endif
