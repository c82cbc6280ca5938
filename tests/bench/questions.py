"""The questions of queries.txt, filled in with the words that the data has.

    questions = read(path, words(folder))
    table(questions)             the lines that bench_workload reads
    questions['S1'].sql('duckdb')   [(label, statement for the column id)]
"""

import datetime
import os
import re

AS_OF = datetime.datetime(2026, 11, 1)
KEYS = ('needs', 'cohort', 'bitmaps', 'overlap', 'breakdown', 'sql', 'duckdb', 'sqlite')


class Question:
    """One block of the file. `texts` has a list of lines for each of KEYS."""

    def __init__(self, name, is_segment):
        self.name = name
        self.is_segment = is_segment
        self.texts = {key: [] for key in KEYS}

    def text(self, key):
        return self.texts[key][0] if self.texts[key] else ''

    @property
    def needs(self):
        return self.text('needs').split()

    @property
    def kind(self):
        if self.is_segment:
            return 'segment'
        return next((kind for kind in ('bitmaps', 'overlap', 'breakdown') if self.texts[kind]), 'expression')

    def sql(self, engine):
        """The ways in which an engine may be asked for the ids."""
        lines = self.texts[engine] or self.texts['sql']
        found = [re.match(r'(?:(\w+): )?(.*)', line, re.S) for line in lines]
        return [(match[1] or '', match[2]) for match in found]


def words(folder):
    """What names.txt says: 'country3' is 'AU'."""
    with open(os.path.join(folder, 'names.txt'), encoding='utf-8') as file:
        return dict(line.rstrip('\n').split('=', 1) for line in file)


def blocks(lines):
    """(name, is_segment, [(key, text)]) for each block; lines that continue are joined."""
    name, is_segment, items = None, False, []
    for line in lines:
        line = line.rstrip()
        head = re.match(r'\[(segment )?(.*)\]$', line)
        if head:
            if name:
                yield name, is_segment, items
            name, is_segment, items = head[2], bool(head[1]), []
        elif line.startswith(' '):
            items[-1] = (items[-1][0], items[-1][1] + ' ' + line.strip())
        elif line and not line.startswith('#'):
            key, _, text = line.partition(' ')
            items.append((key, text.strip()))
    if name:
        yield name, is_segment, items


def fill(text, names):
    """Words, instants and stored tables in place of what is in braces."""
    def value(match):
        what = match[1]
        if what.startswith('stored '):
            return 'stored_' + what[7:]
        if what.startswith('-'):
            return str(AS_OF - datetime.timedelta(days=int(what[1:])))
        return names[what]
    return re.sub(r'\{([^}]*)\}', value, text)


def break_down(question, others):
    """A question of a field and another question: its count for each value, added up."""
    field, _, of = question.text('breakdown').partition(' of ')
    base = others[of]
    question.texts['cohort'] = [f"{field}: {base.text('cohort')}"]
    for engine in ('duckdb', 'sqlite'):
        question.texts[engine] = [
            (f'{label}: ' if label else '')
            + sql.replace('SELECT id FROM contacts', f'SELECT {field}, count(*) AS n FROM contacts')
            + f' GROUP BY {field}' for label, sql in base.sql(engine)]


def read(path, names):
    """All questions by name, stored segments first."""
    stored, asked = {}, {}
    with open(path, encoding='utf-8') as file:
        for name, is_segment, items in blocks(file):
            question = Question(name, is_segment)
            for key, text in items:
                question.texts[key].append(fill(text, names))
            (stored if is_segment else asked)[name] = question
    for question in asked.values():
        if question.texts['breakdown']:
            break_down(question, asked)
    return {**stored, **asked}


def table(questions):
    """Lines of name, kind, needs and text; a question of several expressions has several."""
    lines = []
    for question in questions.values():
        for text in question.texts['cohort'] or [question.text('bitmaps')]:
            lines.append('\t'.join((question.name, question.kind, question.text('needs'), text)) + '\n')
    return ''.join(lines)


def count_sql(question, sql, stored):
    """A statement whose first row's first value is how many members there are."""
    if question.texts['breakdown']:
        return f'SELECT sum(n) FROM ({sql}) AS parts'
    if question.texts['overlap']:
        return overlap_sql(stored)
    return f'SELECT count(*) FROM ({sql}) AS members'


def overlap_sql(stored):
    """Shared members of each pair of stored segments, from one mask of bits an id."""
    mask = ' UNION ALL '.join(f'SELECT id, {1 << i} AS bit FROM stored_{name}' for i, name in enumerate(stored))
    bits = ' + '.join(f'(m >> {i} & 1)' for i in range(len(stored)))
    return (f'SELECT sum(n * k * (k - 1) / 2) FROM (SELECT n, {bits} AS k FROM (SELECT m, count(*) AS n FROM '
            f'(SELECT sum(bit) AS m FROM ({mask}) AS bits GROUP BY id) AS masks GROUP BY m) AS counted) AS pairs')
