/* SPDX-License-Identifier: MIT
 *
 * Words, numbers and names, as the matcher sees them: letters and digits, ASCII folded to lower case; a point, colon,
 * comma or apostrophe between two of them is dropped ("MSDEV.EXE" and a careless "msdevexe" are one token), all else
 * parts tokens. Bytes over 0x7F count as letters. Owns nothing.
 */
#ifndef KBT_MATCH_TOKEN_H
#define KBT_MATCH_TOKEN_H

#include "base/str.h"

enum { TOKEN_MAX = 40 }; /* bytes of a token; what is longer is cut */

struct token {
	size_t start, end; /* in the text */
	uint32_t n;
	char word[TOKEN_MAX];
};

/* token_next reads the next token at or behind *at and moves *at behind it; false at the end. */
bool token_next(struct str text, size_t *at, struct token *ret_token);

/* token_last gives where the text's last token begins; the text's end where there is none. */
size_t token_last(struct str text);

/* token_stem cuts the endings of English plurals and participles off a folded word; gives the new length. */
uint32_t token_stem(char *word, uint32_t n);

bool token_is_number(struct str word); /* digits only, or 0x and hex digits */

#endif
