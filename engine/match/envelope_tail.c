/* SPDX-License-Identifier: MIT
 *
 * Dresses that stand behind the message or around it: SMS, ConfigMgr, IIS, PowerShell, stack traces, XML, mail.
 */
#include "match/envelope_peel.h"
#include "match/markup.h"

#include <string.h>

static struct str angle_field(struct str *tail)
{
	size_t end = peel_byte_at(*tail, 0, "<") ? str_find_char(*tail, '>') : STR_NONE;
	if (end == STR_NONE)
		return STR("");
	struct str inside = str_part(*tail, 1, end);
	*tail = str_from(*tail, end + 1);
	return inside;
}

/* Who writes a log of either ends a message so where it ended its line. */
static struct str without_line_end(struct str s)
{
	s = str_trim_end(s);
	return str_trim_end(str_first(s, s.n - str_ends(s, STR("~"))));
}

/* "~text  $$<SMS_LAN_SENDER><Tue Mar 12 10:56:20 2001><thread=8973 (0x230D)>" */
bool peel_sms(struct peel *p)
{
	size_t at = STR_NONE;
	if (!(p->has & HAS_DOLLAR))
		return false;
	for (size_t from = 0, found; (found = str_find(str_from(p->rest, from), STR("$$<"))) != STR_NONE; from = at + 3)
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
	p->rest = without_line_end(str_first(p->rest, at));
	while (peel_byte_at(p->rest, 0, "~ "))
		p->rest = str_from(p->rest, 1);
	peel_kind(p, "sms");
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

bool peel_configmgr(struct peel *p)
{
	size_t end = str_starts(p->rest, STR("<![LOG[")) ? str_find(p->rest, STR("]LOG]!>")) : STR_NONE;
	if (end == STR_NONE)
		return false;
	struct str tail = str_from(p->rest, end + 7);
	p->e->time = attribute(tail, STR("time=\""));
	p->e->component = attribute(tail, STR("component=\""));
	p->e->thread = attribute(tail, STR("thread=\""));
	p->rest = without_line_end(str_part(p->rest, 7, end));
	peel_kind(p, "configmgr");
	return true;
}

size_t envelope_split(struct str text, struct str *ret_records, size_t max)
{
	static const struct str begins = STR_LIT("<![LOG["), ends = STR_LIT("$$<");
	struct str rest = str_trim(text), line;
	bool configmgr = str_starts(rest, begins);
	const char *start = rest.p;
	size_t count = 0;
	while (str_line(&rest, &line)) {
		bool ended = configmgr ? str_starts(rest, begins) || !rest.n : str_find(line, ends) != STR_NONE;
		if (!ended)
			continue;
		if (count == max)
			return 0;
		ret_records[count++] = (struct str){ start, (size_t)(line.p + line.n - start) };
		start = rest.p;
	}
	return count > 1 ? count : 0;
}

/* "text\tcomponent\t3/12/2001 10:56:20 AM\t8973 (0x230D)" */
bool peel_configmgr_view(struct peel *p)
{
	struct str fields[3], rest = str_trim(p->rest);
	if (!(p->has & HAS_TAB))
		return false;
	for (int i = 2; i >= 0; i--) {
		const char *tab = memrchr(rest.p, '\t', rest.n);
		if (!tab)
			return false;
		fields[i] = str_from(rest, (size_t)(tab + 1 - rest.p));
		rest = str_first(rest, (size_t)(tab - rest.p));
		if (fields[i].n > 80)
			return false;
	}
	size_t date = peel_date(fields[1]),
	       clock = date && peel_byte_at(fields[1], date, " ") ? peel_clock(fields[1], date + 1) : 0;
	if (!clock || date + 1 + clock != fields[1].n || str_find(fields[2], STR("(0x")) == STR_NONE ||
	    !str_trim(rest).n)
		return false;
	p->e->component = fields[0];
	p->e->time = fields[1];
	p->e->thread = fields[2];
	p->rest = rest;
	peel_kind(p, "configmgr");
	return true;
}

/* asp_at: where in a query ASP wrote what failed, behind what was asked: "id=5|17|80004005|Text"; 0 where not. */
static size_t asp_at(struct str query)
{
	enum { CODE = 8 };
	for (size_t at = 0; at < query.n; at++) {
		size_t line = query.p[at] == '|' ? peel_digits(query, at + 1, 1, 6) : 0, code = at + line + 2, n = 0;
		if (!line || !peel_byte_at(query, at + 1 + line, "|"))
			continue;
		while (n < CODE && code + n < query.n && char_is_hex(query.p[code + n]))
			n++;
		if (n == CODE && peel_byte_at(query, code + n, "|"))
			return at;
	}
	return 0;
}

/* "2001-03-12 10:56:20 W3SVC1 WEB1 10.0.0.5 GET /a.asp |17|80004005|Text+of+it 80 - ...": line and code are ASP's */
bool peel_w3c(struct peel *p)
{
	static const struct str methods[] = { STR_LIT("GET"),	   STR_LIT("POST"),   STR_LIT("HEAD"),
					      STR_LIT("PUT"),	   STR_LIT("DELETE"), STR_LIT("OPTIONS"),
					      STR_LIT("PROPFIND"), STR_LIT("SEARCH") };
	enum { WORDS_BEFORE = 8 };
	struct str s = p->rest, word, path, before = STR("");
	size_t date = peel_date(s), clock = date == 10 && peel_byte_at(s, date, " ") ? peel_clock(s, date + 1) : 0;
	struct match_envelope e = *p->e;
	bool method = false;
	if (!clock)
		return false;
	e.time = str_first(s, date + 1 + clock);
	s = str_from(s, e.time.n);
	for (unsigned i = 0; i < WORDS_BEFORE && !method && str_word(&s, &word); i++) {
		for (size_t k = 0; k < sizeof methods / sizeof *methods; k++)
			method |= str_eq(word, methods[k]);
		if (str_starts(word, STR("W3SVC")))
			e.component = word;
		else if (str_starts(before, STR("W3SVC")))
			e.host = word;
		before = word;
	}
	if (!method || !str_word(&s, &path) || !peel_byte_at(path, 0, "/") || !str_word(&s, &word) ||
	    str_eq(word, STR("-")))
		return false;
	word = str_from(word, asp_at(word));
	bool asp = word.p[0] == '|';
	for (unsigned bars = 0; word.p[0] == '|' && bars < 3 && (bars || word.n > 1); bars++) {
		size_t bar = str_find_char(str_from(word, 1), '|');
		word = str_from(word, bar == STR_NONE ? bars > 0 : bar + 1);
		if (bar == STR_NONE)
			break;
	}
	bool plus = memchr(word.p, '+', word.n) || memchr(word.p, '%', word.n), line = memchr(word.p, '_', word.n);
	e.coding = asp && line && !plus ? CODING_UNDERSCORES : CODING_QUERY;
	*p->e = e;
	p->rest = word;
	peel_kind(p, "iis");
	return true;
}

bool peel_markup(struct peel *p)
{
	struct markup_record r;
	if (!(p->has & HAS_ANGLE) || !markup_read(p->rest, &r))
		return false;
	peel_note(&p->e->time, r.time);
	peel_note(&p->e->host, r.host);
	peel_note(&p->e->component, r.component);
	peel_note(&p->e->thread, r.thread);
	peel_note(&p->e->level, r.level);
	peel_note(&p->e->event, r.event);
	p->e->coding = CODING_MARKUP;
	p->rest = r.message;
	peel_kind(p, r.kind);
	return true;
}

/* ---- behind a message ---- */

static bool is_indented(struct str line)
{
	return line.n && (line.p[0] == ' ' || line.p[0] == '\t');
}

/* Behind a traceback's frames. */
static struct str behind_frames(struct str traceback)
{
	struct str line;
	str_line(&traceback, &line);
	while (is_indented(traceback))
		str_line(&traceback, &line);
	return traceback;
}

/* Python puts the message last. Of tracebacks in a row the last has what the program was told; what the first one says,
 * where it began, stands beside it. */
static bool peel_python(struct peel *p)
{
	static const struct str begins = STR_LIT("Traceback (most recent call last):");
	static const struct str again = STR_LIT("\nTraceback (most recent call last):");
	struct str last = p->rest, first;
	if (!str_starts(last, begins))
		return false;
	for (size_t at; (at = str_find(last, again)) != STR_NONE;)
		last = str_from(last, at + 1);
	struct str where = behind_frames(p->rest), rest = behind_frames(last);
	if (!str_trim(rest).n)
		return false;
	if (last.p != p->rest.p && str_line(&where, &first))
		p->beside = str_trim(first);
	p->rest = rest;
	peel_kind(p, "trace");
	return true;
}

/* "node:events:502", "      throw er;", "      ^", "": Node.js shows where in its source it stopped, then the
 * message. */
static struct str behind_excerpt(struct str text)
{
	enum { LINES_MAX = 4 };
	struct str rest = text, line, number;
	if (!str_line(&rest, &line) || str_find_char(line, ' ') != STR_NONE || !str_cut(line, ':', &line, &number))
		return text;
	for (unsigned n = 1; n < LINES_MAX && str_line(&rest, &line); n++) {
		struct str mark = str_trim(line);
		if (mark.n && str_find_char(mark, '^') == 0 && mark.p[mark.n - 1] == '^')
			return str_trim(rest).n ? str_trim(rest) : text;
	}
	return text;
}

/* The line behind the last of these marks, each at the beginning of a line, blanks aside; empty where there is none. */
static struct str last_cause(struct str text)
{
	static const struct str marks[] = { STR_LIT("Caused by: "), STR_LIT("[cause]: ") };
	struct str line, cause = STR("");
	for (bool first = true; str_line(&text, &line); first = false) {
		line = str_trim(line);
		for (size_t i = 0; !first && i < sizeof marks / sizeof *marks; i++)
			if (str_starts(line, marks[i]))
				cause = str_trim(str_from(line, marks[i].n));
	}
	return cause;
}

/* "Caused by: x.y.Exception: text", "[cause]: Error: text": the last one is where it began; what the first line says
 * stands beside it. */
static bool peel_cause(struct peel *p, struct str text)
{
	struct str first, cause = last_cause(text);
	if (!cause.n || !str_line(&text, &first))
		return false;
	p->beside = str_trim(first);
	p->rest = cause;
	peel_kind(p, "trace");
	return true;
}

/* "x.y.Exception: text ---> x.y.SocketException (10061): text   --- End of inner exception stack trace ---": .NET puts
 * the exception where it began last. */
static bool peel_inner(struct peel *p)
{
	static const struct str mark = STR_LIT("---> "), ends = STR_LIT("--- End of ");
	enum { NAME_MAX = 120 };
	struct str inner = p->rest, name, line, before;
	size_t at;
	if (!(p->has & HAS_ARROW) || p->e->coding || p->beside.n)
		return false;
	while ((at = str_find(inner, mark)) != STR_NONE)
		inner = str_from(inner, at + mark.n);
	before = str_trim(str_first(p->rest, p->rest.n - inner.n - (inner.n < p->rest.n ? mark.n : 0)));
	if (!before.n || inner.n == p->rest.n || !str_line(&inner, &line))
		return false;
	size_t end = str_find(line, ends), colon = str_find(str_first(line, NAME_MAX), STR(": "));
	line = str_trim(str_first(line, end == STR_NONE ? line.n : end));
	if (colon == STR_NONE || colon + 2 >= line.n)
		return false;
	name = str_first(line, colon);
	size_t number = str_find(name, STR(" ("));
	name = str_first(name, number == STR_NONE ? name.n : number);
	if (str_find_char(name, '.') == STR_NONE || str_find_char(name, ' ') != STR_NONE)
		return false;
	str_line(&before, &p->beside);
	p->rest = line;
	peel_kind(p, "trace");
	return true;
}

/* "Get-Item : text": who says it, before what PowerShell puts behind a message. */
static void peel_cmdlet(struct peel *p)
{
	struct str rest = p->rest, name;
	if (!str_word(&rest, &name) || !str_starts(rest, STR(" : ")) || str_find_char(name, '-') == STR_NONE ||
	    !char_is_upper(name.p[0]) || !str_trim(str_from(rest, 3)).n)
		return;
	peel_note(&p->e->component, name);
	p->rest = str_from(rest, 3);
}

/* "   at Client.Run() in x.cs", "\tat com.example.Client.run(Client.java:120)"; "At line:1 char:1" */
bool peel_trace(struct peel *p)
{
	struct str line;
	if (peel_inner(p))
		return true;
	if (!(p->has & HAS_LINE_END) || !memchr(p->rest.p, '\n', p->rest.n))
		return false;
	struct str text = behind_excerpt(p->rest), rest = text;
	if (peel_python(p) || peel_cause(p, text))
		return true;
	for (bool first = true; str_line(&rest, &line); first = false) {
		bool frame = is_indented(line) && str_starts(str_trim(line), STR("at ")) &&
			     (str_find_char(line, '(') != STR_NONE || str_starts(str_trim(line), STR("at node:")));
		bool place = str_starts(line, STR("At ")) && str_find(line, STR(" char:")) != STR_NONE;
		if (first || !(frame || place))
			continue;
		p->rest = str_first(text, (size_t)(line.p - text.p));
		peel_kind(p, frame ? "trace" : "powershell");
		if (place)
			peel_cmdlet(p);
		return true;
	}
	return false;
}

/* ---- mail ---- */

enum { HEADERS_MAX = 40, HEADERS_LEAST = 2 };

static bool is_header(struct str name)
{
	static const struct str names[] = { STR_LIT("From"), STR_LIT("To"), STR_LIT("Cc"), STR_LIT("Date"),
					    STR_LIT("Sent"),
					    STR_LIT("Subject"), STR_LIT("Content-Type"), STR_LIT("MIME-Version"),
					    STR_LIT("Content-Transfer-Encoding"), STR_LIT("Message-ID"),
					    STR_LIT("Received"),
					    STR_LIT("Reply-To"), STR_LIT("In-Reply-To"), STR_LIT("References") };
	return STR_IS_ANY(name, names, str_eq_nocase);
}

/* "From: joe", "Subject: text", an empty line, and what was written: the subject stands beside that. */
bool peel_mail(struct peel *p)
{
	struct str rest = p->rest, line, name, value, subject = STR(""), time = STR("");
	unsigned known = 0;
	if (!(p->has & HAS_LINE_END))
		return false;
	for (unsigned n = 0; n < HEADERS_MAX && str_line(&rest, &line); n++) {
		if (!str_trim(line).n) {
			if (known < HEADERS_LEAST || !str_trim(rest).n)
				return false;
			peel_note(&p->e->time, time);
			p->beside = subject;
			p->rest = rest;
			peel_kind(p, "mail");
			return true;
		}
		bool pair = str_cut(line, ':', &name, &value) && str_find_char(name, ' ') == STR_NONE;
		if (!pair && !(n && is_indented(line)))
			return false;
		known += pair && is_header(name);
		if (pair && str_eq_nocase(name, STR("Subject")))
			subject = str_trim(value);
		else if (pair && (str_eq_nocase(name, STR("Date")) || str_eq_nocase(name, STR("Sent"))))
			time = str_trim(value);
	}
	return false;
}
