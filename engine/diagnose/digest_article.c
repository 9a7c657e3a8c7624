/* SPDX-License-Identifier: MIT */
#include "diagnose/digest.h"

static const struct evidence *newest(const struct digest *d, const char *probe)
{
	return digest_look_(d, probe, NULL, 0);
}

/* put_about: an error of a login, or of a share that is not seen to be there, is no error of the path. */
static void put_about(struct digest *d)
{
	struct str meaning = d->c->meaning ? d->c->meaning->name : STR("");
	bool login = str_in_list(meaning, "login account session");
	bool share = digest_is(d, "message.code", "67") && !digest_is(d, "smb.share", "ok");
	digest_put(d, "message.about", login ? "login" : share ? "share" : "path", NULL);
	if (d->c->code && d->c->code->says.n)
		digest_put_str(d, "message.says", d->c->code->says, NULL);
}

static void put_message(struct digest *d)
{
	const struct evidence *e = newest(d, "message");
	if (!e)
		return;
	digest_put_str(d, "message.age", e->state, e);
	digest_put_str(d, "message.when", evidence_text(e, "message.time"), e);
	digest_put_str(d, "message.ago", evidence_text(e, "message.ago"), e);
}

static void put_log(struct digest *d)
{
	const struct evidence *e = newest(d, "log");
	if (!e)
		return;
	digest_put_str(d, "log.rhythm", e->state, e);
	digest_put_str(d, "log.row", e->reason, e);
}

/* put_program: a version that is known to be good is at or above one proven later; below it nobody knows. */
static void put_program(struct digest *d)
{
	const struct evidence *e = newest(d, "pe");
	if (!e)
		return;
	digest_put(d, "file.fixed", evidence_yes(e, "file.at_least") ? "fixed" : "unknown", e);
	digest_put_str(d, "file.name", evidence_text(e, "file.name"), e);
	struct str version = evidence_text(e, "file.version");
	digest_put_str(d, "file.version", version.n ? version : STR("unknown"), e);
}

static void put_pipe(struct digest *d)
{
	for (size_t i = d->c->evidence_count; i-- > 0;) {
		const struct evidence *e = d->c->evidence[i];
		struct str state = evidence_text(e, "pipe.state");
		bool here = d->target.n && str_eq(evidence_arg(e, "address"), d->target);
		if (here && state.n && !str_eq(state, STR("no-connection"))) {
			digest_put_str(d, "rcmd.pipe", state, e);
			return;
		}
	}
}

/* put_ras_server: two hosts matter over a dialled link: the RAS server, which is its far end, and the one behind it. */
static void put_ras_server(struct digest *d)
{
	d->ras_server = digest_binding(d, STR("ras_server"));
	if (!d->ras_server.n && digest_is(d, "path.kind", "ras"))
		d->ras_server = evidence_text(d->ras, "link.peer");
	const struct evidence *e = d->ras_server.n ? digest_look(d, "icmp", ARG("address", d->ras_server)) : NULL;
	if (e && !evidence_state(e, "denied"))
		digest_put(d, "ras.server",
			   evidence_state(e, "answered") || evidence_state(e, "loss") ? "answers" : "silent", e);
}

void digest_article(struct digest *d)
{
	put_about(d);
	put_message(d);
	put_log(d);
	put_program(d);
	put_pipe(d);
	put_ras_server(d);
}
