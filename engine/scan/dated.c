/* SPDX-License-Identifier: MIT */
#include "scan/dated.h"

#include "match/envelope.h"
#include "match/stamp.h"

#include <string.h>

enum { LINE_MAX_READ = 4 << 10, STAMP_WITHIN = 64, BRACKET_WITHIN = 256 };

/* No stamp without a digit near the start, but for those that have it at their end. */
static bool may_have(struct str line)
{
	size_t near = line.n < STAMP_WITHIN ? line.n : STAMP_WITHIN;
	for (size_t i = 0; i < near; i++)
		if (char_is_digit(line.p[i]))
			return true;
	return line.n && (line.p[line.n - 1] == '>' || line.p[0] == '{');
}

/* "10.0.0.1 - - [12/Mar/2001:10:56:20 +0000] ..." as Apache writes it */
static struct str in_brackets(struct str line)
{
	struct str near = str_first(line, BRACKET_WITHIN);
	struct stamp t;
	size_t open = str_find_char(near, '[');
	if (open == STR_NONE)
		return STR("");
	size_t n = str_find_char(str_from(near, open), ']');
	struct str inside = n == STR_NONE ? STR("") : str_first(str_from(near, open + 1), n - 1);
	return inside.n && stamp_parse(inside, &t) && t.month ? inside : STR("");
}

/* "1131566461.123 ..." as squid writes it, "- 1131566461 ...", "1131566461: ...", "type=...
 * msg=audit(1131566461.123:42)" */
static struct str in_seconds(struct str line)
{
	static const struct str audit = STR_LIT("msg=audit(");
	size_t at = str_starts(line, STR("type=")) ? str_find(str_first(line, STAMP_WITHIN), audit) : STR_NONE;
	struct str rest = line, word;
	struct stamp t;
	if (at != STR_NONE) {
		word = str_from(line, at + audit.n);
		word = str_first(word, str_find_char(word, ':'));
		return word.n < STAMP_WITHIN && stamp_parse(word, &t) && t.month ? word : STR("");
	}
	if (!str_word(&rest, &word) || (str_eq(word, STR("-")) && !str_word(&rest, &word)))
		return STR("");
	size_t digits = 0;
	while (digits < word.n && char_is_digit(word.p[digits]))
		digits++;
	if (digits == 10 && digits + 1 == word.n && word.p[digits] == ':')
		word.n--;
	return digits >= 10 && stamp_parse(word, &t) && t.month ? word : STR("");
}

/* {"timestamp": "2001-03-12T10:56:20Z", ...}, and the journal's microseconds */
static struct str in_json(struct str line)
{
	static const struct str keys[] = { STR_LIT("\"$date\""),      STR_LIT("\"__REALTIME_TIMESTAMP\""),
					   STR_LIT("\"@timestamp\""), STR_LIT("\"timestamp\""),
					   STR_LIT("\"time\""),	      STR_LIT("\"ts\"") };
	struct stamp t;
	for (size_t i = 0; line.p[0] == '{' && i < sizeof keys / sizeof *keys; i++) {
		size_t at = str_find(line, keys[i]);
		struct str value = str_trim(at == STR_NONE ? STR("") : str_from(line, at + keys[i].n));
		if (!value.n || value.p[0] != ':')
			continue;
		value = str_trim(str_from(value, 1));
		value = str_from(value, value.n && value.p[0] == '"');
		size_t n = 0;
		while (n < value.n && !strchr("\",}", value.p[n]))
			n++;
		value = str_first(value, n);
		if (value.n && stamp_parse(value, &t) && t.month)
			return value;
	}
	return STR("");
}

/* has_clock: beside a date. A date alone, "2001-03-12" or perhaps "10.12.2001", does not say that it is midnight. */
static bool has_clock(struct str stamp)
{
	enum { DATE_MAX = 12 };
	return str_find_char(stamp, ':') != STR_NONE || stamp.n > DATE_MAX;
}

/* "Date/Time:   Tue Mar 12 10:56:20 CET 2001", "__REALTIME_TIMESTAMP=1131566461000000",
 * "<TimeCreated SystemTime='2001-03-12T10:56:20Z'/>", ">>>  Section start 2001/03/12 10:56:20.123": the line of a
 * record over several that tells nothing but when, also without a word */
static struct str labelled(struct str line)
{
	static const struct str labels[] = { STR_LIT("Date/Time:"),
					     STR_LIT("Date:"),
					     STR_LIT("Time:"),
					     STR_LIT("Timestamp:"),
					     STR_LIT("Logged:"),
					     STR_LIT("Event time:"),
					     STR_LIT("Date and time:"),
					     STR_LIT("TimeCreated"),
					     STR_LIT("Start time:"),
					     STR_LIT("TimeGenerated"),
					     STR_LIT("<TimeCreated SystemTime="),
					     STR_LIT("__REALTIME_TIMESTAMP="),
					     STR_LIT(">>>  Section start "),
					     STR_LIT("<<<  Section end ") };
	struct stamp t;
	if (line.n < STAMP_WITHIN && (char_is_digit(line.p[0]) || stamp_weekday(line)) && has_clock(line) &&
	    stamp_parse(line, &t) && t.month)
		return line;
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		if (!str_starts_nocase(line, labels[i]))
			continue;
		size_t from = labels[i].n, to = line.n;
		while (from < to && strchr(" \t:'\"", line.p[from]))
			from++;
		while (to > from && strchr(" '\"/>", line.p[to - 1]))
			to--;
		struct str value = str_part(line, from, to);
		if (has_clock(value) && stamp_parse(value, &t) && t.month)
			return value;
	}
	return STR("");
}

/* "<13>1 2003-10-11T22:14:15.003Z host ...": RFC 5424 */
static struct str behind_priority(struct str line)
{
	size_t end = line.n && line.p[0] == '<' ? str_find(str_first(line, 8), STR(">1 ")) : STR_NONE;
	return end == STR_NONE ? line : str_from(line, end + 3);
}

struct str dated_stamp(struct str line, struct str time)
{
	if (!time.n)
		return time;
	struct str behind = str_from(line, (size_t)(time.p - line.p) + time.n), date = STR("\" date=\"");
	if (str_starts(behind, date)) { /* ConfigMgr */
		size_t n = str_find_char(str_from(behind, date.n), '"');
		return n == STR_NONE ? time : (struct str){ time.p, time.n + date.n + n };
	}
	int minutes;
	size_t zone = str_starts(behind, STR(" ")) ? stamp_zone(str_from(behind, 1), &minutes) : 0;
	if (zone)
		return (struct str){ time.p, time.n + 1 + zone };
	return time;
}

struct str dated_line(struct str line)
{
	struct match_envelope dress;
	line = behind_priority(str_trim(str_first(line, LINE_MAX_READ)));
	if (!may_have(line))
		return STR("");
	struct str time = in_seconds(line);
	if (!time.n)
		time = in_json(line);
	if (time.n)
		return time;
	time = labelled(line);
	if (time.n)
		return time;
	envelope_read(line, &dress);
	return dress.time.n ? dated_stamp(line, dress.time) : in_brackets(line);
}

struct str dated_past(struct str time, int64_t written_s)
{
	enum { SECONDS = 10, DAY_S = 86400 };
	struct stamp t;
	int64_t at_s;
	size_t digits = 0;
	while (digits < time.n && char_is_digit(time.p[digits]))
		digits++;
	bool bare = digits == SECONDS && written_s > 0 && (digits == time.n || time.p[digits] == '.');
	bool later = bare && stamp_parse(time, &t) && stamp_seconds(&t, 0, &at_s) && at_s - DAY_S > written_s;
	return later ? STR("") : time;
}

struct str dated_before(struct dated *d, size_t at)
{
	struct str time = STR("");
	size_t end = at, lines = 0, floor = d->known < at ? d->known : 0;
	while (end > floor && !time.n && (d->deep || lines++ < DATED_LINES)) {
		size_t stop = end - (d->text.p[end - 1] == '\n');
		const char *newline = stop ? memrchr(d->text.p, '\n', stop) : NULL;
		size_t start = newline ? (size_t)(newline - d->text.p) + 1 : 0;
		time = dated_past(dated_line((struct str){ d->text.p + start, stop - start }), d->written_s);
		end = start;
	}
	if (!time.n && end <= floor && floor == d->known)
		time = d->time;
	d->known = at;
	d->time = time;
	return time;
}
