/* SPDX-License-Identifier: MIT
 *
 * Names > tokens: what is found, what stays, that one name is one token, and that spans move along.
 */
#include "tests/unit/unit.h"
#include "tests/unit/fail_once.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/scan/redacted.h"

static void shapes(void **unused)
{
	(void)unused;
	alone("connect to 10.53.0.10:445 refused", "connect to ADDR-1:445 refused");
	alone("from fe80::1ff:fe23:4567:890a, then ::1", "from ADDR-1, then ::1");
	alone("lladdr 52:54:00:12:34:56 at 10:56:20", "lladdr ADDR-1 at 10:56:20");
	alone("\\\\FILESRV\\share and \\\\filesrv", "\\\\HOST-1\\share and \\\\HOST-1");
	alone("{\"path\":\"\\\\\\\\NAS7\\\\x\"}", "{\"path\":\"\\\\\\\\HOST-1\\\\x\"}");
	alone("mail from alice@mx1.example.org", "mail from USER-1@HOST-1");
	alone("GET https://bob:s3cret@www.example.com:8443/x?y", "GET https://USER-1:SECRET-1@HOST-1:8443/x?y");
	alone("get http://10.0.0.1/a", "get http://ADDR-1/a");
	alone("opened /home/alice/a.txt and C:\\Users\\bob\\x", "opened /home/USER-1/a.txt and C:\\Users\\USER-2\\x");
	alone("host web1.corp.local is up", "host HOST-1 is up");
	alone("a.log and java.lang.ClassCastException and libfoo.so.1",
	      "a.log and java.lang.ClassCastException and libfoo.so.1");
	alone("id 0123456789abcdef0123456789abcdef end", "id SECRET-1 end");
	alone("card 00-1A-2B-3C-4D-5E or 001a.2b3c.4d5e", "card ADDR-1 or ADDR-2");
	alone("fe80::1%eth0 and [2001:db8::7]:445 and 10.1.2.0/24", "ADDR-1%eth0 and [ADDR-2]:445 and ADDR-3/24");
	alone("denied to S-1-5-21-36-33-30-1013, not to S-1-5-18", "denied to USER-1, not to S-1-5-18");
	alone("tenant 3f2504e0-4f89-11d3-9a0c-0305e82c3301 gone", "tenant ID-1 gone");
	alone("api key 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "api key SECRET-1");
	alone("CLSID {3F2504E0-4F89-11D3-9A0C-0305E82C3301}", "CLSID {3F2504E0-4F89-11D3-9A0C-0305E82C3301}");
	alone("MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfnxyzzyH8K2abcd9Q==", "SECRET-1");
	alone("logon for CORP\\dave from WS042", "logon for HOST-1\\USER-1 from HOST-2");
	alone("under BIN\\I386\\X and HKLM\\SOFTWARE and ABC\\run.exe",
	      "under BIN\\I386\\X and HKLM\\SOFTWARE and ABC\\run.exe");
	alone("to proxy.cse.example.hk:5070 and host8.isp.example.com", "to HOST-1:5070 and HOST-2");
}

static void secrets_by_their_place(void **unused)
{
	(void)unused;
	alone("machine ftp1 login carol password marmalade", "machine HOST-1 login carol password SECRET-1");
	alone("username bob privilege 15 password 0 kumquat", "username USER-1 privilege 15 password 0 SECRET-1");
	alone("set passwd ENC AK1vX9qq", "set passwd ENC SECRET-1");
	alone("pre-shared-key kumquat address 10.1.1.1", "pre-shared-key SECRET-1 address ADDR-1");
	alone("enable secret kumquat", "enable secret SECRET-1");
	alone("neighbor 10.0.0.1 password kumquat", "neighbor ADDR-1 password SECRET-1");
	alone("pop3: USER bob PASS kumquat", "pop3: USER USER-1 PASS SECRET-1");
	alone("SET PASSWORD FOR 'app'@'%' = 'kumquat'", "SET PASSWORD FOR 'USER-1'@'%' = 'SECRET-1'");
	alone("az storage blob list --account-key kumquat==", "az storage blob list --account-key SECRET-1");
	alone("crypto isakmp key kumquat address 10.1.1.1", "crypto isakmp key SECRET-1 address ADDR-1");
	alone("tacacs-server host 10.1.1.1 key kumquat", "tacacs-server host ADDR-1 key SECRET-1");
	alone("rocommunity tangerine 10.0.0.0/8", "rocommunity SECRET-1 ADDR-1/8");
	alone("bindpw kumquat", "bindpw SECRET-1");
	alone("rootpw {SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ", "rootpw SECRET-1");
	alone("userPassword: {SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ", "userPassword: {SSHA}SECRET-1");
	alone("requirepass kumquat", "requirepass SECRET-1");
	alone("PASS kumquat", "PASS SECRET-1");
	alone("ftp> quote PASS kumquat", "ftp> quote PASS SECRET-1");
	alone("AUTH PLAIN AGFsaWNlAGt1bXF1YXQ=", "AUTH PLAIN SECRET-1");
	alone("AUTH\tPLAIN\tAGFsaWNlAGt1bXF1YXQ=", "AUTH\tPLAIN\tSECRET-1");
	alone("CREATE USER x IDENTIFIED BY 'kumquat'", "CREATE USER x IDENTIFIED BY 'SECRET-1'");
	alone("- name: API_TOKEN, value: \"kumquat\"", "- name: API_TOKEN, value: \"SECRET-1\"");
	alone("{\"name\":\"DB_PASSWORD\",\"value\":\"kumquat\"}", "{\"name\":\"DB_PASSWORD\",\"value\":\"SECRET-1\"}");
	alone("ENV DB_PASSWORD kumquat", "ENV DB_PASSWORD SECRET-1");
	alone("value of DB_PASSWORD is kumquat", "value of DB_PASSWORD is SECRET-1");
	alone("<password><![CDATA[kumquat]]></password>", "<password><![CDATA[SECRET-1]]></password>");
	alone("<wsse:Password Type=\"Text\">kumquat</wsse:Password>", "<wsse:Password Type=\"Text\">SECRET-1</wsse:Password>");
	alone("\"password\"=>\"kumquat\"", "\"password\"=>\"SECRET-1\"");
	alone("    [db_password] => kumquat", "    [db_password] => SECRET-1");
	alone("with credentials bob:kumquat", "with credentials USER-1:SECRET-1");
	alone("new password for bob set to kumquat", "new password for USER-1 set to SECRET-1");
	alone("echo bob:kumquat | chpasswd", "echo USER-1:SECRET-1 | chpasswd");
	alone("keytool -storepass kumquat -list", "keytool -storepass SECRET-1 -list");
	alone("ConvertTo-SecureString \"kumquat\" -AsPlainText", "ConvertTo-SecureString \"SECRET-1\" -AsPlainText");
	alone("GET /cb?code=4/0AX4XfWh&state=xyz HTTP/1.1", "GET /cb?code=SECRET-1&state=xyz HTTP/1.1");
	alone("x-functions-key: kumquat99", "x-functions-key: SECRET-1");
	alone("POST /api/webhooks/123456789/abcDEF_ghijk-LMNOP", "POST /api/webhooks/123456789/SECRET-1");
	alone("GET /bot123456789:AAEhBOweik6ad9r_QXMENQ/getMe", "GET /bot123456789:SECRET-1/getMe");
	alone("POST /services/T024BE7LD/B0HFFG2A/XyZzY7a9QwErTyUi", "POST /services/T024BE7LD/B0HFFG2A/SECRET-1");
}

static void what_clients_send(void **unused)
{
	(void)unused;
	alone("imapd: C: a001 LOGIN bob kumquat", "imapd: C: a001 LOGIN USER-1 SECRET-1");
	alone("2 login \"bob\" \"kum quat\"", "2 login \"USER-1\" \"SECRET-1\"");
	alone("< A1 LOGIN bob@mx1.example.org kumquat", "< A1 LOGIN USER-1@HOST-1 SECRET-1");
	alone("imap: A1 LOGIN attempts failed", "imap: A1 LOGIN attempts failed");
	alone("user issued LOGIN command twice", "user issued LOGIN command twice");
	alone("[0 10.0.0.9:52114] \"AUTH\" \"bob\" \"kumquat\"", "[0 ADDR-1:52114] \"AUTH\" \"USER-1\" \"SECRET-1\"");
	alone("\"CONFIG\" \"SET\" \"requirepass\" \"kumquat\"", "\"CONFIG\" \"SET\" \"requirepass\" \"SECRET-1\"");
	alone("define( 'DB_PASSWORD', 'kumquat' );", "define( 'DB_PASSWORD', 'SECRET-1' );");
	alone("[\"X-Auth-Token\", \"kumquat\"]", "[\"X-Auth-Token\", \"SECRET-1\"]");
	alone("missing fields: \"password\", \"email\"", "missing fields: \"password\", \"email\"");
	alone("fields (\"token\", \"email\") are unique", "fields (\"token\", \"email\") are unique");
	alone("define('LOG_LEVEL', 'kumquat')", "define('LOG_LEVEL', 'kumquat')");
	alone("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready", "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready");
	alone("secret: rotated by operator", "secret: rotated by operator");
	alone("wpa-passphrase kumquat", "wpa-passphrase SECRET-1");
	alone("cqlsh -u bob -p kumquat", "cqlsh -u USER-1 -p SECRET-1");
	alone("pass_phrase=kumquat", "pass_phrase=SECRET-1");
	alone("set NEO4J_AUTH neo4j/kumquat here", "set NEO4J_AUTH neo4j/SECRET-1 here");
	alone("NEO4J_AUTH none/unset", "NEO4J_AUTH none/unset");
	alone("INFLUX_TOKEN kumquat==q1 rejected", "INFLUX_TOKEN SECRET-1 rejected");
	alone("CREATE LOGIN a WITH PASSWORD = N'kumquat'", "CREATE LOGIN a WITH PASSWORD = N'SECRET-1'");
	alone("SET PASSWORD FOR 'app'@'%' = PASSWORD('kumquat')", "SET PASSWORD FOR 'USER-1'@'%' = PASSWORD('SECRET-1')");
	alone("sc config x password= kumquat9", "sc config x password= SECRET-1");
	alone("logname= password= uid=0", "logname= password= uid=0");
	alone("poll mx1 proto imap user bob pass kumquat ssl", "poll mx1 proto imap user USER-1 pass SECRET-1 ssl");
	alone("wpa-psk ascii 0 kumquat", "wpa-psk ascii 0 SECRET-1");
	alone("password cipher Kum#quat9", "password cipher SECRET-1");
	alone("the password cipher suite changed", "the password cipher suite changed");
	alone("snmp-server user mon grp v3 auth sha kumquat priv aes 128 tangerine",
	      "snmp-server user USER-1 grp v3 auth sha SECRET-1 priv aes 128 SECRET-2");
	alone("key-string 7 0822455D0A16", "key-string 7 SECRET-1");
	alone("authentication-key \"$9$LhexNVoaZjqm\"", "authentication-key \"SECRET-1\"");
	alone("bob : EAP \"kumquat\"", "bob : EAP \"SECRET-1\"");
	alone("echo 'kumquat' | kinit bob@EXAMPLE.COM", "echo 'SECRET-1' | kinit USER-1@HOST-1");
	alone("expdp scott/kumquat directory=DP", "expdp USER-1/SECRET-1 directory=DP");
	alone("he tried pass phrase \"kumquat\"", "he tried pass phrase \"SECRET-1\"");
	alone("AT+CPIN=\"4711\"", "AT+CPIN=\"SECRET-1\"");
	alone("auth: backend ldap unreachable", "auth: backend ldap unreachable");
	alone("passwd: user does not exist", "passwd: user does not exist");
	alone("snmp-server community string is not configured", "snmp-server community string is not configured");
	alone("SERVER=https://nas1.example.com/x", "SERVER=https://HOST-1/x");
}

static void words_around_what_clients_send(void **unused)
{
	(void)unused;
	alone("open \"UID=bob;Pwd=kumquat\" failed", "open \"UID=USER-1;Pwd=SECRET-1\" failed");
	alone("dsn 'server=nas1;password=kumquat', retry 'later'", "dsn 'server=HOST-1;password=SECRET-1', retry 'later'");
	alone("exp bob/kumquat file=a.dmp", "exp USER-1/SECRET-1 file=a.dmp");
	alone("gsk_a1b2c3d4e5f6g7h8 and hf_qwERtyUIopASdfGHjk", "SECRET-1 and SECRET-2");
	alone("+CPIN: 4711", "+CPIN: SECRET-1");
	static const char *const same[] = {
		"235 LOGIN authentication successful", "b1 LOGIN attempts refused", "the .exp and/or .lib files",
		"STATUS_WRONG_PASSWORD c000006a", "ERROR_INVALID_PASSWORD d0000086", "+CPIN: READY",
		"gsk_gpu_renderer_new failed", "r8_g8_b8_a8_unorm_srgb", "npm_config_user_agent is set",
		"pul-request-was-merged-2026", "glc_context_create_failed", "addError(\"password\", \"missing\")",
		"Validator.set('password', 'required')", "Enter the password:\n  kumquat",
		"password:\n  must be of eight letters", "Changing password:\n  the new one is asked for twice",
	};
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		alone(same[i], same[i]);
}

static void told_by_other_lines(void **unused)
{
	(void)unused;
	alone("-----BEGIN RSA PRIVATE KEY-----\nQwErTyUi\nkum+\nq9w=\n-----END RSA PRIVATE KEY-----\nq9w",
	      "-----BEGIN RSA PRIVATE KEY-----\nSECRET-1\nSECRET-2\nSECRET-3\n-----END RSA PRIVATE KEY-----\nq9w");
	alone("web | q9wXk==\r\nweb | -----END EC PRIVATE KEY-----\r\n", "web | SECRET-1\r\nweb | -----END EC PRIVATE KEY-----\r\n");
	alone("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nkum+quat\n=aB3d\n-----END PGP PRIVATE KEY BLOCK-----",
	      "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nSECRET-1\nSECRET-2\n-----END PGP PRIVATE KEY BLOCK-----");
	alone("want -----BEGIN PRIVATE KEY-----\nconnection refused", "want -----BEGIN PRIVATE KEY-----\nconnection refused");
	alone("q9w=\n-----END CERTIFICATE-----", "q9w=\n-----END CERTIFICATE-----");
	alone("db:\n  password:\n    kumquat\n  name: x", "db:\n  password:\n    SECRET-1\n  name: x");
	alone("  db_password: >-\n    'kum quat'", "  db_password: >-\n    'SECRET-1'");
	alone("secret:\n  name: kumquat", "secret:\n  name: kumquat");
	alone("Password:\nLogin incorrect", "Password:\nLogin incorrect");
	alone("- name: DB_PASSWORD\n  value: kumquat", "- name: DB_PASSWORD\n  value: SECRET-1");
	alone("\"name\": \"API_TOKEN\",\n\"value\": \"kumquat\"", "\"name\": \"API_TOKEN\",\n\"value\": \"SECRET-1\"");
	alone("<name>db.password</name>\n<value>kumquat</value>", "<name>db.password</name>\n<value>SECRET-1</value>");
	alone("<key>Password</key>\n\t<string>kumquat</string>", "<key>Password</key>\n\t<string>SECRET-1</string>");
	alone("- name: LOG_LEVEL\n  value: kumquat", "- name: LOG_LEVEL\n  value: kumquat");
	alone("S: 334 UGFzc3dvcmQ6\nC: a3VtcXVhdA==", "S: 334 UGFzc3dvcmQ6\nC: SECRET-1");
}

static void words_of_secrets_without_one(void **unused)
{
	static const char *const lines[] = {
		"sox: high -pass filter set to 200 Hz", "secret used: default", "unknown switch /RP parameter ignored",
		"password reset to default",
		"--password is insecure on the command line", "--token requires a value", "secret \"db-creds\" not found",
		"sig: SIGTERM received", "passphrase: prompt", "passwd: files systemd",
		"pam_unix(passwd:chauthtok): password changed", "snmp community mismatch", "PASS: test_foo (0.01s)",
		"PASS src/app.test.js", "passwd=/etc/passwd", "pwd: /home", "password=********", "password: [FILTERED]",
		"token: (none)", "authorization: granted", "GET /password HTTP/1.1", "GET /auth/token HTTP/1.1",
		"IDENTIFIED BY clause missing", "identified by serial number 12", "requirepass is empty",
		"masterauth not configured", "AUTH LOGIN", "PASS must be preceded by USER", "name: foo, value: bar",
		"{\"name\":\"PATH\",\"value\":\"/usr/bin\"}", "credentials file: missing", "code=12345678&x=1",
		"ERRCONNECT_WRONG_PASSWORD [0x00020015]", "login failed password mismatch", "set password expiry",
		"enable secret manager", "enable token refresh", "pin 5 high", "quote PASS command", "PASS rate", "psk: off",
		"password 7 days old",
	};
	(void)unused;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		alone(lines[i], lines[i]);
}

static void neighbours(void **unused)
{
	(void)unused;
	alone("Failed password for carol from 10.0.0.9 port 22", "Failed password for USER-1 from ADDR-1 port 22");
	alone("Invalid user webmaster from 10.0.0.9", "Invalid user USER-1 from ADDR-1");
	alone("rhost=web7 ruser=dave uid=0 user=root", "rhost=HOST-1 ruser=USER-1 uid=0 user=root");
	alone("logname= uid=0 ruser= rhost=web7  user = dave", "logname= uid=0 ruser= rhost=HOST-1  user = USER-1");
	alone("password=hunter2;db.password=x DB_TOKEN: 'abc1'",
	      "password=SECRET-1;db.password=SECRET-2 DB_TOKEN: 'SECRET-3'");
	alone("Authorization: Bearer abc.def.ghi", "Authorization: Bearer SECRET-1");
	alone("{\"user\": \"erin\", \"host\":\"db9\"}", "{\"user\": \"USER-1\", \"host\":\"HOST-1\"}");
	alone("ssh: connect to host nas1 port 22", "ssh: connect to host HOST-1 port 22");
	alone("Mar 12 11:02:41 web1 backup[311]: web1 is slow", "Mar 12 11:02:41 HOST-1 backup[311]: HOST-1 is slow");
}

static void secrets_in_a_sentence(void **unused)
{
	(void)unused;
	alone("password: for alice is hunter2", "password: for USER-1 is SECRET-1");
	alone("Password for alice: swordfish", "Password for USER-1: SECRET-1");
	alone("set the password of user 'alice' to \"Ab1!\"", "set the password of user 'USER-1' to \"SECRET-1\"");
	alone("passphrase for CORP\\alice was open7sesame.", "passphrase for HOST-1\\USER-1 was SECRET-1.");
	alone("The password swordfish is too weak", "The password SECRET-1 is too weak");
	alone("password swordfish was rejected", "password SECRET-1 was rejected");
	alone("master password Rd#7 refused", "master password SECRET-1 refused");
	alone("PSK \"swordfish\" for tunnel 3", "PSK \"SECRET-1\" for tunnel 3");
	alone("Kennwort f\xC3\xBCr alice: swordfish", "Kennwort f\xC3\xBCr USER-1: SECRET-1");
	alone("your one-time code is 448122", "your one-time code is SECRET-1");
	alone("PIN 4711 is wrong, cvv 123", "PIN SECRET-1 is wrong, cvv SECRET-2");
	alone("key ABCDE-FGHIJ-KLMNO-PQRST is used", "key SECRET-1 is used");
	alone("unlocked by XJ2P-99TR-K4QW-7YHB", "unlocked by SECRET-1");
	alone("recovery key 123456-234567-345678-456789-567890-678901-789012-890123.", "recovery key SECRET-1.");
	alone("password for alice@corp.lan is: hunter2", "password for USER-1@corp.lan is: SECRET-1");
	alone("Kennwort f\xC3\xBCr Benutzer alice ist hunter2", "Kennwort f\xC3\xBCr Benutzer USER-1 ist SECRET-1");
	alone("Das Passwort lautet hunter2", "Das Passwort lautet SECRET-1");
	alone("passport number C01X00T47 is invalid", "passport number ID-1 is invalid");
	alone("<user>alice</user> <password>swordfish</password>", "<user>USER-1</user> <password>SECRET-1</password>");
	alone("<add key=\"SmtpPassword\" value=\"swordfish\" />", "<add key=\"SmtpPassword\" value=\"SECRET-1\" />");
	alone("echo swordfish | sudo -S ls", "echo SECRET-1 | sudo -S ls");
	alone("backup --key K9x8Y7z6W5 --dir /var", "backup --key SECRET-1 --dir /var");
	alone("ldapsearch -H ldap://dir1.corp.lan -w swordfish", "ldapsearch -H ldap://HOST-1 -w SECRET-1");
	static const char *const same[] = {
		"Password for user is required", "password for alice is expired",
		"password policy is too weak",	 "The password length is too short",
		"the password is too short",	 "password for the account is wrong",
		"Brother 24 Pin 1200 dpi",	 "pin 13 is high",
		"setting MAX-SIZE to 10",	 "a license number is needed",
		"--key /etc/ssl/a.pem",		 "Password for alice:",
		"<user> -p<password>",		 "echo done | wc",
		"the password given is wrong",	 "password reuse is not allowed",
		"Das Kennwort ist falsch",	 "Kennwort f\xC3\xBCr Benutzer ist falsch",
		"D:\\home\\site\\wwwroot\\web", "at src\\home\\index.js:12",
		"opened by mistake",		 "page 3 printed on paper",
		"D:\\app\\src\\profiles\\main.c",
	};
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		alone(same[i], same[i]);
}

static void people_and_machines_in_a_sentence(void **unused)
{
	(void)unused;
	alone("auth: user alice supplied nothing", "auth: user USER-1 supplied nothing");
	alone("ssh alice@10.0.0.5 failed", "ssh USER-1@ADDR-1 failed");
	alone("Last login: Mon Mar 12 10:56:20 2001 from nas7", "Last login: Mon Mar 12 10:56:20 2001 from HOST-1");
	alone("login: Monica", "login: USER-1");
	alone("login as: alice", "login as: USER-1");
	alone("PIN code 4711 was refused", "PIN code SECRET-1 was refused");
	alone("\\\\nas1\\data\\home\\alice\\x", "\\\\HOST-1\\data\\home\\USER-1\\x");
	alone("C:\\WINNT\\Profiles\\alice\\x", "C:\\WINNT\\Profiles\\USER-1\\x");
	alone("mailbox of Erika Mustermann is full", "mailbox of USER-1 is full");
	alone("Ticket opened by Erika Mustermann on Monday", "Ticket opened by USER-1 on Monday");
	alone("login for Kerio Server failed", "login for Kerio Server failed"); /* no second name */
	alone("file owned by alice was removed", "file owned by USER-1 was removed");
	alone("From: \"Erika Mustermann\" <erika@example.org>", "From: \"USER-1\" <USER-2@HOST-1>");
	alone("finger: alice: no such user", "finger: USER-1: no such user");
	alone("USER alice7: no such user found", "USER USER-1: no such user found");
	alone("opened \\\\fs1\\homes\\alice\\a.doc", "opened \\\\HOST-1\\homes\\USER-1\\a.doc");
	alone("Data Source=ORCLPRD;Password=swordfish;", "Data Source=HOST-1;Password=SECRET-1;");
	alone("The RPC server on depot is unavailable", "The RPC server on HOST-1 is unavailable");
	alone("tracert to depot timed out", "tracert to HOST-1 timed out");
	alone("no controller for domain PEACHBOX", "no controller for domain HOST-1");
	alone("associated with ssid Home-Meier", "associated with ssid HOST-1");
	alone("SMS sent to 0171 2345678", "SMS sent to ID-1");
	alone("phone (030) 901820 is busy", "phone ID-1 is busy");
	static const char *const same[] = {
		"Logon Failure: unknown user name or bad password",
		"opened by Word Viewer",
		"the file is opened by Excel",
		"Data Source=c:\\data\\a.mdb",
		"Started HttpServer2$Safe@0.0.0.0:62267",
		"domain NOT FOUND",
		"JetInit not yet called  1030",
		"account of the user is locked",
	};
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		alone(same[i], same[i]);
}

static void secrets_abroad(void **unused)
{
	(void)unused;
	alone("mot de passe : soleil77", "mot de passe : SECRET-1");
	alone("mot de passe saisi: lune2030", "mot de passe saisi: SECRET-1");
	alone("Benutzer=x;Kennwort=wald;y=1", "Benutzer=x;Kennwort=SECRET-1;y=1");
	alone("PIN eingegeben: 4711", "PIN eingegeben: SECRET-1");
	alone("la contrase\u00f1a es gato123x", "la contrase\u00f1a es SECRET-1");
	alone("db_senha=praia&x=1", "db_senha=SECRET-1&x=1");
	alone("{\"wachtwoord\": \"tulpen\"}", "{\"wachtwoord\": \"SECRET-1\"}");
	alone("пароль kot12345 отклонён", "пароль SECRET-1 отклонён");
	alone("Пароль пользователя: kot12345", "Пароль пользователя: SECRET-1");
	alone("密码为abc12345", "密码为SECRET-1");
	alone("密码：abcdefg", "密码：SECRET-1");
	alone("パスワードはsakura99", "パスワードはSECRET-1");
	alone("WLAN-Schl\u00fcssel: wiese77", "WLAN-Schl\u00fcssel: SECRET-1");
	alone("pwd=vide", "pwd=SECRET-1"); /* what is wrong with one stands in sentences */
	char line[1024], *end = stpcpy(line, "mot de passe : ");
	for (unsigned i = 0; i < 100; i++)
		end = stpcpy(end, "aB3xY9");
	alone(line, "mot de passe : SECRET-1");
	static const char *const same[] = {
		"mot de passe incorrect",	  "Mot de passe : trop court",	"mot de passe expir\u00e9 : 0x80070533",
		"contrase\u00f1a: caducada",	  "La senha est\u00e1 incorreta", "Kennwort: erforderlich",
		"пароль: слишком короткий", "неверный пароль",		"密码: 太短",
		"パスワードが間違っています",	  "has\u0142o jest niepoprawne", "PIN eingegeben: falsch",
		"senhas: abc12345",		  "密码长度至少8位",		"密码错误3次",
		"パスワードは8文字以上で入力してください", "Schl\u00fcssel: HKEY_LOCAL_MACHINE\\Software",
		"Doppelter Schl\u00fcssel 'artikel_id' in x",
	};
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		alone(same[i], same[i]);
}

static void keys_of_devices(void **unused)
{
	(void)unused;
	alone("radius-server host 10.1.1.5 acct-port 1813 key Rad1us", "radius-server host ADDR-1 acct-port 1813 key SECRET-1");
	alone("tacacs-server key 7 0822455D0A", "tacacs-server key 7 SECRET-1");
	alone("WIFI key: sommerwiese", "WIFI key: SECRET-1");
	alone("ntp authentication-key 1 md5 K3yring", "ntp authentication-key 1 md5 SECRET-1");
	alone("snmp-server community St0ring RO", "snmp-server community SECRET-1 RO");
	alone("peer 3 pre-shared-key hunter2x", "peer 3 pre-shared-key SECRET-1");
	alone("Password entered: swordfish", "Password entered: SECRET-1");
	alone("plink -pw swordfish 10.0.0.1", "plink -pw SECRET-1 ADDR-1");
	alone("schtasks /create /tn x /rp Hunter2!", "schtasks /create /tn x /rp SECRET-1");
	alone("password=realmadrid1", "password=SECRET-1"); /* no realm, as Basic asks for one */
	alone("Authorization: Realm12345secret", "Authorization: SECRET-1");
	static const char *const same[] = {
		"radius-server key missing",	"WIFI key: wrong length",	"tacacs-server key mismatch",
		"wlan0: group key handshake",	"Password entered: wrong",	"ntp authentication-key 1 not found",
		"pre-shared key mismatch",	"radius: cannot load key server.key", "Password entered twice",
		"sudo: -password expired",	"ffmpeg -pass 1",
		"Authorization: Basic realm required", "WWW-Authenticate: Basic realm=\"Restricted\"",
	};
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		alone(same[i], same[i]);
}

static void keys_of_two_words_and_of_commands(void **unused)
{
	(void)unused;
	alone("An account failed to log on. Account Name: bob7 Account Domain: CORPX",
	      "An account failed to log on. Account Name: USER-1 Account Domain: HOST-1");
	alone("User Name: sierra Domain: TANGODOM Workstation Name: UNIFORMPC",
	      "User Name: USER-1 Domain: HOST-1 Workstation Name: HOST-2");
	alone("SubjectDomainName=DOMX TargetUserName=erin9", "SubjectDomainName=HOST-1 TargetUserName=USER-1");
	alone("User Id=sauser;Password=x7;Server=tcp:sqlhost5,1433",
	      "User Id=USER-1;Password=SECRET-1;Server=tcp:HOST-1,1433");
	alone("uid=kathy9,ou=people,dc=corp99,dc=site", "uid=USER-1,ou=people,dc=HOST-1,dc=HOST-2");
	alone("Service Name: Spooler, Process Id: 312, name: x", "Service Name: Spooler, Process Id: 312, name: x");
	alone("ran psql -u papa -pquebec77", "ran psql -u USER-1 -pSECRET-1");
	alone("ran psql -p5432 -x", "ran psql -p5432 -x");
	alone("mysql -u papa -pquebec77", "mysql -u USER-1 -pSECRET-1");
	alone("aws key AKIAABCDEFGHIJKLMNOP secret wJ/alrX/Ut1nF/EM/K7MDENG/bPx/RfiCY",
	      "aws key SECRET-1 secret SECRET-2");
	alone("the password is swordfish.", "the password is SECRET-1.");
	alone("password is incorrect; password is case sensitive; the password is expired.",
	      "password is incorrect; password is case sensitive; the password is expired.");
	alone("ran tool --token hunter2abc --token-file x", "ran tool --token SECRET-1 --token-file x");
	alone("<user>x</user><password>hunter</password>", "<user>USER-1</user><password>SECRET-1</password>");
	alone("password hunter2 was used", "password SECRET-1 was used");
	alone("password expires; password 12 of 20; token ring", "password expires; password 12 of 20; token ring");
	alone("FAILED su for root by gina", "FAILED su for root by USER-1");
	alone("connect to victorhost:8080 failed at main.c:120", "connect to HOST-1:8080 failed at main.c:120");
	alone("open \\\\FILESRV\\henry$ and \\\\FILESRV\\C$ and \\\\FILESRV\\IPC$",
	      "open \\\\HOST-1\\USER-1$ and \\\\HOST-1\\C$ and \\\\HOST-1\\IPC$");
	alone("-----BEGIN RSA PRIVATE KEY----- MIIE6a b7 -----END RSA PRIVATE KEY-----",
	      "-----BEGIN RSA PRIVATE KEY----- SECRET-1 -----END RSA PRIVATE KEY-----");
	alone("sent Basic Ym9iOnB3 but basic authentication is off",
	      "sent Basic SECRET-1 but basic authentication is off");
}

static void machines_in_a_sentence(void **unused)
{
	(void)unused;
	alone("connection from papayabox closed", "connection from HOST-1 closed");
	alone("replication stopped on zuluswitch", "replication stopped on HOST-1");
	alone("transfer from tangobox to pomelobox finished", "transfer from HOST-1 to HOST-2 finished");
	alone("replicating to cherrybox failed, cherrybox is slow", "replicating to HOST-1 failed, HOST-1 is slow");
	alone("backup of prunebox to tape failed; ping nectarbox timed out",
	      "backup of HOST-1 to tape failed; ping HOST-2 timed out");
	alone("could not reach host limebox or server lemonbox", "could not reach host HOST-1 or server HOST-2");
	alone("node durianbox is down, disconnected from raisinbox.", "node HOST-1 is down, disconnected from HOST-2.");
	alone("open \\\\FILESRV\\Bonuses2024 and //figbox/homes and //figbox/Payroll",
	      "open \\\\HOST-1\\SHARE-1 and //HOST-2/homes and //HOST-2/SHARE-2");
	alone("net use Z: \\\\NAS7\\data /user:CORP\\dave hunter3",
	      "net use Z: \\\\HOST-1\\data /user:HOST-2\\USER-1 SECRET-1");
	alone("mysql -h yuzubox -u papa -pquebec77 db", "mysql -h HOST-1 -u USER-1 -pSECRET-1 db");
	alone("user \"Erika Mustermann\" of CN=Tom Holder,OU=Sales and CN=Users",
	      "user \"USER-1\" of CN=USER-2,OU=Sales and CN=Users");
	static const char *const plain[] = {
		"connection from client closed, request from remote host denied, disconnected from server",
		"service stopped on request, started on startup, failed on eth0, Link Up on en0. Running on battery",
		"transfer from disk to tape failed; copied to cache and forwarded to completion",
		"backup of database failed, restart of services, loss of power, failed on top-level",
		"connection from misconfigured clients; stopped on primary node; installed on your machine",
		"the server setup is done, node type is unknown, host name was lost, a comment // and more",
	};
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		alone(plain[i], plain[i]);
}

static void numbers_of_people(void **unused)
{
	(void)unused;
	alone("card 4111 1111 1111 1111 or 5500-0055-5555-5559, pan=378282246310005",
	      "card SECRET-1 or SECRET-2, pan=SECRET-3");
	alone("order 4111111111111112, block 1608999687919862906, at 1710237600123",
	      "order 4111111111111112, block 1608999687919862906, at 1710237600123"); /* no card: the last digit */
	alone("IBAN GB29 NWBK 6016 1331 9268 19 FAILED, DE89370400440532013000 too, DE89370400440532013001 not",
	      "IBAN SECRET-1 FAILED, SECRET-2 too, DE89370400440532013001 not");
	alone("sms to +49 151 23456789 lost; msisdn=4915123456789; phone: (202) 555-0143; dialing 555-0143",
	      "sms to ID-1 lost; msisdn=ID-2; phone: ID-3; dialing ID-4");
	alone("at 10:00:00 +0100 2024, +12 -3, phone 7 of 9, ssn=078-05-1120",
	      "at 10:00:00 +0100 2024, +12 -3, phone 7 of 9, ssn=SECRET-1");
	alone("{\"cvv\":\"123\"} pin=4711 otp code 483920 sent, tests: pass=2 fail=1, error code 1326",
	      "{\"cvv\":\"SECRET-1\"} pin=SECRET-2 otp code SECRET-3 sent, tests: pass=2 fail=1, error code 1326");
	alone("to jane.roe%40example.com and bob (at) example.org and o'brien@example.net",
	      "to USER-1%40HOST-1 and USER-2 (at) HOST-2 and USER-3@HOST-3");
}

static void tokens_of_services(void **unused)
{
	(void)unused;
	alone("key AIzaSyD9x8cJ3kq7nQ0Zf1a2b3, stripe sk_live_4eC39HqLyjWDarjt", "key SECRET-1, stripe SECRET-2");
	alone("root:$6$abcdefgh$ijklmnopqrstuv:19000:0 costs $5", "root:SECRET-1:19000:0 costs $5");
	alone("bearer token zXc9-81kk_aa7Q expired, unexpected token near x",
	      "bearer token SECRET-1 expired, unexpected "
	      "token near x");
	alone("-H 'Authorization: token abc123def' (using password: YES)",
	      "-H 'Authorization: token SECRET-1' (using password: YES)");
	alone("api key k-live-9f8e7d6c5b rejected, primary key 12345678ab", "api key SECRET-1 rejected, primary key "
									    "12345678ab");
	masked("push to https://ghp_16C7e42F292c6912E7710c838347@github.com/x",
	       "push to https://SECRET-1@github.com/x"); /* a secret, though it stands for the user */
}

static void what_programs_take(void **unused)
{
	(void)unused;
	alone("sshpass -p hunter22 ssh kim@nas7", "sshpass -p SECRET-1 ssh USER-1@HOST-1");
	alone("docker login -u kurt -p d0ckpw", "docker login -u USER-1 -p SECRET-1");
	alone("ldapsearch -x -w b1ndpw; redis-cli -h cache2 -a r3dis",
	      "ldapsearch -x -w SECRET-1; redis-cli -h HOST-1 -a "
	      "SECRET-2");
	alone("snmpget -v2c -c s3comm sw-core1 sysUpTime", "snmpget -v2c -c SECRET-1 HOST-1 sysUpTime");
	alone("xfreerdp /u:ina /p:rdp4ina /v:ts-03", "xfreerdp /u:USER-1 /p:SECRET-1 /v:HOST-1");
	alone("net user fritz Fr1tz! /add; htpasswd -b f lena l3na",
	      "net user USER-1 SECRET-1 /add; htpasswd -b f USER-2 "
	      "SECRET-2");
	alone("net user fritz /delete", "net user fritz /delete");
	alone("curl --user tim:t1mpw https://x; sqlplus scott/tiger9@orahost",
	      "curl --user USER-1:SECRET-1 https://HOST-1; "
	      "sqlplus USER-2/SECRET-2@HOST-2");
	alone("mysql -u repl -p's3cr t' -e x; cp -p a b; grep -w word -A 3",
	      "mysql -u USER-1 -p'SECRET-1' -e x; cp -p a b; "
	      "grep -w word -A 3");
}

static void people_in_a_sentence(void **unused)
{
	(void)unused;
	alone("login attempt by gustav failed; file deleted by heidi.",
	      "login attempt by USER-1 failed; file deleted by "
	      "USER-2.");
	alone("Permission denied for uwe on table x; password changed for vera",
	      "Permission denied for USER-1 on table x; "
	      "password changed for USER-2");
	alone("signed in as karl.heinz; Created by: Nina Vogel", "signed in as USER-1; Created by: USER-2");
	alone("FAILED LOGIN 1 FROM pc9 FOR dieter, x", "FAILED LOGIN 1 FROM HOST-1 FOR USER-1, x");
	alone("denied for user 'otto'@'web3'", "denied for user 'USER-1'@'HOST-1'");
	alone("192.0.2.9 - alice [12/Mar/2024:10:00:00 +0000] \"GET / HTTP/1.1\"",
	      "ADDR-1 - USER-1 [12/Mar/2024:10:00:00 +0000] \"GET / HTTP/1.1\"");
	alone("{\"actor\":\"lukas\"} role \"quirin\" does not exist", "{\"actor\":\"USER-1\"} role \"USER-2\" does not "
								      "exist");
	static const char *const plain[] = {
		"created by Setup, removed by systemd, reported by the kernel, by request, logged by default",
		"permission denied for relation x, for table y; state changed for eth0; logged in as root",
		"The Log On As option; a list of author names; SELECT x FROM customer WHERE y",
	};
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		alone(plain[i], plain[i]);
}

static void machines_by_what_is_said(void **unused)
{
	(void)unused;
	alone("peachbox: unreachable; ping: nas9: Name or service not known",
	      "HOST-1: unreachable; ping: HOST-2: Name or service not known");
	alone("connect: Connection refused; getaddrinfo: Name or service not known",
	      "connect: Connection refused; getaddrinfo: Name or service not known");
	alone("opening share Accounts on PEACHBOX failed", "opening share SHARE-1 on HOST-1 failed");
	alone("lookup dbmain on 192.0.2.2:53: no such host", "lookup HOST-1 on ADDR-1:53: no such host");
	alone("node/worker-17 NotReady; back/app12 is DOWN", "node/HOST-1 NotReady; back/HOST-2 is DOWN");
	const char *const paths[] = { "cannot find '/usr/lib/node/express'", "GET /assets/node/modules/x.js",
				      "npm/8.19.2 node/v18.12.1 linux", "/dev/sda is DOWN" };
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		alone(paths[i], paths[i]);
	alone("mount of filer2:/export failed; PATH=/x:/y, file:/tmp/x", "mount of HOST-1:/export failed; PATH=/x:/y, "
									 "file:/tmp/x");
	alone("java.net.UnknownHostException: mqbroker", "java.net.UnknownHostException: HOST-1");
	alone("closed by remote host [preauth], host [sw-core-9] lost",
	      "closed by remote host [preauth], host [HOST-1] lost");
}

/* What stands where a secret or a name would, and is none. */
static void what_only_looks_like_one(void **unused)
{
	(void)unused;
	static const char *const plain[] = {
		"chain INPUT policy pass = all, 14 rules; PASS=SPF size=4812; spamd: pass=dkim",
		"--- PASS: TestListenerClose (0.02s)",
		"tar cf - /srv | gzip -P 4 -c; pigz -P 8 x",
		"sent +12345678 bytes, +4155550100 ns, drift +12.345678 ppm, grown by +2147483648 KiB/s",
		"list updated by dpkg, modified by autovacuum, changed by puppet, updated by apt-daily.service",
		"Created by: mkfs.ext4 1.47.0",
		"password: must contain a digit, token: missing or invalid, token: masked",
		"expected token: semicolon, auth: disabled in config, Signature: ok, cookie: SameSite attribute "
		"missing",
		"pin = GPIO17, mode = output; sid = off",
		"openvpn: AUTH: Received control message: AUTH_FAILED",
		"git: commit 9fceb02d0ae598e95dc970b74767f19372d61af8, image x@sha256:"
		"9fceb02d0ae598e95dc970b74767f19372d61af89fceb02d0ae598e95dc970b7",
		"could not determine the name, using 127.0.1.1",
		"report: owner: unknown, login: disabled, account: expired; user over limit, account on hold",
		"machine check exception logged by mcelog",
		"PASS all tests, AUTH is on",
	};
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		alone(plain[i], plain[i]);
	alone("password: walking; pass = swordfish; Password: Secret please", /* a word, and no sentence */
	      "password: SECRET-1; pass = SECRET-2; Password: SECRET-3 please");
	alone("check_password: tulips7x; token: abcdefghij; auth: geheim",
	      "check_password: SECRET-1; token: SECRET-2; auth: SECRET-3");
	alone("zip -P geheim a.zip; /usr/bin/unzip -P geheim9 a.zip", "zip -P SECRET-1 a.zip; /usr/bin/unzip -P "
								      "SECRET-2 a.zip");
	alone("verify_password: tulips7x does not match; unexpected token: tulips8x at 4; cookie: tulips9x was set",
	      "verify_password: SECRET-1 does not match; unexpected token: SECRET-2 at 4; cookie: SECRET-3 was set");
	alone("node1[192.0.2.9], core1 (192.0.2.8) up; on vty0 (192.0.2.7)",
	      "HOST-1[ADDR-1], HOST-2 (ADDR-2) up; on vty0 (ADDR-3)");
	alone("rang +49 30.123456 twice", "rang ID-1 twice");
	alone("+49.15123456789 called; sms to +4915123456780 bytes", "ID-1 called; sms to ID-2 bytes");
}

static void as_servers_name_them(void **unused)
{
	(void)unused;
	alone("denied for user 'CORP\\svc-shop'; connect by user CORP\\mkeller",
	      "denied for user 'HOST-1\\USER-1'; connect by user HOST-1\\USER-2");
	alone("Authentication for user [mkeller] -> [mkeller] failed",
	      "Authentication for user [USER-1] -> [USER-1] failed");
	alone("check_ntlm_password: Authentication for user [kim7]",
	      "check_ntlm_password: Authentication for user [USER-1]");
	alone("MAC=52:54:00:ab:cd:ef:00:1b:21:3a:4c:5d:08:00 SRC=x", "MAC=ADDR-1 SRC=x");
	alone("H=(pc-jansen) [192.0.2.9] rejected", "H=(HOST-1) [ADDR-1] rejected");
	alone("from \"Piet Jansen <pj@example.org>\", Started by user Erika Holm",
	      "from \"USER-1 <USER-2@HOST-1>\", Started by user USER-3");
	alone("DHCPACK(br0) 192.0.2.9 3c:52:82:11:22:33 laptop-jansen", "DHCPACK(br0) ADDR-1 ADDR-2 HOST-1");
	alone("pjansen/192.0.2.9:1194 TLS: soft reset", "HOST-1/ADDR-1:1194 TLS: soft reset");
	alone("Client \"192.0.2.9\", \"PASS Herfst88\"; [nvries] OK LOGIN",
	      "Client \"ADDR-1\", \"PASS SECRET-1\"; [USER-1] "
	      "OK LOGIN");
	alone("USER nvries: Login successful", "USER USER-1: Login successful");
	alone("Login incorrect: [nvries/Herfst88] (from client ap-3 port 0)",
	      "Login incorrect: [USER-1/SECRET-1] (from client HOST-1 port 0)");
	alone("FAILED LOGIN (1) on '/dev/tty1' FOR 'nvries', x", "FAILED LOGIN (1) on '/dev/tty1' FOR 'USER-1', x");
	alone("passwd: password for 'nvries' changed by 'root'", "passwd: password for 'USER-1' changed by 'root'");
	alone("7z a -pgeheim9 x; ssh -l mkeller y; mosquitto_sub -h broker1 -u sensor -P geheim8",
	      "7z a -pSECRET-1 x; ssh -l USER-1 y; mosquitto_sub -h HOST-1 -u USER-2 -P SECRET-2");
}

static void bare_names(void **unused)
{
	(void)unused;
	alone("user bob gave up, bob's session ended", "user USER-1 gave up, USER-1's session ended");
	alone("account carol is locked; carol was told", "account USER-1 is locked; USER-1 was told");
	alone("host named BIGBOX, server FILESRV; FILESRV is slow", "host named HOST-1, server HOST-2; HOST-2 is slow");
	alone("filesrv.corp.example.com is filesrv", "HOST-1 is HOST-2");
	alone("play.example.com lets us play", "HOST-1 lets us play");
	alone("owner: Erika Mustermann", "owner: USER-1");
	alone("invalid user test: no test", "invalid user USER-1: no test");
	alone("Server=sql1;Uid=frank;Pwd=S3cret!;", "Server=HOST-1;Uid=USER-1;Pwd=SECRET-1;");
	alone("pwd='my pass word' KEY_SECRET=\"aaa bbb\"", "pwd='SECRET-1' KEY_SECRET=\"SECRET-2\"");
	alone("password is 'x y', was hunter2, is wrong", "password is 'SECRET-1', was hunter2, is wrong");
	alone("lost by user bob", "lost by user USER-1");
	alone("logon for CORP\\dave", "logon for HOST-1\\USER-1");
	alone("mysql -ujane -ptoor failed", "mysql -uUSER-1 -pSECRET-1 failed");
}

/* Names of lines that are not passed on are known where they stand bare in one that is. */
static void of_all_that_is_read(void **unused)
{
	(void)unused;
	struct redactor r = { 0 };
	struct arena a = { 0 };
	redact_learn_block(&r, STR("open \\\\FILESRV\\x\nuser bo"));
	redact_learn_block(&r, STR("b failed\nfrom 10.0.0.1\nlogin on host WS0"));
	redact_learn_block(&r, STR("42"));
	redact_learn_block(&r, STR(""));
	struct str got = redact_text(&r, STR("ws042: bob lost filesrv"), &a, NULL, 0);
	assert_true(str_eq(got, STR("HOST-1: USER-1 lost HOST-2"))); /* numbered as they come out */
	struct buf line = { 0 };
	buf_add_c(&line, "\\\\BEHIND\\x ");
	while (line.n <= REDACT_LINE_MAX)
		buf_add_c(&line, "no end of it ");
	redact_learn_block(&r, buf_str(&line)); /* too long, and the next one is whole */
	redact_learn_block(&r, STR("more\n\\\\NEXT\\x\n"));
	got = redact_text(&r, STR("BEHIND NEXT"), &a, NULL, 0);
	assert_true(str_eq(got, STR("BEHIND HOST-3")));
	assert_int_equal(redactor_err(&r), ERR_OK);
	buf_free(&line);
	redactor_free(&r);
	arena_free(&a);
}

static void what_stays(void **unused)
{
	(void)unused;
	static const char *const same[] = {
		"",
		"all is well",
		"rm $HOME/$USER/$PATH/$LANG",
		"activation code 0xC004F074, security code 0x80090016",
		"localhost 127.0.0.1 ::1 0.0.0.0 255.255.255.0",
		"user root logged in",
		"waiting for data from disk",
		"server: failed to start",
		"the host is down",
		"user authentication failed",
		"by user request",
		"10:56:20 2001-03-12 error 0x80070035 (53)",
		"version 2.0.1",
		"password for the token is missing",
		"user not found",
		"user logged out",
		"HOST NOT FOUND",
		"the server refused it",
		"unexpected token 'x'",
		"2015-10-18 18:02:21,261 INFO [main] a.b: ok; INFO is a level",
		"C:\\Windows\\x",
		"C:\\\\Windows\\\\x",
	};
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		alone(same[i], same[i]);
}

static void one_name_one_token(void **unused)
{
	(void)unused;
	struct redactor r = { 0 };
	struct arena a = { 0 };
	redact_learn(&r, STR("\\\\FILESRV\\x\nuser=alice"));
	struct str got =
		redact_text(&r, STR("Alice of filesrv.log, filesrv2, malice, FILESRV-a and alice_x"), &a, NULL, 0);
	assert_true(str_eq(got, STR("USER-1 of HOST-1.log, filesrv2, malice, HOST-1-a and USER-1_x")));
	struct str again = redact_text(&r, STR("\\\\OTHER\\x then \\\\Filesrv\\y"), &a, NULL, 0);
	assert_true(str_eq(again, STR("\\\\HOST-2\\x then \\\\HOST-1\\y")));
	redactor_free(&r);
	arena_free(&a);
}

static void spans_move_along(void **unused)
{
	(void)unused;
	struct redactor r = { 0 };
	struct arena a = { 0 };
	struct str line = STR("10.0.0.1 to \\\\SITE1\\SMS_SITE (53)");
	size_t site = str_find(line, STR("SITE1")), share = str_find(line, STR("SMS_SITE"));
	struct match_span spans[] = { { site, site + 5 }, { share, share + 8 }, { 0, 8 }, { line.n, line.n } };
	struct str got = redact_text(&r, line, &a, spans, 4);
	assert_true(str_eq(got, STR("ADDR-1 to \\\\HOST-1\\SMS_SITE (53)")));
	static const char *const want[] = { "HOST-1", "SMS_SITE", "ADDR-1", "" };
	for (size_t i = 0; i < 4; i++)
		assert_true(
			str_eq((struct str){ got.p + spans[i].start, spans[i].end - spans[i].start }, str_c(want[i])));
	redactor_free(&r);
	arena_free(&a);
}

static void a_hit(void **unused)
{
	(void)unused;
	struct redactor r = { 0 };
	struct arena a = { 0 };
	struct match_capture captures[] = {
		{ .name = STR("server"), .value = STR("DEPOT"), .type = VAR_NETBIOS, .span = { 5, 10 } },
		{ .name = STR("path"), .value = STR("/srv/depot/x"), .type = VAR_PATH },
	};
	struct scan_hit hit = { .file = STR("logs/depot.log"),
				.text = STR("from DEPOT"),
				.before = STR("depot is slow\n"),
				.match = { .captures = captures, .capture_count = 2 } };
	struct scan_hit got = redact_hit(&r, &hit, &a);
	assert_true(str_eq(got.text, STR("from HOST-1")));
	assert_true(str_eq(got.before, STR("HOST-1 is slow\n")));
	assert_true(str_eq(got.file, STR("logs/HOST-1.log")));
	assert_true(str_eq(got.match.captures[0].value, STR("HOST-1")));
	assert_true(str_eq(got.match.captures[1].value, STR("/srv/HOST-1/x")));
	assert_int_equal(got.match.captures[0].span.end, 11);
	assert_true(str_eq(captures[0].value, STR("DEPOT"))); /* the hit itself is as it was */
	redactor_free(&r);
	arena_free(&a);
}

/* A key above a hit's line tells of the value in it, and the line of the one below it. */
static void a_hit_between_its_lines(void **unused)
{
	(void)unused;
	struct redactor r = { 0 };
	struct arena a = { 0 };
	struct scan_hit hit = { .before = STR("db:\n  password:\n"),
				.text = STR("    kumquat"),
				.after = STR("  db_secret:\n    tangerine\n") };
	struct scan_hit got = redact_hit(&r, &hit, &a);
	assert_true(str_eq(got.before, hit.before));
	assert_true(str_eq(got.text, STR("    SECRET-1")));
	assert_true(str_eq(got.after, STR("  db_secret:\n    SECRET-2\n")));
	hit = (struct scan_hit){ .before = STR("-----BEGIN RSA PRIVATE KEY-----\nQwErTyUi\n"),
				 .text = STR("kum+quat"),
				 .after = STR("q9w=\n-----END RSA PRIVATE KEY-----\n") };
	got = redact_hit(&r, &hit, &a);
	assert_true(str_eq(got.text, STR("SECRET-4")));
	assert_true(str_eq(got.after, STR("SECRET-5\n-----END RSA PRIVATE KEY-----\n")));
	redactor_free(&r);
	arena_free(&a);
}

static void secrets_alone(void **unused)
{
	(void)unused;
	masked("Failed to connect to <\\\\FILESRV>, Error = 53", "Failed to connect to <\\\\FILESRV>, Error = 53");
	masked("mount //nas1/x -o username=bob,password=hunter2,vers=3.0",
	       "mount //nas1/x -o username=bob,password=SECRET-1,vers=3.0");
	masked("curl -u bob:hunter2 https://nas1/", "curl -u bob:SECRET-1 https://nas1/");
	masked("smbclient -U bob%hunter2 //nas1/x", "smbclient -U bob%SECRET-1 //nas1/x");
	masked("net use X: \\\\nas1\\x hunter2 /user:CORP\\bob", "net use X: \\\\nas1\\x SECRET-1 /user:CORP\\bob");
	masked("net use \\\\nas1\\x /user:CORP\\bob hunter2", "net use \\\\nas1\\x /user:CORP\\bob SECRET-1");
	masked("net use X: \\\\nas1\\x /user:bob Hunter /persistent:no",
	       "net use X: \\\\nas1\\x /user:bob SECRET-1 /persistent:no");
	masked("net use X: \\\\nas1\\x /user:bob failed", "net use X: \\\\nas1\\x /user:bob failed");
	masked("net use X: \\\\nas1\\x /user:bob says System error 53",
	       "net use X: \\\\nas1\\x /user:bob says System error 53");
	masked("with kbt_AbCdEfGhIjKlMnOpQrStUvWxYz-0123456789_aBcDeF it works", "with SECRET-1 it works");
	masked("kbt_diagnoses_running 3", "kbt_diagnoses_running 3");
	masked("net use X: \\\\nas1\\x /user:bob", "net use X: \\\\nas1\\x /user:bob");
	masked("GET https://bob:hunter2@nas1:8443/x", "GET https://bob:SECRET-1@nas1:8443/x");
	masked("a\n-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\nhunter2\n-----END OPENSSH PRIVATE KEY-----\nb\n",
	       "a\n-----BEGIN OPENSSH PRIVATE KEY-----\nSECRET-1\nSECRET-1\n-----END OPENSSH PRIVATE KEY-----\nb\n");
	masked("-----BEGIN RSA PRIVATE KEY-----\nhunter2", "-----BEGIN RSA PRIVATE KEY-----\nSECRET-1");
	masked("", "");
}

/* redact_row: so many bytes of this, again and again. */
static void redact_row(const char *item, size_t bytes)
{
	static char line[1 << 19];
	size_t n = strlen(item);
	assert_true(bytes <= sizeof line);
	for (size_t at = 0; at < bytes; at++)
		line[at] = item[at % n];
	struct redact_spans spans = { 0 };
	struct arena a = { 0 };
	redact_find((struct str){ line, bytes }, &a, &spans);
	arena_free(&a);
}

/* A row of marks or keys begins at each of them: each is judged by what is near it. */
static void long_rows(void **unused)
{
	(void)unused;
	static const char *const rows[] = { "a+",	 "$.",	  "node/",   "密码", "{",
					    ",password", ",PASS", "&code=a1234567", "<user><![CDATA[", ":1 LOGIN \"",
					    ":1 LOGIN 1 ", "'AUTH' \"", "'requirepass' '", "snmp auth sha ",
					    "sk-", "sk-a1b2-", "set('password',", "-psk ascii 0 ", "A_TOKEN ", "token=b'", "echo a",
					    " ", "-", "-----BEGIN ", "key=", "/password", "echo -", "]: bob : ", "pw=\\\"x",
					    "radtest -t " };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_linear(redact_row, rows[i], 1 << 19);
	alone("ticket doIFqDCCBaSgAwIBBaEDAgEWooIEwTCCBL1hggS5MIIEtaADAgEFoQ4bDENP/RQ0+ ok", "ticket SECRET-1 ok");
}

/* However many names are before it, a secret in the same line is one. */
static void lines_of_many_names(void **unused)
{
	(void)unused;
	enum { NAMES = 1000 };
	struct buf line = { 0 };
	struct arena a = { 0 };
	struct str got;
	for (unsigned i = 0; i < NAMES; i++)
		buf_addf(&line, "10.0.%u.%u ", i / 250, i % 250);
	buf_add_c(&line, "password=hunter2");
	assert_int_equal(redact_secrets(buf_str(&line), &a, &got), ERR_OK);
	assert_true(str_ends(got, STR("password=SECRET-1")));
	arena_free(&a);
	buf_free(&line);
}

/* redact_two gives two texts of one run, and says what failed. */
static enum err redact_two(struct str *ret_text)
{
	static const struct str texts[] = { STR_LIT("FATAL: authentication failed for user carol on host depot7\n"),
					    STR_LIT("carol called depot7, set passwd kumquat\n") };
	struct redactor r = { 0 };
	struct arena a = { 0 };
	struct str said[2];
	for (size_t i = 0; i < 2; i++) {
		redact_learn_block(&r, str_first(texts[i], 20));
		redact_learn_block(&r, str_from(texts[i], 20));
	}
	redact_learn_block(&r, STR(""));
	for (size_t i = 0; i < 2; i++)
		redact_learn(&r, texts[i]);
	for (size_t i = 0; i < 2; i++)
		said[i] = redact_text(&r, texts[i], &a, NULL, 0);
	enum err e = redactor_err(&r) ? redactor_err(&r) : arena_err(&a);
	mem_set_resize(NULL);
	struct buf all = { 0 };
	buf_add(&all, said[0]);
	buf_add(&all, said[1]);
	*ret_text = (struct str){ all.p, all.n }; /* the caller's */
	arena_free(&a);
	redactor_free(&r);
	return e;
}

/* A name that there was no memory to find would leave the house. */
static void a_name_that_memory_is_missing_for_is_told(void **unused)
{
	(void)unused;
	struct str whole, said;
	assert_int_equal(redact_two(&whole), ERR_OK);
	assert_true(str_find(whole, STR("depot7")) == STR_NONE && str_find(whole, STR("SECRET-1")) != STR_NONE);
	bool failed = true;
	for (long n = 0; failed; n++) {
		calls_left = n;
		mem_set_resize(fail_once);
		enum err e = redact_two(&said);
		failed = calls_left < 0;
		assert_int_equal(e, failed ? ERR_NOMEM : ERR_OK);
		assert_true(failed || str_eq(said, whole));
		mem_free((void *)(uintptr_t)said.p);
	}
	mem_free((void *)(uintptr_t)whole.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),
		cmocka_unit_test(neighbours),
		cmocka_unit_test(secrets_by_their_place),
		cmocka_unit_test(what_clients_send),
		cmocka_unit_test(words_around_what_clients_send),
		cmocka_unit_test(told_by_other_lines),
		cmocka_unit_test(words_of_secrets_without_one),
		cmocka_unit_test(secrets_alone),
		cmocka_unit_test(what_stays),
		cmocka_unit_test(one_name_one_token),
		cmocka_unit_test(spans_move_along),
		cmocka_unit_test(a_hit), cmocka_unit_test(a_hit_between_its_lines),
		cmocka_unit_test(secrets_in_a_sentence),
		cmocka_unit_test(people_and_machines_in_a_sentence),
		cmocka_unit_test(secrets_abroad),
		cmocka_unit_test(keys_of_devices),
		cmocka_unit_test(keys_of_two_words_and_of_commands),
		cmocka_unit_test(machines_in_a_sentence),
		cmocka_unit_test(bare_names),
		cmocka_unit_test(of_all_that_is_read),
		cmocka_unit_test(numbers_of_people),
		cmocka_unit_test(tokens_of_services),
		cmocka_unit_test(what_programs_take),
		cmocka_unit_test(people_in_a_sentence),
		cmocka_unit_test(machines_by_what_is_said),
		cmocka_unit_test(what_only_looks_like_one),
		cmocka_unit_test(as_servers_name_them),
		cmocka_unit_test(long_rows),
		cmocka_unit_test(lines_of_many_names),
		cmocka_unit_test(a_name_that_memory_is_missing_for_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
