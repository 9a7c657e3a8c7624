/* SPDX-License-Identifier: MIT
 *
 * Pieces of a page, each a whole element or a run of them: text is escaped, ids of articles and addresses of the web
 * become links, and only http, https and mailto survive as such. No scripts, no style attributes, no forms: what can be
 * pressed or typed into belongs to web/. html.c (text), html_markdown.c (our own articles), html_article.c,
 * html_report.c, html_ladder.c.
 */
#ifndef KBT_RENDER_HTML_H
#define KBT_RENDER_HTML_H

#include "render/render.h"

/* render_html_number: 1234567 as 1,234,567 */
void render_html_number(struct buf *out, uint64_t n);
/* render_html_count: one of a summary's figures, in a <dl>; name is ours. */
void render_html_count(struct buf *out, const char *name, uint64_t n);
/* render_html_state: how a probe calls its state, as words: "host unreachable" for host-unreachable. */
void render_html_state(struct buf *out, struct str state);
/* render_html_line: one run of text, with links; an option (--allow) stays in one piece. */
void render_html_line(struct buf *out, struct str text);
/* render_html_filled: the same, with {name} as the value bound to it, or marked as still open. */
void render_html_filled(struct buf *out, struct str text, const struct binding *bindings, size_t count);
/* render_html_text: the body of a section as KB articles write it: paragraphs, lists, indented code, tables. */
void render_html_text(struct buf *out, struct str body);
/* render_html_markdown: the same for the Markdown of authored articles; raw HTML in it is text. */
void render_html_markdown(struct buf *out, struct str body);

/* render_html_article: sections with their headings, h2 and below. */
void render_html_article(struct buf *out, const struct article *article);
/* render_html_remedy: cause, what to do in order, status. heading is the level of its headings. */
void render_html_remedy(struct buf *out, const struct rule *rule, const struct binding *bindings, size_t count,
			unsigned heading);
/* render_html_remedy_kind: <p> that says whether it is a fix or a workaround, and where it is done. */
void render_html_remedy_kind(struct buf *out, const struct rule_resolution *r);
void render_html_resolutions(struct buf *out, const struct rule_resolution *items, size_t item_count,
			     const struct binding *bindings, size_t count);

/* render_html_message: the message as given, with what matched marked, and each captured value in its own mark; so is
 * the error code, with what it means as its title. */
void render_html_message(struct buf *out, const struct match_answer *found);
void render_html_evidence(struct buf *out, const struct evidence *e); /* <li> */
/* render_html_ladder: the picture of the way to the server, as far as it is known; <ol id="ladder"> (html_ladder.c) */
void render_html_ladder(struct buf *out, const struct triage_report *report);
/* render_html_beliefs: the causes left so far, as bars; <section id="beliefs"> */
void render_html_beliefs(struct buf *out, const struct verdict *v);
/* render_html_verdict: <section id="verdict">. Its class, where no probe of the target was allowed, is that below:
 * asking again would tell no more. */
#define RENDER_HTML_REFUSED "inconclusive refused"
void render_html_verdict(struct buf *out, const struct triage_report *report);

#endif
