# SPDX-License-Identifier: MIT
"""Where probes may go: what --allow names, and what no rule lets through; in a network namespace of its own, looked at
on the wire."""
import concurrent.futures
import contextlib
import json
import os
import socket
import subprocess
import threading
import unittest

import kbt
from serve import MESSAGE, ServedTest, bearer

OWN = '192.0.2.1'  # in the namespace


def setUpModule():
    kbt.own_network(f'addr add {OWN}/24 dev lo')


def own_resolv_conf(path):
    """This namespace's name server is ours, for those who start from now on; False where that may not be."""
    return not any(subprocess.run(['mount', *args], stderr=subprocess.DEVNULL).returncode for args in (
        ('--make-rprivate', '/'), ('--bind', path, os.path.realpath('/etc/resolv.conf'))))


class Names53:
    """A DNS server on 127.0.0.1: what it says of a name, one list of addresses after the other; then the last again."""

    def __init__(self, table):
        self.table = {name: list(answers) for name, answers in table.items()}
        self.asked = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(('127.0.0.1', 53))
        self.socket.settimeout(0.1)
        self.ends = False
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.ends:
            try:
                data, client = self.socket.recvfrom(600)
            except socket.timeout:
                continue
            labels, at = [], 12
            while data[at]:
                labels.append(data[at + 1:at + 1 + data[at]].decode())
                at += data[at] + 1
            name, kind, end = '.'.join(labels).lower(), data[at + 2], at + 5
            self.asked.append((name, kind))
            answers = self.table.get(name, [[]])
            now = (answers.pop(0) if len(answers) > 1 else answers[0]) if kind == 1 else []
            records = b''.join(b'\xc0\x0c\0\1\0\1\0\0\0\0\0\4' + socket.inet_aton(a) for a in now)
            flags = b'\x81\x80' if name in self.table else b'\x81\x83'
            self.socket.sendto(data[:2] + flags + b'\0\1' + len(now).to_bytes(2, 'big') + b'\0\0\0\0' + data[12:end] + records, client)

    def close(self):
        self.ends = True
        self.thread.join()
        self.socket.close()


class Wire:
    """Every packet of this namespace but those of our own HTTP: (protocol, address) of who is spoken to."""

    def __init__(self, *but):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
        self.but, self.seen = set(but), []

    def look(self):
        self.socket.settimeout(0.2)
        try:
            while True:
                data, where = self.socket.recvfrom(2048)
                if where[1] == 0x806:
                    self.seen.append(('arp', socket.inet_ntoa(data[24:28])))
                elif where[1] == 0x800:
                    at = (data[0] & 15) * 4
                    ports = {int.from_bytes(data[at:at + 2], 'big'), int.from_bytes(data[at + 2:at + 4], 'big')}
                    if not ports & self.but or data[9] not in (6, 17):
                        self.seen.append(({1: 'icmp', 6: 'tcp', 17: 'udp'}.get(data[9], data[9]), socket.inet_ntoa(data[16:20])))
        except socket.timeout:
            return set(self.seen)

    def close(self):
        self.socket.close()


class Policy(ServedTest):
    """Where probes may go that the web asks for."""

    def listen(self, address, port):
        """A service that counts who comes."""
        s, come = socket.socket(), []
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((address, port))
        s.listen(50)
        self.addCleanup(s.close)

        def run():
            while True:
                try:
                    c, peer = s.accept()
                except OSError:
                    return
                come.append(peer)
                c.close()
        threading.Thread(target=run, daemon=True).start()
        return come

    def names(self, table):
        if not own_resolv_conf(self.write('resolv.conf', 'nameserver 127.0.0.1\n')):
            self.skipTest('no file system namespace may be made here')
        self.addCleanup(subprocess.run, ['umount', os.path.realpath('/etc/resolv.conf')])
        dns = Names53(table)
        self.addCleanup(dns.close)
        return dns

    def sniff(self, *but):
        # The system goes on asking for the hardware address of whom a test before spoke to.
        subprocess.run(['ip', 'neigh', 'flush', 'all'], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wire = Wire(*but)
        except PermissionError:
            self.skipTest('no packet socket may be opened here')
        self.addCleanup(wire.close)
        return wire

    def ask(self, server, target, **more):
        return server.api('/api/v1/diagnose', {'text': MESSAGE, 'set': {'server': target, **more}})[1]

    def ask_all(self, server, *targets):
        """The targets at once, and their reports."""
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            return list(zip(targets, pool.map(lambda target: self.ask(server, target), targets)))

    def states(self, report, probe='tcp'):
        return {(e['args']['address'], e['args'].get('port')): e['state'] for e in report['evidence'] if e['probe'] == probe}

    def test_a_refused_target_puts_nothing_on_any_wire(self):
        local = self.serve()
        wire = self.sniff(local.port)
        for target, report in self.ask_all(local, '169.254.169.254', '203.0.113.9', '224.0.0.1', '255.255.255.255', '198.51.100.255',
                                           '0.0.0.0', '100.100.100.200'):
            nobodys = target in ('224.0.0.1', '255.255.255.255', '198.51.100.255', '0.0.0.0')  # no target: nothing is planned for it
            self.assertEqual({s for s in self.states(report).values()}, set() if nobodys else {'not-run'}, target)
        self.assertEqual(wire.look(), set())
        everywhere = self.serve('--insecure', listen='0.0.0.0:0')
        wire.but.add(everywhere.port)
        for target, report in self.ask_all(everywhere, '127.0.0.1', OWN, '198.51.100.7', '10.0.0.1', '::1'):
            self.assertEqual({s for s in self.states(report).values()}, {'not-run'}, target)
            self.assertIn('without --allow', json.dumps(report['evidence']))
        self.assertEqual(wire.look(), set())
        self.ask(local, '127.0.0.1')
        self.assertIn(('tcp', '127.0.0.1'), wire.look())  # it does see them

    def test_networks_names_and_ports(self):
        self.names({'files.example.org': [[OWN]], 'other.example.org': [[OWN]], 'metadata.example.org': [['169.254.169.254']]})
        come = self.listen(OWN, 445)
        server = self.serve('--insecure', '--allow', 'files.example.org:445', '--allow', '127.0.0.5:445', '--allow',
                            'metadata.example.org', listen='0.0.0.0:0')
        report = self.ask(server, 'files.example.org')
        self.assertEqual(self.states(report), {(OWN, '445'): 'open', (OWN, '139'): 'not-run'})
        self.assertTrue(come)
        del come[:]
        for target, report in self.ask_all(server, 'other.example.org', '198.51.100.1', 'metadata.example.org', '127.0.0.6'):
            self.assertEqual(set(self.states(report).values()), {'not-run'}, target)
        self.assertEqual(set(self.states(self.ask(server, 'files.example.org', address='198.51.100.1')).values()), {'not-run'})
        self.assertEqual(come, [])
        self.assertEqual(self.states(self.ask(server, '127.0.0.5'))[('127.0.0.5', '445')], 'refused')

    def test_every_address_of_an_answer_is_checked(self):
        self.names({'two.example.org': [['127.0.0.1', '169.254.169.254', '203.0.113.9']]})
        report = self.ask(self.serve(), 'two.example.org')
        self.assertEqual(self.states(report), {('127.0.0.1', '445'): 'refused', ('127.0.0.1', '139'): 'refused',
                                               ('169.254.169.254', '445'): 'not-run', ('203.0.113.9', '445'): 'not-run'})

    def test_a_name_is_resolved_once_and_its_address_stays(self):
        dns = self.names({'turns.example.org': [['127.0.0.1'], ['169.254.169.254'], ['127.0.0.66']]})
        report = self.ask(self.serve(), 'turns.example.org')
        self.assertEqual({a for a, _ in self.states(report)}, {'127.0.0.1'})
        self.assertEqual({e['args'].get('address') for e in report['evidence'] if e['probe'] in ('icmp', 'smb', 'nbstat')} -
                         {None}, {'127.0.0.1'})
        self.assertEqual(dns.asked.count(('turns.example.org', 1)), 1)

    def test_two_names_of_one_address_wait_for_each_other(self):
        self.names({'a.example.org': [['127.0.0.1']], 'b.example.org': [['127.0.0.1']]})
        server, found = self.serve(), {}

        def run(target):
            found[target] = [e['at'] for e in self.ask(server, target)['evidence'] if e['probe'] == 'tcp']
        threads = [threading.Thread(target=run, args=(t,)) for t in ('a.example.org', 'b.example.org', '127.0.0.1')]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        spans = sorted((min(times), max(times)) for times in found.values())
        for (_, end), (begin, _) in zip(spans, spans[1:]):
            self.assertLessEqual(end, begin)

    def test_only_what_a_rule_speaks_of_is_probed(self):
        server = self.serve()
        wire = self.sniff(server.port)
        for text in ('zqxj wvutsr', 'The disk is full'):
            status, report = server.api('/api/v1/diagnose', {'text': text, 'set': {'server': '127.0.0.1', 'port': '445'}})
            self.assertEqual((status, report['evidence']), (200, []))
        self.assertEqual(wire.look(), set())

    def test_a_diagnosis_makes_few_connections(self):
        come = self.listen('127.0.0.1', 445) + self.listen('127.0.0.1', 139)
        report = self.ask(self.serve(), '127.0.0.1')
        self.assertLessEqual(len(come), 30)
        self.assertIn(('127.0.0.1', '445'), self.states(report))

    def test_one_probe_by_hand(self):
        come = self.listen('127.0.0.1', 4450)
        server = self.serve()

        def probe(*args, server=server, headers=None):
            return server.api('/api/v1/probe', {'probe': args[0], 'args': dict(a.split('=') for a in args[1:])}, headers)
        status, evidence = probe('tcp', 'address=127.0.0.1', 'port=4450')
        self.assertEqual((status, evidence['state']), (200, 'open'))
        self.assertTrue(server.wait_until(lambda: len(come) == 1))
        self.assertEqual(server.api('/api/v1/probe', {'probe': 'tcp', 'args': {'address': '127.0.0.1', 'port': 4451}})[1]['state'], 'refused')
        self.assertEqual(probe('tcp', 'address=169.254.169.254', 'port=80')[1]['state'], 'not-run')
        self.assertEqual(probe('route', 'address=127.0.0.1')[1]['state'], 'local')
        for args in (('tcp',), ('tcp', 'address=x', 'port=1'), ('nonsense',), ('pe', 'path=/etc/passwd'), ('files', 'name=x'),
                     ('tcp', 'address=127.0.0.1', 'port=1', 'x=y')):
            self.assertEqual(probe(*args)[0], 400, args)
        for value in ([], {'probe': 5}, {'probe': 'tcp', 'args': []}, {'probe': 'tcp', 'args': {'port': 1.5}}, {'probe': 'tcp', 'args': {'port': []}}):
            self.assertEqual(server.api('/api/v1/probe', value)[0], 400)
        path, secrets = self.tokens(prober='probe', boss='admin')
        closed = self.serve('--tokens', path)
        for name, want in (('prober', 403), ('boss', 200)):
            self.assertEqual(probe('tcp', 'address=127.0.0.1', 'port=4450', server=closed, headers=bearer(secrets[name]))[0], want)
        silent = server.connect()  # nobody waits for its answer any more
        body = json.dumps({'probe': 'tcp', 'args': {'address': '198.51.100.77', 'port': 1}}).encode()
        before = server.fds()
        for _ in range(40):
            with server.connect() as s:
                s.sendall(b'POST /api/v1/probe HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b'
                          % (len(body), body))
        silent.close()
        self.assertTrue(server.wait_until(lambda: server.fds() < before + 3))
        self.assertEqual(probe('tcp', 'address=127.0.0.1', 'port=4450')[1]['state'], 'open')

    def test_what_a_server_says_is_read_in_a_process_of_its_own(self):
        server = self.serve()

        def helpers():
            found = 0
            for name in filter(str.isdigit, os.listdir('/proc')):
                with contextlib.suppress(OSError), open(f'/proc/{name}/stat', encoding='ascii', errors='replace') as f:
                    found += f.read().rpartition(')')[2].split()[1] == str(server.process.pid)
            return found
        with socket.create_server(('127.0.0.1', 0)) as quiet, concurrent.futures.ThreadPoolExecutor(1) as pool:
            asked = pool.submit(server.api, '/api/v1/probe', {
                'probe': 'tcp', 'args': {'address': '127.0.0.1', 'port': quiet.getsockname()[1], 'watch': 10000}})
            with quiet.accept()[0] as peer:
                self.assertTrue(kbt.until(helpers, 5), 'the server itself would read it')
                peer.sendall(b'SSH-2.0-x\r\n')
                self.assertEqual(asked.result()[1]['facts']['tcp.service'], 'ssh')

    def test_rules_that_are_none(self):
        for rule in ('10.0.0.0/33', '', 'a b', '10.0.0.1:70000', '[::1'):
            self.refused('serve', '--listen', '127.0.0.1:0', '--allow', rule, names=['--allow'])


if __name__ == '__main__':
    unittest.main()
