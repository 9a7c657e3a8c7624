/* SPDX-License-Identifier: MIT
 *
 * Groups of hits: see incident.h.
 */
#include "scan/incident.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "match/stamp.h"

#include <stdlib.h>
#include <string.h>

enum { SHORT_EXAMPLE = 160, APART_S = 330 * 86400 };

bool incident_by_parse(struct str name, enum incident_by *ret_by)
{
	static const struct str names[] = { [INCIDENT_BY_ARTICLE] = STR_LIT("article"),
					    [INCIDENT_BY_HOST] = STR_LIT("host"),
					    [INCIDENT_BY_HOUR] = STR_LIT("hour") };
	for (size_t i = INCIDENT_BY_ARTICLE; i < sizeof names / sizeof *names; i++)
		if (str_eq(name, names[i])) {
			*ret_by = (enum incident_by)i;
			return true;
		}
	return false;
}

/* ---- the table of incidents ---- */

/* FNV-1a of the folded bytes: host names are the same in any case. */
static uint64_t mix(uint64_t h, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)char_lower(s.p[i])) * 1099511628211u;
	return (h ^ 0x100) * 1099511628211u;
}

static uint64_t key_hash(const struct match *m, struct str group, bool folded)
{
	uint64_t h = mix(mix(14695981039346656037u, m->id), group), sum = 0;
	for (size_t i = 0; !folded && i < m->capture_count; i++) /* in any order */
		sum += mix(mix(h, m->captures[i].name), m->captures[i].value);
	return h ^ sum;
}

static bool same(const struct incident *incident, const struct match *m, struct str group, bool folded)
{
	const struct match *own = &incident->match;
	if (incident->folded != folded || !str_eq(own->id, m->id) || !str_eq_nocase(incident->group, group))
		return false;
	return folded || story_same_names(own->captures, own->capture_count, m->captures, m->capture_count);
}

static struct incident *find(struct incidents *set, const struct match *m, struct str group, bool folded,
			     uint64_t hash)
{
	for (const struct index_item *i = index_first(&set->by_key, hash); i; i = index_next(&set->by_key, i))
		if (same(&set->items[i->number], m, group, folded))
			return &set->items[i->number];
	return NULL;
}

static struct str copy(struct arena *a, struct str s)
{
	return s.n ? arena_str(a, s) : STR("");
}

static struct match copy_match(struct arena *a, const struct match *m, bool folded)
{
	struct match c = { .id = copy(a, m->id),
			   .title = copy(a, m->title),
			   .confidence = m->confidence,
			   .template = copy(a, m->template),
			   .whole_payload = m->whole_payload,
			   .context = m->context };
	c.captures = arena_array(a, struct match_capture, folded ? 0 : m->capture_count);
	c.capture_count = folded || !c.captures ? 0 : m->capture_count;
	for (size_t i = 0; i < c.capture_count; i++)
		c.captures[i] = (struct match_capture){ .name = copy(a, m->captures[i].name),
							.value = copy(a, m->captures[i].value),
							.type = m->captures[i].type,
							.span = m->captures[i].span,
							.finding = copy(a, m->captures[i].finding) };
	return c;
}

/* add_item makes room for one more, found by this hash. */
static struct incident *add_item(struct incidents *set, uint64_t hash)
{
	if (set->count == set->cap) {
		size_t cap = set->cap ? set->cap * 2 : 16;
		struct incident *items = mem_resize(set->items, cap * sizeof *items);
		if (!items)
			return NULL;
		set->items = items;
		set->cap = cap;
	}
	return index_add(&set->by_key, hash, (uint32_t)set->count) ? NULL : &set->items[set->count++];
}

/* ---- when and where ---- */

/* name_file keeps each name once: hits of several files may come in turns for as long as they are followed. */
static struct str name_file(struct incidents *set, struct str name)
{
	uint64_t hash = hash_bytes(name);
	const struct index_item *i = index_first(&set->by_file, hash);
	while (i && !str_eq(set->files[i->number], name))
		i = index_next(&set->by_file, i);
	if (i)
		return set->files[i->number];
	struct str *slot = arena_push(&set->arena, &set->files, &set->file_count, &set->file_cap);
	if (!slot)
		return STR("");
	*slot = copy(&set->arena, name);
	set->arena.failed |= index_add(&set->by_file, hash, (uint32_t)set->file_count - 1) != ERR_OK;
	return *slot;
}

static struct incident_place place_of(struct incidents *set, const struct scan_hit *hit)
{
	struct incident_place p = { .line = hit->line, .order = ++set->hits };
	bool other = !str_eq(set->file, hit->file);
	if (other)
		set->file = name_file(set, hit->file);
	when_of_file(&set->when, other, hit->written_s);
	p.file = set->file;
	struct str time = utf8_first(hit->time, sizeof p.time - 1);
	if (time.n)
		memcpy(p.time, time.p, time.n);
	p.timed = when_read(&set->when, hit->time, &p.at_s);
	p.guessed = p.timed && set->when.guessed;
	if (p.guessed) {
		set->guessed_from_s = set->guessed && set->guessed_from_s < p.at_s ? set->guessed_from_s : p.at_s;
		set->guessed_to_s = set->guessed && set->guessed_to_s > p.at_s ? set->guessed_to_s : p.at_s;
		set->guessed = true;
	}
	return p;
}

/* earlier: a time counts more than none */
static bool earlier(const struct incident_place *a, const struct incident_place *b)
{
	if (a->timed != b->timed)
		return a->timed;
	return a->timed && a->at_s != b->at_s ? a->at_s < b->at_s : a->order < b->order;
}

static bool later(const struct incident_place *a, const struct incident_place *b)
{
	if (a->timed != b->timed)
		return a->timed;
	return a->timed && a->at_s != b->at_s ? a->at_s > b->at_s : a->order > b->order;
}

static struct timeline_row *row_of(struct incidents *set, struct incident *i, size_t spell)
{
	if (!i->rows[spell])
		i->rows[spell] = arena_new(&set->arena, struct timeline_row);
	return i->rows[spell];
}

static void shift_rows(void *context, const struct spells_shift *shift)
{
	struct incidents *set = context;
	for (size_t k = 0; k < set->count; k++) {
		struct timeline_row **rows = set->items[k].rows, *from = rows[shift->from], *to = rows[shift->to];
		if (!from)
			continue;
		if (!to || to == from) { /* its own axis changed, or it goes to where there is none */
			timeline_move(from, &shift->old, &shift->new);
			rows[shift->to] = from;
		} else {
			timeline_add(to, &shift->new, from, &shift->old);
		}
		if (shift->from != shift->to)
			rows[shift->from] = NULL;
	}
}

static void count_time(struct incidents *set, struct incident *i, const struct incident_place *place)
{
	if (!place->timed)
		return;
	size_t spell = spells_see(&set->spells, place->at_s, shift_rows, set);
	struct timeline_row *row = row_of(set, i, spell);
	if (row)
		timeline_count(row, &set->spells.axes[spell], place->at_s);
}

/* ---- the example ---- */

static struct str keep_lines(struct incidents *set, struct str lines)
{
	struct buf b = { 0 };
	for (struct str line; str_line(&lines, &line);) {
		buf_add(&b, utf8_mend(utf8_first(line, INCIDENT_AROUND_MAX), &set->arena));
		buf_add_char(&b, '\n');
	}
	struct str kept = buf_keep(&b, &set->arena);
	set->arena.failed |= buf_err(&b) != ERR_OK;
	buf_free(&b);
	set->text_bytes += kept.n;
	return kept;
}

/* span_in gives where a value stands in a text. What a hit says may come from a line with another dress: then the
 * place nearest to it. */
static struct match_span span_in(struct str text, const struct match_capture *c)
{
	struct match_span s = c->span, best = { 0 };
	struct str there = str_part(text, s.start, s.end);
	if (!c->value.n || s.end <= s.start || str_find_nocase(there, c->value) != STR_NONE)
		return s.end > text.n ? best : s;
	size_t least = SIZE_MAX;
	for (size_t at = 0, n; (n = str_find_nocase(str_from(text, at), c->value)) != STR_NONE; at += n + 1) {
		size_t start = at + n, far = start > s.start ? start - s.start : s.start - start;
		if (far >= least)
			continue;
		least = far;
		best = (struct match_span){ start, start + c->value.n };
	}
	return best;
}

static void set_example(struct incidents *set, struct incident *i, const struct scan_hit *hit,
			const struct incident_place *place)
{
	bool room = set->text_bytes < INCIDENTS_TEXT_MAX; /* none for those that are folded then */
	i->example = *place;
	i->match.confidence = hit->match.confidence;
	for (size_t k = 0; k < i->match.capture_count; k++) {
		struct match_capture *own = &i->match.captures[k];
		const struct match_capture *c = story_capture(hit->match.captures, hit->match.capture_count, own->name);
		own->span = c ? span_in(hit->text, c) : (struct match_span){ 0 };
	}
	i->text = copy(&set->arena, utf8_first(hit->text, room ? INCIDENT_EXAMPLE_MAX : SHORT_EXAMPLE));
	set->text_bytes += i->text.n;
	i->before = room ? keep_lines(set, hit->before) : STR("");
	i->after = room ? keep_lines(set, hit->after) : STR("");
}

/* ---- what it is grouped under ---- */

static struct str host_of(const struct scan_hit *hit)
{
	const struct match *m = &hit->match;
	for (size_t i = 0; i < m->capture_count; i++) {
		enum var_type t = m->captures[i].type;
		if (t == VAR_HOST || t == VAR_NETBIOS || t == VAR_ADDRESS)
			return m->captures[i].value;
	}
	return hit->host;
}

static struct str group_of(const struct incidents *set, const struct scan_hit *hit, const struct incident_place *place,
			   char hour[32])
{
	if (set->by == INCIDENT_BY_HOST)
		return host_of(hit);
	if (set->by != INCIDENT_BY_HOUR || !place->timed)
		return STR("");
	size_t n = stamp_label(place->at_s + set->when.east_s, true, hour, 32);
	hour[n - 2] = hour[n - 1] = '0'; /* the minutes */
	return (struct str){ hour, n };
}

enum err incidents_add(struct incidents *set, const struct scan_hit *given)
{
	struct match_capture room[STORY_NAMES_MAX];
	struct scan_hit own = *given, *hit = &own;
	hit->match = story_names(&given->match, room);
	if (!hit->best)
		return ERR_OK;
	bool folded = false;
	char hour[32];
	struct incident_place place = place_of(set, hit);
	struct str group = group_of(set, hit, &place, hour);
	uint64_t hash = key_hash(&hit->match, group, false);
	struct incident *i = find(set, &hit->match, group, false, hash);
	if (!i && (set->count >= INCIDENTS_MAX || set->text_bytes >= INCIDENTS_TEXT_MAX)) {
		folded = true;
		group = STR("");
		hash = key_hash(&hit->match, group, true);
		i = find(set, &hit->match, group, true, hash);
	}
	if (!i) {
		i = add_item(set, hash);
		if (!i)
			return ERR_NOMEM;
		*i = (struct incident){ .match = copy_match(&set->arena, &hit->match, folded),
					.folded = folded,
					.group = copy(&set->arena, group),
					.first = place,
					.last = place };
		for (size_t k = 0; k < i->match.capture_count; k++)
			set->text_bytes += i->match.captures[k].value.n + i->match.captures[k].finding.n;
		set_example(set, i, hit, &place);
	} else if (hit->match.confidence > i->match.confidence + 0.005) {
		set_example(set, i, hit, &place);
	}
	i->count++;
	i->first = earlier(&place, &i->first) ? place : i->first;
	i->last = later(&place, &i->last) ? place : i->last;
	count_time(set, i, &place);
	return arena_err(&set->arena);
}

/* ---- groups ---- */

static int by_key(const struct incident *a, const struct incident *b, enum incident_by by)
{
	if (by == INCIDENT_BY_ARTICLE)
		return str_cmp(a->match.id, b->match.id);
	return by == INCIDENT_BY_BINDINGS ? 0 : str_cmp_nocase(a->group, b->group);
}

static int by_count(const struct incident *a, const struct incident *b)
{
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	int c = str_cmp(a->match.id, b->match.id);
	return c ? c : a->first.order < b->first.order ? -1 : a->first.order > b->first.order;
}

static int compare_items(const void *left, const void *right, void *context)
{
	enum incident_by by = *(const enum incident_by *)context;
	int c = by_key(left, right, by);
	return c ? c : by_count(left, right);
}

static int compare_groups(const void *left, const void *right, void *context)
{
	const struct incident_group *a = left, *b = right;
	if (*(const enum incident_by *)context == INCIDENT_BY_HOUR) {
		if (a->first.timed != b->first.timed)
			return a->first.timed ? -1 : 1;
		return a->first.at_s < b->first.at_s ? -1 : a->first.at_s > b->first.at_s;
	}
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

static void add_to_group(struct incident_group *g, const struct incident *i)
{
	g->first = !g->n || earlier(&i->first, &g->first) ? i->first : g->first;
	g->last = !g->n || later(&i->last, &g->last) ? i->last : g->last;
	for (size_t k = 0; k < TIMELINE_BUCKETS; k++)
		g->row.counts[k] += i->row.counts[k];
	g->outside += i->outside;
	g->count += i->count;
	g->n++;
}

/* show_times puts all counts onto the axis that is shown. */
static void show_times(struct incidents *set)
{
	spells_show(&set->spells, &set->shown);
	for (size_t i = 0; i < set->count; i++) {
		struct incident *item = &set->items[i];
		item->row = (struct timeline_row){ 0 };
		item->outside = 0;
		for (size_t s = 0; s < SPELLS_MAX; s++) {
			const struct timeline_row *row = item->rows[s];
			for (size_t k = 0; row && set->shown.out[s] && k < TIMELINE_BUCKETS; k++)
				item->outside += row->counts[k];
			if (row && !set->shown.out[s])
				timeline_add(&item->row, &set->shown.axis, row, &set->spells.axes[s]);
		}
	}
}

/* tell_apart says whether times without a year could be taken for one another. */
static void tell_apart(struct incidents *set)
{
	int64_t from_s = INT64_MAX, to_s = INT64_MIN;
	for (size_t i = 0; i < set->count; i++) {
		const struct incident_place *first = &set->items[i].first, *last = &set->items[i].last;
		from_s = first->timed && first->at_s < from_s ? first->at_s : from_s;
		to_s = last->timed && last->at_s > to_s ? last->at_s : to_s;
	}
	set->when.apart = from_s <= to_s && to_s - from_s > APART_S;
}

int incidents_year(const struct incidents *set, const struct incident_place *place)
{
	char label[32];
	if (!place->guessed || !(set->when.dated || set->when.apart))
		return 0;
	stamp_label(place->at_s + set->when.east_s, true, label, sizeof label);
	return (int)strtol(label, NULL, 10);
}

bool incidents_guessed(const struct incidents *set, int64_t at_s)
{
	return set->guessed && (!set->when.dated || at_s == set->guessed_from_s || at_s == set->guessed_to_s) &&
	       (set->when.dated || set->when.apart);
}

enum err incidents_group(struct incidents *set)
{
	if (set->count)
		qsort_r(set->items, set->count, sizeof *set->items, compare_items, &set->by);
	show_times(set);
	tell_apart(set);
	set->group_count = 0;
	mem_free(set->groups);
	set->groups = mem_resize(NULL, (set->count + 1) * sizeof *set->groups);
	if (!set->groups)
		return ERR_NOMEM;
	for (size_t i = 0; i < set->count; i++) {
		const struct incident *item = &set->items[i];
		struct incident_group *g = set->group_count ? &set->groups[set->group_count - 1] : NULL;
		if (!g || set->by == INCIDENT_BY_BINDINGS || by_key(&set->items[g->at], item, set->by)) {
			g = &set->groups[set->group_count++];
			*g = (struct incident_group){ .at = i };
			g->name = set->by == INCIDENT_BY_ARTICLE ? item->match.id : item->group;
		}
		add_to_group(g, item);
	}
	if (set->group_count)
		qsort_r(set->groups, set->group_count, sizeof *set->groups, compare_groups, &set->by);
	return ERR_OK;
}

void incidents_find_stories(struct incidents *set, const struct stories *stories)
{
	for (size_t i = 0; i < set->count; i++)
		set->items[i].story = stories_find(stories, &set->items[i].match);
}

enum err incidents_tell_stories(struct incidents *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct incident *item = &set->items[i];
		item->says = item->story ? story_says(item->story, &item->match, &set->arena) : STR("");
	}
	return arena_err(&set->arena);
}

bool incidents_told_before(const struct incidents *set, const struct incident_group *g, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(set->items[g->at + k].says, set->items[g->at + i].says))
			return true;
	return false;
}

void incidents_free(struct incidents *set)
{
	index_free(&set->by_file);
	index_free(&set->by_key);
	mem_free(set->items);
	mem_free(set->groups);
	arena_free(&set->arena);
	*set = (struct incidents){ 0 };
}
