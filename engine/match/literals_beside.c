/* SPDX-License-Identifier: MIT
 *
 * A message laid beside a line, from one of its literals on: see literals.h.
 */
#include "match/literals.h"
#include "match/matcher.h"

/* How many bytes are the same, at both starts. */
static size_t same_bytes(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n, i = 0;
	uint64_t x, y;
	for (; n - i >= sizeof x; i += sizeof x) {
		memcpy(&x, a.p + i, sizeof x);
		memcpy(&y, b.p + i, sizeof y);
		if (x != y)
			break;
	}
	while (i < n && a.p[i] == b.p[i])
		i++;
	return i;
}

/* Both texts from a place on, letter by letter, case folded. filled: behind this part of the message is a variable.
 * ret_rest is what is left of the message, ret_line of the line. */
static bool compare_on(struct str message, bool filled, struct str line, enum literal_end *ret_end,
		       struct str *ret_rest, struct str *ret_line)
{
	size_t i = same_bytes(message, line), k = i;
	for (;; i++, k++) {
		while (i < message.n && !literal_is_letter(message.p[i]))
			i++;
		while (k < line.n && !literal_is_letter(line.p[k]))
			k++;
		if (i >= message.n || k >= line.n)
			break;
		if (char_lower(message.p[i]) != char_lower(line.p[k]))
			return false;
	}
	*ret_end = i < message.n ? END_BEYOND : filled ? END_OPEN : k < line.n ? END_SHORT : END_EVEN;
	*ret_rest = str_from(message, i);
	*ret_line = str_from(line, k);
	return true;
}

static bool compare_back(struct str message, bool filled, struct str line, enum literal_end *ret_end,
			 struct str *ret_rest)
{
	size_t i = message.n, k = line.n;
	for (;; i--, k--) {
		while (i && !literal_is_letter(message.p[i - 1]))
			i--;
		while (k && !literal_is_letter(line.p[k - 1]))
			k--;
		if (!i || !k)
			break;
		if (char_lower(message.p[i - 1]) != char_lower(line.p[k - 1]))
			return false;
	}
	*ret_end = i ? END_BEYOND : filled ? END_OPEN : k ? END_SHORT : END_EVEN;
	*ret_rest = str_first(message, i);
	return true;
}

/* The first own words of a message, letters among them, behind the variable that begins at a place. */
static struct str own_behind(const struct matcher *m, const struct file_owner *o, struct str text, size_t at)
{
	for (uint32_t i = 0; i < o->var_n; i++) {
		const struct file_var *v = &m->view.vars[o->var_at + i];
		size_t to = i + 1 < o->var_n ? v[1].start : text.n;
		struct str own = str_part(text, v->end, to);
		if (v->start >= at && literals_letters(own))
			return own;
	}
	return STR("");
}

bool literals_beside(const struct matcher *m, const struct file_literal_message *x, struct str line, size_t payload,
		     size_t at, size_t same, struct literal_beside *ret_beside)
{
	const struct file_owner *o = &m->view.owners[x->owner];
	struct str text = file_str(&m->view, o->text);
	struct literal_beside out = { 0 };
	struct str rest;
	enum literal_end end;
	size_t from = 0, to = text.n, start = x->at < text.n ? x->at : text.n;
	for (uint32_t i = 0; i < o->var_n; i++) {
		const struct file_var *v = &m->view.vars[o->var_at + i];
		if (v->end <= start)
			from = v->end;
		else if (v->start < to)
			to = v->start;
	}
	struct str before = { text.p + from, start - from };
	struct str after = str_from((struct str){ text.p + start, to > start ? to - start : 0 }, same);
	if (to < start ||
	    !compare_on(after, to < text.n, str_from(line, at + same), &out.after, &out.rest_after, &out.line_after) ||
	    !compare_back(before, from > 0, str_part(line, payload, at), &out.before, &rest))
		return false;
	out.rest_before = rest;
	/* "ERROR" may be a level, and the message's first word */
	if (out.before == END_BEYOND && compare_back(rest, from > 0, str_first(line, payload), &end, &rest)) {
		out.in_dress = !rest.n;
		out.rest_beyond = rest;
		if (out.in_dress)
			out.before = from > 0 ? END_OPEN : END_EVEN;
	}
	if (out.after == END_OPEN)
		out.own_next = own_behind(m, o, text, to);
	*ret_beside = out;
	return true;
}

void literals_fetch(const struct matcher *m, const struct literal_table *t, uint32_t literal, bool text)
{
	uint32_t at = t->literals[literal].message_at;
	if (at >= t->message_count || t->messages[at].owner >= t->mark_from)
		return;
	const struct file_owner *o = &m->view.owners[t->messages[at].owner];
	const char *own = text ? file_str(&m->view, o->text).p : (const char *)o;
	__builtin_prefetch(text ? own + t->messages[at].at : own);
}

struct str literals_beginning(const struct matcher *m, const struct file_literal_message *x)
{
	const struct file_owner *o = &m->view.owners[x->owner];
	struct str text = file_str(&m->view, o->text), word;
	size_t start = 0, end = o->var_n ? m->view.vars[o->var_at].start : text.n;
	while (start < end && !literal_is_letter(text.p[start]))
		start++;
	word = (struct str){ text.p + start, 0 };
	while (start + word.n < end && word.n < FILE_LITERAL_MAX && literal_is_letter(word.p[word.n]))
		word.n++;
	return word;
}

bool literals_begins(const struct matcher *m, const struct file_literal_message *x, struct str payload)
{
	const struct file_owner *o = &m->view.owners[x->owner];
	struct str text = file_str(&m->view, o->text), rest, line;
	enum literal_end end;
	struct str own = str_first(text, o->var_n ? m->view.vars[o->var_at].start : text.n);
	return compare_on(own, o->var_n > 0, payload, &end, &rest, &line);
}

/* own goes up to a variable: the payload goes on with it from its n-th byte on. */
static bool follows(struct str own, size_t n, struct str payload)
{
	enum literal_end end;
	struct str rest, line;
	return compare_on(str_from(own, n), false, payload, &end, &rest, &line);
}

/* It holds the word before a place, and the payload goes on behind that. */
static bool goes_on_behind(struct str own, size_t before, struct str word, struct str payload)
{
	for (size_t at = 0, found; (found = str_find_nocase(str_from(own, at), word)) != STR_NONE; at++) {
		at += found;
		if (at >= before)
			break;
		if ((!at || !literal_is_letter(own.p[at - 1])) && follows(own, at + word.n, payload))
			return true;
	}
	return false;
}

bool literals_begun(const struct matcher *m, const struct file_literal_message *x, struct str word, struct str payload)
{
	const struct file_owner *o = &m->view.owners[x->owner];
	const struct file_var *vars = &m->view.vars[o->var_at];
	struct str text = file_str(&m->view, o->text);
	if (!word.n)
		return true;
	for (uint32_t i = 0; i <= o->var_n; i++) {
		size_t from = i ? vars[i - 1].end : 0, to = i < o->var_n ? vars[i].start : text.n;
		if (from > x->at)
			break;
		struct str own = str_part(text, from, to);
		/* a value's end and its start may be one word */
		bool glued = i && own.n && literal_is_letter(own.p[0]);
		if (glued || (i && follows(own, 0, payload)) ||
		    goes_on_behind(own, x->at - from, word, payload))
			return true;
	}
	return false;
}
