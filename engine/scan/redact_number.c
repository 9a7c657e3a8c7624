/* SPDX-License-Identifier: MIT
 *
 * Numbers that tell of a person: payment cards (ISO/IEC 7812: known beginnings, the Luhn digit), bank accounts (IBAN,
 * ISO 13616: mod 97), telephone numbers (E.164, or behind a word that announces one), social security numbers. See
 * redact_shapes.h.
 */
#include "scan/redact_shapes.h"

enum {
	CARD_MIN = 14,
	CARD_MAX = 19,
	IBAN_MIN = 15,
	IBAN_MAX = 34,
	PHONE_MIN = 8, /* digits behind a plus */
	PHONE_MAX = 15,
	LOCAL_MIN = 6,	  /* behind a word */
	FRACTION_MAX = 7, /* digits behind a stop: so many are no fraction */
	NUMBER_MAX = 48
};

/* A number in groups: its digits (letters, too, of an account), and the bytes that it takes. */
struct number {
	char digits[NUMBER_MAX];
	size_t count, n;
};

/* read_number: groups of at least two, with one and the same mark between them. */
static struct number read_number(struct str s, size_t at, const char *marks, bool letters)
{
	struct number x = { .n = 0 };
	char mark = 0;
	for (size_t i = at; x.count < NUMBER_MAX; i++) {
		char c = at_or_nul(s, i);
		if (char_is_digit(c) || (letters && char_is_upper(c))) {
			x.digits[x.count++] = c;
			x.n = i + 1 - at;
			continue;
		}
		char next = at_or_nul(s, i + 1), after = at_or_nul(s, i + 2);
		bool goes_on = one_of(c, marks) && (!mark || c == mark) && i > at + 1 && char_is_alnum(next) &&
			       char_is_alnum(after) && char_is_alnum(s.p[i - 2]);
		if (!goes_on)
			break;
		mark = c;
	}
	return x;
}

static unsigned first_of(const struct number *x, size_t count)
{
	unsigned value = 0;
	for (size_t i = 0; i < count; i++)
		value = value * 10 + (unsigned)(x->digits[i] - '0');
	return value;
}

static bool is_card(const struct number *x)
{
	if (x->count < CARD_MIN || x->count > CARD_MAX)
		return false;
	unsigned two = first_of(x, 2), four = first_of(x, 4);
	bool sixteen = (two >= 51 && two <= 55) || (four >= 2221 && four <= 2720) || two == 35 || four == 6011 ||
		       (four >= 6440 && four <= 6599) || two == 67;
	bool fits = (two / 10 == 4 && (x->count == 16 || x->count == 19)) || (sixteen && x->count == 16) ||
		    ((two == 34 || two == 37) && x->count == 15) || (two == 62 && x->count >= 16) ||
		    ((two == 36 || two == 38 || two == 30) && x->count == 14);
	unsigned sum = 0;
	for (size_t i = 0; i < x->count; i++) {
		unsigned digit = (unsigned)(x->digits[x->count - 1 - i] - '0') << (i & 1);
		sum += digit > 9 ? digit - 9 : digit;
	}
	return fits && sum % 10 == 0;
}

/* is_iban: two letters and two digits, and all of it, those four last, leaves 1 by 97. */
static bool is_iban(const struct number *x, size_t count)
{
	unsigned rest = 0;
	if (count < IBAN_MIN || count > IBAN_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		char c = x->digits[(i + 4) % count];
		rest = char_is_digit(c) ? rest * 10 + (unsigned)(c - '0') : rest * 100 + (unsigned)(c - 'A') + 10;
		rest %= 97;
	}
	return rest == 1;
}

static size_t iban_at(struct str s, size_t at)
{
	if (!char_is_upper(s.p[at]) || !char_is_upper(at_or_nul(s, at + 1)) || !char_is_digit(at_or_nul(s, at + 2)) ||
	    !char_is_digit(at_or_nul(s, at + 3)))
		return 0;
	struct number x = read_number(s, at, " -", true);
	if (is_name(at_or_nul(s, at + x.n)) && at_or_nul(s, at + x.n) != '.' && at_or_nul(s, at + x.n) != '-')
		return 0;
	for (size_t count = x.count, n = x.n; count >= IBAN_MIN; count--) { /* a word in capitals may stand behind it */
		if (is_iban(&x, count))
			return n;
		n--;
		while (n && !char_is_alnum(s.p[at + n - 1]))
			n--;
	}
	return 0;
}

/* phone_run: digits in groups with blanks, dashes, stops, slashes and brackets between them; their number in
 * ret_digits. */
static size_t phone_run(struct str s, size_t at, size_t *ret_digits)
{
	size_t n = 0, digits = 0, i = at + (at_or_nul(s, at) == '+');
	while (i < s.n && digits <= PHONE_MAX) {
		if (char_is_digit(s.p[i])) {
			digits++;
			n = ++i - at;
			continue;
		}
		size_t mark = i;
		while (one_of(at_or_nul(s, i), " -./()") && i < mark + 2)
			i++;
		if (i == mark || !char_is_digit(at_or_nul(s, i)))
			break;
	}
	*ret_digits = digits;
	return n;
}

/* is_measured: "+12345678 bytes", "+12.345678 ppm": by how much something grew. A telephone number may have one stop,
 * behind the country, but more digits behind it. */
static bool is_measured(struct str s, size_t at, size_t n)
{
	static const char units[] =
		"byte bytes octets bits bit kb mb gb tb kib mib gib tib ns us ms sec secs seconds minutes hours days "
		"ppm ppb hz khz mhz rows records lines blocks pages samples packets sectors inodes ticks cycles";
	struct str number = part(s, at, n), rest = str_from(s, at + n), word;
	size_t stop = str_find_char(number, '.');
	bool one = stop != STR_NONE && str_find_char(str_from(number, stop + 1), '.') == STR_NONE;
	bool spaced = str_find_char(number, ' ') != STR_NONE || str_find_char(number, '-') != STR_NONE;
	if (one && !spaced && n - stop - 1 < FRACTION_MAX)
		return true;
	if (!rest.n || rest.p[0] != ' ' || !str_word(&rest, &word))
		return false;
	while (word.n && !char_is_alnum(word.p[word.n - 1]))
		word.n--;
	return str_in_list(str_first(word, str_find_char(word, '/')), units);
}

/* is_dialed: "dialing 555-1234", "sms to 0151 234567". */
static bool is_dialed(struct str s, size_t at)
{
	struct str before = redact_word_before(s, at);
	if (str_eq_nocase(before, STR("to"))) {
		struct str sent = redact_word_before(s, (size_t)(before.p - s.p));
		if (str_eq_nocase(sent, STR("sent")) &&
		    str_in_list(redact_word_before(s, (size_t)(sent.p - s.p)), "sms fax text message code"))
			return true;
	}
	if (str_in_list(before, "dialing dialed dialling dialled calling caller phoned texted faxed phone tel mobile"))
		return true;
	return str_eq_nocase(before, STR("to")) &&
	       str_in_list(redact_word_before(s, (size_t)(before.p - s.p)), "sms call calls fax dialing");
}

/* phone_at: +49 151 ..., whose country is of one to three digits, the first no zero; +0100 is a zone of time. */
static size_t phone_at(struct str s, size_t at)
{
	size_t digits, n = phone_run(s, at, &digits), country = 0;
	while (char_is_digit(at_or_nul(s, at + 1 + country)))
		country++;
	bool fits = country && s.p[at + 1] != '0' && (country <= 3 || country >= PHONE_MIN);
	fits = fits && digits >= PHONE_MIN && digits <= PHONE_MAX && !char_is_alnum(at_or_nul(s, at + n));
	return fits && (is_dialed(s, at) || !is_measured(s, at, n)) ? n : 0;
}

size_t redact_phone(struct str s, size_t at)
{
	size_t digits, open = at_or_nul(s, at) == '(', n = phone_run(s, at + open, &digits);
	return digits >= LOCAL_MIN && digits <= PHONE_MAX && !is_name(at_or_nul(s, at + open + n)) ? n + open : 0;
}

/* social_at: 123-45-6789 */
static size_t social_at(struct str s, size_t at)
{
	static const char form[] = "xxx-xx-xxxx";
	for (size_t n = 0; form[n]; n++)
		if (form[n] == 'x' ? !char_is_digit(at_or_nul(s, at + n)) : at_or_nul(s, at + n) != '-')
			return 0;
	return is_name(at_or_nul(s, at + sizeof form - 1)) ? 0 : sizeof form - 1;
}

size_t redact_number_at(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	if (s.p[at] == '+') {
		size_t n = phone_at(s, at);
		return n ? redact_take(f, at, n, REDACT_ID) : at;
	}
	if (char_is_upper(s.p[at])) {
		size_t n = iban_at(s, at);
		return n ? redact_take(f, at, n, REDACT_SECRET) : at;
	}
	if (!char_is_digit(s.p[at]))
		return at;
	struct number x = read_number(s, at, " -", false);
	char behind = at_or_nul(s, at + x.n);
	if (is_card(&x) && !char_is_alnum(behind) && behind != '_')
		return redact_take(f, at, x.n, REDACT_SECRET);
	size_t open = at && s.p[at - 1] == '(' && is_dialed(s, at - 1) ? redact_phone(s, at - 1) : 0;
	if (open) /* (030) 901820 */
		return redact_take(f, at - 1, open, REDACT_ID);
	size_t n = social_at(s, at), phone = n ? 0 : is_dialed(s, at) ? redact_phone(s, at) : 0;
	if (phone)
		return redact_take(f, at, phone, REDACT_ID);
	return n ? redact_take(f, at, n, REDACT_SECRET) : at;
}
