/* SPDX-License-Identifier: MIT
 *
 * What a service says first on a connection, and which services do. Many protocols have the server speak first (SSH,
 * RFC 4253 section 4.2; SMTP, RFC 5321 section 3.1; FTP, POP3, IMAP, NNTP, MySQL, RFB, rsync), the others wait for the
 * client. Pure; the bytes are a stranger's.
 */
#ifndef KBT_PROBE_GREETING_H
#define KBT_PROBE_GREETING_H

#include "base/arena.h"

/* greeting_service names the service that begins so: "ssh", "smtp-or-ftp" ...; "other" where no row of the table fits.
 * *ret_refuses: these words turn the client away. */
const char *greeting_service(struct str said, bool *ret_refuses);

/* greeting_of_port: which service speaks first on a port; "" where the client does; NULL where the port tells neither.
 */
const char *greeting_of_port(unsigned port);

/* greeting_print: the first line, or of a protocol of bytes the first letters in it, as a person may read it: at most
 * 100, dots for what does not print. */
struct str greeting_print(struct str said, struct arena *a);

#endif
