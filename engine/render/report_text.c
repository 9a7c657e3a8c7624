/* SPDX-License-Identifier: MIT
 *
 * A diagnosis for people at a terminal: what matched, the ladder, the verdict, what to do, what to check. Every word
 * that came from outside is escaped on its way (safe.c).
 */
#include "render/render.h"

#include <stdio.h>

static void heading(struct buf *out, const struct render_text *t, const char *words)
{
	buf_addf(out, "\n%s%s%s\n", render_on(t, RENDER_BOLD), words, render_on(t, RENDER_PLAIN));
}

/* bullet adds a wrapped paragraph whose first line begins with the mark. */
static void bullet(struct buf *out, const struct render_text *t, const char *mark, struct str text)
{
	buf_addf(out, "  %s ", mark);
	render_hanging(out, t, 2 + (unsigned)str_c(mark).n + 1, text);
}

void render_text_match_line(struct buf *out, const struct render_text *t, const struct triage_report *r)
{
	if (!r->answer.found.match_count) {
		buf_addf(out, "%sno article explains this message%s%s\n", render_on(t, RENDER_BOLD),
			 r->answer.found.nearest_count ? "; the nearest are:" : "", render_on(t, RENDER_PLAIN));
		render_text_nearest(out, t, &r->answer.found);
	} else {
		const struct match *m = r->answer.matches[0].match;
		struct buf title = { 0 };
		buf_add(&title, m->title);
		buf_addf(&title, "  (%.0f %%)", m->confidence * 100);
		buf_add_c(out, render_on(t, RENDER_BOLD));
		render_safe(out, m->id, false);
		buf_addf(out, "%s  ", render_on(t, RENDER_PLAIN));
		render_title(out, t, (unsigned)m->id.n + 2, buf_str(&title));
		buf_free(&title);
	}
	for (size_t i = 0; i < r->binding_count; i++) {
		buf_add_c(out, i ? ", " : "  ");
		render_safe(out, r->bindings[i].name, false);
		buf_add_c(out, " = ");
		buf_add_c(out, render_on(t, RENDER_VALUE));
		render_safe(out, r->bindings[i].value, false);
		buf_add_c(out, render_on(t, RENDER_PLAIN));
	}
	buf_add_c(out, r->binding_count ? "\n\n" : "\n");
	for (size_t i = 0; i < r->need_count; i++) {
		const struct need *need = &r->needs[i];
		struct buf text = { 0 };
		buf_addf(&text, "%.*s is not known. %.*s (--set %.*s=...)", STR_ARG(need->name), STR_ARG(need->says),
			 STR_ARG(need->name));
		buf_add_c(out, render_on(t, RENDER_OPEN));
		render_wrapped(out, t, 2, buf_str(&text));
		render_end_colour(out, t);
		buf_add_char(out, '\n');
		buf_free(&text);
	}
}

static const char *step_title(const struct triage_report *r, struct str step)
{
	static const struct {
		const char *step, *title;
	} titles[] = {
		{ "link", "link" },	    { "address", "address" }, { "name", "name" },
		{ "path", "path to host" }, { "tcp", "TCP" },	      { "smb", "SMB" },
	};
	if (str_eq(step, STR("tcp")) && render_is_udp(r))
		return "UDP";
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
		if (str_eq(step, str_c(titles[i].step)))
			return titles[i].title;
	return "?";
}

static void add_ladder(struct buf *out, const struct render_text *t, const struct triage_report *r)
{
	static const struct {
		const char *state, *mark, *colour;
	} marks[] = {
		{ "passed", "ok", RENDER_GOOD },
		{ "failed", "FAILS", RENDER_BAD },
		{ "unknown", "?", RENDER_OPEN },
		{ "skipped", "-", RENDER_DIM },
	};
	enum { SAYS_AT = 24 }; /* two blanks, number, title and mark */
	size_t fails = 0;
	if (r->ladder_count && r->evidence_count) /* else a blank line is there: render_text_match_line ends with one */
		buf_add_char(out, '\n');
	for (size_t i = 0; i < r->ladder_count; i++) {
		const struct ladder_step *s = &r->ladder[i];
		size_t k = 0;
		while (k < 3 && !str_eq(s->state, str_c(marks[k].state)))
			k++;
		if (k == 1 && !fails)
			fails = i + 1;
		buf_addf(out, "  %zu %-13s %s%-6s%s", i + 1, step_title(r, s->step), render_on(t, marks[k].colour),
			 marks[k].mark, render_on(t, RENDER_PLAIN));
		render_beside(out, t, SAYS_AT, s->says);
	}
	if (fails)
		buf_addf(out, "\nfails at step %zu of %zu: %s\n", fails, r->ladder_count,
			 step_title(r, r->ladder[fails - 1].step));
}

static void add_headline(struct buf *out, const struct render_text *t, const struct verdict *v)
{
	const char *word = v->state == VERDICT_CONFIRMED      ? "CONFIRMED"
			   : v->state == VERDICT_HEALTHY      ? "HEALTHY"
			   : v->state == VERDICT_INCONCLUSIVE ? "UNDECIDED"
							      : "NO DIAGNOSIS";
	const char *colour = v->state == VERDICT_CONFIRMED ? RENDER_BAD : v->state == VERDICT_HEALTHY ? RENDER_GOOD : RENDER_OPEN;
	buf_addf(out, "%s%s%s%s", render_on(t, RENDER_BOLD), render_on(t, colour), word, render_on(t, RENDER_PLAIN));
	if (v->cause.n) {
		/* "HEALTHY  title  cause, 97 %" */
		struct buf title = { 0 };
		size_t width = t->width ? t->width : 80, column = str_c(word).n + 2;
		bool fits = column + v->title.n + 2 + v->cause.n + sizeof ", 97 %" - 1 <= width;
		buf_addf(out, "  %s", render_on(t, RENDER_BOLD));
		render_hanging(&title, t, (unsigned)column, v->title);
		buf_add(out, str_trim_end(buf_str(&title)));
		buf_addf(out, "%s%s%s", render_on(t, RENDER_PLAIN), fits ? "  " : "\n  ", render_on(t, RENDER_DIM));
		render_safe(out, v->cause, false);
		buf_addf(out, ", %.0f %%%s", v->confidence * 100, render_on(t, RENDER_PLAIN));
		buf_free(&title);
	}
	buf_add_char(out, '\n');
	render_wrapped(out, t, 2, v->says);
}

static void add_resolutions(struct buf *out, const struct render_text *t, const struct verdict *v)
{
	if (v->resolution_count)
		heading(out, t, "What to do");
	for (size_t i = 0; i < v->resolution_count; i++) {
		const struct rule_resolution *res = &v->resolutions[i];
		struct buf text = { 0 };
		char number[24];
		if (res->kind == RESOLUTION_WORKAROUND)
			buf_add_c(&text, "Until then: ");
		buf_add(&text, res->text);
		if (res->caveat.n)
			buf_addf(&text, " But: %.*s", STR_ARG(res->caveat));
		snprintf(number, sizeof number, "%zu.", i + 1);
		bullet(out, t, number, buf_str(&text));
		buf_clear(&text);
		render_cost(&text, res);
		buf_add_c(out, text.n ? render_on(t, RENDER_DIM) : "");
		render_wrapped(out, t, 2 + (unsigned)str_c(number).n + 1, buf_str(&text));
		if (text.n)
			render_end_colour(out, t);
		buf_free(&text);
	}
}

/* add_weight: a column of nine. */
static void add_weight(struct buf *out, double weight)
{
	if (weight < 0.005)
		buf_add_c(out, "   <1 %  ");
	else
		buf_addf(out, "  %3.0f %%  ", weight * 100);
}

static void add_causes_left(struct buf *out, const struct render_text *t, const struct verdict *v)
{
	enum { SHOWN = 8, TOO_MANY = 20 };
	if (v->cause_left_count > TOO_MANY) {
		buf_addf(out, "\n%zu causes are possible.\n", v->cause_left_count);
		return;
	}
	if (v->cause_left_count)
		heading(out, t, "Causes left, likeliest first");
	for (size_t i = 0; i < v->cause_left_count && i < SHOWN; i++) {
		const struct belief *b = i < v->belief_count ? &v->beliefs[i] : NULL;
		struct buf text = { 0 };
		add_weight(out, b ? b->weight : 0);
		if (b && b->title.n)
			buf_addf(&text, "%.*s  ", STR_ARG(b->title));
		buf_addf(&text, "(%.*s)", STR_ARG(v->causes_left[i]));
		render_hanging(out, t, 9, buf_str(&text));
		buf_free(&text);
	}
	if (v->cause_left_count > SHOWN)
		buf_addf(out, "         and %zu more\n", v->cause_left_count - SHOWN);
}

/* add_next: what looks alike from here stands in one sentence. */
static void add_next(struct buf *out, const struct render_text *t, const struct verdict *v)
{
	static const struct str alike = STR_LIT("From here these look alike: ");
	if (v->next_count)
		heading(out, t, "What to check next");
	for (size_t i = 0; i < v->next_count;) {
		struct buf text = { 0 };
		bool folds = str_starts(v->next[i], alike);
		buf_add(&text, v->next[i++]);
		for (; folds && i < v->next_count && str_starts(v->next[i], alike); i++)
			buf_addf(&text, "; %.*s", STR_ARG(str_from(v->next[i], alike.n)));
		bullet(out, t, "-", buf_str(&text));
		buf_free(&text);
	}
}

static void add_verify(struct buf *out, const struct render_text *t, const struct verdict *v)
{
	struct buf text = { 0 };
	render_verify(&text, v);
	if (text.n) {
		buf_addf(out, "\n%s", render_on(t, RENDER_DIM));
		render_wrapped(out, t, 2, buf_str(&text));
		render_end_colour(out, t);
	}
	buf_free(&text);
}

/* add_changed: a replay goes by the rules of today. */
static void add_changed(struct buf *out, const struct render_text *t, const struct triage_report *r)
{
	struct buf text = { 0 };
	if (!r->changed_count)
		return;
	buf_add_c(&text, "Other rules than when this was saved: ");
	for (size_t i = 0; i < r->changed_count; i++)
		buf_addf(&text, "%s%.*s", i ? ", " : "", STR_ARG(r->changed[i]));
	buf_add_c(&text, ". The verdict is by those of today.");
	buf_addf(out, "\n%s", render_on(t, RENDER_OPEN));
	render_wrapped(out, t, 2, buf_str(&text));
	render_end_colour(out, t);
	buf_free(&text);
}

/* add_effort: what was thought and sent for it. */
static void add_effort(struct buf *out, const struct render_text *t, const struct triage_report *r)
{
	size_t count = r->verdict.ruled_out_count;
	struct buf text = { 0 };
	buf_addf(&text, "%zu cause%s ruled out; %u packet%s, %u connection%s, %.1f s", count, render_plural(count),
		 r->sent.packets, render_plural(r->sent.packets), r->sent.connections,
		 render_plural(r->sent.connections), r->ms / 1000);
	buf_addf(out, "\n%s", render_on(t, RENDER_DIM));
	render_wrapped(out, t, 0, buf_str(&text));
	render_end_colour(out, t);
	buf_free(&text);
}

void render_text_verdict(struct buf *out, const struct render_text *t, const struct triage_report *r)
{
	const struct verdict *v = &r->verdict;
	add_ladder(out, t, r);
	if (r->ladder_count || r->evidence_count)
		buf_add_char(out, '\n');
	add_headline(out, t, v);
	if (v->reason_count)
		heading(out, t, "Why");
	for (size_t i = 0; i < v->reason_count; i++)
		bullet(out, t, "-", v->reasons[i].says);
	if (v->finding_count)
		heading(out, t, "Also seen");
	for (size_t i = 0; i < v->finding_count; i++)
		bullet(out, t, "-", v->findings[i].says);
	add_causes_left(out, t, v);
	add_resolutions(out, t, v);
	add_next(out, t, v);
	add_verify(out, t, v);
	add_changed(out, t, r);
	if (r->evidence_count)
		add_effort(out, t, r);
}

static void add_args(struct buf *out, const struct evidence *e)
{
	for (size_t k = 0; k < e->arg_count; k++) {
		buf_add_char(out, ' ');
		render_safe(out, e->args[k].value, false);
	}
}

/* add_ruled_out_by: what one piece of evidence ruled out first; by SIZE_MAX: several together. */
static void add_ruled_out_by(struct buf *out, const struct render_text *t, const struct triage_report *r, size_t by)
{
	const struct verdict *v = &r->verdict;
	bool narrow = t->width && t->width < 64;
	size_t count = 0;
	for (size_t i = 0; i < v->ruled_out_count; i++)
		count += v->ruled_out[i].by == by;
	if (!count)
		return;
	buf_add_c(out, "  ");
	if (by < r->evidence_count) {
		render_safe(out, r->evidence[by]->probe, false);
		add_args(out, r->evidence[by]);
		buf_add_c(out, ": ");
		render_safe(out, r->evidence[by]->state, false);
	} else {
		buf_add_c(out, narrow ? "given, or of several" : "what was given, or several say together");
	}
	buf_addf(out, " (%zu)\n", count);
	for (size_t i = 0; i < v->ruled_out_count; i++) {
		if (v->ruled_out[i].by != by)
			continue;
		buf_add_c(out, "    ");
		render_padded(out, v->ruled_out[i].cause, narrow ? 0 : 34);
		buf_add_c(out, narrow ? "\n      " : " ");
		render_hanging(out, t, narrow ? 6 : 4 + 34 + 1, v->ruled_out[i].because);
	}
}

static void add_sent(struct buf *out, unsigned packets, unsigned connections)
{
	buf_addf(out, "%3u packet%-1s %2u connection%-1s", packets, render_plural(packets), connections,
		 render_plural(connections));
}

void render_text_explain(struct buf *out, const struct render_text *t, const struct triage_report *r)
{
	const struct verdict *v = &r->verdict;
	heading(out, t, "Ruled out by");
	for (size_t i = 0; i < r->evidence_count; i++)
		add_ruled_out_by(out, t, r, i);
	add_ruled_out_by(out, t, r, SIZE_MAX);
	heading(out, t, "Belief in the rest");
	for (size_t i = 0; i < v->belief_count; i++) {
		add_weight(out, v->beliefs[i].weight);
		render_safe(out, v->beliefs[i].cause, false);
		buf_add_char(out, '\n');
	}
	if (!v->belief_count)
		buf_add_c(out, "  nothing is left\n");
	if (v->part_count)
		heading(out, t, "What the confidence is made of");
	for (size_t i = 0; i < v->part_count; i++) {
		buf_addf(out, "  %4.1f %%  ", v->parts[i].adds * 100);
		render_hanging(out, t, 10, v->parts[i].says);
	}
	heading(out, t, "Packets");
	for (size_t i = 0; i < r->evidence_count; i++) {
		const struct evidence *e = r->evidence[i];
		if (!e->packets && !e->connections)
			continue;
		buf_add_c(out, "  ");
		render_padded(out, e->probe, 10);
		buf_add_char(out, ' ');
		add_sent(out, e->packets, e->connections);
		buf_add_char(out, ' ');
		add_args(out, e);
		buf_add_char(out, '\n');
	}
	buf_add_c(out, "  in all     ");
	add_sent(out, r->sent.packets, r->sent.connections);
	buf_add_char(out, '\n');
}

void render_text_report(struct buf *out, const struct render_text *t, const struct triage_report *r)
{
	render_text_match_line(out, t, r);
	for (size_t i = 0; i < r->evidence_count; i++)
		render_text_evidence(out, t, r->evidence[i]);
	render_text_verdict(out, t, r);
}
