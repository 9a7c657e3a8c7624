/* SPDX-License-Identifier: MIT */
#include "triage/versions.h"

#include "base/hash.h"
#include "diagnose/cause.h"

enum { NOTED_MAX = 16 }; /* answers behind these change nothing */

#define CAUSES STR("causes")

/* version_of: empty where it is not there. */
static struct str version_of(struct store *s, const struct causes *causes, struct str name, struct arena *a)
{
	struct store_source *sources;
	size_t count;
	uint64_t hash = 0;
	if (str_eq(name, CAUSES))
		return arena_printf(a, "%016llx", (unsigned long long)causes->version);
	if (store_article(s, name, a, &sources, &count))
		return STR("");
	for (size_t i = 0; i < count; i++)
		hash = hash_seeded(sources[i].bytes, hash);
	return arena_printf(a, "%016llx", (unsigned long long)hash);
}

static void note(struct store *s, const struct causes *causes, struct str name, struct arena *a,
		 struct triage_report *r)
{
	struct triage_version *v = arena_push(a, &r->versions, &r->version_count, &r->version_cap);
	if (v)
		*v = (struct triage_version){ name, version_of(s, causes, name, a) };
}

void versions_note(struct store *s, const struct causes *causes, struct arena *a, struct triage_report *report)
{
	const struct match_answer *found = &report->answer.found;
	note(s, causes, CAUSES, a, report);
	for (size_t i = 0; i < found->match_count && i < NOTED_MAX; i++)
		note(s, causes, found->matches[i].id, a, report);
}

static void say_changed(struct str name, struct arena *a, struct triage_report *r)
{
	struct str *slot = arena_push(a, &r->changed, &r->changed_count, &r->changed_cap);
	if (slot)
		*slot = name;
}

void versions_compare(struct store *s, const struct causes *causes, const struct triage_version *before, size_t count,
		      struct arena *a, struct triage_report *report)
{
	const struct match_answer *found = &report->answer.found;
	bool best_is_new = count && found->match_count > 0;
	for (size_t i = 0; i < count; i++) {
		if (!str_eq(before[i].version, version_of(s, causes, before[i].name, a)))
			say_changed(before[i].name, a, report);
		best_is_new = best_is_new && !str_eq(before[i].name, found->matches[0].id);
	}
	if (best_is_new)
		say_changed(found->matches[0].id, a, report);
}
