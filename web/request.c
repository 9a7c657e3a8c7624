/* SPDX-License-Identifier: MIT
 *
 * Untrusted request bytes > struct http_request, and whether it may be served. See request.h.
 */
#include "web/request.h"

#include "base/utf8.h"

#include <arpa/inet.h>

static int hex_value(char c)
{
	if (char_is_digit(c))
		return c - '0';
	return char_is_hex(c) ? char_lower(c) - 'a' + 10 : -1;
}

/* unescape decodes %xx (and + in forms); where lenient, a bad escape stays as it is, else it makes *bad true. */
static struct str unescape(struct str s, bool form, struct arena *a, bool *bad)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	if (!out)
		return STR("");
	for (size_t i = 0; i < s.n; i++) {
		int high = s.p[i] == '%' && i + 2 < s.n ? hex_value(s.p[i + 1]) : -1;
		int low = high >= 0 ? hex_value(s.p[i + 2]) : -1;
		if (low >= 0) {
			out[n++] = (char)(high * 16 + low);
			i += 2;
		} else {
			*bad |= s.p[i] == '%';
			out[n++] = form && s.p[i] == '+' ? ' ' : s.p[i];
		}
	}
	return (struct str){ out, n };
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	return false;
}

static bool has_dot_segment(struct str path)
{
	struct str head, rest = path;
	do {
		str_cut(rest, '/', &head, &rest);
		if (str_eq(head, STR(".")) || str_eq(head, STR("..")))
			return true;
	} while (rest.n);
	return false;
}

enum err request_parse_form(struct str body, struct arena *a, struct http_fields *ret_fields)
{
	struct http_fields fields = { 0 };
	struct str pair, name, value;
	bool ignored = false;
	while (body.n) {
		str_cut(body, '&', &pair, &body);
		if (!pair.n)
			continue;
		if (fields.count == REQUEST_FIELDS_MAX)
			return ERR_LIMIT;
		struct http_field *field = arena_push(a, &fields.items, &fields.count, &fields.cap);
		if (!field)
			return ERR_NOMEM;
		str_cut(pair, '=', &name, &value);
		field->name = utf8_mend(unescape(name, true, a, &ignored), a);
		field->value = utf8_mend(unescape(value, true, a, &ignored), a);
	}
	*ret_fields = fields;
	return arena_err(a);
}

/* take_authority takes "http://host:port" off an absolute target; another scheme's stays, and is no path. */
static struct str take_authority(struct str *target)
{
	static const struct str schemes[] = { STR_LIT("http://"), STR_LIT("https://") };
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		struct str rest = str_from(*target, schemes[i].n);
		size_t n = 0;
		while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?')
			n++;
		if (!n || !str_starts_nocase(*target, schemes[i]))
			continue;
		*target = n < rest.n ? str_from(rest, n) : STR("/");
		return str_first(rest, n);
	}
	return STR("");
}

static const struct str api = STR_LIT("/api/");

bool request_path_is_api(struct str path)
{
	return str_starts(path, api);
}

bool request_is_api(const struct http_request *req)
{
	return request_path_is_api(req->path);
}

enum err request_parse_target(struct str target, struct http_request *req)
{
	struct str path, query;
	bool bad = false;
	req->path = request_path_is_api(target) ? api : STR("");
	if (target.n > REQUEST_TARGET_MAX)
		return ERR_LIMIT;
	req->authority = take_authority(&target);
	str_cut(target, '?', &path, &query);
	if (!path.n || (path.p[0] != '/' && !str_eq(target, STR("*"))))
		return ERR_INPUT;
	for (size_t i = 0; i < target.n; i++)
		if ((unsigned char)target.p[i] <= ' ' || (unsigned char)target.p[i] >= 0x7f)
			return ERR_INPUT;
	path = unescape(path, false, req->arena, &bad);
	if (bad || has_control(path) || !utf8_valid(path) || has_dot_segment(path))
		return ERR_INPUT;
	enum err e = request_parse_form(query, req->arena, &req->query);
	if (e)
		return e;
	req->path = path;
	req->target = target;
	return arena_err(req->arena);
}

struct str http_field(const struct http_fields *fields, const char *name)
{
	for (size_t i = 0; i < fields->count; i++)
		if (str_eq(fields->items[i].name, str_c(name)))
			return fields->items[i].value;
	return STR("");
}

static size_t count_headers(const struct http_request *req, const char *name, struct str *ret_last)
{
	size_t count = 0;
	for (size_t i = 0; i < req->headers.count; i++)
		if (str_eq_nocase(req->headers.items[i].name, str_c(name))) {
			*ret_last = req->headers.items[i].value;
			count++;
		}
	return count;
}

struct str http_header(const struct http_request *req, const char *name)
{
	struct str value = STR("");
	count_headers(req, name, &value);
	return value;
}

bool http_content_is(const struct http_request *req, const char *type)
{
	struct str head, tail;
	str_cut(http_header(req, "Content-Type"), ';', &head, &tail);
	return str_eq_nocase(str_trim(head), str_c(type));
}

/* weight_of reads the q among parameters (RFC 9110 section 12.4.2), in thousandths; without one, or with one that is
 * no number, 1000. */
static unsigned weight_of(struct str parameters)
{
	struct str one, name, value;
	while (parameters.n) {
		str_cut(parameters, ';', &one, &parameters);
		str_cut(one, '=', &name, &value);
		value = str_trim(value);
		if (!str_eq_nocase(str_trim(name), STR("q")) || !value.n || value.p[0] != '0')
			continue;
		unsigned weight = 0;
		for (size_t i = 2, unit = 100; i < value.n && unit; i++, unit /= 10)
			if (value.p[i] >= '0' && value.p[i] <= '9')
				weight += (unsigned)(value.p[i] - '0') * (unsigned)unit;
		return weight;
	}
	return 1000;
}

/* listed: the weight of what a header of wishes (Accept, Accept-Encoding) names. */
static bool listed(struct str rest, struct str type, unsigned *ret_weight)
{
	struct str head, bare, parameters;
	while (rest.n) {
		str_cut(rest, ',', &head, &rest);
		str_cut(head, ';', &bare, &parameters);
		if (str_eq_nocase(str_trim(bare), type)) {
			*ret_weight = weight_of(parameters);
			return true;
		}
	}
	return false;
}

static bool named(const struct http_request *req, struct str type, unsigned *ret_weight)
{
	return listed(http_header(req, "Accept"), type, ret_weight);
}

bool http_takes_coding(const struct http_request *req, const char *coding)
{
	unsigned weight = 0;
	return listed(http_header(req, "Accept-Encoding"), str_c(coding), &weight) && weight > 0;
}

unsigned http_weight(const struct http_request *req, const char *type)
{
	unsigned weight = 0;
	return named(req, str_c(type), &weight) ? weight : 0;
}

bool http_takes(const struct http_request *req, const char *type)
{
	unsigned weight = 1;
	struct str head, tail;
	str_cut(str_c(type), '/', &head, &tail);
	struct str range = str_eq(head, STR("text")) ? STR("text/*") : STR("application/*");
	if (named(req, str_c(type), &weight) || named(req, range, &weight) || named(req, STR("*/*"), &weight))
		return weight > 0;
	return !str_trim(http_header(req, "Accept")).n;
}

bool http_accepts(const struct http_request *req, const char *type)
{
	return http_weight(req, type) > 0;
}

/* host_name drops the port. The brackets of an IPv6 literal stay. */
static struct str host_name(struct str host)
{
	struct str head, tail;
	if (host.n && host.p[0] == '[') {
		str_cut(host, ']', &head, &tail);
		return str_first(host, head.n + 1);
	}
	str_cut(host, ':', &head, &tail);
	return head;
}

/* has_port: what stands behind the name is nothing, or a port. */
static bool has_port(struct str rest)
{
	for (size_t i = 1; i < rest.n; i++)
		if (!char_is_digit(rest.p[i]))
			return false;
	return !rest.n || (rest.p[0] == ':' && rest.n <= 6);
}

static bool is_literal(struct str name)
{
	char text[64];
	unsigned char bytes[16];
	bool six = name.n > 2 && name.p[0] == '[';
	struct str bare = six ? (struct str){ name.p + 1, name.n - 2 } : name;
	if (!bare.n || bare.n >= sizeof text)
		return false;
	for (size_t i = 0; i < bare.n; i++)
		text[i] = bare.p[i];
	text[bare.n] = 0;
	return inet_pton(six ? AF_INET6 : AF_INET, text, bytes) == 1;
}

static bool host_is_ours(struct str host, const struct http_hosts *hosts)
{
	struct str name = host_name(host);
	if (!has_port(str_from(host, name.n)))
		return false;
	for (size_t i = 0; i < hosts->name_count; i++)
		if (str_eq_nocase(name, hosts->names[i]))
			return true;
	if (str_eq_nocase(name, STR("localhost")) || str_eq(name, STR("127.0.0.1")) ||
	    str_eq(name, STR("[::1]")))
		return true;
	return (hosts->own.n && str_eq_nocase(name, hosts->own)) || (hosts->any_literal && is_literal(name));
}

static bool is_same_origin(const struct http_request *req, struct str host, const struct http_hosts *hosts)
{
	const struct str plain = STR("http://"), safe = STR("https://");
	struct str site = http_header(req, "Sec-Fetch-Site"), origin = http_header(req, "Origin");
	if (site.n)
		return str_eq(site, STR("same-origin")) || str_eq(site, STR("none"));
	if (!origin.n)
		return true; /* no browser: nothing is sent along on behalf of somebody else */
	if (!hosts->secure && str_starts(origin, plain))
		return str_eq_nocase(str_from(origin, plain.n), host);
	return (hosts->secure || hosts->proxied) && str_starts(origin, safe) &&
	       str_eq_nocase(str_from(origin, safe.n), host);
}

static const char *unfit_framing(const struct http_request *req)
{
	struct str length = STR(""), coding = STR(""), expect = STR("");
	uint64_t n;
	size_t lengths = count_headers(req, "Content-Length", &length);
	size_t codings = count_headers(req, "Transfer-Encoding", &coding);
	if (lengths > 1 || codings > 1 || (lengths && codings))
		return "The length of the request is given twice.";
	if (lengths && (!length.n || !char_is_digit(length.p[0]) || str_starts_nocase(length, STR("0x")) ||
			!str_u64(length, &n)))
		return "The length of the request is no number.";
	if (codings && !str_eq_nocase(coding, STR("chunked")))
		return "The request has a transfer coding that is not known here.";
	if (count_headers(req, "Expect", &expect) && !str_eq_nocase(expect, STR("100-continue")))
		return "The request expects something that is not known here.";
	return NULL;
}

unsigned request_check(const struct http_request *req, const struct http_hosts *hosts, const char **ret_why)
{
	struct str host = STR("");
	*ret_why = "The request names no host, or more than one.";
	if (count_headers(req, "Host", &host) != 1 || !host.n)
		return 400;
	host = req->authority.n ? req->authority : host; /* RFC 9112 section 3.2.2: then Host says nothing */
	*ret_why = unfit_framing(req);
	if (*ret_why)
		return 400;
	*ret_why = "The request is malformed.";
	if (str_eq(req->path, STR("*")) && req->method != HTTP_OPTIONS)
		return 400;
	*ret_why = "This server does not answer under that name. Open it by its address, or start it with --host NAME.";
	if (!host_is_ours(host, hosts))
		return 421;
	*ret_why = "This request comes from another site's page.";
	if (req->method != HTTP_GET && req->method != HTTP_HEAD && !is_same_origin(req, host, hosts))
		return 403;
	return 0;
}
