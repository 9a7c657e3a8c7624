/* SPDX-License-Identifier: MIT
 *
 * Messages as templates: literal pieces and typed variables in the caller's arena, whose failure tells that memory has
 * ended.
 *
 *   template.c      variables by their names and types; the template language of authored articles
 *   placeholder.c   what in a quoted message stands for a value
 *   quoted.c        the messages that an article quotes
 */
#ifndef KBT_RULE_TEMPLATE_H
#define KBT_RULE_TEMPLATE_H

#include "rule/rule.h"

/* template_guess_var names and types a variable from its placeholder and from the sentence that explains it (may be
 * empty): "servername", "the NetBIOS name of the server" gives server, netbios-name. */
void template_guess_var(struct str says, struct str explained, struct arena *a, struct rule_var *var);

void template_add_literal(struct rule_template *t, struct arena *a, struct str text);
/* template_add_var: the second "server" of a template is called server2. */
void template_add_var(struct rule_template *t, struct arena *a, struct rule_var var);

/* template_has_word: does one begin so in the text, whatever its case? */
bool template_has_word(struct str text, const char *word);
/* template_run_of: how many characters at the start of s belong. */
size_t template_run_of(struct str s, bool (*belongs)(char c));

/* What is read of one article: its messages, and what the section at hand explains ("where X is"). */
enum { EXPLAINED_MAX = 16 /* sentences looked at, a section */ };

struct explained { struct str word, says; };

struct reader {
	struct arena *a;
	struct rule *rule;
	struct explained explained[EXPLAINED_MAX];
	size_t explained_count;
};

/* placeholder_split makes the pieces of t from its text. */
void placeholder_split(const struct reader *r, struct rule_template *t);

#endif
