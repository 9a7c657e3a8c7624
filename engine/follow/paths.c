/* SPDX-License-Identifier: MIT */
#include "follow/paths.h"

#include <errno.h>
#include <fnmatch.h>
#include <fts.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static enum err visit_entry(const FTSENT *f, struct diags *d, paths_visit *visit, void *context, bool *unread)
{
	switch (f->fts_info) {
	case FTS_F: return visit(context, f->fts_path, PATHS_FOUND);
	case FTS_D: return visit(context, f->fts_path, PATHS_FOLDER);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		if (f->fts_errno == ENOENT) /* gone between listing and looking */
			return ERR_OK;
		*unread = true;
		if (d)
			diags_add(d, DIAG_ERROR, 0, "%s: %s", f->fts_path, strerror(f->fts_errno));
		return ERR_OK;
	default: return ERR_OK;
	}
}

static enum err walk(const char *path, struct diags *d, paths_visit *visit, void *context)
{
	char *const roots[] = { (char *)(uintptr_t)path, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	enum err e = fts ? ERR_OK : err_from_errno(errno);
	bool unread = false;
	for (FTSENT *f; !e && (f = fts_read(fts));)
		e = visit_entry(f, d, visit, context, &unread);
	if (fts)
		fts_close(fts);
	return e ? e : unread ? ERR_IO : ERR_OK;
}

static enum err expand_one(const char *path, enum paths_kind kind, struct diags *d, paths_visit *visit, void *context)
{
	struct stat st;
	return !stat(path, &st) && S_ISDIR(st.st_mode) ? walk(path, d, visit, context) : visit(context, path, kind);
}

enum err paths_expand(const char *path, struct diags *d, paths_visit *visit, void *context)
{
	struct stat st;
	if (!strpbrk(path, PATHS_MARKS) || !lstat(path, &st))
		return expand_one(path, PATHS_NAMED, d, visit, context);
	glob_t found = { 0 };
	int code = glob(path, 0, NULL, &found);
	enum err e = code == GLOB_NOSPACE ? ERR_NOMEM : ERR_OK, unread = ERR_OK;
	for (size_t i = 0; !e && !code && i < found.gl_pathc; i++) {
		e = expand_one(found.gl_pathv[i], PATHS_FOUND, d, visit, context);
		unread = e == ERR_IO ? e : unread;
		e = e == ERR_IO ? ERR_OK : e;
	}
	globfree(&found);
	return e ? e : unread;
}

bool paths_cover(const char *asked, const char *path)
{
	struct stat st;
	struct str folder = str_c(asked), rest;
	if (!strcmp(asked, path))
		return true;
	if (strpbrk(asked, PATHS_MARKS) && lstat(asked, &st))
		return !fnmatch(asked, path, FNM_PATHNAME | FNM_PERIOD | FNM_LEADING_DIR);
	while (str_ends(folder, STR("/")))
		folder.n--;
	rest = str_from(str_c(path), folder.n);
	return str_starts(str_c(path), folder) && str_starts(rest, STR("/"));
}
