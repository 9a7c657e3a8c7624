/* SPDX-License-Identifier: MIT
 *
 * SMB packets: the few requests that ask a server what it speaks and whom it lets in, and their answers from untrusted
 * bytes. MS-CIFS 2.2.4 (SMB1: negotiation, session setup, tree connect, opening), MS-SMB2 2.2.1 to 2.2.14 and 2.2.28,
 * MS-NLMP 2.2.1 (an anonymous logon: no name, no password, no hash is ever in a packet). Each request comes with its
 * NetBIOS session header (RFC 1002 section 4.3.1).
 * Pure.
 */
#ifndef KBT_PROBE_SMB_WIRE_H
#define KBT_PROBE_SMB_WIRE_H

#include "base/arena.h"
#include "base/wire.h"

enum {
	SMB_PAD_MAX = 1400,	/* bytes that only make a request large */
	SMB_PACKET_MAX = 2048,	/* of our requests */
	SMB_FRAME_MAX = 1 << 14 /* of an answer that is looked at */
};

enum smb_command {
	SMB2_NEGOTIATE = 0,
	SMB2_SESSION_SETUP = 1,
	SMB2_TREE_CONNECT = 3,
	SMB2_CREATE = 5,
	SMB2_ECHO = 13,
	SMB1_NEGOTIATE = 0x72,
	SMB1_SESSION_SETUP = 0x73,
	SMB1_TREE_CONNECT = 0x75,
	SMB1_CREATE = 0xA2
};

/* NT status codes that mean something here (MS-ERREF 2.3.1). */
enum {
	NT_STATUS_OK = 0,
	NT_STATUS_MORE_PROCESSING = (int)0xC0000016,
};

struct smb_header {
	uint64_t message, session;
	uint32_t tree;
	uint16_t command;
};

/* smb1_negotiate offers NT LM 0.12 alone; logon: in the way of Windows NT, which knows no extended security, for the
 * three requests below (session and tree of their header are SMB1's user and tree ids). smb2_negotiate offers 2.02 to
 * `most` (0x0202 ... 0x0311). random: 48 bytes, for the client's id and the salt of 3.1.1. */
struct str smb1_negotiate(bool logon, struct arena *a);
struct str smb1_logon(const struct smb_header *h, struct arena *a); /* anonymous, in one step */
struct str smb1_tree_connect(struct str server, struct str share, const struct smb_header *h, struct arena *a);
struct str smb1_open_pipe(struct str name, const struct smb_header *h, struct arena *a);
struct str smb2_negotiate(unsigned most, unsigned pad, struct str random, struct arena *a);
/* smb2_logon: the two steps of an anonymous logon; step 0 asks for the challenge, step 1 answers it with nothing. */
struct str smb2_logon(unsigned step, const struct smb_header *h, struct arena *a);
struct str smb2_tree_connect(struct str server, struct str share, const struct smb_header *h, struct arena *a);
/* smb2_open_pipe opens a named pipe of the connected IPC$ for reading its attributes only. */
struct str smb2_open_pipe(struct str name, const struct smb_header *h, struct arena *a);
/* smb2_echo asks for nothing but an answer. A server that wants a session first says so, which is one. */
struct str smb2_echo(const struct smb_header *h, struct arena *a);

/* What an answer says. */
struct smb_answer {
	unsigned version; /* 1 or 2; 0: the bytes are no SMB */
	bool whole;	  /* nothing that should be there is missing */
	uint32_t status;
	struct smb_header header;
	unsigned credits; /* so many more requests may be made; of SMB2 */
	/* of a negotiation */
	bool has_dialect;
	unsigned dialect;  /* 0x0100 for SMB1; 0xFFFF: none in common */
	unsigned security; /* bit 0 signing enabled, bit 1 required (as SMB2 has them) */
	uint32_t capabilities;
	bool encryption;   /* the server offers it */
	struct str guid;   /* ServerGuid, 16 bytes (MS-SMB2 2.2.4), in the frame; empty: none */
	/* of a session setup */
	uint16_t session_flags;
};

/* smb_read takes a frame without its NetBIOS session header. */
struct smb_answer smb_read(struct str frame);
const char *smb_dialect_name(unsigned dialect); /* "NT1", "2.02", ... "3.11", "none", "?" */

#endif
