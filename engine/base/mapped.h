/* SPDX-License-Identifier: MIT
 *
 * A file read by mapping it. Takes a path, gives its bytes, which stay until mapped_close. A file that is cut short in
 * its place, or that the disk can no longer read, would end the program by SIGBUS where a byte of it is wanted: instead
 * all its bytes become zeros at that moment, and mapped_is_whole says so from then on. So whoever reads it may meet
 * zeros half-way, must leave no bounds by them, and asks at the end before what was read counts.
 *
 * Installs a handler of SIGBUS for the process; faults elsewhere go to the handler before it.
 */
#ifndef KBT_BASE_MAPPED_H
#define KBT_BASE_MAPPED_H

#include "base/err.h"
#include "base/str.h"

struct mapped {
	struct str bytes; /* empty: nothing is mapped */
	int fd;
	unsigned watch; /* the handler's number for it */
};

enum { MAPPED_MAX = 64 }; /* at a time */

/* mapped_open: ERR_NOTFOUND where no such file can be opened, ERR_DAMAGED where it is empty or no regular file, ERR_IO,
 * ERR_LIMIT for one more than MAPPED_MAX. */
enum err mapped_open(const char *path, struct mapped *ret_mapped) MUST_USE;
void mapped_close(struct mapped *m); /* nothing where nothing is mapped */

/* mapped_is_whole: the file is as long as it was when it was opened, and nothing of it has become zeros. */
bool mapped_is_whole(const struct mapped *m);

#endif
