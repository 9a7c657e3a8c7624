/* SPDX-License-Identifier: MIT
 *
 * Pages as functions of a request: a small knowledge base, requests made by hand, no server.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <time.h>
#include <unistd.h>

#include "store/import.h"
#include "web/page.h"

static const char article_text[] =
	"---\nid: Q-frob\ntitle: The <frobnicator> is full\ndate: 2026-01-01\nproducts: [Frob 1.0]\nmessages:\n"
	"  - text: 'The frobnicator of {user} is full: code 4711'\ncause: It was never emptied.\nresolutions:\n"
	"  - kind: fix\n    text: Run frobclean as {user}; see Q-other.\n    where: server\n    caveat: Takes an "
	"hour.\nreferences: [Q150536]\n"
	"samples:\n  match:\n    - text: 'The frobnicator of ann is full: code 4711'\n---\n"
	"## Symptoms\n\nThe frobnicator says it is full.\n\n- one\n- two\n";

static char dir[] = "/tmp/kbt-pages-XXXXXX";
static char db[64], file[64];
static struct site *site;

static void say(void *context, const char *sentence)
{
	(void)context, (void)sentence;
}

static int setup(void **unused)
{
	(void)unused;
	struct arena a = { 0 };
	struct diags d = { .arena = &a };
	struct store *store = NULL;
	struct import_counts counts;
	const char *paths[] = { file };
	assert_non_null(mkdtemp(dir));
	snprintf(db, sizeof db, "%s/kb.db", dir);
	snprintf(file, sizeof file, "%s/Q-frob.md", dir);
	FILE *f = fopen(file, "w");
	assert_non_null(f);
	fputs(article_text, f);
	fclose(f);
	assert_int_equal(store_open(db, STORE_WRITE, &d, &store), ERR_OK);
	assert_int_equal(import_paths(store, paths, 1, &(struct import_options){ 0 }, &d, &counts), ERR_OK);
	assert_int_equal(counts.added, 1);
	store_close(&store);
	struct site_options options = { .db = db, .loopback = true, .say = say };
	assert_int_equal(site_open(&options, &d, &site), ERR_OK);
	arena_free(&a);
	return 0;
}

static int teardown(void **unused)
{
	(void)unused;
	site_close(&site);
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", dir);
	return system(command);
}

struct asked {
	struct arena arena;
	struct http_request req;
	struct http_response res;
};

static void ask(struct asked *a, enum http_method method, const char *target, const char *type, const char *body)
{
	*a = (struct asked){ 0 };
	a->req.arena = &a->arena;
	a->req.method = method;
	a->req.body = str_c(body);
	if (type) {
		struct http_fields *f = &a->req.headers;
		*arena_push(&a->arena, &f->items, &f->count, &f->cap) =
			(struct http_field){ STR("Content-Type"), str_c(type) };
	}
	assert_int_equal(request_parse_target(str_c(target), &a->req), ERR_OK);
	struct timespec moment = { .tv_nsec = 5000000 };
	do {
		a->res = (struct http_response){ .status = 200 };
		site_handle(site, &a->req, &a->res);
	} while (a->res.wait && !nanosleep(&moment, NULL));
}

static void done(struct asked *a)
{
	if (a->req.drop)
		a->req.drop(&a->req);
	arena_free(&a->arena);
}

static void expect(enum http_method method, const char *target, const char *type, const char *body, unsigned status,
		   const char *const *words)
{
	struct asked a;
	ask(&a, method, target, type, body);
	if (a.res.status != status)
		fail_msg("%s: %u, not %u", target, a.res.status, status);
	for (; words && *words; words++)
		if (str_find(a.res.body, str_c(*words)) == STR_NONE)
			fail_msg("%s: no \"%s\" in\n%.*s", target, *words, STR_ARG(a.res.body));
	done(&a);
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const char form[] = "application/x-www-form-urlencoded", json[] = "application/json; charset=utf-8";

static void the_answer_has_its_values(void **unused)
{
	(void)unused;
	expect(HTTP_POST, "/", form, "text=The+frobnicator+of+ann+is+full%3A+code+4711", 200,
	       WORDS("href=\"/kb/Q-frob\">The &lt;frobnicator&gt; is full",
		     "Run frobclean as <b class=\"value\">ann</b>", "name=\"set.user\" value=\"ann\"",
		     "<mark class=\"value\">ann</mark>", "Takes an hour.", "</html>"));
	expect(HTTP_POST, "/ui/answer", form, "text=The+frobnicator+of+ann+is+full%3A+code+4711&set.user=bob", 200,
	       WORDS("Run frobclean as <b class=\"value\">bob</b>", "name=\"set.user\" value=\"bob\""));
	expect(HTTP_GET, "/?q=The+frobnicator+of+ann+is+full:+code+4711", NULL, "", 200, WORDS("/kb/Q-frob"));
}

static void the_article_is_set_out(void **unused)
{
	(void)unused;
	expect(HTTP_GET, "/kb/Q-frob", NULL, "", 200,
	       WORDS("<h1>The &lt;frobnicator&gt; is full</h1>", "Frob 1.0", "<ul>", "Why it happens",
		     "<var>user</var>"));
	expect(HTTP_GET, "/kb/Q-none", NULL, "", 404, WORDS("kbt import"));
	expect(HTTP_GET, "/api/v1/articles/Q-frob", NULL, "", 200, WORDS("\"id\":\"Q-frob\""));
}

static void search_finds_words(void **unused)
{
	(void)unused;
	expect(HTTP_GET, "/search?q=frobnicator", NULL, "", 200, WORDS("href=\"/kb/Q-frob\"", "1 article<"));
	expect(HTTP_GET, "/search?q=%3Cnothing%3E", NULL, "", 200, WORDS("&lt;nothing&gt;", "No article"));
	expect(HTTP_GET, "/search?q=Q-frob", NULL, "", 302, NULL);
	expect(HTTP_GET, "/api/v1/search?q=frobnicator", NULL, "", 200, WORDS("\"total\":1"));
}

static void the_api_gives_the_objects(void **unused)
{
	(void)unused;
	expect(HTTP_POST, "/api/v1/lookup", json, "{\"text\": \"The frobnicator of ann is full: code 4711\"}", 200,
	       WORDS("\"explained\":true", "\"captures\":{\"user\":\"ann\"}"));
	expect(HTTP_POST, "/api/v1/diagnose", json, "{\"text\": \"The frobnicator of ann is full: code 4711\"}", 200,
	       WORDS("\"verdict\":{", "\"evidence\":[]"));
	expect(HTTP_POST, "/api/v1/lookup", json, "{\"text\": \"\"}", 400, WORDS("\"error\""));
	expect(HTTP_POST, "/api/v1/lookup", "text/plain", "{\"text\": \"x\"}", 415, WORDS("\"error\""));
}

static void pages_without_a_question(void **unused)
{
	(void)unused;
	expect(HTTP_GET, "/", NULL, "", 200, WORDS("autofocus", "1 article &middot;"));
	expect(HTTP_GET, "/help", NULL, "", 200, WORDS("/api/v1/diagnose"));
	expect(HTTP_GET, "/opensearch.xml", NULL, "", 200, WORDS("{searchTerms}"));
	expect(HTTP_GET, "/-/healthy", NULL, "", 200, WORDS("ok"));
	expect(HTTP_GET, "/-/ready", NULL, "", 200, WORDS("ready"));
	expect(HTTP_GET, "/nothing", NULL, "", 404, WORDS("no such page"));
	expect(HTTP_OTHER, "/", NULL, "", 405, NULL);
	expect(HTTP_GET, "/static/app.js", NULL, "", 200, WORDS("use strict"));
}

static void static_files_are_known_by_content(void **unused)
{
	(void)unused;
	assert_true(str_starts(static_url("app.css"), STR("/static/app.css?")));
	assert_int_equal(static_url("none").n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_has_its_values), cmocka_unit_test(the_article_is_set_out),
		cmocka_unit_test(search_finds_words),	     cmocka_unit_test(the_api_gives_the_objects),
		cmocka_unit_test(pages_without_a_question),  cmocka_unit_test(static_files_are_known_by_content),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
