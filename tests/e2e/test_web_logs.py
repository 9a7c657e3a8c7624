# SPDX-License-Identifier: MIT
"""Logs that are sent to the web server, and what somebody asks it to keep."""
import bz2
import concurrent.futures
import contextlib
import gzip
import io
import json
import lzma
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
import unittest
import zipfile

from serve import LOG, MESSAGE, Page, Server, multipart, read_all, resident_kib

server = None


def setUpModule():
    global server
    server = Server.of_module()


class Logs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(LOG, 'rb') as f:
            cls.log = f.read()

    def scan(self, data, query=''):
        status, _, text = server.ask('POST', '/api/v1/scan' + query, data, {'Content-Type': 'application/octet-stream'})
        return status, json.loads(text)

    def test_lines_that_were_pasted(self):
        """Beside their answer what else is known in them; too many are only offered to be scanned. Without a script."""
        text = self.log.decode()
        page = Page(server.form('/', {'text': text})[2])
        self.assertIn('1 more known problem in these 9 lines:', page.text)
        self.assertIn('No route to host, the address cannot be reached 1 time, line 8', page.text)
        self.assertNotIn('known problem', Page(server.form('/', {'text': text.splitlines()[1]})[2]).text)
        many = text + 'all is well\n' * 25000
        page = Page(server.form('/', {'text': many})[2])
        self.assertIn('What else is known in these 25,009 lines, a scan of them says.', page.text)
        status, _, scanned = server.form('/logs', {'text': many})
        self.assertEqual((status, server.form('/logs', {'csrf': ''})[0]), (200, 415))
        self.assertIn('2 known problems in pasted.log', Page(scanned).text)

    def test_a_log_is_not_called_unexplained_where_a_line_of_it_is_known(self):
        """Nor is an article asked for that would have all its lines for a message. Two common words are too little for
        one of 300 lines, whatever else is known."""
        lines = [f'Mar 12 10:02:{i % 60:02} web1 app[311]: all is well number {i}' for i in range(300)]
        for last in ('', 'Mar 12 10:09:11 web1 backup[311]: Connection refused'):
            text = server.form('/', {'text': '\n'.join([*lines, last])})[2]
            self.assertEqual(re.search('<h2 id="best">(.*?)</h2>', text).group(1),
                             'No article explains all of it' if last else 'No article explains this')
            self.assertEqual('class="draft"' in text, not last)
            self.assertEqual('What is known of single lines is named above.' in text, bool(last))
            self.assertEqual('under 1&nbsp;%' in text and 'The nearest are below' in text, not last)

    def test_a_form_with_a_file(self):
        status, _, text = server.ask('POST', '/logs', *multipart(self.log))
        page = Page(text)
        self.assertEqual(status, 200)
        self.assertIn('2 known problems in Sender.log', page.text)
        self.assertTrue(page.find('a', href='/kb/Q221951'))
        self.assertIn('WNetAddConnection2', page.text)
        self.assertEqual(server.ask('POST', '/logs', *multipart(b'', name=''))[0], 400)

    def test_the_same_address_answers_in_the_form_that_is_asked_for(self):
        for kind, begins in (('application/json', '{'), ('text/markdown', '#'), ('text/plain', '')):
            body, headers = multipart(self.log)
            status, sent, text = server.ask('POST', '/logs', body, {**headers, 'Accept': kind})
            self.assertEqual((status, sent['content-type'].split(';')[0]), (200, kind))
            self.assertIn('Q221951', text)
            self.assertTrue(text.startswith(begins))
            self.assertNotIn('<html', text)

    def test_what_to_do_has_the_values_of_the_log(self):
        body, headers = multipart(b'Failed to connect to <HQ-SRV7>, Error = 3\n')
        for kind in ('text/html', 'text/markdown'):
            text = server.ask('POST', '/logs', body, {**headers, 'Accept': kind})[2]
            self.assertRegex(text, r'rcmd \\+HQ-SRV7 followed', kind)

    def test_packed_files(self):
        plain = self.scan(self.log, '?name=Sender.log')[1]
        packed = [('gz', gzip.compress(self.log)), ('xz', lzma.compress(self.log)), ('bz2', bz2.compress(self.log))]
        if shutil.which('zstd'):
            packed.append(('zst', subprocess.run(['zstd', '-q', '-c'], input=self.log, capture_output=True, check=True).stdout))
        for ending, data in packed:
            status, found = self.scan(data, f'?name=Sender.log.{ending}')
            self.assertEqual((status, found['lines'], [i['id'] for i in found['incidents']]),
                             (200, plain['lines'], [i['id'] for i in plain['incidents']]), ending)

    def test_what_the_lines_tell_over_time(self):
        sets = self.scan(self.log, '?article=Q221951')[1]['incidents'][0]['sets']
        self.assertEqual([(x['story'], 'Failures only' in x['says']) for x in sets], [('down', True)])
        self.assertIn('Failures only', server.ask('POST', '/logs', *multipart(self.log))[2])

    def test_filters(self):
        ids = [i['id'] for i in self.scan(self.log)[1]['incidents']]
        self.assertEqual(len(ids), 2)
        self.assertEqual([i['id'] for i in self.scan(self.log, '?article=221951')[1]['incidents']], ['Q221951'])
        whole = self.scan(self.log, '?article=Q221951')[1]['incidents'][0]['count']
        part = self.scan(self.log, '?article=Q221951&since=2001-03-12T10:58')[1]['incidents'][0]['count']
        self.assertTrue(0 < part < whole, (part, whole))
        self.assertEqual(self.scan(self.log, '?until=2000')[1]['incidents'], [])
        self.assertEqual(self.scan(self.log, '?since=yesterday')[0], 400)

    def test_what_cannot_be_read_is_said(self):
        data = gzip.compress(os.urandom(300000) + self.log)
        for name, bad in (('cut.gz', data[:len(data) // 2]), ('x.gz', b'no archive'), ('x.zip', b'PK\x03\x04 cut')):
            status, found = self.scan(bad, f'?name={name}')
            said = found['error'] if status == 422 else ' '.join(found['unread'])
            self.assertIn(name, said, (name, status, found))

    def test_a_bomb_ends(self):
        bomb = gzip.compress(b'\n'.join([b'a' * 1000] * 90000), 9)
        status, found = self.scan(bomb, '?name=bomb.gz')
        self.assertTrue(status == 422 or found['unread'] or found['bytes'] > 90000000, (status, found))

    def test_large_files_pass_and_larger_ones_do_not(self):
        line = b'Mar 12 10:00:00 web1 app[1]: all is well here, nothing to see at all\n'
        data = (line * ((64 << 20) // len(line) + 1))[:(64 << 20) - len(self.log)] + b'\n' + self.log[:-1]
        before = resident_kib(server.process.pid)
        status, found = self.scan(data)
        self.assertEqual((status, found['bytes'], len(found['incidents'])), (200, 64 << 20, 2))
        self.assertLess(resident_kib(server.process.pid) - before, 200 << 10)
        with server.connect() as s:
            s.sendall(b'POST /api/v1/scan HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n'
                      b'Content-Length: 99999999\r\n\r\n')
            self.assertIn(b' 413 ', read_all(s)[0].split(b'\r\n')[0])

    def test_a_client_that_leaves_ends_its_scan(self):
        with server.connect() as s:
            s.sendall(b'POST /ui/scan HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n'
                      b'Content-Length: 30000000\r\n\r\n' + b'x y z\n' * 1000)
            self.assertTrue(server.wait_until(lambda: any('/#' in n or 'memfd' in n for n in server.open_files())))
        self.assertTrue(server.wait_until(lambda: not any('/#' in n or 'memfd' in n for n in server.open_files())))
        self.assertEqual(self.scan(self.log)[0], 200)

    def test_many_that_leave_midway_block_nobody(self):
        def leave(blocks):
            with server.connect() as s:
                s.sendall(b'POST /ui/scan HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n'
                          b'Content-Length: 30000000\r\n\r\n')
                for _ in range(blocks):
                    s.sendall(b'x y z\n' * 1500)
        for _ in range(12):
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                for blocks in (0, 7, 19, 40):
                    pool.submit(leave, blocks)
        self.assertTrue(server.wait_until(lambda: not any('/#' in n or 'memfd' in n for n in server.open_files())))
        self.assertEqual(self.scan(self.log)[0], 200)

    def test_progress_and_result_as_events(self):
        status, headers, text = server.ask('POST', '/ui/scan?name=Sender.log', self.log,
                                           {'Content-Type': 'application/octet-stream'})
        self.assertEqual((status, headers['content-type']), (200, 'text/event-stream'))
        self.assertRegex(text, r'(?m)^event: done$')
        self.assertIn('known problems in Sender.log', text)


class Kept(unittest.TestCase):
    TEXT = 'mount error(112): Host is down. mount -t cifs //nas1/x -o username=bob,password=hunter2'

    def keep(self, fields):
        status, _, text = server.form('/', {'do': 'keep', **fields})
        self.assertEqual(status, 200, text)
        return re.search(r'href="(/r/[0-9a-f]{32})"', text).group(1), re.search(r'name="key" value="(\w+)"', text).group(1)

    def test_a_link_without_its_secrets(self):
        path, key = self.keep({'text': self.TEXT, 'days': '1'})
        forms = {kind: server.get(path, Accept=kind) for kind in ('text/html', 'application/json', 'text/markdown', 'text/plain')}
        for kind, (status, headers, text) in forms.items():
            self.assertEqual((status, headers['content-type'].split(';')[0]), (200, kind))
            self.assertIn('Q-mount-error-112', text)
            self.assertIn('SECRET-1', text)
            self.assertNotIn('hunter2', text)
        self.assertEqual(json.loads(forms['application/json'][2])['query'], self.TEXT.replace('hunter2', 'SECRET-1'))
        for form, kind in (('json', 'application/json'), ('markdown', 'text/markdown'), ('text', 'text/plain')):
            self.assertEqual(server.get(f'{path}?as={form}')[2], forms[kind][2])
        for accept, kind in (('application/json;q=0.1, text/markdown', 'text/markdown'),
                             ('text/html, application/json;q=0.9', 'text/html'),
                             ('application/json;q=0, text/plain;q=0.5', 'text/plain'),
                             ('text/plain, application/json, */*', 'application/json')):
            self.assertEqual(server.get(path, Accept=accept)[1]['content-type'].split(';')[0], kind, accept)
        with open(server.db + '.kept', 'rb') as f:
            self.assertNotIn(b'hunter2', f.read())
        self.assertEqual(os.stat(server.db + '.kept').st_mode & 0o777, 0o600)
        self.assertEqual(server.form(path + '/delete', {'key': '0' * 32})[0], 403)
        self.assertEqual(server.get(path)[0], 200)
        self.assertEqual(server.form(path + '/delete', {'key': key})[0], 200)
        self.assertEqual(server.get(path)[0], 404)

    def test_what_has_expired_is_gone(self):
        path, key = self.keep({'text': self.TEXT, 'days': '1'})
        self.assertIn('here until', Page(server.get(path)[2]).text)
        with contextlib.closing(sqlite3.connect(server.db + '.kept')) as db, db:
            made, expires = db.execute('SELECT made, expires FROM kept WHERE name = ?', (path[3:],)).fetchone()
            self.assertEqual(expires - made, 86400)
            db.execute('UPDATE kept SET expires = ? WHERE name = ?', (int(time.time()), path[3:]))
        for kind in ('text/html', 'application/json', 'text/markdown', 'text/plain'):
            status, headers, text = server.get(path, Accept=kind)
            self.assertEqual((status, headers['content-type'].split(';')[0]), (404, kind))
            self.assertIn('it has expired', text)
        self.assertEqual(server.get(path.replace('/r/', '/api/v1/kept/'))[0], 404)
        self.assertEqual(server.form(path + '/delete', {'key': key})[0], 404)
        self.keep({'text': self.TEXT, 'days': '1'})  # with which what has expired is forgotten
        with contextlib.closing(sqlite3.connect(server.db + '.kept')) as db:
            self.assertFalse(db.execute('SELECT * FROM kept WHERE name = ?', (path[3:],)).fetchall())

    def test_the_evidence_is_kept_with_it(self):
        fields = {'text': MESSAGE + ' to be kept'}
        server.form('/', {**fields, 'do': 'diagnose'})
        path, _ = self.keep(fields)
        page = Page(server.get(path)[2])
        self.assertIn('refused', page.text)
        self.assertIn('Confirmed', page.text)
        self.assertFalse(page.find('button', id='run'))
        self.assertEqual(json.loads(server.get(path, Accept='application/json')[2])['verdict']['state'], 'confirmed')
        self.assertEqual([page.find('input', name=n)[0]['value'] for n in ('text', 'set.server')], [fields['text'], '127.0.0.1'])

    def test_what_is_odd_about_a_value_is_kept_with_it(self):
        odd = '<p class="finding">127.0.0.1 is an address; a NetBIOS name is not one</p>'
        self.assertIn(odd, server.form('/', {'text': MESSAGE})[2])
        self.assertEqual(server.get(self.keep({'text': MESSAGE})[0])[2].count(odd), 1)

    def test_nothing_is_kept_unasked(self):
        before = os.stat(server.db + '.kept').st_mtime_ns if os.path.exists(server.db + '.kept') else 0
        server.form('/', {'text': MESSAGE, 'do': 'explain'})
        server.ask('POST', '/logs', *multipart(b'nothing\n'))
        after = os.stat(server.db + '.kept').st_mtime_ns if os.path.exists(server.db + '.kept') else 0
        self.assertEqual(before, after)

    def test_a_log_is_kept_without_its_secrets(self):
        log = (b'Mar 12 11:02:41 web1 backup[311]: login password=hunter2 for bob\n'
               b'Mar 12 11:02:42 web1 backup[311]: ssh: connect to host nas1 port 22: No route to host\n')
        _, _, text = server.ask('POST', '/logs', *multipart(log, keep='7'))
        path = re.search(r'href="(/r/[0-9a-f]{32})"', text).group(1)
        for kind in ('text/html', 'application/json', 'text/markdown', 'text/plain'):
            text = server.get(path, Accept=kind)[2]
            self.assertIn('No route to host', text)
            self.assertNotIn('hunter2', text)

    def test_names_of_files_in_what_is_kept_have_no_secrets_either(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, 'w') as z:
            z.writestr('token=hunter2.log', 'Mar 12 11:02:42 web1 x: ssh: connect to host nas1 port 22: No route to host\n')
            z.writestr('password=hunter2.gz', gzip.compress(os.urandom(4000))[:300])
        for name in ('a.zip', 'password=hunter2.zip'):
            _, _, text = server.ask('POST', '/logs', *multipart(packed.getvalue(), keep='7', name=name))
            path = re.search(r'href="(/r/[0-9a-f]{32})"', text).group(1)
            self.assertIn('password=SECRET-', server.get(path)[2])
            for kind in ('text/html', 'application/json', 'text/markdown', 'text/plain'):
                self.assertNotIn('hunter2', server.get(path, Accept=kind)[2], kind)

    def test_passwords_tokens_and_keys_are_masked_and_what_is_deleted_is_overwritten(self):
        secrets = ('hunter2', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a', 'c2gtZWQyNTUxOQAAACDk', 'tangerine')
        path, key = self.keep({'days': '1', 'text': self.TEXT + '\ntoken ghp_16C7e42F292c6912E7710c838347Ae178B4a\n'
                               '-----BEGIN OPENSSH PRIVATE KEY-----\nc2gtZWQyNTUxOQAAACDk\n-----END OPENSSH PRIVATE KEY-----\n'
                               'nas1:5432:orders:bob:tangerine\nmarmalade is no secret'})
        def kept():
            with open(server.db + '.kept', 'rb') as f:
                return f.read()
        self.assertIn(b'marmalade', kept())
        for kind in ('text/html', 'application/json', 'text/markdown', 'text/plain'):
            for secret in secrets:
                self.assertNotIn(secret, server.get(path, Accept=kind)[2], kind)
        for secret in secrets:
            self.assertNotIn(secret.encode(), kept())
        self.assertEqual(server.form(path + '/delete', {'key': key})[0], 200)
        self.assertNotIn(b'marmalade', kept())

    def test_names_that_are_none(self):
        for name in ('0' * 32, 'x', '0' * 31 + 'G', '%27%20or%201=1--', '..%2f..%2fetc', 'a' * 500):
            self.assertIn(server.get('/r/' + name)[0], (400, 404))
            self.assertIn(server.form(f'/r/{name}/delete', {'key': 'x'})[0], (400, 404))

    @unittest.skipIf(subprocess.run(['unshare', '-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt'], capture_output=True).returncode,
                     'no file systems of its own for a process here')
    def test_a_full_disk_keeps_what_there_is_and_can_be_cleared(self):
        with tempfile.TemporaryDirectory(prefix='kbt-full-') as small:
            other = Server('--keep', f'{small}/kept', through=('unshare', '-rm', 'sh', '-c', 'mount -t tmpfs -o size=300k none "$0" && exec "$@"', small))
            try:
                made, post = [], {'Content-Type': 'application/json'}
                for i in range(50):
                    status, _, text = other.ask('POST', '/api/v1/kept', json.dumps({'text': f'{MESSAGE} {i}'}), post)
                    if status != 200:
                        break
                    made.append(json.loads(text))
                self.assertEqual((status, bool(made)), (507, True), text)
                self.assertIn('no room left', json.loads(text)['error'])
                with open(LOG, 'rb') as f:
                    log = f.read()
                for _ in range(50):  # one that is smaller than what did not fit may
                    status, _, text = other.ask('POST', '/api/v1/scan?keep=1', log, {'Content-Type': 'application/octet-stream'})
                    self.assertEqual(status, 200)
                    if 'not_kept' in json.loads(text):
                        break
                self.assertIn('no room left', json.loads(text)['not_kept'])
                for one in made:
                    self.assertEqual(other.get('/r/' + one['name'])[0], 200)
                    self.assertEqual(other.api(f'/api/v1/kept/{one["name"]}/delete', {'key': one['key']})[0], 200)
                    self.assertEqual(other.get('/r/' + one['name'])[0], 404)
                self.assertEqual(other.api('/api/v1/kept', {'text': MESSAGE})[0], 200)
            finally:
                other.close()

    def test_a_server_that_keeps_nothing(self):
        other = Server('--keep', 'none')
        try:
            self.assertEqual(other.form('/', {'text': MESSAGE, 'do': 'keep'})[0], 403)
            self.assertEqual(os.listdir(other.dir).count('kb.db.kept'), 0)
        finally:
            other.close()

    def test_a_file_that_nobody_named_keeps_nobody_from_asking(self):
        """What lies where reports are kept by default is no such file: that is said, and the rest is served."""
        with tempfile.TemporaryDirectory() as folder:
            db = shutil.copy(server.db, folder)
            with open(db + '.kept', 'w', encoding='utf-8') as f:
                f.write('mine\n' * 100)
            other = Server('--db', db)
            try:
                self.assertIn('what people keep cannot be put there', other.errors())
                self.assertEqual(other.form('/', {'text': MESSAGE})[0], 200)
                status, _, text = other.form('/', {'text': MESSAGE, 'do': 'keep'})
                self.assertEqual(status, 503, text)
            finally:
                other.close()


if __name__ == '__main__':
    unittest.main()
