/* SPDX-License-Identifier: MIT
 *
 * The values of a template that fits, without what surrounds them, and how far its dress differs from the text's.
 */
#include "match/surface_fit.h"

#include "base/utf8.h"

#include <string.h>

size_t fit_leading_marks(struct str raw)
{
	size_t n = 0;
	while (n < raw.n && !fit_is_letter(raw.p[n]))
		n++;
	return n;
}

size_t fit_trailing_marks(struct str raw)
{
	size_t n = 0;
	while (n < raw.n && !fit_is_letter(raw.p[raw.n - 1 - n]))
		n++;
	return n;
}

static bool is_listed(struct str word, const char *const *list)
{
	while (*list && !str_eq(word, str_c(*list)))
		list++;
	return *list;
}

static struct str word_at(struct str text, size_t at)
{
	size_t end = at;
	while (end < text.n && char_is_alpha(text.p[end]))
		end++;
	bool whole = end == text.n || char_is_space(text.p[end]) || strchr(",.!?", text.p[end]);
	return whole ? str_part(text, at, end) : STR("");
}

bool fit_ends_file_name(struct str text, size_t from, size_t to)
{
	enum { ENDING_MAX = 5 };
	size_t at = to;
	bool letter = false;
	while (at > from && char_is_alnum(text.p[at - 1]))
		letter |= char_is_alpha(text.p[--at]);
	return letter && to - at <= ENDING_MAX && at > from + 1 && text.p[at - 1] == '.' &&
	       !char_is_space(text.p[at - 2]);
}

bool fit_goes_on_as_path(struct str text, size_t at)
{
	enum { WORD_MAX = 80 };
	size_t end = at;
	for (; end < text.n && end - at < WORD_MAX && (fit_is_letter(text.p[end]) || strchr("._-", text.p[end])); end++)
		;
	if (end > at && end < text.n && text.p[end] == '\\')
		return true;
	while (end > at && !fit_is_letter(text.p[end - 1])) /* the sentence's stop */
		end--;
	return fit_ends_file_name(text, at, end);
}

bool fit_bar_parts(struct str text, size_t from, size_t at)
{
	enum { BEFORE_MAX = 256 }; /* bytes that are looked through for another */
	size_t start = from > BEFORE_MAX ? from - BEFORE_MAX : 0;
	return !at || char_is_space(text.p[at - 1]) || at + 1 >= text.n || char_is_space(text.p[at + 1]) ||
	       memchr(text.p + start, '|', from - start);
}

/* Behind a value of ASCII: a question or a cry of Spanish, or a word that is written in no Latin letters. */
static bool is_of_people(struct str text, size_t at)
{
	size_t next = at, before = at;
	uint32_t c = at < text.n && (text.p[at] & 0x80) ? utf8_next(text, &next) : 0;
	while (before && char_is_space(text.p[before - 1]))
		before--;
	if (before && (text.p[before - 1] & 0x80))
		return false;
	return c == 0xBF || c == 0xA1 || (c > 0x24F && c != UTF8_INVALID);
}

/* Behind "und" a name goes on with a capital or a figure ("Haus und Hof"), and a path with its folder. */
static bool joins_name(struct str text, size_t at)
{
	while (at < text.n && text.p[at] == ' ')
		at++;
	return at < text.n && (char_is_upper(text.p[at]) || char_is_digit(text.p[at]) || fit_goes_on_as_path(text, at));
}

bool surface_goes_on(struct str text, size_t at)
{
	static const char *const words[] = { "when", "whenever", "while", "after", "since", "because", "but", "until",
					     "although", "though", "every", "what", "why", "how", "please", "anyone",
					     "appears", "appeared", "pops", "again", "help", "shows", "comes", "keeps",
					     "Please", "Thanks", "Thx", "Any", "Anyone", "What", "Why", "How", NULL };
	/* "when", "since", "but", "please", "thanks" and "and" of others, where English has no such word */
	static const char *const foreign[] = { "wenn",	 "beim",    "seit",  "weil",	"aber",	   "bitte",  "Was",
					       "Danke",	 "quand",   "lorsque", "depuis", "mais",   "Que",    "Merci",
					       "cuando", "desde",   "pero",  "porque",	"Gracias", "quando", "anche",
					       "Grazie", "bij",	    "wanneer", "sinds",	"maar",	   "graag",  "gdy",
					       "podczas", NULL };
	static const char *const ands[] = { "und", "et", "oraz", NULL };
	static const char *const behind_and[] = { "I", "i", "we", "it", "now", "then", "nothing", NULL };
	if (!at || !char_is_space(text.p[at - 1]))
		return false;
	if (is_of_people(text, at))
		return true;
	struct str word = word_at(text, at);
	if (str_eq(word, STR("and")) && at + 4 < text.n)
		return is_listed(word_at(text, at + 4), behind_and);
	if (is_listed(word, ands))
		return !joins_name(text, at + word.n);
	return is_listed(word, words) || is_listed(word, foreign);
}

bool surface_leads_in(struct str text, size_t at)
{
	static const char *const words[] = { "says",	"say",	"saying",  "said",  "get",     "gets",	"got",
					     "getting", "see",	"sees",	   "shows", "showing", "reads", "reports",
					     "gives",	"that", "states",  "error", NULL };
	size_t end = at, start;
	while (end && char_is_space(text.p[end - 1]))
		end--;
	for (start = end; start && char_is_alpha(text.p[start - 1]);)
		start--;
	return end < at && (!start || char_is_space(text.p[start - 1])) && is_listed(str_part(text, start, end), words);
}

static bool is_edge(char c)
{
	return char_is_space(c) || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`';
}

/* Of marks between two values ("{host}:{path}" as "nas1:/srv", "{address}:{port}" as "[::1]:80") the last that are the
 * template's part them: what stands before them is the first value's, what stands behind is the second's. Where that
 * is marks itself ("{what} '{path}'" as "open '.'"), the first of them do. */
static size_t part_at(struct str text, struct str marks, struct match_span gap, bool first)
{
	size_t found = STR_NONE;
	for (size_t at = gap.start; marks.n && at + marks.n <= gap.end && !(first && found != STR_NONE); at++)
		if (str_eq(str_part(text, at, at + marks.n), marks))
			found = at;
	return found;
}

static bool is_marks(struct str raw)
{
	return fit_leading_marks(raw) == raw.n;
}

static bool is_letterless(const struct segment *s)
{
	return s->start >= s->end;
}

/* What the template has beside the variable is not part of the value. */
static struct match_span cut_marks(const struct fit *f, const struct segment *s, struct match_span x)
{
	bool last = s + 1 == f->segments + f->count, pair = s + 2 < f->segments + f->count;
	struct str before = s == f->segments ? STR("") : s[-1].raw, after = last ? f->tail : s[1].raw, text = f->text;
	size_t letter = x.start, at;
	while (letter < x.end && !fit_is_letter(text.p[letter]))
		letter++;
	struct match_span gap = { x.start, letter };
	at = is_marks(before) ? part_at(text, str_trim(before), gap, is_letterless(s)) : STR_NONE;
	if (at != STR_NONE) {
		x.start = at + str_trim(before).n;
		before = STR("");
	}
	for (letter = x.end; letter > x.start && !fit_is_letter(text.p[letter - 1]);)
		letter--;
	gap = (struct match_span){ letter, x.end };
	at = is_marks(after) ? part_at(text, str_trim(after), gap, pair && is_letterless(&s[2])) : STR_NONE;
	if (at != STR_NONE) {
		x.end = at;
		after = STR("");
	}
	before = str_from(before, before.n - fit_trailing_marks(before));
	after = str_first(after, fit_leading_marks(after));
	for (size_t k = 0; k < before.n && x.start < x.end; k++) {
		while (x.start < x.end && char_is_space(text.p[x.start]))
			x.start++;
		if (x.start < x.end && text.p[x.start] == before.p[k])
			x.start++;
	}
	for (size_t k = after.n; k-- > 0 && x.start < x.end;) {
		while (x.start < x.end && char_is_space(text.p[x.end - 1]))
			x.end--;
		if (x.start < x.end && text.p[x.end - 1] == after.p[k])
			x.end--;
	}
	return x;
}

static struct match_span trim_value(const struct fit *f, const struct segment *s, size_t start, size_t end)
{
	struct str text = f->text;
	struct match_span x = cut_marks(f, s, (struct match_span){ start, end });
	while (x.start < x.end && (is_edge(text.p[x.start]) || text.p[x.start] == ',' ||
				   (x.start + 1 < x.end && strchr(":;!?", text.p[x.start]) &&
				    strchr(" \t\n!?", text.p[x.start + 1]))))
		x.start++;
	while (x.start < x.end && (is_edge(text.p[x.end - 1]) || strchr(",.;!?([", text.p[x.end - 1]) ||
				   (x.end - x.start > 1 && text.p[x.end - 1] == '-' && text.p[x.end - 2] == ' ')))
		x.end--;
	if (str_ends((struct str){ text.p + x.start, x.end - x.start }, STR(" --")))
		x.end -= 3;
	if (x.end - x.start > 2 && ((text.p[x.start] == '(' && text.p[x.end - 1] == ')') ||
				    (text.p[x.start] == '[' && text.p[x.end - 1] == ']')))
		x.start++, x.end--;
	while (x.end - x.start > 2 && text.p[x.start] == '-' && text.p[x.start + 1] == '-')
		x.start += 2;
	return x;
}

/* A value without a letter, between two of the text or behind its last, is one where it is a name: a folder, a
 * pattern, any address, any site. Other marks, and none, are what stands where somebody left the name out. */
static struct match_span letterless_value(const struct fit *f, const struct segment *s)
{
	static const char *const names[] = { ".",  "..", "./", "../", "/",    "\\", "~",    "~/", "*",
					     "./*", "/*", "*.*", "_",   "::", "[::]", NULL };
	struct str text = f->text;
	if (!s->start || (s->start == f->in->n && s + 1 < f->segments + f->count))
		return (struct match_span){ 0, 0 };
	struct match_span x = { f->in->at[s->start - 1] + 1, s->start < f->in->n ? f->in->at[s->start] : text.n };
	x = cut_marks(f, s, x);
	while (x.start < x.end && is_edge(text.p[x.start]))
		x.start++;
	while (x.start < x.end && is_edge(text.p[x.end - 1]))
		x.end--;
	return is_listed(str_part(text, x.start, x.end), names) ? x : (struct match_span){ 0, 0 };
}

static struct match_span value_of(const struct fit *f, const struct segment *s)
{
	if (is_letterless(s))
		return letterless_value(f, s);
	size_t start = s->start ? f->in->at[s->start - 1] + 1 : f->in->at[0];
	size_t end = s->end < f->in->n ? f->in->at[s->end] : f->in->at[s->end - 1] + 1;
	if (s->start == 0)
		while (start > 0 && !char_is_space(f->text.p[start - 1]))
			start--;
	while (s->end == f->in->n && end < f->text.n && !char_is_space(f->text.p[end]))
		end++;
	/* marks that a blank parts from the last value are somebody else's */
	size_t behind = f->in->at[s->end - 1] + 1u;
	for (; s + 1 == f->segments + f->count && behind < end; behind++)
		if (char_is_space(f->text.p[behind]) ||
		    (f->text.p[behind] == '|' && fit_bar_parts(f->text, start, behind)))
			end = behind;
	return trim_value(f, s, start, end);
}

struct dress { unsigned all, lower, cases, marks; }; /* letters, small ones of the text, and what of it differs */

/* "Run-time" is "Runtime", and "run time". */
static bool is_hyphen(struct str s, size_t i)
{
	return s.p[i] == '-' && i && i + 1 < s.n && char_is_alpha(s.p[i - 1]) && char_is_alpha(s.p[i + 1]);
}

/* Both texts without their spaces, letter by letter: another case, another mark. */
static void compare_dress(struct str want, struct str have, struct dress *d)
{
	size_t i = 0, k = 0;
	for (size_t n = 0; n < have.n; n++)
		d->lower += char_is_lower(have.p[n]);
	while (i < want.n || k < have.n) {
		if (i < want.n && (char_is_space(want.p[i]) || is_hyphen(want, i))) {
			i++;
		} else if (k < have.n && (char_is_space(have.p[k]) || is_hyphen(have, k))) {
			k++;
		} else if (i < want.n && k < have.n && want.p[i] == have.p[k]) {
			i++, k++;
			d->all++;
		} else if (i < want.n && k < have.n && fit_is_letter(want.p[i]) && fit_is_letter(have.p[k])) {
			i++, k++;
			d->all++;
			d->cases++;
		} else {
			if (i < want.n && (!fit_is_letter(want.p[i]) || k == have.n))
				i++;
			else
				k++;
			d->marks++;
		}
	}
}

/* The article's own placeholder, brackets and all ("<Filename>"): they are not the literal's beside it. */
static bool is_placeholder(const struct fit *f, uint32_t var, struct match_span value)
{
	const struct file_var *v = &f->view->vars[f->owner->var_at + var];
	struct str says = str_part(f->message, v->start, v->end);
	return value.start && says.n == value.end - value.start + 2 && value.end < f->text.n &&
	       str_eq_nocase(says, str_first(str_from(f->text, value.start - 1), says.n));
}

/* "exists??": of several such marks, which no message ends with, all but its own are a person's. */
static size_t before_question(struct str text, size_t from, size_t end, struct str raw)
{
	size_t asked = 0;
	while (end - asked > from && (text.p[end - asked - 1] == '?' || text.p[end - asked - 1] == '!'))
		asked++;
	bool own = raw.n && (raw.p[raw.n - 1] == '?' || raw.p[raw.n - 1] == '!');
	return asked > 1 ? end - asked + own : end;
}

/* The text of a literal: between the values beside it; at the template's ends from its first letter, and to the stops
 * behind its last, for "down." and "down..." are two messages; a single one that is left out is no difference. */
static struct str literal_text(const struct fit *f, const struct surface *out, uint32_t i, struct str *raw)
{
	const struct segment *s = &f->segments[i];
	struct match_span before = i ? out->values[s[-1].var] : (struct match_span){ 0, 0 };
	size_t start = before.end, end;
	if (start && is_placeholder(f, s[-1].var, before))
		start++;
	if (!i || !start) {
		start = s->start < f->in->n ? f->in->at[s->start] : f->text.n;
		while (raw->n && !fit_is_letter(raw->p[0]))
			*raw = str_from(*raw, 1);
	}
	if (i + 1 < f->count && out->values[s[1].var].end) {
		end = out->values[s[1].var].start;
		if (is_placeholder(f, s[1].var, out->values[s[1].var]))
			end--;
	} else {
		end = s->end ? f->in->at[s->end - 1] + 1u : start;
		size_t behind = fit_trailing_marks(*raw);
		bool closed = behind && !strchr(".!?:,;", raw->p[raw->n - behind]); /* "13)." ends with its bracket */
		raw->n -= closed ? behind : 0;
		while (!closed && end < f->text.n && strchr(".!?:,;", f->text.p[end]))
			end++;
		while (raw->n && !fit_is_letter(raw->p[raw->n - 1]) && !strchr(".!?:,;", raw->p[raw->n - 1]))
			raw->n--;
		end = before_question(f->text, start, end, *raw);
		/* a comma parts what is listed */
		if (end > start && f->text.p[end - 1] == ',' && !str_ends(*raw, STR(",")))
			end--;
		bool stopped = end > start && strchr(".!?:,;", f->text.p[end - 1]);
		if (!stopped && str_ends(*raw, STR(".")) && !str_ends(*raw, STR("..")))
			raw->n--;
	}
	return str_part(f->text, start, end);
}

/* How a value that an article shows from one machine compares: the same, of the same shape, or of another. */
static void compare_sample(const struct fit *f, const struct file_var *v, struct match_span at, struct surface *out)
{
	struct str value = { f->text.p + at.start, at.end - at.start };
	struct str sample = str_part(f->message, v->start, v->end);
	if (!v->sample)
		return;
	if (str_eq_nocase(value, sample))
		out->samples_met++;
	else if (value.n != sample.n)
		out->samples_odd++;
	else
		out->samples_other++;
}

/* The mark that closes the one right before a value, also before the strokes of a UNC name; 0: nothing is opened
 * there. */
static char closing_of(struct str text, size_t start)
{
	static const char pairs[] = "''\"\"``<>()[]{}";
	while (start && text.p[start - 1] == '\\')
		start--;
	const char *open = start ? memchr(pairs, text.p[start - 1], sizeof pairs - 1) : NULL;
	return open && (open - pairs) % 2 == 0 ? open[1] : 0;
}

/* The text ends with the last value, before what the template has behind it, and a quote or bracket is still open.
 * Without one a value is taken as whole: people leave off what follows a name oftener than a name is cut. */
static bool is_cut(const struct fit *f, const struct segment *s, struct match_span value)
{
	if (!f->within || s + 1 < f->segments + f->count || s->end < f->in->n || value.end <= value.start)
		return false;
	char closing = closing_of(f->text, value.start);
	return closing && !memchr(f->text.p + value.end, closing, f->text.n - value.end);
}

void fit_take_values(const struct fit *f, struct surface *out)
{
	struct dress dress = { 0 };
	for (uint32_t i = 0; i < f->count; i++) {
		const struct segment *s = &f->segments[i];
		if (!s->is_var)
			continue;
		out->values[s->var] = value_of(f, s);
		out->value_count = s->var + 1;
		if (is_cut(f, s, out->values[s->var]))
			out->cut_value = s->var + 1;
		compare_sample(f, &f->view->vars[f->owner->var_at + s->var], out->values[s->var], out);
	}
	for (uint32_t i = 0; i < f->count; i++) {
		struct str raw = f->segments[i].raw;
		if (f->segments[i].is_var)
			continue;
		struct str have = literal_text(f, out, i, &raw);
		compare_dress(raw, have, &dress);
	}
	/* capitals throughout say nothing, and our own words are not there for how they are written */
	bool by_case = dress.lower && f->owner->place != PLACE_AUTHORED;
	unsigned cases = by_case ? dress.cases : 0;
	out->differs = dress.all ? (double)(cases + 2 * dress.marks) / dress.all : 1;
	out->same_marks = dress.all && !dress.marks;
	out->same_case = dress.all && !dress.cases;
	uint32_t first = f->segments[0].start, last = f->segments[f->count - 1].end;
	out->span.start = first < f->in->n ? f->in->at[first] : 0;
	out->span.end = last > first ? f->in->at[last - 1] + 1u : out->span.start;
	struct str marks = str_from(f->message, f->message.n - fit_trailing_marks(f->message));
	for (size_t k = 0; k < marks.n && out->span.end < f->text.n; k++)
		out->span.end += f->text.p[out->span.end] == marks.p[k];
}
