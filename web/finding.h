/* SPDX-License-Identifier: MIT
 *
 * What the search page and the API ask alike: words and filters > articles, and what they are about.
 */
#ifndef KBT_WEB_FINDING_H
#define KBT_WEB_FINDING_H

#include "store/catalog.h"
#include "web/page.h"

enum {
	FINDING_BEST = 200, /* articles: a search by words weighs no more */
	FINDING_FACETS = 12,
	FINDING_WORDS = 64 /* of a search; every link of the page carries them */
};

struct finding {
	struct str words;   /* the first FINDING_WORDS of q; may be empty where there is a filter */
	size_t words_asked; /* all that stand in q */
	struct catalog_filter filter;
	struct catalog_result found;
	struct store_brief *items; /* of the slice asked for */
	double *scores;		   /* parallel; of words */
	size_t count;
	bool tells;	  /* wanted: */
	struct str *says; /* parallel: what each says of the words, see snippet.h */
};

/* finding_read takes q, product, kind, year and code of the query; false after a 400. */
bool finding_read(struct http_request *req, struct http_response *res, struct finding *f);
bool finding_is_narrowed(const struct finding *f);
/* finding_run fills found and the slice. ERR_INPUT where the words are none. */
enum err finding_run(struct site *site, struct finding *f, size_t offset, size_t limit, struct arena *a) MUST_USE;
/* finding_json_facets adds the keys products, kinds, years, codes. */
void finding_json_facets(struct json *j, const struct catalog_result *r);

#endif
