/* SPDX-License-Identifier: MIT
 *
 * hits and incidents > JSON and text. Takes what scan gives, adds bytes to a struct buf; never prints.
 */
#ifndef KBT_RENDER_SCAN_H
#define KBT_RENDER_SCAN_H

#include "render/render.h"
#include "scan/incident.h"

/* One object, no newline behind it. */
void render_json_hit(struct buf *out, const struct scan_hit *hit);

/* A few lines, the last one empty. The first and last places are left out where the incident is a single line. */
void render_text_incident(struct buf *out, const struct render_text *t, const struct incident *incident);

#endif
