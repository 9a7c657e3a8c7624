/* SPDX-License-Identifier: MIT
 *
 * Literals of messages: see literals.h. Rarity is guessed by trigrams: how often each stands in all messages together,
 * which read much like the logs that hold them.
 */
#include "scan/literals.h"

#include "base/hash.h"

#include <string.h>

enum {
	FRAGMENT_MAX = 24,
	RUN_MAX = 256,	     /* bytes of a message that are looked at in one go */
	SAMPLE = 8,	     /* every so many messages are counted for rarity */
	PLAIN_WORD_MIN = 16, /* bytes of a fragment that is one word of letters only */
	LETTERS_MIN = 7,
	SLACK_PERCENT = 25, SLACK = 4, /* by how much a payload may differ from the message that covers it */
	TRIGRAM_BITS = 16
};

enum { LETTER = 1, DIGIT = 2, HIGH = 4, PLAIN = 8, WORD = LETTER | DIGIT };

struct choice {
	struct literals *literals;
	uint32_t *counts;      /* how often each trigram stands in the messages looked at */
	unsigned char *costs;  /* about the bits that each tells: many for a rare one */
	uint32_t *slots;    /* hash table of literal + 1 */
	size_t slot_count, messages;
	unsigned char fold[256], kind[256];
};

/* Plain is what logs and people spell in one way only. */
static void make_tables(struct choice *c)
{
	for (unsigned i = 0; i < 256; i++) {
		char byte = (char)i;
		c->fold[i] = (unsigned char)char_lower(byte);
		c->kind[i] = (unsigned char)((char_is_alpha(byte) ? LETTER : 0) | (char_is_digit(byte) ? DIGIT : 0) |
					     (i >= 0x80 ? HIGH : 0));
		if (i > ' ' && i < 0x7F && !strchr("\"'`<>\\&", byte))
			c->kind[i] |= PLAIN;
	}
}

static unsigned kind(const struct choice *c, char byte)
{
	return c->kind[(unsigned char)byte];
}

size_t literals_letters(struct str text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		unsigned char b = (unsigned char)text.p[i], low = b | 0x20;
		n += (unsigned)(low - 'a') < 26 || (unsigned)(b - '0') < 10 || b >= 0x80;
	}
	return n;
}

static uint32_t trigram(const struct choice *c, const char *p)
{
	uint32_t h = (uint32_t)c->fold[(unsigned char)p[0]] << 16 | (uint32_t)c->fold[(unsigned char)p[1]] << 8 |
		     c->fold[(unsigned char)p[2]];
	return h * 2654435761u >> (32 - TRIGRAM_BITS);
}

static void set_costs(struct choice *c)
{
	for (uint32_t i = 0; i < 1u << TRIGRAM_BITS; i++)
		c->costs[i] = (unsigned char)(c->counts[i] ? __builtin_clz(c->counts[i]) : 32);
}

/* Long enough, and more than a common word. */
static bool tells(const struct choice *c, struct str s)
{
	if (s.n < PREFILTER_LITERAL_MIN || literals_letters(s) < LETTERS_MIN)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!(kind(c, s.p[i]) & LETTER))
			return true;
	return s.n >= PLAIN_WORD_MIN;
}

/* best_window finds the window from a word's start, at most FRAGMENT_MAX bytes long, whose trigrams tell most. A run
 * that is glued to a variable before it does not start a word. */
static void best_window(const struct choice *c, struct str run, bool glued, struct str *best, uint32_t *best_cost)
{
	uint32_t sums[RUN_MAX + 1];
	run = str_first(run, RUN_MAX);
	sums[0] = sums[1] = sums[2] = 0;
	for (size_t i = 2; i < run.n; i++)
		sums[i + 1] = sums[i] + c->costs[trigram(c, run.p + i - 2)];
	for (size_t from = 0; from + PREFILTER_LITERAL_MIN <= run.n; from++) {
		if (!(kind(c, run.p[from]) & WORD) || (from ? kind(c, run.p[from - 1]) & WORD : glued))
			continue;
		size_t to = from + FRAGMENT_MAX < run.n ? from + FRAGMENT_MAX : run.n;
		uint32_t sum = sums[to] - sums[from + 2];
		if (sum <= *best_cost)
			continue;
		struct str window = str_trim_end((struct str){ run.p + from, to - from });
		if (!tells(c, window))
			continue;
		*best_cost = sum;
		*best = window;
	}
}

/* fragment_of gives the best fragment of a message; empty where it has none. */
static struct str fragment_of(const struct choice *c, struct str text, const struct match_span *vars, size_t var_count)
{
	struct str best = STR("");
	uint32_t best_cost = 0;
	size_t at = 0, var = 0, behind_var = 0;
	while (at < text.n) {
		while (var < var_count && vars[var].end <= at)
			var++;
		if (var < var_count && vars[var].start <= at) {
			at = behind_var = vars[var].end;
			continue;
		}
		size_t stop = var < var_count ? vars[var].start : text.n, from = at;
		while (at < stop && (kind(c, text.p[at]) & PLAIN ||
				     (text.p[at] == ' ' && at > from && text.p[at - 1] != ' ')))
			at++;
		/* behind a byte over 0x7F no word starts either */
		bool glued = from && (from == behind_var || kind(c, text.p[from - 1]) & HIGH);
		best_window(c, str_trim_end((struct str){ text.p + from, at - from }), glued, &best, &best_cost);
		at += at == from || at < stop;
	}
	return best;
}

static size_t own_letters(struct str text, const struct match_span *vars, size_t count)
{
	size_t own = literals_letters(text);
	for (size_t i = 0; i < count; i++)
		own -= literals_letters((struct str){ text.p + vars[i].start, vars[i].end - vars[i].start });
	return own;
}

/* A payload that this message covers has about its letters; with variables, more, but the message carries it. */
static void set_range(struct literal_message *m, size_t own, bool filled)
{
	size_t low = own * 100 / (100 + SLACK_PERCENT), high = own * (100 + SLACK_PERCENT) / 100 + SLACK;
	if (filled)
		high = high * 100 / LITERALS_SHARE_MIN;
	m->min = (uint32_t)(low > SLACK ? low - SLACK : 0);
	m->max = (uint32_t)high;
}

static bool count_message(void *context, uint32_t message, struct str text, const struct match_span *vars, size_t count)
{
	struct choice *c = context;
	(void)message;
	(void)vars;
	(void)count;
	if (c->messages++ % SAMPLE)
		return true;
	for (size_t i = 0; i + 3 <= text.n; i++)
		c->counts[trigram(c, text.p + i)]++;
	return true;
}

/* literal_of gives the literal's number, new or not. */
static bool literal_of(struct choice *c, struct str folded, uint32_t *ret_literal)
{
	struct literals *l = c->literals;
	size_t at = hash_bytes(folded) & (c->slot_count - 1);
	for (; c->slots[at]; at = (at + 1) & (c->slot_count - 1)) {
		if (!str_eq(l->texts[c->slots[at] - 1], folded))
			continue;
		*ret_literal = c->slots[at] - 1;
		return true;
	}
	struct str *text = arena_push(&l->arena, &l->texts, &l->count, &l->cap);
	uint32_t *head = arena_push(&l->arena, &l->heads, &l->head_count, &l->head_cap);
	if (!text || !head)
		return false;
	*text = arena_str(&l->arena, folded);
	c->slots[at] = (uint32_t)l->count;
	*ret_literal = (uint32_t)l->count - 1;
	return true;
}

static bool choose_for(void *context, uint32_t message, struct str text, const struct match_span *vars, size_t count)
{
	struct choice *c = context;
	struct literals *l = c->literals;
	char folded[FRAGMENT_MAX];
	size_t own = own_letters(text, vars, count);
	bool enough = own >= (count ? LITERALS_FILLED_MIN : LITERALS_OWN_MIN);
	struct str fragment = enough ? fragment_of(c, text, vars, count) : STR("");
	uint32_t literal;
	for (size_t i = 0; i < fragment.n; i++)
		folded[i] = (char)c->fold[(unsigned char)fragment.p[i]];
	l->left_out += !fragment.n;
	if (!fragment.n)
		return true;
	struct literal_message *m = arena_push(&l->arena, &l->messages, &l->message_count, &l->message_cap);
	if (!m || !literal_of(c, (struct str){ folded, fragment.n }, &literal))
		return false;
	set_range(m, own, count > 0);
	m->message = message;
	m->next = l->heads[literal];
	l->heads[literal] = (uint32_t)l->message_count;
	return true;
}

enum err literals_choose(const struct matcher *m, struct literals *ret_literals)
{
	struct literals l = { 0 };
	struct arena work = { 0 };
	struct choice c = { .literals = &l, .counts = arena_array(&work, uint32_t, 1 << TRIGRAM_BITS),
			    .costs = arena_array(&work, unsigned char, 1 << TRIGRAM_BITS), .slot_count = 1024 };
	enum err e = arena_err(&work);
	make_tables(&c);
	if (!e) {
		match_each_message(m, count_message, &c);
		while (c.slot_count < c.messages * 2)
			c.slot_count *= 2;
		c.slots = arena_array(&work, uint32_t, c.slot_count);
		e = arena_err(&work);
	}
	if (!e) {
		set_costs(&c);
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
