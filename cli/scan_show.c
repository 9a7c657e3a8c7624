/* SPDX-License-Identifier: MIT
 *
 * Showing a scan: see scan_show.h.
 */
#include "cli/scan_show.h"

#include "base/hash.h"
#include "cli/save.h"
#include "cli/scan_kb.h"
#include "scan/context.h"
#include "match/stamp.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { CONTEXT_DEFAULT = 2, REPORT_TOP = 50, FLUSH_BYTES = 1 << 16, SHOWN_AFTER_MS = 250, RATE_AFTER_MS = 500 };

static bool take_unknown(void *show, const struct scan_line *line)
{
	struct scan_show *s = show;
	s->err = unknowns_add(&s->unknowns, line);
	return !s->err;
}

/* hide takes the names out of what is said beside the results: of files above all. */
static struct str hide(void *show, struct str text, struct arena *a)
{
	struct scan_show *s = show;
	redact_learn(&s->redactor, text);
	return redact_text(&s->redactor, text, a, NULL, 0);
}

bool scan_show_open(struct scan_show *s, struct cmd_context *c, struct scan_options *options)
{
	*s = (struct scan_show){ .c = c, .report = cmd_value(c, "report", NULL), .started_ms = scan_now_ms() };
	uint64_t context = c->json && !s->report ? 0 : CONTEXT_DEFAULT, top = c->limit;
	const char *by = cmd_value(c, "by", NULL);
	if (!cmd_number(c, "context", 0, CONTEXT_LINES_MAX, &context) || !cmd_number(c, "top", 1, 1000000, &top))
		return false;
	if (by && !incident_by_parse(str_c(by), &s->incidents.by)) {
		cmd_usage(c, "--by is host, article or hour, not '%s'", by);
		return false;
	}
	if (cmd_has(c, "incidents") && !c->json) {
		cmd_usage(c, "--incidents goes with --json: without it incidents are all that is shown");
		return false;
	}
	c->limit = (size_t)top;
	s->incidents.when.now_s = (int64_t)time(NULL);
	options->context = (unsigned)context;
	s->unknown = cmd_has(c, "unknown");
	s->redact = cmd_has(c, "redact");
	c->hide = s->redact ? hide : NULL;
	c->hider = s;
	s->incidents_wanted = cmd_has(c, "incidents");
	options->unknown = s->unknown ? take_unknown : NULL;
	options->unknown_context = s;
	s->context_wanted = cmd_has(c, "context");
	s->top_given = cmd_has(c, "top") || c->limit_given;
	s->page_out = s->report && !strcmp(s->report, "-");
	if (s->page_out && (c->json || cmd_has(c, "follow"))) {
		cmd_usage(c, "--report - writes the page where %s writes what it finds; name a file",
			  c->json ? "--json" : "--follow");
		return false;
	}
	/* before the work, not after it */
	if (s->report && !s->page_out && save_check(c, s->report, cmd_has(c, "force"))) {
		cmd_show_diags(c);
		return false;
	}
	return true;
}

static bool take_mark(void *show, const struct scan_mark *mark)
{
	struct scan_show *s = show;
	s->err = stories_mark(&s->stories, mark);
	return !s->err;
}

enum err scan_show_rules(struct scan_show *s, const struct matcher *m, struct scan_options *options)
{
	stories_free(&s->stories); /* those of another generation of the knowledge base */
	over_time_close(&s->over_time);
	enum err e = over_time_open(m, &s->over_time);
	s->stories.over_time = &s->over_time;
	s->stories.when.now_s = s->incidents.when.now_s;
	options->mark = take_mark;
	options->mark_context = s;
	return e ? e : scan_record_open(&s->record, s->c);
}

void scan_show_close(struct scan_show *s)
{
	if (s->redact)
		cmd_show_diags(s->c);
	s->c->hide = NULL;
	incidents_free(&s->incidents);
	stories_free(&s->stories);
	over_time_close(&s->over_time);
	unknowns_free(&s->unknowns);
	redactor_free(&s->redactor);
	scan_record_close(&s->record);
}

/* was_shown says whether a hit of this article with these values was shown, and notes that it is now. */
static bool was_shown(struct scan_show *s, const struct match *m)
{
	struct match_capture room[STORY_NAMES_MAX];
	struct match names = story_names(m, room);
	uint64_t hash = hash_bytes(m->id);
	for (size_t i = 0; i < names.capture_count; i++)
		hash = hash_seeded(room[i].value, hash_seeded(room[i].name, hash));
	uint64_t *slot = &s->seen[hash % SCAN_SHOW_SEEN];
	bool again = *slot == hash;
	*slot = hash;
	return again;
}

void scan_show_read(struct scan_show *s, struct str block)
{
	if (s->redact)
		redact_learn_block(&s->redactor, block);
}

bool scan_show_hit(void *show, const struct scan_hit *hit)
{
	struct scan_show *s = show;
	struct cmd_context *c = s->c;
	bool kept = !c->json || s->report || s->incidents_wanted;
	s->err = scan_record_hit(&s->record, hit);
	if (!s->err && kept)
		s->err = stories_hit(&s->stories, hit);
	if (!s->err && kept)
		s->err = incidents_add(&s->incidents, hit);
	bool shows = c->json || (s->live && hit->best);
	if (!shows || s->err)
		return !s->err;
	struct arena a = { 0 };
	struct scan_hit shown = *hit;
	if (!s->context_wanted)
		shown.before = shown.after = STR("");
	if (s->redact)
		shown = redact_hit(&s->redactor, &shown, &a);
	s->err = arena_err(&a) ? arena_err(&a) : redactor_err(&s->redactor);
	if (c->json) {
		render_json_hit(&c->out, &shown);
		buf_add_char(&c->out, '\n');
	} else {
		render_text_hit(&c->out, &c->text, &shown, was_shown(s, &hit->match));
	}
	arena_free(&a);
	if (s->err)
		return false;
	return (c->out.n < FLUSH_BYTES && !buf_err(&c->out)) || cmd_flush(c);
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

void scan_show_left_out(struct cmd_context *c, const size_t counts[INPUT_BINARIES])
{
	struct buf what = { 0 };
	size_t n = input_say_binaries(counts, &what);
	if (n && !buf_err(&what))
		diags_add(&c->diags, DIAG_NOTE, 0, "%zu %s no log, and left out: %.*s", n, n == 1 ? "file is" : "files are",
			  STR_ARG(buf_str(&what)));
	buf_free(&what);
}

void scan_show_progress(struct scan_show *s, int64_t done, int64_t total)
{
	int64_t ms = scan_now_ms() - s->started_ms;
	char rate[48] = "", left[80] = "", of[64] = "";
	if (ms < SHOWN_AFTER_MS)
		return;
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
		buf_addf(&c->out, "and %zu more %s%s; --top %zu shows %s\n", set->group_count - shown, word,
			 set->group_count - shown == 1 ? "" : "s", set->group_count,
			 set->group_count - shown == 1 ? "it" : "them all");
	render_text_outside(&c->out, set);
	buf_addf(&c->out, "%s%zu %s%s, %llu of %llu line%s in %llu file%s\n", s->interrupted ? "so far: " : "",
		 set->group_count, word, set->group_count == 1 ? "" : "s", (unsigned long long)counts->hit_lines,
		 (unsigned long long)counts->lines, counts->lines == 1 ? "" : "s", (unsigned long long)files,
		 files == 1 ? "" : "s");
}

static enum err load_rules(struct scan_show *s, struct arena *a, size_t count, struct rule **ret_rules)
{
	const struct incidents *set = &s->incidents;
	struct store *store = NULL;
	struct rule *rules = arena_array(a, struct rule, count);
	enum err e = rules ? cmd_store(s->c, STORE_READ, &store) : ERR_NOMEM;
	for (size_t i = 0; i < count && !e; i++) {
		e = store_rule(store, set->items[set->groups[i].at].match.id, a, &rules[i]);
		e = e == ERR_NOTFOUND ? ERR_OK : e; /* removed since the matcher was compiled */
	}
	store_close(&store);
	*ret_rules = rules;
	return e;
}

static enum err write_report(struct scan_show *s, const struct scan_counts *counts, uint64_t files)
{
	struct arena a = { 0 };
	struct buf page = { 0 };
	struct rule *rules = NULL;
	char made[32];
	struct render_scan scan = { .set = &s->incidents,
				    .counts = *counts,
				    .files = files,
				    .redacted = s->redact,
				    .unknowns = s->unknown ? &s->unknowns : NULL,
				    .limit = s->top_given ? s->c->limit : REPORT_TOP };
	scan.made =
		(struct str){ made, stamp_label(s->incidents.when.now_s, true, made, sizeof made) - strlen(" 12:00") };
	s->incidents.by = INCIDENT_BY_ARTICLE;
	enum err e = incidents_group(&s->incidents);
	size_t shown = s->incidents.group_count < scan.limit ? s->incidents.group_count : scan.limit;
	if (!e)
		e = load_rules(s, &a, shown, &rules);
	scan.rules = rules;
	if (!e) {
		render_html_scan(&page, &scan);
		e = buf_err(&page);
	}
	if (!e && s->page_out)
		buf_add(&s->c->out, buf_str(&page));
	else if (!e)
		e = save_file(s->c, s->report, cmd_has(s->c, "force"), 0666, buf_str(&page));
	buf_free(&page);
	arena_free(&a);
	return e;
}

static enum err print_incidents(struct scan_show *s, const struct scan_counts *counts, uint64_t files)
{
	struct cmd_context *c = s->c;
	enum err e = incidents_group(&s->incidents);
	size_t shown = s->incidents.group_count < c->limit ? s->incidents.group_count : c->limit;
	for (size_t i = 0; !e && i < shown && cmd_flush(c); i++)
		render_text_incidents(&c->out, &c->text, &s->incidents, i);
	if (!e)
		render_text_unknowns(&c->out, &c->text, &s->unknowns, c->limit);
	if (!e)
		print_summary(s, counts, files, shown);
	return e;
}

/* What stands behind the hits: the frequent first. */
static enum err print_objects(struct scan_show *s)
{
	struct cmd_context *c = s->c;
	enum err e = s->incidents_wanted ? incidents_group(&s->incidents) : ERR_OK;
	for (size_t i = 0; !e && s->incidents_wanted && i < s->incidents.count; i++) {
		render_json_incident(&c->out, &s->incidents.items[i]);
		buf_add_char(&c->out, '\n');
		if (c->out.n > FLUSH_BYTES && !cmd_flush(c))
			return ERR_OK;
	}
	for (size_t i = 0; !e && i < s->unknowns.count; i++) {
		render_json_unknown(&c->out, &s->unknowns.items[i]);
		buf_add_char(&c->out, '\n');
		if (c->out.n > FLUSH_BYTES && !cmd_flush(c))
			return ERR_OK;
	}
	return e;
}

enum err scan_show_end(struct scan_show *s, const struct scan_counts *counts, uint64_t files)
{
	enum err recorded = scan_record_add(&s->record); /* what it says, it says behind the rest */
	unknowns_rank(&s->unknowns);
	incidents_find_stories(&s->incidents, &s->stories);
	if (s->live && !s->c->json && counts->hit_lines)
		buf_add_char(&s->c->out, '\n'); /* behind what was shown as it came */
	enum err e = s->redact ? redact_sets(&s->redactor, &s->incidents, &s->unknowns) : ERR_OK;
	if (!e)
		e = incidents_tell_stories(&s->incidents);
	if (!e && !(s->page_out && !s->interrupted))
		e = s->c->json ? print_objects(s) : print_incidents(s, counts, files);
	if (!e && s->report && !s->interrupted)
		e = write_report(s, counts, files);
	return e ? e : recorded;
}
