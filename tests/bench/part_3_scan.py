# SPDX-License-Identifier: MIT
"""Scan of a log of real lines with planted messages, and of one made of the rules' own words, beside grep, ripgrep and a
bare pass over the same literals; then what it takes to start, repeated hits, and a file that is one line."""
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys

title = 'scan, beside grep, ripgrep and a bare Vectorscan pass over the same literals'

SMALL_MB, FULL_MB, PEER_MB = 200, 400, 20
HOSTILE_MB, LINE_MB, FULL_LINE_MB, REPEATS = 40, 256, 2048, 300000
PEER_SECONDS, ROUNDS = 100, 3
FLOOD = 100000


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


def make_hostile(bench, patterns, kind):
    """A log of the rules' own words, half of it dressed. 'words': words of them in runs of two to six, as they stand in
    one message or another. 'near': messages with a word changed, alone or within longer sentences: each line holds what
    a scan looks for, and hardly any says it. Made anew where the messages are others."""
    with open(patterns, 'rb') as f:
        mark = hashlib.sha256(f.read()).hexdigest()[:8]
    log = os.path.join(bench.work, f'hostile-{kind}-{HOSTILE_MB}-{mark}.log')
    if os.path.exists(log):
        return log
    rng = random.Random(1)
    with open(patterns, encoding='utf-8', errors='replace') as f:
        messages = [m for m in (x.split() for x in f) if len(m) > 2]
    words = [w for m in messages for w in m]

    def run():
        m = rng.choice(messages)
        at = rng.randrange(len(m))
        return m[at:at + rng.randrange(2, 7)]

    def near():
        line = list(rng.choice(messages))
        line[rng.randrange(len(line))] = rng.choice(words)
        return line if rng.random() < .5 else run() + line + run()

    with open(log + '.part', 'w', encoding='utf-8') as f:
        size = 0
        while size < HOSTILE_MB * 1000000:
            text = ' '.join(near() if kind == 'near' else [w for _ in range(rng.randrange(2, 6)) for w in run()])
            if rng.random() < .5:
                text = f'Mar {rng.randrange(10, 29)} 08:13:{rng.randrange(10, 60)} web1 watchd[{rng.randrange(9999)}]: {text}'
            size += f.write(text + '\n')
    os.rename(log + '.part', log)
    return log


def make_line(bench, megabytes):
    """One line without an end, with messages in it."""
    path = os.path.join(bench.work, f'line-{megabytes}.log')
    if not os.path.exists(path):
        block = b'no line end in sight, and so it goes on and on; ' * 20000
        with open(path + '.part', 'wb') as f:
            while f.tell() < megabytes * 1000000:
                f.write(block + b'Error during WNetAddConnection2 (53) ')
        os.rename(path + '.part', path)
    return path


def make_flood(bench, name, text):
    """FLOOD times a message, each time with a stamp of its own; {d} in the text is the dress, {n} the number."""
    path = os.path.join(bench.work, f'flood-{name}.log')
    with open(path, 'w') as f:
        for n in range(FLOOD):
            d = f'2024-03-{n // 86400 % 28 + 1:02} {n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02} ERROR'
            f.write(text.format(d=d, n=n))
    return path


def floods(bench):
    for name, text in (('hits', '{d} System error 53 has occurred.\n'),
                       ('names', '{d} Failed to connect to <\\\\SRV{n}>, Error = 53\n'),
                       ('lines', '{d} Failed to connect to\n{d} <\\\\SRV{n}>, Error = 53\n')):
        path = make_flood(bench, name, text)
        seconds, resident, _ = bench.measure([bench.kbt, 'scan', '--db', bench.db, path])
        print(f'  a flood of {FLOOD} hits whose stamps change ({name}, {megabytes(path):.0f} MB): '
              f'{seconds / FLOOD * 1e6:.0f} us each, {resident:.0f} MiB')


def megabytes(path):
    return os.path.getsize(path) / 1e6


def warm(path):
    with open(path, 'rb') as f:
        while f.read(1 << 20): # into the page cache
            pass


def ours(bench, log, *options, out=None):
    """The fastest of some rounds: rate and processor rate in MB/s, seconds, MiB at most."""
    command = [bench.kbt, 'scan', '--json', '--db', bench.db, *options, log]
    best = cpu = None
    most = 0
    for _ in range(ROUNDS):
        with open(out or os.devnull, 'wb') as f:
            seconds, resident, code = bench.measure(command, stdout=f)
        if code > 1:
            raise ValueError(f'kbt scan ended with {code}')
        best, cpu, most = min(best or seconds, seconds), min(cpu or bench.cpu, bench.cpu), max(most, resident)
    return {'rate': megabytes(log) / best, 'cpu': megabytes(log) / cpu, 'seconds': best, 'resident': most}


def bare_passes(bench, logs):
    """Vectorscan alone over the same literals, blocks and threads; one object a log."""
    program = os.path.join(bench.build, 'tests', 'bench', 'bare_scan')
    if not os.path.exists(program):
        return []
    out = subprocess.run([program, bench.db, *logs], capture_output=True, text=True)
    return [json.loads(line) for line in out.stdout.splitlines()]


def write_patterns(bench):
    patterns = os.path.join(bench.work, 'patterns.txt')
    program = os.path.join(bench.build, 'tests', 'bench', 'bare_scan')
    if not os.path.exists(program):
        return None
    with open(patterns, 'wb') as f:
        subprocess.run([program, '--messages', bench.db], stdout=f, check=True)
    return patterns


def peers(bench, patterns, log):
    """grep and ripgrep over a sample: they take their time. [(name, MB/s or None, cpu rate, why not)]"""
    rows = []
    for name, command in (('grep -F -i -f', ['grep', '-F', '-i', '-a', '-c', '-f', patterns, log]),
                          ('rg -F -f', ['rg', '-F', '-a', '-c', '-f', patterns, log])):
        if not shutil.which(command[0]):
            rows.append((name, None, None, 'not installed'))
            continue
        seconds, _, code = bench.measure(['timeout', str(PEER_SECONDS), *command])
        rate = megabytes(log) / seconds
        rows.append((name, None, None, f'no end in {PEER_SECONDS} s') if code in (124, 127) else
                    (name, rate, megabytes(log) / bench.cpu, f'{megabytes(log):.0f} MB of it'))
    return rows


def table(bench, log, mine, bare, others):
    def row(name, rate, cpu, note):
        if not rate:
            return [name, '-', '', '', '', note]
        return [name, f'{rate:.0f} MB/s', f'{mine["rate"] / rate:.2f}', f'{cpu:.0f} MB/s', f'{mine["cpu"] / cpu:.2f}', note]
    rows = [row('kbt scan', mine['rate'], mine['cpu'], f'{mine["resident"]:.0f} MiB, {mine["seconds"]:.2f} s')]
    rows += [row(*x) for x in others]
    if bare:
        rows.append(row(f'bare Vectorscan pass, {bare["literals"]} literals', bare['whole_mb_per_s'], bare['whole_cpu'],
                        f'{bare["candidates"]} lines let through, {bare["compile_s"]:.1f} s to compile'))
        rows.append(row(f'  their first bytes, {bare["heads"]}', bare['heads_mb_per_s'], bare['heads_cpu'], ''))
    else:
        print('  bare pass not measured: build/tests/bench/bare_scan is missing (libvectorscan-dev)')
    bench.table(rows, [f'{os.path.basename(log)}, {megabytes(log):.0f} MB', 'rate', 'ours / this', 'a core', 'ours / this',
                       ''])


def run(bench):
    if not bench.path('logs', 'loghub-2k.tar.zst'):
        print('  not measured: no logs/loghub-2k.tar.zst')
        return
    bench.need_db()
    bench.measure([bench.kbt, 'lookup', '--db', bench.db, 'warm up']) # the matcher is made where it is of an older program
    log, truth, lines = make_log(bench, FULL_MB if bench.full else SMALL_MB)
    patterns = write_patterns(bench)
    hostile = [make_hostile(bench, patterns, kind) for kind in ('words', 'near')] if patterns else []
    hits = os.path.join(bench.work, 'hits.ndjson')
    logs = [log, *hostile]
    for x in logs:
        warm(x)
    mine = ours(bench, log, out=hits)
    bare = bare_passes(bench, logs) or [None] * 3
    one = ours(bench, log, '--threads', '1')
    others = [('kbt scan --threads 1', one['rate'], one['cpu'], '')]
    if patterns:
        others += peers(bench, patterns, make_log(bench, FULL_MB if bench.full else PEER_MB)[0])
    table(bench, log, mine, bare[0], others)
    for x, peer in zip(hostile, bare[1:]):
        table(bench, x, ours(bench, x), peer, [])
    with open(os.path.join(bench.work, 'one.log'), 'w') as f:
        f.write('nothing\n')
    start = min(bench.measure([bench.kbt, 'scan', '--db', bench.db, f.name])[0] for _ in range(10))
    print(f'  start to end over one line, matcher cached: {start * 1000:.0f} ms')
    with open(os.path.join(bench.work, 'repeats.log'), 'w') as f:
        f.write('~Error during WNetAddConnection2 (53)  $$<SMS_LAN_SENDER><Tue Mar 12 10:56:20 2001><thread=8973 (0x230D)>\n'
                * REPEATS)
    seconds, resident, _ = bench.measure([bench.kbt, 'scan', '--db', bench.db, f.name])
    print(f'  {REPEATS} times the same hit: {seconds:.1f} s, {resident:.0f} MiB')
    floods(bench)
    line = make_line(bench, FULL_LINE_MB if bench.full else LINE_MB)
    seconds, resident, _ = bench.measure([bench.kbt, 'scan', '--db', bench.db, line])
    print(f'  {megabytes(line):.0f} MB without a line end: {resident:.0f} MiB, {megabytes(line) / seconds:.0f} MB/s')
    score = subprocess.run([sys.executable, bench.path('eval', 'score_scan.py'), truth, hits, str(lines)],
                           capture_output=True, text=True)
    print('  ' + (score.stdout or score.stderr).strip())
