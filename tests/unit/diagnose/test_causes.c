/* SPDX-License-Identifier: MIT
 *
 * The cause files as data: what is malformed is refused with its line, and kb/causes holds every class of the lab's
 * vocabulary, each told apart from every other by some fact, or known to overlap.
 */
#include "tests/unit/unit.h"

#include "diagnose/cause.h"
#include "tests/main/file.h"

#include <glob.h>

static struct store_source source_of(struct arena *a, const char *path)
{
	struct buf bytes = { 0 };
	assert_true(file_read(path, &bytes));
	struct store_source s = { .origin = arena_str(a, str_c(path)), .bytes = buf_keep(&bytes, a) };
	buf_free(&bytes);
	return s;
}

static struct causes *load_kb(struct arena *a)
{
	glob_t found;
	struct store_source files[64];
	struct causes *causes = NULL;
	struct diags d = { .arena = a };
	assert_int_equal(glob("kb/causes/*.yaml", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		files[i] = source_of(a, found.gl_pathv[i]);
	enum err err = causes_load(files, found.gl_pathc, &d, &causes);
	for (size_t i = 0; i < d.count; i++)
		print_message("%.*s:%u: %.*s\n", STR_ARG(d.items[i].origin), d.items[i].line, STR_ARG(d.items[i].text));
	assert_int_equal(err, ERR_OK);
	globfree(&found);
	return causes;
}

static const struct cause *find(const struct causes *causes, struct str name)
{
	for (size_t i = 0; i < causes->count; i++)
		if (str_eq(causes->items[i].name, name))
			return &causes->items[i];
	return NULL;
}

static void test_vocabulary(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct causes *causes = load_kb(&a);
	struct str table = source_of(&a, "tests/lab/classes.tsv").bytes, line, name, rest;
	size_t count = 0;
	for (str_line(&table, &line); str_line(&table, &line); count++) {
		str_cut(line, '\t', &name, &rest);
		if (!find(causes, name))
			fail_msg("kb/causes lacks %.*s", STR_ARG(name));
	}
	assert_int_equal(causes->count, count);
	causes_close(&causes);
	arena_free(&a);
}

static bool covers(const struct cause *c, struct str words)
{
	for (size_t i = 0; i < c->cover_count; i++)
		if (str_find(c->covers[i], words) != STR_NONE)
			return true;
	return false;
}

/* What this machine's own firewall drops for one address, or of what comes back, looks like somebody else's doing; and
 * an answer that is lost on the way like a service that hangs. */
static void test_alike(void **state)
{
	(void)state;
	static const struct str silent[] = { STR_LIT("fw-drop-smb"), STR_LIT("fw-drop-445"), STR_LIT("arp-only"),
					     STR_LIT("routed-silent"), STR_LIT("smb.server.hung") };
	struct arena a = { 0 };
	struct causes *causes = load_kb(&a);
	for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
		if (!covers(find(causes, silent[i]), STR("this machine's own firewall")))
			fail_msg("%.*s", STR_ARG(silent[i]));
	assert_true(covers(find(causes, STR("smb.server.hung")), STR("drops the answers")));
	causes_close(&causes);
	arena_free(&a);
}

/* Any two classes are told apart by some fact, or listed as a pair that no fact tells apart. */
static void test_told_apart(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct causes *causes = load_kb(&a);
	size_t wrong = 0;
	for (size_t i = 0; i < causes->count; i++)
		for (size_t k = 0; k < i; k++) {
			const struct cause *one = &causes->items[i], *other = &causes->items[k];
			if (causes_overlap(one, other) == (causes_alike(one, other) != NULL))
				continue;
			print_message("%.*s and %.*s: listed as alike, or not, and it is the other way round\n",
				      STR_ARG(other->name), STR_ARG(one->name));
			wrong++;
		}
	assert_int_equal(wrong, 0);
	causes_close(&causes);
	arena_free(&a);
}

/* undecidable: it needs what only the server tells, or that two machines serve, which only their owner knows to be
 * meant; so that it is never more than one of those left. */
static bool undecidable(const struct causes *causes, struct str class)
{
	const struct cause *c = find(causes, class);
	for (size_t i = 0; c && i < c->prediction_count; i++) {
		const struct prediction *p = &c->predictions[i];
		if (p->needed && (str_eq(p->fact, STR("udp.listens")) ||
				  (str_eq(p->fact, STR("smb.ipv6")) && prediction_holds(p, STR("other")))))
			return true;
	}
	return false;
}

/* Each class of the vocabulary is held by a recorded diagnosis. */
static void test_recorded(void **state)
{
	(void)state;
	struct arena a = { 0 };
	glob_t found;
	struct str table = source_of(&a, "tests/lab/classes.tsv").bytes, line, name, rest;
	assert_int_equal(glob("tests/golden/diagnose/*.want", 0, NULL, &found), 0);
	struct causes *causes = load_kb(&a);
	for (str_line(&table, &line); str_line(&table, &line);) {
		bool held = false;
		str_cut(line, '\t', &name, &rest);
		for (size_t i = 0; !held && i < found.gl_pathc; i++) {
			struct str want = source_of(&a, found.gl_pathv[i]).bytes, head, verdict, cause;
			held = str_line(&want, &head) && str_cut(head, ' ', &verdict, &cause) && str_eq(cause, name);
			held |= undecidable(causes, name) &&
				str_find(want, arena_printf(&a, "left: %.*s\n", STR_ARG(name))) != STR_NONE;
		}
		if (!held)
			fail_msg("no case of tests/golden/diagnose ends in %.*s", STR_ARG(name));
	}
	causes_close(&causes);
	globfree(&found);
	arena_free(&a);
}

/* What an action takes and risks is said of each; one of a database that says neither loads all the same. */
static void test_actions(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct causes *causes = load_kb(&a);
	for (size_t i = 0; i < causes->count; i++) {
		const struct cause *c = &causes->items[i];
		assert_true(c->resolution_count > 0 && c->verify.n > 0);
		for (size_t k = 0; k < c->resolution_count; k++) {
			const struct rule_resolution *r = &c->resolutions[k];
			assert_true(r->effort != EFFORT_UNSAID && r->risk != RISK_UNSAID);
			assert_true((r->risk == RISK_NONE) == (r->harm.n == 0));
		}
	}
	const struct rule_resolution *last = &find(causes, STR("smb.server.hung"))->resolutions[1];
	assert_int_equal(last->effort, EFFORT_MINUTES);
	assert_int_equal(last->risk, RISK_MEDIUM);
	assert_string_equal(rule_effort_name(last->effort), "minutes");
	assert_string_equal(rule_risk_name(last->risk), "medium");
	causes_close(&causes);
	struct store_source old = { .origin = STR("x.yaml"),
				    .bytes = STR("causes:\n- {class: a, title: t, layer: l, says: s, needs: {tcp.445: "
						 "open}, do: [{text: x}]}\n") };
	assert_int_equal(causes_load(&old, 1, NULL, &causes), ERR_OK);
	assert_int_equal(causes->items[0].resolutions[0].risk, RISK_UNSAID);
	assert_string_equal(rule_risk_name(RISK_UNSAID), "");
	causes_close(&causes);
	arena_free(&a);
}

/* The probe that is to show that a cause is gone is one by which it was found, in every recorded diagnosis of it. */
static void test_verify_is_what_found_it(void **state)
{
	(void)state;
	struct arena a = { 0 };
	glob_t found;
	struct causes *causes = load_kb(&a);
	assert_int_equal(glob("tests/golden/diagnose/*.want", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct str path = str_c(found.gl_pathv[i]), want = source_of(&a, path.p).bytes, head, verdict, name;
		const struct cause *c = NULL;
		if (str_line(&want, &head) && str_cut(head, ' ', &verdict, &name))
			c = find(causes, name);
		if (!c)
			continue;
		struct str in = arena_printf(&a, "%.*s.in", (int)(path.n - sizeof ".want" + 1), path.p);
		bool udp = str_find(source_of(&a, in.p).bytes, STR("\"probe\": \"udp\"")) != STR_NONE;
		bool large = str_find(source_of(&a, in.p).bytes, STR("\"pad\": ")) != STR_NONE;
		bool netbios = str_find(source_of(&a, in.p).bytes, STR("\"probe\": \"nbns\"")) != STR_NONE;
		struct str probe = udp && str_eq(c->verify, STR("tcp"))		? STR("udp")
				   : large && str_eq(c->verify, STR("mtu"))	? STR("smb")
				   : !netbios && str_eq(c->verify, STR("nbns")) ? STR("dns")
										: c->verify;
		struct str ran = arena_printf(&a, "\"probe\": \"%.*s\"", STR_ARG(probe));
		if (str_find(source_of(&a, in.p).bytes, ran) == STR_NONE)
			fail_msg("%s: %.*s was found without its probe %.*s", in.p, STR_ARG(name), STR_ARG(c->verify));
	}
	globfree(&found);
	causes_close(&causes);
	arena_free(&a);
}

static enum err load_text(const char *text, struct diags *d)
{
	struct causes *causes = NULL;
	struct store_source file = { .origin = STR("x.yaml"), .bytes = str_c(text) };
	enum err err = causes_load(&file, 1, d, &causes);
	if (!err)
		causes_close(&causes);
	return err;
}

static void test_malformed(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"causes:\n- {class: a, title: t, layer: l, says: s, needs: {no.such.fact: x}}\n",
		"causes:\n- {class: a, title: t, layer: l, says: s, needs: {tcp.445: ajar}}\n",
		"causes:\n- {class: a, title: t, layer: l, says: s, groups: [none], needs: {tcp.445: open}}\n",
		"causes:\n- {class: a, title: t, layer: l, says: s, neds: {tcp.445: open}, needs: {tcp.445: open}}\n",
		"causes:\n- {class: a, title: t, layer: l, needs: {tcp.445: open}}\n",
		"causes:\n- {class: a, title: t, layer: l, says: s}\n",
		"causes:\n- {class: a, title: t, layer: l, says: s, needs: {tcp.445: open}, do: [{text: ''}]}\n",
		("causes:\n- {class: a, title: t, layer: l, says: s, needs: {tcp.445: open}, do: "
		 "[{text: x, risk: some}]}\n"),
		("causes:\n- {class: a, title: t, layer: l, says: s, needs: {tcp.445: open}, do: "
		 "[{text: x, efort: days}]}\n"),
		("causes:\n- {class: a, title: t, layer: l, says: s, needs: {tcp.445: open}}\n"
		 "- {class: a, title: t, layer: l, says: s, needs: {tcp.445: open}}\n"),
		"causes: [\n",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct arena a = { 0 };
		struct diags d = { .arena = &a };
		assert_int_equal(load_text(bad[i], &d), ERR_INPUT);
		assert_true(d.count > 0);
		assert_true(str_eq(d.items[0].origin, STR("x.yaml")));
		assert_true(d.items[0].line > 0);
		arena_free(&a);
	}
	assert_int_equal(
		load_text("causes:\n- {class: a, title: t, layer: l, says: s, needs: {tcp.445: open}}\n", NULL),
		ERR_OK);
	assert_int_equal(load_text("", NULL), ERR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vocabulary),
		cmocka_unit_test(test_alike),
		cmocka_unit_test(test_told_apart),
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_verify_is_what_found_it),
		cmocka_unit_test(test_malformed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
