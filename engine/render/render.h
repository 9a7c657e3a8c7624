/* SPDX-License-Identifier: MIT
 *
 * report > bytes. The contract's JSON (*_json.c), text for a terminal or a pipe (*_text.c), HTML pieces (html*.c),
 * Markdown (markdown*.c). All escaping for people lives here: no control byte reaches a terminal, no tag a page, only
 * http, https and mailto links survive. Takes reports, gives bytes in a struct buf; never prints.
 */
#ifndef KBT_RENDER_RENDER_H
#define KBT_RENDER_RENDER_H

#include "triage/triage.h"

/* ---- JSON: one object each, no newline behind it ---- */
void render_json_answer(struct buf *out, const struct triage_answer *answer);
void render_json_report(struct buf *out, const struct triage_report *report);
void render_json_evidence(struct buf *out, const struct evidence *e);
/* pieces that several objects share: the keys matches and nearest; the key captures; the key resolution; a code, where
 * one is known (key NULL: as an item of a list) */
void render_json_matches(struct json *j, const struct triage_answer *answer);
void render_json_captures(struct json *j, const struct match *m);
void render_json_resolutions(struct json *j, const struct rule_resolution *items, size_t count);
void render_json_code(struct json *j, const char *key, const struct match_code *code);
void render_json_article(struct buf *out, const struct article *article, const struct article *authored,
			 const struct rule *rule, const struct store_brief *cited_by, size_t cited_by_count);

/* ---- text ---- */
struct render_text {
	bool colour;
	unsigned width; /* columns; 0: 80 */
};
/* How words stand out at a terminal: what begins it. */
#define RENDER_PLAIN "\033[0m" /* ends each of them */
#define RENDER_BOLD "\033[1m"
#define RENDER_DIM "\033[2m"
#define RENDER_UNDERLINED "\033[4m"
#define RENDER_BAD "\033[31m"
#define RENDER_GOOD "\033[32m"
#define RENDER_LINK "\033[36m"
#define RENDER_VALUE "\033[1;36m" /* what the message names */
#define RENDER_OPEN "\033[35m"	  /* what is open or to be weighed; not yellow: on a light ground nobody can read that */
/* render_on gives the colour, or nothing where there are none; colour may be NULL. */
const char *render_on(const struct render_text *t, const char *colour);
/* render_coloured adds untrusted text of one line (render_safe) in a colour. */
void render_coloured(struct buf *out, const struct render_text *t, const char *colour, struct str text);
/* render_end_colour ends a colour, before the line end where one was written last: whoever takes lines one by one would
 * have the next one begin with it. */
void render_end_colour(struct buf *out, const struct render_text *t);
void render_text_answer(struct buf *out, const struct render_text *t, const struct triage_answer *answer);
/* render_text_nearest: articles below the floor, a line each, where the answer leaves a doubt. */
void render_text_nearest(struct buf *out, const struct render_text *t, const struct match_answer *found);
void render_text_report(struct buf *out, const struct render_text *t, const struct triage_report *report);
/* the pieces of a live diagnosis, a line or a few each */
/* render_tone: what a probe's state means by itself: "good", "bad", "plain" or "unknown" */
const char *render_tone(struct str state);
/* render_is_udp: the port that the report is about is one of UDP. */
bool render_is_udp(const struct triage_report *report);
void render_text_evidence(struct buf *out, const struct render_text *t, const struct evidence *e);
void render_text_match_line(struct buf *out, const struct render_text *t, const struct triage_report *report);
void render_text_explain(struct buf *out, const struct render_text *t, const struct triage_report *report);
void render_text_verdict(struct buf *out, const struct render_text *t, const struct triage_report *report);
void render_text_article(struct buf *out, const struct render_text *t, const struct article *article,
			 const struct article *authored, const struct rule *rule, const struct store_brief *cited_by,
			 size_t cited_by_count);

/* render_safe adds untrusted text for a terminal: valid UTF-8, control and bidi characters as visible escapes; LF and
 * TAB are kept where keep_lines. */
void render_safe(struct buf *out, struct str text, bool keep_lines);
/* render_padded is the same for a column of a table: blanks fill it up to so many characters. */
void render_padded(struct buf *out, struct str text, size_t columns);
/* render_title is the same for what is one line where nobody says how wide it may be: in a pipe. */
void render_title(struct buf *out, const struct render_text *t, unsigned column, struct str text);
const char *render_plural(uint64_t n); /* what ends a word of so many: "" or "s" */
/* render_wrapped adds untrusted text wrapped at the width with an indent on every line; existing line ends of lists
 * and code (indented lines) are kept. */
void render_wrapped(struct buf *out, const struct render_text *t, unsigned indent, struct str text);
/* render_hanging adds untrusted text where so many columns of the line are written, and wraps it below its
 * beginning. */
void render_hanging(struct buf *out, const struct render_text *t, unsigned column, struct str text);
/* render_beside is the same where there is room; on a narrow terminal the text stands below what the line
 * begins with, a little indented. */
void render_beside(struct buf *out, const struct render_text *t, unsigned column, struct str text);

/* render_cost adds what an action takes and risks, as it came: "server · minutes · low risk: ..."; or nothing. */
void render_cost(struct buf *out, const struct rule_resolution *r);
/* render_filled puts what is bound to {name} in its place, as it came; what is bound to nothing stays as it is.
 * render_filled_match is the same with what a message captured; m may be NULL. */
void render_filled(struct buf *out, struct str text, const struct binding *bindings, size_t count);
void render_filled_match(struct buf *out, struct str text, const struct match *m);
/* render_template adds a message, as it came, with {name} for each variable. */
void render_template(struct buf *out, const struct rule_template *t);
/* render_next_name takes what stands before the next {name}, and that, off *rest; false: there is none, and all of it
 * was before. */
bool render_next_name(struct str *rest, struct str *ret_before, struct str *ret_name);
const struct binding *render_binding(const struct binding *bindings, size_t count, struct str name); /* or NULL */
/* render_verify adds how one sees that it helped, as it came: a sentence or two, or nothing. */
void render_verify(struct buf *out, const struct verdict *v);

/* ---- Markdown: to be passed on ---- */
void render_markdown_report(struct buf *out, const struct triage_report *report);
/* one run on one line: what might be taken as markup gets a backslash; and lines as they stand, in a fence */
void render_markdown_text(struct buf *out, struct str text);
void render_markdown_block(struct buf *out, struct str text);
void render_markdown_article(struct buf *out, const struct article *article, const struct article *authored,
			     const struct rule *rule, const struct store_brief *cited_by, size_t cited_by_count);
/* render_markdown_draft: an article to be written about a message that none explains (draft.c) */
void render_markdown_draft(struct buf *out, const struct match_answer *found);

/* ---- HTML: more in html.h ---- */
void render_html_escape(struct buf *out, struct str text); /* for text and quoted attributes */

#endif
