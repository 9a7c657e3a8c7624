#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the tests and counts every single one.

usage: run.py [--build DIR] [KIND...]

Kinds: unit (cmocka programs), corpus (fuzzers replay their files), golden (pairs of files), e2e (tests/e2e/test_*.py
against DIR/kbt). All where none is named. Builds nothing. Every program prints TAP; before a skip
of cmocka's it may say why (`# reason: ...`). What cannot run here is skipped with
a reason; the line before the last says how many and why, the last line is `N passed, N failed`. Several run at once:
none may depend on how long anything takes, on a port of this machine's or on a file outside its own folder.
"""
import collections
import concurrent.futures
import glob
import importlib.util
import os
import re
import subprocess
import sys
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIMIT_S = 800
# What takes longest begins first: what begins last has the end to itself.
LONG = ('e2e/test_browser.py', 'e2e/test_import.py', 'e2e/test_web_api.py', 'e2e/test_diagnose.py', 'e2e/test_lab.py',
        'match/test_match.c', 'article/test_archive.c', 'rule/test_hostile.c', 'match/test_change.c', 'golden/diagnose.c',
        'golden/match.c', 'store/test_store.c', 'e2e/test_scan_follow.py', 'e2e/test_web_security.py', 'e2e/test_dress.py',
        'e2e/test_lookup.py', 'e2e/test_scan.py')
TAP = re.compile(r'^(not )?ok\b\s*\d*\s*(?:- )?(.*)$')


class TapResult(unittest.TestResult):
    """Prints one TAP line a test; a failed subtest fails its test."""

    def __init__(self):
        super().__init__()
        self.began = {}  # several may run at once

    def startTest(self, test):
        super().startTest(test)
        self.began[test.id()] = time.monotonic()

    def stopTest(self, test):
        super().stopTest(test)
        print(f'# {time.monotonic() - self.began[test.id()]:.1f} s {test.id()}\n', end='', flush=True)

    def say(self, word, test, rest=''):
        print(f'{word} - {test.id()}{rest}\n', end='', flush=True)  # whole, also where tests run at once

    def addSuccess(self, test):
        self.say('ok', test)

    def addFailure(self, test, err):
        self.say('not ok', test, '\n# ' + self._exc_info_to_string(err, test).replace('\n', '\n# '))

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        if err:
            self.addFailure(subtest, err)

    def addSkip(self, test, reason):
        self.say('ok', test, f' # SKIP {reason}')

    def addExpectedFailure(self, test, err):
        self.say('ok', test)

    def addUnexpectedSuccess(self, test):
        self.say('not ok', test, ' (unexpected success)')


def run_python_file(path):
    """The child's part: load one test file and run it."""
    sys.path.insert(0, os.path.dirname(path))
    spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
        suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    except unittest.SkipTest as reason:
        print(f'ok - {spec.name} # SKIP {reason}')
        return
    suite.run(TapResult())


class Job:
    def __init__(self, kind, name, command):
        self.kind, self.name, self.command = kind, name, command

    def run(self, env):
        began = time.monotonic()
        try:
            p = subprocess.run(self.command, cwd=ROOT, env=env, timeout=LIMIT_S, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            text, code = p.stdout.decode(errors='replace'), p.returncode
        except subprocess.TimeoutExpired as e:
            text, code = (e.stdout or b'').decode(errors='replace') + f'# no end within {LIMIT_S} s\n', -1
        self.seconds = time.monotonic() - began
        return self, text, code


def jobs(kinds, build):
    def c_programs(kind, folder, files_of):
        for source in sorted(glob.glob(os.path.join(ROOT, folder))):
            relative = os.path.relpath(source, ROOT)
            program = os.path.join(build, relative[:-2])
            files = files_of(relative)
            if not os.path.exists(program):
                yield Job(kind, relative, None)
            elif files is None:
                yield Job(kind, relative, [program])
            elif files:
                yield Job(kind, relative, [program] + files)

    def corpus_of(relative):
        name = os.path.basename(relative)[len('fuzz_'):-2]
        return sorted(f for f in glob.glob(os.path.join('tests/corpus', name, '*'), root_dir=ROOT))

    def golden_of(relative):
        return sorted(glob.glob(relative[:-2] + '/*.in', root_dir=ROOT))

    if 'unit' in kinds:
        yield from c_programs('unit', 'tests/unit/*/test_*.c', lambda r: None)
    if 'corpus' in kinds:
        yield from c_programs('corpus', 'tests/fuzz/fuzz_*.c', corpus_of)
    if 'golden' in kinds:
        yield from c_programs('golden', 'tests/golden/*.c', golden_of)
    if 'e2e' in kinds:
        for source in sorted(glob.glob(os.path.join(ROOT, 'tests/e2e/test_*.py'))):
            yield Job('e2e', os.path.relpath(source, ROOT), [sys.executable, os.path.abspath(__file__), '--one', source])


class Count:
    def __init__(self):
        self.passed = self.failed = 0
        self.skips = collections.Counter()

    def take(self, job, text, code):
        passed, failed, skipped, reason = 0, 0, 0, None
        for line in text.splitlines():
            m = TAP.match(line)
            if not m:
                reason = line[len('# reason: '):] if line.startswith('# reason: ') else reason
                continue
            skip = re.search(r'#\s*SKIP\b\s*(.*)', m.group(2), re.I)
            if skip:  # cmocka says `not ok` here, and the name of the test instead of a reason
                skipped += 1
                self.skips[reason or skip.group(1) or 'no reason given'] += 1
            elif m.group(1):
                failed += 1
            else:
                passed += 1
        broken = code != 0 and not failed or not (passed or failed or skipped)
        failed += bool(broken)
        self.passed += passed
        self.failed += failed
        print(f'{job.kind:7s}{job.name:48s} {job.seconds:5.1f} s  {passed} passed' + (f', {skipped} skipped' if skipped else '') +
              (f', {failed} FAILED' if failed else ''), flush=True)
        if failed:
            shown = [x for x in text.splitlines() if not re.match(r'^ok\b', x)]
            print('\n'.join('    ' + x for x in shown[-60:]))
            if broken:
                print(f'    ended with code {code}')
            sys.stdout.flush()


def main(args):
    build = os.path.join(ROOT, 'build')
    if args[:1] == ['--one']:
        return run_python_file(args[1])
    if args[:1] == ['--build']:
        build, args = os.path.abspath(args[1]), args[2:]
    kinds = args or ['unit', 'corpus', 'golden', 'e2e']
    env = dict(os.environ, KBT=os.environ.get('KBT', os.path.join(build, 'kbt')), CMOCKA_MESSAGE_OUTPUT='TAP',
               KBT_BUILD=build, PYTHONDONTWRITEBYTECODE='1',
               KBT_SHARED=os.environ.get('KBT_SHARED', os.path.join(os.path.dirname(ROOT), 'shared')))
    count = Count()
    todo = list(jobs(kinds, build))
    missing = [j for j in todo if j.command is None]
    for j in missing:
        count.skips['not built: cmocka is missing'] += 1
    todo = sorted((j for j in todo if j.command), key=lambda j: [j.name.endswith(x) for x in LONG] + [True], reverse=True)
    cores = os.cpu_count() or 1
    with concurrent.futures.ThreadPoolExecutor(2 * cores if 'e2e' in kinds else cores) as pool:  # many of e2e only wait
        for done in concurrent.futures.as_completed([pool.submit(j.run, env) for j in todo]):
            count.take(*done.result())
    reasons = '; '.join(f'{n} {why}' for why, n in sorted(count.skips.items())) or 'nothing'
    print(f'{sum(count.skips.values())} skipped: {reasons}')
    print(f'{count.passed} passed, {count.failed} failed')
    return 1 if count.failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
