/* SPDX-License-Identifier: MIT
 *
 * The samples of stories: each that must fire is scanned, and has to tell its story; none that must not may tell it.
 */
#include "cli/lint.h"
#include "match/literals.h"
#include "scan/story.h"

struct sample {
	struct str rest; /* of the log, to be read */
	struct str id;	 /* of the article */
	struct stories stories;
	struct match *hits; /* of the article, one a set of bindings or more */
	size_t hit_count, hit_cap;
	struct arena arena;
	enum err err;
};

static enum err read_sample(void *context, char *p, size_t n, size_t *ret_n)
{
	struct sample *s = context;
	*ret_n = str_take(&s->rest, p, n);
	return ERR_OK;
}

static bool take_hit(void *context, const struct scan_hit *hit)
{
	struct sample *s = context;
	s->err = stories_hit(&s->stories, hit);
	if (s->err || !hit->best || !str_eq(hit->match.id, s->id))
		return !s->err;
	struct match *slot = arena_push(&s->arena, &s->hits, &s->hit_count, &s->hit_cap);
	if (!slot)
		return false;
	*slot = (struct match){ .id = s->id, .capture_count = hit->match.capture_count };
	slot->captures = arena_array(&s->arena, struct match_capture, slot->capture_count);
	for (size_t i = 0; slot->captures && i < slot->capture_count; i++)
		slot->captures[i] =
			(struct match_capture){ .name = arena_str(&s->arena, hit->match.captures[i].name),
						.value = arena_str(&s->arena, hit->match.captures[i].value) };
	return !arena_err(&s->arena);
}

static bool take_mark(void *context, const struct scan_mark *mark)
{
	struct sample *s = context;
	s->err = stories_mark(&s->stories, mark);
	return !s->err;
}

/* told gives the story that the hits tell: the one asked for where any tells it, else any; NULL for none. */
static const struct rule_story *told(const struct sample *s, struct str name)
{
	const struct rule_story *any = NULL;
	for (size_t i = 0; i < s->hit_count; i++) {
		const struct rule_story *story = stories_find(&s->stories, &s->hits[i]);
		any = story ? story : any;
		if (story && str_eq(story->name, name))
			return story;
	}
	return any;
}

static enum err try_sample(struct lint *l, const struct matcher *m, const struct over_time *rules,
			   const struct lint_article *one, const struct rule_story *story, struct str text, bool fires)
{
	struct sample s = { .rest = text, .id = one->article->id, .stories = { .over_time = rules } };
	struct scan_options options = { .threads = 1, .mark = take_mark, .mark_context = &s };
	struct scan_counts counts;
	struct scan *scan = NULL;
	struct str file = one->rule.log_file_count ? one->rule.log_files[0] : STR("sample.log");
	enum err e = scan_open(m, &options, &scan);
	if (!e)
		e = scan_stream(scan, file, read_sample, &s, take_hit, &s, &counts);
	scan_close(&scan);
	const struct rule_story *got = told(&s, story->name);
	bool same = got && str_eq(got->name, story->name);
	if (!e && fires && !same)
		lint_add(l, one->path, story->line, "a sample of the story %.*s tells %.*s%s", STR_ARG(story->name),
			 STR_ARG(got ? got->name : STR("no story")), s.hit_count ? "" : ": none of its lines is a hit");
	if (!e && !fires && same)
		lint_add(l, one->path, story->line, "a sample that must not tell the story %.*s tells it",
			 STR_ARG(story->name));
	l->samples++;
	stories_free(&s.stories);
	arena_free(&s.arena);
	return e;
}

static bool is_found(const struct literal_table *t, uint32_t number)
{
	for (uint32_t i = 0; i < t->message_count; i++)
		if (t->messages[i].owner == t->mark_from + number)
			return true;
	return false;
}

/* A mark without a literal would never be seen. */
static enum err check_marks(struct lint *l, const struct matcher *m, const struct over_time *rules,
			    const struct lint_article *one)
{
	struct literal_table literals;
	enum err e = literals_of(m, &literals);
	for (size_t i = 0; i < rules->mark_count && !e; i++) {
		const struct rule_mark *mark = &rules->marks[i].mark;
		uint32_t line = 1;
		if (!str_eq(rules->marks[i].id, one->article->id) || is_found(&literals, rules->marks[i].number))
			continue;
		for (size_t k = 0; k < one->rule.mark_count; k++)
			if (str_eq(one->rule.marks[k].text, mark->text))
				line = one->rule.marks[k].line;
		lint_add(
			l, one->path, line,
			"no scan finds the mark %.*s: it needs eight characters in a row without a variable, quotes or "
			"brackets, and more than one common word",
			STR_ARG(mark->name));
	}
	return e;
}

enum err lint_stories(struct lint *l, const struct matcher *m, const struct lint_article *one)
{
	struct over_time rules = { 0 };
	const struct rule *rule = &one->rule;
	enum err e = rule->story_count + rule->mark_count ? over_time_open(m, &rules) : ERR_OK;
	if (!e && rule->mark_count)
		e = check_marks(l, m, &rules, one);
	for (size_t i = 0; i < rule->story_count && !e; i++) {
		const struct rule_story *s = &rule->stories[i];
		if (!s->fires_count)
			lint_add(l, one->path, s->line, "the story %.*s has no sample that must tell it (fires)",
				 STR_ARG(s->name));
		for (size_t k = 0; k < s->fires_count && !e; k++)
			e = try_sample(l, m, &rules, one, s, s->fires[k], true);
		for (size_t k = 0; k < s->quiet_count && !e; k++)
			e = try_sample(l, m, &rules, one, s, s->quiet[k], false);
	}
	over_time_close(&rules);
	return e;
}
