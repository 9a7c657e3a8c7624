/* SPDX-License-Identifier: MIT
 *
 * A whole scan as JSON, Markdown and text. See scan.h.
 */
#include "render/scan.h"

#include "render/render.h"

enum { SETS_IN_JSON = 200 /* of an article */, SETS_IN_TEXT = 5 };

static size_t shown_of(const struct render_scan *r)
{
	return r->set->group_count < r->limit ? r->set->group_count : r->limit;
}

/* ---- JSON ---- */

static void json_set(struct json *j, const struct incident *i)
{
	json_object(j);
	render_json_captures(j, &i->match);
	json_key_int(j, "count", (int64_t)i->count);
	render_json_place(j, "first", &i->first);
	render_json_place(j, "last", &i->last);
	render_json_place(j, "example", &i->example);
	json_key_str(j, "text", i->text);
	if (i->story) {
		json_key_str(j, "story", i->story->name);
		json_key_str(j, "says", i->says);
	}
	render_json_lines(j, "before", i->before);
	render_json_lines(j, "after", i->after);
	json_end_object(j);
}

static void json_article(struct json *j, const struct render_scan *r, size_t g)
{
	const struct incident_group *group = &r->set->groups[g];
	const struct match *m = &r->set->items[group->at].match;
	json_object(j);
	json_key_str(j, "id", m->id);
	json_key_str(j, "title", m->title);
	json_key_real(j, "confidence", m->confidence, 2);
	json_key_int(j, "count", (int64_t)group->count);
	render_json_place(j, "first", &group->first);
	render_json_place(j, "last", &group->last);
	if (r->rules) {
		json_key_str(j, "cause", r->rules[g].cause);
		render_json_resolutions(j, r->rules[g].resolutions, r->rules[g].resolution_count);
	}
	json_key(j, "sets");
	json_array(j);
	for (size_t i = 0; i < group->n && i < SETS_IN_JSON; i++)
		json_set(j, &r->set->items[group->at + i]);
	json_end_array(j);
	json_end_object(j);
}

static void json_unknown(struct json *j, const struct unknown *u)
{
	struct buf object = { 0 };
	render_json_unknown(&object, u);
	json_raw(j, buf_str(&object));
	buf_free(&object);
}

void render_json_scan(struct buf *out, const struct render_scan *r)
{
	struct json j = json_to(out);
	json_object(&j);
	json_key_int(&j, "files", (int64_t)r->files);
	json_key_int(&j, "bytes", (int64_t)r->counts.bytes);
	json_key_int(&j, "lines", (int64_t)r->counts.lines);
	json_key_int(&j, "hit_lines", (int64_t)r->counts.hit_lines);
	json_key(&j, "unread");
	json_array(&j);
	for (size_t i = 0; i < r->unread_count; i++)
		json_str(&j, r->unread[i]);
	json_end_array(&j);
	json_key_int(&j, "articles", (int64_t)r->set->group_count);
	json_key(&j, "incidents");
	json_array(&j);
	for (size_t g = 0; g < shown_of(r); g++)
		json_article(&j, r, g);
	json_end_array(&j);
	json_key(&j, "unknown");
	json_array(&j);
	for (size_t i = 0; r->unknowns && i < r->unknowns->count && i < r->limit; i++)
		json_unknown(&j, &r->unknowns->items[i]);
	json_end_array(&j);
	json_end_object(&j);
}

/* ---- Markdown ---- */

static void add_place(struct buf *out, const struct incidents *set, const struct incident_place *p)
{
	int year = incidents_year(set, p);
	render_markdown_text(out, str_c(p->time));
	if (year)
		buf_addf(out, " (%d?)", year);
	buf_add_c(out, p->time[0] ? ", " : "");
	render_markdown_text(out, p->file);
	buf_addf(out, ":%llu", (unsigned long long)p->line);
}

static void add_names(struct buf *out, const struct match *m)
{
	for (size_t k = 0; k < m->capture_count; k++) {
		buf_add_c(out, k ? ", " : "");
		render_markdown_text(out, m->captures[k].name);
		buf_add_c(out, " = ");
		render_markdown_text(out, m->captures[k].value);
	}
}

/* add_filled: m is NULL where several sets of values are shown together. */
static void add_filled(struct buf *out, struct str text, const struct match *m)
{
	struct buf filled = { 0 };
	render_filled_match(&filled, text, m);
	render_markdown_text(out, buf_str(&filled));
	buf_free(&filled);
}

static void add_article(struct buf *out, const struct render_scan *r, size_t g)
{
	const struct incident_group *group = &r->set->groups[g];
	const struct incident *best = &r->set->items[group->at];
	buf_add_c(out, "\n## ");
	render_markdown_text(out, best->match.id);
	buf_add_c(out, ": ");
	render_markdown_text(out, best->match.title);
	buf_addf(out, "\n\n%llu time%s\n", (unsigned long long)group->count, group->count == 1 ? "" : "s");
	for (size_t i = 0; i < group->n && i < SETS_IN_TEXT; i++) {
		const struct incident *item = &r->set->items[group->at + i];
		buf_addf(out, "%s- %llu: ", i ? "" : "\n", (unsigned long long)item->count);
		add_names(out, &item->match);
		buf_add_c(out, item->match.capture_count ? "; first " : "first ");
		add_place(out, r->set, &item->first);
		buf_add_c(out, "; last ");
		add_place(out, r->set, &item->last);
		buf_add_char(out, '\n');
	}
	buf_add_char(out, '\n');
	render_markdown_block(out, best->text);
	const struct match *m = group->n == 1 ? &best->match : NULL;
	if (r->rules && r->rules[g].cause.n) {
		buf_add_c(out, "\n**Why:** ");
		add_filled(out, r->rules[g].cause, m);
		buf_add_char(out, '\n');
	}
	for (size_t i = 0; r->rules && i < r->rules[g].resolution_count; i++) {
		buf_addf(out, "%s%zu. ", i ? "" : "\n", i + 1);
		add_filled(out, r->rules[g].resolutions[i].text, m);
		buf_add_char(out, '\n');
	}
}

void render_markdown_scan(struct buf *out, struct str title, const struct render_scan *r)
{
	buf_add_c(out, "# ");
	render_markdown_text(out, title);
	buf_addf(out, "\n\n%zu known problem%s, %llu of %llu lines\n", r->set->group_count,
		 r->set->group_count == 1 ? "" : "s", (unsigned long long)r->counts.hit_lines,
		 (unsigned long long)r->counts.lines);
	for (size_t i = 0; i < r->unread_count; i++) {
		buf_add_c(out, i ? "- " : "\n- ");
		render_markdown_text(out, r->unread[i]);
		buf_add_char(out, '\n');
	}
	for (size_t g = 0; g < shown_of(r); g++)
		add_article(out, r, g);
}

/* ---- text ---- */

void render_text_scan(struct buf *out, const struct render_text *t, struct str title, const struct render_scan *r)
{
	render_safe(out, title, false);
	buf_add_c(out, "\n\n");
	for (size_t g = 0; g < shown_of(r); g++)
		render_text_incidents(out, t, r->set, g);
	buf_addf(out, "%zu known problem%s, %llu of %llu lines\n", r->set->group_count,
		 r->set->group_count == 1 ? "" : "s", (unsigned long long)r->counts.hit_lines,
		 (unsigned long long)r->counts.lines);
	for (size_t i = 0; i < r->unread_count; i++) {
		render_safe(out, r->unread[i], false);
		buf_add_char(out, '\n');
	}
}
