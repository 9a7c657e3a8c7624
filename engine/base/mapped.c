/* SPDX-License-Identifier: MIT */
#include "base/mapped.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the handler looks through, without a lock: a watch is taken by its state, and its range is set while it is. */
enum { WATCH_FREE, WATCH_TAKEN, WATCH_WHOLE, WATCH_LOST };

static struct watch {
	atomic_int state;
	_Atomic(uintptr_t) at;
	_Atomic(size_t) n;
} watches[MAPPED_MAX];

static struct sigaction before;
static pthread_mutex_t installing = PTHREAD_MUTEX_INITIALIZER;

/* All of it at once: of arrays that tell of one another none keeps what another has lost. */
static bool put_zeros(struct watch *w)
{
	void *at = (void *)atomic_load(&w->at);
	if (mmap(at, atomic_load(&w->n), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) ==
	    MAP_FAILED)
		return false;
	atomic_store(&w->state, WATCH_LOST);
	return true;
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr;
	(void)context;
	for (unsigned i = 0; i < MAPPED_MAX; i++) {
		struct watch *w = &watches[i];
		uintptr_t start = atomic_load(&w->at);
		if (atomic_load(&w->state) >= WATCH_WHOLE && at >= start && at - start < atomic_load(&w->n) &&
		    put_zeros(w))
			return;
	}
	sigaction(signal, &before, NULL); /* the same instruction faults again, for whom it concerns */
}

/* Again with each file: another part of the program may have put its own there since. */
static void install(void)
{
	struct sigaction old, own = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	sigemptyset(&own.sa_mask);
	pthread_mutex_lock(&installing);
	if (!sigaction(SIGBUS, NULL, &old) && !(old.sa_flags & SA_SIGINFO && old.sa_sigaction == on_fault)) {
		before = old;
		sigaction(SIGBUS, &own, NULL);
	}
	pthread_mutex_unlock(&installing);
}

static bool take_watch(unsigned *ret_watch)
{
	for (unsigned i = 0; i < MAPPED_MAX; i++) {
		int free = WATCH_FREE;
		if (atomic_compare_exchange_strong(&watches[i].state, &free, WATCH_TAKEN)) {
			*ret_watch = i;
			return true;
		}
	}
	return false;
}

static enum err map(int fd, struct mapped *ret_mapped)
{
	struct stat st;
	struct mapped m = { .fd = fd };
	if (fstat(fd, &st))
		return ERR_IO;
	if (!S_ISREG(st.st_mode) || !st.st_size)
		return ERR_DAMAGED;
	if (!take_watch(&m.watch))
		return ERR_LIMIT;
	struct watch *w = &watches[m.watch];
	m.bytes.n = (size_t)st.st_size;
	void *p = mmap(NULL, m.bytes.n, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) {
		atomic_store(&w->state, WATCH_FREE);
		return ERR_IO;
	}
	m.bytes.p = p;
	atomic_store(&w->at, (uintptr_t)p);
	atomic_store(&w->n, m.bytes.n);
	atomic_store(&w->state, WATCH_WHOLE);
	*ret_mapped = m;
	return ERR_OK;
}

enum err mapped_open(const char *path, struct mapped *ret_mapped)
{
	install();
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return ERR_NOTFOUND;
	enum err e = map(fd, ret_mapped);
	if (e)
		close(fd);
	return e;
}

void mapped_close(struct mapped *m)
{
	if (!m->bytes.n)
		return;
	atomic_store(&watches[m->watch].state, WATCH_TAKEN);
	munmap((void *)(uintptr_t)m->bytes.p, m->bytes.n);
	atomic_store(&watches[m->watch].state, WATCH_FREE);
	close(m->fd);
	*m = (struct mapped){ 0 };
}

bool mapped_is_whole(const struct mapped *m)
{
	struct stat st;
	return !m->bytes.n || (atomic_load(&watches[m->watch].state) == WATCH_WHOLE && !fstat(m->fd, &st) &&
			       (size_t)st.st_size == m->bytes.n);
}
