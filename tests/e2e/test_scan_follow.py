# SPDX-License-Identifier: MIT
"""kbt scan --follow and --cursor: every line once, through every way in which logs are rotated, stopped and begun again."""
import collections
import fcntl
import gzip
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import threading
import time
import unittest
import zipfile

from kbt import FOUND, INTERRUPTED, KBT, LIMIT_S, NONE, ROOT, USAGE, SharedKbTest, Together, needs_root, rcmd, rests, until


class Follower:
    """A running kbt scan --follow --json, and the servers that its hits name, in order."""

    def __init__(self, test, *args, env=None, stdin=subprocess.DEVNULL, **kw):
        full = dict(os.environ, KBT_DB=test.db, XDG_CACHE_HOME=test.path('cache'), TERM='dumb', **(env or {}))
        self.p = subprocess.Popen([KBT, 'scan', '--json', *args], env=full, stdin=stdin,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kw)
        self.hits, self.err = [], b''
        self.threads = [threading.Thread(target=self.read_out), threading.Thread(target=self.read_err)]
        for t in self.threads:
            t.start()
        test.addCleanup(self.kill)

    def read_out(self):
        for line in self.p.stdout:
            hit = json.loads(line)
            if hit['id'] in ('Q150536', 'Q-frobnicator'):
                self.hits.append((hit['captures']['server'], time.monotonic(), hit))

    def read_err(self):
        for line in self.p.stderr:
            self.err += line

    def names(self):
        return [name for name, _, _ in self.hits]

    def wait_for(self, names, limit_s=LIMIT_S):
        """Until all these were seen; what is missing."""
        names, end = set(names), time.monotonic() + limit_s
        while True:
            missing = names - set(self.names())
            if not missing or time.monotonic() > end or self.p.poll() is not None:
                return missing
            time.sleep(.01)

    def wait_err(self, text, count=1, limit_s=LIMIT_S):
        end = time.monotonic() + limit_s
        while self.err.count(text.encode()) < count and time.monotonic() < end and self.p.poll() is None:
            time.sleep(.01)
        return self.err.count(text.encode()) >= count

    def stop(self, number=signal.SIGINT):
        self.p.send_signal(number)
        code = self.p.wait(LIMIT_S)
        for t in self.threads:
            t.join()
        return code

    def kill(self):
        if self.p.poll() is None:
            self.p.kill()
        self.p.wait()
        for t in self.threads:
            t.join()
        self.p.stdout.close()
        self.p.stderr.close()


class Log:
    """A log whose writer keeps its descriptor until it is told to open the path anew, as a daemon does."""

    def __init__(self, path, kind, rng):
        self.path, self.kind, self.rng, self.turns, self.planted = path, kind, rng, 0, []
        self.target = path
        if kind == 'symlink':
            self.target = f'{path}-target-0'
            open(self.target, 'wb').close()
            os.symlink(self.target, path)
        self.reopen()

    def reopen(self):
        if hasattr(self, 'f'):
            self.f.close()
        self.f = open(self.path, 'ab', buffering=0)

    def write(self, lines):
        for _ in range(lines):
            name = f'{self.kind[:4].upper()}{len(self.planted)}'
            self.planted.append(name)
            text = f'{self.rng.random()} noise\n' * self.rng.randrange(3) + rcmd(name) + '\n'
            data = text.encode()
            cut = self.rng.randrange(len(data)) if self.rng.random() < .3 else 0
            if cut:  # a line in two writes
                self.f.write(data[:cut])
            self.f.write(data[cut:])

    def shift(self, keep=20):
        for n in range(keep, 0, -1):
            for end in ('', '.gz'):
                old = f'{self.path}.{n}{end}'
                if os.path.exists(old):
                    os.rename(old, f'{self.path}.{n + 1}{end}') if n < keep else os.remove(old)

    def rotate(self):
        self.turns += 1
        if self.kind == 'copytruncate':
            self.shift()
            shutil.copyfile(self.path, f'{self.path}.1')
            os.truncate(self.path, 0)
            return
        if self.kind in ('rename', 'gzip'):
            self.shift()
            os.rename(self.path, f'{self.path}.1')
        elif self.kind == 'dated':
            os.rename(self.path, f'{self.path}-200103{self.turns:05d}')
        elif self.kind == 'delete':
            os.remove(self.path)
        elif self.kind == 'symlink':
            self.target = f'{self.path}-target-{self.turns}'
            open(self.target, 'wb').close()
            os.symlink(self.target, self.path + '.new')
            os.rename(self.path + '.new', self.path)
        self.write(self.rng.randrange(3))  # the writer has not heard of it yet
        self.reopen()
        if self.kind == 'gzip':
            with open(f'{self.path}.1', 'rb') as f, gzip.open(f'{self.path}.1.gz', 'wb') as z:
                z.write(f.read())
            os.remove(f'{self.path}.1')


KINDS = ('rename', 'dated', 'gzip', 'delete', 'symlink', 'copytruncate')


class ScanFollow(SharedKbTest):
    ALONE = ('test_hits_come_within_about_a_second', 'test_it_rests_where_nothing_happens')

    def add(self, path, *names, end='\n'):
        with open(path, 'ab') as f:
            f.write(''.join(rcmd(n) + end for n in names).encode())

    def check_once(self, found, planted):
        counts = collections.Counter(found)
        self.assertEqual(sorted(set(planted) - set(counts)), [], 'lost')
        self.assertEqual({n: c for n, c in counts.items() if c > 1}, {}, 'given twice')
        self.assertEqual(sorted(set(counts) - set(planted)), [], 'made up')

    def test_every_line_once_over_many_rotations_of_each_kind(self):
        rng = random.Random(53)
        logs = [Log(self.path(f'{kind}.log'), kind, rng) for kind in KINDS]
        for log in logs:
            log.write(1)
        follower = Follower(self, '--follow', *[log.path for log in logs])
        self.assertEqual(follower.wait_for([name for log in logs for name in log.planted]), set())
        for turn in range(60):
            for log in logs:
                log.write(rng.randrange(5))
                if log.kind in ('delete', 'symlink'):  # what nobody could open is lost
                    if turn % 5 or follower.wait_for([log.planted[-1]]):
                        continue
                log.rotate()
                log.write(rng.randrange(5))
                if log.kind in ('rename', 'dated', 'gzip', 'copytruncate') and turn % 10 == 5:
                    log.rotate()  # twice, before anyone could look
                    log.write(1)
            time.sleep(rng.choice([.02, .05]))
        planted = [name for log in logs for name in log.planted]
        self.assertGreater(len(planted), 1000)
        self.assertEqual(sorted(follower.wait_for(planted))[:20], [])
        self.assertEqual(follower.stop(), INTERRUPTED)
        self.check_once(follower.names(), planted)

    def test_a_cursor_continues_exactly_over_clean_stops(self):
        rng = random.Random(54)
        logs = [Log(self.path(f'{kind}.log'), kind, rng) for kind in KINDS if kind not in ('delete', 'symlink')]
        cursor, found = self.path('cursor'), []
        for log in logs:
            log.write(1)
        for stop in range(8):
            follower = Follower(self, '--follow', '--cursor', cursor, *[log.path for log in logs])
            if not stop:
                self.assertEqual(follower.wait_for([log.planted[0] for log in logs]), set())
            for _ in range(3):
                for log in logs:
                    log.write(rng.randrange(4))
                    if rng.random() < .5:
                        log.rotate()
                time.sleep(.04)
            follower.stop()
            found += follower.names()
            for log in logs:  # nobody follows
                for _ in range(rng.randrange(3)):
                    log.write(2)
                    log.rotate()
                log.write(1)
        found += [h['captures']['server'] for h in
                  self.json('scan', '--cursor', cursor, *[log.path for log in logs]) if h['id'] == 'Q150536']
        self.check_once(found, [name for log in logs for name in log.planted])
        # and what was found is not found again
        self.json('scan', '--cursor', cursor, *[log.path for log in logs], code=NONE)

    def test_a_clean_stop_before_a_full_pipe_loses_nothing(self):
        logs, cursor = self.path('logs'), self.path('cursor')
        os.mkdir(logs)
        planted = [f'FULL{n}' for n in range(60)]
        for name in planted:
            self.add(os.path.join(logs, name), name)
        out, into = os.pipe()
        fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, 4096)
        env = dict(os.environ, KBT_DB=self.db, XDG_CACHE_HOME=self.path('cache'))
        p = subprocess.Popen([KBT, 'scan', '--json', '--follow', '--cursor', cursor, logs], env=env, stdout=into,
                             stderr=subprocess.PIPE)
        os.close(into)

        def waits():
            with open(f'/proc/{p.pid}/wchan', encoding='ascii') as f:
                return 'pipe' in f.read()
        until(waits, 20)  # until the pipe is full; a kernel need not say so
        p.send_signal(signal.SIGINT)
        time.sleep(.2)
        with open(out, encoding='utf-8') as f:
            found = [json.loads(line) for line in f]
        self.assertEqual((p.wait(LIMIT_S), p.stderr.read()), (INTERRUPTED, b''))
        p.stderr.close()
        p = self.run_kbt('scan', '--json', '--cursor', cursor, logs)
        found += [json.loads(line) for line in p.out.splitlines()]
        self.check_once([h['captures']['server'] for h in found if h['id'] == 'Q150536'], planted)

    def test_a_cursor_keeps_the_places_of_files_that_are_not_asked_for(self):
        cursor = self.path('cursor')
        a, b, c = self.path('a.log'), self.path('b.log'), self.path('logs', 'c.log')
        os.mkdir(self.path('logs'))
        for path in (a, b, c):
            self.add(path, 'OLD')
        self.json('scan', '--cursor', cursor, a, self.path('logs'))
        for path, name in ((a, 'A1'), (b, 'B1'), (c, 'C1')):
            self.add(path, name)

        def names(*args, **kw):
            return [h['captures']['server'] for h in self.json('scan', '--cursor', cursor, *args, **kw)]
        self.assertEqual(names(b), ['OLD', 'B1'])
        os.rename(c, c + '.1')  # rotated while nobody asks for it
        self.assertEqual(names(b, code=NONE), [])
        self.assertEqual(names(self.path('logs')), ['C1'])
        self.assertEqual(names(self.path('?.log')), ['A1'])
        self.assertEqual(names(a, b, self.path('logs'), code=NONE), [])

    def test_more_files_than_may_be_open(self):
        logs, cursor = self.path('logs'), self.path('cursor')
        os.mkdir(logs)
        few = {'preexec_fn': lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (120, 120))}
        planted = []

        def add(name):
            planted.append(f'M{len(planted)}')
            self.add(os.path.join(logs, name), planted[-1])

        for n in range(700):
            add(f'{n}.log')
            add(f'old.{n}')
        add('old')  # which the others are rotations of
        follower = Follower(self, '--follow', '--cursor', cursor, logs, **few)
        self.assertEqual(follower.wait_for(planted), set())
        for n in range(0, 700, 50):
            add(f'{n}.log')
            os.rename(os.path.join(logs, f'{n}.log'), os.path.join(logs, f'{n}.log.1'))
            add(f'{n}.log')
        self.assertEqual(follower.wait_for(planted), set())
        self.assertEqual(follower.stop(), INTERRUPTED)
        found, follower.hits = follower.names(), []
        for n in range(0, 700, 50):
            add(f'{n}.log')
        add('old')
        for n in range(2):
            p = self.run_kbt('scan', '--json', '--cursor', cursor, logs, **few)
            self.assertEqual(p.err, '')
            found += [h['captures']['server'] for h in map(json.loads, p.out.splitlines()) if h['id'] == 'Q150536']
        self.check_once(found, planted)

    def test_a_folder_of_thousands_is_listed_once(self):
        logs, cursor = self.path('logs'), self.path('cursor')
        os.mkdir(logs)
        for n in range(4000):
            self.add(os.path.join(logs, f'app{n}.log'), f'N{n}')
        with open(self.path('out'), 'w+b') as out:
            p = subprocess.Popen([KBT, 'scan', '--json', '--db', self.db, '--cursor', cursor, logs], stdout=out)
            _, status, used = os.wait4(p.pid, 0)
            p.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            found = [json.loads(line)['captures']['server'] for line in out if b'"Q150536"' in line]
        self.assertEqual(p.returncode, FOUND)
        self.check_once(found, [f'N{n}' for n in range(4000)])
        self.assertLess(used.ru_utime + used.ru_stime, 15)  # listed for each of them it was minutes, now one second

    def test_places_of_files_long_gone_are_dropped(self):
        cursor, logs = self.path('cursor'), self.path('logs')
        os.mkdir(logs)
        rotated = self.path('rotated.log')
        self.add(rotated, 'ROTATED')
        for name in ('kept.log', 'away.log', 'gone.log'):
            self.add(os.path.join(logs, name), name.split('.')[0].upper())
        self.json('scan', '--cursor', cursor, logs, rotated)
        os.rename(os.path.join(logs, 'away.log'), self.path('away'))
        os.rename(rotated, rotated + '.1')
        os.remove(os.path.join(logs, 'gone.log'))

        def paths():
            with open(cursor) as f:
                return {os.path.basename(p['path']): p for p in map(json.loads, f) if 'path' in p}
        self.json('scan', '--cursor', cursor, logs, rotated, code=NONE)
        self.assertEqual({name for name, p in paths().items() if 'gone_s' in p},
                         {'away.log', 'rotated.log', 'gone.log'})
        os.rename(self.path('away'), os.path.join(logs, 'away.log'))  # a disk is back: nothing twice
        self.json('scan', '--cursor', cursor, logs, rotated, code=NONE)
        with open(cursor) as f:
            lines = [json.loads(line) for line in f]
        for line in lines:
            if 'gone_s' in line:
                line['gone_s'] = str(int(line['gone_s']) - 8 * 86400)
        self.write('cursor', ''.join(json.dumps(line) + '\n' for line in lines))
        self.json('scan', '--cursor', cursor, logs, rotated, code=NONE)
        self.assertEqual(set(paths()), {'kept.log', 'away.log', 'rotated.log'})

    def test_a_cursor_of_very_many_places_is_read_again(self):
        """Thousands of logs that are rotated make one of over 64 MiB: it was written, and was damaged at the next
        start. Another file of that size is no cursor."""
        log, cursor = self.write('a.log', rcmd('one') + '\n'), self.path('cursor')
        self.assertEqual(len(self.json('scan', '--cursor', cursor, log)), 1)
        with open(cursor) as f:
            head, place = f.readlines()
        place = json.loads(place)
        with open(cursor, 'a') as f:
            for i in range((68 << 20) // 2000):
                more = {**place, 'path': f'/nowhere/{i}/{"a" * 1800}', 'ino': str(int(place['ino']) + 1 + i)}
                f.write(json.dumps(more) + '\n')
        with open(log, 'a') as f:
            f.write(rcmd('two') + '\n')
        self.assertGreater(os.path.getsize(cursor), 64 << 20)
        self.assertEqual([h['captures']['server'] for h in self.json('scan', '--cursor', cursor, log)], ['two'])
        with open(cursor) as f:
            self.assertEqual(sum(1 for _ in f), 2 + (68 << 20) // 2000)
        self.refused('scan', '--cursor', self.write('large', 'x' * (65 << 20)), log, names=['not a cursor'])

    def test_a_cursor_loses_nothing_when_killed(self):
        rng = random.Random(55)
        log = Log(self.path('a.log'), 'rename', rng)
        self.json('scan', '--cursor', self.path('cursor'), log.path, code=NONE)
        cursor, found, repeats = self.path('cursor'), [], 0
        for _ in range(6):
            follower = Follower(self, '--follow', '--cursor', cursor, log.path)
            for _ in range(6):
                log.write(5)
                if rng.random() < .3:
                    log.rotate()
                time.sleep(rng.random() * .1)
            follower.kill()
            repeats += len(set(follower.names()) & set(found))
            found += follower.names()
        log.write(1)
        found += [h['captures']['server'] for h in self.json('scan', '--cursor', cursor, log.path)
                  if h['id'] == 'Q150536']
        self.assertEqual(set(log.planted) - set(found), set())
        self.assertEqual(set(found) - set(log.planted), set())

    def test_hits_come_within_about_a_second(self):
        path = self.path('a.log')
        self.add(path, 'FIRST')
        follower = Follower(self, '--follow', path)
        self.assertEqual(follower.wait_for(['FIRST']), set())
        delays = []
        while len(delays) < 40 and sum(x < 1 for x in delays) < 3:  # a busy machine makes most of them late, a fault all
            began = time.monotonic()
            self.add(path, f'LATE{len(delays)}')
            self.assertEqual(follower.wait_for([f'LATE{len(delays)}']), set())
            delays.append(follower.hits[-1][1] - began)
        self.assertLess(sorted(delays)[2], 1.0, delays)
        self.assertEqual(follower.stop(), INTERRUPTED)

    def test_what_is_no_text_is_left_out_and_counted(self):
        path = self.path('in/a.log')
        os.mkdir(self.path('in'))
        self.add(path, 'PLAIN')
        with open(self.path('in/b.pdf'), 'wb') as f:
            f.write(b'%PDF-1.4\n')
        with zipfile.ZipFile(self.path('in/c.zip'), 'w') as z:
            z.writestr('d.png', b'\x89PNG\r\n\x1a\n\0')
            z.writestr('e.log', rcmd('PACKED') + '\n')
        for name in ('in/app', 'in/app.2'):
            with open(self.path(name), 'wb') as f:
                f.write(b'\x7fELF\2\1\0')
        self.add(self.path('in/app.1'), 'BESIDE')  # the log of the program
        follower = Follower(self, '--follow', self.path('in'))
        self.assertEqual(follower.wait_for(['PLAIN', 'PACKED', 'BESIDE']), set())
        self.add(path, 'LATER')
        self.assertEqual(follower.wait_for(['LATER']), set())
        self.assertEqual(follower.stop(), INTERRUPTED)
        self.assertIn(b'4 files are no log, and left out: 1 PDF document, 1 picture, 2 programs\n', follower.err)

    def test_a_busy_log_does_not_wait_for_quiet(self):
        path = self.path('a.log')
        follower = Follower(self, '--follow', path)
        end, n = time.monotonic() + LIMIT_S, 0
        while time.monotonic() < end and len(follower.names()) < 30:
            self.add(path, f'BUSY{n}')
            n += 1
            time.sleep(.02)
        self.assertGreaterEqual(len(follower.names()), 30)
        self.assertEqual(follower.wait_for([f'BUSY{i}' for i in range(n)]), set())
        follower.stop()
        self.check_once(follower.names(), [f'BUSY{i}' for i in range(n)])

    def test_a_message_that_is_still_being_written_is_joined(self):
        path, cursor = self.path('a.log'), self.path('cursor')
        texts = ['Failed to connect to\n', '<\\\\LATE>, Error = 53\n']
        follower = Follower(self, '--follow', '--cursor', cursor, path)
        self.add(path, 'ONE')
        with open(path, 'a', encoding='ascii') as f:
            f.write(texts[0])
        self.assertEqual(follower.wait_for(['ONE']), set())  # the first line went with it
        with open(path, 'a', encoding='ascii') as f:
            f.write(texts[1] + rcmd('TWO') + '\n' + texts[0])
        self.assertEqual(follower.wait_for(['LATE', 'TWO']), set())
        follower.stop()
        hits = [h for _, _, h in follower.hits]
        self.assertEqual([(h['captures']['server'], h['line'], h['lines']) for h in hits],
                         [('ONE', 1, 1), ('LATE', 2, 2), ('TWO', 4, 1)])
        self.assertEqual(hits[1]['offset'], len(rcmd('ONE')) + 1)
        with open(path, 'a', encoding='ascii') as f:  # over a restart, too
            f.write(texts[1].replace('LATE', 'THREE') + rcmd('FOUR') + '\n')
        hits = self.json('scan', '--cursor', cursor, path)
        self.assertEqual([(h['captures']['server'], h['line'], h['lines']) for h in hits],
                         [('THREE', 5, 2), ('FOUR', 7, 1)])

    def test_a_line_that_was_a_hit_is_none_again_with_what_comes_behind_it(self):
        path = self.path('a.log')
        follower = Follower(self, '--follow', path)
        for n in range(6):
            self.add(path, f'N{n}', f'N{n}')
            self.assertEqual(follower.wait_for([f'N{n}']), set())
        follower.stop()
        self.assertEqual(len(follower.names()), 12)

    def test_late_creation_is_waited_for(self):
        path = self.path('later', 'a.log')
        follower = Follower(self, '--follow', path)
        self.assertTrue(follower.wait_err('a.log: is not there yet'))
        os.mkdir(self.path('later'))
        self.add(path, 'LATER')
        self.assertEqual(follower.wait_for(['LATER']), set())
        self.assertEqual(follower.stop(), INTERRUPTED)
        self.assertEqual(follower.err.count(b'\n'), 1)

    def test_folders_and_patterns_take_up_new_files(self):
        os.mkdir(self.path('logs'))
        self.add(self.path('logs', 'a.log'), 'A1')
        self.add(self.path('logs', 'a.log.1'), 'A0')
        with gzip.open(self.path('logs', 'a.log.2.gz'), 'wb') as f:
            f.write(rcmd('GZ').encode() + b'\n')
        follower = Follower(self, '--follow', self.path('logs'), self.path('p*.txt'))
        self.assertEqual(follower.wait_for(['A1', 'A0', 'GZ']), set())
        self.add(self.path('logs', 'b.log'), 'B1')
        self.add(self.path('pattern.txt'), 'P1')
        self.add(self.path('other.txt'), 'OTHER')
        self.assertEqual(follower.wait_for(['B1', 'P1']), set())
        os.rename(self.path('logs', 'a.log.1'), self.path('logs', 'a.log.3'))
        os.rename(self.path('logs', 'a.log'), self.path('logs', 'a.log.1'))
        self.add(self.path('logs', 'a.log.1'), 'A2')
        self.add(self.path('logs', 'a.log'), 'A3')
        os.rename(self.path('logs', 'b.log'), self.path('logs', 'moved.log'))
        self.add(self.path('logs', 'moved.log'), 'B2')
        self.assertEqual(follower.wait_for(['A2', 'A3', 'B2']), set())
        time.sleep(.3)
        follower.stop()
        self.check_once(follower.names(), ['A1', 'A0', 'GZ', 'B1', 'P1', 'A2', 'A3', 'B2'])

    def test_a_packed_file_that_grows_is_said_to_be_read_once(self):
        path = self.path('app.log.gz')
        with gzip.open(path, 'wb') as f:
            f.write(rcmd('ONE').encode() + b'\n')
        follower = Follower(self, '--follow', path)
        self.assertEqual(follower.wait_for(['ONE']), set())
        self.assertEqual(follower.err, b'')
        with gzip.open(path, 'ab') as f:
            f.write(rcmd('TWO').encode() + b'\n')
        self.assertTrue(follower.wait_err('app.log.gz: has grown, and is packed: it is read once'))
        follower.stop()
        self.check_once(follower.names(), ['ONE'])
        self.assertEqual(follower.err.count(b'\n'), 1)

    def test_a_packed_file_is_read_once_though_its_log_is_away_for_a_while(self):
        os.mkdir(self.path('logs'))
        self.add(self.path('logs', 'a.log'), 'A1')
        with gzip.open(self.path('logs', 'a.log.1.gz'), 'wb') as f:
            f.write(rcmd('GZ').encode() + b'\n')
        follower = Follower(self, '--follow', self.path('logs'))
        self.assertEqual(follower.wait_for(['A1', 'GZ']), set())
        os.rename(self.path('logs', 'a.log'), self.path('away'))
        self.add(self.path('logs', 'b.log'), 'B1')
        self.assertEqual(follower.wait_for(['B1']), set())
        self.add(self.path('logs', 'a.log'), 'A2')
        self.assertEqual(follower.wait_for(['A2']), set())
        self.add(self.path('logs', 'b.log'), 'B2')
        self.assertEqual(follower.wait_for(['B2']), set())
        follower.stop()
        self.check_once(follower.names(), ['A1', 'GZ', 'B1', 'A2', 'B2'])

    def test_a_packed_file_is_read_once_however_often_is_scanned(self):
        os.mkdir(self.path('logs'))
        with gzip.open(self.path('logs', 'a.log.1.gz'), 'wb') as f:
            f.write(rcmd('GZ').encode() + b'\n')
        cursor = self.path('cursor')
        self.assertEqual(len(self.json('scan', '--cursor', cursor, self.path('logs'))), 1)
        self.json('scan', '--cursor', cursor, self.path('logs'), code=NONE)
        os.rename(self.path('logs', 'a.log.1.gz'), self.path('logs', 'a.log.2.gz'))
        for _ in range(3):
            self.json('scan', '--cursor', cursor, self.path('logs'), code=NONE)

    def test_what_lay_beside_a_named_file_is_not_asked_for(self):
        path = self.path('a.log')
        self.add(path + '.1', 'OLD')
        self.add(path, 'NOW')
        follower = Follower(self, '--follow', path)
        self.assertEqual(follower.wait_for(['NOW']), set())
        os.rename(path + '.1', path + '.2')
        os.rename(path, path + '.1')
        self.add(path, 'NEW')
        self.assertEqual(follower.wait_for(['NEW']), set())
        follower.stop()
        self.check_once(follower.names(), ['NOW', 'NEW'])

    def test_a_last_line_without_its_end(self):
        path, cursor = self.path('a.log'), self.path('cursor')
        self.add(path, 'WHOLE')
        self.add(path, 'HALF', end='')
        follower = Follower(self, '--follow', '--cursor', cursor, path)
        self.assertEqual(follower.wait_for(['WHOLE']), set())
        follower.stop()
        self.assertEqual(follower.names(), ['WHOLE'])
        with open(path, 'ab') as f:
            f.write(b'\n')
        self.assertEqual([h['captures']['server'] for h in self.json('scan', '--cursor', cursor, path)], ['HALF'])
        self.add(path, 'HALF2', end='')
        follower = Follower(self, '--follow', path)  # no cursor: at the end it is given
        follower.wait_for(['WHOLE', 'HALF'])
        follower.stop()
        self.assertEqual(follower.names(), ['WHOLE', 'HALF', 'HALF2'])

    def test_places_go_on_counting(self):
        path = self.path('a.log')
        data = b''
        follower = Follower(self, '--follow', path)
        for n in range(4):
            piece = f'noise {n}\n\n{rcmd(f"N{n}")}\n'.encode()
            data += piece
            with open(path, 'ab') as f:
                f.write(piece)
            self.assertEqual(follower.wait_for([f'N{n}']), set())
        follower.stop()
        for _, _, hit in follower.hits:
            self.assertEqual(data[hit['offset']:hit['offset'] + len(hit['text'])].decode(), hit['text'])
            self.assertEqual(data[:hit['offset']].count(b'\n') + 1, hit['line'])

    def test_utf16(self):
        path = self.path('w.log')
        with open(path, 'wb') as f:
            f.write('\ufeff'.encode('utf-16-le') + ('x\r\n' + rcmd('W1') + '\r\n').encode('utf-16-le'))
        follower = Follower(self, '--follow', path)
        self.assertEqual(follower.wait_for(['W1']), set())
        with open(path, 'ab') as f:
            half = (rcmd('W2') + '\r\n').encode('utf-16-le')
            f.write(half[:31])
            f.flush()
            time.sleep(.3)
            f.write(half[31:])
        self.assertEqual(follower.wait_for(['W2']), set())
        follower.stop()
        self.assertEqual([(h['line'], h['lines']) for _, _, h in follower.hits], [(2, 1), (3, 1)])

    def test_utf16_packed_between_two_scans(self):
        path, cursor = self.path('a.log'), self.path('cursor')
        for mark in ('\ufeff', ''):
            with self.subTest(mark=mark):
                text = mark + ''.join(f'{n:05d} {"x" * 58}\r\n' for n in range(600))  # more than the context of a piece
                self.write('a.log', text.encode('utf-16-le'))
                self.json('scan', '--cursor', cursor, path, code=NONE)
                with open(path, 'ab') as f:
                    f.write((rcmd('WIDE') + '\r\n').encode('utf-16-le'))
                with open(path, 'rb') as f, gzip.open(path + '.1.gz', 'wb') as z:
                    z.write(f.read())
                os.remove(path)
                self.write('a.log', 'new\n')
                hits = self.json('scan', '--cursor', cursor, path)
                self.assertEqual([(h['captures']['server'], h['line']) for h in hits if h['id'] == 'Q150536'],
                                 [('WIDE', 601)])
                for name in (path, path + '.1.gz', cursor):
                    os.remove(name)

    def test_utf16_without_a_mark(self):
        path = self.path('a.log')
        follower = Follower(self, '--follow', path)
        for coding in ('utf-16-le', 'utf-16-be'):
            self.write('b.log', ('noise\r\n' + rcmd('BARE') + '\r\n').encode(coding))
            for args, given in (((self.path('b.log'),), None), (('-',), (self.path('b.log')))):
                with open(given or os.devnull, 'rb') as f:
                    hits = self.json('scan', *args, input=f.read())
                self.assertEqual([(h['captures']['server'], h['line']) for h in hits if h['id'] == 'Q150536'],
                                 [('BARE', 2)], (coding, args))
        for n in range(3):
            with open(path, 'ab') as f:
                f.write((rcmd(f'W{n}') + '\r\n').encode('utf-16-le'))
            self.assertEqual(follower.wait_for([f'W{n}']), set())
        follower.stop()
        self.check_once(follower.names(), ['W0', 'W1', 'W2'])
        self.assertEqual([hit['line'] for _, _, hit in follower.hits], [1, 2, 3])

    def test_utf16_with_its_mark_behind_a_hole(self):
        data = bytes(70000) + ''.join(rcmd(f'H{n}') + '\r\n' for n in range(3)).encode('utf-16')
        path = self.write('a.log', data)
        for args in ((), ('--cursor', self.path('cursor'))):
            found = [h['captures']['server'] for h in self.json('scan', *args, path)]
            self.check_once(found, ['H0', 'H1', 'H2'])

    def test_a_new_generation_is_taken_up(self):
        self.db = self.path('own.db')
        shutil.copyfile(self.kb, self.db)
        path = self.path('a.log')
        line = 'The frobnicator of server LAB7 gave up after nine attempts to reach its peer.'
        with open(path, 'w') as f:
            f.write(line + '\n' + rcmd('ONE') + '\n')
        follower = Follower(self, '--follow', path)
        self.assertEqual(follower.wait_for(['ONE']), set())
        article = self.write('Q-frobnicator.md', '---\nid: Q-frobnicator\ntitle: The frobnicator gives up\nmessages:\n'
                             "  - text: '" + line.replace('LAB7', '{server:host}') + "'\n---\n\n## Cause\n\nIt is tired.\n")
        p = self.run_kbt('import', article)
        self.assertEqual(p.returncode, FOUND, p.err)
        self.assertTrue(follower.wait_err('has changed'))
        with open(path, 'a', encoding='ascii') as f:
            f.write(line + '\n' + rcmd('TWO') + '\n')
        self.assertEqual(follower.wait_for(['LAB7', 'TWO']), set())
        other = self.path('other.db')  # another one in its place, of as many imports
        self.kbt('import', '--db', other, article)
        self.kbt('import', '--db', other, os.path.join(ROOT, 'kb', 'articles', 'Q221951.md'))
        os.rename(other, self.db)
        self.assertTrue(follower.wait_err('has changed', 2))
        self.add(path, 'GONE')
        with open(path, 'a', encoding='ascii') as f:
            f.write(line.replace('LAB7', 'LAB8') + '\n')
        self.assertEqual(follower.wait_for(['LAB8']), set())
        self.assertEqual(follower.stop(), INTERRUPTED)
        self.assertEqual(follower.names(), ['ONE', 'LAB7', 'TWO', 'LAB8'])

    def test_a_closed_pipe_ends_it(self):
        path = self.path('a.log')
        self.add(path, 'ONE')
        follower = subprocess.Popen([KBT, 'scan', '--json', '--db', self.db, '--follow', path], stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE)
        self.assertIn(b'ONE', follower.stdout.readline())
        follower.stdout.close()
        self.assertEqual(follower.wait(LIMIT_S), -signal.SIGPIPE)
        self.assertEqual(follower.stderr.read(), b'')
        follower.stderr.close()

    def test_lines_that_end_with_carriage_returns_alone(self):
        """As on old Macs: line by line with a cursor and live, from a file and from a pipe; a half CRLF is no end."""
        for coding in ('utf-8', 'utf-16-le'):
            path, cursor = self.path(coding), self.path(coding + '.cursor')

            def add(text):
                with open(path, 'ab') as f:
                    f.write(text.encode(coding))

            def seen():
                return [(h['captures']['server'], h['line'])
                        for h in map(json.loads, self.run_kbt('scan', '--json', '--cursor', cursor, path).out.splitlines())]
            add('noise\r' + rcmd('ONE') + '\r' + rcmd('TWO'))
            self.assertEqual(seen(), [('ONE', 2)])
            add('\rnoise\r')
            self.assertEqual(seen(), [('TWO', 3)])
            add(rcmd('THREE') + '\r' + 'noise\r' * 20000 + rcmd('FOUR') + '\r')
            self.assertEqual(seen(), [('THREE', 5), ('FOUR', 20006)])
            follower = Follower(self, '--follow', '--cursor', cursor, path)
            add(rcmd('LIVE') + '\r')
            self.assertFalse(follower.wait_for(['LIVE']))
            follower.stop()
        path, cursor = self.path('crlf'), self.path('crlf.cursor')
        for text in ('noise\r', '\n' + rcmd('ONE') + '\r', '\n'):
            with open(path, 'a', newline='') as f:
                f.write(text)
            found = self.run_kbt('scan', '--json', '--cursor', cursor, path).out
        self.assertEqual(json.loads(found)['line'], 2)
        follower = Follower(self, '--follow', '-', stdin=subprocess.PIPE)
        follower.p.stdin.write(('noise\r' + rcmd('PIPED') + '\rno').encode())
        follower.p.stdin.flush()
        self.assertFalse(follower.wait_for(['PIPED']))
        follower.p.stdin.write(('ise\r\n' + rcmd('LAST') + '\r\n').encode())
        follower.p.stdin.close()
        self.assertFalse(follower.wait_for(['LAST']))
        self.assertEqual([h['line'] for _, _, h in follower.hits], [2, 4])

    def test_a_message_that_a_rotation_cuts(self):
        """Its first line ends the old file and its rest begins the new one: it is of the old file, in two lines."""
        logs = [Log(self.path(kind + '.log'), kind, random.Random(1)) for kind in KINDS]
        marks = self.path('marks')
        follower = Follower(self, '--follow', *[log.path for log in logs], marks)
        for log in logs:
            log.f.write(f'noise\n{rcmd("FIRST" + log.kind)}\n'.encode())
            log.write = lambda lines: None  # only what stands below
        self.assertFalse(follower.wait_for(['FIRST' + kind for kind in KINDS]))
        for n in range(3):
            for log in logs:
                log.f.write(b'more noise\nFailed to connect to\n')
            self.add(marks, f'MARK{n}')  # written behind the others, it is read behind them
            self.assertFalse(follower.wait_for([f'MARK{n}']))
            for log in logs:
                log.rotate()
                log.f.write(f'<\\\\OVER{n}{log.kind}>, Error = 53\nnoise\n{rcmd("NEXT")}\n'.encode())
            self.assertFalse(follower.wait_for([f'OVER{n}{kind}' for kind in KINDS]))
        time.sleep(.3)
        follower.stop()
        for log in logs:
            log.f.close()
            kind, places = log.kind, [(h['captures']['server'], h['line'], h['lines'], h['offset'])
                                      for _, _, h in follower.hits if h['file'] == log.path]
            first, over = len(rcmd('FIRST' + kind)) + 7, len(f'<\\\\OVER0{kind}>, Error = 53\nnoise\n')
            more = over + len(rcmd('NEXT')) + 12
            self.assertEqual(places, [('FIRST' + kind, 2, 1, 6), ('OVER0' + kind, 4, 2, first + 11), ('NEXT', 3, 1, over),
                                      ('OVER1' + kind, 5, 2, more), ('NEXT', 3, 1, over),
                                      ('OVER2' + kind, 5, 2, more), ('NEXT', 3, 1, over)], kind)

    def test_a_message_that_a_stop_and_a_rotation_cut(self):
        """The first line was read by a run before, to the end of the file that is put away then."""
        first, rest = 'noise\nFailed to connect to\n', '<\\\\OVER>, Error = 53\nx\n'
        whole = f'noise\n{rcmd("WHOLE")}\n'
        for way in ('rename', 'copy'):
            for end, want in ((first, [('a.log.1', 2, 2, 6)]), (whole, []), (first + 'between\n', [])):
                folder = f'{way}{len(end)}'
                path = self.write(f'{folder}/a.log', end)
                self.write(f'{folder}/a.log.2', first)  # older, and not the one that goes on

                def scan(code):
                    hits = self.json('scan', '--cursor', self.path(folder + '.cursor'), path, code=code)
                    return [(os.path.basename(h['file']), h['line'], h['lines'], h['offset']) for h in hits]
                scan(FOUND if end == whole else NONE)
                if way == 'rename':
                    os.rename(path, path + '.1')
                else:
                    shutil.copy2(path, path + '.1')
                self.write(f'{folder}/a.log', rest)
                self.assertEqual(scan(FOUND if want else NONE), want, (way, end))
                self.assertEqual(scan(NONE), [])

    def test_what_is_no_cursor_is_left_alone(self):
        path, other = self.path('a.log'), self.write('notes.txt', 'my notes\n')
        self.add(path, 'ONE')
        self.refused('scan', '--cursor', other, path, names='notes.txt')
        with open(other) as f:
            self.assertEqual(f.read(), 'my notes\n')
        cursor = self.path('cursor')
        self.json('scan', '--cursor', cursor, path)
        with open(cursor) as f:
            good = f.read()
        self.write('cursor', good[:-30])
        self.refused('scan', '--cursor', cursor, path, names='damaged')
        self.write('cursor', '{"kbt_cursor":7}\n')
        self.refused('scan', '--cursor', cursor, path, names='version')
        self.refused('scan', '--cursor', self.path('none', 'cursor'), path, names='cursor')
        self.refused('scan', '--follow', names='--follow')

    def test_standard_input_is_followed(self):
        """The hits are those of a scan of the same bytes, whatever pieces they come in, and they come at once."""
        rng = random.Random(5)
        lines = []
        for i in range(40):
            lines += [f'Failed to connect to <\\\\PIPE{i}>, Error = 53', 'all is well',
                      f'Failed to connect to\n<\\\\OVER{i}>, Error = 53', 'x' * rng.randrange(3000)]
        text = '\n'.join(lines + ['y' * 5_000_000 + ' ', 'Failed to connect to <\\\\LAST>, Error = 53'])
        for coding in ('utf-8', 'utf-16-le', 'utf-16-be'):
            data = text.encode(coding)
            want = self.json('scan', '-', input=data)
            self.assertEqual(sum(h['id'] == 'Q150536' for h in want), 81, coding)
            follower = Follower(self, '--follow', '-', stdin=subprocess.PIPE)
            at = 0
            while at < len(data):
                n = rng.choice([1, 7, 300, 5000]) if at < 100_000 else 1_000_000
                follower.p.stdin.write(data[at:at + n])
                follower.p.stdin.flush()
                at += n
                if rng.random() < .02:
                    time.sleep(.2)
                if at >= 100_000 > at - n:
                    self.assertEqual(follower.wait_for(['PIPE0', 'OVER0']), set())
            follower.p.stdin.close()
            self.assertEqual(follower.p.wait(LIMIT_S), FOUND)
            for thread in follower.threads:
                thread.join()
            self.assertEqual([h for _, _, h in follower.hits], [h for h in want if h['id'] == 'Q150536'])
        self.refused('scan', '--follow', '-', input=gzip.compress(b'x' * 5000), names='packed')
        self.refused('scan', '--cursor', self.path('c'), '-', names='standard input')
        self.refused('scan', '--follow', '-', self.path('a.log'), names='standard input')

    def test_text_shows_hits_as_they_come_and_incidents_at_the_end(self):
        path = self.path('a.log')
        self.add(path, 'ONE', 'TWO', 'ONE')
        env = dict(os.environ, KBT_DB=self.db, TERM='dumb')
        p = subprocess.Popen([KBT, 'scan', '--follow', path], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        shown = [p.stdout.readline().decode() for _ in range(7)]
        self.assertEqual([x[:7] for x in shown], ['Q150536', '    ser', '    ' + path[:3]] * 2 + ['Q150536'])
        self.assertEqual(shown[6], f'Q150536  again: server = ONE  {path}:3\n')
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=LIMIT_S)
        self.assertEqual((p.returncode, err), (INTERRUPTED, b''))
        self.assertIn('2 incidents, 3 of 3 lines in 1 file', out.decode())

    def test_what_was_shown_once_is_told_from_thousands_of_others(self):
        text = ''.join(rcmd(f'N{n}') + '\n' for n in range(3000))
        out = self.kbt('scan', '--follow', '-', input=text + rcmd('N2999') + '\n').out
        self.assertEqual([line.split('  ')[1] for line in out.splitlines() if '  again: ' in line], ['again: server = N2999'])

    def test_a_cursor_with_any_damage_is_refused_or_read(self):
        rng = random.Random(56)
        path, cursor = self.path('a.log'), self.path('cursor')
        self.add(path, 'ONE')
        self.json('scan', '--cursor', cursor, path)
        with open(cursor, 'rb') as f:
            good = f.read()
        for _ in range(60):
            bad = bytearray(good)
            for _ in range(rng.randrange(1, 4)):
                at = rng.randrange(len(bad))
                bad[at:at + rng.randrange(4)] = bytes(rng.randrange(256) for _ in range(rng.randrange(3)))
            self.write('cursor', bytes(bad))
            p = self.run_kbt('scan', '--json', '--cursor', cursor, path)
            self.assertIn(p.returncode, (FOUND, NONE, USAGE), p.err)
            if p.returncode == USAGE:
                self.assertIn('cursor', p.err)
                with open(cursor, 'rb') as f:
                    self.assertEqual(f.read(), bytes(bad))  # what is not understood is not written over

    def test_where_changes_are_not_announced(self):
        needs_root()
        for name in ('low', 'up', 'work', 'seen'):
            os.mkdir(self.path(name))
        self.add(self.path('low', 'a.log'), 'ONE')
        mount = ['mount', '-t', 'overlay', 'overlay', '-o',
                 f'lowerdir={self.path("low")},upperdir={self.path("up")},workdir={self.path("work")}', self.path('seen')]
        if subprocess.run(mount, stderr=subprocess.DEVNULL).returncode:
            self.skipTest('no overlay may be mounted here')
        self.addCleanup(subprocess.run, ['umount', '-l', self.path('seen')], check=True)
        path = self.path('seen', 'a.log')
        follower = Follower(self, '--follow', path)
        self.assertEqual(follower.wait_for(['ONE']), set())
        self.add(path, 'TWO')  # copied up: another inode, and no event for who watches the lower one
        self.assertEqual(follower.wait_for(['TWO']), set())
        time.sleep(.6)
        follower.stop()
        self.check_once(follower.names(), ['ONE', 'TWO'])
        self.assertEqual(follower.err.count(b'changes there are not announced (an overlay)'), 1, follower.err)

    def test_it_rests_where_nothing_happens(self):
        path = self.path('a.log')
        self.add(path, 'ONE')
        follower = Follower(self, '--follow', path)
        self.assertEqual(follower.wait_for(['ONE']), set())

        def used():
            with open(f'/proc/{follower.p.pid}/stat', encoding='ascii') as f:
                fields = f.read().rsplit(') ', 1)[1].split()
            return int(fields[11]) + int(fields[12])  # hundredths of a second

        for _ in range(30):  # what has to be done before it rests may take a while
            before = used()
            time.sleep(1)
            now = used() - before
            if now < 5:
                break
        self.assertLess(now, 5)
        follower.stop()

    def test_unreadable_things_are_named_once_and_the_rest_is_followed(self):
        path = self.path('a.log')
        self.add(path, 'ONE')
        os.mkfifo(self.path('fifo'))
        os.symlink('loop', self.path('loop'))
        follower = Follower(self, '--follow', self.path('fifo'), self.path('loop'), path)
        self.assertEqual(follower.wait_for(['ONE']), set())
        time.sleep(.3)
        self.add(path, 'TWO')
        self.assertEqual(follower.wait_for(['TWO']), set())
        follower.stop()
        for name in (b'fifo', b'loop'):
            self.assertEqual(follower.err.count(name), 1, follower.err)
        self.assertIn(b'standard input (-) reads', follower.err)


def load_tests(_loader, _tests, _pattern):
    return Together(ScanFollow)


if __name__ == '__main__':
    unittest.main()
