/* SPDX-License-Identifier: MIT
 *
 * See spare.h. References: madvise(2) about MADV_DONTNEED, tcp(7).
 */
#include "web/spare.h"

#include "web/last_word.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

bool spare_knows(const char *version)
{
	return !strcmp(version, "0.9.75") && sysconf(_SC_PAGESIZE) == SPARE_PAGE;
}

/* is_first_page: less than a page was read of it so far, so that what begins on a page begins on the first. */
static bool is_first_page(int fd)
{
	int unread = 0;
	uint64_t heard = 0;
	/* In this order: what comes in between only makes it look like more. */
	return !ioctl(fd, FIONREAD, &unread) && unread >= 0 && last_word_heard(fd, &heard) &&
	       heard - (uint64_t)unread < SPARE_PAGE;
}

void spare_learn(struct spare *s, int fd, const char *begins)
{
	if (s->pool || (uintptr_t)begins % SPARE_PAGE || !is_first_page(fd))
		return;
	s->pool = (char *)(uintptr_t)begins;
	s->fd = fd;
}

static bool is_zero(const char *p, size_t n)
{
	return !p[0] && !memcmp(p, p + 1, n - 1);
}

/* is_open: neither side has ended its half. */
static bool is_open(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t size = sizeof info;
	return !getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) && info.tcpi_state == TCP_ESTABLISHED;
}

/* give_back: the first page may hold the beginning of a request; where more than that was written to, all stays. */
static void give_back(struct spare *s)
{
	if (is_open(s->fd) && is_zero(s->pool + SPARE_PAGE, SPARE_POOL - SPARE_PAGE)) {
		bool begun = !is_zero(s->pool, SPARE_PAGE);
		madvise(s->pool + (begun ? SPARE_PAGE : 0), SPARE_POOL - (begun ? SPARE_PAGE : 0), MADV_DONTNEED);
	}
}

void spare_trim(struct spare *s)
{
	for (size_t at = 0; s->pool && at < SPARE_POOL; at += SPARE_PAGE)
		if (is_zero(s->pool + at, SPARE_PAGE))
			madvise(s->pool + at, SPARE_PAGE, MADV_DONTNEED);
}

void spare_wake(struct spare *s)
{
	struct spare_shelf *shelf = s->shelf;
	if (!shelf)
		return;
	*(s->prev ? &s->prev->next : &shelf->first) = s->next;
	*(s->next ? &s->next->prev : &shelf->last) = s->prev;
	s->next = s->prev = NULL;
	s->shelf = NULL;
	shelf->count--;
}

void spare_rest(struct spare_shelf *shelf, struct spare *s, int64_t now_ms)
{
	for (struct spare *old; (old = shelf->first) &&
				(shelf->count >= SPARE_WAITING || now_ms - old->since_ms >= SPARE_AFTER_MS);) {
		spare_wake(old);
		give_back(old);
	}
	if (!s->pool)
		return;
	s->since_ms = now_ms;
	s->shelf = shelf;
	s->prev = shelf->last;
	*(s->prev ? &s->prev->next : &shelf->first) = s;
	shelf->last = s;
	shelf->count++;
}
