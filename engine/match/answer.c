/* SPDX-License-Identifier: MIT */
#include "match/answer.h"

#include "match/capture.h"
#include "match/confidence.h"
#include "match/envelope.h"
#include "match/product.h"
#include "base/utf8.h"
#include "rule/rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	NAMES_MAX = 32, /* that are looked up in an article */
	SAME_KINDS = 3,	/* answer.says_same */
	WORDS_COUNTED = 64,
	READ_AS_MAX = 120 /* bytes that are shown of a text in other words */
};

/* Of answers that share words with the message and no more: where nothing else speaks for one, it is chance. */
#define WORDS_MOST 0.3
#define STRAY_MOST 0.15
#define FALL 10.0 /* of those behind the first: by this the nine next are as often right as they say */

struct match_span answer_span(const struct clean *c, size_t start, size_t end)
{
	size_t a = clean_offset(c, start);
	return (struct match_span){ a, end > start ? clean_offset(c, end - 1) + 1 : a };
}

/* Confidences come of sums of floats, which every article that is added changes a little, and so does the machine: one
 * or two in a hundred are no difference. */
static uint32_t rounded(double confidence)
{
	enum { DROPPED = 17 }; /* of the 23 bits of a float's fraction */
	float f = (float)confidence;
	uint32_t bits;
	memcpy(&bits, &f, sizeof bits);
	return (bits + (UINT32_C(1) << (DROPPED - 1))) >> DROPPED;
}

static int by_confidence(const void *a, const void *b)
{
	const struct answer *x = a, *y = b;
	uint32_t c = rounded(x->confidence), d = rounded(y->confidence);
	if (c != d)
		return c < d ? 1 : -1;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return (x->article > y->article) - (x->article < y->article);
}

void answers_sort(struct answer *answers, uint32_t n)
{
	qsort(answers, n, sizeof *answers, by_confidence);
}

uint32_t answers_find(const struct answer *answers, uint32_t n, uint32_t article)
{
	uint32_t i = 0;
	while (i < n && answers[i].article != article)
		i++;
	return i;
}

uint32_t answers_add(struct answer *answers, uint32_t n, struct answer x)
{
	uint32_t least = 0;
	if (n < MATCH_RESULTS_MAX) {
		answers[n] = x;
		return n + 1;
	}
	for (uint32_t i = 1; i < n; i++)
		if (answers[i].confidence < answers[least].confidence)
			least = i;
	if (answers[least].confidence < x.confidence)
		answers[least] = x;
	return n;
}

/* How far the first hit is before the others; one that stands alone is before all. */
struct lead { double second, last; };

static struct lead lead_of(const struct text_hit *hits, uint32_t n)
{
	double first = hits[0].score;
	return (struct lead){ n > 1 ? fmin((first - hits[1].score) / first, 0.3) : 0.3,
			      n > 1 ? fmin((first - hits[n - 1].score) / first, 0.6) : 0.6 };
}

/* Of an article for a person's sentences: a logistic regression on 316 descriptions whose articles are known and as
 * many, by weight, that have none: three quarters are about other things, of a quarter the article was taken away.
 * words: how many are told, at most WORDS_COUNTED. named: a product or name among them speaks for it. */
static double description_confidence(double score, double all, struct lead lead, unsigned words, bool named)
{
	double share = all > 0 ? score / all : 0;
	return confidence_logistic(-8.5 + 4.56 * share + 3.25 * lead.second + 5.31 * lead.last + 0.98 * log(words) +
				   0.92 * named);
}

/* The same for a message that only shares words with articles. */
static double words_confidence(double score, double all, struct lead lead)
{
	double share = all > 0 ? score / all : 0;
	double z = -17.4 + 14 * log(1 + score) - 6.05 * log(1 + all) + 19.8 * lead.second - 3.4 * share;
	double first = 0.9 * confidence_logistic(z) * confidence_logistic(z);
	return share < 0.45 ? 0.5 * first : first; /* one rare word among others that no article has */
}

/* CXX0030, nafxcwd.lib, __LINE__, OpenPrinter: names of things, where words are words. */
static bool is_identifier(struct str s)
{
	bool letter = false, digit = false, inner = false;
	for (size_t i = 0; i < s.n; i++) {
		char before = i ? s.p[i - 1] : 0;
		letter |= char_is_alpha(s.p[i]);
		digit |= char_is_digit(s.p[i]);
		bool joined = char_is_alnum(before) && i + 1 < s.n && char_is_alnum(s.p[i + 1]);
		inner |= s.p[i] == '_' || (s.p[i] == '.' && joined) ||
			 (char_is_alpha(before) && before == char_lower(before) && s.p[i] != char_lower(s.p[i]));
	}
	return letter && (digit || inner);
}

static bool next_name(struct str text, size_t *at, struct str *ret_name)
{
	size_t i = *at;
	while (i < text.n && !char_is_alnum(text.p[i]) && text.p[i] != '_')
		i++;
	size_t start = i;
	while (i < text.n && (char_is_alnum(text.p[i]) || text.p[i] == '_' || text.p[i] == '.'))
		i++;
	*at = i;
	*ret_name = str_part(text, start, i);
	return i > start;
}

/* The article names a product of the text, or has what only its subject is called. */
static bool agrees(const struct file_view *v, struct str text, uint32_t article)
{
	struct str name;
	struct match_name words;
	uint32_t looked = 0;
	if (product_families(text) & v->articles[article].families)
		return true;
	for (size_t at = 0; looked < NAMES_MAX && next_name(text, &at, &name);) {
		if (!is_identifier(name))
			continue;
		looked++;
		text_name_read(v, name, &words);
		if (text_names(v, article, &words))
			return true;
	}
	return false;
}

static unsigned count_words(struct str text)
{
	struct token t;
	unsigned n = 0;
	for (size_t at = 0; n < WORDS_COUNTED && token_next(text, &at, &t);)
		n++;
	return n;
}

void text_confidences(const struct file_view *v, struct str text, bool prose, const struct text_hit *hits, uint32_t n,
		      float all, double *ret_confidences)
{
	if (!n)
		return;
	struct lead lead = lead_of(hits, n);
	unsigned words = count_words(text);
	bool sure = agrees(v, text, hits[0].article);
	double first = prose ? description_confidence(hits[0].score, all, lead, words, sure) :
			       words_confidence(hits[0].score, all, lead);
	if (words < DESCRIPTION_TOKENS || (!prose && !sure))
		first = fmin(first, prose || sure ? WORDS_MOST : STRAY_MOST);
	for (uint32_t i = 0; i < n; i++)
		ret_confidences[i] = fmax(first, 0.02) * exp(-FALL * (1 - hits[i].score / hits[0].score));
}

/* ---- near-duplicates: nearly the same common words ---- */

static bool is_duplicate(const struct file_view *v, uint32_t a, uint32_t b)
{
	const struct file_article *x = &v->articles[a], *y = &v->articles[b];
	const uint16_t *p = v->doc_term + x->term_at, *q = v->doc_term + y->term_at;
	uint32_t i = 0, k = 0, both = 0, all = x->term_n + y->term_n;
	/* a ninth that only one of them has is too much: the shorter one has four ninths of both, or more */
	if (9 * x->term_n <= 4 * all || 9 * y->term_n <= 4 * all)
		return false;
	while (i < x->term_n && k < y->term_n && 9 * (i + k - 2 * both) < all) {
		uint32_t s = p[i] >> 3, t = q[k] >> 3;
		both += s == t;
		i += s <= t;
		k += t <= s;
	}
	return both > 0 && (double)both / (all - both) > 0.8;
}

static uint32_t fold(const struct file_view *v, struct answer *answers, uint32_t n)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i++) {
		struct answer *into = NULL;
		for (uint32_t k = 0; i < 20 && k < kept && !into; k++)
			if (answers[k].also_count < 4 && answers[k].confidence - answers[i].confidence < 0.1 &&
			    is_duplicate(v, answers[k].article, answers[i].article))
				into = &answers[k];
		if (into)
			into->also[into->also_count++] = answers[i].article;
		else
			answers[kept++] = answers[i];
	}
	return kept;
}

/* ---- why ---- */

static struct str lack_of(const struct query *q, const struct match_code *code, const struct answer *best,
			  const struct answer *next)
{
	struct str id = file_str(q->view, q->view->articles[next->article].id);
	if (best->inferred && rank_is_kin(q, code, next))
		return arena_printf(q->arena, "; the message of %.*s has another number", STR_ARG(id));
	if (best->inferred != next->inferred) /* of two questions */
		return STR("");
	if (next->conflicts)
		return arena_printf(q->arena, "; %.*s is about another error", STR_ARG(id));
	if (best->owner && next->owner && best->alignment.group == next->alignment.group)
		return arena_printf(q->arena, "; %.*s quotes the same message", STR_ARG(id));
	if (next->owner && next->alignment.number_differs && !best->alignment.number_differs)
		return arena_printf(q->arena, "; the message of %.*s has another number", STR_ARG(id));
	if (best->owner && next->owner)
		return arena_printf(q->arena, "; less of the message of %.*s is there", STR_ARG(id));
	return STR("");
}

static bool is_code(struct str template)
{
	struct rule_code_at found;
	return rule_codes_find(template, &found, 1) && !found.start && found.end == template.n;
}

static struct str said_in_english(const struct query *q, struct str english)
{
	struct buf words = { 0 };
	for (struct str word; words.n < READ_AS_MAX && str_word(&english, &word);)
		buf_addf(&words, "%s%.*s", words.n ? " " : "", STR_ARG(word));
	struct str said = utf8_first(buf_str(&words), READ_AS_MAX);
	struct str why = arena_printf(q->arena,
				      "no message of it is there; its text shares words with this one, read as \"%.*s%s\"",
				      STR_ARG(said), said.n < words.n || str_trim(english).n ? "..." : "");
	buf_free(&words);
	return why;
}

static struct str why_of(const struct query *q, const struct match_code *code, const struct answer *x,
			 const struct answer *next)
{
	struct str lack = next ? lack_of(q, code, x, next) : STR(""),
		   also = x->context ? STR(", and it names the component") : STR("");
	const struct alignment *al = &x->alignment;
	if (x->inferred)
		return x->owner ? arena_printf(q->arena, "the code's meaning is its message%.*s", STR_ARG(lack)) :
				  STR("it is about this code");
	if (!x->owner && x->english.n)
		return said_in_english(q, x->english);
	if (!x->owner)
		return STR("no message of it is there; its text shares words with this one");
	if (!x->fits && is_code(file_str(q->view, x->owner->text)))
		return STR("its message is the same code");
	if (rank_lacks_value(x) || rank_has_odd_value(q, x))
		return arena_printf(q->arena, "the words of its message are there, and not what they name%.*s%.*s",
				    STR_ARG(also), STR_ARG(lack));
	if (x->fits)
		return arena_printf(q->arena, "its message is there word for word%.*s%.*s", STR_ARG(also),
				    STR_ARG(lack));
	return arena_printf(q->arena, "%.0f %% of its message by weight is there, in order%.*s%.*s",
			    100.0 * al->matched / (al->matched + al->left_template + 1e-6), STR_ARG(also),
			    STR_ARG(lack));
}

/* ---- the answer ---- */

static void add_spans(const struct query *q, const struct answer *x, struct match *out)
{
	if (!x->owner || x->inferred)
		return;
	struct match_span s = { q->tokens[x->alignment.first].start, q->tokens[x->alignment.last].end };
	if (x->fits)
		s = x->surface.span;
	out->spans = arena_new(q->arena, struct match_span);
	if (out->spans)
		out->spans[out->span_count++] = answer_span(q->clean, s.start, s.end);
}

/* text_around: of a payload of two texts the lines that the span is of; else all of it. */
static struct match_span text_around(const struct query *q, struct match_span s)
{
	struct match_span text = q->payload;
	if (!q->two || s.start < text.start || s.end > text.end)
		return text;
	const char *p = q->clean->text.p;
	const char *before = memrchr(p + text.start, '\n', s.start - text.start);
	const char *behind = memchr(p + s.end, '\n', text.end - s.end);
	return (struct match_span){ before ? (size_t)(before - p) + 1 : text.start,
				    behind ? (size_t)(behind - p) : text.end };
}

bool answer_is_whole(const struct query *q, const struct answer *x)
{
	struct match_span s = x->surface.span, text = text_around(q, s);
	bool before = false;
	if (!x->fits || x->inferred)
		return false;
	for (uint32_t i = 0; i < q->token_count; i++) {
		if (q->tokens[i].start >= s.end && q->tokens[i].start < text.end)
			return false;
		before |= q->tokens[i].end <= s.start && q->tokens[i].start >= text.start;
	}
	struct str payload = str_part(q->clean->text, text.start, text.end);
	return !before || s.start <= text.start + envelope_head(payload, text.start > 0);
}

bool answer_is_parted(const struct query *q, const struct answer *x)
{
	struct match_span s = x->surface.span;
	struct str text = str_first(q->clean->text, q->payload.end);
	if (!x->fits || x->inferred || s.start <= q->payload.start)
		return false;
	for (uint32_t i = q->token_count; i-- && q->tokens[i].end > s.end;)
		if (q->tokens[i].start >= s.end)
			return false;
	return envelope_parts_off(text, q->payload.start, s.start);
}

bool answer_is_set_off(const struct query *q, const struct answer *x)
{
	struct match_span s = x->surface.span;
	struct str text = str_first(q->clean->text, q->payload.end);
	if (!x->fits || x->inferred || s.start < q->payload.start || s.end > text.n)
		return false;
	size_t head = envelope_head(str_from(text, q->payload.start), q->payload.start > 0);
	return envelope_sets_off(text, q->payload.start + (s.start >= q->payload.start + head ? head : 0), s.start,
				 s.end);
}

static bool is_within_word(struct str text, struct match_span s)
{
	bool before = s.start && s.start < text.n && char_is_letter(text.p[s.start - 1]) && char_is_letter(text.p[s.start]);
	return before || (s.end && s.end < text.n && char_is_letter(text.p[s.end - 1]) && char_is_letter(text.p[s.end]));
}

/* The message's code as far as this answer is about it. */
static bool is_about(const struct query *q, const struct match_code *code, const struct answer *x)
{
	if (x->conflicts)
		return false;
	return x->inferred || (x->owner ? !rank_leaves_code(q, code, x) : rank_knows_code(q, code, x->article));
}

static struct match match_of(const struct query *q, const struct answer *x, const struct answer *next,
			     const struct match_code *code)
{
	const struct file_view *v = q->view;
	const struct file_article *article = &v->articles[x->article];
	struct match m = { .id = file_str(v, article->id),
			   .title = file_str(v, article->title),
			   .article = x->article,
			   .confidence = x->confidence,
			   .context = x->context };
	if (is_about(q, code, x))
		m.code = *code;
	m.code.span = answer_span(q->clean, m.code.span.start, m.code.span.end);
	if (x->owner)
		m.template = file_str(v, x->owner->text);
	m.word_for_word = x->fits && !x->inferred;
	m.whole_payload = !x->among && answer_is_whole(q, x);
	m.parted = !x->among && !m.whole_payload && answer_is_parted(q, x);
	m.set_off = !x->among && !m.whole_payload && !m.parted && answer_is_set_off(q, x);
	m.within_word = x->fits && is_within_word(q->clean->text, x->surface.span);
	capture_values(q, x, &m);
	m.also = arena_array(q->arena, struct str, x->also_count);
	for (uint32_t i = 0; m.also && i < x->also_count; i++)
		m.also[m.also_count++] = file_str(v, v->articles[x->also[i]].id);
	add_spans(q, x, &m);
	capture_all(q, x, &m);
	m.why = why_of(q, code, x, next);
	return m;
}

/* "ld: cannot find x.o: No such file or directory": it ends a text which says more before it than who speaks. */
static bool is_tail(const struct query *q, const struct answer *x)
{
	size_t from = q->payload.start, start = x->surface.span.start;
	if (!x->fits || x->context || start <= from || answer_is_whole(q, x))
		return false;
	struct str before = str_part(q->clean->text, from, start);
	struct token t;
	size_t at = 0;
	return str_ends(str_trim_end(before), STR(":")) && token_next(before, &at, &t) && token_next(before, &at, &t);
}

double answer_kept(const struct query *q, const struct answer *x)
{
	double c = x->confidence * (x->keeps > 0 ? x->keeps : 1);
	return is_tail(q, x) ? c : fmax(c, fmin(x->confidence, CONFIDENCE_FLOOR));
}

/* What is certain is 1 in all: of answers that exclude each other. Where they claim more, the surest takes its part
 * first, and those that are as sure as it take as much; odds, squared, tell them from the others. Articles that quote
 * the same words count once: each of them is right. */
static void share(const struct query *q, struct answer *answers, uint32_t n)
{
	double rest = SHARED_MAX, weights[MATCH_RESULTS_MAX], parts[SAME_KINDS] = { 0 };
	double from[MATCH_RESULTS_MAX + 1]; /* weights of this one and all behind it */
	bool seen[SAME_KINDS] = { false };
	for (uint32_t i = 0; i < n; i++) {
		double c = answer_kept(q, &answers[i]);
		answers[i].confidence = i ? fmin(c, answers[i - 1].confidence) : c;
		double odds = answers[i].confidence / (1.001 - answers[i].confidence);
		bool *same = &seen[answers[i].says_same];
		weights[i] = answers[i].says_same && *same ? 0 : odds * odds + 1e-9;
		*same = true;
	}
	from[n] = 0;
	for (uint32_t i = n; i-- > 0;)
		from[i] = from[i + 1] + weights[i];
	for (uint32_t i = 0; i < n; i++) {
		struct answer *x = &answers[i];
		double *part = &parts[x->says_same];
		if (weights[i] > 0) {
			*part = fmin(x->confidence, rest * weights[i] / from[i]);
			rest = fmax(0, rest - *part);
		}
		x->confidence = fmin(x->confidence, *part);
		for (uint32_t k = i; k > 0 && answers[k - 1].confidence < answers[k].confidence; k--) {
			struct answer less = answers[k - 1];
			answers[k - 1] = answers[k];
			answers[k] = less;
		}
	}
}

/* As good as the first; what is told in sentences may be any of what is found by its words. */
static bool is_equal(const struct answer *x, const struct answer *first)
{
	if (x->told && first->told)
		return true;
	return x->together >= CONFIDENCE_FLOOR && x->confidence > 0.5 * first->confidence;
}

/* How many of the first share what one of them alone could not claim; 0 where the first stands by itself, or where all
 * that would be shown together are below the floor. */
static uint32_t equals_of(const struct answer *answers, uint32_t n, double *ret_together)
{
	uint32_t count = 0;
	double sum = 0;
	if (!n || answers[0].confidence >= CONFIDENCE_FLOOR)
		return 0;
	for (; count < n && count < EQUALS_MAX && is_equal(&answers[count], &answers[0]); count++)
		sum += answers[count].confidence;
	*ret_together = sum;
	return sum >= CONFIDENCE_FLOOR ? count : 0;
}

void answers_give(const struct query *q, struct answer *answers, uint32_t n, size_t limit, struct match_answer *out)
{
	n = fold(q->view, answers, n);
	share(q, answers, n);
	double together = 0;
	uint32_t equals = equals_of(answers, n, &together);
	limit = limit < MATCH_RESULTS_MAX ? limit : MATCH_RESULTS_MAX;
	out->matches = arena_array(q->arena, struct match, limit);
	out->nearest = arena_array(q->arena, struct match, NEAREST_MAX);
	for (uint32_t i = 0; i < n && out->matches && out->nearest; i++) {
		bool near = i >= equals && answers[i].confidence < CONFIDENCE_FLOOR;
		if (near ? out->nearest_count == NEAREST_MAX : out->match_count == limit)
			continue;
		struct match m = match_of(q, &answers[i], i + 1 < n ? &answers[i + 1] : NULL, &out->code);
		m.together = i < equals ? together : m.confidence;
		if (near)
			out->nearest[out->nearest_count++] = m;
		else
			out->matches[out->match_count++] = m;
	}
	out->explained = out->match_count > 0;
}

static bool spans_overlap(const struct match *a, const struct match *b)
{
	return a->spans[0].start < b->spans[b->span_count - 1].end &&
	       b->spans[0].start < a->spans[a->span_count - 1].end;
}

size_t match_apart(const struct match_answer *found)
{
	size_t n = 0;
	for (; n < found->match_count; n++) {
		const struct match *m = &found->matches[n];
		bool apart = m->template.n && m->span_count;
		for (size_t i = 0; apart && i < n; i++)
			apart = !spans_overlap(&found->matches[i], m);
		if (!apart)
			break;
	}
	return n > 1 ? n : 0;
}

bool match_leaves_doubt(const struct match_answer *found)
{
	return !found->match_count || (!match_apart(found) && found->matches[0].together < MATCH_SURE);
}
