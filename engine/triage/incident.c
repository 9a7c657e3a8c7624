/* SPDX-License-Identifier: MIT */
#include "triage/incident.h"

#include "base/json.h"
#include "base/utf8.h"

#include <cjson/cJSON.h>

#include <limits.h>

enum { EXACT = 17 }; /* so many digits that the number read is the number written */

#define REAL_MAX 9e15 /* whole numbers up to here are exact, and fit in 64 bits */

/* ---- writing ---- */

static void write_pairs(struct json *j, const char *key, const struct probe_arg *args, size_t count)
{
	json_key(j, key);
	json_array(j);
	for (size_t i = 0; i < count; i++) {
		json_array(j);
		json_str(j, args[i].name);
		json_str(j, args[i].value);
		json_end_array(j);
	}
	json_end_array(j);
}

static void write_facts(struct json *j, const struct evidence *e)
{
	static const char *const types[] = { [FACT_TEXT] = "text", [FACT_NUMBER] = "number", [FACT_BOOL] = "bool" };
	json_key(j, "facts");
	json_array(j);
	for (size_t i = 0; i < e->fact_count; i++) {
		json_array(j);
		json_str(j, e->facts[i].name);
		json_str(j, str_c(types[e->facts[i].type]));
		json_str(j, e->facts[i].text);
		json_real(j, e->facts[i].number, EXACT);
		json_end_array(j);
	}
	json_end_array(j);
}

static void write_raw(struct json *j, struct str raw)
{
	struct buf hex = { 0 };
	for (size_t i = 0; i < raw.n; i++)
		buf_addf(&hex, "%02x", (unsigned char)raw.p[i]);
	json_key_str(j, "raw", buf_str(&hex));
	buf_free(&hex);
}

static void write_evidence(struct json *j, const struct evidence *e)
{
	json_object(j);
	json_key_str(j, "probe", e->probe);
	write_pairs(j, "args", e->args, e->arg_count);
	json_key_str(j, "state", e->state);
	json_key_str(j, "reason", e->reason);
	write_facts(j, e);
	json_key_int(j, "at_ms", e->at_ms);
	json_key_real(j, "ms", e->ms, EXACT);
	json_key_int(j, "packets", e->packets);
	json_key_int(j, "connections", e->connections);
	write_raw(j, e->raw);
	json_end_object(j);
}

void incident_write(struct buf *out, const struct triage_report *report, int64_t generation)
{
	struct json j = json_to(out);
	json_object(&j);
	json_key_int(&j, "kbt_incident", INCIDENT_VERSION);
	json_key_int(&j, "generation", generation);
	json_key_str(&j, "text", report->answer.found.query);
	json_key_str(&j, "state", str_c(verdict_state_name(report->verdict.state)));
	json_key_str(&j, "cause", report->verdict.cause);
	if (report->refused.n) {
		json_key_str(&j, "refused", report->refused);
		json_key_str(&j, "refused_why", report->refused_why);
	}
	json_key(&j, "bindings");
	json_array(&j);
	for (size_t i = 0; i < report->binding_count; i++) {
		const struct binding *b = &report->bindings[i];
		json_array(&j);
		json_str(&j, b->name);
		json_str(&j, b->value);
		json_str(&j, str_c(var_type_name(b->type)));
		json_str(&j, b->from);
		json_end_array(&j);
	}
	json_end_array(&j);
	json_key(&j, "rules");
	json_array(&j);
	for (size_t i = 0; i < report->version_count; i++) {
		json_array(&j);
		json_str(&j, report->versions[i].name);
		json_str(&j, report->versions[i].version);
		json_end_array(&j);
	}
	json_end_array(&j);
	json_key_bool(&j, "offline", report->offline);
	json_key_int(&j, "packets", report->sent.packets);
	json_key_int(&j, "connections", report->sent.connections);
	json_key_real(&j, "ms", report->ms, EXACT);
	json_key(&j, "evidence");
	json_array(&j);
	for (size_t i = 0; i < report->evidence_count; i++)
		write_evidence(&j, report->evidence[i]);
	json_end_array(&j);
	json_end_object(&j);
}

/* ---- reading ---- */

static struct str text_of(const cJSON *item, struct arena *a)
{
	return utf8_mend(arena_str(a, str_c(cJSON_GetStringValue(item))), a);
}

static struct str text_at(const cJSON *list, int at, struct arena *a)
{
	return text_of(cJSON_GetArrayItem(list, at), a);
}

/* number_of: what no count or time is, NaN with it, is 0. */
static double number_of(const cJSON *item)
{
	double v = cJSON_IsNumber(item) ? cJSON_GetNumberValue(item) : 0;
	return v > -REAL_MAX && v < REAL_MAX ? v : 0;
}

static unsigned count_of(const cJSON *item)
{
	double v = number_of(item);
	return v > 0 && v < UINT_MAX ? (unsigned)v : 0;
}

/* read_fact: the words of a number are not believed, for they are printed where a number stands. */
static void read_fact(struct evidence *e, const cJSON *item, struct arena *a)
{
	struct str type = text_at(item, 1, a), name = text_at(item, 0, a);
	double number = number_of(cJSON_GetArrayItem(item, 3));
	if (!name.n)
		return;
	if (str_eq(type, STR("number")))
		evidence_add_number(e, a, name.p, number);
	else if (str_eq(type, STR("bool")))
		evidence_add_bool(e, a, name.p, number != 0);
	else
		evidence_add_text(e, a, name.p, text_at(item, 2, a));
}

static int hex_digit(char c)
{
	return char_is_digit(c) ? c - '0' : char_is_hex(c) ? char_lower(c) - 'a' + 10 : 0;
}

static struct str read_raw(struct str hex, struct arena *a)
{
	size_t n = hex.n / 2 < PROBE_RAW_MAX ? hex.n / 2 : PROBE_RAW_MAX;
	char *bytes = arena_alloc(a, n + 1);
	for (size_t i = 0; bytes && i < n; i++)
		bytes[i] = (char)(hex_digit(hex.p[2 * i]) << 4 | hex_digit(hex.p[2 * i + 1]));
	return (struct str){ bytes, bytes ? n : 0 };
}

static struct evidence *read_evidence(const cJSON *json, struct arena *a)
{
	struct evidence *e = arena_new(a, struct evidence);
	if (!e)
		return NULL;
	const cJSON *item;
	*e = (struct evidence){ .probe = text_of(cJSON_GetObjectItem(json, "probe"), a),
				.state = text_of(cJSON_GetObjectItem(json, "state"), a),
				.reason = text_of(cJSON_GetObjectItem(json, "reason"), a),
				.at_ms = (int64_t)number_of(cJSON_GetObjectItem(json, "at_ms")),
				.ms = number_of(cJSON_GetObjectItem(json, "ms")),
				.packets = count_of(cJSON_GetObjectItem(json, "packets")),
				.connections = count_of(cJSON_GetObjectItem(json, "connections")),
				.raw = read_raw(text_of(cJSON_GetObjectItem(json, "raw"), a), a),
				.args = arena_array(a, struct probe_arg, PROBE_ARGS_MAX) };
	cJSON_ArrayForEach(item, cJSON_GetObjectItem(json, "args"))
	{
		if (e->args && e->arg_count < PROBE_ARGS_MAX)
			e->args[e->arg_count++] = (struct probe_arg){ text_at(item, 0, a), text_at(item, 1, a) };
	}
	cJSON_ArrayForEach(item, cJSON_GetObjectItem(json, "facts")) read_fact(e, item, a);
	return e;
}

static void read_binding(struct incident *in, const cJSON *item, struct arena *a)
{
	struct binding *b = arena_push(a, &in->bindings, &in->binding_count, &in->binding_cap);
	if (!b)
		return;
	*b = (struct binding){ .name = text_at(item, 0, a), .value = text_at(item, 1, a), .from = text_at(item, 3, a) };
	if (!var_type_parse(text_at(item, 2, a), &b->type))
		b->type = VAR_TEXT;
}

static void read_version(struct incident *in, const cJSON *item, struct arena *a)
{
	struct triage_version *v = arena_push(a, &in->versions, &in->version_count, &in->version_cap);
	if (v)
		*v = (struct triage_version){ text_at(item, 0, a), text_at(item, 1, a) };
}

static enum err read_incident(const cJSON *json, struct arena *a, struct diags *d, struct incident *in)
{
	const cJSON *item, *version = cJSON_GetObjectItem(json, "kbt_incident");
	if (!cJSON_IsNumber(version))
		return diags_fail(d, ERR_INPUT, "this is no saved incident (kbt diagnose --save writes them)");
	if (number_of(version) > INCIDENT_VERSION)
		return diags_fail(d, ERR_NEWER, "the incident was saved by a newer version of this program");
	in->text = text_of(cJSON_GetObjectItem(json, "text"), a);
	if (!str_trim(in->text).n)
		return diags_fail(d, ERR_INPUT, "this saved incident is damaged: it has no message");
	in->state = text_of(cJSON_GetObjectItem(json, "state"), a);
	in->cause = text_of(cJSON_GetObjectItem(json, "cause"), a);
	in->refused = text_of(cJSON_GetObjectItem(json, "refused"), a);
	in->refused_why = text_of(cJSON_GetObjectItem(json, "refused_why"), a);
	in->sent.packets = count_of(cJSON_GetObjectItem(json, "packets"));
	in->sent.connections = count_of(cJSON_GetObjectItem(json, "connections"));
	in->ms = number_of(cJSON_GetObjectItem(json, "ms"));
	in->generation = (int64_t)number_of(cJSON_GetObjectItem(json, "generation"));
	cJSON_ArrayForEach(item, cJSON_GetObjectItem(json, "bindings")) read_binding(in, item, a);
	item = cJSON_GetObjectItem(json, "offline"); /* older ones do not say */
	in->offline = item ? cJSON_IsTrue(item) : !cJSON_GetArraySize(cJSON_GetObjectItem(json, "evidence"));
	cJSON_ArrayForEach(item, cJSON_GetObjectItem(json, "rules")) read_version(in, item, a);
	cJSON_ArrayForEach(item, cJSON_GetObjectItem(json, "evidence"))
	{
		struct evidence **slot = arena_push(a, &in->evidence, &in->evidence_count, &in->evidence_cap);
		if (slot)
			*slot = read_evidence(item, a);
	}
	return arena_err(a);
}

enum err incident_read(struct str bytes, struct arena *a, struct diags *d, struct incident *ret_incident)
{
	struct incident in = { 0 };
	if (bytes.n > INCIDENT_BYTES_MAX)
		return diags_fail(d, ERR_LIMIT, "an incident is at most %d MiB", INCIDENT_BYTES_MAX >> 20);
	cJSON *json = cJSON_ParseWithLength(bytes.p, bytes.n);
	enum err err = read_incident(json, a, d, &in);
	cJSON_Delete(json);
	if (!err)
		*ret_incident = in;
	return err;
}
