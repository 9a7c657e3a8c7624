/* SPDX-License-Identifier: MIT
 *
 * The literal prefilter over Vectorscan's literal interface (hs_compile_lit_multi), with automaton.c where that cannot
 * run. Finds come sorted, so that both give the same sequence.
 */
#include "scan/prefilter.h"

#include "base/mem.h"
#include "scan/automaton.h"

#include <hs.h>
#include <stdlib.h>
#include <string.h>

struct prefilter {
	hs_database_t *database;     /* NULL: the portable way */
	struct automaton *automaton;
};

struct prefilter_scratch {
	hs_scratch_t *scratch;
	struct prefilter_find *finds;
	size_t count, cap;
	bool failed; /* out of memory in a callback */
};

/* Vectorscan 5.4 is built for SSE4.2 on x86, which its own hs_valid_platform does not ask for. */
static bool vector_works(void)
{
#if defined(__x86_64__)
	if (!__builtin_cpu_supports("sse4.2"))
		return false;
#endif
	return hs_valid_platform() == HS_SUCCESS;
}

static enum err compile(const struct str *literals, size_t count, hs_database_t **ret_database)
{
	struct arena a = { 0 };
	const char **texts = arena_array(&a, const char *, count);
	size_t *sizes = arena_array(&a, size_t, count);
	unsigned *flags = arena_array(&a, unsigned, count), *ids = arena_array(&a, unsigned, count);
	enum err e = arena_err(&a);
	for (size_t i = 0; !e && i < count; i++) {
		texts[i] = literals[i].p;
		sizes[i] = literals[i].n;
		flags[i] = HS_FLAG_CASELESS;
		ids[i] = (unsigned)i;
	}
	hs_compile_error_t *error = NULL;
	if (!e && hs_compile_lit_multi(texts, flags, ids, sizes, (unsigned)count, HS_MODE_BLOCK, NULL, ret_database,
				       &error) != HS_SUCCESS)
		e = ERR_UNSUPPORTED;
	hs_free_compile_error(error);
	arena_free(&a);
	return e;
}

enum err prefilter_open(const struct str *literals, size_t count, bool portable, struct prefilter **ret_prefilter)
{
	if (!count)
		return ERR_INPUT;
	struct prefilter *p = mem_resize(NULL, sizeof *p);
	if (!p)
		return ERR_NOMEM;
	*p = (struct prefilter){ 0 };
	if (portable || !vector_works() || compile(literals, count, &p->database)) {
		p->database = NULL;
		enum err e = automaton_open(literals, count, &p->automaton);
		if (e) {
			mem_free(p);
			return e;
		}
	}
	*ret_prefilter = p;
	return ERR_OK;
}

void prefilter_close(struct prefilter **prefilter)
{
	struct prefilter *p = *prefilter;
	*prefilter = NULL;
	if (!p)
		return;
	hs_free_database(p->database);
	automaton_close(&p->automaton);
	mem_free(p);
}

bool prefilter_is_portable(const struct prefilter *p)
{
	return !p->database;
}

enum err prefilter_scratch_open(const struct prefilter *p, struct prefilter_scratch **ret_scratch)
{
	struct prefilter_scratch *s = mem_resize(NULL, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	*s = (struct prefilter_scratch){ 0 };
	if (p->database && hs_alloc_scratch(p->database, &s->scratch) != HS_SUCCESS) {
		mem_free(s);
		return ERR_NOMEM;
	}
	*ret_scratch = s;
	return ERR_OK;
}

void prefilter_scratch_close(struct prefilter_scratch **scratch)
{
	struct prefilter_scratch *s = *scratch;
	*scratch = NULL;
	if (!s)
		return;
	hs_free_scratch(s->scratch);
	mem_free(s->finds);
	mem_free(s);
}

static bool add_find(struct prefilter_scratch *s, uint32_t literal, size_t end)
{
	if (s->count == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 1024;
		struct prefilter_find *finds = mem_resize(s->finds, cap * sizeof *finds);
		if (!finds) {
			s->failed = true;
			return false;
		}
		s->finds = finds;
		s->cap = cap;
	}
	s->finds[s->count++] = (struct prefilter_find){ (uint32_t)end, literal };
	return true;
}

static int on_vector(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	(void)from;
	(void)flags;
	return add_find(context, id, (size_t)to) ? 0 : 1;
}

static bool on_automaton(void *context, uint32_t literal, size_t end)
{
	return add_find(context, literal, end);
}

static int by_end(const void *left, const void *right)
{
	const struct prefilter_find *a = left, *b = right;
	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	return a->literal < b->literal ? -1 : a->literal > b->literal;
}

enum err prefilter_scan(const struct prefilter *p, struct prefilter_scratch *s, struct str text,
			const struct prefilter_find **ret_finds, size_t *ret_count)
{
	s->count = 0;
	s->failed = false;
	if (!p->database)
		automaton_scan(p->automaton, text, on_automaton, s);
	else if (text.n)
		hs_scan(p->database, text.p, (unsigned)text.n, 0, s->scratch, on_vector, s);
	if (s->failed)
		return ERR_NOMEM;
	bool sorted = true;
	for (size_t i = 1; sorted && i < s->count; i++)
		sorted = by_end(&s->finds[i - 1], &s->finds[i]) <= 0;
	if (!sorted)
		qsort(s->finds, s->count, sizeof *s->finds, by_end);
	*ret_finds = s->finds;
	*ret_count = s->count;
	return ERR_OK;
}
