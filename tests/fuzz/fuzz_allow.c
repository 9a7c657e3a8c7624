/* SPDX-License-Identifier: MIT
 *
 * Any lines as rules of --allow: whatever they say, a special address stays closed unless it is named by itself.
 */
#include "web/allow.h"

#include <arpa/inet.h>
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool may(struct allow *allow, const char *address, unsigned port)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	const char *why = NULL;
	inet_pton(AF_INET, address, &to.sin_addr);
	bool yes = allow_address(allow, (struct sockaddr *)&to, port, &why);
	assert(yes || why);
	return yes;
}

static bool names(const struct allow_rules *rules, const char *address)
{
	struct in6_addr want = { .s6_addr = { [10] = 0xff, [11] = 0xff } };
	inet_pton(AF_INET, address, &want.s6_addr[12]);
	for (size_t i = 0; i < rules->count; i++) { /* its last four bytes: also inside IPv6 */
		const struct allow_rule *rule = &rules->items[i];
		for (size_t k = 0; !rule->name.n && rule->bits == 128 && k <= 12; k++)
			if (!__builtin_memcmp(&rule->address.s6_addr[k], &want.s6_addr[12], 4))
				return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const special[] = { "169.254.169.254", "224.0.0.1", "255.255.255.255", "0.0.0.0" };
	struct arena a = { 0 };
	struct diags d = { .arena = &a };
	struct allow_rules rules = { 0 };
	struct probe_files files = { 0 };
	struct allow allow;
	struct str rest = { (const char *)data, size }, line;
	while (str_line(&rest, &line)) {
		size_t before = rules.count, errors = d.errors;
		enum err e = allow_rule_parse(line, &a, &d, &rules);
		assert(e ? d.errors > errors && rules.count == before : rules.count <= before + 1);
	}
	allow_init(&allow, &rules, false, &files);
	allow.server_count = 0;
	for (size_t i = 0; i < sizeof special / sizeof *special; i++)
		assert(!may(&allow, special[i], 445) || names(&rules, special[i]));
	assert(rules.count || rules.own || !may(&allow, "10.0.0.1", 445));
	arena_free(&a);
	return 0;
}
