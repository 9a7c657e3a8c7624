/* SPDX-License-Identifier: MIT
 *
 * Where a token is given for a cookie, and the cookie back. The cookie is for this site alone (SameSite=Strict), so the
 * first page that a link from elsewhere opens comes without it; that page asks again by itself, once.
 */
#include "web/page.h"

#include "web/gate.h"
#include "web/token.h"

/* local_target: an address on this server, else the first page: never another site's. */
static struct str local_target(struct str next)
{
	bool local = next.n && next.n <= REQUEST_TARGET_MAX && next.p[0] == '/';
	if (next.n > 1 && (next.p[1] == '/' || next.p[1] == '\\'))
		local = false;
	for (size_t i = 0; i < next.n; i++)
		local = local && next.p[i] > ' ' && next.p[i] < 0x7f;
	return local ? next : STR("/");
}

static void redirect(struct http_response *res, struct str to)
{
	res->status = 303;
	res->location = to;
}

static void send_form(struct site *site, struct http_request *req, struct http_response *res, struct str next,
		      const char *why)
{
	struct buf out = { 0 };
	page_begin(&out, STR("Log in"), STR(""));
	buf_add_c(&out, "<section class=\"card lone\"><h1><label for=\"token\">Your token</label></h1>\n");
	if (why) {
		buf_add_c(&out, "<p class=\"note\" role=\"alert\">");
		render_html_escape(&out, str_c(why));
		buf_add_c(&out, "</p>\n");
	}
	buf_add_c(&out, "<p>This server is not open to everyone. Whoever runs it makes tokens with <code>kbt token "
			"add</code>.</p>\n"
			"<form class=\"login\" method=\"post\" action=\"/login\">\n");
	page_csrf(&out, site, req);
	buf_add_c(&out, "<input type=\"hidden\" name=\"next\" value=\"");
	render_html_escape(&out, next);
	buf_add_c(&out,
		  "\">\n<p class=\"actions\"><input id=\"token\" type=\"password\" name=\"token\" required autofocus "
		  "autocomplete=\"current-password\" maxlength=\"200\" size=\"50\" placeholder=\"kbt_...\"> "
		  "<button class=\"primary\">Log in</button></p>\n</form>\n</section>\n");
	page_end(&out, NULL);
	page_send(req, res, PAGE_HTML, &out);
}

static void send_state(struct site *site, struct http_request *req, struct http_response *res)
{
	struct buf out = { 0 };
	page_begin(&out, STR("Logged in"), STR(""));
	buf_add_c(&out, "<section class=\"card lone\"><h1>Logged in</h1>\n<p>As <b>");
	render_html_escape(&out, req->user);
	buf_addf(&out, "</b>, with the role <b>%s</b>: ", role_name(req->role));
	buf_add_c(&out, req->role == ROLE_READ	  ? "look-ups, no probes." :
			req->role == ROLE_PROBE ? "look-ups and probes." :
						  "look-ups, probes, and what others kept.");
	buf_add_c(&out, "</p>\n<form method=\"post\" action=\"/logout\">\n");
	page_csrf(&out, site, req);
	buf_add_c(&out, "<p class=\"actions\"><a href=\"/\">Paste an error message</a> <button>Log out</button></p>\n"
			"</form>\n</section>\n");
	page_end(&out, NULL);
	page_send(req, res, PAGE_HTML, &out);
}

/* send_again has the browser ask once more by itself: then it comes from this site's page, with the cookie. */
static void send_again(struct http_request *req, struct http_response *res, struct str next)
{
	struct buf out = { 0 };
	buf_add_c(&out, "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>kbtriage</title>\n"
			"<meta http-equiv=\"refresh\" content=\"0;url=/login?again=1&amp;next=");
	page_encode(&out, next);
	buf_add_c(&out, "\">\n<p><a href=\"/login?again=1&amp;next=");
	page_encode(&out, next);
	buf_add_c(&out, "\">Go on</a></p></html>\n");
	page_send(req, res, PAGE_HTML, &out);
}

void page_login(struct site *site, struct http_request *req, struct http_response *res)
{
	struct str next = http_field(&req->query, "next"), from = http_header(req, "Sec-Fetch-Site");
	bool foreign = str_eq(from, STR("cross-site")) || str_eq(from, STR("same-site"));
	if (!gate_has_tokens(site_gate(site)))
		redirect(res, STR("/"));
	else if (req->session.n && next.n)
		redirect(res, local_target(next));
	else if (req->session.n)
		send_state(site, req, res);
	else if (foreign && next.n && !http_field(&req->query, "again").n)
		send_again(req, res, local_target(next));
	else
		send_form(site, req, res, local_target(next), NULL);
}

void page_log_in(struct site *site, struct http_request *req, struct http_response *res)
{
	struct http_fields fields;
	unsigned wait_s;
	if (!gate_has_tokens(site_gate(site))) {
		redirect(res, STR("/"));
		return;
	}
	if (!http_content_is(req, "application/x-www-form-urlencoded") ||
	    request_parse_form(req->body, req->arena, &fields)) {
		page_fail(req, res, 415, "The page sends a form; programs send Authorization: Bearer.");
		return;
	}
	struct str next = local_target(http_field(&fields, "next"));
	if (gate_log_in(site_gate(site), req, http_field(&fields, "token"), &res->cookie, &wait_s)) {
		redirect(res, next);
		return;
	}
	send_form(site, req, res, next, wait_s ? "Too many tokens that are not known here. Wait a moment." :
						 "This token is not known here.");
	res->status = wait_s ? 429 : 401;
	res->retry_after_s = wait_s;
}

void page_log_out(struct site *site, struct http_request *req, struct http_response *res)
{
	if (site_gate(site))
		gate_log_out(site_gate(site), req, &res->cookie);
	redirect(res, gate_has_tokens(site_gate(site)) ? STR("/login") : STR("/"));
}
