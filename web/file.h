/* SPDX-License-Identifier: MIT
 *
 * A small file that the server's owner named, whole: certificates, keys, tokens.
 */
#ifndef KBT_WEB_FILE_H
#define KBT_WEB_FILE_H

#include "base/diag.h"

#include <sys/stat.h>

/* file_read: a regular file of at most max bytes, with a NUL behind it. ERR_DENIED, ERR_IO (also: it is not there),
 * ERR_INPUT (no regular file), ERR_LIMIT, with the sentence in d. ret_stat may be NULL. */
enum err file_read(const char *path, size_t max, struct arena *a, struct diags *d, struct str *ret_text,
		   struct stat *ret_stat) MUST_USE;

#endif
