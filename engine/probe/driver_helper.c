/* SPDX-License-Identifier: MIT
 *
 * Between the two runs one pipe: records of a length and so many bytes, an index first; the last one carries the
 * counts.
 */
#include "probe/driver_helper.h"

#include "base/utf8.h"
#include "base/wire.h"
#include "probe/probe_machine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REAL_MAX 9e15 /* whole numbers up to here are exact, and fit in 64 bits */

enum {
	RECORD_MAX = 1 << 18,
	FACTS_MAX = 256,
	INDEX_CARRY = 0xFFFFFFFF,
	LOOK_MS = 50 /* how soon a cancel is seen */
};

/* ---- what the helper may do ---- */

static void drop_capabilities(bool raw_sockets)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	if (syscall(SYS_capget, &header, data))
		return;
	uint32_t keep = raw_sockets ? data[0].permitted & 1u << CAP_NET_RAW : 0;
	data[0] = (struct __user_cap_data_struct){ .effective = keep, .permitted = keep };
	data[1] = (struct __user_cap_data_struct){ 0 };
	syscall(SYS_capset, &header, data);
}

/*
 * Where all calls on sockets are one (socketcall of 32-bit x86), its arguments lie where no filter sees them: no socket
 * is made by it at all, whatever the filter that follows would let through.
 */
static void filter_socketcall(void)
{
	enum { MAKES_ONE = 1 }; /* SYS_SOCKET of linux/net.h */
	scmp_filter_ctx filter = SCMP_SYS(socketcall) > 0 ? seccomp_init(SCMP_ACT_ALLOW) : NULL;
	if (!filter)
		return;
	seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socketcall), 1, SCMP_A0(SCMP_CMP_EQ, MAKES_ONE, 0));
	seccomp_load(filter);
	seccomp_release(filter);
}

/* All else fails with EPERM: a probe that asks for more is no reason to lose the others. */
static void filter_calls(bool raw_sockets)
{
	static const int calls[] = {
		SCMP_SYS(connect),
		SCMP_SYS(bind),
		SCMP_SYS(sendto),
		SCMP_SYS(recvfrom),
		SCMP_SYS(recvmsg),
		SCMP_SYS(getsockname),
		SCMP_SYS(getsockopt),
		SCMP_SYS(setsockopt),
		SCMP_SYS(poll),
		SCMP_SYS(ppoll),
		SCMP_SYS(close),
		SCMP_SYS(write),
		SCMP_SYS(clock_gettime),
		SCMP_SYS(clock_nanosleep),
		SCMP_SYS(getrandom),
		SCMP_SYS(brk),
		SCMP_SYS(munmap),
		SCMP_SYS(mremap),
		SCMP_SYS(madvise),
		SCMP_SYS(futex),
		SCMP_SYS(rt_sigreturn),
		SCMP_SYS(rt_sigprocmask),
		SCMP_SYS(restart_syscall),
		SCMP_SYS(exit),
		SCMP_SYS(exit_group),
		SCMP_SYS(sigaltstack),
		SCMP_SYS(gettid), /* this and the one before: sanitizers, at the end */
		/* as 32-bit processors call some of these; elsewhere they are none */
		SCMP_SYS(ppoll_time64),
		SCMP_SYS(clock_gettime64),
		SCMP_SYS(clock_nanosleep_time64),
		SCMP_SYS(futex_time64),
	};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!filter)
		return;
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	const int maps[] = { SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect) };
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		seccomp_rule_add(filter, SCMP_ACT_ALLOW, maps[i], 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, AF_INET, 0));
	seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, AF_INET6, 0));
	seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2, SCMP_A0(SCMP_CMP_EQ, AF_NETLINK, 0),
			 SCMP_A2(SCMP_CMP_EQ, NETLINK_ROUTE, 0));
	if (raw_sockets)
		seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, AF_PACKET, 0));
	seccomp_load(filter); /* where the kernel has none, the rest still holds */
	seccomp_release(filter);
}

void helper_confine(int keep, bool raw_sockets)
{
	if (keep > 0)
		syscall(SYS_close_range, 0u, (unsigned)keep - 1, 0u);
	syscall(SYS_close_range, (unsigned)keep + 1, ~0u, 0u);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	drop_capabilities(raw_sockets);
	filter_socketcall();
	filter_calls(raw_sockets);
}

/* ---- evidence as bytes ---- */

static void put_u32(struct buf *out, uint32_t v)
{
	uint8_t bytes[4];
	struct wire_out w = wire_out_of(bytes, sizeof bytes);
	wire_put_le32(&w, v);
	buf_add(out, wire_out_str(&w));
}

static void put_str(struct buf *out, struct str s)
{
	put_u32(out, (uint32_t)s.n);
	buf_add(out, s);
}

static void put_real(struct buf *out, double v)
{
	buf_add_bytes(out, &v, sizeof v); /* both sides are one program */
}

void helper_write(struct buf *out, uint32_t index, const struct evidence *e)
{
	put_u32(out, index);
	put_str(out, e->state);
	put_str(out, e->reason);
	put_str(out, e->raw);
	put_real(out, (double)e->at_ms);
	put_real(out, e->ms);
	put_u32(out, e->packets);
	put_u32(out, e->connections);
	put_u32(out, (uint32_t)e->fact_count);
	for (size_t i = 0; i < e->fact_count; i++) {
		put_u32(out, e->facts[i].type);
		put_real(out, e->facts[i].number);
		put_str(out, e->facts[i].name);
		put_str(out, e->facts[i].text);
	}
}

static struct str take_str(struct wire *w, struct arena *a)
{
	return arena_str(a, wire_bytes(w, wire_le32(w)));
}

static double take_real(struct wire *w)
{
	double v = 0;
	struct str bytes = wire_bytes(w, sizeof v);
	if (bytes.n == sizeof v)
		memcpy(&v, bytes.p, sizeof v);
	return v > -REAL_MAX && v < REAL_MAX ? v : 0; /* what no count or time is, NaN with it */
}

static bool state_is_known(const struct probe *p, struct str state)
{
	for (const struct probe_state_help *h = p->states; h->name; h++)
		if (str_eq(state, str_c(h->name)))
			return true;
	return str_eq(state, STR("not-run"));
}

static bool take_fact(struct wire *w, struct arena *a, struct evidence *e)
{
	uint32_t type = wire_le32(w);
	double number = take_real(w);
	struct str name = utf8_mend(take_str(w, a), a), text = utf8_mend(take_str(w, a), a);
	if (!wire_ok(w) || !name.n)
		return false;
	if (type == FACT_TEXT)
		evidence_add_text(e, a, name.p, text);
	else if (type == FACT_NUMBER)
		evidence_add_number(e, a, name.p, number);
	else if (type == FACT_BOOL)
		evidence_add_bool(e, a, name.p, number != 0);
	else
		return false;
	return true;
}

bool helper_read(struct str bytes, const struct probe_request *requests, size_t count, struct arena *a,
		 size_t *ret_index, struct evidence **ret_evidence)
{
	struct wire w = wire_of(bytes);
	uint32_t index = wire_le32(&w);
	if (!wire_ok(&w) || index >= count)
		return false;
	const struct probe_request *r = &requests[index];
	struct evidence *e = arena_new(a, struct evidence);
	if (!e)
		return false;
	e->probe = str_c(r->probe->name);
	e->args = arena_array(a, struct probe_arg, r->arg_count);
	for (size_t i = 0; e->args && i < r->arg_count; i++)
		e->args[e->arg_count++] = (struct probe_arg){ arena_str(a, r->args[i].name),
							      arena_str(a, r->args[i].value) };
	e->state = take_str(&w, a);
	e->reason = utf8_mend(take_str(&w, a), a);
	e->raw = str_first(take_str(&w, a), PROBE_RAW_MAX);
	e->at_ms = (int64_t)take_real(&w);
	e->ms = take_real(&w);
	e->packets = wire_le32(&w);
	e->connections = wire_le32(&w);
	uint32_t facts = wire_le32(&w);
	if (!wire_ok(&w) || facts > FACTS_MAX || !state_is_known(r->probe, e->state))
		return false;
	for (uint32_t i = 0; i < facts; i++)
		if (!take_fact(&w, a, e))
			return false;
	*ret_index = index;
	*ret_evidence = e;
	return !arena_err(a);
}

/* ---- the helper's side ---- */

struct sender {
	int fd;
	struct buf record;
};

static void send_record(struct sender *s)
{
	struct buf whole = { 0 };
	put_u32(&whole, (uint32_t)s->record.n);
	buf_add(&whole, buf_str(&s->record));
	for (size_t at = 0; at < whole.n && !buf_err(&whole);) {
		ssize_t n = write(s->fd, whole.p + at, whole.n - at);
		if (n < 0 && errno != EINTR)
			break;
		at += n > 0 ? (size_t)n : 0;
	}
	buf_free(&whole);
	buf_clear(&s->record);
}

static void send_evidence(void *context, size_t index, struct evidence *e)
{
	struct sender *s = context;
	helper_write(&s->record, (uint32_t)index, e);
	send_record(s);
}

static bool needs_raw(const struct helper_job *job)
{
	for (size_t i = 0; i < job->count; i++)
		if (job->requests[i].probe->raw_socket)
			return true;
	return false;
}

static _Noreturn void be_helper(const struct helper_job *job, int fd, pid_t parent)
{
	/* The parent decides what a signal means, and takes the helper along. */
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		signal(signals[i], SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		_exit(1);
	helper_confine(fd, needs_raw(job));
	struct sender s = { .fd = fd };
	enum err e = job->work(job->context, send_evidence, &s);
	put_u32(&s.record, (uint32_t)INDEX_CARRY);
	buf_add_bytes(&s.record, job->carry, job->carry_size);
	send_record(&s);
	_exit(e ? 1 : 0);
}

/* ---- the parent's side ---- */

struct receiver {
	const struct helper_job *job;
	struct arena *arena;
	driver_done *done;
	void *context;
	bool *answered;
	struct buf bytes;
	bool carried, bad;
};

static void take_record(struct receiver *r, struct str record)
{
	struct wire w = wire_of(record);
	struct evidence *e;
	size_t index;
	if (wire_le32(&w) == (uint32_t)INDEX_CARRY && wire_left(&w) == r->job->carry_size) {
		memcpy(r->job->carry, wire_bytes(&w, r->job->carry_size).p, r->job->carry_size);
		r->carried = true;
		return;
	}
	if (!helper_read(record, r->job->requests, r->job->count, r->arena, &index, &e) || r->answered[index]) {
		r->bad = true;
		return;
	}
	r->answered[index] = true;
	r->done(r->context, index, e);
}

/* take_bytes reads once and takes the whole records; false at the end. */
static bool take_bytes(struct receiver *r, int fd)
{
	char *room = buf_room(&r->bytes, 1 << 14);
	ssize_t n = room ? read(fd, room, 1 << 14) : 0;
	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	r->bytes.n += (size_t)n;
	struct str rest = buf_str(&r->bytes);
	for (;;) {
		struct wire w = wire_of(rest);
		size_t size = wire_le32(&w);
		if (size > RECORD_MAX)
			r->bad = true;
		if (r->bad || !wire_ok(&w) || wire_left(&w) < size)
			break;
		take_record(r, wire_bytes(&w, size));
		rest = str_from(rest, 4 + size);
	}
	memmove(r->bytes.p, rest.p, rest.n);
	r->bytes.n = rest.n;
	return n > 0 && !r->bad;
}

double helper_clock_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool cancelled(const struct helper_job *job)
{
	return job->cancel && atomic_load(job->cancel);
}

/* listen_to gives the sentence for what was not answered. */
static const char *listen_to(struct receiver *r, int fd, pid_t helper)
{
	double end = helper_clock_ms() + r->job->limit_ms;
	const char *why = "the probe process ended too early";
	for (bool more = true; more;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int n = poll(&p, 1, LOOK_MS);
		if (n > 0)
			more = take_bytes(r, fd);
		if (cancelled(r->job))
			why = "interrupted";
		else if (helper_clock_ms() > end)
			why = "the probe process did not end in time";
		else
			continue;
		break;
	}
	kill(helper, SIGKILL); /* ended or not: its pid is ours until it is waited for */
	while (waitpid(helper, NULL, 0) < 0 && errno == EINTR)
		;
	return r->bad ? "the probe process said what cannot be" : why;
}

static void report_rest(struct receiver *r, const char *why)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	for (size_t i = 0; i < r->job->count; i++) {
		struct evidence *e = r->answered[i] ? NULL : arena_new(r->arena, struct evidence);
		if (!e)
			continue;
		const struct probe_request *q = &r->job->requests[i];
		e->probe = str_c(q->probe->name);
		e->args = arena_array(r->arena, struct probe_arg, q->arg_count);
		for (size_t k = 0; e->args && k < q->arg_count; k++)
			e->args[e->arg_count++] = q->args[k];
		e->state = STR("not-run");
		e->reason = arena_str(r->arena, str_c(why));
		e->at_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
		r->done(r->context, i, e);
	}
}

/* without_process: probes run in a process of their own, or not at all. */
static enum err without_process(struct receiver *r)
{
	bool files = errno == EMFILE || errno == ENFILE;
	struct str why = arena_printf(r->arena, "no process can be had for it (%s): allow more %s",
				      err_errno_text(errno), files ? "open files (ulimit -n)" : "processes (ulimit -u)");
	report_rest(r, why.n ? why.p : "no process can be had for it");
	return arena_err(r->arena);
}

enum err helper_run(const struct helper_job *job, struct arena *a, driver_done *done, void *context)
{
	struct receiver r = { .job = job, .arena = a, .done = done, .context = context,
			      .answered = arena_array(a, bool, job->count) };
	int fds[2];
	if (!r.answered)
		return ERR_NOMEM;
	if (pipe2(fds, O_CLOEXEC))
		return without_process(&r);
	pid_t parent = getpid(), helper = fork();
	if (helper == 0)
		be_helper(job, fds[1], parent);
	if (helper < 0) {
		enum err e = without_process(&r);
		close(fds[0]);
		close(fds[1]);
		return e;
	}
	close(fds[1]);
	const char *why = listen_to(&r, fds[0], helper);
	close(fds[0]);
	buf_free(&r.bytes);
	report_rest(&r, why);
	if (!r.carried)
		memset(job->carry, 0xFF, job->carry_size);
	return cancelled(job) ? ERR_INTERRUPTED : arena_err(a);
}
