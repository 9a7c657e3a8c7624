/* SPDX-License-Identifier: MIT
 *
 * What an article says of cause, remedies and status. Headings say it where they are there: CAUSE, RESOLUTION,
 * WORKAROUND, STATUS. Where they are missing, sentences do: "To work around this problem, ..." inside SYMPTOMS, "This
 * problem has been corrected in ..." inside STATUS, "To install the hotfix, ..." inside MORE INFORMATION. Nothing is
 * made up: every text is the article's, its wrapped lines joined, its warnings set apart, its file tables left out.
 */
#include "base/utf8.h"
#include "rule/prose.h"
#include "rule/rule.h"
#include "rule/says.h"

#include <string.h>

enum { TEXT_MAX = 4000, CAVEAT_MAX = 600, STATUS_TEXT_MAX = 400, CAUSE_MAX = 2000, REMEDIES_MAX = 24 };

struct remedy {
	const struct article *article;
	struct arena *arena;
	struct rule *rule;
	bool has_fix, has_workaround; /* a heading of its own */
	/* the resolution that is being gathered */
	bool open, dropping;
	enum resolution_kind kind;
	struct buf text, caveat;
	struct buf pointer; /* "see the following article": shown only where nothing else is */
	struct str where; /* a heading that limits it: "Windows NT 4.0" */
	uint32_t line;
	bool no_remedy; /* "There is no resolution to this problem." */
};

static void add_limited(struct buf *out, const struct prose_block *block, size_t max)
{
	struct prose_block some = *block;
	if (out->n >= max)
		return;
	some.text = utf8_first(some.text, max - out->n);
	prose_add(out, &some);
}

static void add_sentence(struct buf *out, struct str sentence, size_t max)
{
	if (out->n + sentence.n > max && out->n)
		return;
	sentence = utf8_first(sentence, max);
	if (out->n)
		buf_add_char(out, ' ');
	buf_add(out, sentence);
}

static struct str keep(struct remedy *r, const struct buf *b)
{
	if (b->err)
		r->arena->failed = true;
	return buf_keep(b, r->arena);
}

/* ---- where ---- */

static bool is_place(struct str word)
{
	static const struct str places[] = {
		STR_LIT("server"), STR_LIT("servers"), STR_LIT("computer"), STR_LIT("computers"), STR_LIT("client"),
		STR_LIT("clients"), STR_LIT("machine"), STR_LIT("workstation"), STR_LIT("workstations"),
		STR_LIT("sender"),
		STR_LIT("controller"), STR_LIT("controllers"), STR_LIT("gateway"), STR_LIT("router"),
	};
	return STR_IS_ANY(word, places, str_eq_nocase);
}

/* place_in reads "the site server" up to its noun, within eight words and one clause. */
static struct str place_in(struct str text)
{
	struct str rest = text, word, found = { 0 };
	for (unsigned words = 0; words < 8 && str_word(&rest, &word); words++) {
		struct str bare = word;
		while (bare.n && !char_is_alnum(bare.p[bare.n - 1]))
			bare.n--;
		if (is_place(bare))
			found = (struct str){ text.p, (size_t)(bare.p + bare.n - text.p) };
		if (bare.n < word.n)
			break;
	}
	return str_starts(found, STR("the ")) ? str_from(found, 4) : found;
}

/* folder_in finds "in the <SMS_root>\BIN\<Platform> directory". */
static struct str folder_in(struct str text)
{
	struct str word, before = { 0 };
	while (str_word(&text, &word)) {
		bool folder = str_starts_nocase(word, STR("director")) || str_starts_nocase(word, STR("folder"));
		bool path = before.n > 2 && (strchr("<\\%[", *before.p) || before.p[1] == ':');
		if (folder && path && str_find_char(before, '\\') != STR_NONE)
			return before;
		before = word;
	}
	return STR("");
}

static struct str where_of(struct remedy *r, struct str text)
{
	static const struct str starts[] = { STR_LIT(" on each "), STR_LIT(" on every "), STR_LIT(" on all "),
					     STR_LIT(" on the "), STR_LIT(" at the ") };
	struct str place = r->where, folder = folder_in(text);
	for (size_t i = 0; i < sizeof starts / sizeof *starts && !place.n; i++) {
		size_t at = str_find(text, starts[i]);
		if (at != STR_NONE)
			place = place_in(str_from(text, at + 4));
	}
	return place.n && folder.n ? arena_printf(r->arena, "%.*s, %.*s", STR_ARG(place), STR_ARG(folder))
	       : place.n	   ? place
				   : folder;
}

/* ---- one resolution ---- */

static void finish_remedy(struct remedy *r)
{
	struct rule *rule = r->rule;
	struct rule_resolution *slot = NULL;
	if (!r->text.n)
		buf_add(&r->text, buf_str(&r->pointer));
	if (r->open && r->text.n && rule->resolution_count < REMEDIES_MAX)
		slot = arena_push(r->arena, &rule->resolutions, &rule->resolution_count, &rule->resolution_cap);
	if (slot) {
		struct str text = keep(r, &r->text);
		*slot = (struct rule_resolution){ .kind = r->kind,
						  .text = text,
						  .where = where_of(r, text),
						  .caveat = keep(r, &r->caveat),
						  .line = r->line };
	}
	buf_clear(&r->text);
	buf_clear(&r->caveat);
	buf_clear(&r->pointer);
	r->open = r->dropping = false;
}

static void start_remedy(struct remedy *r, enum resolution_kind kind, struct str where, uint32_t line)
{
	finish_remedy(r);
	r->open = true;
	r->kind = kind;
	r->where = where;
	r->line = line;
}

/* is_introduction: "use one of the following methods:" before the methods themselves says nothing alone. */
static bool is_introduction(struct str text)
{
	return text.n < 300 && (str_find_nocase(text, STR("method")) != STR_NONE ||
				str_find_nocase(text, STR("following")) != STR_NONE ||
				str_find_nocase(text, STR("one of")) != STR_NONE ||
				str_find_nocase(text, STR("workarounds")) != STR_NONE);
}

static void next_method(struct remedy *r, struct str where, uint32_t line)
{
	if (is_introduction(buf_str(&r->text)) && str_find_char(buf_str(&r->text), '\n') == STR_NONE)
		buf_clear(&r->text);
	/* a warning before the methods goes with each of them */
	struct str caveat = r->text.n ? STR("") : keep(r, &r->caveat);
	start_remedy(r, r->kind, where, line);
	buf_add(&r->caveat, caveat);
}

/* ---- sections with a heading of their own ---- */

/* cut_pointer drops a paragraph's sentences from the first that is no step on, and what hangs on its colon. */
static struct str cut_pointer(struct remedy *r, struct str text)
{
	struct str rest = text, sentence;
	r->dropping = false;
	while (prose_sentence(&rest, &sentence)) {
		if (!says_no_step(sentence))
			continue;
		r->dropping = true;
		return str_trim_end((struct str){ text.p, (size_t)(sentence.p - text.p) });
	}
	return text;
}

static void take_paragraph(struct remedy *r, enum section_kind section, struct prose_block block, uint32_t line)
{
	struct prose_block whole = block;
	block.text = cut_pointer(r, block.text);
	struct str rest = block.text, first = { 0 };
	prose_sentence(&rest, &first);
	if (!first.n) {
		add_limited(&r->pointer, &whole, CAVEAT_MAX);
		return;
	}
	if (says_no_remedy(first)) {
		r->no_remedy = true;
		return;
	}
	if (says_warning(block.text)) {
		add_limited(&r->caveat, &block, CAVEAT_MAX);
		return;
	}
	size_t label = says_method(block.text);
	if (label) {
		bool dropping = r->dropping;
		next_method(r, r->where, line + block.line);
		r->dropping = dropping;
		block.text = str_from(block.text, label);
		block.text = str_trim(block.text);
	}
	if (says_untested(block.text))
		add_sentence(&r->caveat, STR("Not fully tested: for computers that have this very problem."),
			     CAVEAT_MAX);
	bool other = section == SECTION_RESOLUTION && (r->kind == RESOLUTION_FIX ? says_workaround(first)
										: says_fix(first));
	if (other && r->text.n)
		start_remedy(r, !r->kind, r->where, line + block.line);
	else if (other)
		r->kind = !r->kind;
	if (block.text.n)
		add_limited(&r->text, &block, TEXT_MAX);
}

/* A heading inside a section: a method, a product that the text below is for, or a part of the same remedy. */
static void take_heading(struct remedy *r, const struct article_section *s)
{
	static const struct str products[] = { STR_LIT("Windows"), STR_LIT("SNA "), STR_LIT("Exchange"),
					       STR_LIT("SQL "),
					       STR_LIT("Internet"), STR_LIT("Host "), STR_LIT("Microsoft "),
					       STR_LIT("Systems Management"), STR_LIT("Proxy ") };
	bool product = STR_IS_ANY(s->heading, products, str_starts);
	if (product || says_method(s->heading)) {
		next_method(r, product ? s->heading : STR(""), s->line);
		return;
	}
	if (section_kind_of_heading(s->heading) != SECTION_OTHER) {
		start_remedy(r, s->kind == SECTION_WORKAROUND ? RESOLUTION_WORKAROUND : RESOLUTION_FIX, STR(""),
			     s->line);
		return;
	}
	struct prose_block heading = { .kind = PROSE_TEXT, .text = s->heading };
	if (r->text.n)
		add_limited(&r->text, &heading, TEXT_MAX);
}

static void take_section(struct remedy *r, const struct article_section *s)
{
	struct prose p = prose_of(s->body);
	struct prose_block block;
	if (s->level == 1 || !r->open)
		start_remedy(r, s->kind == SECTION_WORKAROUND ? RESOLUTION_WORKAROUND : RESOLUTION_FIX, STR(""),
			     s->line);
	if (s->level == 2)
		take_heading(r, s);
	while (prose_next(&p, r->arena, &block)) {
		if (says_warning(block.text)) { /* also one that is indented */
			block.text = prose_join(block.text, r->arena);
			block.kind = PROSE_TEXT;
		}
		if (block.kind == PROSE_TEXT)
			take_paragraph(r, s->kind, block, s->body_line);
		else
			add_limited(r->dropping ? &r->pointer : &r->text, &block, TEXT_MAX);
	}
}

/* ---- remedies inside other sections ---- */

/* The keyword under which the archive has the service pack: "S E R V P A C K". */
static void add_keyword(struct remedy *r)
{
	for (size_t i = 0; i < r->article->ref_count; i++)
		if (r->article->refs[i].keyword.n)
			buf_addf(&r->text, " (keyword %.*s)", STR_ARG(r->article->refs[i].keyword));
}

static bool starts_remedy(const struct remedy *r, enum section_kind section, struct str sentence,
			  enum resolution_kind *ret_kind)
{
	bool workaround = says_workaround(sentence) || says_avoid(sentence);
	bool corrected = section == SECTION_STATUS && says_corrected(sentence);
	if (workaround ? r->has_workaround : r->has_fix)
		return false;
	*ret_kind = workaround ? RESOLUTION_WORKAROUND : RESOLUTION_FIX;
	return workaround || corrected || says_fix(sentence);
}

/* scan_paragraph gathers from the sentence that starts a remedy on. */
static void scan_paragraph(struct remedy *r, enum section_kind section, struct str text, uint32_t line)
{
	struct str rest = text, sentence;
	while (prose_sentence(&rest, &sentence)) {
		enum resolution_kind kind;
		bool pointer = says_no_step(sentence);
		if (!pointer && starts_remedy(r, section, sentence, &kind) && !(r->open && r->kind == kind)) {
			start_remedy(r, kind, STR(""), line);
			add_sentence(&r->text, sentence, TEXT_MAX);
			if (section == SECTION_STATUS && says_corrected(sentence))
				add_keyword(r);
		} else if (r->open && says_warning(sentence)) {
			add_sentence(&r->caveat, sentence, CAVEAT_MAX);
		} else if (r->open && !pointer) {
			add_sentence(&r->text, sentence, TEXT_MAX);
		} else if (pointer) {
			break;
		}
	}
}

static bool wants_more(const struct remedy *r)
{
	return r->open && r->text.n && r->text.p[r->text.n - 1] == ':';
}

static void scan_section(struct remedy *r, const struct article_section *s)
{
	struct prose p = prose_of(s->body);
	struct prose_block block;
	bool in_list = false; /* what follows a colon: a paragraph, or all items and lines up to the next paragraph */
	while (prose_next(&p, r->arena, &block)) {
		uint32_t line = s->body_line + block.line;
		bool more = wants_more(r);
		if (block.kind != PROSE_TEXT || (in_list && block.indent)) {
			in_list |= more;
			if (r->open && (more || in_list))
				add_limited(&r->text, &block, TEXT_MAX);
			continue;
		}
		struct str rest = block.text, first = { 0 };
		enum resolution_kind kind;
		prose_sentence(&rest, &first);
		if (more && !starts_remedy(r, s->kind, first, &kind)) {
			add_limited(&r->text, &block, TEXT_MAX);
			in_list = false;
			if (!wants_more(r))
				finish_remedy(r);
			continue;
		}
		if (r->open)
			finish_remedy(r);
		in_list = false;
		scan_paragraph(r, s->kind, block.text, line);
	}
	finish_remedy(r);
}

/* A reader's question with the answer: the answer is what to do, where nothing else is. */
static void take_answers(struct remedy *r)
{
	for (size_t i = 0; i < r->article->section_count && !r->rule->resolution_count; i++)
		if (r->article->sections[i].kind == SECTION_ANSWER)
			take_section(r, &r->article->sections[i]);
	finish_remedy(r);
}

/* ---- cause ---- */

static void add_block_text(struct remedy *r, struct buf *out, struct str body)
{
	struct prose p = prose_of(body);
	struct prose_block block;
	while (out->n < CAUSE_MAX && prose_next(&p, r->arena, &block))
		if (!says_no_step(block.text))
			add_limited(out, &block, CAUSE_MAX);
}

/* because_sentence: the first sentence outside of a CAUSE section that gives a reason, or at least circumstances. */
static struct str because_sentence(struct remedy *r)
{
	struct str weak = { 0 };
	for (size_t i = 0; i < r->article->section_count; i++) {
		const struct article_section *s = &r->article->sections[i];
		struct prose p = prose_of(s->body);
		struct prose_block block;
		if (s->kind == SECTION_APPLIES || s->kind == SECTION_NOTICE || s->kind == SECTION_REFERENCES)
			continue;
		while (prose_next(&p, r->arena, &block)) {
			struct str rest = block.text, sentence;
			while (block.kind == PROSE_TEXT && prose_sentence(&rest, &sentence)) {
				bool strong = false;
				bool says = says_cause(sentence, &strong) && !str_ends(sentence, STR(":"));
				if (says && strong)
					return sentence;
				if (says && !weak.n)
					weak = sentence;
			}
		}
	}
	return weak;
}

/* change_paragraph: what the fix changed tells what was missing. */
static struct str change_paragraph(struct remedy *r)
{
	for (size_t i = 0; i < r->article->section_count; i++) {
		const struct article_section *s = &r->article->sections[i];
		struct prose p = prose_of(s->body);
		struct prose_block block;
		if (s->kind != SECTION_MORE && s->kind != SECTION_STATUS && s->kind != SECTION_RESOLUTION)
			continue;
		while (prose_next(&p, r->arena, &block))
			if (block.kind == PROSE_TEXT && says_change(block.text))
				return block.text;
	}
	return STR("");
}

/* describes_problem: else a reason in a sentence is only a reason. */
static bool describes_problem(const struct remedy *r)
{
	return r->rule->resolution_count || r->rule->status != STATUS_UNKNOWN ||
	       article_has(r->article, SECTION_SYMPTOMS);
}

static void find_cause(struct remedy *r)
{
	struct buf cause = { 0 };
	for (size_t i = 0; i < r->article->section_count; i++)
		if (r->article->sections[i].kind == SECTION_CAUSE)
			add_block_text(r, &cause, r->article->sections[i].body);
	r->rule->cause = keep(r, &cause);
	buf_free(&cause);
	if (!r->rule->cause.n && describes_problem(r))
		r->rule->cause = because_sentence(r);
	if (!r->rule->cause.n && r->rule->status == STATUS_FIXED)
		r->rule->cause = change_paragraph(r);
	r->rule->cause = utf8_first(r->rule->cause, CAUSE_MAX);
}

/* ---- status ---- */

static enum rule_status status_of(struct str sentence)
{
	return says_corrected(sentence)	    ? STATUS_FIXED
	       : says_by_design(sentence)   ? STATUS_BY_DESIGN
	       : says_researching(sentence) ? STATUS_NO_FIX
	       : says_confirmed(sentence)   ? STATUS_CONFIRMED
					    : STATUS_UNKNOWN;
}

/* The stronger word wins: fixed over by design over no known fix over confirmed. */
static unsigned strength(enum rule_status s)
{
	static const unsigned strengths[] = { [STATUS_UNKNOWN] = 0, [STATUS_CONFIRMED] = 1, [STATUS_NO_FIX] = 2,
					      [STATUS_BY_DESIGN] = 3, [STATUS_FIXED] = 4 };
	return strengths[s];
}

static void read_status(struct remedy *r, const struct article_section *s, struct buf *text)
{
	struct prose p = prose_of(s->body);
	struct prose_block block;
	while (prose_next(&p, r->arena, &block)) {
		struct str rest = block.text, sentence;
		while (block.kind != PROSE_CODE && prose_sentence(&rest, &sentence)) {
			if (s->kind != SECTION_STATUS && !says_status(sentence))
				continue;
			enum rule_status now = status_of(sentence);
			if (now == STATUS_UNKNOWN)
				continue;
			add_sentence(text, sentence, STATUS_TEXT_MAX);
			if (strength(now) > strength(r->rule->status))
				r->rule->status = now;
		}
	}
}

static void find_status(struct remedy *r)
{
	struct buf text = { 0 };
	bool heading = false;
	for (size_t i = 0; i < r->article->section_count; i++) {
		if (r->article->sections[i].kind == SECTION_STATUS)
			read_status(r, &r->article->sections[i], &text);
		heading |= r->article->sections[i].kind == SECTION_STATUS;
	}
	for (size_t i = 0; i < r->article->section_count && !heading; i++) {
		enum section_kind kind = r->article->sections[i].kind;
		if (kind != SECTION_APPLIES && kind != SECTION_NOTICE && kind != SECTION_REFERENCES)
			read_status(r, &r->article->sections[i], &text);
	}
	r->rule->status_text = keep(r, &text);
	buf_free(&text);
}

/* settle_status: a fix that somebody made means fixed, whatever the status says; no remedy at all means none known. */
static void settle_status(struct remedy *r)
{
	struct rule *rule = r->rule;
	bool open = rule->status == STATUS_UNKNOWN || rule->status == STATUS_CONFIRMED;
	for (size_t i = 0; i < rule->resolution_count && open; i++)
		if (rule->resolutions[i].kind == RESOLUTION_FIX && says_fetched_fix(rule->resolutions[i].text))
			rule->status = STATUS_FIXED;
	if (open && rule->status != STATUS_FIXED && r->no_remedy && !rule->resolution_count)
		rule->status = STATUS_NO_FIX;
}

enum err rule_add_remedies(const struct article *article, struct arena *a, struct rule *rule)
{
	struct remedy r = { .article = article, .arena = a, .rule = rule };
	for (size_t i = 0; i < article->section_count; i++) {
		r.has_fix |= article->sections[i].kind == SECTION_RESOLUTION;
		r.has_workaround |= article->sections[i].kind == SECTION_WORKAROUND;
	}
	for (size_t i = 0; i < article->section_count; i++) {
		const struct article_section *s = &article->sections[i];
		if (s->kind == SECTION_RESOLUTION || s->kind == SECTION_WORKAROUND) {
			take_section(&r, s);
			continue;
		}
		finish_remedy(&r);
		if (s->kind != SECTION_APPLIES && s->kind != SECTION_NOTICE && s->kind != SECTION_REFERENCES &&
		    s->kind != SECTION_ANSWER)
			scan_section(&r, s);
	}
	finish_remedy(&r);
	take_answers(&r);
	find_status(&r);
	settle_status(&r);
	find_cause(&r);
	buf_free(&r.text);
	buf_free(&r.caveat);
	buf_free(&r.pointer);
	return arena_err(a);
}
