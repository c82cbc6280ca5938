/* One row's set; see sets.h. */
#include "eval/sets.h"

#include "base/unicode.h"

/* How many of the groups one row's set holds; *others: elements of no group. */
static uint32_t count_groups(const co_step *step, const uint32_t *codes, uint32_t n_codes, uint32_t *others)
{
    uint32_t n_groups = 0;
    uint32_t n_known = 0;

    for (uint32_t g = 0; g < step->n_groups; g++) {
        uint32_t n_held = 0;

        for (uint32_t i = 0; i < n_codes; i++) {
            for (uint32_t k = 0; k < step->groups[g].n; k++)
                n_held += codes[i] == step->groups[g].codes[k];
        }
        n_groups += n_held > 0;
        n_known += n_held;
    }
    *others = n_codes - n_known;
    return n_groups;
}

bool co_set_passes(const co_step *step, bool exactly, const uint32_t *codes, uint32_t n_codes)
{
    uint32_t others;
    const uint32_t n_groups = count_groups(step, codes, n_codes, &others);

    return exactly ? n_groups == step->n_groups && others == 0 : n_groups >= step->n;
}

cohort_status co_set_elements(co_worker *worker, const co_column *column, uint32_t slot, uint32_t **codes,
                              uint32_t *n_codes)
{
    *n_codes = co_column_cardinality(column, slot);
    *codes = co_stack_new(&worker->scratch, *n_codes, sizeof **codes);
    if (*codes == NULL)
        return COHORT_MEMORY;
    co_column_elements(column, slot, *codes, *n_codes);
    return COHORT_OK;
}

bool co_set_holds(const co_vector *sets, uint32_t i, co_text wanted, bool nocase)
{
    for (uint32_t k = sets->ends[i]; k < sets->ends[i + 1]; k++) {
        if (nocase ? co_text_fold_equal(sets->texts[k], wanted) : co_text_equal(sets->texts[k], wanted))
            return true;
    }
    return false;
}

bool co_set_holds_parts(const co_vector *sets, uint32_t i, co_text wanted, bool nocase)
{
    size_t start = 0;

    for (size_t at = 0; at <= wanted.length; at++) {
        if (at < wanted.length && wanted.bytes[at] != ';')
            continue;
        if (!co_set_holds(sets, i, (co_text){ wanted.bytes + start, at - start }, nocase))
            return false;
        start = at + 1;
    }
    return true;
}
