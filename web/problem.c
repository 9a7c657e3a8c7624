/* SPDX-License-Identifier: MIT
 *
 * See problem.h.
 */
#include "web/problem.h"

#include "base/json.h"

const char *problem_title(unsigned status)
{
	switch (status) {
	case 404: return "Not found";
	case 406: return "No such form";
	case 403:
	case 421: return "Refused";
	case 413: return "Too much at once";
	case 429: return "Too often";
	case 503: return "Not now";
	default: return status < 500 ? "That cannot be answered" : "Something went wrong here";
	}
}

void problem_add(struct buf *out, unsigned status, const char *why)
{
	struct json j = json_to(out);
	json_object(&j);
	json_key_str(&j, "error", str_c(why));
	json_key_str(&j, "type", STR("about:blank"));
	json_key_str(&j, "title", str_c(problem_title(status)));
	json_key_int(&j, "status", status);
	json_key_str(&j, "detail", str_c(why));
	json_end_object(&j);
	buf_add_char(out, '\n');
}
