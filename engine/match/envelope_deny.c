/* SPDX-License-Identifier: MIT
 *
 * Words before a mark that say of what is behind it that it did not happen: "no errors: text", "expected: text", "for
 * example: text", "would fail with: text". Told by the last clause alone; what a program passed over ("ignored: text")
 * did happen.
 */
#include "match/envelope.h"

enum {
	CLAUSE_BYTES = 120, /* before the mark that are looked at */
	WORDS_MAX = 24
};

static const char troubles[] = "error errors failure failures problem problems fault faults warning warnings issue "
			       "issues exception exceptions trouble crash crashes alert alerts";
static const char between[] = "a an any such fatal real serious critical new further other more actual true known "
			      "single network the this that";
static const char behind[] = "found seen occurred detected reported logged raised here now today so far anymore yet "
			     "like such as of with this kind matching present left";

static bool starts_any(struct str word, const char *list)
{
	struct str rest = str_c(list);
	for (struct str one; str_word(&rest, &one);)
		if (str_starts_nocase(word, one))
			return true;
	return false;
}

/* own_clause: words from behind the last one that turns: "would have retried but failed" tells of a failure. */
static const struct str *own_clause(const struct str *words, size_t *n)
{
	for (size_t i = *n; i-- > 0;) {
		bool goes_on = i + 1 < *n && starts_any(words[i + 1], "fail got then");
		if (str_in_list(words[i], "but however") || (goes_on && str_in_list(words[i], "and"))) {
			*n -= i + 1;
			return words + i + 1;
		}
	}
	return words;
}

/* clause_of: what stands behind the last stop, comma or mark. */
static struct str clause_of(struct str s)
{
	while (s.n && !char_is_alnum(s.p[s.n - 1]))
		s.n--;
	size_t at = s.n, least = s.n > CLAUSE_BYTES ? s.n - CLAUSE_BYTES : 0;
	while (at > least && !(strchr(",;:!?()[]{}\"|=", s.p[at - 1]) ||
			       (s.p[at - 1] == '.' && at < s.n && char_is_space(s.p[at]))))
		at--;
	return str_from(s, at);
}

/* no_trouble: "no failures", "not an error", "0 fatal errors found", "without any problems", "no error message"; one
 * that is not fatal did happen. */
static bool no_trouble(const struct str *words, size_t n)
{
	bool severe = false;
	while (n && str_in_list(words[n - 1], behind))
		n--;
	n -= n > 1 && str_in_list(words[n - 1], "message messages");
	if (!n || !str_in_list(words[n - 1], troubles))
		return false;
	for (n--; n && str_in_list(words[n - 1], between); n--)
		severe = severe || str_in_list(words[n - 1], "fatal serious critical");
	return n && (str_in_list(words[n - 1], "no zero 0 without never") ||
		     (!severe && str_in_list(words[n - 1], "not isn't wasn't")));
}

/* not_seen: the words from the verb on: "see the error", "contain message"; what was seen is the trouble itself ("see
 * the server because of error" tells of another thing). What somebody could not tell did happen. */
static bool not_seen(const struct str *words, size_t n, bool could)
{
	if (!str_in_list(words[0], "see saw seen find found get got gets contain contains reproduce") &&
	    (could || !str_in_list(words[0], "show shows report reports log logs print prints")))
		return false;
	if (n < 2 || !(str_in_list(words[n - 1], troubles) || str_in_list(words[n - 1], "message")))
		return false;
	for (size_t i = 1; i + 1 < n; i++)
		if (!str_in_list(words[i], between) && !str_in_list(words[i], troubles))
			return false;
	return true;
}

/* never_failed: "never failed with", "did not fail", "no longer fails", "did not see the error" */
static bool never_failed(const struct str *words, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		bool longer = str_in_list(words[i], "no") && str_in_list(words[i + 1], "longer") && i + 2 < n;
		bool cannot = str_in_list(words[i], "cannot can't couldn't");
		bool could = cannot || (i && str_in_list(words[i - 1], "could can"));
		bool denied = longer || str_in_list(words[i], "never not didn't doesn't");
		struct str verb = words[i + (longer ? 2 : 1)];
		if (denied && starts_any(verb, "fail occur happen"))
			return true;
		size_t from = i + (longer ? 2 : 1);
		if ((denied || cannot) && not_seen(words + from, n - from, could))
			return true;
	}
	return false;
}

/* sample_of: "expected output", "sample line" */
static bool sample_of(struct str first, struct str second)
{
	return envelope_names_example(first) && str_in_list(second, "output error message text result line lines");
}

/* is_supposed: "would fail with", "if you see error", "searching for the message" */
static bool is_supposed(const struct str *words, size_t n)
{
	static const char verbs[] = "have fail give return show log say read be cause produce look";
	bool sought = n > 2 && (str_in_list(words[n - 1], troubles) ||
				str_in_list(words[n - 1], "message pattern string text phrase regex line lines"));
	if (n > 2 && ((str_in_list(words[0], "if") && str_in_list(words[1], "you")) ||
		      (str_in_list(words[0], "for") && envelope_names_example(words[1]))))
		return true;
	if (n > 1 && sample_of(words[n - 2], words[n - 1]))
		return true;
	for (size_t i = 0; i + 1 < n; i++) {
		if (str_in_list(words[i], "would") && str_in_list(words[i + 1], verbs))
			return true;
		if (sought && starts_any(words[i], "search grep look scan filter") &&
		    str_in_list(words[i + 1], "for on"))
			return true;
	}
	return false;
}

bool envelope_names_example(struct str word)
{
	char first = word.n ? char_lower(word.p[0]) : 0;
	word.n -= word.n && word.p[word.n - 1] == '.';
	return (first == 'e' && str_in_list(word, "example examples e.g eg expected expecting")) ||
	       (first == 's' && str_in_list(word, "sample samples"));
}

bool envelope_denies(struct str before)
{
	struct str rest = clause_of(before), all[WORDS_MAX];
	size_t n = 0;
	while (n < WORDS_MAX && str_word(&rest, &all[n]))
		n++;
	if (!n || rest.n)
		return false;
	const struct str *words = own_clause(all, &n);
	if (!n)
		return false;
	struct str last = words[n - 1];
	bool as = n > 1 && str_in_list(words[n - 2], "as than not");
	bool instance = n > 1 && str_in_list(last, "instance") && str_in_list(words[n - 2], "for");
	return instance || (!as && envelope_names_example(last)) || no_trouble(words, n) || never_failed(words, n) ||
	       is_supposed(words, n);
}
