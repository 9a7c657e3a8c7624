# SPDX-License-Identifier: MIT
"""kbt diagnose as people use it: bindings, what is not known, verdicts on this machine's own ports, exit codes."""
import concurrent.futures
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time
import unittest

from kbt import INTERRUPTED, KBT, LIMIT_S, NONE, ROOT, UNDECIDED, USAGE, FOUND, SharedKbTest, Together, again, rests

RCMD = r'Failed to connect to <\\FILESRV>, Error = 53'
UNBOUND = 'Error during WNetAddConnection2 (53)'


def sender_log(row, ago_s=6 * 3600):
    """A log of the sender with one attempt a minute, F or S each; the last one so long ago."""
    end = time.time() - ago_s
    lines = []
    for i, attempt in enumerate(row):
        says = (r'~Error during WNetAddConnection2 to \\SITE1\SMS_SITE (53)' if attempt == 'F' else
                r'~Sending completed [D:\SMS\tosend\00000X2L.PCK]')
        when = time.strftime('%a %b %d %H:%M:%S %Y', time.localtime(end - 60 * (len(row) - 1 - i)))
        lines += [f'{says}  $$<SMS_RAS_SENDER><{when}><thread=8973 (0x230D)>',
                  f'~Waiting for work  $$<SMS_RAS_SENDER><{when}><thread=8973 (0x230D)>']
    return '\n'.join(lines) + '\n'


def closed_port():
    with socket.create_server(('127.0.0.1', 0)) as s:
        return s.getsockname()[1]


def greets_as_ssh(c):
    c.sendall(b'SSH-2.0-OpenSSH_9.2\r\n')
    c.recv(1)


@contextlib.contextmanager
def service(number, serve):
    """A port of this machine (0: any) where each connection is handed to serve."""
    def take():
        while True:
            try:
                c, _ = s.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(c,), daemon=True).start()

    def one(c):
        with contextlib.suppress(OSError), c:
            serve(c)
    with socket.create_server(('127.0.0.1', number)) as s:
        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        try:
            yield s.getsockname()[1]
        finally:
            s.shutdown(socket.SHUT_RDWR)
            thread.join()


# message, what it means (kb/causes/meanings.yaml), what it speaks for, what a person is asked
CODES = (
    ('System error 51 has occurred.', 'path-not-found', 'ip.', ['server']),
    ('System error 53 has occurred.', 'path-not-found', 'ip.', ['server']),
    ('Error 0x80070035: The network path was not found.', 'path-not-found', 'ip.', ['server']),
    ('System error 59 has occurred. An unexpected network error occurred.', 'broke-off', 'link.path.loss', ['server']),
    ('System error 64 has occurred. The specified network name is no longer available.', 'broke-off', 'smb.server.hung',
     ['server']),
    ('System error 67 has occurred. The network name cannot be found.', 'share', None, ['server']),
    ('System error 121 has occurred. The semaphore timeout period has expired.', 'took-too-long', 'link.path.loss', ['server']),
    ('System error 1231 has occurred. The network location cannot be reached.', 'path-not-found', 'ip.', ['server']),
    ('System error 1326 has occurred.', 'login', 'auth.user.wrong-password', ['server']),
    ('System error 5 has occurred. Access is denied.', 'login', 'auth.', ['server']),
    ('System error 1722 has occurred. The RPC server is unavailable.', 'rpc-unavailable', 'name.', ['server']),
    ('Error 10060: connection timed out', 'socket-took-too-long', 'link.path.loss', ['server', 'port']),
    ('WSAECONNREFUSED (10061)', 'socket-refused', 'fw-reject-icmp-port', ['server', 'port']),
    ('Socket error 11001: host not found', 'no-such-name', 'name.', ['server', 'port']),
    ('Error 678: There is no answer.', 'dial-up-line', 'ras.link.', []),
    ('Error 619: The specified port is not connected.', 'dial-up-line', 'ras.link.', []),
    ('Error 691: Access denied because the user name or password is invalid on the domain.', 'dial-up-login',
     'ras.link.not-connected', []),
    ('Error 718: The connection timed out waiting for a valid response from the remote computer.', 'dial-up-protocols',
     'ras.link.', []),
    ('Error 720: No PPP control protocols configured.', 'dial-up-protocols', 'ras.link.', []),
    ('mount error(112): Host is down', 'took-too-long', 'link.path.loss', ['server']),
    ('mount error(113): No route to host', 'unreachable', 'ip.', ['server']),
    ('mount error(115): Operation now in progress', 'took-too-long', 'link.path.loss', ['server']),
    ('mount error(13): Permission denied', 'login', 'auth.', ['server']),
    ('tree connect failed: NT_STATUS_BAD_NETWORK_NAME', 'share', None, ['server']),
    ('Connection to filesrv failed (Error NT_STATUS_HOST_UNREACHABLE)', 'path-not-found', 'ip.', []),
    ('ssh: connect to host nas1 port 22: Connection refused', 'socket-refused', 'fw-reject-icmp-port', []),
    ('ssh: connect to host nas1 port 22: No route to host', 'socket-unreachable', 'ip.', []),
    ('ssh: connect to host nas1 port 22: Connection timed out', 'socket-took-too-long', 'link.path.loss', []),
    ('ssh: Could not resolve hostname nas1: Name or service not known', 'no-such-name', 'name.', []),
    ('curl: (6) Could not resolve host: www.example.com', 'no-such-name', 'name.', []),
    ('psql: error: could not translate host name "db1" to address: Temporary failure in name resolution', 'no-such-name',
     'name.', []),
    ('rsync: getaddrinfo: backup1 873: Name or service not known', 'no-such-name', 'name.', []),
    ('ping: nas1: Temporary failure in name resolution', 'no-such-name', 'name.', ['port']),
    ('dial tcp: lookup nas1 on 10.0.0.2:53: no such host', 'no-such-name', 'name.', ['port']),  # 53 is the DNS server's
    ('java.net.ConnectException: Connection refused', 'socket-refused', 'fw-reject-icmp-port', ['server', 'port']),
    ("ERROR 2003 (HY000): Can't connect to MySQL server on 'db1' (111)", 'socket-refused', 'fw-reject-icmp-port', []),
    ('failed: Connection refused.', 'socket-refused', 'fw-reject-icmp-port', ['server', 'port']),
    ('kex_exchange_identification: read: Connection reset by peer', 'socket-broke-off', 'ip.path.mtu-blackhole', ['server']),
    ('curl: (52) Empty reply from server', 'socket-broke-off', 'ip.path.mtu-blackhole', ['server']),
    ('java.net.SocketTimeoutException: Read timed out', 'socket-broke-off', 'link.path.loss', ['server', 'port']),
    ("ldap_sasl_bind(SIMPLE): Can't contact LDAP server (-1)", 'socket-unsaid', 'name.', ['server']),
    ('ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)', 'socket-other-language', None,
     ['server', 'port']),
    ('nc: connect to nas1 port 445 (tcp) failed: Connection refused', 'socket-refused', 'fw-reject-icmp-port', []),
)

# An address beside a port, or beside what looks like one, and an URL that nothing but its port tells to be the matter.
TODAY_ADDRESSES = (
    *((f'psql: error: connection to server at "{host}", port 5433 failed: {end}\n\tIs the server running on that host '
       'and accepting TCP/IP connections?', article, binds + ' port=5433')
      for host, binds in (('10.0.0.5', 'server=10.0.0.5'), ('fe80::2%eth0', 'server=fe80::2%eth0 link=eth0'))
      for end, article in (('Connection refused', 'Q-connection-refused'), ('No route to host', 'Q-no-route-to-host'),
                           ('Connection timed out', 'Q-connection-timed-out'))),
    *((f'Timeout: No Response from {host}', 'Q-snmp-no-answer', binds) for host, binds in (
        ('2001:db8::7', 'server=2001:db8::7'), ('2001:db8::7:1161', 'server=2001:db8::7 port=1161'), ('::1:161', 'server=::1 port=161'),
        ('1:2:3:4:5:6:7:8', 'server=1:2:3:4:5:6:7:8'),
        ('::ffff:10.0.0.7', 'server=::ffff:10.0.0.7'), ('fe80::7%eth0', 'server=fe80::7%eth0 link=eth0'))),
    *((text, 'Q-connection-refused', binds) for text, binds in (
        ('Failed to connect to http://zoe:pw@db1:8080/: Connection refused', 'server=db1 port=8080'),
        ('Failed to connect to http://zoe:p@w@db1:8080/x: Connection refused', 'server=db1 port=8080'),
        ('java.net.ConnectException: Connection refused\n(help: https://docs.example.com/a)', ''),
        ('Failed to connect to http://db1:8080/ or http://db2:8080/: Connection refused', ''))),
)

NOT_ACCESSIBLE = (r'\\FILES\docs is not accessible. You might not have permission to use this network resource. Contact the '
                  'administrator of this server to find out if you have access permissions.')

# message as a program prints it, the article, what it binds: by itself, by its program, or by an URL
TODAY = (
    ("ERROR 2003 (HY000): Can't connect to MySQL server on 'db1:3307' (111)", 'Q-connection-refused', 'server=db1 port=3307'),
    ("ERROR 2003 (HY000): Can't connect to MySQL server on 'db1' (110)", 'Q-connection-timed-out', 'server=db1 port=3306'),
    ('Connecting to db1 (db1)|10.9.0.2|:7000... failed: Connection refused.', 'Q-connection-refused', 'server=db1 port=7000'),
    ('Trying 10.9.0.2...\ntelnet: Unable to connect to remote host: No route to host', 'Q-no-route-to-host',
     'address=10.9.0.2'),
    ('psql: error: connection to server at "10.9.0.2", port 5432 failed: Connection refused\n\tIs the server running on that '
     'host and accepting TCP/IP connections?', 'Q-connection-refused', 'server=10.9.0.2 port=5432'),
    ('psql: error: connection to server at "127.0.0.1", port 5432 failed: Connection refused', 'Q-connection-refused',
     'server=127.0.0.1 port=5432'),
    ('psql: error: connection to server at "10.9.0.2", port 5432 failed: Connection timed out', 'Q-connection-timed-out',
     'server=10.9.0.2 port=5432'),
    ('psql: error: connection to server at "10.9.0.2", port 5432 failed: No route to host\n\tIs the server running '
     'on that host and accepting TCP/IP connections?', 'Q-no-route-to-host', 'server=10.9.0.2 port=5432'),
    ('psql: error: connection to server at "2001:db8::7", port 5432 failed: Connection timed out\n\tIs the server running '
     'on that host and accepting TCP/IP connections?', 'Q-connection-timed-out', 'server=2001:db8::7 port=5432'),
    ('psql: error: connection to server at "10.9.0.2", port 5432 failed: Network is unreachable\n\tIs the server running '
     'on that host and accepting TCP/IP connections?', 'Q-no-route-to-host', 'server=10.9.0.2 port=5432'),
    ('could not connect to server: Connection timed out\n\tIs the server running on host "db1" (10.0.0.3) and accepting\n'
     '\tTCP/IP connections on port 5432?', 'Q-connection-timed-out', 'server=db1 address=10.0.0.3 port=5432'),
    ('could not connect to server: No route to host\n\tIs the server running on host "db1" (10.0.0.3) and accepting\n'
     '\tTCP/IP connections on port 5432?', 'Q-no-route-to-host', 'server=db1 address=10.0.0.3 port=5432'),
    ("fatal: unable to access 'https://git.example.com/x/y.git/': Could not resolve host: git.example.com",
     'Q-name-not-known', 'server=git.example.com port=443'),
    ("fatal: unable to access 'http://git.example.com:3000/y.git/': Recv failure: Connection reset by peer",
     'Q-connection-reset', 'server=git.example.com port=3000'),
    ('fatal: unable to connect to db1:\ndb1[0: 10.9.0.2]: errno=Connection refused', 'Q-connection-refused',
     'server=db1 address=10.9.0.2 port=9418'),
    ('ssh: connect to host fe80::1%eth0 port 22: No route to host', 'Q-no-route-to-host',
     'server=fe80::1%eth0 link=eth0 port=22'),
    ('ssh: connect to host db1 port 2222: Connection refused\nrsync: connection unexpectedly closed (0 bytes received so far) '
     '[Receiver]\nrsync error: unexplained error (code 255) at io.c(285) [Receiver=3.2.7]', 'Q-connection-refused',
     'server=db1 port=2222'),
    ('kex_exchange_identification: Connection closed by remote host\nConnection closed by 10.9.0.2 port 22',
     'Q-connection-reset', 'server=10.9.0.2 port=22'),
    ('connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.7, server: www.example.com, '
     'request: "GET /a HTTP/1.1", upstream: "http://10.9.0.2:8080/a", host: "www.example.com"', 'Q-connection-refused',
     'server=10.9.0.2 port=8080'),
    ('upstream timed out (110: Connection timed out) while reading response header from upstream, client: 10.0.0.7, server: '
     'www.example.com, request: "GET / HTTP/1.1", upstream: "http://10.9.0.2:8080/", host: "www.example.com"', 'Q-no-answer',
     'server=10.9.0.2 port=8080'),
    ('connect to mx1.example.com[192.0.2.25]:25: Connection timed out', 'Q-connection-timed-out',
     'server=mx1.example.com address=192.0.2.25 port=25'),
    ('error during connect: Get "http://db1:2375/v1.50/containers/json": dial tcp 10.9.0.2:2375: connect: no route to host',
     'Q-no-route-to-host', 'address=10.9.0.2 port=2375'),
    ("requests.exceptions.ConnectionError: HTTPConnectionPool(host='db1', port=7000): Max retries exceeded with url: / (Caused "
     "by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f96be6fd050>: Failed to establish a new "
     "connection: [Errno 111] Connection refused'))", 'Q-connection-refused', 'server=db1 port=7000'),
    ('Could not connect to db1:3142 (10.9.0.2). - connect (113: No route to host)', 'Q-no-route-to-host',
     'server=db1 port=3142'),
    ("npm error request to http://db1:4873/x failed, reason: getaddrinfo EAI_AGAIN db1", 'Q-name-lookup-failed',
     'server=db1 port=4873'),
    ('getaddrinfo("db1", "NULL", {1,0,1,6}, {}): Name or service not known', 'Q-name-not-known', 'server=db1'),
    ("** server can't find db1.example.com: NXDOMAIN", 'Q-name-not-known', 'server=db1.example.com'),
    ('Connection reset by UNKNOWN port -1', 'Q-connection-reset', ''),
    ("node:events:502\n      throw er; // Unhandled 'error' event\n      ^\n\nError: connect ECONNREFUSED 10.9.0.2:8080\n"
     '    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)\nEmitted \'error\' event on Socket instance at:\n'
     "    at emitErrorNT (node:internal/streams/destroy:169:8) {\n  errno: -111,\n  code: 'ECONNREFUSED',\n  port: 8080\n}",
     'Q-connection-refused', 'address=10.9.0.2 port=8080'),
    ('TypeError: fetch failed\n    at node:internal/deps/undici/undici:14976:13 {\n  [cause]: Error: connect ETIMEDOUT '
     '10.9.0.4:8080\n      at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16) {\n    errno: -110\n  }\n}',
     'Q-connection-timed-out', 'address=10.9.0.4 port=8080'),
    ('TypeError: fetch failed\n    at node:internal/deps/undici/undici:14976:13 {\n  [cause]: Error: getaddrinfo ENOTFOUND '
     'db1\n      at GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:122:26) {\n    errno: -3008\n  }\n}',
     'Q-name-not-known', 'server=db1'),
    ('fetch failed', 'Q-cannot-connect', ''),
    ('ConnectTimeoutError: Connect Timeout Error (attempted address: db1:8080, timeout: 10000ms)', 'Q-connection-timed-out',
     'server=db1 port=8080'),
    ('npm error code ETIMEDOUT\nnpm error network request to http://db1:4873/foo failed, reason: connect ETIMEDOUT '
     '10.9.0.4:4873\nnpm error network This is a problem related to network connectivity.', 'Q-connection-timed-out',
     'address=10.9.0.4 port=4873'),
    ('Error: connect ECONNREFUSED ::1:8080', 'Q-connection-refused', 'address=::1 port=8080'),
    ('PHP Warning:  file_get_contents(http://db1:8080/a): Failed to open stream: Connection refused in /srv/a.php on line 12',
     'Q-connection-refused', 'server=db1 port=8080'),
    ('PHP Warning:  fsockopen(): Unable to connect to db1:25 (Connection timed out) in /srv/a.php on line 12',
     'Q-connection-timed-out', 'server=db1 port=25'),
    ('PHP Warning:  file_get_contents(): php_network_getaddresses: getaddrinfo for db1 failed: Temporary failure in name '
     'resolution in /srv/a.php on line 12', 'Q-name-lookup-failed', 'server=db1'),
    ("ConnectionRefusedError: [Errno 111] Connect call failed ('10.9.0.2', 5672)", 'Q-connection-refused',
     'address=10.9.0.2 port=5672'),
    ('Traceback (most recent call last):\n  File "a.py", line 1, in <module>\nConnectionRefusedError: [Errno 111] Connection '
     'refused\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n'
     '  File "b.py", line 2, in get\n    raise ConnectionError(e, request=request)\nrequests.exceptions.ConnectionError: '
     "HTTPConnectionPool(host='db1', port=8080): Max retries exceeded with url: /a (Caused by NewConnectionError("
     '"HTTPConnection(host=\'db1\', port=8080): Failed to establish a new connection: [Errno 111] Connection refused"))',
     'Q-connection-refused', 'server=db1 port=8080'),
    ('requests.exceptions.ConnectionError: HTTPConnectionPool(host=\'db1\', port=8080): Max retries exceeded with url: /a '
     '(Caused by NameResolutionError("HTTPConnection(host=\'db1\', port=8080): Failed to resolve \'db1\' ([Errno -2] Name or '
     'service not known)"))', 'Q-name-not-known', 'server=db1 port=8080'),
    ('Error: Connection refused (os error 111)', 'Q-connection-refused', ''),
    ("thread 'main' panicked at t.rs:2:178:\ncalled `Result::unwrap()` on an `Err` value: Os { code: 111, kind: "
     'ConnectionRefused, message: "Connection refused" }', 'Q-connection-refused', ''),
    ('error sending request for url (http://db1:8080/): client error (Connect): tcp connect error: Connection refused (os '
     'error 111)', 'Q-connection-refused', 'server=db1 port=8080'),
    ('error sending request for url (http://db1:8080/): error trying to connect: dns error: failed to lookup address '
     'information: Name or service not known', 'Q-name-not-known', 'server=db1 port=8080'),
    ('System.Net.Http.HttpRequestException: Connection refused (db1:8080)', 'Q-connection-refused', 'server=db1 port=8080'),
    ('System.Net.Http.HttpRequestException: Name or service not known (db1:8080)', 'Q-name-not-known', 'server=db1 port=8080'),
    ('Get "http://db1:8080/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting '
     'headers)', 'Q-connection-timed-out', 'server=db1 port=8080'),
    ('Get "http://db1:8080/a": dial tcp [fe80::2%eth0]:8080: connect: connection refused', 'Q-connection-refused',
     'address=fe80::2%eth0 link=eth0 port=8080'),
    ('Exception in thread "main" java.net.UnknownHostException: db1\n\tat java.base/java.net.Socket.connect(Socket.java:633)',
     'Q-name-not-known', 'server=db1'),
    ('Exception in thread "main" java.net.ConnectException\n\tat T.main(T.java:5)\nCaused by: java.net.ConnectException\n\tat '
     'a.b(c.java:1)\nCaused by: java.nio.channels.ClosedChannelException\n\tat d.e(f.java:2)', 'Q-cannot-connect', ''),
    ("socket.rb:1214:in `__connect_nonblock': Failed to open TCP connection to db1:8080 (Connection refused - connect(2) for "
     '10.9.0.2:8080) (Errno::ECONNREFUSED)', 'Q-connection-refused', 'server=db1 address=10.9.0.2 port=8080'),
    ("Could not connect to 'db1:8080': Connection refused", 'Q-connection-refused', 'server=db1 port=8080'),
    ("MongoServerSelectionError: connect ECONNREFUSED 10.9.0.2:27017", 'Q-connection-refused', 'address=10.9.0.2 port=27017'),
    ("tnftp: Can't connect to `10.9.0.2:21': Connection refused", 'Q-connection-refused', 'address=10.9.0.2 port=21'),
    ('E: Cannot initiate the connection to db1:8080 (192.0.2.1). - connect (101: Network is unreachable)',
     'Q-no-route-to-host', 'server=db1 address=192.0.2.1 port=8080'),
    ("ERROR 2002 (HY000): Can't connect to server on 'db1' (101)", 'Q-no-route-to-host', 'server=db1 port=3306'),
    ('mount.nfs: Connection refused for nas1:/srv on /mnt', 'Q-connection-refused', 'server=nas1 port=2049'),
    ("dig: couldn't get address for 'db1': failure", 'Q-name-lookup-failed', 'server=db1'),
    ('PING db1 (10.9.0.3) 56(84) bytes of data.\n\n--- db1 ping statistics ---\n1 packets transmitted, 0 received, 100% packet '
     'loss, time 0ms', 'Q-connection-timed-out', 'server=db1'),
    ('clnt_create: RPC: Unknown host', 'Q-name-not-known', 'port=111'),
    ("kinit: Cannot contact any KDC for realm 'EXAMPLE.COM' while getting initial credentials", 'Q-cannot-connect', 'port=88'),
    (NOT_ACCESSIBLE, 'Q-error-0x80070035', 'server=FILES share=docs'),
    (NOT_ACCESSIBLE + '\n\nThe network name cannot be found.', 'Q-system-error-67', 'server=FILES share=docs'),
    ('do_connect: Connection to db1 failed (Error NT_STATUS_CONNECTION_RESET)', 'Q-connection-reset', 'server=db1 port=445'),
)


# A probe by hand of a host that is silent (SILENT), and where the man text says how many packets that are, or connections.
SILENT, ROUTED = '198.51.100.77', '203.0.113.9'
PACKETS = (
    (f'dns server={SILENT} name=db1.test', 'packets', 'each tried (twice) at most'),
    (f'nbns server={SILENT} name=FILESRV', 'packets', 'up to (two) to the WINS server'),
    ('nbns name=FILESRV', 'packets', 'up to (three) broadcasts'),
    (f'tcp address={SILENT} port=445', 'connections', '(one) each'),
    (f'inside address={SILENT} port=445', 'connections', '(one).*, where the port is refused'),
    (f'retry address={SILENT} port=445 attempts=1 wait=300', 'packets', 'so that it is (three) packets'),
    (f'ssh address={SILENT}', 'connections', '(one) of the five'),
    (f'udp address={SILENT} port=123', 'packets', 'up to (three) times'),
    (f'nbss address={SILENT} called=FILESRV', 'connections', r'on port 139 \((one)\)'),
    (f'smb address={SILENT}', 'connections', '(one) in the dialect'),
    (f'pipe address={SILENT} name=x', 'connections', '(one) in the dialect that .* named pipe'),
    (f'icmp address={SILENT}', 'packets', '(three) patient ones'),
    (f'mtu address={SILENT} size=1400', 'packets', 'up to (three) beside (three) small ones'),
    ('mtu address=127.0.0.1 size=1400', 'packets', 'until (one) is answered'),
    (f'arp address={SILENT}', 'packets', '(three) for the server'),
    (f'detour address={ROUTED} mac=02:00:00:00:00:99', 'packets', r'\((three)\)'),
    (f'twins address={SILENT} mac=02:00:00:00:00:99 other=02:00:00:00:00:98', 'packets', r'\((eight)\)'),
    (f'trace address={ROUTED}', 'packets', r'\((four)\) towards'),
    (f'nbstat address={SILENT}', 'packets', r'\(up to (two)\)'),
    ('files', 'packets', 'to anybody'),
    ('link', 'packets', 'to anybody'),
    (f'route address={SILENT}', 'packets', 'to anybody'),
    (f'neighbour address={SILENT}', 'packets', 'to anybody'),
    (f'pe path={ROOT}/tests/corpus/pe/pe32', 'packets', 'to anybody'),
)
NUMBERS = {'one': 1, 'two': 2, 'twice': 2, 'three': 3, 'four': 4, 'eight': 8}


def man_items():
    """Of the man text's list of packets: the text of each item by the probe that its head names."""
    with open(os.path.join(ROOT, 'cli/man/kbt.1')) as f:
        section = f.read().split('.Sh PACKETS')[1].split('.Sh SERVING')[0]
    said = {}
    for item in section.split('\n.It ')[1:]:
        head, text = item.split('\n', 1)
        for probe in head.partition(' Pq Cm ')[2].split(' , '):
            said[probe] = ' '.join(text.split('\n.El')[0].split())
    return said


class Diagnose(SharedKbTest):
    def own_kb(self, kb=os.path.join(ROOT, 'kb')):
        """From now on a knowledge base of this test's own, which it may change."""
        self.db = self.path('kb.db')
        self.kbt('import', kb)

    def diagnose(self, *args, code):
        (report,) = self.json('diagnose', *args, code=code)
        return report

    def test_offline_probes_nothing_and_binds(self):
        r = self.diagnose('--offline', RCMD, code=UNDECIDED)
        self.assertEqual(r['matches'][0]['id'], 'Q150536')
        self.assertEqual(r['bindings'], {'server': 'FILESRV'})
        self.assertEqual((r['evidence'], r['needs'], r['packets']), ([], [], 0))
        self.assertEqual(r['verdict']['state'], 'inconclusive')
        self.assertIsNone(r['verdict']['cause'])
        self.assertIn('tcp-refused-both', r['verdict']['causes_left'])

    def test_a_report_has_the_fields_of_the_contract(self):
        r = self.diagnose('--offline', RCMD, code=UNDECIDED)
        for key in ('query', 'matches', 'bindings', 'needs', 'evidence', 'ladder', 'verdict'):
            self.assertIn(key, r)
        for key in ('state', 'cause', 'confidence', 'article', 'says', 'resolution', 'causes_left', 'ruled_out', 'next'):
            self.assertIn(key, r['verdict'])
        self.assertEqual([s['step'] for s in r['ladder']], ['link', 'address', 'name', 'path', 'tcp', 'smb'])

    def test_a_message_without_a_host_is_asked_for_and_only_this_machine_is_looked_at(self):
        r = self.diagnose(UNBOUND, code=UNDECIDED)
        self.assertEqual([n['name'] for n in r['needs']], ['server'])
        self.assertEqual({e['probe'] for e in r['evidence']} - {'files', 'link'}, set())
        self.assertTrue(r['evidence'])
        self.assertEqual(r['packets'], 0)
        self.assertIn('server', r['verdict']['next'][0])

    def test_what_is_set_counts_more_than_the_message(self):
        r = self.diagnose('--offline', '--set', 'server=OTHER', '--set', 'share=data', RCMD, code=UNDECIDED)
        self.assertEqual(r['bindings'], {'server': 'OTHER', 'share': 'data'})

    def test_what_was_not_measured_is_unknown(self):
        r = self.diagnose('--offline', RCMD.replace('FILESRV', '192.0.2.9'), code=UNDECIDED)
        self.assertEqual({s['step'] for s in r['ladder'] if s['state'] != 'unknown'}, {'name'})

    def test_a_refused_port_of_this_machine(self):
        port = closed_port()
        r = self.diagnose(f'ssh: connect to host 127.0.0.1 port {port}: Connection refused', code=FOUND)
        self.assertEqual((r['verdict']['state'], r['verdict']['cause']), ('confirmed', 'tcp-refused-both'))
        self.assertIn(str(port), r['verdict']['says'])
        tcp = [e for e in r['evidence'] if e['probe'] == 'tcp']
        self.assertEqual([(e['state'], e['args']['port']) for e in tcp], [('refused', str(port))])
        self.assertEqual([s['state'] for s in r['ladder']], ['passed'] * 4 + ['failed'])
        self.assertNotIn('arp', [e['probe'] for e in r['evidence']])  # on the loopback nobody else could have the address
        self.assertTrue(r['verdict']['resolution'])
        self.assertTrue(all(x['because'] for x in r['verdict']['ruled_out']))

    def test_an_open_port_of_this_machine_is_healthy(self):
        with service(0, greets_as_ssh) as port:
            r = self.diagnose(f'ssh: connect to host 127.0.0.1 port {port}: Connection refused', code=FOUND)
        self.assertEqual(r['verdict']['state'], 'healthy')

    def test_what_a_service_makes_of_a_new_connection(self):
        """Closed or reset at once, a greeting of whatever kind, or nothing: each on a port of this machine."""
        def reset(c):
            c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            c.close()

        def says(text, ends=False):
            def say(c):
                c.sendall(text)
                c.close() if ends else c.recv(1)
            return say
        denied = b"E\0\0\0\xffj\x04Host '127.0.0.1' is not allowed"
        for number, serve, cause, words in (
                (22, socket.socket.close, 'tcp-ended', None), (22, reset, 'tcp-ended', None), (80, reset, 'tcp-ended', None),
                (0, socket.socket.close, 'tcp-ended', None), (0, reset, 'tcp-ended', None),
                (3306, says(denied, ends=True), 'tcp-ended', "Host '127.0.0.1' is not allowed"),
                (25, says(b'421 Too many\x1b[2J\r\n'), 'tcp-ended', '421 Too many.[2J'),
                (22, says(b'220 mail\r\n'), 'tcp-other-service', '220 mail'), (443, says(b'SSH-2.0-x\r\n'), None, 'SSH-2.0-x'),
                (22, says(b'SSH-2.0-x\r\n'), 'healthy', None), (21, says(b'220 ftp\r\n'), 'healthy', None),
                (80, says(b''), 'healthy', None), (0, says(b''), 'healthy', None), (0, says(b'hello\r\n', ends=True), 'healthy', None)):
            with self.subTest(number=number, cause=cause, words=words), service(number, serve) as port:
                for _ in range(12):  # a busy machine may take longer for its answer than it is waited for
                    text = f'nc: connect to 127.0.0.1 port {port} (tcp) failed: Connection refused'
                    (r,) = map(json.loads, self.run_kbt('diagnose', text, '--json').out.splitlines())
                    verdict = r['verdict']
                    if verdict['cause'] == cause:
                        break
                self.assertEqual(verdict['cause'], cause)
                if words:
                    self.assertIn(words, json.dumps([verdict, self.findings(r)]))
                self.assertLessEqual(r['connections'], 6)
                if cause == 'healthy':
                    self.assertEqual((r['connections'], [s['state'] for s in r['ladder']][3:]), (1, ['passed', 'passed']))

    def test_a_service_that_speaks_first_and_is_silent(self):
        def slow(c):
            time.sleep(1.8)
            c.sendall(b'SSH-2.0-x\r\n')
            c.recv(1)
        text = 'ssh: connect to host 127.0.0.1 port 22: Connection timed out'
        with service(22, lambda c: c.recv(1)):
            self.assertEqual(self.diagnose(text, code=FOUND)['verdict']['cause'], 'tcp-mute')
        with service(22, slow):
            def attempt(_):
                r = self.diagnose(text, code=FOUND)
                self.assertEqual(r['verdict']['cause'], 'healthy')
                self.assertIn('2 s', self.findings(r)['service-greets-late'])
            again(attempt)

    def test_limits(self):
        port = closed_port()
        r = self.diagnose(f'ssh: connect to host 127.0.0.1 port {port}: Connection refused', '--all', code=FOUND)
        self.assertLessEqual(r['packets'], 150)
        self.assertLessEqual(r['connections'], 30)
        self.assertEqual(r['packets'], sum(e['packets'] for e in r['evidence']))

    def test_all_runs_what_is_left_once_the_cause_is_decided(self):
        text = f'ssh: connect to host 127.0.0.1 port {closed_port()}: Connection refused'

        def ran(*more):
            r = self.diagnose(*more, text, code=FOUND)
            self.assertEqual(r['verdict']['cause'], 'tcp-refused-both')
            return [(e['probe'], {k: v for k, v in e['args'].items() if k not in ('watch', 'wait')}) for e in r['evidence']]
        few, all_of_them = ran(), ran('--all')
        self.assertEqual([e for e in few if e not in all_of_them], [])
        self.assertGreater(len(all_of_them), len(few))

    def test_the_confidence_is_the_sum_of_its_parts(self):
        port = closed_port()
        text = f'ssh: connect to host 127.0.0.1 port {port}: Connection refused'
        verdict = self.diagnose(text, code=FOUND)['verdict']
        parts = verdict['parts']
        self.assertAlmostEqual(sum(p['adds'] for p in parts), verdict['confidence'], delta=0.006)  # two digits
        self.assertEqual((parts[0]['fact'], parts[0]['adds']), ('', 0.8))
        seen = [p for p in parts[1:] if p['adds']]
        self.assertEqual([p for p in parts[1:] if p not in seen and 'not known' not in p['says']], [])
        self.assertEqual([p for p in seen if 'not known' in p['says']], [])
        self.assertEqual({r['says'] for r in verdict['reasons']} - {p['says'] for p in seen}, set())
        self.assertEqual(len({p['says'] for p in parts}), len(parts))
        out = self.kbt('diagnose', '--explain', text).out.split('What the confidence is made of\n')[1].split('\n\n')[0]
        self.assertEqual(out.splitlines()[0], '  80.0 %  every other cause is ruled out')
        self.assertRegex(out, rf'\n  +[1-9]?[0-9]\.[1-9] %  TCP port {port}: refused')
        left = self.diagnose('--offline', RCMD, code=UNDECIDED)['verdict']
        self.assertEqual((left['parts'], left['confidence']), ([], 0))

    def test_the_man_text_says_how_many_packets_each_probe_sends(self):
        # ARP is told an answer: where it gives the host up, 3 s after the first of these asked, the others send no more
        subprocess.run(['ip', 'neigh', 'replace', SILENT, 'lladdr', '02:00:00:00:00:77', 'nud', 'permanent', 'dev', 'eth9'],
                       check=True)
        said = man_items()
        probes = [p['probe'] for p in self.json('probe', '--list')]
        self.assertEqual(set(said), set(probes))
        self.assertEqual({words.split()[0] for words, *_ in PACKETS}, set(probes))
        with concurrent.futures.ThreadPoolExecutor(len(PACKETS)) as pool:
            ran = list(pool.map(lambda row: self.run_kbt('probe', '--json', *row[0].split()), PACKETS))
        for (words, what, where), p in zip(PACKETS, ran):
            with self.subTest(words=words):
                text = said[words.split()[0]]
                self.assertRegex(text, where)
                numbers = [NUMBERS[n] for n in re.search(where, text).groups()]
                self.assertEqual(json.loads(p.out)[what], sum(numbers), p.out)

    def test_text(self):
        port = closed_port()
        out = self.kbt('diagnose', '--explain', f'ssh: connect to host 127.0.0.1 port {port}: Connection refused').out
        for words in ('Q-connection-refused', 'server = 127.0.0.1', 'fails at step 5 of 5: TCP', 'CONFIRMED', 'What to do',
                      'Ruled out by', 'tcp 127.0.0.1 ', 'Belief in the rest', '100 %  tcp-refused-both', 'Packets', 'in all'):
            self.assertIn(words, out)
        self.assertNotIn('\033', out)
        out = self.kbt('diagnose', '--explain', '--offline', RCMD, code=UNDECIDED).out
        self.assertIn('   <1 %  ', out)
        self.assertNotIn(' 0 %  ', out.split('Belief in the rest')[1])
        self.assertEqual(out.count('would decide: '), 1)
        for text, options, code in ((RCMD, ['--offline'], UNDECIDED),
                                    (f'ssh: connect to host 127.0.0.1 port {port}: Connection refused', [], FOUND)):
            out = self.kbt('diagnose', '--color=always', *options, text, code=code).out
            self.assertIn('\033', out)
            self.assertEqual([line for line in out.splitlines() if line.startswith('\033[0m')], [], 'a colour ends with its line')

    def test_what_nothing_explains(self):
        r = self.diagnose('zxqv wvut 77 of the purple teapot', code=NONE)
        self.assertEqual((r['explained'], r['verdict']['state']), (False, 'none'))
        self.assertEqual(r['evidence'], [])

    def test_what_nothing_explains_has_its_nearest_articles_as_a_look_up_has(self):
        text = 'connection peculiar teapot refused thingummy'
        looked = self.kbt('lookup', text, code=NONE).out.splitlines()
        self.assertIn('The nearest are:', looked[0])
        nearest = [x for x in looked[1:] if x.strip()]
        self.assertTrue(nearest)
        said = self.kbt('diagnose', '--offline', text, code=NONE).out
        for line in nearest:
            self.assertIn(line, said)

    def findings(self, report):
        return {f['finding']: f['says'] for f in report['verdict']['findings']}

    def test_who_is_asked_answers_as_to_set(self):
        for answer, server in (('127.0.0.1', '127.0.0.1'), ('\\\\127.0.0.1', '127.0.0.1'), ('[::1]', '::1')):
            with self.subTest(answer=answer):
                ours, theirs = os.openpty()
                os.write(ours, answer.encode() + b'\n\x04')  # asked again it has no other
                p = subprocess.run([KBT, 'diagnose', UNBOUND], env=dict(os.environ, KBT_DB=self.db, TERM='dumb'), stdin=theirs,
                                   stderr=theirs, stdout=subprocess.PIPE, timeout=2 * LIMIT_S)
                os.close(ours)
                os.close(theirs)
                self.assertIn(f'\n  server = {server}\n', p.stdout.decode())

    def test_what_a_code_means_orders_what_is_left_and_asks_for_what_is_missing(self):
        for text, meaning, likely, needs in CODES:
            with self.subTest(text=text):
                r = self.diagnose('--offline', text, code=UNDECIDED)
                self.assertEqual([n['name'] for n in r['needs']], needs)
                if meaning.startswith('socket-') and '445' not in text:  # what is said is of the port that it is about
                    self.assertNotIn('445', ' '.join(r['verdict']['next']))
                left, belief = r['verdict']['causes_left'], r['verdict']['beliefs']
                self.assertTrue(left)
                if likely:
                    best = max(v for k, v in belief.items() if k.startswith(likely))
                    self.assertGreaterEqual(best, 2 * min(belief.values()), (likely, left[:3]))
                    self.assertTrue([c for c in left[:20] if c.startswith(likely)], left[:20])

    def test_what_programs_say_today(self):
        for text, article, binds in TODAY + TODAY_ADDRESSES:
            with self.subTest(text=text):
                r = self.diagnose('--offline', text, code=UNDECIDED)
                self.assertEqual(r['matches'][0]['id'], article)
                want = dict(b.split('=') for b in binds.split())
                named = {k: v for k, v in r['bindings'].items() if k in ('server', 'address', 'port', 'share', 'link')}
                self.assertEqual({k: named.get(k) for k in want}, want)
                self.assertEqual({k for k in ('server', 'port') if k in named} - set(want), set())

    def test_the_exit_codes_of_other_programs_are_no_doubt(self):
        for text in ('ssh: Could not resolve hostname db1: Name or service not known\r\nrsync: connection unexpectedly closed (0 '
                     'bytes received so far) [Receiver]\nrsync error: error in rsync protocol data stream (code 12) at '
                     'io.c(285) [Receiver=3.2.7]',
                     'rsync: getaddrinfo: db1 873: Name or service not known\nrsync error: error in socket IO (code 10) at '
                     'clientserver.c(139) [Receiver=3.2.7]',
                     'Err:1 http://db1:8080/debian bookworm InRelease\n  Could not connect to db1:8080 (10.9.0.2). - connect '
                     '(111: Connection refused)\nReading package lists...'):
            r = self.diagnose('--offline', text, code=UNDECIDED)
            self.assertGreater(r['matches'][0]['confidence'], 0.9, text)
            self.assertEqual(r['bindings']['server'], 'db1')

    def test_the_socket_of_a_service_of_this_machine_is_no_matter_of_the_network(self):
        for text in ('connection to server on socket "/var/run/postgresql/.s.PGSQL.5432" failed: No such file or directory',
                     "ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/run/mysqld/mysqld.sock' (2)",
                     'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?'):
            r = self.diagnose(text, code=UNDECIDED)
            self.assertEqual((r['matches'][0]['id'], r['verdict']['state'], r['evidence'], r['needs']),
                             ('Q-local-socket', 'none', [], []), text)

    def test_what_is_no_matter_of_the_way_is_not_looked_at_whatever_code_it_has(self):
        for text in ("PermissionError: [Errno 13] Permission denied: '/srv/a'", 'OSError: [Errno 98] Address already in use',
                     'nginx: [emerg] bind() to 10.0.0.5:80 failed (99: Cannot assign requested address)',
                     # what a server has sent, or has not, is its matter too
                     "E: The repository 'http://deb.example.com/debian bookworm Release' does not have a Release file.",
                     "df: '/mnt/nas': Stale file handle"):
            r = self.diagnose(text, code=UNDECIDED)
            self.assertEqual((r['verdict']['state'], r['evidence'], r['needs']), ('none', [], []), text)
            self.assertIn('no matter of the way', r['verdict']['says'])
            self.assertNotIn('one machine', r['verdict']['says'])

    def test_a_message_that_the_server_itself_sent_says_so(self):
        text = 'deploy@127.0.0.1: Permission denied (publickey,password).'
        with service(0, greets_as_ssh) as port:
            r = self.diagnose('--set', f'port={port}', text, code=FOUND)
        self.assertEqual(r['verdict']['state'], 'healthy')
        self.assertIn('server-answered', self.findings(r))
        r = self.diagnose('--set', f'port={closed_port()}', text, code=FOUND)
        self.assertIn('answered-and-is-gone', self.findings(r))
        self.assertEqual(self.diagnose('--offline', text, code=UNDECIDED)['bindings']['port'], '22')

    def test_a_message_that_a_client_wrote_itself_is_no_answer_of_the_server(self):
        for text in ('The client cannot connect to the destination specified in the request. Verify that the service on the '
                     'destination is running and is accepting requests.',
                     'Error: timeout exceeded when trying to connect'):
            with self.subTest(text=text):
                r = self.diagnose('--set', 'server=127.0.0.1', '--set', f'port={closed_port()}', text, code=FOUND)
                self.assertEqual(r['verdict']['cause'], 'tcp-refused-both')
                self.assertNotIn('answered-and-is-gone', self.findings(r))

    def test_codes_with_a_host_on_this_machine(self):
        port = closed_port()
        refused = ('WSAECONNREFUSED (10061)', 'Error 10060: connection timed out', 'Socket error 11001: host not found')
        for text in refused:
            with self.subTest(text=text):
                r = self.diagnose('--set', 'server=127.0.0.1', text, code=UNDECIDED)
                self.assertEqual([n['name'] for n in r['needs']], ['port'])
                self.assertEqual(r['connections'], 0)  # which port it is about nobody has said
                r = self.diagnose('--set', 'server=127.0.0.1', '--set', f'port={port}', text, code=FOUND)
                self.assertEqual(r['verdict']['cause'], 'tcp-refused-both')
        with socket.create_server(('127.0.0.1', 0)) as s:
            open_port = s.getsockname()[1]
            for text in refused:
                r = self.diagnose('--set', 'server=127.0.0.1', '--set', f'port={open_port}', text, code=FOUND)
                self.assertEqual(r['verdict']['state'], 'healthy', text)
        r = self.diagnose('--set', 'server=localhost', 'Socket error 11001: host not found', code=UNDECIDED)
        self.assertIn('127.0.0.1', self.findings(r)['name-found-now'])
        r = self.diagnose('--set', 'server=127.0.0.1', 'System error 1722 has occurred. The RPC server is unavailable.',
                          code=FOUND)
        self.assertEqual({e['args']['port'] for e in r['evidence'] if e['probe'] == 'tcp'}, {'135'})

    def test_a_code_of_the_dialling_is_asked_of_the_dialled_link(self):
        if any(n.startswith(('ppp', 'tun')) for n in os.listdir('/sys/class/net')):
            self.skipTest('this machine has a dialled link')
        for text, finding in (('Error 678: There is no answer.', 'dial-up-line'),
                              ('Error 691: Access denied because the user name or password is invalid on the domain.',
                               'dial-up-login'), ('Error 720: No PPP control protocols configured.', 'dial-up-protocols')):
            with self.subTest(text=text):
                r = self.diagnose(text, code=FOUND)
                self.assertEqual((r['verdict']['cause'], r['packets']), ('ras.link.not-connected', 0))
                self.assertIn(finding, self.findings(r))

    def test_the_rhythm_of_a_log_is_evidence(self):
        for row, state, finding in (('FFFFFFFFFFFF', 'down', 'sender-log-down'), ('FFFFFSSSSSSS', 'late', 'sender-log-random'),
                                    ('FSFSFFSSFFSS', 'flaky', 'sender-log-random'), ('FFF', 'too-few', 'sender-log-short'),
                                    ('SSSSSSSSSSSS', 'none', None), ('', 'none', None)):
            with self.subTest(row=row):
                log = self.write('Sender.log', sender_log(row))
                r = self.diagnose('--offline', '--log', log, UNBOUND, code=UNDECIDED)
                (e,) = [e for e in r['evidence'] if e['probe'] == 'log']
                self.assertEqual((e['state'], e['args']['file']), (state, 'Sender.log'))
                self.assertEqual({f for f in self.findings(r) if f.startswith('sender-log')}, {finding} - {None})
                if 'F' in row:
                    self.assertEqual((e['facts']['log.pattern'], e['facts']['log.failures']), (row, row.count('F')))
                if state == 'down':
                    self.assertIn('one every 60 seconds', e['reason'])

    def test_a_pasted_log_has_a_rhythm_too(self):
        r = self.diagnose('--offline', sender_log('FSFSFFSSFFSS'), code=UNDECIDED)
        self.assertEqual([e['state'] for e in r['evidence'] if e['probe'] == 'log'], ['flaky'])
        self.assertEqual(r['bindings']['server'], 'SITE1')

    def test_a_log_that_cannot_be_read(self):
        self.refused('diagnose', '--offline', '--log', self.path('no.log'), UNBOUND, names='no.log')
        self.refused('diagnose', '--offline', '--log', self.dir, UNBOUND, names=self.dir)
        many = [x for i in range(9) for x in ('--log', self.write('a.log', ''))]
        self.refused('diagnose', '--offline', *many, UNBOUND, names='8')

    def test_what_was_down_and_works_now(self):
        def text(port, ago_s):
            when = time.strftime('%b %d %H:%M:%S', time.localtime(time.time() - ago_s))
            return f'{when} web1 backup[311]: ssh: connect to host 127.0.0.1 port {port}: Connection refused'
        with service(0, greets_as_ssh) as port:
            r = self.diagnose(text(port, 6 * 3600), code=FOUND)
            self.assertEqual(r['verdict']['state'], 'healthy')
            self.assertIn('6 hours ago', self.findings(r)['was-down-works-now'])
            now = self.diagnose(text(port, 20), code=FOUND)
            self.assertEqual(self.findings(now), {})
            self.assertEqual([e['state'] for e in now['evidence'] if e['probe'] == 'message'], ['recent'])
        kept = self.path('past.kbt')
        r = self.diagnose('--save', kept, text(port, 50 * 3600), code=FOUND)
        self.assertEqual(r['verdict']['cause'], 'tcp-refused-both')
        self.assertIn('2 days ago', self.findings(r)['was-down-is-down'])
        (again,) = self.json('replay', kept)
        self.assertEqual(r['verdict'], again['verdict'])
        plain = self.diagnose(f'ssh: connect to host 127.0.0.1 port {port}: Connection refused', code=FOUND)
        self.assertEqual(self.findings(plain), {})

    def test_a_name_that_was_not_found_and_is(self):
        """The present fault is named as what it is, behind what became of the one that the message is about."""
        port = closed_port()
        for text, is_open in ((r'ssh: Could not resolve hostname localhost: Name or service not known', False),
                              ('curl: (6) Could not resolve host: localhost', True),
                              ('ssh: Could not resolve hostname localhost: Temporary failure in name resolution', True)):
            with self.subTest(text=text), contextlib.ExitStack() as stack:
                if is_open:
                    stack.enter_context(service(port, greets_as_ssh))
                r = self.diagnose('--set', f'port={port}', text, code=FOUND)
                self.assertEqual(r['verdict']['cause'], 'healthy' if is_open else 'tcp-refused-both')
                self.assertIn('It is found now: localhost is 127.0.0.1, by hosts.', r['verdict']['says'])
                self.assertIn('refuses TCP port' if not is_open else 'there is an answer from port', r['verdict']['says'])
        plain = self.diagnose(f'nc: connect to localhost port {port} (tcp) failed: Connection refused', code=FOUND)
        self.assertEqual(plain['verdict']['cause'], 'tcp-refused-both')
        self.assertNotIn('found now', plain['verdict']['says'])

    def test_the_version_of_the_program_in_a_mounted_share(self):
        corpus = os.path.join(ROOT, 'tests/corpus/pe')
        for name, finding, word in (('pe32', 'connras-fixed', '2.0.1493.3273'), ('pe64', 'connras-unknown', '2.0.1493.1158'),
                                    ('no-version', 'connras-unknown', 'unknown'), ('cut', 'connras-unknown', 'unknown')):
            with self.subTest(name=name), open(os.path.join(corpus, name), 'rb') as f:
                self.write('site/Bin/I386/ConnRas.DLL', f.read())
                for path in (self.path('site'), self.path('SITE', 'bin'), self.path('site/BIN/i386/CONNRAS.dll')):
                    r = self.diagnose('--set', f'program={path}', '--set', 'server=127.0.0.1', '--set', f'port={closed_port()}',
                                      UNBOUND, code=FOUND)
                    said = self.findings(r)
                    self.assertEqual({f for f in said if f.startswith('connras')}, {finding}, path)
                    self.assertIn(word, said[finding])
                    self.assertIn('CONNRAS.DLL', said[finding])
        r = self.diagnose('--set', f'program={self.path("none")}', '--set', 'server=127.0.0.1', UNBOUND, code=FOUND)
        self.assertEqual([e['state'] for e in r['evidence'] if e['probe'] == 'pe'], ['not-run'])
        self.assertIn('there is no such file', [e['reason'] for e in r['evidence'] if e['probe'] == 'pe'][0])

    def test_a_saved_incident_gives_the_same_verdict_again(self):
        port, kept = closed_port(), self.path('monday.kbt')
        text = f'ssh: connect to host 127.0.0.1 port {port}: Connection refused'
        first = self.diagnose('--save', kept, text, code=FOUND)
        (again,) = self.json('replay', kept)
        for key in ('query', 'bindings', 'evidence', 'ladder', 'verdict'):
            self.assertEqual(first[key], again[key], key)
        out = self.kbt('verify', kept).out
        self.assertIn('before: confirmed tcp-refused-both\nnow:    confirmed tcp-refused-both', out)
        self.assertIn(' 5 connections,', out)
        (again,) = self.json('verify', kept)
        self.assertEqual(again['before'], {'state': 'confirmed', 'cause': 'tcp-refused-both'})
        self.assertNotIn('before', first)
        with service(port, greets_as_ssh):
            out = self.kbt('verify', kept).out
        self.assertIn('now:    healthy healthy', out)
        self.assertIn('It holds now', out)
        self.assertNotIn('What to do', out)  # nothing is left to do
        self.assertEqual(os.listdir(self.dir).count('monday.kbt'), 1)

    def test_a_replay_says_the_same_byte_for_byte(self):
        port, log = closed_port(), self.write('Sender.log', sender_log('FSFSFFSSFFSS'))
        refused = f'ssh: connect to host 127.0.0.1 port {port}: Connection refused'
        hour_ago = time.strftime('%b %d %H:%M:%S', time.localtime(time.time() - 3600))
        with socket.create_server(('127.0.0.1', 0)) as s:
            works = f'ssh: connect to host 127.0.0.1 port {s.getsockname()[1]}: Connection refused'
            asked = [(i, words, form) for i, words in enumerate((
                [refused], ['--all', works], [f'{hour_ago} web1 backup[311]: {works}'], ['--offline', RCMD], [UNBOUND],
                ['--log', log, '--set', 'server=127.0.0.1', '--set', f'port={port}', UNBOUND],
                ['Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?'],
                ['zxqv wvut 77 of the purple teapot'])) for form in (['--json'], ['--explain', '--color=always'])]

            def both(row):
                i, words, form = row
                kept = self.path(f'{i}{form[0]}.kbt')
                return (self.run_kbt('diagnose', *form, '--save', kept, *words), self.run_kbt('replay', *form, kept))
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                found = list(pool.map(both, asked))
            for (_, words, form), (then, again) in zip(asked, found):
                with self.subTest(words=words, form=form):
                    self.assertEqual((then.out, then.returncode), (again.out, again.returncode))
                    self.assertNotEqual(then.out, '')

    def test_what_was_saved_before_a_probe_was_there_stays_decided(self):
        with socket.create_server(('127.0.0.1', 0)) as s:
            works = f'curl: (7) Failed to connect to 127.0.0.1 port {s.getsockname()[1]} after 0 ms: Connection refused'
            self.diagnose('--save', self.path('now.kbt'), works, code=FOUND)
        with open(self.path('now.kbt')) as f:
            kept = json.load(f)
        asked = [e['probe'] for e in kept['evidence']]
        self.assertIn('mtu', asked)
        kept['evidence'] = [e for e in kept['evidence'] if e['probe'] not in ('mtu', 'retry')]
        old = self.write('old.kbt', json.dumps(kept))
        (r,) = self.json('replay', old, code=FOUND)
        self.assertEqual((r['verdict']['state'], r['verdict']['cause']), ('healthy', kept['cause']))
        says = {x['finding']: x['says'] for x in r['verdict']['findings']}['not-asked-then']
        self.assertIn('a large packet that may not be fragmented', says)
        self.assertIn('cannot rule out: ', says)
        self.assertIn('kbt verify', ' '.join(r['verdict']['next']))
        kept['cause'], kept['state'] = '', 'inconclusive'  # what was open then is not decided by what was not asked
        self.json('replay', self.write('open.kbt', json.dumps(kept)), code=UNDECIDED)

    def test_a_replay_by_other_rules_says_so(self):
        kept, kb = self.path('monday.kbt'), self.path('kb')
        shutil.copytree(os.path.join(ROOT, 'kb'), kb)
        self.own_kb(kb)
        self.diagnose('--save', kept, f'ssh: connect to host 127.0.0.1 port {closed_port()}: Connection refused', code=FOUND)
        with open(kept) as f:
            rules = dict(json.load(f)['rules'])
        self.assertEqual(set(rules), {'causes', 'Q-connection-refused'})
        self.assertTrue(all(re.fullmatch('[0-9a-f]{16}', x) for x in rules.values()), rules)

        def changed():
            (r,) = self.json('replay', kept, code=FOUND)
            text = self.kbt('replay', kept).out
            says = 'Other rules than when this was saved: ' + ', '.join(r.get('changed', []))
            self.assertEqual(says in ' '.join(text.split()), 'changed' in r, text)
            return r.get('changed')
        self.assertEqual(changed(), None)
        self.kbt('import', '--replace', kb)  # the same rules, imported anew
        self.assertEqual(changed(), None)
        self.edit('kb/articles/Q-connection-refused.md', 'The host, or a firewall', 'The host or a firewall')
        self.edit('kb/articles/Q-name-not-known.md', '.', '. ')  # not of this incident
        self.kbt('import', kb)
        self.assertEqual(changed(), ['Q-connection-refused'])
        self.edit('kb/causes/filter.yaml', 'the', 'The')
        self.kbt('import', kb)
        self.assertEqual(changed(), ['causes', 'Q-connection-refused'])
        os.remove(self.path('kb/articles/Q-connection-refused.md'))
        self.kbt('import', '--replace', kb)
        self.assertEqual(changed()[:2], ['causes', 'Q-connection-refused'])

    def edit(self, name, old, new):
        with open(self.path(name)) as f:
            text = f.read()
        self.assertIn(old, text)
        self.write(name, text.replace(old, new, 1))

    def test_a_kept_incident_is_not_written_over(self):
        kept = self.write('old.kbt', 'mine')
        p = self.kbt('diagnose', '--offline', '--save', kept, RCMD, code=USAGE)
        self.assertEqual(p.out, '')  # said before anything is probed
        with open(kept) as f:
            self.assertEqual(f.read(), 'mine')
        self.kbt('diagnose', '--offline', '--force', '--save', kept, RCMD, code=UNDECIDED)
        self.kbt('replay', kept, code=UNDECIDED)
        self.kbt('diagnose', '--offline', '--save', self.path('no/such/folder.kbt'), RCMD, code=USAGE)

    def test_what_is_no_incident(self):
        self.refused('replay', self.path('none.kbt'), names='none.kbt')
        for data in (b'', b'{}', b'\0\xff', b'[' * 100000):
            self.refused('replay', self.write('bad.kbt', data), names='bad.kbt')
        self.refused('verify')

    def test_an_incident_of_somebody_else_moves_no_cursor(self):
        def soiled(kept):
            if isinstance(kept, (dict, list)):
                for key in kept if isinstance(kept, dict) else range(len(kept)):
                    kept[key] = soiled(kept[key])
            return kept + '\x1b]0;mine\a' if isinstance(kept, str) else kept
        kept = self.path('theirs.kbt')
        self.diagnose('--save', kept, f'ssh: connect to host 127.0.0.1 port {closed_port()}: Connection refused', code=FOUND)
        with open(kept) as f:
            whole = f.read()
        for part in json.loads(whole):  # one at a time, for the others to be believed
            theirs = json.loads(whole)
            theirs[part] = soiled(theirs[part])
            for form in ((), ('--explain',), ('--json',)):
                with self.subTest(part=part, form=form):
                    p = self.run_kbt('replay', *form, self.write('soiled.kbt', json.dumps(theirs)))
                    self.assertEqual((set(p.out + p.err) & {'\x1b', '\a'}, p.out != ''), (set(), True))

    def test_bad_bindings_are_refused_with_the_thing_named(self):
        for word, names in (('server=a b;rm', 'a b;rm'), ('server=$(id)', '$(id)'), ('known_address=here', 'here'),
                            ('port=70000', '70000'), ('server', 'server'), ('=x', '=x'), ('link=../x', '../x'),
                            ('server=0.0.0.0', '0.0.0.0'), ('server=::', '::'), ('known_address=224.0.0.1', '224.0.0.1'),
                            ('server=255.255.255.255', '255.255.255.255'), ('server=-x', '-x'), ('server=a.-b', 'a.-b'),
                            ('server=a-.b', 'a-.b'), ('server=999.1.1.1', '999.1.1.1'), ('server=10.0.0.256', '10.0.0.256'),
                            ('server=127.1', '127.1'), ('server=1.2.3.4.5', '1.2.3.4.5'), ('server=010.0.0.1', '010.0.0.1'),
                            ('server=0x7f000001', '0x7f000001'), ('server=db1.0x10', 'db1.0x10'), ('address=1.2.3', '1.2.3')):
            with self.subTest(word=word):
                self.refused('diagnose', '--set', word, RCMD, names=names)

    def test_a_message_about_an_address_that_is_no_host(self):
        for address in ('0.0.0.0', '255.255.255.255', '224.0.0.5', '[::]', 'ff02::1'):
            with self.subTest(address=address):
                r = self.diagnose(rf'Failed to connect to <\\{address}>, Error = 53', code=UNDECIDED)
                self.assertEqual(r['packets'], 0)
                self.assertEqual({e['probe'] for e in r['evidence']} - {'files', 'link'}, set())
                if r['bindings']:
                    self.assertIn('is not the address of one host', r['verdict']['says'])

    def test_a_message_about_what_is_no_host(self):
        for word in ('999.1.1.1', '10.0.0.256', '-x', '0x7f000001', 'a..b'):
            with self.subTest(word=word):
                r = self.diagnose(f'ssh: connect to host {word} port 22: Connection refused', code=UNDECIDED)
                self.assertEqual((r['packets'], r['bindings']), (0, {'port': '22'}))
                self.assertEqual(r['verdict']['says'],
                                 f'{word} is not a host name or address, so only this machine was looked at.')

    def test_a_name_that_nothing_looks_at_is_refused_with_those_that_are(self):
        for text in (RCMD, 'zxqv wvut 77 of the purple teapot'):
            p = self.refused('diagnose', '--offline', '--set', 'server=a', '--set', 'sever=b', text, names='sever')
            self.assertIn('server, address, share, port, link, known_address', p.err)
        self.diagnose('--offline', '--set', 'role=sender', 'rsync: failed to connect to db1 (10.0.0.9): Connection refused (111)',
                      code=UNDECIDED)  # a variable of the article's messages
        self.refused('diagnose', '--offline', '--set', 'server=a', '--set', 'server=b', RCMD, names='server twice')

    def test_refusals_name_what_was_typed(self):
        for word in ('server=a b', 'known_address=here', 'ras_server=x', 'address=db1', 'link=/dev', 'port=ssh'):
            name, value = word.split('=')
            p = self.refused('diagnose', '--offline', '--set', word, RCMD, names=value)
            self.assertTrue(p.err.startswith(f'kbt: {name}: {value} '), p.err)
        self.assertIn('folder', self.refused('replay', self.dir, names=self.dir).err)
        self.refused('verify', 'a', 'b', names='verify takes one saved incident')
        self.assertIn('-n (--limit)', self.refused('lookup', '-n', 'x', RCMD, names='x').err)

    def test_a_server_as_people_write_it(self):
        for value, want in ((r'\\FILES', {'server': 'FILES'}), ('[::1]', {'server': '::1'}), ('12345', {'server': '12345'}),
                            ('OLD-', {'server': 'OLD-'}), ('3com.example.', {'server': '3com.example.'}),
                            ('1.0.0.10.in-addr.arpa', {'server': '1.0.0.10.in-addr.arpa'}),
                            ('fe80::1%eth0', {'server': 'fe80::1%eth0', 'link': 'eth0'}),
                            ('fe80::1%25eth0', {'server': 'fe80::1%eth0', 'link': 'eth0'})):
            r = self.diagnose('--offline', '--set', f'server={value}', 'System error 53 has occurred.', code=UNDECIDED)
            self.assertEqual(r['bindings'], want)

    def test_an_empty_message(self):
        for text in ('', '   ', '***'):
            with self.subTest(text=text):
                self.refused('diagnose', text)

    def test_a_missing_kb(self):
        self.refused('diagnose', '--db', self.path('none.db'), RCMD, code=4, names='none.db')

    def test_causes_of_another_version_are_told_with_the_command_that_mends_it(self):
        other = self.path('causes/ip.yaml')
        self.own_kb()
        os.mkdir(self.path('causes'))
        with open(os.path.join(ROOT, 'kb/causes/ip.yaml')) as f, open(other, 'w') as out:
            out.write(f.read().replace('route.state: none', 'route.of.old: none'))
        self.kbt('import', self.dir)
        p = self.kbt('diagnose', RCMD, code=4)
        self.assertIn('route.of.old', p.err)
        self.assertIn(f'`kbt import --db {self.db} kb/`', p.err)
        self.kbt('import', os.path.join(ROOT, 'kb'))
        self.kbt('diagnose', '--offline', RCMD, code=UNDECIDED)

    def test_a_signal_ends_it_at_once_and_leaves_nothing(self):
        env = dict(os.environ, KBT_DB=self.db)
        p = subprocess.Popen([KBT, 'diagnose', '--start-delay', '600', '--set', 'server=127.0.0.1', RCMD], env=env,
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.assertTrue(rests(p.pid))
        p.send_signal(signal.SIGINT)
        self.assertEqual(p.wait(timeout=LIMIT_S), INTERRUPTED)
        p.stderr.close()


def load_tests(_loader, _tests, _pattern):
    return Together(Diagnose, networks=True)


if __name__ == '__main__':
    unittest.main()
