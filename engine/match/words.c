/* SPDX-License-Identifier: MIT */
#include "match/words.h"

#include "base/hash.h"
#include "base/mem.h"

#include <libstemmer.h>
#include <stdlib.h>
#include <string.h>

struct stemmer { struct sb_stemmer *snowball; };

/* All lists ascending. */
static const char *const small[] = {
	"a",	 "also",  "am",	  "an",	   "and",   "any",   "are",   "as",    "at",	"be",	 "been", "being", "but",
	"by",	 "can",	  "could", "did",   "do",    "does",  "done",  "for",   "from",	"had",	 "has",	 "have",
	"having", "he",	 "her",	  "his",  "how",   "i",	    "if",    "in",    "is",    "it",	"its",	 "may",	 "me",
	"might", "more",	 "most",  "must", "my",	   "not",   "of",    "on",    "only",  "or",	"other",
	"our",	 "shall", "she", "should", "so",	  "some", "such",  "than",  "that",  "the",   "their", "them",
	"then",	 "there", "these", "they", "this",	 "those", "to",	  "too",   "us",    "very",  "was",   "we",
	"were",	"what",	 "when", "where", "which", "who",	 "whom",  "whose", "why",  "will",  "with",  "would",
	"you",   "your",
};

static const char *const general[] = {
	"able",	     "about",	 "above",    "actually", "after",    "again",	 "against",  "all",	 "along",
	"already",   "although", "always",   "among",	 "another",  "anyone",	 "anything", "apparently", "appear",
	"appears",   "arent",	 "ask",	     "asked",	 "away",     "bad",	 "basically", "because", "before",
	"behind",    "below",	 "best",     "better",	 "between",  "big",	 "bit",	     "both",	 "came",
	"cant",	     "case",	 "cases",    "cause",	 "caused",   "causes",	 "causing",  "certain",	 "come",
	"comes",     "couldnt",	 "didnt",    "doesnt",	 "dont",     "down",	 "due",	     "during",	 "each",
	"even",	     "every",	 "everyone", "everything", "example", "fact",	 "few",	     "first",	 "gave",
	"get",	     "gets",	 "getting",  "give",	 "given",    "gives",	 "go",	     "goes",	 "going",
	"gone",	     "good",	 "got",	     "great",	 "hadnt",    "hasnt",	 "havent",   "here",	 "however",
	"im",	     "instead",	 "into",     "isnt",	 "issue",    "issues",	 "ive",	     "just",	 "keep",
	"kept",	     "kind",	 "knew",     "know",	 "known",    "knows",	 "last",     "let",	 "like",
	"little",    "long",	 "lot",	     "lots",	 "made",     "make",	 "makes",    "making",	 "many",
	"maybe",     "much",	 "nearly",   "need",	 "needs",    "never",	 "new",	     "next",	 "nothing",
	"now",	     "off",	 "often",    "old",	 "once",     "one",	 "originally", "out",	 "over",
	"own",	     "per",	 "perhaps",  "please",	 "possibly", "pretty",	 "probably", "problem",	 "problems",
	"properly",  "put",	 "quite",    "rather",	 "really",   "said",	 "same",     "saw",	 "say",
	"says",	     "second",	 "see",	     "seem",	 "seemed",   "seems",	 "seen",     "several",	 "simply",
	"since",     "someone",	 "something", "sometimes", "sort",   "still",	 "sure",     "take",	 "taken",
	"takes",     "taking",	 "tell",     "thats",	 "therefore", "thing",	 "things",   "think",	 "though",
	"thought",   "through",	 "thus",     "told",	 "took",     "two",	 "under",    "until",	 "up",
	"upon",	     "use",	 "used",     "useful",	 "uses",     "using",	 "usually",  "via",	 "want",
	"wanted",    "wants",	 "wasnt",    "way",	 "ways",     "well",	 "went",     "werent",	 "while",
	"within",    "without",	 "wont",     "work",	 "worked",   "working",	 "works",    "wouldnt",	 "yet",
};

static const char *const attack[] = { "attacker", "attackers", "denial", "vulnerabilities", "vulnerability" };

/* Who attacks and what he gets, which articles do not say; not "denial of service" and "malformed", which they do. */
static const char *const of_attacks[] = {
	"aka",	    "allow",   "allowed", "allowing", "allows",	  "arbitrary",	     "attacker",      "attackers",
	"bypass",   "code",    "command", "commands", "conduct",  "crafted",	     "execute",	      "gain",
	"intruder", "obtain",  "possibly", "remote",  "victim",	  "vulnerabilities", "vulnerability",
};

static int by_word(const void *key, const void *item)
{
	const struct str *word = key;
	struct str other = str_c(*(const char *const *)item);
	int order = memcmp(word->p, other.p, word->n < other.n ? word->n : other.n);
	return order ? order : (word->n > other.n) - (word->n < other.n);
}

bool words_is_small(struct str word)
{
	return bsearch(&word, small, sizeof small / sizeof *small, sizeof *small, by_word) != NULL;
}

bool words_is_general(struct str word)
{
	return bsearch(&word, general, sizeof general / sizeof *general, sizeof *general, by_word) != NULL;
}

bool words_is_attack(struct str word)
{
	return bsearch(&word, attack, sizeof attack / sizeof *attack, sizeof *attack, by_word) != NULL;
}

bool words_is_of_attacks(struct str word)
{
	return bsearch(&word, of_attacks, sizeof of_attacks / sizeof *of_attacks, sizeof *of_attacks, by_word) != NULL;
}

enum err stemmer_open(struct stemmer **ret_stemmer)
{
	struct stemmer *s = mem_resize(NULL, sizeof *s);
	if (s)
		s->snowball = sb_stemmer_new("english", "UTF_8");
	if (!s || !s->snowball) {
		mem_free(s);
		return ERR_NOMEM;
	}
	*ret_stemmer = s;
	return ERR_OK;
}

void stemmer_close(struct stemmer **stemmer)
{
	if (*stemmer)
		sb_stemmer_delete((*stemmer)->snowball);
	mem_free(*stemmer);
	*stemmer = NULL;
}

uint32_t words_stem(struct stemmer *s, struct str word)
{
	struct str stem = word;
	if (!char_is_digit(word.p[0]) && !char_is_digit(word.p[word.n - 1])) {
		const sb_symbol *p = sb_stemmer_stem(s->snowball, (const sb_symbol *)word.p, (int)word.n);
		if (p)
			stem = (struct str){ (const char *)p, (size_t)sb_stemmer_length(s->snowball) };
	}
	return (uint32_t)hash_bytes(stem);
}

uint16_t words_class(struct stemmer *s, struct str word)
{
	if (words_is_small(word))
		return 0;
	uint16_t class = (uint16_t)words_stem(s, word);
	return class ? class : 1;
}
