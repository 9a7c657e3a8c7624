/* SPDX-License-Identifier: MIT
 *
 * The certificate and the key of --tls-cert and --tls-key: reads the two PEM files and looks whether they fit each
 * other and this day, so that what is wrong with them gets a sentence at the start. What speaks TLS is http.c.
 */
#ifndef KBT_WEB_TLS_H
#define KBT_WEB_TLS_H

#include "base/diag.h"

struct tls_files {
	struct str cert, key; /* PEM, NUL behind them; in the arena */
};

/* tls_load: ERR_INPUT, ERR_IO, ERR_DENIED with the sentence in d; a certificate that has expired is a warning. */
enum err tls_load(const char *cert_path, const char *key_path, struct arena *a, struct diags *d,
		  struct tls_files *ret_files) MUST_USE;

#endif
