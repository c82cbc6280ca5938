/* Places by counting; see cuts.h. */
#include "eval/cuts.h"

#include <stdatomic.h>
#include <string.h>

#define FEW_BUCKETS 4096u    /* all counters of a thread fit the nearest cache */
#define MANY_BUCKETS 16384u  /* for many records: fewer of them share a bucket with a cut */
#define LANES 2u             /* neighbours are counted apart: they often fall into one bucket */
#define MANY_RECORDS 131072u /* so many are worth a second thread */
#define UNDECIDED UINT8_MAX
#define MOST_TILES (UNDECIDED - 2) /* bytes are 1 … UNDECIDED − 1 */

/* Equal records counted off in order of their keys: how many are, and up to which the place is the same. */
typedef struct tally {
    uint32_t n;
    uint32_t end;
    uint8_t byte;
} tally;

typedef struct range {
    int64_t least;
    int64_t greatest;
} range;

typedef struct counting counting;

/* What a thread does with a part. */
typedef void look(counting *c, uint32_t thread, uint32_t part);

struct counting {
    const co_cuts *cuts;
    uint32_t n_threads;
    look *look;
    _Atomic uint32_t next_part;
    range *ranges;    /* by thread */
    uint32_t *counts; /* by thread, lane and bucket */
    bool *is_placed;  /* by part: no record is in an undecided bucket */
    size_t wanted;    /* TOP: records; NTILE: tiles */
    int64_t least;
    unsigned shift; /* bucket = (number − least) >> shift */
    uint32_t n_buckets;
    uint32_t *starts; /* by bucket, one more: how many numbers lie below it */
    uint8_t *bytes;   /* by bucket, or UNDECIDED */
    tally *tallies;   /* by bucket */
    /* records of undecided buckets */
    co_ranked *records;
    size_t n_records;
};

bool co_cuts_fit(const co_ranking *ranking)
{
    int64_t n;

    if (ranking->n_per > 0 || ranking->by > CO_RANKED_NTILE)
        return false;
    return ranking->by == CO_RANKED_TOP || (co_wide_to_int64(ranking->n, &n) && n > 0 && n <= MOST_TILES);
}

static uint32_t bucket_of(const counting *c, int64_t number)
{
    return (uint32_t)(((uint64_t)number - (uint64_t)c->least) >> c->shift);
}

/* Each bucket is one number. */
static bool is_exact(const counting *c)
{
    return c->shift == 0;
}

/* ---- places ---- */

/* The byte of record i, in order of keys, of the equal ones at positions [first, end). */
static uint8_t byte_of_equal(const counting *c, size_t first, size_t end, size_t i)
{
    const co_ranking *ranking = c->cuts->ranking;
    const size_t before = ranking->bottom ? first : c->cuts->n - end;
    const size_t left = c->wanted > before ? c->wanted - before : 0;

    if (ranking->by == CO_RANKED_NTILE)
        return (uint8_t)(co_ranks_tile(first + i, c->cuts->n, c->wanted) + 1);
    return (ranking->with_ties ? left > 0 : i < left) ? 2 : 1;
}

/* Where, in ascending order, the place ends that the record at that position has, unless equal ones share it. */
static size_t end_of_place(const counting *c, size_t position)
{
    const co_ranking *ranking = c->cuts->ranking;
    const size_t n = c->cuts->n;
    size_t end;

    if (ranking->by == CO_RANKED_NTILE) {
        const size_t tile = (size_t)co_ranks_tile(position, n, c->wanted);

        return tile * (n / c->wanted) + (tile < n % c->wanted ? tile : n % c->wanted);
    }
    end = ranking->bottom ? c->wanted : n - c->wanted;
    return position < end ? end : n;
}

/* ---- by several threads ---- */

static void look_at_parts(void *context, uint32_t thread)
{
    counting *c = context;

    for (;;) {
        const uint32_t part = atomic_fetch_add(&c->next_part, 1);

        if (part >= c->cuts->n_parts)
            return;
        if (c->cuts->parts[part].rows != NULL)
            c->look(c, thread, part);
    }
}

/* Each part once, by whichever thread. */
static void look_at_all(counting *c, look *look)
{
    c->look = look;
    atomic_store(&c->next_part, 0);
    if (c->n_threads > 1)
        co_crew_run(c->cuts->crew, c->n_threads, look_at_parts, c);
    else
        look_at_parts(c, 0);
}

/* ---- counting ---- */

static void widen_range(counting *c, uint32_t thread, uint32_t number)
{
    const co_part *part = &c->cuts->parts[number];
    range found = c->ranges[thread];

    if (part->has_range) {
        found.least = part->least < found.least ? part->least : found.least;
        found.greatest = part->greatest > found.greatest ? part->greatest : found.greatest;
    }
    for (uint32_t i = 0, n = part->has_range ? 0 : part->rows->n; i < n; i++) {
        const int64_t value = part->numbers[i];

        if (!co_part_has(part, i))
            continue;
        found.least = value < found.least ? value : found.least;
        found.greatest = value > found.greatest ? value : found.greatest;
    }
    c->ranges[thread] = found;
}

static bool find_range(counting *c)
{
    const uint64_t most = c->cuts->n >= 4 * (size_t)MANY_RECORDS ? MANY_BUCKETS : FEW_BUCKETS;
    range all = { INT64_MAX, INT64_MIN };

    c->ranges = co_memory_new_array(c->cuts->memory, c->n_threads, sizeof *c->ranges);
    if (c->ranges == NULL)
        return false;
    for (uint32_t i = 0; i < c->n_threads; i++)
        c->ranges[i] = all;
    look_at_all(c, widen_range);
    for (uint32_t i = 0; i < c->n_threads; i++) {
        all.least = c->ranges[i].least < all.least ? c->ranges[i].least : all.least;
        all.greatest = c->ranges[i].greatest > all.greatest ? c->ranges[i].greatest : all.greatest;
    }
    c->least = all.least;
    while (((uint64_t)all.greatest - (uint64_t)all.least) >> c->shift >= most)
        c->shift++;
    c->n_buckets = bucket_of(c, all.greatest) + 1;
    return true;
}

static void count_part(counting *c, uint32_t thread, uint32_t number)
{
    const co_part *part = &c->cuts->parts[number];
    const uint64_t least = (uint64_t)c->least;
    const unsigned shift = c->shift;
    const uint32_t n_buckets = c->n_buckets;
    uint32_t *counts = c->counts + (size_t)thread * LANES * n_buckets;

    for (uint32_t i = 0, n = part->rows->n; i < n; i++) {
        if (co_part_has(part, i))
            counts[i % LANES * n_buckets + (((uint64_t)part->numbers[i] - least) >> shift)]++;
    }
}

static bool count_buckets(counting *c)
{
    co_memory *memory = c->cuts->memory;
    uint32_t sum = 0;

    c->counts = co_memory_new_zeroed(memory, (size_t)c->n_threads * LANES * c->n_buckets, sizeof *c->counts);
    c->starts = co_memory_new_array(memory, (size_t)c->n_buckets + 1, sizeof *c->starts);
    c->bytes = co_memory_new_zeroed(memory, c->n_buckets, sizeof *c->bytes);
    c->tallies = co_memory_new_zeroed(memory, c->n_buckets, sizeof *c->tallies);
    if (c->counts == NULL || c->starts == NULL || c->bytes == NULL || c->tallies == NULL)
        return false;
    look_at_all(c, count_part);
    for (uint32_t bucket = 0; bucket < c->n_buckets; bucket++) {
        c->starts[bucket] = sum;
        for (size_t i = 0; i < (size_t)c->n_threads * LANES; i++)
            sum += c->counts[i * c->n_buckets + bucket];
    }
    c->starts[c->n_buckets] = sum;
    return true;
}

static void place_buckets(counting *c)
{
    size_t end_of = 0; /* of the place at hand */
    uint8_t byte = UNDECIDED;

    for (uint32_t bucket = 0; bucket < c->n_buckets; bucket++) {
        const size_t first = c->starts[bucket];
        const size_t end = c->starts[bucket + 1];

        if (first == end)
            continue;
        if (first >= end_of) {
            end_of = end_of_place(c, first);
            byte = byte_of_equal(c, first, first + 1, 0);
        }
        if (end <= end_of)
            c->bytes[bucket] = byte;
        else if (is_exact(c) && c->cuts->ranking->with_ties)
            c->bytes[bucket] = byte_of_equal(c, first, end, 0);
        else
            c->bytes[bucket] = UNDECIDED;
    }
}

/* False for want of memory, for the records of undecided buckets. */
static bool decide_buckets(counting *c)
{
    const bool counts_off = is_exact(c) && c->cuts->keys_rise;
    size_t n = 0;

    place_buckets(c);
    for (uint32_t bucket = 0; bucket < c->n_buckets && !counts_off; bucket++) {
        if (c->bytes[bucket] == UNDECIDED)
            n += c->starts[bucket + 1] - c->starts[bucket];
    }
    if (n > 0)
        c->records = co_memory_new_array(c->cuts->memory, 2 * n, sizeof *c->records);
    c->n_records = n;
    return n == 0 || c->records != NULL;
}

/* ---- records of undecided buckets ---- */

static uint32_t row_of(const counting *c, const co_part *part, uint32_t place)
{
    return (uint32_t)(part - c->cuts->parts) * CO_TILE_ROWS + co_kept_slot(part->rows, place);
}

static void put_byte(const counting *c, uint32_t row, uint8_t byte)
{
    const co_part *part = &c->cuts->parts[row / CO_TILE_ROWS];

    part->bytes[co_kept_place(part->rows, row % CO_TILE_ROWS)] = byte;
}

/* Equal records, the first of which is at that position in the whole population. */
static cohort_status place_equals(const counting *c, co_ranked *records, size_t n, size_t position)
{
    const size_t end = position + n;
    const bool is_cut = byte_of_equal(c, position, end, 0) != byte_of_equal(c, position, end, n - 1);
    cohort_status status = COHORT_OK;

    if (is_cut && !c->cuts->keys_rise)
        status = c->cuts->by_key(c->cuts->context, records, n);
    for (size_t i = 0; i < n && status == COHORT_OK; i++)
        put_byte(c, records[i].row, byte_of_equal(c, position, end, i));
    return status;
}

/* Numbers of one bucket, and equal ones, are one after the other; those of a bucket are all there. */
static cohort_status place_records(const counting *c)
{
    uint32_t bucket = 0;
    size_t of_bucket = 0; /* its first record */
    cohort_status status = COHORT_OK;

    co_ranks_sort(c->records, c->records + c->n_records, c->n_records);
    for (size_t first = 0, end; first < c->n_records && status == COHORT_OK; first = end) {
        const uint64_t value = c->records[first].value;
        const uint32_t now = (uint32_t)(value >> c->shift);

        for (end = first + 1; end < c->n_records && c->records[end].value == value;)
            end++;
        if (now != bucket || first == 0)
            of_bucket = first;
        bucket = now;
        status = place_equals(c, c->records + first, end - first, c->starts[bucket] + first - of_bucket);
    }
    return status;
}

/* ---- everybody ---- */

/* Those that their bucket places. */
static void place_decided(counting *c, uint32_t thread, uint32_t number)
{
    const co_part *part = &c->cuts->parts[number];
    const uint8_t *bytes = c->bytes;
    const int64_t *numbers = part->numbers;
    const uint64_t least = (uint64_t)c->least;
    const unsigned shift = c->shift;
    const uint32_t n = part->rows->n;
    uint8_t *places = part->bytes;
    bool all = true;

    (void)thread;
    for (uint32_t i = 0; i < n; i++) {
        if (!co_part_has(part, i))
            continue;
        places[i] = bytes[((uint64_t)numbers[i] - least) >> shift];
        all &= places[i] != UNDECIDED;
    }
    c->is_placed[number] = all;
}

/* The first of the bucket's records from tally->n on that has another place, or their end. */
static void find_end(const counting *c, uint32_t bucket, tally *tally)
{
    const size_t first = c->starts[bucket];
    const size_t end = c->starts[bucket + 1];
    uint32_t n = (uint32_t)(end - first) - tally->n;

    tally->byte = byte_of_equal(c, first, end, tally->n);
    tally->end = tally->n;
    while (n > 0) {
        const uint32_t half = n / 2;

        if (byte_of_equal(c, first, end, tally->end + half) == tally->byte) {
            tally->end += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
}

/* Those of undecided buckets, counted off. Mostly the next one is of the same bucket. */
static void count_off(const counting *c, const co_part *part)
{
    const uint32_t n = part->rows->n;
    uint32_t bucket = 0;
    tally now = c->tallies[0];

    for (uint32_t i = 0; i < n; i++) {
        uint32_t other;

        if (part->bytes[i] != UNDECIDED)
            continue;
        other = bucket_of(c, part->numbers[i]);
        if (other != bucket) {
            c->tallies[bucket] = now;
            now = c->tallies[other];
            bucket = other;
        }
        if (now.n == now.end)
            find_end(c, bucket, &now);
        now.n++;
        part->bytes[i] = now.byte;
    }
    c->tallies[bucket] = now;
}

/* The same, noted. */
static void note_undecided(counting *c, const co_part *part)
{
    const uint8_t *bytes = part->bytes;
    const uint8_t *next = bytes;
    const uint8_t *end = bytes + part->rows->n;

    while (next < end && (next = memchr(next, UNDECIDED, (size_t)(end - next))) != NULL) {
        const uint32_t i = (uint32_t)(next++ - bytes);

        c->records[c->n_records++] = (co_ranked){ .value = (uint64_t)part->numbers[i] - (uint64_t)c->least,
                                                  .row = row_of(c, part, i) };
    }
}

static cohort_status place_all(counting *c)
{
    c->is_placed = co_memory_new_zeroed(c->cuts->memory, c->cuts->n_parts, sizeof *c->is_placed);
    if (c->is_placed == NULL)
        return COHORT_MEMORY;
    look_at_all(c, place_decided);
    c->n_records = 0;
    for (uint32_t t = 0; t < c->cuts->n_parts; t++) {
        if (c->cuts->parts[t].rows == NULL || c->is_placed[t])
            continue;
        if (c->records == NULL)
            count_off(c, &c->cuts->parts[t]);
        else
            note_undecided(c, &c->cuts->parts[t]);
    }
    return c->records != NULL ? place_records(c) : COHORT_OK;
}

static size_t wanted_of(const co_cuts *cuts)
{
    int64_t n = 1;

    if (cuts->ranking->by == CO_RANKED_TOP)
        return co_ranks_wanted(cuts->ranking, cuts->n);
    (void)co_wide_to_int64(cuts->ranking->n, &n);
    return (size_t)n;
}

static void clear(const counting *c)
{
    co_memory *memory = c->cuts->memory;

    co_memory_free(memory, c->ranges, c->n_threads * sizeof *c->ranges);
    co_memory_free(memory, c->counts, (size_t)c->n_threads * LANES * c->n_buckets * sizeof *c->counts);
    co_memory_free(memory, c->starts, ((size_t)c->n_buckets + 1) * sizeof *c->starts);
    co_memory_free(memory, c->bytes, c->n_buckets * sizeof *c->bytes);
    co_memory_free(memory, c->tallies, c->n_buckets * sizeof *c->tallies);
    co_memory_free(memory, c->is_placed, c->cuts->n_parts * sizeof *c->is_placed);
    co_memory_free(memory, c->records, 2 * c->n_records * sizeof *c->records);
}

cohort_status co_cuts_place(const co_cuts *cuts)
{
    const bool are_many = cuts->crew != NULL && cuts->n >= MANY_RECORDS;
    counting c = { .cuts = cuts, .wanted = wanted_of(cuts), .n_threads = are_many ? cuts->n_threads : 1 };
    cohort_status status = COHORT_MEMORY;

    if (find_range(&c) && count_buckets(&c) && decide_buckets(&c))
        status = place_all(&c);
    clear(&c);
    return status;
}
