# SPDX-License-Identifier: MIT
"""The page in Chromium: starts a server and runs web/page.mjs against it, which prints TAP. Needs npm, a registry for
two development packages (npm ci, without scripts), and chromium."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import kbt
from serve import Server

WEB = os.path.join(kbt.ROOT, 'tests/e2e/web')
CHROMIUM = os.environ.get('CHROMIUM') or shutil.which('chromium') or shutil.which('chromium-browser')


def prepare():
    for program in ('node', 'npm'):
        if not shutil.which(program):
            raise unittest.SkipTest(f'{program} is missing')
    if not CHROMIUM:
        raise unittest.SkipTest('chromium is missing')
    if not os.path.isdir(os.path.join(WEB, 'node_modules/playwright-core')):
        p = subprocess.run(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], cwd=WEB,
                           capture_output=True, timeout=300)
        if p.returncode:
            raise unittest.SkipTest('npm ci could not fetch the development packages')


def setUpModule():
    prepare()
    kbt.own_network()


class Browser(unittest.TestCase):
    def test_page(self):
        self.drive(Server('--host', 'kb.test'), 10, 'page.mjs')

    def test_log_in(self):
        folder = tempfile.mkdtemp(prefix='kbt-tokens-')
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        path = os.path.join(folder, 'tokens')
        token = subprocess.run([kbt.KBT, 'token', 'add', 'ann', '--tokens', path], check=True, capture_output=True, text=True).stdout
        self.drive(Server('--tokens', path), 2, 'login.mjs', token.strip())

    def test_report_of_a_scan(self):
        """A file on disk; what it shows is what a hostile log brings, too."""
        folder = tempfile.mkdtemp(prefix='kbt-report-')
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        db, log, report = (os.path.join(folder, x) for x in ('kb.db', 'a.log', 'out.html'))
        quiet = {'check': True, 'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}
        subprocess.run([kbt.KBT, 'import', '--db', db, os.path.join(kbt.ROOT, 'kb')], **quiet)
        with open(log, 'w') as f:
            for name in ('sender.log', 'office.log'):
                with open(os.path.join(kbt.ROOT, 'tests/e2e/data', name)) as part:
                    f.write(part.read())
                f.write('<script>alert(1)</script><img src=//192.0.2.1/x> failed' + 'y' * 3000 + '\n')
        subprocess.run([kbt.KBT, 'scan', '--db', db, '--unknown', '--report', report, log], **quiet)
        p = subprocess.run(['node', 'report.mjs', report], cwd=WEB, env=dict(os.environ, CHROMIUM=CHROMIUM),
                           capture_output=True, text=True, timeout=700)
        self.assertEqual((p.returncode, len(re.findall('(?m)^ok', p.stdout))), (0, 4), p.stdout + p.stderr)

    def drive(self, server, least, script, *args):
        profile = tempfile.mkdtemp(prefix='kbt-chromium-')
        try:
            p = subprocess.run(['node', script, server.url, profile, *args], cwd=WEB, env=dict(os.environ, CHROMIUM=CHROMIUM),
                               capture_output=True, text=True, timeout=700)
        finally:
            server.close()
            shutil.rmtree(profile, ignore_errors=True)
        for line in p.stdout.splitlines():
            with self.subTest(line):
                self.assertFalse(line.startswith('not ok'), line)
        self.assertEqual(p.returncode, 0, p.stdout[-2000:] + p.stderr[-2000:])
        self.assertGreater(len(re.findall(r'^ok ', p.stdout, re.M)), least)


if __name__ == '__main__':
    unittest.main()
