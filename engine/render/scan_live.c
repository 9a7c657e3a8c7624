/* SPDX-License-Identifier: MIT
 *
 * A hit as it comes: see scan.h. Two lines, so that a terminal that scrolls can be read.
 */
#include "render/scan.h"

#include "base/utf8.h"

static void add_bold(struct buf *out, const struct render_text *t, struct str s)
{
	buf_add_c(out, t->colour ? "\033[1m" : "");
	render_safe(out, s, false);
	buf_add_c(out, t->colour ? "\033[0m" : "");
}

void render_text_hit(struct buf *out, const struct render_text *t, const struct scan_hit *hit)
{
	const struct match *m = &hit->match;
	if (hit->time.n) {
		render_safe(out, hit->time, false);
		buf_add_c(out, "  ");
	}
	add_bold(out, t, m->id);
	buf_add_c(out, "  ");
	render_safe(out, m->title, false);
	for (size_t i = 0; i < m->capture_count; i++) {
		buf_add_c(out, i ? ", " : "  (");
		render_safe(out, m->captures[i].name, false);
		buf_add_c(out, " = ");
		render_safe(out, m->captures[i].value, false);
	}
	buf_add_c(out, m->capture_count ? ")\n    " : "\n    ");
	render_safe(out, hit->file, false);
	buf_addf(out, ":%llu: ", (unsigned long long)hit->line);
	size_t show = t->width > 40 ? (size_t)t->width * 2 : 200;
	struct str text = str_trim(hit->text);
	render_safe(out, utf8_first(text, show), false);
	buf_add_c(out, text.n > show ? "...\n" : "\n");
}
