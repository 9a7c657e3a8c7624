/* SPDX-License-Identifier: MIT
 *
 * Anything as a form with a file. Input: the Content-Type, a line end, the body. What gets through lies within the body
 * and is named in valid UTF-8.
 */
#include "base/utf8.h"
#include "web/multipart.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct str rest = { (const char *)data, size }, type = STR("");
	struct multipart m;
	str_line(&rest, &type);
	if (!multipart_parse(type, rest, &a, &m)) {
		assert(m.fields.count <= MULTIPART_PARTS_MAX);
		assert(utf8_valid(m.file_name) && str_find_char(m.file_name, '/') == STR_NONE);
		for (size_t i = 0; i < m.fields.count; i++)
			assert(utf8_valid(m.fields.items[i].name) && utf8_valid(m.fields.items[i].value));
		assert(!m.file.p || (m.file.p >= rest.p && m.file.p + m.file.n <= rest.p + rest.n));
	}
	arena_free(&a);
	return 0;
}
