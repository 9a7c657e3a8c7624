/* SPDX-License-Identifier: MIT
 *
 * The matches of an answer as the contract's JSON: `matches`, and `nearest` for those below the floor. A look-up and a
 * diagnosis print them alike.
 */
#include "render/render.h"

static void json_span(struct json *j, struct match_span s)
{
	json_array(j);
	json_int(j, (int64_t)s.start);
	json_int(j, (int64_t)s.end);
	json_end_array(j);
}

void render_json_resolutions(struct json *j, const struct rule_resolution *items, size_t count)
{
	json_key(j, "resolution");
	json_array(j);
	for (size_t i = 0; i < count; i++) {
		json_object(j);
		json_key_str(j, "kind", items[i].kind == RESOLUTION_FIX ? STR("fix") : STR("workaround"));
		json_key_str(j, "text", items[i].text);
		json_key_str(j, "where", items[i].where);
		json_key_str(j, "caveat", items[i].caveat);
		if (items[i].effort)
			json_key_str(j, "effort", str_c(rule_effort_name(items[i].effort)));
		if (items[i].risk) {
			json_key_str(j, "risk", str_c(rule_risk_name(items[i].risk)));
			json_key_str(j, "harm", items[i].harm);
		}
		json_end_object(j);
	}
	json_end_array(j);
}

void render_json_code(struct json *j, const char *key, const struct match_code *code)
{
	if (!code->known)
		return;
	if (key)
		json_key(j, key);
	json_object(j);
	json_key_int(j, "value", code->value);
	json_key_str(j, "family", code->family);
	json_key_str(j, "symbol", code->symbol);
	json_key_str(j, "says", code->says);
	if (code->written_symbol.n) {
		json_key(j, "written");
		json_object(j);
		json_key_int(j, "value", code->written);
		json_key_str(j, "family", code->written_family);
		json_key_str(j, "symbol", code->written_symbol);
		json_end_object(j);
	}
	json_end_object(j);
}

static void json_why(struct json *j, const struct match *m)
{
	json_key(j, "why");
	json_object(j);
	json_key_str(j, "template", m->template);
	json_key(j, "matched");
	json_array(j);
	for (size_t i = 0; i < m->span_count; i++)
		json_span(j, m->spans[i]);
	json_end_array(j);
	render_json_code(j, "code", &m->code);
	json_key_str(j, "says", m->why);
	json_end_object(j);
}

void render_json_captures(struct json *j, const struct match *m)
{
	json_key(j, "captures");
	json_object(j);
	for (size_t i = 0; i < m->capture_count; i++) {
		json_name(j, m->captures[i].name);
		json_str(j, m->captures[i].value);
	}
	json_end_object(j);
}

static void json_captures(struct json *j, const struct match *m)
{
	render_json_captures(j, m);
	json_key(j, "findings");
	json_array(j);
	for (size_t i = 0; i < m->capture_count; i++)
		if (m->captures[i].finding.n)
			json_str(j, m->captures[i].finding);
	json_end_array(j);
	json_key(j, "cut");
	json_array(j);
	for (size_t i = 0; i < m->capture_count; i++)
		if (m->captures[i].cut)
			json_str(j, m->captures[i].name);
	json_end_array(j);
}

static void json_match(struct json *j, const struct triage_match *t)
{
	const struct match *m = t->match;
	json_object(j);
	json_key_str(j, "id", m->id);
	json_key_str(j, "title", m->title);
	json_key_real(j, "confidence", m->confidence, 3);
	if (m->together > m->confidence)
		json_key_real(j, "together", m->together, 3);
	json_key_str(j, "cause", t->rule.cause);
	render_json_resolutions(j, t->rule.resolutions, t->rule.resolution_count);
	json_key_str(j, "status", str_c(rule_status_name(t->rule.status)));
	json_key(j, "also");
	json_array(j);
	for (size_t i = 0; i < m->also_count; i++)
		json_str(j, m->also[i]);
	json_end_array(j);
	json_why(j, m);
	json_captures(j, m);
	json_end_object(j);
}

void render_json_matches(struct json *j, const struct triage_answer *answer)
{
	json_key(j, "matches");
	json_array(j);
	for (size_t i = 0; i < answer->found.match_count; i++)
		json_match(j, &answer->matches[i]);
	json_end_array(j);
	json_key(j, "nearest");
	json_array(j);
	for (size_t i = 0; i < answer->found.nearest_count; i++)
		json_match(j, &answer->nearest[i]);
	json_end_array(j);
}
