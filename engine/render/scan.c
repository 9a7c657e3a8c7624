/* SPDX-License-Identifier: MIT
 *
 * Hits as JSON, incidents as text: see scan.h.
 */
#include "render/scan.h"

#include "base/json.h"
#include "base/utf8.h"

void render_json_hit(struct buf *out, const struct scan_hit *hit)
{
	const struct match *m = &hit->match;
	struct json j = json_to(out);
	json_object(&j);
	json_key_str(&j, "file", hit->file);
	json_key_int(&j, "line", (int64_t)hit->line);
	json_key_int(&j, "lines", hit->lines);
	json_key_int(&j, "offset", (int64_t)hit->offset);
	json_key_str(&j, "time", hit->time);
	json_key_str(&j, "id", m->id);
	json_key_real(&j, "confidence", m->confidence, 2);
	json_key(&j, "captures");
	json_object(&j);
	for (size_t i = 0; i < m->capture_count; i++)
		json_key_str(&j, m->captures[i].name.p, m->captures[i].value);
	json_end_object(&j);
	json_key_str(&j, "text", hit->text);
	json_end_object(&j);
}

static void add_place(struct buf *out, const struct incident_place *place)
{
	render_safe(out, place->file, false);
	buf_addf(out, ":%llu", (unsigned long long)place->line);
	if (*place->time) {
		buf_add_c(out, " (");
		render_safe(out, str_c(place->time), false);
		buf_add_c(out, ")");
	}
}

static void add_bindings(struct buf *out, const struct incident *incident)
{
	const struct match *m = &incident->match;
	for (size_t i = 0; i < m->capture_count; i++) {
		buf_add_c(out, i ? ", " : "    ");
		render_safe(out, m->captures[i].name, false);
		buf_add_c(out, " = ");
		render_safe(out, m->captures[i].value, false);
	}
	if (m->capture_count)
		buf_add_char(out, '\n');
	if (incident->folded)
		buf_add_c(out, "    many different bindings\n");
}

void render_text_incident(struct buf *out, const struct render_text *t, const struct incident *incident)
{
	const struct match *m = &incident->match;
	buf_add_c(out, t->colour ? "\033[1m" : "");
	render_safe(out, m->id, false);
	buf_add_c(out, t->colour ? "\033[0m  " : "  ");
	render_safe(out, m->title, false);
	buf_add_char(out, '\n');
	add_bindings(out, incident);
	if (incident->count == 1) {
		buf_add_c(out, "    once, ");
		add_place(out, &incident->first);
	} else {
		buf_addf(out, "    %llu times, first ", (unsigned long long)incident->count);
		add_place(out, &incident->first);
		buf_add_c(out, ", last ");
		add_place(out, &incident->last);
	}
	buf_add_c(out, "\n    > ");
	size_t width = t->width > 40 ? t->width - 6 : 94, show = width * 2;
	struct str text = str_trim(incident->text);
	render_safe(out, utf8_first(text, show), false);
	buf_add_c(out, text.n > show ? "...\n\n" : "\n\n");
}
