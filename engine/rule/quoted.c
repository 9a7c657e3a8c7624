/* SPDX-License-Identifier: MIT
 *
 * The quoted messages of an article: indented blocks that a sentence announces, quoted sentences, titles of the "Err
 * Msg:" kind. Never looks at other articles, never rejects an article.
 */
#include "rule/template.h"

#include "rule/listing.h"

#include <string.h>

enum {
	TEXT_MAX = 1500, /* bytes of one message; longer blocks are listings */
	LINES_MAX = 25,
	WORDS_MIN = 2,	 /* of a message that a sentence announces */
	HEAD_WORDS_MAX = 4, /* "following" and "messages" stand that near */
	QUOTE_WORDS_MIN = 3,
	TEMPLATES_MAX = 1000 /* of one article: each is compared with those before it. The archive's most: 120 */
};

static bool has_literal(const struct rule_template *t)
{
	size_t letters = 0;
	for (size_t i = 0; i < t->piece_count; i++)
		for (size_t k = 0; k < t->pieces[i].text.n; k++)
			letters += char_is_alnum(t->pieces[i].text.p[k]);
	return letters >= 4;
}

static void add_message(struct reader *r, struct str text, struct rule_template as)
{
	text = str_trim(text);
	if (text.n > 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
		text = str_trim((struct str){ text.p + 1, text.n - 2 });
	if (!text.n || text.n > TEXT_MAX || r->rule->template_count >= TEMPLATES_MAX ||
	    listing_is(text, as.announced))
		return;
	for (size_t i = 0; i < r->rule->template_count; i++)
		if (str_eq(r->rule->templates[i].text, text))
			return;
	as.text = text;
	placeholder_split(r, &as);
	if (!has_literal(&as))
		return;
	struct rule_template *t = arena_push(r->a, &r->rule->templates, &r->rule->template_count,
					     &r->rule->template_cap);
	if (t)
		*t = as;
}

/* "Message one", in a sentence that speaks of messages. */
static void add_quotes(struct reader *r, struct str prose, struct rule_template as, size_t words_min)
{
	for (;;) {
		size_t open = str_find_char(prose, '"');
		size_t close = open == STR_NONE ? STR_NONE : str_find_char(str_from(prose, open + 1), '"');
		if (close == STR_NONE)
			return;
		struct str inside = str_first(str_from(prose, open + 1), close);
		if (str_count_words(inside) >= words_min)
			add_message(r, inside, as);
		prose = str_from(prose, open + close + 2);
	}
}

static bool speaks_of_message(struct str s)
{
	static const char *const words[] = { "error", "message", "warning", "appear", "receive", "display", "report",
					     "log", "event", "return", "read", "prompt", "stat", "following text",
					     "say", "similar to", "dialog", "stop", "fail" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (template_has_word(s, words[i]))
			return true;
	return false;
}

/* "... this error message appears: Text of it. More of it." inside a paragraph. */
static void add_running(struct reader *r, struct str prose, struct rule_template as)
{
	size_t colon = str_find(prose, STR(": "));
	if (colon == STR_NONE || colon + 2 == prose.n)
		return;
	struct str head = str_first(prose, colon), rest = str_from(prose, colon + 2);
	bool speaks = template_has_word(head, "message") || template_has_word(head, "error");
	if (!speaks || rest.n > 300 || !(char_is_upper(rest.p[0]) || rest.p[0] == '"') ||
	    str_find(prose, STR("Knowledge Base")) != STR_NONE || str_count_words(rest) < QUOTE_WORDS_MIN)
		return;
	as.place = PLACE_OTHER;
	as.announced = false;
	add_message(r, rest, as);
}

static struct str last_sentence(struct str s)
{
	size_t at = s.n > 2 ? s.n - 2 : 0;
	while (at > 0 && !(s.p[at] == ' ' && (s.p[at - 1] == '.' || s.p[at - 1] == '!' || s.p[at - 1] == '?')))
		at--;
	return str_from(s, at);
}

/* One paragraph: lines between blank lines, joined by single spaces. */
struct para {
	struct str text;
	unsigned lines;
	uint32_t line;
	size_t first;  /* where its first line begins */
	size_t indent; /* of its least indented line */
	size_t margin; /* where its words begin: behind a list mark */
	bool item;
};

static size_t list_mark(struct str s)
{
	size_t n = 0;
	if (s.n && (s.p[0] == '-' || s.p[0] == '*' || s.p[0] == 'o'))
		n = 1;
	else {
		n = s.n && s.p[0] == '(' ? 1 : 0;
		size_t digits = template_run_of(str_from(s, n), char_is_digit);
		if (!digits && n < s.n && char_is_alpha(s.p[n]))
			digits = 1;
		n += digits;
		if (!digits || digits > 2 || n >= s.n || (s.p[n] != '.' && s.p[n] != ')'))
			return 0;
		n++;
	}
	size_t spaces = 0;
	while (n + spaces < s.n && s.p[n + spaces] == ' ')
		spaces++;
	return spaces ? n + spaces : 0;
}

static size_t indent_of(struct str line)
{
	size_t column = 0;
	for (size_t i = 0; i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'); i++)
		column = line.p[i] == '\t' ? (column / 8 + 1) * 8 : column + 1;
	return column;
}

static struct str join_words(struct arena *a, struct str lines)
{
	struct str word;
	char *out = arena_alloc(a, lines.n + 1);
	size_t n = 0;
	while (out && str_word(&lines, &word)) {
		if (n)
			out[n++] = ' ';
		memcpy(out + n, word.p, word.n);
		n += word.n;
	}
	return (struct str){ out, n };
}

/* Blank lines part paragraphs, and so does the mark of the next item of a list. */
static bool next_para(struct str *rest, uint32_t *line_number, struct arena *a, struct para *ret_para)
{
	struct str line, peek = *rest, all = { 0 };
	struct para p = { 0 };
	while (str_line(&peek, &line)) {
		struct str bare = str_trim(line);
		size_t mark = list_mark(bare);
		if (p.lines && (!bare.n || (mark && p.item)))
			break;
		*rest = peek;
		++*line_number;
		if (!bare.n)
			continue;
		size_t indent = indent_of(line);
		if (!p.lines++) {
			all.p = bare.p;
			p.line = *line_number;
			p.indent = p.first = indent;
			p.item = mark > 0;
			p.margin = indent + mark;
		}
		p.indent = indent < p.indent ? indent : p.indent;
		all.n = (size_t)(bare.p + bare.n - all.p);
	}
	if (!p.item && p.margin > p.indent)
		p.margin = p.indent;
	p.text = join_words(a, all);
	*ret_para = p;
	return p.lines > 0;
}

/* "where X is the name of", "where X represents": X explains a placeholder. */
static void note_explained(struct reader *r, struct str prose)
{
	static const char *const verbs[] = { " is ", " are ", " represents ", " stands ", " refers ", " equals " };
	for (size_t at; (at = str_find_nocase(prose, STR("where "))) != STR_NONE;) {
		prose = str_from(prose, at + 6);
		struct str head = str_first(prose, 60);
		size_t end = STR_NONE;
		for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
			size_t v = str_find(head, str_c(verbs[i]));
			end = v < end ? v : end;
		}
		if (end == STR_NONE || end == 0 || r->explained_count == EXPLAINED_MAX)
			continue;
		struct str x = str_trim(str_first(head, end)), says = str_from(prose, end);
		while (x.n && (x.p[0] == '<' || x.p[0] == '"' || x.p[0] == '\\' || x.p[0] == '\''))
			x = str_from(x, 1);
		while (x.n && (x.p[x.n - 1] == '>' || x.p[x.n - 1] == '"' || x.p[x.n - 1] == '\''))
			x.n--;
		size_t stop = str_find_char(says, '.');
		if (!x.n || str_count_words(x) > 3 || str_eq(x, STR("it")) || str_eq(x, STR("the")) ||
		    str_eq(x, STR("this")) || str_eq(x, STR("a")) || str_starts(x, STR("the ")))
			continue;
		r->explained[r->explained_count++] =
			(struct explained){ x, stop == STR_NONE ? says : str_first(says, stop) };
	}
}

static bool is_separator(struct str text)
{
	static const char *const words[] = { "or", "-or-", "-OR-", "OR", "and", "-and-", "- or -", "then" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq(text, str_c(words[i])))
			return true;
	return false;
}

static enum template_place place_of(enum section_kind kind)
{
	switch (kind) {
	case SECTION_SYMPTOMS: case SECTION_INTRO: case SECTION_QUESTION: return PLACE_SYMPTOMS;
	case SECTION_SUMMARY: return PLACE_SUMMARY;
	case SECTION_CAUSE: return PLACE_CAUSE;
	case SECTION_MORE: case SECTION_RESOLUTION: case SECTION_WORKAROUND: case SECTION_STATUS:
	case SECTION_ANSWER: return PLACE_MORE;
	default: return PLACE_OTHER;
	}
}

/* What the last paragraph that is no quotation says of those that follow it. */
struct announcement {
	const struct para *by;
	bool known, colon, speaks;
	unsigned quoted; /* paragraphs taken since */
};

/* Inside lists a message often stands no deeper than the item; then only the paragraph behind the colon counts. */
static bool is_quoted(struct announcement *n, const struct para *p)
{
	if (!n->by || p->item || !p->indent)
		return false;
	if (!n->known) {
		n->colon = str_ends(n->by->text, STR(":"));
		n->speaks = speaks_of_message(last_sentence(n->by->text));
		n->known = true;
	}
	if (p->indent > n->by->margin)
		return n->colon || n->speaks;
	return n->colon && (!n->quoted || (n->speaks && p->indent == n->by->margin && n->quoted < 2));
}

/* What stands between "following" and the colon: "error messages", "errors may occur when ...", "warning, then". */
static bool names_messages(struct str after)
{
	static const struct str heads[] = { STR_LIT("message"), STR_LIT("messages"), STR_LIT("error"),
					    STR_LIT("errors"),	STR_LIT("warning"),  STR_LIT("warnings") };
	static const struct str verbs[] = { STR_LIT("may"),   STR_LIT("can"),	STR_LIT("might"),  STR_LIT("will"),
					    STR_LIT("is"),    STR_LIT("are"),	STR_LIT("appear"), STR_LIT("appears"),
					    STR_LIT("occur"), STR_LIT("occurs") };
	struct str word = { 0 }, behind;
	unsigned before = 0;
	bool comma = false;
	for (; before < HEAD_WORDS_MAX && str_word(&after, &word); before++) {
		comma = str_ends(word, STR(","));
		word.n -= comma;
		if (STR_IS_ANY(word, heads, str_eq_nocase))
			break;
		if (str_eq_nocase(word, STR("documentation")))
			return false;
	}
	if (!STR_IS_ANY(word, heads, str_eq_nocase))
		return false;
	/* "error messages": the longer head, where two stand side by side */
	struct str rest = after;
	if (!comma && str_word(&rest, &behind) && STR_IS_ANY(behind, heads, str_eq_nocase))
		after = rest;
	return comma || !str_word(&after, &behind) || STR_IS_ANY(behind, verbs, str_eq_nocase);
}

/* "You may receive one of the following error messages:", "a message similar to one of the following:": what the list
 * behind it holds are messages. "This error occurs if one of the following is true:" announces none. */
static bool announces_list(struct str text)
{
	struct str s = last_sentence(text), after = { 0 };
	if (!str_ends(s, STR(":")))
		return false;
	s.n--;
	for (size_t at = 0, found; (found = str_find_nocase(str_from(s, at), STR("following"))) != STR_NONE;) {
		at += found + STR("following").n;
		after = str_trim(str_from(s, at));
		if (names_messages(after))
			return true;
	}
	return !after.n && str_find_nocase(s, STR("similar to")) != STR_NONE &&
	       (template_has_word(s, "message") || template_has_word(s, "error"));
}

/* A list of messages: it goes on over what explains one of them, as long as that stands within its item. Its first
 * item often stands deeper than the others. */
struct list {
	bool open, within; /* within an item of another list */
	size_t items;
	size_t column; /* of its marks */
};

static bool is_listed(struct list *l, const struct para *by, const struct para *p)
{
	if (by && p->item && (p->first > by->first || !by->item) && announces_list(by->text))
		*l = (struct list){ .open = true, .within = by->item, .column = p->first };
	if (l->open && p->item && l->items == 1 && !l->within && p->first < l->column)
		l->column = p->first;
	if (p->first < l->column || (!p->item && p->first == l->column))
		l->open = false;
	bool listed = l->open && p->item && p->first == l->column && !str_ends(p->text, STR(":"));
	l->items += listed;
	return listed;
}

/* The message is the item, or what of it stands in quotes. */
static void add_item(struct reader *r, const struct para *p, struct rule_template as)
{
	struct str text = str_from(p->text, list_mark(p->text));
	bool quotes = str_find_char(text, '"') != STR_NONE;
	as.announced = true;
	if (quotes && (text.p[0] == '"' || speaks_of_message(text)))
		add_quotes(r, text, as, text.p[0] == '"' ? WORDS_MIN : QUOTE_WORDS_MIN);
	else if (p->lines <= LINES_MAX && str_count_words(text) >= WORDS_MIN)
		add_message(r, text, as);
}

static void read_paras(struct reader *r, const struct para *paras, size_t count, struct rule_template as)
{
	struct announcement n = { 0 };
	struct list list = { .open = false };
	for (size_t i = 0; i < count; i++) {
		const struct para *p = &paras[i];
		as.line = p->line;
		as.lines = p->lines;
		if (is_separator(p->text))
			continue;
		if (is_listed(&list, n.by, p)) {
			add_item(r, p, as);
			n = (struct announcement){ .by = p };
			continue;
		}
		if (is_quoted(&n, p)) {
			n.quoted++;
			as.announced = n.speaks;
			if (p->lines <= LINES_MAX && str_count_words(p->text) >= (n.speaks ? WORDS_MIN : QUOTE_WORDS_MIN))
				add_message(r, p->text, as);
			if (!str_ends(p->text, STR(":")))
				continue;
		}
		n = (struct announcement){ .by = p };
		as.announced = true;
		if (str_find_char(p->text, '"') != STR_NONE && speaks_of_message(p->text) &&
		    str_find(p->text, STR("Knowledge Base")) == STR_NONE)
			add_quotes(r, p->text, as, QUOTE_WORDS_MIN);
		add_running(r, p->text, as);
	}
}

static void read_section(struct reader *r, const struct article_section *s)
{
	struct para *paras = NULL, p;
	size_t count = 0, cap = 0;
	struct str rest = s->body;
	uint32_t line = s->line ? s->line + 1 : 0;

	r->explained_count = 0;
	while (next_para(&rest, &line, r->a, &p)) {
		struct para *kept = arena_push(r->a, &paras, &count, &cap);
		if (!kept)
			return;
		*kept = p;
		note_explained(r, p.text);
	}
	read_paras(r, paras, count, (struct rule_template){ .place = place_of(s->kind) });
}

static void read_title(struct reader *r, struct str title)
{
	static const char *const marks[] = { "Err Msg:", "ErrMsg:", "Error Msg:", "Error Message:", "Err Msg", "Error:",
					     "Message:" };
	struct rule_template as = { .place = PLACE_TITLE, .announced = true, .lines = 1 };
	add_quotes(r, title, as, QUOTE_WORDS_MIN);
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t at = str_find_nocase(title, str_c(marks[i]));
		if (at == STR_NONE)
			continue;
		struct str text = str_from(title, at + str_c(marks[i]).n);
		if (str_count_words(text) >= WORDS_MIN)
			add_message(r, text, as);
		return;
	}
}

enum err rule_add_templates(const struct article *article, struct arena *a, struct rule *rule)
{
	struct reader r = { .a = a, .rule = rule };
	for (size_t i = 0; i < article->section_count; i++) {
		enum section_kind kind = article->sections[i].kind;
		if (kind != SECTION_NOTICE && kind != SECTION_APPLIES && kind != SECTION_REFERENCES)
			read_section(&r, &article->sections[i]);
	}
	r.explained_count = 0;
	read_title(&r, article->title);
	return arena_err(a);
}
