/* SPDX-License-Identifier: MIT */
#include "match/language.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "base/utf8.h"

enum { PHRASES_MAX = 3000, START_BITS = 1 << 14, VALUES_MAX = 2, VALUE_BYTES_MAX = 255 };

static const char listed[] =
#include "match/language.txt.h"
	;

struct phrase {
	struct str says, english;
	uint64_t start; /* start_of eight letters, or four; else first_start */
};

static struct phrase phrases[PHRASES_MAX]; /* by how they start, else as they are listed */
static size_t phrase_count;
static uint64_t start_bits[START_BITS / 64]; /* by start_bit: most words of a text begin no phrase */
static pthread_once_t phrases_once = PTHREAD_ONCE_INIT;

static size_t skip_blanks(struct str s, size_t at)
{
	while (at < s.n && char_is_space(s.p[at]))
		at++;
	return at;
}

/* first_start: the first letter's lowest byte, folded. */
static uint64_t first_start(struct str s)
{
	size_t at = 0;
	uint32_t c = utf8_next(s, &at);
	return (uint64_t)(c < 0x80 ? (unsigned char)char_lower((char)c) : c & 0xFF) << 56;
}

/* Chinese and Japanese have no blanks between their words. */
static bool is_spaceless(struct str says)
{
	for (size_t i = 0; i < says.n; i++)
		if ((unsigned char)says.p[i] >= 0xE3)
			return true;
	return false;
}

/* start_of gives so many letters, folded, the first one highest; 0 where others than ASCII's are among them, or
 * values. */
static uint64_t start_of(struct str s, unsigned letters)
{
	uint64_t start = 0;
	size_t at = 0;
	for (unsigned i = 0; i < letters; i++) {
		if (at >= s.n || (s.p[at] & 0x80) || s.p[at] == '{')
			return 0;
		bool blank = char_is_space(s.p[at]);
		start |= (uint64_t)(unsigned char)(blank ? ' ' : char_lower(s.p[at])) << (56 - 8 * i);
		at = blank ? skip_blanks(s, at) : at + 1;
	}
	return start;
}

static uint64_t start_listed(struct str says)
{
	uint64_t start = is_spaceless(says) ? 0 : start_of(says, 8);
	if (!start && !is_spaceless(says))
		start = start_of(says, 4);
	return start ? start : first_start(says);
}

static size_t start_bit(uint64_t start)
{
	return (size_t)(start * 0x9E3779B97F4A7C15u >> 50); /* Knuth's multiplicative hash */
}

/* Two words for four or more: within a sentence they say less ("from an unknown host"). */
static bool stands_by_itself(const struct phrase *p)
{
	return !is_spaceless(p->says) && str_count_words(p->says) == 2 && str_count_words(p->english) > 3;
}

/* put_by_byte puts them in the order of one byte of their start, else as they are. */
static void put_by_byte(struct phrase *restrict to, const struct phrase *restrict from, unsigned shift)
{
	size_t next[257] = { 0 };
	for (size_t i = 0; i < phrase_count; i++)
		next[(from[i].start >> shift & 0xFF) + 1]++;
	for (size_t byte = 0; byte < 256; byte++)
		next[byte + 1] += next[byte];
	for (size_t i = 0; i < phrase_count; i++)
		to[next[from[i].start >> shift & 0xFF]++] = from[i];
}

static void read_phrases(void)
{
	static struct phrase other[PHRASES_MAX];
	struct str rest = STR(listed), line, english = { 0 };
	while (str_line(&rest, &line)) {
		struct str says = str_from(line, 3);
		if (str_starts(line, STR("= "))) {
			english = str_from(line, 2);
		} else if (line.n && line.p[0] != '#') {
			assert(phrase_count < PHRASES_MAX);
			phrases[phrase_count++] = (struct phrase){ says, english, start_listed(says) };
		}
	}
	for (size_t i = 0; i < phrase_count; i++)
		start_bits[start_bit(phrases[i].start) / 64] |= (uint64_t)1 << start_bit(phrases[i].start) % 64;
	for (unsigned shift = 0; shift < 64; shift += 16) {
		put_by_byte(other, phrases, shift);
		put_by_byte(phrases, other, shift + 8);
	}
}

/* ---- where they stand ---- */

struct slice { size_t start, end; };

struct found {
	const struct phrase *phrase;
	struct slice at, values[VALUES_MAX]; /* in the text; as many values as the phrase has */
	size_t value_count;
};

/* Letters that words are made of where blanks part them. */
static bool is_in_word(uint32_t c)
{
	return c < 0x80 ? char_is_alnum((char)c) : c >= 0xC0 && c < 0x2000;
}

/* value_end: a number or a name, up to what the phrase goes on with. */
static size_t value_end(struct str text, size_t at, char stop)
{
	size_t n = 0;
	while (n < VALUE_BYTES_MAX && at + n < text.n && text.p[at + n] > ' ' && text.p[at + n] < 0x7F &&
	       text.p[at + n] != stop)
		n++;
	while (n && strchr(".,:;)'\"", text.p[at + n - 1]))
		n--;
	return at + n;
}

/* carries reads one phrase from text[at] on. Of its letters no more may be lost than are there: lost ones alone are
 * those of any phrase. */
static bool carries(struct str text, size_t at, const struct phrase *phrase, struct found *f)
{
	struct str says = phrase->says, lost = STR("\xEF\xBF\xBD");
	size_t kept = 0, gone = 0;
	*f = (struct found){ .phrase = phrase, .at.start = at };
	for (size_t i = 0; i < says.n;) {
		if (says.p[i] == '{') {
			size_t end = value_end(text, at, i + 2 < says.n ? says.p[i + 2] : '\0');
			if (end == at)
				return false;
			f->values[f->value_count++] = (struct slice){ at, end };
			at = end;
			i += 2;
		} else if (says.p[i] == ' ') {
			size_t behind = skip_blanks(text, at);
			if (behind == at && !is_spaceless(says))
				return false;
			at = behind;
			i++;
		} else if (at < text.n && char_lower(text.p[at]) == char_lower(says.p[i])) {
			kept += !utf8_goes_on(says.p[i]);
			at++;
			i++;
		} else if ((says.p[i] & 0x80) && str_starts(str_from(text, at), lost)) {
			gone++;
			at += lost.n;
			i = utf8_skip(says, i);
		} else {
			return false;
		}
	}
	f->at.end = at;
	return gone <= kept && (at == text.n || is_spaceless(says) || !is_in_word(utf8_next(text, &at)));
}

/* is_by_itself: no word goes on before it in its line, nor behind it. */
static bool is_by_itself(struct str text, struct slice at)
{
	while (at.start && text.p[at.start - 1] == ' ')
		at.start--;
	while (at.end < text.n && text.p[at.end] == ' ')
		at.end++;
	size_t before = at.start ? at.start - 1 : 0;
	while (before && utf8_goes_on(text.p[before]))
		before--;
	return !(at.start && is_in_word(utf8_next(text, &before))) &&
	       !(at.end < text.n && is_in_word(utf8_next(text, &at.end)));
}

/* longest_of keeps the longest of those with that start that stands at text[at], of two as long the one listed
 * first. */
static void longest_of(struct str text, size_t at, uint64_t start, struct found *best)
{
	size_t low = 0, high = phrase_count;
	struct found f;
	if (!(start_bits[start_bit(start) / 64] >> start_bit(start) % 64 & 1))
		return;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (phrases[middle].start < start)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < phrase_count && phrases[low].start == start; low++) {
		if (!carries(text, at, &phrases[low], &f) || f.at.end < best->at.end ||
		    (f.at.end == best->at.end && (!best->phrase || f.phrase->says.p > best->phrase->says.p)))
			continue;
		if (!stands_by_itself(&phrases[low]) || is_by_itself(text, f.at))
			*best = f;
	}
}

static bool longest_at(struct str text, size_t at, struct found *ret_found)
{
	*ret_found = (struct found){ .at = { at, at } };
	if (char_is_space(text.p[at])) /* none begins so; of a long row each would look at all behind it */
		return false;
	struct str rest = str_from(text, at);
	uint64_t starts[] = { first_start(rest), start_of(rest, 4), start_of(rest, 8) };
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (!i || starts[i])
			longest_of(text, at, starts[i], ret_found);
	return ret_found->at.end > at;
}

/* ---- what is written in their place ---- */

/* put_for writes what stands for text[of], letter by letter in proportion, so that spans lead back to about there: not
 * behind the text's end, where its English goes on. */
static void put_for(struct clean_writer *w, struct str says, struct slice of)
{
	struct str text = w->from->text;
	of.start -= of.start && of.start == text.n;
	for (size_t i = 0; i < says.n; i++) {
		size_t at = of.start + (of.end - of.start) * i / says.n;
		while (at > of.start && utf8_goes_on(text.p[at]))
			at--;
		clean_put(w, says.p[i], at);
	}
}

/* put_found writes the English; where words are not parted by blanks, it is. *at is moved behind. */
static void put_found(struct clean_writer *w, const struct found *f, size_t *at)
{
	struct str text = w->from->text, rest = f->phrase->english, stop = STR("\xE3\x80\x82");
	size_t from = f->at.start, end = f->at.end;
	if (w->n && (w->out[w->n - 1] & 0x80))
		clean_put(w, ' ', from);
	for (size_t i = 0; i < f->value_count; i++) {
		size_t n = str_find(rest, STR("{}"));
		put_for(w, str_first(rest, n), (struct slice){ from, f->values[i].start });
		clean_put_same(w, f->values[i].start, f->values[i].end - f->values[i].start);
		from = f->values[i].end;
		rest = str_from(rest, n + 2);
	}
	put_for(w, rest, (struct slice){ from, end });
	if (str_starts(str_from(text, end), stop)) {
		clean_put(w, '.', end);
		end += stop.n;
	}
	if (end < text.n && (text.p[end] & 0x80))
		clean_put(w, ' ', end);
	*at = end;
}

bool language_plain(size_t *at, struct str *ret_says)
{
	pthread_once(&phrases_once, read_phrases);
	while (*at < phrase_count) {
		struct str says = phrases[(*at)++].says;
		size_t n = 0;
		while (n < says.n && !(says.p[n] & 0x80))
			n++;
		*ret_says = says;
		if (n == says.n)
			return true;
	}
	return false;
}

enum err language_undo(const struct clean *c, struct arena *a, struct clean *ret_clean)
{
	struct str text = c->text;
	struct found *found = NULL, f;
	size_t count = 0, cap = 0, room = text.n, end = 0;
	bool inside = false;
	pthread_once(&phrases_once, read_phrases);
	for (size_t at = 0, next; at < text.n; at = next) {
		next = at;
		bool begins = !inside;
		inside = is_in_word(utf8_next(text, &next));
		if (!begins || !longest_at(text, at, &f))
			continue;
		struct found *slot = arena_push(a, &found, &count, &cap);
		if (slot)
			*slot = f;
		room += f.phrase->english.n + 3;
		next = f.at.end;
		inside = false;
	}
	*ret_clean = *c;
	if (!count)
		return arena_err(a);
	struct clean_writer w;
	if (!clean_begin(&w, c, a, room))
		return ERR_NOMEM;
	for (size_t i = 0; i < count; i++) {
		clean_put_same(&w, end, found[i].at.start - end);
		put_found(&w, &found[i], &end);
	}
	clean_put_same(&w, end, text.n - end);
	*ret_clean = clean_end(&w);
	return arena_err(a);
}
