/* SPDX-License-Identifier: MIT
 *
 * kbt show ID: an article, its rules, its causes, and what cites it.
 */
#include "cli/cmd.h"

#include "base/json.h"

#include <unistd.h>

enum { CITED_BY_MAX = 1000 };

/* add_text passes text as it is to a file or a pipe; a terminal gets no control byte. source: NULL where the text is
 * of no one source. */
static void add_text(struct cmd_context *c, struct str id, const struct store_source *source, struct str text)
{
	if (c->json) {
		struct json j = json_to(&c->out);
		json_object(&j);
		json_key_str(&j, "id", id);
		if (source) {
			json_key_str(&j, "origin", source->origin);
			json_key_str(&j, "format", source->format);
			json_key_str(&j, "date", source->date);
		}
		json_key_str(&j, "text", text);
		json_end_object(&j);
		buf_add_char(&c->out, '\n');
	} else if (isatty(STDOUT_FILENO)) {
		render_safe(&c->out, text, true);
	} else {
		buf_add(&c->out, text);
	}
}

static enum err add_raw(struct cmd_context *c, const struct article *article, const struct store_source *source)
{
	struct buf raw = { 0 };
	article_raw(article, &raw);
	add_text(c, article->id, source, buf_str(&raw));
	enum err e = buf_err(&raw);
	buf_free(&raw);
	return e;
}

static enum err show_source(struct cmd_context *c, struct store *s, struct str id, uint64_t number)
{
	struct store_source *sources;
	struct article *article;
	size_t count;
	enum err e = store_article(s, id, &c->arena, &sources, &count);
	if (e)
		return e;
	if (number > count)
		return diags_fail(&c->diags, ERR_NOTFOUND, "%.*s has %zu source%s, not %llu", STR_ARG(id), count,
				  count == 1 ? "" : "s", (unsigned long long)number);
	if (!cmd_has(c, "raw")) {
		add_text(c, id, &sources[number - 1], sources[number - 1].bytes);
		return ERR_OK;
	}
	e = article_parse(sources[number - 1].bytes, &c->arena, &c->diags, &article);
	return e ? e : add_raw(c, article, &sources[number - 1]);
}

static enum err show_article(struct cmd_context *c, struct store *s, struct str id)
{
	struct article *article, *authored;
	struct rule rule;
	struct store_brief *cited_by;
	size_t cited_by_count;
	enum err e = store_load(s, id, &c->arena, &article, &authored, &rule);
	if (e)
		return e;
	if (cmd_has(c, "raw"))
		return add_raw(c, article, NULL);
	e = store_cited_by(s, id, CITED_BY_MAX, &c->arena, &cited_by, &cited_by_count);
	if (e)
		return e;
	if (c->json) {
		render_json_article(&c->out, article, authored, &rule, cited_by, cited_by_count);
		buf_add_char(&c->out, '\n');
	} else {
		render_text_article(&c->out, &c->text, article, authored, &rule, cited_by, cited_by_count);
	}
	return ERR_OK;
}

static int show_run(struct cmd_context *c)
{
	struct store *s = NULL;
	struct str id;
	uint64_t number = 0;
	if (!cmd_article(c, &id))
		return EXIT_USAGE;
	if (!cmd_number(c, "source", 1, 1000000, &number))
		return EXIT_USAGE;
	enum err e = cmd_store(c, STORE_READ, &s);
	if (!e)
		e = number ? show_source(c, s, id, number) : show_article(c, s, id);
	store_close(&s);
	if (e == ERR_NOTFOUND && !c->diags.errors) {
		cmd_error(c, "%.*s is not in the knowledge base %s", STR_ARG(id), c->db);
		return EXIT_NONE;
	}
	return e ? cmd_fail(c, e) : EXIT_FOUND;
}

static const struct cmd_option show_options[] = {
	{ "raw", 0, NULL, "the text again from its parsed parts, word for word" },
	{ "source", 0, "N", "the bytes of its Nth source as imported; with --raw, printed from their parts" },
	{ 0 },
};

static const char *const show_examples[] = {
	"kbt show Q150536",
	"kbt show 150536 --raw",
	"kbt show KB221951 --json",
	"kbt show Q150536 --source 2 > Q150536.TXT",
	NULL,
};

const struct cmd cmd_show = {
	.name = "show",
	.usage = "ID",
	.help = "an article, its rules, its causes, what cites it",
	.about = "ID is Q150536, 150536 or KB150536, or a name such as Q-no-route-to-host. What the tool takes\n"
		 "from the article comes first: messages, codes, cause, what to do, status. Sources are numbered from 1,\n"
		 "the one that counts first.",
	.examples = show_examples,
	.options = show_options,
	.no_limit = true,
	.run = show_run,
};
