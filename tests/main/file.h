/* SPDX-License-Identifier: MIT
 *
 * Reading a whole file, for the mains of this folder.
 */
#ifndef KBT_TESTS_FILE_H
#define KBT_TESTS_FILE_H

#include "base/buf.h"

#include <stdio.h>

static inline bool file_read(const char *path, struct buf *bytes)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	for (char *room; (room = buf_room(bytes, 1 << 16));) {
		size_t n = fread(room, 1, 1 << 16, f);
		bytes->n += n;
		if (!n)
			break;
	}
	bool good = !ferror(f) && !buf_err(bytes);
	fclose(f);
	return good;
}

#endif
