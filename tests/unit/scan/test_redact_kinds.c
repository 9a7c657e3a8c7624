/* SPDX-License-Identifier: MIT
 *
 * Secrets by the kind of file or program that they stand in, each beside what looks like it and is none.
 */
#include "tests/unit/scan/redacted.h"

#include <stdlib.h>
#include <string.h>

/* stay: nothing is masked in these lines. */
static void stay(const char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		masked(lines[i], lines[i]);
}

#define STAY(...)                                                                                                      \
	stay((const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void lines_of_fields(void **unused)
{
	(void)unused;
	masked("db1.lan:5432:orders:bob:kumquat", "db1.lan:5432:orders:bob:SECRET-1");
	masked("# *:*:*:bob:kum\\:quat", "# *:*:*:bob:SECRET-1");
	masked("\\:\\:1:6432:*:bob:kumquat\n::1", "\\:\\:1:6432:*:bob:SECRET-1\n::1");
	masked("[smtp.example.org]:587 bob@example.org:kumquat", "[smtp.example.org]:587 bob@example.org:SECRET-1");
	masked("smtp.example.org:465\tbob:kumquat", "smtp.example.org:465\tbob:SECRET-1");
	masked("@example.org bob@example.org:kumquat", "@example.org bob@example.org:SECRET-1");
	masked("bob * \"kumquat\" *", "bob * \"SECRET-1\" *");
	masked("bob pptpd kumquat 10.0.0.9", "bob pptpd SECRET-1 10.0.0.9");
	masked("com2sec readonly default kumquat", "com2sec readonly default SECRET-1");
	masked("com2sec -Cn ctx local localhost kumquat", "com2sec -Cn ctx local localhost SECRET-1");
	STAY("web1:8080:api:v2:healthy", "10.0.0.1:5432:orders:closed by peer", "db1:5432 - accepting connections",
	     "main.c:5432:13: error: expected", "smtp.example.org:587 timed:out 3", "[main.py]:12 state:done",
	     "10.0.0.1:587 orders:closed", "5 * 10 *", "a * b", "com2sec is not configured here",
	     "db1:5432:orders:bob:$DB_PASS");
}

static void programs(void **unused)
{
	(void)unused;
	masked("password = Crypt.decrypt('kumquat9')", "password = Crypt.decrypt('SECRET-1')");
	masked("password == \"kumquat\"", "password == \"SECRET-1\"");
	masked("bob Cleartext-Password := \"kumquat\"", "bob Cleartext-Password := \"SECRET-1\"");
	masked("PASSWORD=${DB_PASSWORD:-kumquat}", "PASSWORD=SECRET-1}");
	masked("password = $unshine", "password = SECRET-1");
	masked("password='$ABC'", "password='SECRET-1'");
	masked("password=my.kumquat", "password=SECRET-1");
	masked("sshpass -p 'kumquat' ssh nas1", "sshpass -p 'SECRET-1' ssh nas1");
	STAY("char *password = getenv(\"DB_PASSWORD\");", "password = os.environ[\"DB_PASSWORD\"]",
	     "password = getpass.getpass(\"Password: \")", "password=$(cat /run/secrets/db)",
	     "PASSWORD=${DB_PASSWORD:-}", "export PGPASSWORD=\"$DB_PASS\"", "password: ${file:/etc/secrets/db}",
	     "password: !vault |", "password: process.env.DB_PASSWORD,", "$password = $_POST['password'];",
	     "self.password = password", "$p = Read-Host -AsSecureString", "$password = Read-Host -AsSecureString",
	     "set PASSWORD=%DB_PASS%", "this.password = newPassword;", "user.password = hash_password(password)",
	     "token = parser.next_token()", "if (password == null || password.isEmpty()) {",
	     "password VARCHAR(64) NOT NULL,", "password: String,", "sshpass -p \"$PASS\" ssh nas1",
	     "helm --set x --password \"$DB_PASS\"", "db_password: \"{{ vault_pw }}\"");
}

static void what_only_sounds_so(void **unused)
{
	(void)unused;
	masked("dovecot: auth: Debug: client in: AUTH 1 PLAIN service=imap resp=AGJvYgBrdW1xdWF0",
	       "dovecot: auth: Debug: client in: AUTH 1 PLAIN service=imap resp=SECRET-1");
	STAY("passwd: Authentication token lock busy", "unexpected token: '}' at line 14",
	     "resp=200 in 3 ms, AUTH done", "Invalid token: signature verification failed",
	     ">PASSWORD:Need 'Auth' username/password", "\"DefaultPassword\"=-",
	     "md5sum: d41d8cd98f00b204e9800998ecf8427e  empty.bin",
	     "sha256sum d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e");
}

static void json_in_strings(void **unused)
{
	(void)unused;
	alone("{\"log\":\"{\\\"password\\\":\\\"kumquat\\\",\\\"user\\\":\\\"bob\\\"}\"}",
	      "{\"log\":\"{\\\"password\\\":\\\"SECRET-1\\\",\\\"user\\\":\\\"USER-1\\\"}\"}");
	masked("curl -d \"{\\\"api_key\\\": \\\"kum,quat\\\"}\"", "curl -d \"{\\\"api_key\\\": \\\"SECRET-1\\\"}\"");
	masked("\\\\\\\"token\\\\\\\":\\\\\\\"kum quat\\\\\\\"}", "\\\\\\\"token\\\\\\\":\\\\\\\"SECRET-1\\\\\\\"}");
	masked("{\\\"password\\\":\\\"kum\\\\\\\"quat\\\",\\\"n\\\":1}", "{\\\"password\\\":\\\"SECRET-1\\\",\\\"n\\\":1}");
	masked("{\\\"password\\\":\\\"kumquat\\\\\\\\\\\",\\\"n\\\":1}", "{\\\"password\\\":\\\"SECRET-1\\\",\\\"n\\\":1}");
	STAY("{\\\"password\\\":\\\"\\\"}", "{\\\"password\\\":null}");
}

/* What is typed, called or told by where it stands: each beside what only looks like it. */
static void what_is_typed(void **unused)
{
	(void)unused;
	masked("expect \"*?assword:*\"; send \"kumquat\\r\"", "expect \"*?assword:*\"; send \"SECRET-1\\r\"");
	masked("expect \"assword:\"\n  send -- \"kumquat\\n\"\n", "expect \"assword:\"\n  send -- \"SECRET-1\\n\"\n");
	masked("send \"kum4quat\\r\"", "send \"SECRET-1\\r\"");
	masked("rasdial \"Work VPN\" CORP\\bob kum4quat", "rasdial \"Work VPN\" CORP\\bob SECRET-1");
	masked("/msg NickServ IDENTIFY kumquat", "/msg NickServ IDENTIFY SECRET-1");
	masked("PRIVMSG NickServ :IDENTIFY bob kumquat", "PRIVMSG NickServ :IDENTIFY bob SECRET-1");
	masked("/ns register kumquat bob@example.org", "/ns register SECRET-1 bob@example.org");
	masked("objUser.SetPassword \"kumquat\"", "objUser.SetPassword \"SECRET-1\"");
	masked("builder.password(\"kumquat\").build()", "builder.password(\"SECRET-1\").build()");
	masked("x.Invoke(\"SetPassword\",\"kumquat\")", "x.Invoke(\"SetPassword\",\"SECRET-1\")");
	masked("stats auth bob:kum4quat", "stats auth bob:SECRET-1");
	masked("C: AUTHENTICATE PLAIN AGJvYgBrdW1xdWF0", "C: AUTHENTICATE PLAIN SECRET-1");
	masked("radius server R1\n address ipv4 10.0.0.1\n key kumquat\nexit\n key value",
	       "radius server R1\n address ipv4 10.0.0.1\n key SECRET-1\nexit\n key value");
	masked("racadm set iDRAC.Users.2.Password kum4quat", "racadm set iDRAC.Users.2.Password SECRET-1");
	masked("$cfg['Servers'][1]['password'] = 'kumquat';", "$cfg['Servers'][1]['password'] = 'SECRET-1';");
	masked("keystorePass=\"kumquat\"", "keystorePass=\"SECRET-1\"");
	masked("The password was reset to kumquat!", "The password was reset to SECRET-1!");
	masked("INSERT INTO `crm`.`users` VALUES (7,'bob','2024-05-02','kum4quat','bob@example.org')",
	       "INSERT INTO `crm`.`users` VALUES (7,'bob','2024-05-02','SECRET-1','bob@example.org')");
	STAY("expect \"login:\"; send \"exit\\r\"", "send \"ls -l /tmp/x1\\n\"", "send \"GET / HTTP/1.1\\r\\n\"",
	     "rasdial OFFICE /disconnect", "rasdial OFFICE failed with error 651", "NickServ is currently offline",
	     "register NickServ first", "IDENTIFY DEVICE failed, status 0x51", "user.SetPassword failed with 0x800708C5",
	     "c.getPassword(\"Enter password: \")", "stats auth is off", "bypass=1", "renderPass = shadow",
	     "INSERT INTO logs VALUES (7, 'kum4quat')", "INSERT INTO users VALUES (?, ?)",
	     "INSERT INTO users VALUES (1, 'bob', '10.0.0.1', 'en-US')");
}

/* Sums of what is the same everywhere, what a shell was called with, and words about passwords. */
static void what_tells_nothing(void **unused)
{
	(void)unused;
	STAY("HEAD is now at 7fd1a60b01f91b314f59955a4e4d4e80d8edf11d Fix build",
	     "fatal: bad object 7fd1a60b01f91b314f59955a4e4d4e80d8edf11d", "d41d8cd98f00b204e9800998ecf8427e  ./etc/motd",
	     "d41d8cd98f00b204e9800998ecf8427e *a.iso", "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 ok",
	     "BuildID[sha1]=2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
	     "\"integrity\": \"sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+Q==\"",
	     "SSH key fingerprint: SHA256:uNiVztksCsDhcc0u9e8BrbE3fD0gNqPHJ2z2nM1rZ5s", "password=\"$1\"", "PASS=$2",
	     "Password: timed out", "Reset your password: https://example.org/reset", "/etc/passwd: permission denied",
	     "auth: method=PLAIN, rip=10.0.0.1");
	masked("password='$1'", "password='SECRET-1'");
	masked("auth: Zm9vYmFyYmF6==", "auth: SECRET-1");
	masked("at 7fd1a60b01f91b314f59955a4e4d4e80", "at SECRET-1");
}

static void words_of_wallets(void **unused)
{
	(void)unused;
	static const char words[] = "ripple candy lunar orbit zebra velvet tunnel maple drift anchor spoon cactus";
	static const char *const before[] = { "seed phrase: ", "mnemonic=\"", "your recovery phrase is ",
					      "Mnemonic: ", "backup words '" };
	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		struct arena a = { 0 };
		masked(arena_printf(&a, "%s%s", before[i], words).p, arena_printf(&a, "%sSECRET-1", before[i]).p);
		arena_free(&a);
	}
	STAY("seed phrase: ripple candy lunar orbit", "random seed = 42", "mnemonic check failed: bad checksum",
	     "the words used here were chosen because many other systems also have them in there",
	     "seed words that were chosen here show because many other systems also have them in store");
}

static void what_commands_are_fed(void **unused)
{
	(void)unused;
	masked("sudo -S id <<< \"kumquat\"", "sudo -S id <<< \"SECRET-1\"");
	masked("chpasswd <<<'bob:kumquat'", "chpasswd <<<'bob:SECRET-1'");
	masked("cryptsetup luksOpen /dev/sdb1 x <<< kumquat", "cryptsetup luksOpen /dev/sdb1 x <<< SECRET-1");
	masked("printf '%s\\n' 'kumquat' | sudo -S id", "printf '%s\\n' 'SECRET-1' | sudo -S id");
	masked("echo -n kumquat | cryptsetup luksFormat /dev/sdc -",
	       "echo -n SECRET-1 | cryptsetup luksFormat /dev/sdc -");
	masked("yes kumquat | passwd bob", "yes SECRET-1 | passwd bob");
	masked("lftp -u bob,kumquat sftp://x", "lftp -u bob,SECRET-1 sftp://x");
	masked("osql -U sa -P kumquat -S db2", "osql -U sa -P SECRET-1 -S db2");
	masked("nmcli dev wifi connect Cafe password kumquat", "nmcli dev wifi connect Cafe password SECRET-1");
	STAY("grep foo <<< 'some text'", "read -r a b <<< \"$line\"", "sudo -S id <<< \"$PASS\"",
	     "mail bob <<< kumquat", "passwd bob; cat <<< kumquat", "echo kumquat | grep x",
	     "echo \"$PASS\" | sudo -S id", "echo -n x > /etc/passwd");
}

static void commands_and_calls(void **unused)
{
	(void)unused;
	masked("smbmap -u bob -p 'kumquat' -H x", "smbmap -u bob -p 'SECRET-1' -H x");
	masked("twine upload -u bob -p kumquat5 dist/*", "twine upload -u bob -p SECRET-1 dist/*");
	masked("gpg --passphrase 'kum & quat' -c f", "gpg --passphrase 'SECRET-1' -c f");
	masked("ssh-keygen -t rsa -N 'kumquat' -f id", "ssh-keygen -t rsa -N 'SECRET-1' -f id");
	masked("rabbitmqctl add_user bob 'kum.quat'", "rabbitmqctl add_user bob 'SECRET-1'");
	masked("rclone config create r sftp user bob pass kumquat",
	       "rclone config create r sftp user bob pass SECRET-1");
	masked("sqlite> PRAGMA key = 'kumquat';", "sqlite> PRAGMA key = 'SECRET-1';");
	masked("db.auth('bob', 'kumquat')", "db.auth('bob', 'SECRET-1')");
	masked("get(url, auth=('bob', 'kumquat'))", "get(url, auth=('bob', 'SECRET-1'))");
	masked("[System.Net.NetworkCredential]::new('bob','kumquat')",
	       "[System.Net.NetworkCredential]::new('bob','SECRET-1')");
	masked("syncrepl binddn=\"cn=a\" credentials=kumquat", "syncrepl binddn=\"cn=a\" credentials=SECRET-1");
	masked("snmp-server host 10.0.0.1 traps version 2c kumquat",
	       "snmp-server host 10.0.0.1 traps version 2c SECRET-1");
	masked("radius server r\n key 7 0822455D", "radius server r\n key 7 SECRET-1");
	masked("main.cf, line 3: [mx.example.com]:587 bob:kumquat",
	       "main.cf, line 3: [mx.example.com]:587 bob:SECRET-1");
	masked("Your verification code: 551 203", "Your verification code: SECRET-1");
	STAY("journalctl -u ssh -p err", "docker run -u 1000 -p 8080:80 x", "ps -u bob -p 123",
	     "login(username=u, password=password)", "get(url, auth=(user, password))", "Authorization: Bearer <token>",
	     "--password=<password>", "curl -u \"$USER:$PASS\" https://x",
	     "curl -H \"Authorization: Bearer ${TOKEN}\" https://x", "credentials: same-origin", "credentials=include",
	     "echo done | tee -a /etc/passwd", "yes n | passwd bob", "a INT, password CHAR(60))",
	     "key 7 of 9 is held down", "auth('x')");
}

static void windows_settings(void **unused)
{
	(void)unused;
	masked("    DefaultPassword    REG_SZ    kumquat", "    DefaultPassword    REG_SZ    SECRET-1");
	masked("reg add HKLM\\X /v DefaultPassword /t REG_SZ /d kumquat /f",
	       "reg add HKLM\\X /v DefaultPassword /t REG_SZ /d SECRET-1 /f");
	masked("password=hexabz pwd=hex:abz", "password=SECRET-1 pwd=SECRET-2");
	masked("\"Password\"=hex:9f,3a,77,c1", "\"Password\"=SECRET-1");
	masked("\"Password\"=hex(3):9f,\\\n  3a,77,\\\n  c1\n\"Port\"=hex:01,02,\\\n  03",
	       "\"Password\"=SECRET-1,\\\n  SECRET-2,\\\n  SECRET-3\n\"Port\"=hex:01,02,\\\n  03");
	masked("<AdministratorPassword><Value>kumquat</Value>", "<AdministratorPassword><Value>SECRET-1</Value>");
	masked("<Password>\n  <Value>kumquat</Value>", "<Password>\n  <Value>SECRET-1</Value>");
	masked("</Password>\n  <Value>3</Value>", "</Password>\n  <Value>3</Value>");
	masked("ns.OpenDSObject(\"LDAP://dc1\", \"CORP\\bob\", \"kumquat\", 1)",
	       "ns.OpenDSObject(\"LDAP://dc1\", \"CORP\\bob\", \"SECRET-1\", 1)");
	masked("-Password (\"kumquat\" | ConvertTo-SecureString -AsPlainText -Force)",
	       "-Password (\"SECRET-1\" | ConvertTo-SecureString -AsPlainText -Force)");
	masked("$p = 'kumquat' | ConvertTo-SecureString -AsPlainText -Force",
	       "$p = 'SECRET-1' | ConvertTo-SecureString -AsPlainText -Force");
	masked("$password = ConvertTo-SecureString 'kumquat' -AsPlainText",
	       "$password = ConvertTo-SecureString 'SECRET-1' -AsPlainText");
	masked("netdom join pc9 /userd:bob /passwordd:kumquat", "netdom join pc9 /userd:bob /passwordd:SECRET-1");
	masked("    Key Content            : kum quat", "    Key Content            : SECRET-1");
	masked("wireless.radio0.key='kumquat'", "wireless.radio0.key='SECRET-1'");
	masked("\toption key 'kumquat'", "\toption key 'SECRET-1'");
	STAY("    Key Content is absent", "DefaultPassword value not found in registry",
	     "PasswordExpires    REG_DWORD    0x1", "Get-Credential | ConvertTo-SecureString -AsPlainText -Force",
	     "option key is missing");
}

static void columns_and_blocks(void **unused)
{
	(void)unused;
	masked("INSERT INTO users (name, `password`) VALUES ('bob', 'kum''quat'), ('o,k', 'tangerine')",
	       "INSERT INTO users (name, `password`) VALUES ('bob', 'SECRET-1'), ('o,k', 'SECRET-2')");
	masked("INSERT INTO u (token,n) VALUES (N'kumquat', 3);", "INSERT INTO u (token,n) VALUES (N'SECRET-1', 3);");
	alone("insert into u (mail, password) values ('bob@mx1.example.org', 'kumquat')",
	      "insert into u (mail, password) values ('USER-1@HOST-1', 'SECRET-1')");
	masked("INSERT INTO users (name, password) VALUES ('bob', 'kumqu",
	       "INSERT INTO users (name, password) VALUES ('bob', 'SECRET-1");
	masked("variable \"db_password\" {\n  type = string\n  default = \"kumquat\"\n}\ndefault = \"a\"",
	       "variable \"db_password\" {\n  type = string\n  default = \"SECRET-1\"\n}\ndefault = \"a\"");
	masked("variable \"region\" {\n  default = \"eu-west-1\"\n}",
	       "variable \"region\" {\n  default = \"eu-west-1\"\n}");
	STAY("INSERT INTO users (name, password) VALUES (?, ?)", "INSERT INTO t (name, id) VALUES ('bob', 'x')",
	     "INSERT INTO u (password) VALUES (NULL)", "the password) values (");
}

static void redact_copies(const char *bit, size_t copies)
{
	struct buf text = { 0 };
	struct arena a = { 0 };
	struct str got;
	for (size_t i = 0; i < copies; i++)
		buf_add_c(&text, bit);
	assert_int_equal(redact_secrets(buf_str(&text), &a, &got), ERR_OK);
	arena_free(&a);
	buf_free(&text);
}

/* A row within a row, without end: linear, and no deeper. */
static void rows_in_rows(void **unused)
{
	(void)unused;
	enum { COPIES = 40000 };
	static const char *const bits[] = {
		"(password) values ('", "(password) values(", "<<< sudo -S ",	      "seed a,", "x:",
		"<Password><Value>",	"echo -n ",	      "password == getenv(\"",
		"sp_addlogin 'a', '",	"Cookie: a=bcdef; ",  "name=\"password\">",
		"bob:kumquat@",		"code for a: "
	};
	for (size_t k = 0; k < sizeof bits / sizeof *bits; k++)
		assert_linear(redact_copies, bits[k], COPIES);
}

/* Codes for one login, by what is said of them; and numbers that only stand beside such words. */
static void codes_for_once(void **unused)
{
	(void)unused;
	masked("482913 is your Acme confirmation code", "SECRET-1 is your Acme confirmation code");
	masked("G-482913 is your verification code.", "G-SECRET-1 is your verification code.");
	masked("Use 739204 as your login code", "Use SECRET-1 as your login code");
	masked("enter 739204 to sign in", "enter SECRET-1 to sign in");
	masked("Your Acme security code is: 90817", "Your Acme security code is: SECRET-1");
	masked("Your sign-in code is 384756.", "Your sign-in code is SECRET-1.");
	masked("one-time code 5512 sent", "one-time code SECRET-1 sent");
	masked("code 482913 sent to bob", "code SECRET-1 sent to bob");
	masked("Verification code for bob: 482913", "Verification code for bob: SECRET-1");
	masked("Enter this code to sign in: 482913", "Enter this code to sign in: SECRET-1");
	masked("OTP for transaction is 771204", "OTP for transaction is SECRET-1");
	masked("TAN: 482913.", "TAN: SECRET-1");
	masked("Ihre TAN lautet 482913", "Ihre TAN lautet SECRET-1");
	masked("\"verificationCode\":\"4711\"", "\"verificationCode\":\"SECRET-1\"");
	masked("mfa_code=482913&user=x", "mfa_code=SECRET-1&user=x");
	masked("backup codes: 1234-5678, 8765-4321", "backup codes: SECRET-1, SECRET-2");
	masked("TOTP seed JBSWY3DPEHPK3PXP stored", "TOTP seed SECRET-1 stored");
	masked("Best\u00e4tigungscode lautet 482913", "Best\u00e4tigungscode lautet SECRET-1");
	masked("code de v\u00e9rification : 482913", "code de v\u00e9rification : SECRET-1");
	STAY("OTP timeout is 12000 ms", "time code 12345678 lost sync", "error codes: 1234, 5678", "your code 1234 lines",
	     "use 12345 as your default port", "enter 4711 to continue", "random seed 123456789", "status_code=50300",
	     "Your code is broken: 1234", "login code path: 3", "error code 1053 sent to the client",
	     "close code 1006 sent to peer", "exit code 1006 to log in detail", "use 5000 to log requests",
	     "error 1326 as the user name or password is incorrect", "failed: 1326 as the password does not match");
}

/* What takes a secret by its place among its arguments, and what is no argument of it. */
static void by_their_place(void **unused)
{
	(void)unused;
	masked("EXEC sp_addlogin 'app', 'kumquat', 'master'", "EXEC sp_addlogin 'app', 'SECRET-1', 'master'");
	masked("sp_password 'kumquat', N'tangerine', 'sa'", "sp_password 'SECRET-1', N'SECRET-2', 'sa'");
	masked("SELECT AES_DECRYPT(x, 'kumquat')", "SELECT AES_DECRYPT(x, 'SECRET-1')");
	masked("INSERT INTO cards (id, number) VALUES (1, AES_ENCRYPT('4111', 'kumquat'))",
	       "INSERT INTO cards (id, number) VALUES (1, AES_ENCRYPT('SECRET-1', 'SECRET-2'))");
	masked("authentication_string=PASSWORD('kumquat')", "authentication_string=PASSWORD('SECRET-1')");
	masked("IDENTIFIED WITH a_plugin BY 'kumquat'", "IDENTIFIED WITH a_plugin BY 'SECRET-1'");
	masked("connect to x user bob using kumquat", "connect to x user bob using SECRET-1");
	masked("user bob insecure-password kumquat groups g", "user bob insecure-password SECRET-1 groups g");
	masked("smtp_sasl_password_maps = static:bob:kumquat", "smtp_sasl_password_maps = static:bob:SECRET-1");
	masked("aaa-server G (inside) host 10.0.0.1 kumquat timeout 9",
	       "aaa-server G (inside) host 10.0.0.1 SECRET-1 timeout 9");
	masked("aaa-server G (inside) host 10.0.0.1\n key kumquat", "aaa-server G (inside) host 10.0.0.1\n key SECRET-1");
	masked("line vty 0 4\n password kumquat", "line vty 0 4\n password SECRET-1");
	masked("MONITOR ups@h 1 bob kumquat master", "MONITOR ups@h 1 bob SECRET-1 master");
	masked("ip ospf authentication-key kumquat", "ip ospf authentication-key SECRET-1");
	masked("esxcli -s vc1 -u root -p kumquat x", "esxcli -s vc1 -u root -p SECRET-1 x");
	masked("dsadd user CN=a -pwd kumquat -disabled no", "dsadd user CN=a -pwd SECRET-1 -disabled no");
	masked("curl --user \"bob:kum quat\" x", "curl --user \"bob:SECRET-1\" x");
	masked("dsn: bob:kumquat@tcp(db1:3306)/x", "dsn: bob:SECRET-1@tcp(db1:3306)/x");
	masked("CMD 'password \"Auth\" \"kumquat\"'", "CMD 'password \"Auth\" \"SECRET-1\"'");
	masked("CMD 'password \"Auth\" kumquat'", "CMD 'password \"Auth\" SECRET-1'");
	masked("A temporary password is generated for root@localhost: aK;3d>sd",
	       "A temporary password is generated for root@localhost: SECRET-1");
	masked("setx DB_PASSWORD kumquat", "setx DB_PASSWORD SECRET-1");
	masked("<property name=\"x.password\">kumquat</property>", "<property name=\"x.password\">SECRET-1</property>");
	masked("<setting name=\"SmtpPassword\" as=\"s\"><value>kumquat</value>",
	       "<setting name=\"SmtpPassword\" as=\"s\"><value>SECRET-1</value>");
	masked("userPassword:: e1NTSEF9a3VtcXVhdA==", "userPassword:: SECRET-1");
	masked("checksum mismatch, session 7895bf4b8828b55ceaf47747b4bca667", "checksum mismatch, session SECRET-1");
	masked("by OTk4NzY1NDMyMTA5ODc2NTQz.XyZaBc.q1w2e3r4t5y6u7i8o9p0a1s2d3f", "by SECRET-1");
	masked("Cookie: lang=en; SESS=q1w2e3; x=1; y=abcdef", "Cookie: lang=en; SECRET-1; x=1; SECRET-2");
	masked("password2=\"kumquat\" dbpw=tangerine /SAPWD=\"kumquat\"",
	       "password2=\"SECRET-1\" dbpw=SECRET-2 /SAPWD=\"SECRET-1\"");
	STAY("sp_addlogin failed with error 15025", "PASSWORD() function removed", "TOKEN(\"IDENT\") expected",
	     "aes_encrypt not supported",
	     "aaa-server G (inside) host 10.0.0.1 timeout 5", "line con 0\n password required",
	     "Monitor the disk usage carefully", "monitor is going down now",
	     "insecure-password is not recommended", "static route 10.0.0.0/8", "MANAGEMENT: CMD 'password [...]'",
	     "<a id=\"urlpassword\">#</a>", "<h2 id=\"password\">Changing it</h2>",
	     "const keyMaterial = await subtle.importKey(",
	     "Content-MD5: 7895bf4b8828b55ceaf47747b4bca667", "x-request-id: 7895bf4b8828b55ceaf47747b4bca667",
	     "<property name=\"password\">${db.password}</property>", "curl --user \"$U:$P\" x");
}

/* What begins with the token of another run, and goes on, is a secret all the same. */
static void what_begins_as_done(void **unused)
{
	(void)unused;
	masked("password=\"USER-1 kumquat\"", "password=\"SECRET-1\"");
	masked("password=USER-1", "password=USER-1");
	masked("pwd='SECRET-4 kum'", "pwd='SECRET-1'");
	masked("pwd=tangerine\n<Password>\n<Value>kumquat</Value>", "pwd=SECRET-1\n<Password>\n<Value>SECRET-2</Value>");
}

static void what_looks_like_one(void **unused)
{
	(void)unused;
	STAY("MD5 (a.iso) = d41d8cd98f00b204e9800998ecf8427e", "MD5(a)= d41d8cd98f00b204e9800998ecf8427e",
	     "a.iso: MD5 sum d41d8cd98f00b204e9800998ecf8427e", "logon sid=0x3e7", "(CONNECT_DATA=(SID=ORCL))",
	     "password [success=1 default=ignore] pam_unix.so", "Unpacking passwd (1:4.8.1-1)",
	     "Set-Cookie: SameSite=Lax", "Set-Cookie: lang=en; Path=/; SameSite=Lax", "secret: exists",
	     "authorization: denied", "boot_id=4bf92f3577b34da6a3ce929d0e0e4736", "tan: 0.577",
	     "failed to fetch token: service account not found", "CONFIG_PW=y", "pwd=/srv OLDPWD=/root",
	     "Merge commit '7fd1a60b01f91b314f59955a4e4d4e80d8edf11d'");
}

/* What one program alone writes so, and what it does not. */
static void in_their_own_grammar(void **unused)
{
	(void)unused;
	masked("ACL SETUSER bob on >kumquat ~* +@all", "ACL SETUSER bob on >SECRET-1 ~* +@all");
	masked("\"ACL\" \"SETUSER\" \"bob\" \"<old kum\" \">kumquat\"",
	       "\"ACL\" \"SETUSER\" \"bob\" \"<SECRET-1\" \">SECRET-2\"");
	masked("user bob on >kumquat ~*", "user bob on >SECRET-1 ~*");
	masked("smtp_sasl_password_maps = inline:{[mx.example.com]:587=bob:kumquat, mx2=eve:x1}",
	       "smtp_sasl_password_maps = inline:{[mx.example.com]:587=bob:SECRET-1, mx2=eve:SECRET-2}");
	masked("smtp_sasl_password_maps = inline:{ { mx = bob:kumquat } }",
	       "smtp_sasl_password_maps = inline:{ { mx = bob:SECRET-1 } }");
	masked("createUser bob SHA \"kum quat\" AES \"tangerine\"", "createUser bob SHA \"SECRET-1\" AES \"SECRET-2\"");
	masked("createUser -e 0x8000 bob SHA-256 kumquat AES", "createUser -e 0x8000 bob SHA-256 SECRET-1 AES");
	masked("dscl . -passwd /Users/bob kumquat tangerine", "dscl . -passwd /Users/bob SECRET-1 SECRET-2");
	masked("dscl . -authonly bob kumquat", "dscl . -authonly bob SECRET-1");
	masked("login bob/kumquat", "login bob/SECRET-1");
	masked("SQL> conn bob/kumquat@orcl", "SQL> conn bob/SECRET-1@orcl");
	masked("##vso[task.setvariable variable=x;issecret=true]kumquat",
	       "##vso[task.setvariable variable=x;issecret=true]SECRET-1");
	masked("echo \"::add-mask::kumquat\"", "echo \"::add-mask::SECRET-1\"");
	masked("secrets.SIGNER => 'kumquat'", "secrets.SIGNER => 'SECRET-1'");
	masked("fly secrets set SIGNER=kumquat OTHER=tangerine", "fly secrets set SIGNER=SECRET-1 OTHER=SECRET-2");
	masked("drone secret add --name x --data kumquat", "drone secret add --name x --data SECRET-1");
	masked("value kum9 of variable DB_PASSWORD is short", "value SECRET-1 of variable DB_PASSWORD is short");
	masked("passwordeval \"echo kumquat\"", "passwordeval \"echo SECRET-1\"");
	masked("bob:{PLAIN}kumquat:1000:1000::/home/b", "bob:{PLAIN}SECRET-1:1000:1000::/home/b");
	masked("Password1 kumquat8; SSID1 x", "Password1 SECRET-1; SSID1 x");
	masked("network_key: [1, 3, 5, 7, 9, 11, 13, 15, 0, 2]", "network_key: SECRET-1");
	masked("the wifi pass is kumquat77 btw", "the wifi pass is SECRET-1 btw");
	masked("PassphraseEntry=kumquat", "PassphraseEntry=SECRET-1");
	masked("VALUES(1, AES_ENCRYPT('4111','kumquat'))", "VALUES(1, AES_ENCRYPT('SECRET-1','SECRET-2'))");
	masked("INSERT INTO t (a, password) VALUES (AES_ENCRYPT('4111','kumquat'), 'x1')",
	       "INSERT INTO t (a, password) VALUES (AES_ENCRYPT('SECRET-1','SECRET-2'), 'SECRET-3')");
	masked("set security ike policy p pre-shared-key ascii-text \"kum quat\"",
	       "set security ike policy p pre-shared-key ascii-text \"SECRET-1\"");
	masked("pre-shared-key hexadecimal \"6b756d\";", "pre-shared-key hexadecimal \"SECRET-1\";");
	masked("{\"ssid\": \"home\", \"key\": \"kumquats\"}", "{\"ssid\": \"home\", \"key\": \"SECRET-1\"}");
	masked("{\"ssid\":\"home\",\"hidden\":false,\"key\":\"kum quat7\"}",
	       "{\"ssid\":\"home\",\"hidden\":false,\"key\":\"SECRET-1\"}");
	STAY("format ascii-text \"kumquat\"", "expected hexadecimal \"6b756d\"", "a key ascii-text is required",
	     "{\"ssid\": \"home\", \"key\": \"wpa2\"}", "{\"id\": 1, \"key\": \"kumquats\"}",
	     "{\"ssid\": \"home\", \"keys\": \"kumquats\"}", "{\"ssid\": \"home\", \"key\": \"undefined\"}");
	STAY("user bob logged on >5 times", "acl rule >= 10 users", "inline:{x=a:b}", "login/logout",
	     "login success/failure", "user login and/or password", "connect eth0/1", "SQL> connect tns/",
	     "secrets.json: corrupted", "##vso[task.setvariable variable=x;issecret=false]on", "value 12 of 30",
	     "value too long for column password", "{PLAIN} is no scheme", "password1 and password2 differ",
	     "the second pass is done", "the pass is 2 of 5", "PasswordEntry: window closed after 30 s",
	     "fatal: could not read Password: terminal prompts disabled", "this code took : 1234 us",
	     "verify code 1024 bytes", "Run actions/cache@v3 key: Linux-npm", "createUser failed with code 5",
	     "passwordeval \"pass show mail\"", "secret add --name x --data @file");
}

static void in_words_of_commands(void **unused)
{
	(void)unused;
	masked("radtest bob kumquat 10.0.0.1 0 testing123", "radtest bob SECRET-1 10.0.0.1 0 SECRET-2");
	masked("radtest -t mschap bob kumquat 10.0.0.1 0 testing123",
	       "radtest -t mschap bob SECRET-1 10.0.0.1 0 SECRET-2");
	masked("# radclient -x 10.0.0.1:1812 auth testing123 < bob.txt",
	       "# radclient -x 10.0.0.1:1812 auth SECRET-1 < bob.txt");
	masked("wpa_passphrase CafeGuest kumquats", "wpa_passphrase CafeGuest SECRET-1");
	masked("COMMAND=/usr/bin/wpa_passphrase CafeGuest kumquats | tee wpa.conf",
	       "COMMAND=/usr/bin/wpa_passphrase CafeGuest SECRET-1 | tee wpa.conf");
	masked("iscsiadm -m node --op=update --name node.session.auth.password --value=kumquat",
	       "iscsiadm -m node --op=update --name node.session.auth.password --value=SECRET-1");
	masked("aws ssm put-parameter --name \"/shop/db-token\" --value kumquat --type SecureString",
	       "aws ssm put-parameter --name \"/shop/db-token\" --value SECRET-1 --type SecureString");
	masked("set authentication plain-text-password-value kumquat",
	       "set authentication plain-text-password-value SECRET-1");
	masked("evil-winrm -i nas1 -u bob -p kumquat", "evil-winrm -i nas1 -u bob -p SECRET-1");
	masked("$ rclone obscure 'my kumquat'", "$ rclone obscure 'SECRET-1'");
	masked("wpa_passphrase \"Cafe Guest\" \"kum quat\" >> wpa.conf",
	       "wpa_passphrase \"Cafe Guest\" \"SECRET-1\" >> wpa.conf");
	masked("wpa_passphrase=kumquat", "wpa_passphrase=SECRET-1");
	masked("AT+CWJAP=\"home\",\"kumquat\"", "AT+CWJAP=\"home\",\"SECRET-1\"");
	masked("AT+QICSGP=1,1,\"internet\",\"bob\",\"kumquat\",1",
	       "AT+QICSGP=1,1,\"internet\",\"bob\",\"SECRET-1\",1");
	STAY("radtest: command not found", "radtest failed for server1 port 1812", "rclone obscure failed",
	     "to obscure 12 names it was run", "wpa_passphrase must contain 8 to 63 characters",
	     "wpa_passphrase of the network is wrong", "radtest is not installed",
	     "run radtest alice with the right secret", "radclient: sent to 10.0.0.1 port 1812",
	     "wpa_passphrase is incomplete", "the wpa_passphrase option required", "tool --name timeout --value 30000",
	     "tool --name password --value is required", "cfg --name password.length --value 12 x",
	     "plain-text-password-value option", "AT+CWJAP? returned FAIL", "AT+CGDCONT=1,\"IP\",\"internet\"");
}

static void by_their_name(void **unused)
{
	(void)unused;
	masked("STRIPE_KEY=abcd1234efghXYZ0", "STRIPE_KEY=SECRET-1");
	masked("##teamcity[setParameter name='env.STRIPE_KEY' value='abcd1234efghXYZ0']",
	       "##teamcity[setParameter name='env.STRIPE_KEY' value='SECRET-1']");
	masked("envsubst: ${DB_PASSWORD} -> kumquat", "envsubst: ${DB_PASSWORD} -> SECRET-1");
	masked("PassphraseEntry kumquat9", "PassphraseEntry SECRET-1");
	masked("BB_AUTH_STRING=kumquat", "BB_AUTH_STRING=SECRET-1");
	masked("use kumquat9 as the password.", "use SECRET-1 as the password.");
	masked("we typed 'kum quat' as his passphrase", "we typed 'SECRET-1' as his passphrase");
	STAY("CACHE_KEY=user:42:profile", "PUBLIC_KEY=MIIBaBCD1234efgh5678", "S3_KEY=backups/2026/Nov/Data1.tar.gz",
	     "name='env.MAX_KEY' value='100'", "TOKEN_TYPE -> Bearer", "fn parse_token() -> Token",
	     "resetPassword called", "UnexpectedToken line12", "PasswordAuthentication no",
	     "ERRCONNECT_WRONG_PASSWORD 0x00020015", "use sha256 as the password hash", "use utf8 as the charset",
	     "enter the same value as the password");
}

static void once_more_in_the_text(void **unused)
{
	(void)unused;
	masked("password=kumQuats\ntyped kumQuats again", "password=SECRET-1\ntyped SECRET-1 again");
	masked("password=kumQuat\ntyped kumQuat again", "password=SECRET-1\ntyped kumQuat again");
	masked("password=k7mq\ntyped k7mq again", "password=SECRET-1\ntyped SECRET-1 again");
	masked("password=k7m\ntyped k7m again", "password=SECRET-1\ntyped k7m again");
	masked("password=kumquats\ntyped kumquats again", "password=SECRET-1\ntyped kumquats again");
}

/* Marks that should have been coded in a URL, and a proxy without a scheme. */
static void before_a_machine(void **unused)
{
	(void)unused;
	masked("https://bob:kum@quat@nas1/x", "https://bob:SECRET-1@nas1/x");
	masked("postgres://bob:kum/quat@db1/shop", "postgres://bob:SECRET-1@db1/shop");
	masked("redis://:k/um@quat@cache1:6379/0?x=a@b", "redis://:SECRET-1@cache1:6379/0?x=a@b");
	masked("http_proxy=bob:kumquat@proxy1:3128", "http_proxy=bob:SECRET-1@proxy1:3128");
	masked("curl --proxy bob:kumquat@proxy1:3128 x", "curl --proxy bob:SECRET-1@proxy1:3128 x");
	STAY("http://nas1:8080/users/bob@example.org", "http://nas1/users/a:b@example.org", "http://[::1]:80/x@y",
	     "https://example.org:443/img@2x.png", "http://nas1:/x@y", "https://bob@nas1/x:y@z", "http://HOST:PORT/x@2",
	     "http://nas1:${PORT}/users/bob@example.org", "file:///srv/a:b@c", "proxy: sip:bob@example.org",
	     "proxy=nginx:latest", "proxy web1:8080 as bob@example.org", "proxy 10.0.0.1:3128");
}

static void ways_to_log_in(void **unused)
{
	(void)unused;
	masked("> AUTH kumquat", "> AUTH SECRET-1");
	STAY("WWW-Authenticate: Bearer error=\"invalid_token\"", "Bearer error=\"x\", Basic realm=\"Secret Area1\"",
	     "use GPIO17 as the pin", "STATE_PASSWORD -> STATE_OK", "STATE_TOKEN => STATE_DONE",
	     "'password' => DB_PASSWORD", "case PASSWORD: return 1;", "password column is too short",
	     "password salt is too short", "SORT_KEY=lastModifiedDate1Desc", "app.PARTITION_KEY=tenantId42OfRegionX");
	masked("${DB_PASSWORD} -> KUMQUAT", "${DB_PASSWORD} -> SECRET-1");
	masked("'password' => kumQuat9", "'password' => SECRET-1");
	masked("use 4711 as the pin", "use SECRET-1 as the pin");
	masked("STRIPE_KEY=kumQuatOfTheDay17", "STRIPE_KEY=SECRET-1");
	masked("COSMOS_PRIMARY_KEY=kumQuatOfTheDay17", "COSMOS_PRIMARY_KEY=SECRET-1");
	masked("MEILI_SEARCH_KEY=kumQuatOfTheDay17", "MEILI_SEARCH_KEY=SECRET-1");
	masked("DB_PASSWORD => KUMQUAT", "DB_PASSWORD => SECRET-1");
	masked("in this case password: kumquat9", "in this case password: SECRET-1");
	masked("Case password: kumquat9", "Case password: SECRET-1");
	STAY("\tcase PASSWORD: return 1;", "switch (k) { case AUTH_TOKEN: break; case PASSWORD: return 1; }");
	masked("password kumquat is too short", "password SECRET-1 is too short");
	STAY("ftp> AUTH SSL", "sent 'AUTH TLS', got 234", "> AUTH CRAM-MD5", "bob (auth:SIMPLE) from 10.0.0.1",
	     "auth: pam_unix(sshd:auth): authentication failure", "Pin: release o=Debian", "Pin: version 1.2*");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_fields),	 cmocka_unit_test(programs),
		cmocka_unit_test(what_only_sounds_so),	 cmocka_unit_test(json_in_strings),
		cmocka_unit_test(words_of_wallets),
		cmocka_unit_test(what_commands_are_fed), cmocka_unit_test(commands_and_calls),
		cmocka_unit_test(windows_settings),	 cmocka_unit_test(columns_and_blocks),
		cmocka_unit_test(rows_in_rows),		 cmocka_unit_test(what_is_typed),
		cmocka_unit_test(what_tells_nothing),	 cmocka_unit_test(codes_for_once),
		cmocka_unit_test(by_their_place),	 cmocka_unit_test(what_begins_as_done),
		cmocka_unit_test(what_looks_like_one),	 cmocka_unit_test(in_their_own_grammar),
		cmocka_unit_test(in_words_of_commands),	 cmocka_unit_test(by_their_name),
		cmocka_unit_test(ways_to_log_in),	 cmocka_unit_test(before_a_machine),
		cmocka_unit_test(once_more_in_the_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
