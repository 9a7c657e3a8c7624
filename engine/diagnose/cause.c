/* SPDX-License-Identifier: MIT
 *
 * YAML > struct causes. A file holds `groups` (named sets of predictions that classes share; one namespace over all
 * files) and `causes`. A class's own prediction of a fact replaces that of its groups.
 */
#include "diagnose/cause.h"

#include "base/hash.h"
#include "base/mem.h"

const struct fact_help fact_helps[] = {
#define FACT(name, values, step, says) { name, values, step, says },
#include "diagnose/facts.def"
#undef FACT
	{ 0 },
};

const struct fact_help *fact_help_find(struct str name)
{
	for (const struct fact_help *f = fact_helps; f->name; f++)
		if (str_eq(name, str_c(f->name)))
			return f;
	return NULL;
}

bool prediction_holds(const struct prediction *p, struct str value)
{
	for (size_t i = 0; i < p->value_count; i++)
		if (str_eq(p->values[i], value))
			return !p->but;
	return p->but;
}

struct group {
	struct str name;
	const struct tree *facts;
};

struct loader {
	struct arena *arena;
	struct diags *diags;
	struct group *groups;
	size_t group_count, group_cap;
	struct causes *causes;
	struct str origin;
	struct str said_origin; /* the same, in the memory of the diagnostics: they outlive causes that fail */
};

static void complain(struct loader *l, uint32_t line, const char *what, struct str which)
{
	l->diags->origin = l->said_origin;
	diags_add(l->diags, DIAG_ERROR, line, "%s '%.*s'", what, STR_ARG(which));
}

static bool value_allowed(const struct fact_help *help, struct str value)
{
	struct str rest = str_c(help->values), word;
	if (str_eq(rest, STR("*")))
		return true;
	while (str_word(&rest, &word))
		if (str_eq(word, value))
			return true;
	return false;
}

/* Where predictions go: a class's own, or its hints. */
struct predictions {
	struct prediction **items;
	size_t *count, *cap;
};

static struct predictions predictions_of(struct cause *c)
{
	return (struct predictions){ &c->predictions, &c->prediction_count, &c->prediction_cap };
}

static struct predictions hints_of(struct cause *c)
{
	return (struct predictions){ &c->hints, &c->hint_count, &c->hint_cap };
}

static struct prediction *prediction_slot(struct loader *l, struct predictions to, struct str fact)
{
	for (size_t i = 0; i < *to.count; i++)
		if (str_eq((*to.items)[i].fact, fact))
			return &(*to.items)[i];
	return arena_push(l->arena, to.items, to.count, to.cap);
}

static void add_value(struct loader *l, const struct fact_help *help, struct prediction *p, const struct tree *value)
{
	if (value->kind != TREE_SCALAR || !value_allowed(help, value->value))
		complain(l, value->line, "the fact has no such value:", value->value);
	else
		p->values[p->value_count++] = value->value;
}

/* add_prediction reads `fact: value`, `fact: [value, value]` or `fact: {not: [...]}`. */
static void add_prediction(struct loader *l, struct predictions to, const struct tree *item, bool needed)
{
	const struct fact_help *help = fact_help_find(item->key);
	if (!help) {
		complain(l, item->line, "there is no fact", item->key);
		return;
	}
	const struct tree *values = item, *but = tree_get(item, "not");
	if (item->kind == TREE_MAP)
		values = but;
	struct prediction *p = prediction_slot(l, to, item->key);
	if (!p || !values) {
		complain(l, item->line, "a value, a list or {not: ...} is wanted for", item->key);
		return;
	}
	*p = (struct prediction){ .fact = str_c(help->name), .but = but != NULL, .needed = needed, .line = item->line };
	size_t count = values->kind == TREE_LIST ? values->count : 1;
	p->values = arena_array(l->arena, struct str, count);
	if (!p->values)
		return;
	if (values->kind == TREE_LIST)
		for (size_t i = 0; i < count; i++)
			add_value(l, help, p, &values->items[i]);
	else
		add_value(l, help, p, values);
}

static void add_predictions(struct loader *l, struct predictions to, const struct tree *map, bool needed)
{
	for (size_t i = 0; map && map->kind == TREE_MAP && i < map->count; i++)
		add_prediction(l, to, &map->items[i], needed);
}

static void add_group(struct loader *l, struct cause *c, struct str name, uint32_t line)
{
	for (size_t i = 0; i < l->group_count; i++)
		if (str_eq(l->groups[i].name, name)) {
			add_predictions(l, predictions_of(c), l->groups[i].facts, false);
			return;
		}
	complain(l, line, "there is no group", name);
}

static void add_lines(struct loader *l, const struct tree *list, struct str **items, size_t *count, size_t *cap)
{
	bool one = list && list->kind == TREE_SCALAR && str_trim(list->value).n; /* stands for a list of one */
	const struct tree *lines = one ? list : list ? list->items : NULL;
	size_t n = one ? 1 : list && list->kind == TREE_LIST ? list->count : 0;
	for (size_t i = 0; i < n; i++) {
		struct str *s = arena_push(l->arena, items, count, cap);
		if (s)
			*s = str_trim(lines[i].value);
	}
}

static void check_keys(struct loader *l, const struct tree *t, const char *what, const char *known)
{
	for (size_t i = 0; i < t->count; i++) {
		struct str rest = str_c(known), word;
		bool found = false;
		while (!found && str_word(&rest, &word))
			found = str_eq(t->items[i].key, word);
		if (!found)
			complain(l, t->items[i].line, what, t->items[i].key);
	}
}

/* add_cost: what an action takes and risks. One that says neither is loaded (a database may be older): lint asks. */
static void add_cost(struct loader *l, const struct tree *t, struct rule_resolution *r)
{
	struct str risk = tree_str(t, "risk"), effort = tree_str(t, "effort");
	r->harm = str_trim(tree_str(t, "harm"));
	if (risk.n && !rule_risk_parse(risk, &r->risk))
		complain(l, t->line, "a risk is none, low, medium or high, not", risk);
	if (effort.n && !rule_effort_parse(effort, &r->effort))
		complain(l, t->line, "an effort is minutes, hours or days, not", effort);
}

static void add_resolutions(struct loader *l, struct cause *c, const struct tree *list)
{
	for (size_t i = 0; list && i < list->count; i++) {
		const struct tree *t = &list->items[i];
		struct str kind = tree_str(t, "kind"), text = str_trim(tree_str(t, "text"));
		bool workaround = str_eq(kind, STR("workaround"));
		if (!text.n || (kind.n && !workaround && !str_eq(kind, STR("fix"))))
			complain(l, t->line, "a resolution wants text, and kind fix or workaround, in", c->name);
		check_keys(l, t, "an action has no key", "kind text where caveat effort risk harm");
		struct rule_resolution *r =
			arena_push(l->arena, &c->resolutions, &c->resolution_count, &c->resolution_cap);
		if (!r)
			return;
		*r = (struct rule_resolution){ .kind = workaround ? RESOLUTION_WORKAROUND : RESOLUTION_FIX,
					       .text = text,
					       .where = tree_str(t, "where"),
					       .caveat = tree_str(t, "caveat"),
					       .line = t->line };
		add_cost(l, t, r);
	}
}

/* predict_step: what fails at a step of the ladder predicts just that, unless the class says otherwise. */
static void predict_step(struct loader *l, struct cause *c)
{
	struct tree step = { .kind = TREE_SCALAR, .key = STR("fails.at"), .value = c->step, .line = c->line };
	size_t count = c->prediction_count;
	for (size_t i = 0; i < count; i++)
		if (str_eq(c->predictions[i].fact, step.key))
			return;
	if (c->step.n)
		add_prediction(l, predictions_of(c), &step, false);
}

/* add_alike reads `alike: {class: why}`. */
static void add_alike(struct loader *l, struct cause *c, const struct tree *map)
{
	for (size_t i = 0; map && i < map->count; i++) {
		struct alike *one = arena_push(l->arena, &c->alike, &c->alike_count, &c->alike_cap);
		if (one)
			*one = (struct alike){ map->items[i].key, str_trim(map->items[i].value) };
		if (!str_trim(map->items[i].value).n)
			complain(l, map->items[i].line, "say why no fact tells it from", map->items[i].key);
	}
}

static void add_cause(struct loader *l, const struct tree *t)
{
	struct causes *all = l->causes;
	struct str name = tree_str(t, "class");
	for (size_t i = 0; i < all->count; i++)
		if (str_eq(all->items[i].name, name))
			complain(l, t->line, "this class stands twice:", name);
	struct cause *c = arena_push(l->arena, &all->items, &all->count, &all->cap);
	if (!c)
		return;
	*c = (struct cause){ .name = name,
			     .title = tree_str(t, "title"),
			     .layer = tree_str(t, "layer"),
			     .step = tree_str(t, "step"),
			     .healthy = tree_bool(t, "healthy"),
			     .weight = 1,
			     .article = tree_str(t, "article"),
			     .says = str_trim(tree_str(t, "says")),
			     .verify = tree_str(t, "verify"),
			     .by_hand = str_trim(tree_str(t, "by_hand")),
			     .origin = l->origin,
			     .line = t->line };
	(void)tree_real(t, "weight", &c->weight);
	const struct tree *groups = tree_get(t, "groups");
	for (size_t i = 0; groups && i < groups->count; i++)
		add_group(l, c, groups->items[i].value, groups->items[i].line);
	add_predictions(l, predictions_of(c), tree_get(t, "fits"), false);
	add_predictions(l, predictions_of(c), tree_get(t, "needs"), true);
	add_predictions(l, hints_of(c), tree_get(t, "hints"), false);
	predict_step(l, c);
	add_resolutions(l, c, tree_get(t, "do"));
	add_lines(l, tree_get(t, "covers"), &c->covers, &c->cover_count, &c->cover_cap);
	add_lines(l, tree_get(t, "check"), &c->check, &c->check_count, &c->check_cap);
	add_alike(l, c, tree_get(t, "alike"));
	check_keys(l, t, "a cause has no key",
		   "class title layer step healthy weight article groups needs fits hints alike says do covers check "
		   "verify by_hand");
	if (!c->name.n || !c->title.n || !c->layer.n || !c->says.n)
		complain(l, t->line, "a cause wants class, title, layer and says:", name);
	if (!tree_get(t, "needs"))
		complain(l, t->line, "a cause that needs no fact could never be told:", name);
}

static void add_finding(struct loader *l, const struct tree *t)
{
	struct causes *all = l->causes;
	struct finding *f = arena_push(l->arena, &all->findings, &all->finding_count, &all->finding_cap);
	if (!f)
		return;
	*f = (struct finding){ .name = tree_str(t, "finding"), .first = tree_bool(t, "first") };
	add_lines(l, tree_get(t, "article"), &f->articles, &f->article_count, &f->article_cap);
	struct cause *c = &f->body;
	*c = (struct cause){
		.name = f->name, .says = str_trim(tree_str(t, "says")), .origin = l->origin, .line = t->line
	};
	add_predictions(l, predictions_of(c), tree_get(t, "needs"), true);
	add_resolutions(l, c, tree_get(t, "do"));
	add_lines(l, tree_get(t, "check"), &c->check, &c->check_count, &c->check_cap);
	check_keys(l, t, "a finding has no key", "finding article first needs says do check");
	if (!f->name.n || !c->says.n || (!c->prediction_count && !f->article_count))
		complain(l, t->line, "a finding wants finding, says, and needs or article:", f->name);
}

/* add_meaning_code reads "win32 53" or "ras 600-799". */
static void add_meaning_code(struct loader *l, struct meaning *m, const struct tree *t)
{
	struct str rest = t->value, family, first, last, numbers = STR("");
	struct meaning_code *code = arena_push(l->arena, &m->codes, &m->code_count, &m->code_cap);
	if (!code)
		return;
	bool good = str_word(&rest, &family) && str_word(&rest, &numbers) && !str_trim(rest).n;
	if (good && !str_cut(numbers, '-', &first, &last))
		last = first;
	if (good && str_i64(first, &code->first) && str_i64(last, &code->last))
		code->family = family;
	else
		complain(l, t->line, "a code is a family and a number or a span:", t->value);
}

static void add_meaning(struct loader *l, const struct tree *t)
{
	struct causes *all = l->causes;
	struct meaning *m = arena_push(l->arena, &all->meanings, &all->meaning_count, &all->meaning_cap);
	if (!m)
		return;
	struct str port = tree_str(t, "port");
	bool asks = str_eq(port, STR("ask"));
	uint64_t number = 0;
	*m = (struct meaning){ .name = tree_str(t, "meaning"),
			       .port = asks ? STR("") : port,
			       .asks_port = asks,
			       .udp = tree_bool(t, "udp"),
			       .dialled = tree_bool(t, "dialled"),
			       .wants_row = tree_bool(t, "row"),
			       .ends = tree_bool(t, "ends"),
			       .local = tree_bool(t, "local"),
			       .origin = l->origin,
			       .line = t->line };
	const struct tree *codes = tree_get(t, "codes");
	for (size_t i = 0; codes && i < codes->count; i++)
		add_meaning_code(l, m, &codes->items[i]);
	add_lines(l, tree_get(t, "articles"), &m->articles, &m->article_count, &m->article_cap);
	add_lines(l, tree_get(t, "likely"), &m->likely, &m->likely_count, &m->likely_cap);
	check_keys(l, t, "a meaning has no key", "meaning codes articles port udp dialled local row ends likely");
	if (m->port.n && (!str_u64(m->port, &number) || !number || number > 65535))
		complain(l, t->line, "a port is a number from 1 to 65535, or ask, not", m->port);
	if (!m->name.n || !(m->code_count + m->article_count))
		complain(l, t->line, "a meaning wants meaning, and codes or articles:", m->name);
}

static void add_port(struct loader *l, const struct tree *t)
{
	struct causes *all = l->causes;
	struct known_port *p = arena_push(l->arena, &all->ports, &all->port_count, &all->port_cap);
	uint64_t number = 0;
	if (!p)
		return;
	*p = (struct known_port){ .says = tree_str(t, "says"), .port = tree_str(t, "port") };
	check_keys(l, t, "a known port has no key", "says port");
	if (!p->says.n)
		complain(l, t->line, "a known port wants says and port:", p->port);
	else if (!str_u64(p->port, &number) || !number || number > 65535)
		complain(l, t->line, "a port is a number from 1 to 65535, not", p->port);
}

static void collect_groups(struct loader *l, const struct tree *file)
{
	const struct tree *groups = tree_get(file, "groups");
	for (size_t i = 0; groups && i < groups->count; i++) {
		struct group *g = arena_push(l->arena, &l->groups, &l->group_count, &l->group_cap);
		if (g)
			*g = (struct group){ groups->items[i].key, &groups->items[i] };
	}
}

static enum err load_files(struct loader *l, const struct store_source *files, size_t count)
{
	struct tree **trees = arena_array(l->arena, struct tree *, count);
	for (size_t i = 0; trees && i < count; i++) {
		l->causes->version = hash_seeded(files[i].bytes, l->causes->version);
		l->diags->origin = arena_str(l->diags->arena, files[i].origin);
		enum err err = tree_parse(files[i].bytes, 1, l->arena, l->diags, &trees[i]);
		if (err == ERR_NOMEM)
			return err;
		if (!err)
			collect_groups(l, trees[i]);
	}
	for (size_t i = 0; trees && i < count; i++) {
		const struct tree *list = tree_get(trees[i], "causes");
		l->origin = arena_str(l->arena, files[i].origin);
		l->said_origin = arena_str(l->diags->arena, files[i].origin);
		for (size_t k = 0; list && k < list->count; k++)
			add_cause(l, &list->items[k]);
		list = tree_get(trees[i], "meanings");
		for (size_t k = 0; list && k < list->count; k++)
			add_meaning(l, &list->items[k]);
		list = tree_get(trees[i], "ports");
		for (size_t k = 0; list && k < list->count; k++)
			add_port(l, &list->items[k]);
		list = tree_get(trees[i], "findings");
		for (size_t k = 0; list && k < list->count; k++)
			add_finding(l, &list->items[k]);
	}
	return l->diags->errors ? ERR_INPUT : arena_err(l->arena);
}

enum err causes_load(const struct store_source *files, size_t count, struct diags *d, struct causes **ret_causes)
{
	struct causes *causes = mem_resize(NULL, sizeof *causes);
	if (!causes)
		return ERR_NOMEM;
	*causes = (struct causes){ 0 };
	struct diags own = { .arena = &causes->arena };
	struct str origin = d ? d->origin : STR("");
	size_t errors = d ? d->errors : 0;
	struct loader l = { .arena = &causes->arena, .diags = d ? d : &own, .causes = causes };
	l.diags->errors = 0;
	enum err err = load_files(&l, files, count);
	l.diags->errors += errors;
	l.diags->origin = origin;
	if (err)
		causes_close(&causes);
	else
		*ret_causes = causes;
	return err;
}

enum err causes_open(struct store *s, const char *db, struct diags *d, struct causes **ret_causes)
{
	struct arena a = { 0 };
	struct diags found = { .arena = &a };
	struct store_source *files;
	size_t count, i = 0;
	enum err err = store_causes(s, &a, &files, &count);
	if (!err)
		err = causes_load(files, count, &found, ret_causes);
	while (i < found.count && found.items[i].level != DIAG_ERROR)
		i++;
	if (err == ERR_INPUT && i < found.count)
		err = diags_fail(
			d, ERR_DAMAGED,
			"%s: its causes are of another version of this program (%.*s:%u: %.*s): load them anew with "
			"`kbt import --db %s kb/`",
			db, STR_ARG(found.items[i].origin), found.items[i].line, STR_ARG(found.items[i].text), db);
	arena_free(&a);
	return err;
}

void causes_close(struct causes **causes)
{
	if (!*causes)
		return;
	struct arena arena = (*causes)->arena;
	mem_free(*causes);
	arena_free(&arena);
	*causes = NULL;
}

static bool means_code(const struct meaning *m, const struct match_code *code)
{
	for (size_t i = 0; i < m->code_count; i++)
		if (str_eq(m->codes[i].family, code->family) && code->value >= m->codes[i].first &&
		    code->value <= m->codes[i].last)
			return true;
	return false;
}

static const struct meaning *article_means(const struct causes *causes, const struct rule *rule, bool surely)
{
	for (size_t i = 0; rule && i < causes->meaning_count; i++)
		for (size_t k = 0; k < causes->meanings[i].article_count; k++)
			if (str_eq(causes->meanings[i].articles[k], rule->id) &&
			    (causes->meanings[i].asks_port || causes->meanings[i].local || !surely))
				return &causes->meanings[i];
	return NULL;
}

const struct meaning *causes_meaning(const struct causes *causes, const struct match_code *code,
				     const struct rule *rule)
{
	/* A system's error code does not tell whose port it was, or whether there was one; an article of programs with
	 * ports of their own does, and one about files. */
	const struct meaning *sure = article_means(causes, rule, true);
	if (sure)
		return sure;
	for (size_t i = 0; code && code->known && i < causes->meaning_count; i++)
		if (means_code(&causes->meanings[i], code))
			return &causes->meanings[i];
	return article_means(causes, rule, false);
}

/* stands: as words, not within others; where the words end or begin in marks, these part them. */
static bool stands(struct str words, struct str text)
{
	for (size_t at = 0, n; (n = str_find_nocase(str_from(text, at), words)) != STR_NONE; at += n + 1) {
		size_t start = at + n, end = start + words.n;
		bool begins = !start || !char_is_alnum(text.p[start - 1]) || !char_is_alnum(words.p[0]);
		bool ends = end == text.n || !char_is_alnum(text.p[end]) || !char_is_alnum(words.p[words.n - 1]);
		if (begins && ends)
			return true;
	}
	return false;
}

struct str causes_port_said(const struct causes *causes, struct str text)
{
	for (size_t i = 0; i < causes->port_count; i++) {
		struct str says = causes->ports[i].says;
		bool scheme = str_ends(says, STR("://")); /* one in a text may be of any help page */
		if (says.n && (scheme ? str_eq_nocase(says, text) : stands(says, text)))
			return causes->ports[i].port;
	}
	return STR("");
}

/* exclusive: no value of the fact satisfies both. */
static bool exclusive(const struct prediction *p, const struct prediction *q)
{
	const struct fact_help *help = fact_help_find(p->fact);
	struct str rest = str_c(help ? help->values : "*"), word;
	if (!str_eq(rest, STR("*"))) {
		while (str_word(&rest, &word))
			if (prediction_holds(p, word) && prediction_holds(q, word))
				return false;
		return true;
	}
	for (size_t i = 0; i < p->value_count; i++)
		if (!p->but && prediction_holds(q, p->values[i]))
			return false;
	for (size_t i = 0; i < q->value_count; i++)
		if (!q->but && prediction_holds(p, q->values[i]))
			return false;
	return !p->but || !q->but;
}

bool causes_overlap(const struct cause *a, const struct cause *b)
{
	for (size_t i = 0; i < a->prediction_count; i++)
		for (size_t k = 0; k < b->prediction_count; k++)
			if (str_eq(a->predictions[i].fact, b->predictions[k].fact) &&
			    exclusive(&a->predictions[i], &b->predictions[k]))
				return false;
	return true;
}

const struct alike *causes_alike(const struct cause *a, const struct cause *b)
{
	for (size_t i = 0; i < a->alike_count; i++)
		if (str_eq(a->alike[i].class, b->name))
			return &a->alike[i];
	for (size_t i = 0; i < b->alike_count; i++)
		if (str_eq(b->alike[i].class, a->name))
			return &b->alike[i];
	return NULL;
}
