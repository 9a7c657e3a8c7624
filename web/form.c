/* SPDX-License-Identifier: MIT
 *
 * In which form an address answers: what Accept says, with its weights and wildcards (RFC 9110 section 12.5.1), or
 * ?as=. See page.h.
 */
#include "web/page.h"

static const struct {
	enum run_form form;
	struct str word; /* of ?as= */
	const char *type;
} forms[] = {
	{ RUN_JSON, STR_LIT("json"), PAGE_JSON },
	{ RUN_MARKDOWN, STR_LIT("markdown"), "text/markdown" },
	{ RUN_TEXT, STR_LIT("text"), "text/plain" },
};
enum { FORMS = sizeof forms / sizeof *forms };

enum run_form page_form(const struct http_request *req, enum run_form otherwise)
{
	enum run_form form = otherwise;
	unsigned most = 0;
	for (size_t i = 0; i < FORMS; i++) {
		unsigned weight = http_weight(req, forms[i].type);
		if (weight > most) {
			most = weight;
			form = forms[i].form;
		}
	}
	return http_weight(req, "text/html") > most ? otherwise : form;
}

enum run_form page_form_for_people(const struct http_request *req, bool *ret_found)
{
	struct str as = http_field(&req->query, "as");
	enum run_form form = page_form(req, RUN_HTML);
	bool found = form != RUN_HTML || as.n || http_takes(req, "text/html");
	for (size_t i = 0; i < FORMS && !found; i++)
		if (http_takes(req, forms[i].type)) {
			form = forms[i].form;
			found = true;
		}
	form = str_eq(as, STR("html")) ? RUN_HTML : form;
	for (size_t i = 0; i < FORMS; i++)
		form = str_eq(as, forms[i].word) ? forms[i].form : form;
	*ret_found = found;
	return form;
}

static bool is_word(struct str as)
{
	bool known = !as.n || str_eq(as, STR("html"));
	for (size_t i = 0; i < FORMS; i++)
		known |= str_eq(as, forms[i].word);
	return known;
}

bool page_pick(struct http_request *req, struct http_response *res, enum run_form *ret_form)
{
	bool found;
	enum run_form form = page_form_for_people(req, &found);
	res->varies = true;
	if (!is_word(http_field(&req->query, "as"))) {
		page_fail(req, res, 400, "as is json, markdown, text or html.");
		return false;
	}
	if (found)
		*ret_form = form;
	else
		page_fail(req, res, 406,
			  "This address answers as text/html, application/json, text/markdown or text/plain, and the "
			  "request takes none of them.");
	return found;
}
