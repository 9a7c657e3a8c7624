/* SPDX-License-Identifier: MIT
 *
 * A message > its articles: what its words, its code (by_code.h) and its text tell, weighed against each other. See
 * match.h, ask.h.
 */
#include "match/answer.h"
#include "match/ask.h"
#include "match/by_code.h"
#include "match/confidence.h"
#include "match/envelope.h"
#include "match/glossary.h"
#include "match/language.h"
#include "match/matcher.h"
#include "match/meaning.h"
#include "match/reread.h"
#include "match/several.h"
#include "match/text.h"

#include "base/utf8.h"

#include <math.h>
#include <string.h>

#define SAID 0.6 /* what the text of a code tells of what it tells with its number */
#define UNLIKE 0.25 /* what is left of a message that a code's text only shares words with */
#define NEARLY_ALL 0.8f
#define SUCCEEDED 0.2 /* what is left of articles that quote what says that nothing failed */
/* What a code tells where the words beside it are a message's, and the number another one of its table. */
#define KIN 0.85
#define LOG_BY_TEXT 0.2 /* a log line that only shares words with an article is seldom about it */

/* Beyond ASCII: marks and spaces of Latin 1, of typography and of East Asia, and what stands for a broken byte. */
static bool is_mark_beyond(uint32_t c)
{
	return (c >= 0x80 && c < 0xC0 && c != 0xAA && c != 0xB5 && c != 0xBA) || c == 0xD7 || c == 0xF7 ||
	       (c >= 0x2000 && c < 0x2070) || (c >= 0x2190 && c < 0x2C00) || (c >= 0x3000 && c < 0x3005) ||
	       (c >= 0x3008 && c < 0x3021) || c == 0xFEFF || c == 0xFFFD || c == UTF8_INVALID;
}

bool ask_is_empty(struct str s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t c = utf8_next(s, &i);
		if (c < 0x80 ? char_is_alnum((char)c) : !is_mark_beyond(c))
			return false;
	}
	return true;
}

void ask_payload(struct query *q, struct match_span payload)
{
	q->payload = payload;
	q->two = false;
	query_read(q);
	if (q->stretch_count == 1)
		q->stretches[0].start = payload.start;
}

void ask_read(struct query *q, struct str text, bool url, struct match_envelope *ret_envelope)
{
	struct undressed r;
	size_t at = (size_t)(text.p - q->clean->text.p);
	if (undress_read(q->clean, text, url, q->arena, &r))
		r = (struct undressed){ q->clean, { .payload = { at, at + text.n } } };
	bool whole = r.clean != q->clean || text.n == r.clean->text.n;
	q->clean = r.clean;
	*ret_envelope = r.dress;
	ask_payload(q, r.dress.payload);
	q->two = r.dress.two;
	if (whole && q->stretch_count == 1) /* the message may begin in what looks like its dress */
		q->stretches[0].start = 0;
}

static void read_whole(struct query *q, const struct match_options *options, struct match_answer *out)
{
	if (options->keep_envelope) {
		out->envelope = (struct match_envelope){ .payload = { 0, q->clean->text.n } };
		ask_payload(q, out->envelope.payload);
	} else {
		ask_read(q, q->clean->text, false, &out->envelope);
	}
	meaning_read(q->view, q->clean->text, out->envelope.payload, q->arena, out);
}

/* Sentences have small words, log lines have few. */
static bool is_prose(struct str text)
{
	struct token t;
	unsigned all = 0, found = 0;
	for (size_t at = 0; all < 200 && token_next(text, &at, &t); all++)
		found += words_is_small((struct str){ t.word, t.n });
	return all >= DESCRIPTION_TOKENS && found >= 3 && found * 5 >= all;
}

/* A text by its words that the search has for it: payload, in English where it is in another language. */
struct told { struct str text, english; bool prose; };

/* What is told in another language has small words of its own, or none: it is prose where most of it are words. */
static struct told read_told(const struct file_view *v, struct str text, struct arena *a)
{
	struct told t = { .text = text, .prose = is_prose(text) };
	struct token token;
	size_t listed, all = 0, at = 0;
	if (!glossary_read(v, text, t.prose, a, &t.english, &listed))
		return t;
	t.text = t.english;
	while (all < 2 * listed + DESCRIPTION_TOKENS && token_next(t.text, &at, &token))
		all++;
	t.prose = is_prose(t.text) || (all >= DESCRIPTION_TOKENS && all <= 2 * listed);
	return t;
}

/* A description's stray words make up some message or other: what explains little of it yields to the articles'
 * texts. */
static void doubt_stray(const struct query *q, struct answer *answers, uint32_t n)
{
	float all = q->weight_to[q->token_count];
	for (uint32_t i = 0; q->token_count >= DESCRIPTION_TOKENS && i < n; i++)
		if (answers[i].alignment.matched < 0.3f * all &&
		    (!answers[i].fits || answers[i].alignment.pair_count < 4) &&
		    !(answers[i].alignment.pair_count > 1 && confidence_is_quoted(q, &answers[i])))
			confidence_doubt(&answers[i], 0.25);
	answers_sort(answers, n);
}

/* Its text speaks louder than a message of it that others quote too: that they do takes nothing from it. */
static void take_text_confidence(struct answer *x, double confidence)
{
	if (confidence > x->confidence && x->says_same) {
		x->says_same = 0;
		x->keeps = 0;
	}
	x->confidence = fmax(x->confidence, confidence);
	x->together = fmax(x->together, confidence);
}

/* Half of what was said is some message's: it is one, with slips or cut off, and no description. */
static bool is_mostly_said(const struct query *q, const struct answer *answers, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (answers[i].owner && answers[i].alignment.matched > 0.5f * q->weight_to[q->token_count])
			return true;
	return false;
}

/* Sentences that are no message's. */
static enum text_order order_of(const struct told *told)
{
	return told->english.n ? TEXT_TRANSLATED : TEXT_PASSAGES;
}

/* Articles whose text has the words, behind or between those whose messages match. by_meaning: the code has been asked
 * for what it means, so that an article that does not know it is seldom the one. */
static uint32_t add_text_answers(struct query *q, const struct match_code *code, bool by_meaning, bool in_log,
				 struct answer *answers, uint32_t n)
{
	struct text_hit hits[TEXT_ANSWERS_MAX];
	double confidences[TEXT_ANSWERS_MAX];
	float all;
	struct str payload = str_part(q->clean->text, q->payload.start, q->payload.end);
	struct told told = in_log ? (struct told){ .text = payload } : read_told(q->view, payload, q->arena);
	bool prose = told.prose, message = in_log || is_mostly_said(q, answers, n);
	enum text_order order = prose ? message ? TEXT_MESSAGE : order_of(&told) : in_log ? TEXT_WORDS : TEXT_PLACES;
	uint32_t count = text_articles(q->view, q->scratch, told.text, order, hits, TEXT_ANSWERS_MAX, &all);
	text_confidences(q->view, told.text, prose, hits, count, all, confidences);
	for (uint32_t i = 0; i < count; i++) {
		double confidence = confidences[i] * (in_log ? LOG_BY_TEXT : 1);
		if (code->known && (!prose || by_meaning) && !rank_knows_code(q, code, hits[i].article))
			confidence = fmin(confidence, 0.5 * CONFIDENCE_FLOOR);
		uint32_t at = answers_find(answers, n, hits[i].article);
		if (at < n) {
			answers[at].told = prose && confidence > answers[at].confidence;
			take_text_confidence(&answers[at], confidence);
			continue;
		}
		n = answers_add(answers, n, (struct answer){ .article = hits[i].article, .score = hits[i].score,
							    .english = told.english, .confidence = confidence,
							    .together = confidence, .told = prose });
	}
	answers_sort(answers, n);
	return n;
}

/* The text is a code's own: another message shares most of its words by chance. Not one that says nearly the same, or
 * that and more, nor what an article that is about the code quotes in other words. */
static void doubt_unlike(const struct query *q, const struct match_code *code, struct answer *answers, uint32_t n)
{
	struct str says = str_trim_of(code->says, ".");
	float nearly = NEARLY_ALL * q->weight_to[q->token_count];
	for (uint32_t i = 0; i < n; i++) {
		const struct answer *x = &answers[i];
		if (!x->fits && x->owner && x->alignment.matched < nearly &&
		    !rank_knows_code(q, code, x->article) &&
		    str_find_nocase(file_str(q->view, x->owner->text), says) == STR_NONE)
			confidence_doubt(&answers[i], UNLIKE);
	}
	answers_sort(answers, n);
}

/* The payload without what may be dress after all. */
static struct match_span behind_head(const struct query *q)
{
	struct str payload = str_part(q->clean->text, q->payload.start, q->payload.end);
	size_t head = envelope_head(payload, q->payload.start > 0);
	return (struct match_span){ q->payload.start + head, q->payload.end };
}

struct evidence_of_message ask_evidence(const struct query *q, const struct match_options *options,
					const struct match_answer *out)
{
	struct evidence_of_message e = { .code = &out->code };
	text_name_read(q->view, out->envelope.component, &e.component);
	text_name_read(q->view, options->log_file, &e.log_file);
	return e;
}

/* The message is all of the text, or in it word for word where context speaks for its article. */
static bool any_stands(const struct query *q, const struct answer *answers, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (answers[i].fits &&
		    (answers[i].context || answer_is_whole(q, &answers[i]) || answer_is_parted(q, &answers[i]) ||
		     answer_is_set_off(q, &answers[i])))
			return true;
	return false;
}

static bool is_success(const struct match_code *code)
{
	return str_eq(code->symbol, STR("ERROR_SUCCESS"));
}

uint32_t ask_all(struct query *q, const struct match_options *options, struct match_answer *out, struct answer *answers)
{
	struct evidence_of_message evidence = ask_evidence(q, options, out);
	uint32_t n = rank_articles(q, &evidence, answers);
	q->piece_count = several_find(q, q->scratch->alignments, q->scratch->alignment_count, q->pieces);
	if (options->standing && !any_stands(q, answers, n))
		return 0;
	answers_sort(answers, n);
	if (n && answers[0].confidence < MATCH_SURE)
		doubt_stray(q, answers, n);
	bool said = !out->code.known && !options->standing &&
		    meaning_read_text(q->view, q->clean->text, behind_head(q), out);
	bool windows = said && !str_eq(out->code.family, STR("errno")); /* Linux's, any program's message has */
	if (windows || by_code_is_said(q, &out->code))
		doubt_unlike(q, &out->code, answers, n);
	double best = n ? answer_kept(q, &answers[0]) : 0;
	bool bare = said || (best < MATCH_SURE && out->code.known && by_code_is_all(q, &out->code));
	bool open = best < CONFIDENCE_FLOOR || (out->code.known && (by_code_is_spelled(q, &out->code, &answers[0]) ||
								   rank_takes_code(&answers[0], out->code.span)));
	double share = bare ? 1 : open ? by_code_share(q, &out->code) : 0;
	if (bare && is_success(&out->code)) {
		for (uint32_t i = 0; i < n && said; i++) /* they show the text beside what failed */
			confidence_doubt(&answers[i], SUCCEEDED);
		return n;
	}
	for (uint32_t i = 0; i < n && share > 0; i++)
		share = fmax(share, rank_is_kin(q, &out->code, &answers[i]) ? KIN : 0);
	if (best < MATCH_SURE && share > 0)
		n = by_code_add(q, &out->code, share, said ? SAID : 1, answers, n);
	best = n ? answers[0].confidence : 0;
	if (best >= MATCH_SURE)
		return n;
	bool by_meaning = share > 0 && !said;
	return add_text_answers(q, said ? &(struct match_code){ 0 } : &out->code, by_meaning,
				out->envelope.time.n > 0, answers, n);
}

uint32_t ask_text(struct query *q, const struct match_options *options, struct str text, bool url,
		  struct match_answer *out, struct answer *answers)
{
	ask_read(q, text, url, &out->envelope);
	meaning_read(q->view, q->clean->text, out->envelope.payload, q->arena, out);
	return ask_all(q, options, out, answers);
}

void ask_to_query_spans(const struct clean *clean, struct match_answer *out)
{
	struct match_span p = out->envelope.payload;
	out->envelope.payload = answer_span(clean, p.start, p.end);
	out->code.span = answer_span(clean, out->code.span.start, out->code.span.end);
}

/* stood_so: the text was asked last with `standing`, and what was answered first is what the whole look-up finds first:
 * it does not take the text for a code's. */
static bool stood_so(const struct query *q, const struct match_answer *out)
{
	struct match_answer said = *out;
	return q->scratch->stood.known &&
	       (out->code.known || !meaning_read_text(q->view, q->clean->text, behind_head(q), &said));
}

/* ask_first answers the text as it was read, before it is read in other ways. */
static uint32_t ask_first(struct query *q, const struct match_options *options, struct match_answer *out,
			  struct answer *answers)
{
	struct stood *stood = &q->scratch->stood;
	if (options->again && stood_so(q, out)) {
		memcpy(answers, stood->answers, stood->count * sizeof *answers);
		memcpy(q->pieces, stood->pieces, stood->piece_count * sizeof *q->pieces);
		q->piece_count = stood->piece_count;
		return stood->count;
	}
	uint32_t n = ask_all(q, options, out, answers);
	if (!options->standing || !n)
		return n;
	memcpy(stood->answers, answers, n * sizeof *answers);
	memcpy(stood->pieces, q->pieces, q->piece_count * sizeof *q->pieces);
	stood->count = n;
	stood->piece_count = q->piece_count;
	stood->known = true;
	return n;
}

static enum err answer_message(const struct matcher *m, struct match_scratch *scratch, struct str query,
			       const struct match_options *options, struct arena *a, struct match_answer *ret_answer)
{
	struct match_options defaults = { 0 };
	struct match_answer out = { 0 };
	struct clean clean;
	struct query *q = &scratch->query;
	options = options ? options : &defaults;
	if (query.n > MATCH_INPUT_MAX)
		return ERR_LIMIT;
	if (ask_is_empty(query))
		return ERR_INPUT;
	out.query = utf8_mend(query, a);
	enum err e = damage_undo(out.query, a, &clean);
	if (!e)
		e = language_undo(&clean, a, &clean);
	struct answer *answers = scratch->answers;
	if (e)
		return e;
	q->view = &m->view;
	q->scratch = scratch;
	q->arena = a;
	q->clean = &clean;
	scratch->stood.known &= options->again;
	if (reread_joined(q, options, &clean, answers, &out) || reread_records(q, options, answers, &out)) {
		*ret_answer = out;
		return arena_err(a);
	}
	read_whole(q, options, &out);
	uint32_t n = ask_first(q, options, &out, answers);
	if (reread_several(q, options, answers, n, &out)) {
		*ret_answer = out;
		return arena_err(a);
	}
	n = reread_repeated(q, options, &out, answers, n);
	n = reread_otherwise(q, options, &out, answers, n);
	n = reread_driven(q, options, &out, answers, n);
	n = reread_said(q, options, &out, answers, n);
	n = reread_quoted(q, options, &out, answers, n);
	n = reread_as_url(q, options, &clean, &out, answers, n);
	answers_give(q, answers, n, options->limit ? options->limit : 10, &out);
	ask_to_query_spans(q->clean, &out);
	if (arena_err(a))
		return ERR_NOMEM;
	*ret_answer = out;
	return ERR_OK;
}

/* The number of an instance of Windows' events (InstanceId, EventIdentifier) holds the event's in its low half. */
static struct str event_number(const struct match_envelope *e, struct arena *a)
{
	uint64_t number;
	bool windows = str_eq(e->kind, STR("nt-event")) || str_eq(e->kind, STR("json"));
	bool written = str_starts(e->event, STR("0x")); /* dcdiag's */
	if (!windows || !str_u64(e->event, &number) || (number <= UINT16_MAX && !written) || number > UINT32_MAX)
		return e->event;
	return arena_printf(a, "%u", (unsigned)(number & UINT16_MAX));
}

/* What was undone stands for all bytes of a letter: a span covers it whole, and does not reach into the one before. */
static void whole_letters(struct str query, size_t before, struct match_span *s)
{
	while (s->start > before && s->start < query.n && utf8_goes_on(query.p[s->start]))
		s->start--;
	while (s->end && s->end < query.n && utf8_goes_on(query.p[s->end]))
		s->end++;
	s->start = s->start < before ? before : s->start;
}

static void whole_spans(struct str query, struct match *matches, size_t count)
{
	for (struct match *m = matches; m < matches + count; m++) {
		whole_letters(query, 0, &m->code.span);
		for (size_t i = 0; i < m->span_count; i++)
			whole_letters(query, i ? m->spans[i - 1].end : 0, &m->spans[i]);
		for (size_t i = 0; i < m->capture_count; i++)
			whole_letters(query, 0, &m->captures[i].span);
	}
}

enum err match_message(const struct matcher *m, struct match_scratch *scratch, struct str query,
		       const struct match_options *options, struct arena *a, struct match_answer *ret_answer)
{
	struct match_answer answer;
	enum err e = answer_message(m, scratch, query, options, a, &answer);
	if (e)
		return e;
	answer.envelope.event = event_number(&answer.envelope, a);
	whole_letters(answer.query, 0, &answer.envelope.payload);
	whole_letters(answer.query, 0, &answer.code.span);
	whole_spans(answer.query, answer.matches, answer.match_count);
	whole_spans(answer.query, answer.nearest, answer.nearest_count);
	if (arena_err(a) || !match_is_whole(m))
		return arena_err(a) ? ERR_NOMEM : ERR_CUT;
	*ret_answer = answer;
	return ERR_OK;
}

enum err match_search(const struct matcher *m, struct match_scratch *scratch, struct str words, size_t offset,
		      size_t limit, struct arena *a, struct match_hit **ret_hits, size_t *ret_count, size_t *ret_total)
{
	struct text_hit hits[TEXT_HITS_MAX];
	float all;
	struct told told = read_told(&m->view, words, a);
	uint32_t total = text_articles(&m->view, scratch, told.text, order_of(&told), hits, TEXT_HITS_MAX, &all);
	size_t from = offset < total ? offset : total, count = limit < total - from ? limit : total - from;
	struct match_hit *out = arena_array(a, struct match_hit, count);
	for (size_t i = 0; out && i < count; i++) {
		const struct file_article *article = &m->view.articles[hits[from + i].article];
		out[i] = (struct match_hit){ file_str(&m->view, article->id), file_str(&m->view, article->title),
					     hits[from + i].score };
	}
	if (arena_err(a) || !match_is_whole(m))
		return arena_err(a) ? ERR_NOMEM : ERR_CUT;
	*ret_hits = out;
	*ret_count = count;
	*ret_total = total;
	return ERR_OK;
}
