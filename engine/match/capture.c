/* SPDX-License-Identifier: MIT */
#include "match/capture.h"

#include "match/answer.h"
#include "match/literals.h"

#include <string.h>

static bool is_address(struct str s)
{
	size_t dots = 0, digits = 0, colons = 0;
	for (size_t i = 0; i < s.n; i++) {
		dots += s.p[i] == '.';
		colons += s.p[i] == ':';
		digits += char_is_digit(s.p[i]);
		if (!char_is_hex(s.p[i]) && s.p[i] != '.' && s.p[i] != ':')
			return false;
	}
	return (dots == 3 && digits == s.n - 3) || (colons > 1 && !dots);
}

/* What a NetBIOS name cannot be (RFC 1001 14.1, and the habit of 15 characters and a type byte). */
struct str match_finding(const struct match_capture *capture, struct str value, struct arena *a)
{
	if (!capture->netbios || !value.n)
		return STR("");
	if (is_address(value))
		return arena_printf(a, "%.*s is an address; a NetBIOS name is not one", STR_ARG(value));
	if (str_find_char(value, '.') != STR_NONE)
		return arena_printf(a, "%.*s is a DNS name; a NetBIOS name has no dots", STR_ARG(value));
	if (value.n > 15)
		return arena_printf(a, "a NetBIOS name has at most 15 characters; %.*s has %zu", STR_ARG(value),
				    value.n);
	return STR("");
}

static bool is_named(enum var_type type)
{
	return type == VAR_HOST || type == VAR_NETBIOS || type == VAR_ADDRESS || type == VAR_SHARE || type == VAR_USER;
}

/* Shells and programs double backslashes; a path with only doubled ones means single ones. */
static struct str undouble(struct arena *a, struct str s)
{
	size_t runs = 0, odd = 0, n = 0;
	for (size_t i = 0; i < s.n;) {
		size_t k = i;
		while (k < s.n && s.p[k] == '\\')
			k++;
		runs += k > i;
		odd += k > i && (k - i) % 2 == 1;
		i = k > i ? k : i + 1;
	}
	bool unc = s.n > 2 && s.p[0] == '\\' && s.p[1] == '\\' && s.p[2] != '\\';
	if (!runs || odd || unc)
		return s;
	char *out = arena_alloc(a, s.n + 1);
	for (size_t i = 0; out && i < s.n; i++) {
		out[n++] = s.p[i];
		i += s.p[i] == '\\';
	}
	return (struct str){ out, n };
}

static bool same_letters(struct str a, struct str b)
{
	size_t i = 0, k = 0;
	for (;;) {
		while (i < a.n && !char_is_alnum(a.p[i]))
			i++;
		while (k < b.n && !char_is_alnum(b.p[k]))
			k++;
		if (i == a.n || k == b.n)
			return i == a.n && k == b.n;
		if (char_lower(a.p[i++]) != char_lower(b.p[k++]))
			return false;
	}
}

bool capture_is_placeholder(struct str value, struct str message, const struct file_var *v)
{
	static const char *const words[] = { "servername", "computername", "machinename", "hostname",	 "sharename",
					     "username",   "domainname",   "filename",	  "printername", "pathname",
					     "yourserver", "xxxx",	   "xxx",	  "nnnn" };
	if (v->sample)
		return false;
	if (value.n > 2 && value.p[0] == '%' && value.p[value.n - 1] == '%')
		return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (same_letters(value, str_c(words[i])))
			return true;
	return same_letters(value, str_part(message, v->start, v->end));
}

bool match_binds(const struct match *m, struct str name)
{
	for (size_t i = 0; i < m->capture_count; i++)
		if (str_eq(m->captures[i].name, name))
			return true;
	return false;
}

/* Slashes, and what a quoting mail puts before a line. */
static bool is_edge_of_name(char c)
{
	return c == '\\' || c == '/' || c == '|' || c == '<' || c == '>' || char_is_space(c);
}

/* A name that is one word: what a terminal or mail wrapped is put together again, and what has spaces is none. */
static bool read_name(struct arena *a, struct str *value)
{
	char *out = str_find_char(*value, '\n') == STR_NONE ? NULL : arena_alloc(a, value->n);
	size_t n = 0;
	for (size_t i = 0; out && i < value->n; i++) {
		bool wrap = value->p[i] == '\n';
		while (wrap && i + 1 < value->n && char_is_space(value->p[i + 1]))
			i++;
		if (!wrap)
			out[n++] = value->p[i];
	}
	if (out)
		*value = (struct str){ out, n };
	for (size_t i = 0; i < value->n; i++)
		if (char_is_space(value->p[i]))
			return false;
	return value->n > 0;
}

/* A value in front of the message's own words begins with the message, not in its dress; one behind them ends with it.
 */
static struct match_span within_payload(const struct query *q, struct match_span s)
{
	if (s.start < q->payload.end && s.end > q->payload.end)
		s.end = q->payload.end;
	if (s.start >= q->payload.start || s.end <= q->payload.start)
		return s;
	s.start = q->payload.start;
	while (s.start < s.end && (char_is_space(q->clean->text.p[s.start]) || q->clean->text.p[s.start] == '"'))
		s.start++;
	return s;
}

static void add_capture(const struct query *q, const struct answer *x, unsigned var, struct match *out)
{
	const struct file_var *v = &q->view->vars[x->owner->var_at + var];
	struct match_span s = within_payload(q, x->surface.values[var]);
	struct str value = str_part(q->clean->text, s.start, s.end),
		   name = file_str(q->view, v->name);
	enum var_type type = (enum var_type)v->type;
	if (is_named(type)) {
		for (; value.n && is_edge_of_name(value.p[0]); s.start++)
			value = str_from(value, 1);
		for (; value.n && is_edge_of_name(value.p[value.n - 1]); s.end--)
			value.n--;
	}
	if ((type == VAR_HOST || type == VAR_NETBIOS || type == VAR_ADDRESS) && !read_name(q->arena, &value))
		return;
	bool unread = str_find(value, STR("\xEF\xBF\xBD")) != STR_NONE; /* bytes that nobody could decode */
	bool placeholder = capture_is_placeholder(value, file_str(q->view, x->owner->text), v);
	if (!value.n || unread || placeholder || match_binds(out, name))
		return;
	/* A server of an authored article has such a name only where its type says so; the archive's are of Windows
	 * networking. */
	bool authored = x->owner->place == PLACE_AUTHORED;
	struct match_capture capture = {
		.name = name,
		.value = undouble(q->arena, value),
		.type = type,
		.span = answer_span(q->clean, s.start, s.end),
		.netbios = type == VAR_NETBIOS || (!authored && str_eq(name, STR("server"))),
	};
	capture.finding = match_finding(&capture, value, q->arena);
	capture.cut = x->surface.cut_value == var + 1;
	if (capture.cut && !capture.finding.n)
		capture.finding = arena_printf(q->arena, "the message is cut off here: %.*s may be longer",
					       STR_ARG(value));
	out->captures[out->capture_count++] = capture;
}

void capture_all(const struct query *q, const struct answer *x, struct match *out)
{
	if ((!x->fits && !x->mended) || !x->surface.value_count)
		return;
	out->captures = arena_array(q->arena, struct match_capture, x->surface.value_count);
	for (unsigned i = 0; out->captures && i < x->surface.value_count; i++)
		if (x->surface.values[i].end > x->surface.values[i].start)
			add_capture(q, x, i, out);
}

/* What the variables of a message stand for. An article's own placeholder is no value. */
void capture_values(const struct query *q, const struct answer *x, struct match *out)
{
	for (unsigned i = 0; x->fits && i < x->surface.value_count; i++) {
		struct match_span s = x->surface.values[i];
		struct str value = str_part(q->clean->text, s.start, s.end);
		const struct file_var *v = &q->view->vars[x->owner->var_at + i];
		out->over_lines |= str_find_char(value, '\n') != STR_NONE;
		if (capture_is_placeholder(value, file_str(q->view, x->owner->text), v))
			continue;
		size_t start = s.start > q->payload.start ? s.start : q->payload.start;
		size_t end = s.end < q->payload.end ? s.end : q->payload.end;
		if (end > start)
			out->filled += literals_letters((struct str){ q->clean->text.p + start, end - start });
	}
}
