# SPDX-License-Identifier: MIT
"""The fast faults of the lab: a network of namespaces, each fault with its true cause. `make lab` runs them all."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from kbt import KBT, LIMIT_S, ROOT, again, needs_root

FAST = ('ok ok-routed ok-only-445 ok-only-139 nic-disabled no-address apipa-address no-default-route prohibit-route '
        'fw-reject-smb-rst fw-reject-smb-icmp dns-stopped dns-nxdomain dns-suffix name-typo nb-not-registered called-name '
        'smbd-stopped smbd-hosts-deny not-smb smb1-server bad-password share-missing').split()


LAB = os.path.join(ROOT, 'tests/lab/lab.sh')
sys.path.insert(0, os.path.dirname(LAB))
import run_lab  # noqa: E402
# What the lab's network is made of: each a part of the kernel that may be missing.
NEEDS = r'''set -e
ip link add va type veth peer name vb; ip link add br0 type bridge; ip link set va up master br0; ip addr add 2001:db8::1/64 dev vb
nft 'add table inet t; add chain inet t c { type filter hook input priority 0; }; add rule inet t c tcp dport 445 reject with tcp reset'
'''
NOBODY = ('setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups')


def needs_lab(test):
    """Skips where this user or this kernel gives no namespaces. All else that keeps the lab from coming up is a failure."""
    needs_root()
    p = subprocess.run(['unshare', '--net', '--mount', 'true'], stderr=subprocess.PIPE, text=True)
    if p.returncode:
        raise unittest.SkipTest(f'the kernel refuses namespaces ({p.stderr.strip()})')
    for tool in ('ip', 'nft', 'smbd', 'dnsmasq', 'cc'):
        if not shutil.which(tool, path=os.environ.get('PATH', '') + ':/usr/sbin:/sbin'):
            test.fail(f'{tool} is missing: make deps-dev')
    p = subprocess.run(['unshare', '--net', '--mount', 'sh', '-c', NEEDS], stderr=subprocess.PIPE, text=True)
    if p.returncode:
        raise unittest.SkipTest(f'the kernel lacks what the lab is made of ({p.stderr.strip()})')


class Said:
    """What a client said over its network, and what of it names somebody."""
    NAMES = 'zoedude', 'hunter2', 'clienthost7', 'client', 'labuser', 'secret53'

    def __init__(self, packets):
        self.payloads, streams = [], {}
        for _, protocol, p in packets:
            ends, segment = run_lab.ip_of(protocol, p)
            if ends:
                at = (segment[12] >> 4) * 4
                streams.setdefault((ends, segment[:4]), {})[segment[4:8]] = segment[at:]
            else:
                self.payloads.append(p)
        self.streams = [(int.from_bytes(ports[2:], 'big'), b''.join(parts[k] for k in sorted(parts)))
                        for (_, ports), parts in streams.items()]
        self.payloads += [x for _, x in self.streams]

    def names(self):
        """Names of the user and of this machine in any spelling of the protocols at hand."""
        for name in self.NAMES:
            halves = bytes(0x41 + n for c in name.upper().encode() for n in (c >> 4, c & 15))
            for spelt in (name.encode(), name.encode('utf-16-le'), halves.lower()):
                if any(spelt in x.lower() for x in self.payloads):
                    yield name

    def logons(self):
        """The security blobs of SMB session setups; a conversation that cannot be read is one, too."""
        for port, stream in self.streams:
            while port in (139, 445) and stream:
                kind, size = stream[0], int.from_bytes(stream[1:4], 'big')
                smb, stream = stream[4:4 + size], stream[4 + size:]
                if kind == 0x81 or smb[:4] == b'\xffSMB' and smb[4] != 0x73 or smb[:4] == b'\xfeSMB' and smb[12:14] != b'\1\0':
                    continue  # whom it calls; which dialects; any command behind a session setup
                at, length = (int.from_bytes(smb[n:n + 2], 'little') for n in (76, 78))
                yield smb[at:at + length] if smb[:4] == b'\xfeSMB' else smb


def is_anonymous(blob):
    """MS-NLMP 2.2.1.3: a greeting, or an answer without a name and without a response to the challenge."""
    size, kind = (lambda at: int.from_bytes(blob[at:at + 2], 'little')), blob[8:9]
    if blob[:4] == b'\xffSMB':  # MS-CIFS 2.2.4.53.1: one zero byte for a password, and no names
        return (blob[32], size(47), size(49)) == (13, 1, 0) and not any(blob[61:])
    if blob[:8] != b'NTLMSSP\0':
        return False
    if kind == b'\1':  # domain, workstation
        return (size(16), size(24), len(blob)) == (0, 0, 32)
    return kind == b'\3' and size(12) <= 1 and not any(size(at) for at in (20, 28, 36, 44, 52)) and not any(blob[64:])


class Lab(unittest.TestCase):
    def test_fast_faults(self):
        needs_lab(self)
        p = subprocess.run([sys.executable, os.path.join(ROOT, 'tests/lab/run_lab.py'), KBT, '', '', ','.join(FAST)],
                           env=dict(os.environ, KBT_LAB_BUSY='1'), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(p.returncode, 0, p.stdout)
        self.assertIn(f'right, 0 open, 0 wrong, 0 LIES, 0 MUCH, 0 LATE of {len(FAST)}', p.stdout)
        self.sends_what_the_man_text_says({x[1]: (int(x[-5]), int(x[-4])) for x in map(str.split, p.stdout.splitlines())
                                           if x[:1] == ['right']})

    def test_what_a_late_connection_sends_counts_when_it_goes(self):
        """Its repeated SYN and its end stood in the second in which it was opened: 51 packets went in another one."""
        needs_lab(self)

        def attempt(_):
            p = subprocess.run([sys.executable, os.path.join(ROOT, 'tests/lab/run_lab.py'), KBT, '',
                                os.path.join(ROOT, 'tests/lab/wide.sh'), 'mid-drop-ends-1'], stdout=subprocess.PIPE, text=True)
            self.assertIn('0 MUCH', p.stdout)
            self.assertIn('of 1', p.stdout)
        again(attempt, 3)

    def test_how_long_a_diagnosis_may_take(self):
        """Each fault has its budget: by its class, or its own."""
        want = {'ok': 1.5, 'ok-ras': 1.5, 'ok-dns-fallback': 1.5, 'fw-reject-smb-rst': 2, 'dns-nxdomain': 2, 'bad-password': 2,
                'dns-nodata': 9, 'fw-drop-smb': 9, 'server-off': 9, 'loss-30': 9, 'ras-timing-drop': 25, 'ras-flaky': 25}
        p = subprocess.run([LAB, 'list'], stdout=subprocess.PIPE, text=True, check=True)
        may_take = run_lab.budgets([x.split('\t') for x in p.stdout.splitlines()])
        self.assertEqual({k: may_take[k] for k in want}, want)

    def sends_what_the_man_text_says(self, sent):
        """Packets and connections; a busy machine repeats some, so that the least counts."""
        with open(os.path.join(ROOT, 'cli/man/kbt.1')) as f:
            says = re.search(r'about (\d+) packets and (\d+) connections where all is well, (\d+) and (\d+) where',
                             ' '.join(f.read().split()))
        well, well_connections, refused, refused_connections = map(int, says.groups())
        for names, packets, connections in ((('ok', 'ok-routed', 'ok-only-445'), well, well_connections),
                                            (('smbd-stopped', 'fw-reject-smb-rst'), refused, refused_connections)):
            least = min(sent[name] for name in names)
            self.assertLess(abs(least[0] - packets), packets / 2, names)
            self.assertLessEqual(abs(least[1] - connections), 1, names)

    def lab_up(self):
        """A lab of its own, until the test is over: gives the function that runs a command of it, and its prefix."""
        name = f'n{os.getpid() % 10000}'
        env = dict(os.environ, E53_ID=name, USER='zoedude', LOGNAME='zoedude', PASSWD='hunter2')

        def lab(*words):
            return subprocess.run([LAB, *words], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                  timeout=2 * LIMIT_S)
        self.addCleanup(lab, 'down')
        up = lab('up')
        self.assertEqual(up.returncode, 0, f'the lab does not come up: {up.stderr}')
        return lab, name

    def folder_with_kb(self):
        folder = tempfile.mkdtemp(prefix='kbt-test-')
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        os.chmod(folder, 0o755)
        db = os.path.join(folder, 'kb.db')
        subprocess.run([KBT, 'import', '--db', db, os.path.join(ROOT, 'kb')], check=True, stdout=subprocess.DEVNULL)
        return folder, db

    def test_no_credentials_are_ever_sent(self):
        """Whoever runs it, whatever the message says of a login: only nobody logs on, and nobody's name is told."""
        needs_lab(self)
        _, db = self.folder_with_kb()
        lab, name = self.lab_up()
        wire = run_lab.Wire(name + 'c')
        self.addCleanup(wire.socket.close)
        for fault, logons, *words in (
                ('ok', 2, '--all', r'Failed to connect to <\\FILESRV>, Error = 53'),
                ('bad-password', 2, run_lab.MESSAGES['bad-password']),
                ('account-disabled', 2, run_lab.MESSAGES['account-disabled']),
                ('access-denied', 2, run_lab.MESSAGES['access-denied']),
                ('guest-refused', 2, run_lab.MESSAGES['guest-refused']),
                ('share-missing', 2, run_lab.MESSAGES['share-missing']),
                ('ok-only-139', 2, r'Failed to connect to <\\FILESRV>, Error = 53'),
                ('smb1-server', 1, r'Failed to connect to <\\FILESRV>, Error = 53'),
                ('ok', 0, '--set', 'server=10.53.0.53', '--set', 'port=53',
                 "fatal: unable to access 'http://zoedude:hunter2@10.53.0.53:53/x.git/': Connection refused")):
            with self.subTest(fault=fault, words=words):
                lab('fault', fault)
                wire.packets()
                p = lab('exec', 'unshare', '--uts', 'sh', '-c', 'hostname clienthost7 && exec "$@"', 'sh', KBT, 'diagnose',
                        '--db', db, '--json', *(['--set', 'server=filesrv'] if words[-1].startswith('System') else []), *words)
                r = json.loads(p.stdout)
                self.assertTrue([e for e in r['evidence'] if e['probe'] == 'tcp' and e['state'] == 'open'], p.stdout)
                said = Said(wire.packets())
                self.assertEqual(list(said.names()), [])
                blobs = list(said.logons())
                self.assertGreaterEqual(len(blobs), logons)
                self.assertEqual([b for b in blobs if not is_anonymous(b)], [])
                self.assertEqual({x for port, x in said.streams if port not in (139, 445)} - {b''}, set())

    def test_without_rights(self):
        """Nobody in particular may not ask for ARP: what that leaves open is said, with what to grant."""
        needs_lab(self)
        folder, db = self.folder_with_kb()
        kbt = shutil.copy(KBT, folder)
        os.chmod(kbt, 0o755)
        lab, _ = self.lab_up()

        def diagnose(fault):
            lab('fault', fault)
            p = lab('exec', *NOBODY, kbt, 'diagnose', '--json', '--db', db, '--set', 'known_address=10.53.0.10',
                    r'Failed to connect to <\\FILESRV>, Error = 53')
            return json.loads(p.stdout)

        def healthy(_):
            """The first to ask for a pipe starts the service that tells of pipes; a busy machine takes seconds for that."""
            r = diagnose('ok')
            self.assertEqual(r['verdict']['cause'], 'healthy')
            self.assertIn('rcmd-pipe-absent', [f['finding'] for f in r['verdict']['findings']])
            return r

        r = again(healthy)
        self.assertIn(('arp', 'not-run'), [(e['probe'], e['state']) for e in r['evidence']])
        r = diagnose('fw-reject-smb-rst')
        self.assertEqual(r['verdict']['state'], 'inconclusive')
        self.assertEqual(r['verdict']['causes_left'], ['tcp-refused-both', 'link.lan.duplicate-address'])
        self.assertIn('CAP_NET_RAW', r['verdict']['next'][0])


if __name__ == '__main__':
    unittest.main()
