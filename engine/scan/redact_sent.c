/* SPDX-License-Identifier: MIT
 *
 * Secrets in what a client sends to log in: FTP's and POP3's "PASS x1", IMAP's "a1 LOGIN alice x1", the quoted words of
 * Redis' "AUTH" "alice" "x1", IRC's "NickServ IDENTIFY x1", what expect types; and those that a call sets:
 * define('DB_PASSWORD', 'x1'), user.SetPassword("x1"). See redact_shapes.h.
 */
#include "scan/redact_shapes.h"

#include <string.h>

enum { TAG_MAX = 32 };

/* is_test: "PASS src/a.test.js": a test's name is one of a file or of a function. */
static bool is_test(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (one_of(name.p[i], "/._-"))
			return true;
	return false;
}

/* set_behind: "NEO4J_AUTH neo4j/x1": a variable that holds a name and its password. */
static size_t set_behind(struct redact_finder *f, size_t end)
{
	struct str s = f->line;
	size_t user = end + 1, n = redact_name_run(s, user), value = user + n + 1;
	size_t run = n && at_or_nul(s, value - 1) == '/' ? redact_secret_run(s, value) : 0;
	bool fits = run && !redact_says_nothing(part(s, user, n)) && !redact_says_nothing(part(s, value, run));
	return fits ? redact_take(f, value, run, REDACT_SECRET) : end;
}

/* redact_sent: "PASS x1", as FTP, POP3 and Redis' AUTH send it, up to the end or to the quote that it all stands in. */
size_t redact_sent(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line;
	if (!char_is_space(at_or_nul(s, end)))
		return end;
	if (start && s.p[start - 1] == '_')
		return set_behind(f, end);
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
	sent = sent || str_eq(redact_word_before(s, redact_word_start(s, start)), STR("USER"));
	bool whole = value + n >= s.n || (quote && s.p[value + n] == quote);
	sent = sent || (!start && str_eq(part(s, start, end), STR("PASS")) && !is_test(part(s, value, n)));
	struct str word = part(s, value, n);
	bool how_told = str_eq(part(s, start, end - start), STR("AUTH")) && redact_is_mechanism(word);
	bool fits = sent && whole && n && char_is_alnum(s.p[value]) && !how_told && !redact_says_nothing(word);
	return fits ? redact_take(f, value, n, REDACT_SECRET) : end;
}

/* argument_at: a word, or what stands in quotes, without them; *ret_next is where it ends, its quote included. */
static struct str argument_at(struct str s, size_t at, size_t *ret_next)
{
	size_t n = 0;
	if (one_of(at_or_nul(s, at), "\"'")) {
		n = redact_secret_run(s, at + 1);
		*ret_next = at + 1 + n + (at_or_nul(s, at + 1 + n) == s.p[at]);
		return part(s, at + 1, n);
	}
	while (at + n < s.n && !char_is_space(s.p[at + n]) && !one_of(s.p[at + n], "\"'"))
		n++;
	*ret_next = at + n;
	return part(s, at < s.n ? at : s.n, n);
}

/* is_tagged: a command of IMAP has a word before it, and nothing before that but a mark; what a server of mail or files
 * says of a login has a number of three digits ("235 LOGIN authentication successful"). */
static bool is_tagged(struct str s, size_t start, bool quoted)
{
	size_t end = start - (start && s.p[start - 1] == ' '), at = end;
	while (at && end - at < TAG_MAX && char_is_alnum(s.p[at - 1]))
		at--;
	size_t before = at > 1 && s.p[at - 1] == ' ' ? at - 2 : at - 1;
	bool alone = !at || one_of(s.p[before], "<>:\"'[]|");
	bool reply = end - at == 3 && s.p[at] >= '2' && s.p[at] <= '5' && char_is_digit(s.p[at + 1]);
	return !reply && end < start && at < end && alone &&
	       (quoted || end - at < 3 || str_has_digit(part(s, at, end - at)));
}

size_t redact_logged_in(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line;
	size_t next = end, last = end;
	bool quoted = one_of(at_or_nul(s, end + 1), "\"'");
	if (at_or_nul(s, end) != ' ' || !is_tagged(s, start, quoted) || !(quoted || char_is_upper(s.p[start])))
		return end;
	struct str user = argument_at(s, end + 1, &next);
	struct str secret = at_or_nul(s, next) == ' ' ? argument_at(s, next + 1, &last) : STR("");
	bool whole = last == s.n || one_of(s.p[last], "\"'\r");
	bool told = redact_says_nothing(secret) || redact_is_common(user); /* "b1 LOGIN attempts refused" */
	if (!user.n || !secret.n || !whole || (!quoted && told))
		return end;
	size_t at = (size_t)(user.p - s.p);
	if (memchr(user.p, '@', user.n)) /* takes the machine, too */
		redact_mail_at(f, at);
	else
		redact_take(f, at, user.n, REDACT_USER);
	return redact_take(f, (size_t)(secret.p - s.p), secret.n, REDACT_SECRET);
}

/* sets: what is called with a key and its value. */
static bool sets(struct str s, size_t quote, struct str key)
{
	static const char calls[] = "define set put env setenv putenv header property attribute invoke";
	size_t open = quote, at;
	while (open && s.p[open - 1] == ' ')
		open--;
	if (open && s.p[open - 1] == '[') /* ["X-Auth-Token", "x1"] */
		return memchr(key.p, '-', key.n);
	if (!open || s.p[open - 1] != '(')
		return false;
	for (at = open - 1; at && char_is_alpha(s.p[at - 1]);)
		at--;
	struct str call = part(s, at, open - 1 - at);
	bool joined = str_starts_nocase(call, STR("set")) || str_starts_nocase(call, STR("add"));
	return joined || str_in_list(call, calls);
}

size_t redact_quoted_behind(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line, key = part(s, start, end - start);
	char quote = start ? s.p[start - 1] : 0;
	if (!one_of(quote, "\"'") || at_or_nul(s, end) != quote)
		return end;
	size_t at = skip_blanks(s, end + 1), next = at;
	bool sent = at > end + 1 && (str_in_list(key, "auth") || str_in_list(key, redact_directives));
	bool secret_key = redact_is_secret_key(key) || redact_ends_secret(key);
	bool set = !sent && secret_key && at_or_nul(s, at) == ',' && sets(s, start - 1, key);
	at = set ? skip_blanks(s, at + 1) : at;
	if (!(sent || set) || at_or_nul(s, at) != quote)
		return end;
	struct str secret = argument_at(s, at, &next);
	if (set && redact_says_nothing(secret)) /* addError("password", "missing") */
		return end;
	if (at_or_nul(s, next) == ' ' && at_or_nul(s, next + 1) == quote && str_in_list(key, "auth")) {
		redact_take(f, (size_t)(secret.p - s.p), secret.n, REDACT_USER);
		secret = argument_at(s, next + 1, &next);
	}
	return secret.n ? redact_take(f, (size_t)(secret.p - s.p), secret.n, REDACT_SECRET) : end;
}

/* redact_called_with: ".SetPassword("x1")", ".setPassword "x1"", "builder.password("x1")": what a program sets. */
size_t redact_called_with(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line, key = part(s, start, end - start);
	bool sets = str_starts_nocase(key, STR("set")) || str_starts_nocase(key, STR("with"));
	char mark = at_or_nul(s, end);
	size_t quote = skip_blanks(s, end + (mark == '('));
	bool function = mark == '(' && str_ends(key, STR("PASSWORD")); /* of SQL */
	if (!(sets || function || (start && s.p[start - 1] == '.' && mark == '(')) || !one_of(mark, "( ") ||
	    !one_of(at_or_nul(s, quote), "\"'"))
		return end;
	struct str secret = part(s, quote + 1, redact_secret_run(s, quote + 1));
	bool told = redact_says_nothing(secret) || redact_is_code(s, quote + 1) || memchr(secret.p, ' ', secret.n);
	return told ? end : redact_take(f, quote + 1, secret.n, REDACT_SECRET);
}

/* redact_nick_behind: "/msg NickServ IDENTIFY x1", "PRIVMSG NickServ :IDENTIFY bob x1", "ns register x1 mail". */
size_t redact_nick_behind(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line, rest = str_from(s, end), word, next;
	bool service = redact_within(s, start, STR("nickserv ")) || redact_within(s, start, STR("/ns "));
	if (!service || at_or_nul(s, end) != ' ' || !str_word(&rest, &word) || redact_says_nothing(word))
		return end;
	bool second = char_lower(s.p[start]) == 'i' && str_word(&rest, &next);
	word = second ? next : word;
	if (str_trim(rest).n && second) /* a sentence */
		return end;
	return redact_take(f, (size_t)(word.p - s.p), word.n, REDACT_SECRET);
}

bool redact_asks(struct str line)
{
	return str_find(line, STR("expect")) != STR_NONE &&
	       (str_find(line, STR("assword")) != STR_NONE || str_find(line, STR("assphrase")) != STR_NONE);
}

/* redact_typed: x1 of 'send -- "x1\r"', behind "send"; where it is not known that a password was asked for, only what
 * has letters and digits and is one word. Empty for none. */
struct str redact_typed(struct str s, size_t end, bool asked)
{
	static const struct str dashes = STR_LIT("-- ");
	size_t at = skip_blanks(s, end);
	at = str_starts(str_from(s, at), dashes) ? skip_blanks(s, at + dashes.n) : at;
	if (at == end || !one_of(at_or_nul(s, at), "\"'{"))
		return STR("");
	bool braced = s.p[at++] == '{';
	size_t n = braced ? str_find_char(str_from(s, at), '}') : redact_secret_run(s, at);
	struct str typed = n == STR_NONE ? STR("") : part(s, at, n);
	bool ends = str_ends(typed, STR("\\r")) || str_ends(typed, STR("\\n"));
	while (str_ends(typed, STR("\\r")) || str_ends(typed, STR("\\n")))
		typed.n -= 2;
	bool letter = false, one = true;
	for (size_t i = 0; i < typed.n; i++) {
		letter |= char_is_alpha(typed.p[i]);
		one = one && !one_of(typed.p[i], " /$[]\\.:");
	}
	bool odd = letter && one && str_has_digit(typed) && typed.n > 5;
	return ends && typed.n > 2 && (asked || odd) && !redact_is_code(s, at) ? typed : STR("");
}

size_t redact_typed_behind(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line;
	size_t from = start > REDACT_COMMAND_MAX ? start - REDACT_COMMAND_MAX : 0;
	struct str typed = redact_typed(s, end, redact_asks(part(s, from, start - from)));
	return typed.n ? redact_take(f, (size_t)(typed.p - s.p), typed.n, REDACT_SECRET) : end;
}
