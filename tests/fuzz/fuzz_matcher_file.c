/* SPDX-License-Identifier: MIT
 *
 * A compiled form with bytes changed and its checksums made right again: it is refused, or it answers without leaving
 * the block. The input is triples: two bytes of place (a fraction of the block), one to write; bytes behind the last
 * are the message.
 */
#include "tests/main/small_kb.h"

#include "base/hash.h"
#include "scan/over_time.h"
#include "scan/prefilter.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void seal_again(struct buf *b)
{
	struct file_header h;
	memcpy(&h, b->p, sizeof h);
	h.checksum = hash_large(str_from(buf_str(b), sizeof h));
	h.header_checksum = hash_bytes((struct str){ (const char *)&h, offsetof(struct file_header, header_checksum) });
	memcpy(b->p, &h, sizeof h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf sound;
	struct buf block = { 0 };
	struct matcher *m = NULL;
	struct match_scratch *s = NULL;
	struct match_answer answer;
	struct arena a = { 0 };
	if (!sound.n && small_kb_block(&sound))
		abort();
	buf_add(&block, buf_str(&sound));
	size_t count = size ? data[0] % 32 : 0, at = 1;
	for (; count && at + 4 <= size; count--, at += 4) {
		size_t place = (size_t)(data[at] | data[at + 1] << 8 | data[at + 2] << 16) * block.n / 0x1000000;
		block.p[place] = (char)data[at + 3];
	}
	seal_again(&block);
	struct str message = at < size ? (struct str){ (const char *)data + at, size - at } : STR("");
	if (!matcher_of_block(&block, &m) && !match_scratch_open(m, &s)) {
		(void)!match_message(m, s, STR("Failed to connect to <\\\\FILESRV>, Error = 53"), NULL, &a, &answer);
		(void)!match_message(m, s, message, NULL, &a, &answer);
	}
	struct over_time over_time = { 0 };
	if (m && !over_time_open(m, &over_time))
		for (size_t i = 0; i < over_time.mark_count; i++) {
			struct match_capture captures[MARK_VARS_MAX];
			size_t n;
			over_time_fits(&over_time.marks[i], message, captures, &n);
		}
	over_time_close(&over_time);
	struct literal_table literals;
	struct prefilter_scratch finds = { 0 };
	if (m && !literals_of(m, &literals))
		(void)!prefilter_scan(&literals, &finds, message, 0, message.n);
	prefilter_scratch_free(&finds);
	match_scratch_close(&s);
	match_close(&m);
	buf_free(&block);
	arena_free(&a);
	return 0;
}
