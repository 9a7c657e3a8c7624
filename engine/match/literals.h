/* SPDX-License-Identifier: MIT
 *
 * A compiled block's messages > the literals whose presence makes a line worth asking about: of each message the
 * fragment from a word's start that is rarest by its letters. Fragments hold nothing that logs spell in several ways
 * (quotes, brackets, backslashes, runs of blanks). A message without such a fragment (a word or two) is left out: a
 * scan cannot find it, and a line that says no more is no story. They are chosen when the block is made and lie in it
 * with the tables that find them, so that a scan starts at once. The listed texts in other languages (language.h) that
 * are ASCII alone have theirs beside them.
 *
 * A literal is found by the first eight bytes of a word, folded and hashed: one bit in a bitmap that fits the second
 * cache, then a bucket; before the bucket of a long one, one bit more in a second bitmap. Literals under LITERAL_LONG
 * bytes ("brief") are in buckets by their first eight bytes, the others by their first sixteen.
 */
#ifndef KBT_MATCH_LITERALS_H
#define KBT_MATCH_LITERALS_H

#include "match/file.h"
#include "match/match.h"

#include <string.h>

enum {
	LITERAL_MIN = 8,
	LITERAL_LONG = 16,
	LITERALS_OWN_MIN = 8,	  /* letters and digits that the own words of a message must have, ... */
	LITERALS_PARTED_MIN = 24, /* ... behind words that are not the message's this many, ... */
	LITERALS_FILLED_MIN = 13, /* ... with variables this many, ... */
	LITERALS_SHARE_MIN = 35	  /* ... and their share of the payload in percent; the rest may fill variables */
};

/* The tables, checked; borrowed from the block. */
struct literal_table {
	const struct file_literal *literals; /* count + 1, the last one only ends the slice of the one before */
	const struct file_literal_message *messages;
	const uint32_t *brief_at, *long_at; /* by bucket: the first literal; one more than buckets */
	const uint64_t *bits, *long_bits;
	uint32_t count, message_count;
	uint32_t mark_from; /* an owner from here on is a mark: this plus its number (match_each_over_time) */
	uint32_t language;  /* this one, behind all marks, stands for the texts of match/language.h */
	unsigned brief_shift, long_shift, bits_shift, long_bits_shift; /* of a 64-bit hash, down to a bucket or bit */
};

/* literals_of gives the matcher's own: ERR_DAMAGED where the block has them wrong. */
enum err literals_of(const struct matcher *m, struct literal_table *ret_table) MUST_USE;

/* literals_put chooses for the messages in the sections and adds the literals' sections. */
enum err literals_put(struct buf sections[SEC_COUNT]) MUST_USE;

/* For tests: tables over literals given, each LITERAL_MIN to FILE_LITERAL_MAX bytes and starting with a letter or
 * digit, in lower case, without messages; and the view on such sections. The literals lie in another order afterwards.
 */
enum err literals_index(const struct str *texts, size_t count, struct buf sections[SEC_COUNT]) MUST_USE;
enum err literals_of_sections(const struct buf sections[SEC_COUNT], struct literal_table *ret_table) MUST_USE;

static inline bool literal_is_mark(const struct literal_table *t, const struct file_literal_message *m)
{
	return m->owner >= t->mark_from && m->owner < t->language;
}

/* literals_letters counts letters, digits and bytes over 0x7F. */
size_t literals_letters(struct str text);

/* literal_is_letter: what literals_letters counts. */
static inline bool literal_is_letter(char c)
{
	return char_is_alnum(c) || (unsigned char)c >= 0x80;
}

/* How a message and a line end on one side, seen from a place where a literal of the message stands in the line. */
enum literal_end {
	END_EVEN,   /* both at once */
	END_BEYOND, /* the line ends and the message goes on */
	END_SHORT,  /* the message ends, the line goes on */
	END_OPEN    /* a variable of the message comes, which fits anything */
};
struct literal_beside {
	enum literal_end before, after;
	struct str rest_before, rest_after; /* of the message's own words, where the payload ends before it does */
	bool in_dress; /* rest_before stands in the dress, by chance or not: it is END_EVEN or END_OPEN */
	struct str rest_beyond; /* what is left of rest_before, where its end is all of the dress */
	struct str line_after; /* what the line has behind the message's own words */
	struct str own_next; /* the message's own words behind the variable that comes; empty where there are none */
};

/* literals_next_to gives the letters at the end of one text and at the start of another, as file_literal_message has
 * them. */
void literals_next_to(struct str before, struct str after, char ret_before[4], char ret_after[4]);

/* literals_beside lays a message so that its literal is at line[at...), which ends where the payload ends; the payload
 * begins at `payload`, at or before `at`; `same` bytes from there on are known to be the same. A message may begin in
 * the dress. False where their letters differ. */
bool literals_beside(const struct matcher *m, const struct file_literal_message *message, struct str line,
		     size_t payload, size_t at, size_t same, struct literal_beside *ret_beside);

/* literals_fetch: what literals_beside reads of the first message of a literal is fetched into the cache: where it is;
 * then, once that is there, its text. */
void literals_fetch(const struct matcher *m, const struct literal_table *t, uint32_t literal, bool text);

/* literals_beginning: what a message's first word begins with, as the article spells it; empty where it begins with a
 * variable. */
struct str literals_beginning(const struct matcher *m, const struct file_literal_message *message);

/* literals_begins: the payload begins with the message, as far as both go before its first variable. */
bool literals_begins(const struct matcher *m, const struct file_literal_message *message, struct str payload);

/* literals_begun: the message may have begun on a line before, of which this is the last word (empty where that is not
 * known), and go on in the payload: no value holds a line end. False only where its own words before its literal deny
 * it. */
bool literals_begun(const struct matcher *m, const struct file_literal_message *message, struct str word,
		    struct str payload);

/* The eight bytes at p: letters in lower case, and some other bytes folded onto each other, which a comparison in full
 * tells apart. */
static inline uint64_t literal_head(const char *p)
{
	uint64_t x;
	memcpy(&x, p, sizeof x);
	return x | 0x2020202020202020u;
}

static inline uint64_t literal_hash(uint64_t head)
{
	head *= 0x9E3779B97F4A7C15u;
	return head ^ head >> 29;
}

/* of the hash of the first eight bytes and the next ones */
static inline uint64_t literal_hash_long(uint64_t hash, uint64_t next)
{
	return literal_hash(hash ^ next) * 0x9E3779B97F4A7C15u;
}

static inline uint64_t literal_hash_brief(uint64_t hash)
{
	return hash * 0x9E3779B97F4A7C15u;
}

#endif
