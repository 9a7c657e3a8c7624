# SPDX-License-Identifier: MIT
"""Look-up: first place and time beside SQLite's FTS5 and Xapian, reliability of the confidence, time by input and by KB.

FTS5 comes with Python's sqlite3; Xapian from the package python3-xapian, and is left out where it is not installed.
"""
import collections
import json
import os
import re
import sqlite3
import subprocess
import sys
import time

title = 'look-up: first place, time, confidence, growth'

KINDS = ('exact', 'filled', 'log', 'chatty', 'noisy', 'all')
SAMPLE = 200
TOLD = (0, 0.1, 0.2, 0.5, 0.8)  # of confidence, for descriptions
PACKAGES = '/usr/lib/python3/dist-packages'


def read(path):
    with open(path, encoding='utf-8') as f:
        return [json.loads(line) for line in f]


def lines_of(name):
    """Of a file that the end-to-end tests ask, too."""
    with open(os.path.join(os.path.dirname(__file__), '..', 'e2e', 'data', name), encoding='utf-8') as f:
        return [line.rstrip('\n') for line in f if not line.startswith('#')]


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


def articles(bench):
    """Ids and texts of the text archive, unpacked once."""
    folder = os.path.join(bench.work, 'txt')
    if not os.path.isdir(folder):
        os.makedirs(folder + '.part', exist_ok=True)
        subprocess.run(['tar', '--zstd', '-xf', bench.path('archive', 'kbarchive-txt.tar.zst'), '-C', folder + '.part'],
                       check=True)
        os.rename(folder + '.part', folder)
    for where, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            with open(os.path.join(where, name), encoding='cp1252', errors='replace') as f:
                yield name.split('.')[0], f.read()


class Fts5:
    name = 'SQLite FTS5'

    def __init__(self, bench):
        path = os.path.join(bench.work, 'fts5.db')
        fresh = not os.path.exists(path)
        self.db = sqlite3.connect(path)
        if fresh:
            self.db.execute('CREATE VIRTUAL TABLE a USING fts5(id UNINDEXED, text)')
            self.db.executemany('INSERT INTO a VALUES (?, ?)', articles(bench))
            self.db.commit()

    def ask(self, text):
        words = ' OR '.join('"%s"' % w for w in re.findall(r'\w+', text)[:60])
        return [r[0] for r in self.db.execute('SELECT id FROM a WHERE a MATCH ? ORDER BY rank LIMIT 10', (words,))]


class Xapian:
    name = 'Xapian'

    def __init__(self, bench):
        if PACKAGES not in sys.path:
            sys.path.append(PACKAGES)  # where Debian puts it; another python of the same version reads it too
        import xapian
        self.xapian = xapian
        path = os.path.join(bench.work, 'xapian.db')
        if not os.path.exists(path):
            db = xapian.WritableDatabase(path + '.part', xapian.DB_CREATE_OR_OVERWRITE)
            terms = xapian.TermGenerator()
            terms.set_stemmer(xapian.Stem('en'))
            for name, text in articles(bench):
                doc = xapian.Document()
                doc.set_data(name)
                terms.set_document(doc)
                terms.index_text(text)
                db.add_document(doc)
            db.close()
            os.rename(path + '.part', path)
        self.db = xapian.Database(path)
        self.parser = xapian.QueryParser()
        self.parser.set_stemmer(xapian.Stem('en'))
        self.parser.set_stemming_strategy(xapian.QueryParser.STEM_SOME)

    def ask(self, text):
        query = self.parser.parse_query(' '.join(re.findall(r'\w+', text)[:60]), 0)
        enquire = self.xapian.Enquire(self.db)
        enquire.set_query(query)
        return [m.document.get_data().decode() for m in enquire.get_mset(0, 10)]


def scores(queries, firsts):
    right, all_of = collections.Counter(), collections.Counter()
    for q, first in zip(queries, firsts):
        for kind in (q['kind'], 'all'):
            all_of[kind] += 1
            right[kind] += first in q['gold']
    return {k: right[k] / all_of[k] for k in all_of}


def ask_kbt(bench, queries):
    messages = ''.join(' '.join(q['query'].splitlines()) + '\n' for q in queries).encode()
    out = subprocess.run([bench.kbt, 'lookup', '--db', bench.need_db(), '--batch', '--json', '-n', '10'], input=messages,
                         stdout=subprocess.PIPE, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def times_of(bench, block, queries):
    messages = ''.join(' '.join(q['query'].splitlines()) + '\n' for q in queries).encode()
    program = os.path.join(bench.build, 'tests', 'bench', 'lookup_times')
    out = subprocess.run([program, 'each', block], input=messages, stdout=subprocess.PIPE, check=True).stdout
    return [float(x) for x in out.split()]


def peer(kind, bench, queries):
    try:
        p = kind(bench)
    except (ImportError, sqlite3.OperationalError) as e:
        print(f'  {kind.name} is left out: {e}')
        return None
    firsts, spent = [], []
    for q in queries:
        start = time.monotonic()
        ids = p.ask(q['query'])
        spent.append((time.monotonic() - start) * 1000)
        firsts.append(ids[0] if ids else None)
    return kind.name, scores(queries, firsts), spent


def against_peers(bench, queries, answers):
    sample = queries if bench.full else queries[::max(1, len(queries) // SAMPLE)]
    firsts = [a['matches'][0]['id'] if a['matches'] else None for a in answers]
    rows = [('kbt', scores(queries, firsts), times_of(bench, bench.need_db() + '.matcher', queries))]
    rows += [r for r in (peer(k, bench, sample) for k in (Fts5, Xapian)) if r]
    own = rows[0]
    bench.table([[name, *(f'{s.get(k, 0):.3f}' for k in KINDS), f'{quantile(t, .5):.2f} ms', f'{quantile(t, .99):.2f} ms',
                  f'{quantile(t, .5) / quantile(own[2], .5):.0f} x'] for name, s, t in rows],
                ['first place', *KINDS, 'p50', 'p99', 'p50 to kbt'])
    if not bench.full:
        print(f'  The peers answer {len(sample)} of {len(queries)} messages (FULL=1: all).')


def descriptions(bench):
    """People's own words: a right article first, and among the first five, beside the peers."""
    queries = read(bench.path('eval', 'queries-dev-real.jsonl'))
    answers = [('kbt', [[m['id'] for m in a['matches'] + a['nearest']] for a in ask_kbt(bench, queries)])]
    for kind in (Fts5, Xapian):
        try:
            p = kind(bench)
        except (ImportError, sqlite3.OperationalError):
            continue
        answers.append((kind.name, [p.ask(q['query']) for q in queries]))
    rows = []
    for name, lists in answers:
        ranks = [next((i for i, x in enumerate(ids) if x in q['gold']), 99) for q, ids in zip(queries, lists)]
        rows.append([name, *(f'{sum(r < n for r in ranks) / len(ranks):.3f}' for n in (1, 5))])
    bench.table(rows, [f'{len(queries)} descriptions', 'first', 'first five'])


def bound(bench):
    queries = read(bench.path('eval', 'queries-dev-filled.jsonl'))
    good = 0
    for q, a in zip(queries, ask_kbt(bench, queries)):
        if a['matches'] and a['matches'][0]['id'] in q['gold']:
            held = {v.lstrip('\\').lower() for v in a['matches'][0]['captures'].values()}
            good += all(v.lower() in held for v in q['values'])
    print(f'  First with every value bound: {good / len(queries):.3f} of {len(queries)}.')


def reliability(bench, queries, answers):
    """Of the first answers that say so much, how many are right."""
    bins = collections.defaultdict(lambda: [0, 0, 0.0])
    for q, a in zip(queries, answers):
        if not a['matches']:
            continue
        m = a['matches'][0]
        b = bins[min(9, int(m['confidence'] * 10))]
        b[0] += 1
        b[1] += m['id'] in q['gold']
        b[2] += m['confidence']
    bench.table([[f'{k / 10:.1f} to {k / 10 + .1:.1f}', n, f'{said / n:.2f}', f'{right / n:.2f}']
                 for k, (n, right, said) in sorted(bins.items())], ['confidence', 'answers', 'said', 'right'])


def told(bench):
    """The same of first answers to descriptions, matches or nearest, as if half of what people tell had an article: those
    here that have none weigh as much as those that have one."""
    known = read(bench.path('eval', 'queries-dev-real.jsonl'))
    unknown = [{'query': line, 'gold': []} for line in lines_of('untold.txt')]
    bins = collections.defaultdict(lambda: [0, 0, 0.0, 0.0, 0.0])
    for side, queries in enumerate((known, unknown)):
        for q, a in zip(queries, ask_kbt(bench, queries)):
            m = (a['matches'] + a['nearest'] or [{'id': '', 'confidence': 0}])[0]
            b = bins[max(low for low in TOLD if m['confidence'] >= low)]
            b[side] += 1
            b[2:] = (x + y / len(queries) for x, y in zip(b[2:], (1, m['confidence'], m['id'] in q['gold'])))
    bench.table([[f'{low:.1f} and more', has, none, f'{said / n:.2f}', f'{right / n:.2f}']
                 for low, (has, none, n, said, right) in sorted(bins.items())],
                ['confidence', f'of {len(known)} told', f'of {len(unknown)} with no article', 'said', 'right'])


def foreign(bench):
    """Messages of other programs and people's sentences: no article is about them, and any answer is one too many."""
    queries = [{'query': line} for line in lines_of('foreign.txt')]
    answers = ask_kbt(bench, queries)
    said = [a['matches'][0]['confidence'] if a['matches'] else 0 for a in answers]
    rows = [[f'{low:.1f} and more', sum(x >= low and x > 0 for x in said)] for low in (0.2, 0.3, 0.5, 0.8)]
    bench.table(rows, ['confidence', f'answers to {len(queries)} foreign messages'])


def by_size(bench):
    program = os.path.join(bench.build, 'tests', 'bench', 'lookup_times')
    out = subprocess.run([program, 'sizes', bench.need_db() + '.matcher'], stdout=subprocess.PIPE, check=True).stdout
    runs = collections.defaultdict(dict)
    for line in out.decode().splitlines():
        text, mib, ms = line.split()
        runs[int(text)][int(mib)] = float(ms)
    names = ['one word again and again', 'lines that look like messages', 'addresses and entities']
    bench.table([[names[t], *(f'{r[n]:.0f} ms' for n in (1, 2, 4, 8, 16)), f'{r[16] / r[8]:.2f}']
                 for t, r in sorted(runs.items())], ['one message of', '1 MiB', '2', '4', '8', '16', 't(16)/t(8)'])


def by_articles(bench, queries):
    """A tenth of the archive against all of it; FULL=1: all of it against ten changed copies of each article."""
    program = os.path.join(bench.build, 'tests', 'bench', 'lookup_times')
    other = os.path.join(bench.work, 'grown.matcher' if bench.full else 'thin.matcher')
    subprocess.run([program, 'grow' if bench.full else 'thin', bench.need_db(), other, '10'], check=True)
    small, large = (bench.need_db() + '.matcher', other) if bench.full else (other, bench.need_db() + '.matcher')
    rows = []
    for name, block in (('the smaller', small), ('ten times the articles', large)):
        t = times_of(bench, block, queries)
        rows.append((name, sum(t) / len(t), quantile(t, .5), quantile(t, .99)))
    bench.table([[name, *(f'{x:.2f} ms' for x in times)] for name, *times in rows] +
                [['ratio', *(f'{b / a:.2f}' for a, b in zip(rows[0][1:], rows[1][1:]))]], ['', 'mean', 'p50', 'p99'])
    os.unlink(other)


def run(bench):
    if not bench.path('eval', 'queries-dev.jsonl'):
        print('  no messages to ask')
        return
    queries = read(bench.path('eval', 'queries-dev.jsonl'))
    answers = ask_kbt(bench, queries)
    against_peers(bench, queries, answers)
    bound(bench)
    descriptions(bench)
    reliability(bench, queries, answers)
    told(bench)
    foreign(bench)
    by_size(bench)
    by_articles(bench, queries)
