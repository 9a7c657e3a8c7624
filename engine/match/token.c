/* SPDX-License-Identifier: MIT */
#include "match/token.h"

#include <string.h>

static bool is_letter(char c)
{
	return char_is_letter(c) || c == '_';
}

/* "0x1,0x2" are two numbers, "1,000" is one. */
static bool is_glue(struct str text, size_t at)
{
	char c = text.p[at];
	bool hex = at + 2 < text.n && text.p[at + 1] == '0' && char_lower(text.p[at + 2]) == 'x';
	return c == '.' || c == ':' || (c == ',' && !hex) || c == '\'';
}

bool token_next(struct str text, size_t *at, struct token *ret_token)
{
	size_t i = *at;
	while (i < text.n && !is_letter(text.p[i]))
		i++;
	if (i == text.n) {
		*at = i;
		return false;
	}
	struct token *t = ret_token;
	t->start = i;
	t->n = 0;
	while (i < text.n) {
		char c = text.p[i];
		if (is_letter(c)) {
			if (t->n < TOKEN_MAX)
				t->word[t->n++] = char_lower(c);
		} else if (!is_glue(text, i) || i + 1 == text.n || !is_letter(text.p[i + 1])) {
			break;
		}
		i++;
	}
	t->end = i;
	*at = i;
	return true;
}

size_t token_last(struct str text)
{
	size_t i = text.n;
	while (i && !is_letter(text.p[i - 1]))
		i--;
	if (!i)
		return text.n;
	while (i && (is_letter(text.p[i - 1]) || (i > 1 && is_glue(text, i - 1) && is_letter(text.p[i - 2]))))
		i--;
	return i;
}

bool token_is_number(struct str word)
{
	size_t i = 0;
	if (word.n > 2 && word.p[0] == '0' && word.p[1] == 'x') {
		for (i = 2; i < word.n && char_is_hex(word.p[i]); i++)
			;
		return i == word.n;
	}
	while (i < word.n && char_is_digit(word.p[i]))
		i++;
	return word.n > 0 && i == word.n;
}

static bool ends(const char *word, uint32_t n, const char *suffix)
{
	size_t k = strlen(suffix);
	return n > k + 1 && memcmp(word + n - k, suffix, k) == 0;
}

uint32_t token_stem(char *word, uint32_t n)
{
	if (n < 4 || char_is_digit(word[n - 1]) || char_is_digit(word[0]))
		return n;
	if (ends(word, n, "ies")) {
		word[n - 3] = 'y';
		n -= 2;
	} else if (ends(word, n, "sses") || ends(word, n, "xes") || ends(word, n, "ches") || ends(word, n, "shes")) {
		n -= 2;
	} else if (word[n - 1] == 's' && word[n - 2] != 's' && word[n - 2] != 'u' && word[n - 2] != 'i') {
		n--;
	}
	uint32_t was = n;
	if (ends(word, n, "ing"))
		n -= 3;
	else if (ends(word, n, "ed"))
		n -= 2;
	if (n < was && n > 3 && word[n - 1] == word[n - 2] && word[n - 1] != 'l' && word[n - 1] != 's')
		n--;
	if (n > 4 && word[n - 1] == 'e')
		n--;
	return n;
}
