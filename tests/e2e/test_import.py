# SPDX-License-Identifier: MIT
"""Import, remove, stats: what is kept, what wins, and that nothing is lost whatever the input or the machine does."""
import bz2
import contextlib
import gzip
import io
import json
import lzma
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
import unittest
import zipfile

from kbt import (DAMAGED, INTERRUPTED, KBT, KbtTest, LIMIT_S, NONE, ROOT, USAGE, archive_kb, article_text, needs_root, rests,
                 shared, until)


def tar_bytes(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w') as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zip_bytes(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            z.writestr(name, data)
    return out.getvalue()


def zstd(data):
    if not shutil.which('zstd'):
        raise unittest.SkipTest('zstd is missing')
    return subprocess.run(['zstd', '-q', '-c'], input=data, stdout=subprocess.PIPE, check=True).stdout


def three(size=0):
    """Three articles; with a size, so much of text that does not compress well in each."""
    return {f'txt/Q{n}.TXT': article_text(n, f'Article number {n}', random.Random(n).randbytes(size // 2).hex() or 'Fails.')
            for n in (100001, 100002, 100003)}


class ImportTest(KbtTest):
    def rows(self, sql, *values):
        db = sqlite3.connect(self.db)
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()

    def bytes(self):
        with open(self.db, 'rb') as f:
            return f.read()

    def check(self):
        self.assertEqual(self.rows('PRAGMA integrity_check'), [('ok',)])
        self.assertEqual(self.rows('PRAGMA foreign_key_check'), [])

    def ids(self):
        return [r[0] for r in self.rows('SELECT id FROM article ORDER BY id')]

    def counts(self, *args, **kw):
        return self.json('import', *args, **kw)[0]

    def folder(self, name='in', files=None):
        for file, data in (files or three()).items():
            self.write(os.path.join(name, file), data)
        return self.path(name)


class Union(ImportTest):
    def test_folder(self):
        got = self.counts(self.folder())
        self.assertEqual((got['added'], got['changed'], got['unchanged'], got['skipped']), (3, 0, 0, 0))
        self.assertEqual(self.ids(), ['Q100001', 'Q100002', 'Q100003'])
        self.assertEqual(self.rows("SELECT title, date FROM article WHERE id = 'Q100002'"),
                         [('Article number 100002', '2001-08-08')])
        self.check()

    def test_again_costs_nothing_and_changes_nothing(self):
        folder = self.folder()
        self.counts(folder)
        before = self.bytes()
        got = self.counts(folder)
        self.assertEqual((got['added'], got['changed'], got['unchanged'], got['generation']), (0, 0, 3, 1))
        self.assertEqual(self.bytes(), before)

    def test_changed_article(self):
        folder = self.folder()
        self.counts(folder)
        self.write('in/txt/Q100002.TXT', article_text(100002, 'Another title'))
        got = self.counts(folder)
        self.assertEqual((got['added'], got['changed'], got['unchanged'], got['generation']), (0, 1, 2, 2))
        self.assertEqual(self.rows("SELECT title FROM article WHERE id = 'Q100002'"), [('Another title',)])
        self.assertEqual(self.rows('SELECT count(*) FROM source'), [(3,)])
        self.check()

    def test_newer_date_wins_and_both_are_kept(self):
        new = self.folder('new', {'Q100001.TXT': article_text(100001, 'The new one', date='01-MAR-2002')})
        old = self.folder('old', {'Q100001.TXT': article_text(100001, 'The old one', date='31-DEC-1999')})
        for order in ((new, old), (old, new)):
            for path in order:
                self.counts(path)
            self.assertEqual(self.rows('SELECT title, date FROM article'), [('The new one', '2002-03-01')])
            self.assertEqual(self.rows('SELECT count(*) FROM source'), [(2,)])
            os.unlink(self.db)
        self.counts(old, new)
        out = self.kbt('show', 'Q100001', '--source', '2').stdout
        self.assertEqual(out, article_text(100001, 'The old one', date='31-DEC-1999'))

    def test_same_text_from_elsewhere_is_no_second_source(self):
        self.counts(self.folder('one'))
        got = self.counts(self.folder('two'))
        self.assertEqual((got['added'], got['unchanged']), (0, 3))
        self.assertEqual(self.rows('SELECT count(*) FROM source'), [(3,)])

    def test_a_root_that_takes_over_anothers_text_drops_its_own(self):
        a, b = article_text(100001, 'A'), article_text(100001, 'B')
        one, two = self.folder('one', {'Q.TXT': a}), self.folder('two', {'Q.TXT': b})
        self.counts(one, two)
        self.assertEqual(self.rows('SELECT title FROM article'), [('B',)])
        self.write('two/Q.TXT', a)
        self.assertEqual(self.counts(two)['changed'], 1)
        self.assertEqual(self.rows('SELECT title FROM article'), [('A',)])
        self.assertEqual(self.rows('SELECT count(*) FROM source'), [(1,)])
        self.check()

    def test_same_id_twice_in_one_source(self):
        files = {'a.TXT': article_text(100001, 'Newer', date='02-JAN-2001'),
                 'b.TXT': article_text(100001, 'Older', date='01-JAN-2001')}
        for name, order in (('one', ('a.TXT', 'b.TXT')), ('two', ('b.TXT', 'a.TXT'))):
            archive = self.write(f'{name}.tar', tar_bytes({n: files[n] for n in order}))
            p = self.kbt('import', '--replace', archive)
            self.assertIn('Q100001 stands there twice', p.err)
            self.assertIn('2001-01-02', p.err)
            self.assertEqual(self.rows('SELECT title FROM article'), [('Newer',)])
            self.check()

    def test_same_id_twice_in_one_source_stays_as_it_is(self):
        for name, dates in (('newer-last', ('01-JAN-2001', '02-JAN-2001')), ('newer-first', ('02-JAN-2001', '01-JAN-2001')),
                            ('one-date', ('01-JAN-2001', '01-JAN-2001'))):
            with self.subTest(name):
                first, last = (article_text(100001, f'{i} of {d}', date=d) for i, d in enumerate(dates))
                folder = self.folder(name, {'a.TXT': first, 'b.TXT': last})
                self.counts('--replace', folder)
                title = self.rows('SELECT title FROM article')
                for _ in range(2):
                    self.assertEqual(self.counts(folder)['changed'], 0)
                    self.assertEqual(self.rows('SELECT title FROM article'), title)
                self.check()

    def test_what_another_version_derived_is_derived_again(self):
        """An article that has not changed must not keep what another kbt read in it; nor one that stays as it is."""
        self.counts(os.path.join(ROOT, 'kb'), self.folder())
        tables = ('rule', 'template', 'variable', 'code', 'resolution', 'reference', 'has_term', 'article', 'source')
        before = [self.rows(f'SELECT * FROM {t} ORDER BY 1, 2, 3') for t in tables]
        db = sqlite3.connect(self.db)
        db.executescript("""UPDATE meta SET value = value - 1 WHERE name = 'derived'; UPDATE rule SET cause = 'old';
                            DELETE FROM variable; DELETE FROM template; DELETE FROM code WHERE n = 0;
                            UPDATE reference SET id = 'Q1';
                            UPDATE source SET title = 'old', date = ''; UPDATE article SET title = 'old', date = '';""")
        db.close()
        got = self.counts(self.path('in'))
        self.assertEqual((got['unchanged'], got['changed'], got['generation']), (3, 0, 2))
        self.assertEqual([self.rows(f'SELECT * FROM {t} ORDER BY 1, 2, 3') for t in tables], before)
        self.check()
        self.assertEqual(self.counts(self.path('in'))['generation'], 2)

    def test_replace_starts_anew(self):
        self.counts(self.folder())
        other = self.folder('other', {'Q200001.TXT': article_text(200001)})
        got = self.counts('--replace', other)
        self.assertEqual((got['added'], got['generation']), (1, 2))
        self.assertEqual(self.ids(), ['Q200001'])
        self.check()

    def test_failed_replace_keeps_the_old(self):
        self.counts(self.folder())
        before = self.bytes()
        self.refused('import', '--replace', self.path('nowhere'), names='nowhere')
        self.assertEqual(self.bytes(), before)

    def test_remove(self):
        self.counts(self.folder())
        self.kbt('remove', 'kb100002')
        self.assertEqual(self.ids(), ['Q100001', 'Q100003'])
        self.check()
        self.refused('remove', 'Q100002', code=NONE, names='Q100002')
        self.refused('remove', 'nonsense')

    def test_files_that_are_no_articles_are_skipped_and_counted(self):
        files = dict(three(), **{'README': b'Just words.\n', 'picture.bin': bytes(range(256)) * 100, 'empty.txt': b'',
                                 'huge.log': b'x' * (9 << 20)})
        got = self.counts(self.folder(files=files))
        self.assertEqual((got['added'], got['skipped']), (3, 4))

    def test_links_in_a_folder_are_not_followed(self):
        folder = self.folder()
        os.symlink('.', os.path.join(folder, 'loop'))
        os.symlink('nowhere', os.path.join(folder, 'dangling'))
        os.symlink('txt/Q100001.TXT', os.path.join(folder, 'Q100001-again.TXT'))
        os.mkfifo(os.path.join(folder, 'fifo'))
        p = self.kbt('import', folder)
        self.assertIn('3 articles: 3 added', p.out)
        self.assertIn('fifo', p.err)

    def test_default_place(self):
        folder = self.folder()
        env = dict(os.environ, XDG_DATA_HOME=self.path('data'))
        env.pop('KBT_DB', None)
        subprocess.run([KBT, 'import', folder], env=env, check=True, stdout=subprocess.DEVNULL)
        self.assertTrue(os.path.exists(self.path('data/kbtriage/kb.db')))
        os.mkdir(self.path('elsewhere'))
        env.update(XDG_DATA_HOME='data', HOME=self.path('home'))  # no full path: it is no place
        subprocess.run([KBT, 'import', folder], env=env, cwd=self.path('elsewhere'), check=True, stdout=subprocess.DEVNULL)
        self.assertEqual(os.listdir(self.path('elsewhere')), [])
        self.assertTrue(os.path.exists(self.path('home/.local/share/kbtriage/kb.db')))

    def test_causes_and_codes(self):
        files = {'articles/Q1.TXT': article_text(100001), 'codes.tsv':
                 b'# a comment\n53\twin32\tERROR_BAD_NETPATH\tThe network path was not found.\n0x80070035\thresult\tX\ty\n',
                 'causes/net.yaml': b'causes:\n  - class: a\n'}
        got = self.counts(self.folder('kb', files))
        self.assertEqual((got['causes'], got['codes']), (1, 2))
        self.assertEqual(self.rows('SELECT value, family FROM meaning ORDER BY value'),
                         [(53, 'win32'), (0x80070035, 'hresult')])
        got = self.counts(self.path('kb'))
        self.assertEqual((got['generation'], got['causes'], got['codes']), (1, 1, 2))
        self.write('kb/codes.tsv', b'54\twin32\tERROR_NETWORK_BUSY\tThe network is busy.\n')
        self.assertEqual(self.counts(self.path('kb'))['generation'], 2)
        self.assertEqual(self.rows('SELECT value FROM meaning'), [(54,)])
        self.check()

    def test_bad_code_table_and_causes_are_refused_with_their_line(self):
        self.write('kb/codes.tsv', b'53\twin32\tX\tok\nnonsense\n')
        self.refused('import', self.path('kb'), names='codes.tsv:2')
        os.unlink(self.path('kb/codes.tsv'))
        self.write('kb/causes/a.yaml', b'causes: [\n')
        self.refused('import', self.path('kb'), names='a.yaml')


class Archives(ImportTest):
    def every_form(self, size=0):
        tar = tar_bytes(three(size))
        yield 'a.tar', tar
        yield 'a.tar.gz', gzip.compress(tar)
        yield 'a.tgz', gzip.compress(tar)
        yield 'a.tar.xz', lzma.compress(tar)
        yield 'a.tar.bz2', bz2.compress(tar)
        yield 'a.tar.zst', zstd(tar)
        yield 'a.zip', zip_bytes(three(size))

    def test_every_form(self):
        for name, data in self.every_form():
            with self.subTest(form=name):
                got = self.counts('--replace', self.write(name, data))
                self.assertEqual(got['added'], 3)
                origin = json.loads(self.kbt('show', 'Q100001', '--json').out)
                self.assertEqual(origin['id'], 'Q100001')

    def test_single_compressed_file(self):
        for name, pack in (('gz', gzip.compress), ('xz', lzma.compress), ('bz2', bz2.compress), ('zst', zstd)):
            with self.subTest(form=name):
                self.assertEqual(self.counts('--replace', self.write(f'Q1.TXT.{name}',
                                                                     pack(article_text(100001))))['added'], 1)

    def test_standard_input(self):
        self.assertEqual(self.counts('-', input=gzip.compress(tar_bytes(three())))['added'], 3)

    def test_archives_in_archives(self):
        inner = zip_bytes(three())
        outer = tar_bytes({'deep/inner.zip': inner, 'Q4.TXT.gz': gzip.compress(article_text(100004))})
        self.assertEqual(self.counts(self.write('outer.tar.xz', lzma.compress(outer)))['added'], 4)
        self.assertEqual(self.rows("SELECT name FROM source AS s JOIN article AS a ON a.number = s.article "
                                   "WHERE a.id = 'Q100001'"), [('deep/inner.zip!/txt/Q100001.TXT',)])

    def test_cut_off_anywhere_imports_nothing(self):
        self.counts(self.folder('old', {'Q1.TXT': article_text(200001)}))
        before = self.bytes()
        for name, data in self.every_form(100000):
            for keep in (0, 0.3, 0.6, 0.9):
                with self.subTest(form=name, keep=keep):
                    cut = data[:int(len(data) * keep)]
                    self.refused('import', self.write('cut-' + name, cut), names='cut-' + name)
                    self.assertEqual(self.bytes(), before)

    def test_cut_off_between_members(self):
        tar = tar_bytes(three())
        with tarfile.open(fileobj=io.BytesIO(tar)) as t:
            last = t.getmembers()[-1].offset
        self.refused('import', self.write('cut.tar', tar[:last]), names=('cut.tar', 'cut off'))

    def test_damaged_imports_nothing(self):
        rng = random.Random(1)
        for name, data in self.every_form(10000):
            if name == 'a.tar':
                continue  # no checksum over its content
            with self.subTest(form=name):
                bad = bytearray(data)
                for _ in range(40):
                    bad[rng.randrange(len(bad) // 4, len(bad) * 3 // 4)] ^= 0xFF
                self.refused('import', self.write('bad-' + name, bytes(bad)), names='bad-' + name)
                self.assertFalse(os.path.exists(self.db) and os.path.getsize(self.db))

    def test_name_of_an_archive_without_being_one(self):
        for name in ('x.tar', 'x.tar.gz', 'x.zip', 'x.gz'):
            self.refused('import', self.write(name, b'no archive at all\n' * 100), names=name)
        self.refused('import', self.write('y.tar.gz', gzip.compress(b'no tar\n' * 100)), names='y.tar.gz')

    def test_packings_that_are_not_read(self):
        """Named, one is refused before anything is imported; in a folder it is left out with a word."""
        marks = {'a.7z': b"7z\xbc\xaf\x27\x1c\0\4", 'a.rar': b'Rar!\x1a\x07\x01\0', 'a.cab': b'MSCF\0\0\0\0',
                 'a.tar.lz4': b'\x04\x22\x4d\x18', 'a.Z': b'\x1f\x9d\x90'}
        folder = self.folder()
        for name, mark in marks.items():
            with self.subTest(name=name):
                self.refused('import', folder, self.write(name, mark + bytes(300)), names=(name, 'unpack it first'))
        self.assertFalse(os.path.exists(self.db))
        shutil.copy(self.path('a.7z'), folder)
        p = self.kbt('import', folder)
        self.assertIn('3 articles: 3 added', p.out)
        self.assertIn('in/a.7z: packed with 7z, which is not read: left out', p.err)

    def test_archive_locked_with_a_password(self):
        data = bytearray(zip_bytes({'Q1.TXT': article_text(100001)}))
        for mark, at in ((b'PK\3\4', 6), (b'PK\1\2', 8)):
            data[data.index(mark) + at] |= 1
        self.refused('import', self.write('a.zip', bytes(data)), names=('a.zip!/Q1.TXT', 'password'))

    def test_bomb(self):
        bomb = gzip.compress(tar_bytes({'zeros': bytes(300 << 20), 'Q1.TXT': article_text(100001)}), 6)
        p = self.refused('import', self.write('bomb.tar.gz', bomb), names='bomb.tar.gz')
        self.assertIn('times its size', p.err)
        self.refused('import', self.write('bomb.zip', zip_bytes({'zeros': bytes(300 << 20)})), names='bomb.zip')
        self.refused('import', self.write('bomb.gz', gzip.compress(bytes(300 << 20))), names='bomb.gz')


class BadInput(ImportTest):
    def test_missing_path(self):
        self.refused('import', self.path('nowhere'), names=('nowhere', 'no such file or folder'))

    def test_no_path(self):
        self.refused('import')

    def test_folder_without_articles(self):
        os.mkdir(self.path('none'))
        self.refused('import', self.path('none'), names=('none', 'no article'))
        self.write('none/readme', b'words')
        self.refused('import', self.path('none'), names=('none', 'no article', '1'))

    def test_binary_file(self):
        self.refused('import', self.write('noise.bin', random.Random(2).randbytes(100000)), names='noise.bin')

    def test_device_fifo_and_loop(self):
        self.refused('import', '/dev/zero', names='/dev/zero')
        os.mkfifo(self.path('fifo'))
        self.refused('import', self.path('fifo'), names='fifo')
        os.symlink('loop', self.path('loop'))
        self.refused('import', self.path('loop'), names='loop')

    def test_one_bad_path_of_several(self):
        self.refused('import', self.folder(), self.path('nowhere'), names='nowhere')
        self.refused('stats', code=DAMAGED)

    def test_control_bytes_in_a_name_do_not_reach_the_terminal(self):
        p = self.refused('import', self.path('\x1b[31mred\x07'))
        self.assertNotRegex(p.err, '[\x00-\x08\x0b-\x1f\x7f]')


class BadDatabase(ImportTest):
    def test_missing(self):
        for command in (['stats'], ['lookup', 'Error 53'], ['show', 'Q150536'], ['remove', 'Q150536']):
            with self.subTest(command=command[0]):
                self.refused(*command, code=DAMAGED, names=(self.db, 'kbt import'))
        self.assertFalse(os.path.exists(self.db))

    def test_empty(self):
        self.write('kb.db', b'')
        self.refused('stats', code=DAMAGED, names=(self.db, 'kbt import'))
        self.kbt('import', self.folder())

    def test_foreign(self):
        self.write('kb.db', b'not a database, but a file that somebody needs\n' * 10)
        for command in (['stats'], ['import', self.folder()], ['import', '--replace', self.folder()]):
            self.refused(*command, code=DAMAGED, names=(self.db, '--db'))
        self.assertTrue(self.bytes().startswith(b'not a database'))

    def test_another_programs_database(self):
        db = sqlite3.connect(self.db)
        db.execute('CREATE TABLE precious (x)')
        db.commit()
        db.close()
        before = self.bytes()
        self.refused('import', '--replace', self.folder(), code=DAMAGED, names=(self.db, '--db'))
        self.assertEqual(self.bytes(), before)

    def test_newer(self):
        self.kbt('import', self.folder())
        db = sqlite3.connect(self.db)
        db.execute('PRAGMA user_version = 99')
        db.close()
        for command in (['stats'], ['import', self.folder()]):
            self.refused(*command, code=DAMAGED, names=(self.db, 'newer', 'kbt import --db'))

    def test_folder_as_database(self):
        os.mkdir(self.db)
        self.refused('stats', code=DAMAGED, names=self.db)

    def many(self):
        return self.folder('many', {f'Q{n}.TXT': article_text(n, f'Title {n}', 'x' * (n % 3000)) for n in
                                    range(100000, 100400)})

    def test_cut_off(self):
        self.kbt('import', self.many())
        os.truncate(self.db, os.path.getsize(self.db) // 2)
        for command in (['stats'], ['lookup', 'error 53 occurred'], ['import', self.folder()]):
            self.refused(*command, code=DAMAGED, names=(self.db, 'kbt import --replace'))

    def test_damaged_in_the_middle(self):
        """Whatever pages are overwritten: an answer or exit 4 with the sentence, never a crash."""
        self.kbt('import', self.many())
        whole = self.bytes()
        rng = random.Random(3)
        refused = 0
        for _ in range(12):
            bad = bytearray(whole)
            for _ in range(6):
                at = rng.randrange(1, len(bad) // 16384) * 16384
                bad[at:at + 4096] = rng.randbytes(4096)
            self.write('kb.db', bytes(bad))
            for command in (['stats'], ['show', 'Q100123'], ['lookup', 'an error occurs in the test service']):
                p = self.run_kbt(*command)
                self.assertIn(p.returncode, (0, 1, DAMAGED), p.err)
                if p.returncode == DAMAGED:
                    refused += 1
                    self.assertIn('kbt import --replace', p.err)
        self.assertGreater(refused, 0)

    def test_replace_mends_a_damaged_database_and_keeps_it_aside(self):
        self.kbt('import', self.many())
        os.truncate(self.db, os.path.getsize(self.db) // 2)
        p = self.kbt('import', '--replace', self.folder())
        self.assertIn('kb.db.damaged', p.err)
        self.assertTrue(os.path.exists(self.path('kb.db.damaged')))
        self.assertEqual(len(self.ids()), 3)

    def test_name_that_sqlite_would_take_for_another_thing(self):
        for name in (':memory:', 'file:x.db?mode=memory'):
            self.kbt('import', '--db', name, self.folder(), cwd=self.dir)
            self.assertEqual(json.loads(self.kbt('stats', '--json', '--db', name, cwd=self.dir).out)['articles'], 3)
            self.assertTrue(os.path.exists(self.path(name)))

    def test_folder_that_is_not_there(self):
        os.symlink('nowhere/kb.db', self.path('link.db'))
        for name in ('nowhere/kb.db', 'link.db'):
            self.refused('import', self.folder(), '--db', self.path(name), names=(name, 'its folder is not there'))

    def test_folder_that_cannot_be_written(self):
        self.refused('import', self.folder(), '--db', '/proc/kb.db', names=('/proc/kb.db', 'check the rights'))

    def test_what_fails_leaves_no_database_where_there_was_none(self):
        self.write('bad.tar', tar_bytes(three())[:3000])
        for path in ('nowhere', 'bad.tar'):
            self.refused('import', self.path(path), names=path)
            self.assertFalse(os.path.exists(self.db))
        self.write('kb.db', b'')  # somebody else's, as mktemp makes them
        self.refused('import', self.path('nowhere'))
        self.assertTrue(os.path.exists(self.db))

    def test_what_fails_takes_nothing_from_the_one_that_waits_for_it(self):
        env = dict(os.environ, KBT_DB=self.db)
        first = subprocess.Popen([KBT, 'import', '-'], stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
        first.stdin.write(tar_bytes(three())[:3000])
        first.stdin.flush()
        self.assertTrue(until(lambda: os.path.exists(self.db)) and rests(first.pid))
        second = subprocess.Popen([KBT, 'import', self.folder()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
        self.assertIn(b'waiting', second.stderr.readline())
        first.communicate(timeout=LIMIT_S)
        self.assertEqual(first.returncode, USAGE)
        out, err = second.communicate(timeout=LIMIT_S)
        self.assertEqual((second.returncode, err), (0, b''))
        self.assertEqual(self.ids(), ['Q100001', 'Q100002', 'Q100003'])

    def test_what_fails_at_the_same_moment_harms_no_other(self):
        good, bad = self.write('one.TXT', article_text(100001)), self.path('nowhere')
        for i in range(20):
            db = self.path(f'{i}.db')
            all_ = [(path, subprocess.Popen([KBT, 'import', '--db', db, path], stdout=subprocess.DEVNULL,
                                            stderr=subprocess.PIPE)) for path in (bad, good, bad, good)]
            for path, p in all_:
                err = p.communicate(timeout=60)[1]
                self.assertEqual(p.returncode, USAGE if path == bad else 0, err)
            self.assertIn('Q100001', self.kbt('show', '--db', db, 'Q100001').out)

    def test_folder_that_cannot_be_written_can_be_read(self):
        """As another user in a folder without rights: reading works, importing says what is wrong."""
        self.kbt('import', self.folder())
        binary = shutil.copy(KBT, self.path('kbt'))
        os.chmod(self.path('in'), 0o755)
        os.chmod(self.dir, 0o555)
        self.addCleanup(os.chmod, self.dir, 0o755)

        def run(*args):
            def become():
                if os.geteuid() == 0:
                    os.setgid(65534)
                    os.setuid(65534)
            env = dict(os.environ, KBT_DB=self.db, HOME='/nonexistent', XDG_CACHE_HOME='/nonexistent')
            return subprocess.run([binary, *args], env=env, preexec_fn=become, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        p = run('stats', '--json')
        self.assertEqual((p.returncode, json.loads(p.stdout)['articles']), (0, 3), p.stderr)
        p = run('lookup', 'an error occurs')
        self.assertIn(p.returncode, (0, 1), p.stderr)
        self.write('in/txt/Q100009.TXT', article_text(100009)) if os.geteuid() == 0 else None
        p = run('import', '--replace', self.path('in'))
        self.assertEqual(p.returncode, USAGE, p.stdout + p.stderr)
        self.assertIn(self.db, p.stderr)


class Together(ImportTest):
    def start(self, *args, **kw):
        env = dict(os.environ, KBT_DB=self.db)
        return subprocess.Popen([KBT, *args], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kw)

    def test_two_imports_the_second_waits_and_says_so(self):
        self.kbt('import', self.folder())
        lock = sqlite3.connect(self.db, isolation_level=None)
        lock.execute('BEGIN IMMEDIATE')
        other = self.folder('other', {'Q200001.TXT': article_text(200001)})
        p = self.start('import', other)
        line = p.stderr.readline().decode()
        self.assertIn('waiting', line)
        self.assertIn(self.db, line)
        self.assertIsNone(p.poll())
        lock.execute('ROLLBACK')
        lock.close()
        out, err = p.communicate(timeout=LIMIT_S)
        self.assertEqual((p.returncode, err), (0, b''))
        self.assertEqual(len(self.ids()), 4)

    def test_whoever_waits_for_another_program_says_so_once(self):
        """As for a copy that is made of the file, or a tool that looks into it: nobody reads it meanwhile."""
        self.kbt('import', self.folder())
        other = self.folder('other', {'Q200001.TXT': article_text(200001)})
        for args in (('show', 'Q100001'), ('stats',), ('import', other), ('remove', 'Q200001')):
            with self.subTest(args=args):
                lock = sqlite3.connect(self.db, isolation_level=None)
                lock.execute('BEGIN EXCLUSIVE')
                p = self.start(*args)
                line = p.stderr.readline().decode()
                self.assertIn('waiting', line)
                self.assertIn(self.db, line)
                lock.execute('ROLLBACK')
                lock.close()
                out, err = p.communicate(timeout=LIMIT_S)
                self.assertEqual((p.returncode, err), (0, b''))

    def test_whoever_waits_can_be_interrupted(self):
        """At once, and without a word of having waited too long."""
        self.kbt('import', self.folder())
        for hold, args in (('EXCLUSIVE', ('show', 'Q100001')), ('EXCLUSIVE', ('stats',)), ('EXCLUSIVE', ('import', self.dir)),
                           ('EXCLUSIVE', ('serve', '--listen', '127.0.0.1:0')), ('EXCLUSIVE', ('remove', 'Q100001')),
                           ('IMMEDIATE', ('remove', 'Q100001')), ('IMMEDIATE', ('import', self.dir))):
            with self.subTest(hold=hold, args=args), contextlib.closing(sqlite3.connect(self.db, isolation_level=None)) as lock:
                lock.execute(f'BEGIN {hold}')
                p = self.start(*args)
                self.assertIn(b'waiting', p.stderr.readline())
                p.send_signal(signal.SIGINT)
                try:
                    self.assertEqual(p.communicate(timeout=LIMIT_S), (b'', b''))
                finally:
                    p.kill()
                self.assertEqual(p.returncode, INTERRUPTED)
        self.kbt('show', 'Q100001')

    def test_an_import_that_waits_twice_says_so_once(self):
        """For another that writes, then, at its commit, for one that reads."""
        self.kbt('import', self.folder())
        writer, reader = (sqlite3.connect(self.db, isolation_level=None) for _ in range(2))
        writer.execute('BEGIN IMMEDIATE')
        p = self.start('import', self.folder('other', {'Q200001.TXT': article_text(200001)}))
        self.assertIn(b'waiting', p.stderr.readline())
        reader.execute('BEGIN')
        reader.execute('SELECT count(*) FROM article').fetchall()
        writer.execute('ROLLBACK')
        writer.close()

        look = ("import sqlite3, sys\n"
                "sqlite3.connect(sys.argv[1], timeout=0).execute('SELECT count(*) FROM article')")

        def at_its_commit():  # nobody else may begin to read; another process asks, for locks are a process's
            return subprocess.run([sys.executable, '-c', look, self.db], stderr=subprocess.DEVNULL).returncode
        self.assertTrue(until(at_its_commit))
        reader.execute('ROLLBACK')
        reader.close()
        out, err = p.communicate(timeout=LIMIT_S)
        self.assertEqual((p.returncode, err), (0, b''))
        self.assertEqual(len(self.ids()), 4)

    def test_many_imports_at_once_all_count(self):
        """Also the very first ones, that make the file."""
        ps = []
        for i in range(6):
            folder = self.folder(f'in{i}', {f'Q{n}.TXT': article_text(n) for n in range(300000 + i * 50, 300050 + i * 50)})
            ps.append(self.start('import', folder))
        for p in ps:
            out, err = p.communicate(timeout=LIMIT_S)
            self.assertEqual(p.returncode, 0, err)
        self.assertEqual(len(self.ids()), 300)
        self.assertEqual(self.rows("SELECT value FROM meta WHERE name = 'generation'"), [(6,)])
        self.check()

    def test_readers_see_the_old_until_the_commit(self):
        self.kbt('import', self.folder())
        feed = self.start('import', '-', stdin=subprocess.PIPE)
        tar = tar_bytes({f'Q{n}.TXT': article_text(n) for n in range(400000, 400800)})
        feed.stdin.write(tar[:-20000])
        feed.stdin.flush()
        self.assertTrue(rests(feed.pid))
        self.assertEqual(self.json('stats')[0]['articles'], 3)
        feed.stdin.write(tar[-20000:])
        feed.communicate(timeout=LIMIT_S)
        self.assertEqual(feed.returncode, 0)
        self.assertEqual(self.json('stats')[0]['articles'], 803)

    def test_interrupt(self):
        self.kbt('import', self.folder())
        for number, code in ((signal.SIGINT, INTERRUPTED), (signal.SIGTERM, 143)):
            p = self.start('import', '-', stdin=subprocess.PIPE)
            p.stdin.write(tar_bytes({f'Q{n}.TXT': article_text(n) for n in range(400000, 400400)})[:400000])
            p.stdin.flush()
            self.assertTrue(rests(p.pid))
            p.send_signal(number)
            out, err = p.communicate(timeout=LIMIT_S)
            self.assertEqual((p.returncode, out), (code, b''), err)
            self.assertEqual(len(self.ids()), 3)
            self.check()


class Killed(ImportTest):
    KILLS = 50

    def test_kill_9_leaves_the_old_or_the_new(self):
        """Fifty imports that change every article are killed at any moment: never a mixture."""
        folders = []
        for version in 'ab':
            folders.append(self.folder(version, {
                f'Q{n}.TXT': article_text(n, f'Version {version}', f'{version} {n} ' * 200) for n in range(100000, 100300)}))
        env = dict(os.environ, KBT_DB=self.db)
        self.kbt('import', '--replace', folders[0])
        start = time.monotonic()
        self.kbt('import', '--replace', folders[1])
        took = time.monotonic() - start
        rng, now, seen = random.Random(4), 'b', {'old': 0, 'new': 0}
        for i in range(self.KILLS):
            then = 'a' if now == 'b' else 'b'
            p = subprocess.Popen([KBT, 'import', *(['--replace'] if i % 2 else []), folders['ab'.index(then)]], env=env,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0, took))
            p.kill()
            p.wait()
            self.assertEqual(self.rows('PRAGMA integrity_check'), [('ok',)])
            titles = self.rows('SELECT title, count(*) FROM article GROUP BY title')
            self.assertEqual(len(titles), 1, titles)
            self.assertEqual(titles[0][1], 300)
            self.assertEqual(self.json('stats')[0]['articles'], 300)
            found = titles[0][0][-1]
            seen['new' if found == then else 'old'] += 1
            # without --replace the other version is a second source: start the next round from one that is whole
            now = found
            if not i % 2:
                self.kbt('import', '--replace', folders['ab'.index(now)])
        self.assertGreater(seen['old'], 0, seen)
        self.assertLessEqual({x for x in os.listdir(self.dir) if x.startswith('kb.db')},
                             {'kb.db', 'kb.db.matcher', 'kb.db-journal'})


    def test_kill_9_of_the_very_first_import(self):
        """The file may be there or not, empty or full: the next import needs no help."""
        folder = self.folder('first', {f'Q{n}.TXT': article_text(n, 'First', f'{n} ' * 300)
                                       for n in range(100000, 100200)})
        env = dict(os.environ, KBT_DB=self.db)
        rng = random.Random(6)
        for _ in range(12):
            p = subprocess.Popen([KBT, 'import', folder], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0, 0.12))
            p.kill()
            p.wait()
            p = self.run_kbt('stats', '--json')
            self.assertIn(p.returncode, (0, DAMAGED), p.err)
            if p.returncode == DAMAGED:
                self.assertIn('kbt import --db', p.err)
            got = self.counts(folder)
            self.assertEqual(got['added'] + got['unchanged'], 200)
            self.check()
            for name in os.listdir(self.dir):
                if name.startswith('kb.db'):
                    os.unlink(self.path(name))

    def test_hot_journal_of_a_first_import_is_undone(self):
        """What a kill within the first commit leaves: pages written, and a journal that says the file was empty."""
        self.kbt('import', self.folder())
        page = int.from_bytes(self.bytes()[16:18], 'big')
        header = bytes.fromhex('d9d505f920a163d7') + b''.join(
            n.to_bytes(4, 'big') for n in (0, 0x1234, 0, 512, page))
        self.write('kb.db-journal', header.ljust(512, b'\0'))
        self.write('kb.db', self.bytes()[:page * 3])
        self.refused('stats', code=DAMAGED, names='kbt import --db')
        self.assertEqual(self.counts(self.path('in'))['added'], 3)
        self.check()


class FullDisk(ImportTest):
    def big(self):
        rng = random.Random(5)
        return self.folder('big', {f'Q{n}.TXT': article_text(n, f'Title {n}', rng.randbytes(3000).hex())
                                   for n in range(100000, 100400)})

    def test_file_that_may_not_grow(self):
        self.kbt('import', self.folder())
        before = self.rows('SELECT id, title FROM article')
        limit = 200 << 10
        p = self.refused('import', self.big(), names=(self.db, 'over the limit for the size of a file (ulimit -f)'),
                         preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        self.assertIn('nothing was changed', p.err)
        self.check()
        self.assertEqual(self.rows('SELECT id, title FROM article'), before)

    def test_small_disk(self):
        needs_root()
        disk = self.path('disk')
        os.mkdir(disk)
        if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=1600k', 'tmpfs', disk], stderr=subprocess.DEVNULL).returncode:
            raise unittest.SkipTest('mounting a tmpfs is not allowed here')
        self.addCleanup(subprocess.run, ['umount', '-l', disk])
        self.db = os.path.join(disk, 'kb.db')
        self.refused('import', self.big(), names=(self.db, 'no space left'))
        self.assertEqual(os.listdir(disk), [])
        one = article_text(100777, symptom='The following error appears:\r\n\r\n   The frobnicator of the sender cannot be opened')
        self.assertIn('1 article: 1 added', self.kbt('import', self.write('one.TXT', one)).out)
        self.kbt('import', self.folder())
        self.refused('import', self.big(), names=(self.db, 'no space left'))
        self.check()
        self.assertEqual(len(self.ids()), 4)
        log = self.write('app.log', 'The frobnicator of the sender cannot be opened\n')
        self.kbt('scan', '--record', log)
        seen = self.json('stats')[0]['seen']
        self.assertTrue(seen)
        os.unlink(self.db + '.matcher')
        with open(os.path.join(disk, 'filler'), 'wb', buffering=0) as f, self.assertRaises(OSError):
            while f.write(bytes(4096)):
                pass
        p = self.kbt('lookup', 'An error occurs', code=NONE, env={'XDG_CACHE_HOME': '/proc/none'})
        self.assertIn(f'could not keep the matcher beside {self.db} (no space left)', p.err)
        self.assertEqual(self.json('stats')[0]['seen'], seen)  # who only reads writes nothing
        self.assertIn(f'{self.db}.seen: what was found is not counted: no space left', self.kbt('scan', '--record', log, code=USAGE).err)
        subprocess.run(['mount', '-o', 'remount,ro', disk], check=True)
        self.assertEqual(self.json('stats')[0]['seen'], seen)
        self.refused('scan', '--record', log, names=(f'{self.db}.seen', 'cannot be counted', 'Read-only'))


class Archive(ImportTest):
    """The public archive, where it is at hand."""

    def test_loads_whole(self):
        kb, got = archive_kb()
        ours = len(os.listdir(os.path.join(ROOT, 'kb/articles')))
        self.assertEqual((got['added'] + got['unchanged'], got['changed'], got['skipped']), (51273 + 8478 + ours, 0, 1))
        self.assertLess(os.path.getsize(kb), 300e6)
        for end in ('', '.matcher'):
            shutil.copy(kb + end, self.db + end)
        got = self.counts(*(shared(f'archive/kbarchive-{kind}.tar.zst') for kind in ('txt', 'md')))
        self.assertEqual((got['added'], got['changed'], got['unchanged']), (0, 0, 51273 + 8478))
        stats = self.json('stats')[0]
        self.assertGreaterEqual(stats['with_symptoms'], 32297)
        self.assertGreater(stats['quoting_in_symptoms'], 11000)
        self.check()


if __name__ == '__main__':
    unittest.main()
