/* SPDX-License-Identifier: MIT
 *
 * What has to be done before anything is kept: what nobody else may know (passwords, tokens, keys, private keys in
 * their armour) becomes SECRET-1 and the like; hosts and users stay. The shapes are those of redact.h. Pure.
 */
#ifndef KBT_SCAN_SECRETS_H
#define KBT_SCAN_SECRETS_H

#include "base/arena.h"

/* redact_secrets: ERR_NOMEM only. The text itself where there is nothing to mask. */
enum err redact_secrets(struct str text, struct arena *a, struct str *ret_text) MUST_USE;

#endif
