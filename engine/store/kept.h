/* SPDX-License-Identifier: MIT
 *
 * What people asked to keep: reports in the forms they are passed on in, each under a name that nobody guesses, until
 * it expires or is deleted by its key. One SQLite file of its own, beside the knowledge base: an import never touches
 * it, and to delete the file forgets all. A handle is for one thread at a time. Never looks at a clock or at random
 * numbers.
 */
#ifndef KBT_STORE_KEPT_H
#define KBT_STORE_KEPT_H

#include "base/buf.h"
#include "base/diag.h"

enum {
	KEPT_FORMS = 4,
	KEPT_BYTES_MAX = 4 << 20, /* of one form */
	KEPT_MAX = 10000,	  /* at once */
	KEPT_SHARES = 4		  /* one owner has a quarter of their number, and of the bytes that kept_limit says */
};

struct kept;

struct kept_item {
	struct str kind;	      /* "diagnosis", "answer", "scan" */
	struct str title;
	struct str forms[KEPT_FORMS]; /* in an order that the caller knows */
	int64_t made_s, expires_s;    /* since 1970 */
	struct str owner;	      /* who made it, hashed; empty: nobody whose share counts. Not read back */
};

/* kept_open: the file is made where it is missing, for its owner alone to read. ERR_FOREIGN, ERR_NEWER, ERR_DENIED,
 * ERR_IO with a sentence in d. */
enum err kept_open(const char *path, struct diags *d, struct kept **ret_kept) MUST_USE;
void kept_close(struct kept **kept);
/* kept_limit: the file grows to so many bytes and no further: then kept_put gives ERR_FULL, and all else works on. */
enum err kept_limit(struct kept *k, size_t bytes) MUST_USE;

/* kept_put: ERR_LIMIT where a form is too long or too much is kept, ERR_SHARE where its owner has a share already. What
 * has expired by made_s is forgotten first. key_hash stands for the key that deletes it. */
enum err kept_put(struct kept *k, struct str name, struct str key_hash, const struct kept_item *item) MUST_USE;
/* kept_get: ERR_NOTFOUND also for what has expired. */
enum err kept_get(struct kept *k, struct str name, int64_t now_s, struct arena *a, struct kept_item *ret_item,
		  struct str *ret_key_hash) MUST_USE;
enum err kept_expire(struct kept *k, int64_t now_s) MUST_USE; /* forgets what has expired by then */
enum err kept_delete(struct kept *k, struct str name) MUST_USE; /* also where it is not there */

#endif
