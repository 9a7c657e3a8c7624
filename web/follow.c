/* SPDX-License-Identifier: MIT
 *
 * A request that follows a run: as server-sent events, by polling for them, or until it is whole. See page.h.
 */
#include "web/page.h"

#include "web/gate.h"

#include <stdio.h>

struct follow {
	struct run_reader *reader;
	struct question question;
	enum run_form form;
	bool goes_on; /* the reader has seen this run before */
	bool greeted;
};

static void leave(struct http_request *req)
{
	struct follow *f = req->job;
	run_leave(&f->reader);
}

static struct follow *join(struct site *site, struct http_request *req, struct http_response *res,
			   const struct question *q, enum run_form form)
{
	struct follow *f = arena_new(req->arena, struct follow);
	struct gate *gate = site_gate(site);
	uint64_t after = 0;
	bool shares = runs_has(site_runs(site), q); /* only a new diagnosis counts for the client's rate */
	if (shares ? !gate_needs(gate, req, res, ROLE_PROBE) : !gate_takes_diagnosis(gate, req, res))
		return NULL;
	bool goes_on = str_u64(http_header(req, "Last-Event-ID"), &after);
	if (!goes_on || after > UINT32_MAX - 1)
		after = 0;
	enum err e = f ? runs_join(site_runs(site), q, req->wake, (unsigned)after, &f->reader) : ERR_NOMEM;
	if (e) {
		page_fail_err(req, res, e);
		return NULL;
	}
	f->question = *q;
	f->form = form;
	f->goes_on = goes_on;
	req->job = f;
	req->drop = leave;
	return f;
}

const struct question *follow_question(const struct http_request *req)
{
	const struct follow *f = req->job;
	return f ? &f->question : NULL;
}

/* greet opens the stream at once, and says where the evidence is not new. */
static ssize_t greet(const struct follow *f, char *p, size_t max)
{
	int64_t age_ms = run_age_ms(f->reader);
	int n;
	if (age_ms == RUN_FRESH || f->goes_on)
		n = snprintf(p, max, "retry: 3000\n\n");
	else if (f->form == RUN_JSON)
		n = snprintf(p, max, "retry: 3000\nevent: shared\ndata: {\"age_ms\":%lld}\n\n", (long long)age_ms);
	else {
		struct buf says = { 0 };
		page_shared_html(&says, age_ms);
		n = snprintf(p, max, "retry: 3000\nevent: shared\ndata: %.*s\n\n", STR_ARG(buf_str(&says)));
		buf_free(&says);
	}
	return n > 0 && (size_t)n < max ? n : -1;
}

static ssize_t read_events(struct http_request *req, char *p, size_t max, bool beat)
{
	struct follow *f = req->job;
	if (!f->greeted) {
		f->greeted = true;
		return greet(f, p, max);
	}
	ssize_t n = run_read(f->reader, f->form, p, max);
	if (!n && beat)
		n = snprintf(p, max, ": still here\n\n");
	return n;
}

void follow_stream(struct site *site, struct http_request *req, struct http_response *res, const struct question *q,
		   enum run_form form)
{
	if (!join(site, req, res, q, form))
		return;
	res->type = PAGE_EVENTS;
	res->read = read_events;
}

void follow_poll(struct site *site, struct http_request *req, struct http_response *res, const struct question *q,
		 enum run_form form)
{
	struct follow *f = join(site, req, res, q, form);
	struct buf out = { 0 };
	char part[4096];
	ssize_t n;
	if (!f)
		return;
	run_lease(f->reader, !f->goes_on);
	n = greet(f, part, sizeof part);
	for (; n > 0; n = run_read(f->reader, form, part, sizeof part))
		buf_add_bytes(&out, part, (size_t)n);
	page_send(req, res, PAGE_EVENTS, &out);
}

void follow_stop(struct site *site, struct http_request *req, struct http_response *res, const struct question *q)
{
	if (!gate_needs(site_gate(site), req, res, ROLE_PROBE))
		return;
	runs_stop(site_runs(site), q);
	res->status = 204;
}

bool follow_whole(struct site *site, struct http_request *req, struct http_response *res, const struct question *q,
		  enum run_form form, struct str *ret_text, int64_t *ret_age_ms)
{
	struct follow *f = req->job ? req->job : join(site, req, res, q, form);
	if (!f)
		return false;
	res->wait = !run_whole(f->reader, f->form, req->arena, &res->status, ret_text);
	*ret_age_ms = run_age_ms(f->reader);
	if (res->wait || res->status == 200 || f->form == RUN_HTML)
		return !res->wait;
	run_whole(f->reader, RUN_TEXT, req->arena, &res->status, ret_text);
	page_fail(req, res, res->status, arena_str(req->arena, *ret_text).p);
	return false;
}

const char *page_text_type(enum run_form form)
{
	return form == RUN_MARKDOWN ? "text/markdown; charset=utf-8"
	       : form == RUN_TEXT   ? "text/plain; charset=utf-8"
				    : PAGE_JSON;
}

void page_report_text(struct buf *out, enum run_form form, const struct triage_report *report)
{
	if (form == RUN_MARKDOWN) {
		render_markdown_report(out, report);
	} else if (form == RUN_TEXT) {
		render_safe(out, str_trim(report->answer.found.query), true);
		buf_add_c(out, "\n\n");
		render_text_report(out, &(struct render_text){ .width = PAGE_COLUMNS }, report);
	} else {
		render_json_report(out, report);
	}
}
