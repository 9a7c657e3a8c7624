/* SPDX-License-Identifier: MIT
 *
 * Where an action is done, what it takes and what it risks, in a few words, and how one sees that it helped: alike in
 * all renderings for people.
 */
#include "render/render.h"

static void add_part(struct buf *out, size_t start, struct str part)
{
	if (part.n && out->n > start)
		buf_add_c(out, " · ");
	buf_add(out, part);
}

void render_cost(struct buf *out, const struct rule_resolution *r)
{
	size_t start = out->n;
	add_part(out, start, r->where);
	add_part(out, start, str_c(rule_effort_name(r->effort)));
	if (!r->risk)
		return;
	add_part(out, start, r->risk == RISK_NONE ? STR("no") : str_c(rule_risk_name(r->risk)));
	buf_add_c(out, " risk");
	buf_add_c(out, r->harm.n ? ": " : "");
	buf_add(out, r->harm);
}

void render_verify(struct buf *out, const struct verdict *v)
{
	if (v->verify.n)
		buf_addf(out, "The probe %.*s shows whether %s: run the diagnosis again.", STR_ARG(v->verify),
			 v->by_hand.n ? "the way works" : "it is mended");
	buf_add_c(out, v->verify.n && v->by_hand.n ? " " : "");
	buf_add(out, v->by_hand);
}
