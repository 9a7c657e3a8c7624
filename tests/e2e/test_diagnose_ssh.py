# SPDX-License-Identifier: MIT
"""How many connections an SSH server sees of a diagnosis, counted by one, behind a router of the file's own: five at most
to one address, whatever is in doubt. sshd and what guards it shut out who connects more often."""
import contextlib
import ctypes
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest

from kbt import SharedKbTest, Together, again, until

SERVER, GREETING = '203.0.113.9', b'SSH-2.0-OpenSSH_9.2\r\n'
MOST, NEW_NET = 5, 0x40000000


def reset(c):
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    c.close()


def serve(kind, port):
    """The server: prints a letter a connection that it takes, and makes of it what kind says."""
    held = []

    def greet(c):
        with contextlib.suppress(OSError):  # the other side has ended it
            time.sleep(.3 if kind == 'slow' else 0)
            c.sendall(GREETING)
    with socket.create_server((SERVER, port), backlog=64) as s:
        print('listens', flush=True)
        while True:
            c, _ = s.accept()
            print('x', flush=True)
            held.append(c)
            if kind == 'ends' or (kind == 'ends-a-third' and len(held) % 3 == 2):
                c.close()
            elif kind == 'resets':
                reset(c)
            elif kind != 'mute':
                threading.Thread(target=greet, args=(c,), daemon=True).start()


def be_the_far_side():
    """A network of its own for this process, into which its parent puts the far end of eth9."""
    if ctypes.CDLL(None).unshare(NEW_NET):
        sys.exit('no network namespace may be made here')
    print('here', flush=True)
    sys.stdin.readline()
    for command in ('link set lo up', f'addr add {SERVER}/32 dev lo', 'addr add 198.51.100.2/24 dev eth8', 'link set eth8 up'):
        subprocess.run(['ip', *command.split()], check=True)
    kind, port, pings = sys.argv[2:]
    if pings == 'no':
        with open('/proc/sys/net/ipv4/icmp_echo_ignore_all', 'w') as f:
            f.write('1')
    serve(kind, int(port))


class Ssh(SharedKbTest):
    def connections(self, kind, port=22, pings='no', says='connect to host {} port {}: Connection timed out'):
        """What a diagnosis says, and how many connections the server took of it."""
        p = subprocess.Popen([sys.executable, __file__, 'far-side', kind, str(port), pings], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            if p.stdout.readline() != 'here\n':
                raise unittest.SkipTest(p.stderr.read().strip())
            subprocess.run(['ip', 'link', 'set', 'eth8', 'netns', str(p.pid)], check=True)
            p.stdin.write('\n')
            p.stdin.flush()
            if p.stdout.readline() != 'listens\n':
                raise unittest.SkipTest('no server in a network of its own: ' + p.stderr.read().strip()[-200:])
            self.assertTrue(until(lambda: self.connects_not(port + 1)))
            (r,) = map(json.loads, self.run_kbt('diagnose', '--json', 'ssh: ' + says.format(SERVER, port)).out.splitlines())
        finally:
            p.kill()
            took = p.communicate()[0].count('x')
        self.assertTrue(until(self.link_again))
        return r, took

    @staticmethod
    def connects_not(port):
        """The way is there: the far side refuses a port where nothing listens."""
        with socket.socket() as s:
            s.settimeout(1)
            return s.connect_ex((SERVER, port)) == 111

    @staticmethod
    def link_again():
        """eth9 and its far end go with the far side's network; they are made anew."""
        if os.path.exists('/sys/class/net/eth9') and subprocess.run(['ip', 'link', 'del', 'eth9'], stderr=subprocess.DEVNULL).returncode:
            return False
        return not any(subprocess.run(['ip', *c.split()], stderr=subprocess.DEVNULL).returncode for c in (
            'link add eth9 type veth peer name eth8', 'addr add 198.51.100.1/24 brd + dev eth9', 'link set eth9 up',
            'route add default via 198.51.100.2'))

    def sees(self, kind, *causes, **more):
        too_many = []

        def attempt(_):
            r, took = self.connections(kind, **more)
            if took > MOST:
                too_many.append((took, [e['args'] for e in r['evidence'] if e['probe'] in ('tcp', 'retry', 'ssh')]))
            self.assertGreaterEqual(took, 1)
            self.assertIn(r['verdict']['cause'] or 'open', causes)
            return r
        try:
            return again(attempt)
        finally:
            self.assertEqual(too_many, [])  # not in one try of several: no busy machine makes it connect more often

    def test_one_that_answers_no_ping(self):
        """What is said to it on one of five connections, a byte at a time, shows that nothing is lost on the way."""
        r = self.sees('greets', 'healthy-no-icmp')
        self.assertEqual(['told'], [e['state'] for e in r['evidence'] if e['probe'] == 'ssh'])
        self.assertNotIn('loss-little-seen', {f['finding'] for f in r['verdict']['findings']})

    def test_one_that_answers_pings(self):
        r = self.sees('greets', 'healthy', pings='yes')
        self.assertNotIn('loss-little-seen', {f['finding'] for f in r['verdict']['findings']})

    def test_one_that_says_nothing(self):
        self.sees('mute', 'tcp-mute', pings='yes')
        self.sees('mute', 'tcp-mute', 'open')

    def test_one_that_is_slow_to_greet(self):
        self.sees('slow', 'open')

    def test_one_that_ends_them(self):
        self.sees('ends', 'tcp-ended', pings='yes')
        self.sees('resets', 'tcp-ended', 'open', says='kex_exchange_identification: read: Connection reset by peer. '
                  'Connection reset by {} port {}')

    def test_one_that_ends_some(self):
        self.sees('ends-a-third', 'tcp-flaky', pings='yes')

    def test_one_on_another_port(self):
        self.sees('greets', 'healthy-no-icmp', port=2222)


def load_tests(_loader, _tests, _pattern):
    return Together(Ssh, networks=True)


if __name__ == '__main__':
    be_the_far_side() if sys.argv[1:2] == ['far-side'] else unittest.main()
