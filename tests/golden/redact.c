/* SPDX-License-Identifier: MIT
 *
 * Lines of a log as --redact passes them on.
 */
#include "tests/main/golden.h"

#include "scan/redact.h"

enum err golden_print(struct str in, struct arena *a, struct buf *out)
{
	struct redactor r = { 0 };
	redact_learn(&r, in);
	buf_add(out, redact_text(&r, in, a, NULL, 0));
	enum err e = redactor_err(&r);
	redactor_free(&r);
	return e;
}
