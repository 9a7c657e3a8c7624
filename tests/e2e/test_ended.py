# SPDX-License-Identifier: MIT
"""A diagnosis that is ended from outside: whatever does it, and when, no process, no socket, no half of a file is left."""
import os
import shutil
import signal
import subprocess
import time
import unittest

from kbt import KBT, LIMIT_S, UNDECIDED, USAGE, SharedKbTest, again, own_network, rests, until

SILENT = '198.51.100.77'  # on the network of own_network, where nobody answers
TEXT = f'ssh: connect to host {SILENT} port 22: Connection timed out'

# Stands before the C library's: when the file of an incident is written, synced or named, the signal comes.
SHIM = r'''
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
static int now(const char *where)
{
	const char *at = getenv("END_AT");
	return at && !strcmp(at, where);
}
static void end(const char *where)
{
	static int done;
	for (int i = 0; now(where) && !done && i < atoi(getenv("END_TIMES")); i++)
		kill(getpid(), atoi(getenv("END_BY")));
	done |= now(where);
}
static int is_file(int fd)
{
	struct stat st;
	return !fstat(fd, &st) && S_ISREG(st.st_mode);
}
int open(const char *path, int flags, ...)
{
	static int (*real)(const char *, int, ...);
	if (!real)
		real = dlsym(RTLD_NEXT, "open");
	if ((flags & O_TMPFILE) == O_TMPFILE && getenv("NO_NAMELESS")) {
		errno = EOPNOTSUPP;
		return -1;
	}
	va_list more;
	va_start(more, flags);
	int mode = va_arg(more, int);
	va_end(more);
	return real(path, flags, mode);
}
ssize_t write(int fd, const void *bytes, size_t n)
{
	static ssize_t (*real)(int, const void *, size_t);
	if (!real)
		real = dlsym(RTLD_NEXT, "write");
	if (!is_file(fd) || !now("write") || n < 2)
		return real(fd, bytes, n);
	ssize_t half = real(fd, bytes, n / 2);
	end("write");
	return half;
}
int fsync(int fd)
{
	static int (*real)(int);
	if (!real)
		real = dlsym(RTLD_NEXT, "fsync");
	if (is_file(fd))
		end("fsync");
	return real(fd);
}
int linkat(int a, const char *b, int c, const char *d, int e)
{
	static int (*real)(int, const char *, int, const char *, int);
	if (!real)
		real = dlsym(RTLD_NEXT, "linkat");
	end("name");
	return real(a, b, c, d, e);
}
int rename(const char *a, const char *b)
{
	static int (*real)(const char *, const char *);
	if (!real)
		real = dlsym(RTLD_NEXT, "rename");
	end("name");
	return real(a, b);
}
'''


def setUpModule():
    own_network(f'neigh add {SILENT} lladdr 02:00:00:00:00:09 dev eth9')  # so what is sent goes, and nothing comes back


def sockets():
    """What a process holds in this network: a socket without an inode is the system's own, a connection that ends."""
    found = []
    for kind in 'tcp tcp6 udp udp6 icmp icmp6 raw raw6 packet'.split():
        with open(f'/proc/thread-self/net/{kind}') as f:
            rows = [line.split() for line in f.readlines()[1:]]
        found += [(kind, *row) for row in rows if row[8 if kind == 'packet' else 9] != '0']
    return found


def connecting():
    return any(row[0] == 'tcp' and row[4] == '02' for row in sockets())


class Ended(SharedKbTest):
    def setUp(self):
        super().setUp()
        self.kept = self.path('kept', 'monday.kbt')
        os.mkdir(self.path('kept'))
        self.mark = f'kbt-test-{os.getpid()}-{time.monotonic_ns()}'

    def start(self, *words, **env):
        p = subprocess.Popen([KBT, 'diagnose', '--save', self.kept, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, env={**os.environ, 'KBT_DB': self.db, 'TEST_MARK': self.mark, **env})
        self.addCleanup(p.communicate)
        self.addCleanup(p.kill)
        return p

    def empty(self):
        shutil.rmtree(self.path('kept'), ignore_errors=True)
        os.mkdir(self.path('kept'))

    def processes(self):
        found = []
        for pid in filter(str.isdigit, os.listdir('/proc')):
            try:
                with open(f'/proc/{pid}/environ', 'rb') as f:
                    found += [int(pid)] * (self.mark.encode() in f.read())
            except OSError:
                continue  # it has ended meanwhile
        return found

    def nothing_is_left(self, files=()):
        self.assertTrue(until(lambda: not self.processes()), self.processes())
        self.assertTrue(until(lambda: not sockets()), sockets())
        self.assertEqual(os.listdir(self.path('kept')), list(files))

    def test_in_the_middle_of_a_probe(self):
        moments = (('it connects', connecting), ('its helper runs', lambda: len(self.processes()) > 1),
                   ('it waits for a while', lambda: connecting() and not until(lambda: False, 1.2)))
        for number, (moment, is_now) in ((signal.SIGINT, moments[0]), (signal.SIGTERM, moments[1]), (signal.SIGHUP, moments[2]),
                                         (signal.SIGKILL, moments[0]), (signal.SIGKILL, moments[1])):
            with self.subTest(signal=number, moment=moment):
                def attempt(_):
                    self.empty()  # where the moment was missed the whole incident is there
                    p = self.start(TEXT)
                    self.assertTrue(until(lambda: is_now() or p.poll() is not None))
                    began = time.monotonic()
                    p.send_signal(number)
                    code = p.wait(timeout=LIMIT_S)
                    took = time.monotonic() - began
                    self.assertEqual(code, -9 if number == signal.SIGKILL else 128 + number)
                    self.nothing_is_left()
                    self.assertLess(took, 3)  # left alone it takes more than twice as long, on any machine
                again(attempt)

    def test_its_helper_is_killed(self):
        """What the helper had not said counts as unknown; the diagnosis goes on and is kept."""
        def attempt(_):
            self.empty()
            p = self.start(TEXT)
            self.assertTrue(until(lambda: connecting() or p.poll() is not None))
            helper = [pid for pid in self.processes() if pid != p.pid]
            self.assertTrue(helper)
            os.kill(helper[0], signal.SIGKILL)
            out, _ = p.communicate(timeout=LIMIT_S)
            self.assertEqual(p.returncode, UNDECIDED, out)
            self.assertIn(b'the probe process ended too early', out)
            self.nothing_is_left(['monday.kbt'])
            self.kbt('replay', self.kept, code=UNDECIDED)
        again(attempt)

    def shim(self):
        library = self.path('shim.so')
        with open(self.path('shim.c'), 'w') as f:
            f.write(SHIM)
        subprocess.run(['cc', '-shared', '-fPIC', '-o', library, self.path('shim.c'), '-ldl'], check=True)
        return library

    def test_while_the_incident_is_written(self):
        library, old = self.shim(), b'another one'
        for where in ('write', 'fsync', 'name'):
            for number, times in ((signal.SIGTERM, 1), (signal.SIGINT, 2), (signal.SIGKILL, 1)):  # the second ends it at once
                for nameless in (True, False):
                    for force in (False, True):
                        with self.subTest(where=where, signal=number, nameless=nameless, force=force):
                            self.empty()
                            if force:
                                with open(self.kept, 'wb') as f:
                                    f.write(old)
                            env = {} if nameless else {'NO_NAMELESS': '1'}
                            p = self.start('--offline', '--force', TEXT, LD_PRELOAD=library, END_AT=where,
                                           END_BY=str(int(number)), END_TIMES=str(times), **env)
                            p.communicate(timeout=LIMIT_S)
                            killed = number != signal.SIGTERM
                            self.assertEqual(p.returncode, -number if killed else 128 + number)  # so it did come
                            self.is_whole_or_as_before(old if force else None, whole=not killed)
                            if nameless and (where != 'name' or not force):
                                self.nothing_is_left(['monday.kbt'] if force or not killed else [])

    def is_whole_or_as_before(self, old, whole):
        if not os.path.exists(self.kept):
            self.assertFalse(whole)
            self.assertIsNone(old)
            return
        with open(self.kept, 'rb') as f:
            bytes_now = f.read()
        if bytes_now != old:
            self.kbt('replay', self.kept, code=UNDECIDED)
        self.assertFalse(whole and bytes_now == old)

    def test_a_full_disk(self):
        full, library = self.path('full'), self.shim()
        os.mkdir(full)
        subprocess.run(['mount', '--make-rprivate', '/'], check=True)
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=4k', 'none', full], check=True)
        self.addCleanup(subprocess.run, ['umount', full], check=True)
        with open(os.path.join(full, 'ballast'), 'wb') as f:
            f.write(b'x' * 4096)
        self.kept = os.path.join(full, 'monday.kbt')
        for env in ({}, {'LD_PRELOAD': library, 'NO_NAMELESS': '1'}):
            p = self.start('--offline', TEXT, **env)
            _, err = p.communicate(timeout=LIMIT_S)
            self.assertEqual(p.returncode, USAGE)
            self.assertIn(b'monday.kbt is not written: No space left on device', err)
            self.assertEqual(os.listdir(full), ['ballast'])
        self.kept = '/dev/full'
        p = self.start('--offline', '--force', TEXT)
        _, err = p.communicate(timeout=LIMIT_S)
        self.assertEqual(p.returncode, USAGE)
        self.assertIn(b'/dev/full is no file that can be written over', err)

    def test_its_place_is_taken_away_meanwhile(self):
        """A folder that is gone, or may not be written any more, once the probes are done: said, and nothing is left."""
        def attempt(n):
            self.empty()
            p = self.start('--start-delay', str(1 + n), 'ssh: connect to host 127.0.0.1 port 9: Connection refused')
            self.assertTrue(rests(p.pid))  # its place was looked at when it began
            shutil.rmtree(self.path('kept'))
            out, err = p.communicate(timeout=LIMIT_S)
            left = os.path.exists(self.path('kept'))
            self.empty()
            self.assertEqual(p.returncode, USAGE)
            self.assertIn(b'CONFIRMED', out)
            self.assertIn(b'monday.kbt is not written', err)
            self.assertFalse(left)
            self.nothing_is_left()
        again(attempt)
        self.assertEqual(self.run_kbt('diagnose', '--offline', '--save', self.kept, TEXT).returncode, UNDECIDED)


if __name__ == '__main__':
    unittest.main()
