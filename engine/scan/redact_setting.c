/* SPDX-License-Identifier: MIT
 *
 * Secrets that one program takes by a grammar of its own: "ACL SETUSER alice on >x1" (Redis), "createUser alice SHA x1
 * AES x2" (snmpd), "inline:{db1=alice:x1}" (Postfix), "variable=x;issecret=true]x1" and "::add-mask::x1" (pipelines),
 * passwordeval "echo x1", "sqlplus alice/x1@db" (Oracle), dscl's words, AT+CWJAP="home","x1". See redact_shapes.h.
 */
#include "scan/redact_shapes.h"

enum { LEAST = 3, WORDS_MAX = 12 };

/* is_secret: no code, and nothing that tells of none. */
static bool is_secret(struct str s, size_t at, size_t n)
{
	return n >= LEAST && !redact_is_code(s, at) && !redact_says_nothing(part(s, at, n));
}

/* redact_acl_at: ">x1" and "<x1", a user's password of Redis, given and taken; at the mark. */
size_t redact_acl_at(struct redact_finder *f, size_t at)
{
	static const char rules[] = "on off reset resetpass nopass allkeys allcommands allchannels";
	struct str s = f->line;
	char before = at ? s.p[at - 1] : 0;
	bool listed = before == ' ' && str_in_list(redact_word_before(s, at), rules) &&
		      redact_within(s, at, STR("user ")); /* of its file */
	size_t n = 0;
	if (!one_of(before, " \"'") || !(listed || redact_within(s, at, STR("setuser"))))
		return at;
	while (at + 1 + n < s.n && (before == ' ' ? !char_is_space(s.p[at + 1 + n]) : s.p[at + 1 + n] != before))
		n++;
	return n >= LEAST && s.p[at + 1] != '=' ? redact_take(f, at + 1, n, REDACT_SECRET) : at;
}

/* redact_created: "createUser [-e id] alice SHA x1 [AES [x2]]", at "createUser". */
size_t redact_created(struct redact_finder *f, size_t start, size_t end)
{
	static const char methods[] =
		"md5 sha sha-224 sha-256 sha-384 sha-512 sha224 sha256 sha384 sha512 des 3des aes "
		"aes128 aes192 aes256 aes-128 aes-192 aes-256";
	struct str s = f->line, rest = str_from(s, end), word;
	bool told = false;
	(void)start;
	for (unsigned i = 0; i < WORDS_MAX && str_word(&rest, &word); i++) {
		bool quoted = one_of(word.p[0], "\"'");
		size_t at = (size_t)(word.p - s.p) + quoted, n = redact_secret_run(s, at);
		bool method = str_in_list(word, methods);
		if (told && !method && n >= LEAST)
			end = redact_take(f, at, n, REDACT_SECRET);
		if (quoted) /* may have blanks in it */
			rest = str_from(s, at + n + 1);
		told = method;
	}
	return end;
}

/* redact_masked: all behind "##vso[task.setvariable variable=x;issecret=true]", at "issecret"; and behind
 * "::add-mask::", at "add-mask". */
size_t redact_masked(struct redact_finder *f, size_t start, size_t end)
{
	static const struct str secret = STR_LIT("=true"), mask = STR_LIT("::");
	struct str s = f->line, rest = str_from(s, end);
	bool masks = char_lower(s.p[start]) == 'a' && str_starts(rest, mask);
	size_t close =
		str_starts_nocase(rest, secret) ? str_find_char(str_first(rest, REDACT_COMMAND_MAX), ']') : STR_NONE;
	size_t at = masks ? end + mask.n : close == STR_NONE ? s.n : end + close + 1, n = 0;
	at += one_of(at_or_nul(s, at), "\"'") && masks;
	while (at + n < s.n && !one_of(s.p[at + n], " \"'\r"))
		n++;
	return at < s.n && is_secret(s, at, n) ? redact_take(f, at, n, REDACT_SECRET) : end;
}

/* redact_echoed: 'passwordeval "echo x1"', BORG_PASSCOMMAND='printf x1': the command that brings one is it. */
size_t redact_echoed(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line;
	size_t at = skip_blanks(s, end), word = 0;
	at = skip_blanks(s, at + one_of(at_or_nul(s, at), ":="));
	at += one_of(at_or_nul(s, at), "\"'");
	(void)start;
	while (char_is_alpha(at_or_nul(s, at + word)))
		word++;
	size_t value = skip_blanks(s, at + word), n;
	if (value == at + word || !str_in_list(part(s, at, word), "echo printf"))
		return end;
	value += one_of(at_or_nul(s, value), "\"'");
	n = value < s.n ? redact_secret_run(s, value) : 0;
	return is_secret(s, value, n) ? redact_take(f, value, n, REDACT_SECRET) : end;
}

/* redact_written_key: 'pre-shared-key ascii-text "x1"', of Junos, at how the key is written. */
size_t redact_written_key(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line;
	bool key = str_starts(str_from(s, end), STR(" \"")) && str_ends(str_first(s, start), STR("-key "));
	size_t n = key ? redact_secret_run(s, end + 2) : 0;
	return is_secret(s, end + 2, n) ? redact_take(f, end + 2, n, REDACT_SECRET) : end;
}

/* redact_modem_words: 'AT+CWJAP="home","x1"', 'AT+CGAUTH=1,1,"alice","x1"': of what a modem logs in with the last that
 * is quoted, at the command's name. */
size_t redact_modem_words(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line;
	size_t at = end + 1, secret = 0, n = 0;
	if (start < 3 || !str_eq_nocase(part(s, start - 3, 3), STR("AT+")) || at_or_nul(s, end) != '=')
		return end;
	for (unsigned i = 0; i < WORDS_MAX && at < s.n && !char_is_space(s.p[at]); i++) {
		size_t run = redact_secret_run(s, at + 1), quoted = s.p[at] == '"' && at_or_nul(s, at + 1 + run) == '"';
		if (quoted && i) {
			secret = at + 1;
			n = run;
		}
		at += quoted ? run + 2 : 0;
		while (at < s.n && s.p[at] != ',' && !char_is_space(s.p[at]))
			at++;
		at += at_or_nul(s, at) == ',';
	}
	return n >= LEAST ? redact_take(f, secret, n, REDACT_SECRET) : end;
}

/* redact_words_of_dscl: "dscl . -passwd /Users/alice [old] x1", at the blank behind "-passwd". */
size_t redact_words_of_dscl(struct redact_finder *f, size_t at)
{
	struct str s = f->line, rest = str_from(s, at), user, word;
	if (!str_ends(str_first(s, at), STR(" -passwd")) || !redact_within(s, at, STR("dscl ")) ||
	    !str_word(&rest, &user))
		return at;
	size_t name = (size_t)(user.p - s.p), end = name + user.n;
	while (name < end && memchr(s.p + name, '/', end - name))
		name++;
	redact_take(f, name, end - name, REDACT_USER);
	for (unsigned i = 0; i < 2 && str_word(&rest, &word); i++) {
		size_t value = (size_t)(word.p - s.p) + one_of(word.p[0], "\"'"), n = redact_secret_run(s, value);
		end = n ? redact_take(f, value, n, REDACT_SECRET) : end;
	}
	return end;
}

static size_t take_login(struct redact_finder *f, size_t at, size_t user, size_t n)
{
	redact_take(f, at, user, REDACT_USER);
	return redact_take(f, at + user + 1, n, REDACT_SECRET);
}

/* is_inline: "inline:{db1=alice:x1}", "inline:{ { db1 = alice:x1 } }", of Postfix' tables of passwords. */
static bool is_inline(struct str s, size_t at)
{
	while (at && s.p[at - 1] == ' ')
		at--;
	return at && s.p[at - 1] == '=' && redact_within(s, at, STR("inline:{")) &&
	       redact_within(s, at, STR("sasl_password"));
}

/* colon_login: "alice:x1@tcp(db1)" of Go's drivers; in a table of Postfix. */
static size_t colon_login(struct redact_finder *f, size_t at, size_t user, size_t n)
{
	struct str s = f->line, behind = str_from(s, at + user + 1 + n);
	if (str_starts(behind, STR("@tcp(")) || str_starts(behind, STR("@unix(")))
		return take_login(f, at, user, n);
	if (!is_inline(s, at))
		return at;
	for (n = 0; at + user + 1 + n < s.n && !one_of(s.p[at + user + 1 + n], " \t\"',}");)
		n++;
	return n ? take_login(f, at, user, n) : at;
}

/* is_typed_login: "login alice/x1", "SQL> connect alice/x1"; a word of letters alone only where it is all that was
 * typed ("login success/failure", "connect eth0/1"). */
static bool is_typed_login(struct str s, struct str before, struct str user, struct str secret)
{
	bool letter = false, digit = str_has_digit(secret), path = memchr(secret.p, '/', secret.n);
	size_t start = (size_t)(before.p - s.p), end = (size_t)(secret.p - s.p) + secret.n;
	for (size_t i = 0; i < secret.n; i++)
		letter |= char_is_alpha(secret.p[i]);
	bool login = str_in_list(before, "login logon"), oracle = redact_within(s, start, STR("sql> "));
	bool whole = (end == s.n || s.p[end] == '@') && (login ? !start || oracle : oracle);
	bool plain = redact_says_nothing(secret) || redact_is_secret_key(secret) ||
		     str_in_list(secret, "logout logoff failure error success session page form");
	return secret.n > LEAST && letter && !path && !plain && !redact_is_common(user) && !redact_says_nothing(user) &&
	       (whole || (digit && (login || oracle)));
}

size_t redact_login_at(struct redact_finder *f, size_t at)
{
	enum { LOGIN_MAX = 255 };
	struct str s = f->line;
	size_t user = 0, n = 0;
	while (at + user < s.n && is_name(s.p[at + user]))
		user++;
	size_t secret = at + user + 1;
	char mark = at_or_nul(s, at + user);
	if (!user || !one_of(mark, "/:"))
		return at;
	while (secret + n < s.n && n < LOGIN_MAX && !one_of(s.p[secret + n], " @\t\"'"))
		n++;
	if (!n || mark == ':')
		return n ? colon_login(f, at, user, n) : at;
	struct str before = redact_word_before(s, at), word = part(s, secret, n);
	bool program = str_in_list(before, "sqlplus expdp impdp sqlldr") ||
		       (str_in_list(before, "exp imp") && !redact_says_nothing(word)); /* "a.exp and/or b" */
	bool typed =
		str_in_list(before, "login logon connect conn") && is_typed_login(s, before, part(s, at, user), word);
	bool database = at_or_nul(s, secret + n) == '@';
	if ((program && !one_of(at_or_nul(s, secret + n), "@\"'")) || (typed && !database)) /* of this machine */
		return take_login(f, at, user, n);
	bool thin = at >= 5 && str_eq_nocase(part(s, at - 5, 5), STR("thin:"));
	if (!database ||
	    !(thin || typed || redact_within(s, at, STR("sqlplus ")) || redact_within(s, at, STR("rman "))))
		return at;
	size_t host = take_login(f, at, user, n) + 1;
	while (one_of(at_or_nul(s, host), "/"))
		host++;
	return redact_take(f, host, redact_name_run(s, host), REDACT_HOST);
}
