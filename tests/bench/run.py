"""Measures the reference workload: this library, DuckDB, SQLite and CRoaring on the same data.

    run.py BUILD FOLDER [--contacts N] [--seed S] [--skew F] [--shape NAME] [--batches N]
           [--rounds R] [--only S1,S2] [--out FILE]

BUILD is a tree configured with COHORT_BENCH, FOLDER where data and stores are kept and
found again; 10,000,000 contacts take some 15 GB there. DuckDB comes from PyPI into an
environment of that folder.

Gives   Markdown: a table of ratios, one of milliseconds, one of loading and sizes
Always  counts of all engines agree, and the keys' sums, else it ends with an error.
        Engines take turns within each round. Shown is, for one thread, the median of the
        rounds in CPU time of the process; for two threads the best round by the clock,
        as that is what other programs on the machine disturb least.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys

import questions
import report
from engines import DuckDb, Program, Refused, Sqlite

HERE = os.path.dirname(os.path.abspath(__file__))
SQLITE_ASKED = ('S1', 'S4')
HOT_REPEATS, COLD_REPEATS = 9, 3


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('build')
    parser.add_argument('folder')
    parser.add_argument('--contacts', type=int, default=10_000_000)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--skew', type=float, default=1.0)
    parser.add_argument('--shape', default='spread', help='of the events, as bench_generate names it')
    parser.add_argument('--batches', type=int, default=1, help='events are loaded in so many pieces')
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--only', help='names of questions, with commas between')
    parser.add_argument('--out', help='where the Markdown goes; else standard output')
    return parser.parse_args()


def with_duckdb(folder):
    """Goes on in an environment that has DuckDB, which is made if need be."""
    try:
        import duckdb, numpy        # noqa: F401, E401
        return
    except ImportError:
        pass
    python = os.path.join(folder, 'python', 'bin', 'python3')
    if os.path.realpath(sys.prefix) == os.path.realpath(os.path.join(folder, 'python')):
        raise SystemExit('DuckDB cannot be imported')
    if not os.path.exists(python):
        subprocess.run([sys.executable, '-m', 'venv', os.path.join(folder, 'python')], check=True)
        subprocess.run([python, '-m', 'pip', '--quiet', 'install', 'duckdb', 'numpy'], check=True)
    os.execv(python, [python, '-B', *sys.argv])


class Bench:
    """One size, seed and skew: its data, engines and results."""

    def __init__(self, options, contacts):
        self.options = options
        self.contacts = contacts
        self.folder = os.path.join(options.folder, f'{contacts}-{options.seed}-{options.skew:g}-{options.shape}')
        self.kept = {}
        os.makedirs(self.folder, exist_ok=True)
        if os.path.exists(self.path('kept.json')):
            with open(self.path('kept.json'), encoding='utf-8') as file:
                self.kept = json.load(file)

    def path(self, name):
        return os.path.join(self.folder, name)

    def program(self, name):
        return os.path.join(self.options.build, 'tests', 'bench', 'bench_' + name)

    def once(self, name, make):
        """What `make` gives, kept for later runs."""
        if name not in self.kept:
            self.kept[name] = make()
            with open(self.path('kept.json'), 'w', encoding='utf-8') as file:
                json.dump(self.kept, file)
        return self.kept[name]

    def generate(self):
        subprocess.run([self.program('generate'), '--contacts', str(self.contacts), '--seed', str(self.options.seed),
                        '--skew', str(self.options.skew), '--shape', self.options.shape, self.folder], check=True)
        return True

    def prepare(self):
        """Data, the questions in its words, our store; always loaded anew, as the library changes."""
        self.once('data', self.generate)
        self.questions = questions.read(os.path.join(HERE, 'queries.txt'), questions.words(self.folder))
        with open(self.path('questions.tsv'), 'w', encoding='utf-8') as file:
            file.write(questions.table(self.questions))
        shutil.rmtree(self.path('store'), ignore_errors=True)
        done = subprocess.run([self.program('workload'), 'load', self.folder, self.path('store'),
                               str(self.options.batches)], check=True, stdout=subprocess.PIPE, text=True)
        return [line.split('\t') for line in done.stdout.splitlines()]

    def upsert(self):
        """Milliseconds of CPU of one changed record."""
        done = subprocess.run([self.program('workload'), 'upsert', self.path('store')], check=True,
                              stdout=subprocess.PIPE, text=True)
        return int(done.stdout.split('\t')[3]) / 1e6

    def open_duckdb(self):
        path = self.path('duck.db')
        is_there = 'duckdb' in self.kept
        if not is_there and os.path.exists(path):
            os.remove(path)
        duck = DuckDb(path, self.folder, self.questions, is_there)
        if not is_there:
            for question in self.questions.values():
                if question.is_segment:
                    duck.store(question)
        duck.loads = self.once('duckdb', lambda: duck.loads)
        return duck

    def open_sqlite(self):
        path = self.path('sqlite.db')
        is_there = 'sqlite' in self.kept
        if not is_there and os.path.exists(path):
            os.remove(path)
        files = () if is_there else ('contacts', 'contact_tags')
        sqlite = Sqlite(path, self.folder, self.questions, files)
        self.once('sqlite', lambda: True)
        return sqlite

    def engines(self):
        found = {'cohort': Program(self.program('workload'), 'ask', self.path('store'), self.path('questions.tsv')),
                 'duckdb': self.open_duckdb(), 'sqlite': self.open_sqlite()}
        if os.path.exists(self.program('roaring')):
            found['roaring'] = Program(self.program('roaring'), self.folder)
        return found


class Results:
    """Answers by question, engine and way, and that they agree."""

    def __init__(self):
        self.answers = {}
        self.counts = {}
        self.sums = {}
        self.refused = {}

    def add(self, question, engine, way, heat, threads, answer):
        if self.counts.setdefault(question.name, answer.count) != answer.count:
            raise SystemExit(f'{question.name}: {engine} counts {answer.count}, others {self.counts[question.name]}')
        if answer.keys and self.sums.setdefault(question.name, answer.keys) != answer.keys:
            raise SystemExit(f'{question.name}: {engine} has other members')
        self.answers.setdefault((question.name, engine, way, heat, threads), []).append(answer)

    def time(self, name, engine, way='count', heat='hot', threads=1):
        """Milliseconds, None if it was not asked."""
        answers = self.answers.get((name, engine, way, heat, threads))
        if not answers:
            return None
        if threads == 1:
            return statistics.median(a.cpu for a in answers)
        return min(a.wall for a in answers)

    def label(self, name):
        answers = self.answers.get((name, 'duckdb', 'count', 'hot', 1))
        return answers[0].label if answers else ''


def runs(question, engine):
    """(way, heat, threads, repeats) that make sense."""
    repeats = HOT_REPEATS if engine in ('cohort', 'roaring') else 1
    yield 'count', 'hot', 1, repeats
    if engine in ('cohort', 'duckdb'):
        yield 'count', 'cold', 1, COLD_REPEATS if engine == 'cohort' else 1
        yield 'count', 'hot', 2, repeats
    if engine in ('cohort', 'roaring'):
        yield 'bitmap', 'hot', 1, repeats
    if engine != 'sqlite' and not question.texts['overlap'] and not question.texts['breakdown']:
        yield 'keys', 'hot', 1, repeats


def measure_one(question, engines, results, rounds):
    """All engines take turns; what ours cannot say the others need not."""
    for _ in range(rounds):
        for name, engine in engines.items():
            if name == 'sqlite' and question.name not in SQLITE_ASKED:
                continue
            for way, heat, threads, repeats in runs(question, name):
                try:
                    answer = engine.ask(question, way, heat, threads, repeats)
                except Refused as refusal:
                    if name == 'cohort':
                        results.refused[question.name] = str(refusal)
                        return
                    break
                results.add(question, name, way, heat, threads, answer)


def main():
    options = arguments()
    os.makedirs(options.folder, exist_ok=True)
    with_duckdb(options.folder)

    bench = Bench(options, options.contacts)
    loads = bench.prepare()
    engines = bench.engines()
    results = Results()
    asked = [q for q in bench.questions.values() if not q.is_segment]
    for question in asked:
        if not options.only or question.name in options.only.split(','):
            print(question.name, file=sys.stderr)
            measure_one(question, engines, results, options.rounds)
    memory, fields = engines['cohort'].memory(), engines['cohort'].fields()
    engines['cohort'].close()

    small = Bench(options, max(options.contacts // 10, 1))
    small.prepare()
    upserts = [(each.contacts, each.upsert()) for each in (small, bench)]
    text = report.markdown(options, asked, results, engines['duckdb'], loads, memory, fields, upserts)
    if options.out:
        with open(options.out, 'w', encoding='utf-8') as file:
            file.write(text)
    else:
        print(text)


if __name__ == '__main__':
    main()
