/* SPDX-License-Identifier: MIT
 *
 * The one error convention. A fallible call returns enum err (0 is success), gives its outputs last, named ret_*, and
 * leaves them untouched on failure. A bug asserts; a bad world (malformed article, refused connection) is data and
 * never an enum err. The sentence that names the thing goes into a struct diags (diag.h).
 */
#ifndef KBT_BASE_ERR_H
#define KBT_BASE_ERR_H

enum err {
#define ERR(name, words) ERR_##name,
#include "base/err.def"
#undef ERR
};

#define MUST_USE __attribute__((warn_unused_result))

/* err_text gives the words of err.def; a static string. */
const char *err_text(enum err e);

/* err_from_errno maps what the system said: ENOSPC is ERR_FULL, ENOENT is ERR_NOTFOUND, and so on; else ERR_IO. */
enum err err_from_errno(int number);
/* err_errno_text is the C library's text, but for the commonest: a person knows folders. */
const char *err_errno_text(int number);

#endif
