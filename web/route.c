/* SPDX-License-Identifier: MIT
 *
 * Path and method > page, by the table in routes.def. Never looks at a file system.
 */
#include "web/page.h"

#include "web/gate.h"

#include <string.h>

#define GET HTTP_GET
#define POST HTTP_POST
static const struct route {
	enum http_method method;
	struct str path;
	page_answer_fn *answer;
} routes[] = {
#define ROUTE(method, path, function) { method, STR_LIT(path), function },
#include "web/routes.def"
#undef ROUTE
};

static bool fits(const struct route *r, struct str path)
{
	bool below = r->path.n > 1 && r->path.p[r->path.n - 1] == '/';
	return below ? str_starts(path, r->path) && path.n > r->path.n : str_eq(path, r->path);
}

void site_handle(void *context, struct http_request *req, struct http_response *res)
{
	enum http_method method = req->method == HTTP_HEAD ? HTTP_GET : req->method;
	bool gets = false, posts = false;
	if (str_eq(req->path, STR("*"))) {
		res->status = 204;
		res->allow = "GET, HEAD, POST, OPTIONS";
		return;
	}
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		if (!fits(&routes[i], req->path))
			continue;
		if (routes[i].method == method) {
			/* Who waits is asked again with each wake: his form, of up to 64 MiB, was read before. */
			if (req->job || gate_checks_csrf(site_gate(context), req, res))
				routes[i].answer(context, req, res);
			return;
		}
		gets |= routes[i].method == HTTP_GET;
		posts |= routes[i].method == HTTP_POST;
	}
	if (!gets && !posts) {
		page_fail(req, res, 404,
			  request_is_api(req) ? "There is no such address: /api/v1/openapi.json lists them."
							      : "There is no such page here.");
		return;
	}
	page_fail(req, res, 405,
		  !gets    ? "This address wants a POST."
		  : !posts ? "This address wants a GET."
			   : "This address wants a GET or a POST.");
	res->allow = !gets ? "POST" : !posts ? "GET, HEAD" : "GET, HEAD, POST";
}

bool site_is_upload(void *context, const struct http_request *req)
{
	static const char *const paths[] = { "/logs", "/ui/scan", "/api/v1/scan" };
	(void)context;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (req->method == HTTP_POST && str_eq(req->path, str_c(paths[i])))
			return true;
	return false;
}

bool site_admit(void *context, struct http_request *req, struct http_response *res)
{
	return gate_admit(site_gate(context), req, res);
}

void site_refuse(void *context, struct http_request *req, unsigned status, const char *why, struct http_response *res)
{
	(void)context;
	page_fail(req, res, status, why);
}
