/* SPDX-License-Identifier: MIT
 *
 * See go_on.h. Where the dress of the line behind ends is not known before the lines are joined: what comes of the
 * message is looked for anywhere in it. The line before has to end with it, at least from where its own dress ends.
 */
#include "scan/go_on.h"

#include "match/envelope.h"
#include "match/literals.h"
#include "scan/proposal.h"
#include "scan/scan.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { COMPARED_MAX = 24, WORD_MAX = 8 };

static bool is_odd(struct str s, size_t i)
{
	char c = s.p[i];
	return (unsigned char)c >= 0x7F || c == 0x1B || c == '&' || c == '\0' ||
	       (c == '<' && i + 1 < s.n && (s.p[i + 1] == '/' || char_is_lower(s.p[i + 1])));
}

bool go_on_is_damaged(struct str s)
{
	size_t i = 0;
#if defined(__SSE2__)
	for (; s.n - i >= 16; i += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(s.p + i));
		__m128i odd = _mm_cmplt_epi8(x, _mm_set1_epi8(1)); /* NUL, and bytes over 0x7F */
		odd = _mm_or_si128(odd, _mm_cmpeq_epi8(x, _mm_set1_epi8('&')));
		odd = _mm_or_si128(odd, _mm_cmpeq_epi8(x, _mm_set1_epi8('<')));
		odd = _mm_or_si128(odd, _mm_cmpeq_epi8(x, _mm_set1_epi8(0x7F)));
		odd = _mm_or_si128(odd, _mm_cmpeq_epi8(x, _mm_set1_epi8(0x1B)));
		for (unsigned any = (unsigned)_mm_movemask_epi8(odd); any; any &= any - 1)
			if (is_odd(s, i + (size_t)__builtin_ctz(any)))
				return true;
	}
#endif
	for (; i < s.n; i++)
		if (is_odd(s, i))
			return true;
	return coded_is_printable(s);
}

void go_on_begin(struct go_on *g, struct str text, size_t from, size_t next)
{
	g->text = text;
	g->from = from;
	g->next = next;
	g->before.read = g->behind.read = false;
}

static bool says_nothing(struct str line)
{
	return !literals_letters(line);
}

static struct str line_behind(const struct go_on *g)
{
	size_t from = g->next, to;
	for (unsigned n = 0; n < SCAN_SPAN_MAX && from < g->text.n; n++, from = to) {
		to = proposal_lines_on(g->text, from, 1);
		struct str line = { g->text.p + from, to - from };
		if (!says_nothing(line))
			return line;
	}
	return STR("");
}

static struct str line_before(const struct go_on *g)
{
	size_t to = g->from, from;
	for (unsigned n = 0; n < SCAN_SPAN_MAX && to; n++, to = from) {
		from = proposal_lines_back(g->text, to, 1);
		struct str line = { g->text.p + from, to - from };
		if (!says_nothing(line))
			return line;
	}
	return STR("");
}

static void read_side(struct go_on_side *side, struct str line)
{
	struct match_envelope dress;
	side->read = true;
	side->line = line;
	side->count = side->payload = 0;
	side->plain = line.n < GO_ON_LETTERS_MAX && !go_on_is_damaged(line) && str_find(line, STR("\\u")) == STR_NONE;
	if (!side->plain)
		return;
	envelope_read(line, &dress);
	/* a message that ends before its line does, or is coded, is not compared */
	side->plain = !dress.coding && !dress.beside.end && dress.payload.end == str_trim_end(line).n;
	struct str payload = str_part(line, dress.payload.start, dress.payload.end);
	size_t head = dress.payload.start + envelope_head(payload, dress.payload.start > 0);
	for (size_t i = 0; i < line.n; i++) {
		if (!char_is_letter(line.p[i]))
			continue;
		side->payload += i < head;
		side->starts[side->count] = !i || !char_is_letter(line.p[i - 1]);
		side->letters[side->count++] = char_lower(line.p[i]);
	}
}

/* The letters at a text's start, behind marks; at most WORD_MAX of them. */
static struct str first_word(struct str s)
{
	size_t n = 0;
	while (s.n && !char_is_letter(s.p[0]))
		s = str_from(s, 1);
	while (n < s.n && n < WORD_MAX && char_is_letter(s.p[n]))
		n++;
	return str_first(s, n);
}

static struct str last_word(struct str s, size_t most)
{
	size_t n = 0;
	while (s.n && !char_is_letter(s.p[s.n - 1]))
		s.n--;
	while (n < s.n && n < most && char_is_letter(s.p[s.n - 1 - n]))
		n++;
	return str_from(s, s.n - n);
}

/* The first letters of a text, folded. */
static size_t first_letters(struct str s, char ret_letters[COMPARED_MAX])
{
	size_t n = 0;
	for (size_t i = 0; i < s.n && n < COMPARED_MAX; i++)
		if (char_is_letter(s.p[i]))
			ret_letters[n++] = char_lower(s.p[i]);
	return n;
}

/* The line has these letters in a row, or ends within them. */
static bool has_letters(struct str line, const char *want, size_t n)
{
	for (size_t start = 0; start < line.n; start++) {
		size_t at = start, same = 0;
		if (char_lower(line.p[start]) != want[0])
			continue;
		for (; at < line.n && same < n; at++) {
			if (!char_is_letter(line.p[at]))
				continue;
			if (char_lower(line.p[at]) != want[same])
				break;
			same++;
		}
		if (same == n || at == line.n)
			return true;
	}
	return false;
}

bool go_on_later(struct go_on *g, struct str line, struct str own)
{
	char want[COMPARED_MAX];
	size_t n = first_letters(own, want);
	struct str end = str_trim_end(line);
	if (says_nothing(line) || str_ends(end, STR("-"))) /* the value begins on the next line; a word is parted */
		return true;
	return n && (has_letters(line, want, n) || go_on_behind(g, own));
}

bool go_on_behind(struct go_on *g, struct str rest)
{
	struct go_on_side *side = &g->behind;
	char want[COMPARED_MAX];
	size_t n;
	if (!side->read)
		read_side(side, line_behind(g));
	if (!side->line.n)
		return false;
	if (!side->plain)
		return str_find_nocase(side->line, first_word(rest)) != STR_NONE;
	n = first_letters(rest, want);
	if (n <= side->count && memmem(side->letters, side->count, want, n))
		return true;
	for (size_t k = n < side->count ? n : side->count; k; k--) /* the line ends within it */
		if (side->starts[side->count - k] && !memcmp(side->letters + side->count - k, want, k))
			return true;
	return false;
}

bool go_on_before(struct go_on *g, struct str rest)
{
	struct go_on_side *side = &g->before;
	if (!side->read)
		read_side(side, line_before(g));
	if (!side->line.n)
		return false;
	if (!side->plain)
		return str_find_nocase(side->line, last_word(rest, WORD_MAX)) != STR_NONE;
	size_t left = side->count; /* letters of the line that are not compared */
	for (size_t i = rest.n, n = 0; i && left && n < COMPARED_MAX; i--) {
		if (!char_is_letter(rest.p[i - 1]))
			continue;
		if (char_lower(rest.p[i - 1]) != side->letters[left - 1])
			return left <= side->payload;
		left--;
		n++;
	}
	return true;
}

struct str go_on_word(struct go_on *g)
{
	struct go_on_side *side = &g->before;
	if (!side->read)
		read_side(side, line_before(g));
	return side->plain ? last_word(side->line, GO_ON_LETTERS_MAX) : STR("");
}

bool go_on_is_told(struct go_on *g)
{
	struct go_on_side *side = &g->before;
	if (!side->read)
		read_side(side, line_before(g));
	return str_ends(str_trim_end(side->line), STR(":"));
}
