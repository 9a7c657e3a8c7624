/* SPDX-License-Identifier: MIT */
#include "follow/sibling.h"

#include "base/input.h"
#include "scan/chunk.h"
#include "scan/rotation.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

bool sibling_is_binary(const struct tail *t, enum input_binary *ret_kind)
{
	char head[512];
	ssize_t n = pread(t->fd, head, sizeof head, 0);
	return n > 0 && input_is_binary((struct str){ head, (size_t)n }, ret_kind);
}

enum sibling_kind sibling_kind(const struct tail *t, const char *path)
{
	char head[512];
	ssize_t n = pread(t->fd, head, sizeof head, 0);
	bool named = rotation_packed(str_c(path)), is = n > 0 && input_is_packed((struct str){ head, (size_t)n });
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
