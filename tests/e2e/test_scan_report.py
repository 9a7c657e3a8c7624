# SPDX-License-Identifier: MIT
"""What kbt scan shows: incidents in groups, lines in context, the report, what it does where it cannot write one."""
import contextlib
import gzip
import html.parser
import os
import pty
import re
import resource
import shutil
import signal
import stat
import subprocess
import threading
import time
import unittest

from kbt import (DAMAGED, FOUND, INTERRUPTED, KBT, LIMIT_S, NONE, ROOT, USAGE, SharedKbTest, needs_root, rests, shared,
                 until)

RCMD = r'Failed to connect to <\\HQ-SRV2>, Error = 53'
SMS = ('~Error during WNetAddConnection2 to \\\\{}\\SMS_SITE (53)  '
       '$$<SMS_LAN_SENDER><Mon Mar 12 {:02}:56:20 2001><thread=8973 (0x230D)>')
SSH = 'Mar 12 {:02}:13:43 {} backup[311]: ssh: connect to host {} port 22: No route to host'
QUIET = 'Mar 12 10:00:00 web1 app: all is well'
VOID = {'meta', 'br', 'rect', 'link', 'img'}


class Page(html.parser.HTMLParser):
    """A page whose tags are balanced; gathers its text, ids and links."""

    def __init__(self, text):
        super().__init__()
        self.open, self.text, self.ids, self.links, self.tags = [], [], [], [], set()
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert not name.startswith('on'), name
            if name == 'id':
                self.ids.append(value)
            if name in ('href', 'src', 'action', 'data', 'xlink:href'):
                self.links.append(value)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        last = self.open.pop()
        assert last == tag, (last, tag)

    def handle_data(self, data):
        if 'style' not in self.open:
            self.text.append(data)


class ScanReport(SharedKbTest):
    def log(self, lines, name='a.log'):
        return self.write(name, ''.join(x + '\n' for x in lines))

    def day(self):
        """Two articles, three servers, from 6 to 9 o'clock."""
        lines = []
        for hour in (6, 7, 9):
            lines += [QUIET, SMS.format('SITE1', hour), QUIET, SSH.format(hour, 'web1', 'nas1')]
        lines += [SMS.format('SITE2', 9), SSH.format(9, 'web2', 'nas1')]
        return self.log(lines)

    # ---- on the terminal ----

    def test_context(self):
        path = self.log(['one', 'two', 'three', RCMD, 'five', 'six', 'seven'])
        for n, want in ((0, []), (1, ['three', 'five']), (2, ['two', 'three', 'five', 'six'])):
            out = self.kbt('scan', '--context', str(n), path).out
            around = re.findall(r'(?m)^ {4}\d  (\w+)$', out)
            self.assertEqual(around, want)
            self.assertRegex(out, r'(?m)^  > 4  Failed to connect')
        self.assertEqual(self.kbt('scan', path).out, self.kbt('scan', '--context', '2', path).out)
        hit = self.json('scan', '--context', '1', path)[0]
        self.assertEqual((hit['before'], hit['after']), (['three'], ['five']))
        self.assertNotIn('before', self.json('scan', path)[0])

    def test_a_wrong_clock_does_not_flatten_what_is_counted_over_time(self):
        lines = [f'2001-03-12T10:{m:02}:00Z {RCMD}' for m in range(50)]
        lines.insert(20, f'1970-01-01T00:00:09Z {RCMD}')
        report = self.path('r.html')
        out = self.kbt('scan', '--report', report, self.log(lines), env={'TZ': 'UTC'}).out
        bars = re.search(r'10:00 ([▁-█·]+) 10:49  and 1 outside\n', out)
        self.assertTrue(bars, out)
        self.assertGreater(len(bars[1].replace('·', '')), 20)
        self.assertIn('\n1 line lies far outside of the times that are drawn, at 1970-01-01 00:00\n', out)
        with open(report, encoding='utf-8') as f:
            page = f.read()
        self.assertGreater(page.count('<g data-at='), 40)
        self.assertIn('1 line lies far outside of this, at 1970-01-01 00:00', page)

    def test_context_across_chunks(self):
        """The lines around a hit are there wherever the stream is cut for the workers."""
        filler = 'x' * 200
        lines = [f'{n} {filler}' for n in range(30000)]
        for n in range(3, len(lines), 97):
            lines[n] = RCMD
        path = self.log(lines)
        for hit in self.json('scan', '--context', '2', path):
            at = hit['line'] - 1
            self.assertEqual(hit['before'], lines[at - 2:at])
            self.assertEqual(hit['after'], lines[at + 1:at + 3])

    def test_groups(self):
        path = self.day()
        heads = {'article': ['Q-no-route-to-host', 'Q221951'], 'host': ['nas1', 'SITE1', 'SITE2'],
                 'hour': ['2001-03-12 06:00', '2001-03-12 07:00', '2001-03-12 09:00']}
        for by, want in heads.items():
            out = self.kbt('scan', '--by', by, path).out
            self.assertEqual([x.split('  ')[0] for x in re.findall(r'(?m)^(\S.*?)$', out)][:-1], want)
            self.assertIn(f'{len(want)} {by}s, 8 of 14 lines in 1 file', out)
        out = self.kbt('scan', '--by', 'host', '--top', '1', path).out
        self.assertIn('and 2 more hosts; --top 3 shows them all', out)
        self.refused('scan', '--by', 'colour', path, names=('--by', 'colour'))
        self.refused('scan', '--top', '0', path, names='--top')
        self.refused('scan', '--context', '99', path, names='--context')

    def test_hours_and_edges_are_those_that_the_log_speaks_of(self):
        line = '2001-03-12T{:02}:{:02}:00+05:30 ' + RCMD
        path = self.log([line.format(0, 10), line.format(0, 50), line.format(3, 5)])
        out = self.kbt('scan', '--by', 'hour', path).out
        self.assertIn('2001-03-12 00:00  2 hits', out)
        self.assertIn('2001-03-12 03:00  1 hit', out)
        self.assertRegex(self.kbt('scan', path).out, r'3 times in 2 h .*00:10 \S+ .*03:05')

    def test_a_link_is_written_through_also_to_where_nothing_is_yet(self):
        log, there = self.log(['System error 53 has occurred.']), self.path('made/there.html')
        os.mkdir(self.path('made'))
        for name, to in (('made/1.html', 'there.html'), ('2.html', 'made/there.html'), ('3.html', there), ('4.html', '2.html')):
            with self.subTest(link=name, to=to):
                os.symlink(to, self.path(name))
                self.kbt('scan', '--report', self.path(name), log)
                self.assertTrue(os.path.islink(self.path(name)))
                with open(there, encoding='utf-8') as f:
                    self.assertIn('1 known problem', f.read())
                self.refused('scan', '--report', self.path(name), log, names='exists; --force')
                self.kbt('scan', '--force', '--report', self.path(name), log)
                self.assertTrue(os.path.islink(self.path(name)))
                os.remove(there)
        for name, to, said in (('5.html', 'gone/there.html', 'its folder is not there'), ('6.html', '6.html', 'symbolic links')):
            os.symlink(to, self.path(name))
            self.refused('scan', '--report', self.path(name), log, names=said)
            self.assertTrue(os.path.islink(self.path(name)))

    def test_counts_over_time_only_where_times_are_known(self):
        self.assertRegex(self.kbt('scan', self.day()).out, '4 times in 3 h  06:13 [▁-█·]+ 09:56')
        out = self.kbt('scan', self.log([RCMD] * 5)).out
        self.assertIn('5 times\n', out)
        self.assertNotRegex(out, '[▁-█]')

    def test_a_line_that_would_move_the_cursor(self):
        out = self.kbt('scan', self.log(['\x1b[2J\x07 before', RCMD, 'behind\t\x9b31m'])).out
        self.assertIn('\\x1b[2J\\x07 before', out)
        self.assertNotIn('\x1b', out)

    def test_width(self):
        path = self.log(['y' * 5000, SMS.format('S' * 15, 6) + ' ' * 3000, 'y' * 5000], 'wide.log')
        out = self.kbt('scan', self.day()).out + self.kbt('scan', path).out
        self.assertIn('SSSSS', out)
        for line in out.splitlines():
            self.assertLessEqual(len(line), 80 + len(self.dir))  # paths are not cut

    def test_progress_on_a_terminal_only(self):
        """Rate and time left on standard error; what is printed is the same."""
        path = self.log([QUIET] * 400000 + [RCMD])
        main, end = pty.openpty()
        said = b''

        def read():
            nonlocal said
            with contextlib.suppress(OSError):  # its end, once nobody has the other side
                while True:
                    said += os.read(main, 1 << 16)
        reader = threading.Thread(target=read)
        reader.start()
        self.addCleanup(os.close, main)
        # a pipe that is read slowly makes the scan last for as long as the rate needs
        p = subprocess.Popen([KBT, 'scan', '--db', self.db, '-'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=end)
        with open(path, 'rb') as f:
            for _ in range(8):
                p.stdin.write(f.read(2 << 20))
                p.stdin.flush()
                time.sleep(.12)
            p.stdin.write(f.read())
        out = p.communicate(timeout=LIMIT_S)[0].decode()
        os.write(end, b'THE END')  # closed before all was read it could lose some
        self.assertTrue(until(lambda: b'THE END' in said))
        os.close(end)
        reader.join()
        said = said.decode()
        self.assertRegex(said, r'scanning: \d+ MB')
        self.assertRegex(said, r'scanning: \d+ MB, \d+ MB/s')
        self.assertIn('Q150536', out)
        self.assertNotIn('scanning', out)
        self.assertEqual(self.kbt('scan', path).err, '')

    def test_an_interrupted_scan_says_what_it_found_so_far(self):
        p = subprocess.Popen([KBT, 'scan', '--db', self.db, '--report', self.path('r.html'), '-'], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        p.stdin.write(((QUIET + '\n') * 30 + RCMD + '\n').encode() * 4000)
        p.stdin.flush()
        self.assertTrue(rests(p.pid))
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=LIMIT_S)
        self.assertEqual((p.returncode, err), (INTERRUPTED, b''))
        self.assertIn('Q150536', out.decode())
        self.assertRegex(out.decode().splitlines()[-1], r'^so far: 1 incident, \d+ of \d+ lines in 1 file$')
        self.assertFalse(os.path.exists(self.path('r.html')))

    # ---- what no article explains ----

    UNKNOWN = [f'Mar 12 10:00:0{n} db7 postgres[{n}]: ERROR: deadlock on relation {n * 77} by user u{n}'
               for n in range(9)]

    def test_unknown_errors(self):
        path = self.log([QUIET, *self.UNKNOWN, RCMD, 'Mar 12 10:00:00 db7 app: 0 errors', 'tape 7: read failed'])
        plain = self.kbt('scan', path).out
        self.assertNotIn('deadlock on relation <*>', plain)
        out = self.kbt('scan', '--unknown', path).out
        self.assertRegex(out, r'(?m)^  9  ERROR: deadlock on relation <\*> by user <\*>\n +.*a\.log:2$')
        self.assertRegex(out, r'(?m)^  1  tape <\*>: read failed$')
        self.assertNotIn('connect to <*>', out)  # a hit is known
        objects = self.json('scan', '--unknown', path)
        self.assertEqual([x.get('id') for x in objects], ['Q150536', None, None])
        first = objects[1]
        self.assertEqual((first['unknown'], first['count'], first['line']), (True, 9, 2))
        self.assertEqual(first['text'], self.UNKNOWN[0])
        self.assertEqual(first['template'], 'ERROR: deadlock on relation <*> by user <*>')
        self.assertIn('deadlock', self.report('--unknown', path))

    def test_unknown_errors_are_counted_once_however_the_stream_is_cut(self):
        lines = (self.UNKNOWN + ['x' * 300, RCMD]) * 2000
        path = self.log(lines)
        for threads in ('1', '3'):
            last = self.json('scan', '--unknown', '--threads', threads, path)[-1]
            self.assertEqual(last['count'], 9 * 2000)

    def test_real_logs_fold(self):
        """Thousands of real lines of 16 systems become a list that a person can read."""
        data = subprocess.run(['zstd', '-dcq', shared('logs/loghub-2k.tar.zst')], stdout=subprocess.PIPE, check=True).stdout
        found = self.json('scan', '--unknown', self.write('hub.tar', data), code=NONE)
        counts = [x['count'] for x in found]
        self.assertEqual(counts, sorted(counts, reverse=True))
        self.assertGreater(sum(counts), 5000)
        self.assertLess(len(counts), 450)
        self.assertGreater(sum(counts[:50]), .75 * sum(counts))
        templates = {x['template'] for x in found}
        self.assertIn('Failed password for <*> from <*> port <*> <*>', templates)
        self.assertIn('RAS KERNEL INFO instruction cache parity error corrected', templates)

    def test_only_unknown_errors_are_no_find(self):
        self.kbt('scan', '--unknown', self.log(self.UNKNOWN), code=NONE)

    # ---- what lines tell over time ----

    DONE = '~Sending completed [D:\\A.PKG]  $$<SMS_LAN_SENDER><Mon Mar 12 {:02}:58:00 2001><thread=8973 (0x230D)>'

    def stories(self, *events):
        """By server the story that a log tells: of failures (F, G of another server) and successes (S), one an hour."""
        lines = []
        for hour, event in enumerate(events):
            lines += ['x' * 150] * 300  # 45 KB: a few megabytes of these cross the edges of chunks
            lines.append({'F': SMS.format('SITE1', hour), 'G': SMS.format('SITE2', hour),
                          'S': self.DONE.format(hour)}[event])
        self.path_of_log = self.log(lines)
        return {x['captures']['server']: x['story'] for x in self.json('scan', '--incidents', self.path_of_log)
                if 'story' in x}

    def test_incidents_as_json(self):
        path = self.day()
        objects = self.json('scan', '--incidents', path)
        hits = [x for x in objects if 'incident' not in x]
        self.assertEqual(hits, self.json('scan', path))  # nothing else but hits, unless asked for
        first = objects[len(hits)]
        self.assertEqual((first['id'], first['count'], first['captures']['server']), ('Q-no-route-to-host', 4, 'nas1'))
        self.assertEqual((first['first']['line'], first['last']['line']), (4, 14))
        self.assertEqual(len(objects) - len(hits), 3)

    def test_failures_between_successes_are_another_story_than_failures_only(self):
        self.assertEqual(self.stories(*'SFSFFS'), {'SITE1': 'timing'})
        self.assertEqual(self.stories(*'FFF'), {'SITE1': 'down'})
        self.assertEqual(self.stories(*'SSFFF'), {'SITE1': 'down'})
        self.assertEqual(self.stories(*'FFFS'), {'SITE1': 'came-up'})
        self.assertEqual(self.stories(*'FF'), {})
        self.assertEqual(self.stories(*'FGGSFG'), {'SITE1': 'timing', 'SITE2': 'timing'})
        self.assertEqual(self.stories(*'FSFGGG'), {'SITE1': 'timing', 'SITE2': 'down'})

    def test_the_same_story_wherever_the_stream_is_cut(self):
        self.assertEqual(self.stories(*('FS' + 'F' * 20)), {'SITE1': 'timing'})
        out = self.kbt('scan', '--threads', '1', self.path_of_log).out
        self.assertEqual(out, self.kbt('scan', '--threads', '7', self.path_of_log).out)
        self.assertIn('means  Failures with successes between them', out)

    def test_the_story_is_on_the_page(self):
        self.stories(*'FFFGSG')
        text = self.report('--redact', self.path_of_log)
        self.assertIn('class="story"', text)
        self.stories(*'FGSFG')
        same = self.report('--force', self.path_of_log)
        self.assertEqual(same.count('class="story"'), 1)  # of both servers
        self.assertIn('Failures with successes between them', text)

    def test_an_article_with_stories_comes_and_goes(self):
        """By imports of single articles, which change the compiled rules in place."""
        self.db = self.path('own.db')
        with open(os.path.join(ROOT, 'kb/articles/Q221951.md'), encoding='utf-8') as f:
            text = f.read()
        plain = re.sub(r'(?ms)^marks:.*?^(?=samples:)', '', text)
        for article, want in ((plain, {}), (text, {'SITE1': 'down'}), (plain, {}), (text, {'SITE1': 'down'})):
            self.kbt('import', self.write('kb2/articles/Q221951.md', article))
            self.assertEqual(self.stories(*'FFF'), want)
        self.kbt('remove', 'Q221951')
        self.kbt('scan', self.path_of_log, code=NONE)

    def test_a_story_goes_on_in_rotated_logs(self):
        def log(name, *events):
            return self.log([{'F': SMS.format('SITE1', hour), 'G': SMS.format('SITE2', hour),
                              'S': self.DONE.format(hour)}[event] for event, hour in events], name)
        for older, newer in (('Sender.lo_', 'Sender.log'), ('Sender.log.1', 'Sender.log')):
            for events, want in ((('F8', 'F9', 'S10', 'F11'), 'timing'), (('S8', 'F9', 'F10', 'F11'), 'down'),
                                 (('F8', 'F9', 'S10', 'S11'), 'came-up')):
                events = [(e[0], int(e[1:])) for e in events]
                for cut in (1, 2, 3):
                    paths = [log(older, *events[:cut]), log(newer, *events[cut:])]
                    for order in (paths, paths[::-1]):
                        got = {x.get('story') for x in self.json('scan', '--incidents', *order) if 'incident' in x}
                        self.assertEqual(got, {want}, (older, events, cut, order))
            os.remove(paths[0])
        apart = [log('a.log', ('F', 8), ('F', 11)), log('b.log', ('S', 9))]  # of another log
        self.assertEqual([x.get('story') for x in self.json('scan', '--incidents', *apart) if 'incident' in x], [None])

    def test_sends_to_another_site_tell_nothing(self):
        def line(text, minute, thread):
            return f'~{text}  $$<SMS_SNA_RAS_SENDER><Mon Mar 12 10:{minute:02}:00 2001><thread={thread} (0x{thread:X})>'

        def sent(to, minute, thread):
            return [line(rf'Wrote 65523 bytes to \\{to}\SMS_SITE\1_06X.PCK at position 0', minute, thread),
                    line('Found send request. ID: 1_06X, Dest Site: MS1', minute, 110),
                    line(r'Sending completed [D:\SMS\inboxes\schedule.box\tosend\1_06X.PCK]', minute, thread)]

        def failed(minute, thread):
            return [line(r'Error during WNetAddConnection2 to \\SITE1\SMS_SITE (53)', minute, thread)]

        for to, want in (('SITE2', 'path is down'), ('SITE1', 'matter of timing')):
            log = failed(1, 201) + sent(to, 5, 214) + failed(9, 227) + sent(to, 12, 240) + failed(15, 253)
            self.assertIn(want, self.kbt('scan', self.log(log, 'Sender.log')).out.replace('\n         ', ' '))

    # ---- what scans find, kept as counts ----

    def test_counts_are_recorded(self):
        self.db = self.path('own.db')
        shutil.copyfile(self.kb, self.db)
        self.assertEqual(self.json('stats')[0]['seen'], [])
        first = self.log([f'2001-03-{d}T10:00:00Z {RCMD}' for d in (11, 12, 12)])
        for args in ((), ('--json',), ('--report', self.path('r.html'))):
            self.kbt('scan', '--record', *args, first)
        self.kbt('scan', first)  # not asked for
        cursor = self.path('cursor')
        sender = self.log([SMS.format('SITE1', 10)] * 3, 'Sender.log')
        for code in (FOUND, NONE):  # each line once
            self.kbt('scan', '--record', '--cursor', cursor, sender, code=code)
        seen = {s['id']: s for s in self.json('stats')[0]['seen']}
        self.assertEqual({k: seen['Q150536'][k] for k in ('lines', 'first', 'last')},
                         {'lines': 9, 'first': '2001-03-11', 'last': '2001-03-12'})
        self.assertEqual(seen['Q221951']['lines'], 3)
        self.assertRegex(self.kbt('stats', '-n', '1').out, r'found by .*\n +9  2001-03-12  Q150536  RCMD fails')
        with open(self.db + '.seen', 'rb') as f:
            self.assertNotIn(b'HQ-SRV2', f.read())
        self.kbt('import', os.path.join(ROOT, 'kb'), '--replace')  # an import does not touch it
        self.assertEqual(len(self.json('stats')[0]['seen']), len(seen))
        self.write('own.db.seen', 'my notes, which are long enough to be none of ours')
        self.refused('scan', '--record', first, names='own.db.seen')

    def test_beside_what_is_no_knowledge_base_nothing_is_counted(self):
        log = self.log([RCMD])
        self.write('text.db', 'my notes, which are long enough to be none of ours')
        self.write('empty.db', '')
        os.mkdir(self.path('folder'))
        before = sorted(os.listdir(self.dir))
        for name in ('text.db', 'empty.db', 'folder', 'none.db'):
            for more in ((), ('--cursor', self.path('cursor'))):
                p = self.kbt('scan', '--record', *more, '--db', self.path(name), log, code=DAMAGED)
                self.assertEqual(p.err.count('\n'), 1, p.err)
        self.assertEqual(sorted(os.listdir(self.dir)), before)

    def test_to_standard_output(self):
        log = self.day()
        page = self.report('--unknown', log)
        out = self.kbt('scan', '--unknown', '--report', '-', log).out
        self.assertEqual(out, page)
        for more in ('--json', '--follow'):
            p = self.kbt('scan', more, '--report', '-', log, code=USAGE)
            self.assertIn('name a file', p.err)
            self.assertEqual(p.out, '')
        self.assertFalse(os.path.exists('-'))

    # ---- redaction ----

    NAMES = ['filesrv', 'nas1', 'web1', 'alice', '10.53.0.10', 'hunter2']

    def private(self):
        return self.log([r'Failed to connect to <\\FILESRV>, Error = 53', 'FILESRV is slow today, says nas1',
                         'Mar 12 10:00:01 web1 backup[3]: ssh: connect to host nas1 port 22: No route to host',
                         'Mar 12 10:00:02 web1 app: login failed user=alice password=hunter2 from 10.53.0.10',
                         'Mar 12 10:00:03 web1 app: Alice failed again, hunter2'], 'web1.log')

    def test_redacted_output_names_nobody(self):
        path = self.private()
        report = ('--report', self.path('r.html'), '--force')
        for args in ((), ('--json', '--context', '2'), ('--by', 'host'), ('--by', 'article'), ('--by', 'hour')):
            out = self.kbt('scan', '--redact', '--unknown', *report, *args, path).out
            with open(self.path('r.html'), encoding='utf-8') as f:
                page = f.read()
            for text in (out, page):
                for name in self.NAMES:
                    self.assertNotIn(name, text.lower(), args)
                self.assertIn('HOST-1', text)
            self.assertIn('tokens', page)
        self.assertIn('hunter2', self.kbt('scan', '--unknown', path).out)  # only where it was asked for

    def test_each_kind_that_is_promised_is_a_token_in_all_output(self):
        names = {'HOST': 'filesrv', 'SHARE': 'ledger42', 'USER': 'wilma', 'ADDR': '10.53.0.10', 'SECRET': 'tangerine',
                 'SECRET-card': '4111 1111 1111 1111', 'SECRET-account': 'de89370400440532013000', 'ID': '1234567'}
        path = self.log([r'Failed to connect to <\\FILESRV>, Error = 53',
                         r'ERROR: \\filesrv\Ledger42 denied to CORP\wilma at 10.53.0.10, pwd=tangerine',
                         'ERROR: card 4111 1111 1111 1111 refused, IBAN DE89370400440532013000, phone: +49 30 1234567',
                         'db1.lan:5432:orders:wilma:tangerine'], 'wilma.log')
        report = ('--report', self.path('r.html'), '--force')
        for args in ((), ('--json',), ('--by', 'host'), ('--by', 'hour')):
            out = self.kbt('scan', '--redact', '--unknown', '--context', '4', *report, *args, path).out
            with open(self.path('r.html'), encoding='utf-8') as f:
                page = f.read()
            for text in (out, page):
                for kind, name in names.items():
                    self.assertNotIn(name, text.lower(), args)
            for kind in names:  # the lines around, which the page has always
                self.assertIn(kind.split('-')[0] + '-1', page)
            self.assertIn(r'&lt;\\HOST-1&gt;, Error = 53', re.sub('</?(span|mark)[^>]*>', '', page))
            self.assertIn(r'\\HOST-1\SHARE-1', page)  # the same for the same name, in any case

    def test_names_of_files_are_tokens_on_standard_error_too(self):
        os.makedirs(self.path('home/alice'), exist_ok=True)
        path = self.log(['Mar 12 10:00:01 web1 backup[3]: ssh: connect to host nas1 port 22: No route to host'],
                        'home/alice/nas1.log')
        cut = self.path('home/alice/token=hunter2.gz')
        with open(cut, 'wb') as f:
            f.write(gzip.compress(os.urandom(4000))[:200])
        gone = self.path('home/alice/gone.log')
        for args in ((), ('--json',), ('--cursor', self.path('home/alice/cursor'))):
            p = self.kbt('scan', '--redact', *args, path, cut, gone, code=USAGE)
            self.assertIn('/home/USER-', p.err)
            for name in self.NAMES:
                self.assertNotIn(name, (p.out + p.err).lower(), args)
        self.assertIn(gone, self.kbt('scan', path, gone, code=USAGE).err)  # only where it was asked for
        for wrong in (('--follow', '-', path), ('--report', self.path('home/alice/nas1.log'))):
            self.assertNotIn('alice', self.kbt('scan', '--redact', *wrong, code=USAGE).err)

    def test_names_told_elsewhere_in_the_log(self):
        path = self.log([r'opened \\DEPOTX\data', 'session opened for user wilma by (uid=0)'] + ['quiet'] * 41 +
                        ['ERROR: WILMA lost depotx; token 3f2504e0-4f89-11d3-9a0c-0305e82c3301; pwd="open sesame"',
                         'ERROR: depotx.corp.example.com, wilma@example.org, S-1-5-21-1-2-3-1013, 00-1A-2B-3C-4D-5E',
                         'ERROR: Authorization: Basic d2lsbWFhYWJi and fe80::1ff:fe23:4567:890a',
                         r'Failed to connect to <\\DEPOTX>, Error = 53'])
        out = [self.kbt('scan', '--redact', '--unknown', '--report', self.path('r.html'), *args, path).out
               for args in ((), ('--json', '--context', '3', '--force'))]
        with open(self.path('r.html'), encoding='utf-8') as f:
            out.append(f.read())
        for text in out:
            for name in ('depotx', 'wilma', '3f2504e0', 'sesame', 'example.', '1013', '1a-2b', 'd2lsb', 'fe80'):
                self.assertNotIn(name, text.lower())
            server = re.search(r'(HOST-\d+)(</span>)?(&gt;|>), Error', text).group(1)
            self.assertRegex(text, rf'USER-\d lost {server}; token .*; pwd=(\\?"|&quot;)SECRET-\d+\1')

    def test_what_varies_in_a_template_is_no_name(self):
        path = self.log([f'login failed user=u{n} password=pw{n} from 10.0.0.{n}' for n in range(1, 9)])
        found = self.json('scan', '--redact', '--unknown', path, code=NONE)[0]
        self.assertEqual((found['template'], found['count']), ('login failed user=<*> password=<*> from <*>', 8))
        self.assertRegex(found['text'], r'^login failed user=USER-\d password=SECRET-\d from ADDR-\d$')

    def test_one_name_is_one_token(self):
        out = self.kbt('scan', '--redact', self.private()).out
        token = re.search(r'server = (HOST-\d+)\n', out).group(1)
        self.assertIn(fr'connect to <\\{token}>', out)
        self.assertIn(f'{token} is slow today, says HOST-', out)

    def test_redaction_does_not_change_what_is_found(self):
        path = self.private()
        plain, redacted = self.json('scan', path), self.json('scan', '--redact', path)
        for a, b in zip(plain, redacted, strict=True):
            self.assertEqual({k: a[k] for k in ('line', 'offset', 'id', 'confidence', 'time')},
                             {k: b[k] for k in ('line', 'offset', 'id', 'confidence', 'time')})
            self.assertEqual(list(a['captures']), list(b['captures']))

    # ---- the report ----

    def report(self, *args, code=FOUND, path='out.html'):
        self.kbt('scan', '--report', self.path(path), *args, code=code)
        with open(self.path(path), encoding='utf-8') as f:
            return f.read()

    def test_the_page_stands_alone(self):
        text = self.report(self.day())
        page = Page(text)
        self.assertFalse({'script', 'link', 'img', 'iframe', 'object', 'form'} & page.tags)
        self.assertTrue(all(x.startswith('#') and x[1:] in page.ids for x in page.links), page.links)
        self.assertNotRegex(text, r'url\(|@import|https?:|\bon\w+=')
        shown = ' '.join(page.text)
        for word in ('2 known problems', 'Q221951', 'SITE1', 'SITE2', 'nas1', 'a.log', 'Why it happens', 'RASDIAL',
                     'all is well'):
            self.assertIn(word, shown)
        self.assertIn('<svg', text)
        self.assertIn('prefers-color-scheme: dark', text)

    def test_hostile_lines_stay_text(self):
        evil = '<script>alert(1)</script><img src=x onerror=alert(1)>" \' &lt; \x1b[31m \u202e'
        name = '<b>x</b>.log'
        text = self.report(self.log([evil, RCMD, evil], name))
        page = Page(text)
        self.assertFalse({'script', 'img'} & page.tags)
        self.assertIn('<b>x</b>.log', ' '.join(page.text))
        self.assertIn('alert(1)', ' '.join(page.text))
        self.assertNotRegex(text, '[\x00-\x08\x0b-\x1f\u202e]')

    def test_what_to_do_has_the_values_that_all_lines_share(self):
        one, other = ('Failed to connect to <{}>, Error = 3'.format(name) for name in ('HQ-SRV7', 'HQ-SRV8'))
        self.assertIn(r'rcmd \\HQ-SRV7 followed', self.report(self.log([one, one]), path='one.html'))
        self.assertIn('rcmd \\\\HOST-1 followed', self.report('--redact', self.log([one, one]), path='redacted.html'))
        self.assertIn(r'rcmd \\{server} followed', self.report(self.log([one, other]), path='two.html'))

    def test_nothing_found_is_a_report_too(self):
        self.assertIn('No known problem', self.report(self.log([QUIET]), code=NONE))

    def test_with_json(self):
        path = self.day()
        hits = self.json('scan', path)
        self.assertEqual(self.json('scan', '--report', self.path('j.html'), path), hits)
        self.assertTrue(os.path.exists(self.path('j.html')))

    def test_top_limits_it(self):
        page = Page(self.report('--top', '1', self.day()))
        self.assertEqual(page.ids, ['i1'])
        self.assertIn('1 more, less frequent', ' '.join(page.text))

    def test_what_is_there_is_not_written_over(self):
        path, log = self.write('out.html', 'mine'), self.day()
        self.refused('scan', '--report', path, log, names=('out.html', '--force'))
        with open(path) as f:
            self.assertEqual(f.read(), 'mine')
        os.chmod(path, 0o640)
        self.kbt('scan', '--force', '--report', path, log)
        with open(path) as f:
            self.assertIn('known problems', f.read())
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o640)

    def test_through_a_link(self):
        path = self.write('real.html', 'mine')
        os.symlink(path, self.path('link.html'))
        self.kbt('scan', '--force', '--report', self.path('link.html'), self.day())
        self.assertTrue(os.path.islink(self.path('link.html')))
        self.assertGreater(os.path.getsize(path), 100)

    def test_places_that_cannot_be_written(self):
        log = self.day()
        self.refused('scan', '--report', self.path('none/out.html'), log, names='out.html')
        self.refused('scan', '--force', '--report', self.dir, log, names=self.dir)
        self.refused('scan', '--force', '--report', '/dev/full', log, names='/dev/full')
        self.assertTrue(stat.S_ISCHR(os.stat('/dev/full').st_mode))

    def check_full(self, folder, **kw):
        before = sorted(os.listdir(folder))
        p = self.kbt('scan', '--report', os.path.join(folder, 'out.html'), self.day(), code=USAGE, **kw)
        self.assertRegex(p.err, r'(?m)^kbt: .*out\.html is not written: \w')
        self.assertEqual(sorted(os.listdir(folder)), before)
        self.assertIn('Q221951', p.out)  # what was found is said all the same

    def test_a_file_that_may_not_grow(self):
        os.mkdir(self.path('place'))
        self.check_full(self.path('place'),
                        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)))

    def test_a_full_disk(self):
        needs_root()
        disk = self.path('disk')
        os.mkdir(disk)
        mount = ['mount', '-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', disk]
        if subprocess.run(mount, stderr=subprocess.DEVNULL).returncode:
            self.skipTest('mounting a tmpfs is not allowed here')
        self.addCleanup(subprocess.run, ['umount', disk])
        self.check_full(disk)


if __name__ == '__main__':
    unittest.main()
