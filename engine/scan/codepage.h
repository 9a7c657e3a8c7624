/* SPDX-License-Identifier: MIT
 *
 * A line that is no UTF-8 > text. Of the code pages that charset.h does not know (GBK, Korea's, Shift-JIS, KOI8-R,
 * those of Central Europe and of Turkey) one is believed only where a text that a system says (match/language.h) stands
 * in the line when it is read so: letters alone do not tell them from each other. Owns the handles of the C library's
 * iconv, opened when first needed; where that has no such page the line is read as charset.h does. A struct belongs to
 * one thread.
 */
#ifndef KBT_SCAN_CODEPAGE_H
#define KBT_SCAN_CODEPAGE_H

#include "base/arena.h"

enum { CODEPAGES = 8 };

struct codepages { /* zeroed at first */
	void *handles[CODEPAGES];
	bool tried[CODEPAGES];
};

/* codepage_text: in the arena, whose failure it leaves to be seen there. */
struct str codepage_text(struct codepages *c, struct str line, struct arena *a);
void codepages_close(struct codepages *c);

#endif
