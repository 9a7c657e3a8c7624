/* SPDX-License-Identifier: MIT */
#include "match/meaning.h"

#include <stdlib.h>
#include <string.h>

enum {
	CODES_MAX = 8,
	READINGS_A_CODE = 12,
	SYMBOL_MIN = 5,	       /* letters */
	SYMBOLS_WITHIN = 4096, /* bytes of a message in which a symbol is looked for */
	SYMBOLS_MAX = 64,      /* words looked up */
	SPECIFIC_FROM = 600,   /* from there on few families share a number */
	BEGUN_MIN = 8,	       /* letters of a table's text that was cut off */
	TEXT_WITHIN = 2048,    /* bytes of a message in which a system's text is looked for */
	TEXT_WORDS = 4	       /* of a text that is a system's wherever it stands */
};
#define PARTED_BEFORE ":\"'`([{<=>-.!?;,|"

/* Families in the order in which a bare number is taken. */
static const char *const preferred[] = { "win32",   "winsock", "hresult", "ntstatus", "ras",
					 "netbios", "smb",     "errno",	  "bugcheck", "vb" };
enum { BARE_FAMILIES = 4 /* of those: a number without any hint */ };

static unsigned preference(struct str family)
{
	unsigned i = 0;
	while (i < sizeof preferred / sizeof *preferred && !str_eq(family, str_c(preferred[i])))
		i++;
	return i;
}

static uint32_t first_row(const struct file_view *v, int64_t value)
{
	uint32_t low = 0, high = v->code_count;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (v->codes[middle].value < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct match_code code_of_row(const struct file_view *v, const struct file_code *row, int64_t value)
{
	return (struct match_code){ .known = true,
				    .value = value,
				    .family = file_str(v, row->family),
				    .symbol = file_str(v, row->symbol),
				    .says = file_str(v, row->says) };
}

bool meaning_is_only_told(struct str family)
{
	static const char *const others[] = { "netapi", "icmp", "dos" };
	bool common = preference(family) < sizeof preferred / sizeof *preferred;
	for (size_t i = 0; !common && i < sizeof others / sizeof *others; i++)
		common = str_eq(family, str_c(others[i]));
	return !common;
}

/* A code that a system says otherwise today has a row for each text: it is one reading, told in the first one's
 * words. */
static bool is_read(const struct file_view *v, const struct file_code *row, int64_t shown,
		    const struct match_code *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (out[i].value == shown && str_eq(out[i].family, file_str(v, row->family)) &&
		    str_eq(out[i].symbol, file_str(v, row->symbol)))
			return true;
	return false;
}

static void add_readings(const struct file_view *v, int64_t value, int64_t shown, struct match_code *out, size_t *n)
{
	for (uint32_t i = first_row(v, value); i < v->code_count && v->codes[i].value == value; i++)
		if (*n < READINGS_A_CODE && !meaning_is_only_told(file_str(v, v->codes[i].family)) &&
		    !is_read(v, &v->codes[i], shown, out, *n))
			out[(*n)++] = code_of_row(v, &v->codes[i], shown);
}

/* add_told: what the one table says that the text tells of. */
static void add_told(const struct file_view *v, int64_t value, struct str family, struct match_code *out, size_t *n)
{
	for (uint32_t i = first_row(v, value); i < v->code_count && v->codes[i].value == value; i++)
		if (*n < READINGS_A_CODE && str_eq(file_str(v, v->codes[i].family), family))
			out[(*n)++] = code_of_row(v, &v->codes[i], value);
}

/* What one table of Windows' numbers says of an error that an HRESULT or NTSTATUS carries; Basic's has its own. A
 * number carried so is of no other family. */
static void add_carried(const struct file_view *v, int64_t code, struct match_code *out, size_t *n)
{
	static const char *const windows[] = { "win32", "winsock", "netapi", "ras" };
	const struct file_code *best = NULL;
	size_t best_at = sizeof windows / sizeof *windows;
	int64_t value;
	struct str told;
	if (*n == READINGS_A_CODE || !rule_code_carried(code, &value, &told))
		return;
	for (uint32_t i = first_row(v, value); i < v->code_count && v->codes[i].value == value; i++) {
		struct str family = file_str(v, v->codes[i].family);
		size_t at = 0;
		if (str_eq(told, STR("win32")))
			while (at < best_at && !str_eq(family, str_c(windows[at])))
				at++;
		else
			at = str_eq(family, told) ? 0 : best_at;
		if (at >= best_at)
			continue;
		best = &v->codes[i];
		best_at = at;
	}
	if (best)
		out[(*n)++] = code_of_row(v, best, value);
}

static void add_symbol(const struct file_view *v, struct str symbol, struct match_code *out, size_t *n)
{
	static const struct str samba = STR_LIT("NT_"); /* which puts it before Windows' symbols */
	for (uint32_t i = 0; i < v->code_count && *n < READINGS_A_CODE; i++)
		if (str_eq(file_str(v, v->codes[i].symbol), symbol) &&
		    !is_read(v, &v->codes[i], v->codes[i].value, out, *n))
			out[(*n)++] = code_of_row(v, &v->codes[i], v->codes[i].value);
	if (!*n && str_starts(symbol, samba))
		add_symbol(v, str_from(symbol, samba.n), out, n);
}

size_t meaning_find_begun(struct str text, struct str says)
{
	struct str rest = says, word;
	if (!str_word(&rest, &word) || !str_word(&rest, &word))
		return STR_NONE;
	struct str head = str_first(says, (size_t)(word.p + word.n - says.p)), end;
	text = str_trim_end(text);
	while (text.n && strchr(".)\"'", text.p[text.n - 1])) /* "...": more of it was there */
		text.n--;
	for (size_t at = 0, n; (n = str_find_nocase(str_from(text, at), head)) != STR_NONE; at++) {
		at += n;
		end = str_from(text, at);
		bool whole = at == 0 || !char_is_alnum(text.p[at - 1]);
		if (whole && end.n >= BEGUN_MIN && str_starts_nocase(says, end))
			return at;
	}
	return STR_NONE;
}

/* The text of a table is in it, or the first words of that at its end. */
static bool says_in(struct str text, struct str says)
{
	while (says.n && says.p[says.n - 1] == '.')
		says.n--;
	return says.n > 4 &&
	       (str_find_nocase(text, says) != STR_NONE || meaning_find_begun(text, says) != STR_NONE);
}

/* How a program ended: by its own table, else by that of all programs; or with an error of the system, where the text
 * says what that says. */
static size_t readings_of_end(const struct file_view *v, struct str text, const struct rule_code *c,
			      struct match_code *out)
{
	size_t n = 0, kept = 0;
	add_readings(v, c->value, c->value, out, &n);
	for (size_t i = 0; i < n; i++)
		if (says_in(text, out[i].says))
			out[kept++] = out[i];
	if (!kept)
		add_told(v, c->value, c->family, out, &kept);
	if (!kept)
		add_told(v, c->value, STR("exit"), out, &kept);
	return kept;
}

/* told_family: of a table that was told and does not have the number nothing is known: it may be any. */
static struct str told_family(const struct file_view *v, const struct rule_code *c)
{
	struct match_code rows[READINGS_A_CODE];
	size_t n = 0;
	if (c->symbol.n || !c->family.n || !meaning_is_only_told(c->family) || rule_is_ended_family(c->family))
		return c->family;
	add_told(v, c->value, c->family, rows, &n);
	return n ? c->family : STR("");
}

/* All readings of one code; as unsigned 32 bits too, for tables write 0x80070035 and programs -2147024843. */
static size_t readings_of(const struct file_view *v, struct str text, const struct rule_code *c, struct match_code *out)
{
	static const char *const unique[] = { "jet", "wininet" }; /* nobody else has their numbers */
	size_t n = 0;
	if (rule_is_ended_family(c->family))
		return readings_of_end(v, text, c, out);
	if (c->symbol.n) {
		int64_t status;
		add_symbol(v, c->symbol, out, &n);
		/* what IIS adds to a status (403.6) tells more, and nothing else, where it is known */
		if (!n && str_eq(c->family, STR("http")) && str_i64(str_first(c->symbol, 3), &status))
			add_told(v, status, c->family, out, &n);
		if (n)
			add_carried(v, out[0].value, out, &n);
		return n;
	}
	add_readings(v, c->value, c->value, out, &n);
	if (c->family.n && meaning_is_only_told(c->family))
		add_told(v, c->value, c->family, out, &n);
	else
		for (size_t i = 0; i < sizeof unique / sizeof *unique; i++)
			add_told(v, c->value, str_c(unique[i]), out, &n);
	if (c->value < 0)
		add_readings(v, c->value & 0xFFFFFFFF, c->value, out, &n);
	if (c->value < 0 && str_eq(c->family, STR("errno"))) /* as the kernel gives them back */
		add_told(v, -c->value, c->family, out, &n);
	add_carried(v, c->value, out, &n);
	return n;
}

static bool better(struct str text, const struct rule_code *c, const struct match_code *x, const struct match_code *y)
{
	bool fx = str_eq(x->family, c->family), fy = str_eq(y->family, c->family);
	bool sx = says_in(text, x->says), sy = says_in(text, y->says);
	int64_t carried;
	struct str family;
	if (rule_code_carried(c->value, &carried, &family))
		return x->value == carried && y->value != carried;
	if (fx != fy)
		return fx;
	if (sx != sy)
		return sx;
	return preference(x->family) < preference(y->family);
}

/* A bare number is taken for Windows', never for a language's or for Linux'; a family that was told must be met. */
static bool is_told(struct str message, const struct rule_code *c, const struct match_code *reading, size_t readings)
{
	static const char *const few[] = { "ras", "netapi", "jet", "wininet" };
	bool rare = false;
	for (size_t i = 0; i < sizeof few / sizeof *few; i++)
		rare |= str_eq(reading->family, str_c(few[i]));
	if (!c->family.n && readings == 1 && rare)
		return true; /* nobody else has that number */
	if (rule_is_ended_family(c->family))
		return true; /* else it is no reading */
	if (c->symbol.n || str_eq(reading->family, c->family) || reading->value != c->value)
		return true;
	if (str_eq(c->family, STR("dos")) && str_eq(reading->family, STR("win32")))
		return true; /* which took its numbers over */
	return !c->family.n && (preference(reading->family) < BARE_FAMILIES || says_in(message, reading->says));
}

/* note_written: the number as it was written has a name of its own, beside that of the error that it carries. */
static void note_written(const struct rule_code *c, const struct match_code *readings, size_t n,
			 struct match_code *code)
{
	for (size_t i = 0; i < n && code->value != c->value; i++) {
		const struct match_code *own = &readings[i];
		bool named = c->symbol.n ? str_ends(c->symbol, own->symbol) : own->value == c->value;
		if (!named || own->value == code->value)
			continue;
		code->written = own->value & UINT32_MAX;
		code->written_family = own->family;
		code->written_symbol = own->symbol;
		return;
	}
}

/* symbol_row finds a symbol of the table whatever its case; those without a mark in them are words of some length. */
static const struct file_code *symbol_row(const struct file_view *v, struct str word)
{
	bool marked = str_find_char(word, '_') != STR_NONE;
	char first = word.n ? char_lower(word.p[0]) : ' ';
	if (word.n < SYMBOL_MIN || (!marked && first != 'e' && first != 'w'))
		return NULL;
	for (uint32_t i = 0; i < v->code_count; i++)
		if (str_eq_nocase(file_str(v, v->codes[i].symbol), word))
			return &v->codes[i];
	return NULL;
}

/* read_code gives the answer what the table says of a code, where the message tells which reading holds. */
static bool read_code(const struct file_view *v, struct str message, const struct rule_code *told,
		      struct match_span span, struct arena *a, struct match_answer *answer)
{
	struct rule_code code = *told, *c = &code;
	code.family = told_family(v, told);
	struct match_code *readings = arena_array(a, struct match_code, READINGS_A_CODE);
	size_t count = readings ? readings_of(v, message, c, readings) : 0, best = 0;
	if (!count)
		return false;
	for (size_t k = 1; k < count; k++)
		if (better(message, c, &readings[k], &readings[best]))
			best = k;
	answer->code_readings = readings;
	answer->code_reading_count = count;
	if (!is_told(message, c, &readings[best], count))
		return false;
	answer->code = readings[best];
	answer->code.span = span;
	note_written(c, readings, count, &answer->code);
	return true;
}

/* A symbol by itself that begins as no other code does, or in odd case: INACCESSIBLE_BOOT_DEVICE,
 * error_bad_netpath. */
static void read_symbol(const struct file_view *v, struct str message, size_t at, struct arena *a,
			struct match_answer *answer)
{
	struct str rest = str_first(message, SYMBOLS_WITHIN);
	for (unsigned tried = 0; rest.n && tried < SYMBOLS_MAX;) {
		size_t n = 0, start = (size_t)(rest.p - message.p);
		while (n < rest.n && (char_is_alnum(rest.p[n]) || rest.p[n] == '_'))
			n++;
		const struct file_code *row = symbol_row(v, str_first(rest, n));
		struct rule_code c = { .symbol = row ? file_str(v, row->symbol) : STR("") };
		tried += n >= SYMBOL_MIN;
		rest = str_from(rest, n ? n : 1);
		if (row && read_code(v, message, &c, (struct match_span){ at + start, at + start + n }, a, answer))
			return;
	}
}

/* What a program ended with tells less than what it said before, and DISP_E_EXCEPTION only that a method's own error
 * stands beside it (MS-OAUT: EXCEPINFO's scode). */
static bool tells_less(const struct rule_code *c)
{
	return rule_is_ended_family(c->family) || (uint32_t)c->value == UINT32_C(0x80020009);
}

static void put_last_what_tells_less(struct rule_code_at *found, size_t n)
{
	struct rule_code_at less[CODES_MAX];
	size_t kept = 0, less_count = 0;
	for (size_t i = 0; i < n; i++) {
		if (tells_less(&found[i].code))
			less[less_count++] = found[i];
		else
			found[kept++] = found[i];
	}
	for (size_t i = 0; i < less_count; i++)
		found[kept + i] = less[i];
}

/* "2019/03/02 11:20:31 ERROR 5 (0x00000005)": what was taken for a line's level is a part of what it says. */
static size_t start_with_level(struct str text, size_t start)
{
	struct str head = str_first(text, start), w = rule_word_before(head);
	bool beside = w.n && w.p + w.n + 1 == head.p + head.n && str_ends(head, STR(" "));
	return beside && start < text.n && char_is_digit(text.p[start]) && rule_is_code_word(w) ? start - w.n - 1 : start;
}

void meaning_read(const struct file_view *v, struct str text, struct match_span payload, struct arena *a,
		  struct match_answer *answer)
{
	struct rule_code_at found[CODES_MAX];
	payload.start = start_with_level(text, payload.start);
	struct str message = str_part(text, payload.start, payload.end);
	size_t n = rule_codes_find(str_first(message, 64 << 10), found, CODES_MAX);
	put_last_what_tells_less(found, n);
	for (size_t i = 0; i < n; i++) {
		struct match_span span = { payload.start + found[i].start, payload.start + found[i].end };
		if (!i)
			answer->code = (struct match_code){ .known = true,
							    .value = found[i].code.value,
							    .family = found[i].code.family,
							    .symbol = found[i].code.symbol,
							    .span = span };
		if (read_code(v, message, &found[i].code, span, a, answer))
			return;
	}
	if (!n)
		read_symbol(v, message, payload.start, a, answer);
}

/* without_marks: a text without the quotes and stops around it. */
static struct str without_marks(struct str s)
{
	return str_trim_of(s, " \t\r\n\"'`.:!;,()[]");
}

/* windows_family gives the place of a family in the order in which Windows' texts are taken. */
enum { WINDOWS_FAMILIES = 4 };
static size_t windows_family(struct str family)
{
	static const char *const windows[WINDOWS_FAMILIES] = { "win32", "winsock", "ras", "netapi" };
	size_t at = 0;
	while (at < WINDOWS_FAMILIES && !str_eq(family, str_c(windows[at])))
		at++;
	return at;
}

static bool is_linux(struct str family)
{
	return str_eq(family, STR("errno"));
}

static int by_start(const void *a, const void *b)
{
	const struct file_said *x = a, *y = b;
	return x->start != y->start ? (x->start > y->start) - (x->start < y->start) :
				      (x->code > y->code) - (x->code < y->code);
}

enum err meaning_put_said(struct buf sections[SEC_COUNT])
{
	struct buf *out = &sections[SEC_SAID];
	const struct file_code *codes = (const void *)sections[SEC_CODE].p;
	const char *text = sections[SEC_TEXT].p;
	uint32_t count = (uint32_t)(sections[SEC_CODE].n / sizeof *codes);
	for (uint32_t i = 0; i < count; i++) {
		struct str family = { text + codes[i].family.at, codes[i].family.n };
		struct str says = without_marks((struct str){ text + codes[i].says.at, codes[i].says.n });
		struct file_said said = { str_start(says), i };
		if (says.n && (is_linux(family) || windows_family(family) < WINDOWS_FAMILIES))
			buf_add_bytes(out, &said, sizeof said);
	}
	if (out->n && !buf_err(out))
		qsort(out->p, out->n / sizeof(struct file_said), sizeof(struct file_said), by_start);
	return buf_err(out);
}

/* first_said gives the first of the texts that start so, or of those behind. */
static uint32_t first_said(const struct file_view *v, uint32_t start)
{
	uint32_t low = 0, high = v->said_count;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (v->said[middle].start < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool meaning_read_text(const struct file_view *v, struct str text, struct match_span payload,
		       struct match_answer *answer)
{
	size_t best = WINDOWS_FAMILIES + 1; /* behind Windows' texts those of Linux */
	struct str said = without_marks(str_part(text, payload.start, payload.end));
	size_t at = (size_t)(said.p - text.p);
	uint32_t start = str_start(said);
	for (uint32_t i = first_said(v, start); said.n && i < v->said_count && v->said[i].start == start; i++) {
		const struct file_code *row = &v->codes[v->said[i].code];
		size_t place = windows_family(file_str(v, row->family));
		if (place >= best || !str_eq_nocase(without_marks(file_str(v, row->says)), said))
			continue;
		best = place;
		answer->code = code_of_row(v, row, row->value);
		answer->code.span = (struct match_span){ at, at + said.n };
	}
	return best <= WINDOWS_FAMILIES;
}

bool meaning_is_text(const struct file_view *v, const struct match_code *code, struct str text)
{
	struct str said = without_marks(text);
	for (uint32_t i = first_row(v, code->value); i < v->code_count && v->codes[i].value == code->value; i++)
		if (said.n && str_eq_nocase(without_marks(file_str(v, v->codes[i].says)), said))
			return true;
	return false;
}

/* Marks stand on both sides of it, or nothing. */
static bool is_parted(struct str s, size_t start, size_t end)
{
	struct str before = str_trim_end(str_first(s, start)), behind = str_trim(str_from(s, end));
	return (!before.n || strchr(PARTED_BEFORE, before.p[before.n - 1])) &&
	       (!behind.n || !char_is_alnum(behind.p[0]));
}

/* It is spelled as the system does, with a capital letter within a sentence, where no word of that sentence has one:
 * "xcopy said Access is denied when". */
static bool is_quoted(struct str s, size_t start, struct str says)
{
	struct str before = str_trim_end(str_first(s, start));
	return before.n && char_is_alnum(before.p[before.n - 1]) && !memcmp(s.p + start, says.p, says.n);
}

/* stands_at: a text of two words or more stands at s[at], as words, and is a system's there. */
static bool stands_at(struct str s, size_t at, struct str says, bool *ret_parted)
{
	size_t end = at + says.n;
	if (!str_starts_nocase(str_from(s, at), says) || (end < s.n && char_is_alnum(s.p[end])))
		return false;
	size_t words = str_count_words(says);
	*ret_parted = is_parted(s, at, end);
	return words > 1 && (*ret_parted || words >= TEXT_WORDS || (words > 2 && is_quoted(s, at, says)));
}

bool meaning_find_text(const struct file_view *v, struct str text, struct match_span payload,
		       struct said_text *ret_found)
{
	struct str s = str_first(str_part(text, payload.start, payload.end), TEXT_WITHIN);
	struct said_text best = { 0 };
	size_t longest = 0;
	uint32_t code = 0;
	for (size_t at = 0; at < s.n; at++) {
		uint32_t start = str_start(str_from(s, at));
		bool parted;
		if (at && char_is_alnum(s.p[at - 1]))
			continue;
		for (uint32_t i = first_said(v, start); i < v->said_count && v->said[i].start == start; i++) {
			const struct file_code *row = &v->codes[v->said[i].code];
			struct str says = without_marks(file_str(v, row->says));
			if (says.n < longest || (says.n == longest && v->said[i].code >= code) ||
			    !stands_at(s, at, says, &parted))
				continue;
			longest = says.n;
			code = v->said[i].code;
			best = (struct said_text){ { payload.start + at, payload.start + at + longest }, parted,
						   is_linux(file_str(v, row->family)) };
		}
	}
	*ret_found = best;
	return longest > 0;
}

/* Families that number alike. */
static struct str plain_family(struct str family)
{
	return str_eq(family, STR("hresult")) || str_eq(family, STR("dos")) ? STR("win32") : family;
}

static bool is_about(const struct file_view *v, const struct match_code *code, const struct file_article *a)
{
	int64_t carried;
	struct str told;
	for (uint32_t i = 0; a->stamp && i < a->code_n; i++) {
		const struct file_article_code *c = &v->article_codes[a->code_at + i];
		struct str family = file_str(v, c->family);
		bool same =
			family.n ? str_eq(plain_family(family), plain_family(code->family)) : c->value >= SPECIFIC_FROM;
		if (c->value == code->value && same)
			return true;
		if (rule_code_carried(c->value, &carried, &told) && carried == code->value &&
		    str_eq(told, code->family))
			return true;
	}
	return false;
}

static float weight_of_article(const struct file_view *v, const struct match_code *code, const struct file_article *a)
{
	struct rule_code_at found[4];
	size_t n = rule_codes_find(file_str(v, a->title), found, 4);
	if (a->authored)
		return 8;
	for (size_t i = 0; i < n; i++)
		if (found[i].code.value == code->value)
			return 2;
	return 1;
}

uint32_t meaning_articles(const struct file_view *v, const struct match_code *code, struct code_article *ret_found,
			  uint32_t max)
{
	uint32_t n = 0;
	bool ours = rule_is_ended_family(code->family); /* others tell of other programs that end so */
	for (uint32_t i = 0; i < v->article_count; i++) {
		if ((ours && !v->articles[i].authored) || !is_about(v, code, &v->articles[i]))
			continue;
		struct code_article x = { i, weight_of_article(v, code, &v->articles[i]) };
		uint32_t at = n < max ? n++ : max;
		for (; at > 0 && ret_found[at - 1].weight < x.weight; at--)
			if (at < max)
				ret_found[at] = ret_found[at - 1];
		if (at < max)
			ret_found[at] = x;
	}
	return n;
}

bool meaning_conflicts(const struct file_view *v, const struct match_code *code, uint32_t article)
{
	const struct file_article *a = &v->articles[article];
	bool other = false;
	if (!code->known || !code->family.n)
		return false;
	for (uint32_t i = 0; i < a->code_n; i++) {
		const struct file_article_code *c = &v->article_codes[a->code_at + i];
		if (c->value != code->value)
			continue;
		struct str family = file_str(v, c->family);
		if (!family.n || str_eq(plain_family(family), plain_family(code->family)))
			return false;
		other = true;
	}
	return other;
}
