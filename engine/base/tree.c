/* SPDX-License-Identifier: MIT */
#include "base/tree.h"

#include <stdlib.h>
#include <yaml.h>

struct reader {
	yaml_parser_t yaml;
	struct arena *arena;
	struct diags *diags;
	uint32_t first_line;
	size_t nodes;
};

static uint32_t line_of(const struct reader *r, yaml_mark_t mark)
{
	return r->first_line + (uint32_t)mark.line;
}

static enum err refuse(struct reader *r, uint32_t line, const char *why)
{
	diags_add(r->diags, DIAG_ERROR, line, "%s", why);
	return ERR_INPUT;
}

static enum err next_event(struct reader *r, yaml_event_t *ret_event)
{
	if (yaml_parser_parse(&r->yaml, ret_event))
		return ERR_OK;
	if (r->yaml.error == YAML_MEMORY_ERROR)
		return ERR_NOMEM;
	return refuse(r, line_of(r, r->yaml.problem_mark), r->yaml.problem ? r->yaml.problem : "not YAML");
}

static enum err read_node(struct reader *r, const yaml_event_t *e, unsigned depth, struct tree *node);

static bool has_key(const struct tree *map, struct str key)
{
	for (size_t i = 0; i + 1 < map->count; i++) /* the last one is the new one */
		if (str_eq(map->items[i].key, key))
			return true;
	return false;
}

/* read_items reads what a map or a list holds, up to its end event. */
static enum err read_items(struct reader *r, unsigned depth, struct tree *node)
{
	for (;;) {
		yaml_event_t e;
		enum err err = next_event(r, &e);
		if (err)
			return err;
		bool end = e.type == YAML_MAPPING_END_EVENT || e.type == YAML_SEQUENCE_END_EVENT;
		struct tree *item = end ? NULL : arena_push(r->arena, &node->items, &node->count, &node->cap);
		if (item && node->kind == TREE_MAP) {
			struct tree key = { 0 };
			err = read_node(r, &e, depth, &key);
			yaml_event_delete(&e);
			if (!err && key.kind != TREE_SCALAR)
				err = refuse(r, key.line, "a key must be a word");
			item->key = key.value;
			if (!err && has_key(node, key.value))
				err = refuse(r, key.line, "a key stands twice in one map");
			if (!err)
				err = next_event(r, &e);
			if (err)
				return err;
		}
		if (item)
			err = read_node(r, &e, depth, item);
		yaml_event_delete(&e);
		if (end || err || !item)
			return err ? err : arena_err(r->arena);
	}
}

static enum err read_node(struct reader *r, const yaml_event_t *e, unsigned depth, struct tree *node)
{
	node->line = line_of(r, e->start_mark);
	if (++r->nodes > TREE_NODES_MAX || depth > TREE_DEPTH_MAX)
		return refuse(r, node->line, "the data is nested too deep or too large");
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		if (e->data.scalar.anchor)
			return refuse(r, node->line, "anchors are not allowed");
		node->kind = TREE_SCALAR;
		node->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
		node->value = arena_str(r->arena, (struct str){ (const char *)e->data.scalar.value,
								e->data.scalar.length });
		return arena_err(r->arena);
	case YAML_SEQUENCE_START_EVENT:
		node->kind = TREE_LIST;
		return e->data.sequence_start.anchor ? refuse(r, node->line, "anchors are not allowed")
						     : read_items(r, depth + 1, node);
	case YAML_MAPPING_START_EVENT:
		node->kind = TREE_MAP;
		return e->data.mapping_start.anchor ? refuse(r, node->line, "anchors are not allowed")
						    : read_items(r, depth + 1, node);
	default:
		return refuse(r, node->line, "aliases are not allowed");
	}
}

/* read_document walks the stream: one document with one root. */
static enum err read_document(struct reader *r, struct tree *root)
{
	bool seen = false;
	for (;;) {
		yaml_event_t e;
		enum err err = next_event(r, &e);
		if (err)
			return err;
		yaml_event_type_t type = e.type;
		bool frame = type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_START_EVENT ||
			     type == YAML_DOCUMENT_END_EVENT || type == YAML_STREAM_END_EVENT;
		if (type == YAML_DOCUMENT_START_EVENT && seen)
			err = refuse(r, line_of(r, e.start_mark), "only one document is allowed");
		if (!err && !frame) {
			seen = true;
			err = read_node(r, &e, 0, root);
		}
		yaml_event_delete(&e);
		if (err || type == YAML_STREAM_END_EVENT)
			return err;
	}
}

enum err tree_parse(struct str text, uint32_t first_line, struct arena *a, struct diags *d, struct tree **ret_tree)
{
	struct reader r = { .arena = a, .diags = d, .first_line = first_line };
	struct tree *root = arena_new(a, struct tree);
	if (!root || !yaml_parser_initialize(&r.yaml))
		return ERR_NOMEM;
	root->kind = TREE_MAP;
	root->line = first_line;
	yaml_parser_set_encoding(&r.yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.yaml, (const unsigned char *)text.p, text.n);
	enum err err = read_document(&r, root);
	yaml_parser_delete(&r.yaml);
	if (!err)
		*ret_tree = root;
	return err;
}

const struct tree *tree_get(const struct tree *t, const char *key)
{
	if (!t || t->kind != TREE_MAP)
		return NULL;
	for (size_t i = 0; i < t->count; i++)
		if (str_eq(t->items[i].key, str_c(key)))
			return &t->items[i];
	return NULL;
}

struct str tree_str(const struct tree *t, const char *key)
{
	const struct tree *item = tree_get(t, key);
	return item && item->kind == TREE_SCALAR ? item->value : STR("");
}

size_t tree_items(const struct tree *t, const struct tree **ret_items)
{
	bool list = t && t->kind == TREE_LIST;
	*ret_items = list ? t->items : t;
	return list ? t->count : t && (t->kind == TREE_MAP || t->value.n > 0);
}

bool tree_real(const struct tree *t, const char *key, double *ret_value)
{
	struct str s = tree_str(t, key); /* the tree's strings end in a NUL */
	char *end;
	double v = s.n ? strtod(s.p, &end) : 0;
	if (!s.n || end != s.p + s.n)
		return false;
	*ret_value = v;
	return true;
}

bool tree_bool(const struct tree *t, const char *key)
{
	struct str s = tree_str(t, key);
	return str_eq_nocase(s, STR("true")) || str_eq_nocase(s, STR("yes")) || str_eq_nocase(s, STR("on"));
}
