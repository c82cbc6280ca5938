"""cohort members and count: every format, order, limit and option of evaluation."""

import json
import struct

from command import Case, main

COMPANIES = 'name,size\nA,10\nC,1\n'
CONTACTS = '''id,name,n,when,tags,lat,lon,x,company
1,Ann,5,2026-01-02,a;b,1.5,2,0.5,A
2,"B ""x"", y",,,,,,,B
3,Zoë,-7,2025-12-31,b,0,0,1e300,
70000,A very long name that is cut after forty characters of it,5,2026-03-01,,,,-2.25,A
'''


def roaring(data):
    """The values of a bitmap in Roaring's portable format, read by the book."""
    cookie = struct.unpack_from('<I', data)[0]
    if cookie & 0xffff == 12347:
        n, at = (cookie >> 16) + 1, 4
        flags = data[at:at + (n + 7) // 8]
        at += len(flags)
    else:
        assert cookie == 12346
        n, flags, at = struct.unpack_from('<I', data, 4)[0], b'\0' * 8192, 8
    heads = [struct.unpack_from('<HH', data, at + 4 * i) for i in range(n)]
    at += 4 * n
    if cookie == 12346 or n >= 4:
        at += 4 * n
    values = []
    for i, (high, less) in enumerate(heads):
        if flags[i // 8] >> i % 8 & 1:
            n_runs = struct.unpack_from('<H', data, at)[0]
            runs = struct.unpack_from('<%dH' % (2 * n_runs), data, at + 2)
            at += 2 + 4 * n_runs
            low = [v for r in range(n_runs) for v in range(runs[2 * r], runs[2 * r] + runs[2 * r + 1] + 1)]
        elif less < 4096:
            low = struct.unpack_from('<%dH' % (less + 1), data, at)
            at += 2 * (less + 1)
        else:
            bits = int.from_bytes(data[at:at + 8192], 'little')
            at += 8192
            low = [v for v in range(65536) if bits >> v & 1]
        assert len(low) == less + 1
        values += [high << 16 | v for v in low]
    assert at == len(data)
    return values


class Loaded(Case):
    def setUp(self):
        super().setUp()
        self.load(COMPANIES, '--key', 'name', object_name='company')
        self.load(CONTACTS, '--key', 'id', '--ref', 'company=company', '--set', 'tags=;', '--point', 'place=lat,lon',
                  object_name='contact')

    def members(self, *words, where='TRUE'):
        return self.fine('members', 's', 'contact', where, *words)


class Formats(Loaded):
    def test_keys_are_one_a_line(self):
        self.assertEqual(self.members(where='n = 5'), '1\n70000\n')
        self.assertEqual(self.members('--format', 'keys', where='FALSE'), '')
        self.assertEqual(self.fine('members', 's', 'company', 'TRUE'), 'A\nC\n')

    def test_csv_has_a_header_and_tells_missing_from_empty(self):
        self.assertEqual(self.members('--format', 'csv'),
                         'id,place,name,n,when,tags,x,company\n'
                         '1,"1.5,2",Ann,5,2026-01-02,a;b,0.5,A\n'
                         '2,,"B ""x"", y",,,,,B\n'
                         '3,"0,0",Zoë,-7,2025-12-31,b,1e+300,\n'
                         '70000,,A very long name that is cut after forty characters of it,5,2026-03-01,,-2.25,A\n')

    def test_ndjson_is_an_object_a_line(self):
        lines = [json.loads(line) for line in self.members('--format', 'ndjson').splitlines()]
        self.assertEqual(lines[0], {'id': 1, 'place': [1.5, 2], 'name': 'Ann', 'n': 5, 'when': '2026-01-02',
                                    'tags': ['a', 'b'], 'x': 0.5, 'company': 'A'})
        self.assertEqual(lines[1], {'id': 2, 'place': None, 'name': 'B "x", y', 'n': None, 'when': None, 'tags': None,
                                    'x': None, 'company': 'B'})
        self.assertEqual([line['name'] for line in lines][2], 'Zoë')

    def test_table_is_for_people(self):
        self.assertEqual(self.members('--format', 'table', '--columns', 'id,name,n,tags'),
                         '   id  name                                       n  tags\n'
                         '-----  ----------------------------------------  --  ----\n'
                         '    1  Ann                                        5  a;b\n'
                         '    2  B "x", y                                      \n'
                         '    3  Zoë                                       -7  b\n'
                         '70000  A very long name that is cut after fort…   5  \n')

    def test_roaring_holds_the_keys(self):
        found = self.cohort('members', 's', 'contact', 'TRUE', '--format', 'roaring')
        self.assertEqual((found.code, roaring(found.bytes)), (0, [1, 2, 3, 70000]))
        rows = ''.join('%d\n' % (i * i % 200003) for i in range(9000))
        self.load('id\n' + rows, '--key', 'id')
        for where in ['id < 5000', 'id >= 5000', 'MOD(id, 2) = 0', 'FALSE']:
            keys = self.fine('members', 's', 't', where, '--order-by', 'id').split()
            found = self.cohort('members', 's', 't', where, '--format', 'roaring')
            self.assertEqual(roaring(found.bytes), [int(key) for key in keys])

    def test_roaring_wants_ints_of_32_bits(self):
        self.assertEqual(self.refused(1, 'members', 's', 'company', 'TRUE', '--format', 'roaring'),
                         "cohort: keys of 'company' are text; a Roaring bitmap holds ints\n")
        self.load('id\n4294967295\n4294967296\n', '--key', 'id')
        self.assertEqual(self.refused(1, 'members', 's', 't', 'TRUE', '--format', 'roaring'),
                         'cohort: key 4294967296 does not fit the 32 bits of a Roaring bitmap\n')
        found = self.cohort('members', 's', 't', 'id < 4294967296', '--format', 'roaring')
        self.assertEqual(roaring(found.bytes), [4294967295])

    def test_others_are_refused(self):
        self.assertEqual(self.refused(1, 'members', 's', 'contact', 'TRUE', '--format', 'xml'),
                         "cohort: --format wants keys, csv, ndjson, table or roaring, not 'xml'\n")


class Columns(Loaded):
    def test_are_values_paths_and_traits_and_make_csv(self):
        self.fine('trait', 's', 'contact', 'twice', 'n * 2')
        self.assertEqual(self.members('--columns', 'id,twice,company.size', where='id < 3'),
                         'id,twice,company.size\n1,10,10\n2,,\n')
        self.assertEqual(self.members('--columns', "IF(n > 0, 'a,b', 'c'), id", where='id = 1'),
                         '"IF(n > 0, \'a,b\', \'c\')",id\n"a,b",1\n')

    def test_that_are_wrong_are_named(self):
        for words, message in [
                (['--columns', 'nam'], "column 'nam': unknown field 'nam' of contact, did you mean 'name'?"),
                (['--order-by', 'nam DESC'], "order by 'nam': unknown field 'nam' of contact, did you mean 'name'?"),
                (['--columns', 'id', '--format', 'keys'], 'columns can be chosen for csv, ndjson and table only'),
        ]:
            self.assertEqual(self.refused(1, 'members', 's', 'contact', 'TRUE', *words), 'cohort: %s\n' % message)
        self.assertRegex(self.refused(1, 'members', 's', 'contact', 'TRUE', '--order-by', 'n n'),
                         "^cohort: order by 'n n': ")


class Order(Loaded):
    def test_puts_missing_values_last_and_first_with_desc(self):
        for order, ids in [('n', [3, 1, 70000, 2]), ('n DESC', [2, 1, 70000, 3]), ('n desc, name', [2, 70000, 1, 3]),
                           ('n, name DESC', [3, 1, 70000, 2]), ('x ASC', [70000, 1, 3, 2]),
                           ('company.size, id DESC', [70000, 1, 3, 2]), ('"when"', [3, 1, 70000, 2]),
                           ("COALESCE(n, 0), LOWER(name)", [3, 2, 70000, 1]), ('company DESC, id', [3, 2, 1, 70000])]:
            self.assertEqual([int(key) for key in self.members('--order-by', order).split()], ids, order)

    def test_is_cut_by_the_limit(self):
        self.assertEqual(self.members('--order-by', 'n DESC', '--limit', '2'), '2\n1\n')
        self.assertEqual(self.members('--limit', '1'), '1\n')
        self.assertEqual(self.members('--limit', '0'), '1\n2\n3\n70000\n')
        self.assertEqual(self.refused(1, 'members', 's', 'contact', 'TRUE', '--limit', '-1'),
                         "cohort: --limit wants a whole number, not '-1'\n")


class Out(Loaded):
    def test_writes_a_file_and_says_nothing(self):
        self.assertEqual(self.members('--out', 'o.txt', where='n = 5'), '')
        self.assertEqual(self.read('o.txt'), b'1\n70000\n')

    def test_leaves_no_file_that_is_not_whole(self):
        self.refused(1, 'members', 's', 'company', 'TRUE', '--format', 'roaring', '--out', 'o.bin')
        self.assertRaises(FileNotFoundError, self.read, 'o.bin')
        self.assertEqual(self.refused(3, 'members', 's', 'contact', 'TRUE', '--out', 'no/o.txt'),
                         "cohort: cannot create 'no/o.txt': No such file or directory\n")


class Evaluation(Loaded):
    def count(self, where, *options, stdin=b''):
        return int(self.fine('count', 's', 'contact', where, *options, stdin=stdin))

    def test_is_of_the_given_instant(self):
        for at, n in [('2026-01-02', 1), ('2026-01-01', 1), ('2026-01-03', 0), ('2025-12-31T23:59:59Z', 1)]:
            where = '"when" = TODAY' if at != '2026-01-01' else '"when" = TOMORROW'
            self.assertEqual(self.count(where, '--as-of', at), n, at)
        self.assertEqual(self.count('"when" <= TODAY'), 3)

    def test_is_of_the_days_of_a_zone(self):
        self.assertEqual(self.count('"when" = TODAY', '--as-of', '2026-01-01T14:00:00Z'), 0)
        self.assertEqual(self.count('"when" = TODAY', '--as-of', '2026-01-01T14:00:00Z', '--tz', 'Australia/Sydney'), 1)
        self.assertEqual(self.count('"when" = TODAY', '--as-of', '2026-01-01 14:00', '--tz', '-11:00'), 0)
        self.assertEqual(self.count('"when" = TODAY', '--as-of', '2026-01-02 01:00', '--tz', '+11:00'), 1)

    def test_begins_weeks_and_fiscal_years_where_told(self):
        where = '"when" = THIS_WEEK'                    # 2026-01-02 is a Friday
        self.assertEqual(self.count(where, '--as-of', '2026-01-03'), 2)
        self.assertEqual(self.count(where, '--as-of', '2026-01-03', '--week-start', 'saturday'), 0)
        where = '"when" = THIS_FISCAL_YEAR'
        self.assertEqual(self.count(where, '--as-of', '2026-01-03'), 2)
        self.assertEqual(self.count(where, '--as-of', '2026-01-03', '--fiscal-start', '3'), 2)
        self.assertEqual(self.count(where, '--as-of', '2026-03-03', '--fiscal-start', '3'), 1)

    def test_takes_missing_values_as_told(self):
        self.assertEqual(self.count('n != 5'), 1)
        self.assertEqual(self.count('n != 5', '--nulls', 'sql'), 1)
        self.assertEqual(self.count('n != 5', '--nulls', 'complement'), 2)
        self.assertEqual(self.count('NOT (n = 5)', '--nulls=complement'), 2)

    def test_does_not_depend_on_threads(self):
        for threads in '1', '3', '64':
            self.assertEqual(self.count('n = 5 OR x > 0', '--threads', threads), 3)

    def test_reads_expressions_from_files(self):
        self.write('e.txt', '-- those with a five\nn = 5\n')
        self.assertEqual(self.count('@e.txt'), 2)
        self.assertEqual(self.count('@-', stdin=b'n = -7'), 1)
        self.assertEqual(self.refused(3, 'count', 's', 'contact', '@none'),
                         "cohort: cannot open 'none': No such file or directory\n")
        self.assertEqual(self.count('@-', stdin=b'\xef\xbb\xbfn = -7\r\n'), 1)
        self.assertEqual(self.refused(2, 'count', 's', 'contact', '@-', stdin=b'n = -7\0 AND FALSE'),
                         "cohort: '-' is no text: byte 7 is zero\n")

    def test_refuses_options_that_say_nothing(self):
        for option, word, message in [
                ('--as-of', 'soon', "'soon' is not a date or time like 2026-11-22 or 2026-11-22 10:00:00"),
                ('--tz', 'Mars/Base', "unknown time zone 'Mars/Base'; wanted UTC, an offset like +02:00 or a name "
                                      "like Australia/Sydney"),
                ('--week-start', 'mon', "--week-start wants monday … sunday, not 'mon'"),
                ('--fiscal-start', '13', 'fiscal start 13 is no month'),
                ('--nulls', 'maybe', "--nulls wants sql or complement, not 'maybe'"),
                ('--threads', 'x', "--threads wants a whole number, not 'x'"),
        ]:
            self.assertEqual(self.refused(1, 'count', 's', 'contact', 'TRUE', option, word), 'cohort: %s\n' % message)


if __name__ == '__main__':
    main()
