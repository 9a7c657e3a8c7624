/* SPDX-License-Identifier: MIT
 *
 * What a message was coded in to travel, undone: quoted-printable (RFC 2045 6.7), percent signs (RFC 3986 2.1) and the
 * plus signs of forms, the backslashes of JSON (RFC 8259 7), CEF and C, doubled quotes of CSV (RFC 4180), what CLIXML
 * puts between the lines of a stream. Takes a clean text, gives another with the map back to the query; what no writer
 * of that coding would have made stays as it is. Linear.
 */
#ifndef KBT_MATCH_CODED_H
#define KBT_MATCH_CODED_H

#include "match/clean.h"

enum coding {
	CODING_NONE,
	CODING_BACKSLASH,
	CODING_STRING, /* of a program, or as systemd and mount write bytes: \x20 and \040 too */
	CODING_QUOTES,
	CODING_URL,	    /* plus signs only where they plainly are spaces */
	CODING_QUERY,	    /* of an URL: all of them are */
	CODING_UNDERSCORES, /* as that, where ASP wrote it: so are underscores */
	CODING_PRINTABLE,
	CODING_MARKUP /* of a record (markup.h): _x000A_ is a line end, elements of strings end nothing */
};

/* coded_is_printable: the text is plainly quoted-printable: its equals signs are all followed by two digits or by a
 * line end, and some of them stand for what no message writes so. */
bool coded_is_printable(struct str text);

/* coded_is_url: some word of the text is percent-coded, or has plus signs where its spaces were. */
bool coded_is_url(struct str text);

/* coded_is_string: the text is a string as programs write them, or holds one: its backslashes all escape something, and
 * some of them plainly do. A path of one message is none: "\\server\share" has single ones, and so has "C:\dir". */
bool coded_is_string(struct str text);

/* coded_undo gives text[start, end) undone. Bytes that come out may want mending (damage.h). ERR_NOMEM. */
enum err coded_undo(const struct clean *c, size_t start, size_t end, enum coding coding, struct arena *a,
		    struct clean *ret_clean) MUST_USE;

/* coded_add is coded_undo into a text that is being written. */
void coded_add(struct clean_writer *w, size_t start, size_t end, enum coding coding);

#endif
