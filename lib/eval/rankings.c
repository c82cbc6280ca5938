/*
 * Rankings between passes: from the kept population and its kept values to the
 * place of each record, and places as values.
 *
 *     kept set, kept values ──▶ records (value as number, group, row) ──ranks.c──▶ places by tile
 *
 * Values that are no numbers of 64 bits (texts, wide sums) are first replaced by
 * their ordinals among themselves.
 */
#include "eval/rankings.h"

#include <string.h>

#include "base/interval.h"
#include "base/number.h"
#include "eval/ranks.h"
#include "plan/sort.h"

#define SIGN_BIT (UINT64_C(1) << 63)
#define MOST_RECORDS ((size_t)INT32_MAX)

/* The records of a ranking on their way. */
typedef struct population {
    co_run *run;
    const co_ranking *ranking;
    co_ranked *records;
    co_ranked *room;
    size_t n;
} population;

/* NULL where the tile keeps none. */
static const co_vector *kept_vector(const population *p, uint32_t vstep, uint32_t tile)
{
    const co_kept_values *kept = &p->run->kept_values[vstep];

    return tile < kept->n_tiles && kept->tiles[tile].values.n > 0 ? &kept->tiles[tile].values : NULL;
}

/* ---- who is ranked ---- */

typedef void (*visit_row)(population *p, uint32_t row);

static void count_row(population *p, uint32_t row)
{
    (void)row;
    p->n++;
}

static void append_row(population *p, uint32_t row)
{
    p->records[p->n++] = (co_ranked){ .row = row };
}

static void visit_population(population *p, visit_row visit)
{
    const co_bitmap *among = &p->run->kept[p->ranking->among];
    uint64_t words[CO_TILE_WORDS];

    p->n = 0;
    for (uint32_t tile = 0; co_bitmap_next_tile(among, tile, &tile); tile++) {
        const co_vector *values = kept_vector(p, p->ranking->value, tile);

        (void)co_bitmap_tile_words(among, tile, words);
        for (uint32_t i = 0; values != NULL && i < co_words_for(values->n); i++) {
            for (uint64_t left = words[i] & values->valid[i]; left != 0; left &= left - 1)
                visit(p, tile * CO_TILE_ROWS + i * 64 + co_lowest_bit(left));
        }
    }
}

static cohort_status open_population(population *p)
{
    visit_population(p, count_row);
    if (p->n > MOST_RECORDS)
        return COHORT_LIMIT;
    if (p->n == 0)
        return COHORT_OK;
    p->records = co_memory_new_array(p->run->memory, p->n, sizeof *p->records);
    p->room = co_memory_new_array(p->run->memory, p->n, sizeof *p->room);
    if (p->records == NULL || p->room == NULL)
        return COHORT_MEMORY;
    visit_population(p, append_row);
    return COHORT_OK;
}

static void close_population(population *p, size_t n)
{
    co_memory_free(p->run->memory, p->records, n * sizeof *p->records);
    co_memory_free(p->run->memory, p->room, n * sizeof *p->room);
}

/* ---- values as numbers that order alike ---- */

static const co_vector *vector_of(const population *p, uint32_t vstep, const co_ranked *record)
{
    return kept_vector(p, vstep, record->row / CO_TILE_ROWS);
}

static bool has_value(const population *p, uint32_t vstep, const co_ranked *record)
{
    const co_vector *vector = vector_of(p, vstep, record);

    return vector != NULL && co_vector_has(vector, record->row % CO_TILE_ROWS);
}

/* As a number that may need 128 bits. Months count 30 days. */
static co_wide wide_of(const co_vector *vector, uint32_t slot)
{
    return vector->type == CO_V_INTERVAL ? co_interval_length(vector->intervals[slot])
                                         : co_vector_wide(vector, slot);
}

static bool is_long(const co_vstep *vstep)
{
    return vstep->type == CO_V_INTERVAL || (vstep->type == CO_V_EXACT && vstep->is_wide);
}

/* False if the value does not fit 64 bits. */
static bool number_of(const co_vstep *vstep, const co_vector *vector, uint32_t slot, uint64_t *number)
{
    int64_t signed_number;

    if (vstep->type == CO_V_DOUBLE)
        signed_number = co_double_to_ordered(vector->reals[slot] == 0.0 ? 0.0 : vector->reals[slot]);
    else if (!is_long(vstep))
        signed_number = vector->numbers[slot];
    else if (!co_wide_to_int64(wide_of(vector, slot), &signed_number))
        return false;
    *number = (uint64_t)signed_number ^ SIGN_BIT;
    return true;
}

/* A value beside its record, to be sorted by what comes first. */
typedef struct long_value {
    union {
        co_text text;
        co_wide wide;
    } value;
    size_t record;
} long_value;

static int order_of_wides(const void *a, const void *b)
{
    return co_wide_compare(((const long_value *)a)->value.wide, ((const long_value *)b)->value.wide);
}

/* Ordinals from 1; 0 where there is no value. */
static cohort_status set_ordinals(population *p, uint32_t vstep)
{
    const co_vstep *described = &p->run->plan->vsteps[vstep];
    const bool is_text = described->type == CO_V_TEXT;
    int (*compare)(const void *, const void *) = !is_text            ? order_of_wides
                                                 : described->nocase ? co_order_of_folded_texts
                                                                     : co_order_of_texts;
    long_value *values = co_memory_new_array(p->run->memory, p->n, sizeof *values);
    uint64_t ordinal = 0;
    size_t n = 0;

    if (values == NULL)
        return COHORT_MEMORY;
    for (size_t i = 0; i < p->n; i++) {
        const co_vector *vector = vector_of(p, vstep, &p->records[i]);
        const uint32_t slot = p->records[i].row % CO_TILE_ROWS;

        p->records[i].value = 0;
        if (!has_value(p, vstep, &p->records[i]))
            continue;
        values[n].record = i;
        if (is_text)
            values[n++].value.text = vector->texts[slot];
        else
            values[n++].value.wide = wide_of(vector, slot);
    }
    co_sort(values, n, sizeof *values, compare);
    for (size_t i = 0; i < n; i++) {
        ordinal += i == 0 || compare(&values[i - 1], &values[i]) != 0;
        p->records[values[i].record].value = ordinal;
    }
    co_memory_free(p->run->memory, values, p->n * sizeof *values);
    return COHORT_OK;
}

/* Gives every record the value of a step, 0 where there is none. */
static cohort_status set_values(population *p, uint32_t vstep)
{
    const co_vstep *described = &p->run->plan->vsteps[vstep];

    if (described->type == CO_V_TEXT)
        return set_ordinals(p, vstep);
    for (size_t i = 0; i < p->n; i++) {
        co_ranked *record = &p->records[i];

        record->value = 0;
        if (has_value(p, vstep, record) &&
            !number_of(described, vector_of(p, vstep, record), record->row % CO_TILE_ROWS, &record->value))
            return set_ordinals(p, vstep);
    }
    return COHORT_OK;
}

/* ---- groups ---- */

/* Numbers the groups anew: those of before, each divided by the values of one more step. */
static cohort_status divide_groups(population *p, uint32_t vstep)
{
    const cohort_status status = set_values(p, vstep);
    uint32_t group = 0;

    if (status != COHORT_OK)
        return status;
    for (size_t i = 0; i < p->n; i++)
        p->records[i].group = p->records[i].group * 2 + has_value(p, vstep, &p->records[i]);
    co_ranks_sort(p->records, p->room, p->n);

    co_ranked before = p->records[0];

    for (size_t i = 0; i < p->n; i++) {
        const co_ranked now = p->records[i];

        group += now.group != before.group || now.value != before.value;
        p->records[i].group = group;
        before = now;
    }
    return COHORT_OK;
}

/* ---- ties ---- */

/* By int keys, which are looked up into the room. */
static void order_by_numbers(population *p, co_ranked *records, size_t n, co_ranked *room)
{
    const co_version *version = p->run->plan->version;
    const uint64_t value = records[0].value;

    for (size_t i = 0; i < n; i++) {
        const co_key key = co_version_key(version, p->ranking->object, records[i].row);

        records[i].value = (uint64_t)key.number ^ SIGN_BIT;
    }
    co_ranks_sort(records, room, n);
    for (size_t i = 0; i < n; i++)
        records[i].value = value;
}

static cohort_status order_by_texts(population *p, co_ranked *records, size_t n)
{
    const co_version *version = p->run->plan->version;
    long_value *keys = co_memory_new_array(p->run->memory, n, sizeof *keys);

    if (keys == NULL)
        return COHORT_MEMORY;
    for (size_t i = 0; i < n; i++) {
        keys[i].value.text = co_version_key(version, p->ranking->object, records[i].row).text;
        keys[i].record = records[i].row;
    }
    co_sort(keys, n, sizeof *keys, co_order_of_texts);
    for (size_t i = 0; i < n; i++)
        records[i].row = (uint32_t)keys[i].record;
    co_memory_free(p->run->memory, keys, n * sizeof *keys);
    return COHORT_OK;
}

static cohort_status order_by_key(void *context, co_ranked *records, size_t n)
{
    population *p = context;
    const co_object *object = co_schema_object(co_version_schema(p->run->plan->version), p->ranking->object);

    if (object->fields[0].type == COHORT_STRING)
        return order_by_texts(p, records, n);
    order_by_numbers(p, records, n, p->room);
    return COHORT_OK;
}

/* ---- places ---- */

static cohort_status save_places(population *p, co_kept_values *places)
{
    for (size_t i = 0; i < p->n; i++) {
        const co_ranked *record = &p->records[i];
        const uint32_t number = record->row / CO_TILE_ROWS;
        const uint32_t slot = record->row % CO_TILE_ROWS;
        co_kept_tile *tile = &places->tiles[number];

        if (tile->values.n == 0)
            tile = co_kept_tile_open(places, number, kept_vector(p, p->ranking->value, number)->n);
        if (tile == NULL)
            return COHORT_MEMORY;
        if (places->type == CO_V_DOUBLE)
            memcpy(&tile->values.reals[slot], &record->value, sizeof record->value);
        else
            tile->values.numbers[slot] = (int64_t)record->value;
        co_vector_set_valid(&tile->values, slot);
    }
    return COHORT_OK;
}

static cohort_status rank(population *p)
{
    cohort_status status = COHORT_OK;

    for (uint32_t i = 0; i < p->ranking->n_per && status == COHORT_OK; i++)
        status = divide_groups(p, p->ranking->per[i]);
    if (status == COHORT_OK)
        status = set_values(p, p->ranking->value);
    if (status != COHORT_OK)
        return status;
    co_ranks_sort(p->records, p->room, p->n);
    return co_ranks_place(p->ranking, p->records, p->n, order_by_key, p);
}

cohort_status co_ranking_find(co_eval *eval, co_run *run, uint32_t ranking)
{
    static const co_vtype types[] = { [CO_RANKED_TOP] = CO_V_BOOL,
                                      [CO_RANKED_NTILE] = CO_V_EXACT,
                                      [CO_RANKED_RANK] = CO_V_EXACT,
                                      [CO_RANKED_PERCENT] = CO_V_DOUBLE };
    population p = { .run = run, .ranking = &run->plan->rankings[ranking] };
    const uint32_t n_tiles = co_version_n_tiles(run->plan->version, p.ranking->object);
    cohort_status status = co_worker_poll(&eval->workers[0]);

    if (!co_kept_open(&eval->memory, n_tiles, types[p.ranking->by], 0, false, &run->ranked[ranking]))
        return COHORT_MEMORY;
    if (status == COHORT_OK)
        status = open_population(&p);
    if (status == COHORT_OK && p.n > 0) {
        status = rank(&p);
        if (status == COHORT_OK)
            status = save_places(&p, &run->ranked[ranking]);
    }
    close_population(&p, p.n);
    return status;
}

/* ---- as values ---- */

cohort_status co_ranked_values(const co_task *task, co_vector *out)
{
    uint32_t rows[CO_CHUNK];

    for (uint32_t i = 0; i < task->choice->n; i++)
        rows[i] = co_task_row(task, i);
    co_kept_gather(&task->worker->run->ranked[task->vstep->ranking], rows, out);
    if (task->vstep->type != CO_V_BOOL)
        return COHORT_OK;
    for (uint32_t i = 0; i < task->choice->n; i++) {
        if (!co_vector_has(out, i)) /* outside the population */
            co_vector_put(out, i, 0);
    }
    return COHORT_OK;
}
