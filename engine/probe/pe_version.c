/* SPDX-License-Identifier: MIT */
#include "probe/pe_version.h"

#include "base/wire.h"

enum {
	OPTIONAL_32 = 0x10B,
	OPTIONAL_64 = 0x20B,
	DIRECTORY_RESOURCES = 2,
	SECTIONS_MAX = 96, /* the loader's own limit */
	ENTRIES_MAX = 4096,
	RT_VERSION = 16,
	FIXED_INFO = (int)0xFEEF04BD,
	KEY_BYTES = 32 /* "VS_VERSION_INFO" and its end, in UTF-16 */
};

struct section {
	uint32_t address, file_at, file_size;
};

struct pe {
	struct str bytes;
	struct section sections[SECTIONS_MAX];
	unsigned section_count;
	uint32_t resources; /* their address in memory */
};

/* An address in memory as an offset in the file; false where no section has it. */
static bool offset_of(const struct pe *p, uint32_t address, size_t *ret_offset)
{
	for (unsigned i = 0; i < p->section_count; i++) {
		const struct section *s = &p->sections[i];
		if (address >= s->address && address - s->address < s->file_size) {
			*ret_offset = (size_t)s->file_at + (address - s->address);
			return true;
		}
	}
	return false;
}

static bool read_headers(struct pe *p)
{
	struct wire w = wire_of(p->bytes);
	if (!str_eq(wire_bytes(&w, 2), STR("MZ")))
		return false;
	wire_seek(&w, 0x3C);
	wire_seek(&w, wire_le32(&w));
	if (!str_eq(wire_bytes(&w, 4), (struct str){ "PE\0", 4 }))
		return false;
	wire_skip(&w, 2);
	p->section_count = wire_le16(&w);
	wire_skip(&w, 12);
	size_t optional_size = wire_le16(&w);
	wire_skip(&w, 2);
	size_t optional = w.at;
	uint16_t magic = wire_le16(&w);
	if ((magic != OPTIONAL_32 && magic != OPTIONAL_64) || p->section_count > SECTIONS_MAX)
		return false;
	wire_seek(&w, optional + (magic == OPTIONAL_32 ? 92 : 108));
	uint32_t directories = wire_le32(&w);
	wire_skip(&w, 8 * DIRECTORY_RESOURCES);
	p->resources = directories > DIRECTORY_RESOURCES ? wire_le32(&w) : 0;
	wire_seek(&w, optional + optional_size);
	for (unsigned i = 0; i < p->section_count; i++) {
		wire_skip(&w, 12); /* name, size in memory */
		struct section *s = &p->sections[i];
		s->address = wire_le32(&w);
		s->file_size = wire_le32(&w);
		s->file_at = wire_le32(&w);
		wire_skip(&w, 16);
	}
	return wire_ok(&w);
}

/* find_entry looks for an id in a resource directory (or takes the first entry: id 0). *ret_at is relative to the
 * resources; its top bit, which tells a directory, is cut off and must be as wanted. */
static bool find_entry(const struct pe *p, size_t base, uint32_t at, uint32_t id, bool directory, uint32_t *ret_at)
{
	struct wire w = wire_of(p->bytes);
	wire_seek(&w, base);
	wire_skip(&w, at);
	wire_skip(&w, 12);
	unsigned count = wire_le16(&w);
	count += wire_le16(&w);
	for (unsigned i = 0; i < count && i < ENTRIES_MAX && wire_ok(&w); i++) {
		uint32_t name = wire_le32(&w), where = wire_le32(&w);
		if (wire_ok(&w) && (name == id || !id) && (where >> 31 != 0) == directory) {
			*ret_at = where & 0x7FFFFFFF;
			return true;
		}
	}
	return false;
}

static void read_quad(struct wire *w, uint16_t numbers[static 4])
{
	numbers[1] = wire_le16(w);
	numbers[0] = wire_le16(w);
	numbers[3] = wire_le16(w);
	numbers[2] = wire_le16(w);
}

static bool read_info(const struct pe *p, uint32_t address, struct pe_version *v)
{
	size_t at;
	if (!offset_of(p, address, &at))
		return false;
	struct wire w = wire_of(p->bytes);
	wire_seek(&w, at);
	wire_skip(&w, 6 + KEY_BYTES + 2); /* lengths, key, padding to a multiple of four */
	if (wire_le32(&w) != (uint32_t)FIXED_INFO)
		return false;
	wire_skip(&w, 4);
	read_quad(&w, v->file);
	read_quad(&w, v->product);
	return wire_ok(&w);
}

enum pe_result pe_version_read(struct str bytes, struct pe_version *ret_version)
{
	struct pe p = { .bytes = bytes };
	struct pe_version v = { 0 };
	size_t base;
	uint32_t at;
	if (!read_headers(&p))
		return PE_NOT;
	if (!p.resources || !offset_of(&p, p.resources, &base) || !find_entry(&p, base, 0, RT_VERSION, true, &at) ||
	    !find_entry(&p, base, at, 0, true, &at) || !find_entry(&p, base, at, 0, false, &at))
		return PE_NO_VERSION;
	struct wire w = wire_of(bytes);
	wire_seek(&w, base);
	wire_skip(&w, at);
	uint32_t address = wire_le32(&w);
	if (!wire_ok(&w) || !read_info(&p, address, &v))
		return PE_NO_VERSION;
	*ret_version = v;
	return PE_VERSION;
}

bool pe_version_parse(struct str text, uint16_t ret_numbers[static 4])
{
	uint16_t numbers[4] = { 0 };
	struct str part;
	bool more = true;
	for (int i = 0; more; i++) {
		uint64_t n;
		more = str_cut(text, '.', &part, &text);
		if (i == 4 || !part.n || !char_is_digit(part.p[0]) || !str_u64(part, &n) || n > 0xFFFF)
			return false;
		numbers[i] = (uint16_t)n;
	}
	for (int i = 0; i < 4; i++)
		ret_numbers[i] = numbers[i];
	return true;
}

int pe_version_compare(const uint16_t a[static 4], const uint16_t b[static 4])
{
	for (int i = 0; i < 4; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}
