/* SPDX-License-Identifier: MIT
 *
 * A text of an article or a cause > the same with what is bound to {name} in its place. See render.h.
 */
#include "render/render.h"

/* name_at: the length of a {name} at s[at], braces counted, or 0. */
static size_t name_at(struct str s, size_t at)
{
	size_t n = 1;
	if (s.p[at] != '{')
		return 0;
	while (at + n < s.n && (char_is_word(s.p[at + n]) || s.p[at + n] == '-'))
		n++;
	return n > 1 && at + n < s.n && s.p[at + n] == '}' ? n + 1 : 0;
}

bool render_next_name(struct str *rest, struct str *ret_before, struct str *ret_name)
{
	size_t at = 0, n = 0;
	while (at < rest->n && !(n = name_at(*rest, at)))
		at++;
	*ret_before = str_first(*rest, at);
	if (n)
		*ret_name = str_part(*rest, at + 1, at + n - 1);
	*rest = str_from(*rest, at + n);
	return n;
}

static void add_value(struct buf *out, struct str name, const struct str *value)
{
	if (value)
		buf_add(out, *value);
	else
		buf_addf(out, "{%.*s}", STR_ARG(name));
}

void render_filled(struct buf *out, struct str text, const struct binding *bindings, size_t count)
{
	struct str before, name;
	while (render_next_name(&text, &before, &name)) {
		const struct binding *b = render_binding(bindings, count, name);
		buf_add(out, before);
		add_value(out, name, b ? &b->value : NULL);
	}
	buf_add(out, before);
}

void render_filled_match(struct buf *out, struct str text, const struct match *m)
{
	struct str before, name;
	while (render_next_name(&text, &before, &name)) {
		const struct str *value = NULL;
		for (size_t i = 0; m && i < m->capture_count && !value; i++)
			if (str_eq(m->captures[i].name, name))
				value = &m->captures[i].value;
		buf_add(out, before);
		add_value(out, name, value);
	}
	buf_add(out, before);
}

void render_template(struct buf *out, const struct rule_template *t)
{
	for (size_t i = 0; i < t->piece_count; i++)
		if (t->pieces[i].is_var)
			add_value(out, t->vars[t->pieces[i].var].name, NULL);
		else
			buf_add(out, t->pieces[i].text);
}

const struct binding *render_binding(const struct binding *bindings, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(bindings[i].name, name))
			return &bindings[i];
	return NULL;
}
