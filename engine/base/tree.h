/* SPDX-License-Identifier: MIT
 *
 * Authored data as a tree: maps, lists and scalars read from YAML 1.1 by libyaml's event API. Aliases and anchors,
 * tags, duplicate keys, and more than one document are refused; depth and count are bounded. The tree lives in the
 * arena. Only tree.c sees yaml.h.
 */
#ifndef KBT_BASE_TREE_H
#define KBT_BASE_TREE_H

#include "base/diag.h"

enum tree_kind { TREE_SCALAR, TREE_LIST, TREE_MAP };

struct tree {
	enum tree_kind kind;
	uint32_t line;	    /* 1-based, counted from first_line */
	struct str key;	    /* of an item of a map */
	struct str value;   /* of a scalar */
	bool quoted;	    /* the scalar stood in quotes: never a number or a truth value */
	struct tree *items; /* of a map or a list */
	size_t count, cap;
};

enum { TREE_DEPTH_MAX = 16, TREE_NODES_MAX = 200000 };

/* tree_parse reads one YAML document. first_line is the line number of the text's first line in its file. ERR_INPUT
 * with a sentence in d where the text is no such document; an empty text gives an empty map. */
enum err tree_parse(struct str text, uint32_t first_line, struct arena *a, struct diags *d, struct tree **ret_tree)
	MUST_USE;

/* Readers: t may be NULL, which stands for "not there". */
const struct tree *tree_get(const struct tree *t, const char *key); /* an item of a map, or NULL */
struct str tree_str(const struct tree *t, const char *key);	    /* a scalar item's value, or empty */
/* tree_items: each item of a list; a lone scalar or map stands for a list of one; what is empty has none. */
size_t tree_items(const struct tree *t, const struct tree **ret_items);
bool tree_real(const struct tree *t, const char *key, double *ret_value);
bool tree_bool(const struct tree *t, const char *key);		    /* true, yes, on */

#endif
