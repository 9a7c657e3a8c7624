/* SPDX-License-Identifier: MIT
 *
 * See watch.h, inotify(7), statfs(2).
 */
#include "cli/watch.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { BLIND_WAIT_MS = 250 };

#define NAMES (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_MOVE_SELF | IN_DELETE_SELF)

/* File systems on which others write too, or which hide the file that is written. */
static const char *blind_system(const char *folder)
{
	static const struct {
		uint32_t magic;
		const char *name;
	} systems[] = {
		{ NFS_SUPER_MAGIC, "NFS" },	 { SMB_SUPER_MAGIC, "SMB" },  { 0xFF534D42, "SMB" /* cifs */ },
		{ 0xFE534D42, "SMB" /* smb2 */ }, { V9FS_MAGIC, "9P" },	      { CEPH_SUPER_MAGIC, "Ceph" },
		{ AFS_SUPER_MAGIC, "AFS" },	 { FUSE_SUPER_MAGIC, "FUSE" }, { OVERLAYFS_SUPER_MAGIC, "an overlay" },
		{ CODA_SUPER_MAGIC, "Coda" },	 { PROC_SUPER_MAGIC, "proc" }, { SYSFS_MAGIC, "sysfs" },
	};
	struct statfs st;
	if (statfs(folder, &st))
		return NULL;
	for (size_t i = 0; i < sizeof systems / sizeof *systems; i++)
		if ((uint32_t)st.f_type == systems[i].magic)
			return systems[i].name;
	return NULL;
}

static void set_blind(struct watch *w, const char *folder, const char *why)
{
	if (w->blind)
		return;
	w->blind = true;
	w->blind_why = why;
	snprintf(w->blind_at, sizeof w->blind_at, "%s", folder);
}

void watch_open(struct watch *w)
{
	*w = (struct watch){ .fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC) };
	if (w->fd < 0)
		set_blind(w, "", "inotify is not to be had");
}

void watch_close(struct watch *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

void watch_folder(struct watch *w, const char *folder)
{
	if (w->fd < 0)
		return;
	if (inotify_add_watch(w->fd, folder, NAMES | IN_MODIFY | IN_ONLYDIR) < 0) {
		if (errno == ENOSPC)
			set_blind(w, folder, "no inotify watches are left");
		return; /* not there yet: the folder above it tells, or the next look */
	}
	const char *system = blind_system(folder);
	if (system)
		set_blind(w, folder, system);
}

static bool read_events(int fd)
{
	char events[16 << 10] __attribute__((aligned(_Alignof(struct inotify_event))));
	bool names = false;
	for (ssize_t n; (n = read(fd, events, sizeof events)) > 0;) {
		for (ssize_t at = 0; at + (ssize_t)sizeof(struct inotify_event) <= n;) {
			const struct inotify_event *e = (const struct inotify_event *)(const void *)(events + at);
			names = names || (e->mask & (NAMES | IN_Q_OVERFLOW));
			at += (ssize_t)sizeof *e + (ssize_t)e->len;
		}
	}
	return names;
}

bool watch_wait(struct watch *w, int timeout_ms, bool *ret_closed)
{
	struct pollfd fds[] = { { .fd = STDOUT_FILENO }, { .fd = w->fd, .events = POLLIN } };
	if (w->blind && (timeout_ms < 0 || timeout_ms > BLIND_WAIT_MS))
		timeout_ms = BLIND_WAIT_MS;
	int n = poll(fds, 2, timeout_ms);
	*ret_closed = n > 0 && (fds[0].revents & (POLLERR | POLLHUP | POLLNVAL));
	return n > 0 && fds[1].revents && read_events(w->fd);
}
