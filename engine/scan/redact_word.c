/* SPDX-License-Identifier: MIT
 *
 * Names behind a word that announces them: "user=alice", "password is x1", "host named BIGBOX". See
 * redact_shapes.h.
 */
#include "scan/redact_shapes.h"

#include "match/stamp.h"

#include <pthread.h>
#include <string.h>

enum { WORD_KEY_MAX = 24, QUOTED_MAX = 60 };

static const char user_keys[] =
	"user username user_name userid user_id uid usr login logname ruser account acct owner samaccountname";
static const char person_keys[] = /* only with a mark behind them: a list of author names is none */
	"actor author creator assignee reporter requester requestor principal customer employee fullname full_name "
	"firstname first_name lastname last_name surname cardholder";
static const char host_keys[] =
	"host hostname host_name rhost server servername computer computername machine node peer client remote addr "
	"address ip workstation ssid essid";
static const char secret_keys[] =
	"password passwd pwd pw pass passphrase secret client_secret token access_token refresh_token id_token api_key "
	"apikey api-key access_key secret_key private_key auth authorization cookie sessionid session_id sid "
	"jsessionid phpsessid credential signature sig pin otp cvv cvc cvv2 ssn tan passcode password_hash "
	"passwordhash pwdhash encryption_key signing_key master_key account_key accountkey auth_key license_key "
	"secret_key_base shared_key preshared_key psk pre-shared-key pre_shared_key preshared-key pre-shared-secret "
	"passwort "
	"kennwort sshpass cpin pass_phrase passwordd passwordo";
static const char phone_keys[] =
	"phone phone_number phonenumber phone-number tel telephone mobile mobile_number msisdn cell cellphone fax "
	"caller_id callerid";

bool redact_is_user_key(struct str word)
{
	return str_in_list(word, user_keys);
}

bool redact_is_secret_key(struct str word)
{
	return str_in_list(word, secret_keys) || str_ends_nocase(word, STR("_pass"));
}

/* ---- the value ---- */

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

/* take_person: alice, Erika Mustermann, CORP\alice; gives its end. */
static size_t take_person(struct redact_finder *f, size_t at)
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
	size_t start, end, at, value; /* the key; the mark, where there is one; the value without its quote */
	char mark;
	bool assigned, apart, quoted, touches; /* nothing between key and mark */
	bool entered; /* "password entered: x1" */
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

/* marks_behind: of "password" => "x1" (Ruby, PHP, Perl), Password := "x1" (RADIUS, Go, make), password == "x1". */
static size_t marks_behind(struct str s, size_t at)
{
	char mark = at_or_nul(s, at), next = at_or_nul(s, at + 1);
	if ((mark == '=' && next == '>') || (mark == ':' && next == '='))
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
	struct assignment g = { .start = start, .end = end, .at = mark, .mark = at_or_nul(s, mark),
				.touches = at == before, .entered = mark > at };
	at = mark;
	g.assigned = g.mark == '=' || g.mark == ':';
	at += marks_behind(s, at);
	g.value = skip_blanks(s, g.assigned ? at + 1 : at);
	g.apart = g.value > at + g.assigned;
	g.value = g.assigned ? at_quote(s, g.value) : g.value;
	g.quoted = one_of(at_or_nul(s, g.value), "\"'<") ||
		   ((kind == REDACT_HOST || kind == REDACT_USER) && is_bracketed(s, g.value, kind));
	g.value += g.quoted;
	return g;
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
	}
	size_t salted = g->assigned && at_or_nul(s, value) == '{' ? redact_salted_at(f, value) : value;
	if (salted > value)
		return salted;
	bool prose = g->mark == ':' && g->apart && !g->quoted;
	bool function = prose && redact_goes_on(s, value + n) && is_function(key) && !redact_tells_apart(part(s, value, n));
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
		return take_person(f, value);
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

/* behind_key takes the value behind the key in [start, end): key=value, "key": "value", key 'value'. */
static size_t behind_key(struct redact_finder *f, size_t start, size_t end, enum redact_kind kind)
{
	struct str s = f->line;
	struct assignment g = read_assignment(s, start, end, kind);
	bool empty = g.mark == '=' && g.apart && g.touches && /* "logname= uid=0" */
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

/* ---- the words ---- */

struct str redact_word_before(struct str s, size_t at)
{
	size_t end = at, start;
	while (end && s.p[end - 1] == ' ')
		end--;
	for (start = end; start && char_is_alpha(s.p[start - 1]);)
		start--;
	return end < at ? part(s, start, end - start) : part(s, at, 0);
}

/* "for user alice", "invalid user bob from", "password for carol from": the word before decides. */
static size_t user_behind(struct redact_finder *f, size_t start, size_t end)
{
	static const char before_user[] = "for by of invalid from as unknown illegal";
	struct str s = f->line;
	if (!str_in_list(redact_word_before(s, start), before_user) || at_or_nul(s, end) != ' ')
		return end;
	return take_person(f, skip_blanks(s, end));
}

/* bare_user: "user bob has", "account carol is locked". */
static size_t bare_user(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line, key = part(s, start, end - start);
	size_t n = at_or_nul(s, end) == ' ' ? redact_name_run(s, end + 1) : 0;
	struct str name = part(s, end + 1, n);
	bool command = str_eq_nocase(redact_word_before(s, start), STR("net")) ||
		       redact_within(s, start, STR("rabbitmqctl ")); /* redact_command.c has both their words */
	char behind = at_or_nul(s, end + 1 + n);
	struct str rest = str_from(s, end + 1 + n);
	bool told = str_starts_nocase(rest, STR(": authentication")) || str_starts(rest, STR(": Login")) ||
		    str_starts(rest, STR(": no such user"));
	bool fits = !command && n > 1 && char_is_alpha(name.p[0]) && (told || !one_of(behind, ":=(")) &&
		    !redact_is_common(name);
	return fits && str_in_list(key, "user username account") ? take_person(f, end + 1) : end;
}

/* host_behind: "host named BIGBOX", "server called db". */
static size_t host_behind(struct redact_finder *f, size_t end)
{
	static const struct str words[] = { STR_LIT(" named "), STR_LIT(" called ") };
	struct str s = f->line;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t value = end + words[i].n;
		if (!str_starts_nocase(str_from(s, end), words[i]))
			continue;
		value += value < s.n && strchr("\"'", s.p[value]);
		return redact_take(f, value, redact_name_run(s, value), REDACT_HOST);
	}
	return end;
}

/* last_login: "Last login: Mon Mar 12 10:56:20 2001 from pc9": a time, and nobody who is called Mon Mar. */
static size_t last_login(struct redact_finder *f, size_t end)
{
	enum { TIME_MAX = 40 };
	static const struct str from = STR_LIT(" from ");
	struct str when = str_from(f->line, end + 2);
	if (!str_starts(str_from(f->line, end), STR(": ")) || !stamp_weekday(when) || !stamp_month(str_from(when, 4)))
		return end;
	size_t at = str_find(str_first(when, TIME_MAX), from), host = end + 2 + at + from.n;
	return at == STR_NONE ? end + 3 : redact_take(f, host, redact_name_run(f->line, host), REDACT_HOST);
}

static size_t for_behind(struct redact_finder *f, size_t start, size_t end)
{
	static const char before_for[] =
		"password publickey interactive login logon authentication none gssapi accepted";
	struct str s = f->line;
	size_t value = skip_blanks(s, end), n = redact_name_run(s, value);
	if (str_eq_nocase(redact_word_before(s, start), STR("su")) && str_starts(str_from(s, value + n), STR(" by "))) {
		size_t by = redact_take(f, value, n, REDACT_USER) + 4;
		return redact_take(f, by, redact_name_run(s, by), REDACT_USER);
	}
	struct str before = redact_word_before(s, start);
	bool known = str_in_list(before, before_for), failed = str_in_list(before, "failed succeeded rejected");
	if (one_of(at_or_nul(s, value), "'\"") && (known || redact_within(s, start, STR("LOGIN ")))) {
		n = redact_name_run(s, value + 1);
		return at_or_nul(s, value + 1 + n) == s.p[value] ? redact_take(f, value + 1, n, REDACT_USER) : end;
	}
	bool from = n && value > end && str_starts_nocase(str_from(s, value + n), STR(" from "));
	bool fits = from && (known || (failed && redact_address_at(s, value + n + STR(" from ").n)));
	return fits ? redact_take(f, value, n, REDACT_USER) : end;
}

/* from_behind: "FAILED LOGIN 1 FROM pc9 FOR alice", as login says it. */
static size_t from_behind(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line;
	size_t host = end + 1, n = redact_name_run(s, host), user = host + n + STR(" FOR ").n;
	if (!n || !redact_within(s, start, STR("LOGIN ")) || !str_starts(str_from(s, host + n), STR(" FOR ")))
		return end;
	user += one_of(at_or_nul(s, user), "'\"");
	redact_take(f, host, n, REDACT_HOST);
	return redact_take(f, user, redact_name_run(s, user), REDACT_USER);
}

/* by_behind: "Created by: Erika Mustermann". */
static size_t by_behind(struct redact_finder *f, size_t start, size_t end)
{
	static const char acts[] = "created changed modified opened reported requested approved uploaded signed owned "
				   "updated deleted submitted assigned";
	bool fits = at_or_nul(f->line, end) == ':' && str_in_list(redact_word_before(f->line, start), acts);
	struct str name = str_from(f->line, skip_blanks(f->line, end + fits));
	return fits && !redact_is_program(str_first(name, redact_name_run(name, 0)))
		       ? behind_key(f, start, end, REDACT_USER)
		       : end;
}

bool redact_is_variable(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (char_is_lower(word.p[i]))
			return false;
	return memchr(word.p, '_', word.n) && redact_ends_secret(word);
}

/* ends_pass: "keystorePass", "adminpass": of what passwords are for; "bypass" and "renderPass" are other words. */
static bool ends_pass(struct str word)
{
	static const struct str owners[] = { STR_LIT("store"), STR_LIT("key"),	STR_LIT("admin"), STR_LIT("root"),
					     STR_LIT("sql"),   STR_LIT("ftp"),	STR_LIT("smtp"),  STR_LIT("mail"),
					     STR_LIT("ldap"),  STR_LIT("auth"), STR_LIT("bind"),  STR_LIT("proxy"),
					     STR_LIT("login"), STR_LIT("http"), STR_LIT("wifi") };
	struct str owner = str_first(word, word.n > 4 ? word.n - 4 : 0);
	if (!owner.n || !str_ends_nocase(word, STR("pass")))
		return false;
	for (size_t i = 0; i < sizeof owners / sizeof *owners; i++)
		if (str_ends_nocase(owner, owners[i]))
			return true;
	return false;
}

/* "DB_PASSWORD", "accessToken" */
bool redact_ends_secret(struct str word)
{
	static const struct str ends[] = { STR_LIT("password"), STR_LIT("passwd"),     STR_LIT("secret"),
					   STR_LIT("token"),	STR_LIT("apikey"),     STR_LIT("api_key"),
					   STR_LIT("api-key"),	STR_LIT("passphrase"), STR_LIT("_pass"),
					   STR_LIT("functions-key"), STR_LIT("subscription-key"),
					   STR_LIT("session-id"), STR_LIT("accesskey"), STR_LIT("access-key"),
					   STR_LIT("accountkey"), STR_LIT("account-key"), STR_LIT("secretkey"),
					   STR_LIT("authkey"), STR_LIT("auth-key"), STR_LIT("auth_key"),
					   STR_LIT("-psk"), STR_LIT("_psk"), STR_LIT("authtok"),
					   STR_LIT("dbpass"), STR_LIT("userpass") };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (str_ends_nocase(word, ends[i]))
			return true;
	return ends_pass(word);
}

/* part_keys end a key of two words ("Account Name:", "User Id="), or are one that needs its mark ("Domain:", "dc="). */
static const char part_keys[] = "name id domain dc cn source";

static bool assigned_at(struct str s, size_t end)
{
	return one_of(at_or_nul(s, skip_blanks(s, end)), ":=");
}

static size_t part_key(struct redact_finder *f, size_t at, size_t end)
{
	struct str s = f->line, word = part(s, at, end - at);
	bool name = str_eq_nocase(word, STR("name")), id = str_eq_nocase(word, STR("id"));
	struct str before = name || id ? redact_word_before(s, at) : word;
	if (id && str_eq_nocase(before, STR("session")))
		return redact_key_behind(f, at, end);
	bool quoted = name && one_of(at_or_nul(s, skip_blanks(s, end)), "\"'");
	if (quoted && str_in_list(before, "host server computer"))
		return behind_key(f, at, end, REDACT_HOST);
	if (str_eq(word, STR("domain")) && at_or_nul(s, end) == ' ') { /* "for domain CORP" */
		size_t n = redact_name_run(s, end + 1);
		struct str called = part(s, end + 1, n);
		if (redact_is_capital(called) && !redact_is_common(called))
			return redact_take(f, end + 1, n, REDACT_HOST);
	}
	if (!assigned_at(s, end))
		return at;
	if (str_eq_nocase(word, STR("source"))) /* of a database's connection */
		return str_eq_nocase(redact_word_before(s, at), STR("data")) && at_or_nul(s, end) == '=' &&
				       at_or_nul(s, end + 2) != ':' /* a drive's */
			       ? behind_key(f, at, end, REDACT_HOST)
			       : at;
	if (str_eq_nocase(word, STR("cn"))) { /* of a person or a machine; "CN=Users" is everybody's */
		size_t value = skip_blanks(s, skip_blanks(s, end) + 1), n = redact_name_run(s, value);
		if (!n || at_or_nul(s, end) != '=' || redact_is_common(part(s, value, n)))
			return at;
		bool host = memchr(s.p + value, '.', n);
		while (!host && at_or_nul(s, value + n) == ' ' && redact_name_run(s, value + n + 1))
			n += 1 + redact_name_run(s, value + n + 1);
		return redact_take(f, value, n, host ? REDACT_HOST : REDACT_USER);
	}
	if ((name || id) && str_in_list(before, "account user logon login subject caller"))
		return behind_key(f, at, end, REDACT_USER);
	bool host = name ? str_in_list(before, "workstation computer server machine host domain")
			 : !id && (str_eq_nocase(word, STR("domain")) || at_or_nul(s, end) == '=');
	return host ? behind_key(f, at, end, REDACT_HOST) : at;
}

/* joined_key: the same in one word ("SubjectDomainName="). */
static size_t joined_key(struct redact_finder *f, size_t at, size_t end)
{
	static const struct {
		struct str end;
		enum redact_kind kind;
	} keys[] = { { STR_LIT("DomainName"), REDACT_HOST },   { STR_LIT("WorkstationName"), REDACT_HOST },
		     { STR_LIT("ComputerName"), REDACT_HOST }, { STR_LIT("ServerName"), REDACT_HOST },
		     { STR_LIT("UserName"), REDACT_USER },     { STR_LIT("AccountName"), REDACT_USER } };
	struct str word = part(f->line, at, end - at);
	for (size_t i = 0; assigned_at(f->line, end) && i < sizeof keys / sizeof *keys; i++)
		if (str_ends(word, keys[i].end))
			return behind_key(f, at, end, keys[i].kind);
	return at;
}

/* scheme_at: "Basic Ym9i..." without its header. */
static size_t scheme_at(struct redact_finder *f, size_t at, size_t end)
{
	struct str s = f->line;
	size_t value = end + 1, n = at_or_nul(s, end) == ' ' ? redact_secret_run(s, value) : 0, odd = 0;
	if (str_eq_nocase(part(s, value, n), STR("token"))) {
		value = skip_blanks(s, value + n);
		n = redact_secret_run(s, value);
	}
	for (size_t i = 1; i < n; i++)
		odd += char_is_upper(s.p[value + i]) || char_is_digit(s.p[value + i]) || s.p[value + i] == '=';
	bool realm = str_starts_nocase(part(s, value, n), STR("realm="));
	return n >= 6 && odd && !realm && !redact_is_code(s, value) ? redact_take(f, value, n, REDACT_SECRET) : at;
}

/* ---- all of them ---- */

/* Of the keys: which first letters there are of each length. Most words fall out by it. */
static uint32_t first_letters[WORD_KEY_MAX + 1];
static pthread_once_t first_letters_once = PTHREAD_ONCE_INIT;

static void gather_first_letters(void)
{
	static const char others[] = "for from by basic bearer code key role value credentials creds bindpw rootpw "
				     "requirepass masterauth rocommunity rwcommunity convertto-securestring key-string "
				     "phrase priv eap xauth values mnemonic seed words resp opendsobject "
				     "networkcredential httpbasicauth authenticate identify register send";
	const char *const lists[] = { user_keys, host_keys, secret_keys, part_keys, phone_keys, person_keys, others };
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct str rest = str_c(lists[i]);
		for (struct str word; str_word(&rest, &word);)
			first_letters[word.n] |= UINT32_C(1) << (word.p[0] - 'a');
	}
}

static bool may_be_key(struct str word)
{
	pthread_once(&first_letters_once, gather_first_letters);
	return word.n && char_is_alpha(word.p[0]) && first_letters[word.n] >> (char_lower(word.p[0]) - 'a') & 1;
}

size_t redact_word_at(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = 0;
	while (at + n < s.n && n < WORD_KEY_MAX &&
	       (char_is_alpha(s.p[at + n]) || s.p[at + n] == '_' || s.p[at + n] == '-'))
		n++;
	struct str word = part(s, at, n);
	size_t end = at + n;
	if (is_name(at_or_nul(s, end))) /* "host8.example.org" */
		return at;
	if (str_in_list(word, "authentication-key message-digest-key"))
		return redact_numbered_key(f, end);
	if (!may_be_key(word) && !redact_ends_secret(word))
		return joined_key(f, at, end);
	size_t given = str_in_list(word, "auth login networkcredential httpbasicauth") ? redact_bound(f, end, 2) : end;
	if (given == end && str_eq(word, STR("auth")) && str_eq(redact_word_before(s, at), STR("stats"))) /* HAProxy's */
		given = redact_pair(f, end);
	given = given == end ? redact_quoted_behind(f, at, end) : given;
	given = given == end && str_eq_nocase(word, STR("LOGIN")) ? redact_logged_in(f, at, end) : given;
	if (given > end)
		return given;
	if (redact_is_secret_key(word) || redact_ends_secret(word)) {
		size_t next = behind_key(f, at, end, REDACT_SECRET);
		if (next == end && (str_eq(word, STR("PASS")) || str_eq(word, STR("AUTH"))))
			return redact_sent(f, at, end);
		next = next == end && str_eq_nocase(word, STR("auth")) ? redact_device_word(f, at, end) : next;
		next = next == end ? redact_called_with(f, at, end) : next;
		next = next == end ? redact_listed(f, at, end) : next;
		return next == end ? redact_said_secret(f, at, end) : next;
	}
	if (str_in_list(word, user_keys)) {
		static const struct str as = STR_LIT(" as: "); /* "login as: alice", PuTTY asks */
		if (str_starts(str_from(s, end), as))
			return redact_take(f, end + as.n, redact_name_run(s, end + as.n), REDACT_USER);
		size_t next = last_login(f, end);
		next = next == end ? behind_key(f, at, end, REDACT_USER) : next;
		next = next == end ? user_behind(f, at, end) : next;
		return next == end ? bare_user(f, at, end) : next;
	}
	if (str_in_list(word, host_keys)) {
		size_t next = behind_key(f, at, end, REDACT_HOST);
		return next == end ? host_behind(f, end) : next;
	}
	if (str_in_list(word, part_keys))
		return part_key(f, at, end);
	if (str_in_list(word, person_keys))
		return assigned_at(s, end + one_of(at_or_nul(s, end), "\"'")) ? behind_key(f, at, end, REDACT_USER)
									      : end;
	if (str_in_list(word, phone_keys))
		return behind_key(f, at, end, REDACT_ID);
	if (str_eq_nocase(word, STR("key")))
		return redact_key_behind(f, at, end);
	if (str_eq_nocase(word, STR("role")) && str_starts(str_from(s, end), STR(" \"")))
		return behind_key(f, at, end, REDACT_USER);
	if (str_eq_nocase(word, STR("code")))
		return redact_code_behind(f, at, end);
	if (str_eq(word, STR("FROM")))
		return from_behind(f, at, end);
	if (str_eq_nocase(word, STR("by"))) {
		size_t next = redact_identified(f, at, end);
		return next == end ? by_behind(f, at, end) : next;
	}
	if (str_eq_nocase(word, STR("value")))
		return redact_named_value(f, at, end);
	if (str_in_list(word, "credentials creds"))
		return redact_pair(f, end);
	if (redact_is_directive(word))
		return redact_directive(f, end);
	if (str_eq_nocase(word, STR("phrase")) && str_eq_nocase(redact_word_before(s, at), STR("pass"))) {
		size_t next = behind_key(f, at, end, REDACT_SECRET);
		return next == end ? redact_value_said(f, end) : next;
	}
	if (str_eq_nocase(word, STR("values")))
		return redact_values(f, at, end);
	if (str_in_list(word, "mnemonic phrase seed words"))
		return redact_phrase_behind(f, at, end);
	if (str_eq(word, STR("resp")))
		return redact_answered(f, at, end);
	if (str_eq_nocase(word, STR("opendsobject")))
		return redact_bound(f, end, 3);
	if (str_eq(word, STR("AUTHENTICATE")))
		return redact_sent(f, at, end);
	if (str_in_list(word, "identify register"))
		return redact_nick_behind(f, at, end);
	if (str_eq(word, STR("send")))
		return redact_typed_behind(f, at, end);
	if (str_in_list(word, "priv eap xauth"))
		return redact_device_word(f, at, end);
	if (str_in_list(word, "basic bearer"))
		return scheme_at(f, at, end);
	return str_eq_nocase(word, STR("for")) ? for_behind(f, at, end) : joined_key(f, at, end);
}
