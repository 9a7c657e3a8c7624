/* SPDX-License-Identifier: MIT
 *
 * See reread.h.
 */
#include "match/reread.h"

#include "match/answer.h"
#include "match/apart.h"
#include "match/ask.h"
#include "match/coded.h"
#include "match/confidence.h"
#include "match/lines.h"
#include "match/meaning.h"

#include "rule/rule.h"

#include <math.h>
#include <string.h>

enum {
	MESSAGE_LINES = 6,  /* more lines than most messages have */
	LINES_MAX = 64,	    /* of a paste that are asked one by one */
	WORDS_AROUND = 64,  /* a system's text, that are looked for in titles */
	QUOTED_MAX = 8,	    /* quotations of a text that are asked one by one */
	QUOTED_WORDS = 2,   /* at least, of one: names and buttons are quoted too */
	QUOTED_BYTES = 512, /* a quotation's end is looked for in; most quotes of a long text are none's beginning */
	QUOTED_WITHIN = 64 << 10 /* bytes of a text */
};

/* What is left of what a system's text tells alone, where other words stand around it. */
#define SAID_PARTED 0.9
#define SAID_AMONG 0.7

/* rank_line gives how many answers a line of the text has by itself. */
static uint32_t rank_line(struct query *q, const struct match_options *options, const struct clean *all,
			  struct str line, struct answer *answers)
{
	struct match_answer out = { 0 };
	q->clean = all;
	ask_read(q, line, false, &out.envelope);
	meaning_read(q->view, q->clean->text, out.envelope.payload, q->arena, &out);
	struct evidence_of_message evidence = ask_evidence(q, options, &out);
	uint32_t n = rank_articles(q, &evidence, answers);
	answers_sort(answers, n);
	return n;
}

/* A paste that is no message as a whole may have one among its lines: the surest that is there word for word. */
static struct str find_line(struct query *q, const struct match_options *options, struct answer *answers)
{
	const struct clean *all = q->clean;
	struct str rest = all->text, best = { 0 };
	double best_confidence = MATCH_SURE;
	unsigned asked = 0;
	for (struct str line; asked < LINES_MAX && str_line(&rest, &line);) {
		if (ask_is_empty(line) || line.n == all->text.n)
			continue;
		asked++;
		uint32_t n = rank_line(q, options, all, line, answers);
		if (!n || !answers[0].fits || answers[0].confidence < best_confidence)
			continue;
		best_confidence = answers[0].confidence;
		best = line;
	}
	q->clean = all;
	return best;
}

/* The first of the lines that each are this article's message; empty where there are not two. */
static struct str find_repeated(struct query *q, const struct match_options *options, uint32_t article,
				struct answer *answers)
{
	const struct clean *all = q->clean;
	struct str rest = all->text, first = { 0 };
	unsigned asked = 0, found = 0;
	for (struct str line; found < 2 && asked < LINES_MAX && str_line(&rest, &line);) {
		if (ask_is_empty(line))
			continue;
		asked++;
		uint32_t n = rank_line(q, options, all, line, answers);
		if (!n || !answers[0].fits || answers[0].article != article || answers[0].together < HALF_SURE)
			continue;
		first = found++ ? first : line;
	}
	q->clean = all;
	return found == 2 ? first : STR("");
}

/* A value that has this character reaches over the end of a line, or of a word. */
static bool has_value_with(const struct query *q, const struct answer *x, char c)
{
	for (unsigned i = 0; x->fits && i < x->surface.value_count; i++) {
		struct match_span s = x->surface.values[i];
		if (str_find_char(str_part(q->clean->text, s.start, s.end), c) != STR_NONE)
			return true;
	}
	return false;
}

/* ask_line answers this line alone; the text as it was asked, where it is empty. */
static uint32_t ask_line(struct query *q, const struct match_options *options, struct str line,
			 struct match_answer *out, struct answer *answers, uint32_t n)
{
	struct match_answer one = { .query = out->query };
	if (!line.n) {
		ask_payload(q, out->envelope.payload);
		return n;
	}
	n = ask_text(q, options, line, false, &one, answers);
	*out = one;
	return n;
}

/* The line that all of them are; empty where there are others, or one alone. */
static struct str find_only_line(struct str text)
{
	struct str first = { 0 };
	unsigned found = 0;
	for (struct str line; str_line(&text, &line);) {
		line = str_trim_end(line); /* a carriage return has become a blank */
		if (ask_is_empty(line))
			continue;
		if (!found++)
			first = line;
		else if (!str_eq(line, first))
			return STR("");
	}
	return found > 1 ? first : STR("");
}

uint32_t reread_repeated(struct query *q, const struct match_options *options, struct match_answer *out,
			 struct answer *answers, uint32_t n)
{
	if (!n || options->standing || options->keep_envelope)
		return n;
	struct str line = find_only_line(q->clean->text);
	if (!line.n && has_value_with(q, &answers[0], '\n')) {
		struct answer *more = arena_array(q->arena, struct answer, MATCH_RESULTS_MAX);
		line = more ? find_repeated(q, options, answers[0].article, more) : line;
	}
	return ask_line(q, options, line, out, answers, n);
}

/* Several lines that have no answer as a whole, or a guess; or so many that stray words, or half a message, are
 * chance. */
static bool is_paste(const struct query *q, struct str text, const struct answer *best)
{
	static const struct answer none = { 0 };
	const struct answer *x = best ? best : &none;
	struct str rest = text, line;
	unsigned lines = 0;
	if (best && answer_is_whole(q, best))
		return false;
	while (lines <= MESSAGE_LINES && str_line(&rest, &line))
		lines += !ask_is_empty(line);
	if (lines > MESSAGE_LINES)
		return x->together < MATCH_SURE || !x->owner;
	return lines > 1 && (x->together < CONFIDENCE_FLOOR || (x->together < MATCH_SURE && !x->fits));
}

static uint32_t ask_lines(struct query *q, const struct match_options *options, struct match_answer *out,
			  struct answer *answers, uint32_t n)
{
	struct answer *more = arena_array(q->arena, struct answer, MATCH_RESULTS_MAX);
	struct str line = more ? find_line(q, options, more) : STR("");
	return ask_line(q, options, line, out, answers, n);
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
		ask_payload(q, out->envelope.payload);
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
	ask_read(q, str_part(text, event->payload.start, event->payload.end), false, &x.out.envelope);
	struct match_span payload = x.out.envelope.payload;
	x.out.envelope = *event;
	x.out.envelope.payload = payload;
	meaning_read(q->view, q->clean->text, payload, q->arena, &x.out);
	x.count = ask_all(q, options, &x.out, x.answers);
	/* a description that an article has word for word is more than fields that many events have */
	bool whole = x.count && answer_is_whole(q, &x.answers[0]) && x.answers[0].together >= HALF_SURE;
	return better(q, &x, false, out, answers, whole ? 0 : n);
}

uint32_t reread_otherwise(struct query *q, const struct match_options *options, struct match_answer *out,
			  struct answer *answers, uint32_t n)
{
	struct match_envelope event;
	bool paste = is_paste(q, q->clean->text, n ? answers : NULL);
	if (options->keep_envelope)
		return n;
	bool whole = n && answers[0].together >= MATCH_SURE && answer_is_whole(q, &answers[0]);
	if (!whole && envelope_event(q->clean->text, &event))
		return ask_event(q, options, &event, out, answers, n);
	if (whole && !out->envelope.kind.n && envelope_event(q->clean->text, &event))
		out->envelope = event; /* an article quotes its fields and all */
	return paste ? ask_lines(q, options, out, answers, n) : n;
}

/* What has been parted off is no less than an answer alone. */
static void doubt_said(struct answer *x, bool parted)
{
	double least = fmin(x->together, CONFIDENCE_FLOOR), alone = fmin(x->confidence, CONFIDENCE_FLOOR);
	confidence_doubt(x, parted ? SAID_PARTED : SAID_AMONG);
	x->among = true;
	x->together = parted ? fmax(x->together, least) : x->together;
	x->confidence = parted ? fmax(x->confidence, alone) : x->confidence;
}

/* The answer's message is within this span. */
static bool says_only(const struct answer *x, struct match_span span)
{
	return x->fits && x->surface.span.start >= span.start && x->surface.span.end <= span.end + 1;
}

/* The answer's message is this and more. */
static bool says_around(const struct answer *x, struct match_span span)
{
	return x->fits && x->together >= CONFIDENCE_FLOOR && x->surface.span.start <= span.start &&
	       x->surface.span.end >= span.end && !says_only(x, span);
}

/* A title has a word that tells something, of those outside of this span. */
static bool names_what_is_around(const struct query *q, struct str title, struct match_span span)
{
	struct str text = q->clean->text;
	uint16_t around[WORDS_AROUND];
	size_t n = 0;
	struct token t;
	for (size_t at = q->payload.start; n < WORDS_AROUND && at < q->payload.end && token_next(text, &at, &t);) {
		if (t.end > span.start && at < span.end) {
			at = span.end;
			continue;
		}
		struct str word = { t.word, t.n };
		if (!words_is_general(word) && !rule_is_code_word(word) && t.n > 2)
			around[n++] = words_class(q->scratch->stemmer, word);
	}
	for (size_t at = 0; token_next(title, &at, &t);) {
		uint16_t class = words_class(q->scratch->stemmer, (struct str){ t.word, t.n });
		for (size_t i = 0; class && i < n; i++)
			if (around[i] == class)
				return true;
	}
	return false;
}

/* An article of that very error, whose title names something of what else is said, tells more than the error alone;
 * one that the look-up would not name tells nothing. */
static bool tells_more(const struct query *q, const struct answer *x, struct match_span span)
{
	struct str said = str_part(q->clean->text, span.start, span.end);
	struct str title = file_str(q->view, q->view->articles[x->article].title);
	bool message = x->fits && x->surface.span.start <= span.start && x->surface.span.end >= span.end;
	return x->together >= CONFIDENCE_FLOOR && (message || str_find_nocase(title, said) != STR_NONE) &&
	       names_what_is_around(q, title, span);
}

/* find_said finds a system's text in a text that has no answer of its own: none that says more, and no other code. */
static bool find_said(const struct query *q, const struct match_answer *out, const struct answer *answers, uint32_t n,
		      struct said_text *ret_said)
{
	struct match_span payload = out->envelope.payload;
	bool message = n && answers[0].owner && answers[0].together >= HALF_SURE;
	if ((message && (!answers[0].fits || answer_is_whole(q, &answers[0]))) ||
	    !meaning_find_text(q->view, q->clean->text, payload, ret_said) ||
	    (message && !says_only(&answers[0], ret_said->span)) || (n && says_around(&answers[0], ret_said->span)))
		return false;
	struct str said = str_part(q->clean->text, ret_said->span.start, ret_said->span.end);
	if (said.n + 2 >= payload.end - payload.start ||
	    (out->code.says.n && str_find_nocase(out->code.says, said) == STR_NONE))
		return false;
	for (uint32_t i = 0; i < n && i < NEAREST_MAX; i++)
		if (tells_more(q, &answers[i], ret_said->span))
			return false;
	return true;
}

/* ask_span answers this span of the clean text as a message of its own. */
static uint32_t ask_span(struct query *q, const struct match_options *options, struct match_span span, struct second *x)
{
	ask_payload(q, span);
	meaning_read(q->view, q->clean->text, span, q->arena, &x->out);
	return x->count = ask_all(q, options, &x->out, x->answers);
}

uint32_t reread_said(struct query *q, const struct match_options *options, struct match_answer *out,
		     struct answer *answers, uint32_t n)
{
	struct second x = { { .query = out->query, .envelope = out->envelope }, q->clean, NULL, 0 };
	struct said_text said;
	if (options->standing || !find_said(q, out, answers, n, &said) ||
	    !(x.answers = arena_array(q->arena, struct answer, MATCH_RESULTS_MAX)))
		return n;
	bool only = n && says_only(&answers[0], said.span);
	double was = n ? answer_kept(q, &answers[0]) : 0;
	ask_span(q, options, said.span, &x);
	for (uint32_t i = 0; i < x.count; i++)
		doubt_said(&x.answers[i], said.parted);
	bool ours = x.count && q->view->articles[x.answers[0].article].authored;
	if (said.linux && !ours)
		x.count = 0;
	/* of those that only quote that text, the one that is about it */
	bool about = only && x.count &&
		     ((ours && x.answers[0].article != answers[0].article) || answer_kept(q, &x.answers[0]) > was);
	return better(q, &x, false, out, answers, about ? 0 : n);
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

/* quoted_end gives where the quotation ends whose quote stands at `start`: at the first one of its kind that ends a
 * word; 0 where there is none. */
static size_t quoted_end(struct str text, size_t start)
{
	size_t end = start + QUOTED_BYTES < text.n ? start + QUOTED_BYTES : text.n;
	for (size_t k = start + 2; k < end && text.p[k] != '\n'; k++)
		if (text.p[k] == text.p[start] && !char_is_space(text.p[k - 1]) &&
		    (k + 1 == text.n || !char_is_alnum(text.p[k + 1])))
			return k;
	return 0;
}

/* next_quoted finds what stands between the next quote at or behind *at that begins a word and its end. */
static bool next_quoted(struct str text, size_t *at, struct match_span *ret_span)
{
	size_t end = 0;
	for (size_t i = *at; i + 1 < text.n && !end; i++) {
		bool begins =
			is_quote(text.p[i]) && !char_is_space(text.p[i + 1]) && (!i || !char_is_alnum(text.p[i - 1]));
		if (begins && (end = quoted_end(text, i)))
			*ret_span = (struct match_span){ i + 1, end };
	}
	*at = end + 1;
	return end;
}

static bool has_words(struct str text, unsigned least)
{
	struct token t;
	unsigned n = 0;
	for (size_t at = 0; n < least && token_next(text, &at, &t);)
		n++;
	return n == least;
}

/* The quotation that is most surely a message, all of it word for word. */
static bool find_quoted(struct query *q, const struct match_options *options, struct match_span payload,
			struct second *x, struct match_span *ret_span)
{
	size_t within = payload.end - payload.start < QUOTED_WITHIN ? payload.end : payload.start + QUOTED_WITHIN;
	struct str text = str_first(q->clean->text, within);
	struct match_span span;
	double best = 0;
	size_t at = payload.start;
	for (unsigned asked = 0; asked < QUOTED_MAX && next_quoted(text, &at, &span);) {
		if (!has_words(str_part(text, span.start, span.end), QUOTED_WORDS))
			continue;
		asked++;
		if (!ask_span(q, options, span, x) || x->answers[0].together <= best ||
		    !answer_is_whole(q, &x->answers[0]))
			continue;
		best = x->answers[0].together;
		*ret_span = span;
	}
	return best > 0;
}

static bool ends_with_mark(struct str text, struct match_span payload, size_t at)
{
	return str_ends(str_trim_end(str_part(text, payload.start, at)), STR(":"));
}

/* What has an answer already holds these words of its message, be they more of it ("program error integer divide by
 * 0"), or quotes the same: the rest of the text told it from the others that do. */
static bool is_part(const struct answer *x, const struct answer *first)
{
	return first->owner && first->together >= CONFIDENCE_FLOOR &&
	       first->alignment.pair_count >= x->alignment.pair_count && first->alignment.first <= x->alignment.first &&
	       first->alignment.last >= x->alignment.last;
}

/* Among the messages that stand in the text word for word, be it in another case, the surest of those set apart. */
static bool find_apart(struct query *q, const struct match_options *options, struct match_span payload,
		       const struct answer *answers, uint32_t n, struct second *x, struct match_span *ret_span)
{
	struct match_span asked = { 0 };
	double best = 0;
	for (uint32_t i = 0, count = 0; i < n && count < QUOTED_MAX; i++) {
		struct match_span span = answers[i].surface.span;
		if (!answers[i].owner || !answers[i].fits || answers[i].alignment.pair_count < QUOTED_WORDS ||
		    (span.start == asked.start && span.end == asked.end) || is_part(&answers[i], &answers[0]) ||
		    !apart_stands(q->clean->text, payload, span))
			continue;
		count++;
		asked = span;
		if (!ask_span(q, options, span, x) || x->answers[0].together <= best ||
		    !answer_is_whole(q, &x->answers[0]))
			continue;
		best = x->answers[0].together;
		*ret_span = span;
	}
	return best > 0;
}

static bool names_driver(struct str chain)
{
	static const struct str words[] = { STR_LIT("ODBC"), STR_LIT("Driver"), STR_LIT("Provider"), STR_LIT("Client") };
	return STR_IS_ANY(chain, words, str_has);
}

/* Without what a driver's manager and a script's tuple put behind: " (18456) (SQLDriverConnect)\")" */
static size_t before_groups(struct str text, size_t start, size_t end)
{
	enum { GROUPS_MAX = 16, GROUP_MAX_BYTES = 256 };
	for (unsigned n = 0; n < GROUPS_MAX; n++) {
		while (end > start && (is_quote(text.p[end - 1]) || char_is_space(text.p[end - 1])))
			end--;
		if (end == start || text.p[end - 1] != ')')
			return end;
		size_t most = end - start < GROUP_MAX_BYTES ? end - start : GROUP_MAX_BYTES;
		const char *open = memrchr(text.p + end - most, '(', most);
		size_t at = open ? (size_t)(open - text.p) : end;
		if (memchr(text.p + at, ')', end - 1 - at)) /* the tuple's, whose own is before the message */
			at = end;
		if (at < end && str_find_char(str_part(text, at, end), ' ') != STR_NONE)
			return end;
		end = at < end ? at : end - 1;
	}
	return end;
}

/* What stands behind the names of those who passed it on, in brackets beside each other, a driver among them:
 * "[28000][Microsoft][ODBC SQL Server Driver][SQL Server]text". */
static bool find_driven(struct str text, struct match_span payload, struct match_span *ret_span)
{
	enum { NAME_MAX_BYTES = 80 };
	text = str_first(text, payload.end);
	for (size_t at = payload.start, close; at < text.n; at++) {
		const char *open = memchr(text.p + at, '[', text.n - at);
		if (!open)
			return false;
		size_t start = at = (size_t)(open - text.p), names = 0;
		for (; at < text.n && text.p[at] == '['; at += text.p[at] == ' ' ? 1 : 0, names++) {
			close = str_find_char(str_first(str_from(text, at), NAME_MAX_BYTES), ']');
			if (close == STR_NONE)
				break;
			at += close + 1;
			if (at == text.n)
				return false;
		}
		if (names < 2 || !names_driver(str_part(text, start, at)))
			continue;
		*ret_span = (struct match_span){ at, before_groups(text, at, text.n) };
		return has_words(str_part(text, ret_span->start, ret_span->end), QUOTED_WORDS);
	}
	return false;
}

/* A short message weighs less than the brackets before it, which some articles quote, too. */
uint32_t reread_driven(struct query *q, const struct match_options *options, struct match_answer *out,
		       struct answer *answers, uint32_t n)
{
	struct second x = { { .query = out->query, .envelope = out->envelope }, q->clean, NULL, 0 };
	struct match_span payload = q->payload, span;
	if (options->standing || options->keep_envelope ||
	    (n && answers[0].fits && answers[0].together >= HALF_SURE) || !find_driven(q->clean->text, payload, &span) ||
	    !(x.answers = arena_array(q->arena, struct answer, MATCH_RESULTS_MAX)))
		return n;
	if (!ask_span(q, options, span, &x) || !answer_is_whole(q, &x.answers[0]))
		x.count = 0;
	for (uint32_t i = 0; i < x.count; i++)
		doubt_said(&x.answers[i], true);
	return better(q, &x, false, out, answers, n);
}

uint32_t reread_quoted(struct query *q, const struct match_options *options, struct match_answer *out,
		       struct answer *answers, uint32_t n)
{
	struct second x = { { .query = out->query, .envelope = out->envelope }, q->clean, NULL, 0 };
	struct match_span payload = q->payload, span = payload;
	if (options->standing || options->keep_envelope ||
	    (n && answers[0].owner && answers[0].together >= HALF_SURE) ||
	    !(x.answers = arena_array(q->arena, struct answer, MATCH_RESULTS_MAX)))
		return n;
	if (!find_quoted(q, options, payload, &x, &span) && !find_apart(q, options, payload, answers, n, &x, &span)) {
		ask_payload(q, payload);
		return n;
	}
	ask_span(q, options, span, &x);
	bool told = ends_with_mark(q->clean->text, payload, span.start); /* as programs do what others said */
	for (uint32_t i = 0; i < x.count; i++)
		doubt_said(&x.answers[i], !told);
	/* A longer message of the article has the quotation in it, and the values around. */
	if (n && x.count && answers[0].article == x.answers[0].article && answers[0].together < x.answers[0].together &&
	    answers[0].alignment.pair_count > x.answers[0].alignment.pair_count) {
		answers[0].confidence = x.answers[0].confidence;
		answers[0].together = x.answers[0].together;
		ask_payload(q, payload);
		return n;
	}
	return better(q, &x, false, out, answers, n);
}

uint32_t reread_as_url(struct query *q, const struct match_options *options, const struct clean *clean,
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
	x.count = ask_text(q, options, clean->text, true, &x.out, x.answers);
	if (is_paste(q, q->clean->text, x.count ? x.answers : NULL))
		x.count = ask_lines(q, options, &x.out, x.answers, x.count);
	return better(q, &x, true, out, answers, n);
}

static void read_joined(struct query *q, const struct clean *joined, struct match_span payload)
{
	q->clean = joined;
	q->payload = payload;
	query_read(q);
}

bool reread_joined(struct query *q, const struct match_options *options, const struct clean *clean,
		   struct answer *answers, struct match_answer *out)
{
	struct match_answer one = { .query = out->query };
	struct clean joined;
	bool dressed = false;
	if (str_find_char(clean->text, '\n') == STR_NONE || options->keep_envelope ||
	    lines_join(clean, q->arena, &joined, &one.envelope, &dressed) || !dressed)
		return false;
	read_joined(q, &joined, one.envelope.payload);
	meaning_read(q->view, joined.text, one.envelope.payload, q->arena, &one);
	uint32_t n = ask_all(q, options, &one, answers);
	bool whole = n && answer_is_whole(q, &answers[0]);
	/* A value may hold the message again, with the blank that its lines were joined by. */
	if (whole && !options->standing && has_value_with(q, &answers[0], ' ')) {
		q->clean = clean;
		struct answer *more = arena_array(q->arena, struct answer, MATCH_RESULTS_MAX);
		whole = more && !find_repeated(q, options, answers[0].article, more).n;
		read_joined(q, &joined, one.envelope.payload);
	}
	if (whole) {
		answers_give(q, answers, n, options->limit ? options->limit : 10, &one);
		ask_to_query_spans(&joined, &one);
	}
	q->clean = clean;
	if (one.explained)
		*out = one;
	return one.explained;
}
