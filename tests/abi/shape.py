"""Code that can be taken in: files below 800 lines, functions of at most 70, each file captioned.

    shape.py SOURCE_FOLDER

Tests are tables for the greater part, so their files may have 1,000 lines.
"""

import pathlib
import re
import sys

from sources import c_files, report

FILE_LINES = 800
TEST_FILE_LINES = 1000
FUNCTION_LINES = 70
FOLDERS = ('include', 'lib', 'bindings', 'examples', 'tests')


def long_functions(text):
    """Pairs of (first line, number of lines) of bodies that are too long."""
    first = 0
    for number, line in enumerate(text.splitlines(), 1):
        if line == '{':
            first = number
        elif line == '}' and first:
            if number - first + 1 > FUNCTION_LINES:
                yield first, number - first + 1
            first = 0


def faults_of(path, text):
    n_lines = text.count('\n')
    most = TEST_FILE_LINES if path.startswith('tests/') else FILE_LINES
    if n_lines >= most:
        yield f'{path} has {n_lines} lines, {most} are too many'
    for line, n in long_functions(text):
        yield f'{path}:{line} is a function of {n} lines, at most {FUNCTION_LINES} are read at once'
    if not text.startswith('/*'):
        yield f'{path} does not begin with a caption comment'
    if not text.endswith('\n') or text.endswith('\n\n'):
        yield f'{path} does not end with one line end'
    for number, line in enumerate(text.splitlines(), 1):
        if line.rstrip() != line or '\t' in line:
            yield f'{path}:{number} has a tab or a space at its end'
        if re.search(r'\b(TODO|FIXME)\b', line):
            yield f'{path}:{number} is not finished, it says'


if __name__ == '__main__':
    top = pathlib.Path(sys.argv[1])
    files = [file for folder in FOLDERS if (top / folder).is_dir() for file in c_files(top / folder)]
    report([fault for file in files
            for fault in faults_of(file.relative_to(top).as_posix(), file.read_text())],
           f'{len(files)} files can be taken in')
