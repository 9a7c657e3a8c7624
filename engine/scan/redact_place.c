/* SPDX-License-Identifier: MIT
 *
 * Names of machines and people in a sentence, which have no shape of their own: "connection from depot closed",
 * "service stopped on depot", "backup of depot to tape", "deleted by alice", "signed in as alice". Told by the words
 * before it, by what goes on behind it (a noun there makes it that noun's adjective), and by being no word that people
 * say there. See redact_shapes.h.
 */
#include "scan/redact_shapes.h"

/* What is done from, to, on a machine, and to one: the word before the preposition. */
static const char from_words[] = "connection connections disconnected request requests packet packets traffic transfer "
				 "transferred reply replies response login logon replicating replicate replication "
				 "replicated copying copied sync syncing synced synchronizing mount mounted mounting "
				 "backup restore restoring restored migrating migrated datagram datagrams heartbeat "
				 "heartbeats probe query queries message messages failover refused received";
static const char to_words[] = "replicating replicate replication replicated transfer transferred transferring sending "
			       "forward forwarding forwarded failover over copying copied migrating migrated migrate "
			       "route tracert traceroute pathping link ssh telnet rsync ping shipping session tunnel "
			       "syncing synced sync login logon";
static const char on_words[] = "stopped started starting failed failing running restarted restart crashed hung down up "
			       "server service io i/o remotely offline online unavailable installed printed executed "
			       "executing rebooted full low logged";
static const char of_words[] = "backup reboot restart shutdown failover restore heartbeat loss replica";
static const char of_user_words[] = "mailbox account calendar inbox homedir";
static const char with_words[] = "connection connections session handshake replication sync contact trust";

/* What is done by and for people, and what they are. By programs, too: those have a capital often. */
static const char by_words[] =
	"attempt attempts attempted requested submitted initiated approved rejected granted revoked created "
	"deleted removed changed modified edited updated uploaded downloaded locked unlocked cancelled "
	"opened console canceled aborted acknowledged assigned owned reported invited impersonated reviewed signed "
	"logged";
static const char sure_by_words[] = "requested submitted approved uploaded downloaded acknowledged invited reviewed";
static const char for_words[] = "login logins logon logons denied ticket tickets mailbox credentials lockout signin "
				"sign-in";
static const char changed_words[] = "changed reset expired updated set wrong incorrect mismatch";
static const char as_words[] = "in on authenticated running connected bind bound login logged impersonating recognized";

/* What may go on behind a name; ends in -ed and -ing do, too. */
static const char behind_words[] =
	"is was has had are at after before to and or but with for in by via because since while "
	"when as from on over through exceeds lost could cannot can did does will would port reset down "
	"up timeout timed again now until not due within without which that if so then";

/* Words that stand there and are no machine's name. */
static const char plain_words[] =
	"device devices disk disks cache startup boot file files memory tape client clients peer "
	"peers server servers host hosts node nodes master slave primary secondary standby backup "
	"cluster pool queue socket sockets port ports stdin stdout stderr console terminal "
	"keyboard source target destination remote local network internet outside inside outer "
	"inner start end exit error errors failure success timeout retry request demand command "
	"signal schedule time date day night line lines page block blocks buffer register address "
	"user users process thread threads service services daemon kernel driver module hardware "
	"software firmware bus card channel interface adapter controller switch router gateway "
	"firewall proxy bridge cloud storage volume partition filesystem system systems machine "
	"machines computer computers domain zone site sites database db table tables row index "
	"log logs journal event events record archive image snapshot copy version release package "
	"library object class method function call caller input output stream streams media data "
	"state idle sleep suspend resume power battery mains wake open close read write load "
	"unload login logon logout shutdown reboot restart upgrade update install removal scratch "
	"zero one two three others someone anyone itself them us me you him it this that these "
	"those here there home work office web mail phone tty tcp udp ip http https ssh ftp smb "
	"nfs dns dhcp ldap sql ipv4 ipv6 tls ssl windows linux unix macos android ios java python "
	"root admin administrator null none nothing everything anything another both either each "
	"every any all some many most more less half full part parts top bottom left right front "
	"back side first last next previous current new old same other different own multiple "
	"mistake accident paper your my our their his her its four five etc several single shared public private "
	"internal external trusted untrusted unknown invalid valid bad good leader follower "
	"worker workers manager agent agents broker collector monitor scheduler coordinator "
	"replica replicas shard shards region regions rack blade board core cpu cpus gpu ram rom "
	"flash floppy cdrom dvd usb scsi sata pci printer scanner modem camera display screen "
	"window desktop safe debug single-user multi-user completion failover schema config "
	"configuration default defaults environment production staging testing monday tuesday "
	"wednesday thursday friday saturday sunday january february march april may june july "
	"august september october november december weekend weekday midnight noon behalf top-level "
	"stack heap swap namespace servername hostname sitename computername sharename "
	"retailer container containers pod pods task tasks job jobs session sessions connection "
	"connections transaction stage relation sequence schema view column foreign systemd cron "
	"init policy hand rule timer hook operator script automatically default itself nothing "
	"expected usual normal soon always well part required needed follows before yourself";

static bool is_numbered(struct str word, const char *kinds)
{
	size_t n = 0;
	while (n < word.n && char_is_alpha(word.p[n]))
		n++;
	return n && n < word.n && char_is_digit(word.p[n]) && str_in_list(str_first(word, n), kinds);
}

/* No words that machines are named by ("node1", "core1", "docker2"). */
bool redact_is_card(struct str word)
{
	static const char kinds[] = "en eth em eno ens enp wl wlan wlp awdl utun lo br bond tun tap veth vnet ppp vlan "
				    "ib vty con aux tty ttys pts";
	return is_numbered(word, kinds);
}

/* A network card, a disk or a terminal by its number: "eth0", "wlan1", "tty2", "sda1". */
static bool is_device(struct str word)
{
	static const char kinds[] = "bridge team docker usb com lpt sda sdb sdc hda hdb sd md dm nvme loop sr fd "
				    "cpu core rank slot port bay disk drive lun node unit bus";
	return redact_is_card(word) || is_numbered(word, kinds);
}

static bool is_plain(struct str word)
{
	static const char *const ends[] = { "tion", "sion", "ment", "ness", "ity", "able", "ible",
					    "ance", "ence", "ship", "less", "ful", "ally", "ism" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (word.n > 6 && str_ends_nocase(word, str_c(ends[i])))
			return true;
	return redact_is_common(word) || is_device(word) || redact_keeps(word) || str_in_list(word, plain_words) ||
	       str_in_list(word, behind_words);
}

/* goes_on: a sentence may go on, or end, behind such a name. */
static bool goes_on(struct str s, size_t end)
{
	char c = at_or_nul(s, end), behind = at_or_nul(s, end + 1);
	if (!c || (one_of(c, ",;.:)\"'") && (!behind || one_of(behind, " )\"'"))))
		return true;
	if (c != ' ')
		return false;
	struct str rest = str_from(s, end + 1), word;
	if (!str_word(&rest, &word) || one_of(word.p[0], "(-["))
		return true;
	while (word.n && one_of(word.p[word.n - 1], ".,;:"))
		word.n--;
	bool acts = word.n > 4 && (str_ends(word, STR("ed")) || str_ends(word, STR("ing")));
	return acts || str_in_list(word, behind_words);
}

/* is_placed: by the preposition before it and the word before that. */
static bool is_placed(struct str s, size_t at, enum redact_kind *ret_kind)
{
	static const struct {
		struct str word;
		const char *verbs;
		enum redact_kind kind;
	} ways[] = { { STR_LIT("of"), of_user_words, REDACT_USER }, { STR_LIT("from"), from_words, REDACT_HOST },
		     { STR_LIT("to"), to_words, REDACT_HOST },	    { STR_LIT("on"), on_words, REDACT_HOST },
		     { STR_LIT("of"), of_words, REDACT_HOST },	    { STR_LIT("with"), with_words, REDACT_HOST },
		     { STR_LIT("by"), by_words, REDACT_USER },	    { STR_LIT("for"), for_words, REDACT_USER },
		     { STR_LIT("as"), as_words, REDACT_USER } };
	struct str before = redact_word_before(s, at);
	for (size_t i = 0; before.n && i < sizeof ways / sizeof *ways; i++) {
		if (!str_eq_nocase(before, ways[i].word))
			continue;
		struct str verb = redact_word_before(s, (size_t)(before.p - s.p));
		struct str what = redact_word_before(s, (size_t)(verb.p - s.p));
		bool capital = ways[i].kind == REDACT_USER && char_is_upper(s.p[at]) &&
			       !redact_tells_apart(part(s, at, redact_name_run(s, at)));
		*ret_kind = ways[i].kind;
		if (ways[i].verbs == of_user_words && !str_in_list(verb, of_user_words))
			continue;					      /* of a machine, perhaps */
		if (ways[i].verbs == as_words && !char_is_lower(before.p[0])) /* a button: "Log On As" */
			return false;
		if (ways[i].verbs == by_words && capital)
			return str_in_list(verb, sure_by_words) || str_in_list(what, "ticket case issue incident bug");
		return str_in_list(verb, ways[i].verbs) ||
		       (ways[i].verbs == for_words && str_in_list(verb, changed_words) &&
			str_in_list(what, "password passwd credentials passphrase"));
	}
	return false;
}

/* takes_share: "opening share Accounts on PEACHBOX": both are names. */
static size_t takes_share(struct redact_finder *f, size_t at, size_t n)
{
	struct str s = f->line, rest = str_from(s, at + n);
	static const char kinds[] = "share shares";
	size_t host = at + n + STR(" on ").n, host_n = redact_name_run(s, host);
	if (!str_starts(rest, STR(" on ")) || host_n < 3 || !goes_on(s, host + host_n) ||
	    !str_in_list(redact_word_before(s, at), kinds) || is_plain(part(s, host, host_n)))
		return at;
	if (!redact_is_common_share(part(s, at, n)))
		redact_take(f, at, n, REDACT_SHARE);
	return redact_take(f, host, host_n, REDACT_HOST);
}

/* in_pair: "from tango to pomelo", where the first is one. */
static bool in_pair(const struct redact_finder *f, size_t at)
{
	const struct redact_span *last = redact_last(f);
	return last && last->kind == REDACT_HOST && last->end + 4 == at &&
	       str_starts(str_from(f->line, last->end), STR(" to "));
}

/* is_machine: "host depot is down", "cannot reach server depot", "host depot or server tango", "ping depot failed". */
static bool is_machine(struct str s, size_t at, size_t end)
{
	static const char kinds[] = "host server node machine workstation switch router";
	static const char states[] =
		"down up dead gone offline online unreachable unavailable not slow lost back alive "
		"missing unresponsive overloaded rebooting restarting silent away failing fenced";
	struct str before = redact_word_before(s, at), rest = str_from(s, end), is = { 0 }, state = { 0 };
	struct str verb = redact_word_before(s, (size_t)(before.p - s.p));
	if (str_in_list(before, "ping pinging"))
		return true;
	if (!str_in_list(before, kinds))
		return false;
	if (str_in_list(verb, "reach ping contact find resolve") || !str_word(&rest, &is))
		return str_in_list(verb, "reach ping contact find resolve or and");
	if (!str_word(&rest, &state))
		return false;
	while (state.n && one_of(state.p[state.n - 1], ".,;:"))
		state.n--;
	return str_in_list(is, "is was went") ? str_in_list(state, states)
					      : str_in_list(is, "or and") && str_in_list(state, kinds);
}

size_t redact_place_at(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	char before = at > 1 && s.p[at - 1] == ' ' ? s.p[at - 2] : 0;
	if (!one_of(before, "monhftergysM")) /* the last letters of the words before; most others */
		return at;
	size_t n = redact_name_run(s, at), end = at + n, letters = 0;
	size_t share = before == 'e' || before == 's' ? takes_share(f, at, n) : at;
	if (share > at)
		return share;
	for (size_t i = 0; i < n; i++)
		letters += char_is_alpha(s.p[at + i]);
	enum redact_kind kind = REDACT_HOST;
	size_t second = n && char_is_upper(s.p[at]) ? redact_second_name(s, end) : 0;
	if (second && is_placed(s, at, &kind) && kind == REDACT_USER && goes_on(s, end + second) &&
	    !is_plain(part(s, at, n)) && !is_plain(part(s, end + 1, second - 1)))
		return redact_take(f, at, n + second, kind);
	bool there = n > 2 && letters * 2 >= n && goes_on(s, end) &&
		     (is_placed(s, at, &kind) || in_pair(f, at) || is_machine(s, at, end));
	bool program = kind == REDACT_USER && redact_is_program(part(s, at, n));
	return there && !program && !is_plain(part(s, at, n)) ? redact_take(f, at, n, kind) : at;
}

size_t redact_port_at(struct redact_finder *f, size_t at)
{
	struct str s = f->line;
	size_t n = redact_name_run(s, at), digits = 0;
	while (char_is_digit(at_or_nul(s, at + n + 1 + digits)))
		digits++;
	char behind = at_or_nul(s, at + n + 1 + digits);
	bool port = at_or_nul(s, at + n) == ':' && digits >= 2 && digits <= 5 && !is_name(behind) && behind != ':';
	bool host = n > 1 && port && !memchr(s.p + at, '.', n); /* a.c:12 is a place in a file */
	return host && str_in_list(redact_word_before(s, at), "to from via with") ? redact_take(f, at, n, REDACT_HOST)
										  : at;
}
