/* SPDX-License-Identifier: MIT
 *
 * See catalog.h. Cards lie in one array, the newest article first; what they are about in two more, by place.
 */
#include "store/catalog.h"

#include "base/hash.h"
#include "base/index.h"
#include "base/mem.h"
#include "store/inside.h"

#include <stdlib.h>
#include <string.h>

enum { YEAR_FIRST = 1980, YEARS = 120 };

enum kind { KIND_PROBLEM, KIND_BUG, KIND_HOWTO, KIND_INFO, KIND_OURS, KIND_OTHER, KINDS };

struct card {
	struct str id;
	uint16_t year;		  /* less YEAR_FIRST; YEARS for none */
	uint8_t kinds;		  /* a bit each */
	uint32_t products, codes; /* where theirs begin */
	uint32_t product_count, code_count;
};

struct code_family {
	int64_t value;
	struct str family;
};

struct catalog {
	struct arena arena;
	struct card *cards;
	size_t count, cap;
	struct index by_id;
	struct str *families; /* names of products */
	size_t family_count, family_cap;
	uint32_t *products; /* places in families */
	size_t product_count, product_cap;
	int64_t *codes;
	size_t code_count, code_cap;
	struct code_family *meant; /* in order of value */
	size_t meant_count, meant_cap;
};

static const char *name_of_kind(enum kind kind)
{
	static const char *const names[] = { "problem", "bug", "howto", "info", "ours", "other" };
	return names[kind];
}

/* ---- names of products ---- */

/* "Windows NT Server 3.5 3.51 4.0" > "Windows NT Server"; years and the like ("Windows 95") are names. */
static struct str without_numbers(struct str name)
{
	for (;;) {
		size_t at = name.n;
		while (at && name.p[at - 1] != ' ')
			at--;
		struct str word = str_from(name, at);
		if (at < 2 || !char_is_digit(word.p[0]) || str_find_char(word, '.') == STR_NONE)
			return name;
		name = str_trim_end(str_first(name, at));
	}
}

struct str catalog_family(struct str product)
{
	static const struct str before[] = { STR_LIT("the operating system: "), STR_LIT("The "),
					     STR_LIT("Microsoft ") };
	static const struct str behind[] = { STR_LIT(","), STR_LIT(" version"), STR_LIT(" ("), STR_LIT(": "),
					     STR_LIT(" used with") };
	product = str_trim(product);
	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		if (str_starts_nocase(product, before[i]) && product.n > before[i].n)
			product = str_from(product, before[i].n);
	for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
		size_t at = str_find_nocase(product, behind[i]);
		if (at != STR_NONE && at > 2)
			product = str_first(product, at);
	}
	product = without_numbers(str_trim_end(product));
	while (product.n > 1 && strchr(".:;", product.p[product.n - 1]))
		product.n--;
	return product;
}

/* ---- reading ---- */

/* What the rows of sources belong to: numbers of sources are dense. */
struct loader {
	struct catalog *c;
	uint32_t *card_of;   /* a source's: place + 1 */
	uint32_t *family_of; /* a term's: place + 1, of products */
	size_t source_count, term_count;
	struct index families;
	struct arena work;
};

static uint8_t kinds_of(struct str type)
{
	static const struct str words[] = { STR_LIT("kbprb"), STR_LIT("kbbug"), STR_LIT("kbhowto"), STR_LIT("kbinfo") };
	uint8_t kinds = 0;
	struct str word;
	while (str_word(&type, &word))
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (str_eq_nocase(word, words[i]))
				kinds |= (uint8_t)(1u << i);
	return kinds;
}

static uint16_t year_of(struct str date)
{
	uint64_t year;
	bool fits =
		date.n >= 4 && str_u64(str_first(date, 4), &year) && year >= YEAR_FIRST && year < YEAR_FIRST + YEARS;
	return fits ? (uint16_t)(year - YEAR_FIRST) : YEARS;
}

static enum err read_cards(struct store *s, struct loader *l)
{
	struct catalog *c = l->c;
	sqlite3_stmt *q = sql_get(s, SQL_CARDS);
	bool row = false;
	enum err e;
	while (!(e = sql_next(q, &row)) && row) {
		struct card *card = arena_push(&c->arena, &c->cards, &c->count, &c->cap);
		if (!card)
			break;
		*card = (struct card){ .id = sql_keep(q, 0, &c->arena),
				       .year = year_of(sql_get_str(q, 1)),
				       .kinds = kinds_of(sql_get_str(q, 2)) };
		size_t shown = (size_t)sql_get_int(q, 3), authored = (size_t)sql_get_int(q, 4);
		if (authored)
			card->kinds |= 1u << KIND_OURS;
		if (!card->kinds)
			card->kinds = 1u << KIND_OTHER;
		if (shown < l->source_count)
			l->card_of[shown] = (uint32_t)c->count;
		if (authored && authored < l->source_count)
			l->card_of[authored] = (uint32_t)c->count;
	}
	sqlite3_reset(q);
	return e ? e : arena_err(&c->arena);
}

/* family adds a name once; gives its place + 1. */
static uint32_t family(struct loader *l, struct str name)
{
	struct catalog *c = l->c;
	uint64_t hash = hash_bytes(name);
	for (const struct index_item *i = index_first(&l->families, hash); i; i = index_next(&l->families, i))
		if (str_eq(c->families[i->number], name))
			return i->number + 1;
	struct str *slot = arena_push(&c->arena, &c->families, &c->family_count, &c->family_cap);
	if (!slot)
		return 0;
	*slot = arena_str(&c->arena, name);
	c->arena.failed |= index_add(&l->families, hash, (uint32_t)c->family_count - 1) != ERR_OK;
	return (uint32_t)c->family_count;
}

static enum err read_products(struct store *s, struct loader *l)
{
	sqlite3_stmt *q = sql_get(s, SQL_PRODUCTS);
	bool row = false;
	enum err e;
	while (!(e = sql_next(q, &row)) && row) {
		size_t term = (size_t)sql_get_int(q, 0);
		struct str name = catalog_family(sql_get_str(q, 1));
		if (term < l->term_count && name.n)
			l->family_of[term] = family(l, name);
	}
	sqlite3_reset(q);
	return e ? e : arena_err(&l->c->arena);
}

static bool has_product(const struct catalog *c, const struct card *card, uint32_t product)
{
	for (size_t i = 0; i < card->product_count; i++)
		if (c->products[card->products + i] == product)
			return true;
	return false;
}

/* Rows come by source; a card's are together where it has one source, else only those of the later source count. */
static enum err read_card_products(struct store *s, struct loader *l)
{
	struct catalog *c = l->c;
	sqlite3_stmt *q = sql_get(s, SQL_CARD_TERMS);
	size_t last = 0;
	bool row = false;
	enum err e;
	while (!(e = sql_next(q, &row)) && row) {
		size_t source = (size_t)sql_get_int(q, 0), term = (size_t)sql_get_int(q, 1);
		uint32_t product = term < l->term_count ? l->family_of[term] : 0;
		struct card *card =
			source < l->source_count && l->card_of[source] ? &c->cards[l->card_of[source] - 1] : NULL;
		if (!card || !product)
			continue;
		if (source != last) {
			card->products = (uint32_t)c->product_count;
			card->product_count = 0;
			last = source;
		}
		if (has_product(c, card, product - 1))
			continue;
		uint32_t *slot = arena_push(&c->arena, &c->products, &c->product_count, &c->product_cap);
		if (!slot)
			break;
		*slot = product - 1;
		card->product_count++;
	}
	sqlite3_reset(q);
	return e ? e : arena_err(&c->arena);
}

/* one_spelling: the same HRESULT or NTSTATUS is written as 0x80004005 here and as -2147467259 there. */
static int64_t one_spelling(int64_t code)
{
	return code < -0xFFFF && code >= INT32_MIN ? code + ((int64_t)1 << 32) : code;
}

static enum err read_card_codes(struct store *s, struct loader *l)
{
	struct catalog *c = l->c;
	sqlite3_stmt *q = sql_get(s, SQL_CARD_CODES);
	size_t last = 0;
	bool row = false;
	enum err e;
	while (!(e = sql_next(q, &row)) && row) {
		size_t source = (size_t)sql_get_int(q, 0);
		struct card *card =
			source < l->source_count && l->card_of[source] ? &c->cards[l->card_of[source] - 1] : NULL;
		if (!card)
			continue;
		if (source != last) {
			card->codes = (uint32_t)c->code_count;
			card->code_count = 0;
			last = source;
		}
		int64_t *slot = arena_push(&c->arena, &c->codes, &c->code_count, &c->code_cap);
		if (!slot)
			break;
		*slot = one_spelling(sql_get_int(q, 1));
		card->code_count++;
	}
	sqlite3_reset(q);
	return e ? e : arena_err(&c->arena);
}

/* read_code_families: of each code the family that most articles mean by it. */
static enum err read_code_families(struct store *s, struct loader *l)
{
	struct catalog *c = l->c;
	sqlite3_stmt *q = sql_get(s, SQL_CODE_FAMILIES);
	bool row = false;
	enum err e;
	while (!(e = sql_next(q, &row)) && row) {
		int64_t value = sql_get_int(q, 0);
		if (c->meant_count && c->meant[c->meant_count - 1].value == value)
			continue;
		struct code_family *slot = arena_push(&c->arena, &c->meant, &c->meant_count, &c->meant_cap);
		if (!slot)
			break;
		*slot = (struct code_family){ value, arena_str(&c->arena, sql_get_str(q, 1)) };
	}
	sqlite3_reset(q);
	return e ? e : arena_err(&c->arena);
}

static enum err index_ids(struct catalog *c)
{
	enum err e = ERR_OK;
	for (size_t i = 0; !e && i < c->count; i++)
		e = index_add(&c->by_id, hash_bytes(c->cards[i].id), (uint32_t)i);
	return e;
}

static enum err prepare(struct store *s, struct loader *l)
{
	int64_t sources = 0, terms = 0;
	enum err e = sql_one(sql_get(s, SQL_SOURCE_LAST), &sources);
	if (!e)
		e = sql_one(sql_get(s, SQL_TERM_LAST), &terms);
	if (e)
		return e;
	l->source_count = (size_t)sources + 1;
	l->term_count = (size_t)terms + 1;
	l->card_of = arena_array(&l->work, uint32_t, l->source_count);
	l->family_of = arena_array(&l->work, uint32_t, l->term_count);
	return arena_err(&l->work);
}

enum err catalog_open(struct store *s, struct catalog **ret_catalog)
{
	static enum err (*const steps[])(struct store * s, struct loader * l) = { prepare,	   read_cards,
										  read_products,   read_card_products,
										  read_card_codes, read_code_families };
	struct loader l = { .c = mem_resize(NULL, sizeof *l.c) };
	enum err e = l.c ? ERR_OK : ERR_NOMEM;
	if (e)
		return e;
	*l.c = (struct catalog){ 0 };
	store_freeze(s);
	for (size_t i = 0; i < sizeof steps / sizeof *steps && !e; i++)
		e = steps[i](s, &l);
	store_thaw(s);
	if (!e)
		e = index_ids(l.c);
	index_free(&l.families);
	arena_free(&l.work);
	if (e)
		catalog_close(&l.c);
	else
		*ret_catalog = l.c;
	return e;
}

void catalog_close(struct catalog **catalog)
{
	struct catalog *c = *catalog;
	if (!c)
		return;
	*catalog = NULL;
	index_free(&c->by_id);
	arena_free(&c->arena);
	mem_free(c);
}

static int by_value(const void *left, const void *right)
{
	int64_t a = ((const struct code_family *)left)->value, b = ((const struct code_family *)right)->value;
	return a < b ? -1 : a > b;
}

struct str catalog_code_family(const struct catalog *c, int64_t code)
{
	const struct code_family key = { .value = code };
	const struct code_family *found =
		c->meant_count ? bsearch(&key, c->meant, c->meant_count, sizeof *c->meant, by_value) : NULL;
	return found ? found->family : STR("");
}

/* ---- selecting ---- */

static const struct card *find(const struct catalog *c, struct str id)
{
	for (const struct index_item *i = index_first(&c->by_id, hash_bytes(id)); i; i = index_next(&c->by_id, i))
		if (str_eq(c->cards[i->number].id, id))
			return &c->cards[i->number];
	return NULL;
}

static bool has_code(const struct catalog *c, const struct card *card, int64_t code)
{
	for (size_t i = 0; i < card->code_count; i++)
		if (c->codes[card->codes + i] == code)
			return true;
	return false;
}

static bool passes(const struct catalog *c, const struct card *card, const struct catalog_filter *f, size_t product)
{
	bool kind = !f->kind.n;
	for (unsigned k = 0; k < KINDS && !kind; k++)
		kind = (card->kinds >> k & 1) && str_eq(f->kind, str_c(name_of_kind(k)));
	return kind && (!f->year || (unsigned)card->year + YEAR_FIRST == f->year) &&
	       (!f->by_code || has_code(c, card, one_spelling(f->code))) &&
	       (!f->product.n || (product < c->family_count && has_product(c, card, (uint32_t)product)));
}

struct tally {
	uint32_t *products; /* a count a family */
	size_t kinds[KINDS], years[YEARS + 1];
	int64_t *codes; /* all of them, to be sorted */
	size_t code_count, code_cap;
};

static void count_card(const struct catalog *c, const struct card *card, struct arena *a, struct tally *t)
{
	for (size_t i = 0; i < card->product_count; i++)
		t->products[c->products[card->products + i]]++;
	for (unsigned k = 0; k < KINDS; k++)
		t->kinds[k] += card->kinds >> k & 1;
	t->years[card->year]++;
	for (size_t i = 0; i < card->code_count; i++) {
		bool again = false;
		for (size_t k = 0; k < i; k++)
			again |= c->codes[card->codes + k] == c->codes[card->codes + i];
		int64_t *slot = again ? NULL : arena_push(a, &t->codes, &t->code_count, &t->code_cap);
		if (slot)
			*slot = c->codes[card->codes + i];
	}
}

/* by_count: of as many, numbers come first and go by their value. */
static int by_count(const void *left, const void *right)
{
	const struct catalog_facet *a = left, *b = right;
	int64_t x = INT64_MAX, y = INT64_MAX;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	str_i64(a->name, &x);
	str_i64(b->name, &y);
	return x != y ? (x < y ? -1 : 1) : str_cmp(a->name, b->name);
}

static int by_number(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
	return a < b ? -1 : a > b;
}

static void add_facet(struct arena *a, struct catalog_facets *f, struct str name, size_t count)
{
	struct catalog_facet *slot = count ? arena_push(a, &f->items, &f->count, &f->cap) : NULL;
	if (slot)
		*slot = (struct catalog_facet){ name, count };
	f->all = f->count;
}

static void rank(struct catalog_facets *f, size_t most)
{
	if (f->count)
		qsort(f->items, f->count, sizeof *f->items, by_count);
	f->count = f->count < most ? f->count : most;
}

static void fill_facets(const struct catalog *c, struct tally *t, size_t facets, struct arena *a,
			struct catalog_result *r)
{
	for (size_t i = 0; i < c->family_count; i++)
		add_facet(a, &r->products, c->families[i], t->products[i]);
	rank(&r->products, facets);
	for (unsigned k = 0; k < KINDS; k++)
		add_facet(a, &r->kinds, str_c(name_of_kind(k)), t->kinds[k]);
	for (size_t i = YEARS; i-- > 0;)
		if (t->years[i])
			add_facet(a, &r->years, arena_printf(a, "%zu", YEAR_FIRST + i), t->years[i]);
	if (t->code_count)
		qsort(t->codes, t->code_count, sizeof *t->codes, by_number);
	for (size_t i = 0, n; i < t->code_count; i += n) {
		for (n = 1; i + n < t->code_count && t->codes[i + n] == t->codes[i];)
			n++;
		add_facet(a, &r->codes, arena_printf(a, "%lld", (long long)t->codes[i]), n);
	}
	rank(&r->codes, facets);
}

enum err catalog_select(const struct catalog *c, const struct catalog_filter *f, const struct str *ids, size_t id_count,
			size_t facets, struct arena *a, struct catalog_result *ret_result)
{
	struct catalog_result r = { 0 };
	struct tally t = { .products = arena_array(a, uint32_t, c->family_count + 1) };
	size_t product = 0;
	while (product < c->family_count && !str_eq(c->families[product], f->product))
		product++;
	if (!t.products)
		return ERR_NOMEM;
	for (size_t i = 0; i < (ids ? id_count : c->count); i++) {
		const struct card *card = ids ? find(c, ids[i]) : &c->cards[i];
		if (!card || !passes(c, card, f, product))
			continue;
		struct str *slot = arena_push(a, &r.ids, &r.count, &r.cap);
		if (!slot)
			return ERR_NOMEM;
		*slot = card->id;
		count_card(c, card, a, &t);
	}
	fill_facets(c, &t, facets, a, &r);
	if (!arena_err(a))
		*ret_result = r;
	return arena_err(a);
}
