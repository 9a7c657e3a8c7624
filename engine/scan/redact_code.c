/* SPDX-License-Identifier: MIT
 *
 * What a program or a file of settings has where a secret would stand, and is none: the name of what holds it
 * ("$DB_PASS", "{{ vault_pw }}", self.password), a call that gets it (getenv("DB_PASSWORD")), its type (VARCHAR(64)). A
 * literal in a call, and the value that "${DB_PASS:-x1}" falls back on, are secrets. See redact_shapes.h.
 */
#include "scan/redact_shapes.h"

enum { CHAIN_MAX = 60, CALL_MAX = 200 };

/* chain: of names, joined as programs do: "os.path.join", "this->password", "Convert::toText". */
static size_t chain(struct str s, size_t at)
{
	size_t n = 0;
	if (!char_is_alpha(at_or_nul(s, at)) && at_or_nul(s, at) != '_')
		return 0;
	while (n < CHAIN_MAX && (char_is_alnum(at_or_nul(s, at + n)) || one_of(at_or_nul(s, at + n), "_.:>-"))) {
		struct str rest = str_from(s, at + n);
		bool arrow = str_starts(rest, STR("->")) || str_starts(rest, STR("::"));
		if (!arrow && one_of(rest.p[0], ":>-"))
			break;
		n += arrow ? 2 : 1;
	}
	return n;
}

static struct str last_part(struct str chain)
{
	size_t at = chain.n;
	while (at && (char_is_alnum(chain.p[at - 1]) || chain.p[at - 1] == '_'))
		at--;
	return str_from(chain, at);
}

static bool names_secret(struct str word)
{
	return redact_is_secret_key(word) || redact_ends_secret(word);
}

/* names_holder: a variable is written so: PASS, db_pass, dbPass; "$ecret" is a password. */
static bool names_holder(struct str word)
{
	size_t lower = 0;
	bool joined = false;
	for (size_t i = 0; i < word.n; i++) {
		lower += char_is_lower(word.p[i]);
		joined = joined || word.p[i] == '_' || (i && char_is_lower(word.p[i - 1]) && char_is_upper(word.p[i]));
	}
	return word.n > 1 && char_is_alpha(word.p[0]) && (!lower || joined || names_secret(word));
}

/* is_argument: $1, $@, as a shell has what it was called with; "$1$..." is a hash. */
static bool is_argument(char name, char behind)
{
	return (char_is_digit(name) || name == '@') && (!behind || one_of(behind, " \t\"',;)]}|&\r"));
}

/* is_variable: $DB_PASS, ${DB_PASS}, ${DB_PASS:-}, ${file:/etc/x}, $(cat x), $_POST[...], %DB_PASS%. */
static bool is_variable(struct str rest)
{
	static const char sources[] = "env file vault sys secret sops";
	char next = at_or_nul(rest, 1);
	bool braced = next == '{', percent = rest.p[0] == '%';
	size_t at = 1 + braced, n = 0;
	if (!percent && is_argument(next, at_or_nul(rest, 2)))
		return true;
	if (!percent && next == '(')
		return !str_starts(rest, STR("$(echo ")) && !str_starts(rest, STR("$(printf "));
	while (char_is_alnum(at_or_nul(rest, at + n)) || at_or_nul(rest, at + n) == '_' ||
	       (braced && at_or_nul(rest, at + n) == '.'))
		n++;
	struct str name = part(rest, at, n), behind = str_from(rest, at + n);
	if (braced)
		return n &&
		       (str_starts(behind, STR("}")) || str_starts(behind, STR(":-}")) ||
			str_starts(behind, STR(":}")) || (str_starts(behind, STR(":")) && str_in_list(name, sources)));
	bool ends = !behind.n || one_of(behind.p[0], " \t\"',;)[]}|&\r") || str_starts(behind, STR("->"));
	if (percent)
		return str_starts(behind, STR("%")) && names_holder(name);
	return str_starts(rest, STR("$_")) || str_starts_nocase(rest, STR("$env:")) || (ends && names_holder(name));
}

/* is_template: what a tool puts the secret in for, or where it gets it from. */
static bool is_template(struct str rest)
{
	static const struct str marks[] = { STR_LIT("{{"),    STR_LIT("{%"),	   STR_LIT("<%="),
					    STR_LIT("#{"),    STR_LIT("!vault"),   STR_LIT("!Ref "),
					    STR_LIT("!Sub "), STR_LIT("!GetAtt "), STR_LIT("!secret "),
					    STR_LIT("op://"), STR_LIT("arn:aws:"), STR_LIT("!env ") };
	return STR_IS_ANY(rest, marks, str_starts);
}

/* is_read_by: the call is for what is called so, or asks for it; else what stands in its quotes is the secret
 * itself. */
static bool is_read_by(struct str call, struct str literal)
{
	static const struct str verbs[] = { STR_LIT("get"),   STR_LIT("env"),	 STR_LIT("read"),   STR_LIT("fetch"),
					    STR_LIT("load"),  STR_LIT("ask"),	 STR_LIT("prompt"), STR_LIT("input"),
					    STR_LIT("param"), STR_LIT("lookup"), STR_LIT("find"),   STR_LIT("header") };
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (str_starts_nocase(call, verbs[i]))
			return true;
	struct str word = str_trim(literal);
	word.n -= word.n && one_of(word.p[word.n - 1], ":?");
	return word.n < literal.n || names_secret(last_part(word));
}

static struct str literal(struct str s, size_t at)
{
	struct str near = str_first(s, at + CALL_MAX);
	return at < near.n ? part(near, at, redact_secret_run(near, at)) : STR("");
}

/* is_call: one that gets it, with quotes or empty; of other words in its parentheses where a blank is before it and its
 * end ends the value. */
static bool is_call(struct str s, size_t at, bool apart)
{
	size_t n = chain(s, at), open = at + n;
	char mark = at_or_nul(s, open), next = at_or_nul(s, open + 1);
	if (n < 2 || !one_of(mark, "(["))
		return false;
	if (one_of(next, "\"'"))
		return mark == '[' || is_read_by(last_part(part(s, at, n)), literal(s, open + 2));
	size_t close = str_find_char(str_first(str_from(s, open), CALL_MAX), mark == '(' ? ')' : ']');
	if (close == STR_NONE)
		return false;
	char behind = at_or_nul(s, open + close + 1);
	bool ends = !behind || one_of(behind, " ;,)]}.\r");
	return mark == '(' && ends && (next == ')' || (apart && (char_is_alpha(next) || one_of(next, "_$&*"))));
}

/* is_named: self.password, process.env.DB_PASSWORD, this.field.text; "newPassword;" behind a mark and a blank. */
static bool is_named(struct str s, size_t at, bool apart)
{
	struct str name = part(s, at, chain(s, at)), last = last_part(name);
	char behind = at_or_nul(s, at + name.n);
	bool ends = !behind || one_of(behind, " ;,)]}\r");
	bool own = str_starts(name, STR("self.")) || str_starts(name, STR("this."));
	return ends && (own || names_secret(last)) && (last.n < name.n || (apart && behind && one_of(behind, ";,)")));
}

/* is_type: "password VARCHAR(64)", "password: String,"; a command of PowerShell's, which brings it. */
static bool is_type(struct str s, size_t at)
{
	static const char types[] = "varchar nvarchar varchar2 nchar varbinary bytea string str securestring";
	static const char verbs[] = "read get import new convertto convertfrom";
	size_t n = redact_name_run(s, at), dash = 0;
	char behind = at_or_nul(s, at + n);
	while (char_is_alpha(at_or_nul(s, at + dash)))
		dash++;
	bool command = at_or_nul(s, at + dash) == '-' && char_is_upper(at_or_nul(s, at + dash + 1)) &&
		       char_is_upper(s.p[at]) && str_in_list(part(s, at, dash), verbs);
	bool sized = behind == '(' && char_is_digit(at_or_nul(s, at + n + 1)) && str_in_list(part(s, at, n), "char");
	return command || sized || (n && (!behind || one_of(behind, "( ,;)=?")) && str_in_list(part(s, at, n), types));
}

bool redact_is_code(struct str s, size_t at)
{
	if (at >= s.n)
		return false;
	struct str rest = str_from(s, at);
	char before = at ? s.p[at - 1] : 0;
	bool quoted = one_of(before, "\"'`"), apart = one_of(before, " \t");
	bool variable = (rest.p[0] == '$' && before != '\'') || rest.p[0] == '%';
	if ((variable && is_variable(rest)) || is_template(rest))
		return true;
	bool waits = str_starts(rest, STR("await ")); /* for what a call gives */
	return !quoted && (waits || is_call(s, at, apart) || is_named(s, at, apart) || is_type(s, at));
}

size_t redact_literal_at(struct str s, size_t at)
{
	size_t n = chain(s, at);
	bool call = n && at_or_nul(s, at + n) == '(', kind = str_in_list(part(s, at, n), "b r u n e br rb");
	n += call;
	return (call || kind) && one_of(at_or_nul(s, at + n), "\"'") ? n + 1 : 0;
}
