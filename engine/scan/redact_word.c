/* SPDX-License-Identifier: MIT
 *
 * Names behind a word that announces them: "user=alice", "password is x1", "host named BIGBOX". See
 * redact_shapes.h.
 */
#include "scan/redact_shapes.h"

#include "match/stamp.h"

#include <pthread.h>
#include <string.h>

enum { WORD_KEY_MAX = 25 };

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
	"passwort einmalcode einmalpasswort sicherheitscode verificatiecode keymaterial wep_key "
	"password_confirmation passwordconfirmation password_confirm passwordconfirm passwordattempt "
	"deploy_key ssh_key hmac_key network_key password_repeat passwordrepeat password_again passwordagain kennwort "
	"sshpass cpin pass_phrase passwordd ksecvaluedata "
	"passwordo";
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
	return redact_take_person(f, skip_blanks(s, end));
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
	return fits && str_in_list(key, "user username account") ? redact_take_person(f, end + 1) : end;
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
		       ? redact_behind_key(f, start, end, REDACT_USER)
		       : end;
}

bool redact_is_variable(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (char_is_lower(word.p[i]))
			return false;
	return memchr(word.p, '_', word.n) && redact_ends_secret(word);
}

/* ends_pass: "keystorePass", "adminpass", "dbpw": of what passwords are for; "bypass" and "renderPass" are other
 * words. */
static bool ends_pass(struct str word)
{
	static const struct str owners[] = { STR_LIT("store"), STR_LIT("key"),	STR_LIT("admin"), STR_LIT("root"),
					     STR_LIT("sql"),   STR_LIT("ftp"),	STR_LIT("smtp"),  STR_LIT("mail"),
					     STR_LIT("ldap"),  STR_LIT("auth"), STR_LIT("bind"),  STR_LIT("proxy"),
					     STR_LIT("login"), STR_LIT("http"), STR_LIT("wifi"),  STR_LIT("db"),
					     STR_LIT("user"),  STR_LIT("_") };
	size_t n = str_ends_nocase(word, STR("pass")) ? 4 : str_ends_nocase(word, STR("pw")) ? 2 : word.n;
	struct str owner = str_first(word, word.n - n);
	if (!owner.n)
		return false;
	return STR_IS_ANY(owner, owners, str_ends_nocase);
}

/* without_tail: "PassphraseEntry", "token_value": of the secret itself all the same. */
static struct str without_tail(struct str word)
{
	static const struct str tails[] = { STR_LIT("entry"), STR_LIT("value"), STR_LIT("plaintext"),
					    STR_LIT("cleartext") };
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
		if (str_ends_nocase(word, tails[i])) {
			word.n -= tails[i].n;
			word.n -= word.n && one_of(word.p[word.n - 1], "_-");
			return word;
		}
	return word;
}

/* "DB_PASSWORD", "accessToken" */
bool redact_ends_secret(struct str word)
{
	static const struct str ends[] = { STR_LIT("password"),
					   STR_LIT("passwd"),
					   STR_LIT("secret"),
					   STR_LIT("token"),
					   STR_LIT("apikey"),
					   STR_LIT("api_key"),
					   STR_LIT("api-key"),
					   STR_LIT("passphrase"),
					   STR_LIT("_pass"),
					   STR_LIT("functions-key"),
					   STR_LIT("subscription-key"),
					   STR_LIT("session-id"),
					   STR_LIT("accesskey"),
					   STR_LIT("access-key"),
					   STR_LIT("accountkey"),
					   STR_LIT("account-key"),
					   STR_LIT("secretkey"),
					   STR_LIT("authkey"),
					   STR_LIT("auth-key"),
					   STR_LIT("auth_key"),
					   STR_LIT("-psk"),
					   STR_LIT("_psk"),
					   STR_LIT("authtok"),
					   STR_LIT("_auth_string"),
					   STR_LIT("authentication_string"),
					   STR_LIT("dbpass"),
					   STR_LIT("userpass"),
					   STR_LIT("pwd") };
	word = without_tail(word);
	return STR_IS_ANY(word, ends, str_ends_nocase) || ends_pass(word);
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
		return redact_behind_key(f, at, end, REDACT_HOST);
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
			       ? redact_behind_key(f, at, end, REDACT_HOST)
			       : at;
	if (str_eq_nocase(word, STR("cn"))) { /* of a person or a machine; "CN=Users" is everybody's */
		size_t value = skip_blanks(s, skip_blanks(s, end) + 1), n = redact_name_run(s, value);
		if (!n || at_or_nul(s, end) != '=' || redact_is_common(part(s, value, n)))
			return at;
		bool host = memchr(s.p + value, '.', n);
		while (!host && at_or_nul(s, value + n) == ' ' && at_or_nul(s, value + n + 1) != '-' &&
		       redact_name_run(s, value + n + 1))
			n += 1 + redact_name_run(s, value + n + 1);
		return redact_take(f, value, n, host ? REDACT_HOST : REDACT_USER);
	}
	if ((name || id) && str_in_list(before, "account user logon login subject caller"))
		return redact_behind_key(f, at, end, REDACT_USER);
	bool host = name ? str_in_list(before, "workstation computer server machine host domain")
			 : !id && (str_eq_nocase(word, STR("domain")) || at_or_nul(s, end) == '=');
	return host ? redact_behind_key(f, at, end, REDACT_HOST) : at;
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
			return redact_behind_key(f, at, end, keys[i].kind);
	return redact_joined_code(f, at, end);
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
	bool asked = n && s.p[value + n - 1] == '=' && at_or_nul(s, value + n) == '"' && /* realm="x", error="x" */
		     char_is_alnum(at_or_nul(s, value + n + 1));
	return n >= 6 && odd && !asked && !redact_is_code(s, value) ? redact_take(f, value, n, REDACT_SECRET) : at;
}

/* ---- all of them ---- */

static size_t secret_word(struct redact_finder *f, size_t at, size_t end)
{
	struct str s = f->line, word = part(s, at, end - at);
	size_t next = redact_behind_key(f, at, end, REDACT_SECRET);
	if (next == end && (str_eq(word, STR("PASS")) || str_eq(word, STR("AUTH"))))
		return redact_sent(f, at, end);
	next = next == end && str_eq_nocase(word, STR("auth")) ? redact_device_word(f, at, end) : next;
	next = next == end ? redact_called_with(f, at, end) : next;
	next = next == end ? redact_listed(f, at, end) : next;
	return next == end ? redact_said_secret(f, at, end) : next;
}

static size_t user_word(struct redact_finder *f, size_t at, size_t end)
{
	static const struct str as = STR_LIT(" as: "); /* "login as: alice", PuTTY asks */
	if (str_starts(str_from(f->line, end), as))
		return redact_take(f, end + as.n, redact_name_run(f->line, end + as.n), REDACT_USER);
	size_t next = last_login(f, end);
	next = next == end ? redact_behind_key(f, at, end, REDACT_USER) : next;
	next = next == end ? user_behind(f, at, end) : next;
	return next == end ? bare_user(f, at, end) : next;
}

static size_t host_word(struct redact_finder *f, size_t at, size_t end)
{
	size_t next = redact_behind_key(f, at, end, REDACT_HOST);
	return next == end ? host_behind(f, end) : next;
}

static size_t person_word(struct redact_finder *f, size_t at, size_t end)
{
	bool assigned = assigned_at(f->line, end + one_of(at_or_nul(f->line, end), "\"'"));
	return assigned ? redact_behind_key(f, at, end, REDACT_USER) : end;
}

static size_t phone_word(struct redact_finder *f, size_t at, size_t end)
{
	return redact_behind_key(f, at, end, REDACT_ID);
}

/* directive_word: "bindpw x1", and with a mark. */
static size_t directive_word(struct redact_finder *f, size_t at, size_t end)
{
	size_t next = redact_behind_key(f, at, end, REDACT_SECRET);
	return next == end ? redact_directive(f, at, end) : next;
}

/* role_word: 'role "alice" does not exist', of PostgreSQL. */
static size_t role_word(struct redact_finder *f, size_t at, size_t end)
{
	return str_starts(str_from(f->line, end), STR(" \"")) ? redact_behind_key(f, at, end, REDACT_USER) : at;
}

static size_t by_word(struct redact_finder *f, size_t at, size_t end)
{
	size_t next = redact_identified(f, at, end);
	return next == end ? by_behind(f, at, end) : next;
}

/* phrase_word: "pass phrase: x1", and the words of a wallet. */
static size_t phrase_word(struct redact_finder *f, size_t at, size_t end)
{
	if (!str_eq_nocase(redact_word_before(f->line, at), STR("pass")))
		return redact_phrase_behind(f, at, end);
	size_t next = redact_behind_key(f, at, end, REDACT_SECRET);
	return next == end ? redact_value_said(f, end) : next;
}

/* static_word: "smtp_sasl_password_maps = static:alice:x1", of Postfix. */
static size_t static_word(struct redact_finder *f, size_t at, size_t end)
{
	size_t user = end + 1, n = redact_name_run(f->line, user), secret = user + n + 1;
	bool fits = n && at_or_nul(f->line, end) == ':' && at_or_nul(f->line, secret - 1) == ':' &&
		    redact_within(f->line, at, STR("sasl_password"));
	if (!fits || secret >= f->line.n)
		return end;
	redact_take(f, user, n, REDACT_USER);
	return redact_take(f, secret, redact_secret_run(f->line, secret), REDACT_SECRET);
}

/* using_word: "CONNECT TO orders USER alice USING x1", of DB2. */
static size_t using_word(struct redact_finder *f, size_t at, size_t end)
{
	struct str s = f->line;
	size_t user = redact_word_start(s, at), value = skip_blanks(s, end);
	value += one_of(at_or_nul(s, value), "\"'");
	bool fits = value > end && value < s.n && str_eq_nocase(redact_word_before(s, user), STR("user")) &&
		    redact_within(s, at, STR("connect to "));
	return fits ? redact_take(f, value, redact_secret_run(s, value), REDACT_SECRET) : at;
}

/* command_word: "wpa_passphrase HomeNet x1", and of a file of settings "wpa_passphrase=x1". */
static size_t command_word(struct redact_finder *f, size_t at, size_t end)
{
	size_t next = redact_behind_key(f, at, end, REDACT_SECRET);
	return next == end ? redact_command_words(f, at, end) : next;
}

/* proxy_word: "http_proxy=alice:x1@proxy:3128": without a scheme, as programs take it, too. */
static size_t proxy_word(struct redact_finder *f, size_t at, size_t end)
{
	struct str s = f->line;
	size_t value = skip_blanks(s, end + one_of(at_or_nul(s, end), "=:")), n;
	value += one_of(at_or_nul(s, value), "\"'");
	n = value > end ? redact_name_run(s, value) : 0;
	struct str rest = str_from(s, value + n), user = part(s, n ? value : at, n);
	size_t mark = str_find_char(str_first(rest, n ? redact_secret_run(s, value + n) : 0), '@');
	bool fits = n && rest.n && rest.p[0] == ':' && mark != STR_NONE && mark > 1 && rest.p[1] != '/' &&
		    !str_in_list(user, "sip sips mailto xmpp");
	return fits ? redact_machine_at(f, value) : end;
}

static size_t object_word(struct redact_finder *f, size_t at, size_t end)
{
	(void)at;
	return redact_bound(f, end, 3);
}

/* What is looked for behind a word; of two that have it the first. What takes nothing gives the word's end, or its
 * start where another shape may fit. */
static const struct word_kind {
	const char *words;
	redact_behind *behind;
	const char *exact; /* in this case alone */
} kinds[] = {
	{ secret_keys, secret_word, NULL },
	{ user_keys, user_word, NULL },
	{ host_keys, host_word, NULL },
	{ part_keys, part_key, NULL },
	{ person_keys, person_word, NULL },
	{ phone_keys, phone_word, NULL },
	{ redact_directives, directive_word, NULL },
	{ "authentication-key message-digest-key", redact_numbered_key, NULL },
	{ "key", redact_key_behind, NULL },
	{ "code", redact_code_behind, NULL },
	{ "codes", redact_codes_behind, NULL },
	{ redact_procedures, redact_procedure, NULL },
	{ "static", static_word, NULL },
	{ "proxy http_proxy https_proxy all_proxy ftp_proxy http-proxy https-proxy", proxy_word, NULL },
	{ "using", using_word, NULL },
	{ "role", role_word, NULL },
	{ "for", for_behind, NULL },
	{ "from", from_behind, "FROM" },
	{ "by", by_word, NULL },
	{ "value", redact_named_value, NULL },
	{ "values", redact_values, NULL },
	{ "credentials creds", redact_pair, NULL },
	{ "phrase", phrase_word, NULL },
	{ "mnemonic words", redact_phrase_behind, NULL },
	{ "seed", redact_seed_behind, NULL },
	{ "resp", redact_answered, "resp" },
	{ "authenticate", redact_sent, "AUTHENTICATE" },
	{ "send", redact_typed_behind, "send" },
	{ "identify register", redact_nick_behind, NULL },
	{ "priv eap xauth", redact_device_word, NULL },
	{ "basic bearer", scheme_at, NULL },
	{ "createuser", redact_created, NULL },
	{ "issecret add-mask", redact_masked, NULL },
	{ "ascii-text hexadecimal", redact_written_key, NULL },
	{ "passwordeval passcmd passwordcommand passcommand borg_passcommand", redact_echoed, NULL },
	{ "opendsobject", object_word, NULL },
	{ "radtest radclient obscure", redact_command_words, NULL },
	{ "wpa_passphrase", command_word, NULL },
	{ "cwjap cwjap_cur cwjap_def cwsap cwsap_cur cwsap_def cgauth cstt qicsgp", redact_modem_words, NULL },
	{ "networkcredential httpbasicauth", joined_key, NULL }, /* what calls them is asked before */
};

enum { KINDS = sizeof kinds / sizeof *kinds };

/* The kinds that have a word of a length and with a first letter, as bits: most words of a line fall out by it. */
static uint64_t kinds_of[WORD_KEY_MAX + 1][26];
static pthread_once_t kinds_once = PTHREAD_ONCE_INIT;
_Static_assert(KINDS <= 64, "a bit for each");

static void gather_kinds(void)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct str rest = str_c(kinds[i].words);
		for (struct str word; str_word(&rest, &word);)
			kinds_of[word.n][word.p[0] - 'a'] |= UINT64_C(1) << i;
	}
}

static uint64_t kinds_with(struct str word)
{
	pthread_once(&kinds_once, gather_kinds);
	return word.n && char_is_alpha(word.p[0]) ? kinds_of[word.n][char_lower(word.p[0]) - 'a'] : 0;
}

/* called_word: what a call logs in with, or sets: auth=("alice", "x1"), "a1 LOGIN alice x1", ("password", "x1"). */
static size_t called_word(struct redact_finder *f, size_t at, size_t end)
{
	struct str s = f->line, word = part(s, at, end - at);
	size_t next = str_in_list(word, "auth login networkcredential httpbasicauth") ? redact_bound(f, end, 2) : end;
	if (next == end && str_eq(word, STR("auth")) && str_eq(redact_word_before(s, at), STR("stats"))) /* HAProxy's */
		next = redact_pair(f, at, end);
	next = next == end ? redact_quoted_behind(f, at, end) : next;
	return next == end && str_eq_nocase(word, STR("LOGIN")) ? redact_logged_in(f, at, end) : next;
}

/* numbered_word: "password2=x1", "wep_key0=x1" */
static size_t numbered_word(struct redact_finder *f, size_t at, size_t end)
{
	static const char keys[] = "password passwd pwd secret passphrase wep_key";
	struct str s = f->line, word = part(s, at, end - at);
	bool fits = char_is_digit(s.p[end]) && one_of(at_or_nul(s, end + 1), "=:\"' ") && str_in_list(word, keys);
	if (fits && s.p[end + 1] == ' ' && !one_of(at_or_nul(s, skip_blanks(s, end + 1)), "=:")) /* "Password1 x1" */
		return redact_value_said(f, end + 1);
	size_t next = fits ? redact_behind_key(f, at, end + 1, REDACT_SECRET) : at;
	return fits && next > end + 1 ? next : at;
}

/* is_in_store: "secrets.NAME => x1", "secrets set NAME=x1": what it is called does not matter there. */
static bool is_in_store(struct str s, size_t at, struct str name)
{
	static const struct str store = STR_LIT("secrets.");
	char mark = at_or_nul(s, skip_blanks(s, at + name.n)), before = at ? s.p[at - 1] : 0;
	if (name.n < 3 || !char_is_upper(name.p[0]) || char_is_lower(name.p[1]) || !one_of(mark, "=:"))
		return false;
	if (before == '.')
		return at >= store.n && str_eq(part(s, at - store.n, store.n), store);
	return before == ' ' && at_or_nul(s, at + name.n) == '=' && redact_within(s, at, STR("secrets set "));
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
	bool stops = str_eq(str_from(s, end), STR(".")) || str_starts(str_from(s, end), STR(". ")); /* a sentence */
	if (is_name(at_or_nul(s, end)) && !stops) /* "host8.example.org" */
		return numbered_word(f, at, end);
	bool ends_secret = redact_ends_secret(word) || is_in_store(s, at, word);
	uint64_t some = kinds_with(word);
	if (!some && !ends_secret)
		return joined_key(f, at, end);
	size_t called = called_word(f, at, end);
	if (called > end)
		return called;
	for (size_t i = 0; some; i++, some >>= 1)
		if (some & 1 && str_in_list(word, kinds[i].words) &&
		    (!kinds[i].exact || str_eq(word, str_c(kinds[i].exact))))
			return kinds[i].behind(f, at, end);
	return ends_secret ? secret_word(f, at, end) : joined_key(f, at, end);
}
