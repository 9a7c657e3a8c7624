/* SPDX-License-Identifier: MIT
 *
 * What an article sets off like a message and is none: links, search keywords, code, markup, registry keys, ruled
 * tables. Told by marks that messages hardly ever have; in doubt it is a message.
 */
#ifndef KBT_RULE_LISTING_H
#define KBT_RULE_LISTING_H

#include "base/str.h"

/* listing_is: text is one paragraph with its words joined by single spaces; announced says that a sentence before it
 * speaks of messages, and then a ruled line may belong to the message. */
bool listing_is(struct str text, bool announced);

#endif
