/* SPDX-License-Identifier: MIT
 *
 * The files that kbt lint is given, each by itself: authored articles, cause files, code tables. What is none of these
 * (a README, the archive's articles) is left alone.
 */
#include "cli/lint.h"

#include "article/charset.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 8 << 20, FOLDER_DEPTH_MAX = 32 };

void lint_add(struct lint *l, struct str path, uint32_t line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct str text = arena_vprintf(l->arena, format, args);
	va_end(args);
	l->findings.origin = path;
	diags_add(&l->findings, DIAG_ERROR, line, "%.*s", STR_ARG(text));
}

static void check_article(struct lint *l, struct str path, struct str bytes)
{
	struct lint_article one = { .path = path };
	size_t before = l->findings.errors;
	l->findings.origin = path;
	enum err e = article_parse(bytes, l->arena, &l->findings, &one.article);
	if (!e)
		e = rule_extract(one.article, l->arena, &l->findings, &one.rule);
	if (e) {
		if (l->findings.errors == before)
			lint_add(l, path, 1, "%s", err_text(e));
		return;
	}
	for (size_t i = 0; i < l->article_count; i++)
		if (str_eq(l->articles[i].article->id, one.article->id))
			lint_add(l, path, 2, "%.*s has the same id", STR_ARG(l->articles[i].path));
	one.faulty = l->findings.errors > before;
	struct lint_article *slot = arena_push(l->arena, &l->articles, &l->article_count, &l->article_cap);
	if (slot)
		*slot = one;
}

static void check_code(struct lint *l, struct str path, uint32_t number, struct str line)
{
	struct str value_text, family, symbol, says, rest;
	int64_t value;
	str_cut(line, '\t', &value_text, &rest);
	str_cut(rest, '\t', &family, &rest);
	bool all = str_cut(rest, '\t', &symbol, &says);
	if (!all || !str_trim(family).n || !str_trim(says).n)
		lint_add(l, path, number, "a row is value, family, symbol, meaning between tabs");
	else if (!str_i64(str_trim(value_text), &value))
		lint_add(l, path, number, "\"%.*s\" is no number", STR_ARG(value_text));
	l->codes++;
}

static void check_codes(struct lint *l, struct str path, struct str bytes)
{
	struct str line;
	for (uint32_t number = 1; str_line(&bytes, &line); number++)
		if (line.n && *line.p != '#' && !(number == 1 && str_starts(line, STR("value"))))
			check_code(l, path, number, line);
}

static void keep_causes(struct lint *l, struct str path, struct str bytes)
{
	struct store_source *slot = arena_push(l->arena, &l->cause_files, &l->cause_file_count, &l->cause_file_cap);
	if (slot)
		*slot = (struct store_source){ .origin = path, .bytes = bytes };
}

static bool ends_any(struct str path, const char *one, const char *two)
{
	return str_ends(path, str_c(one)) || (two && str_ends(path, str_c(two)));
}

/* An editor may have put a byte order mark before it, or have written UTF-16: an import reads those, too. */
static bool has_front_matter(struct str bytes, struct arena *a)
{
	enum { ENOUGH = 64 };
	struct str text = charset_text(str_first(bytes, ENOUGH), a), line;
	return str_line(&text, &line) && str_eq(str_trim_end(line), STR("---"));
}

static void check_file(struct lint *l, struct str path, struct str bytes)
{
	if (ends_any(path, "codes.tsv", NULL))
		check_codes(l, path, bytes);
	else if (ends_any(path, ".yaml", ".yml"))
		keep_causes(l, path, bytes);
	else if (has_front_matter(bytes, l->arena))
		check_article(l, path, bytes);
}

static void unreadable(struct lint *l, struct str path, const char *why)
{
	cmd_error(l->c, "%.*s: %s", STR_ARG(path.n ? path : STR("''")), why);
	l->unreadable = true;
}

static void read_file(struct lint *l, struct str path)
{
	struct str bytes;
	int fd = open(path.p, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		unreadable(l, path, err_errno_text(errno));
		return;
	}
	enum err e = cmd_read_fd(l->c, fd, FILE_MAX, &bytes);
	close(fd);
	if (e == ERR_LIMIT)
		unreadable(l, path, "over 8 MiB: too large for an article");
	else if (e)
		unreadable(l, path, err_text(e));
	else
		check_file(l, path, bytes);
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void visit(struct lint *l, struct str path, unsigned depth);

static void read_folder(struct lint *l, struct str path, unsigned depth)
{
	struct dirent **names;
	int count = depth > FOLDER_DEPTH_MAX ? (errno = ELOOP, -1) : scandir(path.p, &names, visible, alphasort);
	if (count < 0) {
		unreadable(l, path, err_errno_text(errno));
		return;
	}
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	for (int i = 0; i < count; i++) {
		visit(l, arena_printf(l->arena, "%.*s/%s", STR_ARG(path), names[i]->d_name), depth + 1);
		free(names[i]);
	}
	free(names);
}

/* visit: a link that lies in a folder is passed over, as an import does. */
static void visit(struct lint *l, struct str path, unsigned depth)
{
	struct stat st;
	if (depth ? lstat(path.p, &st) : stat(path.p, &st))
		unreadable(l, path, err_errno_text(errno));
	else if (S_ISDIR(st.st_mode))
		read_folder(l, path, depth);
	else if (S_ISREG(st.st_mode))
		read_file(l, path);
	else if (!depth)
		unreadable(l, path, "neither a file nor a folder");
}

void lint_path(struct lint *l, const char *path)
{
	visit(l, arena_str(l->arena, str_c(path)), 0);
}
