# SPDX-License-Identifier: MIT
"""First place over the whole archive: fails where a kind of message falls more than two points below what is promised."""
import collections
import json
import os
import subprocess
import tempfile
import unittest

from kbt import KBT, ROOT, SHARED, archive_kb

PROMISED = {'exact': 0.98, 'filled': 0.95, 'log': 0.96, 'chatty': 0.96, 'noisy': 0.77, 'all': 0.92}
BOUND = 0.90
DESCRIPTIONS = {1: 0.70, 5: 0.833}  # a right one among so many, of matches and nearest
ABROAD = {1: 0.75, 5: 0.90}  # the same in other languages than English, of matches and nearest
FOREIGN = {0.2: 0.065, 0.5: 0.005}  # of messages that no article is about: at most so many claim so much
UNTOLD = {0.2: 0.05, 0.5: 0.01}  # the same of descriptions that no article is about
UNTOLD_SAID = 0.09  # what the first answer to them says, on the average
FLOOR = 0.2
SLACK = 0.02


def read(name):
    with open(os.path.join(SHARED, 'eval', name), encoding='utf-8') as f:
        return [json.loads(line) for line in f]


class Quality(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.db, _ = archive_kb()

    def ask(self, queries):
        messages = ''.join(' '.join(q['query'].splitlines()) + '\n' for q in queries)
        p = subprocess.run([KBT, 'lookup', '--db', self.db, '--batch', '--json', '-n', '10'], input=messages.encode(),
                           stdout=subprocess.PIPE, check=True)
        answers = [json.loads(line) for line in p.stdout.splitlines()]
        self.assertEqual(len(answers), len(queries))
        return answers

    def test_first_place_of_each_kind(self):
        queries = read('queries-dev.jsonl')
        right, all_of = collections.Counter(), collections.Counter()
        for q, a in zip(queries, self.ask(queries)):
            first = a['matches'][0]['id'] if a['matches'] else None
            for kind in (q['kind'], 'all'):
                all_of[kind] += 1
                right[kind] += first in q['gold']
        for kind, promised in PROMISED.items():
            with self.subTest(kind=kind):
                self.assertGreaterEqual(right[kind] / all_of[kind], promised - SLACK)

    def test_confidence_says_how_often_an_answer_is_right(self):
        """Of the first answers, in ten bins by what they say: how far that is from how many are right, in the mean."""
        queries = read('queries-dev.jsonl') + read('queries-dev-filled.jsonl')
        said, right, count = collections.Counter(), collections.Counter(), 0
        for q, a in zip(queries, self.ask(queries)):
            for m in a['matches'][:1]:
                count += 1
                said[int(m['confidence'] * 10)] += m['confidence']
                right[int(m['confidence'] * 10)] += m['id'] in q['gold']
        self.assertLessEqual(sum(abs(said[b] - right[b]) for b in said) / count, 0.04)

    def test_values_are_bound(self):
        queries = read('queries-dev-filled.jsonl')
        bound = 0
        for q, a in zip(queries, self.ask(queries)):
            if a['matches'] and a['matches'][0]['id'] in q['gold']:
                held = {v.lstrip('\\').lower() for v in a['matches'][0]['captures'].values()}
                bound += all(v.lower() in held for v in q['values'])
        self.assertGreaterEqual(bound / len(queries), BOUND - SLACK)

    def test_what_nothing_explains_is_left_unexplained(self):
        texts = ['My sister is going to visit us in the summer and we plan to go to the beach',
                 'session opened for user root by (uid=0)',
                 'Mar 12 10:00:01 web1 ftpd[99]: connection from 192.0.2.9 () at Mon Mar 12 10:00:01 2001',
                 'Accepted publickey for deploy from 10.0.0.7 port 50122 ssh2',
                 'Lorem ipsum dolor sit amet, consectetur adipiscing elit']
        for text, a in zip(texts, self.ask([{'query': t} for t in texts])):
            with self.subTest(text=text):
                self.assertFalse(a['explained'])

    def test_descriptions_in_other_languages(self):
        with open(os.path.join(ROOT, 'tests', 'e2e', 'data', 'abroad.tsv'), encoding='utf-8') as f:
            rows = [line.rstrip('\n').split('\t') for line in f if not line.startswith('#')]
        answers = self.ask([{'query': text} for _, text in rows])
        for places, promised in ABROAD.items():
            right = sum(any(m['id'] in gold.split() for m in (a['matches'] + a['nearest'])[:places])
                        for (gold, _), a in zip(rows, answers))
            with self.subTest(places=places):
                self.assertGreaterEqual(right / len(rows), promised - SLACK)

    def test_of_foreign_messages_few_find_an_answer_and_hardly_any_a_sure_one(self):
        with open(os.path.join(ROOT, 'tests', 'e2e', 'data', 'foreign.txt'), encoding='utf-8') as f:
            texts = [line.rstrip('\n') for line in f if not line.startswith('#')]
        answers = self.ask([{'query': t} for t in texts])
        for claim, share in FOREIGN.items():
            sure = [t for t, a in zip(texts, answers) if a['matches'] and a['matches'][0]['confidence'] >= claim]
            self.assertLessEqual(len(sure), len(texts) * share, sure)
        for text, a in zip(texts, answers):
            for m in a['matches']:
                if not m['why']['template']:
                    self.assertLess(m['confidence'], 0.5, text)

    def test_what_is_told_of_other_things_is_not_explained(self):
        with open(os.path.join(ROOT, 'tests', 'e2e', 'data', 'untold.txt'), encoding='utf-8') as f:
            texts = [line.rstrip('\n') for line in f if not line.startswith('#')]
        answers = self.ask([{'query': t} for t in texts])
        said = [(a['matches'] + a['nearest'] or [{'confidence': 0}])[0]['confidence'] for a in answers]
        for claim, share in UNTOLD.items():
            self.assertLessEqual(sum(x >= claim for x in said), len(texts) * share)
        self.assertLessEqual(sum(said) / len(texts), UNTOLD_SAID)
        self.assertLessEqual(sum(a['explained'] for a in answers), len(texts) * 0.1)

    def test_case_is_no_certainty_where_many_quote_the_words(self):
        texts = ['the system cannot find the path specified', 'bad command or file name', 'press any key to continue']
        for text, a in zip(texts, self.ask([{'query': t} for t in texts])):
            self.assertTrue(a['explained'], text)
            self.assertLess(a['matches'][0]['confidence'], 0.5, text)
        texts = ['Error 5: Invalid call or procedure', 'error 5: invalid call or procedure', 'type mismatch']
        for text, a in zip(texts, self.ask([{'query': t} for t in texts])):
            self.assertTrue(a['explained'], text)

    def test_the_text_of_a_code_is_its_code(self):
        """Words that dozens of articles quote, more than an answer holds: ours about the code comes before them."""
        for text, value, article in (('Access is denied.', 5, 'Q-system-error-5'),
                                     ('"the RPC server is unavailable"', 1722, 'Q-rpc-unavailable'),
                                     ('The network name cannot be found', 67, 'Q-system-error-67'),
                                     ('The system cannot find the file specified.', 2, 'Q-system-error-2')):
            for query in (text, '2026-01-02 10:00:00,123 ERROR ' + text):
                a, = self.ask([{'query': query}])
                self.assertEqual((a['code']['value'], a['code']['family']), (value, 'win32'), query)
                self.assertEqual(a['matches'][0]['id'], article, query)
                self.assertGreater(a['matches'][0]['confidence'], 0.5, query)
        quoted, more = self.ask([{'query': 'The parameter is incorrect.'}, {'query': 'Access is denied to the tower.'}])
        self.assertLess(quoted['matches'][0]['confidence'], 0.5)  # that others' articles name the number tells little
        self.assertNotIn('value', more.get('code') or {})

    def test_the_text_of_a_code_among_other_words(self):
        for query, article in (('The backup failed: Access is denied.', 'Q-system-error-5'),
                               # an article's title has this text and the other word, and it is nothing that a look-up names
                               ('The dump failed: Access is denied.', 'Q-system-error-5'),
                               ('svc[311]: open_channel failed: The network name cannot be found.', 'Q-system-error-67'),
                               ('Job 12 on host srv7 aborted. The RPC server is unavailable. Please help.',
                                'Q-rpc-unavailable'),
                               ('all of them see the rpc server is unavailable since monday', 'Q-rpc-unavailable'),
                               ('myapp said Access is denied in the night', 'Q-system-error-5'),
                               ("'Text file busy' is what users see", 'Q-file-in-use')):
            a, = self.ask([{'query': query}])
            self.assertTrue(a['explained'], query)
            self.assertEqual(a['matches'][0]['id'], article, query)
        prose = ('I saw that access is denied to those', 'his request was aborted and file not found there')
        for query, a in zip(prose, self.ask([{'query': t} for t in prose])):
            self.assertNotIn('value', a.get('code') or {}, query)
            for m in a['matches']:
                self.assertLess(m['confidence'], 0.5, query)
        # an article of that error whose title names what else is said tells more
        form, = self.ask([{'query': '"Access Is Denied" When Submitting a Form'}])
        self.assertEqual((form['matches'] + form['nearest'])[0]['id'], 'Q296631')

    def test_the_first_words_of_a_codes_text_behind_it(self):
        for query, article in (('error 53 - the network path', 'Q-error-0x80070035'), ('failed with error 67: The network name', 'Q-system-error-67'),
                               ('error 1722, the RPC server is unav...', 'Q-rpc-unavailable'),
                               ('failed with error 5 (Access is denied.', 'Q-system-error-5'),
                               ('Error code 1355 - the specified domain', 'Q-domain-trust-lost')):
            a, = self.ask([{'query': query}])
            self.assertEqual(a['matches'][0]['id'], article, query)
            self.assertGreater(a['matches'][0]['confidence'], 0.6, query)
        others = ('error 5 lines of access is', 'error 1068 the dependency graph', 'error 71: no more pizza', 'OSError: [Errno 2] No such file',
                  'system error 64 the specified network card is broken')
        for query, a in zip(others, self.ask([{'query': t} for t in others])):
            for m in a['matches']:
                self.assertLess(m['confidence'], 0.4, query)

    def test_what_a_code_says_is_no_message_that_shares_its_words(self):
        """Q128370's is of a file, Q122525's of a printer's server, Q139471's of a setup."""
        for text, article in (('Error 1601: The Windows Installer service could not be accessed.', 'Q128370'),
                              ('The Windows Installer service could not be accessed.', 'Q128370'),
                              ('Error 721: The remote computer did not respond.', 'Q122525'),
                              ('The workgroup or domain name is already in use by another computer on the network.',
                               'Q139471')):
            a, = self.ask([{'query': text}])
            for m in a['matches']:
                self.assertFalse(m['id'] == article and m['confidence'] > 0.3, text)
        # what is the message's own is
        for text, article in (('The file "XYZ" could not be accessed', 'Q128370'),
                              ('The domain name entered is already in use by another computer.', 'Q139471')):
            a, = self.ask([{'query': text}])
            self.assertEqual(a['matches'][0]['id'], article, text)

    def test_a_short_message_among_a_persons_words(self):
        for query, template in (
                ('Q: what causes "Version not found"? It came up twice today.', 'version not found'),
                ('Hallo zusammen, seit gestern kommt hier die Meldung "Cannot process context". Hat jemand eine Idee?',
                 'cannot process context'),
                ("Our night job died with 'Cannot find KRNL386.EXE' and nobody here knows where to look.",
                 'cannot find krnl386.exe'),
                ('does anybody know why i get Object already exists??', 'object already exists'),
                # all that stands between two marks, or behind what introduces a message
                ('Set the box up from scratch. Unable to display help. Drivers are all current.',
                 'unable to display help'),
                ('after lunch all terminals had <Form Load Failed> on them, rebooted twice', 'form load failed.'),
                ('The import fails with Invalid Display Settings on the second file.', 'invalid display settings'),
                ('it says invalid library file when she logs in from home', 'invalid library file'),
                ('Alias Not Found Error Error 13', 'alias not found error (error 13).')):
            a, = self.ask([{'query': query}])
            self.assertTrue(a['explained'], query)
            self.assertEqual(a['matches'][0]['why']['template'].lower(), template, query)
        # a name in quotes is no message
        name, = self.ask([{'query': 'the button "Apply" of the dialog has been grey since the last update of it'}])
        self.assertFalse([m for m in name['matches'] if m['why']['template']])
        # a quote before a blank begins none: between two names in quotes there is no message
        between, = self.ask([{'query': 'ask for it with the ``--index`` flag in ``pip search`` once more, and see '
                                       'what it lists today'}])
        self.assertFalse([m for m in between['matches'] if m['why']['template']])

    def test_a_message_that_is_cut_off_names_those_that_begin_so(self):
        behind_value, at_number, other_number, basic = self.ask([{'query': t} for t in (
            'Failed to connect to <\\\\FILESRV>', 'Failed to connect to <\\\\FILESRV>, Error =',
            'Failed to connect to <\\\\FILESRV>, Error = 99', 'error 5 invalid call or')])
        family = {'Q150536', 'Q134964', 'Q151362'}
        for a in (behind_value, at_number):
            self.assertTrue(a['explained'])
            self.assertLess(a['matches'][0]['confidence'], 0.8)
            self.assertEqual({m['id'] for m in (a['matches'] + a['nearest'])[:3]}, family)
        self.assertEqual({m['id'] for m in other_number['nearest']}, family)
        self.assertEqual(basic['matches'][0]['why']['template'], 'Error 5: Invalid Call or Procedure')

    def test_what_ends_before_the_reason_is_no_sure_sign_of_it(self):
        """Nor is what gives another one there; what is cut off within it is, and what has its code
        or a number of its own."""
        unsaid = ("cannot open '/dev/fb0' for reading", 'cannot open catalog for reading: $!',
                  'tar: a.tgz: Cannot write', 'error: could not lock config file .git/config',
                  "fatal: could not create work tree dir 'app'",
                  'Failed at step CHDIR spawning /usr/bin/app', 'protocol version mismatch',
                  'max connections (100) reached', 'cannot execute binary file',
                  "Run-time error '-2147467259 (80004005)'")
        others = ('Failed to add a watch for /run/app: Input/output error', 'could not write to file "a": Read error',
                  "cannot copy extracted data for './usr/bin/x' to '/usr/bin/x.dpkg-new': end of file",
                  'could not extend file "base/1": Read error', 'Failed to locate executable /opt/app: Read error')
        said = ('tar: a.tgz: Cannot write: No space lef', 'protocol version mismatch -- is your',
                'Error: listen EADDRINUSE', 'could not write to file "pg_wal/x.29": No space left on',
                "Failed to connect to <\\\\FILESRV>, Error =",
                'docker: Error response from daemon: open /etc/x: permission', 'Could not resolve host: git',
                'fatal error U1052', 'The disk information could not be loaded. SYS0015',
                'Could not start the Server service on \\\\BOX. Error 1058', 'IPX CP reported error 744',
                'Error Connecting to RAS server Disconnected. Error 629',
                'Cannot set the startup parameters for the Alerter service. Error 1057 occurred')
        for text, a in zip(unsaid + others, self.ask([{'query': t} for t in unsaid + others])):
            for m in a['matches']:
                self.assertLess(m['confidence'], 0.5, text)
            self.assertTrue(text in others or a['explained'], text)
        for text, a in zip(said, self.ask([{'query': t} for t in said])):
            self.assertTrue(a['explained'], text)
            self.assertTrue('FILESRV' in text or a['matches'][0]['confidence'] > 0.8, text)

    def test_what_stands_for_a_number_has_to_be_one(self):
        odd = ('Bad packet length for CAN frame', 'Exceeded all redirects.', 'Bad packet length in the frame header')
        good = ('Bad packet length 1349676916.', 'Bad packet length XXXX.',
                'Exceeded 30 redirects.', 'Exceeded NN redirects.')
        for texts, least, most in ((odd, 0, 0.5), (good, 0.8, 1)):
            for text, a in zip(texts, self.ask([{'query': t} for t in texts])):
                said = max([m['confidence'] for m in a['matches']], default=0)
                self.assertTrue(least <= said < most, (text, said))

    def test_what_stands_for_a_units_file_has_its_ending(self):
        odd = ('A dependency job for deploy failed', 'Failed to start transaction: Unit of work not found.',
               'A dependency job for the nightly build failed.', 'Failed to restart worker: Unit test not found')
        good = ('A dependency job for nginx.service failed.', 'A dependency job for remote-fs.target failed.',
                'Failed to start foo.service: Unit foo.service not found.',
                'Failed to restart dbus.socket: Unit dbus.socket is masked.')
        for texts, least, most in ((odd, 0, 0.5), (good, 0.9, 1)):
            for text, a in zip(texts, self.ask([{'query': t} for t in texts])):
                said = max([m['confidence'] for m in a['matches']], default=0)
                self.assertTrue(least <= said < most, (text, said))

    def test_what_stands_for_a_path_is_one(self):
        odd = ('bash: warning: setlocale: LC_ALL: cannot change locale (en_US.UTF-8): No such file or directory',
               'grep: warning: stray \\ before white space: x: No such file or directory')
        good = ('bash: /opt/my tool/run: No such file or directory', 'grep: C:\\logs\\a.txt: No such file or directory',
                'grep: http://nas1/x: No such file or directory')
        for texts, least, most in ((odd, 0, 0.5), (good, 0.9, 1)):
            for text, a in zip(texts, self.ask([{'query': t} for t in texts])):
                said = max([m['confidence'] for m in a['matches']], default=0)
                self.assertTrue(least <= said < most, (text, said))

    def test_a_message_is_not_cut_off_behind_other_words(self):
        other = ('An error occurred while reading from response stream: web',
                 "mount: /mnt/a: can't find any free space.",
                 'Unable to parse our own ident: web')
        cut = ('An error occurred while reading C:', 'Timed out waiting for reply from ntp.example.com')
        for texts, least, most in ((other, 0, 0.5), (cut, 0.8, 1)):
            for text, a in zip(texts, self.ask([{'query': t} for t in texts])):
                said = max([m['confidence'] for m in a['matches']], default=0)
                self.assertTrue(least <= said < most, (text, said))

    def test_a_sibling_with_another_number_is_told(self):
        known, unknown, other = self.ask([{'query': t} for t in (
            'Failed to connect to <\\\\FILESRV>, Error = 53', 'Failed to connect to <\\\\FILESRV>, Error = 5',
            'SNA Server Error: 5 Cannot establish connection with SNA Server X')])
        self.assertIn('is about another error', known['matches'][0]['why']['says'])
        self.assertEqual(unknown['matches'][0]['id'], 'Q-system-error-5')
        self.assertGreater(unknown['matches'][0]['confidence'], 0.5)
        self.assertIn('has another number', unknown['matches'][0]['why']['says'])
        for m in other['matches']:  # of another table
            self.assertLess(m['confidence'], 0.5)

    def test_messages_side_by_side_are_answered_each(self):
        rcmd = 'Failed to connect to <\\\\FILESRV>, Error = 53'
        ssh = 'ssh: connect to host nas1 port 22: Connection refused'
        system = 'System error 53 has occurred. The network path was not found.'
        bound = {'Q150536': {'server': 'FILESRV'}, 'Q-error-0x80070035': {},
                 'Q-connection-refused': {'server': 'nas1', 'port': '22'}}
        for first, other, ids in ((rcmd, ssh, {'Q150536', 'Q-connection-refused'}),
                                  (ssh + ';', system, {'Q-connection-refused', 'Q-error-0x80070035'}),
                                  (system, rcmd, {'Q-error-0x80070035', 'Q150536'})):
            for between in (' ', ', and then '):
                a, = self.ask([{'query': first + between + other}])
                self.assertEqual({m['id'] for m in a['matches'][:2]}, ids)
                for m in a['matches'][:2]:
                    self.assertGreaterEqual(m['confidence'], 0.5)
                    self.assertEqual(m['captures'], bound[m['id']])

    def test_a_port_is_that_of_the_message_which_is_diagnosed(self):
        text = ('System error 53 has occurred. The network path was not found. '
                'ssh: connect to host nas1 port 22: Connection refused')
        p = subprocess.run([KBT, 'diagnose', '--offline', '--db', self.db, '--json', text], stdout=subprocess.PIPE)
        report = json.loads(p.stdout.splitlines()[0])
        self.assertEqual(report['matches'][0]['id'], 'Q-error-0x80070035')
        self.assertNotIn('port', report['bindings'])

    def test_capitals_throughout_say_nothing(self):
        a, = self.ask([{'query': 'FILE NOT FOUND'}])
        found = {m['why']['template'].rstrip('., ').lower() for m in a['matches'] + a['nearest']}
        self.assertEqual(found - {''}, {'file not found'})

    def test_a_code_within_what_is_bound_is_not_left_over(self):
        a, = self.ask([{'query': 'protocol negotiation failed: NT_STATUS_CONNECTION_RESET'}])
        self.assertEqual(a['matches'][0]['id'], 'Q-smb-negotiation-failed')
        self.assertGreater(a['matches'][0]['confidence'], 0.8)

    def test_a_word_or_two_of_a_sentence_are_no_message(self):
        texts = ['2024-05-01T10:00:00Z INFO server started on port 8080', '1 2 3 4 5 6 7 8 9',
                 # what a sentence begins with is not said by itself, whatever article quotes it
                 'For example, some command line tools have been renamed in order to avoid collisions.',
                 'For more information, see the manual page of the command.']
        for text, a in zip(texts, self.ask([{'query': t} for t in texts])):
            self.assertFalse(a['explained'], text)

    def test_what_a_program_ended_with_is_no_error_of_windows(self):
        texts = ['exit status 5', 'Process exited with code 53', 'Error: exit status 67', 'exited with return code 1']
        for text, a in zip(texts, self.ask([{'query': t} for t in texts])):
            self.assertFalse(a['explained'], text)
            self.assertEqual(a['code']['family'], 'exit', text)
        curl, wide = self.ask([{'query': 'curl exited with 28'}, {'query': 'exitcode 1326'}])
        self.assertEqual(curl['code']['symbol'], 'CURLE_OPERATION_TIMEDOUT')
        self.assertEqual(wide['code']['symbol'], 'ERROR_LOGON_FAILURE')

    def test_the_reason_given_is_true(self):
        empty, stray, code, file = self.ask([{'query': t} for t in (
            'Unknown error', 'frob the knob', '80070035', 'bash: foo: command not found')])
        self.assertIn('not what they name', empty['matches'][0]['why']['says'])
        self.assertLess(empty['matches'][0]['confidence'], 0.4)
        self.assertTrue(all('no message of it is there' in m['why']['says'] for m in stray['nearest']
                            if not m['why']['template']))
        self.assertEqual(code['matches'][0]['why']['says'], 'its message is the same code')
        self.assertNotIn(': command', [v for m in file['matches'] for v in m['captures'].values()])

    def test_peoples_descriptions(self):
        queries = read('queries-dev-real.jsonl')
        ranks = [[m['id'] in q['gold'] for m in a['matches'] + a['nearest']]
                 for q, a in zip(queries, self.ask(queries))]
        for n, promised in DESCRIPTIONS.items():
            self.assertGreaterEqual(sum(any(r[:n]) for r in ranks) / len(ranks), promised - SLACK)

    def test_a_match_reaches_the_floor_alone_or_with_its_equals(self):
        queries = read('queries-dev.jsonl')[::3]
        for q, a in zip(queries, self.ask(queries)):
            low = [m for m in a['matches'] if m['confidence'] < FLOOR]
            self.assertLessEqual(len(low), 5, q['query'])
            self.assertTrue(not low or sum(m['confidence'] for m in low) >= FLOOR - 0.005, q['query'])
            self.assertTrue(all(abs(m['together'] - sum(x['confidence'] for x in low)) < 0.01 for m in low), q['query'])

    def scan(self, data):
        with tempfile.NamedTemporaryFile() as log:
            log.write(data)
            log.flush()
            p = subprocess.run([KBT, 'scan', '--db', self.db, '--json', log.name], stdout=subprocess.PIPE)
        hits = collections.defaultdict(list)
        for line in p.stdout.splitlines():
            hit = json.loads(line)
            hits[hit['line']].append(hit['id'])
        return hits

    def test_a_scan_finds_the_lines_and_answers_as_the_look_up_does(self):
        queries = [q for q in read('queries-dev.jsonl') if q['kind'] == 'log']
        hits = self.scan(''.join(' '.join(q['query'].splitlines()) + '\n' for q in queries).encode())
        self.assertGreaterEqual(len(hits) / len(queries), 0.99 - SLACK)
        right = sum(hits[n][:1] != [] and hits[n][0] in q['gold'] for n, q in enumerate(queries, 1))
        self.assertGreaterEqual(right / len(queries), 0.95 - SLACK)
        for n, answer in enumerate(self.ask(queries), 1):
            found = [m['id'] for m in answer['matches']]
            self.assertEqual([x for x in found if x in hits[n]], hits[n], queries[n - 1]['query'])

    def test_a_scan_of_real_logs_finds_nothing(self):
        logs = os.path.join(SHARED, 'logs', 'loghub-2k.tar.zst')
        if not os.path.exists(logs):
            self.skipTest('the logs are not there: ' + logs)
        data = subprocess.run(['zstd', '-dcq', logs], stdout=subprocess.PIPE, check=True).stdout
        self.assertEqual(dict(self.scan(data)), {})
