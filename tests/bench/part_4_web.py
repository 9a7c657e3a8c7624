# SPDX-License-Identifier: MIT
"""The web server over the whole archive: look-ups by its API, pages, many open streams and idle connections, and a TCP probe
beside blackbox_exporter's."""
import asyncio
import json
import os
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import threading
import time

title = 'web: look-ups, pages, streams and idle connections, probes beside blackbox_exporter'

MESSAGES, SECONDS, CLIENTS = 8, 3, 16
HALF_RATE = 1250  # requests a second: half of what is wanted at least
STREAMS, IDLE = 1000, 10000
PEER = 'prometheus-blackbox-exporter'
PEER_CONFIG = 'modules:\n  tcp_connect:\n    prober: tcp\n    timeout: 5s\n'


class Served:
    def __init__(self, bench, *args):
        self.process = subprocess.Popen([bench.kbt, 'serve', '--db', bench.need_db(), '--json', '--listen', '127.0.0.1:0', *args],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.port = json.loads(self.process.stdout.readline())['port']
        self.url = f'http://127.0.0.1:{self.port}'

    def memory(self):
        """Resident MiB: all of it, and what is not pages of files (the database, its matcher), which the system may drop."""
        with open(f'/proc/{self.process.pid}/status') as f:
            text = f.read()
        return [int(re.search(rf'{name}:\s+(\d+)', text).group(1)) / 1024 for name in ('VmRSS', 'RssAnon')]

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
        self.process.stdout.close()


def hey(url, seconds, clients, rate=None, body=None, kind='application/json'):
    """Requests a second, ms of the median and the 99th percentile, answers that were no 200."""
    command = ['hey', '-z', f'{seconds}s', '-c', str(clients)]
    if rate:
        command += ['-q', str(rate / clients)]
    if body:
        command += ['-m', 'POST', '-T', kind, '-d', body]
    out = subprocess.run([*command, url], capture_output=True, text=True).stdout
    found = [re.search(pattern, out) for pattern in (r'Requests/sec:\s+([\d.]+)', r'50% in ([\d.]+)', r'99% in ([\d.]+)')]
    per_s, half, most = (float(m.group(1)) if m else 0 for m in found)
    answers = dict(re.findall(r'\[(\d+)\]\s+(\d+) responses', out))
    bad = sum(int(n) for status, n in answers.items() if status != '200') + len(re.findall(r'(?m)^\s+\[\d+\]\s+\w+ "http', out))
    return per_s, half * 1000, most * 1000, bad


def messages(bench):
    """Some of each kind, evenly out of the list; beside them the one that the project was founded on."""
    path = bench.path('eval', 'queries-dev.jsonl')
    found = [r'Failed to connect to <\\FILESRV>, Error = 53']
    if path:
        with open(path) as f:
            lines = f.readlines()
        found += [json.loads(lines[i * len(lines) // MESSAGES])['query'] for i in range(MESSAGES)]
    return found


def lookups(bench, served):
    print(f'\n  POST /api/v1/lookup, {CLIENTS} clients ({SECONDS} s each); p99 at {HALF_RATE} requests a second')
    rows, seconds_each, worst = [], [], 0
    for text in messages(bench):
        body = json.dumps({'text': text})
        per_s, _, _, bad = hey(served.url + '/api/v1/lookup', SECONDS, CLIENTS, body=body)
        even = hey(served.url + '/api/v1/lookup', SECONDS, 10, HALF_RATE, body)
        shown = text if len(text) < 60 else text[:57] + '...'
        rows.append((shown, f'{per_s:.0f}', f'{even[0]:.0f}', f'{even[1]:.1f}', f'{even[2]:.1f}', bad + even[3]))
        seconds_each.append(1 / per_s if per_s else 1)
        worst = max(worst, even[2])
    bench.table(rows, ('message', 'requests/s', 'at', 'p50 ms', 'p99 ms', 'not 200'))
    print(f'  all alike often: {1 / statistics.mean(seconds_each):.0f} requests/s (at least 2500 wanted), worst p99 {worst:.1f} ms '
          '(at most 20 wanted)')


def pages(bench, served):
    form = 'application/x-www-form-urlencoded'
    rows = []
    for name, path, body in (('paste page', '/', None), ('answer to a message', '/', 'text=Failed+to+connect+to+%3C%5C%5CSRV%3E%2C+Error+%3D+53'),
                             ('answer alone, as while typing', '/ui/answer', 'text=mount+error%28112%29%3A+Host+is+down'),
                             ('article', '/kb/Q150536', None), ('search', '/search?q=network+path', None), ('help', '/help', None)):
        per_s, half, most, bad = hey(served.url + path, 2, 1, 100, body, form)
        rows.append((name, f'{half:.1f}', f'{most:.1f}', bad))
    print()
    bench.table(rows, ('page, 100 a second (at most 20 ms wanted)', 'p50 ms', 'p99 ms', 'not 200'))


async def hold(port, idle, streams, ready, go_on):
    """Opens connections that say nothing after one request, and streams; then waits."""
    held = []

    async def ask(data):
        reader, writer = await asyncio.open_connection('127.0.0.1', port, limit=2048)
        writer.write(data)
        held.append((reader, writer))
        return await reader.read(200)
    get = b'GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n'

    def question(n):
        body = json.dumps({'text': r'Failed to connect to <\\127.0.0.53>, Error = 53' + ' ' * n}).encode()
        return (b'POST /api/v1/diagnose HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\n'
                b'Content-Length: %d\r\n\r\n%b' % (len(body), body))
    for i in range(0, idle, 250):
        await asyncio.gather(*(ask(get) for _ in range(min(250, idle - i))))
    # One target is probed by one diagnosis at a time: the streams follow the last in a row of them.
    first = await asyncio.gather(*(ask(question(n)) for n in range(1, 61)))
    opened = []
    for i in range(0, streams - 60, 250):
        opened += await asyncio.gather(*(ask(question(61)) for _ in range(min(250, streams - 60 - i))))
    ready.put_nowait(sum(b'200 OK' in text for text in (*first, *opened)))
    await go_on.wait()
    alive = sum(not reader.at_eof() for reader, _ in held)
    for _, writer in held:
        writer.transport.abort()
    return alive


def many(bench, served):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    idle = min(IDLE, hard - STREAMS - 200)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    before = served.memory()
    loop = asyncio.new_event_loop()
    ready, go_on = asyncio.Queue(), asyncio.Event()
    work = asyncio.run_coroutine_threadsafe(hold(served.port, idle, STREAMS, ready, go_on), loop)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    opened = asyncio.run_coroutine_threadsafe(ready.get(), loop).result(120)
    memory = served.memory()
    _, half, most, bad = hey(served.url + '/help', 5, 4, 200)
    loop.call_soon_threadsafe(go_on.set)
    alive = work.result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    print(f'\n  {opened} open streams, {idle} idle connections ({alive} of all are open after it)')
    bench.table([('without', *(f'{m:.0f}' for m in before), '', ''),
                 ('with them', *(f'{m:.0f}' for m in memory), f'{half:.1f}', f'{most:.1f}')],
                ('', 'resident MiB', 'of it no file', '/help p50 ms', 'p99 ms (10 wanted)'))
    if bad:
        print(f'  {bad} answers were no 200')


class Sink:
    """A service on loopback that takes connections."""

    def __init__(self):
        self.socket = socket.create_server(('127.0.0.1', 0), backlog=4096)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                self.socket.accept()[0].close()
            except OSError:
                return


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as s:
        return s.getsockname()[1]


def probes(bench, served):
    sink = Sink()
    body = json.dumps({'probe': 'tcp', 'args': {'address': '127.0.0.1', 'port': sink.port}})
    rows = [('kbt serve, POST /api/v1/probe', hey(served.url + '/api/v1/probe', 4, 32, body=body))]
    if shutil.which(PEER):
        config, port = os.path.join(bench.work, 'blackbox.yml'), free_port()
        with open(config, 'w') as f:
            f.write(PEER_CONFIG)
        peer = subprocess.Popen([PEER, f'--config.file={config}', f'--web.listen-address=127.0.0.1:{port}'], stderr=subprocess.DEVNULL)
        time.sleep(1)
        rows.append((f'{PEER}, GET /probe', hey(f'http://127.0.0.1:{port}/probe?target=127.0.0.1:{sink.port}&module=tcp_connect', 4, 32)))
        peer.terminate()
        peer.wait()
    else:
        print(f'  {PEER} is not installed')
    sink.socket.close()
    own = rows[0][1][0]
    print()
    bench.table([(name, f'{r[0]:.0f}', f'{r[2]:.1f}', r[3], f'{own / r[0]:.2f}' if r[0] else '-') for name, r in rows],
                ('a TCP probe to loopback, 32 clients', 'probes/s', 'p99 ms', 'not 200', 'kbt / it'))


def run(bench):
    if not shutil.which('hey'):
        print('  hey is not installed (apt-get install hey)')
        return
    for part in (lookups, pages, many, probes):
        served = Served(bench)
        try:
            part(bench, served)
        finally:
            served.close()
