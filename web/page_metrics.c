/* SPDX-License-Identifier: MIT
 *
 * /metrics: counts for Prometheus (text format 0.0.4). No label comes from what people paste.
 */
#include "web/page.h"

struct row {
	const char *name, *type, *help;
	uint64_t value;
};

void page_metrics(struct site *site, struct http_request *req, struct http_response *res)
{
	struct run_counts c = runs_count(site_runs(site));
	const struct http_counts *http = site_http_counts(site);
	struct buf out = { 0 };
	const struct row rows[] = {
		{ "kbt_articles", "gauge", "Articles in the knowledge base.", (uint64_t)site_articles(site) },
		{ "kbt_diagnoses_waiting", "gauge", "Diagnoses that wait for a worker.", c.waiting },
		{ "kbt_diagnoses_running", "gauge", "Diagnoses under way.", c.running },
		{ "kbt_diagnoses_started_total", "counter", "Diagnoses begun.", c.started },
		{ "kbt_diagnoses_shared_total", "counter", "Requests that shared another one's diagnosis.", c.joined },
		{ "kbt_verdicts_confirmed_total", "counter", "Diagnoses that confirmed a cause.", c.confirmed },
		{ "kbt_verdicts_healthy_total", "counter", "Diagnoses that found nothing wrong.", c.healthy },
		{ "kbt_verdicts_undecided_total", "counter", "Diagnoses without a decision.", c.undecided },
		{ "kbt_http_connections", "gauge", "Connections that are open.", http->connections },
		{ "kbt_http_answers_2xx_total", "counter", "Requests answered.", http->answers[2] },
		{ "kbt_http_answers_3xx_total", "counter",
		  "Requests sent elsewhere, or answered from what the client has.",
		  http->answers[3] },
		{ "kbt_http_answers_4xx_total", "counter", "Requests refused.", http->answers[4] },
		{ "kbt_http_answers_5xx_total", "counter", "Requests that failed here.", http->answers[5] },
		{ "kbt_http_malformed_total", "counter", "Requests refused as malformed, of those.", http->malformed },
		{ "kbt_http_cut_off_total", "counter", "Connections closed because the client was too slow.",
		  http->cut_off },
		{ "kbt_diagnoses_failed_total", "counter", "Diagnoses that were cancelled or failed.", c.failed },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		buf_addf(&out, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", rows[i].name, rows[i].help, rows[i].name,
			 rows[i].type, rows[i].name, (unsigned long long)rows[i].value);
	page_send(req, res, "text/plain; version=0.0.4; charset=utf-8", &out);
}
