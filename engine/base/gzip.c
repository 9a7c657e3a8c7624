/* SPDX-License-Identifier: MIT
 *
 * By libarchive, as what is read packed is unpacked by it (input_layer.c). See gzip.h.
 */
#include "base/gzip.h"

#include <archive.h>
#include <archive_entry.h>

static la_ssize_t take(struct archive *a, void *context, const void *p, size_t n)
{
	(void)a;
	buf_add_bytes(context, p, n);
	return (la_ssize_t)n;
}

static bool write_all(struct archive *a, struct archive_entry *e, struct str bytes, struct buf *out)
{
	bool opened = archive_write_set_format_raw(a) == ARCHIVE_OK && archive_write_add_filter_gzip(a) == ARCHIVE_OK &&
		      archive_write_set_options(a, "gzip:compression-level=9,gzip:!timestamp") == ARCHIVE_OK &&
		      archive_write_set_bytes_in_last_block(a, 1) == ARCHIVE_OK &&
		      archive_write_open(a, out, NULL, take, NULL) == ARCHIVE_OK;
	if (!opened)
		return false;
	archive_entry_set_filetype(e, AE_IFREG);
	return archive_write_header(a, e) == ARCHIVE_OK &&
	       archive_write_data(a, bytes.p, bytes.n) == (la_ssize_t)bytes.n && archive_write_close(a) == ARCHIVE_OK;
}

enum err gzip_pack(struct str bytes, struct buf *out)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	bool done = a && e && write_all(a, e, bytes, out);
	archive_entry_free(e);
	archive_write_free(a);
	return done ? buf_err(out) : ERR_NOMEM;
}
