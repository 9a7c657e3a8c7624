/* SPDX-License-Identifier: MIT
 *
 * What a worker does with a log: scan it, tell how far it is, and make the answer in each form, kept where that was
 * asked for. See logs_inside.h.
 */
#include "web/logs_inside.h"

#include "base/mem.h"
#include "render/html.h"
#include "scan/redact.h"
#include "web/keep.h"
#include "web/page.h"

enum { SCAN_THREADS = 2, SCAN_CONTEXT = 2, PROGRESS_MS = 150, UNREAD_MAX = 20 };

/* ---- events ---- */

static void publish(struct log_scan *l, const char *name, struct str data)
{
	struct str line;
	pthread_mutex_lock(&l->all->lock);
	buf_addf(&l->events, "event: %s\n", name);
	while (str_line(&data, &line)) {
		buf_add_c(&l->events, "data: ");
		buf_add(&l->events, line);
		buf_add_char(&l->events, '\n');
	}
	buf_add_char(&l->events, '\n');
	if (l->wake)
		http_wake(l->wake);
	pthread_mutex_unlock(&l->all->lock);
}

static void tell_progress(struct log_scan *l)
{
	int64_t now = http_now_ms(), done = 0, total = 0;
	if (now - l->told_ms < PROGRESS_MS)
		return;
	struct buf json = { 0 };
	struct json j = json_to(&json);
	l->told_ms = now;
	input_position(l->input, &done, &total);
	json_object(&j);
	json_key_int(&j, "done", done);
	json_key_int(&j, "total", total);
	json_key_int(&j, "hits", (int64_t)l->incidents.hits);
	json_end_object(&j);
	publish(l, "progress", buf_str(&json));
	buf_free(&json);
}

/* ---- the scan ---- */

static enum err read_input(void *context, char *p, size_t n, size_t *ret_n)
{
	struct log_scan *l = context;
	if (!l->block.n) {
		if (atomic_load(&l->cancel))
			return ERR_INTERRUPTED;
		l->enough = http_now_ms() - l->started_ms > LOGS_TIME_MAX_S * 1000;
		if (l->enough)
			return diags_fail(&l->diags, ERR_LIMIT,
					  "it takes over %d s: not read further. `kbt scan` takes all of it",
					  LOGS_TIME_MAX_S);
		enum err e = input_read(l->input, &l->block);
		if (e)
			return e;
		l->unpacked += l->block.n;
		l->enough = l->unpacked >> 20 > LOGS_UNPACKED_MAX_MIB;
		if (l->enough)
			return diags_fail(&l->diags, ERR_LIMIT,
					  "it unpacks to over %d MiB: not read further. `kbt scan` takes all of it",
					  LOGS_UNPACKED_MAX_MIB);
		tell_progress(l);
	}
	*ret_n = str_take(&l->block, p, n);
	return ERR_OK;
}

/* Stamps in ISO 8601 sort as they are; a shorter bound stands for all that begins with it. A blank counts as T. */
static int compare_time(struct str time, struct str bound)
{
	for (size_t i = 0; i < bound.n; i++) {
		char t = i < time.n ? time.p[i] : 0, b = bound.p[i] == ' ' ? 'T' : bound.p[i];
		t = t == ' ' ? 'T' : t;
		if (t != b)
			return t < b ? -1 : 1;
	}
	return 0;
}

static bool is_wanted(const struct log_ask *ask, const struct scan_hit *hit)
{
	bool dated = hit->time.n > 4 && char_is_digit(hit->time.p[0]) && hit->time.p[4] == '-';
	if (ask->article.n && !str_eq_nocase(hit->match.id, ask->article))
		return false;
	if ((ask->since.n || ask->until.n) && !dated)
		return false;
	return (!ask->since.n || compare_time(hit->time, ask->since) >= 0) &&
	       (!ask->until.n || compare_time(hit->time, ask->until) <= 0);
}

static bool take_hit(void *context, const struct scan_hit *hit)
{
	struct log_scan *l = context;
	l->err = stories_hit(&l->stories, hit);
	if (!l->err && is_wanted(&l->ask, hit))
		l->err = incidents_add(&l->incidents, hit);
	return !l->err && !atomic_load(&l->cancel);
}

static bool take_mark(void *context, const struct scan_mark *mark)
{
	struct log_scan *l = context;
	l->err = stories_mark(&l->stories, mark);
	return !l->err && !atomic_load(&l->cancel);
}

static bool take_unknown(void *context, const struct scan_line *line)
{
	struct log_scan *l = context;
	bool narrowed = l->ask.article.n || l->ask.since.n || l->ask.until.n;
	if (!narrowed)
		l->err = unknowns_add(&l->unknowns, line);
	return !l->err && !atomic_load(&l->cancel);
}

/* note_unread keeps what the input said since the last time, a few of it; or what the error says. */
static void note_unread(struct log_scan *l, struct str name, enum err e)
{
	if (l->diags_seen == l->diags.count)
		diags_add(&l->diags, DIAG_ERROR, 0, "%.*s: %s", STR_ARG(name), err_text(e));
	for (; l->diags_seen < l->diags.count; l->diags_seen++) {
		struct str *slot = l->unread_count < UNREAD_MAX
					   ? arena_push(&l->arena, &l->unread, &l->unread_count, &l->unread_cap)
					   : NULL;
		if (slot)
			*slot = l->diags.items[l->diags_seen].text;
	}
}

static bool is_fatal(enum err e)
{
	return e == ERR_NOMEM || e == ERR_INTERRUPTED;
}

static enum err scan_all(struct log_scan *l, struct scan *scan)
{
	for (;;) {
		const struct input_member *member = NULL;
		enum err e = input_next(l->input, &member);
		if (is_fatal(e))
			return e;
		if (e) {
			note_unread(l, l->ask.name, e);
			continue;
		}
		if (!member)
			return ERR_OK;
		l->block = STR("");
		l->files++;
		struct str name = arena_str(&l->arena, member->name);
		e = scan_feed(scan, &(struct scan_source){ name, member->written_s, NULL }, read_input, l, take_hit, l);
		if (l->err || is_fatal(e))
			return l->err ? l->err : e;
		if (e)
			note_unread(l, name, e);
		if (l->enough)
			return ERR_OK;
	}
}

static enum err scan_bytes(struct log_scan *l, struct desk *desk)
{
	struct scan_options options = { .threads = SCAN_THREADS,
					.context = SCAN_CONTEXT,
					.unknown = take_unknown,
					.unknown_context = l,
					.mark = take_mark,
					.mark_context = l };
	struct scan *scan = NULL;
	l->incidents.by = INCIDENT_BY_ARTICLE;
	l->incidents.when.now_s = (int64_t)time(NULL);
	l->stories.over_time = &l->over_time;
	l->stories.when.now_s = l->incidents.when.now_s;
	enum err e = over_time_open(desk->matcher, &l->over_time);
	if (!e)
		e = input_open_bytes(l->ask.bytes, l->ask.name, &l->diags, &l->input);
	if (!e)
		e = scan_open(desk->matcher, &options, &scan);
	if (!e) {
		e = scan_all(l, scan);
		enum err drained = scan_drain(scan, &l->counts);
		e = e ? e : l->err ? l->err : drained;
	}
	scan_close(&scan);
	input_close(&l->input);
	unknowns_rank(&l->unknowns);
	incidents_find_stories(&l->incidents, &l->stories);
	if (!e)
		e = incidents_tell_stories(&l->incidents);
	return e ? e : incidents_group(&l->incidents);
}

/* ---- the result ---- */

static void add_html(struct buf *out, const struct log_scan *l, const struct render_scan *r)
{
	size_t known = l->incidents.group_count;
	buf_addf(out, "<section class=\"scan\" aria-labelledby=\"found\">\n<h2 id=\"found\" tabindex=\"-1\">%s",
		 known ? "" : "No");
	if (known)
		buf_addf(out, "%zu", known);
	buf_addf(out, " known problem%s in ", known == 1 ? "" : "s");
	render_html_escape(out, l->ask.name.n ? l->ask.name : STR("the log"));
	buf_add_c(out, "</h2>\n<dl class=\"sum\">\n");
	if (known)
		render_html_count(out, l->counts.hit_lines == 1 ? "line that tells of it"
			       : known == 1		? "lines that tell of it"
							: "lines that tell of them", l->counts.hit_lines);
	render_html_count(out, l->counts.lines == 1 ? "line read" : "lines read", l->counts.lines);
	if (l->files != 1)
		render_html_count(out, "files in it", l->files);
	buf_add_c(out, "</dl>\n");
	for (size_t i = 0; i < l->unread_count; i++) {
		buf_add_c(out, "<p class=\"note\">");
		render_html_escape(out, l->unread[i]);
		buf_add_c(out, "</p>\n");
	}
	if (!known)
		buf_add_c(out, "<p>A scan finds only messages that fill a line. Is one of them the trouble? "
			       "<a href=\"/\">Paste that line</a>: a look-up asks for less.</p>\n");
	render_html_scan_parts(out, r);
	buf_add_c(out, "<p class=\"actions pass\" id=\"copies\" hidden><span class=\"lead\">Copy the result</span> "
		       "<button type=\"button\" data-as=\"text/markdown\">Markdown</button> "
		       "<button type=\"button\" data-as=\"text/plain\">Text</button> "
		       "<button type=\"button\" data-as=\"application/json\">JSON</button></p>\n"
		       "<details class=\"draft\"><summary>All of it in Markdown, for a ticket</summary><textarea "
		       "readonly rows=\"10\" "
		       "aria-label=\"The result in Markdown\">\n");
	render_html_escape(out, buf_str(&l->whole[RUN_MARKDOWN]));
	buf_add_c(out, "</textarea><p class=\"actions\"><button type=\"button\" data-copy "
		       "hidden>Copy</button></p></details>\n</section>\n");
}

static enum err load_rules(struct log_scan *l, struct store *store, struct rule **ret_rules)
{
	size_t count = l->incidents.group_count < LOGS_SHOWN ? l->incidents.group_count : LOGS_SHOWN;
	struct rule *rules = arena_array(&l->arena, struct rule, count);
	enum err e = rules ? ERR_OK : ERR_NOMEM;
	for (size_t i = 0; i < count && !e; i++) {
		e = store_rule(store, l->incidents.items[l->incidents.groups[i].at].match.id, &l->arena, &rules[i]);
		e = e == ERR_NOTFOUND ? ERR_OK : e; /* removed since the matcher was compiled */
	}
	*ret_rules = rules;
	return e;
}

/* mask takes the secrets out of what is going to be kept. */
static enum err mask(struct log_scan *l)
{
	struct redactor r = { .secrets_only = true };
	enum err e = redact_secrets(l->ask.name, &l->arena, &l->ask.name);
	for (size_t i = 0; i < l->unread_count && !e; i++) /* names of files in an archive */
		e = redact_secrets(l->unread[i], &l->arena, &l->unread[i]);
	if (!e)
		e = redact_sets(&r, &l->incidents, &l->unknowns);
	redactor_free(&r);
	return e;
}

static struct str why_not_kept(const struct log_scan *l, enum err e, size_t said)
{
	if (e == ERR_SHARE)
		return STR(KEEP_SHARE_SAYS);
	if (e == ERR_FULL)
		return STR("there is no room left on the server's disk.");
	return l->diags.count > said ? l->diags.items[said].text : str_c(err_text(e));
}

/* keep_result keeps the forms as they are, then tells in the page's and in the program's where, or why not. */
static void keep_result(struct log_scan *l, struct str title)
{
	struct kept_item item = { .kind = STR("scan"), .title = title, .owner = l->ask.owner };
	struct keep_made made;
	struct buf html = { 0 }, *json = &l->whole[RUN_JSON];
	struct json j = json_to(json);
	for (size_t i = 0; i < KEPT_FORMS; i++)
		item.forms[i] = buf_str(&l->whole[i]);
	size_t said = l->diags.count;
	enum err e = keep_put(site_keep(l->all->site), &item, l->ask.keep_days, &l->arena, &l->diags, &made);
	json->n -= json->n > 0; /* one more member, before its closing brace */
	if (e) {
		struct str why = why_not_kept(l, e, said);
		buf_add_c(&html, "<p class=\"note\">It was not kept: ");
		render_html_escape(&html, why);
		buf_add_c(&html, "</p>\n");
		buf_add_c(json, ",\"not_kept\":");
		json_str(&j, why);
	} else {
		keep_add_made(&html, &made, l->ask.csrf);
		buf_add_c(json, ",\"kept\":");
		keep_add_json(&j, &made);
	}
	buf_add_char(json, '}');
	buf_add(&html, buf_str(&l->whole[RUN_HTML]));
	buf_free(&l->whole[RUN_HTML]);
	l->whole[RUN_HTML] = html;
}

static enum err succeed(struct log_scan *l, struct store *store)
{
	struct rule *rules = NULL;
	unsigned long failures = mem_failures();
	enum err e = load_rules(l, store, &rules);
	if (!e && l->ask.keep_days)
		e = mask(l);
	if (e)
		return e;
	struct render_scan r = { .set = &l->incidents,
				 .rules = rules,
				 .limit = LOGS_SHOWN,
				 .counts = l->counts,
				 .unknowns = &l->unknowns,
				 .linked = true,
				 .files = l->files,
				 .unread = l->unread,
				 .unread_count = l->unread_count };
	struct str title = arena_printf(&l->arena, "Log scan of %.*s", STR_ARG(l->ask.name));
	render_json_scan(&l->whole[RUN_JSON], &r);
	render_markdown_scan(&l->whole[RUN_MARKDOWN], title, &r);
	render_text_scan(&l->whole[RUN_TEXT], &(struct render_text){ .width = 100 }, title, &r);
	add_html(&l->whole[RUN_HTML], l, &r);
	if (mem_failures() != failures)
		e = ERR_NOMEM;
	if (!e && l->ask.keep_days)
		keep_result(l, title);
	return e;
}

/* Nothing of it could be read: what the upload is, the sentence says. */
static bool is_unreadable(const struct log_scan *l)
{
	return l->unread_count && !l->counts.bytes;
}

static void fail(struct log_scan *l, enum err e)
{
	unsigned status;
	const char *says = page_err_says(e, &status);
	struct str why = status == 503	   ? str_c(says)
			 : l->unread_count ? l->unread[0]
			 : l->diags.count  ? l->diags.items[l->diags.count - 1].text
					   : str_c(err_text(e));
	for (size_t i = 0; i <= RUN_TEXT; i++) {
		buf_free(&l->whole[i]);
		buf_add(&l->whole[i], why);
	}
	l->status = e == ERR_INTERRUPTED ? 503 : e == ERR_INPUT ? 422 : status;
}

void log_work_on(struct log_scan *l)
{
	struct desk *desk = NULL;
	l->diags.arena = &l->arena;
	l->started_ms = http_now_ms();
	enum err e = site_take(l->all->site, &desk);
	if (!e)
		e = scan_bytes(l, desk);
	if (!e && is_unreadable(l))
		e = ERR_INPUT;
	if (!e)
		e = succeed(l, desk->store);
	site_give(l->all->site, &desk);
	l->status = 200;
	if (e)
		fail(l, e);
	struct buf error = { 0 };
	if (e) {
		buf_add_c(&error, "<section class=\"card lone none\"><h2 id=\"found\" tabindex=\"-1\">That cannot be "
				  "read</h2><p>");
		render_html_escape(&error, buf_str(&l->whole[RUN_HTML]));
		buf_add_c(&error, "</p></section>\n");
	}
	publish(l, e ? "error" : "done", e ? buf_str(&error) : buf_str(&l->whole[RUN_HTML]));
	buf_free(&error);
	incidents_free(&l->incidents);
	unknowns_free(&l->unknowns);
	stories_free(&l->stories);
	over_time_close(&l->over_time);
}
