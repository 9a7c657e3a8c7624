#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Benchmarks: kbt beside its peers in the same run, as tables with ratios. Measures, never judges: no figure fails.

usage: run.py [--build DIR] [PART...]

Parts are the files part_*.py beside this one, in order of their names; each has `title` and `run(bench)`. The archive,
messages and logs come from $KBT_SHARED, else ../shared; without them there is nothing to measure. FULL=1 takes the
whole of what is otherwise a sample.
"""
import glob
import importlib.util
import os
import platform
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


class Bench:
    def __init__(self, build):
        self.build = os.path.abspath(build)
        self.kbt = os.path.join(self.build, 'kbt')
        self.shared = os.path.abspath(os.environ.get('KBT_SHARED') or os.path.join(ROOT, '..', 'shared'))
        self.work = os.path.join(self.build, 'bench')
        self.db = os.path.join(self.work, 'kb.db')
        self.full = os.environ.get('FULL') == '1'
        os.makedirs(self.work, exist_ok=True)

    def path(self, *parts):
        """A file of the shared data, or None where it is missing."""
        p = os.path.join(self.shared, *parts)
        return p if os.path.exists(p) else None

    def need_db(self):
        """The database with the text archive, the web pages and kb/, made where it is missing."""
        if not os.path.exists(self.db):
            sources = [self.path('archive', n) for n in ('kbarchive-txt.tar.zst', 'kbarchive-md.tar.zst')]
            subprocess.run([self.kbt, 'import', '--db', self.db, *filter(None, sources), os.path.join(ROOT, 'kb')],
                           check=True, stdout=subprocess.DEVNULL)
            self.measure([self.kbt, 'lookup', '--db', self.db, 'warm up'])
        return self.db

    @staticmethod
    def measure(command, stdin=None, stdout=subprocess.DEVNULL):
        """Runs a command: (seconds, resident MiB at most, exit code). The processor seconds of the last one are in
        Bench.cpu: on a busy machine they tell more."""
        start = time.monotonic()
        p = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
        Bench.cpu = usage.ru_utime + usage.ru_stime
        return time.monotonic() - start, usage.ru_maxrss / 1024, p.returncode

    @staticmethod
    def table(rows, head):
        """Prints rows of cells below a head, in columns."""
        rows = [[str(c) for c in r] for r in [head, *rows]]
        widths = [max(len(r[i]) for r in rows) for i in range(len(head))]
        for n, r in enumerate(rows):
            print('  ' + '  '.join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(r, widths))))
            if n == 0:
                print('  ' + '  '.join('-' * w for w in widths))
        sys.stdout.flush()


def machine():
    model = 'unknown processor'
    try:
        with open('/proc/cpuinfo') as f:
            model = next(x.split(':', 1)[1].strip() for x in f if x.startswith(('model name', 'Model', 'Processor')))
        memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') >> 30
    except (OSError, StopIteration):
        memory = 0
    return f'{model}, {len(os.sched_getaffinity(0))} cores, {memory} GiB, {platform.system()} {platform.release()}'


def run_part(bench, path):
    spec = importlib.util.spec_from_file_location(os.path.basename(path)[5:-3], path)
    part = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(part)
    print(f'\n{part.title}', flush=True)
    try:
        part.run(bench)
    except (OSError, subprocess.SubprocessError, ValueError) as e:
        print(f'  not measured: {e}')


def main(args):
    build = 'build'
    if args[:1] == ['--build']:
        build, args = args[1], args[2:]
    bench = Bench(build)
    if args[:1] == ['--alone']:
        return run_part(bench, args[1])
    print(f'machine: {machine()}\nload before: {os.getloadavg()[0]:.1f}', flush=True)
    if not bench.path('archive', 'kbarchive-txt.tar.zst'):
        print(f'nothing to measure: no archive/kbarchive-txt.tar.zst in {bench.shared} (set KBT_SHARED)')
        return 0
    for path in sorted(glob.glob(os.path.join(HERE, 'part_*.py'))):
        name = os.path.basename(path)[5:-3]
        if args and name not in args and name.split('_', 1)[-1] not in args:
            continue
        # a process each: a child's peak memory counts what its parent had when it forked
        subprocess.run([sys.executable, os.path.abspath(__file__), '--build', build, '--alone', path], check=False)
    return 0


if __name__ == '__main__':
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
