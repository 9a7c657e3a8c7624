/* SPDX-License-Identifier: MIT
 *
 * A message that nothing explains > the draft of an article about it, in the front matter that kb/README.md describes:
 * what its author still has to say stands in capitals. See render.h.
 */
#include "render/render.h"

#include "base/utf8.h"

enum { DRAFT_MESSAGE_MAX = 2000 };

static struct str payload_of(const struct match_answer *found)
{
	struct match_span p = found->envelope.payload;
	struct str text = found->query;
	if (found->envelope.kind.n && p.end > p.start && p.end <= text.n)
		text = (struct str){ text.p + p.start, p.end - p.start };
	text = str_trim(text);
	size_t n = text.n > DRAFT_MESSAGE_MAX ? DRAFT_MESSAGE_MAX : text.n;
	while (n < text.n && n && utf8_goes_on(text.p[n])) /* never split a character */
		n--;
	return str_first(text, n);
}

/* A message is one scalar in single quotes; braces of its own are doubled in a template, lines become one. */
static void add_scalar(struct buf *out, struct str text, bool template)
{
	buf_add_char(out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool twice = c == '\'' || (template && (c == '{' || c == '}'));
		bool space = c == '\n' || c == '\t' || (unsigned char)c < 0x20 || c == 0x7f;
		if (space && i && text.p[i - 1] == '\n')
			continue;
		buf_add_char(out, space ? ' ' : c);
		if (twice)
			buf_add_char(out, c);
	}
	buf_add_char(out, '\'');
}

void render_markdown_draft(struct buf *out, const struct match_answer *found)
{
	struct str text = payload_of(found);
	buf_add_c(out, "---\nid: Q-NAME-IT\ntitle: WHAT IT IS, IN ONE LINE\ndate: YEAR-MONTH-DAY\nmessages:\n"
		       "  # put {name} or {name:type} where the message varies, as in {server:host}\n  - text: ");
	add_scalar(out, text, true);
	buf_add_c(out, "\ncause: >\n  WHY IT HAPPENS\nresolutions:\n  - kind: fix\n    text: WHAT TO DO\n    where: "
		       "WHERE TO DO IT\n"
		       "samples:\n  match:\n    - text: ");
	add_scalar(out, text, false);
	buf_add_c(out, "\n---\n## Symptoms\n\nWHEN IT IS SEEN\n");
}
