/* SPDX-License-Identifier: MIT */
#include "probe/smb_wire.h"

#include "probe/netbios.h"

enum {
	SMB2_HEADER = 64,
	SMB1_PLAIN_FLAGS = 0xC001,  /* Unicode, NT status, long names */
	SMB1_CAPABILITIES = 0x0054, /* Unicode, NT SMBs, NT status */
	SMB1_BUFFER = 4356,
	SMB1_NO_COMMAND = 0xFF,	    /* nothing is chained to this one */
	CAPABILITIES_OFFERED = 0x7F, /* all of SMB 3: what a client that could do everything says */
	CAPABILITY_ENCRYPTION = 0x40,
	CREDITS_ASKED = 31,
	NTLMSSP_FLAGS = 0x00088205, /* Unicode, target name, NTLM, always sign, extended security; no key exchange */
	NTLMSSP_ANONYMOUS = 0x0800
};

/* ---- requests ---- */

static struct wire_out begin(uint8_t bytes[static SMB_PACKET_MAX])
{
	struct wire_out w = wire_out_of(bytes, SMB_PACKET_MAX);
	wire_put_be32(&w, 0); /* a session message; its length comes last */
	return w;
}

static struct str finish(struct wire_out *w, struct arena *a)
{
	wire_patch_be16(w, 2, (uint16_t)(w->n - 4));
	return arena_str(a, wire_out_str(w));
}

static void put_smb2_header(struct wire_out *w, const struct smb_header *h)
{
	wire_put_bytes(w, STR("\xFESMB"));
	wire_put_le16(w, SMB2_HEADER);
	wire_put_le16(w, h->command == SMB2_NEGOTIATE ? 0 : 1); /* credit charge */
	wire_put_le32(w, 0);
	wire_put_le16(w, h->command);
	wire_put_le16(w, CREDITS_ASKED);
	wire_put_le32(w, 0); /* flags */
	wire_put_le32(w, 0); /* next command */
	wire_put_le64(w, h->message);
	wire_put_le32(w, 0); /* process id */
	wire_put_le32(w, h->tree);
	wire_put_le64(w, h->session);
	wire_put_zeros(w, 16); /* not signed */
}

static void put_smb1_header(struct wire_out *w, const struct smb_header *h, uint16_t flags)
{
	wire_put_bytes(w, STR("\xFFSMB"));
	wire_put_u8(w, (uint8_t)h->command);
	wire_put_le32(w, 0);
	wire_put_u8(w, 0x18); /* canonical paths, no regard to case */
	wire_put_le16(w, flags);
	wire_put_zeros(w, 12); /* process id, signature, reserved */
	wire_put_le16(w, (uint16_t)h->tree);
	wire_put_le16(w, 0); /* process id */
	wire_put_le16(w, (uint16_t)h->session);
	wire_put_le16(w, (uint16_t)h->message);
}

struct str smb1_negotiate(bool logon, struct arena *a)
{
	static const char dialect[] = "\x02NT LM 0.12";
	uint8_t bytes[SMB_PACKET_MAX];
	struct wire_out w = begin(bytes);
	/* otherwise Unicode, NT status, extended security, long names, signing is known */
	put_smb1_header(&w, &(struct smb_header){ .command = SMB1_NEGOTIATE }, logon ? SMB1_PLAIN_FLAGS : 0xC853);
	wire_put_u8(&w, 0); /* no words */
	wire_put_le16(&w, sizeof dialect);
	wire_put_bytes(&w, (struct str){ dialect, sizeof dialect });
	return finish(&w, a);
}

/* MS-SMB2 2.2.3.1: the contexts that 3.1.1 wants, each at a multiple of eight from the header. */
static void put_contexts(struct wire_out *w, struct str salt, unsigned pad)
{
	wire_put_le16(w, 1); /* integrity before authentication */
	wire_put_le16(w, 38);
	wire_put_le32(w, 0);
	wire_put_le16(w, 1);
	wire_put_le16(w, 32);
	wire_put_le16(w, 1); /* SHA-512 */
	wire_put_bytes(w, salt);
	wire_put_zeros(w, 2);
	wire_put_le16(w, 2); /* encryption */
	wire_put_le16(w, 6);
	wire_put_le32(w, 0);
	wire_put_le16(w, 2);
	wire_put_le16(w, 2); /* AES-128-GCM */
	wire_put_le16(w, 1); /* AES-128-CCM */
	if (!pad)
		return;
	wire_put_zeros(w, 2);
	wire_put_le16(w, 0x0100); /* reserved: a server skips it */
	wire_put_le16(w, (uint16_t)pad);
	wire_put_zeros(w, 4 + pad);
}


struct str smb2_negotiate(unsigned most, unsigned pad, struct str random, struct arena *a)
{
	static const uint16_t dialects[] = { 0x0202, 0x0210, 0x0300, 0x0302, 0x0311 };
	uint8_t bytes[SMB_PACKET_MAX];
	struct wire_out w = begin(bytes);
	uint16_t count = 0;
	while (count < sizeof dialects / sizeof *dialects && (dialects[count] <= most || !count))
		count++;
	bool contexts = dialects[count - 1] == 0x0311;
	size_t body_end = SMB2_HEADER + 36 + count * 2u, padded = (body_end + 7) / 8 * 8;
	put_smb2_header(&w, &(struct smb_header){ .command = SMB2_NEGOTIATE });
	wire_put_le16(&w, 36);
	wire_put_le16(&w, count);
	wire_put_le16(&w, 1); /* signing is known */
	wire_put_le16(&w, 0);
	wire_put_le32(&w, dialects[count - 1] >= 0x0300 ? CAPABILITIES_OFFERED : 0);
	wire_put_bytes(&w, str_first(random, 16));
	wire_put_le32(&w, contexts ? (uint32_t)padded : 0);
	wire_put_le16(&w, contexts ? pad ? 3 : 2 : 0);
	wire_put_le16(&w, 0);
	for (uint16_t i = 0; i < count; i++)
		wire_put_le16(&w, dialects[i]);
	if (contexts) {
		wire_put_zeros(&w, padded - body_end);
		put_contexts(&w, str_first(str_from(random, 16), 32), pad);
	}
	return finish(&w, a);
}

static void put_empty_field(struct wire_out *w, uint16_t size, uint32_t at)
{
	wire_put_le16(w, size);
	wire_put_le16(w, size);
	wire_put_le32(w, at);
}

/* MS-NLMP 2.2.1.1 and 2.2.1.3; an anonymous logon's LM response is one zero byte, all else is empty. */
static struct str ntlmssp(unsigned step, uint8_t *bytes, size_t size)
{
	struct wire_out w = wire_out_of(bytes, size);
	wire_put_bytes(&w, (struct str){ "NTLMSSP", 8 });
	wire_put_le32(&w, step ? 3 : 1);
	if (!step) {
		wire_put_le32(&w, NTLMSSP_FLAGS);
		put_empty_field(&w, 0, 0);
		put_empty_field(&w, 0, 0);
		return wire_out_str(&w);
	}
	const uint32_t payload = 64;
	put_empty_field(&w, 1, payload);
	for (int i = 0; i < 5; i++) /* NT response, domain, user, workstation, session key */
		put_empty_field(&w, 0, payload);
	wire_put_le32(&w, NTLMSSP_FLAGS | NTLMSSP_ANONYMOUS);
	wire_put_u8(&w, 0);
	return wire_out_str(&w);
}

struct str smb2_logon(unsigned step, const struct smb_header *h, struct arena *a)
{
	uint8_t bytes[SMB_PACKET_MAX], blob_bytes[128];
	struct wire_out w = begin(bytes);
	struct str blob = ntlmssp(step, blob_bytes, sizeof blob_bytes);
	put_smb2_header(&w, h);
	wire_put_le16(&w, 25);
	wire_put_u8(&w, 0);
	wire_put_u8(&w, 1);
	wire_put_le32(&w, 0);
	wire_put_le32(&w, 0);
	wire_put_le16(&w, SMB2_HEADER + 24);
	wire_put_le16(&w, (uint16_t)blob.n);
	wire_put_le64(&w, 0);
	wire_put_bytes(&w, blob);
	return finish(&w, a);
}

/* Names of servers, shares and pipes here are ASCII or Latin-1 enough: each byte one UTF-16 unit. */
static void put_utf16(struct wire_out *w, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		wire_put_le16(w, (uint8_t)s.p[i]);
}

struct str smb2_tree_connect(struct str server, struct str share, const struct smb_header *h, struct arena *a)
{
	uint8_t bytes[SMB_PACKET_MAX];
	struct wire_out w = begin(bytes);
	struct str path = arena_printf(a, "\\\\%.*s\\%.*s", STR_ARG(server), STR_ARG(share));
	put_smb2_header(&w, h);
	wire_put_le16(&w, 9);
	wire_put_le16(&w, 0);
	wire_put_le16(&w, SMB2_HEADER + 8);
	wire_put_le16(&w, (uint16_t)(path.n * 2));
	put_utf16(&w, path);
	return finish(&w, a);
}

/* begin_smb1: header, count of words, and the first two words of a request that another may be chained to. */
static struct wire_out begin_smb1(uint8_t bytes[static SMB_PACKET_MAX], const struct smb_header *h, uint8_t words)
{
	struct wire_out w = begin(bytes);
	put_smb1_header(&w, h, SMB1_PLAIN_FLAGS);
	wire_put_u8(&w, words);
	wire_put_u8(&w, SMB1_NO_COMMAND);
	wire_put_u8(&w, 0);
	wire_put_le16(&w, 0);
	return w;
}

/* MS-CIFS 2.2.4.53.1. A session of nobody: no name, no domain, one zero byte for a password. */
struct str smb1_logon(const struct smb_header *h, struct arena *a)
{
	uint8_t bytes[SMB_PACKET_MAX];
	struct wire_out w = begin_smb1(bytes, h, 13);
	wire_put_le16(&w, SMB1_BUFFER);
	wire_put_le16(&w, 2); /* requests at a time */
	wire_put_le16(&w, 1); /* virtual circuit: not 0, which would end others of this machine */
	wire_put_le32(&w, 0); /* session key */
	wire_put_le16(&w, 1);
	wire_put_le16(&w, 0);
	wire_put_le32(&w, 0);
	wire_put_le32(&w, SMB1_CAPABILITIES);
	wire_put_le16(&w, 1 + 4 * 2);
	wire_put_zeros(&w, 1 + 4 * 2); /* the password; account, domain, system, program */
	return finish(&w, a);
}

/* MS-CIFS 2.2.4.55.1 */
struct str smb1_tree_connect(struct str server, struct str share, const struct smb_header *h, struct arena *a)
{
	static const char any[] = "?????";
	uint8_t bytes[SMB_PACKET_MAX];
	struct wire_out w = begin_smb1(bytes, h, 4);
	struct str path = arena_printf(a, "\\\\%.*s\\%.*s", STR_ARG(server), STR_ARG(share));
	wire_put_le16(&w, 0);
	wire_put_le16(&w, 1);
	wire_put_le16(&w, (uint16_t)(1 + path.n * 2 + 2 + sizeof any));
	wire_put_u8(&w, 0); /* the password; names begin at an even place */
	put_utf16(&w, path);
	wire_put_le16(&w, 0);
	wire_put_bytes(&w, (struct str){ any, sizeof any });
	return finish(&w, a);
}

/* MS-CIFS 2.2.4.64.1 */
struct str smb1_open_pipe(struct str name, const struct smb_header *h, struct arena *a)
{
	uint8_t bytes[SMB_PACKET_MAX];
	struct wire_out w = begin_smb1(bytes, h, 24);
	struct str path = arena_printf(a, "\\%.*s", STR_ARG(name));
	wire_put_u8(&w, 0);
	wire_put_le16(&w, (uint16_t)(path.n * 2));
	wire_put_le32(&w, 0);
	wire_put_le32(&w, 0);
	wire_put_le32(&w, 0x0080); /* read attributes */
	wire_put_le64(&w, 0);
	wire_put_le32(&w, 0);
	wire_put_le32(&w, 7); /* share all */
	wire_put_le32(&w, 1); /* open, never create */
	wire_put_le32(&w, 0);
	wire_put_le32(&w, 2); /* impersonation */
	wire_put_u8(&w, 0);
	wire_put_le16(&w, (uint16_t)(1 + path.n * 2 + 2));
	wire_put_u8(&w, 0); /* names begin at an even place */
	put_utf16(&w, path);
	wire_put_le16(&w, 0);
	return finish(&w, a);
}

struct str smb2_open_pipe(struct str name, const struct smb_header *h, struct arena *a)
{
	uint8_t bytes[SMB_PACKET_MAX];
	struct wire_out w = begin(bytes);
	put_smb2_header(&w, h);
	wire_put_le16(&w, 57);
	wire_put_le16(&w, 0);
	wire_put_le32(&w, 2); /* impersonation */
	wire_put_zeros(&w, 16);
	wire_put_le32(&w, 0x0080); /* read attributes */
	wire_put_le32(&w, 0);
	wire_put_le32(&w, 7); /* share all */
	wire_put_le32(&w, 1); /* open, never create */
	wire_put_le32(&w, 0);
	wire_put_le16(&w, SMB2_HEADER + 56);
	wire_put_le16(&w, (uint16_t)(name.n * 2));
	wire_put_zeros(&w, 8); /* no contexts */
	put_utf16(&w, name);
	return finish(&w, a);
}

struct str smb2_echo(const struct smb_header *h, struct arena *a)
{
	uint8_t bytes[SMB_PACKET_MAX];
	struct wire_out w = begin(bytes);
	put_smb2_header(&w, h);
	wire_put_le16(&w, 4);
	wire_put_le16(&w, 0);
	return finish(&w, a);
}

/* ---- answers ---- */

static void read_smb1(struct wire *w, struct smb_answer *r)
{
	r->version = 1;
	r->header.command = wire_u8(w);
	r->status = wire_le32(w);
	wire_seek(w, 24);
	r->header.tree = wire_le16(w);
	wire_skip(w, 2);
	r->header.session = wire_le16(w);
	wire_seek(w, 32);
	unsigned words = wire_u8(w);
	if (r->header.command != SMB1_NEGOTIATE || !words)
		return;
	unsigned index = wire_le16(w), mode = words >= 17 ? wire_u8(w) : 0;
	r->has_dialect = wire_ok(w);
	r->dialect = index ? 0xFFFF : 0x0100; /* one dialect was offered: its index is 0 */
	r->security = mode >> 2 & 3;
}

/* MS-SMB2 2.2.4.1: is an encryption context among those of the answer? */
static bool has_encryption_context(struct wire w, unsigned count, size_t at)
{
	for (unsigned i = 0; i < count && i < 16; i++) {
		wire_seek(&w, (at + 7) / 8 * 8);
		unsigned type = wire_le16(&w), size = wire_le16(&w);
		wire_skip(&w, 4);
		unsigned ciphers = wire_le16(&w), cipher = wire_le16(&w);
		if (!wire_ok(&w))
			return false;
		if (type == 2)
			return ciphers && cipher;
		at = w.at - 4 + size;
	}
	return false;
}

static void read_negotiation(struct wire *w, struct smb_answer *r)
{
	r->security = wire_le16(w) & 3u;
	r->dialect = wire_le16(w);
	unsigned contexts = wire_le16(w);
	r->guid = wire_bytes(w, 16);
	r->capabilities = wire_le32(w);
	wire_skip(w, 12 + 16 + 4); /* sizes, times, security buffer */
	size_t context_at = wire_le32(w);
	r->has_dialect = wire_ok(w);
	r->encryption = r->dialect == 0x0311 ? has_encryption_context(*w, contexts, context_at) :
			r->dialect >= 0x0300 && r->capabilities & CAPABILITY_ENCRYPTION;
}

static void read_smb2(struct wire *w, struct smb_answer *r)
{
	r->version = 2;
	wire_skip(w, 4); /* its own size, credit charge */
	r->status = wire_le32(w);
	r->header.command = wire_le16(w);
	r->credits = wire_le16(w);
	wire_seek(w, 24);
	r->header.message = wire_le64(w);
	wire_skip(w, 4);
	r->header.tree = wire_le32(w);
	r->header.session = wire_le64(w);
	wire_seek(w, SMB2_HEADER);
	unsigned size = wire_le16(w);
	if (r->header.command == SMB2_NEGOTIATE && !r->status && size == 65)
		read_negotiation(w, r);
	else if (r->header.command == SMB2_SESSION_SETUP && size == 9)
		r->session_flags = wire_le16(w);
}

struct smb_answer smb_read(struct str frame)
{
	struct smb_answer r = { 0 };
	struct wire w = wire_of(frame);
	struct str magic = wire_bytes(&w, 4);
	if (str_eq(magic, STR("\xFFSMB")))
		read_smb1(&w, &r);
	else if (str_eq(magic, STR("\xFESMB")))
		read_smb2(&w, &r);
	r.whole = wire_ok(&w);
	return r;
}

const char *smb_dialect_name(unsigned dialect)
{
	switch (dialect) {
	case 0x0100: return "NT1";
	case 0x0202: return "2.02";
	case 0x0210: return "2.10";
	case 0x0300: return "3.00";
	case 0x0302: return "3.02";
	case 0x0311: return "3.11";
	case 0xFFFF: return "none";
	default: return "?";
	}
}
