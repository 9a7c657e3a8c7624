# SPDX-License-Identifier: MIT
"""Scan of a log of real lines with planted messages, beside grep, ripgrep and a bare pass over the same literals."""
import json
import os
import shutil
import subprocess
import sys

title = 'scan, beside grep, ripgrep and a bare Vectorscan pass over the same literals'

SMALL_MB, FULL_MB, PEER_MB = 200, 400, 40
PEER_SECONDS = 100


def make_log(bench, megabytes):
    """(log, truth, lines): real lines with planted messages, made once."""
    log = os.path.join(bench.work, f'scan-{megabytes}.log')
    truth = log + '.truth'
    if not os.path.exists(truth):
        subprocess.run([sys.executable, bench.path('eval', 'make_scanlog.py'), bench.path('eval', 'queries-dev.jsonl'),
                        bench.path('logs', 'loghub-2k.tar.zst'), log + '.part', truth + '.part', str(megabytes)],
                       check=True)
        os.rename(log + '.part', log)
        os.rename(truth + '.part', truth)
    with open(log, 'rb') as f:
        lines = sum(block.count(b'\n') for block in iter(lambda: f.read(1 << 20), b''))
    return log, truth, lines


def rate(bench, command, log, stdout=subprocess.DEVNULL):
    seconds, resident, _ = bench.measure(command, stdout=stdout)
    return os.path.getsize(log) / 1e6 / seconds, seconds, resident


def bare_pass(bench, log):
    """The prefilter alone over the same literals, blocks and threads."""
    program = os.path.join(bench.build, 'tests', 'bench', 'bare_scan')
    if not os.path.exists(program):
        return None
    out = subprocess.run([program, bench.db, log], capture_output=True, text=True)
    return json.loads(out.stdout) if out.returncode == 0 else None


def peers(bench, patterns):
    """grep and ripgrep over a sample: they take their time. [(name, MB/s or None)]"""
    log, _, _ = make_log(bench, FULL_MB if bench.full else PEER_MB)
    rows = []
    for name, command in (('grep -F -i -f', ['grep', '-F', '-i', '-a', '-c', '-f', patterns, log]),
                          ('rg -F -f', ['rg', '-F', '-a', '-c', '-f', patterns, log])):
        if not shutil.which(command[0]):
            rows.append((name, None))
            continue
        try:
            seconds, _, code = bench.measure(['timeout', str(PEER_SECONDS), *command])
            rows.append((name, None if code == 124 else os.path.getsize(log) / 1e6 / seconds))
        except OSError:
            rows.append((name, None))
    return rows


def run(bench):
    if not bench.path('logs', 'loghub-2k.tar.zst'):
        print('  not measured: no logs/loghub-2k.tar.zst')
        return
    db = bench.need_db()
    log, truth, lines = make_log(bench, FULL_MB if bench.full else SMALL_MB)
    with open(log, 'rb') as f:
        while f.read(1 << 20): # into the page cache
            pass
    hits = os.path.join(bench.work, 'hits.ndjson')
    with open(hits, 'wb') as f:
        ours, seconds, resident = rate(bench, [bench.kbt, 'scan', '--json', '--db', db, log], log, f)
    one = rate(bench, [bench.kbt, 'scan', '--json', '--db', db, '--threads', '1', log], log)[0]
    rows = [['kbt scan', f'{ours:.0f} MB/s', '1.00', f'{resident:.0f} MiB, {seconds:.2f} s'],
            ['kbt scan --threads 1', f'{one:.0f} MB/s', f'{ours / one:.2f}', '']]
    bare = bare_pass(bench, log)
    patterns = os.path.join(bench.work, 'patterns.txt')
    if bare:
        rows.append([f'bare Vectorscan pass, {bare["literals"]} literals', f'{bare["mb_per_s"]:.0f} MB/s',
                     f'{ours / bare["mb_per_s"]:.2f}', f'{bare["candidates"]} lines let through, {bare["compile_s"]:.1f} s to compile'])
        subprocess.run([os.path.join(bench.build, 'tests', 'bench', 'bare_scan'), '--messages', db],
                       stdout=open(patterns, 'wb'), check=True)
        for name, peer in peers(bench, patterns):
            rows.append([name, f'{peer:.0f} MB/s' if peer else 'no end', f'{ours / peer:.1f}' if peer else '', ''])
    bench.table(rows, [f'{os.path.getsize(log) / 1e6:.0f} MB', 'rate', 'ours / this', ''])
    empty = os.path.join(bench.work, 'empty.log')
    open(empty, 'w').write('nothing\n')
    start = min(bench.measure([bench.kbt, 'scan', '--db', db, empty])[0] for _ in range(10))
    print(f'  start to end over one line: {start * 1000:.0f} ms')
    score = subprocess.run([sys.executable, bench.path('eval', 'score_scan.py'), truth, hits, str(lines)],
                           capture_output=True, text=True)
    print('  ' + (score.stdout or score.stderr).strip())
