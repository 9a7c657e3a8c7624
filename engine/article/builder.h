/* SPDX-License-Identifier: MIT
 *
 * What the format files share: the source as numbered lines, and the calls that put fields, sections and parts into an
 * article. A format walks its lines from the first to the last and hands each to exactly one part; so nothing is lost.
 * Strings of the article are slices of the decoded text where they can be.
 */
#ifndef KBT_ARTICLE_BUILDER_H
#define KBT_ARTICLE_BUILDER_H

#include "article/article.h"

struct builder {
	struct arena *arena;
	struct diags *diags;
	struct article *article;
	struct str text;
	struct str *lines; /* without their LF; slices of text */
	bool *tabbed;	   /* the line had a tab before it, which is not in text; NULL where none had */
	size_t count;
};

/* builder_lines splits the text; false when memory is out. */
bool builder_lines(struct builder *b, struct str text);

/* builder_part adds lines[from, to) as parts; no lines, no part. */
void builder_part(struct builder *b, enum part_kind kind, size_t index, size_t from, size_t to);

/* builder_field adds lines[from, to) as one field. The lines behind the first continue its value. */
void builder_field(struct builder *b, bool footer, struct str name, struct str value, size_t from, size_t to);

/* builder_finish fills what is derived from fields and sections: products, keywords, issue type, query words,
 * references. */
void builder_finish(struct builder *b);

/* body_parse reads lines[from, to) in the layout that the archive's formats share: applies-to block, sections under
 * headings, query words, footer, notice. */
void body_parse(struct builder *b, size_t from, size_t to);

/* body_is_rule: a line of at least 60 of the character and nothing else but white space at its end. */
bool body_is_rule(struct str line, char c);

/* refs_add finds the article ids and the spaced keywords in the lines of one section's body. */
void refs_add(struct builder *b, size_t from, size_t to);

/* article_date reads "08-AUG-2001", "6-FEB-1991", "2001-08-08" and gives ISO; empty where it is no date. */
struct str article_date(struct str text, struct arena *a);

#endif
