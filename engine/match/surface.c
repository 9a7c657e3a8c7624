/* SPDX-License-Identifier: MIT */
#include "match/surface.h"

#include <string.h>

enum { SEGMENTS_MAX = 2 * SURFACE_VARS_MAX + 1, VALUE_MAX = 200 /* letters of a value */ };

struct segment {
	bool is_var;
	uint32_t var;
	struct str raw;	   /* of a literal */
	uint32_t letter_at, letter_n; /* in fit.pattern */
	/* where it came to lie */
	uint32_t start, end; /* letters */
	size_t raw_end;	     /* of a literal without letters: the text offset behind it */
};

struct fit {
	const struct file_view *view;
	const struct file_owner *owner;
	struct str text, message; /* message: the template's text */
	const struct letters *in;
	struct letters pattern;
	struct segment segments[SEGMENTS_MAX];
	uint32_t count;
	unsigned steps;
};

static bool is_letter(char c)
{
	return char_is_alnum(c) || (unsigned char)c >= 0x80;
}

void surface_letters(struct str text, size_t base, struct letters *ret_letters)
{
	ret_letters->n = 0;
	for (size_t i = 0; i < text.n && ret_letters->n < SURFACE_TEXT_MAX; i++) {
		if (!is_letter(text.p[i]))
			continue;
		ret_letters->c[ret_letters->n] = char_lower(text.p[i]);
		ret_letters->at[ret_letters->n++] = (uint32_t)(base + i);
	}
}

static void add_segment(struct fit *f, struct str raw, bool is_var, uint32_t var)
{
	if (f->count == SEGMENTS_MAX || (!is_var && !raw.n))
		return;
	struct segment *s = &f->segments[f->count++];
	*s = (struct segment){ .is_var = is_var, .var = var, .raw = raw, .letter_at = f->pattern.n };
	for (size_t i = 0; !is_var && i < raw.n && f->pattern.n < SURFACE_TEXT_MAX; i++)
		if (is_letter(raw.p[i]))
			f->pattern.c[f->pattern.n++] = char_lower(raw.p[i]);
	s->letter_n = f->pattern.n - s->letter_at;
}

static void split(struct fit *f)
{
	size_t at = 0;
	for (uint32_t i = 0; i < f->owner->var_n && i < SURFACE_VARS_MAX; i++) {
		const struct file_var *v = &f->view->vars[f->owner->var_at + i];
		add_segment(f, str_first(str_from(f->message, at), v->start - at), false, 0);
		add_segment(f, STR(""), true, i);
		at = v->end;
	}
	add_segment(f, str_from(f->message, at), false, 0);
}

static bool letters_at(const struct fit *f, const struct segment *s, uint32_t at)
{
	return at <= f->in->n && s->letter_n <= f->in->n - at &&
	       !memcmp(f->in->c + at, f->pattern.c + s->letter_at, s->letter_n);
}

/* Is the punctuation of a literal without letters in the text between letters at-1 and at? Spaces do not count, and a
 * run of backslashes is one. */
static bool marks_before(const struct fit *f, const struct segment *s, uint32_t at)
{
	size_t from = at ? f->in->at[at - 1] + 1 : 0, to = at < f->in->n ? f->in->at[at] : f->text.n;
	size_t i = from;
	bool space = false;
	for (size_t k = 0; k < s->raw.n; k++) {
		if (char_is_space(s->raw.p[k]) || (k && s->raw.p[k] == '\\' && s->raw.p[k - 1] == '\\')) {
			space = true;
			continue;
		}
		while (i < to && f->text.p[i] != s->raw.p[k])
			i++;
		if (i++ >= to)
			return false;
	}
	return !space || to > from;
}

static bool fit_from(struct fit *f, uint32_t segment, uint32_t at);

/* A variable takes as little as the rest allows. */
static bool fit_var(struct fit *f, uint32_t segment, uint32_t at)
{
	struct segment *s = &f->segments[segment];
	s->start = at;
	if (segment + 1 == f->count) {
		s->end = f->in->n;
		return true;
	}
	const struct segment *next = s + 1;
	uint32_t most = f->in->n - at < VALUE_MAX ? f->in->n - at : VALUE_MAX;
	for (uint32_t n = 1; n <= most + 1; n++) {
		uint32_t end = at + (n > most ? 0 : n); /* empty comes last */
		if (f->steps++ > SURFACE_STEPS_MAX)
			return false;
		if (!next->is_var && next->letter_n && !letters_at(f, next, end))
			continue;
		s->end = end;
		if (fit_from(f, segment + 1, end))
			return true;
	}
	return false;
}

static bool fit_from(struct fit *f, uint32_t segment, uint32_t at)
{
	if (segment == f->count)
		return true;
	struct segment *s = &f->segments[segment];
	if (s->is_var)
		return fit_var(f, segment, at);
	if (s->letter_n ? !letters_at(f, s, at) : segment && segment + 1 < f->count && !marks_before(f, s, at))
		return false;
	s->start = at;
	s->end = at + s->letter_n;
	return fit_from(f, segment + 1, s->end);
}

/* A template that begins with a variable begins where its first letters are. */
static bool fit_anywhere(struct fit *f)
{
	uint32_t first = 0;
	while (first < f->count && !f->segments[first].letter_n)
		first++;
	if (first == f->count)
		return false;
	const struct segment *s = &f->segments[first];
	for (uint32_t at = 0; at + s->letter_n <= f->in->n && f->steps < SURFACE_STEPS_MAX; at++) {
		if (!letters_at(f, s, at))
			continue;
		if (first == 0 && fit_from(f, 0, at))
			return true;
		if (first > 0 && fit_from(f, 0, 0))
			return true;
	}
	return false;
}

/* ---- values ---- */

static bool is_edge(char c)
{
	return char_is_space(c) || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`';
}

/* What the template has beside the variable is not part of the value. */
static struct match_span trim_value(const struct fit *f, const struct segment *s, size_t start, size_t end)
{
	const struct segment *before = s > f->segments ? s - 1 : NULL;
	const struct segment *after = s + 1 < f->segments + f->count ? s + 1 : NULL;
	while (start < end && is_edge(f->text.p[start]))
		start++;
	while (start < end && is_edge(f->text.p[end - 1]))
		end--;
	if (before && !before->is_var)
		for (size_t k = 0; k < before->raw.n; k++) {
			char c = before->raw.p[before->raw.n - 1 - k];
			if (is_letter(c))
				break;
			if (c != '\\' && start < end && f->text.p[start] == c)
				start++;
		}
	if (after && !after->is_var)
		for (size_t k = 0; k < after->raw.n && !is_letter(after->raw.p[k]); k++)
			if (end > start && str_find_char(after->raw, f->text.p[end - 1]) <= k &&
			    !is_letter(f->text.p[end - 1]))
				end--;
	while (start < end && is_edge(f->text.p[start]))
		start++;
	while (start < end && (is_edge(f->text.p[end - 1]) || f->text.p[end - 1] == ',' || f->text.p[end - 1] == '.'))
		end--;
	return (struct match_span){ start, end };
}

static struct match_span value_of(const struct fit *f, const struct segment *s)
{
	if (s->start >= s->end)
		return (struct match_span){ 0, 0 };
	size_t start = s->start ? f->in->at[s->start - 1] + 1 : f->in->at[0];
	size_t end = s->end < f->in->n ? f->in->at[s->end] : f->in->at[s->end - 1] + 1;
	if (s->start == 0)
		while (start > 0 && !char_is_space(f->text.p[start - 1]))
			start--;
	while (s->end == f->in->n && end < f->text.n && !char_is_space(f->text.p[end]))
		end++;
	return trim_value(f, s, start, end);
}

/* Letters by letters: another case, another mark between two of them. */
static void compare_dress(const struct fit *f, const struct segment *s, unsigned *all, unsigned *differ)
{
	uint32_t at = s->start;
	size_t behind = 0;
	bool first = true;
	for (size_t k = 0; k < s->raw.n && at < s->end; k++) {
		if (!is_letter(s->raw.p[k]))
			continue;
		size_t here = f->in->at[at++];
		++*all;
		if (f->text.p[here] != s->raw.p[k])
			++*differ;
		if (!first) {
			size_t i = behind, marks = 0, same = 0;
			for (size_t b = k; b > 0 && !is_letter(s->raw.p[b - 1]); b--)
				marks += !char_is_space(s->raw.p[b - 1]);
			for (; i < here; i++)
				same += !char_is_space(f->text.p[i]);
			if (marks != same)
				*differ += 2;
		}
		first = false;
		behind = here + 1;
	}
}

static void take_values(const struct fit *f, struct surface *out)
{
	unsigned all = 0, differ = 0;
	for (uint32_t i = 0; i < f->count; i++) {
		const struct segment *s = &f->segments[i];
		if (!s->is_var) {
			compare_dress(f, s, &all, &differ);
			continue;
		}
		const struct file_var *v = &f->view->vars[f->owner->var_at + s->var];
		out->values[s->var] = value_of(f, s);
		out->value_count = s->var + 1;
		struct match_span x = out->values[s->var];
		struct str value = { f->text.p + x.start, x.end - x.start };
		out->samples_met += v->sample &&
				    str_eq_nocase(value, str_first(str_from(f->message, v->start), v->end - v->start));
	}
	out->differs = all ? (double)differ / all : 1;
	uint32_t first = f->segments[0].start, last = f->segments[f->count - 1].end;
	out->span.start = first < f->in->n ? f->in->at[first] : 0;
	out->span.end = last > first ? f->in->at[last - 1] + 1 : out->span.start;
}

bool surface_fit(const struct file_view *v, const struct file_owner *owner, struct str text,
		 const struct letters *letters, struct surface *ret_surface)
{
	struct fit f = { .view = v, .owner = owner, .text = text, .message = file_str(v, owner->text), .in = letters };
	struct surface out = { 0 };
	split(&f);
	if (!letters->n || !fit_anywhere(&f))
		return false;
	take_values(&f, &out);
	*ret_surface = out;
	return true;
}
