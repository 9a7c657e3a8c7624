/* SPDX-License-Identifier: MIT
 *
 * What kbt lint gathers, shared by its files: lint_files.c reads paths and checks each file alone, lint_samples.c
 * loads the same paths into a temporary database and tries every sample, cmd_lint.c compares the files with one
 * another and prints. Findings are diagnostics with the path as origin.
 */
#ifndef KBT_CLI_LINT_H
#define KBT_CLI_LINT_H

#include "cli/cmd.h"
#include "diagnose/cause.h"

struct lint_article {
	struct str path;
	struct article *article;
	struct rule rule;
	bool faulty; /* its samples would only say the same again */
};

struct lint {
	struct cmd_context *c;
	struct arena *arena;
	struct diags findings;
	struct lint_article *articles;
	size_t article_count, article_cap;
	struct store_source *cause_files;
	size_t cause_file_count, cause_file_cap;
	struct causes *causes;
	size_t codes, samples;
	bool unreadable; /* some path: said on standard error */
};

void lint_add(struct lint *l, struct str path, uint32_t line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* lint_path reads a file, or all below a folder in order of name. */
void lint_path(struct lint *l, const char *path);

/* lint_samples: every sample that must match is answered by its article first and binds what it says; none that must
 * not is. */
enum err lint_samples(struct lint *l, const char *const *paths, size_t count) MUST_USE;

/* lint_stories: the samples of an article's stories (lint_stories.c), with a matcher of the linted files. */
enum err lint_stories(struct lint *l, const struct matcher *m, const struct lint_article *one) MUST_USE;

#endif
