/* SPDX-License-Identifier: MIT
 *
 * The retry signature of a log is read as probe retry reads its own attempts: fewer than ten do not tell; failures and
 * then five successes or more are a matter of timing; a mix is flaky; failures only are down.
 */
#include "triage/seen.h"

#include "scan/scan.h"
#include "match/stamp.h"

#include <stdlib.h>
#include <time.h>

enum { PAST_S = 600, SOON_S = 120, DAY_S = 86400 };
enum { ENOUGH_ATTEMPTS = 10, ENOUGH_SUCCESSES = 5, ROW_SHOWN = 60, TIMES_MAX = 4096 };

static struct str span_words(int64_t s, struct arena *a)
{
	static const struct {
		int64_t from, unit;
		const char *one, *many;
	} units[] = {
		{ 2 * DAY_S, DAY_S, "day", "days" },
		{ 2 * 3600, 3600, "hour", "hours" },
		{ 120, 60, "minute", "minutes" },
		{ 0, 1, "second", "seconds" },
	};
	size_t i = 0;
	while (s < units[i].from)
		i++;
	int64_t n = (s + units[i].unit / 2) / units[i].unit;
	return arena_printf(a, "%lld %s", (long long)n, n == 1 ? units[i].one : units[i].many);
}

struct evidence *seen_message(struct str time, int64_t now_ms, struct arena *a)
{
	struct stamp stamp;
	int64_t then_us, now_s = now_ms / 1000;
	struct when of_now = { .now_s = now_s };
	if (!time.n || !stamp_parse(time, &stamp) || !moment_of_stamp(&stamp, &of_now, &then_us))
		return NULL;
	int64_t then_s = then_us / 1000000;
	if (then_s > now_s + SOON_S)
		return NULL;
	struct evidence *e = arena_new(a, struct evidence);
	if (!e)
		return NULL;
	int64_t age_s = then_s < now_s ? now_s - then_s : 0;
	struct str when = stamp_iso(time, a), ago = span_words(age_s, a);
	*e = (struct evidence){ .probe = STR("message"),
				.state = age_s > PAST_S ? STR("past") : STR("recent"),
				.at_ms = now_ms };
	e->reason = arena_printf(a, "the message is of %.*s, %.*s ago", STR_ARG(when), STR_ARG(ago));
	evidence_add_text(e, a, "message.time", when);
	evidence_add_text(e, a, "message.ago", ago);
	evidence_add_number(e, a, "message.age_s", (double)age_s);
	return e;
}

/* ---- a log ---- */

struct row {
	const struct triage_log *log;
	struct str id, works;
	struct arena *a;
	size_t read;	 /* of the log's bytes, by the scan */
	struct str rest; /* lines not looked at for successes yet */
	uint64_t line;	 /* of the next of them */
	unsigned failures, successes, trailing;
	bool first_succeeded;
	char shown[ROW_SHOWN];
	struct str first, last; /* times of failures */
	int64_t times[TIMES_MAX];
	size_t time_count;
	struct when when; /* of the log; without a now, since only what lies between times counts */
};

static void add_attempt(struct row *r, bool success)
{
	unsigned n = r->failures + r->successes;
	if (!n)
		r->first_succeeded = success;
	if (n < ROW_SHOWN)
		r->shown[n] = success ? 'S' : 'F';
	*(success ? &r->successes : &r->failures) += 1;
	r->trailing = success ? r->trailing + 1 : 0;
}

static bool tells_success(struct str line, struct str works)
{
	for (struct str word; works.n;) {
		str_cut(works, '|', &word, &works);
		word = str_trim(word);
		if (word.n && str_find_nocase(line, word) != STR_NONE)
			return true;
	}
	return false;
}

/* take_successes up to a line. */
static void take_successes(struct row *r, uint64_t until)
{
	for (struct str line; r->line < until && str_line(&r->rest, &line); r->line++)
		if (tells_success(line, r->works))
			add_attempt(r, true);
}

static bool take_hit(void *context, const struct scan_hit *hit)
{
	struct row *r = context;
	if (!hit->best || !str_eq(hit->match.id, r->id))
		return true;
	take_successes(r, hit->line);
	add_attempt(r, false);
	if (!hit->time.n)
		return true;
	r->last = arena_str(r->a, hit->time);
	if (!r->first.n)
		r->first = r->last;
	if (r->time_count < TIMES_MAX && when_read(&r->when, hit->time, &r->times[r->time_count]))
		r->time_count++;
	return true;
}

static enum err read_log(void *context, char *p, size_t n, size_t *ret_n)
{
	struct row *r = context;
	*ret_n = str_copy(str_from(r->log->bytes, r->read), p, n);
	r->read += *ret_n;
	return ERR_OK;
}

static const char *rhythm(const struct row *r)
{
	unsigned attempts = r->failures + r->successes;
	if (!r->failures)
		return "none";
	if (attempts < ENOUGH_ATTEMPTS)
		return "too-few";
	if (!r->successes)
		return "down";
	if (r->first_succeeded || r->failures + r->trailing < attempts)
		return "flaky";
	return r->trailing >= ENOUGH_SUCCESSES ? "late" : "too-few";
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* spacing says how far apart the failures are; empty where fewer than three tell their time. */
static struct str spacing(struct row *r, struct evidence *e)
{
	if (r->time_count < 3)
		return STR("");
	size_t n = r->time_count - 1;
	for (size_t i = 0; i < n; i++)
		r->times[i] = r->times[i + 1] - r->times[i];
	qsort(r->times, n, sizeof *r->times, by_size);
	int64_t median = r->times[n / 2], least = r->times[0], most = r->times[n - 1];
	evidence_add_number(e, r->a, "log.spacing_s", (double)median);
	if (least < 0)
		return STR("");
	if (most <= median + median / 4 + 1 && least >= median - median / 4 - 1)
		return arena_printf(r->a, ", one every %.*s", STR_ARG(span_words(median, r->a)));
	return arena_printf(r->a, ", %.*s to %.*s apart", STR_ARG(span_words(least, r->a)),
			    STR_ARG(span_words(most, r->a)));
}

static void describe(struct row *r, struct evidence *e)
{
	unsigned attempts = r->failures + r->successes;
	struct str row = { r->shown, attempts < ROW_SHOWN ? attempts : ROW_SHOWN }, name = r->log->name,
		   between = STR("");
	if (!r->failures) {
		e->reason = arena_printf(r->a, "%.*s: no line is %.*s", STR_ARG(name), STR_ARG(r->id));
		return;
	}
	if (r->first.n)
		between = arena_printf(r->a, " from %.*s to %.*s", STR_ARG(r->first), STR_ARG(r->last));
	struct str apart = spacing(r, e);
	e->reason = arena_printf(r->a, "%.*s: %u of %u attempts failed%.*s%.*s: %.*s%s", STR_ARG(name), r->failures,
				 attempts, STR_ARG(between), STR_ARG(apart), STR_ARG(row),
				 attempts > ROW_SHOWN ? "..." : "");
	evidence_add_text(e, r->a, "log.pattern", arena_str(r->a, row));
	evidence_add_number(e, r->a, "log.failures", r->failures);
	evidence_add_number(e, r->a, "log.successes", r->successes);
	evidence_add_text(e, r->a, "log.first", r->first);
	evidence_add_text(e, r->a, "log.last", r->last);
}

enum err seen_log(const struct matcher *m, const struct triage_log *log, struct str id, struct str works,
		  int64_t now_ms, struct arena *a, struct evidence **ret_evidence, struct str *ret_last)
{
	struct scan_options options = { .threads = 1 };
	struct scan *scan;
	struct scan_counts counts;
	struct row *r = arena_new(a, struct row);
	struct evidence *e = arena_new(a, struct evidence);
	struct probe_arg *arg = arena_new(a, struct probe_arg);
	if (arena_err(a))
		return ERR_NOMEM;
	*r = (struct row){ .log = log, .id = id, .works = works, .a = a, .rest = log->bytes, .line = 1 };
	enum err err = scan_open(m, &options, &scan);
	if (err)
		return err;
	err = scan_stream(scan, log->name, read_log, r, take_hit, r, &counts);
	scan_close(&scan);
	if (err)
		return err;
	take_successes(r, UINT64_MAX);
	*arg = (struct probe_arg){ STR("file"), arena_str(a, log->name) };
	*e = (struct evidence){
		.probe = STR("log"), .args = arg, .arg_count = 1, .state = str_c(rhythm(r)), .at_ms = now_ms
	};
	describe(r, e);
	*ret_evidence = e;
	*ret_last = r->last;
	return arena_err(a);
}
