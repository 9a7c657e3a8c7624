/* SPDX-License-Identifier: MIT
 *
 * The frame of every page, and how an answer ends. See page.h.
 */
#include "web/page.h"

#include "web/gate.h"
#include "web/problem.h"

#include <string.h>

static void add_static(struct buf *out, const char *before, const char *name, const char *after)
{
	buf_add_c(out, before);
	render_html_escape(out, static_url(name));
	buf_add_c(out, after);
}

void page_script(struct buf *out, const char *name)
{
	add_static(out, "<script defer src=\"", name, "\"></script>\n");
}

void page_begin(struct buf *out, struct str title, struct str find)
{
	buf_add_c(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		       "<meta name=\"color-scheme\" content=\"light dark\">\n"
		       "<meta name=\"theme-color\" content=\"#f6f5f1\" media=\"(prefers-color-scheme: light)\">\n"
		       "<meta name=\"theme-color\" content=\"#121716\" media=\"(prefers-color-scheme: dark)\">\n"
		       "<title>");
	render_html_escape(out, title);
	buf_add_c(out, title.n ? " - kbtriage</title>\n" : "kbtriage: what does this error mean?</title>\n");
	add_static(out, "<link rel=\"stylesheet\" href=\"", "app.css", "\">\n");
	add_static(out, "<link rel=\"icon\" type=\"image/svg+xml\" href=\"", "icon.svg", "\">\n");
	buf_add_c(out, "<link rel=\"search\" type=\"application/opensearchdescription+xml\" title=\"kbtriage\" "
		       "href=\"/opensearch.xml\">\n");
	page_script(out, "app.js");
	buf_add_c(out, "</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n"
		       "<header class=\"top\"><a class=\"brand\" href=\"/\">");
	add_static(out, "<img src=\"", "icon.svg", "\" alt=\"\" width=\"24\" height=\"24\">");
	buf_add_c(out, "kbtriage</a>\n<nav class=\"nav\" aria-label=\"Pages\"><a href=\"/logs\">Logs</a> <a "
		       "href=\"/browse\">Browse</a> <a href=\"/help\">Help</a></nav>\n<form class=\"find\" "
		       "action=\"/search\" role=\"search\"><input type=\"search\" name=\"q\" aria-label=\"Search the "
		       "articles\" "
		       "placeholder=\"Search the articles\" maxlength=\"500\" value=\"");
	render_html_escape(out, find);
	buf_add_c(out, "\"></form>\n</header>\n<main id=\"main\" tabindex=\"-1\">\n");
}

void page_end(struct buf *out, struct site *site)
{
	buf_add_c(out, "</main>\n<footer class=\"foot\"><p>");
	if (site) {
		render_html_number(out, (uint64_t)site_articles(site));
		buf_addf(out, " article%s &middot; ", site_articles(site) == 1 ? "" : "s");
	}
	buf_add_c(out,
		  "Nothing you paste is kept unless you ask &middot; <a href=\"/help\">Keys, API, and how to write "
		  "an article</a>");
	if (gate_has_tokens(site_gate(site)))
		buf_add_c(out, " &middot; <a href=\"/login\">Log in or out</a>");
	buf_add_c(out, "</p></footer>\n<dialog id=\"keys\" aria-labelledby=\"keys-title\"><h2 "
		       "id=\"keys-title\">Keys</h2>\n" PAGE_KEYS
		       "<p><label class=\"pick\"><input type=\"checkbox\" id=\"singles\" checked> Keys of one "
		       "character work</label></p>\n"
		       "<form method=\"dialog\"><button>Close</button></form></dialog>\n</body>\n</html>\n");
}

void page_csrf(struct buf *out, struct site *site, const struct http_request *req)
{
	buf_addf(out, "<input type=\"hidden\" name=\"csrf\" value=\"%.*s\">\n",
		 STR_ARG(gate_csrf(site_gate(site), req)));
}

void page_encode(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (char_is_alnum(text.p[i]))
			buf_add_char(out, text.p[i]);
		else
			buf_addf(out, "%%%02X", (unsigned char)text.p[i]);
}

struct str page_code(struct str code, struct arena *a)
{
	int64_t value = 0;
	if (str_i64(code, &value) && (value < -0xFFFF || value > 0xFFFFF))
		return arena_printf(a, "0x%08X", (unsigned)(uint32_t)value);
	return code;
}

void page_link(struct buf *out, struct str id, struct str title)
{
	buf_add_c(out, "<a href=\"/kb/");
	render_html_escape(out, id);
	buf_add_c(out, "\">");
	render_html_escape(out, title);
	buf_add_c(out, "</a> <span class=\"id\">");
	render_html_escape(out, id);
	buf_add_c(out, "</span>");
}

void page_send(struct http_request *req, struct http_response *res, const char *type, struct buf *out)
{
	res->type = type;
	res->body = buf_keep(out, req->arena);
	if (buf_err(out) || arena_err(req->arena)) {
		res->status = 500;
		res->body = STR("out of memory\n");
		res->type = "text/plain; charset=utf-8";
	}
	buf_free(out);
}

/* A sentence, with what is to be typed between backticks. */
static void add_sentence(struct buf *out, struct str says)
{
	struct str before, typed, rest = says;
	while (str_find_char(rest, '`') != STR_NONE) {
		str_cut(rest, '`', &before, &rest);
		str_cut(rest, '`', &typed, &rest);
		render_html_escape(out, before);
		buf_add_c(out, "<code>");
		render_html_escape(out, typed);
		buf_add_c(out, "</code>");
	}
	render_html_escape(out, rest);
}

static void add_error_page(struct buf *out, const struct http_request *req, unsigned status, const char *why)
{
	struct str title = str_c(problem_title(status));
	page_begin(out, title, STR(""));
	buf_addf(out, "<section class=\"card lone\"><p class=\"eyebrow\">%u</p><h1>%s</h1><p>", status, title.p);
	add_sentence(out, str_c(why));
	if (status == 413 && !str_starts(req->path, STR("/logs")))
		buf_add_c(out, " A log of up to 64 MiB can be <a href=\"/logs\">sent as a file</a>.");
	buf_add_c(out, status == 401 ? "</p><p><a href=\"/login\">Log in</a>" /* no other page is there without */
				     : "</p><p><a href=\"/\">Paste an error message</a>");
	buf_add_c(out, status == 404 ? " or <a href=\"/browse\">browse the articles</a>.</p></section>\n"
				     : "</p></section>\n");
	page_end(out, NULL);
}

void page_fail(struct http_request *req, struct http_response *res, unsigned status, const char *why)
{
	struct buf out = { 0 };
	const unsigned problem = http_weight(req, PAGE_PROBLEM);
	bool api = request_is_api(req), found;
	enum run_form form = api ? RUN_JSON : page_form_for_people(req, &found);
	const char *type = form == RUN_HTML ? PAGE_HTML : page_text_type(form);
	if (problem && problem >= http_weight(req, PAGE_JSON) && (api || problem > http_weight(req, "text/html"))) {
		type = PAGE_PROBLEM;
		problem_add(&out, status, why);
	} else if (form == RUN_JSON) {
		problem_add(&out, status, why);
	} else if (form == RUN_HTML) {
		add_error_page(&out, req, status, why);
	} else {
		buf_addf(&out, "%s%u %s\n\n", form == RUN_MARKDOWN ? "# " : "", status, problem_title(status));
		render_safe(&out, str_c(why), false);
		buf_add_char(&out, '\n');
	}
	res->status = status;
	res->varies = true;
	page_send(req, res, type, &out);
}

const char *page_err_says(enum err e, unsigned *ret_status)
{
	static const struct {
		enum err err;
		unsigned status;
		const char *says;
	} known[] = {
		{ ERR_INPUT, 400, "There is no message in it: no letter and no digit." },
		{ ERR_LIMIT, 413, "That is too long." },
		{ ERR_NOTFOUND, 404,
		  "This knowledge base has no such article. `kbt import` loads more, from wherever you keep them." },
		{ ERR_BUSY, 503, "Too many diagnoses are under way. Try again in a moment." },
		{ ERR_FULL, 507, "There is no room left on the server's disk." },
		{ ERR_FILESIZE, 507, "The server is not allowed to let its file grow any further (ulimit -f)." },
		{ ERR_NOMEM, 503, "The server is out of memory. Try again in a moment." },
		{ ERR_MISSING, 503,
		  "The knowledge base is missing. Whoever runs the server can make it anew with `kbt import`." },
		{ ERR_CUT, 503,
		  "The knowledge base's matcher was cut short in its place and is being made anew. Try again in a "
		  "moment." },
		{ ERR_DAMAGED, 503,
		  "The knowledge base is damaged and cannot be read now. Whoever runs the server can put the file "
		  "back, or make it anew with `kbt import --replace`." },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].err == e) {
			*ret_status = known[i].status;
			return known[i].says;
		}
	*ret_status = 500;
	return err_text(e);
}

void page_fail_err(struct http_request *req, struct http_response *res, enum err e)
{
	unsigned status;
	const char *says = page_err_says(e, &status);
	page_fail(req, res, status, says);
}
