/* SPDX-License-Identifier: MIT
 *
 * The Markdown of our own articles > HTML, from libmd4c's events (CommonMark with tables). Raw HTML is text, a link of
 * another scheme than http, https and mailto is its words, images are their descriptions. See html.h.
 */
#include "render/html.h"

#include <md4c.h>
#include <string.h>

enum { HEADING_SHIFT = 2 }; /* below the page's title and the section's heading */

struct target {
	struct buf *out;
	unsigned code; /* inside how many code spans and blocks: no links there */
	unsigned links;
	bool dropped[16]; /* by depth of links: the link was not kept */
};

static const char *block_tag(MD_BLOCKTYPE type)
{
	switch (type) {
	case MD_BLOCK_QUOTE: return "blockquote";
	case MD_BLOCK_UL: return "ul";
	case MD_BLOCK_OL: return "ol";
	case MD_BLOCK_LI: return "li";
	case MD_BLOCK_P: return "p";
	case MD_BLOCK_CODE: return "pre";
	case MD_BLOCK_TABLE: return "table";
	case MD_BLOCK_THEAD: return "thead";
	case MD_BLOCK_TBODY: return "tbody";
	case MD_BLOCK_TR: return "tr";
	case MD_BLOCK_TH: return "th";
	case MD_BLOCK_TD: return "td";
	default: return NULL;
	}
}

static unsigned heading_level(const void *detail)
{
	unsigned level = ((const MD_BLOCK_H_DETAIL *)detail)->level + HEADING_SHIFT;
	return level < 6 ? level : 6;
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *context)
{
	struct target *t = context;
	const char *tag = block_tag(type);
	t->code += type == MD_BLOCK_CODE;
	if (type == MD_BLOCK_H)
		buf_addf(t->out, "<h%u>", heading_level(detail));
	else if (type == MD_BLOCK_HR)
		buf_add_c(t->out, "<hr>\n");
	else if (type == MD_BLOCK_CODE)
		buf_add_c(t->out, "<pre tabindex=\"0\" class=\"code\">");
	else if (type == MD_BLOCK_OL)
		buf_addf(t->out, "<ol start=\"%u\">\n", ((const MD_BLOCK_OL_DETAIL *)detail)->start);
	else if (tag)
		buf_addf(t->out, "<%s>", tag);
	return 0;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *context)
{
	struct target *t = context;
	const char *tag = block_tag(type);
	t->code -= type == MD_BLOCK_CODE;
	if (type == MD_BLOCK_H)
		buf_addf(t->out, "</h%u>\n", heading_level(detail));
	else if (tag)
		buf_addf(t->out, "</%s>\n", tag);
	return 0;
}

static const char *span_tag(MD_SPANTYPE type)
{
	switch (type) {
	case MD_SPAN_EM: return "em";
	case MD_SPAN_STRONG: return "strong";
	case MD_SPAN_CODE: return "code";
	case MD_SPAN_DEL: return "del";
	default: return NULL;
	}
}

static bool is_allowed(struct str to)
{
	return str_starts_nocase(to, STR("http://")) || str_starts_nocase(to, STR("https://")) ||
	       str_starts_nocase(to, STR("mailto:"));
}

static int enter_span(MD_SPANTYPE type, void *detail, void *context)
{
	struct target *t = context;
	t->code += type == MD_SPAN_CODE || type == MD_SPAN_A; /* no link in a link */
	if (type == MD_SPAN_A) {
		const MD_SPAN_A_DETAIL *a = detail;
		struct str to = { a->href.text, a->href.size };
		bool keep = is_allowed(to) && t->links < sizeof t->dropped;
		if (t->links < sizeof t->dropped)
			t->dropped[t->links] = !keep;
		t->links++;
		if (!keep)
			return 0;
		buf_add_c(t->out, "<a href=\"");
		render_html_escape(t->out, to);
		buf_add_c(t->out, "\">");
	} else if (span_tag(type)) {
		buf_addf(t->out, "<%s>", span_tag(type));
	}
	return 0;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *context)
{
	struct target *t = context;
	(void)detail;
	t->code -= type == MD_SPAN_CODE || type == MD_SPAN_A;
	if (type == MD_SPAN_A) {
		t->links--;
		if (t->links < sizeof t->dropped && !t->dropped[t->links])
			buf_add_c(t->out, "</a>");
	} else if (span_tag(type)) {
		buf_addf(t->out, "</%s>", span_tag(type));
	}
	return 0;
}

/* An entity that HTML knows is passed on: md4c gives only well-formed ones ("&amp;", "&#x41;"). */
static int text(MD_TEXTTYPE type, const MD_CHAR *p, MD_SIZE n, void *context)
{
	struct target *t = context;
	struct str s = { p, n };
	if (type == MD_TEXT_BR)
		buf_add_c(t->out, "<br>");
	else if (type == MD_TEXT_SOFTBR)
		buf_add_char(t->out, '\n');
	else if (type == MD_TEXT_NULLCHAR)
		buf_add_c(t->out, "\xef\xbf\xbd");
	else if (type == MD_TEXT_ENTITY)
		buf_add(t->out, s);
	else if (t->code)
		render_html_escape(t->out, s);
	else
		render_html_line(t->out, s);
	return 0;
}

void render_html_markdown(struct buf *out, struct str body)
{
	struct target t = { .out = out };
	MD_PARSER parser = { .flags = MD_FLAG_TABLES | MD_FLAG_NOHTML | MD_FLAG_STRIKETHROUGH,
			     .enter_block = enter_block,
			     .leave_block = leave_block,
			     .enter_span = enter_span,
			     .leave_span = leave_span,
			     .text = text };
	/* libmd4c 0.4.8 reads on behind a link that the text's end cuts off: a line end stops it. */
	struct buf whole = { 0 };
	buf_add(&whole, body);
	buf_add_bytes(&whole, "\n\n", 3);
	if (buf_err(&whole) || md_parse(whole.p, (MD_SIZE)(whole.n - 1), &parser, &t))
		out->err = ERR_NOMEM;
	buf_free(&whole);
}
