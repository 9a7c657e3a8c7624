# SPDX-License-Identifier: MIT
"""What programs of today print: the right article first, its values, and nothing bound that the message does not name."""
import contextlib
import json
import os
import re
import sqlite3
import subprocess
import unittest

from kbt import KBT, KbtTest, ROOT, UNDECIDED, archive_kb

BESIDE_ARCHIVE = 0.98  # of them the right article comes first where the archive's stand beside


def messages():
    with open(os.path.join(ROOT, 'tests', 'e2e', 'data', 'today.tsv'), encoding='utf-8') as f:
        for line in f:
            if not line.startswith('#'):
                ids, binds, text = line.rstrip('\n').split('\t')
                text = re.sub(r'\\(.)', lambda m: {'n': '\n', 't': '\t'}.get(m[1], m[1]), text)
                yield ids.split('|'), dict(b.split('=', 1) for b in binds.split(';') if b), text


class Today(KbtTest):
    def setUp(self):
        super().setUp()
        self.kbt('import', os.path.join(ROOT, 'kb'))

    def test_each_has_its_article_and_values(self):
        for ids, binds, text in messages():
            with self.subTest(text=text):
                r, = self.json('diagnose', '--offline', '-', input=text, code=UNDECIDED)
                self.assertTrue(r['matches'])
                self.assertIn(r['matches'][0]['id'], ids)
                found = {**r['matches'][0]['captures'], **r['bindings']}
                self.assertEqual({k: found.get(k) for k in binds}, binds)
                self.assertTrue({'server', 'address'} & set(binds) or 'server' not in r['bindings'], r['bindings'])

    def test_no_message_is_of_two_articles(self):
        with contextlib.closing(sqlite3.connect(self.db)) as db:
            twice = db.execute("SELECT text FROM template GROUP BY lower(CASE pattern WHEN '' THEN text ELSE pattern END)"
                               ' HAVING count(DISTINCT source) > 1').fetchall()
        self.assertEqual(twice, [])

    def test_the_archive_does_not_hide_them(self):
        db, _ = archive_kb()
        wanted = [(ids, text) for ids, _, text in messages() if '\n' not in text]
        p = subprocess.run([KBT, 'lookup', '--db', db, '--batch', '--json'], stdout=subprocess.PIPE, check=True,
                           input=''.join(text + '\n' for _, text in wanted).encode())
        answers = [json.loads(line) for line in p.stdout.splitlines()]
        others = [text for (ids, text), a in zip(wanted, answers) if not a['matches'] or a['matches'][0]['id'] not in ids]
        self.assertLessEqual(len(others), len(wanted) * (1 - BESIDE_ARCHIVE), others)


if __name__ == '__main__':
    unittest.main()
