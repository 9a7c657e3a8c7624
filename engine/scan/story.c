/* SPDX-License-Identifier: MIT
 *
 * Which story holds: see story.h. A story's state is what its conditions need of the past and no more: the times of the
 * last `count` hits; for each beginning of the sequence the latest start from which it was reached (the latest is the
 * best: the window only asks how long ago it began); and what the marks behind hits were.
 */
#include "scan/story.h"

#include "scan/rotation.h"

#include <string.h>

enum { STORY_SEEN_MAX = 4096, STORY_HELD_MAX = 256 };

struct moment {
	bool timed;
	int64_t at_s;
};

struct story_state {
	struct moment hits[STORY_COUNT_MAX]; /* a ring */
	uint64_t hit_count;
	struct moment starts[STORY_SEQUENCE_MAX];
	bool reached[STORY_SEQUENCE_MAX];
	struct moment first_hit, last_hit, open_since; /* the first hit behind which nothing cleared */
	bool open;
	bool counted, told, cleared, uncleared, broken; /* the count, the sequence; `never` is broken */
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
};

struct story_track {
	struct str id;
	struct match_capture *captures; /* name and value */
	size_t capture_count;
	struct str file;
	size_t first, count;	    /* slice of the stories */
	struct story_state *states; /* parallel to it */
	struct story_held *held;
	size_t held_count, held_cap;
};

static const struct rule_story *story_at(const struct stories *s, const struct story_track *t, size_t i)
{
	return &s->over_time->stories[t->first + i].story;
}

/* within: b is at most so long behind a. Without times nothing is known to be. */
static bool within(const struct rule_story *story, struct moment a, struct moment b)
{
	return !story->within_s || (a.timed && b.timed && b.at_s >= a.at_s && b.at_s - a.at_s <= story->within_s);
}

static bool holds(const struct rule_story *story, const struct story_state *x)
{
	return x->hit_count && x->counted && (!story->sequence_count || x->told) &&
	       (!story->cleared_by.n || x->cleared) && (!story->not_cleared_by.n || x->uncleared || x->open) &&
	       (!story->never.n || !x->broken);
}

static void take_sequence(const struct rule_story *story, struct story_state *x, struct str event, struct moment now)
{
	size_t n = story->sequence_count;
	for (size_t k = n; k-- > 0;) {
		if (!str_eq(story->sequence[k], event))
			continue;
		struct moment start = k ? x->starts[k - 1] : now;
		if (k && (!x->reached[k - 1] || !within(story, start, now)))
			continue;
		x->starts[k] = start;
		x->reached[k] = true;
	}
	x->told |= n && x->reached[n - 1];
}

static void take_hit(const struct rule_story *story, struct story_state *x, struct moment now)
{
	if (!x->hit_count)
		x->first_hit = now;
	x->hits[x->hit_count++ % story->count] = now;
	if (x->hit_count >= story->count) /* the oldest of the last `count` is the one that goes next */
		x->counted |= story->count == 1 || within(story, x->hits[x->hit_count % story->count], now);
	take_sequence(story, x, STR("hit"), now);
	if (x->open && story->within_s && !within(story, x->open_since, now))
		x->uncleared = true;
	if (!x->open)
		x->open_since = now;
	x->open = true;
	x->cleared = false;
	x->last_hit = now;
}

static void take_mark(const struct rule_story *story, struct story_state *x, struct str mark, struct moment now)
{
	take_sequence(story, x, mark, now);
	if (!x->hit_count)
		return;
	x->broken |= str_eq(story->never, mark);
	x->cleared |= str_eq(story->cleared_by, mark) && within(story, x->last_hit, now);
	if (!str_eq(story->not_cleared_by, mark))
		return;
	if (x->open && story->within_s && !within(story, x->open_since, now))
		x->uncleared = true;
	x->open = false;
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
	t->states = arena_array(&s->arena, struct story_state, count);
	t->captures = arena_array(&s->arena, struct match_capture, m->capture_count);
	for (size_t i = 0; t->captures && i < m->capture_count; i++)
		t->captures[i] = (struct match_capture){ .name = arena_str(&s->arena, m->captures[i].name),
							 .value = arena_str(&s->arena, m->captures[i].value) };
	t->capture_count = t->captures ? m->capture_count : 0;
	t->count = t->states ? count : 0;
	return t;
}

/* moment_of also follows the file: a track that comes to another one begins anew, and keeps what held. */
static struct moment moment_of(struct stories *s, struct str file, int64_t written_s, struct str time)
{
	struct moment now = { 0 };
	bool other = !str_eq(s->file, file);
	if (other)
		s->file = arena_str(&s->arena, file);
	when_of_file(&s->when, other, written_s);
	now.timed = when_read(&s->when, time, &now.at_s);
	return now;
}

static void turn_page(struct stories *s, struct story_track *t)
{
	if (t->file.p == s->file.p)
		return;
	for (size_t i = 0; i < t->count; i++) {
		struct story_state *x = &t->states[i];
		struct story_held *held = NULL;
		if (t->held_count < STORY_HELD_MAX && holds(story_at(s, t, i), x))
			held = arena_push(&s->arena, &t->held, &t->held_count, &t->held_cap);
		if (held)
			*held = (struct story_held){ i, t->file, x->first_hit };
		*x = (struct story_state){ 0 };
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
	if (t)
		turn_page(s, t);
	for (size_t i = 0; t && i < t->count; i++)
		take_hit(story_at(s, t, i), &t->states[i], now);
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
	for (size_t i = s->seen_count; i-- > 0 && s->seen[i].file.p == s->file.p;) {
		struct story_seen *seen = &s->seen[i];
		if (!same_seen(s, seen, m))
			continue;
		seen->last = !seen->last.timed || (now.timed && now.at_s < seen->last.at_s) ? seen->last : now;
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

enum err stories_mark(struct stories *s, const struct scan_mark *mark)
{
	struct moment now = moment_of(s, mark->file, mark->written_s, mark->time);
	note_seen(s, mark, now);
	for (size_t i = 0; i < s->track_count; i++) {
		struct story_track *t = &s->tracks[i];
		if (!str_eq(mark->id, t->id) || !is_about(mark->captures, mark->capture_count, t))
			continue;
		turn_page(s, t);
		for (size_t k = 0; k < t->count; k++)
			take_mark(story_at(s, t, k), &t->states[k], mark->name, now);
	}
	return arena_err(&s->arena);
}

static bool is_told(const struct stories *s, const struct story_track *t, size_t story)
{
	const struct story_state *x = &t->states[story];
	bool told = holds(story_at(s, t, story), x) && !is_denied(s, t, story, t->file, x->first_hit);
	for (size_t i = 0; i < t->held_count && !told; i++)
		told = t->held[i].story == story && !is_denied(s, t, story, t->held[i].file, t->held[i].first_hit);
	return told;
}

const struct rule_story *stories_find(const struct stories *s, const struct match *m)
{
	struct match_capture room[STORY_NAMES_MAX];
	struct match names = story_names(m, room);
	const struct story_track *t = find_track(s, &names);
	for (size_t i = 0; t && i < t->count; i++)
		if (is_told(s, t, i))
			return story_at(s, t, i);
	return NULL;
}

void stories_free(struct stories *s)
{
	arena_free(&s->arena);
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
		struct str name = str_first(str_from(rest, open + 1), close - open - 1), value = name;
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
