/* SPDX-License-Identifier: MIT
 *
 * A look-up for people: the first answer with its cause and what to do at once, the others a line each. All text of
 * articles and messages goes through render_safe or render_wrapped.
 */
#include "render/render.h"

#include "base/utf8.h"

enum { LABEL = 10, TEXT_MAX = 1500 };

static void label(struct buf *out, const struct render_text *t, const char *name)
{
	buf_addf(out, "%s  %-*s%s", render_on(t, RENDER_DIM), LABEL - 2, name, render_on(t, RENDER_PLAIN));
}

/* labelled adds wrapped text whose first line stands beside its label. */
static void labelled(struct buf *out, const struct render_text *t, const char *name, struct str text)
{
	struct buf body = { 0 };
	struct str cut = utf8_first(text, TEXT_MAX);
	label(out, t, name);
	render_wrapped(&body, t, LABEL, str_trim(cut));
	struct str rest = buf_str(&body);
	buf_add(out, str_from(rest, rest.n > LABEL ? LABEL : rest.n));
	if (cut.n < text.n) {
		buf_addf(out, "%s%*s(more in the article)\n", render_on(t, RENDER_DIM), LABEL, "");
		render_end_colour(out, t);
	}
	if (!rest.n)
		buf_add_char(out, '\n');
	buf_free(&body);
}

/* width: of the ids that stand below one another. */
static void head(struct buf *out, const struct render_text *t, const struct match *m, size_t width)
{
	render_coloured(out, t, RENDER_BOLD, m->id);
	for (size_t i = m->id.n; i < width; i++)
		buf_add_char(out, ' ');
	int percent = (int)(m->confidence * 100 + 0.5);
	if (percent)
		buf_addf(out, "  %3d %%  ", percent);
	else
		buf_add_c(out, "   <1 %  ");
	buf_add_c(out, render_on(t, RENDER_BOLD));
	render_title(out, t, (unsigned)(m->id.n > width ? m->id.n : width) + 9, m->title);
	render_end_colour(out, t);
}

static size_t id_width(const struct match *items, size_t count)
{
	size_t width = 0;
	for (size_t i = 0; i < count; i++)
		width = items[i].id.n > width ? items[i].id.n : width;
	return width;
}

static void captures(struct buf *out, const struct render_text *t, const struct match *m)
{
	for (size_t i = 0; i < m->capture_count; i++) {
		const struct match_capture *c = &m->captures[i];
		label(out, t, i ? "" : "found");
		render_safe(out, c->name, false);
		buf_add_c(out, " = ");
		render_coloured(out, t, RENDER_VALUE, c->value);
		buf_add_char(out, '\n');
		if (c->finding.n) {
			buf_add_c(out, render_on(t, RENDER_OPEN));
			render_wrapped(out, t, LABEL, c->finding);
			render_end_colour(out, t);
		}
	}
}

static void code_line(struct buf *out, const struct render_text *t, const char *name, const struct match_code *c)
{
	if (!c->known)
		return;
	struct buf text = { 0 };
	if (c->written_symbol.n)
		buf_addf(&text, "0x%08llX %.*s, that is ", (unsigned long long)c->written, STR_ARG(c->written_symbol));
	if (c->value || !c->symbol.n) /* SQL's states are no numbers */
		buf_addf(&text, "%lld", (long long)c->value);
	const struct str words[] = { c->family, c->symbol };
	for (size_t i = 0; i < 2; i++) {
		buf_add_c(&text, words[i].n && text.n ? " " : "");
		buf_add(&text, words[i]);
	}
	buf_add_c(&text, c->says.n ? ": " : "");
	buf_add(&text, c->says);
	labelled(out, t, name, buf_str(&text));
	buf_free(&text);
}

/* filled: labelled, with what the message says in the place of {name}. */
static void filled(struct buf *out, const struct render_text *t, const struct match *m, const char *name,
		   struct str text)
{
	struct buf whole = { 0 };
	render_filled_match(&whole, text, m);
	labelled(out, t, name, buf_str(&whole));
	buf_free(&whole);
}

static void resolution(struct buf *out, const struct render_text *t, const struct match *m,
		       const struct rule_resolution *r)
{
	struct rule_resolution harmless = *r;
	struct buf text = { 0 }, cost = { 0 };
	bool fix = r->kind == RESOLUTION_FIX;
	harmless.harm = STR("");
	render_cost(&cost, &harmless);
	if (cost.n)
		buf_addf(&text, "(%.*s) ", STR_ARG(buf_str(&cost)));
	buf_add(&text, r->text);
	buf_free(&cost);
	filled(out, t, m, fix ? "fix" : "instead", buf_str(&text));
	buf_free(&text);
	if (r->caveat.n)
		filled(out, t, m, "but", r->caveat);
	if (r->harm.n)
		filled(out, t, m, "risk", r->harm);
}

static const char *status_says(enum rule_status s)
{
	switch (s) {
	case STATUS_CONFIRMED: return "a confirmed problem";
	case STATUS_FIXED: return "fixed in a later version";
	case STATUS_NO_FIX: return "no fix is known";
	case STATUS_BY_DESIGN: return "by design";
	case STATUS_UNKNOWN: break;
	}
	return "";
}

static void ids(struct buf *out, const struct render_text *t, const struct match *m)
{
	if (!m->also_count)
		return;
	label(out, t, "also");
	for (size_t i = 0; i < m->also_count; i++) {
		buf_add_c(out, i ? ", " : "");
		render_safe(out, m->also[i], false);
	}
	buf_add_char(out, '\n');
}

static void whole(struct buf *out, const struct render_text *t, const struct triage_match *x)
{
	const struct rule *r = &x->rule;
	head(out, t, x->match, 0);
	if (x->match->template.n)
		labelled(out, t, "message", x->match->template);
	captures(out, t, x->match);
	code_line(out, t, "code", &x->match->code);
	if (r->cause.n)
		filled(out, t, x->match, "cause", r->cause);
	for (size_t i = 0; i < r->resolution_count; i++)
		resolution(out, t, x->match, &r->resolutions[i]);
	if (r->status_text.n || r->status != STATUS_UNKNOWN)
		labelled(out, t, "status", r->status_text.n ? r->status_text : str_c(status_says(r->status)));
	ids(out, t, x->match);
	if (x->match->why.n)
		labelled(out, t, "why", x->match->why);
}

/* briefly: one that is not the answer. */
static void briefly(struct buf *out, const struct render_text *t, const struct match *items, size_t from, size_t count)
{
	size_t width = id_width(items + from, count - from);
	for (size_t i = from; i < count; i++) {
		head(out, t, &items[i], width);
		ids(out, t, &items[i]);
	}
}

/* What of the message was taken for its dress: --keep-envelope takes it as it is. */
static void envelope(struct buf *out, const struct render_text *t, const struct match_envelope *e)
{
	const struct {
		const char *name;
		struct str value;
	} parts[] = {
		{ "time", e->time },	 { "host", e->host },	{ "component", e->component },
		{ "thread", e->thread }, { "level", e->level }, { "event", e->event },
	};
	struct buf text = { 0 };
	if (!e->kind.n)
		return;
	buf_add(&text, e->kind);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].value.n) {
			buf_addf(&text, ", %s ", parts[i].name);
			buf_add(&text, parts[i].value);
		}
	labelled(out, t, "read as", buf_str(&text));
	buf_free(&text);
}

static void add_together(struct buf *out, const struct render_text *t, double together)
{
	struct buf says = { 0 };
	buf_addf(&says, "Others fit as well; together they are %.0f %% sure:", together * 100);
	buf_add_char(out, '\n');
	render_wrapped(out, t, 0, buf_str(&says));
	buf_free(&says);
}

void render_text_nearest(struct buf *out, const struct render_text *t, const struct match_answer *found)
{
	if (match_leaves_doubt(found))
		briefly(out, t, found->nearest, 0, found->nearest_count);
}

void render_text_answer(struct buf *out, const struct render_text *t, const struct triage_answer *answer)
{
	const struct match_answer *found = &answer->found;
	if (found->match_count) {
		whole(out, t, &answer->matches[0]);
		envelope(out, t, &found->envelope);
	} else {
		render_wrapped(out, t, 0,
			       found->nearest_count ? STR("No article explains this. The nearest are:")
						    : STR("No article explains this."));
	}
	size_t apart = match_apart(found);
	if (apart)
		buf_addf(out, "\nAlso in this text%s:\n", apart < found->match_count ? ", and other answers" : "");
	else if (found->match_count > 1 && found->matches[0].together > found->matches[0].confidence)
		add_together(out, t, found->matches[0].together);
	else if (found->match_count > 1)
		buf_add_c(out, "\nOther answers:\n");
	if (found->match_count)
		briefly(out, t, found->matches, 1, found->match_count);
	if (found->match_count && found->nearest_count && match_leaves_doubt(found))
		buf_add_c(out, "\nLess likely:\n");
	render_text_nearest(out, t, found);
	if (found->match_count)
		return;
	code_line(out, t, "code", &found->code);
	for (size_t i = 0; i < found->code_reading_count; i++)
		if (!str_eq(found->code_readings[i].family, found->code.family))
			code_line(out, t, "or", &found->code_readings[i]);
	envelope(out, t, &found->envelope);
}
