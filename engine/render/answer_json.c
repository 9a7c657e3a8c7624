/* SPDX-License-Identifier: MIT
 *
 * A look-up as the contract's JSON object, on one line.
 */
#include "render/render.h"

static void json_envelope(struct json *j, const struct match_envelope *e)
{
	if (!e->kind.n)
		return;
	json_key(j, "envelope");
	json_object(j);
	json_key_str(j, "kind", e->kind);
	json_key(j, "payload");
	json_array(j);
	json_int(j, (int64_t)e->payload.start);
	json_int(j, (int64_t)e->payload.end);
	json_end_array(j);
	json_key_str(j, "time", e->time);
	json_key_str(j, "component", e->component);
	json_key_str(j, "host", e->host);
	json_key_str(j, "thread", e->thread);
	json_key_str(j, "level", e->level);
	json_key_str(j, "event", e->event);
	json_end_object(j);
}

static void json_readings(struct json *j, const struct match_answer *found)
{
	render_json_code(j, "code", &found->code);
	if (!found->code_reading_count)
		return;
	json_key(j, "readings");
	json_array(j);
	for (size_t i = 0; i < found->code_reading_count; i++)
		render_json_code(j, NULL, &found->code_readings[i]);
	json_end_array(j);
}

void render_json_answer(struct buf *out, const struct triage_answer *answer)
{
	struct json j = json_to(out);
	json_object(&j);
	json_key_str(&j, "query", answer->found.query);
	json_key_bool(&j, "explained", answer->found.explained);
	render_json_matches(&j, answer);
	json_envelope(&j, &answer->found.envelope);
	json_readings(&j, &answer->found);
	json_end_object(&j);
}
