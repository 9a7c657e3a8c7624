/* SPDX-License-Identifier: MIT */
#include "match/answer.h"
#include "match/lines.h"
#include "match/literals.h"
#include "match/matcher.h"
#include "match/meaning.h"
#include "match/query.h"
#include "match/several.h"
#include "match/text.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "rule/rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum err match_scratch_open(const struct matcher *m, struct match_scratch **ret_scratch)
{
	struct match_scratch *s = mem_resize(NULL, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	memset(s, 0, sizeof *s);
	s->group_count = m->view.group_count;
	s->doc_count = m->view.article_count;
	size_t blocks = s->group_count / MATCH_SCORE_BLOCK + 1, scores = blocks * MATCH_SCORE_BLOCK;
	s->group_scores = mem_resize(NULL, scores * sizeof(float));
	s->group_blocks = mem_resize(NULL, blocks * sizeof(bool));
	s->group_costs = mem_resize(NULL, scores * sizeof(float));
	s->doc_scores = mem_resize(NULL, (s->doc_count + 1) * sizeof(float));
	s->touched = mem_resize(NULL, (s->doc_count + 1) * sizeof(uint32_t));
	s->alignments = mem_resize(NULL, CANDIDATES_MAX * sizeof *s->alignments);
	s->owners = mem_resize(NULL, OWNERS_MAX * sizeof *s->owners);
	s->answers = mem_resize(NULL, MATCH_RESULTS_MAX * sizeof *s->answers);
	if (!s->group_scores || !s->group_blocks || !s->group_costs || !s->doc_scores || !s->touched ||
	    !s->alignments || !s->owners || !s->answers || stemmer_open(&s->stemmer)) {
		match_scratch_close(&s);
		return ERR_NOMEM;
	}
	memset(s->group_scores, 0, scores * sizeof(float));
	memset(s->group_costs, 0, scores * sizeof(float));
	memset(s->group_blocks, 0, blocks * sizeof(bool));
	candidate_costs(&m->view, s);
	memset(s->doc_scores, 0, (s->doc_count + 1) * sizeof(float));
	*ret_scratch = s;
	return ERR_OK;
}

void match_scratch_close(struct match_scratch **scratch)
{
	if (!*scratch)
		return;
	mem_free((*scratch)->group_scores);
	mem_free((*scratch)->group_blocks);
	mem_free((*scratch)->group_costs);
	mem_free((*scratch)->doc_scores);
	mem_free((*scratch)->touched);
	mem_free((*scratch)->filled);
	mem_free((*scratch)->alignments);
	mem_free((*scratch)->owners);
	mem_free((*scratch)->answers);
	stemmer_close(&(*scratch)->stemmer);
	mem_free(*scratch);
	*scratch = NULL;
}

enum {
	MESSAGE_LINES = 6,	/* more lines than most messages have */
	LINES_MAX = 64,		/* of a paste that are asked one by one */
	BY_CODE_MAX = 20,	/* articles that are about one code */
	LONG_CODE = 8		/* "80070035", "WSAECONNREFUSED" */
};

#define SPELLED 0.9 /* its message is the code that was said */
#define BY_CODE 0.6 /* one of the articles that are about a code is right */
#define HALF_SURE 0.5
#define NAMED 0.6 /* what a code among other words tells of what it tells alone, where its shape says that it is one */
#define COUNTED 0.45 /* the same of a small number behind "error" */
#define KIN 0.85 /* the same where the words beside it are a message's, and the number another one of its table */
#define LOG_BY_TEXT 0.2 /* a log line that only shares words with an article is seldom about it */

/* Beyond ASCII: marks and spaces of Latin 1, of typography and of East Asia, and what stands for a broken byte. */
static bool is_mark_beyond(uint32_t c)
{
	return (c >= 0x80 && c < 0xC0 && c != 0xAA && c != 0xB5 && c != 0xBA) || c == 0xD7 || c == 0xF7 ||
	       (c >= 0x2000 && c < 0x2070) || (c >= 0x2190 && c < 0x2C00) || (c >= 0x3000 && c < 0x3005) ||
	       (c >= 0x3008 && c < 0x3021) || c == 0xFEFF || c == 0xFFFD || c == UTF8_INVALID;
}

static bool is_empty(struct str s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t c = utf8_next(s, &i);
		if (c < 0x80 ? char_is_alnum((char)c) : !is_mark_beyond(c))
			return false;
	}
	return true;
}

static void read_payload(struct query *q, struct match_span payload)
{
	q->payload = payload;
	query_read(q);
	if (q->stretch_count == 1)
		q->stretches[0].start = payload.start;
}

/* read_text makes what a text says, a slice of q->clean's, the question; where it cannot, the text as it is. */
static void read_text(struct query *q, struct str text, bool url, struct match_envelope *ret_envelope)
{
	struct undressed r;
	size_t at = (size_t)(text.p - q->clean->text.p);
	if (undress_read(q->clean, text, url, q->arena, &r))
		r = (struct undressed){ q->clean, { .payload = { at, at + text.n } } };
	bool whole = r.clean != q->clean || text.n == r.clean->text.n;
	q->clean = r.clean;
	*ret_envelope = r.dress;
	read_payload(q, r.dress.payload);
	if (whole && q->stretch_count == 1) /* the message may begin in what looks like its dress */
		q->stretches[0].start = 0;
}

static void read_whole(struct query *q, const struct match_options *options, struct match_answer *out)
{
	if (options->keep_envelope) {
		out->envelope = (struct match_envelope){ .payload = { 0, q->clean->text.n } };
		read_payload(q, out->envelope.payload);
	} else {
		read_text(q, q->clean->text, false, &out->envelope);
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

static uint32_t find_answer(const struct answer *answers, uint32_t n, uint32_t article)
{
	uint32_t i = 0;
	while (i < n && answers[i].article != article)
		i++;
	return i;
}

/* A description's stray words make up some message or other: what explains little of it yields to the articles'
 * texts. */
static void doubt_stray(const struct query *q, struct answer *answers, uint32_t n)
{
	float all = q->weight_to[q->token_count];
	for (uint32_t i = 0; q->token_count >= DESCRIPTION_TOKENS && i < n; i++)
		if (answers[i].alignment.matched < 0.3f * all &&
		    (!answers[i].fits || answers[i].alignment.pair_count < 4))
			rank_doubt(&answers[i], 0.25);
	answers_sort(answers, n);
}

/* Articles whose text has the words, behind or between those whose messages match. by_meaning: the code has been asked
 * for what it means, so that an article that does not know it is seldom the one. */
static uint32_t add_text_answers(struct query *q, const struct match_code *code, bool by_meaning, bool in_log,
				 struct answer *answers, uint32_t n)
{
	struct text_hit hits[TEXT_ANSWERS_MAX];
	float all;
	struct str payload = str_first(str_from(q->clean->text, q->payload.start), q->payload.end - q->payload.start);
	bool prose = !in_log && is_prose(payload);
	uint32_t count = text_articles(q->view, q->scratch, payload, prose, hits, TEXT_ANSWERS_MAX, &all);
	for (uint32_t i = 0; i < count; i++) {
		double confidence = text_confidence(q->view, payload, prose, hits, count, i, all) *
				    (in_log ? LOG_BY_TEXT : 1);
		if (code->known && (!prose || by_meaning) && !rank_knows_code(q, code, hits[i].article))
			confidence = fmin(confidence, 0.5 * CONFIDENCE_FLOOR);
		uint32_t at = find_answer(answers, n, hits[i].article);
		if (at < n) {
			answers[at].confidence = fmax(answers[at].confidence, confidence);
			answers[at].together = fmax(answers[at].together, confidence);
			continue;
		}
		if (n == MATCH_RESULTS_MAX && confidence <= answers[n - 1].confidence)
			continue;
		n -= n == MATCH_RESULTS_MAX;
		answers[n++] = (struct answer){ .article = hits[i].article, .score = hits[i].score,
						.confidence = confidence, .together = confidence };
	}
	answers_sort(answers, n);
	return n;
}

/* Nothing but a number, its symbol, and the words that introduce one. */
static bool is_bare_code(const struct query *q, const struct match_code *code)
{
	static const char *const words[] = {
		"system", "windows", "has", "occurred", "the", "a", "with", "failed", "an", "i", "get", "got", "what",
		"is", "win32", "exit", "net", "use", "view", "fails", "returns", "gives", "says", "run", "time",
		"runtime", "stop", "blue", "screen", "message", "msg", "bugcheck", "winsock", "socket", "sockets",
		"wsagetlasterror", "return", "returned", "mean", "means", "does", "meaning", "problem", "my", "on",
		"in", "and", "bsod", "dialing", "dial",
	};
	unsigned others = 0;
	for (uint32_t i = 0; i < q->token_count; i++) {
		const struct query_token *t = &q->tokens[i];
		struct str word = str_first(str_from(q->clean->text, t->start), t->end - t->start);
		bool known = t->number || rule_is_code_word(word) ||
			     (t->start < code->span.end && t->end > code->span.start);
		for (size_t k = 0; !known && k < sizeof words / sizeof *words; k++)
			known = str_eq_nocase(word, str_c(words[k]));
		others += !known;
	}
	return others == 0;
}

/* How much a code tells among other words: a symbol or a long number is one wherever it stands; a small number where
 * the word before it speaks of an error, and 1 and 2 are what any program ends with. */
static double share_of_mention(const struct query *q, const struct match_code *code)
{
	struct str head = str_first(q->clean->text, code->span.start);
	if (!code->says.n)
		return 0;
	if (code->span.end - code->span.start >= LONG_CODE)
		return NAMED;
	return code->value > 2 && str_find_nocase(rule_word_before(head), STR("err")) != STR_NONE ? COUNTED : 0;
}

/* What a system says of its code, as people see it on the screen. */
static struct str said_of(const struct match_code *code, struct arena *a)
{
	if (str_eq(code->family, STR("vb")))
		return arena_printf(a, "Run-time error '%lld': %.*s", (long long)code->value, STR_ARG(code->says));
	if (str_eq(code->family, STR("errno")))
		return code->says;
	return arena_printf(a, "System error %lld has occurred. %.*s", (long long)code->value, STR_ARG(code->says));
}

/* A message that is little more than a code means what the table says: asked again in the table's words. share: what of
 * it is left where the code is not all that was said. */
static uint32_t add_inferred(struct query *q, const struct match_code *code, double share, struct answer *answers,
			     uint32_t n)
{
	struct answer *more = arena_array(q->arena, struct answer, MATCH_RESULTS_MAX);
	struct str text = said_of(code, q->arena);
	struct clean clean = { .text = text };
	const struct clean *was = q->clean;
	struct match_span payload = q->payload;
	q->clean = &clean;
	q->payload = (struct match_span){ 0, text.n };
	query_read(q);
	uint32_t count = more ? rank_articles(q, &(struct evidence_of_message){ .code = code }, more) : 0;
	for (uint32_t i = 0; i < count && i < 10; i++) {
		rank_doubt(&more[i], 0.8 * share);
		more[i].inferred = true;
		more[i].says_same *= 2; /* they say the code's meaning */
		more[i].keeps = 0;
		uint32_t at = find_answer(answers, n, more[i].article);
		if (at < n && answers[at].confidence < more[i].confidence)
			answers[at] = more[i];
		else if (at == n && n < MATCH_RESULTS_MAX)
			answers[n++] = more[i];
	}
	q->clean = was;
	q->payload = payload;
	query_read(q);
	answers_sort(answers, n);
	return n;
}

/* "Error code: " */
static bool is_introduction(struct str text)
{
	for (struct str word; str_word(&text, &word);)
		if (!rule_is_code_word(str_ends(word, STR(":")) ? str_first(word, word.n - 1) : word))
			return false;
	return true;
}

/* The text is a code and nothing else, however spelled, and means what this one does; one that is of one system by its
 * shape may be introduced and explained. */
static bool spells_code(struct str text, const struct match_code *code)
{
	struct rule_code_at found;
	struct str family;
	int64_t carried;
	if (!rule_codes_find(text, &found, 1))
		return false;
	bool wide = found.code.value > UINT16_MAX && is_introduction(str_first(text, found.start));
	if (!wide && (found.start > 0 || found.end < text.n))
		return false;
	return found.code.value == code->value ||
	       (rule_code_carried(found.code.value, &carried, &family) && carried == code->value);
}

/* Ours whose message is just this code: what else is said only introduces it. */
static void trust_spelled(const struct query *q, const struct match_code *code, double share, struct answer *answers,
			  uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct answer *x = &answers[i];
		if (!x->owner || x->owner->place != PLACE_AUTHORED ||
		    !spells_code(file_str(q->view, x->owner->text), code))
			continue;
		x->confidence = fmax(x->confidence, SPELLED * share);
		x->together = fmax(x->together, SPELLED * share);
	}
	answers_sort(answers, n);
}

/* What is known of the code itself: articles that are about it, whatever they quote. */
static uint32_t add_by_code(const struct query *q, const struct match_code *code, double share, struct answer *answers,
			    uint32_t n)
{
	struct code_article found[BY_CODE_MAX];
	uint32_t count = meaning_articles(q->view, code, found, BY_CODE_MAX);
	double all = 0, best = n ? answers[0].confidence : 0;
	double pool = share * (best < 0.5 * share ? BY_CODE : BY_CODE * (1 - best));
	for (uint32_t i = 0; i < count; i++)
		all += found[i].weight;
	for (uint32_t i = 0; i < count; i++) {
		double confidence = pool * found[i].weight / all;
		uint32_t at = find_answer(answers, n, found[i].article);
		if (at == n && n < MATCH_RESULTS_MAX)
			answers[n++] = (struct answer){ .article = found[i].article, .inferred = true };
		if (at < n) {
			answers[at].confidence = fmax(answers[at].confidence, confidence);
			answers[at].together = fmax(answers[at].together, pool);
		}
	}
	answers_sort(answers, n);
	return n;
}

static uint32_t add_by_meaning(struct query *q, const struct match_code *code, double share, struct answer *answers,
			       uint32_t n)
{
	trust_spelled(q, code, share, answers, n);
	if (code->says.n)
		n = add_inferred(q, code, share, answers, n);
	return add_by_code(q, code, share, answers, n);
}

static struct evidence_of_message evidence_of(const struct query *q, const struct match_options *options,
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
		if (answers[i].fits && (answers[i].context || answer_is_whole(q, &answers[i])))
			return true;
	return false;
}

static uint32_t all_answers(struct query *q, const struct match_options *options, struct match_answer *out,
			    struct answer *answers)
{
	struct evidence_of_message evidence = evidence_of(q, options, out);
	uint32_t n = rank_articles(q, &evidence, answers);
	q->piece_count = several_find(q, q->scratch->alignments, q->scratch->alignment_count, q->pieces);
	if (options->standing && !any_stands(q, answers, n))
		return 0;
	answers_sort(answers, n);
	if (n && answers[0].confidence < SURE)
		doubt_stray(q, answers, n);
	double best = n ? answers[0].confidence : 0;
	bool bare = best < SURE && out->code.known && is_bare_code(q, &out->code);
	double share = bare ? 1 : best < CONFIDENCE_FLOOR ? share_of_mention(q, &out->code) : 0;
	for (uint32_t i = 0; i < n && share > 0; i++)
		share = fmax(share, rank_is_kin(q, &out->code, &answers[i]) ? KIN : 0);
	if (share > 0)
		n = add_by_meaning(q, &out->code, share, answers, n);
	best = n ? answers[0].confidence : 0;
	return best < SURE ? add_text_answers(q, &out->code, share > 0, out->envelope.time.n > 0, answers, n) : n;
}

/* A paste that is no message as a whole may have one among its lines: the surest that is there word for word. */
static struct str find_line(struct query *q, const struct match_options *options, struct answer *answers)
{
	const struct clean *all = q->clean;
	struct str rest = all->text, best = { 0 };
	double best_confidence = SURE;
	unsigned asked = 0;
	for (struct str line; asked < LINES_MAX && str_line(&rest, &line);) {
		struct match_answer out = { 0 };
		if (is_empty(line) || line.n == all->text.n)
			continue;
		asked++;
		q->clean = all;
		read_text(q, line, false, &out.envelope);
		meaning_read(q->view, q->clean->text, out.envelope.payload, q->arena, &out);
		struct evidence_of_message evidence = evidence_of(q, options, &out);
		uint32_t n = rank_articles(q, &evidence, answers);
		answers_sort(answers, n);
		if (!n || !answers[0].fits || answers[0].confidence < best_confidence)
			continue;
		best_confidence = answers[0].confidence;
		best = line;
	}
	q->clean = all;
	return best;
}

/* Several lines that have no answer as a whole, or a guess; or so many that stray words, or half a message, are
 * chance. */
static bool is_paste(const struct query *q, struct str text, const struct answer *best)
{
	double confidence = best ? best->together : 0;
	struct str rest = text, line;
	unsigned lines = 0;
	if (best && answer_is_whole(q, best))
		return false;
	while (lines <= MESSAGE_LINES && str_line(&rest, &line))
		lines += !is_empty(line);
	if (lines > MESSAGE_LINES)
		return confidence < SURE || !best->owner;
	return lines > 1 && (confidence < CONFIDENCE_FLOOR || (confidence < SURE && !best->fits));
}

/* read_and_ask makes a text, a slice of q->clean's, the question: its dress, its code, its answers. */
static uint32_t read_and_ask(struct query *q, const struct match_options *options, struct str text, bool url,
			     struct match_answer *out, struct answer *answers)
{
	read_text(q, text, url, &out->envelope);
	meaning_read(q->view, q->clean->text, out->envelope.payload, q->arena, out);
	return all_answers(q, options, out, answers);
}

static uint32_t ask_lines(struct query *q, const struct match_options *options, struct match_answer *out,
			  struct answer *answers, uint32_t n)
{
	struct answer *more = arena_array(q->arena, struct answer, MATCH_RESULTS_MAX);
	struct str line = more ? find_line(q, options, more) : STR("");
	struct match_answer one = { .query = out->query };
	if (!line.n) {
		read_payload(q, out->envelope.payload);
		return n;
	}
	n = read_and_ask(q, options, line, false, &one, answers);
	*out = one;
	return n;
}

/* An answer to the text read in another way; the better one counts. */
struct second {
	struct match_answer out;
	const struct clean *clean;
	struct answer *answers;
	uint32_t count;
};

static uint32_t better(struct query *q, struct second *x, bool or_as_good, struct match_answer *out,
		       struct answer *answers, uint32_t n)
{
	double first = n ? answers[0].together : -1, other = x->count ? x->answers[0].together : -1;
	if (or_as_good ? other < first : other <= first) {
		q->clean = x->clean;
		read_payload(q, out->envelope.payload);
		return n;
	}
	memcpy(answers, x->answers, x->count * sizeof *answers);
	*out = x->out;
	return x->count;
}

/* An event as the viewers copy it is its description: the fields before that are any event's. */
static uint32_t ask_event(struct query *q, const struct match_options *options, const struct match_envelope *event,
			  struct match_answer *out, struct answer *answers, uint32_t n)
{
	struct second x = {
		{ .query = out->query }, q->clean, arena_array(q->arena, struct answer, MATCH_RESULTS_MAX), 0
	};
	struct str text = q->clean->text;
	if (!x.answers)
		return n;
	read_text(q, str_first(str_from(text, event->payload.start), event->payload.end - event->payload.start), false,
		  &x.out.envelope);
	struct match_span payload = x.out.envelope.payload;
	x.out.envelope = *event;
	x.out.envelope.payload = payload;
	meaning_read(q->view, q->clean->text, payload, q->arena, &x.out);
	x.count = all_answers(q, options, &x.out, x.answers);
	/* a description that an article has word for word is more than fields that many events have */
	bool whole = x.count && answer_is_whole(q, &x.answers[0]) && x.answers[0].together >= HALF_SURE;
	return better(q, &x, false, out, answers, whole ? 0 : n);
}

/* What has no answer as it stands may be an event, or have the message on one of its lines. */
static uint32_t ask_otherwise(struct query *q, const struct match_options *options, struct match_answer *out,
			      struct answer *answers, uint32_t n)
{
	struct match_envelope event;
	bool paste = is_paste(q, q->clean->text, n ? answers : NULL);
	if (options->keep_envelope)
		return n;
	bool whole = n && answers[0].together >= SURE && answer_is_whole(q, &answers[0]);
	if (!whole && envelope_event(q->clean->text, &event))
		return ask_event(q, options, &event, out, answers, n);
	if (whole && !out->envelope.kind.n && envelope_event(q->clean->text, &event))
		out->envelope = event; /* an article quotes its fields and all */
	return paste ? ask_lines(q, options, out, answers, n) : n;
}

/* What stands there may be coded for an URL: undone it says the same and more, or something else. */
static uint32_t ask_url(struct query *q, const struct match_options *options, const struct clean *clean,
			struct match_answer *out, struct answer *answers, uint32_t n)
{
	if (options->keep_envelope || !coded_is_url(q->clean->text))
		return n;
	struct second x = {
		{ .query = out->query }, q->clean, arena_array(q->arena, struct answer, MATCH_RESULTS_MAX), 0
	};
	if (!x.answers)
		return n;
	q->clean = clean;
	x.count = read_and_ask(q, options, clean->text, true, &x.out, x.answers);
	if (is_paste(q, q->clean->text, x.count ? x.answers : NULL))
		x.count = ask_lines(q, options, &x.out, x.answers, x.count);
	return better(q, &x, true, out, answers, n);
}

static void to_query_spans(const struct clean *clean, struct match_answer *out)
{
	struct match_span p = out->envelope.payload;
	out->envelope.payload = answer_span(clean, p.start, p.end);
	out->code.span = answer_span(clean, out->code.span.start, out->code.span.end);
}

/* Lines each in a dress of its own are one message where that is there word for word and covers them all. */
static bool answer_joined(struct query *q, const struct match_options *options, const struct clean *clean,
			  struct answer *answers, struct match_answer *out)
{
	struct match_answer one = { .query = out->query };
	struct clean joined;
	bool dressed = false;
	if (str_find_char(clean->text, '\n') == STR_NONE || options->keep_envelope ||
	    lines_join(clean, q->arena, &joined, &one.envelope, &dressed) || !dressed)
		return false;
	q->clean = &joined;
	q->payload = one.envelope.payload;
	query_read(q);
	meaning_read(q->view, joined.text, one.envelope.payload, q->arena, &one);
	uint32_t n = all_answers(q, options, &one, answers);
	if (n && answer_is_whole(q, &answers[0])) {
		answers_give(q, answers, n, options->limit ? options->limit : 10, &one);
		to_query_spans(&joined, &one);
	}
	q->clean = clean;
	if (one.explained)
		*out = one;
	return one.explained;
}

/* The answer to another message of the text joins those of the first, which stays the first. */
static void join_answer(struct match_answer *all, const struct match_answer *one, size_t limit, struct arena *a)
{
	struct match m = one->matches[0];
	size_t at = all->match_count;
	for (size_t i = 0; i < all->match_count; i++)
		if (str_eq(all->matches[i].id, m.id))
			return;
	m.confidence = fmin(m.confidence, all->matches[0].confidence);
	m.together = m.confidence;
	struct match *matches = arena_array(a, struct match, at + 1);
	if (!matches || at == limit)
		return;
	memcpy(matches, all->matches, at * sizeof *matches);
	for (; at && matches[at - 1].confidence < m.confidence; at--)
		matches[at] = matches[at - 1];
	matches[at] = m;
	all->matches = matches;
	all->match_count++;
}

/* Answers the messages that stand side by side one by one; says how many are there word for word. */
static unsigned ask_pieces(struct query *q, const struct match_options *options, struct answer *answers,
			   struct match_answer *all)
{
	const struct clean *clean = q->clean;
	struct match_span pieces[QUERY_PIECES_MAX];
	size_t limit = options->limit ? options->limit : 10;
	uint32_t count = q->piece_count;
	unsigned found = 0;
	memcpy(pieces, q->pieces, sizeof pieces);
	for (uint32_t i = 0; i < count; i++) {
		struct match_answer one = { .query = all->query };
		struct str piece = str_first(str_from(clean->text, pieces[i].start), pieces[i].end - pieces[i].start);
		q->clean = clean;
		uint32_t n = read_and_ask(q, options, piece, false, &one, answers);
		if (!n || !answers[0].fits || answers[0].together < HALF_SURE)
			continue;
		answers_give(q, answers, n, limit, &one);
		to_query_spans(q->clean, &one);
		for (size_t k = 0; k < one.match_count; k++)
			one.matches[k].whole_payload = false;
		if (found && one.match_count)
			join_answer(all, &one, limit, q->arena);
		else if (one.match_count)
			*all = one;
		found += one.match_count > 0;
	}
	q->clean = clean;
	return found;
}

/* Where nothing covers a text that several messages stand in, and at least two of them do so word for word. */
static bool answer_several(struct query *q, const struct match_options *options, const struct answer *answers,
			   uint32_t n, struct match_answer *out)
{
	struct match_answer all = { .query = out->query };
	if (q->piece_count < 2 || options->standing || options->keep_envelope ||
	    (n && answers[0].together >= HALF_SURE && answer_is_whole(q, &answers[0])))
		return false;
	struct answer *more = arena_array(q->arena, struct answer, MATCH_RESULTS_MAX);
	if (!more || ask_pieces(q, options, more, &all) < 2) {
		read_payload(q, out->envelope.payload);
		return false;
	}
	all.envelope = out->envelope;
	all.envelope.payload = answer_span(q->clean, all.envelope.payload.start, all.envelope.payload.end);
	*out = all;
	return true;
}

enum err match_message(const struct matcher *m, struct match_scratch *scratch, struct str query,
		       const struct match_options *options, struct arena *a, struct match_answer *ret_answer)
{
	struct match_options defaults = { 0 };
	struct match_answer out = { 0 };
	struct clean clean;
	struct query *q = &scratch->query;
	options = options ? options : &defaults;
	if (query.n > MATCH_INPUT_MAX)
		return ERR_LIMIT;
	if (is_empty(query))
		return ERR_INPUT;
	out.query = utf8_mend(query, a);
	enum err e = damage_undo(out.query, a, &clean);
	struct answer *answers = scratch->answers;
	if (e)
		return e;
	q->view = &m->view;
	q->scratch = scratch;
	q->arena = a;
	q->clean = &clean;
	if (answer_joined(q, options, &clean, answers, &out)) {
		*ret_answer = out;
		return arena_err(a);
	}
	read_whole(q, options, &out);
	uint32_t n = all_answers(q, options, &out, answers);
	if (answer_several(q, options, answers, n, &out)) {
		*ret_answer = out;
		return arena_err(a);
	}
	n = ask_otherwise(q, options, &out, answers, n);
	n = ask_url(q, options, &clean, &out, answers, n);
	answers_give(q, answers, n, options->limit ? options->limit : 10, &out);
	to_query_spans(q->clean, &out);
	if (arena_err(a))
		return ERR_NOMEM;
	*ret_answer = out;
	return ERR_OK;
}

enum err match_search(const struct matcher *m, struct match_scratch *scratch, struct str words, size_t offset,
		      size_t limit, struct arena *a, struct match_hit **ret_hits, size_t *ret_count, size_t *ret_total)
{
	struct text_hit hits[TEXT_HITS_MAX];
	float all;
	uint32_t total = text_articles(&m->view, scratch, words, true, hits, TEXT_HITS_MAX, &all);
	size_t from = offset < total ? offset : total, count = limit < total - from ? limit : total - from;
	struct match_hit *out = arena_array(a, struct match_hit, count);
	for (size_t i = 0; out && i < count; i++) {
		const struct file_article *article = &m->view.articles[hits[from + i].article];
		out[i] = (struct match_hit){ file_str(&m->view, article->id), file_str(&m->view, article->title),
					     hits[from + i].score };
	}
	if (arena_err(a))
		return ERR_NOMEM;
	*ret_hits = out;
	*ret_count = count;
	*ret_total = total;
	return ERR_OK;
}

void match_each_message(const struct matcher *m, match_visit_message *visit, void *context)
{
	const struct file_view *v = &m->view;
	struct match_span spans[256];
	for (uint32_t g = 0; g < v->group_count; g++)
		for (uint32_t i = 0; i < v->groups[g].owner_n; i++) {
			const struct file_owner *o = &v->owners[v->groups[g].owner_at + i];
			size_t n = o->var_n < 256 ? o->var_n : 256;
			for (size_t k = 0; k < n; k++)
				spans[k] = (struct match_span){ v->vars[o->var_at + k].start,
								v->vars[o->var_at + k].end };
			if (!visit(context, v->groups[g].owner_at + i, file_str(v, o->text), spans, n))
				return;
		}
}

void match_each_over_time(const struct matcher *m, match_visit_over_time *visit, void *context)
{
	const struct file_view *v = &m->view;
	for (uint32_t i = 0; i < v->over_time_count; i++)
		visit(context, i, file_str(v, v->articles[v->over_times[i].article].id),
		      file_str(v, v->over_times[i].text));
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* gather_filled makes the list of messages with variables, by article and then in their order: few have any. */
static void gather_filled(const struct file_view *v, struct match_scratch *s)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < v->owner_count; i++)
		n += v->owners[i].var_n > 0;
	s->filled = mem_resize(NULL, (n + 1) * sizeof *s->filled);
	for (uint32_t i = 0; s->filled && i < v->owner_count; i++)
		if (v->owners[i].var_n)
			s->filled[s->filled_count++] = (uint64_t)v->owners[i].article << 32 | i;
	if (s->filled)
		qsort(s->filled, s->filled_count, sizeof *s->filled, by_number);
}

/* filled_of gives the first of an article's messages with variables in the list of all. */
static uint32_t filled_of(const struct file_view *v, struct match_scratch *s, uint32_t article)
{
	if (!s->filled)
		gather_filled(v, s);
	uint32_t low = 0;
	for (uint32_t high = s->filled_count; low < high;) {
		uint32_t middle = (low + high) / 2;
		if (s->filled[middle] >> 32 < article)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t match_variables(const struct matcher *m, struct match_scratch *s, uint32_t article, struct str *ret_names,
		       size_t max)
{
	const struct file_view *v = &m->view;
	size_t n = 0;
	for (uint32_t i = filled_of(v, s, article); i < s->filled_count && s->filled[i] >> 32 == article; i++) {
		const struct file_owner *o = &v->owners[(uint32_t)s->filled[i]];
		for (uint32_t k = 0; k < o->var_n && n < max; k++) {
			struct str name = file_str(v, v->vars[o->var_at + k].name);
			size_t at = 0;
			while (at < n && !str_eq(ret_names[at], name))
				at++;
			ret_names[n] = name;
			n += at == n;
		}
	}
	return n;
}

/* same_beginning: both begin with the same three words or more, up to a number or a variable in one of them. */
static bool same_beginning(struct str a, struct str b)
{
	enum { WORDS_MIN = 3 };
	size_t words = 0;
	for (;; words++) {
		struct str one[2] = { a, b };
		for (int k = 0; k < 2; k++) {
			struct str *rest = k ? &b : &a;
			while (rest->n && !char_is_alnum(rest->p[0]) && rest->p[0] != '{')
				*rest = str_from(*rest, 1);
			size_t n = 0;
			while (n < rest->n && char_is_alnum(rest->p[n]))
				n++;
			one[k] = str_first(*rest, n && char_is_digit(rest->p[0]) ? 0 : n);
			*rest = str_from(*rest, n);
		}
		if (!one[0].n || !one[1].n)
			return words >= WORDS_MIN;
		if (!str_eq_nocase(one[0], one[1]))
			return false;
	}
}

bool match_differs_by_code(const struct matcher *m, struct match_scratch *s, uint32_t article,
			   const struct match_code *code, struct str template)
{
	const struct file_view *v = &m->view;
	const struct file_article *a = &v->articles[article];
	if (!code->known || !a->code_n)
		return false;
	for (uint32_t i = 0; i < a->code_n; i++)
		if (v->article_codes[a->code_at + i].value == code->value)
			return false;
	for (uint32_t i = filled_of(v, s, article); i < s->filled_count && s->filled[i] >> 32 == article; i++)
		if (same_beginning(file_str(v, v->owners[(uint32_t)s->filled[i]].text), template))
			return true;
	return false;
}

bool match_tells_codes(const struct matcher *m, struct match_scratch *s, uint32_t article)
{
	const struct file_view *v = &m->view;
	uint32_t at = filled_of(v, s, article);
	return v->articles[article].code_n && at < s->filled_count && s->filled[at] >> 32 == article;
}

static uint32_t letters_within(const struct letters *letters, size_t start, size_t end)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < letters->n; i++)
		n += letters->at[i] >= start && letters->at[i] < end;
	return n;
}

/* What of the payload the template covers is enough of it; what its variables stand for does not count (answer.c: but
 * for what is spelt as the article's placeholder). */
static bool carries(const struct file_view *v, const struct file_owner *o, struct str text, const struct surface *s,
		    const struct letters *letters, struct match_span payload)
{
	size_t start = s->span.start > payload.start ? s->span.start : payload.start;
	uint32_t all = letters_within(letters, payload.start, payload.end),
		 own = letters_within(letters, start, s->span.end);
	for (unsigned i = 0; i < s->value_count; i++) {
		const struct file_var *var = &v->vars[o->var_at + i];
		struct match_span at = s->values[i];
		struct str value = str_first(str_from(text, at.start), at.end - at.start);
		uint32_t n = letters_within(letters, at.start > start ? at.start : start, at.end);
		bool own_too = !n || answer_is_placeholder(value, file_str(v, o->text), var);
		own -= own_too ? 0 : n < own ? n : own;
	}
	return own >= LITERALS_OWN_MIN && own * 100 >= all * LITERALS_SHARE_MIN;
}

static struct str own_words(const struct file_view *v, const struct file_owner *o, uint32_t part)
{
	const struct file_var *vars = v->vars + o->var_at;
	struct str text = file_str(v, o->text);
	size_t from = part ? vars[part - 1].end : 0, to = part < o->var_n ? vars[part].start : text.n;
	return str_first(str_from(text, from), to > from ? to - from : 0);
}

/* They fit alike: their own words are the same, and so is what may stand between them. */
static bool same_message(const struct file_view *v, const struct file_owner *a, const struct file_owner *b)
{
	if (a->var_n != b->var_n)
		return false;
	for (uint32_t i = 0; i <= a->var_n; i++)
		if (!str_eq(own_words(v, a, i), own_words(v, b, i)) ||
		    (i < a->var_n && v->vars[a->var_at + i].type != v->vars[b->var_at + i].type))
			return false;
	return true;
}

void match_name_read(const struct matcher *m, struct str name, struct match_name *ret_name)
{
	text_name_read(&m->view, name, ret_name);
}

bool match_names(const struct matcher *m, const struct match_name *name, uint32_t message)
{
	return text_names(&m->view, m->view.owners[message].article, name);
}

bool match_fits(const struct matcher *m, struct match_scratch *scratch, struct str text, struct match_span payload,
		const struct match_name *component, const struct match_name *log_file, const uint32_t *messages,
		size_t count)
{
	const struct file_view *v = &m->view;
	struct letters *letters = &scratch->letters;
	struct surface surface;
	bool fits = false;
	letters->n = 0;
	text = str_first(text, payload.end);
	surface_letters(text, 0, text.n, letters);
	struct str said = str_from(text, payload.start);
	size_t head = payload.start + envelope_head(said, payload.start > 0), last = token_last(text);
	struct token token; /* a message may begin in the first one and end in the last: "error:1408F10B:SSL" */
	if (!token_next(text, &head, &token))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct file_owner *o = &v->owners[messages[i]];
		if (!i || !same_message(v, o, &v->owners[messages[i - 1]])) /* many articles quote one message */
			fits = surface_fit(v, o, text, letters, &surface);
		if (!fits)
			continue;
		if (letters->n == SURFACE_TEXT_MAX)
			return true;
		bool whole = surface.span.start < token.end && surface.span.end > last;
		if (carries(v, o, text, &surface, letters, payload) &&
		    (whole || text_names(v, o->article, component) || text_names(v, o->article, log_file)))
			return true;
	}
	return false;
}

typedef bool fit_surface(const struct file_view *v, const struct file_owner *owner, struct str text,
			 const struct letters *letters, struct surface *ret_surface);

/* From the text's first token on. */
static bool fits_from_start(const struct matcher *m, struct match_scratch *scratch, struct str text, uint32_t message,
			    fit_surface *fit, size_t *ret_end)
{
	struct surface surface;
	struct letters *letters = &scratch->letters;
	const struct file_owner *o = &m->view.owners[message];
	struct token first;
	size_t at = 0;
	letters->n = 0;
	surface_letters(text, 0, text.n, letters);
	if (!token_next(text, &at, &first) || !fit(&m->view, o, text, letters, &surface) ||
	    surface.span.start >= first.end ||
	    !carries(&m->view, o, text, &surface, letters, (struct match_span){ 0, surface.span.end }))
		return false;
	*ret_end = surface.span.end;
	return true;
}

bool match_reaches(const struct matcher *m, struct match_scratch *scratch, struct str text, uint32_t message,
		   size_t *ret_end)
{
	return fits_from_start(m, scratch, text, message, surface_reach, ret_end);
}

bool match_reaches_end(const struct matcher *m, struct match_scratch *scratch, struct str text, uint32_t message)
{
	size_t end;
	return fits_from_start(m, scratch, text, message, surface_fit, &end) && !literals_letters(str_from(text, end));
}
