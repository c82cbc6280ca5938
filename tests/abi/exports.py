"""What the library exports is what lib/cohort.map lists is what the headers declare.

    exports.py NM SHARED_LIBRARY STATIC_LIBRARY MAP INCLUDE_FOLDER

Also: a static library cannot hide, so every global name in it begins with cohort_ or co_.
"""

import pathlib
import re
import subprocess
import sys

from sources import declared_functions, report, without_comments


def symbols(nm, *arguments):
    """Pairs of (type letter, name) as nm prints them."""
    out = subprocess.run([nm, '-P', *arguments], check=True, text=True, capture_output=True).stdout
    rows = (line.split() for line in out.splitlines() if not line.endswith(':'))
    return [(row[1], row[0]) for row in rows if len(row) >= 2]


def exported(nm, library):
    """Names the dynamic linker sees; version nodes (type A) are not functions."""
    found = symbols(nm, '-D', '--defined-only', library)
    return {re.sub(r'@.*', '', name) for kind, name in found if kind != 'A'}


def mapped(map_file):
    """Names under `global:` in every node, and those listed more than once."""
    text = without_comments(pathlib.Path(map_file).read_text())
    names = []
    for part in re.findall(r'global:(.*?)(?:local:|\})', text, re.S):
        names += [name.strip() for name in part.split(';') if name.strip()]
    return set(names), {name for name in names if names.count(name) > 1}


def differences(a, b, sentence):
    return [sentence % name for name in sorted(a - b)]


if __name__ == '__main__':
    nm, shared, static, map_file, include = sys.argv[1:]
    exports = exported(nm, shared)
    listed, repeated = mapped(map_file)
    declared = declared_functions(include)
    faults = differences(exports, listed, '%s is exported and not in the map')
    faults += differences(listed, exports, '%s is in the map and not exported')
    faults += differences(listed, declared, '%s is in the map and in no header')
    faults += differences(declared, listed, '%s is declared and not in the map')
    faults += [f'{name} is in the map more than once' for name in sorted(repeated)]
    faults += [f'the map holds a pattern, {name}; it names functions one by one'
               for name in sorted(listed) if not re.fullmatch(r'\w+', name)]
    faults += [f'{name} is global in the static library without our prefix'
               for kind, name in symbols(nm, '-g', '--defined-only', static)
               if not re.match(r'(cohort|co)_', name)]
    report(faults, f'{len(exports)} functions exported, mapped and declared')
