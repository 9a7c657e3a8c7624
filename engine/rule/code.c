/* SPDX-License-Identifier: MIT
 *
 * Error codes in a text: decimal and hexadecimal numbers beside a word that says so (error, code, rc, status), 32-bit
 * values that are HRESULTs or NTSTATUSes by their top bits (MS-ERREF 2.1, 2.3), and symbols. The family comes from the
 * shape and from the words around; where they do not tell, it stays empty. Pure, linear.
 */
#include "rule/rule.h"

enum { WORDS_BEFORE = 48 /* bytes looked back at for a word that makes a number a code */ };

static bool is_word_char(char c)
{
	return char_is_alnum(c) || c == '_';
}

static struct str before(struct str text, size_t at, size_t n)
{
	size_t from = at > n ? at - n : 0;
	return str_first(str_from(text, from), at - from);
}

static bool has(struct str text, const char *word)
{
	return str_find_nocase(text, str_c(word)) != STR_NONE;
}

/* The last word before a number, marks like "= # ( :" left out: "Error = 53", "rc = 87", "errno(2)", "'53'". */
static struct str word_before(struct str s)
{
	while (s.n && !is_word_char(s.p[s.n - 1]) && s.p[s.n - 1] != '.' && s.p[s.n - 1] != ';')
		s.n--;
	size_t at = s.n;
	while (at && is_word_char(s.p[at - 1]))
		at--;
	return str_from(s, at);
}

static bool is_code_word(struct str w)
{
	static const char *const words[] = { "error", "err", "errno", "code", "rc", "status", "errorcode", "winerror",
					     "number", "errnum", "hresult", "hr", "lasterror", "getlasterror", "result",
					     "ntstatus", "errors", "retcode", "oserror", "dwerror", "errcode" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq_nocase(w, str_c(words[i])))
			return true;
	return false;
}

/* What the words say: the program that numbers so, or the table that the number is from. */
static struct str family_by_words(struct str around)
{
	static const struct { const char *words, *family; } table[] = {
		{ "run-time error", "vb" },	 { "runtime error", "vb" },	{ "run time error", "vb" },
		{ "wordbasic", "vb" },		 { "visual basic", "vb" },	{ "trappable error", "vb" },
		{ "mount error(", "errno" },	 { "errno", "errno" },		{ "[errno", "errno" },
		{ "system error ", "win32" },	 { "winerror", "win32" },		{ "getlasterror", "win32" },
		{ "net helpmsg", "win32" },	 { "wnetaddconnection", "win32" }, { "windows nt error", "win32" },
		{ "winsock", "winsock" },	 { "wsa", "winsock" },		{ "dos error", "win32" },
		{ "internal windows", "win32" },	 { "hresult", "hresult" },	{ "nt_status", "ntstatus" },
		{ "stop:", "bugcheck" },	 { "stop 0x", "bugcheck" },	{ "bugcheck", "bugcheck" },
		{ "remote access", "ras" },	 { "dial-up", "ras" },		{ "ras ", "ras" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (has(around, table[i].words))
			return str_c(table[i].family);
	return STR("");
}

/* An HRESULT or NTSTATUS of an error by its top bits, also as programs print it: signed, or unsigned in decimal. */
static bool is_wide(int64_t value, bool hex)
{
	uint32_t top = (uint32_t)value >> 28;
	bool signless = hex || value > INT32_MAX;
	return (signless ? value <= UINT32_MAX : value < 0 && value >= INT32_MIN) && (top == 0x8 || top == 0xC);
}

static struct str family_of(struct str text, size_t at, int64_t value, bool hex)
{
	struct str words = family_by_words(before(text, at, WORDS_BEFORE));
	if (str_eq(words, STR("bugcheck")) || (str_eq(words, STR("ras")) && (value < 600 || value > 800)))
		words = hex && str_eq(words, STR("bugcheck")) ? words : STR("");
	if (words.n)
		return words;
	if (is_wide(value, hex))
		return (uint32_t)value >> 28 == 0x8 ? STR("hresult") : STR("ntstatus");
	if (value >= 10004 && value <= 11031)
		return STR("winsock");
	return STR("");
}

/* "(53)" behind a name, as in "WNetAddConnection2 (53)": a code where the text speaks of failing. */
static bool in_parentheses(struct str text, size_t start, size_t end)
{
	if (!start || text.p[start - 1] != '(' || end >= text.n || text.p[end] != ')')
		return false;
	struct str head = before(text, start, 160);
	return has(head, "error") || has(head, "fail") || has(head, "cannot") || has(head, "could not");
}

static bool is_code(struct str text, size_t start, size_t end, int64_t value, bool hex)
{
	struct str head = before(text, start, WORDS_BEFORE), w = word_before(head);
	if ((is_wide(value, hex) && (value < 0 || (hex && end - start == 10))) || in_parentheses(text, start, end))
		return true;
	if (is_code_word(w))
		return true;
	return str_eq_nocase(w, STR("stop")) && hex;
}

/* The number at text[at], or 0: decimal of at most ten digits, or 0x and at most eight. */
static size_t number_at(struct str text, size_t at, int64_t *ret_value, bool *ret_hex)
{
	size_t n = at < text.n && text.p[at] == '-' ? 1 : 0, digits = 0;
	*ret_hex = at + 2 < text.n && text.p[at] == '0' && char_lower(text.p[at + 1]) == 'x';
	if (*ret_hex)
		n = 2;
	while (at + n + digits < text.n && digits < 11 &&
	       (*ret_hex ? char_is_hex(text.p[at + n + digits]) : char_is_digit(text.p[at + n + digits])))
		digits++;
	size_t end = at + n + digits;
	if (!digits || digits > (*ret_hex ? 8 : 10) || (end < text.n && is_word_char(text.p[end])))
		return 0;
	return str_i64(str_first(str_from(text, at), n + digits), ret_value) ? n + digits : 0;
}

/* ERROR_BAD_NETPATH, NT_STATUS_BAD_NETWORK_PATH, WSAECONNREFUSED */
static bool is_symbol(struct str w)
{
	static const char *const heads[] = { "ERROR_", "STATUS_", "NT_STATUS_", "NERR_", "WSAE", "RPC_S_", "E_",
					     "SEC_E_", "RPC_E_", "DISP_E_", "CO_E_", "REGDB_E_" };
	bool headed = false;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		headed |= w.n > str_c(heads[i]).n + 2 && str_starts(w, str_c(heads[i]));
	for (size_t i = 0; headed && i < w.n; i++)
		headed = char_is_upper(w.p[i]) || char_is_digit(w.p[i]) || w.p[i] == '_';
	return headed;
}

static size_t word_length(struct str text, size_t at)
{
	size_t n = 0;
	while (at + n < text.n && is_word_char(text.p[at + n]))
		n++;
	return n;
}

size_t rule_codes_find(struct str text, struct rule_code_at *codes, size_t max)
{
	size_t count = 0;
	for (size_t at = 0; at < text.n && count < max;) {
		struct rule_code_at c = { 0 };
		bool hex, sign = text.p[at] == '-' && at + 1 < text.n && char_is_digit(text.p[at + 1]) &&
				 !(at && char_is_digit(text.p[at - 1])); /* "S-1-5-21-1957994488" has none */
		if (!is_word_char(text.p[at]) && !sign) {
			at++;
			continue;
		}
		size_t n = number_at(text, at, &c.code.value, &hex);
		size_t length = n ? n : word_length(text, at);
		if (n && is_code(text, at, at + n, c.code.value, hex)) {
			c.code.family = family_of(text, at, c.code.value, hex);
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

/* HRESULT_FROM_WIN32: 0x8007xxxx carries a Windows error; and of the NTSTATUSes those that networks give
 * (MS-ERREF, RtlNtStatusToDosError). */
bool rule_code_win32(int64_t value, int64_t *ret_value)
{
	static const struct { uint32_t status; uint16_t error; } table[] = {
		{ 0xC0000022, 5 },    { 0xC0000034, 2 },    { 0xC000003A, 3 },	  { 0xC000005E, 1311 },
		{ 0xC0000064, 1317 }, { 0xC000006D, 1326 }, { 0xC000006E, 1327 }, { 0xC0000071, 1330 },
		{ 0xC0000072, 1331 }, { 0xC00000B5, 121 },  { 0xC00000BB, 50 },	  { 0xC00000BC, 51 },
		{ 0xC00000BD, 52 },   { 0xC00000BE, 53 },   { 0xC00000BF, 54 },	  { 0xC00000C3, 58 },
		{ 0xC00000C4, 59 },   { 0xC00000C9, 64 },   { 0xC00000CA, 65 },	  { 0xC00000CC, 67 },
		{ 0xC00000D0, 71 },   { 0xC0000234, 1909 }, { 0xC0000236, 1225 }, { 0xC000023C, 1231 },
		{ 0xC000023D, 1232 }, { 0xC000018D, 1789 },
	};
	if (value > UINT32_MAX || value < INT32_MIN)
		return false;
	if (((uint32_t)value & 0xFFFF0000u) == 0x80070000u) {
		*ret_value = (uint32_t)value & 0xFFFF;
		return true;
	}
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (table[i].status != (uint32_t)value)
			continue;
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
