/* SPDX-License-Identifier: MIT
 *
 * Showing a scan: see scan_show.h.
 */
#include "cli/scan_show.h"

#include "scan/context.h"

#include <stdio.h>
#include <time.h>

enum { CONTEXT_DEFAULT = 2, FLUSH_BYTES = 1 << 16, RATE_AFTER_MS = 500 };

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool scan_show_open(struct scan_show *s, struct cmd_context *c, struct scan_options *options)
{
	uint64_t context = c->json ? 0 : CONTEXT_DEFAULT, top = c->limit;
	const char *by = cmd_value(c, "by", NULL);
	*s = (struct scan_show){ .c = c, .started_ms = now_ms() };
	if (!cmd_number(c, "context", 0, CONTEXT_LINES_MAX, &context) || !cmd_number(c, "top", 1, 1000000, &top))
		return false;
	if (by && !incident_by_parse(str_c(by), &s->incidents.by)) {
		cmd_usage(c, "--by is host, article or hour, not '%s'", by);
		return false;
	}
	c->limit = (size_t)top;
	s->incidents.now_s = (int64_t)time(NULL);
	options->context = (unsigned)context;
	return true;
}

void scan_show_close(struct scan_show *s)
{
	incidents_free(&s->incidents);
}

bool scan_show_hit(void *show, const struct scan_hit *hit)
{
	struct scan_show *s = show;
	struct cmd_context *c = s->c;
	if (c->json) {
		render_json_hit(&c->out, hit);
		buf_add_char(&c->out, '\n');
		return (c->out.n < FLUSH_BYTES && !buf_err(&c->out)) || cmd_flush(c);
	}
	s->err = incidents_add(&s->incidents, hit);
	return !s->err;
}

static void add_time(char *to, size_t size, int64_t seconds)
{
	if (seconds >= 3600)
		snprintf(to, size, "%lld h %lld min", (long long)(seconds / 3600), (long long)(seconds / 60 % 60));
	else if (seconds >= 60)
		snprintf(to, size, "%lld min %lld s", (long long)(seconds / 60), (long long)(seconds % 60));
	else
		snprintf(to, size, "%lld s", (long long)seconds);
}

void scan_show_progress(struct scan_show *s, int64_t done, int64_t total)
{
	int64_t ms = now_ms() - s->started_ms;
	char rate[48] = "", left[64] = "", of[64] = "";
	if (ms >= RATE_AFTER_MS) {
		double each_s = (double)done * 1000 / (double)ms;
		snprintf(rate, sizeof rate, ", %.0f MB/s", each_s / 1e6);
		if (total > done && each_s > 0) {
			add_time(of, sizeof of, (int64_t)((double)(total - done) / each_s + 0.999));
			snprintf(left, sizeof left, ", %s left", of);
		}
	}
	if (total)
		cmd_progress(s->c, "scanning: %lld %% of %lld MB%s%s", (long long)(done * 100 / total),
			     (long long)(total / 1000000), rate, left);
	else
		cmd_progress(s->c, "scanning: %lld MB%s", (long long)(done / 1000000), rate);
}

static void print_summary(struct scan_show *s, const struct scan_counts *counts, uint64_t files, size_t shown)
{
	struct cmd_context *c = s->c;
	const struct incidents *set = &s->incidents;
	static const char *const words[] = { "incident", "article", "host", "hour" };
	const char *word = words[set->by];
	if (shown < set->group_count)
		buf_addf(&c->out, "and %zu more %ss; --top %zu shows them all\n", set->group_count - shown, word,
			 set->group_count);
	buf_addf(&c->out, "%zu %s%s, %llu of %llu line%s in %llu file%s\n", set->group_count, word,
		 set->group_count == 1 ? "" : "s", (unsigned long long)counts->hit_lines,
		 (unsigned long long)counts->lines, counts->lines == 1 ? "" : "s", (unsigned long long)files,
		 files == 1 ? "" : "s");
}

enum err scan_show_end(struct scan_show *s, const struct scan_counts *counts, uint64_t files)
{
	struct cmd_context *c = s->c;
	if (c->json)
		return ERR_OK;
	enum err e = incidents_group(&s->incidents);
	size_t shown = s->incidents.group_count < c->limit ? s->incidents.group_count : c->limit;
	for (size_t i = 0; !e && i < shown && cmd_flush(c); i++)
		render_text_incidents(&c->out, &c->text, &s->incidents, i);
	if (!e)
		print_summary(s, counts, files, shown);
	return e;
}
