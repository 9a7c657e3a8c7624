/* SPDX-License-Identifier: MIT
 *
 * The tables of literals in a block, which may be damaged: see literals.h.
 */
#include "match/literals.h"
#include "match/matcher.h"

enum { TABLE_PARTS = SEC_LITERAL_LONG_BITS - SEC_LITERAL + 1 };

static bool buckets_are_sound(const uint32_t *at, uint64_t n, uint32_t count, unsigned *ret_shift)
{
	uint64_t buckets = n - 1;
	if (n < 3 || (buckets & (buckets - 1)) || buckets > (uint64_t)1 << 31)
		return false;
	for (uint64_t i = 0; i < buckets; i++)
		if (at[i] > at[i + 1])
			return false;
	*ret_shift = 64 - (unsigned)__builtin_ctzll(buckets);
	return at[buckets] <= count;
}

static bool literals_are_sound(const struct literal_table *t)
{
	for (uint32_t i = 0; i < t->count; i++) {
		const struct file_literal *l = &t->literals[i];
		if (l->n < LITERAL_MIN || l->n > FILE_LITERAL_MAX || l->message_at > l[1].message_at)
			return false;
	}
	for (uint32_t i = 0; i < t->message_count; i++)
		if (t->messages[i].owner > t->language)
			return false;
	return t->literals[t->count].message_at <= t->message_count;
}

static bool bits_are_sound(uint64_t words, unsigned *ret_shift)
{
	if (!words || (words & (words - 1)) || words > (uint64_t)1 << 40)
		return false;
	*ret_shift = 64 - (unsigned)__builtin_ctzll(words * 64);
	return true;
}

static enum err table_of(const void *const parts[TABLE_PARTS], const uint64_t counts[TABLE_PARTS], uint32_t owner_count,
			 uint32_t over_time_count, struct literal_table *ret_table)
{
	struct literal_table t = { .literals = parts[0],
				   .messages = parts[1],
				   .brief_at = parts[2],
				   .long_at = parts[3],
				   .bits = parts[4],
				   .long_bits = parts[5],
				   .mark_from = owner_count,
				   .language = owner_count + over_time_count };
	if (!counts[0] || counts[0] > UINT32_MAX || counts[1] > UINT32_MAX ||
	    !bits_are_sound(counts[4], &t.bits_shift) || !bits_are_sound(counts[5], &t.long_bits_shift))
		return ERR_DAMAGED;
	t.count = (uint32_t)counts[0] - 1;
	t.message_count = (uint32_t)counts[1];
	if (!buckets_are_sound(t.brief_at, counts[2], t.count, &t.brief_shift) ||
	    !buckets_are_sound(t.long_at, counts[3], t.count, &t.long_shift) ||
	    !literals_are_sound(&t))
		return ERR_DAMAGED;
	*ret_table = t;
	return ERR_OK;
}

enum err literals_of(const struct matcher *m, struct literal_table *ret_table)
{
	const struct file_view *v = &m->view;
	const void *parts[TABLE_PARTS];
	uint64_t counts[TABLE_PARTS];
	for (int i = 0; i < TABLE_PARTS; i++) {
		parts[i] = v->block.p + v->header.sections[SEC_LITERAL + i].at;
		counts[i] = v->header.sections[SEC_LITERAL + i].n;
	}
	return table_of(parts, counts, v->owner_count, v->over_time_count, ret_table);
}

enum err literals_of_sections(const struct buf sections[SEC_COUNT], struct literal_table *ret_table)
{
	const void *parts[TABLE_PARTS];
	uint64_t counts[TABLE_PARTS];
	for (int i = 0; i < TABLE_PARTS; i++) {
		parts[i] = sections[SEC_LITERAL + i].p;
		counts[i] = sections[SEC_LITERAL + i].n / file_item_size((enum file_section)(SEC_LITERAL + i));
	}
	return table_of(parts, counts, (uint32_t)(sections[SEC_OWNER].n / sizeof(struct file_owner)),
			(uint32_t)(sections[SEC_OVER_TIME].n / sizeof(struct file_over_time)), ret_table);
}
