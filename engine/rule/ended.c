/* SPDX-License-Identifier: MIT
 *
 * How a program ended: that a number is its exit status, or the signal that ended it, by the words before the number;
 * and whose table it is from, by the program that the text names. Exit statuses are 0 to 255 (POSIX.1 2.8.2; cmd.exe's
 * 9009 beside them); what is larger is an error of Windows that a program ended with. Pure, linear.
 */
#include "rule/rule.h"

#include <string.h>

enum {
	WORDS_BEFORE = 48,
	NAMES_BEFORE = 400, /* bytes in which a program is looked for that ended so */
	NAMES_BEHIND = 80,
	SIGNALS = 31, /* those behind are of real time, and seldom end a program */
	STATUS_MAX = 255,
	NOT_A_COMMAND = 9009 /* cmd.exe's */
};

static bool ends_any(struct str head, const struct str *phrases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str p = phrases[i];
		if (head.n >= p.n && str_eq_nocase(str_from(head, head.n - p.n), p) &&
		    (head.n == p.n || !char_is_word(head.p[head.n - p.n - 1]) || !char_is_word(p.p[0])))
			return true;
	}
	return false;
}

/* "exit status 5", "exited with code 1", "ExitCode=137", "Exited (137)", "code=exited, status=1/FAILURE"; the last
 * three are of a task of Windows' scheduler. */
static const struct str endings[] = {
	STR_LIT("exit"),
	STR_LIT("exited"),
	STR_LIT("exits"),
	STR_LIT("exit status"),
	STR_LIT("exit code"),
	STR_LIT("exit value"),
	STR_LIT("exit-code"),
	STR_LIT("exit_code"),
	STR_LIT("exit-status"),
	STR_LIT("exit_status"),
	STR_LIT("exitcode"),
	STR_LIT("exitstatus"),
	STR_LIT("exited with"),
	STR_LIT("exits with"),
	STR_LIT("exit with"),
	STR_LIT("exited code"),
	STR_LIT("exited status"),
	STR_LIT("exited with status"),
	STR_LIT("exited with code"),
	STR_LIT("exited with error"),
	STR_LIT("exited with error code"),
	STR_LIT("exited with return code"),
	STR_LIT("exited with a code of"),
	STR_LIT("exit code of"),
	STR_LIT("exit status of"),
	STR_LIT("exit code was"),
	STR_LIT("exit status was"),
	STR_LIT("exit code is"),
	STR_LIT("exited with a status of"),
	STR_LIT("exits with code"),
	STR_LIT("exits with status"),
	STR_LIT("quit with code"),
	STR_LIT("ended with code"),
	STR_LIT("ended with status"),
	STR_LIT("finished with code"),
	STR_LIT("failed with code"),
	STR_LIT("terminated with code"),
	STR_LIT("terminated with status"),
	STR_LIT("completed with code"),
	STR_LIT("non-zero code"),
	STR_LIT("non-zero status"),
	STR_LIT("nonzero status"),
	STR_LIT("nonzero code"),
	STR_LIT("code=exited, status"),
	STR_LIT("errorlevel"),
	STR_LIT("errorlevel is"),
	STR_LIT("error level"),
	STR_LIT("returned non-zero"),
	STR_LIT("code elifecycle npm err! errno"),
	STR_LIT("last result"),
	STR_LIT("last run result"),
	STR_LIT("lasttaskresult"),
};

static bool says_ended(struct str head)
{
	return ends_any(head, endings, sizeof endings / sizeof *endings);
}

static bool says_signal(struct str head)
{
	static const struct str phrases[] = { STR_LIT("signal"), STR_LIT("code=killed, status"),
					      STR_LIT("code=dumped, status"), STR_LIT("by sig") };
	return ends_any(head, phrases, sizeof phrases / sizeof *phrases);
}

/* "returned 127", "status 143": said of much else, but these numbers, behind nothing else, are a shell's. */
static bool says_returned(struct str head, struct str tail, int64_t value)
{
	static const struct str phrases[] = { STR_LIT("returned"),    STR_LIT("return"),	STR_LIT("status"),
					      STR_LIT("return code"), STR_LIT("returned code"), STR_LIT("code"),
					      STR_LIT("rc"),	      STR_LIT("return value"),	STR_LIT("with code") };
	bool shell = value == 126 || value == 127 || (value >= 129 && value <= 143);
	while (tail.n && strchr(" .,;)]'\"", tail.p[0]))
		tail = str_from(tail, 1);
	return shell && !tail.n && ends_any(head, phrases, sizeof phrases / sizeof *phrases);
}

/* Words that only with a program's name before them are about how that ended: "rsync returned 23", "curl failed: 7". */
static bool says_of_program(struct str head)
{
	static const struct str phrases[] = {
		STR_LIT("returned"),	 STR_LIT("return code"), STR_LIT("returned code"),
		STR_LIT("return value"), STR_LIT("status"),	 STR_LIT("error code"),
		STR_LIT("failed with"),	 STR_LIT("error"),	 STR_LIT("returned error"),
		STR_LIT("failed"),	 STR_LIT("rc"),		 STR_LIT("code"),
		STR_LIT("retcode"),	 STR_LIT("gives"),	 STR_LIT("gave"),
		STR_LIT("returns"),	 STR_LIT("came back with"), STR_LIT("comes back with"),
		STR_LIT("ended with"),
	};
	return ends_any(head, phrases, sizeof phrases / sizeof *phrases);
}

static const struct program {
	struct str name, family;
	uint8_t first, last;
	bool only_ends; /* the name is a word of other matters, too: only of what says that it ended */
} programs[] = {
	{ STR_LIT("curl"), STR_LIT("curl"), 1, 99, false },
	{ STR_LIT("wget"), STR_LIT("wget"), 1, 8, false },
	{ STR_LIT("rsync"), STR_LIT("rsync"), 1, 35, false },
	{ STR_LIT("robocopy"), STR_LIT("robocopy"), 1, 31, false },
	{ STR_LIT("mount"), STR_LIT("mount"), 1, 127, true },
	{ STR_LIT("mounting"), STR_LIT("mount"), 1, 127, true },
	{ STR_LIT("mount.nfs"), STR_LIT("mount"), 1, 127, true },
	{ STR_LIT("mount.cifs"), STR_LIT("mount"), 1, 127, true },
	{ STR_LIT("fsck"), STR_LIT("fsck"), 1, 128, true },
	{ STR_LIT("e2fsck"), STR_LIT("fsck"), 1, 128, true },
	{ STR_LIT("ssh"), STR_LIT("ssh"), 255, 255, true },
	{ STR_LIT("scp"), STR_LIT("ssh"), 255, 255, true },
	{ STR_LIT("sftp"), STR_LIT("ssh"), 255, 255, true },
	{ STR_LIT("docker"), STR_LIT("docker"), 125, 125, true },
	{ STR_LIT("podman"), STR_LIT("docker"), 125, 125, true },
	{ STR_LIT("git"), STR_LIT("git"), 128, 129, true },
	{ STR_LIT("apt"), STR_LIT("apt"), 100, 100, true },
	{ STR_LIT("apt-get"), STR_LIT("apt"), 100, 100, true },
	{ STR_LIT("ansible"), STR_LIT("ansible"), 1, 5, true },
	{ STR_LIT("ansible-playbook"), STR_LIT("ansible"), 1, 5, true },
	{ STR_LIT("pytest"), STR_LIT("pytest"), 1, 5, true },
	{ STR_LIT("psql"), STR_LIT("psql"), 1, 3, true },
	{ STR_LIT("dig"), STR_LIT("dig"), 1, 10, true },
	{ STR_LIT("aws"), STR_LIT("aws"), 252, 255, true },
	{ STR_LIT("sendmail"), STR_LIT("sysexits"), 64, 78, true },
	{ STR_LIT("procmail"), STR_LIT("sysexits"), 64, 78, true },
	{ STR_LIT("postfix"), STR_LIT("sysexits"), 64, 78, true },
	{ STR_LIT("maildrop"), STR_LIT("sysexits"), 64, 78, true },
};

/* The word is there by itself: "curl", "/usr/bin/curl", "curl:"; not "libcurl", "curl-config". */
static bool names(struct str text, struct str name)
{
	for (size_t at = 0, n; (n = str_find_nocase(str_from(text, at), name)) != STR_NONE; at += n + 1) {
		size_t start = at + n, end = start + name.n;
		bool begins = !start || (!char_is_word(text.p[start - 1]) && !strchr("-.", text.p[start - 1]));
		bool ends = end == text.n || (!char_is_word(text.p[end]) && text.p[end] != '-' &&
					      !(text.p[end] == '.' && end + 1 < text.n && text.p[end + 1] != 'e' &&
						char_is_word(text.p[end + 1])));
		if (begins && ends)
			return true;
	}
	return false;
}

static const struct program *program_of(struct str around, int64_t value)
{
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (value >= programs[i].first && value <= programs[i].last && names(around, programs[i].name))
			return &programs[i];
	return NULL;
}

/* "make: *** [Makefile:3: all] Error 2", "make[1]: *** Error 127" */
static bool is_make(struct str before)
{
	return (str_ends(before, STR("] Error")) && str_find(before, STR("*** [")) != STR_NONE) ||
	       str_ends(before, STR(": *** Error"));
}

/* "curl: (7) ..." */
static bool is_curl(struct str text, size_t start, size_t end)
{
	static const struct str mark = STR_LIT("curl: (");
	return start >= mark.n && end < text.n && text.p[end] == ')' &&
	       str_eq(str_part(text, start - mark.n, start), mark) &&
	       (start == mark.n || !char_is_word(text.p[start - mark.n - 1]));
}

/* "(code 23) at io.c(285)": how rsync ends, whatever has happened. */
static bool is_rsync(struct str text, struct str head, size_t end)
{
	return str_ends(head, STR("(code")) && str_starts(str_from(text, end), STR(") at "));
}

bool rule_is_end(struct str text, size_t start)
{
	struct str head = str_part(text, start > WORDS_BEFORE ? start - WORDS_BEFORE : 0, start);
	while (head.n && strchr(" \t\r\n=:(#'\"", head.p[head.n - 1]))
		head.n--;
	return says_ended(head);
}

struct str rule_ended_family(struct str text, size_t start, size_t end, int64_t value)
{
	struct str head = str_part(text, start > WORDS_BEFORE ? start - WORDS_BEFORE : 0, start);
	struct str tail = str_part(text, end, end + NAMES_BEHIND < text.n ? end + NAMES_BEHIND : text.n);
	struct str around = str_part(text, start > NAMES_BEFORE ? start - NAMES_BEFORE : 0, start);
	struct str before = str_first(around, around.n && char_is_space(text.p[start - 1]) ? around.n - 1 : around.n);
	around.n = (size_t)(tail.p + tail.n - around.p);
	while (head.n && strchr(" \t\r\n=:(#'\"", head.p[head.n - 1]))
		head.n--;
	if (value == NOT_A_COMMAND && says_ended(head))
		return STR("exit");
	if (value < 0 || value > STATUS_MAX)
		return STR("");
	if (is_curl(text, start, end))
		return STR("curl");
	if (is_rsync(text, head, end))
		return STR("rsync");
	if (says_signal(head) && value && value <= SIGNALS)
		return STR("signal");
	bool ended = says_ended(head) || is_make(before);
	bool systemd = ended && str_starts(tail, STR("/")) && tail.n > 1 && char_is_upper(tail.p[1]);
	if (systemd)
		return value >= 200 ? STR("systemd") : STR("exit");
	const struct program *p = ended || says_of_program(head) ? program_of(around, value) : NULL;
	if (p && (ended || !p->only_ends))
		return p->family;
	return ended || says_returned(head, tail, value) ? STR("exit") : STR("");
}

bool rule_is_ended_family(struct str family)
{
	static const struct str others[] = { STR_LIT("exit"), STR_LIT("signal"), STR_LIT("systemd") };
	if (STR_IS_ANY(family, others, str_eq))
		return true;
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (str_eq(family, programs[i].family))
			return true;
	return false;
}
