/* Threads that share calls: each piece of work is done once, and whoever comes in time helps. */
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "eval/crew.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/trials.h"

enum { MOST_PIECES = 64, THREADS = 3, PATIENCE_US = 10000000 };

typedef struct job {
    uint32_t n_pieces;
    _Atomic uint32_t next;
    _Atomic uint32_t done[MOST_PIECES];
    _Atomic uint32_t inside; /* threads in the call */
    _Atomic uint32_t most;   /* numbers seen, as bits */
} job;

static void do_pieces(void *context, uint32_t number)
{
    job *j = context;

    must(number < THREADS);
    atomic_fetch_add(&j->inside, 1);
    atomic_fetch_or(&j->most, UINT32_C(1) << number);
    for (uint32_t piece; (piece = atomic_fetch_add(&j->next, 1)) < j->n_pieces;)
        atomic_fetch_add(&j->done[piece], 1);
    atomic_fetch_sub(&j->inside, 1);
}

START_TEST(each_piece_is_done_once_and_nobody_stays_when_the_call_returns)
{
    co_memory memory;
    co_crew *crew;

    co_memory_init(&memory, NULL, 0);
    crew = co_crew_new(&memory, THREADS);
    must(crew != NULL);
    for (uint32_t i = 0; i < CO_TRIALS(2000); i++) {
        job j = { .n_pieces = i % MOST_PIECES };

        co_crew_run(crew, 1 + i % (THREADS + 1), do_pieces, &j);
        must(atomic_load(&j.inside) == 0 && (atomic_load(&j.most) & 1) == 1);
        for (uint32_t piece = 0; piece < MOST_PIECES; piece++)
            must(atomic_load(&j.done[piece]) == (piece < j.n_pieces));
        memset(&j, 0xff, sizeof j); /* who comes too late would find this */
    }
    co_crew_free(crew);
    must(atomic_load(&memory.used_bytes) == 0);
}
END_TEST

/* Works until all have come. */
static void wait_for_all(void *context, uint32_t number)
{
    job *j = context;
    const int64_t start = co_clock_us();

    atomic_fetch_or(&j->most, UINT32_C(1) << number);
    while (atomic_load(&j->most) != (UINT32_C(1) << THREADS) - 1)
        must(co_clock_us() - start < PATIENCE_US);
}

START_TEST(all_come_while_work_is_left_at_once_or_after_a_rest)
{
    co_memory memory;
    co_crew *crew;

    co_memory_init(&memory, NULL, 0);
    crew = co_crew_new(&memory, THREADS);
    must(crew != NULL);
    for (int i = 0; i < 20; i++) {
        job j = { 0 };
        const int64_t start = co_clock_us();

        while (i % 2 == 1 && co_clock_us() - start < 3000) /* they have parked */
            ;
        co_crew_run(crew, THREADS, wait_for_all, &j);
    }
    co_crew_free(crew);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("crew");
    TCase *all = tcase_create("all");

    tcase_add_test(all, each_piece_is_done_once_and_nobody_stays_when_the_call_returns);
    tcase_add_test(all, all_come_while_work_is_left_at_once_or_after_a_rest);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}
