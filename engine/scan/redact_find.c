/* SPDX-License-Identifier: MIT
 *
 * Where names stand in a line: a list of shapes, tried at each place from the left; the first that fits takes its part.
 * See redact_find.h.
 */
#include "scan/redact_shapes.h"

enum { NAME_MAX = 255 }; /* of bytes, as DNS has it */

size_t redact_name_run(struct str s, size_t at)
{
	size_t n = 0;
	while (at + n < s.n && n < NAME_MAX && is_name(s.p[at + n]))
		n++;
	while (n && (s.p[at + n - 1] == '.' || s.p[at + n - 1] == '-' || s.p[at + n - 1] == '_'))
		n--;
	return n;
}

bool redact_ends_value(char c)
{
	static const bool ends[256] = {
		[0] = true,   [' '] = true, ['\t'] = true, ['"'] = true, ['\''] = true, [';'] = true, [','] = true,
		['&'] = true, ['<'] = true, ['>'] = true,  [')'] = true, [']'] = true,	['}'] = true
	};
	return ends[(unsigned char)c];
}

/* quoted_run: up to the quote that it began with, n bytes. Within a string each depth escapes again: behind one that k
 * backslashes open (JSON in JSON: 1) a quote ends the value where k of its backslashes are its own and the others are
 * pairs escaped as often, or where it has fewer: that one ends the string around it. */
static size_t quoted_run(struct str s, size_t at, char quote)
{
	size_t opened = 0, slashes = 0;
	while (opened + 1 < at && s.p[at - 2 - opened] == '\\')
		opened++;
	for (size_t n = 0; at + n < s.n; n++) {
		if (s.p[at + n] == quote && slashes < opened)
			return n - slashes;
		if (s.p[at + n] == quote && slashes % (2 * opened + 2) == opened)
			return n - opened;
		slashes = s.p[at + n] == '\\' ? slashes + 1 : 0;
	}
	return STR_NONE;
}

size_t redact_secret_run(struct str s, size_t at)
{
	char before = at ? s.p[at - 1] : 0;
	size_t quoted = one_of(before, "\"'") ? quoted_run(s, at, before) : STR_NONE, n = 0;
	if (quoted != STR_NONE)
		return quoted;
	while (at + n < s.n && n < REDACT_RUN_MAX && !redact_ends_value(s.p[at + n]))
		n++;
	return n;
}

size_t redact_take(struct redact_finder *f, size_t at, size_t n, enum redact_kind kind)
{
	while (kind == REDACT_SECRET && n >= REDACT_RUN_MAX && at + n < f->line.n &&
	       !redact_ends_value(f->line.p[at + n]))
		n++;
	struct str name = part(f->line, at, n);
	if (kind == REDACT_HOST && redact_is_address(name))
		kind = REDACT_ADDR;
	bool hardware =
		kind == REDACT_ADDR && !redact_is_address(name); /* of a network card: it need not have a letter */
	bool varies = str_eq(name, STR("*"));			 /* of a template */
	bool told = kind == REDACT_SECRET || kind == REDACT_ID || hardware; /* whatever it is */
	bool done = redact_is_done(name) && !memchr(name.p, ' ', n);	    /* "USER-1 x1", in quotes, is none */
	bool keep = told ? !n || varies || done : redact_keeps(name);
	struct redact_spans *all = &f->spans;
	struct redact_span *span = keep ? NULL : arena_push(f->arena, &all->items, &all->count, &all->cap);
	if (span)
		*span = (struct redact_span){ at, at + n, kind };
	return at + n;
}

/* At the start of a word, or at a mark. */
static size_t shape_at(struct redact_finder *f, size_t at)
{
	static redact_shape *const shapes[] = { redact_guid_at,	    redact_groups_at, redact_sid_at,
						redact_secret_at,   redact_once_at,   redact_number_at,
						redact_said_number, redact_login_at,  redact_display_at,
						redact_mail_at,	    redact_beside_at, redact_word_at,
						redact_domain_at,   redact_person_at, redact_port_at,
						redact_place_at };
	struct str rest = str_from(f->line, at);
	size_t abroad = redact_abroad_at(f, at);
	if (abroad > at)
		return abroad;
	if (rest.p[0] == '/' || rest.p[0] == '\\') {
		size_t next = redact_home_at(f, at);
		next = next == at && rest.p[0] == '/' ? redact_hook_at(f, at) : next;
		if (next == at && str_starts(rest, STR("//")))
			return redact_share_at(f, at);
		return next == at && str_starts(rest, STR("\\\\")) ? redact_unc_at(f, at) : next;
	}
	if (str_starts(rest, STR("://")))
		return redact_url_at(f, at);
	if (rest.p[0] == '$')
		return redact_hash_at(f, at);
	if (rest.p[0] == '{')
		return redact_salted_at(f, at);
	if (rest.p[0] == '@')
		return redact_at_host(f, at);
	if (at && is_name(f->line.p[at - 1]))
		return char_is_alpha(rest.p[0]) && strchr("._-", f->line.p[at - 1]) ? redact_word_at(f, at) : at;
	if (rest.p[0] == '+')
		return redact_number_at(f, at);
	size_t n = redact_address_at(f->line, at);
	n = n ? n : redact_card_at(f->line, at);
	size_t next = n ? redact_take(f, at, n, REDACT_ADDR) : at;
	for (size_t i = 0; next == at && char_is_alnum(rest.p[0]) && i < sizeof shapes / sizeof *shapes; i++)
		next = shapes[i](f, at);
	return next;
}

size_t redact_go(struct redact_finder *f, size_t at, size_t end)
{
	struct str line = f->line;
	while (at < end) {
		size_t next = line.p[at] == '-' ? redact_key_block_at(f, at) : at;
		bool option =
			line.p[at] == '-' || line.p[at] == ' ' || (line.p[at] == '/' && at_or_nul(line, at + 2) == ':');
		if (next == at && option)
			next = redact_option_at(f, at);
		if (line.p[at] == '<')
			next = redact_fed_at(f, at);
		if (next == at && one_of(line.p[at], "<>"))
			next = redact_acl_at(f, at);
		next = next == at ? shape_at(f, at) : next;
		at = next > at ? next : at + 1;
	}
	return at;
}

void redact_find(struct str line, struct arena *a, struct redact_spans *ret_spans)
{
	struct redact_finder f = { .line = line, .arena = a, .spans = *ret_spans };
	f.spans.count = 0;
	redact_go(&f, 0, line.n);
	*ret_spans = f.spans;
}
