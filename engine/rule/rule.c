/* SPDX-License-Identifier: MIT */
#include "rule/rule.h"

const char *rule_status_name(enum rule_status s)
{
	static const char *const names[] = {
		[STATUS_UNKNOWN] = "unknown",	[STATUS_CONFIRMED] = "confirmed", [STATUS_FIXED] = "fixed",
		[STATUS_NO_FIX] = "no-known-fix", [STATUS_BY_DESIGN] = "by-design",
	};
	return names[s];
}

bool rule_status_parse(struct str name, enum rule_status *ret_status)
{
	for (enum rule_status s = STATUS_UNKNOWN; s <= STATUS_BY_DESIGN; s++) {
		if (str_eq(name, str_c(rule_status_name(s)))) {
			*ret_status = s;
			return true;
		}
	}
	return false;
}

enum err rule_extract(const struct article *article, struct arena *a, struct diags *d, struct rule *ret_rule)
{
	struct rule rule = { .id = article->id, .title = article->title, .authored = article->front != NULL };
	enum err err;
	if (rule.authored) {
		err = rule_add_authored(article, a, d, &rule);
	} else {
		err = rule_add_templates(article, a, &rule);
		if (!err)
			err = rule_add_codes(article, a, &rule);
		if (!err)
			err = rule_add_remedies(article, a, &rule);
		if (!err)
			err = rule_add_names(article, a, &rule);
	}
	if (!err)
		err = arena_err(a);
	if (!err)
		*ret_rule = rule;
	return err;
}
