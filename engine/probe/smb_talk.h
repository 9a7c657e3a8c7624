/* SPDX-License-Identifier: MIT
 *
 * One connection to an SMB server and what is said on it, step by step until something stops it: connect, session
 * request (port 139), listen, negotiate, anonymous logon, IPC$, a share, a named pipe; then, whatever the server has
 * refused, echo requests, which tell whether packets are lost. Each step has one wait that dripped bytes do not
 * prolong. Shared by the probes smb, nbss and pipe.
 */
#ifndef KBT_PROBE_SMB_TALK_H
#define KBT_PROBE_SMB_TALK_H

#include "probe/outcome.h"
#include "probe/smb_wire.h"

enum smb_step {
	SMB_CONNECT,
	SMB_SESSION, /* NetBIOS session request */
	SMB_LISTEN,  /* say nothing and see */
	SMB_DIALECT,
	SMB_LOGON,   /* asks for the challenge */
	SMB_LOGON_ANSWER,
	SMB_IPC,
	SMB_SHARE,
	SMB_PIPE,
	SMB_STEPS
};

enum smb_stop {
	SMB_GOES_ON,
	SMB_FINISHED,	/* every step that was asked for was answered */
	SMB_REFUSED,	/* a step was answered with a refusal; of SMB_SESSION and SMB_DIALECT see below */
	SMB_NO_CONNECTION,
	SMB_SILENT,
	SMB_CLOSED,
	SMB_RESET,
	SMB_NOT_SMB,
	SMB_MALFORMED,
	SMB_INTERNAL	/* memory */
};

enum { SMB_ECHOES_MAX = 30 };

struct smb_talk {
	/* Set by the probe. */
	struct address address;
	unsigned port;
	struct str called;   /* the name that is asked for on port 139; empty: no session request */
	bool session_only;   /* end after the session request */
	bool smb1;	     /* offer SMB1, else SMB2 up to most_dialect */
	unsigned most_dialect;
	unsigned pad;	     /* make the negotiation with 3.11 so many bytes larger */
	bool logon;	     /* go on after the negotiation, as nobody */
	struct str share;    /* also connect to this one; empty: none */
	struct str pipe;     /* also open this one; empty: none */
	double listen_ms, wait_ms;
	unsigned echoes;     /* so many requests of SMB2 for an echo at the end; at most SMB_ECHOES_MAX */

	/* What came of it. */
	enum smb_step step;  /* the one under way, or at which it stopped */
	enum smb_stop stop;
	const char *tcp;     /* the state of probe tcp */
	struct event failure;/* of the connection */
	int nbss;	     /* error code of a negative session answer; -1: none came */
	bool retargeted, spoke;
	struct str greeting; /* first bytes, where they are no SMB */
	unsigned unacked;
	bool unacked_known;
	unsigned retransmits; /* packets of ours that had to be sent again, the request to connect among them */
	bool retransmits_known;
	unsigned data_in, disordered, frames; /* segments that came, those out of order, the frames that they held */
	struct smb_answer negotiated;
	struct str guid; /* the server's own id in hex; empty: it told none */
	bool answered[SMB_STEPS];
	uint32_t status[SMB_STEPS];
	uint16_t session_flags;
	unsigned echoes_back; /* answered in time; they end with the first that is not */
	bool echo_late;

	struct str received; /* not yet read; in the arena */
	char *room;
	struct smb_header header;
	double rtt_ms;	  /* the system's own measure */
	unsigned credits; /* so many requests may be made now */
	bool orderless;	  /* the system would not tell that an answer was lost and the next one came */
	bool echoing;
	unsigned echoes_sent;
	double echo_ms[SMB_ECHOES_MAX]; /* when each was sent */
	uint64_t echo_first; /* message id */
};

/* smb_talk_begin checks the arguments address= and port= and opens the connection; false: it ended as not-run. */
bool smb_talk_begin(struct machine *m, struct smb_talk *t);
/* smb_talk_event takes every event; true when it is over (stop says how). */
bool smb_talk_event(struct machine *m, struct smb_talk *t, const struct event *e);

/* smb_pipe_state: present, absent, denied (it may be there or not), no-session (we were not let to IPC$),
 * unanswered (we were, and nothing that can be read came back for the pipe). */
const char *smb_pipe_state(const struct smb_talk *t);

struct str smb_status_text(uint32_t status, struct arena *a); /* "c0000022" */

#endif
