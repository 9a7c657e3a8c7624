/* SPDX-License-Identifier: MIT
 *
 * A message template laid against the very text: letters and digits must follow each other as in the template, case,
 * spaces and punctuation may differ; what stands where a variable is, is its value. Takes one owner's template and the
 * clean text; gives the spans of the values and how far the dress differs. Steps are bounded by SURFACE_STEPS_MAX.
 */
#ifndef KBT_MATCH_SURFACE_H
#define KBT_MATCH_SURFACE_H

#include "match/file.h"
#include "match/match.h"

enum { SURFACE_STEPS_MAX = 1500, SURFACE_VARS_MAX = 24, SURFACE_TEXT_MAX = 4096 };

/* The letters and digits of a text, folded, with their places. */
struct letters {
	uint32_t n;
	char c[SURFACE_TEXT_MAX];
	uint32_t at[SURFACE_TEXT_MAX]; /* offset in the text */
};

struct surface {
	struct match_span span;			       /* of the text that the template covers, variables included */
	struct match_span values[SURFACE_VARS_MAX]; /* by variable; empty where nothing stood there */
	unsigned value_count;
	struct str rest; /* of a text that is cut off: what the template's literal has behind its end */
	unsigned cut_value; /* 1 + the variable that the text is cut off within, its quote or bracket still open; 0: none */
	double differs; /* 0 the same dress, 1 all of it differs; case counts where the text has small letters */
	bool same_marks; /* it differs in case at most */
	bool same_case;	 /* it does not */
	/* Variables that an article shows with one machine's value: it is here, one of its shape, one of another. */
	unsigned samples_met, samples_other, samples_odd;
};

/* surface_letters adds those of text[from, to). */
void surface_letters(struct str text, size_t from, size_t to, struct letters *letters);

/* surface_goes_on: a word that a person goes on with behind a message begins at text[at]: "when", "after". */
bool surface_goes_on(struct str text, size_t at);
/* surface_leads_in: one that leads to a message ends before text[at]: "says". */
bool surface_leads_in(struct str text, size_t at);

/* surface_fit: false where the template does not fit. text is what letters were taken from. */
bool surface_fit(const struct file_view *v, const struct file_owner *owner, struct str text,
		 const struct letters *letters, struct surface *ret_surface);
/* surface_reach: as surface_fit, with as little of the text as will do; surface_fit takes all of it first. */
bool surface_reach(const struct file_view *v, const struct file_owner *owner, struct str text,
		   const struct letters *letters, struct surface *ret_surface);
/* surface_fit_part: as surface_fit, where the text has only some of the template's sentences: those from its first on,
 * or those to its last. */
bool surface_fit_part(const struct file_view *v, const struct file_owner *owner, struct str text,
		      const struct letters *letters, struct surface *ret_surface);
/* surface_fit_cut: as surface_fit, where the text is cut off: it ends with what the template begins with. */
bool surface_fit_cut(const struct file_view *v, const struct file_owner *owner, struct str text,
		     const struct letters *letters, struct surface *ret_surface);

#endif
