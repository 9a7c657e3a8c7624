/* SPDX-License-Identifier: MIT
 *
 * A proposal > what the look-up says of it, and what of that counts: see confirm_inside.h.
 */
#include "scan/confirm_inside.h"

#include "base/utf8.h"
#include "match/lines.h"
#include "match/undress.h"

#include <string.h>

#define SET_OFF_SURE 0.7 /* of a sentence among others, which counts only where its article is as sure */

/* is_foreign says of bytes that they are no UTF-8, beyond characters that a window cuts at its ends: an old code
 * page. */
static bool is_foreign(struct str s)
{
	for (size_t i = 0; i < 3 && s.n && utf8_goes_on(s.p[0]); i++)
		s = str_from(s, 1);
	for (size_t i = 0; i < 3 && s.n && (unsigned char)s.p[s.n - 1] >= 0x80; i++)
		s.n--;
	return !utf8_valid(s);
}

/* is_plain: nothing around the payload that a look-up mends, and with it what it takes for dress. */
static bool is_plain(struct str text, struct match_span payload)
{
	return damage_is_none(str_first(text, payload.start)) && damage_is_none(str_from(text, payload.end));
}

void confirm_read(struct confirm *c, const struct proposal *x, struct str text, struct question *ret_question)
{
	struct question q = { .text = { text.p + x->from, x->to - x->from }, .lines = x->lines, .plain = true };
	struct clean clean, joined;
	struct undressed said;
	bool dressed;
	if (is_foreign(q.text))
		q.text = codepage_text(&c->pages, q.text, &c->work);
	envelope_read(q.text, &q.dress);
	q.payload = confirm_part(q.text, q.dress.payload);
	bool coded = q.dress.coding != CODING_NONE || q.dress.beside.end || /* two fields tell it, then */
		     coded_is_printable(q.text) || coded_is_url(q.text);
	if (coded && !damage_undo(q.text, &c->work, &clean) && !undress_read(&clean, clean.text, true, &c->work, &said))
		q.payload = confirm_part(said.clean->text, said.dress.payload);
	q.plain = !coded && is_plain(q.text, q.dress.payload);
	if (x->lines > 1) {
		q.plain = false;
		if (!damage_undo(q.text, &c->work, &clean) &&
		    !lines_join(&clean, &c->work, &joined, &q.dress, &dressed))
			q.payload = joined.text;
	}
	*ret_question = q;
}

static struct match_span common(struct match_span a, struct match_span b)
{
	return (struct match_span){ a.start > b.start ? a.start : b.start, a.end < b.end ? a.end : b.end };
}

/* letters_before: those of the payload that stand before a message which is all of it but for dress: an exception's
 * long name. */
static size_t letters_before(const struct match_answer *answer, size_t start, size_t all)
{
	struct match_span payload = answer->envelope.payload;
	size_t before = start > payload.start ?
				literals_letters(str_part(answer->query, payload.start, start)) : 0;
	return before < all ? before : 0;
}

/* A template that is nearly all variables covers any line: its own words have to carry the payload. */
static bool carries(const struct question *q, const struct match_answer *answer, const struct match *m)
{
	struct match_span payload = answer->envelope.payload;
	size_t all = literals_letters(q->payload), own = all;
	if (m->span_count && (q->lines == 1 || !m->whole_payload)) /* between lines there is their dress */
		own = literals_letters(confirm_part(answer->query, common(m->spans[0], payload)));
	if (answer->envelope.two && m->whole_payload) /* of one of the two texts */
		all = own;
	else if (q->lines == 1 && m->whole_payload && m->span_count)
		all -= letters_before(answer, m->spans[0].start, all);
	own -= m->filled < own ? m->filled : own;
	if ((m->parted || m->set_off) && !(m->context && m->word_for_word) && own < LITERALS_PARTED_MIN)
		return false;
	return own >= (m->filled ? LITERALS_FILLED_MIN : LITERALS_OWN_MIN) &&
	       own * 100 >= all * LITERALS_SHARE_MIN;
}

/* Of several lines all have to be of the message: the answer is neither to one of them alone nor by context, and it
 * begins on the first, behind what may be dress there. */
static bool covers_lines(const struct question *q, const struct match_answer *answer, const struct match *m)
{
	struct match_span p = answer->envelope.payload;
	size_t last = q->text.n;
	while (last && answer->query.p[last - 1] != '\n')
		last--;
	const char *newline = memchr(answer->query.p, '\n', answer->query.n);
	size_t first = newline ? (size_t)(newline - answer->query.p) : 0;
	return m->whole_payload && p.start < first && m->span_count && m->spans[0].start < first && p.end > last;
}

/* is_denied: within a longer line, behind words that say that it did not happen. */
static bool is_denied(const struct match_answer *answer, const struct match *m)
{
	if (m->whole_payload || m->parted || !m->span_count)
		return false;
	struct str before = str_part(answer->query, answer->envelope.payload.start, m->spans[0].start);
	while (before.n && (char_is_space(before.p[before.n - 1]) || strchr("\"'`", before.p[before.n - 1])))
		before.n--;
	return before.n && strchr(":=", before.p[before.n - 1]) && envelope_denies(before);
}

static bool counts(const struct question *q, const struct match_answer *answer, const struct match *m)
{
	bool parted = (m->parted || m->set_off) && q->lines == 1;
	if (!m->template.n || !((m->context && m->word_for_word) || m->whole_payload || parted) || m->within_word ||
	    !carries(q, answer, m) || is_denied(answer, m))
		return false;
	/* a line end in a value: the end of one line and the beginning of the next may both be something else */
	return q->lines == 1 || (covers_lines(q, answer, m) && !m->over_lines);
}

/* A value may reach into the dress, where another line has something else. */
static bool keeps_to(const struct match_answer *answer, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < answer->matches[i].capture_count; k++)
			if (answer->matches[i].captures[k].span.start < answer->envelope.payload.start ||
			    answer->matches[i].captures[k].span.end > answer->envelope.payload.end)
				return false;
	return true;
}

static void count_matches(const struct question *q, const struct match_answer *answer, struct recalled *out)
{
	out->matches = answer->matches;
	out->count = 0;
	for (size_t i = 0; i < answer->match_count; i++)
		if (counts(q, answer, &answer->matches[i]))
			out->matches[out->count++] = answer->matches[i];
}

/* is_settled: the whole look-up would say the same. */
static bool is_settled(const struct match_answer *answer)
{
	const struct match *m = answer->matches;
	return answer->match_count && m->whole_payload && m->confidence >= MATCH_SURE;
}

/* is_said: the line is a system's text of a code, and the article about that code. */
static bool is_said(const struct match_answer *answer, const struct match *m)
{
	struct match_span said = answer->code.span, payload = answer->envelope.payload;
	size_t head = envelope_head(confirm_part(answer->query, payload), payload.start > 0);
	bool all = said.start <= payload.start + head && said.end >= payload.end;
	return all && m->template.n && m->code.known;
}

/* is_sentence: it counts as a sentence among others alone, which may be said of something else. */
static bool is_sentence(const struct match *m)
{
	return m->set_off && !(m->context && m->word_for_word);
}

static const struct match *find_among(const struct recalled *said, const struct match *m)
{
	for (size_t i = 0; i < said->count; i++)
		if (said->matches[i].article == m->article)
			return &said->matches[i];
	return NULL;
}

static bool still_counts(const struct question *q, const struct match_answer *whole, const struct recalled *standing,
			 const struct match *m)
{
	const struct match *stands = find_among(standing, m);
	if (!stands && !counts(q, whole, m))
		return false;
	bool sentence = is_sentence(m) || (stands && is_sentence(stands));
	return !sentence || m->together >= SET_OFF_SURE;
}

/* ask_whole: what stands there is asked about once more, now for all that a look-up finds: how sure it is of it, what
 * comes first, and the article of what a text means. */
static enum err ask_whole(struct walk *w, const struct question *q, struct match_answer *answer, struct recalled *said)
{
	struct match_answer whole = { 0 };
	struct recalled standing = *said;
	struct match_options options = { .log_file = w->options.log_file, .again = true };
	enum err e = match_message(w->confirm->matcher, w->confirm->scratch, q->text, &options, &w->confirm->work,
				   &whole);
	if (e)
		return e;
	size_t apart = match_apart(&whole);
	*said = (struct recalled){ .matches = whole.matches };
	for (size_t i = 0; i < whole.match_count; i++) {
		const struct match *m = &whole.matches[i];
		bool piece = i < apart && !is_denied(&whole, m);
		if (piece || still_counts(q, &whole, &standing, m) || is_said(&whole, m))
			said->matches[said->count++] = *m;
	}
	*answer = whole;
	return ERR_OK;
}

const struct recalled *confirm_answer(struct walk *w, struct question *q, struct recalled *room)
{
	struct confirm *c = w->confirm;
	struct match_answer answer = { 0 };
	const struct recalled *known = q->plain ? recall_find(&c->recall, q->payload, &q->dress) : NULL;
	if (!known && (known = recall_find_text(&c->recall, q->text)) && !q->plain)
		q->dress = recall_copy_dress(&c->work, &known->dress);
	if (known)
		return known;
	w->result->asked++;
	*room = (struct recalled){ 0 };
	w->options.standing = q->lines == 1;
	if (match_message(c->matcher, c->scratch, q->text, &w->options, &c->work, &answer))
		return room;
	count_matches(q, &answer, room);
	if (room->count && w->options.standing && !is_settled(&answer) && ask_whole(w, q, &answer, room))
		return room;
	if (!q->plain)
		q->dress = answer.envelope;
	known = q->plain && keeps_to(&answer, room->count) ?
			recall_keep(&c->recall, q->payload, &q->dress, room->matches, room->count) :
			recall_keep_text(&c->recall, q->text, &q->dress, room->matches, room->count);
	return known ? known : room;
}

const struct recalled *confirm_hold(struct confirm *c, const struct recalled *said, struct recalled *room)
{
	struct recalled held = { .matches = arena_array(&c->work, struct match, said->count) };
	for (size_t i = 0; held.matches && i < said->count; i++)
		held.matches[held.count++] = recall_copy(&c->work, &said->matches[i]);
	*room = held;
	return room;
}
