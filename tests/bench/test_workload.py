"""The reference workload at a tiny size: what its programs count, SQLite counts, too.

    test_workload.py GENERATE WORKLOAD

It keeps tests/bench from rotting; nothing is measured. Questions that this version
cannot evaluate are named and left out.
"""

import os
import subprocess
import sys
import tempfile
import unittest

import questions
from engines import Program, Refused, Sqlite

GENERATE, WORKLOAD = (os.path.abspath(path) for path in sys.argv[1:3])
HERE = os.path.dirname(os.path.abspath(__file__))


class Workload(unittest.TestCase):
    def prepare(self, *options, batches=1):
        """Makes data, loads them into both; their engines."""
        made = tempfile.TemporaryDirectory(prefix='cohort-bench-')
        self.addCleanup(made.cleanup)
        folder = made.name
        store, table = os.path.join(folder, 'store'), os.path.join(folder, 'questions.tsv')
        subprocess.run([GENERATE, *options, folder], check=True)
        asked = questions.read(os.path.join(HERE, 'queries.txt'), questions.words(folder))
        with open(table, 'w', encoding='utf-8') as file:
            file.write(questions.table(asked))
        subprocess.run([WORKLOAD, 'load', folder, store, str(batches)], check=True, stdout=subprocess.DEVNULL)
        sqlite = Sqlite(':memory:', folder, asked)
        self.addCleanup(sqlite.base.close)
        ours = Program(WORKLOAD, 'ask', store, table)
        self.addCleanup(ours.close)
        return asked, sqlite, ours

    def compare(self, question, sqlite, ours):
        """Every way, one thread and two; True if it can be asked."""
        count = sqlite.ask(question).count
        try:
            for threads in (1, 2):
                for way in ('count', 'bitmap') if not question.texts['overlap'] else ('count',):
                    self.assertEqual(ours.ask(question, way, threads=threads).count, count, question.name)
        except Refused as refusal:
            print(f'not yet: {question.name}: {refusal}')
            return False
        if not question.texts['overlap'] and not question.texts['breakdown']:
            theirs, mine = sqlite.ask(question, 'keys'), ours.ask(question, 'keys')
            self.assertEqual((mine.count, mine.keys), (theirs.count, theirs.keys), question.name)
        return True

    def agree(self, *options, batches=1):
        asked, sqlite, ours = self.prepare(*options, batches=batches)
        for question in asked.values():
            if question.is_segment:
                sqlite.store(question)
        compared = [q.name for q in asked.values() if not q.is_segment and self.compare(q, sqlite, ours)]
        self.assertTrue({'S1', 'S2', 'S3', 'S4', 'S5', 'S10', 'S11', 'S12'} <= set(compared))
        self.assertGreater(ours.memory()[0], 0)
        self.assertIn(('contact', 'score'), [field[:2] for field in ours.fields()])

    def test_sqlite_counts_the_same(self):
        self.agree('--contacts', '2000')

    def test_other_names_and_skews_are_counted_as_well(self):
        self.agree('--contacts', '1500', '--seed', '7', '--skew', '0.6')

    def test_events_in_no_order_and_many_batches_are_counted_as_well(self):
        self.agree('--contacts', '1000', '--shape', 'shuffled', batches=20)

    def test_events_of_odd_shapes_are_counted_as_well(self):
        for shape in ('one-parent', 'one-each', 'many-types', 'one-time'):
            with self.subTest(shape=shape):
                self.agree('--contacts', '400', '--shape', shape)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
