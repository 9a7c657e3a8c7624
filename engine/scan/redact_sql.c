/* SPDX-License-Identifier: MIT
 *
 * Secrets in SQL, by the column that they are for: "INSERT INTO users (name, password) VALUES ('bob', 'x1')"; without
 * columns, by the table's name and by how the value looks; and by the place among a procedure's arguments. See
 * redact_shapes.h.
 */
#include "scan/redact_shapes.h"

enum { COLUMNS_MAX = 32, BEFORE_MAX = 1024 };

static const uint32_t by_looks = UINT32_MAX; /* which columns there are is not told */

/* columns_before: which of the columns in the parentheses before a place are a secret's, as bits; 0 for none. */
static uint32_t columns_before(struct str s, size_t at)
{
	uint32_t secret = 0;
	while (at && char_is_space(s.p[at - 1]))
		at--;
	if (!at || s.p[--at] != ')')
		return 0;
	size_t open = at;
	while (open && at - open < BEFORE_MAX && s.p[open - 1] != '(')
		open--;
	struct str rest = part(s, open, at - open), column;
	for (unsigned i = 0; rest.n && i < COLUMNS_MAX; i++) {
		str_cut(rest, ',', &column, &rest);
		column = str_trim(column);
		if (column.n > 2 && one_of(column.p[0], "`\"["))
			column = str_part(column, 1, column.n - 1);
		bool is = redact_is_secret_key(column) || redact_ends_secret(column);
		secret |= is ? UINT32_C(1) << i : 0;
	}
	return secret;
}

/* is_of_people: "INTO users VALUES", with or without a schema: the table has who may log in, and its row a password. */
static bool is_of_people(struct str s, size_t at)
{
	static const struct str tables[] = { STR_LIT("user"),	  STR_LIT("users"),	 STR_LIT("account"),
					     STR_LIT("accounts"), STR_LIT("member"),	 STR_LIT("members"),
					     STR_LIT("login"),	  STR_LIT("logins"),	 STR_LIT("admin"),
					     STR_LIT("admins"),	  STR_LIT("credentials") };
	while (at && one_of(s.p[at - 1], " `\"]"))
		at--;
	size_t start = at;
	while (start && at - start < BEFORE_MAX &&
	       (char_is_alnum(s.p[start - 1]) || one_of(s.p[start - 1], "_-.`\"[]")))
		start--;
	struct str table = part(s, start, at - start);
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (str_ends_nocase(table, tables[i]))
			return str_eq_nocase(redact_word_before(s, start), STR("into"));
	return false;
}

/* looks_secret: a word of letters with digits or marks: no date, mail address, file or number. */
static bool looks_secret(struct str word)
{
	enum { LEAST = 6 };
	bool letter = false, odd = false;
	for (size_t i = 0; i < word.n; i++) {
		letter |= char_is_alpha(word.p[i]);
		odd |= char_is_digit(word.p[i]) || one_of(word.p[i], "!#$%^&*+");
		if (one_of(word.p[i], " /:.\\") || (word.p[i] == '-' && i && char_is_digit(word.p[i - 1])))
			return false;
	}
	size_t sign = str_find_char(word, '@');
	bool done = sign != STR_NONE && redact_is_done(str_from(word, sign + 1)); /* USER-1@HOST-1 */
	return word.n >= LEAST && letter && odd && !done;
}

/* quoted_at: the bytes up to the end of what the quote at a place begins; a doubled one is a quote within it. */
static size_t quoted_at(struct str s, size_t at)
{
	size_t n = 1;
	while (at + n < s.n && (s.p[at + n] != s.p[at] || at_or_nul(s, at + n + 1) == s.p[at]))
		n += s.p[at + n] == s.p[at] || s.p[at + n] == '\\' ? 2 : 1;
	return at + n < s.n ? n + 1 : s.n - at;
}

/* take_value: of a column of a secret, where it is text. */
static void take_value(struct redact_finder *f, size_t at, size_t end, uint32_t secret)
{
	struct str s = f->line;
	size_t literal = one_of(at_or_nul(s, at), "'\"") ? 1 : redact_literal_at(s, at), from = at + literal;
	if (!literal || from >= end || !redact_is_free(f, from))
		return;
	size_t n = quoted_at(s, from - 1);
	n -= n > 1 && s.p[from - 1 + n - 1] == s.p[from - 1] ? 2 : 1;
	if (secret != by_looks || looks_secret(part(s, from, n)))
		redact_take(f, from, n, REDACT_SECRET);
}

/* row_at: "('bob', 'x1')", at the parenthesis; gives where it ends. What is in its other columns is looked through as
 * everything is. */
static size_t row_at(struct redact_finder *f, size_t at, uint32_t secret)
{
	struct str s = f->line;
	size_t done = at;
	for (unsigned i = 0; at < s.n && s.p[at] != ')' && i < COLUMNS_MAX; i++) {
		size_t start = skip_blanks(s, at + 1), end = start, depth = 0;
		for (; end < s.n && (depth || !one_of(s.p[end], ",)"));
		     end += one_of(s.p[end], "'\"") ? quoted_at(s, end) : 1) {
			depth += s.p[end] == '(';
			depth -= s.p[end] == ')' && depth;
		}
		if (secret >> i & 1) {
			redact_go(f, done, start);
			size_t count = f->spans.count;
			take_value(f, start, end, secret);
			done = f->spans.count > count ? end : start;
		}
		at = end;
	}
	return redact_go(f, done, at);
}

/* Procedures and functions that take a secret by its place, and which of their arguments are one, as bits. */
const char redact_procedures[] = "sp_addlogin sp_password sp_addlinkedsrvlogin sp_setapprole sp_addapprole "
				 "sp_approlepassword aes_encrypt aes_decrypt pgp_sym_encrypt pgp_sym_decrypt";

static uint32_t secret_arguments(struct str name)
{
	static const char two[] = "sp_password aes_encrypt pgp_sym_encrypt"; /* what is kept, and the key */
	return str_in_list(name, two) ? 3 : str_in_list(name, "sp_addlinkedsrvlogin") ? 1 << 4 : 1 << 1;
}

/* redact_procedure: "EXEC sp_addlogin 'alice', 'x1'", "AES_ENCRYPT(name, 'x1')". */
size_t redact_procedure(struct redact_finder *f, size_t start, size_t end)
{
	char mark = at_or_nul(f->line, end);
	if (f->in_call || !one_of(mark, " ("))
		return end;
	f->in_call = true;
	size_t at = row_at(f, end, secret_arguments(part(f->line, start, end - start)));
	f->in_call = false;
	return at;
}

size_t redact_values(struct redact_finder *f, size_t start, size_t end)
{
	struct str s = f->line;
	size_t at = skip_blanks(s, end), next = at;
	uint32_t secret = at_or_nul(s, at) == '(' ? columns_before(s, start) : 0;
	if (!secret && at_or_nul(s, at) == '(' && is_of_people(s, start))
		secret = by_looks;
	if (!secret || f->in_values)
		return end;
	f->in_values = true;
	while (at_or_nul(s, next) == '(') {
		at = row_at(f, next, secret);
		next = skip_blanks(s, at + (at_or_nul(s, at) == ')'));
		next = at_or_nul(s, next) == ',' ? skip_blanks(s, next + 1) : next;
	}
	f->in_values = false;
	return at;
}
