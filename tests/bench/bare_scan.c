/* SPDX-License-Identifier: MIT
 *
 * The peer of `kbt scan` that does the least: one pass over the same literals, in blocks as large, on as many threads,
 * with nothing behind it. Prints one JSON object.
 *
 * usage: bare_scan KB LOG        the pass
 *        bare_scan --messages KB the messages as they are, one a line, for grep and its kin
 */
#include "base/input.h"
#include "scan/literals.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 1 << 20, THREADS_MAX = 64 };

struct pass {
	const struct prefilter *prefilter;
	int fd;
	atomic_size_t next; /* block */
	atomic_ullong bytes, finds, candidates;
};

static uint64_t count_lines(struct str text, const struct prefilter_find *finds, size_t count)
{
	uint64_t lines = 0;
	size_t line_end = 0;
	for (size_t i = 0; i < count; i++) {
		if (finds[i].end <= line_end)
			continue;
		const char *newline = memchr(text.p + finds[i].end - 1, '\n', text.n - finds[i].end + 1);
		line_end = newline ? (size_t)(newline - text.p) : text.n;
		lines++;
	}
	return lines;
}

static void *work(void *context)
{
	struct pass *p = context;
	struct prefilter_scratch *scratch = NULL;
	struct buf block = { 0 };
	char *room = buf_room(&block, BLOCK);
	if (!room || prefilter_scratch_open(p->prefilter, &scratch))
		return NULL;
	for (;;) {
		size_t at = atomic_fetch_add(&p->next, 1);
		ssize_t n = pread(p->fd, room, BLOCK, (off_t)at * BLOCK);
		if (n <= 0)
			break;
		const struct prefilter_find *finds;
		size_t count;
		struct str text = { room, (size_t)n };
		if (prefilter_scan(p->prefilter, scratch, text, &finds, &count))
			break;
		atomic_fetch_add(&p->bytes, (unsigned long long)n);
		atomic_fetch_add(&p->finds, count);
		atomic_fetch_add(&p->candidates, count_lines(text, finds, count));
	}
	prefilter_scratch_close(&scratch);
	buf_free(&block);
	return NULL;
}

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int run_pass(const struct literals *literals, const char *path)
{
	struct pass p = { .fd = open(path, O_RDONLY | O_CLOEXEC) };
	struct prefilter *prefilter = NULL;
	if (p.fd < 0 || prefilter_open(literals->texts, literals->count, false, &prefilter))
		return 2;
	p.prefilter = prefilter;
	long threads = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t workers[THREADS_MAX];
	double start = now_s();
	for (long i = 0; i < threads && i < THREADS_MAX; i++)
		if (pthread_create(&workers[i], NULL, work, &p))
			return 2;
	for (long i = 0; i < threads && i < THREADS_MAX; i++)
		pthread_join(workers[i], NULL);
	double seconds = now_s() - start;
	printf("{\"literals\": %zu, \"mb_per_s\": %.1f, \"finds\": %llu, \"candidates\": %llu, \"portable\": %s}\n",
	       literals->count, (double)p.bytes / 1e6 / seconds, (unsigned long long)p.finds,
	       (unsigned long long)p.candidates, prefilter_is_portable(prefilter) ? "true" : "false");
	prefilter_close(&prefilter);
	close(p.fd);
	return 0;
}

static bool print_message(void *context, uint32_t number, struct str text, const struct match_span *vars, size_t count)
{
	(void)number;
	(void)vars;
	(void)context;
	if (!count && text.n >= 12 && str_find_char(text, '\n') == STR_NONE)
		printf("%.*s\n", STR_ARG(text));
	return true;
}

int main(int argc, char **argv)
{
	struct store *store = NULL;
	struct matcher *matcher = NULL;
	struct literals literals = { 0 };
	bool messages = argc == 3 && !strcmp(argv[1], "--messages");
	if (argc != 3 || store_open(argv[messages ? 2 : 1], STORE_READ, NULL, &store) ||
	    match_open(store, NULL, NULL, NULL, &matcher))
		return 2;
	int code = 0;
	if (messages)
		match_each_message(matcher, print_message, NULL);
	else
		code = literals_choose(matcher, &literals) ? 2 : run_pass(&literals, argv[2]);
	literals_free(&literals);
	match_close(&matcher);
	store_close(&store);
	return code;
}
