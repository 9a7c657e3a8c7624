# SPDX-License-Identifier: MIT
"""The command line itself: help, options, exit codes, standard streams."""
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import unittest

from kbt import DAMAGED, FOUND, KBT, KbtTest, NONE, ROOT, UNDECIDED, USAGE, needs_root, rests, until


class Help(KbtTest):
    def commands(self):
        lines = self.kbt('--help').out.split('commands:\n')[1].split('\n\n')[0].splitlines()
        return [line.split()[0] for line in lines if line[2] != ' ']

    def test_bare_prints_help_and_fails(self):
        p = self.kbt(code=USAGE)
        self.assertEqual(p.out, '')
        self.assertIn('usage: kbt COMMAND', p.err)

    def test_every_command_has_help_with_examples(self):
        for name in self.commands():
            with self.subTest(command=name):
                out = self.kbt(name, '--help').out
                self.assertIn(f'usage: kbt {name}', out)
                self.assertIn('examples:', out)
                for option in ('--json', '--help'):
                    self.assertIn(option, out)
                # what changes nothing is not offered
                self.assertEqual('--db FILE' in out, name not in ('lint', 'probe', 'token'))
                self.assertEqual('--limit N' in out, name in ('lookup', 'scan', 'diagnose', 'replay', 'verify', 'stats'))
                self.assertEqual(out, self.kbt('help', name).out)
                self.assertLessEqual(max(map(len, out.splitlines())), 80)
                for width in (40, 80, 132):
                    lines = self.on_terminal(width, name, '--help')
                    lines = lines[:lines.index('examples:')]  # what stands in quotes there is not cut
                    word = max(len(word) for line in lines for word in line.split())
                    self.assertLessEqual(max(map(len, lines)), max(min(width, 100), 8 + word))

    def test_progress_is_gone_before_the_result_stands_in_its_place(self):
        shown = '\n'.join(self.on_terminal(80, 'import', os.path.join(ROOT, 'kb'), err=True))
        self.assertRegex(shown, r'importing')
        self.assertRegex(shown, r'\x1b\[K\d+ articles: ')

    def test_a_narrow_terminal_is_not_overrun(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        self.kbt('scan', '--record', self.write('a.log', 'System error 53 has occurred. The network path was not found.\n'))
        for width in (40, 80):
            for args in (['stats'], ['import', os.path.join(ROOT, 'kb')], ['probe', '--list'], ['lookup', 'error 53'],
                         ['lint', '--pairs', os.path.join(ROOT, 'kb')], ['probe', 'tcp', 'address=127.0.0.1', 'port=1']):
                with self.subTest(width=width, command=args[0]):
                    lines = self.on_terminal(width, *args)
                    word = max(len(word) for line in lines for word in line.split())
                    self.assertLessEqual(max(map(len, lines)), max(width, 10 + word), max(lines, key=len))
        shown = '\n'.join(self.on_terminal(20, 'import', '--replace', os.path.join(ROOT, 'kb'), err=True))
        drawn = [x.split('\r')[0] for x in shown.split('\x1b[K') if x.startswith('importing')]
        self.assertTrue(drawn and max(map(len, drawn)) < 20, drawn)

    def test_what_is_piped_is_as_wide_as_columns_says(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))

        def said(columns):
            return self.kbt('lookup', 'mount error(111): could not connect to 192.0.2.1', env={'COLUMNS': columns}).out
        for columns in (50, 110):
            self.assertIn(max(map(len, said(str(columns)).splitlines())), range(columns - 12, columns + 1))
        for columns in ('0', 'x', '99999', '-60'):
            self.assertEqual(said(columns), said(''))

    def on_terminal(self, width, *args, err=False, locale='C.UTF-8', term='xterm'):
        """What it prints where standard output (err: and standard error) is a terminal of this width, without colours."""
        main, side = os.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack('HHHH', 24, width, 0, 0))
        p = subprocess.Popen([KBT, *args], stdout=side, stdin=subprocess.DEVNULL, stderr=side if err else subprocess.DEVNULL,
                             env=dict(os.environ, KBT_DB=self.db, NO_COLOR='1', TERM=term, LC_ALL=locale))
        text = b''
        # Its side stays open here until it has ended and all was read: a terminal closed while its last bytes are on their
        # way may give its reader the end without them.
        while True:
            ended = p.poll() is not None
            if select.select([main], [], [], 0 if ended else .02)[0]:
                text += os.read(main, 65536)
            elif ended:
                break
        os.close(side)
        os.close(main)
        self.assertIn(p.returncode, (FOUND, NONE, UNDECIDED))
        return text.decode().replace('\r', '').splitlines()

    def test_titles_and_places_wrap_on_a_narrow_terminal(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        for width in (40, 80):
            for args in (('lookup', 'ssh: connect to host nas1 port 22: No route to host'), ('lookup', 'the remote command blinks'),
                         ('scan', '--context', '0', os.path.join(ROOT, 'tests/e2e/data/sender.log'))):
                lines = self.on_terminal(width, *args)
                path = max(len(word) for line in lines for word in line.split()) + 10
                self.assertLessEqual(max(map(len, lines)), max(width, path), args)

    def test_reasons_wrap_on_a_narrow_terminal(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        lines = self.on_terminal(40, 'diagnose', '--offline', '--explain', 'System error 53 has occurred.')
        for line in lines:  # the name of a cause is not parted
            self.assertLessEqual(len(line), max(40, 9 + max(map(len, line.split()), default=0)), line)
        self.assertTrue(any('auth.user.account-disabled' in x for x in lines))

    def test_version(self):
        self.assertRegex(self.kbt('--version').out, r'^kbt \d+\.\d+\.\d+\n$')

    def test_unknown_command(self):
        self.refused('frobnicate', names='frobnicate')

    def test_what_was_meant_by_a_slip_of_the_fingers_is_said(self):
        for args, said in ((['lokup', 'x'], "no command 'lokup': is `kbt lookup` meant? `kbt --help` lists all"),
                           (['dignoase'], "no command 'dignoase': is `kbt diagnose` meant? `kbt --help` lists all"),
                           (['LOOKUP', 'x'], "no command 'LOOKUP': is `kbt lookup` meant? `kbt --help` lists all"),
                           (['banana'], "no command 'banana': `kbt --help` lists them"),
                           (['probe', '--list', 'tcp', 'tpc'], 'there is no probe tpc (kbt probe --list)'),
                           (['--lokup', 'x'], "unknown option '--lokup': is `kbt lookup` meant? `kbt --help` lists all"),
                           (['--versoin'], "unknown option '--versoin': is `kbt --version` meant? `kbt --help` lists all"),
                           (['--hlep'], "unknown option '--hlep': is `kbt --help` meant? `kbt --help` lists all"),
                           (['--banana'], "unknown option '--banana': `kbt --help` lists them"),
                           (['-v'], "unknown option '-v': is `kbt --version` meant? `kbt --help` lists all"),
                           (['search', 'x'], "no command 'search': is `kbt lookup` meant? `kbt --help` lists all"),
                           (['System error 53 has occurred.'], "no command 'System error 53 has occurred.': a message is "
                                                               "explained by `kbt lookup '...'`"),
                           (['probe', 'tcp', '127.0.0.1'], "an argument of a probe is NAME=VALUE, not '127.0.0.1': tcp takes "
                                                           'address, port, wait, watch, stay'),
                           (['--db', 'x', 'lookup', 'y'], '--db stands behind the command, as in `kbt lookup --db ...`'),
                           (['scan', '--contxt', '3'], 'unknown option --contxt: is --context meant?'),
                           (['scan', '--incid=1'], 'unknown option --incid=1: is --incidents meant?'),
                           (['lookup', '--jsno'], 'unknown option --jsno: is --json meant?'),
                           (['lookup', '--x'], 'unknown option --x'),
                           (['scan', '--incidents', 'x'],
                            '--incidents goes with --json: without it incidents are all that is shown'),
                           (['serve', '--host', 'http://kb.example.org'],
                            "--host is a name without http:// and port, as in kb.example.org, not 'http://kb.example.org'"),
                           (['serve', '--host', 'kb:80'],
                            "--host is a name without http:// and port, as in kb.example.org, not 'kb:80'"),
                           (['serve', '--host', 'http://kb:80'],
                            "--host is a name without http:// and port, as in kb.example.org, not 'http://kb:80'"),
                           *((['serve', '--host', host], '--host takes an IPv6 address in brackets and without a port, '
                              f"as in [2001:db8::1], not '{host}'")
                             for host in ('2001:db8::1', '2001:db8::1:8053', '[2001:db8::1]:8053', '[2001:db8::1'))):
            with self.subTest(command=args):
                self.assertEqual(self.refused(*args).err.splitlines()[0], f'kbt: {said}')

    def test_a_folder_that_is_missing_is_said_before_the_work(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        at = self.path('nowhere/x')
        for args in (['scan', '--report', at, 'x'], ['serve', '--listen', '127.0.0.1:0', '--keep', at],
                     ['diagnose', '--offline', 'No route to host', '--save', at]):
            with self.subTest(command=args[0]):
                self.assertEqual(self.refused(*args).err, f'kbt: {at} is not written: its folder is not there\n')

    def test_a_file_that_cannot_take_what_people_keep_is_said_at_once(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        at = self.write('notes.txt', 'what I want to keep\n' * 100)
        for path in (at, self.db):
            p = self.refused('serve', '--listen', '127.0.0.1:0', '--keep', path)
            self.assertRegex(p.err, rf'^kbt: {re.escape(path)}: .*what people keep cannot be put there')
        with open(at, encoding='utf-8') as f:
            self.assertEqual(f.read(), 'what I want to keep\n' * 100)

    def test_a_terminal_that_is_not_of_utf8_gets_marks_that_it_has(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        log = os.path.join(ROOT, 'tests/e2e/data/sender.log')
        wide, plain = ('\n'.join(self.on_terminal(80, 'scan', log, locale=x)) for x in ('C.UTF-8', 'C'))
        self.assertIn('10:56 \u2588\u00b7', wide)
        self.assertIn('10:56 #.', plain)
        self.assertTrue(plain.isascii())
        self.assertEqual(len(wide), len(plain))

    def test_lines_without_a_time_have_no_timeline(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        log = self.write('x.log', 'ssh: connect to host nas1 port 22: No route to host\n' * 3 +
                         '2001-03-12 10:56:20 something else\n2001-03-12 11:56:20 System error 53 has occurred.\n' * 2)
        self.assertIn('\n  3 times\n', self.kbt('scan', log).out)

    def test_unknown_option(self):
        for name in self.commands():
            with self.subTest(command=name):
                self.refused(name, '--frobnicate', names='--frobnicate')

    def test_a_text_that_begins_with_a_dash_is_told_where_it_stands(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        message = '-bash: ssh: No route to host'
        self.refused('lookup', message, names=('unknown option -bash', 'begins with a dash stands behind --'))
        self.kbt('lookup', '--', message)

    def test_values_that_do_not_fit_their_option(self):
        self.refused('lookup', '--batch=x', names='--batch takes no value')
        self.refused('lookup', 'x', '--limit', names='--limit needs a value')
        self.refused('lookup', 'x', '-n', names='-n needs a value')
        for command, option in (('lookup', 'db'), ('scan', 'report'), ('scan', 'cursor'), ('diagnose', 'save'),
                                ('serve', 'keep'), ('token', 'tokens')):
            with self.subTest(option=option):
                p = self.refused(command, f'--{option}', '', names=f'--{option} needs the name of a file')
                self.assertRegex(p.err, rf'\nusage: kbt {command} \[OPTION\.\.\.\]( \S.*)?; see')

    def test_an_option_that_takes_a_file_makes_none_that_is_called_dash(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        for args in (['diagnose', '--offline', 'System error 53 has occurred.', '--save'], ['scan', 'x', '--cursor'],
                     ['token', 'add', 'ann', '--tokens'], ['serve', '--keep'], ['stats', '--db']):
            p = subprocess.run([KBT, *args, '-'], cwd=self.dir, env=dict(os.environ, KBT_DB=self.db), stdin=subprocess.DEVNULL,
                               capture_output=True, text=True, timeout=60)
            self.assertEqual((p.returncode, p.stderr.splitlines()[0]), (
                USAGE, f'kbt: {args[-1]} takes a file, not standard input or output: one that is called - is ./-'))
            self.assertNotIn('-', os.listdir(self.dir))

    def test_standard_input_is_called_so(self):
        for command in ('import', 'scan'):
            p = subprocess.run([KBT, command, '-'], input=b'\x1f\x8b\x08', env=dict(os.environ, KBT_DB=self.db), capture_output=True,
                               timeout=60)
            self.assertEqual(p.returncode, USAGE)
            self.assertIn(b'standard input: damaged or cut off', p.stderr)
            self.kbt('import', os.path.join(ROOT, 'kb'))

    def test_what_does_not_fit_is_said_once(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        for args, said in ((['lookup', '--color', 'blue', 'x'], "--color is auto, always or never, not 'blue'"),
                           (['show', 'banana'], "'banana' is no article id such as Q150536"),
                           (['remove', 'banana'], "'banana' is no article id such as Q150536"),
                           (['remove'], 'remove takes one article id'), (['replay'], 'replay takes one saved incident'),
                           (['diagnose', '--set', 'x', 'y'], "--set is NAME=VALUE, not 'x'"),
                           (['token', 'list'], 'token needs --tokens FILE'),
                           (['token', 'list', '--tokens', 'x', '--role', 'read'], '--role goes with add'),
                           (['serve', '--listen', 'nas:8053'], '--listen is an address and a port, as in 127.0.0.1:8053, [::1]:8053 or '
                            "localhost:8053, or unix:FILE, not 'nas:8053'"),
                           (['serve', '--rate', 'x'], "--rate is a whole number from 1 to 6000, not 'x'")):
            with self.subTest(command=args):
                lines = [x for x in self.refused(*args).err.splitlines() if not x.startswith('usage: ')]
                self.assertEqual(lines, [f'kbt: {said}'])

    def test_a_file_that_is_not_there_is_said_alike_by_all(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        for args in (['import'], ['scan'], ['lint'], ['replay'], ['verify'], ['diagnose', '--offline', 'x', '--log']):
            with self.subTest(command=args[0]):
                for name, shown in (('', "''"), (self.path('nowhere'), self.path('nowhere'))):
                    if not name and '--log' in args:
                        continue  # an option says that it needs a name
                    p = self.run_kbt(*args, name)
                    self.assertEqual((p.returncode, p.err), (USAGE, f'kbt: {shown}: no such file or folder\n'))

    def test_the_name_of_a_file_is_no_message(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        log, folder = self.write('app.log', 'all is well\n'), self.path('')
        for command in (['lookup'], ['diagnose', '--offline']):
            for at, kind in ((log, 'file'), (folder, 'folder')):
                with self.subTest(command=command[0], kind=kind):
                    said = self.kbt(*command, at, code=NONE).err
                    self.assertEqual(said, f'kbt: note: {at} is a {kind}: `kbt scan {at}` finds what is known in it\n')
        self.assertEqual(self.kbt('lookup', 'all is well', code=NONE).err, '')

    def test_a_message_is_no_name_of_a_file(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        hint = 'kbt: note: if that is a message, `kbt lookup` says what explains it\n'
        for at, said in (('System error 53 has occurred.', hint), ('nowhere.log', '')):
            with self.subTest(at=at):
                self.assertEqual(self.kbt('scan', at, code=USAGE).err.replace(f'kbt: {at}: no such file or folder\n', ''), said)

    def test_what_was_installed_is_named_where_the_knowledge_base_is_missing(self):
        needs_root()
        script = 'mount -t tmpfs none /usr/local/share && mkdir -p /usr/local/share/kbtriage/kb && exec "$0" lookup x'
        note = 'kbt: note: the articles that come with this program are in /usr/local/share/kbtriage/kb\n'
        self.assertNotIn('note:', self.refused('lookup', 'x', code=DAMAGED).err)
        p = subprocess.run(['unshare', '-m', 'sh', '-c', script, KBT], env=dict(os.environ, KBT_DB=self.db), capture_output=True,
                           text=True)
        if 'mount:' in p.stderr or 'unshare:' in p.stderr:
            self.skipTest('mounting a tmpfs is not allowed here')
        self.assertEqual((p.returncode, p.stderr.splitlines(True)[-1]), (DAMAGED, note))

    def test_an_empty_message_is_said_to_be_so(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        for args in (['lookup'], ['lookup', ' .. '], ['diagnose', '--offline'], ['diagnose', '--offline', '']):
            self.refused(*args, names='the message is empty')

    def test_a_folder_is_no_standard_input_and_it_is_said(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        folder = os.open('/', os.O_RDONLY)
        self.addCleanup(os.close, folder)
        for args in (['lookup', '-'], ['lookup', '--batch'], ['diagnose', '--offline', '-'], ['scan', '-']):
            with self.subTest(command=args):
                self.assertIn('standard input: Is a directory', self.kbt(*args, code=USAGE, stdin=folder).err)

    def test_an_empty_value_is_said_as_such(self):
        for args in (['diagnose', '--offline', '--set', 'server=\\\\', 'x'], ['probe', 'files', 'name=']):
            self.refused(*args, names=": '' is not a host name or address")

    def test_streams_that_do_not_block_are_waited_for(self):
        """As ssh and Node.js leave them."""
        self.kbt('import', os.path.join(ROOT, 'kb'))
        line = 'System error 53 has occurred.\n'
        for args, said, times in ((['lookup'], line, 1), (['lookup', '--batch'], line, 3), (['scan', '-'], line, 3),
                                  (['diagnose', '--offline', '-'], line, 1), (['lookup', '--batch', '--json'], line, 100),
                                  (['scan', '--json', '-'], line, 1000)):
            with self.subTest(command=args):
                plain = self.run_kbt(*args, input=said * times)
                (theirs, our_in), (our_out, theirs_too) = os.pipe(), os.pipe()
                for fd in (theirs, theirs_too):
                    os.set_blocking(fd, False)
                with subprocess.Popen([KBT, *args], env=dict(os.environ, KBT_DB=self.db), stdin=theirs, stdout=theirs_too,
                                      stderr=subprocess.DEVNULL) as p:
                    os.close(theirs)
                    os.close(theirs_too)
                    waited = [rests(p.pid)]  # for its input, ...
                    with open(our_in, 'w') as f:
                        if waited[0]:
                            f.write(said * times)
                    waited.append(len(plain.out) < 1 << 17 or rests(p.pid))  # ... and for whom it writes to
                    with open(our_out) as f:
                        out = f.read()
                self.assertEqual((p.returncode, out, waited), (plain.returncode, plain.out, [True, True]))

    def test_a_closed_stream_is_an_error_and_no_other_file(self):
        """Closed, not empty: what is opened next has the number of the one that is missing."""
        self.kbt('import', os.path.join(ROOT, 'kb'))
        log, report = self.write('a.log', 'System error 53 has occurred.\n'), self.path('out.html')
        for args in (['lookup'], ['lookup', '--batch'], ['scan', '-'], ['scan'], ['scan', '--follow', '-'], ['import', '-'],
                     ['diagnose', '--offline', '-']):
            with self.subTest(closed='standard input', command=args):
                p = self.kbt(*args, code=USAGE, preexec_fn=lambda: os.close(0))
                self.assertIn('kbt: standard input: ', p.err)
        for args in (['lookup', 'error 53'], ['scan', log], ['stats'], ['--help'], ['scan', '--report', report, log]):
            with self.subTest(closed='standard output', command=args):
                p = self.kbt(*args, code=USAGE, preexec_fn=lambda: os.close(1))
                self.assertEqual(p.err, 'kbt: could not write standard output: Bad file descriptor\n')
        with open(report, 'rb') as f:
            self.assertTrue(f.read().endswith(b'</html>\n'))

    def test_full_stdout_is_an_error(self):
        for args in (['--version'], ['--help'], ['scan', '--help'], ['probe', '--list']):
            with self.subTest(command=args), open('/dev/full', 'wb') as full:
                p = self.kbt(*args, stdout=full, code=USAGE)
                self.assertEqual(p.err, 'kbt: could not write standard output: No space left on device\n')

    def test_without_a_home_the_database_has_to_be_named(self):
        env = {'KBT_DB': '', 'XDG_DATA_HOME': '', 'HOME': ''}
        for args in (['lookup', 'x'], ['import', os.path.join(ROOT, 'kb')]):
            self.refused(*args, env=env, names=('$HOME', 'name the database with --db or $KBT_DB'))
        self.kbt('lookup', '--help', env=env)
        self.kbt('probe', '--list', env=env)

    def test_a_database_is_taken_where_none_is_needed(self):
        nowhere = self.path('none/kb.db')
        for args in (['lint', os.path.join(ROOT, 'kb')], ['probe', '--list'], ['token', 'add', 'ann', '--tokens', self.path('tokens')]):
            self.assertEqual(self.kbt(*args, '--db', nowhere).err, '')
            self.assertNotIn('--db', self.kbt(args[0], '--help').out)

    def test_a_signal_while_another_changes_the_tokens_changes_none(self):
        tokens = self.path('tokens')
        self.kbt('token', 'add', 'ann', '--tokens', tokens)
        folder = os.open(os.path.dirname(tokens), os.O_RDONLY)
        self.addCleanup(os.close, folder)
        fcntl.flock(folder, fcntl.LOCK_EX)
        p = subprocess.Popen([KBT, 'token', 'remove', 'ann', '--tokens', tokens])
        self.assertTrue(until(lambda: rests(p.pid)))
        p.send_signal(signal.SIGINT)
        self.assertEqual(p.wait(), 130)
        self.assertIn('ann', self.kbt('token', 'list', '--tokens', tokens).out)

    def test_a_message_too_long_for_one_is_a_log(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        with open(os.path.join(ROOT, 'tests/e2e/data/sender.log')) as f:
            lines = f.read()
        hint = 'kbt: note: 9 lines: if they are a log, `kbt scan` finds what is known in each\n'
        self.assertEqual(self.kbt('lookup', input=lines).err, hint)
        self.assertEqual(self.kbt('lookup', '--json', input=lines).err, '')
        self.assertEqual(self.kbt('lookup', input='\n'.join(lines.splitlines()[:4])).err, '')
        self.refused('lookup', input='System error 53 has occurred. ' * 600000, names=('over 16 MiB', '`kbt scan`'))

    def test_progress_is_for_what_takes_long_and_a_terminal_that_draws(self):
        self.kbt('import', os.path.join(ROOT, 'kb'))
        log = os.path.join(ROOT, 'tests/e2e/data/sender.log')
        self.assertNotIn('\x1b', '\n'.join(self.on_terminal(80, 'scan', log, err=True)))
        self.assertNotIn('\x1b', '\n'.join(self.on_terminal(80, 'import', os.path.join(ROOT, 'kb'), err=True, term='dumb')))


if __name__ == '__main__':
    unittest.main()
