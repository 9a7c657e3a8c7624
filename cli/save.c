/* SPDX-License-Identifier: MIT */
#include "cli/save.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static bool save_bytes(int fd, struct str bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno != EINTR)
			return false;
		bytes = str_from(bytes, n > 0 ? (size_t)n : 0);
	}
	return !fsync(fd);
}

static struct str folder_of(const char *path, struct arena *a)
{
	const char *slash = strrchr(path, '/');
	return slash ? arena_str(a, (struct str){ path, slash == path ? 1 : (size_t)(slash - path) }) : STR(".");
}

static enum err fail(struct cmd_context *c, const char *path, int number)
{
	return diags_fail(&c->diags, ERR_IO, "%s is not written: %s", path, err_errno_text(number));
}

/* target_of follows symbolic links, also to where nothing is yet. What is wrong with one, or with the path, shows where
 * it is used. */
static void target_of(const char *path, char to[PATH_MAX])
{
	enum { LINKS_MAX = 40 /* as the kernel */ };
	char link[PATH_MAX];
	snprintf(to, PATH_MAX, "%s", path);
	for (int i = 0; i < LINKS_MAX; i++) {
		ssize_t n = readlink(to, link, sizeof link);
		const char *slash = strrchr(to, '/');
		size_t folder = n > 0 && *link != '/' && slash ? (size_t)(slash - to) + 1 : 0;
		if (n <= 0 || folder + (size_t)n >= PATH_MAX)
			return;
		memcpy(to + folder, link, (size_t)n);
		to[folder + (size_t)n] = 0;
	}
}

enum err save_check(struct cmd_context *c, const char *path, bool force)
{
	struct stat st;
	char to[PATH_MAX];
	bool there = !stat(path, &st);
	if (there && !S_ISREG(st.st_mode))
		return diags_fail(&c->diags, ERR_INPUT, "%s is no file that can be written over", path);
	if (there && !force)
		return diags_fail(&c->diags, ERR_EXISTS, "%s exists; --force writes over it", path);
	if (!there && errno != ENOENT)
		return fail(c, path, errno);
	target_of(path, to);
	struct arena a = { 0 };
	struct str folder = folder_of(to, &a);
	bool open = !folder.n || !access(folder.p, W_OK | X_OK);
	int number = errno;
	arena_free(&a);
	if (!open && number == ENOENT)
		return diags_fail(&c->diags, ERR_INPUT, "%s is not written: its folder is not there", path);
	return open ? ERR_OK : fail(c, path, number);
}

static void sync_folder(const char *path)
{
	struct arena a = { 0 };
	struct str folder = folder_of(path, &a);
	int fd = folder.n ? open(folder.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	arena_free(&a);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

/* mode_for: umask can only be read by setting it; no other thread makes files by now. */
static mode_t mode_for(const char *path, mode_t mode)
{
	struct stat st;
	if (!stat(path, &st))
		return st.st_mode & 07777;
	mode_t mask = umask(077);
	umask(mask);
	return mode & ~mask;
}

/* take_after: of a file that is another's only root can leave the owner. */
static bool take_after(int fd, const struct stat *like)
{
	if (fchmod(fd, like->st_mode & 07777))
		return false;
	return like->st_uid == (uid_t)-1 || !fchown(fd, like->st_uid, like->st_gid) || errno == EPERM;
}

/* open_nameless: a file that is gone with this process, whatever ends it; -1 where the file system has none. */
static int open_nameless(const char *path)
{
	struct arena a = { 0 };
	struct str folder = folder_of(path, &a);
	int fd = folder.n ? open(folder.p, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600) : -1;
	arena_free(&a);
	return fd;
}

/* give_name: the place of another file is taken by way of a name beside it, for a link never replaces one. */
static bool give_name(int fd, const char *path)
{
	char from[32], temp[PATH_MAX + 16];
	unsigned number;
	snprintf(from, sizeof from, "/proc/self/fd/%d", fd);
	if (!linkat(AT_FDCWD, from, AT_FDCWD, path, AT_SYMLINK_FOLLOW))
		return true;
	if (errno != EEXIST || getrandom(&number, sizeof number, 0) != sizeof number)
		return false;
	int n = snprintf(temp, sizeof temp, "%s.%08x", path, number);
	if (n < 0 || (size_t)n >= sizeof temp || linkat(AT_FDCWD, from, AT_FDCWD, temp, AT_SYMLINK_FOLLOW))
		return false;
	if (!rename(temp, path))
		return true;
	n = errno;
	unlink(temp);
	errno = n;
	return false;
}

/* save_named: the file has a name beside its place until it is whole. */
static enum err save_named(struct cmd_context *c, const char *path, const struct stat *like, struct str bytes)
{
	char temp[PATH_MAX + 8];
	int n = snprintf(temp, sizeof temp, "%s.XXXXXX", path);
	int fd = n > 0 && (size_t)n < sizeof temp ? mkstemp(temp) : (errno = ENAMETOOLONG, -1);
	if (fd < 0)
		return fail(c, path, errno);
	bool good = take_after(fd, like) && save_bytes(fd, bytes);
	int number = errno;
	if (close(fd) && good) {
		good = false;
		number = errno;
	}
	if (good && rename(temp, path)) {
		good = false;
		number = errno;
	}
	if (!good) {
		unlink(temp);
		return fail(c, path, number);
	}
	sync_folder(path);
	return ERR_OK;
}

enum err save_over(struct cmd_context *c, const char *path, const struct stat *like, struct str bytes)
{
	int fd = open_nameless(path);
	if (fd < 0)
		return save_named(c, path, like, bytes);
	bool good = take_after(fd, like) && save_bytes(fd, bytes);
	int number = errno;
	bool named = good && give_name(fd, path);
	close(fd); /* synced before: it has no errors left to tell */
	if (!good)
		return fail(c, path, number);
	if (!named) /* no /proc, or a file system that links nothing */
		return save_named(c, path, like, bytes);
	sync_folder(path);
	return ERR_OK;
}

enum err save_file(struct cmd_context *c, const char *path, bool force, mode_t mode, struct str bytes)
{
	char to[PATH_MAX];
	enum err e = save_check(c, path, force);
	if (e)
		return e;
	target_of(path, to);
	struct stat like = { .st_mode = mode_for(to, mode), .st_uid = (uid_t)-1 };
	return save_over(c, to, &like, bytes);
}
