/* SPDX-License-Identifier: MIT
 *
 * What lines tell over time: the keys marks and stories of the front matter, and their one-line form. See rule.h and
 * kb/README.md.
 */
#include "rule/rule.h"

#include <string.h>

enum { STORIES_MAX = 8, MARKS_MAX = 32, WITHIN_MAX_S = 366 * 86400 };

static const char hit[] = "hit";

static void complain(struct diags *d, const struct tree *at, const char *what)
{
	diags_add(d, DIAG_ERROR, at->line, "%s", what);
}

static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!char_is_lower(s.p[i]) && !char_is_digit(s.p[i]) && s.p[i] != '-')
			return false;
	return s.n && s.n <= 40;
}

/* one_line gives the text with each run of white space as one blank: a tab parts the fields of the one-line form. */
static struct str one_line(struct str text, struct arena *a)
{
	struct buf b = { 0 };
	for (struct str word; str_word(&text, &word);) {
		buf_add_c(&b, b.n ? " " : "");
		buf_add(&b, word);
	}
	return buf_take(&b, a);
}

/* ---- marks ---- */

static void add_mark(const struct tree *item, struct str name, struct arena *a, struct diags *d, struct rule *rule)
{
	struct rule_template t;
	if (item->kind != TREE_SCALAR || rule_template_parse(item->value, a, d, &t)) {
		complain(d, item, "a mark is a template: {done: 'Sending completed {text}'}");
		return;
	}
	struct rule_mark *m =
		rule->mark_count < MARKS_MAX ? arena_push(a, &rule->marks, &rule->mark_count, &rule->mark_cap) : NULL;
	if (m)
		*m = (struct rule_mark){ .name = name, .text = one_line(item->value, a), .line = item->line };
	else
		complain(d, item, "too many marks");
}

void rule_read_marks(const struct tree *t, struct arena *a, struct diags *d, struct rule *rule)
{
	if (t->kind != TREE_MAP) {
		complain(d, t, "marks is a map of names and templates");
		return;
	}
	for (size_t i = 0; i < t->count; i++) {
		const struct tree *mark = &t->items[i], *item;
		if (!is_name(mark->key) || str_eq(mark->key, STR(hit)))
			complain(d, mark, "a mark's name is of small letters, digits and dashes, and not \"hit\"");
		else
			for (size_t k = 0, n = tree_items(mark, &item); k < n; k++)
				add_mark(&item[k], mark->key, a, d, rule);
	}
}

/* ---- stories ---- */

/* "90 s", "10 min", "2 h", "3 d" */
static bool read_span(struct str text, int64_t *ret_s)
{
	static const struct {
		struct str name;
		int64_t seconds;
	} units[] = {
		{ STR_LIT("s"), 1 },
		{ STR_LIT("min"), 60 },
		{ STR_LIT("h"), 3600 },
		{ STR_LIT("d"), 86400 },
	};
	size_t digits = str_digits(text);
	uint64_t n;
	struct str unit = str_trim(str_from(text, digits));
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (str_eq(unit, units[i].name) && str_u64(str_first(text, digits), &n) && n &&
		    n <= (uint64_t)(WITHIN_MAX_S / units[i].seconds)) {
			*ret_s = (int64_t)n * units[i].seconds;
			return true;
		}
	return false;
}

static void read_texts(const struct tree *t, struct arena *a, struct diags *d, struct str **items, size_t *count,
		       size_t *cap)
{
	const struct tree *item;
	for (size_t i = 0, n = tree_items(t, &item); i < n; i++) {
		struct str *slot = item[i].kind == TREE_SCALAR ? arena_push(a, items, count, cap) : NULL;
		if (slot)
			*slot = item[i].value;
		else
			complain(d, &item[i], "a sample of a story is the lines of a log");
	}
}

static void read_conditions(const struct tree *t, struct diags *d, struct rule_story *s)
{
	const struct tree *count = tree_get(t, "count"), *within = tree_get(t, "within"),
			  *sequence = tree_get(t, "sequence"), *item;
	uint64_t n;
	s->count = 1;
	if (count && (!str_u64(count->value, &n) || !n || n > STORY_COUNT_MAX))
		complain(d, count, "a count is a number from 1 to 32");
	else if (count)
		s->count = (unsigned)n;
	if (within && !read_span(within->value, &s->within_s))
		complain(d, within, "within is a time of at most a year: 90 s, 10 min, 2 h, 3 d");
	size_t events = tree_items(sequence, &item);
	if (sequence && (events < 2 || events > STORY_SEQUENCE_MAX))
		complain(d, sequence, "a sequence is a list of two to eight marks and hits");
	for (size_t i = 0; i < events && i < STORY_SEQUENCE_MAX; i++)
		s->sequence[s->sequence_count++] = item[i].value;
	s->cleared_by = tree_str(t, "cleared_by");
	s->not_cleared_by = tree_str(t, "not_cleared_by");
	s->never = tree_str(t, "never");
	bool asks = count || sequence || s->cleared_by.n || s->not_cleared_by.n || s->never.n;
	if (!asks)
		complain(d, t, "a story asks for a count, a sequence, cleared_by, not_cleared_by or never");
	if (within && s->count == 1 && !sequence && !s->cleared_by.n && !s->not_cleared_by.n)
		complain(d, within, "within goes with a count over 1, a sequence, cleared_by or not_cleared_by");
}

static void read_story(const struct tree *t, struct arena *a, struct diags *d, struct rule *rule)
{
	static const char *const keys[] = { "name",	      "says",  "count", "within", "sequence", "cleared_by",
					    "not_cleared_by", "never", "fires", "quiet",  NULL };
	struct rule_story s = { .name = tree_str(t, "name"), .line = t->line };
	if (t->kind != TREE_MAP || !is_name(s.name)) {
		complain(d, t, "a story is a map with a name of small letters, digits and dashes");
		return;
	}
	for (size_t i = 0; i < t->count; i++) {
		bool known = false;
		for (const char *const *k = keys; *k && !known; k++)
			known = str_eq(t->items[i].key, str_c(*k));
		if (!known)
			diags_add(d, DIAG_ERROR, t->items[i].line, "a story has no key \"%.*s\"",
				  STR_ARG(t->items[i].key));
	}
	s.says = one_line(tree_str(t, "says"), a);
	if (!s.says.n)
		complain(d, t, "a story says a sentence or two (says)");
	read_conditions(t, d, &s);
	read_texts(tree_get(t, "fires"), a, d, &s.fires, &s.fires_count, &s.fires_cap);
	read_texts(tree_get(t, "quiet"), a, d, &s.quiet, &s.quiet_count, &s.quiet_cap);
	struct rule_story *slot = rule->story_count < STORIES_MAX
					  ? arena_push(a, &rule->stories, &rule->story_count, &rule->story_cap)
					  : NULL;
	if (slot)
		*slot = s;
	else
		complain(d, t, "an article has at most eight stories");
}

void rule_read_stories(const struct tree *t, struct arena *a, struct diags *d, struct rule *rule)
{
	const struct tree *item;
	for (size_t i = 0, n = tree_items(t, &item); i < n; i++)
		read_story(&item[i], a, d, rule);
}

static bool has_mark(const struct rule *rule, struct str name)
{
	for (size_t i = 0; i < rule->mark_count; i++)
		if (str_eq(rule->marks[i].name, name))
			return true;
	return false;
}

void rule_check_stories(const struct rule *rule, struct diags *d)
{
	for (size_t i = 0; i < rule->story_count; i++) {
		const struct rule_story *s = &rule->stories[i];
		const struct str named[] = { s->cleared_by, s->not_cleared_by, s->never };
		for (size_t k = 0; k < 3; k++)
			if (named[k].n && !has_mark(rule, named[k]))
				diags_add(d, DIAG_ERROR, s->line, "there is no mark %.*s", STR_ARG(named[k]));
		for (size_t k = 0; k < s->sequence_count; k++)
			if (!str_eq(s->sequence[k], STR(hit)) && !has_mark(rule, s->sequence[k]))
				diags_add(d, DIAG_ERROR, s->line, "there is no mark %.*s", STR_ARG(s->sequence[k]));
	}
}

/* ---- the one-line form: fields between tabs, a letter in front ---- */

struct str rule_mark_text(const struct rule_mark *m, struct arena *a)
{
	return arena_printf(a, "m\t%.*s\t%.*s", STR_ARG(m->name), STR_ARG(m->text));
}

struct str rule_story_text(const struct rule_story *s, struct arena *a)
{
	struct buf b = { 0 };
	buf_addf(&b, "s\t%.*s\t%u\t%lld\t", STR_ARG(s->name), s->count, (long long)s->within_s);
	for (size_t i = 0; i < s->sequence_count; i++)
		buf_addf(&b, "%s%.*s", i ? "," : "", STR_ARG(s->sequence[i]));
	buf_addf(&b, "\t%.*s\t%.*s\t%.*s\t%.*s", STR_ARG(s->cleared_by), STR_ARG(s->not_cleared_by), STR_ARG(s->never),
		 STR_ARG(s->says));
	return buf_take(&b, a);
}

static bool take_field(struct str *rest, struct str *ret_field)
{
	return str_cut(*rest, '\t', ret_field, rest);
}

bool rule_mark_read(struct str text, struct rule_mark *ret_mark)
{
	struct rule_mark m = { 0 };
	struct str kind;
	if (!take_field(&text, &kind) || !str_eq(kind, STR("m")) || !take_field(&text, &m.name) || !m.name.n || !text.n)
		return false;
	m.text = text;
	*ret_mark = m;
	return true;
}

bool rule_story_read(struct str text, struct rule_story *ret_story)
{
	struct rule_story s = { 0 };
	struct str kind, count, within, sequence, event;
	uint64_t n;
	bool good = take_field(&text, &kind) && str_eq(kind, STR("s")) && take_field(&text, &s.name) &&
		    take_field(&text, &count) && take_field(&text, &within) && take_field(&text, &sequence) &&
		    take_field(&text, &s.cleared_by) && take_field(&text, &s.not_cleared_by) &&
		    take_field(&text, &s.never);
	if (!good || !str_u64(count, &n) || !n || n > STORY_COUNT_MAX || !str_i64(within, &s.within_s) ||
	    s.within_s < 0)
		return false;
	s.count = (unsigned)n;
	s.says = text;
	while (sequence.n && s.sequence_count < STORY_SEQUENCE_MAX) {
		str_cut(sequence, ',', &event, &sequence);
		s.sequence[s.sequence_count++] = event;
	}
	*ret_story = s;
	return !sequence.n;
}
