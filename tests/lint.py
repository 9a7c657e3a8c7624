#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lint: clang with the warnings of the build (they are the same without optimizing), clang-tidy over every C file (in
bounded time), and `kbt lint kb/`.

usage: lint.py [--build DIR]; `make lint` gives it the packages' flags in PKG_CFLAGS

Ends with `N passed, N failed`; what is missing on this machine is said and left out.
"""
import concurrent.futures
import glob
import os
import shlex
import shutil
import subprocess
import sys
import time

os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUDGET_S = int(os.environ.get('LINT_SECONDS', '240'))
# States that the analyzer looks at in a function. Large functions end at any bound, and time grows with it: clang's
# own, 225000, takes twice as long.
NODES = os.environ.get('LINT_NODES', '100000')
CHECKS = ('-*,clang-analyzer-*,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,'
          '-bugprone-implicit-widening-of-multiplication-result,-bugprone-reserved-identifier,'
          '-bugprone-assignment-in-if-condition,-bugprone-branch-clone,-bugprone-macro-parentheses,'
          '-bugprone-sizeof-expression,-bugprone-suspicious-string-compare,-bugprone-too-small-loop-variable,'
          '-clang-analyzer-security.FloatLoopCounter,'
          '-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,'
          '-clang-analyzer-valist.Uninitialized')


def run(command, timeout=600):
    try:
        p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
        return p.returncode, p.stdout.decode(errors='replace')
    except subprocess.TimeoutExpired:
        return -1, f'no end within {timeout:.0f} s'


def tidy(path, flags, end):
    left = end - time.monotonic()
    if left < 1:
        return path, None, ''
    code, text = run(['clang-tidy', '--quiet', f'--checks={CHECKS}', '--warnings-as-errors=*', path, '--'] + flags,
                     max(left, 30))
    return path, code, text


def main(args):
    build = args[1] if args[:1] == ['--build'] else 'build'
    passed = failed = 0
    os.environ.setdefault('MAKEFLAGS', f'-j{os.cpu_count() or 1}')

    def count(good, name, text=''):
        nonlocal passed, failed
        passed += good
        failed += not good
        if not good:
            print(f'{name}: failed\n' + '\n'.join('    ' + x for x in text.splitlines()[-40:]), flush=True)

    if shutil.which('clang'):
        code, text = run(['make', '-s', 'build/clang/kbt', 'objects', 'CC=clang', 'BUILD=build/clang', 'CFLAGS=-O0'], 1200)
        count(code == 0, 'clang', text)
    else:
        print('clang is missing: left out')
    if shutil.which('clang-tidy'):
        flags = ['-std=c17', '-D_GNU_SOURCE', '-Iengine', '-I.', f'-I{build}/gen', '-DKBT_VERSION=""', '-DKBT_SHARE=""', f'-DKBT_GEN="{build}/gen"']
        flags += ['-Xclang', '-analyzer-config', '-Xclang', f'max-nodes={NODES}']
        flags += shlex.split(os.environ.get('PKG_CFLAGS', ''))
        sources = [f for g in ('engine/*/*.c', 'cli/*.c', 'web/*.c') for f in sorted(glob.glob(g))]
        end, late = time.monotonic() + BUDGET_S, 0
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for path, code, text in pool.map(lambda f: tidy(f, flags, end), sources):
                if code is None or code < 0:
                    late += 1
                else:
                    count(code == 0, f'clang-tidy {path}', text)
        if late:
            print(f'clang-tidy: {late} files left out after {BUDGET_S} s (LINT_SECONDS)')
    else:
        print('clang-tidy is missing: left out')
    if os.path.exists(f'{build}/kbt') and 'unknown' not in run([f'{build}/kbt', 'lint', '--help'])[1]:
        code, text = run([f'{build}/kbt', 'lint', 'kb/'])
        count(code == 0, 'kbt lint kb/', text)
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
