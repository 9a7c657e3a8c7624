/* SPDX-License-Identifier: MIT
 *
 * Names by what stands on both sides of them: "sudo: alice : TTY=", "mx1[192.0.2.9]", "connect to nas1: ...", "nas1:
 * unreachable", "node/nas1 NotReady". See redact_shapes.h.
 */
#include "scan/redact_shapes.h"

#include <string.h>

enum { PID_MAX = 12 }; /* bytes, with its brackets */

static bool stands_before(struct str s, size_t at, struct str word)
{
	return at >= word.n && str_eq_nocase(part(s, at - word.n, word.n), word);
}

/* of_sudo: "sudo:  alice : TTY=..." */
static bool of_sudo(struct str s, size_t at, size_t end)
{
	if (!str_starts(str_from(s, end), STR(" : ")))
		return false;
	while (at && s.p[at - 1] == ' ')
		at--;
	if (!at || s.p[--at] != ':')
		return false;
	for (size_t n = 0; at && s.p[at] != '[' && (n ? n < PID_MAX : s.p[at - 1] == ']'); n++)
		at--;
	return stands_before(s, at, STR("sudo"));
}

/* of_cron: "(alice) CMD (x)" */
static bool of_cron(struct str s, size_t at, size_t end)
{
	static const char acts[] = "cmd list replace reload begin end";
	struct str rest = str_from(s, end), word;
	if (!at || s.p[at - 1] != '(' || !str_starts(rest, STR(") ")))
		return false;
	rest = str_from(rest, 2);
	return str_word(&rest, &word) && char_is_upper(word.p[0]) && str_in_list(word, acts);
}

/* has_address: "mx1[192.0.2.9]", "pc7 (192.0.2.9)", "H=(pc7) [192.0.2.9]", or in parentheses behind one, as a lease of
 * DHCP has it */
static bool has_address(const struct redact_finder *f, size_t at, size_t end)
{
	struct str s = f->line;
	const struct redact_span *last = redact_last(f);
	bool enclosed = at > 1 && s.p[at - 1] == '(' && at_or_nul(s, end) == ')';
	if (enclosed && s.p[at - 2] == '=' && str_starts(str_from(s, end), STR(") [")))
		return redact_address_at(s, end + 3);
	if (enclosed)
		return last && last->kind == REDACT_ADDR && last->end + 2 == at && s.p[at - 2] == ' ';
	size_t open = end + (at_or_nul(s, end) == ' ');
	bool bracket = at_or_nul(s, open) == '[' && open == end;
	bool card = str_eq_nocase(redact_word_before(s, at), STR("interface")) || redact_is_card(part(s, at, end - at));
	size_t n = !card && (bracket || at_or_nul(s, open) == '(') ? redact_address_at(s, open + 1) : 0;
	return n && at_or_nul(s, open + 1 + n) == (bracket ? ']' : ')');
}

/* is_gone_to: "could not connect to depot", "cannot reach nas1: ...", "logged on from PCX" */
static bool is_gone_to(struct str s, size_t at, size_t end)
{
	static const char arrivals[] = "on in login logon connection connected disconnected";
	struct str before = redact_word_before(s, at), rest = str_first(str_from(s, end), REDACT_COMMAND_MAX);
	bool to = str_eq_nocase(before, STR("to")), from = str_eq_nocase(before, STR("from"));
	bool reach = str_in_list(before, "reach resolve ping") && redact_tells_apart(part(s, at, end - at));
	if (!(to || from || reach))
		return false;
	struct str verb = redact_word_before(s, (size_t)(before.p - s.p));
	if ((to && !str_in_list(verb, "connect connection connecting reconnect")) ||
	    (from && !str_in_list(verb, arrivals)))
		return false;
	struct str next = str_trim(rest), word;
	bool url = rest.n && rest.p[0] == ':' && str_word(&(struct str){ rest.p + 1, rest.n - 1 }, &word) &&
		   str_find(word, STR("://")) != STR_NONE; /* "connecting to the shop: x://nas1" */
	return !url &&
	       (!next.n || strchr(",;:)", rest.p[0]) || str_eq(next, STR(".")) || str_starts(rest, STR(" failed")) ||
		str_starts(rest, STR(" port ")) || str_starts(rest, STR(" timed out")));
}

/* is_said_of: "nas1: Name or service not known": what is said of machines only; of calls and programs other things. */
static bool is_said_of(struct str s, size_t at, size_t end)
{
	static const struct str states[] = {
		STR_LIT("unreachable"),		STR_LIT("Name or service not known"),
		STR_LIT("host not found"),	STR_LIT("Host name lookup failure"),
		STR_LIT("unknown host"),	STR_LIT("nodename nor servname provided"),
		STR_LIT("no such host"),	STR_LIT("No address associated with hostname"),
		STR_LIT("not responding"),	STR_LIT("Temporary failure in name resolution"),
		STR_LIT("Non-existent domain"),
	};
	static const char calls[] =
		"getaddrinfo gethostbyname getnameinfo lookup resolve resolver ping dig host "
		"ssh scp curl wget rsync socket connect bind mount error warning reason destination";
	struct str name = part(s, at, end - at), rest = str_from(s, end + 2);
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (str_starts_nocase(rest, states[i]))
			return !str_in_list(name, calls) && !redact_keeps(name);
	return false;
}

/* is_user_said: "gustav: no such user" */
static bool is_user_said(struct str s, size_t at, size_t end)
{
	static const struct str states[] = { STR_LIT("no such user"), STR_LIT("unknown user"), STR_LIT("user unknown"),
					     STR_LIT("no such account"), STR_LIT("user does not exist") };
	static const char programs[] = "finger id getent passwd su sudo chown useradd usermod userdel error warning "
				       "login failure reason cause";
	struct str name = part(s, at, end - at), rest = str_from(s, end + 2);
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (str_starts_nocase(rest, states[i]) && at_or_nul(rest, states[i].n) != ' ')
			return !str_in_list(name, programs) && !redact_keeps(name) && !redact_is_program(name);
	return false;
}

/* is_in_path: "/usr/lib/node/express", "/dev/sda": what is before the slash stands behind one, or more goes on. */
static bool is_in_path(struct str s, size_t at, size_t end)
{
	size_t before = at - 1;
	while (before && is_name(s.p[before - 1]))
		before--;
	return (before && s.p[before - 1] == '/') || at_or_nul(s, end) == '/';
}

/* is_version: "node/v18.12.1" */
static bool is_version(struct str name)
{
	return name.n > 1 && char_lower(name.p[0]) == 'v' && char_is_digit(name.p[1]);
}

/* is_looked_up: "lookup nas1 on 192.0.2.1:53", "lookup nas1: no such host", "UnknownHostException: nas1", "node/nas1",
 * "back/nas1 is DOWN", and nas1:/export */
static bool is_looked_up(struct str s, size_t at, size_t end)
{
	struct str rest = str_from(s, end), name = part(s, at, end - at);
	if (stands_before(s, at, STR("lookup ")))
		return (str_starts(rest, STR(" on ")) && redact_address_at(s, end + 4)) ||
		       str_starts(rest, STR(": no such host"));
	static const struct str before[] = { STR_LIT("UnknownHostException: "), STR_LIT("ENOTFOUND "),
					     STR_LIT("EAI_AGAIN ") };
	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		if (stands_before(s, at, before[i]))
			return true;
	bool state = str_starts(rest, STR(" is DOWN")) || str_starts(rest, STR(" is UP"));
	if (at && s.p[at - 1] == '/' && (state || (stands_before(s, at, STR("node/")) && !is_version(name))))
		return !is_in_path(s, at, end);
	bool path = str_starts(rest, STR(":/")) && at_or_nul(s, end + 2) != '/' && (!at || s.p[at - 1] != '/');
	return path &&
	       (redact_tells_apart(name) || redact_within(s, at, STR("mount")) || redact_within(s, at, STR("nfs")) ||
		redact_within(s, at, STR("rsync ")) || redact_within(s, at, STR("scp ")));
}

/* is_person: "192.0.2.9 - alice [12/Mar", "su: (to root) alice on pts/1"; "alice from pc7", whose machine it is. */
static bool is_person(const struct redact_finder *f, size_t at, size_t end)
{
	struct str s = f->line, rest = str_from(s, end);
	const struct redact_span *last = redact_last(f);
	if (stands_before(s, at, STR(" - ")))
		return last && last->kind == REDACT_ADDR && last->end + 3 == at && str_starts(rest, STR(" [")) &&
		       char_is_digit(at_or_nul(s, end + 2));
	if (stands_before(s, at, STR(") ")))
		return redact_within(s, at, STR("su: (to ")) && str_starts(rest, STR(" on "));
	return stands_before(s, at, STR(" from ")) && last && last->kind == REDACT_USER && last->end + 6 == at &&
	       redact_tells_apart(part(s, at, end - at));
}

/* is_at_address: "alice/192.0.2.9:1194", as OpenVPN names who is connected and Java a machine; dnsmasq's lease ends
 * with the card's address and a name. */
static bool is_at_address(const struct redact_finder *f, size_t at, size_t end)
{
	struct str s = f->line;
	const struct redact_span *last = redact_last(f);
	if (last && last->kind == REDACT_ADDR && last->end + 1 == at && s.p[at - 1] == ' ' && end == s.n)
		return redact_within(s, at, STR("DHCP"));
	size_t n = at_or_nul(s, end) == '/' && (!at || s.p[at - 1] == ' ') ? redact_address_at(s, end + 1) : 0;
	return n && at_or_nul(s, end + 1 + n) == ':' && char_is_digit(at_or_nul(s, end + 2 + n));
}

/* bracketed_at: FreeRADIUS' "Login incorrect: [alice/x1]", vsftpd's "[alice] OK LOGIN" */
static size_t bracketed_at(struct redact_finder *f, size_t at, size_t end)
{
	struct str s = f->line, rest = str_from(s, end);
	if (str_starts(rest, STR("] OK ")) || str_starts(rest, STR("] FAIL ")))
		return redact_take(f, at, end - at, REDACT_USER);
	size_t n = str_find_char(str_first(rest, REDACT_COMMAND_MAX), ']');
	if (at_or_nul(s, end) != '/' || n == STR_NONE || n < 2 || one_of(rest.p[1], "<(") ||
	    !redact_within(s, at, STR("Login ")))
		return at;
	redact_take(f, at, end - at, REDACT_USER);
	return redact_take(f, end + 1, n - 1, REDACT_SECRET);
}

size_t redact_beside_at(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = redact_name_run(s, at), end = at + n;
	size_t bracketed = n > 1 && at && s.p[at - 1] == '[' ? bracketed_at(f, at, end) : at;
	if (bracketed > at)
		return bracketed;
	if (n > 1 && (end == s.n || s.p[end] == '/') && is_at_address(f, at, end))
		return redact_is_common(part(s, at, n)) ? at : redact_take(f, at, n, REDACT_HOST);
	char before = at > 1 && s.p[at - 1] == ' ' ? s.p[at - 2] : 0, next = at_or_nul(s, end);
	bool behind = one_of(next, "([") || (next == ' ' && one_of(at_or_nul(s, end + 1), "(:")) ||
		      (at && s.p[at - 1] == '(');
	enum redact_kind kind = REDACT_HOST;
	bool mark = next == ':' && one_of(at_or_nul(s, end + 1), " /");
	bool named = at && (s.p[at - 1] == '/' || one_of(before, "p:DN"));
	if (n > 1 && ((mark && str_starts(str_from(s, end), STR(": ")) && is_said_of(s, at, end)) ||
		      ((mark || named) && is_looked_up(s, at, end))))
		return redact_is_common(part(s, at, n)) ? at : redact_take(f, at, n, REDACT_HOST);
	if (n > 1 && mark && str_starts(str_from(s, end), STR(": ")) && is_user_said(s, at, end))
		return redact_is_common(part(s, at, n)) ? at : redact_take(f, at, n, REDACT_USER);
	if (n > 1 && (before == '-' || before == ')' || before == 'm') && is_person(f, at, end))
		return redact_take(f, at, n, before == 'm' ? REDACT_HOST : REDACT_USER);
	if (n < 2 || !(behind || one_of(before, "omhteyg"))) /* most words */
		return at;
	if (behind && (str_starts(str_from(s, end), STR("(uid=")) || of_sudo(s, at, end) || of_cron(s, at, end)))
		kind = REDACT_USER;
	else if ((stands_before(s, at, STR("community ")) || stands_before(s, at, STR("community string "))) &&
		 redact_within(s, at, STR("snmp")))
		kind = REDACT_SECRET;
	else if (!(behind && has_address(f, at, end)) && !is_gone_to(s, at, end))
		return at;
	bool odd = kind == REDACT_SECRET && str_has_digit(part(s, at, n));
	bool common = kind == REDACT_SECRET ? redact_says_nothing(part(s, at, n)) : redact_is_common(part(s, at, n));
	return common && !odd ? at : redact_take(f, at, n, kind);
}
