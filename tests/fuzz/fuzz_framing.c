/* SPDX-License-Identifier: MIT
 *
 * Anything as what a client sends: in one piece or byte by byte it is found to be wrong, or it is not. Of two faults in
 * one line either may be the one that is named.
 */
#include "web/framing.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct framing whole = { .head_max = 100 }, parted = whole;
	struct framing_fault fault, part = { 0 };
	struct str bytes = { (const char *)data, size };
	size_t n = framing_take(&whole, bytes, &fault), done = 0;
	assert(fault.status ? n < size : n == size);
	while (done < size && !part.status)
		done += framing_take(&parted, str_first(str_from(bytes, done), 1), &part);
	assert(!part.status == !fault.status);
	assert(fault.status ? done >= n : done == size && parted.at == whole.at && parted.length == whole.length);
	return 0;
}
