/* SPDX-License-Identifier: MIT
 *
 * Events of Windows NT and its successors: exported as tables, and as the viewers copy them.
 */
#include "match/envelope_peel.h"

#include <string.h>

/* ---- tables ---- */

enum { FIELDS_MAX = 12, FIELD_MAX = 160 };

/* A letter a field: d date, t time of day, D both, y type, i event id, u user, h computer, c component, x any other.
 * What follows is the description. By the event viewer of NT 4 and its MMC, dumpel, psloglist, and the viewer of today.
 */
static const char *const layouts[] = { "dtcyxiuh", "ydtcxiuh", "dtyxicuh", "yDcix",
				       "Dycix",	   "xxcyhDi",  "xcyhDi",   "yDciuh" };

static bool is_event_type(struct str s)
{
	static const struct str types[] = { STR_LIT("Success"),	      STR_LIT("Success Audit"),
					    STR_LIT("Failure Audit"), STR_LIT("Audit Success"),
					    STR_LIT("Audit Failure"), STR_LIT("Information"),
					    STR_LIT("Critical"),      STR_LIT("Error"),
					    STR_LIT("Warning"),	      STR_LIT("Verbose") };
	return STR_IS_ANY(s, types, str_eq_nocase) || (s.n == 1 && strchr("124", s.p[0])); /* dumpel's */
}

static bool is_date_clock(struct str s)
{
	size_t date = peel_date(s), clock = date && peel_byte_at(s, date, " T") ? peel_clock(s, date + 1) : 0;
	return clock && date + 1 + clock == s.n;
}

/* "N/A", a name, DOMAIN\name, a SID */
static bool is_user(struct str s)
{
	return s.n && str_find(s, STR("  ")) == STR_NONE;
}

static bool fits_field(char kind, struct str s)
{
	switch (kind) {
	case 'd': return s.n && peel_date(s) == s.n;
	case 't': return s.n && peel_clock(s, 0) == s.n;
	case 'D': return is_date_clock(s);
	case 'y': return is_event_type(s);
	case 'i': return s.n && s.n <= 10 && peel_digits(s, 0, 1, 10) == s.n;
	case 'h': return s.n && str_find_char(s, ' ') == STR_NONE;
	case 'u': return is_user(s);
	case 'c': return s.n && !char_is_digit(s.p[0]);
	default: return true;
	}
}

/* take_field takes the next field off *rest: it ends at the mark. */
static bool take_field(struct str *rest, char mark, struct str *ret_field)
{
	bool quoted = peel_byte_at(*rest, 0, "\"");
	struct str s = str_first(str_from(*rest, quoted), FIELD_MAX);
	size_t end = quoted ? str_find_char(s, '"') : str_find_char(s, mark);
	if (end == STR_NONE || (quoted && (end + 2 > rest->n - 1 || rest->p[end + 2] != mark)))
		return false;
	*ret_field = str_trim(str_first(s, end));
	*rest = str_from(*rest, end + 1 + 2 * quoted);
	return true;
}

static void note_fields(struct match_envelope *e, const char *layout, const struct str *fields)
{
	for (size_t i = 0; layout[i]; i++) {
		struct str x = fields[i];
		switch (layout[i]) {
		case 'd': e->time = (struct str){ x.p, (size_t)(fields[i + 1].p + fields[i + 1].n - x.p) }; break;
		case 'D': e->time = x; break;
		case 'y': e->level = x; break;
		case 'i': e->event = x; break;
		case 'h': e->host = x; break;
		case 'c': e->component = x; break;
		default: break;
		}
	}
}

/* The fields of a line, read as far as some layout needs them. */
struct fields {
	struct str items[FIELDS_MAX], rest; /* rest: behind those read */
	size_t count;
	bool ended; /* there are no more */
};

static bool has_layout(struct fields *f, const char *layout, char mark)
{
	for (size_t i = 0; layout[i]; i++) {
		if (i == f->count && !f->ended) {
			f->ended = !take_field(&f->rest, mark, &f->items[i]);
			f->count += !f->ended;
		}
		if (i >= f->count || !fits_field(layout[i], f->items[i]))
			return false;
	}
	return true;
}

static bool try_layout(struct peel *p, const char *layout, char mark, struct fields *f)
{
	if (!has_layout(f, layout, mark))
		return false;
	struct str rest = p->rest, field; /* another layout may have read more fields */
	for (size_t i = 0; layout[i]; i++)
		take_field(&rest, mark, &field);
	rest = str_trim(rest);
	if (!rest.n)
		return false;
	note_fields(p->e, layout, f->items);
	if (rest.n > 1 && rest.p[0] == '"' && rest.p[rest.n - 1] == '"') {
		rest = (struct str){ rest.p + 1, rest.n - 2 };
		p->e->coding = str_find(rest, STR("\"\"")) != STR_NONE ? CODING_QUOTES : CODING_NONE;
	}
	p->rest = rest;
	peel_kind(p, "nt-event");
	return true;
}

/* A field of all layouts is a clock. */
static bool has_number_field(struct str s, char mark)
{
	size_t end = str_find_char(s, mark);
	if (end == STR_NONE || end >= FIELD_MAX)
		return false;
	for (size_t at = 0;; at += end + 1, end = str_find_char(str_from(s, at), mark)) {
		struct str field = str_from(s, at);
		while (field.n && (char_is_space(field.p[0]) || field.p[0] == '"'))
			field = str_from(field, 1);
		if (field.n && char_is_digit(field.p[0]))
			return true;
		if (end == STR_NONE)
			return false;
	}
}

bool peel_event_table(struct peel *p)
{
	struct fields f;
	if (!(p->has & (HAS_TAB | HAS_COMMA)) || !(p->has & HAS_CLOCK))
		return false;
	for (const char *mark = "\t,;"; *mark; mark++) {
		if (!has_number_field(p->rest, *mark))
			continue;
		f.rest = p->rest;
		f.count = 0;
		f.ended = false;
		for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
			if (try_layout(p, layouts[i], *mark, &f))
				return true;
	}
	return false;
}

/* "  212 Mar 12 10:56  Error       Store       7001 text": as Get-EventLog lists them */
bool peel_event_list(struct peel *p)
{
	struct str rest = p->rest, index, month, day, clock, type, source, id;
	if (!rest.n || !char_is_digit(rest.p[0]) || !str_word(&rest, &index) || !str_word(&rest, &month) ||
	    !peel_month(month) || !str_word(&rest, &day) || !str_word(&rest, &clock) ||
	    peel_clock(clock, 0) != clock.n || !str_word(&rest, &type) || !is_event_type(type) ||
	    !str_word(&rest, &source) || !str_word(&rest, &id) || !fits_field('i', id) || !str_trim(rest).n)
		return false;
	p->e->time = (struct str){ month.p, (size_t)(clock.p + clock.n - month.p) };
	p->e->level = type;
	p->e->component = source;
	p->e->event = id;
	p->rest = rest;
	peel_drop(p, 0);
	peel_kind(p, "nt-event");
	return true;
}

/* "7001 Error            text": behind the stamp of an event that Get-WinEvent lists */
bool peel_event_row(struct peel *p)
{
	struct str rest = p->rest, id, type;
	if (!rest.n || !char_is_digit(rest.p[0]) || !str_word(&rest, &id) || !fits_field('i', id) ||
	    !str_word(&rest, &type) || type.n < 4 || !is_event_type(type) || !str_starts(rest, STR("  ")) ||
	    !str_trim(rest).n)
		return false;
	p->e->event = id;
	p->e->level = type;
	p->e->kind = STR("nt-event");
	p->rest = rest;
	peel_drop(p, 0);
	return true;
}

/* ---- a field a line ---- */

enum event_field {
	EVENT_NONE,
	EVENT_OTHER,
	EVENT_ID,
	EVENT_SOURCE,
	EVENT_COMPUTER,
	EVENT_DATE,
	EVENT_TYPE,
	EVENT_DESCRIPTION
};
enum { EVENT_FIELDS_LEAST = 3, EVENT_LINES_MAX = 24, EVENT_HEAD_MAX = 1 << 10 };
#define DCDIAG_DOTS "...................." /* before how a test ended */

static const struct {
	struct str name;
	enum event_field field;
} event_names[] = {
	{ STR_LIT("event id"), EVENT_ID },
	{ STR_LIT("eventid"), EVENT_ID },
	{ STR_LIT("instanceid"), EVENT_ID },
	{ STR_LIT("id"), EVENT_ID },
	{ STR_LIT("event source"), EVENT_SOURCE },
	{ STR_LIT("source"), EVENT_SOURCE },
	{ STR_LIT("providername"), EVENT_SOURCE },
	{ STR_LIT("provider"), EVENT_SOURCE },
	{ STR_LIT("computer"), EVENT_COMPUTER },
	{ STR_LIT("machinename"), EVENT_COMPUTER },
	{ STR_LIT("date"), EVENT_DATE },
	{ STR_LIT("timecreated"), EVENT_DATE },
	{ STR_LIT("timegenerated"), EVENT_DATE },
	{ STR_LIT("description"), EVENT_DESCRIPTION },
	{ STR_LIT("message"), EVENT_DESCRIPTION },
	{ STR_LIT("event type"), EVENT_TYPE },
	{ STR_LIT("type"), EVENT_TYPE },
	{ STR_LIT("entrytype"), EVENT_TYPE },
	{ STR_LIT("level"), EVENT_TYPE },
	{ STR_LIT("leveldisplayname"), EVENT_TYPE },
	{ STR_LIT("event category"), EVENT_OTHER },
	{ STR_LIT("category"), EVENT_OTHER },
	{ STR_LIT("task category"), EVENT_OTHER },
	{ STR_LIT("task"), EVENT_OTHER },
	{ STR_LIT("time"), EVENT_OTHER },
	{ STR_LIT("user"), EVENT_OTHER },
	{ STR_LIT("user name"), EVENT_OTHER },
	{ STR_LIT("keywords"), EVENT_OTHER },
	{ STR_LIT("keyword"), EVENT_OTHER },
	{ STR_LIT("log name"), EVENT_OTHER },
	{ STR_LIT("logname"), EVENT_OTHER },
	{ STR_LIT("opcode"), EVENT_OTHER },
	{ STR_LIT("index"), EVENT_OTHER },
	/* dcdiag's */
	{ STR_LIT("time generated"), EVENT_DATE },
	{ STR_LIT("event string"), EVENT_DESCRIPTION },
	/* German */
	{ STR_LIT("ereignistyp"), EVENT_TYPE },
	{ STR_LIT("ereignisquelle"), EVENT_SOURCE },
	{ STR_LIT("ereigniskategorie"), EVENT_OTHER },
	{ STR_LIT("ereigniskennung"), EVENT_ID },
	{ STR_LIT("ereignis-id"), EVENT_ID },
	{ STR_LIT("protokollname"), EVENT_OTHER },
	{ STR_LIT("quelle"), EVENT_SOURCE },
	{ STR_LIT("datum"), EVENT_DATE },
	{ STR_LIT("zeit"), EVENT_OTHER },
	{ STR_LIT("uhrzeit"), EVENT_OTHER },
	{ STR_LIT("ebene"), EVENT_TYPE },
	{ STR_LIT("aufgabenkategorie"), EVENT_OTHER },
	{ STR_LIT("benutzer"), EVENT_OTHER },
	{ STR_LIT("beschreibung"), EVENT_DESCRIPTION },
	{ STR_LIT("erstellungszeitpunkt"), EVENT_DATE },
	{ STR_LIT("ereigniszeichenfolge"), EVENT_DESCRIPTION },
	/* French */
	{ STR_LIT("type de l'\xC3\xA9v\xC3\xA9nement"), EVENT_TYPE },
	{ STR_LIT("source de l'\xC3\xA9v\xC3\xA9nement"), EVENT_SOURCE },
	{ STR_LIT("id de l'\xC3\xA9v\xC3\xA9nement"), EVENT_ID },
	{ STR_LIT("nom du journal"), EVENT_OTHER },
	{ STR_LIT("niveau"), EVENT_TYPE },
	{ STR_LIT("heure"), EVENT_OTHER },
	{ STR_LIT("utilisateur"), EVENT_OTHER },
	{ STR_LIT("ordinateur"), EVENT_COMPUTER },
	/* Spanish */
	{ STR_LIT("tipo de suceso"), EVENT_TYPE },
	{ STR_LIT("origen del suceso"), EVENT_SOURCE },
	{ STR_LIT("id. suceso"), EVENT_ID },
	{ STR_LIT("id. del suceso"), EVENT_ID },
	{ STR_LIT("nombre de registro"), EVENT_OTHER },
	{ STR_LIT("origen"), EVENT_SOURCE },
	{ STR_LIT("nivel"), EVENT_TYPE },
	{ STR_LIT("fecha"), EVENT_DATE },
	{ STR_LIT("hora"), EVENT_OTHER },
	{ STR_LIT("usuario"), EVENT_OTHER },
	{ STR_LIT("equipo"), EVENT_COMPUTER },
	{ STR_LIT("descripci\xC3\xB3n"), EVENT_DESCRIPTION },
};

/* "An Error Event occurred", "Warnung" */
static bool is_dcdiags(struct str sentence)
{
	static const char german[] = "fehler warnung";
	return str_ends_nocase(sentence, STR(" event occurred")) || str_in_list(str_trim(sentence), german);
}

/* "Event Source:\tDhcp", "An error event occurred.  EventID: 0xC0001B58" as dcdiag has it */
static enum event_field event_field_of(struct str line, struct str *ret_value)
{
	struct str name, value, sentence, behind;
	if (!str_cut(line, ':', &name, &value))
		return EVENT_NONE;
	*ret_value = str_trim(value);
	if (str_cut(name, '.', &sentence, &behind) && is_dcdiags(sentence))
		name = behind;
	for (size_t i = 0; i < sizeof event_names / sizeof *event_names; i++)
		if (str_eq_nocase(str_trim(name), event_names[i].name))
			return event_names[i].field;
	return EVENT_NONE;
}

static bool begins_dcdiags(struct str line)
{
	struct str sentence, behind, value;
	return str_cut(line, '.', &sentence, &behind) && is_dcdiags(sentence) &&
	       event_field_of(behind, &value) == EVENT_ID;
}

static void note_event(struct match_envelope *e, enum event_field field, struct str value)
{
	if (field == EVENT_ID && e->event.n) /* an instance's number is the event's and more */
		return;
	struct str *to = field == EVENT_ID	   ? &e->event
			 : field == EVENT_SOURCE   ? &e->component
			 : field == EVENT_COMPUTER ? &e->host
			 : field == EVENT_DATE	   ? &e->time
			 : field == EVENT_TYPE	   ? &e->level
						   : NULL;
	if (to)
		*to = value;
}

/* Before what dcdiag goes on with: its next event, or how its test ended. */
static struct str before_dcdiags_next(struct str s)
{
	struct str rest = s, line;
	str_line(&rest, &line);
	while (str_line(&rest, &line))
		if (begins_dcdiags(line) || str_starts(str_trim(line), STR(DCDIAG_DOTS)))
			return str_first(s, (size_t)(line.p - s.p));
	return s;
}

/* What the viewers put behind a description. */
static struct str description_of(struct str s)
{
	static const struct str ends[] = { STR_LIT("\nFor more information"), STR_LIT("\nEvent Xml:"),
					   STR_LIT("\nData:"), STR_LIT("\nEvent[") };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t at = str_find(s, ends[i]);
		if (at != STR_NONE && str_trim(str_first(s, at)).n)
			s = str_first(s, at);
	}
	return str_trim(before_dcdiags_next(s));
}

/* "Category           : (0)": what PowerShell lists has blanks before its colons, and what a field goes on with is
 * indented. */
static bool is_listed(struct str line)
{
	size_t colon = str_find_char(line, ':');
	return line.n && !char_is_space(line.p[0]) && colon != STR_NONE && colon && line.p[colon - 1] == ' ' &&
	       str_find_char(str_trim(str_first(line, colon)), ' ') == STR_NONE;
}

/* The message of a list ends before the next field; those behind it count as well. */
static struct str listed_message(struct str s, struct match_envelope *e, unsigned *known)
{
	struct str rest = s, line, value = STR("");
	size_t end = s.n;
	str_line(&rest, &line);
	for (unsigned n = 0; n < EVENT_LINES_MAX && str_line(&rest, &line); n++) {
		if (!is_listed(line))
			continue;
		enum event_field field = event_field_of(line, &value);
		end = end < s.n ? end : (size_t)(line.p - s.p);
		*known += field != EVENT_NONE;
		note_event(e, field, value);
	}
	return str_trim(str_first(s, end));
}

/* The value of a field in a text whose line ends are lost: up to the next field. */
static struct str value_between(struct str head, struct str name)
{
	size_t at = str_find_nocase(head, name), end;
	struct str rest = str_from(head, at == STR_NONE ? head.n : at + name.n);
	if (!peel_byte_at(rest, 0, ":"))
		return STR("");
	rest = str_from(rest, 1);
	if ((end = str_find_char(rest, ':')) == STR_NONE)
		return str_trim(rest);
	while (end && !char_is_space(rest.p[end - 1]))
		end--;
	rest = str_trim(str_first(rest, end));
	struct str first = STR(""); /* the next field's name may have two words */
	static const struct str leads[] = { STR_LIT(" Event"), STR_LIT(" Task"), STR_LIT(" Log"), STR_LIT(" Time") };
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
		if (str_ends(rest, leads[i]))
			first = str_trim(str_first(rest, rest.n - leads[i].n));
	return first.n ? first : rest;
}

/* "Event ID: 7 Source: x Description: text" */
static bool event_of_line(struct str text, struct match_envelope *ret_envelope)
{
	struct str head = str_first(text, EVENT_HEAD_MAX);
	size_t end =
		str_find(head, STR("escription:")) == STR_NONE ? STR_NONE : str_find_nocase(head, STR("description:"));
	if (end == STR_NONE || !end)
		return false;
	struct str id = value_between(str_first(head, end), STR("event id"));
	struct str source = value_between(str_first(head, end), STR("source")),
		   rest = str_trim(str_from(text, end + 12));
	if (!id.n || peel_digits(id, 0, 1, id.n) != id.n || !source.n || !rest.n)
		return false;
	*ret_envelope = (struct match_envelope){ .kind = STR("nt-event"), .event = id, .component = source };
	ret_envelope->host = value_between(str_first(head, end), STR("computer"));
	ret_envelope->level = value_between(str_first(head, end), STR("type"));
	ret_envelope->time = value_between(str_first(head, end), STR("date"));
	ret_envelope->payload.start = (size_t)(rest.p - text.p);
	ret_envelope->payload.end = ret_envelope->payload.start + rest.n;
	return true;
}

/* "A warning event occurred. EventID: 0x8000001D Time Generated: 3/12/2001 10:56:20 Event String: text" */
static bool dcdiags_of_line(struct str text, struct match_envelope *ret_envelope)
{
	static const struct str name = STR_LIT("event string:");
	struct str head = str_first(text, EVENT_HEAD_MAX);
	size_t end = str_find_nocase(head, name);
	if (end == STR_NONE)
		return false;
	struct str id = value_between(str_first(head, end), STR("eventid"));
	struct str time = value_between(str_first(head, end), STR("time generated"));
	struct str rest = str_from(text, end + name.n);
	rest = str_trim(str_first(rest, str_find(rest, STR(DCDIAG_DOTS))));
	if (!str_starts(id, STR("0x")) || !time.n || !rest.n)
		return false;
	*ret_envelope = (struct match_envelope){ .kind = STR("nt-event"), .event = id, .time = time };
	ret_envelope->payload.start = (size_t)(rest.p - text.p);
	ret_envelope->payload.end = ret_envelope->payload.start + rest.n;
	return true;
}

bool envelope_event(struct str text, struct match_envelope *ret_envelope)
{
	struct match_envelope e = { .kind = STR("nt-event") };
	struct str rest = text, line, value = STR("");
	unsigned known = 0;
	for (unsigned n = 0; n < EVENT_LINES_MAX && str_line(&rest, &line); n++) {
		enum event_field field = event_field_of(line, &value);
		known += field != EVENT_NONE;
		if (begins_dcdiags(line)) /* the one before had no text */
			e.event = STR("");
		note_event(&e, field, value);
		if (field != EVENT_DESCRIPTION)
			continue;
		struct str payload = description_of(value.n ? str_from(text, (size_t)(value.p - text.p)) : rest);
		if (value.n && is_listed(line))
			payload = listed_message(payload, &e, &known);
		if (!e.event.n || known < EVENT_FIELDS_LEAST || !payload.n)
			return false;
		e.payload.start = (size_t)(payload.p - text.p);
		e.payload.end = e.payload.start + payload.n;
		*ret_envelope = e;
		return true;
	}
	return event_of_line(text, ret_envelope) || dcdiags_of_line(text, ret_envelope);
}
