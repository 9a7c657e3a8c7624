/* SPDX-License-Identifier: MIT
 *
 * The peer of `kbt scan` that does the least: one pass of Vectorscan over the same literals, in blocks as large, on as
 * many threads, with nothing behind it but a count of the lines it would let through. Prints one JSON object.
 *
 * usage: bare_scan KB LOG        the pass
 *        bare_scan --messages KB the messages without variables, one a line, for grep and its kin
 */
#include "match/literals.h"

#include <fcntl.h>
#include <hs/hs.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 1 << 20, THREADS_MAX = 64 };

struct pass {
	const hs_database_t *database;
	int fd;
	atomic_size_t next; /* block */
	atomic_ullong bytes, finds, candidates;
};

struct block {
	char *bytes;
	size_t n, line_end; /* of the last line that has a find */
	uint64_t finds, candidates;
};

static int on_find(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	struct block *b = context;
	(void)id;
	(void)from;
	(void)flags;
	b->finds++;
	if (to <= b->line_end)
		return 0;
	const char *newline = memchr(b->bytes + to - 1, '\n', b->n - to + 1);
	b->line_end = newline ? (size_t)(newline - b->bytes) : b->n;
	b->candidates++;
	return 0;
}

static void *work(void *context)
{
	struct pass *p = context;
	hs_scratch_t *scratch = NULL;
	struct block b = { .bytes = malloc(BLOCK) };
	if (!b.bytes || hs_alloc_scratch(p->database, &scratch) != HS_SUCCESS)
		exit(2);
	for (;;) {
		size_t at = atomic_fetch_add(&p->next, 1);
		ssize_t n = pread(p->fd, b.bytes, BLOCK, (off_t)(at * BLOCK));
		if (n <= 0)
			break;
		b.n = (size_t)n;
		b.line_end = 0;
		hs_scan(p->database, b.bytes, (unsigned)b.n, 0, scratch, on_find, &b);
		atomic_fetch_add(&p->bytes, (unsigned long long)n);
	}
	atomic_fetch_add(&p->finds, b.finds);
	atomic_fetch_add(&p->candidates, b.candidates);
	hs_free_scratch(scratch);
	free(b.bytes);
	return NULL;
}

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static hs_database_t *compile(const struct literal_table *l)
{
	const char **texts = calloc(l->count, sizeof *texts);
	size_t *sizes = calloc(l->count, sizeof *sizes);
	/* numbers of their own: literals of one number would be compiled into one graph, in minutes and gigabytes */
	unsigned *flags = calloc(l->count, sizeof *flags), *ids = calloc(l->count, sizeof *ids);
	hs_database_t *database = NULL;
	hs_compile_error_t *error = NULL;
	if (!texts || !sizes || !flags || !ids)
		exit(2);
	for (size_t i = 0; i < l->count; i++) {
		texts[i] = l->literals[i].text;
		sizes[i] = l->literals[i].n;
		flags[i] = HS_FLAG_CASELESS;
		ids[i] = (unsigned)i;
	}
	if (hs_compile_lit_multi(texts, flags, ids, sizes, (unsigned)l->count, HS_MODE_BLOCK, NULL, &database,
				 &error) != HS_SUCCESS)
		exit(2);
	free(texts);
	free(sizes);
	free(flags);
	free(ids);
	return database;
}

static int run_pass(const struct literal_table *literals, const char *path)
{
	struct pass p = { .fd = open(path, O_RDONLY | O_CLOEXEC) };
	if (p.fd < 0 || !literals->count)
		return 2;
	double start = now_s();
	hs_database_t *database = compile(literals);
	double compiled = now_s();
	p.database = database;
	long threads = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t workers[THREADS_MAX];
	for (long i = 0; i < threads && i < THREADS_MAX; i++)
		if (pthread_create(&workers[i], NULL, work, &p))
			return 2;
	for (long i = 0; i < threads && i < THREADS_MAX; i++)
		pthread_join(workers[i], NULL);
	double seconds = now_s() - compiled;
	printf("{\"literals\": %u, \"compile_s\": %.2f, \"mb_per_s\": %.1f, \"finds\": %llu, \"candidates\": %llu}\n",
	       literals->count, compiled - start, (double)p.bytes / 1e6 / seconds, (unsigned long long)p.finds,
	       (unsigned long long)p.candidates);
	hs_free_database(database);
	close(p.fd);
	return 0;
}

static bool print_message(void *context, uint32_t message, struct str text, const struct match_span *vars, size_t count)
{
	(void)message;
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
	struct literal_table literals;
	bool messages = argc == 3 && !strcmp(argv[1], "--messages");
	if (argc != 3 || store_open(argv[messages ? 2 : 1], STORE_READ, NULL, &store) ||
	    match_open(store, NULL, NULL, NULL, &matcher))
		return 2;
	int code = 0;
	if (messages)
		match_each_message(matcher, print_message, NULL);
	else
		code = literals_of(matcher, &literals) ? 2 : run_pass(&literals, argv[2]);
	match_close(&matcher);
	store_close(&store);
	return code;
}
