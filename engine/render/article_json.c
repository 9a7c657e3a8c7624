/* SPDX-License-Identifier: MIT
 *
 * An article, the rule derived from it and what cites it, as one JSON object.
 */
#include "render/render.h"

#include "base/json.h"

static void add_fields(struct json *j, const struct article *a)
{
	json_key(j, "fields");
	json_array(j);
	for (size_t i = 0; i < a->field_count; i++) {
		json_object(j);
		json_key_str(j, "name", a->fields[i].name);
		json_key_str(j, "value", a->fields[i].value);
		json_key_bool(j, "footer", a->fields[i].footer);
		json_end_object(j);
	}
	json_end_array(j);
}

static void add_sections(struct json *j, const struct article *a)
{
	json_key(j, "sections");
	json_array(j);
	for (size_t i = 0; i < a->section_count; i++) {
		json_object(j);
		json_key_str(j, "kind", str_c(section_kind_name(a->sections[i].kind)));
		json_key_int(j, "level", a->sections[i].level);
		json_key_str(j, "heading", a->sections[i].heading);
		json_key_str(j, "text", a->sections[i].body);
		json_key_int(j, "line", a->sections[i].line);
		json_end_object(j);
	}
	json_end_array(j);
}

static void add_references(struct json *j, const struct article *a)
{
	json_key(j, "references");
	json_array(j);
	for (size_t i = 0; i < a->ref_count; i++) {
		json_object(j);
		json_key_str(j, a->refs[i].id.n ? "id" : "keyword",
			     a->refs[i].id.n ? a->refs[i].id : a->refs[i].keyword);
		json_key_str(j, "title", a->refs[i].title);
		json_end_object(j);
	}
	json_end_array(j);
}

static void add_templates(struct json *j, const struct rule *rule)
{
	json_key(j, "messages");
	json_array(j);
	for (size_t i = 0; i < rule->template_count; i++) {
		const struct rule_template *t = &rule->templates[i];
		json_object(j);
		json_key_str(j, "text", t->text);
		json_key(j, "variables");
		json_array(j);
		for (size_t k = 0; k < t->var_count; k++) {
			json_object(j);
			json_key_str(j, "name", t->vars[k].name);
			json_key_str(j, "type", str_c(var_type_name(t->vars[k].type)));
			json_key_str(j, "says", t->vars[k].says);
			json_end_object(j);
		}
		json_end_array(j);
		json_key_int(j, "line", t->line);
		json_end_object(j);
	}
	json_end_array(j);
}

static void add_codes(struct json *j, const struct rule *rule)
{
	json_key(j, "codes");
	json_array(j);
	for (size_t i = 0; i < rule->code_count; i++) {
		json_object(j);
		json_key_int(j, "value", rule->codes[i].value);
		json_key_str(j, "family", rule->codes[i].family);
		json_key_str(j, "symbol", rule->codes[i].symbol);
		json_key_bool(j, "defining", rule->codes[i].defining);
		json_end_object(j);
	}
	json_end_array(j);
}

static void add_stories(struct json *j, const struct rule *rule)
{
	json_key(j, "stories");
	json_array(j);
	for (size_t i = 0; i < rule->story_count; i++) {
		json_object(j);
		json_key_str(j, "name", rule->stories[i].name);
		json_key_str(j, "says", rule->stories[i].says);
		json_end_object(j);
	}
	json_end_array(j);
}

static void add_rule(struct json *j, const struct rule *rule)
{
	json_key(j, "rule");
	json_object(j);
	add_templates(j, rule);
	add_codes(j, rule);
	json_key_str(j, "cause", rule->cause);
	render_json_resolutions(j, rule->resolutions, rule->resolution_count);
	json_key_str(j, "status", str_c(rule_status_name(rule->status)));
	json_key_str(j, "status_text", rule->status_text);
	if (rule->story_count)
		add_stories(j, rule);
	json_key_strs(j, "log_files", rule->log_files, rule->log_file_count);
	json_key_strs(j, "components", rule->components, rule->component_count);
	json_key_strs(j, "causes", rule->cause_classes, rule->cause_class_count);
	json_key_strs(j, "probes", rule->probes, rule->probe_count);
	json_end_object(j);
}

static void add_article(struct json *j, const struct article *a)
{
	json_key_str(j, "id", a->id);
	json_key_str(j, "title", a->title);
	json_key_str(j, "date", a->date);
	json_key_str(j, "format", a->format);
	json_key_str(j, "issue_type", a->issue_type);
	json_key_str(j, "query_words", a->query_words);
	json_key_strs(j, "products", a->products, a->product_count);
	json_key_strs(j, "keywords", a->keywords, a->keyword_count);
	add_fields(j, a);
	add_sections(j, a);
	add_references(j, a);
}

void render_json_article(struct buf *out, const struct article *article, const struct article *authored,
			 const struct rule *rule, const struct store_brief *cited_by, size_t cited_by_count)
{
	struct json j = json_to(out);
	json_object(&j);
	add_article(&j, article);
	add_rule(&j, rule);
	if (authored && authored != article) {
		json_key(&j, "authored");
		json_object(&j);
		add_article(&j, authored);
		json_end_object(&j);
	}
	json_key(&j, "cited_by");
	json_array(&j);
	for (size_t i = 0; i < cited_by_count; i++) {
		json_object(&j);
		json_key_str(&j, "id", cited_by[i].id);
		json_key_str(&j, "title", cited_by[i].title);
		json_key_str(&j, "date", cited_by[i].date);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
}
