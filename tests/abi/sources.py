"""What the architecture tests share: reading C files, and reporting what is wrong with them.

A script collects sentences in a list of faults; `report` prints them and exits.
"""

import pathlib
import re
import sys

COMMENTS = re.compile(r'/\*.*?\*/|//[^\n]*', re.S)
STRINGS = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'')


def blanked(match):
    """The match with everything but its line ends removed, so that line numbers hold."""
    return '\n' * match.group(0).count('\n')


def without_comments(text):
    """Comments gone, strings kept."""
    kept = re.compile(COMMENTS.pattern + '|' + STRINGS.pattern, re.S)
    return kept.sub(lambda m: blanked(m) if m.group(0)[0] == '/' else m.group(0), text)


def code_only(text):
    """Neither comments nor strings; the quotes stay."""
    return STRINGS.sub('""', without_comments(text))


def includes(text):
    """Pairs of (line number, "x.h" or <x.h>)."""
    pattern = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(<[^>\n]+>|"[^"\n]+")', re.M)
    clean = without_comments(text)
    return [(clean.count('\n', 0, m.start()) + 1, m.group(1)) for m in pattern.finditer(clean)]


def lines_matching(pattern, text):
    """Pairs of (line number, what matched)."""
    return [(text.count('\n', 0, m.start()) + 1, m.group(0)) for m in re.finditer(pattern, text)]


def c_files(folder):
    """The C files below a folder, in order."""
    return sorted(p for p in pathlib.Path(folder).rglob('*') if p.suffix in ('.c', '.h'))


def declared_functions(header_folder):
    """The functions that public headers declare with COHORT_API, as a set of names."""
    names = set()
    for header in sorted(pathlib.Path(header_folder).rglob('*.h')):
        text = re.sub(r'^[ \t]*#.*(?:\\\n.*)*', '', without_comments(header.read_text()), flags=re.M)
        for declaration in re.findall(r'COHORT_API\b([^;{]*)', text):
            name = re.search(r'(\w+)\s*\(', declaration)
            names.add(name.group(1) if name else declaration.strip())
    return names


def report(faults, what_holds):
    """Prints the faults, or what holds when there are none, and ends the script."""
    for fault in faults:
        print(fault)
    if not faults:
        print(what_holds)
    sys.exit(1 if faults else 0)
