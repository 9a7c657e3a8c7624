/* SPDX-License-Identifier: MIT
 *
 * The compiled form: one immutable block of bytes, the same in a file and in memory. A header with magic, version,
 * checksum, generation and section table; then the sections, arrays of the structs below in the machine's byte order
 * (a file of another order is rebuilt). file_check tests the checksum, the sections and the smaller arrays; what the
 * large ones hold (numbers of groups, articles, words, slices of posts) is tested where it is used, for a cold look-up
 * touches little of them. So no content can make a reader leave the block.
 */
#ifndef KBT_MATCH_FILE_H
#define KBT_MATCH_FILE_H

#include "base/buf.h"

enum { FILE_VERSION = 36 };

enum file_section {
	SEC_TERM_SLOT,	/* uint32: hash table of term number + 1, a power of two long */
	SEC_TERM_AT,	/* uint32: terms + 1 offsets into SEC_TERM_TEXT */
	SEC_TERM_TEXT,	/* char */
	SEC_TERM,	/* struct file_term */
	SEC_GROUP,	/* struct file_group */
	SEC_TOKEN,	/* uint32: a group's tokens; TOKEN_VAR for a variable */
	SEC_GROUP_POST, /* uint32: groups by term, ascending */
	SEC_PAIR_AT,	/* uint32: buckets + 1 offsets into SEC_PAIR_POST, buckets a power of two */
	SEC_PAIR_POST,	/* uint32: groups by bucket of two adjacent terms */
	SEC_OWNER,	/* struct file_owner, by group */
	SEC_VAR,	/* struct file_var, by owner, ascending in the text */
	SEC_ARTICLE,	/* struct file_article */
	SEC_DOC_POST,	/* uint32: article << 8 | impact, by term: the strongest articles of each */
	SEC_DOC_TERM,	/* uint16: common word << 3 | weight step, by article, ascending */
	SEC_DOC_WORD,	/* uint16: classes of an article's words in the order of its text, small words left out */
	SEC_CLASS,	/* uint32: articles that have a class, WORD_CLASSES of them */
	SEC_ARTICLE_CODE, /* struct file_article_code, by article */
	SEC_CODE,	/* struct file_code, ascending by value */
	SEC_SAID,	/* struct file_said: systems' texts among them, ascending by start, then by code */
	SEC_SAYING,	/* struct file_saying, ascending by first word */
	SEC_SAYING_TEXT, /* char: how articles put it */
	SEC_TITLE_RUN,	/* uint8: how rare the runs of letters of titles are, FILE_TITLE_RUNS of them (passage.c) */
	SEC_OVER_TIME,	/* struct file_over_time: marks and stories of articles */
	SEC_TEXT,	/* char: ids, titles, messages, names */
	SEC_LITERAL,	/* struct file_literal, brief ones first, by bucket; one more ends the last slice */
	SEC_LITERAL_MESSAGE, /* struct file_literal_message, by literal */
	SEC_LITERAL_BRIEF, /* uint32: buckets + 1 numbers of literals, buckets a power of two */
	SEC_LITERAL_LONG,
	SEC_LITERAL_BITS, /* uint64: bits by the hash of the first bytes, a power of two */
	SEC_LITERAL_LONG_BITS, /* the same of long ones, by the hash that their buckets go by */
	SEC_COUNT
};

enum { TOKEN_VAR = 0x80000000u };

/* What is written as it lies in memory has no gaps: whatever stood there before would go into the file. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

struct file_text { uint32_t at, n; }; /* a slice of SEC_TEXT */

struct file_term {
	uint32_t group_at, group_n; /* slice of SEC_GROUP_POST */
	uint32_t doc_at, doc_n;	    /* slice of SEC_DOC_POST */
	uint32_t doc_all;	    /* articles that have it */
	uint32_t common;	    /* 1-based number among the words of SEC_DOC_TERM; 0: SEC_DOC_POST has all */
	float weight;		    /* how much it tells among messages */
	float doc_weight;	    /* and among articles */
};

struct file_group { /* messages that are the same but for variables, case and punctuation */
	uint32_t token_at, token_n;
	uint32_t owner_at, owner_n;
	float weight; /* of all its literal tokens */
};

struct file_owner { /* one article's spelling of it */
	uint32_t article;
	struct file_text text;
	uint32_t var_at;
	uint16_t var_n;
	uint8_t place; /* enum template_place */
	uint8_t announced;
};

struct file_var {
	uint32_t start, end; /* the placeholder in the owner's text */
	struct file_text name;
	uint32_t type; /* enum var_type */
	uint32_t sample;
};

struct file_article {
	struct file_text id, title;
	uint32_t term_at, term_n; /* slice of SEC_DOC_TERM */
	uint32_t word_at, word_n; /* slice of SEC_DOC_WORD */
	uint32_t families;	  /* of products: product_families */
	uint32_t length;
	uint32_t authored;
	uint32_t code_at, code_n; /* slice of SEC_ARTICLE_CODE */
	uint32_t named;		  /* other articles, in its text */
	uint64_t stamp;		  /* file_stamp_source over its sources; 0 where the article is gone */
};

struct file_article_code { int64_t value; struct file_text family; }; /* a code that the article is about */

struct file_over_time { uint32_t article; struct file_text text; }; /* rule_mark_text or rule_story_text */

struct file_code {
	int64_t value;
	struct file_text family, symbol, says;
};

struct file_said { uint32_t start, code; }; /* str_start of the text without marks; its row in SEC_CODE */

enum { FILE_SAYING_WORDS = 6 };

struct file_saying { /* see sayings.h */
	uint32_t words[FILE_SAYING_WORDS]; /* words_stem of the first n */
	uint32_t n;
	struct file_text others; /* a slice of SEC_SAYING_TEXT */
};

enum { FILE_TITLE_RUN_BITS = 15, FILE_TITLE_RUNS = 1 << FILE_TITLE_RUN_BITS };

enum { FILE_DOC_WORDS_MAX = 1500 }; /* of an article in SEC_DOC_WORD */

enum { FILE_LITERAL_MAX = 24 };

struct file_literal { /* see literals.h */
	char text[FILE_LITERAL_MAX]; /* folded, zeros behind it */
	uint32_t n;
	uint32_t message_at; /* its slice of SEC_LITERAL_MESSAGE ends where the next one's begins */
};

struct file_literal_message {
	uint32_t owner;
	uint32_t at; /* of the literal in the owner's text */
	uint16_t before, inside, after; /* letters and digits of its own before the literal, in it and behind it */
	bool filled_before, filled_after; /* there are variables */
	char letters_after[4], letters_before[4]; /* next to the literal, nearest first, folded; 0 where none is */
};

#pragma GCC diagnostic pop

struct file_stamp { int64_t generation; uint32_t identity; }; /* the store's content that it was compiled from */

struct file_header {
	char magic[8];
	uint32_t order; /* 0x01020304 */
	uint32_t version;
	uint64_t size;	   /* of the whole block */
	uint64_t checksum; /* of all behind the header */
	int64_t generation;
	float mean_length; /* of articles, in words */
	uint32_t identity; /* of the store (store_identity) */
	struct { uint64_t at, n; } sections[SEC_COUNT]; /* n counts items */
	uint64_t header_checksum;			/* of the header before this field */
};

/* The block with its sections as arrays. */
struct file_view {
	struct str block;
	struct file_header header; /* a copy: the block may become zeros while it is read (base/mapped.h) */
	const uint32_t *slots, *term_at, *tokens, *group_post, *pair_at, *pair_post, *doc_post, *classes;
	const uint16_t *doc_term, *doc_word;
	const uint8_t *title_runs;
	const char *term_text, *text, *saying_text;
	const struct file_term *terms;
	const struct file_group *groups;
	const struct file_owner *owners;
	const struct file_var *vars;
	const struct file_article *articles;
	const struct file_article_code *article_codes;
	const struct file_code *codes;
	const struct file_said *said;
	const struct file_saying *sayings;
	const struct file_over_time *over_times;
	uint32_t slot_count, term_count, group_count, pair_buckets, owner_count, article_count, code_count,
		said_count, saying_count, over_time_count;
};

/* file_stamp_source folds the next source of an article, by its hash_bytes, into what tells the article's contents
 * apart. */
uint64_t file_stamp_source(uint64_t stamp, uint64_t source_hash);

size_t file_item_size(enum file_section s); /* in bytes, of one of its items */

/* file_check: ERR_DAMAGED, or ERR_NEWER for another version or byte order; else the view, which borrows the block. */
enum err file_check(struct str block, struct file_view *ret_view) MUST_USE;

/* file_sections_err: why one of the sections lacks something. */
enum err file_sections_err(const struct buf sections[SEC_COUNT]);

/* file_seal lays the sections behind a header: one block in *ret_block, which the caller frees. */
enum err file_seal(struct buf sections[SEC_COUNT], struct file_stamp stamp, double mean_length,
		   struct buf *ret_block) MUST_USE;

/* All that is given out of a view lies in its block. file_str: t has to be one that file_check has seen. */
struct str file_str(const struct file_view *v, struct file_text t);
struct str file_term_word(const struct file_view *v, uint32_t term); /* empty where there is no such term */
uint32_t file_find_term(const struct file_view *v, struct str word); /* VOCAB_NONE where there is none */
uint32_t file_pair_bucket(uint32_t a, uint32_t b, uint32_t buckets); /* below buckets, a power of two */

/* Slices of posts; *ret_n is 0 where the file has it wrong. */
const uint32_t *file_term_groups(const struct file_view *v, uint32_t term, uint32_t *ret_n);
const uint32_t *file_pair_groups(const struct file_view *v, uint32_t a, uint32_t b, uint32_t *ret_n);
const uint32_t *file_term_articles(const struct file_view *v, uint32_t term, uint32_t *ret_n);
float file_term_weight(const struct file_view *v, uint32_t term); /* 0 for a word that is none */

/* How often a word counts in an article, in eight steps: the step, 0 to 7, whose weight is not above this one, and a
 * step's weight. */
uint32_t file_weight_step(uint32_t weight);
uint32_t file_step_weight(uint32_t step);

#endif
