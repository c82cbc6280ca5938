"""What answers questions: this library and CRoaring through their programs, SQLite and DuckDB.

Each engine has `ask(question, way, heat, threads)`, which gives an Answer, or None
where it cannot say; sizes and times of loading are its own business.
"""

import csv
import os
import sqlite3
import subprocess
import time
from dataclasses import dataclass

from questions import count_sql


class Refused(Exception):
    """What a version cannot evaluate yet."""


@dataclass
class Answer:
    count: int
    keys: int           # their sum, where they were asked for
    cpu: float          # milliseconds
    wall: float
    label: str = ''     # which formulation


class Program:
    """A program that answers a line with a line."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != 'ready\n':
            raise RuntimeError(f'{command[0]} did not start')

    def say(self, *words):
        self.process.stdin.write('\t'.join(map(str, words)) + '\n')
        self.process.stdin.flush()

    def hear(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f'{self.process.args[0]} has ended')
        return line.rstrip('\n').split('\t')

    def ask(self, question, way, heat='hot', threads=1, repeats=1):
        self.say('ask', question.name, way, heat, threads, repeats)
        words = self.hear()
        if words[1] == 'not yet':
            raise Refused(words[2])
        return Answer(int(words[4]), int(words[5]), int(words[6]) / 1e6, int(words[7]) / 1e6)

    def memory(self):
        """Bytes of the store, of the evaluators, of the process."""
        self.say('memory')
        return [int(word) for word in self.hear()[1:]]

    def fields(self):
        """(object, field, values, bytes) of each."""
        self.say('fields')
        found = []
        while (words := self.hear()) != ['.']:
            found.append((words[0], words[1], int(words[2]), int(words[3])))
        return found

    def close(self):
        self.process.stdin.close()
        code = self.process.wait()
        self.process.stdout.close()
        if code != 0:
            raise RuntimeError(f'{self.process.args[0]} ended with {code}')


class Timed:
    """The time of a block: of this process, and by the clock."""

    def __enter__(self):
        self.start = time.process_time(), time.perf_counter()
        return self

    def __exit__(self, *_):
        self.cpu = (time.process_time() - self.start[0]) * 1e3
        self.wall = (time.perf_counter() - self.start[1]) * 1e3


def cents(text):
    """Money as SQLite should keep it: exactly."""
    return int(text.replace('.', '')) if text else None


class Sqlite:
    """The same tables in SQLite, indexes that cover the questions asked of them."""

    INDEXES = ('CREATE INDEX by_country ON contacts (country, industry, opt_in, id)',
               'CREATE INDEX by_tag ON contact_tags (tag, contact)',
               'CREATE INDEX by_type ON events (type, at, contact, amount)',
               'CREATE INDEX by_contact ON events (contact, type, at)')

    def __init__(self, path, folder, questions, files=('contacts', 'contact_tags', 'events', 'cases')):
        self.stored = [q.name for q in questions.values() if q.is_segment]
        self.base = sqlite3.connect(path)
        self.base.executescript('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000;')
        for name in files:
            self.load(name, os.path.join(folder, name + '.csv'))
        for index in self.INDEXES:
            if index.split(' ON ')[1].split(' ')[0] in files:
                self.base.execute(index)
        if files:
            self.base.execute('ANALYZE')

    def load(self, name, path):
        with open(path, newline='', encoding='utf-8') as file:
            rows = csv.reader(file)
            head = next(rows)
            kinds = {'id': int, 'contact': int, 'case_id': int, 'age': lambda t: int(t) if t else None, 'score': int,
                     'revenue': lambda t: float(t) if t else None, 'amount': cents, 'opt_in': 'true'.__eq__}
            read = [kinds.get(column, str) for column in head]
            key = {'contacts': 'id', 'cases': 'case_id'}.get(name)
            columns = ', '.join(f'{c} INTEGER PRIMARY KEY' if c == key else c for c in head)
            self.base.execute(f'CREATE TABLE {name} ({columns})')
            self.base.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(head))})",
                                  ([f(cell) for f, cell in zip(read, row)] for row in rows))
        self.base.commit()

    def store(self, question):
        """Keeps the members of a segment as a table."""
        self.base.execute(f'CREATE TABLE stored_{question.name} (id INTEGER PRIMARY KEY)')
        self.base.execute(f"INSERT INTO stored_{question.name} {question.sql('sqlite')[0][1]}")

    def ask(self, question, way='count', heat='hot', threads=1, repeats=1):
        sql = question.sql('sqlite')[0][1] if question.sql('sqlite') else ''
        if way == 'count':
            with Timed() as spent:
                count = self.base.execute(count_sql(question, sql, self.stored)).fetchone()[0]
            return Answer(int(count or 0), 0, spent.cpu, spent.wall)
        with Timed() as spent:
            ids = [row[0] for row in self.base.execute(sql)]
        return Answer(len(ids), sum(ids), spent.cpu, spent.wall)


class DuckDb:
    """DuckDB with enumerated words, tags both as a list and as rows, its own file, all in its buffers."""

    COLUMNS = {
        'contacts': "{'id': 'INTEGER', 'country': 'VARCHAR', 'industry': 'VARCHAR', 'stage': 'VARCHAR', "
                    "'age': 'SMALLINT', 'revenue': 'DECIMAL(14,2)', 'signup': 'DATE', 'opt_in': 'BOOLEAN', "
                    "'tags': 'VARCHAR', 'city': 'VARCHAR', 'score': 'SMALLINT'}",
        'contact_tags': "{'contact': 'INTEGER', 'tag': 'VARCHAR'}",
        'events': "{'contact': 'INTEGER', 'type': 'VARCHAR', 'at': 'TIMESTAMP', 'amount': 'DECIMAL(12,2)'}",
        'cases': "{'case_id': 'INTEGER', 'contact': 'INTEGER', 'priority': 'VARCHAR', 'status': 'VARCHAR', "
                 "'opened': 'TIMESTAMP'}",
    }
    ENUMS = {'country': 'contacts', 'industry': 'contacts', 'stage': 'contacts', 'city': 'contacts',
             'tag': 'contact_tags', 'type': 'events', 'priority': 'cases', 'status': 'cases'}
    TAGS = "CASE WHEN tags IS NULL OR tags = '' THEN [] ELSE string_split(tags, ';') END"

    def __init__(self, path, folder, questions, is_there=False):
        import duckdb               # only who measures needs it
        self.stored = [q.name for q in questions.values() if q.is_segment]
        self.version = duckdb.__version__
        self.path = path
        self.loads = {}             # name → milliseconds of CPU of one thread, bytes of the file that it added
        self.best = {}              # question → label of its fastest formulation
        self.base = duckdb.connect(path)
        self.threads(1)
        self.cold = None
        if is_there:
            return
        for name in self.COLUMNS:
            self.load(name, os.path.join(folder, name + '.csv'))
        self.enumerate_words()

    def threads(self, n):
        self.base.execute(f'SET threads = {n}')

    def load(self, name, path):
        """One statement from the CSV file to a table in the database's file."""
        what = f'* REPLACE ({self.TAGS} AS tags)' if name == 'contacts' else '*'
        before = os.path.getsize(self.path)
        with Timed() as spent:
            self.base.execute(f"CREATE TABLE read_{name} AS SELECT {what} FROM "
                              f"read_csv('{path}', header = true, columns = {self.COLUMNS[name]})")
            self.base.execute('CHECKPOINT')
        self.loads[name] = spent.cpu, os.path.getsize(self.path) - before

    def enumerate_words(self):
        for word, table in self.ENUMS.items():
            self.base.execute(f'CREATE TYPE {word}_word AS ENUM (SELECT DISTINCT {word} FROM read_{table} ORDER BY 1)')
        for table in self.COLUMNS:
            casts = ', '.join(f'{word}::{word}_word AS {word}' for word, of in self.ENUMS.items() if of == table)
            if table == 'contacts':
                casts += ', tags::tag_word[] AS tags'
            self.base.execute(f'CREATE TABLE {table} AS SELECT * REPLACE ({casts}) FROM read_{table}')
            self.base.execute(f'DROP TABLE read_{table}')
        self.base.execute('CHECKPOINT')

    def store(self, question):
        self.base.execute(f"CREATE TABLE stored_{question.name} AS {question.sql('duckdb')[0][1]}")

    def run(self, question, sql, way):
        with Timed() as spent:
            if way == 'count':
                ids, count = None, self.base.execute(count_sql(question, sql, self.stored)).fetchone()[0]
            else:
                ids = self.base.execute(sql).fetchnumpy()['id']
        if ids is None:
            return Answer(int(count or 0), 0, spent.cpu, spent.wall)
        return Answer(len(ids), int(ids.sum(dtype='int64')), spent.cpu, spent.wall)

    def ask(self, question, way='count', heat='hot', threads=1, repeats=1):
        """One run of the fastest formulation, which the first call finds out."""
        self.threads(threads)
        ways = question.sql('duckdb') or [('', '')]
        if question.name not in self.best:
            runs = [(min(self.run(question, sql, 'count').cpu for _ in range(2)), label, sql) for label, sql in ways]
            self.best[question.name] = min(runs)[1:]
        label, sql = self.best[question.name]
        if heat == 'cold':
            self.stream_through_caches()
        answer = self.run(question, sql, way)
        answer.label = label
        return answer

    def stream_through_caches(self):
        import numpy
        if self.cold is None:
            self.cold = numpy.zeros(512 * 1024 * 1024 // 8)
        self.cold += 1
