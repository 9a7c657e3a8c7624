/* SPDX-License-Identifier: MIT */
#include "rule/template.h"

#include <string.h>

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
bool template_has_word(struct str text, const char *word)
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

void template_guess_var(struct str says, struct str explained, struct arena *a, struct rule_var *var)
{
	var->says = says;
	struct str sources[] = { explained, says };
	for (size_t s = 0; s < 2; s++) {
		for (size_t i = 0; i < sizeof name_words / sizeof *name_words; i++) {
			if (!template_has_word(sources[s], name_words[i].word))
				continue;
			var->name = str_c(name_words[i].name);
			var->type = name_words[i].type;
			if (var->type == VAR_HOST && template_has_word(explained, "netbios"))
				var->type = VAR_NETBIOS;
			return;
		}
	}
	var->type = VAR_TEXT;
	if (!plain_name(a, says, &var->name))
		var->name = STR("value");
}

/* ---- building ---- */

void template_add_literal(struct rule_template *t, struct arena *a, struct str text)
{
	struct rule_piece *p = text.n ? arena_push(a, &t->pieces, &t->piece_count, &t->piece_cap) : NULL;
	if (p)
		p->text = text;
}

void template_add_var(struct rule_template *t, struct arena *a, struct rule_var var)
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

size_t template_run_of(struct str s, bool (*belongs)(char c))
{
	size_t n = 0;
	while (n < s.n && belongs(s.p[n]))
		n++;
	return n;
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
	template_guess_var(name, STR(""), a, &var);
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
	template_add_var(t, a, var);
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
			size_t end = i;
			bool wrapped = false;
			for (; end < text.n && char_is_space(text.p[end]); end++)
				wrapped |= text.p[end] == '\n';
			/* two of several within a line stay, so that no literal goes over them (match/literals.h) */
			for (size_t k = 0; k < (end - i > 1 && !wrapped ? 2 : 1) && (n || t->piece_count); k++)
				out[n++] = ' ';
			i = end - 1;
			continue;
		}
		out[n++] = c;
	}
	template_add_literal(t, a, (struct str){ out, n });
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
