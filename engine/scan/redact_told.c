/* SPDX-License-Identifier: MIT
 *
 * What stands where a secret would and is none: "password=none", "auth: backend is down", "pass = all". See
 * redact_shapes.h.
 */
#include "scan/redact_shapes.h"

/* redact_goes_on: a blank, and a word of a sentence, or the token of a name. */
bool redact_goes_on(struct str s, size_t end)
{
	return at_or_nul(s, end) == ' ' &&
	       (char_is_lower(at_or_nul(s, end + 1)) || redact_is_done(str_from(s, end + 1)));
}

/* is_done_by: "rotated by the operator", "expired on Friday", "timed out". */
static bool is_done_by(struct str s, size_t end)
{
	struct str rest = str_from(s, end), word;
	return str_word(&rest, &word) && str_in_list(word, "by at on after during because out");
}

/* is_masked: "password=****" */
static bool is_masked(struct str word)
{
	size_t n = 0;
	while (n < word.n && word.p[n] == '*')
		n++;
	return n && n == word.n;
}

/* is_path: "passwd=/etc/passwd": where it is kept. */
static bool is_path(struct str word)
{
	static const char folders[] = "etc run var usr opt home root tmp srv mnt proc dev lib";
	size_t n = word.n && word.p[0] == '/' ? str_find_char(str_from(word, 1), '/') : STR_NONE;
	return n != STR_NONE && str_in_list(str_first(str_from(word, 1), n), folders);
}

static bool is_letters(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!char_is_lower(word.p[i]))
			return false;
	return true;
}

/* is_pair: "method=PLAIN", and no base64, whose marks are at its end. */
static bool is_pair(struct str word)
{
	size_t mark = str_find_char(word, '=');
	return mark != STR_NONE && mark + 1 < word.n && word.p[mark + 1] != '=' && is_letters(str_first(word, mark));
}

/* is_parsed: "unexpected token '}' at line 14", "failed to fetch token: service account not found". */
static bool is_parsed(struct str s, size_t start, struct str word, bool sentence)
{
	struct str before = redact_word_before(s, start);
	return (!redact_tells_apart(word) && str_in_list(before, "expected unexpected")) ||
	       (sentence && is_letters(word));
}

/* is_name_of_constant: "DB_PASSWORD", as programs name what does not change. */
static bool is_name_of_constant(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!char_is_upper(word.p[i]) && word.p[i] != '_')
			return false;
	return word.n;
}

/* is_case: "case PASSWORD: return 1;" where a statement begins, not "in this case password: x1". */
static bool is_case(struct str s, size_t start, struct str key)
{
	struct str before = str_first(s, start);
	while (before.n && one_of(before.p[before.n - 1], " \t"))
		before.n--;
	if (before.n == start || !str_ends(before, STR("case")) || !is_name_of_constant(key))
		return false;
	before.n -= STR("case").n;
	while (before.n && one_of(before.p[before.n - 1], " \t"))
		before.n--;
	return !before.n || one_of(before.p[before.n - 1], "{};:");
}

/* is_dress: the key is what a program's line begins with, or the value is that there is none. */
static bool is_dress(struct str s, size_t start, struct str key, struct str word, bool prose)
{
	char before = start ? s.p[start - 1] : 0;
	bool nothing = word.n == 1 && word.p[0] == '-'; /* a registry's "X"=-, a shell's ${X:-} */
	size_t end = (size_t)(word.p - s.p) + word.n;
	bool called = at_or_nul(s, end) == ')';					      /* f(token=token) */
	bool itself = str_eq(word, key) && (one_of(before, ".>") || called);	      /* self.password = password */
	bool named = at_or_nul(s, end) == '>' && redact_is_secret_key(word);	      /* --password=<password> */
	bool several = word.p > s.p && word.p[-1] == '(' && str_in_list(key, "auth"); /* auth=(user, password) */
	bool said = prose && word.n && word.p[word.n - 1] == ':' && str_in_list(key, "auth"); /* "auth: Debug: x" */
	said = said || (prose && str_in_list(key, "auth") && memchr(word.p, '(', word.n)); /* pam_unix(sshd:auth */
	bool file = before == '/' && prose;			     /* "/etc/passwd: permission denied" */
	bool page = prose && str_find(word, STR("://")) != STR_NONE; /* "reset your password: https://x" */
	bool attribute = prose && str_in_list(key, "auth authorization") && is_pair(word); /* "auth: method=PLAIN" */
	bool asked = before == '>' && str_eq(key, STR("PASSWORD")) && str_in_list(word, "need verification");
	bool chosen = prose && is_case(s, start, key);
	return nothing || itself || chosen || named || several || said || file || page || attribute ||
	       asked; /* asked: by OpenVPN */
}

/* is_constant: "STATE_OK" behind an arrow: what a state or a name in a program is followed by, of several words; behind
 * "${KEY} ->" it is the value. */
static bool is_constant(struct str s, size_t end, size_t value, struct str word)
{
	size_t mark = value;
	while (mark && s.p[mark - 1] == ' ')
		mark--;
	bool arrow = mark && s.p[mark - 1] == '>' && at_or_nul(s, end) != '}';
	return arrow && str_find_char(word, '_') != STR_NONE && is_name_of_constant(word);
}

/* is_short_pair: "lang=en": what a page remembers, too short for who somebody is. */
static bool is_short_pair(struct str word)
{
	enum { SHORT = 4 };
	size_t mark = str_find_char(word, '=');
	return mark != STR_NONE && word.n - mark - 1 < SHORT;
}

/* is_sid: a number of Windows' logon or of a job ("0x3e7", "12"), or a database of Oracle's ("ORCL"): of a session it
 * would be longer. */
static bool is_sid(struct str word)
{
	enum { DATABASE_MAX = 8 };
	bool capitals = word.n && word.n <= DATABASE_MAX;
	for (size_t i = 0; i < word.n; i++)
		capitals = capitals && (char_is_upper(word.p[i]) || char_is_digit(word.p[i]));
	return capitals || str_starts_nocase(word, STR("0x"));
}

/* is_asked: "could not read Password: terminal prompts disabled", "PasswordEntry: window closed": of who asks. */
static bool is_asked(struct str s, size_t start, struct str key)
{
	return str_ends_nocase(key, STR("entry")) ||
	       str_in_list(redact_word_before(s, start), "read get obtain retrieve query");
}

/* redact_is_mechanism: how one logs in, of SASL, FTP and Hadoop. */
bool redact_is_mechanism(struct str word)
{
	static const char mechanisms[] =
		"plain login cram-md5 digest-md5 gssapi gss-spnego spnego ntlm external anonymous xoauth2 oauthbearer "
		"scram-sha-1 scram-sha-256 scram-sha-512 simple kerberos tls tls-c tls-p ssl";
	return str_in_list(word, mechanisms);
}

/* redact_is_told: what stands where a secret would tells of it, and is not the secret itself: whether there is one
 * ("token=none"), what a check of it came to ("pass=spf", "pass = all"), how many ("pass=2"), a test ("--- PASS: x"),
 * or a sentence begins ("password: must contain ..."). */
bool redact_is_told(struct str s, size_t start, struct str key, size_t value, size_t n, bool prose)
{
	static const char states[] = "yes no y n true false null none disabled enabled missing expired required unset "
				     "optional failed masked "
				     "hidden redacted filtered prompt granted off";
	static const char tidings[] =
		"exists present absent found created updated deleted loaded ready unchanged rotated "
		"accepted rejected revoked verified";
	static const char attributes[] =
		"samesite path domain expires max-age secure httponly"; /* of a cookie, none of it */
	static const char sources[] = "files compat db sss nis ldap winbind systemd chauthtok"; /* nsswitch, PAM */
	static const char checks[] = "all any both each spf dkim dmarc arc first second third final";
	static const char openings[] =
		"must should may might can cannot could would is are was were has have had does did do not no the a an "
		"all this that it your you please at contains too wrong incorrect invalid checking verifying "
		"validating "
		"authentication reading loading fetching generating rotating unable failed failure error if when for "
		"from minimum "
		"maximum length only unexpected mismatch using";
	static const char weak_keys[] = "auth authorization cookie sid signature sig";
	static const char weak_states[] =
		"ok on off good bad valid invalid denied session default";
	while (n && one_of(s.p[value], "[(")) { /* "[FILTERED]", "(none)" */
		value++;
		n--;
	}
	struct str word = part(s, value, n);
	bool acts = str_ends(word, STR("ed")) || str_ends(word, STR("ing"));
	bool count = n && n < 3 && char_is_digit(word.p[0]) && char_is_digit(word.p[n - 1]);
	bool test = start >= 4 && str_eq(part(s, start - 4, 8 < s.n - start + 4 ? 8 : 0), STR("--- PASS"));
	bool check = str_in_list(key, "pass") && (test || str_in_list(word, checks));
	bool automake = start == 0 && str_eq(key, STR("PASS")) && prose;
	bool pin = (str_in_list(key, "pin") && (str_starts_nocase(word, STR("gpio")) ||
						str_in_list(word, "release origin version"))) || /* APT's */
		   (str_in_list(key, "cpin") && prose &&
		    !str_has_digit(word)); /* "+CPIN: READY": what a modem waits for */
	bool other = (str_in_list(key, "passwd") && str_in_list(word, sources)) ||
		     (str_in_list(key, "sig") && str_starts(word, STR("SIG"))) || is_path(word) || is_masked(word) ||
		     (str_ends_nocase(key, STR("pwd")) && n && word.p[0] == '/');
	bool plain = !redact_tells_apart(word);
	bool goes_on = redact_goes_on(s, value + n);
	bool weak = str_in_list(key, weak_keys) || str_in_list(key, "passwd"); /* a program's */
	bool names = weak && goes_on && redact_is_user_key(word);
	bool told = prose && str_in_list(key, "auth authorization") && goes_on && is_letters(word);
	bool tells = (prose && str_in_list(word, tidings)) || (str_in_list(key, "sid") && is_sid(word)) ||
		     (str_in_list(key, "tan") && n && memchr(word.p, '.', n - 1)) ||
		     (str_in_list(key, "cookie") &&
		      (str_in_list(str_first(word, str_find_char(word, '=')), attributes) || is_short_pair(word)));
	tells = tells || is_constant(s, start + key.n, value, word);
	bool state = names || tells || str_in_list(word, states) || (prose && redact_is_wrong_abroad(word)) ||
		     (str_in_list(key, weak_keys) && (str_in_list(word, weak_states) || redact_is_mechanism(word)));
	bool sentence = prose && goes_on &&
			(str_in_list(word, openings) || str_in_list(word, "password passwd") ||
			 (acts && (str_in_list(key, "auth") || is_done_by(s, value + n))));
	bool asked = prose && goes_on && is_letters(word) && is_asked(s, start, key);
	bool cookie = prose && plain && str_in_list(key, "cookie") && goes_on && !memchr(word.p, '=', n);
	bool parsed = str_in_list(key, "token") && is_parsed(s, start, word, prose && goes_on);
	return parsed || is_dress(s, start, key, word, prose) || count || check || automake || pin || other || state ||
	       sentence || asked || cookie || told;
}
