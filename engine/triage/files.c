/* SPDX-License-Identifier: MIT
 *
 * The client's own files as bytes, for probes that must not open any. Reads at most 256 KiB of each, and at most 16 MiB
 * of a program file that the user named; its path is found without regard to case, as on the system that it came from.
 */
#include "triage/triage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 256 << 10, PROGRAM_MAX = 16 << 20, READ_SIZE = 1 << 16 };

/* read_file: p is NULL where it cannot be read. What a pipe holds at the moment is no file. */
static struct str read_file(const char *path, size_t most, struct arena *a, struct diags *d)
{
	struct str none = { NULL, 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		if (errno != ENOENT)
			diags_add(d, DIAG_NOTE, 0, "%s is not readable: %s", path, err_errno_text(errno));
		return none;
	}
	struct stat st;
	if (!fstat(fd, &st) && S_ISFIFO(st.st_mode)) {
		diags_add(d, DIAG_NOTE, 0, "%s is not readable: it is a pipe", path);
		close(fd);
		return none;
	}
	struct buf b = { 0 };
	ssize_t n = 1;
	while (n > 0 && b.n < most) {
		char *room = buf_room(&b, READ_SIZE);
		n = room ? read(fd, room, most - b.n < READ_SIZE ? most - b.n : READ_SIZE) : -1;
		b.n += n > 0 ? (size_t)n : 0;
	}
	if (n < 0)
		diags_add(d, DIAG_NOTE, 0, "%s is not readable: %s", path, err_errno_text(errno));
	close(fd);
	struct str text = n < 0 ? none : arena_str(a, buf_str(&b));
	buf_free(&b);
	return text;
}

enum err triage_read_files(struct arena *a, struct diags *d, struct probe_files *ret_files)
{
	*ret_files = (struct probe_files){ .hosts = read_file("/etc/hosts", FILE_MAX, a, d),
					   .resolv_conf = read_file("/etc/resolv.conf", FILE_MAX, a, d),
					   .nsswitch_conf = read_file("/etc/nsswitch.conf", FILE_MAX, a, d),
					   .lmhosts = read_file("/etc/samba/lmhosts", FILE_MAX, a, d),
					   .smb_conf = read_file("/etc/samba/smb.conf", FILE_MAX, a, d) };
	return arena_err(a);
}

/* find_in gives the path of the entry of a folder that has this name but for its case; empty where none has. */
static struct str find_in(struct str folder, struct str name, struct arena *a)
{
	struct str found = STR("");
	DIR *d = opendir(folder.n ? folder.p : ".");
	for (const struct dirent *e; !found.n && d && (e = readdir(d));)
		if (str_eq_nocase(str_c(e->d_name), name))
			found = arena_printf(a, "%.*s%s", STR_ARG(folder), e->d_name);
	if (d)
		closedir(d);
	return found;
}

static struct str find_without_case(struct str path, struct arena *a)
{
	struct str at = str_starts(path, STR("/")) ? STR("/") : STR(""), part;
	while (path.n) {
		str_cut(path, '/', &part, &path);
		if (!part.n)
			continue;
		struct str exact = arena_printf(a, "%.*s%.*s", STR_ARG(at), STR_ARG(part));
		at = access(exact.p, F_OK) ? find_in(at, part, a) : exact;
		if (!at.n)
			break;
		if (path.n)
			at = arena_printf(a, "%.*s/", STR_ARG(at));
	}
	return at;
}

static bool is_folder(struct str path)
{
	struct stat s;
	return !stat(path.p, &s) && S_ISDIR(s.st_mode);
}

/* find_below: the file of this name in the folder or, depth steps deep, in the folders of it. */
static struct str find_below(struct str folder, struct str name, unsigned depth, struct arena *a)
{
	struct str slashed = arena_printf(a, "%.*s/", STR_ARG(folder));
	struct str found = find_in(slashed, name, a);
	DIR *d = !found.n && depth ? opendir(folder.p) : NULL;
	for (const struct dirent *e; !found.n && d && (e = readdir(d));) {
		struct str inner = arena_printf(a, "%.*s%s", STR_ARG(slashed), e->d_name);
		bool looked = e->d_name[0] != '.' && is_folder(inner);
		if (looked)
			found = find_below(inner, name, depth - 1, a);
	}
	if (d)
		closedir(d);
	return found.n && is_folder(found) ? STR("") : found;
}

static struct str find_program(struct str path, struct str name, struct arena *a)
{
	struct str found = find_without_case(path, a);
	if (!found.n || !is_folder(found))
		return found;
	struct str bin = find_in(arena_printf(a, "%.*s/", STR_ARG(found)), STR("bin"), a);
	struct str below = name.n ? find_below(found, name, 1, a) : STR("");
	return below.n || !name.n || !bin.n ? below : find_below(bin, name, 1, a);
}

enum err triage_read_program(struct str path, struct str name, struct arena *a, struct diags *d, struct str *ret_bytes)
{
	struct str found = find_program(path, name, a);
	if (!found.n)
		return diags_fail(d, ERR_INPUT, "%.*s: there is no such file", STR_ARG(path));
	struct str bytes = read_file(found.p, PROGRAM_MAX, a, d);
	if (!bytes.p)
		return diags_fail(d, ERR_INPUT, "%.*s is not readable", STR_ARG(path));
	*ret_bytes = bytes;
	return arena_err(a);
}
