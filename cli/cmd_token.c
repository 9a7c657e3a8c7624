/* SPDX-License-Identifier: MIT
 *
 * kbt token: who may ask `kbt serve`, by name and role. The secret is printed once and kept nowhere.
 */
#include "cli/save.h"
#include "web/file.h"
#include "web/token.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* read_tokens: a file that is not there holds none. */
static enum err read_tokens(struct cmd_context *c, const char *path, struct tokens *ret_tokens, struct stat *ret_file)
{
	struct str text;
	*ret_tokens = (struct tokens){ 0 };
	if (lstat(path, ret_file) && errno == ENOENT) {
		*ret_file = (struct stat){ .st_mode = S_IFREG | 0600, .st_uid = (uid_t)-1, .st_gid = (gid_t)-1 };
		return ERR_OK;
	}
	enum err e = file_read(path, TOKENS_BYTES_MAX, &c->arena, &c->diags, &text, ret_file);
	c->diags.origin = str_c(path);
	if (!e)
		e = tokens_parse(text, &c->arena, &c->diags, ret_tokens);
	c->diags.origin = STR("");
	return e;
}

static enum err write_tokens(struct cmd_context *c, const char *path, const struct tokens *t, const struct stat *file)
{
	struct buf out = { 0 };
	tokens_write(&out, t);
	enum err e = buf_err(&out);
	if (!e)
		e = save_over(c, path, file, buf_str(&out));
	buf_free(&out);
	return e;
}

static enum err add(struct cmd_context *c, const char *path, struct tokens *t, const struct stat *file, struct str name)
{
	struct token token = { .name = name };
	struct str secret, role = str_c(cmd_value(c, "role", "probe"));
	if (!token_name_fits(name))
		return diags_fail(&c->diags, ERR_INPUT,
				  "'%.*s' is no name of a token: letters, digits, dots, dashes and underscores, at "
				  "most %d",
				  STR_ARG(name), TOKEN_NAME_MAX);
	if (!role_find(role, &token.role))
		return diags_fail(&c->diags, ERR_INPUT, "--role is read, probe or admin, not '%.*s'", STR_ARG(role));
	if (tokens_named(t, name))
		return diags_fail(&c->diags, ERR_EXISTS, "there is a token %.*s in %s already: remove it first",
				  STR_ARG(name), path);
	enum err e = token_make(&c->arena, &secret, token.hash);
	if (e)
		return e;
	struct token *slot = t->count < TOKENS_MAX ? arena_push(&c->arena, &t->items, &t->count, &t->cap) : NULL;
	if (!slot)
		return diags_fail(&c->diags, ERR_LIMIT, "%s holds as many tokens as it may", path);
	*slot = token;
	e = save_check(c, path, true);
	if (e)
		return e;
	if (c->json) {
		struct json j = json_to(&c->out);
		json_object(&j);
		json_key_str(&j, "name", name);
		json_key_str(&j, "role", str_c(role_name(token.role)));
		json_key_str(&j, "token", secret);
		json_end_object(&j);
		buf_add_char(&c->out, '\n');
	} else {
		buf_addf(&c->out, "%.*s\n", STR_ARG(secret));
	}
	/* One that nobody has seen would only take its name: what cannot be told, or was ended before, adds none. */
	return cmd_flush(c) ? write_tokens(c, path, t, file) : ERR_OK;
}

static enum err take_out(struct cmd_context *c, const char *path, struct tokens *t, const struct stat *file,
			 struct str name)
{
	size_t kept = 0;
	for (size_t i = 0; i < t->count; i++)
		if (!str_eq(t->items[i].name, name))
			t->items[kept++] = t->items[i];
	if (kept == t->count)
		return diags_fail(&c->diags, ERR_INPUT, "there is no token %.*s in %s", STR_ARG(name), path);
	t->count = kept;
	enum err e = write_tokens(c, path, t, file);
	if (e || !c->json)
		return e;
	struct json j = json_to(&c->out);
	json_object(&j);
	json_key_str(&j, "removed", name);
	json_end_object(&j);
	buf_add_char(&c->out, '\n');
	return ERR_OK;
}

static void list(struct cmd_context *c, const struct tokens *t)
{
	for (size_t i = 0; i < t->count; i++) {
		struct json j = json_to(&c->out);
		if (!c->json) {
			buf_addf(&c->out, "%-5s  %.*s\n", role_name(t->items[i].role), STR_ARG(t->items[i].name));
			continue;
		}
		json_object(&j);
		json_key_str(&j, "name", t->items[i].name);
		json_key_str(&j, "role", str_c(role_name(t->items[i].role)));
		json_end_object(&j);
		buf_add_char(&c->out, '\n');
	}
}

/* lock_beside: two of these commands at once would lose one's change. Where nothing can be locked it goes on without. */
static enum err lock_beside(struct cmd_context *c, const char *path, int *ret_fd)
{
	struct str dir = arena_str(&c->arena, str_c(path));
	char *slash = dir.p ? strrchr((char *)(uintptr_t)dir.p, '/') : NULL;
	if (slash)
		slash[slash == dir.p] = 0;
	int fd = open(slash ? dir.p : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && flock(fd, LOCK_EX) && errno == EINTR) {
		close(fd);
		return ERR_INTERRUPTED;
	}
	*ret_fd = fd;
	return ERR_OK;
}

static int run(struct cmd_context *c)
{
	const char *path = cmd_value(c, "tokens", NULL), *what = c->arg_count ? c->args[0] : "";
	bool adds = !strcmp(what, "add"), takes = !strcmp(what, "remove"), lists = !strcmp(what, "list");
	struct tokens tokens;
	struct stat file;
	if (!path || c->arg_count != (lists ? 1U : 2U) || (!adds && !takes && !lists)) {
		cmd_usage(c, path ? "token takes add NAME, remove NAME, or list" : "token needs --tokens FILE");
		return EXIT_USAGE;
	}
	if (!adds && cmd_value(c, "role", NULL)) {
		cmd_usage(c, "--role goes with add");
		return EXIT_USAGE;
	}
	if (lists && access(path, F_OK))
		return cmd_fail(c, diags_fail(&c->diags, ERR_INPUT, "%s: %s", path, err_errno_text(errno)));
	int lock = -1;
	enum err e = lists ? ERR_OK : lock_beside(c, path, &lock);
	if (!e)
		e = read_tokens(c, path, &tokens, &file);
	if (!e && adds)
		e = add(c, path, &tokens, &file, str_c(c->args[1]));
	else if (!e && takes)
		e = take_out(c, path, &tokens, &file, str_c(c->args[1]));
	else if (!e)
		list(c, &tokens);
	if (lock >= 0)
		close(lock);
	return e ? cmd_fail(c, e) : cmd_flush(c) ? EXIT_FOUND : EXIT_USAGE;
}

static const struct cmd_option options[] = {
	{ "tokens", 0, "FILE", "the file of tokens; it is made where it is missing" },
	{ "role", 0, "ROLE", "add: read, probe (the default; read and send probes) or admin" },
	{ .name = NULL },
};

static const char *const examples[] = {
	"kbt token add alice --tokens /etc/kbtriage/tokens",
	"kbt token add grafana --role read --tokens tokens",
	"kbt token remove alice --tokens tokens",
	"kbt token list --tokens tokens",
	NULL,
};

const struct cmd cmd_token = {
	.name = "token",
	.usage = "add NAME | remove NAME | list",
	.help = "who may ask the web page and the API",
	.about = "Makes, takes out and lists the tokens of `kbt serve --tokens FILE`. A new token is printed once;\n"
		 "the file holds its hash alone. A running server takes up the change within a second or two: one\n"
		 "that is taken out is logged out.",
	.examples = examples,
	.options = options,
	.no_db = true,
	.no_limit = true,
	.run = run,
};
