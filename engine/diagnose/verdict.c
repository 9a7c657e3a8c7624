/* SPDX-License-Identifier: MIT
 *
 * causes + digest > verdict. A class is ruled out by the first known fact that contradicts it; it is confirmed where it
 * alone is left and every fact that it needs is known.
 */
#include "diagnose/plan_inside.h"
#include "diagnose/weigh.h"

const char *verdict_state_name(enum verdict_state s)
{
	static const char *const names[] = { "none", "inconclusive", "confirmed", "healthy" };
	return names[s];
}

/* ---- words ---- */

static struct str join_values(const struct prediction *p, struct arena *a)
{
	struct buf b = { 0 };
	for (size_t i = 0; i < p->value_count; i++) {
		buf_add_c(&b, i == 0 ? (p->but ? "anything but " : "") : i + 1 == p->value_count ? " or " : ", ");
		buf_add(&b, p->values[i]);
	}
	struct str s = buf_keep(&b, a);
	buf_free(&b);
	return s;
}

/* about: what a fact is about; a port that stands for both of SMB's is named. */
static struct str about(const struct digest *d, struct str fact)
{
	const struct fact_help *help = fact_help_find(fact);
	if (!d->smb && str_starts(fact, STR("tcp.")) && fact.n == sizeof "tcp.445" - 1)
		return d->port.n ? arena_printf(d->a, "%s port %.*s", d->udp ? "UDP" : "TCP", STR_ARG(d->port)) :
				   STR("the TCP port");
	return str_c(help ? help->says : "?");
}

/* because: "TCP port 445: open, not refused". */
static struct str because(const struct prediction *p, const struct digest *d, struct arena *a)
{
	const struct derived *f = digest_find(d, p->fact);
	struct str wanted = join_values(p, a), what = about(d, p->fact);
	return arena_printf(a, "%.*s: %.*s; it would be %.*s", STR_ARG(what), STR_ARG(f->value), STR_ARG(wanted));
}

static void push(struct arena *a, struct verdict *v, struct str line)
{
	for (size_t i = 0; i < v->next_count; i++)
		if (str_eq(v->next[i], line))
			return;
	struct str *s = line.n ? arena_push(a, &v->next, &v->next_count, &v->next_cap) : NULL;
	if (s)
		*s = line;
}

/* fill_resolutions: what a cause or a finding tells to do. */
static void fill_resolutions(struct verdict *v, const struct cause *c, const struct digest *d)
{
	for (size_t i = 0; i < c->resolution_count; i++) {
		struct rule_resolution *r = arena_push(d->a, &v->resolutions, &v->resolution_count, &v->resolution_cap);
		if (!r)
			return;
		*r = c->resolutions[i];
		r->text = digest_fill(d, r->text);
		r->where = digest_fill(d, r->where);
		r->caveat = digest_fill(d, r->caveat);
		r->harm = digest_fill(d, r->harm);
	}
}

/* why: what was seen that this class needs, each as a sentence. */
static void fill_reasons(struct verdict *v, const struct cause *c, const struct digest *d)
{
	for (size_t i = 0; i < c->prediction_count; i++) {
		const struct derived *f = digest_find(d, c->predictions[i].fact);
		bool twice = !d->smb && str_eq(c->predictions[i].fact, STR("tcp.139"));
		if (!f || !c->predictions[i].needed || twice)
			continue;
		struct str what = about(d, f->name);
		struct reason *r = arena_push(d->a, &v->reasons, &v->reason_count, &v->reason_cap);
		if (r)
			*r = (struct reason){ f->name, f->value,
					      arena_printf(d->a, "%.*s: %.*s", STR_ARG(what), STR_ARG(f->value)) };
	}
}

static struct str article_of(const struct cause *c, const struct case_file *file)
{
	const struct rule *r = file->rule;
	if (!r)
		return c->article;
	for (size_t i = 0; i < r->cause_class_count; i++)
		if (str_eq(r->cause_classes[i], c->name))
			return r->id;
	return c->article.n ? c->article : r->id;
}

/* add_part: where one port stands for both of SMB's, what is said twice is one part. */
static void add_part(struct verdict *v, struct str fact, struct str says, double adds, struct arena *a)
{
	size_t i = 0;
	v->confidence += adds;
	while (i < v->part_count && !str_eq(v->parts[i].says, says))
		i++;
	if (i < v->part_count) {
		v->parts[i].adds += adds;
		return;
	}
	struct part *p = arena_push(a, &v->parts, &v->part_count, &v->part_cap);
	if (p)
		*p = (struct part){ fact, says, adds };
}

/* be_confident: what is certain by elimination, and in equal parts what was allowed for and seen. belief: in this one
 * among those left. */
static void be_confident(struct verdict *v, const struct cause *c, double belief, const struct digest *d)
{
	const double by_elimination = 0.8, by_facts = 0.19;
	add_part(v, STR(""),
		 belief < 1 ? STR("every other cause is ruled out that could be by what was asked then") :
			      STR("every other cause is ruled out"),
		 by_elimination * belief, d->a);
	for (size_t i = 0; i < c->prediction_count; i++) {
		struct str fact = c->predictions[i].fact, what = about(d, fact);
		const struct derived *f = digest_find(d, fact);
		add_part(v, fact,
			 arena_printf(d->a, "%.*s: %.*s", STR_ARG(what), STR_ARG(f ? f->value : STR("not known"))),
			 f ? by_facts / (double)c->prediction_count : 0, d->a);
	}
}

/* verify_of: the cause's own probe, or what was asked in its place. */
static struct str verify_of(const struct digest *d, const struct cause *c)
{
	const struct derived *mtu = digest_find(d, STR("mtu.state"));
	if (d->udp && str_eq(c->verify, STR("tcp")))
		return STR("udp");
	if (str_eq(c->verify, STR("nbns")) && !digest_look(d, "nbns", ARG("name", d->server)))
		return STR("dns"); /* no NetBIOS name */
	return str_eq(c->verify, STR("mtu")) && mtu && mtu->from ? mtu->from->probe : c->verify;
}

static void decide(struct verdict *v, const struct cause *c, double belief, const struct digest *d)
{
	v->state = c->healthy ? VERDICT_HEALTHY : VERDICT_CONFIRMED;
	v->cause = c->name;
	v->title = digest_fill(d, c->title);
	be_confident(v, c, belief, d);
	v->article = article_of(c, d->c);
	v->says = digest_fill(d, c->says);
	v->step = c->step;
	v->verify = verify_of(d, c);
	v->by_hand = digest_fill(d, c->by_hand);
	fill_resolutions(v, c, d);
	fill_reasons(v, c, d);
	for (size_t i = 0; !c->healthy && c->cover_count > 1 && i < c->cover_count; i++)
		push(d->a, v,
		     arena_printf(d->a, "From here these look alike: %.*s", STR_ARG(digest_fill(d, c->covers[i]))));
	for (size_t i = 0; i < c->check_count; i++)
		push(d->a, v, digest_fill(d, c->check[i]));
}

/* speaks_of_ras: the article names causes of a dialled link. */
static bool speaks_of_ras(const struct rule *rule)
{
	for (size_t i = 0; rule && i < rule->cause_class_count; i++)
		if (str_starts(rule->cause_classes[i], STR("ras.")))
			return true;
	return false;
}

/* say_deciding names what would decide between the causes left: what could not run, then a fact that parts them. */
static void say_deciding(struct verdict *v, const struct weighed *w, const struct digest *d)
{
	const struct case_file *c = d->c;
	for (size_t i = 0; i < c->evidence_count; i++)
		if (evidence_state(c->evidence[i], "not-run"))
			push(d->a, v,
			     arena_printf(d->a, "The probe %.*s could not run: %.*s", STR_ARG(c->evidence[i]->probe),
					  STR_ARG(c->evidence[i]->reason)));
	if (!d->server.n || d->no_host.n)
		push(d->a, v, STR("Which server was it about? Give its name or address with --set server="));
	if (d->server.n && d->asks_port)
		push(d->a, v, STR("Which TCP port was it about? Give its number with --set port="));
	if (digest_is(d, "service.begins", "unclear"))
		push(d->a, v,
		     digest_fill(d, STR("Which service was meant? What answers on port {port} of {server} begins with "
					"\"{service.says}\".")));
	if (!d->link.n && speaks_of_ras(c->rule))
		push(d->a, v, STR("Was the connection dialled? Give its interface with --set link="));
	if (d->server.n && !d->no_host.n && !d->given.n && !d->known.n)
		push(d->a, v,
		     arena_printf(d->a, "Which address should %.*s have? Give it with --set known_address=",
				  STR_ARG(d->server)));
	const struct fact_help *tells[3];
	size_t tell_count = d->server.n ? weigh_best_facts(w, d, tells, 3) : 0;
	struct str telling = { 0 };
	for (size_t k = 0; k < tell_count; k++)
		telling = arena_printf(d->a, "%.*s%s%.*s", STR_ARG(telling), k ? "; " : "",
				       STR_ARG(about(d, str_c(tells[k]->name))));
	if (tell_count)
		push(d->a, v,
		     arena_printf(d->a, "Not known, and %s would decide: %.*s", tell_count > 1 ? "each" : "it",
				  STR_ARG(telling)));
	for (size_t i = 0; i < w->left_count && i < 2; i++)
		for (size_t k = 0; k < w->left[i]->check_count; k++)
			push(d->a, v, digest_fill(d, w->left[i]->check[k]));
}

static void leave_open(struct verdict *v, const struct weighed *w, const struct digest *d)
{
	v->state = VERDICT_INCONCLUSIVE;
	for (size_t i = 0; i < w->left_count; i++) {
		struct str *s = arena_push(d->a, &v->causes_left, &v->cause_left_count, &v->cause_left_cap);
		if (s)
			*s = w->left[i]->name;
	}
	if (!d->server.n && d->c->no_server.n)
		v->says = arena_printf(d->a, "%.*s, so only this machine was looked at.", STR_ARG(d->c->no_server));
	else if (!d->server.n)
		v->says =
			STR("The message does not say which server it was about, so only this machine was looked at.");
	else if (d->no_host.n)
		v->says = arena_printf(d->a,
				       "%.*s is not the address of one host: it stands for many or for none, so only "
				       "this machine was looked at.",
				       STR_ARG(d->no_host));
	else if (w->strained)
		v->says = STR("What was observed fits no known cause in all: more than one thing may be wrong, or it "
			      "changed while it was looked at. These come nearest.");
	else if (w->left_count == 1)
		v->says = arena_printf(d->a,
				       "What was observed points to one cause: %.*s. Something that it needs could not "
				       "be observed.",
				       STR_ARG(digest_fill(d, w->left[0]->title)));
	else if (w->left_count < 6)
		v->says = arena_printf(d->a, "What was observed leaves %zu causes.", w->left_count);
	else
		v->says = arena_printf(d->a, "What was observed leaves %zu causes: too few probes could answer.",
				       w->left_count);
	say_deciding(v, w, d);
	if (w->strained || !v->next_count)
		push(d->a, v, STR("Run the diagnosis again while it fails: what stays the same can be trusted."));
}

/* only_healthy: whatever could not be looked at, every cause left says that the path works, and it was seen to. */
static bool only_healthy(const struct weighed *w, const struct digest *d)
{
	size_t healthy = 0;
	while (healthy < w->left_count && w->left[healthy]->healthy)
		healthy++;
	return healthy && healthy == w->left_count && !w->strained && digest_is(d, "path.works", "yes");
}

/* ---- what was saved by an older program ---- */

static bool needs_one_of(const struct cause *c, const struct fact_help *const *facts, size_t count)
{
	for (size_t i = 0; i < c->prediction_count; i++)
		for (size_t k = 0; c->predictions[i].needed && k < count; k++)
			if (c->predictions[i].fact.p == facts[k]->name)
				return true;
	return false;
}

/* say_unasked: what nobody asked for when this was saved, of what the other causes need, and which these are. */
static void say_unasked(struct verdict *v, const struct weighed *w, size_t was, const struct fact_help *const *facts,
			size_t count, const struct digest *d)
{
	struct buf asks = { 0 }, open = { 0 };
	for (size_t k = 0; k < count; k++) {
		bool matters = false;
		for (size_t i = 0; i < w->left_count; i++)
			matters |= i != was && needs_one_of(w->left[i], &facts[k], 1);
		if (matters)
			buf_addf(&asks, "%s%.*s", asks.n ? "; " : "", STR_ARG(about(d, str_c(facts[k]->name))));
	}
	for (size_t i = 0; i < w->left_count; i++)
		if (i != was)
			buf_addf(&open, "%s%.*s", open.n ? "; " : "", STR_ARG(digest_fill(d, w->left[i]->title)));
	struct finding_said *said = arena_push(d->a, &v->findings, &v->finding_count, &v->finding_cap);
	if (said)
		*said = (struct finding_said){
			STR("not-asked-then"),
			arena_printf(d->a,
				     "When this was saved, less was asked than now. Not looked at: %.*s. So what was "
				     "recorded cannot rule out: %.*s.",
				     STR_ARG(buf_str(&asks)), STR_ARG(buf_str(&open))) };
	push(d->a, v, STR("To learn what was not looked at then, probe again: kbt verify with this file."));
	buf_free(&asks);
	buf_free(&open);
}

/* was_seen: something that this class needs was seen; of a healthy one, that the path works. */
static bool was_seen(const struct cause *c, const struct digest *d)
{
	bool seen = false;
	for (size_t i = 0; i < c->prediction_count; i++)
		seen |= c->predictions[i].needed && digest_find(d, c->predictions[i].fact);
	return seen && (!c->healthy || digest_is(d, "path.works", "yes"));
}

/* decide_as_then: what was saved as decided stays so where nothing speaks against it, and each other cause that is left
 * is there only because a program that asked for less saved it. Where no other is left it lacks what it needs itself:
 * then an older program read more into what was seen than there is. */
static bool decide_as_then(struct verdict *v, const struct weighed *w, const struct digest *d)
{
	const struct fact_help *facts[PLAN_UNASKED_MAX];
	size_t was = 0;
	while (was < w->left_count && !str_eq(w->left[was]->name, d->c->was))
		was++;
	if (!d->c->was.n || w->strained || w->left_count < 2 || was == w->left_count ||
	    !was_seen(w->left[was], d))
		return false;
	size_t count = plan_unasked(w, d, facts, PLAN_UNASKED_MAX);
	for (size_t i = 0; i < w->left_count; i++)
		if (i != was && !needs_one_of(w->left[i], facts, count))
			return false;
	decide(v, w->left[was], w->beliefs[was], d);
	say_unasked(v, w, was, facts, count, d);
	return true;
}

static bool finding_holds(const struct finding *f, const struct digest *d)
{
	const struct rule *rule = d->c->rule;
	bool ours = !f->article_count;
	for (size_t i = 0; i < f->article_count && rule && !ours; i++)
		ours = str_eq(rule->id, f->articles[i]);
	if (!ours)
		return false;
	for (size_t i = 0; i < f->body.prediction_count; i++) {
		const struct derived *seen = digest_find(d, f->body.predictions[i].fact);
		if (!seen || !prediction_holds(&f->body.predictions[i], seen->value))
			return false;
	}
	return true;
}

/* start_with_findings: what they tell to do is about this very case, so it is tried before what the class tells. */
static void start_with_findings(struct verdict *v, const struct causes *causes, const struct digest *d)
{
	for (size_t i = 0; i < causes->finding_count; i++)
		if (finding_holds(&causes->findings[i], d))
			fill_resolutions(v, &causes->findings[i].body, d);
}

static void add_findings(struct verdict *v, const struct causes *causes, const struct digest *d)
{
	for (size_t i = 0; i < causes->finding_count; i++) {
		const struct finding *f = &causes->findings[i];
		if (!finding_holds(f, d))
			continue;
		struct str says = digest_fill(d, f->body.says);
		struct finding_said *said =
			f->first ? NULL : arena_push(d->a, &v->findings, &v->finding_count, &v->finding_cap);
		if (said)
			*said = (struct finding_said){ f->name, says };
		else if (f->first)
			v->says = arena_printf(d->a, "%.*s %.*s", STR_ARG(says), STR_ARG(v->says));
		for (size_t k = 0; k < f->body.check_count; k++)
			push(d->a, v, digest_fill(d, f->body.check[k]));
	}
}

enum err diagnose_verdict(const struct causes *causes, const struct case_file *c, struct arena *a,
			  struct verdict *ret_verdict)
{
	struct verdict v = { 0 };
	struct digest d;
	struct weighed w;
	enum err err = digest_make(c, a, &d);
	if (!err)
		err = weigh(causes, &d, a, &w);
	if (err)
		return err;
	for (size_t i = 0; i < causes->count; i++) {
		if (!w.against[i])
			continue;
		struct ruled_out *r = arena_push(a, &v.ruled_out, &v.ruled_out_count, &v.ruled_out_cap);
		if (r)
			*r = (struct ruled_out){ causes->items[i].name, because(w.against[i], &d, a),
						 weigh_seen_at(digest_find(&d, w.against[i]->fact), &d) };
	}
	for (size_t i = 0; i < w.left_count; i++) {
		struct belief *b = arena_push(a, &v.beliefs, &v.belief_count, &v.belief_cap);
		if (b)
			*b = (struct belief){ w.left[i]->name, digest_fill(&d, w.left[i]->title), w.beliefs[i] };
	}
	start_with_findings(&v, causes, &d);
	if (w.decided || only_healthy(&w, &d))
		decide(&v, w.left[0], 1, &d);
	else if (!decide_as_then(&v, &w, &d))
		leave_open(&v, &w, &d);
	add_findings(&v, causes, &d);
	if (arena_err(a))
		return ERR_NOMEM;
	*ret_verdict = v;
	return ERR_OK;
}
