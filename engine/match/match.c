/* SPDX-License-Identifier: MIT */
#include "match/matcher.h"
#include "match/query.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <string.h>

enum err match_scratch_open(const struct matcher *m, struct match_scratch **ret_scratch)
{
	struct match_scratch *s = mem_resize(NULL, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	memset(s, 0, sizeof *s);
	s->group_count = m->view.group_count;
	s->doc_count = m->view.article_count;
	size_t most = s->group_count > s->doc_count ? s->group_count : s->doc_count;
	s->group_scores = mem_resize(NULL, (s->group_count + 1) * sizeof(float));
	s->doc_scores = mem_resize(NULL, (s->doc_count + 1) * sizeof(float));
	s->touched = mem_resize(NULL, (most + 1) * sizeof(uint32_t));
	if (!s->group_scores || !s->doc_scores || !s->touched) {
		match_scratch_close(&s);
		return ERR_NOMEM;
	}
	memset(s->group_scores, 0, (s->group_count + 1) * sizeof(float));
	memset(s->doc_scores, 0, (s->doc_count + 1) * sizeof(float));
	*ret_scratch = s;
	return ERR_OK;
}

void match_scratch_close(struct match_scratch **scratch)
{
	if (!*scratch)
		return;
	mem_free((*scratch)->group_scores);
	mem_free((*scratch)->doc_scores);
	mem_free((*scratch)->touched);
	mem_free(*scratch);
	*scratch = NULL;
}

static bool is_empty(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (char_is_alnum(s.p[i]) || (unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

static struct match_span query_span(const struct clean *c, size_t start, size_t end)
{
	size_t a = damage_offset(c, start);
	size_t b = end > start ? damage_offset(c, end - 1) + 1 : a;
	return (struct match_span){ a, b };
}

static void add_captures(const struct query *q, const struct answer *x, struct arena *a, struct match *out)
{
	if (!x->fits || !x->surface.value_count)
		return;
	out->captures = arena_array(a, struct match_capture, x->surface.value_count);
	for (unsigned i = 0; out->captures && i < x->surface.value_count; i++) {
		struct match_span s = x->surface.values[i];
		if (s.end <= s.start)
			continue;
		const struct file_var *v = &q->view->vars[x->owner->var_at + i];
		struct match_capture *c = &out->captures[out->capture_count++];
		c->name = file_str(q->view, v->name);
		c->type = (enum var_type)v->type;
		c->value = str_first(str_from(q->clean->text, s.start), s.end - s.start);
		c->span = query_span(q->clean, s.start, s.end);
	}
}

static void fill_match(const struct query *q, const struct answer *x, struct arena *a, struct match *out)
{
	const struct file_article *article = &q->view->articles[x->article];
	out->id = file_str(q->view, article->id);
	out->title = file_str(q->view, article->title);
	out->confidence = x->confidence;
	if (x->owner)
		out->template = file_str(q->view, x->owner->text);
	out->spans = arena_new(a, struct match_span);
	if (out->spans && x->owner) {
		out->spans[0] = query_span(q->clean, q->tokens[x->alignment.first].start, q->tokens[x->alignment.last].end);
		out->span_count = 1;
	}
	add_captures(q, x, a, out);
}

enum { NEAREST_MAX = 3 };
static const double floor_confidence = 0.35;

enum err match_message(const struct matcher *m, struct match_scratch *scratch, struct str query,
		       const struct match_options *options, struct arena *a, struct match_answer *ret_answer)
{
	struct match_options defaults = { 0 };
	struct match_answer out = { 0 };
	struct clean clean;
	options = options ? options : &defaults;
	if (query.n > MATCH_INPUT_MAX)
		return ERR_LIMIT;
	if (is_empty(query))
		return ERR_INPUT;
	out.query = utf8_mend(query, a);
	enum err e = damage_undo(out.query, a, &clean);
	if (e)
		return e;
	struct query *q = &scratch->query;
	q->view = &m->view;
	q->scratch = scratch;
	q->arena = a;
	q->clean = &clean;
	if (options->keep_envelope)
		out.envelope.payload = (struct match_span){ 0, clean.text.n };
	else
		envelope_read(clean.text, &out.envelope);
	q->payload = out.envelope.payload;
	query_read(q, str_first(str_from(clean.text, q->payload.start), q->payload.end - q->payload.start));
	for (uint32_t i = 0; i < q->token_count; i++) {
		q->tokens[i].start += (uint32_t)q->payload.start;
		q->tokens[i].end += (uint32_t)q->payload.start;
	}
	struct answer *answers = arena_array(a, struct answer, MATCH_RESULTS_MAX);
	uint32_t n = answers ? rank_articles(q, options, answers) : 0;
	size_t limit = options->limit ? options->limit : 10;
	out.matches = arena_array(a, struct match, n + 1);
	out.nearest = arena_array(a, struct match, NEAREST_MAX);
	for (uint32_t i = 0; i < n && out.matches && out.nearest; i++) {
		if (answers[i].confidence >= floor_confidence && out.match_count < limit)
			fill_match(q, &answers[i], a, &out.matches[out.match_count++]);
		else if (answers[i].confidence < floor_confidence && out.nearest_count < NEAREST_MAX)
			fill_match(q, &answers[i], a, &out.nearest[out.nearest_count++]);
	}
	out.explained = out.match_count > 0;
	out.envelope.payload = query_span(&clean, q->payload.start, q->payload.end);
	if (arena_err(a))
		return ERR_NOMEM;
	*ret_answer = out;
	return ERR_OK;
}
