/* SPDX-License-Identifier: MIT
 *
 * The question in a request: JSON of the API, or the page's form. Untrusted bytes > struct question. See page.h.
 */
#include "web/page.h"

#include "base/hash.h"
#include "base/utf8.h"

#include <cjson/cJSON.h>
#include <string.h>

enum { SET_MAX = 32, SET_NAME_MAX = 64, SET_VALUE_MAX = 1024, JSON_NEST_MAX = 8, MEMBER_SHOWN = 64 /* bytes */ };

static bool is_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!char_is_alnum(name.p[i]) && name.p[i] != '-' && name.p[i] != '_')
			return false;
	return name.n && name.n <= SET_NAME_MAX;
}

/* add_set: NULL, or why that cannot be; an empty value means "not given". */
static const char *add_set(struct question *q, struct arena *a, struct str name, struct str value)
{
	value = str_trim(value);
	if (!value.n)
		return NULL;
	if (!is_name(name))
		return arena_printf(a, "'%.*s' is no name: a name is of letters, digits, - and _, at most %d",
				    STR_ARG(str_first(name, SET_NAME_MAX)), SET_NAME_MAX)
			.p;
	if (value.n > SET_VALUE_MAX)
		return arena_printf(a, "%.*s: a value has at most %d bytes", STR_ARG(name), SET_VALUE_MAX).p;
	if (q->set_count == SET_MAX)
		return arena_printf(a, "%.*s is one more than fit: at most %d values", STR_ARG(name), SET_MAX).p;
	struct binding *b = arena_push(a, &q->set, &q->set_count, &q->set_cap);
	if (!b)
		return err_text(ERR_NOMEM);
	*b = (struct binding){ .name = arena_str(a, name), .value = arena_str(a, value), .from = STR("set") };
	return NULL;
}

/* unfit: what is wrong with a value that a diagnosis would leave out without a word, or NULL. Of a server that is none
 * the verdict speaks. */
static const char *unfit(const struct question *q, struct arena *a)
{
	struct diags said = { .arena = a };
	for (size_t i = 0; i < q->set_count; i++)
		if (!str_eq(q->set[i].name, STR("server")) && !str_eq(q->set[i].name, STR("address")) &&
		    !triage_binding_fits(&q->set[i], a, &said) && said.count)
			return arena_printf(a, "\"set\": %.*s.", STR_ARG(said.items[0].text)).p;
	return NULL;
}

static bool is_set(const struct question *q, struct str name)
{
	for (size_t i = 0; i < q->set_count; i++)
		if (str_eq(q->set[i].name, name))
			return true;
	return false;
}

static const char *read_set(const cJSON *item, struct arena *a, struct question *q)
{
	const char *why;
	if (!cJSON_IsString(item))
		why = arena_printf(a, "the value of %s is no text: \"set\": {\"port\": \"445\"}", item->string).p;
	else if (is_set(q, str_c(item->string)))
		why = arena_printf(a, "%s is given twice", item->string).p;
	else
		why = add_set(q, a, str_c(item->string), str_c(item->valuestring));
	return why ? arena_printf(a, "\"set\": %s.", why).p : NULL;
}

static bool is_known(const char *name, const char *const *known)
{
	while (*known && strcmp(*known, name) != 0)
		known++;
	return *known;
}

const char *page_json_stray(const cJSON *root, const char *const *known, struct arena *a)
{
	const cJSON *item, *same;
	cJSON_ArrayForEach(item, root) {
		struct str name = utf8_first(str_c(item->string), MEMBER_SHOWN), all = str_c(known[0]);
		for (same = item->next; same && strcmp(same->string, item->string) != 0;)
			same = same->next;
		if (same)
			return arena_printf(a, "The body says \"%.*s\" twice.", STR_ARG(name)).p;
		if (is_known(item->string, known))
			continue;
		for (size_t i = 1; known[i]; i++)
			all = arena_printf(a, "%.*s, %s", STR_ARG(all), known[i]);
		return arena_printf(a, "Nothing would look at \"%.*s\". The body may have: %.*s.", STR_ARG(name),
				    STR_ARG(all)).p;
	}
	return NULL;
}

static const char *read_json(const cJSON *root, const char *const *known, struct arena *a, struct question *q)
{
	const cJSON *text = cJSON_GetObjectItemCaseSensitive(root, "text");
	const cJSON *set = cJSON_GetObjectItemCaseSensitive(root, "set"), *item;
	if (!cJSON_IsObject(root) || !cJSON_IsString(text))
		return "The body is an object {\"text\": \"...\", \"set\": {\"server\": \"...\"}}; \"text\" is "
		       "missing or no string.";
	const char *why = page_json_stray(root, known, a);
	if (why)
		return why;
	if (set && !cJSON_IsObject(set))
		return "\"set\" is an object of names and values, as {\"server\": \"...\"}.";
	cJSON_ArrayForEach(item, set)
		if ((why = read_set(item, a, q)))
			return why;
	q->text = arena_str(a, str_c(text->valuestring));
	return unfit(q, a);
}

/* shallow: cJSON follows a thousand levels; the object here has two. */
static bool is_shallow(struct str body)
{
	unsigned depth = 0;
	bool quoted = false;
	for (size_t i = 0; i < body.n; i++) {
		char c = body.p[i];
		if (c == '\\' && quoted)
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			depth++;
		else if (!quoted && (c == '}' || c == ']') && depth)
			depth--;
		if (depth > JSON_NEST_MAX)
			return false;
	}
	return true;
}

/* without_nul: cJSON ends a text at \u0000; the character that stands for what cannot be shown keeps the rest. */
static struct str without_nul(struct str body, struct arena *a)
{
	const struct str nul = STR("u0000");
	char *out = str_find(body, nul) == STR_NONE ? NULL : arena_alloc(a, body.n);
	if (!out)
		return body;
	memcpy(out, body.p, body.n);
	for (size_t i = 0; i + 1 < body.n; i++)
		if (out[i] == '\\') {
			i++;
			if (str_starts(str_from(body, i), nul))
				memcpy(out + i, "ufffd", nul.n);
		}
	return (struct str){ out, body.n };
}

bool page_json(struct http_request *req, struct http_response *res, cJSON **ret_root)
{
	const char *end = NULL;
	if (!http_content_is(req, PAGE_JSON)) {
		page_fail(req, res, 415, "The body has to be JSON, with Content-Type: application/json.");
		return false;
	}
	struct str body = without_nul(req->body, req->arena);
	if (!is_shallow(body)) {
		page_fail(req, res, 400, "The body is nested too deeply.");
		return false;
	}
	bool fits = str_find_char(body, 0) == STR_NONE;
	cJSON *root = fits ? cJSON_ParseWithLengthOpts(body.p, body.n, &end, false) : NULL;
	if (root && !str_trim(str_from(body, (size_t)(end - body.p))).n) {
		*ret_root = root;
		return true;
	}
	cJSON_Delete(root);
	page_fail(req, res, 400,
		  !body.n || !end ? "The body is no JSON."
				  : arena_printf(req->arena, "The body is no JSON from byte %zu on.", (size_t)(end - body.p)).p);
	return false;
}

bool page_question_json(struct http_request *req, struct http_response *res, const char *const *known,
			struct question *ret_question)
{
	struct question q = { 0 };
	cJSON *root = NULL;
	if (!page_json(req, res, &root))
		return false;
	const char *why = read_json(root, known, req->arena, &q);
	cJSON_Delete(root);
	if (!why && !str_trim(q.text).n)
		why = "The message is empty.";
	if (why) {
		page_fail(req, res, 400, why);
		return false;
	}
	*ret_question = q;
	return true;
}

bool page_knows_names(struct site *site, struct http_request *req, struct http_response *res, const struct question *q)
{
	struct match_options options = { 0 };
	struct triage_answer answer;
	struct desk *desk;
	if (!triage_unknown(q->set, q->set_count, NULL, req->arena).n)
		return true;
	enum err e = site_take(site, &desk);
	if (!e) {
		e = triage_lookup(desk->store, desk->matcher, desk->scratch, q->text, &options, req->arena, &answer);
		site_give(site, &desk);
	}
	struct str why = e ? STR("") : triage_unknown(q->set, q->set_count, &answer, req->arena);
	if (e)
		page_fail_err(req, res, e);
	else if (why.n)
		page_fail(req, res, 400, arena_printf(req->arena, "\"set\" %.*s.", STR_ARG(why)).p);
	return !e && !why.n;
}

bool page_json_str(struct http_request *req, struct http_response *res, const char *key, struct str *ret_value)
{
	const char *const known[] = { key, NULL };
	cJSON *root = NULL;
	if (!page_json(req, res, &root))
		return false;
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(root, key);
	const char *why = cJSON_IsString(value) ?
				  page_json_stray(root, known, req->arena) :
				  arena_printf(req->arena, "The body is an object with a text \"%s\".", key).p;
	if (why)
		page_fail(req, res, 400, why);
	else
		*ret_value = arena_str(req->arena, str_c(value->valuestring));
	cJSON_Delete(root);
	return !why;
}

struct str page_mark(struct str text, struct arena *a)
{
	return arena_printf(a, "%016llx", (unsigned long long)hash_bytes(text));
}

/* Forms send line ends as CRLF, whatever was pasted. */
static struct str without_cr(struct str s, struct arena *a)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; out && i < s.n; i++)
		if (s.p[i] != '\r' || i + 1 == s.n || s.p[i + 1] != '\n')
			out[n++] = s.p[i];
	return out ? (struct str){ out, n } : STR("");
}

bool page_question_form(struct http_request *req, struct http_response *res, struct question *ret_question)
{
	struct http_fields fields;
	struct question q = { 0 };
	if (!http_content_is(req, "application/x-www-form-urlencoded")) {
		page_fail(req, res, 415, "The page sends a form; the API is under /api/v1.");
		return false;
	}
	enum err e = request_parse_form(req->body, req->arena, &fields);
	if (e) {
		page_fail_err(req, res, e);
		return false;
	}
	q.text = without_cr(http_field(&fields, "text"), req->arena);
	/* Corrected values belong to the message they were shown with. */
	struct str of = http_field(&fields, "of");
	bool keep = !of.n || str_eq(of, page_mark(q.text, req->arena));
	const char *why = NULL;
	for (size_t i = 0; i < fields.count && keep && !why; i++)
		if (str_starts(fields.items[i].name, STR("set.")))
			why = add_set(&q, req->arena, str_from(fields.items[i].name, 4), fields.items[i].value);
	if (why) {
		page_fail(req, res, 400, arena_printf(req->arena, "Of the values %s.", why).p);
		return false;
	}
	*ret_question = q;
	return true;
}
