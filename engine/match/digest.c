/* SPDX-License-Identifier: MIT */
#include "match/digest.h"

#include "base/hash.h"
#include "base/mem.h"
#include "match/token.h"
#include "rule/rule.h"

#include <string.h>

enum { WEIGHT_BODY = 1, WEIGHT_SYMPTOM = 1, WEIGHT_QUERY = 2, WEIGHT_TITLE = 4 };

static struct file_text keep_text(struct digest *g, struct str s)
{
	struct file_text t = { (uint32_t)g->text.n, (uint32_t)s.n };
	buf_add(&g->text, s);
	return t;
}

/* ---- an article's words ---- */

static bool room_for_weight(struct digest *g, uint32_t word)
{
	if (word < g->weight_cap)
		return true;
	uint32_t cap = word * 2 + 1024;
	uint8_t *bigger = mem_resize(g->weights, cap);
	if (!bigger) {
		g->err = ERR_NOMEM;
		return false;
	}
	memset(bigger + g->weight_cap, 0, cap - g->weight_cap);
	g->weights = bigger;
	g->weight_cap = cap;
	return true;
}

static uint32_t count_text(struct digest *g, struct str text, unsigned weight)
{
	struct token t;
	uint32_t n = 0;
	for (size_t at = 0; token_next(text, &at, &t); n++) {
		uint32_t word = vocab_add(&g->words, (struct str){ t.word, token_stem(t.word, t.n) });
		if (word == VOCAB_NONE || !room_for_weight(g, word))
			continue;
		if (!g->weights[word])
			buf_add_bytes(&g->touched, &word, sizeof word);
		unsigned sum = g->weights[word] + weight;
		g->weights[word] = (uint8_t)(sum > 255 ? 255 : sum);
	}
	return n;
}

static uint32_t count_article(struct digest *g, const struct article *article)
{
	uint32_t n = count_text(g, article->title, WEIGHT_TITLE);
	n += count_text(g, article->query_words, WEIGHT_QUERY);
	for (size_t i = 0; i < article->section_count; i++) {
		const struct article_section *s = &article->sections[i];
		if (s->kind == SECTION_NOTICE)
			continue;
		bool symptom = s->kind == SECTION_SYMPTOMS || s->kind == SECTION_SUMMARY || s->kind == SECTION_CAUSE;
		n += count_text(g, s->heading, WEIGHT_BODY);
		n += count_text(g, s->body, symptom ? WEIGHT_SYMPTOM : WEIGHT_BODY);
	}
	return n;
}

static void flush_terms(struct digest *g, struct digest_doc *doc)
{
	const uint32_t *touched = (const uint32_t *)(const void *)g->touched.p;
	doc->term_at = (uint32_t)(g->terms.n / 4);
	doc->term_n = (uint32_t)(g->touched.n / 4);
	for (uint32_t i = 0; i < doc->term_n; i++) {
		uint32_t packed = touched[i] << 8 | g->weights[touched[i]];
		buf_add_bytes(&g->terms, &packed, sizeof packed);
		g->weights[touched[i]] = 0;
	}
	buf_clear(&g->touched);
}

/* ---- its messages ---- */

static void add_tokens(struct digest *g, struct str literal)
{
	struct token t;
	for (size_t at = 0; token_next(literal, &at, &t);) {
		uint32_t word = vocab_add(&g->words, (struct str){ t.word, t.n });
		if (word != VOCAB_NONE)
			buf_add_bytes(&g->tokens, &word, sizeof word);
	}
}

static void add_message(struct digest *g, const struct rule_template *t)
{
	struct digest_message m = { .token_at = (uint32_t)(g->tokens.n / 4),
				    .var_at = (uint32_t)(g->vars.n / sizeof(struct file_var)),
				    .place = (uint8_t)t->place,
				    .announced = t->announced };
	struct buf text = { 0 };
	for (size_t i = 0; i < t->piece_count; i++) {
		const struct rule_piece *p = &t->pieces[i];
		if (!p->is_var) {
			add_tokens(g, p->text);
			buf_add(&text, p->text);
			continue;
		}
		const struct rule_var *v = &t->vars[p->var];
		uint32_t mark = TOKEN_VAR;
		struct file_var out = { .start = (uint32_t)text.n, .name = keep_text(g, v->name),
					.type = (uint32_t)v->type, .sample = v->sample };
		buf_add(&text, v->says);
		out.end = (uint32_t)text.n;
		buf_add_bytes(&g->vars, &out, sizeof out);
		m.var_n++;
		buf_add_bytes(&g->tokens, &mark, sizeof mark);
	}
	m.token_n = (uint32_t)(g->tokens.n / 4) - m.token_at;
	m.text = keep_text(g, buf_str(&text));
	if (buf_err(&text))
		g->err = buf_err(&text);
	buf_free(&text);
	buf_add_bytes(&g->messages, &m, sizeof m);
}

static void add_codes(struct digest *g, const struct rule *rule, struct digest_doc *doc)
{
	for (size_t i = 0; i < rule->code_count; i++) {
		const struct rule_code *c = &rule->codes[i];
		if (!c->defining || !c->family.n)
			continue;
		struct file_article_code code = { c->value, keep_text(g, c->family) };
		buf_add_bytes(&g->codes, &code, sizeof code);
		doc->code_n++;
	}
}

static void add_over_time(struct digest *g, const struct rule *rule, struct arena *a, struct digest_doc *doc)
{
	for (size_t i = 0; i < rule->mark_count + rule->story_count; i++) {
		bool mark = i < rule->mark_count;
		struct str text = mark ? rule_mark_text(&rule->marks[i], a) :
					 rule_story_text(&rule->stories[i - rule->mark_count], a);
		struct file_text kept = keep_text(g, text);
		buf_add_bytes(&g->over_times, &kept, sizeof kept);
		doc->over_n++;
	}
}

/* Cause and remedies are not looked up. */
static enum err read_rule(const struct article *article, struct arena *a, struct rule *ret_rule)
{
	if (article->front)
		return rule_extract(article, a, NULL, ret_rule);
	enum err e = rule_add_templates(article, a, ret_rule);
	return e ? e : rule_add_codes(article, a, ret_rule);
}

static void take_source(struct digest *g, struct str bytes, struct arena *a, bool text_wanted, struct digest_doc *doc,
			bool *ret_text)
{
	struct article *article;
	struct rule rule = { 0 };
	if (article_parse(bytes, a, NULL, &article) || read_rule(article, a, &rule))
		return;
	for (size_t i = 0; i < rule.template_count; i++)
		add_message(g, &rule.templates[i]);
	add_codes(g, &rule, doc);
	add_over_time(g, &rule, a, doc);
	doc->authored |= rule.authored;
	if (rule.authored || text_wanted)
		doc->length += count_article(g, article);
	if (!doc->title.n)
		doc->title = keep_text(g, article->title);
	*ret_text = !rule.authored;
}

void digest_add(struct digest *g, uint32_t ordinal, struct str id, const struct str *sources, size_t count)
{
	struct arena *a = &g->arena;
	struct digest_doc doc = { .ordinal = ordinal, .id = keep_text(g, id),
				  .message_at = (uint32_t)(g->messages.n / sizeof(struct digest_message)),
				  .code_at = (uint32_t)(g->codes.n / sizeof(struct file_article_code)),
				  .over_at = (uint32_t)(g->over_times.n / sizeof(struct file_text)) };
	bool text_taken = false;
	for (size_t i = 0; i < count; i++)
		doc.stamp = file_stamp_source(doc.stamp, hash_bytes(sources[i]));
	for (size_t i = 0; i < count && !text_taken; i++)
		take_source(g, sources[i], a, !text_taken, &doc, &text_taken);
	doc.message_n = (uint32_t)(g->messages.n / sizeof(struct digest_message)) - doc.message_at;
	flush_terms(g, &doc);
	buf_add_bytes(&g->docs, &doc, sizeof doc);
	if (arena_err(a))
		g->err = ERR_NOMEM;
	arena_reset(a);
}

enum err digest_err(const struct digest *g)
{
	const struct buf *lists[] = { &g->docs, &g->terms, &g->messages, &g->tokens, &g->vars, &g->codes, &g->over_times, &g->text,
				      &g->touched };
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (buf_err(lists[i]))
			return buf_err(lists[i]);
	return g->words.err ? g->words.err : g->err;
}

void digest_free(struct digest *g)
{
	vocab_free(&g->words);
	buf_free(&g->docs);
	buf_free(&g->terms);
	buf_free(&g->messages);
	buf_free(&g->tokens);
	buf_free(&g->vars);
	buf_free(&g->codes);
	buf_free(&g->over_times);
	buf_free(&g->text);
	buf_free(&g->touched);
	mem_free(g->weights);
	arena_free(&g->arena);
	*g = (struct digest){ 0 };
}
