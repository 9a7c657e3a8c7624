/* SPDX-License-Identifier: MIT */
#include "match/markup.h"

#include <string.h>

enum { BEFORE_MAX = 200, NAME_MAX_BYTES = 64 };

struct element {
	struct str attributes, inside, behind;
};

static struct str between(const char *from, const char *to)
{
	return (struct str){ from, (size_t)(to - from) };
}

/* The name of a tag that s begins with behind its bracket, without what stands before a colon: "f:Message". */
static struct str local_name(struct str s)
{
	size_t n = 0, from = 0;
	for (; n < s.n && n < NAME_MAX_BYTES && (char_is_alnum(s.p[n]) || strchr(":-_.", s.p[n])) && s.p[n]; n++)
		from = s.p[n] == ':' ? n + 1 : from;
	return str_part(s, from, n);
}

/* The next tag of this name from *at on, an opening or a closing one: from its bracket to behind the other one. */
static bool next_tag(struct str s, struct str name, bool closing, size_t *at, struct str *ret_tag)
{
	while (*at < s.n) {
		const char *open = memchr(s.p + *at, '<', s.n - *at);
		if (!open)
			return false;
		struct str rest = between(open, s.p + s.n);
		bool closes = rest.n > 1 && rest.p[1] == '/';
		*at = (size_t)(open - s.p) + 1;
		if (closes != closing || !str_eq(local_name(str_from(rest, 1 + closes)), name))
			continue;
		const char *end = memchr(rest.p, '>', rest.n);
		*at = end ? (size_t)(end + 1 - s.p) : s.n;
		*ret_tag = str_first(rest, end ? (size_t)(end + 1 - rest.p) : rest.n);
		return true;
	}
	return false;
}

/* find_element finds the first element of a name. last: it ends where the last of that name does, for it holds others
 * of its kind; one that does not end was cut off. */
static bool find_element(struct str s, struct str name, bool last, struct element *ret_element)
{
	struct str open, close, end = STR("");
	size_t at = 0;
	if (!next_tag(s, name, false, &at, &open))
		return false;
	struct element e = { .attributes = open, .inside = str_from(s, at), .behind = STR("") };
	if (str_ends(open, STR("/>"))) {
		e.behind = e.inside;
		e.inside = str_first(e.inside, 0);
	} else {
		while (next_tag(s, name, true, &at, &close)) {
			end = close;
			if (!last)
				break;
		}
		if (end.n) {
			e.behind = between(end.p + end.n, s.p + s.n);
			e.inside = between(e.inside.p, end.p);
		}
	}
	*ret_element = e;
	return true;
}

static struct str inside_of(struct str s, struct str name)
{
	struct element e;
	return find_element(s, name, false, &e) ? str_trim(e.inside) : STR("");
}

/* "Name='Dhcp'" */
static struct str attribute_of(struct str tag, struct str name)
{
	for (size_t at; (at = str_find(tag, name)) != STR_NONE; tag = str_from(tag, at + name.n)) {
		struct str rest = str_from(tag, at + name.n);
		if (!at || !char_is_space(tag.p[at - 1]) || rest.n < 3 || rest.p[0] != '=' || !strchr("'\"", rest.p[1]))
			continue;
		size_t end = str_find_char(str_from(rest, 2), rest.p[1]);
		return end == STR_NONE ? STR("") : str_first(str_from(rest, 2), end);
	}
	return STR("");
}

static struct str attribute_in(struct str s, struct str element, struct str name)
{
	struct element e;
	return find_element(s, element, false, &e) ? attribute_of(e.attributes, name) : STR("");
}

/* What a text says behind its record: tags that close what stands around it, and nothing else. */
static bool only_closes(struct str s)
{
	for (s = str_trim(s); s.n; s = str_trim(s)) {
		size_t end = str_starts(s, STR("</")) ? str_find_char(s, '>') : STR_NONE;
		if (end == STR_NONE)
			return false;
		s = str_from(s, end + 1);
	}
	return true;
}

/* [MS-EVEN6], as wevtutil and the event viewer give it: the text where the record has it, else what was put into it. */
static bool read_event(const struct element *e, struct markup_record *r)
{
	struct element system, data;
	if (!find_element(e->inside, STR("System"), false, &system) || !only_closes(e->behind))
		return false;
	struct str rendered = inside_of(e->inside, STR("RenderingInfo"));
	r->event = inside_of(system.inside, STR("EventID"));
	r->message = inside_of(rendered, STR("Message"));
	if (!r->message.n && find_element(e->inside, STR("EventData"), false, &data))
		r->message = str_first(data.inside, str_find(data.inside, STR("<Binary")));
	if (!r->message.n)
		r->message = inside_of(e->inside, STR("UserData"));
	r->component = attribute_in(system.inside, STR("Provider"), STR("Name"));
	r->time = attribute_in(system.inside, STR("TimeCreated"), STR("SystemTime"));
	r->thread = attribute_in(system.inside, STR("Execution"), STR("ThreadID"));
	r->host = inside_of(system.inside, STR("Computer"));
	r->level = inside_of(rendered, STR("Level"));
	r->level = r->level.n ? r->level : inside_of(system.inside, STR("Level"));
	return r->event.n > 0;
}

/* Lines of the error stream, an element each ([MS-PSRP] 2.2.5.1). */
static bool read_clixml(const struct element *e, struct markup_record *r)
{
	static const struct str marks[] = { STR_LIT("<S S=\"Error\">"), STR_LIT("<S S=\"Warning\">"),
					    STR_LIT("<S S=\"warning\">") };
	static const struct str end = STR_LIT("</S>");
	for (size_t i = 0; i < sizeof marks / sizeof *marks && !r->message.n; i++) {
		size_t from = str_find(e->inside, marks[i]), last = STR_NONE;
		struct str rest = str_from(e->inside, from == STR_NONE ? e->inside.n : from + marks[i].n);
		for (size_t at = 0, n; (n = str_find(str_from(rest, at), end)) != STR_NONE; at += n + end.n)
			last = at + n;
		r->message = str_first(rest, last);
	}
	return true;
}

static bool read_wsman(const struct element *e, struct markup_record *r)
{
	struct element message;
	if (find_element(e->inside, STR("Message"), true, &message))
		r->message = message.inside;
	r->host = attribute_of(e->attributes, STR("Machine"));
	r->event = attribute_of(e->attributes, STR("Code"));
	return true;
}

static bool read_soap(const struct element *e, struct markup_record *r)
{
	struct element fault, detail;
	if (!find_element(e->inside, STR("Fault"), false, &fault))
		return false;
	if (find_element(fault.inside, STR("WSManFault"), true, &detail) && read_wsman(&detail, r) && r->message.n)
		return true;
	r->message = inside_of(inside_of(fault.inside, STR("Reason")), STR("Text"));
	if (!r->message.n)
		r->message = inside_of(fault.inside, STR("faultstring"));
	return true;
}

static bool read_log4j(const struct element *e, struct markup_record *r)
{
	r->message = inside_of(e->inside, STR("message"));
	if (!r->message.n)
		r->message = inside_of(e->inside, STR("Message"));
	r->component = attribute_of(e->attributes, STR("logger"));
	r->component = r->component.n ? r->component : attribute_of(e->attributes, STR("loggerName"));
	r->level = attribute_of(e->attributes, STR("level"));
	r->time = attribute_of(e->attributes, STR("timestamp"));
	r->thread = attribute_of(e->attributes, STR("thread"));
	return r->component.n && r->level.n && only_closes(e->behind);
}

/* java.util.logging's XMLFormatter */
static bool read_java(const struct element *e, struct markup_record *r)
{
	r->message = inside_of(e->inside, STR("message"));
	r->level = inside_of(e->inside, STR("level"));
	r->time = inside_of(e->inside, STR("date"));
	r->component = inside_of(e->inside, STR("class"));
	r->component = r->component.n ? r->component : inside_of(e->inside, STR("logger"));
	r->thread = inside_of(e->inside, STR("thread"));
	return r->level.n && (r->time.n || r->component.n) && only_closes(e->behind);
}

/* The report of a test run, as JUnit writes it: the first that failed. */
static bool read_junit(const struct element *e, struct markup_record *r)
{
	struct str all = between(e->attributes.p, e->behind.n ? e->behind.p : e->inside.p + e->inside.n);
	struct element failed;
	if (!find_element(all, STR("failure"), false, &failed) && !find_element(all, STR("error"), false, &failed))
		return false;
	r->message = attribute_of(failed.attributes, STR("message"));
	r->component = attribute_in(all, STR("testcase"), STR("classname"));
	return true;
}

static const struct {
	struct str root;
	const char *kind;
	bool (*read)(const struct element *e, struct markup_record *r);
} records[] = {
	{ STR_LIT("Event"), "nt-event", read_event },	{ STR_LIT("Objs"), "clixml", read_clixml },
	{ STR_LIT("WSManFault"), "wsman", read_wsman }, { STR_LIT("Envelope"), "soap", read_soap },
	{ STR_LIT("event"), "log4j", read_log4j },	{ STR_LIT("Event"), "log4j", read_log4j },
	{ STR_LIT("record"), "java", read_java },	{ STR_LIT("testsuites"), "junit", read_junit },
	{ STR_LIT("testsuite"), "junit", read_junit },	{ STR_LIT("testcase"), "junit", read_junit },
	{ STR_LIT("failure"), "junit", read_junit },
};

/* The first tag of a text, where little stands before it: the mark of CLIXML, a declaration, a log's stamp. What a
 * string holds is that string's. */
static size_t root_at(struct str text)
{
	struct str head = str_first(text, BEFORE_MAX);
	size_t at = 0, from = 0;
	for (const char *open; at < head.n && (open = memchr(head.p + at, '<', head.n - at));) {
		at = (size_t)(open - head.p) + 1;
		struct str rest = str_from(head, at);
		if (str_starts(rest, STR("?")) || str_eq(local_name(rest), STR("Events"))) {
			size_t end = str_find_char(rest, '>');
			at = end == STR_NONE ? head.n : at + end + 1;
			from = at;
		} else if (rest.n && char_is_alpha(rest.p[0])) {
			struct str before = str_part(head, from, at - 1);
			bool within = str_find_char(before, '"') != STR_NONE || str_find_char(before, '{') != STR_NONE;
			return within ? STR_NONE : at - 1;
		}
	}
	return STR_NONE;
}

size_t markup_split(struct str text, struct str *ret_records, size_t max)
{
	size_t at = root_at(text), count = 0;
	if (at == STR_NONE)
		return 0;
	struct str name = local_name(str_from(text, at + 1)), rest = str_from(text, at);
	struct element e;
	struct markup_record r;
	while (count < max && rest.n > 1 && rest.p[0] == '<' && str_eq(local_name(str_from(rest, 1)), name) &&
	       find_element(rest, name, false, &e)) {
		struct str one = str_first(rest, e.behind.n ? rest.n - e.behind.n : rest.n);
		if (!markup_read(one, &r))
			return 0;
		ret_records[count++] = one;
		rest = str_trim(e.behind);
	}
	return count > 1 && (count == max || only_closes(rest)) ? count : 0;
}

bool markup_read(struct str text, struct markup_record *ret_record)
{
	size_t at = root_at(text);
	if (at == STR_NONE)
		return false;
	struct str name = local_name(str_from(text, at + 1));
	for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
		struct markup_record r = { .kind = records[i].kind, .start = at };
		struct element e;
		bool nested = records[i].read == read_wsman;
		if (!str_eq(name, records[i].root) || !find_element(str_from(text, at), name, nested, &e) ||
		    !records[i].read(&e, &r) || !str_trim(r.message).n)
			continue;
		r.message = str_trim(r.message);
		*ret_record = r;
		return true;
	}
	return false;
}
