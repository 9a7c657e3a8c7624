/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a template of the authored kind and as the symptoms of an article: pieces and variables fit together,
 * and what was quoted is put together again from its pieces.
 */
#include "rule/rule.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct rule_template *t, bool whole)
{
	struct buf text = { 0 };
	if (!t->piece_count)
		abort();
	for (size_t i = 0; i < t->piece_count; i++) {
		const struct rule_piece *p = &t->pieces[i];
		if (p->is_var && (p->var >= t->var_count || !t->vars[p->var].name.n))
			abort();
		buf_add(&text, p->is_var ? t->vars[p->var].says : p->text);
	}
	if (whole && !str_eq(buf_str(&text), t->text))
		abort();
	buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct diags d = { .arena = &a };
	struct rule_template t;
	struct rule rule = { 0 };
	struct str text = { (const char *)data, size };
	struct rule_code_at codes[8];
	if (!rule_template_parse(text, &a, &d, &t))
		check(&t, false);
	struct article_section section = { .kind = SECTION_SYMPTOMS, .body = text };
	struct article article = { .title = str_first(text, 100), .sections = &section, .section_count = 1 };
	if (rule_add_templates(&article, &a, &rule) || rule_add_codes(&article, &a, &rule))
		abort();
	for (size_t i = 0; i < rule.template_count; i++)
		check(&rule.templates[i], true);
	size_t n = rule_codes_find(text, codes, 8);
	for (size_t i = 0; i < n; i++)
		if (codes[i].start >= codes[i].end || codes[i].end > size)
			abort();
	arena_free(&a);
	return 0;
}
