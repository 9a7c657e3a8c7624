/* SPDX-License-Identifier: MIT
 *
 * The messages of a matcher, one by one: what a scan asks of them, which has found their words in a line already. See
 * match.h.
 */
#include "match/capture.h"
#include "match/literals.h"
#include "match/matcher.h"
#include "match/query.h"
#include "match/text.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void match_each_message(const struct matcher *m, match_visit_message *visit, void *context)
{
	const struct file_view *v = &m->view;
	struct match_span spans[256];
	for (uint32_t g = 0; g < v->group_count; g++)
		for (uint32_t i = 0; i < v->groups[g].owner_n; i++) {
			const struct file_owner *o = &v->owners[v->groups[g].owner_at + i];
			size_t n = o->var_n < 256 ? o->var_n : 256;
			for (size_t k = 0; k < n; k++)
				spans[k] = (struct match_span){ v->vars[o->var_at + k].start,
								v->vars[o->var_at + k].end };
			if (!visit(context, v->groups[g].owner_at + i, file_str(v, o->text), spans, n))
				return;
		}
}

void match_each_over_time(const struct matcher *m, match_visit_over_time *visit, void *context)
{
	const struct file_view *v = &m->view;
	for (uint32_t i = 0; i < v->over_time_count; i++)
		visit(context, i, file_str(v, v->articles[v->over_times[i].article].id),
		      file_str(v, v->over_times[i].text));
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* gather_filled makes the list of messages with variables, by article and then in their order: few have any. */
static void gather_filled(const struct file_view *v, struct match_scratch *s)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < v->owner_count; i++)
		n += v->owners[i].var_n > 0;
	s->filled = mem_resize(NULL, (n + 1) * sizeof *s->filled);
	for (uint32_t i = 0; s->filled && i < v->owner_count; i++)
		if (v->owners[i].var_n)
			s->filled[s->filled_count++] = (uint64_t)v->owners[i].article << 32 | i;
	if (s->filled)
		qsort(s->filled, s->filled_count, sizeof *s->filled, by_number);
}

/* filled_of gives the first of an article's messages with variables in the list of all. */
static uint32_t filled_of(const struct file_view *v, struct match_scratch *s, uint32_t article)
{
	if (!s->filled)
		gather_filled(v, s);
	uint32_t low = 0;
	for (uint32_t high = s->filled_count; low < high;) {
		uint32_t middle = (low + high) / 2;
		if (s->filled[middle] >> 32 < article)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t match_variables(const struct matcher *m, struct match_scratch *s, uint32_t article, struct str *ret_names,
		       size_t max)
{
	const struct file_view *v = &m->view;
	size_t n = 0;
	for (uint32_t i = filled_of(v, s, article); i < s->filled_count && s->filled[i] >> 32 == article; i++) {
		const struct file_owner *o = &v->owners[(uint32_t)s->filled[i]];
		for (uint32_t k = 0; k < o->var_n && n < max; k++) {
			struct str name = file_str(v, v->vars[o->var_at + k].name);
			size_t at = 0;
			while (at < n && !str_eq(ret_names[at], name))
				at++;
			ret_names[n] = name;
			n += at == n;
		}
	}
	return n;
}

/* same_beginning: both begin with the same three words or more, up to a number or a variable in one of them. */
static bool same_beginning(struct str a, struct str b)
{
	enum { WORDS_MIN = 3 };
	size_t words = 0;
	for (;; words++) {
		struct str one[2] = { a, b };
		for (int k = 0; k < 2; k++) {
			struct str *rest = k ? &b : &a;
			while (rest->n && !char_is_alnum(rest->p[0]) && rest->p[0] != '{')
				*rest = str_from(*rest, 1);
			size_t n = 0;
			while (n < rest->n && char_is_alnum(rest->p[n]))
				n++;
			one[k] = str_first(*rest, n && char_is_digit(rest->p[0]) ? 0 : n);
			*rest = str_from(*rest, n);
		}
		if (!one[0].n || !one[1].n)
			return words >= WORDS_MIN;
		if (!str_eq_nocase(one[0], one[1]))
			return false;
	}
}

bool match_differs_by_code(const struct matcher *m, struct match_scratch *s, uint32_t article,
			   const struct match_code *code, struct str template)
{
	const struct file_view *v = &m->view;
	const struct file_article *a = &v->articles[article];
	if (!code->known || !a->code_n)
		return false;
	for (uint32_t i = 0; i < a->code_n; i++)
		if (v->article_codes[a->code_at + i].value == code->value)
			return false;
	for (uint32_t i = filled_of(v, s, article); i < s->filled_count && s->filled[i] >> 32 == article; i++)
		if (same_beginning(file_str(v, v->owners[(uint32_t)s->filled[i]].text), template))
			return true;
	return false;
}

bool match_tells_codes(const struct matcher *m, struct match_scratch *s, uint32_t article)
{
	const struct file_view *v = &m->view;
	uint32_t at = filled_of(v, s, article);
	return v->articles[article].code_n && at < s->filled_count && s->filled[at] >> 32 == article;
}

/* Letters stand in the order of the text. */
static uint32_t letters_before(const struct letters *letters, size_t place)
{
	uint32_t low = 0;
	for (uint32_t high = letters->n; low < high;) {
		uint32_t middle = (low + high) / 2;
		if (letters->at[middle] < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint32_t letters_within(const struct letters *letters, size_t start, size_t end)
{
	return end > start ? letters_before(letters, end) - letters_before(letters, start) : 0;
}

/* What of the payload the template covers is enough of it; what its variables stand for does not count (answer.c: but
 * for what is spelt as the article's placeholder). */
static bool carries(const struct file_view *v, const struct file_owner *o, struct str text, const struct surface *s,
		    const struct letters *letters, struct match_span payload)
{
	size_t start = s->span.start > payload.start ? s->span.start : payload.start;
	uint32_t all = letters_within(letters, payload.start, payload.end),
		 own = letters_within(letters, start, s->span.end);
	for (unsigned i = 0; i < s->value_count; i++) {
		const struct file_var *var = &v->vars[o->var_at + i];
		struct match_span at = s->values[i];
		struct str value = str_part(text, at.start, at.end);
		uint32_t n = letters_within(letters, at.start > start ? at.start : start, at.end);
		bool own_too = !n || capture_is_placeholder(value, file_str(v, o->text), var);
		own -= own_too ? 0 : n < own ? n : own;
	}
	return own >= LITERALS_OWN_MIN && own * 100 >= all * LITERALS_SHARE_MIN;
}

static struct str own_words(const struct file_view *v, const struct file_owner *o, uint32_t part)
{
	const struct file_var *vars = v->vars + o->var_at;
	struct str text = file_str(v, o->text);
	size_t from = part ? vars[part - 1].end : 0, to = part < o->var_n ? vars[part].start : text.n;
	return str_part(text, from, to);
}

/* They fit alike: their own words are the same, and so is what may stand between them. */
static bool same_message(const struct file_view *v, const struct file_owner *a, const struct file_owner *b)
{
	if (a->var_n != b->var_n)
		return false;
	for (uint32_t i = 0; i <= a->var_n; i++)
		if (!str_eq(own_words(v, a, i), own_words(v, b, i)) ||
		    (i < a->var_n && v->vars[a->var_at + i].type != v->vars[b->var_at + i].type))
			return false;
	return true;
}

void match_name_read(const struct matcher *m, struct str name, struct match_name *ret_name)
{
	text_name_read(&m->view, name, ret_name);
}

bool match_names(const struct matcher *m, const struct match_name *name, uint32_t message)
{
	return text_names(&m->view, m->view.owners[message].article, name);
}

bool match_fits(const struct matcher *m, struct match_scratch *scratch, struct str text, struct match_span payload,
		const struct match_name *component, const struct match_name *log_file, const uint32_t *messages,
		size_t count)
{
	const struct file_view *v = &m->view;
	struct letters *letters = &scratch->letters;
	struct surface surface;
	bool fits = false;
	letters->n = 0;
	text = str_first(text, payload.end);
	surface_letters(text, 0, text.n, letters);
	struct str said = str_from(text, payload.start);
	size_t head = payload.start + envelope_head(said, payload.start > 0), last = token_last(text), from = head;
	struct token token; /* a message may begin in the first one and end in the last: "error:1408F10B:SSL" */
	if (!token_next(text, &head, &token))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct file_owner *o = &v->owners[messages[i]];
		if (!i || !same_message(v, o, &v->owners[messages[i - 1]])) /* many articles quote one message */
			fits = surface_fit(v, o, text, letters, &surface);
		if (!fits)
			continue;
		if (letters->n == SURFACE_TEXT_MAX)
			return true;
		bool first = surface.span.start < token.end, ends = surface.span.end > last;
		bool whole = ends && (first || envelope_parts_off(text, payload.start, surface.span.start));
		whole = whole || envelope_sets_off(text, from, surface.span.start, surface.span.end);
		bool behind = first && ends && surface.span.start > payload.start; /* an exception's long name */
		struct match_span own = { behind ? surface.span.start : payload.start, payload.end };
		if (carries(v, o, text, &surface, letters, own) &&
		    (whole || text_names(v, o->article, component) || text_names(v, o->article, log_file)))
			return true;
	}
	return false;
}

typedef bool fit_surface(const struct file_view *v, const struct file_owner *owner, struct str text,
			 const struct letters *letters, struct surface *ret_surface);

/* From the text's first token on, or from the first one behind what may be dress. */
static bool fits_from_start(const struct matcher *m, struct match_scratch *scratch, struct str text, uint32_t message,
			    fit_surface *fit, size_t *ret_end)
{
	struct surface surface;
	struct letters *letters = &scratch->letters;
	const struct file_owner *o = &m->view.owners[message];
	struct token first;
	size_t head = envelope_head(text, true), at = head;
	letters->n = 0;
	surface_letters(text, 0, text.n, letters);
	if (!token_next(text, &at, &first) || !fit(&m->view, o, text, letters, &surface) ||
	    surface.span.start >= first.end)
		return false;
	struct match_span payload = { surface.span.start < head ? 0 : head, surface.span.end };
	if (!carries(&m->view, o, text, &surface, letters, payload))
		return false;
	*ret_end = surface.span.end;
	return true;
}

bool match_reaches(const struct matcher *m, struct match_scratch *scratch, struct str text, uint32_t message,
		   size_t *ret_end)
{
	return fits_from_start(m, scratch, text, message, surface_reach, ret_end);
}

bool match_reaches_end(const struct matcher *m, struct match_scratch *scratch, struct str text, uint32_t message)
{
	size_t end;
	return fits_from_start(m, scratch, text, message, surface_fit, &end) && !literals_letters(str_from(text, end));
}
