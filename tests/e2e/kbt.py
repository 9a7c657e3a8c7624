# SPDX-License-Identifier: MIT
"""What the tests of the command line share: run the binary, write articles of our own, find the shared data."""
import concurrent.futures
import contextlib
import ctypes
import fcntl
import glob
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KBT = os.path.abspath(os.environ.get('KBT', os.path.join(ROOT, 'build/kbt')))
SHARED = os.path.abspath(os.environ.get('KBT_SHARED', os.path.join(os.path.dirname(ROOT), 'shared')))

FOUND, NONE, USAGE, UNDECIDED, DAMAGED, INTERRUPTED = 0, 1, 2, 3, 4, 130
# How long what must happen is waited for: on a busy machine everything takes many times as long. No measure of anything.
LIMIT_S = 120
# What a person has set for a terminal is nothing to the tests: kbt would wrap and colour by it.
for setting in ('COLUMNS', 'NO_COLOR'):
    os.environ.pop(setting, None)


def shared(path):
    """A file of the shared data; skips the test where it is missing."""
    full = os.path.join(SHARED, path)
    if not os.path.exists(full):
        raise unittest.SkipTest('the shared data is missing (KBT_SHARED)')
    return full


def needs_root():
    if os.geteuid() != 0:
        raise unittest.SkipTest('needs root')


def until(true, seconds=LIMIT_S):
    """Waits for what must become true; whether it did."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(.01)
    return True


def doings(pid):
    """What the threads of a process do: whether each waits, and how much of the processor it has had."""
    seen = []
    for thread in os.listdir(f'/proc/{pid}/task'):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            with open(f'/proc/{pid}/task/{thread}/stat', encoding='ascii', errors='replace') as f:
                state, *fields = f.read().rsplit(') ', 1)[1].split()
            seen.append((thread, state, fields[10], fields[11]))
    return sorted(seen)


def rests(pid):
    """Until every thread of a process waits for something, and did nothing for a while; False where it ends before."""
    looks = []

    def same():
        looks.append(doings(pid))
        time.sleep(.03)
        return any(x[1] == 'Z' for x in looks[-1]) or (
            looks[-4:] == [looks[-1]] * 4 and all(x[1] == 'S' for x in looks[-1]))
    return until(same) and all(x[1] == 'S' for x in looks[-1])


def again(attempt, times=5):
    """What a busy machine spoils now and then, by being late, and a fault each time: attempt(n), until it holds once."""
    for n in range(times):
        try:
            return attempt(n)
        except (AssertionError, KeyError):
            if n + 1 == times:
                raise


def own_network(*more):
    """From now on this thread, and the threads and processes that it starts, have a network of their own, which nothing
    that they send leaves: loopback, and eth9 with a way to everywhere behind which nobody answers. more: arguments of
    ip(8)."""
    new_ns, new_user, new_net = 0x20000, 0x10000000, 0x40000000
    unshare = ctypes.CDLL(None).unshare
    if unshare(new_net | new_ns) and unshare(new_net | new_ns | new_user):  # the second: of who is not root
        raise unittest.SkipTest('no network namespace may be made here')
    for command in ('link set lo up', 'link add eth9 type veth peer name eth8', 'link set eth8 up',
                    'addr add 198.51.100.1/24 brd + dev eth9', 'link set eth9 up',
                    'route add default via 198.51.100.2', *more):
        if subprocess.run(['ip', *command.split()], stderr=subprocess.DEVNULL).returncode:
            raise unittest.SkipTest(f'no network could be made here (ip {command})')


def rcmd(name):
    """The message of Q150536, which binds the server."""
    return f'Failed to connect to <\\\\{name}>, Error = 53'


def article_text(number, title='An article', symptom='An error occurs.', date='08-AUG-2001', product='Windows NT 4.0'):
    """An article in the text archive's format, in our own words."""
    return (f'DOCUMENT:Q{number}  {date}  [winnt]\r\n'
            f'TITLE   :{title}\r\n'
            f'PRODUCT :{product}\r\n'
            f'PROD/VER:4.0\r\nOPER/SYS:\r\nKEYWORDS:kberrmsg\r\n\r\n'
            + '=' * 70 + '\r\n'
            + '-' * 79 + '\r\nThe information in this article applies to:\r\n\r\n'
            f' - {product} \r\n' + '-' * 79 + '\r\n\r\n'
            f'SYMPTOMS\r\n========\r\n\r\n{symptom}\r\n\r\n'
            'CAUSE\r\n=====\r\n\r\nThe service is not running.\r\n\r\n'
            'RESOLUTION\r\n==========\r\n\r\nStart the service.\r\n\r\n'
            'Additional query words: test words\r\n\r\n'
            + '=' * 70 + '\r\nKeywords          : kberrmsg \r\nTechnology        : kbWinNT\r\n'
            'Issue type        : kbprb\r\n').encode()


def archive_kb():
    """A knowledge base of the public archive and kb/, and what its import said. To be read, never written: it is made
    once for a program and its sources, since that takes a core for a dozen seconds."""
    sources = [shared(f'archive/kbarchive-{kind}.tar.zst') for kind in ('txt', 'md')] + [os.path.join(ROOT, 'kb')]
    files = [KBT, *sources, *glob.glob(os.path.join(ROOT, 'kb/**'), recursive=True)]
    stamp = ''.join(f'{f}{os.stat(f).st_mtime_ns}' for f in sorted(files))
    home = os.path.join(os.environ.get('KBT_BUILD', os.path.dirname(KBT)), 'e2e-archive')
    made = os.path.join(home, hashlib.sha256(stamp.encode()).hexdigest()[:16])
    os.makedirs(os.path.dirname(home), exist_ok=True)
    with open(home + '.lock', 'w') as lock:  # who comes while it is being made waits for it
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(made):
            shutil.rmtree(home, ignore_errors=True)
            os.makedirs(home)
            part = tempfile.mkdtemp(dir=home)
            said = subprocess.run([KBT, 'import', '--json', '--db', os.path.join(part, 'kb.db'), *sources], check=True,
                                  stdout=subprocess.PIPE).stdout
            with open(os.path.join(part, 'said.json'), 'wb') as f:
                f.write(said)
            os.rename(part, made)
    with open(os.path.join(made, 'said.json'), 'rb') as f:
        return os.path.join(made, 'kb.db'), json.load(f)


class KbtTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='kbt-test-')
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.db = self.path('kb.db')

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def write(self, name, data):
        full = self.path(name)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, 'wb') as f:
            f.write(data if isinstance(data, bytes) else data.encode())
        return full

    def run_kbt(self, *args, input=None, env=None, timeout=2 * LIMIT_S, **kw):
        """Runs kbt; input None closes standard input. stdout and stderr come as text."""
        full = {**os.environ, 'KBT_DB': self.db, 'XDG_CACHE_HOME': self.path('cache'), 'TERM': 'dumb', **(env or {})}
        if input is None:
            kw.setdefault('stdin', subprocess.DEVNULL)
        elif isinstance(input, str):
            input = input.encode()
        kw.setdefault('stdout', subprocess.PIPE)
        p = subprocess.run([KBT, *args], input=input, stderr=subprocess.PIPE, env=full, timeout=timeout, **kw)
        p.out = (p.stdout or b'').decode('utf-8', 'surrogateescape')
        p.err = p.stderr.decode('utf-8', 'surrogateescape')
        return p

    def kbt(self, *args, code=FOUND, **kw):
        p = self.run_kbt(*args, **kw)
        self.assertEqual(p.returncode, code, f'kbt {args}\n{p.out[-2000:]}\n{p.err[-2000:]}')
        return p

    def json(self, *args, code=FOUND, **kw):
        """The objects that --json prints."""
        return [json.loads(line) for line in self.kbt(*args, '--json', code=code, **kw).out.splitlines()]

    def refused(self, *args, code=USAGE, names=(), **kw):
        """Fails with this code, nothing on stdout, and one sentence that names the thing."""
        p = self.kbt(*args, code=code, **kw)
        self.assertEqual(p.out, '')
        self.assertTrue(p.err.startswith('kbt: '), p.err)
        for name in [names] if isinstance(names, str) else names:
            self.assertIn(name, p.err)
        return p


class Together(unittest.TestSuite):
    """The tests of a class, several at once: for those that mostly wait for something to happen. Behind them, one by
    one, those that the class names as ALONE, since they measure time. With networks, those that run at once have each a
    network of their own, and so each the same ports."""
    AT_ONCE = 8

    def __init__(self, cls, networks=False):
        names = unittest.defaultTestLoader.getTestCaseNames(cls)
        super().__init__(cls(name) for name in names)
        self.cls, self.networks = cls, networks

    def is_alone(self, test):
        return test.id().rsplit('.', 1)[1] in getattr(self.cls, 'ALONE', ())

    def run(self, result, debug=False):
        if self.networks:
            try:
                own_network()
            except unittest.SkipTest as reason:
                for test in self:
                    result.addSkip(test, str(reason))
                return result
        try:
            self.cls.setUpClass()
            with concurrent.futures.ThreadPoolExecutor(self.AT_ONCE, initializer=own_network if self.networks else None) as pool:
                for done in [pool.submit(test, result) for test in self if not self.is_alone(test)]:
                    done.result()
            for test in self:
                if self.is_alone(test):
                    test(result)
        finally:
            self.cls.doClassCleanups()
        return result


class SharedKbTest(KbtTest):
    """Tests that only read one knowledge base, that of kb/: imported once a class."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix='kbt-kb-')
        cls.addClassCleanup(folder.cleanup)
        cls.kb = os.path.join(folder.name, 'kb.db')
        subprocess.run([KBT, 'import', '--db', cls.kb, os.path.join(ROOT, 'kb')], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def setUp(self):
        super().setUp()
        self.db = self.kb
