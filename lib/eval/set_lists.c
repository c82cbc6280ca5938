/*
 * HAS AT LEAST and HAS EXACTLY of texts that each row has for itself.
 *
 * A row's elements are marked by the texts that are held. What marks nothing
 * new was listed before, and what stays without a mark is something else. So a
 * row costs texts × elements, however often a text is repeated.
 *
 * Always:  an element is marked at most once. The texts of a list are told
 *          apart under one collation, nocase if the set or any of them is, so
 *          their order does not matter.
 */
#include <string.h>

#include "base/unicode.h"
#include "eval/sets.h"

/* A text of the list: a constant, or one for each row. */
typedef struct listed {
    const co_vstep *constant; /* else NULL */
    co_vector values;
    bool nocase; /* it or the set */
} listed;

typedef struct list {
    bool exactly;
    uint64_t n_wanted;
    co_vector sets;
    uint32_t n;
    listed *texts;
    bool nocase;   /* the set or any text */
    bool *is_held; /* by element of the row at hand */
} list;

static cohort_status find_texts(const co_task *task, list *l)
{
    const co_plan *plan = task->worker->run->plan;
    const bool set_nocase = plan->vsteps[task->vstep->operands[0]].nocase;
    cohort_status status = COHORT_OK;

    l->nocase = set_nocase;
    for (uint32_t k = 0; k < l->n && status == COHORT_OK; k++) {
        const co_vstep *vstep = &plan->vsteps[task->vstep->operands[k + 1]];
        listed *text = &l->texts[k];

        text->constant = vstep->kind == CO_VS_CONSTANT ? vstep : NULL;
        text->nocase = set_nocase || vstep->nocase;
        l->nocase = l->nocase || vstep->nocase;
        if (text->constant == NULL)
            status = co_operand_find(task, k + 1, &text->values);
    }
    return status;
}

static cohort_status open_list(const co_task *task, list *l)
{
    co_stack *scratch = &task->worker->scratch;
    uint32_t most = 0;
    cohort_status status;

    *l = (list){ .exactly = task->vstep->kind == CO_VS_SET_EXACTLY,
                 .n_wanted = task->vstep->n,
                 .n = task->vstep->n_operands - 1 };
    l->texts = co_stack_new(scratch, l->n, sizeof *l->texts);
    if (l->texts == NULL)
        return COHORT_MEMORY;
    status = co_operand_find(task, 0, &l->sets);
    if (status == COHORT_OK)
        status = find_texts(task, l);
    for (uint32_t i = 0; i < task->choice->n && status == COHORT_OK; i++) {
        const uint32_t n_elements = l->sets.ends[i + 1] - l->sets.ends[i];

        most = n_elements > most ? n_elements : most;
    }
    l->is_held = co_stack_new(scratch, most, sizeof *l->is_held);
    return status == COHORT_OK && l->is_held == NULL ? COHORT_MEMORY : status;
}

/* False: the row has none. */
static bool text_of(const listed *text, uint32_t i, co_text *found)
{
    if (text->constant != NULL ? text->constant->is_null : !co_vector_has(&text->values, i))
        return false;
    *found = text->constant != NULL ? text->constant->constant.text : text->values.texts[i];
    return true;
}

/* How many elements of row i are marked that were not. */
static uint32_t mark(const list *l, uint32_t i, co_text text, bool nocase)
{
    const co_text *elements = l->sets.texts + l->sets.ends[i];
    const uint32_t n_elements = l->sets.ends[i + 1] - l->sets.ends[i];
    uint32_t n_new = 0;

    for (uint32_t k = 0; k < n_elements; k++) {
        if (l->is_held[k])
            continue;
        l->is_held[k] = nocase ? co_text_fold_equal(elements[k], text) : co_text_equal(elements[k], text);
        n_new += l->is_held[k];
    }
    return n_new;
}

/* False: unknown. */
static bool test_row(const list *l, uint32_t i, bool *passes)
{
    const uint32_t n_elements = l->sets.ends[i + 1] - l->sets.ends[i];
    uint64_t n_held = 0, n_missing = 0, n_absent = 0, n_marked = 0;

    memset(l->is_held, 0, n_elements * sizeof *l->is_held);
    for (uint32_t k = 0; k < l->n; k++) {
        const listed *text = &l->texts[k];
        co_text wanted;

        if (!text_of(text, i, &wanted)) {
            n_missing++;
        } else if (!co_set_holds(&l->sets, i, wanted, text->nocase)) {
            n_absent++;
        } else {
            const uint32_t n_new = mark(l, i, wanted, l->exactly ? text->nocase : l->nocase);

            n_held += n_new > 0;
            n_marked += n_new;
        }
    }
    if (l->exactly) {
        *passes = n_absent == 0 && n_marked == n_elements;
        return n_absent > 0 || n_missing == 0;
    }
    *passes = n_held >= l->n_wanted;
    return *passes || n_held + n_missing < l->n_wanted;
}

cohort_status co_set_values(const co_task *task, co_vector *out)
{
    list l;
    const cohort_status status = open_list(task, &l);

    for (uint32_t i = 0; i < out->n && status == COHORT_OK; i++) {
        bool passes;

        if (co_vector_has(&l.sets, i) && test_row(&l, i, &passes))
            co_vector_put(out, i, passes);
    }
    return status;
}
