/* SPDX-License-Identifier: MIT
 *
 * Records of named fields: JSON (RFC 8259), logfmt, the journal's export format, CEF and LEEF. The names are those that
 * loggers and collectors give to the message and what is said of it; which of them is which is one table for all.
 */
#include "match/envelope_peel.h"

#include <string.h>

enum role {
	ROLE_NONE,
	ROLE_MESSAGE,
	ROLE_ERROR,
	ROLE_TIME,
	ROLE_HOST,
	ROLE_COMPONENT,
	ROLE_THREAD,
	ROLE_LEVEL,
	ROLE_EVENT
};
enum { ROLES = ROLE_EVENT + 1, DEPTH_MAX = 8, LINES_MAX = 64, PAIRS_MIN = 2 };

/* Of several names of one role the earlier one counts. */
static const struct {
	struct str name;
	enum role role;
} names[] = {
	{ STR_LIT("message"), ROLE_MESSAGE },
	{ STR_LIT("msg"), ROLE_MESSAGE },
	{ STR_LIT("log"), ROLE_MESSAGE },
	{ STR_LIT("@message"), ROLE_MESSAGE },
	{ STR_LIT("short_message"), ROLE_MESSAGE },
	{ STR_LIT("textpayload"), ROLE_MESSAGE },
	{ STR_LIT("renderedmessage"), ROLE_MESSAGE },
	{ STR_LIT("@m"), ROLE_MESSAGE },
	{ STR_LIT("@mt"), ROLE_MESSAGE },
	{ STR_LIT("description"), ROLE_MESSAGE },
	{ STR_LIT("detail"), ROLE_MESSAGE },
	{ STR_LIT("body"), ROLE_MESSAGE },
	{ STR_LIT("stringvalue"), ROLE_MESSAGE }, /* OpenTelemetry, within the body */
	{ STR_LIT("event.original"), ROLE_MESSAGE },
	{ STR_LIT("error"), ROLE_ERROR },
	{ STR_LIT("err"), ROLE_ERROR },
	{ STR_LIT("error.message"), ROLE_ERROR },
	{ STR_LIT("errormessage"), ROLE_ERROR },
	{ STR_LIT("error_message"), ROLE_ERROR },
	{ STR_LIT("errmsg"), ROLE_ERROR },
	{ STR_LIT("exception.message"), ROLE_ERROR },
	{ STR_LIT("exception_message"), ROLE_ERROR },
	{ STR_LIT("exception"), ROLE_ERROR },
	{ STR_LIT("@x"), ROLE_ERROR },
	{ STR_LIT("exc_info"), ROLE_ERROR },
	{ STR_LIT("stack_trace"), ROLE_ERROR },
	{ STR_LIT("cause"), ROLE_ERROR },
	{ STR_LIT("reason"), ROLE_ERROR },
	{ STR_LIT("stderr"), ROLE_ERROR },
	{ STR_LIT("@timestamp"), ROLE_TIME },
	{ STR_LIT("timestamp"), ROLE_TIME },
	{ STR_LIT("time"), ROLE_TIME },
	{ STR_LIT("ts"), ROLE_TIME },
	{ STR_LIT("__realtime_timestamp"), ROLE_TIME },
	{ STR_LIT("_source_realtime_timestamp"), ROLE_TIME },
	{ STR_LIT("datetime"), ROLE_TIME },
	{ STR_LIT("timecreated"), ROLE_TIME },
	{ STR_LIT("timegenerated"), ROLE_TIME },
	{ STR_LIT("eventtime"), ROLE_TIME },
	{ STR_LIT("asctime"), ROLE_TIME },
	{ STR_LIT("@t"), ROLE_TIME },
	{ STR_LIT("$date"), ROLE_TIME },
	{ STR_LIT("date"), ROLE_TIME },
	{ STR_LIT("devtime"), ROLE_TIME },
	{ STR_LIT("rt"), ROLE_TIME },
	{ STR_LIT("hostname"), ROLE_HOST },
	{ STR_LIT("_hostname"), ROLE_HOST },
	{ STR_LIT("host"), ROLE_HOST },
	{ STR_LIT("host.name"), ROLE_HOST },
	{ STR_LIT("computer"), ROLE_HOST },
	{ STR_LIT("computername"), ROLE_HOST },
	{ STR_LIT("machinename"), ROLE_HOST },
	{ STR_LIT("source_host"), ROLE_HOST },
	{ STR_LIT("dvchost"), ROLE_HOST },
	{ STR_LIT("identhostname"), ROLE_HOST },
	{ STR_LIT("node"), ROLE_HOST },
	{ STR_LIT("syslog_identifier"), ROLE_COMPONENT },
	{ STR_LIT("component"), ROLE_COMPONENT },
	{ STR_LIT("logger"), ROLE_COMPONENT },
	{ STR_LIT("logger_name"), ROLE_COMPONENT },
	{ STR_LIT("loggername"), ROLE_COMPONENT },
	{ STR_LIT("sourcecontext"), ROLE_COMPONENT },
	{ STR_LIT("providername"), ROLE_COMPONENT },
	{ STR_LIT("sourcename"), ROLE_COMPONENT },
	{ STR_LIT("service.name"), ROLE_COMPONENT },
	{ STR_LIT("service"), ROLE_COMPONENT },
	{ STR_LIT("program"), ROLE_COMPONENT },
	{ STR_LIT("app"), ROLE_COMPONENT },
	{ STR_LIT("source"), ROLE_COMPONENT },
	{ STR_LIT("module"), ROLE_COMPONENT },
	{ STR_LIT("_comm"), ROLE_COMPONENT },
	{ STR_LIT("caller"), ROLE_COMPONENT },
	{ STR_LIT("thread"), ROLE_THREAD },
	{ STR_LIT("thread_name"), ROLE_THREAD },
	{ STR_LIT("threadname"), ROLE_THREAD },
	{ STR_LIT("thread_id"), ROLE_THREAD },
	{ STR_LIT("tid"), ROLE_THREAD },
	{ STR_LIT("_pid"), ROLE_THREAD },
	{ STR_LIT("pid"), ROLE_THREAD },
	{ STR_LIT("level"), ROLE_LEVEL },
	{ STR_LIT("severity"), ROLE_LEVEL },
	{ STR_LIT("severitytext"), ROLE_LEVEL },
	{ STR_LIT("priority"), ROLE_LEVEL },
	{ STR_LIT("levelname"), ROLE_LEVEL },
	{ STR_LIT("log.level"), ROLE_LEVEL },
	{ STR_LIT("loglevel"), ROLE_LEVEL },
	{ STR_LIT("leveldisplayname"), ROLE_LEVEL },
	{ STR_LIT("entrytype"), ROLE_LEVEL },
	{ STR_LIT("lvl"), ROLE_LEVEL },
	{ STR_LIT("sev"), ROLE_LEVEL },
	{ STR_LIT("@l"), ROLE_LEVEL },
	{ STR_LIT("eventid"), ROLE_EVENT },
	{ STR_LIT("event_id"), ROLE_EVENT },
	{ STR_LIT("event.code"), ROLE_EVENT },
	{ STR_LIT("instanceid"), ROLE_EVENT },
};

/* What of a record was found so far; rank: the smaller, the better. */
struct record {
	struct str values[ROLES];
	size_t ranks[ROLES];
	bool quoted[ROLES];
};

static void note(struct record *r, enum role role, size_t rank, struct str value, bool quoted)
{
	if (!value.n || (r->values[role].n && r->ranks[role] <= rank))
		return;
	r->values[role] = value;
	r->ranks[role] = rank;
	r->quoted[role] = quoted;
}

/* offer notes a field under its name; within says which object it is a part of, so that "host": {"name": ...} is a
 * host's name, and "error": {"message": ...} an error's message. */
static void offer(struct record *r, struct str name, struct str within, struct str value, bool quoted)
{
	enum { WITHIN = 1000 };
	static const struct str whole[] = { STR_LIT("name"),	 STR_LIT("message"), STR_LIT("code"),
					    STR_LIT("hostname"), STR_LIT("level"),   STR_LIT("original") };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq_nocase(name, names[i].name))
			note(r, names[i].role, i + (within.n ? WITHIN : 0), value, quoted);
	bool part = false;
	for (size_t i = 0; within.n && i < sizeof whole / sizeof *whole; i++)
		part |= str_eq_nocase(name, whole[i]);
	for (size_t i = 0; part && i < sizeof names / sizeof *names; i++)
		if (str_eq_nocase(within, names[i].name) &&
		    (names[i].role == ROLE_MESSAGE || names[i].role == ROLE_ERROR) ==
			    str_eq_nocase(name, STR("message")))
			note(r, names[i].role, i + WITHIN / 2, value, quoted);
}

/* give makes the record the dress, and its message the rest; the error beside it where there are both. */
static bool give(struct peel *p, const struct record *r, const char *kind)
{
	struct str message = r->values[ROLE_MESSAGE], error = r->values[ROLE_ERROR];
	bool quoted = r->quoted[ROLE_MESSAGE];
	if (!message.n) {
		message = error;
		quoted = r->quoted[ROLE_ERROR];
		error = STR("");
	}
	if (!message.n || !quoted)
		return false;
	peel_note(&p->e->time, r->values[ROLE_TIME]);
	peel_note(&p->e->host, r->values[ROLE_HOST]);
	peel_note(&p->e->component, r->values[ROLE_COMPONENT]);
	peel_note(&p->e->thread, r->values[ROLE_THREAD]);
	peel_note(&p->e->level, r->values[ROLE_LEVEL]);
	peel_note(&p->e->event, r->values[ROLE_EVENT]);
	p->beside = r->quoted[ROLE_ERROR] && !str_eq(message, error) ? error : STR("");
	if (p->beside.n || memchr(message.p, '\\', message.n))
		p->e->coding = CODING_BACKSLASH;
	p->rest = message;
	peel_kind(p, kind);
	return true;
}

/* ---- JSON ---- */

/* The string that begins at the quote at s[at]: its inside; *ret_next is behind the closing quote, or the end. */
static struct str string_at(struct str s, size_t at, size_t *ret_next)
{
	size_t end = at + 1;
	while (end < s.n && s.p[end] != '"')
		end += s.p[end] == '\\' && end + 1 < s.n ? 2 : 1;
	*ret_next = end < s.n ? end + 1 : s.n;
	return str_part(s, at + 1, end);
}

struct json_walk {
	struct str s;
	size_t at;
	struct str name;	      /* of the field that a value follows */
	struct str within[DEPTH_MAX]; /* names of the objects around */
	unsigned depth;
	struct record record;
};

static void skip_blanks(struct json_walk *w)
{
	while (w->at < w->s.n && char_is_space(w->s.p[w->at]))
		w->at++;
}

static void read_string(struct json_walk *w)
{
	struct str s = string_at(w->s, w->at, &w->at);
	skip_blanks(w);
	if (!w->name.n && w->at < w->s.n && w->s.p[w->at] == ':') {
		w->name = s;
		w->at++;
		return;
	}
	if (w->name.n && w->depth <= DEPTH_MAX)
		offer(&w->record, w->name, w->depth > 1 ? w->within[w->depth - 1] : STR(""), s, true);
	w->name = STR("");
}

static void read_bare(struct json_walk *w)
{
	size_t start = w->at;
	while (w->at < w->s.n && !strchr(",]}{[\"", w->s.p[w->at]) && !char_is_space(w->s.p[w->at]))
		w->at++;
	w->at += w->at == start;
	struct str s = str_part(w->s, start, w->at);
	if (w->name.n && w->depth <= DEPTH_MAX && !str_eq(s, STR("null")))
		offer(&w->record, w->name, w->depth > 1 ? w->within[w->depth - 1] : STR(""), s, false);
	w->name = STR("");
}

/* walk_object reads one object; false where something stands behind its end. One that was cut off is one as well. */
static bool walk_object(struct json_walk *w)
{
	do {
		skip_blanks(w);
		char c = w->at < w->s.n ? w->s.p[w->at] : 0;
		if (w->at >= w->s.n)
			return true;
		if (c == '"') {
			read_string(w);
		} else if (c == '{' || c == '[') {
			w->depth++;
			if (w->depth <= DEPTH_MAX)
				w->within[w->depth - 1] = w->name;
			w->name = STR("");
			w->at++;
		} else if (c == '}' || c == ']' || c == ',') {
			w->depth -= c != ',';
			w->name = STR("");
			w->at++;
		} else {
			read_bare(w);
		}
	} while (w->depth);
	skip_blanks(w);
	return w->at == w->s.n;
}

bool peel_json(struct peel *p)
{
	static const struct str behind = STR_LIT(" => {"); /* as Ansible reports */
	struct json_walk w;
	if (!(p->has & HAS_BRACE))
		return false;
	w = (struct json_walk){ .s = p->rest };
	size_t at = str_ends(p->rest, STR("}")) ? str_find(str_first(p->rest, 200), behind) : STR_NONE;
	if (at != STR_NONE)
		w.s = str_from(p->rest, at + behind.n - 1);
	if (!peel_byte_at(w.s, 0, "{") || !walk_object(&w))
		return false;
	return give(p, &w.record, "json");
}

/* ---- logfmt ---- */

static bool is_key(char c)
{
	return char_is_alnum(c) || c == '_' || c == '.' || c == '-' || c == '@';
}

/* pair_at reads "key=value" at the start of s; 0 where there is none. */
static size_t pair_at(struct str s, struct str *ret_name, struct str *ret_value, bool *ret_quoted)
{
	size_t n = 0, end;
	while (n < s.n && n < 40 && is_key(s.p[n]))
		n++;
	if (!n || n == s.n || s.p[n] != '=')
		return 0;
	*ret_name = str_first(s, n);
	*ret_quoted = peel_byte_at(s, n + 1, "\"");
	if (*ret_quoted) {
		*ret_value = string_at(s, n + 1, &end);
	} else {
		for (end = n + 1; end < s.n && !char_is_space(s.p[end]); end++)
			;
		*ret_value = str_part(s, n + 1, end);
	}
	return end < s.n && !char_is_space(s.p[end]) ? 0 : end;
}

bool peel_logfmt(struct peel *p)
{
	struct record r = { 0 };
	struct str rest = p->rest, name, value, date = STR("");
	unsigned pairs = 0;
	bool quoted;
	if (!(p->has & HAS_EQUALS))
		return false;
	size_t priority = peel_byte_at(rest, 0, "<") ? peel_digits(rest, 1, 1, 3) : 0; /* of syslog */
	if (priority && peel_byte_at(rest, priority + 1, ">"))
		rest = str_trim(str_from(rest, priority + 2));
	if (peel_byte_at(rest, 0, "\"")) { /* klog's, whose message has no name */
		size_t next;
		note(&r, ROLE_MESSAGE, 0, string_at(rest, 0, &next), true);
		rest = str_trim(str_from(rest, next));
		pairs = PAIRS_MIN;
	} else if (str_find_char(str_first(rest, 40), '=') == STR_NONE) {
		return false;
	}
	for (size_t n; rest.n; pairs++) {
		if (!(n = pair_at(rest, &name, &value, &quoted)))
			return false;
		if (date.n && !quoted && str_eq(name, STR("time"))) /* "date=2001-03-12 time=10:56:20" */
			value = (struct str){ date.p, (size_t)(value.p + value.n - date.p) };
		date = str_eq(name, STR("date")) ? value : STR("");
		offer(&r, name, STR(""), value, quoted);
		rest = str_from(rest, n);
		while (rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t'))
			rest = str_from(rest, 1);
	}
	return pairs > PAIRS_MIN && give(p, &r, "logfmt");
}

/* peel_told notes the error that fields behind a message tell, and drops them. */
static bool peel_told(struct peel *p, size_t at, const struct record *r)
{
	struct str error = r->values[ROLE_ERROR], left = str_trim_end(str_first(p->rest, at));
	if (!error.n || !r->quoted[ROLE_ERROR] || !left.n || p->e->coding || p->beside.n)
		return false;
	p->rest = left;
	p->beside = error;
	p->e->coding = CODING_BACKSLASH;
	return true;
}

bool peel_json_behind(struct peel *p, size_t at)
{
	struct json_walk w = { .s = str_from(p->rest, at) };
	return walk_object(&w) && peel_told(p, at, &w.record);
}

bool peel_pairs_behind(struct peel *p)
{
	enum { TRIED_MAX = 8 };
	struct str s = p->rest, name, value;
	bool quoted;
	if (!(p->has & HAS_EQUALS) || !memchr(s.p, '"', s.n))
		return false;
	for (size_t at = 0, tried = 0, found; tried < TRIED_MAX; at++, tried++) {
		if ((found = str_find_char(str_from(s, at), '=')) == STR_NONE)
			return false;
		at += found;
		size_t from = at, n = 0;
		while (from && is_key(s.p[from - 1]))
			from--;
		if (from == at || !from || s.p[from - 1] != ' ')
			continue;
		struct record r = { 0 };
		struct str rest = str_from(s, from);
		while (rest.n && (n = pair_at(rest, &name, &value, &quoted))) {
			offer(&r, name, STR(""), value, quoted);
			rest = str_trim(str_from(rest, n));
		}
		if (!rest.n)
			return peel_told(p, from, &r);
	}
	return false;
}

static bool names_error(struct str name)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].role == ROLE_ERROR && str_eq_nocase(name, names[i].name))
			return true;
	return false;
}

/* without_pairs: "text" of "text url=x attempt=3". */
static struct str without_pairs(struct str s)
{
	enum { PAIRS_MAX = 16 };
	struct str name, value;
	bool quoted;
	for (unsigned i = 0; i < PAIRS_MAX; i++) {
		size_t word = s.n;
		while (word && !char_is_space(s.p[word - 1]))
			word--;
		if (!word || pair_at(str_from(s, word), &name, &value, &quoted) != s.n - word)
			break;
		s = str_trim_end(str_first(s, word));
	}
	return s;
}

bool peel_error_behind(struct peel *p)
{
	enum { TRIED_MAX = 8 };
	struct str s = p->rest;
	if (!(p->has & HAS_EQUALS) || p->e->coding || p->beside.n)
		return false;
	for (size_t at = 0, tried = 0, found; tried < TRIED_MAX; at++, tried++) {
		if ((found = str_find_char(str_from(s, at), '=')) == STR_NONE)
			return false;
		at += found;
		size_t from = at;
		while (from && is_key(s.p[from - 1]))
			from--;
		struct str left = str_trim_end(str_first(s, from)), error = str_from(s, at + 1);
		bool apart = left.n && left.p[left.n - 1] != ',' && char_is_space(s.p[from - 1]);
		if (!apart || !error.n || !char_is_alpha(error.p[0]) || !names_error(str_part(s, from, at)))
			continue;
		error = without_pairs(error);
		if (!memchr(error.p, ' ', error.n) || /* a word, as "error=EACCES", is what the message goes on with */
		    envelope_denies(str_first(s, at)))
			return false;
		p->rest = left;
		p->beside = error;
		return true;
	}
	return false;
}

/* ---- the journal ---- */

/* "    _HOSTNAME=ws7": names are upper case there. */
static bool journal_pair(struct str line, struct str *ret_name, struct str *ret_value)
{
	line = str_trim(line);
	if (!str_cut(line, '=', ret_name, ret_value) || ret_name->n < 3 || ret_name->n > 64)
		return false;
	for (size_t i = 0; i < ret_name->n; i++)
		if (!char_is_upper(ret_name->p[i]) && !char_is_digit(ret_name->p[i]) && ret_name->p[i] != '_')
			return false;
	return true;
}

bool peel_has_message(struct str s)
{
	static const struct str field = STR_LIT("MESSAGE=");
	for (size_t at = 0, found; (found = str_find_char(str_from(s, at), '=')) != STR_NONE; at++) {
		at += found;
		if (str_ends(str_first(s, at + 1), field))
			return true;
	}
	return false;
}

bool peel_journal(struct peel *p)
{
	struct record r = { 0 };
	struct str rest = p->rest, line, name, value;
	unsigned pairs = 0;
	if (!(p->has & HAS_EQUALS) || !peel_has_message(rest))
		return false;
	for (unsigned n = 0; n < LINES_MAX && str_line(&rest, &line); n++) {
		if (!journal_pair(line, &name, &value)) {
			if (n && str_trim(line).n) /* the first one may be the stamp */
				return false;
			continue;
		}
		pairs++;
		offer(&r, name, STR(""), value, true);
	}
	bool first = str_starts(p->rest, STR("MESSAGE="));
	return (pairs > PAIRS_MIN || first) && r.values[ROLE_MESSAGE].n && give(p, &r, "journal");
}

/* ---- CEF and LEEF: fields between bars, then named ones ---- */

enum { HEAD_MAX = 7, HEAD_LEEF = 5 };

/* bars_begin finds "CEF:0|" or the like at the start of a text, or behind the one word that names a host. */
static bool bars_begin(struct peel *p, struct str mark, struct str *ret_rest)
{
	struct str rest = p->rest, host = STR("");
	if (!(p->has & HAS_BAR))
		return false;
	if (!str_starts(rest, mark) && (!str_word(&rest, &host) || !str_starts(rest = str_trim(rest), mark)))
		return false;
	if (!peel_byte_at(rest, mark.n, "0123456789"))
		return false;
	peel_note(&p->e->host, host);
	*ret_rest = rest;
	return true;
}

/* bars_read reads fields that end with a bar; a backslash keeps one from ending it. */
static bool bars_read(struct str *rest, struct str *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = 0;
		while (n < rest->n && rest->p[n] != '|')
			n += rest->p[n] == '\\' && n + 1 < rest->n ? 2 : 1;
		if (n >= rest->n)
			return false;
		fields[i] = str_trim(str_first(*rest, n));
		*rest = str_from(*rest, n + 1);
	}
	return true;
}

/* How long the name before s[equals] is, at the start or behind a blank; 0 where that is part of a value. */
static size_t name_before(struct str s, size_t equals)
{
	size_t n = 0;
	while (n < equals && n < 40 && is_key(s.p[equals - 1 - n]))
		n++;
	return n == equals || s.p[equals - 1 - n] == ' ' ? n : 0;
}

/* "a=text b=more text": a value ends before the next name. */
static void offer_extension(struct record *r, struct str s)
{
	struct str name = STR("");
	size_t value = 0;
	for (size_t at = 0; at <= s.n; at++) {
		const char *equals = at < s.n ? memchr(s.p + at, '=', s.n - at) : NULL;
		at = equals ? (size_t)(equals - s.p) : s.n;
		size_t n = at < s.n ? name_before(s, at) : 0;
		if (at < s.n && !n)
			continue;
		if (name.n)
			offer(r, name, STR(""), str_trim(str_part(s, value, at - n)), true);
		name = str_part(s, at - n, at);
		value = at + 1;
	}
}

/* What an event is called, in a few words, tells little beside what is said of it; a sentence may be the message. */
static bool is_sentence(struct str s)
{
	enum { WORDS = 4 };
	unsigned words = 0;
	for (struct str word; words < WORDS && str_word(&s, &word);)
		words++;
	return words == WORDS;
}

bool peel_cef(struct peel *p)
{
	struct record r = { 0 };
	struct str rest, head[HEAD_MAX];
	if (!bars_begin(p, STR("CEF:"), &rest) || !bars_read(&rest, head, HEAD_MAX))
		return false;
	offer_extension(&r, rest);
	struct str name = head[5], message = r.values[ROLE_MESSAGE];
	if (!message.n && !name.n)
		return false;
	p->beside = message.n && !str_eq(message, name) && is_sentence(name) ? name : STR("");
	p->rest = message.n ? message : name;
	p->e->component = head[2];
	p->e->event = head[4];
	p->e->level = head[6];
	peel_note(&p->e->time, r.values[ROLE_TIME]);
	peel_note(&p->e->host, r.values[ROLE_HOST]);
	p->e->coding = p->beside.n || memchr(p->rest.p, '\\', p->rest.n) ? CODING_BACKSLASH : CODING_NONE;
	peel_kind(p, "cef");
	return true;
}

/* "x5E", "0x5E", "^": what stands between the named fields; a tab where nothing is said. */
static char mark_of(struct str s)
{
	size_t x = str_find_char(s, 'x');
	uint64_t value = 0;
	char digits[] = "0x00";
	if (s.n > 2 && x < 2 && s.n - x == 3) {
		memcpy(digits + 2, s.p + x + 1, 2);
		if (str_u64(str_c(digits), &value) && value)
			return (char)value;
	}
	return s.n == 1 ? s.p[0] : '\t';
}

bool peel_leef(struct peel *p)
{
	struct record r = { 0 };
	struct str rest, head[HEAD_LEEF + 1], pair, name, value;
	if (!bars_begin(p, STR("LEEF:"), &rest))
		return false;
	bool second = peel_byte_at(rest, 5, "2"); /* its version says what parts the fields */
	if (!bars_read(&rest, head, HEAD_LEEF + second))
		return false;
	char mark = second ? mark_of(head[HEAD_LEEF]) : '\t';
	while (rest.n) {
		str_cut(rest, mark, &pair, &rest);
		if (str_cut(pair, '=', &name, &value))
			offer(&r, str_trim(name), STR(""), str_trim(value), true);
	}
	struct str message = r.values[ROLE_MESSAGE];
	bool named = str_find_char(head[4], ' ') != STR_NONE;
	if (!message.n && !named)
		return false;
	p->rest = message.n ? message : head[4];
	p->e->component = head[2];
	p->e->event = head[4];
	peel_note(&p->e->time, r.values[ROLE_TIME]);
	peel_note(&p->e->host, r.values[ROLE_HOST]);
	peel_note(&p->e->level, r.values[ROLE_LEVEL]);
	peel_kind(p, "leef");
	return true;
}
