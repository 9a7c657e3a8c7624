/* SPDX-License-Identifier: MIT
 *
 * Where names stand in a line: see redact.h. A list of shapes, tried at each place from the left; the first that fits
 * takes its part. Linear but for the few characters that a shape looks ahead.
 */
#include "scan/redact.h"

#include <arpa/inet.h>
#include <string.h>

enum {
	ADDRESS_MAX = 64,
	NAME_MAX = 255,
	HEX_SECRET_MIN = 32, /* a shorter number tells of no secret */
	WORD_KEY_MAX = 24,
	COMMAND_MAX = 256 /* between a command's name and its options */
};

struct finder {
	struct str line;
	struct redact_span *spans;
	size_t count, max;
};

static bool is_name(char c)
{
	return char_is_alnum(c) || c == '.' || c == '-' || c == '_' || (unsigned char)c >= 0x80;
}

static char at_or_nul(struct str s, size_t at)
{
	return at < s.n ? s.p[at] : 0;
}

/* name_run is the length of a name at s[at], without stops and dashes behind it. */
static size_t name_run(struct str s, size_t at)
{
	size_t n = 0;
	while (at + n < s.n && n < NAME_MAX && is_name(s.p[at + n]))
		n++;
	while (n && (s.p[at + n - 1] == '.' || s.p[at + n - 1] == '-' || s.p[at + n - 1] == '_'))
		n--;
	return n;
}

static struct str part(struct str s, size_t at, size_t n)
{
	return (struct str){ s.p + at, n };
}

/* in_list: of words with blanks between them */
static bool in_list(struct str word, const char *list)
{
	struct str rest = str_c(list);
	for (struct str one; word.n && str_word(&rest, &one);)
		if (str_eq_nocase(word, one))
			return true;
	return false;
}

bool redact_is_address(struct str name)
{
	unsigned char bytes[16];
	char text[ADDRESS_MAX];
	if (!name.n || name.n >= sizeof text)
		return false;
	memcpy(text, name.p, name.n);
	text[name.n] = 0;
	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

bool redact_keeps(struct str name)
{
	static const char kept[] =
		"localhost localhost.localdomain localdomain root admin administrator system nobody daemon guest "
		"anonymous unknown none null nil user users host server client name and or the a an is was not from "
		"to for by with on in at of invalid error failed public input request action interface space mode "
		"data agent profile authentication account password connection session process default all any true "
		"false yes no ssh www 127.0.0.1 ::1 0.0.0.0 ::";
	bool letter = false;
	for (size_t i = 0; i < name.n; i++)
		letter |= char_is_alpha(name.p[i]) || (unsigned char)name.p[i] >= 0x80;
	return !name.n || in_list(name, kept) || str_starts(name, STR("255.255.")) ||
	       (!letter && !redact_is_address(name) && name.n < HEX_SECRET_MIN);
}

/* take adds a span, if it is not empty and tells of somebody; gives where to go on. */
static size_t take(struct finder *f, size_t at, size_t n, enum redact_kind kind)
{
	struct str name = part(f->line, at, n);
	if (kind == REDACT_HOST && redact_is_address(name))
		kind = REDACT_ADDR;
	bool hardware =
		kind == REDACT_ADDR && !redact_is_address(name); /* of a network card: it need not have a letter */
	bool keep = kind == REDACT_SECRET || hardware ? !n : redact_keeps(name);
	if (!keep && f->count < f->max)
		f->spans[f->count++] = (struct redact_span){ at, at + n, kind };
	return at + n;
}

/* ---- addresses ---- */

static size_t address_at(struct str s, size_t at)
{
	size_t n = 0, colons = 0, dots = 0;
	while (at + n < s.n && n < ADDRESS_MAX &&
	       (char_is_hex(s.p[at + n]) || s.p[at + n] == ':' || s.p[at + n] == '.')) {
		colons += s.p[at + n] == ':';
		dots += s.p[at + n] == '.';
		n++;
	}
	if (colons == 1 || (dots == 3 && colons)) { /* 10.0.0.1:80 */
		struct str head, tail;
		str_cut(part(s, at, n), ':', &head, &tail);
		n = dots == 3 ? head.n : n;
	}
	while (n && (s.p[at + n - 1] == '.' || (s.p[at + n - 1] == ':' && (n < 2 || s.p[at + n - 2] != ':'))))
		n--;
	bool mac = colons == 5 && n == 17;
	for (size_t i = 0; mac && i < n; i++)
		mac = i % 3 == 2 ? s.p[at + i] == ':' : char_is_hex(s.p[at + i]);
	bool ends = !char_is_alnum(at_or_nul(s, at + n)) && at_or_nul(s, at + n) != '-';
	bool whole = dots == 3 || colons >= 2;
	return whole && ends && (mac || redact_is_address(part(s, at, n))) ? n : 0;
}

/* ---- what stands behind a word or a mark ---- */

static const char user_keys[] =
	"user username user_name userid usr login logname ruser account acct owner samaccountname";
static const char host_keys[] =
	"host hostname host_name rhost server servername computer computername machine node peer client remote addr "
	"address ip workstation";
static const char secret_keys[] =
	"password passwd pwd pass passphrase secret client_secret token access_token refresh_token id_token api_key "
	"apikey api-key access_key secret_key private_key auth authorization cookie sessionid session_id sid "
	"jsessionid phpsessid credential signature sig";

static bool tells_apart(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (char_is_digit(name.p[i]) || name.p[i] == '.' || name.p[i] == '-')
			return true;
	return false;
}

static size_t skip_blanks(struct str s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
		at++;
	return at;
}

static size_t secret_run(struct str s, size_t at)
{
	size_t n = 0;
	while (at + n < s.n && !strchr(" \t\"';,&<>)]}", s.p[at + n]))
		n++;
	return n;
}

/* behind_key takes the value behind a key that ends at `end`: key=value, "key": "value", key 'value'. */
static size_t behind_key(struct finder *f, size_t end, enum redact_kind kind)
{
	struct str s = f->line;
	size_t at = end + (end < s.n && strchr("\"'", s.p[end])), before = at;
	at = skip_blanks(s, at);
	char mark = at_or_nul(s, at);
	bool assigned = mark == '=' || mark == ':';
	size_t value = skip_blanks(s, assigned ? at + 1 : at);
	bool apart = value > at + assigned, quoted = value < s.n && strchr("\"'<", s.p[value]);
	value += quoted;
	bool empty = mark == '=' && apart && at == before; /* "logname= uid=0" */
	if (empty || (assigned && str_starts(str_from(s, value), STR("\\\\"))))
		return end; /* a UNC name is told by itself */
	size_t n = kind == REDACT_SECRET ? secret_run(s, value) : name_run(s, value);
	if (kind == REDACT_SECRET) {
		static const char schemes[] = "bearer basic digest negotiate ntlm";
		if (assigned && in_list(part(s, value, n), schemes)) {
			value = skip_blanks(s, value + n);
			n = secret_run(s, value);
		}
		return assigned && n ? take(f, value, n, kind) : end;
	}
	struct str name = part(s, value, n);
	bool last = strchr(",;)", at_or_nul(s, value + n)) || value + n >= s.n;
	bool sure = (assigned && (!apart || mark == '=')) || quoted || (kind == REDACT_HOST && tells_apart(name)) ||
		    (assigned && last);
	bool number = str_starts_nocase(name, STR("0x"));
	return n && sure && !number ? take(f, value, n, kind) : end;
}

static struct str word_before(struct str s, size_t at)
{
	size_t end = at, start;
	while (end && s.p[end - 1] == ' ')
		end--;
	for (start = end; start && char_is_alpha(s.p[start - 1]);)
		start--;
	return end < at ? part(s, start, end - start) : STR("");
}

/* "for user alice", "invalid user bob from", "password for carol from": the word before decides. */
static size_t user_behind(struct finder *f, size_t start, size_t end)
{
	static const char before_user[] = "for by of invalid from as unknown illegal";
	struct str s = f->line;
	if (!in_list(word_before(s, start), before_user) || at_or_nul(s, end) != ' ')
		return end;
	size_t value = skip_blanks(s, end);
	return take(f, value, name_run(s, value), REDACT_USER);
}

static size_t for_behind(struct finder *f, size_t start, size_t end)
{
	static const char before_for[] =
		"password publickey interactive login logon authentication none gssapi accepted";
	struct str s = f->line;
	if (!in_list(word_before(s, start), before_for))
		return end;
	size_t value = skip_blanks(s, end), n = name_run(s, value);
	bool fits = n && value > end && str_starts_nocase(str_from(s, value + n), STR(" from "));
	return fits ? take(f, value, n, REDACT_USER) : end;
}

/* "DB_PASSWORD", "accessToken" */
static bool ends_secret(struct str word)
{
	static const struct str ends[] = { STR_LIT("password"), STR_LIT("passwd"),    STR_LIT("secret"),
					   STR_LIT("token"),	STR_LIT("apikey"),    STR_LIT("api_key"),
					   STR_LIT("api-key"),	STR_LIT("passphrase") };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (str_ends_nocase(word, ends[i]))
			return true;
	return false;
}

static size_t word_at(struct finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = 0;
	while (at + n < s.n && n < WORD_KEY_MAX &&
	       (char_is_alpha(s.p[at + n]) || s.p[at + n] == '_' || s.p[at + n] == '-'))
		n++;
	struct str word = part(s, at, n);
	size_t end = at + n;
	if (in_list(word, secret_keys) || ends_secret(word))
		return behind_key(f, end, REDACT_SECRET);
	if (in_list(word, user_keys)) {
		size_t next = behind_key(f, end, REDACT_USER);
		return next == end ? user_behind(f, at, end) : next;
	}
	if (in_list(word, host_keys))
		return behind_key(f, end, REDACT_HOST);
	return str_eq_nocase(word, STR("for")) ? for_behind(f, at, end) : at;
}

/* ---- names by their own shape ---- */

/* \\server\share, also with its backslashes doubled; in C:\\x they separate the parts of a path */
static size_t unc_at(struct finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = 0;
	while (at_or_nul(s, at + n) == '\\')
		n++;
	bool separates = at && (is_name(s.p[at - 1]) || s.p[at - 1] == ':'); /* within a path */
	size_t name = separates ? 0 : name_run(s, at + n);
	return n >= 2 && name ? take(f, at + n, name, REDACT_HOST) : at + n;
}

/* scheme://user:password@host:port */
static size_t url_at(struct finder *f, size_t at)
{
	struct str s = f->line;
	size_t host = at + 3, end = host;
	while (end < s.n && !strchr(" \t\"'/<>", s.p[end]))
		end++;
	struct str head, tail, user, secret;
	if (str_cut(part(s, host, end - host), '@', &head, &tail)) {
		bool both = str_cut(head, ':', &user, &secret);
		take(f, host, user.n, REDACT_USER);
		if (both)
			take(f, host + user.n + 1, secret.n, REDACT_SECRET);
		host += head.n + 1;
	}
	size_t bracket = at_or_nul(s, host) == '[', n = address_at(s, host + bracket);
	return take(f, host + bracket, n ? n : name_run(s, host + bracket), REDACT_HOST);
}

static size_t mail_at(struct finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = 0;
	while (at + n < s.n && n < NAME_MAX && (is_name(s.p[at + n]) || s.p[at + n] == '+' || s.p[at + n] == '%'))
		n++;
	size_t host = at + n + 1, host_n = at_or_nul(s, at + n) == '@' ? name_run(s, host) : 0;
	if (!n || !host_n || !char_is_alpha(s.p[host]))
		return at;
	take(f, at, n, REDACT_USER);
	return take(f, host, host_n, REDACT_HOST);
}

/* domain_at: a dotted name under a top-level domain of hosts; what ends in others ("a.log", "java.lang") is no host. */
static size_t domain_at(struct finder *f, size_t at)
{
	static const char tops[] =
		"com net org edu gov mil int io de uk fr nl eu ch at it es jp cn ru br au ca us pl se info biz dev "
		"app cloud local lan internal intern intranet corp home localdomain test example invalid arpa om";
	size_t n = name_run(f->line, at), dot = n;
	while (dot && f->line.p[at + dot - 1] != '.')
		dot--;
	return dot > 1 && in_list(part(f->line, at + dot, n - dot), tops) ? take(f, at, n, REDACT_HOST) : at;
}

static size_t home_at(struct finder *f, size_t at)
{
	static const struct str places[] = { STR_LIT("/home/"), STR_LIT("/Users/"), STR_LIT("\\Users\\"),
					     STR_LIT("\\\\Users\\\\"), STR_LIT("\\Documents and Settings\\") };
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (str_starts_nocase(str_from(f->line, at), places[i]))
			return take(f, at + places[i].n, name_run(f->line, at + places[i].n), REDACT_USER);
	return at;
}

/* Tokens of well-known shapes, and long hexadecimal numbers. */
static size_t secret_at(struct finder *f, size_t at)
{
	static const struct str starts[] = { STR_LIT("eyJ"),   STR_LIT("AKIA"),	 STR_LIT("ASIA"),
					     STR_LIT("ghp_"),  STR_LIT("gho_"),	 STR_LIT("github_pat_"),
					     STR_LIT("xoxb-"), STR_LIT("xoxp-"), STR_LIT("sk-"),
					     STR_LIT("glpat-") };
	struct str rest = str_from(f->line, at);
	size_t n = 0, hex = 0;
	while (n < rest.n && (char_is_alnum(rest.p[n]) || strchr("._-+/=", rest.p[n])))
		n++;
	while (hex < rest.n && char_is_hex(rest.p[hex]))
		hex++;
	for (size_t i = 0; n >= 16 && i < sizeof starts / sizeof *starts; i++)
		if (str_starts(rest, starts[i]))
			return take(f, at, n, REDACT_SECRET);
	return hex >= HEX_SECRET_MIN && !is_name(at_or_nul(rest, hex)) ? take(f, at, hex, REDACT_SECRET) : at;
}

/* curl -u user:password; net use X: \\\\server\\share password /user:name */
static size_t option_at(struct finder *f, size_t at)
{
	struct str s = f->line, rest = str_from(s, at);
	if (str_starts(rest, STR("-u ")) || str_starts(rest, STR("-U "))) {
		size_t name = skip_blanks(s, at + 2), end = name;
		while (end < s.n && s.p[end] != ' ' && s.p[end] != ':' && s.p[end] != '%')
			end++;
		return end < s.n && s.p[end] != ' ' ? take(f, end + 1, secret_run(s, end + 1), REDACT_SECRET) : at;
	}
	if (!str_starts_nocase(rest, STR(" /user:")))
		return at;
	size_t start = at;
	while (start && s.p[start - 1] != ' ')
		start--;
	struct str before = part(s, start, at - start);
	bool path = str_find_char(before, '\\') != STR_NONE || str_ends_nocase(before, STR(":")) ||
		    str_eq(before, STR("*"));
	size_t near = start > COMMAND_MAX ? start - COMMAND_MAX : 0;
	bool use = str_find_nocase(part(s, near, start - near), STR("net use ")) != STR_NONE;
	return use && before.n && !path && (!f->count || f->spans[f->count - 1].end <= start)
		       ? (take(f, start, before.n, REDACT_SECRET), at + 1)
		       : at;
}

/* At the start of a word, or at a mark. */
static size_t shape_at(struct finder *f, size_t at)
{
	static size_t (*const shapes[])(struct finder * f, size_t at) = { secret_at, mail_at, word_at, domain_at };
	struct str rest = str_from(f->line, at);
	if (rest.p[0] == '/' || rest.p[0] == '\\') {
		size_t next = home_at(f, at);
		return next == at && str_starts(rest, STR("\\\\")) ? unc_at(f, at) : next;
	}
	if (str_starts(rest, STR("://")))
		return url_at(f, at);
	if (at && is_name(f->line.p[at - 1]))
		return char_is_alpha(rest.p[0]) && strchr("._-", f->line.p[at - 1]) ? word_at(f, at) : at;
	size_t n = address_at(f->line, at), next = n ? take(f, at, n, REDACT_ADDR) : at;
	for (size_t i = 0; next == at && char_is_alnum(rest.p[0]) && i < sizeof shapes / sizeof *shapes; i++)
		next = shapes[i](f, at);
	return next;
}

size_t redact_find(struct str line, struct redact_span *spans, size_t max)
{
	struct finder f = { .line = line, .spans = spans, .max = max };
	for (size_t at = 0; at < line.n;) {
		size_t next = line.p[at] == '-' || line.p[at] == ' ' ? option_at(&f, at) : at;
		next = next == at ? shape_at(&f, at) : next;
		at = next > at ? next : at + 1;
	}
	return f.count;
}
