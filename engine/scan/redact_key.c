/* SPDX-License-Identifier: MIT
 *
 * What stands behind "code" and "key", which say little by themselves: "otp code 123456", "api key 9f8e7d6c",
 * "radius-server key 7 0822455D". See redact_shapes.h.
 */
#include "scan/redact_shapes.h"

#include <string.h>

/* device_key: "radius-server key 7 0822455D", "acct-port 1813 key x1", "WIFI key: x1", as routers are told it; a bare
 * word only directly behind what takes a key, and last. */
static size_t device_key(struct redact_finder *f, size_t start, size_t end)
{
	static const struct str takers[] = { STR_LIT("radius"), STR_LIT("tacacs"),  STR_LIT("isakmp"),
					     STR_LIT("wifi"),	STR_LIT("wi-fi"),   STR_LIT("wlan"),
					     STR_LIT("wpa"),	STR_LIT("wireless") };
	static const char wrong[] = "mismatch error failure negotiation exchange rotation handshake";
	struct str s = f->line;
	size_t value = skip_blanks(s, end + one_of(at_or_nul(s, end), ":=")), i = 0;
	if (char_is_digit(at_or_nul(s, value)) && at_or_nul(s, value + 1) == ' ') /* how it is coded */
		value = skip_blanks(s, value + 1);
	if (value == end) /* before what looks far: a line may have many keys */
		return end;
	while (i < sizeof takers / sizeof *takers && !redact_within(s, start, takers[i]))
		i++;
	size_t n = i < sizeof takers / sizeof *takers ? redact_secret_run(s, value) : 0;
	struct str word = part(s, value, n);
	if (n < 4)
		return end;
	bool direct = str_in_list(redact_word_before(s, start), "server isakmp wifi fi wlan wpa wireless");
	direct = direct || str_starts(s, STR("tacacs-server ")) || str_starts(s, STR("radius-server "));
	bool last = value + n == s.n || str_starts(str_from(s, value + n), STR(" address "));
	bool plain = direct && last && !redact_is_wrong(word) && !redact_keeps(word) && !str_in_list(word, wrong) &&
		     !memchr(word.p, '.', n) && !memchr(word.p, '/', n);
	return str_has_digit(word) || plain ? redact_take(f, value, n, REDACT_SECRET) : end;
}

/* redact_numbered_key: "ntp authentication-key 1 md5 x1", "message-digest-key 1 md5 7 0822455D"; of OSPF also "ip ospf
 * authentication-key x1". */
size_t redact_numbered_key(struct redact_finder *f, size_t start, size_t end)
{
	static const struct str md5 = STR_LIT(" md5 ");
	struct str s = f->line;
	size_t at = skip_blanks(s, end);
	while (char_is_digit(at_or_nul(s, at)))
		at++;
	if (!str_starts(str_from(s, at), md5)) {
		size_t n = redact_secret_run(s, at);
		bool last = at > end && at + n == s.n && !redact_says_nothing(part(s, at, n));
		return last && redact_within(s, start, STR("ospf ")) ? redact_take(f, at, n, REDACT_SECRET) : end;
	}
	at = skip_blanks(s, at + md5.n);
	if (char_is_digit(at_or_nul(s, at)) && at_or_nul(s, at + 1) == ' ')
		at = skip_blanks(s, at + 1);
	return redact_take(f, at, redact_secret_run(s, at), REDACT_SECRET);
}

/* network_key: {"ssid": "home", "key": "x1"}; as long as a key of WPA. */
static size_t network_key(struct redact_finder *f, size_t start, size_t end)
{
	enum { WPA_MIN = 8 };
	struct str s = f->line;
	bool named = start && s.p[start - 1] == '"' && str_starts(str_from(s, end), STR("\":"));
	size_t value = named ? skip_blanks(s, end + 2) : s.n;
	if (at_or_nul(s, value) != '"' || !redact_within(s, start, STR("ssid\":")))
		return end;
	size_t n = redact_secret_run(s, value + 1);
	bool fits = n >= WPA_MIN && !redact_says_nothing(part(s, value + 1, n));
	return fits ? redact_take(f, value + 1, n, REDACT_SECRET) : end;
}

/* wireless_key: "Key Content            : x1", as netsh shows it; "wireless.radio0.key='x1'" and "option key 'x1'", as
 * OpenWrt keeps it. */
static size_t wireless_key(struct redact_finder *f, size_t start, size_t end)
{
	static const struct str shown = STR_LIT(" Content ");
	struct str s = f->line;
	if (str_starts(str_from(s, end), shown)) {
		size_t colon = skip_blanks(s, end + shown.n), value = skip_blanks(s, colon + 1);
		return at_or_nul(s, colon) == ':'
			       ? redact_take(f, value, s.n - (value < s.n ? value : s.n), REDACT_SECRET)
			       : end;
	}
	size_t network = network_key(f, start, end);
	if (network > end)
		return network;
	bool option = str_eq(redact_word_before(s, start), STR("option")) && at_or_nul(s, end) == ' ';
	bool set =
		start && s.p[start - 1] == '.' && at_or_nul(s, end) == '=' && redact_within(s, start, STR("wireless."));
	size_t n = (option || set) && one_of(at_or_nul(s, end + 1), "\"'") ? redact_secret_run(s, end + 2) : 0;
	return n >= 4 ? redact_take(f, end + 2, n, REDACT_SECRET) : end;
}

/* redact_is_key_variable: "STRIPE_KEY", which may hold anything by which something is found, too: a secret only where
 * that looks random. */
bool redact_is_key_variable(struct str name, struct str value)
{
	static const char finds[] = "sort partition foreign routing cache group order index lookup object row range "
				    "dedup";
	struct str owner = str_first(name, name.n < 4 ? 0 : name.n - 4);
	for (size_t i = owner.n; i; i--)
		if (!char_is_alpha(owner.p[i - 1])) {
			owner = str_from(owner, i);
			break;
		}
	bool letters = redact_looks_random(value) && !str_in_list(owner, finds);
	for (size_t i = name.n; i && name.p[i - 1] != '.'; i--) /* env.STRIPE_KEY */
		letters = letters && !char_is_lower(name.p[i - 1]);
	for (size_t i = 0; i < value.n; i++)
		letters = letters && !one_of(value.p[i], "./:,");
	return letters && str_ends(name, STR("_KEY")) && !str_ends(name, STR("PUBLIC_KEY"));
}

/* variable_key: "STRIPE_KEY=x1", at "KEY". */
static size_t variable_key(struct redact_finder *f, size_t start, size_t end)
{
	enum { NAME_MAX = 64 };
	struct str s = f->line;
	size_t name = start, value = end + one_of(at_or_nul(s, end), "\"'");
	while (name && start - name < NAME_MAX && is_name(s.p[name - 1]))
		name--;
	value = skip_blanks(s, value);
	if (name == start || !one_of(at_or_nul(s, value), "=:"))
		return end;
	value = skip_blanks(s, value + 1);
	value += one_of(at_or_nul(s, value), "\"'");
	size_t n = value < s.n ? redact_secret_run(s, value) : 0;
	bool fits = redact_is_key_variable(part(s, name, end - name), part(s, value, n));
	return fits && !redact_is_code(s, value) ? redact_take(f, value, n, REDACT_SECRET) : end;
}

/* key_behind: "api key 9f8e7d6c", "pre-shared key 'x1'". */
size_t redact_key_behind(struct redact_finder *f, size_t start, size_t end)
{
	static const char kinds[] = "shared api license licence product activation encryption access secret signing "
				    "session pragma";
	struct str s = f->line;
	size_t known = wireless_key(f, start, end);
	known = known == end && start && s.p[start - 1] == '_' ? variable_key(f, start, end) : known;
	if (known > end)
		return known;
	size_t mark = skip_blanks(s, end);
	size_t value = skip_blanks(s, mark + one_of(at_or_nul(s, mark), ":="));
	bool quoted = one_of(at_or_nul(s, value), "\"'"), named = str_in_list(redact_word_before(s, start), kinds);
	size_t n = named && value > end ? redact_secret_run(s, value + quoted) : 0, digits = 0;
	for (size_t i = 0; i < n; i++)
		digits += char_is_digit(s.p[value + quoted + i]);
	bool fits = n && (quoted || (n >= 8 && digits > 1));
	return fits ? redact_take(f, value + quoted, n, REDACT_SECRET) : device_key(f, start, end);
}

/* redact_device_word: "auth sha x1 priv aes 128 x2" of SNMPv3's users; ": EAP "x1"" of strongSwan's secrets. */
size_t redact_device_word(struct redact_finder *f, size_t start, size_t end)
{
	static const char methods[] = "md5 sha sha224 sha256 sha384 sha512 des 3des aes aes128 aes192 aes256";
	struct str s = f->line, rest = str_from(s, end), method, size;
	if (start > 1 && s.p[start - 2] == ':' && str_starts(rest, STR(" \"")))
		return redact_take(f, end + 2, redact_secret_run(s, end + 2), REDACT_SECRET);
	if (at_or_nul(s, end) != ' ' || !str_word(&rest, &method) || !str_in_list(method, methods) ||
	    !redact_within(s, start, STR("snmp")))
		return end;
	struct str behind = rest;
	if (str_word(&behind, &size) && str_in_list(size, "128 192 256"))
		rest = behind;
	size_t value = skip_blanks(s, (size_t)(rest.p - s.p)), n = value < s.n ? redact_secret_run(s, value) : 0;
	return n >= 4 && !redact_says_nothing(part(s, value, n)) ? redact_take(f, value, n, REDACT_SECRET) : end;
}
