/* SPDX-License-Identifier: MIT */
#include "match/query.h"

#include "match/vocab.h"

#include "rule/rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SLIPS_MAX = 12, /* tokens of one message that may be slips of the finger; each costs some hundred look-ups */
	READ_WRONG_MAX = 24, /* that may have been read wrongly from a picture; each costs some tens */
	LOOK_UPS_MAX = 40,
	CHANGES_MAX = 3,   /* of one word */
	JOINED_MIN = 6,	   /* letters of a word that was broken in two */
	GLUED_MIN = 5,	   /* of two words without the blank between them */
	LABELLED_MAX = 256 /* bytes of a word in which a label is looked for */
};

static const float unknown_weight = 2.0f;

static bool is_better_word(const struct file_view *v, uint32_t term, uint32_t other)
{
	return other == VOCAB_NONE || v->terms[term].group_n > v->terms[other].group_n;
}

static void offer(const struct file_view *v, struct query_token *t, const char *word, size_t n, uint32_t least)
{
	uint32_t term = file_find_term(v, (struct str){ word, n });
	if (term == VOCAB_NONE || v->terms[term].group_n < least)
		return;
	for (uint8_t i = 0; i < t->term_count; i++)
		if (t->terms[i] == term)
			return;
	if (t->term_count < READINGS_MAX) {
		t->terms[t->term_count++] = term;
		return;
	}
	uint8_t last = READINGS_MAX - 1;
	if (is_better_word(v, term, t->terms[last]))
		t->terms[last] = term;
}

/* offer_each tries all letters at one place of a word. Nearly none makes a word: all slots of the table are fetched
 * before the first one is looked at, and what these lead to. */
static void offer_each(const struct file_view *v, struct query_token *t, char *word, size_t n, size_t at,
		       uint32_t least)
{
	enum { LETTERS = 26 };
	uint32_t slots[LETTERS];
	for (unsigned i = 0; i < LETTERS; i++) {
		word[at] = (char)('a' + i);
		slots[i] = vocab_slot((struct str){ word, n }, v->slot_count);
		__builtin_prefetch(&v->slots[slots[i]]);
	}
	for (unsigned i = 0; i < LETTERS; i++)
		if (v->slots[slots[i]])
			__builtin_prefetch(&v->term_at[v->slots[slots[i]] - 1]);
	for (unsigned i = 0; i < LETTERS; i++) {
		word[at] = (char)('a' + i);
		if (v->slots[slots[i]])
			offer(v, t, word, n, least);
	}
}

/* Words one slip away: two letters swapped, one too many, one wrong, one missing (Damerau). */
static void add_slips(const struct file_view *v, struct query_token *t, const struct token *token)
{
	char w[TOKEN_MAX + 2];
	size_t n = token->n;
	uint32_t own = t->exact ? v->terms[t->terms[0]].group_n : 0, least = own * 8 + 1;
	for (size_t i = 0; i + 1 < n; i++) {
		memcpy(w, token->word, n);
		w[i] = token->word[i + 1];
		w[i + 1] = token->word[i];
		offer(v, t, w, n, least);
	}
	if (t->term_count > t->exact)
		return; /* a swap explains it best */
	for (size_t i = 0; i < n; i++) {
		memcpy(w, token->word, i);
		memcpy(w + i, token->word + i + 1, n - i - 1);
		offer(v, t, w, n - 1, least);
	}
	for (size_t i = 0; i < n; i++) {
		memcpy(w, token->word, n);
		offer_each(v, t, w, n, i, least);
	}
	for (size_t i = 0; i <= n && n < TOKEN_MAX; i++) {
		memcpy(w, token->word, i);
		memcpy(w + i + 1, token->word + i, n - i);
		offer_each(v, t, w, n + 1, i, least);
	}
}

static bool may_be_slip(const struct file_view *v, const struct query_token *t, const struct token *token)
{
	if (token->n < 4 || token->n > 16)
		return false;
	for (uint32_t i = 0; i < token->n; i++)
		if (!char_is_lower(token->word[i]))
			return false;
	return !t->exact || v->terms[t->terms[0]].group_n < 8;
}

/* ---- words read from a picture ---- */

/* What looks alike: as it was read, as it was. */
static const struct {
	struct str read, was;
} lookalikes[] = {
	{ STR_LIT("0"), STR_LIT("o") },	 { STR_LIT("1"), STR_LIT("l") },  { STR_LIT("1"), STR_LIT("i") },
	{ STR_LIT("5"), STR_LIT("s") },	 { STR_LIT("8"), STR_LIT("b") },  { STR_LIT("6"), STR_LIT("b") },
	{ STR_LIT("rn"), STR_LIT("m") }, { STR_LIT("m"), STR_LIT("rn") }, { STR_LIT("vv"), STR_LIT("w") },
	{ STR_LIT("cl"), STR_LIT("d") }, { STR_LIT("ii"), STR_LIT("u") }, { STR_LIT("l"), STR_LIT("i") },
};

struct reading_of {
	const struct file_view *v;
	struct query_token *t;
	struct str word;
	uint32_t least; /* messages that have it */
	unsigned look_ups;
	char out[TOKEN_MAX];
};

/* read_from offers what the word may have been, from word[at] on, with n bytes of it settled. */
static void read_from(struct reading_of *r, size_t at, size_t n, unsigned changes)
{
	if (at == r->word.n && changes && r->look_ups++ < LOOK_UPS_MAX)
		offer(r->v, r->t, r->out, n, r->least);
	if (at == r->word.n || r->look_ups >= LOOK_UPS_MAX)
		return;
	for (size_t i = 0; changes < CHANGES_MAX && i < sizeof lookalikes / sizeof *lookalikes; i++) {
		struct str read = lookalikes[i].read, was = lookalikes[i].was;
		if (read.p[0] != r->word.p[at] || !str_starts(str_from(r->word, at), read) || n + was.n > TOKEN_MAX)
			continue;
		memcpy(r->out + n, was.p, was.n);
		read_from(r, at + read.n, n + was.n, changes + 1);
	}
	if (n == TOKEN_MAX)
		return;
	r->out[n] = r->word.p[at];
	read_from(r, at + 1, n + 1, changes);
}

/* As many letters as digits, or more: else it is a number, a name or a code. */
static bool may_be_read_wrong(const struct query_token *t, struct str word)
{
	size_t digits = 0;
	for (size_t i = 0; i < word.n; i++) {
		if (!char_is_alnum(word.p[i]))
			return false;
		digits += char_is_digit(word.p[i]);
	}
	return !t->term_count && !t->number && word.n > 1 && word.n <= 20 && digits * 2 <= word.n;
}

static void add_lookalikes(const struct file_view *v, struct query_token *t, struct str word)
{
	enum { SHORT = 3, RARE = 100 }; /* a short one is only what many messages have: "to", "of", "in" */
	struct reading_of r = { .v = v, .t = t, .word = word };
	r.least = word.n > SHORT ? 1 : v->group_count / RARE + 1;
	if (may_be_read_wrong(t, word))
		read_from(&r, 0, 0, 0);
}

/* "memo ry": two tokens of which one is no word, and which are one together, with one blank between them. */
static bool join_token(struct query *q, const struct token *token)
{
	struct query_token *before = q->token_count ? &q->tokens[q->token_count - 1] : NULL, joined;
	char word[TOKEN_MAX];
	size_t n = 0;
	if (!before || before->number || before->end + 1u != token->start || q->clean->text.p[before->end] != ' ' ||
	    before->end - before->start + token->n > TOKEN_MAX || !char_is_lower(token->word[0]))
		return false;
	for (size_t i = before->start; i < before->end; i++) {
		if (!char_is_alnum(q->clean->text.p[i]))
			return false;
		word[n++] = char_lower(q->clean->text.p[i]);
	}
	memcpy(word + n, token->word, token->n);
	n += token->n;
	joined = (struct query_token){ .start = before->start, .end = (uint32_t)token->end };
	if (n < JOINED_MIN)
		return false;
	offer(q->view, &joined, word, n, 1);
	if (!joined.term_count)
		add_lookalikes(q->view, &joined, (struct str){ word, n });
	if (!joined.term_count)
		return false;
	joined.weight = unknown_weight;
	*before = joined;
	q->weight_to[q->token_count] = q->weight_to[q->token_count - 1] + joined.weight;
	return true;
}

static void offer_number(const struct file_view *v, struct query_token *t, uint64_t value, bool hex)
{
	char text[24];
	int n = snprintf(text, sizeof text, hex ? "0x%llx" : "%llu", (unsigned long long)value);
	offer(v, t, text, (size_t)n, 1);
}

/* "-2147024843": not the mark in "COM-53" or "1957994488-839522115". */
static bool has_sign(struct str text, size_t at)
{
	return at && text.p[at - 1] == '-' && (at == 1 || !char_is_alnum(text.p[at - 2]));
}

/* "80070035", "800a0035": an HRESULT or NTSTATUS without its 0x. */
static bool is_bare_wide(const struct token *token)
{
	struct rule_code_at found;
	struct str word = { token->word, token->n };
	return token->n == 8 && char_is_hex(word.p[1]) && rule_codes_find(word, &found, 1) &&
	       found.code.value > INT32_MAX;
}

/* A number in hexadecimal is the same number in decimal, and the other way round; a negative one is 32 bits wide; and
 * what carries a Windows error is that error. */
static void add_other_spellings(const struct query *q, struct query_token *t, const struct token *token)
{
	char text[TOKEN_MAX + 1];
	int64_t carried;
	struct str family;
	memcpy(text, token->word, token->n);
	text[token->n] = 0;
	bool bare = is_bare_wide(token), hex = bare || (token->n > 2 && text[1] == 'x');
	if (token->n > 12)
		return;
	uint64_t value = strtoull(text, NULL, hex ? 16 : 10);
	if (bare)
		offer_number(q->view, t, value, true);
	else if (token->n == 10 && hex)
		offer(q->view, t, token->word + 2, 8, 1);
	if (!hex && value > INT32_MAX / 2 && value <= 1ull << 31 && has_sign(q->clean->text, token->start))
		value = (uint32_t)-value;
	offer_number(q->view, t, value, !hex);
	if (rule_code_carried((int64_t)value, &carried, &family))
		offer_number(q->view, t, (uint64_t)carried, false);
}

static uint32_t pair_count(const struct file_view *v, uint32_t a, uint32_t b)
{
	uint32_t n = 0;
	if (a != VOCAB_NONE && b != VOCAB_NONE)
		file_pair_groups(v, a, b, &n);
	return n;
}

/* "unableto": no word, but two that messages have behind each other. Says where the second one begins; 0: it is not. */
static uint32_t find_glued(const struct file_view *v, const struct token *token)
{
	uint32_t best = 0, at = 0;
	if (token->n < GLUED_MIN || token->end - token->start != token->n)
		return 0;
	for (uint32_t i = 0; i < token->n; i++)
		if (!char_is_lower(token->word[i]))
			return 0;
	for (uint32_t i = 2; i + 2 <= token->n; i++) {
		uint32_t first = file_find_term(v, (struct str){ token->word, i }), n;
		if (first == VOCAB_NONE)
			continue;
		n = pair_count(v, first, file_find_term(v, (struct str){ token->word + i, token->n - i }));
		if (n > best) {
			best = n;
			at = i;
		}
	}
	return at;
}

static struct token part_of(const struct token *token, uint32_t from, uint32_t to)
{
	struct token t = { .start = token->start + from, .end = token->start + to, .n = to - from };
	memcpy(t.word, token->word + from, to - from);
	return t;
}

static bool is_of_message(const struct file_view *v, uint32_t term)
{
	return term != VOCAB_NONE && v->terms[term].group_n;
}

/* The colon in an address or a clock ("0137:bff9") is not behind a label. */
static bool is_within_number(struct str text, size_t at)
{
	bool digit = false;
	if (char_is_digit(text.p[at - 1]) && char_is_digit(text.p[at + 1]))
		return true;
	if (!char_is_hex(text.p[at + 1]))
		return false;
	while (at && char_is_hex(text.p[at - 1]))
		digit |= char_is_digit(text.p[--at]);
	return digit && !(at && char_is_alnum(text.p[at - 1]));
}

/* The token that comes next. No message has "Source:MSExchangeSA" or "A1010:unmatched" for a word: there a blank was
 * lost behind a label, which is a token by itself; a file's name before a place ("a.dll:10660") is none. */
static bool next_token(const struct query *q, struct str text, size_t *at, struct token *ret_token)
{
	struct token *t = ret_token;
	if (!token_next(text, at, t))
		return false;
	if (t->end - t->start == t->n || t->end - t->start > LABELLED_MAX ||
	    is_of_message(q->view, file_find_term(q->view, (struct str){ t->word, t->n })))
		return true;
	bool name = false;
	for (size_t i = t->start + 1; i < t->end; i++) {
		name |= text.p[i] == '.';
		if (text.p[i] != ':' || (name && char_is_digit(text.p[i + 1])) || is_within_number(text, i))
			continue;
		*at = t->start;
		return token_next(str_first(text, i), at, t);
	}
	return true;
}

struct budget { uint32_t slips, read_wrong; };

static void add_token(struct query *q, const struct token *token, struct budget *spent)
{
	const struct file_view *v = q->view;
	uint32_t term = file_find_term(v, (struct str){ token->word, token->n });
	bool known = is_of_message(v, term);
	bool odd = !known || (q->token_count && !q->tokens[q->token_count - 1].exact);
	if (odd && spent->read_wrong < READ_WRONG_MAX && join_token(q, token)) {
		spent->read_wrong++;
		return;
	}
	struct query_token *t = &q->tokens[q->token_count++];
	*t = (struct query_token){ .start = (uint32_t)token->start, .end = (uint32_t)token->end };
	t->number = token_is_number((struct str){ token->word, token->n }) || is_bare_wide(token);
	if (known) {
		t->terms[t->term_count++] = term;
		t->exact = true;
	}
	if (t->number)
		add_other_spellings(q, t, token);
	if (may_be_slip(v, t, token) && spent->slips < SLIPS_MAX) {
		spent->slips++;
		add_slips(v, t, token);
	}
	if (!t->term_count && spent->read_wrong < READ_WRONG_MAX) {
		spent->read_wrong++;
		add_lookalikes(v, t, (struct str){ token->word, token->n });
	}
	t->weight = t->exact ? v->terms[term].weight : unknown_weight;
	if (t->weight > 8)
		t->weight = 8;
	q->weight_to[q->token_count] = q->weight_to[q->token_count - 1] + t->weight;
}

/* What is a slip of one word is not two. */
static void add_tokens(struct query *q, const struct token *token, struct budget *spent)
{
	add_token(q, token, spent);
	uint32_t at = 0;
	if (!q->tokens[q->token_count - 1].term_count && q->token_count < QUERY_TOKENS_MAX &&
	    spent->read_wrong < READ_WRONG_MAX && !rule_is_code_word((struct str){ token->word, token->n }))
		at = find_glued(q->view, token);
	if (!at)
		return;
	struct token first = part_of(token, 0, at), second = part_of(token, at, token->n);
	q->token_count--;
	add_token(q, &first, spent);
	add_token(q, &second, spent);
}

static void add_readings(struct query *q)
{
	memset(q->reading_heads, 0, sizeof q->reading_heads);
	q->reading_count = 0;
	for (uint32_t i = q->token_count; i-- > 0;) {
		const struct query_token *t = &q->tokens[i];
		for (uint8_t k = 0; k < t->term_count; k++) {
			uint16_t *head = &q->reading_heads[t->terms[k] % 2048];
			q->readings[++q->reading_count] = (struct reading){
				.term = t->terms[k], .token = (uint16_t)i, .next = *head,
				.similarity = t->exact && k == 0 ? 1.0f : 0.85f,
			};
			*head = (uint16_t)q->reading_count;
		}
	}
}

/* ---- long messages ---- */

enum {
	STRETCHES = QUERY_STRETCHES_MAX,
	STRETCH_TOKENS = QUERY_TOKENS_MAX / STRETCHES,
	LINE_TOKENS = 24, /* so many before its most a stretch ends with a line: no line of fewer is in two */
	SEEN_PAIRS = 4096
};

struct stretch { size_t start, end; float score; };

/* What two words behind each other tell: nothing where no message has them, and nothing the second time. */
static float pair_tells(const struct file_view *v, uint32_t a, uint32_t b, uint32_t seen[SEEN_PAIRS])
{
	uint32_t bucket = file_pair_bucket(a, b, v->pair_buckets), n;
	file_pair_groups(v, a, b, &n);
	uint32_t *slot = &seen[bucket % SEEN_PAIRS];
	if (!n || *slot == bucket + 1)
		return 0;
	*slot = bucket + 1;
	return (v->terms[a].weight + v->terms[b].weight) / (1 + 0.05f * (float)n);
}

static void offer_stretch(struct stretch best[STRETCHES], struct stretch s)
{
	uint32_t least = 0;
	for (uint32_t i = 1; i < STRETCHES; i++)
		if (best[i].score < best[least].score)
			least = i;
	if (s.score > best[least].score)
		best[least] = s;
}

static int by_start(const void *a, const void *b)
{
	size_t x = ((const struct stretch *)a)->start, y = ((const struct stretch *)b)->start;
	return (x > y) - (x < y);
}

/* The stretches of a long text that look most like messages, in order of the text. */
static void find_stretches(const struct file_view *v, struct str text, size_t at, struct stretch best[STRETCHES])
{
	uint32_t seen[SEEN_PAIRS] = { 0 }, before = VOCAB_NONE, n = 0;
	bool number = false; /* the one before: with stamps and counters each line would tell something new */
	struct stretch s = { at, at, 0 };
	struct token token;
	for (uint32_t i = 0; i < STRETCHES; i++)
		best[i] = (struct stretch){ text.n, text.n, -1 };
	for (; token_next(text, &at, &token); n++, s.end = at) {
		bool line = str_find_char(str_part(text, s.end, token.start), '\n') != STR_NONE;
		if (n == STRETCH_TOKENS || (line && n > STRETCH_TOKENS - LINE_TOKENS)) {
			offer_stretch(best, s);
			s = (struct stretch){ s.end, s.end, 0 };
			n = 0;
		}
		struct str word = { token.word, token.n };
		uint32_t term = file_find_term(v, word);
		bool was_number = number;
		number = token_is_number(word);
		if (term != VOCAB_NONE && before != VOCAB_NONE && !number && !was_number)
			s.score += pair_tells(v, before, term, seen);
		before = term;
	}
	offer_stretch(best, s);
	qsort(best, STRETCHES, sizeof *best, by_start);
}

static void read_stretches(struct query *q, struct str text, struct budget *spent)
{
	struct stretch best[STRETCHES];
	struct token token;
	find_stretches(q->view, text, q->payload.start, best);
	q->token_count = 0;
	for (uint32_t i = 0; i < STRETCHES; i++) {
		size_t at = best[i].start;
		struct str stretch = str_first(text, best[i].end);
		while (q->token_count < QUERY_TOKENS_MAX && next_token(q, stretch, &at, &token))
			add_tokens(q, &token, spent); /* words that are written as one are two tokens */
		q->stretches[i] = (struct match_span){ best[i].start, at };
	}
	q->stretch_count = STRETCHES;
}

void query_read(struct query *q)
{
	struct str text = str_first(q->clean->text, q->payload.end);
	struct token token;
	struct budget spent = { 0 };
	size_t at = q->payload.start;
	q->token_count = 0;
	q->weight_to[0] = 0;
	while (q->token_count < QUERY_TOKENS_MAX && next_token(q, text, &at, &token))
		add_tokens(q, &token, &spent);
	q->stretches[0] = (struct match_span){ 0, text.n };
	q->stretch_count = 1;
	if (token_next(text, &at, &token))
		read_stretches(q, text, &spent);
	add_readings(q);
}
