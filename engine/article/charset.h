/* SPDX-License-Identifier: MIT
 *
 * Bytes of unknown encoding > UTF-8 with LF line ends, in the arena. UTF-8 and ASCII stay as they are, UTF-16 is told
 * by its byte order mark or its zero bytes, else the bytes are CP1252 or CP437, whichever makes sense of this text:
 * letters and quotation marks where CP1252 has them, or box drawing and letters inside words where CP437 has them; or
 * words of Russian letters, CP1251 or CP866. Never fails but for memory.
 */
#ifndef KBT_ARTICLE_CHARSET_H
#define KBT_ARTICLE_CHARSET_H

#include "base/arena.h"

enum charset {
	CHARSET_UTF8, CHARSET_UTF16LE, CHARSET_UTF16BE, CHARSET_CP1252, CHARSET_CP437, CHARSET_CP1251, CHARSET_CP866
};

/* charset_guess: by the byte order mark, the zeros of UTF-16, whether all is UTF-8, and else by its letters. */
enum charset charset_guess(struct str bytes);

/* charset_text decodes: CRs before LF are dropped, a byte order mark too. The result never points into bytes. */
struct str charset_text(struct str bytes, struct arena *a);

#endif
