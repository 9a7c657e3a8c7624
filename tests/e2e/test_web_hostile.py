# SPDX-License-Identifier: MIT
"""What a hostile client sends to the web server: markup, requests from other sites and that are none, slowness."""
import collections
import concurrent.futures
import json
import os
import re
import select
import shutil
import socket
import tempfile
import time
import unittest

import kbt
from serve import MESSAGE, Page, Server, multipart, read_all, resident_kib

server = None


def setUpModule():
    global server
    server = Server.of_module()


class Injection(unittest.TestCase):
    PAYLOADS = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'onfocus='alert(1)", '</textarea><b>x',
                '</pre><svg/onload=alert(1)>', 'javascript:alert(1)', '<a href="javascript:alert(1)">x</a>', '&lt;b&gt;',
                '<!--', '-->', ']]>', '<style>*{}</style>', '\x1b[31mred', '\x00null', '‮rtl', '{{7*7}}', '${7*7}',
                '%3Cscript%3E', '<\x00script>', '<iframe src=//evil.example>', '\r\n\r\ndata: x', 'id: 9\nevent: verdict']
    HANDLERS = ('onerror', 'onload', 'onfocus', 'onmouseover', 'onclick', 'ontoggle', 'onanimationstart', 'onpointerenter')
    TAGS = ('script', 'img', 'svg', 'iframe', 'object', 'embed', 'video', 'audio', 'body', 'input', 'details', 'math', 'base',
            'link', 'meta', 'form', 'style', 'template', 'marquee', 'isindex', 'select', 'frameset', 'noscript', 'textarea')
    SCHEMES = ('javascript:', 'JaVaScRiPt:', 'java\tscript:', 'java\nscript:', ' javascript:', '\x01javascript:', 'data:text/html,',
               'data:text/html;base64,', 'vbscript:', 'blob:', '//evil.example/', '\\\\evil.example\\', 'file:///')

    @classmethod
    def payloads(cls):
        yield from cls.PAYLOADS
        for tag in cls.TAGS:
            yield f'<{tag} src=x href=javascript:alert(1) onerror=alert(1)>'
            yield f'</{tag}><{tag}/onload=alert(1)//'
        for handler in cls.HANDLERS:
            for quote in ('"', "'", '', '`'):
                yield f'{quote} {handler}={quote or "x"}alert(1) x={quote}'
        for scheme in cls.SCHEMES:
            yield f'[x]({scheme}alert(1))'
            yield f'<{scheme}alert(1)>'
            yield f'"><a href="{scheme}alert(1)">x</a>'
        for text in ('&#60;script&#62;', '&lt;script&gt;', '\\u003cscript\\u003e', '\\x3cscript\\x3e', '%253Cscript%253E', '<<script>',
                     '<scr<script>ipt>', '<script\x0b>', '<script/>', '<ſcript>', '<\uff1cscript>', '\ufeff<script>', '\u2028<script>',
                     '<!--<script>-->', '<![CDATA[<script>]]>', '<?xml-stylesheet href="javascript:alert(1)"?>', '*/</style><script>',
                     "';alert(1);//", '"-alert(1)-"', '{{constructor.constructor("alert(1)")()}}', '#{alert(1)}', '<%= 1 %>'):
            yield text

    def tags(self, text):
        page = Page(text)
        known = {'html', 'head', 'meta', 'title', 'link', 'script', 'body', 'a', 'header', 'img', 'form', 'input', 'main',
                 'h1', 'h2', 'h3', 'h4', 'label', 'textarea', 'p', 'button', 'span', 'kbd', 'div', 'section', 'pre', 'mark',
                 'code', 'details', 'summary', 'svg', 'rect', 'ol', 'ul', 'li', 'dl', 'dt', 'dd', 'footer', 'q', 'b', 'var',
                 'strong', 'nav', 'article', 'aside', 'br', 'dialog', 'select', 'option',
                 'progress', 'table', 'tr', 'th', 'td', 'i', 'g', 'small'}
        for tag, attrs in page.tags:
            self.assertIn(tag, known)
            self.assertFalse([k for k in attrs if k.startswith('on') or k == 'style'], attrs)
            self.assertFalse(str(attrs.get('href') or '').lower().startswith(('javascript', 'data', '//')), attrs)
        self.assertFalse([a for a in page.find('script') if not a.get('src', '').startswith('/static/')])
        self.assertFalse([a for a in page.find('img') if not a.get('src', '').startswith('/static/')])
        self.assertNotRegex(text, '[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]')

    def test_no_field_reaches_the_page_as_markup(self):
        payloads = list(self.payloads())
        self.assertGreaterEqual(len(set(payloads)), 150)
        for payload in payloads:
            known = payload in self.PAYLOADS  # the others by the shorter way
            for fields in ({'text': payload + ' error 53'}, {'text': f'Failed to connect to <\\\\{payload}>, Error = 53'},
                           {'text': MESSAGE, 'set.server': payload}, {'text': 'Error during WNetAddConnection2 (53)',
                                                                     'set.server': payload}):
                for path in ('/', '/ui/answer')[not known:]:
                    status, _, text = server.form(path, fields)
                    self.assertIn(status, (200, 400))
                    self.tags(text)
            self.tags(server.ask('POST', '/logs', *multipart(f'ssh: connect to host {payload} port 22: No route to host\n'
                                                             .encode(), name=payload.replace('"', '%22')))[2])
            text = server.form('/', {'text': f'ssh: connect to host {payload} port 22: No route to host', 'do': 'keep'})[2]
            self.tags(text)
            for found in re.findall(r'href="(/r/[0-9a-f]{32})"', text):
                self.tags(server.get(found)[2])
            quoted = ''.join(f'%{b:02x}' for b in payload.encode())
            for path in (f'/search?q={quoted}', f'/search?product={quoted}&kind={quoted}', f'/search?q=x&kind={quoted}', f'/?q={quoted}',
                         f'/kb/{quoted}', f'/{quoted}', f'/kb/Q150536?{quoted}', f'/api/v1/articles/{quoted}', f'/r/{quoted}',
                         f'/login?next={quoted}', f'/static/{quoted}'):
                self.tags(server.get(path)[2])

    def test_no_value_breaks_out_of_an_event(self):
        for payload in ('a\n\nid: 9\nevent: verdict\ndata: {}', '127.0.0.1\r\n\r\nevent: x', '\x1b]0;x\x07'):
            events = server.events({'text': MESSAGE, 'set': {'server': payload}})
            self.assertEqual([n for _, n, _ in events if n not in ('shared', 'match', 'probe', 'verdict', 'error')], [])
            self.assertEqual(len([n for _, n, _ in events if n in ('verdict', 'error')]), 1)

    def test_no_header_is_split(self):
        for path in ('/kb/q150536%0d%0aX-Evil:%201', '/search?q=Q150536%0d%0aX-Evil:%201'):
            _, headers, _ = server.get(path)
            self.assertNotIn('x-evil', headers)


class Origins(unittest.TestCase):
    with open(os.path.join(kbt.ROOT, 'web/routes.def'), encoding='utf-8') as f:
        POSTS = [path + 'x/delete' * (path.endswith('/') and len(path) > 1) for path in re.findall(r'ROUTE\(POST, "([^"]+)"', f.read())]

    def test_nothing_is_accepted_from_another_site(self):
        own = f'http://127.0.0.1:{server.port}'
        for path in self.POSTS:
            for headers in ({'Sec-Fetch-Site': 'cross-site'}, {'Sec-Fetch-Site': 'same-site'}, {'Origin': 'http://evil.example'},
                            {'Origin': 'null'}, {'Origin': own.replace('http', 'https')},
                            {'Sec-Fetch-Site': 'cross-site', 'Origin': own}, {'Origin': f'http://localhost:{server.port}'},
                            {'Origin': own + '.evil.example'}, {'Origin': f'http://127.0.0.1:{server.port + 1}'}, {'Origin': 'file://'}):
                for kind in ('application/json', 'application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x',
                             'application/octet-stream'):
                    body = json.dumps({'text': MESSAGE}) if kind.endswith('json') else 'text=error+53'
                    status, sent, _ = server.ask('POST', path, body, {'Content-Type': kind, **headers})
                    self.assertEqual(status, 403, (path, headers, kind))
                    self.assertNotIn('access-control-allow-origin', sent)

    def test_preflight_is_refused(self):
        for path in self.POSTS:
            status, headers, _ = server.ask('OPTIONS', path, headers={
                'Origin': 'http://evil.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'x-kbt'})
            self.assertGreaterEqual(status, 400)
            self.assertFalse([h for h in headers if h.startswith('access-control')])

    def test_a_browser_s_form_wants_what_only_our_pages_carry(self):
        own = {'Origin': f'http://127.0.0.1:{server.port}', 'Sec-Fetch-Site': 'same-origin'}
        fields = {'text': MESSAGE, 'do': 'diagnose'}
        for extra in ({}, {'csrf': ''}, {'csrf': 'f' * 32}):
            self.assertEqual(server.form('/', {**fields, **extra}, own)[0], 403)
        csrf = re.search(r'name="csrf" value="(\w+)"', server.get('/')[2]).group(1)
        self.assertEqual(server.form('/', {**fields, 'csrf': csrf}, own)[0], 200)
        self.assertEqual(server.form('/ui/answer', fields, {**own, 'X-Kbt': '1'})[0], 200)  # no other site's script can send that

    def test_every_answer_carries_the_headers(self):
        for path in ('/', '/nothing', '/kb/Q150536', '/kb/Q1', '/static/app.js', '/api/v1/search?q=a', '/api/v1/search', '/-/healthy', '/metrics',
                     '/opensearch.xml', '/api/v1/openapi.json', '/login', '/kb/150536'):
            status, headers, _ = server.get(path)
            self.assertEqual((headers['x-content-type-options'], headers['referrer-policy'], headers['x-frame-options']),
                             ('nosniff', 'same-origin', 'DENY'), path)
            self.assertRegex(headers['content-security-policy'], "^default-src 'none'; script-src 'self';")
            self.assertNotIn('unsafe', headers['content-security-policy'])
        for data in (b'GET / HTTP/1.1\r\n\r\n', b'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n'):
            self.assertIn(b'\r\nX-Content-Type-Options: nosniff\r\n', server.raw(data)[0])

    def test_names_that_are_not_ours(self):
        for host in ('evil.example', f'evil.example:{server.port}', '127.0.0.1.evil.example', '10.0.0.1', '',
                     '127.0.0.1:8053@evil.example', 'localhost:x', 'localhost:123456', '[::1]x', 'localhost."', '127.1', '2130706433'):
            for path in ('/', '/api/v1/search?q=a', '/static/app.css'):
                got, closed = server.raw(f'GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n'.encode())
                self.assertRegex(got, rb'^HTTP/1\.1 4(21|00) ')
                self.assertTrue(closed)

    def test_get_never_probes(self):
        for path in ('/', '/?q=Failed+to+connect+to+%3C%5C%5C127.0.0.1%3E%2C+Error+%3D+53', '/?do=diagnose&text=error',
                     '/ui/diagnose', '/api/v1/diagnose'):
            status, _, text = server.get(path)
            self.assertIn(status, (200, 405))
            self.assertNotIn('class="probe ', text)


class Malformed(unittest.TestCase):
    """One answer of 4xx, and the connection is closed; also behind requests that are well-formed."""
    HOST = b'Host: localhost\r\n'

    def requests(self):
        h = self.HOST
        for line in (b'GET /../../etc/passwd HTTP/1.1', b'GET /%2e%2e/x HTTP/1.1', b'GET /%00a HTTP/1.1', b'GET /%zz HTTP/1.1',
                     b'GET /a%0d%0ab HTTP/1.1', b'GET /\xff HTTP/1.1', b'GET /a\x00b HTTP/1.1', b'GET  / HTTP/1.1',
                     b'GET /a b HTTP/1.1', b'GET http://evil.example/ HTTP/1.1', b'GET * HTTP/1.1', b'POST * HTTP/1.1', b'OPTIONS *x HTTP/1.1', b'GET evil HTTP/1.1',
                     b'CONNECT evil.example:443 HTTP/1.1', b'GET /' + b'a' * 60000 + b' HTTP/1.1'):
            yield line + b'\r\n' + h + b'\r\n'
        for lines in (b'', h + h, b'Host:\r\n', b'Host: a b\r\n', b'Host : localhost\r\n', b'Host: localhost\n', b'Host: localhost\nX: y\r\n',
                      h + b'X: y\n', h + b'X: a\r\n b\r\n', h + b'X: a\r\n\tb\r\n', b' X: y\r\n' + h, h + b'X: a\x00b\r\n',
                      h + b'X: a\x01b\r\n', h + b'X: \x7f\r\n', h + b': y\r\n', h + b'X y: z\r\n', h + b'X\xff: z\r\n',
                      h + b'X: a\rY: b\r\n', h + b'X: ' + b'a' * 20000 + b'\r\n', h + b''.join(b'X%d: y\r\n' % i for i in range(2000)),
                      b'Host: localhost\x00.evil.example\r\n', h + b'Expect: wonders\r\n', h + b'\x00: a\r\n', h + b'X\t: a\r\n',
                      h + b'X(: a\r\n', h + b'"X": a\r\n', h + b'X: a\x0cb\r\n', h + b'Host: evil.example\r\n', b'Host: [::1\r\n',
                      b'Host: local\thost\r\n', b'Host: localhost, evil.example\r\n'):
            for method in (b'GET', b'POST'):
                yield method + b' / HTTP/1.1\r\n' + lines + b'\r\n'
        yield b'GET / HTTP/1.1\n' + h + b'\r\n'
        yield b'GET / HTTP/1.1\r\n' + h + b'\n'
        for lines, body in ((b'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', b'0\r\n\r\nGET / HTTP/1.1\r\n' + h + b'\r\n'),
                            (b'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', b'0\r\n\r\nGET / HTTP/1.1\r\n' + h + b'\r\n'),
                            (b'Content-Length: 5\r\nContent-Length: 5\r\n', b'hello'),
                            (b'Content-Length: 5\r\nContent-Length: 6\r\n', b'hello!'),
                            (b'Content-Length: 9999999\r\n', b'x'), (b'Content-Length: 1048577\r\n', b'x'),
                            (b'Transfer-Encoding: gzip\r\n', b'x'), (b'Transfer-Encoding: gzip, chunked\r\n', b'0\r\n\r\n'),
                            (b'Transfer-Encoding: chunked, chunked\r\n', b'0\r\n\r\n'),
                            (b'Transfer-Encoding: xchunked\r\n', b'0\r\n\r\n'), (b'Transfer-Encoding: identity\r\n', b'x'),
                            (b'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', b'0\r\n\r\n'),
                            (b'Transfer-Encoding: chunked\r\n', b'zz\r\nhello\r\n0\r\n\r\n'),
                            (b'Transfer-Encoding: chunked\r\n', b'-1\r\nhello\r\n0\r\n\r\n'),
                            (b'Transfer-Encoding: chunked\r\n', b'ffffffffffffffffff\r\nhello'),
                            (b'Transfer-Encoding: chunked\r\n', b'5\r\nhelloo\r\n0\r\n\r\n'),
                            (b'Content-Length: 5\r\nTransfer-Encoding: identity\r\n', b'hello'),
                            (b'Content-Length: 5\r\ncontent-length: 5\r\n', b'hello'), (b'Content-Length : 5\r\n', b'hello'),
                            (b'Transfer-Encoding : chunked\r\n', b'0\r\n\r\n'), (b'Transfer-Encoding:\x0bchunked\r\n', b'0\r\n\r\n'),
                            (b'Transfer-Encoding: chunked \r\n', b'5\r\nhello\r\n0\r\n\r\n'),
                            (b'X: a\r\n\x20Transfer-Encoding: chunked\r\n', b'0\r\n\r\n'),
                            (b'Expect: 100-continue, x\r\nContent-Length: 5\r\n', b'hello'), (b'Host: localhost\r\nContent-Length: 5\r\n', b'hello'),
                            (b'Transfer-Encoding: CHUNKED, gzip\r\n', b'0\r\n\r\n')):
            for path in (b'/', b'/api/v1/lookup', b'/nothing'):
                yield b'POST ' + path + b' HTTP/1.1\r\n' + h + lines + b'\r\n' + body

    def test_each_gets_one_refusal_and_a_close(self):
        count = 0
        for data in self.requests():
            got, closed = server.raw(data)
            with self.subTest(data=data[:160]):
                self.assertTrue(closed, got[:200])
                self.assertEqual(len(re.findall(rb'(?m)^HTTP/1\.[01] \d', got)), 1, got[:400])
                self.assertRegex(got, rb'^HTTP/1\.[01] 4\d\d ')
            count += 1
        self.assertGreaterEqual(count, 150)
        self.assertEqual(server.get('/-/healthy')[0], 200)

    def test_what_the_library_answers_twice_or_not_at_all(self):
        h, ok = self.HOST, b'GET /-/healthy HTTP/1.1\r\n' + self.HOST + b'\r\n'
        post, long = b'POST / HTTP/1.1\r\n' + h, b'X: ' + b'a' * 5000 + b'\r\n'
        lengths = [b'Content-Length: ' + n + b'\r\n\r\nhello' for n in (
            b'+5', b'0x5', b'-5', b'5, 5', b'5 5', b'', b'five', b'5 ', b'5\x0b', b'99999999999999999999999')]
        firsts = [b'\x16\x03\x01\x02\x00\x01\x00\r\n\r\n', b'GET /\r\n\r\n', b'GET / http/1.1\r\n\r\n', b'GET / HTTP/9.9\r\n\r\n',
                  b'GET\r\n\r\n', b'GARBAGE\r\n\r\n', b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', b'SSH-2.0-x\r\n', b'EHLO a\r\n']
        cases = [(ok * n, bad) for bad in [post + x for x in lengths] + [post + long + x for x in lengths] + firsts for n in (0, 1, 3)]

        def each(case):
            before, bad = case
            found = []
            with server.connect() as s:  # at once
                s.sendall(before + bad)
                found.append(read_all(s))
            with server.connect() as s:  # each after the answer to the one before, and the last in two pieces
                got = b''
                for i in range(len(before) // len(ok)):
                    s.sendall(ok)
                    while got.count(b'ok\n') <= i:
                        got += s.recv(4096)
                for part in (bad[:len(bad) // 2], bad[len(bad) // 2:]):
                    s.sendall(part)
                    time.sleep(0.05)
                more, closed = read_all(s)
                found.append((got + more, closed))
            return found
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            for (before, bad), found in zip(cases, pool.map(each, cases)):
                for got, closed in found:
                    with self.subTest(before=len(before) // len(ok), bad=bad[-60:]):
                        self.assertTrue(closed)
                        statuses = re.findall(rb'HTTP/1\.1 (\d+) ', got)
                        self.assertEqual(statuses[:-1], [b'200'] * (len(before) // len(ok)))
                        self.assertRegex(statuses[-1], rb'^4')
        got, closed = server.raw(b'GET / HTTP/1.1\r\n' + h + b'No colon\r\n\r\nGARBAGE\r\n\r\n')  # of two kinds, at once
        self.assertEqual((re.findall(rb'HTTP/1\.1 (\d+) ', got), closed), ([b'400'], True))
        got, closed = server.raw(b'\r\n' * 50, wait=1)
        self.assertEqual(got, b'')  # a request may still come

    def test_an_absolute_target(self):
        for target, host, status in ((b'http://localhost/-/healthy', b'localhost', b'200'), (b'http://localhost', b'evil.example', b'200'),
                                     (b'HTTP://127.0.0.1:%d/?q=a' % server.port, b'x', b'200'), (b'http://evil.example/', b'localhost', b'421'),
                                     (b'http://a@localhost/', b'localhost', b'421'), (b'http:///x', b'localhost', b'400'),
                                     (b'ftp://localhost/', b'localhost', b'400')):
            got, closed = server.raw(b'GET ' + target + b' HTTP/1.1\r\nHost: ' + host + b'\r\nConnection: close\r\n\r\n')
            self.assertEqual((got[9:12], closed), (status, True), target)
        got, _ = server.raw(b'GET http://localhost/opensearch.xml HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')
        self.assertIn(b'template="http://localhost/?q=', got)

    def test_well_formed_ones_pass(self):
        h = self.HOST
        for data in (b'GET / HTTP/1.1\r\n' + h + b'Connection: close\r\n\r\n', b'GET / HTTP/1.0\r\n' + h + b'\r\n',
                     b'GET / HTTP/1.1\r\nhost:localhost\r\nX-Empty:\r\nX: a \r\nConnection: close\r\n\r\n',
                     b'GET /?q=%C3%A9+a HTTP/1.1\r\n' + h + b''.join(b'X-%d: %s\r\n' % (i, b'v' * 90) for i in range(40)) +
                     b'Connection: close\r\n\r\n',
                     b'POST /ui/answer HTTP/1.1\r\n' + h + b'Content-Type: application/x-www-form-urlencoded\r\n'
                     b'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n7\r\ntext=er\r\n6\r\nror+53\r\n0\r\n\r\n'):
            got, _ = server.raw(data)
            self.assertRegex(got, rb'^HTTP/1\.[01] 200 ', data)
            with server.connect() as s:  # the same in small pieces
                for i in range(0, len(data), 40):
                    s.sendall(data[i:i + 40])
                    time.sleep(0.001)
                got, _ = read_all(s)
            self.assertRegex(got, rb'^HTTP/1\.[01] 200 ', data)

    def test_the_server_as_a_whole_says_its_methods(self):
        got, _ = server.raw(b'OPTIONS * HTTP/1.1\r\n' + self.HOST + b'Connection: close\r\n\r\n')
        self.assertRegex(got, rb'^HTTP/1\.1 204 ')
        self.assertIn(b'\r\nAllow: GET, HEAD, POST, OPTIONS\r\n', got)
        self.assertEqual(server.ask('OPTIONS', '/search')[0], 405)

    def test_large_headers_are_answered(self):
        # what the library itself drops without a word: cookies for a copy of which there is no room
        seen = {}
        for n in range(500, 16000, 310):
            for header in (b'Cookie: a=' + b'x' * n, b'\r\n'.join(b'X-%d: %s' % (i, b'y' * 60) for i in range(n // 67))):
                got, closed = server.raw(b'GET /help HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n' + header + b'\r\n\r\n')
                self.assertTrue(closed)
                seen.setdefault(got[9:12] or b'none', []).append(n)
        self.assertEqual(set(seen) - {b'none'}, {b'200', b'431'})
        self.assertFalse(seen.get(b'none'))
        self.assertGreaterEqual(max(seen[b'200']), 13000)
        for name in (b'X', b'Cookie'):
            got, closed = server.raw(b'GET /help HTTP/1.1\r\nHost: localhost\r\n' + name + b': a=' + b'x' * 40000 + b'\r\n\r\n')
            self.assertTrue(closed)
            self.assertRegex(got, rb'^HTTP/1\.1 431 ')

    def test_large_headers_are_answered_on_a_socket_file_too(self):
        """Where there is less room for them."""
        folder = tempfile.mkdtemp(prefix='kbt-socket-')
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        own = Server(listen=f'unix:{folder}/s', host=f'{folder}/s')
        self.addCleanup(own.close)
        seen = {}
        for n in range(500, 16000, 40):
            for header in (b'Cookie: a=' + b'x' * n, b'\r\n'.join(b'X-%d: %s' % (i, b'y' * 60) for i in range(n // 67))):
                got, closed = own.raw(b'GET /api/v1/articles/Q150536 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n' + header + b'\r\n\r\n')
                self.assertTrue(closed)
                self.assertRegex(got, rb'\r\nContent-Type: application/json\r\n', n)  # ours, not the library's
                seen.setdefault(got[9:12], []).append(n)
        self.assertEqual(set(seen), {b'200', b'431'})
        self.assertGreaterEqual(min(seen[b'431']), 6500)

    def test_a_megabyte_passes_and_more_does_not(self):
        text = 'error 53 ' * 100000
        status, _, page = server.form('/ui/answer', {'text': text})
        self.assertEqual(status, 200)
        self.assertLess(len(page), 200000)  # of a long message what matched is shown
        page = server.form('/', {'text': text})[2]
        self.assertIn(' wrap="off">\n' + text, page)
        self.assertEqual(server.form('/ui/answer', {'text': text + 'x' * 200000})[0], 413)
        self.assertIn('href="/logs">sent as a file', server.form('/', {'text': text + 'x' * 200000})[2])


class Patience(unittest.TestCase):
    def test_a_dripping_header_is_cut_off(self):
        ok = b'GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n'

        def drip(case):
            before, head = case
            with server.connect() as s:
                s.sendall(before)
                while before and not s.recv(4096).endswith(b'ok\n'):
                    pass
                begin = time.monotonic()
                for c in head:
                    s.sendall(bytes([c]))
                    if select.select([s], [], [], 0.5)[0]:
                        break
                return time.monotonic() - begin, *read_all(s)
        cases = [(before, head + b'a' * 100) for before in (b'', ok) for head in (b'GET / HTTP/1.1\r\nX: ', b'GET /')]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for took, got, closed in pool.map(drip, cases):
                self.assertTrue(closed)
                self.assertRegex(got, rb'^HTTP/1\.1 408 ')
                self.assertEqual(got.count(b'HTTP/1.1 '), 1)
                self.assertGreater(took, 7)
                self.assertLess(took, 40)  # what was dripped would have lasted for 50 s

    def test_who_has_sent_its_end_and_is_owed_nothing_is_let_go(self):
        ok = b'GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n'
        for data, answers in ((b'', 0), (ok, 1), (ok + b'\r\n', 1), (ok * 2 + b'\r\n\r\n', 2), (ok[:20], 0), (ok * 3 + ok[:20], 3),
                              (b'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\ntext', 0)):
            def attempt(_):
                with server.connect() as s:
                    s.settimeout(6)  # sooner than who is silent is cut off
                    s.sendall(data)
                    s.shutdown(socket.SHUT_WR)
                    got, closed = read_all(s)
                self.assertTrue(closed)
                self.assertEqual(len(re.findall(rb'HTTP/1\.1 200 ', got)), answers, got[:200])
            with self.subTest(data=data[-20:], answers=answers):
                kbt.again(attempt)

    def test_a_vanished_client_ends_its_diagnosis(self):
        before = server.fds()
        body = json.dumps({'text': r'Failed to connect to <\\10.255.255.1>, Error = 53'})
        for accept in ('text/event-stream', 'application/json'):
            for _ in range(20):
                with server.connect() as s:
                    s.sendall(f'POST /api/v1/diagnose HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
                              f'Accept: {accept}\r\nContent-Length: {len(body)}\r\n\r\n{body}'.encode())
                    time.sleep(0.02)
        self.assertTrue(server.wait_until(lambda: server.fds() <= before + 2), (before, server.fds()))

    def test_many_large_bodies_at_once_do_not_fill_the_memory(self):
        with open(f'/proc/{server.process.pid}/status', encoding='ascii') as f:
            before = int(re.search(r'^RssAnon:\s+(\d+)', f.read(), re.M).group(1)) >> 10
        held, answers = [server.connect() for _ in range(150)], collections.Counter()
        for s in held:
            try:
                s.sendall(b'POST /api/v1/lookup HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000001\r\n\r\n' +
                          b' ' * 1000000)
            except OSError:
                pass
        refused = []

        def all_said():
            refused[:] = select.select(held, [], [], 0)[0]
            return len(refused) > 60 and kbt.rests(server.process.pid)
        kbt.until(all_said)
        for s in refused:
            try:
                answers[s.recv(4096)[:12]] += 1
            except OSError:
                answers['reset'] += 1
        self.assertGreater(answers[b'HTTP/1.1 503'], 60, answers)
        self.assertLess(resident_kib(server.process.pid) // 1024 - before, 200)
        self.assertEqual(server.api('/api/v1/lookup', {'text': MESSAGE})[0], 200)  # small ones pass
        for s in held:
            s.close()
        large = json.dumps({'text': MESSAGE + ' ' * 500000})
        self.assertTrue(server.wait_until(
            lambda: server.ask('POST', '/api/v1/lookup', large, {'Content-Type': 'application/json'})[0] == 200))

    def test_a_form_is_read_once_however_long_its_answer_takes(self):
        """Pasted lines are a form of up to 64 MiB: read again with each step of their scan they filled the memory."""
        def anon_mib():
            with open(f'/proc/{server.process.pid}/status', encoding='ascii') as f:
                return int(re.search(r'^RssAnon:\s+(\d+)', f.read(), re.M).group(1)) >> 10
        mark = Page(server.get('/logs')[2]).find('input', name='csrf')[0]['value']
        slow = 'ssh: connect to host nas1 port 22: No route to host; Failed to connect to server, Error = 53 %d\n'
        text = ''.join(slow % i + 'all is well\n' * 400 for i in range(2500))
        own = {'Origin': f'http://127.0.0.1:{server.port}', 'Host': f'127.0.0.1:{server.port}'}
        before, peak = anon_mib(), 0
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            asked = pool.submit(server.form, '/logs', {'csrf': mark, 'text': text}, own)
            while not asked.done():
                peak = max(peak, anon_mib())
                time.sleep(0.02)
        self.assertEqual(asked.result()[0], 200)
        self.assertLess(peak - before, 7 * len(text) >> 20)

    def test_idle_connections_hold_little_and_go_on(self):
        def anon_mib():
            with open(f'/proc/{server.process.pid}/status', encoding='ascii') as f:
                return int(re.search(r'^RssAnon:\s+(\d+)', f.read(), re.M).group(1)) / 1024
        before, held = anon_mib(), [server.connect() for _ in range(800)]

        def ask(s, path, pieces=1):
            data = f'GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Long: {"y" * 5000}\r\n\r\n'.encode()
            for i in range(pieces):
                s.sendall(data[len(data) * i // pieces:len(data) * (i + 1) // pieces])
                yield
            got = b''
            while b'\r\n\r\n' not in got or len(got) < len(got.split(b'\r\n\r\n')[0]) + 4 + int(re.search(rb'Length: (\d+)', got).group(1)):
                got += s.recv(65536)
            yield got
        for s in held:
            s.sendall(b'GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n')
        for s in held:
            self.assertTrue(s.recv(4096).endswith(b'\r\n\r\nok\n'))
        self.assertLess(anon_mib() - before, 12)  # their pools alone would be 28
        # every fifth sends a request in three pieces, the others whole ones in between
        slow = [(i, ask(s, f'/kb/Q{900000 + i}?as=text', 3)) for i, s in enumerate(held[::5])]
        quick = [s for i, s in enumerate(held) if i % 5]
        for part in range(3):
            for _, going in slow:
                next(going)
            for s in quick[part::3]:
                s.sendall(b'GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n')
            for s in quick[part::3]:
                self.assertTrue(s.recv(4096).endswith(b'\r\n\r\nok\n'))
        for i, going in slow:
            self.assertTrue(next(going).startswith(b'HTTP/1.1 404 '), i)
        for s in held:
            s.close()

    def test_streams_beat_while_nothing_happens(self):
        # no way to hold a diagnosis still from here: that the stream opens at once is what can be seen
        with server.connect() as s:
            body = json.dumps({'text': MESSAGE + ' '})
            s.sendall(f'POST /api/v1/diagnose HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
                      f'Accept: text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n{body}'.encode())
            self.assertIn(b'retry: 3000', s.recv(4096) + s.recv(4096))


if __name__ == '__main__':
    unittest.main()
