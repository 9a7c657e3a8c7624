/* SPDX-License-Identifier: MIT */
#include "match/surface_fit.h"

#include <string.h>

enum {
	VALUE_MAX = 200, /* letters of a value */
	ZONE_MAX = 20,	 /* bytes of "%eth0]" behind an address */
	PARTS_MAX = 4,	 /* of a template, from either end */
	PART_LETTERS_MIN = 12,
};

static struct str marks_behind(struct str raw)
{
	return str_from(raw, raw.n - fit_trailing_marks(raw));
}

void surface_letters(struct str text, size_t from, size_t to, struct letters *letters)
{
	for (size_t i = from; i < to && letters->n < SURFACE_TEXT_MAX; i++) {
		if (!fit_is_letter(text.p[i]))
			continue;
		letters->c[letters->n] = char_lower(text.p[i]);
		letters->at[letters->n++] = (uint32_t)i;
	}
}

static void add_segment(struct fit *f, struct str raw, bool is_var, uint32_t var)
{
	if (f->count == SEGMENTS_MAX || (!is_var && !raw.n))
		return;
	struct segment *s = &f->segments[f->count++];
	*s = (struct segment){ .is_var = is_var, .var = var, .raw = raw, .letter_at = f->pattern.n };
	for (size_t i = 0; !is_var && i < raw.n && f->pattern.n < SURFACE_TEXT_MAX; i++)
		if (fit_is_letter(raw.p[i]))
			f->pattern.c[f->pattern.n++] = char_lower(raw.p[i]);
	s->letter_n = f->pattern.n - s->letter_at;
}

/* The segments of the template's bytes within part. */
static void split(struct fit *f, struct match_span part)
{
	size_t at = part.start;
	for (uint32_t i = 0; i < f->owner->var_n && i < SURFACE_VARS_MAX; i++) {
		const struct file_var *v = &f->view->vars[f->owner->var_at + i];
		if (v->start < part.start || v->end > part.end)
			continue;
		add_segment(f, str_part(f->message, at, v->start), false, 0);
		add_segment(f, STR(""), true, i);
		at = v->end;
	}
	add_segment(f, str_part(f->message, at, part.end), false, 0);
	const struct segment *last = f->count ? &f->segments[f->count - 1] : NULL; /* none of a file that changes */
	if (f->count > 1 && !last->is_var && !last->letter_n) {
		f->tail = last->raw;
		f->count--;
	}
}

/* How many letters of a literal have to be there: of a text that is cut off, as many as there are. */
static uint32_t letters_due(const struct fit *f, const struct segment *s, uint32_t at)
{
	uint32_t left = f->in->n - at;
	return f->cut && left < s->letter_n ? left : s->letter_n;
}

static bool letters_at(const struct fit *f, const struct segment *s, uint32_t at)
{
	if (at > f->in->n)
		return false;
	uint32_t due = letters_due(f, s, at);
	return due <= f->in->n - at && !memcmp(f->in->c + at, f->pattern.c + s->letter_at, due);
}

static bool has_space(const struct fit *f, uint32_t at)
{
	for (size_t i = at ? f->in->at[at - 1] + 1u : 0; i < (at < f->in->n ? f->in->at[at] : f->text.n); i++)
		if (char_is_space(f->text.p[i]))
			return true;
	return false;
}

/* Is the punctuation of a literal without letters in the text between letters at-1 and at? Spaces do not count, and a
 * run of backslashes is one. */
static bool marks_before(const struct fit *f, const struct segment *s, uint32_t at)
{
	size_t from = at ? f->in->at[at - 1] + 1 : 0, to = at < f->in->n ? f->in->at[at] : f->text.n;
	size_t i = from;
	bool space = false, mark = false;
	for (size_t k = 0; k < s->raw.n; k++) {
		if (char_is_space(s->raw.p[k]) || (k && s->raw.p[k] == '\\' && s->raw.p[k - 1] == '\\')) {
			space |= char_is_space(s->raw.p[k]);
			continue;
		}
		mark = true;
		while (i < to && f->text.p[i] != s->raw.p[k])
			i++;
		if (i++ >= to)
			return false;
	}
	return mark || !space || has_space(f, at);
}

/* " in " is no part of PRINT02, nor ": Name" of hostname; where a mark follows the space, the mark parts as well. */
static bool parted(const struct fit *f, const struct segment *s, uint32_t at)
{
	if (fit_is_letter(s->raw.p[0]) || at >= f->in->n)
		return true;
	size_t k = 0, gap = at ? f->in->at[at - 1] + 1u : 0;
	if (at && gap == f->in->at[at])
		return false;
	if (!char_is_space(s->raw.p[0]) || has_space(f, at))
		return true;
	while (k < s->raw.n && char_is_space(s->raw.p[k]))
		k++;
	return k < s->raw.n && !fit_is_letter(s->raw.p[k]) && gap < f->in->at[at] &&
	       memchr(f->text.p + gap, s->raw.p[k], f->in->at[at] - gap);
}

/* "host: {name}" has no value in "hostname". */
static bool begins_value(const struct fit *f, const struct segment *s, uint32_t at)
{
	return s == f->segments || s[-1].is_var || !s[-1].letter_n || !at || at >= f->in->n ||
	       fit_is_letter(s[-1].raw.p[s[-1].raw.n - 1]) || f->in->at[at - 1] + 1u < f->in->at[at];
}

/* The marks of a sentence's end, or a dash, in s before its blanks: what stands behind them says something else. */
static bool breaks_off(struct str s, struct str marks)
{
	for (size_t i = 0; i < s.n; i++) {
		bool blank = i + 1 < s.n && char_is_space(s.p[i + 1]);
		bool dash = blank && i && s.p[i] == '-' && s.p[i - 1] == '-';
		if (dash || (blank && strchr(".!?", s.p[i]) && !memchr(marks.p, s.p[i], marks.n)))
			return true;
	}
	return false;
}

static struct str gap_before(const struct fit *f, uint32_t letter)
{
	size_t from = letter ? f->in->at[letter - 1] + 1u : 0, to = letter < f->in->n ? f->in->at[letter] : f->text.n;
	return (struct str){ f->text.p + from, to - from };
}

static bool fit_from(struct fit *f, uint32_t segment, uint32_t at);

static enum var_type type_of(const struct fit *f, const struct segment *s)
{
	return (enum var_type)f->view->vars[f->owner->var_at + s->var].type;
}

/* The letter behind a value at the template's end that stands in quotes, or in the brackets of a placeholder: where
 * they close in its line, which within a word quotes do not ("it's"). 0 where they do not, or where there are none. */
static uint32_t quoted_end(const struct fit *f, uint32_t at)
{
	char quote = at && f->in->at[at] ? f->text.p[f->in->at[at] - 1] : ' ';
	bool bracket = quote == '<';
	if (quote != '\'' && quote != '"' && !bracket)
		return 0;
	for (uint32_t i = at + 1; i <= f->in->n && i - at < VALUE_MAX; i++) {
		struct str gap = gap_before(f, i);
		size_t close = str_find_char(gap, bracket ? '>' : quote);
		if (str_find_char(gap, '\n') < close)
			return 0;
		if (close != STR_NONE && (bracket || gap.n > 1 || i == f->in->n))
			return i;
	}
	return 0;
}

/* A value of one word, text[from, to), that no name of several begins with: "tbl_orders_2", "10.0.17763.1"; but a mail
 * server's "5.7.8" and an open quote go on. */
static bool is_symbol(struct str text, size_t from, size_t to)
{
	unsigned lines = 0, dots = 0;
	for (size_t i = from; i < to; i++) {
		if (char_is_space(text.p[i]) || strchr("\\/'\"(", text.p[i]))
			return false;
		lines += text.p[i] == '_';
		dots += text.p[i] == '.' && i && char_is_digit(text.p[i - 1]);
	}
	return lines || dots > 2;
}

/* What says that a value at the template's end is over, before the letter i: a quote, a bar, a line's or a sentence's
 * end, and a blank where the value, which begins at the letter at, is one word. */
static bool breaks_value(const struct fit *f, uint32_t at, uint32_t i, bool word)
{
	bool stop = false;
	for (size_t gap = f->in->at[i - 1] + 1u; gap < f->in->at[i]; gap++) {
		char c = f->text.p[gap];
		bool arrow = c == '<' && gap > f->in->at[i - 1] + 1u;
		bool bar = c == '|' && fit_bar_parts(f->text, f->in->at[at], gap);
		if (c == '\n' || c == '"' || bar || arrow || (char_is_space(c) && (stop || word)))
			return true;
		stop = strchr(".!?;)", c) != NULL || (stop && c != ' ');
	}
	return false;
}

/* The letter behind a value at the template's end; a number or a name is one word, and a file's ends with its ending.
 */
static uint32_t value_end(const struct fit *f, const struct segment *s, uint32_t at)
{
	uint32_t quoted = quoted_end(f, at);
	if (quoted)
		return quoted;
	enum var_type type = type_of(f, s);
	bool word = type == VAR_NUMBER || type == VAR_CODE || type == VAR_PORT || type == VAR_NETBIOS ||
		    type == VAR_ADDRESS || type == VAR_HOST || type == VAR_USER;
	bool file = type == VAR_FILE || type == VAR_PATH;
	uint32_t i = at + 1;
	for (; i < f->in->n && i - at < VALUE_MAX; i++) {
		if (str_find(gap_before(f, i), STR(" -- ")) != STR_NONE || surface_goes_on(f->text, f->in->at[i]))
			return i;
		bool space = has_space(f, i);
		size_t from = f->in->at[at], to = f->in->at[i - 1] + 1u;
		bool ended = file && space && fit_ends_file_name(f->text, from, to);
		bool named = file ? ended && !fit_goes_on_as_path(f->text, f->in->at[i])
				  : space && is_symbol(f->text, from, to);
		if (breaks_value(f, at, i, word || named))
			return i;
	}
	return i < f->in->n ? i : f->in->n;
}

static bool drive_at(const struct fit *f, uint32_t letter)
{
	size_t at = letter < f->in->n ? f->in->at[letter] : f->text.n;
	return at + 2 < f->text.n && char_is_alpha(f->text.p[at]) && f->text.p[at + 1] == ':' &&
	       f->text.p[at + 2] == '\\';
}

/* Two variables with blanks between them: of what stands there nobody knows where the second begins. */
static bool runs_into(const struct fit *f, const struct segment *s)
{
	return s + 2 < f->segments + f->count && s->is_var && s[2].is_var && !str_trim(s[1].raw).n;
}

/* Of a text that is cut off the rest may be a value: where it is one, no other sentence, and what the template has
 * behind it does not begin within it. */
static bool ends_in_value(const struct fit *f, const struct segment *s)
{
	enum { BEGINS = 5 };
	uint32_t n = s[1].letter_n < BEGINS ? s[1].letter_n : BEGINS;
	for (uint32_t i = s->start + 1; type_of(f, s) == VAR_HOST && i < f->in->n; i++)
		if (has_space(f, i))
			return false;
	if (runs_into(f, s) || (s > f->segments + 1 && runs_into(f, s - 2)))
		return false;
	return value_end(f, s, s->start) == f->in->n &&
	       (!n || !memmem(f->in->c + s->start, f->in->n - s->start, f->pattern.c + s[1].letter_at, n));
}

static bool try_end(struct fit *f, uint32_t segment, uint32_t end)
{
	struct segment *s = &f->segments[segment];
	const struct segment *next = s + 1;
	bool ends = f->cut && end == f->in->n;
	if (ends && !ends_in_value(f, s))
		return false;
	if (f->steps++ > SURFACE_STEPS_MAX ||
	    (!next->is_var && !ends &&
	     (next->letter_n ? !letters_at(f, next, end) || !parted(f, next, end) : !marks_before(f, next, end))))
		return false;
	s->end = end;
	return fit_from(f, segment + 1, end);
}

/* A folder before a file name: up to where a drive begins anew, else to the last backslash. */
static bool fit_folder(struct fit *f, uint32_t segment, uint32_t at, uint32_t most)
{
	for (uint32_t end = at + 1; end <= at + most; end++)
		if (drive_at(f, end) && try_end(f, segment, end))
			return true;
	for (uint32_t end = at + most; end > at; end--)
		if (try_end(f, segment, end))
			return true;
	return false;
}

static bool is_zone(char c)
{
	return char_is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '@';
}

/* is_ipv6_whole: of hex digits, colons and dots: it has its eight parts, or "::" for the rest, and ends as one does. */
static bool is_ipv6_whole(struct str s)
{
	size_t parts = 1;
	for (size_t i = 0; i < s.n; i++)
		parts += s.p[i] == ':' ? 1 : s.p[i] == '.' && str_find_char(str_from(s, i + 1), '.') == STR_NONE;
	bool rest = str_find(s, STR("::")) != STR_NONE;
	return (rest || parts == 8) && s.n && (s.p[s.n - 1] != ':' || str_ends(s, STR("::")));
}

/* How many letters an IPv6 address takes that begins here: up to its bracket, or, where a port follows, to its last
 * colon; 0 where there is none. Its own colons would be the template's otherwise. */
static uint32_t ipv6_letters(const struct fit *f, const struct segment *s, uint32_t at)
{
	enum var_type type = type_of(f, s);
	if ((type != VAR_ADDRESS && type != VAR_HOST) || at >= f->in->n)
		return 0;
	size_t start = f->in->at[at], end, colons = 0;
	while (start && f->text.p[start - 1] == ':')
		start--;
	bool bracket = start && f->text.p[start - 1] == '[';
	for (end = start; end < f->text.n; end++) {
		char c = f->text.p[end];
		if (!char_is_hex(c) && c != ':' && c != '.')
			break;
		colons += c == ':';
	}
	size_t close = bracket ? str_find_char(str_first(str_from(f->text, end), ZONE_MAX), ']') : 0;
	if (colons > 1 && end - start > 2 && f->text.p[end - 1] == ':' && f->text.p[end - 2] != ':')
		end--, colons--; /* "::1:6379: Connection refused" */
	if (colons < 2 || close == STR_NONE || (close && f->text.p[end] != '%'))
		return 0;
	size_t zone = bracket || end == f->text.n || f->text.p[end] != '%' ? 0 : 1;
	while (zone && zone < ZONE_MAX && end + zone < f->text.n && is_zone(f->text.p[end + zone]))
		zone++; /* "fe80::1%eth0:8080" */
	while (zone > 1 && f->text.p[end + zone - 1] == '.') /* the sentence's */
		zone--;
	if (zone > 1)
		end += zone;
	bool port = !bracket && zone < 2 && str_eq(str_trim(s[1].raw), STR(":"));
	size_t whole = end;
	bool number = true;
	for (; port && f->text.p[--end] != ':';)
		number = number && char_is_digit(f->text.p[end]);
	/* "2001:db8::7", "::ffff:10.0.0.7": the last colon is its own. */
	if (port && !(number && is_ipv6_whole(str_part(f->text, start, end))))
		end = whole;
	end += close;
	uint32_t n = 0;
	while (at + n < f->in->n && f->in->at[at + n] < end)
		n++;
	return n;
}

/* ipv6_part: so many letters with the colons before and between them. */
static struct str ipv6_part(const struct fit *f, uint32_t at, uint32_t n)
{
	size_t start = f->in->at[at], end = f->in->at[at + n - 1] + 1u;
	while (start && f->text.p[start - 1] == ':')
		start--;
	struct str part = str_part(f->text, start, end), address, zone;
	return str_cut(part, '%', &address, &zone) ? address : part;
}

/* A variable takes as little as the rest allows; nothing at all only where nothing else will do. */
static bool fit_var(struct fit *f, uint32_t segment, uint32_t at)
{
	struct segment *s = &f->segments[segment];
	if (!begins_value(f, s, at))
		return false;
	s->start = at;
	if (segment + 1 == f->count) {
		bool none = at == f->in->n || (segment && breaks_off(gap_before(f, at), marks_behind(s[-1].raw)));
		s->end = none ? at : value_end(f, s, at);
		return !f->to_end || s->end == f->in->n;
	}
	uint32_t most = f->in->n - at < VALUE_MAX ? f->in->n - at : VALUE_MAX;
	if (!s[1].is_var && !s[1].letter_n && type_of(f, s) == VAR_PATH && segment + 2 < f->count &&
	    s[1].raw.p[0] == '\\')
		return fit_folder(f, segment, at, most);
	uint32_t ipv6 = ipv6_letters(f, s, at);
	if (ipv6 && try_end(f, segment, at + ipv6))
		return true;
	if (ipv6 && is_ipv6_whole(ipv6_part(f, at, ipv6))) /* a part of it is no value */
		return false;
	bool word = type_of(f, s) == VAR_PORT; /* a number or a service's name: no blank in it */
	for (uint32_t n = 1; n <= most && !(word && n > 1 && has_space(f, at + n - 1)); n++)
		if (try_end(f, segment, at + n))
			return true;
	return try_end(f, segment, at);
}

static struct str behind_letters(struct str raw, uint32_t letters)
{
	size_t i = 0;
	for (; i < raw.n && letters; i++)
		letters -= fit_is_letter(raw.p[i]);
	return str_from(raw, i);
}

/* The text ends within the template, with so many segments and letters of it: enough to tell. */
static bool end_within(struct fit *f, uint32_t segments, uint32_t letters, struct str rest)
{
	if (letters < PART_LETTERS_MIN)
		return false;
	f->within = segments < f->count;
	f->tail = f->within ? f->segments[segments].raw : STR("");
	f->rest = rest;
	f->count = segments;
	return true;
}

/* "Error = 5" is not what "Error = 53" begins with. */
static bool within_number(const struct fit *f, const struct segment *s, uint32_t letters)
{
	const char *next = f->pattern.c + s->letter_at + letters;
	size_t end = f->in->at[f->in->n - 1] + 1u, start = end;
	while (start && char_is_digit(f->text.p[start - 1]))
		start--;
	bool marked = str_starts(str_from(f->text, end), STR(".."));
	return letters && char_is_digit(*next) && start < end && start && f->text.p[start - 1] == ' ' && !marked;
}

static bool fit_from(struct fit *f, uint32_t segment, uint32_t at)
{
	if (segment == f->count)
		return !f->to_end || at == f->in->n;
	struct segment *s = &f->segments[segment];
	if (f->cut && at == f->in->n)
		return end_within(f, segment, s->letter_at, s->raw);
	if (s->is_var)
		return fit_var(f, segment, at);
	if (s->letter_n && !letters_at(f, s, at))
		return false;
	s->start = at;
	s->end = at + letters_due(f, s, at);
	if (s->end < at + s->letter_n)
		return !within_number(f, s, s->end - at) &&
		       end_within(f, segment + 1, s->letter_at + s->end - at, behind_letters(s->raw, s->end - at));
	return fit_from(f, segment + 1, s->end);
}

/* "We see this: It has failed.": what a colon ends is no value of a message that has none there. */
static bool ends_before(const struct fit *f, const struct segment *literal, uint32_t letter)
{
	struct str gap = str_trim_end(gap_before(f, letter));
	bool blank = letter < f->in->n && gap_before(f, letter).n > gap.n;
	struct str marks = str_first(literal->raw, fit_leading_marks(literal->raw));
	return blank && gap.n && strchr(":!?", gap.p[gap.n - 1]) && !memchr(marks.p, gap.p[gap.n - 1], marks.n);
}

/* Where a value may begin that ends before this letter: behind a quote, a line end, a colon or a full stop. */
static uint32_t value_start(const struct fit *f, const struct segment *literal, uint32_t letter)
{
	uint32_t i = letter;
	if (ends_before(f, literal, letter))
		return letter;
	for (; i > 0 && letter - i < VALUE_MAX; i--) {
		size_t gap = f->in->at[i - 1] + 1u;
		bool line = false, stop = false, space = false;
		for (; gap < f->in->at[i < f->in->n ? i : i - 1]; gap++) {
			char c = f->text.p[gap];
			line |= c == '\n' || c == '"';
			space |= c == ' ';
			stop |= !space && strchr(".!?:;,", c) != NULL;
		}
		if (i < letter && (line || (stop && space) || surface_leads_in(f->text, f->in->at[i])))
			break;
	}
	return i;
}

/* Of a text that is cut off: the letter from at on from which it is what the literal begins with; its end if none. */
static uint32_t begins_last(const struct fit *f, const struct segment *s, uint32_t at)
{
	if (f->in->n > s->letter_n && at < f->in->n - s->letter_n)
		at = f->in->n - s->letter_n;
	while (at < f->in->n && memcmp(f->in->c + at, f->pattern.c + s->letter_at, f->in->n - at) != 0)
		at++;
	return at;
}

/* A template that begins with a variable begins where its first letters are. */
static bool fit_anywhere(struct fit *f)
{
	uint32_t first = 0;
	while (first < f->count && !f->segments[first].letter_n)
		first++;
	if (first == f->count)
		return false;
	const struct segment *s = &f->segments[first];
	uint32_t least = f->cut && first ? PART_LETTERS_MIN : s->letter_n;
	for (uint32_t at = 0; at + least <= f->in->n && f->steps < SURFACE_STEPS_MAX; at++) {
		const char *found = memmem(f->in->c + at, f->in->n - at, f->pattern.c + s->letter_at, s->letter_n);
		if (!found && !f->cut)
			return false;
		at = found ? (uint32_t)(found - f->in->c) : begins_last(f, s, at);
		if (fit_from(f, 0, first ? value_start(f, s, at) : at))
			return true;
	}
	return false;
}

enum reach { ANYWHERE, TO_END, CUT_OFF };

static bool fit_any(const struct file_view *v, const struct file_owner *owner, struct str text,
		    const struct letters *letters, enum reach reach, struct match_span part,
		    struct surface *ret_surface)
{
	struct fit f; /* large, and most of it never looked at: not cleared */
	struct surface out = { 0 };
	f.view = v;
	f.owner = owner;
	f.text = text;
	f.message = file_str(v, owner->text);
	f.in = letters;
	f.pattern.n = f.count = f.steps = 0;
	f.tail = STR("");
	f.to_end = reach == TO_END;
	f.cut = reach == CUT_OFF;
	f.within = false;
	f.rest = STR("");
	split(&f, part);
	if (!letters->n || !f.count)
		return false;
	bool fits = fit_anywhere(&f);
	if (!fits && reach == TO_END) {
		f.to_end = false;
		f.steps = 0;
		fits = fit_anywhere(&f);
	}
	if (!fits)
		return false;
	fit_take_values(&f, &out);
	out.rest = f.rest;
	*ret_surface = out;
	return true;
}

static struct match_span whole_of(const struct file_view *v, const struct file_owner *owner)
{
	return (struct match_span){ 0, file_str(v, owner->text).n };
}

bool surface_fit(const struct file_view *v, const struct file_owner *owner, struct str text,
		 const struct letters *letters, struct surface *ret_surface)
{
	return fit_any(v, owner, text, letters, TO_END, whole_of(v, owner), ret_surface);
}

bool surface_reach(const struct file_view *v, const struct file_owner *owner, struct str text,
		   const struct letters *letters, struct surface *ret_surface)
{
	return fit_any(v, owner, text, letters, ANYWHERE, whole_of(v, owner), ret_surface);
}

/* Does a sentence of the template end before this byte, and not within a placeholder? */
static bool is_sentence(const struct file_view *v, const struct file_owner *owner, struct str message, size_t at)
{
	if (!char_is_space(message.p[at - 1]) || !strchr(".!?", message.p[at - 2]))
		return false;
	for (uint32_t i = 0; i < owner->var_n; i++) {
		const struct file_var *var = &v->vars[owner->var_at + i];
		if (at > var->start && at < var->end)
			return false;
	}
	return true;
}

/* What is told of the message is worth a look: words, and one of its variables. */
static bool is_telling(const struct file_view *v, const struct file_owner *owner, struct str message,
		       struct match_span part)
{
	uint32_t vars = 0;
	size_t letters = 0;
	for (size_t i = part.start; i < part.end; i++)
		letters += fit_is_letter(message.p[i]);
	for (uint32_t i = 0; i < owner->var_n; i++) {
		const struct file_var *var = &v->vars[owner->var_at + i];
		bool within = var->start >= part.start && var->end <= part.end;
		vars += within;
		letters -= within ? var->end - var->start < letters ? var->end - var->start : letters : 0;
	}
	return vars && letters >= PART_LETTERS_MIN;
}

bool surface_fit_part(const struct file_view *v, const struct file_owner *owner, struct str text,
		      const struct letters *letters, struct surface *ret_surface)
{
	struct str message = file_str(v, owner->text);
	unsigned tried = 0;
	for (size_t at = message.n; at > 2 && tried < PARTS_MAX; at--) {
		struct match_span part = { 0, at - 1 };
		if (!is_sentence(v, owner, message, at - 1) || !is_telling(v, owner, message, part))
			continue;
		tried++;
		if (fit_any(v, owner, text, letters, TO_END, part, ret_surface))
			return true;
	}
	for (size_t at = 2; at < message.n && tried < 2 * PARTS_MAX; at++) {
		struct match_span part = { at, message.n };
		if (!is_sentence(v, owner, message, at) || !is_telling(v, owner, message, part))
			continue;
		tried++;
		if (fit_any(v, owner, text, letters, TO_END, part, ret_surface))
			return true;
	}
	return false;
}

bool surface_fit_cut(const struct file_view *v, const struct file_owner *owner, struct str text,
		     const struct letters *letters, struct surface *ret_surface)
{
	return fit_any(v, owner, text, letters, CUT_OFF, whole_of(v, owner), ret_surface);
}
