/* SPDX-License-Identifier: MIT */
#include "rule/says.h"

#include "article/article.h"

bool says_workaround(struct str sentence)
{
	static const struct str starts[] = {
		STR_LIT("To work around"),
		STR_LIT("To workaround"),
		STR_LIT("To temporarily work"),
		STR_LIT("As a workaround"),
		STR_LIT("As a work around"),
		STR_LIT("A workaround"),
		STR_LIT("A possible workaround"),
		STR_LIT("A temporary workaround"),
		STR_LIT("The workaround"),
		STR_LIT("The following workaround"),
		STR_LIT("One workaround"),
		STR_LIT("The only workaround"),
		STR_LIT("Workaround:"),
		STR_LIT("You can work around"),
		STR_LIT("You may be able to work"),
	};
	return STR_IS_ANY(sentence, starts, str_starts_nocase);
}

bool says_avoid(struct str sentence)
{
	static const struct str starts[] = { STR_LIT("To avoid th"), STR_LIT("To prevent th") };
	return STR_IS_ANY(sentence, starts, str_starts_nocase);
}

bool says_fix(struct str sentence)
{
	static const struct str starts[] = {
		STR_LIT("To resolve"),
		STR_LIT("To correct th"),
		STR_LIT("To fix th"),
		STR_LIT("To solve th"),
		STR_LIT("To eliminate th"),
		STR_LIT("To recover from th"),
		STR_LIT("To install the hotfix"),
		STR_LIT("To install the fix"),
		STR_LIT("To install this fix"),
		STR_LIT("To apply the hotfix"),
		STR_LIT("To apply the fix"),
		STR_LIT("A supported fix"),
		STR_LIT("A fix is available"),
		STR_LIT("A hotfix is available"),
		STR_LIT("The solution is"),
	};
	return STR_IS_ANY(sentence, starts, str_starts_nocase);
}

bool says_no_remedy(struct str sentence)
{
	static const struct str starts[] = {
		STR_LIT("There is no known "),	  STR_LIT("There is no workaround"), STR_LIT("There is no resolution"),
		STR_LIT("There is no solution"),  STR_LIT("There is no fix"),	     STR_LIT("There are no known "),
		STR_LIT("There are no workaround"), STR_LIT("There is currently no "), STR_LIT("There is no way to "),
		STR_LIT("No workaround"),	  STR_LIT("No resolution"),	     STR_LIT("None."),
	};
	return STR_IS_ANY(sentence, starts, str_starts_nocase);
}

bool says_corrected(struct str sentence)
{
	static const struct str has[] = {
		STR_LIT("corrected in"),  STR_LIT("fixed in"),	    STR_LIT("resolved in"),
		STR_LIT("been corrected"), STR_LIT("been fixed"),   STR_LIT("been resolved"),
		STR_LIT("was corrected"), STR_LIT("was fixed"),	    STR_LIT("eliminated in"),
		STR_LIT("no longer occurs"), STR_LIT("supported fix"), STR_LIT("fix is available"),
		STR_LIT("addressed in"),  STR_LIT("is corrected by"),
	};
	static const struct str not_yet[] = {
		STR_LIT("not been"), STR_LIT("will be"), STR_LIT("not yet"), STR_LIT("to be corrected"),
		STR_LIT("considered for"),
	};
	return STR_IS_ANY(sentence, has, str_has_nocase) && !STR_IS_ANY(sentence, not_yet, str_has_nocase);
}

bool says_confirmed(struct str sentence)
{
	static const struct str has[] = {
		STR_LIT("has confirmed"), STR_LIT("is a known "), STR_LIT("confirmed this"),
		STR_LIT("confirmed that this"),
		STR_LIT("is aware of this"), STR_LIT("confirmed this to be"),
	};
	return STR_IS_ANY(sentence, has, str_has_nocase);
}

bool says_researching(struct str sentence)
{
	static const struct str has[] = {
		STR_LIT("researching this"), STR_LIT("researching these"), STR_LIT("no fix"),
		STR_LIT("not been corrected"), STR_LIT("not been fixed"), STR_LIT("no known resolution"),
		STR_LIT("no plans to"),
	};
	return STR_IS_ANY(sentence, has, str_has_nocase) || says_no_remedy(sentence);
}

bool says_by_design(struct str sentence)
{
	return str_find_nocase(sentence, STR("by design")) != STR_NONE;
}

bool says_status(struct str sentence)
{
	static const struct str starts[] = {
		STR_LIT("Microsoft has confirmed"), STR_LIT("Microsoft is "), STR_LIT("We are researching"),
		STR_LIT("This problem "), STR_LIT("This bug "), STR_LIT("These problems "), STR_LIT("This error "),
		STR_LIT("This behavior is by design"), STR_LIT("This is by design"), STR_LIT("This is a known "),
		STR_LIT("The problem "), STR_LIT("This issue "),
	};
	return STR_IS_ANY(sentence, starts, str_starts_nocase);
}

bool says_cause(struct str sentence, bool *ret_strong)
{
	static const struct str starts[] = {
		STR_LIT("This "), STR_LIT("These "), STR_LIT("The problem"), STR_LIT("The error"), STR_LIT("The cause"),
		STR_LIT("The behavior"), STR_LIT("The message"), STR_LIT("The reason"), STR_LIT("It "),
		STR_LIT("Because "),
	};
	static const struct str strong[] = {
		STR_LIT("because"), STR_LIT("caused by"), STR_LIT("is caused when"), STR_LIT("due to"),
		STR_LIT("the cause of"),
		STR_LIT("the reason"), STR_LIT("the result of"), STR_LIT("caused when"),
	};
	static const struct str weak[] = {
		STR_LIT("occurs when"), STR_LIT("occurs if"), STR_LIT("occur when"), STR_LIT("occur if"),
		STR_LIT("happens when"),
		STR_LIT("happens if"), STR_LIT("appears when"), STR_LIT("appears if"), STR_LIT("indicates that"),
		STR_LIT("means that"),
	};
	if (!STR_IS_ANY(sentence, starts, str_starts_nocase))
		return false;
	bool is_strong = STR_IS_ANY(sentence, strong, str_has_nocase);
	if (!is_strong && !STR_IS_ANY(sentence, weak, str_has_nocase))
		return false;
	*ret_strong = is_strong;
	return true;
}

bool says_change(struct str sentence)
{
	static const struct str has[] = {
		STR_LIT("has been improved"), STR_LIT("has been added"), STR_LIT("have been added"),
		STR_LIT("has been modified"), STR_LIT("has been changed"), STR_LIT("to cope with"),
	};
	return STR_IS_ANY(sentence, has, str_has_nocase);
}

bool says_warning(struct str paragraph)
{
	return str_starts(paragraph, STR("WARNING")) || str_starts(paragraph, STR("CAUTION")) ||
	       str_starts(paragraph, STR("IMPORTANT")) || str_starts(paragraph, STR("Warning:")) ||
	       str_starts(paragraph, STR("Caution:"));
}

bool says_untested(struct str paragraph)
{
	return str_find_nocase(paragraph, STR("fully ")) != STR_NONE &&
	       str_find_nocase(paragraph, STR("tested")) != STR_NONE &&
	       str_find_nocase(paragraph, STR("fix")) != STR_NONE;
}

bool says_fetched_fix(struct str text)
{
	static const struct str has[] = {
		STR_LIT("service pack"), STR_LIT("supported fix"), STR_LIT("hotfix"), STR_LIT("supported hotfix"),
		STR_LIT("service release"), STR_LIT("latest version"),
	};
	return STR_IS_ANY(text, has, str_has_nocase);
}

bool says_no_step(struct str paragraph)
{
	static const struct str starts[] = {
		STR_LIT("For additional information"), STR_LIT("For more information"), STR_LIT("For information a"),
		STR_LIT("For a complete list of "), STR_LIT("The English version of this"),
		STR_LIT("The English-language version"),
		STR_LIT("The global version of this"), STR_LIT("NOTE: In special cases, charges"),
		STR_LIT("NOTE: Due to file depend"),
		STR_LIT("NOTE: If this product was already"), STR_LIT("For a list of "), STR_LIT("For information o"),
		STR_LIT("ARTICLE-ID"), STR_LIT("TITLE  "),
	};
	return article_id_at(paragraph, 0) || STR_IS_ANY(paragraph, starts, str_starts_nocase);
}

size_t says_method(struct str paragraph)
{
	static const struct str labels[] = {
		STR_LIT("Method"), STR_LIT("Workaround"), STR_LIT("Work around"), STR_LIT("Option"),
		STR_LIT("Resolution"),
		STR_LIT("Solution"), STR_LIT("Alternative"), STR_LIT("Case"),
	};
	static const struct str numbers[] = { STR_LIT("One"), STR_LIT("Two"), STR_LIT("Three"), STR_LIT("Four"),
					      STR_LIT("Five") };
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		if (!str_starts_nocase(paragraph, labels[i]))
			continue;
		struct str rest = str_from(paragraph, labels[i].n), word, tail = rest;
		if (!str_starts(rest, STR(" ")) && !str_starts(rest, STR(" #")))
			return 0;
		str_word(&tail, &word);
		bool colon = str_ends(word, STR(":"));
		word.n -= colon;
		if (str_starts(word, STR("#")))
			word = str_from(word, 1);
		uint64_t number;
		bool numbered = (str_u64(word, &number) && number < 100) || (word.n == 1 && char_is_upper(*word.p)) ||
				STR_IS_ANY(word, numbers, str_eq_nocase);
		struct str after = str_trim(tail);
		if (numbered && (colon || !after.n || str_starts(after, STR("-")) || str_starts(after, STR(":"))))
			return paragraph.n - after.n;
		return 0;
	}
	return 0;
}
