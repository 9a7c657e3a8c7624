/* SPDX-License-Identifier: MIT
 *
 * See code.h.
 */
#include "web/code.h"

#include "render/html.h"

/* written_code: as it stands in the message; empty where it is not known where. */
static struct str written_code(const struct match_answer *found)
{
	struct match_span at = found->code.span;
	bool stands = at.start < at.end && at.end <= found->query.n;
	return stands ? (struct str){ found->query.p + at.start, at.end - at.start } : STR("");
}

void code_add_legend(struct buf *out, const struct match_answer *found)
{
	const struct match_code *code = &found->code;
	struct str written = written_code(found);
	bool named = str_eq_nocase(written, code->symbol); /* it says its own name */
	if (!code->known || !code->symbol.n || !written.n || (named && !code->says.n))
		return;
	buf_add_c(out, "<p class=\"legend-code\"><mark class=\"code\">");
	render_html_escape(out, written);
	buf_add_c(out, "</mark>");
	if (!named) {
		buf_add_c(out, " is <a href=\"#codes\"><code>");
		if (code->written_symbol.n && !str_eq_nocase(written, code->written_symbol)) {
			render_html_escape(out, code->written_symbol);
			buf_add_c(out, "</code>, <code>");
		}
		render_html_escape(out, code->symbol);
		buf_add_c(out, "</code></a>");
	}
	buf_add_c(out, code->says.n ? ": " : "");
	render_html_escape(out, code->says);
	buf_add_c(out, "</p>\n");
}

/* family_words: how people call the table that a number is of. */
static struct str family_words(struct str family)
{
	static const struct {
		struct str name;
		const char *words;
	} known[] = {
		{ STR_LIT("win32"), "Windows" },
		{ STR_LIT("ntstatus"), "NT status" },
		{ STR_LIT("hresult"), "HRESULT" },
		{ STR_LIT("errno"), "Unix errno" },
		{ STR_LIT("winsock"), "Winsock" },
		{ STR_LIT("vb"), "Visual Basic" },
		{ STR_LIT("dos"), "DOS" },
		{ STR_LIT("bugcheck"), "Stop code" },
		{ STR_LIT("ras"), "RAS" },
		{ STR_LIT("netbios"), "NetBIOS" },
		{ STR_LIT("netapi"), "Net commands" },
		{ STR_LIT("icmp"), "ICMP" },
		{ STR_LIT("eai"), "Name look-up" },
		{ STR_LIT("exit"), "Exit status" },
		{ STR_LIT("sysexits"), "Exit status" },
		{ STR_LIT("signal"), "Signal" },
		{ STR_LIT("http"), "HTTP" },
		{ STR_LIT("http2"), "HTTP/2" },
		{ STR_LIT("smtp"), "Mail (SMTP)" },
		{ STR_LIT("wininet"), "WinINet" },
		{ STR_LIT("ldap"), "LDAP" },
		{ STR_LIT("krb5"), "Kerberos" },
		{ STR_LIT("sqlstate"), "SQLSTATE" },
		{ STR_LIT("mssql"), "SQL Server" },
		{ STR_LIT("mysql"), "MySQL" },
		{ STR_LIT("oracle"), "Oracle" },
		{ STR_LIT("db2"), "Db2" },
		{ STR_LIT("jet"), "Jet database" },
		{ STR_LIT("aws"), "AWS" },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_eq(family, known[i].name))
			return str_c(known[i].words);
	return family;
}

/* add_code_heading names it as it was pasted; a text that stands for a number, by that. */
static void add_code_heading(struct buf *out, const struct match_answer *found)
{
	struct str written = written_code(found);
	bool plain = written.n > 0 && written.n < 40;
	for (size_t i = 0; i < written.n; i++)
		plain = plain && (char_is_alnum(written.p[i]) || str_find_char(STR("._-:"), written.p[i]) != STR_NONE);
	buf_add_c(out, "<h2 id=\"codes\">What ");
	if (plain)
		render_html_escape(out, written);
	else
		buf_addf(out, "the number %lld", (long long)found->code.value);
	buf_add_c(out, " means</h2>\n");
}

void code_add_readings(struct buf *out, const struct match_answer *found)
{
	const struct match_code *own = &found->code;
	size_t count = found->code_reading_count;
	const struct match_code *first = count ? found->code_readings : own;
	bool bare = count < 2 && !first->says.n && str_eq_nocase(first->symbol, written_code(found));
	if (!own->known || (!own->symbol.n && !count) || bare)
		return;
	buf_add_c(out, "<section class=\"codes\" aria-labelledby=\"codes\">\n");
	add_code_heading(out, found);
	buf_add_c(out, "<dl>\n");
	for (size_t i = 0; i < (count ? count : 1); i++) {
		const struct match_code *c = count ? &found->code_readings[i] : own;
		bool chosen = count < 2 || (str_eq(c->family, own->family) && str_eq(c->symbol, own->symbol));
		buf_addf(out, "<dt%s>", chosen ? "" : " class=\"other\"");
		render_html_escape(out, family_words(c->family));
		buf_add_c(out, "</dt><dd>");
		buf_add_c(out, c->symbol.n ? "<code>" : "");
		render_html_escape(out, c->symbol);
		buf_add_c(out, c->symbol.n ? "</code> " : "");
		render_html_escape(out, c->says);
		buf_add_c(out, "</dd>\n");
	}
	buf_add_c(out, "</dl>\n</section>\n");
}
