/* SPDX-License-Identifier: MIT
 *
 * Lines > templates: see unknown.h.
 */
#include "scan/unknown.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "match/envelope.h"

#include <stdlib.h>
#include <string.h>

enum {
	DEPTH = 3,	    /* levels of the tree: number of words, first word, second word */
	CHILDREN_MAX = 100, /* of a node; then the word counts as one that varies */
	ALIKE_PERCENT = 60, /* of the words with letters that do not vary on both sides, so many are the same */
	WORD_MAX = 80,	    /* bytes of a word that are compared and shown */
	HEX_MIN = 8,	     /* digits of a hexadecimal number that has letters only */
	RUN_SHOWN = 4	    /* words in a row that vary */
};

struct unknown_node {
	uint64_t key;
	uint32_t child, sibling; /* + 1 */
	uint32_t children;
	uint32_t leaf; /* the first template here, + 1 */
};

#define VARIES STR("<*>")

/* ---- a line's words ---- */

static bool is_joint(char c)
{
	return c == '.' || c == '_' || c == '-' || c == ':' || c == '@';
}

/* part_at gives the length of the run at s[at] that varies as one: letters and digits, and what joins them inside
 * ("10.0.0.1:80", "blk_-16"). */
static size_t part_at(struct str s, size_t at)
{
	size_t n = 0;
	while (at + n < s.n) {
		size_t joints = 0;
		while (at + n + joints < s.n && is_joint(s.p[at + n + joints]) && joints < 2)
			joints++;
		if (at + n + joints >= s.n || !char_is_letter(s.p[at + n + joints]) || (!n && joints))
			break;
		n += joints + 1;
	}
	return n;
}

/* Words that a long hexadecimal number without a digit would be mistaken for are rare. */
static bool is_hex(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!char_is_hex(s.p[i]))
			return false;
	return s.n >= HEX_MIN;
}

/* names_code: a word behind which a number tells errors apart ("error 53", "code=0x35", "errno:"). */
static bool names_code(struct str word)
{
	static const struct str names[] = { STR_LIT("error"),  STR_LIT("err"),	STR_LIT("errno"),  STR_LIT("code"),
					    STR_LIT("status"), STR_LIT("rc"),	STR_LIT("event"),  STR_LIT("result"),
					    STR_LIT("signal"), STR_LIT("exit"), STR_LIT("hresult") };
	size_t end = word.n;
	while (end && !char_is_letter(word.p[end - 1]))
		end--;
	size_t start = end;
	while (start && char_is_alpha(word.p[start - 1]))
		start--;
	return STR_IS_ANY(str_part(word, start, end), names, str_eq_nocase);
}

/* Codes are short; a long number is a serial number or a time. */
static bool is_code(struct str part)
{
	bool hex = str_starts_nocase(part, STR("0x"));
	return char_is_digit(part.p[0]) && str_find_char(part, '.') == STR_NONE && part.n <= (hex ? 10u : 5u);
}

/* may_vary says cheaply whether there is anything to mask: most words have no digit. */
static bool may_vary(struct str word)
{
	size_t hex = 0, most = 0;
	for (size_t i = 0; i < word.n; i++) {
		if (char_is_digit(word.p[i]))
			return true;
		hex = char_is_hex(word.p[i]) ? hex + 1 : 0;
		most = hex > most ? hex : most;
	}
	return most >= HEX_MIN;
}

/* mask gives the word with its parts that hold digits replaced; says whether a code was kept. */
static struct unknown_word mask(struct str word, struct str before, struct arena *a)
{
	struct unknown_word w = { .text = word };
	struct buf b = { 0 };
	if (!may_vary(word))
		return w;
	for (size_t at = 0; at < word.n;) {
		size_t n = part_at(word, at);
		struct str part = { word.p + at, n ? n : 1 };
		bool varies = n && (str_has_digit(part) || is_hex(part));
		bool code = varies && is_code(part) &&
			    (names_code(str_first(word, at)) || (names_code(before) && !at) ||
			     (names_code(before) && at == 1 && strchr("(#=:'\"", word.p[0])));
		w.code |= code;
		buf_add(&b, varies && !code ? VARIES : part);
		at += part.n;
	}
	w.text = buf_keep(&b, a);
	w.varies = str_eq(w.text, VARIES);
	a->failed |= buf_err(&b) != ERR_OK;
	buf_free(&b);
	return w;
}

static bool has_letter(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (char_is_alpha(s.p[i]) || (unsigned char)s.p[i] >= 0x80)
			return true;
	return false;
}

/* is_dress: in front of the message, a word that tells of no error: what varies, a mark, a month's or a day's name. */
static bool is_dress(const struct unknown_word *w)
{
	static const char names[] = " jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun ";
	char key[6] = { ' ', 0, 0, 0, ' ', 0 };
	struct str text = str_from(w->text, w->text.p[0] == '[');
	if (!has_letter(text))
		return !w->code;
	for (size_t i = 0; text.n == 3 && i < 3; i++)
		key[i + 1] = char_lower(text.p[i]);
	return key[1] && strstr(names, key);
}

/* read_words gives the message's words, in the work arena. */
static size_t read_words(struct unknowns *set, struct str text, struct unknown_word *words, bool *ret_cut)
{
	struct match_envelope envelope;
	text = utf8_mend(text, &set->work);
	envelope_read(text, &envelope);
	struct str rest = str_part(text, envelope.payload.start, envelope.payload.end), word,
		   before = STR("");
	size_t n = 0;
	while (n < UNKNOWN_WORDS_MAX && str_word(&rest, &word)) {
		word = utf8_first(word, WORD_MAX);
		words[n] = mask(word, before, &set->work);
		n += n || !is_dress(&words[n]);
		if (has_letter(word) || str_has_digit(word)) /* "error = 53" */
			before = word;
	}
	*ret_cut = str_trim(rest).n > 0;
	return n;
}

/* ---- the tree ---- */

static uint32_t new_node(struct unknowns *set, uint64_t key)
{
	struct unknown_node *node = arena_push(&set->arena, &set->nodes, &set->node_count, &set->node_cap);
	if (node)
		node->key = key;
	return node ? (uint32_t)set->node_count : 0;
}

static uint32_t find_child(const struct unknowns *set, uint32_t parent, uint64_t key)
{
	for (uint32_t k = set->nodes[parent - 1].child; k; k = set->nodes[k - 1].sibling)
		if (set->nodes[k - 1].key == key)
			return k;
	return 0;
}

/* child gives the node below; a word that varies, or that is one too many, leads to the one for all such. */
static uint32_t child(struct unknowns *set, uint32_t parent, uint64_t key)
{
	uint64_t rest = hash_bytes(VARIES);
	uint32_t k = find_child(set, parent, key);
	if (!k && set->nodes[parent - 1].children >= CHILDREN_MAX) {
		key = rest;
		k = find_child(set, parent, key);
	}
	if (k)
		return k;
	k = new_node(set, key);
	if (!k)
		return 0;
	struct unknown_node *above = &set->nodes[parent - 1];
	set->nodes[k - 1].sibling = above->child;
	above->child = k;
	above->children++;
	return k;
}

static uint32_t leaf_of(struct unknowns *set, const struct unknown_word *words, size_t count)
{
	uint32_t at = set->node_count ? 1 : new_node(set, 0);
	for (size_t level = 0; at && level < DEPTH && level <= count; level++) {
		struct str word = level ? words[level - 1].text : STR("");
		bool varies = level && str_find(word, VARIES) != STR_NONE;
		at = child(set, at, level ? hash_bytes(varies ? VARIES : word) : count);
	}
	return at;
}

/* ---- templates ---- */

/* alike gives how many words are the same, or -1 where they are too few or a code differs. */
static int alike(const struct unknown *u, const struct unknown_word *words, size_t count)
{
	size_t same = 0, all = 0, score = 0;
	if (u->word_count != count)
		return -1;
	for (size_t i = 0; i < count; i++) {
		bool equal = str_eq(u->words[i].text, words[i].text);
		if (!equal && (u->words[i].code || words[i].code))
			return -1;
		score += equal;
		if (!has_letter(words[i].text) && (equal || !has_letter(u->words[i].text)))
			continue;
		all++;
		same += equal;
	}
	return same * 100 >= all * ALIKE_PERCENT ? (int)score : -1;
}

static struct unknown *most_alike(struct unknowns *set, uint32_t leaf, const struct unknown_word *words, size_t count)
{
	struct unknown *best = NULL;
	int most = -1;
	for (uint32_t k = set->nodes[leaf - 1].leaf; k; k = set->items[k - 1].next) {
		int same = alike(&set->items[k - 1], words, count);
		if (same > most) {
			most = same;
			best = &set->items[k - 1];
		}
	}
	return best;
}

static enum err add_template(struct unknowns *set, uint32_t leaf, const struct scan_line *line,
			     const struct unknown_word *words, size_t count, bool cut)
{
	struct unknown_word *kept = arena_array(&set->arena, struct unknown_word, count);
	for (size_t i = 0; kept && i < count; i++) {
		kept[i] = words[i];
		kept[i].text = arena_str(&set->arena, words[i].text);
	}
	if (!str_eq(set->file, line->file))
		set->file = arena_str(&set->arena, line->file);
	struct unknown *u = arena_push(&set->arena, &set->items, &set->count, &set->cap);
	if (!u)
		return ERR_NOMEM;
	*u = (struct unknown){ .words = kept,
			       .word_count = count,
			       .cut = cut,
			       .count = 1,
			       .file = set->file,
			       .line = line->line,
			       .next = set->nodes[leaf - 1].leaf };
	u->text = arena_str(&set->arena, utf8_mend(utf8_first(str_trim(line->text), UNKNOWN_EXAMPLE_MAX), &set->work));
	set->nodes[leaf - 1].leaf = (uint32_t)set->count;
	return arena_err(&set->arena);
}

enum err unknowns_add(struct unknowns *set, const struct scan_line *line)
{
	struct unknown_word words[UNKNOWN_WORDS_MAX];
	bool cut = false;
	arena_reset(&set->work);
	set->lines++;
	size_t count = read_words(set, line->text, words, &cut);
	uint32_t leaf = count ? leaf_of(set, words, count) : 0;
	if (arena_err(&set->work) || arena_err(&set->arena))
		return ERR_NOMEM;
	if (!leaf)
		return ERR_OK;
	struct unknown *u = most_alike(set, leaf, words, count);
	if (!u && set->count < UNKNOWN_MAX)
		return add_template(set, leaf, line, words, count, cut);
	if (!u) {
		set->left_out++;
		return ERR_OK;
	}
	u->count++;
	u->cut |= cut;
	for (size_t i = 0; i < count; i++)
		if (!str_eq(u->words[i].text, words[i].text))
			u->words[i] = (struct unknown_word){ .text = VARIES, .varies = true };
	return ERR_OK;
}

static int by_count(const void *left, const void *right)
{
	const struct unknown *a = left, *b = right;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	int c = str_cmp(a->file, b->file);
	return c ? c : a->line < b->line ? -1 : a->line > b->line;
}

void unknowns_rank(struct unknowns *set)
{
	if (set->count)
		qsort(set->items, set->count, sizeof *set->items, by_count);
}

void unknowns_free(struct unknowns *set)
{
	arena_free(&set->arena);
	arena_free(&set->work);
	*set = (struct unknowns){ 0 };
}

void unknown_template(struct buf *out, const struct unknown *u)
{
	size_t run = 0; /* of words that vary; a long one is cut short */
	for (size_t i = 0; i < u->word_count; i++) {
		run = u->words[i].varies ? run + 1 : 0;
		if (run > RUN_SHOWN)
			continue;
		buf_add_c(out, i ? " " : "");
		buf_add(out, run == RUN_SHOWN && i + 1 < u->word_count && u->words[i + 1].varies ? STR("...")
												 : u->words[i].text);
	}
	buf_add_c(out, u->cut ? " ..." : "");
}
