/* SPDX-License-Identifier: MIT
 *
 * One piece of evidence, as the contract's JSON object and as lines for a terminal.
 */
#include "render/render.h"

#include <time.h>

bool render_is_udp(const struct triage_report *report)
{
	for (size_t i = 0; i < report->evidence_count; i++)
		if (str_eq(report->evidence[i]->probe, STR("udp")))
			return true;
	return false;
}

static void json_args(struct json *j, const struct evidence *e)
{
	json_key(j, "args");
	json_object(j);
	for (size_t i = 0; i < e->arg_count; i++) {
		json_key(j, e->args[i].name.p);
		json_str(j, e->args[i].value);
	}
	json_end_object(j);
}

static void json_facts(struct json *j, const struct evidence *e)
{
	json_key(j, "facts");
	json_object(j);
	for (size_t i = 0; i < e->fact_count; i++) {
		const struct fact *f = &e->facts[i];
		json_key(j, f->name.p); /* arena strings carry a NUL */
		if (f->type == FACT_BOOL)
			json_bool(j, f->number != 0);
		else if (f->type == FACT_NUMBER)
			json_raw(j, f->text);
		else
			json_str(j, f->text);
	}
	json_end_object(j);
}

static void json_time(struct json *j, int64_t at_ms)
{
	time_t seconds = (time_t)(at_ms / 1000);
	struct tm t;
	char text[40];
	struct buf b = { 0 };
	if (gmtime_r(&seconds, &t) && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &t))
		buf_addf(&b, "%s.%03dZ", text, (int)(at_ms % 1000));
	json_key_str(j, "at", buf_str(&b));
	buf_free(&b);
}

void render_json_evidence(struct buf *out, const struct evidence *e)
{
	struct json j = json_to(out);
	json_object(&j);
	json_key_str(&j, "probe", e->probe);
	json_args(&j, e);
	json_key_str(&j, "state", e->state);
	json_key_str(&j, "reason", e->reason);
	json_facts(&j, e);
	json_time(&j, e->at_ms);
	json_key_real(&j, "ms", e->ms, 1);
	json_key_int(&j, "packets", e->packets);
	json_key_int(&j, "connections", e->connections);
	json_end_object(&j);
}

/* A hint of colour for the states that speak for themselves; the word is always there. */
const char *render_tone(struct str state)
{
	static const struct {
		struct str state;
		const char *tone;
	} tones[] = {
		{ STR_LIT("open"), "good" },	   { STR_LIT("answered"), "good" },   { STR_LIT("accepted"), "good" },
		{ STR_LIT("negotiated"), "good" }, { STR_LIT("works"), "good" },      { STR_LIT("present"), "good" },
		{ STR_LIT("passes"), "good" },	   { STR_LIT("reached"), "good" },    { STR_LIT("reachable"), "good" },
		{ STR_LIT("on-link"), "good" },	   { STR_LIT("gateway"), "good" },    { STR_LIT("up"), "good" },
		{ STR_LIT("permanent"), "good" },  { STR_LIT("read"), "plain" },      { STR_LIT("none"), "plain" },
		{ STR_LIT("local"), "plain" },	   { STR_LIT("stale"), "plain" },     { STR_LIT("delay"), "plain" },
		{ STR_LIT("noarp"), "plain" },	   { STR_LIT("not-run"), "unknown" }, { STR_LIT("too-few"), "unknown" },
	};
	for (size_t i = 0; i < sizeof tones / sizeof *tones; i++)
		if (str_eq(state, tones[i].state))
			return tones[i].tone;
	return "bad";
}

void render_text_evidence(struct buf *out, const struct render_text *t, const struct evidence *e)
{
	const char *tone = render_tone(e->state);
	const char *colour = *tone == 'g' ? RENDER_GOOD : *tone == 'b' ? RENDER_BAD : NULL;
	enum { WORTH_SAYING_MS = 10, PROBE = 9, STATE = 13 };
	size_t wide = e->state.n > STATE ? e->state.n : STATE;
	struct buf text = { 0 };
	buf_addf(out, "  %s", render_on(t, RENDER_BOLD));
	render_padded(out, e->probe, PROBE);
	buf_addf(out, " %s", render_on(t, colour));
	render_padded(out, e->state, STATE);
	buf_addf(out, "%s ", render_on(t, RENDER_PLAIN));
	buf_add(&text, e->reason);
	if (e->ms >= WORTH_SAYING_MS && str_find(e->reason, STR(" ms")) == STR_NONE)
		buf_addf(&text, " (%.0f ms)", e->ms);
	render_beside(out, t, (unsigned)(2 + PROBE + 1 + wide + 1), buf_str(&text));
	buf_free(&text);
}
