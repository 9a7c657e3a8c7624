# SPDX-License-Identifier: MIT
"""kbt scan on inputs of every kind: what cannot be read is one line on stderr with its path, and the rest is scanned."""
import bz2
import gzip
import io
import json
import lzma
import os
import random
import re
import shutil
import subprocess
import tarfile
import unittest
import zipfile
import zlib

from kbt import FOUND, KBT, NONE, USAGE, SharedKbTest, needs_root, rcmd


def before_damage(new, data):
    """What a decoder of Python's gives of damaged bytes, which it gets one by one."""
    decoder, out = new(), b''
    try:
        for n in range(len(data)):
            out += decoder.decompress(data[n:n + 1])
    except (zlib.error, lzma.LZMAError, OSError):
        pass
    return out


def zstd(*args, data):
    return subprocess.run(['zstd', '-qc', *args], input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


CODECS = {'gz': (gzip.compress, lambda data: before_damage(lambda: zlib.decompressobj(31), data)),
          'xz': (lzma.compress, lambda data: before_damage(lzma.LZMADecompressor, data)),
          'bz2': (lambda data: bz2.compress(data, 1), lambda data: before_damage(bz2.BZ2Decompressor, data))}
if shutil.which('zstd'):
    CODECS['zst'] = (lambda data: zstd(data=data), lambda data: zstd('-d', data=data))


class ScanInput(SharedKbTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        os.chmod(os.path.dirname(cls.kb), 0o755)

    def setUp(self):
        super().setUp()
        self.good = self.write('good.log', rcmd('GOOD') + '\n')
        self.last = self.write('last.log', rcmd('GOOD') + '\n')

    def names(self, *args, code=FOUND, **kw):
        p = self.kbt('scan', '--json', *args, code=code, **kw)
        return [h['captures']['server'] for h in map(json.loads, p.out.splitlines()) if h['id'] == 'Q150536'], p.err

    def check_refused(self, path, says, names=('GOOD',)):
        """One line on stderr with the path; what stands before and behind it is scanned; exit code 2."""
        found, err = self.names(self.good, path, self.last, code=USAGE)
        self.assertEqual(found, ['GOOD', *names[:-1], 'GOOD'] if len(names) > 1 else ['GOOD', 'GOOD'])
        self.assertEqual(err.count('\n'), 1, err)
        self.assertIn(path, err)
        self.assertIn(says, err)

    def test_what_is_no_file(self):
        fifo, loop, dangling = self.path('fifo'), self.path('loop'), self.path('dangling')
        os.mkfifo(fifo)
        os.symlink('loop', loop)
        os.symlink('nowhere', dangling)
        for path, says in ((fifo, f'a pipe, not opened, for that may wait for ever; give it as standard input: - <{fifo}'), ('/dev/null', 'neither a file nor a folder'),
                           ('/dev/zero', 'neither a file nor a folder'), (loop, 'symbolic links'),
                           (dangling, 'no such file'), (self.path('missing'), 'no such file'),
                           (self.path('none*.log'), 'no such file'), ('/proc/self/mem', 'error')):
            with self.subTest(path=path):
                self.check_refused(path, says)

    def test_folders_with_such_things(self):
        folder = self.path('logs')
        os.makedirs(os.path.join(folder, 'deep'))
        os.symlink(folder, os.path.join(folder, 'deep', 'up'))
        os.mkfifo(os.path.join(folder, 'pipe'))
        for name in ('a.log', 'deep/b.log', 'z.log'):
            self.write(f'logs/{name}', rcmd(name[-5].upper() + 'LOG') + '\n')
        found, err = self.names(folder, code=USAGE)
        self.assertEqual(found, ['ALOG', 'BLOG', 'ZLOG'])
        self.assertEqual(err.count('\n'), 1, err)
        self.assertIn('logs/pipe', err)

    def test_a_file_is_read_once_whatever_it_is_called(self):
        os.link(self.good, self.path('hard.log'))
        os.symlink('good.log', self.path('soft.log'))
        again = [self.good, self.path('.', 'good.log'), self.path('hard.log'), self.path('soft.log'), self.good]
        self.assertEqual(self.names(*again), (['GOOD'], ''))
        self.assertEqual(self.names(*again, self.dir), (['GOOD'] * 2, ''))  # and last.log
        self.assertEqual(self.names('--cursor', self.path('cursor'), *again), (['GOOD'], ''))
        self.assertIn('1 of 1 line in 1 file', self.kbt('scan', *again).out)

    def test_other_line_ends(self):
        for end in ('\r', '\r\n', '\r\r\n'):
            lines = ['x' * 70] * 9000 + [rcmd('A'), 'y', rcmd('B')]  # more than one chunk
            path = self.write('ends.log', end.join(lines) + end)
            hits = [h for h in self.json('scan', path) if h['id'] == 'Q150536']
            self.assertEqual([(h['line'], h['text']) for h in hits], [(9001, rcmd('A')), (9003, rcmd('B'))], repr(end))
            self.assertEqual(hits[1]['offset'], len(end.join(lines[:-1]) + end))

    def test_unreadable(self):
        needs_root()
        hidden = self.write('hidden.log', rcmd('HIDDEN') + '\n')
        os.chmod(hidden, 0)
        os.chmod(self.dir, 0o755)
        p = subprocess.run([KBT, 'scan', '--json', '--db', self.db, hidden, self.good], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, user=65534, group=65534, extra_groups=[],
                           env=dict(os.environ, XDG_CACHE_HOME='/nonexistent'))
        self.assertEqual(p.returncode, USAGE, p.stderr)
        self.assertEqual(json.loads(p.stdout.splitlines()[0])['captures']['server'], 'GOOD')
        self.assertEqual(p.stderr.count(b'hidden.log'), 1, p.stderr)

    def test_patterns(self):
        for name in ('1.log', '2.log', '3.txt', '[4].log'):
            self.write(f'p/{name}', rcmd('N' + name.strip('[]')[0]) + '\n')
        self.assertEqual(self.names(self.path('p', '*.log')), (['N1', 'N2', 'N4'], ''))
        self.assertEqual(self.names(self.path('p', '[12].*')), (['N1', 'N2'], ''))
        self.assertEqual(self.names(self.path('p', '[4].log')), (['N4'], ''))  # it is there as it is written

    def test_bombs(self):
        for end, (pack, _) in CODECS.items():
            with self.subTest(end=end):
                # streams as their tools join them: 1 GiB
                data = pack(rcmd('BEFORE').encode() + b'\n') + pack(b'\0' * (16 << 20)) * 64
                self.assertLess(len(data), 2 << 20)
                self.check_refused(self.write(f'bomb.{end}', data), 'times its size', ('BEFORE', 'GOOD'))
        data = gzip.compress(rcmd('BEFORE').encode() + b'\n') + gzip.compress(b'\0' * (16 << 20), 9) * 64
        tar = io.BytesIO()
        with tarfile.open(fileobj=tar, mode='w') as t:
            info = tarfile.TarInfo('inner.gz')
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
        self.check_refused(self.write('bomb.tar', tar.getvalue()), 'times its size', ('BEFORE', 'GOOD'))

    def test_damaged_streams(self):
        rnd = random.Random(5)
        plain = ''.join(f'{rnd.getrandbits(128):x}\n{rcmd(f"N{n}")}\n' for n in range(6000)).encode()  # several blocks of each
        tiny = (rcmd('N0') + '\n').encode() + rnd.randbytes(5000)
        for end, (pack, before) in CODECS.items():
            data, small = pack(plain), pack(tiny)
            cuts = [12, 600, *(len(data) * n // 10 for n in (1, 3, 5, 9)), len(data) - 1]
            damaged = [data[:at] for at in cuts] + [small[:-100]]
            if end != 'zst':  # of damage within a block its tool tells nothing but that
                damaged += [data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1:] for at in (len(data) // 2, len(data) - 6)]
            for n, cut in enumerate(damaged):
                with self.subTest(end=end, n=n):
                    path = self.write(f'{n}.{end}', cut)
                    found, err = self.names(path, self.good, code=USAGE)
                    # all that stands before the damage; zstd's own tool may lose the last block of it
                    want = [x.decode() for x in re.findall(rb'<\\\\(N\d+)>, Error = 53', before(cut))]
                    if end == 'zst':
                        want += [f'N{i}' for i in range(len(want), len(found) - 1)]
                    if cut is damaged[len(cuts) - 1]:  # its last byte alone is missing
                        want = [f'N{i}' for i in range(6000)]
                    self.assertEqual((len(found), found == want + ['GOOD']), (len(want) + 1, True))
                    self.assertEqual(err.count('\n'), 1, err)
                    self.assertIn(f'{path}: damaged or cut off', err)
            with self.subTest(end=end):
                self.assertGreater(before(data[:len(data) // 2]).count(b'\n'), 3000)

    @unittest.skipUnless('zst' in CODECS, 'zstd is missing')
    def test_a_zstd_block_that_is_damaged_takes_none_before_it(self):
        plain = ''.join(rcmd(f'N{n}') + '\n' for n in range(20000)).encode()
        data = bytearray(zstd('--no-check', data=plain))
        self.assertGreater(len(plain), 4 << 17)
        at, block = 4 + 2, 0  # behind the frame's head, which has no size in it
        for block in range(3):
            at += 3 + (int.from_bytes(data[at:at + 3], 'little') >> 3)
        data[at] |= 6  # a kind of block that there is not
        found, err = self.names(self.write('d.zst', bytes(data)), code=USAGE)
        want = re.findall(r'<\\\\(N\d+)>, Error = 53', plain[:3 << 17].decode())
        self.assertEqual((len(found), found == want), (len(want), True))
        self.assertIn('damaged or cut off', err)

    def test_several_streams(self):
        parts = b'', (rcmd('FIRST') + '\n').encode(), rcmd('SECOND').encode()
        for end, (pack, _) in CODECS.items():
            with self.subTest(end=end):
                several = b''.join(map(pack, parts))
                self.assertEqual(self.names(self.write(f'm.{end}', several + b'\0' * 512)), (['FIRST', 'SECOND'], ''))
                self.assertEqual(self.names(self.write(f'e.{end}', pack(b'')), code=NONE), ([], ''))  # of an empty log
        for end in 'gz', 'bz2':  # gzip and bzip2 read such files, too
            path = self.write(f't.{end}', CODECS[end][0](parts[1]) + b'text behind it')
            found, err = self.names(path)
            self.assertEqual(found, ['FIRST'])
            self.assertEqual(err.count('\n'), 1, err)
            self.assertIn(f'{path}: what stands behind its ', err)

    @unittest.skipUnless('zst' in CODECS, 'zstd is missing')
    def test_zstd_frames_to_skip(self):
        skip = b'\x53\x2a\x4d\x18\x05\0\0\0other'
        data = skip + zstd(data=(rcmd('FIRST') + '\n').encode()) + skip * 2 + zstd(data=rcmd('SECOND').encode()) + skip
        self.assertEqual(self.names(self.write('s.zst', data)), (['FIRST', 'SECOND'], ''))

    def test_streams_that_want_too_much_memory(self):
        files = {'w.xz': lzma.compress(b'x\n', filters=[{'id': lzma.FILTER_LZMA2, 'preset': 0, 'dict_size': 1 << 29}])}
        if 'zst' in CODECS:
            files['w.zst'] = zstd('--long=29', data=b'x\n' * (150 << 19))
        for name, data in files.items():
            with self.subTest(name=name):
                self.check_refused(self.write(name, data), 'of memory to be unpacked')

    def test_what_is_packed_too_often_is_said_not_to_be_read(self):
        data = (rcmd('INSIDE') + '\n').encode()
        for times in range(1, 8):
            data = gzip.compress(data)
            path = self.write(f'{times}.gz', data)
            if times < 7:
                self.assertEqual(self.names(path)[0], ['INSIDE'], times)
        self.check_refused(path, 'packed too many times over')

    def test_damaged_archives(self):
        plain = ''.join(rcmd(f'N{n}') + '\n' for n in range(20000)).encode()
        few = gzip.compress((rcmd('FEW') + '\n').encode())  # less than a head that tells what is packed
        for name, data in (('f.gz', few[:-9]), ('f.gz.gz', gzip.compress(few[:-9]))):
            path = self.write(name, data)
            for more in ((), ('--cursor', self.path(name + '.cursor'))):
                found, err = self.names(path, self.good, *more, code=USAGE)
                self.assertEqual(found, ['FEW', 'GOOD'])
                self.assertEqual(err.count('\n'), 1, err)
                self.assertIn('damaged or cut off', err)
        wrong = bytearray(gzip.compress(plain))
        wrong[-6] ^= 1  # its sum
        found, err = self.names(self.write('w.gz', bytes(wrong)), code=USAGE)
        self.assertEqual(len(found), 20000)
        self.assertIn('w.gz: damaged or cut off', err)
        tarred = io.BytesIO()
        with tarfile.open(fileobj=tarred, mode='w') as t:
            info = tarfile.TarInfo('x.log')
            info.size = len(plain)
            t.addfile(info, io.BytesIO(plain))
        cut = tarred.getvalue()[:512 + 100_000]
        found, err = self.names(self.write('cut.tar', cut), code=USAGE)
        self.assertGreaterEqual(len(found), cut.count(b'\n') - 1)
        zipped = io.BytesIO()
        with zipfile.ZipFile(zipped, 'w', zipfile.ZIP_DEFLATED) as z:
            z.writestr('x.log', plain)
        self.check_refused(self.write('a.zip', zipped.getvalue()[:-40]), 'a.zip')
        self.check_refused(self.write('b.gz', b''), 'empty')
        self.check_refused(self.write('c.gz', b'no gzip\0at all'), 'no archive')

    def test_members_behind_a_faulty_one(self):
        """Each faulty one has its line, the others of the archive are read; so in a scan that keeps a cursor."""
        one, log = rcmd('ONE').encode() + b'\n', rcmd('LAST').encode() + b'\n'
        faulty = {'cut.log.gz': gzip.compress(one * 9000)[:150], 'a.zip': b'PK\3\4 is no archive' * 20,
                  'b.7z': b'7z\xbc\xaf\x27\x1c' + b'x' * 600, 'bomb.gz': gzip.compress(bytes(80 << 20), 9)}
        tar, zipped = io.BytesIO(), io.BytesIO()
        with tarfile.open(fileobj=tar, mode='w') as t, zipfile.ZipFile(zipped, 'w') as z:
            for name, data in (('first.log', one), *faulty.items(), ('last.log', log)):
                info = tarfile.TarInfo(name)
                info.size = len(data)
                t.addfile(info, io.BytesIO(data))
                z.writestr(name, data)
        for name, data in (('f.tar', tar.getvalue()), ('f.zip', zipped.getvalue()),
                           ('f.tgz', gzip.compress(tar.getvalue()))):
            path = self.write(name, data)
            for more in ((), ('--cursor', self.path(name + '.cursor'))):
                found, err = self.names(path, *more, code=USAGE)
                self.assertEqual((found[0], found[-1], set(found)), ('ONE', 'LAST', {'ONE', 'LAST'}), (name, more))
                for member in faulty:
                    self.assertEqual(err.count(f'{name}!/{member}: '), 1, err)
                self.assertEqual(err.count('\n'), len(faulty), err)

    def test_a_zip_with_damaged_members(self):
        names = [f'N{n}' for n in range(6)]
        for how, says in ((zipfile.ZIP_STORED, 'bad CRC'), (zipfile.ZIP_DEFLATED, 'damaged or cut off')):
            zipped = io.BytesIO()
            with zipfile.ZipFile(zipped, 'w', how) as z:
                for name in names:
                    z.writestr(name + '.log', (rcmd(name) + '\n') * 40)
            data = bytearray(zipped.getvalue())
            for name in ('N1', 'N4'):
                at = data.index(name.encode() + b'.log') + 6
                data[at + 12:at + 20] = b'\xff' * 8
            found, err = self.names(self.write('d.zip', bytes(data)), code=USAGE)
            self.assertLessEqual({'N0', 'N2', 'N3', 'N5'}, set(found))
            self.assertEqual([err.count(f'!/{name}.log: ') for name in names], [0, 1, 0, 0, 1, 0], err)
            self.assertIn(says, err)

    def test_bombs_of_many_members(self):
        """Each small enough for itself, and all of them too many."""
        zipped = io.BytesIO()
        with zipfile.ZipFile(zipped, 'w', zipfile.ZIP_DEFLATED) as z:
            small = gzip.compress(bytes(60 << 20), 9)
            for n in range(40):
                z.writestr(f'b{n}.gz', small)
        self.check_refused(self.write('many.zip', zipped.getvalue()), 'all that it holds')

    def test_what_is_known_and_not_read(self):
        for name, head, says in (('a.evtx', b'ElfFile\0', 'wevtutil'), ('a.journal', b'LPKSHHRH', '--journal'),
                                 ('a.lzma', lzma.compress(b'x' * 900, lzma.FORMAT_ALONE), 'LZMA'),
                                 ('a.7z', b'7z\xbc\xaf\x27\x1c', 'unpack it first')):
            self.check_refused(self.write(name, head + bytes(600)), says)

    def test_what_is_no_text_is_left_out_of_folders_and_archives(self):
        line = rcmd('FOUND').encode() + b'\n'
        binary = {'a.pdf': b'%PDF-1.4\n', 'b.png': b'\x89PNG\r\n\x1a\n\0', 'c.exe': b'MZ\x90\0', 'd.db': b'SQLite format 3\0',
                  'e.gif': b'GIF89a\1\0', 'f': b'\x7fELF\2\1', 'f.2': b'\x7fELF\2\1', 'g.jpg.gz': None,
                  'h.bmp': b'BM\x36\x10\0\0\0\0\0\0\x36\0\0\0'}
        binary['g.jpg.gz'] = gzip.compress(b'\xff\xd8\xff\xe0\0' + line)
        texts = {'odd.log': b'\x01\x02\xfe\xff\0MZ odd\n', 'mz.log': b'MZ is how it begins\n', 'w.log': b'',
                 'bmc.log': b'BMC\a console\n', 'f.1': b''}  # the log of a program that stands beside it
        zipped = io.BytesIO()
        with zipfile.ZipFile(zipped, 'w') as z:
            for name, head in (binary | texts).items():
                z.writestr(name, head if name.endswith('.gz') else head + line)
                self.write('in/' + name, head if name.endswith('.gz') else head + line)
        self.write('in/z.zip', zipped.getvalue())
        found, err = self.names(self.path('in'))
        self.assertEqual(found, ['FOUND'] * 10)
        self.assertEqual(err, 'kbt: note: 18 files are no log, and left out: 2 PDF documents, 8 pictures, 6 programs, '
                              '2 databases\n')
        self.assertEqual(self.names('--cursor', self.path('cursor'), self.path('in'))[0], ['FOUND'] * 10)
        self.assertEqual(self.names(self.path('in', 'a.pdf')), (['FOUND'], ''))  # it was asked for

    def test_text_that_is_called_packed(self):
        """As somebody renames a log: nothing of it is lost, and a line says so."""
        line = rcmd('NAMED') + '\n'
        for name, data in (('a.gz', line), ('b.tar', line), ('c.tar.gz', line), ('d.zip', line * 100),
                           ('e.zst', b'\xff\xfe' + line.encode('utf-16-le'))):
            p = self.kbt('scan', '--json', self.write(name, data), code=FOUND)
            self.assertEqual(len(p.out.splitlines()), data.count('\n' if isinstance(data, str) else b'\n'), name)
            self.assertIn(f'{name}: not packed, though its name says so: read as text', p.err)
            self.assertEqual(p.err.count('\n'), 1, p.err)

    def test_old_code_pages(self):
        path = self.write('w.log', b'Gr\xfc\xdfe\nFailed to connect to <\\\\B\xdcRO1>, Error = 53\n')
        hit = json.loads(self.kbt('scan', '--json', path).out.splitlines()[0])
        self.assertEqual((hit['captures']['server'], hit['line'], hit['offset']), ('B\u00dcRO1', 2, 6))
        self.assertEqual(hit['text'], 'Failed to connect to <\\\\B\u00dcRO1>, Error = 53')

    def test_pipes_of_the_shell(self):
        command = f'exec {KBT} scan --json --db {self.db} <(cat {self.good}) {self.good}'
        p = subprocess.run(['bash', '-c', command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((p.returncode, p.stderr), (FOUND, b''))
        self.assertEqual(len(p.stdout.splitlines()), 2)
        p = self.kbt('scan', '--json', '/dev/stdin', input=rcmd('PIPED') + '\n')
        self.assertIn('PIPED', p.out)

    def test_many_small_files_in_order(self):
        for n in range(500):
            self.write(f'many/{n:03}.log', f'noise\n{rcmd(f"N{n}")}\n')
        hits = self.json('scan', self.path('many'))
        self.assertEqual([(h['captures']['server'], h['line'], h['file'][-7:-4]) for h in hits],
                         [(f'N{n}', 2, f'{n:03}') for n in range(500)])
        self.assertIn('500 of 1000 lines in 500 files', self.kbt('scan', self.path('many'), '--threads', '3').out)

    def test_a_name_with_odd_bytes(self):
        folder = os.fsencode(self.path('odd'))
        os.mkdir(folder)
        with open(os.path.join(folder, b'\xff\x1b[31m\n.log'), 'wb') as f:
            f.write(rcmd('ODD').encode() + b'\n')
        hit = self.json('scan', self.path('odd'))[0]
        self.assertEqual(hit['captures']['server'], 'ODD')
        self.assertNotIn('\x1b', self.kbt('scan', self.path('odd')).out)


if __name__ == '__main__':
    unittest.main()
