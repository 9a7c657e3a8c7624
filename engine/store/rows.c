/* SPDX-License-Identifier: MIT
 *
 * A rule as rows, and back. What is written here is derived and can be made again from the sources.
 */
#include "store/inside.h"

#include "base/hash.h"
#include "base/index.h"
#include "base/mem.h"

#include <string.h>

/* ---- terms: names that many sources share, each kept once ---- */

struct store_terms {
	struct index by_text;
	struct arena arena;
	struct str *texts; /* by number */
	size_t text_count, text_cap;
};

static uint64_t term_hash(struct str kind, struct str text)
{
	return hash_seeded(text, hash_bytes(kind));
}

/* term_number is 0 for one that is not known. */
static uint32_t term_number(const struct store_terms *t, struct str kind, struct str text)
{
	const struct index_item *i = index_first(&t->by_text, term_hash(kind, text));
	for (; i; i = index_next(&t->by_text, i)) {
		struct str known = t->texts[i->number];
		if (known.n == kind.n + 1 + text.n && str_starts(known, kind) && str_ends(known, text))
			return i->number;
	}
	return 0;
}

/* Numbers are small and dense: SQLite gives them out from 1 on. */
static enum err term_remember(struct store_terms *t, struct str kind, struct str text, int64_t number)
{
	if (number <= 0 || number > INT32_MAX)
		return ERR_DAMAGED;
	while (t->text_count <= (size_t)number)
		if (!arena_push(&t->arena, &t->texts, &t->text_count, &t->text_cap))
			return ERR_NOMEM;
	t->texts[number] = arena_printf(&t->arena, "%.*s\n%.*s", STR_ARG(kind), STR_ARG(text));
	enum err e = index_add(&t->by_text, term_hash(kind, text), (uint32_t)number);
	return e ? e : arena_err(&t->arena);
}

enum err store_terms_open(struct store *s, struct store_terms **ret_terms)
{
	struct store_terms *t = mem_resize(NULL, sizeof *t);
	if (!t)
		return ERR_NOMEM;
	*t = (struct store_terms){ 0 };
	sqlite3_stmt *q = sql_get(s, SQL_TERM_ALL);
	bool row = true;
	enum err e = ERR_OK;
	while (!e && (e = sql_next(q, &row)) == ERR_OK && row)
		e = term_remember(t, sql_get_str(q, 1), sql_get_str(q, 2), sql_get_int(q, 0));
	if (q)
		sqlite3_reset(q);
	if (e) {
		store_terms_close(&t);
		return e;
	}
	*ret_terms = t;
	return ERR_OK;
}

void store_terms_close(struct store_terms **terms)
{
	struct store_terms *t = *terms;
	if (!t)
		return;
	index_free(&t->by_text);
	arena_free(&t->arena);
	mem_free(t);
	*terms = NULL;
}

struct term_writer {
	struct store *store;
	struct store_terms *terms;
	int64_t source, n;
	enum err err;
};

static void put_terms(struct term_writer *w, const char *kind_name, const struct str *items, size_t count)
{
	struct str kind = str_c(kind_name);
	for (size_t i = 0; !w->err && i < count; i++) {
		int64_t number = term_number(w->terms, kind, items[i]);
		if (!number) {
			sqlite3_stmt *q = sql_get(w->store, SQL_TERM_PUT);
			sql_str(q, 1, kind);
			sql_str(q, 2, items[i]);
			w->err = sql_done(q);
			number = sqlite3_last_insert_rowid(w->store->db);
			if (!w->err)
				w->err = term_remember(w->terms, kind, items[i], number);
		}
		sqlite3_stmt *q = sql_get(w->store, SQL_HAS_TERM_PUT);
		sql_int(q, 1, w->source);
		sql_int(q, 2, w->n++);
		sql_int(q, 3, number);
		if (!w->err)
			w->err = sql_done(q);
	}
}

/* ---- writing ---- */

/* {0} for a variable, {{ and }} for braces: see template.pattern in schema.sql */
static void write_pattern(const struct rule_template *t, struct buf *out)
{
	for (size_t i = 0; i < t->piece_count; i++) {
		const struct rule_piece *piece = &t->pieces[i];
		if (piece->is_var)
			buf_addf(out, "{%u}", piece->var);
		for (size_t k = 0; !piece->is_var && k < piece->text.n; k++) {
			char c = piece->text.p[k];
			if (c == '{' || c == '}')
				buf_add_char(out, c);
			buf_add_char(out, c);
		}
	}
}

static enum err read_pattern(struct str pattern, struct arena *a, struct rule_template *t)
{
	struct buf literal = { 0 };
	for (size_t i = 0; i <= pattern.n; i++) {
		char c = i < pattern.n ? pattern.p[i] : '\0', next = i + 1 < pattern.n ? pattern.p[i + 1] : '\0';
		bool is_var = c == '{' && char_is_digit(next);
		if ((is_var || i == pattern.n) && literal.n) {
			struct rule_piece *piece = arena_push(a, &t->pieces, &t->piece_count, &t->piece_cap);
			if (piece)
				piece->text = buf_keep(&literal, a);
			buf_clear(&literal);
		}
		if (is_var) {
			struct rule_piece *piece = arena_push(a, &t->pieces, &t->piece_count, &t->piece_cap);
			uint64_t var = 0;
			size_t end = str_find_char(str_from(pattern, i), '}');
			if (!piece || end == STR_NONE || !str_u64(str_first(str_from(pattern, i + 1), end - 1), &var) ||
			    var >= t->var_count) {
				buf_free(&literal);
				return piece ? ERR_DAMAGED : ERR_NOMEM;
			}
			*piece = (struct rule_piece){ .is_var = true, .var = (uint32_t)var };
			i += end;
		} else if (i < pattern.n) {
			buf_add_char(&literal, c);
			i += (c == '{' || c == '}') && next == c;
		}
	}
	enum err e = buf_err(&literal);
	buf_free(&literal);
	return e;
}

static enum err put_template(struct store *s, int64_t source, int64_t n, const struct rule_template *t)
{
	struct buf pattern = { 0 };
	write_pattern(t, &pattern);
	enum err e = buf_err(&pattern);
	sqlite3_stmt *q = sql_get(s, SQL_TEMPLATE_PUT);
	sql_int(q, 1, source);
	sql_int(q, 2, n);
	sql_str(q, 3, t->text);
	sql_str(q, 4, str_eq(buf_str(&pattern), t->text) ? STR("") : buf_str(&pattern));
	sql_int(q, 5, t->place);
	sql_int(q, 6, t->lines);
	sql_int(q, 7, t->line);
	sql_int(q, 8, t->announced);
	if (!e)
		e = sql_done(q);
	buf_free(&pattern);
	for (size_t i = 0; !e && i < t->var_count; i++) {
		q = sql_get(s, SQL_VARIABLE_PUT);
		sql_int(q, 1, source);
		sql_int(q, 2, n);
		sql_int(q, 3, (int64_t)i);
		sql_str(q, 4, t->vars[i].name);
		sql_str(q, 5, str_c(var_type_name(t->vars[i].type)));
		sql_str(q, 6, t->vars[i].says);
		sql_int(q, 7, t->vars[i].sample);
		e = sql_done(q);
	}
	return e;
}

static enum err put_code(struct store *s, int64_t source, int64_t n, const struct rule_code *code)
{
	sqlite3_stmt *q = sql_get(s, SQL_CODE_PUT);
	sql_int(q, 1, source);
	sql_int(q, 2, n);
	sql_int(q, 3, code->value);
	sql_str(q, 4, code->family);
	sql_str(q, 5, code->symbol);
	sql_int(q, 6, code->defining);
	return sql_done(q);
}

/* write_kind, read_kind: see resolution.kind in schema.sql */
static void write_kind(struct buf *out, const struct rule_resolution *r)
{
	buf_add_c(out, r->kind == RESOLUTION_FIX ? "fix" : "workaround");
	if (!r->effort && !r->risk)
		return;
	buf_addf(out, " %s %s", r->effort ? rule_effort_name(r->effort) : "-", r->risk ? rule_risk_name(r->risk) : "-");
	buf_addf(out, "%s%.*s", r->harm.n ? " " : "", STR_ARG(r->harm));
}

static void read_kind(struct str text, struct rule_resolution *r)
{
	struct str word;
	r->kind = str_word(&text, &word) && str_eq(word, STR("fix")) ? RESOLUTION_FIX : RESOLUTION_WORKAROUND;
	if (str_word(&text, &word))
		(void)rule_effort_parse(word, &r->effort);
	if (str_word(&text, &word))
		(void)rule_risk_parse(word, &r->risk);
	r->harm = str_trim(text);
}

static enum err put_resolution(struct store *s, int64_t source, int64_t n, const struct rule_resolution *r)
{
	sqlite3_stmt *q = sql_get(s, SQL_RESOLUTION_PUT);
	struct buf kind = { 0 };
	write_kind(&kind, r);
	enum err e = buf_err(&kind);
	sql_int(q, 1, source);
	sql_int(q, 2, n);
	sql_str(q, 3, buf_str(&kind));
	sql_str(q, 4, r->text);
	sql_str(q, 5, r->where);
	sql_str(q, 6, r->caveat);
	sql_int(q, 7, r->line);
	if (!e)
		e = sql_done(q);
	buf_free(&kind);
	return e;
}

static enum err put_reference(struct store *s, int64_t source, int64_t n, const struct article_ref *r)
{
	sqlite3_stmt *q = sql_get(s, SQL_REFERENCE_PUT);
	sql_int(q, 1, source);
	sql_int(q, 2, n);
	sql_str(q, 3, r->id);
	sql_str(q, 4, r->keyword);
	sql_str(q, 5, r->title);
	sql_int(q, 6, r->line);
	return sql_done(q);
}

static enum err put_head(struct store *s, int64_t source, const struct article *article, const struct rule *rule)
{
	sqlite3_stmt *q = sql_get(s, SQL_RULE_PUT);
	sql_int(q, 1, source);
	sql_int(q, 2, article_has(article, SECTION_SYMPTOMS));
	sql_str(q, 3, str_c(rule_status_name(rule->status)));
	sql_str(q, 4, rule->status_text);
	sql_str(q, 5, rule->cause);
	return sql_done(q);
}

enum err store_put_rule(struct store *s, struct store_terms *terms, int64_t source, const struct article *article,
			const struct rule *rule)
{
	enum err e = put_head(s, source, article, rule);
	for (size_t i = 0; !e && i < rule->template_count; i++)
		e = put_template(s, source, (int64_t)i, &rule->templates[i]);
	for (size_t i = 0; !e && i < rule->code_count; i++)
		e = put_code(s, source, (int64_t)i, &rule->codes[i]);
	for (size_t i = 0; !e && i < rule->resolution_count; i++)
		e = put_resolution(s, source, (int64_t)i, &rule->resolutions[i]);
	for (size_t i = 0; !e && i < article->ref_count; i++)
		e = put_reference(s, source, (int64_t)i, &article->refs[i]);
	struct term_writer w = { .store = s, .terms = terms, .source = source, .err = e };
	put_terms(&w, "product", article->products, article->product_count);
	put_terms(&w, "keyword", article->keywords, article->keyword_count);
	put_terms(&w, "log-file", rule->log_files, rule->log_file_count);
	put_terms(&w, "component", rule->components, rule->component_count);
	put_terms(&w, "cause", rule->cause_classes, rule->cause_class_count);
	put_terms(&w, "probe", rule->probes, rule->probe_count);
	return w.err;
}

/* ---- reading ---- */

static enum err get_variables(struct store *s, int64_t source, int64_t n, struct arena *a, struct rule_template *t)
{
	sqlite3_stmt *q = sql_get(s, SQL_VARIABLES_GET);
	sql_int(q, 1, source);
	sql_int(q, 2, n);
	bool row = true;
	enum err e = ERR_OK;
	while (!e && (e = sql_next(q, &row)) == ERR_OK && row) {
		struct rule_var *var = arena_push(a, &t->vars, &t->var_count, &t->var_cap);
		if (!var)
			e = ERR_NOMEM;
		else if (!var_type_parse(sql_get_str(q, 1), &var->type))
			e = ERR_DAMAGED;
		else
			*var = (struct rule_var){ sql_keep(q, 0, a), var->type, sql_keep(q, 2, a),
						  sql_get_int(q, 3) != 0 };
	}
	sqlite3_reset(q); /* where a row is damaged it would go on to be read: no import could commit */
	return e;
}

static enum err get_templates(struct store *s, int64_t source, struct arena *a, struct rule *rule)
{
	sqlite3_stmt *q = sql_get(s, SQL_TEMPLATES_GET);
	sql_int(q, 1, source);
	bool row = true;
	enum err e = ERR_OK;
	while (!e && (e = sql_next(q, &row)) == ERR_OK && row) {
		struct rule_template *t = arena_push(a, &rule->templates, &rule->template_count, &rule->template_cap);
		if (!t) {
			e = ERR_NOMEM;
			break;
		}
		*t = (struct rule_template){ .text = sql_keep(q, 1, a), .place = (enum template_place)sql_get_int(q, 3),
					     .lines = (unsigned)sql_get_int(q, 4), .line = (uint32_t)sql_get_int(q, 5),
					     .announced = sql_get_int(q, 6) != 0 };
		e = get_variables(s, source, sql_get_int(q, 0), a, t);
		struct str pattern = sql_get_str(q, 2);
		if (!e)
			e = read_pattern(pattern.n ? pattern : t->text, a, t);
	}
	sqlite3_reset(q);
	return e;
}

static enum err get_codes(struct store *s, int64_t source, struct arena *a, struct rule *rule)
{
	sqlite3_stmt *q = sql_get(s, SQL_CODES_GET);
	sql_int(q, 1, source);
	bool row = true;
	enum err e = ERR_OK;
	while (!e && (e = sql_next(q, &row)) == ERR_OK && row) {
		struct rule_code *code = arena_push(a, &rule->codes, &rule->code_count, &rule->code_cap);
		if (code)
			*code = (struct rule_code){ sql_get_int(q, 0), sql_keep(q, 1, a), sql_keep(q, 2, a),
						    sql_get_int(q, 3) != 0 };
		e = arena_err(a);
	}
	sqlite3_reset(q);
	return e;
}

static enum err get_resolutions(struct store *s, int64_t source, struct arena *a, struct rule *rule)
{
	sqlite3_stmt *q = sql_get(s, SQL_RESOLUTIONS_GET);
	sql_int(q, 1, source);
	bool row = true;
	enum err e = ERR_OK;
	while (!e && (e = sql_next(q, &row)) == ERR_OK && row) {
		struct rule_resolution *r =
			arena_push(a, &rule->resolutions, &rule->resolution_count, &rule->resolution_cap);
		if (r) {
			*r = (struct rule_resolution){ .text = sql_keep(q, 1, a),
						       .where = sql_keep(q, 2, a),
						       .caveat = sql_keep(q, 3, a),
						       .line = (uint32_t)sql_get_int(q, 4) };
			read_kind(sql_keep(q, 0, a), r);
		}
		e = arena_err(a);
	}
	sqlite3_reset(q);
	return e;
}

static struct str *term_place(struct rule *r, struct str kind, struct arena *a)
{
	if (str_eq(kind, STR("log-file")))
		return arena_push(a, &r->log_files, &r->log_file_count, &r->log_file_cap);
	if (str_eq(kind, STR("component")))
		return arena_push(a, &r->components, &r->component_count, &r->component_cap);
	if (str_eq(kind, STR("cause")))
		return arena_push(a, &r->cause_classes, &r->cause_class_count, &r->cause_class_cap);
	return arena_push(a, &r->probes, &r->probe_count, &r->probe_cap);
}

static enum err get_terms(struct store *s, int64_t source, struct arena *a, struct rule *rule)
{
	sqlite3_stmt *q = sql_get(s, SQL_TERMS_GET);
	sql_int(q, 1, source);
	bool row = true;
	enum err e = ERR_OK;
	while (!e && (e = sql_next(q, &row)) == ERR_OK && row) {
		struct str *place = term_place(rule, sql_get_str(q, 0), a);
		if (place)
			*place = sql_keep(q, 1, a);
		e = arena_err(a);
	}
	sqlite3_reset(q);
	return e;
}

static enum err get_head(struct store *s, int64_t source, struct arena *a, struct rule *rule)
{
	sqlite3_stmt *q = sql_get(s, SQL_RULE_GET);
	sql_int(q, 1, source);
	bool row;
	enum err e = sql_next(q, &row);
	if (e || !row)
		return e ? e : ERR_DAMAGED;
	if (!rule_status_parse(sql_get_str(q, 0), &rule->status))
		e = ERR_DAMAGED;
	rule->status_text = sql_keep(q, 1, a);
	rule->cause = sql_keep(q, 2, a);
	sqlite3_reset(q);
	return e ? e : arena_err(a);
}

enum err store_get_rule(struct store *s, int64_t source, struct arena *a, struct rule *rule)
{
	struct rule one = { .id = rule->id, .title = rule->title, .authored = rule->authored };
	enum err e = get_head(s, source, a, &one);
	if (!e)
		e = get_templates(s, source, a, &one);
	if (!e)
		e = get_codes(s, source, a, &one);
	if (!e)
		e = get_resolutions(s, source, a, &one);
	if (!e)
		e = get_terms(s, source, a, &one);
	return e ? e : rule_merge(rule, &one, a);
}
