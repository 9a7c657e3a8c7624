/* SPDX-License-Identifier: MIT
 *
 * Any bytes as lines to be redacted: no learned name is left as a word of its own, the lines stay as many, a second
 * time gives the same, and spans stay in bounds and in order.
 */
#include "scan/redact.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t lines_of(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

/* Spans lie in the line, ascending and apart. */
static void check_finds(struct str line)
{
	struct redact_spans spans = { 0 };
	struct arena a = { 0 };
	size_t last = 0;
	redact_find(line, &a, &spans);
	for (size_t i = 0; i < spans.count; i++) {
		const struct redact_span *s = &spans.items[i];
		if (s->start < last || s->end <= s->start || s->end > line.n)
			abort();
		last = s->end;
	}
	arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, rest = text, line;
	struct redactor r = { 0 };
	struct arena a = { 0 };
	while (str_line(&rest, &line))
		check_finds(line);
	redact_learn(&r, text);
	struct match_span spans[] = { { 0, size }, { size / 3, size / 2 }, { size, size } };
	struct str got = redact_text(&r, text, &a, spans, 3);
	struct str again = redact_text(&r, text, &a, NULL, 0);
	if (!str_eq(got, again) || lines_of(got) != lines_of(text) || redactor_err(&r))
		abort();
	for (size_t i = 0; i < 3; i++)
		if (spans[i].start > spans[i].end || spans[i].end > got.n)
			abort();
	if (spans[0].start != 0 || spans[0].end != got.n)
		abort();
	struct str masked = STR("");
	if (redact_secrets(text, &a, &masked) || lines_of(masked) > 2 * lines_of(text) + 2)
		abort();
	redactor_free(&r);
	arena_free(&a);
	return 0;
}
