/* SPDX-License-Identifier: MIT
 *
 * The shapes that redact_find.c tries at each place of a line. One is given the finder and a place, takes the names
 * that begin there, and gives where to go on: the place itself where it fits nothing. A place is an offset in the
 * line's bytes. Owned by redact_find.c.
 *
 *   redact_own.c      names by their own shape (addresses, \\server\share, DOMAIN\user, tokens)
 *   redact_word.c     behind a word that announces them (user named x)
 *   redact_value.c    behind such a word and its mark (user=x, "password": "x1")
 *   redact_told.c     what stands where a secret would and is none
 *   redact_code.c     what a program has where a secret would stand (self.password)
 *   redact_key.c      behind "key" (radius-server key 7 x1)
 *   redact_once.c     codes for one login (482913 is your login code)
 *   redact_bare.c     secrets by where they stand (rootpw x1, credentials alice:x1)
 *   redact_sent.c     secrets that a client sends to log in (a1 LOGIN alice x1)
 *   redact_sql.c      secrets by their column (INSERT INTO t (name, password) VALUES ...)
 *   redact_setting.c  secrets in the grammar of one program (createUser alice SHA x1)
 *   redact_row.c      the secret of a whole line of fields (db1:5432:orders:alice:x1)
 *   redact_said.c     secrets and numbers in a sentence (password for alice is x1)
 *   redact_abroad.c   secrets behind a key in another language (mot de passe : x1)
 *   redact_beside.c   by what stands on both sides (sudo: alice : TTY)
 *   redact_number.c   numbers that tell of a person (cards, accounts, telephones)
 *   redact_place.c    machines and people in a sentence (connection from depot closed, deleted by alice)
 *   redact_command.c  among the options of a command (curl -u, net use)
 *   redact_common.c   the words that name nobody
 */
#ifndef KBT_SCAN_REDACT_SHAPES_H
#define KBT_SCAN_REDACT_SHAPES_H

#include "scan/redact_find.h"

#include <string.h>

enum {
	REDACT_HEX_MIN = 32,	  /* digits of a number that is a secret; a shorter one tells of nothing */
	REDACT_COMMAND_MAX = 256, /* bytes between a command's name and its options */
	REDACT_RUN_MAX = 1024	  /* bytes that a value is judged by; redact_take takes all of it */
};

struct redact_finder {
	struct str line;
	struct arena *arena; /* the caller's, and of the spans */
	struct redact_spans spans;
	bool in_values; /* of an INSERT: no other one stands in it */
	bool in_call;	/* of a procedure: as well */
};

/* redact_last: the span taken last, NULL before the first. */
static inline const struct redact_span *redact_last(const struct redact_finder *f)
{
	return f->spans.count ? &f->spans.items[f->spans.count - 1] : NULL;
}

/* redact_is_free: nothing that was taken reaches beyond the place. */
static inline bool redact_is_free(const struct redact_finder *f, size_t at)
{
	return !f->spans.count || redact_last(f)->end <= at;
}

/* redact_take adds a span, if it is not empty and tells of somebody; gives its end. */
size_t redact_take(struct redact_finder *f, size_t at, size_t n, enum redact_kind kind);
/* redact_go tries all shapes at the places in [at, end); gives where it came to, which may be behind the end. */
size_t redact_go(struct redact_finder *f, size_t at, size_t end);

/* ---- what stands at a place ---- */

static inline char at_or_nul(struct str s, size_t at)
{
	return at < s.n ? s.p[at] : 0;
}

/* part: at + n lies within s. */
static inline struct str part(struct str s, size_t at, size_t n)
{
	return (struct str){ s.p + at, n };
}

static inline bool one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static inline bool is_name(char c)
{
	return char_is_alnum(c) || c == '.' || c == '-' || c == '_' || (unsigned char)c >= 0x80;
}

static inline size_t skip_blanks(struct str s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
		at++;
	return at;
}

/* Lengths in bytes; 0 for none. */
size_t redact_name_run(struct str s, size_t at); /* a name, without stops and dashes behind it */
/* redact_secret_run: up to the quote it began with, else to what ends a value, or REDACT_RUN_MAX. */
size_t redact_secret_run(struct str s, size_t at);
bool redact_ends_value(char c);			   /* where it has no quotes */
size_t redact_address_at(struct str s, size_t at); /* IPv4, IPv6, or a network card's with colons */
size_t redact_card_at(struct str s, size_t at);	   /* a network card's in other forms: 00-1A-..., 001a.2b3c.4d5e */
size_t redact_domain(struct str s, size_t at);	   /* nas1.example.org */
size_t redact_phone(struct str s, size_t at);	   /* digits in groups, of a number that is one by the word before it */
/* redact_word_before: the word that ends before the blanks that end at the place, in the line's bytes; empty where
 * there are none. */
struct str redact_word_before(struct str s, size_t at);
/* redact_word_start: where the word before the blanks before the place begins. */
size_t redact_word_start(struct str s, size_t at);
/* redact_second_name: of a person ("Erika Mustermann"), at the blank before it, no key of its own; the blank counts. */
size_t redact_second_name(struct str s, size_t at);
/* redact_within: the name of this command stands a short way before; one with a blank at its end as a whole word. */
bool redact_within(struct str s, size_t at, struct str command);

/* redact_is_told (redact_told.c): the n bytes at `value` behind the key that begins at `start` are no secret; prose: a
 * colon and a blank part them. */
bool redact_is_told(struct str s, size_t start, struct str key, size_t value, size_t n, bool prose);
bool redact_is_mechanism(struct str word); /* redact_told.c */
/* redact_is_code (redact_code.c): the value that begins there, behind its quote, is what a program or a file of
 * settings calls a secret, or gets it with. redact_literal_at: the bytes before the text of b'x1', N'x1' and
 * PASSWORD('x1'), its quote included; 0 for none: the quote behind "Pwd=kumquat" is the end of what it stands in. */
bool redact_is_code(struct str s, size_t at);
size_t redact_literal_at(struct str s, size_t at);
bool redact_goes_on(struct str s, size_t end); /* with a blank, and a word of a sentence */

/* ---- words: redact_common.c, redact_word.c ---- */

bool redact_is_common(struct str word);	      /* behind "user" or "host" it names nobody ("user not found") */
bool redact_is_card(struct str word);	      /* "eth0", "vty2": what an address stands beside that names no machine */
bool redact_is_program(struct str name);      /* does what people do, too: "updated by dpkg", "by apt-daily.service" */
bool redact_is_done(struct str name);	      /* begins with a token of another run: "HOST-1", "USER-OTHER" */
bool redact_is_wrong(struct str word);	      /* what a password is said to be that is not the password itself */
bool redact_is_wrong_abroad(struct str word); /* the same in other languages, where that is ASCII */
bool redact_is_aspect(struct str word);	      /* behind "password": what of it is spoken of ("expiry", "policy") */
bool redact_says_nothing(struct str word);    /* no secret stands where this does, for one reason or the other */
bool redact_is_capital(struct str name);      /* as NetBIOS and DNS administrators write names: no word of a sentence */
bool redact_tells_apart(struct str name);     /* a digit, a dot or a dash: no word of a sentence either */
bool redact_looks_random(struct str s);
bool redact_is_secret_key(struct str word); /* "password", "api_key" */
bool redact_is_user_key(struct str word);   /* "login", "user_name" */
bool redact_ends_secret(struct str word);   /* "DB_PASSWORD", "accessToken" */
bool redact_is_variable(struct str word);   /* "DB_PASSWORD", and nothing but capitals */
bool redact_is_token(struct str s);	    /* begins as tokens of well-known makers do */

/* ---- the shapes ---- */

typedef size_t redact_shape(struct redact_finder *f, size_t at);

redact_shape redact_place_at;  /* redact_place.c */
redact_shape redact_port_at;   /* redact_place.c: "to nas1:8080" */
redact_shape redact_number_at; /* redact_number.c; at a digit, a capital or a plus */
/* redact_own.c; at the marks that they begin with */
redact_shape redact_unc_at;	  /* \\server\share */
redact_shape redact_share_at;	  /* //server/share, with no scheme before it */
redact_shape redact_url_at;	  /* at the :// */
redact_shape redact_machine_at;	  /* alice:x1@nas1, as URLs and proxies have it */
redact_shape redact_home_at;	  /* /home/alice */
redact_shape redact_key_block_at; /* -----BEGIN PRIVATE KEY----- */
/* at the start of a word */
redact_shape redact_display_at; /* Erika Mustermann <erika@example.org> */
redact_shape redact_mail_at;
redact_shape redact_domain_at; /* nas1.example.org */
redact_shape redact_person_at; /* DOMAIN\user */
redact_shape redact_sid_at;    /* S-1-5-21-... */
redact_shape redact_guid_at;
redact_shape redact_secret_at;	 /* tokens of well-known shapes, long hexadecimal numbers, base64 */
redact_shape redact_hash_at;	 /* $6$..., a password as shadow files keep it */
redact_shape redact_groups_at;	 /* ABCDE-FGHIJ-..., as products are unlocked */
redact_shape redact_login_at;	 /* alice/password@db, as Oracle's programs take it */
redact_shape redact_at_host;	 /* 'alice'@'web1', at the mark */
redact_shape redact_hook_at;	 /* redact_bare.c; at the slash of a path */
redact_shape redact_salted_at;	 /* redact_bare.c; {SSHA}..., at the brace */
redact_shape redact_word_at;	 /* redact_word.c; at the word that announces a name */
redact_shape redact_said_number; /* redact_said.c */

/* At the word in [start, end); gives `end` where it takes nothing. */
typedef size_t redact_behind(struct redact_finder *f, size_t start, size_t end);

/* redact_key.c */
redact_behind redact_key_behind, redact_device_word, redact_numbered_key;
bool redact_is_key_variable(struct str name, struct str value); /* "STRIPE_KEY", of a value that looks random */
/* redact_once.c; redact_once_at: at the number, redact_once_said: at the end of "otp" and its like */
redact_behind redact_code_behind, redact_codes_behind, redact_seed_behind;
redact_behind redact_joined_code; /* gives `start` where it takes nothing */
redact_shape redact_once_at;
size_t redact_once_said(struct redact_finder *f, size_t end);
/* redact_bare.c */
redact_behind redact_directive, redact_listed, redact_identified, redact_named_value, redact_pair, redact_answered;
extern const char redact_directives[];		     /* "rootpw": what is behind them needs no mark */
size_t redact_registry_row(struct str s, size_t at); /* the bytes of "hex:9f,3a,77"; 0 for none */
/* redact_bound takes the last of so many quoted words of a call behind `end`, and gives where it ends; `end` for none.
 * redact_tagged: the value of the element or property named in [start, end), a slice of s; empty for none. */
size_t redact_bound(struct redact_finder *f, size_t end, unsigned words);
struct str redact_tagged(struct str s, size_t start, size_t end);
/* redact_sql.c: at VALUES, at a procedure's name */
redact_behind redact_values, redact_procedure;
extern const char redact_procedures[];
/* redact_sent.c; "a1 LOGIN alice x1", at LOGIN; "AUTH" "x1", define("DB_PASSWORD", "x1"); ".SetPassword("x1")";
 * "NickServ IDENTIFY x1"; of expect: send "x1\r" */
redact_behind redact_sent, redact_logged_in, redact_quoted_behind, redact_called_with, redact_nick_behind,
	redact_typed_behind;
struct str redact_typed(struct str s, size_t end, bool asked); /* what is sent, a slice of s; asked: for a password */
bool redact_asks(struct str line); /* of expect, for a password */
/* redact_setting.c; at the word that it begins with; redact_acl_at: at a mark, redact_words_of_dscl: at a blank */
redact_behind redact_created, redact_masked, redact_echoed, redact_written_key, redact_modem_words;
redact_shape redact_acl_at, redact_words_of_dscl;
/* redact_said.c; redact_value_said: at the end of the key */
redact_behind redact_said_secret, redact_phrase_behind;
size_t redact_value_said(struct redact_finder *f, size_t end);
/* redact_value.c; redact_take_person: alice, Erika Mustermann, CORP\alice, at its start; gives its end */
size_t redact_behind_key(struct redact_finder *f, size_t start, size_t end, enum redact_kind kind);
size_t redact_take_person(struct redact_finder *f, size_t at);
/* redact_abroad.c; anywhere */
redact_shape redact_abroad_at;
/* redact_beside.c */
redact_shape redact_beside_at;
/* redact_command.c; behind "rclone obscure", "wpa_passphrase HomeNet", "radtest alice", "radclient" */
redact_behind redact_command_words;
/* redact_command.c; at the blank or dash of an option */
redact_shape redact_option_at;
redact_shape redact_fed_at; /* at <<< */

#endif
