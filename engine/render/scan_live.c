/* SPDX-License-Identifier: MIT
 *
 * A hit as it comes: see scan.h. The first of its kind with its title and its line, the others on one line, so that a
 * terminal that scrolls can be read.
 */
#include "render/scan.h"

#include "base/utf8.h"

enum { DATE = 10, WIDTH_OF_A_PIPE = 100, DIGITS = 6 };

/* "2001-03-12T10:56:20" as people read it */
static void add_time(struct buf *out, struct str time)
{
	bool iso = time.n > DATE && time.p[DATE] == 'T' && char_is_digit(time.p[0]);
	render_safe(out, iso ? str_first(time, DATE) : time, false);
	if (iso) {
		buf_add_char(out, ' ');
		render_safe(out, str_from(time, DATE + 1), false);
	}
	buf_add_c(out, time.n ? "  " : "");
}

static void add_captures(struct buf *out, const struct match *m)
{
	for (size_t i = 0; i < m->capture_count; i++) {
		buf_add_c(out, i ? ", " : "");
		render_safe(out, m->captures[i].name, false);
		buf_add_c(out, " = ");
		render_safe(out, m->captures[i].value, false);
	}
}

static void add_place(struct buf *out, const struct scan_hit *hit)
{
	render_safe(out, hit->file, false);
	buf_addf(out, ":%llu", (unsigned long long)hit->line);
}

void render_text_hit(struct buf *out, const struct render_text *t, const struct scan_hit *hit, bool again)
{
	const struct match *m = &hit->match;
	size_t before = hit->time.n ? hit->time.n + 2 : 0;
	add_time(out, hit->time);
	render_coloured(out, t, RENDER_BOLD, m->id);
	buf_add_c(out, "  ");
	if (again) {
		size_t from = out->n;
		buf_add_c(out, m->capture_count ? "again: " : "again");
		add_captures(out, m);
		size_t column = before + m->id.n + 2 + (out->n - from) + 2;
		buf_add_c(out, t->width && column + hit->file.n + DIGITS > t->width ? "\n    " : "  ");
		add_place(out, hit);
		buf_add_char(out, '\n');
		return;
	}
	render_title(out, t, (unsigned)(before + m->id.n + 2), m->title);
	buf_add_c(out, m->capture_count ? "    " : "");
	add_captures(out, m);
	buf_add_c(out, m->capture_count ? "\n    " : "    ");
	add_place(out, hit);
	buf_add_c(out, ": ");
	size_t show = 2 * (t->width > 40 ? (size_t)t->width : WIDTH_OF_A_PIPE);
	struct str text = str_trim(hit->text);
	render_safe(out, utf8_first(text, show), false);
	buf_add_c(out, text.n > show ? "...\n" : "\n");
}
