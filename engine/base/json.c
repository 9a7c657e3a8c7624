/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include "base/utf8.h"

#include <assert.h>
#include <math.h>

struct json json_to(struct buf *out)
{
	return (struct json){ .out = out };
}

static void before_value(struct json *j)
{
	if (j->after_key)
		j->after_key = false;
	else if (j->comma[j->depth])
		buf_add_char(j->out, ',');
	j->comma[j->depth] = true;
}

static void begin(struct json *j, char c)
{
	before_value(j);
	buf_add_char(j->out, c);
	j->depth++;
	assert(j->depth < JSON_DEPTH);
	j->comma[j->depth] = false;
}

static void end(struct json *j, char c)
{
	assert(j->depth > 0 && !j->after_key);
	j->depth--;
	buf_add_char(j->out, c);
}

void json_object(struct json *j)
{
	begin(j, '{');
}

void json_end_object(struct json *j)
{
	end(j, '}');
}

void json_array(struct json *j)
{
	begin(j, '[');
}

void json_end_array(struct json *j)
{
	end(j, ']');
}

static void escape_char(struct buf *out, unsigned char c)
{
	switch (c) {
	case '"': buf_add(out, STR("\\\"")); break;
	case '\\': buf_add(out, STR("\\\\")); break;
	case '\n': buf_add(out, STR("\\n")); break;
	case '\r': buf_add(out, STR("\\r")); break;
	case '\t': buf_add(out, STR("\\t")); break;
	default: buf_addf(out, "\\u%04x", c);
	}
}

/* escape adds s as the inside of a JSON string, without the quotes. */
static void escape(struct buf *out, struct str s)
{
	size_t clean = 0; /* start of the bytes that need no change and are not copied yet */
	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		uint32_t c = utf8_next(s, &at);
		bool plain = c != UTF8_INVALID && c >= 0x20 && c != '"' && c != '\\' && c != 0x7F;
		if (plain)
			continue;
		buf_add_bytes(out, s.p + clean, from - clean);
		if (c == UTF8_INVALID)
			buf_add(out, STR("\xEF\xBF\xBD"));
		else
			escape_char(out, (unsigned char)c);
		clean = at;
	}
	buf_add_bytes(out, s.p + clean, s.n - clean);
}

void json_name(struct json *j, struct str key)
{
	assert(!j->after_key);
	before_value(j);
	buf_add_char(j->out, '"');
	escape(j->out, key);
	buf_add(j->out, STR("\":"));
	j->after_key = true;
}

void json_key(struct json *j, const char *key)
{
	json_name(j, str_c(key));
}

void json_str(struct json *j, struct str s)
{
	before_value(j);
	buf_add_char(j->out, '"');
	escape(j->out, s);
	buf_add_char(j->out, '"');
}

void json_int(struct json *j, int64_t v)
{
	before_value(j);
	buf_addf(j->out, "%lld", (long long)v);
}

void json_real(struct json *j, double v, int digits)
{
	before_value(j);
	if (isfinite(v))
		buf_addf(j->out, "%.*f", digits, v);
	else
		buf_add(j->out, STR("null"));
}

void json_bool(struct json *j, bool v)
{
	before_value(j);
	buf_add_c(j->out, v ? "true" : "false");
}

void json_null(struct json *j)
{
	before_value(j);
	buf_add(j->out, STR("null"));
}

void json_raw(struct json *j, struct str text)
{
	before_value(j);
	buf_add(j->out, text);
}

void json_key_str(struct json *j, const char *key, struct str s)
{
	json_key(j, key);
	json_str(j, s);
}

void json_key_strs(struct json *j, const char *key, const struct str *items, size_t count)
{
	json_key(j, key);
	json_array(j);
	for (size_t i = 0; i < count; i++)
		json_str(j, items[i]);
	json_end_array(j);
}

void json_key_int(struct json *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

void json_key_real(struct json *j, const char *key, double v, int digits)
{
	json_key(j, key);
	json_real(j, v, digits);
}

void json_key_bool(struct json *j, const char *key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}
