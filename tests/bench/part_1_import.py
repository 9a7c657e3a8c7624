# SPDX-License-Identifier: MIT
"""Import of the text archive: seconds, resident memory, size; the same again; one changed article; and the cold look-up."""
import os
import statistics

title = 'import of the text archive, and a cold look-up'

MESSAGE = r'Failed to connect to <\\HQ-SRV2>, Error = 53'


def run(bench):
    archive = bench.path('archive', 'kbarchive-txt.tar.zst')
    db = os.path.join(bench.work, 'import.db')
    for name in os.listdir(bench.work):
        if name.startswith('import.db'):
            os.unlink(os.path.join(bench.work, name))
    command = [bench.kbt, 'import', '--db', db, archive]
    first = bench.measure(command)
    again = bench.measure(command)
    matcher = bench.measure([bench.kbt, 'lookup', '--db', db, MESSAGE])
    cold = sorted(bench.measure([bench.kbt, 'lookup', '--db', db, MESSAGE])[0] * 1000 for _ in range(30))
    command[-1] = os.path.join('kb', 'articles', 'Q150536.md')
    changed = bench.measure(command)
    found = bench.measure([bench.kbt, 'lookup', '--db', db, MESSAGE])
    files = [n for n in os.listdir(bench.work) if n.startswith('import.db')]
    size = sum(os.path.getsize(os.path.join(bench.work, n)) for n in files) / 1e6
    bench.table([
        ['first import', f'{first[0]:.1f} s', f'{first[1]:.0f} MiB', '15 s, 600 MiB'],
        ['the same again', f'{again[0]:.1f} s', f'{again[1]:.0f} MiB', '1.5 s'],
        ['first look-up', f'{matcher[0]:.2f} s', f'{matcher[1]:.0f} MiB', ''],
        ['cold look-up, median of 30', f'{statistics.median(cold):.1f} ms', '', '25 ms'],
        ['cold look-up, slowest of 30', f'{cold[-1]:.1f} ms', '', ''],
        ['one changed article, until it is found', f'{changed[0] + found[0]:.2f} s',
         f'{max(changed[1], found[1]):.0f} MiB', '1 s'],
        ['database and matcher', f'{size:.0f} MB', '', '300 MB'],
    ], ['', 'measured', 'resident', 'at most'])
