/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a message in its dress: mending never grows the text, offsets lead back into it, ascending, what the
 * envelope tells apart lies inside, and undoing what the message is coded in keeps all that.
 */
#include "match/undress.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct str text, struct str part)
{
	if (part.n && (part.p < text.p || part.p + part.n > text.p + text.n))
		abort();
}

static void check(struct str text, const struct match_envelope *e)
{
	if (e->payload.start > e->payload.end || e->payload.end > text.n)
		abort();
	inside(text, e->time);
	inside(text, e->component);
	inside(text, e->host);
	inside(text, e->thread);
	inside(text, e->level);
	inside(text, e->event);
	if (e->beside.start > e->beside.end || e->beside.end > text.n)
		abort();
}

static void check_map(const struct clean *c, size_t size)
{
	if (c->text.n > size)
		abort();
	for (size_t i = 0, last = 0; i < c->text.n; i++) {
		size_t at = clean_offset(c, i);
		if (at >= size || at < last)
			abort();
		last = at;
	}
}

static void check_undressed(const struct clean *c, size_t size, bool url, struct arena *a)
{
	struct undressed u;
	if (undress_read(c, c->text, url, a, &u))
		abort();
	check_map(u.clean, size);
	if (u.dress.payload.start > u.dress.payload.end || u.dress.payload.end > u.clean->text.n || u.dress.coding ||
	    u.dress.beside.end)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct clean c;
	struct match_envelope e;
	if (damage_undo((struct str){ (const char *)data, size }, &a, &c))
		abort();
	check_map(&c, size);
	envelope_read(c.text, &e);
	check(c.text, &e);
	if (envelope_event(c.text, &e))
		check(c.text, &e);
	check_undressed(&c, size, false, &a);
	check_undressed(&c, size, true, &a);
	arena_free(&a);
	return 0;
}
