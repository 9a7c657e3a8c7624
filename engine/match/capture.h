/* SPDX-License-Identifier: MIT
 *
 * What the variables of an answer's message stand for in the query, by name: cleaned of what is around a name, with
 * what is odd about it. An article's own placeholder is no value.
 */
#ifndef KBT_MATCH_CAPTURE_H
#define KBT_MATCH_CAPTURE_H

#include "match/match.h"
#include "match/query.h"

/* capture_all fills the match's captures; their values live in the query's arena, or are slices of its text. */
void capture_all(const struct query *q, const struct answer *x, struct match *out);

/* capture_values fills filled and over_lines, whether or not a value is captured. */
void capture_values(const struct query *q, const struct answer *x, struct match *out);

/* capture_is_placeholder: "<\\servername>", as the article or its readers spell it, is no value. */
bool capture_is_placeholder(struct str value, struct str message, const struct file_var *v);

#endif
