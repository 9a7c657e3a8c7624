/* SPDX-License-Identifier: MIT */
#include "match/language.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "base/utf8.h"

enum { PHRASES_MAX = 3000, VALUES_MAX = 2, VALUE_BYTES_MAX = 255 };

static const char listed[] =
#include "match/language.txt.h"
	;

struct phrase {
	struct str says, english;
};

/* By their first characters' lowest bytes, capital letters of ASCII folded: those of a byte lie side by side. */
static struct phrase phrases[PHRASES_MAX];
static size_t phrase_count, first_at[257];
static pthread_once_t phrases_once = PTHREAD_ONCE_INIT;

static unsigned first_byte(struct str s)
{
	size_t at = 0;
	uint32_t c = utf8_next(s, &at);
	return c < 0x80 ? (unsigned char)char_lower((char)c) : c & 0xFF;
}

/* Chinese and Japanese have no blanks between their words. */
static bool is_spaceless(struct str says)
{
	for (size_t i = 0; i < says.n; i++)
		if ((unsigned char)says.p[i] >= 0xE3)
			return true;
	return false;
}

/* Two words for four or more: within a sentence they say less ("from an unknown host"). */
static bool stands_by_itself(const struct phrase *p)
{
	return !is_spaceless(p->says) && str_count_words(p->says) == 2 && str_count_words(p->english) > 3;
}

static void read_phrases(void)
{
	static struct phrase as_listed[PHRASES_MAX];
	struct str rest = STR(listed), line, english = { 0 };
	size_t next[256];
	while (str_line(&rest, &line)) {
		if (str_starts(line, STR("= "))) {
			english = str_from(line, 2);
		} else if (line.n && line.p[0] != '#') {
			assert(phrase_count < PHRASES_MAX);
			as_listed[phrase_count] = (struct phrase){ str_from(line, 3), english };
			first_at[first_byte(as_listed[phrase_count++].says) + 1]++;
		}
	}
	for (size_t byte = 0; byte < 256; byte++)
		next[byte] = first_at[byte + 1] += first_at[byte];
	for (size_t i = phrase_count; i-- > 0;)
		phrases[--next[first_byte(as_listed[i].says)]] = as_listed[i];
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

static size_t skip_blanks(struct str s, size_t at)
{
	while (at < s.n && char_is_space(s.p[at]))
		at++;
	return at;
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

/* carries reads one phrase from text[at] on. */
static bool carries(struct str text, size_t at, const struct phrase *phrase, struct found *f)
{
	struct str says = phrase->says, lost = STR("\xEF\xBF\xBD");
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
			at++;
			i++;
		} else if ((says.p[i] & 0x80) && str_starts(str_from(text, at), lost)) {
			at += lost.n;
			i = utf8_skip(says, i);
		} else {
			return false;
		}
	}
	f->at.end = at;
	return at == text.n || is_spaceless(says) || !is_in_word(utf8_next(text, &at));
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

static bool longest_at(struct str text, size_t at, struct found *ret_found)
{
	unsigned byte = first_byte(str_from(text, at));
	struct found f;
	ret_found->at.end = at;
	for (size_t i = first_at[byte]; i < first_at[byte + 1]; i++)
		if (carries(text, at, &phrases[i], &f) && f.at.end > ret_found->at.end &&
		    (!stands_by_itself(&phrases[i]) || is_by_itself(text, f.at)))
			*ret_found = f;
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
