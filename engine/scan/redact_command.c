/* SPDX-License-Identifier: MIT
 *
 * Names and passwords among the options of a command: curl -u, mysql -p, docker login -p, net use, net user, --token.
 * See redact_shapes.h.
 */
#include "scan/redact_shapes.h"

#include <string.h>

bool redact_within(struct str s, size_t at, struct str name)
{
	size_t near = at > REDACT_COMMAND_MAX ? at - REDACT_COMMAND_MAX : 0;
	for (size_t found; near < at; near += found + 1) {
		found = str_find_nocase(part(s, near, at - near), name);
		if (found == STR_NONE)
			return false;
		bool whole = name.p[name.n - 1] == ' '; /* zip, not gzip; but of mysql and snmp there are many */
		if (!whole || !(near + found) || !char_is_alnum(s.p[near + found - 1]))
			return true;
	}
	return false;
}

/* What single-letter options of a program take; the value stands behind a blank. */
struct option_set {
	struct str command;
	const char *secrets, *users, *hosts;
};

static const struct option_set option_sets[] = {
	{ STR_LIT("sshpass "), "p", "", "" },
	{ STR_LIT("docker login"), "p", "u", "" },
	{ STR_LIT("podman login"), "p", "u", "" },
	{ STR_LIT("helm registry login"), "p", "u", "" },
	{ STR_LIT("az login"), "p", "u", "" },
	{ STR_LIT("ldapsearch "), "w", "", "hH" },
	{ STR_LIT("ldapmodify "), "w", "", "hH" },
	{ STR_LIT("ldapadd "), "w", "", "hH" },
	{ STR_LIT("ldapwhoami "), "w", "", "hH" },
	{ STR_LIT("redis-cli "), "a", "", "h" },
	{ STR_LIT("psql "), "", "U", "h" },
	{ STR_LIT("pg_dump "), "", "U", "h" },
	{ STR_LIT("mysql"), "", "u", "h" },
	{ STR_LIT("mongo"), "p", "u", "h" },
	{ STR_LIT("sqlcmd "), "P", "U", "S" },
	{ STR_LIT("bcp "), "P", "U", "S" },
	{ STR_LIT("osql "), "P", "U", "S" },
	{ STR_LIT("isql "), "P", "U", "S" },
	{ STR_LIT("ipmitool "), "P", "U", "H" },
	{ STR_LIT("snmp"), "cAX", "u", "" },
	{ STR_LIT("xfreerdp "), "p", "u", "v" },
	{ STR_LIT("rdesktop "), "p", "u", "" },
	{ STR_LIT("psexec "), "p", "u", "" },
	{ STR_LIT("schtasks "), "p", "u", "s" },
	{ STR_LIT("useradd "), "p", "", "" },
	{ STR_LIT("usermod "), "p", "", "" },
	{ STR_LIT("openssl enc "), "k", "", "" },
	{ STR_LIT("unzip "), "P", "", "" },
	{ STR_LIT("zip "), "P", "", "" },
	{ STR_LIT("mosquitto_"), "P", "u", "h" },
	{ STR_LIT("ssh-keygen "), "NP", "", "" },
	{ STR_LIT("ssh "), "", "l", "" },
	{ STR_LIT("cqlsh "), "p", "u", "" },
	{ STR_LIT("esxcli "), "p", "u", "s" },
	{ STR_LIT("racadm "), "p", "u", "r" },
	{ STR_LIT("hdbsql "), "p", "u", "n" },
	{ STR_LIT("ldappasswd "), "was", "", "hH" },
	{ STR_LIT("ldapdelete "), "w", "", "hH" },
	{ STR_LIT("unlock-keychain "), "p", "", "" },
	{ STR_LIT("p4 "), "P", "u", "" },
	{ STR_LIT("evil-winrm "), "p", "u", "i" },
	{ STR_LIT("netexec "), "p", "u", "" },
	{ STR_LIT("crackmapexec "), "p", "u", "" },
	{ STR_LIT("security add-generic-password "), "w", "", "" },
};

/* says_nothing: "high -pass filter", "/RP parameter ignored", "--password is insecure": of the switch itself. */
static bool says_nothing(struct str word)
{
	static const char words[] = "filter filters parameter parameters option options switch argument arguments flag "
				    "value values password passwords username user file string is are was and or not "
				    "requires required needs must may can should";
	return redact_is_wrong(word) || str_in_list(word, words) || str_starts(word, STR("HTTP/"));
}

/* long_switch: " -pw x1", " /rp x1", " -password x1": switches of several letters that are for one thing whatever the
 * program. */
static size_t long_switch(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = 0, value;
	while (char_is_alpha(at_or_nul(s, at + 2 + n)))
		n++;
	if (!one_of(at_or_nul(s, at + 1), "-/") || at_or_nul(s, at + 2 + n) != ' ' ||
	    !str_in_list(part(s, at + 2, n), "pw rp pass passwd password passphrase pwd storepass keypass srcstorepass "
					     "deststorepass srckeypass destkeypass"))
		return at;
	value = skip_blanks(s, at + 2 + n);
	value += at_or_nul(s, value) == '(' && one_of(at_or_nul(s, value + 1), "\"'"); /* -Password ("x1" | ...) */
	value += one_of(at_or_nul(s, value), "\"'");
	n = redact_secret_run(s, value);
	bool told = n < 2 || redact_is_code(s, value) || one_of(s.p[value], "-/*") || says_nothing(part(s, value, n));
	return told ? at : redact_take(f, value, n, REDACT_SECRET);
}

/* beside_user: "-u bob -p x1" of a program that is not known: no port, no priority and no folder. */
static size_t beside_user(struct redact_finder *f, size_t at, size_t value)
{
	enum { NEAR = 64 };
	struct str s = f->line;
	size_t n = value < s.n ? redact_secret_run(s, value) : 0, from = at > NEAR ? at - NEAR : 0, letters = 0;
	for (size_t i = 0; i < n; i++)
		letters += char_is_alpha(s.p[value + i]);
	struct str word = part(s, value, n);
	bool quoted = one_of(s.p[value - 1], "\"'");
	bool fits = letters && (quoted || str_has_digit(word)) && s.p[value] != '-' && !memchr(word.p, ':', n) &&
		    !memchr(word.p, '/', n) && !redact_is_code(s, value) &&
		    str_find(part(s, from, at - from), STR(" -u ")) != STR_NONE;
	return fits ? redact_take(f, value, n, REDACT_SECRET) : at;
}

/* program_option_at: "-p secret" behind the name of a program that takes it so; with snmp's community goes the machine
 * behind it. */
static size_t program_option_at(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	char letter = at_or_nul(s, at + 1), mark = at_or_nul(s, at + 2);
	bool apart = s.p[at] == '-' && mark == ' ';
	bool joined = s.p[at] == '/' && mark == ':' && !one_of(at_or_nul(s, at + 3), "/\\");
	if (!at || s.p[at - 1] != ' ' || !char_is_alpha(letter) || !(apart || joined))
		return at;
	size_t value = skip_blanks(s, at + 3);
	value += value < s.n && one_of(s.p[value], "\"'");
	for (size_t i = 0; i < sizeof option_sets / sizeof *option_sets; i++) {
		const struct option_set *x = &option_sets[i];
		bool secret = one_of(letter, x->secrets), user = one_of(letter, x->users);
		if (!(secret || user || one_of(letter, x->hosts)) || !redact_within(s, at, x->command))
			continue;
		size_t n = secret ? redact_secret_run(s, value) : redact_name_run(s, value);
		if (!n || s.p[value] == '-' || (secret && redact_is_code(s, value)) ||
		    str_starts(str_from(s, value + n), STR("://")))
			return at;
		size_t end = redact_take(f, value, n, secret ? REDACT_SECRET : user ? REDACT_USER : REDACT_HOST);
		size_t host = skip_blanks(s, end);
		bool agent = letter == 'c' && host < s.n && redact_name_run(s, host) > 1 && s.p[host] != '-';
		return agent ? redact_take(f, host, redact_name_run(s, host), REDACT_HOST) : end;
	}
	return apart && letter == 'p' ? beside_user(f, at, value) : at;
}

/* reads_secret: a program there reads a password from what it is fed; in a file, where redact_within would not look. */
static bool reads_secret(struct str command)
{
	static const struct str takers[] = {
		STR_LIT("sudo -S"),	   STR_LIT("kinit"),   STR_LIT("-stdin"),      STR_LIT("passwd"),
		STR_LIT("-passphrase-fd"), STR_LIT("fd:0"),    STR_LIT("cryptsetup "), STR_LIT("su -"),
		STR_LIT("-pass stdin"),	   STR_LIT("ssh-add"), STR_LIT("vncpasswd"),   STR_LIT("gpg --import")
	};
	for (size_t i = 0; i < sizeof takers / sizeof *takers; i++) {
		size_t at = str_find(command, takers[i]);
		struct str folder = at == STR_NONE ? STR("") : str_first(command, at);
		if (at != STR_NONE && !str_ends(folder, STR("/etc/")))
			return true;
	}
	return false;
}

/* take_fed: x1, or of "chpasswd" alice:x1, to the command. */
static size_t take_fed(struct redact_finder *f, size_t at, size_t n, struct str command)
{
	struct str s = f->line;
	bool users = str_find(command, STR("chpasswd")) != STR_NONE;
	size_t colon = users ? str_find_char(part(s, at, n), ':') : STR_NONE;
	if (colon == STR_NONE)
		return redact_take(f, at, n, REDACT_SECRET);
	redact_take(f, at, colon, REDACT_USER);
	return redact_take(f, at + colon + 1, n - colon - 1, REDACT_SECRET);
}

/* piped_at: "echo x1 | sudo -S id", "printf '%s\\n' 'x1' | passwd", at the blank behind the word. */
static size_t piped_at(struct redact_finder *f, size_t at)
{
	enum { OPTIONS_MAX = 4 };
	static const char words[] = "echo printf yes";
	struct str s = f->line;
	if (!one_of(char_lower(s.p[at - 1]), "ofs") || !str_in_list(redact_word_before(s, at + 1), words))
		return at;
	size_t value = skip_blanks(s, at), n = 0;
	for (unsigned options = 0; options < OPTIONS_MAX; options++, value = skip_blanks(s, value + n)) {
		bool quoted = one_of(at_or_nul(s, value), "\"'");
		value += quoted;
		n = value < s.n ? redact_secret_run(s, value) : 0;
		bool option = at_or_nul(s, value) == '-' || (n && memchr(s.p + value, '%', n) && n < 8);
		if (!option)
			break;
		n += quoted;
	}
	struct str rest = str_first(str_from(s, value + n), REDACT_COMMAND_MAX);
	size_t pipe = str_find_char(str_first(rest, 4), '|');
	bool fed = n > 2 && pipe != STR_NONE && reads_secret(str_from(rest, pipe));
	return fed && !redact_is_code(s, value) ? take_fed(f, value, n, rest) : at;
}

size_t redact_fed_at(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	size_t start = at, value = skip_blanks(s, at + 3);
	if (!str_starts(str_from(s, at), STR("<<<")))
		return at;
	while (start && at - start < REDACT_COMMAND_MAX && !one_of(s.p[start - 1], "|;&"))
		start--;
	struct str command = part(s, start, at - start);
	value += one_of(at_or_nul(s, value), "\"'");
	size_t n = value < s.n ? redact_secret_run(s, value) : 0;
	return n && reads_secret(command) && !redact_is_code(s, value) ? take_fed(f, value, n, command) : at;
}

/* take_words: "alice x1" behind a command, behind the words to skip; without its user x1 alone. The place itself where
 * there is none. */
static size_t take_words(struct redact_finder *f, size_t at, unsigned skip, bool named)
{
	struct str s = f->line;
	size_t user = skip_blanks(s, at);
	for (unsigned i = 0; i < skip; i++) {
		char quote = at_or_nul(s, user) == '"' ? '"' : ' '; /* rasdial "Work VPN" */
		size_t run = user < s.n ? str_find_char(str_from(s, user + 1), quote) : STR_NONE;
		user = skip_blanks(s, run == STR_NONE ? s.n : user + 1 + run + (quote == '"'));
	}
	size_t n = named ? redact_name_run(s, user) : 0;
	if (n && at_or_nul(s, user + n) == '\\') {
		redact_take(f, user, n, REDACT_HOST);
		user += n + 1;
		n = redact_name_run(s, user);
	}
	size_t secret = skip_blanks(s, user + n);
	bool quoted = one_of(at_or_nul(s, secret), "\"'");
	secret += quoted;
	size_t secret_n = secret < s.n && (!named || secret > user + n) ? redact_secret_run(s, secret) : 0;
	struct str word = part(s, secret < s.n ? secret : s.n, secret_n);
	if (!secret_n || one_of(word.p[0], "/*") || (named && (!n || redact_is_common(part(s, user, n)))))
		return at;
	bool sure = quoted || str_has_digit(word) || !skip; /* "wpa_passphrase of the network": a sentence */
	if (!named && (!sure || word.p[0] == '-' || redact_says_nothing(word) || redact_is_code(s, secret)))
		return at;
	redact_take(f, user, n, REDACT_USER);
	return redact_take(f, secret, secret_n, REDACT_SECRET);
}

/* words_at: "net user alice password /add", "htpasswd -b file alice password": by where they stand. */
static size_t words_at(struct redact_finder *f, size_t at)
{
	static const struct {
		struct str before;
		unsigned skip;
	} ways[] = { { STR_LIT("net user "), 0 },
		     { STR_LIT("htpasswd -b "), 1 },
		     { STR_LIT("htpasswd -bB "), 1 },
		     { STR_LIT("htpasswd -bc "), 1 },
		     { STR_LIT("htpasswd -cb "), 1 },
		     { STR_LIT("htpasswd -nb "), 0 },
		     { STR_LIT("rasdial "), 1 },
		     { STR_LIT("-authonly "), 0 },
		     { STR_LIT("rabbitmqctl add_user "), 0 },
		     { STR_LIT("rabbitmqctl change_password "), 0 } };
	struct str s = f->line;
	if (!at ||
	    !one_of(char_lower(s.p[at - 1]), "ofsrbcdly")) /* the last letters of the words before; most others */
		return at;
	size_t fed = piped_at(f, at);
	fed = fed == at ? redact_words_of_dscl(f, at) : fed;
	if (fed > at)
		return fed;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct str before = ways[i].before;
		if (at + 1 < before.n || !str_eq(part(s, at + 1 - before.n, before.n), before) ||
		    (at + 1 > before.n && is_name(s.p[at - before.n])))
			continue;
		return take_words(f, at, ways[i].skip, true);
	}
	return at;
}

/* radius_words: "radtest -t mschap alice x1 server 1812 x2", "radclient -x server auth x1": by where they stand behind
 * the options, and a number or a kind of request before the last. */
static size_t radius_words(struct redact_finder *f, size_t end, bool test)
{
	enum { WORDS = 5, OPTIONS_MAX = 16 };
	static const char kinds[] = "auth acct status disconnect coa auto";
	static const char valued[] = "-t -d -D -P -f -F -c -n -p -r -s";
	struct str s = f->line, rest = str_from(s, end), words[WORDS];
	size_t count = 0, want = test ? WORDS : 3, at = end, options = 0;
	uint64_t number;
	while (count < want && options < OPTIONS_MAX && str_word(&rest, &words[count]))
		if (words[count].p[0] != '-')
			count++;
		else if (++options && words[count].n == 2 && str_in_list(words[count], valued))
			str_word(&rest, &words[count]);
	struct str before = count == want ? words[want - 2] : STR("");
	if (!(test ? str_u64(before, &number) : str_in_list(before, kinds)))
		return end;
	if (test)
		redact_take(f, (size_t)(words[0].p - s.p), words[0].n, REDACT_USER);
	for (size_t i = test ? 1 : 2; i < want; i += 3) {
		at = (size_t)(words[i].p - s.p) + one_of(words[i].p[0], "\"'");
		if (!redact_is_code(s, at))
			at = redact_take(f, at, redact_secret_run(s, at), REDACT_SECRET);
	}
	return at;
}

/* is_command: a command's name begins there, behind what a shell, sudo or its log puts before it. */
static bool is_command(struct str s, size_t start)
{
	while (start && (s.p[start - 1] == '/' || is_name(s.p[start - 1])))
		start--;
	return !start || one_of(s.p[start - 1], "=;|&`(") || str_in_list(redact_word_before(s, start), "$ # > sudo");
}

/* network_words: "wpa_passphrase HomeNet x1", as a command of two words: in a sentence there are more, or its verb. */
static size_t network_words(struct redact_finder *f, size_t start, size_t end)
{
	enum { WPA_MIN = 8 };
	static const char verbs[] = "is was are not must has cannot option setting parameter value with of for in "
				    "too";
	struct str s = f->line;
	size_t name = skip_blanks(s, end), quoted = one_of(at_or_nul(s, name), "\"'");
	size_t n = name < s.n ? redact_secret_run(s, name + quoted) : 0, value = skip_blanks(s, name + n + 2 * quoted);
	size_t run = value > name + n ? redact_secret_run(s, value) : 0, behind = skip_blanks(s, value + run);
	bool last = behind >= s.n || one_of(s.p[behind], "|>;&)");
	bool fits = n && run >= WPA_MIN && last && is_command(s, start) && !str_in_list(part(s, name, n), verbs);
	return fits && !redact_is_code(s, value) ? redact_take(f, value, run, REDACT_SECRET) : end;
}

size_t redact_command_words(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line, command = part(s, start, end - start);
	if (at_or_nul(s, end) != ' ')
		return end;
	if (str_eq(command, STR("obscure")))
		return str_eq(redact_word_before(s, start), STR("rclone")) ? take_words(f, end, 0, false) : end;
	if (!str_eq(command, STR("wpa_passphrase")))
		return radius_words(f, end, str_eq(command, STR("radtest")));
	size_t next = network_words(f, start, end);
	return next == end ? take_words(f, end, 1, false) : next;
}

/* takes_password: -u user -ppassword of these; psql's -p is a port where it is a number. */
static bool takes_password(struct str s, size_t at)
{
	static const struct str commands[] = { STR_LIT("mysql"), STR_LIT("mariadb"), STR_LIT("sshpass"),
					       STR_LIT("7z"),	 STR_LIT("rar "),    STR_LIT("psql") };
	size_t last = sizeof commands / sizeof *commands - 1;
	for (size_t i = 0; i < last; i++)
		if (redact_within(s, at, commands[i]))
			return true;
	size_t n = redact_secret_run(s, at + 2), digits = 0;
	while (digits < n && char_is_digit(s.p[at + 2 + digits]))
		digits++;
	bool port = n && digits == n;
	return !port && redact_within(s, at, commands[last]);
}

/* "--token x1" */
static size_t long_option_at(struct redact_finder *f, size_t at)
{
	enum { OPTION_MAX = 64 }; /* of bytes: a row of dashes begins at each of them */
	struct str s = f->line;
	size_t n = 0;
	while (n < OPTION_MAX && (char_is_alpha(at_or_nul(s, at + 2 + n)) || at_or_nul(s, at + 2 + n) == '-'))
		n++;
	size_t value = skip_blanks(s, at + 2 + n);
	bool apart = value > at + 2 + n && at_or_nul(s, value) != '-';
	bool quoted = apart && one_of(at_or_nul(s, value), "\"'");
	size_t user = 0, all = quoted ? redact_secret_run(s, value + 1) : s.n;
	value += quoted;
	while (apart && user < all && is_name(at_or_nul(s, value + user)))
		user++;
	if (user && at_or_nul(s, value + user) == ':' && str_in_list(part(s, at + 2, n), "user proxy-user")) {
		size_t secret = redact_take(f, value, user, REDACT_USER) + 1;
		size_t run = quoted && value + all > secret ? value + all - secret : redact_secret_run(s, secret);
		return redact_is_code(s, secret) ? secret : redact_take(f, secret, run, REDACT_SECRET);
	}
	size_t run = apart ? redact_secret_run(s, value) : 0;
	bool key = str_in_list(part(s, at + 2, n), "key") && run >= 8 && !memchr(s.p + value, '/', run) &&
		   !memchr(s.p + value, '.', run);
	struct str option = part(s, at + 2, n);
	bool stored = str_in_list(option, "data value body string secret-string from-literal") &&
		      at_or_nul(s, value) != '@' &&
		      redact_within(s, at, STR("secret ")); /* "secret add --name x --data x1" */
	bool secret = key || stored || redact_is_secret_key(option) || redact_ends_secret(option);
	return apart && secret && !says_nothing(part(s, value, run)) && !redact_is_code(s, value)
		       ? redact_take(f, value, redact_secret_run(s, value), REDACT_SECRET)
		       : at;
}

/* behind_user: net use \\\\server\\share /user:name password, the last word or before another switch. */
static size_t behind_user(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	size_t value = at, name = at;
	while (value < s.n && s.p[value] != ' ') {
		value++;
		if (s.p[value - 1] != '\\')
			continue;
		redact_take(f, name, value - 1 - name, REDACT_HOST); /* the domain */
		name = value;
	}
	redact_take(f, name, value - name, REDACT_USER);
	value = skip_blanks(s, value);
	size_t n = redact_secret_run(s, value), next = skip_blanks(s, value + n);
	bool last = next >= s.n || s.p[next] == '/' || char_is_space(s.p[next]);
	bool word = n && s.p[value] != '/' && s.p[value] != '*' && !redact_is_wrong(part(s, value, n));
	return last && word ? redact_take(f, value, n, REDACT_SECRET) : value;
}

/* curl -u user:password; mysql -uuser -ppassword; net use X: \\\\server\\share password /user:name */
size_t redact_option_at(struct redact_finder *f, size_t at)
{
	struct str s = f->line, rest = str_from(s, at);
	if (str_starts(rest, STR("--")))
		return long_option_at(f, at);
	size_t next = rest.p[0] == ' ' ? long_switch(f, at) : at;
	if (next == at)
		next = rest.p[0] == ' ' ? words_at(f, at) : program_option_at(f, at);
	if (next > at)
		return next;
	if (str_starts(rest, STR("-u ")) || str_starts(rest, STR("-U "))) {
		size_t name = skip_blanks(s, at + 2), end = name;
		char comma = redact_within(s, at, STR("lftp ")) ? ',' : ':';
		while (end < s.n && s.p[end] != ' ' && s.p[end] != ':' && s.p[end] != '%' && s.p[end] != comma)
			end++;
		if (end >= s.n || s.p[end] == ' ')
			return rest.p[1] == 'u' && takes_password(s, at) ? redact_take(f, name, end - name, REDACT_USER)
									 : at;
		redact_take(f, name, end - name, REDACT_USER);
		return redact_is_code(s, end + 1)
			       ? end + 1
			       : redact_take(f, end + 1, redact_secret_run(s, end + 1), REDACT_SECRET);
	}
	if (at && s.p[at - 1] == ' ' && str_starts(rest, STR("-h ")) && takes_password(s, at)) {
		size_t name = skip_blanks(s, at + 2);
		return redact_take(f, name, redact_name_run(s, name), REDACT_HOST);
	}
	bool short_option = at && s.p[at - 1] == ' ' && (str_starts(rest, STR("-p")) || str_starts(rest, STR("-u")));
	size_t quote = one_of(at_or_nul(s, at + 2), "\"'");
	if (short_option && char_is_alnum(at_or_nul(s, at + 2 + quote)) && takes_password(s, at))
		return redact_take(f, at + 2 + quote, redact_secret_run(s, at + 2 + quote),
				   rest.p[1] == 'p' ? REDACT_SECRET : REDACT_USER);
	if (!str_starts_nocase(rest, STR(" /user:")))
		return at;
	size_t start = at;
	while (start && s.p[start - 1] != ' ')
		start--;
	struct str before = part(s, start, at - start);
	bool path = str_find_char(before, '\\') != STR_NONE || str_ends_nocase(before, STR(":")) ||
		    str_eq(before, STR("*"));
	bool use = redact_within(s, start, STR("net use "));
	if (use && path)
		return behind_user(f, at + STR(" /user:").n);
	return use && before.n && redact_is_free(f, start) ? (redact_take(f, start, before.n, REDACT_SECRET), at + 1)
							   : at;
}
