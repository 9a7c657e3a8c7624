/* SPDX-License-Identifier: MIT
 *
 * Tokens by libsodium. See token.h.
 */
#include "web/token.h"

#include <sodium.h>
#include <string.h>

enum { SECRET_BYTES = 32, SECRET_TEXT_MAX = 256 };

static const struct str prefix = STR_LIT("kbt_");

static const struct {
	const char *name;
	enum role role;
} roles[] = { { "read", ROLE_READ }, { "probe", ROLE_PROBE }, { "admin", ROLE_ADMIN } };

const char *role_name(enum role role)
{
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (roles[i].role == role)
			return roles[i].name;
	return "none";
}

bool role_find(struct str name, enum role *ret_role)
{
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (str_eq(name, str_c(roles[i].name))) {
			*ret_role = roles[i].role;
			return true;
		}
	return false;
}

bool token_name_fits(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!char_is_alnum(name.p[i]) && (!name.p[i] || !strchr("._-", name.p[i])))
			return false;
	return name.n && name.n <= TOKEN_NAME_MAX;
}

static bool parse_hash(struct str text, unsigned char *ret_hash)
{
	size_t n = 0;
	return text.n == 2 * TOKEN_HASH_BYTES &&
	       !sodium_hex2bin(ret_hash, TOKEN_HASH_BYTES, text.p, text.n, NULL, &n, NULL) && n == TOKEN_HASH_BYTES;
}

static enum err parse_line(struct str line, uint32_t number, struct arena *a, struct diags *d, struct tokens *t)
{
	struct str name, role, hash, rest = line;
	struct token token = { 0 };
	bool whole = str_word(&rest, &name) && str_word(&rest, &role) && str_word(&rest, &hash) && !str_trim(rest).n;
	if (!whole || !token_name_fits(name) || !role_find(role, &token.role) || !parse_hash(hash, token.hash)) {
		diags_add(d, DIAG_ERROR, number,
			  "a line is NAME ROLE HASH, the role read, probe or admin: `kbt token add` writes it");
		return ERR_INPUT;
	}
	if (tokens_named(t, name) || t->count == TOKENS_MAX) {
		diags_add(d, DIAG_ERROR, number,
			  t->count == TOKENS_MAX ? "%.*s is one token too many" : "%.*s is there twice", STR_ARG(name));
		return ERR_INPUT;
	}
	token.name = arena_str(a, name);
	struct token *slot = arena_push(a, &t->items, &t->count, &t->cap);
	if (slot)
		*slot = token;
	return arena_err(a);
}

enum err tokens_parse(struct str text, struct arena *a, struct diags *d, struct tokens *ret_tokens)
{
	struct tokens t = { 0 };
	struct str line;
	for (uint32_t number = 1; str_line(&text, &line); number++) {
		line = str_trim(line);
		enum err e = line.n && line.p[0] != '#' ? parse_line(line, number, a, d, &t) : ERR_OK;
		if (e)
			return e;
	}
	*ret_tokens = t;
	return arena_err(a);
}

void tokens_write(struct buf *out, const struct tokens *tokens)
{
	char hash[2 * TOKEN_HASH_BYTES + 1];
	buf_add_c(out, "# Who may ask kbt serve: name, role, and the hash of the token, which stands nowhere. See `kbt "
		       "token --help`.\n");
	for (size_t i = 0; i < tokens->count; i++) {
		const struct token *t = &tokens->items[i];
		sodium_bin2hex(hash, sizeof hash, t->hash, sizeof t->hash);
		buf_addf(out, "%.*s %s %s\n", STR_ARG(t->name), role_name(t->role), hash);
	}
}

static void hash_of(struct str secret, unsigned char *ret_hash)
{
	crypto_generichash(ret_hash, TOKEN_HASH_BYTES, (const unsigned char *)secret.p, secret.n, NULL, 0);
}

enum err token_make(struct arena *a, struct str *ret_secret, unsigned char ret_hash[TOKEN_HASH_BYTES])
{
	unsigned char bytes[SECRET_BYTES];
	char text[sodium_base64_ENCODED_LEN(SECRET_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
	if (sodium_init() < 0)
		return ERR_UNSUPPORTED;
	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	struct str secret = arena_printf(a, "%.*s%s", STR_ARG(prefix), text);
	sodium_memzero(bytes, sizeof bytes);
	sodium_memzero(text, sizeof text);
	if (arena_err(a))
		return ERR_NOMEM;
	hash_of(secret, ret_hash);
	*ret_secret = secret;
	return ERR_OK;
}

const struct token *tokens_find(const struct tokens *tokens, struct str secret)
{
	unsigned char hash[TOKEN_HASH_BYTES];
	const struct token *found = NULL;
	if (!secret.n || secret.n > SECRET_TEXT_MAX)
		return NULL;
	hash_of(secret, hash);
	for (size_t i = 0; i < tokens->count; i++) /* to the end: the time tells nothing */
		if (!sodium_memcmp(hash, tokens->items[i].hash, sizeof hash))
			found = &tokens->items[i];
	return found;
}

const struct token *tokens_named(const struct tokens *tokens, struct str name)
{
	for (size_t i = 0; i < tokens->count; i++)
		if (str_eq(tokens->items[i].name, name))
			return &tokens->items[i];
	return NULL;
}
