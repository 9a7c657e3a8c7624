/* SPDX-License-Identifier: MIT
 *
 * One log as a scan shows it over the small KB: every hit as JSON, the incidents by what they can be grouped, and the
 * page without its style.
 */
#include "tests/main/golden.h"

#include "render/scan.h"
#include "tests/main/small_kb.h"

struct golden_run {
	struct str rest; /* of the log */
	struct buf *json;
	struct incidents sets[4];
	struct unknowns unknowns;
	enum err err;
};

static enum err read_log(void *context, char *p, size_t n, size_t *ret_n)
{
	struct golden_run *r = context;
	*ret_n = str_take(&r->rest, p, n);
	return ERR_OK;
}

static bool take_hit(void *context, const struct scan_hit *hit)
{
	struct golden_run *r = context;
	struct scan_hit bare = *hit;
	bare.before = bare.after = STR("");
	render_json_hit(r->json, &bare);
	buf_add_char(r->json, '\n');
	for (size_t i = 0; i < 4 && !r->err; i++)
		r->err = incidents_add(&r->sets[i], hit);
	return !r->err;
}

static bool take_unknown(void *context, const struct scan_line *line)
{
	struct golden_run *r = context;
	r->err = unknowns_add(&r->unknowns, line);
	return !r->err;
}

static enum err print_sets(struct golden_run *r, struct buf *out)
{
	static const char *const names[] = { "bindings", "article", "host", "hour" };
	struct render_text text = { .width = 80 };
	enum err e = ERR_OK;
	for (size_t i = 0; i < 4 && !e; i++) {
		e = incidents_group(&r->sets[i]);
		buf_addf(out, "---- by %s\n", names[i]);
		for (size_t g = 0; !e && g < r->sets[i].group_count; g++)
			render_text_incidents(out, &text, &r->sets[i], g);
		render_text_outside(out, &r->sets[i]);
	}
	unknowns_rank(&r->unknowns);
	buf_add_c(out, "---- incidents\n");
	for (size_t i = 0; i < r->sets[0].count; i++) {
		render_json_incident(out, &r->sets[0].items[i]);
		buf_add_char(out, '\n');
	}
	buf_add_c(out, "---- unknown\n");
	for (size_t i = 0; i < r->unknowns.count; i++) {
		render_json_unknown(out, &r->unknowns.items[i]);
		buf_add_char(out, '\n');
	}
	render_text_unknowns(out, &text, &r->unknowns, 3);
	return e;
}

/* The rule is the same for all, with what must not reach a page as it is. */
static enum err print_page(struct golden_run *r, const struct scan_counts *counts, struct arena *a, struct buf *out)
{
	static struct rule_resolution todo[] = {
		{ .kind = RESOLUTION_WORKAROUND,
		  .text = STR_LIT("Use <the> \"other\" path & wait"),
		  .where = STR_LIT("<client>") },
		{ .kind = RESOLUTION_FIX, .text = STR_LIT("Mend it"), .caveat = STR_LIT("See Q134964 and <script>") },
	};
	struct incidents *set = &r->sets[INCIDENT_BY_ARTICLE];
	struct rule *rules = arena_array(a, struct rule, set->group_count);
	struct buf page = { 0 };
	for (size_t i = 0; rules && i < set->group_count; i++)
		rules[i] =
			(struct rule){ .cause = STR("It is <i>down</i>."), .resolutions = todo, .resolution_count = 2 };
	struct render_scan scan = { .set = set,
				    .rules = rules,
				    .limit = 2,
				    .unknowns = &r->unknowns,
				    .counts = *counts,
				    .files = 1,
				    .made = STR("2026-11-25") };
	render_html_scan(&page, &scan);
	struct str text = buf_str(&page);
	size_t style = str_find(text, STR("<style>")), behind = str_find(text, STR("</style>"));
	buf_add_c(out, "---- page\n");
	buf_add(out, str_first(text, style));
	buf_add(out, str_from(text, behind));
	buf_free(&page);
	return rules ? ERR_OK : ERR_NOMEM;
}

enum err golden_print(struct str in, struct arena *a, struct buf *out)
{
	struct golden_run r = { .rest = in, .json = out };
	struct scan_options options = { .threads = 1, .context = 2, .unknown = take_unknown, .unknown_context = &r };
	struct scan_counts counts;
	struct matcher *matcher = NULL;
	struct scan *scan = NULL;
	for (size_t i = 0; i < 4; i++)
		r.sets[i].by = (enum incident_by)i;
	enum err e = small_kb_open(&matcher);
	if (!e)
		e = scan_open(matcher, &options, &scan);
	if (!e)
		e = scan_stream(scan, STR("logs/sample.log"), read_log, &r, take_hit, &r, &counts);
	if (!e)
		e = r.err ? r.err : print_sets(&r, out);
	if (!e)
		e = print_page(&r, &counts, a, out);
	scan_close(&scan);
	match_close(&matcher);
	for (size_t i = 0; i < 4; i++)
		incidents_free(&r.sets[i]);
	unknowns_free(&r.unknowns);
	return e;
}
