/* SPDX-License-Identifier: MIT
 *
 * Names by what stands on both sides of them: "sudo: alice : TTY=", "mx1[192.0.2.9]", "connect to nas1: ...". See
 * redact_shapes.h.
 */
#include "scan/redact_shapes.h"

#include <string.h>

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
	if (at && s.p[at - 1] == ']')
		while (at && s.p[at] != '[')
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
	return str_word(&rest, &word) && char_is_upper(word.p[0]) && redact_in_list(word, acts);
}

/* has_address: "mx1[192.0.2.9]", "pc7 (192.0.2.9)", or in parentheses behind one, as a lease of DHCP has it */
static bool has_address(const struct redact_finder *f, size_t at, size_t end)
{
	struct str s = f->line;
	const struct redact_span *last = f->count ? &f->spans[f->count - 1] : NULL;
	if (at > 1 && s.p[at - 1] == '(' && at_or_nul(s, end) == ')')
		return last && last->kind == REDACT_ADDR && last->end + 2 == at && s.p[at - 2] == ' ';
	size_t open = end + (at_or_nul(s, end) == ' ');
	bool bracket = at_or_nul(s, open) == '[' && open == end;
	bool card = str_eq_nocase(redact_word_before(s, at), STR("interface"));
	size_t n = !card && (bracket || at_or_nul(s, open) == '(') ? redact_address_at(s, open + 1) : 0;
	return n && at_or_nul(s, open + 1 + n) == (bracket ? ']' : ')');
}

/* is_gone_to: "could not connect to depot", "cannot reach nas1: ...", "logged on from PCX" */
static bool is_gone_to(struct str s, size_t at, size_t end)
{
	static const char arrivals[] = "on in login logon connection connected disconnected";
	struct str before = redact_word_before(s, at), rest = str_first(str_from(s, end), REDACT_COMMAND_MAX);
	bool to = str_eq_nocase(before, STR("to")), from = str_eq_nocase(before, STR("from"));
	bool reach = redact_in_list(before, "reach resolve ping") && redact_tells_apart(part(s, at, end - at));
	if (!(to || from || reach))
		return false;
	struct str verb = redact_word_before(s, (size_t)(before.p - s.p));
	if ((to && !redact_in_list(verb, "connect connection connecting reconnect")) ||
	    (from && !redact_in_list(verb, arrivals)))
		return false;
	struct str next = str_trim(rest), word;
	bool url = rest.n && rest.p[0] == ':' && str_word(&(struct str){ rest.p + 1, rest.n - 1 }, &word) &&
		   str_find(word, STR("://")) != STR_NONE; /* "connecting to the shop: x://nas1" */
	return !url &&
	       (!next.n || strchr(",;:)", rest.p[0]) || str_eq(next, STR(".")) || str_starts(rest, STR(" failed")) ||
		str_starts(rest, STR(" port ")) || str_starts(rest, STR(" timed out")));
}

size_t redact_beside_at(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = redact_name_run(s, at), end = at + n;
	char before = at > 1 && s.p[at - 1] == ' ' ? s.p[at - 2] : 0, next = at_or_nul(s, end);
	bool behind = one_of(next, "([") || (next == ' ' && one_of(at_or_nul(s, end + 1), "(:")) ||
		      (at && s.p[at - 1] == '(');
	enum redact_kind kind = REDACT_HOST;
	if (n < 2 || !(behind || one_of(before, "omhteyg"))) /* most words */
		return at;
	if (behind && (str_starts(str_from(s, end), STR("(uid=")) || of_sudo(s, at, end) || of_cron(s, at, end)))
		kind = REDACT_USER;
	else if ((stands_before(s, at, STR("community ")) || stands_before(s, at, STR("community string "))) &&
		 redact_within(s, at, STR("snmp")))
		kind = REDACT_SECRET;
	else if (!(behind && has_address(f, at, end)) && !is_gone_to(s, at, end))
		return at;
	return redact_is_common(part(s, at, n)) ? at : redact_take(f, at, n, kind);
}
