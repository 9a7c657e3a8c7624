/* SPDX-License-Identifier: MIT
 *
 * The names that speak for an article in a log: log files ("Sender.log"), programs ("rcmd" of Rcmd.exe), libraries
 * ("Connras.dll"), threads of SMS ("SMS_LAN_SENDER"), and the Source line of an event.
 */
#include "rule/rule.h"

#include <string.h>

enum { NAMES_MAX = 8, NAME_MAX = 40 };

static void add_name(struct arena *a, struct str **items, size_t *count, size_t *cap, struct str name)
{
	bool known = *count >= NAMES_MAX || name.n < 2 || name.n > NAME_MAX;
	for (size_t i = 0; i < *count && !known; i++)
		known = str_eq_nocase((*items)[i], name);
	struct str *slot = known ? NULL : arena_push(a, items, count, cap);
	if (slot)
		*slot = name;
}

static void add_component(struct arena *a, struct rule *rule, struct str name)
{
	add_name(a, &rule->components, &rule->component_count, &rule->component_cap, name);
}

static bool is_name_char(char c)
{
	return char_is_alnum(c) || c == '_' || c == '-' || c == '$' || c == '~';
}

static bool is_extension(struct str text, size_t dot, const char *extension)
{
	return str_starts_nocase(str_from(text, dot + 1), str_c(extension)) &&
	       (dot + 4 >= text.n || !is_name_char(text.p[dot + 4]));
}

/* take_file reads the name around a dot. */
static void take_file(struct arena *a, struct rule *rule, struct str text, size_t dot, bool programs)
{
	size_t from = dot;
	while (from && is_name_char(text.p[from - 1]))
		from--;
	if (from == dot)
		return;
	struct str name = { text.p + from, dot - from }, whole = { text.p + from, dot + 4 - from };
	if (is_extension(text, dot, "log"))
		add_name(a, &rule->log_files, &rule->log_file_count, &rule->log_file_cap, whole);
	else if (programs && is_extension(text, dot, "exe"))
		add_component(a, rule, name);
	else if (programs && is_extension(text, dot, "dll"))
		add_component(a, rule, whole);
}

static void take_files(struct arena *a, struct rule *rule, struct str text, bool programs)
{
	for (size_t at = 0; at + 4 <= text.n; at++) {
		const char *dot = memchr(text.p + at, '.', text.n - at - 3);
		if (!dot)
			return;
		at = (size_t)(dot - text.p);
		take_file(a, rule, text, at, programs);
	}
}

/* take_threads reads the upper-case names of SMS's threads, as its logs have them behind each line. */
static void take_threads(struct arena *a, struct rule *rule, struct str text)
{
	static const struct str prefix = STR_LIT("SMS_");
	for (size_t at; (at = str_find(text, prefix)) != STR_NONE;) {
		size_t n = prefix.n;
		bool lower = false;
		while (at + n < text.n && is_name_char(text.p[at + n]))
			lower |= char_is_lower(text.p[at + n++]);
		if (!lower && n >= 10)
			add_component(a, rule, str_first(str_from(text, at), n));
		text = str_from(text, at + n);
	}
}

static void take_sources(struct arena *a, struct rule *rule, struct str text)
{
	static const struct str label = STR_LIT("Source:");
	for (size_t at; (at = str_find(text, label)) != STR_NONE;) {
		bool starts = at == 0 || char_is_space(text.p[at - 1]);
		struct str line, word;
		text = str_from(text, at + label.n);
		struct str rest = str_first(text, NAME_MAX * 2);
		if (starts && str_line(&rest, &line) && str_word(&line, &word) && char_is_alpha(*word.p))
			add_component(a, rule, word);
	}
}

enum err rule_add_names(const struct article *article, struct arena *a, struct rule *rule)
{
	take_files(a, rule, article->title, true);
	for (size_t i = 0; i < article->section_count; i++) {
		const struct article_section *s = &article->sections[i];
		bool telling = s->kind == SECTION_SYMPTOMS || s->kind == SECTION_CAUSE || s->kind == SECTION_QUESTION;
		bool may = s->kind == SECTION_SUMMARY || s->kind == SECTION_INTRO || s->kind == SECTION_MORE;
		if (s->kind == SECTION_NOTICE || s->kind == SECTION_APPLIES)
			continue;
		take_files(a, rule, s->body, telling || (may && !rule->component_count));
		take_threads(a, rule, s->body);
		take_sources(a, rule, s->body);
	}
	return arena_err(a);
}
