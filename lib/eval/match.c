/* One text against a condition; see match.h. */
#include "eval/match.h"

static bool is_one_of(const co_text *texts, size_t n, co_text wanted)
{
    size_t first = 0;

    while (n > 0) {
        const size_t half = n / 2;
        const int order = co_text_compare(texts[first + half], wanted);

        if (order == 0)
            return true;
        if (order < 0) {
            first += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return false;
}

cohort_status co_match_text(co_worker *worker, uint32_t object, uint32_t row, const co_text_match *match,
                            co_text text, bool *hit, bool *known)
{
    cohort_error error = COHORT_ERROR_INIT;
    cohort_status status;

    *known = true;
    if (match->equal != NULL) {
        *hit = is_one_of(match->equal, match->n_equal, text);
        return COHORT_OK;
    }
    *hit = false;
    status = match->test(match->context, text, hit, &error);
    if (status == COHORT_OK || status == COHORT_MEMORY)
        return status;
    *known = false;
    co_worker_fault(worker, object, row, status, "%s", error.text);
    return COHORT_OK;
}
