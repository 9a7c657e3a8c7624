/* SPDX-License-Identifier: MIT
 *
 * /help: keys, the API in a few commands, and how to write an article; as a page, or in the form that is asked for.
 */
#include "web/page.h"

static const char text[] =
	"<section class=\"prose help\">\n<h1>Help</h1>\n"
	"<h2 id=\"keys-here\">Keys</h2>\n" PAGE_KEYS "<h2 id=\"probes\">What the probes do</h2>\n"
	"<p>They look at names, addresses, routes, ports and the first words of a file-sharing session, from the "
	"machine that serves this page. They log on nowhere and change nothing. They go to this machine's own "
	"networks and to private addresses, on a server for others only where its owner lets them, one diagnosis of a "
	"target at a time, at most 30 connections in it. The same question within five seconds is answered with the "
	"same evidence, and says so.</p>\n"
	"<h2 id=\"kept\">What is kept</h2>\n"
	"<p>Nothing, unless you ask for a link. A finished diagnosis is remembered in memory for ten minutes so that "
	"it can be copied; a log is read and forgotten. What you keep is stored without what looks like a password, a "
	"token or a key, can be read by whoever has the link, and is gone when it expires or when you delete it: on "
	"the first page, where this browser lists the links that were made in it, or at the delete address that comes "
	"with each.</p>\n"
	"<h2 id=\"api\">API</h2>\n"
	"<pre class=\"code\" tabindex=\"0\">curl -H 'Content-Type: application/json' \\\n"
	"     -d '{\"text\": \"Failed to connect to &lt;\\\\\\\\FILESRV&gt;, Error = 53\"}' \\\n     "
	"http://127.0.0.1:8053/api/v1/lookup</pre>\n"
	"<dl class=\"api\">\n"
	"<dt><code>POST /api/v1/lookup</code></dt><dd>the articles that explain a text</dd>\n"
	"<dt><code>POST /api/v1/diagnose</code></dt><dd>the same, then probes and a verdict; with <code>\"set\": "
	"{\"server\": \"...\"}</code> a value is given, with <code>Accept: text/event-stream</code> match, probes and "
	"verdict come as they happen</dd>\n"
	"<dt><code>POST /api/v1/scan?name=Sender.log</code></dt><dd>the known problems in a log; the body is the "
	"file, <code>article</code>, <code>since</code>, <code>until</code> narrow it</dd>\n"
	"<dt><code>POST /api/v1/kept?days=7</code></dt><dd>keeps what a diagnosis of the same question said, under a "
	"link that expires; <code>/r/NAME</code> answers as HTML, JSON, Markdown or text, as <code>Accept</code> "
	"says</dd>\n"
	"<dt><code>POST /api/v1/probe</code></dt><dd>one probe by hand, as <code>{\"probe\": \"link\"}</code>; "
	"where there are tokens, for the role admin</dd>\n"
	"<dt><code>GET /api/v1/articles/Q150536</code></dt><dd>an article and its rule</dd>\n"
	"<dt><code>GET /api/v1/search?q=words</code></dt><dd>articles by words; <code>product</code>, "
	"<code>kind</code>, <code>year</code>, <code>code</code> narrow it; <code>offset</code>, "
	"<code>limit</code></dd>\n"
	"<dt><code>GET /api/v1/browse</code></dt><dd>what the articles are about, and what was the answer most "
	"often</dd>\n"
	"<dt><code>GET <a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a></code></dt><dd>all of this, for "
	"programs</dd>\n"
	"<dt><code>GET /kb/Q150536</code>, <code>/search</code>, <code>/browse</code>, <code>/?q=message</code>, "
	"<code>/r/NAME</code></dt><dd>these pages as JSON, Markdown or text, as <code>Accept</code> or "
	"<code>?as=json</code>, <code>markdown</code>, <code>text</code> says</dd>\n"
	"<dt><code>GET /-/healthy</code>, <code>GET /-/ready</code>, <code>GET /metrics</code></dt><dd>for who "
	"watches the server</dd>\n</dl>\n"
	"<h2 id=\"write\">Writing an article</h2>\n"
	"<p>An article is a file of Markdown with a few lines in front. Put the message as the screen shows it, with "
	"names in braces for what varies:</p>\n"
	"<pre class=\"code\" tabindex=\"0\">---\nid: Q-disk-quota\ntitle: The server refuses a file although the disk "
	"has room\n"
	"date: 2026-01-31\nmessages:\n  - text: 'Cannot write {file}: quota of {user} exceeded'\ncause: &gt;\n  The "
	"quota of the user is used up, not the disk.\nresolutions:\n  - kind: fix\n    text: Raise the quota, or "
	"remove files of the user.\n"
	"    where: server\n    effort: minutes\n    risk: low\n    harm: the disk fills sooner\n"
	"samples:\n  match:\n    - text: 'Cannot write report.doc: quota of ann exceeded'\n"
	"      binds: {file: report.doc, user: ann}\n---\n## Symptoms\n...</pre>\n"
	"<p>Then check and load it; this page shows it a moment later:</p>\n"
	"<pre class=\"code\" tabindex=\"0\">kbt lint Q-disk-quota.md\nkbt import Q-disk-quota.md</pre>\n</section>\n";

/* ---- without HTML ---- */

static const struct {
	struct str tag;
	const char *markdown, *text;
} marks[] = {
	{ STR_LIT("h1"), "# ", "" },	 { STR_LIT("h2"), "\n## ", "\n" },
	{ STR_LIT("/h1"), "\n", "\n" },	 { STR_LIT("/h2"), "\n", "\n" },
	{ STR_LIT("p"), "\n", "\n" },		 { STR_LIT("pre"), "\n```\n", "\n" },
	{ STR_LIT("/pre"), "\n```\n", "\n" },  { STR_LIT("dl"), "\n", "\n" },
	{ STR_LIT("dt"), "- ", "" },		 { STR_LIT("dd"), ": ", ": " },
	{ STR_LIT("kbd"), "`", "" },		 { STR_LIT("/kbd"), "`", "" },
	{ STR_LIT("code"), "`", "" },		 { STR_LIT("/code"), "`", "" },
};

static const struct {
	struct str name;
	char c;
} entities[] = { { STR_LIT("&lt;"), '<' }, { STR_LIT("&gt;"), '>' }, { STR_LIT("&amp;"), '&' } };

static size_t add_entity(struct buf *out, struct str at)
{
	for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
		if (str_starts(at, entities[i].name)) {
			buf_add_char(out, entities[i].c);
			return entities[i].name.n;
		}
	if (at.p[0] != '\n' || !out->n || out->p[out->n - 1] != '\n')
		buf_add_char(out, at.p[0]);
	return 1;
}

/* add_plain gives our own text above without its tags. */
static void add_plain(struct buf *out, struct str html, bool markdown)
{
	struct str tag, rest, name, attributes;
	while (html.n) {
		if (html.p[0] != '<') {
			html = str_from(html, add_entity(out, html));
			continue;
		}
		str_cut(str_from(html, 1), '>', &tag, &rest);
		str_cut(tag, ' ', &name, &attributes);
		for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
			if (str_eq(name, marks[i].tag))
				buf_add_c(out, markdown ? marks[i].markdown : marks[i].text);
		html = rest;
	}
}

void page_help_plain(struct http_request *req, struct http_response *res, enum run_form form)
{
	struct buf plain = { 0 }, out = { 0 };
	add_plain(&plain, str_c(text), form != RUN_TEXT);
	if (form == RUN_JSON) {
		struct json j = json_to(&out);
		json_object(&j);
		json_key_str(&j, "help", str_trim(buf_str(&plain)));
		json_key_str(&j, "openapi", STR("/api/v1/openapi.json"));
		json_end_object(&j);
	} else {
		buf_add(&out, str_trim(buf_str(&plain)));
	}
	buf_add_char(&out, '\n');
	if (buf_err(&plain))
		out.err = buf_err(&plain);
	buf_free(&plain);
	page_send(req, res, page_text_type(form), &out);
}

void page_help(struct site *site, struct http_request *req, struct http_response *res)
{
	struct buf out = { 0 };
	enum run_form form;
	if (!page_pick(req, res, &form))
		return;
	if (form != RUN_HTML) {
		page_help_plain(req, res, form);
		return;
	}
	page_begin(&out, STR("Help"), STR(""));
	buf_add_c(&out, text);
	page_end(&out, site);
	page_send(req, res, PAGE_HTML, &out);
}
