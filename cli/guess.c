/* SPDX-License-Identifier: MIT
 *
 * See guess.h. Distance: Damerau and Levenshtein, letters that changed places counted as one slip,
 * a capital as none.
 */
#include "cli/guess.h"

enum { LETTERS_MAX = 32 };

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* slips_between: both are at most LETTERS_MAX long. */
static unsigned slips_between(struct str a, struct str b)
{
	unsigned rows[3][LETTERS_MAX + 1];
	for (size_t j = 0; j <= b.n; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a.n; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			bool same = char_lower(a.p[i - 1]) == char_lower(b.p[j - 1]);
			row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + !same);
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
				row[j] = least(row[j], two_above[j - 2] + 1);
		}
	}
	return rows[a.n % 3][b.n];
}

void guess_try(struct guess *g, const char *name)
{
	struct str known = str_c(name);
	if (g->typed.n < 2 || g->typed.n > LETTERS_MAX || known.n > LETTERS_MAX)
		return;
	/* what was begun with, and stopped, is meant as well: --inc */
	bool begun = g->typed.n >= 3 && str_starts(known, g->typed);
	unsigned slips = begun ? 1 : slips_between(g->typed, known);
	if (slips > (g->typed.n < 5 ? 1U : 2U) || (g->name && slips >= g->slips))
		return;
	g->name = name;
	g->slips = slips;
}
