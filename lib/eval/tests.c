/*
 * Conditions on values: comparisons, IS DISTINCT FROM, texts, sets over a way,
 * anniversaries, polygons. The rows asked for are worked through in chunks; the
 * values of a chunk stay in cache.
 *
 * A test gives two bits a row: whether it is known and whether it passes. From
 * these both its sets follow, so where both are needed they are found together.
 */
#include <assert.h>
#include <string.h>

#include "eval/match.h"
#include "eval/points.h"
#include "eval/sets.h"
#include "eval/ways.h"
#include "eval/whole.h"

#define CHUNK_WORDS (CO_CHUNK / 64)

/* A chunk of rows, the operands' values for them and the answers by position. */
typedef struct chunk {
    co_task task;
    const co_step *step;
    co_vector a;
    co_vector b;
    uint64_t passes[CHUNK_WORDS];
    uint64_t known[CHUNK_WORDS];
} chunk;

static void answer(chunk *c, uint32_t i, bool passes)
{
    c->passes[i / 64] |= (uint64_t)passes << i % 64;
}

static bool is_known(const chunk *c, uint32_t i)
{
    return co_bit_test(c->known, i);
}

/* Known where there is a value; of two, where there are both. */
static void know_valid(chunk *c)
{
    const size_t n_words = co_words_for(c->a.n);

    memcpy(c->known, c->a.valid, n_words * sizeof *c->known);
    for (size_t i = 0; i < n_words && co_step_is_pair(c->step->kind); i++)
        c->known[i] &= c->b.valid[i];
}

/* ---- two values ---- */

/* Which orders satisfy a comparison: bit 0 less, bit 1 equal, bit 2 greater. */
static const unsigned satisfied[] = {
    [CO_EQUAL] = 2,      [CO_NOT_EQUAL] = 5, [CO_LESS] = 1,
    [CO_LESS_EQUAL] = 3, [CO_GREATER] = 4,   [CO_GREATER_EQUAL] = 6,
};

static const co_vstep *operand_b(const chunk *c)
{
    return &c->task.worker->run->plan->vsteps[c->step->b];
}

static bool ignores_case(const chunk *c)
{
    return c->task.worker->run->plan->vsteps[c->step->a].nocase || operand_b(c)->nocase;
}

/* Both are held as plain numbers that compare as they are. */
static bool are_numbers(const co_vector *a, const co_vector *b)
{
    return a->numbers != NULL && b->numbers != NULL && a->scale == b->scale;
}

/* Numbers against one number lie in a range or outside of it. */
static void compare_with_constant(chunk *c, int64_t b)
{
    int64_t low;
    int64_t high;

    if (!co_compare_range((co_compare)c->step->compare, b, &low, &high))
        return;
    c->task.worker->kernel->between_i64(c->a.numbers, c->a.n, low, high, c->passes);
    for (size_t i = 0; i < CHUNK_WORDS && c->step->compare == CO_NOT_EQUAL; i++)
        c->passes[i] = ~c->passes[i];
}

static void compare_numbers(chunk *c)
{
    const unsigned orders = satisfied[c->step->compare];

    for (uint32_t first = 0; first < c->a.n; first += 64) {
        const uint32_t n = c->a.n - first < 64 ? c->a.n - first : 64;
        uint64_t word = 0;

        for (uint32_t i = 0; i < n; i++) {
            const int64_t a = c->a.numbers[first + i];
            const int64_t b = c->b.numbers[first + i];

            word |= (uint64_t)(orders >> ((a > b) - (a < b) + 1) & 1) << i;
        }
        c->passes[first / 64] = word;
    }
}

static void compare(chunk *c)
{
    const unsigned orders = satisfied[c->step->compare];
    const bool nocase = ignores_case(c);

    know_valid(c);
    if (are_numbers(&c->a, &c->b)) {
        if (operand_b(c)->kind == CO_VS_CONSTANT)
            compare_with_constant(c, operand_b(c)->constant.number);
        else
            compare_numbers(c);
        return;
    }
    for (uint32_t i = 0; i < c->a.n; i++) {
        if (!is_known(c, i))
            continue;
        const int order = co_vector_compare(&c->a, i, &c->b, i, nocase);

        answer(c, i, (orders >> ((order > 0) - (order < 0) + 1) & 1) != 0);
    }
}

static void tell_apart(chunk *c)
{
    const bool nocase = ignores_case(c);

    co_bits_fill(c->known, 0, c->a.n);
    for (uint32_t i = 0; i < c->a.n; i++) {
        const bool has_a = co_vector_has(&c->a, i);
        const bool has_b = co_vector_has(&c->b, i);

        answer(c, i, has_a != has_b || (has_a && co_vector_compare(&c->a, i, &c->b, i, nocase) != 0));
    }
}

static void match_pairs(chunk *c)
{
    const bool nocase = ignores_case(c);

    know_valid(c);
    for (uint32_t i = 0; i < c->a.n; i++) {
        if (is_known(c, i))
            answer(
                c, i,
                co_text_pair_test(c->step->text_verb, c->step->escape, nocase, c->a.texts[i], c->b.texts[i]));
    }
}

static void hold_pairs(chunk *c)
{
    const bool nocase = ignores_case(c);

    know_valid(c);
    for (uint32_t i = 0; i < c->a.n; i++) {
        if (is_known(c, i))
            answer(c, i,
                   c->step->set_parts ? co_set_holds_parts(&c->a, i, c->b.texts[i], nocase)
                                      : co_set_holds(&c->a, i, c->b.texts[i], nocase));
    }
}

/* ---- one value ---- */

static cohort_status match_texts(chunk *c)
{
    cohort_status status = COHORT_OK;

    for (uint32_t i = 0; i < c->a.n && status == COHORT_OK; i++) {
        bool hit;
        bool known;

        if (!co_vector_has(&c->a, i))
            continue;
        status = co_match_text(c->task.worker, c->task.scope->object, co_task_row(&c->task, i),
                               c->step->match, c->a.texts[i], &hit, &known);
        answer(c, i, hit);
        if (known)
            co_bit_set(c->known, i);
    }
    return status;
}

static bool value_passes(const chunk *c, uint32_t i)
{
    const co_step *step = c->step;

    switch (step->kind) {
    case CO_STEP_TRUE:
        return c->a.numbers[i] != 0;
    case CO_STEP_ANNIVERSARY:
        return co_anniversary_in(co_vector_local_day(&c->task, &c->a, i), step->low, step->high);
    default:
        assert(step->kind == CO_STEP_POLYGON);
        return co_polygon_holds(step->points, step->n_points, c->a.reals[i], c->a.longitudes[i]);
    }
}

static void test_values(chunk *c)
{
    know_valid(c);
    for (uint32_t i = 0; i < c->a.n; i++) {
        if (is_known(c, i))
            answer(c, i, value_passes(c, i));
    }
}

static void test_presence(chunk *c)
{
    co_bits_fill(c->known, 0, c->a.n);
    memcpy(c->passes, c->a.valid, co_words_for(c->a.n) * sizeof *c->passes);
}

/* Sets are compared by the codes of their field's dictionary, so the field is read here. */
static cohort_status test_sets(chunk *c)
{
    co_worker *worker = c->task.worker;
    const co_vstep *vstep = &worker->run->plan->vsteps[c->step->a];
    const uint32_t object = co_way_object(worker, c->task.scope->object, &vstep->way, vstep->way.n);
    co_field_reader reader = co_field_reader_of(worker->run->plan->version, object, vstep->field);
    const co_choice *choice = c->task.choice;
    uint32_t *rows = co_stack_new(&worker->scratch, choice->n, sizeof *rows);
    cohort_status status = rows != NULL ? COHORT_OK : COHORT_MEMORY;

    if (vstep->kind != CO_VS_FIELD || status != COHORT_OK)
        return status;
    status = co_way_follow(worker, c->task.scope, &vstep->way, vstep->way.n, choice, rows);
    for (uint32_t i = 0; i < choice->n && status == COHORT_OK; i++) {
        const co_column *column = rows[i] != CO_NONE ? co_field_at(&reader, rows[i]) : NULL;
        const co_mark mark = co_stack_mark(&worker->scratch);
        uint32_t *codes;
        uint32_t n_codes;

        if (column == NULL)
            continue;
        status = co_set_elements(worker, column, rows[i] % CO_TILE_ROWS, &codes, &n_codes);
        if (status == COHORT_OK) {
            co_bit_set(c->known, i);
            answer(c, i, co_set_passes(c->step, c->step->set_exactly, codes, n_codes));
        }
        co_stack_release(&worker->scratch, mark);
    }
    return status;
}

/* ---- chunk by chunk ---- */

static cohort_status find_operands(chunk *c)
{
    const co_task *task = &c->task;
    cohort_status status = co_value_find(task->worker, task->scope, c->step->a, task->choice, &c->a);

    if (status == COHORT_OK && co_step_is_pair(c->step->kind))
        status = co_value_find(task->worker, task->scope, c->step->b, task->choice, &c->b);
    return status;
}

static cohort_status test_chunk(chunk *c)
{
    cohort_status status;

    if (c->step->kind == CO_STEP_SET_TEST)
        return test_sets(c);
    status = find_operands(c);
    if (status != COHORT_OK)
        return status;
    switch (c->step->kind) {
    case CO_STEP_COMPARE:
        compare(c);
        return COHORT_OK;
    case CO_STEP_DISTINCT:
        tell_apart(c);
        return COHORT_OK;
    case CO_STEP_SET_PAIR:
        hold_pairs(c);
        return COHORT_OK;
    case CO_STEP_TEXT_PAIR:
        match_pairs(c);
        return COHORT_OK;
    case CO_STEP_TEXT:
        return match_texts(c);
    case CO_STEP_HAS_VALUE:
        test_presence(c);
        return COHORT_OK;
    default:
        test_values(c);
        return COHORT_OK;
    }
}

/* ---- the two sets ---- */

/* Words of the tile: where the test is known and passes, and where it is known and does not. */
typedef struct sides {
    uint64_t *pass;
    uint64_t *fail;
} sides;

static void put_bits(uint64_t *words, const uint16_t *slots, size_t at, uint64_t bits)
{
    for (; bits != 0; bits &= bits - 1) {
        const uint32_t slot = slots[at * 64 + co_lowest_bit(bits)];

        co_bit_set(words, slot);
    }
}

/* Rows in a row that begin with a word are put by the word. */
static void put_answers(const chunk *c, const sides *s)
{
    const co_choice *choice = c->task.choice;
    const size_t n_words = co_words_for(choice->n);
    const bool is_aligned = co_choice_is_run(choice) && choice->slots[0] % 64 == 0;

    for (size_t i = 0; i < n_words; i++) {
        const uint64_t pass = c->known[i] & c->passes[i];
        const uint64_t fail = c->known[i] & ~c->passes[i];

        if (is_aligned) {
            s->pass[choice->slots[0] / 64 + i] |= pass;
            s->fail[choice->slots[0] / 64 + i] |= fail;
        } else {
            put_bits(s->pass, choice->slots, i, pass);
            put_bits(s->fail, choice->slots, i, fail);
        }
    }
}

static cohort_status test_all(co_worker *worker, co_scope *scope, const co_step *step, const uint16_t *slots,
                              uint32_t n, const sides *s)
{
    chunk c = { .step = step };
    cohort_status status = COHORT_OK;

    for (uint32_t first = 0; first < n && status == COHORT_OK; first += CO_CHUNK) {
        const co_choice choice = { n - first < CO_CHUNK ? n - first : CO_CHUNK, slots + first };
        const co_mark mark = co_stack_mark(&worker->scratch);

        c.task = (co_task){ worker, scope, NULL, &choice };
        memset(c.passes, 0, sizeof c.passes);
        memset(c.known, 0, sizeof c.known);
        status = test_chunk(&c);
        if (status == COHORT_OK)
            put_answers(&c, s);
        co_stack_release(&worker->scratch, mark);
        if (status == COHORT_OK)
            status = co_worker_poll(worker);
    }
    return status;
}

static bool set_words(co_register *set, const uint64_t *from)
{
    uint64_t *words = co_register_open(set);

    if (words == NULL)
        return false;
    memcpy(words, from, co_register_n_words(set) * sizeof *words);
    co_register_settle(set);
    return true;
}

/* Row by row, in chunks. */
static cohort_status test_rows(co_worker *worker, co_scope *scope, const co_step *step,
                               const co_register *within, const sides *s)
{
    const co_register *base = scope->base;
    const bool in_value = scope->in_value;
    const bool in_branch = scope->in_branch;
    const bool is_dense = scope->is_dense;
    uint16_t *slots = co_stack_new(&worker->scratch, within->count, sizeof *slots);
    cohort_status status;

    if (slots == NULL)
        return COHORT_MEMORY;
    memset(s->pass, 0, CO_TILE_WORDS * sizeof *s->pass);
    memset(s->fail, 0, CO_TILE_WORDS * sizeof *s->fail);
    co_register_to_slots(within, slots);
    scope->base = within;
    scope->in_value = true;
    scope->in_branch = false;
    scope->is_dense = is_dense || (uint64_t)within->count * 16 >= within->n_rows;
    status = test_all(worker, scope, step, slots, within->count, s);
    scope->base = base;
    scope->in_value = in_value;
    scope->in_branch = in_branch;
    scope->is_dense = is_dense;
    return status;
}

cohort_status co_test_find(co_worker *worker, co_scope *scope, const co_step *step, const co_register *within,
                           co_register *found, co_register *twin)
{
    const co_mark mark = co_stack_mark(&worker->scratch);
    uint64_t *words = co_stack_new(&worker->scratch, 2 * CO_TILE_WORDS, sizeof *words);
    sides s = { words, words + CO_TILE_WORDS };
    cohort_status status = COHORT_MEMORY;

    if (words != NULL && co_whole_fits(worker->run, step))
        status = co_whole_find(worker, scope, step, within, s.pass, s.fail);
    else if (words != NULL)
        status = test_rows(worker, scope, step, within, &s);
    if (status == COHORT_OK && (!set_words(found, step->outside ? s.fail : s.pass) ||
                                (twin != NULL && !set_words(twin, step->outside ? s.pass : s.fail))))
        status = COHORT_MEMORY;
    co_stack_release(&worker->scratch, mark);
    return status;
}
