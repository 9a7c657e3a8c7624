/* SPDX-License-Identifier: MIT
 *
 * Literals are chosen and their tables made: see literals.h. Rarity is guessed by trigrams: how often each stands in
 * all messages together, which read much like the logs that hold them.
 */
#include "match/literals.h"

#include "base/hash.h"
#include "match/language.h"
#include "match/matcher.h"

#include <stdlib.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum {
	RUN_MAX = 256,	     /* bytes of a message that are looked at in one go */
	SAMPLE = 8,	     /* every so many messages are counted for rarity */
	PLAIN_WORD_MIN = 16, /* bytes of a fragment that is one word of letters only, ... */
	OTHER_WORD_MIN = 11, /* ... in a language that few logs are in */
	LETTERS_MIN = 7,
	TRIGRAM_BITS = 16,
	BRACES_MAX = 16,
	BITS_MIN = 12, BITS_MAX = 21, BITS_A_LITERAL = 12
};

enum { LETTER = 1, DIGIT = 2, HIGH = 4, PLAIN = 8, WORD = LETTER | DIGIT };

#define ITEMS(type, buffer) ((type *)(void *)(buffer).p)
#define COUNT(type, buffer) ((uint32_t)((buffer).n / sizeof(type)))

struct span { size_t start, end; };

/* A literal of a message. */
struct chosen { uint32_t literal; struct file_literal_message message; };

struct choice {
	struct arena arena;
	const struct file_owner *owners;
	const struct file_var *vars;
	const struct file_over_time *over_times;
	const char *text;
	uint32_t owner_count, over_time_count;
	uint32_t *counts;     /* how often each trigram stands in the messages looked at */
	unsigned char *costs; /* about the bits that each tells: many for a rare one */
	uint32_t *slots;      /* hash table of literal + 1 */
	size_t slot_count;
	struct str *texts; /* of literals, folded, each once */
	size_t text_count, text_cap;
	struct chosen *chosen;
	size_t chosen_count, chosen_cap;
	size_t word_min;
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
	size_t n = 0, i = 0;
#if defined(__SSE2__)
	const __m128i zero = _mm_setzero_si128();
	while (text.n - i >= 16) {
		__m128i counts = zero; /* a byte counts no further than 255 */
		for (unsigned k = 0; k < 255 && text.n - i >= 16; k++, i += 16) {
			__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(text.p + i));
			__m128i low = _mm_or_si128(x, _mm_set1_epi8(0x20));
			__m128i alpha = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8('a' - 1)),
						      _mm_cmplt_epi8(low, _mm_set1_epi8('z' + 1)));
			__m128i digit = _mm_and_si128(_mm_cmpgt_epi8(x, _mm_set1_epi8('0' - 1)),
						      _mm_cmplt_epi8(x, _mm_set1_epi8('9' + 1)));
			__m128i beyond = _mm_cmplt_epi8(x, zero); /* bytes over 0x7F */
			counts = _mm_sub_epi8(counts, _mm_or_si128(_mm_or_si128(alpha, digit), beyond));
		}
		__m128i sums = _mm_sad_epu8(counts, zero);
		n += (size_t)_mm_cvtsi128_si32(sums) + (size_t)_mm_cvtsi128_si32(_mm_unpackhi_epi64(sums, sums));
	}
#endif
	for (; i < text.n; i++) {
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
	if (s.n < LITERAL_MIN || literals_letters(s) < LETTERS_MIN)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!(kind(c, s.p[i]) & LETTER))
			return true;
	return s.n >= c->word_min;
}

/* best_window finds the window from a word's start, at most FILE_LITERAL_MAX bytes long, whose trigrams tell most. A
 * run that is glued to a variable before it does not start a word. */
static void best_window(const struct choice *c, struct str run, bool glued, struct str *best, uint32_t *best_cost)
{
	uint32_t sums[RUN_MAX + 1];
	run = str_first(run, RUN_MAX);
	sums[0] = sums[1] = sums[2] = 0;
	for (size_t i = 2; i < run.n; i++)
		sums[i + 1] = sums[i] + c->costs[trigram(c, run.p + i - 2)];
	for (size_t from = 0; from + LITERAL_MIN <= run.n; from++) {
		if (!(kind(c, run.p[from]) & WORD) || (from ? kind(c, run.p[from - 1]) & WORD : glued))
			continue;
		size_t to = from + FILE_LITERAL_MAX < run.n ? from + FILE_LITERAL_MAX : run.n;
		/* the head is what a scan sees at every word: it counts thrice */
		uint32_t sum = sums[to] - sums[from + 2] + 2 * (sums[from + 8] - sums[from + 2]);
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
static struct str fragment_of(const struct choice *c, const struct file_owner *o)
{
	struct str text = { c->text + o->text.at, o->text.n }, best = STR("");
	const struct file_var *vars = c->vars + o->var_at;
	uint32_t best_cost = 0, var = 0;
	for (size_t at = 0, behind_var = 0; at < text.n;) {
		while (var < o->var_n && vars[var].end <= at)
			var++;
		if (var < o->var_n && vars[var].start <= at) {
			at = behind_var = vars[var].end;
			continue;
		}
		size_t stop = var < o->var_n ? vars[var].start : text.n, from = at;
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

static uint16_t capped(size_t n)
{
	return n < UINT16_MAX ? (uint16_t)n : UINT16_MAX;
}

/* Letters of a message's own words in a part of it; *filled says whether a variable is there. */
static uint16_t own_letters(const struct choice *c, const struct file_owner *o, struct span part, bool *filled)
{
	struct str text = { c->text + o->text.at, o->text.n };
	size_t at = part.start, n = 0;
	for (uint32_t i = 0; i < o->var_n; i++) {
		const struct file_var *v = &c->vars[o->var_at + i];
		if (v->start < part.start || v->start >= part.end)
			continue;
		*filled = true;
		n += literals_letters((struct str){ text.p + at, v->start - at });
		at = v->end;
	}
	return capped(n + literals_letters((struct str){ text.p + at, part.end - at }));
}

/* literal_of gives the literal's number, new or not. */
static bool literal_of(struct choice *c, struct str fragment, uint32_t *ret_literal)
{
	char folded[FILE_LITERAL_MAX];
	for (size_t i = 0; i < fragment.n; i++)
		folded[i] = (char)c->fold[(unsigned char)fragment.p[i]];
	struct str key = { folded, fragment.n };
	size_t at = (size_t)hash_bytes(key) & (c->slot_count - 1);
	for (; c->slots[at]; at = (at + 1) & (c->slot_count - 1)) {
		if (!str_eq(c->texts[c->slots[at] - 1], key))
			continue;
		*ret_literal = c->slots[at] - 1;
		return true;
	}
	struct str *text = arena_push(&c->arena, &c->texts, &c->text_count, &c->text_cap);
	if (!text)
		return false;
	*text = arena_str(&c->arena, key);
	c->slots[at] = (uint32_t)c->text_count;
	*ret_literal = (uint32_t)c->text_count - 1;
	return true;
}

void literals_next_to(struct str before, struct str after, char ret_before[4], char ret_after[4])
{
	unsigned n = 0;
	memset(ret_before, 0, 4);
	memset(ret_after, 0, 4);
	for (size_t i = 0; i < after.n && n < 4; i++)
		if (literal_is_letter(after.p[i]))
			ret_after[n++] = char_lower(after.p[i]);
	n = 0;
	for (size_t i = before.n; i-- && n < 4;)
		if (literal_is_letter(before.p[i]))
			ret_before[n++] = char_lower(before.p[i]);
}

/* What stands beside the literal, up to the variables next to it. */
static void set_letters(const struct choice *c, const struct file_owner *o, size_t start, size_t end,
			struct file_literal_message *m)
{
	struct str text = { c->text + o->text.at, o->text.n };
	size_t from = 0, to = text.n;
	for (uint32_t i = 0; i < o->var_n; i++) {
		const struct file_var *v = &c->vars[o->var_at + i];
		if (v->end <= start)
			from = v->end;
		else if (v->start >= end && v->start < to)
			to = v->start;
	}
	literals_next_to((struct str){ text.p + from, start - from }, (struct str){ text.p + end, to - end },
			 m->letters_before, m->letters_after);
}

static void choose(struct choice *c, uint32_t owner, struct str fragment)
{
	const struct file_owner *o = &c->owners[owner];
	size_t start = (size_t)(fragment.p - c->text) - o->text.at, end = start + fragment.n;
	uint32_t literal;
	bool none = false;
	struct chosen x = { .message = { .owner = owner } };
	x.message.at = (uint32_t)start;
	x.message.before = own_letters(c, o, (struct span){ 0, start }, &x.message.filled_before);
	x.message.inside = own_letters(c, o, (struct span){ start, end }, &none);
	x.message.after = own_letters(c, o, (struct span){ end, o->text.n }, &x.message.filled_after);
	set_letters(c, o, start, end, &x.message);
	if (!literal_of(c, fragment, &literal))
		return;
	struct chosen *slot = arena_push(&c->arena, &c->chosen, &c->chosen_count, &c->chosen_cap);
	x.literal = literal;
	if (slot)
		*slot = x;
}

static void choose_for(struct choice *c, uint32_t owner)
{
	const struct file_owner *o = &c->owners[owner];
	bool filled = false;
	size_t own = own_letters(c, o, (struct span){ 0, o->text.n }, &filled);
	if (own < (filled ? LITERALS_FILLED_MIN : LITERALS_OWN_MIN))
		return;
	struct str fragment = fragment_of(c, o);
	if (fragment.n)
		choose(c, owner, fragment);
}

/* choose_for_braces: the literal of a text that is no message and whose variables stand in braces. */
static void choose_for_braces(struct choice *c, struct str said, uint32_t owner)
{
	struct file_var braces[BRACES_MAX];
	struct choice here = *c; /* but for its texts and variables */
	struct file_owner o = { .text = { 0, (uint32_t)said.n } };
	struct chosen x = { .message = { .owner = owner } };
	for (uint32_t i = 0; i < said.n && o.var_n < BRACES_MAX; i++) {
		size_t close = said.p[i] == '{' ? str_find_char(str_from(said, i), '}') : STR_NONE;
		if (close == STR_NONE)
			continue;
		braces[o.var_n++] = (struct file_var){ .start = i, .end = i + (uint32_t)close + 1 };
		i += (uint32_t)close;
	}
	here.text = said.p;
	here.vars = braces;
	here.word_min = owner == c->owner_count + c->over_time_count ? OTHER_WORD_MIN : PLAIN_WORD_MIN;
	struct str fragment = fragment_of(&here, &o);
	if (!fragment.n || !literal_of(c, fragment, &x.literal))
		return;
	struct chosen *slot = arena_push(&c->arena, &c->chosen, &c->chosen_count, &c->chosen_cap);
	if (slot)
		*slot = x;
}

/* A mark's literal stands for the number behind all messages; that of a text in another language behind all marks. */
static void choose_for_others(struct choice *c)
{
	struct rule_mark mark;
	struct str says;
	for (uint32_t i = 0; i < c->over_time_count; i++) {
		struct file_text at = c->over_times[i].text;
		if (rule_mark_read((struct str){ c->text + at.at, at.n }, &mark))
			choose_for_braces(c, mark.text, c->owner_count + i);
	}
	for (size_t at = 0; language_plain(&at, &says);)
		choose_for_braces(c, says, c->owner_count + c->over_time_count);
}

static void count_trigrams(struct choice *c)
{
	for (uint32_t o = 0; o < c->owner_count; o += SAMPLE)
		for (uint32_t i = 0; i + 3 <= c->owners[o].text.n; i++)
			c->counts[trigram(c, c->text + c->owners[o].text.at + i)]++;
}

/* ---- tables ---- */

static unsigned bits_for(size_t count, unsigned least, unsigned most)
{
	unsigned bits = least;
	while (bits < most && ((size_t)1 << bits) < count)
		bits++;
	return bits;
}

static uint64_t hash_of(struct str text, bool *ret_long)
{
	uint64_t hash = literal_hash(literal_head(text.p));
	*ret_long = text.n >= LITERAL_LONG;
	return *ret_long ? literal_hash_long(hash, literal_head(text.p + 8)) : literal_hash_brief(hash);
}

static int by_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* A bitmap with room for so many literals, all zero. */
static uint64_t *put_bits(size_t count, struct buf *out, unsigned *ret_shift)
{
	unsigned bits = bits_for(count * BITS_A_LITERAL, BITS_MIN, BITS_MAX);
	uint64_t *marks = (uint64_t *)(void *)buf_room(out, (size_t)1 << (bits - 3));
	*ret_shift = 64 - bits;
	if (!marks)
		return NULL;
	memset(marks, 0, (size_t)1 << (bits - 3));
	out->n = (size_t)1 << (bits - 3);
	return marks;
}

static void mark(uint64_t *marks, uint64_t bit)
{
	marks[bit / 64] |= (uint64_t)1 << bit % 64;
}

static void put_literals(const struct str *texts, const uint64_t *order, size_t count, struct buf sections[SEC_COUNT])
{
	unsigned shift, long_shift;
	uint64_t *marks = put_bits(count, &sections[SEC_LITERAL_BITS], &shift);
	uint64_t *long_marks = put_bits(count, &sections[SEC_LITERAL_LONG_BITS], &long_shift);
	for (size_t i = 0; marks && long_marks && i <= count; i++) {
		struct file_literal l = { .n = 0 };
		struct str text = i < count ? texts[(uint32_t)order[i]] : STR("");
		if (text.n) {
			bool is_long;
			memcpy(l.text, text.p, text.n);
			l.n = (uint32_t)text.n;
			mark(marks, literal_hash(literal_head(text.p)) >> shift);
			uint64_t hash = hash_of(text, &is_long);
			if (is_long)
				mark(long_marks, hash >> long_shift);
		}
		buf_add_bytes(&sections[SEC_LITERAL], &l, sizeof l);
	}
}

/* The slices of buckets: keys are bucket << 32 | literal, ascending; the first of them is literal `first`. */
static void put_buckets(const uint64_t *keys, size_t count, size_t first, unsigned bits, struct buf *out)
{
	size_t at = 0;
	for (uint64_t b = 0; b <= (uint64_t)1 << bits; b++) {
		while (at < count && (keys[at] & ~((uint64_t)1 << 63)) >> 32 < b)
			at++;
		uint32_t literal = (uint32_t)(first + at);
		buf_add_bytes(out, &literal, sizeof literal);
	}
}

/* index_literals lays them in the order of their buckets; order[i] holds in its low half which text lies at i. */
static enum err index_literals(const struct str *texts, size_t count, uint64_t *order, struct buf sections[SEC_COUNT])
{
	size_t brief = 0;
	bool is_long;
	for (size_t i = 0; i < count; i++)
		brief += texts[i].n < LITERAL_LONG;
	unsigned brief_bits = bits_for(brief * 4, 4, 30), long_bits = bits_for((count - brief) * 4, 4, 30);
	for (size_t i = 0; i < count; i++) {
		uint64_t hash = hash_of(texts[i], &is_long);
		order[i] = (uint64_t)is_long << 63 | hash >> (64 - (is_long ? long_bits : brief_bits)) << 32 | i;
	}
	if (count)
		qsort(order, count, sizeof *order, by_u64);
	put_literals(texts, order, count, sections);
	put_buckets(order, brief, 0, brief_bits, &sections[SEC_LITERAL_BRIEF]);
	put_buckets(order + brief, count - brief, brief, long_bits, &sections[SEC_LITERAL_LONG]);
	enum err e = ERR_OK;
	for (int s = SEC_LITERAL; s <= SEC_LITERAL_LONG_BITS && !e; s++)
		e = buf_err(&sections[s]);
	return e;
}

enum err literals_index(const struct str *texts, size_t count, struct buf sections[SEC_COUNT])
{
	struct arena a = { 0 };
	uint64_t *order = arena_array(&a, uint64_t, count);
	enum err e = order ? index_literals(texts, count, order, sections) : ERR_NOMEM;
	arena_free(&a);
	return e;
}

/* Messages by literal: counted, then laid where their literal's slice begins. */
static enum err put_messages(struct choice *c, const uint64_t *order, struct buf sections[SEC_COUNT])
{
	struct file_literal *literals = ITEMS(struct file_literal, sections[SEC_LITERAL]);
	struct buf *out = &sections[SEC_LITERAL_MESSAGE];
	uint32_t *at = arena_array(&c->arena, uint32_t, c->text_count + 1); /* by text: where its next message goes */
	size_t bytes = c->chosen_count * sizeof(struct file_literal_message);
	struct file_literal_message *to = (void *)buf_room(out, bytes + 1);
	if (!at || !to)
		return ERR_NOMEM;
	out->n = bytes;
	for (size_t i = 0; i < c->chosen_count; i++)
		at[c->chosen[i].literal]++;
	uint32_t next = 0;
	for (size_t i = 0; i < c->text_count; i++) {
		uint32_t text = (uint32_t)order[i], n = at[text];
		literals[i].message_at = at[text] = next;
		next += n;
	}
	literals[c->text_count].message_at = next;
	for (size_t i = 0; i < c->chosen_count; i++)
		to[at[c->chosen[i].literal]++] = c->chosen[i].message;
	return ERR_OK;
}

enum err literals_put(struct buf sections[SEC_COUNT])
{
	struct choice c = { .word_min = PLAIN_WORD_MIN, .owners = ITEMS(const struct file_owner, sections[SEC_OWNER]),
			    .vars = ITEMS(const struct file_var, sections[SEC_VAR]), .text = sections[SEC_TEXT].p,
			    .owner_count = COUNT(struct file_owner, sections[SEC_OWNER]),
			    .over_times = ITEMS(const struct file_over_time, sections[SEC_OVER_TIME]),
			    .over_time_count = COUNT(struct file_over_time, sections[SEC_OVER_TIME]) };
	c.slot_count = (size_t)1 << bits_for(((size_t)c.owner_count + c.over_time_count) * 4, 10, 32);
	c.counts = arena_array(&c.arena, uint32_t, 1 << TRIGRAM_BITS);
	c.costs = arena_array(&c.arena, unsigned char, 1 << TRIGRAM_BITS);
	c.slots = arena_array(&c.arena, uint32_t, c.slot_count);
	if (!arena_err(&c.arena)) {
		make_tables(&c);
		count_trigrams(&c);
		set_costs(&c);
		for (uint32_t o = 0; o < c.owner_count; o++)
			choose_for(&c, o);
		choose_for_others(&c);
	}
	uint64_t *order = arena_array(&c.arena, uint64_t, c.text_count);
	enum err e = arena_err(&c.arena);
	if (!e)
		e = index_literals(c.texts, c.text_count, order, sections);
	if (!e)
		e = put_messages(&c, order, sections);
	arena_free(&c.arena);
	return e;
}
