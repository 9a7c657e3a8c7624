# SPDX-License-Identifier: MIT
"""kbt scan --since and --until: by the stamps of the usual logs, in this machine's zone where they name none."""
import datetime
import html
import json
import os
import tarfile
import unittest

from kbt import FOUND, NONE, SharedKbTest, rcmd


class ScanTime(SharedKbTest):
    def setUp(self):
        super().setUp()
        self.zone = {'TZ': 'CET-1CEST,M3.5.0,M10.5.0/3'}

    def names(self, path, *args, code=FOUND):
        p = self.kbt('scan', '--json', path, *args, code=code, env=self.zone)
        return [h['captures']['server'] for h in map(json.loads, p.out.splitlines()) if h['id'] == 'Q150536']

    def test_when_clocks_are_put(self):
        """A time that was not is when they were put forward; one that was twice is the first, of lines and of spans."""
        stamps = ['2021-03-28 01:59:59', '2021-03-28 03:00:01', '2021-10-31 02:30:00', '2021-10-31 03:00:00']
        path = self.write('put.log', ''.join(f'{s} w backup[3]: ssh: connect to host nas1 port 22: No route to host\n'
                                             for s in stamps))
        for option, time, want in (('--since', '2021-03-28 02:30', stamps[1:]), ('--until', '2021-03-28 02:30', stamps[:1]),
                                   ('--since', '2021-10-31 02:30', stamps[2:]), ('--until', '2021-10-31 02:30', stamps[:3]),
                                   ('--since', '2021-10-31 02:31', stamps[3:]), ('--until', '2021-10-31 02:29', stamps[:2]),
                                   ('--since', '2021-03-28 02:30 Europe/Berlin', stamps[1:]),
                                   ('--since', '2021-03-28 01:00 UTC', stamps[1:])):
            hits = self.json('scan', option, time, path, env={'TZ': 'Europe/Berlin'})
            self.assertEqual([h['time'].replace('T', ' ') for h in hits], want, (option, time))

    def test_a_year_that_is_a_guess_is_shown_as_one(self):
        """Where others say theirs or are a year away; else nothing is missing."""
        def log(name, written, *stamps):
            path = self.write(name, ''.join(f'{s} w backup[3]: ssh: connect to host nas1 port 22: No route to host\n'
                                            for s in stamps))
            os.utime(path, (written, written))
            return path
        year = 366 * 86400
        old = log('old.log', 1_000_000_000, 'Mar 12 11:02:41', 'Mar 12 11:03:00')
        new = log('new.log', 1_000_000_000 + year, 'Mar 12 11:02:41')
        said = log('said.log', 1_000_000_000, '2002-03-12 11:02:41')
        out = self.kbt('scan', old, new).out
        self.assertRegex(out, r'2001-03-12\? .* 2002-03-12\?\n  first  Mar 12 11:02:41 \(2001\?\)  .*old.log:1\n'
                              r'  last   Mar 12 11:02:41 \(2002\?\)  .*new.log:1\n')
        self.assertRegex(self.kbt('scan', '--by', 'hour', old, new).out,
                         r'(?s)^Mar 12 11:00 \(2001\?\)  2 hits.*\nMar 12 11:00 \(2002\?\)  1 hit\n')
        self.assertRegex(self.kbt('scan', old, said).out,
                         r'2001-03-12\? .* 2002-03-12\n  first .* \(2001\?\)  .*\n  last   2002-03-12 11:02:41  ')
        self.kbt('scan', '--report', self.path('r.html'), old, new)
        with open(self.path('r.html')) as f:
            self.assertIn('Mar 12 11:02:41 (2001?)', f.read())
        for args in ((), ('--by', 'hour')):
            self.assertNotIn('?', self.kbt('scan', *args, old).out)

    def test_records_over_lines(self):
        """What a record says of its time on a line of its own is that of its message."""
        records = {  # the record before its message, in this machine's zone or in one that it names
            'errpt': ('LABEL:          X\nDate/Time:       Mon Nov 12 10:56:20 CET 2001\nNode Id:         ws7\n\nDescription\n', ''),
            'db2diag': ('2001-11-12-10.56.20.113456+060 I212E1234           LEVEL: Error\nPID     : 212\nHOSTNAME: ws7\nMESSAGE : ', ''),
            'export': ('__CURSOR=s=1f\n__REALTIME_TIMESTAMP=1005558980113456\n_HOSTNAME=ws7\nMESSAGE=', '\n'),
            'XML': ("<Event>\n  <System>\n    <TimeCreated SystemTime='2001-11-12T09:56:20.113Z'/>\n  </System>\n  <EventData>\n    <Data>",
                    '</Data>\n  </EventData>\n</Event>'),
            'setupapi': ('>>>  [Install]\n>>>  Section start 2001/11/12 10:56:20.113\n!!!  dvi: ', '\n<<<  Section end 2001/11/12 10:57:00.000'),
            'audit': ('type=USER_ERR msg=audit(1005558980.113:42): pid=212 uid=0\n', ''),
            'alert': ('2001-11-12T10:56:20.113+01:00\n', ''),
            'alert of old': ('Mon Nov 12 10:56:20 2001\n', ''),
        }
        for name, (before, behind) in records.items():
            path = self.write('records.log', '2001-11-12 10:55:00 started\n' + before + html.escape(rcmd('NAS1')) + behind + '\n')
            with self.subTest(record=name):
                self.assertEqual(self.names(path, '--since', '2001-11-12 10:56:20', '--until', '2001-11-12 10:56:21'), ['NAS1'])
                self.assertEqual(self.names(path, '--until', '2001-11-12 10:56:19', code=NONE), [])

    def test_a_line_of_a_date_alone_is_no_midnight(self):
        for line in ('2001-12-10', '10.12.2001', 'Date: 10.12.2001'):
            path = self.write('dates.log', f'2001-11-12 10:55:00 started\n{line}\n{rcmd("NAS1")}\n')
            with self.subTest(line=line):
                hit = json.loads(self.kbt('scan', '--json', path).out.splitlines()[0])
                self.assertEqual(hit['time'], '2001-11-12T10:55:00')

    def test_a_number_that_would_be_later_than_its_file_is_no_time(self):
        """"[1800555123] text" counts something, where the log was written before those seconds."""
        path = self.write('n.log', f'2024-03-12 10:00:00 start\n[1800555123] {rcmd("A")}\n[1710241002] {rcmd("B")}\n')
        for written, want in ((1_720_000_000, ['2024-03-12T10:00:00', '2024-03-12T10:56:42Z']),
                              (1_810_000_000, ['2027-01-21T18:12:03Z', '2024-03-12T10:56:42Z'])):
            os.utime(path, (written, written))
            self.assertEqual([h['time'] for h in self.json('scan', path) if h['id'] == 'Q150536'], want)
        os.utime(path, (1_720_000_000, 1_720_000_000))
        self.assertEqual(self.names(path, '--until', '2024-03-12 10:30 UTC'), ['A'])

    def test_both_ends_count(self):
        path = self.write('a.log', ''.join(f'2001-03-12 10:5{n}:00 {rcmd(f"N{n}")}\n' for n in range(6)))
        self.assertEqual(self.names(path, '--since', '2001-03-12 10:52'), ['N2', 'N3', 'N4', 'N5'])
        self.assertEqual(self.names(path, '--until', '2001-03-12 10:52'), ['N0', 'N1', 'N2'])
        self.assertEqual(self.names(path, '-S', '2001-03-12 10:51', '-U', '2001-03-12 10:52:59'), ['N1', 'N2'])
        self.assertEqual(self.names(path, '--since', '2001-03-12 09:54 UTC'), ['N4', 'N5'])
        self.assertEqual(self.names(path, '--since', '2001-03-13', code=NONE), [])
        self.assertIn('1 incident, 1 of 6 lines', self.kbt('scan', path, '-S', '2001-03-12 10:55', env=self.zone).out)

    def test_stamps_of_the_usual_logs(self):
        stamped = ['2001-03-12T10:{m}:20.5 {t}', '2001-03-12T09:{m}:20Z {t}', '[2001-03-12 10:{m}:20,123] {t}',
                   '~{t}  $$<SMS_SENDER><Mon Mar 12 10:{m}:20 2001><thread=8973 (0x230D)>',
                   '<![LOG[{t}]LOG]!><time="10:{m}:20.123-060" date="03-12-2001" component="X" context="" type="3" '
                   'thread="12" file="y.cpp">',
                   '"Error","03/12/01","10:{m}:20","Application","None","2276","N/A","host","{t}"',
                   '12.03.2001 10:{m}:20 {t}', '3/12/2001 10:{m}:20 AM {t}',
                   '<13>1 2001-03-12T09:{m}:20.003Z host app - - - {t}']
        for form in stamped:
            with self.subTest(form=form):
                text = ''.join(form.format(m=m, t=rcmd(f'M{m}')) + '\n' for m in (10, 20, 30))
                path = self.write('s.log', text)
                self.assertEqual(self.names(path), ['M10', 'M20', 'M30'])
                self.assertEqual(self.names(path, '-S', '2001-03-12 10:15', '-U', '2001-03-12 10:25'), ['M20'])

    def test_incidents_take_a_stamp_without_a_zone_as_since_does(self):
        path = self.write('a.log', f'2001-03-12T09:50:00Z {rcmd("N")}\n2001-03-12 10:50:30 {rcmd("N")}\n')
        for span in ((), ('-S', '2001-03-12 10:49', '-U', '2001-03-12 10:51')):
            out = self.kbt('scan', path, *span, env=self.zone).out
            self.assertIn('2 times in 30 s', out)
            self.assertRegex(out, r'10:50 .* 10:50\n')

    def test_a_line_without_a_stamp_belongs_to_the_one_before(self):
        filler = 'no stamp in this line, only words that go on and on\n'
        text = (f'2001-03-12 10:00:00 begin\n{rcmd("A")}\n' + filler * 45000 + f'{rcmd("B")}\n'
                f'2001-03-12 11:00:00 on\n{filler}{rcmd("C")}\n' + filler * 40000 + f'{rcmd("D")}\n')
        path = self.write('long.log', text)
        self.assertGreater(len(text), 4 << 20)
        for args, want in ((('-S', '2001-03-12 10:30'), ['C', 'D']), (('-U', '2001-03-12 10:30'), ['A', 'B'])):
            self.assertEqual(self.names(path, *args), want)
            self.assertEqual(self.names(path, *args, '--threads', '1'), want)
        hits = [json.loads(x) for x in self.kbt('scan', '--json', path, '-S', '2001-03-12 10:30').out.splitlines()]
        self.assertEqual({h['time'] for h in hits}, {'2001-03-12T11:00:00'})

    def test_what_has_no_date_is_shown_and_said(self):
        path = self.write('plain.log', rcmd('A') + '\n10:56:20 ' + rcmd('B') + '\n')
        other = self.write('dated.log', '2001-03-12 10:00:00 ' + rcmd('C') + '\n')
        p = self.kbt('scan', '--json', path, other, '--since', 'today')
        self.assertEqual({json.loads(x)['captures']['server'] for x in p.out.splitlines()}, {'A', 'B'})
        self.assertIn('2 hits without a date', p.err)

    def test_now_and_before(self):
        now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=3)))
        text = ''
        for name, hours in (('OLD', 50), ('DAY', 26), ('RECENT', 2), ('NOW', 0)):
            at = now - datetime.timedelta(hours=hours)
            text += at.strftime('%b %e %H:%M:%S') + f' host app[1]: {rcmd(name)}\n'
        path = self.write('syslog', text)
        self.zone = {'TZ': 'XYZ-3'}  # without a summer time: a day ago was 24 hours ago
        self.assertEqual(self.names(path, '--since', '3 hours ago'), ['RECENT', 'NOW'])
        self.assertEqual(self.names(path, '--since', '-2days', '--until', '-1h'), ['DAY', 'RECENT'])
        self.assertEqual(self.names(path, '--until', '-49h'), ['OLD'])
        yesterday = self.names(path, '--since', 'yesterday', '--until', 'now')
        self.assertEqual(yesterday[-1], 'NOW')
        self.assertNotIn('OLD', yesterday)

    def test_a_year_that_is_missing_goes_by_the_file(self):
        text = (f'Dec 30 10:00:00 host app[1]: {rcmd("OLD")}\nDec 31 10:00:00 host app[1]: {rcmd("EVE")}\n'
                f'Jan  2 10:00:00 host app[1]: {rcmd("NEW")}\n')
        path = self.write('syslog.1', text)
        written = datetime.datetime(1998, 1, 3, 12).timestamp()
        os.utime(path, (written, written))
        packed = self.path('syslog.2.tar.gz')
        with tarfile.open(packed, 'w:gz') as tar:
            tar.add(path, 'syslog.2')
        for log in (path, packed):
            self.assertEqual(self.names(log, '--since', '1997-12-31', '--until', '1998-01-04'), ['EVE', 'NEW'])
            self.assertEqual(self.names(log, '--until', '1997-12-31'), ['OLD'])
        out = self.kbt('scan', '--by', 'hour', path).out
        self.assertEqual([x for x in out.splitlines() if x.startswith(('Dec', 'Jan'))],
                         ['Dec 30 10:00  1 hit', 'Dec 31 10:00  1 hit', 'Jan  2 10:00  1 hit'])

    def test_unknown_lines_and_following_too(self):
        path = self.write('u.log', '2001-03-12 10:00:00 frob: failed to grok the early widget\n'
                          '2001-03-12 12:00:00 frob: failed to grok the late widget\n')
        out = self.kbt('scan', '--unknown', '--since', '2001-03-12 11:00', path, code=NONE).out
        self.assertIn('late', out)
        self.assertNotIn('early', out)
        cursor = self.path('cursor')
        path = self.write('f.log', f'2001-03-12 10:00:00 {rcmd("EARLY")}\n2001-03-12 12:00:00 {rcmd("LATE")}\n')
        self.assertEqual(self.names(path, '--cursor', cursor, '--since', '2001-03-12 11:00'), ['LATE'])
        with open(path, 'a', encoding='ascii') as f:
            f.write(rcmd('MORE') + '\n')
        self.assertEqual(self.names(path, '--cursor', cursor, '--since', '2001-03-12 11:00'), ['MORE'])

    def test_refusals(self):
        path = self.write('a.log', 'x\n')
        for text in ('soon', '', '2001-13-01', 'last week', '25:00'):
            self.refused('scan', '--since', text, path, names='--since')
        self.refused('scan', '--since', 'today', '--until', 'yesterday', path, names='later')


if __name__ == '__main__':
    unittest.main()
