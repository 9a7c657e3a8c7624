/* SPDX-License-Identifier: MIT
 *
 * One message as the matcher answers it over the small KB: what matches and why, what is bound, what is near, what was
 * dress. Spans are shown as the text that they cover.
 */
#include "tests/main/golden.h"
#include "tests/main/small_kb.h"

static void print_span(struct buf *out, struct str query, struct match_span s)
{
	buf_addf(out, "[%.*s]", STR_ARG(str_part(query, s.start, s.end)));
}

static void print_code(struct buf *out, const struct match_code *c)
{
	if (c->known)
		buf_addf(out, "  code      %lld %.*s %.*s\n", (long long)c->value, STR_ARG(c->family),
			 STR_ARG(c->symbol));
	if (c->written_symbol.n)
		buf_addf(out, "  written   0x%08llX %.*s %.*s\n", (unsigned long long)c->written,
			 STR_ARG(c->written_family), STR_ARG(c->written_symbol));
}

static void print_match(struct buf *out, struct str query, const struct match *m)
{
	buf_addf(out, "%.*s %.1f%s%s\n", STR_ARG(m->id), m->confidence, m->whole_payload ? " whole" : "",
		 m->context ? " context" : "");
	buf_addf(out, "  template  %.*s\n  why       %.*s\n", STR_ARG(m->template), STR_ARG(m->why));
	for (size_t i = 0; i < m->span_count; i++) {
		buf_add_c(out, "  matched   ");
		print_span(out, query, m->spans[i]);
		buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < m->capture_count; i++) {
		const struct match_capture *c = &m->captures[i];
		buf_addf(out, "  %-8.*s  %.*s ", STR_ARG(c->name), STR_ARG(c->value));
		print_span(out, query, c->span);
		buf_addf(out, " %s%s%.*s\n", var_type_name(c->type), c->finding.n ? ": " : "", STR_ARG(c->finding));
	}
	for (size_t i = 0; i < m->also_count; i++)
		buf_addf(out, "  also      %.*s\n", STR_ARG(m->also[i]));
}

enum err golden_print(struct str in, struct arena *a, struct buf *out)
{
	struct matcher *m = NULL;
	struct match_scratch *scratch = NULL;
	struct match_answer answer = { 0 };
	struct match_options options = { .limit = 3 };
	enum err e = small_kb_open(&m);
	if (!e)
		e = match_scratch_open(m, &scratch);
	if (!e)
		e = match_message(m, scratch, str_trim_end(in), &options, a, &answer);
	if (!e) {
		buf_addf(out, "%s\n", answer.explained ? "explained" : "not explained");
		print_code(out, &answer.code);
		if (answer.envelope.kind.n)
			buf_addf(out, "  dress     %.*s time=%.*s component=%.*s host=%.*s thread=%.*s\n",
				 STR_ARG(answer.envelope.kind), STR_ARG(answer.envelope.time),
				 STR_ARG(answer.envelope.component), STR_ARG(answer.envelope.host),
				 STR_ARG(answer.envelope.thread));
		for (size_t i = 0; i < answer.match_count; i++)
			print_match(out, answer.query, &answer.matches[i]);
		for (size_t i = 0; i < answer.nearest_count; i++)
			buf_addf(out, "near %.*s\n", STR_ARG(answer.nearest[i].id));
	}
	match_scratch_close(&scratch);
	match_close(&m);
	return e;
}
