/* Places by counting are those of sorting everybody by (value, key) and dealing out. */
#include <stdlib.h>
#include <string.h>

#include "eval/cuts.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/random.h"
#include "support/trials.h"

enum { TILES = 3, MOST_A_TILE = 60000, THREADS = 3, MOST = TILES * MOST_A_TILE };

/* A record of the population, which lies in the tile at that place. */
typedef struct record {
    int64_t number;
    uint32_t key;
    uint32_t tile;
    uint32_t place;
} record;

typedef struct world {
    bool keys_rise;
    uint32_t n[TILES]; /* kept rows, some of them no members */
    int64_t numbers[TILES][MOST_A_TILE];
    uint32_t keys[TILES][MOST_A_TILE]; /* by place */
    uint16_t slots[TILES][MOST_A_TILE];
    uint64_t words[TILES][CO_TILE_WORDS];
    uint16_t before[TILES][CO_TILE_WORDS];
    uint64_t members[TILES][CO_TILE_WORDS];
    bool has_members[TILES];
    co_kept_rows rows[TILES];
    uint8_t bytes[TILES][MOST_A_TILE];
    uint32_t n_records;
    record records[MOST];
} world;

static world w;
static co_crew *crew; /* large populations are shared out */

/* ---- populations ---- */

/* Every other slot or so of the tile is kept, or all from the first on. */
static void make_rows(co_random *random, uint32_t tile)
{
    const uint32_t stride = 1 + (uint32_t)co_random_below(random, 2);
    uint32_t n = 0;

    memset(w.words[tile], 0, sizeof w.words[tile]);
    for (uint32_t slot = 0; n < w.n[tile]; slot += 1 + (uint32_t)co_random_below(random, stride)) {
        if (slot >= CO_TILE_ROWS)
            break;
        w.slots[tile][n++] = (uint16_t)slot;
        co_bit_set(w.words[tile], slot);
    }
    w.n[tile] = n;
    for (uint32_t i = 0, before = 0; i < CO_TILE_WORDS; before += co_bits_in(w.words[tile][i++]))
        w.before[tile][i] = (uint16_t)before;
    w.rows[tile] = (co_kept_rows){ n, w.words[tile], w.before[tile], w.slots[tile] };
    if (stride == 1)
        w.rows[tile] = (co_kept_rows){ .n = n };
}

static int64_t random_number(co_random *random, int shape)
{
    switch (shape) {
    case 0:
        return 7;
    case 1:
        return co_random_between(random, -2, 2);
    case 2:
        return co_random_between(random, -30000, 30000);
    case 3:
        return (int64_t)co_random_u64(random);
    case 4: /* one far away, the others in one bucket */
        return co_random_chance(random, 1, 500) ? INT64_MAX : co_random_between(random, 0, 9);
    default:
        return co_random_chance(random, 1, 2) ? INT64_MIN : INT64_MAX;
    }
}

static void make_tile(co_random *random, uint32_t tile, int shape, uint32_t *key)
{
    make_rows(random, tile);
    w.has_members[tile] = co_random_chance(random, 1, 2);
    memset(w.members[tile], 0, sizeof w.members[tile]);
    for (uint32_t i = 0; i < w.n[tile]; i++) {
        w.numbers[tile][i] = random_number(random, shape);
        w.keys[tile][i] = (*key)++;
        if (w.has_members[tile] && co_random_chance(random, 1, 3))
            continue;
        co_bit_set(w.members[tile], i);
        w.records[w.n_records++] = (record){ w.numbers[tile][i], w.keys[tile][i], tile, i };
    }
}

/* Keys change places: between tiles, too. */
static void mix_keys(co_random *random, uint32_t n_keys)
{
    uint32_t *keys = malloc((n_keys + 1) * sizeof *keys);

    for (uint32_t i = 0; i < n_keys; i++)
        keys[i] = i;
    co_random_shuffle(random, keys, n_keys, sizeof *keys);
    for (uint32_t tile = 0; tile < TILES; tile++) {
        for (uint32_t i = 0; i < w.n[tile]; i++)
            w.keys[tile][i] = keys[w.keys[tile][i]];
    }
    for (uint32_t i = 0; i < w.n_records; i++)
        w.records[i].key = w.keys[w.records[i].tile][w.records[i].place];
    free(keys);
}

static void make_world(co_random *random, uint32_t most)
{
    const int shape = (int)co_random_below(random, 6);
    uint32_t key = 0;

    w.n_records = 0;
    w.keys_rise = co_random_chance(random, 1, 2);
    memset(w.bytes, 0, sizeof w.bytes);
    for (uint32_t tile = 0; tile < TILES; tile++) {
        w.n[tile] = (uint32_t)co_random_below(random, most + 1);
        make_tile(random, tile, shape, &key);
    }
    if (!w.keys_rise)
        mix_keys(random, key);
}

/* ---- the naive version ---- */

static int by_value_then_key(const void *a, const void *b)
{
    const record *x = a;
    const record *y = b;

    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return (x->key > y->key) - (x->key < y->key);
}

static int by_greatest_value_then_key(const void *a, const void *b)
{
    const record *x = a;
    const record *y = b;

    if (x->number != y->number)
        return x->number > y->number ? -1 : 1;
    return (x->key > y->key) - (x->key < y->key);
}

/* Of each record in turn, after sorting. */
static uint32_t wanted_place(const co_ranking *ranking, uint32_t i)
{
    const uint64_t n = ranking->n.low;
    const uint64_t n_in = ranking->percent ? (n * w.n_records + 99) / 100 : n;

    if (ranking->by == CO_RANKED_TOP)
        return i < n_in || (ranking->with_ties && n_in > 0 && n_in <= i &&
                            w.records[i].number == w.records[n_in - 1].number);
    for (uint32_t tile = 0, end = 0;; tile++) {
        end += w.n_records / (uint32_t)n + (tile < w.n_records % (uint32_t)n);
        if (i < end)
            return tile + 1;
    }
}

static void check(const co_ranking *ranking)
{
    const bool from_top = ranking->by == CO_RANKED_TOP && !ranking->bottom;

    qsort(w.records, w.n_records, sizeof *w.records,
          from_top ? by_greatest_value_then_key : by_value_then_key);
    for (uint32_t i = 0; i < w.n_records; i++)
        must(w.bytes[w.records[i].tile][w.records[i].place] == wanted_place(ranking, i) + 1);
    for (uint32_t tile = 0; tile < TILES; tile++) {
        for (uint32_t i = 0; i < w.n[tile]; i++)
            must(co_bit_test(w.members[tile], i) == (w.bytes[tile][i] > 0));
    }
}

/* ---- both ---- */

static uint32_t key_of(uint32_t row)
{
    const uint32_t tile = row / CO_TILE_ROWS;

    return w.keys[tile][co_kept_place(&w.rows[tile], row % CO_TILE_ROWS)];
}

static int by_key_of_row(const void *a, const void *b)
{
    const uint32_t x = key_of(((const co_ranked *)a)->row);
    const uint32_t y = key_of(((const co_ranked *)b)->row);

    return (x > y) - (x < y);
}

static cohort_status order_by_key(void *context, co_ranked *records, size_t n)
{
    (void)context;
    must(!w.keys_rise); /* nothing to be done then */
    qsort(records, n, sizeof *records, by_key_of_row);
    return COHORT_OK;
}

static co_ranking random_ranking(co_random *random)
{
    const bool is_top = co_random_chance(random, 1, 2);
    const bool percent = is_top && co_random_chance(random, 1, 2);
    const uint64_t most = percent ? 101 : is_top ? w.n_records + 3 : 253;

    return (co_ranking){ .by = is_top ? CO_RANKED_TOP : CO_RANKED_NTILE,
                         .bottom = co_random_chance(random, 1, 2),
                         .percent = percent,
                         .with_ties = is_top && co_random_chance(random, 1, 4),
                         .n = co_wide_of((int64_t)co_random_below(random, most) + !is_top) };
}

/* Of all kept rows. */
static void tell_range(uint32_t tile, co_part *part)
{
    part->has_range = true;
    part->least = INT64_MAX;
    part->greatest = INT64_MIN;
    for (uint32_t i = 0; i < w.n[tile]; i++) {
        part->least = w.numbers[tile][i] < part->least ? w.numbers[tile][i] : part->least;
        part->greatest = w.numbers[tile][i] > part->greatest ? w.numbers[tile][i] : part->greatest;
    }
}

static void compare_places(co_random *random, uint32_t most)
{
    co_memory memory;
    co_part parts[TILES];
    co_ranking ranking;

    make_world(random, most);
    ranking = random_ranking(random);
    for (uint32_t tile = 0; tile < TILES; tile++) {
        parts[tile] = (co_part){ .rows = w.n[tile] > 0 ? &w.rows[tile] : NULL,
                                 .members = w.has_members[tile] ? w.members[tile] : NULL,
                                 .numbers = w.numbers[tile],
                                 .bytes = w.bytes[tile] };
        if (co_random_chance(random, 1, 2))
            tell_range(tile, &parts[tile]);
    }
    co_memory_init(&memory, NULL, 0);
    if (w.n_records == 0)
        return;

    const co_cuts cuts = { &memory, crew,        THREADS,     &ranking,     parts,
                           TILES,   w.n_records, w.keys_rise, order_by_key, NULL };

    must(co_cuts_fit(&ranking));
    must(co_cuts_place(&cuts) == COHORT_OK);
    must(memory.used_bytes == 0);
    check(&ranking);
}

START_TEST(places_by_counting_are_those_by_sorting)
{
    co_random random = co_random_of(61);
    co_memory memory;

    co_memory_init(&memory, NULL, 0);
    crew = co_crew_new(&memory, THREADS);
    must(crew != NULL);

    for (int trial = 0; trial < CO_TRIALS(4000); trial++)
        compare_places(&random, trial % 2 == 0 ? 9 : 300);
    for (int trial = 0; trial < CO_TRIALS(40); trial++)
        compare_places(&random, MOST_A_TILE);
    co_crew_free(crew);
}
END_TEST

START_TEST(groups_ranks_and_many_tiles_are_left_to_sorting)
{
    const co_ranking left[] = {
        { .by = CO_RANKED_NTILE, .n = co_wide_of(254) },
        { .by = CO_RANKED_NTILE, .n = { 5, 1 } },
        { .by = CO_RANKED_NTILE, .n = co_wide_of(5), .n_per = 1 },
        { .by = CO_RANKED_RANK },
        { .by = CO_RANKED_PERCENT },
    };

    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        ck_assert(!co_cuts_fit(&left[i]));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("cuts");
    TCase *tests = tcase_create("places");

    tcase_add_test(tests, places_by_counting_are_those_by_sorting);
    tcase_add_test(tests, groups_ranks_and_many_tiles_are_left_to_sorting);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}
