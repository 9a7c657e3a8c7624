/* SPDX-License-Identifier: MIT
 *
 * The samples of authored articles, against a database of the linted files alone: in a folder of its own that is gone
 * afterwards.
 */
#include "cli/lint.h"
#include "store/import.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bench {
	struct lint *lint;
	struct arena arena; /* of one answer */
	struct store *store;
	struct matcher *matcher;
	struct match_scratch *scratch;
};

static const struct match_capture *capture_of(const struct match *m, struct str name)
{
	for (size_t i = 0; i < m->capture_count; i++)
		if (str_eq(m->captures[i].name, name))
			return &m->captures[i];
	return NULL;
}

static void check_binds(struct bench *b, const struct lint_article *one, const struct rule_sample *sample,
			const struct match *m)
{
	for (size_t i = 0; sample->binds && i < sample->binds->count; i++) {
		const struct tree *want = &sample->binds->items[i];
		const struct match_capture *got = capture_of(m, want->key);
		if (!got)
			lint_add(b->lint, one->path, want->line, "the sample binds no %.*s", STR_ARG(want->key));
		else if (!str_eq(got->value, want->value))
			lint_add(b->lint, one->path, want->line, "the sample binds %.*s to \"%.*s\", not \"%.*s\"",
				 STR_ARG(want->key), STR_ARG(got->value), STR_ARG(want->value));
	}
}

static const struct match *find_match(const struct match *items, size_t count, struct str id)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(items[i].id, id))
			return &items[i];
	return NULL;
}

static void check_sample(struct bench *b, const struct lint_article *one, const struct rule_sample *sample,
			 const struct match_answer *answer)
{
	struct str id = one->article->id;
	const struct match *ours = find_match(answer->matches, answer->match_count, id);
	const struct match *near = find_match(answer->nearest, answer->nearest_count, id);
	if (!sample->matches && ours && ours == answer->matches)
		lint_add(b->lint, one->path, sample->line, "the sample must not match, and is answered first (%.2f)",
			 ours->confidence);
	if (!sample->matches)
		return;
	if (answer->match_count && answer->matches == ours)
		check_binds(b, one, sample, ours);
	else if (answer->match_count)
		lint_add(b->lint, one->path, sample->line, "the sample is answered by %.*s first (%.2f)%s",
			 STR_ARG(answer->matches[0].id), answer->matches[0].confidence,
			 ours ? ", then by this article" : ", not by this article");
	else if (near)
		lint_add(b->lint, one->path, sample->line, "the sample is too far from this article's messages (%.2f)",
			 near->confidence);
	else
		lint_add(b->lint, one->path, sample->line, "no article answers the sample");
}

static enum err try_samples(struct bench *b, const struct lint_article *one)
{
	for (size_t i = 0; i < one->rule.sample_count; i++) {
		const struct rule_sample *sample = &one->rule.samples[i];
		struct match_options options = { .limit = MATCH_RESULTS_MAX };
		struct match_answer answer = { 0 };
		enum err e = match_message(b->matcher, b->scratch, sample->text, &options, &b->arena, &answer);
		if (e && e != ERR_INPUT && e != ERR_LIMIT)
			return e;
		check_sample(b, one, sample, &answer);
		b->lint->samples++;
		arena_reset(&b->arena);
	}
	return cmd_interrupted() ? ERR_INTERRUPTED : ERR_OK;
}

static enum err load(struct bench *b, const char *folder, const char *const *paths, size_t count)
{
	struct import_options options = { .threads = 1 };
	struct import_counts counts;
	/* what the import says of the files has been found already */
	struct diags quiet = { .arena = b->lint->arena };
	struct diags *d = &b->lint->c->diags;
	enum err e = store_open(arena_printf(b->lint->arena, "%s/kb.db", folder).p, STORE_WRITE, d, &b->store);
	if (!e)
		e = import_paths(b->store, paths, count, &options, &quiet, &counts);
	if (e && quiet.count && !b->lint->findings.errors)
		diags_add(d, DIAG_ERROR, 0, "%.*s", STR_ARG(quiet.items[quiet.count - 1].text));
	if (!e)
		e = match_open(b->store, NULL, NULL, NULL, &b->matcher);
	return e ? e : match_scratch_open(b->matcher, &b->scratch);
}

static void remove_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	for (struct dirent *d; dir && (d = readdir(dir));)
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			unlinkat(dirfd(dir), d->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(folder);
}

enum err lint_samples(struct lint *l, const char *const *paths, size_t count)
{
	const char *base = getenv("TMPDIR");
	struct str name = arena_printf(l->arena, "%s/kbt-lint-XXXXXX", base && *base ? base : "/tmp");
	char *folder = arena_alloc(l->arena, name.n + 1);
	if (!folder)
		return ERR_NOMEM;
	memcpy(folder, name.p, name.n);
	if (!mkdtemp(folder))
		return diags_fail(&l->c->diags, err_from_errno(errno), "%s: %s", name.p, err_errno_text(errno));
	struct bench b = { .lint = l };
	enum err e = load(&b, folder, paths, count);
	for (size_t i = 0; !e && i < l->article_count; i++)
		e = l->articles[i].faulty ? ERR_OK : try_samples(&b, &l->articles[i]);
	for (size_t i = 0; !e && i < l->article_count; i++)
		e = l->articles[i].faulty ? ERR_OK : lint_stories(l, b.matcher, &l->articles[i]);
	match_scratch_close(&b.scratch);
	match_close(&b.matcher);
	store_close(&b.store);
	arena_free(&b.arena);
	remove_folder(folder);
	return e;
}
