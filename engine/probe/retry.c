/* SPDX-License-Identifier: MIT
 *
 * The retry signature: connect again and again at one spacing, and read the row. Failures, then successes and no
 * failure after, is a matter of timing (a link that carries only seconds after it came up); the other way round it
 * broke meanwhile; a mix is flaky; only failures is down. Fewer than 10 attempts, or fewer than 5 alike at the end of a
 * row that changed once, do not tell. Each connection carries nothing of ours and is reset at once, or once it was
 * watched: three packets, and nothing of it lingers. Of a service that greets, the greeting is a round trip of its own:
 * it follows the last packet with which the connection is made. Where it does not come, the first byte of an answer to
 * it is said all the same: it brings with it what the server lacks of the connection, and what was lost follows. Where
 * nothing does, the server has it all, and keeps still.
 */
#include "probe/outcome.h"

#include <string.h>

static const struct probe_arg_help args[] = {
	{ "address", true, "address to connect to", ARG_ADDRESS },
	{ "port", true, "TCP port", ARG_PORT },
	{ "attempts", false, "how many (default 12, at most 30)", ARG_NUMBER },
	{ "spacing", false, "from one to the next, in ms (default 1000); longer where one waits longer", ARG_NUMBER },
	{ "wait", false, "how long one may take, in ms (default 700: before the system repeats its request)",
	  ARG_NUMBER },
	{ "watch", false, "how long each has to stay open to count as a success, in ms (default 0)", ARG_NUMBER },
	{ "hear", false,
	  "how long the service's first word is waited for on each, in ms (default 0); then SSH's first byte is said",
	  ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "works", "every attempt succeeded" },
	{ "late", "failures first, then only successes: timing" },
	{ "broke", "successes first, then only failures" },
	{ "flaky", "successes and failures mixed" },
	{ "down", "every attempt failed" },
	{ "too-few", "it changed, and too few attempts follow to tell" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "retry.state", FACT_TEXT, "the state" },
	{ "retry.pattern", FACT_TEXT, "a letter an attempt: F failed, S succeeded" },
	{ "retry.attempts", FACT_NUMBER, "attempts made" },
	{ "retry.failures", FACT_NUMBER, "those that failed" },
	{ "retry.heard", FACT_TEXT,
	  "a letter an attempt: S the service said something in the time of hear=, L behind it, F it did not" },
	{ "retry.first_success_ms", FACT_NUMBER, "when the first one succeeded, since the first attempt" },
	{ "retry.failure", FACT_TEXT, "how the first failure failed: a state of probe tcp, closed or reset" },
	{ "retry.other_failures", FACT_NUMBER, "those that failed otherwise, where some did" },
	{ "retry.timeouts", FACT_NUMBER, "then of all that failed those without any answer" },
	{ 0 }
};

enum { ATTEMPTS_MAX = 30, ENOUGH_ATTEMPTS = 10, ENOUGH_ALIKE = 5, MORE_ATTEMPTS = 5, SILENT_MOST = 14 };
enum { SENT_AGAIN_MS = 1200 }; /* a first word that was lost has been sent again three times by then */

struct retry {
	struct address address;
	uint16_t port;
	unsigned most, made; /* attempts that ended */
	unsigned others;     /* that failed otherwise than the first failure */
	unsigned timeouts;
	bool pending, open, asked; /* of the attempt at hand */
	char word;		   /* of it, as in retry.heard */
	bool mute;		   /* an earlier one was asked in vain */
	double spacing_ms, wait_ms, watch_ms, hear_ms, begun_ms, opened_ms, success_ms;
	const char *failure;
	char pattern[ATTEMPTS_MAX], heard[ATTEMPTS_MAX];
};

/* trailing: so many at the end are alike. */
static unsigned trailing(const struct retry *s)
{
	unsigned n = 0;
	while (n < s->made && s->pattern[s->made - 1 - n] == s->pattern[s->made - 1])
		n++;
	return n;
}

/* changes from one attempt to the next. */
static unsigned changes(const struct retry *s)
{
	unsigned n = 0;
	for (unsigned i = 1; i < s->made; i++)
		n += s->pattern[i] != s->pattern[i - 1];
	return n;
}

static unsigned failures(const struct retry *s)
{
	unsigned n = 0;
	for (unsigned i = 0; i < s->made; i++)
		n += s->pattern[i] == 'F';
	return n;
}

static const char *retry_state(const struct retry *s)
{
	if (s->made < ENOUGH_ATTEMPTS)
		return "too-few";
	switch (changes(s)) {
	case 0: return failures(s) ? "down" : "works";
	case 1: return trailing(s) < ENOUGH_ALIKE ? "too-few" : s->pattern[0] == 'F' ? "late" : "broke";
	default: return "flaky";
	}
}

static void retry_end(struct machine *m)
{
	const struct retry *s = m->state;
	const char *state = retry_state(s);
	struct str pattern = { s->pattern, s->made };
	machine_text(m, "retry.state", str_c(state));
	machine_text(m, "retry.pattern", pattern);
	machine_number(m, "retry.attempts", s->made);
	machine_number(m, "retry.failures", failures(s));
	if (s->hear_ms > 0)
		machine_text(m, "retry.heard", (struct str){ s->heard, s->made });
	if (failures(s) < s->made)
		machine_ms(m, "retry.first_success_ms", s->success_ms);
	if (s->others) {
		machine_number(m, "retry.other_failures", s->others);
		machine_number(m, "retry.timeouts", s->timeouts);
	}
	if (s->failure)
		machine_text(m, "retry.failure", str_c(s->failure));
	bool alike = s->made && s->made < ENOUGH_ATTEMPTS && !changes(s);
	const char *says = !alike ? state : failures(s) ? s->failure : "all open";
	machine_end(m, state, "%u attempts %.0f ms apart: %.*s (%s)", s->made, s->spacing_ms, STR_ARG(pattern), says);
}

static void retry_connect(struct machine *m)
{
	struct retry *s = m->state;
	s->pending = true;
	s->open = s->asked = false;
	s->word = 'F';
	s->begun_ms = m->now_ms;
	machine_open(m, 0,
		     (struct channel_spec){ .kind = CHANNEL_TCP, .to = s->address, .port = s->port, .abort = true });
	machine_timer(m, s->wait_ms);
}

static void retry_result(struct machine *m, bool success, const char *failure)
{
	struct retry *s = m->state;
	if (!s->pending)
		return;
	s->pending = false;
	machine_close(m, 0);
	if (success && failures(s) == s->made)
		s->success_ms = m->now_ms;
	if (!success && !s->failure)
		s->failure = failure;
	s->others += !success && strcmp(failure, s->failure) != 0;
	s->timeouts += !success && !strcmp(failure, "timeout");
	s->heard[s->made] = s->word;
	s->pattern[s->made++] = success ? 'S' : 'F';
	/* What is decided needs no more packets; what changed near the end needs a few more. Of a quick row that many
	 * without any answer are enough: each takes all that it may, and the row would outlast the diagnosis. */
	struct str state = str_c(retry_state(s));
	bool changed = changes(s) > 0, told = !str_eq(state, STR("too-few"));
	bool more = changed && !told && s->made >= ENOUGH_ATTEMPTS && s->made < ATTEMPTS_MAX &&
		    s->made < s->most + MORE_ATTEMPTS;
	bool silent = s->timeouts >= SILENT_MOST && s->timeouts == s->made && s->wait_ms > s->spacing_ms;
	if ((s->made >= s->most && !more) || (changed && told) || silent) {
		retry_end(m);
		return;
	}
	double next_ms = s->begun_ms + s->spacing_ms - m->now_ms;
	machine_timer(m, next_ms > 0 ? next_ms : 0);
}

static void retry_start(struct machine *m)
{
	struct retry *s = m->state;
	s->port = (uint16_t)machine_arg_number(m, "port", 0, 0, 65535);
	s->most = (unsigned)machine_arg_number(m, "attempts", 12, 1, ATTEMPTS_MAX);
	s->spacing_ms = machine_arg_number(m, "spacing", 1000, 50, 5000);
	s->wait_ms = machine_arg_number(m, "wait", 700, 10, 5000);
	s->watch_ms = machine_arg_number(m, "watch", 0, 0, 2000);
	s->hear_ms = machine_arg_number(m, "hear", 0, 0, 2000);
	if (machine_arg_address(m, "address", &s->address) && s->port)
		retry_connect(m);
	else
		machine_not_run(m, "no address or port to connect to");
}

/* retry_opened: a service may yet end it, which is a failure, too. */
static void retry_opened(struct machine *m)
{
	struct retry *s = m->state;
	s->open = true;
	s->opened_ms = m->now_ms;
	if (s->watch_ms > 0 || s->hear_ms > 0)
		machine_timer(m, s->watch_ms > s->hear_ms ? s->watch_ms : s->hear_ms);
	else
		retry_result(m, true, NULL);
}

/* retry_waited: for as long as it may take. */
static void retry_waited(struct machine *m)
{
	struct retry *s = m->state;
	bool still = s->open && s->hear_ms > 0 && s->word == 'F';
	if (still && !s->asked && !s->mute) {
		s->asked = true;
		machine_send(m, 0, STR("S"));
		machine_timer(m, SENT_AGAIN_MS);
		return;
	}
	s->mute |= still;
	retry_result(m, s->open, s->open ? NULL : "timeout");
}

/* retry_said: its first word. What is left then is to be watched. */
static void retry_said(struct machine *m)
{
	struct retry *s = m->state;
	double since_ms = m->now_ms - s->opened_ms;
	if (!s->open || s->word != 'F' || s->hear_ms <= 0)
		return;
	s->word = since_ms <= s->hear_ms ? 'S' : 'L';
	if (since_ms < s->watch_ms)
		machine_timer(m, s->watch_ms - since_ms);
	else
		retry_result(m, true, NULL);
}

static void retry_feed(struct machine *m, const struct event *e)
{
	const struct retry *s = m->state;
	if (e->kind == EVENT_OPEN)
		retry_opened(m);
	else if (e->kind == EVENT_BYTES)
		retry_said(m);
	else if (e->kind == EVENT_FAIL)
		retry_result(m, false, s->open ? "reset" : outcome_of_connect(e));
	else if (e->kind == EVENT_END)
		retry_result(m, false, "closed");
	else if (e->kind == EVENT_DEADLINE)
		retry_end(m);
	else if (e->kind == EVENT_TIMER && s->pending)
		retry_waited(m);
	else if (e->kind == EVENT_TIMER)
		retry_connect(m);
}

const struct probe retry_probe = {
	.name = "retry",
	.says = "connects again and again, and reads the row of failures and successes",
	.args = args,
	.states = states,
	.facts = facts,
	.deadline_ms = 130000,
	.state_size = sizeof(struct retry),
	.start = retry_start,
	.feed = retry_feed,
};
