/* SPDX-License-Identifier: MIT */
#include "diagnose/digest.h"

/* A client asks with the highest dialects it may speak and falls back where the server knows none of them. */
enum { SMB_311, SMB_2, SMB_1, SMB_KINDS };
static const struct str smb_names[] = { STR_LIT("smb311"), STR_LIT("smb2"), STR_LIT("smb1") };

struct smb_view {
	const struct evidence *of[SMB_KINDS];
	bool may[SMB_KINDS]; /* the client may speak it */
};

static struct smb_view view_smb(const struct digest *d)
{
	struct smb_view v = { 0 };
	for (size_t i = 0; i < SMB_KINDS; i++) {
		v.of[i] = digest_look(d, "smb", ARG("address", d->target), ARG("dialects", smb_names[i]),
				      ARG("pad", STR("")));
		if (evidence_state(v.of[i], "no-connection")) /* says nothing of SMB: tcp.steady has it */
			v.of[i] = NULL;
	}
	struct str most = evidence_text(d->files, "client.smb.max_protocol");
	bool two =
		!d->files || !evidence_fact(d->files, "client.smb.smb2") || evidence_yes(d->files, "client.smb.smb2");
	v.may[SMB_1] =
		!d->files || !evidence_fact(d->files, "client.smb.smb1") || evidence_yes(d->files, "client.smb.smb1");
	v.may[SMB_2] = two;
	v.may[SMB_311] = two && (!most.n || str_eq(most, STR("SMB3_11")) || str_eq(most, STR("SMB3")));
	return v;
}

const char *digest_client_dialects(const struct digest *d)
{
	struct smb_view v = view_smb(d);
	return v.may[SMB_311] ? "smb311" : v.may[SMB_2] ? "smb2" : "smb1";
}

static bool speaks(const struct smb_view *v, size_t kind)
{
	return evidence_state(v->of[kind], "negotiated");
}

/* refuses: the server took the question and wants none of its dialects. */
static bool refuses(const struct smb_view *v, size_t kind)
{
	return evidence_state(v->of[kind], "no-dialect") || evidence_state(v->of[kind], "closed") ||
	       evidence_state(v->of[kind], "reset");
}

/* asked: the conversation that the client's own attempt comes down to. */
static const struct evidence *asked(const struct smb_view *v)
{
	const struct evidence *last = NULL;
	for (size_t i = 0; i < SMB_KINDS; i++) {
		if (!v->may[i] || !v->of[i])
			continue;
		last = v->of[i];
		if (!refuses(v, i))
			break;
	}
	return last;
}

/* digest_works_small: SMB began, with requests that are small. */
bool digest_works_small(const struct digest *d)
{
	struct smb_view v = view_smb(d);
	return evidence_state(asked(&v), "negotiated");
}

static const char *outcome(const struct evidence *e)
{
	if (evidence_state(e, "silent"))
		return evidence_number(e, "smb.unacked", 0) > 0 ? "silent-unacked" : "silent";
	if (evidence_state(e, "denied") || evidence_text(e, "smb.nbss").n)
		return str_eq(evidence_arg(e, "port"), STR("139")) ? "refused-session" : "turned-away";
	static const char *const same[] = { "negotiated", "no-dialect", "closed", "reset", "not-smb" };
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (evidence_state(e, same[i]))
			return same[i];
	return "not-smb";
}

static void put_dialects(struct digest *d, const struct smb_view *v)
{
	const struct evidence *last = asked(v);
	double least = evidence_number(d->files, "client.smb.min_dialect", 0),
	       dialect = evidence_number(last, "smb.dialect_number", least);
	bool common = false, complete = v->of[SMB_1] && v->of[SMB_2] && v->of[SMB_311];
	for (size_t i = 0; i < SMB_KINDS; i++)
		common |= v->may[i] && speaks(v, i);
	bool modern = speaks(v, SMB_2) || speaks(v, SMB_311);
	if (common && dialect < least)
		digest_put(d, "smb.dialects", "server-too-old", last);
	else if (common)
		digest_put(d, "smb.dialects", "common", last);
	else if (complete && !v->may[SMB_2] && !v->may[SMB_311] && modern && refuses(v, SMB_1))
		digest_put(d, "smb.dialects", "client-smb1-only", v->of[SMB_1]);
	else if (complete && !v->may[SMB_1] && speaks(v, SMB_1) && refuses(v, SMB_2) && refuses(v, SMB_311))
		digest_put(d, "smb.dialects", "server-smb1-only", v->of[SMB_2]);
	else if (complete && speaks(v, SMB_311) && !v->may[SMB_311] && refuses(v, SMB_2))
		digest_put(d, "smb.dialects", "server-smb311-only", v->of[SMB_2]);
	else if (complete)
		digest_put(d, "smb.dialects", "none", v->of[SMB_2]);
	const struct evidence *newer = v->of[SMB_2] ? v->of[SMB_2] : v->of[SMB_311];
	if (newer && common && speaks(v, SMB_1) && !modern)
		digest_put(d, "smb.newer", "turned-down", newer);
	if (v->of[SMB_1])
		digest_put(d, "smb.smb1-reset", evidence_state(v->of[SMB_1], "reset") ? "yes" : "no", v->of[SMB_1]);
}

static void put_signing(struct digest *d, const struct evidence *e)
{
	struct str client = evidence_text(d->files, "client.smb.signing"), server = evidence_text(e, "smb.signing");
	if (!server.n)
		return;
	bool wants = str_eq_nocase(client, STR("required")) || str_eq_nocase(client, STR("mandatory"));
	bool never = str_eq_nocase(client, STR("disabled")) || str_eq_nocase(client, STR("off"));
	bool clash = (wants && str_eq(server, STR("off"))) || (never && str_eq(server, STR("required")));
	digest_put(d, "smb.signing", clash ? "mismatch" : "ok", e);
}

static bool asks_share(const struct digest *d)
{
	return d->share.n && d->smb;
}

static void put_access(struct digest *d, const struct evidence *e)
{
	struct str session = evidence_text(e, "session.status"), ipc = evidence_text(e, "tree.ipc_status");
	struct str share = evidence_text(e, "tree.status"), fine = STR("00000000");
	bool refused = (session.n && !str_eq(session, fine)) || (ipc.n && !str_eq(ipc, fine));
	if (refused || ipc.n)
		digest_put(d, "smb.anonymous", refused ? "denied" : "accepted", e);
	if (!asks_share(d))
		return;
	if (!share.n && refused)
		digest_put(d, "smb.share", "denied", e);
	else if (share.n)
		digest_put(d, "smb.share",
			   str_eq(share, fine)			   ? "ok"
			   : str_eq_nocase(share, STR("c00000cc")) ? "missing"
								   : "denied",
			   e);
}

/* Encryption came with SMB 3. A server that demands it turns an older dialect away at the session and takes SMB
 * 3.1.1. A client that demands it goes on with no server that does not offer it. */
static void put_encryption(struct digest *d, const struct smb_view *v, const struct evidence *e)
{
	const struct evidence *newest = v->of[SMB_311];
	bool can = evidence_number(e, "smb.dialect_number", 0) >= 0x300;
	bool none = evidence_yes(d->files, "client.smb.encrypts") && evidence_fact(e, "smb.encryption") &&
		    !evidence_yes(e, "smb.encryption");
	if (evidence_state(e, "negotiated") && none) {
		double most = evidence_number(d->files, "client.smb.max_dialect", 0x311);
		digest_put(d, "smb.encryption", most < 0x300 ? "own-too-old" : "not-offered", e);
		return;
	}
	if (!evidence_state(e, "negotiated") || (!can && !newest))
		return;
	struct str mine = evidence_text(e, "session.status"), fine = STR("00000000");
	bool takes = str_eq(evidence_text(newest, "session.status"), fine);
	bool denied = str_eq_nocase(mine, STR("c0000022"));
	bool offers = evidence_yes(newest,
				   "smb.encryption"); /* nobody in particular cannot encrypt: it refuses us there too */
	bool demands = evidence_yes(newest, "session.encrypt") || (denied && (takes || offers));
	digest_put(d, "smb.encryption", !can && demands ? "required" : "ok", newest ? newest : e);
}

static void put_nbss(struct digest *d)
{
	const struct evidence *e = digest_look(d, "nbss", ARG("address", d->target));
	if (!e)
		return;
	struct str code = evidence_text(e, "nbss.code");
	if (evidence_state(e, "accepted") || evidence_state(e, "silent"))
		digest_put_str(d, "nbss.state", e->state, e);
	else if (evidence_state(e, "negative"))
		digest_put_str(d, "nbss.state", code.n ? code : STR("8f"), e);
	else if (evidence_state(e, "closed") || evidence_state(e, "reset"))
		digest_put(d, "nbss.state", "closed", e);
}

/* put_service_works: of another service a connection is all that is asked, and what becomes of it before a word is
 * said. Where that was not looked at, it was not asked either. */
static void put_service_works(struct digest *d)
{
	struct str begins = digest_fact(d, "service.begins");
	bool watched = evidence_fact(d->tcp445, "tcp.watched") != NULL;
	bool works = !watched || str_eq(begins, STR("waits")) || str_eq(begins, STR("greets"));
	bool unclear = str_eq(begins, STR("unclear")); /* a person has to say which service was meant */
	if (works || (begins.n && !unclear))
		digest_put(d, "path.works", works ? "yes" : "no", d->tcp445);
}

static void put_works(struct digest *d, const struct evidence *e)
{
	struct str first = digest_fact(d, "tcp.445"), second = digest_fact(d, "tcp.139");
	bool open = str_eq(first, STR("open")) || str_eq(second, STR("open"));
	if (!d->smb && open) {
		put_service_works(d);
		return;
	}
	if (digest_is(d, "name.resolution", "failed") || (first.n && second.n && !open))
		digest_put(d, "path.works", "no", open ? NULL : d->tcp445);
	if (!e || !open)
		return;
	bool negotiated = evidence_state(e, "negotiated") && digest_is(d, "smb.dialects", "common");
	bool old = str_eq(evidence_text(e, "smb.dialect"), STR("NT1")); /* probed no further than its dialect */
	bool works = negotiated && (old || evidence_text(e, "session.status").n) &&
		     !digest_is(d, "smb.signing", "mismatch") && !digest_is(d, "smb.encryption", "required") &&
		     !digest_is(d, "smb.encryption", "not-offered") && !digest_is(d, "smb.encryption", "own-too-old");
	if (!works || digest_fact(d, "smb.encryption").n)
		digest_put(d, "path.works", works ? "yes" : "no", e);
}

/* put_other: the client's own request got no answer; whether the requests with other dialects got one. */
static void put_other(struct digest *d, const struct smb_view *v, const struct evidence *own)
{
	const struct evidence *answer = NULL;
	for (size_t i = 0; i < SMB_KINDS; i++)
		if (v->of[i] && !evidence_state(v->of[i], "silent"))
			answer = v->of[i];
	if (evidence_state(own, "silent") && (answer || (v->of[SMB_1] && v->of[SMB_2])))
		digest_put(d, "smb.other", answer ? "answers" : "silent", answer ? answer : v->of[SMB_1]);
}

/* put_end: the server ended the conversation: at once, or when a word was said. From far away nobody can tell. */
static void put_end(struct digest *d, const struct evidence *e)
{
	enum { NEAR_TRIP_MS = 25 };
	bool early = evidence_yes(e, "smb.early"),
	     near = evidence_number(d->tcp445, "tcp.ms", NEAR_TRIP_MS) < NEAR_TRIP_MS;
	if (evidence_state(e, "closed") && evidence_fact(e, "smb.early") && (early || near))
		digest_put(d, "smb.end", early ? "at-once" : "at-words", e);
}

/* put_step: the first step of the ladder that fails. */
static void put_step(struct digest *d)
{
	static const char *const local[] = { "no-local-port", "local-denied" };
	static const char *const on_way[] = {
		"no-neighbour", "net-unreachable", "host-unreachable", "prohibited-router", "loop", "no-route"
	};
	struct str tcp = digest_fact(d, "tcp.445"), route = digest_fact(d, "route.state");
	bool open = str_eq(tcp, STR("open")) || digest_is(d, "tcp.139", "open");
	bool told = tcp.n && digest_fact(d, "tcp.139").n;
	const char *step = NULL;
	for (size_t i = 0; i < sizeof local / sizeof *local; i++)
		step = str_eq(tcp, str_c(local[i])) ? "tcp" : step;
	for (size_t i = 0; i < sizeof on_way / sizeof *on_way; i++)
		step = str_eq(tcp, str_c(on_way[i])) ? "path" : step;
	if (!step && told && !open)
		step = digest_is(d, "host.ip", "answers") ? "tcp" : digest_is(d, "host.ip", "silent") ? "path" : NULL;
	if (open)
		step = digest_is(d, "path.works", "yes")  ? "none"
		       : digest_is(d, "path.works", "no") ? (d->smb ? "smb" : "tcp")
							  : NULL;
	if (route.n && !str_eq(route, STR("ok")))
		step = "path";
	if (digest_is(d, "name.resolution", "failed"))
		step = "name";
	if (digest_fact(d, "address.state").n && !digest_is(d, "address.state", "ok"))
		step = "address";
	if (digest_fact(d, "link.state").n && !digest_is(d, "link.state", "ok"))
		step = "link";
	if (step)
		digest_put(d, "fails.at", step, NULL);
}

void digest_smb(struct digest *d)
{
	if (!asks_share(d))
		digest_put(d, "smb.share", "not-asked", NULL);
	if (!d->target.n) {
		put_works(d, NULL);
		put_step(d);
		return;
	}
	if (!d->smb && digest_is(d, "tcp.445", "open"))
		digest_put(d, "smb.outcome", "not-asked", NULL);
	put_nbss(d);
	struct smb_view v = view_smb(d);
	const struct evidence *e = asked(&v);
	if (e) {
		digest_put(d, "smb.outcome", outcome(e), e);
		bool small = speaks(&v, SMB_1) || speaks(&v, SMB_2);
		bool told = v.of[SMB_1] && v.of[SMB_2];
		if (small || told)
			digest_put(d, "smb.small", small ? "passes" : "fails", v.of[SMB_2]);
		if (evidence_text(e, "smb.service").n)
			digest_put_str(d, "smb.service", evidence_text(e, "smb.service"), e);
		put_dialects(d, &v);
		put_other(d, &v, e);
		put_end(d, e);
		put_signing(d, e);
		put_access(d, e);
		put_encryption(d, &v, e);
	}
	put_works(d, e);
	put_step(d);
}
