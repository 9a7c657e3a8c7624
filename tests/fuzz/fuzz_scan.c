/* SPDX-License-Identifier: MIT
 *
 * A log of the messages' own words: bytes over 0x7F stand for a run of words of one message, all others for themselves.
 * It is scanned with literals: every hit lies in the log and is an answer of the look-up on its lines; and scanned
 * again, with other lines remembered, it gives the same hits.
 */
#include "tests/main/small_kb.h"

#include "scan/confirm.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MESSAGES_MAX = 512, INPUT_MAX = 600, TEXT_MAX = 4000 };

static struct str messages[MESSAGES_MAX];
static size_t message_count;

static bool keep_message(void *context, uint32_t message, struct str text, const struct match_span *vars, size_t count)
{
	(void)context;
	(void)message;
	(void)vars;
	(void)count;
	messages[message_count++] = text;
	return message_count < MESSAGES_MAX;
}

/* Of the message that two bytes choose the words from one on, as many as a third byte says. */
static void add_words(struct buf *log, uint8_t high, uint8_t low, uint8_t span)
{
	struct str rest = messages[((size_t)(high & 0x7F) << 8 | low) % message_count], word;
	unsigned from = span & 7, most = 1 + (span >> 3 & 15), n = 0;
	bool whole = span >> 7;
	for (; n < (whole ? 200 : from + most) && str_word(&rest, &word); n++) {
		if (!whole && n < from)
			continue;
		buf_add(log, word);
		buf_add_char(log, span & 0x40 && n == from + 1 ? '\n' : ' ');
	}
}

static void make_log(const uint8_t *data, size_t size, struct buf *log)
{
	for (size_t i = 0; i < size && log->n < TEXT_MAX; i++) {
		if (data[i] >= 0x80 && i + 2 < size) {
			add_words(log, data[i], data[i + 1], data[i + 2]);
			i += 2;
		} else {
			buf_add_char(log, (char)data[i]);
		}
	}
	log->n = log->n < TEXT_MAX ? log->n : TEXT_MAX;
}

static void check_hit(const struct matcher *m, struct match_scratch *scratch, const struct scan_hit *hit,
		      const struct chunk *c)
{
	struct arena a = { 0 };
	struct match_answer answer;
	bool found = false;
	assert(hit->offset < c->text.n && hit->lines >= 1 && hit->lines <= SCAN_SPAN_MAX);
	assert(!match_message(m, scratch, hit->text, NULL, &a, &answer));
	for (size_t i = 0; i < answer.match_count; i++)
		found |= str_eq(answer.matches[i].id, hit->match.id) &&
			 answer.matches[i].confidence - hit->match.confidence < 1e-9 &&
			 hit->match.confidence - answer.matches[i].confidence < 1e-9;
	assert(found);
	arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct matcher *matcher;
	static struct match_scratch *scratch;
	static struct literal_table literals;
	static struct confirm confirm;
	struct confirm_result first = { .hits = NULL }, again = { .hits = NULL };
	if (!matcher) {
		assert(!small_kb_open(&matcher) && !match_scratch_open(matcher, &scratch));
		assert(!literals_of(matcher, &literals) && !confirm_open(matcher, &literals, &confirm));
		match_each_message(matcher, keep_message, NULL);
	}
	struct chunk c = { .first = true, .last = true };
	make_log(data, size < INPUT_MAX ? size : INPUT_MAX, &c.text);
	c.end = c.text.n;
	if (c.end) {
		assert(!confirm_chunk(&confirm, &c, STR("fuzz.log"), &first));
		assert(!confirm_chunk(&confirm, &c, STR("fuzz.log"), &again));
		assert(first.hit_count == again.hit_count && first.hit_lines == again.hit_lines);
		for (size_t i = 0; i < first.hit_count; i++) {
			check_hit(matcher, scratch, &first.hits[i], &c);
			assert(str_eq(first.hits[i].match.id, again.hits[i].match.id));
			assert(first.hits[i].match.capture_count == again.hits[i].match.capture_count);
		}
	}
	confirm_result_free(&first);
	confirm_result_free(&again);
	buf_free(&c.text);
	return 0;
}
