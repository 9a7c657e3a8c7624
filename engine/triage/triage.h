/* SPDX-License-Identifier: MIT
 *
 * The loop: look up > bind > plan > probe > evidence > verdict. Owns nothing that outlives a call; emits events as
 * they happen. The command line and the page call it alike.
 */
#ifndef KBT_TRIAGE_TRIAGE_H
#define KBT_TRIAGE_TRIAGE_H

#include "diagnose/diagnose.h"
#include "probe/driver.h"

/* One answer with what the KB says of it. */
struct triage_match {
	const struct match *match;
	struct rule rule; /* cause, resolutions, status; merged, authored first */
};

struct triage_answer {
	struct match_answer found;
	struct triage_match *matches; /* parallel to found.matches */
	struct triage_match *nearest; /* parallel to found.nearest */
};

/* triage_lookup: the articles that explain a text, each with its rule from the store; sends nothing. What match_message
 * and the store say of errors. */
enum err triage_lookup(struct store *s, const struct matcher *m, struct match_scratch *scratch, struct str text,
		       const struct match_options *options, struct arena *a, struct triage_answer *ret_answer) MUST_USE;

/* A rule that a verdict goes by: "causes", or an article's id; version: of its bytes. */
struct triage_version {
	struct str name, version;
};

struct triage_report {
	struct triage_answer answer;
	struct binding *bindings;
	size_t binding_count, binding_cap;
	struct need *needs;
	size_t need_count;
	struct evidence **evidence;
	size_t evidence_count, evidence_cap;
	struct ladder_step *ladder;
	size_t ladder_count;
	struct verdict verdict;
	struct str refused; /* the target, where the driver's policy lets no probe reach it; the verdict says why */
	struct str refused_why;
	struct driver_count sent;
	bool offline;
	double ms;
	struct triage_version *versions;
	size_t version_count, version_cap;
	/* Of the verdict that is verified by this one; else empty. Who calls sets it. */
	struct str before_state, before_cause;
	struct str *changed; /* of a replay: names of rules that are others by now */
	size_t changed_count, changed_cap;
};

enum triage_event { TRIAGE_MATCH, TRIAGE_WAVE, TRIAGE_PROBE, TRIAGE_VERDICT };

struct triage_log {
	struct str name, bytes;
}; /* a log beside the message; name: of its file, without folders */

struct triage_options {
	struct match_options match;
	const struct binding *set; /* --set and corrected chips */
	size_t set_count;
	const struct triage_log *logs;
	size_t log_count;
	bool offline, all;
	bool after_fix;	    /* the question is whether what was wrong before is mended */
	bool reads_program; /* a file that the binding `program` names may be read */
	bool only_ruled; /* probe only for an article that speaks of the network, also where a server is set */
	double start_delay_ms;
	/* replay: this evidence and no other, nothing is probed; NULL to probe. */
	struct evidence *const *replay;
	size_t replay_count;
	/* Of the report that is replayed. */
	struct str refused, refused_why;
	struct driver_count replay_sent;
	double replay_ms;
	struct str replay_cause; /* of its verdict; empty where it had none */
	const struct triage_version *replay_versions; /* what is another by now is said */
	size_t replay_version_count;
	/* emit: called on the calling thread as things happen; the report is filled up to there, its verdict as it
	 * would be without another probe. e is the new piece of evidence of TRIAGE_PROBE, else NULL. May be NULL. */
	void (*emit)(void *context, enum triage_event event, const struct triage_report *report,
		     const struct evidence *e);
	void *context;
};

/* triage_unknown: the first name at which nothing would look: the probes look at some, and at what the articles that
 * answer name (answer may be NULL: at nothing of these). "knows no NAME: it knows ...", or empty where all are
 * known. */
struct str triage_unknown(const struct binding *set, size_t count, const struct triage_answer *answer, struct arena *a);

/* triage_binding_fits: can the value be what its name says (a host name, an address, a port, an interface)? If not, the
 * sentence goes to d (may be NULL). triage_run leaves out what does not fit. */
bool triage_binding_fits(const struct binding *b, struct arena *a, struct diags *d);

/* triage_run: the whole diagnosis. driver may be NULL only where options->offline. ERR_INTERRUPTED when cancelled. */
enum err triage_run(struct store *s, const struct matcher *m, struct match_scratch *scratch,
		    const struct causes *causes, struct driver *driver, const struct probe_files *files,
		    struct str text, const struct triage_options *options, struct arena *a,
		    struct triage_report *ret_report) MUST_USE;

/* triage_read_files reads the client's own files (/etc/hosts, resolv.conf, nsswitch.conf, samba/lmhosts,
 * samba/smb.conf), each at most 256 KiB; an unreadable one is absent, with a note in d. */
enum err triage_read_files(struct arena *a, struct diags *d, struct probe_files *ret_files) MUST_USE;
/* triage_read_program reads a program file for probe pe (at most 16 MiB of it); upper and lower case in the path do not
 * matter where the exact one is not there. Of a folder (a mounted share) the file `name` is taken that lies in it, in
 * one of its folders, or in BIN and one of its folders. ERR_INPUT with a sentence where it cannot. */
enum err triage_read_program(struct str path, struct str name, struct arena *a, struct diags *d,
			     struct str *ret_bytes) MUST_USE;

#endif
