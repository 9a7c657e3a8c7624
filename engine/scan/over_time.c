/* SPDX-License-Identifier: MIT
 *
 * Marks and stories: see over_time.h.
 */
#include "scan/over_time.h"

#include <string.h>

static void read_one(void *context, uint32_t number, struct str id, struct str text)
{
	struct over_time *o = context;
	id = arena_str(&o->arena, id);
	text = arena_str(&o->arena, text);
	struct over_time_mark m = { .number = number, .id = id };
	struct over_time_story s = { .id = id };
	if (rule_mark_read(text, &m.mark) && !rule_template_parse(m.mark.text, &o->arena, NULL, &m.template)) {
		struct over_time_mark *slot = arena_push(&o->arena, &o->marks, &o->mark_count, &o->mark_cap);
		if (slot)
			*slot = m;
	} else if (rule_story_read(text, &s.story)) {
		struct over_time_story *slot = arena_push(&o->arena, &o->stories, &o->story_count, &o->story_cap);
		if (slot)
			*slot = s;
	}
}

enum err over_time_open(const struct matcher *m, struct over_time *ret_over_time)
{
	struct over_time o = { 0 };
	match_each_over_time(m, read_one, &o);
	enum err e = arena_err(&o.arena);
	if (e)
		arena_free(&o.arena);
	else
		*ret_over_time = o;
	return e;
}

void over_time_close(struct over_time *o)
{
	arena_free(&o->arena);
	*o = (struct over_time){ 0 };
}

const struct over_time_mark *over_time_find(const struct over_time *o, uint32_t number)
{
	size_t low = 0, high = o->mark_count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (o->marks[mid].number < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low < o->mark_count && o->marks[low].number == number ? &o->marks[low] : NULL;
}

static struct str bare(struct str value)
{
	return str_trim_of(value, " \t\\\"'<>[](){}.,:;");
}

bool over_time_fits(const struct over_time_mark *m, struct str line, struct match_capture *captures, size_t *ret_count)
{
	const struct rule_template *t = &m->template;
	const struct rule_var *open = NULL; /* whose value begins at `at` */
	size_t at = 0, count = 0;
	for (size_t i = 0; i <= t->piece_count; i++) {
		const struct rule_piece *p = i < t->piece_count ? &t->pieces[i] : NULL;
		if (p && p->is_var) {
			open = &t->vars[p->var];
			continue;
		}
		struct str rest = str_from(line, at);
		size_t n = p ? str_find(rest, p->text) : rest.n;
		if (n == STR_NONE || (p && n && i && !open))
			return false;
		struct str value = str_first(rest, n), word = STR("");
		if (!p && open && str_word(&value, &word)) /* the last one ends at a blank */
			value = word;
		if (open && count < MARK_VARS_MAX)
			captures[count++] =
				(struct match_capture){ .name = open->name, .value = bare(value), .type = open->type };
		open = NULL;
		at += n + (p ? p->text.n : 0);
	}
	*ret_count = count;
	return true;
}
