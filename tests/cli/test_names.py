"""cohort define, trait, segments and drop: what is kept under a name."""

from command import Case, main

HEAD = 'object           name                     kind       members  definition\n'


class Names(Case):
    def setUp(self):
        super().setUp()
        self.load('id,n,day\n1,5,2026-01-02\n2,,\n3,-7,2025-12-31\n', '--key', 'id')

    def define(self, *words):
        self.assertEqual(self.fine('define', 's', 't', *words), '')

    def count(self, where, *options):
        return int(self.fine('count', 's', 't', where, *options))

    def test_are_listed_with_sizes_and_canonical_text(self):
        self.define('some', 'n=5 or n <> 6')
        self.define('others', 'not (n = 5)', '--nulls', 'complement')
        self.define('now', 'day = today')
        self.fine('trait', 's', 't', 'twice', 'n*2')
        self.write('k.txt', '3\n\n1\r\n99\n3\n')
        self.define('keys', '--keys', 'k.txt')
        self.fine('define', 's', 't', "it's", "SEGMENT('keys') and twice > 0")
        rows = [('it\'s', 'segment', 1, "SEGMENT('keys') AND twice > 0"), ('keys', 'keys', 2, '3 keys'),
                ('now', 'segment', 1, 'day = TODAY'),
                ('others', 'segment', 2, 'NOT n = 5  (nulls = complement)'),
                ('some', 'segment', 2, 'n = 5 OR n != 6'), ('twice', 'trait', '', 'n * 2')]
        self.assertEqual(self.fine('segments', 's', 't', '--as-of', '2026-01-02'),
                         HEAD + ''.join('%-16s %-24s %-8s%10s  %s\n' % ('t', *row) for row in rows))
        self.load('id\n1\n', '--key', 'id', object_name='u')
        self.assertEqual(self.fine('segments', 's', 'u'), HEAD)
        self.assertEqual(self.fine('segments', 's').count('\n'), 7)

    def test_can_be_used_and_replaced(self):
        self.define('a', 'n = 5')
        self.define('b', "NOT SEGMENT('a')")
        self.assertEqual(self.count("SEGMENT('b')"), 2)
        self.define('a', 'n IS NULL')
        self.assertEqual(self.count("SEGMENT('a') AND NOT SEGMENT('b')"), 1)

    def test_that_double_a_text_again_and_again_end_with_an_error(self):
        self.fine('trait', 's', 't', 't0', "CONCAT('abcd', IF(n IS NULL, '', 'x'))")
        for i in range(1, 40):
            self.fine('trait', 's', 't', 't%d' % i, 'CONCAT(t%d, t%d)' % (i - 1, i - 1))
        self.assertEqual(self.count('LENGTH(t10) > 4096'), 2)
        self.assertIn('t 1: CONCAT makes more text', self.refused(1, 'count', 's', 't', 'LENGTH(t39) > 0'))

    def test_may_be_of_keys_that_come_later(self):
        self.write('k.txt', '4\n1')
        self.define('k', '--keys', 'k.txt')
        self.assertEqual(self.count("SEGMENT('k')"), 1)
        self.load('id,n\n4,0\n')
        self.assertEqual(self.fine('members', 's', 't', "SEGMENT('k')"), '1\n4\n')
        self.assertEqual(self.fine('define', 's', 't', 'k', '--keys', '-', stdin=b'2\n'), '')
        self.assertEqual(self.fine('members', 's', 't', "SEGMENT('k')"), '2\n')

    def test_may_be_of_keys_from_any_editor_but_whole(self):
        self.fine('define', 's', 't', 'k', '--keys', '-', stdin=b'\xef\xbb\xbf1\r\n2\r\n')
        self.assertEqual(self.fine('members', 's', 't', "SEGMENT('k')"), '1\n2\n')
        self.assertEqual(self.refused(2, 'define', 's', 't', 'k', '--keys', '-', stdin=b'1\n\0\n2\n'),
                         "cohort: '-' is no text: byte 3 is zero\n")
        self.assertEqual(self.fine('members', 's', 't', "SEGMENT('k')"), '1\n2\n')

    def test_may_come_from_files(self):
        self.write('e.txt', 'n = 5\n  OR n = -7\n')
        self.define('e', '@e.txt')
        self.assertEqual(self.count("SEGMENT('e')"), 2)
        self.assertEqual(self.refused(1, 'define', 's', 't', 'f', '@e.txt', '--keys', 'k'),
                         'cohort: define wants an expression or --keys FILE; see cohort define --help\n')

    def test_cannot_go_in_circles_or_be_unknown(self):
        self.define('a', 'n = 5')
        self.define('b', "SEGMENT('a')")
        before = self.snapshot_of_files()
        self.assertEqual(self.refused(1, 'define', 's', 't', 'a', "n = 1 OR SEGMENT('b')"),
                         'cohort: a cycle of names: t.a > t.b > t.a\n'
                         "  n = 1 OR SEGMENT('b')\n"
                         '           ^\n')
        self.assertRegex(self.refused(1, 'define', 's', 't', 'c', "SEGMENT('x')"), r"\n  SEGMENT\('x'\)\n  +\^\n$")
        self.assertEqual(self.refused(1, 'trait', 's', 't', 'n', '1 + 1'),
                         "cohort: 'n' is a field of t; a trait needs a name of its own\n")
        self.assertRegex(self.refused(1, 'define', 's', 't', 'c', 'COUNT(t) > 1'), 'no reference leads from t to t')
        self.assertEqual(self.snapshot_of_files(), before)

    def test_of_bad_keys_are_bad_data(self):
        self.write('k.txt', '1\nx\n')
        self.assertEqual(self.refused(2, 'define', 's', 't', 'k', '--keys', 'k.txt'),
                         "cohort: k.txt:2: keys of 't' are whole numbers; 'x' is none\n")
        self.assertEqual(self.refused(3, 'define', 's', 't', 'k', '--keys', 'none.txt'),
                         "cohort: cannot open 'none.txt': No such file or directory\n")
        self.assertEqual(self.fine('segments', 's'), HEAD)

    def test_are_dropped_unless_used(self):
        self.define('a', 'n = 5')
        self.define('b', "SEGMENT('a')")
        self.fine('trait', 's', 't', 'v', "IF(SEGMENT('a'), 1, 0)")
        self.assertEqual(self.refused(1, 'drop', 's', 't', 'a'), "cohort: 'a' is used by t.b, t.v\n")
        for name in 'b', 'v', 'a':
            self.assertEqual(self.fine('drop', 's', 't', name), '')
        self.assertEqual(self.fine('segments', 's'), HEAD)
        self.assertEqual(self.refused(1, 'drop', 's', 't', 'a'), "cohort: t has no segment or trait 'a'\n")
        self.assertRegex(self.refused(1, 'drop', 's', 'u', 'a'), "^cohort: unknown object 'u'")


if __name__ == '__main__':
    main()
