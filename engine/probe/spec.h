/* SPDX-License-Identifier: MIT
 *
 * A probe as an article asks for it, on one line: "pe name=CONNRAS.DLL path={program} at_least=2.0.1493.3273". A value
 * goes on to the next name=; {name} in it stands for a binding, and what is not bound is not asked. Pure.
 */
#ifndef KBT_PROBE_SPEC_H
#define KBT_PROBE_SPEC_H

#include "probe/probe.h"

struct probe_spec {
	struct str name;
	struct probe_arg args[PROBE_ARGS_MAX];
	size_t arg_count;
};

/* probe_spec_parse: false where it is no name with name=value behind it. */
bool probe_spec_parse(struct str text, struct arena *a, struct probe_spec *ret_spec);
struct str probe_spec_arg(const struct probe_spec *spec, const char *name); /* empty where it is not given */

#endif
