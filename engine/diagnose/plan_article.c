/* SPDX-License-Identifier: MIT
 *
 * What the article at hand asks for beside the way: its program's version, its named pipe.
 */
#include "diagnose/plan_inside.h"

#include "probe/probe_machine.h"
#include "probe/spec.h"

struct str plan_article_pipe(struct wave *w)
{
	const struct rule *rule = w->d->c->rule;
	struct probe_spec s;
	for (size_t i = 0; rule && i < rule->probe_count; i++)
		if (probe_spec_parse(rule->probes[i], w->a, &s) && str_eq(s.name, STR("pipe")))
			return probe_spec_arg(&s, "name");
	return STR("");
}

/* fill_spec puts what is bound for {name}; false where something is not. */
static bool fill_spec(const struct digest *d, struct probe_spec *s)
{
	for (size_t i = 0; i < s->arg_count; i++) {
		struct str value = s->args[i].value;
		if (!str_starts(value, STR("{")) || !str_ends(value, STR("}")))
			continue;
		s->args[i].value = digest_binding(d, (struct str){ value.p + 1, value.n - 2 });
		if (!s->args[i].value.n)
			return false;
	}
	return true;
}

/* step_article: what the article at hand asks for beside the way: its program's version. */
void step_article(struct wave *w)
{
	const struct digest *d = w->d;
	const struct rule *rule = d->c->rule;
	for (size_t i = 0; rule && i < rule->probe_count; i++) {
		struct probe_spec s;
		if (!probe_spec_parse(rule->probes[i], w->a, &s) || !fill_spec(d, &s))
			continue;
		if (str_eq(s.name, STR("pe")) && d->c->files && d->c->files->program.p)
			ask(w, "pe", ARG("path", probe_spec_arg(&s, "path")), ARG("name", probe_spec_arg(&s, "name")),
			    ARG("at_least", probe_spec_arg(&s, "at_least")));
	}
}

static bool spec_arg_fits(const struct probe *p, struct str name)
{
	for (const struct probe_arg_help *h = p->args; h->name; h++)
		if (str_eq(name, str_c(h->name)))
			return true;
	return false;
}

bool diagnose_spec_fits(struct str text, struct arena *a)
{
	struct probe_spec s;
	if (!probe_spec_parse(text, a, &s))
		return false;
	const struct probe *p = probe_find(s.name);
	bool log = str_eq(s.name, STR("log"));
	if (!p && !log)
		return false;
	for (size_t i = 0; i < s.arg_count; i++) {
		struct str name = s.args[i].name;
		if (!(log && str_eq(name, STR("works"))) && !(p && spec_arg_fits(p, name)))
			return false;
	}
	return true;
}
