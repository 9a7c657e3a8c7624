/* SPDX-License-Identifier: MIT */
#include "base/diag.h"

static void add(struct diags *d, enum diag_level level, uint32_t line, const char *format, va_list args)
{
	if (!d)
		return;
	if (level == DIAG_ERROR)
		d->errors++;
	struct diag *item = d->count < DIAGS_MAX ? arena_push(d->arena, &d->items, &d->count, &d->cap) : NULL;
	if (!item) {
		d->left_out++;
		return;
	}
	*item = (struct diag){ level, d->origin, line, arena_vprintf(d->arena, format, args) };
}

void diags_add(struct diags *d, enum diag_level level, uint32_t line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(d, level, line, format, args);
	va_end(args);
}

enum err diags_fail(struct diags *d, enum err e, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(d, DIAG_ERROR, 0, format, args);
	va_end(args);
	return e;
}
