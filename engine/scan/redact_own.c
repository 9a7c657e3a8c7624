/* SPDX-License-Identifier: MIT
 *
 * Names by their own shape: addresses, \\server\share, URLs, mail addresses, domains, homes, DOMAIN\user, SIDs, GUIDs,
 * tokens, hashes and keys. See redact_shapes.h.
 */
#include "scan/redact_shapes.h"

#include <string.h>

enum {
	ADDRESS_MAX = 64,
	MAIL_MAX = 255,
	BASE64_MIN = 40,
	ROW_MAX = 256, /* bytes that a row is judged by: one begins at each mark of a long one */
	TOKEN_MIN = 16,
	RANDOM_MIN = 10,
	JUNOS_MIN = 8,
	DOTTED_MIN = 58,
	OWN_TOKEN_MIN = 47, /* "kbt_" and 43 letters; the names of our counts begin like it and are shorter */
	GIT_HEX = 40,
	DISPLAY_MAX = 4, /* words of a person's name */
	DOMAIN_MAX = 15	 /* letters of a NetBIOS name */
};

size_t redact_card_at(struct str s, size_t at)
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

size_t redact_address_at(struct str s, size_t at)
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
	bool mac = colons >= 5 && n == colons * 3 + 2; /* netfilter writes two and a type in one row */
	for (size_t i = 0; mac && i < n; i++)
		mac = i % 3 == 2 ? s.p[at + i] == ':' : char_is_hex(s.p[at + i]);
	bool ends = !char_is_alnum(at_or_nul(s, at + n)) && at_or_nul(s, at + n) != '-';
	bool whole = dots == 3 || colons >= 2;
	return whole && ends && (mac || redact_is_address(part(s, at, n))) ? n : 0;
}

bool redact_is_common_share(struct str name)
{
	static const char kept[] =
		"share shares data public common shared users user home homes tmp temp backup backups "
		"software install apps docs documents files media music pictures video videos profiles "
		"profile ipc admin print fax netlogon sysvol sms_site sms smslogon deploymentshare "
		"reminst wsus archive archives logs www web test transfer etc sharename myshare share1 "
		"netdir foldername vss";
	return name.n < 2 || str_in_list(name, kept);
}

/* take_share: henry$ is somebody's, C$ and IPC$ are everybody's. Gives `end` where it takes nothing. */
static size_t take_share(struct redact_finder *f, size_t at, size_t end)
{
	struct str s = f->line;
	size_t n = redact_name_run(s, at);
	if (redact_is_common_share(part(s, at, n)))
		return end;
	return redact_take(f, at, n, at_or_nul(s, at + n) == '$' ? REDACT_USER : REDACT_SHARE);
}

size_t redact_share_at(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = !at || one_of(s.p[at - 1], " \"'=([<") ? redact_name_run(s, at + 2) : 0, end = at + 2 + n;
	if (!n || at_or_nul(s, end) != '/' || !is_name(at_or_nul(s, end + 1)))
		return at;
	return take_share(f, end + 1, redact_take(f, at + 2, n, REDACT_HOST));
}

/* \\server\share, also with its backslashes doubled; in C:\\x they separate the parts of a path */
size_t redact_unc_at(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = 0;
	while (at_or_nul(s, at + n) == '\\')
		n++;
	bool separates = at && (is_name(s.p[at - 1]) || s.p[at - 1] == ':'); /* within a path */
	size_t name = separates ? 0 : redact_name_run(s, at + n);
	if (n < 2 || !name)
		return at + n;
	size_t end = redact_take(f, at + n, name, REDACT_HOST), share = end;
	while (at_or_nul(s, share) == '\\')
		share++;
	return share > end ? take_share(f, share, end) : end;
}

/* mark_before_slash: the last @ in what has no slash, and where that ends; 0 for none. */
static size_t mark_before_slash(struct str s, size_t at, size_t *ret_end)
{
	size_t mark = 0;
	for (; at < s.n && !one_of(s.p[at], " \t\"'/<>"); at++)
		mark = s.p[at] == '@' ? at : mark;
	*ret_end = at;
	return mark;
}

/* login_at: the place of the @ behind "alice:x1"; 0 for none. Marks in a password should have been coded and often are
 * not: the last @ ends it, and where none stands before a slash, and what is behind the colon is no port, a later one.
 */
static size_t login_at(struct str s, size_t at)
{
	enum { SLASHES_MAX = 8 };
	size_t end, mark = mark_before_slash(s, at, &end), colon = at;
	while (colon < end && s.p[colon] != ':')
		colon++;
	size_t port = colon + 1;
	while (char_is_digit(at_or_nul(s, port)))
		port++;
	bool spoken = str_starts_nocase(str_from(s, colon), STR(":port/")); /* of an address in general */
	if (mark || colon == end || port == end || at_or_nul(s, at) == '[' || spoken || redact_is_code(s, colon + 1))
		return mark;
	for (unsigned slashes = 0; slashes < SLASHES_MAX && !mark && at_or_nul(s, end) == '/'; slashes++)
		mark = mark_before_slash(s, end + 1, &end);
	return mark;
}

size_t redact_machine_at(struct redact_finder *f, size_t at)
{
	struct str s = f->line, user, secret;
	size_t mark = login_at(s, at), host = at;
	if (mark) {
		bool both = str_cut(part(s, at, mark - at), ':', &user, &secret);
		redact_take(f, at, user.n, redact_is_token(user) ? REDACT_SECRET : REDACT_USER);
		if (both)
			redact_take(f, at + user.n + 1, secret.n, REDACT_SECRET);
		host = mark + 1;
	}
	size_t bracket = at_or_nul(s, host) == '[', n = redact_address_at(s, host + bracket);
	return redact_take(f, host + bracket, n ? n : redact_name_run(s, host + bracket), REDACT_HOST);
}

/* scheme://user:password@host:port */
size_t redact_url_at(struct redact_finder *f, size_t at)
{
	return redact_machine_at(f, at + 3);
}

/* at_sign: the bytes of what stands for @ in an address: itself, as URLs have it, or as people write it. */
static size_t at_sign(struct str s, size_t at)
{
	static const struct str signs[] = { STR_LIT("@"),      STR_LIT("%40"),	STR_LIT(" (at) "),
					    STR_LIT(" [at] "), STR_LIT("(at)"), STR_LIT("[at]") };
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (str_starts_nocase(str_from(s, at), signs[i]))
			return signs[i].n;
	return 0;
}

/* redact_display_at: Erika Mustermann <erika@example.org>, also in quotes */
size_t redact_display_at(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = 0, words = 0;
	while (words < DISPLAY_MAX && char_is_upper(at_or_nul(s, at + n)) && char_is_alpha(at_or_nul(s, at + n + 1))) {
		size_t run = redact_name_run(s, at + n);
		n += run;
		words++;
		if (at_or_nul(s, at + n) != ' ' || at_or_nul(s, at + n + 1) == '<')
			break;
		n++;
	}
	size_t quote = at && s.p[at - 1] == '"' && at_or_nul(s, at + n) == '"', mail = at + n + quote + 2, mail_n = 0;
	if (words < 2 || !str_starts(str_from(s, at + n + quote), STR(" <")))
		return at;
	while (mail_n < MAIL_MAX && (is_name(at_or_nul(s, mail + mail_n)) || at_or_nul(s, mail + mail_n) == '+'))
		mail_n++;
	return mail_n && at_or_nul(s, mail + mail_n) == '@' ? redact_take(f, at, n, REDACT_USER) : at;
}

size_t redact_mail_at(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = 0, sign = 0;
	while (at + n < s.n && n < MAIL_MAX && (is_name(s.p[at + n]) || one_of(s.p[at + n], "+%'"))) {
		if (s.p[at + n] == '%' && (sign = at_sign(s, at + n)))
			break;
		n++;
	}
	char c = at_or_nul(s, at + n), next = at_or_nul(s, at + n + 1);
	if (c == '@' || one_of(c, "([") || (c == ' ' && one_of(next, "([")))
		sign = at_sign(s, at + n);
	size_t host = at + n + sign, host_n = sign ? redact_name_run(s, host) : 0;
	size_t address = sign == 1 ? redact_address_at(s, host) : 0; /* ssh alice@10.0.0.5 */
	if (n && address && !redact_keeps(part(s, host, address))) {
		redact_take(f, at, n, REDACT_USER);
		return redact_take(f, host, address, REDACT_ADDR);
	}
	bool spelled = sign > 1 && !memchr(s.p + host, '.', host_n);
	bool image = str_eq(part(s, host, host_n), STR("sha256")); /* "nginx@sha256:..." */
	bool action = host_n > 1 && char_lower(s.p[host]) == 'v' && str_digits(str_from(s, host + 1)) &&
		      !memchr(s.p + host, '-', host_n) && at && s.p[at - 1] == '/'; /* "actions/cache@v3" */
	if (!n || !host_n || spelled || image || action || !char_is_alpha(s.p[host]))
		return at;
	redact_take(f, at, n, REDACT_USER);
	return redact_take(f, host, host_n, REDACT_HOST);
}

/* redact_domain: a dotted name under a top-level domain of hosts; what ends in others ("a.log", "java.lang") is no
 * host. */
size_t redact_domain(struct str s, size_t at)
{
	static const char tops[] =
		"com net org edu gov mil int io de uk fr nl eu ch at it es jp cn ru br au ca us pl se info "
		"biz dev app cloud local lan internal intern intranet corp home localdomain test example "
		"invalid arpa om";
	static const char longer[] = /* of names of three parts and more: some are endings of files, too */
		"hk tw kr nz za mx no dk fi pt gr cz sk hu ro bg hr si ie be lu li tr il ae sg th vn ph id pk "
		"ua by kz ar cl co pe ve tv ee lv lt rs is cc me cloud xyz online site store";
	size_t n = redact_name_run(s, at), dot = n;
	while (dot && s.p[at + dot - 1] != '.')
		dot--;
	struct str top = part(s, at + dot, n - dot);
	bool deep = dot > 1 && memchr(s.p + at, '.', dot - 1);
	return dot > 1 && (str_in_list(top, tops) || (deep && str_in_list(top, longer))) ? n : 0;
}

size_t redact_domain_at(struct redact_finder *f, size_t at)
{
	size_t n = redact_domain(f->line, at);
	return n ? redact_take(f, at, n, REDACT_HOST) : at;
}

/* is_azure: "D:\home\site\wwwroot", "/home/site/wwwroot" is everybody's. */
static bool is_azure(struct str s, size_t name, size_t n)
{
	return str_eq(part(s, name, n), STR("site"));
}

/* has_homes: a folder that stands at this place is a share's, "\\nas1\home", or at the top of a drive,
 * "C:\WINNT\Profiles"; and none of a program's source ("src\home\index.js"). */
static bool has_homes(struct str s, size_t at)
{
	enum { PATH_MAX_BEFORE = 80, FOLDERS_MAX = 1 };
	size_t start = at, folders = 0;
	while (start && at - start < PATH_MAX_BEFORE &&
	       (is_name(s.p[start - 1]) || s.p[start - 1] == '$' || s.p[start - 1] == '\\'))
		folders += s.p[--start] == '\\';
	bool share = at - start > 2 && str_starts(str_from(s, start), STR("\\\\"));
	return share || (start && s.p[start - 1] == ':' && folders <= FOLDERS_MAX);
}

size_t redact_home_at(struct redact_finder *f, size_t at)
{
	static const char folders[] = "homes home profiles";
	static const struct str places[] = { STR_LIT("/home/"),
					     STR_LIT("/Users/"),
					     STR_LIT("\\Users\\"),
					     STR_LIT("\\\\Users\\\\"),
					     STR_LIT("\\Documents and Settings\\"),
					     STR_LIT("\\users$\\"),
					     STR_LIT("\\home$\\"),
					     STR_LIT("\\profiles$\\"),
					     STR_LIT("/var/mail/"),
					     STR_LIT("/spool/mail/"),
					     STR_LIT("/spool/cron/crontabs/") };
	struct str s = f->line;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		size_t name = at + places[i].n, n = redact_name_run(s, name);
		if (str_starts_nocase(str_from(s, at), places[i]))
			return is_azure(s, name, n) ? at : redact_take(f, name, n, REDACT_USER);
	}
	size_t folder = redact_name_run(s, at + 1), name = at + folder + 2, n = redact_name_run(s, name);
	bool fits = at_or_nul(s, at) == '\\' && at_or_nul(s, name - 1) == '\\' &&
		    str_in_list(part(s, at + 1, folder), folders) && has_homes(s, at) && !is_azure(s, name, n);
	return fits ? redact_take(f, name, n, REDACT_USER) : at;
}

/* redact_person_at: DOMAIN\\user, which is no path. */
size_t redact_person_at(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = redact_name_run(s, at), end = at + n;
	if (n < 2 || n > DOMAIN_MAX || at_or_nul(s, end) != '\\' || (at && strchr("\\/:", s.p[at - 1])) ||
	    !redact_is_capital(part(s, at, n)))
		return at;
	size_t user = end + 1 + (at_or_nul(s, end + 1) == '\\'),
	       user_n = redact_name_run(s, user); /* doubled in JSON */
	bool path = !user_n || one_of(at_or_nul(s, user + user_n), "\\/") || str_starts(part(s, at, n), STR("HK"));
	size_t dot = str_find_char(part(s, user, user_n), '.');
	path = path || (dot != STR_NONE && user_n - dot <= 4); /* a file's ending */
	if (path)
		return at;
	redact_take(f, at, n, REDACT_HOST);
	return redact_take(f, user, user_n, REDACT_USER);
}

/* redact_sid_at: S-1-5-21-..., a user or group of one domain; those that all machines have are shorter. */
size_t redact_sid_at(struct redact_finder *f, size_t at)
{
	static const struct str starts[] = { STR_LIT("S-1-5-21-"), STR_LIT("S-1-12-1-") };
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		if (!str_starts_nocase(str_from(f->line, at), starts[i]))
			continue;
		size_t n = starts[i].n;
		while (char_is_digit(at_or_nul(f->line, at + n)) ||
		       (at_or_nul(f->line, at + n) == '-' && char_is_digit(at_or_nul(f->line, at + n + 1))))
			n++;
		return n > starts[i].n ? redact_take(f, at, n, REDACT_USER) : at;
	}
	return at;
}

/* redact_guid_at: of a machine, an account, a tenant, or a key; that of a class or an interface is the same everywhere.
 */
size_t redact_guid_at(struct redact_finder *f, size_t at)
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
	if (!digits || str_in_list(word, "clsid appid iid interface class progid libid typelib"))
		return at + n;
	bool secret = str_in_list(word, "key secret") || redact_is_secret_key(word);
	return redact_take(f, at, n, secret ? REDACT_SECRET : REDACT_ID);
}

/* redact_groups_at: four groups or more of five or so capitals and digits, as keys of products are printed; at least
 * one has a digit, or the word before says what it is. Digits alone are eight groups of six: BitLocker's. */
size_t redact_groups_at(struct redact_finder *f, size_t at)
{
	enum { GROUPS_MIN = 4, GROUP_MIN = 4, GROUP_MAX = 8 };
	struct str s = f->line;
	size_t size = 0, n = 0, groups = 0, digits = 0, letters = 0;
	while (char_is_upper(at_or_nul(s, at + size)) || char_is_digit(at_or_nul(s, at + size)))
		size++;
	if (size < GROUP_MIN || size > GROUP_MAX)
		return at;
	for (;; n++) {
		size_t i = 0;
		for (char c; i < size && (char_is_upper(c = at_or_nul(s, at + n)) || char_is_digit(c)); i++, n++) {
			digits += char_is_digit(c);
			letters += char_is_upper(c);
		}
		groups += i == size;
		if (i < size || at_or_nul(s, at + n) != '-')
			break;
	}
	bool told = str_eq_nocase(redact_word_before(s, at), STR("key"));
	bool product = groups >= GROUPS_MIN && letters && (digits || told), recovery = groups == 8 && size == 6;
	bool ends = at_or_nul(s, at + n) != '_' && !char_is_alnum(at_or_nul(s, at + n));
	bool fits = (product || recovery) && n == groups * (size + 1) - 1 && ends;
	return fits ? redact_take(f, at, n, REDACT_SECRET) : at;
}

/* The marks that a row may have. By a table, for a long row is looked through from each of its words. */
enum { ROW_BASE64 = 1, ROW_NAME = 2, ROW_DOT = 4 };

/* row_of: letters, digits and these marks; bytes, at most max. */
static size_t row_of(struct str s, unsigned marks, size_t max)
{
	static const unsigned char of[256] = { ['+'] = ROW_BASE64, ['/'] = ROW_BASE64, ['='] = ROW_BASE64,
					       ['_'] = ROW_NAME,   ['-'] = ROW_NAME,   ['.'] = ROW_DOT };
	size_t n = 0;
	while (n < max && n < s.n && (char_is_alnum(s.p[n]) || of[(unsigned char)s.p[n]] & marks))
		n++;
	return n;
}

/* base64_at: letters of both cases and digits in a long row, as keys and tickets are written. */
static size_t base64_at(struct str s, size_t at)
{
	size_t judged = row_of(str_from(s, at), ROW_BASE64, ROW_MAX), slashes = 0, kinds[3] = { 0 };
	for (size_t n = 0; n < judged; n++) {
		kinds[0] += char_is_upper(s.p[at + n]);
		kinds[1] += char_is_lower(s.p[at + n]);
		kinds[2] += char_is_digit(s.p[at + n]);
		slashes += s.p[at + n] == '/';
	}
	bool marked = slashes || memchr(s.p + at, '+', judged) || memchr(s.p + at, '=', judged);
	bool mixed = kinds[0] >= 4 && kinds[1] >= 4 && kinds[2] >= (marked ? 1 : 2);
	bool fits = judged >= BASE64_MIN && mixed && slashes * 16 <= judged;
	return fits ? row_of(str_from(s, at), ROW_BASE64, s.n) : 0;
}

/* has_random: ten letters and digits in a row that are no word: of two kinds, or as many again. */
static bool has_random(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t start = i, kinds[3] = { 0 };
		for (; i < s.n && char_is_alnum(s.p[i]); i++)
			kinds[char_is_digit(s.p[i]) ? 0 : char_is_upper(s.p[i]) ? 1 : 2]++;
		bool mixed = (kinds[0] && kinds[1] + kinds[2]) || (kinds[1] && kinds[2]);
		if (i - start >= (mixed ? RANDOM_MIN : 2 * RANDOM_MIN))
			return true;
	}
	return false;
}

static bool starts_with_any(struct str s, const char *const *starts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (s.p[0] == starts[i][0] && str_starts(s, str_c(starts[i])))
			return true;
	return false;
}

bool redact_is_token(struct str s)
{
	static const char *const starts[] = {
		"eyJ",	    "AKIA",	   "ASIA",	  "ghp_",	 "gho_",
		"ghs_",	    "ghu_",	   "ghr_",	  "github_pat_", "xoxa-",
		"xoxb-",    "xoxp-",	   "xapp-",	  "sk_live_",	 "sk_test_",
		"rk_live_", "pk_live_",	   "whsec_",	  "glpat-",	 "glrt-",
		"AIza",	    "ya29.",	   "dop_v1_",	  "shpat_",	 "hvs.",
		"SG.",	    "AAAAB3NzaC1", "AAAAC3NzaC1", "tskey-",	 "hvb.",
		"hvr.",	    "dckr_pat_",   "glptt-",	  "gldt-",	 "glcbt-",
		"glsa_",    "NRAK-",	   "PMAK-",	  "sntrys_",	 "ATATT3x",
		"ATCTT3x",  "dp.st.",	   "dp.pt.",	  "xkeysib-",	 "xoxs-",
		"shpss_",   "shpca_",	   "shppa_",	  "nvapi-",	 "AGE-SECRET-KEY-",
		"dor_v1_",  "doo_v1_",	   "sk_org_",	  "sq0csp-",	 "CCIPAT_",
		"bkua_",
	};
	static const char *const of_names_too[] = {
		/* "gsk_gpu_renderer_new", "npm_config_user_agent" */
		"sk-",	 "hf_",	      "npm_",	 "pypi-", "sqp_", "squ_", "sqa_",     "glc_",
		"figd_", "rubygems_", "pscale_", "pul-",  "xoxe", "gsk_", "lin_api_", "r8_",
	};
	return s.n >= TOKEN_MIN &&
	       (starts_with_any(s, starts, sizeof starts / sizeof *starts) ||
		(starts_with_any(s, of_names_too, sizeof of_names_too / sizeof *of_names_too) && has_random(s)));
}

/* redact_hash_at: $1$, $2y$, $5$, $6$, $y$, $argon2id$, and behind it at least one more part, but for
 * Junos' "$9$..."; $HOME/$USER is none. */
size_t redact_hash_at(struct redact_finder *f, size_t at)
{
	struct str rest = str_from(f->line, at);
	size_t n = 0, marks = 0, method = 1;
	while (method < TOKEN_MIN && (char_is_alnum(at_or_nul(rest, method)) || at_or_nul(rest, method) == '-'))
		method++;
	if (method == 1 || at_or_nul(rest, method) != '$')
		return at;
	for (; n < rest.n && (char_is_alnum(rest.p[n]) || one_of(rest.p[n], "$./,=+-")); n++)
		marks += rest.p[n] == '$';
	bool junos = method == 2 && one_of(rest.p[1], "89") && n >= JUNOS_MIN && at && one_of(f->line.p[at - 1], "\" ");
	return (n >= TOKEN_MIN && marks >= 3) || junos ? redact_take(f, at, n, REDACT_SECRET) : at;
}

size_t redact_at_host(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	char before = at ? s.p[at - 1] : 0, quote = at_or_nul(s, at + 1);
	return one_of(before, "'\"`") && quote == before
		       ? redact_take(f, at + 2, redact_name_run(s, at + 2), REDACT_HOST)
		       : at;
}

/* is_content: the sum of what is the same everywhere (of git's objects, of an image of containers, of a file), or the
 * number of a request, of which nobody is known and nothing opened. */
static bool is_content(struct str s, size_t at, size_t hex)
{
	static const char kinds[] =
		"commit revision tree parent blob changeset object at head container image layer build";
	static const char sums[] =
		"md5sum sha1sum sha256sum sha512sum sum checksum etag md5 sha1 sha256 sha512 digest "
		"buildid buildid[sha1] trace_id traceid span_id spanid request_id requestid "
		"correlation_id correlationid build_id commit_sha git_sha x-request-id request-id x-trace-id "
		"trace-id x-correlation-id correlation-id boot_id invocation_id sha2-256 sha2-512 "
		"sha3-256 sha3-512";
	struct str image = STR("@sha256:"), behind = str_from(s, at + hex);
	size_t end = at, start;
	while (end && one_of(s.p[end - 1], " :=\"'"))
		end--;
	if (end && s.p[end - 1] == ')') { /* "MD5 (a.iso) = ..." */
		while (end && at - end < ROW_MAX && s.p[end - 1] != '(')
			end--;
		end -= end > 1 && s.p[end - 2] == ' ' ? 2 : end > 0;
	}
	for (start = end; start && (char_is_alnum(s.p[start - 1]) || one_of(s.p[start - 1], "_[]"));)
		start--;
	struct str last = part(s, start, end - start); /* "Content-MD5", "request-id" */
	while (start && (char_is_alnum(s.p[start - 1]) || one_of(s.p[start - 1], "_-")))
		start--;
	bool listed = (str_starts(behind, STR("  ")) || str_starts(behind, STR(" *"))) && behind.n > 2 &&
		      !char_is_space(behind.p[2]); /* as md5sum does */
	bool summed = redact_within(s, at, STR("checksum ")) && !str_in_list(last, "session token key api");
	return listed || summed || str_in_list(last, sums) || str_in_list(part(s, start, end - start), sums) ||
	       (hex >= GIT_HEX && str_in_list(redact_word_before(s, at - (at && s.p[at - 1] == '\'')), kinds)) ||
	       (at >= image.n && str_eq(part(s, at - image.n, image.n), image));
}

/* sum_at: "sha512-z4PhNX7v..." of a package, "SHA256:uNiVztks..." of a public key. */
static size_t sum_at(struct str s, size_t at)
{
	enum { SUM_MIN = 43 };
	static const struct str kinds[] = { STR_LIT("sha256"), STR_LIT("sha384"), STR_LIT("sha512") };
	if (char_lower(s.p[at]) != 's')
		return 0;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t n = str_starts_nocase(str_from(s, at), kinds[i]) ? kinds[i].n + 1 : 0;
		bool marked = n && one_of(at_or_nul(s, at + n - 1), "-:");
		size_t row = marked ? row_of(str_from(s, at + n), ROW_BASE64, ROW_MAX) : 0;
		if (row >= SUM_MIN)
			return n + row;
	}
	return 0;
}

/* dotted_at: a token of Discord's bots: in base 64 who it is, when and a signature, with dots between. */
static size_t dotted_at(struct str s)
{
	static const struct {
		size_t least, most;
	} parts[] = { { 23, 28 }, { 6, 7 }, { 27, 40 } };
	size_t at = 0;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		size_t n = row_of(str_from(s, at), ROW_NAME, parts[i].most + 1);
		bool random = i == 0 ? redact_looks_random(part(s, at, n)) : i == 1 || str_has_digit(part(s, at, n));
		bool ends = i + 1 < sizeof parts / sizeof *parts ? at_or_nul(s, at + n) == '.' : true;
		if (n < parts[i].least || n > parts[i].most || !random || !ends)
			return 0;
		at += n + (i + 1 < sizeof parts / sizeof *parts);
	}
	return at;
}

size_t redact_secret_at(struct redact_finder *f, size_t at)
{
	enum { MARKS = ROW_BASE64 | ROW_NAME | ROW_DOT };
	struct str rest = str_from(f->line, at);
	size_t n = row_of(rest, MARKS, ROW_MAX), hex = 0, sum = sum_at(f->line, at);
	if (sum)
		return at + sum;
	while (hex < rest.n && char_is_hex(rest.p[hex]))
		hex++;
	if (redact_is_token(str_first(rest, n)) || (n >= OWN_TOKEN_MIN && str_starts(rest, STR("kbt_"))))
		return redact_take(f, at, row_of(rest, MARKS, rest.n), REDACT_SECRET);
	size_t dotted = n >= DOTTED_MIN ? dotted_at(rest) : 0;
	if (dotted)
		return redact_take(f, at, dotted, REDACT_SECRET);
	if (hex >= REDACT_HEX_MIN && !is_name(at_or_nul(rest, hex)) && is_content(f->line, at, hex))
		return at + hex;
	if (hex >= REDACT_HEX_MIN && !is_name(at_or_nul(rest, hex)))
		return redact_take(f, at, hex, REDACT_SECRET);
	size_t row = base64_at(f->line, at);
	return row ? redact_take(f, at, row, REDACT_SECRET) : at;
}

size_t redact_key_block_at(struct redact_finder *f, size_t at)
{
	struct str s = f->line, rest = str_from(s, at);
	size_t head = str_starts(rest, STR("-----BEGIN "))
			      ? str_find(str_first(rest, REDACT_COMMAND_MAX), STR("PRIVATE KEY-----"))
			      : STR_NONE;
	if (head == STR_NONE)
		return at;
	size_t start = skip_blanks(s, at + head + STR("PRIVATE KEY-----").n);
	size_t n = str_find(str_from(s, start), STR("-----END"));
	n = n == STR_NONE ? s.n - start : n;
	while (n && char_is_space(s.p[start + n - 1]))
		n--;
	return n ? redact_take(f, start, n, REDACT_SECRET) : start;
}
