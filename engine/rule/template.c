/* SPDX-License-Identifier: MIT
 *
 * Messages as templates. Takes the quoted messages of an article (indented blocks that a sentence announces, quoted
 * sentences, titles of the "Err Msg:" kind) or the template language of authored articles, gives literal pieces and
 * typed variables in the caller's arena. Placeholders are <anything in angle brackets>, runs of one letter (xxxx),
 * printf and message-table marks (%1, %s), compounds like servername, words that a "where X is" sentence explains,
 * and machine addresses, which are one machine's values. Never looks at other articles, never rejects an article.
 */
#include "rule/listing.h"
#include "rule/rule.h"

#include <string.h>

enum {
	TEXT_MAX = 1500, /* bytes of one message; longer blocks are listings */
	WORDS_MIN = 2,	 /* of a message that a sentence announces */
	QUOTE_WORDS_MIN = 3,
	EXPLAINED_MAX = 16,  /* "where X is" sentences looked at, a section */
	TEMPLATES_MAX = 1000 /* of one article: each is compared with those before it. The archive's most: 120 */
};

/* ---- names and types ---- */

static const char *const type_names[] = {
	[VAR_TEXT] = "text",	   [VAR_HOST] = "host", [VAR_NETBIOS] = "netbios-name", [VAR_ADDRESS] = "address",
	[VAR_SHARE] = "share",	   [VAR_UNC] = "unc",	[VAR_PATH] = "path",		[VAR_FILE] = "file",
	[VAR_USER] = "user",	   [VAR_PORT] = "port", [VAR_NUMBER] = "number",	[VAR_CODE] = "code",
	[VAR_PRODUCT] = "product", [VAR_LINK] = "link", [VAR_TIME] = "time",
};

const char *var_type_name(enum var_type t)
{
	return type_names[t];
}

bool var_type_parse(struct str name, enum var_type *ret_type)
{
	for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++) {
		if (!str_eq(name, str_c(type_names[i])))
			continue;
		*ret_type = (enum var_type)i;
		return true;
	}
	return false;
}

static const struct {
	const char *word; /* found in the placeholder's words, in this order of preference */
	const char *name;
	enum var_type type;
} name_words[] = {
	{ "ip address", "address", VAR_ADDRESS },
	{ "memory", "memory", VAR_NUMBER },
	{ "share", "share", VAR_SHARE },
	{ "netbios", "server", VAR_NETBIOS },
	{ "server", "server", VAR_HOST },
	{ "computer", "server", VAR_HOST },
	{ "machine", "server", VAR_HOST },
	{ "hostname", "server", VAR_HOST },
	{ "host name", "server", VAR_HOST },
	{ "host", "server", VAR_HOST },
	{ "unc", "path", VAR_UNC },
	{ "user", "user", VAR_USER },
	{ "account", "user", VAR_USER },
	{ "file", "file", VAR_FILE },
	{ "path", "path", VAR_PATH },
	{ "directory", "path", VAR_PATH },
	{ "folder", "path", VAR_PATH },
	{ "port", "port", VAR_NUMBER },
	{ "drive", "drive", VAR_TEXT },
	{ "error code", "code", VAR_CODE },
	{ "error number", "code", VAR_CODE },
	{ "code", "code", VAR_CODE },
	{ "address", "memory", VAR_NUMBER },
	{ "number", "number", VAR_NUMBER },
	{ "date", "date", VAR_TIME },
	{ "time", "time", VAR_TIME },
	{ "product", "product", VAR_PRODUCT },
};

/* A word counts where it begins one: "support" is no port. */
static bool has_word(struct str text, const char *word)
{
	struct str w = str_c(word);
	for (size_t at = 0; at + w.n <= text.n; at++) {
		size_t found = str_find_nocase(str_from(text, at), w);
		if (found == STR_NONE)
			return false;
		at += found;
		if (at == 0 || !char_is_alpha(text.p[at - 1]))
			return true;
	}
	return false;
}

static bool plain_name(struct arena *a, struct str says, struct str *ret_name)
{
	char name[32];
	size_t n = 0;
	for (size_t i = 0; i < says.n && n < sizeof name; i++) {
		if (char_is_alnum(says.p[i]))
			name[n++] = char_lower(says.p[i]);
		else if (n && name[n - 1] != '_')
			name[n++] = '_';
	}
	while (n && name[n - 1] == '_')
		n--;
	*ret_name = arena_str(a, (struct str){ name, n });
	return n > 0;
}

/* guess_var names and types a variable from its placeholder and from the sentence that explains it (may be empty):
 * "servername", "the NetBIOS name of the server" gives server, netbios-name. */
static void guess_var(struct str says, struct str explained, struct arena *a, struct rule_var *var)
{
	var->says = says;
	struct str sources[] = { explained, says };
	for (size_t s = 0; s < 2; s++) {
		for (size_t i = 0; i < sizeof name_words / sizeof *name_words; i++) {
			if (!has_word(sources[s], name_words[i].word))
				continue;
			var->name = str_c(name_words[i].name);
			var->type = name_words[i].type;
			if (var->type == VAR_HOST && has_word(explained, "netbios"))
				var->type = VAR_NETBIOS;
			return;
		}
	}
	var->type = VAR_TEXT;
	if (!plain_name(a, says, &var->name))
		var->name = STR("value");
}

/* ---- building ---- */

static void add_literal(struct rule_template *t, struct arena *a, struct str text)
{
	struct rule_piece *p = text.n ? arena_push(a, &t->pieces, &t->piece_count, &t->piece_cap) : NULL;
	if (p)
		p->text = text;
}

/* The second "server" of a template is called server2. */
static void add_var(struct rule_template *t, struct arena *a, struct rule_var var)
{
	unsigned same = 1;
	for (size_t i = 0; i < t->var_count; i++) {
		struct str n = t->vars[i].name;
		while (n.n && char_is_digit(n.p[n.n - 1]))
			n.n--;
		same += str_eq(n, var.name);
	}
	if (same > 1)
		var.name = arena_printf(a, "%.*s%u", STR_ARG(var.name), same);
	struct rule_piece *p = arena_push(a, &t->pieces, &t->piece_count, &t->piece_cap);
	if (p)
		*p = (struct rule_piece){ .is_var = true, .var = (uint32_t)t->var_count };
	struct rule_var *v = arena_push(a, &t->vars, &t->var_count, &t->var_cap);
	if (v)
		*v = var;
}

/* ---- the template language ---- */

static enum err parse_braces(struct str inside, struct arena *a, struct diags *d, struct rule_template *t)
{
	struct str name, type;
	struct rule_var var = { .type = VAR_TEXT };
	bool typed = str_cut(inside, ':', &name, &type);
	if (!name.n || !char_is_alpha(name.p[0]))
		return diags_fail(d, ERR_INPUT, "a variable needs a name: {%.*s}", STR_ARG(inside));
	for (size_t i = 0; i < name.n; i++)
		if (!char_is_alnum(name.p[i]) && name.p[i] != '_' && name.p[i] != '-')
			return diags_fail(d, ERR_INPUT, "{%.*s}: a name has letters, digits, - and _", STR_ARG(inside));
	guess_var(name, STR(""), a, &var);
	if (typed && !var_type_parse(type, &var.type))
		return diags_fail(d, ERR_INPUT, "unknown type in {%.*s}", STR_ARG(inside));
	var.name = arena_str(a, name);
	var.says = arena_printf(a, "{%.*s}", STR_ARG(inside));
	for (size_t i = 0; i < t->var_count; i++) {
		if (!str_eq(t->vars[i].name, var.name))
			continue;
		struct rule_piece *p = arena_push(a, &t->pieces, &t->piece_count, &t->piece_cap);
		if (p)
			*p = (struct rule_piece){ .is_var = true, .var = (uint32_t)i };
		return ERR_OK; /* the same value stands in two places */
	}
	add_var(t, a, var);
	return ERR_OK;
}

/* Reads up to the next variable; {{ and }} give one brace each. */
static enum err parse_literal(struct str text, size_t *at, struct arena *a, struct diags *d, struct rule_template *t)
{
	char *out = arena_alloc(a, text.n + 1);
	size_t n = 0, i = *at;
	if (!out)
		return ERR_NOMEM;
	for (; i < text.n; i++) {
		char c = text.p[i];
		if (c == '{' || c == '}') {
			if (i + 1 >= text.n || text.p[i + 1] != c) {
				if (c == '{')
					break;
				return diags_fail(d, ERR_INPUT, "a single } in a template; write }}");
			}
			i++;
		}
		if (char_is_space(c)) {
			if (n && out[n - 1] != ' ')
				out[n++] = ' ';
			else if (!n && t->piece_count)
				out[n++] = ' ';
			continue;
		}
		out[n++] = c;
	}
	add_literal(t, a, (struct str){ out, n });
	*at = i;
	return ERR_OK;
}

enum err rule_template_parse(struct str text, struct arena *a, struct diags *d, struct rule_template *ret_template)
{
	struct rule_template t = { .text = arena_str(a, str_trim(text)), .place = PLACE_AUTHORED, .lines = 1,
				   .announced = true };
	bool literal = false;
	for (size_t at = 0; at < t.text.n;) {
		size_t was = t.piece_count;
		enum err e = parse_literal(t.text, &at, a, d, &t);
		if (e)
			return e;
		literal |= t.piece_count > was;
		if (at == t.text.n)
			break;
		size_t close = str_find_char(str_from(t.text, at), '}');
		if (close == STR_NONE)
			return diags_fail(d, ERR_INPUT, "a { without its }: %.*s", STR_ARG(t.text));
		e = parse_braces(str_first(str_from(t.text, at + 1), close - 1), a, d, &t);
		if (e)
			return e;
		at += close + 1;
	}
	if (!literal)
		return diags_fail(d, ERR_INPUT, "a template needs literal text");
	if (arena_err(a))
		return ERR_NOMEM;
	*ret_template = t;
	return ERR_OK;
}

/* ---- placeholders in quoted text ---- */

struct explained { struct str word, says; };

struct reader {
	struct arena *a;
	struct rule *rule;
	struct explained explained[EXPLAINED_MAX];
	size_t explained_count;
};

static struct str explanation_of(const struct reader *r, struct str says)
{
	for (size_t i = 0; i < r->explained_count; i++) {
		struct str w = r->explained[i].word;
		size_t at = str_find_nocase(says, w);
		if (at != STR_NONE && (at == 0 || !char_is_alnum(says.p[at - 1])) &&
		    (at + w.n == says.n || !char_is_alnum(says.p[at + w.n])))
			return r->explained[i].says;
	}
	return STR("");
}

/* <\\servername>, <drive:>, < Project Name >: at most 60 bytes, something readable in it. */
static size_t angle_at(struct str s)
{
	size_t n = 1;
	bool readable = false;
	for (; n < s.n && n <= 61 && s.p[n] != '>' && s.p[n] != '<'; n++)
		readable |= char_is_alnum(s.p[n]);
	if (n >= s.n || s.p[n] != '>' || !readable || s.p[1] == '=' || s.p[1] == '-')
		return 0;
	return n + 1;
}

static size_t run_of(struct str s, bool (*belongs)(char c))
{
	size_t n = 0;
	while (n < s.n && belongs(s.p[n]))
		n++;
	return n;
}

/* 0137:bff9a28d: four, a colon, four to eight. */
static size_t address_at(struct str s)
{
	size_t n = run_of(s, char_is_hex);
	if (n != 4 || n >= s.n || s.p[n] != ':')
		return 0;
	size_t m = run_of(str_from(s, n + 1), char_is_hex);
	if ((m != 4 && m != 8 && m != 6) || (n + 1 + m < s.n && char_is_alnum(s.p[n + 1 + m])))
		return 0;
	return n + 1 + m;
}

/* 0x77f6489f is an address; 0x80070035, 0xC0000005 and 0x0000007B are codes, unless memory is spoken of. */
static size_t long_hex_at(struct str text, size_t at)
{
	struct str s = str_from(text, at);
	if (s.n < 10 || s.p[0] != '0' || char_lower(s.p[1]) != 'x')
		return 0;
	size_t n = run_of(str_from(s, 2), char_is_hex);
	if (n != 8 || (n + 2 < s.n && char_is_alnum(s.p[n + 2])))
		return 0;
	bool code = s.p[2] == '8' || char_lower(s.p[2]) == 'c' || str_starts(str_from(s, 2), STR("0000"));
	size_t from = at > 10 ? at - 10 : 0;
	struct str before = str_first(str_from(text, from), at - from);
	return code && !has_word(before, "at ") && !has_word(before, "at \"") && !has_word(before, "address") ? 0
													      : n + 2;
}

/* %1, %s, %ld, %2!s! */
static size_t printf_at(struct str s)
{
	size_t n = 1;
	while (n < s.n && n < 4 && (char_is_digit(s.p[n]) || s.p[n] == 'l'))
		n++;
	if (n < s.n && (s.p[n] == 's' || s.p[n] == 'd' || s.p[n] == 'u' || s.p[n] == 'x') &&
	    (n + 1 == s.n || !char_is_alnum(s.p[n + 1])))
		return n + 1;
	if (n > 1 && n < s.n && s.p[n] == '!') {
		size_t close = str_find_char(str_from(s, n + 1), '!');
		return close != STR_NONE && close < 6 ? n + close + 2 : n;
	}
	return n > 1 && char_is_digit(s.p[1]) && (n == s.n || !char_is_alnum(s.p[n])) ? n : 0;
}

static bool is_word_char(char c)
{
	return char_is_alnum(c) || c == '_';
}

static bool one_letter(struct str w)
{
	for (size_t i = 1; i < w.n; i++)
		if (char_lower(w.p[i]) != char_lower(w.p[0]))
			return false;
	return true;
}

/* servername, COMPUTER_NAME, \\server: words that stand for a value and are hardly ever said. */
static bool is_compound(struct str w, bool behind_backslash)
{
	static const char *const heads[] = { "server", "computer", "machine", "workstation", "printer", "domain",
					     "site", "share", "user", "host" };
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct str head = str_c(heads[i]);
		if (!str_starts_nocase(w, head))
			continue;
		struct str rest = str_from(w, head.n);
		if (behind_backslash && !rest.n)
			return true;
		if (rest.n && rest.p[0] == '_')
			rest = str_from(rest, 1);
		if (str_eq_nocase(rest, STR("name")))
			return i < 4 || rest.n + head.n < w.n || behind_backslash || char_is_upper(w.p[1]);
	}
	return false;
}

static size_t word_at(const struct reader *r, struct str text, size_t at, struct str *ret_explained)
{
	struct str w = str_first(str_from(text, at), run_of(str_from(text, at), is_word_char));
	char before = at ? text.p[at - 1] : ' ';
	char c = w.n ? char_lower(w.p[0]) : ' ';
	*ret_explained = STR("");
	if (w.n >= 3 && (c == 'x' || c == 'n' || c == 'y' || c == 'z') && one_letter(w))
		return w.n;
	if (w.n >= 5 && is_compound(w, before == '\\'))
		return w.n;
	for (size_t i = 0; i < r->explained_count; i++) {
		struct str e = r->explained[i].word;
		if (str_eq(e, str_first(str_from(text, at), e.n)) && (e.n > 1 || before == '\\' || before == ' ') &&
		    (at + e.n == text.n || !is_word_char(text.p[at + e.n]))) {
			*ret_explained = r->explained[i].says;
			return e.n;
		}
	}
	return 0;
}

/* The length of the placeholder that begins at this offset, or 0. */
static size_t placeholder_at(const struct reader *r, struct str text, size_t at, struct rule_var *var)
{
	struct str s = str_from(text, at), explained = STR("");
	bool starts_word = at == 0 || !is_word_char(text.p[at - 1]);
	size_t n = 0;
	*var = (struct rule_var){ 0 };
	if (s.p[0] == '<') {
		n = angle_at(s);
	} else if (s.p[0] == '%') {
		n = printf_at(s);
	} else if (s.p[0] == '#' || s.p[0] == '?') {
		while (n < s.n && s.p[n] == s.p[0])
			n++;
		n = n >= 3 ? n : 0;
	} else if (starts_word && is_word_char(s.p[0])) {
		n = address_at(s);
		if (!n)
			n = long_hex_at(text, at);
		if (n) {
			*var = (struct rule_var){ STR("memory"), VAR_NUMBER, str_first(s, n), true };
			return n;
		}
		n = word_at(r, text, at, &explained);
	}
	if (!n)
		return 0;
	struct str says = str_first(s, n);
	guess_var(says, explained.n ? explained : explanation_of(r, says), r->a, var);
	return n;
}

static void split_pieces(const struct reader *r, struct rule_template *t)
{
	size_t from = 0, at = 0;
	while (at < t->text.n) {
		struct rule_var var;
		size_t n = placeholder_at(r, t->text, at, &var);
		if (!n) {
			at++;
			continue;
		}
		add_literal(t, r->a, str_first(str_from(t->text, from), at - from));
		add_var(t, r->a, var);
		at += n;
		from = at;
	}
	add_literal(t, r->a, str_from(t->text, from));
}

/* ---- finding messages ---- */

static size_t count_words(struct str s)
{
	size_t n = 0;
	struct str w;
	while (str_word(&s, &w))
		n++;
	return n;
}

static bool has_literal(const struct rule_template *t)
{
	size_t letters = 0;
	for (size_t i = 0; i < t->piece_count; i++)
		for (size_t k = 0; k < t->pieces[i].text.n; k++)
			letters += char_is_alnum(t->pieces[i].text.p[k]);
	return letters >= 4;
}

static void add_message(struct reader *r, struct str text, struct rule_template as)
{
	text = str_trim(text);
	if (text.n > 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
		text = str_trim((struct str){ text.p + 1, text.n - 2 });
	if (!text.n || text.n > TEXT_MAX || r->rule->template_count >= TEMPLATES_MAX ||
	    listing_is(text, as.announced))
		return;
	for (size_t i = 0; i < r->rule->template_count; i++)
		if (str_eq(r->rule->templates[i].text, text))
			return;
	as.text = text;
	split_pieces(r, &as);
	if (!has_literal(&as))
		return;
	struct rule_template *t = arena_push(r->a, &r->rule->templates, &r->rule->template_count,
					     &r->rule->template_cap);
	if (t)
		*t = as;
}

/* "Message one", in a sentence that speaks of messages. */
static void add_quotes(struct reader *r, struct str prose, struct rule_template as, size_t words_min)
{
	for (;;) {
		size_t open = str_find_char(prose, '"');
		size_t close = open == STR_NONE ? STR_NONE : str_find_char(str_from(prose, open + 1), '"');
		if (close == STR_NONE)
			return;
		struct str inside = str_first(str_from(prose, open + 1), close);
		if (count_words(inside) >= words_min)
			add_message(r, inside, as);
		prose = str_from(prose, open + close + 2);
	}
}

static bool speaks_of_message(struct str s)
{
	static const char *const words[] = { "error", "message", "warning", "appear", "receive", "display", "report",
					     "log", "event", "return", "read", "prompt", "stat", "following text",
					     "say", "similar to", "dialog", "stop", "fail" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (has_word(s, words[i]))
			return true;
	return false;
}

/* "... this error message appears: Text of it. More of it." inside a paragraph. */
static void add_running(struct reader *r, struct str prose, struct rule_template as)
{
	size_t colon = str_find(prose, STR(": "));
	if (colon == STR_NONE || colon + 2 == prose.n)
		return;
	struct str head = str_first(prose, colon), rest = str_from(prose, colon + 2);
	bool speaks = has_word(head, "message") || has_word(head, "error");
	if (!speaks || rest.n > 300 || !(char_is_upper(rest.p[0]) || rest.p[0] == '"') ||
	    str_find(prose, STR("Knowledge Base")) != STR_NONE || count_words(rest) < QUOTE_WORDS_MIN)
		return;
	as.place = PLACE_OTHER;
	as.announced = false;
	add_message(r, rest, as);
}

static struct str last_sentence(struct str s)
{
	size_t at = s.n > 2 ? s.n - 2 : 0;
	while (at > 0 && !(s.p[at] == ' ' && (s.p[at - 1] == '.' || s.p[at - 1] == '!' || s.p[at - 1] == '?')))
		at--;
	return str_from(s, at);
}

/* One paragraph: lines between blank lines, joined by single spaces. */
struct para {
	struct str text;
	unsigned lines;
	uint32_t line;
	size_t indent; /* of its least indented line */
	size_t margin; /* where its words begin: behind a list mark */
	bool item;
};

static size_t list_mark(struct str s)
{
	size_t n = 0;
	if (s.n && (s.p[0] == '-' || s.p[0] == '*' || s.p[0] == 'o'))
		n = 1;
	else {
		n = s.n && s.p[0] == '(' ? 1 : 0;
		size_t digits = run_of(str_from(s, n), char_is_digit);
		if (!digits && n < s.n && char_is_alpha(s.p[n]))
			digits = 1;
		n += digits;
		if (!digits || digits > 2 || n >= s.n || (s.p[n] != '.' && s.p[n] != ')'))
			return 0;
		n++;
	}
	size_t spaces = 0;
	while (n + spaces < s.n && s.p[n + spaces] == ' ')
		spaces++;
	return spaces ? n + spaces : 0;
}

static size_t indent_of(struct str line)
{
	size_t column = 0;
	for (size_t i = 0; i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'); i++)
		column = line.p[i] == '\t' ? (column / 8 + 1) * 8 : column + 1;
	return column;
}

static struct str join_words(struct arena *a, struct str lines)
{
	struct str word;
	char *out = arena_alloc(a, lines.n + 1);
	size_t n = 0;
	while (out && str_word(&lines, &word)) {
		if (n)
			out[n++] = ' ';
		memcpy(out + n, word.p, word.n);
		n += word.n;
	}
	return (struct str){ out, n };
}

/* Blank lines part paragraphs, and so does the mark of the next item of a list. */
static bool next_para(struct str *rest, uint32_t *line_number, struct arena *a, struct para *ret_para)
{
	struct str line, peek = *rest, all = { 0 };
	struct para p = { 0 };
	while (str_line(&peek, &line)) {
		struct str bare = str_trim(line);
		size_t mark = list_mark(bare);
		if (p.lines && (!bare.n || (mark && p.item)))
			break;
		*rest = peek;
		++*line_number;
		if (!bare.n)
			continue;
		size_t indent = indent_of(line);
		if (!p.lines++) {
			all.p = bare.p;
			p.line = *line_number;
			p.indent = indent;
			p.item = mark > 0;
			p.margin = indent + mark;
		}
		p.indent = indent < p.indent ? indent : p.indent;
		all.n = (size_t)(bare.p + bare.n - all.p);
	}
	if (!p.item && p.margin > p.indent)
		p.margin = p.indent;
	p.text = join_words(a, all);
	*ret_para = p;
	return p.lines > 0;
}

/* "where X is the name of", "where X represents": X explains a placeholder. */
static void note_explained(struct reader *r, struct str prose)
{
	static const char *const verbs[] = { " is ", " are ", " represents ", " stands ", " refers ", " equals " };
	for (size_t at; (at = str_find_nocase(prose, STR("where "))) != STR_NONE;) {
		prose = str_from(prose, at + 6);
		struct str head = str_first(prose, 60);
		size_t end = STR_NONE;
		for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
			size_t v = str_find(head, str_c(verbs[i]));
			end = v < end ? v : end;
		}
		if (end == STR_NONE || end == 0 || r->explained_count == EXPLAINED_MAX)
			continue;
		struct str x = str_trim(str_first(head, end)), says = str_from(prose, end);
		while (x.n && (x.p[0] == '<' || x.p[0] == '"' || x.p[0] == '\\' || x.p[0] == '\''))
			x = str_from(x, 1);
		while (x.n && (x.p[x.n - 1] == '>' || x.p[x.n - 1] == '"' || x.p[x.n - 1] == '\''))
			x.n--;
		size_t stop = str_find_char(says, '.');
		if (!x.n || count_words(x) > 3 || str_eq(x, STR("it")) || str_eq(x, STR("the")) ||
		    str_eq(x, STR("this")) || str_eq(x, STR("a")) || str_starts(x, STR("the ")))
			continue;
		r->explained[r->explained_count++] =
			(struct explained){ x, stop == STR_NONE ? says : str_first(says, stop) };
	}
}

static bool is_separator(struct str text)
{
	static const char *const words[] = { "or", "-or-", "-OR-", "OR", "and", "-and-", "- or -", "then" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq(text, str_c(words[i])))
			return true;
	return false;
}

static enum template_place place_of(enum section_kind kind)
{
	switch (kind) {
	case SECTION_SYMPTOMS: case SECTION_INTRO: case SECTION_QUESTION: return PLACE_SYMPTOMS;
	case SECTION_SUMMARY: return PLACE_SUMMARY;
	case SECTION_CAUSE: return PLACE_CAUSE;
	case SECTION_MORE: case SECTION_RESOLUTION: case SECTION_WORKAROUND: case SECTION_STATUS:
	case SECTION_ANSWER: return PLACE_MORE;
	default: return PLACE_OTHER;
	}
}

/* What the last paragraph that is no quotation says of those that follow it. */
struct announcement {
	const struct para *by;
	bool known, colon, speaks;
	unsigned quoted; /* paragraphs taken since */
};

/* Inside lists a message often stands no deeper than the item; then only the paragraph behind the colon counts. */
static bool is_quoted(struct announcement *n, const struct para *p)
{
	if (!n->by || p->item || !p->indent)
		return false;
	if (!n->known) {
		n->colon = str_ends(n->by->text, STR(":"));
		n->speaks = speaks_of_message(last_sentence(n->by->text));
		n->known = true;
	}
	if (p->indent > n->by->margin)
		return n->colon || n->speaks;
	return n->colon && (!n->quoted || (n->speaks && p->indent == n->by->margin && n->quoted < 2));
}

static void read_paras(struct reader *r, const struct para *paras, size_t count, struct rule_template as)
{
	struct announcement n = { 0 };
	for (size_t i = 0; i < count; i++) {
		const struct para *p = &paras[i];
		as.line = p->line;
		as.lines = p->lines;
		if (is_separator(p->text))
			continue;
		if (is_quoted(&n, p)) {
			n.quoted++;
			as.announced = n.speaks;
			if (p->lines <= 25 && count_words(p->text) >= (n.speaks ? WORDS_MIN : QUOTE_WORDS_MIN))
				add_message(r, p->text, as);
			if (!str_ends(p->text, STR(":")))
				continue;
		}
		n = (struct announcement){ .by = p };
		as.announced = true;
		if (str_find_char(p->text, '"') != STR_NONE && speaks_of_message(p->text) &&
		    str_find(p->text, STR("Knowledge Base")) == STR_NONE)
			add_quotes(r, p->text, as, QUOTE_WORDS_MIN);
		add_running(r, p->text, as);
	}
}

static void read_section(struct reader *r, const struct article_section *s)
{
	struct para *paras = NULL, p;
	size_t count = 0, cap = 0;
	struct str rest = s->body;
	uint32_t line = s->line ? s->line + 1 : 0;

	r->explained_count = 0;
	while (next_para(&rest, &line, r->a, &p)) {
		struct para *kept = arena_push(r->a, &paras, &count, &cap);
		if (!kept)
			return;
		*kept = p;
		note_explained(r, p.text);
	}
	read_paras(r, paras, count, (struct rule_template){ .place = place_of(s->kind) });
}

static void read_title(struct reader *r, struct str title)
{
	static const char *const marks[] = { "Err Msg:", "ErrMsg:", "Error Msg:", "Error Message:", "Err Msg", "Error:",
					     "Message:" };
	struct rule_template as = { .place = PLACE_TITLE, .announced = true, .lines = 1 };
	add_quotes(r, title, as, QUOTE_WORDS_MIN);
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t at = str_find_nocase(title, str_c(marks[i]));
		if (at == STR_NONE)
			continue;
		struct str text = str_from(title, at + str_c(marks[i]).n);
		if (count_words(text) >= WORDS_MIN)
			add_message(r, text, as);
		return;
	}
}

enum err rule_add_templates(const struct article *article, struct arena *a, struct rule *rule)
{
	struct reader r = { .a = a, .rule = rule };
	for (size_t i = 0; i < article->section_count; i++) {
		enum section_kind kind = article->sections[i].kind;
		if (kind != SECTION_NOTICE && kind != SECTION_APPLIES && kind != SECTION_REFERENCES)
			read_section(&r, &article->sections[i]);
	}
	r.explained_count = 0;
	read_title(&r, article->title);
	return arena_err(a);
}
