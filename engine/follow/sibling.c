/* SPDX-License-Identifier: MIT */
#include "follow/sibling.h"

#include "base/input.h"
#include "scan/chunk.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct str packed[] = { STR_LIT(".gz"), STR_LIT(".xz"), STR_LIT(".zst"), STR_LIT(".bz2") };

static const char marks_before[] = ".-_~";

/* "1", "1.gz", "20010312-1056.xz", "old", "gz" */
static bool is_turn(struct str s)
{
	static const struct str words[] = { STR_LIT("old"), STR_LIT("bak"), STR_LIT("prev"), STR_LIT("save"),
					    STR_LIT("gz"),
					    STR_LIT("xz"),  STR_LIT("zst"), STR_LIT("bz2") };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq(s, words[i]))
			return true;
	for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
		if (str_ends(s, packed[i]))
			return is_turn(str_first(s, s.n - packed[i].n));
	bool digits = false;
	for (size_t i = 0; i < s.n; i++) {
		if (!char_is_digit(s.p[i]) && !strchr("-_.:T~", s.p[i]))
			return false;
		digits = digits || char_is_digit(s.p[i]);
	}
	return digits;
}

bool sibling_name(struct str base, struct str name)
{
	if (name.n <= base.n + 1)
		return false;
	if (str_starts(name, base) && strchr(marks_before, name.p[base.n]) && is_turn(str_from(name, base.n + 1)))
		return true;
	const char *dot = memrchr(base.p, '.', base.n);
	struct str stem = str_first(base, dot ? (size_t)(dot - base.p) : 0), ending = str_from(base, stem.n);
	if (!stem.n || !str_starts(name, stem) || !strchr(marks_before, name.p[stem.n]))
		return false;
	struct str rest = str_from(name, stem.n + 1);
	size_t at = str_find(rest, ending);
	if (at == STR_NONE || !is_turn(str_first(rest, at)))
		return false;
	rest = str_from(rest, at + ending.n);
	return !rest.n || (rest.p[0] == '.' && is_turn(str_from(rest, 1)));
}

/* stem_bases: "app-20010312.log.1" with the mark at 3 is a rotation of "app.log". */
static void stem_bases(struct str name, size_t mark, sibling_visit *visit, void *context)
{
	char base[NAME_MAX + 1];
	for (size_t dot = mark + 1; dot < name.n; dot++) {
		if (name.p[dot] != '.' || !is_turn((struct str){ name.p + mark + 1, dot - mark - 1 }))
			continue;
		size_t end = str_find_char(str_from(name, dot + 1), '.');
		end = end == STR_NONE ? name.n : dot + 1 + end;
		if (end < name.n && !is_turn(str_from(name, end + 1)))
			continue;
		memcpy(base, name.p, mark);
		memcpy(base + mark, name.p + dot, end - dot);
		visit(context, (struct str){ base, mark + end - dot });
	}
}

void sibling_bases(struct str name, sibling_visit *visit, void *context)
{
	size_t marks = 0;
	for (size_t i = 0; i < name.n && name.n <= NAME_MAX && marks < SIBLING_MARKS_MAX; i++) {
		if (!strchr(marks_before, name.p[i]))
			continue;
		marks++;
		if (is_turn(str_from(name, i + 1)))
			visit(context, str_first(name, i));
		if (i)
			stem_bases(name, i, visit, context);
	}
}

void sibling_open_path(int fd, char *to, size_t size)
{
	snprintf(to, size, "/proc/self/fd/%d", fd);
}

static enum err open_content(const struct tail *t, struct input **ret_input, bool *ret_more)
{
	char path[64];
	const char *paths[] = { path };
	const struct input_member *member = NULL;
	sibling_open_path(t->fd, path, sizeof path);
	enum err e = input_open(paths, 1, NULL, ret_input);
	if (!e) {
		e = input_next(*ret_input, &member);
		*ret_more = member;
	}
	return e;
}

static bool is_whole(const struct tail *t)
{
	struct input *in = NULL;
	struct str block = STR(" ");
	bool more = false;
	enum err e = open_content(t, &in, &more);
	while (!e && more && block.n)
		e = input_read(in, &block);
	input_close(&in);
	return !e && more;
}

enum sibling_kind sibling_kind(const struct tail *t, const char *path)
{
	char head[512];
	ssize_t n = pread(t->fd, head, sizeof head, 0);
	bool named = false, is = n > 0 && input_is_packed((struct str){ head, (size_t)n });
	for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
		named = named || str_ends(str_c(path), packed[i]);
	if (!is)
		return named ? SIBLING_UNREADY : SIBLING_PLAIN;
	return is_whole(t) ? SIBLING_PACKED : SIBLING_UNREADY;
}

/* What compares a stream with a place as it comes. */
struct compare {
	const struct tail_place *place;
	char head[TAIL_HEAD_MAX], last[TAIL_LAST_MAX];
	uint64_t at;
};

/* keep copies what of a block falls in [from, from + n) of the stream. */
static void keep(char *to, uint64_t from, size_t n, struct str block, uint64_t at)
{
	uint64_t start = from > at ? from : at, end = from + n < at + block.n ? from + n : at + block.n;
	if (start < end)
		memcpy(to + (start - from), block.p + (start - at), (size_t)(end - start));
}

static enum sibling_fit judge(const struct compare *c)
{
	const struct tail_place *p = c->place;
	if (c->at < p->head_n || tail_hash((struct str){ c->head, p->head_n }) != p->head)
		return SIBLING_OTHER;
	if (c->at < p->offset || tail_hash((struct str){ c->last, p->last_n }) != p->last)
		return SIBLING_STARTS_SO;
	return c->at > p->offset ? SIBLING_HOLDS_MORE : SIBLING_HOLDS;
}

static enum sibling_fit packed_fits(const struct tail *t, const struct tail_place *place)
{
	struct input *in = NULL;
	struct compare c = { .place = place };
	struct str block = STR("");
	bool more = false;
	if (open_content(t, &in, &more))
		more = false;
	while (more && !input_read(in, &block) && block.n) {
		keep(c.head, 0, place->head_n, block, c.at);
		keep(c.last, place->offset - place->last_n, place->last_n, block, c.at);
		c.at += block.n;
		if (c.at > place->offset || (c.at >= place->head_n && judge(&c) == SIBLING_OTHER))
			break;
	}
	input_close(&in);
	return judge(&c);
}

static enum sibling_fit plain_fits(const struct tail *t, const struct tail_place *place)
{
	struct tail_place start = *place;
	start.offset = start.head_n;
	start.last_n = 0;
	if (!tail_fits(t, &start))
		return SIBLING_OTHER;
	if (!tail_fits(t, place))
		return SIBLING_STARTS_SO;
	return t->size > place->offset ? SIBLING_HOLDS_MORE : SIBLING_HOLDS;
}

enum sibling_fit sibling_fits(const struct tail *t, bool is_packed, const struct tail_place *place)
{
	if (!place->offset || !place->head_n || place->head_n > TAIL_HEAD_MAX || place->last_n > TAIL_LAST_MAX ||
	    place->last_n > place->offset)
		return SIBLING_OTHER;
	return is_packed ? packed_fits(t, place) : plain_fits(t, place);
}

static size_t packed_head(const struct tail *t, char *to, size_t size)
{
	struct input *in = NULL;
	struct str block = STR("");
	size_t n = 0;
	bool more = false;
	if (open_content(t, &in, &more))
		more = false;
	while (more && n < size && !input_read(in, &block) && block.n) {
		struct str part = str_first(block, size - n);
		memcpy(to + n, part.p, part.n);
		n += part.n;
	}
	input_close(&in);
	return n;
}

enum scan_coding sibling_coding(const struct tail *t)
{
	char head[CHUNK_TELL_MAX];
	return chunk_coding((struct str){ head, packed_head(t, head, sizeof head) });
}

bool sibling_copies(const struct tail *t, bool is_packed, const struct tail *other)
{
	char own[TAIL_HEAD_MAX], head[TAIL_HEAD_MAX];
	ssize_t n = is_packed ? (ssize_t)packed_head(t, head, sizeof head) : pread(t->fd, head, sizeof head, 0);
	return n > 0 && pread(other->fd, own, (size_t)n, 0) == n && !memcmp(own, head, (size_t)n);
}
