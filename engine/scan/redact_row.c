/* SPDX-License-Identifier: MIT
 *
 * The secret of a line that is one as a whole, of files that have fields and no keys: PostgreSQL's .pgpass, Postfix's
 * sasl_passwd, pppd's chap-secrets, snmpd's com2sec. See redact_lines.h.
 */
#include "scan/redact_lines.h"
#include "scan/redact_shapes.h"

enum { PARTS = 5, WORDS_MAX = 7 };

/* parts_of splits at the colons that no backslash stands before: their number, of which at most PARTS are given; the
 * last one given is all the rest. */
static size_t parts_of(struct str row, struct str parts[PARTS])
{
	size_t count = 0, start = 0;
	for (size_t i = 0; i <= row.n; i++) {
		bool escaped = at_or_nul(row, i) == '\\';
		if (i < row.n && row.p[i] != ':') {
			i += escaped;
			continue;
		}
		if (count < PARTS)
			parts[count] = str_part(row, start, count + 1 == PARTS ? row.n : i);
		start = i + 1;
		count++;
	}
	return count;
}

/* is_port: as databases of this kind have them: 5432, 6432 of a pool, or any. Others than these are a log's. */
static bool is_port(struct str port)
{
	return str_eq(port, STR("*")) || (port.n == 4 && one_of(port.p[0], "56") && port.p[1] == '4' &&
					  char_is_digit(port.p[2]) && char_is_digit(port.p[3]));
}

/* of_pgpass: "db1:5432:orders:alice:x1" */
static struct str of_pgpass(struct str row)
{
	struct str parts[PARTS];
	bool fits = !memchr(row.p, ' ', row.n) && parts_of(row, parts) == PARTS && is_port(parts[1]);
	for (size_t i = 0; fits && i < PARTS; i++)
		fits = parts[i].n;
	return fits ? parts[PARTS - 1] : STR("");
}

static bool is_domain(struct str name)
{
	return name.n && redact_domain(name, 0) == name.n;
}

/* is_relay: "[smtp.example.org]:587", "smtp.example.org:587", "@example.org": where mail goes. Without a port it needs
 * an address behind it. */
static bool is_relay(struct str word, bool address)
{
	static const char ports[] = "25 465 587 2525 submission smtp smtps";
	bool bracket = word.p[0] == '[';
	size_t colon = str_find_char(word, ':');
	struct str host = str_from(str_first(word, colon), bracket || word.p[0] == '@');
	bool ported = colon != STR_NONE && str_in_list(str_from(word, colon + 1), ports);
	if (bracket && (!host.n || host.p[host.n - 1] != ']'))
		return false;
	host.n -= bracket;
	return is_domain(host) && (colon == STR_NONE ? bracket || address : ported);
}

static struct str of_relay(const struct str *words, size_t count)
{
	size_t colon = count == 2 ? str_find_char(words[1], ':') : STR_NONE;
	if (colon == STR_NONE || !colon || !is_relay(words[0], memchr(words[1].p, '@', colon)))
		return STR("");
	return str_from(words[1], colon + 1);
}

static struct str unquoted(struct str word)
{
	bool quoted = word.n > 2 && one_of(word.p[0], "\"'") && word.p[word.n - 1] == word.p[0];
	return quoted ? str_part(word, 1, word.n - 1) : word;
}

static bool has_letter(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (char_is_alpha(word.p[i]))
			return true;
	return false;
}

/* of_chap: client, server, secret and the addresses that it may have: "alice * x1 *". */
static struct str of_chap(const struct str *words, size_t count)
{
	static const char servers[] = "* pptpd l2tpd xl2tpd pppd";
	if (count < 3 || count > 4 || !str_in_list(unquoted(words[1]), servers))
		return STR("");
	bool quoted = words[2].p[0] == '"' && words[2].p[words[2].n - 1] == '"';
	if (!quoted && !has_letter(words[0]))
		return STR("");
	bool any = count == 4 && (str_eq(unquoted(words[3]), STR("*")) || redact_is_address(words[3]));
	return words[2].n > 3 && (any || (count == 3 && quoted)) ? unquoted(words[2]) : STR("");
}

/* of_device: "snmp-server host 10.0.0.1 [traps] [version 2c] x1", "key 7 x1" below what it is for. */
static struct str of_device(const struct str *words, size_t count)
{
	static const char plain[] = "traps informs version 1 2c";
	size_t at = 3;
	if (count == 3 && str_in_list(words[0], "key"))
		return words[1].n == 1 && one_of(words[1].p[0], "0678") && words[2].n > 3 ? words[2] : STR("");
	if (count < 4 || !str_in_list(words[0], "snmp-server") || !str_in_list(words[1], "host"))
		return STR("");
	while (at + 1 < count && str_in_list(words[at], plain))
		at++;
	return str_in_list(words[at], "3") ? STR("") : words[at];
}

/* of_com2sec: "com2sec [-Cn context] name source community" */
static struct str of_com2sec(const struct str *words, size_t count)
{
	if (!count || !str_in_list(words[0], "com2sec com2sec6"))
		return STR("");
	size_t at = count > 2 && str_eq(words[1], STR("-Cn")) ? 5 : 3;
	return count == at + 1 ? words[at] : STR("");
}

static bool is_number(struct str word)
{
	uint64_t number;
	return str_u64(word, &number);
}

/* of_pattern: rows of which each field has its place: '*' is any word, '#' a number, '!' the secret, the last that is
 * looked at. */
static struct str of_pattern(const struct str *words, size_t count)
{
	static const char *const patterns[] = {
		"monitor * # * !",					 /* NUT's upsmon.conf */
		"sentinel auth-pass * !",				 /* Redis */
		"sqlconnectinfo * * !",					 /* ProFTPD */
		"ip ftp password !",	   "standby * authentication !", /* Cisco */
		"aaa-server * * host * !",
	};
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		struct str rest = str_c(patterns[i]), want;
		size_t at = 0;
		for (; str_word(&rest, &want) && at < count; at++)
			if (want.p[0] == '!')
				return str_in_list(words[at], "timeout md5 text") ? STR("") : words[at];
			else if (want.p[0] == '#' ? !is_number(words[at])
						  : want.p[0] != '*' && !str_eq_nocase(words[at], want))
				break;
	}
	return STR("");
}

/* of_directive: "PassphraseEntry x1": a setting by its name, and no word of a sentence; in capitals redact_said.c
 * judges it. */
static struct str of_directive(const struct str *words, size_t count)
{
	enum { LEAST = 6 };
	bool joined = false;
	if (count != 2 || !redact_ends_secret(words[0]) || redact_is_variable(words[0]))
		return STR("");
	for (size_t i = 1; i < words[0].n; i++)
		joined |= char_is_upper(words[0].p[i]) || words[0].p[i] == '_';
	struct str value = unquoted(words[1]);
	bool fits = joined && value.n >= LEAST && has_letter(value) && str_has_digit(value);
	if (str_ends_nocase(words[0], STR("token"))) /* "UnexpectedToken line12" */
		fits = fits && redact_looks_random(value);
	for (size_t i = 0; i < words[0].n; i++)
		fits = fits && (char_is_alnum(words[0].p[i]) || words[0].p[i] == '_');
	return fits ? value : STR("");
}

struct str redact_row_secret(struct str line)
{
	enum { ROW_MAX = 512 };
	struct str row = str_trim(line), rest = row, words[WORDS_MAX], secret;
	size_t count = 0;
	if (!row.n || row.n > ROW_MAX)
		return STR("");
	while (count < WORDS_MAX && str_word(&rest, &words[count])) /* "/etc/postfix/sasl_passwd, line 3: ..." */
		count = words[count].n > 1 && words[count].p[words[count].n - 1] == ':' ? 0 : count + 1;
	if (count > 1 && str_in_list(words[0], "# + $")) /* taken out: a secret still; as a shell shows a command */
		memmove(words, words + 1, --count * sizeof *words);
	secret = count == 1 ? of_pgpass(words[0]) : of_relay(words, count);
	secret = secret.n ? secret : of_chap(words, count);
	secret = secret.n ? secret : of_com2sec(words, count);
	secret = secret.n ? secret : of_pattern(words, count);
	secret = secret.n ? secret : of_device(words, count);
	secret = secret.n ? secret : of_directive(words, count);
	bool told = !secret.n || redact_says_nothing(secret) || redact_is_code(line, (size_t)(secret.p - line.p));
	return told ? STR("") : secret;
}
