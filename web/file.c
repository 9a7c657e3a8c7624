/* SPDX-License-Identifier: MIT
 *
 * path > bytes. See file.h.
 */
#include "web/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static enum err read_open(int fd, const char *path, size_t size, struct arena *a, struct diags *d, struct str *ret_text)
{
	char *p = arena_alloc(a, size + 1);
	size_t n = 0;
	if (!p)
		return ERR_NOMEM;
	while (n < size) {
		ssize_t got = read(fd, p + n, size - n);
		if (got < 0 && errno != EINTR)
			return diags_fail(d, ERR_IO, "%s: %s", path, err_errno_text(errno));
		if (!got)
			break;
		n += got > 0 ? (size_t)got : 0;
	}
	*ret_text = (struct str){ p, n };
	return ERR_OK;
}

enum err file_read(const char *path, size_t max, struct arena *a, struct diags *d, struct str *ret_text,
		   struct stat *ret_stat)
{
	struct stat s;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &s)) {
		int number = errno;
		if (fd >= 0)
			close(fd);
		return diags_fail(d, number == ENOENT ? ERR_IO : err_from_errno(number), "%s: %s", path,
				  err_errno_text(number));
	}
	enum err e = ERR_OK;
	if (!S_ISREG(s.st_mode))
		e = diags_fail(d, ERR_INPUT, "%s is no file", path);
	else if ((uint64_t)s.st_size > max)
		e = diags_fail(d, ERR_LIMIT, "%s: %lld bytes are more than such a file has", path,
			       (long long)s.st_size);
	if (!e)
		e = read_open(fd, path, (size_t)s.st_size, a, d, ret_text);
	if (!e && ret_stat)
		*ret_stat = s;
	close(fd);
	return e;
}
