/* SPDX-License-Identifier: MIT
 *
 * The answer that is written to a connection by hand, because libmicrohttpd cannot answer a request that has not come
 * whole: 408 where it came too slowly, 413 where it became too long, 503 where there is no room for it; or would
 * answer it wrongly (framing.h). Only for a plain connection in whose request nothing was answered yet; it
 * has to be ended right behind it. Programs get the API's object, whatever else is text.
 */
#ifndef KBT_WEB_LAST_WORD_H
#define KBT_WEB_LAST_WORD_H

#include <stdbool.h>
#include <stdint.h>

/* last_word_heard: how many bytes the client has sent so far; false where the kernel does not count them. */
bool last_word_heard(int fd, uint64_t *ret_bytes);
/* last_word never waits: who does not take it at once goes without. json: the request is one to the API. */
void last_word(int fd, unsigned status, const char *why, bool json);

#endif
