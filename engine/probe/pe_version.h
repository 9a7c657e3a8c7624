/* SPDX-License-Identifier: MIT
 *
 * The version of a Windows program file, from its bytes (PE format, sections "Section Table" and ".rsrc";
 * VS_VERSIONINFO). The bytes are not trusted: every offset is checked, the resource tree is three levels deep and no
 * deeper. Pure.
 */
#ifndef KBT_PROBE_PE_VERSION_H
#define KBT_PROBE_PE_VERSION_H

#include "base/str.h"

struct pe_version {
	uint16_t file[4], product[4]; /* 2.0.1493.3273 */
};

enum pe_result { PE_VERSION, PE_NO_VERSION, PE_NOT };

/* pe_version_read: of a whole Windows program file, whose bytes may be anything. Filled for PE_VERSION alone. */
enum pe_result pe_version_read(struct str bytes, struct pe_version *ret_version);
/* pe_version_parse reads one to four numbers with dots between; missing ones are 0. */
bool pe_version_parse(struct str text, uint16_t ret_numbers[static 4]);
int pe_version_compare(const uint16_t a[static 4], const uint16_t b[static 4]);

#endif
