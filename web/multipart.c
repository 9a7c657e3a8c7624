/* SPDX-License-Identifier: MIT
 *
 * Parts of a form: see multipart.h. A part is a head of lines, an empty line, and bytes up to the next line that begins
 * with the boundary.
 */
#include "web/multipart.h"

#include "base/utf8.h"

#include <string.h>

enum { BOUNDARY_MAX = 70 };

/* parameter_of finds name="value" or name=value among the parameters of a header; false where it is not there. */
static bool parameter_of(struct str header, const char *name, struct arena *a, struct str *ret_value)
{
	struct str head, rest, key, value;
	str_cut(header, ';', &head, &rest);
	while (str_trim(rest).n) {
		rest = str_trim(rest);
		if (!str_cut(rest, '=', &key, &value))
			return false;
		bool quoted = value.n && value.p[0] == '"';
		size_t n = quoted ? 1 : 0;
		while (n < value.n && value.p[n] != (quoted ? '"' : ';'))
			n += quoted && value.p[n] == '\\' && n + 1 < value.n && strchr("\\\"", value.p[n + 1]) ? 2 : 1;
		n = n < value.n ? n : value.n;
		struct str own = { value.p + (quoted && value.n ? 1 : 0), n - (quoted && n ? 1 : 0) };
		if (str_eq_nocase(str_trim(key), str_c(name))) {
			*ret_value = arena_str(a, quoted ? own : str_trim(own));
			return true;
		}
		str_cut(str_from(value, n), ';', &head, &rest);
	}
	return false;
}

static struct str last_component(struct str path)
{
	for (size_t i = path.n; i-- > 0;)
		if (path.p[i] == '/' || path.p[i] == '\\')
			return str_from(path, i + 1);
	return path;
}

/* take_head cuts the lines of a part's head off; their names and values count in any case. */
static enum err take_head(struct str *part, struct arena *a, struct str *ret_name, struct str *ret_file,
			  bool *ret_is_file)
{
	struct str head = str_first(*part, MULTIPART_HEAD_MAX), line, key, value;
	bool named = false;
	*ret_is_file = false;
	for (;;) {
		size_t end = str_find(head, STR("\r\n"));
		if (end == STR_NONE)
			return part->n > MULTIPART_HEAD_MAX ? ERR_LIMIT : ERR_INPUT;
		line = str_first(head, end);
		head = str_from(head, end + 2);
		*part = str_from(*part, end + 2);
		if (!line.n)
			return named ? ERR_OK : ERR_INPUT;
		if (!str_cut(line, ':', &key, &value) || !str_eq_nocase(str_trim(key), STR("Content-Disposition")))
			continue;
		named = parameter_of(value, "name", a, ret_name);
		*ret_is_file = parameter_of(value, "filename", a, ret_file);
	}
}

static enum err add_part(struct str part, struct arena *a, struct multipart *m)
{
	struct str name = STR(""), file = STR("");
	bool is_file;
	enum err e = take_head(&part, a, &name, &file, &is_file);
	if (e)
		return e;
	if (is_file) {
		if (!m->file.p) {
			m->file = part;
			m->file_name = utf8_mend(last_component(file), a);
		}
		return arena_err(a);
	}
	if (part.n > MULTIPART_FIELD_MAX)
		return ERR_LIMIT;
	struct http_field *field = arena_push(a, &m->fields.items, &m->fields.count, &m->fields.cap);
	if (field)
		*field = (struct http_field){ utf8_mend(name, a), utf8_mend(part, a) };
	return arena_err(a);
}

/* find_line: where the next line that begins with the boundary does, counted from its CRLF; STR_NONE. */
static size_t find_line(struct str body, struct str line)
{
	const char *at = memmem(body.p, body.n, line.p, line.n);
	return at ? (size_t)(at - body.p) : STR_NONE;
}

enum err multipart_parse(struct str type, struct str body, struct arena *a, struct multipart *ret_parts)
{
	struct multipart m = { 0 };
	struct str boundary;
	if (!parameter_of(type, "boundary", a, &boundary) || !boundary.n || boundary.n > BOUNDARY_MAX)
		return ERR_INPUT;
	struct str line = arena_printf(a, "\r\n--%.*s", STR_ARG(boundary)), first = str_from(line, 2);
	if (arena_err(a))
		return ERR_NOMEM;
	if (!str_starts(body, first))
		return ERR_INPUT;
	body = str_from(body, first.n);
	for (size_t count = 0; !str_starts(body, STR("--")); count++) {
		if (!str_starts(body, STR("\r\n")))
			return ERR_INPUT;
		if (count == MULTIPART_PARTS_MAX)
			return ERR_LIMIT;
		body = str_from(body, 2);
		size_t end = find_line(body, line);
		if (end == STR_NONE)
			return ERR_INPUT;
		enum err e = add_part(str_first(body, end), a, &m);
		if (e)
			return e;
		body = str_from(body, end + line.n);
	}
	*ret_parts = m;
	return ERR_OK;
}
