/* SPDX-License-Identifier: MIT */
#include "scan/recall.h"

#include "base/hash.h"

static struct str keep(struct arena *a, struct str s)
{
	return s.n ? arena_str(a, s) : STR("");
}

struct match recall_copy(struct arena *a, const struct match *m)
{
	struct match copy = *m;
	copy.why = keep(a, m->why);
	copy.code.family = keep(a, m->code.family);
	copy.code.symbol = keep(a, m->code.symbol);
	copy.code.says = keep(a, m->code.says);
	copy.code.written_family = keep(a, m->code.written_family);
	copy.code.written_symbol = keep(a, m->code.written_symbol);
	copy.captures = arena_array(a, struct match_capture, m->capture_count);
	copy.capture_count = copy.captures ? m->capture_count : 0;
	for (size_t i = 0; i < copy.capture_count; i++) {
		copy.captures[i] = m->captures[i];
		copy.captures[i].name = keep(a, m->captures[i].name);
		copy.captures[i].value = keep(a, m->captures[i].value);
		copy.captures[i].finding = keep(a, m->captures[i].finding);
	}
	copy.also = NULL;
	copy.also_count = 0;
	copy.spans = NULL;
	copy.span_count = 0;
	return copy;
}

static void forget(struct recall *r)
{
	arena_reset(&r->arena);
	r->slots = arena_array(&r->arena, struct recalled, RECALL_SLOTS);
}

bool recall_begin(struct recall *r, struct str file)
{
	if (r->slots && str_eq(buf_str(&r->file), file))
		return false;
	buf_clear(&r->file);
	buf_add(&r->file, file);
	forget(r);
	return true;
}

void recall_free(struct recall *r)
{
	arena_free(&r->arena);
	buf_free(&r->file);
	*r = (struct recall){ 0 };
}

/* What an answer is kept by. */
struct key { struct str payload, kind, component; };

static struct key key_of(struct str payload, const struct match_envelope *dress)
{
	return (struct key){ payload, dress->kind, dress->component };
}

static struct key key_of_text(struct str text)
{
	return (struct key){ text, STR("\n"), STR("") }; /* no dress is of that kind */
}

static uint64_t hash_of(const struct key *k)
{
	return hash_seeded(k->payload, hash_seeded(k->component, k->kind.n));
}

static const struct recalled *find(const struct recall *r, struct key k)
{
	uint64_t hash = hash_of(&k);
	const struct recalled *x = r->slots ? &r->slots[hash % RECALL_SLOTS] : NULL;
	bool same = x && x->payload.n && x->hash == hash && str_eq(x->payload, k.payload) && str_eq(x->kind, k.kind) &&
		    str_eq(x->component, k.component);
	return same ? x : NULL;
}

struct match_envelope recall_copy_dress(struct arena *a, const struct match_envelope *dress)
{
	struct match_envelope copy = *dress;
	copy.time = keep(a, dress->time);
	copy.component = keep(a, dress->component);
	copy.host = keep(a, dress->host);
	copy.thread = keep(a, dress->thread);
	copy.level = keep(a, dress->level);
	copy.event = keep(a, dress->event);
	return copy;
}

static const struct recalled *put(struct recall *r, struct key k, const struct match_envelope *dress,
				  const struct match *matches, size_t count)
{
	struct arena *a = &r->arena;
	if (a->total > RECALL_BYTES_MAX || arena_err(a))
		forget(r);
	struct recalled x = { .hash = hash_of(&k),
			      .payload = keep(a, k.payload),
			      .kind = keep(a, k.kind),
			      .component = keep(a, k.component),
			      .dress = recall_copy_dress(a, dress),
			      .count = count };
	x.matches = arena_array(a, struct match, count);
	for (size_t i = 0; x.matches && i < count; i++)
		x.matches[i] = recall_copy(a, &matches[i]);
	if (arena_err(a) || !r->slots)
		return NULL;
	r->slots[x.hash % RECALL_SLOTS] = x;
	return &r->slots[x.hash % RECALL_SLOTS];
}

const struct recalled *recall_find(const struct recall *r, struct str payload, const struct match_envelope *dress)
{
	return find(r, key_of(payload, dress));
}

const struct recalled *recall_find_text(const struct recall *r, struct str text)
{
	return find(r, key_of_text(text));
}

const struct recalled *recall_keep(struct recall *r, struct str payload, const struct match_envelope *dress,
				   const struct match *matches, size_t count)
{
	return put(r, key_of(payload, dress), &(struct match_envelope){ .kind = STR("") }, matches, count);
}

const struct recalled *recall_keep_text(struct recall *r, struct str text, const struct match_envelope *dress,
					const struct match *matches, size_t count)
{
	return put(r, key_of_text(text), dress, matches, count);
}
