/* SPDX-License-Identifier: MIT
 *
 * Literals of messages: see literals.h.
 */
#include "scan/literals.h"

enum err literals_prefilter(const struct matcher *m, bool portable, struct prefilter **ret_prefilter)
{
	(void)m;
	(void)portable;
	*ret_prefilter = NULL;
	return ERR_OK;
}
