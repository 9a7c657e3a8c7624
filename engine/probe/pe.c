/* SPDX-License-Identifier: MIT
 *
 * Which version is a Windows program file of? Takes the file's bytes from the caller (probe_files.program) and, with
 * at_least=, compares. A file below a version that is known to be good is not thereby known to be bad. Sends nothing.
 */
#include "probe/pe_version.h"
#include "probe/probe_machine.h"

static const struct probe_arg_help args[] = {
	{ "path", true, "the file, which the caller reads; no regard to upper and lower case", ARG_TEXT },
	{ "name", false, "what the file is called, where path= is the folder that holds it", ARG_TEXT },
	{ "at_least", false, "a version to compare with", ARG_TEXT },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "read", "the file tells its version" },
	{ "no-version", "it is a program file without a version" },
	{ "not-pe", "it is no Windows program file" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "file.state", FACT_TEXT, "the state" },
	{ "file.name", FACT_TEXT, "its name, without folders" },
	{ "file.version", FACT_TEXT, "file version" },
	{ "file.product_version", FACT_TEXT, "product version" },
	{ "file.at_least", FACT_BOOL, "the file version is at_least= or later" },
	{ 0 }
};

static void version_fact(struct machine *m, const char *fact, const uint16_t v[static 4])
{
	machine_text(m, fact, arena_printf(m->arena, "%u.%u.%u.%u", v[0], v[1], v[2], v[3]));
}

static void pe_start(struct machine *m)
{
	const struct probe_files *f = m->request->files;
	struct str path = machine_arg(m, "path"), least = machine_arg(m, "at_least"), name = path;
	struct pe_version v;
	uint16_t wanted[4] = { 0 };
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '/' || path.p[i] == '\\')
			name = str_from(path, i + 1);
	if (machine_arg(m, "name").n)
		name = machine_arg(m, "name");
	if (least.n && !pe_version_parse(least, wanted)) {
		machine_not_run(m, "%.*s is not a version", STR_ARG(least));
		return;
	}
	if (!f || !f->program.p) {
		machine_not_run(m, "%.*s was not read", STR_ARG(path));
		return;
	}
	enum pe_result r = pe_version_read(f->program, &v);
	const char *state = r == PE_VERSION ? "read" : r == PE_NO_VERSION ? "no-version" : "not-pe";
	machine_text(m, "file.state", str_c(state));
	machine_text(m, "file.name", name);
	if (r == PE_VERSION) {
		version_fact(m, "file.version", v.file);
		version_fact(m, "file.product_version", v.product);
		if (least.n)
			machine_bool(m, "file.at_least", pe_version_compare(v.file, wanted) >= 0);
		machine_end(m, state, "%.*s is version %u.%u.%u.%u", STR_ARG(name), v.file[0], v.file[1], v.file[2],
			    v.file[3]);
	} else {
		machine_end(m, state, "%.*s: %s", STR_ARG(name),
			    r == PE_NO_VERSION ? "it tells no version" : "it is no Windows program file");
	}
}

static void pe_feed(struct machine *m, const struct event *e)
{
	(void)m; /* it ends when it starts */
	(void)e;
}

const struct probe pe_probe = {
	.name = "pe",
	.says = "the version of a Windows program file",
	.args = args,
	.states = states,
	.facts = facts,
	.deadline_ms = 1000,
	.state_size = 1,
	.start = pe_start,
	.feed = pe_feed,
};
