/* SPDX-License-Identifier: MIT
 *
 * The dress of a message: time stamps of the usual logs, syslog (RFC 3164, RFC 5424), NT event exports, SMS and
 * ConfigMgr tails, IIS, levels and thread ids in brackets, containers, records of JSON, logfmt, CEF, LEEF, XML and the
 * journal, stack traces behind it. Takes mended text, gives the span of what is left and what was told apart; spans
 * count in the text given. Never changes the text: what the rest is coded in still, it says (undress.h undoes it).
 * Linear.
 */
#ifndef KBT_MATCH_ENVELOPE_H
#define KBT_MATCH_ENVELOPE_H

#include "match/match.h"

/* envelope_read fills the dress. Without any dress the payload is the trimmed
 * text and the kind empty. */
void envelope_read(struct str text, struct match_envelope *ret_envelope);

/* envelope_event: an event as the event viewers copy it, a field a line, or as people do, all on one; the payload is
 * what stands behind "Description:". An article may quote it so, too. False where the text is none. */
bool envelope_event(struct str text, struct match_envelope *ret_envelope);

/* envelope_split gives the records of a log of SMS or ConfigMgr, of a line or of several, in slices of the text: read
 * as one, the first or the last would be all that is seen. 0 where there are not two, or more than max. */
size_t envelope_split(struct str text, struct str *ret_records, size_t max);

/* envelope_head measures what a payload begins with that may be dress after all: levels ("ERROR: ", "[ERROR] "), a
 * level beside a thread ("ERROR [main] Store - ") or before a word ("ERROR text"), labels ("Message : ", "[Errno 28] ",
 * what Go asked for: "Get "https://web1/": ") and, where a stamp stood before it (dressed),
 * one name with a mark ("backup: ", "Store - "). Messages begin so themselves; therefore it is left to them, and who
 * knows where the message begins asks. Bytes, the blanks behind included; 0 for none. */
size_t envelope_head(struct str payload, bool dressed);

/* envelope_cut_retry gives a text without the words at its end that tell of the next try, behind a mark or as a
 * sentence (", retrying in 5s", "(attempt 2 of 5)", "; giving up", ". Will retry."); all of it where no more is
 * there. */
struct str envelope_cut_retry(struct str text);

/* envelope_denies: the last clause of what stands before a mark says of what is behind it that it did not happen ("no
 * errors: ", "expected: ", "for example: ", "would fail with: "). */
bool envelope_denies(struct str before);
bool envelope_names_example(struct str word); /* that it is one by itself: "expected", "sample" */

/* envelope_parts_off says whether a mark before this place parts what stands there from what is before it in the
 * payload, which begins at `from`: as programs put it before what they were told and pass on ("rpc failed: text",
 * err="text"), or behind dress of their own ("[app] text", "app | text", two blanks). Where a message of some length
 * stands behind it up to the end, what is before it is no part of that; of less than five words it never is, nor behind
 * more than a kilobyte. Nor does a mark that words which deny it stand before. */
bool envelope_parts_off(struct str text, size_t from, size_t at);

/* envelope_is_sentence: of six words and thirty letters, or more. */
bool envelope_is_sentence(struct str said);

/* envelope_sets_off says whether text[start, end), with or without the stop that ends it, is a sentence by itself among
 * what stands beside it in the payload, which begins at `from`: between stops behind which a new sentence begins,
 * semicolons, what envelope_parts_off goes by and the payload's ends, or before a colon or a number in brackets. What
 * envelope_is_sentence says no to is none. */
bool envelope_sets_off(struct str text, size_t from, size_t start, size_t end);
bool envelope_begins_sentence(struct str text, size_t from, size_t at); /* as much as stands before it tells */

#endif
