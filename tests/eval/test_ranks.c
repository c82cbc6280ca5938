/* Places by sorting and counting off are those that counting for each record by itself gives. */
#include <stdlib.h>
#include <string.h>

#include "eval/ranks.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/random.h"
#include "support/trials.h"

enum { MOST = 300 };

/* Keys by row: a permutation, so that row order says nothing. */
static uint32_t keys[MOST];

static int by_key_of_row(const void *a, const void *b)
{
    const uint32_t x = keys[((const co_ranked *)a)->row];
    const uint32_t y = keys[((const co_ranked *)b)->row];

    return (x > y) - (x < y);
}

static cohort_status order_by_key(void *context, co_ranked *records, size_t n)
{
    (void)context;
    qsort(records, n, sizeof *records, by_key_of_row);
    return COHORT_OK;
}

static void shuffle_keys(co_random *random, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        keys[i] = i;
    co_random_shuffle(random, keys, n, sizeof *keys);
}

/* How record i stands in its group. */
typedef struct standing {
    uint32_t n;     /* in the group */
    uint32_t lower; /* of less value */
    uint32_t higher;
    uint32_t before; /* of equal value and lower key */
} standing;

static standing stand(const co_ranked *records, uint32_t n, uint32_t i)
{
    standing s = { 0 };

    for (uint32_t j = 0; j < n; j++) {
        if (records[j].group != records[i].group)
            continue;
        s.n++;
        s.lower += records[j].value < records[i].value;
        s.higher += records[j].value > records[i].value;
        s.before += records[j].value == records[i].value && keys[records[j].row] < keys[records[i].row];
    }
    return s;
}

static uint64_t bits_of(double real)
{
    uint64_t bits;

    memcpy(&bits, &real, sizeof bits);
    return bits;
}

/* SQL's NTILE by dealing out: tile sizes one after the other. */
static uint64_t tile_of(uint32_t position, uint32_t n, uint32_t n_tiles)
{
    for (uint32_t tile = 0, end = 0;; tile++) {
        end += n / n_tiles + (tile < n % n_tiles);
        if (position < end)
            return tile + 1;
    }
}

static uint64_t wanted_place(const co_ranking *ranking, standing s)
{
    uint64_t n = ranking->n.low;
    const uint32_t above = ranking->bottom ? s.lower : s.higher;

    switch (ranking->by) {
    case CO_RANKED_TOP:
        if (ranking->percent) { /* of scale 1: tenths of a per cent */
            n = (ranking->n.low * s.n + 999) / 1000;
        }
        return ranking->with_ties ? above < n : above + s.before < n;
    case CO_RANKED_NTILE:
        return tile_of(s.lower + s.before, s.n, (uint32_t)n);
    case CO_RANKED_RANK:
        return s.higher + 1;
    default:
        return bits_of(s.n == 1 ? 0.0 : (double)s.lower / (double)(s.n - 1));
    }
}

static co_ranking random_ranking(co_random *random, uint32_t n)
{
    co_ranking ranking = { .by = (co_ranked_by)co_random_below(random, 4) };

    ranking.bottom = co_random_below(random, 2) != 0;
    ranking.with_ties = co_random_below(random, 3) == 0;
    ranking.percent = ranking.by == CO_RANKED_TOP && co_random_below(random, 2) != 0;
    ranking.scale = 1;
    ranking.n = co_wide_of(
        (int64_t)(ranking.percent ? co_random_below(random, 1001) : co_random_below(random, n + 3)));
    if (ranking.by == CO_RANKED_NTILE && ranking.n.low == 0)
        ranking.n = co_wide_of(1);
    return ranking;
}

static void compare_places(co_random *random)
{
    static co_ranked given[MOST], records[MOST], room[MOST];
    const uint32_t n = (uint32_t)co_random_below(random, co_random_below(random, 4) == 0 ? MOST : 12) + 1;
    const uint64_t spread = co_random_below(random, 3) == 0 ? UINT64_MAX : 1 + co_random_below(random, 6);
    const uint32_t n_groups =
        (uint32_t)co_random_below(random, 3) == 0 ? 1 : 1 + (uint32_t)co_random_below(random, 4);
    const co_ranking ranking = random_ranking(random, n);

    shuffle_keys(random, n);
    for (uint32_t i = 0; i < n; i++)
        given[i] = records[i] = (co_ranked){ co_random_u64(random) % spread,
                                             (uint32_t)co_random_below(random, n_groups) * 70000, i };
    co_ranks_sort(records, room, n);
    must(co_ranks_place(&ranking, records, n, order_by_key, NULL) == COHORT_OK);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t row = records[i].row;

        must(records[i].value == wanted_place(&ranking, stand(given, n, row)));
    }
}

START_TEST(places_are_those_of_counting_for_each_record)
{
    co_random random = co_random_of(41);

    for (int trial = 0; trial < CO_TRIALS(20000); trial++)
        compare_places(&random);
}
END_TEST

START_TEST(records_sort_by_group_then_value_and_equal_ones_stay)
{
    static co_ranked records[MOST], room[MOST];
    co_random random = co_random_of(42);

    for (uint32_t i = 0; i < MOST; i++)
        records[i] = (co_ranked){ co_random_u64(&random) >> co_random_below(&random, 64),
                                  (uint32_t)co_random_u64(&random) >> co_random_below(&random, 32), i };
    co_ranks_sort(records, room, MOST);
    for (uint32_t i = 1; i < MOST; i++) {
        const co_ranked *a = &records[i - 1];
        const co_ranked *b = &records[i];

        must(a->group < b->group || (a->group == b->group && a->value < b->value) ||
             (a->group == b->group && a->value == b->value && a->row < b->row));
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("ranks");
    TCase *tests = tcase_create("places");

    tcase_add_test(tests, places_are_those_of_counting_for_each_record);
    tcase_add_test(tests, records_sort_by_group_then_value_and_equal_ones_stay);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}
