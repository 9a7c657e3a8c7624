/* SPDX-License-Identifier: MIT
 *
 * Secrets and numbers in a sentence: "password is x1", "password for alice is x1", "the password dragon is too weak",
 * "PSK 'x1'", "passport number C01X00T47". See redact_shapes.h.
 */
#include "scan/redact_shapes.h"

#include <string.h>

static const char passwords[] = "password passwd pwd passphrase secret token passwort kennwort psk "
				"pre-shared-key preshared-key pre-shared-secret";

/* value_run: of a value that may be quoted, without the marks that end a sentence. */
static size_t value_run(struct str s, size_t at)
{
	size_t n = redact_secret_run(s, at);
	bool quoted = at && one_of(s.p[at - 1], "\"'") && at_or_nul(s, at + n) == s.p[at - 1];
	while (!quoted && n && one_of(s.p[at + n - 1], ".!?:"))
		n--;
	return n;
}

/* has_mark: one that only passwords have within a word. */
static bool has_mark(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (one_of(s.p[i], "!#$%^&*@+"))
			return true;
	return false;
}

/* is_german: what is wrong with a password is known in English alone, so a bare word behind it is none. */
static bool is_german(struct str verb)
{
	return str_in_list(str_trim(verb), "ist lautet");
}

/* owner_at: the name behind "for", "of" and its like; 0 where there is none. */
static size_t owner_at(struct str s, size_t at)
{
	static const struct str owners[] = { STR_LIT("for "), STR_LIT("of "), STR_LIT("f\xC3\xBCr "), STR_LIT("von ") };
	static const struct str kinds[] = { STR_LIT("the "),   STR_LIT("user "),     STR_LIT("account "),
					    STR_LIT("login "), STR_LIT("Benutzer "), STR_LIT("Konto ") };
	size_t owner = 0;
	for (size_t i = 0; i < sizeof owners / sizeof *owners; i++)
		owner = str_starts_nocase(str_from(s, at), owners[i]) ? owners[i].n : owner;
	if (!owner)
		return 0;
	at = skip_blanks(s, at + owner);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		at += str_starts_nocase(str_from(s, at), kinds[i]) ? kinds[i].n : 0;
	return at + one_of(at_or_nul(s, at), "\"'");
}

/* told_behind: the value that a link (" is ", " = ") brings; a bare word only where the sentence ends with it. Empty
 * where there is none. */
static struct str told_behind(struct str s, size_t behind, bool acted)
{
	static const struct str links[] = {
		STR_LIT(" set to "), STR_LIT(" changed to "), STR_LIT(" reset to "), STR_LIT(" is: "), STR_LIT(" is "),
		STR_LIT(" was "),    STR_LIT(" to "),	      STR_LIT(" lautet "),   STR_LIT(" ist "), STR_LIT(" = "),
		STR_LIT("="),	     STR_LIT(": "),	      STR_LIT(" : ")
	};
	size_t i = 0;
	while (i < sizeof links / sizeof *links && !str_starts_nocase(str_from(s, behind), links[i]))
		i++;
	if (i == sizeof links / sizeof *links)
		return STR("");
	size_t value = skip_blanks(s, behind + links[i].n);
	value += str_starts_nocase(str_from(s, value), STR("PASSWORD('")) ? STR("PASSWORD(").n : 0;
	bool quoted = one_of(at_or_nul(s, value), "\"'");
	value += quoted;
	struct str said = part(s, value, value_run(s, value));
	if (acted && !quoted) { /* up to a blank: MySQL's have every mark */
		size_t n = str_find_char(str_from(s, value), ' ');
		said = str_part(s, value, n == STR_NONE ? s.n : value + n);
		return said.n > 3 && (str_has_digit(said) || has_mark(said)) ? said : STR("");
	}
	bool last = at_or_nul(s, value + said.n) != ' ', to = links[i].p[1] == 't';
	bool told = said.n > 3 && last && !redact_is_wrong(said) && (!to || !char_is_lower(said.p[0])) &&
		    !is_german(links[i]);
	return quoted || str_has_digit(said) || told ? said : STR("");
}

/* behind_acts: behind "password is generated", "password entered", where " for alice: x1" follows. */
static size_t behind_acts(struct str s, size_t end)
{
	static const char acts[] = "is was has been generated created entered typed used given set";
	struct str rest = str_from(s, end), word;
	for (unsigned words = 0; words < 3 && at_or_nul(rest, 0) == ' ' && str_word(&rest, &word); words++) {
		if (!str_in_list(word, acts))
			break;
		end = (size_t)(rest.p - s.p);
	}
	return end;
}

/* owned_secret: "password for alice is x1", "password: for user 'alice' was x1", "password of alice = x1", "password
 * for alice to x1": the name, then the value. */
static size_t owned_secret(struct redact_finder *f, size_t end)
{
	struct str s = f->line;
	size_t acts = behind_acts(s, end);
	size_t at = owner_at(s, skip_blanks(s, acts + one_of(at_or_nul(s, acts), ":")));
	size_t domain = at ? redact_name_run(s, at) : 0, name = at, n = domain;
	if (domain && at_or_nul(s, at + domain) == '\\') {
		name = at + domain + 1 + (at_or_nul(s, at + domain + 1) == '\\');
		n = redact_name_run(s, name);
	}
	size_t behind = name + n;
	if (at_or_nul(s, behind) == '@')
		behind += 1 + redact_name_run(s, behind + 1);
	char quote = one_of(at_or_nul(s, behind), "\"'") ? s.p[behind] : 0;
	behind += quote != 0;
	if (quote && at_or_nul(s, behind) == '@' && at_or_nul(s, behind + 1) == quote) /* 'alice'@'%' */
		behind += 2 + redact_secret_run(s, behind + 2) + 1;
	struct str said = n && behind < s.n ? told_behind(s, behind, acts > end) : STR("");
	if (!said.n)
		return end;
	if (name > at)
		redact_take(f, at, domain, REDACT_HOST);
	if (!redact_is_common(part(s, name, n)))
		redact_take(f, name, n, REDACT_USER);
	return redact_take(f, (size_t)(said.p - s.p), said.n, REDACT_SECRET);
}

bool redact_is_aspect(struct str word)
{
	static const char nouns[] =
		"hash hashes hashing history expiry expiration length age complexity prompt box dialog protection "
		"vault store sync synchronization hint strength rotation reset recovery verification validation "
		"confirmation filter cache entry notification check generator provider storage quality lifetime "
		"minimum maximum format encoding encryption backend plugin module function option parameter argument "
		"property variable attribute member string text element line page screen form feature dictionary "
		"answer guess guessing caching access auth reuse word given chosen itself alone policy manager "
		"authentication rate count command requirements rules column row label salt seed";
	return str_in_list(word, nouns);
}

/* judged_secret: "the password dragon is too weak", and no other noun that goes with it ("password policy is"). */
static size_t judged_secret(struct redact_finder *f, size_t end)
{
	static const char judgements[] =
		"too weak short simple wrong incorrect rejected refused compromised breached leaked pwned guessable "
		"insecure accepted allowed correct valid strong common";
	struct str s = f->line;
	size_t n = at_or_nul(s, end) == ' ' ? redact_secret_run(s, end + 1) : 0;
	if (n <= 3)
		return end;
	struct str word = part(s, end + 1, n), rest = str_from(s, end + 1 + n), verb, judged = STR("");
	if (str_word(&rest, &verb) && str_in_list(verb, "is was"))
		str_word(&rest, &judged);
	if (str_in_list(judged, "not"))
		str_word(&rest, &judged);
	while (judged.n && one_of(judged.p[judged.n - 1], ".,;:!"))
		judged.n--;
	bool fits = str_in_list(judged, judgements) && !redact_is_aspect(word) && !redact_is_wrong(word) &&
		    !redact_keeps(word);
	return fits ? redact_take(f, end + 1, n, REDACT_SECRET) : end;
}

/* quoted_secret: "PSK 'x1'", "api_key "x1" is invalid", and a number behind what is one: "PIN 4711". */
static size_t quoted_secret(struct redact_finder *f, size_t start, size_t end)
{
	static const char keys[] =
		"psk preshared_key passcode api_key api-key apikey client_secret secret_key private_key access_key "
		"shared_key auth_key encryption_key signing_key master_key account_key license_key";
	static const char numbers[] = "pin otp tan cvv cvc cvv2 passcode", sent[] = "otp tan pin passcode einmalcode "
										    "sicherheitscode verificatiecode";
	struct str s = f->line, key = part(s, start, end - start);
	size_t value = skip_blanks(s, end), n = 0;
	if (value == end)
		return end;
	if (one_of(s.p[value < s.n ? value : value - 1], "\"'") && str_in_list(key, keys))
		return redact_take(f, value + 1, redact_secret_run(s, value + 1), REDACT_SECRET);
	while (char_is_digit(at_or_nul(s, value + n)))
		n++;
	size_t least = char_lower(s.p[start]) == 'c' ? 3 : 4;
	bool counted = start > 1 && char_is_digit(s.p[start - 2]) && str_in_list(key, "pin"); /* "24 pin 1200" */
	bool fits = str_in_list(key, numbers) && !counted && value == end + 1 && n >= least && n <= 8 &&
		    !is_name(at_or_nul(s, value + n));
	if (fits)
		return redact_take(f, value, n, REDACT_SECRET);
	return str_in_list(key, sent) ? redact_once_said(f, end) : end;
}

/* is_object: 'secret "db-creds" not found': of a cluster, by its name. */
static bool is_object(struct str s, size_t key_end, size_t value_end)
{
	static const char states[] = "not is already created deleted configured unchanged in of for exists was";
	struct str rest = str_from(s, value_end + 1), word;
	return str_ends_nocase(str_first(s, key_end), STR("secret")) && str_word(&rest, &word) &&
	       str_in_list(word, states);
}

/* realm_behind: the place behind 'password "Auth" ', as OpenVPN is told one; `end` where it is none. */
static size_t realm_behind(struct str s, size_t end)
{
	static const struct str realms[] = { STR_LIT(" \"Auth\" "), STR_LIT(" \"Private Key\" "),
					     STR_LIT(" \"HTTP Proxy\" "), STR_LIT(" \"SOCKS Proxy\" ") };
	for (size_t i = 0; i < sizeof realms / sizeof *realms; i++)
		if (str_starts(str_from(s, end), realms[i]))
			return end + realms[i].n - 1;
	return end;
}

/* redact_value_said: "password is 'x'", "passphrase was x1", "secret wJ/a1..."; a bare word may be what is wrong with
 * it. */
size_t redact_value_said(struct redact_finder *f, size_t end)
{
	struct str s = f->line, rest = str_from(s, end);
	size_t realm = realm_behind(s, end);
	if (realm > end) {
		realm += 1 + one_of(at_or_nul(s, realm + 1), "\"'");
		return realm < s.n ? redact_take(f, realm, redact_secret_run(s, realm), REDACT_SECRET) : end;
	}
	struct str words = rest, verb = STR("");
	bool said = at_or_nul(s, end) == ' ' && str_word(&words, &verb) && str_in_list(verb, "is was ist lautet") &&
		    words.n && words.p[0] == ' ';
	struct str act = verb, to = words;
	if (said)
		str_word(&to, &act); /* "was reset to x1" */
	if (str_in_list(act, "set changed reset") && str_starts(to, STR(" to "))) {
		said = true;
		words = str_from(to, 3);
	}
	size_t value = skip_blanks(s, said ? (size_t)(words.p - s.p) : end);
	bool quoted = value < s.n && value > end && strchr("\"'", s.p[value]);
	value += quoted;
	size_t n = redact_secret_run(s, value);
	bool digit = false;
	for (size_t i = 0; i < n; i++)
		digit = digit || char_is_digit(s.p[value + i]);
	struct str bare = part(s, value, n);
	while (bare.n && strchr(".!?:", bare.p[bare.n - 1]))
		bare.n--;
	char behind = at_or_nul(s, value + bare.n);
	bool told = said && !is_german(verb) && bare.n > 3 && behind != ' ' && /* "is case sensitive" goes on */
		    !redact_is_wrong(bare) && !str_in_list(bare, "default defaults");
	bool mixed = bare.n >= 6 && digit && !char_is_digit(bare.p[0]);	      /* "password hunter2" */
	bool option = !said && !quoted && /* PAM's "password [success=1 ...]", "--name password --value" */
		      (one_of(at_or_nul(s, value), "[(<") || str_starts(bare, STR("--")));
	if (option || (quoted && is_object(s, end, value + n)) || redact_is_code(s, value))
		return end;
	if (str_ends_nocase(str_first(s, end), STR("token"))) /* of a language's words, too: "unexpected token 'x'" */
		return mixed && bare.n >= 8 ? redact_take(f, value, bare.n, REDACT_SECRET) : end;
	bool odd = bare.n > 3 && digit && has_mark(bare); /* "password Rds#1" */
	bool sure = odd || quoted || (said && digit) || told || (value > end && (mixed || redact_looks_random(bare)));
	return n && sure ? redact_take(f, value, told && !digit ? bare.n : n, REDACT_SECRET) : end;
}

/* is_error: "STATUS_WRONG_PASSWORD c000006a": a variable that holds a secret is called otherwise. */
static bool is_error(struct str key)
{
	return str_find(key, STR("ERR")) != STR_NONE || str_find(key, STR("STATUS_")) != STR_NONE;
}

/* chatted_secret: "the wifi pass is x1": of letters and digits, for a pass is many a thing. */
static size_t chatted_secret(struct redact_finder *f, size_t end)
{
	enum { LEAST = 6 };
	struct str s = f->line, rest = str_from(s, end), verb, word;
	bool letter = false, one = true;
	if (at_or_nul(s, end) != ' ' || !str_word(&rest, &verb) || !str_in_list(verb, "is was") ||
	    !str_word(&rest, &word))
		return end;
	size_t at = (size_t)(word.p - s.p) + one_of(word.p[0], "\"'"), n = value_run(s, at);
	for (size_t i = 0; i < n; i++) {
		letter |= char_is_alpha(s.p[at + i]);
		one = one && !one_of(s.p[at + i], "/.:%()");
	}
	return letter && one && n >= LEAST && str_has_digit(part(s, at, n)) ? redact_take(f, at, n, REDACT_SECRET)
									    : end;
}

/* used_as: "use x1 as the password", at the last word; in letters alone only where it has quotes. */
static size_t used_as(struct redact_finder *f, size_t start, size_t end)
{
	static const char verbs[] = "use uses used using with enter entered type typed set try tried gave give";
	struct str s = f->line, rest = str_from(s, end), next;
	size_t at = start, value_end;
	struct str before = redact_word_before(s, at);
	for (unsigned i = 0; i < 3 && str_in_list(before, "the a your my his her our new root admin wifi user"); i++) {
		at = redact_word_start(s, at);
		before = redact_word_before(s, at);
	}
	if (!str_in_list(before, "as") || (str_word(&rest, &next) && redact_is_aspect(next)))
		return end;
	for (value_end = redact_word_start(s, at); value_end && s.p[value_end - 1] == ' ';)
		value_end--;
	bool quoted = value_end && one_of(s.p[value_end - 1], "\"'");
	at = value_end -= quoted;
	while (at && value_end - at < REDACT_COMMAND_MAX &&
	       (quoted ? s.p[at - 1] != s.p[value_end] : !char_is_space(s.p[at - 1])))
		at--;
	struct str value = part(s, at, value_end - at);
	bool begins = !quoted || (at && s.p[at - 1] == s.p[value_end]);
	bool named = str_in_list(part(s, start, end - start), "pin") && char_is_alpha(at_or_nul(value, 0)); /* GPIO17 */
	bool fits = begins && !named && value.n > 3 && (quoted || str_has_digit(value) || has_mark(value)) &&
		    str_in_list(redact_word_before(s, at - quoted), verbs) && redact_is_free(f, at) &&
		    !redact_is_code(s, at) && !redact_says_nothing(value);
	if (fits)
		redact_take(f, at, value.n, REDACT_SECRET);
	return end;
}

size_t redact_said_secret(struct redact_finder *f, size_t start, size_t end)
{
	struct str key = part(f->line, start, end - start);
	if (char_lower(key.p[0]) == 'p' && str_in_list(key, "password passwd passphrase passcode pin psk"))
		used_as(f, start, end);
	if (start && f->line.p[start - 1] == '/' && at_or_nul(f->line, end) == ' ') /* "GET /password HTTP/1.1" */
		return end;
	char behind = at_or_nul(f->line, end + 1);
	if (!str_in_list(key, passwords) && redact_is_variable(key) && !is_error(key) &&
	    (char_is_alnum(behind) || one_of(behind, "\"'")))
		return redact_value_said(f, end);
	if (str_in_list(key, "pass pw"))
		return chatted_secret(f, end);
	if (!str_in_list(key, passwords))
		return quoted_secret(f, start, end);
	size_t next = owned_secret(f, end);
	next = next == end ? redact_value_said(f, end) : next;
	bool token = str_in_list(key, "token secret");
	return next == end && !token ? judged_secret(f, end) : next;
}

/* redact_phrase_behind: "seed phrase: ripple candy ...", "mnemonic='...'": the words that a wallet is made from again,
 * at "phrase" and its like: twelve or more of three to eight letters, none of which a sentence is made with. */
size_t redact_phrase_behind(struct redact_finder *f, size_t start, size_t end)
{
	static const char kinds[] = "seed recovery backup wallet mnemonic secret restore";
	static const char plain[] = "the and for with from are was were has have been not your you which when";
	enum { WORDS = 12, SHORTEST = 3, LONGEST = 8 };
	struct str s = f->line;
	bool told = str_in_list(part(s, start, end - start), "mnemonic seed") ||
		    str_in_list(redact_word_before(s, start), kinds);
	size_t at = end, count = 0, n = 0;
	if (!told)
		return end;
	at = skip_blanks(s, at + one_of(at_or_nul(s, at), "\"'"));
	at = skip_blanks(s, at + one_of(at_or_nul(s, at), ":="));
	at += str_starts(str_from(s, at), STR("is ")) ? 3 : 0;
	at = skip_blanks(s, at);
	at += one_of(at_or_nul(s, at), "\"'`");
	for (size_t word = at;; word += at_or_nul(s, word) == ',' ? 2 : 1) {
		size_t from = word;
		while (char_is_lower(at_or_nul(s, word)))
			word++;
		if (word - from < SHORTEST || word - from > LONGEST || str_in_list(part(s, from, word - from), plain))
			break;
		n = word - at;
		count++;
		if (at_or_nul(s, word) != ' ' && !str_starts(str_from(s, word), STR(", ")))
			break;
	}
	return count >= WORDS ? redact_take(f, at, n, REDACT_SECRET) : end;
}

/* redact_said_number: "passport number C01X00T47", "customer no. 4711123", at the word before "number" */
size_t redact_said_number(struct redact_finder *f, size_t at)
{
	static const char papers[] = "passport licence license insurance patient tax employee customer member";
	static const struct str words[] = { STR_LIT(" number "), STR_LIT(" number: "), STR_LIT(" no. "),
					    STR_LIT(" id ") };
	enum { NUMBER_MIN = 6 };
	struct str s = f->line;
	size_t n = redact_name_run(s, at);
	if (!str_in_list(part(s, at, n), papers))
		return at;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t value = at + n + words[i].n;
		if (!str_starts_nocase(str_from(s, at + n), words[i]))
			continue;
		size_t run = redact_name_run(s, value);
		return run >= NUMBER_MIN && str_has_digit(part(s, value, run)) ? redact_take(f, value, run, REDACT_ID)
									       : at;
	}
	return at;
}
