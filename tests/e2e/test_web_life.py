# SPDX-License-Identifier: MIT
"""The web server while its knowledge base changes, and how it begins and ends."""
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import time
import unittest

import kbt
from serve import MESSAGE, Page, Server, read_all

server = None


def setUpModule():
    global server
    server = Server.of_module()


class Life(kbt.KbtTest):
    def test_browse_names_an_hresult_around_a_code_of_windows(self):
        own = Server()
        try:
            own.kbt('import', '--db', self.db, os.path.join(kbt.ROOT, 'kb/articles/Q-error-0x80070035.md'))
            os.replace(self.db, own.db)  # of all there are more than a page lists
            self.assertTrue(own.wait_until(lambda: own.get('/kb/Q150536')[0] == 404))
            self.assertRegex(Page(own.get('/browse')[2]).text, r'0x80070035\s+\w')
        finally:
            own.close()

    def test_without_an_article_the_page_says_so(self):
        own = Server()
        try:
            says = 'The knowledge base holds no article yet'
            self.assertNotIn(says, own.get('/')[2])
            own.kbt('import', '--replace', '--db', self.db, os.path.join(kbt.ROOT, 'kb/codes.tsv'))
            os.replace(self.db, own.db)
            self.assertTrue(own.wait_until(lambda: says in own.get('/')[2]))
            self.assertIn(says, own.form('/', {'text': MESSAGE})[2])
        finally:
            own.close()

    def test_a_new_knowledge_base_is_picked_up(self):
        own = Server()
        try:
            message = 'The frobnicator of {} is full'
            self.assertFalse(own.api('/api/v1/lookup', {'text': message.format('PRN7')})[1]['explained'])
            path = self.write('Q-frob.md', '---\nid: Q-frob\ntitle: The frobnicator is full\ndate: 2026-01-01\nmessages:\n'
                              "  - text: 'The frobnicator of {server:host} is full'\ncause: It is full.\nresolutions:\n"
                              "  - kind: fix\n    text: Empty it.\nsamples:\n  match:\n    - text: 'The frobnicator of A1 is full'\n"
                              '---\n## Symptoms\n\nIt is full.\n')
            own.kbt('import', path)
            self.assertTrue(own.wait_until(lambda: own.api('/api/v1/lookup', {'text': message.format('PRN7')})[1]['explained']))
            self.assertEqual(own.get('/kb/Q-frob')[0], 200)
        finally:
            own.close()

    def test_our_words_stand_before_an_imported_article_of_the_same_id(self):
        own = Server()
        try:
            self.write('in/Q123456.TXT', kbt.article_text(123456, title='Theirs', symptom='The cog of theirs is stuck.'))
            self.write('in/Q234567.TXT', kbt.article_text(234567, symptom='Nobody else wrote of it.'))
            self.write('ours/Q123456.md', '---\nid: Q123456\ntitle: Ours\ndate: 2026-01-01\ncause: Rust.\n---\n'
                       '## Notes\n\nOil helps the cog.\n')
            own.kbt('import', self.path('ours'))
            own.kbt('import', self.path('in'))
            self.assertTrue(own.wait_until(lambda: own.get('/kb/Q234567')[0] == 200))
            text = {name: Page(own.get('/kb/' + name)[2]).text for name in ('Q123456', 'Q234567', 'Q150536')}
            self.assertRegex(text['Q123456'], r'(?s)In our words.*Oil helps the cog.*The article as imported.*cog of theirs')
            self.assertIn('Nobody else wrote of it.', text['Q234567'])  # theirs alone
            for name in ('Q234567', 'Q150536'):  # and ours alone
                self.assertNotIn('In our words', text[name])
                self.assertNotIn('The article as imported', text[name])
        finally:
            own.close()

    def test_messages_side_by_side_are_no_rivals(self):
        text = 'ssh: connect to host nas1 port 22: No route to host\nmount error(112): Host is down\n'
        page = server.form('/', {'text': text})[2]
        self.assertIn('2 messages stand in this text', page)
        self.assertNotIn('one of these', page)
        marked = ''.join(re.findall('<mark[^>]*>(.*?)</mark>', page.split('</pre>')[0]))
        self.assertIn('No route to host', marked)
        self.assertIn('Host is down', marked)
        quoted = re.findall('<p class="quoted"><code>(.*?)</code>(.*?)</p>', page)
        self.assertEqual(quoted[0], ('ssh: connect to host nas1 port 22: No route to host', ''))  # its values stand above
        self.assertEqual(quoted[1][0], 'mount error(112): Host is down')
        alone = server.get(re.search('href="(/[?]q=[^"]*)"', quoted[1][1])[1])[2]
        self.assertIn('id="best"><a href="/kb/Q-mount-error-112"', alone)
        self.assertNotIn('nas1', alone)

    def test_equals_stand_side_by_side(self):
        own = Server()
        try:
            for n, (thing, symptom) in enumerate((('Lathe', 'the spindle slows'), ('Loom', 'threads tear at night'), ('Kiln', 'tiles crack'),
                                                  ('Press', 'ink smears'), ('Still', 'the still drips'), ('Forge', 'iron stays cold'),
                                                  ('Mill', 'flour is damp'))):
                self.write(f'kb/Q{190000 + n}.txt', kbt.article_text(190000 + n, f'{thing}: {symptom}', product=f'{thing} {n}.0', symptom=(
                    f'When {symptom}, the {thing.lower()} may show the following error message:\r\n\r\n   The blinker is out of frob.\r\n')))
            own.kbt('import', self.path('kb'))
            text = 'The blinker is out of frob.'
            self.assertTrue(own.wait_until(lambda: len(own.api('/api/v1/lookup', {'text': text})[1]['matches']) > 1))
            matches = own.api('/api/v1/lookup', {'text': text})[1]['matches']
            page = own.form('/', {'text': text})[2]
            together = min(sum(m['confidence'] for m in matches), 0.99)  # each is as sure as all of them: they quote one message
            self.assertIn(f'one of these {len(matches)}, {together * 100:.0f}&nbsp;% sure', page)
            self.assertEqual(len(re.findall('<h3><a href="/kb/Q19000', page)), len(matches))
        finally:
            own.close()

    def test_why_it_cannot_start_is_said(self):
        self.kbt('import', os.path.join(kbt.ROOT, 'kb'))
        p = self.kbt('serve', '--listen', '127.0.0.1:0', code=kbt.USAGE,
                     preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8)))
        self.assertRegex(p.err, r'^kbt: cannot start the web server on http://127\.0\.0\.1:\d+/: Too many open files\n$')

    def test_another_file_in_its_place_is_picked_up(self):
        own = Server()
        try:
            self.assertEqual(own.get('/kb/Q150536')[0], 200)
            path = self.write('kb/Q-only.md', '---\nid: Q-only\ntitle: The only one\ndate: 2026-01-01\n---\n## Summary\n\nIt is.\n')
            own.kbt('import', '--db', self.db, path)
            os.replace(self.db, own.db)
            self.assertTrue(own.wait_until(lambda: own.get('/kb/Q-only')[0] == 200))
            self.assertEqual(own.get('/kb/Q150536')[0], 404)
            os.remove(own.db)
            self.assertEqual(own.get('/kb/Q-only')[0], 200)  # what is open serves on
            rubbish = self.write('kb/rubbish', 'no database\n' * 1000)
            os.replace(rubbish, own.db)
            self.assertTrue(own.wait_until(lambda: 'could not be read' in own.errors()))
            time.sleep(1.2)  # once more it is looked at, and not said again
            self.assertEqual(own.get('/kb/Q-only')[0], 200)
            own.kbt('import', '--db', self.db, os.path.join(kbt.ROOT, 'kb'))
            shutil.copyfile(self.db, own.db)  # into the same file, as one that is copied slowly
            self.assertTrue(own.wait_until(lambda: own.get('/kb/Q150536')[0] == 200))
        finally:
            said = own.close()[1]
        self.assertEqual(said.count('the changed knowledge base could not be read, the old one goes on'), 1, said)

    def test_another_file_that_is_still_being_copied_is_picked_up_when_it_is_whole(self):
        own, text = Server(), 'The blinker is out of frob.'
        path = self.write('kb/Q190000.txt', kbt.article_text(190000, 'Frob', symptom=(
            f'The frob may show the following error message:\r\n\r\n   {text}\r\n')))
        try:
            own.kbt('import', '--db', self.db, os.path.join(kbt.ROOT, 'kb'), path)  # as often as the server's own
            with open(self.db, 'rb') as f:
                whole = f.read()
            half = self.write('kb/half', whole[:len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
            os.replace(half, own.db)
            self.assertTrue(own.wait_until(lambda: 'could not be read' in own.errors()))
            time.sleep(1.2)
            with open(own.db, 'r+b') as f:
                f.write(whole)
            self.assertTrue(own.wait_until(lambda: own.api('/api/v1/lookup', {'text': text})[1].get('explained')))
        finally:
            own.close()

    def test_a_file_that_is_cut_in_its_place_is_said_and_mended(self):
        own, said = Server(), 'The knowledge base is damaged and cannot be read now.'
        try:
            with open(own.db, 'rb') as f:
                whole = f.read()

            def states():
                return [own.get('/-/ready'), own.get('/?q=error+53'), own.get('/kb/Q150536'),
                        own.ask('POST', '/api/v1/lookup', json.dumps({'text': MESSAGE}), {'Content-Type': 'application/json'})]

            def is_well():
                return [status for status, _, _ in states()] == [200] * 4

            def put_back():
                with open(own.db, 'r+b') as f:
                    f.write(whole)
            self.assertTrue(is_well())
            for times, mend in enumerate((put_back, lambda: own.kbt('import', '--replace', os.path.join(kbt.ROOT, 'kb'))), 1):
                os.truncate(own.db, len(whole) // 2)
                for status, _, text in states():
                    self.assertEqual(status, 503)
                    self.assertIn(said, text)
                status, report = own.api('/api/v1/diagnose', {'text': MESSAGE + ' '})
                self.assertEqual((status, said in report['error']), (503, True))
                self.assertEqual(own.get('/-/healthy')[0], 200)
                self.assertTrue(own.wait_until(lambda: own.errors().count('is damaged in its place') == times))
                mend()
                self.assertTrue(own.wait_until(is_well))
                self.assertTrue(own.wait_until(lambda: 'can be read again' in own.errors()))
        finally:
            err = own.close()[1]
        self.assertEqual((err.count('is damaged in its place'), err.count('can be read again')), (2, 1), err)

    def test_a_matcher_that_is_cut_in_its_place_is_made_anew(self):
        own, file = Server(), None
        try:
            file = own.db + '.matcher'
            whole = os.stat(file)
            for size in (0, 4096, whole.st_size // 8192 * 4096):
                self.assertEqual(own.api('/api/v1/lookup', {'text': MESSAGE})[0], 200)
                os.truncate(file, size)
                status, said = own.api('/api/v1/lookup', {'text': f'No route to host {size}'})
                if status != 200:  # 200: it was made anew sooner
                    self.assertEqual((status, 'matcher was cut short' in said['error']), (503, True), said)
                self.assertEqual(own.get('/-/healthy')[0], 200)
                self.assertTrue(own.wait_until(lambda: own.api('/api/v1/lookup', {'text': MESSAGE})[0] == 200))
                self.assertEqual(own.api('/api/v1/lookup', {'text': MESSAGE})[1]['matches'][0]['id'], 'Q150536')
                # pairs of words may share a bucket by the numbers they have, which differ: a few bytes more or less
                self.assertTrue(own.wait_until(lambda: abs(os.stat(file).st_size - whole.st_size) < 4096))
        finally:
            code, err = own.close()
        self.assertEqual((code, err.count('the matcher was cut short in its place')), (128 + signal.SIGTERM, 3), err)

    def test_ends_cleanly_with_live_streams(self):
        def attempt(number):
            own = Server()
            streams = []
            body = json.dumps({'text': r'Failed to connect to <\\10.255.255.2>, Error = 53'})
            for _ in range(10):
                s = own.connect()
                s.sendall(f'POST /api/v1/diagnose HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
                          f'Accept: text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n{body}'.encode())
                streams.append(s)
            streams[0].recv(100)
            own.process.send_signal(number)
            own.process.wait(timeout=kbt.LIMIT_S)
            code, err = own.close()
            said = [read_all(s)[0] for s in streams]
            for s in streams:
                s.close()
            self.assertEqual((code, err), (128 + number, ''))
            self.assertNotIn(b'event: verdict', b''.join(said))  # nobody waited for their ends
        for number in (signal.SIGTERM, signal.SIGINT):
            kbt.again(lambda _: attempt(number))  # where the signal came so late that they had ended

    def test_a_port_in_use(self):
        p = self.run_kbt('serve', '--db', server.db, '--listen', f'127.0.0.1:{server.port}')
        self.assertEqual(p.returncode, kbt.USAGE)
        self.assertIn(f'127.0.0.1:{server.port} is in use', p.err)
        self.assertEqual(len(p.err.splitlines()), 1)

    def test_addresses(self):
        for where, word in (('0.0.0.0:0', '--insecure'), ('[::]:0', '--insecure'), ('nonsense', 'nonsense'),
                            ('127.0.0.1:99999', '99999'), ('127.0.0.1', '127.0.0.1'), ('localhost:', 'localhost')):
            self.refused('serve', '--listen', where, names=[word])

    def test_a_missing_knowledge_base(self):
        self.refused('serve', '--listen', '127.0.0.1:0', code=kbt.DAMAGED, names=[self.db])

    def test_ipv6(self):
        try:
            socket.create_server(('::1', 0), family=socket.AF_INET6).close()
        except OSError:
            self.skipTest('no IPv6 loopback here')
        p = subprocess.Popen([kbt.KBT, 'serve', '--db', server.db, '--json', '--listen', '[::1]:0'], stdout=subprocess.PIPE)
        said = json.loads(p.stdout.readline())
        with socket.create_connection(('::1', said['port'])) as s:
            s.sendall(b'GET /-/healthy HTTP/1.1\r\nHost: [::1]:%d\r\nConnection: close\r\n\r\n' % said['port'])
            self.assertIn(b'200 OK', read_all(s)[0])
        p.send_signal(signal.SIGTERM)
        p.wait(timeout=kbt.LIMIT_S)
        p.stdout.close()


if __name__ == '__main__':
    unittest.main()
