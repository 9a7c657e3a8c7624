/* SPDX-License-Identifier: MIT
 *
 * Bodies that are files: each lies in one without a name until its request ends. See http_inside.h.
 */
#include "web/http_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum err upload_open(struct http_wake *w)
{
	struct http_server *s = w->server;
	const char *folder = getenv("TMPDIR");
	pthread_mutex_lock(&s->lock);
	bool room = s->uploads < HTTP_UPLOADS_MAX;
	s->uploads += room;
	pthread_mutex_unlock(&s->lock);
	if (!room)
		return ERR_BUSY;
	w->uploads = true;
	w->upload_fd = open(folder ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (w->upload_fd < 0)
		w->upload_fd = memfd_create("kbt-upload", MFD_CLOEXEC);
	return w->upload_fd < 0 ? err_from_errno(errno) : ERR_OK;
}

void upload_add(struct http_wake *w, const char *p, size_t n)
{
	if (!w->upload_err && w->upload_n + n > REQUEST_UPLOAD_MAX)
		w->upload_err = ERR_LIMIT;
	while (n && !w->upload_err) {
		ssize_t done = write(w->upload_fd, p, n);
		if (done < 0 && errno != EINTR)
			w->upload_err = err_from_errno(errno);
		if (done <= 0)
			continue;
		p += done;
		n -= (size_t)done;
		w->upload_n += (size_t)done;
	}
}

enum err upload_body(struct http_wake *w, struct str *ret_body)
{
	if (w->upload_err)
		return w->upload_err;
	if (!w->upload && w->upload_n) {
		void *p = mmap(NULL, w->upload_n, PROT_READ, MAP_PRIVATE, w->upload_fd, 0);
		if (p == MAP_FAILED)
			return err_from_errno(errno);
		w->upload = p;
	}
	*ret_body = w->upload ? (struct str){ w->upload, w->upload_n } : STR("");
	return ERR_OK;
}

void upload_close(struct http_wake *w)
{
	if (!w->uploads)
		return;
	if (w->upload)
		munmap(w->upload, w->upload_n);
	if (w->upload_fd >= 0)
		close(w->upload_fd);
	pthread_mutex_lock(&w->server->lock);
	w->server->uploads--;
	pthread_mutex_unlock(&w->server->lock);
}
