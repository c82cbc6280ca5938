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

/* Where a register's rows may lie that are not its own. */
typedef struct lender {
    uint64_t words[CO_TILE_WORDS];
    uint16_t slots[CO_TILE_ROWS];
} lender;

static void lend_slots(const model *m, lender *from, co_register *set)
{
    size_t n = 0;

    for (uint32_t i = 0; i < m->n_rows; i++) {
        from->slots[n] = (uint16_t)i;
        n += m->in[i];
    }
    must(co_register_borrow_slots(set, from->slots, n));
}

static void lend_words(const model *m, lender *from, co_register *set)
{
    uint32_t count = 0;

    memset(from->words, 0, sizeof from->words);
    for (uint32_t i = 0; i < m->n_rows; i++) {
        if (m->in[i])
            co_bit_set(from->words, i);
        count += m->in[i];
    }
    co_register_borrow_words(set, from->words, count);
}

/* One of the four ways. */
static void give(co_random *random, const model *m, lender *from, co_register *set)
{
    switch (co_random_below(random, 4)) {
    case 0:
        load(m, set);
        return;
    case 1:
        load_words(m, set);
        return;
    case 2:
        lend_slots(m, from, set);
        return;
    default:
        lend_words(m, from, set);
    }
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

typedef enum operation {
    AND,
    OR,
    MINUS,
    AND_WORDS,
    MINUS_WORDS,
    INTERSECT,
    SUBTRACT,
    N_OPERATIONS
} operation;

static bool combine_flags(operation operation, bool a, bool b)
{
    switch (operation) {
    case AND:
    case AND_WORDS:
    case INTERSECT:
        return a && b;
    case OR:
        return a || b;
    default:
        return a && !b;
    }
}

/* Into a, or for the last two into `result`. */
static bool combine_registers(operation operation, co_register *a, const co_register *b, co_register *result)
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
    case MINUS_WORDS:
        return co_register_minus_words(a, words);
    case INTERSECT:
        return co_register_intersect(result, a, b);
    default:
        return co_register_subtract(result, a, b);
    }
}

typedef struct trial {
    model a;
    model b;
    model before;
    lender from_a;
    lender from_b;
    co_register x;
    co_register y;
    co_register copy;
    co_register borrowed;
    co_register result;
} trial;

static void start_trial(trial *t, co_random *random, co_pool *pool, uint32_t n_rows)
{
    co_register *const all[] = { &t->x, &t->y, &t->copy, &t->borrowed, &t->result };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        co_register_init(all[i], pool, n_rows);
    t->a = new_model(n_rows);
    t->b = new_model(n_rows);
    t->before = new_model(n_rows);
    randomise(random, &t->a);
    randomise(random, &t->b);
    randomise(random, &t->before);
    give(random, &t->a, &t->from_a, &t->x);
    give(random, &t->b, &t->from_b, &t->y);
    load(&t->before, &t->result);
}

static void end_trial(trial *t)
{
    co_register_clear(&t->borrowed);
    co_register_clear(&t->copy);
    co_register_clear(&t->x);
    co_register_clear(&t->y);
    co_register_clear(&t->result);
    free(t->a.in);
    free(t->b.in);
    free(t->before.in);
}

static void try_once(co_random *random, co_pool *pool, uint32_t n_rows, operation operation)
{
    static trial t;
    const bool in_place = operation < INTERSECT;

    start_trial(&t, random, pool, n_rows);
    assert_same(&t.a, &t.x);
    assert_same(&t.b, &t.y);
    must(co_register_copy(&t.copy, &t.x));
    co_register_borrow(&t.borrowed, &t.y);
    must(combine_registers(operation, &t.x, &t.y, &t.result));
    assert_same(&t.a, &t.copy);
    assert_same(&t.b, &t.y);
    assert_same(&t.b, &t.borrowed);
    if (!in_place)
        assert_same(&t.a, &t.x);
    for (uint32_t i = 0; i < n_rows; i++)
        t.a.in[i] = combine_flags(operation, t.a.in[i], t.b.in[i]);
    assert_same(&t.a, in_place ? &t.x : &t.result);
    must(co_register_copy(&t.copy, in_place ? &t.x : &t.result));
    co_register_swap(&t.copy, &t.y);
    assert_same(&t.a, &t.y);
    end_trial(&t);
}

START_TEST(what_is_borrowed_is_neither_copied_nor_written)
{
    static lender from;
    static lender before;
    co_memory memory;
    co_pool pool;
    co_register set;
    co_register copy;

    co_memory_init(&memory, NULL, 0);
    co_pool_init(&pool, &memory);
    co_register_init(&set, &pool, 65536);
    co_register_init(&copy, &pool, 65536);
    for (uint32_t i = 0; i < 60000; i++)
        co_bit_set(from.words, i);
    before = from;
    co_register_borrow_words(&set, from.words, 60000);
    must(co_register_copy(&copy, &set));
    ck_assert(co_register_words(&copy) == from.words);
    ck_assert_uint_eq(atomic_load(&memory.used_bytes), 0);
    must(co_register_set_slots(&set, (const uint16_t[]){ 65535 }, 1) && co_register_or(&copy, &set));
    ck_assert_uint_eq(copy.count, 60001);
    ck_assert_mem_eq(&from, &before, sizeof from);
    co_register_clear(&set);
    co_register_clear(&copy);
    co_pool_clear(&pool);
}
END_TEST

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
    tcase_add_test(all, what_is_borrowed_is_neither_copied_nor_written);
    tcase_add_test(all, a_refused_buffer_is_told_and_leaves_nothing_behind);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}
