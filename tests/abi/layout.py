"""Every field of every public struct, and every numbered constant, has its line in test_layout.c.

    layout.py INCLUDE_FOLDER TEST_LAYOUT_C

So a struct cannot join the public face without its layout being pinned.
"""

import pathlib
import re
import sys

from sources import report, without_comments


def field_names(body):
    """The names declared between the braces of a struct."""
    for declaration in filter(None, (part.strip() for part in body.split(';'))):
        pointed = re.search(r'\(\*(\w+)\)', declaration)
        if pointed:
            yield pointed.group(1)
        else:
            for one in declaration.split(','):
                yield re.search(r'(\w+)\s*(?:\[[^\]]*\])?$', one.strip()).group(1)


def wanted_lines(text):
    """The lines that a header asks for."""
    for name, body in re.findall(r'typedef struct (\w+) \{(.*?)\n\} \1;', text, re.S):
        for field in field_names(body):
            yield f'GROWS({name})' if field == 'size' else f'AT({name}, {field}, '
        yield f'BYTES({name}, '
    for constant, number in re.findall(r'\b(COHORT_[A-Z_]+) = (\d+)', text):
        yield f'IS({constant}, {number})'


if __name__ == '__main__':
    pinned = pathlib.Path(sys.argv[2]).read_text()
    lines = [(header.name, line) for header in sorted(pathlib.Path(sys.argv[1]).rglob('*.h'))
             for line in wanted_lines(without_comments(header.read_text()))]
    report([f'{header}: test_layout.c lacks {line}' for header, line in lines if line not in pinned],
           f'{len(lines)} fields, sizes and constants are pinned')
