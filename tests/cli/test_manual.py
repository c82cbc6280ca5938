"""cohort(1) and the help texts say the same, and what the manual shows works."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

from command import COMMAND, Case, main

TOP = pathlib.Path(__file__).resolve().parents[2]
MANUALS = [TOP / 'bindings/cli' / name for name in ('cohort.1', 'cohort-expr.7', 'cohort-bitmap.3')]
QUESTIONS = {'count', 'members', 'segments', 'explain', 'why', 'lint'}


def plain(roff):
    """Text without fonts and escapes."""
    text = re.sub(r'\\f.', '', roff)
    for escape, meaning in [(r'\-', '-'), (r'\(aq', "'"), (r'\(lq', '"'), (r'\(rq', '"')]:
        text = text.replace(escape, meaning)
    return text


def section(text, title):
    """What follows a heading, up to the next one."""
    return re.search(r'^\.S[SH] "?%s"?$(.*?)(?=^\.S[SH] |\Z)' % re.escape(title), text, re.M | re.S).group(1)


def options(text):
    return set(re.findall(r'--([a-z][a-z-]+)', text)) - {'help', 'version'}


class Manual(Case):
    page = plain(MANUALS[0].read_text(encoding='utf-8'))

    def verbs(self):
        return re.findall(r'^\.SS ([a-z]+)$', section_of_verbs(self.page), re.M)

    def test_has_the_verbs_of_the_help(self):
        listed = re.findall(r'(?:^  |  )([a-z]+)  +[a-z]', self.fine('--help').split('\n\n')[1], re.M)
        self.assertEqual(sorted(self.verbs()), sorted(listed))

    def test_has_the_options_of_the_help(self):
        shared = options(section(self.page, 'OPTIONS OF QUESTIONS'))
        for verb in self.verbs():
            documented = options(section(self.page, verb)) | options(synopsis_of(self.page, verb))
            if verb in QUESTIONS:
                documented |= shared
            self.assertEqual(documented, options(self.fine(verb, '--help')), verb)

    def test_examples_run(self):
        subprocess.run(['awk', '-v', 'folder=' + self.folder, '-f', str(TOP / 'examples/crm.awk')], check=True)
        os.symlink(COMMAND, self.path('cohort'))
        environment = dict(os.environ, PATH=self.folder + os.pathsep + os.environ['PATH'])
        for example in re.findall(r'^\.EX$\n(.*?)^\.EE$', section(self.page, 'EXAMPLES'), re.M | re.S):
            done = subprocess.run(['sh', '-e', '-c', example], cwd=self.folder, env=environment, capture_output=True)
            self.assertEqual((done.stderr.decode(), done.returncode), ('', 0), example)

    def test_of_bitmaps_names_every_function_of_the_headers(self):
        named = set(re.findall(r'cohort_(?:bitmap|cursor)(?:64)?_\w+', plain(MANUALS[2].read_text(encoding='utf-8'))))
        rows, keys = declared('bitmap.h'), declared('bitmap64.h')
        self.assertEqual(sorted(rows - named), [])
        self.assertEqual(sorted(named - rows - keys), [])
        own = {name for name in keys if name.replace('64', '') not in rows}
        self.assertEqual(sorted(own - named), [])

    @unittest.skipUnless(shutil.which('groff'), 'groff is not installed')
    def test_pages_render_without_a_warning(self):
        for manual in MANUALS:
            done = subprocess.run(['groff', '-man', '-ww', '-Tutf8', '-z', str(manual)], capture_output=True)
            self.assertEqual((done.stderr.decode(), done.returncode), ('', 0), manual.name)


def declared(header):
    """The functions of a public header."""
    text = re.sub(r'/\*.*?\*/', '', (TOP / 'include/cohort' / header).read_text(encoding='utf-8'), flags=re.S)
    return set(re.findall(r'\b(cohort_(?:bitmap|cursor)(?:64)?_\w+)\(', text))


def section_of_verbs(page):
    """From VERBS to the next section, with its subsections."""
    return re.search(r'^\.SH VERBS$(.*?)(?=^\.SH )', page, re.M | re.S).group(1)


def synopsis_of(page, verb):
    return '\n'.join(line for line in section(page, 'SYNOPSIS').split('\n') if line.startswith('cohort %s ' % verb))


if __name__ == '__main__':
    main()
