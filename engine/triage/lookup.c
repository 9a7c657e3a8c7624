/* SPDX-License-Identifier: MIT
 *
 * A look-up: what the matcher finds, and what the knowledge base says of each answer.
 */
#include "triage/triage.h"

static enum err add_rules(struct store *s, const struct match *matches, size_t count, struct arena *a,
			  struct triage_match **ret_items)
{
	struct triage_match *items = arena_array(a, struct triage_match, count);
	enum err e = arena_err(a);
	for (size_t i = 0; !e && i < count; i++) {
		items[i].match = &matches[i];
		e = store_rule(s, matches[i].id, a, &items[i].rule);
		if (e == ERR_NOTFOUND) { /* removed since the matcher was compiled */
			items[i].rule = (struct rule){ .id = matches[i].id, .title = matches[i].title };
			e = ERR_OK;
		}
	}
	if (!e)
		*ret_items = items;
	return e;
}

enum err triage_lookup(struct store *s, const struct matcher *m, struct match_scratch *scratch, struct str text,
		       const struct match_options *options, struct arena *a, struct triage_answer *ret_answer)
{
	struct triage_answer answer = { 0 };
	enum err e = match_message(m, scratch, text, options, a, &answer.found);
	store_freeze(s);
	if (!e)
		e = add_rules(s, answer.found.matches, answer.found.match_count, a, &answer.matches);
	if (!e)
		e = add_rules(s, answer.found.nearest, answer.found.nearest_count, a, &answer.nearest);
	store_thaw(s);
	if (!e)
		*ret_answer = answer;
	return e;
}
