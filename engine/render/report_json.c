/* SPDX-License-Identifier: MIT
 *
 * A diagnosis as the contract's JSON object, on one line.
 */
#include "render/render.h"

static void json_bindings(struct json *j, const struct triage_report *r)
{
	json_key(j, "bindings");
	json_object(j);
	for (size_t i = 0; i < r->binding_count; i++) {
		json_name(j, r->bindings[i].name);
		json_str(j, r->bindings[i].value);
	}
	json_end_object(j);
	json_key(j, "needs");
	json_array(j);
	for (size_t i = 0; i < r->need_count; i++) {
		json_object(j);
		json_key_str(j, "name", r->needs[i].name);
		json_key_str(j, "type", str_c(var_type_name(r->needs[i].type)));
		json_key_str(j, "says", r->needs[i].says);
		json_end_object(j);
	}
	json_end_array(j);
}

static void json_evidence(struct json *j, const struct triage_report *r)
{
	json_key(j, "evidence");
	json_array(j);
	for (size_t i = 0; i < r->evidence_count; i++) {
		struct buf one = { 0 };
		render_json_evidence(&one, r->evidence[i]);
		json_raw(j, buf_str(&one));
		buf_free(&one);
	}
	json_end_array(j);
	json_key(j, "ladder");
	json_array(j);
	for (size_t i = 0; i < r->ladder_count; i++) {
		json_object(j);
		json_key_str(j, "step", r->ladder[i].step);
		json_key_str(j, "state", r->ladder[i].state);
		json_key_str(j, "says", r->ladder[i].says);
		json_end_object(j);
	}
	json_end_array(j);
}

static void json_reasons(struct json *j, const struct triage_report *r)
{
	const struct verdict *v = &r->verdict;
	json_key(j, "reasons");
	json_array(j);
	for (size_t i = 0; i < v->reason_count; i++) {
		json_object(j);
		json_key_str(j, "fact", v->reasons[i].fact);
		json_key_str(j, "value", v->reasons[i].value);
		json_key_str(j, "says", v->reasons[i].says);
		json_end_object(j);
	}
	json_end_array(j);
	json_key(j, "parts");
	json_array(j);
	for (size_t i = 0; i < v->part_count; i++) {
		json_object(j);
		json_key_str(j, "fact", v->parts[i].fact);
		json_key_real(j, "adds", v->parts[i].adds, 4);
		json_key_str(j, "says", v->parts[i].says);
		json_end_object(j);
	}
	json_end_array(j);
	json_key(j, "ruled_out");
	json_array(j);
	for (size_t i = 0; i < v->ruled_out_count; i++) {
		json_object(j);
		json_key_str(j, "cause", v->ruled_out[i].cause);
		json_key_str(j, "because", v->ruled_out[i].because);
		if (v->ruled_out[i].by < r->evidence_count)
			json_key_str(j, "probe", r->evidence[v->ruled_out[i].by]->probe);
		json_end_object(j);
	}
	json_end_array(j);
	json_key(j, "beliefs");
	json_object(j);
	for (size_t i = 0; i < v->belief_count; i++) {
		json_key(j, v->beliefs[i].cause.p);
		json_real(j, v->beliefs[i].weight, 3);
	}
	json_end_object(j);
}

static void json_findings(struct json *j, const struct verdict *v)
{
	json_key(j, "findings");
	json_array(j);
	for (size_t i = 0; i < v->finding_count; i++) {
		json_object(j);
		json_key_str(j, "finding", v->findings[i].name);
		json_key_str(j, "says", v->findings[i].says);
		json_end_object(j);
	}
	json_end_array(j);
}

static void json_verdict(struct json *j, const struct triage_report *r)
{
	const struct verdict *v = &r->verdict;
	json_key(j, "verdict");
	json_object(j);
	json_key_str(j, "state", str_c(verdict_state_name(v->state)));
	json_key(j, "cause");
	if (v->cause.n)
		json_str(j, v->cause);
	else
		json_null(j);
	json_key_str(j, "title", v->title);
	json_key_real(j, "confidence", v->confidence, 2);
	json_key_str(j, "article", v->article);
	json_key_str(j, "step", v->step);
	json_key_str(j, "says", v->says);
	render_json_resolutions(j, v->resolutions, v->resolution_count);
	json_key_strs(j, "causes_left", v->causes_left, v->cause_left_count);
	json_reasons(j, r);
	json_findings(j, v);
	json_key_strs(j, "next", v->next, v->next_count);
	json_key_str(j, "verify", v->verify);
	json_key_str(j, "by_hand", v->by_hand);
	json_end_object(j);
}

void render_json_report(struct buf *out, const struct triage_report *r)
{
	struct json j = json_to(out);
	json_object(&j);
	json_key_str(&j, "query", r->answer.found.query);
	json_key_bool(&j, "explained", r->answer.found.explained);
	render_json_matches(&j, &r->answer);
	render_json_code(&j, "code", &r->answer.found.code);
	json_bindings(&j, r);
	json_evidence(&j, r);
	json_verdict(&j, r);
	json_key_bool(&j, "offline", r->offline);
	json_key_int(&j, "packets", r->sent.packets);
	json_key_int(&j, "connections", r->sent.connections);
	json_key_real(&j, "ms", r->ms, 0);
	if (r->before_state.n) {
		json_key(&j, "before");
		json_object(&j);
		json_key_str(&j, "state", r->before_state);
		json_key_str(&j, "cause", r->before_cause);
		json_end_object(&j);
	}
	if (r->changed_count)
		json_key_strs(&j, "changed", r->changed, r->changed_count);
	json_end_object(&j);
}
