/* SPDX-License-Identifier: MIT
 *
 * Tokens, sessions and rates in front of every page. One lock guards what changes. See gate.h.
 */
#include "web/gate.h"

#include "base/mem.h"
#include "web/file.h"
#include "web/http.h"
#include "web/multipart.h"
#include "web/page.h"
#include "web/rate.h"
#include "web/token.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

enum { SESSION_BYTES = 24, KEY_BYTES = 32, ID_BYTES = 32, LOOK_MS = 1000, CSRF_BYTES = 16 };

/* Of clients on other machines. A page with what it loads is about five requests. */
enum { REQUESTS_PER_S = 50, REQUESTS_BURST = 300, DIAGNOSES_BURST = 10, WRONG_PER_MIN = 6, WRONG_BURST = 10 };

struct session {
	unsigned char id[ID_BYTES]; /* the hash of what the cookie holds */
	unsigned char token[TOKEN_HASH_BYTES];
	int64_t ends_ms; /* 0: free */
};

struct gate {
	struct gate_options options;
	unsigned char key[KEY_BYTES]; /* of what forms carry */
	pthread_mutex_t lock;
	struct arena arena; /* the tokens */
	struct tokens tokens;
	struct stat file;
	int64_t looked_ms;
	struct session sessions[GATE_SESSIONS_MAX];
	struct rates requests, diagnoses, wrong;
};

/* ---- the file of tokens ---- */

static enum err load(struct gate *g, struct arena *a, struct diags *d, struct tokens *ret_tokens, struct stat *ret_file)
{
	struct str text;
	enum err e = file_read(g->options.tokens, TOKENS_BYTES_MAX, a, d, &text, ret_file);
	d->origin = str_c(g->options.tokens);
	if (!e && ret_file->st_mode & (S_IWGRP | S_IWOTH))
		e = diags_fail(d, ERR_INPUT, "others may write the file of tokens: chmod go-w %s", g->options.tokens);
	if (!e)
		e = tokens_parse(text, a, d, ret_tokens);
	if (!e && !ret_tokens->count)
		e = diags_fail(d, ERR_INPUT, "there is no token in it: `kbt token add NAME --tokens %s` makes one",
			       g->options.tokens);
	d->origin = STR("");
	return e;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* look_again takes a changed file; of one that cannot be read, the tokens known before go on. Under the lock. */
static void look_again(struct gate *g)
{
	struct stat now;
	int64_t now_ms = http_now_ms();
	if (now_ms - g->looked_ms < LOOK_MS)
		return;
	g->looked_ms = now_ms;
	if (stat(g->options.tokens, &now) || same_file(&now, &g->file))
		return;
	struct arena a = { 0 };
	struct diags d = { .arena = &a };
	struct tokens tokens;
	enum err e = load(g, &a, &d, &tokens, &now);
	g->file = now;
	if (!e) {
		arena_free(&g->arena);
		g->arena = a;
		g->tokens = tokens;
		return;
	}
	struct str why = d.count ? d.items[d.count - 1].text : str_c(err_text(e));
	if (g->options.say)
		g->options.say(g->options.context,
			       arena_printf(&a,
					    "%s: the changed tokens could not be read, the old ones go "
					    "on: %.*s",
					    g->options.tokens, STR_ARG(why))
				       .p);
	arena_free(&a);
}

enum err gate_open(const struct gate_options *options, struct diags *d, struct gate **ret_gate)
{
	if (sodium_init() < 0)
		return diags_fail(d, ERR_UNSUPPORTED, "libsodium does not start: no random numbers here");
	struct gate *g = mem_resize(NULL, sizeof *g);
	if (!g)
		return ERR_NOMEM;
	memset(g, 0, sizeof *g);
	g->options = *options;
	randombytes_buf(g->key, sizeof g->key);
	double per_min = options->diagnoses_per_min > 0 ? options->diagnoses_per_min : GATE_DIAGNOSES_PER_MIN;
	g->requests = (struct rates){ .per_s = REQUESTS_PER_S, .burst = REQUESTS_BURST };
	g->diagnoses =
		(struct rates){ .per_s = per_min / 60, .burst = per_min < DIAGNOSES_BURST ? per_min : DIAGNOSES_BURST };
	g->wrong = (struct rates){ .per_s = WRONG_PER_MIN / 60.0, .burst = WRONG_BURST };
	struct rates *const all[] = { &g->requests, &g->diagnoses, &g->wrong };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		randombytes_buf(&all[i]->seed, sizeof all[i]->seed);
	enum err e = options->tokens ? load(g, &g->arena, d, &g->tokens, &g->file) : ERR_OK;
	if (e) {
		arena_free(&g->arena);
		mem_free(g);
		return e;
	}
	pthread_mutex_init(&g->lock, NULL);
	*ret_gate = g;
	return ERR_OK;
}

void gate_close(struct gate **gate)
{
	struct gate *g = *gate;
	if (!g)
		return;
	*gate = NULL;
	arena_free(&g->arena);
	pthread_mutex_destroy(&g->lock);
	sodium_memzero(g, sizeof *g);
	mem_free(g);
}

bool gate_has_tokens(const struct gate *g)
{
	return g && g->options.tokens;
}

/* ---- sessions ---- */

static const char *cookie_name(const struct gate *g)
{
	return g->options.secure ? "__Host-kbt" : "kbt";
}

static struct str cookie_of(const struct gate *g, const struct http_request *req)
{
	struct str rest = http_header(req, "Cookie"), part, name, value;
	while (rest.n) {
		str_cut(rest, ';', &part, &rest);
		if (str_cut(str_trim(part), '=', &name, &value) && str_eq(name, str_c(cookie_name(g))))
			return value;
	}
	return STR("");
}

static void id_of(struct str secret, unsigned char *ret_id)
{
	crypto_generichash(ret_id, ID_BYTES, (const unsigned char *)secret.p, secret.n, NULL, 0);
}

static struct session *find_session(struct gate *g, struct str secret)
{
	unsigned char id[ID_BYTES];
	struct session *found = NULL;
	int64_t now = http_now_ms();
	if (!secret.n)
		return NULL;
	id_of(secret, id);
	for (size_t i = 0; i < GATE_SESSIONS_MAX; i++)
		if (g->sessions[i].ends_ms > now && !sodium_memcmp(id, g->sessions[i].id, sizeof id))
			found = &g->sessions[i];
	return found;
}

static const struct token *token_of(const struct gate *g, const struct session *s)
{
	for (size_t i = 0; i < g->tokens.count; i++)
		if (!sodium_memcmp(s->token, g->tokens.items[i].hash, sizeof s->token))
			return &g->tokens.items[i];
	return NULL;
}

static struct str add_session(struct gate *g, const struct token *token, struct arena *a)
{
	unsigned char bytes[SESSION_BYTES];
	char text[sodium_base64_ENCODED_LEN(SESSION_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
	struct session *slot = g->sessions; /* the one that ends first; free ones did long ago */
	for (size_t i = 1; i < GATE_SESSIONS_MAX; i++)
		if (g->sessions[i].ends_ms < slot->ends_ms)
			slot = &g->sessions[i];
	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	id_of(str_c(text), slot->id);
	memcpy(slot->token, token->hash, sizeof slot->token);
	slot->ends_ms = http_now_ms() + GATE_SESSION_S * 1000LL;
	return arena_str(a, str_c(text));
}

static struct str cookie(const struct gate *g, const struct http_request *req, struct str value, int seconds)
{
	bool secure = g->options.secure || str_eq(req->scheme, STR("https"));
	return arena_printf(req->arena, "%s=%.*s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s", cookie_name(g),
			    STR_ARG(value), seconds, secure ? "; Secure" : "");
}

/* count_wrong: one more token that is nobody's; *ret_wait_s is set where there were too many. One that is known is let
 * in all the same: who shares an address with the one who guesses is not locked out, and nobody guesses 256 bits. */
static void count_wrong(struct gate *g, const struct http_request *req, unsigned *ret_wait_s)
{
	rates_take(&g->wrong, req->client, http_now_ms(), ret_wait_s);
}

bool gate_log_in(struct gate *g, const struct http_request *req, struct str secret, struct str *ret_cookie,
		 unsigned *ret_wait_s)
{
	*ret_wait_s = 0;
	pthread_mutex_lock(&g->lock);
	look_again(g);
	const struct token *token = tokens_find(&g->tokens, str_trim(secret));
	if (token)
		*ret_cookie = cookie(g, req, add_session(g, token, req->arena), GATE_SESSION_S);
	else
		count_wrong(g, req, ret_wait_s);
	pthread_mutex_unlock(&g->lock);
	return token;
}

void gate_log_out(struct gate *g, const struct http_request *req, struct str *ret_cookie)
{
	pthread_mutex_lock(&g->lock);
	struct session *s = find_session(g, req->session);
	if (s)
		*s = (struct session){ 0 };
	pthread_mutex_unlock(&g->lock);
	*ret_cookie = cookie(g, req, STR(""), 0);
}

/* ---- the request ---- */

/* is_watched: whoever watches the server is answered, whatever token it shows, none of which is looked at. */
static bool is_watched(struct str path)
{
	return str_eq(path, STR("/-/healthy")) || str_eq(path, STR("/-/ready"));
}

static bool is_open(struct str path)
{
	static const struct str open[] = { STR_LIT("*"), STR_LIT("/login"), STR_LIT("/opensearch.xml"),
					   STR_LIT("/api/v1/openapi.json") };
	for (size_t i = 0; i < sizeof open / sizeof *open; i++)
		if (str_eq(path, open[i]))
			return true;
	return is_watched(path) || str_starts(path, STR("/static/"));
}

static struct str bearer_of(const struct http_request *req)
{
	const struct str scheme = STR("Bearer ");
	struct str value = http_header(req, "Authorization");
	return str_starts_nocase(value, scheme) ? str_trim(str_from(value, scheme.n)) : STR("");
}

/* identify finds the token of a request, by itself or by its cookie; *ret_wrong: it shows one that is nobody's. */
static void identify(struct gate *g, struct http_request *req, bool *ret_wrong, unsigned *ret_wait_s)
{
	struct str secret = bearer_of(req), session = cookie_of(g, req);
	const struct token *token = NULL;
	look_again(g);
	if (http_header(req, "Authorization").n) {
		token = tokens_find(&g->tokens, secret);
		*ret_wrong = !token;
		if (!token)
			count_wrong(g, req, ret_wait_s);
	} else if (session.n) {
		struct session *s = find_session(g, session);
		token = s ? token_of(g, s) : NULL;
		req->session = token ? session : STR("");
	}
	if (!token)
		return;
	req->role = token->role;
	req->user = arena_str(req->arena, token->name);
}

static bool wants_page(const struct http_request *req)
{
	return (req->method == HTTP_GET || req->method == HTTP_HEAD) && !request_is_api(req) &&
	       http_accepts(req, "text/html") && !http_accepts(req, PAGE_JSON);
}

static bool too_often(struct http_request *req, struct http_response *res, unsigned wait_s, const char *why)
{
	page_fail(req, res, 429,
		  arena_printf(req->arena, "%s Try again in %u second%s.", why, wait_s, wait_s == 1 ? "" : "s").p);
	res->retry_after_s = wait_s;
	return false;
}

static bool turn_away(struct http_request *req, struct http_response *res, bool wrong)
{
	if (!wrong && wants_page(req)) {
		struct buf to = { 0 };
		buf_add_c(&to, "/login?next=");
		page_encode(&to, req->target);
		res->status = 303;
		res->location = buf_keep(&to, req->arena);
		buf_free(&to);
		return false;
	}
	page_fail(req, res, 401,
		  wrong ? "This token is not known here."
			: "This server wants a token: Authorization: Bearer kbt_..., or a log-in at /login.");
	return false;
}

bool gate_admit(struct gate *g, struct http_request *req, struct http_response *res)
{
	unsigned wait_s = 0;
	bool wrong = false;
	if (!g) {
		req->role = ROLE_ADMIN;
		return true;
	}
	pthread_mutex_lock(&g->lock);
	bool enough = rates_take(&g->requests, req->client, http_now_ms(), &wait_s);
	if (!g->options.tokens)
		req->role = req->client.n ? ROLE_PROBE : ROLE_ADMIN;
	else if (enough && !is_watched(req->path))
		identify(g, req, &wrong, &wait_s);
	pthread_mutex_unlock(&g->lock);
	if (!enough)
		return too_often(req, res, wait_s, "These are too many requests.");
	if (wait_s)
		return too_often(req, res, wait_s, "Too many tokens that are not known here.");
	if (wrong)
		return turn_away(req, res, true);
	return req->role >= ROLE_READ || is_open(req->path) || turn_away(req, res, false);
}

bool gate_needs(struct gate *g, struct http_request *req, struct http_response *res, enum role role)
{
	if (!g || req->role >= role)
		return true;
	page_fail(req, res, 403,
		  arena_printf(req->arena, "This wants the role %s; your token has the role %s.", role_name(role),
			       role_name(req->role))
			  .p);
	return false;
}

bool gate_takes_diagnosis(struct gate *g, struct http_request *req, struct http_response *res)
{
	unsigned wait_s = 0;
	if (!g)
		return true;
	if (!gate_needs(g, req, res, ROLE_PROBE))
		return false;
	pthread_mutex_lock(&g->lock);
	bool enough = rates_take(&g->diagnoses, req->client, http_now_ms(), &wait_s);
	pthread_mutex_unlock(&g->lock);
	return enough || too_often(req, res, wait_s, "These are too many diagnoses.");
}

/* ---- forms ---- */

struct str gate_csrf(struct gate *g, const struct http_request *req)
{
	unsigned char mark[CSRF_BYTES];
	char text[2 * CSRF_BYTES + 1];
	if (!g)
		return STR("");
	crypto_generichash(mark, sizeof mark, (const unsigned char *)req->session.p, req->session.n, g->key,
			   sizeof g->key);
	return arena_str(req->arena, str_c(sodium_bin2hex(text, sizeof text, mark, sizeof mark)));
}

static bool is_browser(const struct http_request *req)
{
	return http_header(req, "Origin").n || http_header(req, "Sec-Fetch-Site").n || http_header(req, "Cookie").n;
}

bool gate_checks_csrf(struct gate *g, struct http_request *req, struct http_response *res)
{
	struct http_fields fields = { 0 };
	if (!g || req->method != HTTP_POST || !is_browser(req) || http_content_is(req, PAGE_JSON) ||
	    http_header(req, "X-Kbt").n)
		return true;
	struct str want = gate_csrf(g, req), mark = STR("");
	if (http_content_is(req, "application/x-www-form-urlencoded") &&
	    !request_parse_form(req->body, req->arena, &fields))
		mark = http_field(&fields, "csrf");
	struct multipart parts;
	if (http_content_is(req, "multipart/form-data") &&
	    !multipart_parse(http_header(req, "Content-Type"), req->body, req->arena, &parts))
		mark = http_field(&parts.fields, "csrf");
	if (mark.n == want.n && want.n && !sodium_memcmp(mark.p, want.p, want.n))
		return true;
	page_fail(req, res, 403, "This form is older than the server, or another site's. Load the page again.");
	return false;
}
