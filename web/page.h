/* SPDX-License-Identifier: MIT
 *
 * What pages share: the frame around them, answers in JSON, the question in a request. A page is a function of request
 * and site that fills a response in the request's arena; adding one is a file and a line in routes.def.
 */
#ifndef KBT_WEB_PAGE_H
#define KBT_WEB_PAGE_H

#include "render/html.h"
#include "web/beside.h"
#include "web/run.h"
#include "web/site.h"

#define PAGE_HTML "text/html; charset=utf-8"
#define PAGE_JSON "application/json"
#define PAGE_PROBLEM "application/problem+json" /* RFC 9457 */
#define PAGE_EVENTS "text/event-stream"
enum { PAGE_COLUMNS = 100 }; /* of an answer as text */
/* The keys, on the help page and in what ? opens. */
#define PAGE_KEYS                                                                                                  \
	"<dl class=\"keys\">\n"                                                                                    \
	"<div><dt><kbd>/</kbd></dt><dd>to the field</dd></div>\n"                                                  \
	"<div><dt><kbd>Ctrl</kbd> <kbd>Enter</kbd></dt><dd>explain, and run the probes</dd></div>\n"               \
	"<div><dt><kbd>Esc</kbd></dt><dd>stop the probes, or leave the field</dd></div>\n"                         \
	"<div><dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>to the next article, to the one before</dd></div>\n"           \
	"<div><dt><kbd>c</kbd></dt><dd>copy the report as Markdown</dd></div>\n"                                   \
	"<div><dt><kbd>?</kbd></dt><dd>these keys</dd></div>\n</dl>\n"

/* Where the page's script lists the links that were made in this browser, which alone remembers them. */
#define PAGE_YOURS                                                                                                     \
	"<section id=\"yours\" class=\"yours\" aria-labelledby=\"yours-title\" hidden><h2 id=\"yours-title\">"         \
	"Links you keep</h2>\n<ul></ul></section>\n"

/* page_begin and page_end: the frame; what lies between is <main>. title may be empty. find is what stands in the
 * search field. */
void page_begin(struct buf *out, struct str title, struct str find);
void page_end(struct buf *out, struct site *site);

/* page_script adds a script of web/static, which runs when the page is there, behind those before it. */
void page_script(struct buf *out, const char *name);

/* page_csrf: the hidden field without which no form is taken (gate.h). */
void page_csrf(struct buf *out, struct site *site, const struct http_request *req);

/* page_encode: text as a part of an address. */
void page_encode(struct buf *out, struct str text);
/* page_code: an error code as people write it: a large one in hexadecimal, but not -1040. */
struct str page_code(struct str code, struct arena *a);
/* page_link: an article's title as a link, and its id behind it. */
void page_link(struct buf *out, struct str id, struct str title);

/* page_send makes the buffer (freed here) the answer; a failed allocation becomes a 500. */
void page_send(struct http_request *req, struct http_response *res, const char *type, struct buf *out);
/* page_fail answers in the form that the path speaks and Accept names: an object {"error": ...} under /api/, a problem
 * of RFC 9457 where that is named, else a page, or its sentence as Markdown or text. */
void page_fail(struct http_request *req, struct http_response *res, unsigned status, const char *why);
/* page_fail_err: the same for what the engine said; page_err_says: its sentence and status. */
const char *page_err_says(enum err e, unsigned *ret_status);
void page_fail_err(struct http_request *req, struct http_response *res, enum err e);

/* page_json parses a body of JSON (to be given back to cJSON_Delete). False after an answer was made (415, 400). */
struct cJSON;
bool page_json(struct http_request *req, struct http_response *res, struct cJSON **ret_root);
/* page_json_stray: why a member of the object is none of those known (up to NULL), or said twice; NULL where all is
 * well. */
const char *page_json_stray(const struct cJSON *root, const char *const *known, struct arena *a);
/* page_question_json reads {"text": "...", "set": {...}}, page_question_form the page's form. False after an answer was
 * made: 415 for another content type, 400 for no text or what is no such object. known: as above; PAGE_QUESTION. */
#define PAGE_QUESTION "text", "set"
bool page_question_json(struct http_request *req, struct http_response *res, const char *const *known,
			struct question *ret_question);
/* page_knows_names: false after an answer was made: 400 where "set" has a name at which nothing would look. */
bool page_knows_names(struct site *site, struct http_request *req, struct http_response *res, const struct question *q);
bool page_json_str(struct http_request *req, struct http_response *res, const char *key, struct str *ret_value);
bool page_question_form(struct http_request *req, struct http_response *res, struct question *ret_question);
/* page_mark tells one message from another: corrected values are taken only with the message they were shown with. */
struct str page_mark(struct str text, struct arena *a);

/* A run of the question as the answer. follow_stream sends its events; follow_poll those that have come by now, for who
 * cannot read a stream (then asks again with Last-Event-ID); follow_whole waits (true with the finished text once there
 * is one, of HTML also with why there is none; false while the answer is "wait" or an error), and is called again for
 * the same request, then without looking at q. follow_question is the one that was joined with, NULL before. */
void follow_stream(struct site *site, struct http_request *req, struct http_response *res, const struct question *q,
		   enum run_form form);
void follow_poll(struct site *site, struct http_request *req, struct http_response *res, const struct question *q,
		 enum run_form form);
/* follow_stop: who polled asks no more. */
void follow_stop(struct site *site, struct http_request *req, struct http_response *res, const struct question *q);
bool follow_whole(struct site *site, struct http_request *req, struct http_response *res, const struct question *q,
		  enum run_form form, struct str *ret_text, int64_t *ret_age_ms);
const struct question *follow_question(const struct http_request *req);

/* What stands under the field. */
struct results {
	const struct triage_report *report; /* without probes */
	struct str mark;	  /* page_mark of its message */
	const struct binding *set; /* what was given, whether or not it can be */
	size_t set_count;
	struct str done;	  /* the finished diagnosis in HTML, or empty */
	int64_t age_ms;		  /* of its evidence, or RUN_FRESH */
	struct store_brief *see;  /* articles beside the best */
	size_t see_count;
	struct beside beside;	  /* what else is known in its lines */
	bool fixed;		  /* kept: nothing of it can be changed or run */
	bool may_probe;		  /* whoever asks may */
};
void page_results(struct buf *out, const struct results *results);
/* page_shared_html says of evidence that another question brought how old it is: one line, as the page has it. */
void page_shared_html(struct buf *out, int64_t age_ms);
/* page_answered counts the first of the matches that stand in the answer itself; the others it could also be. */
size_t page_answered(const struct match_answer *found);
/* page_report_html: a finished diagnosis, as in results.done. */
void page_report_html(struct buf *out, const struct triage_report *report);
/* page_keep keeps the latest diagnosis of the question, else what the look-up says, and answers with the link. */
void page_keep(struct site *site, struct http_request *req, struct http_response *res, struct question *q,
	       unsigned days);
/* page_report_text: a report in one of the forms that are no HTML; page_text_type is what it then is. */
void page_report_text(struct buf *out, enum run_form form, const struct triage_report *report);
const char *page_text_type(enum run_form form);

/* page_form: the form that Accept names with the most weight, of equals JSON before Markdown before text; otherwise
 * where it names none of them, or HTML with more. */
enum run_form page_form(const struct http_request *req, enum run_form otherwise);
/* page_form_for_people: what ?as= says, else Accept, also by wildcards; HTML before the others, and where it takes none
 * of them (*ret_found false). page_pick: the same; false after a 406 was made of that, or a 400 of another word. */
enum run_form page_form_for_people(const struct http_request *req, bool *ret_found);
bool page_pick(struct http_request *req, struct http_response *res, enum run_form *ret_form);

/* page_help_plain: what /help says, in a form that is no page. */
void page_help_plain(struct http_request *req, struct http_response *res, enum run_form form);

/* The tables: one row a route, one a static file. */
#define ROUTE(method, path, function) page_answer_fn function;
#include "web/routes.def"
#undef ROUTE

struct str static_url(const char *name); /* "/static/app.css?..." with what changes when the file does */

#endif
