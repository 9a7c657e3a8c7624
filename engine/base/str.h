/* SPDX-License-Identifier: MIT
 *
 * struct str: a borrowed piece of memory, passed by value, not NUL-terminated, any bytes. It must not outlive what it
 * points into; arena_str keeps a copy. The case-folding functions fold ASCII only.
 */
#ifndef KBT_BASE_STR_H
#define KBT_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define STR_LIT(s) { (s), sizeof(s) - 1 }		/* in static tables */
#define STR(s) ((struct str)STR_LIT(s))			/* in expressions */
#define STR_ARG(s) (int)(s).n, (s).p			/* for "%.*s" */

/* What is said here in full stands in every inner loop: with a literal beside it, it becomes a comparison of words. */

struct str str_c(const char *c); /* NULL gives the empty string */

/* str_from drops the first n bytes, str_first keeps them; n beyond the end is the end. */
static inline struct str str_from(struct str s, size_t n)
{
	if (!s.n)
		return s;
	n = n < s.n ? n : s.n;
	return (struct str){ s.p + n, s.n - n };
}

static inline struct str str_first(struct str s, size_t n)
{
	return (struct str){ s.p, n < s.n ? n : s.n };
}

/* str_part gives the bytes from start up to end, a half-open span; empty where end is not behind start. */
static inline struct str str_part(struct str s, size_t start, size_t end)
{
	return str_first(str_from(s, start), end > start ? end - start : 0);
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_first(s, prefix.n), prefix);
}

static inline bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_from(s, s.n - suffix.n), suffix);
}

bool str_starts_nocase(struct str s, struct str prefix);
static inline bool str_eq_nocase(struct str a, struct str b)
{
	return a.n == b.n && str_starts_nocase(a, b);
}

int str_cmp(struct str a, struct str b); /* by bytes, shorter first */
int str_cmp_nocase(struct str a, struct str b);
bool str_ends_nocase(struct str s, struct str suffix);

#define STR_NONE SIZE_MAX
/* The finders give a byte offset into s, or STR_NONE. */
size_t str_find(struct str s, struct str what);
size_t str_find_nocase(struct str s, struct str what);
static inline size_t str_find_char(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
	return at ? (size_t)(at - s.p) : STR_NONE;
}

static inline bool str_has(struct str s, struct str what)
{
	return str_find(s, what) != STR_NONE;
}

static inline bool str_has_nocase(struct str s, struct str what)
{
	return str_find_nocase(s, what) != STR_NONE;
}

/* str_copy copies the first n bytes of s, or all where it has fewer, to p; gives how many. str_take does so and drops
 * them: a stream's next piece. */
size_t str_copy(struct str s, char *p, size_t n);
size_t str_take(struct str *rest, char *p, size_t n);
struct str str_trim(struct str s);	 /* white space at both ends */
struct str str_trim_end(struct str s);
static inline bool str_is_blank(struct str s) /* white space, or nothing */
{
	return str_trim_end(s).n == 0;
}

struct str str_trim_of(struct str s, const char *marks); /* any of marks, and NULs, at both ends */

/* str_line takes the next line off *rest, without its LF or CRLF; false at the end. A last line needs no LF. */
bool str_line(struct str *rest, struct str *ret_line);
/* str_word takes the next run of non-space bytes off *rest; false at the end. */
bool str_word(struct str *rest, struct str *ret_word);
size_t str_count_words(struct str s);
bool str_has_words(struct str s, size_t least); /* so many or more; what is behind them is not read */
/* STR_IS_ANY: test(s, word) holds for one of an array's words: `STR_IS_ANY(name, names, str_eq_nocase)`. */
#define STR_IS_ANY(s, words, test) str_is_any(s, words, sizeof(words) / sizeof *(words), test)
static inline bool str_is_any(struct str s, const struct str *words, size_t n, bool (*test)(struct str, struct str))
{
	for (size_t i = 0; i < n; i++)
		if (test(s, words[i]))
			return true;
	return false;
}
/* str_in_list: the word, in any case, is one of the list's, lower-case ones with a blank between them. */
bool str_in_list(struct str word, const char *list);
/* str_has_digit: there is a digit anywhere in it. str_digits: with how many it begins. */
bool str_has_digit(struct str s);
size_t str_digits(struct str s);
/* str_start gives the first four bytes folded, the first one highest; zeros where there are fewer. */
uint32_t str_start(struct str s);
/* str_cut splits at the first c; without one, *ret_head is all of s, *ret_tail empty, and the answer false. */
bool str_cut(struct str s, char c, struct str *ret_head, struct str *ret_tail);

/* str_u64 and str_i64 read the whole of s as a number (base 10, or 16 after 0x); false if it is none or too large. */
bool str_u64(struct str s, uint64_t *ret_value);
bool str_i64(struct str s, int64_t *ret_value);

/* Of ASCII; the locale does not matter. Here, because they stand in every inner loop. */
static inline bool char_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool char_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool char_is_hex(char c)
{
	return char_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static inline bool char_is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool char_is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool char_is_alpha(char c)
{
	return char_is_upper(c) || char_is_lower(c);
}

static inline bool char_is_alnum(char c)
{
	return char_is_alpha(c) || char_is_digit(c);
}

/* of a name in programs: letters, digits, low lines */
static inline bool char_is_word(char c)
{
	return char_is_alnum(c) || c == '_';
}

/* of a word as people write it: letters and digits, and all bytes of what is beyond ASCII */
static inline bool char_is_letter(char c)
{
	return char_is_alnum(c) || (unsigned char)c >= 0x80;
}

static inline char char_lower(char c)
{
	return char_is_upper(c) ? (char)(c + 32) : c;
}

static inline char char_upper(char c)
{
	return char_is_lower(c) ? (char)(c - 32) : c;
}

#endif
