/* SPDX-License-Identifier: MIT
 *
 * Words of trouble: see suspect.h.
 */
#include "scan/suspect.h"

#include <string.h>

/* Beginnings of words, by their first letter; a blank stands for any run of blanks, dashes or underscores. */
static const char *const words[26][9] = {
	['a' - 'a'] = { "abort", "abnormal" },
	['b' - 'a'] = { "broken", "bad request", "badly" },
	['c' - 'a'] = { "cannot", "can't", "could not", "couldn't", "corrupt", "critical error", "crash", "conflict" },
	['d' - 'a'] = { "denied", "dead", "dropped", "disconnected", "died", "does not exist" },
	['e' - 'a'] = { "err", "exception", "expired", "exceeded", "exhausted", "emerg" },
	['f' - 'a'] = { "fail", "fatal", "fault", "forbidden" },
	['i' - 'a'] = { "invalid", "illegal", "interrupted", "incorrect", "inconsistent" },
	['k' - 'a'] = { "killed" },
	['l' - 'a'] = { "lost" },
	['m' - 'a'] = { "missing", "mismatch", "malformed" },
	['n' - 'a'] = { "not found", "no such", "not permitted", "no route", "not responding", "not supported",
			"no space" },
	['o' - 'a'] = { "out of memory", "overflow", "overrun" },
	['p' - 'a'] = { "panic", "problem" },
	['r' - 'a'] = { "refused", "rejected", "reset by peer" },
	['s' - 'a'] = { "severe", "segfault", "stuck" },
	['t' - 'a'] = { "timeout", "timed out", "terminated abnormally", "too many" },
	['u' - 'a'] = { "unable", "unreachable", "unexpected", "unknown host", "unauthorized", "unavailable",
			"unrecoverable", "unhandled" },
	['v' - 'a'] = { "violation" },
	['w' - 'a'] = { "wrong" },
};

static bool is_gap(char c)
{
	return c == ' ' || c == '-' || c == '_' || c == '\t';
}

/* word_at gives the length that a word's beginning takes of s, or 0. */
static size_t word_at(struct str s, const char *word)
{
	size_t n = 0;
	for (; *word; word++) {
		if (*word == ' ') {
			size_t gap = n;
			while (n < s.n && is_gap(s.p[n]))
				n++;
			if (gap == n)
				return 0;
		} else if (n < s.n && char_lower(s.p[n]) == *word) {
			n++;
		} else {
			return 0;
		}
	}
	return n;
}

/* "error = 0", "errors: 0", "failed=0 ": a count or code that says that all is well */
static bool is_zero_behind(struct str s)
{
	size_t at = 0;
	while (at < s.n && (char_is_alpha(s.p[at]) || s.p[at] == '_'))
		at++;
	size_t mark = at;
	while (at < s.n && strchr(" =:(\"'", s.p[at]))
		at++;
	if (at == mark || at >= s.n || s.p[at] != '0')
		return false;
	return at + 1 >= s.n || (!char_is_alnum(s.p[at + 1]) && s.p[at + 1] != '.');
}

/* "0 errors", "no error", "without failures" */
static bool is_none_before(struct str line, size_t at)
{
	static const struct str none[] = { STR_LIT("0"), STR_LIT("no"), STR_LIT("without"), STR_LIT("zero") };
	size_t end = at;
	while (end && (line.p[end - 1] == ' ' || line.p[end - 1] == '\t'))
		end--;
	size_t start = end;
	while (start && char_is_alnum(line.p[start - 1]))
		start--;
	for (size_t i = 0; end < at && i < sizeof none / sizeof *none; i++)
		if (str_eq_nocase((struct str){ line.p + start, end - start }, none[i]))
			return true;
	return false;
}

/* "error_log opened", "error.log", "errors-log": where errors are written, and none itself */
static bool is_log_behind(struct str s)
{
	size_t at = !!s.n && char_lower(s.p[0]) == 's';
	return at + 4 <= s.n && strchr("_.-", s.p[at]) && str_starts_nocase(str_from(s, at + 1), STR("log")) &&
	       (at + 4 == s.n || !char_is_alpha(s.p[at + 4]));
}

/* Words are looked for at their starts only; camel case starts one too ("IOException", "connectTimeout"). */
static bool starts_word(struct str line, size_t at)
{
	if (!char_is_alpha(line.p[at]))
		return false;
	return !at || !char_is_alpha(line.p[at - 1]) ||
	       (char_is_upper(line.p[at]) && at + 1 < line.n && char_is_lower(line.p[at + 1]));
}

bool suspect_looks(struct str line)
{
	for (size_t at = 0; at < line.n; at++) {
		if (!starts_word(line, at))
			continue;
		const char *const *list = words[char_lower(line.p[at]) - 'a'];
		for (size_t i = 0; i < sizeof *words / sizeof **words && list[i]; i++) {
			size_t n = word_at(str_from(line, at), list[i]);
			if (!n)
				continue;
			/* "err" is the whole word or a part of "error" */
			bool other = n == 3 && at + n < line.n && char_is_alpha(line.p[at + n]) &&
				     !str_starts_nocase(str_from(line, at), STR("error"));
			if (char_lower(line.p[at]) == 'e' && str_starts_nocase(str_from(line, at), STR("error")) &&
			    is_log_behind(str_from(line, at + 5)))
				continue;
			if (!other && !is_none_before(line, at) && !is_zero_behind(str_from(line, at + n)))
				return true;
		}
	}
	return false;
}
