/* SPDX-License-Identifier: MIT
 *
 * The one door to the heap, so that a test can make any allocation fail. Never aborts.
 */
#ifndef KBT_BASE_MEM_H
#define KBT_BASE_MEM_H

#include <stddef.h>

/* mem_resize is realloc: NULL p allocates, size 0 is not used. NULL on failure, p untouched. */
void *mem_resize(void *p, size_t size);
void mem_free(void *p);

/* mem_failures: how often mem_resize gave NULL, in all threads. What grew meanwhile may lack something, though nothing
 * failed that was checked: a word of a text that was put together aside. */
unsigned long mem_failures(void);

/* mem_set_resize replaces the allocator (NULL: the C library's again). For tests; not while another thread runs. */
void mem_set_resize(void *(*resize)(void *p, size_t size));

#endif
