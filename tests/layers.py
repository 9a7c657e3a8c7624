#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the flow (HACKING.md): who includes whom, who sees which library, and that the engine neither prints nor
exits. Every header is also compiled alone. Ends with `N passed, N failed`."""
import glob
import os
import re
import shlex
import subprocess
import sys

os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

ROOMS = 'base article rule store match scan follow probe diagnose triage render'.split()
ENGINE = {r: {'base'} | set(ROOMS[:i + 1]) for i, r in enumerate(ROOMS)}
ENGINE['base'] = {'base'}

# library header > where it may be seen
ONLY = {
    'sqlite3.h': r'engine/store/',
    'archive.h': r'engine/base/(gzip|input_layer)\.c$',
    'archive_entry.h': r'engine/base/(gzip|input_layer)\.c$',
    'yaml.h': r'engine/base/tree\.c$',
    'hs.h': r'engine/(match|scan)/',
    'hs/hs.h': r'engine/(match|scan)/',
    'microhttpd.h': r'web/http(_\w+)?\.[ch]$',
    'zstd.h': r'engine/(store|base|match)/',
    'zdict.h': r'engine/store/',
    'cJSON.h': r'engine/(render|triage|probe|follow)/|web/|cli/',
    'cjson/cJSON.h': r'engine/(render|triage|probe|follow)/|web/|cli/',
    'md4c.h': r'engine/render/html_markdown\.c$',
    'ares.h': r'engine/probe/',
    'seccomp.h': r'engine/probe/driver_helper\.c$',
    'libmnl/libmnl.h': r'engine/probe/',
    'systemd/sd-journal.h': r'engine/follow/journal\.c$',
    'sys/socket.h': r'engine/probe/|web/|cli/',
}
# what the engine never calls; clocks belong to the probe driver
BANNED = re.compile(r'\b(printf|puts|putchar|perror|exit|_exit|abort|system|popen|strcpy|strcat|sprintf|strtok|gets|'
                    r'alloca|atoi|atol)\s*\(|\b(stdout|stderr)\b')
CLOCKS = re.compile(r'\b(time|clock_gettime|gettimeofday|localtime|nanosleep|usleep|sleep)\s*\(')
ZONES = re.compile(r'\blocaltime_r\s*\(')  # reads no clock, but what zone this machine is in
HELPER_ENDS = re.compile(r'engine/probe/driver_helper\.c:.*\b_exit\(')  # the forked child, which nobody else can end well
CLOCK_OWNER = re.compile(r'engine/probe/(driver|run)\w*\.c$')


def without_comments(text):
    text = re.sub(r'/\*.*?\*/', lambda m: '\n' * m.group(0).count('\n'), text, flags=re.S)
    return re.sub(r'"(\\.|[^"\\\n])*"', '""', re.sub(r'//[^\n]*', '', text))


def faults_of(path):
    text = open(path, encoding='utf-8').read()
    room = path.split('/')[1] if path.startswith('engine/') else None
    for n, line in enumerate(text.splitlines(), 1):
        m = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
        if not m:
            continue
        name = m.group(2)
        if name in ONLY and not re.search(ONLY[name], path):
            yield n, f'{name} is not for this file'
        if room and m.group(1) == '"' and '/' in name:
            seen = name.split('/')[0]
            if seen in ROOMS and seen not in ENGINE[room]:
                yield n, f'{room} does not see {seen}'
            if seen in ('cli', 'web', 'tests'):
                yield n, f'the engine does not see {seen}'
    if not room:
        return
    if 'SPDX-License-Identifier: MIT' not in text[:200]:
        yield 1, 'no SPDX line'
    for n, line in enumerate(without_comments(text).splitlines(), 1):
        if BANNED.search(line) and not HELPER_ENDS.search(f'{path}:{line}'):
            yield n, f'the engine never says {BANNED.search(line).group(0).strip("(")}'
        if CLOCKS.search(line) and not CLOCK_OWNER.search(path):
            yield n, 'only the probe driver reads the clock'
        if ZONES.search(line) and path != 'engine/scan/zone.c' and not CLOCK_OWNER.search(path):
            yield n, 'only engine/scan/zone.c asks for the zone'


def compile_alone(header):
    flags = ['-std=c17', '-D_GNU_SOURCE', '-Iengine', '-I.', '-fsyntax-only', '-Wall', '-Wextra', '-Werror', '-x', 'c']
    source = f'#include "{header}"\nint unused_;\n'
    p = subprocess.run(shlex.split(os.environ.get('CC', 'cc')) + flags + ['-'], input=source, text=True,
                       capture_output=True)
    return None if p.returncode == 0 else p.stderr.strip().splitlines()[0]


def main():
    passed = failed = 0
    sources = [f for g in ('engine/*/*.[ch]', 'cli/*.[ch]', 'web/*.[ch]') for f in sorted(glob.glob(g))]
    for path in sources:
        faults = list(faults_of(path))
        for n, what in faults:
            print(f'{path}:{n}: {what}')
        if path.endswith('.h'):
            alone = compile_alone(path)
            if alone:
                print(f'{path}: does not compile alone: {alone}')
                faults.append((0, alone))
        passed += not faults
        failed += bool(faults)
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
