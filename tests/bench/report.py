"""The results as Markdown: what they were measured on, then tables."""

import math
import os
import platform


def machine():
    """What the numbers depend on, in one line."""
    model, flags = platform.machine(), ''
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        for line in file:
            key, _, value = line.partition(':')
            model = value.strip() if key.strip() == 'model name' else model
            flags = value if key.strip() == 'flags' else flags
    with open('/proc/meminfo', encoding='utf-8') as file:
        gigabytes = int(file.readline().split()[1]) / 1024 / 1024
    level = next((name for name in ('avx512_vpopcntdq', 'avx2') if f' {name} ' in flags + ' '), 'no AVX2')
    return f'{os.cpu_count()} × {model} ({level}), {gigabytes:.0f} GiB, {platform.system()} {platform.release()}'


def line(cells):
    return '| ' + ' | '.join(cells) + ' |\n'


def table(head, rows):
    return line(head) + '|' + ' --- |' + ' ---: |' * (len(head) - 1) + '\n' + ''.join(line(row) for row in rows)


def milliseconds(value):
    if value is None:
        return ''
    digits = 3 if value < 1 else 2 if value < 100 else 0
    return f'{value:,.{digits}f}'


def ratio(theirs, ours):
    if theirs is None or not ours:
        return ''
    value = theirs / ours
    return f'{value:,.0f}×' if value >= 20 else f'{value:,.1f}×'


def shown(name, results):
    """The question, and which formulation DuckDB was fastest with."""
    label = results.label(name)
    return f'{name} ({label})' if label else name


def ratios(asked, results):
    """How many times faster than each of the others."""
    rows = []
    for question in asked:
        name = question.name
        if name not in results.counts:
            continue
        ours = results.time(name, 'cohort')
        two = results.time(name, 'cohort', threads=2)
        rows.append([shown(name, results), f'{results.counts[name]:,}', milliseconds(ours),
                     ratio(results.time(name, 'duckdb'), ours),
                     ratio(results.time(name, 'duckdb', heat='cold'), results.time(name, 'cohort', heat='cold')),
                     ratio(results.time(name, 'duckdb', threads=2), two),
                     ratio(results.time(name, 'duckdb', 'keys'), results.time(name, 'cohort', 'keys')),
                     ratio(results.time(name, 'sqlite'), ours), ratio(results.time(name, 'roaring'), ours),
                     ratio(ours, two)])
    return table(['question', 'members', 'count, ms', 'DuckDB takes', 'cold', '2 threads', 'keys', 'SQLite takes',
                  'CRoaring takes', 'one thread takes'], rows)


def times(asked, results):
    """Milliseconds of each way."""
    ways = [('cohort', 'count', 'hot', 1), ('cohort', 'bitmap', 'hot', 1), ('cohort', 'keys', 'hot', 1),
            ('cohort', 'count', 'cold', 1), ('cohort', 'count', 'hot', 2), ('duckdb', 'count', 'hot', 1),
            ('duckdb', 'keys', 'hot', 1), ('duckdb', 'count', 'cold', 1), ('duckdb', 'count', 'hot', 2),
            ('sqlite', 'count', 'hot', 1), ('roaring', 'count', 'hot', 1), ('roaring', 'bitmap', 'hot', 1),
            ('roaring', 'keys', 'hot', 1)]
    head = ['question', 'count', 'bitmap', 'keys', 'cold', '2 threads', 'DuckDB count', 'ids', 'cold', '2 threads',
            'SQLite', 'CRoaring count', 'bitmap', 'keys']
    return table(head, [[q.name] + [milliseconds(results.time(q.name, *way)) for way in ways]
                        for q in asked if q.name in results.counts])


def loading(loads, duckdb):
    """Seconds of CPU and bytes a record, ours and DuckDB's."""
    theirs = {'contact': 'contacts', 'event': 'events', 'case': 'cases'}
    steps = {(step[0], step[1]): [int(number) for number in step[2:]] for step in loads}
    rows, at_rest, resident = [], 0, 0
    for (step, what), numbers in steps.items():
        if step != 'load':
            continue
        n, cpu = numbers[0], numbers[1] / 1e6
        saved = steps['save', what][1] / 1e6
        bytes_now, files_now = steps['resident', what][0], steps['resident', what][2]
        their_ms, their_bytes = duckdb.loads[theirs[what]]
        rows.append([f'{theirs[what]}.csv', f'{n:,}', f'{cpu / 1e3:.2f} + {saved / 1e3:.2f}', f'{their_ms / 1e3:.2f}',
                     ratio(their_ms, cpu + saved), f'{(bytes_now - resident) / n:.1f}',
                     f'{(files_now - at_rest) / n:.1f}', f'{their_bytes / n:.1f}'])
        at_rest, resident = files_now, bytes_now
    return table(['file', 'records', 'load + save, s', 'DuckDB, s', 'ratio', 'bytes a record, in memory', 'at rest',
                  'DuckDB at rest'], rows)


def sizes(memory, fields, counts):
    """Bytes a record of each field after all questions, and what the process holds."""
    rows = [[f'{name}.{field}', f'{n:,}', f'{size / max(counts[name], 1):.2f}'] for name, field, n, size in fields]
    for name, n in counts.items():
        rows.append([f'**{name}, all fields**', f'{n:,}',
                     f'{sum(size for of, _, _, size in fields if of == name) / max(n, 1):.2f}'])
    text = table(['field', 'values', 'bytes a record'], rows)
    return text + (f'\nStore {memory[0] / 1e6:,.0f} MB with key index and stored segments, evaluators '
                   f'{memory[1] / 1e6:,.1f} MB, process {memory[2] / 1e6:,.0f} MB.\n')


def geometric(asked, results, names):
    """The geometric mean of the ratios to DuckDB over some questions."""
    found = [results.time(name, 'duckdb') / results.time(name, 'cohort') for name in names
             if results.time(name, 'duckdb') and results.time(name, 'cohort')]
    return math.exp(sum(map(math.log, found)) / len(found)) if found else None


def markdown(options, asked, results, duckdb, loads, memory, fields, upserts):
    counts = {step[1]: int(step[2]) for step in loads if step[0] == 'load'}
    mean = geometric(asked, results, [q.name for q in asked])
    text = [f'{options.contacts:,} contacts, {5 * options.contacts:,} events, seed {options.seed}, skew '
            f'{options.skew:g}, events {options.shape} in {options.batches} batches; DuckDB {duckdb.version}; {machine()}. {options.rounds} interleaved rounds: '
            'medians in CPU time for one thread, the best by the clock for two; counts of all engines agree. SQLite has covering indexes, '
            'CRoaring an index made by hand for these questions.\n\n',
            ratios(asked, results)]
    if mean:
        text.append(f'\nGeometric mean over DuckDB, one thread: {mean:,.0f}×.\n')
    for name, why in results.refused.items():
        text.append(f'\nNot yet: {name} ({why}).')
    text += ['\n\n### Milliseconds\n\n', times(asked, results), '\n### Loading\n\n', loading(loads, duckdb),
             '\n### Memory after all questions\n\n', sizes(memory, fields, counts), '\n### One changed record\n\n',
             table(['contacts', 'upsert and commit, ms'], [[f'{n:,}', f'{ms:.3f}'] for n, ms in upserts])]
    return ''.join(text)
