/* SPDX-License-Identifier: MIT
 *
 * The best chain of equal tokens, both sides in order: what lies between two links costs by its weight, unless a
 * variable of the template takes it. Time is bounded by LINKS_MAX links and LOOK_BACK predecessors a link.
 */
#include "match/query.h"

#include "match/vocab.h"

#include <math.h>
#include <string.h>

enum {
	LOOK_BACK = 48,	  /* links before one that may come before it in the chain */
	VALUE_TOKENS = 12, /* that a variable takes cheaply */
	SWAP_TOKENS = 3	   /* of the message that stand where the template has others */
};

static const float cost_template = 0.7f;  /* of a weight that the message lacks */
static const float cost_tail = 0.35f;	  /* the same at the template's end: messages are cut off */
static const float tail_plenty = 14;
static const float cost_message = 0.45f;  /* of a weight inside the message that the template lacks */
static const float cost_around = 0.22f;	  /* the same before and behind: people and logs wrap messages */
static const float cost_filled = 0.12f;	  /* a token in a variable */
static const float cost_unfilled = 0.25f; /* a variable with nothing */
static const float cost_number = 2.0f;	  /* a number where the template has another */

struct chain {
	const struct query *q;
	const uint32_t *tokens; /* of the template */
	uint32_t n;
	float weight_to[TEMPLATE_TOKENS_MAX + 1]; /* of template tokens before */
	uint16_t vars_to[TEMPLATE_TOKENS_MAX + 1];
	struct link *links;
	uint32_t link_count;
};

static void measure(struct chain *c)
{
	c->weight_to[0] = 0;
	c->vars_to[0] = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		bool var = c->tokens[i] == TOKEN_VAR;
		c->vars_to[i + 1] = (uint16_t)(c->vars_to[i] + var);
		c->weight_to[i + 1] = c->weight_to[i] + (var ? 0 : file_term_weight(c->q->view, c->tokens[i]));
	}
}

static void find_links(struct chain *c)
{
	const struct query *q = c->q;
	c->link_count = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		uint32_t term = c->tokens[i];
		if (term == TOKEN_VAR)
			continue;
		for (uint16_t r = q->reading_heads[term % 2048]; r && c->link_count < LINKS_MAX;
		     r = q->readings[r].next)
			if (q->readings[r].term == term)
				c->links[c->link_count++] = (struct link){
					(uint16_t)i, q->readings[r].token,
					q->view->terms[term].weight * q->readings[r].similarity, 0, -1 };
	}
}

static float message_between(const struct query *q, uint32_t from, uint32_t to)
{
	return to > from ? q->weight_to[to] - q->weight_to[from] : 0;
}

/* Message tokens [m0, m1) beside or inside which a variable stands: it takes some, the rest costs what it weighs. */
static float filled_cost(const struct query *q, uint32_t m0, uint32_t m1, bool at_start, float each)
{
	uint32_t n = m1 - m0, taken = n < VALUE_TOKENS ? n : VALUE_TOKENS;
	float all = each * message_between(q, m0, m1);
	float rest = each * (at_start ? message_between(q, m0, m1 - taken) : message_between(q, m0 + taken, m1));
	float filled = cost_filled * (float)taken + rest;
	return filled < all ? filled : all;
}

/* What lies between two places: template tokens [t0, t1), message tokens [m0, m1). */
static float gap_cost(const struct chain *c, uint32_t t0, uint32_t t1, uint32_t m0, uint32_t m1)
{
	float cost = cost_template * (c->weight_to[t1] - c->weight_to[t0]);
	unsigned vars = (unsigned)(c->vars_to[t1] - c->vars_to[t0]);
	if (m1 <= m0)
		return cost + cost_unfilled * (float)vars;
	return cost +
	       (vars ? filled_cost(c->q, m0, m1, false, cost_message) : cost_message * message_between(c->q, m0, m1));
}

static float head_cost(const struct chain *c, const struct link *l)
{
	float cost = cost_template * c->weight_to[l->at];
	bool var = c->vars_to[l->at] > 0;
	return cost + (var ? filled_cost(c->q, 0, l->token, true, cost_around)
			   : cost_around * message_between(c->q, 0, l->token));
}

static float tail_cost(const struct chain *c, const struct link *l)
{
	uint32_t left = c->q->token_count - l->token - 1u;
	float weight = c->weight_to[c->n] - c->weight_to[l->at + 1];
	if (weight > tail_plenty) /* who leaves out a sentence may leave out two */
		weight = tail_plenty + (weight - tail_plenty) * 0.25f;
	float cost = (left ? 0.5f * (cost_template + cost_tail) : cost_tail) * weight;
	uint32_t behind = l->token + 1u, end = c->q->token_count;
	bool var = c->vars_to[c->n] > c->vars_to[l->at + 1];
	return cost + (var ? filled_cost(c->q, behind, end, false, cost_around)
			   : cost_around * message_between(c->q, behind, end));
}

static int best_chain(struct chain *c, float *ret_score)
{
	int best = -1;
	float best_score = -INFINITY;
	for (uint32_t i = 0; i < c->link_count; i++) {
		struct link *l = &c->links[i];
		l->score = l->gain - head_cost(c, l);
		for (uint32_t k = i, looked = 0; k-- > 0 && looked < LOOK_BACK; looked++) {
			const struct link *p = &c->links[k];
			if (p->at >= l->at || p->token >= l->token)
				continue;
			float s = p->score + l->gain - gap_cost(c, p->at + 1u, l->at, p->token + 1u, l->token);
			if (s > l->score) {
				l->score = s;
				l->before = (int16_t)k;
			}
		}
		float whole = l->score - tail_cost(c, l);
		if (whole > best_score) {
			best_score = whole;
			best = (int)i;
		}
	}
	*ret_score = best_score;
	return best;
}

/* is_number_term remembers: the words lie far apart. */
static bool is_number_term(const struct query *q, uint32_t term)
{
	enum { KNOWN = 1, NUMBER = 2 };
	if (term == TOKEN_VAR || term >= q->view->term_count)
		return false;
	unsigned char *at = &q->scratch->numbers[term / 4];
	unsigned shift = term % 4 * 2;
	if (!(*at >> shift & KNOWN)) {
		bool number = token_is_number(file_term_word(q->view, term));
		*at = (unsigned char)(*at | (number ? KNOWN | NUMBER : KNOWN) << shift);
	}
	return *at >> shift & NUMBER;
}

/* Between two links, a number of the template that met another number. */
static bool numbers_differ(const struct chain *c, uint32_t t0, uint32_t t1, uint32_t m0, uint32_t m1)
{
	bool number = false;
	for (uint32_t i = m0; i < m1 && i < m0 + 3; i++) /* the message's first: its tokens are at hand */
		number |= c->q->tokens[i].number;
	for (uint32_t i = t0; number && i < t1; i++)
		if (is_number_term(c->q, c->tokens[i]))
			return true;
	return false;
}

/* What the template has at a place where the message has something else: the lesser of both, by weight. */
static float swapped(const struct chain *c, uint32_t t0, uint32_t t1, uint32_t m0, uint32_t m1)
{
	uint32_t near = m0 + SWAP_TOKENS < m1 ? m0 + SWAP_TOKENS : m1;
	float template = c->weight_to[t1] - c->weight_to[t0], message = message_between(c->q, m0, near);
	return c->vars_to[t1] > c->vars_to[t0] ? 0 : fminf(template, message);
}

static void walk_back(const struct chain *c, int last, struct alignment *out)
{
	const struct query *q = c->q;
	uint32_t t1 = c->n, m1 = q->token_count;
	out->last = c->links[last].token;
	for (int i = last; i >= 0; i = c->links[i].before) {
		const struct link *l = &c->links[i];
		out->matched += c->links[i].gain;
		out->pair_count++;
		out->first = l->token;
		out->number_differs |= numbers_differ(c, l->at + 1u, t1, l->token + 1u, m1);
		out->swapped += swapped(c, l->at + 1u, t1, l->token + 1u, m1);
		if (i != last && !(c->vars_to[t1] - c->vars_to[l->at + 1]))
			out->left_message += message_between(q, l->token + 1u, m1);
		t1 = l->at;
		m1 = l->token;
	}
	out->value_before = c->vars_to[t1] > 0;
	if (m1 && t1)
		out->number_differs |= numbers_differ(c, 0, t1, m1 > 3 ? m1 - 3 : 0, m1);
}

/* read_chain prepares *ret_chain, which is filled in place: it is large. */
static void read_chain(struct query *q, uint32_t group, struct chain *ret_chain)
{
	const struct file_group *g = &q->view->groups[group];
	ret_chain->q = q;
	ret_chain->links = q->scratch->links;
	ret_chain->tokens = q->view->tokens + g->token_at;
	ret_chain->n = g->token_n < TEMPLATE_TOKENS_MAX ? g->token_n : TEMPLATE_TOKENS_MAX;
	measure(ret_chain);
	find_links(ret_chain);
}

/* The token stands for the word without being it. */
static bool is_slip(const struct query_token *t, uint32_t term)
{
	return !t->exact || t->terms[0] != term;
}

static void add_word_letters(const struct query_token *t, struct str word, struct letters *letters)
{
	for (uint32_t i = 0; i < word.n && letters->n < SURFACE_TEXT_MAX; i++) {
		if (!char_is_letter(word.p[i]))
			continue;
		uint32_t at = t->start + i;
		letters->c[letters->n] = word.p[i];
		letters->at[letters->n++] = at < t->end ? at : t->end - 1;
	}
}

bool align_mend(struct query *q, uint32_t group, struct letters *ret_letters)
{
	struct chain c;
	uint32_t words[QUERY_TOKENS_MAX];
	float score;
	bool any = false;
	size_t at = q->payload.start;
	read_chain(q, group, &c);
	memset(words, 0xFF, q->token_count * sizeof *words);
	for (int i = best_chain(&c, &score); i >= 0; i = c.links[i].before)
		if (is_slip(&q->tokens[c.links[i].token], c.tokens[c.links[i].at])) {
			words[c.links[i].token] = c.tokens[c.links[i].at];
			any = true;
		}
	ret_letters->n = 0;
	for (uint32_t i = 0; any && i < q->token_count; i++) {
		const struct query_token *t = &q->tokens[i];
		if (words[i] == UINT32_MAX)
			continue;
		surface_letters(q->clean->text, at, t->start, ret_letters);
		add_word_letters(t, file_term_word(q->view, words[i]), ret_letters);
		at = t->end;
	}
	if (any)
		surface_letters(q->clean->text, at, q->payload.end, ret_letters);
	return any;
}

void align_fetch(const struct query *q, const uint32_t *groups, uint32_t n)
{
	const struct file_view *v = q->view;
	if (n > 6)
		__builtin_prefetch(&v->groups[groups[6]]);
	if (n > 4) {
		const char *tokens = (const char *)(v->tokens + v->groups[groups[4]].token_at);
		__builtin_prefetch(tokens);
		__builtin_prefetch(tokens + 64);
	}
	if (n > 2) {
		const struct file_group *g = &v->groups[groups[2]];
		for (uint32_t i = 0; i < g->token_n && i < TEMPLATE_TOKENS_MAX; i++)
			if (v->tokens[g->token_at + i] < v->term_count)
				__builtin_prefetch(&v->terms[v->tokens[g->token_at + i]].weight);
	}
}

void align_group(struct query *q, uint32_t group, struct alignment *ret_alignment)
{
	struct chain c;
	struct alignment out = { .group = group, .score = -INFINITY };
	read_chain(q, group, &c);
	int last = best_chain(&c, &out.score);
	if (last >= 0) {
		walk_back(&c, last, &out);
		out.left_template = c.weight_to[c.n] - out.matched;
		uint32_t next = c.links[last].at + 1u;
		out.value_next = next < c.n && c.tokens[next] == TOKEN_VAR;
		out.left_tail = c.weight_to[c.n] - c.weight_to[next];
		if (out.number_differs)
			out.score -= cost_number;
	}
	*ret_alignment = out;
}

float align_overpaid(const struct query *q, const struct alignment *al, struct match_span span)
{
	float spared = 0;
	for (uint32_t i = al->last + 1, n = 0; al->value_next && i < q->token_count && n < VALUE_TOKENS; i++, n++)
		if (q->tokens[i].start >= span.end)
			spared += cost_around * q->tokens[i].weight - cost_filled;
	for (uint32_t i = al->first, n = 0; al->value_before && i-- > 0 && n < VALUE_TOKENS; n++)
		if (q->tokens[i].end <= span.start)
			spared += cost_around * q->tokens[i].weight - cost_filled;
	return spared > 0 ? spared : 0;
}
