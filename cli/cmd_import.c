/* SPDX-License-Identifier: MIT
 *
 * kbt import: load articles, causes and codes. kbt remove: take one article out.
 */
#include "cli/cmd.h"
#include "store/import.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool show_progress(void *context, int64_t done_bytes, int64_t total_bytes, int64_t articles)
{
	struct cmd_context *c = context;
	if (total_bytes > 0)
		cmd_progress(c, "importing: %3d %%, %" PRId64 " articles", (int)(done_bytes * 100 / total_bytes),
			     articles);
	else
		cmd_progress(c, "importing: %" PRId64 " articles", articles);
	return !cmd_interrupted();
}

/* make_folders makes the folders of the default database; of one that was named only a person knows where it goes. */
static void make_folders(struct cmd_context *c)
{
	char *path = arena_alloc(&c->arena, strlen(c->db) + 1);
	if (!path || !c->db_is_default)
		return;
	memcpy(path, c->db, strlen(c->db) + 1);
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755); /* what fails here fails again, with a sentence, when the file is opened */
		*slash = '/';
	}
}

/* set_aside keeps a damaged database under another name, so that --replace can make it anew. */
static bool set_aside(struct cmd_context *c)
{
	struct str kept = arena_printf(&c->arena, "%s.damaged", c->db);
	struct str journal = arena_printf(&c->arena, "%s-journal", c->db);
	if (arena_err(&c->arena) || rename(c->db, kept.p))
		return false;
	remove(journal.p);
	c->diags.errors = 0;
	c->diags_shown = c->diags.count;
	cmd_error(c, "%s: damaged: kept as %s, a new one is made", c->db, kept.p);
	return true;
}

static enum err open_for_import(struct cmd_context *c, struct store **ret_store)
{
	make_folders(c);
	enum err e = cmd_store(c, STORE_WRITE, ret_store);
	if (e == ERR_DAMAGED && cmd_has(c, "replace") && set_aside(c))
		e = cmd_store(c, STORE_WRITE, ret_store);
	return e;
}

static void print_counts(struct cmd_context *c, const struct import_counts *n, int64_t generation)
{
	if (c->json) {
		struct json j = json_to(&c->out);
		json_object(&j);
		json_key_str(&j, "db", str_c(c->db));
		json_key_int(&j, "added", n->added);
		json_key_int(&j, "changed", n->changed);
		json_key_int(&j, "unchanged", n->unchanged);
		json_key_int(&j, "skipped", n->skipped);
		json_key_int(&j, "causes", n->causes);
		json_key_int(&j, "codes", n->codes);
		json_key_int(&j, "bytes", n->bytes);
		json_key_int(&j, "generation", generation);
		json_end_object(&j);
		buf_add_char(&c->out, '\n');
		return;
	}
	struct buf text = { 0 };
	int64_t all = n->added + n->changed + n->unchanged;
	buf_addf(&text, "%" PRId64 " article%s: %" PRId64 " added, %" PRId64 " changed, %" PRId64 " unchanged", all,
		 all == 1 ? "" : "s", n->added, n->changed, n->unchanged);
	if (n->causes || n->codes)
		buf_addf(&text, "; %" PRId64 " cause files, %" PRId64 " codes", n->causes, n->codes);
	if (n->skipped)
		buf_addf(&text, "; %" PRId64 " file%s no article", n->skipped, n->skipped == 1 ? " is" : "s are");
	buf_add_char(&text, '\n');
	if (c->text.width)
		render_wrapped(&c->out, &c->text, 0, buf_str(&text));
	else
		buf_add(&c->out, buf_str(&text));
	buf_free(&text);
}

static int run_import(struct cmd_context *c)
{
	if (!c->arg_count) {
		cmd_usage(c, "nothing to import: name files, folders or archives");
		return EXIT_USAGE;
	}
	struct store *s;
	enum err e = open_for_import(c, &s);
	if (e)
		return cmd_fail(c, e);
	struct import_options options = { .replace = cmd_has(c, "replace"), .progress = show_progress,
					  .context = c };
	struct import_counts counts;
	int64_t generation = 0;
	e = import_paths(s, c->args, c->arg_count, &options, &c->diags, &counts);
	if (!e)
		e = store_generation(s, &generation);
	store_close(&s);
	if (e)
		return cmd_fail(c, e);
	print_counts(c, &counts, generation);
	if (!cmd_flush(c))
		return EXIT_USAGE;
	struct cmd_kb kb; /* compiles the matcher now, so that no look-up has to wait for it */
	e = cmd_kb_open(c, &kb);
	if (e)
		return cmd_fail(c, e);
	cmd_kb_close(&kb);
	return EXIT_FOUND;
}

static const struct cmd_option import_options[] = {
	{ "replace", 0, NULL, "start anew; the old content stays until the new one is complete" },
	{ .name = NULL },
};

static const char *const import_examples[] = {
	"kbt import kb/",
	"kbt import kbarchive-txt.tar.zst kbarchive-md.tar.zst",
	"kbt import --db test.db --replace articles/ more.zip",
	NULL,
};

const struct cmd cmd_import = {
	.name = "import",
	.usage = "PATH...",
	.help = "load articles, causes and codes from files, folders and archives",
	.about = "Reads files, folders, tar (gz, xz, zst, bz2) and zip archives. What is imported adds to what is\n"
		 "there; of one id the newer date counts. All or nothing: a damaged archive changes nothing. Files\n"
		 "that are no articles are skipped and counted; articles that have not changed cost nothing.",
	.examples = import_examples,
	.options = import_options,
	.no_limit = true,
	.run = run_import,
};

static int run_remove(struct cmd_context *c)
{
	struct str id;
	struct store *s;
	if (!cmd_article(c, &id))
		return EXIT_USAGE;
	struct store *check;
	enum err e = cmd_store(c, STORE_READ, &check); /* removing never makes a database */
	if (e)
		return cmd_fail(c, e);
	store_close(&check);
	e = cmd_store(c, STORE_WRITE, &s);
	if (!e) {
		e = import_remove(s, id, &c->diags);
		store_close(&s);
	}
	if (e)
		return cmd_fail(c, e);
	if (c->json)
		buf_addf(&c->out, "{\"removed\":\"%.*s\"}\n", STR_ARG(id));
	else
		buf_addf(&c->out, "%.*s removed\n", STR_ARG(id));
	return EXIT_FOUND;
}

static const char *const remove_examples[] = { "kbt remove Q150536", NULL };

const struct cmd cmd_remove = {
	.name = "remove",
	.usage = "ID",
	.help = "take one article out, with all its sources",
	.about = "An import of files that hold it brings it back. Exit code 1: there is no such article.",
	.examples = remove_examples,
	.no_limit = true,
	.run = run_remove,
};
