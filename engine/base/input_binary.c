/* SPDX-License-Identifier: MIT
 *
 * Files that are no text, by their first bytes: see input_layer.h. The marks are those of the formats' own definitions.
 */
#include "base/input_layer.h"

#include <string.h>

static const char *const names[INPUT_BINARIES] = {
	[BINARY_PDF] = "PDF document",	       [BINARY_PICTURE] = "picture",
	[BINARY_PROGRAM] = "program",	       [BINARY_DATABASE] = "database",
	[BINARY_DOCUMENT] = "Office document", [BINARY_MEDIA] = "sound or video file",
	[BINARY_FONT] = "font",		       [BINARY_DUMP] = "memory dump",
	[BINARY_TRACE] = "network trace",      [BINARY_REGISTRY] = "registry hive",
	[BINARY_EVENTS] = "binary event log",
};

static const struct {
	struct str mark;
	size_t at;
	enum input_binary kind;
} marks[] = {
	{ STR_LIT("%PDF-"), 0, BINARY_PDF },
	{ STR_LIT("\x89PNG\r\n\x1a\n"), 0, BINARY_PICTURE },
	{ STR_LIT("\xFF\xD8\xFF"), 0, BINARY_PICTURE },
	{ STR_LIT("GIF8"), 0, BINARY_PICTURE },
	{ STR_LIT("II*\0"), 0, BINARY_PICTURE },
	{ STR_LIT("MM\0*"), 0, BINARY_PICTURE },
	{ STR_LIT("\0\0\1\0"), 0, BINARY_PICTURE },
	{ STR_LIT("WEBP"), 8, BINARY_PICTURE },
	{ STR_LIT("\x7F" "ELF"), 0, BINARY_PROGRAM },
	{ STR_LIT("MZ"), 0, BINARY_PROGRAM },
	{ STR_LIT("\xCA\xFE\xBA\xBE"), 0, BINARY_PROGRAM },
	{ STR_LIT("\xCF\xFA\xED\xFE"), 0, BINARY_PROGRAM },
	{ STR_LIT("\0asm"), 0, BINARY_PROGRAM },
	{ STR_LIT("!<arch>\n"), 0, BINARY_PROGRAM },
	{ STR_LIT("SQLite format 3\0"), 0, BINARY_DATABASE },
	{ STR_LIT("Standard Jet DB"), 4, BINARY_DATABASE },
	{ STR_LIT("Standard ACE DB"), 4, BINARY_DATABASE },
	{ STR_LIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), 0, BINARY_DOCUMENT },
	{ STR_LIT("RIFF"), 0, BINARY_MEDIA },
	{ STR_LIT("ID3"), 0, BINARY_MEDIA },
	{ STR_LIT("OggS"), 0, BINARY_MEDIA },
	{ STR_LIT("fLaC"), 0, BINARY_MEDIA },
	{ STR_LIT("ftyp"), 4, BINARY_MEDIA },
	{ STR_LIT("\x1A\x45\xDF\xA3"), 0, BINARY_MEDIA },
	{ STR_LIT("wOFF"), 0, BINARY_FONT },
	{ STR_LIT("wOF2"), 0, BINARY_FONT },
	{ STR_LIT("\0\1\0\0\0"), 0, BINARY_FONT },
	{ STR_LIT("MDMP"), 0, BINARY_DUMP },
	{ STR_LIT("PAGEDU"), 0, BINARY_DUMP },
	{ STR_LIT("\xD4\xC3\xB2\xA1"), 0, BINARY_TRACE },
	{ STR_LIT("\xA1\xB2\xC3\xD4"), 0, BINARY_TRACE },
	{ STR_LIT("\x0A\x0D\x0D\x0A"), 0, BINARY_TRACE },
	{ STR_LIT("regf"), 0, BINARY_REGISTRY },
	{ STR_LIT("ElfFile\0"), 0, BINARY_EVENTS },
	{ STR_LIT("LPKSHHRH"), 0, BINARY_EVENTS },
};

bool input_begins_as_text(struct str head)
{
	for (size_t i = 0; i < head.n; i++)
		if (!head.p[i] || ((unsigned char)head.p[i] < ' ' && !strchr("\t\n\r\f\x1b", head.p[i])))
			return str_starts(head, STR("\xFF\xFE")) || str_starts(head, STR("\xFE\xFF"));
	return head.n;
}

/* is_bitmap: four zeros behind its length; the letters alone begin a text as well ("BMC ..."). */
static bool is_bitmap(struct str head)
{
	return str_starts(head, STR("BM")) && str_starts(str_from(head, 6), STR("\0\0\0\0"));
}

bool input_is_binary(struct str head, enum input_binary *ret_kind)
{
	if (is_bitmap(head)) {
		*ret_kind = BINARY_PICTURE;
		return true;
	}
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (!str_starts(str_from(head, marks[i].at), marks[i].mark))
			continue;
		*ret_kind = marks[i].kind;
		return marks[i].kind == BINARY_PDF || !input_begins_as_text(head);
	}
	return false;
}

size_t input_say_binaries(const size_t counts[INPUT_BINARIES], struct buf *out)
{
	size_t all = 0;
	for (int i = 0; i < INPUT_BINARIES; i++) {
		if (!counts[i])
			continue;
		buf_addf(out, "%s%zu %s%s", all ? ", " : "", counts[i], names[i], counts[i] == 1 ? "" : "s");
		all += counts[i];
	}
	return all;
}

const size_t *input_left_out(const struct input *in)
{
	return in->left_out;
}
