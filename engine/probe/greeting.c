/* SPDX-License-Identifier: MIT */
#include "probe/greeting.h"

/* In a pattern ? stands for any byte and # for a digit. What turns a client away comes before what else begins so. */
static const struct {
	const char *begins;
	size_t n;
	const char *service;
	bool refuses;
} greetings[] = {
#define BEGINS(text, service, refuses)                                                                                 \
	{                                                                                                              \
		text, sizeof text - 1, service, refuses                                                                \
	}
	BEGINS("SSH-", "ssh", false),
	BEGINS("Exceeded MaxStartups", "ssh", true),
	BEGINS("Not allowed at this time", "ssh", true),
	BEGINS("220", "smtp-or-ftp", false),
	BEGINS("120", "smtp-or-ftp", false),
	BEGINS("200 ", "nntp", false),
	BEGINS("201 ", "nntp", false),
	BEGINS("4## ", "smtp-or-ftp", true),
	BEGINS("4##-", "smtp-or-ftp", true),
	BEGINS("5## ", "smtp-or-ftp", true),
	BEGINS("5##-", "smtp-or-ftp", true),
	BEGINS("+OK", "pop3", false),
	BEGINS("-ERR", "pop3", true),
	BEGINS("-DENIED", "redis", true),
	BEGINS("* OK", "imap", false),
	BEGINS("* PREAUTH", "imap", false),
	BEGINS("* BYE", "imap", true),
	BEGINS("?\?\?\0\x0a", "mysql", false),
	BEGINS("?\?\?\0\x09", "mysql", false),
	BEGINS("?\?\?\0\xff", "mysql", true),
	BEGINS("RFB ", "vnc", false),
	BEGINS("@RSYNCD: ", "rsync", false),
	BEGINS("@ERROR", "rsync", true),
	BEGINS("HTTP/", "http", false),
#undef BEGINS
};

static bool begins(struct str said, const char *pattern, size_t n)
{
	if (said.n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		bool digit = said.p[i] >= '0' && said.p[i] <= '9';
		if (pattern[i] != '?' && !(pattern[i] == '#' ? digit : said.p[i] == pattern[i]))
			return false;
	}
	return true;
}

const char *greeting_service(struct str said, bool *ret_refuses)
{
	*ret_refuses = false;
	for (size_t i = 0; i < sizeof greetings / sizeof *greetings; i++)
		if (begins(said, greetings[i].begins, greetings[i].n)) {
			*ret_refuses = greetings[i].refuses;
			return greetings[i].service;
		}
	/* A server may say other lines before the one that names the protocol (RFC 4253 section 4.2). */
	return str_find(said, STR("\nSSH-")) != STR_NONE ? "ssh" : "other";
}

const char *greeting_of_port(unsigned port)
{
	static const struct {
		uint16_t first, last;
		const char *service;
	} table[] = {
		{ 21, 21, "smtp-or-ftp" },
		{ 22, 22, "ssh" },
		{ 25, 25, "smtp-or-ftp" },
		{ 110, 110, "pop3" },
		{ 119, 119, "nntp" },
		{ 143, 143, "imap" },
		{ 587, 587, "smtp-or-ftp" },
		{ 873, 873, "rsync" },
		{ 3306, 3306, "mysql" },
		{ 5900, 5909, "vnc" },
		{ 53, 53, "" },
		{ 80, 80, "" },
		{ 88, 88, "" },
		{ 111, 111, "" },
		{ 135, 135, "" },
		{ 389, 389, "" },
		{ 443, 443, "" },
		{ 636, 636, "" },
		{ 1433, 1433, "" },
		{ 2049, 2049, "" },
		{ 3389, 3389, "" },
		{ 5432, 5432, "" },
		{ 5672, 5672, "" },
		{ 5985, 5986, "" },
		{ 6379, 6379, "" },
		{ 9418, 9418, "" },
		{ 27017, 27017, "" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (port >= table[i].first && port <= table[i].last)
			return table[i].service;
	return NULL;
}

static bool prints(char c)
{
	return c >= ' ' && c < 0x7f;
}

/* first_run: of a protocol of bytes the first few letters in a row: a version, or why it refuses. */
static struct str first_run(struct str said)
{
	enum { TELLING = 4 };
	for (size_t start = 0, n; start < said.n; start += n + 1) {
		for (n = 0; start + n < said.n && prints(said.p[start + n]); n++)
			;
		if (n >= TELLING)
			return (struct str){ said.p + start, n };
	}
	return STR("");
}

struct str greeting_print(struct str said, struct arena *a)
{
	enum { SHOWN_MAX = 100, HEAD = 8 };
	char line[SHOWN_MAX];
	size_t n = 0;
	if (str_find_char(str_first(said, said.n < HEAD ? said.n : HEAD), '\0') != STR_NONE)
		said = first_run(said);
	for (size_t i = 0; i < said.n && n < SHOWN_MAX && said.p[i] != '\r' && said.p[i] != '\n'; i++)
		line[n++] = prints(said.p[i]) ? said.p[i] : '.';
	return arena_str(a, (struct str){ line, n });
}
