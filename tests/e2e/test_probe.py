# SPDX-License-Identifier: MIT
"""kbt probe: by hand, as JSON, and what it says when it cannot."""
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from kbt import KBT, LIMIT_S, ROOT, needs_root


def kbt(*words):
    p = subprocess.run([KBT, 'probe', *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       text=True, timeout=LIMIT_S)
    return p.returncode, p.stdout, p.stderr


class Probe(unittest.TestCase):
    def setUp(self):
        self.server = socket.create_server(('127.0.0.1', 0))
        self.port = self.server.getsockname()[1]

    def tearDown(self):
        self.server.close()

    def test_evidence_has_the_fields_of_the_contract(self):
        code, out, _ = kbt('--json', 'tcp', 'address=127.0.0.1', f'port={self.port}')
        e = json.loads(out)
        self.assertEqual(code, 0)
        self.assertEqual((e['probe'], e['state']), ('tcp', 'open'))
        self.assertEqual(e['args'], {'address': '127.0.0.1', 'port': str(self.port)})
        self.assertEqual(e['facts'][f'tcp.{self.port}.state'], 'open')
        self.assertRegex(e['at'], r'^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$')
        self.assertIsInstance(e['ms'], float)

    def test_a_failure_is_evidence_and_exits_0(self):
        self.server.close()
        code, out, _ = kbt('tcp', 'address=127.0.0.1', f'port={self.port}')
        self.assertEqual(code, 0)
        self.assertIn('refused', out)

    def test_bad_requests_exit_2_and_name_the_thing(self):
        for words, says in ((['tcp', 'address=filesrv', 'port=445'], 'filesrv'), (['nosuch'], 'nosuch'),
                            (['tcp', 'address=127.0.0.1'], 'port='), ([], 'takes the name of a probe'),
                            (['tcp', 'address=127.0.0.1', 'port=1', 'x=1'], 'no argument x: it takes address, port,'),
                            (['tcp', 'address=127.0.0.1', 'port=1', 'wait=99999999'], 'at most 1000000'),
                            (['dns', 'server=127.0.0.1', 'name=`id`'], 'host name')):
            with self.subTest(words=words):
                code, out, err = kbt(*words)
                self.assertEqual((code, out), (2, ''))
                self.assertIn(says, err)

    def test_a_number_beyond_its_limit_is_said(self):
        asked = ('icmp', 'address=127.0.0.1', 'interval=10')
        self.assertIn('count=999 is above the most', ' '.join(kbt(*asked, 'count=999')[1].split()))
        self.assertNotIn('above the most', kbt(*asked, 'count=2')[1])

    def test_what_may_not_run_exits_3_and_says_what_to_grant(self):
        if os.geteuid() != 0:
            self.skipTest('needs root, to give it up')
        with open('/proc/sys/net/ipv4/ping_group_range') as f:
            low, high = map(int, f.read().split())
        if low <= 65534 <= high:
            self.skipTest('everybody may ping here')
        p = subprocess.run([KBT, 'probe', 'icmp', 'address=127.0.0.1'], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           text=True, timeout=LIMIT_S, user=65534, group=65534, extra_groups=[])
        self.assertEqual(p.returncode, 3)
        self.assertIn('ping_group_range', p.stdout)

    def test_the_list_names_every_probe_with_args_states_and_facts(self):
        code, out, _ = kbt('--list', '--json')
        self.assertEqual(code, 0)
        rows = {r['probe']: r for r in map(json.loads, out.splitlines())}
        for name in 'files link route neighbour arp detour twins dns nbns nbstat icmp mtu trace tcp retry nbss smb'.split():
            self.assertTrue(rows[name]['states'] and rows[name]['facts'], name)
        code, text, _ = kbt('--list')
        self.assertEqual(code, 0)
        self.assertIn('tcp.PORT.state', text)
        code, out, _ = kbt('--list', '--json', 'tcp', 'dns')
        self.assertEqual((code, [json.loads(line)['probe'] for line in out.splitlines()]), (0, ['tcp', 'dns']))

    def test_an_interrupt_ends_it_soon(self):
        self.server.settimeout(LIMIT_S)
        p = subprocess.Popen([KBT, 'probe', 'smb', 'address=127.0.0.1', f'port={self.port}', 'wait=900000'],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        c, _ = self.server.accept()
        self.assertTrue(c.recv(1))
        p.send_signal(signal.SIGINT)
        out, _ = p.communicate(timeout=LIMIT_S)
        self.assertEqual(p.returncode, 130)
        self.assertIn(b'interrupted', out)  # not waited for to the end, whose state it would say
        c.close()

    def test_bytes_of_the_network_never_reach_the_terminal_raw(self):
        self.server.settimeout(LIMIT_S)
        p = subprocess.Popen([KBT, 'probe', 'smb', 'address=127.0.0.1', f'port={self.port}', 'wait=60000'],
                             stdout=subprocess.PIPE)
        c, _ = self.server.accept()
        c.sendall(b'\x1b]0;owned\x07\x1b[2J\xff\xfe')
        out, _ = p.communicate(timeout=LIMIT_S)
        c.close()
        self.assertIn(b'not-smb', out)
        self.assertNotIn(b'\x1b', out)
        out.decode('utf-8')

    def test_the_version_of_a_program_file_is_read_without_regard_to_case(self):
        corpus = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'corpus', 'pe')
        code, out, _ = kbt('--json', 'pe', 'path=' + os.path.join(corpus, 'PE32'), 'at_least=2.0.1493.3273')
        facts = json.loads(out)['facts']
        self.assertEqual((code, facts['file.version'], facts['file.at_least']), (0, '2.0.1493.3273', True))
        code, out, _ = kbt('--json', 'pe', 'path=' + os.path.join(corpus, 'pe64'), 'at_least=2.0.1493.3273')
        self.assertEqual(json.loads(out)['facts']['file.at_least'], False)
        code, out, err = kbt('pe', 'path=' + os.path.join(corpus, 'nosuch'))
        self.assertEqual((code, out), (2, ''))
        self.assertIn('nosuch', err)
        self.assertEqual(kbt('pe', 'path=/dev')[0], 2)

    def test_what_a_pipe_holds_is_no_file(self):
        with tempfile.TemporaryDirectory() as folder:
            pipe = os.path.join(folder, 'srv.sys')
            os.mkfifo(pipe)
            code, out, err = kbt('pe', 'path=' + pipe)
        self.assertEqual((code, out), (2, ''))
        self.assertIn('it is a pipe', err)

    def test_a_ping_that_is_larger_than_the_way_counts_as_its_fragments(self):
        """Else 30 of 8 KiB were 180 packets in 0.3 s, not 50 in one. Half of what the loopback carries are answers."""
        needs_root()
        script = """set -e
            ip link set lo mtu 1500; ip link set lo up
            for address in 127.0.0.1 $2; do
                for words in 'count=3 size=8192' 'count=2' 'count=30 size=8192 interval=10'; do
                    grep lo: /proc/net/dev
                    "$1" probe --json icmp address=$address $words || test $? = 3
                    grep lo: /proc/net/dev
                done
            done"""
        p = subprocess.run(['unshare', '--net', 'sh', '-c', script, 'sh', KBT, '::1' if socket.has_ipv6 else ''],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=LIMIT_S)
        said = p.stdout.splitlines()
        if not said:
            self.skipTest(f'no such network can be made here: {p.stderr.strip()}')
        for i, want in enumerate((18, 2, None) * (len(said) // 9)):
            before, answer, after = said[3 * i:3 * i + 3]
            e = json.loads(answer)
            with self.subTest(args=e['args']):
                self.assertEqual(2 * e['packets'], int(after.split()[2]) - int(before.split()[2]))
                self.assertEqual(e['packets'], want or e['packets'])
                self.assertLessEqual(e['packets'], 150)

    def test_a_link_local_address_goes_by_its_link(self):
        """In a namespace of its own, with two links that have the same network, as every IPv6 machine has."""
        needs_root()
        try:
            socket.socket(socket.AF_INET6).close()
        except OSError as why:
            self.skipTest(f'no IPv6 here ({why})')
        script = """set -e
            ip link set lo up
            for n in 0 1; do ip link add ve$n type veth peer name vp$n; ip link set vp$n up; ip link set ve$n up; done
            ip addr add fe80::77/64 dev ve0 nodad
            for i in 1 2 3 4 5 6 7 8 9; do # a link is ready a little after it is up
                ip -6 route show table local dev ve0 | grep -q fe80::77 && break
                sleep 0.2
            done
            echo made
            "$1" probe --json tcp address=fe80::77%ve0 port=4450
            "$1" probe --json route address=fe80::99%ve1
            "$1" probe --json tcp address=fe80::77%25ve0 port=4450
            "$1" probe --json tcp address=fe80::77%ve9 port=4450 || test $? = 3
            "$1" diagnose --json --db "$2" 'ssh: connect to host fe80::77%ve0 port 4450: Connection refused'
            "$1" diagnose --json --db "$2" 'Timeout: No Response from udp6:[fe80::77%ve0]:161'"""
        folder = tempfile.mkdtemp(prefix='kbt-test-')
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        db = os.path.join(folder, 'kb.db')
        subprocess.run([KBT, 'import', '--db', db, os.path.join(ROOT, 'kb')], check=True, stdout=subprocess.DEVNULL)
        p = subprocess.run(['unshare', '--net', 'sh', '-c', script, 'sh', KBT, db], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True, timeout=LIMIT_S)
        if not p.stdout:
            self.skipTest(f'no such network can be made here: {p.stderr.strip()}')
        self.assertEqual(p.returncode, 0, p.stderr)
        refused, route, of_url, absent, *_ = answers = [json.loads(x) for x in p.stdout.splitlines()[1:]]
        self.assertEqual((refused['state'], of_url['state']), ('refused', 'refused'))
        self.assertIn('fe80::77%ve0 port 4450', refused['reason'])
        self.assertEqual((route['state'], route['facts']['route.dev']), ('on-link', 've1'))
        self.assertEqual(absent['state'], 'not-run')
        self.assertIn('no network link ve9', absent['reason'])
        verdict, udp = answers[-2:]
        self.assertEqual(udp['verdict']['cause'], 'udp-closed')
        self.assertIn('fe80::77%ve0 answers a datagram to UDP port 161', udp['verdict']['says'])
        self.assertEqual(verdict['bindings'],
                         {'server': 'fe80::77%ve0', 'link': 've0', 'port': '4450', 'service_port': '22'})
        self.assertEqual(verdict['verdict']['cause'], 'tcp-refused-both')
        self.assertIn('fe80::77%ve0', verdict['verdict']['says'])


if __name__ == '__main__':
    unittest.main()
