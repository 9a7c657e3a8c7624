/* SPDX-License-Identifier: MIT
 *
 * Which story holds: see story.h. All events are kept, up to a bound, and told again in the end: those of one log's
 * files together, in order of time. Of a track that has more of them a state goes along (plot.h), file by file.
 */
#include "scan/story.h"

#include "base/hash.h"
#include "scan/rotation.h"

#include <stdlib.h>
#include <string.h>

enum {
	STORY_SEEN_MAX = 4096,
	STORY_HELD_MAX = 256,
	STORY_FILES_MAX = 1024, /* of which it is told which are of one log */
	STORY_NAMED_MAX = 1 << 15,
	STORY_EVENTS_OF_ONE_MAX = 1 << 12,
	STORY_EVENTS_MAX = 1 << 17
};

struct story_file {
	struct str name;
	uint32_t log; /* the same number for all files of one log: the least of theirs */
};

struct story_event {
	int64_t at_s;
	uint64_t order;
	uint32_t file;
	bool timed;
};

struct story_events {
	struct story_event *items;
	size_t count, cap;
	bool too_many;
};

/* A story that held in a file before the present one. */
struct story_held {
	size_t story; /* of the track */
	struct str file;
	struct moment first_hit;
};

/* A mark of a file. */
struct story_seen {
	struct str id, name, file;
	struct match_capture *captures;
	size_t capture_count;
	struct moment last;
	struct story_events events;
};

struct story_track {
	struct str id;
	struct match_capture *captures; /* name and value */
	size_t capture_count;
	struct str file;
	size_t first, count;	    /* slice of the stories */
	struct plot *states;	    /* parallel to it */
	struct story_events events; /* its hits */
	struct story_held *held;
	size_t held_count, held_cap;
};

static const struct rule_story *story_at(const struct stories *s, const struct story_track *t, size_t i)
{
	return &s->over_time->stories[t->first + i].story;
}

/* ---- tracks ---- */

struct match story_names(const struct match *m, struct match_capture room[STORY_NAMES_MAX])
{
	struct match names = *m;
	names.captures = room;
	names.capture_count = 0;
	for (size_t i = 0; i < m->capture_count && names.capture_count < STORY_NAMES_MAX; i++)
		if (m->captures[i].type != VAR_NUMBER && m->captures[i].type != VAR_TIME)
			room[names.capture_count++] = m->captures[i];
	return names;
}

const struct match_capture *story_capture(const struct match_capture *items, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(items[i].name, name))
			return &items[i];
	return NULL;
}

bool story_same_names(const struct match_capture *a, size_t a_count, const struct match_capture *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++) {
		bool at_place = str_eq(a[i].name, b[i].name);
		const struct match_capture *other = at_place ? &b[i] : story_capture(b, b_count, a[i].name);
		if (!other || !str_eq_nocase(a[i].value, other->value))
			return false;
	}
	return true;
}

static bool same_bindings(const struct story_track *t, const struct match *m)
{
	return str_eq(t->id, m->id) && story_same_names(t->captures, t->capture_count, m->captures, m->capture_count);
}

static struct story_track *find_track(const struct stories *s, const struct match *m)
{
	for (size_t i = 0; i < s->track_count; i++)
		if (same_bindings(&s->tracks[i], m))
			return &s->tracks[i];
	return NULL;
}

static size_t stories_of(const struct stories *s, struct str id, size_t *ret_first)
{
	size_t n = 0;
	for (size_t i = 0; s->over_time && i < s->over_time->story_count; i++)
		if (str_eq(s->over_time->stories[i].id, id)) {
			*ret_first = n++ ? *ret_first : i;
		}
	return n;
}

static struct story_track *new_track(struct stories *s, const struct match *m, size_t first, size_t count)
{
	size_t of_article = 0;
	for (size_t i = 0; i < s->track_count; i++)
		of_article += str_eq(s->tracks[i].id, m->id);
	if (s->track_count >= STORY_TRACKS_MAX || of_article >= STORY_TRACKS_OF_ARTICLE_MAX)
		return NULL;
	struct story_track *t = arena_push(&s->arena, &s->tracks, &s->track_count, &s->track_cap);
	if (!t)
		return NULL;
	*t = (struct story_track){ .id = arena_str(&s->arena, m->id), .first = first, .count = count, .file = s->file };
	t->states = arena_array(&s->arena, struct plot, count);
	t->captures = arena_array(&s->arena, struct match_capture, m->capture_count);
	for (size_t i = 0; t->captures && i < m->capture_count; i++)
		t->captures[i] = (struct match_capture){ .name = arena_str(&s->arena, m->captures[i].name),
							 .value = arena_str(&s->arena, m->captures[i].value) };
	t->capture_count = t->captures ? m->capture_count : 0;
	t->count = t->states ? count : 0;
	return t;
}

/* ---- files and events ---- */

/* add_file numbers a file, and joins the logs that it is of. */
static uint32_t add_file(struct stories *s, struct str name)
{
	uint32_t number = (uint32_t)s->file_count;
	s->seen_too_many |= number >= STORY_FILES_MAX;
	if (number >= STORY_NAMED_MAX || index_add(&s->by_name, hash_bytes(name), number)) {
		s->seen_too_many = true;
		return number;
	}
	struct story_file *f = arena_push(&s->arena, &s->files, &s->file_count, &s->file_cap);
	if (!f)
		return number;
	*f = (struct story_file){ arena_str(&s->arena, name), number };
	for (uint32_t i = 0; i < number && number < STORY_FILES_MAX; i++) {
		uint32_t log = s->files[i].log, own = s->files[number].log;
		if (log == own || !rotation_related(name, s->files[i].name))
			continue;
		for (uint32_t k = 0; k <= number; k++)
			if (s->files[k].log == log || s->files[k].log == own)
				s->files[k].log = log < own ? log : own;
	}
	return number;
}

static void turn_to(struct stories *s, struct str name)
{
	const struct index_item *i = index_first(&s->by_name, hash_bytes(name));
	while (i && !str_eq(s->files[i->number].name, name))
		i = index_next(&s->by_name, i);
	s->file_number = i ? i->number : add_file(s, name);
	s->file = s->file_number < s->file_count ? s->files[s->file_number].name : STR("other files");
}

static struct moment moment_of(struct stories *s, struct str file, int64_t written_s, struct str time)
{
	struct moment now = { 0 };
	bool other = !str_eq(s->file, file);
	if (other)
		turn_to(s, file);
	when_of_file(&s->when, other, written_s);
	now.timed = when_read(&s->when, time, &now.at_s);
	s->order++;
	return now;
}

static void keep_event(struct stories *s, struct story_events *events, struct moment now)
{
	events->too_many |= events->count >= STORY_EVENTS_OF_ONE_MAX || s->event_count >= STORY_EVENTS_MAX;
	struct story_event *e =
		events->too_many ? NULL : arena_push(&s->arena, &events->items, &events->count, &events->cap);
	if (!e)
		return;
	s->event_count++;
	*e = (struct story_event){ now.at_s, s->order, s->file_number, now.timed };
}

/* keep_mark: of marks without a hit between them the first and the last are kept. */
static void keep_mark(struct stories *s, struct story_events *events, struct moment now)
{
	struct story_event *last = events->count > 1 ? &events->items[events->count - 1] : NULL;
	if (last && !events->too_many && last[-1].order > s->hit_order)
		*last = (struct story_event){ now.at_s, s->order, s->file_number, now.timed };
	else
		keep_event(s, events, now);
}

/* turn_page: a track that comes to another file begins anew, and keeps what held. */
static void turn_page(struct stories *s, struct story_track *t)
{
	if (t->file.p == s->file.p)
		return;
	for (size_t i = 0; i < t->count; i++) {
		struct plot *x = &t->states[i];
		struct story_held *held = NULL;
		if (t->held_count < STORY_HELD_MAX && plot_holds(story_at(s, t, i), x))
			held = arena_push(&s->arena, &t->held, &t->held_count, &t->held_cap);
		if (held)
			*held = (struct story_held){ i, t->file, x->first_hit };
		*x = (struct plot){ 0 };
	}
	t->file = s->file;
}

enum err stories_hit(struct stories *s, const struct scan_hit *hit)
{
	size_t first = 0, count = hit->best ? stories_of(s, hit->match.id, &first) : 0;
	if (!count)
		return ERR_OK;
	struct match_capture room[STORY_NAMES_MAX];
	struct match names = story_names(&hit->match, room);
	struct moment now = moment_of(s, hit->file, hit->written_s, hit->time);
	struct story_track *t = find_track(s, &names);
	if (!t)
		t = new_track(s, &names, first, count);
	if (t) {
		turn_page(s, t);
		keep_event(s, &t->events, now);
		s->hit_order = s->order;
	}
	for (size_t i = 0; t && i < t->count; i++)
		plot_hit(story_at(s, t, i), &t->states[i], now);
	return arena_err(&s->arena);
}

/* A mark is about a track unless it binds something else. */
static bool is_about(const struct match_capture *captures, size_t count, const struct story_track *t)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < t->capture_count; k++)
			if (str_eq(captures[i].name, t->captures[k].name) &&
			    !str_eq_nocase(captures[i].value, t->captures[k].value))
				return false;
	return true;
}

static bool same_seen(const struct stories *s, const struct story_seen *seen, const struct scan_mark *m)
{
	if (seen->file.p != s->file.p || seen->capture_count != m->capture_count || !str_eq(seen->id, m->id) ||
	    !str_eq(seen->name, m->name))
		return false;
	for (size_t i = 0; i < m->capture_count; i++)
		if (!str_eq(seen->captures[i].value, m->captures[i].value))
			return false;
	return true;
}

/* note_seen keeps that the file holds the mark, once for what it binds. */
static void note_seen(struct stories *s, const struct scan_mark *m, struct moment now)
{
	for (size_t i = s->seen_count; i-- > 0;) {
		struct story_seen *seen = &s->seen[i];
		if (!same_seen(s, seen, m))
			continue;
		seen->last = !seen->last.timed || (now.timed && now.at_s < seen->last.at_s) ? seen->last : now;
		keep_mark(s, &seen->events, now);
		return;
	}
	s->seen_too_many = s->seen_too_many || s->seen_count >= STORY_SEEN_MAX;
	struct story_seen *slot =
		s->seen_too_many ? NULL : arena_push(&s->arena, &s->seen, &s->seen_count, &s->seen_cap);
	if (!slot)
		return;
	*slot = (struct story_seen){
		.id = arena_str(&s->arena, m->id), .name = arena_str(&s->arena, m->name), .file = s->file, .last = now
	};
	slot->captures = arena_array(&s->arena, struct match_capture, m->capture_count);
	for (size_t i = 0; slot->captures && i < m->capture_count; i++)
		slot->captures[i] = (struct match_capture){ .name = arena_str(&s->arena, m->captures[i].name),
							    .value = arena_str(&s->arena, m->captures[i].value) };
	slot->capture_count = slot->captures ? m->capture_count : 0;
	keep_mark(s, &slot->events, now);
}

/* is_denied: the story says that a mark did not come, and in another file of the log it did, since the first hit. */
static bool is_denied(const struct stories *s, const struct story_track *t, size_t story, struct str file,
		      struct moment first_hit)
{
	const struct rule_story *one = story_at(s, t, story);
	bool denied = false;
	if (!one->never.n && !one->not_cleared_by.n)
		return false;
	for (size_t i = 0; i < s->seen_count && !denied; i++) {
		const struct story_seen *seen = &s->seen[i];
		bool named = str_eq(seen->name, one->never) || str_eq(seen->name, one->not_cleared_by);
		bool before = seen->last.timed && first_hit.timed && seen->last.at_s < first_hit.at_s;
		denied = named && !before && str_eq(seen->id, t->id) && seen->file.p != file.p &&
			 is_about(seen->captures, seen->capture_count, t) && rotation_related(seen->file, file);
	}
	return denied || s->seen_too_many;
}

enum err stories_mark(struct stories *s, const struct scan_mark *given)
{
	struct match_capture room[STORY_NAMES_MAX];
	struct match bound = { .captures = given->captures, .capture_count = given->capture_count };
	struct scan_mark names = *given, *mark = &names;
	bound = story_names(&bound, room);
	names.captures = bound.captures;
	names.capture_count = bound.capture_count;
	struct moment now = moment_of(s, mark->file, mark->written_s, mark->time);
	note_seen(s, mark, now);
	for (size_t i = 0; i < s->track_count; i++) {
		struct story_track *t = &s->tracks[i];
		if (!str_eq(mark->id, t->id) || !is_about(mark->captures, mark->capture_count, t))
			continue;
		turn_page(s, t);
		for (size_t k = 0; k < t->count; k++)
			plot_mark(story_at(s, t, k), &t->states[k], mark->name, now);
	}
	return arena_err(&s->arena);
}

static bool is_told(const struct stories *s, const struct story_track *t, size_t story)
{
	const struct plot *x = &t->states[story];
	bool told = plot_holds(story_at(s, t, story), x) && !is_denied(s, t, story, t->file, x->first_hit);
	for (size_t i = 0; i < t->held_count && !told; i++)
		told = t->held[i].story == story && !is_denied(s, t, story, t->held[i].file, t->held[i].first_hit);
	return told;
}

/* ---- told again ---- */

struct step {
	struct story_event event;
	const struct story_seen *mark; /* NULL: a hit */
	uint32_t log, part;	       /* of it */
};

/* What the steps of a log are like. */
struct log {
	uint32_t file; /* of one of them */
	bool hit, several, untimed;
};

struct steps {
	struct arena arena;
	struct step *items;
	size_t count, cap;
	struct log *logs; /* by number */
};

static void add_steps(const struct stories *s, struct steps *x, const struct story_events *events,
		      const struct story_seen *mark)
{
	for (size_t i = 0; i < events->count; i++) {
		const struct story_event *e = &events->items[i];
		uint32_t number = s->files[e->file].log;
		struct log *log = &x->logs[number];
		struct step *step = arena_push(&x->arena, &x->items, &x->count, &x->cap);
		if (!step)
			return;
		*step = (struct step){ .event = *e, .mark = mark, .log = number };
		log->several |= log->hit && log->file != e->file;
		log->untimed |= !e->timed;
		log->file = e->file;
		log->hit = true;
	}
}

static int by_time(const void *left, const void *right)
{
	const struct step *a = left, *b = right;
	if (a->log != b->log)
		return a->log < b->log ? -1 : 1;
	if (a->part != b->part)
		return a->part < b->part ? -1 : 1;
	if (!a->part && a->event.at_s != b->event.at_s)
		return a->event.at_s < b->event.at_s ? -1 : 1;
	return a->event.order < b->event.order ? -1 : a->event.order > b->event.order;
}

/* gather gives the steps of a track log by log, in the order of their times where a log has several files; where some
 * of its times are not known file by file, as one file is: in the order of its lines. False where not all were kept. */
static bool gather(const struct stories *s, const struct story_track *t, struct steps *x)
{
	bool all = !t->events.too_many && !s->seen_too_many;
	x->logs = all ? arena_array(&x->arena, struct log, s->file_count) : NULL;
	if (!x->logs)
		return false;
	add_steps(s, x, &t->events, NULL);
	for (size_t i = 0; i < s->seen_count && all; i++) {
		const struct story_seen *seen = &s->seen[i];
		if (!str_eq(seen->id, t->id) || !is_about(seen->captures, seen->capture_count, t))
			continue;
		if (!seen->events.count || !x->logs[s->files[seen->events.items[0].file].log].hit)
			continue;
		all = !seen->events.too_many;
		add_steps(s, x, &seen->events, seen);
	}
	for (size_t i = 0; i < x->count; i++) {
		const struct log *log = &x->logs[x->items[i].log];
		if (!log->several || log->untimed)
			x->items[i].part = x->items[i].event.file + 1;
	}
	if (x->count)
		qsort(x->items, x->count, sizeof *x->items, by_time);
	return all && !x->arena.failed;
}

/* part_tells gives these steps, which are together, to a story. */
static bool part_tells(const struct stories *s, const struct story_track *t, size_t story, const struct step *steps,
		       size_t count)
{
	const struct rule_story *one = story_at(s, t, story);
	struct plot x = { 0 };
	for (size_t i = 0; i < count; i++) {
		const struct step *step = &steps[i];
		struct moment at = { step->event.timed, step->event.at_s };
		if (!step->mark)
			plot_hit(one, &x, at);
		else if (x.hit_count)
			plot_mark(one, &x, step->mark->name, at);
	}
	return plot_holds(one, &x) &&
	       !(steps->part && is_denied(s, t, story, s->files[steps->event.file].name, x.first_hit));
}

static bool steps_tell(const struct stories *s, const struct story_track *t, size_t story, const struct steps *x)
{
	bool told = false;
	for (size_t i = 0, n; i < x->count && !told; i += n) {
		n = 1;
		while (i + n < x->count && x->items[i + n].log == x->items[i].log &&
		       x->items[i + n].part == x->items[i].part)
			n++;
		told = part_tells(s, t, story, x->items + i, n);
	}
	return told;
}

const struct rule_story *stories_find(const struct stories *s, const struct match *m)
{
	struct match_capture room[STORY_NAMES_MAX];
	struct match names = story_names(m, room);
	const struct story_track *t = find_track(s, &names);
	const struct rule_story *found = NULL;
	struct steps steps = { 0 };
	bool all = t && gather(s, t, &steps);
	for (size_t i = 0; t && i < t->count && !found; i++)
		if (all ? steps_tell(s, t, i, &steps) : is_told(s, t, i))
			found = story_at(s, t, i);
	arena_free(&steps.arena);
	return found;
}

void stories_free(struct stories *s)
{
	arena_free(&s->arena);
	index_free(&s->by_name);
	*s = (struct stories){ 0 };
}

struct str story_says(const struct rule_story *story, const struct match *m, struct arena *a)
{
	struct buf b = { 0 };
	for (struct str rest = story->says; rest.n;) {
		size_t open = str_find_char(rest, '{'), close = str_find_char(rest, '}');
		if (open == STR_NONE || close == STR_NONE || close < open) {
			buf_add(&b, rest);
			break;
		}
		struct str name = str_part(rest, open + 1, close), value = name;
		for (size_t i = 0; i < m->capture_count; i++)
			if (str_eq(m->captures[i].name, name))
				value = m->captures[i].value;
		buf_add(&b, str_first(rest, open));
		buf_add(&b, value);
		rest = str_from(rest, close + 1);
	}
	struct str says = buf_keep(&b, a);
	buf_free(&b);
	return says;
}
