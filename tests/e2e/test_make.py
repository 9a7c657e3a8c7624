# SPDX-License-Identifier: MIT
"""The Makefile, as those who pack the program use it: flags of their own, another prefix, a folder to stage it in."""
import os
import shutil
import subprocess
import unittest

from kbt import KBT, KbtTest, ROOT

ONE = 'engine/base/str'


class Make(KbtTest):
    def make(self, *args, code=0, **env):
        kept = {k: v for k, v in os.environ.items() if k not in ('MAKEFLAGS', 'MFLAGS', 'MAKELEVEL')}
        p = subprocess.run(['make', '-s', '-C', ROOT, *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           env=kept | env)
        self.assertEqual(p.returncode, code, p.stdout)
        return p.stdout

    def test_flags_of_a_packer(self):
        hard = '-Wdate-time -D_FORTIFY_SOURCE=3'
        for flags in ((), ('CPPFLAGS=' + hard,), ('CFLAGS=-O3 -g -flto=auto ' + hard,), ('CFLAGS=-g',), ('CFLAGS=-O0',),
                      ('CFLAGS=-Og', 'CPPFLAGS=-U_FORTIFY_SOURCE')):
            with self.subTest(flags=flags):
                build = self.path('build' + str(len(os.listdir(self.dir))))
                self.make(f'{build}/{ONE}.o', f'BUILD={build}', *flags)
                self.assertTrue(os.path.getsize(f'{build}/{ONE}.o'))

    def test_staged_in_a_folder_with_blanks_and_taken_out_again(self):
        stage = self.path('a stage')
        args = ('-o', 'all', f'BUILD={os.path.dirname(KBT)}', f'DESTDIR={stage}', 'PREFIX=/opt/kb')
        self.make('install', *args)
        root = os.path.join(stage, 'opt/kb')
        for f in ('bin/kbt', 'share/man/man1/kbt.1', 'share/kbtriage/kb/README.md', 'share/zsh/site-functions/_kbt',
                  'share/fish/vendor_completions.d/kbt.fish', 'share/bash-completion/completions/kbt'):
            self.assertTrue(os.path.exists(os.path.join(root, f)), f)
        with open(os.path.join(root, 'lib/systemd/system/kbt-serve.service')) as f:
            self.assertIn('\nExecStart=/opt/kb/bin/kbt serve ', f.read())
        others = [os.path.join(root, f) for f in ('share/kbtriage/kb/Q-mine.md', 'share/man/man1/other.1')]
        for other in others:
            shutil.copy(os.path.join(root, 'share/man/man1/kbt.1'), other)
        self.make('uninstall', *args)
        self.assertEqual(sorted(os.path.join(d, f) for d, _, files in os.walk(root) for f in files), others)
        os.remove(others[0])
        self.make('uninstall', *args)
        self.assertFalse(os.path.exists(os.path.join(root, 'share/kbtriage')))

    def test_what_apt_must_bring_is_told_without_root_and_brought_with_it(self):
        """Programs of these names stand before the machine's own: all packages but one are missing, who asks is told."""
        asked = self.path('asked')

        def stand_in(name, does):
            os.chmod(self.write(f'bin/{name}', f'#!/bin/sh\n{does}\n'), 0o755)
        stand_in('dpkg-query', 'echo "installed:libsqlite3-dev "')
        stand_in('apt-get', f'echo "$@" >>{asked}')
        path = f'{self.path("bin")}:{os.environ["PATH"]}'
        stand_in('id', 'echo 1000')
        said = self.make('run', code=2, PATH=path)
        self.assertRegex(said, r'(?m)^  sudo apt-get install -y --no-install-recommends( \S+)* libmicrohttpd-dev\b')
        self.assertNotIn('libsqlite3-dev', said)
        self.assertFalse(os.path.exists(asked))
        stand_in('id', 'echo 0')
        self.make('deps', PATH=path)
        with open(asked) as f:
            update, install = f.read().splitlines()
        self.assertTrue(update.startswith('update'))
        self.assertRegex(install, r'^install -y .* libmicrohttpd-dev\b')
        self.assertNotIn('libsqlite3-dev', install)

    def test_another_prefix_is_compiled_in(self):
        build = self.path('build')
        for prefix in ('/usr', '/opt/kb'):
            self.make(f'{build}/cli/cmd.o', f'BUILD={build}', f'PREFIX={prefix}')
            with open(f'{build}/cli/cmd.o', 'rb') as f:
                self.assertIn(f'{prefix}/share/kbtriage/kb\0'.encode(), f.read())


if __name__ == '__main__':
    unittest.main()
