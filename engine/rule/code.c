/* SPDX-License-Identifier: MIT
 *
 * Error codes in a text: decimal and hexadecimal numbers beside a word that says so (error, code, rc, status), 32-bit
 * values that are HRESULTs or NTSTATUSes by their top bits (MS-ERREF 2.1, 2.3), with 0x, with &H or with nothing before
 * their eight digits, and symbols. The family comes from the shape and from the words around; where they do not tell,
 * it stays empty. Pure, linear.
 */
#include "rule/rule.h"

#include <string.h>

enum {
	WORDS_BEFORE = 48, /* bytes looked back at for a word that makes a number a code */
	WINSOCK_FIRST = 10004,
	WINSOCK_LAST = 11031,
	NETWORK_FIRST = 2100, /* NERR_BASE */
	NETWORK_LAST = 2999
};

static struct str before(struct str text, size_t at, size_t n)
{
	size_t from = at > n ? at - n : 0;
	return str_part(text, from, at);
}

static bool has(struct str text, const char *word)
{
	return str_find_nocase(text, str_c(word)) != STR_NONE;
}

/* The last word before a number, marks like "= # ( :" left out: "Error = 53", "rc = 87", "errno(2)", "'53'". */
struct str rule_word_before(struct str s)
{
	while (s.n && !char_is_word(s.p[s.n - 1]) && s.p[s.n - 1] != '.' && s.p[s.n - 1] != ';')
		s.n--;
	size_t at = s.n;
	while (at && char_is_word(s.p[at - 1]))
		at--;
	return str_from(s, at);
}

bool rule_is_code_word(struct str w)
{
	static const char words[] = "error err errno code rc status errorcode winerror number errnum hresult hr "
				    "lasterror getlasterror result ntstatus errors retcode oserror dwerror errcode "
				    "helpmsg nerr win32err exitcode sqlcode lasttaskresult gle lasterr wsagetlasterror "
				    /* as Windows' own languages have it */
				    "fehler fehlercode fehlernummer systemfehler laufzeitfehler erreur errore erro "
				    "fout foutcode fel felkod fejl feil virhe chyba hiba";
	return str_in_list(w, words);
}

/* It is there from the beginning of a word on: "ras " is not in "cameras ". */
static bool begins_in(struct str text, struct str words)
{
	for (size_t at = 0, n; (n = str_find_nocase(str_from(text, at), words)) != STR_NONE; at += n + 1)
		if (!(at + n) || !char_is_word(text.p[at + n - 1]))
			return true;
	return false;
}

static uint32_t letter_bit(char c)
{
	return UINT32_C(1) << (char_is_alpha(c) ? char_lower(c) - 'a' : 31);
}

/* What the words say: the program that numbers so, or the table that the number is from. */
static struct str family_by_words(struct str around)
{
	static const struct {
		struct str words, family;
	} table[] = {
		{ STR_LIT("run-time error"), STR_LIT("vb") },
		{ STR_LIT("runtime error"), STR_LIT("vb") },
		{ STR_LIT("run time error"), STR_LIT("vb") },
		{ STR_LIT("laufzeitfehler"), STR_LIT("vb") },
		{ STR_LIT("erreur d'ex"), STR_LIT("vb") },
		{ STR_LIT("err.number"), STR_LIT("vb") },
		{ STR_LIT("wordbasic"), STR_LIT("vb") },
		{ STR_LIT("visual basic"), STR_LIT("vb") },
		{ STR_LIT("trappable error"), STR_LIT("vb") },
		{ STR_LIT("mount error("), STR_LIT("errno") },
		{ STR_LIT("errno"), STR_LIT("errno") },
		{ STR_LIT("[errno"), STR_LIT("errno") },
		{ STR_LIT("system error "), STR_LIT("win32") },
		{ STR_LIT("systemfehler "), STR_LIT("win32") },
		{ STR_LIT("winerror"), STR_LIT("win32") },
		{ STR_LIT("getlasterror"), STR_LIT("win32") },
		{ STR_LIT("net helpmsg"), STR_LIT("win32") },
		{ STR_LIT("wnetaddconnection"), STR_LIT("win32") },
		{ STR_LIT("windows nt error"), STR_LIT("win32") },
		{ STR_LIT("winsock"), STR_LIT("winsock") },
		{ STR_LIT("wsa"), STR_LIT("winsock") },
		{ STR_LIT("dos error"), STR_LIT("dos") },
		{ STR_LIT("internal windows"), STR_LIT("win32") },
		{ STR_LIT("hresult"), STR_LIT("hresult") },
		{ STR_LIT("nt_status"), STR_LIT("ntstatus") },
		{ STR_LIT("stop:"), STR_LIT("bugcheck") },
		{ STR_LIT("bugcheck"), STR_LIT("bugcheck") },
		{ STR_LIT("remote access"), STR_LIT("ras") },
		{ STR_LIT("dial-up"), STR_LIT("ras") },
		{ STR_LIT("ras "), STR_LIT("ras") },
		{ STR_LIT("error code returned on failure"), STR_LIT("ras") }, /* RasClient's event 20227 */
		{ STR_LIT("mysql server on"), STR_LIT("errno") },
		{ STR_LIT("vb error"), STR_LIT("vb") },
		{ STR_LIT("vb6"), STR_LIT("vb") },
	};
	uint32_t begun = 0; /* what words there begin with: most of the table falls out by it */
	for (size_t i = 0; i < around.n; i++)
		if (!i || !char_is_word(around.p[i - 1]))
			begun |= letter_bit(around.p[i]);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (begun & letter_bit(table[i].words.p[0]) && begins_in(around, table[i].words))
			return table[i].family;
	return STR("");
}

/* An HRESULT or NTSTATUS of an error by its top bits, also as programs print it: signed, or unsigned in decimal. */
static bool is_wide(int64_t value, bool hex)
{
	uint32_t top = (uint32_t)value >> 28;
	bool signless = hex || value > INT32_MAX;
	return (signless ? value <= UINT32_MAX : value < 0 && value >= INT32_MIN) && (top == 0x8 || top == 0xC);
}

/* A facility of Windows or of what comes with it; memory is at any address with such top bits. */
static bool is_in_use(int64_t value)
{
	static const uint16_t far[] = { 0x7D0, 0x876, 0x87A, 0x898 }; /* management, DirectX, DXGI, WPF */
	uint32_t facility = (uint32_t)value >> 16 & 0xFFF;
	if ((uint32_t)value >> 28 == 0xC)
		return facility <= 0x2A || facility == 0x190; /* the latter of Windows' setup */
	for (size_t i = 0; i < sizeof far / sizeof *far; i++)
		if (facility == far[i])
			return true;
	return facility <= 0x60;
}

/* "at 0x80123456", "the memory at address 0x8012abcd" */
static bool is_address_word(struct str w)
{
	return str_in_list(w, "at address addr memory location offset base eip");
}

/* "STOP 0x1E", "Stop Error 0x0000001E", "STOP Message 0x0000007B", "blue screen 0x0000000A" */
static bool is_stop(struct str head)
{
	struct str w = rule_word_before(head);
	if (str_eq_nocase(w, STR("was")) || str_eq_nocase(w, STR("is"))) /* "The bugcheck was: 0x7B" */
		w = rule_word_before(str_first(head, (size_t)(w.p - head.p)));
	if (str_in_list(w, "error message msg code err screen"))
		w = rule_word_before(str_first(head, (size_t)(w.p - head.p)));
	if (str_eq_nocase(w, STR("check"))) /* "bug check 0x7B" */
		w = rule_word_before(str_first(head, (size_t)(w.p - head.p)));
	return str_in_list(w, "stop bugcheck bug blue bsod bluescreen");
}

/* The Kerberos library's: its table begins there, with the protocol's errors (com_err of krb5; RFC 4120 7.5.9). */
enum { KRB5_BASE = -1765328384, KRB5_PROTOCOL = 128, KRB5_ALL = 256 };

static bool is_krb5(int64_t value)
{
	return value >= KRB5_BASE && value < KRB5_BASE + KRB5_ALL;
}

static bool is_winsock(int64_t value)
{
	return value >= WINSOCK_FIRST && value <= WINSOCK_LAST;
}

static struct str family_of(struct str text, size_t at, size_t end, int64_t value, bool hex)
{
	struct str ended = rule_ended_family(text, at, end, value);
	if (ended.n)
		return ended;
	struct str head = before(text, at, WORDS_BEFORE), words = family_by_words(head);
	struct str numbered = rule_numbered_family(head, str_first(str_from(text, end), WORDS_BEFORE), value);
	if (hex && is_stop(head))
		return STR("bugcheck");
	if (numbered.n && !words.n)
		return numbered;
	if (str_eq(words, STR("bugcheck")) || (str_eq(words, STR("ras")) && (value < 600 || value > 800)))
		words = hex && str_eq(words, STR("bugcheck")) ? words : STR("");
	if (str_eq(words, STR("win32")) && is_winsock(value)) /* Python's WinError is of any of Windows' tables */
		return STR("winsock");
	if (str_eq(words, STR("win32")) && value >= NETWORK_FIRST && value <= NETWORK_LAST) /* NET HELPMSG */
		return STR("netapi");
	if (is_krb5(value))
		return STR("krb5");
	if (words.n)
		return words;
	if (is_wide(value, hex))
		return (uint32_t)value >> 28 == 0x8 ? STR("hresult") : STR("ntstatus");
	if (is_winsock(value))
		return STR("winsock");
	return STR("");
}

bool rule_is_alone(struct str text, size_t start, size_t end)
{
	if (text.n >= WORDS_BEFORE)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if ((i < start || i >= end) && !char_is_space(text.p[i]) && !strchr("()[]<>'\"#.,:;!?", text.p[i]))
			return false;
	return true;
}

/* "HTTP 404", "HTTP/1.1 503", "SMTP 552": no port */
static bool is_reply(struct str head, struct str word)
{
	return str_in_list(word, "http smtp") || str_ends(head, STR("HTTP/1.1 ")) ||
	       str_ends(head, STR("HTTP/1.0 ")) || str_ends(head, STR("HTTP/2 "));
}

static bool is_code(struct str text, size_t start, size_t end, int64_t value, bool hex)
{
	struct str head = before(text, start, WORDS_BEFORE), w = rule_word_before(head);
	bool wide = is_wide(value, hex), used = !hex || !wide || is_in_use(value);
	if (is_krb5(value))
		return true;
	if (rule_ended_family(text, start, end, value).n || (value > UINT8_MAX && rule_is_end(text, start)))
		return true;
	if (wide && (value < 0 || (hex && used && !is_address_word(w))))
		return true;
	if (rule_is_told_code(text, start, end, hex))
		return true;
	if ((value >= 400 && value <= 599 && is_reply(head, w)) || str_eq(w, STR("Msg")))
		return true;
	bool socket = has(w, "winsock") || str_eq_nocase(w, STR("socket")) || str_eq_nocase(w, STR("wsa"));
	if (socket && is_winsock(value))
		return true;
	return (hex && is_stop(head)) || (used && rule_is_alone(text, start, end));
}

static size_t hex_digits(struct str text, size_t at, uint64_t *ret_value)
{
	size_t n = 0;
	for (*ret_value = 0; at + n < text.n && n < 9 && char_is_hex(text.p[at + n]); n++) {
		unsigned digit = (unsigned char)text.p[at + n];
		*ret_value = *ret_value << 4 | ((digit & 15) + (digit > '9' ? 9 : 0));
	}
	return n;
}

/* Eight digits of a wide code without their 0x ("80070035", "hr=800a0035"): of a facility that is in use, and no part
 * of a GUID, an address or a longer number. */
static bool is_bare_wide(struct str text, size_t at, uint64_t value)
{
	size_t end = at + 8;
	bool glued = at && (char_is_word(text.p[at - 1]) || strchr("-.,$#+{", text.p[at - 1]));
	bool goes_on = end + 1 < text.n && strchr("-.,:", text.p[end]) && char_is_word(text.p[end + 1]);
	uint64_t facility = value >> 16 & 0xFFF;
	return !glued && !goes_on && (value >> 28 == 0x8 ? facility <= 0x40 : value >> 28 == 0xC && facility <= 0x2A);
}

static size_t hex_at(struct str text, size_t at, int64_t *ret_value)
{
	bool c = at + 2 < text.n && text.p[at] == '0' && char_lower(text.p[at + 1]) == 'x';
	bool basic = at && text.p[at - 1] == '&' && char_lower(text.p[at]) == 'h';
	size_t head = c ? 2 : basic ? 1 : 0;
	uint64_t value;
	size_t n = hex_digits(text, at + head, &value), end = at + head + n;
	size_t tail = !head && n == 8 && end < text.n && char_lower(text.p[end]) == 'h'; /* "80070035h" */
	if (!n || n > 8 || (end + tail < text.n && char_is_word(text.p[end + tail])) ||
	    (!head && (n != 8 || !is_bare_wide(text, at, value))))
		return 0;
	*ret_value = (int64_t)value;
	return head + n + tail;
}

/* "1,326": as Windows' own dialogs write a number of four digits; 0 where it is none. */
static size_t grouped_at(struct str text, size_t at, int64_t *ret_value)
{
	enum { GROUPED = 5 };
	struct str s = str_first(str_from(text, at), GROUPED);
	char behind = at + GROUPED < text.n ? text.p[at + GROUPED] : ' ';
	if (s.n < GROUPED || s.p[1] != ',' || char_is_word(behind) || behind == ',' || behind == '%')
		return 0;
	*ret_value = 0;
	for (size_t i = 0; i < GROUPED; i++)
		if (i != 1 && !char_is_digit(s.p[i]))
			return 0;
		else if (i != 1)
			*ret_value = *ret_value * 10 + (s.p[i] - '0');
	return GROUPED;
}

/* "53L", "2147942453UL": as C writes numbers. */
static size_t suffix_at(struct str text, size_t end)
{
	size_t n = end < text.n && char_lower(text.p[end]) == 'u' ? 1 : 0;
	n += end + n < text.n && char_lower(text.p[end + n]) == 'l' ? 1 : 0;
	return end + n < text.n && char_is_word(text.p[end + n]) ? 0 : n;
}

/* The number at text[at], or 0: decimal of at most ten digits; 0x or &H and at most eight, or eight by themselves. */
static size_t number_at(struct str text, size_t at, int64_t *ret_value, bool *ret_hex)
{
	size_t hex = hex_at(text, at, ret_value), n = at < text.n && text.p[at] == '-' ? 1 : 0, digits = 0;
	*ret_hex = hex > 0;
	if (hex)
		return hex;
	while (at + n + digits < text.n && digits < 11 && char_is_digit(text.p[at + n + digits]))
		digits++;
	size_t suffix = digits ? suffix_at(text, at + n + digits) : 0, end = at + n + digits + suffix;
	if (!digits || digits > 10 || (end < text.n && char_is_word(text.p[end])) || rule_is_amount(text, at, end))
		return 0;
	return str_i64(str_first(str_from(text, at), n + digits), ret_value) ? n + digits + suffix : 0;
}

/* Symbols of errno that programs print; others are words in capitals ("EVENT"). */
static bool is_errno_symbol(struct str w)
{
	static const char *const names[] = { "ECONNREFUSED", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN",
					     "ENETDOWN", "ECONNRESET", "ECONNABORTED", "EADDRINUSE", "EADDRNOTAVAIL",
					     "EACCES", "EPERM", "ENOENT", "EPIPE", "ENOTCONN", "EINPROGRESS", "EINVAL",
					     "EEXIST", "ENOSPC", "EBUSY", "EMFILE", "EAI_AGAIN", "EAI_NONAME",
					     /* of Node.js, beside errno's */
					     "ENOTFOUND", "ESOCKETTIMEDOUT" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(w, str_c(names[i])))
			return true;
	return false;
}

/* ERROR_BAD_NETPATH, NT_STATUS_BAD_NETWORK_PATH, WSAECONNREFUSED */
static bool is_symbol(struct str w)
{
	static const char *const heads[] = { "ERROR_", "STATUS_", "NT_STATUS_", "NERR_", "WSAE", "RPC_S_", "E_",
					     "SEC_E_", "RPC_E_", "DISP_E_", "CO_E_", "REGDB_E_", "MAPI_E_",
					     "DNS_ERROR_" };
	if (!w.n || !char_is_upper(w.p[0])) /* most words: the lists are not gone through for them */
		return false;
	bool headed = is_errno_symbol(w);
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		headed |= w.n > str_c(heads[i]).n + 2 && str_starts(w, str_c(heads[i]));
	for (size_t i = 0; headed && i < w.n; i++)
		headed = char_is_upper(w.p[i]) || char_is_digit(w.p[i]) || w.p[i] == '_';
	return headed;
}

static size_t word_length(struct str text, size_t at)
{
	size_t n = 0;
	while (at + n < text.n && char_is_word(text.p[at + n]))
		n++;
	return n;
}

/* What stands before tells of one error, not of how many: "error 1,326", not "errors: 1,326". */
static bool is_one_error(struct str text, size_t at)
{
	struct str w = rule_word_before(before(text, at, WORDS_BEFORE));
	return rule_is_code_word(w) && !str_eq_nocase(w, STR("errors"));
}

size_t rule_codes_find(struct str text, struct rule_code_at *codes, size_t max)
{
	size_t count = 0;
	for (size_t at = 0; at < text.n && count < max;) {
		struct rule_code_at c = { 0 };
		bool hex = false, sign = text.p[at] == '-' && at + 1 < text.n && char_is_digit(text.p[at + 1]) &&
				 !(at && char_is_digit(text.p[at - 1])); /* "S-1-5-21-1957994488" has none */
		if (!char_is_word(text.p[at]) && !sign) {
			at++;
			continue;
		}
		size_t shaped = rule_numbered_at(text, at, &c.code);
		size_t grouped = shaped || !is_one_error(text, at) ? 0 : grouped_at(text, at, &c.code.value);
		size_t n = shaped ? 0 : grouped ? grouped : number_at(text, at, &c.code.value, &hex);
		hex &= !grouped;
		size_t length = n ? n : word_length(text, at);
		if (shaped) {
			length = shaped;
		} else if (n && is_code(text, at, at + n, c.code.value, hex)) {
			c.code.family = family_of(text, at, at + n, c.code.value, hex);
		} else if (!n && is_symbol(str_first(str_from(text, at), length))) {
			c.code.symbol = str_first(str_from(text, at), length);
		} else {
			at += length ? length : 1;
			continue;
		}
		c.start = at;
		c.end = at += length;
		codes[count++] = c;
	}
	return count;
}

enum { BASIC_MAX = 4000 }; /* of numbers that Basic shows: its own, and those of its data objects */

/* VBScript's and JScript's of compiling, who number differently, and JScript's of running */
static bool is_script(uint32_t low)
{
	return (low > 1000 && low < 1100) || (low >= 5000 && low < 5100);
}

/* HRESULT_FROM_WIN32: 0x8007xxxx carries a Windows error, 0x800Axxxx one of Visual Basic or of a script (facility 10 is
 * that of controls and scripts); and of the NTSTATUSes those that networks give (MS-ERREF, RtlNtStatusToDosError). The
 * Kerberos library's numbers carry the protocol's. */
bool rule_code_carried(int64_t value, int64_t *ret_value, struct str *ret_family)
{
	static const struct { uint32_t status; uint16_t error; } table[] = {
		{ 0xC0000022, 5 },    { 0xC0000034, 2 },    { 0xC000003A, 3 },	  { 0xC000005E, 1311 },
		{ 0xC0000064, 1317 }, { 0xC000006D, 1326 }, { 0xC000006E, 1327 }, { 0xC0000071, 1330 },
		{ 0xC0000072, 1331 }, { 0xC00000B5, 121 },  { 0xC00000BB, 50 },	  { 0xC00000BC, 51 },
		{ 0xC00000BD, 52 },   { 0xC00000BE, 53 },   { 0xC00000BF, 54 },	  { 0xC00000C3, 58 },
		{ 0xC00000C4, 59 },   { 0xC00000C9, 64 },   { 0xC00000CA, 65 },	  { 0xC00000CC, 67 },
		{ 0xC00000D0, 71 },   { 0xC0000234, 1909 }, { 0xC0000236, 1225 }, { 0xC000023C, 1231 },
		{ 0xC000023D, 1232 }, { 0xC000018D, 1789 }, { 0xC000006A, 86 },	  { 0xC000006F, 1328 },
		{ 0xC0000070, 1329 }, { 0xC0000193, 1793 }, { 0xC0000224, 1907 }, { 0xC0000043, 32 },
		{ 0xC0000133, 1398 }, { 0xC00000DF, 1355 }, { 0xC0000192, 1792 }, { 0xC000018A, 1786 },
		{ 0xC000018B, 1787 },
	};
	if (value > UINT32_MAX || value < INT32_MIN)
		return false;
	uint32_t head = (uint32_t)value >> 16, low = (uint32_t)value & 0xFFFF;
	if (head == 0x8007 || (head == 0x800A && (low <= BASIC_MAX || is_script(low)))) {
		*ret_family = head == 0x8007 ? STR("win32") : is_script(low) ? STR("script") : STR("vb");
		*ret_value = low;
		return true;
	}
	if (value >= KRB5_BASE && value < KRB5_BASE + KRB5_PROTOCOL) {
		*ret_family = STR("krb5");
		*ret_value = value - KRB5_BASE;
		return true;
	}
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (table[i].status != (uint32_t)value)
			continue;
		*ret_family = STR("win32");
		*ret_value = table[i].error;
		return true;
	}
	return false;
}

static bool speaks_basic(const struct article *article)
{
	for (size_t i = 0; i < article->product_count; i++)
		if (has(article->products[i], "visual basic") || has(article->products[i], "access") ||
		    has(article->products[i], "foxpro") || has(article->products[i], "basic"))
			return true;
	return false;
}

static void add_code(struct rule *rule, struct arena *a, struct rule_code code)
{
	for (size_t i = 0; i < rule->code_count; i++)
		if (rule->codes[i].value == code.value && str_eq(rule->codes[i].symbol, code.symbol)) {
			rule->codes[i].defining |= code.defining;
			return;
		}
	struct rule_code *slot = arena_push(a, &rule->codes, &rule->code_count, &rule->code_cap);
	if (slot)
		*slot = code;
}

enum { CODES_A_TEXT = 16 };

static void add_codes_of(struct rule *rule, struct arena *a, struct str text, bool defining, bool basic)
{
	struct rule_code_at found[CODES_A_TEXT];
	size_t n = rule_codes_find(text, found, CODES_A_TEXT);
	for (size_t i = 0; i < n; i++) {
		found[i].code.defining = defining;
		if (basic && !found[i].code.family.n && !found[i].code.symbol.n && found[i].code.value > 0 &&
		    found[i].code.value < 1000)
			found[i].code.family = STR("vb");
		add_code(rule, a, found[i].code);
	}
}

enum err rule_add_codes(const struct article *article, struct arena *a, struct rule *rule)
{
	bool basic = speaks_basic(article);
	add_codes_of(rule, a, article->title, true, basic);
	for (size_t i = 0; i < rule->template_count; i++)
		add_codes_of(rule, a, rule->templates[i].text, rule->templates[i].place <= PLACE_TITLE, basic);
	return arena_err(a);
}
