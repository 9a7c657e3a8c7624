/* SPDX-License-Identifier: MIT
 *
 * Literals of messages: see literals.h. Rarity is guessed by trigrams: how often each stands in all messages together,
 * which read much like the logs that hold them.
 */
#include "scan/literals.h"

#include "base/hash.h"

#include <string.h>

enum { FRAGMENT_MIN = 6, FRAGMENT_MAX = 24 };

uint32_t literals_trigram(const char *p)
{
	uint32_t h = (uint32_t)(unsigned char)char_lower(p[0]) << 16 | (uint32_t)(unsigned char)char_lower(p[1]) << 8 |
		     (uint32_t)(unsigned char)char_lower(p[2]);
	return h * 2654435761u >> 14;
}

/* What logs and people spell in one way only. */
static bool is_plain(char c)
{
	return c > ' ' && c < 0x7F && !strchr("\"'`<>\\&", c);
}

/* cost is about the bits that a trigram tells: many for a rare one. */
static uint32_t cost(const uint32_t *trigrams, const char *p)
{
	uint32_t n = trigrams[literals_trigram(p)], bits = 24;
	for (; n; n >>= 1)
		bits--;
	return bits;
}

/* best_window finds the window of at most FRAGMENT_MAX bytes whose trigrams tell most. */
static void best_window(struct str run, const uint32_t *trigrams, struct str *best, uint32_t *best_cost)
{
	if (run.n < FRAGMENT_MIN)
		return;
	uint32_t sum = 0;
	for (size_t i = 0; i + 3 <= run.n; i++) {
		sum += cost(trigrams, run.p + i);
		if (i + 3 > FRAGMENT_MAX)
			sum -= cost(trigrams, run.p + i + 3 - FRAGMENT_MAX - 1);
		size_t n = i + 3 < FRAGMENT_MAX ? i + 3 : FRAGMENT_MAX;
		if (n < FRAGMENT_MIN || sum <= *best_cost)
			continue;
		*best_cost = sum;
		*best = (struct str){ run.p + i + 3 - n, n };
	}
}

struct str literals_fragment(struct str text, const struct match_span *vars, size_t var_count, const uint32_t *trigrams)
{
	struct str best = STR("");
	uint32_t best_cost = 0;
	size_t at = 0, var = 0;
	while (at < text.n) {
		while (var < var_count && vars[var].end <= at)
			var++;
		if (var < var_count && vars[var].start <= at) {
			at = vars[var].end;
			continue;
		}
		size_t stop = var < var_count ? vars[var].start : text.n, from = at;
		while (at < stop && (is_plain(text.p[at]) || (text.p[at] == ' ' && at > from && text.p[at - 1] != ' ')))
			at++;
		best_window(str_trim_end((struct str){ text.p + from, at - from }), trigrams, &best, &best_cost);
		at += at == from || at < stop;
	}
	return best;
}

/* ---- over all messages ---- */

struct choice {
	struct literals *literals;
	uint32_t *trigrams;
	uint32_t *slots; /* hash table of literal + 1 */
	size_t slot_count, messages;
};

static bool count_message(void *context, uint32_t number, struct str text, const struct match_span *vars, size_t count)
{
	struct choice *c = context;
	(void)number;
	(void)vars;
	(void)count;
	c->messages++;
	for (size_t i = 0; i + 3 <= text.n; i++)
		c->trigrams[literals_trigram(text.p + i)]++;
	return true;
}

static bool choose_for(void *context, uint32_t number, struct str text, const struct match_span *vars, size_t count)
{
	struct choice *c = context;
	struct literals *l = c->literals;
	char folded[FRAGMENT_MAX];
	(void)number;
	struct str fragment = literals_fragment(text, vars, count, c->trigrams);
	for (size_t i = 0; i < fragment.n; i++)
		folded[i] = char_lower(fragment.p[i]);
	fragment.p = folded;
	l->left_out += !fragment.n;
	if (!fragment.n)
		return true;
	size_t at = hash_bytes(fragment) & (c->slot_count - 1);
	for (; c->slots[at]; at = (at + 1) & (c->slot_count - 1))
		if (str_eq(l->texts[c->slots[at] - 1], fragment))
			return true;
	struct str *text_of = arena_push(&l->arena, &l->texts, &l->count, &l->cap);
	if (!text_of)
		return false;
	*text_of = arena_str(&l->arena, fragment);
	c->slots[at] = (uint32_t)l->count;
	return true;
}

enum err literals_choose(const struct matcher *m, struct literals *ret_literals)
{
	struct literals l = { 0 };
	struct arena work = { 0 };
	struct choice c = { .literals = &l, .trigrams = arena_array(&work, uint32_t, LITERALS_TRIGRAMS),
			    .slot_count = 1024 };
	enum err e = arena_err(&work);
	if (!e) {
		match_each_message(m, count_message, &c);
		while (c.slot_count < c.messages * 2)
			c.slot_count *= 2;
		c.slots = arena_array(&work, uint32_t, c.slot_count);
		e = arena_err(&work);
	}
	if (!e) {
		match_each_message(m, choose_for, &c);
		e = arena_err(&l.arena);
	}
	arena_free(&work);
	if (e)
		literals_free(&l);
	else
		*ret_literals = l;
	return e;
}

void literals_free(struct literals *literals)
{
	arena_free(&literals->arena);
	*literals = (struct literals){ 0 };
}
