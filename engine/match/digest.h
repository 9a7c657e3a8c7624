/* SPDX-License-Identifier: MIT
 *
 * What one compiling thread makes of the articles it gets: its own numbering of words, and lists of articles, their
 * words with weights, their messages as tokens and placeholders. Texts are slices of `text`. Owns its memory.
 */
#ifndef KBT_MATCH_DIGEST_H
#define KBT_MATCH_DIGEST_H

#include "match/file.h"
#include "match/vocab.h"
#include "match/words.h"

struct digest_doc {
	uint32_t ordinal;
	struct file_text id, title;
	uint32_t term_at, term_n;
	uint32_t message_at, message_n;
	uint32_t code_at, code_n;
	uint32_t over_at, over_n; /* marks and stories */
	uint32_t word_at, word_n;
	uint32_t new_at, new_n; /* words of this digest that no article before had, by number */
	uint32_t families;
	uint32_t named; /* other articles, in its text */
	uint32_t length;
	uint64_t stamp;
	bool authored;
};

struct digest_message {
	uint32_t token_at, token_n;
	struct file_text text;
	uint32_t var_at, var_n;
	uint8_t place, announced;
};

struct digest {
	struct vocab words;
	/* Arrays of the structs above and of file.h. */
	struct buf docs, terms, messages, tokens, vars, codes, over_times, text;
	uint8_t *weights; /* of the article at hand, by word */
	uint32_t weight_cap;
	struct buf touched;
	struct buf doc_words; /* uint16: classes in the order of the text */
	struct stemmer *stemmer;
	uint16_t *classes; /* by word; 0: not asked yet, or small */
	uint32_t class_cap;
	struct arena arena; /* of the article at hand */
	enum err err;
};

enum { DIGEST_SOURCES_MAX = 8 }; /* of one article; what is behind them is left out */

/* digest_add takes the sources of one article, the one that counts first in front. */
void digest_add(struct digest *g, uint32_t ordinal, struct str id, const struct str *sources, size_t count);
void digest_free(struct digest *g);
enum err digest_err(const struct digest *g);

#endif
