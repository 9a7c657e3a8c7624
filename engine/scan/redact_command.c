/* SPDX-License-Identifier: MIT
 *
 * Names and passwords among the options of a command: curl -u, mysql -p, net use, --token. See redact_shapes.h.
 */
#include "scan/redact_shapes.h"

bool redact_within(struct str s, size_t at, struct str name)
{
	size_t near = at > REDACT_COMMAND_MAX ? at - REDACT_COMMAND_MAX : 0;
	return str_find_nocase(part(s, near, at - near), name) != STR_NONE;
}

/* takes_password: -u user -ppassword of these; psql's -p is a port where it is a number. */
static bool takes_password(struct str s, size_t at)
{
	static const struct str commands[] = { STR_LIT("mysql"), STR_LIT("mariadb"), STR_LIT("sshpass"),
					       STR_LIT("psql") };
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
	struct str s = f->line;
	size_t n = 0;
	while (char_is_alpha(at_or_nul(s, at + 2 + n)) || at_or_nul(s, at + 2 + n) == '-')
		n++;
	size_t value = skip_blanks(s, at + 2 + n);
	bool apart = value > at + 2 + n && at_or_nul(s, value) != '-';
	return apart && redact_is_secret_key(part(s, at + 2, n))
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
	if (str_starts(rest, STR("-u ")) || str_starts(rest, STR("-U "))) {
		size_t name = skip_blanks(s, at + 2), end = name;
		while (end < s.n && s.p[end] != ' ' && s.p[end] != ':' && s.p[end] != '%')
			end++;
		if (end >= s.n || s.p[end] == ' ')
			return rest.p[1] == 'u' && takes_password(s, at) ? redact_take(f, name, end - name, REDACT_USER)
									 : at;
		redact_take(f, name, end - name, REDACT_USER);
		return redact_take(f, end + 1, redact_secret_run(s, end + 1), REDACT_SECRET);
	}
	if (at && s.p[at - 1] == ' ' && str_starts(rest, STR("-h ")) && takes_password(s, at)) {
		size_t name = skip_blanks(s, at + 2);
		return redact_take(f, name, redact_name_run(s, name), REDACT_HOST);
	}
	bool short_option = at && s.p[at - 1] == ' ' && (str_starts(rest, STR("-p")) || str_starts(rest, STR("-u")));
	if (short_option && char_is_alnum(at_or_nul(s, at + 2)) && takes_password(s, at))
		return redact_take(f, at + 2, redact_secret_run(s, at + 2),
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
	return use && before.n && (!f->count || f->spans[f->count - 1].end <= start)
		       ? (redact_take(f, start, before.n, REDACT_SECRET), at + 1)
		       : at;
}
