# SPDX-License-Identifier: MIT
"""What the README shows and promises: its commands run as typed and print what stands there.

`test_readme.py --write` (part of `make golden`) writes what they print now into the README; the diff is the review.
"""
import hashlib
import os
import re
import socket
import subprocess
import sys
import unittest

from kbt import DAMAGED, KBT, LIMIT_S, NONE, ROOT, UNDECIDED, KbtTest


def text_of(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as f:
        return f.read()


def is_refused(port):
    try:
        socket.create_connection(('127.0.0.1', port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        pass
    return False


def same_everywhere(output):
    """What of a diagnosis does not depend on the machine, as links, times and packets do: what it is about, the verdict."""
    verdict = re.search(r'(?ms)^CONFIRMED.*?^What to check next$', output)
    return output.splitlines()[:2], verdict and verdict.group()


class Readme(KbtTest):
    def setUp(self):
        """A folder that looks like the project after `make run`."""
        super().setUp()
        os.mkdir(self.path('build'))
        os.symlink(KBT, self.path('build/kbt'))
        for name in ('kb', 'tests'):
            os.symlink(os.path.join(ROOT, name), self.path(name))
        self.typed('build/kbt import --db build/kb.db kb/')
        self.db = self.path('build/kb.db')

    def typed(self, command, code=0):
        env = {k: v for k, v in os.environ.items() if k not in ('KBT_DB', 'COLUMNS')}
        p = subprocess.run(['bash', '-c', command], cwd=self.dir, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, env=dict(env, TERM='dumb'), timeout=LIMIT_S, text=True)
        self.assertEqual(p.returncode, code, f'{command}\n{p.stdout}\n{p.stderr}')
        return p.stdout.rstrip('\n')

    def all_shown(self, word):
        """(command, output) of each example that has this word in its command."""
        blocks = re.findall(r'(?ms)^```\n\$ (.*?)\n```$', text_of('README.md'))
        found = [tuple(b.split('\n', 1)) for b in blocks if f'kbt {word}' in b.split('\n', 1)[0]]
        self.assertTrue(found, f'no example of {word}')
        return found

    def shown(self, word):
        return self.all_shown(word)[0]

    def test_lookup_and_scan_print_what_is_shown(self):
        for word in ('lookup', 'scan'):
            for command, output in self.all_shown(word):
                with self.subTest(command=command):
                    self.assertEqual(self.typed(command), output)

    def test_exit_codes_are_those_of_the_help(self):
        shown = dict(re.findall(r'(?m)^\| (\d+) \| (.*?) \|$', text_of('README.md')))
        said = dict(re.findall(r'(?m)^  (\d+) +(.*)$', self.typed('build/kbt --help').split('exit codes:')[1]))
        self.assertEqual(list(shown), list(said))
        for code, meaning in said.items():
            self.assertTrue(shown[code].startswith(meaning), (code, meaning, shown[code]))

    def test_diagnosis_prints_what_is_shown(self):
        if not (is_refused(445) and is_refused(139)):
            self.skipTest('this machine has a file server of its own')
        command, output = self.shown('diagnose')
        head, verdict = same_everywhere(self.typed(command))
        self.assertTrue(verdict)
        self.assertEqual((head, verdict), same_everywhere(output))

    def test_writing_anew_leaves_what_depends_on_the_machine(self):
        shown = 'Q1  A title\n  server = 127.0.0.1\n\n  link  up  eth0 (753 ms)\n\nCONFIRMED  it\n\nWhat to check next\n  - x'
        again = shown.replace('eth0 (753 ms)', 'eth1 (12 ms)')
        self.assertEqual(written('kbt diagnose x', shown, again), shown)
        self.assertEqual(written('kbt lookup x', shown, again), again)
        self.assertEqual(written('kbt diagnose x', shown, again.replace('it', 'that')), again.replace('it', 'that'))

    def test_what_is_installed_answers_as_typed(self):
        subprocess.run(['make', '-s', '-C', ROOT, '-o', 'all', 'install', f'BUILD={os.path.dirname(KBT)}', f'DESTDIR={self.dir}'],
                       check=True, stdout=subprocess.DEVNULL)
        block = re.search(r'(?ms)^    make install .*?\n\n', text_of('README.md')).group().splitlines()[1:-1]
        self.assertEqual(len(block), 2)
        outputs = [self.typed(f'export HOME={self.dir} PATH={self.dir}/usr/local/bin:$PATH; unset XDG_DATA_HOME; ' +
                              line.replace('/usr/local', f'{self.dir}/usr/local')) for line in block]
        self.assertRegex(outputs[0], r'^\d+ articles: ')
        self.assertIn('network path', outputs[1])

    def test_the_service_finds_what_was_imported_for_it(self):
        unit, text = text_of('cli/systemd/kbt-serve.service'), text_of('README.md')
        line = re.search(r'(?m)^    (mkdir .*/var/lib/kbtriage.*)$', text).group(1)
        self.typed(f'PATH={self.path("build")}:$PATH; ' + line.replace('/usr/local/share/kbtriage/kb', self.path('kb'))
                   .replace('/var/lib', self.path('lib')))
        self.assertTrue(os.path.exists(self.path('lib/kbtriage/kb.db')))
        for word in ('StateDirectory=kbtriage', '--db ${STATE_DIRECTORY}/kb.db', 'EnvironmentFile=-/etc/default/kbtriage', '$KBT_SERVE'):
            self.assertIn(word, unit)
        self.assertIn('enable --now kbt-serve\n', text)

    def test_what_is_told_in_another_language_is_found(self):
        said = re.search(r'searched in English words: `(.*?)`', text_of('README.md')).group(1)
        self.assertRegex(self.typed(f"build/kbt lookup --db build/kb.db '{said}'"), r'^Q-no-space-left ')

    def test_lines_to_type_in_the_project_find_something(self):
        """Those that name what is there; the others are of somebody's own logs and servers."""
        lines = re.findall(r'(?m)^    (build/kbt (?:lookup|scan) --db build/kb.db .*)$', text_of('README.md'))
        self.assertEqual(len(lines), 2)
        for line in lines:
            with self.subTest(line=line):
                self.assertRegex(self.typed(line), r'(?m)^Q\S+ ')

    def test_other_commands_in_the_text_are_commands(self):
        listed = re.findall(r'(?m)^  ([a-z]+) +\S', self.typed('build/kbt --help'))
        for name in re.findall(r'build/kbt ([a-z]+)', text_of('README.md')):
            self.assertIn(name, listed)
        self.typed('build/kbt lint kb/')

    def test_the_two_commands(self):
        makefile = text_of('Makefile')
        for target in re.findall(r'`?make ([a-z]+)', text_of('README.md')):
            self.assertRegex(makefile, rf'(?m)^{target}:')
        self.assertIn('import --db $(BUILD)/kb.db kb/', makefile)

    def test_the_picture(self):
        with open(os.path.join(ROOT, 'web/screenshot.png'), 'rb') as f:
            data = f.read()
        self.assertTrue(data.startswith(b'\x89PNG\r\n'))
        self.assertLess(len(data), 200 * 1024)

    def test_the_code_decides_between_siblings(self):
        for number, article in ((3, 'Q134964'), (1326, 'Q151362')):
            text = f'Failed to connect to <\\\\FILESRV>, Error = {number}'
            self.assertEqual(self.json('lookup', text)[0]['matches'][0]['id'], article)

    def test_exit_codes(self):
        self.kbt('lookup', 'zebras graze quietly', code=NONE)
        self.kbt('diagnose', '--offline', self.RCMD, code=UNDECIDED)
        self.kbt('lookup', '--db', self.path('none.db'), 'x', code=DAMAGED)

    RCMD = r'Failed to connect to <\\FILESRV>, Error = 53'

    def test_permission_denied_stays_quiet(self):
        lines = ['Jun 14 15:16:01 combo ftpd[1]: open of /etc/x: Permission denied'] * 50
        self.kbt('scan', self.write('quiet.log', '\n'.join(lines)), code=NONE)

    def test_messages_and_logs_are_not_kept(self):
        def digest():
            with open(self.db, 'rb') as f:
                return hashlib.sha256(f.read()).hexdigest()
        before = digest()
        self.kbt('lookup', self.RCMD)
        self.kbt('scan', self.write('a.log', self.RCMD))
        self.kbt('diagnose', '--offline', self.RCMD, code=UNDECIDED)
        self.assertEqual(digest(), before)

    def test_a_message_over_the_limit_is_refused(self):
        p = self.kbt('lookup', code=2, input='x ' * (9 << 20))
        self.assertIn('16 MiB', p.err)


def written(command, shown, got):
    """What the README shows from now on: a diagnosis that says the same stays, else each run would write another one."""
    return shown if 'kbt diagnose' in command and same_everywhere(got) == same_everywhere(shown) else got


def write():
    """Runs the examples in the project's folder, after `make run` or an import, and writes the README anew."""
    def again(match):
        p = subprocess.run(['bash', '-c', match.group(1)], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           env=dict(os.environ, TERM='dumb'), timeout=LIMIT_S, text=True)
        command, shown = match.groups()
        return f'```\n$ {command}\n' + written(command, shown, p.stdout.rstrip('\n')) + '\n```'
    subprocess.run([KBT, 'import', '--db', 'build/kb.db', 'kb/'], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    text = re.sub(r'(?ms)^```\n\$ ([^\n]*)\n(.*?)\n```$', again, text_of('README.md'))
    with open(os.path.join(ROOT, 'README.md'), 'w', encoding='utf-8') as f:
        f.write(text)


if __name__ == '__main__':
    if sys.argv[1:] == ['--write']:
        write()
    else:
        unittest.main()
