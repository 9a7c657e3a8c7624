/* SPDX-License-Identifier: MIT
 *
 * See beside.h. Done with the answer and not behind it: so it is there without a script, and nothing moves on the page.
 */
#include "web/beside.h"

#include "render/html.h"
#include "scan/incident.h"
#include "scan/unknown.h"
#include "web/page.h"

enum { ALONE_MAX = 1000 /* bytes: an address takes three for each */ };

struct scanned {
	struct str left; /* to read */
	struct incidents incidents;
	struct unknowns unknowns;
	enum err err;
};

static enum err read_text(void *context, char *p, size_t n, size_t *ret_n)
{
	struct scanned *s = context;
	*ret_n = str_take(&s->left, p, n);
	return ERR_OK;
}

static bool take_hit(void *context, const struct scan_hit *hit)
{
	struct scanned *s = context;
	s->err = incidents_add(&s->incidents, hit);
	return !s->err;
}

static bool take_unknown(void *context, const struct scan_line *line)
{
	struct scanned *s = context;
	s->err = unknowns_add(&s->unknowns, line);
	return !s->err;
}

static enum err scan_text(const struct matcher *m, struct scanned *s)
{
	struct scan_options options = { .threads = 1, .unknown = take_unknown, .unknown_context = s };
	struct scan_counts counts;
	struct scan *scan = NULL;
	s->incidents.by = INCIDENT_BY_ARTICLE;
	enum err e = scan_open(m, &options, &scan);
	if (!e)
		e = scan_stream(scan, STR("pasted.log"), read_text, s, take_hit, s, &counts);
	scan_close(&scan);
	e = s->err ? s->err : e;
	return e ? e : incidents_group(&s->incidents);
}

static bool is_among(const struct match *answered, size_t count, struct str id)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(answered[i].id, id))
			return true;
	return false;
}

static void keep_problems(const struct scanned *s, const struct match *answered, size_t answered_count, struct arena *a,
			  struct beside *b)
{
	for (size_t i = 0; i < s->incidents.group_count; i++) {
		const struct incident_group *g = &s->incidents.groups[i];
		const struct incident *first = &s->incidents.items[g->at];
		if (is_among(answered, answered_count, first->match.id))
			continue;
		struct beside_problem *p = arena_push(a, &b->items, &b->count, &b->cap);
		if (p)
			*p = (struct beside_problem){ arena_str(a, first->match.id), arena_str(a, first->match.title),
						      arena_str(a, first->text), first->example.line, g->count };
	}
	b->unknown_kinds = s->unknowns.count;
}

enum err beside_scan(const struct matcher *m, struct str text, const struct match *answered, size_t answered_count,
		     struct arena *a, struct beside *ret_beside)
{
	struct beside b = { 0 };
	struct scanned s = { .left = text };
	struct str rest = str_trim(text), line;
	size_t lines = 0;
	while (str_line(&rest, &line))
		lines++;
	b.lines = lines >= BESIDE_LINES_MIN ? lines : 0;
	b.scanned = b.lines && text.n <= BESIDE_MAX;
	enum err e = b.scanned ? scan_text(m, &s) : ERR_OK;
	if (!e)
		keep_problems(&s, answered, answered_count, a, &b);
	incidents_free(&s.incidents);
	unknowns_free(&s.unknowns);
	if (!e && arena_err(a))
		e = ERR_NOMEM;
	if (!e)
		*ret_beside = b;
	return e;
}

/* add_problem: asked alone, the line has its own values and probes. */
static void add_problem(struct buf *out, const struct beside_problem *p)
{
	bool alone = p->text.n <= ALONE_MAX;
	buf_add_c(out, alone ? "<li><a href=\"/?q=" : "<li><a href=\"/kb/");
	page_encode(out, alone ? p->text : p->id);
	buf_add_c(out, "\">");
	render_html_escape(out, p->title);
	buf_add_c(out, "</a> <span class=\"hint\">");
	render_html_number(out, p->count);
	buf_addf(out, " time%s, line ", p->count == 1 ? "" : "s");
	render_html_number(out, p->line);
	buf_add_c(out, "</span></li>\n");
}

void beside_add(struct buf *out, const struct beside *b, bool answered)
{
	if (!b->lines)
		return;
	buf_add_c(out, "<section class=\"whole\" aria-label=\"The text as a log\">\n");
	if (b->scanned && b->count)
		buf_addf(out, "<p>%zu %sknown problem%s in these ", b->count, answered ? "more " : "",
			 b->count == 1 ? "" : "s");
	else if (b->scanned)
		buf_addf(out, "<p>No %sknown problem in these ", answered ? "other " : "");
	else
		buf_add_c(out, "<p>What else is known in these ");
	render_html_number(out, b->lines);
	buf_add_c(out, b->scanned ? " lines" : " lines, a scan of them says");
	if (b->unknown_kinds) {
		buf_add_c(out, b->count ? ", and " : ", but ");
		render_html_number(out, b->unknown_kinds);
		buf_addf(out, " kind%s of error that no article explains", b->unknown_kinds == 1 ? "" : "s");
	}
	buf_add_c(out, b->count ? ":</p>\n<ul>\n" : ".</p>\n");
	for (size_t i = 0; i < b->count; i++)
		add_problem(out, &b->items[i]);
	buf_add_c(out, b->count ? "</ul>\n" : "");
	buf_add_c(out, "<button form=\"ask\" formaction=\"/logs\" name=\"do\" value=\"scan\">Scan all ");
	render_html_number(out, b->lines);
	buf_add_c(out, " lines as a log</button>\n</section>\n");
}
