# SPDX-License-Identifier: MIT
"""kbt scan --journal, over journal files that systemd-journal-remote writes here."""
import glob
import json
import os
import shutil
import signal
import subprocess
import unittest

from kbt import FOUND, INTERRUPTED, NONE, USAGE, SharedKbTest, rcmd
from test_scan_follow import Follower

REMOTE = '/lib/systemd/systemd-journal-remote'


class ScanJournal(SharedKbTest):
    @classmethod
    def setUpClass(cls):
        if not os.path.exists(REMOTE):
            raise unittest.SkipTest('systemd-journal-remote is missing')
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.at = 984390980  # 2001-03-12 09:56:20 UTC
        self.files = 0
        os.mkdir(self.path('journal'))

    def entry(self, message, ident='rcmd', pid=311):
        self.at += 60
        head = (f'__REALTIME_TIMESTAMP={self.at}123456\n__MONOTONIC_TIMESTAMP={self.at}\n'
                f'_BOOT_ID=c0ffee00c0ffee00c0ffee00c0ffee00\n_HOSTNAME=web1\nSYSLOG_IDENTIFIER={ident}\n_PID={pid}\n')
        body = message.encode()
        return head.encode() + b'MESSAGE\n' + len(body).to_bytes(8, 'little') + body + b'\n\n'

    def add(self, *messages, **kw):
        """A further file of the journal; put in its place whole."""
        self.files += 1
        new = self.path(f'new-{self.files}.journal')
        subprocess.run([REMOTE, '-o', new, '-'], input=b''.join(self.entry(m, **kw) for m in messages), check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.rename(new, self.path('journal', f'remote-{self.files}.journal'))

    def names(self, *args, code=FOUND, folder='journal'):
        hits = self.json('scan', '--journal', self.path(folder), *args, code=code)
        return [h['captures']['server'] for h in hits if h['id'] == 'Q150536']

    def test_entries_are_lines(self):
        self.add('all is well', rcmd('ONE'), 'more\nlines\nthan one', rcmd('TWO'))
        self.add('ssh: connect to host db1 port 22: Connection refused', ident='backup')
        hits = self.json('scan', '--journal', self.path('journal'))
        best = {h['id']: h for h in hits}
        one = [h for h in hits if h['captures'].get('server') == 'ONE'][0]
        self.assertEqual((one['file'], one['line'], one['time']), ('journal', 2, '2001-03-12T09:58:20.123Z'))
        self.assertEqual(one['text'], '2001-03-12T09:58:20.123456Z web1 rcmd[311]: ' + rcmd('ONE'))
        self.assertEqual([h['line'] for h in hits if h['captures'].get('server') == 'TWO'], [6])
        self.assertEqual(best['Q-connection-refused']['captures'], {'server': 'db1', 'port': '22'})
        out = self.kbt('scan', '--journal', self.path('journal')).out
        self.assertIn('3 of 7 lines in 1 file', out)
        one_file = self.json('scan', '--journal', self.path('journal', 'remote-2.journal'))
        self.assertEqual({h['id'] for h in one_file}, {'Q-connection-refused'})

    def test_since_and_until(self):
        self.add(*[rcmd(f'N{n}') for n in range(5)])
        self.assertEqual(self.names('--since', '2001-03-12 09:59 UTC'), ['N2', 'N3', 'N4'])
        self.assertEqual(self.names('--until', '2001-03-12 09:59 UTC'), ['N0', 'N1'])
        cursor = self.path('cursor')
        self.assertEqual(self.names('--cursor', cursor, '--until', '2001-03-12 09:59 UTC'), ['N0', 'N1'])
        self.assertEqual(self.names('--cursor', cursor), ['N2', 'N3', 'N4'])

    def test_a_cursor_goes_on(self):
        cursor = self.path('cursor')
        self.add(rcmd('ONE'), 'noise')
        self.assertEqual(self.names('--cursor', cursor), ['ONE'])
        self.assertEqual(self.names('--cursor', cursor, code=NONE), [])
        self.add(rcmd('TWO'), rcmd('THREE'))
        hits = self.json('scan', '--journal', self.path('journal'), '--cursor', cursor)
        self.assertEqual([(h['captures']['server'], h['line']) for h in hits], [('TWO', 3), ('THREE', 4)])
        log = self.write('a.log', rcmd('FILE') + '\n')
        self.refused('scan', '--cursor', cursor, log, names='a cursor of the journal')
        self.json('scan', '--cursor', self.path('other'), log)
        self.refused('scan', '--journal', self.path('journal'), '--cursor', self.path('other'), names='a cursor of files')

    def test_following(self):
        self.add(rcmd('ONE'))
        cursor = self.path('cursor')
        follower = Follower(self, '--follow', '--journal', '--cursor', cursor, self.path('journal'))
        self.assertEqual(follower.wait_for(['ONE']), set())
        for name in ('TWO', 'THREE'):
            self.add(rcmd(name))
            self.assertEqual(follower.wait_for([name], 50), set())
        self.assertEqual(follower.stop(), INTERRUPTED)
        self.assertEqual(follower.names(), ['ONE', 'TWO', 'THREE'])
        self.assertEqual(self.names('--cursor', cursor, code=NONE), [])

    def test_a_kill_repeats_at_most_a_batch(self):
        cursor = self.path('cursor')
        self.add(*[rcmd(f'N{n}') for n in range(200)])
        follower = Follower(self, '--follow', '--journal', '--cursor', cursor, self.path('journal'))
        self.assertEqual(follower.wait_for(['N199']), set())
        follower.p.send_signal(signal.SIGKILL)
        follower.kill()
        self.add(rcmd('MORE'))
        found = self.names('--cursor', cursor)
        self.assertEqual(found[-1], 'MORE')
        self.assertLessEqual(len(found), 201)

    def test_a_message_over_two_batches_is_joined(self):
        self.add(rcmd('ONE'), 'Failed to connect to')
        cursor = self.path('cursor')
        follower = Follower(self, '--follow', '--journal', '--cursor', cursor, self.path('journal'))
        self.assertEqual(follower.wait_for(['ONE']), set())
        self.add('<\\\\LATE>, Error = 53', rcmd('TWO'), 'Failed to connect to')
        self.assertEqual(follower.wait_for(['LATE', 'TWO']), set())
        self.assertEqual(follower.stop(), INTERRUPTED)
        places = [(n, h['line'], h['lines'], h['offset']) for n, _, h in follower.hits]
        self.assertEqual([p[:3] for p in places], [('ONE', 1, 1), ('LATE', 2, 2), ('TWO', 4, 1)])
        self.add('<\\\\THREE>, Error = 53', rcmd('FOUR'))
        hits = self.json('scan', '--journal', self.path('journal'), '--cursor', cursor)
        self.assertEqual([(h['captures']['server'], h['line'], h['lines']) for h in hits],
                         [('THREE', 5, 2), ('FOUR', 7, 1)])
        whole = self.json('scan', '--journal', self.path('journal'))
        self.assertEqual([(h['captures']['server'], h['line'], h['lines'], h['offset']) for h in whole],
                         places + [('THREE', 5, 2, hits[0]['offset']), ('FOUR', 7, 1, hits[1]['offset'])])

    def test_what_is_no_journal(self):
        self.refused('scan', '--journal', self.path('none'), names='none')
        self.refused('scan', '--journal', self.write('x.journal', 'no journal'), names='x.journal')
        self.add(rcmd('ONE'))
        cut = self.path('cut')
        os.mkdir(cut)
        with open(self.path('journal', 'remote-1.journal'), 'rb') as f:
            data = f.read()
        self.write('cut/good.journal', data)
        self.write('cut/bad.journal', data[:1000])
        self.assertEqual(self.names(folder='cut'), ['ONE'])
        shutil.rmtree(cut)
        p = self.run_kbt('scan', '--journal')  # this machine's, be it empty
        self.assertIn(p.returncode, (FOUND, NONE, USAGE), p.err)
        self.assertEqual(p.returncode == USAGE, 'no journal is here that this user may read' in p.err, p.err)
        self.assertEqual(any(glob.glob(f'{folder}/log/journal/*/*.journal') for folder in ('/run', '/var')),
                         p.returncode != USAGE)


if __name__ == '__main__':
    unittest.main()
