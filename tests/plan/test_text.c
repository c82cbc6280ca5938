/* LIKE, CONTAINS and the others, on texts of our own, next to naive versions. */
#include <stdio.h>
#include <string.h>

#include "support/check_main.h"
#include "support/must.h"
#include "support/planning.h"
#include "support/random.h"

static co_store *store;

static void open_crm(void)
{
    store = co_crm_new();
}
static void close_crm(void)
{
    co_store_free(store);
}

/* The answer of the one text step of a condition. */
static bool asks(const char *condition, co_text text)
{
    co_planned planned;
    bool hit = false;

    co_planned_make(&planned, store, &co_noon, (co_question){ "contact", condition, 0 });

    const co_step *step = &planned.plan->steps[planned.plan->results[0].true_step];

    must(step->kind == CO_STEP_MATCH);
    must(step->match->test(step->match->context, text, &hit, NULL) == COHORT_OK);
    co_planned_clear(&planned);
    return hit;
}

typedef struct case_of_text {
    const char *condition; /* over country (exact) or city (nocase) */
    const char *text;
    bool hit;
} case_of_text;

static const case_of_text cases[] = {
    { "country LIKE ''", "", true },
    { "country LIKE ''", "a", false },
    { "country LIKE '%'", "", true },
    { "country LIKE '_'", "é", true },
    { "country LIKE '__'", "é", false },
    { "country LIKE 'a%b'", "ab", true },
    { "country LIKE 'a%b'", "axxb\nb", true },
    { "country LIKE 'ab%b'", "ab", false },
    { "country LIKE '%a%a'", "a", false },
    { "country LIKE '\\%'", "%", true },
    { "country LIKE '\\%'", "x", false },
    { "country LIKE '%\\%'", "100%", true },
    { "country LIKE '%\\%'", "100", false },
    { "country LIKE 'a!_b' ESCAPE '!'", "a_b", true },
    { "country LIKE 'a!_b' ESCAPE '!'", "axb", false },
    { "country LIKE 'a\\b' ESCAPE '!'", "a\\b", true },
    { "country LIKE 'A'", "a", false },
    { "country ILIKE 'A'", "a", true },
    { "city LIKE 'ÄB%'", "äbc", true },
    { "country CONTAINS ''", "", true },
    { "country CONTAINS 'bc'", "abcd", true },
    { "country CONTAINS 'aab'", "aaab", true },
    { "country CONTAINS 'abab'", "abaabab", true },
    { "country CONTAINS '%'", "x", false },
    { "country CONTAINS ANY ('x', 'b')", "abc", true },
    { "city CONTAINS 'É'", "café", true },
    { "country STARTS WITH 'ab'", "abc", true },
    { "country STARTS WITH 'b'", "abc", false },
    { "country ENDS WITH 'bc'", "abc", true },
    { "country ENDS WITH 'abc'", "bc", false },
    { "country ENDS WITH 'é'", "cafe", false },
    { "country CONTAINS WORD 'cat'", "the cat.", true },
    { "country CONTAINS WORD 'cat'", "concat cat", true },
    { "country CONTAINS WORD 'cat'", "cat_", false },
    { "country CONTAINS WORD 'cat'", "écat", false },
    { "country CONTAINS WORD 'cat'", "cats cat5 cat", true },
    { "city CONTAINS WORD 'CAT'", "a Cat", true },
    { "country MATCHES '^a.c$'", "abc", true },
    { "country MATCHES 'b'", "abc", true },
    { "country MATCHES 'B'", "abc", false },
    { "city MATCHES 'B'", "abc", true },
    { "country MATCHES 'a.c'", "a\nc", false },
    { "city = 'SYDNEY'", "sydney", true },
    { "city IN ('x', 'SYDNEY', 'a')", "sydney", true },
    { "city IN ('x', 'SYDNEY', 'a')", "sydne", false },
    { "country = 'SYDNEY'", "sydney", false },
    { "country > 'b'", "ba", true },
    { "country > 'b'", "B", false },
    { "city > 'b'", "C", true },
    { "country IS EMPTY", "", true },
    { "country IS EMPTY", " ", false },
};

START_TEST(text_tests_answer_as_the_language_says)
{
    const case_of_text *wanted = &cases[_i];

    ck_assert_msg(asks(wanted->condition, co_text_of(wanted->text)) == wanted->hit, "%s of '%s'",
                  wanted->condition, wanted->text);
}
END_TEST

/* By trying everything; letters, '%' and '_' only. */
static bool naive_like(const char *pattern, const char *text)
{
    if (*pattern == '\0')
        return *text == '\0';
    if (*pattern == '%')
        return naive_like(pattern + 1, text) || (*text != '\0' && naive_like(pattern, text + 1));
    return *text != '\0' && (*pattern == '_' || *pattern == *text) && naive_like(pattern + 1, text + 1);
}

static void random_text(co_random *random, const char *letters, char *out, size_t longest)
{
    const size_t n = co_random_below(random, longest + 1);

    for (size_t i = 0; i < n; i++)
        out[i] = letters[co_random_below(random, strlen(letters))];
    out[n] = '\0';
}

START_TEST(like_agrees_with_trying_everything)
{
    co_random random = co_random_of(20261122);

    for (int i = 0; i < 400; i++) {
        char pattern[12], condition[40], text[16];
        co_planned planned;

        random_text(&random, "ab%_", pattern, 8);
        snprintf(condition, sizeof condition, "country LIKE '%s'", pattern);
        co_planned_make(&planned, store, &co_noon, (co_question){ "contact", condition, 0 });

        const co_text_match *match = planned.plan->steps[planned.plan->results[0].true_step].match;

        for (int k = 0; k < 40; k++) {
            bool hit;

            random_text(&random, "ab", text, 12);
            must(match->test(match->context, co_text_of(text), &hit, NULL) == COHORT_OK);
            if (hit != naive_like(pattern, text))
                ck_abort_msg("'%s' LIKE '%s' is %d", text, pattern, hit);
            must(co_text_pair_test(CO_PAIR_LIKE, '\\', false, co_text_of(text), co_text_of(pattern)) == hit);
        }
        co_planned_clear(&planned);
    }
}
END_TEST

typedef struct case_of_pair {
    uint8_t verb;
    bool nocase;
    const char *text, *wanted;
    bool hit;
} case_of_pair;

static const case_of_pair pairs[] = {
    { CO_PAIR_LIKE, false, "100%", "%\\%", true },
    { CO_PAIR_LIKE, false, "100", "%\\%", false },
    { CO_PAIR_LIKE, false, "a\\", "a\\", false },
    { CO_PAIR_LIKE, true, "ÄB", "äb%", true },
    { CO_PAIR_LIKE, false, "é", "_", true },
    { CO_PAIR_LIKE, false, "", "%", true },
    { CO_CONTAINS, false, "", "", true },
    { CO_CONTAINS, false, "aaab", "aab", true },
    { CO_CONTAINS, false, "aab", "aaab", false },
    { CO_CONTAINS, true, "café", "FÉ", true },
    { CO_STARTS_WITH, false, "abc", "ab", true },
    { CO_STARTS_WITH, false, "ab", "abc", false },
    { CO_ENDS_WITH, false, "café", "é", true },
    { CO_ENDS_WITH, false, "bc", "abc", false },
    { CO_CONTAINS_WORD, false, "concat cat", "cat", true },
    { CO_CONTAINS_WORD, false, "cat_", "cat", false },
    { CO_CONTAINS_WORD, false, "écat", "cat", false },
};

START_TEST(texts_of_the_row_itself_are_looked_for_alike)
{
    const case_of_pair *wanted = &pairs[_i];

    ck_assert_msg(co_text_pair_test(wanted->verb, '\\', wanted->nocase, co_text_of(wanted->text),
                                    co_text_of(wanted->wanted)) == wanted->hit,
                  "'%s' in '%s'", wanted->wanted, wanted->text);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("text");
    TCase *texts = tcase_create("text");

    tcase_add_checked_fixture(texts, open_crm, close_crm);
    tcase_add_loop_test(texts, text_tests_answer_as_the_language_says, 0, sizeof cases / sizeof *cases);
    tcase_add_test(texts, like_agrees_with_trying_everything);
    tcase_add_loop_test(texts, texts_of_the_row_itself_are_looked_for_alike, 0, sizeof pairs / sizeof *pairs);
    suite_add_tcase(suite, texts);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}
