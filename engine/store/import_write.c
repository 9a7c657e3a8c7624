/* SPDX-License-Identifier: MIT */
#include "store/importer.h"

#include "base/utf8.h"

/* The rows of an article at hand. */
struct present {
	int64_t article;
	int64_t same;	      /* a source with the same bytes, or 0 */
	int64_t mine;	      /* the source of the same root, or 0 */
	struct str mine_date; /* in the importer's batch arena */
	bool mine_elsewhere;  /* mine came from another file than the one at hand */
	int64_t shown, authored; /* of those that stay */
	struct str shown_date, authored_date;
	bool others; /* sources but mine */
};

static void prefer(int64_t number, struct str date, int64_t *best, struct str *best_date)
{
	if (*best && str_cmp(date, *best_date) < 0)
		return;
	*best = number;
	*best_date = date;
}

static void weigh(struct present *p, int64_t number, struct str date, struct str format)
{
	if (str_eq(format, STR("authored")))
		prefer(number, date, &p->authored, &p->authored_date);
	else
		prefer(number, date, &p->shown, &p->shown_date);
}

/* look_up reads what the store has of the article; mine is left out of shown and authored. */
static enum err look_up(struct importer *im, struct arena *a, int64_t article, const struct work_item *item,
			struct present *p)
{
	*p = (struct present){ .article = article };
	sqlite3_stmt *q = sql_get(im->store, SQL_SOURCES_BRIEF);
	sql_int(q, 1, article);
	bool row = true;
	enum err e = ERR_OK;
	while (!e && (e = sql_next(q, &row)) == ERR_OK && row) {
		int64_t number = sql_get_int(q, 0);
		struct str date = sql_keep(q, 4, a);
		if ((uint64_t)sql_get_int(q, 2) == item->hash && sql_get_int(q, 3) == (int64_t)item->bytes.n)
			p->same = number;
		if (sql_get_int(q, 1) == item->root) {
			p->mine = number;
			p->mine_date = date;
			p->mine_elsewhere = !str_eq(sql_get_str(q, 6), item->inner);
		} else {
			weigh(p, number, date, sql_get_str(q, 5));
			p->others = true;
		}
	}
	return e ? e : arena_err(a);
}

static enum err show(struct importer *im, const struct present *p)
{
	sqlite3_stmt *q = sql_get(im->store, SQL_ARTICLE_SHOW);
	sql_int(q, 1, p->article);
	sql_int(q, 2, p->shown ? p->shown : p->authored);
	if (p->authored)
		sql_int(q, 3, p->authored);
	else
		sql_null(q, 3);
	return sql_done(q);
}

enum err importer_put_source(struct importer *im, int64_t article, int64_t number, int64_t dictionary,
			     const struct work_item *item)
{
	const struct article *x = item->article;
	sqlite3_stmt *q = sql_get(im->store, SQL_SOURCE_PUT);
	sql_int(q, 1, number);
	sql_int(q, 2, article);
	sql_int(q, 3, item->root);
	sql_str(q, 4, item->inner);
	sql_str(q, 5, x->format);
	sql_str(q, 6, x->date);
	sql_str(q, 7, x->title);
	sql_str(q, 8, x->issue_type);
	sql_int(q, 9, (int64_t)item->hash);
	sql_int(q, 10, (int64_t)item->bytes.n);
	sql_int(q, 11, dictionary);
	sql_blob(q, 12, item->packed);
	enum err e = sql_done(q);
	return e ? e : store_put_rule(im->store, im->terms, number, x, &item->rule);
}

static enum err put_new_article(struct importer *im, const struct work_item *item)
{
	const struct article *x = item->article;
	int64_t number = im->next_source++;
	sqlite3_stmt *q = sql_get(im->store, SQL_ARTICLE_PUT);
	sql_str(q, 1, x->id);
	sql_str(q, 2, x->title);
	sql_str(q, 3, x->date);
	sql_str(q, 4, x->issue_type);
	sql_int(q, 5, number);
	if (str_eq(x->format, STR("authored")))
		sql_int(q, 6, number);
	else
		sql_null(q, 6);
	enum err e = sql_done(q);
	im->counts.added++;
	return e ? e : importer_put_source(im, sqlite3_last_insert_rowid(im->store->db), number, im->dictionary, item);
}

enum err importer_delete_source(struct importer *im, int64_t number)
{
	sqlite3_stmt *q = sql_get(im->store, SQL_SOURCE_DELETE);
	sql_int(q, 1, number);
	return sql_done(q);
}

/* drop_mine: the root has changed its text to one that another root brought before. */
static enum err drop_mine(struct importer *im, const struct present *p)
{
	im->counts.changed++;
	enum err e = importer_delete_source(im, p->mine);
	return e ? e : show(im, p);
}

/* Of two files of one root with the same id the newer stays, at the next import too. */
static bool mine_stays(const struct importer *im, const struct present *p, const struct work_item *item)
{
	return p->mine && p->mine < im->first_source && p->mine_elsewhere &&
	       str_cmp(item->article->date, p->mine_date) <= 0;
}

/* put_more adds a source to an article that is there, in place of the one from the same root. */
static enum err put_more(struct importer *im, struct present *p, const struct work_item *item)
{
	const struct article *x = item->article;
	bool twice = p->mine >= im->first_source;
	if (twice) {
		bool older = str_cmp(x->date, p->mine_date) < 0;
		diags_add(im->diags, DIAG_WARNING, 0,
			  "%.*s: %.*s stands there twice: the newer one counts, of one date the later one (%.*s)",
			  STR_ARG(item->name), STR_ARG(x->id), STR_ARG(older ? p->mine_date : x->date));
		if (older)
			return ERR_OK;
	} else if (p->mine) {
		im->counts.changed++;
	} else {
		im->counts.added++;
	}
	enum err e = p->mine ? importer_delete_source(im, p->mine) : ERR_OK;
	int64_t number = im->next_source++;
	weigh(p, number, x->date, x->format);
	if (!e)
		e = importer_put_source(im, p->article, number, im->dictionary, item);
	return e ? e : show(im, p);
}

static enum err put_article(struct importer *im, struct batch *b, const struct work_item *item)
{
	int64_t article;
	struct present p;
	sqlite3_stmt *q = sql_get(im->store, SQL_ARTICLE_BY_ID);
	sql_str(q, 1, item->article->id);
	enum err e = sql_one(q, &article);
	if (e == ERR_NOTFOUND)
		return put_new_article(im, item);
	if (!e)
		e = look_up(im, &b->arena, article, item, &p);
	if (e)
		return e;
	bool stays = mine_stays(im, &p, item);
	if (!p.same && !stays)
		return put_more(im, &p, item);
	if (p.mine && p.mine != p.same && !stays)
		return drop_mine(im, &p);
	im->counts.unchanged++;
	return ERR_OK;
}

static enum err put_known(struct importer *im, struct batch *b, const struct work_item *item)
{
	struct present p = { 0 };
	if (item->known->root != item->root) {
		enum err e = look_up(im, &b->arena, item->known->article, item, &p);
		if (e)
			return e;
		if (p.mine && p.same && p.mine != p.same)
			return drop_mine(im, &p);
	}
	im->counts.unchanged++;
	return ERR_OK;
}

static enum err put_meaning(struct importer *im, int64_t file, struct str line, uint32_t number,
			    const struct work_item *item)
{
	struct str value_text, family, symbol, says, rest;
	int64_t value;
	str_cut(line, '\t', &value_text, &rest);
	str_cut(rest, '\t', &family, &rest);
	bool all = str_cut(rest, '\t', &symbol, &says);
	if (!str_i64(str_trim(value_text), &value) || !all || !family.n)
		return diags_fail(im->diags, ERR_INPUT, "%.*s:%u: a row is value, family, symbol, meaning between tabs",
				  STR_ARG(item->name), number);
	sqlite3_stmt *q = sql_get(im->store, SQL_MEANING_PUT);
	sql_int(q, 1, file);
	sql_int(q, 2, number);
	sql_int(q, 3, value);
	sql_str(q, 4, str_trim(family));
	sql_str(q, 5, str_trim(symbol));
	sql_str(q, 6, str_trim(says));
	im->counts.codes++;
	return sql_done(q);
}

static enum err put_meanings(struct importer *im, int64_t file, const struct work_item *item)
{
	struct str rest = item->bytes;
	uint32_t number = 0;
	enum err e = ERR_OK;
	for (struct str line; !e && str_line(&rest, &line);) {
		number++;
		bool head = number == 1 && str_starts(line, STR("value"));
		if (line.n && line.p[0] != '#' && !head)
			e = put_meaning(im, file, line, number, item);
	}
	return e;
}

/* count_meanings: a table that has not changed was read too. */
static enum err count_meanings(struct importer *im, int64_t file)
{
	int64_t count;
	sqlite3_stmt *q = sql_get(im->store, SQL_MEANING_COUNT);
	sql_int(q, 1, file);
	enum err e = sql_one(q, &count);
	if (!e)
		im->counts.codes += count;
	return e;
}

static enum err check_yaml(struct importer *im, const struct work_item *item)
{
	struct arena a = { 0 };
	struct tree *tree;
	if (im->diags)
		im->diags->origin = item->name;
	enum err e = tree_parse(item->bytes, 1, &a, im->diags, &tree);
	if (im->diags)
		im->diags->origin = STR("");
	arena_free(&a);
	return e;
}

/* put_file keeps a file of causes or codes; the later import of a name wins. */
static enum err put_file(struct importer *im, struct batch *b, const struct work_item *item)
{
	bool causes = item->kind == ITEM_CAUSES, row;
	struct str base = item->inner, kind = causes ? STR("causes") : STR("codes");
	for (struct str head, tail; str_cut(base, '/', &head, &tail);)
		base = tail;
	sqlite3_stmt *q = sql_get(im->store, SQL_FILE_GET);
	sql_str(q, 1, kind);
	sql_str(q, 2, base);
	enum err e = sql_next(q, &row);
	int64_t old = !e && row ? sql_get_int(q, 0) : 0;
	bool same = old && (uint64_t)sql_get_int(q, 1) == item->hash;
	sqlite3_reset(q);
	im->counts.causes += causes;
	if (e || same)
		return e ? e : count_meanings(im, old);
	im->files_changed = true;
	if (old) {
		q = sql_get(im->store, SQL_FILE_DELETE);
		sql_int(q, 1, old);
		e = sql_done(q);
	}
	if (!e && causes)
		e = check_yaml(im, item);
	q = sql_get(im->store, SQL_FILE_PUT);
	sql_str(q, 1, kind);
	sql_str(q, 2, base);
	sql_str(q, 3, arena_str(&b->arena, item->name));
	sql_int(q, 4, (int64_t)item->hash);
	sql_blob(q, 5, utf8_mend(item->bytes, &b->arena));
	if (!e)
		e = sql_done(q);
	return e || causes ? e : put_meanings(im, sqlite3_last_insert_rowid(im->store->db), item);
}

enum err importer_put(struct importer *im, struct batch *b)
{
	enum err e = b->err;
	for (size_t i = 0; im->diags && i < b->diags.count; i++) {
		im->diags->origin = arena_str(im->diags->arena, b->diags.items[i].origin);
		diags_add(im->diags, b->diags.items[i].level, b->diags.items[i].line, "%.*s",
			  STR_ARG(b->diags.items[i].text));
		im->diags->origin = STR("");
	}
	for (size_t i = 0; !e && i < b->count; i++) {
		const struct work_item *item = &b->items[i];
		if (item->kind != ITEM_OTHER)
			im->counts.bytes += (int64_t)item->bytes.n;
		switch (item->kind) {
		case ITEM_OTHER: im->counts.skipped++; break;
		case ITEM_KNOWN: e = put_known(im, b, item); break;
		case ITEM_ARTICLE: e = put_article(im, b, item); break;
		case ITEM_CAUSES:
		case ITEM_CODES: e = put_file(im, b, item); break;
		}
	}
	return e;
}
