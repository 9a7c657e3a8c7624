/* SPDX-License-Identifier: MIT
 *
 * What HTML, XML and the marks of forums put into a message: tags, entities, comments. Takes a text from some character
 * on and measures what stands there; changes nothing. A placeholder between angle brackets is no tag.
 */
#ifndef KBT_MATCH_TAGS_H
#define KBT_MATCH_TAGS_H

#include "base/str.h"

enum { TAG_NAMES_MAX = 16 };

/* Closing tags of a text name what else in it is a tag. */
struct tags {
	struct str names[TAG_NAMES_MAX]; /* slices of the text */
	unsigned count;
	bool forum; /* BBCode's tags, which come in pairs */
};

/* tags_gather: the names that "</name>" closes in the text and that are no tags of HTML, each once, the first
 * TAG_NAMES_MAX. */
void tags_gather(struct str text, struct tags *ret_tags);

/* Lengths in bytes; 0 where there is none. tags_at: a tag, and what it is in the place of: a line end, or 0 for
 * nothing. tags_mark_at: a comment or the beginning of CDATA. tags_forum_at: "[b]", "{code}". tags_entity_at: an
 * entity, also one that was escaped again and again, and the character that it is. */
size_t tags_at(const struct tags *t, struct str s, char *ret_c);
size_t tags_mark_at(struct str s);
size_t tags_forum_at(const struct tags *t, struct str s);
size_t tags_entity_at(struct str s, uint32_t *ret_c);

#endif
