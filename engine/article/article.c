/* SPDX-License-Identifier: MIT */
#include "article/article.h"

#include "article/builder.h"
#include "article/charset.h"

#define FORMAT(name) extern const struct article_format name##_format;
#include "article/formats.def"
#undef FORMAT

const struct article_format *const article_formats[] = {
#define FORMAT(name) &name##_format,
#include "article/formats.def"
#undef FORMAT
	NULL
};

enum { DETECT_BYTES = 4096 };

enum err article_parse(struct str bytes, struct arena *a, struct diags *d, struct article **ret_article)
{
	const struct article_format *best = NULL;
	int sure = 0;
	if (str_starts(bytes, STR("\xFF\xFE")) || str_starts(bytes, STR("\xFE\xFF")))
		bytes = charset_text(bytes, a); /* the formats look for ASCII */
	for (size_t i = 0; article_formats[i]; i++) {
		int now = article_formats[i]->detect(str_first(bytes, DETECT_BYTES));
		if (now > sure) {
			sure = now;
			best = article_formats[i];
		}
	}
	if (!best)
		return arena_err(a) ? ERR_NOMEM : diags_fail(d, ERR_INPUT, "not an article in any known format");
	struct article *article = arena_new(a, struct article);
	if (!article)
		return ERR_NOMEM;
	article->format = str_c(best->name);
	enum err err = best->parse(bytes, a, d, article);
	if (!err)
		err = arena_err(a);
	if (!err && (!article->id.n || !article->title.n)) {
		diags_add(d, DIAG_ERROR, 1, "an article needs an id and a title");
		err = ERR_INPUT;
	}
	if (!err)
		*ret_article = article;
	return err;
}

void article_raw(const struct article *article, struct buf *out)
{
	for (size_t i = 0; i < article->part_count; i++) {
		const struct article_part *part = &article->parts[i];
		struct str rest = part->text;
		while (part->tabbed && rest.n) {
			size_t n = str_find_char(rest, '\n');
			n = n == STR_NONE ? rest.n : n + 1;
			buf_add_char(out, '\t');
			buf_add(out, str_first(rest, n));
			rest = str_from(rest, n);
		}
		buf_add(out, rest);
	}
}

bool article_has(const struct article *article, enum section_kind kind)
{
	for (size_t i = 0; i < article->section_count; i++)
		if (article->sections[i].kind == kind && article->sections[i].level == 1)
			return true;
	return false;
}

struct str article_field(const struct article *article, const char *name)
{
	for (size_t i = 0; i < article->field_count; i++)
		if (str_eq_nocase(article->fields[i].name, str_c(name)))
			return article->fields[i].value;
	return STR("");
}

size_t article_id_at(struct str s, size_t at)
{
	if (at >= s.n || char_upper(s.p[at]) != 'Q' || (at && (char_is_alnum(s.p[at - 1]) || s.p[at - 1] == '_')))
		return 0;
	size_t n = 1;
	while (at + n < s.n && char_is_digit(s.p[at + n]))
		n++;
	return n == 6 || n == 7 ? n : 0;
}

/* An authored id is Q and words of letters and digits joined by hyphens. */
static bool is_authored_id(struct str text)
{
	if (text.n < 3 || text.n > 80 || char_upper(text.p[0]) != 'Q' || text.p[1] != '-' || text.p[text.n - 1] == '-')
		return false;
	for (size_t i = 2; i < text.n; i++)
		if (!char_is_alnum(text.p[i]) && (text.p[i] != '-' || text.p[i - 1] == '-'))
			return false;
	return true;
}

bool article_id(struct str text, struct arena *a, struct str *ret_id)
{
	text = str_trim(text);
	if (is_authored_id(text)) {
		*ret_id = arena_printf(a, "Q-%.*s", STR_ARG(str_from(text, 2)));
		return true;
	}
	struct str digits = str_starts_nocase(text, STR("KB")) ? str_from(text, 2)
			    : str_starts_nocase(text, STR("Q")) ? str_from(text, 1)
								: text;
	if (digits.n != 5 && digits.n != 6)
		return false;
	for (size_t i = 0; i < digits.n; i++)
		if (!char_is_digit(digits.p[i]))
			return false;
	*ret_id = arena_printf(a, "Q%.*s", STR_ARG(digits));
	return true;
}

const char *section_kind_name(enum section_kind kind)
{
	static const char *const names[] = {
		[SECTION_INTRO] = "intro",
		[SECTION_APPLIES] = "applies",
		[SECTION_SUMMARY] = "summary",
		[SECTION_SYMPTOMS] = "symptoms",
		[SECTION_CAUSE] = "cause",
		[SECTION_RESOLUTION] = "resolution",
		[SECTION_WORKAROUND] = "workaround",
		[SECTION_STATUS] = "status",
		[SECTION_MORE] = "more",
		[SECTION_REFERENCES] = "references",
		[SECTION_QUESTION] = "question",
		[SECTION_ANSWER] = "answer",
		[SECTION_NOTICE] = "notice",
		[SECTION_OTHER] = "other",
	};
	return names[kind];
}

struct str article_date(struct str text, struct arena *a)
{
	static const char months[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
	struct str first, rest, second, third;
	uint64_t f, y, month = 0;
	if (!str_cut(str_trim(text), '-', &first, &rest) || !str_cut(rest, '-', &second, &third) ||
	    !str_u64(first, &f) || !str_u64(third, &y))
		return STR("");
	if (first.n == 4) { /* ISO: year, month, day */
		uint64_t year = f;
		f = y;
		y = year;
		if (!str_u64(second, &month))
			return STR("");
	} else if (second.n == 3) {
		for (unsigned m = 0; m < 12; m++)
			if (str_eq_nocase(second, (struct str){ months + (size_t)m * 3, 3 }))
				month = m + 1;
	}
	if (y < 100)
		y += y < 70 ? 2000 : 1900;
	if (month < 1 || month > 12 || f < 1 || f > 31 || y < 1970 || y > 9999)
		return STR("");
	return arena_printf(a, "%04u-%02u-%02u", (unsigned)y, (unsigned)month, (unsigned)f);
}
