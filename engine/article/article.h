/* SPDX-License-Identifier: MIT
 *
 * bytes > article. Any bytes give an article and diagnostics with line numbers; parsing cannot fail but for memory.
 * Takes the bytes of one source (a KB archive text file, a KB archive web page, our own authored Markdown with YAML
 * front matter) and gives one struct article in the caller's arena, in UTF-8 with LF line ends. Nothing of the text is
 * lost: `parts` holds all of it in order, and article_raw prints it again word for word. Never reads files, never
 * looks at other articles.
 *
 * A format is one file and one line in formats.def. `detect` answers from the first bytes how sure it is; the surest
 * format parses. Bytes that no format claims are no article (ERR_INPUT from article_parse).
 */
#ifndef KBT_ARTICLE_ARTICLE_H
#define KBT_ARTICLE_ARTICLE_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/tree.h"

/* What a section is, whatever its heading's spelling. A section of level 2 whose heading says nothing ("Method 1",
 * "Steps to Reproduce Behavior") is of the kind of the top section that it stands in. */
enum section_kind {
	SECTION_INTRO,	    /* text before the first heading */
	SECTION_APPLIES,    /* "The information in this article applies to" */
	SECTION_SUMMARY,
	SECTION_SYMPTOMS,
	SECTION_CAUSE,
	SECTION_RESOLUTION,
	SECTION_WORKAROUND,
	SECTION_STATUS,
	SECTION_MORE,	    /* more information */
	SECTION_REFERENCES,
	SECTION_QUESTION,   /* the Programmer's Library layout: question and response */
	SECTION_ANSWER,
	SECTION_NOTICE,	    /* disclaimer and copyright: kept in the text, left out of the index */
	SECTION_OTHER
};

struct article_section {
	enum section_kind kind;
	unsigned level;	     /* 1 for a top heading; 2 for one below it or one that no rule underlines ("Question:") */
	struct str heading;  /* as written; empty for SECTION_INTRO */
	struct str body;     /* lines joined by LF, the format's own indent removed, without blank lines at its ends */
	uint32_t line;	     /* 1-based line of the heading in the source */
	uint32_t body_line;  /* of the body's first line */
};

/* A header or footer line: "PRODUCT", "Keywords", "Issue type". */
struct article_field {
	struct str name, value; /* value: continuation lines joined by one space */
	bool footer;
	uint32_t line;
};

struct article_ref {
	struct str id;	    /* "Q151519"; empty for a reference by keyword */
	struct str keyword; /* "SERVPACK", from "S E R V P A C K" */
	struct str title;   /* as written behind or before the id; may be empty */
	uint32_t line;
};

/* The lossless sequence: each part is some whole lines of the source. */
enum part_kind {
	PART_FRAME,   /* blank lines, rules, and the page that a web format wraps around the article */
	PART_FIELD,   /* the lines of fields[index] */
	PART_HEADING, /* the heading of sections[index], with its underline */
	PART_BODY     /* lines of the body of sections[index] */
};

struct article_part {
	enum part_kind kind;
	bool tabbed;	/* the source has a tab before each of these lines */
	uint32_t index;
	struct str text; /* lines with their LF; the last line of a source may have none */
};

struct article {
	struct str id;	   /* "Q150536": Q and 5 or 6 digits; authored ones may have other words behind the Q */
	struct str title;
	struct str date;   /* last modified, ISO "2001-08-08"; empty where there is none */
	struct str format; /* the name of the format that parsed it */
	struct str issue_type; /* "kbprb", "kbbug", ...; empty where there is none */
	struct str query_words; /* "Additional query words:", without the label */
	struct article_field *fields;
	size_t field_count, field_cap;
	struct article_section *sections;
	size_t section_count, section_cap;
	struct str *products; /* one a line of "applies to", else of the PRODUCT field */
	size_t product_count, product_cap;
	struct str *keywords; /* kb keywords of header and footer, each once */
	size_t keyword_count, keyword_cap;
	struct article_ref *refs; /* each id once, never the article itself */
	size_t ref_count, ref_cap;
	struct article_part *parts;
	size_t part_count, part_cap;
	const struct tree *front; /* authored articles: the front matter; else NULL */
};

struct article_format {
	const char *name; /* "kb-text", "kb-web", "authored" */
	const char *help;
	/* detect: 0 not mine, 100 certainly. Looks at no more than the first 4 KiB. */
	int (*detect)(struct str bytes);
	enum err (*parse)(struct str bytes, struct arena *a, struct diags *d, struct article *article);
};

/* article_parse: ERR_INPUT where no format claims the bytes (an id and a title at least), ERR_NOMEM; else an article,
 * with what was odd in d (which may be NULL). */
enum err article_parse(struct str bytes, struct arena *a, struct diags *d, struct article **ret_article) MUST_USE;

/* article_raw prints the text again from the parsed parts: the same words in the same order as the source (after
 * conversion to UTF-8), the same lines. */
void article_raw(const struct article *article, struct buf *out);

/* article_has: the article has a top section of this kind. */
bool article_has(const struct article *article, enum section_kind kind);

/* article_field gives the value of the first field so called (case does not matter), or the empty string. */
struct str article_field(const struct article *article, const char *name);

/* article_id reads "Q150536", "150536", "KB150536", "q150536" as an id in the canonical spelling; false if it is none.
 * Also the ids of authored articles ("Q-mount-error-112"). */
bool article_id(struct str text, struct arena *a, struct str *ret_id);

/* article_id_at measures an archive id, "Q" with 5 or 6 digits, at s[at], not inside another word: its length, or 0. */
size_t article_id_at(struct str s, size_t at);

/* section_kind_of_heading reads "SYMPTOMS", "Cause:" and their like; SECTION_OTHER where the heading says nothing. */
enum section_kind section_kind_of_heading(struct str heading);

const char *section_kind_name(enum section_kind kind); /* "symptoms" */

/* The table of formats, ended by a NULL name. */
extern const struct article_format *const article_formats[];

#endif
