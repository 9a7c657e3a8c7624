/* SPDX-License-Identifier: MIT */
#include "probe/spec.h"

bool probe_spec_parse(struct str text, struct arena *a, struct probe_spec *ret_spec)
{
	struct probe_spec s = { 0 };
	struct str word, name, value;
	if (!str_word(&text, &s.name))
		return false;
	while (str_word(&text, &word)) {
		if (str_cut(word, '=', &name, &value)) {
			if (!name.n || s.arg_count == PROBE_ARGS_MAX)
				return false;
			s.args[s.arg_count++] = (struct probe_arg){ name, value };
		} else if (s.arg_count) { /* the value goes on */
			struct probe_arg *last = &s.args[s.arg_count - 1];
			last->value = arena_printf(a, "%.*s %.*s", STR_ARG(last->value), STR_ARG(word));
		} else {
			return false;
		}
	}
	*ret_spec = s;
	return true;
}

struct str probe_spec_arg(const struct probe_spec *spec, const char *name)
{
	for (size_t i = 0; i < spec->arg_count; i++)
		if (str_eq(spec->args[i].name, str_c(name)))
			return spec->args[i].value;
	return STR("");
}
