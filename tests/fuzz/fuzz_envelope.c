/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a message in its dress: mending never grows the text, offsets lead back into it, ascending, and what the
 * envelope tells apart lies inside.
 */
#include "match/damage.h"
#include "match/envelope.h"

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
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct clean c;
	struct match_envelope e;
	if (damage_undo((struct str){ (const char *)data, size }, &a, &c))
		abort();
	if (c.text.n > size)
		abort();
	for (size_t i = 0, last = 0; i < c.text.n; i++) {
		size_t at = damage_offset(&c, i);
		if (at >= size || at < last)
			abort();
		last = at;
	}
	envelope_read(c.text, &e);
	check(c.text, &e);
	if (envelope_event(c.text, &e))
		check(c.text, &e);
	arena_free(&a);
	return 0;
}
