/* SPDX-License-Identifier: MIT */
#include "scan/rotation.h"

#include <limits.h>
#include <string.h>

static const struct str packed[] = { STR_LIT(".gz"), STR_LIT(".xz"), STR_LIT(".zst"), STR_LIT(".bz2") };

static const char marks_before[] = ".-_~";

/* "1", "1.gz", "20010312-1056.xz", "old", "gz" */
static bool is_turn(struct str s)
{
	static const struct str words[] = { STR_LIT("old"), STR_LIT("bak"), STR_LIT("prev"), STR_LIT("save"),
					    STR_LIT("gz"),  STR_LIT("xz"),  STR_LIT("zst"),  STR_LIT("bz2") };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq(s, words[i]))
			return true;
	for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
		if (str_ends(s, packed[i]))
			return is_turn(str_first(s, s.n - packed[i].n));
	bool digits = false;
	for (size_t i = 0; i < s.n; i++) {
		if (!char_is_digit(s.p[i]) && !strchr("-_.:T~", s.p[i]))
			return false;
		digits = digits || char_is_digit(s.p[i]);
	}
	return digits;
}

/* is_underlined: Sender.lo_ is what SMS makes of Sender.log. */
static bool is_underlined(struct str base, struct str name)
{
	return name.n == base.n && str_ends_nocase(name, STR(".lo_")) && str_ends_nocase(base, STR(".log")) &&
	       str_eq(str_first(base, base.n - 1), str_first(name, name.n - 1));
}

bool rotation_name(struct str base, struct str name)
{
	if (is_underlined(base, name))
		return true;
	if (name.n <= base.n + 1)
		return false;
	if (str_starts(name, base) && strchr(marks_before, name.p[base.n]) && is_turn(str_from(name, base.n + 1)))
		return true;
	const char *dot = memrchr(base.p, '.', base.n);
	struct str stem = str_first(base, dot ? (size_t)(dot - base.p) : 0), ending = str_from(base, stem.n);
	if (!stem.n || !str_starts(name, stem) || !strchr(marks_before, name.p[stem.n]))
		return false;
	struct str rest = str_from(name, stem.n + 1);
	size_t at = str_find(rest, ending);
	if (at == STR_NONE || !is_turn(str_first(rest, at)))
		return false;
	rest = str_from(rest, at + ending.n);
	return !rest.n || (rest.p[0] == '.' && is_turn(str_from(rest, 1)));
}

int64_t rotation_age(struct str base, struct str name)
{
	uint64_t number = 0, digits = 0;
	if (str_eq(base, name))
		return 0;
	if (!rotation_name(base, name))
		return -1;
	size_t same = 0;
	while (same < base.n && same < name.n && base.p[same] == name.p[same])
		same++;
	for (size_t i = same; i < name.n && !char_is_alpha(name.p[i]) && digits < 18; i++) {
		number = char_is_digit(name.p[i]) ? number * 10 + (uint64_t)(name.p[i] - '0') : number;
		digits += char_is_digit(name.p[i]);
	}
	return !digits ? 1 : number < ROTATION_DATED ? (int64_t)number + 1 : INT64_MAX - (int64_t)number;
}

/* stem_bases: "app-20010312.log.1" with the mark at 3 is a rotation of "app.log". */
static void stem_bases(struct str name, size_t mark, rotation_visit *visit, void *context)
{
	char base[NAME_MAX + 1];
	for (size_t dot = mark + 1; dot < name.n; dot++) {
		if (name.p[dot] != '.' || !is_turn((struct str){ name.p + mark + 1, dot - mark - 1 }))
			continue;
		size_t end = str_find_char(str_from(name, dot + 1), '.');
		end = end == STR_NONE ? name.n : dot + 1 + end;
		if (end < name.n && !is_turn(str_from(name, end + 1)))
			continue;
		memcpy(base, name.p, mark);
		memcpy(base + mark, name.p + dot, end - dot);
		visit(context, (struct str){ base, mark + end - dot });
	}
}

void rotation_bases(struct str name, rotation_visit *visit, void *context)
{
	size_t marks = 0;
	if (str_ends_nocase(name, STR(".lo_")) && name.n <= NAME_MAX) {
		char base[NAME_MAX + 1];
		memcpy(base, name.p, name.n);
		base[name.n - 1] = char_is_upper(name.p[name.n - 2]) ? 'G' : 'g';
		visit(context, (struct str){ base, name.n });
	}
	for (size_t i = 0; i < name.n && name.n <= NAME_MAX && marks < ROTATION_MARKS_MAX; i++) {
		if (!strchr(marks_before, name.p[i]))
			continue;
		marks++;
		if (is_turn(str_from(name, i + 1)))
			visit(context, str_first(name, i));
		if (i)
			stem_bases(name, i, visit, context);
	}
}

bool rotation_packed(struct str name)
{
	bool is = false;
	for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
		is = is || str_ends(name, packed[i]);
	return is;
}

static struct str folder_of(struct str path)
{
	const char *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
	return str_first(path, slash ? (size_t)(slash - path.p) + 1 : 0);
}

struct relating {
	struct str other;
	bool found;
};

/* What stands before the number has to look like a log's name: web.1 and web.2 may be two of a kind. */
static void relate_base(void *context, struct str base)
{
	struct relating *r = context;
	r->found = r->found || (str_find_char(base, '.') != STR_NONE && rotation_name(base, r->other));
}

bool rotation_related(struct str path, struct str other)
{
	struct str folder = folder_of(path), name = str_from(path, folder.n), beside = str_from(other, folder.n);
	if (!str_eq(folder, folder_of(other)))
		return false;
	struct relating relating = { .other = beside };
	if (str_eq(name, beside) || rotation_name(name, beside) || rotation_name(beside, name))
		return true;
	rotation_bases(name, relate_base, &relating);
	return relating.found;
}
