/* SPDX-License-Identifier: MIT
 *
 * Codes that let somebody in once, told as such: "verification code is 1234", "482913 is your login code", "recovery
 * codes: 1234-5678, 8765-4321", and the seed that they are made from. See redact_shapes.h.
 */
#include "scan/redact_shapes.h"

enum { CODE_MIN = 4, CODE_MAX = 8, NEAR = 60 };

static const char kinds[] = "otp verification activation security recovery confirmation login access sms mfa fa totp "
			    "pin authentication passcode backup reset verify";

/* is_kind: what a code is for, in the word before it: "one-time", "sign-in" and "log-in" are one. */
static bool is_kind(struct str s, struct str word)
{
	bool time = str_eq_nocase(word, STR("time")), in = str_eq_nocase(word, STR("in"));
	size_t at = (size_t)(word.p - s.p), end = at - (at && one_of(s.p[at - 1], "- "));
	struct str first = str_first(s, end);
	if (time || in)
		return end < at && (time ? str_ends_nocase(first, STR("one"))
					 : str_ends_nocase(first, STR("sign")) || str_ends_nocase(first, STR("log")));
	return str_in_list(word, kinds);
}

/* code_run: of letters and digits, at least two digits, or "551 203"; 0 for none. */
static size_t code_run(struct str s, size_t at)
{
	size_t n = redact_name_run(s, at), digits = 0;
	for (size_t i = 0; i < n; i++)
		digits += char_is_digit(s.p[at + i]);
	if (n == 3 && digits == 3 && at_or_nul(s, at + n) == ' ' && redact_name_run(s, at + n + 1) == 3 &&
	    char_is_digit(s.p[at + n + 1]))
		return n + 4;
	bool error = str_starts_nocase(str_from(s, at), STR("0x"));
	return n >= CODE_MIN && digits >= 2 && !error ? n : 0;
}

/* number_run: four to eight digits and nothing else. */
static size_t number_run(struct str s, size_t at)
{
	size_t n = 0;
	while (char_is_digit(at_or_nul(s, at + n)))
		n++;
	char behind = at_or_nul(s, at + n);
	bool whole = !is_name(behind) || (behind == '.' && !char_is_digit(at_or_nul(s, at + n + 1)));
	return n >= CODE_MIN && n <= CODE_MAX && whole ? n : 0;
}

/* link_behind: the place behind what brings a code (": ", " is: ", "="); `at` where there is none. */
static size_t link_behind(struct str s, size_t at)
{
	static const struct str links[] = { STR_LIT(" is: "),	  STR_LIT(" is "),     STR_LIT(" was "),
					    STR_LIT(" lautet: "), STR_LIT(" lautet "), STR_LIT(" ist "),
					    STR_LIT(": is "),	  STR_LIT("=") };
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		if (str_starts_nocase(str_from(s, at), links[i]))
			return skip_blanks(s, at + links[i].n);
	return skip_blanks(s, at + one_of(at_or_nul(s, at), ":"));
}

/* granted: "/cb?code=4/0AX4XfWh&state=xyz": OAuth's, for a login */
static size_t granted(struct redact_finder *f, size_t start, size_t end)
{
	enum { QUERY_MAX = 2048, LEAST = 8 };
	struct str s = f->line;
	size_t n = redact_secret_run(s, end + 1), from = start > QUERY_MAX ? start - QUERY_MAX : 0;
	bool login = n >= LEAST && str_has_digit(part(s, end + 1, n)) &&
		     str_find(str_first(str_from(s, from), 2 * QUERY_MAX), STR("state=")) != STR_NONE;
	return login ? redact_take(f, end + 1, n, REDACT_SECRET) : end;
}

/* owned_code: "code for alice: 4711" */
static size_t owned_code(struct redact_finder *f, size_t end)
{
	static const struct str owner = STR_LIT(" for ");
	struct str s = f->line;
	size_t name = end + owner.n, n = str_starts(str_from(s, end), owner) ? redact_name_run(s, name) : 0;
	size_t value = link_behind(s, name + n), code = n && value > name + n + 1 ? number_run(s, value) : 0;
	return code ? redact_take(f, value, code, REDACT_SECRET) : end;
}

/* redact_joined_code: "verification_code": "4711", "mfaCode=4711": kind and code in one word. */
size_t redact_joined_code(struct redact_finder *f, size_t start, size_t end)
{
	static const char joined[] = "twofactor two_factor two-factor onetime one_time one-time";
	struct str s = f->line, word = part(s, start, end - start);
	if (word.n < 6 || !str_ends_nocase(word, STR("code")))
		return start;
	word.n -= STR("code").n;
	word.n -= one_of(word.p[word.n - 1], "_-");
	size_t mark = skip_blanks(s, end + one_of(at_or_nul(s, end), "\"'"));
	if (!one_of(at_or_nul(s, mark), ":=") || !(str_in_list(word, kinds) || str_in_list(word, joined)))
		return start;
	size_t value = skip_blanks(s, mark + 1), n;
	value += one_of(at_or_nul(s, value), "\"'");
	n = number_run(s, value);
	return n ? redact_take(f, value, n, REDACT_SECRET) : start;
}

/* is_use: what a code is sent for: "to sign in", "for your account". */
static bool is_use(struct str said)
{
	static const char uses[] =
		"sign log login signin verify confirm authorize activate unlock continue finish complete "
		"register pair reset account device";
	for (struct str word; str_word(&said, &word);)
		if (str_in_list(word, uses))
			return true;
	return false;
}

/* is_counted: of bytes or lines, a code of a program: "verify code 1024 bytes". */
static bool is_counted(struct str s, size_t end)
{
	static const char units[] =
		"bytes byte kb kib mb mib lines files blocks pages sectors words rows entries records "
		"symbols instructions ms us ns";
	struct str rest = str_from(s, end), word;
	if (at_or_nul(s, end) != ' ' || !str_word(&rest, &word))
		return false;
	word.n -= one_of(word.p[word.n - 1], ".,;:)");
	return str_in_list(word, units);
}

size_t redact_code_behind(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line, before = redact_word_before(s, start);
	if (start && one_of(s.p[start - 1], "?&") && at_or_nul(s, end) == '=')
		return granted(f, start, end);
	size_t value = link_behind(s, end), n = code_run(s, value);
	if (str_in_list(before, "your"))
		n = value > end + 1 ? number_run(s, value) : 0;
	if (is_kind(s, before) || str_in_list(before, "your"))
		return value > end && n && !is_counted(s, value + n) ? redact_take(f, value, n, REDACT_SECRET)
								     : owned_code(f, end);
	struct str near = str_first(str_from(s, end), NEAR);
	size_t colon = str_find(near, STR(": ")); /* "enter this code to sign in: 4711" */
	if (!str_in_list(before, "this following") || colon == STR_NONE ||
	    !(!colon || is_use(str_first(near, colon)) ||
	      str_in_list(redact_word_before(s, redact_word_start(s, start)), "enter use type")))
		return end;
	value = end + colon + 2;
	n = number_run(s, value);
	return n && !is_counted(s, value + n) ? redact_take(f, value, n, REDACT_SECRET) : end;
}

/* redact_codes_behind: "recovery codes: f9a2-77bc 0b1c-22de", at "codes". */
size_t redact_codes_behind(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line;
	if (!str_in_list(redact_word_before(s, start), "recovery backup emergency scratch rescue"))
		return end;
	size_t at = link_behind(s, end), done = end;
	for (size_t n; at > end && (n = code_run(s, at)); at = skip_blanks(s, done + one_of(at_or_nul(s, done), ",;")))
		done = redact_take(f, at, n, REDACT_SECRET);
	return done;
}

/* redact_seed_behind: "TOTP seed JBSWY3DPEHPK3PXP", in base 32 (RFC 4648), at "seed"; else of a wallet. */
size_t redact_seed_behind(struct redact_finder *f, size_t start, size_t end)
{
	enum { SEED_MIN = 16 };
	struct str s = f->line;
	size_t value = link_behind(s, end), n = 0;
	while (char_is_upper(at_or_nul(s, value + n)) || one_of(at_or_nul(s, value + n), "234567"))
		n++;
	bool fits = value > end && n >= SEED_MIN && !is_name(at_or_nul(s, value + n));
	return fits ? redact_take(f, value, n, REDACT_SECRET) : redact_phrase_behind(f, start, end);
}

/* redact_once_said: "OTP for transaction is 771204", "TAN lautet 4711", at the key; no "OTP timeout is 5000". */
size_t redact_once_said(struct redact_finder *f, size_t end)
{
	struct str s = f->line;
	size_t at = end;
	if (str_starts_nocase(str_from(s, at), STR(" for ")))
		for (at += STR(" for ").n; is_name(at_or_nul(s, at)) && at - end < NEAR;)
			at++;
	size_t value = link_behind(s, at), n = number_run(s, value);
	return value > at + 1 && n ? redact_take(f, value, n, REDACT_SECRET) : end;
}

/* names_code: one of its names stands a short way behind, in the same sentence, and nothing is said of it: "error 1326
 * as the password is wrong" gives a reason. */
static bool names_code(struct str rest)
{
	static const char names[] = "code otp passcode pin password tan passwort";
	static const char verbs[] = "is was are were has had does did do could cannot";
	struct str near = str_first(rest, NEAR), word, next;
	while (str_word(&near, &word)) {
		bool last = one_of(word.p[word.n - 1], ".,;:!");
		if (str_in_list(str_first(word, word.n - last), names))
			return last || !str_word(&near, &next) || !str_in_list(next, verbs);
		if (last)
			return false;
	}
	return false;
}

/* is_status: the code before a number is what something ended with: "error code 1053 sent to client". */
static bool is_status(struct str s, size_t at)
{
	static const char kinds_of_status[] = "error status exit return result response reason close closing http stop";
	return str_in_list(redact_word_before(s, redact_word_start(s, at)), kinds_of_status);
}

/* redact_once_at: "482913 is your login code", "G-482913 is your ...", "use 739204 to verify ...", at the number. */
size_t redact_once_at(struct redact_finder *f, size_t at)
{
	static const struct str told[] = { STR_LIT(" is your "), STR_LIT(" as your "), STR_LIT(" as the "),
					   STR_LIT(" ist Ihr "), STR_LIT(" ist dein ") };
	static const struct str acts[] = { STR_LIT(" to verify "), STR_LIT(" to log in"), STR_LIT(" to sign in"),
					   STR_LIT(" to confirm ") };
	struct str s = f->line;
	bool prefixed = char_is_upper(s.p[at]) && at_or_nul(s, at + 1) == '-';
	if (!prefixed && !char_is_digit(s.p[at]))
		return at;
	size_t value = at + (prefixed ? 2 : 0), n = number_run(s, value);
	struct str rest = str_from(s, value + n);
	if (!n || at_or_nul(rest, 0) != ' ')
		return at;
	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (str_starts_nocase(rest, told[i]) && names_code(str_from(rest, told[i].n)))
			return redact_take(f, value, n, REDACT_SECRET);
	struct str before = redact_word_before(s, at);
	bool code = str_in_list(before, "code") && !is_status(s, at);
	if (str_starts(rest, STR(" sent to ")) && (code || str_in_list(before, "otp pin tan")))
		return redact_take(f, value, n, REDACT_SECRET);
	bool asked = code || str_in_list(before, "use enter");
	for (size_t i = 0; asked && i < sizeof acts / sizeof *acts; i++)
		if (str_starts(rest, acts[i]))
			return redact_take(f, value, n, REDACT_SECRET);
	return at;
}
