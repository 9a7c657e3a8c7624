/* SPDX-License-Identifier: MIT
 *
 * What to ask of the name's IPv6 address, where the target is the other one and works. Of a name with both kinds of
 * address a client begins with the one of IPv6, and stays with it where the connection comes about.
 */
#include "diagnose/plan_inside.h"

/* ask_service: one connection on which something large is said and so much besides that a loss shows; of a service that
 * is not spoken to, pings. Where a large request of SMB's has no answer a small one tells whether the service answers
 * at all, or is only slow to. */
static void ask_service(struct wave *w, struct str address, const struct evidence *open)
{
	static const char *const pads[] = { DIGEST_PAD, DIGEST_PAD_NONE }, *const waits[] = { "1500", "4000" };
	const struct digest *d = w->d;
	const struct evidence *large = digest_look(d, "smb", ARG("address", address), ARG("pad", S(DIGEST_PAD)));
	bool again = evidence_state(large, "silent");
	if (d->smb)
		ask(w, "smb", ARG("address", address), ARG("port", S("445")), ARG("dialects", S("smb311")),
		    ARG("pad", str_c(pads[again])), ARG("listen", S("0")), ARG("wait", str_c(waits[again])),
		    ARG("echo", S("4")));
	else if (str_eq(evidence_text(open, "tcp.service"), S("ssh")))
		ask(w, "ssh", ARG("address", address), ARG("port", d->port));
	else
		ask(w, "icmp", ARG("address", address), ARG("count", S("12")), ARG("interval", S("20")),
		    ARG("wait", S("600")));
}

/* ask_large: where large pings vanish, or all do, and nothing large was said, datagrams are asked, too. */
static void ask_large(struct wave *w, struct str address, const struct evidence *open)
{
	const struct digest *d = w->d;
	const struct evidence *ping = digest_look(d, "mtu", ARG("address", address), ARG("port", S("")));
	bool doubtful = evidence_state(ping, "blackhole") || evidence_state(ping, "silent");
	struct str wait = evidence_number(open, "tcp.ms", 1000) < NEAR_MS ? S("100") : S("700");
	if (!doubtful || !digest_fact(d, "mtu.ipv6").n)
		ask(w, "mtu", ARG("address", address), ARG("port", doubtful ? S(DIGEST_NOBODYS_PORT) : S("")),
		    ARG("size", plan_large_size(w, open)), ARG("wait", wait));
}

void step_ipv6(struct wave *w)
{
	const struct digest *d = w->d;
	struct str address = list_first(d->v6);
	if (!digest_is(d, "tcp.ipv6", "open") || !plan_open(d) || plan_slow_way(d))
		return;
	const struct evidence *open = digest_look(d, "tcp", ARG("address", address), ARG("port", d->port));
	ask_service(w, address, open);
	ask_large(w, address, open);
	if (digest_doubts_ipv6(d))
		ask(w, "icmp", ARG("address", address), ARG("count", S("20")), ARG("interval", S("20")),
		    ARG("wait", S("600")));
}
