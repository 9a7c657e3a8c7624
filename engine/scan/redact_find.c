/* SPDX-License-Identifier: MIT
 *
 * Where names stand in a line: see redact.h. A list of shapes, tried at each place from the left; the first that fits
 * takes its part. Linear but for the few characters that a shape looks ahead.
 */
#include "scan/redact.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <string.h>

enum {
	ADDRESS_MAX = 64,
	NAME_MAX = 255,
	HEX_SECRET_MIN = 32, /* a shorter number tells of no secret */
	WORD_KEY_MAX = 24,
	COMMAND_MAX = 256, /* between a command's name and its options */
	BASE64_MIN = 40,
	GUID_LENGTH = 36,
	OWN_TOKEN_MIN = 47, /* "kbt_" and 43 letters; the names of our counts begin like it and are shorter */
	DOMAIN_MAX = 15	    /* letters of a NetBIOS name */
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

static bool one_of(char c, const char *set)
{
	return c && strchr(set, c);
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

bool redact_in_list(struct str word, const char *list)
{
	char first = word.n ? char_lower(word.p[0]) : 0;
	for (const char *at = list, *end; first && *at; at = *end ? end + 1 : end) {
		end = strchrnul(at, ' ');
		if (*at == first && (size_t)(end - at) == word.n && str_eq_nocase(word, (struct str){ at, word.n }))
			return true;
	}
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
		"localhost localhost.localdomain localdomain root admin administrator system nobody daemon "
		"guest anonymous unknown none null nil user users host server client name and or the a an is "
		"was not from to for by with on in at of invalid error failed public input request action "
		"interface space mode data agent profile authentication account password connection session "
		"process default all any true false yes no ssh www builtin authority sa dbo postgres mysql "
		"sshd www-data apache nginx info warn warning debug trace fatal notice critical severe "
		"verbose emerg alert crit err 127.0.0.1 ::1 0.0.0.0 ::";
	bool letter = false;
	for (size_t i = 0; i < name.n; i++)
		letter |= char_is_alpha(name.p[i]) || (unsigned char)name.p[i] >= 0x80;
	return !name.n || redact_in_list(name, kept) || str_starts(name, STR("255.255.")) ||
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
	bool varies = str_eq(name, STR("*")); /* of a template */
	bool keep = kind == REDACT_SECRET || hardware ? !n || varies : redact_keeps(name);
	if (!keep && f->count < f->max)
		f->spans[f->count++] = (struct redact_span){ at, at + n, kind };
	return at + n;
}

/* is_common: what may stand behind "user" or "host" and names nobody ("user not found", "user logged out"). */
static bool is_common(struct str word)
{
	static const char words[] =
		"not id ids login logon logout did does do has have had will can cannot could may must should "
		"would be are were that this which who whose still already still without via than then when "
		"while if after before until group groups role roles right rights permission permissions list "
		"lookup limit limits quota settings preferences home directory file files script token "
		"credentials key keys database table exists tried tries wants lacks needs specific policy "
		"policies manager service services process thread code level type types field value table "
		"info information identity principal domain mode count counts error errors down up only too "
		"again there here it its he she they we you i all both each no one none more most other "
		"others same name names side key certificate port ports address addresses memory time timeout "
		"unreachable unavailable closed lost does found gone response reply responds refuses refused "
		"did says said sent key header headers version id class object package component library "
		"context scope state status store task test update operation command query reset change "
		"changes create delete add remove set get put list show search driver broker backend upstream master "
		"slave leader follower replica worker gateway router network internet cloud device controller";
	bool ends = str_ends_nocase(word, STR("ed")) || str_ends_nocase(word, STR("ing"));
	return redact_in_list(word, words) || (ends && word.n > 4 && !str_ends_nocase(word, STR("fred")));
}

/* is_capital: a name as NetBIOS and DNS administrators write them, no word of a sentence. */
static bool is_capital(struct str name)
{
	size_t capitals = 0;
	for (size_t i = 0; i < name.n; i++) {
		capitals += char_is_upper(name.p[i]);
		if (char_is_lower(name.p[i]) || (unsigned char)name.p[i] >= 0x80)
			return false;
	}
	return capitals >= 3;
}

/* ---- addresses ---- */

/* card_at: a network card's address with dashes, or in groups of four (00-1A-2B-3C-4D-5E, 001a.2b3c.4d5e). */
static size_t card_at(struct str s, size_t at)
{
	static const char *const forms[] = { "xx-xx-xx-xx-xx-xx", "xxxx.xxxx.xxxx" };
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		size_t n = 0;
		for (char c; forms[i][n]; n++) {
			c = at_or_nul(s, at + n);
			if (forms[i][n] == 'x' ? !char_is_hex(c) : c != forms[i][n])
				break;
		}
		if (!forms[i][n] && !is_name(at_or_nul(s, at + n)))
			return n;
	}
	return 0;
}

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

/* within_command: the command's name stands a short way before. */
static bool within_command(struct str s, size_t at, struct str name)
{
	size_t near = at > COMMAND_MAX ? at - COMMAND_MAX : 0;
	return str_find_nocase(part(s, near, at - near), name) != STR_NONE;
}

/* ---- what stands behind a word or a mark ---- */

static const char user_keys[] =
	"user username user_name userid uid usr login logname ruser account acct owner samaccountname";
static const char host_keys[] =
	"host hostname host_name rhost server servername computer computername machine node peer client remote addr "
	"address ip workstation";
static const char secret_keys[] =
	"password passwd pwd pw pass passphrase secret client_secret token access_token refresh_token id_token api_key "
	"apikey api-key access_key secret_key private_key auth authorization cookie sessionid session_id sid "
	"jsessionid phpsessid credential signature sig";

static const char passwords[] = "password passwd pwd passphrase secret";

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

/* secret_run: up to the quote that it began with, else to what ends a value. */
static size_t secret_run(struct str s, size_t at)
{
	size_t n = 0;
	char quote = at && strchr("\"'", s.p[at - 1]) ? s.p[at - 1] : 0;
	if (quote)
		while (at + n < s.n && s.p[at + n] != quote)
			n += s.p[at + n] == '\\' && at + n + 1 < s.n ? 2 : 1;
	if (quote && at + n < s.n)
		return n;
	n = 0;
	while (at + n < s.n && !strchr(" \t\"';,&<>)]}", s.p[at + n]))
		n++;
	return n;
}

/* is_wrong: what a password is said to be that is not the password itself. */
static bool is_wrong(struct str word)
{
	static const char words[] =
		"wrong incorrect correct invalid valid required empty missing set unset weak strong bad blank "
		"unknown known null none ok okay fine short long old new same different optional mandatory "
		"necessary unavailable gone lost plain plaintext cleartext hidden secret public ready good "
		"unsafe insecure safe secure";
	return redact_in_list(word, words) || is_common(word);
}

static bool looks_random(struct str s)
{
	size_t kinds[3] = { 0 };
	for (size_t i = 0; i < s.n; i++) {
		kinds[0] += char_is_upper(s.p[i]);
		kinds[1] += char_is_lower(s.p[i]);
		kinds[2] += char_is_digit(s.p[i]);
	}
	return s.n >= 16 && kinds[0] && kinds[1] && kinds[2];
}

/* said_secret: "password is 'x'", "passphrase was x1", "secret wJ/a1..."; a bare word may be what is wrong with it. */
static size_t said_secret(struct finder *f, size_t end)
{
	struct str s = f->line, rest = str_from(s, end);
	bool said = str_starts_nocase(rest, STR(" is ")) || str_starts_nocase(rest, STR(" was "));
	size_t value = skip_blanks(s, end + (said ? rest.p[1] == 'i' || rest.p[1] == 'I' ? 4 : 5 : 0));
	bool quoted = value < s.n && value > end && strchr("\"'", s.p[value]);
	value += quoted;
	size_t n = secret_run(s, value);
	bool digit = false;
	for (size_t i = 0; i < n; i++)
		digit = digit || char_is_digit(s.p[value + i]);
	struct str bare = part(s, value, n);
	while (bare.n && strchr(".!?:", bare.p[bare.n - 1]))
		bare.n--;
	char behind = at_or_nul(s, value + bare.n);
	bool told = said && bare.n > 3 && behind != ' ' && !is_wrong(bare); /* "is case sensitive" goes on */
	bool mixed = bare.n >= 6 && digit && !char_is_digit(bare.p[0]); /* "password hunter2" */
	bool sure = quoted || (said && digit) || told || (value > end && (mixed || looks_random(bare)));
	return n && sure ? take(f, value, told && !digit ? bare.n : n, REDACT_SECRET) : end;
}

/* second_name: of a person ("Erika Mustermann"), no key of its own. */
static size_t second_name(struct str s, size_t at)
{
	size_t n = at_or_nul(s, at) == ' ' ? name_run(s, at + 1) : 0;
	bool fits = n > 1 && char_is_upper(s.p[at + 1]) && char_is_lower(s.p[at + 2]) &&
		    !one_of(at_or_nul(s, at + 1 + n), ":=");
	return fits ? n + 1 : 0;
}

/* behind_key takes the value behind the key in [start, end): key=value, "key": "value", key 'value'. */
static size_t behind_key(struct finder *f, size_t start, size_t end, enum redact_kind kind)
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
	if (kind == REDACT_HOST && assigned && str_starts_nocase(str_from(s, value), STR("tcp:")))
		value += 4; /* of a data source */
	size_t n = kind == REDACT_SECRET ? secret_run(s, value) : name_run(s, value);
	bool folder = str_eq(part(s, start, end - start), STR("PWD")) && at_or_nul(s, value) == '/'; /* a shell's */
	if (folder)
		return end;
	if (kind == REDACT_SECRET) {
		static const char schemes[] = "bearer basic digest negotiate ntlm";
		if (assigned && redact_in_list(part(s, value, n), schemes)) {
			value = skip_blanks(s, value + n);
			n = secret_run(s, value);
		}
		bool tag = mark == '>' && at_or_nul(s, start - !!start) == '<'; /* <password>x1< */
		if (tag) {
			value = at + 1;
			n = secret_run(s, value);
		}
		return (assigned || tag) && n ? take(f, value, n, kind) : end;
	}
	struct str name = part(s, value, n);
	bool last = strchr(",;)", at_or_nul(s, value + n)) || value + n >= s.n;
	bool person = kind == REDACT_USER && assigned && !is_common(name);
	bool shouts = end && char_is_upper(s.p[end - 1]); /* "HOST NOT FOUND" */
	bool named = redact_in_list(part(s, start, end - start),
				    "host hostname server computer machine workstation name domain");
	bool machine = kind == REDACT_HOST && (tells_apart(name) || (named && !shouts && is_capital(name)));
	bool sure = (assigned && (!apart || mark == '=')) || quoted || machine || person || (assigned && last);
	bool number = str_starts_nocase(name, STR("0x"));
	if (person && apart && n && char_is_upper(name.p[0]))
		n += second_name(s, value + n);
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
	if (!redact_in_list(word_before(s, start), before_user) || at_or_nul(s, end) != ' ')
		return end;
	size_t value = skip_blanks(s, end);
	return take(f, value, name_run(s, value), REDACT_USER);
}

/* bare_user: "user bob has", "account carol is locked". */
static size_t bare_user(struct finder *f, size_t start, size_t end)
{
	struct str s = f->line, key = part(s, start, end - start);
	size_t n = at_or_nul(s, end) == ' ' ? name_run(s, end + 1) : 0;
	struct str name = part(s, end + 1, n);
	bool fits = n > 1 && char_is_alpha(name.p[0]) && !one_of(at_or_nul(s, end + 1 + n), ":=(") && !is_common(name);
	return fits && redact_in_list(key, "user username account") ? take(f, end + 1, n, REDACT_USER) : end;
}

/* host_behind: "host named BIGBOX", "server called db". */
static size_t host_behind(struct finder *f, size_t end)
{
	static const struct str words[] = { STR_LIT(" named "), STR_LIT(" called ") };
	struct str s = f->line;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t value = end + words[i].n;
		if (!str_starts_nocase(str_from(s, end), words[i]))
			continue;
		value += value < s.n && strchr("\"'", s.p[value]);
		return take(f, value, name_run(s, value), REDACT_HOST);
	}
	return end;
}

static size_t for_behind(struct finder *f, size_t start, size_t end)
{
	static const char before_for[] =
		"password publickey interactive login logon authentication none gssapi accepted";
	struct str s = f->line;
	size_t value = skip_blanks(s, end), n = name_run(s, value);
	if (str_eq_nocase(word_before(s, start), STR("su")) && str_starts(str_from(s, value + n), STR(" by "))) {
		size_t by = take(f, value, n, REDACT_USER) + 4;
		return take(f, by, name_run(s, by), REDACT_USER);
	}
	if (!redact_in_list(word_before(s, start), before_for))
		return end;
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

/* part_keys end a key of two words ("Account Name:", "User Id="), or are one that needs its mark ("Domain:", "dc="). */
static const char part_keys[] = "name id domain dc";

static bool assigned_at(struct str s, size_t end)
{
	return one_of(at_or_nul(s, skip_blanks(s, end)), ":=");
}

static size_t part_key(struct finder *f, size_t at, size_t end)
{
	struct str s = f->line, word = part(s, at, end - at);
	bool name = str_eq_nocase(word, STR("name")), id = str_eq_nocase(word, STR("id"));
	struct str before = name || id ? word_before(s, at) : word;
	if (!assigned_at(s, end))
		return at;
	if ((name || id) && redact_in_list(before, "account user logon login subject caller"))
		return behind_key(f, at, end, REDACT_USER);
	bool host = name ? redact_in_list(before, "workstation computer server machine host domain")
			 : !id && (str_eq_nocase(word, STR("domain")) || at_or_nul(s, end) == '=');
	return host ? behind_key(f, at, end, REDACT_HOST) : at;
}

/* joined_key: the same in one word ("SubjectDomainName="). */
static size_t joined_key(struct finder *f, size_t at, size_t end)
{
	static const struct {
		struct str end;
		enum redact_kind kind;
	} keys[] = { { STR_LIT("DomainName"), REDACT_HOST },  { STR_LIT("WorkstationName"), REDACT_HOST },
		     { STR_LIT("ComputerName"), REDACT_HOST }, { STR_LIT("ServerName"), REDACT_HOST },
		     { STR_LIT("UserName"), REDACT_USER },     { STR_LIT("AccountName"), REDACT_USER } };
	struct str word = part(f->line, at, end - at);
	for (size_t i = 0; assigned_at(f->line, end) && i < sizeof keys / sizeof *keys; i++)
		if (str_ends(word, keys[i].end))
			return behind_key(f, at, end, keys[i].kind);
	return at;
}

/* scheme_at: "Basic Ym9i..." without its header. */
static size_t scheme_at(struct finder *f, size_t at, size_t end)
{
	struct str s = f->line;
	size_t value = end + 1, n = at_or_nul(s, end) == ' ' ? secret_run(s, value) : 0, odd = 0;
	for (size_t i = 1; i < n; i++)
		odd += char_is_upper(s.p[value + i]) || char_is_digit(s.p[value + i]) || s.p[value + i] == '=';
	return n >= 6 && odd ? take(f, value, n, REDACT_SECRET) : at;
}

/* Of the keys: which first letters there are of each length. Most words fall out by it. */
static uint32_t first_letters[WORD_KEY_MAX + 1];
static pthread_once_t first_letters_once = PTHREAD_ONCE_INIT;

static void gather_first_letters(void)
{
	const char *const lists[] = { user_keys, host_keys, secret_keys, part_keys, "for basic bearer" };
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct str rest = str_c(lists[i]);
		for (struct str word; str_word(&rest, &word);)
			first_letters[word.n] |= UINT32_C(1) << (word.p[0] - 'a');
	}
}

static bool may_be_key(struct str word)
{
	return word.n && char_is_alpha(word.p[0]) && first_letters[word.n] >> (char_lower(word.p[0]) - 'a') & 1;
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
	if (is_name(at_or_nul(s, end))) /* "host8.example.org" */
		return at;
	if (!may_be_key(word) && !ends_secret(word))
		return joined_key(f, at, end);
	if (redact_in_list(word, secret_keys) || ends_secret(word)) {
		size_t next = behind_key(f, at, end, REDACT_SECRET);
		return next == end && redact_in_list(word, passwords) ? said_secret(f, end) : next;
	}
	if (redact_in_list(word, user_keys)) {
		size_t next = behind_key(f, at, end, REDACT_USER);
		next = next == end ? user_behind(f, at, end) : next;
		return next == end ? bare_user(f, at, end) : next;
	}
	if (redact_in_list(word, host_keys)) {
		size_t next = behind_key(f, at, end, REDACT_HOST);
		return next == end ? host_behind(f, end) : next;
	}
	if (redact_in_list(word, part_keys))
		return part_key(f, at, end);
	if (redact_in_list(word, "basic bearer"))
		return scheme_at(f, at, end);
	return str_eq_nocase(word, STR("for")) ? for_behind(f, at, end) : joined_key(f, at, end);
}

/* port_at: "to nas1:8080". */
static size_t port_at(struct finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = name_run(s, at), digits = 0;
	while (char_is_digit(at_or_nul(s, at + n + 1 + digits)))
		digits++;
	char behind = at_or_nul(s, at + n + 1 + digits);
	bool port = at_or_nul(s, at + n) == ':' && digits >= 2 && digits <= 5 && !is_name(behind) && behind != ':';
	bool host = n > 1 && port && !memchr(s.p + at, '.', n); /* a.c:12 is a place in a file */
	return host && redact_in_list(word_before(s, at), "to from via with") ? take(f, at, n, REDACT_HOST) : at;
}

/* ---- names by what stands on both sides ---- */

static bool stands_before(struct str s, size_t at, struct str word)
{
	return at >= word.n && str_eq_nocase(part(s, at - word.n, word.n), word);
}

/* of_sudo: "sudo:  alice : TTY=..." */
static bool of_sudo(struct str s, size_t at, size_t end)
{
	if (!str_starts(str_from(s, end), STR(" : ")))
		return false;
	while (at && s.p[at - 1] == ' ')
		at--;
	if (!at || s.p[--at] != ':')
		return false;
	if (at && s.p[at - 1] == ']')
		while (at && s.p[at] != '[')
			at--;
	return stands_before(s, at, STR("sudo"));
}

/* of_cron: "(alice) CMD (x)" */
static bool of_cron(struct str s, size_t at, size_t end)
{
	static const char acts[] = "cmd list replace reload begin end";
	struct str rest = str_from(s, end), word;
	if (!at || s.p[at - 1] != '(' || !str_starts(rest, STR(") ")))
		return false;
	rest = str_from(rest, 2);
	return str_word(&rest, &word) && char_is_upper(word.p[0]) && redact_in_list(word, acts);
}

/* has_address: "mx1[192.0.2.9]", "pc7 (192.0.2.9)", or in parentheses behind one, as a lease of DHCP has it */
static bool has_address(const struct finder *f, size_t at, size_t end)
{
	struct str s = f->line;
	const struct redact_span *last = f->count ? &f->spans[f->count - 1] : NULL;
	if (at > 1 && s.p[at - 1] == '(' && at_or_nul(s, end) == ')')
		return last && last->kind == REDACT_ADDR && last->end + 2 == at && s.p[at - 2] == ' ';
	size_t open = end + (at_or_nul(s, end) == ' ');
	bool bracket = at_or_nul(s, open) == '[' && open == end;
	bool card = str_eq_nocase(word_before(s, at), STR("interface"));
	size_t n = !card && (bracket || at_or_nul(s, open) == '(') ? address_at(s, open + 1) : 0;
	return n && at_or_nul(s, open + 1 + n) == (bracket ? ']' : ')');
}

/* is_gone_to: "could not connect to depot", "cannot reach nas1: ...", "logged on from PCX" */
static bool is_gone_to(struct str s, size_t at, size_t end)
{
	static const char arrivals[] = "on in login logon connection connected disconnected";
	struct str before = word_before(s, at), rest = str_first(str_from(s, end), COMMAND_MAX);
	bool to = str_eq_nocase(before, STR("to")), from = str_eq_nocase(before, STR("from"));
	bool reach = redact_in_list(before, "reach resolve ping") && tells_apart(part(s, at, end - at));
	if (!(to || from || reach))
		return false;
	struct str verb = word_before(s, (size_t)(before.p - s.p));
	if ((to && !redact_in_list(verb, "connect connection connecting reconnect")) ||
	    (from && !redact_in_list(verb, arrivals)))
		return false;
	struct str next = str_trim(rest), word;
	bool url = rest.n && rest.p[0] == ':' && str_word(&(struct str){ rest.p + 1, rest.n - 1 }, &word) &&
		   str_find(word, STR("://")) != STR_NONE; /* "connecting to the shop: x://nas1" */
	return !url && (!next.n || strchr(",;:)", rest.p[0]) || str_eq(next, STR(".")) ||
			str_starts(rest, STR(" failed")) || str_starts(rest, STR(" port ")) ||
			str_starts(rest, STR(" timed out")));
}

static size_t between_at(struct finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = name_run(s, at), end = at + n;
	char before = at > 1 && s.p[at - 1] == ' ' ? s.p[at - 2] : 0, next = at_or_nul(s, end);
	bool behind = one_of(next, "([") || (next == ' ' && one_of(at_or_nul(s, end + 1), "(:")) ||
		      (at && s.p[at - 1] == '(');
	enum redact_kind kind = REDACT_HOST;
	if (n < 2 || !(behind || one_of(before, "omhteyg"))) /* most words */
		return at;
	if (behind && (str_starts(str_from(s, end), STR("(uid=")) || of_sudo(s, at, end) || of_cron(s, at, end)))
		kind = REDACT_USER;
	else if ((stands_before(s, at, STR("community ")) || stands_before(s, at, STR("community string "))) &&
		 within_command(s, at, STR("snmp")))
		kind = REDACT_SECRET;
	else if (!(behind && has_address(f, at, end)) && !is_gone_to(s, at, end))
		return at;
	return is_common(part(s, at, n)) ? at : take(f, at, n, kind);
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
	if (n < 2 || !name)
		return at + n;
	size_t end = take(f, at + n, name, REDACT_HOST), share = end;
	while (at_or_nul(s, share) == '\\')
		share++;
	size_t user = share > end ? name_run(s, share) : 0; /* henry$ is somebody's, C$ and IPC$ are everybody's */
	bool of_all = user < 2 || redact_in_list(part(s, share, user), "admin ipc print fax netlogon sysvol");
	return !of_all && at_or_nul(s, share + user) == '$' ? take(f, share, user, REDACT_USER) : end;
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
		"com net org edu gov mil int io de uk fr nl eu ch at it es jp cn ru br au ca us pl se info "
		"biz dev app cloud local lan internal intern intranet corp home localdomain test example "
		"invalid arpa om";
	static const char longer[] = /* of names of three parts and more: some are endings of files, too */
		"hk tw kr nz za mx no dk fi pt gr cz sk hu ro bg hr si ie be lu li tr il ae sg th vn ph id pk "
		"ua by kz ar cl co pe ve tv ee lv lt rs is cc me cloud xyz online site store";
	size_t n = name_run(f->line, at), dot = n;
	while (dot && f->line.p[at + dot - 1] != '.')
		dot--;
	struct str top = part(f->line, at + dot, n - dot);
	bool deep = dot > 1 && memchr(f->line.p + at, '.', dot - 1);
	return dot > 1 && (redact_in_list(top, tops) || (deep && redact_in_list(top, longer))) ?
		       take(f, at, n, REDACT_HOST) : at;
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

/* person_of_at: DOMAIN\\user, which is no path. */
static size_t person_of_at(struct finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = name_run(s, at), end = at + n;
	if (n < 2 || n > DOMAIN_MAX || at_or_nul(s, end) != '\\' || (at && strchr("\\/:", s.p[at - 1])) ||
	    !is_capital(part(s, at, n)))
		return at;
	size_t user = end + 1 + (at_or_nul(s, end + 1) == '\\'), user_n = name_run(s, user); /* doubled in JSON */
	bool path = !user_n || one_of(at_or_nul(s, user + user_n), "\\/") || str_starts(part(s, at, n), STR("HK"));
	size_t dot = str_find_char(part(s, user, user_n), '.');
	path = path || (dot != STR_NONE && user_n - dot <= 4); /* a file's ending */
	if (path)
		return at;
	take(f, at, n, REDACT_HOST);
	return take(f, user, user_n, REDACT_USER);
}

/* sid_at: S-1-5-21-..., a user or group of one domain; those that all machines have are shorter. */
static size_t sid_at(struct finder *f, size_t at)
{
	static const struct str starts[] = { STR_LIT("S-1-5-21-"), STR_LIT("S-1-12-1-") };
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		if (!str_starts_nocase(str_from(f->line, at), starts[i]))
			continue;
		size_t n = starts[i].n;
		while (char_is_digit(at_or_nul(f->line, at + n)) ||
		       (at_or_nul(f->line, at + n) == '-' && char_is_digit(at_or_nul(f->line, at + n + 1))))
			n++;
		return n > starts[i].n ? take(f, at, n, REDACT_USER) : at;
	}
	return at;
}

/* guid_at: of a machine, an account, a tenant, or a key; that of a class or an interface is the same everywhere. */
static size_t guid_at(struct finder *f, size_t at)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	struct str s = f->line;
	size_t n = 0, digits = 0;
	for (; form[n]; n++) {
		char c = at_or_nul(s, at + n);
		if (form[n] == 'x' ? !char_is_hex(c) : c != '-')
			return at;
		digits += char_is_hex(c) && c != '0';
	}
	if (is_name(at_or_nul(s, at + n)))
		return at;
	size_t from = at;
	while (from && strchr(" {('\"=:", s.p[from - 1]))
		from--;
	size_t start = from;
	while (start && char_is_alpha(s.p[start - 1]))
		start--;
	struct str word = part(s, start, from - start);
	if (!digits || redact_in_list(word, "clsid appid iid interface class progid libid typelib"))
		return at + n;
	bool secret = redact_in_list(word, "key secret") || redact_in_list(word, secret_keys);
	return take(f, at, n, secret ? REDACT_SECRET : REDACT_ID);
}

/* base64_at: letters of both cases and digits in a long row, as keys and tickets are written. */
static size_t base64_at(struct str s, size_t at)
{
	size_t n = 0, slashes = 0, kinds[3] = { 0 };
	for (; at + n < s.n && (char_is_alnum(s.p[at + n]) || strchr("+/=", s.p[at + n])); n++) {
		kinds[0] += char_is_upper(s.p[at + n]);
		kinds[1] += char_is_lower(s.p[at + n]);
		kinds[2] += char_is_digit(s.p[at + n]);
		slashes += s.p[at + n] == '/';
	}
	bool mixed = kinds[0] >= 4 && kinds[1] >= 4 && kinds[2] >= 2;
	return n >= BASE64_MIN && mixed && slashes * 16 <= n ? n : 0;
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
	if (n >= OWN_TOKEN_MIN && str_starts(rest, STR("kbt_")))
		return take(f, at, n, REDACT_SECRET);
	if (hex >= HEX_SECRET_MIN && !is_name(at_or_nul(rest, hex)))
		return take(f, at, hex, REDACT_SECRET);
	size_t row = base64_at(f->line, at);
	return row ? take(f, at, row, REDACT_SECRET) : at;
}

/* takes_password: -u user -ppassword of these; psql's -p is a port where it is a number. */
static bool takes_password(struct str s, size_t at)
{
	static const struct str commands[] = { STR_LIT("mysql"), STR_LIT("mariadb"), STR_LIT("sshpass"),
					       STR_LIT("psql") };
	size_t last = sizeof commands / sizeof *commands - 1;
	for (size_t i = 0; i < last; i++)
		if (within_command(s, at, commands[i]))
			return true;
	size_t n = secret_run(s, at + 2), digits = 0;
	while (digits < n && char_is_digit(s.p[at + 2 + digits]))
		digits++;
	bool port = n && digits == n;
	return !port && within_command(s, at, commands[last]);
}

/* key_block_at: -----BEGIN RSA PRIVATE KEY----- and what follows in the line. */
static size_t key_block_at(struct finder *f, size_t at)
{
	struct str s = f->line, rest = str_from(s, at);
	size_t head = str_starts(rest, STR("-----BEGIN ")) ? str_find(rest, STR("PRIVATE KEY-----")) : STR_NONE;
	if (head == STR_NONE || head > COMMAND_MAX)
		return at;
	size_t start = skip_blanks(s, at + head + STR("PRIVATE KEY-----").n);
	size_t n = str_find(str_from(s, start), STR("-----END"));
	n = n == STR_NONE ? s.n - start : n;
	while (n && char_is_space(s.p[start + n - 1]))
		n--;
	return n ? take(f, start, n, REDACT_SECRET) : start;
}

/* "--token x1" */
static size_t long_option_at(struct finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = 0;
	while (char_is_alpha(at_or_nul(s, at + 2 + n)) || at_or_nul(s, at + 2 + n) == '-')
		n++;
	size_t value = skip_blanks(s, at + 2 + n);
	bool apart = value > at + 2 + n && at_or_nul(s, value) != '-';
	return apart && redact_in_list(part(s, at + 2, n), secret_keys)
		       ? take(f, value, secret_run(s, value), REDACT_SECRET)
		       : at;
}

/* behind_user: net use \\\\server\\share /user:name password, the last word or before another switch. */
static size_t behind_user(struct finder *f, size_t at)
{
	struct str s = f->line;
	size_t value = at;
	while (value < s.n && s.p[value] != ' ')
		value++;
	value = skip_blanks(s, value);
	size_t n = secret_run(s, value), next = skip_blanks(s, value + n);
	bool last = next >= s.n || s.p[next] == '/' || char_is_space(s.p[next]);
	bool word = n && s.p[value] != '/' && s.p[value] != '*' && !is_wrong(part(s, value, n));
	return last && word ? take(f, value, n, REDACT_SECRET) : at;
}

/* curl -u user:password; mysql -uuser -ppassword; net use X: \\\\server\\share password /user:name */
static size_t option_at(struct finder *f, size_t at)
{
	struct str s = f->line, rest = str_from(s, at);
	if (str_starts(rest, STR("--")))
		return long_option_at(f, at);
	if (str_starts(rest, STR("-u ")) || str_starts(rest, STR("-U "))) {
		size_t name = skip_blanks(s, at + 2), end = name;
		while (end < s.n && s.p[end] != ' ' && s.p[end] != ':' && s.p[end] != '%')
			end++;
		if (end >= s.n || s.p[end] == ' ')
			return rest.p[1] == 'u' && takes_password(s, at) ? take(f, name, end - name, REDACT_USER) : at;
		take(f, name, end - name, REDACT_USER);
		return take(f, end + 1, secret_run(s, end + 1), REDACT_SECRET);
	}
	bool short_option = at && s.p[at - 1] == ' ' && (str_starts(rest, STR("-p")) || str_starts(rest, STR("-u")));
	if (short_option && char_is_alnum(at_or_nul(s, at + 2)) && takes_password(s, at))
		return take(f, at + 2, secret_run(s, at + 2), rest.p[1] == 'p' ? REDACT_SECRET : REDACT_USER);
	if (!str_starts_nocase(rest, STR(" /user:")))
		return at;
	size_t start = at;
	while (start && s.p[start - 1] != ' ')
		start--;
	struct str before = part(s, start, at - start);
	bool path = str_find_char(before, '\\') != STR_NONE || str_ends_nocase(before, STR(":")) ||
		    str_eq(before, STR("*"));
	bool use = within_command(s, start, STR("net use "));
	if (use && path)
		return behind_user(f, at + STR(" /user:").n);
	return use && before.n && (!f->count || f->spans[f->count - 1].end <= start)
		       ? (take(f, start, before.n, REDACT_SECRET), at + 1)
		       : at;
}

/* At the start of a word, or at a mark. */
static size_t shape_at(struct finder *f, size_t at)
{
	static size_t (*const shapes[])(struct finder * f, size_t at) = { guid_at, sid_at,	 secret_at,    mail_at,
									   between_at, word_at, domain_at,
									   person_of_at, port_at };
	struct str rest = str_from(f->line, at);
	if (rest.p[0] == '/' || rest.p[0] == '\\') {
		size_t next = home_at(f, at);
		return next == at && str_starts(rest, STR("\\\\")) ? unc_at(f, at) : next;
	}
	if (str_starts(rest, STR("://")))
		return url_at(f, at);
	if (at && is_name(f->line.p[at - 1]))
		return char_is_alpha(rest.p[0]) && strchr("._-", f->line.p[at - 1]) ? word_at(f, at) : at;
	size_t n = address_at(f->line, at);
	n = n ? n : card_at(f->line, at);
	size_t next = n ? take(f, at, n, REDACT_ADDR) : at;
	for (size_t i = 0; next == at && char_is_alnum(rest.p[0]) && i < sizeof shapes / sizeof *shapes; i++)
		next = shapes[i](f, at);
	return next;
}

size_t redact_find(struct str line, struct redact_span *spans, size_t max)
{
	struct finder f = { .line = line, .spans = spans, .max = max };
	pthread_once(&first_letters_once, gather_first_letters);
	for (size_t at = 0; at < line.n;) {
		size_t next = line.p[at] == '-' ? key_block_at(&f, at) : at;
		if (next == at && (line.p[at] == '-' || line.p[at] == ' '))
			next = option_at(&f, at);
		next = next == at ? shape_at(&f, at) : next;
		at = next > at ? next : at + 1;
	}
	return f.count;
}
