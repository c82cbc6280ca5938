"""What the tests of the command share: running it, files for it, a store to ask.

A test is a method of a class made from `Case`; each gets an empty folder, which is
also where the command runs, so paths in messages are short and the same everywhere.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

COMMAND = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else 'cohort'

FINE, REQUEST, DATA, SYSTEM = 0, 1, 2, 3


class Result:
    """What one run of the command said and how it ended."""

    def __init__(self, done):
        self.code = done.returncode
        self.bytes = done.stdout
        self.err = done.stderr.decode('utf-8', 'replace')

    @property
    def out(self):
        return self.bytes.decode('utf-8')


class Case(unittest.TestCase):
    """Runs the command in a folder of its own."""

    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='cohort-cli-')

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        """A file of the folder; text is written as UTF-8, line ends as they are."""
        with open(self.path(name), 'wb') as file:
            file.write(content if isinstance(content, bytes) else content.encode('utf-8'))
        return name

    def read(self, name):
        with open(self.path(name), 'rb') as file:
            return file.read()

    def cohort(self, *words, stdin=b''):
        return Result(subprocess.run([COMMAND, *words], cwd=self.folder, input=stdin, capture_output=True))

    def fine(self, *words, stdin=b''):
        """The output of a run that must succeed and say nothing on stderr."""
        result = self.cohort(*words, stdin=stdin)
        self.assertEqual((result.err, result.code), ('', FINE), words)
        return result.out

    def refused(self, code, *words, stdin=b''):
        """The message of a run that must fail with that code and print nothing."""
        result = self.cohort(*words, stdin=stdin)
        self.assertEqual((result.code, result.out), (code, ''), (words, result.err))
        self.assertTrue(result.err.startswith('cohort: '), result.err)
        return result.err

    def load(self, content, *options, object_name='t', stdin=b''):
        """Loads text (a CSV file) into the store `s`; gives what is printed."""
        return self.fine('load', 's', object_name, self.write('t.csv', content), *options, stdin=stdin)

    def rows(self, *columns, where='TRUE', object_name='t', options=()):
        """The named values of all records, as the lines of a CSV file without its header."""
        text = self.fine('members', 's', object_name, where, '--columns', ','.join(columns), *options)
        return text.split('\n')[1:-1]

    def snapshot_of_files(self, name='s'):
        """Every file below a folder with its bytes, to tell whether anything changed."""
        found = {}
        for folder, _, files in os.walk(self.path(name)):
            for file in files:
                path = os.path.join(folder, file)
                with open(path, 'rb') as opened:
                    found[os.path.relpath(path, self.folder)] = opened.read()
        return found


def main():
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
