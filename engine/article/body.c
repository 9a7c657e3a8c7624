/* SPDX-License-Identifier: MIT
 *
 * The layout that both of the archive's formats share: a rule, the applies-to block between two rules, sections under
 * underlined headings, "Additional query words:", a rule and footer fields, a rule and the notice. Anything may be
 * missing; what is not told is body text of the section that it stands in.
 */
#include "article/builder.h"

#include <string.h>

enum { RULE_MIN = 60, HEADING_MAX = 100, UNDERLINE_SLACK = 2, FIELD_NAME_MAX = 24 };

struct walk {
	struct builder *b;
	size_t at, to;	      /* the lines left */
	size_t body;	      /* the first line of the current section's body */
	bool open;	      /* a section is open: sections[section] */
	size_t section;
	enum section_kind top; /* kind of the last section of level 1 */
};

static const struct known_heading {
	struct str words;
	enum section_kind kind;
	bool plain; /* a heading also where it stands alone on its line, without an underline */
} known_headings[] = {
	{ STR_LIT("SYMPTOMS"), SECTION_SYMPTOMS, true },
	{ STR_LIT("SYMPTOM"), SECTION_SYMPTOMS, true },
	{ STR_LIT("PROBLEM"), SECTION_SYMPTOMS, true },
	{ STR_LIT("CAUSE"), SECTION_CAUSE, true },
	{ STR_LIT("CAUSES"), SECTION_CAUSE, true },
	{ STR_LIT("REASON"), SECTION_CAUSE, true },
	{ STR_LIT("RESOLUTION"), SECTION_RESOLUTION, true },
	{ STR_LIT("RESOLUTIONS"), SECTION_RESOLUTION, true },
	{ STR_LIT("SOLUTION"), SECTION_RESOLUTION, true },
	{ STR_LIT("SOLUTIONS"), SECTION_RESOLUTION, true },
	{ STR_LIT("CORRECTION"), SECTION_RESOLUTION, true },
	{ STR_LIT("WORKAROUND"), SECTION_WORKAROUND, true },
	{ STR_LIT("WORKAROUNDS"), SECTION_WORKAROUND, true },
	{ STR_LIT("WORK AROUND"), SECTION_WORKAROUND, true },
	{ STR_LIT("STATUS"), SECTION_STATUS, true },
	{ STR_LIT("MORE INFORMATION"), SECTION_MORE, true },
	{ STR_LIT("ADDITIONAL INFORMATION"), SECTION_MORE, true },
	{ STR_LIT("SUMMARY"), SECTION_SUMMARY, true },
	{ STR_LIT("INTRODUCTION"), SECTION_SUMMARY, false },
	{ STR_LIT("DESCRIPTION"), SECTION_SUMMARY, false },
	{ STR_LIT("REFERENCES"), SECTION_REFERENCES, true },
	{ STR_LIT("REFERENCE"), SECTION_REFERENCES, true },
	{ STR_LIT("QUESTION"), SECTION_QUESTION, true },
	{ STR_LIT("ANSWER"), SECTION_ANSWER, true },
	{ STR_LIT("RESPONSE"), SECTION_ANSWER, true },
};

static const struct known_heading *find_heading(struct str heading)
{
	heading = str_trim(heading);
	if (str_ends(heading, STR(":")))
		heading = str_trim(str_first(heading, heading.n - 1));
	for (size_t i = 0; i < sizeof known_headings / sizeof *known_headings; i++)
		if (str_eq_nocase(known_headings[i].words, heading))
			return &known_headings[i];
	return NULL;
}

enum section_kind section_kind_of_heading(struct str heading)
{
	const struct known_heading *known = find_heading(heading);
	return known ? known->kind : SECTION_OTHER;
}

/* rule_length counts the characters of a line that is nothing but c and white space at its end; else 0. */
static size_t rule_length(struct str line, char c)
{
	size_t n = 0;
	while (n < line.n && line.p[n] == c)
		n++;
	return str_trim_end(line).n == n ? n : 0;
}

bool body_is_rule(struct str line, char c)
{
	return rule_length(line, c) >= RULE_MIN;
}

static bool has_wide_gap(struct str line)
{
	return str_find(line, STR("   ")) != STR_NONE;
}

/* underlined_level tells whether lines[at] is a heading with its underline below: its level, or 0. */
static unsigned underlined_level(const struct walk *w, size_t at)
{
	const struct builder *b = w->b;
	struct str below = at + 1 < w->to ? b->lines[at + 1] : STR(""), line = b->lines[at];
	if (below.n < 3 || (*below.p != '=' && *below.p != '-'))
		return 0;
	size_t rule = rule_length(below, *below.p), n = str_trim(line).n;
	if (!rule || !n || n > HEADING_MAX || rule_length(line, *below.p))
		return 0;
	bool exact = rule == n || rule == str_trim_end(line).n;
	bool near = rule <= n + UNDERLINE_SLACK && n <= rule + UNDERLINE_SLACK;
	const struct known_heading *known = find_heading(line);
	if (known && near)
		return *below.p == '=' ? 1 : 2;
	bool alone = at == 0 || str_is_blank(b->lines[at - 1]) || at == w->body;
	/* a rule as long as the layout's own closes a block; a table's head has gaps */
	bool layout = rule >= RULE_MIN && (!exact || rule == 70 || rule == 77 || rule == 79);
	if (!near || !alone || layout || char_is_space(*line.p) || has_wide_gap(str_trim(line)))
		return 0;
	return *below.p == '=' ? 1 : 2;
}

/* is_plain_heading: one of the known words alone on its line between blank lines, or with a colon before text. */
static bool is_plain_heading(const struct walk *w, size_t at)
{
	struct str line = w->b->lines[at];
	if (line.n < 5 || line.n > 30 || !char_is_upper(*line.p))
		return false;
	const struct known_heading *known = find_heading(line);
	if (!known || !known->plain || (at && !str_is_blank(w->b->lines[at - 1])))
		return false;
	bool colon = str_ends(str_trim_end(line), STR(":"));
	return colon || at + 1 == w->to || str_is_blank(w->b->lines[at + 1]);
}

/* close_section gives the lines of the open section's body, without blank ones at its ends, and the frame around. */
static void close_section(struct walk *w, size_t end)
{
	struct builder *b = w->b;
	size_t from = w->body, to = end;
	while (from < to && str_is_blank(b->lines[from]))
		from++;
	while (to > from && str_is_blank(b->lines[to - 1]))
		to--;
	builder_part(b, PART_FRAME, 0, w->body, from);
	if (from < to && !w->open) {
		struct article_section *intro = arena_push(b->arena, &b->article->sections, &b->article->section_count,
							   &b->article->section_cap);
		if (!intro)
			return;
		*intro = (struct article_section){ .kind = SECTION_INTRO, .level = 1, .line = (uint32_t)from + 1 };
		w->section = b->article->section_count - 1;
	}
	if (from < to) {
		struct article_section *section = &b->article->sections[w->section];
		struct str last = b->lines[to - 1];
		section->body = (struct str){ b->lines[from].p, (size_t)(last.p + last.n - b->lines[from].p) };
		section->body_line = (uint32_t)from + 1;
		builder_part(b, PART_BODY, w->section, from, to);
		if (section->kind != SECTION_APPLIES && section->kind != SECTION_NOTICE)
			refs_add(b, from, to);
	}
	builder_part(b, PART_FRAME, 0, to, end);
	w->open = false;
	w->body = end;
}

/* open_section starts a section whose heading takes the given lines; 0 lines: a section without a heading. */
static void open_section(struct walk *w, enum section_kind kind, unsigned level, size_t heading_lines)
{
	struct builder *b = w->b;
	close_section(w, w->at);
	struct article_section *section = arena_push(b->arena, &b->article->sections, &b->article->section_count,
						     &b->article->section_cap);
	if (!section)
		return;
	section->kind = kind == SECTION_OTHER && level > 1 ? w->top : kind;
	section->level = level;
	section->heading = heading_lines ? str_trim(b->lines[w->at]) : STR("");
	section->line = (uint32_t)w->at + 1;
	if (level == 1)
		w->top = section->kind;
	w->open = true;
	w->section = b->article->section_count - 1;
	builder_part(b, PART_HEADING, w->section, w->at, w->at + heading_lines);
	w->at += heading_lines;
	w->body = w->at;
}

static bool is_applies(struct str line)
{
	return str_starts_nocase(line, STR("The information in this article applies to")) ||
	       str_starts_nocase(line, STR("This information in this article applies to:"));
}

/* take_applies: from its sentence to the rule that closes it; where none does, it ends with its list. */
static void take_applies(struct walk *w)
{
	struct builder *b = w->b;
	size_t end = w->at + 1;
	while (end < w->to && !body_is_rule(b->lines[end], '-') && !underlined_level(w, end))
		end++;
	open_section(w, SECTION_APPLIES, 1, 1);
	w->at = end;
	close_section(w, end);
	if (end < w->to && body_is_rule(b->lines[end], '-')) {
		builder_part(b, PART_FRAME, 0, end, end + 1);
		w->body = ++w->at;
	}
	w->top = SECTION_INTRO;
}

/* query_label gives the length of "Additional query words:" at the start of a line, or 0. */
static size_t query_label(struct str line)
{
	static const struct str labels[] = { STR_LIT("Additional query words:"), STR_LIT("Additional query word:"),
					     STR_LIT("Additional querey words:"), STR_LIT("Additional words:"),
					     STR_LIT("Additional reference words:"),
					     STR_LIT("Additional Query words :") };
	if (!str_starts_nocase(line, STR("Additional ")))
		return 0;
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (str_starts_nocase(line, labels[i]))
			return labels[i].n;
	return 0;
}

static void take_query_words(struct walk *w, size_t label)
{
	struct builder *b = w->b;
	size_t end = w->at + 1;
	while (end < w->to && !str_is_blank(b->lines[end]) && !body_is_rule(b->lines[end], '=') &&
	       !query_label(b->lines[end]))
		end++;
	bool open = w->open;
	size_t section = w->section;
	close_section(w, w->at);
	struct str line = b->lines[w->at];
	builder_field(b, true, str_first(line, label - 1), str_from(line, label), w->at, end);
	w->at = w->body = end;
	/* text behind the words goes to a section of its own, of the same kind */
	size_t text = end;
	while (text < w->to && str_is_blank(b->lines[text]))
		text++;
	if (open && text < w->to && !body_is_rule(b->lines[text], '=') && !underlined_level(w, text) &&
	    !query_label(b->lines[text]))
		open_section(w, b->article->sections[section].kind, 2, 0);
}

static bool is_footer_field(struct str line, struct str *ret_name, struct str *ret_value)
{
	size_t at = str_find_char(line, ':');
	if (at == STR_NONE || at == 0 || at > FIELD_NAME_MAX || !char_is_alpha(*line.p) ||
	    (at < 18 && line.n > 18 && line.p[18] == ':'))
		return false;
	*ret_name = str_first(line, at);
	*ret_value = str_from(line, at + 1);
	return true;
}

static bool starts_footer(const struct walk *w, size_t at)
{
	return body_is_rule(w->b->lines[at], '=') && at + 1 < w->to &&
	       str_starts(w->b->lines[at + 1], STR("Keywords   ")) &&
	       str_find_char(w->b->lines[at + 1], ':') != STR_NONE;
}

static void take_footer(struct walk *w)
{
	struct builder *b = w->b;
	close_section(w, w->at);
	builder_part(b, PART_FRAME, 0, w->at, w->at + 1);
	w->at++;
	while (w->at < w->to && !str_is_blank(b->lines[w->at]) && !body_is_rule(b->lines[w->at], '=')) {
		struct str name, value, n, v;
		size_t end = w->at + 1;
		if (!is_footer_field(b->lines[w->at], &name, &value))
			break;
		while (end < w->to && !str_is_blank(b->lines[end]) && !body_is_rule(b->lines[end], '=') &&
		       !is_footer_field(b->lines[end], &n, &v))
			end++;
		builder_field(b, true, name, value, w->at, end);
		w->at = end;
	}
	w->body = w->at;
}

/* starts_notice: a rule, and behind it the disclaimer or nothing but blank lines. */
static bool starts_notice(const struct walk *w, size_t at)
{
	if (!body_is_rule(w->b->lines[at], '='))
		return false;
	at++;
	while (at < w->to && str_is_blank(w->b->lines[at]))
		at++;
	return at == w->to || str_starts(w->b->lines[at], STR("THE INFORMATION PROVIDED IN THE"));
}

static void take_notice(struct walk *w)
{
	close_section(w, w->at);
	builder_part(w->b, PART_FRAME, 0, w->at, w->at + 1);
	w->body = ++w->at;
	size_t text = w->at;
	while (text < w->to && str_is_blank(w->b->lines[text]))
		text++;
	if (text < w->to)
		open_section(w, SECTION_NOTICE, 1, 0);
	w->at = w->to;
	close_section(w, w->to);
}

static void take_line(struct walk *w)
{
	struct str line = w->b->lines[w->at];
	char first = line.n ? *line.p : ' ';
	size_t label;
	unsigned level;
	if (first == '=' && starts_footer(w, w->at))
		take_footer(w);
	else if (first == '=' && starts_notice(w, w->at))
		take_notice(w);
	else if (first == 'T' && is_applies(line) && (!w->at || !w->open))
		take_applies(w);
	else if (char_lower(first) == 'a' && (label = query_label(line)) > 0)
		take_query_words(w, label);
	else if ((level = underlined_level(w, w->at)) > 0)
		open_section(w, section_kind_of_heading(line), level, 2);
	else if (is_plain_heading(w, w->at))
		open_section(w, section_kind_of_heading(line), 2, 1);
	else
		w->at++;
}

void body_parse(struct builder *b, size_t from, size_t to)
{
	struct walk w = { .b = b, .at = from, .to = to, .body = from, .top = SECTION_INTRO };
	/* the rules around the applies-to block are no text */
	while (w.at < to) {
		struct str line = b->lines[w.at];
		bool rule =
			body_is_rule(line, '-') || (body_is_rule(line, '=') && !b->article->section_count && !w.open);
		if (rule && !w.open && w.at + 1 < to && !starts_footer(&w, w.at) && !starts_notice(&w, w.at)) {
			close_section(&w, w.at);
			builder_part(b, PART_FRAME, 0, w.at, w.at + 1);
			w.body = ++w.at;
			continue;
		}
		take_line(&w);
	}
	close_section(&w, to);
}
