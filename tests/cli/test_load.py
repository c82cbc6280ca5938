"""cohort load: what each option makes of a file."""

import csv
import gzip
import io

from command import Case, main


class Types(Case):
    def test_are_found_from_the_whole_file(self):
        said = self.load('id,a,b,c,d,e,f,g,h\n'
                         '1,1,1.5,1e3,true,2026-01-02,2026-01-02 10:00,007,x\n'
                         '2,-2,2.25,2,FALSE,2026-02-03,2026-02-03,1,\n', '--key', 'id')
        self.assertEqual(said, 't.csv: 2 rows into t: 2 new\n'
                               'types found: id int, a int, b decimal(2), c double, d bool, e date, f timestamp, '
                               'g string, h string\n')
        self.assertEqual(self.rows(*'abcdefgh'),
                         ['1,1.50,1000,true,2026-01-02,2026-01-02T10:00:00Z,007,x',
                          '-2,2.25,2,false,2026-02-03,2026-02-03T00:00:00Z,1,'])

    def test_are_taken_as_given(self):
        self.load('id,zip,n,x,b\n1,800,3,1.5,yes\n2,0900,4.0,2,0\n', '--key', 'id', '--type', 'zip=string',
                  '--type=n=int', '--type', 'x=double', '--type', 'b=bool')
        self.assertEqual(self.rows('zip', 'n', 'x', 'b'), ['800,3,1.5,true', '0900,4,2,false'])

    def test_may_ignore_case(self):
        self.load('id,a,tags\n1,Sydney,Red;BLUE\n', '--key', 'id', '--type', 'a=string(nocase)',
                  '--type', 'tags=set(nocase)')
        self.assertEqual(self.fine('count', 's', 't', "a = 'SYDNEY' AND tags HAS 'blue'"), '1\n')

    def test_of_money_reads_past_signs_and_separators(self):
        self.load('id;m\n1;"$1,234.50"\n2;-€12.345\n3;(7.00)\n4;1 234.5 EUR\n5;\n', '--key', 'id', '--delimiter', ';',
                  '--type', 'm=money')
        self.assertEqual(self.rows('m'), ['1234.50', '-12.35', '-7.00', '1234.50', ''])

    def test_round_half_away_from_zero_and_count(self):
        said = self.load('id,d\n1,0.125\n2,-0.125\n3,0.12\n', '--key', 'id', '--type', 'd=decimal(2)')
        self.assertIn('3 new, 2 values rounded\n', said)
        self.assertEqual(self.rows('d'), ['0.13', '-0.13', '0.12'])

    def test_of_keys_are_int_or_string(self):
        self.load('id,a\nA1,1\nB2,2\n', '--key', 'id')
        self.assertEqual(self.fine('members', 's', 't', 'a = 2'), 'B2\n')


class Cells(Case):
    def test_may_hold_quotes_delimiters_and_line_ends(self):
        self.load('id,a,b\r\n1,"x ""y"", z","line\n2"\r\n2,plain,\r\n', '--key', 'id')
        self.assertEqual(self.fine('members', 's', 't', 'TRUE', '--format', 'csv', '--columns', 'a,b'),
                         'a,b\n"x ""y"", z","line\n2"\nplain,\n')

    def test_may_be_separated_by_tabs_semicolons_or_blanks(self):
        for name, delimiter, text, row in [('a', 'tab', 'id\ta\n1\t"x y"\n', '1,x y'),
                                           ('b', ';', 'id;a\n1;x, y\n', '1,"x, y"'),
                                           ('c', 'blanks', 'id  a\n  1   x.y \n', '1,x.y')]:
            self.load(text, '--key', 'id', '--delimiter', delimiter, object_name=name)
            self.assertEqual(self.rows('id', 'a', object_name=name), [row])

    def test_may_be_latin1(self):
        self.load('id,a\n1,Zo\xeb\n'.encode('latin1'), '--key', 'id', '--encoding', 'latin1')
        self.assertEqual(self.rows('a'), ['Zoë'])

    def test_that_are_empty_are_missing_and_nothing_else_is(self):
        self.load('id,a\n1,\n2,""\n3,NA\n4,unknown\n', '--key', 'id')
        self.assertEqual(self.fine('members', 's', 't', 'a IS NULL'), '1\n2\n')

    def test_named_by_null_are_missing(self):
        self.load('id,n,d\n1,NA,2026-01-01\n2,5,-\n', '--key', 'id', '--null', 'NA', '--null', '-')
        self.assertEqual(self.rows('n', 'd'), [',2026-01-01', '5,'])

    def test_of_two_quotes_are_empty_texts_with_keep_empty(self):
        self.load('id,a\n1,\n2,""\n', '--key', 'id', '--keep-empty')
        self.assertEqual(self.rows('id', 'a'), ['1,', '2,""'])
        self.assertEqual(self.fine('members', 's', 't', "a = ''"), '2\n')

    def test_hold_dates_of_several_layouts(self):
        self.load('id,d\n1,12/31/2025\n2,1.2.2026\n', '--key', 'id', '--date-format', '%m/%d/%Y|%d.%m.%Y')
        self.assertEqual(self.rows('d'), ['2025-12-31', '2026-02-01'])

    def test_hold_local_times_of_a_zone(self):
        self.load('id,t\n1,2026-01-15 10:00\n2,2026-07-15 10:00\n3,2026-01-15 10:00Z\n', '--key', 'id',
                  '--tz', 'Australia/Sydney')
        self.assertEqual(self.rows('t'), ['2026-01-14T23:00:00Z', '2026-07-15T00:00:00Z', '2026-01-15T10:00:00Z'])

    def test_hold_sets(self):
        self.load('id,s\n1,b;a;b\n2,\n3,c\n', '--key', 'id', '--set', 's=;')
        self.assertEqual(self.rows('s'), ['a;b', '', 'c'])
        self.assertEqual(self.fine('members', 's', 't', "s HAS ALL ('a', 'b')"), '1\n')

    def test_of_sets_come_out_in_order(self):
        self.load('id,s\n1,e\n2,e;c;d\n3,d\n', '--key', 'id', '--set', 's=;')
        self.assertEqual(self.rows('s'), ['e', 'c;d;e', 'd'])

    def test_of_two_columns_are_a_place(self):
        self.load('id,lat,lon\n1,-33.5,151\n2,,151\n', '--key', 'id', '--point', 'place=lat,lon')
        self.assertEqual(self.fine('members', 's', 't', 'TRUE', '--format', 'csv'),
                         'id,place\n1,"-33.5,151"\n2,\n')


class Sources(Case):
    def test_may_be_compressed(self):
        self.write('t.csv.gz', gzip.compress(b'id,a\n1,x\n'))
        self.assertEqual(self.fine('load', 's', 't', 't.csv.gz', '--key', 'id').split('\n')[0],
                         't.csv.gz: 1 rows into t: 1 new')

    def test_may_be_standard_input(self):
        said = self.fine('load', 's', 't', '-', '--key', 'id', stdin=b'id,a\n1,x\n')
        self.assertEqual(said, '-: 1 rows into t: 1 new\ntypes found: id int, a string\n')
        self.fine('load', 's', 't', '-', '--key', 'id', stdin=gzip.compress(b'id,a\n2,y\n'))
        self.assertEqual(self.rows('id', 'a'), ['1,x', '2,y'])

    def test_may_begin_with_a_byte_order_mark_and_end_without_a_line_end(self):
        self.load(b'\xef\xbb\xbfid,a\r\n1,x', '--key', 'id')
        self.assertEqual(self.rows('id', 'a'), ['1,x'])


class ManyRows(Case):
    """More rows than a tile or a chunk of the reader holds."""

    TEXTS = ['', 'plain', 'with, comma', '"quoted"', 'two\nlines', 'Zoë', 'x' * 300]

    def test_come_out_as_they_went_in(self):
        rows = [[str(i * 7919 % 140009), self.TEXTS[i % 7], str(i % 11 - 5) if i % 13 else '',
                 '%d.%02d' % (i % 9973, i % 100), ';'.join('abc'[:i % 4]), 'P%d' % (i % 70001) if i % 5 else '']
                for i in range(140009)]
        text = io.StringIO(newline='')
        csv.writer(text).writerows([['id', 's', 'n', 'd', 'tags', 'parent'], *rows])
        self.assertIn('140009 new', self.load(text.getvalue(), '--key', 'id', '--set', 'tags=;',
                                              '--ref', 'parent=parent', '--create-parents'))
        printed = self.fine('members', 's', 't', 'TRUE', '--columns', 'id,s,n,d,tags,parent')
        self.assertEqual(list(csv.reader(io.StringIO(printed, newline='')))[1:], rows)
        for where, n in [('n = 3', sum(row[2] == '3' for row in rows)),
                         ("NOT (n = 3 OR tags HAS 'b')", sum(row[2] not in ('', '3') and row[4] == 'a' for row in rows)),
                         ("s = 'Zoë' AND parent IS NULL", sum(row[1] == 'Zoë' and row[5] == '' for row in rows))]:
            self.assertEqual(self.fine('count', 's', 't', where), '%d\n' % n)
        self.assertEqual(self.fine('count', 's', 'parent', 'TRUE'), '%d\n' % len({row[5] for row in rows} - {''}))


class Columns(Case):
    def test_can_be_chosen_and_renamed(self):
        self.load('Id,Lead Source,x,x\n1,Web,2,3\n', '--columns', 'Id,Lead Source', '--rename', 'Lead Source=source',
                  '--key', 'Id')
        self.assertEqual(self.fine('members', 's', 't', 'TRUE', '--format', 'csv'), 'Id,source\n1,Web\n')

    def test_with_odd_names_are_quoted_in_expressions(self):
        self.load('id,Lead Source\n1,Web\n', '--key', 'id')
        self.assertEqual(self.fine('count', 's', 't', '"Lead Source" = \'Web\''), '1\n')
        self.assertEqual(self.fine('members', 's', 't', 'TRUE', '--columns', '"Lead Source",id'), 'Lead Source,id\nWeb,1\n')

    def test_of_later_files_become_new_fields(self):
        self.load('id,a\n1,x\n2,y\n', '--key', 'id')
        self.load('id,b\n2,7\n3,8\n')
        self.assertEqual(self.rows('id', 'a', 'b'), ['1,x,', '2,y,7', '3,,8'])


class Keys(Case):
    def test_are_changed_or_new(self):
        self.load('id,a\n1,x\n2,y\n', '--key', 'id')
        said = self.load('id,a\n1,x\n2,z\n3,w\n', '--key', 'id')
        self.assertEqual(said.split('\n')[0], 't.csv: 3 rows into t: 1 new, 1 changed, 1 unchanged')

    def test_that_repeat_count_last_first_or_not_at_all(self):
        text = 'id,a\n1,x\n2,y\n1,z\n'
        for choice, kept in [('last', 'z'), ('first', 'x')]:
            said = self.load(text, '--key', 'id', '--duplicates', choice, object_name=choice)
            self.assertEqual(said.split('\n')[0], 't.csv: 3 rows into %s: 2 new, 1 repeated' % choice)
            self.assertEqual(self.rows('id', 'a', object_name=choice), ['1,' + kept, '2,y'])
        self.assertEqual(self.refused(2, 'load', 's', 'other', 't.csv', '--key', 'id', '--duplicates', 'error'),
                         "cohort: t.csv:4:1: column 'id': the key is already on line 2\n")

    def test_can_be_row_numbers(self):
        self.load('a\nx\ny\n', '--row-number', 'n')
        self.assertEqual(self.rows('n', 'a'), ['1,x', '2,y'])

    def test_are_not_needed_beside_a_reference(self):
        self.load('who,at\n1,2026-01-02\n1,2026-01-02\n', '--ref', 'who=person', '--time', 'at', object_name='event')
        self.load('who,at\n1,2026-01-02\n', object_name='event')
        self.assertEqual(self.fine('count', 's', 'event', 'TRUE', '--as-of', '2026-02-01'), '3\n')


class References(Case):
    def test_bind_whichever_is_loaded_first(self):
        self.load('id,company\n1,A\n2,B\n3,\n', '--key', 'id', '--ref', 'company=company', object_name='contact')
        self.assertEqual(self.fine('count', 's', 'contact', 'company IS NOT NULL'), '2\n')
        self.load('name,size\nA,5\n', '--key', 'name', object_name='company')
        self.assertEqual(self.fine('members', 's', 'contact', 'company.size = 5'), '1\n')
        self.assertEqual(self.rows('id', 'company', 'company.size', object_name='contact'), ['1,A,5', '2,B,', '3,,'])

    def test_create_their_parents_when_asked(self):
        said = self.load('id,company\n1,A\n2,B\n3,A\n4,\n', '--key', 'id', '--ref', 'company=company',
                         '--create-parents', object_name='contact')
        self.assertEqual(said.split('\n')[0], 't.csv: 4 rows into contact: 4 new, 2 parents created')
        self.assertEqual(self.fine('members', 's', 'company', 'TRUE'), 'A\nB\n')

    def test_may_lead_to_the_object_itself(self):
        self.load('id,boss\n1,\n2,1\n3,2\n', '--key', 'id', '--ref', 'boss=staff', object_name='staff')
        self.assertEqual(self.fine('members', 's', 'staff', 'boss.boss = 1'), '3\n')

    def test_are_homes_and_times_and_clusters_of_events(self):
        self.load('id,who,kind,at\n1,7,a,2026-01-01\n2,7,b,2026-03-01\n', '--key', 'id', '--ref', 'who=person',
                  '--home', 'who', '--time', 'at', '--cluster', 'kind', object_name='event')
        schema = self.fine('schema', 's')
        for field, role in [('who', 'home'), ('at', 'time'), ('kind', 'cluster')]:
            self.assertRegex(schema, r'(?m)^  %s .*  %s$' % (field, role))
        self.assertEqual(self.fine('count', 's', 'event', 'TRUE', '--as-of', '2026-02-01'), '1\n')


class Errors(Case):
    """Each names file, line, column, field and value; the store stays as it was."""

    CASES = [
        ('1,x,2026-01-01\n2,y,z\n', "cohort: t.csv:3:5: column 'd': 'z' is not a date", ['--type', 'd=date']),
        ('1,x,2026-02-30\n', "cohort: t.csv:2:5: column 'd': '2026-02-30' ", ['--type', 'd=date']),
        ('1,x,9223372036854775808\n', "cohort: t.csv:2:5: column 'd': '9223372036854775808' does not fit an int",
         ['--type', 'd=int']),
        ('1,x\n', 'cohort: t.csv:2:1: the row has 2 cells, the header 3\n', []),
        ('1,x,y,z\n', 'cohort: t.csv:2:1: the row has 4 cells, the header 3\n', []),
        (',x,y\n', "cohort: t.csv:2:1: column 'id': ", []),
        ('1,"x,y\n', 'cohort: t.csv:2:3: ', []),
        (b'1,\xff,y\n', "cohort: t.csv:2:3: column 'a': ", []),
    ]

    def test_name_their_place_and_change_nothing(self):
        self.load('id,a\n1,x\n', '--key', 'id')
        before = self.snapshot_of_files()
        for rows, message, options in self.CASES:
            rows = rows if isinstance(rows, bytes) else rows.encode()
            self.write('t.csv', b'id,a,d\n' + rows)
            said = self.refused(2, 'load', 's', 't', 't.csv', '--key', 'id', *options)
            self.assertEqual(said[:len(message)], message)
            self.assertEqual(self.refused(2, 'load', 's', 'fresh', 't.csv', '--key', 'id', *options), said)
            self.assertEqual(self.snapshot_of_files(), before)
        self.assertNotIn('fresh', self.fine('schema', 's'))

    def test_of_a_file_without_a_header_are_bad_data(self):
        for text in '', '\n\n', '\ufeff':
            self.write('t.csv', text)
            self.assertEqual(self.refused(2, 'load', 's', 't', 't.csv', '--key', 'id'),
                             'cohort: t.csv:1:1: the file is empty; its first line should name the columns\n')

    def test_leave_no_new_store_behind(self):
        self.write('t.csv', 'id,a\n1,x\n1\n')
        self.refused(2, 'load', 'new', 't', 't.csv', '--key', 'id')
        self.assertEqual(self.snapshot_of_files('new'), {})
        self.assertEqual(self.refused(1, 'schema', 'new'), "cohort: there is no store 'new'; loading records makes one\n")

    def test_can_be_skipped_up_to_a_number_and_are_reported(self):
        self.write('t.csv', 'id,n\n1,5\n2,x\n3\n4,7\n')
        result = self.cohort('load', 's', 't', 't.csv', '--key', 'id', '--type', 'n=int', '--skip-errors', '2')
        self.assertEqual((result.code, result.out), (0, 't.csv: 4 rows into t: 2 new, 2 left out\ntypes found: id int\n'))
        self.assertEqual(result.err, "cohort: left out t.csv:3:3: column 'n': 'x' is not a whole number\n"
                                     'cohort: left out t.csv:4:1: the row has 1 cells, the header 2\n')
        self.assertEqual(self.rows('id', 'n'), ['1,5', '4,7'])
        said = self.refused(2, 'load', 's', 't', 't.csv', '--key', 'id', '--type', 'n=int', '--skip-errors', '1')
        self.assertEqual(said, 'cohort: t.csv:4:1: the row has 1 cells, the header 2\n')

    def test_of_options_are_bad_requests(self):
        self.load('id,a,a\n1,x,y\n', '--columns', 'id', '--key', 'id')
        for options, message in [
                (['--key', 'idd'], "--key names the column 'idd', which the file does not have; did you mean 'id'?"),
                (['--columns', 'id,b'], "--columns names the column 'b', which the file does not have"),
                (['--key', 'id'], "columns 2 and 3 are both named 'a'"),
                (['--delimiter', 'ab'], "delimiter 'ab' is not one character, tab or blanks"),
                (['--encoding', 'ebcdic'], "encoding 'ebcdic' is neither utf-8 nor latin1"),
                (['--duplicates', 'some'], "--duplicates wants last, first or error, not 'some'"),
                (['--ref', 'a'], "--ref wants NAME=VALUE, not 'a'"),
                (['--skip-errors', 'all'], "--skip-errors wants a whole number, not 'all'"),
                (['--keep-empty=1'], '--keep-empty takes no value'),
                (['--key'], '--key wants a value'),
        ]:
            self.assertEqual(self.refused(1, 'load', 's', 't', 't.csv', *options), 'cohort: %s\n' % message)

    def test_of_types_are_bad_requests(self):
        self.write('t.csv', 'id,a\n1,x\n')
        said = self.refused(1, 'load', 's', 't', 't.csv', '--key', 'id', '--type', 'a=decimal(19)')
        self.assertTrue(said.startswith("cohort: unknown type 'decimal(19)'; wanted bool, int, "), said)
        self.assertEqual(self.refused(1, 'load', 's', 't', 't.csv'),
                         "cohort: records of 't' need a key: --key COLUMN, or --row-number NAME to number the rows\n")

    def test_of_a_field_that_is_declared_otherwise_are_bad_requests(self):
        self.load('id,a\n1,x\n', '--key', 'id')
        before = self.snapshot_of_files()
        self.write('t.csv', 'id,a\n1,5\n')
        said = self.refused(1, 'load', 's', 't', 't.csv', '--key', 'id', '--type', 'a=int')
        self.assertRegex(said, "^cohort: .*'a'.*string.*int")
        self.assertEqual(self.snapshot_of_files(), before)

    def test_of_files_are_the_systems(self):
        self.assertEqual(self.refused(3, 'load', 's', 't', 'none.csv', '--key', 'id'),
                         "cohort: cannot open 'none.csv': No such file or directory\n")
        self.write('bad.gz', gzip.compress(b'id,a\n1,x\n' * 99)[:-9])
        self.assertRegex(self.refused(2, 'load', 's', 't', 'bad.gz', '--key', 'id'), '^cohort: bad.gz: ')
        self.write('file', 'x')
        self.write('t.csv', 'id\n1\n')
        self.assertEqual(self.refused(1, 'load', 'file', 't', 't.csv', '--key', 'id'),
                         "cohort: 'file' is a file; a store is a directory\n")


if __name__ == '__main__':
    main()
