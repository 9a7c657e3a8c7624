# SPDX-License-Identifier: MIT
"""The API of the web server: what it answers and refuses, and that it answers as it is described."""
import concurrent.futures
import datetime
import json
import os
import re
import time
import unittest
import urllib.parse

import kbt
from serve import LOG, MESSAGE, Described, Server, read_all

server = None


def setUpModule():
    global server
    server = Server.of_module('neigh add 198.51.100.2 lladdr 02:00:00:00:00:02 dev eth9')  # what is sent goes, and nothing comes back


class Api(unittest.TestCase):
    def test_lookup(self):
        status, answer = server.api('/api/v1/lookup', {'text': r'Failed to connect to <\\FILESRV>, Error = 53'})
        self.assertEqual(status, 200)
        self.assertTrue(answer['explained'])
        self.assertEqual(answer['matches'][0]['id'], 'Q150536')
        self.assertEqual(answer['matches'][0]['captures'], {'server': 'FILESRV'})

    def test_in_doubt_the_page_names_the_nearest(self):
        text = 'my laptop cannot see the Windows server in the network after it wakes'
        answer = server.api('/api/v1/lookup', {'text': text})[1]
        self.assertTrue(answer['explained'] and answer['nearest'])
        page = server.ask('GET', '/?q=' + urllib.parse.quote(text))[2]
        others = page[page.index('It could also be'):]
        for m in answer['nearest']:
            self.assertIn(m['id'], others)

    def test_diagnose(self):
        status, report = server.api('/api/v1/diagnose', {'text': MESSAGE})
        self.assertEqual(status, 200)
        self.assertEqual(report['bindings']['server'], '127.0.0.1')
        self.assertIn('refused', {e['state'] for e in report['evidence'] if e['probe'] == 'tcp'})
        self.assertIn(report['verdict']['state'], ('confirmed', 'inconclusive'))

    def test_set_binds(self):
        status, report = server.api('/api/v1/diagnose', {'text': 'Error during WNetAddConnection2 (53)',
                                                         'set': {'server': '127.0.0.1'}})
        self.assertEqual((status, report['bindings']['server'], report['needs']), (200, '127.0.0.1', []))

    def test_what_is_set_and_is_no_host_is_named(self):
        status, report = server.api('/api/v1/diagnose', {'text': 'Error during WNetAddConnection2 (53)',
                                                         'set': {'server': '999.1.1.1'}})
        self.assertEqual((status, report['packets']), (200, 0))
        self.assertIn('999.1.1.1 is not a host name or address', report['verdict']['says'])

    def test_unbound_needs(self):
        status, report = server.api('/api/v1/diagnose', {'text': 'Error during WNetAddConnection2 (53)'})
        self.assertEqual(status, 200)
        self.assertEqual(report['needs'][0]['name'], 'server')
        self.assertNotIn('tcp', {e['probe'] for e in report['evidence']})

    def test_events(self):
        events = server.events({'text': MESSAGE, 'set': {'port': '445'}})
        names = [name for _, name, _ in events]
        self.assertEqual(names[0], 'match')
        self.assertEqual(names[-1], 'verdict')
        self.assertEqual(set(names[1:-1]), {'probe'})
        self.assertEqual([int(i) for i, _, _ in events], list(range(1, len(events) + 1)))
        self.assertEqual(events[0][2]['matches'][0]['id'], 'Q150536')
        self.assertEqual(len(events) - 2, len(events[-1][2]['evidence']))
        for _, name, probe in events[1:-1]:
            self.assertTrue(probe['probe'] and probe['state'] and 'ms' in probe)

    def test_a_repeat_shares_its_evidence_and_says_so(self):
        def attempt(n):
            question = {'text': rf'Failed to connect to <\\127.0.7.{n}>, Error = 53'}
            first = server.api('/api/v1/diagnose', question)[1]
            second = server.api('/api/v1/diagnose', question)[1]
            self.assertNotIn('shared_ms', first)
            self.assertLess(second.pop('shared_ms'), 5000)
            self.assertEqual(first, second)
            events = server.events(question)
            self.assertEqual(events[0][1], 'shared')
            page = server.form('/', {**question, 'do': 'diagnose'})[2]
            self.assertRegex(page, r'The same question was asked (just now|[1-5] s ago): this is')
        kbt.again(attempt)  # it is shared for 5 s

    def test_a_stream_goes_on_where_it_broke(self):
        def attempt(n):
            question = {'text': rf'Failed to connect to <\\127.0.10.{n}>, Error = 53'}
            first = server.events(question)
            second = [e for e in server.events(question, {'Last-Event-ID': '3'}) if e[1] != 'shared']
            self.assertEqual(second, first[3:])
            self.assertEqual([e for e in server.events(question, {'Last-Event-ID': 'x'}) if e[1] != 'shared'], first)
        kbt.again(attempt)  # it is shared for 5 s

    def test_polling_gives_the_same_events(self):
        fields, seen, more = {'text': MESSAGE + ' polled'}, [], {}
        for _ in range(2000):
            status, _, text = server.form('/ui/diagnose?poll=1', fields, more)
            self.assertEqual(status, 200)
            seen += re.findall(r'^id: (\d+)\nevent: (\w+)$', text, re.M)
            self.assertNotIn('event: shared', text)
            if seen and seen[-1][1] == 'verdict':
                break
            more = {'Last-Event-ID': seen[-1][0] if seen else '0'}
            time.sleep(0.05)
        self.assertEqual([int(i) for i, _ in seen], list(range(1, len(seen) + 1)))
        self.assertEqual((seen[0][1], seen[-1][1]), ('match', 'verdict'))

    def test_an_event_of_another_run_skips_none(self):
        """Whose connection broke finds that somebody else has begun anew: he is told all of it."""
        def attempt(n):  # of a target that does not answer: it takes some seconds
            fields = {'text': rf'Failed to connect to <\\10.255.254.{n}>, Error = 53'}

            def told(more=None):
                text = server.form('/ui/diagnose?poll=1', fields, more or {})[2]
                return re.findall(r'^id: (\d+)\nevent: (\w+)$', text, re.M)
            self.assertTrue(kbt.until(lambda: len(told()) > 2))
            seen = told()
            while server.form('/ui/diagnose?stop=1', fields)[0] == 204 and server.diagnoses():
                time.sleep(.01)
            self.assertTrue(kbt.until(lambda: len(told()) > 2))
            again = told({'Last-Event-ID': seen[-1][0]})
            self.assertEqual([name for _, name in again[:2]], ['match', 'probe'])
            self.assertGreater(int(again[0][0]), int(seen[-1][0]))
            while server.form('/ui/diagnose?stop=1', fields)[0] == 204 and server.diagnoses():
                time.sleep(.01)
        kbt.again(attempt)

    def test_who_polls_can_stop(self):
        def attempt(n):  # of a target that does not answer: left alone each takes eight seconds
            questions = [{'text': r'Failed to connect to <\\10.255.255.13>, Error = 53' + ' ' * (6 * n + i)} for i in range(6)]
            self.assertTrue(server.wait_until(lambda: server.diagnoses() == 0))
            for fields in (*questions, questions[5]):  # the last one is followed by two
                server.form('/ui/diagnose?poll=1', fields)
            for fields in questions:
                self.assertEqual(server.form('/ui/diagnose?stop=1', fields)[0], 204)
            self.assertTrue(kbt.until(lambda: server.diagnoses() == 1, 3), 'the wrong ones ended')
            self.assertEqual(server.api('/api/v1/diagnose?stop=1', questions[5])[0], 204)
            self.assertTrue(kbt.until(lambda: server.diagnoses() == 0, 3), 'it goes on')
        kbt.again(attempt)

    def test_the_report_as_markdown_and_text(self):
        body = json.dumps({'text': MESSAGE + ' `<b>` [x](javascript:y)'})
        for kind in ('text/markdown', 'text/plain'):
            status, headers, text = server.ask('POST', '/api/v1/diagnose', body, {'Content-Type': 'application/json',
                                                                                 'Accept': kind})
            self.assertEqual((status, headers['content-type']), (200, kind + '; charset=utf-8'))
            self.assertIn('Q150536', text)
            self.assertIn('refused', text)
        status, headers, _ = server.ask('POST', '/api/v1/diagnose', body, {
            'Content-Type': 'application/json', 'Accept': 'application/json, text/plain, */*'})
        self.assertEqual((status, headers['content-type']), (200, 'application/json'))

    def test_the_same_question_at_once_is_one_diagnosis(self):
        def attempt(n):
            question = {'text': rf'Failed to connect to <\\127.0.8.{n}>, Error = 53'}
            with concurrent.futures.ThreadPoolExecutor(6) as pool:
                reports = [r for _, r in pool.map(lambda _: server.api('/api/v1/diagnose', question), range(6))]
            self.assertEqual(len({json.dumps(r['evidence']) for r in reports}), 1)
        kbt.again(attempt)

    def test_one_diagnosis_of_a_target_at_a_time(self):
        def spans(n):
            report = server.api('/api/v1/diagnose', {'text': MESSAGE + ' ' * n, 'set': {'server': '127.0.0.9'}})[1]
            times = [e['at'] for e in report['evidence']]
            return min(times), max(times)
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            found = sorted(pool.map(spans, (1, 2, 3)))
        for (_, end), (begin, _) in zip(found, found[1:]):
            self.assertLessEqual(end, begin)

    def test_one_busy_target_leaves_the_workers_to_others(self):
        def attempt(n):
            events = {'Accept': 'text/event-stream'}
            same = [{'text': MESSAGE + ' ' * i, 'set': {'server': f'127.0.11.{n}'}} for i in range(11, 23)]
            try:
                for question in same:
                    self.assertEqual(server.ask('POST', '/api/v1/diagnose?poll=1', json.dumps(question),
                                                {'Content-Type': 'application/json', **events})[0], 200)
                server.api('/api/v1/diagnose', {'text': MESSAGE, 'set': {'server': f'127.0.12.{n}'}})
                self.assertGreater(server.diagnoses(), 8, 'the other target had to wait for them')
            finally:
                for question in same:
                    server.api('/api/v1/diagnose?stop=1', question)
        kbt.again(attempt)

    def test_probes_keep_to_the_policy(self):
        for target in ('169.254.169.254', '8.8.4.4', '224.0.0.1', '0.0.0.0', '255.255.255.255', 'fe80::1', '::ffff:8.8.4.4'):
            report = server.api('/api/v1/diagnose', {'text': MESSAGE, 'set': {'server': target}})[1]
            target = target.removeprefix('::ffff:')  # it is probed as what it is
            sent = [e for e in report['evidence'] if e['args'].get('address') == target and e['probe'] in
                    ('tcp', 'icmp', 'nbstat', 'smb', 'nbss', 'arp', 'mtu', 'trace') and e['state'] != 'not-run']
            self.assertEqual(sent, [], target)
            # Nor does anything else go out for the sake of a target that is refused: no gateway is asked.
            self.assertEqual((report['packets'], report['connections']), (0, 0), target)
            nobodys = target in ('224.0.0.1', '0.0.0.0', '255.255.255.255')  # no target: nothing is planned for it
            refused = [e for e in report['evidence'] if e['state'] == 'not-run' and target in e['reason']]
            self.assertEqual(bool(refused), not nobodys, target)

    def test_article_and_search(self):
        status, _, text = server.get('/api/v1/articles/150536')
        self.assertEqual((status, json.loads(text)['id']), (200, 'Q150536'))
        self.assertEqual(server.get('/api/v1/articles/Q999999')[0], 404)
        found = json.loads(server.get('/api/v1/search?q=rcmd+network+path&limit=3')[2])
        self.assertIn('Q150536', [a['id'] for a in found['articles']])
        self.assertLessEqual(len(found['articles']), 3)
        for query in ('', '?q=', '?q=a&limit=101', '?q=a&offset=-1', '?q=a&limit=x'):
            self.assertEqual(server.get('/api/v1/search' + query)[0], 400, query)

    def test_bad_bodies(self):
        kind = {'Content-Type': 'application/json'}
        for body in ('', '{', '[]', '"x"', 'null', '{}', '{"text": 5}', '{"text": ""}', '{"text": "  "}', '{"text": "a"} x',
                     '{"text": "a", "set": []}', '{"text": "a", "set": {"server": 5}}', '{"text": "a", "set": {"a b": "c"}}',
                     '{"text": "a", "set": {"": "c"}}', '{"text": "!!!"}', '{"text": "a", "x": ' + '[' * 500 + ']' * 500 + '}',
                     json.dumps({'text': 'a', 'set': {'server': 'x' * 2000}}),
                     json.dumps({'text': 'a', 'set': {f'n{i}': 'x' for i in range(100)}})):
            for path in ('/api/v1/lookup', '/api/v1/diagnose'):
                status, _, text = server.ask('POST', path, body, kind)
                self.assertEqual(status, 400, (path, body[:80], text[:100]))
                self.assertTrue(json.loads(text)['error'])

    def test_a_value_that_its_name_cannot_have_is_refused(self):
        for name, value, says in (('port', '99999', 'port: 99999 is not a port'), ('link', 'x' * 30, f'link: {"x" * 30} is no interface'),
                                  ('known_address', 'nope', 'known_address: nope is not an IPv4 or IPv6 address')):
            status, answer = server.api('/api/v1/diagnose', {'text': 'Error during WNetAddConnection2 (53)', 'set': {name: value}})
            self.assertEqual(status, 400, answer)
            self.assertIn(says, answer['error'])

    def test_codes_are_listed_as_people_write_them_and_in_their_order(self):
        page = server.get('/browse')[2]
        codes = re.findall(r'href="/search\?code=[^"]*">([^<]+)</a>.*?<span class="n">(\d+)</span>', page)
        self.assertIn('-1040', [code for code, n in codes])  # an SQLCODE
        once = [int(code, 0) for code, n in codes if n == '1']
        self.assertEqual(once, sorted(once))
        self.assertIn('href="/kb/', server.get('/search?code=-1040')[2])
        names = dict(re.findall(r'href="/search\?code=[^"]*">([^<]+)</a> <span class="means">([^<]*)</span>', page))
        self.assertEqual({code: name for code, name in names.items() if re.fullmatch(code + r'\.\d+', name)}, {})  # 500 is not 500.19

    def test_edges_of_fields_and_bars_stand_out(self):
        """WCAG 1.4.11, 3:1; of text the browser's test knows."""
        def luminance(colour):
            parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
            return sum(w * (p / 12.92 if p <= .03928 else ((p + .055) / 1.055) ** 2.4) for w, p in zip((.2126, .7152, .0722), parts))

        with open(os.path.join(kbt.ROOT, 'engine/render/look.css'), encoding='utf-8') as f:
            schemes = [dict(re.findall(r'--(\w+): (#[0-9a-f]{6});', x)) for x in re.findall(r':root \{(.*?)\}', f.read(), re.S)]
        self.assertEqual(len(schemes), 2)
        for scheme in schemes:
            for thing, grounds in (('edge', ('paper', 'card', 'field')), *((f'c{i}', ('card',)) for i in range(6))):
                for ground in grounds:
                    dark, light = sorted(luminance(scheme[x]) for x in (thing, ground))
                    self.assertGreaterEqual((light + .05) / (dark + .05), 3, (thing, scheme[thing], ground))
        styles = server.get(re.search(r'/static/app[^"]*css[^"]*', server.get('/')[2]).group())[2]
        for field in ('textarea', '.find input', '.chip', 'select'):
            self.assertRegex(styles, re.escape(field) + r' \{[^}]*solid var\(--edge\)', field)

    def test_what_is_wrong_with_a_request_is_named(self):
        question = lambda **set_: json.dumps({'text': MESSAGE, 'set': set_})
        for body, says in (('{"text": "a", }', 'The body is no JSON from byte 14 on.'), ('', 'The body is no JSON.'),
                           ('{"text": "a", "Set": {}}', 'Nothing would look at "Set". The body may have: text, set.'),
                           ('{"text": "a", "text": "b"}', 'The body says "text" twice.'),
                           ('{"text": "a", "set": {"server": "a", "server": "b"}}', '"set": server is given twice.'),
                           ('["a", "b"]', 'The body is an object {"text": "...", "set": {"server": "..."}}; "text" is missing or no string.'),
                           ('{"text": "a", "x": ' + '[' * 20 + ']' * 20 + '}', 'The body is nested too deeply.'),
                           (question(port=445), '"set": the value of port is no text: "set": {"port": "445"}.'),
                           (question(**{'se rver': 'a'}), '"set": \'se rver\' is no name: a name is of letters, digits, - and _, at most 64.'),
                           (question(server='x' * 2000), '"set": server: a value has at most 1024 bytes.'),
                           (question(**{f'n{i:02}': 'x' for i in range(33)}), '"set": n32 is one more than fit: at most 32 values.')):
            status, _, text = server.ask('POST', '/api/v1/lookup', body, {'Content-Type': 'application/json'})
            self.assertEqual((status, json.loads(text)['error']), (400, says))
        for path, body, says in (('diagnose', {'text': 'a', 'days': 1}, '"days". The body may have: text, set.'),
                                 ('kept', {'text': 'a', 'day': 1}, '"day". The body may have: text, set, days.'),
                                 ('probe', {'probe': 'tcp', 'arg': {}}, '"arg". The body may have: probe, args.'),
                                 (f'kept/{"0" * 32}/delete', {'key': 'a', 'y' * 300: 1}, f'"{"y" * 64}". The body may have: key.')):
            status, answer = server.api('/api/v1/' + path, body)
            self.assertEqual((status, answer['error']), (400, 'Nothing would look at ' + says))
        for path, status, says in (('/api/v1/serach', 404, 'There is no such address: /api/v1/openapi.json lists them.'),
                                   ('/kb/Q150536?as=xml', 400, 'as is json, markdown, text or html.'),
                                   ('/api/v1/search?q=net&as=xml', 400, 'as is json, markdown, text or html.')):
            got, _, text = server.get(path, Accept='application/json')
            self.assertEqual((got, json.loads(text)['error']), (status, says))
        for query, says in (('since=banana', 'since is a time, as 2001-03-12T10:56, or the beginning of that.'),
                            ('since=2001&until=x', 'until is a time, as 2001-03-12T10:56, or the beginning of that.'),
                            ('article=x', 'article is an id, as Q150536.')):
            status, _, text = server.ask('POST', '/api/v1/scan?' + query, 'x\n', {'Content-Type': 'application/octet-stream'})
            self.assertEqual((status, json.loads(text)['error']), (400, says))

    def test_a_name_at_which_nothing_looks_is_refused(self):
        known = 'it knows server, address, share, port, link, known_address, ras_server, program, works'
        message = r'Error during WNetAddConnection2 to \\SITE1\SMS_SITE (53)'
        for path in ('/api/v1/lookup', '/api/v1/diagnose', '/api/v1/kept'):
            status, answer = server.api(path, {'text': message, 'set': {'server': 'SITE1', 'sevrer': 'SITE2'}})
            self.assertEqual((status, answer.get('error')), (400, f'"set" knows no sevrer: {known}.'), path)
        text = 'psql: error: FATAL:  database "shop" does not exist'
        own = [name for name in server.api('/api/v1/lookup', {'text': text})[1]['matches'][0]['captures'] if name not in known]
        self.assertTrue(own)
        status, answer = server.api('/api/v1/lookup', {'text': text, 'set': {'prot': '1'}})
        self.assertEqual((status, answer['error']), (400, f'"set" knows no prot: {known}; of this message {", ".join(own)}.'))
        for name in own:
            self.assertEqual(server.api('/api/v1/lookup', {'text': text, 'set': {name: 'x'}})[0], 200, name)

    def test_a_nul_ends_no_text(self):
        answer = server.api('/api/v1/lookup', {'text': 'a\x00b \\u0000 ' + MESSAGE})[1]
        self.assertEqual((answer['query'], answer['matches'][0]['id']), ('a\ufffdb \\u0000 ' + MESSAGE, 'Q150536'))
        self.assertEqual(server.ask('POST', '/api/v1/lookup', b'{"text": "a\0b"}', {'Content-Type': 'application/json'})[0], 400)

    def test_a_refusal_midway_is_an_object_too(self):
        """libmicrohttpd has no part in it: of a body without a length it is known only behind a megabyte that it is too large."""
        chunk = b'10000\r\n' + b' ' * 65536 + b'\r\n'
        for path, kind in ((b'/api/v1/lookup', b'application/json'), (b'/', b'text/plain')):
            got, closed = server.raw(b'POST ' + path + b' HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
                                     b'Transfer-Encoding: chunked\r\n\r\n' + chunk * 17)
            head, body = got.split(b'\r\n\r\n', 1)
            self.assertTrue(closed)
            self.assertEqual((head[9:12], b'Content-Type: ' + kind in head), (b'413', True), head)
            said = json.loads(body)['detail'] if kind.endswith(b'json') else body.decode().strip()
            self.assertEqual(said, 'The request is larger than 1 MiB.')

    def test_chunks_that_are_none_are_answered_here(self):
        """Not by libmicrohttpd, which has a page of its own for it. The bytes may come one by one."""
        head = b'POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
        text = b'{"text": "error 53"}'
        for body in (b'0x14\r\n' + text, b'14\r\n' + text + b'xx0\r\n\r\n', b'5\r\n{"tex\r\nzz\r\n', b'14\n' + text + b'\n0\n\n'):
            for path, kind in ((b'/api/v1/lookup', b'application/json'), (b'/', b'text/plain; charset=utf-8')):
                for step in (1, 1000):
                    with server.connect() as s:
                        s.settimeout(20)
                        data = head % path + body
                        try:
                            for i in range(0, len(data), step):
                                s.sendall(data[i:i + step])
                        except OSError:
                            pass  # it has said enough
                        got, closed = read_all(s)
                    self.assertEqual((got[9:12], closed), (b'400', True), got)
                    self.assertIn(b'\r\nContent-Type: ' + kind + b'\r\n', got)
        sizes = ((b'5;x=y', b'F', b'0\r\nX: y'), (b'0' * 30 + b'5', b'0' * 15 + b'F', b'0' * 40))
        for first, second, last in sizes:
            whole = head % b'/api/v1/lookup' + first + b'\r\n' + text[:5] + b'\r\n' + second + b'\r\n' + text[5:] + b'\r\n' + last + b'\r\n\r\n'
            self.assertEqual(server.raw(whole)[0][9:12], b'200')
        before = b'GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n'
        got, closed = server.raw(before + before + whole)  # the last one ends it, not those before
        self.assertEqual((re.findall(rb'^HTTP/1\.1 (\d+)', got, re.M), closed), ([b'200'] * 3, True))

    def test_json_only(self):
        for kind in ('text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''):
            status, _, text = server.ask('POST', '/api/v1/lookup', '{"text": "error 53"}', {'Content-Type': kind})
            self.assertEqual(status, 415)
        self.assertEqual(server.ask('POST', '/', '{}', {'Content-Type': 'application/json'})[0], 415)


class Description(unittest.TestCase):
    """The OpenAPI document against what the server really answers."""

    @classmethod
    def setUpClass(cls):
        cls.described = Described(server)
        cls.doc = cls.described.doc
        cls.slow = []  # what does not come in time; read by the test whose turn is last
        for path, method, real in cls.described.operations():
            s = server.connect()
            s.sendall(f'{method} {real} HTTP/1.1\r\nHost: localhost\r\nX: '.encode())
            cls.slow.append((path, method, s))

    def check(self, value, schema, where):
        if '$ref' in schema:
            return self.check(value, self.doc['components']['schemas'][schema['$ref'].split('/')[-1]], where)
        kinds = {'null': type(None), 'string': str, 'integer': int, 'number': (int, float), 'boolean': bool, 'array': list, 'object': dict}
        wanted = schema['type'] if isinstance(schema['type'], list) else [schema['type']]
        self.assertTrue(any(isinstance(value, kinds[k]) for k in wanted), f'{where}: {value!r} is no {wanted}')
        if 'enum' in schema:
            self.assertIn(value, schema['enum'], where)
        for i, item in enumerate(value if isinstance(value, list) else ()):
            self.check(item, schema['items'], f'{where}[{i}]')
        if isinstance(value, dict):
            self.assertEqual([k for k in schema.get('required', ()) if k not in value], [], where)
            for k, item in value.items():
                inner = schema.get('properties', {}).get(k, schema.get('additionalProperties'))
                self.assertTrue(inner or 'properties' not in schema, f'{where}.{k} is not described')
                if inner:
                    self.check(item, inner, f'{where}.{k}')

    def answers(self):
        post = {'Content-Type': 'application/json'}
        with open(LOG, encoding='utf-8') as f:
            lines = f.read()
        for text in (MESSAGE, 'Error during WNetAddConnection2 (53)', 'zqxj wvutsr', 'error 5', '0x80070035', lines, '!!', ''):
            for path in ('/api/v1/lookup', '/api/v1/diagnose'):
                yield path, 'post', server.ask('POST', path, json.dumps({'text': text}), post)
        for path in ('/api/v1/lookup', '/api/v1/diagnose'):
            for accept in ('application/problem+json', 'application/json', 'text/markdown'):
                answer = server.ask('POST', path, '{"text": "!!"}', {**post, 'Accept': accept})
                self.assertEqual((json.loads(answer[2])['status'], answer[1]['content-type']),
                                 (400, accept if 'json' in accept else 'application/json'), path)
                yield path, 'post', answer
        yield '/api/v1/lookup', 'post', server.ask('POST', '/api/v1/lookup', '{}', {'Content-Type': 'text/plain'})
        yield '/api/v1/lookup', 'post', server.ask('POST', '/api/v1/lookup', '{}', {'Origin': 'null', **post})
        for value in ({'probe': 'tcp', 'args': {'address': '127.0.0.1', 'port': 9}}, {'probe': 'pe'}, {}):
            yield '/api/v1/probe', 'post', server.ask('POST', '/api/v1/probe', json.dumps(value), post)
        for id in ('Q150536', 'Q221951', 'Q999999'):
            yield '/api/v1/articles/{id}', 'get', server.get('/api/v1/articles/' + id)
        for query in ('?q=network+path&limit=5', '?q=zqxj', '', '?code=53', '?q=network&kind=ours', '?code=x'):
            yield '/api/v1/search', 'get', server.get('/api/v1/search' + query)
        yield '/api/v1/browse', 'get', server.get('/api/v1/browse')
        with open(LOG, 'rb') as f:
            log = f.read()
        raw = {'Content-Type': 'application/octet-stream'}
        yield '/api/v1/scan', 'post', server.ask('POST', '/api/v1/scan?name=Sender.log', log, raw)
        yield '/api/v1/scan', 'post', server.ask('POST', '/api/v1/scan', log, {**raw, 'Accept': 'text/markdown'})
        yield '/api/v1/scan', 'post', server.ask('POST', '/api/v1/scan?article=nonsense', log, raw)
        yield '/api/v1/scan', 'post', server.ask('POST', '/api/v1/scan', '', raw)
        yield '/api/v1/scan', 'post', server.ask('POST', '/api/v1/scan', b'\x1f\x8bnothing', raw)
        yield '/api/v1/scan', 'post', server.ask('POST', '/api/v1/scan', 'a=b', {
            'Content-Type': 'application/x-www-form-urlencoded'})
        yield '/api/v1/scan', 'post', server.ask('POST', '/api/v1/scan?keep=1', log, raw)
        json_type = {'Content-Type': 'application/json'}
        for days in (30, '30', 0, 91, 1.5, 'x', [1], None):
            kept = server.ask('POST', '/api/v1/kept', json.dumps({'text': MESSAGE, 'days': days}), json_type)
            self.assertEqual(kept[0], 200 if days in (30, '30') else 400, days)
            if kept[0] == 200:
                left = (datetime.datetime.strptime(json.loads(kept[2])['expires'], '%Y-%m-%d %H:%M UTC') -
                        datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None))
                self.assertAlmostEqual(left.total_seconds() / 86400, 30, delta=0.1)
            yield '/api/v1/kept', 'post', kept
        for query in ('', '?days=30', '?days=x'):
            kept = server.ask('POST', '/api/v1/kept' + query, json.dumps({'text': MESSAGE}), json_type)
            yield '/api/v1/kept', 'post', kept
        yield '/api/v1/kept', 'post', server.ask('POST', '/api/v1/kept', '{}', json_type)
        made = json.loads(server.ask('POST', '/api/v1/kept', json.dumps({'text': MESSAGE}), json_type)[2])
        path = '/api/v1/kept/' + made['name']
        for accept in ('application/json', 'text/markdown', 'text/plain'):
            yield '/api/v1/kept/{name}', 'get', server.get(path, Accept=accept)
        for key in ('nonsense', made['key'], made['key']):
            yield '/api/v1/kept/{name}/delete', 'post', server.ask('POST', path + '/delete', json.dumps({'key': key}), json_type)
        yield '/api/v1/kept/{name}/delete', 'post', server.ask('POST', path + '/delete', '[]', json_type)
        yield '/api/v1/kept/{name}', 'get', server.get(path)
        for path, described in (('/kb/Q150536', '/kb/{id}'), ('/kb/Q999999', '/kb/{id}'), ('/search?q=network', '/search'),
                                ('/search?code=x', '/search'), ('/browse', '/browse'), ('/help', '/help'),
                                ('/api/v1/articles/Q150536', None), ('/api/v1/search?q=network', None), ('/api/v1/browse', None)):
            described = described or path.split('?')[0].replace('Q150536', '{id}')
            for accept in ('application/json', 'text/markdown', 'text/plain', *(() if path.startswith('/api') else ('text/html', 'image/png'))):
                yield described, 'get', server.get(path, Accept=accept)
        yield '/api/v1/browse', 'get', server.get('/api/v1/browse', Accept='image/png')
        for path in ('/-/healthy', '/-/ready', '/metrics', '/', '/?q=error+53', '/?q=!'):
            yield path.split('?')[0], 'get', server.get(path)
        yield '/', 'get', server.get('/', Accept='image/png')
        for name in ('0' * 32, json.loads(server.ask('POST', '/api/v1/kept', json.dumps({'text': MESSAGE}), json_type)[2])['name']):
            for accept in ('*/*', 'application/json', 'text/markdown', 'image/png'):
                yield '/r/{name}', 'get', server.get('/r/' + name, Accept=accept)

    def test_answers_are_as_described(self):
        seen = set()
        for path, method, (status, headers, text) in self.answers():
            kind = headers['content-type'].split(';')[0]
            self.assertTrue(self.described.names(path, method, status, kind), (path, method, status, kind))
            schema = self.described.response(path, method, status)['content'][kind]['schema']
            self.check(json.loads(text) if kind.endswith('json') else text, schema, path)
            seen.add((path, method))
        self.assertEqual(seen, {(p, m) for p, ms in self.doc['paths'].items() for m in ms})

    def test_what_any_operation_may_answer(self):
        h = b'Host: localhost\r\n'
        refusals = ((b'400', b'', h + b'X: a\x01b\r\n'), (b'400', b'', h + b'Content-Length: x\r\n'), (b'400', b'', h + h), (b'413', b'', h + b'Content-Length: 99999999\r\n'),
                    (b'414', b'?' + b'a' * 9000, h), (b'421', b'', b'Host: evil.example\r\n'), (b'431', b'', h + b'X: y\r\n' * 101),
                    (b'431', b'', h + b'X: ' + b'y' * 15000 + b'\r\n'), (b'431', b'', h + b'X: ' + b'y' * 60000 + b'\r\n'))
        for path, method, real in self.described.operations():
            accepts = (b'', b'Accept: application/problem+json\r\n', b'Accept: text/html, */*;q=0.1\r\n', b'Accept: text/markdown\r\n')
            asked = [(want, f'{method} {real}'.encode() + query, lines + accept) for want, query, lines in refusals for accept in accepts[:2]]
            asked += [(b'405', f'DELETE {real}'.encode(), h + accept) for accept in accepts]
            if method == 'POST':
                asked += [(b'403', f'POST {real}'.encode(), h + b'Origin: null\r\n' + accept) for accept in accepts]
            for want, line, lines in asked:
                got, closed = server.raw(line + b' HTTP/1.1\r\n' + lines + b'Connection: close\r\n\r\n')
                with self.subTest(line=line[:60], lines=lines[-60:], got=got[:300]):
                    self.assertEqual((got[9:12], closed), (want, True))
                    self.assertTrue(self.described.names_raw(path, method, got))
                    if path.startswith('/api/'):
                        self.assertRegex(got, rb'(?s)\r\nContent-Type: application/(problem\+)?json\r\n.*\r\n\r\n\{"error":')

    def test_what_comes_too_slowly(self):
        for path, method, s in self.slow:
            with self.subTest(path=path):
                got, closed = read_all(s)
                self.assertEqual((got[9:12], closed), (b'408', True))
                self.assertTrue(self.described.names_raw(path, method, got))
            s.close()

    def test_events_are_as_described(self):
        kinds = {'match': 'Answer', 'probe': 'Evidence', 'verdict': 'Report'}
        for _, name, value in server.events({'text': MESSAGE + '  '}):
            self.check(value, {'$ref': kinds[name]}, name)


if __name__ == '__main__':
    unittest.main()
