/* SPDX-License-Identifier: MIT */
#include "match/envelope.h"

#include <string.h>

/* The reader peels from both ends: rest is what is left. */
struct peel {
	struct str rest;
	struct match_envelope *e;
};

static size_t digits_at(struct str s, size_t at, size_t least, size_t most)
{
	size_t n = 0;
	while (at + n < s.n && n < most && char_is_digit(s.p[at + n]))
		n++;
	return n < least || (at + n < s.n && char_is_digit(s.p[at + n])) ? 0 : n;
}

static bool byte_at(struct str s, size_t at, const char *any)
{
	return at < s.n && s.p[at] && strchr(any, s.p[at]);
}

static void drop(struct peel *p, size_t n)
{
	p->rest = str_from(p->rest, n);
	while (p->rest.n && (char_is_space(p->rest.p[0]) || p->rest.p[0] == ','))
		p->rest = str_from(p->rest, 1);
}

static void set_kind(struct peel *p, const char *kind)
{
	if (!p->e->kind.n)
		p->e->kind = str_c(kind);
}

/* 12:34:56 and what follows it: .789, ,789, Z, +01:00, AM */
static size_t clock_at(struct str s, size_t at)
{
	size_t n = at, d = digits_at(s, n, 1, 2);
	if (!d || !byte_at(s, n + d, ":") || digits_at(s, n + d + 1, 2, 2) != 2)
		return 0;
	n += d + 3;
	if (byte_at(s, n, ":") && digits_at(s, n + 1, 2, 2))
		n += 3;
	if (byte_at(s, n, ".,") && (d = digits_at(s, n + 1, 1, 9)) > 0)
		n += d + 1;
	if (byte_at(s, n, "Z"))
		n++;
	else if (byte_at(s, n, "+-") && (digits_at(s, n + 1, 4, 4) || digits_at(s, n + 1, 2, 3)))
		n += byte_at(s, n + 3, ":") ? 6 : digits_at(s, n + 1, 2, 4) + 1;
	struct str rest = str_from(s, n);
	if (str_starts_nocase(rest, STR(" AM")) || str_starts_nocase(rest, STR(" PM")))
		n += 3;
	return n < s.n && char_is_alnum(s.p[n]) ? 0 : n - at;
}

/* 2001-03-12, 2001/03/12, 12/03/01, 12.03.2001 */
static size_t date_at(struct str s)
{
	size_t y = digits_at(s, 0, 1, 4);
	if (!y || !byte_at(s, y, "-/."))
		return 0;
	char sep = s.p[y];
	size_t m = digits_at(s, y + 1, 1, 2);
	if (!m || y + 1 + m >= s.n || s.p[y + 1 + m] != sep)
		return 0;
	size_t d = digits_at(s, y + m + 2, 1, 4);
	if (!d || (y != 4 && sep != '/' && d != 4))
		return 0;
	return y + m + d + 2;
}

static bool is_level(struct str word)
{
	static const char *const levels[] = { "ERROR", "WARN", "WARNING", "INFO", "FATAL", "DEBUG", "TRACE", "CRITICAL", "NOTICE", "ERR" };
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		if (str_eq_nocase(word, str_c(levels[i])))
			return true;
	return false;
}

/* peel_sender takes "host app[123]: " of s; false, and nothing noted, where it begins otherwise. */
static bool peel_sender(struct peel *p, struct str s)
{
	struct str host, tag, rest = s;
	if (!str_word(&rest, &host) || !str_word(&rest, &tag) || !str_ends(tag, STR(":")))
		return false;
	size_t end = 0;
	while (end < tag.n && !byte_at(tag, end, "[:("))
		end++;
	p->e->host = host;
	p->e->component = str_first(tag, end);
	if (byte_at(tag, end, "[("))
		p->e->thread = str_first(str_from(tag, end + 1), tag.n > end + 3 ? tag.n - end - 3 : 0);
	p->rest = rest;
	return true;
}

/* is_rfc3339: the stamp that syslog daemons write today: a T, and a zone. */
static bool is_rfc3339(struct str stamp)
{
	size_t t = str_find_char(stamp, 'T');
	struct str clock = t == STR_NONE ? STR("") : str_from(stamp, t);
	return str_ends(clock, STR("Z")) || str_find_char(clock, '+') != STR_NONE || str_find_char(clock, '-') != STR_NONE;
}

static bool peel_date_clock(struct peel *p)
{
	bool bracket = byte_at(p->rest, 0, "[");
	struct str s = str_from(p->rest, bracket);
	size_t date = date_at(s), at = date;
	while (date && (byte_at(s, at, " T,") || byte_at(s, at, "\t")))
		at++;
	size_t clock = clock_at(s, at);
	size_t n = clock ? at + clock : date;
	if (!n || (!clock && !byte_at(s, n, " \t,]")) || (bracket && !byte_at(s, n, "]")))
		return false;
	p->e->time = str_first(s, n);
	drop(p, n + (bracket ? 2 : 0));
	struct str ahead = p->rest, first = STR("");
	str_word(&ahead, &first);
	if (!bracket && date && clock && is_rfc3339(p->e->time) && !is_level(first) && !byte_at(first, 0, "[<({") &&
	    !str_ends(first, STR(":")) && peel_sender(p, p->rest)) {
		drop(p, 0);
		set_kind(p, "syslog");
	}
	set_kind(p, date ? "iso" : "clock");
	return true;
}

static size_t month_at(struct str s)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	for (size_t i = 0; i < 12; i++)
		if (str_starts(s, str_c(months[i])))
			return 3;
	return 0;
}

/* "Mar 12 01:02:03 host app[123]: " */
static bool peel_syslog(struct peel *p)
{
	struct str s = p->rest;
	size_t n = 0;
	if (byte_at(s, 0, "<") && (n = digits_at(s, 1, 1, 3)) > 0 && byte_at(s, n + 1, ">"))
		s = str_from(s, n + 2);
	size_t at = month_at(s);
	while (at && byte_at(s, at, " "))
		at++;
	size_t day = at ? digits_at(s, at, 1, 2) : 0;
	size_t clock = day && byte_at(s, at + day, " ") ? clock_at(s, at + day + 1) : 0;
	if (!clock)
		return false;
	at += day + 1 + clock;
	p->e->time = str_first(s, at);
	s = str_trim(str_from(s, at));
	if (!peel_sender(p, s))
		p->rest = s;
	drop(p, 0);
	set_kind(p, "syslog");
	return true;
}

/* structured_end gives what "-" or "[id k=\"v\"][...]" takes of s; 0 where it is neither. */
static size_t structured_end(struct str s)
{
	size_t at = byte_at(s, 0, "-");
	while (!byte_at(s, 0, "-") && byte_at(s, at, "[")) {
		bool quoted = false;
		for (at++; at < s.n && (quoted || s.p[at] != ']'); at++) {
			if (s.p[at] == '\\')
				at++;
			else if (s.p[at] == '"')
				quoted = !quoted;
		}
		at += at < s.n;
	}
	return at < s.n && s.p[at] != ' ' ? 0 : at;
}

/* "<13>1 2003-10-11T22:14:15.003Z host app 123 ID47 - text": RFC 5424 */
static bool peel_syslog_new(struct peel *p)
{
	struct str s = p->rest, words[5];
	size_t n = byte_at(s, 0, "<") ? digits_at(s, 1, 1, 3) : 0;
	if (!n || !str_starts(str_from(s, n + 1), STR(">1 ")))
		return false;
	s = str_from(s, n + 4);
	for (size_t i = 0; i < 5; i++)
		if (!str_word(&s, &words[i]))
			return false;
	s = str_trim(s);
	size_t end = structured_end(s);
	if (!end || (!str_eq(words[0], STR("-")) && !date_at(words[0])))
		return false;
	struct str *const to[] = { &p->e->time, &p->e->host, &p->e->component, &p->e->thread };
	for (size_t i = 0; i < 4; i++)
		if (!str_eq(words[i], STR("-")))
			*to[i] = words[i];
	p->rest = s;
	drop(p, end);
	set_kind(p, "syslog");
	return true;
}

/* "Error","11/03/01","16:55:15","Application","None","2276","N/A","host","text" */
static bool peel_event_csv(struct peel *p)
{
	struct str fields[12], s = p->rest;
	size_t count = 0;
	if (!byte_at(s, 0, "\""))
		return false;
	s = str_from(s, 1);
	for (size_t end; count < 8 && (end = str_find(str_first(s, 200), STR("\",\""))) != STR_NONE; count++) {
		fields[count] = str_first(s, end);
		s = str_from(s, end + 3);
	}
	if (count < 5 || !date_at(fields[1]) || !clock_at(fields[2], 0))
		return false;
	p->e->time = (struct str){ fields[1].p, (size_t)(fields[2].p + fields[2].n - fields[1].p) };
	p->e->component = fields[3];
	p->e->host = fields[count - 1];
	p->rest = s;
	s = str_trim(s);
	if (str_ends(s, STR("\"")))
		p->rest = str_first(s, s.n - 1);
	set_kind(p, "nt-event");
	return true;
}

static struct str angle_field(struct str *tail)
{
	size_t end = byte_at(*tail, 0, "<") ? str_find_char(*tail, '>') : STR_NONE;
	if (end == STR_NONE)
		return STR("");
	struct str inside = str_first(str_from(*tail, 1), end - 1);
	*tail = str_from(*tail, end + 1);
	return inside;
}

/* "~text  $$<SMS_LAN_SENDER><Tue Mar 12 10:56:20 2001><thread=8973 (0x230D)>" */
static bool peel_sms(struct peel *p)
{
	size_t at = STR_NONE;
	for (size_t from = 0, found; (found = str_find(str_from(p->rest, from), STR("$$<"))) != STR_NONE;
	     from = at + 3)
		at = from + found;
	if (at == STR_NONE || p->rest.n - at > 300)
		return false;
	struct str tail = str_from(p->rest, at + 2);
	struct str component = angle_field(&tail), time = angle_field(&tail), thread = angle_field(&tail);
	if (!component.n || !time.n)
		return false;
	p->e->component = component;
	p->e->time = time;
	p->e->thread = str_starts(thread, STR("thread=")) ? str_from(thread, 7) : thread;
	p->rest = str_trim_end(str_first(p->rest, at));
	while (byte_at(p->rest, 0, "~ "))
		p->rest = str_from(p->rest, 1);
	set_kind(p, "sms");
	return true;
}

/* ConfigMgr: <![LOG[text]LOG]!><time="..." date="..." component="X" context="" type="3" thread="12" file="..."> */
static struct str attribute(struct str tail, struct str name)
{
	size_t at = str_find(tail, name);
	if (at == STR_NONE)
		return STR("");
	struct str value = str_from(tail, at + name.n);
	size_t end = str_find_char(value, '"');
	return end == STR_NONE ? STR("") : str_first(value, end);
}

static bool peel_configmgr(struct peel *p)
{
	size_t end = str_starts(p->rest, STR("<![LOG[")) ? str_find(p->rest, STR("]LOG]!>")) : STR_NONE;
	if (end == STR_NONE)
		return false;
	struct str tail = str_from(p->rest, end + 7);
	p->e->time = attribute(tail, STR("time=\""));
	p->e->component = attribute(tail, STR("component=\""));
	p->e->thread = attribute(tail, STR("thread=\""));
	p->rest = str_first(str_from(p->rest, 7), end - 7);
	set_kind(p, "configmgr");
	return true;
}

/* {"...": "...", "message": "text"} */
static bool peel_json(struct peel *p)
{
	static const char *const keys[] = { "\"message\"", "\"MESSAGE\"", "\"msg\"", "\"Message\"", "\"log\"" };
	if (!byte_at(p->rest, 0, "{"))
		return false;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		size_t at = str_find(p->rest, str_c(keys[i]));
		if (at == STR_NONE)
			continue;
		struct str value = str_trim(str_from(p->rest, at + strlen(keys[i])));
		value = byte_at(value, 0, ":") ? str_trim(str_from(value, 1)) : value;
		if (!byte_at(value, 0, "\""))
			continue;
		size_t end = 1;
		while (end < value.n && value.p[end] != '"')
			end += value.p[end] == '\\' ? 2 : 1;
		p->e->component = attribute(p->rest, STR("\"SYSLOG_IDENTIFIER\":\""));
		p->rest = str_first(str_from(value, 1), (end < value.n ? end : value.n) - 1);
		set_kind(p, "json");
		return true;
	}
	return false;
}

/* [0x1a4], [1234], (0x230D), T:1a4 */
static bool peel_thread(struct peel *p)
{
	struct str s = p->rest;
	if (!byte_at(s, 0, "[("))
		return false;
	size_t end = str_find_char(str_first(s, 24), s.p[0] == '[' ? ']' : ')');
	struct str inside = end == STR_NONE ? STR("") : str_first(str_from(s, 1), end - 1);
	size_t hex = 0;
	for (size_t i = 0; i < inside.n; i++)
		hex += char_is_hex(inside.p[i]) || char_lower(inside.p[i]) == 'x' || inside.p[i] == ':';
	if (!inside.n || hex < inside.n || !char_is_digit(inside.p[0]))
		return false;
	p->e->thread = inside;
	drop(p, end + 1);
	return true;
}

/* The kernel's seconds since the start: "[ 4021.337125]". */
static bool peel_uptime(struct peel *p)
{
	struct str s = p->rest;
	size_t end = byte_at(s, 0, "[") ? str_find_char(str_first(s, 24), ']') : STR_NONE;
	struct str inside = end == STR_NONE ? STR("") : str_trim(str_first(str_from(s, 1), end - 1)), whole, part;
	if (!str_cut(inside, '.', &whole, &part) || !whole.n || digits_at(whole, 0, 1, whole.n) != whole.n || !part.n ||
	    digits_at(part, 0, 1, part.n) != part.n)
		return false;
	p->e->time = inside;
	set_kind(p, "kernel");
	drop(p, end + 1);
	return true;
}

static bool peel_level(struct peel *p)
{
	static const char *const levels[] = { "ERROR", "WARN", "WARNING", "INFO", "FATAL", "DEBUG", "TRACE", "CRITICAL",
					      "NOTICE", "ERR", "Error  ", "Warning  ", "Info  " };
	bool bracket = byte_at(p->rest, 0, "[");
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		struct str word = str_c(levels[i]), s = str_from(p->rest, bracket);
		if (!str_starts(s, word) || (!bracket && !char_is_space(s.p[word.n - 1]) && !byte_at(s, word.n, " \t")) ||
		    (bracket && !byte_at(s, word.n, "]")))
			continue;
		drop(p, word.n + (bracket ? 2 : 0));
		return true;
	}
	return false;
}

/* "CBS    text", "Component: text": told, and in the second form left in the message, which may begin so itself. */
static void note_component(struct peel *p)
{
	struct str rest = p->rest, word;
	if (p->e->component.n || !str_word(&rest, &word))
		return;
	if (str_starts(rest, STR("  ")) || str_starts(rest, STR("\t"))) {
		p->e->component = word;
		p->rest = rest;
		drop(p, 0);
	} else if (word.n > 2 && str_ends(word, STR(":"))) {
		p->e->component = str_first(word, word.n - 1);
	}
}

enum event_field { EVENT_NONE, EVENT_OTHER, EVENT_ID, EVENT_SOURCE, EVENT_COMPUTER, EVENT_DATE, EVENT_DESCRIPTION };
enum { EVENT_FIELDS_LEAST = 3, EVENT_LINES_MAX = 24 };

/* "Event Source:\tDhcp" */
static enum event_field event_field_of(struct str line, struct str *ret_value)
{
	static const struct { const char *name; enum event_field field; } names[] = {
		{ "event id", EVENT_ID },	   { "eventid", EVENT_ID },	     { "event source", EVENT_SOURCE },
		{ "source", EVENT_SOURCE },	   { "computer", EVENT_COMPUTER },   { "date", EVENT_DATE },
		{ "description", EVENT_DESCRIPTION }, { "event type", EVENT_OTHER }, { "type", EVENT_OTHER },
		{ "event category", EVENT_OTHER }, { "category", EVENT_OTHER },	     { "task category", EVENT_OTHER },
		{ "time", EVENT_OTHER },	   { "user", EVENT_OTHER },	     { "level", EVENT_OTHER },
		{ "keywords", EVENT_OTHER },	   { "log name", EVENT_OTHER },	     { "opcode", EVENT_OTHER },
	};
	struct str name, value;
	if (!str_cut(line, ':', &name, &value))
		return EVENT_NONE;
	*ret_value = str_trim(value);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq_nocase(str_trim(name), str_c(names[i].name)))
			return names[i].field;
	return EVENT_NONE;
}

bool envelope_event(struct str text, struct match_envelope *ret_envelope)
{
	struct match_envelope e = { .kind = STR("nt-event") };
	struct str rest = text, line, value = STR("");
	unsigned known = 0;
	bool id = false;
	for (unsigned n = 0; n < EVENT_LINES_MAX && str_line(&rest, &line); n++) {
		enum event_field field = event_field_of(line, &value);
		known += field != EVENT_NONE;
		id |= field == EVENT_ID;
		if (field == EVENT_SOURCE)
			e.component = value;
		else if (field == EVENT_COMPUTER)
			e.host = value;
		else if (field == EVENT_DATE)
			e.time = value;
		if (field != EVENT_DESCRIPTION)
			continue;
		struct str payload = str_trim(value.n ? str_from(text, (size_t)(value.p - text.p)) : rest);
		if (!id || known < EVENT_FIELDS_LEAST || !payload.n)
			return false;
		e.payload.start = (size_t)(payload.p - text.p);
		e.payload.end = e.payload.start + payload.n;
		*ret_envelope = e;
		return true;
	}
	return false;
}

void envelope_read(struct str text, struct match_envelope *ret_envelope)
{
	struct match_envelope e = { .kind = STR("") };
	struct peel p = { str_trim(text), &e };
	bool stamped = peel_syslog_new(&p) || peel_event_csv(&p) || peel_configmgr(&p) || peel_json(&p);
	stamped |= peel_sms(&p);
	while (peel_syslog(&p) || peel_date_clock(&p) || peel_uptime(&p))
		stamped = true;
	if (peel_thread(&p)) {
		stamped = true;
		set_kind(&p, "thread");
	}
	if (stamped && peel_level(&p)) {
		peel_thread(&p);
		note_component(&p);
	}
	p.rest = str_trim(p.rest);
	if (!p.rest.n) { /* nothing but dress: then it is the message */
		e = (struct match_envelope){ .kind = STR("") };
		p.rest = str_trim(text);
	}
	e.payload.start = (size_t)(p.rest.p - text.p);
	e.payload.end = e.payload.start + p.rest.n;
	*ret_envelope = e;
}
