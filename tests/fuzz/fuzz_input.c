/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a file on disk: plain, compressed, an archive, damaged, a bomb. They are walked twice, read and skipped.
 */
#include "base/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const char *path, bool read)
{
	struct arena a = { 0 };
	struct diags d = { .arena = &a };
	struct input *input;
	const struct input_member *m = NULL;
	if (input_open(&path, 1, &d, &input))
		return;
	for (unsigned members = 0; members < 10000; members++) {
		if (input_next(input, &m)) {
			if (!d.count)
				abort(); /* every fault has its sentence */
			continue;
		}
		if (!m)
			break;
		struct str block = { 0 };
		while (read && !input_read(input, &block) && block.n)
			continue;
	}
	input_close(&input);
	arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	int fd = memfd_create("input", MFD_CLOEXEC);
	if (fd < 0)
		return 0;
	for (size_t at = 0; at < size;) {
		ssize_t n = write(fd, data + at, size - at);
		if (n <= 0)
			break;
		at += (size_t)n;
	}
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	walk(path, true);
	walk(path, false);
	close(fd);
	return 0;
}
