/* SPDX-License-Identifier: MIT
 *
 * What is found and what there is, in the forms that are no page: JSON (also for RUN_HTML), Markdown, text. The pages'
 * addresses answer so where it is asked for, the API's always.
 */
#ifndef KBT_WEB_PLAIN_H
#define KBT_WEB_PLAIN_H

#include "web/finding.h"

/* plain_search sends the slice that finding_run filled, from offset on. */
void plain_search(struct http_request *req, struct http_response *res, const struct finding *f, size_t offset,
		  enum run_form form);
void plain_browse(struct site *site, struct http_request *req, struct http_response *res, enum run_form form);

#endif
