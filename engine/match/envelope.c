/* SPDX-License-Identifier: MIT */
#include "match/envelope_peel.h"
#include "match/markup.h"
#include "match/stamp.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { STAMPS_MAX = 8 }; /* before a message: of those who passed it on; each looks at all that is behind it */

void peel_drop(struct peel *p, size_t n)
{
	p->rest = str_from(p->rest, n);
	while (p->rest.n && (char_is_space(p->rest.p[0]) || p->rest.p[0] == ','))
		p->rest = str_from(p->rest, 1);
}

void peel_kind(struct peel *p, const char *kind)
{
	if (!p->e->kind.n)
		p->e->kind = str_c(kind);
}

void peel_note(struct str *field, struct str value)
{
	if (!field->n)
		*field = value;
}

/* ---- stamps ---- */

/* is_rfc3339: the stamp that syslog daemons write today: a T, and the hours of a zone. Programs write Z, or
 * put brackets around it. */
static bool is_rfc3339(struct str stamp)
{
	size_t t = str_find_char(stamp, 'T');
	struct str clock = t == STR_NONE ? STR("") : str_from(stamp, t);
	return str_find_char(clock, '+') != STR_NONE || str_find_char(clock, '-') != STR_NONE;
}

/* What else loggers put into the brackets of a stamp: "[2001-03-12 10:56:20Z ERROR app::client]". Gives what is taken
 * up to the bracket's end; 0 where that is no such thing. */
static size_t behind_stamp(struct peel *p, struct str s)
{
	size_t end = str_find_char(str_first(s, 64), ']');
	struct str rest = str_first(s, end == STR_NONE ? 0 : end), word;
	while (str_word(&rest, &word)) {
		while (word.n && strchr(":,", word.p[0]))
			word = str_from(word, 1);
		size_t slash = str_find_char(word, '/');
		if (peel_is_level(str_first(word, slash == STR_NONE ? word.n : slash)))
			peel_note(&p->e->level, str_first(word, slash == STR_NONE ? word.n : slash));
		else if (word.n && !char_is_digit(word.p[0]))
			peel_note(&p->e->component, word);
	}
	return end == STR_NONE ? 0 : end + 1;
}

/* "app[123]:", a program and its process; "app[web.1]:", as Heroku numbers them */
static bool is_process(struct str s)
{
	size_t open = str_find_char(s, '['), name = 0;
	while (open != STR_NONE && open + 2 + name < s.n && char_is_lower(s.p[open + 1 + name]))
		name++;
	if (name && peel_byte_at(s, open + 1 + name, "."))
		open += name + 1;
	return open != STR_NONE && open && char_is_alpha(s.p[0]) && str_ends(s, STR("]:")) &&
	       !str_starts(s, STR("Event[")) && /* wevtutil numbers events so */
	       peel_digits(s, open + 1, 1, 10) + open + 3 == s.n;
}

/* web1, db-2.example.org: a name as hosts have it and messages hardly begin with */
static bool is_host(struct str s)
{
	bool other = false;
	for (size_t i = 0; i < s.n; i++) {
		if (!char_is_alnum(s.p[i]) && !strchr("-._", s.p[i]))
			return false;
		other |= char_is_digit(s.p[i]) || s.p[i] == '-' || s.p[i] == '.';
	}
	return other && char_is_alnum(s.p[s.n - 1]);
}

/* "app[123]: ", "web1 app[123]: ": stamp or not, nothing else looks so. */
static bool peel_program(struct peel *p)
{
	struct str ahead = p->rest, first = STR(""), second = STR("");
	if (!(p->has & HAS_BRACKET))
		return false;
	str_word(&ahead, &first);
	str_word(&ahead, &second);
	if (is_host(first) && is_process(second) && peel_syslog_sender(p, p->rest)) {
		peel_kind(p, "syslog");
		peel_drop(p, 0);
		return true;
	}
	if (!is_process(first))
		return false;
	size_t open = str_find_char(first, '[');
	peel_note(&p->e->component, str_first(first, open));
	peel_note(&p->e->thread, (struct str){ first.p + open + 1, first.n - open - 3 });
	peel_drop(p, first.n);
	return true;
}

/* "2001/03/12/[$LATEST]1f3c9a10...", "web/app/6f1c9a104b1e4e1e": a stream of a cloud's logs, which ends in a number */
static bool is_stream(struct str s)
{
	enum { NUMBER = 16 };
	size_t hex = 0;
	while (hex < s.n && char_is_hex(s.p[s.n - 1 - hex]))
		hex++;
	return hex >= NUMBER && str_find_char(s, '/') != STR_NONE && s.p[0] != '/';
}

/* The sender's name and what follows, where the stamp is of a kind that syslog daemons write, or the names tell. */
static void peel_sender(struct peel *p, bool daemon)
{
	if (peel_program(p))
		return;
	struct str ahead = p->rest, first = STR(""), second = STR("");
	str_word(&ahead, &first);
	if (daemon && is_stream(first)) {
		peel_note(&p->e->component, first);
		peel_drop(p, first.n);
		return;
	}
	str_word(&ahead, &second);
	bool told = str_starts_nocase(second, STR("error")); /* "mount error(112): " is a message's beginning */
	if (!told && (daemon || is_process(second) || is_host(first)) && !peel_is_level(first) &&
	    !peel_byte_at(first, 0, "[<({") && !str_ends(first, STR(":")) && peel_syslog_sender(p, p->rest)) {
		peel_drop(p, 0);
		peel_kind(p, "syslog");
	}
}

/* "010312 105620", "20010312 10:56:20", "010312  9:56:20": digits that only their values tell from others */
static size_t digit_stamp(struct str s)
{
	struct stamp stamp;
	size_t date = peel_digits(s, 0, 6, 8), at = date;
	if ((date != 6 && date != 8) || !peel_byte_at(s, at, " "))
		return 0;
	at += peel_byte_at(s, at + 1, " ") ? 2 : 1;
	size_t clock = peel_digits(s, at, 6, 6) ? 6 : peel_clock(s, at);
	return clock && stamp_parse(str_first(s, at + clock), &stamp) && stamp.year ? at + clock : 0;
}

/* "@400000003aac9c8a2d3f4a5c": TAI64N, as daemontools' loggers write it */
static size_t tai_stamp(struct str s)
{
	enum { LENGTH = 25 };
	size_t n = 1;
	while (n < LENGTH && n < s.n && char_is_hex(s.p[n]))
		n++;
	return str_starts(s, STR("@40000000")) && n == LENGTH ? n : 0;
}

/* "2001-03-12-10.56.20.123456+060": DB2's */
static size_t db2_stamp(struct str s)
{
	size_t at = peel_date(s) == 10 && peel_byte_at(s, 4, "-") ? 10 : 0, part;
	for (const char *mark = "-.."; at && *mark; mark++)
		at = peel_byte_at(s, at, (char[]){ *mark, '\0' }) && peel_digits(s, at + 1, 2, 2) ? at + 3 : 0;
	if (at && peel_byte_at(s, at, ".") && (part = peel_digits(s, at + 1, 1, 9)))
		at += 1 + part;
	return at && peel_byte_at(s, at, "+-") && peel_digits(s, at + 1, 3, 3) ? at + 4 : at;
}

/* "1131566461", "1131566461.123", "1131566461123", "20010312T105620Z" */
static size_t plain_stamp(struct str s)
{
	size_t thousandths = peel_digits(s, 0, 13, 13), tai = tai_stamp(s);
	if (tai)
		return tai;
	if (thousandths && s.p[0] == '1')
		return thousandths;
	if (digit_stamp(s))
		return digit_stamp(s);
	if (db2_stamp(s))
		return db2_stamp(s);
	size_t n = peel_digits(s, 0, 10, 10), part;
	if (n && s.p[0] == '1')
		return peel_byte_at(s, n, ".") && (part = peel_digits(s, n + 1, 1, 9)) ? n + 1 + part : n;
	if (peel_digits(s, 0, 8, 8) && peel_byte_at(s, 0, "12") && peel_byte_at(s, 8, "T") && peel_digits(s, 9, 6, 6))
		return 15 + peel_byte_at(s, 15, "Z");
	return 0;
}

/* Seconds since 1970 or thousandths of them, or digits of a date and a clock. */
static bool peel_plain(struct peel *p)
{
	size_t n = plain_stamp(p->rest);
	bool colon = n == 10 && peel_byte_at(p->rest, n, ":") && peel_byte_at(p->rest, n + 1, " ");
	if (!n || (!colon && !peel_byte_at(p->rest, n, n == 13 ? " \t," : " \t"))) /* tables begin with thousandths */
		return false;
	p->e->time = str_first(p->rest, n);
	peel_drop(p, n);
	peel_sender(p, false);
	bool dated = (p->e->time.n > 14 && (p->e->time.p[8] == 'T' || p->e->time.p[4] == '-')) ||
		     str_find_char(p->e->time, ' ') != STR_NONE;
	peel_kind(p, dated ? "iso" : "epoch");
	return true;
}

/* "03/12 10:56:20": a date that only a clock behind it makes one */
static size_t short_date(struct str s)
{
	return peel_digits(s, 0, 2, 2) && peel_byte_at(s, 2, "/") && peel_digits(s, 3, 2, 2) &&
			       peel_byte_at(s, 5, " ") && peel_clock(s, 6)
		       ? 5
		       : 0;
}

static bool peel_date_clock(struct peel *p)
{
	bool bracket = peel_byte_at(p->rest, 0, "[");
	struct str s = str_from(p->rest, bracket);
	size_t date = peel_date(s) ? peel_date(s) : short_date(s), at = date, spoken = date ? 0 : peel_long_date(s),
	       behind = 0;
	while (date && (peel_byte_at(s, at, " T,:_") || peel_byte_at(s, at, "\t"))) /* svlogd's is "_" */
		at++;
	size_t clock = spoken ? spoken : peel_clock(s, at);
	size_t n = clock ? at + clock : date;
	if (clock && n + 7 < s.n && peel_byte_at(s, n, " ") && peel_byte_at(s, n + 1, "+-") &&
	    peel_digits(s, n + 2, 2, 2) && peel_byte_at(s, n + 4, ":") && peel_digits(s, n + 5, 2, 2))
		n += 7; /* Serilog's zone */
	if (!n || (!clock && !peel_byte_at(s, n, " \t,]")) || (spoken && n < s.n && !peel_byte_at(s, n, " \t\n],")) ||
	    (bracket && !(behind = behind_stamp(p, str_from(s, n)))))
		return false;
	p->e->time = str_first(s, n);
	peel_drop(p, bracket + n + behind);
	p->chained = bracket && p->rest.p == s.p + n + behind && peel_byte_at(p->rest, 0, "[");
	if (clock && (date || spoken) && !p->e->level.n && !p->e->component.n)
		peel_sender(p, !bracket && is_rfc3339(p->e->time));
	peel_kind(p, date || spoken ? "iso" : "clock");
	return true;
}

/* "SERVICE ALERT: web1;load;CRITICAL;HARD;3;text": what monitors of Nagios' kind write behind their stamp; the last
 * field is what the check said. */
static void peel_check(struct peel *p)
{
	enum { FIELDS_MIN = 4 };
	size_t n = 0, fields = 0, last = 0;
	while (n < p->rest.n && (char_is_upper(p->rest.p[n]) || p->rest.p[n] == ' '))
		n++;
	if (n < 4 || !peel_byte_at(p->rest, n, ":"))
		return;
	for (size_t i = n; i < p->rest.n; i++) {
		fields += p->rest.p[i] == ';';
		last = p->rest.p[i] == ';' ? i + 1 : last;
	}
	if (fields < FIELDS_MIN || !str_trim(str_from(p->rest, last)).n)
		return;
	peel_note(&p->e->component, str_first(p->rest, n));
	peel_drop(p, last);
}

/* The kernel's seconds since the start, "[ 4021.337125]", or seconds since 1970, "[1131566461]". */
static bool peel_uptime(struct peel *p)
{
	struct str s = p->rest;
	size_t end = peel_byte_at(s, 0, "[") ? str_find_char(str_first(s, 24), ']') : STR_NONE;
	struct str inside = end == STR_NONE ? STR("") : str_trim(str_part(s, 1, end)), whole, part;
	if (inside.n == 10 && inside.p[0] == '1' && peel_digits(inside, 0, 10, 10)) {
		p->e->time = inside;
		peel_kind(p, "epoch");
		peel_drop(p, end + 1);
		peel_check(p);
		return true;
	}
	if (!str_cut(inside, '.', &whole, &part) || !whole.n || peel_digits(whole, 0, 1, whole.n) != whole.n ||
	    !part.n || peel_digits(part, 0, 1, part.n) != part.n)
		return false;
	p->e->time = inside;
	peel_kind(p, "kernel");
	peel_drop(p, end + 1);
	peel_program(p);
	return true;
}

/* "E0312 10:56:20.113456   212 client.cc:42] ", of later versions "E20010312 ..." */
static bool peel_glog(struct peel *p)
{
	struct str s = p->rest, rest, thread, file;
	size_t date = peel_digits(s, 1, 4, 8);
	if (!peel_byte_at(s, 0, "IWEF") || (date != 4 && date != 8) || !peel_byte_at(s, 1 + date, " "))
		return false;
	size_t clock = peel_clock(s, date + 2);
	rest = str_from(s, date + 2 + clock);
	if (!clock || !str_word(&rest, &thread) || peel_digits(thread, 0, 1, 10) != thread.n ||
	    !str_word(&rest, &file) || !str_ends(file, STR("]")))
		return false;
	p->e->level = str_first(s, 1);
	p->e->time = str_first(str_from(s, 1), date + 1 + clock);
	p->e->thread = thread;
	p->e->component = str_first(file, file.n - 1);
	p->rest = rest;
	peel_drop(p, 0);
	peel_kind(p, "glog");
	return true;
}

static bool peel_stamp(struct peel *p)
{
	return peel_syslog(p) || peel_date_clock(p) || peel_plain(p) || peel_uptime(p) || peel_glog(p);
}

/* "stderr F ", which of a container's streams it is: what the program wrote there has a dress of its own. */
static void peel_stream(struct peel *p)
{
	struct str s = p->rest;
	bool named = str_starts(s, STR("stderr ")) || str_starts(s, STR("stdout "));
	if (!named || !peel_byte_at(s, 7, "FP") || !peel_byte_at(s, 8, " "))
		return;
	peel_drop(p, 9);
	peel_own_shape(p);
}

/* ---- all of it ---- */

/* What this byte is a mark of; 0 for most. */
static unsigned tells(struct str s, size_t at)
{
	static const uint16_t has[256] = { ['\n'] = HAS_LINE_END, ['\t'] = HAS_TAB,	['$'] = HAS_DOLLAR,
					   ['='] = HAS_EQUALS,	  ['|'] = HAS_BAR,	['['] = HAS_BRACKET,
					   ['*'] = HAS_STAR,	  [','] = HAS_COMMA,	[';'] = HAS_COMMA,
					   [':'] = HAS_CLOCK,	  ['{'] = HAS_BRACE,	['<'] = HAS_ANGLE,
					   ['>'] = HAS_ARROW };
	unsigned mark = has[(unsigned char)s.p[at]];
	bool digit = (mark & (HAS_BRACKET | HAS_CLOCK)) && at + 1 < s.n && char_is_digit(s.p[at + 1]);
	if (mark == HAS_ARROW)
		return at > 3 && !memcmp(s.p + at - 3, "---", 3) ? mark : 0;
	if (mark == HAS_CLOCK)
		return digit && at && char_is_digit(s.p[at - 1]) ? mark : 0;
	return digit ? mark | HAS_NUMBER : mark;
}

static unsigned bytes_of(struct str s)
{
	unsigned all = 0;
	size_t at = 0;
#if defined(__SSE2__)
	for (; s.n - at >= 16; at += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(s.p + at));
		__m128i low = _mm_or_si128(x, _mm_set1_epi8(0x20)); /* [ is {, \ is | */
		__m128i odd = _mm_cmplt_epi8(x, _mm_set1_epi8(0x20));
		odd = _mm_or_si128(odd, _mm_cmpeq_epi8(low, _mm_set1_epi8('{')));
		odd = _mm_or_si128(odd, _mm_cmpeq_epi8(low, _mm_set1_epi8('|')));
		odd = _mm_or_si128(odd, _mm_cmpeq_epi8(_mm_or_si128(x, _mm_set1_epi8(1)), _mm_set1_epi8(';')));
		odd = _mm_or_si128(odd, _mm_cmpeq_epi8(_mm_or_si128(x, _mm_set1_epi8(3)), _mm_set1_epi8('?')));
		odd = _mm_or_si128(odd, _mm_cmpeq_epi8(x, _mm_set1_epi8('*')));
		odd = _mm_or_si128(odd, _mm_cmpeq_epi8(x, _mm_set1_epi8(',')));
		odd = _mm_or_si128(odd, _mm_cmpeq_epi8(x, _mm_set1_epi8('$')));
		for (unsigned any = (unsigned)_mm_movemask_epi8(odd); any; any &= any - 1)
			all |= tells(s, at + (size_t)__builtin_ctz(any));
	}
#endif
	for (; at < s.n; at++)
		all |= tells(s, at);
	return all;
}

/* Whole records: what they name is all that there is to tell. */
static bool peel_record(struct peel *p)
{
	enum { MARKS = HAS_LINE_END | HAS_TAB | HAS_COMMA | HAS_EQUALS | HAS_BAR | HAS_BRACE };
	if (!(p->has & MARKS) && p->rest.n && !char_is_digit(p->rest.p[0]) && p->rest.p[0] != '<')
		return false; /* none has to do without */
	return ((p->has & HAS_TAB) && peel_snare(p)) || ((p->has & HAS_COMMA) && peel_protocol(p)) ||
	       peel_event_table(p) || peel_row(p) || peel_event_list(p) || peel_cef(p) || peel_leef(p) ||
	       peel_configmgr(p) || peel_json(p) || peel_journal(p) || peel_logfmt(p) || peel_w3c(p) || peel_mail(p) ||
	       peel_configmgr_view(p);
}

/* Words as people write them: no dress begins so, and what else marks one is not there. A text that is none of these
 * may still be bare. */
static bool is_bare(struct str s, unsigned has)
{
	if (!s.n || (has & (HAS_LINE_END | HAS_TAB | HAS_DOLLAR | HAS_BAR | HAS_STAR | HAS_NUMBER | HAS_ARROW)) ||
	    peel_byte_at(s, s.n - 1, "}") || peel_ends_in_hresult(s) ||
	    (s.p[s.n - 1] == ']' && peel_ends_in_project(s)))
		return false;
	if (char_is_digit(s.p[0]) || peel_byte_at(s, 0, "<[({.:@#!") || stamp_month(s) || stamp_weekday(s) ||
	    str_starts(s, STR("Warning  ")) || str_starts(s, STR("Normal  ")) || /* events of Kubernetes */
	    str_starts(s, STR("Executed as user: ")) || str_starts(s, STR("Product: ")) ||
	    (peel_byte_at(s, 0, "IWEF") && s.n > 1 && char_is_digit(s.p[1])))
		return false;
	struct markup_record markup;
	if (s.n > 1 && char_is_upper(s.p[0]) && char_is_upper(s.p[1]) && str_find_char(s, ':') != STR_NONE)
		return false; /* Python's "ERROR:app:text" */
	if ((has & HAS_ANGLE) && markup_read(s, &markup))
		return false;
	if ((has & HAS_EQUALS) &&
	    (s.p[0] == '"' || peel_has_message(s) || str_find_char(s, '=') < str_find_char(s, ' ')))
		return false;
	return !(has & HAS_COMMA) || !(has & HAS_CLOCK);
}

static struct match_span span_of(struct str text, struct str part)
{
	size_t at = part.n ? (size_t)(part.p - text.p) : 0;
	return (struct match_span){ at, at + part.n };
}

void envelope_read(struct str text, struct match_envelope *ret_envelope)
{
	struct match_envelope e = { .kind = STR("") };
	struct peel p = { .rest = envelope_cut_retry(peel_cut_mark(str_trim(text))), .e = &e };
	const char *end = p.rest.p + p.rest.n;
	p.has = bytes_of(p.rest);
	if (is_bare(p.rest, p.has)) {
		size_t at = (size_t)(p.rest.p - text.p);
		e.payload = (struct match_span){ at, at + p.rest.n };
		*ret_envelope = e;
		return;
	}
	bool bare = false, stamped = peel_container(&p) || peel_step(&p) || peel_chat(&p) || peel_sap(&p) ||
				     peel_kubernetes(&p) || peel_installer(&p) || peel_java(&p) || peel_own_shape(&p);
	if (peel_syslog_new(&p) || peel_record(&p))
		stamped = true;
	stamped |= peel_sms(&p);
	for (unsigned n = 0; !e.coding && !bare && n < STAMPS_MAX && peel_stamp(&p); n++) {
		stamped = true;
		peel_stream(&p);
		bare = is_bare(p.rest, bytes_of(p.rest));
	}
	if (!stamped && peel_program(&p)) {
		stamped = true;
		peel_kind(&p, "syslog");
	}
	if (peel_thread(&p)) {
		stamped = true;
		peel_kind(&p, "thread");
	}
	if (stamped && !e.coding) {
		const char *was = p.rest.p;
		if (e.time.n && !e.level.n)
			peel_event_row(&p);
		peel_parts(&p);
		if (!bare || p.rest.p != was)
			peel_record(&p);
	}
	if (e.coding || !peel_markup(&p)) {
		peel_trace(&p);
		if (!e.coding)
			peel_behind(&p);
	}
	p.rest = str_trim(p.rest);
	if (p.rest.p + p.rest.n != end) /* of a field, or before what stood behind it */
		p.rest = envelope_cut_retry(p.rest);
	if (!p.rest.n) { /* nothing but dress: then it is the message */
		e = (struct match_envelope){ .kind = STR("") };
		p.rest = str_trim(text);
		p.beside = STR("");
	}
	e.payload.start = (size_t)(p.rest.p - text.p);
	e.payload.end = e.payload.start + p.rest.n;
	e.beside = span_of(text, p.beside);
	*ret_envelope = e;
}
