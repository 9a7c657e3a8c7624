# SPDX-License-Identifier: MIT
"""The web server as its clients see it: pages, API, events, and what it refuses."""
import bz2
import collections
import concurrent.futures
import contextlib
import datetime
import gzip
import html.parser
import json
import lzma
import os
import re
import resource
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.parse

import kbt
from serve import MESSAGE, Described, Server, read_all

server = None
LOG = os.path.join(kbt.ROOT, 'tests/e2e/data/sender.log')


def peak_kib(pid):
    with open(f'/proc/{pid}/status', encoding='ascii') as f:
        return int(re.search(r'^VmRSS:\s+(\d+)', f.read(), re.M).group(1))



def setUpModule():
    global server
    kbt.own_network()
    server = Server()


def tearDownModule():
    server.close()


class Page(html.parser.HTMLParser):
    """What a page holds: tags with attributes, and its text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ''
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def find(self, tag, **attrs):
        return [a for t, a in self.tags if t == tag and all(a.get(k.rstrip('_')) == v for k, v in attrs.items())]


class Pages(unittest.TestCase):
    def test_home_works_without_a_script(self):
        status, headers, text = server.get('/')
        page = Page(text)
        self.assertEqual(status, 200)
        self.assertEqual(headers['content-type'], 'text/html; charset=utf-8')
        self.assertEqual(page.find('form', id='ask')[0]['method'], 'post')
        self.assertIn('autofocus', page.find('textarea')[0])

    def test_paste_by_plain_form(self):
        status, _, text = server.form('/', {'text': r'Failed to connect to <\\HQ-SRV2>, Error = 53', 'do': 'explain'})
        page = Page(text)
        self.assertEqual(status, 200)
        first = next(a['href'] for t, a in page.tags if t == 'a' and a.get('href', '').startswith('/kb/'))
        self.assertEqual(first, '/kb/Q150536')
        self.assertEqual(page.find('input', name='set.server')[0]['value'], 'HQ-SRV2')
        self.assertTrue(page.find('mark'))
        self.assertIn('Run the probes', page.text)
        self.assertNotIn('Check again', page.text)

    def test_probes_by_plain_form(self):
        status, _, text = server.form('/', {'text': MESSAGE, 'do': 'diagnose'})
        page = Page(text)
        self.assertEqual(status, 200)
        self.assertTrue(page.find('section', id='verdict'))
        self.assertIn('refused', page.text)
        self.assertIn('Check again', page.text)
        self.assertIn('Q150536', page.text)

    def test_a_ladder_claims_nothing_before_a_probe(self):
        text = server.form('/', {'text': MESSAGE, 'do': 'explain'})[2]
        ladder = re.search(r'<ol id="ladder".*?</ol>', text, re.S).group()
        self.assertEqual(re.findall(r'<li class="passed".*?class="step">(\w+)<', ladder), ['Name'])

    def test_what_is_not_allowed_is_not_undecided(self):
        target = '203.0.113.9'
        question = {'text': MESSAGE.replace('127.0.0.1', target), 'do': 'diagnose'}
        page = server.form('/', question)[2]
        verdict = re.search(r'<section id="verdict".*?</section>', page, re.S).group()
        self.assertIn(f'<h3>Not run: this server may not probe {target}</h3>', verdict)
        self.assertIn(f'--allow {target}', Page(verdict).text)
        self.assertNotIn('class="bar"', verdict)
        self.assertNotIn('too few probes', page)
        self.assertNotIn('Check again', page)
        self.assertNotIn('id="run"', page)
        self.assertEqual(server.form('/', {**question, 'do': 'explain'})[2].count('id="run"'), 1)
        # nor while it goes on, nor where it is kept
        live = server.form('/ui/diagnose', {**question, 'text': question['text'] + ' '})[2]
        self.assertIn('class="probe ', live)
        self.assertNotIn('still possible', live)
        self.assertIn('still possible', server.form('/ui/diagnose', {'text': MESSAGE + '   '})[2])
        link = re.search(r'href="(/r/[0-9a-f]{32})"', server.form('/', {**question, 'do': 'keep'})[2]).group(1)
        kept = server.get(link)[2]
        self.assertIn(f'<h3>Not run: this server may not probe {target}</h3>', kept)
        self.assertIn(f'--allow {target}', Page(kept).text)
        self.assertNotIn('class="bar"', re.search(r'<section id="verdict".*?</section>', kept, re.S).group())
        for form in ('json', 'markdown', 'text'):
            self.assertIn(f'--allow {target}', server.get(f'{link}?as={form}')[2])

    def test_corrected_value_counts_with_its_message_only(self):
        text = r'Failed to connect to <\\HQ-SRV2>, Error = 53'
        shown = Page(server.form('/', {'text': text})[2])
        mark = shown.find('section', **{'data-of': shown.find('section', class_='said')[0]['data-of']})[0]['data-of']
        right = Page(server.form('/', {'text': text, 'of': mark, 'set.server': 'OTHER'})[2])
        self.assertEqual(right.find('input', name='set.server')[0]['value'], 'OTHER')
        late = Page(server.form('/', {'text': text + '!', 'of': mark, 'set.server': 'OTHER'})[2])
        self.assertEqual(late.find('input', name='set.server')[0]['value'], 'HQ-SRV2')

    def test_a_corrected_value_takes_its_warning_along(self):
        text = r'Failed to connect to <\\AVERYLONGSERVERNAME1>, Error = 53'
        said = 'a NetBIOS name has at most 15 characters'
        self.assertIn(said, server.form('/ui/answer', {'text': text})[2])
        self.assertNotIn(said, server.form('/ui/answer', {'text': text, 'set.server': 'FILESRV'})[2])
        page = server.form('/ui/answer', {'text': text, 'set.server': 'files.example.com'})[2]
        self.assertNotIn(said, page)
        self.assertIn('files.example.com is a DNS name', page)

    def test_what_cannot_be_a_value_is_said_and_kept(self):
        page = server.form('/', {'text': MESSAGE, 'set.server': 'no such host!'})[2]
        self.assertRegex(page, r'aria-invalid="true" name="set.server" value="no such host!" aria-describedby="about-server"')
        self.assertIn('no such host! is not a host name or address; the message', page)
        page = server.form('/', {'text': 'Error during WNetAddConnection2 (53)', 'set.server': 'a b'})[2]
        self.assertRegex(page, r'<p class="need" id="about-server">a b is not a host name or address</p>')
        self.assertNotIn('aria-invalid', server.form('/', {'text': MESSAGE, 'set.server': '127.0.0.2'})[2])

    def test_unbound_shows_an_empty_chip(self):
        page = Page(server.form('/', {'text': 'Error during WNetAddConnection2 (53)'})[2])
        self.assertEqual(page.find('input', name='set.server')[0]['value'], '')
        self.assertIn('Which server', page.text)

    def test_unexplained_says_so(self):
        status, _, text = server.form('/', {'text': 'zqxj wvutsr'})
        self.assertEqual(status, 200)
        self.assertIn('No article explains this', text)
        self.assertIn('/help#write', text)

    def test_a_draft_becomes_an_article(self):
        text = "The gizmo's {cog} of node-7 is jammed: turn 9"
        draft = html.unescape(re.search(r'<textarea readonly[^>]*>\n(.*?)</textarea>', server.form('/', {'text': text})[2],
                                        re.S).group(1))
        for old, new in (('Q-NAME-IT', 'Q-cog-jammed'), ('WHAT IT IS, IN ONE LINE', 'The cog of the gizmo is jammed'),
                         ('YEAR-MONTH-DAY', '2026-01-31')):
            draft = draft.replace(old, new)
        path = os.path.join(server.dir, 'Q-cog-jammed.md')
        with open(path, 'w', encoding='utf-8') as f:
            f.write(draft)
        server.kbt('lint', path)
        db = os.path.join(server.dir, 'draft.db')
        server.kbt('import', '--db', db, path)
        self.assertIn(b'Q-cog-jammed', server.kbt('lookup', '--db', db, text))

    def test_the_report_as_text_by_form_and_by_accept(self):
        text = 'Failed to connect to <\\\\HQ-SRV9>, Error = 53'
        for do, kind, begins in (('markdown', 'text/markdown', '```'), ('ticket', 'text/plain', 'Failed to connect'),
                                 ('json', 'application/json', '{"query":')):
            for status, headers, body in (server.form('/', {'text': text, 'do': do}),
                                          server.form('/', {'text': text}, {'Accept': kind})):
                self.assertEqual((status, headers['content-type'].split(';')[0]), (200, kind))
                self.assertTrue(body.startswith(begins), body[:200])
        server.form('/', {'text': text, 'set.server': '127.0.0.1', 'do': 'diagnose'})
        body = server.form('/', {'text': text, 'set.server': '127.0.0.1', 'do': 'json'})[2]
        self.assertTrue(json.loads(body)['evidence'], 'the finished diagnosis is not passed on')

    def test_message_without_letters(self):
        self.assertEqual(server.form('/', {'text': '!?!'})[0], 400)

    def test_article(self):
        status, _, text = server.get('/kb/Q150536')
        page = Page(text)
        self.assertEqual(status, 200)
        self.assertIn('Why it happens', page.text)
        self.assertIn('Cited by', page.text)
        self.assertTrue(page.find('a', href='/kb/Q134964'))
        for spelling in ('150536', 'KB150536', 'q150536'):
            status, headers, _ = server.get('/kb/' + spelling)
            self.assertEqual((status, headers.get('location')), (301, '/kb/Q150536'))
        status, _, text = server.get('/kb/Q999999')
        self.assertEqual(status, 404)
        self.assertIn('has no article Q999999. <code>kbt import</code> loads more', text)
        self.assertIn('<a href="/browse">browse the articles</a>', text)
        self.assertEqual(server.get('/kb/nonsense')[0], 404)

    def test_the_same_address_answers_in_the_form_that_is_asked_for(self):
        begins = {'/kb/Q150536': ('# Q150536: ', 'Q150536   '), '/search?q=network+path': ('# ', ''), '/browse': ('# ', ''),
                  '/help': ('# Help\n\n## Keys\n', 'Help\n\nKeys\n'), '/?q=System+error+53': ('```\nSystem error 53\n```', 'System error 53\n'),
                  '/': ('# Help', 'Help')}
        for path, (markdown, text) in begins.items():
            for accept, kind, begin in (
                    ('text/markdown', 'text/markdown', markdown), ('text/plain', 'text/plain', text), ('application/json', 'application/json', '{'),
                    ('application/*', 'application/json', '{'), ('text/html;q=0, */*', 'application/json', '{'),
                    ('text/plain;q=0.4, text/markdown;q=0.8', 'text/markdown', markdown), ('*/*', 'text/html', '<!doctype html>'),
                    ('text/*', 'text/html', '<!doctype html>'), ('', 'text/html', '<!doctype html>'),
                    ('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html', '<!doctype html>')):
                with self.subTest(path=path, accept=accept):
                    status, sent, got = server.get(path, Accept=accept)
                    self.assertEqual((status, sent['content-type'].split(';')[0], sent['vary']), (200, kind, 'Accept'))
                    self.assertTrue(got.startswith(begin), got[:80])
                    if kind != 'text/html':
                        self.assertNotIn('<p', got)
                        self.assertEqual(got, server.get(path + ('&' if '?' in path else '?') + 'as=' +
                                                         {'text/plain': 'text'}.get(kind, kind.split('/')[1]))[2])
            for accept in ('image/png', 'text/html;q=0', 'application/xml, text/css', 'application/json;q=0'):
                self.assertEqual(server.get(path, Accept=accept)[0], 406, (path, accept))
        article = json.loads(server.get('/api/v1/articles/Q150536')[2])
        self.assertEqual(json.loads(server.get('/kb/Q150536', Accept='application/json')[2]), article)
        self.assertEqual(json.loads(server.get('/search?q=network+path', Accept='application/json')[2]),
                         json.loads(server.get('/api/v1/search?q=network+path')[2]))
        for kind in ('text/markdown', 'text/plain'):
            text = server.get('/kb/Q150536', Accept=kind)[2]
            for word in (r'<\\{server}>, Error = 53', 'The RCMD client could not reach the server', 'Symptoms', 'Windows NT Server'):
                self.assertIn(word, text)
            hits = server.get('/search?q=network+path', Accept=kind)[2]
            self.assertIn('Q150536', hits)
            self.assertRegex(server.get('/browse', Accept=kind)[2], r'0x80070035|0xC00000BE')

    def test_errors_too(self):
        for path, status in (('/kb/Q999999', 404), ('/nothing', 404), ('/search?code=x', 400), ('/r/' + '0' * 32, 404)):
            for accept, kind in (('text/markdown', 'text/markdown'), ('text/plain', 'text/plain'), ('application/json', 'application/json'),
                                 ('text/plain, application/problem+json', 'application/problem+json'), ('*/*', 'text/html'),
                                 ('text/html, application/problem+json;q=0.5', 'text/html')):
                with self.subTest(path=path, accept=accept):
                    got, sent, text = server.get(path, Accept=accept)
                    self.assertEqual((got, sent['content-type'].split(';')[0]), (status, kind))
                    if 'json' in kind:
                        value = json.loads(text)
                        self.assertEqual((value['status'], value['detail']), (status, value['error']))
                    elif kind != 'text/html':
                        self.assertRegex(text, rf'^(# )?{status} ')
        status, sent, text = server.get('/api/v1/articles/Q999999', Accept='application/json, application/problem+json')
        self.assertEqual(sent['content-type'], 'application/problem+json')
        self.assertEqual(json.loads(text)['title'], 'Not found')

    def test_search(self):
        status, _, text = server.get('/search?q=rcmd+remote+command')
        self.assertEqual(status, 200)
        self.assertTrue(Page(text).find('a', href='/kb/Q150536'))
        self.assertEqual(server.get('/search?q=Q150536')[1].get('location'), '/kb/Q150536')
        self.assertEqual(server.get('/search?q=rcmd&page=0')[0], 400)
        self.assertEqual(server.get('/search')[0], 200)

    def test_a_hit_says_what_its_article_says_of_the_words(self):
        hits = re.findall(r'<li><a href="/kb/[^<]*</a> <span class="id">[^<]*</span><p>(.*?)</p></li>', server.get('/search?q=ladder+backslashes')[2])
        self.assertTrue(hits)
        self.assertRegex(hits[0], r'(?i)<b>(ladder|backslashes)</b>')
        self.assertTrue(all(len(re.sub('<.*?>', '', h)) < 220 for h in hits))

    def test_a_search_with_thousands_of_words_is_cut_and_says_so(self):
        words = [f'w{i}' for i in range(62)] + ['network', 'path', 'ladder'] + ['of'] * 1400
        q = '+'.join(words)
        text = server.get('/search?q=' + q)[2]
        self.assertIn('Of these 1465 words the first 64 were looked for.', text)
        self.assertLess(len(text), 60000)
        self.assertNotIn('ladder', text)
        found = json.loads(server.get('/api/v1/search?q=' + q)[2])
        self.assertEqual((found['words_left_out'], found['query'].split()), (1401, words[:64]))
        self.assertIn('(the first 64 of 1465 words)', server.get('/search?as=text&q=' + q)[2])
        found = json.loads(server.get('/api/v1/search?q=' + '+'.join(words[:64]))[2])
        self.assertEqual((found['total'] > 0, found.get('words_left_out')), (True, None))

    def test_search_is_narrowed(self):
        page = Page(server.get('/search?q=network&kind=ours&code=53')[2])
        self.assertIn('error 53', page.text)
        self.assertTrue(page.find('a', href='/kb/Q150536'))
        self.assertTrue(page.find('a', href='/search?q=network&kind=ours'), 'the code cannot be let go')
        self.assertIn('Articles about error 53', server.get('/search?code=53')[2])
        self.assertIn('No article is of all of these', server.get('/search?product=Nothing')[2])
        for query in ('code=x', 'year=x', 'year=0', 'code=99999999999999999999'):
            self.assertEqual(server.get('/search?' + query)[0], 400, query)

    def test_browse(self):
        server.api('/api/v1/lookup', {'text': MESSAGE})
        status, _, text = server.get('/browse')
        page = Page(text)
        self.assertEqual(status, 200)
        self.assertTrue(page.find('a', href='/search?code=53'))
        self.assertTrue(page.find('a', href='/search?kind=ours'))
        self.assertIn('ERROR_BAD_NETPATH', page.text)
        self.assertRegex(page.text, r'111\s+ECONNREFUSED')  # as the articles about it mean it, no ERROR_BUFFER_OVERFLOW
        self.assertRegex(page.text, r'111\s+ECONNREFUSED')
        self.assertIn('Most seen here', page.text)
        self.assertNotIn('Failed to connect', page.text)
        self.assertNotIn('kbt scan --record', page.text)
        server.kbt('scan', '--record', LOG)
        self.assertIn('kbt scan --record', server.get('/browse')[2])
        recorded = json.loads(server.get('/api/v1/browse')[2])['recorded']
        self.assertEqual(recorded[0], {'id': 'Q221951', 'lines': 3})
        for link in page.find('a'):
            if link['href'].startswith('/search?'):
                self.assertIn('<ol class="hits"', server.get(link['href'])[2], link['href'])

    def test_links_of_the_pages_lead_somewhere(self):
        seen, todo = set(), ['/', '/help', '/kb/Q150536', '/search?q=network']
        while todo:
            path = todo.pop().split('#')[0]
            if path in seen or not path.startswith('/') or len(seen) > 80:
                continue
            seen.add(path)
            status, headers, text = server.get(path)
            if status == 404 and path.startswith('/kb/'):  # cited, and not in this knowledge base
                self.assertIn('kbt import', text)
                continue
            self.assertIn(status, (200, 301, 302), path)
            if headers['content-type'].startswith('text/html'):
                todo += [a.get('href') or a.get('src') for t, a in Page(text).tags if t in ('a', 'link', 'script', 'img')]
        self.assertGreater(len(seen), 15)

    def test_weight_and_headers(self):
        for page, most in (('/', 54 << 10), ('/logs', 60 << 10)):
            self.weigh(page, most)
        for path in ('/', '/help', '/kb/Q150536'):
            page = Page(server.get(path)[2])
            self.assertFalse([a for _, a in page.tags if 'style' in a or any(k.startswith('on') for k in a)])
            self.assertTrue(all(a.get('src', '').startswith('/static/') for a in page.find('script')))

    def weigh(self, page, most):
        total = 0
        for path in [page, *{a.get('href') or a.get('src') for t, a in Page(server.get(page)[2]).tags
                             if t in ('link', 'script', 'img') and a.get('rel') != 'search'}]:
            status, headers, text = server.get(path)
            self.assertEqual(status, 200, path)
            total += len(text.encode())
            csp = headers['content-security-policy']
            for word in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
                self.assertIn(word, csp)
            self.assertNotIn('unsafe', csp)
            self.assertEqual(headers['x-content-type-options'], 'nosniff')
            self.assertEqual(headers['referrer-policy'], 'same-origin')
        self.assertLess(total, most, page)

    def test_static_files_are_packed_for_who_takes_that(self):
        total = len(server.get('/', **{'Accept-Encoding': 'gzip'})[2].encode())
        for path in {a.get('href') or a.get('src') for t, a in Page(server.get('/')[2]).tags
                     if t in ('link', 'script', 'img') and a.get('rel') != 'search'}:
            plain, packed = server.whole(path), server.whole(path, **{'Accept-Encoding': 'br;q=1, gzip;q=0.8'})
            self.assertEqual((plain[0].get('content-encoding'), packed[0]['content-encoding']), (None, 'gzip'))
            self.assertEqual((plain[0]['vary'], packed[0]['vary']), ('Accept-Encoding', 'Accept-Encoding'))
            self.assertNotEqual(plain[0]['etag'], packed[0]['etag'])
            self.assertEqual(gzip.decompress(packed[1]), plain[1])
            total += len(packed[1])
            self.assertNotIn('content-encoding', server.whole(path, **{'Accept-Encoding': 'gzip;q=0'})[0])
        self.assertLess(total, 24 << 10)

    def test_static_files_are_kept_by_the_client(self):
        path = Page(server.get('/')[2]).find('link', rel='stylesheet')[0]['href']
        _, headers, _ = server.get(path)
        self.assertIn('immutable', headers['cache-control'])
        status, _, text = server.get(path, **{'If-None-Match': headers['etag']})
        self.assertEqual((status, text), (304, ''))

    def test_unknown_and_wrong_method(self):
        for path in ('/nothing', '/static/none', '/static/../http.c', '/kb/', '/api/v1/nothing', '//', '/.git/config'):
            self.assertIn(server.get(path)[0], (400, 404), path)
        for method, path, allow in (('POST', '/search', 'GET, HEAD'), ('GET', '/api/v1/lookup', 'POST'),
                                    ('PUT', '/', 'GET, HEAD, POST'), ('DELETE', '/kb/Q150536', 'GET, HEAD'),
                                    ('DELETE', '/r/' + '0' * 32, 'GET, HEAD, POST'), ('PUT', '/api/v1/kept/x', 'GET, HEAD, POST')):
            status, headers, _ = server.ask(method, path)
            self.assertEqual((status, headers.get('allow')), (405, allow), (method, path))
        status, headers, text = server.ask('HEAD', '/')
        self.assertEqual((status, text), (200, ''))

    def test_health(self):
        self.assertEqual(server.get('/-/healthy')[0], 200)
        self.assertEqual(server.get('/-/ready')[0], 200)

    def test_metrics(self):
        def read():
            status, headers, text = server.get('/metrics')
            self.assertEqual(status, 200)
            self.assertRegex(text, r'\A(# HELP \w+ [^\n]+\n# TYPE \w+ (gauge|counter)\n\w+ \d+\n)+\Z')
            return dict(re.findall(r'^(\w+) (\d+)$', text, re.M))
        before = read()
        for _ in range(2):
            server.api('/api/v1/diagnose', {'text': r'Failed to connect to <\\127.0.0.11>, Error = 53'})
        after = read()
        for name, more in (('kbt_diagnoses_started_total', 1), ('kbt_diagnoses_shared_total', 1)):
            self.assertEqual(int(after[name]) - int(before[name]), more, name)


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
            self.assertIn('The same question was asked', page)
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

    def test_who_polls_can_stop(self):
        def attempt(n):  # of a target that does not answer: left alone each takes some seconds
            questions = [{'text': r'Failed to connect to <\\10.255.255.13>, Error = 53' + ' ' * (6 * n + i)} for i in range(6)]
            self.assertTrue(server.wait_until(lambda: server.diagnoses() == 0))
            for fields in (*questions, questions[5]):  # the last one is followed by two
                server.form('/ui/diagnose?poll=1', fields)
            for fields in questions:
                self.assertEqual(server.form('/ui/diagnose?stop=1', fields)[0], 204)
            self.assertTrue(kbt.until(lambda: server.diagnoses() == 1, 1), 'the wrong ones ended')
            self.assertEqual(server.api('/api/v1/diagnose?stop=1', questions[5])[0], 204)
            self.assertTrue(kbt.until(lambda: server.diagnoses() == 0, 1), 'it goes on')
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
        whole = head % b'/api/v1/lookup' + b'5;x=y\r\n' + text[:5] + b'\r\nF\r\n' + text[5:] + b'\r\n0\r\nX: y\r\n\r\n'
        self.assertEqual(server.raw(whole)[0][9:12], b'200')

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
                if inner:
                    self.check(item, inner, f'{where}.{k}')

    def answers(self):
        post = {'Content-Type': 'application/json'}
        for text in (MESSAGE, 'Error during WNetAddConnection2 (53)', 'zqxj wvutsr', 'error 5', '!!', ''):
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


class Logs(unittest.TestCase):
    @staticmethod
    def multipart(data, name='Sender.log', **fields):
        edge = 'edge0123456789'
        body = b''.join(f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
                        for k, v in fields.items())
        body += (f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                 'Content-Type: application/octet-stream\r\n\r\n').encode() + data + f'\r\n--{edge}--\r\n'.encode()
        return body, {'Content-Type': f'multipart/form-data; boundary={edge}'}

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

    def test_a_form_with_a_file(self):
        status, _, text = server.ask('POST', '/logs', *self.multipart(self.log))
        page = Page(text)
        self.assertEqual(status, 200)
        self.assertIn('2 known problems in Sender.log', page.text)
        self.assertTrue(page.find('a', href='/kb/Q221951'))
        self.assertIn('WNetAddConnection2', page.text)
        self.assertEqual(server.ask('POST', '/logs', *self.multipart(b'', name=''))[0], 400)

    def test_the_same_address_answers_in_the_form_that_is_asked_for(self):
        for kind, begins in (('application/json', '{'), ('text/markdown', '#'), ('text/plain', '')):
            body, headers = self.multipart(self.log)
            status, sent, text = server.ask('POST', '/logs', body, {**headers, 'Accept': kind})
            self.assertEqual((status, sent['content-type'].split(';')[0]), (200, kind))
            self.assertIn('Q221951', text)
            self.assertTrue(text.startswith(begins))
            self.assertNotIn('<html', text)

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
        self.assertIn('Failures only', server.ask('POST', '/logs', *self.multipart(self.log))[2])

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
        before = peak_kib(server.process.pid)
        status, found = self.scan(data)
        self.assertEqual((status, found['bytes'], len(found['incidents'])), (200, 64 << 20, 2))
        self.assertLess(peak_kib(server.process.pid) - before, 200 << 10)
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

    def test_nothing_is_kept_unasked(self):
        before = os.stat(server.db + '.kept').st_mtime_ns if os.path.exists(server.db + '.kept') else 0
        server.form('/', {'text': MESSAGE, 'do': 'explain'})
        server.ask('POST', '/logs', *Logs.multipart(b'nothing\n'))
        after = os.stat(server.db + '.kept').st_mtime_ns if os.path.exists(server.db + '.kept') else 0
        self.assertEqual(before, after)

    def test_a_log_is_kept_without_its_secrets(self):
        log = (b'Mar 12 11:02:41 web1 backup[311]: login password=hunter2 for bob\n'
               b'Mar 12 11:02:42 web1 backup[311]: ssh: connect to host nas1 port 22: No route to host\n')
        _, _, text = server.ask('POST', '/logs', *Logs.multipart(log, keep='7'))
        path = re.search(r'href="(/r/[0-9a-f]{32})"', text).group(1)
        for kind in ('text/html', 'application/json', 'text/markdown', 'text/plain'):
            text = server.get(path, Accept=kind)[2]
            self.assertIn('No route to host', text)
            self.assertNotIn('hunter2', text)

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
                    status, _, text = other.ask('POST', '/api/v1/scan?keep=1', f.read(), {'Content-Type': 'application/octet-stream'})
                self.assertEqual(status, 200)
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
            self.tags(server.ask('POST', '/logs', *Logs.multipart(f'ssh: connect to host {payload} port 22: No route to host\n'
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
            b'+5', b'0x5', b'-5', b'5, 5', b'5 5', b'', b'five', b'99999999999999999999999')]
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
        self.assertLess(peak_kib(server.process.pid) // 1024 - before, 200)
        self.assertEqual(server.api('/api/v1/lookup', {'text': MESSAGE})[0], 200)  # small ones pass
        for s in held:
            s.close()
        large = json.dumps({'text': MESSAGE + ' ' * 500000})
        self.assertTrue(server.wait_until(
            lambda: server.ask('POST', '/api/v1/lookup', large, {'Content-Type': 'application/json'})[0] == 200))

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
        for number in (signal.SIGTERM, signal.SIGINT):
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
            self.assertEqual((code, err), (128 + number, ''))
            for s in streams:
                self.assertNotIn(b'event: verdict', read_all(s)[0])  # nobody waited for their ends
                s.close()

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
