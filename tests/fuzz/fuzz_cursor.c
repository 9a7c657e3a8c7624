/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a cursor file. What is taken for one comes back the same when it is written and read again; and a scan
 * that goes on from such places, all of them said to be of one log, ends, in bounds, giving no byte twice.
 */
#include "follow/cursor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[] = "/tmp/kbt-fuzz-cursor-XXXXXX";
static char log_path[64], old_path[64];

static void end(void)
{
	unlink(log_path);
	unlink(old_path);
	rmdir(dir);
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f))
		abort();
}

static void begin(void)
{
	if (log_path[0])
		return;
	if (!mkdtemp(dir))
		abort();
	snprintf(log_path, sizeof log_path, "%s/a.log", dir);
	snprintf(old_path, sizeof old_path, "%s/a.log.1", dir);
	put(log_path, "one\ntwo\nthree\nfour");
	put(old_path, "older\nold\n");
	atexit(end);
}

static bool same(const struct follow_place *a, const struct follow_place *b)
{
	return str_eq(a->path, b->path) && a->current == b->current && a->since_ns == b->since_ns &&
	       !memcmp(&a->at.id, &b->at.id, sizeof a->at.id) && a->at.offset == b->at.offset &&
	       a->at.line == b->at.line && a->at.head_n == b->at.head_n && a->at.head == b->at.head &&
	       a->at.last_n == b->at.last_n && a->at.last == b->at.last && a->at.changed_ns == b->at.changed_ns &&
	       a->at.open == b->at.open;
}

static void write_again(const struct cursor *c, struct arena *a)
{
	struct buf text = { 0 };
	struct cursor again;
	if (c->of_journal)
		cursor_write_journal(&text, &c->journal);
	else
		cursor_write_places(&text, c->places, c->place_count);
	if (cursor_read(buf_str(&text), "again", a, NULL, &again) || again.of_journal != c->of_journal ||
	    again.place_count != c->place_count)
		abort();
	for (size_t i = 0; i < c->place_count; i++)
		if (!same(&again.places[i], &c->places[i]))
			abort();
	if (c->of_journal && (again.journal.offset != c->journal.offset || again.journal.line != c->journal.line))
		abort();
	buf_free(&text);
}

static void go_on(const struct cursor *c)
{
	const char *paths[] = { log_path };
	struct follow *f = NULL;
	struct follow_piece p;
	uint64_t given = 0;
	begin();
	if (follow_open(paths, 1, NULL, &f))
		abort();
	for (size_t i = 0; i < c->place_count && i < 64; i++) {
		struct follow_place place = c->places[i];
		place.path = str_c(log_path);
		if (follow_restore(f, &place))
			abort();
	}
	if (follow_look(f, 1000, true))
		abort();
	while (!follow_next(f, 1000, FOLLOW_END, &p) && p.file.n) {
		char bytes[256];
		size_t n = 0;
		bool begins = p.part.before ? p.part.from == 0 : p.part.offset <= p.part.from;
		if (!begins || p.part.from > p.part.to || p.read(p.context, bytes, sizeof bytes, &n))
			abort();
		given += p.part.to - p.part.from;
		follow_done(f);
	}
	if (given > strlen("one\ntwo\nthree\nfour") + strlen("older\nold\n"))
		abort();
	follow_close(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct cursor c;
	if (!cursor_read((struct str){ (const char *)data, size }, "fuzz", &a, NULL, &c)) {
		write_again(&c, &a);
		go_on(&c);
	}
	arena_free(&a);
	return 0;
}
