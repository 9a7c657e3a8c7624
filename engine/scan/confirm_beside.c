/* SPDX-License-Identifier: MIT
 *
 * What lines beside a hit bind, and what they tell of it: see confirm_inside.h.
 */
#include "scan/confirm_inside.h"

#include <string.h>

static const struct confirm_names *names_of(struct confirm *c, uint32_t article)
{
	struct confirm_names *n = &c->names[article % NAMES_KNOWN];
	if (n->article != article + 1) {
		n->article = article + 1;
		n->count = match_variables(c->matcher, c->scratch, article, n->names, NAMES_MAX);
		n->codes = match_tells_codes(c->matcher, c->scratch, article);
	}
	return n;
}

/* lacks_any: a name, or the code that its article goes by. */
static bool lacks_any(struct confirm *c, const struct match *m)
{
	const struct confirm_names *n = names_of(c, m->article);
	if (n->codes && !m->code.known)
		return true;
	for (size_t i = 0; i < n->count; i++)
		if (!match_binds(m, n->names[i]))
			return true;
	return false;
}

/* bind gives a hit what it lacks of another match's captures. */
static void bind(struct confirm *c, struct arena *a, struct scan_hit *hit, const struct match *from, int lines)
{
	const struct confirm_names *n = names_of(c, hit->match.article);
	struct match_capture *captures = NULL;
	for (size_t i = 0; i < from->capture_count; i++) {
		struct match_capture x = from->captures[i];
		bool known = false;
		for (size_t k = 0; k < n->count && !known; k++)
			known = str_eq(n->names[k], x.name);
		if (!known || match_binds(&hit->match, x.name))
			continue;
		size_t room = hit->match.capture_count + 1;
		captures = arena_array(a, struct match_capture, room);
		struct scan_beside *beside = arena_array(a, struct scan_beside, hit->beside_count + 1);
		if (!captures || !beside)
			return;
		if (room > 1)
			memcpy(captures, hit->match.captures, (room - 1) * sizeof *captures);
		if (hit->beside_count)
			memcpy(beside, hit->beside, hit->beside_count * sizeof *beside);
		x.name = arena_str(a, x.name);
		x.value = confirm_keep(a, x.value);
		x.finding = confirm_keep(a, x.finding);
		x.span = (struct match_span){ 0 };
		captures[room - 1] = x;
		beside[hit->beside_count++] = (struct scan_beside){ x.name, lines };
		hit->match.captures = captures;
		hit->match.capture_count = room;
		hit->beside = beside;
	}
}

/* Lines that do not say who wrote them are of one source where they stand side by side. */
static bool same_source(const struct match_envelope *a, const struct match_envelope *b, bool adjacent)
{
	bool said = a->component.n || a->thread.n;
	return str_eq(a->component, b->component) && str_eq(a->thread, b->thread) && (said || adjacent);
}

/* The hits of a line, and which of them are of another error by what the lines beside it say: a bit each. */
struct beside {
	struct walk *walk;
	const struct question *q;
	struct scan_hit *hits;
	size_t count;
	uint64_t other;
};

/* contradicts: the message beside it binds the same name to something else. */
static bool contradicts(const struct match *m, const struct match *other)
{
	for (size_t i = 0; i < m->capture_count; i++)
		for (size_t k = 0; k < other->capture_count; k++)
			if (str_eq(m->captures[i].name, other->captures[k].name) &&
			    !str_eq_nocase(m->captures[i].value, other->captures[k].value))
				return true;
	return false;
}

/* is_other_error: the message beside it has a code, and with that the failure is another article's. */
static bool is_other_error(struct confirm *c, const struct match *m, const struct match *other)
{
	return !m->code.known && other->code.known && other->article != m->article && !contradicts(m, other) &&
	       match_differs_by_code(c->matcher, c->scratch, m->article, &other->code, other->template);
}

/* ask_beside takes what the message of another proposal has, where it is a hit of the same source. */
static void ask_beside(struct beside *b, const struct proposal *other, int lines, bool adjacent)
{
	struct confirm *c = b->walk->confirm;
	const struct question *q = b->q;
	struct question beside;
	struct recalled room;
	struct str raw = { b->walk->text.p + other->from, other->to - other->from };
	struct match_span same = q->dress.payload; /* logs repeat themselves */
	if (q->lines == 1 && raw.n == q->text.n && str_eq(confirm_part(raw, same), q->payload))
		return;
	confirm_read(c, other, b->walk->text, &beside);
	if (!same_source(&q->dress, &beside.dress, adjacent) || str_eq(q->payload, beside.payload))
		return;
	const struct recalled *said = confirm_answer(b->walk, &beside, &room);
	for (size_t i = 0; said->count && i < b->count; i++) {
		bind(c, &b->walk->result->arena, &b->hits[i], &said->matches[0], lines);
		if (i < 64 && is_other_error(c, &b->hits[i].match, &said->matches[0]))
			b->other |= UINT64_C(1) << i;
	}
}

/* look_beside: the nearest line counts first, of two as near the one behind. */
static void look_beside(struct beside *b, const struct proposer *p, size_t number)
{
	struct str text = b->walk->text;
	const struct proposal *x = &p->items[number];
	bool lack = false, alone = true;
	size_t far_on = proposal_lines_on(text, x->from, x->lines - 1 + SCAN_BESIDE_MAX);
	size_t far_back = proposal_lines_back(text, x->from, SCAN_BESIDE_MAX);
	for (size_t k = number + 1; alone && k < p->count && p->items[k].place <= far_on; k++)
		alone = p->items[k].from <= x->from;
	alone = alone && (!number || p->items[number - 1].place < far_back);
	for (size_t i = 0; i < b->count && !lack && !alone; i++)
		lack = lacks_any(b->walk->confirm, &b->hits[i].match);
	if (!lack || x->window)
		return;
	for (int away = 1; away <= SCAN_BESIDE_MAX; away++) {
		size_t on = proposal_lines_on(text, x->from, x->lines - 1 + (unsigned)away);
		size_t back = proposal_lines_back(text, x->from, (unsigned)away);
		for (size_t k = number + 1; k < p->count && p->items[k].place <= on; k++)
			if (p->items[k].from == on && on < text.n)
				ask_beside(b, &p->items[k], (int)x->lines - 1 + away, away == 1);
		for (size_t k = number; k-- && p->items[k].place >= back;)
			if (p->items[k].from == back)
				ask_beside(b, &p->items[k], -away, away == 1);
	}
}

/* drop_others leaves out the hits that are of another error. */
static void drop_others(struct beside *b)
{
	struct confirm_result *r = b->walk->result;
	size_t left = 0;
	for (size_t i = 0; i < b->count; i++) {
		if (i < 64 && (b->other >> i & 1))
			continue;
		b->hits[left] = b->hits[i];
		b->hits[left].best = left == 0;
		left++;
	}
	r->hit_count -= b->count - left;
	if (left || !b->count)
		return;
	r->hit_lines -= b->q->lines;
	struct confirm_told *told = arena_push(&r->arena, &r->told, &r->told_count, &r->told_cap);
	if (told)
		*told = (struct confirm_told){ b->hits[0].line, b->q->lines };
}

void confirm_beside(struct walk *w, const struct question *q, const struct proposer *p, size_t number, size_t count)
{
	struct confirm_result *r = w->result;
	struct beside beside = { w, q, r->hits + r->hit_count - count, count, 0 };
	look_beside(&beside, p, number);
	if (beside.other)
		drop_others(&beside);
}
