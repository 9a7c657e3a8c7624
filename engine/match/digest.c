/* SPDX-License-Identifier: MIT */
#include "match/digest.h"

#include "base/hash.h"
#include "base/mem.h"
#include "match/envelope.h"
#include "match/product.h"
#include "match/token.h"
#include "rule/rule.h"

#include <string.h>

enum { WEIGHT_BODY = 1, WEIGHT_QUERY = 2, WEIGHT_TITLE = 4 };

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

/* Stems are asked for once a word, not once a place. */
static uint16_t class_of(struct digest *g, uint32_t number, struct str word)
{
	if (number >= g->class_cap) {
		uint32_t cap = number * 2 + 1024;
		uint16_t *bigger = mem_resize(g->classes, cap * sizeof *bigger);
		if (!bigger) {
			g->err = ERR_NOMEM;
			return 0;
		}
		memset(bigger + g->class_cap, 0, (cap - g->class_cap) * sizeof *bigger);
		g->classes = bigger;
		g->class_cap = cap;
	}
	if (!g->stemmer && stemmer_open(&g->stemmer)) {
		g->err = ERR_NOMEM;
		return 0;
	}
	if (!g->classes[number])
		g->classes[number] = words_class(g->stemmer, word);
	return g->classes[number];
}

static void add_class(struct digest *g, struct digest_doc *doc, uint32_t number, struct str word)
{
	uint16_t class = doc->word_n < FILE_DOC_WORDS_MAX ? class_of(g, number, word) : 0;
	if (!class)
		return;
	buf_add_bytes(&g->doc_words, &class, sizeof class);
	doc->word_n++;
}

/* Q123456 */
static bool is_article_id(struct str word)
{
	return (word.n == 6 || word.n == 7) && word.p[0] == 'q' && str_digits(str_from(word, 1)) == word.n - 1;
}

static uint32_t count_text(struct digest *g, struct digest_doc *doc, struct str text, unsigned weight)
{
	struct token t;
	uint32_t n = 0;
	for (size_t at = 0; token_next(text, &at, &t); n++) {
		struct str stem = { t.word, token_stem(t.word, t.n) };
		uint32_t word = vocab_add(&g->words, stem);
		if (word == VOCAB_NONE || !room_for_weight(g, word))
			continue;
		add_class(g, doc, word, stem);
		if (!g->weights[word]) {
			buf_add_bytes(&g->touched, &word, sizeof word);
			doc->named += is_article_id(stem);
		}
		unsigned sum = g->weights[word] + weight;
		g->weights[word] = (uint8_t)(sum > 255 ? 255 : sum);
	}
	return n;
}

static void count_article(struct digest *g, const struct article *article, struct digest_doc *doc)
{
	uint32_t n = count_text(g, doc, article->title, WEIGHT_TITLE);
	n += count_text(g, doc, article->query_words, WEIGHT_QUERY);
	for (size_t i = 0; i < article->section_count; i++) {
		const struct article_section *s = &article->sections[i];
		if (s->kind == SECTION_NOTICE)
			continue;
		n += count_text(g, doc, s->heading, WEIGHT_BODY);
		n += count_text(g, doc, s->body, WEIGHT_BODY);
	}
	doc->length += n;
	doc->families |= product_families(article->title);
	for (size_t i = 0; i < article->product_count; i++)
		doc->families |= product_families(article->products[i]);
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
	if (buf_err(&g->touched))
		g->err = buf_err(&g->touched);
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

/* said_end: up to where a message tells what failed, in bytes, a variable counted as one; what it tells of the next try
 * is left out, as it is of a log's lines. */
static size_t said_end(struct digest *g, const struct rule_template *t)
{
	struct buf shape = { 0 };
	for (size_t i = 0; i < t->piece_count; i++)
		buf_add(&shape, t->pieces[i].is_var ? STR("0") : t->pieces[i].text);
	size_t end = envelope_cut_retry(buf_str(&shape)).n;
	if (buf_err(&shape))
		g->err = buf_err(&shape);
	buf_free(&shape);
	return end;
}

static void add_message(struct digest *g, const struct rule_template *t)
{
	size_t left = said_end(g, t);
	struct digest_message m = { .token_at = (uint32_t)(g->tokens.n / 4),
				    .var_at = (uint32_t)(g->vars.n / sizeof(struct file_var)),
				    .place = (uint8_t)t->place,
				    .announced = t->announced };
	struct buf text = { 0 };
	for (size_t i = 0; i < t->piece_count && left; i++) {
		const struct rule_piece *p = &t->pieces[i];
		struct str literal = str_first(p->text, left);
		left -= p->is_var ? 1 : literal.n;
		if (!p->is_var) {
			add_tokens(g, literal);
			buf_add(&text, literal);
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
	enum err e = article_parse(bytes, a, NULL, &article);
	if (!e)
		e = read_rule(article, a, &rule);
	if (e == ERR_NOMEM)
		g->err = e;
	if (e)
		return;
	for (size_t i = 0; i < rule.template_count; i++)
		add_message(g, &rule.templates[i]);
	add_codes(g, &rule, doc);
	add_over_time(g, &rule, a, doc);
	doc->authored |= rule.authored;
	if (rule.authored || text_wanted)
		count_article(g, article, doc);
	if (!doc->title.n)
		doc->title = keep_text(g, article->title);
	*ret_text = !rule.authored;
}

void digest_add(struct digest *g, uint32_t ordinal, struct str id, const struct str *sources, size_t count)
{
	struct arena *a = &g->arena;
	struct digest_doc doc = { .ordinal = ordinal, .id = keep_text(g, id),
				  .message_at = (uint32_t)(g->messages.n / sizeof(struct digest_message)),
				  .word_at = (uint32_t)(g->doc_words.n / sizeof(uint16_t)),
				  .new_at = g->words.count,
				  .code_at = (uint32_t)(g->codes.n / sizeof(struct file_article_code)),
				  .over_at = (uint32_t)(g->over_times.n / sizeof(struct file_text)) };
	bool text_taken = false;
	for (size_t i = 0; i < count; i++)
		doc.stamp = file_stamp_source(doc.stamp, hash_bytes(sources[i]));
	for (size_t i = 0; i < count && !text_taken; i++)
		take_source(g, sources[i], a, !text_taken, &doc, &text_taken);
	doc.message_n = (uint32_t)(g->messages.n / sizeof(struct digest_message)) - doc.message_at;
	flush_terms(g, &doc);
	doc.new_n = g->words.count - doc.new_at;
	buf_add_bytes(&g->docs, &doc, sizeof doc);
	if (arena_err(a))
		g->err = ERR_NOMEM;
	arena_reset(a);
}

enum err digest_err(const struct digest *g)
{
	const struct buf *lists[] = { &g->docs,	 &g->terms,	 &g->messages, &g->tokens,  &g->vars,
				      &g->codes, &g->over_times, &g->text,     &g->touched, &g->doc_words };
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
	buf_free(&g->doc_words);
	stemmer_close(&g->stemmer);
	mem_free(g->weights);
	mem_free(g->classes);
	arena_free(&g->arena);
	*g = (struct digest){ 0 };
}
