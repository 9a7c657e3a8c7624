/* SPDX-License-Identifier: MIT */
#include "probe/smb_talk.h"

#include "probe/netbios.h"

#include <errno.h>
#include <string.h>

enum {
	GREETING_MAX = 64,
	ECHO_SPACING_MS = 20,
	ECHO_SOON_MS = 180 /* beyond the round trip; what was lost is sent again 200 ms beyond it at the soonest */
};

struct str smb_status_text(uint32_t status, struct arena *a)
{
	return arena_printf(a, "%08x", status);
}

bool smb_talk_begin(struct machine *m, struct smb_talk *t)
{
	t->nbss = -1;
	t->tcp = "open";
	t->credits = 1;
	t->wait_ms = machine_arg_number(m, "wait", 3500, 10, 10000);
	t->room = arena_alloc(m->arena, SMB_FRAME_MAX + 4);
	t->received.p = t->room;
	if (!machine_arg_address(m, "address", &t->address) || !t->room) {
		machine_not_run(m, "no address to connect to");
		return false;
	}
	machine_open(m, 0, (struct channel_spec){ .kind = CHANNEL_TCP, .to = t->address, .port = (uint16_t)t->port });
	machine_timer(m, t->wait_ms);
	return true;
}

/* The names that server and client go by in a session request; a client's name is free, and ours says who calls. */
static struct str tree_packet(struct machine *m, struct smb_talk *t, struct str server, struct str share)
{
	t->header.command = t->smb1 ? SMB1_TREE_CONNECT : SMB2_TREE_CONNECT;
	return t->smb1 ? smb1_tree_connect(server, share, &t->header, m->arena)
		       : smb2_tree_connect(server, share, &t->header, m->arena);
}

static struct str step_packet(struct machine *m, struct smb_talk *t)
{
	char random[48];
	struct address here = t->address;
	*here.zone = 0; /* a matter of this machine alone */
	struct str server = address_print(here, m->arena);
	for (size_t i = 0; i < sizeof random; i++)
		random[i] = (char)machine_random(m);
	switch (t->step) {
	case SMB_SESSION:
		return netbios_session_request(t->called, STR("KBTRIAGE"), STR(""), m->arena);
	case SMB_DIALECT:
		return t->smb1 ? smb1_negotiate(t->logon, m->arena)
			       : smb2_negotiate(t->most_dialect, t->pad, (struct str){ random, sizeof random },
						m->arena);
	case SMB_LOGON:
	case SMB_LOGON_ANSWER:
		t->header.command = t->smb1 ? SMB1_SESSION_SETUP : SMB2_SESSION_SETUP;
		return t->smb1 ? smb1_logon(&t->header, m->arena)
			       : smb2_logon(t->step == SMB_LOGON_ANSWER, &t->header, m->arena);
	case SMB_IPC:
		return tree_packet(m, t, server, STR("IPC$"));
	case SMB_SHARE:
		t->header.tree = 0;
		return tree_packet(m, t, server, t->share);
	case SMB_PIPE:
		t->header.command = t->smb1 ? SMB1_CREATE : SMB2_CREATE;
		return t->smb1 ? smb1_open_pipe(t->pipe, &t->header, m->arena)
			       : smb2_open_pipe(t->pipe, &t->header, m->arena);
	case SMB_CONNECT:
	case SMB_LISTEN:
	case SMB_STEPS:
		break;
	}
	return STR("");
}

static bool stop(struct smb_talk *t, enum smb_stop how)
{
	t->stop = how;
	return true;
}

/* is_wanted: was this step asked for? A pipe is opened before a share is connected, since it needs IPC$. */
static bool is_wanted(const struct smb_talk *t, enum smb_step step)
{
	switch (step) {
	case SMB_SESSION: return t->called.n > 0;
	case SMB_LISTEN: return t->listen_ms > 0 && !t->session_only;
	case SMB_DIALECT: return !t->session_only;
	case SMB_LOGON:
	case SMB_LOGON_ANSWER:
	case SMB_IPC: return t->logon && !t->session_only;
	case SMB_PIPE: return t->pipe.n > 0 && t->logon && !t->session_only;
	case SMB_SHARE: return t->share.n > 0 && t->logon && !t->session_only;
	case SMB_CONNECT:
	case SMB_STEPS: break;
	}
	return false;
}

static bool go_on(struct machine *m, struct smb_talk *t)
{
	static const enum smb_step order[] = { SMB_CONNECT, SMB_SESSION, SMB_LISTEN, SMB_DIALECT, SMB_LOGON,
					       SMB_LOGON_ANSWER, SMB_IPC, SMB_PIPE, SMB_SHARE, SMB_STEPS };
	size_t at = 0;
	while (order[at] != t->step)
		at++;
	do {
		at++;
	} while (order[at] != SMB_STEPS && !is_wanted(t, order[at]));
	if (order[at] == SMB_STEPS)
		return stop(t, SMB_FINISHED);
	t->step = order[at];
	if (t->step == SMB_LISTEN) {
		machine_timer(m, t->listen_ms);
		return false;
	}
	if (t->step > SMB_DIALECT)
		t->header.message++;
	t->spoke = true;
	t->credits -= t->step >= SMB_DIALECT && t->credits;
	struct str packet = step_packet(m, t);
	if (!packet.n)
		return stop(t, SMB_INTERNAL);
	machine_send(m, 0, packet);
	machine_timer(m, t->wait_ms);
	return false;
}

static bool read_session_answer(struct machine *m, struct smb_talk *t, unsigned type, struct str body)
{
	if (type == NBSS_NEGATIVE) {
		t->nbss = body.n ? (uint8_t)body.p[0] : 0;
		t->answered[t->step] = true;
		return stop(t, SMB_REFUSED);
	}
	if (type == NBSS_RETARGET) {
		t->retargeted = true;
		return stop(t, SMB_REFUSED);
	}
	if (t->step != SMB_SESSION)
		return stop(t, SMB_MALFORMED);
	t->answered[t->step] = true;
	return go_on(m, t);
}

static bool step_is_good(const struct smb_talk *t, uint32_t status)
{
	return !status || (t->step == SMB_LOGON && status == (uint32_t)NT_STATUS_MORE_PROCESSING);
}

/* echo_is_late: the next answer that is to come; they come in the order of the requests. */
static bool echo_is_late(const struct machine *m, const struct smb_talk *t)
{
	return t->echoes_back < t->echoes_sent &&
	       m->now_ms > t->echo_ms[t->echoes_back] + t->rtt_ms + ECHO_SOON_MS;
}

/* echo_tick: one more request, whether the last ones are answered or not, as far as the server lets us. A lost answer
 * behind which the next one comes is sent again at once, and only the order tells. */
static bool echo_tick(struct machine *m, struct smb_talk *t)
{
	bool under_way = t->echoes_back < t->echoes_sent;
	t->echo_late = echo_is_late(m, t);
	if (t->echo_late || (!t->credits && !under_way)) /* one would bring credits */
		return true;
	if (t->echoes_sent < t->echoes && t->credits && !(t->orderless && under_way)) {
		t->header.message++;
		t->credits--;
		t->echo_ms[t->echoes_sent++] = m->now_ms;
		machine_send(m, 0, smb2_echo(&t->header, m->arena));
	}
	machine_timer(m, ECHO_SPACING_MS);
	return false;
}

static bool read_echo(struct machine *m, struct smb_talk *t, const struct smb_answer *r)
{
	bool ours = r->version == 2 && r->whole && r->header.command == SMB2_ECHO &&
		    r->header.message == t->echo_first + t->echoes_back && t->echoes_back < t->echoes_sent;
	t->echo_late = ours && echo_is_late(m, t);
	t->echoes_back += ours && !t->echo_late;
	return t->echo_late || t->echoes_back == t->echoes;
}

/* echoes_begin: the conversation is over, and the connection is not. */
static bool echoes_begin(struct machine *m, struct smb_talk *t)
{
	const struct smb_answer *r = &t->negotiated;
	if (!t->echoes || t->echoing || t->smb1 || (t->stop != SMB_FINISHED && t->stop != SMB_REFUSED) ||
	    !r->has_dialect || r->status)
		return false;
	t->echoing = true;
	t->echo_first = t->header.message + 1;
	t->header.command = SMB2_ECHO;
	return !echo_tick(m, t);
}

static struct str hex_text(struct str bytes, struct arena *a)
{
	struct str text = STR("");
	for (size_t i = 0; i < bytes.n; i++)
		text = arena_printf(a, "%.*s%02x", STR_ARG(text), (uint8_t)bytes.p[i]);
	return text;
}

static bool read_smb_answer(struct machine *m, struct smb_talk *t, struct str frame)
{
	struct smb_answer r = smb_read(frame);
	t->credits += r.credits;
	if (t->echoing)
		return read_echo(m, t, &r);
	if (!r.version)
		return stop(t, SMB_NOT_SMB);
	if (t->step < SMB_DIALECT || !r.whole || r.version != (t->smb1 ? 1u : 2u) ||
	    (t->step > SMB_DIALECT && r.header.command != t->header.command))
		return stop(t, SMB_MALFORMED);
	if (r.version == 2 && r.header.message != t->header.message)
		return false; /* an interim answer, or one to something that was not asked */
	if (t->step == SMB_DIALECT && !r.status && (!r.has_dialect || *smb_dialect_name(r.dialect) == '?'))
		return stop(t, SMB_MALFORMED); /* none, or one that nobody offered */
	t->answered[t->step] = true;
	t->status[t->step] = r.status;
	if (t->step == SMB_DIALECT) {
		t->negotiated = r;
		t->guid = hex_text(r.guid, m->arena);
		t->negotiated.guid = STR("");
		if (r.status || r.dialect == 0xFFFF)
			return stop(t, SMB_REFUSED);
	}
	if (t->step == SMB_LOGON || t->step == SMB_LOGON_ANSWER) {
		t->header.session = r.header.session;
		t->session_flags = r.session_flags;
	}
	if (t->step == SMB_LOGON && !r.status) /* logged on at the first step: nothing is left to answer */
		t->step = SMB_LOGON_ANSWER;
	if (t->step == SMB_IPC)
		t->header.tree = r.header.tree;
	if (!step_is_good(t, r.status) && t->step != SMB_IPC && t->step != SMB_PIPE)
		return stop(t, SMB_REFUSED);
	if (r.status && t->step == SMB_IPC && t->pipe.n) { /* without IPC$ there is no pipe; a share may be there */
		if (!t->share.n)
			return stop(t, SMB_REFUSED);
		t->pipe = STR("");
	}
	return go_on(m, t);
}

static void keep_greeting(struct smb_talk *t)
{
	t->greeting = str_first(t->received, GREETING_MAX);
}

/* read_frames reads whole frames off what was received; true when it is over. */
static bool read_frames(struct machine *m, struct smb_talk *t)
{
	while (t->received.n) {
		unsigned type = (uint8_t)t->received.p[0];
		if (type != NBSS_MESSAGE && (type < NBSS_POSITIVE || type > NBSS_KEEPALIVE)) {
			keep_greeting(t);
			return stop(t, SMB_NOT_SMB);
		}
		if (t->received.n < 4)
			return false;
		struct wire w = wire_of(t->received);
		size_t size = wire_be32(&w) & 0xFFFFFF; /* 24 bits on port 445, 17 on 139, whose upper bits are 0 */
		if (size > SMB_FRAME_MAX)
			return stop(t, SMB_MALFORMED);
		struct str frame = wire_bytes(&w, size);
		if (!wire_ok(&w))
			return false;
		t->frames++;
		bool over = false;
		if (type == NBSS_MESSAGE)
			over = read_smb_answer(m, t, frame);
		else if (type != NBSS_KEEPALIVE)
			over = read_session_answer(m, t, type, frame);
		if (over && t->stop == SMB_NOT_SMB)
			keep_greeting(t);
		t->received = str_from(t->received, 4 + size);
		if (over)
			return true;
	}
	return false;
}

static bool take_bytes(struct machine *m, struct smb_talk *t, struct str bytes)
{
	machine_keep_raw(m, bytes);
	while (bytes.n) {
		/* what is left of the last frame moves to the front: the room holds one frame of the largest size */
		memmove(t->room, t->received.p, t->received.n);
		t->received.p = t->room;
		struct str part = str_first(bytes, SMB_FRAME_MAX + 4 - t->received.n);
		memcpy(t->room + t->received.n, part.p, part.n);
		t->received.n += part.n;
		bytes = str_from(bytes, part.n);
		if (read_frames(m, t))
			return true;
	}
	return false;
}

static bool take_failure(struct smb_talk *t, const struct event *e)
{
	if (t->step == SMB_CONNECT) {
		t->failure = *e;
		t->tcp = outcome_of_connect(e);
		return stop(t, SMB_NO_CONNECTION);
	}
	return stop(t, e->error == ECONNRESET || e->error == EPIPE ? SMB_RESET : SMB_SILENT);
}

static bool take_wait(struct smb_talk *t, const struct event *e)
{
	t->unacked = e->tcp.unacked;
	t->unacked_known = e->tcp.known;
	if (t->step == SMB_CONNECT) {
		t->tcp = "timeout";
		return stop(t, SMB_NO_CONNECTION);
	}
	return stop(t, t->received.n ? SMB_MALFORMED : SMB_SILENT);
}

/* take_echo: whatever comes now changes nothing of how the conversation went. */
static bool take_echo(struct machine *m, struct smb_talk *t, const struct event *e)
{
	const enum smb_stop how = t->stop;
	const struct str said = t->greeting;
	bool over = e->kind == EVENT_TIMER   ? echo_tick(m, t)
		    : e->kind == EVENT_BYTES ? take_bytes(m, t, e->bytes)
					     : true;
	t->stop = how;
	t->greeting = said;
	return over;
}

static bool take_event(struct machine *m, struct smb_talk *t, const struct event *e)
{
	if (e->tcp.known) {
		t->rtt_ms = e->tcp.rtt_ms;
		t->retransmits = e->tcp.retransmits;
		t->retransmits_known = true;
		t->data_in = e->tcp.data_in;
		t->disordered = e->tcp.disordered;
		t->orderless = e->tcp.orderless;
	}
	if (t->echoing)
		return take_echo(m, t, e);
	switch (e->kind) {
	case EVENT_OPEN:
		return go_on(m, t);
	case EVENT_BYTES:
		return take_bytes(m, t, e->bytes);
	case EVENT_END:
		return stop(t, SMB_CLOSED);
	case EVENT_FAIL:
		return take_failure(t, e);
	case EVENT_TIMER:
		if (t->step == SMB_LISTEN)
			return go_on(m, t);
		machine_ask_tcp(m, 0);
		return false;
	case EVENT_TCP:
	case EVENT_DEADLINE:
		return take_wait(t, e);
	}
	return false;
}

bool smb_talk_event(struct machine *m, struct smb_talk *t, const struct event *e)
{
	return take_event(m, t, e) && !echoes_begin(m, t);
}

/* MS-ERREF 2.3.1 */
enum {
	STATUS_PIPE_NOT_AVAILABLE = (int)0xC00000AC, /* every instance is in use */
	STATUS_PIPE_BUSY = (int)0xC00000AE,
	STATUS_OBJECT_NAME_NOT_FOUND = (int)0xC0000034,
	STATUS_OBJECT_PATH_NOT_FOUND = (int)0xC000003A,
	STATUS_NO_SUCH_FILE = (int)0xC000000F
};

const char *smb_pipe_state(const struct smb_talk *t)
{
	if (!t->answered[SMB_PIPE])
		return t->step == SMB_PIPE ? "unanswered" : "no-session";
	switch ((int)t->status[SMB_PIPE]) {
	case NT_STATUS_OK:
	case STATUS_PIPE_NOT_AVAILABLE:
	case STATUS_PIPE_BUSY: return "present";
	case STATUS_OBJECT_NAME_NOT_FOUND:
	case STATUS_OBJECT_PATH_NOT_FOUND:
	case STATUS_NO_SUCH_FILE: return "absent";
	default: return "denied";
	}
}
