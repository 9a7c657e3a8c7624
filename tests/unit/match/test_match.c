/* SPDX-License-Identifier: MIT
 *
 * What the header of the matcher promises: spans in the query, options, search, bad input in bounded time, and a
 * failing allocator at every step. What it finds is the goldens' business (tests/golden/match).
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "match/answer.h"
#include "tests/main/small_kb.h"
#include "tests/unit/match/pages.h"

static struct matcher *matcher;
static struct match_scratch *scratch;
static struct arena arena;

static int setup(void **state)
{
	(void)state;
	return small_kb_open(&matcher) || match_scratch_open(matcher, &scratch);
}

static int close_all(void **state)
{
	(void)state;
	match_scratch_close(&scratch);
	match_close(&matcher);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static struct match_answer ask(struct str text, const struct match_options *options)
{
	struct match_answer answer;
	assert_int_equal(match_message(matcher, scratch, text, options, &arena, &answer), ERR_OK);
	return answer;
}

static void spans_are_in_the_query(void **state)
{
	(void)state;
	struct str text = STR("Failed to connect to <\\\\FILESRV>, Error = 53");
	struct match_answer a = ask(text, NULL);
	assert_true(a.explained);
	const struct match *m = &a.matches[0];
	assert_true(str_eq(m->id, STR("Q150536")));
	assert_int_equal(m->spans[0].start, 0);
	assert_int_equal(m->spans[0].end, 44);
	assert_true(m->whole_payload);
	assert_int_equal(m->capture_count, 1);
	struct match_span s = m->captures[0].span;
	assert_true(str_eq(str_part(text, s.start, s.end), STR("FILESRV")));
	assert_int_equal(a.code.value, 53);
	assert_true(str_eq(a.code.symbol, STR("ERROR_BAD_NETPATH")));
	assert_true(a.code_reading_count >= 2); /* Windows' and Basic's */
}

static void marks_part_two_values(void **state)
{
	(void)state;
	static const struct { const char *text, *first, *second;
	} cases[] = {
		{ "mount.nfs: Connection refused for nas1:/srv on /mnt", "nas1", "/srv" },
		{ "dial tcp [::1]:8080: connect: connection refused", "::1", "8080" },
		{ "dial tcp [fe80::2]:8080: connect: connection refused", "fe80::2", "8080" },
		{ "dial tcp [fe80::2%eth0]:8080: connect: connection refused", "fe80::2%eth0", "8080" },
		{ "dial tcp fe80::2%eth0.7:8080: connect: connection refused", "fe80::2%eth0.7", "8080" },
		{ "dial tcp [2001:db8::]:8080: connect: connection refused", "2001:db8::", "8080" },
		{ "connect ECONNREFUSED 2001:db8::7:8080", "2001:db8::7", "8080" },
		{ "connect ECONNREFUSED ::1:8080", "::1", "8080" },
		{ "Could not connect to Redis at ::1:6379: Connection refused", "::1", "6379" },
		{ "Could not connect to Redis at db1:6379: Connection refused", "db1", "6379" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct match_answer a = ask(str_c(cases[i].text), NULL);
		assert_true(a.explained && a.matches[0].capture_count >= 2);
		const struct match_capture *c = a.matches[0].captures;
		assert_true(str_eq(c[0].value, str_c(cases[i].first)));
		assert_true(str_eq(c[1].value, str_c(cases[i].second)));
	}
}

/* A folder, a pattern, any address or any site is a value without a letter; other marks are where nobody put one. */
static void names_of_marks_bind(void **state)
{
	(void)state;
	static const struct { const char *text, *first, *second;
	} cases[] = {
		{ "rm: cannot remove '*': No such file or directory", "*", NULL },
		{ "mkdir: cannot create directory '/': File exists", "/", NULL },
		{ "PermissionError: [Errno 13] Permission denied: '/'", "/", NULL },
		{ "cannot stat directory '.': Permission denied", "stat directory", "." },
		{ "nginx: [emerg] bind() to [::]:80 failed (98: Address already in use)", "[::]", "80" },
		{ "(13)Permission denied: AH00072: make_sock: could not bind to address [::]:443", "[::]", "443" },
		{ "connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.9, server: _, "
		  "request: \"GET / HTTP/1.1\", upstream: \"http://10.0.0.7:3000/\", host: \"kb.example\"",
		  "10.0.0.9", "_" },
		{ "rm: cannot remove '': No such file or directory", NULL, NULL },
		{ "rm: cannot remove '->': No such file or directory", NULL, NULL },
		{ "rm: cannot remove '___': No such file or directory", NULL, NULL },
		{ "PermissionError: [Errno 13] Permission denied: ...", NULL, NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct match_answer a = ask(str_c(cases[i].text), NULL);
		assert_true(a.explained);
		const struct match *m = &a.matches[0];
		assert_true(m->capture_count >= (cases[i].second ? 2 : cases[i].first ? 1 : 0));
		assert_true(cases[i].first || !m->capture_count);
		if (cases[i].first)
			assert_str(m->captures[0].value, cases[i].first);
		if (cases[i].second)
			assert_str(m->captures[1].value, cases[i].second);
	}
}

/* A message that a log's width, a terminal or a person cut off: what is there is bound. */
static void cut_messages_bind(void **state)
{
	(void)state;
	static const struct { const char *text, *first, *second;
	} cases[] = {
		{ "ssh: connect to host nas1 port 22: Connection ref", "nas1", "22" },
		{ "ssh: connect to host nas1 port 22: Connection ref...", "nas1", "22" },
		{ "ssh: connect to host nas1 port 22: Connec (truncated)", "nas1", "22" },
		{ "ssh: connect to host nas1 port 22: [...]", "nas1", "22" },
		{ "ssh: connect to host nas1 port 22", "nas1", "22" },
		{ "ssh: conect to host nas1 port 22: Connec", "nas1", "22" },
		{ "Error during WNetAddConnection2 to \\\\SITE1\\SMS_SITE", "SITE1", "SMS_SITE" },
		{ "Failed to connect to <\\\\FILESRV>, Error = 5", NULL, NULL }, /* which is not 53 */
		{ "ERROR 5 (0x00000005) Changing Attributes", NULL, NULL }, /* nobody knows where the second begins */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct match_answer a = ask(str_c(cases[i].text), NULL);
		assert_true(a.explained || (!cases[i].first && a.nearest_count));
		const struct match *m = a.match_count ? &a.matches[0] : &a.nearest[0];
		assert_int_equal(m->capture_count, cases[i].first ? 2 : 0);
		for (size_t k = 0; k < m->capture_count; k++)
			assert_str(m->captures[k].value, k ? cases[i].second : cases[i].first);
	}
}

/* A quote or bracket that is still open where it ends tells that a value may be longer; without one it is whole. */
static void what_is_cut_says_so(void **state)
{
	(void)state;
	static const struct { const char *text, *cut;
	} cases[] = {
		{ "Failed to connect to <\\\\FILE", "server" },
		{ "Failed to connect to <\\\\FILESRV>", NULL },
		{ "Failed to connect to <\\\\FILESRV>, Error", NULL },
		{ "Failed to connect to <\\\\FILESRV>, Error = 53", NULL },
		{ "ssh: connect to host nas", NULL },
		{ "ssh: connect to host nas1 port 2", NULL },
		{ "ssh: connect to host nas1 port 22:", NULL },
		{ "ssh: connect to host 192.0.2.1", NULL },
		{ "ssh: connect to host 192.0.2", NULL },
		{ "Can't connect to MySQL server on 'db", "server" },
		{ "Can't connect to MySQL server on 'db1'", NULL },
		{ "Error during WNetAddConnection2 to \\\\SITE1\\SMS_SI", NULL },
		{ "Login failed for user 'joe", NULL }, /* all of the message but for its marks */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct match_answer a = ask(str_c(cases[i].text), NULL);
		const struct match *m = a.match_count ? &a.matches[0] : &a.nearest[0];
		assert_true(m->capture_count > 0);
		for (size_t k = 0; k < m->capture_count; k++) {
			const struct match_capture *c = &m->captures[k];
			bool cut = cases[i].cut && str_eq(c->name, str_c(cases[i].cut));
			assert_int_equal(c->cut, cut);
			assert_true(!cut || c->finding.n);
		}
		assert_true(!cases[i].cut || match_binds(m, str_c(cases[i].cut)));
	}
}

/* What a person says before or behind a message is no part of the value that it begins or ends with. */
static void values_end_where_a_person_goes_on(void **state)
{
	(void)state;
	static const struct { const char *text, *value;
	} cases[] = {
		{ "it says nas1 refused to connect", "nas1" },
		{ "Ping request could not find host nas1 - help!", "nas1" },
		{ "Error: listen EADDRINUSE: address already in use 0.0.0.0:8080 when I start it", "0.0.0.0:8080" },
		{ "The following signatures were invalid: EXPKEYSIG 6F1C9A104B1E4E1E after lunch", "6F1C9A104B1E4E1E" },
		{ "The following signatures were invalid: EXPKEYSIG 6F1C9A104B1E4E1E and I wait", "6F1C9A104B1E4E1E" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct match_answer a = ask(str_c(cases[i].text), NULL);
		assert_true(a.explained && a.matches[0].capture_count == 1);
		assert_str(a.matches[0].captures[0].value, cases[i].value);
	}
}

/* Nor is what a log has behind it, or a person in another language, where the value may have several words. */
static void values_end_with_their_message(void **state)
{
	(void)state;
	static const struct page pages[] = {
		{ "Gizmo Err Msg: Could Not Lift", "Gizmo",
		  "You may receive the following error message:\n\n   The lifting gizmo could not lift the file <filename>" },
		{ "Gizmo Err Msg: Could Not Turn", "Gizmo",
		  "You may receive the following error message:\n\n   The turning gizmo could not turn the cog <cogname>" },
		{ "Gizmo Err Msg: No Server", "Gizmo",
		  "You may receive the following error message:\n\n   There is no lifting gizmo at '<Server name>'" },
	};
	static const struct { const char *text, *value;
	} cases[] = {
		{ "The lifting gizmo could not lift the file a b.txt shows up here", "a b.txt" },
		{ "The lifting gizmo could not lift the file C:\\v2.1 x\\b.txt y no puedo trabajar", "C:\\v2.1 x\\b.txt" },
		{ "```\nThe lifting gizmo could not lift the file b\n```\n\n### Then", "b" },
		{ "2024-05-17 10:56:20.1234|ERROR|Gizmo|The lifting gizmo could not lift the file b|url: http://x|action: y", "b" },
		{ "The lifting gizmo could not lift the file b.txt~  $$<SMS_LIFT><05-17-2024 10:56:20.1+0><thread=12 (0xC)>",
		  "b.txt" },
		{ "The lifting gizmo could not lift the file C:\\Daten und Bilder\\a b.doc", "C:\\Daten und Bilder\\a b.doc" },
		{ "The lifting gizmo could not lift the file C:\\rot und blau\\a.doc", "C:\\rot und blau\\a.doc" },
		{ "The lifting gizmo could not lift the file C:\\Users\\jo.doe smith\\Data", "C:\\Users\\jo.doe smith\\Data" },
		{ "The lifting gizmo could not lift the file Plan.v2 draft.docx.", "Plan.v2 draft.docx" },
		{ "The turning gizmo could not turn the cog Haus und Hof", "Haus und Hof" },
		{ "The turning gizmo could not turn the cog i:0#.w|contoso", "i:0#.w|contoso" },
		{ "The turning gizmo could not turn the cog big one | 12", "big one" },
		{ "2024-05-17 10:56:20 | ERROR | The turning gizmo could not turn the cog big one|12", "big one" },
		{ "There is no lifting gizmo at '<Server name>'", NULL }, /* its own spelling is no value */
		{ "There is no lifting gizmo at srv1 today", "srv1" },
		{ "The turning gizmo could not turn the cog big one <- this is it", "big one" },
		{ "The turning gizmo could not turn the cog big one", "big one" },
		{ "The turning gizmo could not turn the cog tbl_cogs_2 su tutti i PC", "tbl_cogs_2" },
		{ "Hallo, The turning gizmo could not turn the cog big one und nichts geht", "big one" },
		{ "The turning gizmo could not turn the cog big one \xC2\xBFqu\xC3\xA9 hago?", "big one" },
		{ "\xE3\x80\x8CThe turning gizmo could not turn the cog big one\xE3\x80\x8D\xE3\x81\xA8", "big one" },
	};
	struct matcher *m = kb_from(pages, 3, 900001);
	struct match_scratch *own = NULL;
	assert_int_equal(match_scratch_open(m, &own), ERR_OK);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct match_answer a;
		assert_int_equal(match_message(m, own, str_c(cases[i].text), NULL, &arena, &a), ERR_OK);
		assert_true(a.match_count && a.matches[0].capture_count == (cases[i].value != NULL));
		if (cases[i].value)
			assert_str(a.matches[0].captures[0].value, cases[i].value);
	}
	match_scratch_close(&own);
	match_close(&m);
}

static void invalid_bytes_are_mended(void **state)
{
	(void)state;
	struct match_answer a = ask(STR("\xFF\xFE Failed to connect to <\\\\FILESRV>, Error = 53 \xC3"), NULL);
	assert_true(utf8_valid(a.query));
	assert_true(a.explained);
	assert_true(a.matches[0].spans[0].end <= a.query.n);
}

static void the_envelope_may_be_kept(void **state)
{
	(void)state;
	struct str text = STR("2001-03-12 17:37:45 Failed to connect to <\\\\FILESRV>, Error = 53");
	struct match_options keep = { .keep_envelope = true };
	assert_int_equal(ask(text, NULL).envelope.payload.start, 20);
	assert_int_equal(ask(text, &keep).envelope.payload.start, 0);
}

static void answers_are_limited(void **state)
{
	(void)state;
	struct match_options one = { .limit = 1 };
	struct match_answer a =
		ask(STR("GIZMO caused an invalid page fault in module COGS.DLL at 0137:bff9a28d."), &one);
	assert_int_equal(a.match_count, 1);
	assert_true(a.nearest_count <= 3);
}

static void a_log_file_speaks(void **state)
{
	(void)state;
	struct match_options named = { .log_file = STR("Sender.log") };
	struct match_answer a = ask(STR("Error during WNetAddConnection2 (53)"), &named);
	assert_true(a.matches[0].context);
}

static void search_pages_through_articles(void **state)
{
	(void)state;
	struct match_hit *hits, *more;
	size_t n, total, m;
	assert_int_equal(match_search(matcher, scratch, STR("spooler directory"), 0, 5, &arena, &hits, &n, &total),
			 ERR_OK);
	assert_true(n > 0);
	assert_true(str_eq(hits[0].id, STR("Q900009")));
	assert_int_equal(match_search(matcher, scratch, STR("the server"), 1, 2, &arena, &hits, &n, &total), ERR_OK);
	assert_int_equal(match_search(matcher, scratch, STR("the server"), 2, 1, &arena, &more, &m, &total), ERR_OK);
	assert_true(n == 2 && m == 1 && str_eq(hits[1].id, more[0].id));
	assert_int_equal(match_search(matcher, scratch, STR("zzzqq"), 0, 5, &arena, &hits, &n, &total), ERR_OK);
	assert_int_equal(n, 0);
}

static void what_is_no_message_is_refused(void **state)
{
	(void)state;
	struct match_answer a;
	assert_int_equal(match_message(matcher, scratch, STR(""), NULL, &arena, &a), ERR_INPUT);
	assert_int_equal(match_message(matcher, scratch, STR(" .,;!\n\t<>"), NULL, &arena, &a), ERR_INPUT);
	/* quotes, a full-width stop, a broken byte */
	assert_int_equal(match_message(matcher, scratch, STR("\xE2\x80\x9C\xE2\x80\x9D"), NULL, &arena, &a), ERR_INPUT);
	assert_int_equal(match_message(matcher, scratch, STR("\xE3\x80\x82 \xFF"), NULL, &arena, &a), ERR_INPUT);
	assert_int_equal(match_message(matcher, scratch, STR("\xC3\xBC"), NULL, &arena, &a), ERR_OK);
	struct str huge = { "x", (size_t)MATCH_INPUT_MAX + 1 };
	assert_int_equal(match_message(matcher, scratch, huge, NULL, &arena, &a), ERR_LIMIT);
}

static void fill(char *p, size_t n, const char *with)
{
	size_t k = strlen(with);
	for (size_t i = 0; i < n; i++)
		p[i] = with[i % k];
}

/* Sizes that a quadratic step would not survive. */
static void large_input_ends(void **state)
{
	(void)state;
	static const char *const texts[] = { "error ", "53 ", "Failed to connect to ", "\\", "a<", "&lt;", "x\n> ",
					     "0x80070035 ", "[2001-03-12 ", "\x1b[", "a-\n", "$$<a><b>", "\",\"",
					     "\342\200\213a", "'a " };
	size_t n = 4 << 20;
	char *p = malloc(n);
	assert_non_null(p);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct match_answer a;
		struct arena own = { 0 };
		fill(p, n, texts[i]);
		p[0] = 'a';
		assert_int_equal(match_message(matcher, scratch, (struct str){ p, n }, NULL, &own, &a), ERR_OK);
		arena_free(&own);
	}
	free(p);
}

/* Words written as one are two tokens, also where a long text has as many as are looked at. */
static void glued_words_stay_within_the_tokens(void **state)
{
	(void)state;
	struct buf text = { 0 };
	buf_add_c(&text, "cogloader ");
	for (int i = 0; i < 4000; i++)
		buf_add_c(&text, "failed loader ");
	struct match_answer a = ask(buf_str(&text), NULL);
	assert_true(a.match_count + a.nearest_count > 0);
	buf_free(&text);
}

/* The message is found wherever it stands in a long paste. */
static void a_message_deep_in_a_paste_is_found(void **state)
{
	(void)state;
	struct buf text = { 0 };
	for (int i = 0; i < 20000; i++)
		buf_add_c(&text, "nothing of note happened at the fair today\n");
	buf_add_c(&text, "Cog loader failed, rc = 87\n");
	for (int i = 0; i < 20000; i++)
		buf_add_c(&text, "and again nothing of note happened there\n");
	struct match_answer a = ask(buf_str(&text), NULL);
	assert_true(a.match_count + a.nearest_count > 0);
	const struct match *first = a.match_count ? &a.matches[0] : &a.nearest[0];
	assert_true(str_eq(first->id, STR("Q900005")));
	buf_free(&text);
}

static int allocations_left;

static void *failing_resize(void *p, size_t size)
{
	return allocations_left-- > 0 ? realloc(p, size) : NULL;
}

static void memory_may_run_out_anywhere(void **state)
{
	(void)state;
	struct str text = STR("Mar  2 08:13:43 box rcmd[1]: Failed to connect to &lt;\\\\FILESRV&gt;, Error = 53");
	enum err e = ERR_NOMEM;
	for (int n = 0; e == ERR_NOMEM && n < 1000; n++) {
		struct match_answer a;
		struct arena own = { 0 };
		allocations_left = n;
		mem_set_resize(failing_resize);
		e = match_message(matcher, scratch, text, NULL, &own, &a);
		arena_free(&own);
		mem_set_resize(NULL);
	}
	assert_int_equal(e, ERR_OK);
	assert_true(str_eq(ask(text, NULL).matches[0].id, STR("Q150536"))); /* the scratch is as clean as before */
}

static bool quotes_the_same(const struct match *m)
{
	return str_find(m->why, STR("quotes the same message")) != STR_NONE;
}

/* What answers that exclude each other say together is at most certain, whatever is asked, and none says more than the
 * one before it. */
static bool check_shares(void *context, uint32_t message, struct str text, const struct match_span *vars,
			 size_t var_count)
{
	unsigned *count = context;
	double all = 0, before = 1;
	(void)message;
	(void)vars;
	(void)var_count;
	struct match_answer a = ask(text, NULL);
	for (size_t i = 0; i < a.match_count; i++) {
		assert_true(a.matches[i].confidence <= before && a.matches[i].together >= a.matches[i].confidence);
		assert_true(a.matches[i].together >= CONFIDENCE_FLOOR);
		before = a.matches[i].confidence;
		all += i && quotes_the_same(&a.matches[i - 1]) ? 0 : before;
	}
	for (size_t i = 0; i < a.nearest_count; i++)
		assert_true(!a.match_count || a.nearest[i].confidence <= before);
	assert_true(all <= 1);
	*count += a.match_count + a.nearest_count > 1;
	return true;
}

static void answers_share_what_is_certain(void **state)
{
	(void)state;
	unsigned count = 0;
	match_each_message(matcher, check_shares, &count);
	assert_true(count > 1);
	struct str of_neither = STR("GIZMO caused an invalid page fault in module COGS.DLL at 0137:00ab12cd.");
	struct match_answer a = ask(of_neither, NULL);
	assert_int_equal(a.match_count, 2); /* as good as each other */
	assert_true(a.matches[0].confidence < 0.6 && a.matches[0].confidence - a.matches[1].confidence < 0.02);
}

/* Two articles quote one message: with slips each is sure of it; with another word in a word's place they are rivals. */
static void slips_make_no_rivals(void **state)
{
	(void)state;
	struct match_answer a = ask(STR("the cogwhele that was given to the machine is of anothre make"), NULL);
	assert_int_equal(a.match_count, 2);
	assert_true(a.matches[1].confidence > 0.8);
	a = ask(STR("the sprocket that was given to the machine is of another make"), NULL);
	assert_int_equal(a.match_count, 2);
	assert_true(a.matches[0].confidence < 0.6);
}

/* 53 is Windows', DOS' and Basic's; in an HRESULT it is of one of them. */
static void what_an_hresult_carries_has_one_family(void **state)
{
	(void)state;
	static const struct { const char *text, *family; int64_t value; } cases[] = {
		{ "0x80070035", "win32", 53 },	{ "80070035", "win32", 53 },	{ "-2147024843", "win32", 53 },
		{ "0x800A0035", "vb", 53 },	{ "0x8007274D", "winsock", 10061 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct match_answer a = ask(str_c(cases[i].text), NULL);
		assert_true(str_eq(a.code.family, str_c(cases[i].family)));
		assert_int_equal(a.code.value, cases[i].value);
		for (size_t k = 0; k < a.code_reading_count; k++)
			assert_true(str_eq(a.code_readings[k].family, str_c(cases[i].family)) ||
				    str_eq(a.code_readings[k].family, STR("hresult")));
	}
}

/* A heading with the code of any failure tells no article, one with a code of its own does. */
static void a_heading_of_any_failure_tells_nothing(void **state)
{
	(void)state;
	static const struct page pages[] = {
		{ "Cog Driver Cannot Update", "Cog Studio version 6.0",
		  "The following error message appears:\n\n   Run-time error '-2147467259 (80004005)':\n" },
		{ "Cog Driver Cannot Turn", "Cog Studio version 6.0",
		  "The following error message appears:\n\n   Run-time error '40061 (80049C7D)':\n" },
	};
	struct matcher *m = kb_from(pages, 2, 900001);
	struct match_scratch *own = NULL;
	assert_int_equal(match_scratch_open(m, &own), ERR_OK);
	static const struct { const char *text; bool sure; } cases[] = {
		{ "Run-time error '-2147467259 (80004005)': Method 'Open' of object '_Connection' failed", false },
		{ "Run-time error '-2147467259 (80004005)'", false },
		{ "Run-time error '40061 (80049C7D)'", true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct match_answer a;
		assert_int_equal(match_message(m, own, str_c(cases[i].text), NULL, &arena, &a), ERR_OK);
		assert_int_equal(a.match_count && a.matches[0].confidence > 0.6, cases[i].sure);
	}
	match_scratch_close(&own);
	match_close(&m);
}

/* What differs by a rounding stands in the articles' order, on whatever machine. */
static void equals_keep_their_order(void **state)
{
	(void)state;
	struct answer answers[] = {
		{ .article = 4, .confidence = 0.49 },	    { .article = 9, .confidence = 0.00461539 },
		{ .article = 2, .confidence = 0.4899999 },  { .article = 7, .confidence = 0.00461538 },
		{ .article = 8, .confidence = 0.52 },	    { .article = 6, .confidence = 0.49, .score = 3 },
	};
	static const uint32_t want[] = { 8, 6, 2, 4, 7, 9 };
	answers_sort(answers, 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(answers[i].article, want[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(spans_are_in_the_query, teardown),
		cmocka_unit_test_teardown(marks_part_two_values, teardown),
		cmocka_unit_test_teardown(names_of_marks_bind, teardown),
		cmocka_unit_test_teardown(cut_messages_bind, teardown),
		cmocka_unit_test_teardown(what_is_cut_says_so, teardown),
		cmocka_unit_test_teardown(values_end_where_a_person_goes_on, teardown),
		cmocka_unit_test_teardown(values_end_with_their_message, teardown),
		cmocka_unit_test_teardown(invalid_bytes_are_mended, teardown),
		cmocka_unit_test_teardown(the_envelope_may_be_kept, teardown),
		cmocka_unit_test_teardown(answers_are_limited, teardown),
		cmocka_unit_test_teardown(a_log_file_speaks, teardown),
		cmocka_unit_test_teardown(search_pages_through_articles, teardown),
		cmocka_unit_test_teardown(what_is_no_message_is_refused, teardown),
		cmocka_unit_test_teardown(large_input_ends, teardown),
		cmocka_unit_test_teardown(glued_words_stay_within_the_tokens, teardown),
		cmocka_unit_test_teardown(a_message_deep_in_a_paste_is_found, teardown),
		cmocka_unit_test_teardown(answers_share_what_is_certain, teardown),
		cmocka_unit_test_teardown(slips_make_no_rivals, teardown),
		cmocka_unit_test_teardown(what_an_hresult_carries_has_one_family, teardown),
		cmocka_unit_test_teardown(a_heading_of_any_failure_tells_nothing, teardown),
		cmocka_unit_test(equals_keep_their_order),
		cmocka_unit_test_teardown(memory_may_run_out_anywhere, teardown),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, close_all);
}
