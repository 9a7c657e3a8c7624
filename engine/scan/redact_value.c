/* SPDX-License-Identifier: MIT
 *
 * The value behind a key and the mark that assigns it: "user=alice", "password: x1", "key": "x1". See
 * redact_shapes.h.
 */
#include "scan/redact_shapes.h"

#include <string.h>

enum { QUOTED_MAX = 60, NAME_MAX = 64 };

size_t redact_second_name(struct str s, size_t at)
{
	size_t n = at_or_nul(s, at) == ' ' ? redact_name_run(s, at + 1) : 0;
	bool fits = n > 1 && char_is_upper(s.p[at + 1]) && char_is_lower(s.p[at + 2]) &&
		    !one_of(at_or_nul(s, at + 1 + n), ":=") && !redact_is_common(part(s, at + 1, n));
	return fits ? n + 1 : 0;
}

/* quoted_rest: of a person's name with blanks in it ("Erika Mustermann"), up to its quote; 0 where it has none. */
static size_t quoted_rest(struct str s, size_t at, char quote)
{
	size_t n = 0;
	while (at + n < s.n && n < QUOTED_MAX && (is_name(s.p[at + n]) || s.p[at + n] == ' '))
		n++;
	return at_or_nul(s, at + n) == quote ? n : 0;
}

/* redact_take_person: alice, Erika Mustermann, CORP\alice; gives its end. */
size_t redact_take_person(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = redact_name_run(s, at);
	if (n && at_or_nul(s, at + n) == '\\') {
		size_t user = at + n + 1 + (at_or_nul(s, at + n + 1) == '\\');
		redact_take(f, at, n, REDACT_HOST);
		return redact_take(f, user, redact_name_run(s, user), REDACT_USER);
	}
	return redact_take(f, at, n + (n && char_is_upper(s.p[at]) ? redact_second_name(s, at + n) : 0), REDACT_USER);
}

/* is_bracketed: "[nas-1]", no address and no word of a sentence ("[preauth]"); a user's name is a word often. */
static bool is_bracketed(struct str s, size_t at, enum redact_kind kind)
{
	size_t n = at_or_nul(s, at) == '[' ? redact_name_run(s, at + 1) : 0;
	struct str name = part(s, at + 1, n);
	bool named = redact_tells_apart(name) ||
		     (kind == REDACT_USER && !redact_is_common(name) && !str_in_list(name, "preauth postauth"));
	return n && at_or_nul(s, at + 1 + n) == ']' && named && !redact_address_at(s, at + 1);
}

/* is_function: "check_ntlm_password: Authentication for ...": who says it, and no key. */
static bool is_function(struct str key)
{
	static const char verbs[] = "check verify get read load parse validate fetch refresh hash";
	size_t bar = str_find_char(key, '_');
	return bar != STR_NONE && str_in_list(str_first(key, bar), verbs);
}

/* What stands behind a key: the mark that assigns, and where the value begins. */
struct assignment {
	size_t start, end, value; /* the key; the value without its quote */
	char mark;
	bool assigned, apart, quoted, touches; /* nothing between key and mark */
	bool entered;			       /* "password entered: x1" */
};

/* behind_act: "password entered: x1", "PIN eingegeben: 4711": the place of the mark; `at` where there is none. */
static size_t behind_act(struct str s, size_t at)
{
	static const char acts[] = "entered typed given supplied provided used received eingegeben";
	size_t n = 0;
	while (char_is_alpha(at_or_nul(s, at + n)))
		n++;
	size_t mark = skip_blanks(s, at + n);
	return str_in_list(part(s, at, n), acts) && one_of(at_or_nul(s, mark), ":=") ? mark : at;
}

/* marks_behind: of "password" => "x1" (Ruby, PHP, Perl), Password := "x1" (RADIUS, Go, make), password == "x1",
 * userPassword:: eDE= (LDIF, RFC 2849). */
static size_t marks_behind(struct str s, size_t at)
{
	char mark = at_or_nul(s, at), next = at_or_nul(s, at + 1);
	bool coded = mark == ':' && next == ':' && at_or_nul(s, at + 2) == ' ';
	if (coded || (mark == '=' && next == '>') || (mark == ':' && next == '='))
		return 1;
	size_t n = mark == '=' && next == '=' && at && s.p[at - 1] == ' ' ? 1 : 0;
	return n + (n && at_or_nul(s, at + 2) == '=');
}

/* at_quote: the quote behind the backslashes at a place, of JSON within a string (\"password\":\"x1\"); the place
 * itself where there is none. */
static size_t at_quote(struct str s, size_t at)
{
	size_t n = 0;
	while (n < 3 && at_or_nul(s, at + n) == '\\') /* a string in a string in a string */
		n++;
	return one_of(at_or_nul(s, at + n), "\"'") ? at + n : at;
}

/* arrow_behind: of "${DB_PASSWORD} -> x1", as what fills templates shows it, the place of its mark; 0 for none. */
static size_t arrow_behind(struct str s, size_t start, size_t end)
{
	static const struct str arrow = STR_LIT(" -> ");
	size_t at = end + (at_or_nul(s, end) == '}'), name = start;
	while (name && start - name < NAME_MAX && is_name(s.p[name - 1]))
		name--;
	bool shown = str_starts(str_from(s, at), arrow) && redact_is_variable(part(s, name, end - name));
	return shown ? at + 1 : 0;
}

static struct assignment read_assignment(struct str s, size_t start, size_t end, enum redact_kind kind)
{
	static const struct str attribute = STR_LIT("value=");
	size_t quote = at_quote(s, end), before = quote + one_of(at_or_nul(s, quote), "\"'");
	bool indexes = start && s.p[start - (start > 1 && before > quote ? 2 : 1)] == '['; /* $cfg['password'] = 'x1' */
	before += indexes && at_or_nul(s, before) == ']';
	size_t at = skip_blanks(s, before);
	if (at > before && str_starts_nocase(str_from(s, at), attribute)) /* key="password" value="x1" */
		at += attribute.n - 1;
	size_t mark = kind == REDACT_SECRET && at > before ? behind_act(s, at) : at;
	size_t shown = kind == REDACT_SECRET ? arrow_behind(s, start, end) : 0;
	mark = shown ? shown : mark;
	struct assignment g = {
		.start = start, .end = end, .mark = at_or_nul(s, mark), .touches = at == before, .entered = mark > at
	};
	at = mark;
	g.assigned = g.mark == '=' || g.mark == ':' || shown;
	at += shown ? 1 : marks_behind(s, at);
	g.value = skip_blanks(s, g.assigned ? at + 1 : at);
	g.apart = g.value > at + g.assigned;
	g.value = g.assigned ? at_quote(s, g.value) : g.value;
	g.quoted = one_of(at_or_nul(s, g.value), "\"'<") ||
		   ((kind == REDACT_HOST || kind == REDACT_USER) && is_bracketed(s, g.value, kind));
	g.value += g.quoted;
	return g;
}

/* take_cookies: of "Cookie: a=x1; b=x2" each that is long enough for who somebody is; gives their end. */
static size_t take_cookies(struct redact_finder *f, size_t at)
{
	enum { LEAST = 4 };
	struct str s = f->line;
	for (;; at += 2) {
		size_t n = redact_secret_run(s, at), mark = str_find_char(part(s, at, n), '=');
		if (mark == STR_NONE)
			return at;
		at = n - mark > LEAST ? redact_take(f, at, n, REDACT_SECRET) : at + n;
		if (!str_starts(str_from(s, at), STR("; ")) || at + 2 >= s.n)
			return at;
	}
}

/* bytes_row: "[7, 3, 5, 0x0b, ...]", the bytes of a key, up to its bracket; 0 for none. */
static size_t bytes_row(struct str s, size_t at)
{
	enum { LEAST = 8 };
	size_t n = 1, commas = 0;
	if (at_or_nul(s, at) != '[')
		return 0;
	for (; char_is_hex(at_or_nul(s, at + n)) || one_of(at_or_nul(s, at + n), ", xX"); n++)
		commas += s.p[at + n] == ',';
	return commas >= LEAST && at_or_nul(s, at + n) == ']' ? n + 1 : 0;
}

static size_t secret_behind(struct redact_finder *f, const struct assignment *g)
{
	static const char schemes[] = "bearer basic digest negotiate ntlm token apikey";
	struct str s = f->line, key = part(s, g->start, g->end - g->start);
	if (redact_is_code(s, g->value))
		return g->end;
	size_t value = g->value, n = redact_secret_run(s, value);
	size_t wrapped = g->assigned && !g->quoted ? redact_literal_at(s, value) : 0;
	if (wrapped && redact_secret_run(s, value + wrapped)) {
		value += wrapped;
		n = redact_secret_run(s, value);
	}
	size_t row = g->assigned && !g->quoted ? redact_registry_row(s, value) : 0;
	row = g->assigned && !g->quoted && !row ? bytes_row(s, value) : row;
	if (row)
		return redact_take(f, value, row, REDACT_SECRET);
	bool scheme = g->assigned && str_in_list(part(s, value, n), schemes);
	if (scheme && one_of(at_or_nul(s, skip_blanks(s, value + n)), "<${[")) /* Bearer <token>, Bearer $TOKEN */
		return g->end;
	if (scheme && char_is_alnum(at_or_nul(s, skip_blanks(s, value + n)))) {
		value = skip_blanks(s, value + n);
		n = redact_secret_run(s, value);
	}
	struct str tagged = redact_tagged(s, g->start, g->end);
	if (tagged.n) {
		value = (size_t)(tagged.p - s.p);
		n = tagged.n;
		if (redact_is_code(s, value))
			return g->end;
	}
	size_t salted = g->assigned && at_or_nul(s, value) == '{' ? redact_salted_at(f, value) : value;
	if (salted > value)
		return salted;
	bool prose = g->mark == ':' && g->apart && !g->quoted, set = g->start && s.p[g->start - 1] == '-';
	if (prose && !set && str_in_list(key, "cookie") && memchr(s.p + value, '=', n))
		return take_cookies(f, value);
	bool function =
		prose && redact_goes_on(s, value + n) && is_function(key) && !redact_tells_apart(part(s, value, n));
	bool realm = str_in_list(key, "auth authorization") && redact_name_run(s, value) == 5 &&
		     str_eq_nocase(part(s, value, 5), STR("realm")); /* what a server asks for */
	struct str word = part(s, value, n);
	bool wrong = g->entered && (redact_is_wrong(word) || str_in_list(word, "default"));
	if (function || realm || wrong || redact_is_told(s, g->start, key, value, n, prose))
		return g->end;
	return (g->assigned || tagged.n) && n ? redact_take(f, value, n, REDACT_SECRET) : g->end;
}

static size_t name_behind(struct redact_finder *f, const struct assignment *g, enum redact_kind kind)
{
	static const char states[] =
		"disabled enabled expired locked unlocked active inactive failed succeeded denied required "
		"missing";
	struct str s = f->line, key = part(s, g->start, g->end - g->start);
	size_t value = g->value, n = redact_name_run(s, value);
	struct str tagged = kind == REDACT_USER ? redact_tagged(s, g->start, g->end) : STR("");
	if (tagged.n)
		return redact_take(f, (size_t)(tagged.p - s.p), tagged.n, kind);
	struct str name = part(s, value, n);
	if (kind == REDACT_USER && at_or_nul(s, value + n) == '=') /* a key of its own: "Login: user=<alice>" */
		return g->end;
	bool domain = at_or_nul(s, value + n) == '\\' && at_quote(s, value + n) == value + n; /* /user:CORP\alice */
	if (kind == REDACT_USER && (g->assigned || g->quoted) && domain)
		return redact_take_person(f, value);
	bool state = g->mark == ':' && g->apart && str_in_list(name, states); /* "account: expired" */
	bool last = !state && (strchr(",;)", at_or_nul(s, value + n)) || value + n >= s.n);
	bool person = kind == REDACT_USER && g->assigned && !redact_is_common(name);
	bool shouts = g->end && char_is_upper(s.p[g->end - 1]); /* "HOST NOT FOUND" */
	bool named = str_in_list(key, "host hostname server computer machine workstation name domain");
	bool machine =
		kind == REDACT_HOST && (redact_tells_apart(name) || (named && !shouts && redact_is_capital(name)));
	bool sure = (g->assigned && (!g->apart || g->mark == '=')) || g->quoted || machine || person ||
		    (g->assigned && last);
	bool number = str_starts_nocase(name, STR("0x"));
	if (kind == REDACT_USER && g->quoted && n && at_or_nul(s, value + n) == ' ')
		n += quoted_rest(s, value + n, s.p[value - 1]);
	if (person && g->apart && n && char_is_upper(name.p[0]))
		n += redact_second_name(s, value + n);
	return n && sure && !number ? redact_take(f, value, n, kind) : g->end;
}

/* is_last_mixed: a word with a digit, and nothing behind it. */
static bool is_last_mixed(struct str s, size_t at)
{
	size_t n = redact_secret_run(s, at);
	return n >= 4 && at + n == s.n && str_has_digit(part(s, at, n)) && !memchr(s.p + at, '=', n);
}

/* redact_behind_key takes the value behind the key in [start, end): key=value, "key": "value", key 'value'. */
size_t redact_behind_key(struct redact_finder *f, size_t start, size_t end, enum redact_kind kind)
{
	struct str s = f->line;
	struct assignment g = read_assignment(s, start, end, kind);
	bool empty = g.mark == '=' && g.apart && g.touches &&		    /* "logname= uid=0" */
		     !(kind == REDACT_SECRET && is_last_mixed(s, g.value)); /* sc.exe's "password= x1" */
	if (empty || (g.assigned && str_starts(str_from(s, g.value), STR("\\\\"))))
		return end; /* a UNC name is told by itself */
	if (kind == REDACT_HOST && str_starts(str_from(s, g.value + redact_name_run(s, g.value)), STR("://")))
		return end; /* "server=https://nas1": nor is that */
	if (kind == REDACT_HOST && g.assigned && str_starts_nocase(str_from(s, g.value), STR("tcp:")))
		g.value += 4; /* of a data source */
	if (kind == REDACT_ID) {
		size_t phone = g.assigned ? redact_phone(s, g.value) : 0;
		return phone ? redact_take(f, g.value, phone, kind) : end;
	}
	if (str_eq(part(s, start, end - start), STR("PWD")) && at_or_nul(s, g.value) == '/') /* a shell's folder */
		return end;
	return kind == REDACT_SECRET ? secret_behind(f, &g) : name_behind(f, &g, kind);
}
