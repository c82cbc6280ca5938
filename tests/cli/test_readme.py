"""What README.md shows of the command and the language works."""

import os
import pathlib
import re
import subprocess

from command import COMMAND, Case, main

TOP = pathlib.Path(__file__).resolve().parents[2]


class Readme(Case):
    page = (TOP / 'README.md').read_text(encoding='utf-8')

    def setUp(self):
        super().setUp()
        subprocess.run(['awk', '-v', 'folder=' + self.folder, '-f', str(TOP / 'examples/crm.awk')], check=True)
        os.symlink(COMMAND, self.path('cohort'))

    def section(self, title):
        return re.search(r'^## %s$(.*?)(?=^## )' % re.escape(title), self.page, re.M | re.S).group(1)

    def run_commands(self):
        lines = re.findall(r'^    (.*)$', self.section('The command'), re.M)
        self.assertEqual(lines[:2], ['cd build-quickstart/crm', 'alias cohort=../cohort'])
        environment = dict(os.environ, PATH=self.folder + os.pathsep + os.environ['PATH'])
        done = subprocess.run(['sh', '-e', '-c', '\n'.join(lines[2:])], cwd=self.folder, env=environment,
                              capture_output=True)
        self.assertEqual((done.stderr.decode(), done.returncode), ('', 0))
        return done.stdout.decode()

    def test_commands_work(self):
        self.assertTrue(self.run_commands().endswith('my.cohort is whole\n'))

    def test_expressions_find_some_and_not_all(self):
        self.run_commands()
        examples = re.findall(r'^\| .* \| `([^`]+)`', self.section('The language'), re.M)
        self.assertGreater(len(examples), 10)
        everybody = int(self.fine('count', 'my.cohort', 'contact', 'TRUE'))
        for example in examples:
            n = int(self.fine('count', 'my.cohort', 'contact', example, '--as-of', '2026-11-22'))
            self.assertTrue(0 < n < everybody, (example, n))

    def test_links_lead_to_files(self):
        for link in re.findall(r'\]\(([^)]+)\)', self.page):
            self.assertTrue((TOP / link).is_file(), link)


if __name__ == '__main__':
    main()
