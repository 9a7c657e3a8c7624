/* SPDX-License-Identifier: MIT
 *
 * kbt show ID: an article, its rules, its causes, and what cites it.
 */
#include "cli/cmd.h"

#include <unistd.h>

enum { CITED_BY_MAX = 1000 };

/* add_text passes text as it is to a file or a pipe; a terminal gets no control byte. */
static void add_text(struct cmd_context *c, struct str text)
{
	if (isatty(STDOUT_FILENO))
		render_safe(&c->out, text, true);
	else
		buf_add(&c->out, text);
}

static enum err add_raw(struct cmd_context *c, const struct article *article)
{
	struct buf raw = { 0 };
	article_raw(article, &raw);
	add_text(c, buf_str(&raw));
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
		add_text(c, sources[number - 1].bytes);
		return ERR_OK;
	}
	e = article_parse(sources[number - 1].bytes, &c->arena, &c->diags, &article);
	return e ? e : add_raw(c, article);
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
		return add_raw(c, article);
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
	if (c->arg_count != 1) {
		cmd_usage(c, "show takes one article id");
		return EXIT_USAGE;
	}
	if (!article_id(str_c(c->args[0]), &c->arena, &id)) {
		cmd_usage(c, "%s is no article id such as Q150536", c->args[0]);
		return EXIT_USAGE;
	}
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
	.about = "ID is Q150536, 150536 or KB150536. What the tool takes from the article comes first: messages, codes, cause,\n"
		 "what to do, status. Sources are numbered from 1, the one that counts first.",
	.examples = show_examples,
	.options = show_options,
	.run = show_run,
};
