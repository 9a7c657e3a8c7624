/* SPDX-License-Identifier: MIT
 *
 * What a thread keeps between its look-ups: see match.h.
 */
#include "match/matcher.h"
#include "match/query.h"

#include "base/mem.h"

#include <string.h>

enum err match_scratch_open(const struct matcher *m, struct match_scratch **ret_scratch)
{
	struct match_scratch *s = mem_resize(NULL, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	memset(s, 0, sizeof *s);
	s->group_count = m->view.group_count;
	s->doc_count = m->view.article_count;
	s->group_scores = mem_resize(NULL, (s->group_count + 1) * sizeof(float));
	s->group_costs = mem_resize(NULL, (s->group_count + 1) * sizeof(float));
	s->groups_touched = mem_resize(NULL, (CANDIDATE_POSTINGS_MAX + 1) * sizeof(uint32_t));
	s->doc_scores = mem_resize(NULL, (s->doc_count + 1) * sizeof(float));
	s->more = mem_resize(NULL, (s->doc_count + 1) * sizeof(float));
	s->listed = mem_resize(NULL, (s->doc_count + 1) * sizeof(uint32_t));
	s->touched = mem_resize(NULL, (s->doc_count + 1) * sizeof(uint32_t));
	s->numbers = mem_resize(NULL, m->view.term_count / 4 + 1);
	s->alignments = mem_resize(NULL, CANDIDATES_MAX * sizeof *s->alignments);
	s->owners = mem_resize(NULL, OWNERS_MAX * sizeof *s->owners);
	s->answers = mem_resize(NULL, MATCH_RESULTS_MAX * sizeof *s->answers);
	s->stood.answers = mem_resize(NULL, MATCH_RESULTS_MAX * sizeof *s->stood.answers);
	if (!s->group_scores || !s->group_costs || !s->groups_touched || !s->doc_scores || !s->touched ||
	    !s->more || !s->listed || !s->numbers || !s->alignments || !s->owners || !s->answers ||
	    !s->stood.answers || stemmer_open(&s->stemmer)) {
		match_scratch_close(&s);
		return ERR_NOMEM;
	}
	memset(s->group_scores, 0, (s->group_count + 1) * sizeof(float));
	memset(s->numbers, 0, m->view.term_count / 4 + 1);
	candidate_costs(&m->view, s);
	memset(s->doc_scores, 0, (s->doc_count + 1) * sizeof(float));
	memset(s->more, 0, (s->doc_count + 1) * sizeof(float));
	*ret_scratch = s;
	return ERR_OK;
}

void match_scratch_close(struct match_scratch **scratch)
{
	if (!*scratch)
		return;
	mem_free((*scratch)->group_scores);
	mem_free((*scratch)->group_costs);
	mem_free((*scratch)->groups_touched);
	mem_free((*scratch)->doc_scores);
	mem_free((*scratch)->more);
	mem_free((*scratch)->listed);
	mem_free((*scratch)->touched);
	mem_free((*scratch)->numbers);
	mem_free((*scratch)->filled);
	mem_free((*scratch)->alignments);
	mem_free((*scratch)->owners);
	mem_free((*scratch)->answers);
	mem_free((*scratch)->stood.answers);
	stemmer_close(&(*scratch)->stemmer);
	mem_free(*scratch);
	*scratch = NULL;
}
