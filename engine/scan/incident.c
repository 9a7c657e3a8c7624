/* SPDX-License-Identifier: MIT
 *
 * Groups of hits: see incident.h.
 */
#include "scan/incident.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a of the folded bytes: host names are the same in any case. */
static uint64_t mix(uint64_t h, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)char_lower(s.p[i])) * 1099511628211u;
	return (h ^ 0x100) * 1099511628211u;
}

static uint64_t key_hash(const struct match *m, bool folded)
{
	uint64_t h = mix(14695981039346656037u, m->id);
	for (size_t i = 0; !folded && i < m->capture_count; i++)
		h = mix(mix(h, m->captures[i].name), m->captures[i].value);
	return h;
}

static bool same(const struct incident *incident, const struct match *m, bool folded)
{
	const struct match *own = &incident->match;
	if (incident->folded != folded || !str_eq(own->id, m->id))
		return false;
	if (folded)
		return true;
	if (own->capture_count != m->capture_count)
		return false;
	for (size_t i = 0; i < m->capture_count; i++)
		if (!str_eq(own->captures[i].name, m->captures[i].name) ||
		    !str_eq_nocase(own->captures[i].value, m->captures[i].value))
			return false;
	return true;
}

static enum err grow(struct incidents *set)
{
	size_t slot_count = set->slot_count ? set->slot_count * 2 : 256;
	uint32_t *slots = arena_array(&set->arena, uint32_t, slot_count);
	if (!slots)
		return ERR_NOMEM;
	for (size_t i = 0; i < set->count; i++) {
		size_t at = key_hash(&set->items[i].match, set->items[i].folded) & (slot_count - 1);
		while (slots[at])
			at = (at + 1) & (slot_count - 1);
		slots[at] = (uint32_t)i + 1;
	}
	set->slots = slots;
	set->slot_count = slot_count;
	return ERR_OK;
}

static struct incident *find(struct incidents *set, const struct match *m, bool folded, size_t *ret_slot)
{
	size_t at = key_hash(m, folded) & (set->slot_count - 1);
	for (; set->slots[at]; at = (at + 1) & (set->slot_count - 1))
		if (same(&set->items[set->slots[at] - 1], m, folded))
			return &set->items[set->slots[at] - 1];
	*ret_slot = at;
	return NULL;
}

static struct str copy(struct arena *a, struct str s)
{
	return s.n ? arena_str(a, s) : STR("");
}

static struct match copy_match(struct arena *a, const struct match *m, bool folded)
{
	struct match c = { .id = copy(a, m->id), .title = copy(a, m->title), .confidence = m->confidence,
			   .template = copy(a, m->template), .whole_payload = m->whole_payload, .context = m->context };
	c.capture_count = folded ? 0 : m->capture_count;
	c.captures = arena_array(a, struct match_capture, c.capture_count);
	for (size_t i = 0; c.captures && i < c.capture_count; i++)
		c.captures[i] = (struct match_capture){ .name = copy(a, m->captures[i].name),
							.value = copy(a, m->captures[i].value),
							.type = m->captures[i].type,
							.finding = copy(a, m->captures[i].finding) };
	return c;
}

static void set_place(struct arena *a, struct incident_place *place, const struct scan_hit *hit)
{
	if (!str_eq(place->file, hit->file))
		place->file = copy(a, hit->file);
	struct str time = str_first(hit->time, sizeof place->time - 1);
	if (time.n)
		memcpy(place->time, time.p, time.n);
	place->time[time.n] = 0;
	place->line = hit->line;
}

enum err incidents_add(struct incidents *set, const struct scan_hit *hit)
{
	if (!hit->best)
		return ERR_OK;
	if (set->count * 2 >= set->slot_count && grow(set))
		return ERR_NOMEM;
	size_t slot = 0;
	bool folded = false;
	struct incident *i = find(set, &hit->match, false, &slot);
	if (!i && set->count >= INCIDENTS_MAX) {
		folded = true;
		i = find(set, &hit->match, true, &slot);
	}
	if (!i) {
		i = arena_push(&set->arena, &set->items, &set->count, &set->cap);
		if (!i)
			return ERR_NOMEM;
		set->slots[slot] = (uint32_t)set->count;
		*i = (struct incident){ .match = copy_match(&set->arena, &hit->match, folded), .folded = folded };
		set_place(&set->arena, &i->first, hit);
		set_place(&set->arena, &i->last, hit);
		set_place(&set->arena, &i->example, hit);
		i->text = copy(&set->arena, hit->text);
	} else if (hit->match.confidence > i->match.confidence + 0.005) {
		i->match.confidence = hit->match.confidence;
		set_place(&set->arena, &i->example, hit);
		i->text = copy(&set->arena, hit->text);
	}
	i->count++;
	set_place(&set->arena, &i->last, hit);
	return arena_err(&set->arena);
}

static int by_count(const void *left, const void *right)
{
	const struct incident *a = left, *b = right;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	int c = str_cmp(a->match.id, b->match.id);
	return c ? c : a->first.line < b->first.line ? -1 : a->first.line > b->first.line;
}

void incidents_rank(struct incidents *set)
{
	if (set->count)
		qsort(set->items, set->count, sizeof *set->items, by_count);
}

void incidents_free(struct incidents *set)
{
	arena_free(&set->arena);
	*set = (struct incidents){ 0 };
}
