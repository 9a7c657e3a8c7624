/* SPDX-License-Identifier: MIT
 *
 * Anything as the text of an article, a message, Markdown: what comes out is valid UTF-8 without controls, and every
 * "<" begins one of the tags that the renderer writes itself.
 */
#include "base/utf8.h"
#include "render/html.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const tags[] = { "p>",    "/p>",   "ul>",	"/ul>",	  "ol ",     "ol>",	   "/ol>",   "li>",
				    "/li>", "pre ",  "/pre>", "a href=\"/kb/Q", "a href=\"http", "a href=\"mailto:",
				    "a href=\"HTTP", "/a>",   "b class=\"value\">", "/b>", "var>", "/var>", "br>",
				    "em>", "/em>", "strong>", "/strong>", "code>", "code class=\"option\">", "/code>", "del>", "/del>",
				    "table>", "/table>", "thead>", "/thead>", "tbody>", "/tbody>", "tr>", "/tr>",
				    "th>", "/th>", "td>", "/td>", "h3>", "/h3>", "h4>", "/h4>", "h5>", "/h5>", "h6>",
				    "/h6>", "hr>", "blockquote>", "/blockquote>" };

static bool is_own_tag(struct str s)
{
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (str_starts_nocase(s, str_c(tags[i])))
			return true;
	return false;
}

static void check(struct buf *out)
{
	struct str s = buf_str(out);
	assert(!buf_err(out) && utf8_valid(s));
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		assert(c >= 0x20 || c == '\n' || c == '\t');
		assert(c != '<' || is_own_tag(str_from(s, i + 1)));
	}
	buf_free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct binding server = { .name = STR("server"), .value = STR("<A&B>") };
	struct buf out = { 0 };
	render_html_text(&out, text);
	check(&out);
	render_html_markdown(&out, text);
	check(&out);
	render_html_filled(&out, text, &server, 1);
	check(&out);
	return 0;
}
