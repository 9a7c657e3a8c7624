/* SPDX-License-Identifier: MIT
 *
 * Secrets by where they stand, with no mark that parts them from what they are of: "rootpw x1", "login alice password
 * x1", "name: DB_PASSWORD, value: x1", "IDENTIFIED BY 'x1'", "credentials alice:x1", "/api/webhooks/123/x1". See
 * redact_shapes.h.
 */
#include "scan/redact_shapes.h"

#include <string.h>

/* Words of files of settings that take a secret and nothing else. */
const char redact_directives[] = "bindpw rootpw requirepass masterauth rocommunity rwcommunity convertto-securestring "
				 "key-string insecure-password authldapbindpassword httpproxypassword cachemgr_passwd "
				 "plain-text-password-value";

/* word_behind: the word behind the blanks at a place; empty where there are none. */
static struct str word_behind(struct str s, size_t at)
{
	size_t value = skip_blanks(s, at), n = 0;
	while (value > at && value + n < s.n && !char_is_space(s.p[value + n]))
		n++;
	return part(s, value < s.n ? value : s.n, n);
}

size_t redact_word_start(struct str s, size_t at)
{
	while (at && s.p[at - 1] == ' ')
		at--;
	while (at && !char_is_space(s.p[at - 1]))
		at--;
	return at;
}

static size_t end_of(struct str s, struct str word)
{
	return (size_t)(word.p - s.p) + word.n;
}

bool redact_says_nothing(struct str word)
{
	return !word.n || redact_is_wrong(word) || redact_keeps(word) || redact_is_aspect(word) ||
	       str_in_list(word, "directive option parameter setting value line clause");
}

/* tells_coding: how the password behind it is written, which devices of networks say first. */
static bool tells_coding(struct str word)
{
	static const char codings[] = "cipher simple irreversible-cipher ascii hex clear encrypted sha256 sha512";
	return word.n == 1 ? one_of(word.p[0], "05789") : str_in_list(word, codings);
}

/* piped_before: "x1" | ConvertTo-SecureString, the end of that word is given; 0 for none. */
static size_t piped_before(struct redact_finder *f, size_t end)
{
	struct str s = f->line;
	size_t at = end - STR("convertto-securestring").n, close;
	while (at && one_of(s.p[at - 1], " |"))
		at--;
	char quote = at && one_of(s.p[at - 1], "\"'") ? s.p[at - 1] : 0;
	if (!quote || s.p[at] == 'C' || s.p[at] == 'c')
		return 0;
	for (close = --at; at && close - at < REDACT_COMMAND_MAX && s.p[at - 1] != quote;)
		at--;
	bool fits = at && s.p[at - 1] == quote && close > at && redact_is_free(f, at);
	return fits && !redact_is_code(s, at) ? redact_take(f, at, close - at, REDACT_SECRET) : 0;
}

size_t redact_directive(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line, value = word_behind(s, end);
	if (str_eq_nocase(part(s, start, end - start), STR("convertto-securestring")) && piped_before(f, end))
		return end;
	if (value.n == 1 && tells_coding(value)) /* key-string 7 0822 */
		value = word_behind(s, end_of(s, value));
	if (value.n && value.p[0] == '-') /* ConvertTo-SecureString -String "x1" */
		value = word_behind(s, end_of(s, value));
	if (value.n && one_of(value.p[0], "\"'")) {
		size_t at = (size_t)(value.p - s.p) + 1;
		value = part(s, at, redact_secret_run(s, at));
	}
	bool told = redact_says_nothing(value) || value.p[0] == '-' || redact_is_code(s, (size_t)(value.p - s.p));
	return told ? end : redact_take(f, (size_t)(value.p - s.p), value.n, REDACT_SECRET);
}

/* in_registry: the value of "DefaultPassword    REG_SZ    x1", as reg.exe prints it, and of "/v DefaultPassword /t
 * REG_SZ /d x1", as it takes it; the word behind the key is given. Empty for none. */
static struct str in_registry(struct str s, struct str word)
{
	bool printed = str_starts(word, STR("REG_"));
	if (str_eq_nocase(word, STR("/t")))
		word = word_behind(s, end_of(s, word_behind(s, end_of(s, word))));
	bool given = str_eq_nocase(word, STR("/d"));
	struct str value = printed || given ? word_behind(s, end_of(s, word)) : STR("");
	if (value.n && one_of(value.p[0], "\"'")) {
		size_t at = (size_t)(value.p - s.p) + 1;
		return part(s, at, redact_secret_run(s, at));
	}
	return str_starts(value, STR("0x")) || str_starts(value, STR("/")) ? STR("") : value;
}

/* redact_registry_row: "hex:9f,3a,77", "hex(7):61,00": bytes as a registry's export writes them. */
size_t redact_registry_row(struct str s, size_t at)
{
	size_t n = 3;
	if (!str_starts(str_from(s, at), STR("hex")))
		return 0;
	n += at_or_nul(s, at + n) == '(' && at_or_nul(s, at + n + 2) == ')' ? 3 : 0;
	size_t head = n + 1;
	if (at_or_nul(s, at + n++) != ':')
		return 0;
	while (char_is_hex(at_or_nul(s, at + n)) || at_or_nul(s, at + n) == ',')
		n++;
	char behind = at_or_nul(s, at + n);
	bool ends = !behind || one_of(behind, "\\ \r");
	n -= s.p[at + n - 1] == ',';
	return ends && n > head ? n : 0;
}

/* redact_listed: behind a password's key in files that know no marks: "machine m login alice password x1" (.netrc;
 * fetchmail has "poll m user alice password x1"),
 * "username alice password 0 x1" (routers; the number says how it is coded), "pre-shared-key x1 address 192.0.2.1",
 * "set passwd ENC x1", "ENV DB_PASSWORD x1". */
size_t redact_listed(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line, value = word_behind(s, end);
	if (!value.n || str_in_list(part(s, start, end - start), "token pin otp tan sid sig auth cookie session"))
		return end;
	struct str registered = in_registry(s, value);
	if (registered.n)
		return redact_take(f, (size_t)(registered.p - s.p), registered.n, REDACT_SECRET);
	size_t name = redact_word_start(s, start); /* only here: of the keys between two blanks one gets so far */
	bool netrc = str_in_list(redact_word_before(s, name), "login user") &&
		     (redact_within(s, name, STR("machine ")) || redact_within(s, name, STR("default ")) ||
		      redact_within(s, name, STR("poll ")));
	bool coded = false;
	for (unsigned i = 0; i < 2 && tells_coding(value); i++) { /* "ascii 0 x1" */
		struct str next = word_behind(s, end_of(s, value));
		coded = coded || value.n == 1 || str_has_digit(next);
		value = next;
	}
	bool router = coded && (redact_within(s, start, STR("username ")) || end_of(s, value) == s.n);
	size_t path = start; /* "set iDRAC.Users.2.Password x1" */
	while (path && start - path < REDACT_COMMAND_MAX && is_name(s.p[path - 1]))
		path--;
	struct str before = redact_word_before(s, path);
	bool variable = redact_is_variable(part(s, start, end - start));
	bool peers = redact_within(s, start, STR("neighbor ")) ||
		     str_ends_nocase(part(s, start, end - start), STR("shared-key")) ||
		     str_in_list(part(s, start, end - start), "wpa-passphrase wpa-psk");
	bool set = str_in_list(before, "set enable") || peers || redact_within(s, start, STR("nmcli ")) ||
		   redact_within(s, start, STR("rclone ")) || (variable && str_in_list(before, "env setx"));
	if (set && str_eq(value, STR("ENC")))
		value = word_behind(s, end_of(s, value));
	set = set && value.n > 3 && end_of(s, value) == s.n;
	bool peer = str_starts(str_from(s, end_of(s, value)), STR(" address "));
	bool fits = (netrc || router || set || peer) && !redact_says_nothing(value);
	return fits ? redact_take(f, (size_t)(value.p - s.p), value.n, REDACT_SECRET) : end;
}

/* redact_identified: "CREATE USER alice IDENTIFIED BY 'x1'", at "by"; a serial number is said in small letters. */
size_t redact_identified(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line, before = redact_word_before(s, start);
	size_t value = skip_blanks(s, end);
	bool quoted = one_of(at_or_nul(s, value), "'\"");
	bool with = quoted && redact_within(s, start, STR("identified with ")); /* a way, and BY 'x1' */
	bool told = (with || str_eq_nocase(before, STR("identified"))) && value > end &&
		    (quoted || char_is_upper(before.p[0]) || redact_within(s, start, STR("alter user ")));
	value += quoted;
	size_t n = told ? redact_secret_run(s, value) : 0;
	bool fits = n && (quoted || !redact_says_nothing(part(s, value, n)));
	return fits ? redact_take(f, value, n, REDACT_SECRET) : end;
}

/* value_of: "value x1 of variable DB_PASSWORD", "value 'x1' for token": what it is the value of stands behind it. */
static size_t value_of(struct redact_finder *f, size_t end)
{
	struct str s = f->line, rest, word;
	size_t value = skip_blanks(s, end);
	bool quoted = one_of(at_or_nul(s, value), "\"'");
	value += quoted;
	size_t n = value < s.n ? redact_secret_run(s, value) : 0;
	struct str said = part(s, value < s.n ? value : s.n, n);
	rest = str_from(s, value + n + quoted);
	if (n < 3 || !(quoted || str_has_digit(said)) || !str_word(&rest, &word) || !str_in_list(word, "of for"))
		return end;
	while (str_word(&rest, &word) && str_in_list(word, "the variable parameter key option setting field"))
		;
	while (word.n && one_of(word.p[word.n - 1], ".,;:\"'"))
		word.n--;
	word = str_from(word, one_of(at_or_nul(word, 0), "\"'"));
	bool fits = (redact_is_secret_key(word) || redact_ends_secret(word)) && !redact_says_nothing(said);
	return fits && !redact_is_code(s, value) ? redact_take(f, value, n, REDACT_SECRET) : end;
}

/* option_value: "--name db.password --value x1", at "value". */
static size_t option_value(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line, near = str_first(s, start), name;
	near = str_from(near, start > REDACT_COMMAND_MAX ? start - REDACT_COMMAND_MAX : 0);
	size_t option = str_find(near, STR("--name")), at = skip_blanks(s, end + (at_or_nul(s, end) == '='));
	near = str_from(near, option == STR_NONE ? near.n : option + STR("--name").n + 1);
	at += one_of(at_or_nul(s, at), "\"'");
	if (at == end || at >= s.n || !str_word(&near, &name))
		return end;
	while (name.n && one_of(name.p[name.n - 1], "\"'"))
		name.n--;
	for (size_t i = name.n; i; i--)
		if (one_of(name.p[i - 1], "./:=")) {
			name = str_from(name, i);
			break;
		}
	size_t n = redact_is_secret_key(name) || redact_ends_secret(name) ? redact_secret_run(s, at) : 0;
	bool fits = n && s.p[at] != '-' && !redact_is_code(s, at) && !redact_says_nothing(part(s, at, n));
	return fits ? redact_take(f, at, n, REDACT_SECRET) : end;
}

/* redact_named_value: at "value": what has its name beside it, "name": "DB_PASSWORD", "value": "x1". */
size_t redact_named_value(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line;
	size_t at = start, stop, mark = skip_blanks(s, end + one_of(at_or_nul(s, end), "\"'")), value;
	if (start > 1 && s.p[start - 1] == '-' && s.p[start - 2] == '-')
		return option_value(f, start, end);
	if (at_or_nul(s, end) == ' ' && !one_of(at_or_nul(s, mark), ":="))
		return value_of(f, end);
	while (at && one_of(s.p[at - 1], " \t\"',;{}\\"))
		at--;
	for (stop = at; at && is_name(s.p[at - 1]);)
		at--;
	struct str name = part(s, at, stop - at);
	bool secret = redact_ends_secret(name);
	if (stop == start || !one_of(at_or_nul(s, mark), ":=") || !(secret || str_ends(name, STR("_KEY"))))
		return end;
	while (at && one_of(s.p[at - 1], " \"'\\"))
		at--;
	if (!at || !one_of(s.p[at - 1], ":="))
		return end;
	for (stop = --at; stop && one_of(s.p[stop - 1], " \"'\\");)
		stop--;
	for (at = stop; at && char_is_alpha(s.p[at - 1]);)
		at--;
	value = skip_blanks(s, mark + 1);
	value += at_or_nul(s, value) == '\\';
	value += one_of(at_or_nul(s, value), "\"'");
	size_t n = redact_secret_run(s, value);
	n -= n && s.p[value + n - 1] == '\\';
	struct str said = part(s, value, n);
	secret = n && (secret ? !redact_is_wrong(said) : redact_is_key_variable(name, said));
	bool fits = secret && str_in_list(part(s, at, stop - at), "name key");
	return fits ? redact_take(f, value, n, REDACT_SECRET) : end;
}

enum { ATTRIBUTES_MAX = 120 };

/* element_text: what the text of an element is, which a tag ends; empty for none. */
static struct str element_text(struct str value)
{
	static const struct str begins = STR_LIT("<![CDATA["), ends = STR_LIT("]]>"), inner = STR_LIT("<Value>");
	enum { VALUE_MAX = 60, CDATA_MAX = 4096 };
	value = str_from(value, str_starts_nocase(value, inner) ? inner.n : 0); /* of an answer file */
	if (str_starts(value, begins)) {
		size_t n = str_find(str_first(value, CDATA_MAX), ends);
		return n == STR_NONE ? STR("") : str_part(value, begins.n, n);
	}
	size_t n = str_find_char(str_first(value, VALUE_MAX + 1), '<');
	return n != STR_NONE && str_starts(str_from(value, n), STR("</")) ? str_first(value, n) : STR("");
}

/* of_attribute: <property name="db.password">x1</property>, the key is the end of what it is called. */
static struct str of_attribute(struct str s, size_t start, size_t end)
{
	enum { NAME_MAX = 256 };
	char quote = at_or_nul(s, end);
	size_t at = start, word;
	struct str near = str_first(str_from(s, end), ATTRIBUTES_MAX);
	size_t close = one_of(quote, "\"'") ? str_find_char(near, '>') : STR_NONE;
	if (close == STR_NONE || near.p[close - 1] == '/' || (close > 1 && near.p[1] != ' '))
		return STR("");
	while (at && start - at < NAME_MAX && is_name(s.p[at - 1]))
		at--;
	if (at < 2 || s.p[at - 1] != quote || s.p[at - 2] != '=')
		return STR("");
	for (word = at - 2; word && char_is_alpha(s.p[word - 1]);)
		word--;
	bool named = str_in_list(part(s, word, at - 2 - word), "name key");
	return named ? element_text(str_from(s, end + close + 1)) : STR("");
}

/* redact_tagged: the value of "<user>alice</user>", "<ns:user type="x">alice</ns:user>",
 * "<user><![CDATA[alice]]></user>" and "<property name="user">alice</property>", of the key in [start, end); empty for
 * none. */
struct str redact_tagged(struct str s, size_t start, size_t end)
{
	struct str attribute = of_attribute(s, start, end);
	if (attribute.n)
		return attribute;
	if (start && s.p[start - 1] == ':')
		for (start--; start && is_name(s.p[start - 1]);)
			start--;
	size_t close = start && s.p[start - 1] == '<' ? str_find_char(str_first(str_from(s, end), ATTRIBUTES_MAX), '>')
						      : STR_NONE;
	if (close == STR_NONE || (close && (s.p[end] != ' ' || s.p[end + close - 1] == '/')))
		return STR("");
	return element_text(str_from(s, end + close + 1));
}

/* redact_pair: "credentials alice:x1"; of OpenLDAP's syncrepl credentials=x1. */
size_t redact_pair(struct redact_finder *f, size_t start, size_t end)
{
	(void)start;
	struct str s = f->line;
	if (at_or_nul(s, end) == '=' && redact_within(s, end, STR("binddn="))) {
		size_t from = end + 1 + one_of(at_or_nul(s, end + 1), "\"'");
		return from < s.n ? redact_take(f, from, redact_secret_run(s, from), REDACT_SECRET) : end;
	}
	size_t user = skip_blanks(s, end), n = redact_name_run(s, user), secret = user + n + 1;
	size_t run = secret < s.n ? redact_secret_run(s, secret) : 0;
	bool fits = user > end && n > 1 && at_or_nul(s, secret - 1) == ':' && run >= 3 && s.p[secret] != '/' &&
		    !redact_is_common(part(s, user, n));
	if (!fits)
		return end;
	redact_take(f, user, n, REDACT_USER);
	return redact_take(f, secret, run, REDACT_SECRET);
}

/* redact_answered: "AUTH 1 PLAIN service=imap resp=AGJv...", as Dovecot logs what a client sent. */
size_t redact_answered(struct redact_finder *f, size_t start, size_t end)
{
	enum { LEAST = 8 };
	struct str s = f->line;
	size_t n = at_or_nul(s, end) == '=' ? redact_secret_run(s, end + 1) : 0;
	return n >= LEAST && redact_within(s, start, STR("AUTH")) ? redact_take(f, end + 1, n, REDACT_SECRET) : end;
}

/* redact_bound: the last of the quoted words that a call logs in with: OpenDSObject("LDAP://x", "alice", "x1", 1) has
 * three, NetworkCredential("alice", "x1"), db.auth('alice', 'x1') and auth=('alice', 'x1') two. */
size_t redact_bound(struct redact_finder *f, size_t end, unsigned words)
{
	static const struct str made = STR_LIT("]::new");
	struct str s = f->line;
	size_t open = end + (str_starts(str_from(s, end), made) ? made.n : 0), at, n = 0, from = 0;
	open += at_or_nul(s, open) == '=';
	if (at_or_nul(s, open) != '(')
		return end;
	at = open + 1;
	for (unsigned i = 0; i < words; i++) {
		at = skip_blanks(s, at);
		if (!one_of(at_or_nul(s, at), "\"'"))
			return end;
		from = at + 1;
		n = redact_secret_run(s, from);
		at = skip_blanks(s, from + n + 1);
		if (i + 1 < words && at_or_nul(s, at) != ',')
			return end;
		at++;
	}
	redact_go(f, open, from);
	return redact_take(f, from, n, REDACT_SECRET);
}

/* redact_hook_at: the addresses of Discord's and Slack's hooks and of Telegram's bots are all that it takes to write
 * there. */
size_t redact_hook_at(struct redact_finder *f, size_t at)
{
	static const struct str discord = STR_LIT("/api/webhooks/"), slack = STR_LIT("/services/T"),
				bot = STR_LIT("/bot");
	enum { LEAST = 16 };
	struct str s = f->line, rest = str_from(s, at);
	bool spoken = str_starts(rest, bot), written = str_starts(rest, discord), services = str_starts(rest, slack);
	size_t secret = at + (written ? discord.n : spoken ? bot.n : slack.n), n = 0;
	if (!(spoken || written || services))
		return at;
	if (services)
		for (unsigned folders = 0; folders < 2 && char_is_alnum(at_or_nul(s, secret)); folders++)
			while (secret < s.n && s.p[secret++] != '/')
				;
	while (!services && char_is_digit(at_or_nul(s, secret)))
		secret++;
	if (!services && at_or_nul(s, secret++) != (spoken ? ':' : '/'))
		return at;
	while (char_is_alnum(at_or_nul(s, secret + n)) || one_of(at_or_nul(s, secret + n), "_-"))
		n++;
	return n >= LEAST ? redact_take(f, secret, n, REDACT_SECRET) : at;
}

/* redact_salted_at: "{SSHA}5en6G6...", as directories keep a password. */
size_t redact_salted_at(struct redact_finder *f, size_t at)
{
	static const struct str schemes[] = { STR_LIT("{SSHA"),	      STR_LIT("{SHA"),	  STR_LIT("{SMD5}"),
					      STR_LIT("{MD5}"),	      STR_LIT("{CRYPT}"), STR_LIT("{PBKDF2"),
					      STR_LIT("{BLF-CRYPT}"), STR_LIT("{ARGON2"), STR_LIT("{CRAM-MD5}"),
					      STR_LIT("{DIGEST-MD5}") };
	static const struct str plain[] = { STR_LIT("{PLAIN}"), STR_LIT("{CLEAR}"),
					    STR_LIT("{CLEARTEXT}") }; /* Dovecot's */
	enum { LEAST = 13, SCHEME_MAX = 20 };
	struct str rest = str_from(f->line, at);
	size_t close = str_find_char(str_first(rest, SCHEME_MAX), '}'), n = 0;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (str_starts(rest, plain[i])) {
			for (close = at + plain[i].n; close + n < f->line.n && f->line.p[close + n] != ':' &&
						      !redact_ends_value(f->line.p[close + n]);)
				n++;
			return n > 2 ? redact_take(f, close, n, REDACT_SECRET) : at;
		}
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		if (!str_starts_nocase(rest, schemes[i]) || close == STR_NONE || close > schemes[i].n + 8)
			continue;
		size_t value = at + close + 1;
		while (char_is_alnum(at_or_nul(f->line, value + n)) || one_of(at_or_nul(f->line, value + n), "+/=$.,-"))
			n++;
		return n >= LEAST || redact_is_done(str_from(f->line, value)) ? redact_take(f, value, n, REDACT_SECRET)
									      : at;
	}
	return at;
}
