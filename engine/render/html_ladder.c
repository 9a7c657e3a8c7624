/* SPDX-License-Identifier: MIT
 *
 * The way to the server as a picture, station by station: the ladder's steps, with the route, the ping, and the parts
 * of an SMB session between them as the evidence so far shows them. See html.h.
 */
#include "render/html.h"

enum { STATIONS_MAX = 10 };

enum passage { UNKNOWN, PASSED, FAILED, QUIET /* no answer, which proves nothing */, SKIPPED };

struct station {
	const char *name;
	enum passage passage;
	struct str word, says;
	bool given; /* no probe saw it */
};

struct way {
	const struct triage_report *report;
	struct station at[STATIONS_MAX];
	size_t count;
};

static const struct evidence *last_of(const struct triage_report *r, const char *probe)
{
	for (size_t i = r->evidence_count; i-- > 0;)
		if (str_eq(r->evidence[i]->probe, str_c(probe)))
			return r->evidence[i];
	return NULL;
}

static struct str fact_of(const struct evidence *e, const char *name)
{
	for (size_t i = 0; e && i < e->fact_count; i++)
		if (str_eq(e->facts[i].name, str_c(name)))
			return e->facts[i].text;
	return STR("");
}

static const struct ladder_step *step_of(const struct triage_report *r, const char *step)
{
	for (size_t i = 0; i < r->ladder_count; i++)
		if (str_eq(r->ladder[i].step, str_c(step)))
			return &r->ladder[i];
	return NULL;
}

static enum passage passage_of(const struct ladder_step *step)
{
	if (!step || str_eq(step->state, STR("unknown")))
		return UNKNOWN;
	if (str_eq(step->state, STR("passed")))
		return PASSED;
	return str_eq(step->state, STR("failed")) ? FAILED : SKIPPED;
}

static struct station *add(struct way *w, const char *name)
{
	struct station *s = &w->at[w->count++];
	*s = (struct station){ .name = name };
	return s;
}

static void add_step(struct way *w, const char *name, const char *step, const char *probe)
{
	const struct ladder_step *l = step_of(w->report, step);
	const struct evidence *e = probe ? last_of(w->report, probe) : NULL;
	struct station *s = l ? add(w, name) : NULL;
	if (!s)
		return;
	s->passage = passage_of(l);
	s->says = l->says;
	s->given = l->given;
	if (e && s->passage != UNKNOWN && s->passage != SKIPPED)
		s->word = e->state;
}

static void add_route(struct way *w)
{
	const struct evidence *e = last_of(w->report, "route");
	struct station *s = add(w, "Route");
	if (e) {
		bool leads = str_in_list(e->state, "on-link gateway local");
		s->passage = leads ? PASSED : str_eq(e->state, STR("not-run")) ? UNKNOWN : FAILED;
		s->word = e->state;
		s->says = e->reason;
	} else if (passage_of(step_of(w->report, "path")) == PASSED) {
		s->passage = PASSED;
	}
}

/* Many hosts and filters do not answer a ping: only with the path's own failure is silence one. */
static void add_ping(struct way *w)
{
	const struct evidence *e = last_of(w->report, "icmp");
	const struct ladder_step *path = step_of(w->report, "path");
	struct station *s = add(w, "Ping");
	s->passage = passage_of(path);
	s->says = path ? path->says : STR("");
	if (!e)
		return;
	if (str_in_list(e->state, "answered loss"))
		s->passage = PASSED;
	else if (s->passage != FAILED)
		s->passage = str_eq(e->state, STR("not-run")) ? UNKNOWN : QUIET;
	s->word = e->state;
	s->says = e->reason;
}

static void add_session(struct way *w, const struct evidence *smb)
{
	const struct evidence *e = last_of(w->report, "nbss");
	struct station *s = add(w, "Session");
	/* on port 445 there is none to ask for */
	bool direct = !e && smb && !str_in_list(smb->state, "no-connection denied not-run");
	if (direct || (e && str_eq(e->state, STR("accepted"))) || (smb && str_eq(smb->state, STR("negotiated"))))
		s->passage = PASSED;
	else if ((e && !str_eq(e->state, STR("not-run"))) || (smb && str_eq(smb->state, STR("denied"))))
		s->passage = FAILED;
	if (direct) {
		s->word = STR("direct");
	} else if (e && s->passage != PASSED) {
		s->word = e->state;
		s->says = e->reason;
	}
}

static void add_dialect(struct way *w, const struct evidence *smb)
{
	struct station *s = add(w, "Dialect");
	struct str dialect = fact_of(smb, "smb.dialect");
	if (!smb || str_eq(smb->state, STR("not-run")) || str_eq(smb->state, STR("denied")))
		return;
	s->passage = str_eq(smb->state, STR("negotiated")) ? PASSED : FAILED;
	s->word = s->passage == PASSED ? dialect : smb->state;
	s->says = smb->reason;
}

static void add_share(struct way *w, const struct evidence *smb)
{
	struct station *s = add(w, "Share");
	struct str status = fact_of(smb, "tree.status"), ipc = fact_of(smb, "tree.ipc_status");
	struct str told = status.n ? status : ipc;
	if (!told.n)
		return;
	bool opened = str_in_list(told, "00000000 c0000022");
	s->passage = opened ? PASSED : status.n ? FAILED : QUIET;
	s->word = str_eq(told, STR("00000000")) ? STR("opens") : opened ? STR("wants a login") : told;
}

/* Of a session that failed the ladder says so once; the parts say where, and where none does, the last does. */
static void add_smb(struct way *w)
{
	const struct ladder_step *smb = step_of(w->report, "smb");
	const struct evidence *e = last_of(w->report, "smb");
	size_t first = w->count;
	bool failed = false;
	if (!smb)
		return;
	add_session(w, e);
	add_dialect(w, e);
	add_share(w, e);
	for (size_t i = first; i < w->count; i++)
		failed |= w->at[i].passage == FAILED;
	if (passage_of(smb) == FAILED && !failed)
		w->at[w->count - 1].passage = FAILED;
	for (size_t i = first; i < w->count && passage_of(smb) == PASSED; i++)
		if (w->at[i].passage == FAILED || (i + 1 < w->count && w->at[i].passage == UNKNOWN))
			w->at[i].passage = PASSED; /* another way in was found */
}

/* Behind the first failure nothing was reached; before what was seen to pass nothing can have failed. */
static void straighten(struct way *w)
{
	size_t fails = w->count, passed = 0;
	for (size_t i = 0; i < w->count; i++)
		if (w->at[i].passage == PASSED && !w->at[i].given)
			passed = i;
	for (size_t i = 0; i < w->count; i++) {
		struct station *s = &w->at[i];
		if (i < passed && s->passage == FAILED)
			s->passage = QUIET;
		if (i < passed && s->passage == UNKNOWN)
			s->passage = PASSED;
		if (fails < i && s->passage != QUIET && !s->given)
			*s = (struct station){ .name = s->name, .passage = SKIPPED };
		if (s->passage == FAILED && fails == w->count)
			fails = i;
	}
}

static void add_html(struct buf *out, const struct station *s)
{
	static const char *const classes[] = { "unknown", "passed", "failed", "quiet", "skipped" };
	static const char *const words[] = { "not asked yet", "passed", "failed", "no answer", "not reached" };
	buf_addf(out, "<li class=\"%s\"", classes[s->passage]);
	if (s->says.n) {
		buf_add_c(out, " title=\"");
		render_html_escape(out, s->says);
		buf_add_c(out, "\"");
	}
	buf_addf(out,
		 "><span class=\"dot\" aria-hidden=\"true\"></span><span class=\"step\">%s</span> <span class=\"was\">",
		 s->name);
	bool seen = s->passage == PASSED || s->passage == FAILED || s->passage == QUIET;
	if (s->word.n || !seen)
		buf_addf(out, "<span class=\"unseen\">%s%s</span>", words[s->passage], s->word.n ? ": " : "");
	if (s->word.n || seen)
		render_html_state(out, s->word.n ? s->word : str_c(words[s->passage]));
	buf_add_c(out, "</span></li>\n");
}

void render_html_ladder(struct buf *out, const struct triage_report *report)
{
	struct way w = { .report = report };
	bool udp = render_is_udp(report);
	buf_add_c(out, "<ol id=\"ladder\" class=\"ladder\" aria-label=\"The way to the server, step by step\">\n");
	if (report->ladder_count) {
		add_step(&w, "Link", "link", "link");
		add_step(&w, "Address", "address", NULL);
		add_step(&w, "Name", "name", NULL);
		add_route(&w);
		add_ping(&w);
		add_step(&w, udp ? "UDP" : "TCP", "tcp", udp ? "udp" : "tcp");
		add_smb(&w);
		straighten(&w);
	}
	for (size_t i = 0; i < w.count; i++)
		add_html(out, &w.at[i]);
	buf_add_c(out, "</ol>\n");
}
