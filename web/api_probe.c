/* SPDX-License-Identifier: MIT
 *
 * POST /api/v1/probe: one probe by hand, {"probe": "tcp", "args": {"address": "...", "port": 445}}, as evidence. What a
 * diagnosis probes, its article decides; this is for the one who runs the server, and wants the role admin.
 */
#include "web/page.h"

#include "web/gate.h"
#include "web/prober.h"

#include <cjson/cJSON.h>

static const char about[] =
	"The body is an object {\"probe\": \"tcp\", \"args\": {\"address\": \"...\", \"port\": 445}}.";

static void leave(struct http_request *req)
{
	struct prober_job *job = req->job;
	prober_leave(&job);
	req->job = NULL;
}

/* add_word: "name=value" of a member of args. */
static bool add_word(const cJSON *item, struct arena *a, struct str *words, size_t *count)
{
	bool whole = cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble <= 1e9 &&
		     item->valuedouble == (double)item->valueint;
	if (*count == PROBE_ARGS_MAX || (!whole && !cJSON_IsString(item)))
		return false;
	words[(*count)++] = whole ? arena_printf(a, "%s=%d", item->string, item->valueint) :
				    arena_printf(a, "%s=%s", item->string, item->valuestring);
	return true;
}

static bool reads_files(struct str name)
{
	static const char *const names[] = { "files", "pe" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(name, str_c(names[i])))
			return true;
	return false;
}

/* read_request: NULL, or why not. */
static const char *read_request(const cJSON *root, struct arena *a, struct probe_request *ret_request)
{
	static const char *const members[] = { "probe", "args", NULL };
	const cJSON *name = cJSON_GetObjectItemCaseSensitive(root, "probe"), *item;
	const cJSON *args = cJSON_GetObjectItemCaseSensitive(root, "args");
	struct str words[PROBE_ARGS_MAX];
	size_t count = 0;
	struct diags d = { .arena = a };
	if (!cJSON_IsObject(root) || !cJSON_IsString(name) || (args && !cJSON_IsObject(args)))
		return about;
	const char *stray = page_json_stray(root, members, a);
	if (stray)
		return stray;
	if (reads_files(str_c(name->valuestring)))
		return "This probe reads files: it is for the command line.";
	cJSON_ArrayForEach(item, args)
		if (!add_word(item, a, words, &count))
			return "A member of args is a text or a whole number.";
	struct str probe = arena_str(a, str_c(name->valuestring));
	if (probe_request_parse(probe, words, count, a, &d, ret_request))
		return d.count ? arena_printf(a, "%.*s.", STR_ARG(d.items[d.count - 1].text)).p : about;
	ret_request->files = NULL;
	return NULL;
}

static void ask(struct site *site, struct http_request *req, struct http_response *res)
{
	struct probe_request request;
	struct prober_job *job;
	cJSON *root = NULL;
	if (!page_json(req, res, &root))
		return;
	const char *why = read_request(root, req->arena, &request);
	cJSON_Delete(root);
	if (why) {
		page_fail(req, res, 400, why);
		return;
	}
	if (!gate_takes_diagnosis(site_gate(site), req, res))
		return;
	enum err e = prober_ask(site_prober(site), &request, req->wake, &job);
	if (e) {
		page_fail_err(req, res, e);
		return;
	}
	req->job = job;
	req->drop = leave;
	res->wait = true;
}

void api_probe(struct site *site, struct http_request *req, struct http_response *res)
{
	enum err e;
	struct str json;
	struct buf out = { 0 };
	if (!gate_needs(site_gate(site), req, res, ROLE_ADMIN))
		return;
	if (!req->job) {
		ask(site, req, res);
		return;
	}
	if (!prober_answer(req->job, req->arena, &e, &json)) {
		res->wait = true;
		return;
	}
	if (e) {
		page_fail_err(req, res, e);
		return;
	}
	buf_add(&out, json);
	buf_add_char(&out, '\n');
	page_send(req, res, PAGE_JSON, &out);
}
