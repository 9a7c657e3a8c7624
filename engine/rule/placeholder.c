/* SPDX-License-Identifier: MIT
 *
 * Placeholders are <anything in angle brackets>, runs of one letter (xxxx), printf and message-table marks (%1, %s),
 * compounds like servername, words that a "where X is" sentence explains, and machine addresses, which are one
 * machine's values.
 */
#include "rule/template.h"

#include <string.h>

static struct str explanation_of(const struct reader *r, struct str says)
{
	for (size_t i = 0; i < r->explained_count; i++) {
		struct str w = r->explained[i].word;
		size_t at = str_find_nocase(says, w);
		if (at != STR_NONE && (at == 0 || !char_is_alnum(says.p[at - 1])) &&
		    (at + w.n == says.n || !char_is_alnum(says.p[at + w.n])))
			return r->explained[i].says;
	}
	return STR("");
}

/* <\\servername>, <drive:>, < Project Name >: at most 60 bytes, something readable in it. */
static size_t angle_at(struct str s)
{
	size_t n = 1;
	bool readable = false;
	for (; n < s.n && n <= 61 && s.p[n] != '>' && s.p[n] != '<'; n++)
		readable |= char_is_alnum(s.p[n]);
	if (n >= s.n || s.p[n] != '>' || !readable || s.p[1] == '=' || s.p[1] == '-')
		return 0;
	return n + 1;
}

/* 0137:bff9a28d: four, a colon, four to eight. */
static size_t address_at(struct str s)
{
	size_t n = template_run_of(s, char_is_hex);
	if (n != 4 || n >= s.n || s.p[n] != ':')
		return 0;
	size_t m = template_run_of(str_from(s, n + 1), char_is_hex);
	if ((m != 4 && m != 8 && m != 6) || (n + 1 + m < s.n && char_is_alnum(s.p[n + 1 + m])))
		return 0;
	return n + 1 + m;
}

/* 0x77f6489f is an address; 0x80070035, 0xC0000005 and 0x0000007B are codes, unless memory is spoken of. */
static size_t long_hex_at(struct str text, size_t at)
{
	struct str s = str_from(text, at);
	if (s.n < 10 || s.p[0] != '0' || char_lower(s.p[1]) != 'x')
		return 0;
	size_t n = template_run_of(str_from(s, 2), char_is_hex);
	if (n != 8 || (n + 2 < s.n && char_is_alnum(s.p[n + 2])))
		return 0;
	bool code = s.p[2] == '8' || char_lower(s.p[2]) == 'c' || str_starts(str_from(s, 2), STR("0000"));
	size_t from = at > 10 ? at - 10 : 0;
	struct str before = str_part(text, from, at);
	bool placed = template_has_word(before, "at ") || template_has_word(before, "at \"") ||
		      template_has_word(before, "address");
	return code && !placed ? 0 : n + 2;
}

/* %1, %s, %ld, %2!s! */
static size_t printf_at(struct str s)
{
	size_t n = 1;
	while (n < s.n && n < 4 && (char_is_digit(s.p[n]) || s.p[n] == 'l'))
		n++;
	if (n < s.n && (s.p[n] == 's' || s.p[n] == 'd' || s.p[n] == 'u' || s.p[n] == 'x') &&
	    (n + 1 == s.n || !char_is_alnum(s.p[n + 1])))
		return n + 1;
	if (n > 1 && n < s.n && s.p[n] == '!') {
		size_t close = str_find_char(str_from(s, n + 1), '!');
		return close != STR_NONE && close < 6 ? n + close + 2 : n;
	}
	return n > 1 && char_is_digit(s.p[1]) && (n == s.n || !char_is_alnum(s.p[n])) ? n : 0;
}

static bool one_letter(struct str w)
{
	for (size_t i = 1; i < w.n; i++)
		if (char_lower(w.p[i]) != char_lower(w.p[0]))
			return false;
	return true;
}

/* servername, COMPUTER_NAME, \\server: words that stand for a value and are hardly ever said. */
static bool is_compound(struct str w, bool behind_backslash)
{
	static const char *const heads[] = { "server", "computer", "machine", "workstation", "printer",
					     "domain", "site",	   "share",   "user",	     "host" };
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct str head = str_c(heads[i]);
		if (!str_starts_nocase(w, head))
			continue;
		struct str rest = str_from(w, head.n);
		if (behind_backslash && !rest.n)
			return true;
		if (rest.n && rest.p[0] == '_')
			rest = str_from(rest, 1);
		if (str_eq_nocase(rest, STR("name")))
			return i < 4 || rest.n + head.n < w.n || behind_backslash || char_is_upper(w.p[1]);
	}
	return false;
}

/* file_name, CLUSTER_NAME, Service_Name: nobody says so, but for what a value is. */
static bool is_joined_name(struct str w)
{
	static const struct str kinds[] = { STR_LIT("file"),	 STR_LIT("path"),     STR_LIT("directory"),
					    STR_LIT("folder"),	 STR_LIT("drive"),    STR_LIT("cluster"),
					    STR_LIT("database"), STR_LIT("service"),  STR_LIT("volume"),
					    STR_LIT("program"),	 STR_LIT("computer"), STR_LIT("mailbox"),
					    STR_LIT("resource"), STR_LIT("account"),  STR_LIT("driver"),
					    STR_LIT("module") };
	struct str kind, tail;
	return str_cut(w, '_', &kind, &tail) && str_eq_nocase(tail, STR("name")) &&
	       STR_IS_ANY(kind, kinds, str_eq_nocase);
}

static size_t word_at(const struct reader *r, struct str text, size_t at, struct str *ret_explained)
{
	struct str w = str_first(str_from(text, at), template_run_of(str_from(text, at), char_is_word));
	char before = at ? text.p[at - 1] : ' ';
	char c = w.n ? char_lower(w.p[0]) : ' ';
	*ret_explained = STR("");
	if (w.n >= 3 && (c == 'x' || c == 'n' || c == 'y' || c == 'z') && one_letter(w))
		return w.n;
	if (w.n >= 5 && (is_compound(w, before == '\\') || is_joined_name(w)))
		return w.n;
	for (size_t i = 0; i < r->explained_count; i++) {
		struct str e = r->explained[i].word;
		if (str_eq(e, str_first(str_from(text, at), e.n)) && (e.n > 1 || before == '\\' || before == ' ') &&
		    (at + e.n == text.n || !char_is_word(text.p[at + e.n]))) {
			*ret_explained = r->explained[i].says;
			return e.n;
		}
	}
	return 0;
}

/* The length of the placeholder that begins at this offset, or 0. */
static size_t placeholder_at(const struct reader *r, struct str text, size_t at, struct rule_var *var)
{
	struct str s = str_from(text, at), explained = STR("");
	bool starts_word = at == 0 || !char_is_word(text.p[at - 1]);
	size_t n = 0;
	*var = (struct rule_var){ 0 };
	if (s.p[0] == '<') {
		n = angle_at(s);
	} else if (s.p[0] == '%') {
		n = printf_at(s);
	} else if (s.p[0] == '#' || s.p[0] == '?') {
		while (n < s.n && s.p[n] == s.p[0])
			n++;
		n = n >= 3 ? n : 0;
	} else if (starts_word && char_is_word(s.p[0])) {
		n = address_at(s);
		if (!n)
			n = long_hex_at(text, at);
		if (n) {
			*var = (struct rule_var){ STR("memory"), VAR_NUMBER, str_first(s, n), true };
			return n;
		}
		n = word_at(r, text, at, &explained);
	}
	if (!n)
		return 0;
	struct str says = str_first(s, n);
	template_guess_var(says, explained.n ? explained : explanation_of(r, says), r->a, var);
	return n;
}

void placeholder_split(const struct reader *r, struct rule_template *t)
{
	size_t from = 0, at = 0;
	while (at < t->text.n) {
		struct rule_var var;
		size_t n = placeholder_at(r, t->text, at, &var);
		if (!n) {
			at++;
			continue;
		}
		template_add_literal(t, r->a, str_part(t->text, from, at));
		template_add_var(t, r->a, var);
		at += n;
		from = at;
	}
	template_add_literal(t, r->a, str_from(t->text, from));
}
