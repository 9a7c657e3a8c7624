/* SPDX-License-Identifier: MIT
 *
 * What stands before a stamp, or in its place: containers, chats, SAP's traces, installers, events of Kubernetes.
 */
#include "match/envelope_peel.h"

#include <string.h>

/* "web-1  | ": the container's name, as Compose shows it; "[pod/web/app] ": as kubectl does */
bool peel_container(struct peel *p)
{
	struct str rest = p->rest, word;
	if (!(p->has & (HAS_BAR | HAS_BRACKET)) || !str_word(&rest, &word) || word.n > 80)
		return false;
	struct str behind = str_trim(rest);
	bool compose = word.n > 2 && char_is_digit(word.p[word.n - 1]) && char_is_lower(word.p[0]) &&
		       str_starts(behind, STR("| "));
	bool pod = str_starts(word, STR("[pod/")) && str_ends(word, STR("]"));
	if (!compose && !pod)
		return false;
	p->e->component = pod ? (struct str){ word.p + 1, word.n - 2 } : word;
	p->rest = compose ? str_from(behind, 2) : behind;
	peel_kind(p, "container");
	return true;
}

/* "build" TAB "Run tests" TAB "2001-03-12T10:56:20.1134560Z text": job and step */
bool peel_step(struct peel *p)
{
	enum { FIELD_MAX = 80 };
	struct str job, step, rest;
	if (!(p->has & HAS_TAB) || !str_cut(p->rest, '\t', &job, &rest) || !str_cut(rest, '\t', &step, &rest) ||
	    !job.n || !step.n || job.n > FIELD_MAX || step.n > FIELD_MAX)
		return false;
	rest = str_from(rest, str_starts(rest, STR("\xEF\xBB\xBF")) ? 3 : 0);
	if (peel_date(rest) != 10 || !peel_byte_at(rest, 10, "T") || !peel_clock(rest, 11))
		return false;
	p->e->component = step;
	p->rest = rest;
	peel_kind(p, "workflow");
	return true;
}

/* "John Doe [14:03]: " */
bool peel_chat(struct peel *p)
{
	struct str head = str_first(p->rest, 48);
	size_t open = p->has & HAS_BRACKET ? str_find_char(head, '[') : STR_NONE, clock;
	if (open == STR_NONE || open < 3 || head.p[open - 1] != ' ' || !(clock = peel_clock(head, open + 1)) ||
	    !str_starts(str_from(head, open + 1 + clock), STR("]: ")))
		return false;
	for (size_t i = 0; i + 1 < open; i++)
		if (!char_is_alpha(head.p[i]) && head.p[i] != ' ' && head.p[i] != '.' &&
		    (unsigned char)head.p[i] < 0x80)
			return false;
	p->e->time = str_first(str_from(head, open + 1), clock);
	peel_drop(p, open + 1 + clock + 3);
	peel_kind(p, "chat");
	return true;
}

/* "M  *** ERROR => text [file.c  1234]": SAP's developer traces */
bool peel_sap(struct peel *p)
{
	static const struct str mark = STR_LIT("*** ERROR => ");
	size_t at = p->has & HAS_STAR ? str_find(str_first(p->rest, mark.n + 4), mark) : STR_NONE;
	if (at == STR_NONE)
		return false;
	struct str rest = str_from(p->rest, at + mark.n), file, line;
	const char *open = str_ends(rest, STR("]")) ? memrchr(rest.p, '[', rest.n) : NULL;
	struct str tail = open ? str_from(rest, (size_t)(open + 1 - rest.p)) : STR("");
	if (str_word(&tail, &file) && str_word(&tail, &line) && !tail.n && peel_digits(line, 0, 1, 8) + 1 == line.n) {
		p->e->component = file;
		rest = str_first(rest, (size_t)(open - rest.p));
	}
	p->e->level = (struct str){ p->rest.p + at + 4, 5 };
	p->rest = rest;
	peel_kind(p, "sap");
	return true;
}

/* "Error 1904. text", "Error 1904.Text": numbers of its own, which are no codes of Windows. A message that an article
 * quotes with its number begins in the dress. */
static void peel_installer_error(struct peel *p)
{
	static const struct str error = STR_LIT("Error ");
	size_t digits = str_starts(p->rest, error) ? peel_digits(p->rest, error.n, 4, 5) : 0, end = error.n + digits;
	if (digits && peel_byte_at(p->rest, end, ".") && str_trim(str_from(p->rest, end + 1)).n)
		peel_drop(p, end + 1);
}

/* "MSI (s) (A4:3C) [10:56:20:113]: Product: Tool -- text", and behind another stamp without its clock */
bool peel_installer(struct peel *p)
{
	static const struct str begins = STR_LIT("MSI ("), product = STR_LIT("Product: "), behind = STR_LIT(" -- ");
	enum { PRODUCT_MAX = 120 };
	bool told = false;
	if (str_starts(p->rest, begins)) {
		size_t open = str_find_char(str_first(p->rest, 24), '[');
		size_t clock = open == STR_NONE ? 0 : peel_clock(p->rest, open + 1);
		if (!clock || !str_starts(str_from(p->rest, open + 1 + clock), STR("]: ")))
			return false;
		p->e->time = str_first(str_from(p->rest, open + 1), clock);
		p->e->component = str_first(p->rest, 3);
		peel_drop(p, open + clock + 4);
		peel_kind(p, "installer");
		told = true;
	}
	size_t end = str_starts(p->rest, product) ? str_find(str_first(p->rest, PRODUCT_MAX), behind) : STR_NONE;
	if (end != STR_NONE && str_trim(str_from(p->rest, end + behind.n)).n) {
		peel_drop(p, end + behind.n);
		peel_kind(p, "installer");
		told = true;
	}
	if (told)
		peel_installer_error(p);
	return told;
}

/* take_event notes the parts of an event of Kubernetes, where it is one; source: who tells it, or of what. */
static bool take_event(struct peel *p, struct str type, struct str reason, struct str source, struct str rest)
{
	if (!(str_eq(type, STR("Warning")) || str_eq(type, STR("Normal"))) || !str_trim(rest).n)
		return false;
	p->e->level = type;
	p->e->component = source;
	p->e->event = reason;
	p->rest = rest;
	peel_drop(p, 0);
	peel_kind(p, "container");
	return true;
}

/* "12s", "3m12s", and how often: "12s (x3 over 60s)" */
static bool take_age(struct str *s)
{
	struct str age;
	if (!str_word(s, &age) || !char_is_digit(age.p[0]) || !peel_byte_at(age, age.n - 1, "smhd"))
		return false;
	size_t times = str_starts(*s, STR(" (x")) ? str_find_char(str_first(*s, 40), ')') : STR_NONE;
	*s = str_from(*s, times == STR_NONE ? 0 : times + 1);
	return true;
}

/* "Warning  Failed   12s (x3 over 60s)  kubelet  text": the same as kubectl describes a pod */
static bool peel_described(struct peel *p)
{
	struct str rest = p->rest, type, reason, source;
	if (!str_word(&rest, &type) || !str_word(&rest, &reason) || !take_age(&rest) || !str_word(&rest, &source) ||
	    !str_starts(rest, STR("  ")))
		return false;
	return take_event(p, type, reason, source, rest);
}

/* "3m12s   Warning   FailedMount   pod/web   text": events of Kubernetes as kubectl lists them */
bool peel_kubernetes(struct peel *p)
{
	struct str rest = p->rest, age, type, reason, object;
	if (peel_byte_at(rest, 0, "WN"))
		return peel_described(p);
	if (!rest.n || !char_is_digit(rest.p[0]) || !str_word(&rest, &age) || !str_word(&rest, &type) ||
	    !str_word(&rest, &reason) || !str_word(&rest, &object) || str_find_char(object, '/') == STR_NONE)
		return false;
	return take_event(p, type, reason, object, rest);
}
