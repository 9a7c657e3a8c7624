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

from kbt import KBT, ROOT, needs_root

FAST = ('ok ok-routed ok-only-445 ok-only-139 nic-disabled no-address apipa-address no-default-route prohibit-route '
        'fw-reject-smb-rst fw-reject-smb-icmp dns-stopped dns-nxdomain dns-suffix name-typo nb-not-registered called-name '
        'smbd-stopped smbd-hosts-deny not-smb smb1-server bad-password share-missing').split()


LAB = os.path.join(ROOT, 'tests/lab/lab.sh')
NOBODY = ('setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups')


def needs_lab():
    needs_root()
    for tool in ('ip', 'nft', 'smbd', 'dnsmasq', 'cc'):
        if not shutil.which(tool, path=os.environ.get('PATH', '') + ':/usr/sbin:/sbin'):
            raise unittest.SkipTest(f'{tool} is missing')
    if subprocess.run(['ip', 'netns', 'list'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        raise unittest.SkipTest('network namespaces cannot be made here')


class Lab(unittest.TestCase):
    def test_fast_faults(self):
        needs_lab()
        p = subprocess.run([sys.executable, os.path.join(ROOT, 'tests/lab/run_lab.py'), KBT, '', '', ','.join(FAST)],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=400)
        if 'does not come up' in p.stdout:
            self.skipTest('the lab does not come up here')
        self.assertIn(f'{len(FAST)} right, 0 open, 0 wrong, 0 LIES', p.stdout, p.stdout)
        self.sends_what_the_man_text_says({x[1]: (int(x[-2]), int(x[-1])) for x in map(str.split, p.stdout.splitlines())
                                           if x[:1] == ['right']})

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

    def test_without_rights(self):
        """Nobody in particular may not ask for ARP: what that leaves open is said, with what to grant."""
        needs_lab()
        folder = tempfile.mkdtemp(prefix='kbt-test-')
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        os.chmod(folder, 0o755)
        kbt, db = shutil.copy(KBT, folder), os.path.join(folder, 'kb.db')
        os.chmod(kbt, 0o755)
        subprocess.run([kbt, 'import', '--db', db, os.path.join(ROOT, 'kb')], check=True, stdout=subprocess.DEVNULL)
        env = dict(os.environ, E53_ID=f'n{os.getpid() % 10000}')

        def lab(*words):
            return subprocess.run([LAB, *words], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
        if lab('up').returncode:
            self.skipTest('the lab does not come up here')
        self.addCleanup(lab, 'down')

        def diagnose(fault):
            lab('fault', fault)
            p = lab('exec', *NOBODY, kbt, 'diagnose', '--json', '--db', db, '--set', 'known_address=10.53.0.10',
                    r'Failed to connect to <\\FILESRV>, Error = 53')
            return json.loads(p.stdout)
        r = diagnose('ok')
        self.assertEqual(r['verdict']['cause'], 'healthy')
        self.assertIn('rcmd-pipe-absent', [f['finding'] for f in r['verdict']['findings']])
        self.assertIn(('arp', 'not-run'), [(e['probe'], e['state']) for e in r['evidence']])
        r = diagnose('fw-reject-smb-rst')
        self.assertEqual(r['verdict']['state'], 'inconclusive')
        self.assertEqual(r['verdict']['causes_left'], ['tcp-refused-both', 'link.lan.duplicate-address'])
        self.assertIn('CAP_NET_RAW', r['verdict']['next'][0])


if __name__ == '__main__':
    unittest.main()
