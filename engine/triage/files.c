/* SPDX-License-Identifier: MIT
 *
 * The client's own files as bytes, for probes that must not open any. Reads at most 256 KiB of each.
 */
#include "triage/triage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 256 << 10 };

static struct str read_file(const char *path, struct arena *a, struct diags *d)
{
	struct str none = { NULL, 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		if (errno != ENOENT)
			diags_add(d, DIAG_NOTE, 0, "%s is not readable: %s", path, strerror(errno));
		return none;
	}
	struct buf b = { 0 };
	ssize_t n = 1;
	while (n > 0 && b.n < FILE_MAX) {
		char *room = buf_room(&b, 4096);
		n = room ? read(fd, room, 4096) : -1;
		b.n += n > 0 ? (size_t)n : 0;
	}
	if (n < 0)
		diags_add(d, DIAG_NOTE, 0, "%s is not readable: %s", path, strerror(errno));
	close(fd);
	struct str text = n < 0 ? none : arena_str(a, buf_str(&b));
	buf_free(&b);
	return text;
}

enum err triage_read_files(struct arena *a, struct diags *d, struct probe_files *ret_files)
{
	*ret_files = (struct probe_files){ .hosts = read_file("/etc/hosts", a, d),
					   .resolv_conf = read_file("/etc/resolv.conf", a, d),
					   .nsswitch_conf = read_file("/etc/nsswitch.conf", a, d),
					   .lmhosts = read_file("/etc/samba/lmhosts", a, d),
					   .smb_conf = read_file("/etc/samba/smb.conf", a, d) };
	return arena_err(a);
}
