# SPDX-License-Identifier: MIT
"""A server of our own for the tests: kb/ imported once, `kbt serve` on a free port, plain sockets to talk to it."""
import atexit
import html.parser
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest
import urllib.parse

import kbt
from kbt import LIMIT_S

MESSAGE = r'Failed to connect to <\\127.0.0.1>, Error = 53'
FORM = {'Content-Type': 'application/x-www-form-urlencoded'}
LOG = os.path.join(kbt.ROOT, 'tests/e2e/data/sender.log')


class Server:
    """host: where to connect to; a path for a socket file. tls: an ssl context, or None. through: the command before ours."""
    made = None

    def __init__(self, *args, listen='127.0.0.1:0', host='127.0.0.1', tls=None, through=()):
        self.dir = tempfile.mkdtemp(prefix='kbt-web-')
        self.db = os.path.join(self.dir, 'kb.db')
        self.env = dict(os.environ, KBT_DB=self.db, XDG_CACHE_HOME=os.path.join(self.dir, 'cache'))
        self.import_kb()
        self.host, self.tls = host, tls
        with open(os.path.join(self.dir, 'stderr'), 'wb') as err:
            self.process = subprocess.Popen([*through, kbt.KBT, 'serve', '--json', '--listen', listen, *args], env=self.env,
                                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=err)
        line = self.process.stdout.readline()
        if not line:
            self.process.wait(LIMIT_S)
            said = self.errors()
            self.close()
            raise AssertionError('kbt serve: ' + said)
        self.said = json.loads(line)
        self.port = self.said['port']
        self.url = self.said['url']

    @classmethod
    def of_module(cls, *network):
        """One for all tests of a file, in a network of its own (with own_network's arguments); it ends with them."""
        kbt.own_network(*network)
        server = cls()
        unittest.addModuleCleanup(server.close)
        return server

    def import_kb(self):
        """kb/ is imported once in a process; each server has a copy, and what is compiled of it."""
        made = Server.made
        if not made:
            made = Server.made = tempfile.mkdtemp(prefix='kbt-kb-')
            atexit.register(shutil.rmtree, made, ignore_errors=True)
            self.kbt('import', os.path.join(kbt.ROOT, 'kb'))
            self.kbt('lookup', MESSAGE)
            for name in os.listdir(self.dir):
                if name.startswith('kb.db'):
                    shutil.copy2(os.path.join(self.dir, name), made)
        for name in os.listdir(made):
            shutil.copy2(os.path.join(made, name), self.dir)

    def kbt(self, *args):
        return subprocess.run([kbt.KBT, *args], env=self.env, check=True, capture_output=True, timeout=LIMIT_S).stdout

    def errors(self):
        """What it has said on standard error up to now."""
        with open(os.path.join(self.dir, 'stderr'), encoding='utf-8', errors='replace') as f:
            return f.read()

    def close(self):
        """Ends it; gives its exit code and what it said on standard error."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=LIMIT_S)
        if os.path.isdir(self.dir):
            self.err = self.errors()
            shutil.rmtree(self.dir, ignore_errors=True)
        return self.process.returncode, self.err

    def fds(self):
        """Open files but those on the knowledge base: of these each that works at once has one, and keeps it."""
        return sum(not name.startswith(self.db) for name in self.open_files())

    def open_files(self):
        names = []
        for fd in os.listdir(f'/proc/{self.process.pid}/fd'):
            try:
                names.append(os.readlink(f'/proc/{self.process.pid}/fd/{fd}'))
            except FileNotFoundError:
                pass
        return names

    # ---- asking ----

    def ask(self, method, path, body=None, headers=None, timeout=LIMIT_S):
        """Gives status, headers (names in lower case), text."""
        c = http.client.HTTPConnection('localhost' if self.host.startswith('/') else self.host, self.port, timeout=timeout)
        try:
            c.sock = self.connect()
            c.sock.settimeout(timeout)
            c.request(method, path, body, headers or {})
            r = c.getresponse()
            return r.status, {k.lower(): v for k, v in r.getheaders()}, r.read().decode()
        finally:
            c.close()

    def get(self, path, **headers):
        return self.ask('GET', path, headers=headers)

    def whole(self, path, **headers):
        """Headers and bytes of a GET."""
        c = http.client.HTTPConnection(self.host, self.port, timeout=LIMIT_S)
        try:
            c.request('GET', path, headers=headers)
            r = c.getresponse()
            return {k.lower(): v for k, v in r.getheaders()}, r.read()
        finally:
            c.close()

    def form(self, path, fields, headers=None):
        return self.ask('POST', path, urllib.parse.urlencode(fields), {**FORM, **(headers or {})})

    def api(self, path, value, headers=None):
        status, _, text = self.ask('POST', path, json.dumps(value),
                                   {'Content-Type': 'application/json', **(headers or {})})
        return status, json.loads(text) if text else None

    def diagnoses(self):
        """How many run or wait."""
        text = self.get('/metrics')[2]
        return sum(int(n) for n in re.findall(r'^kbt_diagnoses_(?:running|waiting) (\d+)$', text, re.M))

    def events(self, value, headers=None):
        """The events of a diagnosis: (id, name, object)."""
        status, sent, text = self.ask('POST', '/api/v1/diagnose', json.dumps(value), {
            'Content-Type': 'application/json', 'Accept': 'text/event-stream', **(headers or {})})
        assert status == 200 and sent['content-type'] == 'text/event-stream', (status, text)
        found = []
        for block in text.split('\n\n'):
            lines = dict(re.findall(r'^(id|event): (.*)$', block, re.M))
            if 'event' in lines:
                data = '\n'.join(re.findall(r'^data: (.*)$', block, re.M))
                found.append((lines.get('id'), lines['event'], json.loads(data)))
        return found

    # ---- raw ----

    def connect(self):
        if self.host.startswith('/'):
            s = socket.socket(socket.AF_UNIX)
            s.connect(self.host)
        else:
            s = socket.create_connection((self.host, self.port))
        s.settimeout(LIMIT_S)
        return self.tls.wrap_socket(s, server_hostname=self.host) if self.tls else s

    def raw(self, data, wait=25):  # sooner than who stays idle is let go
        """Sends bytes; gives what came back, and whether the server closed."""
        with self.connect() as s:
            s.settimeout(wait)
            try:
                s.sendall(data)
            except OSError:
                pass
            return read_all(s)

    def wait_until(self, test):
        return kbt.until(test)


class Page(html.parser.HTMLParser):
    """What a page holds: tags with attributes, and its text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ''
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def find(self, tag, **attrs):
        return [a for t, a in self.tags if t == tag and all(a.get(k.rstrip('_')) == v for k, v in attrs.items())]


class Described:
    """The OpenAPI document: its operations, as requests, and whether an answer is one that it names."""

    def __init__(self, server):
        self.doc = json.loads(server.get('/api/v1/openapi.json')[2])

    def operations(self):
        """Path as described, method, and a path to ask."""
        for path, methods in self.doc['paths'].items():
            for method in methods:
                yield path, method.upper(), path.replace('{id}', 'Q150536').replace('{name}', '0' * 32)

    def response(self, path, method, status):
        response = self.doc['paths'][path][method.lower()]['responses'].get(str(status), {})
        if '$ref' in response:
            response = self.doc['components']['responses'][response['$ref'].split('/')[-1]]
        return response

    def names(self, path, method, status, kind):
        return kind.split(';')[0] in self.response(path, method, status).get('content', {})

    def names_raw(self, path, method, got):
        """The same of the bytes of an answer."""
        kind = re.search(rb'(?mi)^Content-Type: ([\w/+-]+)', got)
        return self.names(path, method, got[9:12].decode(), kind.group(1).decode() if kind else '')


def multipart(data, name='Sender.log', **fields):
    """A form with a file, as a browser sends it: its body and headers."""
    edge = 'edge0123456789'
    body = b''.join(f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
                    for k, v in fields.items())
    body += (f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
             'Content-Type: application/octet-stream\r\n\r\n').encode() + data + f'\r\n--{edge}--\r\n'.encode()
    return body, {'Content-Type': f'multipart/form-data; boundary={edge}'}


def resident_kib(pid):
    with open(f'/proc/{pid}/status', encoding='ascii') as f:
        return int(re.search(r'^VmRSS:\s+(\d+)', f.read(), re.M).group(1))


def read_all(s):
    got = b''
    try:
        while True:
            block = s.recv(65536)
            if not block:
                return got, True
            got += block
    except socket.timeout:
        return got, False
    except OSError:
        return got, True


class ServedTest(kbt.KbtTest):
    def serve(self, *args, **kw):
        server = Server(*args, **kw)
        self.addCleanup(server.close)
        return server

    def tokens(self, **roles):
        """A file of tokens, and the secret of each name."""
        path = self.path('tokens')
        return path, {name: self.kbt('token', 'add', name, '--role', role, '--tokens', path).out.strip()
                      for name, role in roles.items()}


def bearer(secret):
    return {'Authorization': 'Bearer ' + secret}
