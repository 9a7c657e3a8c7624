/* SPDX-License-Identifier: MIT
 *
 * What a payload begins with that may be dress or the message's own: levels, names, threads, labels.
 */
#include "match/envelope_peel.h"
#include "match/literals.h"
#include "match/stamp.h"

#include <string.h>

/* A part read, and what the parts before it were. One that only what follows makes dress waits: the level
 * of "ERROR [main] Store - text"; where nothing else does, "ERROR text" may have one as well. */
struct head {
	struct str rest;
	bool dressed, named, labelled, level, thread, waits;
};

/* One name, as programs have it: "backup:", "com.example.Client:" */
static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!char_is_alnum(s.p[i]) && !strchr("-._/", s.p[i]))
			return false;
	return s.n > 0;
}

/* The mark of "Store - text", "Message      : text", apart from its word: bytes up to behind it; 0 for none. */
static size_t mark_apart(struct str rest)
{
	size_t n = 0;
	while (n < rest.n && rest.p[n] == ' ')
		n++;
	bool colon = n && peel_byte_at(rest, n, ":") && peel_byte_at(rest, n + 1, " \t");
	return colon || (n == 1 && str_starts(rest, STR(" - "))) ? n + 1 : 0;
}

/* "Message: ", "Exception : ", "java.io.IOException: ": what people and programs write before what they quote */
static bool is_label(struct str s)
{
	return s.n > 6 && (str_eq_nocase(s, STR("Message")) || str_eq_nocase(s, STR("ErrorMessage")) ||
			   ((str_ends(s, STR("Exception")) || str_ends(s, STR("Error"))) && is_name(s)));
}

/* pair_label: "Error message: ", "Exception Message : ", "Caused by: ", "x.y.SocketException (10061): " behind its
 * first word; bytes up to behind its mark, 0 for none. */
static size_t pair_label(struct str first, struct str rest)
{
	static const struct {
		struct str first, second;
	} pairs[] = { { STR_LIT("Error"), STR_LIT("message") },	      { STR_LIT("Error"), STR_LIT("text") },
		      { STR_LIT("Error"), STR_LIT("description") },   { STR_LIT("Error"), STR_LIT("details") },
		      { STR_LIT("Exception"), STR_LIT("message") },   { STR_LIT("Exception"), STR_LIT("text") },
		      { STR_LIT("Failure"), STR_LIT("message") },     { STR_LIT("Failure"), STR_LIT("reason") },
		      { STR_LIT("Inner"), STR_LIT("exception") },     { STR_LIT("Caused"), STR_LIT("by") },
		      { STR_LIT("Status"), STR_LIT("message") } };
	struct str trimmed = str_trim(rest);
	size_t blanks = (size_t)(trimmed.p - rest.p);
	size_t code = str_ends(first, STR("Exception")) && is_label(first) && str_starts(trimmed, STR("(")) ?
			      str_find(str_first(trimmed, 24), STR("): ")) : STR_NONE;
	if (code != STR_NONE)
		return blanks + code + 2;
	for (size_t i = 0; blanks && i < sizeof pairs / sizeof *pairs; i++) {
		if (!str_eq_nocase(first, pairs[i].first) || !str_starts_nocase(trimmed, pairs[i].second))
			continue;
		struct str behind = str_from(trimmed, pairs[i].second.n);
		size_t apart = mark_apart(behind), mark = peel_byte_at(behind, 0, ":") ? 1 : apart;
		if (mark && behind.p[mark - 1] == ':' && peel_byte_at(behind, mark, " \t"))
			return blanks + pairs[i].second.n + mark;
	}
	return 0;
}

/* numbered_error: "Error 1904. text", "Error 1904.Text" behind its first word, as Windows' installer numbers what it
 * says; bytes up to behind its mark, 0 for none. */
static size_t numbered_error(struct str first, struct str rest)
{
	size_t digits = str_eq(first, STR("Error")) && peel_byte_at(rest, 0, " ") ? peel_digits(rest, 1, 4, 5) : 0;
	return digits && peel_byte_at(rest, 1 + digits, ".") && !peel_byte_at(rest, 2 + digits, "0123456789.") ?
		       digits + 2 : 0;
}

/* number_label: "[Errno 111] ", "[WinError 10061] " behind its first word, and Python's "(2003, "" in one; bytes up to
 * behind it, 0 for none. */
static size_t number_label(struct str first, struct str rest)
{
	bool tuple = first.n > 3 && first.p[0] == '(' && peel_digits(first, 1, 1, 5) == first.n - 2 &&
		     str_ends(first, STR(","));
	if (tuple)
		return peel_byte_at(rest, 0, " ") && peel_byte_at(rest, 1, "'\"") ? 2 : 0;
	bool named = str_eq(first, STR("[Errno")) || str_eq(first, STR("[WinError"));
	size_t digits = named ? peel_digits(rest, 1, 1, 5) : 0;
	return digits && peel_byte_at(rest, 1 + digits, "]") ? digits + 2 : 0;
}

/* request_label: "Get "https://example.org/": " behind its first word, as Go's programs say what they asked for. */
static size_t request_label(struct str first, struct str rest)
{
	static const char verbs[] = "get head post put patch delete";
	static const struct str begins = STR_LIT(" \"http"), ends = STR_LIT("\": ");
	enum { URL_MAX = 512 };
	if (!str_in_list(first, verbs) || !str_starts(rest, begins))
		return 0;
	size_t end = str_find(str_first(rest, URL_MAX), ends);
	return end == STR_NONE || memchr(rest.p + 1, ' ', end) ? 0 : end + ends.n - 1;
}

/* [main], [pool-1-thread-2]: what begins with a small letter or holds a digit. Others may be the message's. */
static bool is_thread(struct str word)
{
	struct str name = { word.p + 1, word.n < 3 ? 0 : word.n - 2 };
	if (!name.n || word.p[0] != '[' || word.p[word.n - 1] != ']' || !is_name(name))
		return false;
	bool digit = false;
	for (size_t i = 0; i < name.n; i++)
		digit |= char_is_digit(name.p[i]);
	return digit || char_is_lower(name.p[0]);
}

/* "E:", "[W]": a level by its letter, as apt and short formats have it */
static bool is_letter(struct str word)
{
	bool bracket = word.n == 3 && word.p[0] == '[' && word.p[2] == ']';
	return (bracket || (word.n == 2 && word.p[1] == ':')) && strchr("EWIDFN", word.p[bracket]);
}

/* take_bare takes a level or a thread without a mark; either of them is dress beside the other. */
static bool take_bare(struct head *h, struct str word)
{
	bool *had = is_thread(word)						    ? &h->thread
		    : word.n > 2 && char_is_upper(word.p[1]) && peel_is_level(word) ? &h->level
										    : NULL;
	if (!had || *had)
		return false;
	*had = true;
	h->waits = !h->level || !h->thread;
	return true;
}

/* "Get-Item", "net.exe", "deploy.ps1": who speaks in PowerShell, before " : " */
static bool is_command(struct str name)
{
	size_t dash = str_find_char(name, '-');
	bool cmdlet = dash != STR_NONE && dash > 1 && dash + 2 < name.n && char_is_upper(name.p[0]) &&
		      char_is_lower(name.p[1]) && char_is_upper(name.p[dash + 1]);
	return cmdlet || str_ends(name, STR(".exe")) || str_ends(name, STR(".ps1"));
}

/* "store: ", where a stamp or a label stood before it, or level and thread did; "Store - ", "Store : ", the latter not
 * behind a stamp alone, for compilers put such a mark before "error"; "ERROR com.example.Store - ". */
static bool takes_name(const struct head *h, struct str name, bool apart, char mark)
{
	bool both = h->level && h->thread;
	if (h->named || !is_name(name) || envelope_names_example(name))
		return false;
	if (!apart)
		return mark == ':' && (both || h->labelled || (h->dressed && !h->waits));
	if (mark == ':' && is_command(name))
		return true;
	if (h->waits)
		return str_find_char(name, '.') != STR_NONE;
	return both || (h->dressed && mark == '-' && name.n > 2 && char_is_alpha(name.p[0]));
}

/* take_part takes the next part off the rest; false, and the rest is the message's, where there is none. */
static bool take_part(struct head *h)
{
	struct str rest = h->rest, word;
	if (!str_word(&rest, &word))
		return false;
	size_t from = peel_byte_at(word, 0, "[(") ? 1 : 0, to = word.n;
	while (to > from && peel_byte_at(word, to - 1, "]):"))
		to--;
	struct str bare = str_part(word, from, to);
	size_t apart = to == word.n ? mark_apart(rest) : 0;
	size_t pair = to == word.n && !h->labelled ? pair_label(word, rest) : 0;
	pair = pair || to < word.n ? pair : numbered_error(word, rest);
	pair = pair ? pair : number_label(word, rest);
	pair = pair ? pair : request_label(word, rest);
	if (pair) {
		h->labelled = true;
		h->waits = false;
		h->rest = str_from(rest, pair);
		return true;
	}
	if (to == word.n && !apart) {
		h->rest = rest;
		return take_bare(h, word);
	}
	char mark = apart ? rest.p[apart - 1] : word.p[word.n - 1];
	bool level = peel_is_level(bare) || is_letter(word);
	bool label = !level && !h->labelled && mark == ':' && is_label(bare);
	bool name = !level && !label && takes_name(h, bare, apart > 0, mark);
	if (level || label || name) {
		h->labelled |= label;
		h->named |= name;
		h->waits = false;
	} else if (!take_bare(h, word)) {
		return false;
	}
	h->rest = str_from(rest, apart);
	return true;
}

/* is_odd: hardly any words of a sentence: names, numbers and marks, as dress is made of. */
static bool is_odd(struct str s)
{
	enum { WORDS_MAX = 1 };
	unsigned words = 0;
	int minutes;
	for (struct str word; words <= WORDS_MAX && str_word(&s, &word);) {
		size_t from = 0, to = word.n, letters = 0;
		while (from < to && strchr("([{<\"'", word.p[from]))
			from++;
		while (to > from && strchr(")]}>\"'.,;:!?", word.p[to - 1]))
			to--;
		while (from + letters < to && char_is_alpha(word.p[from + letters]))
			letters++;
		struct str bare = str_part(word, from, to);
		bool of_time = (stamp_month(bare) || stamp_weekday(bare)) && bare.n == 3;
		words += letters > 2 && letters == bare.n && !of_time && !peel_is_level(bare) &&
			 stamp_zone(bare, &minutes) != bare.n;
	}
	return words <= WORDS_MAX;
}

/* speaks_of_trouble: words of one who passes on what another said. */
static bool speaks_of_trouble(struct str s)
{
	static const struct str starts[] = {
		STR_LIT("fail"),     STR_LIT("err"),	 STR_LIT("cannot"),  STR_LIT("could"),	  STR_LIT("unable"),
		STR_LIT("exce"),     STR_LIT("reason"),	 STR_LIT("cause"),   STR_LIT("because"),  STR_LIT("due"),
		STR_LIT("exit"),     STR_LIT("problem"), STR_LIT("trouble"), STR_LIT("fatal"),	  STR_LIT("warn"),
		STR_LIT("detail"),   STR_LIT("said"),	 STR_LIT("says"),    STR_LIT("returned"), STR_LIT("answer"),
		STR_LIT("response"), STR_LIT("message"), STR_LIT("output"),  STR_LIT("stderr")
	};
	for (struct str word; str_word(&s, &word);)
		for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
			if (char_lower(word.p[0]) == starts[i].p[0] && str_starts_nocase(word, starts[i]))
				return true;
	return false;
}

/* closes_dress: the last word of s is of marks alone ("***", "-->"), or what stands in brackets ends there ("[app]",
 * "<warn>"), or a bar, or what a shell prompts with. */
static bool closes_dress(struct str s)
{
	static const char opens[] = "[(<{", closes[] = "])>}";
	size_t word = s.n, at = s.n - 1;
	char mark = s.p[s.n - 1];
	bool alone = true;
	if (char_is_alnum(mark))
		return false;
	while (word && !char_is_space(s.p[word - 1])) {
		word--;
		alone = alone && !char_is_alnum(s.p[word]);
	}
	const char *close = strchr(closes, mark);
	if (alone || mark == '|')
		return true;
	if (mark == '!' || mark == '#' || mark == '$')
		return mark == '!' ? s.n - word > 1 && char_is_upper(s.p[s.n - 2])
				   : memchr(s.p + word, '@', s.n - word) != NULL;
	while (close && at && s.p[at] != opens[close - closes])
		at--;
	if (!close || s.p[at] != opens[close - closes] || at + 2 > s.n - 1)
		return false;
	return !at || char_is_space(s.p[at - 1]) || strchr(closes, s.p[at - 1]) || mark == ']';
}

static bool has_clock(struct str s)
{
	for (size_t i = 0; i + 4 < s.n; i++)
		if (char_is_digit(s.p[i]) && peel_clock(s, i))
			return true;
	return false;
}

enum {
	PARTED_WORDS = 5, /* of what is parted off, at least; of a sentence among others more, and letters */
	SENTENCE_WORDS = 6,
	SENTENCE_LETTERS = 30,
	BARE_MAX = 24,	  /* bytes that may be dress by their marks alone, where no stamp tells of any */
	BEFORE_MAX = 1024 /* bytes before a mark, and behind it, that are looked at: lines have many marks */
};

/* is_bytes: b'text', as Python shows what a program wrote. */
static bool is_bytes(struct str text, size_t from, size_t end)
{
	return end > from && text.p[end - 1] == 'b' && strchr("'\"", text.p[end]) &&
	       (end - 1 == from || strchr(" =:(,", text.p[end - 2]));
}

/* told_length: without the class of an exception ("com.example.StoreException:"), which has a long name and says
 * little; a file or a host has no such name. */
static size_t told_length(struct str before)
{
	size_t word = before.n, last = 0;
	while (word && !char_is_space(before.p[word - 1]))
		word--;
	struct str name = str_from(before, word);
	for (size_t i = 0; i + 1 < name.n; i++) {
		if (!char_is_alnum(name.p[i]) && !strchr("._$", name.p[i]))
			return before.n;
		last = name.p[i] == '.' ? i + 1 : last;
	}
	return last && char_is_upper(name.p[last]) ? word : before.n;
}

bool envelope_parts_off(struct str text, size_t from, size_t at)
{
	size_t end = at, blanks = 0;
	if (at - from > BEFORE_MAX)
		return false;
	while (end > from && strchr("\"'`([<~", text.p[end - 1])) /* what the message is quoted in */
		end--;
	bool quoted = end < at;
	end -= quoted && is_bytes(text, from, end);
	while (end > from && char_is_space(text.p[end - 1])) {
		blanks++;
		end--;
	}
	bool begins = end == from || (blanks && text.p[end] == '\n');
	char last = begins ? 0 : text.p[end - 1];
	if (!begins && blanks < 2 && char_is_alnum(last) && !(blanks && text.p[end] == '\t')) /* most words */
		return false;
	if (!str_has_words(str_first(str_from(text, at), BEFORE_MAX), PARTED_WORDS))
		return false;
	if (begins)
		return true;
	struct str before = str_part(text, from, end);
	if (blanks && str_ends(before, STR(" desc ="))) /* gRPC's "rpc error: code = Unknown desc = text" */
		return !envelope_denies(before);
	bool passed_on = (blanks && last == ':') || (quoted && last == '=');
	if (passed_on)
		return (is_odd(before) || (told_length(before) <= text.n - at && speaks_of_trouble(before))) &&
		       !envelope_denies(before);
	bool apart = blanks && (blanks > 1 || text.p[end] == '\t' || closes_dress(before));
	return apart && (from || before.n <= BARE_MAX || has_clock(before)) && is_odd(before);
}

/* is_behind_stop: what stands before it ends with a stop, or a semicolon; as far as it is looked at. */
static bool is_behind_stop(struct str text, size_t from, size_t at)
{
	size_t end = at, least = at - from > BEFORE_MAX ? at - BEFORE_MAX : from;
	while (end > least && strchr("\"'`(", text.p[end - 1]))
		end--;
	bool blank = end > least && char_is_space(text.p[end - 1]);
	while (end > least && char_is_space(text.p[end - 1]))
		end--;
	if (end == least)
		return end == from;
	return blank && (text.p[end - 1] == ';' || (strchr(".!?", text.p[end - 1]) && !char_is_lower(text.p[at])));
}

/* ends_sentence: a stop and what begins as a sentence does, a semicolon, a colon, or a number in brackets. */
static bool ends_sentence(struct str rest)
{
	size_t stop = 0, at;
	bool stopped = false;
	for (; stop < rest.n && rest.p[stop] && strchr(".!?\"'`)", rest.p[stop]); stop++)
		stopped |= strchr(".!?", rest.p[stop]) != NULL;
	at = stop;
	while (at < rest.n && char_is_space(rest.p[at]))
		at++;
	if (at == rest.n)
		return true;
	struct str behind = str_from(rest, at);
	size_t close = at > stop && behind.p[0] == '(' ? str_find_char(str_first(behind, 24), ')') : STR_NONE;
	for (size_t i = 0; close != STR_NONE && i < close; i++)
		if (char_is_digit(behind.p[i]))
			return true;
	if (behind.p[0] == ';' || (behind.p[0] == ':' && behind.n > 1 && char_is_space(behind.p[1])))
		return true;
	return stopped && at > stop && !char_is_lower(behind.p[0]);
}

bool envelope_begins_sentence(struct str text, size_t from, size_t at)
{
	return is_behind_stop(text, from, at) || envelope_parts_off(text, from, at);
}

bool envelope_is_sentence(struct str said)
{
	return literals_letters(said) >= SENTENCE_LETTERS && str_has_words(said, SENTENCE_WORDS);
}

bool envelope_sets_off(struct str text, size_t from, size_t start, size_t end)
{
	while (end > start && !literal_is_letter(text.p[end - 1]))
		end--;
	return ends_sentence(str_from(text, end)) && envelope_is_sentence(str_part(text, start, end)) &&
	       envelope_begins_sentence(text, from, start);
}

size_t envelope_head(struct str payload, bool dressed)
{
	struct head h = { .rest = payload, .dressed = dressed };
	size_t end = 0, level = 0; /* level: behind "ERROR" alone, as short formats have it */
	while (take_part(&h)) {
		size_t next = payload.n - str_trim(h.rest).n;
		bool message = next < payload.n && char_is_alpha(payload.p[next]);
		level = !level && message && h.level && !h.thread ? next : level;
		end = next < payload.n && !h.waits ? next : end;
	}
	return end ? end : level;
}
