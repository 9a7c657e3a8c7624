# SPDX-License-Identifier: MIT
"""Who may ask the server what: listening elsewhere than on loopback, tokens, TLS, log-in, rates, names. All in a network
namespace of its own, whose loopback also has an address that is none of loopback's."""
import concurrent.futures
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import stat
import subprocess
import threading
import time
import unittest

import kbt
from serve import Described, MESSAGE, ServedTest, bearer, read_all

OWN = '192.0.2.1'  # in the namespace


def setUpModule():
    kbt.own_network(f'addr add {OWN}/24 dev lo')


class Case(ServedTest):
    def certificate(self, name=OWN):
        """A certificate of our own for an address, its key, and a context that trusts it alone."""
        if not shutil.which('openssl'):
            self.skipTest('openssl is missing')
        cert, key = self.path('cert.pem'), self.path('key.pem')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                        '-subj', '/CN=kbt', '-addext', f'subjectAltName=IP:{name}', '-keyout', key, '-out', cert],
                       check=True, stderr=subprocess.DEVNULL)
        return cert, key, ssl.create_default_context(cafile=cert)


class Tokens(Case):
    def test_a_token_is_printed_once_and_kept_as_a_hash(self):
        path, secrets = self.tokens(alice='probe', bob='read')
        self.assertRegex(secrets['alice'], r'\Akbt_[A-Za-z0-9_-]{43}\Z')
        self.assertNotEqual(secrets['alice'], secrets['bob'])
        with open(path) as f:
            text = f.read()
        self.assertNotIn(secrets['alice'][4:], text)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertEqual(self.json('token', 'list', '--tokens', path),
                         [{'name': 'alice', 'role': 'probe'}, {'name': 'bob', 'role': 'read'}])
        self.kbt('token', 'remove', 'alice', '--tokens', path)
        self.assertEqual(self.kbt('token', 'list', '--tokens', path).out, 'read   bob\n')
        self.assertEqual([f for f in os.listdir(self.dir) if f.startswith('tokens')], ['tokens'])

    def test_what_is_no_token(self):
        path, _ = self.tokens(alice='admin')
        self.refused('token', 'add', 'alice', '--tokens', path, names=['alice', path])
        self.refused('token', 'add', 'a b', '--tokens', path, names=['name'])
        self.refused('token', 'add', 'bob', '--role', 'king', '--tokens', path, names=['king'])
        self.refused('token', 'remove', 'bob', '--tokens', path, names=['bob'])
        self.refused('token', 'add', 'bob', names=['--tokens'])
        self.refused('token', 'nonsense', '--tokens', path, names=['list'])
        for text in ('alice probe', 'alice king ' + 'a' * 64, 'alice read ' + 'g' * 64, 'a/b read ' + 'a' * 64,
                     'a read ' + 'a' * 64 + '\na read ' + 'b' * 64, '\x00', 'x ' * 100000):
            bad = self.write('bad', text)
            p = self.refused('token', 'list', '--tokens', bad, names=[bad])
            self.assertRegex(p.err, r':\d+: ')

    def test_a_token_that_cannot_be_told_is_not_added(self):
        path, _ = self.tokens(alice='probe')
        with open('/dev/full', 'wb') as full:
            self.kbt('token', 'add', 'bob', '--tokens', path, stdout=full, code=kbt.USAGE)
        self.kbt('token', 'add', 'bob', '--tokens', path, code=kbt.USAGE, preexec_fn=lambda: os.close(1))
        reads, writes = os.pipe()
        os.close(reads)  # before it starts: closed after, it might have been told by then
        self.addCleanup(os.close, writes)
        p = subprocess.run([kbt.KBT, 'token', 'add', 'bob', '--tokens', path], stdout=writes, stderr=subprocess.PIPE, timeout=kbt.LIMIT_S)
        self.assertNotEqual(p.returncode, 0)
        self.assertEqual(self.kbt('token', 'list', '--tokens', path).out, 'probe  alice\n')
        self.refused('token', 'add', 'bob', '--tokens', self.path('none/tokens'), names=['folder'])
        self.assertEqual(self.kbt('token', 'add', 'bob', '--tokens', self.path('none/tokens'), code=kbt.USAGE).out, '')

    def test_ended_at_any_moment_what_was_added_was_told(self):
        path = self.path('tokens')
        for n in range(40):
            p = subprocess.Popen([kbt.KBT, 'token', 'add', f't{n}', '--tokens', path], stdout=subprocess.PIPE)
            time.sleep(n * .0002)
            p.kill()
            told = p.communicate(timeout=kbt.LIMIT_S)[0]
            there = os.path.exists(path) and f't{n}' in self.kbt('token', 'list', '--tokens', path).out.split()
            self.assertTrue(told or not there, n)
        self.kbt('token', 'add', 'last', '--tokens', path)
        self.assertIn('last', self.kbt('token', 'list', '--tokens', path).out)

    def test_many_at_once_lose_none(self):
        path = self.path('tokens')
        made = [subprocess.Popen([kbt.KBT, 'token', 'add', f't{i}', '--tokens', path], stdout=subprocess.DEVNULL) for i in range(8)]
        self.assertEqual([p.wait() for p in made], [0] * 8)
        self.assertEqual(len(self.json('token', 'list', '--tokens', path)), 8)


class Elsewhere(Case):
    """Where other machines can ask: only with tokens over TLS, or by an explicit --insecure."""

    def refused_to_start(self, *args, names=()):
        self.refused('serve', '--listen', f'{OWN}:0', *args, names=names)

    def test_it_does_not_start_unprotected(self):
        path, _ = self.tokens(alice='probe')
        self.refused_to_start(names=['--tokens', '--insecure', OWN])
        self.refused_to_start('--tokens', path, names=['--tls-cert', '--insecure'])
        cert, key, _ = self.certificate()
        self.refused_to_start('--tls-cert', cert, '--tls-key', key, names=['--tokens'])
        self.refused_to_start('--tls-cert', cert, names=['--tls-key'])
        self.refused_to_start('--tokens', path, '--tls-cert', cert, '--tls-key', self.write('k', 'nonsense'), names=[self.path('k')])
        self.refused_to_start('--tokens', self.path('none'), '--insecure', names=[self.path('none')])
        self.refused_to_start('--tokens', self.write('empty', '# nobody\n'), '--insecure', names=['kbt token add'])
        os.chmod(path, 0o620)
        self.refused_to_start('--tokens', path, '--insecure', names=['chmod'])

    def test_tokens_over_tls(self):
        path, secrets = self.tokens(alice='probe')
        cert, key, trust = self.certificate()
        server = self.serve('--tokens', path, '--tls-cert', cert, '--tls-key', key, listen=f'{OWN}:0', host=OWN, tls=trust)
        self.assertTrue(server.url.startswith('https://'))
        self.assertEqual(server.get('/-/healthy')[0], 200)
        self.assertEqual(server.ask('GET', '/api/v1/search?q=rcmd')[0], 401)
        status, answer = server.api('/api/v1/lookup', {'text': MESSAGE}, bearer(secrets['alice']))
        self.assertEqual((status, answer['explained']), (200, True))
        status, headers, _ = server.form('/login', {'token': secrets['alice']})
        self.assertRegex(headers['set-cookie'], r'\A__Host-kbt=[\w-]+; Path=/; Max-Age=\d+; HttpOnly; SameSite=Strict; Secure\Z')
        cookie = headers['set-cookie'].split(';')[0]
        self.assertEqual(server.get('/', Cookie=cookie)[0], 200)
        body = json.dumps({'text': MESSAGE})
        for origin, want in ((f'https://{OWN}:{server.port}', 200), (f'http://{OWN}:{server.port}', 403)):
            self.assertEqual(server.ask('POST', '/api/v1/lookup', body, {'Content-Type': 'application/json', 'Origin': origin,
                                                                        **bearer(secrets['alice'])})[0], want)
        plain = socket.create_connection((OWN, server.port))
        plain.settimeout(25)
        plain.sendall(b'GET / HTTP/1.1\r\nHost: ' + OWN.encode() + b'\r\n\r\n')
        got, closed = read_all(plain)
        self.assertRegex(got, rb'^HTTP/1\.1 400 [^\0]*https://')
        self.assertTrue(closed)
        plain.close()
        old = ssl.create_default_context(cafile=cert)
        old.set_ciphers('DEFAULT:@SECLEVEL=0')
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        with self.assertRaises((ssl.SSLError, OSError)):
            old.wrap_socket(socket.create_connection((OWN, server.port)), server_hostname=OWN)

    def test_a_silent_or_dripping_handshake_is_cut_off(self):
        path, _ = self.tokens(alice='probe')
        cert, key, trust = self.certificate()
        server = self.serve('--tokens', path, '--tls-cert', cert, '--tls-key', key, listen=f'{OWN}:0', host=OWN, tls=trust)
        silent = socket.create_connection((OWN, server.port))
        silent.settimeout(25)  # sooner than who is idle is let go
        self.assertTrue(read_all(silent)[1])
        silent.close()

    def test_insecure_answers_everyone_and_probes_nothing(self):
        server = self.serve('--insecure', listen='0.0.0.0:0', host=OWN)
        self.assertEqual(server.get('/')[0], 200)
        report = server.api('/api/v1/diagnose', {'text': MESSAGE, 'set': {'server': OWN}})[1]
        self.assertEqual({e['state'] for e in report['evidence'] if e['probe'] == 'tcp'}, {'not-run'})


class Roles(Case):
    def setUp(self):
        super().setUp()
        self.file, self.secrets = self.tokens(reader='read', prober='probe', boss='admin')
        self.server = self.serve('--tokens', self.file)

    def api_of(self, name, method, path, value):
        status, _, text = self.server.ask(method, path, json.dumps(value),
                                          {'Content-Type': 'application/json', **bearer(self.secrets[name])})
        self.assertEqual(status, 200, text)
        return json.loads(text)

    def test_nobody_gets_anything(self):
        s = self.server
        for method, path in (('GET', '/'), ('POST', '/'), ('GET', '/kb/Q150536'), ('GET', '/search?q=a'), ('GET', '/metrics'),
                             ('POST', '/ui/answer'), ('POST', '/ui/diagnose'), ('POST', '/api/v1/lookup'), ('POST', '/logout'),
                             ('POST', '/api/v1/diagnose'), ('GET', '/api/v1/search?q=a'), ('GET', '/nothing'), ('PUT', '/')):
            for headers in ({}, bearer('kbt_' + 'A' * 43), bearer(''), {'Authorization': 'Basic YTpi'}, {'Cookie': 'kbt=AAAA'},
                            {'Cookie': 'kbt='}, bearer(self.secrets['reader'][:-1]), bearer('x' * 3000)):
                status, sent, text = s.ask(method, path, '' if method == 'POST' else None, headers)
                self.assertEqual((status, sent.get('www-authenticate')), (401, 'Bearer realm="kbtriage"'), (method, path, headers))
                self.assertNotIn('Q150536', text)
        for path in ('/-/healthy', '/-/ready', '/login', '/api/v1/openapi.json'):
            self.assertEqual(s.get(path)[0], 200, path)
        described = Described(s)
        for path, method, real in described.operations():
            for accept in ('*/*', 'application/problem+json', 'text/markdown'):
                status, sent, _ = s.ask(method, real, headers={'Accept': accept})
                self.assertEqual(status, 200 if path.startswith('/-/') else 401)
                self.assertTrue(described.names(path, method, status, sent['content-type']), (path, accept))
        for path in ('/-/healthy', '/-/ready'):  # whoever watches is answered, whatever it shows
            self.assertEqual(s.ask('GET', path, headers=bearer('kbt_' + 'A' * 43))[0], 200, path)

    def test_each_role_does_what_it_may(self):
        s = self.server
        for name, probes in (('reader', 403), ('prober', 200), ('boss', 200)):
            who = bearer(self.secrets[name])
            self.assertEqual(s.api('/api/v1/lookup', {'text': MESSAGE}, who)[0], 200)
            self.assertEqual(s.get('/metrics', **who)[0], 200)
            status, _, page = s.form('/', {'text': MESSAGE}, who)
            self.assertEqual((status, 'id="run"' in page, 'data-auto' in page), (200, probes == 200, probes == 200))
            status, answer = s.api('/api/v1/diagnose', {'text': MESSAGE}, who)
            self.assertEqual(status, probes)
            if probes == 403:
                self.assertIn('role probe', answer['error'])
            self.assertEqual(s.form('/', {'text': MESSAGE, 'do': 'diagnose'}, who)[0], probes)
            self.assertEqual(s.form('/ui/diagnose', {'text': MESSAGE}, who)[0], probes)
            self.assertEqual(s.ask('POST', '/api/v1/diagnose', json.dumps({'text': MESSAGE}), {
                'Content-Type': 'application/json', 'Accept': 'text/event-stream', **who})[0], probes)

    def test_a_browser_is_sent_to_the_log_in_and_back(self):
        s, page = self.server, {'Accept': 'text/html,*/*;q=0.8', 'Sec-Fetch-Mode': 'navigate'}
        status, headers, _ = s.get('/search?q=rcmd&page=1', **page)
        self.assertEqual((status, headers['location']), (303, '/login?next=%2Fsearch%3Fq%3Drcmd%26page%3D1'))
        status, _, text = s.get(headers['location'], **page)
        csrf = re.search(r'name="csrf" value="(\w+)"', text).group(1)
        self.assertIn('name="next" value="/search?q=rcmd&amp;page=1"', text)
        own = {'Origin': s.url[:-1]}
        fields = {'token': self.secrets['prober'], 'next': '/search?q=rcmd&page=1', 'csrf': csrf}
        self.assertEqual(s.form('/login', {**fields, 'token': 'kbt_no'}, own)[0], 401)
        self.assertEqual(s.form('/login', {**fields, 'csrf': 'x'}, own)[0], 403)
        status, headers, _ = s.form('/login', fields, own)
        self.assertEqual((status, headers['location']), (303, '/search?q=rcmd&page=1'))
        self.assertRegex(headers['set-cookie'], r'\Akbt=[\w-]{32}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict\Z')
        cookie = {'Cookie': 'theirs=1; ' + headers['set-cookie'].split(';')[0]}
        self.assertEqual(s.get('/search?q=rcmd', **page, **cookie)[0], 200)
        status, headers, _ = s.get('/login?next=%2Fhelp', **cookie)
        self.assertEqual((status, headers['location']), (303, '/help'))
        csrf = re.search(r'name="csrf" value="(\w+)"', s.get('/login', **cookie)[2]).group(1)
        self.assertEqual(s.form('/logout', {}, cookie)[0], 403)
        self.assertIn('Log out</button>', s.get('/logout', **page, **cookie)[2])  # loaded again, by a script's GET
        self.assertEqual(s.get('/', **cookie)[0], 200)
        self.assertEqual(s.form('/logout', {'csrf': csrf}, {**cookie, **own})[0], 303)
        self.assertEqual(s.get('/', **cookie)[0], 401)
        status, _, text = s.form('/logout', {'csrf': csrf}, {**cookie, **own, **page})  # from another tab, or a day later
        self.assertEqual(status, 401)
        self.assertIn('<a href="/login">Log in</a>', text)

    def test_a_link_from_elsewhere_asks_once_more(self):
        foreign = {'Sec-Fetch-Site': 'cross-site', 'Accept': 'text/html'}
        text = self.server.get('/login?next=%2Fkb%2FQ150536', **foreign)[2]
        self.assertIn('http-equiv="refresh" content="0;url=/login?again=1&amp;next=%2Fkb%2FQ150536"', text)
        self.assertIn('name="token"', self.server.get('/login?again=1&next=%2Fkb%2FQ150536', **foreign)[2])

    def test_the_log_in_leads_nowhere_else(self):
        for to in ('//evil.example', 'http://evil.example/', '/\\evil.example', '/%0d%0aX-Evil:1', '/\r\nX-Evil: 1', 'javascript:alert(1)', '/a b'):
            status, headers, _ = self.server.form('/login', {'token': self.secrets['reader'], 'next': to})
            self.assertEqual(status, 303)
            self.assertIn(headers['location'], ('/', '/%0d%0aX-Evil:1'), to)
            self.assertNotIn('x-evil', headers)

    def test_a_cookie_alone_changes_nothing(self):
        cookie = {'Cookie': self.server.form('/login', {'token': self.secrets['prober']})[1]['set-cookie'].split(';')[0]}
        for path, fields in (('/', {'text': MESSAGE, 'do': 'diagnose'}), ('/ui/diagnose', {'text': MESSAGE}), ('/logout', {})):
            for csrf in ({}, {'csrf': ''}, {'csrf': '0' * 32}):
                self.assertEqual(self.server.form(path, {**fields, **csrf}, cookie)[0], 403, (path, csrf))
        csrf = re.search(r'name="csrf" value="(\w+)"', self.server.get('/', **cookie)[2]).group(1)
        self.assertEqual(self.server.form('/', {'text': MESSAGE, 'do': 'diagnose', 'csrf': csrf}, cookie)[0], 200)
        other = {'Cookie': self.server.form('/login', {'token': self.secrets['boss']})[1]['set-cookie'].split(';')[0]}
        self.assertEqual(self.server.form('/', {'text': MESSAGE, 'csrf': csrf}, other)[0], 403)  # of another session

    def test_what_is_kept_is_its_makers_and_the_admins(self):
        made = self.api_of('prober', 'POST', '/api/v1/kept', {'text': MESSAGE})
        path = '/r/' + made['name']
        self.assertEqual(self.server.ask('GET', path, headers={'Accept': 'application/json'})[0], 401)
        self.assertEqual(self.server.ask('GET', path, headers=bearer(self.secrets['reader']))[0], 200)
        form = {'Content-Type': 'application/x-www-form-urlencoded'}
        for name, key, status in (('reader', 'nonsense', 403), ('prober', '', 403), ('boss', '', 200), ('boss', '', 404)):
            answer = self.server.ask('POST', path + '/delete', f'key={key}', {**form, **bearer(self.secrets[name])})
            self.assertEqual(answer[0], status, (name, answer[2][-300:]))

    def test_one_client_leaves_room_for_others(self):
        self.api_of('prober', 'POST', '/api/v1/kept', {'text': MESSAGE})
        with contextlib.closing(sqlite3.connect(self.server.db + '.kept')) as db, db:
            self.assertEqual(db.execute('SELECT count(*), max(length(owner)) FROM owned').fetchone(), (1, 32))
            db.execute('UPDATE owned SET bytes = 1 << 28')
        post = {'Content-Type': 'application/json', **bearer(self.secrets['prober'])}
        status, _, text = self.server.ask('POST', '/api/v1/kept', json.dumps({'text': MESSAGE}), post)
        self.assertEqual(status, 507)
        self.assertIn('A quarter of what can be kept here is yours already.', json.loads(text)['error'])
        post['Content-Type'] = 'application/octet-stream'
        self.assertIn('A quarter', json.loads(self.server.ask('POST', '/api/v1/scan?keep=1', 'nothing\n', post)[2])['not_kept'])
        self.api_of('boss', 'POST', '/api/v1/kept', {'text': MESSAGE})

    def test_so_many_reports_are_kept_and_no_more(self):
        def ask(who):
            status, _, text = self.server.ask('POST', '/api/v1/kept', json.dumps({'text': MESSAGE}),
                                              {'Content-Type': 'application/json', **bearer(self.secrets[who])})
            return status, json.loads(text).get('error', '')
        name = self.api_of('prober', 'POST', '/api/v1/kept', {'text': MESSAGE})['name']
        more = "WITH RECURSIVE n(n) AS (VALUES(1) UNION ALL SELECT n + 1 FROM n WHERE n < ?) INSERT INTO {} FROM n, {} WHERE name = ?"
        with contextlib.closing(sqlite3.connect(self.server.db + '.kept', isolation_level=None)) as db:
            owner = db.execute('SELECT owner FROM owned WHERE name = ?', (name,)).fetchone()
            db.execute('UPDATE owned SET bytes = 1')
            try:
                count = db.execute('SELECT count(*) FROM owned WHERE owner = ?', owner).fetchone()[0]
                db.execute(more.format("owned SELECT 'more' || n, owner, 1", 'owned'), (2499 - count, name))
                self.assertEqual(ask('prober'), (200, ''))
                self.assertEqual(ask('prober'), (507, 'A quarter of what can be kept here is yours already. Delete some of it, or copy this instead.'))
                count = db.execute('SELECT count(*) FROM kept').fetchone()[0]
                db.execute(more.format("kept SELECT 'more' || n, key_hash, kind, title, made, expires, '', '', '', ''", 'kept'),
                           (9999 - count, name))
                self.assertEqual(ask('boss'), (200, ''))
                self.assertEqual(ask('boss'), (507, 'That is too much to keep here. Copy it instead.'))
            finally:
                for table in ('kept', 'owned'):
                    db.execute(f"DELETE FROM {table} WHERE name LIKE 'more%'")

    def test_a_log_by_a_form_wants_the_mark_of_the_session(self):
        cookie = self.server.form('/login', {'token': self.secrets['reader']})[1]['set-cookie'].split(';')[0]
        page = self.server.ask('GET', '/logs', headers={'Cookie': cookie, 'Sec-Fetch-Site': 'same-origin'})[2]
        mark = re.search(r'name="csrf" value="(\w+)"', page).group(1)
        for value, status in (('', 403), ('x' + mark[1:], 403), (mark, 200)):
            body = (f'--e\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{value}\r\n--e\r\nContent-Disposition: form-data; '
                    'name="file"; filename="a.log"\r\n\r\nnothing\n\r\n--e--\r\n')
            answer = self.server.ask('POST', '/logs', body, {'Content-Type': 'multipart/form-data; boundary=e', 'Cookie': cookie,
                                                             'Sec-Fetch-Site': 'same-origin'})
            self.assertEqual(answer[0], status, value)

    def test_a_token_that_is_taken_out_is_out(self):
        s, who = self.server, bearer(self.secrets['prober'])
        cookie = {'Cookie': s.form('/login', {'token': self.secrets['prober']})[1]['set-cookie'].split(';')[0]}
        self.assertEqual((s.get('/help', **who)[0], s.get('/help', **cookie)[0]), (200, 200))
        self.kbt('token', 'remove', 'prober', '--tokens', self.file)
        fresh = self.kbt('token', 'add', 'fresh', '--tokens', self.file).out.strip()
        self.assertTrue(s.wait_until(lambda: s.get('/help', **who)[0] == 401))
        self.assertEqual((s.get('/help', **cookie)[0], s.get('/help', **bearer(fresh))[0]), (401, 200))
        with open(self.file, 'a') as f:
            f.write('nonsense\n')

        def noticed():  # when somebody asks; a damaged file shuts nobody out, and lets nobody in
            self.assertEqual(s.get('/help', **bearer(fresh))[0], 200)
            return 'the old ones go on' in s.errors()
        self.assertTrue(s.wait_until(noticed))
        self.assertEqual(s.get('/help', **bearer(fresh))[0], 200)
        self.assertEqual(s.get('/help', **who)[0], 401)
        self.assertIn('the old ones go on', s.close()[1])


class Rates(Case):
    def test_a_client_elsewhere_asks_300_times_at_once_and_then_50_times_a_second(self):
        one = b'GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n'

        def attempt(_):  # a refusal may end the connection before all answers are read
            server, got = self.serve('--insecure', listen='0.0.0.0:0', host=OWN), b''
            began = time.monotonic()
            with server.connect() as s, contextlib.suppress(ConnectionError):
                s.sendall((one + b'\r\n') * 2000 + one + b'Connection: close\r\n\r\n')
                while more := s.recv(65536):
                    got += more
            most = 301 + 50 * (time.monotonic() - began)
            self.assertIn(got.count(b'HTTP/1.1 200 '), range(250, int(most) + 1))
        kbt.again(attempt)

    def test_a_client_elsewhere_is_limited_and_loopback_is_not(self):
        server = self.serve('--insecure', '--rate', '1', listen='0.0.0.0:0', host=OWN)
        question = lambda n: {'text': MESSAGE, 'set': {'server': f'198.51.100.{n}'}}
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda n: server.api('/api/v1/diagnose', question(n)), range(1, 6)))
        self.assertEqual(sorted(status for status, _ in found), [200, 429, 429, 429, 429])
        self.assertRegex(next(answer['error'] for status, answer in found if status == 429), r'too many diagnoses\. Try again in \d+ seconds?\.$')
        status, headers, _ = server.ask('POST', '/api/v1/diagnose', json.dumps(question(9)), {'Content-Type': 'application/json'})
        self.assertEqual(status, 429)
        self.assertIn(int(headers['retry-after']), range(1, 62))
        server.host = '127.0.0.1'
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            self.assertEqual({status for status, _ in pool.map(lambda n: server.api('/api/v1/diagnose', question(n)), range(10, 16))}, {200})
        self.assertEqual({server.get('/-/healthy')[0] for _ in range(600)}, {200})
        described = Described(server)
        server.host = OWN

        def use_up():  # by requests that cost next to nothing, else a slow machine is given as many more meanwhile
            with server.connect() as s, contextlib.suppress(ConnectionError):  # behind a refusal it is closed
                one = b'GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n'
                s.sendall((one + b'\r\n') * 2000 + one + b'Connection: close\r\n\r\n')
                while s.recv(65536):
                    pass
        for path, method, real in described.operations():
            for accept in ('*/*', 'application/problem+json'):
                for _ in range(20):
                    use_up()
                    status, headers, _ = server.ask(method, real, headers={'Accept': accept})
                    if status == 429:
                        break
                self.assertTrue(described.names(path, method, status, headers['content-type']), (path, status))
                self.assertEqual((status, headers['retry-after']), (429, '1'), path)

    def test_no_client_elsewhere_holds_all_places_for_files(self):
        """Of six: one client gets three, another two, a third the last. This machine's own takes what there is."""
        others = [f'192.0.2.{n}' for n in range(2, 5)]
        for address in others:
            subprocess.run(['ip', 'addr', 'add', f'{address}/24', 'dev', 'lo'], check=True)
        head = 'POST /api/v1/scan HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nExpect: 100-continue\r\n'

        def attempt(_):
            server = self.serve('--insecure', listen='0.0.0.0:0', host=OWN)

            def begins(address, held):
                s = held.enter_context(socket.create_connection((server.host, server.port), 60, (address, 0)))
                s.sendall((head + 'Content-Length: 9\r\n\r\n').encode())
                return int(s.recv(1000).split()[1])
            with contextlib.ExitStack() as held:
                self.assertEqual([begins(others[0], held) for _ in range(4)], [100, 100, 100, 503])
                self.assertEqual([begins(others[1], held) for _ in range(3)], [100, 100, 503])
                self.assertEqual([begins(others[2], held) for _ in range(2)], [100, 503])
            server.host = '127.0.0.1'

            def here(n):
                with contextlib.ExitStack() as held:
                    return [begins('127.0.0.1', held) for _ in range(n)]
            self.assertTrue(kbt.until(lambda: here(7) == [100] * 6 + [503]))
        kbt.again(attempt)

    def test_without_a_rate_ten_at_once_and_twenty_a_minute(self):
        """A refused one is told to wait until the next is due: 60 s / 20, and what was waited already less."""
        def attempt(_):
            server = self.serve('--insecure', listen='0.0.0.0:0', host=OWN)
            ask = lambda n: server.ask('POST', '/api/v1/diagnose', json.dumps({'text': MESSAGE, 'set': {'server': f'198.51.100.{n}'}}),
                                       {'Content-Type': 'application/json'})
            with concurrent.futures.ThreadPoolExecutor(12) as pool:
                found = list(pool.map(ask, range(1, 13)))
            self.assertEqual([status for status, _, _ in found].count(200), 10)
            self.assertEqual({headers['retry-after'] for status, headers, _ in found if status == 429}, {'3'})
        kbt.again(attempt)

    def test_guessing_tokens_is_slowed_down(self):
        path, secrets = self.tokens(alice='read')
        server = self.serve('--tokens', path, '--insecure', listen=f'{OWN}:0', host=OWN)
        began = time.monotonic()
        found = [server.get('/help', **bearer(f'kbt_{n}'))[0] for n in range(14)]
        more = int((time.monotonic() - began) / 10) + 1  # each ten seconds there is one again
        self.assertIn(found, [[401] * n + [429] * (14 - n) for n in range(10, min(10 + more, 13))])
        self.assertTrue(server.wait_until(lambda: server.form('/login', {'token': 'kbt_no'})[0] == 429))
        self.assertEqual(server.get('/login')[0], 200)
        # Who has one is at the same address, and is not locked out.
        self.assertEqual(server.get('/help', **bearer(secrets['alice']))[0], 200)
        self.assertEqual(server.form('/login', {'token': secrets['alice']})[0], 303)


class Ends(Case):
    def test_while_others_come_and_wait(self):
        for _ in range(8):
            server = self.serve()
            ends = threading.Event()

            def come():
                while not ends.is_set():
                    try:
                        server.get('/-/healthy')
                    except OSError:
                        pass
            threads = [threading.Thread(target=come) for _ in range(2)]
            body = json.dumps({'text': MESSAGE, 'set': {'server': '127.0.0.66'}}).encode()
            streams = [server.connect() for _ in range(8)]
            for s in streams:
                s.sendall(b'POST /api/v1/diagnose HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
                          b'Accept: text/event-stream\r\nContent-Length: %d\r\n\r\n%b' % (len(body), body))
            for t in threads:
                t.start()
            streams[0].recv(100)
            code, err = server.close()
            ends.set()
            for t in threads:
                t.join()
            for s in streams:
                s.close()
            self.assertEqual((code, err), (128 + signal.SIGTERM, ''))


class SocketFile(Case):
    def test_it_serves_its_owner_and_goes_away(self):
        path = self.path('web.sock')
        server = self.serve('--host', 'kb.example.org', listen='unix:' + path, host=path)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertEqual((server.url, server.get('/')[0]), ('unix:' + path, 200))
        self.assertEqual(server.get('/', Host='kb.example.org')[0], 200)
        self.assertEqual(server.get('/', Host='evil.example')[0], 421)
        body = json.dumps({'text': MESSAGE})
        for origin, want in (('https://kb.example.org', 200), ('http://kb.example.org', 200), ('https://evil.example', 403)):
            self.assertEqual(server.ask('POST', '/api/v1/lookup', body, {'Host': 'kb.example.org', 'Origin': origin,
                                                                        'Content-Type': 'application/json'})[0], want)
        self.refused('serve', '--db', server.db, '--listen', 'unix:' + path, names=[path])
        server.close()
        self.assertFalse(os.path.exists(path))

    def test_a_socket_that_is_left_over_is_replaced_and_another_file_is_not(self):
        path = self.path('web.sock')
        left = socket.socket(socket.AF_UNIX)
        left.bind(path)
        left.close()
        self.assertEqual(self.serve(listen='unix:' + path, host=path).get('/-/healthy')[0], 200)
        other = self.write('file', 'precious')
        self.refused('serve', '--db', self.db, '--listen', 'unix:' + other, names=[other])
        with open(other) as f:
            self.assertEqual(f.read(), 'precious')
        self.refused('serve', '--listen', 'unix:' + 'a' * 200, names=['unix:'])
        self.refused('serve', '--listen', 'unix:', names=['unix:'])
        self.refused('serve', '--db', self.db, '--listen', 'unix:/nowhere/x', names=['unix:/nowhere/x', 'its folder is not there'])

    def test_one_whose_server_takes_nobody_just_now_is_in_use(self):
        """A start that waited for it to take one more would wait for as long as it hangs."""
        path = self.path('web.sock')
        with contextlib.ExitStack() as held:
            hung = held.enter_context(socket.socket(socket.AF_UNIX))
            hung.bind(path)
            hung.listen(0)
            with contextlib.suppress(BlockingIOError):
                while True:
                    waits = held.enter_context(socket.socket(socket.AF_UNIX))
                    waits.setblocking(False)
                    waits.connect(path)
            self.refused('serve', '--db', self.db, '--listen', 'unix:' + path, names=[path, 'another program uses it'])
        self.assertTrue(os.path.exists(path))

    def test_with_tokens_its_group_too(self):
        path = self.path('web.sock')
        tokens, secrets = self.tokens(alice='read')
        server = self.serve('--tokens', tokens, listen='unix:' + path, host=path)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o660)
        self.assertEqual((server.get('/help')[0], server.get('/help', **bearer(secrets['alice']))[0]), (401, 200))
        for proto, secure in (({'X-Forwarded-Proto': 'https'}, True), ({}, False)):  # TLS ends in front of it, or there is none
            cookie = server.form('/login', {'token': secrets['alice']}, proto)[1]['set-cookie']
            self.assertEqual(cookie.endswith('; Secure'), secure, cookie)


class Unit(Case):
    def test_the_service_is_shut_in(self):
        if not shutil.which('systemd-analyze'):
            self.skipTest('systemd-analyze is missing')
        with open(os.path.join(kbt.ROOT, 'cli/systemd/kbt-serve.service'), encoding='utf-8') as f:
            text = f.read()
        unit = self.write('kbt-serve.service', text.replace('@PREFIX@/bin/kbt', kbt.KBT))
        p = subprocess.run(['systemd-analyze', 'verify', '--man=no', unit], capture_output=True, text=True)
        self.assertEqual([line for line in p.stderr.splitlines() if 'kbt-serve' in line], [])
        p = subprocess.run(['systemd-analyze', 'security', '--offline=yes', '--threshold=20', unit], capture_output=True, text=True)
        self.assertEqual(p.returncode, 0, p.stdout[-300:])  # an exposure of at most 2.0


class Names(Case):
    def test_own_names_and_no_other(self):
        server = self.serve('--host', 'kb.example.org', '--host', 'kb')
        for host, want in (('kb.example.org', 200), ('KB.example.org:80', 200), ('kb', 200), ('localhost', 200), ('127.0.0.1', 200),
                           ('kb.example.org.evil.example', 421), ('evil.kb', 421), ('192.0.2.1', 421)):
            self.assertEqual(server.get('/', Host=host)[0], want, host)

    def test_insecure_is_no_licence_for_rebinding(self):
        server = self.serve('--insecure', listen='0.0.0.0:0', host=OWN)
        for host, want in ((OWN, 200), ('203.0.113.9', 200), (socket.gethostname(), 200), ('evil.example', 421)):
            self.assertEqual(server.get('/', Host=host)[0], want, host)


if __name__ == '__main__':
    unittest.main()
