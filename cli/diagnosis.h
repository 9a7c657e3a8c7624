/* SPDX-License-Identifier: MIT
 *
 * What diagnose, replay and verify share: the handles that a diagnosis needs, the lines that appear as it goes, its
 * exit code, and the saved incident as a file.
 */
#ifndef KBT_CLI_DIAGNOSIS_H
#define KBT_CLI_DIAGNOSIS_H

#include "cli/cmd.h"
#include "triage/incident.h"

enum { SETS_MAX = 32, LOGS_MAX = 8, LOG_BYTES_MAX = 64 << 20 };

struct diagnosis {
	struct cmd_context *c;
	struct binding sets[SETS_MAX];
	size_t set_count;
	struct triage_log logs[LOGS_MAX];
	size_t log_count;
	const struct incident *replay; /* its evidence and no other; or NULL */
	bool after_fix; /* something was wrong before, and the question is whether it still is */
	const struct incident *before; /* the incident that is verified, or NULL */
	struct store *store;
	struct matcher *matcher;
	struct match_scratch *scratch;
	struct causes *causes;
	struct driver *driver; /* NULL offline and in a replay */
	struct probe_files files;
	struct triage_report report;
};

bool diagnosis_read_sets(struct diagnosis *d); /* --set; false after an error on stderr */
enum err diagnosis_read_logs(struct diagnosis *d) MUST_USE; /* --log */
enum err diagnosis_open(struct diagnosis *d, bool live) MUST_USE;
/* diagnosis_check_sets refuses a name of --set at which neither the probes nor the articles of the text look. */
enum err diagnosis_check_sets(struct diagnosis *d, struct str text) MUST_USE;
void diagnosis_close(struct diagnosis *d);
/* diagnosis_run prints as it goes, and with --json the report at the end. */
enum err diagnosis_run(struct diagnosis *d, struct str text, double start_delay_ms) MUST_USE;
int diagnosis_exit_code(const struct triage_report *r);

/* diagnosis_save: beside, synced, renamed; ERR_EXISTS where the file is there and not force. */
enum err diagnosis_save(struct diagnosis *d, const char *path, bool force) MUST_USE;

/* diagnosis_again is a command over the saved incident that is its one argument: from the kept evidence, or live.
 * say (may be NULL) adds to the text at the end. Gives the exit code. */
int diagnosis_again(struct cmd_context *c, bool live,
		    void (*say)(struct cmd_context *c, const struct incident *before, const struct verdict *now));

#endif
