/* SPDX-License-Identifier: MIT */
#include "rule/listing.h"

#include "article/article.h"

enum { RULE_DASHES = 5 }; /* in a row: the line under the head of a table */

/* "S E R V P A C K": the letters apart, so that a search for the word does not find the article that names it. */
static bool is_spelled_out(struct str text)
{
	struct str word;
	while (str_word(&text, &word))
		if (word.n > 1)
			return false;
	return true;
}

/* What a person is told to type: "mem /c" (without the quotation marks). In a message such words stand at its end. */
static bool is_typed(struct str text)
{
	return (text.p[0] == '"' || text.p[0] == '(') && str_find_nocase(text, STR("(without the quot")) != STR_NONE;
}

/* A title and its address, "RFC 2616 (http://...)". An address that stands without brackets may be a message's
 * value. */
static bool is_pointer(struct str text)
{
	static const struct str has[] = { STR_LIT("(http://"), STR_LIT("(https://"), STR_LIT("(ftp://") };
	static const struct str starts[] = { STR_LIT("ARTICLE-ID"), STR_LIT("http://"), STR_LIT("ftp://") };
	return article_id_at(text, 0) || is_spelled_out(text) || is_typed(text) ||
	       STR_IS_ANY(text, has, str_has_nocase) || STR_IS_ANY(text, starts, str_starts_nocase);
}

static bool is_code(struct str text)
{
	static const struct str has[] = {
		STR_LIT("End Sub"),
		STR_LIT("End Function"),
		STR_LIT("Private Sub "),
		STR_LIT("Public Sub "),
		STR_LIT("Public Function "),
		STR_LIT("printf("),
		STR_LIT("/*"),
		STR_LIT("<!--"),
		STR_LIT("</"),
		STR_LIT("<HTML"),
		STR_LIT("*!*"),
	};
	static const struct str starts[] = { STR_LIT("//"), STR_LIT("Dim "), STR_LIT("#include "),
					     STR_LIT("#define ") };
	bool statement = str_ends(text, STR(";")) &&
			 (str_find_char(text, '(') != STR_NONE || str_find_char(text, '=') != STR_NONE);
	bool block = str_ends(text, STR("}")) && str_find(text, STR("{ ")) != STR_NONE;
	return statement || block || STR_IS_ANY(text, has, str_has_nocase) ||
	       STR_IS_ANY(text, starts, str_starts_nocase);
}

static bool is_ruled(struct str text)
{
	size_t dashes = 0;
	for (size_t i = 0; i < text.n && dashes < RULE_DASHES; i++)
		dashes = text.p[i] == '-' ? dashes + 1 : 0;
	return dashes == RULE_DASHES;
}

bool listing_is(struct str text, bool announced)
{
	return is_pointer(text) || is_code(text) ||
	       (!announced && (is_ruled(text) || str_starts_nocase(text, STR("HKEY_"))));
}
