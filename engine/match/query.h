/* SPDX-License-Identifier: MIT
 *
 * What the stages of one look-up share: the message as tokens with the words of the compiled form that each may stand
 * for, and the thread's scratch memory. Nothing outlives the look-up but the scratch arrays, which are clean between
 * look-ups.
 */
#ifndef KBT_MATCH_QUERY_H
#define KBT_MATCH_QUERY_H

#include "match/file.h"
#include "match/undress.h"
#include "match/surface.h"
#include "match/token.h"
#include "match/words.h"

enum {
	QUERY_TOKENS_MAX = 512, /* of a message that are looked at; of a longer one the most telling stretches */
	READINGS_MAX = 3,	/* words that a token may stand for: itself, and what it may be a slip of */
	QUERY_STRETCHES_MAX = 8,
	QUERY_PIECES_MAX = 6,
	CANDIDATES_MAX = 96,
	OWNERS_MAX = 256 /* of all candidates, that are looked at one by one */
};

struct query_token {
	uint32_t start, end; /* in the clean text */
	uint32_t terms[READINGS_MAX];
	uint8_t term_count;
	bool exact; /* terms[0] is the word itself */
	bool number;
	float weight; /* what leaving it unexplained costs */
};

struct candidate_key {
	const uint32_t *posts; /* groups, ascending, each once */
	uint32_t n;
	float weight;
	float gain; /* what it brings at most, less what its groups cost */
};
enum {
	CANDIDATE_KEYS_MAX = QUERY_TOKENS_MAX * 4,
	CANDIDATE_POSTINGS_MAX = 24000 /* looked at for one message; the rarest keys first: bounds the time */
};

/* A token of the template on a token of the message. */
struct link { uint16_t at, token; float gain, score; int16_t before; };
enum { LINKS_MAX = 256, TEMPLATE_TOKENS_MAX = 160 };

struct reading { uint32_t term; uint16_t token; uint16_t next; float similarity; }; /* next: 1-based, 0 ends */

struct query {
	const struct file_view *view;
	struct match_scratch *scratch;
	struct arena *arena;
	const struct clean *clean;
	struct match_span payload; /* in the clean text */
	bool two; /* it is two texts: match_envelope */
	struct query_token tokens[QUERY_TOKENS_MAX];
	uint32_t token_count;
	struct match_span stretches[QUERY_STRETCHES_MAX]; /* of the clean text that the tokens are from, ascending */
	uint32_t stretch_count;
	float weight_to[QUERY_TOKENS_MAX + 1]; /* of the tokens before */
	struct reading readings[QUERY_TOKENS_MAX * READINGS_MAX + 1];
	uint16_t reading_heads[2048]; /* by term, 1-based */
	uint32_t reading_count;
	struct match_span pieces[QUERY_PIECES_MAX]; /* of the text that was asked last: see several.h */
	uint32_t piece_count;
};

struct text_hit { uint32_t article; float score; }; /* text.h */

/* What was answered to a text that stands, before it was read in other ways: the whole look-up begins with the same. */
struct stood {
	struct answer *answers; /* MATCH_RESULTS_MAX */
	uint32_t count;
	struct match_span pieces[QUERY_PIECES_MAX];
	uint32_t piece_count;
	bool known;
};

struct match_scratch {
	float *group_scores, *doc_scores; /* zero between look-ups */
	uint32_t *groups_touched;	  /* CANDIDATE_POSTINGS_MAX + 1: those with a score */
	float *group_costs;		  /* what a group's weight takes off its score: candidate_costs */
	uint32_t *touched;		  /* as long as doc_scores */
	unsigned char *numbers;		  /* align.c: two bits a term, whether it is known to be one, and is */
	uint64_t *filled; /* match_variables: article << 32 | message, of those with variables; made when asked for */
	uint32_t filled_count;
	uint32_t group_count, doc_count;
	struct query query;
	struct letters letters; /* of the payload */
	struct letters mended;	/* the same with slips put right */
	struct stemmer *stemmer;
	float *more;	  /* text.c: by article; zero between look-ups */
	uint32_t *listed; /* those with more than 0 */
	uint8_t class_slot[WORD_CLASSES]; /* passage.c; zero between look-ups */
	struct candidate_key keys[CANDIDATE_KEYS_MAX];
	uint32_t key_count;
	struct link links[LINKS_MAX];
	struct alignment *alignments; /* of the last ranking, CANDIDATES_MAX */
	struct answer *owners;	/* rank.c: OWNERS_MAX, those of the last ranking */
	struct answer *answers; /* match.c: MATCH_RESULTS_MAX */
	uint32_t alignment_count;
	struct stood stood; /* match.c */
};

/* One group laid against the message. */
struct alignment {
	uint32_t group;
	float score;	     /* comparable between groups of one message */
	float matched;	     /* weight of template tokens found */
	float left_template; /* weight of template tokens not found */
	float left_tail;     /* of those, behind the last one found */
	float swapped;	     /* weight of what both have in one place, and each another */
	float left_message;  /* weight of message tokens that neither match nor fill a variable */
	uint32_t first, last; /* message tokens that it spans, inclusive */
	uint32_t pair_count; /* tokens matched */
	bool number_differs; /* a number of the template met another one */
	bool value_next;     /* the template goes on with a variable behind the last word found */
	bool value_before;   /* it has one before the first word found */
};

/* One article's answer. */
struct answer {
	const struct file_owner *owner; /* NULL where its text speaks, not a message */
	uint32_t article;
	double score, confidence;
	double together; /* the same for all that are as good: one of them is right */
	double keeps;	 /* 0, or the share of its confidence that it is shown with; the order stays */
	uint8_t says_same; /* 0, or the same number for all that quote the very words that were said: each is right */
	struct alignment alignment;
	bool fits;   /* surface is there */
	bool cut_off; /* the message is what its template begins with */
	bool lacks_reason; /* it is so up to where the template says why */
	bool mended; /* surface is there once slips of the finger are put right: good for its values only */
	struct surface surface;
	bool context;	 /* product, component or log file speak for it */
	bool conflicts;	 /* it is about the same number of another family */
	bool among;	 /* to a part of the text: reread_said */
	bool inferred;	 /* found by the meaning of the message's code, not by its words */
	bool told;	 /* found by the words of a person's sentences */
	struct str english; /* how the text was read whose words it has, where that is in another language */
	uint32_t also[4]; /* near-duplicates folded into it */
	uint32_t also_count;
};

/* What else a ranking goes by. */
struct evidence_of_message {
	const struct match_code *code;
	struct match_name component, log_file;
};

/* rank.c: articles, best first; at most MATCH_RESULTS_MAX. */
uint32_t rank_articles(struct query *q, const struct evidence_of_message *evidence, struct answer *ret_answers);

#define RANK_PLAIN_WEIGHT 20.0f /* messages that weigh less are common words */

/* rank_is_sibling: all words of the message are there, and the number with them is another one, so that it is another
 * error's, but nearer than what shares a word or two. */
bool rank_is_sibling(const struct answer *x);
/* rank_touches: the template's words reach this span of the message. rank_leaves_value: the sentence goes on behind the
 * template with a value that the template does not have. */
bool rank_touches(const struct query *q, const struct alignment *al, struct match_span s);
bool rank_leaves_value(const struct query *q, const struct answer *x);

/* rank_is_kin: the words of its message are all there, and the number behind them is another one of the same table. */
bool rank_is_kin(const struct query *q, const struct match_code *code, const struct answer *x);
/* rank_knows_code: the article has the message's code, as one of its codes. */
bool rank_knows_code(const struct query *q, const struct match_code *code, uint32_t article);

/* rank_leaves_code: the answer's message does not reach the code that was said, and its article does not know it. */
bool rank_leaves_code(const struct query *q, const struct match_code *code, const struct answer *x);

/* rank_takes_code: what a few common words leave to a variable holds the code and what is said before it: "net view
 * {name}" of "net view fs01 System error 53". */
bool rank_takes_code(const struct answer *x, struct match_span code);

/* rank_is_heading: "Run-time error '-2147467259 (80004005)':", "... error '80004005'": no more than what stands before a
 * message, and the code is that of any failure: the article is one of very many. */
bool rank_is_heading(const struct query *q, const struct match_code *code, const struct answer *x);
/* rank_lacks_value: it fits, but nothing stands where one of its variables is. */
bool rank_lacks_value(const struct answer *x);
/* rank_has_odd_value: what stands where a message of ours has a number, a file's name or a path cannot be one. */
bool rank_has_odd_value(const struct query *q, const struct answer *x);

/* rank_weight_scale: in a small KB every word weighs less than in the one that the regression was made on. */
double rank_weight_scale(const struct file_view *v);

/* query.c: the payload's tokens, readings, and what each weighs; of a long payload the stretches that look most like
 * messages. */
void query_read(struct query *q);

/* candidate_costs fills scratch's group_costs. */
void candidate_costs(const struct file_view *v, struct match_scratch *s);

/* candidate.c: groups that share the rarest words and pairs with the message, best first; at most CANDIDATES_MAX. */
uint32_t candidate_groups(struct query *q, uint32_t ret_groups[CANDIDATES_MAX]);

/* align.c. align_fetch: groups[0] comes now, those behind it next: what they need is fetched. align_mend gives the
 * payload's letters with the slips that this group explains put right, each at its place in the text; false where there
 * are none. */
void align_fetch(const struct query *q, const uint32_t *groups, uint32_t n);
void align_group(struct query *q, uint32_t group, struct alignment *ret_alignment);
bool align_mend(struct query *q, uint32_t group, struct letters *ret_letters);
/* align_overpaid: a variable at an end of the template takes the tokens beside the message for its value; where the
 * text shows that the message, values and all, is this span, the score that the others were spared. */
float align_overpaid(const struct query *q, const struct alignment *al, struct match_span span);

#endif
