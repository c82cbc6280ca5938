/*
 * The manual page of the language: every example in it is an expression that
 * parses, prints and parses back; and the page names every function, date range
 * and keyword that there is.
 */
#include <stdio.h>
#include <stdlib.h>

#include "expr/reading.h"
#include "expr/words.h"
#include "support/check_main.h"

#define PAGE CO_TESTS_DIR "/../bindings/cli/cohort-expr.7"

/* The page as it lies on the disk; freed by the caller. */
static char *read_page(void)
{
    FILE *file = fopen(PAGE, "rb");
    char *page = calloc(1, 1 << 20);

    ck_assert_msg(file != NULL, "cannot open %s", PAGE);
    ck_assert_ptr_nonnull(page);
    ck_assert_uint_lt(fread(page, 1, (1 << 20) - 1, file), (1 << 20) - 1);
    fclose(file);
    return page;
}

/* What roff makes of the escapes that the page uses; in place. */
static void undo_roff(char *text)
{
    static const struct {
        const char *escape;
        const char *meaning;
    } escapes[] = {
        { "\\(aq", "'" }, { "\\(ha", "^" }, { "\\(ti", "~" }, { "\\(ga", "`" }, { "\\-", "-" },
        { "\\e", "\\" },  { "\\&", "" },    { "\\fB", "" },   { "\\fI", "" },   { "\\fP", "" },
    };
    char *out = text;

    while (*text != '\0') {
        size_t i = 0;

        while (i < sizeof escapes / sizeof escapes[0] &&
               strncmp(text, escapes[i].escape, strlen(escapes[i].escape)) != 0)
            i++;
        if (i == sizeof escapes / sizeof escapes[0]) {
            *out++ = *text++;
            continue;
        }
        memcpy(out, escapes[i].meaning, strlen(escapes[i].meaning));
        out += strlen(escapes[i].meaning);
        text += strlen(escapes[i].escape);
    }
    *out = '\0';
}

static void check_example(char *example)
{
    reading first;
    reading second;

    undo_roff(example);
    reading_of(&first, example);
    ck_assert_msg(first.status == COHORT_OK, "%s: %s", example, first.error.text);
    reading_of(&second, first.text.bytes);
    ck_assert_int_eq(second.status, COHORT_OK);
    ck_assert_str_eq(second.text.bytes, first.text.bytes);
    reading_end(&second);
    reading_end(&first);
}

START_TEST(every_example_in_the_manual_parses)
{
    char *page = read_page();
    char *next = page;
    size_t n = 0;

    while ((next = strstr(next, "\n.EX\n")) != NULL) {
        char *example = next + strlen("\n.EX\n");
        char *end = strstr(example, "\n.EE\n");

        ck_assert_ptr_nonnull(end);
        *end = '\0';
        check_example(example);
        next = end + 1;
        n++;
    }
    ck_assert_uint_ge(n, 60);
    free(page);
}
END_TEST

static void check_named(const char *page, co_text name)
{
    char word[64];

    (void)snprintf(word, sizeof word, CO_FMT, CO_ARG(name));
    ck_assert_msg(strstr(page, word) != NULL, "the manual does not name %s", word);
}

START_TEST(the_manual_names_every_word_of_the_language)
{
    char *page = read_page();

    undo_roff(page);
    for (unsigned i = 1; i < CO_N_WORDS; i++)
        check_named(page, co_word_text((co_word)i));
    for (unsigned i = 0; i < CO_N_FUNCTIONS; i++)
        check_named(page, co_function_shape_of((co_function)i)->name);
    free(page);
}
END_TEST

START_TEST(the_manual_names_every_warning)
{
    static const char *const codes[] = {
        "mixed-and-or",
        "null-comparison",
        "contradictory-range",
        "always-true",
        "never-true",
        "negation-drops-missing",
        "repeated-condition",
        "repeated-value",
        "typographic-quote",
        "range-spelling",
        "pattern-without-wildcard",
        "day-as-instant",
        "ends-at-midnight",
        "unknown-value",
        "future-event",
        "empty-segment",
        "tiny-segment",
        "identical-segment",
    };
    char *page = read_page();

    undo_roff(page);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        check_named(page, co_text_of(codes[i]));
    free(page);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("expr/manual");
    TCase *tests = tcase_create("page");

    tcase_add_test(tests, every_example_in_the_manual_parses);
    tcase_add_test(tests, the_manual_names_every_word_of_the_language);
    tcase_add_test(tests, the_manual_names_every_warning);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}
