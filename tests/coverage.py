"""How much of the library the last test run executed, file by file and room by room.

    coverage.py GCOV LIB_FOLDER OBJECT_FOLDER

Every source is compiled once, so one counter file tells all there is to know about it.
"""

import collections
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile


class Tally:
    """Lines and branches: how many there are, how many were executed."""

    def __init__(self):
        self.numbers = collections.Counter()

    def add(self, other):
        self.numbers += other.numbers

    def line(self, line):
        self.numbers['lines'] += 1
        self.numbers['lines run'] += line['count'] > 0
        for branch in line['branches']:
            self.numbers['branches'] += 1
            self.numbers['branches run'] += branch['count'] > 0

    def __str__(self):
        shares = []
        for what in ('lines', 'branches'):
            n, n_run = self.numbers[what], self.numbers[what + ' run']
            shares.append(f'{100 * n_run / n:6.1f} % of {n:6} {what}' if n else f'       no {what}')
        return '   '.join(shares)


def counted(gcov, lib, objects):
    """A tally for each file of the library, by its path below lib/."""
    tallies = collections.defaultdict(Tally)
    with tempfile.TemporaryDirectory() as folder:
        counters = sorted(str(p.resolve()) for p in objects.rglob('*.gcno'))
        subprocess.run([gcov, '--json-format', '--branch-probabilities', '--hash-filenames', *counters],
                       cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for report in sorted(pathlib.Path(folder).glob('*.gcov.json.gz')):
            told = json.loads(gzip.decompress(report.read_bytes()))
            where = pathlib.Path(told['current_working_directory'])
            for file in told['files']:
                path = (where / file['file']).resolve()
                if path.suffix == '.c' and path.is_relative_to(lib):
                    for line in file['lines']:
                        tallies[path.relative_to(lib).as_posix()].line(line)
    return tallies


if __name__ == '__main__':
    files = counted(sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3]))
    rooms = collections.defaultdict(Tally)
    whole = Tally()
    for path, tally in sorted(files.items()):
        print(f'{path:32}{tally}')
        rooms[path.split('/')[0]].add(tally)
        whole.add(tally)
    print()
    for room, tally in sorted(rooms.items()):
        print(f'{room + "/":32}{tally}')
    print(f'{"lib/":32}{whole}')
