/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <stdlib.h>

static void *(*resize_hook)(void *, size_t) = realloc;

void *mem_resize(void *p, size_t size)
{
	return resize_hook(p, size);
}

void mem_free(void *p)
{
	free(p);
}

void mem_set_resize(void *(*resize)(void *, size_t))
{
	resize_hook = resize ? resize : realloc;
}
