/* SPDX-License-Identifier: MIT */
#include "cli/scan_record.h"

#include "cli/scan_kb.h"

#include <time.h>

enum { COUNTS_MAX = 256, ADD_MS = 5000, DAY_S = 86400 };

enum err scan_record_open(struct scan_record *r, struct cmd_context *c)
{
	if (r->c)
		return ERR_OK;
	*r = (struct scan_record){ .c = c, .when.now_s = (int64_t)time(NULL), .added_ms = scan_now_ms() };
	enum err e = cmd_has(c, "record") ? tally_open(c->db, true, &c->diags, &r->tally) : ERR_OK;
	return e && e != ERR_NOMEM ? ERR_IO : e; /* what is wrong with it is not the knowledge base's matter */
}

void scan_record_close(struct scan_record *r)
{
	tally_close(&r->tally);
	arena_free(&r->arena);
	buf_free(&r->file);
}

enum err scan_record_add(struct scan_record *r)
{
	r->added_ms = scan_now_ms();
	if (!r->tally || !r->count)
		return ERR_OK;
	enum err e = tally_add(r->tally, r->counts, r->count);
	arena_reset(&r->arena);
	r->counts = NULL;
	r->count = r->cap = r->last = 0;
	return e ? diags_fail(&r->c->diags, e, "%s.seen: what was found is not counted: %s", r->c->db, err_text(e))
		 : ERR_OK;
}

static int64_t day_of(struct scan_record *r, const struct scan_hit *hit)
{
	int64_t at_s = 0;
	bool other = !str_eq(buf_str(&r->file), hit->file);
	if (other) {
		buf_clear(&r->file);
		buf_add(&r->file, hit->file);
	}
	when_of_file(&r->when, other, hit->written_s);
	if (!when_read(&r->when, hit->time, &at_s))
		at_s = r->when.now_s;
	return (at_s - (at_s % DAY_S + DAY_S) % DAY_S) / DAY_S;
}

static bool is_of(const struct tally_count *c, int64_t day, struct str id)
{
	return c->day == day && str_eq(c->id, id);
}

enum err scan_record_hit(struct scan_record *r, const struct scan_hit *hit)
{
	if (!r->tally || !hit->best)
		return ERR_OK;
	int64_t day = day_of(r, hit);
	size_t at = r->last < r->count && is_of(&r->counts[r->last], day, hit->match.id) ? r->last : 0;
	while (at < r->count && !is_of(&r->counts[at], day, hit->match.id))
		at++;
	if (at == r->count) {
		struct tally_count *slot = arena_push(&r->arena, &r->counts, &r->count, &r->cap);
		if (!slot)
			return ERR_NOMEM;
		*slot = (struct tally_count){ .id = arena_str(&r->arena, hit->match.id), .day = day };
	}
	r->counts[at].lines++;
	r->last = at;
	enum err e = arena_err(&r->arena) ? arena_err(&r->arena) : buf_err(&r->file);
	bool due = r->count >= COUNTS_MAX || scan_now_ms() - r->added_ms >= ADD_MS;
	return e || !due ? e : scan_record_add(r);
}
