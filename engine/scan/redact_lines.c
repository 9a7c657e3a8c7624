/* SPDX-License-Identifier: MIT
 *
 * Secrets that another line tells: the lines of a private key in its armour, "password:" in YAML with the value on the
 * next line, "name: DB_PASSWORD" above "value: x1", what answers SMTP's question for a password, the default of
 * Terraform's variable, a registry's bytes over lines, a router's key below its server, what expect types. See
 * redact_lines.h.
 */
#include "scan/redact_lines.h"
#include "scan/redact_shapes.h"

enum { KEY_LINE_MIN = 4 };

/* last_word: what stands behind the last blank. */
static struct str last_word(struct str line)
{
	line = str_trim(line);
	size_t at = line.n;
	while (at && !char_is_space(line.p[at - 1]))
		at--;
	return str_from(line, at);
}

static bool is_base64(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!char_is_alnum(word.p[i]) && !one_of(word.p[i], "+/="))
			return false;
	return word.n >= KEY_LINE_MIN;
}

static size_t key_line(struct str line, struct str mark)
{
	size_t at = str_find(line, mark);
	size_t key = at == STR_NONE ? STR_NONE
				    : str_find(str_first(str_from(line, at), REDACT_COMMAND_MAX),
					       STR("PRIVATE KEY")); /* "-----", PGP's " BLOCK-----" */
	return key == STR_NONE ? STR_NONE : at + key;
}

/* is_secret_at: the word that ends there, quotes or not, is a key of a secret: "db_password", "db.password". */
static bool is_secret_at(struct str line, size_t end)
{
	while (end && one_of(line.p[end - 1], "\"'"))
		end--;
	size_t at = end;
	while (at && (char_is_alnum(line.p[at - 1]) || one_of(line.p[at - 1], "_-.")))
		at--;
	struct str key = str_part(line, at, end);
	size_t dot = key.n;
	while (dot && key.p[dot - 1] != '.')
		dot--;
	key = str_from(key, dot);
	return redact_is_secret_key(key) || redact_ends_secret(key);
}

static size_t indent(struct str line)
{
	return skip_blanks(line, 0);
}

/* value_in_yaml: below "password:", a word; below "password: >-", the line. "Enter the password:" is no key. */
static struct str value_in_yaml(struct str above, struct str line)
{
	struct str key = str_trim(above), value = str_trim(line);
	key = str_from(key, str_starts(key, STR("- ")) ? 2 : 0);
	size_t all = key.n;
	while (key.n && one_of(key.p[key.n - 1], "|>-+ "))
		key.n--;
	bool block = key.n < all, quotes = value.n && one_of(value.p[0], "\"'");
	if (!key.n || key.p[key.n - 1] != ':' || indent(line) <= indent(above) || !is_secret_at(key, key.n - 1) ||
	    str_find_char(key, ' ') != STR_NONE || (!block && !quotes && str_find_char(value, ' ') != STR_NONE))
		return STR("");
	bool map = str_find(value, STR(": ")) != STR_NONE || (value.n && one_of(value.p[value.n - 1], ":{[,"));
	if (map || !value.n || one_of(value.p[0], "-#{[}]<") || redact_says_nothing(value))
		return STR("");
	bool quoted = value.n > 2 && one_of(value.p[0], "\"'") && value.p[value.n - 1] == value.p[0];
	return quoted ? str_part(value, 1, value.n - 1) : value;
}

/* is_named: "- name: DB_PASSWORD", "\"key\": \"DB_PASSWORD\",", "<name>db.password</name>". */
static bool is_named(struct str above)
{
	static const struct str closes[] = { STR_LIT("</name>"), STR_LIT("</key>") };
	struct str line = str_trim(above);
	bool tagged = false;
	for (size_t i = 0; i < 2; i++)
		if (str_ends(line, closes[i])) {
			line.n -= closes[i].n;
			tagged = true;
		}
	while (line.n && one_of(line.p[line.n - 1], "\"',;"))
		line.n--;
	if (line.n > 2 && line.p[0] == '<' && line.p[1] != '/' &&
	    line.p[line.n - 1] == '>') /* <AdministratorPassword>, of an answer file */
		return is_secret_at(line, line.n - 1);
	if (!is_secret_at(line, line.n))
		return false;
	size_t at = line.n;
	while (at && (char_is_alnum(line.p[at - 1]) || one_of(line.p[at - 1], "_-.")))
		at--;
	if (tagged)
		return at && line.p[at - 1] == '>';
	while (at && one_of(line.p[at - 1], "\"': ="))
		at--;
	struct str before = str_first(line, at);
	return at < line.n && (str_ends_nocase(before, STR("name")) || str_ends_nocase(before, STR("key")));
}

static struct str value_of_named(struct str above, struct str line)
{
	static const struct str opens[] = { STR_LIT("<value>"), STR_LIT("<string>"), STR_LIT("<Value>") };
	struct str value = str_trim(line);
	size_t at = value.n && one_of(value.p[0], "\"'"), close;
	for (size_t i = 0; i < sizeof opens / sizeof *opens; i++)
		if (str_starts(value, opens[i]) && (close = str_find(value, STR("</"))) != STR_NONE)
			return is_named(above) ? str_part(value, opens[i].n, close) : STR("");
	if (!str_starts_nocase(str_from(value, at), STR("value")))
		return STR("");
	at = skip_blanks(value, at + 5 + one_of(at_or_nul(value, at + 5), "\"'"));
	if (!one_of(at_or_nul(value, at), ":=") || !is_named(above))
		return STR("");
	at = skip_blanks(value, at + 1);
	at += one_of(at_or_nul(value, at), "\"'");
	struct str secret = str_part(value, at, at < value.n ? at + redact_secret_run(value, at) : at);
	return redact_says_nothing(secret) ? STR("") : secret;
}

/* answer: to SMTP's "334 UGFzc3dvcmQ6", which asks for the password; "334 VXNlcm5hbWU6" for the name. */
static struct str answer(struct str above, struct str line)
{
	struct str asked = last_word(above), word = last_word(line);
	bool asks = str_eq(asked, STR("UGFzc3dvcmQ6")) || str_eq(asked, STR("VXNlcm5hbWU6"));
	return asks && is_base64(word) ? word : STR("");
}

/* default_of: 'default = "x1"' between 'variable "db_password" {' and its end. */
static struct str default_of(struct redact_lines *l, struct str line)
{
	static const struct str variable = STR_LIT("variable "), otherwise = STR_LIT("default");
	struct str row = str_trim(line);
	size_t open = str_find_char(row, '{'), at = otherwise.n;
	if (str_starts(row, variable))
		l->in_default = open != STR_NONE && is_secret_at(row, str_trim(str_first(row, open)).n);
	if (str_eq(row, STR("}")))
		l->in_default = false;
	if (!l->in_default || !str_starts(row, otherwise))
		return STR("");
	at = skip_blanks(row, at);
	at = skip_blanks(row, at + (at_or_nul(row, at) == '='));
	bool quoted = at_or_nul(row, at) == '"';
	return quoted ? part(row, at + 1, redact_secret_run(row, at + 1)) : STR("");
}

/* key_of_server: " key x1" below "radius server R1", " password x1" below "line vty 0 4". */
static struct str key_of_server(struct redact_lines *l, struct str line)
{
	struct str rest = line, words[3] = { 0 };
	size_t count = 0;
	if (line.n && line.p[0] != ' ')
		l->in_server = str_starts(line, STR("radius server ")) || str_starts(line, STR("tacacs server ")) ||
			       str_starts(line, STR("aaa-server ")) || str_starts(line, STR("line vty ")) ||
			       str_starts(line, STR("line con ")) || str_starts(line, STR("line aux "));
	if (!l->in_server)
		return STR("");
	while (count < 3 && str_word(&rest, &words[count]))
		count++;
	bool fits = count == 2 && str_in_list(words[0], "key password") && !redact_says_nothing(words[1]);
	return fits ? words[1] : STR("");
}

/* typed_below: 'send "x1\r"' below 'expect "assword:"'. */
static struct str typed_below(struct str above, struct str line)
{
	struct str row = str_trim(line);
	return str_starts(row, STR("send ")) && redact_asks(above) ? redact_typed(row, 4, true) : STR("");
}

/* bytes_of: "9f,3a,\\" below "Password"=hex:01,\\ */
static struct str bytes_of(struct redact_lines *l, struct str line)
{
	struct str row = str_trim(line);
	bool within = l->in_bytes, goes_on = str_ends(row, STR(",\\"));
	size_t mark = goes_on && !within ? str_find(row, STR("=hex")) : STR_NONE;
	l->in_bytes = goes_on && (within || (mark != STR_NONE && is_secret_at(row, mark)));
	row.n -= goes_on ? 2 : 0;
	for (size_t i = 0; within && i < row.n; i++)
		within = char_is_hex(row.p[i]) || row.p[i] == ',';
	return within ? row : STR("");
}

static struct str told_by(struct redact_lines *l, struct str line, struct str below)
{
	struct str secret, above = l->above;
	bool ends = key_line(line, STR("-----END ")) != STR_NONE,
	     begins = key_line(line, STR("-----BEGIN ")) != STR_NONE;
	bool last = !ends && key_line(below, STR("-----END ")) != STR_NONE, inside = l->in_key && !ends && !begins;
	l->above = line;
	l->in_key = begins ? !ends : inside;
	if (last || inside) { /* in the midst a word alone: of lines in a dress only the last one is short */
		secret = last_word(line);
		return is_base64(secret) && (last || secret.n == str_trim(line).n) ? secret : STR("");
	}
	secret = value_in_yaml(above, line);
	secret = secret.n ? secret : value_of_named(above, line);
	struct str bytes = bytes_of(l, line), otherwise = default_of(l, line);
	secret = secret.n ? secret : bytes.n ? bytes : otherwise;
	struct str key = key_of_server(l, line);
	secret = secret.n ? secret : key;
	secret = secret.n ? secret : typed_below(above, line);
	secret = secret.n ? secret : answer(above, line);
	return secret.n ? secret : redact_row_secret(line);
}

struct str redact_told_by(struct redact_lines *l, struct str line, struct str below)
{
	struct str secret = told_by(l, line, below);
	return redact_is_done(secret) ? STR("") : secret;
}
