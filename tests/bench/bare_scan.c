/* SPDX-License-Identifier: MIT
 *
 * The peer of `kbt scan` that does the least: one pass of Vectorscan over the same literals, in blocks as large, on as
 * many threads, with nothing behind it but a count of the lines it would let through. Long literals cost it more than
 * short ones, short ones find more: of the whole literals and their first eight bytes the faster pass counts. Each
 * database is compiled once, each log is passed ROUNDS times. Prints one JSON object a log: rates by the clock and by
 * the processors' seconds ("cpu").
 *
 * usage: bare_scan KB LOG...     the passes
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

enum { BLOCK = 1 << 20, THREADS_MAX = 64, ROUNDS = 3, HEAD = 8 };

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

static double now_s(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct literal { char text[FILE_LITERAL_MAX + 1]; size_t n; };

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct literal *)a)->text, ((const struct literal *)b)->text);
}

/* The literals, cut to so many bytes, each once. */
static hs_database_t *compile(const struct literal_table *l, size_t most, unsigned *ret_count)
{
	struct literal *list = calloc(l->count, sizeof *list);
	const char **texts = calloc(l->count, sizeof *texts);
	size_t *sizes = calloc(l->count, sizeof *sizes);
	/* numbers of their own: literals of one number would be compiled into one graph, in minutes and gigabytes */
	unsigned *flags = calloc(l->count, sizeof *flags), *ids = calloc(l->count, sizeof *ids), n = 0;
	hs_database_t *database = NULL;
	hs_compile_error_t *error = NULL;
	if (!list || !texts || !sizes || !flags || !ids)
		exit(2);
	for (size_t i = 0; i < l->count; i++) {
		list[i].n = l->literals[i].n < most ? l->literals[i].n : most;
		memcpy(list[i].text, l->literals[i].text, list[i].n);
	}
	qsort(list, l->count, sizeof *list, by_text);
	for (size_t i = 0; i < l->count; i++) {
		if (n && !strcmp(texts[n - 1], list[i].text))
			continue;
		texts[n] = list[i].text;
		sizes[n] = list[i].n;
		flags[n] = HS_FLAG_CASELESS;
		ids[n] = n;
		n++;
	}
	if (hs_compile_lit_multi(texts, flags, ids, sizes, n, HS_MODE_BLOCK, NULL, &database, &error) != HS_SUCCESS)
		exit(2);
	free(list);
	free(texts);
	free(sizes);
	free(flags);
	free(ids);
	*ret_count = n;
	return database;
}

/* Seconds of the fastest round, and of the processors in the round that took least of them. */
static double pass_log(struct pass *p, long threads, double *ret_cpu)
{
	double best = 0;
	for (int round = 0; round < ROUNDS; round++) {
		pthread_t workers[THREADS_MAX];
		p->next = 0;
		p->bytes = p->finds = p->candidates = 0;
		double start = now_s(CLOCK_MONOTONIC), cpu = now_s(CLOCK_PROCESS_CPUTIME_ID);
		for (long i = 0; i < threads && i < THREADS_MAX; i++)
			if (pthread_create(&workers[i], NULL, work, p))
				exit(2);
		for (long i = 0; i < threads && i < THREADS_MAX; i++)
			pthread_join(workers[i], NULL);
		double seconds = now_s(CLOCK_MONOTONIC) - start;
		cpu = now_s(CLOCK_PROCESS_CPUTIME_ID) - cpu;
		*ret_cpu = !round || cpu < *ret_cpu ? cpu : *ret_cpu;
		best = !round || seconds < best ? seconds : best;
	}
	return best;
}

static int run_passes(const struct literal_table *literals, char **paths, int count)
{
	hs_database_t *databases[2];
	unsigned counts[2];
	double start = now_s(CLOCK_MONOTONIC);
	databases[0] = compile(literals, FILE_LITERAL_MAX, &counts[0]);
	double compiled = now_s(CLOCK_MONOTONIC) - start;
	databases[1] = compile(literals, HEAD, &counts[1]);
	for (int i = 0; i < count; i++) {
		double rates[2], cpus[2];
		struct pass p = { .fd = open(paths[i], O_RDONLY | O_CLOEXEC) };
		if (p.fd < 0)
			return 2;
		for (int k = 1; k >= 0; k--) { /* the whole literals last: their counts are printed */
			p.database = databases[k];
			double seconds = pass_log(&p, sysconf(_SC_NPROCESSORS_ONLN), &cpus[k]);
			rates[k] = (double)p.bytes / 1e6 / seconds;
			cpus[k] = (double)p.bytes / 1e6 / cpus[k];
		}
		close(p.fd);
		printf("{\"literals\": %u, \"heads\": %u, \"compile_s\": %.2f, \"whole_mb_per_s\": %.1f, "
		       "\"heads_mb_per_s\": %.1f, \"whole_cpu\": %.1f, \"heads_cpu\": %.1f, \"finds\": %llu, "
		       "\"candidates\": %llu}\n",
		       counts[0], counts[1], compiled, rates[0], rates[1], cpus[0], cpus[1],
		       (unsigned long long)p.finds, (unsigned long long)p.candidates);
		fflush(stdout);
	}
	hs_free_database(databases[0]);
	hs_free_database(databases[1]);
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
	if (argc < 3 || store_open(argv[messages ? 2 : 1], STORE_READ, NULL, &store) ||
	    match_open(store, NULL, NULL, NULL, &matcher))
		return 2;
	int code = 0;
	if (messages)
		match_each_message(matcher, print_message, NULL);
	else
		code = literals_of(matcher, &literals) || !literals.count ? 2
									  : run_passes(&literals, argv + 2, argc - 2);
	match_close(&matcher);
	store_close(&store);
	return code;
}
