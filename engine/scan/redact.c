/* SPDX-License-Identifier: MIT
 *
 * Names and their tokens: see redact.h.
 */
#include "scan/redact.h"

#include "base/utf8.h"
#include "match/envelope.h"
#include "scan/redact_lines.h"

#include <string.h>

enum {
	NAME_MIN = 2,  /* a shorter name is replaced only where its neighbours tell it */
	PARTS_MAX = 12 /* of a word, joined by stops and dashes */
};

struct redact_name {
	struct str name;
	enum redact_kind kind;
	unsigned number; /* 0: it did not come out yet */
	bool anywhere;	 /* replaced as a word, too */
};

void redactor_free(struct redactor *r)
{
	index_free(&r->by_name);
	arena_free(&r->arena);
	arena_free(&r->work);
	buf_free(&r->line);
	*r = (struct redactor){ 0 };
}

enum err redactor_err(const struct redactor *r)
{
	enum err e = arena_err(&r->arena) ? arena_err(&r->arena) : arena_err(&r->work);
	return e ? e : buf_err(&r->line);
}

/* begin_work and begin_line: what failed before is remembered. */
static void begin_work(struct redactor *r)
{
	r->arena.failed |= arena_err(&r->work) != ERR_OK;
	arena_reset(&r->work);
}

static void begin_line(struct redactor *r)
{
	r->arena.failed |= buf_err(&r->line) != ERR_OK;
	buf_clear(&r->line);
}

/* ---- the table ---- */

static uint64_t name_hash(struct str s)
{
	uint64_t h = 14695981039346656037u;
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)char_lower(s.p[i])) * 1099511628211u;
	return h ^ h >> 29;
}

static struct redact_name *find_name(struct redactor *r, struct str name)
{
	const struct index_item *i = index_first(&r->by_name, name_hash(name));
	while (i && !str_eq_nocase(r->names[i->number].name, name))
		i = index_next(&r->by_name, i);
	return i ? &r->names[i->number] : NULL;
}

static unsigned number_of(struct redactor *r, struct redact_name *n)
{
	n->number = n->number ? n->number : ++r->numbers[n->kind];
	return n->number;
}

/* is_random: no word of a language, which would stand elsewhere with another meaning. */
static bool is_random(struct str name)
{
	bool mixed = false;
	for (size_t i = 0; i < name.n; i++) {
		if (!char_is_alpha(name.p[i]))
			return name.n >= 4;
		mixed = mixed || (i && char_is_lower(name.p[i - 1]) && char_is_upper(name.p[i]));
	}
	return mixed && name.n >= 8;
}

/* is_role: a user's name that is a word elsewhere in a log, too. */
static bool is_role(struct str name)
{
	static const char roles[] =
		"test news operator local boot ftp api app apps web mail backup monitor deploy build data "
		"games git service support info sales office postmaster webmaster proxy db cache worker job "
		"parameter sync shutdown halt bin sys man list irc cron log default master";
	return str_in_list(name, roles);
}

static struct redact_name *learn_one(struct redactor *r, struct str name, enum redact_kind kind)
{
	if (r->secrets_only && kind != REDACT_SECRET)
		return NULL;
	struct redact_name *known = find_name(r, name);
	if (known && !r->bare)
		number_of(r, known);
	if (known || r->name_count >= REDACT_NAMES_MAX)
		return known;
	struct redact_name *n = arena_push(&r->arena, &r->names, &r->name_count, &r->name_cap);
	if (!n)
		return NULL;
	*n = (struct redact_name){ .name = arena_str(&r->arena, name),
				   .kind = kind,
				   .anywhere =
					   kind == REDACT_SECRET || kind == REDACT_SHARE
						   ? is_random(name)
						   : name.n >= NAME_MIN && !(kind == REDACT_USER && is_role(name)) };
	r->arena.failed |= index_add(&r->by_name, name_hash(name), (uint32_t)r->name_count - 1) != ERR_OK;
	if (!r->bare)
		number_of(r, n);
	return n;
}

/* own_name is what people call a host of a house's own domain: the first part. Of others only what is no word: there
 * are play.example.com and get.example.org. */
static struct str own_name(struct str name, enum redact_kind kind)
{
	static const char own[] = "local lan corp internal intern intranet home ad ds win";
	size_t dot = kind == REDACT_HOST ? str_find_char(name, '.') : STR_NONE;
	struct str first = str_first(name, dot), rest = dot == STR_NONE ? STR("") : str_from(name, dot + 1), label;
	bool word = true, house = false;
	for (size_t i = 0; i < first.n; i++)
		word = word && char_is_alpha(first.p[i]);
	while (rest.n) {
		str_cut(rest, '.', &label, &rest);
		house = house || str_in_list(label, own);
	}
	bool fits = dot != STR_NONE && first.n > NAME_MIN && (house || !word);
	return fits && !redact_keeps(first) ? first : STR("");
}

/* learn gives the entry of a name, or NULL where it is one too many. */
static struct redact_name *learn(struct redactor *r, struct str name, enum redact_kind kind)
{
	size_t known = r->name_count;
	struct redact_name *n = learn_one(r, name, kind);
	struct str own = r->name_count > known ? own_name(name, kind) : STR("");
	if (!own.n)
		return n;
	learn_one(r, own, kind);
	return find_name(r, name); /* the table may have moved */
}

/* ---- a line ---- */

struct edit {
	size_t start, end;	   /* in the text */
	size_t out_start, out_end; /* in what comes out */
};

static bool joins(char c)
{
	return c == '.' || c == '-' || c == '_';
}

static bool is_word(char c)
{
	return char_is_alnum(c) || (unsigned char)c >= 0x80;
}

/* name_at finds a learned name at a word's start: of the joined words there the longest that is one. */
static struct redact_name *name_at(struct redactor *r, struct str s, size_t at, size_t *ret_n)
{
	size_t ends[PARTS_MAX], count = 0;
	for (size_t i = at; i < s.n && count < PARTS_MAX;) {
		while (i < s.n && is_word(s.p[i]))
			i++;
		ends[count++] = i - at;
		while (i < s.n && joins(s.p[i]))
			i++;
		if (i >= s.n || !is_word(s.p[i]))
			break;
	}
	while (count--) {
		struct redact_name *n = find_name(r, (struct str){ s.p + at, ends[count] });
		if (n && n->anywhere) {
			*ret_n = ends[count];
			return n;
		}
	}
	return NULL;
}

static void add_token(struct redactor *r, struct buf *out, struct redact_name *n, enum redact_kind kind)
{
	if (n)
		buf_addf(out, "%s-%u", redact_kind_names[n->kind], number_of(r, n));
	else
		buf_addf(out, "%s-OTHER", redact_kind_names[kind]);
}

static void put_edit(struct redactor *r, struct buf *out, struct edit **edits, size_t *count, size_t *cap,
		     struct edit e, struct redact_name *n, enum redact_kind kind)
{
	e.out_start = out->n;
	add_token(r, out, n, kind);
	e.out_end = out->n;
	struct edit *slot = arena_push(&r->work, edits, count, cap);
	if (slot)
		*slot = e;
}

struct edits {
	struct edit *items;
	size_t count, cap;
};

/* with_told puts the secret that lines beside tell of among the spans, in the place of those that it touches. */
static void with_told(struct arena *a, struct redact_spans *spans, struct redact_span told)
{
	size_t before = 0, count = spans->count, behind = count;
	while (before < count && spans->items[before].end <= told.start)
		before++;
	while (behind > before && spans->items[behind - 1].start >= told.end)
		behind--;
	if (!arena_push(a, &spans->items, &spans->count, &spans->cap))
		return;
	memmove(spans->items + before + 1, spans->items + behind, (count - behind) * sizeof *spans->items);
	spans->items[before] = told;
	spans->count = before + 1 + count - behind;
}

/* A line of a text. */
struct place {
	struct str line, told; /* told: the secret in it by the lines beside */
};

static bool next_line(struct redact_lines *l, struct str *rest, struct place *ret_place)
{
	struct str line, below = STR("");
	if (!str_line(rest, &line))
		return false;
	struct str behind = rest->n ? *rest : l->behind;
	str_line(&behind, &below);
	*ret_place = (struct place){ line, redact_told_by(l, line, below) };
	return true;
}

/* find puts the spans that this redactor is for among its own; gives how many. */
static size_t find(struct redactor *r, struct place place)
{
	struct redact_spans *spans = &r->spans;
	size_t at = place.told.n ? (size_t)(place.told.p - place.line.p) : 0, kept = 0;
	redact_find(place.line, &r->arena, spans);
	if (place.told.n)
		with_told(&r->arena, spans, (struct redact_span){ at, at + place.told.n, REDACT_SECRET });
	for (size_t i = 0; i < spans->count; i++)
		if (!r->secrets_only || spans->items[i].kind == REDACT_SECRET)
			spans->items[kept++] = spans->items[i];
	return spans->count = kept;
}

/* redact_line adds a line with tokens; base is where it begins in the text. */
static void redact_line(struct redactor *r, struct place place, size_t base, struct buf *out, struct edits *edits)
{
	struct str line = place.line;
	size_t count = find(r, place), next = 0;
	const struct redact_span *spans = r->spans.items;
	for (size_t at = 0; at < line.n;) {
		size_t n = 0;
		struct redact_name *name = NULL;
		if (next < count && spans[next].start == at) {
			struct redact_span s = spans[next++];
			name = learn(r, (struct str){ line.p + s.start, s.end - s.start }, s.kind);
			put_edit(r, out, &edits->items, &edits->count, &edits->cap,
				 (struct edit){ .start = base + at, .end = base + s.end }, name, s.kind);
			at = s.end;
			continue;
		}
		if (is_word(line.p[at]) && (!at || !is_word(line.p[at - 1])))
			name = name_at(r, line, at, &n);
		if (name && (next >= count || at + n <= spans[next].start)) {
			put_edit(r, out, &edits->items, &edits->count, &edits->cap,
				 (struct edit){ .start = base + at, .end = base + at + n }, name, name->kind);
			at += n;
			continue;
		}
		buf_add_char(out, line.p[at++]);
	}
}

static size_t moved(const struct edits *edits, size_t at, bool is_end)
{
	size_t in = 0, out = 0; /* behind the last edit before it */
	for (size_t i = 0; i < edits->count; i++) {
		const struct edit *e = &edits->items[i];
		if (is_end ? at <= e->start : at < e->start)
			break;
		if (at < e->end || (is_end && at == e->end))
			return is_end ? e->out_end : e->out_start;
		in = e->end;
		out = e->out_end;
	}
	return out + (at - in);
}

/* part_text: of a text in parts the one, with what the lines before tell. */
static struct str part_text(struct redactor *r, struct redact_lines *lines, struct str text, struct arena *a,
			    struct match_span *spans, size_t span_count)
{
	struct buf out = { 0 };
	struct edits edits = { 0 };
	struct place place;
	begin_work(r);
	for (struct str rest = text; next_line(lines, &rest, &place);) {
		size_t at = (size_t)(place.line.p - text.p);
		redact_line(r, place, at, &out, &edits);
		buf_add(&out, str_part(text, at + place.line.n, (size_t)(rest.p - text.p))); /* the line's end */
	}
	for (size_t i = 0; i < span_count; i++) {
		spans[i].start = moved(&edits, spans[i].start, false);
		spans[i].end = moved(&edits, spans[i].end, true);
	}
	struct str result = edits.count ? buf_keep(&out, a) : text;
	r->arena.failed |= buf_err(&out) != ERR_OK;
	buf_free(&out);
	return result;
}

struct str redact_text(struct redactor *r, struct str text, struct arena *a, struct match_span *spans,
		       size_t span_count)
{
	struct redact_lines lines = { 0 };
	return part_text(r, &lines, text, a, spans, span_count);
}

/* ---- learning ---- */

static void learn_line(struct redactor *r, struct place place)
{
	struct str line = place.line;
	size_t count = find(r, place);
	const struct redact_span *spans = r->spans.items;
	for (size_t i = 0; i < count; i++)
		learn(r, (struct str){ line.p + spans[i].start, spans[i].end - spans[i].start }, spans[i].kind);
	struct match_envelope e;
	begin_work(r);
	envelope_read(utf8_mend(line, &r->work), &e);
	if (!redact_keeps(e.host))
		learn(r, e.host, redact_is_address(e.host) ? REDACT_ADDR : REDACT_HOST);
}

static void learn_part(struct redactor *r, struct redact_lines *lines, struct str text)
{
	for (struct place place; next_line(lines, &text, &place);)
		learn_line(r, place);
}

void redact_learn(struct redactor *r, struct str text)
{
	struct redact_lines lines = { 0 };
	learn_part(r, &lines, text);
}

/* learn_around: a line of a log and those around it, which tell of each other ("password:" above its value). */
static void learn_around(struct redactor *r, struct str before, struct str text, struct str after)
{
	struct redact_lines lines = { .behind = text };
	learn_part(r, &lines, before);
	lines.behind = after;
	learn_part(r, &lines, text);
	lines.behind = STR("");
	learn_part(r, &lines, after);
}

/* may_name: some word of the line may stand before a name, cheaply told. */
static bool may_name(struct str line)
{
	static const struct str marks[] = { STR_LIT("ser"),  STR_LIT("SER"),	 STR_LIT("\\"),	    STR_LIT("ost"),
					    STR_LIT("for "), STR_LIT("ogin"),	 STR_LIT("ccount"), STR_LIT("@"),
					    STR_LIT("://"),  STR_LIT("omputer"), STR_LIT("ation"),  STR_LIT("ode") };
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (memmem(line.p, line.n, marks[i].p, marks[i].n))
			return true;
	return false;
}

static void learn_bare(struct redactor *r, struct str line)
{
	if (line.n > REDACT_LINE_MAX || !may_name(line))
		return;
	redact_find(line, &r->arena, &r->spans);
	const struct redact_span *spans = r->spans.items;
	r->bare = true;
	for (size_t i = 0; i < r->spans.count && r->name_count < REDACT_BARE_MAX; i++)
		if (spans[i].kind == REDACT_HOST || spans[i].kind == REDACT_USER)
			learn(r, (struct str){ line.p + spans[i].start, spans[i].end - spans[i].start }, spans[i].kind);
	r->bare = false;
}

void redact_learn_block(struct redactor *r, struct str block)
{
	while (block.n) {
		size_t end = str_find_char(block, '\n');
		if (r->line.n || end == STR_NONE) { /* what is cut off at its maximum is too long and left out */
			size_t most = REDACT_LINE_MAX + 1, room = r->line.n < most ? most - r->line.n : 0;
			buf_add(&r->line, str_first(str_first(block, end), room));
		}
		if (end == STR_NONE)
			return;
		learn_bare(r, r->line.n ? buf_str(&r->line) : str_first(block, end));
		begin_line(r);
		block = str_from(block, end + 1);
	}
	learn_bare(r, buf_str(&r->line));
	begin_line(r);
}

static bool kind_of(enum var_type type, struct str value, enum redact_kind *ret_kind)
{
	switch (type) {
	case VAR_HOST:
	case VAR_NETBIOS:
	case VAR_ADDRESS: *ret_kind = redact_is_address(value) ? REDACT_ADDR : REDACT_HOST; return true;
	case VAR_USER: *ret_kind = REDACT_USER; return true;
	case VAR_SHARE: *ret_kind = REDACT_SHARE; return !redact_is_common_share(value);
	default: return false;
	}
}

/* learn_match takes up the names that a template bound. */
static void learn_match(struct redactor *r, const struct match *m)
{
	enum redact_kind kind;
	for (size_t i = 0; i < m->capture_count; i++)
		if (kind_of(m->captures[i].type, m->captures[i].value, &kind) && !redact_keeps(m->captures[i].value))
			learn(r, m->captures[i].value, kind);
}

/* A value that is a name is its token, however short. */
static struct str redact_value(struct redactor *r, const struct match_capture *c, struct arena *a)
{
	enum redact_kind kind;
	struct redact_name *n = kind_of(c->type, c->value, &kind) ? find_name(r, c->value) : NULL;
	return n ? arena_printf(a, "%s-%u", redact_kind_names[n->kind], number_of(r, n))
		 : redact_text(r, c->value, a, NULL, 0);
}

/* redact_match: the captures are copied; their spans count in *text, which the lines are at. */
static void redact_match(struct redactor *r, struct redact_lines *lines, struct match *m, struct str *text,
			 struct arena *a)
{
	struct match_capture *captures = arena_array(a, struct match_capture, m->capture_count);
	struct match_span *spans = arena_array(a, struct match_span, m->capture_count);
	if (!captures || !spans)
		return;
	for (size_t i = 0; i < m->capture_count; i++)
		spans[i] = m->captures[i].span;
	*text = part_text(r, lines, *text, a, spans, m->capture_count);
	for (size_t i = 0; i < m->capture_count; i++) {
		captures[i] = m->captures[i];
		captures[i].value = redact_value(r, &m->captures[i], a);
		captures[i].finding = redact_text(r, m->captures[i].finding, a, NULL, 0);
		captures[i].span = spans[i];
	}
	m->captures = captures;
}

/* A line of a log, and those around it. */
struct around {
	struct str *before, *text, *after;
};

static void redact_around(struct redactor *r, struct match *m, struct around x, struct arena *a)
{
	struct str text = *x.text, after = *x.after;
	struct redact_lines lines = { .behind = text };
	*x.before = part_text(r, &lines, *x.before, a, NULL, 0);
	lines.behind = after;
	redact_match(r, &lines, m, x.text, a);
	lines.behind = STR("");
	*x.after = part_text(r, &lines, after, a, NULL, 0);
}

enum err redact_secrets(struct str text, struct arena *a, struct str *ret_text)
{
	struct redactor r = { .secrets_only = true };
	redact_learn(&r, text);
	struct str masked = redact_text(&r, text, a, NULL, 0);
	enum err e = redactor_err(&r) ? redactor_err(&r) : arena_err(a);
	redactor_free(&r);
	if (!e)
		*ret_text = masked;
	return e;
}

struct scan_hit redact_hit(struct redactor *r, const struct scan_hit *hit, struct arena *a)
{
	struct scan_hit h = *hit;
	learn_match(r, &hit->match);
	learn_around(r, hit->before, hit->text, hit->after);
	redact_around(r, &h.match, (struct around){ &h.before, &h.text, &h.after }, a);
	h.file = redact_text(r, hit->file, a, NULL, 0);
	h.host = redact_text(r, hit->host, a, NULL, 0);
	return h;
}

/* ---- sets ---- */

static void redact_incident(struct redactor *r, struct incident *i, struct arena *a)
{
	redact_around(r, &i->match, (struct around){ &i->before, &i->text, &i->after }, a);
	i->group = redact_text(r, i->group, a, NULL, 0);
	i->first.file = redact_text(r, i->first.file, a, NULL, 0);
	i->last.file = redact_text(r, i->last.file, a, NULL, 0);
	i->example.file = redact_text(r, i->example.file, a, NULL, 0);
}

/* redact_words: what a word is, those before it say. What varies ("<*>") is no name. */
static void redact_words(struct redactor *r, struct unknown *u, struct arena *a)
{
	struct buf line = { 0 };
	struct match_span *spans = arena_array(a, struct match_span, u->word_count);
	for (size_t i = 0; spans && i < u->word_count; i++) {
		buf_add_c(&line, i ? " " : "");
		spans[i].start = line.n;
		buf_add(&line, u->words[i].text);
		spans[i].end = line.n;
	}
	size_t done = 0, count = 0;
	struct str text = spans ? redact_text(r, buf_str(&line), a, spans, u->word_count) : STR("");
	for (size_t i = 0; spans && i < u->word_count; i++) {
		struct match_span *s = &spans[i];
		if (count && s->start < done) { /* one name over several words: they become one */
			s->start = spans[count - 1].start;
			count--;
		}
		done = s->end > done ? s->end : done;
		u->words[count] = u->words[i];
		u->words[count].text = arena_str(a, str_part(text, s->start, done));
		spans[count++].start = s->start;
	}
	u->word_count = spans ? count : u->word_count;
	a->failed |= buf_err(&line) != ERR_OK;
	buf_free(&line);
}

enum err redact_sets(struct redactor *r, struct incidents *incidents, struct unknowns *unknowns)
{
	for (size_t k = 0; k < incidents->count; k++) {
		const struct incident *i = &incidents->items[k];
		learn_match(r, &i->match);
		learn_around(r, i->before, i->text, i->after);
		if (incidents->by == INCIDENT_BY_HOST && !redact_keeps(i->group))
			learn(r, i->group, redact_is_address(i->group) ? REDACT_ADDR : REDACT_HOST);
	}
	for (size_t k = 0; k < unknowns->count; k++)
		redact_learn(r, unknowns->items[k].text);
	for (size_t k = 0; k < incidents->count; k++)
		redact_incident(r, &incidents->items[k], &incidents->arena);
	for (size_t k = 0; k < incidents->group_count; k++) { /* they have copies */
		struct incident_group *g = &incidents->groups[k];
		g->first.file = redact_text(r, g->first.file, &incidents->arena, NULL, 0);
		g->last.file = redact_text(r, g->last.file, &incidents->arena, NULL, 0);
	}
	for (size_t k = 0; k < unknowns->count; k++) {
		struct unknown *u = &unknowns->items[k];
		u->text = redact_text(r, u->text, &unknowns->arena, NULL, 0);
		u->file = redact_text(r, u->file, &unknowns->arena, NULL, 0);
		redact_words(r, u, &unknowns->arena);
	}
	enum err e = redactor_err(r);
	e = e ? e : arena_err(&incidents->arena);
	return e ? e : arena_err(&unknowns->arena);
}
