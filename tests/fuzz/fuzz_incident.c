/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a saved incident. What is taken is written as it can be read again, and the same then; what is printed
 * as a number is one, and all text is UTF-8.
 */
#include "base/utf8.h"
#include "triage/incident.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_fact(const struct fact *f)
{
	assert(f->name.n && utf8_valid(f->name) && utf8_valid(f->text));
	for (size_t i = 0; f->type == FACT_NUMBER && i < f->text.n; i++)
		assert(char_is_digit(f->text.p[i]) || (f->text.p[i] && str_find_char(STR("+-.e"), f->text.p[i]) != STR_NONE));
	if (f->type == FACT_BOOL)
		assert(str_eq(f->text, STR("true")) || str_eq(f->text, STR("false")));
}

static void write_again(const struct incident *in, struct buf *out)
{
	struct triage_report r = { .bindings = in->bindings, .binding_count = in->binding_count, .evidence = in->evidence,
				   .evidence_count = in->evidence_count, .versions = in->versions,
				   .version_count = in->version_count, .sent = in->sent, .ms = in->ms, .offline = in->offline,
				   .refused = in->refused, .refused_why = in->refused_why };
	r.answer.found.query = in->text;
	r.verdict.cause = in->cause;
	incident_write(out, &r, in->generation);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct diags d = { .arena = &a };
	struct incident in, again;
	struct buf first = { 0 }, second = { 0 };
	if (incident_read((struct str){ (const char *)data, size }, &a, &d, &in)) {
		assert(d.errors || arena_err(&a));
	} else {
		for (size_t i = 0; i < in.evidence_count; i++)
			for (size_t k = 0; k < in.evidence[i]->fact_count; k++)
				check_fact(&in.evidence[i]->facts[k]);
		write_again(&in, &first);
		assert(!incident_read(buf_str(&first), &a, &d, &again));
		write_again(&again, &second);
		assert(str_eq(buf_str(&first), buf_str(&second)));
	}
	buf_free(&first);
	buf_free(&second);
	arena_free(&a);
	return 0;
}
