"""cohort explain, why and lint: how an answer comes about, and what may not be meant."""

import re

from command import Case, main


class Answers(Case):
    def setUp(self):
        super().setUp()
        self.load('id,city,n,tags\n1,Sydney,5,a;b\n2,,,\n3,Perth,-7,b\n', '--key', 'id', '--set', 'tags=;')

    def test_explain_counts_true_and_unknown_then_lists_steps(self):
        said = self.fine('explain', 's', 't', "NOT (n = 5 OR city = 'Perth') AND TRUE")
        nodes, steps = said.split('\n\n')
        self.assertEqual([re.sub(' +', ' ', line).strip() for line in nodes.split('\n')],
                         ['true unknown condition', '0 1 AND', '0 1 NOT', '2 1 OR', '1 1 n = 5', "1 1 city = 'Perth'",
                          '3 0 TRUE'])
        self.assertTrue(steps.startswith('pass 0 over t\n'), steps)
        self.assertIn('estimated', steps)

    def test_explain_takes_the_policy_of_missing_values(self):
        for policy, numbers in [('sql', '1            1'), ('complement', '2            0')]:
            self.assertIn('           %s  n != 5\n' % numbers, self.fine('explain', 's', 't', 'n != 5', '--nulls', policy))

    def test_why_gives_each_condition_and_what_it_saw(self):
        self.assertEqual(self.fine('why', 's', 't', '1', "n > 7 AND (city = 'Perth' OR tags HAS 'a')"),
                         'false    AND\n'
                         'false      n > 7   <- 5\n'
                         'true       OR\n'
                         "false        city = 'Perth'   <- 'Sydney'\n"
                         "true         tags HAS 'a'   <- {'a', 'b'}\n")
        self.assertEqual(self.fine('why', 's', 't', '2', 'NOT (n = 5)'),
                         'unknown  NOT\n'
                         'unknown    n = 5   <- NULL\n')

    def test_why_names_the_child_records_that_count(self):
        self.load('id,t,at\n' + ''.join('c%d,1,2026-01-0%d\n' % (i, i) for i in range(1, 8)), '--key', 'id',
                  '--ref', 't=t', object_name='case')
        self.load('t,at,n\n1,2026-03-02,5\n1,2026-03-01,9\n2,2026-03-05,9\n', '--ref', 't=t', '--time', 'at',
                  object_name='visit')
        self.assertEqual(self.fine('why', 's', 't', '1', "COUNT(case) > 9 OR EXISTS(visit WHERE n > 5)",
                                   '--as-of', '2026-04-01'),
                         'true     OR\n'
                         'false      COUNT(case) > 9   <- 7: c1, c2, c3, c4, c5, …\n'
                         'true       EXISTS(visit WHERE n > 5)   <- 1: 2026-03-01\n')

    def test_why_wants_a_key_that_is_there(self):
        self.assertEqual(self.refused(1, 'why', 's', 't', '9', 'n = 5'), "cohort: there is no t with the key '9'\n")
        self.assertEqual(self.refused(1, 'why', 's', 't', 'x', 'n = 5'),
                         "cohort: keys of 't' are whole numbers; 'x' is none\n")

    def test_lint_points_at_what_may_not_be_meant(self):
        self.load('id,city,n\n' + ''.join('%d,%s,%d\n' % (i, ['Perth', 'Sydney'][i % 2], i) for i in range(300)),
                  '--key', 'id', object_name='u')
        text = "city = 'Sidney' OR id > 5 AND n > 900"
        self.assertEqual(self.fine('lint', 's', 'u', text),
                         'AND binds tighter than OR here; parentheses around it would say so [mixed-and-or]\n'
                         '  %s\n                     ^\n'
                         "no record has 'Sidney' as city, did you mean 'Sydney'? [unknown-value]\n"
                         '  %s\n         ^\n'
                         'no record fits: n runs from 0 to 299 [never-true]\n'
                         '  %s\n                                ^\n'
                         'no record is in this segment [empty-segment]\n'
                         '  %s\n  ^\n' % (text, text, text, text))
        self.assertEqual(self.fine('lint', 's', 'u', "city = 'Sydney'"), '')


class Related(Case):
    """What the manual says of ties, funnels and events without a time."""

    def setUp(self):
        super().setUp()
        self.load('id,n\n1,5\n2,5\n3,1\n', '--key', 'id')
        self.load('t,at,what\n1,2026-01-01,a\n1,2026-01-02,b\n1,,c\n', '--ref', 't=t', '--time', 'at',
                  object_name='visit')

    def test_equal_values_share_their_rank(self):
        self.assertEqual(self.fine('members', 's', 't', 'RANK(n) = 1'), '1\n2\n')
        self.assertEqual(self.fine('members', 's', 't', 'RANK(n) = 3 AND PERCENT_RANK(n) = 0'), '3\n')
        self.assertEqual(self.fine('members', 's', 't', 'PERCENT_RANK(n) = 0.5'), '1\n2\n')

    def test_a_funnel_counts_no_step_with_not_and_ends_in_none(self):
        steps = "visit WHERE what = 'a', NOT visit WHERE what = 'x', visit WHERE what = 'b'"
        self.assertEqual(self.fine('members', 's', 't', 'FUNNEL(%s) = 2' % steps), '1\n')
        self.assertTrue(self.refused(1, 'count', 's', 't', 'FUNNEL(visit, NOT visit) > 0').startswith(
            'cohort: FUNNEL cannot end in a NOT step\n'))

    def test_events_without_a_time_count_as_seen_last(self):
        self.assertEqual(self.fine('members', 's', 't', "MODE(visit.what) = 'c' AND LAST(visit.what) = 'b'"), '1\n')

    def test_a_child_taken_for_a_field_is_told_how_to_ask(self):
        self.assertTrue(self.refused(1, 'count', 's', 't', "visit.what = 'a'").startswith(
            "cohort: unknown field 'visit' of t; records of an object are asked for as in EXISTS(visit WHERE ...)\n"))

    def test_names_after_a_path_do_not_reach_the_record_before_it(self):
        self.assertTrue(self.refused(1, 'count', 's', 'visit', 't.EXISTS(visit WHERE what = OUTER.what)').startswith(
            "cohort: unknown field 'what' of t\n"))


class Requests(Case):
    """What is wrong with a request is said with a caret and exit code 1."""

    def test_point_at_the_place(self):
        self.load('id,n,name\n1,5,x\n', '--key', 'id')
        for text, message, line, column in [
                ('n > ', 'expected a value, found the end of the text', 'n > ', 4),
                ('nam IS NULL', "unknown field 'nam' of t, did you mean 'name'?", 'nam IS NULL', 0),
                ('n = 5 AND\nnaem = 1', "unknown field 'naem' of t, did you mean 'name'?", 'naem = 1', 0),
                ("name = 'ü' AND\tx = 1", "unknown field 'x' of t", "name = 'ü' AND x = 1", 15),
                ('EXISTS(t)', 'no reference leads from t to t', 'EXISTS(t)', 7),
        ]:
            for verb in ['count'], ['members'], ['explain'], ['lint'], ['define']:
                words = ['s', 't', 'name', text] if verb == ['define'] else ['s', 't', text]
                result = self.cohort(*verb, *words)
                self.assertEqual(result.code, 1, (verb, text))
                self.assertEqual(result.err, 'cohort: %s\n  %s\n  %s^\n' % (message, line, ' ' * column), (verb, text))

    def test_show_what_of_a_long_line_is_near(self):
        self.load('id,n\n1,5\n', '--key', 'id')
        text = 'n = 1 OR ' * 30 + "'ü' < 'ö' AND m = 1" + ' OR n = 2' * 30
        said = self.refused(1, 'count', 's', 't', text).split('\n')
        self.assertEqual(said[0], "cohort: unknown field 'm' of t")
        self.assertTrue(said[1].startswith('  …') and said[1].endswith('…') and len(said[1]) < 220, said[1])
        self.assertEqual(said[1][len(said[2]) - 1:][:5], 'm = 1')

    def test_of_types_that_do_not_meet(self):
        self.load('id,n,name\n1,5,x\n', '--key', 'id')
        said = self.refused(1, 'count', 's', 't', "name = 5")
        self.assertRegex(said, r"^cohort: .*'5'.*\n  name = 5\n +\^\n$")

    def test_of_an_evaluation_that_fails_name_the_record(self):
        self.load('id,n\n1,9223372036854775807\n2,1\n', '--key', 'id')
        for verb in 'count', 'members', 'explain':
            self.assertRegex(self.refused(1, verb, 's', 't', 'n * n * n > 0'), '^cohort: t 1: ')

    def test_without_enough_or_with_too_many_words(self):
        for words, message in [
                (['count', 's', 't'], 'something is missing; see cohort count --help'),
                (['count', 's', 't', 'a', 'b'], "'b' is one word too many; see cohort count --help"),
                (['check'], 'something is missing; see cohort check --help'),
                (['count', 's', 't', 'a', '--foo'], 'count has no option --foo; see cohort count --help'),
                (['counts'], "there is no verb 'counts'; see cohort --help"),
                (['schema', 's', '--format', 'xml'], "--format wants table or json, not 'xml'"),
                (['schema', 's', '--format'], '--format wants a value'),
        ]:
            self.assertEqual(self.refused(1, *words), 'cohort: %s\n' % message)

    def test_may_begin_with_dashes_after_two_dashes(self):
        self.load('id,n\n1,5\n', '--key', 'id')
        self.assertEqual(self.fine('count', 's', 't', '--', '-n = -5'), '1\n')
        self.assertEqual(self.fine('count', '--threads', '1', 's', 't', '-n = -5'), '1\n')


class Help(Case):
    def test_is_printed_when_asked_for(self):
        self.assertTrue(self.fine('--help').startswith('usage: cohort VERB STORE [OBJECT] …\n'))
        self.assertEqual(self.fine('help'), self.fine('-h'))
        self.assertEqual(self.fine('help', 'load'), self.fine('load', '--help'))
        self.assertTrue(self.fine('count', 's', '-h').startswith('usage: cohort count STORE OBJECT EXPRESSION'))

    def test_is_an_error_without_a_verb(self):
        result = self.cohort()
        self.assertEqual((result.code, result.out, result.err), (1, '', self.fine('--help')))

    def test_names_the_version_and_its_parts(self):
        self.assertRegex(self.fine('--version'), r'^cohort \d+\.\d+\.\d+ \([a-z ]+\)\n$')


if __name__ == '__main__':
    main()
