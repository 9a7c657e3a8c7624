/* SPDX-License-Identifier: MIT
 *
 * What the articles are about, to browse by: product, kind, year, error code. Read from the store once into memory,
 * then never changed; any number of threads may ask. Products are taken together whatever their versions ("Windows NT
 * Server"). A few milliseconds for all articles.
 */
#ifndef KBT_STORE_CATALOG_H
#define KBT_STORE_CATALOG_H

#include "store/store.h"

struct catalog;

/* catalog_open reads all that browsing needs, so that the store may be closed behind it; ready, any number of threads
 * may read it. ERR_NOMEM, and what reading the store gives. */
enum err catalog_open(struct store *s, struct catalog **ret_catalog) MUST_USE;
void catalog_close(struct catalog **catalog);

struct catalog_filter { /* zeroed: everything */
	struct str product; /* a family */
	struct str kind; /* "problem", "bug", "howto", "info", "ours", "other" */
	unsigned year;
	bool by_code;
	int64_t code; /* that it is about */
};

struct catalog_facet {
	struct str name;
	size_t count;
};

struct catalog_facets {
	struct catalog_facet *items; /* the frequent first; years and kinds in their order */
	size_t count, cap, all;	     /* all: also those that were not asked for */
};

struct catalog_result {
	struct str *ids; /* all that pass, in the order given, else the newest first */
	size_t count, cap;
	struct catalog_facets products, kinds, years, codes; /* of those */
};

/* catalog_select: of these ids (NULL: of all) those that pass the filter, and what they are about, at most `facets`
 * products and codes each. ids that it does not know are left out. */
enum err catalog_select(const struct catalog *c, const struct catalog_filter *filter, const struct str *ids,
			size_t id_count, size_t facets, struct arena *a, struct catalog_result *ret_result) MUST_USE;

/* catalog_code_family: the family ("errno") that most articles about the code mean; empty where none says. Lives as
 * long as the catalog. */
struct str catalog_code_family(const struct catalog *c, int64_t code);

/* catalog_family: "Microsoft Windows NT Server versions 3.5, 3.51" > "Windows NT Server". */
struct str catalog_family(struct str product);

#endif
