/* SPDX-License-Identifier: MIT
 *
 * Keeping reports for the pages: draws names and keys (libsodium), reads the clock, opens the file when somebody first
 * asks for it, and lends it to one thread at a time. Secrets are masked before anything comes here.
 */
#ifndef KBT_WEB_KEEP_H
#define KBT_WEB_KEEP_H

#include "store/kept.h"
#include "web/run.h"

enum {
	KEEP_NAME = 32, /* hexadecimal digits: 128 bits; so has the key */
	KEEP_DAYS_MAX = 90,
	KEEP_DAYS_DEFAULT = 7,
	KEEP_BYTES_MAX = 1 << 30 /* of all that is kept; one client has a share of it (KEPT_SHARES) */
};

struct keep;

/* keep_open only takes the path; NULL: nothing can be kept. */
enum err keep_open(const char *path, struct keep **ret_keep) MUST_USE;
/* keep_check: can the file be used, where it is there? What kept_open says, but that a full disk, which d names, may
 * have room again later. */
enum err keep_check(const char *path, struct diags *d) MUST_USE;
void keep_close(struct keep **keep);

struct keep_made {
	struct str name, key; /* key deletes it; it is not stored */
	struct str title;     /* as it was given */
	int64_t expires_s;
};

#define KEEP_SHARE_SAYS "A quarter of what can be kept here is yours already. Delete some of it, or copy this instead."

/* keep_owner: whose share a request counts for: its token's, else its client's; empty for this machine without any. */
struct str keep_owner(const struct http_request *req);
/* keep_put takes kind, title and forms (indexed by enum run_form up to RUN_TEXT) of item, and as its owner what
 * keep_owner said. ERR_UNSUPPORTED where nothing can be kept, ERR_LIMIT, ERR_SHARE, and what kept_open says. */
enum err keep_put(struct keep *k, const struct kept_item *item, unsigned days, struct arena *a, struct diags *d,
		  struct keep_made *ret_made) MUST_USE;
enum err keep_get(struct keep *k, struct str name, struct arena *a, struct kept_item *ret_item) MUST_USE;
/* keep_sweep forgets what has expired; now and then. A file that is not there is not made. */
void keep_sweep(struct keep *k);
/* keep_delete: ERR_DENIED for another key. mighty: whoever asks needs none. */
enum err keep_delete(struct keep *k, struct str name, struct str key, bool mighty, struct arena *a) MUST_USE;

/* keep_days reads a number of days from a form; 0 for none, or one that cannot be. */
unsigned keep_days(struct str text);

/* keep_add_made adds the page's piece about what was made: the link, how long, the form that deletes it, and the
 * address where it can be deleted later: the key stands behind its #, so that no server and no log sees it. csrf is the
 * form's hidden field, or empty. */
void keep_add_made(struct buf *out, const struct keep_made *made, struct str csrf);
/* keep_add_json adds the same as an object. */
void keep_add_json(struct json *j, const struct keep_made *made);
/* keep_date writes "2026-11-25 09:30 UTC", as text and for people. */
struct str keep_date(int64_t at_s, struct arena *a);

#endif
