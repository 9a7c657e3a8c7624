/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>

static void *(*resize_hook)(void *, size_t) = realloc;

static atomic_ulong failures;

void *mem_resize(void *p, size_t size)
{
	void *room = resize_hook(p, size);
	if (!room)
		atomic_fetch_add(&failures, 1);
	return room;
}

unsigned long mem_failures(void)
{
	return atomic_load(&failures);
}

void mem_free(void *p)
{
	free(p);
}

void mem_set_resize(void *(*resize)(void *, size_t))
{
	resize_hook = resize ? resize : realloc;
}
