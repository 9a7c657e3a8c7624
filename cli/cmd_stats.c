/* SPDX-License-Identifier: MIT
 *
 * kbt stats: what the knowledge base holds, in figures, and what scans with --record found.
 */
#include "cli/cmd.h"
#include "match/stamp.h"
#include "store/tally.h"

#include <inttypes.h>
#include <string.h>

enum { DAY_S = 86400 };

static struct str day_text(int64_t day, char to[32])
{
	stamp_label(day * DAY_S, true, to, 32);
	return (struct str){ to, strlen("2001-03-12") };
}

static void add_object(struct json *j, const struct tally_article *t, struct str title)
{
	char day[32];
	json_object(j);
	json_key_str(j, "id", t->id);
	json_key_str(j, "title", title);
	json_key_int(j, "lines", (int64_t)t->lines);
	json_key_str(j, "first", day_text(t->first_day, day));
	json_key_str(j, "last", day_text(t->last_day, day));
	json_end_object(j);
}

/* add_row: where the id does not stand beside the rest it stands below. */
static void add_row(struct cmd_context *c, const struct tally_article *t, struct str title, size_t id_width)
{
	char last[32];
	unsigned column = 12 + 2 + sizeof "2001-03-12" - 1 + 2;
	buf_addf(&c->out, "%12" PRIu64 "  %.*s", t->lines, STR_ARG(day_text(t->last_day, last)));
	if (c->text.width && c->text.width < column + id_width) {
		struct buf below = { 0 };
		buf_addf(&below, "%.*s  %.*s", STR_ARG(t->id), STR_ARG(title));
		buf_add_char(&c->out, '\n');
		render_wrapped(&c->out, &c->text, 2, buf_str(&below));
		buf_free(&below);
		return;
	}
	buf_add_c(&c->out, "  ");
	render_padded(&c->out, t->id, id_width + 2);
	render_title(&c->out, &c->text, column + (unsigned)id_width + 2, title);
}

/* add_seen: what scans found, the frequent first. Without a file of it there is none. */
static enum err add_seen(struct cmd_context *c, struct store *s, struct json *j)
{
	struct tally *tally = NULL;
	struct tally_article *items = NULL;
	size_t count = 0, id_width = 0;
	enum err e = tally_open(c->db, false, &c->diags, &tally);
	if (!e)
		e = tally_most(tally, INT64_MIN, c->limit, &c->arena, &items, &count);
	tally_close(&tally);
	if (e && e != ERR_NOTFOUND)
		return e;
	if (c->json) {
		json_key(j, "seen");
		json_array(j);
	} else if (count) {
		buf_add_char(&c->out, '\n');
		render_wrapped(&c->out, &c->text, 0, STR("Lines found by kbt scan --record, and the last day"));
	}
	for (size_t i = 0; i < count; i++)
		id_width = items[i].id.n > id_width ? items[i].id.n : id_width;
	for (size_t i = 0; i < count; i++) {
		struct store_brief brief = { .title = STR("no longer in the knowledge base") };
		e = store_brief(s, items[i].id, &c->arena, &brief);
		if (e && e != ERR_NOTFOUND)
			return e;
		if (c->json)
			add_object(j, &items[i], e ? STR("") : brief.title);
		else
			add_row(c, &items[i], brief.title, id_width);
	}
	if (c->json)
		json_end_array(j);
	return ERR_OK;
}

static void add_figure(struct cmd_context *c, const struct store_stat *stat)
{
	buf_addf(&c->out, "%12" PRId64 "  ", stat->value);
	render_hanging(&c->out, &c->text, 14, str_c(stat->says));
}

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
	if (e) {
		store_close(&s);
		return cmd_fail(c, e);
	}
	struct json j = json_to(&c->out);
	if (c->json) {
		json_object(&j);
		json_key_str(&j, "db", str_c(c->db));
	}
	for (size_t i = 0; i < count; i++) {
		if (c->json)
			json_key_int(&j, stats[i].name, stats[i].value);
		else
			add_figure(c, &stats[i]);
	}
	e = add_seen(c, s, &j);
	store_close(&s);
	if (e) {
		buf_clear(&c->out);
		return cmd_fail(c, e);
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
	.help = "what the knowledge base holds, in figures, and what scans found",
	.about = "Below the figures: how many lines of logs `kbt scan --record` found of which article, and when;\n"
		 "the frequent first, at most -n. Only counts are kept, in DB.seen beside the database: remove\n"
		 "that file to forget them.",
	.examples = examples,
	.run = run,
};
