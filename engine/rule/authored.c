/* SPDX-License-Identifier: MIT
 *
 * The front matter of our own articles (kb/README.md has its keys) > rule. One table of keys; a key that is not in it,
 * or a value of another shape, is an error in the diagnostics with its line, and the rest is read all the same.
 */
#include "rule/rule.h"

struct reader {
	struct arena *arena;
	struct diags *diags;
	struct rule *rule;
};

static void complain(const struct reader *r, const struct tree *at, const char *what)
{
	diags_add(r->diags, DIAG_ERROR, at->line, "%s", what);
}

/* check_keys names each key of a map that is not in the list. */
static void check_keys(const struct reader *r, const struct tree *map, const char *where, const char *const *keys)
{
	if (map->kind != TREE_MAP) {
		diags_add(r->diags, DIAG_ERROR, map->line, "%s holds maps (key: value)", where);
		return;
	}
	for (size_t i = 0; i < map->count; i++) {
		bool known = false;
		for (const char *const *key = keys; *key && !known; key++)
			known = str_eq(map->items[i].key, str_c(*key));
		if (!known)
			diags_add(r->diags, DIAG_ERROR, map->items[i].line, "%s has no key \"%.*s\"", where,
				  STR_ARG(map->items[i].key));
	}
}

static void read_strings(const struct reader *r, const struct tree *t, struct str **items, size_t *count, size_t *cap)
{
	const struct tree *item;
	for (size_t i = 0, n = tree_items(t, &item); i < n; i++) {
		if (item[i].kind != TREE_SCALAR || !item[i].value.n) {
			complain(r, &item[i], "expected a word or a sentence");
			continue;
		}
		struct str *slot = arena_push(r->arena, items, count, cap);
		if (slot)
			*slot = item[i].value;
	}
}

/* item_text: a message or sample is a scalar, or a map with the key text. */
static struct str item_text(const struct reader *r, const struct tree *item, const char *where, const char *const *keys)
{
	if (item->kind == TREE_SCALAR)
		return item->value;
	check_keys(r, item, where, keys);
	return tree_str(item, "text");
}

static void read_messages(const struct reader *r, const struct tree *t)
{
	static const char *const keys[] = { "text", NULL };
	const struct tree *item;
	for (size_t i = 0, n = tree_items(t, &item); i < n; i++) {
		struct rule_template message;
		size_t before = r->diags ? r->diags->count : 0;
		enum err err =
			rule_template_parse(item_text(r, &item[i], "a message", keys), r->arena, r->diags, &message);
		for (size_t k = before; r->diags && k < r->diags->count; k++)
			r->diags->items[k].line = item[i].line;
		struct rule *rule = r->rule;
		struct rule_template *slot = err ? NULL : arena_push(r->arena, &rule->templates, &rule->template_count,
								     &rule->template_cap);
		if (!slot)
			continue;
		*slot = message;
		slot->place = PLACE_AUTHORED;
		slot->line = item[i].line;
	}
}

static void read_codes(const struct reader *r, const struct tree *t)
{
	static const char *const keys[] = { "value", "family", "symbol", NULL };
	const struct tree *item;
	for (size_t i = 0, n = tree_items(t, &item); i < n; i++) {
		struct rule_code code = { .defining = true };
		check_keys(r, &item[i], "a code", keys);
		if (!str_i64(tree_str(&item[i], "value"), &code.value)) {
			complain(r, &item[i], "a code needs a number: {value: 53, family: win32}");
			continue;
		}
		code.family = tree_str(&item[i], "family");
		code.symbol = tree_str(&item[i], "symbol");
		struct rule *rule = r->rule;
		struct rule_code *slot = arena_push(r->arena, &rule->codes, &rule->code_count, &rule->code_cap);
		if (slot)
			*slot = code;
	}
}

static void read_cause(const struct reader *r, const struct tree *t)
{
	r->rule->cause = str_trim(t->value);
	if (t->kind != TREE_SCALAR || !r->rule->cause.n)
		complain(r, t, "the cause is one or two sentences");
}

/* read_cost: what a resolution takes and risks, where it is known; one that does not say it is as good. */
static void read_cost(const struct reader *r, const struct tree *item, struct rule_resolution *resolution)
{
	struct str risk = tree_str(item, "risk"), effort = tree_str(item, "effort");
	resolution->harm = str_trim(tree_str(item, "harm"));
	if (effort.n && !rule_effort_parse(effort, &resolution->effort))
		complain(r, item, "a resolution's effort is minutes, hours or days");
	if (risk.n && !rule_risk_parse(risk, &resolution->risk))
		complain(r, item, "a resolution's risk is none, low, medium or high");
	if ((resolution->risk > RISK_NONE) != (resolution->harm.n > 0))
		complain(r, item, "a resolution with a risk says in harm what it may be, and one without has no harm");
}

static void read_resolutions(const struct reader *r, const struct tree *t)
{
	static const char *const keys[] = { "kind", "text", "where", "caveat", "effort", "risk", "harm", NULL };
	const struct tree *item;
	for (size_t i = 0, n = tree_items(t, &item); i < n; i++) {
		check_keys(r, &item[i], "a resolution", keys);
		struct str kind = tree_str(&item[i], "kind");
		bool workaround = str_eq(kind, STR("workaround"));
		if (!workaround && !str_eq(kind, STR("fix")))
			complain(r, &item[i], "a resolution's kind is fix or workaround");
		struct rule_resolution resolution = {
			.kind = workaround ? RESOLUTION_WORKAROUND : RESOLUTION_FIX,
			.text = str_trim(tree_str(&item[i], "text")),
			.where = str_trim(tree_str(&item[i], "where")),
			.caveat = str_trim(tree_str(&item[i], "caveat")),
			.line = item[i].line,
		};
		if (!resolution.text.n)
			complain(r, &item[i], "a resolution needs a text");
		read_cost(r, &item[i], &resolution);
		struct rule *rule = r->rule;
		struct rule_resolution *slot = arena_push(r->arena, &rule->resolutions, &rule->resolution_count,
							  &rule->resolution_cap);
		if (slot)
			*slot = resolution;
	}
}

static void read_status(const struct reader *r, const struct tree *t)
{
	if (!rule_status_parse(t->value, &r->rule->status))
		complain(r, t, "the status is unknown, confirmed, fixed, no-known-fix or by-design");
}

static void read_status_text(const struct reader *r, const struct tree *t)
{
	r->rule->status_text = str_trim(t->value);
}

static void read_log_files(const struct reader *r, const struct tree *t)
{
	read_strings(r, t, &r->rule->log_files, &r->rule->log_file_count, &r->rule->log_file_cap);
}

static void read_components(const struct reader *r, const struct tree *t)
{
	read_strings(r, t, &r->rule->components, &r->rule->component_count, &r->rule->component_cap);
}

static void read_causes(const struct reader *r, const struct tree *t)
{
	read_strings(r, t, &r->rule->cause_classes, &r->rule->cause_class_count, &r->rule->cause_class_cap);
}

static void read_probes(const struct reader *r, const struct tree *t)
{
	read_strings(r, t, &r->rule->probes, &r->rule->probe_count, &r->rule->probe_cap);
}

static void read_sample_list(const struct reader *r, const struct tree *t, bool matches)
{
	static const char *const keys[] = { "text", "binds", NULL };
	const struct tree *item;
	for (size_t i = 0, n = tree_items(t, &item); i < n; i++) {
		struct rule_sample sample = { .matches = matches, .line = item[i].line };
		sample.text = item_text(r, &item[i], "a sample", keys);
		sample.binds = tree_get(&item[i], "binds");
		if (!str_trim(sample.text).n)
			complain(r, &item[i], "a sample needs a text");
		if (sample.binds && (sample.binds->kind != TREE_MAP || !matches))
			complain(r, sample.binds, "binds is a map of names and values, of samples that match");
		struct rule *rule = r->rule;
		struct rule_sample *slot = arena_push(r->arena, &rule->samples, &rule->sample_count, &rule->sample_cap);
		if (slot)
			*slot = sample;
	}
}

static void read_samples(const struct reader *r, const struct tree *t)
{
	static const char *const keys[] = { "match", "not", NULL };
	check_keys(r, t, "samples", keys);
	read_sample_list(r, tree_get(t, "match"), true);
	read_sample_list(r, tree_get(t, "not"), false);
}

static void read_marks(const struct reader *r, const struct tree *t)
{
	rule_read_marks(t, r->arena, r->diags, r->rule);
}

static void read_stories(const struct reader *r, const struct tree *t)
{
	rule_read_stories(t, r->arena, r->diags, r->rule);
}

/* The keys of an authored article. Those without a reader are the article stage's (engine/article/markdown.c). */
static const struct {
	const char *name;
	void (*read)(const struct reader *r, const struct tree *t);
} front_keys[] = {
	{ "id", NULL },
	{ "title", NULL },
	{ "date", NULL },
	{ "products", NULL },
	{ "keywords", NULL },
	{ "query_words", NULL },
	{ "references", NULL },
	{ "messages", read_messages },
	{ "codes", read_codes },
	{ "components", read_components },
	{ "log_files", read_log_files },
	{ "cause", read_cause },
	{ "resolutions", read_resolutions },
	{ "marks", read_marks },
	{ "stories", read_stories },
	{ "status", read_status },
	{ "status_text", read_status_text },
	{ "causes", read_causes },
	{ "probes", read_probes },
	{ "samples", read_samples },
};

static void read_key(const struct reader *r, const struct tree *item)
{
	for (size_t i = 0; i < sizeof front_keys / sizeof *front_keys; i++) {
		if (!str_eq(item->key, str_c(front_keys[i].name)))
			continue;
		if (front_keys[i].read)
			front_keys[i].read(r, item);
		return;
	}
	diags_add(r->diags, DIAG_ERROR, item->line, "an article has no key \"%.*s\"", STR_ARG(item->key));
}

enum err rule_add_authored(const struct article *article, struct arena *a, struct diags *d, struct rule *rule)
{
	struct reader r = { a, d, rule };
	const struct tree *front = article->front;
	for (size_t i = 0; front && i < front->count; i++)
		read_key(&r, &front->items[i]);
	rule_check_stories(rule, d);
	if (front && !tree_get(front, "messages") && !tree_get(front, "codes"))
		diags_add(d, DIAG_WARNING, 1, "an article without messages and codes is found by its words only");
	return arena_err(a);
}
