/* SPDX-License-Identifier: MIT
 *
 * Words that name nobody, though they stand where names do. See redact_shapes.h.
 */
#include "scan/redact_shapes.h"

#include <arpa/inet.h>
#include <string.h>

enum { ADDRESS_MAX = 64 };

const char *const redact_kind_names[REDACT_KINDS] = { "HOST", "USER", "ADDR", "SECRET", "ID", "SHARE" };

bool redact_is_address(struct str name)
{
	unsigned char bytes[16];
	char text[ADDRESS_MAX];
	if (!name.n || name.n >= sizeof text)
		return false;
	memcpy(text, name.p, name.n);
	text[name.n] = 0;
	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

bool redact_is_done(struct str name)
{
	enum { DIGITS_MAX = 6 };
	static const struct str other = STR_LIT("OTHER");
	size_t dash = 0, n = 0;
	while (char_is_upper(at_or_nul(name, dash)))
		dash++;
	if (!dash || at_or_nul(name, dash) != '-')
		return false;
	while (char_is_digit(at_or_nul(name, dash + 1 + n)) && n <= DIGITS_MAX)
		n++;
	n = str_starts(str_from(name, dash + 1), other) ? other.n : n <= DIGITS_MAX ? n : 0;
	char behind = at_or_nul(name, dash + 1 + n);
	bool whole = n && !char_is_alnum(behind) && behind != '_';
	for (unsigned k = 0; whole && k < REDACT_KINDS; k++)
		if (str_eq(str_first(name, dash), str_c(redact_kind_names[k])))
			return true;
	return false;
}

bool redact_keeps(struct str name)
{
	static const char kept[] =
		"localhost localhost.localdomain localdomain root admin administrator system nobody daemon "
		"guest anonymous unknown none null nil user users host server client name and or the a an is "
		"was not from to for by with on in at of invalid error failed public input request action "
		"interface space mode data agent profile authentication account password connection session "
		"process default all any true false yes no ssh www builtin authority sa dbo postgres mysql "
		"sshd www-data apache nginx info warn warning debug trace fatal notice critical severe "
		"verbose emerg alert crit err 127.0.0.1 ::1 0.0.0.0 ::";
	bool letter = false;
	for (size_t i = 0; i < name.n; i++)
		letter |= char_is_alpha(name.p[i]) || (unsigned char)name.p[i] >= 0x80;
	return !name.n || redact_is_done(name) || str_in_list(name, kept) || str_starts(name, STR("255.255.")) ||
	       (str_starts(name, STR("127.")) && redact_is_address(name)) ||
	       (!letter && !redact_is_address(name) && name.n < REDACT_HEX_MIN);
}

bool redact_is_common(struct str word)
{
	static const char words[] =
		"not id ids login logon logout did does do has have had will can cannot could may must should "
		"would be are were that this which who whose still already still without via than then when "
		"while if after before until group groups role roles right rights permission permissions list "
		"lookup limit limits quota settings preferences home directory file files script token "
		"credentials key keys database table exists tried tries wants lacks needs specific policy "
		"policies manager service services process thread code level type types field value table "
		"info information identity principal domain mode count counts error errors down up only too "
		"again there here it its he she they we you i all both each no one none more most other "
		"others same name names side key certificate port ports address addresses memory time timeout "
		"unreachable unavailable closed lost does found gone response reply responds refuses refused "
		"did says said sent key header headers version id class object package component library "
		"context scope state status store task test update operation command query reset change "
		"changes create delete add remove set get put list show search driver broker backend upstream master "
		"over under on off per about above below between tcp udp "
		"slave leader follower replica worker gateway router network internet cloud device controller";
	bool ends = str_ends_nocase(word, STR("ed")) || str_ends_nocase(word, STR("ing"));
	return str_in_list(word, words) || (ends && word.n > 4 && !str_ends_nocase(word, STR("fred")));
}

bool redact_is_program(struct str name)
{
	static const char programs[] =
		"dpkg apt apt-get aptitude unattended-upgrades yum dnf rpm zypper pacman apk snap snapd flatpak brew "
		"puppet chef ansible salt cfengine terraform packer kubelet kubectl kube-scheduler kube-proxy helm "
		"argocd "
		"flux docker dockerd containerd podman cri-o cron crond anacron atd systemd systemd-tmpfiles udev "
		"udevd "
		"logrotate autovacuum vacuum trigger kernel init jenkins gitlab-runner gitlab github dependabot "
		"renovate "
		"git svn make cmake gcc clang maven gradle npm yarn pip composer webpack doxygen rsync borg restic "
		"duplicity bacula amanda veeam mysqld mariadb mongod redis httpd apache2 haproxy squid varnish samba "
		"smbd "
		"nmbd winbindd postfix dovecot exim sendmail spamd clamd clamav freshclam amavis rspamd fail2ban "
		"firewalld ufw iptables nftables networkmanager dhclient dhcpd dnsmasq named bind ntpd chronyd "
		"cloud-init "
		"vmtoolsd certbot letsencrypt dehydrated msiexec wuauclt svchost defender sccm wsus watchdog monit "
		"nagios "
		"icinga zabbix prometheus grafana telegraf logstash filebeat fluentd rsyslog rsyslogd journald auditd "
		"selinux apparmor snapper etcd consul vault nomad migration hibernate flyway liquibase supervisor "
		"supervisord mcelog klogd syslogd pm2 mkfs fsck lvm mdadm zfs smartd oom-killer retention";
	static const char endings[] =
		"service timer socket target mount sh py pl rb js exe bat ps1 ext4 ext3 xfs btrfs";
	size_t stop = str_find_char(name, '.');
	return str_in_list(name, programs) || (stop != STR_NONE && str_in_list(str_from(name, stop + 1), endings));
}

bool redact_is_wrong(struct str word)
{
	static const char words[] =
		"wrong incorrect correct invalid valid required empty missing set unset weak strong bad blank "
		"unknown known null none ok okay fine short long old new same different optional mandatory "
		"necessary unavailable gone lost plain plaintext cleartext hidden secret public ready good "
		"unsafe insecure safe secure mismatch";
	return str_in_list(word, words) || redact_is_common(word);
}

bool redact_is_capital(struct str name)
{
	size_t capitals = 0;
	for (size_t i = 0; i < name.n; i++) {
		capitals += char_is_upper(name.p[i]);
		if (char_is_lower(name.p[i]) || (unsigned char)name.p[i] >= 0x80)
			return false;
	}
	return capitals >= 3;
}

bool redact_tells_apart(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (char_is_digit(name.p[i]) || name.p[i] == '.' || name.p[i] == '-')
			return true;
	return false;
}

bool redact_looks_random(struct str s)
{
	size_t kinds[3] = { 0 };
	for (size_t i = 0; i < s.n; i++) {
		kinds[0] += char_is_upper(s.p[i]);
		kinds[1] += char_is_lower(s.p[i]);
		kinds[2] += char_is_digit(s.p[i]);
	}
	return s.n >= 16 && kinds[0] && kinds[1] && kinds[2];
}
