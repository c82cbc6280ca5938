/* Tests answered by sets; see whole.h. */
#include "eval/whole.h"

#include <string.h>

#include "eval/kept.h"
#include "eval/levels.h"
#include "eval/totals.h"

bool co_compare_range(co_compare compare, int64_t number, int64_t *low, int64_t *high)
{
    *low = INT64_MIN;
    *high = INT64_MAX;
    switch (compare) {
    case CO_LESS:
        *high = number - (number > INT64_MIN);
        return number > INT64_MIN;
    case CO_LESS_EQUAL:
        *high = number;
        return true;
    case CO_GREATER:
        *low = number + (number < INT64_MAX);
        return number < INT64_MAX;
    case CO_GREATER_EQUAL:
        *low = number;
        return true;
    default:
        *low = number;
        *high = number;
        return true;
    }
}

/* ---- places ---- */

static bool is_plain_number(const co_vstep *vstep)
{
    return vstep->kind == CO_VS_CONSTANT && vstep->type == CO_V_EXACT && !vstep->is_null && !vstep->is_wide;
}

static bool is_place_test(const co_plan *plan, const co_step *step)
{
    const co_vstep *value = &plan->vsteps[step->a];

    if (value->kind != CO_VS_RANKED || value->type == CO_V_DOUBLE)
        return false;
    return step->kind == CO_STEP_TRUE ||
           (step->kind == CO_STEP_COMPARE && is_plain_number(&plan->vsteps[step->b]) &&
            plan->vsteps[step->b].scale == value->scale);
}

/* bits = places whose number lies in [low, high]. */
static void find_places(const co_worker *worker, const co_kept_tile *tile, int64_t low, int64_t high,
                        uint64_t *bits)
{
    const uint32_t n = tile->rows.n;

    if (tile->bytes == NULL) {
        worker->kernel->between_i64(tile->values.numbers, n, low, high, bits);
        worker->kernel->and_words(bits, tile->values.valid, bits, co_words_for(n));
        return;
    }
    low = low < 0 ? 0 : low;
    high = high >= UINT8_MAX ? UINT8_MAX - 1 : high;
    if (low <= high)
        worker->kernel->between_u8(tile->bytes, n, (uint8_t)(low + 1), (uint8_t)(high + 1), bits);
    else
        memset(bits, 0, co_words_for(n) * sizeof *bits);
}

/* words = the slots of those places. */
static void spread_places(const co_kept_rows *rows, const uint64_t *bits, uint64_t *words)
{
    memset(words, 0, CO_TILE_WORDS * sizeof *words);
    if (rows->words == NULL) {
        memcpy(words, bits, co_words_for(rows->n) * sizeof *words);
        return;
    }
    if (co_bits_all(bits, 0, rows->n)) {
        memcpy(words, rows->words, CO_TILE_WORDS * sizeof *words);
        return;
    }
    for (size_t i = 0; i < co_words_for(rows->n); i++) {
        for (uint64_t left = bits[i]; left != 0; left &= left - 1)
            co_bit_set(words, rows->slots[i * 64 + co_lowest_bit(left)]);
    }
}

/* Outside of the population a place is missing, TOP is false. */
static void test_places(const co_worker *worker, const co_kept_tile *tile, const co_step *step,
                        uint64_t *pass, uint64_t *fail)
{
    const co_plan *plan = worker->run->plan;
    const bool is_top = step->kind == CO_STEP_TRUE;
    const bool is_inverse = !is_top && step->compare == CO_NOT_EQUAL;
    int64_t low = 1;
    int64_t high = 1;
    uint64_t bits[CO_TILE_WORDS] = { 0 };

    if (is_top ||
        co_compare_range((co_compare)step->compare, plan->vsteps[step->b].constant.number, &low, &high))
        find_places(worker, tile, low, high, bits);
    spread_places(&tile->rows, bits, is_inverse ? fail : pass);
    if (is_top)
        return;
    find_places(worker, tile, INT64_MIN, INT64_MAX, bits);
    spread_places(&tile->rows, bits, is_inverse ? pass : fail);
    for (size_t i = 0; i < CO_TILE_WORDS; i++) {
        if (is_inverse)
            pass[i] &= ~fail[i];
        else
            fail[i] &= ~pass[i];
    }
}

static void find_place_test(const co_worker *worker, const co_scope *scope, const co_step *step,
                            const co_register *within, uint64_t *pass, uint64_t *fail)
{
    const co_run *run = worker->run;
    const co_kept_values *places = &run->ranked[run->plan->vsteps[step->a].ranking];
    const size_t n_words = co_register_n_words(within);
    uint64_t words[CO_TILE_WORDS];

    memset(pass, 0, CO_TILE_WORDS * sizeof *pass);
    memset(fail, 0, CO_TILE_WORDS * sizeof *fail);
    if (scope->number < places->n_tiles && places->tiles[scope->number].rows.n > 0)
        test_places(worker, &places->tiles[scope->number], step, pass, fail);
    co_register_to_words(within, words);
    for (size_t i = 0; i < n_words; i++) {
        pass[i] &= words[i];
        fail[i] = step->kind == CO_STEP_TRUE ? words[i] & ~pass[i] : words[i] & fail[i];
    }
}

/* fail = the rows that do not pass. */
static void leave(const co_register *within, const uint64_t *pass, uint64_t *fail)
{
    co_register_to_words(within, fail);
    for (size_t i = 0; i < co_register_n_words(within); i++)
        fail[i] &= ~pass[i];
}

/* ---- chains ---- */

static bool is_chain_test(const co_run *run, const co_step *step)
{
    const co_vstep *value = &run->plan->vsteps[step->a];

    return step->kind == CO_STEP_TRUE && value->kind == CO_VS_CHAIN &&
           run->program->vstep_users[step->a] == 1 && co_levels_fit(run, value->chain);
}

static cohort_status find_chain_test(co_worker *worker, co_scope *scope, const co_step *step,
                                     const co_register *within, uint64_t *pass, uint64_t *fail)
{
    const co_chain *chain = worker->run->plan->vsteps[step->a].chain;
    const cohort_status status = co_levels_find(worker, scope, chain, within, pass, NULL);

    leave(within, pass, fail);
    return status;
}

/* ---- counts and sums ---- */

static cohort_status find_total_test(co_worker *worker, co_scope *scope, const co_step *step,
                                     const co_register *within, uint64_t *pass, uint64_t *fail)
{
    const cohort_status status = co_totals_find(worker, scope, step, within, pass);

    leave(within, pass, fail);
    return status;
}

/* ---- any of them ---- */

bool co_whole_fits(const co_run *run, const co_step *step)
{
    return is_chain_test(run, step) || is_place_test(run->plan, step) || co_totals_fit(run, step);
}

cohort_status co_whole_find(co_worker *worker, co_scope *scope, const co_step *step,
                            const co_register *within, uint64_t *pass, uint64_t *fail)
{
    const co_vstep_kind kind = worker->run->plan->vsteps[step->a].kind;

    if (kind == CO_VS_CHAIN)
        return find_chain_test(worker, scope, step, within, pass, fail);
    if (kind == CO_VS_FOLD)
        return find_total_test(worker, scope, step, within, pass, fail);
    find_place_test(worker, scope, step, within, pass, fail);
    return COHORT_OK;
}
