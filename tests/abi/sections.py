"""The library keeps no state of its own, and is linked as a hardened one.

    sections.py OBJDUMP READELF SHARED_LIBRARY STATIC_LIBRARY SONAME

Writable or thread-local data is the kernel pointer alone. The shared library has
the soname given, is bound and read-only after start, has no executable stack, no
text relocations, and needs only the libraries on the list.
"""

import re
import subprocess
import sys

from sources import report

WRITABLE = {'kernel.c.o: chosen'}
NEEDS = r'(libc|libm|libz|libjansson|libpcre2-8|libutf8proc|libpthread|ld-linux.*)\.so(\.\d+)*'


def output(*command):
    return subprocess.run(command, check=True, text=True, capture_output=True).stdout


def writable(objdump, library):
    """Pairs of (section, "file.c.o: name") of what lies in writable or thread-local sections."""
    found = []
    for line in output(objdump, '-t', library).splitlines():
        if member := re.match(r'(\S+): +file format', line):
            file = member.group(1)
        row = re.match(r'[0-9a-f]+ (.{7}) (\S+)\t([0-9a-f]+) (?:\.hidden )?(\S+)$', line)
        if not row or row.group(1)[6] in 'dFf':
            continue
        section, size, name = row.group(2), int(row.group(3), 16), row.group(4)
        is_writable = re.match(r'\.(data|bss|tdata|tbss)\b', section) or section == '*COM*'
        if is_writable and not section.startswith('.data.rel.ro') and size > 0:
            found.append((section, f'{file}: {name}'))
    return found


if __name__ == '__main__':
    objdump, readelf, shared, static, soname = sys.argv[1:]
    faults = [f'{name} is writable global data, in {section}'
              for section, name in writable(objdump, static) if name not in WRITABLE]

    dynamic = output(readelf, '-dW', shared)
    if f'Library soname: [{soname}]' not in dynamic:
        faults.append(f'the soname is not {soname}')
    if 'BIND_NOW' not in dynamic:
        faults.append('symbols are not bound at start (-z now)')
    for word in ('TEXTREL', 'RPATH', 'RUNPATH', 'NODLOPEN'):
        if f'({word})' in dynamic or f'Flags: {word}' in dynamic:
            faults.append(f'the shared library has {word}')
    for name in re.findall(r'Shared library: \[(.*?)\]', dynamic):
        if not re.fullmatch(NEEDS, name):
            faults.append(f'the shared library needs {name}')

    segments = output(readelf, '-lW', shared)
    if 'GNU_RELRO' not in segments:
        faults.append('relocated data stays writable (-z relro)')
    if not re.search(r'GNU_STACK(?!.*E).*$', segments, re.M):
        faults.append('the stack is executable')
    report(faults, 'no writable data but the kernel pointer; linked as it should be')
