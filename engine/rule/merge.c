/* SPDX-License-Identifier: MIT
 *
 * Two rules of one article become one: what stands in the first counts first. Takes the rule of our own article and
 * the one of the imported text, in that order; borrows from both.
 */
#include "rule/rule.h"

/* A number that the text gives no family is the number that we gave one. */
static bool has_code(const struct rule *r, const struct rule_code *code)
{
	for (size_t i = 0; i < r->code_count; i++)
		if (r->codes[i].value == code->value && (!code->family.n || str_eq(r->codes[i].family, code->family)))
			return true;
	return false;
}

static void add_names(struct arena *a, struct str **items, size_t *count, size_t *cap, const struct str *more, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool known = false;
		for (size_t k = 0; !known && k < *count; k++)
			known = str_eq_nocase((*items)[k], more[i]);
		struct str *place = known ? NULL : arena_push(a, items, count, cap);
		if (place)
			*place = more[i];
	}
}

static bool has_template(const struct rule *r, const struct rule_template *t)
{
	for (size_t i = 0; i < r->template_count; i++)
		if (str_eq(r->templates[i].text, t->text))
			return true;
	return false;
}

#define ADD_ALL(a, into, more, items, count, cap)                                                     \
	for (size_t i_ = 0; i_ < (more)->count; i_++) {                                               \
		__typeof__((into)->items) place_ = arena_push((a), &(into)->items, &(into)->count, &(into)->cap); \
		if (place_)                                                                           \
			*place_ = (more)->items[i_];                                                  \
	}

enum err rule_merge(struct rule *into, const struct rule *more, struct arena *a)
{
	if (!into->id.n)
		into->id = more->id;
	if (!into->title.n)
		into->title = more->title;
	into->authored = into->authored || more->authored;
	if (!into->cause.n)
		into->cause = more->cause;
	if (into->status == STATUS_UNKNOWN) {
		into->status = more->status;
		into->status_text = more->status_text;
	}
	for (size_t i = 0; i < more->template_count; i++) {
		struct rule_template *place = has_template(into, &more->templates[i])
						      ? NULL
						      : arena_push(a, &into->templates, &into->template_count,
								   &into->template_cap);
		if (place)
			*place = more->templates[i];
	}
	/* the same remedies twice, in two people's words, would only be longer; the text keeps the other's */
	if (!into->resolution_count)
		ADD_ALL(a, into, more, resolutions, resolution_count, resolution_cap)
	ADD_ALL(a, into, more, samples, sample_count, sample_cap)
	ADD_ALL(a, into, more, marks, mark_count, mark_cap)
	ADD_ALL(a, into, more, stories, story_count, story_cap)
	for (size_t i = 0; i < more->code_count; i++) {
		struct rule_code *place = has_code(into, &more->codes[i])
						  ? NULL
						  : arena_push(a, &into->codes, &into->code_count, &into->code_cap);
		if (place)
			*place = more->codes[i];
	}
	add_names(a, &into->log_files, &into->log_file_count, &into->log_file_cap, more->log_files,
		  more->log_file_count);
	add_names(a, &into->components, &into->component_count, &into->component_cap, more->components,
		  more->component_count);
	add_names(a, &into->cause_classes, &into->cause_class_count, &into->cause_class_cap, more->cause_classes,
		  more->cause_class_count);
	add_names(a, &into->probes, &into->probe_count, &into->probe_cap, more->probes, more->probe_count);
	return arena_err(a);
}
