/* SPDX-License-Identifier: MIT
 *
 * Tokens: who may ask this server, and for what. A token is a secret of 256 random bits that its owner keeps; the file
 * of tokens holds its hash alone (libsodium's generichash: such a secret needs no slow one), a line each: "NAME ROLE
 * HASH"; lines that begin with # are for people. Comparing takes the same time whatever is compared. Reads and writes
 * text, never a file.
 */
#ifndef KBT_WEB_TOKEN_H
#define KBT_WEB_TOKEN_H

#include "base/buf.h"
#include "base/diag.h"
#include "web/request.h"

enum { TOKEN_HASH_BYTES = 32, TOKEN_NAME_MAX = 64, TOKENS_MAX = 10000, TOKENS_BYTES_MAX = 2 << 20 };

struct token {
	struct str name;
	enum role role;
	unsigned char hash[TOKEN_HASH_BYTES];
};

struct tokens {
	struct token *items;
	size_t count, cap;
};

const char *role_name(enum role role); /* "read", "probe", "admin" */
bool role_find(struct str name, enum role *ret_role);
bool token_name_fits(struct str name); /* letters, digits, dot, dash and underscore */

/* tokens_parse: ERR_INPUT with a sentence and its line in d (a malformed line, a name that is there twice). */
enum err tokens_parse(struct str text, struct arena *a, struct diags *d, struct tokens *ret_tokens) MUST_USE;
void tokens_write(struct buf *out, const struct tokens *tokens);

/* token_make makes a new secret, "kbt_" and 43 letters, and its hash. ERR_UNSUPPORTED where libsodium does not
 * start. */
enum err token_make(struct arena *a, struct str *ret_secret, unsigned char ret_hash[TOKEN_HASH_BYTES]) MUST_USE;
const struct token *tokens_find(const struct tokens *tokens, struct str secret); /* NULL: nobody's */
const struct token *tokens_named(const struct tokens *tokens, struct str name);

#endif
