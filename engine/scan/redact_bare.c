/* SPDX-License-Identifier: MIT
 *
 * Secrets by where they stand, with no mark that parts them from what they are of: "rootpw x1", "login alice password
 * x1", "name: DB_PASSWORD, value: x1", "IDENTIFIED BY 'x1'", "credentials alice:x1", "/api/webhooks/123/x1". See
 * redact_shapes.h.
 */
#include "scan/redact_shapes.h"

#include <string.h>

/* Words of files of settings that take a secret and nothing else. */
static const char directives[] = "bindpw rootpw requirepass masterauth rocommunity rwcommunity convertto-securestring";

/* word_behind: the word behind the blanks at a place; empty where there are none. */
static struct str word_behind(struct str s, size_t at)
{
	size_t value = skip_blanks(s, at), n = 0;
	while (value > at && value + n < s.n && !char_is_space(s.p[value + n]))
		n++;
	return part(s, value < s.n ? value : s.n, n);
}

/* word_start: of the word before the blanks before a place. */
static size_t word_start(struct str s, size_t at)
{
	while (at && s.p[at - 1] == ' ')
		at--;
	while (at && !char_is_space(s.p[at - 1]))
		at--;
	return at;
}

static size_t end_of(struct str s, struct str word)
{
	return (size_t)(word.p - s.p) + word.n;
}

static bool says_nothing(struct str word)
{
	return !word.n || redact_is_wrong(word) || redact_keeps(word) || redact_is_aspect(word) ||
	       str_in_list(word, "directive option parameter setting value line clause");
}

bool redact_is_directive(struct str word)
{
	return str_in_list(word, directives);
}

size_t redact_directive(struct redact_finder *f, size_t end)
{
	struct str s = f->line, value = word_behind(s, end);
	if (value.n && value.p[0] == '-') /* ConvertTo-SecureString -String "x1" */
		value = word_behind(s, end_of(s, value));
	if (value.n && one_of(value.p[0], "\"'")) {
		size_t at = (size_t)(value.p - s.p) + 1;
		value = part(s, at, redact_secret_run(s, at));
	}
	return says_nothing(value) ? end : redact_take(f, (size_t)(value.p - s.p), value.n, REDACT_SECRET);
}

/* redact_listed: behind a password's key in files that know no marks: "machine m login alice password x1" (.netrc),
 * "username alice password 0 x1" (routers; the number says how it is coded), "pre-shared-key x1 address 192.0.2.1",
 * "set passwd ENC x1", "ENV DB_PASSWORD x1". */
size_t redact_listed(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line, value = word_behind(s, end);
	if (!value.n || str_in_list(part(s, start, end - start), "token pin otp tan sid sig auth cookie session"))
		return end;
	size_t name = word_start(s, start); /* only here: of the keys between two blanks one gets so far */
	bool netrc = str_eq_nocase(redact_word_before(s, name), STR("login")) &&
		     (redact_within(s, name, STR("machine ")) || redact_within(s, name, STR("default ")));
	bool coded = value.n == 1 && one_of(value.p[0], "05789");
	if (coded)
		value = word_behind(s, end_of(s, value));
	bool router = coded && (redact_within(s, start, STR("username ")) || end_of(s, value) == s.n);
	struct str before = redact_word_before(s, start);
	bool variable = redact_is_variable(part(s, start, end - start));
	bool peers = redact_within(s, start, STR("neighbor ")) ||
		     str_ends_nocase(part(s, start, end - start), STR("shared-key"));
	bool set = str_in_list(before, "set enable") || peers || (variable && str_in_list(before, "env"));
	if (set && str_eq(value, STR("ENC")))
		value = word_behind(s, end_of(s, value));
	set = set && value.n > 3 && end_of(s, value) == s.n;
	bool peer = str_starts(str_from(s, end_of(s, value)), STR(" address "));
	bool fits = (netrc || router || set || peer) && !says_nothing(value);
	return fits ? redact_take(f, (size_t)(value.p - s.p), value.n, REDACT_SECRET) : end;
}

/* redact_identified: "CREATE USER alice IDENTIFIED BY 'x1'", at "by"; a serial number is said in small letters. */
size_t redact_identified(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line, before = redact_word_before(s, start);
	size_t value = skip_blanks(s, end);
	bool quoted = one_of(at_or_nul(s, value), "'\"");
	bool told = str_eq_nocase(before, STR("identified")) && value > end &&
		    (quoted || char_is_upper(before.p[0]) || redact_within(s, start, STR("alter user ")));
	value += quoted;
	size_t n = told ? redact_secret_run(s, value) : 0;
	bool fits = n && (quoted || !says_nothing(part(s, value, n)));
	return fits ? redact_take(f, value, n, REDACT_SECRET) : end;
}

/* redact_named_value: at "value": what has its name beside it, "name": "DB_PASSWORD", "value": "x1". */
size_t redact_named_value(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line;
	size_t at = start, stop, mark = skip_blanks(s, end + one_of(at_or_nul(s, end), "\"'")), value;
	while (at && one_of(s.p[at - 1], " \t\"',;{}\\"))
		at--;
	for (stop = at; at && is_name(s.p[at - 1]);)
		at--;
	struct str name = part(s, at, stop - at);
	if (stop == start || !one_of(at_or_nul(s, mark), ":=") || !redact_ends_secret(name))
		return end;
	while (at && one_of(s.p[at - 1], " \"'\\"))
		at--;
	if (!at || !one_of(s.p[at - 1], ":="))
		return end;
	for (stop = --at; stop && one_of(s.p[stop - 1], " \"'\\");)
		stop--;
	for (at = stop; at && char_is_alpha(s.p[at - 1]);)
		at--;
	value = skip_blanks(s, mark + 1);
	value += at_or_nul(s, value) == '\\';
	value += one_of(at_or_nul(s, value), "\"'");
	size_t n = redact_secret_run(s, value);
	n -= n && s.p[value + n - 1] == '\\';
	bool fits = str_in_list(part(s, at, stop - at), "name key") && n && !redact_is_wrong(part(s, value, n));
	return fits ? redact_take(f, value, n, REDACT_SECRET) : end;
}

/* redact_tagged: the value of "<user>alice</user>", "<ns:user type="x">alice</ns:user>" and
 * "<user><![CDATA[alice]]></user>", of the key in [start, end); empty for none. */
struct str redact_tagged(struct str s, size_t start, size_t end)
{
	static const struct str begins = STR_LIT("<![CDATA["), ends = STR_LIT("]]>");
	enum { ATTRIBUTES_MAX = 120, VALUE_MAX = 60, CDATA_MAX = 4096 };
	if (start && s.p[start - 1] == ':')
		for (start--; start && is_name(s.p[start - 1]);)
			start--;
	size_t close = start && s.p[start - 1] == '<' ? str_find_char(str_first(str_from(s, end), ATTRIBUTES_MAX), '>') :
							STR_NONE;
	if (close == STR_NONE || (close && (s.p[end] != ' ' || s.p[end + close - 1] == '/')))
		return STR("");
	struct str value = str_from(s, end + close + 1);
	if (str_starts(value, begins)) {
		size_t n = str_find(str_first(value, CDATA_MAX), ends);
		return n == STR_NONE ? STR("") : str_part(value, begins.n, n);
	}
	size_t n = str_find_char(value, '<');
	return n != STR_NONE && n <= VALUE_MAX && str_starts(str_from(value, n), STR("</")) ? str_first(value, n) : STR("");
}

/* is_test: "PASS src/a.test.js": a test's name is one of a file or of a function. */
static bool is_test(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (one_of(name.p[i], "/._-"))
			return true;
	return false;
}

/* redact_sent: "PASS x1", as FTP, POP3 and Redis' AUTH send it, up to the end or to the quote that it all stands in. */
size_t redact_sent(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line;
	if (!char_is_space(at_or_nul(s, end)))
		return end;
	char quote = one_of(at_or_nul(s, start - !!start), "'\"") ? s.p[start - !!start] : 0;
	bool sent = quote || str_in_list(redact_word_before(s, start), "command sent send quote") ||
		    (start > 1 && s.p[start - 1] == ' ' && one_of(s.p[start - 2], ">:"));
	size_t value = end + 1, n = 0;
	struct str rest = str_from(s, value < s.n ? value : s.n), how, ticket, more;
	if (str_word(&rest, &how) && str_in_list(how, "plain login xoauth2 oauthbearer") && str_word(&rest, &ticket) &&
	    ticket.n >= 8 && !redact_is_wrong(ticket) && !str_word(&rest, &more)) /* "AUTH PLAIN AGFsaWNl..." */
		return redact_take(f, (size_t)(ticket.p - s.p), ticket.n, REDACT_SECRET);
	while (s.p[end] == ' ' && value + n < s.n && !one_of(s.p[value + n], " '\""))
		n++;
	sent = sent || str_eq(redact_word_before(s, word_start(s, start)), STR("USER"));
	bool whole = value + n >= s.n || (quote && s.p[value + n] == quote);
	sent = sent || (!start && str_eq(part(s, start, end), STR("PASS")) && !is_test(part(s, value, n)));
	bool fits = sent && whole && n && char_is_alnum(s.p[value]) && !says_nothing(part(s, value, n));
	return fits ? redact_take(f, value, n, REDACT_SECRET) : end;
}

/* redact_pair: "credentials alice:x1" */
size_t redact_pair(struct redact_finder *f, size_t end)
{
	struct str s = f->line;
	size_t user = skip_blanks(s, end), n = redact_name_run(s, user), secret = user + n + 1;
	size_t run = secret < s.n ? redact_secret_run(s, secret) : 0;
	bool fits = user > end && n > 1 && at_or_nul(s, secret - 1) == ':' && run >= 3 && s.p[secret] != '/' &&
		    !redact_is_common(part(s, user, n));
	if (!fits)
		return end;
	redact_take(f, user, n, REDACT_USER);
	return redact_take(f, secret, run, REDACT_SECRET);
}

/* redact_hook_at: the addresses of Discord's and Slack's hooks and of Telegram's bots are all that it takes to write
 * there. */
size_t redact_hook_at(struct redact_finder *f, size_t at)
{
	static const struct str discord = STR_LIT("/api/webhooks/"), slack = STR_LIT("/services/T"),
				bot = STR_LIT("/bot");
	enum { LEAST = 16 };
	struct str s = f->line, rest = str_from(s, at);
	bool spoken = str_starts(rest, bot), written = str_starts(rest, discord), services = str_starts(rest, slack);
	size_t secret = at + (written ? discord.n : spoken ? bot.n : slack.n), n = 0;
	if (!(spoken || written || services))
		return at;
	if (services)
		for (unsigned folders = 0; folders < 2 && char_is_alnum(at_or_nul(s, secret)); folders++)
			while (secret < s.n && s.p[secret++] != '/')
				;
	while (!services && char_is_digit(at_or_nul(s, secret)))
		secret++;
	if (!services && at_or_nul(s, secret++) != (spoken ? ':' : '/'))
		return at;
	while (char_is_alnum(at_or_nul(s, secret + n)) || one_of(at_or_nul(s, secret + n), "_-"))
		n++;
	return n >= LEAST ? redact_take(f, secret, n, REDACT_SECRET) : at;
}

/* redact_salted_at: "{SSHA}5en6G6...", as directories keep a password. */
size_t redact_salted_at(struct redact_finder *f, size_t at)
{
	static const struct str schemes[] = { STR_LIT("{SSHA"), STR_LIT("{SHA"), STR_LIT("{SMD5}"), STR_LIT("{MD5}"),
					      STR_LIT("{CRYPT}"), STR_LIT("{PBKDF2") };
	enum { LEAST = 13, SCHEME_MAX = 20 };
	struct str rest = str_from(f->line, at);
	size_t close = str_find_char(str_first(rest, SCHEME_MAX), '}'), n = 0;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		if (!str_starts_nocase(rest, schemes[i]) || close == STR_NONE || close > schemes[i].n + 8)
			continue;
		size_t value = at + close + 1;
		while (char_is_alnum(at_or_nul(f->line, value + n)) || one_of(at_or_nul(f->line, value + n), "+/=$.,-"))
			n++;
		return n >= LEAST ? redact_take(f, value, n, REDACT_SECRET) : at;
	}
	return at;
}
