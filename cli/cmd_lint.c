/* SPDX-License-Identifier: MIT
 *
 * kbt lint PATH...: checks authored articles, causes and codes; prints a finding a line, as file:line: sentence.
 */
#include "cli/lint.h"

#include "base/json.h"
#include "diagnose/digest.h"

#include <stdlib.h>

/* ---- the files beside one another ---- */

static bool has_class(const struct lint *l, struct str name)
{
	for (size_t i = 0; i < l->causes->count; i++)
		if (str_eq(l->causes->items[i].name, name))
			return true;
	return false;
}

static bool has_article(const struct lint *l, struct str id)
{
	for (size_t i = 0; i < l->article_count; i++)
		if (str_eq(l->articles[i].article->id, id))
			return true;
	return false;
}

/* Only the ids that nobody else gives ("Q-...") must be here; the numbers are the archive's. */
static bool dangles(const struct lint *l, struct str id)
{
	return str_starts(id, STR("Q-")) && !has_article(l, id);
}

static uint32_t key_line(const struct lint_article *one, const char *key)
{
	const struct tree *t = tree_get(one->article->front, key);
	return t ? t->line : 1;
}

/* lacking: what an action does not say of what it takes and risks; NULL where it says all. */
static const char *lacking(const struct rule_resolution *r)
{
	if (!r->effort)
		return "an action wants effort: minutes, hours or days";
	if (!r->risk)
		return "an action wants risk: none, low, medium or high";
	if (r->risk > RISK_NONE && !r->harm.n)
		return "an action with a risk wants harm: what it may be";
	return r->risk == RISK_NONE && r->harm.n ? "an action without a risk has no harm" : NULL;
}

/* note_costs: a remedy of an article need not say what it takes and risks; it is only worth a word. */
static void note_costs(struct lint *l, const struct lint_article *one)
{
	for (size_t i = 0; !one->faulty && i < one->rule.resolution_count; i++) {
		const struct rule_resolution *r = &one->rule.resolutions[i];
		const char *lacks = lacking(r);
		l->findings.origin = one->path;
		if (lacks)
			diags_add(&l->findings, DIAG_NOTE, r->line ? r->line : 1, "%s, where that can be said", lacks);
	}
}

static void check_article(struct lint *l, const struct lint_article *one)
{
	const struct rule *rule = &one->rule;
	for (size_t i = 0; i < rule->cause_class_count && l->causes && l->cause_file_count; i++)
		if (!has_class(l, rule->cause_classes[i]))
			lint_add(l, one->path, key_line(one, "causes"), "no cause file has the class %.*s",
				 STR_ARG(rule->cause_classes[i]));
	for (size_t i = 0; i < rule->probe_count; i++)
		if (!diagnose_spec_fits(rule->probes[i], l->arena))
			lint_add(l, one->path, key_line(one, "probes"),
				 "%.*s: no probe of kbt probe --list with such arguments", STR_ARG(rule->probes[i]));
	for (size_t i = 0; i < one->article->ref_count; i++)
		if (dangles(l, one->article->refs[i].id))
			lint_add(l, one->path, one->article->refs[i].line, "there is no article %.*s",
				 STR_ARG(one->article->refs[i].id));
	bool samples = false;
	for (size_t i = 0; i < rule->sample_count; i++)
		samples |= rule->samples[i].matches;
	if (rule->template_count && !samples)
		lint_add(l, one->path, key_line(one, "messages"), "messages without a sample that must match");
	note_costs(l, one);
}

static void check_fillings(struct lint *l, const struct cause *c, struct str text)
{
	for (size_t at; (at = str_find_char(text, '{')) != STR_NONE;) {
		text = str_from(text, at + 1);
		size_t end = str_find_char(text, '}');
		struct str name = str_first(text, end == STR_NONE ? 0 : end);
		if (!digest_fills(name, l->arena))
			lint_add(l, c->origin, c->line, "%.*s: nothing is known to put for {%.*s}", STR_ARG(c->name),
				 STR_ARG(name));
	}
}

static void check_lines(struct lint *l, const struct cause *c, const struct str *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_fillings(l, c, lines[i]);
}

static void check_actions(struct lint *l, const struct cause *c)
{
	for (size_t i = 0; i < c->resolution_count; i++) {
		const struct rule_resolution *r = &c->resolutions[i];
		const char *lacks = lacking(r);
		if (lacks)
			lint_add(l, c->origin, r->line, "%.*s: %s", STR_ARG(c->name), lacks);
		if (i && r->kind == RESOLUTION_FIX && r[-1].kind == RESOLUTION_WORKAROUND)
			lint_add(l, c->origin, r->line, "%.*s: fixes stand before workarounds", STR_ARG(c->name));
		check_fillings(l, c, r->text);
		check_fillings(l, c, r->where);
		check_fillings(l, c, r->caveat);
		check_fillings(l, c, r->harm);
	}
}

static void check_findings(struct lint *l)
{
	for (size_t i = 0; l->causes && i < l->causes->finding_count; i++) {
		const struct finding *f = &l->causes->findings[i];
		check_fillings(l, &f->body, f->body.says);
		check_actions(l, &f->body);
		check_lines(l, &f->body, f->body.check, f->body.check_count);
		for (size_t k = 0; k < f->article_count; k++)
			if (dangles(l, f->articles[k]))
				lint_add(l, f->body.origin, f->body.line, "there is no article %.*s",
					 STR_ARG(f->articles[k]));
	}
}

/* check_verify: what to do, and the probe that shows that it helped. */
static void check_verify(struct lint *l, const struct cause *c)
{
	struct str verify = c->verify, probe;
	if (!c->resolution_count)
		lint_add(l, c->origin, c->line, "%.*s: a cause wants do: what to do", STR_ARG(c->name));
	if (!str_word(&verify, &probe))
		lint_add(l, c->origin, c->line, "%.*s: a cause wants verify: the probe that shows that it is mended",
			 STR_ARG(c->name));
	else if (!probe_find(probe))
		lint_add(l, c->origin, c->line, "%.*s: there is no probe %.*s (kbt probe --list)", STR_ARG(c->name),
			 STR_ARG(probe));
}

static void check_causes(struct lint *l)
{
	for (size_t i = 0; l->causes && i < l->causes->count; i++) {
		const struct cause *c = &l->causes->items[i];
		check_fillings(l, c, c->title);
		check_fillings(l, c, c->says);
		check_fillings(l, c, c->by_hand);
		check_actions(l, c);
		check_lines(l, c, c->covers, c->cover_count);
		check_lines(l, c, c->check, c->check_count);
		if (dangles(l, c->article))
			lint_add(l, c->origin, c->line, "there is no article %.*s", STR_ARG(c->article));
		check_verify(l, c);
	}
}

/* Any two classes are told apart by some fact, or listed as a pair that none keeps apart. --pairs prints those. */
static void check_pair(struct lint *l, const struct cause *c, const struct cause *other)
{
	const struct alike *alike = causes_alike(c, other);
	bool overlap = causes_overlap(c, other);
	if (overlap && !alike)
		lint_add(l, c->origin, c->line, "no fact keeps %.*s and %.*s apart; if none can, list them (alike)",
			 STR_ARG(c->name), STR_ARG(other->name));
	else if (!overlap && alike)
		lint_add(l, c->origin, c->line, "%.*s and %.*s are listed as alike, and a fact keeps them apart",
			 STR_ARG(c->name), STR_ARG(other->name));
	else if (alike && cmd_has(l->c, "pairs"))
		diags_add(&l->findings, DIAG_NOTE, c->line, "no fact keeps %.*s and %.*s apart: %.*s", STR_ARG(c->name),
			  STR_ARG(other->name), STR_ARG(alike->says));
}

static void check_pairs(struct lint *l)
{
	for (size_t i = 0; l->causes && i < l->causes->count; i++) {
		const struct cause *c = &l->causes->items[i];
		l->findings.origin = c->origin;
		for (size_t k = 0; k < i; k++)
			check_pair(l, c, &l->causes->items[k]);
		for (size_t k = 0; k < c->alike_count; k++)
			if (!has_class(l, c->alike[k].class))
				lint_add(l, c->origin, c->line, "no cause file has the class %.*s",
					 STR_ARG(c->alike[k].class));
	}
}

static enum err load_causes(struct lint *l)
{
	size_t before = l->findings.errors;
	enum err e = causes_load(l->cause_files, l->cause_file_count, &l->findings, &l->causes);
	if (e == ERR_INPUT && l->findings.errors == before)
		lint_add(l, l->cause_files[0].origin, 1, "%s", err_text(e));
	return e == ERR_INPUT ? ERR_OK : e;
}

/* ---- output ---- */

static int by_place(const void *a, const void *b)
{
	const struct diag *x = a, *y = b;
	int order = str_cmp(x->origin, y->origin);
	return order ? order : (x->line > y->line) - (x->line < y->line);
}

static void print_json(struct cmd_context *c, const struct diag *d)
{
	struct json j = json_to(&c->out);
	json_object(&j);
	json_key_str(&j, "file", d->origin);
	json_key_int(&j, "line", d->line);
	static const char *const levels[] = { [DIAG_NOTE] = "note", [DIAG_WARNING] = "warning",
					      [DIAG_ERROR] = "error" };
	json_key_str(&j, "level", str_c(levels[d->level]));
	json_key_str(&j, "text", d->text);
	json_end_object(&j);
	buf_add_char(&c->out, '\n');
}

/* print_line: one line in a pipe, for programs; wrapped on a terminal. */
static void print_line(struct cmd_context *c, struct str text)
{
	if (c->text.width) {
		render_hanging(&c->out, &c->text, 2, text);
		return;
	}
	render_safe(&c->out, text, false);
	buf_add_char(&c->out, '\n');
}

static size_t count_findings(const struct diags *d)
{
	size_t found = d->left_out;
	for (size_t i = 0; i < d->count; i++)
		found += d->items[i].level != DIAG_NOTE;
	return found;
}

static void print_findings(struct lint *l)
{
	struct cmd_context *c = l->c;
	struct diags *d = &l->findings;
	if (d->count)
		qsort(d->items, d->count, sizeof *d->items, by_place);
	for (size_t i = 0; i < d->count; i++) {
		if (c->json) {
			print_json(c, &d->items[i]);
			continue;
		}
		print_line(c, arena_printf(l->arena, "%.*s:%u: %.*s", STR_ARG(d->items[i].origin), d->items[i].line,
					   STR_ARG(d->items[i].text)));
	}
	size_t found = count_findings(d);
	size_t causes = l->causes ? l->causes->count : 0;
	if (!c->json)
		print_line(c, arena_printf(l->arena,
					   "%zu article%s, %zu sample%s, %zu cause%s, %zu code%s: %zu finding%s",
					   l->article_count, render_plural(l->article_count), l->samples,
					   render_plural(l->samples), causes, render_plural(causes), l->codes,
					   render_plural(l->codes), found, render_plural(found)));
}

static enum err lint_all(struct lint *l)
{
	struct cmd_context *c = l->c;
	for (size_t i = 0; i < c->arg_count; i++)
		lint_path(l, c->args[i]);
	enum err e = l->cause_file_count ? load_causes(l) : ERR_OK;
	if (e || l->unreadable)
		return e;
	if (!l->article_count && !l->cause_file_count && !l->codes && !l->findings.count)
		return diags_fail(&c->diags, ERR_INPUT, "%s%s: no authored article, cause file or code table in it",
				  c->args[0], c->arg_count > 1 ? " and the others" : "");
	for (size_t i = 0; i < l->article_count; i++)
		check_article(l, &l->articles[i]);
	check_causes(l);
	check_findings(l);
	if (l->article_count)
		e = lint_samples(l, c->args, c->arg_count);
	if (e == ERR_INPUT && l->findings.errors)
		e = ERR_OK; /* files that cannot be loaded cannot be tried: why has been found */
	if (!e)
		check_pairs(l);
	return e;
}

static int lint_run(struct cmd_context *c)
{
	struct lint l = { .c = c, .arena = &c->arena, .findings = { .arena = &c->arena } };
	if (!c->arg_count) {
		cmd_usage(c, "lint takes files or folders");
		return EXIT_USAGE;
	}
	enum err e = lint_all(&l);
	bool found = count_findings(&l.findings) > 0;
	if (found || (!e && !l.unreadable))
		print_findings(&l);
	causes_close(&l.causes);
	if (e)
		return cmd_fail(c, e);
	return l.unreadable ? EXIT_USAGE : found ? EXIT_NONE : EXIT_FOUND;
}

static const struct cmd_option lint_options[] = {
	{ "pairs", 0, NULL, "also print the pairs of causes that are listed as alike, and why (no findings)" },
	{ 0 },
};

static const char *const lint_examples[] = {
	"kbt lint kb/",
	"kbt lint kb/articles/Q150536.md",
	"kbt lint kb/ --json",
	NULL,
};

const struct cmd cmd_lint = {
	.name = "lint",
	.usage = "PATH...",
	.help = "check authored articles, causes and codes by their samples",
	.about = "Prints a finding a line, file:line: sentence. Each sample that must match has to be answered by\n"
		 "its article first, with the values it names; none that must not may be. The samples are tried\n"
		 "against the given files alone. Exit codes: 0 nothing found, 1 findings, 2 a path that cannot be\n"
		 "read.",
	.examples = lint_examples,
	.options = lint_options,
	.no_db = true,
	.no_limit = true,
	.run = lint_run,
};
