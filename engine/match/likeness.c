/* SPDX-License-Identifier: MIT */
#include "match/likeness.h"

enum {
	TEMPLATE_MAX = 240, /* letters compared; their number times the text's is the time */
	TEXT_MAX = 360,
	TEMPLATE_MIN = 8 /* fewer are alike by chance */
};

/* The letters of the literals. */
static uint32_t template_letters(const struct file_view *v, const struct file_owner *owner, char *out)
{
	struct str message = file_str(v, owner->text);
	uint32_t n = 0;
	size_t at = 0;
	for (uint32_t i = 0; i <= owner->var_n; i++) {
		const struct file_var *var = i < owner->var_n ? &v->vars[owner->var_at + i] : NULL;
		for (size_t end = var ? var->start : message.n; at < end && n < TEMPLATE_MAX; at++)
			if (char_is_letter(message.p[at]))
				out[n++] = char_lower(message.p[at]);
		at = var ? var->end : at;
	}
	return n;
}

/* The least number of changes that turn the template into some part of the text (Sellers 1980). */
static uint32_t changes(const char *template, uint32_t n, const char *text, uint32_t m)
{
	uint16_t row[TEXT_MAX + 1] = { 0 };
	for (uint32_t i = 1; i <= n; i++) {
		uint16_t diagonal = row[0];
		row[0] = (uint16_t)i;
		for (uint32_t k = 1; k <= m; k++) {
			uint16_t changed = (uint16_t)(diagonal + (template[i - 1] != text[k - 1]));
			uint16_t moved = (uint16_t)((row[k] < row[k - 1] ? row[k] : row[k - 1]) + 1);
			diagonal = row[k];
			row[k] = changed < moved ? changed : moved;
		}
	}
	uint16_t least = row[0];
	for (uint32_t k = 1; k <= m; k++)
		least = row[k] < least ? row[k] : least;
	return least;
}

double likeness_of(const struct file_view *v, const struct file_owner *owner, const struct letters *letters,
		   size_t from, size_t to)
{
	char template[TEMPLATE_MAX];
	uint32_t n = template_letters(v, owner, template), first = 0, last;
	while (first < letters->n && letters->at[first] < from)
		first++;
	for (last = first; last < letters->n && letters->at[last] < to && last - first < TEXT_MAX;)
		last++;
	if (n < TEMPLATE_MIN || last == first)
		return 0;
	uint32_t least = changes(template, n, letters->c + first, last - first);
	return least < n ? 1 - (double)least / n : 0;
}
