/* SPDX-License-Identifier: MIT
 *
 * One log as a scan shows it over the small KB: every hit as JSON, then the incidents, by what they can be grouped.
 */
#include "tests/main/golden.h"

#include "render/scan.h"
#include "tests/main/small_kb.h"

#include <string.h>

struct golden_run {
	struct str rest; /* of the log */
	struct buf *json;
	struct incidents sets[4];
	enum err err;
};

static enum err read_log(void *context, char *p, size_t n, size_t *ret_n)
{
	struct golden_run *r = context;
	struct str part = str_first(r->rest, n);
	if (part.n)
		memcpy(p, part.p, part.n);
	r->rest = str_from(r->rest, part.n);
	*ret_n = part.n;
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
	}
	return e;
}

enum err golden_print(struct str in, struct arena *a, struct buf *out)
{
	struct golden_run r = { .rest = in, .json = out };
	struct scan_options options = { .threads = 1, .context = 2 };
	struct scan_counts counts;
	struct matcher *matcher = NULL;
	struct scan *scan = NULL;
	(void)a;
	for (size_t i = 0; i < 4; i++)
		r.sets[i].by = (enum incident_by)i;
	enum err e = small_kb_open(&matcher);
	if (!e)
		e = scan_open(matcher, &options, &scan);
	if (!e)
		e = scan_stream(scan, STR("logs/sample.log"), read_log, &r, take_hit, &r, &counts);
	if (!e)
		e = r.err ? r.err : print_sets(&r, out);
	scan_close(&scan);
	match_close(&matcher);
	for (size_t i = 0; i < 4; i++)
		incidents_free(&r.sets[i]);
	return e;
}
