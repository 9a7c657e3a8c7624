/* SPDX-License-Identifier: MIT
 *
 * What a program does next, behind what failed: "text, retrying in 5s", "text (attempt 2 of 5)", "text; giving up". It
 * is no part of a message, neither in a log nor in an article.
 */
#include "match/envelope.h"

#include <string.h>

/* What a word says of the next try; a mark stands beside it or not. */
enum retry_word { RETRY_NONE, RETRY_OTHER, RETRY_NUMBER, RETRY_TRY, RETRY_WILL, RETRY_TELLS };

static enum retry_word retry_word(struct str word)
{
	static const struct {
		struct str word;
		enum retry_word kind;
	} words[] = {
		{ STR_LIT("retrying"), RETRY_TELLS },	{ STR_LIT("reconnecting"), RETRY_TELLS },
		{ STR_LIT("giving"), RETRY_TELLS },	{ STR_LIT("trying"), RETRY_TELLS },
		{ STR_LIT("will"), RETRY_WILL },	{ STR_LIT("retry"), RETRY_TRY },
		{ STR_LIT("reconnect"), RETRY_TRY },	{ STR_LIT("try"), RETRY_TRY },
		{ STR_LIT("attempt"), RETRY_TRY },	{ STR_LIT("attempts"), RETRY_TRY },
		{ STR_LIT("tries"), RETRY_TRY },	{ STR_LIT("retries"), RETRY_TRY },
		{ STR_LIT("in"), RETRY_OTHER },		{ STR_LIT("of"), RETRY_OTHER },
		{ STR_LIT("after"), RETRY_OTHER },	{ STR_LIT("again"), RETRY_OTHER },
		{ STR_LIT("up"), RETRY_OTHER },		{ STR_LIT("next"), RETRY_OTHER },
		{ STR_LIT("left"), RETRY_OTHER },	{ STR_LIT("remaining"), RETRY_OTHER },
		{ STR_LIT("later"), RETRY_OTHER },	{ STR_LIT("now"), RETRY_OTHER },
		{ STR_LIT("second"), RETRY_OTHER },	{ STR_LIT("seconds"), RETRY_OTHER },
		{ STR_LIT("sec"), RETRY_OTHER },	{ STR_LIT("secs"), RETRY_OTHER },
		{ STR_LIT("s"), RETRY_OTHER },		{ STR_LIT("ms"), RETRY_OTHER },
		{ STR_LIT("milliseconds"), RETRY_OTHER }, { STR_LIT("minutes"), RETRY_OTHER },
		{ STR_LIT("minute"), RETRY_OTHER },	{ STR_LIT("min"), RETRY_OTHER }
	};
	if (!word.n)
		return RETRY_NONE;
	if (char_is_digit(word.p[0]))
		return RETRY_NUMBER;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (word.n == words[i].word.n && char_lower(word.p[0]) == words[i].word.p[0] &&
		    str_eq_nocase(word, words[i].word))
			return words[i].kind;
	return RETRY_NONE;
}

static bool is_mark(char c)
{
	return !char_is_letter(c) && (char_is_space(c) || strchr(".,;:!()[]-", c));
}

static bool parts_words(char c)
{
	return !char_is_letter(c) && (char_is_space(c) || strchr(",;([", c));
}

/* Such words alone, behind a mark or as a line, be it joined to the one before: "Abort, Retry?" tells no number, and in
 * "cannot open file Attempt 2" they are a name. */
struct str envelope_cut_retry(struct str text)
{
	enum { WORDS_MAX = 10 };
	bool seen[RETRY_TELLS + 1] = { false };
	size_t cut_at = text.n, at = text.n;
	for (unsigned n = 0; n < WORDS_MAX && at; n++) {
		size_t end = at, from;
		while (end && is_mark(text.p[end - 1]))
			end--;
		for (from = end; from && !parts_words(text.p[from - 1]);)
			from--;
		enum retry_word kind = retry_word(str_part(text, from, end));
		if (!kind)
			break;
		seen[kind] = true;
		at = from;
		while (from && char_is_space(text.p[from - 1]))
			from--;
		bool tells = seen[RETRY_TELLS] || (seen[RETRY_TRY] && (seen[RETRY_WILL] || seen[RETRY_NUMBER]));
		bool parted = from && strchr(",;([-.!?", text.p[from - 1]) && (from < at || text.p[from - 1] != '.');
		bool line = char_is_upper(text.p[at]) && (seen[RETRY_TELLS] || seen[RETRY_WILL] ||
							  memchr(text.p + from, '\n', at - from));
		if (tells && kind != RETRY_NUMBER && from && (parted || line))
			cut_at = at;
	}
	if (cut_at == text.n)
		return text;
	struct str left = str_trim_end(str_first(text, cut_at));
	while (left.n && (char_is_space(left.p[left.n - 1]) || strchr(",;([-", left.p[left.n - 1])))
		left.n--;
	return left.n ? left : text;
}
