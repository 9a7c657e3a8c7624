/* SPDX-License-Identifier: MIT
 *
 * What every page works with: the knowledge base as it is now, and the diagnoses that are under way. A desk is what one
 * request needs for itself (a store handle, a scratch); desks are lent and given back. A new generation of the KB is
 * picked up within a second or so, by what is lent from then on; what is lent keeps its own. Never prints.
 */
#ifndef KBT_WEB_SITE_H
#define KBT_WEB_SITE_H

#include "store/tally.h"
#include "triage/triage.h"
#include "web/request.h"

struct site;
struct runs;
struct logs;
struct keep;
struct seen;
struct catalog;
struct gate;
struct prober;
struct http_counts;
struct allow_rules;

struct site_options {
	const char *db;
	bool loopback; /* probes may go to what is its own (allow.h) */
	const struct allow_rules *allow; /* and where these let them; borrowed, may be NULL */
	const char *keep;  /* the file of what people ask to keep; NULL: nothing is kept */
	struct gate *gate; /* who may ask what; borrowed; NULL: everyone everything */
	/* say: a sentence for the one who runs the server; from any thread. */
	void (*say)(void *context, const char *sentence);
	store_waiting *waiting; /* of who looks whether the file has changed, at the start too; from any thread */
	bool (*progress)(void *context, int64_t done, int64_t total); /* of compiling the matcher, at the start */
	void *context;
};

/* site_open opens the knowledge base, compiles its matcher where that is missing, and starts the thread that looks for
 * a new generation. ERR_NOMEM, and what store_open and match_open give, with their sentences in d. site_close ends
 * runs, scans and that thread; no desk may be lent any more. */
enum err site_open(const struct site_options *options, struct diags *d, struct site **ret_site) MUST_USE;
void site_close(struct site **site);
/* Parts of it, which live as long. */
struct runs *site_runs(struct site *site);
struct logs *site_logs(struct site *site);
struct keep *site_keep(struct site *site);
struct seen *site_seen(struct site *site);
/* site_recorded gives the articles that scans with --record found most in logs; none where nothing was recorded. */
enum err site_recorded(struct site *site, size_t most, struct arena *a, struct tally_article **ret_items,
		       size_t *ret_count) MUST_USE;
struct gate *site_gate(struct site *site);
struct prober *site_prober(struct site *site);
struct http_counts *site_http_counts(struct site *site); /* what the server counts, for /metrics */

struct desk {
	struct store *store;
	const struct matcher *matcher;
	const struct causes *causes;
	struct match_scratch *scratch;
};

/* site_take lends a desk: ERR_MISSING and the like where the KB cannot be opened now. */
enum err site_take(struct site *site, struct desk **ret_desk) MUST_USE;
void site_give(struct site *site, struct desk **desk);
/* site_catalog gives the catalog of the desk's knowledge base, while the desk is lent; made when it is first asked
 * for. */
enum err site_catalog(struct site *site, struct desk *desk, const struct catalog **ret_catalog) MUST_USE;
int64_t site_articles(struct site *site); /* how many the KB holds; for the foot of the page */

/* A page: answers at once, or sets res->wait or res->read (http.h). */
typedef void page_answer_fn(struct site *site, struct http_request *req, struct http_response *res);

/* site_admit asks the gate (gate.h). site_handle finds the page by its path and method in the table of routes;
 * site_refuse makes the page of an error. All fit struct http_options, with the site as context. */
bool site_is_upload(void *site, const struct http_request *req);
bool site_admit(void *site, struct http_request *req, struct http_response *res);
void site_handle(void *site, struct http_request *req, struct http_response *res);
void site_refuse(void *site, struct http_request *req, unsigned status, const char *why, struct http_response *res);

#endif
