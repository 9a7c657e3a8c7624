/* SPDX-License-Identifier: MIT */
#include "match/tags.h"

#include <string.h>

enum { TAG_NAME_MAX = 24, TAG_MAX = 600, AMPS_MAX = 4 };
enum { TAG_KNOWN_MAX = 10 }; /* no name that is known by itself is longer */

/* What stands behind the ampersand, and the character that it is. */
static size_t entity_name_at(struct str s, uint32_t *ret_c)
{
	static const struct { struct str name; uint32_t c;
	} names[] = {
		{ STR_LIT("lt;"), '<' }, { STR_LIT("gt;"), '>' }, { STR_LIT("quot;"), '"' },
		{ STR_LIT("apos;"), '\'' }, { STR_LIT("nbsp;"), ' ' }, { STR_LIT("bsol;"), '\\' },
		{ STR_LIT("sol;"), '/' }, { STR_LIT("num;"), '#' }, { STR_LIT("equals;"), '=' },
		{ STR_LIT("lpar;"), '(' }, { STR_LIT("rpar;"), ')' }, { STR_LIT("colon;"), ':' },
		{ STR_LIT("ldquo;"), '"' }, { STR_LIT("rdquo;"), '"' }, { STR_LIT("lsquo;"), '\'' },
		{ STR_LIT("rsquo;"), '\'' }, { STR_LIT("laquo;"), '"' }, { STR_LIT("raquo;"), '"' },
		{ STR_LIT("ndash;"), '-' }, { STR_LIT("mdash;"), '-' }, { STR_LIT("hellip;"), 0x2026 },
		{ STR_LIT("shy;"), 0xAD }, { STR_LIT("zwnj;"), 0x200C }, { STR_LIT("ensp;"), ' ' },
		{ STR_LIT("emsp;"), ' ' }, { STR_LIT("thinsp;"), ' ' }, { STR_LIT("percnt;"), '%' },
	};
	char first = s.n ? char_lower(s.p[0]) : 0;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		*ret_c = names[i].c;
		if (names[i].name.p[0] == first && str_starts_nocase(s, names[i].name))
			return names[i].name.n;
	}
	size_t end = s.n > 2 && s.p[0] == '#' ? str_find_char(str_first(s, 9), ';') : STR_NONE;
	bool hex = end != STR_NONE && char_lower(s.p[1]) == 'x';
	size_t from = hex ? 2 : 1;
	uint32_t value = 0;
	for (size_t i = from; end != STR_NONE && i < end; i++) {
		char c = char_lower(s.p[i]);
		if (hex ? !char_is_hex(c) : !char_is_digit(c))
			return 0;
		value = value * (hex ? 16 : 10) + (uint32_t)(char_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	*ret_c = value;
	return end != STR_NONE && end > from ? end + 1 : 0;
}

/* An entity, also one that was escaped again and again. */
size_t tags_entity_at(struct str s, uint32_t *ret_c)
{
	static const struct str amp = STR_LIT("amp;");
	size_t at = 1;
	for (unsigned i = 0; i < AMPS_MAX && str_starts_nocase(str_from(s, at), amp); i++)
		at += amp.n;
	size_t n = entity_name_at(str_from(s, at), ret_c);
	if (n)
		return at + n;
	*ret_c = '&';
	return at > 1 ? at : 0;
}

static bool is_name(char c)
{
	return char_is_alnum(c) || c == ':' || c == '-' || c == '_' || c == '.';
}

static struct str tag_name(struct str s)
{
	size_t n = 0;
	while (n < s.n && n <= TAG_NAME_MAX && is_name(s.p[n]))
		n++;
	return n && n <= TAG_NAME_MAX && char_is_alpha(s.p[0]) ? str_first(s, n) : STR("");
}

enum tag_kind { TAG_NONE, TAG_WITHIN, TAG_BREAK, TAG_IF_DRESSED };

/* What a tag is in the place of: nothing, the end of a line; an "<a>" without an address is no tag. */
static enum tag_kind tag_kind(const struct tags *t, struct str name)
{
	static const char within[] = "b i u em strong code tt kbd samp span font small big sub sup mark var nobr wbr "
				     "ins del";
	static const char breaks[] = "br p div pre td th tr li ul ol dl dt dd hr table tbody thead blockquote center "
				     "h1 h2 h3 h4 h5 h6 section article html body";
	static const char dressed[] = "a img input label button form link meta";
	if (name.n <= TAG_KNOWN_MAX) {
		if (str_in_list(name, within))
			return TAG_WITHIN;
		if (str_in_list(name, breaks))
			return TAG_BREAK;
		if (str_in_list(name, dressed))
			return TAG_IF_DRESSED;
	}
	for (unsigned i = 0; i < t->count; i++)
		if (str_eq(name, t->names[i]))
			return TAG_BREAK;
	return TAG_NONE;
}

/* A tag with its attributes up to ">": what stands behind the name is "name=" or a slash. */
size_t tags_at(const struct tags *t, struct str s, char *ret_c)
{
	bool closing = s.n > 1 && s.p[1] == '/';
	struct str name = tag_name(str_from(s, 1 + closing));
	enum tag_kind kind = name.n ? tag_kind(t, name) : TAG_NONE;
	size_t at = 1 + closing + name.n, end;
	if (kind == TAG_NONE || (at < s.n && s.p[at] != '>' && s.p[at] != '/' && !char_is_space(s.p[at])))
		return 0;
	struct str inside = str_first(str_from(s, at), TAG_MAX);
	if ((end = str_find_char(inside, '>')) == STR_NONE)
		return 0;
	inside = str_trim(str_first(inside, end));
	bool dressed = str_find_char(inside, '=') != STR_NONE;
	if ((inside.n && !dressed && !str_eq(inside, STR("/"))) || (kind == TAG_IF_DRESSED && !dressed && !closing))
		return 0;
	*ret_c = kind == TAG_BREAK ? '\n' : 0;
	return at + end + 1;
}

/* Comments, and the marks of a stretch that is no markup. */
size_t tags_mark_at(struct str s)
{
	static const struct str cdata = STR_LIT("<![CDATA["), comment = STR_LIT("<!--");
	if (str_starts(s, cdata))
		return cdata.n;
	size_t end = str_starts(s, comment) ? str_find(str_first(s, TAG_MAX), STR("-->")) : STR_NONE;
	return end == STR_NONE ? 0 : end + 3;
}

/* The names of the closing tags in a text: an opening one of the same name is no placeholder. */
void tags_gather(struct str text, struct tags *ret_tags)
{
	struct tags *t = ret_tags;
	struct str rest = text;
	*t = (struct tags){ .forum = str_find(text, STR("[/")) != STR_NONE };
	for (size_t at; t->count < TAG_NAMES_MAX && (at = str_find(rest, STR("</"))) != STR_NONE;) {
		struct str name = tag_name(str_from(rest, at + 2));
		rest = str_from(rest, at + 2 + name.n);
		if (name.n > 1 && rest.n && rest.p[0] == '>' && tag_kind(t, name) == TAG_NONE)
			t->names[t->count++] = name;
	}
}

/* "[b]", "[/quote]", "{code}": marks of forums and trackers. */
size_t tags_forum_at(const struct tags *t, struct str s)
{
	static const char *const paired[] = { "b",     "i",    "u",    "code", "quote",	 "pre",
					      "color", "size", "font", "tt",   "spoiler" };
	static const char *const braced[] = { "{code}", "{noformat}", "{quote}", "{{", "}}" };
	for (size_t i = 0; s.p[0] != '[' && i < sizeof braced / sizeof *braced; i++)
		if (str_starts(s, str_c(braced[i])))
			return strlen(braced[i]);
	bool closing = s.n > 1 && s.p[1] == '/';
	struct str name = t->forum && s.p[0] == '[' ? tag_name(str_from(s, 1 + closing)) : STR("");
	size_t end = name.n ? str_find_char(str_first(s, 64), ']') : STR_NONE, at = 1 + closing + name.n;
	for (size_t i = 0; end != STR_NONE && i < sizeof paired / sizeof *paired; i++)
		if (str_eq_nocase(name, str_c(paired[i])) && (at == end || s.p[at] == '='))
			return end + 1;
	return 0;
}
