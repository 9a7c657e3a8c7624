# SPDX-License-Identifier: MIT
"""Memory that runs out, at any call for it: the answer is whole, or the command fails and says why. It is never taken
for a damaged database."""
import os
import subprocess
import tarfile
import unittest

from kbt import KBT, LIMIT_S, ROOT, USAGE, SharedKbTest

# Stands before the C library's: from the command's own first deed on (it asks for signals), the call numbered FAIL_AT
# and FAIL_MORE behind it give none.
SHIM = r'''
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <stdio.h>
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
static atomic_long count = -1;
static long at, more;
int sigaction(int number, const struct sigaction *act, struct sigaction *old)
{
	static int (*real)(int, const struct sigaction *, struct sigaction *);
	if (!real) {
		real = dlsym(RTLD_NEXT, "sigaction");
		at = atol(getenv("FAIL_AT"));
		more = atol(getenv("FAIL_MORE"));
		count = 0;
	}
	return real(number, act, old);
}
static int fails(void)
{
	long n = count < 0 ? -1 : atomic_fetch_add(&count, 1);
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


class Memory(SharedKbTest):
    def failing(self, at, more, *args, **env):
        p = subprocess.run([KBT, *args], stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT_S,
                           env={**os.environ, 'KBT_DB': self.db, 'LD_PRELOAD': self.library, 'FAIL_AT': str(at),
                                'FAIL_MORE': str(more), **env})
        return p.returncode, p.stdout, p.stderr

    def setUp(self):
        super().setUp()
        self.library = self.path('shim.so')
        with open(self.path('shim.c'), 'w') as f:
            f.write(SHIM)
        subprocess.run(['cc', '-shared', '-fPIC', '-o', self.library, self.path('shim.c'), '-ldl'], check=True)

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


if __name__ == '__main__':
    unittest.main()
