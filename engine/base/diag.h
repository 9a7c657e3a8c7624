/* SPDX-License-Identifier: MIT
 *
 * What was noticed about an input, as data: the file or source, the line, and a sentence. The engine collects, the
 * command line and the page turn it into words. At most DIAGS_MAX are kept; the rest are counted.
 */
#ifndef KBT_BASE_DIAG_H
#define KBT_BASE_DIAG_H

#include "base/arena.h"

enum diag_level { DIAG_NOTE, DIAG_WARNING, DIAG_ERROR };
enum { DIAGS_MAX = 1000 };

struct diag {
	enum diag_level level;
	struct str origin; /* a path, an article id, or empty */
	uint32_t line;	   /* 1-based; 0 where there is none */
	struct str text;   /* one sentence without a final stop */
};

struct diags {
	struct arena *arena; /* set by the owner; holds all texts */
	struct str origin;   /* taken for what diags_add adds */
	struct diag *items;
	size_t count, cap;
	size_t errors;	     /* of DIAG_ERROR, also those not kept */
	size_t left_out;
};

/* diags_add notes a sentence; d may be NULL (nobody listens). */
void diags_add(struct diags *d, enum diag_level level, uint32_t line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* diags_fail notes an error and gives e back: return diags_fail(d, ERR_INPUT, "..."). */
enum err diags_fail(struct diags *d, enum err e, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
