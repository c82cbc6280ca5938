/* Places by counting; see cuts.h. */
#include "eval/cuts.h"

#include <string.h>

#define MOST_BUCKETS 8192u
#define UNDECIDED UINT8_MAX
#define MOST_TILES (UNDECIDED - 2) /* bytes are 1 … UNDECIDED − 1 */

/* Equal records counted off in order of their keys: how many are, and up to which the place is the same. */
typedef struct tally {
    uint32_t n;
    uint32_t end;
    uint8_t byte;
} tally;

typedef struct counting {
    const co_cuts *cuts;
    size_t wanted; /* TOP: records; NTILE: tiles */
    int64_t least;
    unsigned shift; /* bucket = (number − least) >> shift */
    uint32_t n_buckets;
    uint32_t *starts; /* by bucket, one more: how many numbers lie below it */
    uint8_t *bytes;   /* by bucket, or UNDECIDED */
    tally *tallies;   /* by bucket */
    /* records of undecided buckets */
    co_ranked *records;
    size_t n_records;
} counting;

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

/* Of the record at that position, if no equal one is in another place. */
static uint8_t byte_at(const counting *c, size_t position)
{
    return byte_of_equal(c, position, position + 1, 0);
}

static uint8_t byte_of_bucket(const counting *c, uint32_t bucket)
{
    const size_t first = c->starts[bucket];
    const size_t end = c->starts[bucket + 1];
    uint8_t byte;

    if (first == end)
        return UNDECIDED;
    byte = is_exact(c) ? byte_of_equal(c, first, end, 0) : byte_at(c, first);
    return byte == (is_exact(c) ? byte_of_equal(c, first, end, end - first - 1) : byte_at(c, end - 1))
               ? byte
               : UNDECIDED;
}

/* ---- counting ---- */

static void find_range(counting *c)
{
    int64_t least = INT64_MAX;
    int64_t greatest = INT64_MIN;

    for (uint32_t t = 0; t < c->cuts->n_parts; t++) {
        const co_part *part = &c->cuts->parts[t];

        for (uint32_t i = 0; part->rows != NULL && i < part->rows->n; i++) {
            const int64_t number = part->numbers[i];

            if (!co_part_has(part, i))
                continue;
            least = number < least ? number : least;
            greatest = number > greatest ? number : greatest;
        }
    }
    c->least = least;
    while (((uint64_t)greatest - (uint64_t)least) >> c->shift >= MOST_BUCKETS)
        c->shift++;
    c->n_buckets = bucket_of(c, greatest) + 1;
}

static bool count_buckets(counting *c)
{
    co_memory *memory = c->cuts->memory;
    uint32_t sum = 0;

    c->starts = co_memory_new_zeroed(memory, (size_t)c->n_buckets + 1, sizeof *c->starts);
    c->bytes = co_memory_new_zeroed(memory, c->n_buckets, sizeof *c->bytes);
    c->tallies = co_memory_new_zeroed(memory, c->n_buckets, sizeof *c->tallies);
    if (c->starts == NULL || c->bytes == NULL || c->tallies == NULL)
        return false;
    for (uint32_t t = 0; t < c->cuts->n_parts; t++) {
        const co_part *part = &c->cuts->parts[t];

        for (uint32_t i = 0; part->rows != NULL && i < part->rows->n; i++) {
            if (co_part_has(part, i))
                c->starts[bucket_of(c, part->numbers[i])]++;
        }
    }
    for (uint32_t bucket = 0; bucket <= c->n_buckets; bucket++) {
        const uint32_t count = c->starts[bucket];

        c->starts[bucket] = sum;
        sum += count;
    }
    return true;
}

/* False for want of memory, for the records of undecided buckets. */
static bool decide_buckets(counting *c)
{
    const bool counts_off = is_exact(c) && c->cuts->keys_rise;
    size_t n = 0;

    for (uint32_t bucket = 0; bucket < c->n_buckets; bucket++) {
        c->bytes[bucket] = byte_of_bucket(c, bucket);
        if (c->bytes[bucket] == UNDECIDED && !counts_off)
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

/* Those that their bucket places; whether there are others. */
static bool place_decided(const counting *c, const co_part *part)
{
    const uint8_t *bytes = c->bytes;
    const int64_t *numbers = part->numbers;
    const uint64_t least = (uint64_t)c->least;
    const unsigned shift = c->shift;
    const uint32_t n = part->rows->n;
    uint8_t *places = part->bytes;
    bool all = true;

    for (uint32_t i = 0; i < n; i++) {
        if (!co_part_has(part, i))
            continue;
        places[i] = bytes[((uint64_t)numbers[i] - least) >> shift];
        all &= places[i] != UNDECIDED;
    }
    return !all;
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

static uint8_t count_off(const counting *c, uint32_t bucket)
{
    tally *t = &c->tallies[bucket];

    if (t->n == t->end)
        find_end(c, bucket, t);
    t->n++;
    return t->byte;
}

/* Those of undecided buckets: counted off, or noted. */
static void take_undecided(counting *c, const co_part *part)
{
    for (uint32_t i = 0; i < part->rows->n; i++) {
        uint32_t bucket;

        if (part->bytes[i] != UNDECIDED)
            continue;
        bucket = bucket_of(c, part->numbers[i]);
        if (c->records == NULL)
            part->bytes[i] = count_off(c, bucket);
        else
            c->records[c->n_records++] =
                (co_ranked){ .value = (uint64_t)part->numbers[i] - (uint64_t)c->least,
                             .row = row_of(c, part, i) };
    }
}

static cohort_status place_all(counting *c)
{
    const size_t n_records = c->n_records;
    cohort_status status = COHORT_OK;

    c->n_records = 0;
    for (uint32_t t = 0; t < c->cuts->n_parts; t++) {
        const co_part *part = &c->cuts->parts[t];

        if (part->rows != NULL && place_decided(c, part))
            take_undecided(c, part);
    }
    if (c->records != NULL)
        status = place_records(c);
    co_memory_free(c->cuts->memory, c->records, 2 * n_records * sizeof *c->records);
    return status;
}

static size_t wanted_of(const co_cuts *cuts)
{
    int64_t n = 1;

    if (cuts->ranking->by == CO_RANKED_TOP)
        return co_ranks_wanted(cuts->ranking, cuts->n);
    (void)co_wide_to_int64(cuts->ranking->n, &n);
    return (size_t)n;
}

cohort_status co_cuts_place(const co_cuts *cuts)
{
    counting c = { .cuts = cuts, .wanted = wanted_of(cuts) };
    cohort_status status = COHORT_MEMORY;

    find_range(&c);
    if (count_buckets(&c) && decide_buckets(&c))
        status = place_all(&c);
    co_memory_free(cuts->memory, c.starts, ((size_t)c.n_buckets + 1) * sizeof *c.starts);
    co_memory_free(cuts->memory, c.bytes, c.n_buckets * sizeof *c.bytes);
    co_memory_free(cuts->memory, c.tallies, c.n_buckets * sizeof *c.tallies);
    return status;
}
