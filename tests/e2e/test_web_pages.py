# SPDX-License-Identifier: MIT
"""The pages of the web server as its clients see them: what they show, in which forms, and how heavy they are."""
import gzip
import html
import json
import os
import re
import unittest

from serve import LOG, MESSAGE, Page, Server

server = None


def setUpModule():
    global server
    server = Server.of_module()


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

    def test_the_causes_left_keep_their_place_until_the_verdict(self):
        """Once shown they are not hidden by a probe that decides: what stands below would move up and down again."""
        text = server.form('/ui/diagnose', {'text': MESSAGE + ' ' * 9})[2]
        events = re.findall(r'event: (\w+)\n(.*?)(?:\n\n|\Z)', text, re.S)
        self.assertEqual((events[0][0], events[-1][0]), ('match', 'verdict'))
        hidden = [name for name, data in events[1:] if 'id="beliefs" hidden' in data]
        self.assertEqual(hidden, ['verdict'])
        self.assertNotIn('id="beliefs"', events[-2][1])  # that one has decided

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

    def test_a_code_is_named_as_it_was_pasted(self):
        for text, heading in (("Microsoft OLE DB Provider error '80004005'", '80004005'), ('STOP: 0x0000007B', '0x0000007B'),
                              ('ERROR: SQLSTATE[08001]', '08001'), ('connect ECONNREFUSED 10.1.2.3:443', 'ECONNREFUSED'),
                              ('authentication failed (535 5.7.8)', '5.7.8'), ('System error 53 has occurred.', '53'),
                              ('hr = E_ACCESSDENIED', 'E_ACCESSDENIED'), ('NT_STATUS_LOGON_FAILURE', 'NT_STATUS_LOGON_FAILURE'),
                              ('Der Netzwerkpfad wurde nicht gefunden.', 'the number 53')):
            page = server.form('/', {'text': text})[2]
            self.assertEqual(re.findall('<h2 id="codes">What (.*?) means</h2>', page), [heading], text)
            legend = re.search('<p class="legend-code">(.*?)</p>', page)
            said = Page(legend.group(1)).text
            self.assertFalse(said.startswith(f'{heading} is {heading}'), said)  # a name that says itself is no legend
            self.assertNotIn('<dt>http', page)
        self.assertNotIn('means</h2>', server.form('/', {'text': 'EAI_NONAME'})[2])  # of which no more is known than its name

    def test_a_guess_is_not_told_as_none(self):
        xml = ('<Event><System><Provider Name="Service Control Manager"/><EventID>7000</EventID></System><EventData>'
               '<Data Name="param1">Print Spooler</Data><Data Name="param2">%%1069</Data></EventData></Event>')
        for text in (xml, 'the cable of the printer is too long for the table', 'Mic rosoft Wind0ws\n\n[ OK ]'):
            nearest = re.findall('class="sure">.*?<span>(.*?)</span>', server.form('/', {'text': text})[2])
            self.assertTrue(nearest, text)
            self.assertFalse([n for n in nearest if n.endswith(', 0&nbsp;%')], nearest)

    def test_unexplained_says_so(self):
        status, _, text = server.form('/', {'text': 'zqxj wvutsr'})
        self.assertEqual(status, 200)
        self.assertIn('No article explains this', text)
        self.assertIn('class="draft"', text)
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

    def test_the_article_of_the_help_is_as_it_asks(self):
        article = html.unescape(re.search(r'<pre[^>]*>(---\n.*?)</pre>', server.get('/help')[2], re.S).group(1))
        path = os.path.join(server.dir, 'Q-disk-quota.md')
        with open(path, 'w', encoding='utf-8') as f:
            f.write(article)
        self.assertRegex(server.kbt('lint', path), rb'^1 article, .* 0 findings\n$')

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
        self.assertIn('ERROR_<wbr>BAD_<wbr>NETPATH', text)  # a long one breaks there, not within a word
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
        tag = headers['etag']
        for held, wanted in ((tag, 304), ('W/' + tag, 304), (f'"x", {tag}', 304), (f'W/{tag},"x"', 304), ('*', 304),
                             ('"x"', 200), ('W/"x", "y"', 200), ('W/', 200), (',', 200), (tag[:-1], 200)):
            status, _, text = server.get(path, **{'If-None-Match': held})
            self.assertEqual((status, not text), (wanted, wanted == 304), held)

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


if __name__ == '__main__':
    unittest.main()
