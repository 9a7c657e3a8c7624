/* SPDX-License-Identifier: MIT
 *
 * kbt stats: what the knowledge base holds, in figures.
 */
#include "cli/cmd.h"

#include <inttypes.h>

static int run(struct cmd_context *c)
{
	struct store *s;
	struct store_stat *stats;
	size_t count;
	if (c->arg_count) {
		cmd_usage(c, "stats takes no argument");
		return EXIT_USAGE;
	}
	enum err e = cmd_store(c, STORE_READ, &s);
	if (e)
		return cmd_fail(c, e);
	e = store_stats(s, &c->arena, &stats, &count);
	store_close(&s);
	if (e)
		return cmd_fail(c, e);
	struct json j = json_to(&c->out);
	if (c->json) {
		json_object(&j);
		json_key_str(&j, "db", str_c(c->db));
	}
	for (size_t i = 0; i < count; i++) {
		if (c->json)
			json_key_int(&j, stats[i].name, stats[i].value);
		else
			buf_addf(&c->out, "%12" PRId64 "  %s\n", stats[i].value, stats[i].says);
	}
	if (c->json) {
		json_end_object(&j);
		buf_add_char(&c->out, '\n');
	}
	return EXIT_FOUND;
}

static const char *const examples[] = { "kbt stats", "kbt stats --db build/kb.db --json", NULL };

const struct cmd cmd_stats = {
	.name = "stats",
	.usage = "",
	.help = "what the knowledge base holds, in figures",
	.examples = examples,
	.run = run,
};
