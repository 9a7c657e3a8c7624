/* SPDX-License-Identifier: MIT */
#include "match/confidence.h"

#include "match/answer.h"
#include "match/likeness.h"
#include "match/product.h"

#include "rule/rule.h"

#include <math.h>
#include <string.h>

enum {
	COMMON_FROM = 6,  /* messages: what more have is common */
	PAIRS_PLENTY = 8, /* words in common: more tell no more */
	ALIKE_PAIRS = 3, /* words in common: fewer are alike by chance */
	ALIKE_AROUND = 24, /* bytes beside the words in common where the others may stand */
	TELLING_FEW = 3, /* words of a message that any program may print */
	HOME_MAX = 1000	  /* bytes of a message in which a path or a product is looked for */
};

#define ALL_SAID (CONFIDENCE_FLOOR + 0.01) /* at least, of the articles that quote all of the text */
#define ANYBODYS 0.45 /* what is left at least of a message's confidence that any program may print */
#define UNREASONED 0.45 /* at most, where the message does not say what its template does: why */
#define CONFIDENCE_CONFLICT 0.1 /* at most, where the code says another error */

static const double common_weight = 18; /* what weighs less is said by foreign programs too */

double confidence_logistic(double z)
{
	return 1 / (1 + exp(-z));
}

static bool is_mark(char c)
{
	return c == '\n' || strchr("\":!.>-;?", c);
}

/* Both quote the same words; case, which is weak evidence, tells which comes first and no more. */
static bool says_the_same(const struct answer *a, const struct answer *b)
{
	return a->fits && b->fits && a->surface.same_marks && b->surface.same_marks && !a->conflicts && !b->conflicts &&
	       a->surface.span.start == b->surface.span.start && a->alignment.pair_count == b->alignment.pair_count &&
	       fabsf(a->alignment.matched - b->alignment.matched) < 0.01f * a->alignment.matched &&
	       a->context == b->context && !a->surface.value_count == !b->surface.value_count;
}

/* "... in module A.DLL at 0137:bff9": what its article shows of one machine. */
static bool shows_sample(const struct query *q, const struct answer *x)
{
	const struct file_var *vars = q->view->vars + x->owner->var_at;
	for (uint32_t i = 0; i < x->owner->var_n; i++)
		if (vars[i].sample)
			return true;
	return false;
}

/* Both quote one message, which is not said word for word: slips, or where it was cut off, tell its articles apart no
 * more than its own words do. Where another word stands in a word's place, or the articles show values, either may be
 * about something else. */
static bool quotes_the_same(const struct query *q, const struct answer *a, const struct answer *b)
{
	return a->owner && b->owner && !a->fits && !b->fits && a->alignment.group == b->alignment.group &&
	       !a->conflicts && !b->conflicts && a->context == b->context && a->alignment.swapped <= 0 &&
	       !shows_sample(q, a) && !shows_sample(q, b);
}

/* Both begin with the message that was cut off, and none shows more of its values: how they go on, nobody knows. */
static bool begins_the_same(const struct answer *a, const struct answer *b)
{
	return a->cut_off && b->cut_off && a->surface.samples_met <= b->surface.samples_met &&
	       fabsf(a->alignment.matched - b->alignment.matched) < 0.01f * a->alignment.matched;
}

/* All of the text is the end of a longer message, where the first one leaves words before it: "this operation. Quit one
 * or more applications." may be either. Not where words of the first one would be in a value of the other. */
static bool ends_with_more(const struct query *q, const struct answer *first, const struct answer *x)
{
	const struct alignment *al = &x->alignment;
	return first->fits && first->alignment.first > 0 && !x->fits && !x->conflicts && !al->first &&
	       al->matched > 0.99f * first->alignment.matched && al->last + 1 == q->token_count &&
	       al->left_message < 0.01f && !al->number_differs && al->swapped <= 0 && !answer_is_whole(q, first);
}

/* How far the first one leads, by what it says. */
static double lead_over(const struct query *q, const struct answer *first, const struct answer *x)
{
	double gap = first->score - x->score;
	if (begins_the_same(first, x))
		return 0.3 * gap;
	return ends_with_more(q, first, x) ? fmin(gap, 0.1) : gap;
}

/* How far it is behind the first one. */
static double behind(const struct query *q, const struct answer *first, const struct answer *x)
{
	double lead = lead_over(q, first, x);
	return says_the_same(first, x) ? fmin(lead, 0.3) : lead;
}

/* As good as the first one. */
static bool is_tied(const struct query *q, const struct answer *first, const struct answer *x)
{
	return behind(q, first, x) < 0.5;
}

/* "... I get Object already exists": in the midst of a sentence a message begins with its capital letter. */
static bool begins_by_case(struct str text, size_t start)
{
	size_t before = start;
	if (start >= text.n || !char_is_upper(text.p[start]))
		return false;
	while (before && text.p[before - 1] == ' ')
		before--;
	if (!before || before == start || !char_is_lower(text.p[before - 1]))
		return false;
	while (before && char_is_alpha(text.p[before - 1]))
		before--;
	return char_is_lower(text.p[before]);
}

/* The message stands by itself among a person's words: behind a colon, in quotes, a sentence of its own. */
static bool stands_alone(const struct query *q, const struct surface *s)
{
	struct str text = q->clean->text;
	size_t start = s->span.start, end = s->span.end;
	while (start > q->payload.start && text.p[start - 1] == ' ')
		start--;
	bool before = start <= q->payload.start || is_mark(text.p[start - 1]) ||
		      surface_leads_in(text, s->span.start) || (s->same_case && begins_by_case(text, s->span.start));
	bool stopped = end && is_mark(text.p[end - 1]);
	while (end < q->payload.end && text.p[end] == ' ')
		end++;
	return before && (stopped || end == q->payload.end || is_mark(text.p[end]) || surface_goes_on(text, end));
}

/* "C:\\TEMP\\A.TXT", "\\\\FILESRV\\public": what the systems of the articles are made of. */
static bool has_path_of_dos(struct str s)
{
	for (size_t i = 0; i + 2 < s.n; i++) {
		bool begins = !i || !char_is_alnum(s.p[i - 1]);
		if (s.p[i + 1] == '\\' && begins && s.p[i] == '\\' && char_is_alnum(s.p[i + 2]))
			return true;
		if (s.p[i + 1] == ':' && begins && char_is_alpha(s.p[i]) && s.p[i + 2] == '\\')
			return true;
	}
	return false;
}

/* The message is from where the article's messages are from: its words alone may be any program's. */
static bool is_at_home(const struct query *q, const struct answer *x)
{
	struct str payload = str_part(q->clean->text, q->payload.start, q->payload.end);
	payload = str_first(payload, HOME_MAX);
	return x->context || has_path_of_dos(payload) ||
	       (product_families(payload) & q->view->articles[x->article].families);
}

bool confidence_is_quoted(const struct query *q, const struct answer *x)
{
	return x->fits && x->surface.same_marks && x->surface.same_case && stands_alone(q, &x->surface);
}

struct chance { double first, together, ties; };

/* What of the message lies outside what the template covers, by weight. */
static double weight_outside(const struct query *q, const struct answer *x)
{
	const struct alignment *al = &x->alignment;
	double outside = q->weight_to[q->token_count] - (q->weight_to[al->last + 1] - q->weight_to[al->first]);
	for (uint32_t i = 0; x->fits && i < q->token_count; i++)
		if ((i < al->first || i > al->last) && q->tokens[i].start >= x->surface.span.start &&
		    q->tokens[i].end <= x->surface.span.end)
			outside -= q->tokens[i].weight; /* a value in front or at the end */
	if (x->cut_off)
		outside -= q->weight_to[q->token_count] - q->weight_to[al->last + 1];
	if (!x->fits || !stands_alone(q, &x->surface))
		return outside;
	/* "cat: X: No such file or directory": common words end the lines of any program */
	bool any = x->owner->place != PLACE_AUTHORED && al->matched < common_weight;
	return (any ? 0.5 : 0.15) * outside;
}

/* What it tells that the letters are the message's: with its marks, in its case; or that they are all of the text, and
 * bind. */
static double sameness(const struct query *q, const struct answer *x, double own)
{
	if (!x->fits)
		return 0;
	if (x->surface.same_marks)
		return x->surface.same_case ? 3.6 : 1.75;
	return own > common_weight && x->surface.value_count && answer_is_whole(q, x) ? 1.5 : 0;
}

/* Few words of the message tell something: "Are you sure?" is any program's, where nothing says that it is from where
 * the article's messages are from. */
static bool is_anybodys(const struct query *q, const struct answer *x)
{
	unsigned telling = 0;
	for (uint32_t i = x->alignment.first; x->fits && i <= x->alignment.last && telling <= TELLING_FEW; i++) {
		const struct query_token *t = &q->tokens[i];
		if (t->number)
			return false;
		struct token token;
		size_t at = t->start;
		token_next(str_first(q->clean->text, t->end), &at, &token);
		struct str word = { token.word, token.n };
		telling += word.n > 1 && !words_is_small(word) && !words_is_general(word);
	}
	return x->fits && telling <= TELLING_FEW && !x->surface.value_count && x->owner->place != PLACE_AUTHORED &&
	       !is_at_home(q, x);
}

/* Of a message that does not fit word by word: how far it does letter by letter. 0 up to what another message of the
 * same kind has in common, 1 where slips are all that differs. */
static double alikeness(const struct query *q, const struct answer *x)
{
	const struct alignment *al = &x->alignment;
	if (x->fits || x->conflicts || al->number_differs || al->pair_count < ALIKE_PAIRS)
		return 0;
	size_t start = q->tokens[al->first].start, end = q->tokens[al->last].end;
	size_t from = start > ALIKE_AROUND ? start - ALIKE_AROUND : 0;
	double alike = likeness_of(q->view, x->owner, &q->scratch->letters, from, end + ALIKE_AROUND);
	return fmin(1, fmax(0, (alike - 0.7) / 0.2));
}

/* How often the first answer is right, by a logistic regression on messages whose articles are known, the same with
 * their articles taken away, and twice as many messages of foreign programs; the tables of `make bench` tell how well
 * it holds. A few common words, be they all of a message, are what any program says. The more are as good, the less;
 * that one of them is right does not depend on how many they are. */
static struct chance chance_of_first(const struct query *q, const struct answer *answers, uint32_t n)
{
	const struct answer *x = &answers[0];
	const struct alignment *al = &x->alignment;
	double scale = rank_weight_scale(q->view), own = scale * al->matched + 1e-6;
	double outside = 0.5 * fmax(0, weight_outside(q, x));
	double message = own / (own + scale * (al->left_message + outside));
	double inner = own / (own + scale * al->left_message);
	double ties = 0, lead = 6;
	for (uint32_t i = 1; i < n; i++) {
		ties += is_tied(q, x, &answers[i]);
		if (answers[i].alignment.group != al->group)
			lead = fmin(lead, lead_over(q, x, &answers[i]));
	}
	double template = x->fits ? 1 : own / (own + scale * al->left_template);
	double same = sameness(q, x, own);
	double z = -11.25 + 0.44 * template + 4.42 * message + 1.61 * inner + 0.67 * log(1 + own) + same +
		   1.97 * lead / 6 + 1.41 * fmin(al->pair_count, PAIRS_PLENTY) / PAIRS_PLENTY -
		   2.99 * fmax(0, common_weight - own) / 10 - 1.9 * scale * al->swapped / (own + 1) +
		   (x->cut_off ? 2.71 : 0) + (is_at_home(q, x) ? 1.5 : 0) - (al->number_differs ? 1 : 0) +
		   1.6 * alikeness(q, x);
	double crowd = 1.43 * log(1 + fmin(ties, 5)), plain = confidence_logistic(z - crowd);
	if (is_anybodys(q, x))
		z -= 1.3;
	double first = fmax(confidence_logistic(z - crowd), fmin(plain, ANYBODYS));
	return (struct chance){ first, fmin(confidence_logistic(z), first * (1 + ties)), ties };
}

/* One word in common is chance, or one number, be it all that was said; so it is with variables on both of its
 * sides. */
static bool is_chance(const struct query *q, const struct match_code *code, const struct answer *x)
{
	bool around = x->surface.value_count > 1 && x->owner->place != PLACE_AUTHORED;
	return (!x->fits || around) && x->alignment.pair_count == 1 &&
	       (q->token_count > 1 || (code->known && rank_touches(q, &x->alignment, code->span)));
}

/* What an article shows of one machine is another here. */
static bool shows_another(const struct answer *x)
{
	return x->fits && x->surface.samples_other + x->surface.samples_odd > 0;
}

/* The parameters of a STOP screen tell its articles apart, the address of a fault seldom does. */
static double doubt_of_samples(const struct match_code *code, const struct answer *x)
{
	return !shows_another(x) ? 1 : str_eq(code->family, STR("bugcheck")) ? 0.5 : 0.9;
}

/* All that it shares with the message is "Event ID: 7001", and nothing of what the event says. */
static bool is_event_number(const struct query *q, const struct answer *x)
{
	bool event = false;
	for (uint32_t i = x->alignment.first; i <= x->alignment.last; i++) {
		const struct query_token *t = &q->tokens[i];
		struct str word = str_part(q->clean->text, t->start, t->end);
		event |= str_eq_nocase(word, STR("event")) || str_eq_nocase(word, STR("eventid"));
		if (!t->number && !str_eq_nocase(word, STR("event")) && !str_eq_nocase(word, STR("id")) &&
		    !str_eq_nocase(word, STR("eventid")))
			return false;
	}
	return event;
}

/* How many messages have all of its words, in order, be it among others. */
static uint32_t messages_with(const struct alignment *al, const struct alignment *als, uint32_t n)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < n; i++)
		count += als[i].matched >= 0.97f * al->matched && !als[i].number_differs;
	return count;
}

/* "Invalid argument": common words that many messages have among others, be it all of one. */
static double share_of_common(const struct answer *x, const struct alignment *als, uint32_t n)
{
	uint32_t with = x->fits && x->alignment.matched < RANK_PLAIN_WEIGHT ? messages_with(&x->alignment, als, n) : 0;
	return with > COMMON_FROM ? fmax(0.5, sqrt((double)COMMON_FROM / with)) : 1;
}

/* A few words that several articles quote are said wherever one looks: of more than two, each is the less sure. */
static double share_of_same(const struct answer *answers, uint32_t n)
{
	unsigned count = 0;
	for (uint32_t i = 0; i < n; i++)
		count += answers[i].says_same > 0;
	return count > 2 && answers[0].alignment.matched < 1.25f * RANK_PLAIN_WEIGHT ? 2.0 / count : 1;
}

/* The template has words of weight where the message has others: "... error in A.DLL" and "... error in B.DLL". */
static bool is_swapped(const struct answer *x)
{
	return x->alignment.swapped > 0.1f * x->alignment.matched;
}

/* A word or two of a sentence that says something else around them. */
static bool is_fragment(const struct query *q, const struct answer *x)
{
	const struct alignment *al = &x->alignment;
	uint32_t outside = q->token_count - (al->last - al->first + 1);
	return x->fits && al->pair_count <= 2 && !x->context && outside >= al->pair_count &&
	       !stands_alone(q, &x->surface);
}

/* Only numbers in common, none of them a code. */
static bool is_numbers(const struct query *q, const struct match_code *code, const struct answer *x)
{
	for (uint32_t i = x->alignment.first; i <= x->alignment.last; i++)
		if (!q->tokens[i].number)
			return false;
	return !code->known || !rank_touches(q, &x->alignment, code->span);
}

/* So little of the template is there that it is another message, which shares a sentence. */
static bool is_corner(const struct answer *x)
{
	const struct alignment *al = &x->alignment;
	return !x->fits && al->matched < 0.25f * (al->matched + al->left_template);
}

static double doubt_of(const struct query *q, const struct match_code *code, const struct answer *x)
{
	double factor = rank_leaves_code(q, code, x) || is_chance(q, code, x) ? 0.25 : 1;
	if (rank_is_heading(q, code, x))
		factor *= 0.4;
	factor *= doubt_of_samples(code, x);
	if (is_fragment(q, x) || is_numbers(q, code, x))
		factor *= 0.2;
	if (is_event_number(q, x))
		factor *= 0.5;
	else if (rank_lacks_value(x) || rank_has_odd_value(q, x) || is_corner(x))
		factor *= 0.4;
	if (x->alignment.matched < RANK_PLAIN_WEIGHT && rank_leaves_value(q, x))
		factor *= 0.5;
	return factor;
}

void confidence_doubt(struct answer *x, double factor)
{
	x->confidence *= factor;
	x->together *= factor;
}

/* Every word of the text is the message's own, and there are several: it may be said elsewhere too, but it is this. */
static bool is_all_said(const struct query *q, const struct answer *x)
{
	unsigned least = x->fits && x->surface.same_marks ? 2 : ALIKE_PAIRS;
	return x->fits && !x->conflicts && x->alignment.pair_count >= least &&
	       x->alignment.pair_count == q->token_count;
}

/* The others follow by how far their scores are behind. */
void confidence_set(const struct query *q, const struct match_code *code, struct answer *answers, uint32_t n,
		    const struct alignment *als, uint32_t all)
{
	struct chance c = n ? chance_of_first(q, answers, n) : (struct chance){ 0 };
	for (uint32_t i = 0; i < n; i++) {
		struct answer *x = &answers[i];
		x->says_same = (says_the_same(&answers[0], x) || quotes_the_same(q, &answers[0], x)) && !shows_another(x);
		x->confidence = c.first * exp(-0.6 * behind(q, &answers[0], x));
		x->together = fmax(x->confidence, is_tied(q, &answers[0], x) ? c.together : 0);
		confidence_doubt(x, doubt_of(q, code, x));
		if (x->conflicts)
			confidence_doubt(x, fmin(1, CONFIDENCE_CONFLICT / x->together));
		if (x->lacks_reason)
			confidence_doubt(x, fmin(1, UNREASONED / x->confidence));
		if (rank_is_sibling(x))
			x->confidence = x->together = CONFIDENCE_CONFLICT;
		if (is_all_said(q, x) && is_tied(q, &answers[0], x)) {
			x->confidence = fmax(x->confidence, ALL_SAID / (c.ties + 1));
			x->together = fmax(x->together, ALL_SAID);
		}
	}
	double same = share_of_same(answers, n);
	for (uint32_t i = 0; i < n; i++)
		answers[i].keeps = share_of_common(&answers[i], als, all) * (answers[i].says_same ? same : 1) *
				   (is_swapped(&answers[i]) ? 0.5 : 1);
}
