/* SPDX-License-Identifier: MIT
 *
 * A recorded diagnosis > its verdict, with the causes of kb/causes: no network, no clock, no root. A case is one JSON
 * object ("code", "set"; "article" and its "probes" where the case is about one) and then one piece of evidence a line,
 * as `kbt diagnose --json` prints it. With "plan" (how many ms it has been going on) the next probes are named, in
 * their order. With "was" it was saved with this class decided. Nothing says how often an SSH server is connected to
 * but the plan of each moment, so that is counted in all cases.
 */
#include "diagnose/diagnose.h"
#include "probe/probe_machine.h"
#include "tests/main/file.h"
#include "tests/main/golden.h"

#include <cjson/cJSON.h>
#include <glob.h>
#include <stdlib.h>

enum { CAUSE_FILES_MAX = 64, BINDINGS_MAX = 16 };
enum { EARLY_MS = 700 }; /* so soon nothing is left out for want of time */
enum { STEP_MS = 1000 }; /* from one piece of evidence to the next: a case has no clock */

static struct str text_of(const cJSON *item, struct arena *a)
{
	return arena_str(a, str_c(cJSON_GetStringValue(item)));
}

static void add_fact(struct evidence *e, const cJSON *item, struct arena *a)
{
	const char *name = arena_str(a, str_c(item->string)).p;
	if (cJSON_IsBool(item))
		evidence_add_bool(e, a, name, cJSON_IsTrue(item));
	else if (cJSON_IsNumber(item))
		evidence_add_number(e, a, name, cJSON_GetNumberValue(item));
	else
		evidence_add_text(e, a, name, text_of(item, a));
}

static struct evidence *read_evidence(const cJSON *json, struct arena *a)
{
	struct evidence *e = arena_new(a, struct evidence);
	const cJSON *item, *args = cJSON_GetObjectItem(json, "args"), *ms = cJSON_GetObjectItem(json, "ms");
	e->probe = text_of(cJSON_GetObjectItem(json, "probe"), a);
	e->state = text_of(cJSON_GetObjectItem(json, "state"), a);
	e->reason = text_of(cJSON_GetObjectItem(json, "reason"), a);
	e->ms = ms ? cJSON_GetNumberValue(ms) : 1;
	e->args = arena_array(a, struct probe_arg, PROBE_ARGS_MAX);
	cJSON_ArrayForEach(item, args) e->args[e->arg_count++] =
		(struct probe_arg){ arena_str(a, str_c(item->string)), text_of(item, a) };
	cJSON_ArrayForEach(item, cJSON_GetObjectItem(json, "facts")) add_fact(e, item, a);
	return e;
}

static struct str arg_of(const struct evidence *e, const char *name)
{
	for (size_t i = 0; i < e->arg_count; i++)
		if (str_eq(e->args[i].name, str_c(name)))
			return e->args[i].value;
	return STR("");
}

static enum err load_causes(struct arena *a, struct causes **ret_causes)
{
	glob_t found;
	struct store_source files[CAUSE_FILES_MAX];
	size_t count = 0;
	if (glob("kb/causes/*.yaml", 0, NULL, &found))
		return ERR_NOTFOUND;
	for (; count < found.gl_pathc && count < CAUSE_FILES_MAX; count++) {
		struct buf bytes = { 0 };
		if (!file_read(found.gl_pathv[count], &bytes))
			return ERR_IO;
		files[count] = (struct store_source){ .origin = arena_str(a, str_c(found.gl_pathv[count])),
						      .bytes = buf_keep(&bytes, a) };
		buf_free(&bytes);
	}
	globfree(&found);
	return causes_load(files, count, NULL, ret_causes);
}

static void print_verdict(struct buf *out, const struct verdict *v, const struct ladder_step *steps, size_t step_count,
			  size_t planned)
{
	buf_addf(out, "%s %.*s\n%.*s\n", verdict_state_name(v->state), STR_ARG(v->cause), STR_ARG(v->says));
	for (size_t i = 0; i < step_count; i++)
		buf_addf(out, "%s%.*s %.*s", i ? ", " : "", STR_ARG(steps[i].step), STR_ARG(steps[i].state));
	buf_add_char(out, '\n');
	for (size_t i = 0; i < step_count; i++)
		if (str_eq(steps[i].step, STR("path")) && str_eq(steps[i].state, STR("failed")) &&
		    str_find_char(steps[i].says, ' ') != STR_NONE) /* a reason was recorded */
			buf_addf(out, "path: %.*s\n", STR_ARG(steps[i].says));
	for (size_t i = 0; i < v->finding_count; i++)
		buf_addf(out, "also: %.*s\n", STR_ARG(v->findings[i].says));
	bool of_ipv6 = v->says.n && str_find(v->says, STR("2001:db8:")) != STR_NONE; /* whose own address is named */
	if ((v->finding_count || of_ipv6) && v->resolution_count) /* a finding's before those of the class */
		buf_addf(out, "first: %.*s\n", STR_ARG(v->resolutions[0].text));
	for (size_t i = 0; i < v->cause_left_count; i++)
		buf_addf(out, "left: %.*s\n", STR_ARG(v->causes_left[i]));
	buf_addf(out, "next probes: %zu\n", planned);
}

/* print_open: where nothing is decided, two causes at least are left, or one with what would decide, and it is said
 * what to look at next. */
static void print_open(struct buf *out, const struct verdict *v, size_t evidence_count)
{
	if (v->state == VERDICT_INCONCLUSIVE && (!v->cause_left_count || !v->next_count))
		buf_addf(out, "after %zu: inconclusive, with %zu causes left and %zu things to do next\n",
			 evidence_count, v->cause_left_count, v->next_count);
}

/* connects_to_ssh: so many connections to port 22 of this address. */
static unsigned connects_to_ssh(struct str probe, struct str address, struct str to, struct str port,
				struct str attempts)
{
	uint64_t n = 0;
	if (!str_eq(port, STR("22")) || !str_eq(to, address))
		return 0;
	return str_eq(probe, STR("retry")) && str_u64(attempts, &n) ? (unsigned)n : str_eq(probe, STR("tcp"));
}

/* print_too_many: an SSH server that would be connected to more often than five times is said, whatever was seen. */
static enum err print_too_many(struct buf *out, const struct causes *causes, const struct case_file *c, struct arena *a)
{
	enum { SSH_CONNECTIONS = 5 };
	struct probe_request *planned;
	size_t count;
	double wait_ms;
	enum err err = diagnose_plan(causes, c, a, &planned, &count, &wait_ms);
	for (size_t i = 0; !err && i < count; i++) {
		struct str address = probe_request_arg(&planned[i], "address");
		unsigned asked = 0, made = 0;
		for (size_t k = 0; k <= i; k++)
			asked += connects_to_ssh(
				str_c(planned[k].probe->name), address, probe_request_arg(&planned[k], "address"),
				probe_request_arg(&planned[k], "port"), probe_request_arg(&planned[k], "attempts"));
		for (size_t k = 0; k < c->evidence_count; k++)
			made += connects_to_ssh(c->evidence[k]->probe, address, arg_of(c->evidence[k], "address"),
						arg_of(c->evidence[k], "port"), arg_of(c->evidence[k], "attempts"));
		if (asked && asked + made > SSH_CONNECTIONS)
			buf_addf(out, "after %zu: %u connections to %.*s port 22\n", c->evidence_count, asked + made,
				 STR_ARG(address));
	}
	return err;
}

/* print_prefixes: as the evidence came in, nothing else was ever confirmed; what was is said. */
static enum err print_prefixes(struct buf *out, const struct causes *causes, const struct case_file *whole,
			       const struct verdict *last, struct arena *a)
{
	struct case_file c = *whole;
	enum err err = ERR_OK;
	print_open(out, last, whole->evidence_count);
	for (c.evidence_count = 0; !err && c.evidence_count < whole->evidence_count; c.evidence_count++) {
		struct verdict v;
		err = diagnose_verdict(causes, &c, a, &v);
		if (err)
			return err;
		print_open(out, &v, c.evidence_count);
		c.elapsed_ms = EARLY_MS;
		err = print_too_many(out, causes, &c, a);
		c.elapsed_ms = whole->elapsed_ms;
		if (last->cause.n && v.cause.n && !str_eq(v.cause, last->cause))
			buf_addf(out, "after %zu: %.*s\n", c.evidence_count, STR_ARG(v.cause));
	}
	return err;
}

/* read_article: the rule of the article that the case is about, as far as the diagnosis reads it. */
static void read_article(const cJSON *json, struct rule *rule, struct case_file *c, struct arena *a)
{
	const cJSON *item, *wanted = cJSON_GetObjectItem(json, "probes");
	if (!cJSON_GetObjectItem(json, "article"))
		return;
	rule->id = text_of(cJSON_GetObjectItem(json, "article"), a);
	cJSON_ArrayForEach(item, wanted)
	{
		struct str *slot = arena_push(a, &rule->probes, &rule->probe_count, &rule->probe_cap);
		if (slot)
			*slot = text_of(item, a);
	}
	c->rule = rule;
}

static void print_request(struct buf *out, const struct probe_request *r)
{
	buf_addf(out, "  %s", r->probe->name);
	for (size_t i = 0; i < r->arg_count; i++)
		buf_addf(out, " %.*s=%.*s", STR_ARG(r->args[i].name), STR_ARG(r->args[i].value));
	buf_add_char(out, '\n');
}

enum err golden_print(struct str in, struct arena *a, struct buf *out)
{
	struct causes *causes = NULL;
	struct binding bindings[BINDINGS_MAX];
	struct match_code code = { .family = STR("win32") };
	struct case_file c = { .bindings = bindings, .code = &code, .elapsed_ms = 60000 };
	struct rule rule = { 0 };
	struct evidence **evidence = NULL;
	double plan_ms = 0;
	size_t cap = 0;
	enum err err = load_causes(a, &causes);
	for (struct str line; !err && str_line(&in, &line);) {
		cJSON *json = cJSON_ParseWithLength(line.p, line.n);
		const cJSON *item, *set = cJSON_GetObjectItem(json, "set"), *number = cJSON_GetObjectItem(json, "code");
		if (!json)
			return ERR_INPUT;
		cJSON_ArrayForEach(item, set) if (c.binding_count < BINDINGS_MAX) bindings[c.binding_count++] =
			(struct binding){ .name = arena_str(a, str_c(item->string)), .value = text_of(item, a) };
		read_article(json, &rule, &c, a);
		if (cJSON_GetObjectItem(json, "was"))
			c.was = text_of(cJSON_GetObjectItem(json, "was"), a);
		if (cJSON_GetObjectItem(json, "plan")) {
			plan_ms = cJSON_GetNumberValue(cJSON_GetObjectItem(json, "plan"));
			c.elapsed_ms = plan_ms;
		}
		code.known |= cJSON_IsNumber(number);
		code.value = cJSON_IsNumber(number) ? (int64_t)cJSON_GetNumberValue(number) : code.value;
		struct evidence **slot =
			cJSON_GetObjectItem(json, "probe") ? arena_push(a, &evidence, &c.evidence_count, &cap) : NULL;
		if (slot) {
			*slot = read_evidence(json, a);
			(*slot)->at_ms = (int64_t)c.evidence_count * STEP_MS;
		}
		cJSON_Delete(json);
	}
	struct verdict v;
	struct ladder_step *steps;
	struct probe_request *requests;
	size_t step_count, planned;
	double wait_ms;
	c.evidence = evidence;
	c.meaning = err ? NULL : causes_meaning(causes, &code, c.rule);
	if (!err)
		err = diagnose_verdict(causes, &c, a, &v);
	if (!err)
		err = diagnose_ladder(&c, &v, a, &steps, &step_count);
	if (!err)
		err = diagnose_plan(causes, &c, a, &requests, &planned, &wait_ms);
	if (!err)
		print_verdict(out, &v, steps, step_count, planned);
	for (size_t i = 0; !err && plan_ms > 0 && i < planned; i++)
		print_request(out, &requests[i]);
	if (!err)
		err = print_prefixes(out, causes, &c, &v, a);
	causes_close(&causes);
	return err;
}
