/* SPDX-License-Identifier: MIT
 *
 * See scan_cursor.h. Numbers over 2^53 are strings, since JSON's are doubles for most that read them.
 */
#include "cli/scan_cursor.h"

#include "base/json.h"
#include "cli/save.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CURSOR_VERSION = 1, CURSOR_BYTES_MAX = 64 << 20 };

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
	for (size_t i = 0; i < path.n; i++) {
		plain = plain && path.p[i] >= ' ' && path.p[i] < 0x7F;
		buf_addf(&hex, "%02x", (unsigned char)path.p[i]);
	}
	json_key_str(j, plain ? "path" : "path_hex", plain ? path : buf_str(&hex));
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
	add_hash(&j, "head", p->at.head_n, p->at.head);
	add_hash(&j, "last", p->at.last_n, p->at.last);
	json_end_object(&j);
	buf_add_char(out, '\n');
}

enum err scan_cursor_save(struct cmd_context *c, const char *path, struct follow *f)
{
	struct arena a = { 0 };
	struct buf out = { 0 };
	struct follow_place *places;
	size_t count;
	enum err e = follow_places(f, &a, &places, &count);
	buf_addf(&out, "{\"kbt_cursor\":%d}\n", CURSOR_VERSION);
	for (size_t i = 0; !e && i < count; i++)
		write_place(&out, &places[i]);
	if (!e)
		e = buf_err(&out);
	if (!e)
		e = save_file(c, path, true, 0600, buf_str(&out));
	buf_free(&out);
	arena_free(&a);
	return e;
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
	struct str s = buf_keep(&out, a);
	buf_free(&out);
	return s;
}

static bool place_of(const cJSON *line, struct arena *a, struct follow_place *ret_place)
{
	struct follow_place p = { .path = path_of(line, a) };
	uint64_t born_ns, changed_ns, since_ns;
	bool good = p.path.n && number_of(line, "offset", &p.at.offset) && number_of(line, "line", &p.at.line) &&
		    number_of(line, "dev", &p.at.id.dev) && number_of(line, "ino", &p.at.id.ino) &&
		    number_of(line, "born_ns", &born_ns) && number_of(line, "changed_ns", &changed_ns) && number_of(line, "since_ns", &since_ns) &&
		    hash_of(line, "head", TAIL_HEAD_MAX, &p.at.head_n, &p.at.head) &&
		    hash_of(line, "last", TAIL_LAST_MAX, &p.at.last_n, &p.at.last);
	if (!good)
		return false;
	p.current = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(line, "current"));
	p.at.open = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(line, "open"));
	p.at.id.born_ns = (int64_t)born_ns;
	p.at.changed_ns = (int64_t)changed_ns;
	p.since_ns = (int64_t)since_ns;
	*ret_place = p;
	return true;
}

/* What the lines behind the first one are for. */
struct reader {
	const char *path;
	struct diags *diags;
	struct arena *arena;
	struct follow *follow;		    /* of files */
	struct scan_journal_place *journal; /* or of the journal */
};

static bool journal_of(const cJSON *line, struct arena *a, struct scan_journal_place *place)
{
	const char *cursor = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, "journal"));
	struct scan_journal_place p = { .cursor = STR("") };
	if (!cursor || !number_of(line, "offset", &p.offset) || !number_of(line, "line", &p.line))
		return false;
	p.cursor = arena_str(a, str_c(cursor));
	*place = p;
	return true;
}

static enum err read_head(const struct reader *r, const cJSON *line)
{
	const cJSON *version = cJSON_GetObjectItemCaseSensitive(line, "kbt_cursor");
	if (!cJSON_IsNumber(version))
		return diags_fail(r->diags, ERR_INPUT, "%s: not a cursor that kbt wrote: name another file", r->path);
	if (version->valueint != CURSOR_VERSION)
		return diags_fail(r->diags, ERR_INPUT,
				  "%s: a cursor of another version of kbt: name another file to start anew", r->path);
	return ERR_OK;
}

static enum err read_body(const struct reader *r, const cJSON *line)
{
	struct follow_place place;
	bool of_journal = cJSON_GetObjectItemCaseSensitive(line, "journal"), wants_journal = r->journal;
	if (line && of_journal != wants_journal)
		return diags_fail(r->diags, ERR_INPUT, "%s: a cursor of %s: name another file", r->path,
				  of_journal ? "the journal" : "files");
	if (wants_journal && journal_of(line, r->arena, r->journal))
		return ERR_OK;
	if (!wants_journal && place_of(line, r->arena, &place))
		return follow_restore(r->follow, &place);
	return diags_fail(r->diags, ERR_INPUT, "%s: the cursor is damaged: remove it to start anew", r->path);
}

static enum err read_line(const struct reader *r, struct str text, bool first)
{
	cJSON *line = cJSON_ParseWithLength(text.p, text.n);
	enum err e = first ? read_head(r, line) : read_body(r, line);
	cJSON_Delete(line);
	return e;
}

static enum err read_file(const char *path, struct diags *d, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? ERR_OK : diags_fail(d, ERR_IO, "%s: %s", path, strerror(errno));
	struct stat st;
	enum err e = ERR_OK;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		e = diags_fail(d, ERR_INPUT, "%s: not a cursor that kbt wrote: name another file", path);
	else if (!st.st_size)
		e = diags_fail(d, ERR_INPUT, "%s: the cursor is empty: remove it to start anew", path);
	while (!e && out->n <= CURSOR_BYTES_MAX) {
		char *room = buf_room(out, 1 << 16);
		ssize_t n = room ? read(fd, room, 1 << 16) : 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			e = diags_fail(d, ERR_IO, "%s: %s", path, strerror(errno));
		if (n <= 0)
			break;
		out->n += (size_t)n;
	}
	close(fd);
	return e ? e : buf_err(out);
}

static enum err read_lines(const struct reader *r)
{
	struct buf bytes = { 0 };
	enum err e = read_file(r->path, r->diags, &bytes);
	struct str rest = buf_str(&bytes), line;
	for (bool first = true; !e && str_line(&rest, &line); first = false)
		e = read_line(r, line, first);
	buf_free(&bytes);
	return e;
}

enum err scan_cursor_load(struct cmd_context *c, const char *path, struct follow *f)
{
	struct arena a = { 0 };
	struct reader r = { .path = path, .diags = &c->diags, .arena = &a, .follow = f };
	enum err e = read_lines(&r);
	arena_free(&a);
	return e;
}

enum err scan_cursor_load_journal(struct cmd_context *c, const char *path, struct arena *a,
				  struct scan_journal_place *place)
{
	struct reader r = { .path = path, .diags = &c->diags, .arena = a, .journal = place };
	enum err e = read_lines(&r);
	return e ? e : arena_err(a);
}

enum err scan_cursor_save_journal(struct cmd_context *c, const char *path, const struct scan_journal_place *place)
{
	struct buf out = { 0 };
	struct json j = json_to(&out);
	buf_addf(&out, "{\"kbt_cursor\":%d}\n", CURSOR_VERSION);
	json_object(&j);
	json_key_str(&j, "journal", place->cursor);
	add_number(&j, "offset", place->offset);
	add_number(&j, "line", place->line);
	json_end_object(&j);
	buf_add_char(&out, '\n');
	enum err e = buf_err(&out);
	if (!e)
		e = save_file(c, path, true, 0600, buf_str(&out));
	buf_free(&out);
	return e;
}
