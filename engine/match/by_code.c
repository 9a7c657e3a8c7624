/* SPDX-License-Identifier: MIT */
#include "match/by_code.h"

#include "match/answer.h"
#include "match/confidence.h"
#include "match/meaning.h"

#include "rule/rule.h"

#include <math.h>

enum {
	BY_CODE_MAX = 20, /* articles that are about one code */
	LONG_CODE = 8	  /* "80070035", "WSAECONNREFUSED" */
};

#define SPELLED 0.9 /* its message is the code that was said */
#define BY_CODE 0.6 /* one of the articles that are about a code is right */
#define NAMED 0.6 /* what a code among other words tells of what it tells alone, where its shape says that it is one */
#define COUNTED 0.45 /* the same of a small number behind "error" */

/* Where what Windows says of the code stands at the message's end, be it that it breaks off in that; what Linux says,
 * any program's messages end with. */
static size_t begun_at(const struct query *q, const struct match_code *code)
{
	struct str text = str_first(q->clean->text, q->payload.end);
	if (str_eq(code->family, STR("errno")))
		return STR_NONE;
	if (code->span.end < text.n && meaning_is_text(q->view, code, str_from(text, code->span.end)))
		return code->span.end;
	return meaning_find_begun(text, code->says);
}

bool by_code_is_said(const struct query *q, const struct match_code *code)
{
	return code->known && begun_at(q, code) != STR_NONE && by_code_is_all(q, code);
}

bool by_code_is_all(const struct query *q, const struct match_code *code)
{
	static const char *const words[] = {
		"system", "windows", "has", "occurred", "the", "a", "with", "failed", "an", "i", "get", "got", "what",
		"is", "win32", "exit", "net", "use", "view", "fails", "returns", "gives", "says", "run", "time",
		"runtime", "stop", "blue", "screen", "message", "msg", "bugcheck", "winsock", "socket", "sockets",
		"wsagetlasterror", "return", "returned", "mean", "means", "does", "meaning", "problem", "my", "on",
		"in", "and", "bsod", "dialing", "dial", "exited", "exits", "process", "command", "program", "script",
		"job", "task", "container", "main", "pod", "service", "finished", "ended", "completed", "terminated",
		"killed", "by", "signal", "value", "errorlevel", "level", "non", "zero", "child", "subprocess",
		"application", "interrupted", "of", "it", "was", "for",
	};
	bool http = str_eq(code->family, STR("http"));
	size_t begun = begun_at(q, code);
	unsigned others = 0;
	for (uint32_t i = 0; i < q->token_count; i++) {
		const struct query_token *t = &q->tokens[i];
		struct str word = str_part(q->clean->text, t->start, t->end);
		bool known = t->number || t->start >= begun || rule_is_code_word(word) ||
			     (t->start < code->span.end && t->end > code->span.start) ||
			     str_eq_nocase(word, code->family) || /* "curl exited with 7" */
			     (http && str_find_nocase(rule_http_reason(code->value), word) != STR_NONE);
		for (size_t k = 0; !known && k < sizeof words / sizeof *words; k++)
			known = str_eq_nocase(word, str_c(words[k]));
		others += !known;
	}
	return others == 0;
}

static bool is_any_program(struct str family)
{
	return str_eq(family, STR("exit")) || str_eq(family, STR("signal")) || str_eq(family, STR("systemd"));
}

double by_code_share(const struct query *q, const struct match_code *code)
{
	struct str head = str_first(q->clean->text, code->span.start);
	if (!code->says.n)
		return 0;
	struct code_article about;
	if (is_any_program(code->family)) /* 137 and 127 tell something, 1 and 2 nothing */
		return meaning_articles(q->view, code, &about, 1) ? COUNTED : 0;
	if (rule_is_ended_family(code->family)) /* of one program it is that program's error */
		return COUNTED;
	if (code->span.end - code->span.start >= LONG_CODE || str_eq(code->family, STR("http")))
		return NAMED;
	if (meaning_is_only_told(code->family) && !rule_is_reply_family(code->family)) /* "SQLCODE=-204", "Msg 18456" */
		return COUNTED;
	struct str word = rule_word_before(head);
	/* "the service stopped with 1067" is read as a code for what gave it back */
	static const char verbs[] = "returned returns returning failed fails gives gave says said reports reported with me";
	bool given = str_in_list(word, verbs);
	return code->value > 2 && (given || str_find_nocase(word, STR("err")) != STR_NONE) ? COUNTED : 0;
}

/* What a system says of its code, as people see it on the screen. */
static struct str said_of(const struct match_code *code, struct arena *a)
{
	if (str_eq(code->family, STR("vb")))
		return arena_printf(a, "Run-time error '%lld': %.*s", (long long)code->value, STR_ARG(code->says));
	if (str_eq(code->family, STR("http")) && rule_http_reason(code->value).n)
		return arena_printf(a, "HTTP Error %lld: %.*s", (long long)code->value,
				    STR_ARG(rule_http_reason(code->value)));
	if (str_eq(code->family, STR("errno")) || meaning_is_only_told(code->family))
		return code->says;
	return arena_printf(a, "System error %lld has occurred. %.*s", (long long)code->value, STR_ARG(code->says));
}

/* What stands there word for word is the better reason. */
static void raise_to(struct answer *x, const struct answer *inferred)
{
	if (!x->fits || x->conflicts) {
		*x = *inferred;
		return;
	}
	x->confidence = inferred->confidence;
	x->together = fmax(x->together, inferred->together);
}

/* A message that is little more than a code means what the table says: asked again in the table's words. share: what of
 * it is left where the code is not all that was said; told: the same of articles that are not ours. */
static uint32_t add_inferred(struct query *q, const struct match_code *code, double share, double told,
			     struct answer *answers, uint32_t n)
{
	struct answer *more = arena_array(q->arena, struct answer, MATCH_RESULTS_MAX);
	struct str text = said_of(code, q->arena);
	struct clean clean = { .text = text };
	const struct clean *was = q->clean;
	struct match_span payload = q->payload;
	q->clean = &clean;
	q->payload = (struct match_span){ 0, text.n };
	query_read(q);
	uint32_t count = more ? rank_articles(q, &(struct evidence_of_message){ .code = code }, more) : 0;
	for (uint32_t i = 0; i < count && i < 10; i++) {
		bool ours = q->view->articles[more[i].article].authored;
		confidence_doubt(&more[i], 0.8 * share * (ours ? 1 : told));
		more[i].inferred = true;
		more[i].says_same *= 2; /* they say the code's meaning */
		more[i].keeps = 0;
		uint32_t at = answers_find(answers, n, more[i].article);
		if (at == n)
			n = answers_add(answers, n, more[i]);
		else if (answers[at].confidence < more[i].confidence)
			raise_to(&answers[at], &more[i]);
	}
	q->clean = was;
	q->payload = payload;
	query_read(q);
	answers_sort(answers, n);
	return n;
}

/* "Error code: " */
static bool is_introduction(struct str text)
{
	for (struct str word; str_word(&text, &word);)
		if (!rule_is_code_word(str_ends(word, STR(":")) ? str_first(word, word.n - 1) : word))
			return false;
	return true;
}

/* The text is a code and nothing else, however spelled, and means what this one does; one that is of one system by its
 * shape may be introduced and explained. */
static bool spells_code(struct str text, const struct match_code *code)
{
	struct rule_code_at found;
	struct str family;
	int64_t carried;
	if (!rule_codes_find(text, &found, 1))
		return false;
	bool wide = found.code.value > UINT16_MAX && is_introduction(str_first(text, found.start));
	if (!wide && (found.start > 0 || found.end < text.n))
		return false;
	return found.code.value == code->value ||
	       (rule_code_carried(found.code.value, &carried, &family) && carried == code->value);
}

bool by_code_is_spelled(const struct query *q, const struct match_code *code, const struct answer *x)
{
	return x->owner && x->owner->place == PLACE_AUTHORED && spells_code(file_str(q->view, x->owner->text), code);
}

/* Ours whose message is just this code: what else is said only introduces it. */
static void trust_spelled(const struct query *q, const struct match_code *code, double share, struct answer *answers,
			  uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct answer *x = &answers[i];
		if (!by_code_is_spelled(q, code, x))
			continue;
		x->confidence = fmax(x->confidence, SPELLED * share);
		x->together = fmax(x->together, SPELLED * share);
	}
	answers_sort(answers, n);
}

/* What is known of the code itself: articles that are about it, whatever they quote. */
static uint32_t add_by_code(const struct query *q, const struct match_code *code, double share, struct answer *answers,
			    uint32_t n)
{
	struct code_article found[BY_CODE_MAX];
	uint32_t count = meaning_articles(q->view, code, found, BY_CODE_MAX);
	double all = 0, best = n ? answers[0].confidence : 0;
	double pool = share * (best < 0.5 * share ? BY_CODE : BY_CODE * (1 - best));
	for (uint32_t i = 0; i < count; i++)
		all += found[i].weight;
	for (uint32_t i = 0; i < count; i++) {
		double confidence = pool * found[i].weight / all;
		uint32_t at = answers_find(answers, n, found[i].article);
		if (at == n) {
			n = answers_add(answers, n, (struct answer){ .article = found[i].article, .inferred = true,
								    .confidence = confidence, .together = pool });
			continue;
		}
		if (confidence > 0.98 * answers[at].confidence) {
			answers[at].confidence = fmax(answers[at].confidence, confidence);
			answers[at].score = 0; /* words that it shares are not what it is found by */
		}
		answers[at].together = fmax(answers[at].together, pool);
	}
	answers_sort(answers, n);
	return n;
}

uint32_t by_code_add(struct query *q, const struct match_code *code, double share, double told, struct answer *answers,
		     uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) { /* words that many articles quote stand behind what they mean */
		answers[i].confidence = answer_kept(q, &answers[i]);
		answers[i].keeps = 0;
	}
	answers_sort(answers, n);
	trust_spelled(q, code, share, answers, n);
	if (code->says.n && !rule_is_ended_family(code->family))
		n = add_inferred(q, code, share, told, answers, n);
	return add_by_code(q, code, share * told, answers, n);
}
