/*
 * MATCHES: a compiled expression and a few matchers that threads borrow.
 *
 * A thread takes any matcher that is free, or makes one; afterwards it puts it
 * back where there is room. So there are never more than threads at once.
 */
#include "plan/binder.h"

#define N_SHELVES 16

typedef struct co_text_regex co_text_regex;

struct co_text_regex {
    co_text_regex *next;
    co_memory *memory;
    co_regex *regex;
    _Atomic(co_regex_matcher *) shelves[N_SHELVES];
};

static co_regex_matcher *borrow(co_text_regex *expression, cohort_error *error, cohort_status *status)
{
    co_regex_matcher *matcher = NULL;

    for (size_t i = 0; i < N_SHELVES && matcher == NULL; i++)
        matcher = atomic_exchange(&expression->shelves[i], NULL);
    if (matcher == NULL)
        *status = co_regex_matcher_new(expression->memory, expression->regex, 0, 0, &matcher, error);
    return matcher;
}

static void give_back(co_text_regex *expression, co_regex_matcher *matcher)
{
    for (size_t i = 0; i < N_SHELVES; i++) {
        co_regex_matcher *expected = NULL;

        if (atomic_compare_exchange_strong(&expression->shelves[i], &expected, matcher))
            return;
    }
    co_regex_matcher_free(matcher);
}

static cohort_status test_regex(void *context, co_text text, bool *hit, cohort_error *error)
{
    co_text_regex *expression = context;
    cohort_status status = COHORT_OK;
    co_regex_matcher *matcher = borrow(expression, error, &status);

    if (matcher == NULL)
        return status;

    const co_regex_result result = co_regex_match(matcher, text);

    give_back(expression, matcher);
    *hit = result == CO_REGEX_MATCH;
    if (result == CO_REGEX_LIMIT)
        return co_fail(error, COHORT_LIMIT, "MATCHES gave up on a text of %zu bytes: too many steps",
                       text.length);
    return result == CO_REGEX_MEMORY ? co_fail_memory(error) : COHORT_OK;
}

void co_text_regexes_free(co_text_regex *expression)
{
    for (; expression != NULL; expression = expression->next) {
        for (size_t i = 0; i < N_SHELVES; i++)
            co_regex_matcher_free(atomic_load(&expression->shelves[i]));
        co_regex_free(expression->regex);
    }
}

/* The error's position is in the pattern; the quote before it makes it one more. */
static void fail_in_pattern(co_binder *binder, cohort_status status, const cohort_error *error,
                            uint64_t position)
{
    if (error->position != COHORT_NO_POSITION)
        position += error->position + 1;
    co_bind_fail(binder, status, position, "%s", error->text);
}

static co_text_match *compile(co_binder *binder, const co_buffer *key, const co_dictionary *dictionary,
                              co_text pattern, bool nocase, uint64_t position)
{
    co_text_regex *expression = co_bind_new(binder, 1, sizeof *expression);
    cohort_error error = COHORT_ERROR_INIT;

    if (expression == NULL)
        return NULL;

    const cohort_status status =
        co_regex_compile(binder->memory, pattern, nocase, &expression->regex, &error);

    if (status != COHORT_OK) {
        fail_in_pattern(binder, status, &error, position);
        return NULL;
    }
    expression->memory = binder->memory;
    expression->next = binder->plan->regexes;
    binder->plan->regexes = expression;
    return co_match_new(binder, co_match_key_text(key), dictionary, test_regex, expression);
}

co_text_match *co_match_regex(co_binder *binder, const co_dictionary *dictionary, co_text pattern,
                              bool nocase, uint64_t position)
{
    co_text_match *match = NULL;
    co_buffer key;

    co_match_key(&key, binder, 'M', nocase, &pattern, 1);
    if (!co_bind_failed(binder))
        match = co_match_known(binder, co_match_key_text(&key), dictionary);
    if (!co_bind_failed(binder) && match == NULL)
        match = compile(binder, &key, dictionary, pattern, nocase, position);
    co_buffer_clear(&key);
    return match;
}
