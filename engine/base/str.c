/* SPDX-License-Identifier: MIT */
#include "base/str.h"

#include <string.h>

struct str str_c(const char *c)
{
	return c ? (struct str){ c, strlen(c) } : (struct str){ "", 0 };
}

static bool equal_nocase(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (char_lower(a[i]) != char_lower(b[i]))
			return false;
	return true;
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? c : (a.n > b.n) - (a.n < b.n);
}

int str_cmp_nocase(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	for (size_t i = 0; i < n; i++) {
		int c = (unsigned char)char_lower(a.p[i]) - (unsigned char)char_lower(b.p[i]);
		if (c)
			return c;
	}
	return (a.n > b.n) - (a.n < b.n);
}

bool str_starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n && equal_nocase(s.p, prefix.p, prefix.n);
}

bool str_ends_nocase(struct str s, struct str suffix)
{
	return s.n >= suffix.n && equal_nocase(s.p + (s.n - suffix.n), suffix.p, suffix.n);
}

size_t str_find(struct str s, struct str what)
{
	if (what.n == 0)
		return 0;
	if (what.n > s.n)
		return STR_NONE;
	const char *at = memmem(s.p, s.n, what.p, what.n);
	return at ? (size_t)(at - s.p) : STR_NONE;
}

/* next_of gives the place of the letter in [p, end), or end. */
static const char *next_of(const char *p, const char *end, char c)
{
	const char *found = memchr(p, c, (size_t)(end - p));
	return found ? found : end;
}

/* A stretch at a time: a caller that goes on behind each find must not look through all the rest each time for a letter
 * in the case that the text does not have. */
size_t str_find_nocase(struct str s, struct str what)
{
	enum { STRETCH = 256 };
	if (what.n > s.n)
		return STR_NONE;
	if (!what.n)
		return 0;
	char low = char_lower(what.p[0]), up = char_upper(what.p[0]);
	const char *end = s.p + (s.n - what.n) + 1; /* of the places where it may begin */
	for (const char *p = s.p; p < end;) {
		const char *stop = end - p > STRETCH ? p + STRETCH : end, *at = next_of(p, next_of(p, stop, low), up);
		if (at < stop && equal_nocase(at, what.p, what.n))
			return (size_t)(at - s.p);
		p = at < stop ? at + 1 : stop;
	}
	return STR_NONE;
}

size_t str_copy(struct str s, char *p, size_t n)
{
	s = str_first(s, n);
	if (s.n)
		memcpy(p, s.p, s.n);
	return s.n;
}

size_t str_take(struct str *rest, char *p, size_t n)
{
	n = str_copy(*rest, p, n);
	*rest = str_from(*rest, n);
	return n;
}

struct str str_trim_end(struct str s)
{
	while (s.n && char_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str str_trim_of(struct str s, const char *marks)
{
	while (s.n && strchr(marks, s.p[0]))
		s = str_from(s, 1);
	while (s.n && strchr(marks, s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str str_trim(struct str s)
{
	s = str_trim_end(s);
	while (s.n && char_is_space(*s.p)) {
		s.p++;
		s.n--;
	}
	return s;
}

bool str_line(struct str *rest, struct str *ret_line)
{
	if (rest->n == 0)
		return false;
	size_t end = str_find_char(*rest, '\n');
	struct str line = str_first(*rest, end);
	*rest = str_from(*rest, end == STR_NONE ? rest->n : end + 1);
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	*ret_line = line;
	return true;
}

bool str_word(struct str *rest, struct str *ret_word)
{
	size_t i = 0;
	while (i < rest->n && char_is_space(rest->p[i]))
		i++;
	if (i == rest->n)
		return false;
	size_t end = i;
	while (end < rest->n && !char_is_space(rest->p[end]))
		end++;
	*ret_word = (struct str){ rest->p + i, end - i };
	*rest = str_from(*rest, end);
	return true;
}

size_t str_count_words(struct str s)
{
	size_t n = 0;
	for (struct str word; str_word(&s, &word);)
		n++;
	return n;
}

bool str_has_words(struct str s, size_t least)
{
	size_t n = 0;
	for (struct str word; n < least && str_word(&s, &word);)
		n++;
	return n == least;
}

bool str_in_list(struct str word, const char *list)
{
	char first = word.n ? char_lower(word.p[0]) : 0; /* goes from one such letter to the next, not from word to word */
	for (const char *at = first ? strchr(list, first) : NULL; at; at = strchr(at + 1, first)) {
		size_t n = at == list || at[-1] == ' ' ? 1 : 0;
		while (n && n < word.n && (unsigned char)at[n] > ' ' && char_lower(word.p[n]) == at[n])
			n++;
		if (n && n == word.n && (at[n] == ' ' || !at[n]))
			return true;
	}
	return false;
}

bool str_has_digit(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (char_is_digit(s.p[i]))
			return true;
	return false;
}

uint32_t str_start(struct str s)
{
	uint32_t start = 0;
	for (size_t i = 0; i < 4; i++)
		start = start << 8 | (i < s.n ? (unsigned char)char_lower(s.p[i]) : 0);
	return start;
}

bool str_cut(struct str s, char c, struct str *ret_head, struct str *ret_tail)
{
	size_t at = str_find_char(s, c);
	*ret_head = str_first(s, at);
	*ret_tail = str_from(s, at == STR_NONE ? s.n : at + 1);
	return at != STR_NONE;
}

static int digit_value(char c)
{
	if (char_is_digit(c))
		return c - '0';
	return char_is_hex(c) ? char_lower(c) - 'a' + 10 : 99;
}

size_t str_digits(struct str s)
{
	size_t n = 0;
	while (n < s.n && char_is_digit(s.p[n]))
		n++;
	return n;
}

bool str_u64(struct str s, uint64_t *ret_value)
{
	unsigned base = 10;
	if (str_starts_nocase(s, STR("0x"))) {
		base = 16;
		s = str_from(s, 2);
	}
	if (s.n == 0)
		return false;
	uint64_t value = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned)digit_value(s.p[i]);
		if (digit >= base || value > (UINT64_MAX - digit) / base)
			return false;
		value = value * base + digit;
	}
	*ret_value = value;
	return true;
}

bool str_i64(struct str s, int64_t *ret_value)
{
	bool minus = s.n && *s.p == '-';
	uint64_t value;
	if (!str_u64(str_from(s, minus), &value) || value > (uint64_t)INT64_MAX)
		return false;
	*ret_value = minus ? -(int64_t)value : (int64_t)value;
	return true;
}
