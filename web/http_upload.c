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

/* place_for: a client elsewhere gets a further place only while more are free than it has: one holds half of them, two
 * leave one. */
static struct http_wake **place_for(struct http_server *s, struct str client)
{
	struct http_wake **place = NULL;
	size_t unused = 0, own = 0;
	for (size_t i = 0; i < HTTP_UPLOADS_MAX; i++)
		if (!s->uploading[i]) {
			place = &s->uploading[i];
			unused++;
		} else {
			own += client.n && str_eq(s->uploading[i]->req.client, client);
		}
	return unused > own ? place : NULL;
}

enum err upload_open(struct http_wake *w)
{
	struct http_server *s = w->server;
	const char *folder = getenv("TMPDIR");
	pthread_mutex_lock(&s->lock);
	struct http_wake **place = place_for(s, w->req.client);
	if (place)
		*place = w;
	pthread_mutex_unlock(&s->lock);
	if (!place)
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
	for (size_t i = 0; i < HTTP_UPLOADS_MAX; i++)
		if (w->server->uploading[i] == w)
			w->server->uploading[i] = NULL;
	pthread_mutex_unlock(&w->server->lock);
}
