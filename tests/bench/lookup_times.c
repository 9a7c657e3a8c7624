/* SPDX-License-Identifier: MIT
 *
 * The look-up's time without process and terminal, as the server has it. Modes:
 *   lookup_times each BLOCK         milliseconds of each message on standard input, one a line, after a first round
 *   lookup_times sizes BLOCK        milliseconds of one message of 1, 2, 4, 8, 16 MiB, three kinds of text
 *   lookup_times thin DB BLOCK N    compiles every Nth article of the database
 *   lookup_times grow DB BLOCK N    compiles every article N times, each copy with other words changed
 * BLOCK is a compiled form (<db>.matcher, or one that thin and grow wrote).
 */
#include "match/compile.h"
#include "match/matcher.h"
#include "tests/main/file.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int fail(const char *what)
{
	fprintf(stderr, "lookup_times: %s\n", what);
	return 2;
}

static double ask_ms(const struct matcher *m, struct match_scratch *s, struct arena *a, struct str text)
{
	struct match_answer answer;
	double start = now_ms();
	enum err e = match_message(m, s, text, NULL, a, &answer);
	double spent = now_ms() - start;
	arena_reset(a);
	return e && e != ERR_INPUT ? -1 : spent;
}

static int time_each(const struct matcher *m, struct match_scratch *s)
{
	struct buf in = { 0 };
	struct arena a = { 0 };
	if (!file_read("/dev/stdin", &in))
		return fail("cannot read the messages");
	for (int round = 0; round < 2; round++) {
		struct str rest = buf_str(&in);
		for (struct str line; str_line(&rest, &line);) {
			double ms = ask_ms(m, s, &a, line);
			if (round)
				printf("%.4f\n", ms);
		}
	}
	arena_free(&a);
	buf_free(&in);
	return 0;
}

static int time_sizes(const struct matcher *m, struct match_scratch *s)
{
	static const char *const texts[] = { "error ", "The quick brown server failed to connect, error = 53.\n",
					     "0137:bff9a28d \\\\srv\\share &lt;x&gt; " };
	char *p = malloc(16 << 20);
	if (!p)
		return fail("out of memory");
	for (size_t t = 0; t < 3; t++) {
		size_t k = strlen(texts[t]);
		for (size_t i = 0; i < 16u << 20; i++)
			p[i] = texts[t][i % k];
		for (size_t n = 1; n <= 16; n *= 2) {
			struct arena a = { 0 };
			printf("%zu %zu %.2f\n", t, n, ask_ms(m, s, &a, (struct str){ p, n << 20 }));
			arena_free(&a);
		}
	}
	free(p);
	return 0;
}

struct copying { struct compiler *compiler; unsigned copies, every; size_t seen; struct buf text; };

/* Every ninth word, another one in each copy, gets a letter more. */
static struct str changed(struct copying *c, struct str bytes, unsigned copy)
{
	unsigned word = 0;
	buf_clear(&c->text);
	for (size_t i = 0; i < bytes.n; i++) {
		bool end = char_is_lower(bytes.p[i]) && (i + 1 == bytes.n || bytes.p[i + 1] == ' ');
		buf_add_char(&c->text, bytes.p[i]);
		if (end && copy && word++ % 9 == copy % 9)
			buf_add_char(&c->text, (char)('a' + copy % 26));
	}
	return buf_str(&c->text);
}

static enum err feed(void *context, struct str id, const struct store_source *source)
{
	struct copying *c = context;
	char name[64];
	enum err e = ERR_OK;
	if (c->seen++ % c->every)
		return ERR_OK;
	for (unsigned i = 0; !e && i < c->copies; i++) {
		int n = snprintf(name, sizeof name, "%.*s%s%.0u", (int)(id.n < 40 ? id.n : 40), id.p, i ? "-" : "", i);
		e = compile_source(c->compiler, (struct str){ name, (size_t)n }, changed(c, source->bytes, i));
	}
	return e;
}

static int compile(const char *db, const char *path, unsigned copies, unsigned every)
{
	struct copying c = { .copies = copies, .every = every };
	struct store *s = NULL;
	struct buf block = { 0 };
	FILE *f = NULL;
	enum err e = store_open(db, STORE_READ, NULL, &s);
	if (!e)
		e = compile_open(2, &c.compiler);
	if (!e)
		e = store_each_source(s, feed, &c);
	if (!e)
		e = compile_finish(c.compiler, NULL, 0, (struct file_stamp){ 1, 1 }, &block);
	compile_close(&c.compiler);
	store_close(&s);
	if (e)
		return fail(err_text(e));
	f = fopen(path, "wb");
	bool good = f && fwrite(block.p, 1, block.n, f) == block.n;
	return f && !fclose(f) && good ? 0 : fail("cannot write the compiled form");
}

int main(int argc, char **argv)
{
	struct buf block = { 0 };
	struct matcher *m;
	struct match_scratch *s;
	if (argc == 5 && (!strcmp(argv[1], "thin") || !strcmp(argv[1], "grow"))) {
		unsigned n = (unsigned)atoi(argv[4]);
		return argv[1][0] == 't' ? compile(argv[2], argv[3], 1, n) : compile(argv[2], argv[3], n, 1);
	}
	if (argc != 3 || !file_read(argv[2], &block))
		return fail("usage: each|sizes BLOCK, thin|grow DB BLOCK N");
	if (matcher_of_block(&block, &m) || match_scratch_open(m, &s))
		return fail("the compiled form is not usable");
	int code = !strcmp(argv[1], "each") ? time_each(m, s) : time_sizes(m, s);
	match_scratch_close(&s);
	match_close(&m);
	return code;
}
