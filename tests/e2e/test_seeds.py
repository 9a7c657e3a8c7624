# SPDX-License-Identifier: MIT
"""The two founding articles, as people's messages reach them: over kb/ alone, and over the whole archive with kb/."""
import json
import os
import subprocess
import unittest

from kbt import FOUND, KBT, NONE, ROOT, SharedKbTest, UNDECIDED, archive_kb

RCMD = [  # (message, what server is bound to)
    (r'Failed to connect to <\\FILESRV>, Error = 53', 'FILESRV'),
    (r'Failed to connect to <\\HQ-SRV2>, Error = 53', 'HQ-SRV2'),
    (r'failed to connect to <\\hq-srv2>, error = 53', 'hq-srv2'),
    (r'2001-03-12 10:56:20.113 [0x1a4] ERROR rcmd: Failed to connect to <\\HQ-SRV2>, Error = 53', 'HQ-SRV2'),
    (r'Mar 12 10:56:20 ws7 rcmd[212]: Failed to connect to <\\HQ-SRV2>, Error = 53', 'HQ-SRV2'),
    (r'~Failed to connect to <\\HQ-SRV2>, Error = 53  $$<SMS_LAN_SENDER><Tue Mar 12 10:56:20 2001>'
     r'<thread=8973 (0x230D)>', 'HQ-SRV2'),
    ('Failed to connect to\n   <\\\\HQ-SRV2>, Error = 53', 'HQ-SRV2'),
    ('> Failed to connect\n> to <\\\\HQ-SRV2>, Error = 53', 'HQ-SRV2'),
    (r'Since this morning one of our machines says Failed to connect to <\\HQ-SRV2>, Error = 53 when I use rcmd, '
     r'what can I do?', 'HQ-SRV2'),
    ('hi, we get “Failed to connect to <\\\\HQ-SRV2>, Error = 53” and a reboot did not help', 'HQ-SRV2'),
    (r'Failed to connect to \\HQ-SRV2, Error = 53', 'HQ-SRV2'),
    (r'Failed to connect to HQ-SRV2, Error = 53', 'HQ-SRV2'),
    (r'Failed to connect to &lt;\\HQ-SRV2&gt;, Error = 53', 'HQ-SRV2'),
    (r'Failed to connect to <\HQ-SRV2>, Error = 53', 'HQ-SRV2'),
    (r'Failed to connect to <\\\\HQ-SRV2>, Error = 53', 'HQ-SRV2'),
    ('Failed to connect to \u2018\\\\HQ-SRV2\u2019, Error = 53', 'HQ-SRV2'),
    ('Failed\u00a0to connect to <\\\\HQ-SRV2>, Error\u00a0= 53', 'HQ-SRV2'),
    ('\x1b[31mFailed to connect to <\\\\HQ-SRV2>, Error = 53\x1b[0m', 'HQ-SRV2'),
    (r'Failed to connect to &amp;lt;\\HQ-SRV2&amp;gt;, Error = 53', 'HQ-SRV2'),
    (r'Failed to connect to <//HQ-SRV2>, Error = 53', 'HQ-SRV2'),
    (r'{"level":"error","msg":"Failed to connect to <\\\\HQ-SRV2>, Error = 53"}', 'HQ-SRV2'),
    (r'<![LOG[Failed to connect to <\\HQ-SRV2>, Error = 53]LOG]!><time="10:56:20.000+000" date="03-12-2001" '
     r'component="rcmd" context="" type="3" thread="8973" file="rcmd.cpp:1">', 'HQ-SRV2'),
    (r'Failed to connect to <\\1326>, Error = 53', '1326'),
    (r'Failed to connect to <\\servername>, Error = 53', None),
    (r'Failed to connect to <\\%SERVER%>, Error = 53', None),
]

SENDER = [  # (message, server, share)
    ('Error during WNetAddConnection2 (53)', None, None),
    ('error during wnetaddconnection2 (53)', None, None),
    ('~Error during WNetAddConnection2 (53)  $$<SMS_LAN_SENDER><Tue Mar 12 10:56:20 2001><thread=8973 (0x230D)>',
     None, None),
    ('2001-03-12 10:56:20 SMS_RAS_SENDER Error during WNetAddConnection2 (53)', None, None),
    ('Error during\n  WNetAddConnection2 (53)', None, None),
    ('ERROR DURING WNETADDCONNECTION2 (53).', None, None),
    ('Error during WNetAddConnection2(53)', None, None),
    ('SMS: RAS Sender SNA Link: Error 53 During WNetAddDConnection2 ()', None, None),
    ('Error 53 During WNetAddDConnection2 ()', None, None),
    (r'Error during WNetAddConnection2 to \\SITE1\SMS_SITE(53)', 'SITE1', 'SMS_SITE'),
    ('Our sender log has the line Error during WNetAddConnection2 (53) every night, any idea?', None, None),
    (r'Error during WNetAddConnection2 to \\SITE1\SMS_SITE (53)', 'SITE1', 'SMS_SITE'),
    (r'~Error during WNetAddConnection2 to \\SITE1\SMS_SITE (53)  $$<SMS_LAN_SENDER><Tue Mar 12 10:56:20 2001>'
     r'<thread=8973 (0x230D)>', 'SITE1', 'SMS_SITE'),
    (r'error during wnetaddconnection2 to \\site1\sms_site (53)', 'site1', 'sms_site'),
    (r'Error during WNetAddConnection2 to \\\\SITE1\\SMS_SITE (53)', 'SITE1', 'SMS_SITE'),
]

SIBLINGS = [(r'Failed to connect to <\\HQ-SRV2>, Error = 3', 'Q134964'),
            (r'Failed to connect to <\\HQ-SRV2>, Error = 1326', 'Q151362')]

# Messages that name nothing but the code or its words: any article of the family may come first.
GENERIC = ['System error 53 has occurred', 'System error 53 has occurred.', 'The network path was not found.',
           'System error 53 has occurred.\n\nThe network path was not found.', '0x80070035', '-2147024843',
           'Error 0x80070035: The network path was not found.', 'net use fails with error 53']

VISUAL_BASIC = ["Run-time error '53': File not found", "Run-time error '53':\n\nFile not found", "Run-time error '53'",
                "Run-time error '53': File not found: COGS32.DLL", 'run-time error 53', 'Error 53 File not found']


def ids_of_kb():
    return {f.split('.')[0] for f in os.listdir(os.path.join(ROOT, 'kb/articles'))}


def quotes_53(db, ident):
    """Whether an article is of the error-53 family: it names the code or its words, and is not about Visual Basic."""
    run = subprocess.run([KBT, 'show', '--db', db, ident], stdout=subprocess.PIPE)
    text = ' '.join(run.stdout.decode().lower().split())
    return any(x in text for x in ('error 53', 'error = 53', '(53)', 'network path was not found', '0x80070035'))


class Seeds:
    """The cases; each subclass says over which knowledge base."""
    maxDiff = None

    def ask(self, message):
        run = subprocess.run([KBT, 'lookup', '--db', self.db, '--json', '-'], input=message.encode(),
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertIn(run.returncode, (FOUND, NONE), run.stderr.decode())
        answer = json.loads(run.stdout)
        self.assertEqual(run.returncode == FOUND, answer['explained'])
        return answer

    def first(self, message, expected):
        answer = self.ask(message)
        got = [m['id'] for m in answer['matches']]
        self.assertEqual(got[:1], [expected], f'{message!r}: {got}, nearest {[m["id"] for m in answer["nearest"]]}')
        return answer['matches'][0]

    def test_rcmd_in_every_dress(self):
        for message, server in RCMD:
            with self.subTest(message=message):
                match = self.first(message, 'Q150536')
                self.assertEqual(match['captures'].get('server'), server)
                self.assertEqual(match['why']['code']['value'], 53)
                self.assertEqual(match['why']['code']['symbol'], 'ERROR_BAD_NETPATH')

    def test_sender_in_every_dress(self):
        for message, server, share in SENDER:
            with self.subTest(message=message):
                match = self.first(message, 'Q221951')
                self.assertEqual(match['captures'].get('server'), server)
                self.assertEqual(match['captures'].get('share'), share)
                self.assertEqual(match['why']['code']['symbol'], 'ERROR_BAD_NETPATH')

    def test_a_line_among_many(self):
        noise = [f'Mar  2 08:13:{i:02} ntbox backup[{i}]: volume {i} of the nightly set was written and checked' for i in range(40)]
        for at, message, article in ((20, r'Mar  2 08:14:00 ntbox rcmd[14]: Failed to connect to <\\HQ-SRV2>, Error = 53', 'Q150536'),
                                     (3, 'Error during WNetAddConnection2 (53)', 'Q221951')):
            match = self.first('\n'.join(noise[:at] + [message] + noise[at:]), article)
            self.assertEqual(match['captures'].get('server'), 'HQ-SRV2' if at == 20 else None)

    def test_two_kinds_of_three_remedies(self):
        match = self.first('Error during WNetAddConnection2 (53)', 'Q221951')
        self.assertEqual([r['kind'] for r in match['resolution']], ['workaround', 'fix', 'fix'])
        self.assertEqual(match['status'], 'fixed')

    def test_the_code_decides_between_siblings(self):
        for message, expected in SIBLINGS:
            with self.subTest(message=message):
                self.first(message, expected)

    def test_a_code_without_an_article_is_explained_by_its_meaning(self):
        answer = self.ask(r'Failed to connect to <\\HQ-SRV2>, Error = 5')
        rcmd = {'Q150536', 'Q134964', 'Q151362'}
        self.assertFalse(rcmd & {m['id'] for m in answer['matches']})
        self.assertEqual(answer['code']['symbol'], 'ERROR_ACCESS_DENIED')

    def test_generic_messages_lead_to_the_family(self):
        for message in GENERIC:
            with self.subTest(message=message):
                answer = self.ask(message)
                self.assertTrue(answer['explained'], answer['nearest'])
                first = answer['matches'][0]['id']
                self.assertTrue(first in ids_of_kb() or quotes_53(self.db, first), first)

    def test_visual_basic_never_leads_to_the_family(self):
        for message in VISUAL_BASIC:
            with self.subTest(message=message):
                answer = self.ask(message)
                got = {m['id'] for m in answer['matches']}
                self.assertFalse(got & ids_of_kb(), got)
                self.assertEqual(answer['code']['family'], 'vb')

    def test_a_name_that_is_none_is_a_finding(self):
        for name in ('AVERYLONGSERVERNAME01', 'hq-srv2.example.com', '10.1.2.3'):
            with self.subTest(name=name):
                match = self.first(rf'Failed to connect to <\\{name}>, Error = 53', 'Q150536')
                self.assertEqual(match['captures'].get('server'), name)
                self.assertTrue(match['findings'])

    def test_nobody_named_a_host(self):
        run = subprocess.run([KBT, 'diagnose', '--db', self.db, '--json', 'Error during WNetAddConnection2 (53)'],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.assertEqual(run.returncode, UNDECIDED, run.stderr.decode())
        report = json.loads(run.stdout.splitlines()[-1])
        self.assertIn('server', [n['name'] for n in report['needs']])
        self.assertTrue(report['evidence'], 'local probes run meanwhile')


class KbAlone(Seeds, SharedKbTest):
    pass


class WholeArchive(Seeds, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.db, _ = archive_kb()

    def test_a_paste_of_two_errors_is_asked_line_by_line(self):
        answer = self.ask('System error 5 has occurred.\nAccess is denied.\n'
                          'System error 53 has occurred.\nThe network path was not found.')
        self.assertEqual(answer['matches'][0]['id'], 'Q-system-error-5')
        self.assertGreater(answer['matches'][0]['confidence'], 0.8)


if __name__ == '__main__':
    unittest.main()
