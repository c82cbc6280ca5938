"""The floor plan: each room of lib/ includes only what lies below it and it is meant to know.

    rooms.py SOURCE_FOLDER

Also: foreign headers live behind one file each, a CPU is mentioned in kernel/ only,
what reaches outside the process or ends it is called where it belongs or nowhere,
and the command and the examples see public headers only.
"""

import pathlib
import re
import sys

from sources import c_files, code_only, includes, lines_matching, report

KNOWS = {
    'base': '',
    'kernel': 'base',
    'bitmap': 'kernel base',
    'column': 'bitmap kernel base',
    'expr': 'base',
    'store': 'column bitmap base',
    'plan': 'expr store column base',
    'eval': 'plan store column bitmap kernel base',
    'track': 'eval plan store bitmap base',
    'analyze': 'eval store bitmap base',
    'io': 'analyze track eval plan store expr column bitmap kernel base',
    'api': 'io analyze track eval plan store expr column bitmap kernel base',
}

FOREIGN = {
    'xxhash.h': 'base/hash.c',
    'utf8proc.h': 'base/unicode.c',
    'pcre2.h': 'base/regex.c',
    'jansson.h': 'base/json.c',
    'zlib.h': 'io/gzip.c',
    'windows.h': 'base/clock.c',
}

C11 = '''assert ctype errno float inttypes limits math stdalign stdarg stdatomic stdbool stddef stdint
         stdio stdlib string time'''
POSIX = 'dirent fcntl pthread sched sys/file sys/stat sys/types sys/uio unistd'
SYSTEM = {name + '.h' for name in (C11 + ' ' + POSIX).split()}

CPUS = r'(?i)\b_mm\d*_\w+|\bavx\w*|\bsse[234]\w*|\bneon\b|\barm_\w+(?:\.h)?|\w*intrin\.h|\b_*x86_64\w*|' \
       r'\b_*aarch64\w*|\b__builtin_cpu_\w+|\bco_have_\w+|\bbmi2?\b'

# Calls and where they may stand: rooms or files, or nowhere.
CALL = r'(?<![\w.>])(?:%s)\s*\('
CALLS = [
    ('ends the process', 'abort|exit|_exit|_Exit|quick_exit|atexit|raise|kill|signal|sigaction', []),
    ('prints', 'printf|puts|putchar|perror|vprintf', []),
    ('reads the environment or the locale', 'getenv|secure_getenv|setenv|putenv|setlocale|localeconv|'
     'localtime|localtime_r|tzset|mktime|strftime', []),
    ('reads the wall clock', 'time|gettimeofday|timespec_get|clock', []),
    ('reads the monotonic clock', 'clock_gettime', ['base/clock.c']),
    ('reads or writes doubles as text', 'strtod|strtof|strtold|atof', ['base/number.c']),
    ('opens files', 'open|openat|fopen|fdopen|opendir|fdopendir|creat|mkstemp|mmap', ['io']),
    ('allocates past the allocator', 'malloc|calloc|realloc|free|strdup|strndup|aligned_alloc|'
     'posix_memalign|alloca', ['base/memory.c']),
    ('is unbounded or racy', 'strcpy|strcat|sprintf|vsprintf|gets|strtok|rand|srand|atoi|atol', []),
]


def is_within(path, places):
    return any(path == place or path.split('/')[0] == place for place in places)


def include_faults(path, room, line, target, rooms):
    """What is wrong with one include of a file of lib/."""
    name = target[1:-1]
    where = f'lib/{path}:{line}'
    if target[0] == '<':
        if name in FOREIGN:
            if FOREIGN[name] != path:
                return [f'{where} includes {name}, which belongs to lib/{FOREIGN[name]} alone']
        elif name not in SYSTEM and not (room == 'kernel' and re.fullmatch(CPUS, name)):
            return [f'{where} includes <{name}>, which is no header of C11 or of the POSIX list']
        return []
    first = name.split('/')[0]
    if name == 'cohort.h' or first == 'cohort':
        return []
    if '/' not in name or first not in rooms:
        return [f'{where} includes "{name}", which does not name a room']
    if first != room and first not in KNOWS[room].split():
        return [f'{where} includes "{name}"; {room}/ may know only: {KNOWS[room] or "nothing"}']
    return []


def library_faults(lib):
    faults = []
    rooms = sorted(p.name for p in lib.iterdir() if p.is_dir())
    faults += [f'lib/{room} is not on the floor plan' for room in rooms if room not in KNOWS]
    for file in c_files(lib):
        path = file.relative_to(lib).as_posix()
        room = path.split('/')[0]
        if room not in KNOWS:
            continue
        text = file.read_text()
        for line, target in includes(text):
            faults += include_faults(path, room, line, target, KNOWS)
        if room != 'kernel':
            faults += [f'lib/{path}:{line} mentions a CPU: {word}'
                       for line, word in lines_matching(CPUS, text)]
        code = code_only(text)
        for deed, names, places in CALLS:
            if not is_within(path, places):
                faults += [f'lib/{path}:{line} {deed}: {call})'
                           for line, call in lines_matching(CALL % names, code)]
    return faults


def outside_faults(source):
    """The command and the examples include public and system headers, and their own."""
    faults = []
    for folder in ('bindings/cli', 'examples'):
        if not (source / folder).is_dir():
            continue
        for file in c_files(source / folder):
            for line, target in includes(file.read_text()):
                name = target[1:-1]
                is_own = target[0] == '"' and (file.parent / name).exists()
                if not is_own and ('lib/' in name or name in FOREIGN or name.split('/')[0] in KNOWS):
                    faults.append(f'{file.relative_to(source)}:{line} includes {target}, '
                                  'which is no public header')
    return faults


if __name__ == '__main__':
    top = pathlib.Path(sys.argv[1])
    report(library_faults(top / 'lib') + outside_faults(top), 'every room keeps to the floor plan')
