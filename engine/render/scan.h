/* SPDX-License-Identifier: MIT
 *
 * hits and incidents > JSON, text, and a page. Takes what scan gives, adds bytes to a struct buf; never prints.
 *
 *   scan_json.c   a hit as an object
 *   scan_text.c   incidents for a terminal or a pipe
 *   scan_live.c   a hit for those, as it comes
 *   scan_html.c   a page of its own to send on (scan_report.css: its style)
 *   scan_share.c  the same for programs, tickets and chats
 */
#ifndef KBT_RENDER_SCAN_H
#define KBT_RENDER_SCAN_H

#include "render/render.h"
#include "scan/incident.h"
#include "scan/unknown.h"

/* One object, no newline behind it. The lines around the hit are in it where it has some. */
void render_json_hit(struct buf *out, const struct scan_hit *hit);

/* An incident: an object with "incident" and without a line of its own; "story" where its lines tell one. */
void render_json_incident(struct buf *out, const struct incident *incident);
/* pieces that several objects share: a place; lines as a list */
void render_json_place(struct json *j, const char *key, const struct incident_place *place);
void render_json_lines(struct json *j, const char *key, struct str lines);
/* An unknown error: an object that has no id. */
void render_json_unknown(struct buf *out, const struct unknown *unknown);

/* A hit as it comes: when, which article, what it binds, where, and the line; again: one like it was shown already. */
void render_text_hit(struct buf *out, const struct render_text *t, const struct scan_hit *hit, bool again);

/* A group (incidents_group) in a few lines, the last one empty: what, how often, when and where first and last, counts
 * over time where times are known, and the most telling line with those around it. By host and hour: a line for each
 * article. */
void render_text_incidents(struct buf *out, const struct render_text *t, const struct incidents *set, size_t group);
/* render_text_outside says which times the counts over time leave out (spells.h); nothing where there are none. */
void render_text_outside(struct buf *out, const struct incidents *set);

/* render_text_unknowns: at most limit of them, ranked, the last line empty. */
void render_text_unknowns(struct buf *out, const struct render_text *t, const struct unknowns *set, size_t limit);

/* What a page tells of a scan. */
struct render_scan {
	const struct incidents *set; /* grouped by article */
	const struct rule *rules;    /* parallel to its groups, at least `limit` of them: cause and fix; or NULL */
	size_t limit;		     /* articles shown */
	const struct unknowns *unknowns; /* ranked; NULL where nobody asked for them */
	struct scan_counts counts;
	uint64_t files;
	struct str made; /* when, for people; may be empty */
	const struct str *unread; /* sentences: what could not be read */
	size_t unread_count;
	bool redacted;
	bool linked; /* article titles lead to /kb/ID */
};

/* render_html_scan: a whole page, self-contained. */
void render_html_scan(struct buf *out, const struct render_scan *scan);
/* render_html_scan_parts: what of it stands under the summary, for a page that has a frame and a style of its own. */
void render_html_scan_parts(struct buf *out, const struct render_scan *scan);

/* The same as one JSON object, as Markdown, as text; title heads the last two (scan_share.c). */
void render_json_scan(struct buf *out, const struct render_scan *scan);
void render_markdown_scan(struct buf *out, struct str title, const struct render_scan *scan);
void render_text_scan(struct buf *out, const struct render_text *t, struct str title, const struct render_scan *scan);

#endif
