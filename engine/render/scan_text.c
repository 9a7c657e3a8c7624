/* SPDX-License-Identifier: MIT
 *
 * Incidents as text: see scan.h.
 */
#include "render/scan.h"

#include "match/stamp.h"

#include <stdio.h>
#include <string.h>

enum {
	WIDTH_DEFAULT = 80,
	WIDTH_MIN = 40,
	EXAMPLE_ROWS = 3, /* that the most telling line may take */
	SPARK_MAX = 48,	  /* columns of counts over time */
	SETS_SHOWN = 5	  /* sets of bindings of an article, articles of a host or an hour */
};

#define MARK "\033[1;31m" /* the line of a hit */

static size_t width_of(const struct render_text *t)
{
	size_t width = t->width ? t->width : WIDTH_DEFAULT;
	return width < WIDTH_MIN ? WIDTH_MIN : width;
}

static void paint(struct buf *out, const struct render_text *t, const char *colour, const char *text)
{
	render_coloured(out, t, colour, str_c(text));
}

static int digits_of(uint64_t n)
{
	int digits = 1;
	for (; n >= 10; n /= 10)
		digits++;
	return digits;
}

/* ---- a line of a log in rows: safe text, and for each of its bytes whether it is a captured value ---- */

struct painted {
	struct buf text, value;
};

static void add_piece(struct painted *p, struct str raw, bool value)
{
	size_t from = p->text.n;
	render_safe(&p->text, raw, true);
	for (size_t i = from; i < p->text.n; i++)
		if (p->text.p[i] == '\t' || p->text.p[i] == '\n')
			p->text.p[i] = ' ';
	while (p->value.n < p->text.n && !buf_err(&p->value))
		buf_add_char(&p->value, value);
}

/* The captured values of the match, ascending and apart, as they stand in the text; spans count from `base` before
 * it. */
static void add_marked(struct painted *p, struct str text, const struct match *m, size_t base)
{
	size_t at = 0;
	for (bool more = true; more;) {
		const struct match_capture *next = NULL;
		for (size_t i = 0; m && i < m->capture_count; i++) {
			const struct match_capture *c = &m->captures[i];
			if (c->span.start >= base + at && c->span.end > c->span.start && c->span.end <= base + text.n &&
			    (!next || c->span.start < next->span.start))
				next = c;
		}
		more = next;
		size_t start = next ? next->span.start - base : text.n, end = next ? next->span.end - base : text.n;
		add_piece(p, (struct str){ text.p + at, start - at }, false);
		add_piece(p, (struct str){ text.p + start, end - start }, true);
		at = end;
	}
}

static bool starts_character(const struct painted *p, size_t at)
{
	return ((unsigned char)p->text.p[at] & 0xC0) != 0x80;
}

/* row_end is where a row of that many columns ends; where more follows, behind its last blank, if that is near. */
static size_t row_end(const struct painted *p, size_t start, size_t width)
{
	size_t at = start, columns = 0, blank = 0;
	for (; at < p->text.n && (columns < width || !starts_character(p, at)); at++) {
		columns += starts_character(p, at);
		if (p->text.p[at] == ' ' && columns + width / 3 > width)
			blank = at + 1;
	}
	return at < p->text.n && p->text.p[at] != ' ' && blank ? blank : at;
}

static void put_row(struct buf *out, const struct render_text *t, const struct painted *p, size_t from, size_t to,
		    const char *colour)
{
	const char *now = NULL;
	for (size_t i = from; i < to; i++) {
		const char *want = !t->colour ? NULL : p->value.p[i] ? RENDER_VALUE : colour;
		if (want != now) {
			buf_addf(out, "%s%s", now ? RENDER_PLAIN : "", want ? want : "");
			now = want;
		}
		buf_add_char(out, p->text.p[i]);
	}
	buf_add_c(out, now ? RENDER_PLAIN : "");
}

static void put_rows(struct buf *out, const struct render_text *t, const struct painted *p, size_t indent, size_t rows,
		     const char *colour)
{
	size_t width = width_of(t) - indent, at = 0;
	for (size_t row = 1; at < p->text.n; row++) {
		size_t end = row_end(p, at, width);
		if (row == rows && end < p->text.n) { /* the last one is as full as can be */
			size_t columns = 0;
			for (end = at; columns < width - 1 || !starts_character(p, end); end++)
				columns += starts_character(p, end);
			put_row(out, t, p, at, end, colour);
			buf_add_c(out, "\u2026\n");
			return;
		}
		size_t shown = end;
		while (shown > at && p->text.p[shown - 1] == ' ')
			shown--;
		put_row(out, t, p, at, shown, colour);
		for (at = end; at < p->text.n && p->text.p[at] == ' ';)
			at++;
		if (at < p->text.n)
			buf_addf(out, "\n%*s", (int)indent, "");
	}
	buf_add_char(out, '\n');
}

struct gutter {
	int digits;
	uint64_t line;
};

static void put_line(struct buf *out, const struct render_text *t, struct gutter *g, struct str line,
		     const struct match *hit, size_t base)
{
	struct painted p = { 0 };
	add_marked(&p, str_trim_end(line), hit, base);
	buf_add_c(out, "  ");
	paint(out, t, MARK, hit ? ">" : " ");
	char number[32];
	snprintf(number, sizeof number, " %*llu  ", g->digits, (unsigned long long)g->line++);
	paint(out, t, RENDER_DIM, number);
	put_rows(out, t, &p, 6 + (size_t)g->digits, hit ? EXAMPLE_ROWS : 1, hit ? NULL : RENDER_DIM);
	buf_free(&p.text);
	buf_free(&p.value);
}

static uint64_t count_lines(struct str lines)
{
	uint64_t n = 0;
	for (struct str line; str_line(&lines, &line);)
		n++;
	return n;
}

static void put_example(struct buf *out, const struct render_text *t, const struct incident *i)
{
	struct str line, before = i->before, after = i->after, text = i->text;
	uint64_t first = i->example.line - count_lines(before);
	struct gutter g = { .digits = digits_of(i->example.line + count_lines(text) - 1 + count_lines(after)),
			    .line = first };
	buf_add_char(out, '\n');
	while (str_line(&before, &line))
		put_line(out, t, &g, line, NULL, 0);
	while (str_line(&text, &line))
		put_line(out, t, &g, line, &i->match, (size_t)(line.p - i->text.p));
	while (str_line(&after, &line))
		put_line(out, t, &g, line, NULL, 0);
}

/* ---- counts, times, places ---- */

/* add_spark adds a row of bars, one for each column. */
static void add_spark(struct buf *out, const uint64_t *columns, size_t count)
{
	static const char *const bars[] = { "\u2581", "\u2582", "\u2583", "\u2584",
					    "\u2585", "\u2586", "\u2587", "\u2588" };
	uint64_t most = 1;
	for (size_t i = 0; i < count; i++)
		most = columns[i] > most ? columns[i] : most;
	for (size_t i = 0; i < count; i++)
		buf_add_c(out, columns[i] ? bars[(columns[i] * 8 + most - 1) / most - 1] : "\u00b7");
}

/* A time at the edge of the axis, without what both edges share. */
static void put_edge(struct buf *out, const struct render_text *t, const struct incidents *set, int64_t at_s, bool day)
{
	char label[32];
	size_t n = when_label(&set->when, at_s, label, sizeof label), clock = 5;
	bool days_only = set->shown.axis.max_s - set->shown.axis.min_s > 40 * 86400;
	struct str text =
		day ? (struct str){ label, days_only ? n - clock - 1 : n } : (struct str){ label + n - clock, clock };
	render_coloured(out, t, RENDER_DIM, text);
	if (day && incidents_guessed(set, at_s))
		paint(out, t, RENDER_DIM, "?");
}

static void put_spark(struct buf *out, const struct render_text *t, const struct incidents *set,
		      const struct incident_group *g)
{
	const struct timeline_axis *axis = &set->shown.axis;
	uint64_t columns[SPARK_MAX];
	bool one_day = axis->width_s && (axis->min_s / 86400) == (axis->max_s / 86400);
	size_t room = width_of(t) - (one_day ? 36 : 56) - (g->outside ? 18 : 0);
	if (g->outside == g->count)
		return;
	size_t n = timeline_columns(&g->row, axis, columns, room < SPARK_MAX ? room : SPARK_MAX), empty = 0;
	while (empty < n && !columns[empty]) /* of lines without a time there is nothing to draw */
		empty++;
	if (n < 2 || empty == n || width_of(t) < 70)
		return;
	buf_add_c(out, "  ");
	put_edge(out, t, set, axis->min_s, !one_day);
	buf_addf(out, " %s", render_on(t, RENDER_OPEN));
	add_spark(out, columns, n);
	buf_addf(out, "%s ", render_on(t, RENDER_PLAIN));
	put_edge(out, t, set, axis->max_s, !one_day);
	if (g->outside) {
		char outside[40];
		snprintf(outside, sizeof outside, "  and %llu outside", (unsigned long long)g->outside);
		paint(out, t, RENDER_DIM, outside);
	}
}

static void put_place(struct buf *out, const struct render_text *t, const struct incidents *set, const char *label,
		      const struct incident_place *p)
{
	enum { INDENT = 9 };
	size_t time_n = str_c(p->time).n;
	int year = incidents_year(set, p);
	buf_add_c(out, "  ");
	paint(out, t, RENDER_DIM, label);
	buf_add_c(out, "  ");
	if (*p->time) {
		struct str time = str_c(p->time), day, clock;
		bool iso = str_cut(time, 'T', &day, &clock) && day.n == 10 && char_is_digit(time.p[0]);
		render_coloured(out, t, NULL, iso ? day : time);
		buf_add_c(out, iso ? " " : "");
		render_coloured(out, t, NULL, iso ? clock : STR(""));
		if (year) {
			buf_addf(out, " (%d?)", year);
			time_n += strlen(" (2001?)");
		}
		bool below = t->width && INDENT + time_n + 2 + p->file.n + 1 + (size_t)digits_of(p->line) > width_of(t);
		buf_addf(out, below ? "\n%*s" : "%*s", below ? INDENT : 2, "");
	}
	render_safe(out, p->file, false);
	buf_addf(out, ":%llu\n", (unsigned long long)p->line);
}

/* "42 s", "3 min", "5 h", "12 days" */
static void put_span(struct buf *out, int64_t seconds)
{
	static const struct {
		int64_t unit;
		const char *name;
	} units[] = {
		{ 86400, " day" },
		{ 3600, " h" },
		{ 60, " min" },
		{ 1, " s" },
	};
	size_t i = 0;
	while (i < 3 && seconds < 2 * units[i].unit)
		i++;
	int64_t n = seconds / units[i].unit;
	buf_addf(out, "%lld%s%s", (long long)n, units[i].name, !i && n != 1 ? "s" : "");
}

static void put_when(struct buf *out, const struct render_text *t, const struct incidents *set,
		     const struct incident_group *g)
{
	if (g->count == 1) {
		put_place(out, t, set, "once", &g->first);
		return;
	}
	struct buf times = { 0 };
	buf_addf(&times, "%llu times", (unsigned long long)g->count);
	int64_t span = g->last.at_s - g->first.at_s;
	if (g->first.timed && g->last.timed && span > 0 && !g->outside) {
		buf_add_c(&times, " in ");
		put_span(&times, span);
	}
	buf_add_c(out, "  ");
	render_coloured(out, t, RENDER_BOLD, buf_str(&times));
	buf_free(&times);
	put_spark(out, t, set, g);
	buf_add_char(out, '\n');
	put_place(out, t, set, "first", &g->first);
	put_place(out, t, set, "last ", &g->last);
}

/* The values that a story is about, where an article has several sets of them. */
static void add_values(struct buf *out, const struct incident *i)
{
	for (size_t k = 0; k < i->match.capture_count; k++) {
		buf_add_c(out, k ? " " : "");
		buf_add(out, i->match.captures[k].value);
	}
}

static void put_story(struct buf *out, const struct render_text *t, struct str text)
{
	enum { LABEL = 9 };
	struct buf body = { 0 };
	struct render_text width = { .width = (unsigned)width_of(t) };
	render_wrapped(&body, &width, LABEL, text);
	buf_add_c(out, "  ");
	paint(out, t, RENDER_DIM, "means");
	buf_add_c(out, "  ");
	buf_add(out, str_from(buf_str(&body), LABEL));
	buf_free(&body);
}

/* Each story once, with all that it is about. */
static void put_stories(struct buf *out, const struct render_text *t, const struct incidents *set,
			const struct incident_group *g)
{
	size_t shown = g->n < SETS_SHOWN ? g->n : SETS_SHOWN;
	for (size_t i = 0; i < shown; i++) {
		struct buf text = { 0 };
		struct str says = set->items[g->at + i].says;
		if (!says.n || incidents_told_before(set, g, i))
			continue;
		for (size_t k = i; g->n > 1 && k < shown; k++) {
			if (!str_eq(set->items[g->at + k].says, says))
				continue;
			buf_add_c(&text, k > i ? ", " : "");
			add_values(&text, &set->items[g->at + k]);
		}
		buf_add_c(&text, text.n ? ": " : "");
		buf_add(&text, says);
		put_story(out, t, buf_str(&text));
		buf_free(&text);
	}
}

static void put_head(struct buf *out, const struct render_text *t, const struct match *m)
{
	render_coloured(out, t, RENDER_BOLD, m->id);
	buf_add_c(out, "  ");
	buf_add_c(out, render_on(t, RENDER_BOLD));
	render_title(out, t, (unsigned)m->id.n + 2, m->title);
	render_end_colour(out, t);
}

static void put_bindings(struct buf *out, const struct render_text *t, const struct incident *i)
{
	const struct match *m = &i->match;
	for (size_t k = 0; k < m->capture_count; k++) {
		buf_add_c(out, k ? ", " : "");
		render_safe(out, m->captures[k].name, false);
		buf_add_c(out, " = ");
		render_coloured(out, t, RENDER_VALUE, m->captures[k].value);
	}
	buf_add_c(out, i->folded ? "many different bindings" : m->capture_count ? "" : "nothing bound");
}

/* ---- groups ---- */

static void put_sets(struct buf *out, const struct render_text *t, const struct incidents *set,
		     const struct incident_group *g)
{
	int digits = digits_of(set->items[g->at].count);
	for (size_t i = 0; i < g->n && i < SETS_SHOWN; i++) {
		const struct incident *item = &set->items[g->at + i];
		buf_addf(out, "    %*llu  ", digits, (unsigned long long)item->count);
		put_bindings(out, t, item);
		buf_add_char(out, '\n');
	}
	if (g->n > SETS_SHOWN)
		buf_addf(out, "    and %zu more\n", g->n - SETS_SHOWN);
}

static void put_articles(struct buf *out, const struct render_text *t, const struct incidents *set,
			 const struct incident_group *g)
{
	int digits = digits_of(set->items[g->at].count), id_width = 0;
	for (size_t i = g->at; i < g->at + g->n && i < g->at + SETS_SHOWN; i++)
		id_width = (int)set->items[i].match.id.n > id_width ? (int)set->items[i].match.id.n : id_width;
	for (size_t i = 0; i < g->n && i < SETS_SHOWN; i++) {
		const struct incident *item = &set->items[g->at + i];
		struct painted p = { 0 };
		size_t indent = (size_t)(digits + id_width) + 8;
		buf_addf(out, "    %*llu  ", digits, (unsigned long long)item->count);
		render_coloured(out, t, RENDER_BOLD, item->match.id);
		buf_addf(out, "%*s  ", id_width - (int)item->match.id.n, "");
		add_piece(&p, item->match.title, false);
		put_rows(out, t, &p, indent < width_of(t) / 2 ? indent : width_of(t) / 2, 1, NULL);
		if (item->match.capture_count) {
			buf_addf(out, "%*s", (int)indent, "");
			put_bindings(out, t, item);
			buf_add_char(out, '\n');
		}
		buf_free(&p.text);
		buf_free(&p.value);
	}
	if (g->n > SETS_SHOWN)
		buf_addf(out, "    and %zu more\n", g->n - SETS_SHOWN);
}

static void put_group_head(struct buf *out, const struct render_text *t, const struct incidents *set,
			   const struct incident_group *g)
{
	char hour[48];
	struct str name = g->name;
	if (set->by == INCIDENT_BY_HOUR && g->first.guessed) {
		int year = incidents_year(set, &g->first);
		int64_t there_s = g->first.at_s + set->when.east_s;
		name = (struct str){ hour, stamp_label(there_s - there_s % 3600, false, hour, sizeof hour) };
		if (year)
			name.n += (size_t)snprintf(hour + name.n, sizeof hour - name.n, " (%d?)", year);
	}
	if (!name.n)
		name = set->by == INCIDENT_BY_HOUR ? STR("(without a time)") : STR("(no host named)");
	render_coloured(out, t, RENDER_BOLD, name);
	buf_addf(out, "  %llu hit%s", (unsigned long long)g->count, g->count == 1 ? "" : "s");
	if (set->by == INCIDENT_BY_HOST && g->count > 1)
		put_spark(out, t, set, g);
	buf_add_char(out, '\n');
}

void render_text_incidents(struct buf *out, const struct render_text *t, const struct incidents *set, size_t group)
{
	const struct incident_group *g = &set->groups[group];
	const struct incident *item = &set->items[g->at];
	if (set->by == INCIDENT_BY_HOST || set->by == INCIDENT_BY_HOUR) {
		put_group_head(out, t, set, g);
		put_articles(out, t, set, g);
		buf_add_char(out, '\n');
		return;
	}
	put_head(out, t, &item->match);
	if (item->match.capture_count + item->folded && g->n == 1) {
		buf_add_c(out, "  ");
		put_bindings(out, t, item);
		buf_add_char(out, '\n');
	}
	put_when(out, t, set, g);
	if (g->n > 1)
		put_sets(out, t, set, g);
	put_stories(out, t, set, g);
	put_example(out, t, item);
	buf_add_char(out, '\n');
}

/* ---- what no article explains ---- */

static void put_unknown(struct buf *out, const struct render_text *t, const struct unknown *u, int digits)
{
	struct painted p = { 0 };
	struct buf template = { 0 }, place = { 0 };
	size_t indent = (size_t)digits + 4;
	unknown_template(&template, u);
	for (struct str rest = buf_str(&template); rest.n;) { /* what varies is marked as a value is */
		size_t at = str_find(rest, STR("<*>"));
		at = at == STR_NONE ? rest.n : at;
		add_piece(&p, str_first(rest, at), false);
		add_piece(&p, str_first(str_from(rest, at), 3), true);
		rest = str_from(rest, at + 3);
	}
	char count[32];
	snprintf(count, sizeof count, "  %*llu  ", digits, (unsigned long long)u->count);
	paint(out, t, RENDER_BOLD, count);
	put_rows(out, t, &p, indent, EXAMPLE_ROWS, NULL);
	buf_add(&place, u->file);
	buf_addf(&place, ":%llu", (unsigned long long)u->line);
	buf_addf(out, "%*s", (int)indent, "");
	render_coloured(out, t, RENDER_DIM, buf_str(&place));
	buf_add_char(out, '\n');
	buf_free(&p.text);
	buf_free(&p.value);
	buf_free(&template);
	buf_free(&place);
}

void render_text_unknowns(struct buf *out, const struct render_text *t, const struct unknowns *set, size_t limit)
{
	int digits = set->count ? digits_of(set->items[0].count) : 1;
	if (!set->count)
		return;
	buf_add_c(out, render_on(t, RENDER_BOLD));
	render_wrapped(out, t, 0, STR("Look like errors, and no article explains them"));
	render_end_colour(out, t);
	for (size_t i = 0; i < set->count && i < limit; i++)
		put_unknown(out, t, &set->items[i], digits);
	if (set->count > limit)
		buf_addf(out, "  and %zu more\n", set->count - limit);
	if (set->left_out)
		buf_addf(out, "  and %llu lines of other kinds\n", (unsigned long long)set->left_out);
	buf_add_char(out, '\n');
}

void render_text_outside(struct buf *out, const struct incidents *set)
{
	const struct spells_shown *s = &set->shown;
	char first[32], last[32];
	if (!s->outside || set->by == INCIDENT_BY_HOUR)
		return;
	struct str from = { first, when_label(&set->when, s->first_s, first, sizeof first) };
	struct str to = { last, when_label(&set->when, s->last_s, last, sizeof last) };
	bool one = str_eq(from, to);
	buf_addf(out, "%llu line%s outside of the times that are drawn, at %.*s%s%.*s\n",
		 (unsigned long long)s->outside, s->outside == 1 ? " lies far" : "s lie far", STR_ARG(from),
		 one		   ? ""
		 : s->outside == 2 ? " and "
				   : " to ",
		 STR_ARG(one ? STR("") : to));
}
