/* SPDX-License-Identifier: MIT
 *
 * See cursor.h. Numbers over 2^53 are strings, since JSON's are doubles for most that read them.
 */
#include "follow/cursor.h"

#include "base/json.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

enum { CURSOR_VERSION = 1 };

static void add_number(struct json *j, const char *key, uint64_t number)
{
	char text[32];
	snprintf(text, sizeof text, "%llu", (unsigned long long)number);
	json_key_str(j, key, str_c(text));
}

static void add_hash(struct json *j, const char *key, size_t n, uint64_t hash)
{
	char text[48];
	snprintf(text, sizeof text, "%zu:%016llx", n, (unsigned long long)hash);
	json_key_str(j, key, str_c(text));
}

/* Paths may hold any bytes: as hexadecimal where they are not printable ASCII. */
static void add_path(struct json *j, struct str path)
{
	struct buf hex = { 0 };
	bool plain = true;
	for (size_t i = 0; i < path.n; i++)
		plain = plain && path.p[i] >= ' ' && path.p[i] < 0x7F;
	for (size_t i = 0; i < path.n && !plain; i++)
		buf_addf(&hex, "%02x", (unsigned char)path.p[i]);
	json_key_str(j, plain ? "path" : "path_hex", plain ? path : buf_str(&hex));
	j->out->err = j->out->err ? j->out->err : buf_err(&hex);
	buf_free(&hex);
}

static void write_place(struct buf *out, const struct follow_place *p)
{
	struct json j = json_to(out);
	json_object(&j);
	add_path(&j, p->path);
	json_key_bool(&j, "current", p->current);
	json_key_bool(&j, "open", p->at.open);
	add_number(&j, "offset", p->at.offset);
	add_number(&j, "line", p->at.line);
	add_number(&j, "dev", p->at.id.dev);
	add_number(&j, "ino", p->at.id.ino);
	add_number(&j, "born_ns", (uint64_t)p->at.id.born_ns);
	add_number(&j, "since_ns", (uint64_t)p->since_ns);
	add_number(&j, "changed_ns", (uint64_t)p->at.changed_ns);
	if (p->gone_s)
		add_number(&j, "gone_s", (uint64_t)p->gone_s);
	add_hash(&j, "head", p->at.head_n, p->at.head);
	add_hash(&j, "last", p->at.last_n, p->at.last);
	json_end_object(&j);
	buf_add_char(out, '\n');
}

static void write_head(struct buf *out)
{
	buf_addf(out, CURSOR_BEGINS "%d}\n", CURSOR_VERSION);
}

void cursor_write_places(struct buf *out, const struct follow_place *places, size_t count)
{
	write_head(out);
	for (size_t i = 0; i < count; i++)
		write_place(out, &places[i]);
}

void cursor_write_journal(struct buf *out, const struct cursor_journal *journal)
{
	write_head(out);
	struct json j = json_to(out);
	json_object(&j);
	json_key_str(&j, "journal", journal->cursor);
	add_number(&j, "offset", journal->offset);
	add_number(&j, "line", journal->line);
	json_end_object(&j);
	buf_add_char(out, '\n');
}

/* ---- reading ---- */

static bool number_of(const cJSON *line, const char *key, uint64_t *ret)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, key));
	return text && str_u64(str_c(text), ret);
}

static bool hash_of(const cJSON *line, const char *key, size_t max, size_t *ret_n, uint64_t *ret_hash)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, key));
	struct str n, hash;
	uint64_t count;
	char hex[24];
	if (!text || !str_cut(str_c(text), ':', &n, &hash) || !str_u64(n, &count) || count > max || hash.n != 16)
		return false;
	snprintf(hex, sizeof hex, "0x%.*s", STR_ARG(hash));
	*ret_n = (size_t)count;
	return str_u64(str_c(hex), ret_hash);
}

static struct str path_of(const cJSON *line, struct arena *a)
{
	const char *path = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, "path"));
	const char *hex = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, "path_hex"));
	if (path || !hex)
		return path ? arena_str(a, str_c(path)) : STR("");
	struct buf out = { 0 };
	for (char pair[5] = "0x"; hex[0] && hex[1]; hex += 2) {
		uint64_t byte = 0;
		memcpy(pair + 2, hex, 2);
		if (!str_u64(str_c(pair), &byte) || !byte)
			break;
		buf_add_char(&out, (char)byte);
	}
	return buf_take(&out, a);
}

static bool place_of(const cJSON *line, struct arena *a, struct follow_place *ret_place)
{
	struct follow_place p = { .path = path_of(line, a) };
	uint64_t born_ns, changed_ns, since_ns, gone_s;
	bool good = p.path.n && number_of(line, "offset", &p.at.offset) && number_of(line, "line", &p.at.line) &&
		    number_of(line, "dev", &p.at.id.dev) && number_of(line, "ino", &p.at.id.ino) &&
		    number_of(line, "born_ns", &born_ns) && number_of(line, "changed_ns", &changed_ns) &&
		    number_of(line, "since_ns", &since_ns) &&
		    hash_of(line, "head", TAIL_HEAD_MAX, &p.at.head_n, &p.at.head) &&
		    hash_of(line, "last", TAIL_LAST_MAX, &p.at.last_n, &p.at.last);
	if (!good)
		return false;
	p.current = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(line, "current"));
	p.at.open = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(line, "open"));
	p.at.id.born_ns = (int64_t)born_ns;
	p.at.changed_ns = (int64_t)changed_ns;
	p.since_ns = (int64_t)since_ns;
	p.gone_s = number_of(line, "gone_s", &gone_s) && gone_s <= INT64_MAX ? (int64_t)gone_s : 0;
	*ret_place = p;
	return true;
}

static bool journal_of(const cJSON *line, struct arena *a, struct cursor_journal *ret_journal)
{
	const char *cursor = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, "journal"));
	struct cursor_journal p = { .cursor = STR("") };
	if (!cursor || !number_of(line, "offset", &p.offset) || !number_of(line, "line", &p.line))
		return false;
	p.cursor = arena_str(a, str_c(cursor));
	*ret_journal = p;
	return true;
}

static enum err read_head(const cJSON *line, const char *name, struct diags *d)
{
	const cJSON *version = cJSON_GetObjectItemCaseSensitive(line, "kbt_cursor");
	if (!cJSON_IsNumber(version))
		return diags_fail(d, ERR_INPUT, "%s: not a cursor that kbt wrote: name another file", name);
	if (version->valueint != CURSOR_VERSION)
		return diags_fail(d, ERR_INPUT,
				  "%s: a cursor of another version of kbt: name another file to start anew", name);
	return ERR_OK;
}

/* read_body: places of files or one of the journal, never both. */
static bool read_body(const cJSON *line, struct arena *a, struct cursor *c)
{
	if (cJSON_GetObjectItemCaseSensitive(line, "journal")) {
		bool first = !c->of_journal && !c->place_count;
		c->of_journal = true;
		return first && journal_of(line, a, &c->journal);
	}
	struct follow_place place;
	if (c->of_journal || !place_of(line, a, &place))
		return false;
	struct follow_place *slot = arena_push(a, &c->places, &c->place_count, &c->place_cap);
	if (slot)
		*slot = place;
	return true;
}

enum err cursor_read(struct str text, const char *name, struct arena *a, struct diags *d, struct cursor *ret_cursor)
{
	struct cursor c = { .journal = { .cursor = STR(""), .line = 1 } };
	enum err e = ERR_OK;
	struct str line;
	for (bool first = true; !e && str_line(&text, &line); first = false) {
		cJSON *object = cJSON_ParseWithLength(line.p, line.n);
		if (first)
			e = read_head(object, name, d);
		else if (!read_body(object, a, &c))
			e = diags_fail(d, ERR_INPUT, "%s: the cursor is damaged: remove it to start anew", name);
		cJSON_Delete(object);
	}
	if (!e)
		e = arena_err(a);
	if (!e)
		*ret_cursor = c;
	return e;
}
