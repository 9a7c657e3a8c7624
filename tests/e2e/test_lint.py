# SPDX-License-Identifier: MIT
"""kbt lint: one mistake a file, each found with its line; the project's own kb/ is clean."""
import json
import os
import re
import tempfile
import unittest

from kbt import FOUND, KbtTest, NONE, ROOT, USAGE, article_text

GOOD = '''---
id: Q-cog-stuck
title: The cog of the gizmo is stuck
messages:
  - text: 'Gizmo cog failure on {server:host}, turn number = 7'
cause: Rust.
resolutions:
  - {kind: fix, text: Oil it., effort: minutes, risk: none}
samples:
  match:
    - text: 'Gizmo cog failure on HQ-SRV2, turn number = 7'
      binds: {server: HQ-SRV2}
  not:
    - text: 'The zebra crossed a quiet road'
---
## Cause

Rust.
'''

OILED = '{kind: fix, text: Oil it., effort: minutes, risk: none}'  # the remedy of GOOD

# what a cause of these tests has that is not what they are about
DONE = 'do: [{kind: fix, text: x, effort: hours, risk: none}], verify: tcp'


class Lint(KbtTest):
    def good_and(self, old='', new='', name='kb/articles/Q-cog-stuck.md'):
        text = GOOD.replace(old, new, 1) if old else GOOD
        self.assertTrue(not old or text != GOOD, old)
        return self.write(name, text)

    def finds(self, line, text, path=None, *args):
        """lint finds exactly one thing, on this line, that says this."""
        p = self.kbt('lint', self.path('kb'), *args, code=NONE)
        findings = p.out.splitlines()[:-1]
        self.assertEqual(len(findings), 1, p.out)
        self.assertIn(f'{path or self.path("kb/articles/Q-cog-stuck.md")}:{line}: ', findings[0])
        self.assertIn(text, findings[0])
        self.assertTrue(p.out.splitlines()[-1].endswith(': 1 finding'), p.out)

    def test_the_articles_of_the_guide_are_as_it_asks(self):
        with open(f'{ROOT}/kb/README.md', encoding='utf-8') as f:
            article, stories = re.findall(r'```\n(.*?)```', f.read(), re.S)[:2]
        hit = re.search(r'~Error during .*', stories).group()
        self.write('kb/articles/Q150536.md', article)
        self.good_and("messages:\n  - text: 'Gizmo", f"{stories}messages:\n  - text: '{hit}'\n  - text: 'Gizmo")
        self.assertRegex(self.kbt('lint', self.path('kb')).out, '^2 articles, .* 0 findings\n$')

    STORIES = '''marks:
  turned: 'The cog of {server} has turned'
stories:
  - name: stuck
    says: It never turned.
    count: 2
    within: 10 min
    never: turned
    fires:
      - |
        2001-03-12 10:00:00 Gizmo cog failure on A, turn number = 7
        2001-03-12 10:01:00 Gizmo cog failure on A, turn number = 7
    quiet:
      - |
        2001-03-12 10:00:00 Gizmo cog failure on A, turn number = 7
        2001-03-12 10:00:30 The cog of A has turned
        2001-03-12 10:01:00 Gizmo cog failure on A, turn number = 7
'''

    def test_stories(self):
        self.good_and('samples:', self.STORIES + 'samples:')
        p = self.kbt('lint', self.path('kb'), code=FOUND)
        self.assertEqual(p.out, '1 article, 4 samples, 0 causes, 0 codes: 0 findings\n')
        for old, new, line, says in (
                ('never: turned', 'never: turnd', 12, 'no mark turnd'),
                ('    count: 2\n', '    count: 99\n', 14, '1 to 32'),
                ('10 min', 'a while', 15, 'within is a time'),
                ('    count: 2\n', '    cuont: 2\n', 14, 'no key "cuont"'),
                ('never: turned', 'sequence: [hit, spun]', 12, 'no mark spun'),
                ('never: turned', 'sequence: [hit]', 16, 'two to eight'),
                ('    says: It never turned.\n', '', 12, 'says a sentence'),
                ('name: stuck', 'name: Stuck!', 12, 'small letters'),
                ('  turned:', '  hit:', 10, 'not "hit"'),
                ('{server} has turned', '{server has turned', 10, 'a mark is a template'),
                ('    count: 2\n', '    count: 3\n', 12, 'a sample of the story stuck tells no story'),
                ('10:01:00', '10:59:00', 12, 'a sample of the story stuck tells no story'),
                ("'The cog of {server} has turned'", "['The cog of {server} has turned', 'it {server} is']", 10,
                 'no scan finds the mark turned'),
                ('A has turned', 'B has turned', 12, 'must not tell the story stuck'),
                ('    fires:\n', '    quiet2:\n', 18, 'no key "quiet2"')):
            with self.subTest(new=new):
                text = self.STORIES.replace(old, new, 1)
                self.assertNotEqual(text, self.STORIES)
                if new.startswith('    cuont'):
                    text = text.replace('    within: 10 min\n', '')
                if new == '  hit:':
                    text = text.replace('never: turned', 'not_cleared_by: hit')
                self.good_and('samples:', text + 'samples:')
                out = self.kbt('lint', self.path('kb'), code=NONE).out
                self.assertRegex(out, rf'Q-cog-stuck.md:{line}: .*{says}')

    def test_clean(self):
        self.good_and()
        p = self.kbt('lint', self.path('kb'), code=FOUND)
        self.assertEqual(p.out, '1 article, 2 samples, 0 causes, 0 codes: 0 findings\n')
        self.assertEqual(p.err, '')

    def test_links_in_a_folder_are_passed_over_as_an_import_does(self):
        self.good_and()
        os.symlink('..', self.path('kb/articles/loop'))
        os.symlink('nowhere', self.path('kb/articles/dangling.md'))
        p = self.kbt('lint', self.path('kb'), code=FOUND)
        self.assertEqual((p.out, p.err), ('1 article, 2 samples, 0 causes, 0 codes: 0 findings\n', ''))

    def test_an_article_without_a_title(self):
        self.good_and('title: The cog of the gizmo is stuck\n')
        self.finds(1, 'an article needs an id and a title')

    def test_each_mistake_with_its_line(self):
        for old, new, line, says in (
                ('cause:', 'casue:', 6, 'casue'),
                ('{kind: fix', '{kind: magic', 8, 'fix or workaround'),
                ('{server:host}', '{server:hots}', 5, 'unknown type'),
                ('binds: {server: HQ-SRV2}', 'binds: {server: HQ-SRV3}', 12, 'not "HQ-SRV3"'),
                ('binds: {server: HQ-SRV2}', 'binds: {share: X}', 12, 'binds no share'),
                ("text: 'The zebra crossed a quiet road'", "text: 'Gizmo cog failure on B, turn number = 7'", 14,
                 'must not match'),
                ("- text: 'Gizmo cog failure on HQ-SRV2, turn number = 7'\n      binds: {server: HQ-SRV2}",
                 "- text: 'An entirely other sentence'", 11, 'answers the sample'),
                ('cause: Rust.', 'cause: Rust.\nreferences: [Q-no-such]', 7, 'Q-no-such'),
                ('cause: Rust.', 'cause: Rust.\nprobes: [smell]', 7, 'smell'),
                (OILED, '{kind: fix, text: Oil it., effort: a while, risk: none}', 8, 'minutes, hours or days'),
                (OILED, '{kind: fix, text: Oil it., effort: hours, risk: some}', 8, 'none, low'),
                (OILED, '{kind: fix, text: Oil it., effort: hours, risk: low}', 8, 'what it may be'),
                (OILED, '{kind: fix, text: Oil it., effort: hours, risk: none, harm: x}', 8, 'has no harm'),
                ('id: Q-cog-stuck', 'id: cog', 2, 'cog'),
                ('title: The cog', 'title: [The cog', 3, ''),
        ):
            with self.subTest(new=new):
                self.good_and(old, new)
                if line == 3:  # libyaml's own words and place
                    self.kbt('lint', self.path('kb'), code=NONE)
                elif line == 2:
                    self.assertIn(':2: "cog" is no article id', self.kbt('lint', self.path('kb'), code=NONE).out)
                else:
                    self.finds(line, says)

    def test_what_a_resolution_of_an_article_takes_is_shown(self):
        self.good_and(OILED, '{kind: fix, text: Oil it., where: shop, effort: minutes, risk: low, '
                      'harm: it may drip}')
        self.kbt('lint', self.path('kb'))
        db = self.path('cost.db')
        self.kbt('import', '--db', db, self.path('kb'))
        fix, = json.loads(self.kbt('show', '--json', '--db', db, 'Q-cog-stuck').out)['rule']['resolution']
        self.assertEqual((fix['effort'], fix['risk'], fix['harm']), ('minutes', 'low', 'it may drip'))
        text = self.kbt('lookup', '--db', db, 'Gizmo cog failure on HQ-SRV2, turn number = 7').out
        self.assertIn('(shop · minutes · low risk) Oil it.', text)
        self.assertIn('risk    it may drip', text)
        self.assertIn('minutes · low risk: it may drip', self.kbt('show', '--db', db, 'Q-cog-stuck').out)

    def test_two_articles_with_one_id(self):
        self.good_and()
        self.good_and(name='kb/articles/again.md')
        self.finds(2, 'same id', self.path('kb/articles/again.md'))

    def test_what_an_import_reads_is_checked(self):
        """A byte order mark, UTF-16, blanks behind the first line's marks: lint took such a file for no article."""
        for as_bytes in (GOOD.encode('utf-8-sig'), GOOD.encode('utf-16'), GOOD.replace('---', '---  ', 1).encode(),
                         GOOD.replace('\n', '\r\n').encode('utf-8-sig')):
            self.write('kb/articles/Q-cog-stuck.md', as_bytes)
            self.assertIn('1 article, 2 samples', self.kbt('lint', self.path('kb')).out)
        self.write('kb/articles/Q-cog-stuck.md', GOOD.replace('{kind: fix', '{kind: magic').encode('utf-8-sig'))
        self.finds(8, 'fix or workaround')

    def test_a_cause_that_no_file_has(self):
        with open(f'{ROOT}/kb/causes/auth.yaml') as f:
            self.write('kb/causes/auth.yaml', f.read())
        with open(f'{ROOT}/kb/causes/groups.yaml') as f:
            self.write('kb/causes/groups.yaml', f.read())
        self.good_and('cause: Rust.', 'cause: Rust.\ncauses: [cog.rusty]')
        self.finds(7, 'cog.rusty')

    def test_a_cause_says_only_what_is_known(self):
        for name in ('groups', 'auth'):
            with open(f'{ROOT}/kb/causes/{name}.yaml') as f:
                self.write(f'kb/causes/{name}.yaml', f.read().replace('{share}', '{cog}', 1))
        self.good_and()
        self.assertIn('{cog}', self.kbt('lint', self.path('kb'), code=NONE).out)

    def test_two_causes_are_told_apart_or_listed_as_alike(self):
        def causes(value, more=''):
            return f"""causes:
- {{class: a, title: t, layer: tcp, says: s, needs: {{tcp.445: open}}, {DONE}}}
- {{class: b, title: t, layer: tcp, says: s, needs: {{tcp.139: {value}}}, {DONE}{more}}}
"""
        self.write('kb/causes/x.yaml', causes('open'))
        self.finds(3, 'no fact keeps b and a apart', 'causes/x.yaml')
        self.write('kb/causes/x.yaml', causes('open', ', alike: {a: the same from outside}'))
        self.kbt('lint', self.path('kb'))
        self.assertIn('a apart: the same from outside', self.kbt('lint', '--pairs', self.path('kb')).out)
        self.write('kb/causes/x.yaml', causes('open, tcp.445: refused', ', alike: {a: the same from outside}'))
        self.finds(3, 'a fact keeps them apart', 'causes/x.yaml')
        self.write('kb/causes/x.yaml', causes('open, tcp.445: refused', ', alike: {c: the same from outside}'))
        self.finds(3, 'no cause file has the class c', 'causes/x.yaml')

    def test_findings_meanings_and_the_probes_of_an_article(self):
        cause = f'causes:\n- {{class: a, title: t, layer: tcp, says: s, needs: {{tcp.445: open}}, {DONE}}}\n'
        for more, line, text in (
                ('findings:\n- {finding: f, needs: {tcp.445: ajar}, says: s}\n', 4, 'ajar'),
                ('findings:\n- {finding: f, needs: {tcp.445: open}, says: "{nobody}"}\n', 4, '{nobody}'),
                ('findings:\n- {finding: f, needs: {tcp.445: open}}\n', 4, "'f'"),
                ('findings:\n- {finding: f, article: Q-none, says: s}\n', 4, 'Q-none'),
                ('findings:\n- {finding: f, article: [Q-none], says: s}\n', 4, 'Q-none'),
                ('meanings:\n- {meaning: m, codes: [win32]}\n', 4, "'win32'"),
                ('meanings:\n- {meaning: m, codes: [win32 5-x]}\n', 4, "'win32 5-x'"),
                ('meanings:\n- {meaning: m, codes: [win32 5], port: 70000}\n', 4, "'70000'"),
                ('meanings:\n- {meaning: m, likely: [a]}\n', 4, "'m'"),
                ('meanings:\n- {meaning: m, codes: [win32 5], likly: [a]}\n', 4, "'likly'")):
            with self.subTest(more=more):
                self.write('kb/causes/x.yaml', cause + more)
                self.finds(line, text, 'causes/x.yaml')
        self.write('kb/causes/x.yaml', cause)
        for probes in ('[telepathy]', '[pipe nam=x]', '[pe name]', '["log fails=x"]'):
            with self.subTest(probes=probes):
                self.good_and('cause: Rust.\n', f'cause: Rust.\nprobes: {probes}\n')
                self.finds(7, 'kbt probe --list')
        self.good_and('cause: Rust.\n', "cause: Rust.\nprobes: ['log works=all is well|done', pipe name=x]\n")
        self.kbt('lint', self.path('kb'))

    def test_an_action_says_what_it_takes_and_risks(self):
        cause = 'causes:\n- class: a\n  title: t\n  layer: tcp\n  says: s\n  needs: {tcp.445: open}\n'
        good = '  do:\n  - {text: x, effort: minutes, risk: low, harm: open sessions drop}\n  - {text: y, kind: ' \
               'workaround, effort: days, risk: none}\n  verify: tcp\n  by_hand: Log in.\n'
        self.write('kb/causes/x.yaml', cause + good)
        self.kbt('lint', self.path('kb'))
        for old, new, line, text in (
                ('effort: minutes, ', '', 8, 'effort: minutes, hours or days'),
                ('effort: minutes', 'effort: a while', 8, "'a while'"),
                ('risk: low, ', '', 8, 'risk: none, low, medium or high'),
                ('risk: low', 'risk: some', 8, "'some'"),
                (', harm: open sessions drop', '', 8, 'wants harm'),
                ('risk: low', 'risk: none', 8, 'no harm'),
                ('harm: open', 'harm: "{nobody}", caveat: open', 2, '{nobody}'),
                ('harm: open', 'ham: open', 8, "'ham'"),
                ('text: x', 'text: x, kind: workaround', None, None),
                ('kind: workaround, effort: days', 'effort: days', None, None),
                ('by_hand: Log', 'by_hand: "{nobody}"  # Log', 2, '{nobody}'),
                ('  verify: tcp\n', '', 2, 'wants verify'),
                ('verify: tcp', 'verify: telepathy', 2, 'no probe telepathy'),
                (good[:good.index('  verify')], '', 2, 'wants do')):
            with self.subTest(new=new):
                self.write('kb/causes/x.yaml', cause + good.replace(old, new, 1))
                if line:
                    self.finds(line, text, 'causes/x.yaml')
                else:
                    self.kbt('lint', self.path('kb'))
        first = good.replace('text: x', 'text: x, kind: workaround').replace('text: y, kind: workaround', 'text: y')
        self.write('kb/causes/x.yaml', cause + first)
        self.finds(9, 'fixes stand before workarounds', 'causes/x.yaml')
        finding = 'findings:\n- {finding: f, needs: {tcp.445: open}, says: s, do: [{text: x, risk: none}]}\n'
        self.write('kb/causes/x.yaml', cause + good + finding)
        self.finds(13, 'f: an action wants effort', 'causes/x.yaml')

    def test_malformed_causes_and_codes(self):
        self.good_and()
        self.write('kb/codes.tsv', 'value\tfamily\tsymbol\tsays\n5\twin32\tERROR_ACCESS_DENIED\taccess denied\nx\twin32\tA\tb\n')
        self.finds(3, 'no number', self.path('kb/codes.tsv'))
        os.remove(self.path('kb/codes.tsv'))
        self.write('kb/causes/x.yaml', 'causes:\n  - class: [a\n')
        self.assertIn('x.yaml:', self.kbt('lint', self.path('kb'), code=NONE).out)

    def test_json(self):
        self.good_and('cause:', 'casue:')
        finding, = self.json('lint', self.path('kb'), code=NONE)
        self.assertEqual((finding['line'], finding['level']), (6, 'error'))
        self.assertTrue(finding['file'].endswith('Q-cog-stuck.md'))

    def test_what_cannot_be_read(self):
        self.refused('lint')
        self.refused('lint', self.path('nowhere'), names='nowhere')
        os.mkdir(self.path('empty'))
        self.refused('lint', self.path('empty'), names='empty')
        self.write('archive/Q123456.TXT', article_text(123456))
        self.refused('lint', self.path('archive'), names='archive')
        self.write('large/Q-large.md', GOOD + ' ' * (8 << 20))
        self.assertIn('over 8 MiB', self.refused('lint', self.path('large'), names='Q-large.md').err)

    def test_leaves_nothing_behind(self):
        self.good_and()
        with tempfile.TemporaryDirectory() as temp:
            self.kbt('lint', self.path('kb'), env={'TMPDIR': temp})
            self.assertEqual(os.listdir(temp), [])
        self.assertFalse(os.path.exists(self.db))

    def test_own_kb_is_clean(self):
        p = self.run_kbt('lint', f'{ROOT}/kb')
        self.assertEqual(p.returncode, FOUND, p.out + p.err)
        self.assertEqual(len(p.out.splitlines()), 1, p.out)  # nor has it notes

    def test_a_remedy_without_its_cost_is_a_note_and_no_finding(self):
        self.good_and(', effort: minutes, risk: none', ', effort: minutes')
        p = self.kbt('lint', self.path('kb'), code=FOUND)
        note, total = p.out.splitlines()
        self.assertIn('Q-cog-stuck.md:8: an action wants risk: none, low, medium or high, where that can be said', note)
        self.assertIn(': 0 findings', total)


if __name__ == '__main__':
    unittest.main()
