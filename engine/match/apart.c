/* SPDX-License-Identifier: MIT */
#include "match/apart.h"

#include "match/token.h"

#include <string.h>

enum { INTRODUCTION = 64 }; /* bytes before a message that are read for what introduces it */

/* "I get", "it says", "the error is", "fails with": what is said next is a message; behind any such word where it
 * begins with a capital, behind fewer where it does not. */
static bool is_introduced(struct str before, bool capital)
{
	static const char verbs[] =
		"get gets got getting say says said saying saw see sees shows showing reads reading receive "
		"receives received receiving returns gives throws reports me";
	static const char others[] = "error message with is";
	struct str last = { 0 }, said = str_trim_end(before);
	struct token t;
	if (!said.n || said.n == before.n || !char_is_alpha(said.p[said.n - 1]))
		return false;
	for (size_t at = said.n > INTRODUCTION ? said.n - INTRODUCTION : 0; token_next(said, &at, &t);)
		last = str_part(said, t.start, t.end);
	return str_in_list(last, verbs) || (capital && str_in_list(last, others));
}

/* "For example, ...", "For more information, ...": a sentence begins so, and goes on. */
static bool is_beginning(struct str said, struct str behind)
{
	static const char words[] = "for in at on as by to from with after before";
	struct token t;
	size_t at = 0;
	return (str_ends(said, STR(",")) || str_starts(behind, STR(","))) && token_next(said, &at, &t) &&
	       str_in_list(str_part(said, t.start, t.end), words);
}

bool apart_stands(struct str text, struct match_span within, struct match_span s)
{
	static const char opening[] = "\n:!.;?,-<>([`", closing[] = "\n:!.;?,-<>)]`";
	struct str before = str_part(text, within.start, s.start), behind = str_trim(str_part(text, s.end, within.end));
	struct str said = str_trim_end(before);
	bool capital = char_is_upper(text.p[s.start]);
	bool opened = !said.n || strchr(opening, said.p[said.n - 1]);
	bool closed = !behind.n || strchr(closing, behind.p[0]) || strchr(closing, text.p[s.end - 1]);
	struct str words = str_part(text, s.start, s.end);
	return str_find_char(words, ' ') != STR_NONE && !is_beginning(words, behind) &&
	       ((opened && closed && capital) || is_introduced(before, capital));
}
