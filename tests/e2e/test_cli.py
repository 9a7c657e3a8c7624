# SPDX-License-Identifier: MIT
"""The command line itself: help, options, exit codes, standard streams."""
import subprocess
import unittest

from kbt import KBT, KbtTest, USAGE


class Help(KbtTest):
    def commands(self):
        lines = self.kbt('--help').out.split('commands:\n')[1].split('\n\n')[0].splitlines()
        return [line.split()[0] for line in lines]

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
                for option in ('--db', '--json', '--help'):
                    self.assertIn(option, out)
                self.assertEqual(out, self.kbt('help', name).out)
                self.assertLessEqual(max(map(len, out.splitlines())), 120)

    def test_version(self):
        self.assertRegex(self.kbt('--version').out, r'^kbt \d+\.\d+\.\d+\n$')

    def test_unknown_command(self):
        self.refused('frobnicate', names='frobnicate')

    def test_unknown_option(self):
        for name in self.commands():
            with self.subTest(command=name):
                self.refused(name, '--frobnicate', names='--frobnicate')

    def test_full_stdout_is_an_error(self):
        with open('/dev/full', 'wb') as full:
            p = subprocess.run([KBT, '--version'], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(p.returncode, USAGE)


if __name__ == '__main__':
    unittest.main()
