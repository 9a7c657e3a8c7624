/* SPDX-License-Identifier: MIT
 *
 * Records of XML that hold a message: an event of Windows, PowerShell's errors (CLIXML), faults of WS-Management and
 * SOAP, events of log4j, records of java.util.logging, reports of JUnit. Takes a text that is one such record, or one
 * with a few words before it, gives slices of it: the message as it stands there, in its tags and entities still
 * (CODING_MARKUP undoes what only such records do, damage.h the rest), and what the record says of it. No XML parser:
 * what is cut off or not well-formed is read as far as it goes, a text that holds no such record is no record. Linear.
 */
#ifndef KBT_MATCH_MARKUP_H
#define KBT_MATCH_MARKUP_H

#include "base/str.h"

struct markup_record {
	const char *kind; /* "nt-event", "clixml", "wsman", "soap", "log4j", "java", "junit" */
	size_t start;	  /* where in the text it begins */
	struct str message, time, component, host, thread, level, event; /* all but the message may be empty */
};

/* markup_read: the message is never empty. */
bool markup_read(struct str text, struct markup_record *ret_record);

/* markup_split gives the records of a text that is several, one behind the other: slices of it that markup_read takes,
 * the first max of them. 0 where there are not two, or anything else stands between. */
size_t markup_split(struct str text, struct str *ret_records, size_t max);

#endif
