/* SPDX-License-Identifier: MIT
 *
 * See keep.h.
 */
#include "web/keep.h"

#include "base/mem.h"
#include "render/html.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DAY_S = 86400, HASH_BYTES = 32 };

struct keep {
	char *path; /* NULL: nothing can be kept */
	pthread_mutex_t lock;
	struct kept *kept;
};

enum err keep_open(const char *path, struct keep **ret_keep)
{
	struct keep *k = mem_resize(NULL, sizeof *k);
	size_t n = path ? strlen(path) + 1 : 0;
	if (!k)
		return ERR_NOMEM;
	*k = (struct keep){ .path = path ? mem_resize(NULL, n) : NULL };
	if (path && !k->path) {
		mem_free(k);
		return ERR_NOMEM;
	}
	if (path)
		memcpy(k->path, path, n);
	pthread_mutex_init(&k->lock, NULL);
	*ret_keep = k;
	return sodium_init() < 0 ? ERR_UNSUPPORTED : ERR_OK;
}

enum err keep_check(const char *path, struct diags *d)
{
	struct kept *kept = NULL;
	enum err e = access(path, F_OK) ? ERR_OK : kept_open(path, d, &kept);
	kept_close(&kept);
	return e == ERR_FULL || e == ERR_FILESIZE ? ERR_OK
						  : e; /* there may be room again when somebody keeps something */
}

void keep_close(struct keep **keep)
{
	struct keep *k = *keep;
	if (!k)
		return;
	*keep = NULL;
	kept_close(&k->kept);
	pthread_mutex_destroy(&k->lock);
	mem_free(k->path);
	mem_free(k);
}

static struct str draw(struct arena *a)
{
	unsigned char bytes[KEEP_NAME / 2];
	char text[KEEP_NAME + 1];
	randombytes_buf(bytes, sizeof bytes);
	return arena_str(a, str_c(sodium_bin2hex(text, sizeof text, bytes, sizeof bytes)));
}

static struct str hash_of(struct str key, struct arena *a)
{
	unsigned char *hash = arena_alloc(a, HASH_BYTES);
	if (!hash)
		return STR("");
	crypto_generichash(hash, HASH_BYTES, (const unsigned char *)key.p, key.n, NULL, 0);
	return (struct str){ (const char *)hash, HASH_BYTES };
}

/* opened is called under the lock. */
static enum err opened(struct keep *k, struct diags *d)
{
	if (!k->path)
		return ERR_UNSUPPORTED;
	if (k->kept)
		return ERR_OK;
	enum err e = kept_open(k->path, d, &k->kept);
	if (!e)
		e = kept_limit(k->kept, KEEP_BYTES_MAX);
	if (e)
		kept_close(&k->kept);
	return e;
}

struct str keep_owner(const struct http_request *req)
{
	return req->user.n ? arena_printf(req->arena, "token %.*s", STR_ARG(req->user)) : req->client;
}

enum err keep_put(struct keep *k, const struct kept_item *item, unsigned days, struct arena *a, struct diags *d,
		  struct keep_made *ret_made)
{
	struct kept_item whole = *item;
	struct keep_made made = { .name = draw(a), .key = draw(a), .title = item->title };
	struct str hash = hash_of(made.key, a);
	if (item->owner.n)
		whole.owner = hash_of(item->owner, a);
	whole.made_s = (int64_t)time(NULL);
	whole.expires_s = made.expires_s = whole.made_s + (int64_t)days * DAY_S;
	if (arena_err(a))
		return ERR_NOMEM;
	pthread_mutex_lock(&k->lock);
	enum err e = opened(k, d);
	if (!e)
		e = kept_put(k->kept, made.name, hash, &whole);
	if (e && e != ERR_LIMIT && e != ERR_SHARE)
		kept_close(&k->kept); /* without memory there is no ROLLBACK either: it ends with the file */
	pthread_mutex_unlock(&k->lock);
	if (!e)
		*ret_made = made;
	return e;
}

void keep_sweep(struct keep *k)
{
	if (!k->path || access(k->path, W_OK))
		return;
	pthread_mutex_lock(&k->lock);
	if (!opened(k, NULL) && kept_expire(k->kept, (int64_t)time(NULL)))
		kept_close(&k->kept); /* what was wrong is said to the next who keeps something */
	pthread_mutex_unlock(&k->lock);
}

static bool is_name(struct str name)
{
	bool hex = name.n == KEEP_NAME;
	for (size_t i = 0; hex && i < name.n; i++)
		hex = char_is_hex(name.p[i]) && !char_is_upper(name.p[i]);
	return hex;
}

/* get is called under the lock. */
static enum err get(struct keep *k, struct str name, struct arena *a, struct kept_item *ret_item, struct str *ret_hash)
{
	if (!is_name(name) || !k->path)
		return ERR_NOTFOUND;
	enum err e = opened(k, NULL);
	return e ? e : kept_get(k->kept, name, (int64_t)time(NULL), a, ret_item, ret_hash);
}

enum err keep_get(struct keep *k, struct str name, struct arena *a, struct kept_item *ret_item)
{
	struct str hash;
	pthread_mutex_lock(&k->lock);
	enum err e = get(k, name, a, ret_item, &hash);
	pthread_mutex_unlock(&k->lock);
	return e;
}

/* It is found and deleted under one lock: who keeps something meanwhile, and fails, closes the file. */
enum err keep_delete(struct keep *k, struct str name, struct str key, bool mighty, struct arena *a)
{
	struct kept_item item;
	struct str hash, own = hash_of(key, a);
	pthread_mutex_lock(&k->lock);
	enum err e = get(k, name, a, &item, &hash);
	if (!e && !mighty && (own.n != hash.n || sodium_memcmp(own.p, hash.p, hash.n)))
		e = ERR_DENIED;
	else if (!e && (e = kept_delete(k->kept, name)))
		kept_close(&k->kept);
	pthread_mutex_unlock(&k->lock);
	return e;
}

unsigned keep_days(struct str text)
{
	uint64_t days;
	return str_u64(str_trim(text), &days) && days <= KEEP_DAYS_MAX ? (unsigned)days : 0;
}

struct str keep_date(int64_t at_s, struct arena *a)
{
	time_t at = (time_t)at_s;
	struct tm t;
	gmtime_r(&at, &t);
	return arena_printf(a, "%04d-%02d-%02d %02d:%02d UTC", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour,
			    t.tm_min);
}

void keep_add_made(struct buf *out, const struct keep_made *made, struct str csrf)
{
	struct arena a = { 0 };
	struct str until = keep_date(made->expires_s, &a);
	buf_addf(out,
		 "<section class=\"card made\" aria-labelledby=\"made\" data-name=\"%.*s\" data-key=\"%.*s\" "
		 "data-expires=\"%lld\" data-title=\"",
		 STR_ARG(made->name), STR_ARG(made->key), (long long)made->expires_s);
	render_html_escape(out, made->title);
	buf_addf(out,
		 "\">\n<h2 id=\"made\">Kept</h2>\n<p class=\"link\"><a href=\"/r/%.*s\"><code>/r/%.*s</code></a></p>\n"
		 "<p>Who has this link reads it until %.*s. Passwords, tokens and keys in it were masked.</p>\n",
		 STR_ARG(made->name), STR_ARG(made->name), STR_ARG(until));
	buf_addf(out,
		 "<form method=\"post\" action=\"/r/%.*s/delete\">%.*s<input type=\"hidden\" name=\"key\" "
		 "value=\"%.*s\">"
		 "<p class=\"actions\"><button type=\"button\" data-link=\"/r/%.*s\" hidden>Copy the link</button> "
		 "<button>Delete it</button></p></form>\n",
		 STR_ARG(made->name), STR_ARG(csrf), STR_ARG(made->key), STR_ARG(made->name));
	buf_addf(out,
		 "<p class=\"hint\">To delete it later, keep <a href=\"/r/%.*s/delete#%.*s\">its delete address</a> "
		 "for yourself<span data-remembers hidden>; this browser remembers it too</span>.</p>\n</section>\n",
		 STR_ARG(made->name), STR_ARG(made->key));
	arena_free(&a);
}

void keep_add_json(struct json *j, const struct keep_made *made)
{
	struct arena a = { 0 };
	json_object(j);
	json_key_str(j, "name", made->name);
	json_key_str(j, "path", arena_printf(&a, "/r/%.*s", STR_ARG(made->name)));
	json_key_str(j, "key", made->key);
	json_key_str(j, "delete", arena_printf(&a, "/r/%.*s/delete#%.*s", STR_ARG(made->name), STR_ARG(made->key)));
	json_key_str(j, "expires", keep_date(made->expires_s, &a));
	json_end_object(j);
	arena_free(&a);
}
