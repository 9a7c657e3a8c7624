/* SPDX-License-Identifier: MIT
 *
 * Every article of the real archive, both sets: each parses, its raw text is its file line for line, every line of the
 * text is in a field or a section and never lost in the frame, and the counts are those of the archive. Skipped where
 * the shared folder is missing.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "article/article.h"
#include "article/charset.h"
#include "rule/rule.h"

struct counts {
	size_t articles, symptoms, query_words, dates, products, remedies, causes;
};

static struct arena arena;
static struct buf bytes;

/* the frame may hold blank lines, rules, and a web page's own lines before and behind the article */
static bool is_frame(struct str line, bool web)
{
	line = str_trim(line);
	size_t same = 0;
	while (same < line.n && line.p[same] == line.p[0])
		same++;
	return same == line.n || (web && (str_starts(line, STR("{%")) || str_starts(line, STR("## Q")) ||
					  str_starts(line, STR("layout:")) || str_starts(line, STR("title:")) ||
					  str_starts(line, STR("permalink:"))));
}

static void check_parts(const char *path, const struct article *a)
{
	bool web = str_eq(a->format, STR("kb-web"));
	for (size_t i = 0; i < a->part_count; i++) {
		const struct article_part *part = &a->parts[i];
		struct str rest = part->text, line;
		if (part->kind == PART_BODY) {
			struct str body = a->sections[part->index].body;
			if (part->text.p < body.p || part->text.p + str_trim_end(part->text).n > body.p + body.n)
				fail_msg("%s: text outside of its section", path);
		}
		while (part->kind == PART_FRAME && str_line(&rest, &line))
			if (!is_frame(line, web))
				fail_msg("%s: lost in the frame: %.*s", path, STR_ARG(line));
	}
}

static void check_raw(const char *path, const struct article *a)
{
	struct buf out = { 0 };
	article_raw(a, &out);
	struct str want = charset_text(buf_str(&bytes), &arena), got = buf_str(&out);
	if (!str_eq(got, want))
		fail_msg("%s: the raw text is not the file's", path);
	buf_free(&out);
}

static void check_article(const char *path, struct counts *counts)
{
	struct article *a;
	struct rule rule;
	if (article_parse(buf_str(&bytes), &arena, NULL, &a) || rule_extract(a, &arena, NULL, &rule))
		fail_msg("%s: no article", path);
	check_raw(path, a);
	check_parts(path, a);
	counts->articles++;
	counts->symptoms += article_has(a, SECTION_SYMPTOMS);
	counts->dates += a->date.n == 10;
	counts->products += a->product_count > 0;
	counts->remedies += rule.resolution_count > 0;
	counts->causes += rule.cause.n > 0;
	bool words = false;
	for (size_t i = 0; i < a->field_count; i++)
		words |= str_starts_nocase(a->fields[i].name, STR("Additional query"));
	counts->query_words += words;
	arena_reset(&arena);
}

static void read_entry(struct archive *from)
{
	buf_clear(&bytes);
	for (;;) {
		char *room = buf_room(&bytes, 1 << 16);
		assert_non_null(room);
		la_ssize_t n = archive_read_data(from, room, 1 << 16);
		assert_true(n >= 0);
		if (!n)
			return;
		bytes.n += (size_t)n;
	}
}

static void path_of(const char *name, char *path, size_t size)
{
	const char *shared = getenv("KBT_SHARED");
	snprintf(path, size, "%s/archive/%s", shared ? shared : "../shared", name);
}

static struct counts walk(const char *name)
{
	char path[4096];
	path_of(name, path, sizeof path);
	struct counts counts = { 0 };
	struct archive *from = archive_read_new();
	struct archive_entry *entry;
	archive_read_support_filter_zstd(from);
	archive_read_support_format_tar(from);
	assert_int_equal(archive_read_open_filename(from, path, 1 << 20), ARCHIVE_OK);
	while (archive_read_next_header(from, &entry) == ARCHIVE_OK) {
		if (archive_entry_filetype(entry) != AE_IFREG)
			continue;
		read_entry(from);
		check_article(archive_entry_pathname(entry), &counts);
	}
	archive_read_free(from);
	buf_free(&bytes);
	arena_free(&arena);
	return counts;
}

static void the_text_archive_is_whole(void **state)
{
	(void)state;
	struct counts c = walk("kbarchive-txt.tar.zst");
	assert_int_equal(c.articles, 51273);
	assert_int_equal(c.symptoms, 32297);
	assert_int_equal(c.dates, 51273);
	assert_int_equal(c.products, 51273);
	assert_in_range(c.query_words, 48500, 48700);
	assert_true(c.causes > 23000 && c.remedies > 28000);
}

static void the_web_archive_is_whole(void **state)
{
	(void)state;
	struct counts c = walk("kbarchive-md.tar.zst");
	assert_int_equal(c.articles, 8478);
	assert_int_equal(c.dates, 8478);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_archive_is_whole),
		cmocka_unit_test(the_web_archive_is_whole),
	};
	char path[4096];
	path_of("kbarchive-txt.tar.zst", path, sizeof path);
	if (access(path, R_OK)) {
		printf("1..1\nok 1 - the archive # SKIP no KB archive in the shared folder\n");
		return 0;
	}
	return cmocka_run_group_tests_name("the real archive", tests, NULL, NULL);
}
