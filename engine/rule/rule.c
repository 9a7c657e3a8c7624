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

const char *rule_risk_name(enum rule_risk risk)
{
	static const char *const names[] = { "", "none", "low", "medium", "high" };
	return names[risk];
}

const char *rule_effort_name(enum rule_effort effort)
{
	static const char *const names[] = { "", "minutes", "hours", "days" };
	return names[effort];
}

bool rule_risk_parse(struct str name, enum rule_risk *ret_risk)
{
	for (enum rule_risk risk = RISK_NONE; risk <= RISK_HIGH; risk++) {
		if (str_eq(name, str_c(rule_risk_name(risk)))) {
			*ret_risk = risk;
			return true;
		}
	}
	return false;
}

bool rule_effort_parse(struct str name, enum rule_effort *ret_effort)
{
	for (enum rule_effort effort = EFFORT_MINUTES; effort <= EFFORT_DAYS; effort++) {
		if (str_eq(name, str_c(rule_effort_name(effort)))) {
			*ret_effort = effort;
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
