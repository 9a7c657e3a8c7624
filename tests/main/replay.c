/* SPDX-License-Identifier: MIT
 *
 * The main of a fuzzer that is built without libFuzzer: gives the harness every file named, and prints TAP. The line
 * before a crash says which file it was.
 */
#include "tests/main/file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	bool all_good = true;
	for (int i = 1; i < argc; i++) {
		struct buf bytes = { 0 };
		printf("# %s\n", argv[i]);
		fflush(stdout);
		bool good = file_read(argv[i], &bytes);
		if (good) { /* a heap copy of the exact size, so that a sanitizer sees a read past the end */
			uint8_t *exact = malloc(bytes.n ? bytes.n : 1);
			good = exact;
			if (good && bytes.n)
				memcpy(exact, bytes.p, bytes.n);
			if (good)
				LLVMFuzzerTestOneInput(exact, bytes.n);
			free(exact);
		}
		printf("%sok %d - %s\n", good ? "" : "not ", i, argv[i]);
		all_good = all_good && good;
		buf_free(&bytes);
	}
	return all_good ? 0 : 1;
}
