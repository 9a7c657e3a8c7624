/* SPDX-License-Identifier: MIT */
#include "match/answer.h"
#include "match/assemble.h"
#include "match/confidence.h"
#include "match/meaning.h"
#include "match/product.h"
#include "match/query.h"
#include "match/text.h"
#include "match/vocab.h"
#include "match/words.h"

#include "rule/rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	AUTHORED_MAX = 8, /* of our own spellings behind those */
	GROUPS_MAX = 20,  /* looked at owner by owner */
	FITS_MAX = 96,	  /* owners whose very text is compared */
	MENDED_MAX = 4,	  /* answers that are asked for values although they have slips */
	CUT_VALUE_MAX = 4 /* words of the value that a message is cut off behind */
};

#define FITTED_RARE 10.7 /* what a word of one message weighs in the whole archive */

#define SCORE_PARTS 256 /* of a score that count: the rest is of the machine, and of how many articles there are */

#define NEARLY 0.7f /* of the words of another spelling */

static const double close_enough = 8.0; /* groups that much behind the best are out */

/* All words of the message are there, and the number with them is another one. */
static bool has_another_number(const struct alignment *al)
{
	return al->number_differs && al->pair_count > 3 && al->left_template - al->left_tail < 0.2f * al->matched &&
	       al->left_template < 0.7f * al->matched;
}

static double place_prior(const struct file_owner *o)
{
	static const double priors[] = {
		[PLACE_AUTHORED] = 1.0, [PLACE_SYMPTOMS] = 0.4, [PLACE_TITLE] = 0.2, [PLACE_SUMMARY] = 0.3,
		[PLACE_CAUSE] = 0.2,	[PLACE_MORE] = 0.15,	[PLACE_OTHER] = 0.0,
	};
	return 0.6 * (priors[o->place] + (o->announced ? 0.3 : 0));
}

static int by_alignment(const void *a, const void *b)
{
	const struct alignment *x = a, *y = b;
	return x->score != y->score ? (x->score < y->score ? 1 : -1) : (x->group > y->group) - (x->group < y->group);
}

static int by_answer(const void *a, const void *b)
{
	const struct answer *x = a, *y = b;
	return x->score != y->score ? (x->score < y->score ? 1 : -1) :
				      (x->article > y->article) - (x->article < y->article);
}

static double samples_bonus(const struct surface *s)
{
	return 1.5 * s->samples_met - 0.2 * s->samples_other - 0.8 * s->samples_odd;
}

/* What the tokens missed because a value was glued to a word has been found after all. */
static double surface_bonus(const struct alignment *al, const struct surface *s)
{
	double dress = 2.5 * (1 - fmin(1, 8 * s->differs)) + (s->differs == 0 ? 1.0 : 0);
	return 1.0 + dress + samples_bonus(s) + 1.5 * (al->left_template > 0 ? al->left_template : 0);
}

/* Of a message that is cut off, letter by letter: part of a word or of a value behind its last word in common is no
 * other word, which the alignment (tail_cost) took it for. */
static double cut_bonus(const struct query *q, const struct alignment *al, const struct surface *s)
{
	bool more = al->last + 1 < q->token_count;
	return 1.0 + samples_bonus(s) + (more ? 0.175 * fmin(al->left_tail, 14) : 0);
}

/* The message has this code of a template. */
static bool has_code(const struct query *q, const struct match_code *code, const struct rule_code *of)
{
	int64_t a, b;
	struct str family;
	if (of->symbol.n ? str_find_nocase(q->clean->text, of->symbol) != STR_NONE : of->value == code->value)
		return true;
	return (rule_code_carried(of->value, &a, &family) && a == code->value) ||
	       (rule_code_carried(code->value, &b, &family) && b == of->value);
}

enum template_code { CODE_NONE, CODE_SAME, CODE_OTHER };

/* Of a code that is known; another number where one stands is another error. */
static enum template_code code_of_template(const struct query *q, const struct match_code *code,
					   const struct answer *x)
{
	struct rule_code_at found[4];
	if (!code->known || !x->owner)
		return CODE_NONE;
	size_t n = rule_codes_find(file_str(q->view, x->owner->text), found, 4);
	for (size_t i = 0; i < n; i++)
		if (has_code(q, code, &found[i].code))
			return CODE_SAME;
	return n ? CODE_OTHER : CODE_NONE;
}

/* The variable of the template that its last word in common stands before. */
static const struct file_var *variable_behind(const struct query *q, const struct file_owner *o, uint32_t last)
{
	struct str word = str_part(q->clean->text, q->tokens[last].start, q->tokens[last].end);
	size_t at = str_find_nocase(file_str(q->view, o->text), word);
	const struct file_var *vars = q->view->vars + o->var_at;
	for (uint32_t i = 0; at != STR_NONE && i < o->var_n; i++)
		if (vars[i].start >= at + word.n)
			return &vars[i];
	return NULL;
}

/* Where the message ends within a value it has the value's first words. "from the user" begins no address, "reading
 * from" no path: a small word begins what people write, or a name that somebody has put in quotes. */
static bool begins_value(const struct query *q, const struct file_owner *o, uint32_t last)
{
	const struct query_token *next = &q->tokens[last + 1];
	const struct file_var *v = variable_behind(q, o, last);
	struct str text = q->clean->text, word = str_part(text, next->start, next->end);
	bool open = next->start && strchr("'\"<[{(`\\/", text.p[next->start - 1]);
	bool any = o->place == PLACE_AUTHORED && v && v->type == VAR_TEXT;
	return open || any || !words_is_small(word) || (next->end < text.n && strchr("\\/:.@-", text.p[next->end]));
}

/* All of the message is what the template begins with, be it up to a value, and no stop says that it ends there. */
static bool is_cut_off(const struct query *q, const struct alignment *al)
{
	char end = q->payload.end ? q->clean->text.p[q->payload.end - 1] : 0;
	uint32_t behind = q->token_count - al->last - 1;
	return !al->first && (!behind || (al->value_next && behind <= CUT_VALUE_MAX)) && al->left_message < 0.01f &&
	       al->left_template - al->left_tail < 0.2f * al->matched && !strchr(".!?;:", end);
}

/* The same at a glance, be it within a word: worth the look letter by letter. */
static bool may_be_cut(const struct query *q, const struct alignment *al)
{
	uint32_t behind = q->token_count - al->last - 1;
	return al->left_tail > 0 && behind <= CUT_VALUE_MAX && al->left_message < 0.01f && al->pair_count > 1 &&
	       (!al->first || al->value_before);
}

static bool is_sentence_end(char c)
{
	return c == '\n' || strchr("\"!?;", c);
}

/* "... to <\\FILESRV>", "... : C:\X.TXT": a number, a path, a name that no article has. */
static bool is_value(const struct query *q, const struct query_token *t)
{
	struct str text = q->clean->text;
	char before = t->start ? text.p[t->start - 1] : 0;
	return t->number || !t->exact || before == '\\' || before == '/' ||
	       (t->end < text.n && strchr("\\/@", text.p[t->end]));
}

/* The sentence goes on behind the template with a value that the template does not have. */
bool rank_leaves_value(const struct query *q, const struct answer *x)
{
	struct str text = q->clean->text;
	size_t at = x->surface.span.end;
	for (uint32_t i = x->alignment.last, small = 0; x->fits && i < q->token_count && small < 3; i++) {
		const struct query_token *t = &q->tokens[i];
		if (t->start < at)
			continue;
		for (; at < t->start; at++)
			if (text.p[at] == '.' || is_sentence_end(text.p[at]))
				return false;
		if (is_value(q, t))
			return true;
		if (!words_is_small(str_part(text, t->start, t->end)))
			return false;
		at = t->end;
		small++;
	}
	return false;
}

bool rank_touches(const struct query *q, const struct alignment *al, struct match_span s)
{
	return s.end > q->tokens[al->first].start && s.start < q->tokens[al->last].end;
}

/* The message is the template, or its beginning: its code and words beside it. */
static bool quotes_code(const struct query *q, const struct match_code *code, const struct alignment *al)
{
	bool whole = al->left_template < 0.1f * al->matched && !al->number_differs;
	return (whole || is_cut_off(q, al)) && al->pair_count >= 4 && rank_touches(q, al, code->span);
}

/* reason_of: behind what closes a value, a mark and a blank, words of the template's tell why; nothing where there are
 * none, or a value stands there. */
static struct str reason_of(struct str s)
{
	static const struct str marks[] = { STR_LIT(": "), STR_LIT(" -- ") };
	while (s.n && strchr("'\")>]", s.p[0]))
		s = str_from(s, 1);
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (str_starts(s, marks[i]) && s.n > marks[i].n && !strchr("{<", s.p[marks[i].n]))
			return str_from(s, marks[i].n);
	return STR("");
}

/* What the template has behind the last of its words that are there, and behind the value that follows them. */
static struct str behind_last(const struct query *q, const struct answer *x)
{
	const struct query_token *last = &q->tokens[x->alignment.last];
	struct str message = file_str(q->view, x->owner->text), word = str_part(q->clean->text, last->start, last->end);
	size_t found = str_find_nocase(message, word), at = found + word.n;
	if (found == STR_NONE)
		return STR("");
	for (uint32_t i = 0; i < x->owner->var_n; i++) {
		const struct file_var *v = &q->view->vars[x->owner->var_at + i];
		if (v->start < at)
			continue;
		return str_from(message, str_trim(str_part(message, at, v->start)).n < 2 ? v->end : at);
	}
	return str_from(message, at);
}

/* The code of any failure tells none. */
static bool is_any_failure(const struct match_code *code)
{
	enum { E_FAIL = 0x80004005, DISP_E_EXCEPTION = 0x80020009 };
	uint32_t value = (uint32_t)code->value;
	return code->known && (value == E_FAIL || value == DISP_E_EXCEPTION);
}

/* The message ends right where its template goes on with a reason ("cannot open X for reading: Permission denied"), or
 * has another one there: the template's is one of many. Not where it is cut off within that, or a code of the template's
 * tells: one that is known, or what its last word has of a number ("fatal error U1052"). */
static bool lacks_reason(const struct query *q, const struct match_code *code, const struct answer *x,
			 struct str behind)
{
	enum { BEGINS = 4 };
	const struct query_token *last = &q->tokens[x->alignment.last];
	bool coded = code_of_template(q, code, x) == CODE_SAME ||
		     str_has_digit(str_part(q->clean->text, last->start, last->end));
	if (coded && !is_any_failure(code))
		return false;
	if (x->mended && x->surface.rest.n)
		return reason_of(x->surface.rest).n > 0;
	struct str reason = reason_of(behind_last(q, x));
	return reason.n && str_find_nocase(behind, str_first(reason, BEGINS)) == STR_NONE;
}

/* read_cut tells whether the message is what the template begins with. */
static void read_cut(const struct query *q, const struct match_code *code, struct answer *x)
{
	struct str behind = str_part(q->clean->text, q->tokens[x->alignment.last].end, q->payload.end);
	bool more = x->alignment.last + 1 < q->token_count;
	x->cut_off = !x->fits && (x->mended || is_cut_off(q, &x->alignment)) &&
		     (!more || begins_value(q, x->owner, x->alignment.last));
	x->lacks_reason = x->cut_off && lacks_reason(q, code, x, behind);
	while (behind.n && !char_is_alnum(behind.p[0])) /* before a value that it is cut off behind */
		behind = str_from(behind, 1);
	if (x->lacks_reason && str_find(behind, STR(": ")) != STR_NONE) /* another one */
		x->cut_off = false;
}

bool rank_is_heading(const struct query *q, const struct match_code *code, const struct answer *x)
{
	struct str says = x->owner ? file_str(q->view, x->owner->text) : STR(""), before, after, number;
	if (!is_any_failure(code) || !str_cut(says, '\'', &before, &after))
		return false;
	return str_ends(str_trim(before), STR("error")) && str_cut(after, '\'', &number, &after) &&
	       str_trim(after).n < 2;
}

static struct answer answer_of(struct query *q, const struct evidence_of_message *e, const struct alignment *al,
			       const struct file_owner *o, bool compare)
{
	struct answer x = { .owner = o, .article = o->article, .alignment = *al };
	struct str text = str_first(q->clean->text, q->payload.end);
	x.score = al->score + place_prior(o);
	if (compare) {
		x.fits = surface_fit(q->view, o, text, &q->scratch->letters, &x.surface);
		x.context = text_names(q->view, o->article, &e->component) ||
			    text_names(q->view, o->article, &e->log_file);
		/* what stands there word for word is that message, whatever family a table gives its number */
		bool to_the_letter = (x.fits && x.surface.same_marks) || quotes_code(q, e->code, al);
		x.conflicts = !to_the_letter && (meaning_conflicts(q->view, e->code, o->article) ||
						 code_of_template(q, e->code, &x) == CODE_OTHER);
	}
	if (compare && !x.fits && may_be_cut(q, al)) {
		x.mended = surface_fit_cut(q->view, o, text, &q->scratch->letters, &x.surface) &&
			   x.surface.span.start <= q->tokens[0].start;
		if (x.mended)
			x.score += cut_bonus(q, al, &x.surface);
		else
			x.surface.samples_met = 0; /* of another place, if any */
	}
	read_cut(q, e->code, &x);
	if (x.fits)
		x.score += surface_bonus(al, &x.surface) - align_overpaid(q, al, x.surface.span);
	x.score += x.context ? 0.8 : 0;
	x.score -= al->matched < RANK_PLAIN_WEIGHT && rank_leaves_value(q, &x) ? 5.0 : 0;
	x.score -= x.conflicts ? 4.0 : 0;
	x.score -= rank_is_heading(q, e->code, &x) ? 20.0 : 0;
	x.score = rint(x.score * SCORE_PARTS) / SCORE_PARTS;
	return x;
}

/* What it covers is there, and more: "refused it. {address}:{port}" beside "refused it." */
static bool covers_more(const struct surface *s, const struct surface *than)
{
	return s->span.start <= than->span.start && s->span.end >= than->span.end &&
	       s->span.end - s->span.start > than->span.end - than->span.start;
}

/* As far as that is seen at a glance: a port is a number, a host one word and without a port. */
static bool holds_value(enum var_type type, struct str value)
{
	bool word = type == VAR_HOST || type == VAR_NETBIOS || type == VAR_ADDRESS;
	bool number = type == VAR_PORT || type == VAR_NUMBER;
	unsigned colons = 0;
	for (size_t i = 0; i < value.n; i++) {
		if ((number && !char_is_digit(value.p[i])) || (word && value.p[i] == ' '))
			return false;
		colons += value.p[i] == ':';
	}
	return value.n > 0 && !(word && colons == 1);
}

static bool holds_values(const struct query *q, const struct answer *x)
{
	for (unsigned i = 0; i < x->surface.value_count; i++) {
		struct match_span s = x->surface.values[i];
		enum var_type type = (enum var_type)q->view->vars[x->owner->var_at + i].type;
		if (!holds_value(type, str_part(q->clean->text, s.start, s.end)))
			return false;
	}
	return true;
}

/* Of two messages of one article that both fit, ours binds what the quoted one only has an example of, or what another
 * of ours leaves or has wrong. */
static bool binds_better(const struct query *q, const struct answer *a, const struct answer *than)
{
	if (!a->owner || !a->fits || a->owner->place != PLACE_AUTHORED || !than->owner)
		return false;
	if (than->owner->place != PLACE_AUTHORED)
		return a->surface.value_count > than->surface.value_count;
	if (!than->fits || !holds_values(q, a))
		return false;
	if (!holds_values(q, than)) /* not by a word or two of it that bind nothing: it may be there twice */
		return a->surface.value_count > 0 && a->alignment.matched > NEARLY * than->alignment.matched;
	return a->surface.value_count > than->surface.value_count && covers_more(&a->surface, &than->surface);
}

/* The best answer of each article, in the order of the answers. */
static uint32_t one_an_article(const struct query *q, struct answer *answers, uint32_t n)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i++) {
		bool seen = false;
		for (uint32_t k = 0; k < kept && !seen; k++) {
			seen = answers[k].article == answers[i].article;
			if (!seen || !binds_better(q, &answers[i], &answers[k]))
				continue;
			double score = answers[k].score;
			answers[k] = answers[i];
			answers[k].score = score;
		}
		if (!seen)
			answers[kept++] = answers[i];
	}
	return kept;
}

bool rank_knows_code(const struct query *q, const struct match_code *code, uint32_t article)
{
	const struct file_article *a = &q->view->articles[article];
	for (uint32_t i = 0; i < a->code_n; i++)
		if (q->view->article_codes[a->code_at + i].value == code->value)
			return true;
	return false;
}

bool rank_takes_code(const struct answer *x, struct match_span code)
{
	if (!x->fits)
		return false;
	for (unsigned i = 0; x->alignment.matched < RANK_PLAIN_WEIGHT && i < x->surface.value_count; i++) {
		struct match_span s = x->surface.values[i];
		if (s.start < code.start && s.end >= code.end)
			return true;
	}
	return false;
}

bool rank_leaves_code(const struct query *q, const struct match_code *code, const struct answer *x)
{
	bool within = x->fits && code->span.start >= x->surface.span.start && code->span.end <= x->surface.span.end &&
		      !rank_takes_code(x, code->span);
	/* whatever has happened */
	bool ended = rule_is_ended_family(code->family) || rule_is_reply_family(code->family);
	return code->known && !ended && !within && !rank_touches(q, &x->alignment, code->span) &&
	       !rank_knows_code(q, code, x->article);
}

bool rank_lacks_value(const struct answer *x)
{
	for (unsigned i = 0; x->fits && i < x->surface.value_count; i++)
		if (x->surface.values[i].end <= x->surface.values[i].start)
			return true;
	return false;
}

/* A number has a digit, or a letter that somebody has put for it ("xx", "NN"). */
static bool is_like_number(struct str value)
{
	bool digit = false, small = false;
	for (size_t i = 0; i < value.n; i++) {
		digit |= char_is_digit(value.p[i]);
		small |= char_is_lower(value.p[i]) && !char_is_hex(value.p[i]) && value.p[i] != 'x' && value.p[i] != 'n';
	}
	return digit || !small;
}

/* "nginx.service": a file's name has its ending, and is one word. */
static bool is_like_file(struct str value)
{
	return str_find_char(value, '.') != STR_NONE && str_find_char(value, ' ') == STR_NONE;
}

/* "/srv/a b": a path has no part that a program set before it: "warning: setlocale: LC_ALL". */
static bool is_like_path(struct str value)
{
	return str_find(value, STR(": ")) == STR_NONE;
}

bool rank_has_odd_value(const struct query *q, const struct answer *x)
{
	struct str text = q->clean->text;
	bool ours = x->fits && x->owner->place == PLACE_AUTHORED;
	for (unsigned i = 0; ours && i < x->surface.value_count; i++) {
		struct match_span s = x->surface.values[i];
		struct str value = str_part(text, s.start, s.end);
		uint32_t type = q->view->vars[x->owner->var_at + i].type;
		if (!value.n || (s.start && strchr("'\"<[{`", text.p[s.start - 1])))
			continue;
		if ((type == VAR_NUMBER && !is_like_number(value)) || (type == VAR_FILE && !is_like_file(value)) ||
		    (type == VAR_PATH && !is_like_path(value)))
			return true;
	}
	return false;
}

/* Its words are all there, and the number behind them is another error's: nearer than what shares a word or two. */
bool rank_is_sibling(const struct answer *x)
{
	return !x->fits && x->conflicts && has_another_number(&x->alignment);
}

bool rank_is_kin(const struct query *q, const struct match_code *code, const struct answer *x)
{
	const struct file_article *a = &q->view->articles[x->article];
	bool same = false;
	for (uint32_t i = 0; i < a->code_n && code->family.n; i++)
		same |= str_eq(file_str(q->view, q->view->article_codes[a->code_at + i].family), code->family);
	return x->owner && rank_is_sibling(x) && same;
}

double rank_weight_scale(const struct file_view *v)
{
	return fmax(1, FITTED_RARE / assemble_weight_of_group_word(v->group_count, 1));
}

/* "Windows NT 4.0", be it all of a message or all that is shared with one: it is in any sentence. */
static bool is_product(const struct query *q, const struct alignment *al)
{
	const struct file_owner *o = &q->view->owners[q->view->groups[al->group].owner_at];
	return product_is_all(str_part(q->clean->text, q->tokens[al->first].start, q->tokens[al->last].end)) ||
	       product_is_all(file_str(q->view, o->text));
}

static void align_all(struct query *q, const uint32_t *groups, uint32_t n, struct alignment *als)
{
	for (uint32_t i = 0; i < n; i++) {
		align_fetch(q, groups + i, n - i);
		align_group(q, groups[i], &als[i]);
	}
	qsort(als, n, sizeof *als, by_alignment);
}

/* Near enough to the best to be looked at owner by owner; what says the same but for its number always is. */
static bool is_close(const struct alignment *als, uint32_t i)
{
	bool kin = has_another_number(&als[i]) && als[i].matched > 0.5f * als[0].matched;
	return i < GROUPS_MAX && (kin || als[i].score > als[0].score - close_enough);
}

/* Our own spellings of messages of the articles at hand, also those that lie further behind: they are asked for what
 * they bind. */
static uint32_t add_authored(struct query *q, const struct evidence_of_message *evidence, const struct alignment *als,
			     uint32_t n, struct answer *answers, uint32_t count)
{
	uint32_t found = count;
	for (uint32_t i = 0; i < n; i++) {
		const struct file_group *g = &q->view->groups[als[i].group];
		if (is_close(als, i))
			continue;
		for (uint32_t k = 0; k < g->owner_n && count < OWNERS_MAX && count < found + AUTHORED_MAX; k++) {
			const struct file_owner *o = &q->view->owners[g->owner_at + k];
			bool at_hand = false;
			for (uint32_t a = 0; a < found && o->place == PLACE_AUTHORED && !at_hand; a++)
				at_hand = answers[a].article == o->article;
			if (at_hand)
				answers[count++] = answer_of(q, evidence, &als[i], o, true);
		}
	}
	return count;
}

/* What a message binds although its fixed words have slips, or sentences of it are missing, or its end. */
static void mend(struct query *q, struct answer *answers, uint32_t n)
{
	struct str text = str_first(q->clean->text, q->payload.end);
	for (uint32_t i = 0; i < n && i < MENDED_MAX; i++) {
		struct answer *x = &answers[i];
		if (!x->owner || x->fits || x->mended || !x->owner->var_n)
			continue;
		bool slips = align_mend(q, x->alignment.group, &q->scratch->mended);
		if (slips)
			x->mended = surface_fit(q->view, x->owner, text, &q->scratch->mended, &x->surface);
		if (!x->mended)
			x->mended = surface_fit_cut(q->view, x->owner, text, &q->scratch->letters, &x->surface);
		if (!x->mended)
			x->mended = surface_fit_part(q->view, x->owner, text, &q->scratch->letters, &x->surface);
		if (!x->mended && slips)
			x->mended = surface_fit_cut(q->view, x->owner, text, &q->scratch->mended, &x->surface);
	}
}

uint32_t rank_articles(struct query *q, const struct evidence_of_message *evidence, struct answer *ret_answers)
{
	uint32_t groups[CANDIDATES_MAX], n = candidate_groups(q, groups), count = 0;
	struct alignment *als = q->scratch->alignments;
	struct answer *answers = q->scratch->owners;
	q->scratch->letters.n = 0;
	for (uint32_t i = 0; i < q->stretch_count; i++)
		surface_letters(q->clean->text, q->stretches[i].start, q->stretches[i].end, &q->scratch->letters);
	align_all(q, groups, n, als);
	q->scratch->alignment_count = n;
	for (uint32_t i = 0; i < n && i < GROUPS_MAX; i++) {
		const struct file_group *g = &q->view->groups[als[i].group];
		if (!is_close(als, i) || is_product(q, &als[i]))
			continue;
		for (uint32_t k = 0; k < g->owner_n && count < OWNERS_MAX; k++, count++)
			answers[count] =
				answer_of(q, evidence, &als[i], &q->view->owners[g->owner_at + k], count < FITS_MAX);
	}
	count = add_authored(q, evidence, als, n, answers, count);
	qsort(answers, count, sizeof *answers, by_answer);
	count = one_an_article(q, answers, count);
	count = count < MATCH_RESULTS_MAX ? count : MATCH_RESULTS_MAX;
	confidence_set(q, evidence->code, answers, count, als, n);
	mend(q, answers, count);
	memcpy(ret_answers, answers, count * sizeof *answers);
	return count;
}
