# SPDX-License-Identifier: MIT
"""kbt lookup: arguments, standard input, batches, exit codes, and any bytes as a message."""
import json
import os
import random
import resource
import subprocess
import unittest

from kbt import DAMAGED, FOUND, KBT, KbtTest, NONE, ROOT, USAGE, article_text

MESSAGE = r'Failed to connect to <\\FILESRV>, Error = 53'


class LookupTest(KbtTest):
    @classmethod
    def setUpClass(cls):
        cls.holder = KbtTest()
        cls.holder.setUp()
        cls.holder.kbt('import', os.path.join(ROOT, 'kb'))

    @classmethod
    def tearDownClass(cls):
        cls.holder.doCleanups()

    def setUp(self):
        super().setUp()
        self.db = self.holder.db

    def lookup(self, *args, **kw):
        return self.json('lookup', *args, **kw)[0]

    def test_errors_that_a_system_says_in_its_own_language_are_looked_up_in_english(self):
        refused = {'de': 'Verbindungsaufbau abgelehnt', 'fr': 'Connexion refusée', 'es': 'Conexión rehusada',
                   'it': 'Connessione rifiutata', 'pt': 'Conexão recusada', 'nl': 'Verbinding is geweigerd',
                   'pl': 'Połączenie odrzucone', 'ru': 'В соединении отказано', 'zh': '拒绝连接', 'ja': '接続を拒否されました'}
        for language, says in refused.items():
            first = self.lookup(f'ssh: connect to host db1 port 22: {says}')['matches'][0]
            self.assertEqual(('Q-connection-refused', 'db1'), (first['id'], first['captures']['server']), language)
            self.assertGreater(first['confidence'], 0.9, language)
        self.assertEqual(53, self.lookup('Systemfehler 53 aufgetreten.\n\nDer Netzwerkpfad wurde nicht gefunden.')['code']['value'])

    def test_what_to_do_has_the_values_of_the_message(self):
        out = self.kbt('lookup', 'Failed to connect to <HQ>, Error = 3').out
        self.assertIn(r'rcmd \\HQ followed', ' '.join(out.split()))
        self.assertNotIn('{server} followed', out)

    def test_what_people_tell_in_their_own_language_is_searched_in_english_words(self):
        full = self.lookup('die Festplatte ist voll und ich kann keine Datei mehr speichern')
        self.assertEqual('Q-no-space-left', full['matches'][0]['id'])
        locked = self.lookup('我忘了密码 帐户被锁定 无法登录')
        self.assertEqual('Q-system-error-1327', locked['matches'][0]['id'])
        self.assertIn('account by locked cannot log on', locked['matches'][0]['why']['says'])


class Alike(KbtTest):
    def test_what_is_folded_into_one_of_the_others_is_named(self):
        same = ('The weaver stops while the loom turns, the shuttle jams in its race, and the warp tears at the left '
                'edge of the cloth. ') * 5
        symptoms = {900101: same, 900102: same, 900103: 'The shuttle of the loom is lost at night.',
                    900104: 'The cloth shrinks in the rain.'}
        for number, symptom in symptoms.items():
            self.write(f'in/Q{number}.TXT', article_text(number, 'A Loom and Its Shuttle', symptom))
        self.kbt('import', self.path('in'))
        text = 'at night the shuttle of our loom is lost and nobody finds it'
        got, out = self.json('lookup', text, code=NONE)[0], self.kbt('lookup', text, code=NONE).out
        folded = [m for m in (got['matches'] + got['nearest'])[1:] if m['also']]
        self.assertEqual([{m['id'], *m['also']} for m in folded], [{'Q900101', 'Q900102'}])
        for number in (900101, 900102, 900103):
            self.assertIn(f'Q{number}', out)


class One(LookupTest):
    def test_argument(self):
        got = self.lookup(MESSAGE)
        self.assertTrue(got['explained'])
        self.assertEqual(got['query'], MESSAGE)
        first = got['matches'][0]
        self.assertEqual(first['id'], 'Q150536')
        self.assertEqual(first['captures'], {'server': 'FILESRV'})
        self.assertTrue(first['cause'])
        self.assertTrue(first['resolution'])
        for start, end in first['why']['matched']:
            self.assertIn(MESSAGE.encode()[start:end].decode(), MESSAGE)
        self.assertEqual(first['why']['code']['value'], 53)

    def test_the_same_from_everywhere(self):
        want = self.lookup(MESSAGE)['matches']
        self.assertEqual(self.lookup(*MESSAGE.split(' '))['matches'], want)
        self.assertEqual(self.lookup(input=MESSAGE)['matches'], want)
        self.assertEqual(self.lookup('-', input=MESSAGE)['matches'], want)
        self.assertEqual(json.loads(self.kbt('lookup', '--json', '--', MESSAGE).out)['matches'], want)

    def test_text_says_cause_and_what_to_do(self):
        out = self.kbt('lookup', MESSAGE).out
        self.assertTrue(out.startswith('Q150536 '), out)
        for label in ('cause', 'server = FILESRV', 'fix'):
            self.assertIn(label, out)
        self.assertNotIn('\x1b', out)
        self.assertIn('\x1b[', self.kbt('lookup', '--color=always', MESSAGE).out)

    def test_limit(self):
        self.assertEqual(len(self.lookup('-n', '1', 'System error 53 has occurred.')['matches']), 1)
        for bad in ('0', 'x', '-1', ''):
            self.refused('lookup', '-n', bad, MESSAGE)

    def test_nothing_explains_it(self):
        got = self.lookup('zyxwv utsrq ponml', code=NONE)
        self.assertFalse(got['explained'])
        self.assertEqual(got['matches'], [])
        self.assertLessEqual(len(got['nearest']), 3)
        self.assertIn('No article explains this', self.kbt('lookup', 'zyxwv utsrq ponml', code=NONE).out)

    def test_one_known_line_of_hundreds_is_named_whatever_the_others_count(self):
        """Where its words are many; two that any program says are no message of so many lines."""
        others = ('all is well number %d', 'job %d done in 3 s', 'worker %d is idle', 'GET /index.html 200 %d',
                  'heartbeat %d', 'request %d served from the cache', 'disk usage is %d percent',
                  'sync of block %d took 4 ms')
        for known, article in (('ssh: connect to host nas1 port 22: No route to host', 'Q-no-route-to-host'),
                               ('ssh: connect to host nas1 port 22: Connection refused', 'Q-connection-refused'),
                               ('Connection refused', None)):
            for other in others:
                lines = [f'Mar 12 10:02:{i % 60:02} web1 app[311]: {other % i}' for i in range(300)]
                lines.insert(211, f'Mar 12 10:02:31 web1 backup[311]: {known}')
                got = self.lookup('-', input='\n'.join(lines), code=FOUND if article else NONE)
                self.assertEqual([m['id'] for m in got['matches'][:1]], [article] if article else [], (known, other))

    def test_in_doubt_the_nearest_follow(self):
        text = 'my laptop cannot see the Windows server in the network after it wakes'
        got, out = self.lookup(text), self.kbt('lookup', text).out
        self.assertTrue(got['explained'])
        self.assertTrue(got['nearest'])
        last = out.index('\nLess likely:\n')
        for m in got['nearest']:
            last = out.index('\n' + m['id'] + ' ', last)
        self.assertGreater(self.lookup(MESSAGE)['matches'][0]['confidence'], 0.8)
        self.assertNotIn('Less likely', self.kbt('lookup', MESSAGE).out)

    def test_a_code_alone_may_start_with_a_dash(self):
        self.assertIn(self.run_kbt('lookup', '-2147024843').returncode, (FOUND, NONE))

    def test_usage(self):
        self.refused('lookup', '--color=sometimes', MESSAGE, names='sometimes')
        self.refused('lookup', '--batch', MESSAGE, names='--batch')
        self.refused('lookup', '--db')
        self.refused('lookup', code=USAGE)  # standard input is closed

    def test_database_that_is_missing(self):
        self.refused('lookup', '--db', self.path('no.db'), MESSAGE, code=DAMAGED, names=('no.db', 'kbt import'))


class AnyBytes(LookupTest):
    def test_empty(self):
        for text in ('', ' \r\n\t', '?!...', '\0\0'):
            with self.subTest(text=text):
                self.refused('lookup', '-', input=text, names='empty')
        self.refused('lookup', '', names='empty')

    def test_ten_mebibytes(self):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for text in (b'word ' * (2 << 20), random.Random(1).randbytes(10 << 20), b'x' * (10 << 20),
                     MESSAGE.encode() + b'\n' + b'other words on a line\n' * 480000,
                     b'[28000][Microsoft][ODBC Driver]Login failed' + b')' * (10 << 20),
                     b'2001-03-12T10:58:00Z ' * 490000, b'E0312 10:58:00.123456 1 a.go:1] ' * 320000,
                     b'ab:' * (3 << 20)):
            p = self.run_kbt('lookup', '--json', '-', input=text)
            self.assertIn(p.returncode, (FOUND, NONE), p.err)
            json.loads(p.out)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertLess(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 60)

    def test_names_in_every_encoding(self):
        message = 'Failed to connect to <\\\\F\u00dcRST>, Error = 53'
        for coding in ('utf-8', 'utf-16', 'utf-16-le', 'utf-16-be', 'cp1252'):
            with self.subTest(coding=coding):
                got = self.lookup(input=(message + '\n').encode(coding))
                self.assertEqual(got['query'].rstrip(), message)
                self.assertEqual(got['matches'][0]['captures'], {'server': 'F\u00dcRST'})
                lines = self.json('lookup', '--batch', input=((message + '\n') * 2).encode(coding))
                self.assertEqual([x['query'] for x in lines], [message] * 2)

    def test_over_the_limit(self):
        self.refused('lookup', '-', input=b'word ' * (4 << 20), names='16 MiB')

    def test_output_is_utf8_and_one_line_whatever_the_input(self):
        rng = random.Random(2)
        texts = [b'\xff\xfe', 'Fehler 53: Netzwerkpfad nicht gefunden \u2028\u0085'.encode(), b'a\0b\0c',
                 MESSAGE.encode('utf-16'), b'\xed\xa0\x80', b'\x1b]0;title\x07 error 53']
        texts += [rng.randbytes(rng.randrange(1, 300)) + b' error 53' for _ in range(20)]
        for text in texts:
            p = self.run_kbt('lookup', '--json', '-', input=text)
            self.assertIn(p.returncode, (FOUND, NONE, USAGE), p.err)
            if p.returncode != USAGE:
                lines = p.stdout.decode('utf-8').split('\n')
                self.assertEqual(len(lines), 2)
                json.loads(lines[0])

    def test_no_control_byte_reaches_the_terminal(self):
        evil = 'Evil \x1b]0;owned\x07\x1b[31m title \u202e \x9b31m'
        self.db = self.path('evil.db')
        self.write('in/Q1.TXT', article_text(100001, evil, f'The error "Frobnicator failed {evil} badly" appears.'))
        self.kbt('import', self.path('in'))
        for args in (['lookup', f'Frobnicator failed {evil} badly'], ['lookup', 'Frobnicator failed'],
                     ['show', 'Q100001']):
            p = self.run_kbt(*args)
            self.assertNotRegex(p.out + p.err, '[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]')


class Batch(LookupTest):
    def test_a_line_in_a_line_out_in_order(self):
        lines = [MESSAGE, 'zyxwv utsrq', '', MESSAGE.replace('53', '3'), 'System error 53 has occurred.']
        got = self.json('lookup', '--batch', input='\n'.join(lines) + '\n')
        self.assertEqual([g['query'] for g in got], lines)
        self.assertEqual([g['explained'] for g in got], [True, False, False, True, True])
        self.assertEqual(got[0]['matches'][0]['id'], 'Q150536')
        self.assertEqual(got[3]['matches'][0]['id'], 'Q134964')
        self.assertIn('empty', got[2]['error'])
        text = self.kbt('lookup', '--batch', input='\n'.join(lines)).out.splitlines()
        self.assertEqual(len(text), 5)
        self.assertTrue(text[0].startswith('Q150536\t'))
        self.assertTrue(text[1].startswith('-\t'))

    def test_many_lines_alike_one_by_one(self):
        lines = [MESSAGE.replace('FILESRV', f'SRV{i}') for i in range(500)]
        got = self.json('lookup', '--batch', input='\n'.join(lines))
        self.assertEqual([g['matches'][0]['captures']['server'] for g in got], [f'SRV{i}' for i in range(500)])

    def test_answers_come_while_the_pipe_stays_open(self):
        env = dict(os.environ, KBT_DB=self.db)
        p = subprocess.Popen([KBT, 'lookup', '--batch', '--json'], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(3):
            p.stdin.write(MESSAGE.encode() + b'\n')
            p.stdin.flush()
            self.assertEqual(json.loads(p.stdout.readline())['matches'][0]['id'], 'Q150536')
        p.communicate()
        self.assertEqual(p.returncode, FOUND)

    def test_empty_input(self):
        self.assertEqual(self.kbt('lookup', '--batch', input='').out, '')


class Streams(LookupTest):
    def test_full_standard_output(self):
        with open('/dev/full', 'wb') as full:
            p = self.run_kbt('lookup', MESSAGE, stdout=full)
        self.assertEqual(p.returncode, USAGE)
        self.assertIn('standard output', p.err)

    def test_closed_pipe_is_quiet(self):
        env = dict(os.environ, KBT_DB=self.db)
        p = subprocess.Popen([KBT, 'lookup', '--batch', '--json'], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        p.stdout.close()
        try:
            p.stdin.write((MESSAGE + '\n').encode() * 3000)
            p.stdin.close()
        except BrokenPipeError:
            pass
        err = p.stderr.read()
        p.stderr.close()
        self.assertEqual((p.wait(), err), (-13, b''))

    def test_memory_is_bounded_on_a_long_batch(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        p = self.run_kbt('lookup', '--batch', input=(MESSAGE + '\n') * 20000, preexec_fn=limit)
        self.assertEqual((p.returncode, p.out.count('\n')), (FOUND, 20000))


if __name__ == '__main__':
    unittest.main()
