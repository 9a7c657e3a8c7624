/* SPDX-License-Identifier: MIT */
#include "match/several.h"

#include <stdlib.h>

enum { WORDS_LEAST = 3 };

static const double weight_least = 18; /* what weighs less is common words, which stand beside anything */

static bool is_whole(const struct alignment *al, double least)
{
	return al->matched >= least && al->pair_count >= WORDS_LEAST && !al->number_differs &&
	       al->left_template < 0.1f * al->matched && al->left_message < 0.2f * al->matched;
}

static bool is_apart(const struct alignment *al, const struct alignment *const *chosen, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (al->first <= chosen[i]->last && chosen[i]->first <= al->last)
			return false;
	return true;
}

/* The heaviest first, each apart from those before it. */
static uint32_t choose(const struct alignment *als, uint32_t n, double least,
		       const struct alignment *chosen[QUERY_PIECES_MAX])
{
	uint32_t count = 0;
	for (const struct alignment *best = als; best && count < QUERY_PIECES_MAX;) {
		best = NULL;
		for (uint32_t i = 0; i < n; i++)
			if (is_whole(&als[i], least) && (!best || als[i].matched > best->matched) &&
			    is_apart(&als[i], chosen, count))
				best = &als[i];
		if (best)
			chosen[count++] = best;
	}
	return count;
}

static int by_place(const void *a, const void *b)
{
	const struct alignment *x = *(const struct alignment *const *)a, *y = *(const struct alignment *const *)b;
	return (x->first > y->first) - (x->first < y->first);
}

static bool is_small(const struct query *q, uint32_t token)
{
	const struct query_token *t = &q->tokens[token];
	return words_is_small(str_part(q->clean->text, t->start, t->end));
}

/* ", and then": what joins two messages is of neither. */
static void drop_joints(const struct query *q, const struct alignment *al, struct match_span *piece)
{
	uint32_t i = al->first, k = al->last;
	while (i && q->tokens[i - 1].start >= piece->start && is_small(q, i - 1))
		i--;
	if (i < al->first && (!i || q->tokens[i - 1].end <= piece->start))
		piece->start = q->tokens[al->first].start;
	while (k + 1 < q->token_count && q->tokens[k + 1].end <= piece->end && is_small(q, k + 1))
		k++;
	if (k > al->last && (k + 1 == q->token_count || q->tokens[k + 1].start >= piece->end))
		piece->end = q->tokens[al->last].end;
}

/* Where one message's piece ends and the next one's begins: a value at its edge is its own, up to the line's end. */
static struct match_span piece_of(const struct query *q, const struct alignment *const *chosen, uint32_t n, uint32_t i)
{
	struct str text = q->clean->text;
	struct match_span piece = q->payload;
	size_t first = q->tokens[chosen[i]->first].start, last = q->tokens[chosen[i]->last].end;
	for (uint32_t k = 0; k < n; k++) {
		size_t start = q->tokens[chosen[k]->first].start, end = q->tokens[chosen[k]->last].end;
		if (end <= first && end > piece.start)
			piece.start = end;
		if (start >= last && start < piece.end)
			piece.end = start;
	}
	for (size_t at = first; piece.start != q->payload.start && at > piece.start; at--)
		if (text.p[at - 1] == '\n')
			piece.start = at;
	size_t line = str_find_char(str_part(text, last, piece.end), '\n');
	if (piece.end != q->payload.end && line != STR_NONE)
		piece.end = last + line;
	drop_joints(q, chosen[i], &piece);
	return piece;
}

uint32_t several_find(const struct query *q, const struct alignment *als, uint32_t n,
		      struct match_span ret_pieces[QUERY_PIECES_MAX])
{
	const struct alignment *chosen[QUERY_PIECES_MAX];
	uint32_t count = choose(als, n, weight_least / rank_weight_scale(q->view), chosen);
	if (count < 2)
		return 0;
	qsort(chosen, count, sizeof *chosen, by_place);
	for (uint32_t i = 0; i < count; i++)
		ret_pieces[i] = piece_of(q, chosen, count, i);
	return count;
}
