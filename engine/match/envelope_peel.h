/* SPDX-License-Identifier: MIT
 *
 * What the readers of dresses share: each peels one kind of dress off the rest of a text, from either end, and notes
 * what it told apart; false, and nothing changed, where it is not there. Only envelope*.c include this.
 */
#ifndef KBT_MATCH_ENVELOPE_PEEL_H
#define KBT_MATCH_ENVELOPE_PEEL_H

#include "match/envelope.h"

struct peel {
	struct str rest;
	struct match_envelope *e;
	struct str beside;
	bool chained; /* it began with brackets, one behind the other without a blank */
	unsigned has; /* bytes that stand anywhere in the text: without its mark a dress is not looked for */
};

enum peel_has {
	HAS_LINE_END = 1,
	HAS_TAB = 2,
	HAS_DOLLAR = 4,
	HAS_EQUALS = 8,
	HAS_BAR = 16,
	HAS_BRACKET = 32, /* [ */
	HAS_STAR = 64,
	HAS_COMMA = 128, /* or a semicolon */
	HAS_ANGLE = 256, /* < */
	HAS_CLOCK = 512, /* a colon between digits */
	HAS_BRACE = 1024, /* { */
	HAS_NUMBER = 2048, /* behind a [ */
	HAS_ARROW = 4096 /* ---> */
};

/* ---- envelope_stamp.c: shapes, by length; 0 where something else stands there ---- */

static inline bool peel_byte_at(struct str s, size_t at, const char *any)
{
	while (at < s.n && *any)
		if (s.p[at] == *any++)
			return true;
	return false;
}

size_t peel_digits(struct str s, size_t at, size_t least, size_t most); /* and no digit behind them */
size_t peel_clock(struct str s, size_t at);   /* 12:34:56 with fraction, zone, AM */
size_t peel_date(struct str s);		      /* 2001-03-12, 12/03/01, 12.03.2001 */
size_t peel_month(struct str s);	      /* Mar */
size_t peel_long_date(struct str s);	      /* Mon Mar 12 10:56:20 2001, Mon, 12 Mar 2001 10:56:20 +0100 */
bool peel_is_level(struct str word);

/* ---- envelope.c ---- */

void peel_drop(struct peel *p, size_t n); /* and blanks and commas behind them */
void peel_kind(struct peel *p, const char *kind);
void peel_note(struct str *field, struct str value); /* where the field is empty still */

/* ---- envelope_parts.c ---- */

bool peel_thread(struct peel *p); /* [0x1a4], (0x230D) */
void peel_parts(struct peel *p);  /* levels, threads, loggers and the marks between them, up to the message */

/* ---- envelope_before.c ---- */

bool peel_container(struct peel *p);  /* "web-1  | ", "[pod/web/app] " */
bool peel_step(struct peel *p);	      /* "job" TAB "step" TAB, before a stamp: as GitHub's logs of a run are shown */
bool peel_chat(struct peel *p);	      /* "John Doe [14:03]: " */
bool peel_sap(struct peel *p);	      /* "M  *** ERROR => text [file.c  1234]" */
bool peel_installer(struct peel *p);  /* "MSI (s) (A4:3C) [10:56:20:113]: text" */
bool peel_kubernetes(struct peel *p); /* "3m12s   Warning   FailedMount   pod/web   text" */

/* ---- envelope_behind.c ---- */

void peel_behind(struct peel *p);  /* a request, a referer, a statement, a place, an HRESULT */
bool peel_says_nothing(struct str code); /* an HRESULT that tells but that something failed */
bool peel_channel(struct peel *p); /* "app.ERROR: text {"user":4} []" */
bool peel_request(struct peel *p); /* the id of a cloud's request */
struct str peel_cut_mark(struct str text); /* without "(truncated)", "[...]" at its end */
bool peel_ends_in_hresult(struct str text); /* "text (Exception from HRESULT: 0x80070005 (E_ACCESSDENIED))" */

/* ---- envelope_windows.c ---- */

bool peel_setup(struct peel *p);	/* "#E033 text", "!!!  inf:   text" */
bool peel_time_service(struct peel *p); /* "148635 10:56:20.1134560s - text" */
bool peel_update(struct peel *p);	/* "1234  5678  Agent    *FAILED* text" */
bool peel_agent(struct peel *p);	/* "! [298] text" */
bool peel_job(struct peel *p);		/* "Executed as user: joe. text [SQLSTATE 42000] (Error 208)." */
bool peel_protocol(struct peel *p);	/* whom Exchange spoke to, and what was said */
bool peel_snare(struct peel *p);	/* an event in fields between tabs */
bool peel_project(struct peel *p);	/* "text [C:\src\app.vcxproj]" */
bool peel_servicing(struct peel *p);	/* "text [HRESULT = 0x80070005 - E_ACCESSDENIED]" */
bool peel_ends_in_project(struct str text);

/* ---- a kind each ---- */

bool peel_syslog(struct peel *p);	     /* "Mar 12 01:02:03 host app[123]: " */
bool peel_syslog_new(struct peel *p);	     /* RFC 5424 */
bool peel_syslog_sender(struct peel *p, struct str s); /* "host app[123]: ", which s begins with */
bool peel_event_table(struct peel *p);	     /* an exported event, its fields parted by tabs, commas or semicolons */
bool peel_row(struct peel *p);		     /* any other row of a table with a stamp and its message in quotes */
bool peel_event_list(struct peel *p);	     /* a line of a list of events */
bool peel_event_row(struct peel *p);	     /* the same in a narrower one, behind its stamp */
bool peel_json(struct peel *p);		     /* an object that holds a message */
bool peel_logfmt(struct peel *p);	     /* level=error msg="text" */
bool peel_json_behind(struct peel *p, size_t at); /* text {"error": "text"}: the error, if any, stands beside it */
bool peel_pairs_behind(struct peel *p);	     /* text id=42 error="text": likewise */
bool peel_error_behind(struct peel *p);	     /* text error=text of several words id=42: as Rust's tracing has it */
bool peel_has_message(struct str s);	     /* "MESSAGE=" is in it */
bool peel_journal(struct peel *p);	     /* lines of KEY=text, as journalctl exports them */
bool peel_sms(struct peel *p);		     /* $$<component><time><thread> behind it */
bool peel_configmgr(struct peel *p);	     /* <![LOG[text]LOG]!><time="..." component="..."> */
bool peel_configmgr_view(struct peel *p);    /* text, component, time and thread, as the viewer copies them */
bool peel_cef(struct peel *p);		     /* CEF:0|vendor|product|version|id|name|severity|msg=text */
bool peel_leef(struct peel *p);		     /* LEEF:1.0|vendor|product|version|id|msg=text */
bool peel_markup(struct peel *p);	     /* a record of XML that holds a message */
bool peel_java(struct peel *p);		     /* java.util.logging's two lines, or one */
bool peel_own_shape(struct peel *p);	     /* ERROR:app:text, E/App: text, ::error::text and the like */
bool peel_w3c(struct peel *p);		     /* IIS: the query of a request tells what failed */
bool peel_mail(struct peel *p);		     /* a mail with its headers */
bool peel_trace(struct peel *p);	     /* what PowerShell and stack traces put behind a message */

#endif
