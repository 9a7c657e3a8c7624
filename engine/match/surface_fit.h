/* SPDX-License-Identifier: MIT
 *
 * A template being laid against a text: what surface.c, which finds where each part of it comes to lie, and
 * surface_values.c, which reads the values there, share. Only these two include it.
 */
#ifndef KBT_MATCH_SURFACE_FIT_H
#define KBT_MATCH_SURFACE_FIT_H

#include "match/surface.h"

enum { SEGMENTS_MAX = 2 * SURFACE_VARS_MAX + 1 };

struct segment {
	bool is_var;
	uint32_t var;
	struct str raw;	   /* of a literal */
	uint32_t letter_at, letter_n; /* in fit.pattern */
	/* where it came to lie */
	uint32_t start, end; /* letters */
	size_t raw_end;	     /* of a literal without letters: the text offset behind it */
};

struct fit {
	const struct file_view *view;
	const struct file_owner *owner;
	struct str text, message; /* message: the template's text */
	const struct letters *in;
	struct letters pattern;
	struct segment segments[SEGMENTS_MAX];
	uint32_t count;
	struct str tail; /* marks behind a variable at the template's end */
	bool to_end;	 /* the template must reach the text's end */
	bool cut;	 /* the text ends within the template */
	bool within;	 /* it did, before the template's end */
	struct str rest; /* what the template's literal has behind the text's end */
	unsigned steps;
};

static inline bool fit_is_letter(char c)
{
	return char_is_alnum(c) || (unsigned char)c >= 0x80;
}

size_t fit_leading_marks(struct str raw); /* bytes before its first letter */
size_t fit_trailing_marks(struct str raw);

/* fit_ends_file_name: a file's name, text[from, to), ends with its ending: ".dll", ".3gp". */
bool fit_ends_file_name(struct str text, size_t from, size_t to);
/* fit_goes_on_as_path: at text[at], behind a blank, stands a word with a folder's backslash behind it or a file's
 * ending: "smith\AppData", "draft.docx". */
bool fit_goes_on_as_path(struct str text, size_t at);
/* fit_bar_parts: the bar text[at] behind a value that begins at text[from] is somebody else's: it has a blank beside
 * it, or others are before the value. That of "i:0#.w|contoso" is the value's. */
bool fit_bar_parts(struct str text, size_t from, size_t at);

/* fit_take_values: out gets the values of a template that fits, what of the text it covers, and how the dress differs.
 */
void fit_take_values(const struct fit *f, struct surface *out);

#endif
