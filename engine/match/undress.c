/* SPDX-License-Identifier: MIT */
#include "match/undress.h"

enum { LAYERS_MAX = 4 };

/* What the outer dress does not say, the inner one may. */
static void merge(struct match_envelope *outer, const struct match_envelope *inner)
{
	struct str *const to[] = { &outer->kind,   &outer->time,  &outer->component, &outer->host,
				   &outer->thread, &outer->level, &outer->event };
	const struct str from[] = { inner->kind,   inner->time,	 inner->component, inner->host,
				    inner->thread, inner->level, inner->event };
	for (size_t i = 0; i < sizeof from / sizeof *from; i++)
		if (!to[i]->n)
			*to[i] = from[i];
	outer->payload = inner->payload;
	outer->beside = inner->beside;
	outer->coding = inner->coding;
}

/* undo gives the payload, and what stands beside it on a line of its own, as a text. */
static enum err undo(const struct clean *c, const struct match_envelope *e, struct arena *a,
		     const struct clean **ret_clean)
{
	struct match_span first = e->payload, second = e->beside;
	struct clean_writer w;
	struct clean coded, *mended = arena_new(a, struct clean);
	if (second.end && second.start < first.start) {
		first = e->beside;
		second = e->payload;
	}
	if (!mended || !clean_begin(&w, c, a, first.end - first.start + second.end - second.start + 1))
		return ERR_NOMEM;
	coded_add(&w, first.start, first.end, e->coding);
	if (second.end) {
		clean_put(&w, '\n', second.start);
		coded_add(&w, second.start, second.end, e->coding);
	}
	coded = clean_end(&w);
	enum err err = damage_mend(&coded, a, mended);
	if (!err)
		*ret_clean = mended;
	return err;
}

static void move(struct match_span *s, size_t by)
{
	if (s->end) {
		s->start += by;
		s->end += by;
	}
}

enum err undress_read(const struct clean *c, struct str text, bool url, struct arena *a,
		      struct undressed *ret_undressed)
{
	struct undressed r = { .clean = c };
	struct match_envelope inner;
	for (unsigned layer = 0;; layer++) {
		envelope_read(text, &inner);
		merge(&r.dress, &inner);
		struct match_span p = inner.payload;
		if (url && !r.dress.coding && coded_is_url(str_part(text, p.start, p.end)))
			r.dress.coding = CODING_URL;
		if (!r.dress.coding && coded_is_string(str_part(text, p.start, p.end)))
			r.dress.coding = CODING_STRING;
		size_t at = (size_t)(text.p - r.clean->text.p);
		move(&r.dress.payload, at);
		move(&r.dress.beside, at);
		if ((!r.dress.coding && !r.dress.beside.end) || layer == LAYERS_MAX)
			break;
		enum err e = undo(r.clean, &r.dress, a, &r.clean);
		if (e)
			return e;
		r.dress.two |= r.dress.beside.end > 0;
		text = r.clean->text;
	}
	r.dress.coding = CODING_NONE;
	r.dress.beside = (struct match_span){ 0 };
	*ret_undressed = r;
	return ERR_OK;
}
