/* SPDX-License-Identifier: MIT
 *
 * A line of a text, and those beside it > the secret in it that they tell. Takes the lines of one text, without their
 * ends, from the first on; gives a part of the line; owns nothing. Linear in the lines' length.
 */
#ifndef KBT_SCAN_REDACT_LINES_H
#define KBT_SCAN_REDACT_LINES_H

#include "base/str.h"

/* Zero before the first line of a text. */
struct redact_lines {
	struct str above;
	struct str behind; /* what follows the text, of another one */
	bool in_key;	   /* between the first and the last line of a private key's armour */
	bool in_bytes;	   /* of a registry's export: "Password"=hex:01,\ */
	bool in_server;	   /* below "radius server R1", as routers have it */
	bool in_default;   /* in Terraform's variable "db_password" { */
};

/* redact_row_secret: the secret of a line of fields without keys (redact_row.c). Empty for none. */
struct str redact_row_secret(struct str line);

/* redact_told_by: below is the next line, empty behind the last. Empty where they tell of none. */
struct str redact_told_by(struct redact_lines *l, struct str line, struct str below);

#endif
