/* SPDX-License-Identifier: MIT
 *
 * See framing.h.
 */
#include "web/framing.h"

#include "web/request.h"

#include <string.h>

static const struct framing_fault none = { 0 }, no_request = { 400, "This is no request of HTTP 1.1." },
				  line_end = { 400, "The lines of the request do not end as they must." },
				  no_length = { 400, "The length of the request is no number." },
				  no_chunk = { 400, "The request's body is not measured as it must be." },
				  long_length = { 413, "The request is too large." },
				  long_target = { 414, "The address is too long." },
				  large_head = { 431, "The request's headers are too large." };

bool framing_in_chunks(const struct framing *f)
{
	return f->at >= FRAMING_SIZE && f->at <= FRAMING_TRAILER;
}

/* keep notes what is looked at of a line, which may come in pieces. */
static void keep(struct framing *f, struct str piece)
{
	size_t room = sizeof f->line - f->n, n = piece.n < room ? piece.n : room;
	size_t end = piece.n < sizeof f->tail ? piece.n : sizeof f->tail;
	memmove(f->tail, f->tail + end, sizeof f->tail - end);
	if (!piece.n)
		return;
	memcpy(f->line + f->n, piece.p, n);
	memcpy(f->tail + sizeof f->tail - end, piece.p + piece.n - end, end);
	f->n = (unsigned char)(f->n + n);
}

static bool ends_in_cr(const struct framing *f)
{
	return f->n && f->tail[sizeof f->tail - 1] == '\r';
}

static bool names_api(const struct framing *f)
{
	struct str method, target;
	str_cut((struct str){ f->line, f->n }, ' ', &method, &target);
	return request_path_is_api(target);
}

/* first_line: a method, a target, and a version that is ours. */
static struct framing_fault first_line(const struct framing *f)
{
	const struct str version = STR(" HTTP/1.");
	struct str tail = { f->tail, sizeof f->tail };
	bool ours = str_starts(tail, version) && char_is_digit(tail.p[version.n]);
	return ours && memchr(f->line, ' ', f->n) ? none : no_request;
}

/* length_line: value with its CR. libmicrohttpd skips blanks in front alone. */
static struct framing_fault length_line(struct framing *f, struct str value)
{
	value = str_first(value, str_find_char(value, '\r'));
	while (value.n && (*value.p == ' ' || *value.p == '\t'))
		value = str_from(value, 1);
	bool fits = value.n && f->n < sizeof f->line;
	for (size_t i = 0; i < value.n; i++)
		fits = fits && char_is_digit(value.p[i]);
	if (!fits)
		return no_length;
	return value.n < 20 && str_u64(value, &f->length) ? none : long_length;
}

static struct framing_fault header_line(struct framing *f)
{
	struct str name, value;
	str_cut((struct str){ f->line, f->n }, ':', &name, &value);
	if (f->notes)
		f->head_n += FRAMING_NOTE + (str_eq_nocase(name, STR("Cookie")) ? f->head_n - f->line_at : 0);
	if (str_eq_nocase(name, STR("Transfer-Encoding"))) {
		f->chunked = true;
		/* libmicrohttpd takes it for another coding then, whose body has no end. */
		return char_is_space(f->tail[sizeof f->tail - 2]) ? no_chunk : none;
	}
	return str_eq_nocase(name, STR("Content-Length")) ? length_line(f, value) : none;
}

/* size_line: RFC 9112 section 7.1; what stands behind a semicolon says nothing to us. Also of what has come of a line,
 * for libmicrohttpd answers as soon as it cannot be one. */
static struct framing_fault size_line(struct framing *f, bool whole)
{
	enum { DIGITS_MAX = 15 }; /* that say something */
	size_t zeros = 0;
	while (zeros < f->n && f->line[zeros] == '0')
		zeros++;
	size_t i = zeros;
	f->length = 0;
	for (; i < f->n && i <= zeros + DIGITS_MAX && char_is_hex(f->line[i]); i++) {
		char c = char_lower(f->line[i]);
		f->length = f->length * 16 + (unsigned)(char_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	bool ends = i < f->n && i && (f->line[i] == '\r' || f->line[i] == ';');
	if (i > zeros + DIGITS_MAX || (!ends && (whole || i < f->n)))
		return no_chunk;
	if (!whole)
		return none;
	f->at = f->length ? FRAMING_CHUNK : FRAMING_TRAILER;
	f->head_n = 0;
	return none;
}

static struct framing_fault end_line(struct framing *f)
{
	struct framing_fault fault = none;
	bool empty = f->n == 1;
	if (!ends_in_cr(f))
		return line_end;
	if (f->at == FRAMING_FIRST) {
		fault = first_line(f);
		f->at = FRAMING_LINES;
	} else if (f->at == FRAMING_LINES && empty) {
		f->heads++;
		f->head_n = 0;
		f->at = f->chunked ? FRAMING_SIZE : f->length ? FRAMING_BODY : FRAMING_BLANK;
	} else if (f->at == FRAMING_LINES) {
		fault = header_line(f);
	} else if (f->at == FRAMING_SIZE) {
		fault = size_line(f, true);
	} else if (f->at == FRAMING_CHUNK_END) {
		fault = empty ? none : no_chunk;
		f->at = empty ? FRAMING_SIZE : f->at;
	} else if (f->at == FRAMING_TRAILER && empty) {
		f->at = FRAMING_REST;
	}
	f->n = 0;
	f->line_at = f->head_n;
	memset(f->tail, 0, sizeof f->tail);
	return fault;
}

/* take_line takes what there is of a line. A CR stands only before its LF, which may come later. */
static struct framing_fault take_line(struct framing *f, struct str *bytes)
{
	size_t n = str_find_char(*bytes, '\n');
	struct str piece = str_first(*bytes, n);
	size_t cr = str_find_char(piece, '\r');
	bool parted = piece.n && ends_in_cr(f);
	*bytes = str_from(*bytes, n == STR_NONE ? n : n + 1);
	f->head_n += f->at == FRAMING_BLANK ? 0 : piece.n + (n != STR_NONE);
	keep(f, piece);
	if (f->at == FRAMING_FIRST)
		f->api = names_api(f);
	if (f->head_max && f->head_n > FRAMING_FIRST_MAX && f->at == FRAMING_FIRST)
		return long_target;
	if (framing_in_chunks(f) ? f->head_n > FRAMING_CHUNKS_MAX : f->head_max && f->head_n > f->head_max)
		return large_head;
	if (parted || (cr != STR_NONE && cr + 1 != piece.n) || str_find_char(piece, 0) != STR_NONE)
		return line_end;
	if (n != STR_NONE)
		return end_line(f);
	if (f->at == FRAMING_CHUNK_END)
		return f->n > 1 || (f->n && f->line[0] != '\r') ? no_chunk : none;
	return f->at == FRAMING_SIZE ? size_line(f, false) : none;
}

static void begin(struct framing *f)
{
	f->at = FRAMING_FIRST;
	f->chunked = false;
	f->length = 0;
	f->head_n = f->line_at = 0;
}

/* take_body takes what there is of a piece of known length. */
static void take_body(struct framing *f, struct str *bytes)
{
	size_t n = bytes->n < f->length ? bytes->n : (size_t)f->length;
	f->length -= n;
	*bytes = str_from(*bytes, n);
	if (!f->length)
		f->at = f->at == FRAMING_CHUNK ? FRAMING_CHUNK_END : FRAMING_BLANK;
}

size_t framing_take(struct framing *f, struct str bytes, struct framing_fault *ret_fault)
{
	struct str rest = bytes;
	size_t head = 0;
	*ret_fault = none;
	while (rest.n && f->at != FRAMING_REST) {
		if (f->at == FRAMING_BODY || f->at == FRAMING_CHUNK) {
			take_body(f, &rest);
			continue;
		}
		if ((f->at == FRAMING_BLANK && !f->n) || framing_in_chunks(f))
			head = bytes.n - rest.n;
		if (f->at == FRAMING_BLANK && !f->n && rest.p[0] != '\r')
			begin(f);
		*ret_fault = take_line(f, &rest);
		if (ret_fault->status)
			return head;
	}
	return bytes.n;
}
