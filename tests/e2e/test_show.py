# SPDX-License-Identifier: MIT
"""kbt show: an article, its rule, what cites it; its raw text and its sources."""
import unittest

from kbt import DAMAGED, KbtTest, NONE, USAGE, article_text, shared

OURS = '''---
id: Q123456
title: The cog, in our words
date: 2026-11-22
messages:
  - text: 'Cog {name:text} is stuck, Error = 5'
cause: Our cause.
resolutions:
  - {kind: workaround, text: Our remedy., where: server, caveat: Slippery.}
references: [Q234567]
---
## More information

Our notes.
'''


class Show(KbtTest):
    def setUp(self):
        super().setUp()
        self.theirs = article_text(123456, title='Gizmo: The Cog', symptom='A line that is long enough to be wrapped, '
                                   'because it has\r\nmany words in two lines.\r\n\r\n   Cog <name> is stuck, Error = 5')
        self.write('in/Q123456.TXT', self.theirs)
        self.write('in/Q234567.TXT', article_text(234567, title='Other', symptom='See Q123456.'))
        self.write('ours/Q123456.md', OURS)

    def import_both(self):
        self.kbt('import', self.path('in'))
        self.kbt('import', self.path('ours'))

    def test_ids_in_every_spelling(self):
        self.import_both()
        want = self.kbt('show', 'Q123456').out
        for spelling in ('123456', 'KB123456', 'q123456', 'kb123456'):
            self.assertEqual(self.kbt('show', spelling).out, want)

    def test_text_has_the_rule_then_both_texts(self):
        self.import_both()
        out = self.kbt('show', 'Q123456').out
        order = ['Q123456', 'Gizmo: The Cog', '2001-08-08', 'Messages', 'Our cause.', 'Workaround', 'Our remedy.',
                 'Where: server', 'Slippery.', 'SYMPTOMS', 'wrapped, because it has many words',
                 'Cog <name> is stuck', 'Our own words', 'Our notes.', 'Refers to', 'Cited by', 'Q234567']
        at = 0
        for part in order:
            self.assertIn(part, out[at:], out)
            at = out.index(part, at)

    def test_a_reference_has_the_title_of_the_article_that_is_there(self):
        self.import_both()
        out = self.kbt('show', 'Q234567').out
        self.assertRegex(out, r'Refers to\n  Q123456 +Gizmo: The Cog\n')

    def test_a_reference_without_a_title_stands_alone(self):
        self.write('in/Q345678.TXT', article_text(345678, title='Third', symptom='See Q345679.'))
        self.kbt('import', self.path('in'))
        self.assertRegex(self.kbt('show', 'Q345678').out, r'Refers to\n  Q345679\n')

    def test_raw_is_the_imported_text_word_for_word(self):
        self.import_both()
        self.assertEqual(self.kbt('show', 'Q123456', '--raw').out, self.theirs.decode().replace('\r\n', '\n'))

    def test_sources_are_the_bytes_as_imported(self):
        self.import_both()
        self.assertEqual(self.run_kbt('show', 'Q123456', '--source', '1').stdout, OURS.encode())
        self.assertEqual(self.run_kbt('show', 'Q123456', '--source', '2').stdout, self.theirs)
        self.assertEqual(self.kbt('show', 'Q123456', '--source', '1', '--raw').out, OURS)
        source, = self.json('show', 'Q123456', '--source', '2')
        self.assertEqual((source['format'], source['date'], source['text'].encode()), ('kb-text', '2001-08-08', self.theirs))
        self.assertTrue(source['origin'].endswith('Q123456.TXT'))
        self.refused('show', 'Q123456', '--source', '3', code=NONE, names='2 sources')
        self.refused('show', 'Q123456', '--source', '0')

    def test_json(self):
        self.import_both()
        article, = self.json('show', 'Q123456')
        self.assertEqual(article['id'], 'Q123456')
        self.assertEqual(article['title'], 'Gizmo: The Cog')
        self.assertEqual(article['products'], ['Windows NT 4.0'])
        self.assertEqual({f['name']: f['value'] for f in article['fields']}['Issue type'], 'kbprb')
        self.assertIn('symptoms', [s['kind'] for s in article['sections']])
        self.assertEqual(article['rule']['resolution'],
                         [{'kind': 'workaround', 'text': 'Our remedy.', 'where': 'server', 'caveat': 'Slippery.'}])
        self.assertEqual(article['rule']['messages'][0]['variables'][0]['name'], 'name')
        self.assertEqual([c['id'] for c in article['cited_by']], ['Q234567'])
        self.assertEqual(article['authored']['title'], 'The cog, in our words')

    def test_no_control_byte_of_an_article_survives(self):
        self.write('evil/Q34567.TXT', article_text(34567, title='Bell \x07 and \x1b[31m red', symptom='An \x1b]0;x\x07 escape'))
        self.kbt('import', self.path('evil'))
        out = self.kbt('show', '34567', '--color=never').out
        self.assertNotIn('\x1b', out)
        self.assertNotIn('\x07', out)
        self.assertIn('\\x1b', out)

    def test_colour_ends_with_its_line(self):
        """Whoever takes the lines one by one has none begin with the end of a colour."""
        notice = '\r\n' + '=' * 77 + '\r\nTHE INFORMATION PROVIDED IN THE EXAMPLE IS OURS.\r\n'
        self.write('in/Q123456.TXT', self.theirs + notice.encode())
        self.import_both()
        out = self.kbt('show', 'Q123456', '--color=always').out
        self.assertIn('are in the text as it came', out)
        self.assertEqual([line for line in (out + 'end').splitlines() if line.startswith('\033[0m')], [], out)

    def test_what_cannot_be_shown(self):
        self.refused('show', 'Q123456', code=DAMAGED)
        self.import_both()
        self.refused('show', 'Q99999', code=NONE, names='Q99999')
        self.refused('show', 'cog', names='cog')
        self.refused('show')
        self.refused('show', 'Q123456', 'Q234567')


class Seeds(KbtTest):
    def test_the_founding_articles_print_as_they_came(self):
        seeds = shared('seeds')
        self.kbt('import', seeds)
        with open(f'{seeds}/Q150536.txt', 'rb') as f:
            self.assertEqual(self.kbt('show', 'Q150536', '--raw').out, f.read().decode('cp1252').replace('\r\n', '\n'))
        with open(f'{seeds}/Q221951.md', 'rb') as f:
            self.assertEqual(self.run_kbt('show', 'Q221951', '--raw').stdout, f.read())

    def test_remedies_where_headings_are_missing(self):
        self.kbt('import', shared('seeds'))
        article, = self.json('show', 'Q221951')
        rule = article['rule']
        self.assertEqual([r['kind'] for r in rule['resolution']], ['workaround', 'fix', 'fix'])
        self.assertIn('RASDIAL', rule['resolution'][0]['text'])
        self.assertIn('SERVPACK', rule['resolution'][1]['text'])
        self.assertIn('<SMS_root>\\BIN\\<Platform>', rule['resolution'][2]['where'])
        self.assertEqual(rule['status'], 'fixed')
        self.assertIn('retry', rule['cause'])
        self.assertEqual(rule['log_files'], ['Sender.log'])


if __name__ == '__main__':
    unittest.main()
