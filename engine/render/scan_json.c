/* SPDX-License-Identifier: MIT
 *
 * Hits and unknown errors as JSON: see scan.h.
 */
#include "render/scan.h"

#include "base/json.h"

void render_json_lines(struct json *j, const char *key, struct str lines)
{
	json_key(j, key);
	json_array(j);
	for (struct str line; str_line(&lines, &line);)
		json_str(j, line);
	json_end_array(j);
}

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
	render_json_captures(&j, m);
	json_key_str(&j, "text", hit->text);
	if (hit->beside_count) {
		json_key(&j, "beside");
		json_object(&j);
		for (size_t i = 0; i < hit->beside_count; i++)
			json_key_int(&j, hit->beside[i].name.p, (int64_t)hit->line + hit->beside[i].lines);
		json_end_object(&j);
	}
	if (hit->before.n || hit->after.n) {
		render_json_lines(&j, "before", hit->before);
		render_json_lines(&j, "after", hit->after);
	}
	json_end_object(&j);
}

void render_json_place(struct json *j, const char *key, const struct incident_place *p)
{
	json_key(j, key);
	json_object(j);
	json_key_str(j, "file", p->file);
	json_key_int(j, "line", (int64_t)p->line);
	json_key_str(j, "time", str_c(p->time));
	json_end_object(j);
}

void render_json_incident(struct buf *out, const struct incident *i)
{
	struct json j = json_to(out);
	json_object(&j);
	json_key_bool(&j, "incident", true);
	json_key_str(&j, "id", i->match.id);
	json_key_str(&j, "title", i->match.title);
	render_json_captures(&j, &i->match);
	if (i->group.n)
		json_key_str(&j, "group", i->group);
	json_key_int(&j, "count", (int64_t)i->count);
	render_json_place(&j, "first", &i->first);
	render_json_place(&j, "last", &i->last);
	if (i->story) {
		json_key_str(&j, "story", i->story->name);
		json_key_str(&j, "says", i->says);
	}
	json_end_object(&j);
}

void render_json_unknown(struct buf *out, const struct unknown *u)
{
	struct json j = json_to(out);
	struct buf template = { 0 };
	unknown_template(&template, u);
	json_object(&j);
	json_key_bool(&j, "unknown", true);
	json_key_int(&j, "count", (int64_t)u->count);
	json_key_str(&j, "template", buf_str(&template));
	json_key_str(&j, "file", u->file);
	json_key_int(&j, "line", (int64_t)u->line);
	json_key_str(&j, "text", u->text);
	json_end_object(&j);
	if (buf_err(&template))
		out->err = buf_err(&template);
	buf_free(&template);
}
