/* SPDX-License-Identifier: MIT
 *
 * A scan as one page to send on: see scan.h. No scripts, nothing to load, links only within the page; every text of a
 * log or an article is escaped. Ids of articles stay text, for whoever gets the page may have no knowledge base.
 */
#include "render/scan.h"

#include "render/html.h"
#include "render/render.h"

#include <stdio.h>
#include <string.h>

static const char style[] =
#include "render/look.css.h"
#include "render/scan_report.css.h"
	;

enum {
	SERIES = 5,	 /* articles with a colour of their own; the rest share one */
	SETS_SHOWN = 12, /* sets of bindings of an article */
	CHART_HEIGHT = 100
};

static void add_label(struct buf *out, const struct incidents *set, int64_t at_s)
{
	char label[32];
	size_t n = when_label(&set->when, at_s, label, sizeof label);
	render_html_escape(out, (struct str){ label, n });
	buf_add_c(out, incidents_guessed(set, at_s) ? "?" : "");
}

/* ---- the summary ---- */

static void add_summary(struct buf *out, const struct render_scan *r)
{
	const struct incidents *set = r->set;
	buf_addf(out, "<header>\n<p class=\"eyebrow\">Log scan");
	if (r->made.n) {
		buf_add_c(out, " of ");
		render_html_escape(out, r->made);
	}
	buf_add_c(out, "</p>\n<h1>");
	if (set->group_count)
		buf_addf(out, "%zu known problem%s", set->group_count, render_plural(set->group_count));
	else
		buf_add_c(out, "No known problem");
	buf_addf(out, " in %llu file%s</h1>\n<dl class=\"sum\">\n", (unsigned long long)r->files,
		 render_plural(r->files));
	render_html_count(out, set->group_count == 1 ? "Lines that tell of it" : "Lines that tell of them",
			  r->counts.hit_lines);
	render_html_count(out, "Lines read", r->counts.lines);
	if (set->shown.axis.width_s) {
		buf_add_c(out, "<div class=\"wide\"><dt>Between</dt><dd>");
		add_label(out, set, set->shown.axis.min_s);
		buf_add_c(out, " and ");
		add_label(out, set, set->shown.axis.max_s);
		buf_add_c(out, "</dd></div>\n");
	}
	buf_add_c(out, "</dl>\n</header>\n");
}

/* ---- the timeline ---- */

static const char *width_words(int64_t width_s, size_t each, char words[48])
{
	static const struct {
		int64_t unit;
		const char *name;
	} units[] = {
		{ 86400, "day" },
		{ 3600, "hour" },
		{ 60, "minute" },
		{ 1, "second" },
	};
	int64_t seconds = width_s * (int64_t)each;
	size_t i = 0;
	while (i < 3 && seconds % units[i].unit)
		i++;
	int64_t n = seconds / units[i].unit;
	if (n == 1)
		snprintf(words, 48, "%s", units[i].name);
	else
		snprintf(words, 48, "%lld %ss", (long long)n, units[i].name);
	return words;
}

static size_t series_of(size_t group)
{
	return group < SERIES ? group : SERIES;
}

struct chart {
	size_t columns;
	uint64_t counts[SERIES + 1][TIMELINE_BUCKETS];
	uint64_t most; /* of a column */
	uint64_t all;
};

static void fill_chart(struct chart *c, const struct incidents *set)
{
	uint64_t row[TIMELINE_BUCKETS];
	for (size_t g = 0; g < set->group_count; g++) {
		c->columns = timeline_columns(&set->groups[g].row, &set->shown.axis, row, TIMELINE_BUCKETS);
		for (size_t i = 0; i < c->columns; i++)
			c->counts[series_of(g)][i] += row[i];
	}
	for (size_t i = 0; i < c->columns; i++) {
		uint64_t sum = 0;
		for (size_t s = 0; s <= SERIES; s++)
			sum += c->counts[s][i];
		c->most = sum > c->most ? sum : c->most;
		c->all += sum;
	}
}

/* add_column: data-to is the time up to which it counts; the outer ones end where what was seen does. */
static void add_column(struct buf *out, const struct chart *c, const struct incidents *set, size_t i)
{
	const struct timeline_axis *axis = &set->shown.axis;
	uint64_t sum = 0;
	double bottom = CHART_HEIGHT;
	for (size_t s = 0; s <= SERIES; s++)
		sum += c->counts[s][i];
	if (!sum)
		return;
	int64_t from_s = axis->min_s - ((axis->min_s - axis->start_s) % axis->width_s) + (int64_t)i * axis->width_s;
	int64_t to_s = from_s + axis->width_s;
	buf_addf(out, "<g data-at=\"%zu\" data-to=\"", i);
	add_label(out, set, to_s < axis->max_s ? to_s : axis->max_s);
	buf_add_c(out, "\"><title>");
	add_label(out, set, from_s > axis->min_s ? from_s : axis->min_s);
	buf_addf(out, ": %llu</title>", (unsigned long long)sum);
	for (size_t s = 0; s <= SERIES; s++) {
		double height = (double)c->counts[s][i] * CHART_HEIGHT / (double)c->most;
		if (!c->counts[s][i])
			continue;
		bottom -= height;
		buf_addf(out, "<rect class=\"s%zu\" x=\"%.2f\" y=\"%.2f\" width=\".86\" height=\"%.2f\"/>", s,
			 (double)i + 0.07, bottom, height);
	}
	buf_add_c(out, "</g>\n");
}

static void add_legend(struct buf *out, const struct incidents *set, size_t shown)
{
	buf_add_c(out, "<ul class=\"legend\">\n");
	uint64_t rest = 0;
	for (size_t g = 0; g < set->group_count; g++) {
		const struct match *m = &set->items[set->groups[g].at].match;
		if (g >= SERIES) {
			rest += set->groups[g].count;
			continue;
		}
		buf_addf(out, "<li><i class=\"s%zu\"></i><span>", g);
		if (g < shown)
			buf_addf(out, "<a href=\"#i%zu\">", g + 1);
		render_html_escape(out, m->title);
		buf_add_c(out, g < shown ? "</a> <span class=\"id\">" : " <span class=\"id\">");
		render_html_escape(out, m->id);
		buf_add_c(out, "</span></span><b>");
		render_html_number(out, set->groups[g].count);
		buf_add_c(out, "</b></li>\n");
	}
	if (rest) {
		buf_addf(out, "<li><i class=\"s%d\"></i><span>%zu more</span><b>", SERIES, set->group_count - SERIES);
		render_html_number(out, rest);
		buf_add_c(out, "</b></li>\n");
	}
	buf_add_c(out, "</ul>\n");
}

/* Times that are left out of what is drawn: as a rule a clock was wrong. */
static void add_outside(struct buf *out, const struct incidents *set)
{
	const struct spells_shown *s = &set->shown;
	if (!s->outside)
		return;
	buf_add_c(out, "<p class=\"outside\">");
	render_html_number(out, s->outside);
	buf_addf(out, " line%s outside of this, at ", s->outside == 1 ? " lies far" : "s lie far");
	add_label(out, set, s->first_s);
	if (s->last_s > s->first_s) {
		buf_add_c(out, s->outside == 2 ? " and " : " to ");
		add_label(out, set, s->last_s);
	}
	buf_add_c(out, "</p>\n");
}

static void add_timeline(struct buf *out, const struct render_scan *r, size_t shown)
{
	const struct incidents *set = r->set;
	struct chart c = { 0 };
	char words[48];
	if (!set->group_count)
		return;
	fill_chart(&c, set);
	buf_add_c(out, "<section class=\"card time\" aria-label=\"When\">\n");
	if (c.columns > 1) {
		buf_addf(out, "<p class=\"most\">Lines per %s, at most %llu</p>\n",
			 width_words(set->shown.axis.width_s, 1, words), (unsigned long long)c.most);
		buf_addf(out,
			 "<svg viewBox=\"0 0 %zu %d\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"%llu "
			 "lines over "
			 "time, at most %llu per %s\">\n",
			 c.columns, CHART_HEIGHT, (unsigned long long)c.all, (unsigned long long)c.most, words);
		for (size_t i = 0; i < c.columns; i++)
			add_column(out, &c, set, i);
		buf_add_c(out, "</svg>\n<p class=\"edges\"><span>");
		add_label(out, set, set->shown.axis.min_s);
		buf_add_c(out, "</span><span>");
		add_label(out, set, set->shown.axis.max_s);
		buf_add_c(out, "</span></p>\n");
	}
	add_outside(out, set);
	add_legend(out, set, shown);
	buf_add_c(out, "</section>\n");
}

/* ---- an incident ---- */

static void add_place(struct buf *out, const struct incidents *set, const struct incident_place *p)
{
	struct str time = str_c(p->time);
	int year = incidents_year(set, p);
	buf_add_c(out, "<td class=\"when\">");
	for (size_t i = 0; i < time.n; i++)
		if (time.p[i] == 'T' && i == 10) {
			render_html_escape(out, str_first(time, i));
			buf_add_char(out, ' ');
			time = str_from(time, i + 1);
			break;
		}
	render_html_escape(out, time);
	if (year)
		buf_addf(out, " (%d?)", year);
	buf_add_c(out, "<span>");
	render_html_escape(out, p->file);
	buf_addf(out, ":%llu</span></td>", (unsigned long long)p->line);
}

static void add_spark(struct buf *out, const struct incidents *set, const struct timeline_row *row, size_t series)
{
	uint64_t columns[60], most = 0;
	size_t n = timeline_columns(row, &set->shown.axis, columns, 60);
	for (size_t i = 0; i < n; i++)
		most = columns[i] > most ? columns[i] : most;
	if (n < 2 || !most)
		return;
	buf_addf(out, "<svg class=\"spark\" viewBox=\"0 0 %zu 20\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
		 n);
	for (size_t i = 0; i < n; i++) {
		double height = columns[i] ? 2 + (double)columns[i] * 18 / (double)most : 0;
		if (columns[i])
			buf_addf(out, "<rect class=\"s%zu\" x=\"%zu.1\" y=\"%.1f\" width=\".8\" height=\"%.1f\"/>",
				 series, i, 20 - height, height);
	}
	buf_add_c(out, "</svg>");
}

static void add_bindings(struct buf *out, const struct incident *i)
{
	if (i->group.n) {
		buf_add_c(out, "<span class=\"name\">");
		render_html_escape(out, i->group);
		buf_add_c(out, "</span> ");
	}
	for (size_t k = 0; k < i->match.capture_count; k++) {
		buf_add_c(out, k ? " " : "");
		buf_add_c(out, "<span class=\"name\">");
		render_html_escape(out, i->match.captures[k].name);
		buf_add_c(out, "</span>&nbsp;<span class=\"value\">");
		render_html_escape(out, i->match.captures[k].value);
		buf_add_c(out, "</span>");
	}
	buf_add_c(out, i->folded ? "many different names" : i->match.capture_count ? "" : "&ndash;");
}

static void add_sets(struct buf *out, const struct incidents *set, const struct incident_group *g, size_t series)
{
	bool timed = set->shown.axis.width_s && set->shown.axis.max_s > set->shown.axis.min_s;
	buf_add_c(out, "<div class=\"scroll\" role=\"group\" aria-label=\"Counts\" "
		       "tabindex=\"0\"><table class=\"named\">\n<tr><th>What is named</th><th class=\"n\">Times</th>");
	buf_add_c(out, timed ? "<th>Over time</th>" : "");
	buf_add_c(out, "<th>First</th><th>Last</th></tr>\n");
	for (size_t i = 0; i < g->n && i < SETS_SHOWN; i++) {
		const struct incident *item = &set->items[g->at + i];
		buf_add_c(out, "<tr><td>");
		add_bindings(out, item);
		buf_add_c(out, "</td><td class=\"n\">");
		render_html_number(out, item->count);
		buf_add_c(out, timed ? "</td><td class=\"over\">" : "</td>");
		if (timed) {
			add_spark(out, set, &item->row, series);
			buf_add_c(out, "</td>");
		}
		add_place(out, set, &item->first);
		add_place(out, set, &item->last);
		buf_add_c(out, "</tr>\n");
	}
	if (g->n > SETS_SHOWN)
		buf_addf(out, "<tr><td colspan=\"5\">and %zu more</td></tr>\n", g->n - SETS_SHOWN);
	buf_add_c(out, "</table></div>\n");
}

static void add_marked(struct buf *out, struct str text, const struct match *m)
{
	for (size_t at = 0;;) {
		const struct match_capture *next = NULL;
		for (size_t i = 0; i < m->capture_count; i++) {
			const struct match_capture *c = &m->captures[i];
			if (c->span.start >= at && c->span.end > c->span.start && c->span.end <= text.n &&
			    (!next || c->span.start < next->span.start))
				next = c;
		}
		size_t end = next ? next->span.start : text.n;
		render_html_escape(out, (struct str){ text.p + at, end - at });
		if (!next)
			return;
		buf_add_c(out, "<span class=\"value\">");
		render_html_escape(out, (struct str){ text.p + end, next->span.end - end });
		buf_add_c(out, "</span>");
		at = next->span.end;
	}
}

static void add_lines(struct buf *out, struct str lines, uint64_t *number, const struct match *hit)
{
	struct str line;
	while (hit ? lines.n > 0 : str_line(&lines, &line)) {
		buf_addf(out, "<p%s><span class=\"n\">%llu</span><span class=\"t\">", hit ? " class=\"hit\"" : "",
			 (unsigned long long)(*number)++);
		if (hit)
			add_marked(out, lines, hit);
		else
			render_html_escape(out, line);
		buf_add_c(out, "</span></p>\n");
		lines = hit ? STR("") : lines;
	}
}

static void add_log(struct buf *out, const struct incident *i)
{
	struct str before = i->before, line;
	uint64_t number = i->example.line;
	while (str_line(&before, &line))
		number--;
	buf_add_c(out, "<div class=\"log\" role=\"group\" aria-label=\"Lines of the log\" tabindex=\"0\">\n");
	add_lines(out, i->before, &number, NULL);
	add_lines(out, i->text, &number, &i->match);
	add_lines(out, i->after, &number, NULL);
	buf_add_c(out, "</div>\n<p class=\"from\">");
	render_html_escape(out, i->example.file);
	buf_addf(out, ", line %llu</p>\n", (unsigned long long)i->example.line);
}

/* add_filled: no links, for a report stands alone; m: NULL where several sets of values are shown together. */
static void add_filled(struct buf *out, struct str text, const struct match *m)
{
	struct buf filled = { 0 };
	render_filled_match(&filled, str_trim(text), m);
	render_html_escape(out, buf_str(&filled));
	buf_free(&filled);
}

static void add_resolution(struct buf *out, const struct rule_resolution *r, const struct match *m)
{
	buf_add_c(out, "<li>");
	render_html_remedy_kind(out, r);
	buf_add_c(out, "<p class=\"do\">");
	add_filled(out, r->text, m);
	buf_add_c(out, "</p>\n");
	if (r->caveat.n) {
		buf_add_c(out, "<p class=\"caveat\">");
		add_filled(out, r->caveat, m);
		buf_add_c(out, "</p>\n");
	}
	if (r->harm.n) {
		buf_add_c(out, "<p class=\"harm\">Risk: ");
		add_filled(out, r->harm, m);
		buf_add_c(out, "</p>\n");
	}
	buf_add_c(out, "</li>\n");
}

static void add_remedy(struct buf *out, const struct rule *rule, const struct match *m)
{
	if (rule->cause.n) {
		buf_add_c(out, "<h4>Why it happens</h4>\n<p class=\"do\">");
		add_filled(out, rule->cause, m);
		buf_add_c(out, "</p>\n");
	}
	if (rule->resolution_count)
		buf_add_c(out, "<h4>What to do</h4>\n<ol class=\"remedies\">\n");
	for (size_t i = 0; i < rule->resolution_count; i++)
		add_resolution(out, &rule->resolutions[i], m);
	buf_add_c(out, rule->resolution_count ? "</ol>\n" : "");
	if (rule->status_text.n) {
		buf_add_c(out, "<p class=\"status\">");
		render_html_escape(out, str_trim(rule->status_text));
		buf_add_c(out, "</p>\n");
	}
}

/* add_when: the columns of the timeline that it has lines in, with their counts, for a page that narrows by time. */
static void add_when(struct buf *out, const struct incidents *set, const struct incident_group *g)
{
	uint64_t columns[TIMELINE_BUCKETS];
	size_t count = timeline_columns(&g->row, &set->shown.axis, columns, TIMELINE_BUCKETS);
	buf_add_c(out, count > 1 ? " data-when=\"" : "");
	for (size_t i = 0; count > 1 && i < count; i++)
		if (columns[i])
			buf_addf(out, "%zu:%llu ", i, (unsigned long long)columns[i]);
	buf_add_c(out, count > 1 ? "\"" : "");
}

/* Each story once, with all that it is about where there are several sets of bindings. */
static void add_stories(struct buf *out, const struct incidents *set, const struct incident_group *g)
{
	size_t shown = g->n < SETS_SHOWN ? g->n : SETS_SHOWN;
	for (size_t i = 0; i < shown; i++) {
		const struct incident *item = &set->items[g->at + i];
		if (!item->says.n || incidents_told_before(set, g, i))
			continue;
		buf_add_c(out, "<p class=\"story\">");
		for (size_t k = i; g->n > 1 && k < shown; k++) {
			if (!str_eq(set->items[g->at + k].says, item->says))
				continue;
			buf_add_c(out, k > i ? ", " : "");
			add_bindings(out, &set->items[g->at + k]);
		}
		buf_add_c(out, g->n > 1 ? ": " : "");
		render_html_escape(out, item->says);
		buf_add_c(out, "</p>\n");
	}
}

static void add_incident(struct buf *out, const struct render_scan *r, size_t group)
{
	const struct incident_group *g = &r->set->groups[group];
	const struct incident *item = &r->set->items[g->at];
	buf_addf(out, "<article class=\"card incident e%zu\" id=\"i%zu\"", series_of(group), group + 1);
	add_when(out, r->set, g);
	buf_add_c(out, ">\n<p class=\"eyebrow\"><span class=\"id\">");
	render_html_escape(out, item->match.id);
	buf_add_c(out, "</span> &middot; ");
	render_html_number(out, g->count);
	buf_addf(out, " time%s</p>\n<h3>", render_plural(g->count));
	if (r->linked) {
		buf_add_c(out, "<a href=\"/kb/");
		render_html_escape(out, item->match.id);
		buf_add_c(out, "\">");
	}
	render_html_escape(out, item->match.title);
	buf_add_c(out, r->linked ? "</a></h3>\n" : "</h3>\n");
	add_stories(out, r->set, g);
	add_sets(out, r->set, g, series_of(group));
	add_log(out, item);
	if (r->rules)
		add_remedy(out, &r->rules[group], g->n == 1 ? &item->match : NULL);
	buf_add_c(out, "</article>\n");
}

/* ---- what no article explains ---- */

static void add_template(struct buf *out, const struct unknown *u)
{
	struct buf template = { 0 };
	unknown_template(&template, u);
	for (struct str rest = buf_str(&template); rest.n;) {
		size_t at = str_find(rest, STR("<*>"));
		render_html_escape(out, str_first(rest, at));
		if (at != STR_NONE)
			buf_add_c(out, "<var>*</var>");
		rest = str_from(rest, at == STR_NONE ? rest.n : at + 3);
	}
	buf_free(&template);
}

static void add_unknowns(struct buf *out, const struct unknowns *set, size_t limit)
{
	if (!set || !set->count)
		return;
	buf_add_c(
		out,
		"<h2>Look like errors, and no article explains them</h2>\n<section class=\"card\" aria-label=\"Unknown "
		"errors\">\n<table>\n<tr><th class=\"n\">Times</th><th>What varies is marked, with one "
		"example</th></tr>\n");
	for (size_t i = 0; i < set->count && i < limit; i++) {
		const struct unknown *u = &set->items[i];
		buf_add_c(out, "<tr><td class=\"n\">");
		render_html_number(out, u->count);
		buf_add_c(out, "</td><td><span class=\"template\">");
		add_template(out, u);
		buf_add_c(out, "</span><span class=\"example\">");
		render_html_escape(out, u->text);
		buf_add_c(out, "</span><span class=\"from\">");
		render_html_escape(out, u->file);
		buf_addf(out, ", line %llu</span></td></tr>\n", (unsigned long long)u->line);
	}
	buf_add_c(out, "</table>\n");
	if (set->count > limit)
		buf_addf(out, "<p>%zu more, less frequent, are left out.</p>\n", set->count - limit);
	buf_add_c(out, "</section>\n");
}

/* ---- the page ---- */

void render_html_scan_parts(struct buf *out, const struct render_scan *r)
{
	size_t shown = r->set->group_count < r->limit ? r->set->group_count : r->limit;
	buf_add_c(out, r->set->group_count ? "<h2>When</h2>\n" : "");
	add_timeline(out, r, shown);
	buf_add_c(out, shown ? "<h2>What and why</h2>\n" : "");
	for (size_t g = 0; g < shown; g++)
		add_incident(out, r, g);
	if (shown < r->set->group_count)
		buf_addf(out, "<p>%zu more, less frequent, are left out.</p>\n", r->set->group_count - shown);
	add_unknowns(out, r->unknowns, r->limit);
}

void render_html_scan(struct buf *out, const struct render_scan *r)
{
	buf_add_c(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
		       "'unsafe-inline'\">\n"
		       "<meta name=\"referrer\" content=\"no-referrer\">\n<title>Log scan: ");
	buf_addf(out, "%zu known problem%s</title>\n<style>\n", r->set->group_count,
		 render_plural(r->set->group_count));
	buf_add_c(out, style);
	buf_add_c(out, "</style>\n</head>\n<body>\n");
	add_summary(out, r);
	buf_add_c(out, "<main class=\"scan\">\n");
	render_html_scan_parts(out, r);
	buf_add_c(out, "</main>\n<footer>\n<p>Made by kbt");
	buf_add_c(out, r->redacted ? "; hosts, shares, users, addresses and secrets are replaced by tokens, each the "
				     "same throughout"
				   : "");
	buf_add_c(out, ".</p>\n</footer>\n</body>\n</html>\n");
}
