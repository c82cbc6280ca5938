"""Every public header compiles alone, as C11 and as C++17, without a warning.

    headers.py INCLUDE_FOLDER COMPILER...

Compilers that are not installed are passed over; at least one of each language must be.
"""

import pathlib
import shutil
import subprocess
import sys

from sources import report

WARNINGS = ['-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Wundef', '-Wshadow', '-Werror']


def is_cplusplus(compiler):
    return '++' in pathlib.Path(compiler).name


def fault_of(compiler, folder, header):
    """What the compiler says about a file that holds nothing but the include, or None."""
    language, standard = ('c++', '-std=c++17') if is_cplusplus(compiler) else ('c', '-std=c11')
    source = f'#include <{header}>\n#include <{header}>\nextern int nothing_else;\n'
    command = [compiler, standard, '-x', language, *WARNINGS, '-fsyntax-only', '-I', folder, '-']
    run = subprocess.run(command, input=source, text=True, capture_output=True)
    return f'{header} with {compiler} {standard}:\n{run.stderr}' if run.returncode else None


if __name__ == '__main__':
    folder = pathlib.Path(sys.argv[1])
    headers = sorted(p.relative_to(folder).as_posix() for p in folder.rglob('*.h'))
    compilers = sorted({c for c in map(shutil.which, sys.argv[2:]) if c})
    faults = [f for c in compilers for h in headers if (f := fault_of(c, str(folder), h))]
    if not headers:
        faults.append(f'no headers in {folder}')
    for wanted, kind in ((False, 'C'), (True, 'C++')):
        if not any(is_cplusplus(c) == wanted for c in compilers):
            faults.append(f'no {kind} compiler to try the headers with')
    names = ', '.join(pathlib.Path(c).name for c in compilers)
    report(faults, f'{len(headers)} headers compile alone with {names}')
