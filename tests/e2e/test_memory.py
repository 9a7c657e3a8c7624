# SPDX-License-Identifier: MIT
"""Memory that runs out, at any call for it: the answer is whole, or the command fails and says why. It is never taken
for a damaged database."""
import http.client
import json
import mmap
import os
import struct
import subprocess
import tarfile
import unittest

from kbt import KBT, LIMIT_S, ROOT, USAGE, SharedKbTest
from serve import FORM, LOG, MESSAGE, Server

# Stands before the C library's: from the command's own first deed on (it asks for signals), the call numbered FAIL_AT
# and FAIL_MORE behind it give none. Of a server FAIL_FILE says so while it runs: whether they fail now, how many were
# asked for, FAIL_AT, FAIL_MORE.
SHIM = r'''
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <stdio.h>
#include <sys/mman.h>
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
static atomic_long count = -1;
static long at, more;
static struct { atomic_long now, count, at, more; } *file;
__attribute__((constructor)) static void begin(void)
{
	int fd = getenv("FAIL_FILE") ? open(getenv("FAIL_FILE"), O_RDWR | O_CLOEXEC) : -1;
	void *p = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *file, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	file = p == MAP_FAILED ? NULL : p;
}
int sigaction(int number, const struct sigaction *act, struct sigaction *old)
{
	static int (*real)(int, const struct sigaction *, struct sigaction *);
	if (!real)
		real = dlsym(RTLD_NEXT, "sigaction");
	if (!file && count < 0) {
		at = atol(getenv("FAIL_AT"));
		more = atol(getenv("FAIL_MORE"));
		count = 0;
	}
	return real(number, act, old);
}
static int fails(void)
{
	long n = count < 0 ? -1 : atomic_fetch_add(&count, 1);
	if (file && file->now) {
		n = atomic_fetch_add(&file->count, 1);
		at = file->at;
		more = file->more;
	}
	if (n < 0 || n < at || n - at > more)
		return 0;
	errno = ENOMEM;
	return 1;
}
void *malloc(size_t n) { return fails() ? NULL : __libc_malloc(n); }
void *calloc(size_t n, size_t size) { return fails() ? NULL : __libc_calloc(n, size); }
void *realloc(void *p, size_t n) { return fails() ? NULL : __libc_realloc(p, n); }
__attribute__((destructor)) static void tell(void)
{
	FILE *f = getenv("FAIL_COUNT") ? fopen(getenv("FAIL_COUNT"), "w") : NULL;
	if (f) {
		fprintf(f, "%ld", (long)count);
		fclose(f);
	}
}
'''
EVERYTHING = 10**9
RUNS = 60


def library_in(path):
    """The shim, compiled beside path."""
    with open(path + '.c', 'w') as f:
        f.write(SHIM)
    subprocess.run(['cc', '-shared', '-fPIC', '-o', path, path + '.c', '-ldl'], check=True)
    return path


class Memory(SharedKbTest):
    def failing(self, at, more, *args, **env):
        p = subprocess.run([KBT, *args], stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT_S,
                           env={**os.environ, 'KBT_DB': self.db, 'LD_PRELOAD': self.library, 'FAIL_AT': str(at),
                                'FAIL_MORE': str(more), **env})
        return p.returncode, p.stdout, p.stderr

    def setUp(self):
        super().setUp()
        self.library = library_in(self.path('shim.so'))

    def test_the_answer_is_whole_or_it_is_said(self):
        data = os.path.join(ROOT, 'tests/e2e/data/')
        for args in (['lookup', 'System error 53 has occurred.'], ['lookup', 'the disk of the server is full'],
                     ['show', 'Q137565'], ['stats'], ['scan', data + 'sender.log'],
                     ['scan', '--redact', '--unknown', data + 'office.log']):
            whole = self.failing(EVERYTHING, 0, *args, FAIL_COUNT=self.path('count'))
            with open(self.path('count')) as f:
                calls = int(f.read())
            self.assertGreater(calls, 100)
            for at in range(0, calls, calls // RUNS):
                for more in (0, EVERYTHING):
                    with self.subTest(args=args, at=at, more=more):
                        code, out, err = self.failing(at, more, *args)
                        if (code, out) == whole[:2]:
                            continue
                        self.assertEqual(code, USAGE, err)
                        self.assertRegex(err, b'out of memory|Cannot allocate memory')
                        self.assertNotIn(b'damaged', err)

    def test_a_packed_log(self):
        """Every call that an archive is opened and read by: libarchive goes on where some fail, and ends at one itself."""
        log, packed = self.write('a.log', 'Nothing is wrong.\n'), self.path('a.tar')
        with tarfile.open(packed, 'w') as tar:
            tar.add(log, 'a.log')
        calls = []
        for path in log, packed:
            whole = self.failing(EVERYTHING, 0, 'scan', path, FAIL_COUNT=self.path('count'))
            with open(self.path('count')) as f:
                calls.append(int(f.read()))
        self.assertGreater(calls[1], calls[0])
        for at in range(calls[0] - 60, calls[1]):
            with self.subTest(at=at):
                code, out, err = self.failing(at, 0, 'scan', packed)
                if (code, out) != whole[:2] and b'Fatal Internal Error in libarchive' not in err:
                    self.assertEqual(code, USAGE, err)

    def test_a_server(self):
        """The answer, 503 or none at all; and when there is memory again all is as it was."""
        control = self.write('control', '\0' * mmap.PAGESIZE)
        server = Server(through=['env', f'LD_PRELOAD={self.library}', f'FAIL_FILE={control}'])
        self.addCleanup(server.close)
        kind = {'Content-Type': 'application/json'}
        with open(control, 'r+b') as f, open(LOG, encoding='utf-8') as log, mmap.mmap(f.fileno(), 0) as shared:
            def ask(request, now=0, at=0, more=0):
                shared[:32] = struct.pack('4q', 0, 0, at, more)
                shared[:8] = struct.pack('q', now)
                try:
                    return server.ask(*request)[0]
                except (http.client.HTTPException, ConnectionError):
                    return None
                finally:
                    shared[:8] = struct.pack('q', 0)
            question = json.dumps({'text': MESSAGE})
            for request in (('POST', '/api/v1/lookup', question, kind), ('POST', '/api/v1/kept', question, kind),
                            ('POST', '/api/v1/scan?name=a.log', log.read(), {'Content-Type': 'application/octet-stream'}),
                            ('POST', '/ui/answer', 'text=System+error+53+has+occurred.', FORM), ('GET', '/api/v1/search?q=network'),
                            ('GET', '/api/v1/articles/Q150536'), ('GET', '/api/v1/nothing')):
                good = [ask(request) for _ in range(2)][1]
                ask(request, 1, EVERYTHING)
                calls = struct.unpack('q', shared[8:16])[0]
                self.assertGreater(calls, 20)
                for at in range(0, calls, max(1, calls // RUNS)):
                    for more in (0, EVERYTHING):
                        self.assertIn(ask(request, 1, at, more), (good, 503, None), (request[:2], at, more))
                self.assertEqual(ask(request), good, request[:2])


if __name__ == '__main__':
    unittest.main()
