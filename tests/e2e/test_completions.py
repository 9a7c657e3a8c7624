# SPDX-License-Identifier: MIT
"""The shell completions and the manual page keep up with the commands."""
import os
import re
import shutil
import subprocess
import unittest

from kbt import KBT, LIMIT_S, ROOT, KbtTest

BASH = os.path.join(ROOT, 'cli/completions/kbt.bash')


class Completions(KbtTest):
    def commands(self):
        return re.findall(r'(?m)^  ([a-z]+) +\S', self.kbt('--help').out.split('commands:\n')[1].split('\n\n')[0])

    def complete(self, *words):
        """What bash offers for the last word."""
        bindir = self.path('bin')
        os.makedirs(bindir, exist_ok=True)
        if not os.path.exists(os.path.join(bindir, 'kbt')):
            os.symlink(KBT, os.path.join(bindir, 'kbt'))
        script = (f'source {BASH}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _kbt; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        p = subprocess.run(['bash', '-c', script, 'bash', 'kbt', *words], stdout=subprocess.PIPE, text=True,
                           env=dict(os.environ, PATH=bindir + ':' + os.environ['PATH']), timeout=LIMIT_S)
        return p.stdout.split()

    def test_commands(self):
        self.assertEqual(sorted(self.complete('')), sorted(self.commands() + ['--help', '--version']))
        some = self.commands()[0]
        self.assertIn(some, self.complete(some[:2]))

    def test_options(self):
        for command in self.commands():
            with self.subTest(command=command):
                help_text = self.kbt(command, '--help').out
                want = re.findall(r'(?m)^ {2,6}(?:-\w, *)?(--[a-z-]+)', help_text.split('options:\n')[1].split('\n\n')[0])
                self.assertEqual(sorted(self.complete(command, '--')), sorted(want))

    def test_colour(self):
        self.assertEqual(self.complete(self.commands()[0], '--color', 'a'), ['auto', 'always'])

    def test_groups_of_a_scan(self):
        self.assertEqual(self.complete('scan', '--by', 'h'), ['host', 'hour'])
        self.assertIn('--redact', self.complete('scan', '--re'))

    def test_arguments(self):
        self.assertIn('address=', self.complete('probe', 'tcp', ''))
        self.assertEqual(self.complete('probe', 'nbs'), ['nbstat', 'nbss'])
        self.assertEqual(self.complete('token', ''), ['add', 'remove', 'list'])
        self.assertEqual(self.complete('scan', '--by', '=', 'h'), ['host', 'hour'])  # --by=h
        self.assertEqual(self.complete('help', 'lo'), ['lookup'])
        self.assertEqual(self.complete('diagnose', '--set', 'port'), ['port='])
        self.assertIn('--json', self.complete('lookup', '-n5', '--js'))  # the letter's value is there
        for words in (['lookup', ''], ['stats', ''], ['nothing', ''], ['scan', '--top', '']):
            self.assertEqual(self.complete(*words), [])

    def test_fish_asks_the_same(self):
        if not shutil.which('fish'):
            self.skipTest('missing: fish')
        self.complete('')  # makes the folder of programs
        for typed, want in (('kbt sc', ['scan']), ('kbt scan --by h', ['host', 'hour']), ('kbt scan --by=h', ['--by=host', '--by=hour']),
                            ('kbt token l', ['list']), ('kbt scan --db /etc/passw', ['/etc/passwd'])):
            p = subprocess.run(['fish', '--no-config', '-c', f'source {ROOT}/cli/completions/kbt.fish; complete -C "{typed}"'],
                               stdout=subprocess.PIPE, text=True, timeout=LIMIT_S,
                               env=dict(os.environ, PATH=self.path('bin') + ':' + os.environ['PATH']))
            self.assertEqual([x.split('\t')[0] for x in p.stdout.splitlines() if 'passwd-' not in x], want, typed)

    def test_other_shells_parse(self):
        missing = []
        for shell, name in (('zsh', '_kbt'), ('fish', 'kbt.fish')):
            if shutil.which(shell):
                subprocess.run([shell, '-n', os.path.join(ROOT, 'cli/completions', name)], check=True)
            else:
                missing.append(shell)
        if missing:
            self.skipTest(f'missing: {", ".join(missing)}')


class Manual(KbtTest):
    page = os.path.join(ROOT, 'cli/man/kbt.1')

    def test_formats_without_a_word_of_complaint(self):
        if not shutil.which('groff'):
            self.skipTest('groff is missing')
        p = subprocess.run(['groff', '-mandoc', '-Tutf8', '-ww', self.page], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True)
        self.assertEqual((p.returncode, p.stderr), (0, ''))
        for word in ('NAME', 'PACKETS', 'EXIT STATUS', 'EXAMPLES'):
            self.assertIn(word, re.sub('.\x08', '', p.stdout))

    def test_names_every_command(self):
        with open(self.page, encoding='utf-8') as f:
            text = f.read()
        names = re.findall(r'(?m)^\.It Cm (\w+)', text)
        listed = re.findall(r'(?m)^  ([a-z]+) +\S', self.kbt('--help').out.split('commands:\n')[1].split('\n\n')[0])
        self.assertLessEqual(set(listed), set(names))
        for name in listed:
            options = re.findall(r'(?m)^ {2,6}(?:-\w, *)?-(-[a-z-]+)', self.kbt(name, '--help').out.split('options:\n')[1])
            for option in options:
                with self.subTest(command=name, option=option):
                    self.assertRegex(text, rf'(?m)\bFl {option}\b')


if __name__ == '__main__':
    unittest.main()
