/*
 * Text tests as the columns run them: each different test of a field exists
 * once, with room to remember its answer for every code of the dictionary.
 * Here also being one of some texts, order, and being blank.
 */
#include "base/unicode.h"
#include "plan/binder.h"
#include "plan/sort.h"

co_text_match *co_match_known(co_binder *binder, co_text key, const co_dictionary *dictionary)
{
    for (co_known_match *known = binder->matches; known != NULL; known = known->next) {
        if (known->dictionary == dictionary && co_text_equal(known->key, key))
            return known->match;
    }
    return NULL;
}

co_text_match *co_match_new(co_binder *binder, co_text key, const co_dictionary *dictionary,
                            co_text_test test, void *context)
{
    co_known_match *known = co_bind_new(binder, 1, sizeof *known);
    co_text_match *match = co_bind_new(binder, 1, sizeof *match);
    const uint32_t n = dictionary == NULL ? 0 : co_dictionary_count(dictionary);

    if (co_bind_failed(binder))
        return NULL;
    *known = (co_known_match){ co_arena_copy(binder->arena, key), dictionary, match, binder->matches };
    match->test = test;
    match->context = context;
    if (n > 0) {
        match->answers = co_bind_new(binder, n, sizeof *match->answers);
        match->n_answers = n;
    }
    if (known->key.bytes == NULL)
        co_bind_no_memory(binder);
    if (co_bind_failed(binder))
        return NULL;
    binder->matches = known;
    return match;
}

/* ---- keys ---- */

void co_match_key(co_buffer *key, co_binder *binder, char kind, bool nocase, const co_text *texts, size_t n)
{
    co_buffer_init(key, binder->memory, 0);
    co_buffer_byte(key, kind);
    co_buffer_byte(key, nocase ? 'i' : 'x');
    for (size_t i = 0; i < n; i++) {
        co_buffer_u64(key, texts[i].length);
        co_buffer_text(key, texts[i]);
    }
    if (key->status != COHORT_OK)
        co_bind_no_memory(binder);
}

co_text co_match_key_text(const co_buffer *key)
{
    return (co_text){ key->bytes, key->length };
}

/* ---- being one of some texts ---- */

typedef struct co_text_list {
    const co_text *texts; /* ascending, distinct; folded order if nocase */
    size_t n;
    bool nocase;
} co_text_list;

static cohort_status test_equal(void *context, co_text text, bool *hit, cohort_error *error)
{
    const co_text_list *list = context;
    size_t low = 0, high = list->n;

    (void)error;
    *hit = false;
    while (low < high && !*hit) {
        const size_t middle = low + (high - low) / 2;
        const int order = list->nocase ? co_text_fold_compare(text, list->texts[middle])
                                       : co_text_compare(text, list->texts[middle]);

        *hit = order == 0;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return COHORT_OK;
}

static co_text_list *sorted_list(co_binder *binder, const co_text *texts, size_t n, bool nocase)
{
    co_text_list *list = co_bind_new(binder, 1, sizeof *list);
    co_text *sorted = co_bind_new(binder, n + 1, sizeof *sorted);

    if (co_bind_failed(binder))
        return NULL;
    for (size_t i = 0; i < n; i++)
        sorted[i] = texts[i];
    *list = (co_text_list){ sorted, 0, nocase };
    list->n =
        co_sort_unique(sorted, n, sizeof *sorted, nocase ? co_order_of_folded_texts : co_order_of_texts);
    return list;
}

co_text_match *co_match_equal(co_binder *binder, const co_dictionary *dictionary, const co_text *texts,
                              size_t n, bool nocase)
{
    co_text_list *list = sorted_list(binder, texts, n, nocase);
    co_text_match *match = NULL;
    co_buffer key;

    if (list == NULL)
        return NULL;
    co_match_key(&key, binder, '=', nocase, list->texts, list->n);
    if (!co_bind_failed(binder)) {
        match = co_match_known(binder, co_match_key_text(&key), dictionary);
        if (match == NULL)
            match = co_match_new(binder, co_match_key_text(&key), dictionary, test_equal, list);
    }
    co_buffer_clear(&key);
    if (match != NULL && !nocase) {
        match->equal = list->texts;
        match->n_equal = list->n;
    }
    return match;
}

/* ---- order ---- */

typedef struct co_text_order {
    co_text text;
    co_compare compare;
    bool nocase;
} co_text_order;

static cohort_status test_order(void *context, co_text text, bool *hit, cohort_error *error)
{
    const co_text_order *wanted = context;
    const int order =
        wanted->nocase ? co_text_fold_compare(text, wanted->text) : co_text_compare(text, wanted->text);

    (void)error;
    *hit = co_compare_holds(wanted->compare, order);
    return COHORT_OK;
}

co_text_match *co_match_order(co_binder *binder, const co_dictionary *dictionary, co_compare compare,
                              co_text text, bool nocase)
{
    co_text_match *match = NULL;
    co_buffer key;

    co_match_key(&key, binder, (char)('0' + (int)compare), nocase, &text, 1);
    if (!co_bind_failed(binder))
        match = co_match_known(binder, co_match_key_text(&key), dictionary);
    if (!co_bind_failed(binder) && match == NULL) {
        co_text_order *wanted = co_bind_new(binder, 1, sizeof *wanted);

        if (wanted != NULL) {
            *wanted = (co_text_order){ text, compare, nocase };
            match = co_match_new(binder, co_match_key_text(&key), dictionary, test_order, wanted);
        }
    }
    co_buffer_clear(&key);
    return match;
}

/* ---- blank ---- */

static cohort_status test_blank(void *context, co_text text, bool *hit, cohort_error *error)
{
    (void)context;
    (void)error;
    *hit = co_text_is_blank(text);
    return COHORT_OK;
}

co_text_match *co_match_blank(co_binder *binder, const co_dictionary *dictionary)
{
    co_text_match *match = co_match_known(binder, CO_TEXT("blank"), dictionary);

    return match != NULL ? match : co_match_new(binder, CO_TEXT("blank"), dictionary, test_blank, NULL);
}
