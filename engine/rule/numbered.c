/* SPDX-License-Identifier: MIT
 *
 * Codes that have a spelling of their own: Oracle's ORA-12154, an HTTP status with its reason (404 Not Found) or with
 * what IIS adds (401.2), what SMTP adds to its replies (550 5.7.1; RFC 3463), SQLSTATE 28000 (ISO 9075), Db2's
 * SQL30081N, which is SQLCODE -30081, the database engine's JET_errKeyDuplicate.
 * Pure, linear.
 */
#include "rule/rule.h"

#include <string.h>

enum { WORDS_BEFORE = 24, STATE_LENGTH = 5 };

static size_t digits_at(struct str text, size_t at)
{
	return str_digits(str_from(text, at));
}

/* The text ends at `end`, or no letter, digit or further number follows: "5.7.1." ends a sentence, "5.7.1.2" does not.
 */
static bool ends_at(struct str text, size_t end)
{
	if (end < text.n && char_is_word(text.p[end]))
		return false;
	return !(end + 1 < text.n && text.p[end] == '.' && char_is_digit(text.p[end + 1]));
}

static size_t oracle_at(struct str text, size_t at, struct rule_code *ret_code)
{
	struct str rest = str_from(text, at);
	size_t n = digits_at(text, at + 4);
	if ((!str_starts(rest, STR("ORA-")) && !str_starts(rest, STR("TNS-"))) || n != 5 ||
	    !ends_at(text, at + 4 + n) || !str_i64(str_part(text, at + 4, at + 4 + n), &ret_code->value))
		return 0;
	ret_code->family = STR("oracle");
	return 4 + n;
}

static bool ends_any(struct str head, const struct str *words, size_t n)
{
	while (head.n && strchr(" =:([{'\"#<>", head.p[head.n - 1]))
		head.n--;
	for (size_t i = 0; i < n; i++)
		if (head.n >= words[i].n && str_eq_nocase(str_from(head, head.n - words[i].n), words[i]) &&
		    (head.n == words[i].n || !char_is_word(head.p[head.n - words[i].n - 1])))
			return true;
	return false;
}

/* A reply of the same class before it: "550 5.7.1", "550-5.7.1" */
static bool follows_reply(struct str head, char class)
{
	size_t n = head.n;
	if (n < 4 || !strchr(" -", head.p[n - 1]) || head.p[n - 4] != class)
		return false;
	return char_is_digit(head.p[n - 2]) && char_is_digit(head.p[n - 3]) && (n == 4 || !char_is_word(head.p[n - 5]));
}

static size_t smtp_at(struct str text, struct str head, size_t at, struct rule_code *ret_code)
{
	static const struct str words[] = { STR_LIT("ndr"),	 STR_LIT("dsn"),	STR_LIT("smtp"),
					    STR_LIT("status"),	 STR_LIT("smtp error"), STR_LIT("smtp;"),
					    STR_LIT("ndr code"), STR_LIT("status code") };
	char class = text.p[at];
	size_t subject = digits_at(text, at + 2), detail = digits_at(text, at + 3 + subject);
	size_t end = at + 3 + subject + detail;
	if ((class != '4' && class != '5') || text.p[at + 1] != '.' || !subject || subject > 1 || !detail ||
	    detail > 3 || text.p[at + 2 + subject] != '.' || !ends_at(text, end) ||
	    !(follows_reply(head, class) || ends_any(head, words, sizeof words / sizeof *words) ||
	      rule_is_alone(text, at, end)))
		return 0;
	ret_code->family = STR("smtp");
	ret_code->symbol = str_part(text, at, end);
	return end - at;
}

/* RFC 9110 15, RFC 6585, RFC 4918 and 7725; first as servers say it today, then as others do. */
static const struct {
	int status;
	struct str reason;
} http_reasons[] = {
	{ 400, STR_LIT("Bad Request") },
	{ 401, STR_LIT("Unauthorized") },
	{ 401, STR_LIT("Authorization Required") },
	{ 403, STR_LIT("Forbidden") },
	{ 404, STR_LIT("Not Found") },
	{ 404, STR_LIT("File Not Found") },
	{ 405, STR_LIT("Method Not Allowed") },
	{ 405, STR_LIT("Not Allowed") },
	{ 406, STR_LIT("Not Acceptable") },
	{ 407, STR_LIT("Proxy Authentication Required") },
	{ 408, STR_LIT("Request Timeout") },
	{ 408, STR_LIT("Request Time-out") },
	{ 409, STR_LIT("Conflict") },
	{ 410, STR_LIT("Gone") },
	{ 411, STR_LIT("Length Required") },
	{ 412, STR_LIT("Precondition Failed") },
	{ 413, STR_LIT("Request Entity Too Large") },
	{ 413, STR_LIT("Payload Too Large") },
	{ 413, STR_LIT("Content Too Large") },
	{ 414, STR_LIT("Request-URI Too Large") },
	{ 414, STR_LIT("URI Too Long") },
	{ 415, STR_LIT("Unsupported Media Type") },
	{ 421, STR_LIT("Misdirected Request") },
	{ 422, STR_LIT("Unprocessable Entity") },
	{ 422, STR_LIT("Unprocessable Content") },
	{ 426, STR_LIT("Upgrade Required") },
	{ 429, STR_LIT("Too Many Requests") },
	{ 431, STR_LIT("Request Header Fields Too Large") },
	{ 451, STR_LIT("Unavailable For Legal Reasons") },
	{ 500, STR_LIT("Internal Server Error") },
	{ 501, STR_LIT("Not Implemented") },
	{ 502, STR_LIT("Bad Gateway") },
	{ 503, STR_LIT("Service Unavailable") },
	{ 503, STR_LIT("Service Temporarily Unavailable") },
	{ 504, STR_LIT("Gateway Timeout") },
	{ 504, STR_LIT("Gateway Time-out") },
	{ 505, STR_LIT("HTTP Version Not Supported") },
	{ 507, STR_LIT("Insufficient Storage") },
	{ 508, STR_LIT("Loop Detected") },
	{ 511, STR_LIT("Network Authentication Required") },
};

struct str rule_http_reason(int64_t status)
{
	for (size_t i = 0; i < sizeof http_reasons / sizeof *http_reasons; i++)
		if (http_reasons[i].status == status)
			return http_reasons[i].reason;
	return STR("");
}

/* begins_reason: "Not Found", " - Not Found", ") Not Found" */
static bool begins_reason(struct str tail, int64_t status)
{
	size_t marks = 0;
	while (marks < tail.n && marks < 4 && strchr(" -:)", tail.p[marks]))
		marks++;
	tail = str_from(tail, marks);
	for (size_t i = 0; marks && i < sizeof http_reasons / sizeof *http_reasons; i++) {
		struct str reason = http_reasons[i].reason;
		if (http_reasons[i].status == status && str_eq_nocase(str_first(tail, reason.n), reason) &&
		    (tail.n == reason.n || !char_is_word(tail.p[reason.n])))
			return true;
	}
	return false;
}

/* "404 Not Found", "(403) Forbidden", "HTTP Error 503: Service Unavailable" */
static size_t http_named_at(struct str text, struct str head, size_t at, struct rule_code *ret_code)
{
	enum { STATUS_LENGTH = 3 };
	size_t end = at + STATUS_LENGTH;
	bool said = end + 1 < text.n && char_is_lower(text.p[end + 1]); /* "user 404 not found" */
	int64_t status;
	if (digits_at(text, at) != STATUS_LENGTH || !str_i64(str_part(text, at, end), &status) ||
	    !begins_reason(str_from(text, end), status) || (said && rule_is_numbered(head)))
		return 0;
	*ret_code = (struct rule_code){ .value = status, .family = STR("http") };
	return STATUS_LENGTH;
}

/* "HTTP Error 401.2", "HTTP 403.14", "error 500.19" */
static size_t http_at(struct str text, struct str head, size_t at, struct rule_code *ret_code)
{
	static const struct str words[] = { STR_LIT("http"),	    STR_LIT("http error"),  STR_LIT("error"),
					    STR_LIT("http status"), STR_LIT("status code"), STR_LIT("iis") };
	size_t n = digits_at(text, at), more = digits_at(text, at + 4), end = at + 4 + more;
	if (n != 3 || (text.p[at] != '4' && text.p[at] != '5') || text.p[at + 3] != '.' || !more || more > 2 ||
	    !ends_at(text, end) ||
	    !(ends_any(head, words, sizeof words / sizeof *words) || rule_is_alone(text, at, end)))
		return 0;
	ret_code->family = STR("http");
	ret_code->symbol = str_part(text, at, end);
	return end - at;
}

/* "[IM002] [Microsoft][ODBC Driver Manager] text", "('08001', '[08001] [unixODBC]": before what a driver says. */
static bool is_of_driver(struct str head, struct str tail)
{
	return (str_ends(head, STR("[")) && (str_starts(tail, STR("] [")) || str_starts(tail, STR("][")))) ||
	       (str_ends(head, STR("('")) && str_starts(tail, STR("', '[")));
}

/* "SQLSTATE 28000", "SQLSTATE[HY000]", "SQL state [08S01]" */
static size_t sqlstate_at(struct str text, struct str head, size_t at, struct rule_code *ret_code)
{
	static const struct str words[] = { STR_LIT("sqlstate"), STR_LIT("sql state"), STR_LIT("sqlstate is") };
	size_t digits = 0;
	for (size_t i = at; i < at + STATE_LENGTH; i++) {
		if (!char_is_digit(text.p[i]) && !char_is_upper(text.p[i]))
			return 0;
		digits += char_is_digit(text.p[i]);
	}
	if (digits < 2 || !ends_at(text, at + STATE_LENGTH) ||
	    !(ends_any(head, words, sizeof words / sizeof *words) || is_of_driver(head, str_from(text, at + STATE_LENGTH))))
		return 0;
	ret_code->family = STR("sqlstate");
	ret_code->symbol = str_part(text, at, at + STATE_LENGTH);
	return STATE_LENGTH;
}

/* "SQL30081N", "SQL0204N", "SQL1042C": an error's number is below zero, that of a warning (W) is not. */
static size_t db2_at(struct str text, size_t at, struct rule_code *ret_code)
{
	enum { HEAD = 3 };
	size_t n = digits_at(text, at + HEAD), end = at + HEAD + n;
	char kind = end < text.n ? text.p[end] : ' ';
	if (!str_starts(str_from(text, at), STR("SQL")) || n < 4 || n > 5 ||
	    (kind != 'N' && kind != 'C' && kind != 'W') || !ends_at(text, end + 1) ||
	    !str_i64(str_part(text, at + HEAD, end), &ret_code->value))
		return 0;
	ret_code->value *= kind == 'W' ? 1 : -1;
	ret_code->family = STR("db2");
	return HEAD + n + 1;
}

static size_t jet_at(struct str text, size_t at, struct rule_code *ret_code)
{
	static const struct str head = STR_LIT("JET_err");
	size_t n = head.n;
	if (!str_starts(str_from(text, at), head))
		return 0;
	while (at + n < text.n && char_is_word(text.p[at + n]))
		n++;
	ret_code->symbol = str_part(text, at, at + n);
	return n > head.n ? n : 0;
}

size_t rule_numbered_at(struct str text, size_t at, struct rule_code *ret_code)
{
	if (at + STATE_LENGTH > text.n || (at && char_is_word(text.p[at - 1])))
		return 0;
	struct str head = str_part(text, at > WORDS_BEFORE ? at - WORDS_BEFORE : 0, at);
	size_t n = 0;
	char c = text.p[at];
	if (c == 'O' || c == 'T')
		n = oracle_at(text, at, ret_code);
	if (c == 'J')
		n = jet_at(text, at, ret_code);
	if (c == 'S')
		n = db2_at(text, at, ret_code);
	if (!n && (c == '4' || c == '5'))
		n = smtp_at(text, head, at, ret_code);
	if (!n && (c == '4' || c == '5'))
		n = http_at(text, head, at, ret_code);
	if (!n && (c == '4' || c == '5'))
		n = http_named_at(text, head, at, ret_code);
	if (!n && (char_is_digit(c) || char_is_upper(c)))
		n = sqlstate_at(text, head, at, ret_code);
	return n;
}

bool rule_is_reply_family(struct str family)
{
	return str_eq(family, STR("http")) || str_eq(family, STR("smtp")) || str_eq(family, STR("sqlstate"));
}

/* "failed with error -110", "rc = -16", "usb 1-1: ... error -71": Linux' kernel gives its errors back so; a mere "error
 * -43" may be of a Macintosh. */
static bool is_of_kernel(struct str head, int64_t value)
{
	static const struct str words[] = { STR_LIT("rc"),	     STR_LIT("ret"),	      STR_LIT("return code"),
					    STR_LIT("w/return code"), STR_LIT("failed with"), STR_LIT("failed with error"),
					    STR_LIT("returned"),     STR_LIT("failed") };
	static const struct str parts[] = { STR_LIT("usb "), STR_LIT("cifs"), STR_LIT("nfs"), STR_LIT("ext4"),
					    STR_LIT("btrfs"), STR_LIT("xfs"), STR_LIT("kernel") };
	enum { ERRNO_MAX = 133 };
	if (value > -2 || value < -ERRNO_MAX)
		return false;
	return STR_IS_ANY(head, parts, str_has_nocase) || ends_any(head, words, sizeof words / sizeof *words);
}

/* "LDAP error 49", "krb5: error 63"; a host's, a file's or a folder's name ("ldap.example.com", "/etc/krb5.conf",
 * "ldap://dc1") does not tell whose the number is. */
static bool is_spoken_of(struct str head, struct str name)
{
	for (size_t at = 0, n; (n = str_find_nocase(str_from(head, at), name)) != STR_NONE; at += n + 1) {
		struct str behind = str_from(head, at + n + name.n);
		bool named = str_starts(behind, STR("/")) || str_starts(behind, STR("://")) ||
			     (behind.n > 1 && behind.p[0] == '.' && char_is_word(behind.p[1]));
		if (!named)
			return true;
	}
	return false;
}

/* What stands before a number where a system has numbers of its own; each with the span of them. */
struct str rule_numbered_family(struct str head, struct str tail, int64_t value)
{
	static const struct {
		struct str words, family;
		int16_t first, last;
	} table[] = {
		{ STR_LIT("kinit"), STR_LIT("krb5"), 1, 80 },
		{ STR_LIT("kerberos error"), STR_LIT("krb5"), 1, 80 },
		{ STR_LIT("krb error"), STR_LIT("krb5"), 1, 80 },
		{ STR_LIT("kdc error"), STR_LIT("krb5"), 1, 80 },
		{ STR_LIT("failure code"), STR_LIT("krb5"), 1, 80 },
		{ STR_LIT("mysql error"), STR_LIT("mysql"), 1000, 2069 },
		{ STR_LIT("mariadb error"), STR_LIT("mysql"), 1000, 2069 },
		{ STR_LIT("mysql_errno"), STR_LIT("mysql"), 1000, 2069 },
		{ STR_LIT("dao"), STR_LIT("vb"), 3000, 3799 },
		{ STR_LIT("ado error"), STR_LIT("vb"), 3000, 3799 },
		{ STR_LIT("jet error"), STR_LIT("vb"), 3000, 3799 },
		{ STR_LIT("jet database engine"), STR_LIT("vb"), 3000, 3799 },
		{ STR_LIT("winhttp"), STR_LIT("wininet"), 12000, 12200 },
		{ STR_LIT("wininet"), STR_LIT("wininet"), 12000, 12200 },
		{ STR_LIT("smtp"), STR_LIT("smtp"), 421, 555 },
		{ STR_LIT("http"), STR_LIT("http"), 400, 599 },
		{ STR_LIT("status code"), STR_LIT("http"), 400, 599 },
	};
	/* "ERROR 1045 (28000): ..." of MySQL's own client; "Msg 18456, Level 14", "error: 18456, severity: 14" */
	bool state = tail.n > 7 && str_starts(tail, STR(" (")) && tail.p[7] == ')' && char_is_digit(tail.p[5]);
	if (state && value >= 1000 && value <= 2069)
		return STR("mysql");
	if (str_find_nocase(str_first(tail, 12), STR(", level")) == 0 ||
	    str_find_nocase(str_first(tail, 12), STR(", severity")) == 0)
		return STR("mssql");
	/* "DB2 SQL Error: SQLCODE=-204, SQLSTATE=42704": others number otherwise what they call so */
	if (value < 0 && str_find_nocase(head, STR("sqlcode")) != STR_NONE &&
	    (str_find_nocase(head, STR("db2")) != STR_NONE || str_find_nocase(tail, STR("sqlstate")) != STR_NONE))
		return STR("db2");
	/* curl's (92): "HTTP/2 stream 0 was not closed cleanly: CANCEL (err 8)"; so are volumes, but for other
	 * reasons */
	if (value >= 0 && value <= 13 && str_ends(head, STR("(err ")) &&
	    str_find(head, STR("closed cleanly: ")) != STR_NONE)
		return STR("http2");
	if (is_of_kernel(head, value))
		return STR("errno");
	if (((value >= 1 && value <= 123) || value == -1) && is_spoken_of(head, STR("ldap")))
		return STR("ldap");
	if (value >= 1 && value <= 80 && is_spoken_of(head, STR("krb5")))
		return STR("krb5");
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (value >= table[i].first && value <= table[i].last &&
		    str_find_nocase(head, table[i].words) != STR_NONE)
			return table[i].family;
	return STR("");
}
