/* SPDX-License-Identifier: MIT
 *
 * The static files, compiled in: one row a file. Each is served under an address that changes with its content, so that
 * browsers may keep it for good, and packed to who takes that: what answers a request of somebody's own is not, for its
 * length would tell of what lies beside it. Adding a file is a line here.
 */
#include "web/page.h"

#include "base/gzip.h"
#include "base/hash.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* The assembler includes the file, of what the Makefile made of web/static where it makes something of it, which also
 * says what this object depends on. */
#define FILE_BYTES(symbol, path)                                                                                       \
	__asm__(".section .rodata\n.global " #symbol "\n" #symbol ":\n.incbin \"" path                               \
		"\"\n.global " #symbol "_end\n" #symbol "_end:\n.byte 0\n.previous\n");                                \
	extern const char symbol[], symbol##_end[];

FILE_BYTES(static_app_css, KBT_GEN "/static/app.css")
FILE_BYTES(static_app_js, KBT_GEN "/static/app.js")
FILE_BYTES(static_logs_js, KBT_GEN "/static/logs.js")
FILE_BYTES(static_icon_svg, "web/static/icon.svg")
FILE_BYTES(static_openapi_json, "web/static/openapi.json")

static const struct file {
	const char *name, *type;
	const char *p, *end;
} files[] = {
	{ "app.css", "text/css; charset=utf-8", static_app_css, static_app_css_end },
	{ "app.js", "text/javascript; charset=utf-8", static_app_js, static_app_js_end },
	{ "logs.js", "text/javascript; charset=utf-8", static_logs_js, static_logs_js_end },
	{ "icon.svg", "image/svg+xml", static_icon_svg, static_icon_svg_end },
	{ "openapi.json", PAGE_JSON, static_openapi_json, static_openapi_json_end },
};

enum { FILES = sizeof files / sizeof *files };

static char urls[FILES][64]; /* these two are filled once, then only read */
static struct buf packed[FILES];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct str bytes_of(const struct file *f)
{
	return (struct str){ f->p, (size_t)(f->end - f->p) };
}

static void fill(void)
{
	for (size_t i = 0; i < FILES; i++) {
		snprintf(urls[i], sizeof urls[i], "/static/%s?%08x", files[i].name,
			 (unsigned)hash_bytes(bytes_of(&files[i])));
		if (gzip_pack(bytes_of(&files[i]), &packed[i]))
			buf_free(&packed[i]); /* then it goes as it is */
	}
}

struct str static_url(const char *name)
{
	pthread_once(&once, fill);
	for (size_t i = 0; i < FILES; i++)
		if (!strcmp(files[i].name, name))
			return str_c(urls[i]);
	return STR("");
}

/* api_description: the same file every time, at an address that does not change with it. */
void api_description(struct site *site, struct http_request *req, struct http_response *res)
{
	req->path = STR("/static/openapi.json");
	page_static(site, req, res);
	res->keep = false;
}

void page_static(struct site *site, struct http_request *req, struct http_response *res)
{
	struct str name = str_from(req->path, sizeof "/static/" - 1);
	(void)site;
	for (size_t i = 0; i < FILES; i++) {
		if (!str_eq(name, str_c(files[i].name)))
			continue;
		pthread_once(&once, fill);
		res->type = files[i].type;
		bool packs = packed[i].n && http_takes_coding(req, "gzip");
		res->body = packs ? buf_str(&packed[i]) : bytes_of(&files[i]);
		res->coding = packs ? "gzip" : NULL;
		res->coded = true;
		res->keep = true;
		res->etag = arena_printf(req->arena, "\"%s%s\"", strchr(urls[i], '?') + 1, packs ? "-gz" : "");
		return;
	}
	page_fail(req, res, 404, "There is no such page here.");
}
