# SPDX-License-Identifier: MIT
"""The fast faults of the lab: a network of namespaces, each fault with its true cause. `make lab` runs them all."""
import os
import shutil
import subprocess
import sys
import unittest

from kbt import KBT, ROOT, needs_root

FAST = ('ok ok-routed ok-only-445 ok-only-139 nic-disabled no-address apipa-address no-default-route prohibit-route '
        'fw-reject-smb-rst fw-reject-smb-icmp dns-stopped dns-nxdomain dns-suffix name-typo nb-not-registered called-name '
        'smbd-stopped smbd-hosts-deny not-smb smb1-server bad-password share-missing').split()


class Lab(unittest.TestCase):
    def test_fast_faults(self):
        needs_root()
        for tool in ('ip', 'nft', 'smbd', 'dnsmasq', 'cc'):
            if not shutil.which(tool, path=os.environ.get('PATH', '') + ':/usr/sbin:/sbin'):
                self.skipTest(f'{tool} is missing')
        if subprocess.run(['ip', 'netns', 'list'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            self.skipTest('network namespaces cannot be made here')
        p = subprocess.run([sys.executable, os.path.join(ROOT, 'tests/lab/run_lab.py'), KBT, '', '', ','.join(FAST)],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=400)
        if 'does not come up' in p.stdout:
            self.skipTest('the lab does not come up here')
        self.assertIn(f'{len(FAST)} right, 0 open, 0 wrong, 0 LIES', p.stdout, p.stdout)


if __name__ == '__main__':
    unittest.main()
