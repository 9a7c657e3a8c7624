/* SPDX-License-Identifier: MIT
 *
 * Anything as a request: target, headers, and a body that is taken as a form and as JSON. Input: the target, a line
 * end, header lines, an empty line, the body. Every text that gets through is valid UTF-8, a path without controls.
 */
#include "base/utf8.h"
#include "web/page.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_fields(const struct http_fields *f)
{
	assert(f->count <= REQUEST_FIELDS_MAX);
	for (size_t i = 0; i < f->count; i++)
		assert(utf8_valid(f->items[i].name) && utf8_valid(f->items[i].value));
}

static void check_set(const struct question *q)
{
	for (size_t i = 0; i < q->set_count; i++)
		for (size_t k = 0; k < q->set[i].name.n; k++)
			assert(char_is_alnum(q->set[i].name.p[k]) || q->set[i].name.p[k] == '-' ||
			       q->set[i].name.p[k] == '_');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct http_request req = { .method = HTTP_POST, .arena = &a };
	struct http_response res = { 0 };
	struct http_hosts hosts = { .own = STR("127.0.0.1") };
	struct question q = { 0 };
	struct str rest = { (const char *)data, size }, line;
	const char *why;
	if (str_line(&rest, &line) && !request_parse_target(line, &req)) {
		assert(str_eq(req.path, STR("*")) || (req.path.n && req.path.p[0] == '/' && utf8_valid(req.path)));
		assert(str_find(req.path, STR("/../")) == STR_NONE && str_find_char(req.path, 0) == STR_NONE);
		check_fields(&req.query);
	}
	while (str_line(&rest, &line) && line.n) {
		struct http_field *f = arena_push(&a, &req.headers.items, &req.headers.count, &req.headers.cap);
		str_cut(line, ':', &f->name, &f->value);
		f->value = str_trim(f->value);
	}
	req.body = rest;
	if (!request_check(&req, &hosts, &why))
		assert(http_header(&req, "Host").n);
	enum run_form form = RUN_FORMS;
	if (page_pick(&req, &res, &form))
		assert(form < RUN_INCIDENT);
	else
		assert(res.status == 406 && res.body.n);
	if (page_question_form(&req, &res, &q))
		check_set(&q);
	q = (struct question){ 0 };
	static const char *const members[] = { PAGE_QUESTION, NULL };
	if (page_question_json(&req, &res, members, &q)) {
		assert(str_trim(q.text).n);
		check_set(&q);
	}
	arena_free(&a);
	return 0;
}
