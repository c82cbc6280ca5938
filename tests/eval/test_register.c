/* Registers, the sets of one tile while an expression runs, against one flag a row. */
#include <stdlib.h>
#include <string.h>

#include "eval/register.h"
#include "support/check_main.h"
#include "support/every_kernel.h"
#include "support/failing_memory.h"
#include "support/must.h"
#include "support/random.h"
#include "support/trials.h"

static const uint32_t lengths[] = { 1, 63, 64, 65, 1000, 65535, 65536 };
enum { N_LENGTHS = sizeof lengths / sizeof lengths[0] };

typedef struct model {
    uint32_t n_rows;
    bool *in;
} model;

static model new_model(uint32_t n_rows)
{
    return (model){ n_rows, calloc(n_rows, 1) };
}

/* Nothing, everything, a few or many rows. */
static void randomise(co_random *random, model *m)
{
    const uint64_t kind = co_random_below(random, 6);

    for (uint32_t i = 0; i < m->n_rows; i++) {
        m->in[i] = kind == 1 || (kind == 2 && co_random_chance(random, 1, 200)) ||
                   (kind == 3 && co_random_chance(random, 1, 2)) ||
                   (kind == 4 && co_random_chance(random, 99, 100)) ||
                   (kind == 5 && co_random_chance(random, 1, 60));
    }
}

static void load(const model *m, co_register *set)
{
    uint16_t *slots = malloc(m->n_rows * sizeof *slots);
    size_t n = 0;

    for (uint32_t i = 0; i < m->n_rows; i++) {
        slots[n] = (uint16_t)i;
        n += m->in[i];
    }
    must(co_register_set_slots(set, slots, n));
    free(slots);
}

static void load_words(const model *m, co_register *set)
{
    uint64_t *words = co_register_open(set);

    must(words != NULL);
    memset(words, 0, co_words_for(m->n_rows) * sizeof *words);
    for (uint32_t i = 0; i < m->n_rows; i++) {
        if (m->in[i])
            co_bit_set(words, i);
    }
    co_register_settle(set);
}

static void assert_same(const model *m, const co_register *set)
{
    uint64_t words[CO_TILE_WORDS];
    uint16_t *slots = malloc((set->count + 1) * sizeof *slots);
    uint32_t n = 0;

    co_register_to_words(set, words);
    co_register_to_slots(set, slots);
    for (uint32_t i = 0; i < m->n_rows; i++) {
        must(co_register_has(set, i) == m->in[i]);
        must(co_bit_test(words, i) == m->in[i]);
        if (m->in[i])
            must(n < set->count && slots[n] == i);
        n += m->in[i];
    }
    for (size_t i = m->n_rows; i < co_words_for(m->n_rows) * 64; i++)
        must(!co_bit_test(words, i));
    must(n == set->count);
    must((set->form == CO_FORM_EMPTY) == (n == 0));
    must(!co_register_has(set, m->n_rows));
    free(slots);
}

typedef enum operation { AND, OR, MINUS, AND_WORDS, MINUS_WORDS, N_OPERATIONS } operation;

static bool combine_flags(operation operation, bool a, bool b)
{
    switch (operation) {
    case AND:
    case AND_WORDS:
        return a && b;
    case OR:
        return a || b;
    default:
        return a && !b;
    }
}

static bool combine_registers(operation operation, co_register *a, const co_register *b)
{
    uint64_t words[CO_TILE_WORDS];

    co_register_to_words(b, words);
    switch (operation) {
    case AND:
        return co_register_and(a, b);
    case OR:
        return co_register_or(a, b);
    case MINUS:
        return co_register_minus(a, b);
    case AND_WORDS:
        return co_register_and_words(a, words);
    default:
        return co_register_minus_words(a, words);
    }
}

static void try_once(co_random *random, co_pool *pool, uint32_t n_rows, operation operation)
{
    model a = new_model(n_rows);
    model b = new_model(n_rows);
    co_register x;
    co_register y;
    co_register copy;

    co_register_init(&x, pool, n_rows);
    co_register_init(&y, pool, n_rows);
    co_register_init(&copy, pool, n_rows);
    randomise(random, &a);
    randomise(random, &b);
    load(&a, &x);
    load_words(&b, &y);
    assert_same(&a, &x);
    assert_same(&b, &y);
    must(co_register_copy(&copy, &y));
    must(combine_registers(operation, &x, &y));
    for (uint32_t i = 0; i < n_rows; i++)
        a.in[i] = combine_flags(operation, a.in[i], b.in[i]);
    assert_same(&a, &x);
    assert_same(&b, &y);
    assert_same(&b, &copy);
    co_register_clear(&x);
    co_register_clear(&y);
    co_register_clear(&copy);
    free(a.in);
    free(b.in);
}

START_TEST(operations_agree_with_flags_on_every_kernel)
{
    for_every_kernel(kernel)
    {
        co_random random = co_random_of(7);
        co_memory memory;
        co_pool pool;

        co_memory_init(&memory, NULL, 0);
        co_pool_init(&pool, &memory);
        for (int trial = 0; trial < CO_TRIALS(10); trial++) {
            for (int operation = 0; operation < N_OPERATIONS; operation++)
                try_once(&random, &pool, lengths[_i], (enum operation)operation);
        }
        co_pool_clear(&pool);
        must(atomic_load(&memory.used_bytes) == 0);
    }
}
END_TEST

START_TEST(a_refused_buffer_is_told_and_leaves_nothing_behind)
{
    for (uint64_t n = 1;; n++) {
        co_failing state = { .fail_at = n, .for_ever = true };
        const cohort_allocator allocator = co_failing_allocator(&state);
        const uint16_t slots[] = { 1, 2, 3 };
        co_memory memory;
        co_pool pool;
        co_register a;
        co_register b;
        bool fine;

        co_memory_init(&memory, &allocator, 0);
        co_pool_init(&pool, &memory);
        co_register_init(&a, &pool, 1000);
        co_register_init(&b, &pool, 1000);
        co_register_set_all(&a);
        fine = co_register_set_slots(&b, slots, 3) && co_register_minus(&a, &b);
        ck_assert(fine == (state.n_refused == 0));
        co_register_clear(&a);
        co_register_clear(&b);
        co_pool_clear(&pool);
        ck_assert(co_failing_is_clean(&state));
        if (fine)
            break;
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("registers");
    TCase *all = tcase_create("all");

    tcase_add_loop_test(all, operations_agree_with_flags_on_every_kernel, 0, N_LENGTHS);
    tcase_add_test(all, a_refused_buffer_is_told_and_leaves_nothing_behind);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}
