/* SPDX-License-Identifier: MIT
 *
 * Secrets behind a key in another language than English: "mot de passe : x1", "senha=x1", "пароль x1", "密码为x1",
 * "Bestätigungscode lautet 4711". See
 * redact_shapes.h. The German keys that are one word are redact_word.c's.
 */
#include "scan/redact_shapes.h"

#include "base/utf8.h"

#include <string.h>

enum { NUMBER_MIN = 4, WORD_MIN = 5, WORD_MAX = 256 };

/* Letters of ASCII in lower case. Those of Chinese and Japanese may stand within a row of letters. */
static const struct str keys[] = {
	STR_LIT("mot de passe"),
	STR_LIT("phrase secr\u00e8te"),
	STR_LIT("code secret"),
	STR_LIT("mdp"),
	STR_LIT("contrase\u00f1a"),
	STR_LIT("contrasena"),
	STR_LIT("clave secreta"),
	STR_LIT("senha"),
	STR_LIT("palavra-passe"),
	STR_LIT("palavra passe"),
	STR_LIT("parola d'ordine"),
	STR_LIT("wachtwoord"),
	STR_LIT("has\u0142o"),
	STR_LIT("heslo"),
	STR_LIT("jelsz\u00f3"),
	STR_LIT("l\u00f6senord"),
	STR_LIT("adgangskode"),
	STR_LIT("passord"),
	STR_LIT("salasana"),
	STR_LIT("\u015fifre"),
	STR_LIT("schl\u00fcssel"),
	STR_LIT("пароль"),
	STR_LIT("Пароль"),
	STR_LIT("ПАРОЛЬ"),
	STR_LIT("密码"),
	STR_LIT("密碼"),
	STR_LIT("口令"),
	STR_LIT("パスワード"),
	STR_LIT("暗証番号"),
	STR_LIT("비밀번호"),
	/* codes for one login */
	STR_LIT("best\u00e4tigungscode"),
	STR_LIT("code de v\u00e9rification"),
	STR_LIT("c\u00f3digo de verificaci\u00f3n"),
	STR_LIT("c\u00f3digo de verifica\u00e7\u00e3o"),
	STR_LIT("codice di verifica"),
	STR_LIT("код подтверждения"),
	STR_LIT("Код подтверждения"),
	STR_LIT("验证码"),
	STR_LIT("驗證碼"),
	STR_LIT("認証コード"),
	STR_LIT("確認コード"),
	STR_LIT("인증번호"),
};

/* What brings the value, behind a blank but for 为, 是 and は. */
static const struct str links[] = {
	STR_LIT("est "), STR_LIT("es "),     STR_LIT("\u00e9 "), STR_LIT("\u00e8 "), STR_LIT("is "), STR_LIT("jest "),
	STR_LIT("ist "), STR_LIT("lautet "), STR_LIT("это "),	 STR_LIT("为"),	     STR_LIT("是"),  STR_LIT("は"),
};

bool redact_is_wrong_abroad(struct str word)
{
	static const char words[] =
		"falsch erforderlich abgelaufen fehlt leer vergessen gesperrt zu nicht kein ja nein "
		"incorrect incorrecte invalide expire requis requise obligatoire vide trop oui non ok "
		"incorrecta incorrecto invalida invalido caducada expirada requerida obligatoria vacia olvidada muy si "
		"no "
		"incorreta incorreto errada obrigatoria vazia muito sim errata errato scaduta richiesta sbagliata "
		"vuota "
		"onjuist vereist verlopen ongeldig leeg te niepoprawne puste wymagane tak nie";
	return str_in_list(word, words);
}

/* What a word that may be a secret is made of. */
struct made_of {
	bool letter, beyond, digit, mark;
};

static struct made_of made_of(struct str word)
{
	struct made_of m = { 0 };
	for (size_t i = 0; i < word.n; i++) {
		m.letter |= char_is_alpha(word.p[i]);
		m.beyond |= (unsigned char)word.p[i] >= 0x80;
		m.digit |= char_is_digit(word.p[i]);
		m.mark |= one_of(word.p[i], "!#$%^&*@+");
	}
	return m;
}

static bool is_spaceless(struct str key)
{
	return (unsigned char)key.p[0] >= 0xE3;
}

/* may_begin: the cheap part of key_at. */
static bool may_begin(struct str s, size_t at)
{
	char c = s.p[at];
	if (c & 0x80)
		return !utf8_goes_on(c);
	return char_is_alpha(c) && !(at && char_is_alnum(s.p[at - 1])) && strchr("mpcswhjlab", char_lower(c));
}

static size_t key_at(struct str s, size_t at)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		struct str key = keys[i];
		if (char_lower(s.p[at]) != key.p[0] || !str_starts_nocase(str_from(s, at), key))
			continue;
		char before = at ? s.p[at - 1] : 0, behind = at_or_nul(s, at + key.n);
		bool whole = !((is_name(before) && !one_of(before, "._-")) || (is_name(behind) && behind != '.'));
		if (whole || is_spaceless(key))
			return key.n;
	}
	return 0;
}

/* Where the value begins, and what brings it. */
struct bringer {
	size_t value;
	enum { BY_NOTHING, BY_LINK, BY_COLON, BY_EQUALS } by;
	bool weak; /* the key may be one of a registry or a table */
};

static struct bringer bringer_at(struct str s, size_t end)
{
	static const struct str wide[] = { STR_LIT("："), STR_LIT("＝") };
	size_t at = skip_blanks(s, end + one_of(at_or_nul(s, end), "\"'"));
	for (size_t i = 0; i < 2; i++)
		if (at_or_nul(s, at) == ":="[i])
			return (struct bringer){ skip_blanks(s, at + 1), i ? BY_EQUALS : BY_COLON, false };
		else if (str_starts(str_from(s, at), wide[i]))
			return (struct bringer){ skip_blanks(s, at + wide[i].n), BY_COLON, false };
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		if (str_starts_nocase(str_from(s, at), links[i]))
			return (struct bringer){ skip_blanks(s, at + links[i].n), BY_LINK, false };
	return (struct bringer){ at, at > end ? BY_NOTHING : BY_LINK, false };
}

/* is_sentence: behind a key of Chinese or Japanese words go on without a blank ("密码长度至少8位"). */
static bool is_sentence(struct made_of m, struct bringer b, struct str word)
{
	bool spaceless = false;
	for (size_t i = 0; i < word.n; i++)
		spaceless |= (unsigned char)word.p[i] >= 0xE3;
	return spaceless && b.by < BY_COLON && !m.letter && !m.mark;
}

/* is_secret: a word with digits among its letters; behind a mark also one that nothing goes on behind, and that is not
 * what is wrong with a password. What has letters beyond ASCII and neither digit nor mark is a word of the language. */
static bool is_secret(struct str s, struct bringer b, struct str word, bool quoted)
{
	struct made_of m = made_of(word);
	bool mixed = m.digit && (m.letter || m.beyond || m.mark) && word.n >= WORD_MIN && !str_starts(word, STR("0x"));
	bool number = m.digit && word.n >= NUMBER_MIN && b.by != BY_NOTHING;
	char behind = at_or_nul(s, b.value + word.n);
	bool last = behind != ' ' || b.by == BY_EQUALS;
	bool plain = m.letter && !m.beyond && word.n >= NUMBER_MIN && (last || m.mark);
	bool named = (quoted || b.by >= BY_COLON) && plain && !redact_is_wrong_abroad(word) && !redact_is_wrong(word);
	return (mixed || (!b.weak && (number || named))) && !is_sentence(m, b, word);
}

/* with_words: "mot de passe saisi : x1", "пароль пользователя ivan: x1": only what is a secret by itself. */
static struct bringer with_words(struct str s, size_t end)
{
	size_t at = end;
	for (unsigned words = 0; words < 2 && at_or_nul(s, at) == ' '; words++) {
		at++;
		for (size_t n = 0; n < WORD_MAX && is_name(at_or_nul(s, at)); n++)
			at++;
		struct bringer b = bringer_at(s, at);
		if (b.by >= BY_COLON)
			return (struct bringer){ b.value, BY_NOTHING, false };
	}
	return (struct bringer){ end, BY_NOTHING, false };
}

/* take_brought gives its end; 0 where there is none. */
static size_t take_brought(struct redact_finder *f, struct bringer b)
{
	struct str s = f->line;
	bool quoted = one_of(at_or_nul(s, b.value), "\"'");
	b.value += quoted;
	struct str word = part(s, b.value, redact_secret_run(str_first(s, b.value + WORD_MAX), b.value));
	bool whole = word.n < WORD_MAX;
	while (word.n && !quoted && one_of(word.p[word.n - 1], ".:"))
		word.n--;
	if (!word.n || !is_secret(s, b, word, quoted))
		return 0;
	return redact_take(f, b.value, whole ? word.n : redact_secret_run(s, b.value), REDACT_SECRET);
}

size_t redact_abroad_at(struct redact_finder *f, size_t at)
{
	static const struct str weak = STR_LIT("schl\u00fcssel");
	size_t n = may_begin(f->line, at) ? key_at(f->line, at) : 0;
	if (!n)
		return at;
	struct bringer b = bringer_at(f->line, at + n);
	b.weak = str_eq_nocase(part(f->line, at, n), weak);
	size_t next = take_brought(f, b);
	if (!next && !b.weak)
		next = take_brought(f, with_words(f->line, at + n));
	return next ? next : at + n;
}
