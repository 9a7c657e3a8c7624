/* SPDX-License-Identifier: MIT
 *
 * References in a body: "Q151519 Resource Kit ...", "Q151519Resource Kit ..." (the id glued to its title), an id in a
 * sentence, and "S E R V P A C K", a keyword spaced so that a search would not find the article that names it.
 */
#include "article/builder.h"

#include <string.h>

/* Of one article; each new id is compared with those before it. The archive's longest list has 470. */
enum { REFS_MAX = 1000 };

/* known: nothing to add, also where the article has as many as it may have. */
static bool known(const struct article *article, struct str id)
{
	if (article->ref_count >= REFS_MAX || str_eq_nocase(article->id, id))
		return true;
	for (size_t i = 0; i < article->ref_count; i++)
		if (str_eq(article->refs[i].id, id))
			return true;
	return false;
}

static struct str strip(struct str s, const char *marks)
{
	while (s.n && (char_is_space(*s.p) || strchr(marks, *s.p)))
		s = str_from(s, 1);
	while (s.n && (char_is_space(s.p[s.n - 1]) || strchr(marks, s.p[s.n - 1])))
		s.n--;
	return s;
}

/* title_behind: the id stands at the start of its line, or behind a label; then the rest of the line is the title. */
static struct str title_behind(const struct builder *b, size_t line, size_t at, size_t n)
{
	struct str before = str_trim(str_first(b->lines[line], at));
	struct str after = strip(str_from(b->lines[line], at + n), ":;\"-()[]");
	bool label = before.n && (str_ends(before, STR(":")) || str_starts_nocase(before, STR("ARTICLE")));
	if (before.n > 2 && !label)
		return STR("");
	if (!after.n && line + 1 < b->count && str_starts_nocase(str_trim(b->lines[line + 1]), STR("TITLE")))
		after = strip(str_from(str_trim(b->lines[line + 1]), 5), ":;\"");
	return after.n > 3 && !char_is_lower(*after.p) ? after : STR("");
}

/* title_before: "the article Q151519, "Title"" and "Title (Q151519)" in one line. */
static struct str title_before(struct str line, size_t at)
{
	struct str before = str_trim(str_first(line, at));
	if (!str_ends(before, STR("(")))
		return STR("");
	before = strip(before, "(");
	if (!str_ends(before, STR("\"")))
		return STR("");
	before.n--;
	for (size_t i = before.n; i-- > 0;)
		if (before.p[i] == '"')
			return str_trim(str_from(before, i + 1));
	return STR("");
}

static void add_id(struct builder *b, size_t line, size_t at, size_t n)
{
	struct article *article = b->article;
	struct str id = str_first(str_from(b->lines[line], at), n);
	if (known(article, id))
		return;
	struct article_ref *ref = arena_push(b->arena, &article->refs, &article->ref_count, &article->ref_cap);
	if (!ref)
		return;
	ref->id = id;
	ref->title = title_behind(b, line, at, n);
	if (!ref->title.n)
		ref->title = title_before(b->lines[line], at);
	ref->line = (uint32_t)line + 1;
}

/* add_spaced takes a line of at least four single letters. */
static void add_spaced(struct builder *b, size_t line)
{
	struct str rest = b->lines[line], word;
	char letters[64];
	size_t n = 0;
	while (str_word(&rest, &word)) {
		if (word.n != 1 || !char_is_alnum(*word.p) || n == sizeof letters)
			return;
		letters[n++] = *word.p;
	}
	if (n < 4)
		return;
	struct article *article = b->article;
	struct str keyword = { letters, n };
	for (size_t i = 0; i < article->ref_count; i++)
		if (str_eq(article->refs[i].keyword, keyword))
			return;
	struct article_ref *ref = arena_push(b->arena, &article->refs, &article->ref_count, &article->ref_cap);
	if (!ref)
		return;
	ref->keyword = arena_str(b->arena, keyword);
	ref->line = (uint32_t)line + 1;
}

static bool may_be_spaced(struct str line)
{
	line = str_trim(line);
	return line.n >= 7 && line.p[1] == ' ' && line.p[3] == ' ' && line.p[5] == ' ' && char_is_upper(line.p[0]);
}

void refs_add(struct builder *b, size_t from, size_t to)
{
	for (size_t i = from; i < to && b->article->ref_count < REFS_MAX; i++) {
		struct str line = b->lines[i];
		for (size_t at = 0; at < line.n; at++) {
			const char *q = memchr(line.p + at, 'Q', line.n - at);
			if (!q)
				break;
			at = (size_t)(q - line.p);
			size_t n = article_id_at(line, at);
			if (n)
				add_id(b, i, at, n);
		}
		if (may_be_spaced(line))
			add_spaced(b, i);
	}
}
