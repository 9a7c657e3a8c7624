/* SPDX-License-Identifier: MIT
 *
 * The main of a golden test: tests/golden/<stage>.c gives golden_print, this gives it every
 * tests/golden/<stage>/NAME.in named, and compares with NAME.want. --write rewrites NAME.want instead. Prints TAP.
 */
#include "tests/main/golden.h"

#include "tests/main/file.h"

#include <string.h>

static bool write_file(const char *path, struct str bytes)
{
	FILE *f = fopen(path, "wb");
	bool good = f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n;
	return f && !fclose(f) && good;
}

static void print_difference(struct str want, struct str got)
{
	struct str w, g;
	for (unsigned line = 1;; line++) {
		bool more_want = str_line(&want, &w), more_got = str_line(&got, &g);
		if (!more_want && !more_got)
			return;
		if (more_want == more_got && str_eq(w, g))
			continue;
		printf("# line %u\n# want: %.*s\n# got:  %.*s\n", line, more_want ? (int)w.n : 0, more_want ? w.p : "",
		       more_got ? (int)g.n : 0, more_got ? g.p : "");
		return;
	}
}

static bool check(const char *in_path, bool write)
{
	struct arena a = { 0 };
	struct buf in = { 0 }, want = { 0 }, got = { 0 };
	int stem = (int)(strlen(in_path) - strlen(".in"));
	struct str want_path = arena_printf(&a, "%.*s.want", stem, in_path);
	bool good = file_read(in_path, &in) && !golden_print(buf_str(&in), &a, &got) && !buf_err(&got);
	if (good && write)
		good = write_file(want_path.p, buf_str(&got));
	else if (good) {
		good = file_read(want_path.p, &want) && str_eq(buf_str(&want), buf_str(&got));
		if (!good)
			print_difference(buf_str(&want), buf_str(&got));
	}
	buf_free(&in);
	buf_free(&want);
	buf_free(&got);
	arena_free(&a);
	return good;
}

int main(int argc, char **argv)
{
	bool all_good = true, write = argc > 1 && !strcmp(argv[1], "--write");
	for (int i = write ? 2 : 1; i < argc; i++) {
		bool good = check(argv[i], write);
		printf("%sok %d - %s\n", good ? "" : "not ", i, argv[i]);
		fflush(stdout);
		all_good = all_good && good;
	}
	return all_good ? 0 : 1;
}
