# SPDX-License-Identifier: MIT
"""Messages in every dress that they reach people in: each of the messages, in each of the dresses, is found, with its values,
and what the dress says of it is told. Over kb/ alone."""
import concurrent.futures
import html
import json
import os
import subprocess
import textwrap
import unittest
from urllib.parse import quote, quote_plus

from kbt import KBT, ROOT, KbtTest

# (article, message, what it binds)
MESSAGES = [
    ('Q150536', r'Failed to connect to <\\HQ-SRV2>, Error = 53', {'server': 'HQ-SRV2'}),
    ('Q134964', 'Failed to connect to <HQ-SRV2>, Error = 3', {'server': 'HQ-SRV2'}),
    ('Q151362', r'Failed to connect to <\\10.53.0.10>, Error = 1326', {'server': '10.53.0.10'}),
    ('Q177420', r'Error - Failed to connect to <\\HQ-SRV2>, system not found or service not active', {'server': 'HQ-SRV2'}),
    ('Q221951', r'Error during WNetAddConnection2 to \\SITE1\SMS_SITE (53)', {'server': 'SITE1', 'share': 'SMS_SITE'}),
    ('Q221951', 'Error during WNetAddConnection2 (53)', {}),
    ('Q235753', r'Error during WNetAddConnection2 to \\DSSMS\SMS_SITE (67).', {'server': 'DSSMS', 'share': 'SMS_SITE'}),
    ('Q235753', r"Cannot connect to server \\HQSITE at remote site MS1, won't try send requests going to site MS1 for an hour "
                'or until there are no active send requests.', {'server': 'HQSITE', 'site': 'MS1'}),
    ('Q261874', r'Error during WNetAddConnection2 to \\CHILD02\SMS_SITE (487).', {'server': 'CHILD02', 'share': 'SMS_SITE'}),
    ('Q120457', 'Error 53 - Network path not found', {}),
    ('Q121913', 'Error 59: An Unexpected Network Error Has Occurred', {}),
    ('Q122447', 'Error 53: Network not found', {}),
    ('Q131785', 'Error 53: The computer name specified in the network path cannot be located.', {}),
    ('Q-error-0x80070035', 'System error 53 has occurred. The network path was not found.', {}),
    ('Q176029', 'The Network Path Was Not Found. Do You Want to Select Another Domain to Administer?', {}),
    ('Q176029', 'The Messenger Service Terminated With Service-Specific Error 2105.', {}),
    ('Q190827', 'Error 53 - Network name not found', {}),
    ('Q254210', 'Error 52 "A duplicate name exists on the network."', {}),
    ('Q-connection-refused', 'ssh: connect to host gw1 port 22: Connection refused', {'server': 'gw1', 'port': '22'}),
    ('Q-connection-refused', 'curl: (7) Failed to connect to db1.example.com port 8080: Connection refused',
     {'server': 'db1.example.com', 'port': '8080'}),
    ('Q-connection-timed-out', 'ssh: connect to host gw1 port 2222: Connection timed out', {'server': 'gw1', 'port': '2222'}),
    ('Q-no-route-to-host', 'curl: (7) Failed to connect to 10.0.0.5 port 443 after 3055 ms: No route to host',
     {'server': '10.0.0.5', 'port': '443'}),
    ('Q-name-lookup-failed', 'ssh: Could not resolve hostname gw1: Temporary failure in name resolution', {'server': 'gw1'}),
    ('Q-name-lookup-failed', 'psql: error: could not translate host name "db1" to address: Temporary failure in name resolution',
     {'server': 'db1'}),
    ('Q-name-lookup-failed', 'rsync: getaddrinfo: backup1 873: Temporary failure in name resolution', {'server': 'backup1'}),
    ('Q-name-not-known', 'psql: error: could not translate host name "db1" to address: Name or service not known',
     {'server': 'db1'}),
    ('Q-name-not-known', 'ssh: Could not resolve hostname gw-1: Name or service not known', {'server': 'gw-1'}),
    ('Q-mount-error-111', 'do_connect: Connection to filesrv failed (Error NT_STATUS_CONNECTION_REFUSED)', {'server': 'filesrv'}),
    ('Q-mount-error-112', 'mount error(112): Host is down', {}),
    ('Q-mount-error-113', 'mount error(113): could not connect to 10.53.0.10Unable to find suitable address.',
     {'server': '10.53.0.10'}),
    ('Q-smb-host-unreachable', 'do_connect: Connection to filesrv failed (Error NT_STATUS_HOST_UNREACHABLE)',
     {'server': 'filesrv'}),
    ('Q-smb-name-not-found', 'do_connect: Connection to filesvr failed (Error NT_STATUS_NOT_FOUND)', {'server': 'filesvr'}),
    ('Q-smb-negotiation-failed', 'Protocol negotiation to server filesrv (for a protocol between SMB2_02 and SMB3) failed: '
                                 'NT_STATUS_CONNECTION_RESET', {'server': 'filesrv'}),
    ('Q-system-error-67', r'CIFS: VFS: \\filesrv BAD_NETWORK_NAME: \\filesrv\data', {'server': 'filesrv', 'share': 'data'}),
]


def string(p):
    return json.dumps(p)


def literal(p):
    return '"' + p.replace('\\', '\\\\').replace('"', '\\"') + '\\r\\n"'


def printable(p):
    """Quoted-printable as mailers that trust little write it, in lines of at most 40."""
    out, width = '', 0
    for c in p:
        x = f'={ord(c):02X}' if c in '<>\\="\'' else c
        if width + len(x) > 39:
            out, width = out + '=\n', 0
        out, width = out + x, width + len(x)
    return out


def field(p):
    return '"' + p.replace('"', '""') + '"'


def extension(p):
    return p.replace('\\', '\\\\').replace('=', '\\=')


def header(p):
    return p.replace('\\', '\\\\').replace('|', '\\|')


def wrapped(p, width, before=''):
    return '\n'.join(before + x for x in textwrap.wrap(p, width, break_long_words=False, break_on_hyphens=False))


def hyphenated(p):
    """The first long word of small letters is parted at a line end."""
    words = p.split(' ')
    for i, x in enumerate(words):
        if i and len(x) > 6 and x.isalpha() and x.islower():
            words[i] = x[:4] + '-\n' + x[4:]
            break
    return ' '.join(words)


def numbered(p, width, form):
    return '\n'.join(form % (8 + i, x) for i, x in enumerate(wrapped(p, width).split('\n')))


def marked(p, tag, end):
    return ' '.join(tag + html.escape(x) + end for x in p.split(' '))


def entities(p, form):
    return ''.join(form % ord(c) if not c.isalnum() and c != ' ' else c for c in p)


WS7 = {'host': 'ws7'}
RCMD = {'component': 'rcmd'}
EVENT = {'kind': 'nt-event', 'component': 'Netsvc', 'level': 'Error', 'event': '7001'}
SYSTEM = ('<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Netsvc" /><EventID Qualifiers="49152">'
          '7001</EventID><Level>2</Level><TimeCreated SystemTime="2001-03-12T10:56:20.000Z" /><Computer>ws7</Computer></System>')
DAMAGE = {  # what the message went through
    'json string': string,
    'a string of a program': literal,
    'an argument of a program': lambda p: '    fprintf(stderr, ' + literal(p) + ');',
    "a string's inside": lambda p: string(p)[1:-1],
    'a string in a line of a log': lambda p: '2001-03-12 10:56:20 ERROR it failed: ' + string(p),
    'a field of JSON': lambda p: '  "message": ' + string(p) + ',',
    "Python's repr": repr,
    'bytes by hexadecimal number': lambda p: ''.join(c if c.isalnum() or c in '.,:-' else f'\\x{ord(c):02x}' for c in p),
    'bytes by octal number': lambda p: p.replace('\\', '\\134').replace(' ', '\\040'),
    "control characters of a syslog's daemon": lambda p: wrapped(p, 30).replace('\n', '#012') + '#012#011at run#012',
    'numbers of lines': lambda p: numbered(p, 30, '%5d\t%s'),
    'numbers of lines with a colon': lambda p: numbered(p, 30, '%d: %s'),
    'a patch': lambda p: wrapped(p, 30, '+'),
    'a step of a list': lambda p: '1. Start it.\n2. Wait.\n3. ' + p,
    'emoji': lambda p: '\U0001f6a8 ' + p + ' \u274c\U0001f62d',
    'emoji by name': lambda p: '> :rotating_light: ' + p + ' :cry:',
    'quoted-printable': printable,
    'percent signs': lambda p: quote(p, safe=''),
    'a form': lambda p: quote_plus(p),
    'a query': lambda p: 'https://help.example.com/search?q=' + quote_plus(p) + '&lang=en',
    'mail': lambda p: '> ' + p,
    'mail without a space': lambda p: '>' + p,
    'mail of mail': lambda p: '>> ' + p,
    'mail of mail with spaces': lambda p: '> > ' + p,
    'a bar': lambda p: '| ' + p,
    'mail, wrapped': lambda p: wrapped(p, 30, '>'),
    'mail, wrapped at 72': lambda p: wrapped('In the log of that machine one finds the following line of text:\n' + p, 72, '> '),
    'a bar, wrapped': lambda p: wrapped(p, 30, '| '),
    'spans': lambda p: marked(p, '<span class="hl-x" style="color: #f00">', '</span>'),
    'a table': lambda p: '<tr><td>10:56</td><td align="left">' + html.escape(p) + '</td></tr>',
    'breaks': lambda p: 'Hello,<br/>' + html.escape(p) + '<br />thanks',
    'a list': lambda p: '<ul>\n<li class=x>' + html.escape(p) + '</li>\n</ul>',
    'a link': lambda p: '<p><a href="http://x/?a=1&amp;b=2">' + html.escape(p) + '</a></p>',
    'entities of numbers': lambda p: entities(p, '&#%d;'),
    'entities of hex numbers': lambda p: entities(p, '&#x%x;'),
    'escaped twice': lambda p: html.escape(html.escape(p)),
    'CDATA': lambda p: '<Text><![CDATA[' + p + ']]></Text>',
    'colours': lambda p: ' '.join(f'\x1b[3{i % 8}m{x}\x1b[0m' for i, x in enumerate(p.split(' '))),
    'a link of a terminal': lambda p: '\x1b]0;title\x07\x1b]8;;http://x/y\x1b\\' + p + '\x1b]8;;\x1b\\',
    'colours without their escape': lambda p: '[1;31m' + p + '[0m',
    'colours written out': lambda p: '^[[31m' + p + '^[[0m',
    'no-break spaces': lambda p: p.replace(' ', '\u00a0'),
    'zero-width spaces': lambda p: p.replace(' ', ' \u200b').replace('\\', '\\\u200b'),
    'soft hyphens': lambda p: ' '.join(x[:4] + '\u00ad' + x[4:] if len(x) > 6 else x for x in p.split(' ')),
    'hyphenation': hyphenated,
    'wrapped at 20': lambda p: wrapped(p, 20),
    'wrapped at 40, indented': lambda p: wrapped(p, 40).replace('\n', '\r\n    '),
    'letters as wide as Chinese ones': lambda p: ''.join(chr(ord(c) + 0xFEE0) if '!' <= c <= '~' else c for c in p),
    'UTF-8 read as Windows-1252': lambda p: ('\u201c' + p.replace(' ', '\u00a0').replace("'", '\u2019') + '\u201c').encode().decode('cp1252'),
    'line after line': lambda p: f'{p}\n{p}\r\n\r\n{p}\n',
    'pytest': lambda p: f'>       run()\nE       RuntimeError: {p}\n\ntest_x.py:3: RuntimeError\nFAILED test_x.py::test_x - RuntimeError: {p}',
    'smart quotes': lambda p: '\u201c' + p.replace('"', '\u201d').replace("'", '\u2019') + '\u201d',
    'backslashes doubled': lambda p: p.replace('\\', '\\\\'),
    'backslashes lost': lambda p: p.replace('\\\\', '\\'),
    'a shell': lambda p: p.replace('\\', '\\\\').replace('<', '\\<').replace('>', '\\>').replace('"', '\\"'),
    'a fence': lambda p: 'I get:\n\n```text\n' + p + '\n```\n\nany idea?',
    'bold': lambda p: '**' + p + '**',
    'Markdown': lambda p: ''.join('\\' + c if c in '\\<>_()=' else c for c in p),
    'a forum': lambda p: '[quote=joe][b]' + p + '[/b][/quote]',
    'a tracker': lambda p: '{code}\n' + p + '\n{code}',
    'a box': lambda p: '-----------------\nRemote\n-----------------\n' + p + '\n-----------------\nOK\n-----------------',
}
ENVELOPES = {  # (what was put around it, what has to be told of that)
    'JSON': (lambda p: '{"level":"error","ts":"2001-03-12T10:56:20Z","msg":%s,"host":"ws7","logger":"rcmd"}' % string(p),
             {'kind': 'json', 'time': '2001-03-12T10:56:20Z', 'level': 'error', **WS7, **RCMD}),
    'JSON of Go': (lambda p: '{"time":"10:56:20","msg":%s}' % string(p).replace('<', '\\u003c').replace('>', '\\u003e'),
                   {'kind': 'json', 'time': '10:56:20'}),
    'JSON, over lines': (lambda p: json.dumps({'level': 'error', 'error': {'code': 1, 'message': p}}, indent=2),
                         {'kind': 'json', 'level': 'error'}),
    'Docker': (lambda p: '{"log":%s,"stream":"stderr","time":"2001-03-12T10:56:20Z"}' %
               string(f'2001-03-12 10:56:20,113 ERROR [main] com.example.Rcmd - {p}\n'),
               {'kind': 'json', 'level': 'ERROR', 'thread': 'main', 'component': 'com.example.Rcmd'}),
    'the journal as JSON': (lambda p: '{"__REALTIME_TIMESTAMP":"984394580000000","_HOSTNAME":"ws7","PRIORITY":"3",'
                            '"SYSLOG_IDENTIFIER":"rcmd","_PID":"212","MESSAGE":%s}' % string(p),
                            {'time': '984394580000000', 'thread': '212', 'level': '3', **WS7, **RCMD}),
    'JSON in syslog': (lambda p: 'Mar 12 10:56:20 ws7 rcmd[212]: {"level":"error","msg":%s}' % string(p),
                       {'kind': 'syslog', 'time': 'Mar 12 10:56:20', 'level': 'error', **WS7, **RCMD}),
    'the journal': (lambda p: f'__REALTIME_TIMESTAMP=984394580000000\n_HOSTNAME=ws7\nSYSLOG_IDENTIFIER=rcmd\nMESSAGE={p}\n',
                    {'kind': 'journal', **WS7, **RCMD}),
    'logfmt': (lambda p: 'time="2001-03-12T10:56:20Z" level=error msg=%s host=ws7' % string(p),
               {'kind': 'logfmt', 'level': 'error', **WS7}),
    'Ansible': (lambda p: 'fatal: [ws7]: FAILED! => {"changed": false, "msg": %s}' % string(p), {'kind': 'json'}),
    'IIS': (lambda p: '2001-03-12 10:56:20 W3SVC1 WEB1 10.0.0.5 GET /a.asp |17|80004005|' + p.replace(' ', '+') +
            ' 80 - 10.0.0.9 Mozilla/4.0+(compatible;+MSIE+5.5) 500 0',
            {'kind': 'iis', 'time': '2001-03-12 10:56:20', 'component': 'W3SVC1', 'host': 'WEB1'}),
    'events by tabs': (lambda p: '3/12/2001\t10:56:20 AM\tNetsvc\tError\tNone\t7001\tN/A\tWS7\t' + p, {**EVENT, 'host': 'WS7'}),
    'events by tabs, type first': (lambda p: 'Error\t3/12/2001\t10:56:20 AM\tNetsvc\tNone\t7001\tN/A\tWS7\t' + p,
                                   {**EVENT, 'host': 'WS7'}),
    'events by commas': (lambda p: f'3/12/2001,10:56:20 AM,Netsvc,Error,(2),7001,DOM\\joe,WS7,{field(p)}', {**EVENT, 'host': 'WS7'}),
    'events in quotes': (lambda p: f'"Error","03/12/2001","10:56:20","Netsvc","None","7001","N/A","WS7",{field(p)}',
                         {**EVENT, 'host': 'WS7'}),
    'events of today': (lambda p: f'Error,3/12/2001 10:56:20 AM,Netsvc,7001,None,{field(p)}', EVENT),
    'Get-EventLog': (lambda p: f'  212 Mar 12 10:56  Error       Netsvc                7001 {p}', EVENT),
    'the event viewer': (lambda p: 'Event Type:\tError\nEvent Source:\tNetsvc\nEvent Category:\tNone\nEvent ID:\t7001\n'
                         f'Date:\t\t3/12/2001\nTime:\t\t10:56:20 AM\nUser:\t\tN/A\nComputer:\tWS7\nDescription:\n{p}\n\n'
                         'For more information, see the support center.', None),
    'the event viewer of today': (lambda p: 'Log Name:      System\nSource:        Netsvc\nDate:          3/12/2001 10:56:20 AM\n'
                                  f'Event ID:      7001\nLevel:         Error\nComputer:      WS7\nDescription:\n{p}\nEvent Xml:\n'
                                  '<Event>\n  <System>\n    <EventID>7001</EventID>\n  </System>\n</Event>', None),
    'the event viewer in German': (lambda p: 'Ereignistyp:\tFehler\nEreignisquelle:\tNetsvc\nEreigniskennung:\t7001\nDatum:\t12.03.2001\n'
                                   f'Computer:\tWS7\nBeschreibung:\n{p}', {**EVENT, 'level': 'Fehler', 'host': 'WS7'}),
    'the event viewer in French': (lambda p: 'Type de l\'\u00e9v\u00e9nement :\tErreur\nSource de l\'\u00e9v\u00e9nement :\tNetsvc\n'
                                   f'ID de l\'\u00e9v\u00e9nement :\t7001\nOrdinateur :\tWS7\nDescription :\n{p}',
                                   {**EVENT, 'level': 'Erreur', 'host': 'WS7'}),
    'dcdiag': (lambda p: '      Starting test: SystemLog\n         An error event occurred.  EventID: 0xC0001B59\n            Time Generated: '
               '03/12/2001   10:56:20\n            Event String:\n            ' + wrapped(p, 60).replace('\n', '\n            ') +
               '\n         An error event occurred.  EventID: 0x00000457\n            Time Generated: 03/12/2001   10:56:21\n'
               '            (Event String could not be retrieved)\n         ......................... WS7 failed test SystemLog',
               {'kind': 'nt-event', 'event': '7001', 'time': '03/12/2001   10:56:20'}),
    'mail with its headers': (lambda p: 'Subject: help\nContent-Type: text/plain; charset="us-ascii"\n'
                              f'Content-Transfer-Encoding: quoted-printable\n\nHello,\n\n{printable(p)}\n\nbye\n', None),
    'syslog': (lambda p: 'Mar 12 10:56:20 ws7 rcmd[212]: ' + p,
               {'kind': 'syslog', 'time': 'Mar 12 10:56:20', 'thread': '212', **WS7, **RCMD}),
    'syslog with its priority': (lambda p: '<27>Mar 12 10:56:20 ws7 rcmd[212]: ' + p, {'kind': 'syslog', **WS7, **RCMD}),
    'RFC 5424': (lambda p: '<27>1 2001-03-12T10:56:20.113Z ws7 rcmd 212 ID47 [ex@32473 iut="3" src="a]b"][x@1 y="z"] ' + p,
                 {'kind': 'syslog', 'time': '2001-03-12T10:56:20.113Z', 'thread': '212', **WS7, **RCMD}),
    'a router': (lambda p: '*Mar 12 10:56:20.113: %SYS-3-ERR: ' + p, {'kind': 'syslog', 'component': 'SYS-3-ERR'}),
    'CBS': (lambda p: '2001-03-12 10:56:20, Error                 CBS    ' + p, {'component': 'CBS', 'level': 'Error'}),
    'SMS': (lambda p: f'~{p}  $$<SMS_X><Mon Mar 12 10:56:20.113 2001 Central Standard Time><thread=8973 (0x230D)>',
            {'kind': 'sms', 'component': 'SMS_X', 'thread': '8973 (0x230D)'}),
    'ConfigMgr': (lambda p: f'<![LOG[{p}]LOG]!><time="10:56:20.000+000" date="03-12-2001" component="rcmd" context="" type="3" '
                  'thread="8973" file="rcmd.cpp:1">', {'kind': 'configmgr', 'thread': '8973', **RCMD}),
    "ConfigMgr's viewer": (lambda p: p + '\trcmd\t3/12/2001 10:56:20 AM\t8973 (0x230D)',
                           {'kind': 'configmgr', 'thread': '8973 (0x230D)', **RCMD}),
    'a thread': (lambda p: '[0x1a4] ERROR ' + p, {'kind': 'thread', 'thread': '0x1a4', 'level': 'ERROR'}),
    'the kernel': (lambda p: '[   12.345678] ' + p, {'kind': 'kernel', 'time': '12.345678'}),
    'the kernel by the clock': (lambda p: '[Mon Mar 12 10:56:20 2001] ' + p, {'time': 'Mon Mar 12 10:56:20 2001'}),
    'log4j': (lambda p: '2001-03-12 10:56:20,113 ERROR [main] com.example.Rcmd - ' + p,
              {'level': 'ERROR', 'thread': 'main', 'component': 'com.example.Rcmd'}),
    'Spring': (lambda p: '2001-03-12T10:56:20.113+01:00 ERROR 12345 --- [           main] c.e.rcmd.Client    : ' + p,
               {'level': 'ERROR', 'thread': '12345', 'component': 'c.e.rcmd.Client'}),
    'Python': (lambda p: '2001-03-12 10:56:20,113 - rcmd.client - ERROR - ' + p, {'level': 'ERROR', 'component': 'rcmd.client'}),
    'Rust': (lambda p: '[2001-03-12T10:56:20Z ERROR rcmd::client] ' + p, {'level': 'ERROR', 'component': 'rcmd::client'}),
    'glog': (lambda p: 'E0312 10:56:20.113456   212 client.cc:42] ' + p,
             {'kind': 'glog', 'level': 'E', 'thread': '212', 'component': 'client.cc:42'}),
    'glog in a container': (lambda p: '2001-03-12T10:56:20.113456789Z stderr F E0312 10:56:20.113456   1 client.cc:42] ' + p,
                            {'level': 'E', 'thread': '1', 'component': 'client.cc:42'}),
    'JSON in a container': (lambda p: '2001-03-12T10:56:20.113456789Z stdout F {"level":"error","msg":%s}' % string(p),
                            {'level': 'error'}),
    "a described pod's event": (lambda p: '  Warning  Failed     12s (x3 over 60s)  kubelet            ' + p,
                                {'kind': 'container', 'level': 'Warning', 'event': 'Failed', 'component': 'kubelet'}),
    'a run of GitHub': (lambda p: 'build\tRun tests\t2001-03-12T10:56:20.1134560Z ' + p,
                        {'kind': 'workflow', 'component': 'Run tests', 'time': '2001-03-12T10:56:20.1134560Z'}),
    'brackets in a chain': (lambda p: '[2001-03-12T10:56:20,113][ERROR][rcmd.client][main] ' + p,
                            {'level': 'ERROR', 'component': 'rcmd.client', 'thread': 'main'}),
    'Perl': (lambda p: '2001-03-12 10:56:20 ERROR ' + p + ' at /srv/a.pl line 42.', {'level': 'ERROR'}),
    'fields by bars': (lambda p: '2001-03-12 10:56:20.1130|ERROR|Rcmd.Client|' + p, {'level': 'ERROR', 'component': 'Rcmd.Client'}),
    'Apache': (lambda p: '[Mon Mar 12 10:56:20.113 2001] [core:error] [pid 212:tid 140] [client 10.0.0.9:4711] ' + p,
               {'level': 'error', 'component': 'core', 'thread': '212:tid 140'}),
    'nginx': (lambda p: '2001/03/12 10:56:20 [error] 212#0: *5 ' + p, {'level': 'error', 'thread': '212#0'}),
    'MySQL': (lambda p: '2001-03-12T10:56:20.113456Z 0 [ERROR] [MY-010020] [Server] ' + p,
              {'level': 'ERROR', 'event': 'MY-010020', 'component': 'Server'}),
    'SAP': (lambda p: f'M  *** ERROR => {p} [x.c  1234]', {'kind': 'sap', 'level': 'ERROR', 'component': 'x.c'}),
    'Compose': (lambda p: 'web-1  | 2001-03-12 10:56:20 ERROR ' + p, {'kind': 'container', 'component': 'web-1', 'level': 'ERROR'}),
    'CRI': (lambda p: '2001-03-12T10:56:20.000000000+01:00 stderr F ' + p, {'time': '2001-03-12T10:56:20.000000000+01:00'}),
    'Kubernetes': (lambda p: '3m12s   Warning   FailedMount   pod/web-7d4b   ' + p,
                   {'kind': 'container', 'level': 'Warning', 'component': 'pod/web-7d4b', 'event': 'FailedMount'}),
    'a chat': (lambda p: 'John [14:03]: ' + p, {'kind': 'chat', 'time': '14:03'}),
    'SetupAPI': (lambda p: '#E033 ' + p, {'kind': 'setup', 'event': 'E033'}),
    'SetupAPI today': (lambda p: '!!!  inf:           ' + p, {'kind': 'setup', 'component': 'inf'}),
    'the time service': (lambda p: '148635 10:56:20.1134560s - ' + p, {'kind': 'service', 'time': '10:56:20.1134560'}),
    'Windows Update': (lambda p: '2001/03/12 10:56:20.1134560 1234  5678  Agent           *FAILED* ' + p, {'thread': '5678', 'component': 'Agent'}),
    "SQL Server's agent": (lambda p: '2001-03-12 10:56:20 - ! [298] ' + p, {'event': '298', 'time': '2001-03-12 10:56:20'}),
    'a step of a job': (lambda p: f'Executed as user: CORP\\joe. {p} [SQLSTATE 42000] (Error 208).  The step failed.', {'kind': 'job'}),
    'SMTP of Exchange': (lambda p: f'2001-03-12T10:56:20.113Z,WS7\\Default,08D8,12,10.0.0.5:25,10.0.0.9:4711,>,{field(p)},',
                         {'kind': 'protocol', 'time': '2001-03-12T10:56:20.113Z', 'component': 'WS7\\Default'}),
    'Snare': (lambda p: '<14>Mar 12 10:56:20 ws7 MSWinEventLog\t1\tSystem\t212\tMon Mar 12 10:56:20 2001\t7001\tNetsvc\tjoe\tN/A\tError\tws7\t'
              f'None\t\t{p}\t212', {**EVENT, 'host': 'ws7', 'time': 'Mon Mar 12 10:56:20 2001'}),
    'MSBuild': (lambda p: f'{p} [C:\\src\\app\\app.vcxproj]', None),
    'CBS with a code that says nothing': (lambda p: f'2001-03-12 10:56:20, Error                 CBS    {p} [HRESULT = 0x80004005 - E_FAIL]',
                                          {'component': 'CBS', 'level': 'Error'}),
    'a script of Apache': (lambda p: '[Mon Mar 12 10:56:20.113 2001] [cgi:error] [pid 212] [client 10.0.0.9:4711] '
                           f'AH01215: {p}: /srv/cgi-bin/a.pl', {'level': 'error', 'component': 'cgi'}),
    'PostgreSQL': (lambda p: f'2001-03-12 10:56:20.113 CET [212] joe@shop ERROR:  {p}', {'thread': '212', 'component': 'joe@shop'}),
    'log4net': (lambda p: f'2001-03-12 10:56:20,113 [7] ERROR Rcmd.Client [(null)] - {p}', {'thread': '7', 'level': 'ERROR'}),
    "a task's issue": (lambda p: f'2001-03-12T10:56:20.1134560Z ##vso[task.logissue type=error]{p}', {'kind': 'iso'}),
    'PowerShell': (lambda p: f'Invoke-It : {p}\nAt line:1 char:1\n+ Invoke-It -Name x\n+ ~~~~~~~~~~~~~~~~~~~\n'
                   '    + CategoryInfo          : NotSpecified: (:) [Invoke-It], Exception\n'
                   '    + FullyQualifiedErrorId : System.Exception,Invoke-It', {'kind': 'powershell'}),
    'a stack of .NET': (lambda p: f'Unhandled Exception: System.Exception: {p}\n   at Rcmd.Client.Run() in C:\\x.cs:line 12\n'
                        '   at Rcmd.Main()', {'kind': 'trace'}),
    'a stack of Java': (lambda p: 'java.lang.RuntimeException: it failed\n\tat com.example.Main.main(Main.java:12)\n'
                        f'Caused by: java.io.IOException: {p}\n\tat com.example.Rcmd.run(Rcmd.java:120)\n\t... 1 more', None),
    'a stack of Python': (lambda p: 'Traceback (most recent call last):\n  File "x.py", line 12, in <module>\n    main()\n'
                          f'OSError: {p}', {'kind': 'trace'}),
    'CEF': (lambda p: 'CEF:0|Contoso|Agent|1.0|7001|Failed|5|dvchost=ws7 src=10.0.0.9 msg=%s rt=984394580000' % extension(p),
            {'kind': 'cef', 'component': 'Agent', 'host': 'ws7', 'event': '7001', 'level': '5', 'time': '984394580000'}),
    'CEF, the name alone': (lambda p: f'CEF:0|Contoso|Agent|1.0|3|{header(p)}|1|src=10.0.0.9 cnt=3',
                            {'kind': 'cef', 'component': 'Agent', 'event': '3', 'level': '1'}),
    'CEF in syslog': (lambda p: '<134>Mar 12 10:56:20 ws7 CEF:0|Contoso|Agent|1.0|7001|Failed|5|msg=' + extension(p),
                      {'kind': 'syslog', 'time': 'Mar 12 10:56:20', 'host': 'ws7', 'component': 'Agent', 'level': '5'}),
    'LEEF': (lambda p: f'LEEF:1.0|Contoso|Agent|1.0|7001|src=10.0.0.9\tsev=5\tmsg={p}\tusrName=joe',
             {'kind': 'leef', 'component': 'Agent', 'event': '7001', 'level': '5'}),
    'LEEF 2': (lambda p: f'LEEF:2.0|Contoso|Agent|1.0|7001|x5E|devTime=10:56:20^sev=5^msg={p}',
               {'kind': 'leef', 'component': 'Agent', 'event': '7001', 'time': '10:56:20'}),
    'CLIXML': (lambda p: '#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><S S="Error">Get-It : '
               + html.escape(wrapped(p, 40)).replace('\n', '_x000D__x000A_</S><S S="Error">') + '_x000D__x000A_</S><S S="Error">'
               'At line:1 char:1_x000D__x000A_</S><S S="Error">+ Get-It_x000D__x000A_</S></Objs>', {'kind': 'clixml', 'component': 'Get-It'}),
    'a fault of WS-Management': (lambda p: '<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="2150858770" '
                                 f'Machine="ws7"><f:Message>{html.escape(p)} </f:Message></f:WSManFault>',
                                 {'kind': 'wsman', 'host': 'ws7', 'event': '2150858770'}),
    'a fault of SOAP': (lambda p: '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Reason><s:Text xml:lang='
                        f'"en">{html.escape(p)}</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>', {'kind': 'soap'}),
    'an event of XML': (lambda p: SYSTEM + f'<EventData><Data Name="param1">{html.escape(p)}</Data></EventData></Event>',
                        {**EVENT, **WS7, 'level': '2', 'time': '2001-03-12T10:56:20.000Z'}),
    'an event of XML with its text': (lambda p: SYSTEM + '<EventData><Data>x</Data></EventData><RenderingInfo Culture="en-US"><Message>'
                                      f'{html.escape(p)}</Message><Level>Error</Level></RenderingInfo></Event>', {**EVENT, **WS7}),
    'log4j as XML': (lambda p: '<log4j:event logger="com.example.Rcmd" timestamp="984394580113" level="ERROR" thread="main"><log4j:message>'
                     f'<![CDATA[{p}]]></log4j:message></log4j:event>',
                     {'kind': 'log4j', 'component': 'com.example.Rcmd', 'level': 'ERROR', 'thread': 'main'}),
    'Tomcat': (lambda p: f'12-Mar-2001 10:56:20.113 SEVERE [main] com.example.Rcmd.run {p}',
               {'component': 'com.example.Rcmd.run', 'level': 'SEVERE', 'thread': 'main'}),
    'a class without a mark': (lambda p: f'2001-03-12 10:56:20 ERROR com.example.Rcmd {p}', {'component': 'com.example.Rcmd', 'level': 'ERROR'}),
    'a short logger': (lambda p: f'2001-03-12 10:56:20,113 ERROR [main] Rcmd - {p}', {'level': 'ERROR', 'thread': 'main'}),
    'a short logger with a colon': (lambda p: f'2001-03-12 10:56:20,113 ERROR Rcmd: {p}', {'component': 'Rcmd', 'level': 'ERROR'}),
    'level, thread, short logger': (lambda p: f'ERROR [main] Rcmd - {p}', None),
    'thread, level, short logger': (lambda p: f'[main] ERROR Rcmd - {p}', None),
    'level and class': (lambda p: f'ERROR com.example.Rcmd - {p}', None),
    'a message that is called so': (lambda p: f'Message: {p}', None),
    'a message in a list': (lambda p: f'Message      : {p}', None),
    'a cmdlet': (lambda p: f'Copy-Item : {p}', None),
    'a program in PowerShell': (lambda p: f'net.exe : {p}', None),
    'an exception': (lambda p: f'Exception: {p}', None),
    'an exception, a blank before its colon': (lambda p: f'Exception : {p}', None),
    'an exception of Java': (lambda p: f'java.io.IOException: {p}', None),
    'an error, a blank before its colon': (lambda p: f'Error : {p}', None),
    'java.util.logging on one line': (lambda p: f'Mar 12, 2001 10:56:20 AM com.example.Rcmd run SEVERE: {p}',
                                      {'kind': 'java', 'time': 'Mar 12, 2001 10:56:20 AM', 'component': 'com.example.Rcmd', 'level': 'SEVERE'}),
    'JUnit': (lambda p: f'<testcase name="x" classname="com.example.Rcmd"><failure message="{html.escape(p)}" type="Error">at x</failure></testcase>',
              {'kind': 'junit', 'component': 'com.example.Rcmd'}),
    'java.util.logging as XML': (lambda p: '<record><date>2001-03-12T10:56:20</date><millis>984394580113</millis><sequence>5</sequence><logger>'
                                 'com.example</logger><level>SEVERE</level><class>com.example.Rcmd</class><method>run</method><thread>12</thread>'
                                 f'<message>{html.escape(p)}</message></record>',
                                 {'kind': 'java', 'time': '2001-03-12T10:56:20', 'component': 'com.example.Rcmd', 'level': 'SEVERE', 'thread': '12'}),
    'java.util.logging': (lambda p: f'Mar 12, 2001 10:56:20 AM com.example.Rcmd run\nSEVERE: {p}',
                          {'kind': 'java', 'time': 'Mar 12, 2001 10:56:20 AM', 'component': 'com.example.Rcmd', 'level': 'SEVERE'}),
    'Get-WinEvent as a list': (lambda p: 'TimeCreated  : 3/12/2001 10:56:20 AM\nProviderName : Netsvc\nId           : 7001\nMessage      : '
                               + wrapped(p, 40).replace('\n', '\n' + ' ' * 15), {'kind': 'nt-event', 'component': 'Netsvc', 'event': '7001'}),
    'Get-EventLog as a list': (lambda p: 'EventID            : 7001\nMachineName        : WS7\nIndex              : 2112\n'
                               'EntryType          : Error\nMessage            : ' + wrapped(p, 40).replace('\n', '\n' + ' ' * 21) +
                               '\nCategory           : (0)\nCategoryNumber     : 0\nReplacementStrings : {a, b}\nSource             : Netsvc\n'
                               'InstanceId         : 3221232473\nTimeGenerated      : 3/12/2001 10:56:20 AM\nUserName           :',
                               {**EVENT, 'host': 'WS7', 'time': '3/12/2001 10:56:20 AM'}),
    'an instance and no event': (lambda p: f'EntryType          : Error\nMessage            : {p}\nSource             : Netsvc\n'
                                 'InstanceId         : 3221232473', EVENT),
    'Get-WinEvent': (lambda p: '3/12/2001 10:56:20 AM          7001 Error            ' + p, {'kind': 'nt-event', 'level': 'Error', 'event': '7001'}),
    'a stamp in brackets': (lambda p: '[2001-03-12T10:56:20Z] ' + p, {'kind': 'iso', 'time': '2001-03-12T10:56:20Z', 'host': ''}),
    'a stamp with its zone in brackets': (lambda p: '[2001-03-12T10:56:20.113+01:00] ' + p, {'kind': 'iso', 'host': ''}),
    'a stamp of the zero zone': (lambda p: '2001-03-12T10:56:20Z ' + p, {'kind': 'iso', 'host': ''}),
    'Python, not told how': (lambda p: 'ERROR:rcmd.client:' + p, {'kind': 'python', 'component': 'rcmd.client', 'level': 'ERROR'}),
    'Ruby': (lambda p: 'E, [2001-03-12T10:56:20.113456 #212] ERROR -- rcmd: ' + p, {'kind': 'ruby', 'thread': '212', 'level': 'ERROR', **RCMD}),
    'Android': (lambda p: '03-12 10:56:20.113   212   213 E rcmd    : ' + p, {'kind': 'android', 'thread': '213', 'level': 'E', **RCMD}),
    ".NET's console": (lambda p: 'fail: Contoso.Rcmd[7]\n      ' + p, {'kind': 'dotnet', 'component': 'Contoso.Rcmd', 'event': '7'}),
    "PostgreSQL's table": (lambda p: '2001-03-12 10:56:20.113 UTC,"joe","shop",212,"10.0.0.9:5544",65f0.4c,3,"SELECT",2001-03-12 09:00:00 '
                           f'UTC,3/44,0,ERROR,57014,{field(p)},,,,,,,,,"psql"', {'kind': 'table', 'time': '2001-03-12 10:56:20.113 UTC', 'level': 'ERROR'}),
    'events as PowerShell exports them': (lambda p: f'"3/12/2001 10:56:20 AM","7001","Error","Netsvc",{field(p)}',
                                          {'kind': 'table', 'time': '3/12/2001 10:56:20 AM'}),
    'a table of thousandths': (lambda p: f'1710241002113,{field(p)}', {'kind': 'table', 'time': '1710241002113'}),
    'a stream of a cloud': (lambda p: f'2001-03-12T10:56:20.113000+00:00 2001/03/12/[$LATEST]{12:032x} {p}', {'kind': 'iso', 'host': ''}),
    'an installer': (lambda p: f'MSI (s) (A4:3C) [10:56:20:113]: Product: Tool 2 -- {p}', {'kind': 'installer', 'time': '10:56:20:113'}),
    'DISM': (lambda p: f'2001-03-12 10:56:20, Error                 DISM   DISM Provider Store: PID=212 TID=140 {p} - CStore::Load(hr:0x80070002)',
             {'component': 'DISM', 'level': 'Error'}),
    'klog': (lambda p: f'E0312 10:56:20.113456     212 pod.go:42] {string(p)} pod="default/web-1"',
             {'kind': 'glog', 'level': 'E', 'component': 'pod.go:42'}),
    'Postfix': (lambda p: 'Mar 12 10:56:20 mx1 postfix/smtp[212]: 4F1C: to=<joe@example.org>, relay=mx.example.net[192.0.2.7]:25, dsn=5.1.1, '
                f'status=bounced (host mx.example.net[192.0.2.7] said: {p} (in reply to RCPT TO command))', {'kind': 'syslog', 'host': 'mx1'}),
    'HAProxy': (lambda p: f'[ALERT] 071/105620 (212) : {p}', {'kind': 'process', 'level': 'ALERT', 'thread': '212'}),
    'log4j, not told how': (lambda p: f'4021 [main] ERROR com.example.Rcmd  - {p}', {'level': 'ERROR', 'thread': 'main', 'component': 'com.example.Rcmd'}),
    'RFC 5424, marked as UTF-8': (lambda p: '<27>1 2001-03-12T10:56:20Z ws7 rcmd 212 - - \ufeff' + p, {'kind': 'syslog', **WS7, **RCMD}),
    'a router that counts': (lambda p: f'000212: Mar 12 10:56:20.113 CET: %SYS-3-ERR: {p}',
                             {'kind': 'syslog', 'time': 'Mar 12 10:56:20.113 CET', 'component': 'SYS-3-ERR'}),
    'hostd': (lambda p: f'2001-03-12T10:56:20.113Z error hostd[212] [Originator@6876 sub=Default opID=4f-9] {p}',
              {'component': 'hostd', 'level': 'error', 'thread': '212'}),
    'vmkernel': (lambda p: f'2001-03-12T10:56:20.113Z cpu3:212 opID=4f)NMP: {p}', {'thread': '212'}),
    'supervisord': (lambda p: f'2001-03-12 10:56:20,113 CRIT {p}', {'level': 'CRIT'}),
    'Redis': (lambda p: f'212:M 12 Mar 2001 10:56:20.113 # {p}', {'kind': 'process', 'time': '12 Mar 2001 10:56:20.113', 'thread': '212'}),
    'Zabbix': (lambda p: f'   212:20010312:105620.113 {p}', {'kind': 'process', 'time': '20010312:105620.113', 'thread': '212'}),
    'Nagios': (lambda p: f'[1710241002] SERVICE ALERT: ws7;load;CRITICAL;HARD;3;{p}', {'kind': 'epoch', 'time': '1710241002', 'component': 'SERVICE ALERT'}),
    'OpenVPN': (lambda p: f'Mon Mar 12 10:56:20 2001 us=113456 10.0.0.9:1194 {p}', {'time': 'Mon Mar 12 10:56:20 2001'}),
    'WebSphere': (lambda p: f'[3/12/01 10:56:20:113 CET] 000003eb SystemOut     O {p}', {'component': 'SystemOut', 'thread': '000003eb'}),
    'WebLogic': (lambda p: '####<Mar 12, 2001 10:56:20 AM CET> <Error> <JDBC> <ws7> <Admin> <[ACTIVE] ExecuteThread> <<WLS Kernel>> <> <> '
                 f'<984394580113> <BEA-001112> <{p}> ', {'kind': 'weblogic', 'level': 'Error', 'component': 'JDBC', 'time': 'Mar 12, 2001 10:56:20 AM CET'}),
    'WildFly': (lambda p: f'10:56:20,113 ERROR [org.jboss.as] (MSC service thread 1-6) {p}',
                {'level': 'ERROR', 'component': 'org.jboss.as', 'thread': 'MSC service thread 1-6'}),
    'a firewall': (lambda p: f'<129> date=2001-03-12 time=10:56:20 devname="fw1" level="alert" msg={string(p)}',
                   {'kind': 'logfmt', 'time': '2001-03-12 time=10:56:20', 'level': 'alert'}),
    'a service of Windows': (lambda p: f'USERENV(1a4.230) 10:56:20:113 {p}', {'kind': 'service', 'time': '10:56:20:113', 'component': 'USERENV'}),
    'file replication': (lambda p: f'<FrsNs:                212:  140: S0: 10:56:20> {p}', {'kind': 'service', 'time': '10:56:20', 'component': 'FrsNs'}),
    'Chromium': (lambda p: f'[212:140:0312/105620.113456:ERROR:net.cc(42)] {p}',
                 {'kind': 'chromium', 'time': '0312/105620.113456', 'level': 'ERROR', 'component': 'net.cc(42)'}),
    'a thread before its stamp': (lambda p: f'[0212:0002-0140] 03/12/2001 10:56:20 AM   {p}', {'thread': '0212:0002-0140', 'time': '03/12/2001 10:56:20 AM'}),
    'level and thread before their stamp': (lambda p: f'ERROR [main] 2001-03-12 10:56:20,113 Store.java:42 - {p}',
                                            {'level': 'ERROR', 'thread': 'main', 'time': '2001-03-12 10:56:20,113'}),
    'seconds and a colon': (lambda p: f'1710241002: {p}', {'kind': 'epoch', 'time': '1710241002'}),
    'DB2': (lambda p: f'2001-03-12-10.56.20.113456+060 {p}', {'time': '2001-03-12-10.56.20.113456+060'}),
    "a runner's command": (lambda p: '::error file=app.js,line=1,col=5::' + p, {'kind': 'workflow', 'level': 'error'}),
    'a level alone': (lambda p: 'ERROR ' + p, {}),
    'a long class': (lambda p: f'com.example.application.infrastructure.network.ClientConnectionException: {p}', {}),
    'what Go asked for': (lambda p: f'Get "https://registry.example.org:8443/v2/repositories/app/manifests/1": {p}', {}),
    'fields of tracing': (lambda p: f'2001-03-12T10:56:20.113456Z ERROR app::client: request failed error={p} attempt=3',
                          {'level': 'ERROR', 'time': '2001-03-12T10:56:20.113456Z'}),
    'an exception that was raised': (lambda p: '[2001-03-12 10:56:20,113: ERROR/MainProcess] Task app.run[4f-9] raised unexpected: '
                                     f'com.StoreError({p!r})', {'time': '2001-03-12 10:56:20,113'}),
}


class Dress(KbtTest):
    @classmethod
    def setUpClass(cls):
        cls.dressed = [(name, undo, None) for name, undo in DAMAGE.items()]
        cls.dressed += [(name, put, says) for name, (put, says) in ENVELOPES.items()]

    def setUp(self):
        super().setUp()
        subprocess.run([KBT, 'import', '--db', self.db, os.path.join(ROOT, 'kb')], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def ask(self, texts):
        """Each text's answer: those of one line in one batch."""
        lines = [t for t in texts if '\n' not in t]
        run = subprocess.run([KBT, 'lookup', '--db', self.db, '--batch', '--json', '-n', '1'],
                             input='\n'.join(lines + ['']).encode(), stdout=subprocess.PIPE, check=True)
        answers = dict(zip(lines, map(json.loads, run.stdout.splitlines())))

        def ask_one(text):
            run = subprocess.run([KBT, 'lookup', '--db', self.db, '--json', '-n', '1', '-'], input=text.encode(),
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            return json.loads(run.stdout)
        others = [t for t in texts if t not in answers]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            return answers | dict(zip(others, pool.map(ask_one, others)))

    def test_table(self):
        texts = {(name, message): put(message) for name, put, _ in self.dressed for _, message, _ in MESSAGES}
        answers = self.ask(list(texts.values()))
        for name, _, says in self.dressed:
            for article, message, binds in MESSAGES:
                with self.subTest(dress=name, message=message):
                    text = texts[name, message]
                    answer = answers[text]
                    self.assertEqual([m['id'] for m in answer['matches']], [article], text)
                    captures = answer['matches'][0]['captures']
                    self.assertEqual({k: captures.get(k) for k in binds}, binds, text)
                    envelope = answer.get('envelope', {})
                    self.assertEqual({k: envelope.get(k) for k in says or {}}, says or {}, text)

    def test_a_scan_reads_lines_alike(self):
        asked = [(name, article, binds, put(message)) for article, message, binds in MESSAGES
                 for name, (put, _) in ENVELOPES.items() if '\n' not in put(message)]
        # A line beside may tell which error a message is of: so the lines stand apart.
        apart = 16
        log = self.write('dressed.log', ('\n'.join(text + '\nall is well' * (apart - 1) for *_, text in asked) + '\n').encode())
        run = subprocess.run([KBT, 'scan', '--json', '--db', self.db, log], stdout=subprocess.PIPE, check=True)
        hits = {}
        for hit in map(json.loads, run.stdout.splitlines()):
            hits.setdefault(hit['line'], hit)
        for i, (name, article, binds, text) in enumerate(asked):
            with self.subTest(dress=name, text=text):
                hit = hits.get(i * apart + 1, {'id': None, 'captures': {}})
                self.assertEqual(hit['id'], article)
                self.assertEqual({k: hit['captures'].get(k) for k in binds}, binds)

    def test_underscores_of_asp(self):
        """They stand for blanks in the log of IIS, where no plus signs do; then a scan finds the words, too."""
        text = ('2001-03-12 10:56:20 10.0.0.5 GET /a.asp |17|80004005|%s 80 - 10.0.0.9 Mozilla/4.0+(compatible;+MSIE+5.5) 500 0')
        for message, id in (('Error_53_-_Network_path_not_found', 'Q120457'), ('Error_53:_Network_not_found', 'Q122447'),
                            ('System+error+53+has+occurred.+The+network+path+was+not+found.', 'Q-error-0x80070035')):
            for line in (text % message, text.replace(' |', ' id=5&x=y|') % message):
                self.assertEqual([m['id'] for m in self.ask([line])[line]['matches']], [id], line)
                hits = self.json('scan', self.write('iis.log', line + '\n'))
                self.assertEqual([(h['id'], h['time']) for h in hits], [(id, '2001-03-12T10:56:20')], line)

    def test_events_of_one_paste(self):
        """Each is answered; what the event says comes from its data where its text is missing."""
        def event(p):
            return SYSTEM + f'<EventData><Data>{html.escape(p)}</Data></EventData></Event>'
        said = [p for id, p, _ in (MESSAGES[0], MESSAGES[18], MESSAGES[22])]
        for put in ('{}{}{}', '{}\n{}\n\n{}\n', '<?xml version="1.0" encoding="utf-8"?>\n<Events>{}\n{}{}</Events>'):
            for more in ('', event('nothing that anybody knows')):
                text = put.format(*[more + event(p) for p in said])
                answer = self.ask([text])[text]
                ids = [m['id'] for m in self.json('lookup', '-n', '5', '-', input=text)[0]['matches']]
                self.assertEqual((ids[0], sorted(ids)), ('Q150536', ['Q-connection-refused', 'Q-name-lookup-failed', 'Q150536']), text)
                self.assertEqual(answer['matches'][0]['captures'].get('server'), 'HQ-SRV2')
                self.assertEqual(answer['envelope']['kind'], 'nt-event')

    def test_records_of_one_log(self):
        for put in (lambda p: p + '  $$<SMS_X><Mon Mar 12 10:56:20.113 2001><thread=1 (0x1)>\n',
                    lambda p: ENVELOPES['ConfigMgr'][0](p) + '\r\n'):
            text = put('all is well') + put(MESSAGES[4][1]) + put('all is well') + put(MESSAGES[0][1]) + put('all is well')
            matches = self.json('lookup', '-n', '5', '-', input=text)[0]['matches']
            self.assertEqual({m['id']: m['captures'].get('server') for m in matches}, {'Q221951': 'SITE1', 'Q150536': 'HQ-SRV2'}, text)

    def test_it_can_be_switched_off(self):
        text = ENVELOPES['JSON in syslog'][0](MESSAGES[0][1])
        for options, told in (([], True), (['--keep-envelope'], False)):
            run = subprocess.run([KBT, 'lookup', '--db', self.db, *options, text], stdout=subprocess.PIPE)
            self.assertEqual(b'read as syslog, time Mar 12 10:56:20, host ws7, component rcmd' in run.stdout, told)


if __name__ == '__main__':
    unittest.main()
