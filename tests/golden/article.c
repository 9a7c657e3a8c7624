/* SPDX-License-Identifier: MIT
 *
 * An article as `kbt show` prints it, and as its JSON: formats, rule stage and both writers at once.
 */
#include "tests/main/golden.h"

#include "render/render.h"

enum err golden_print(struct str in, struct arena *a, struct buf *out)
{
	struct render_text t = { .width = 80 };
	struct article *article;
	struct rule rule;
	enum err e = article_parse(in, a, NULL, &article);
	if (!e)
		e = rule_extract(article, a, NULL, &rule);
	if (e)
		return e;
	render_text_article(out, &t, article, NULL, &rule, NULL, 0);
	buf_add_c(out, "\n");
	render_json_article(out, article, NULL, &rule, NULL, 0);
	buf_add_char(out, '\n');
	return ERR_OK;
}
