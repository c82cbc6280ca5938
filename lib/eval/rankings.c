/*
 * Rankings between passes: from the kept population and its kept values to the
 * place of each record, and places as values.
 *
 *     kept set, kept values ──▶ parts by tile ──cuts.c──▶ places by tile
 *                           ──▶ records (value as number, group, row) ──ranks.c──▶ places by tile
 *
 * Values that are no numbers of 64 bits (texts, wide sums) are first replaced by
 * their ordinals among themselves.
 */
#include "eval/rankings.h"

#include <string.h>

#include "base/interval.h"
#include "base/number.h"
#include "eval/cuts.h"
#include "plan/sort.h"

#define SIGN_BIT (UINT64_C(1) << 63)
#define MOST_RECORDS ((size_t)INT32_MAX)

/* The records of a ranking on their way. */
typedef struct population {
    co_eval *eval;
    co_run *run;
    const co_ranking *ranking;
    uint32_t n_tiles;
    co_part *parts;    /* by tile */
    uint64_t *members; /* room for those of all parts */
    size_t n;
    co_ranked *records; /* n, where they are sorted */
    co_ranked *room;
} population;

static const co_kept_tile *kept_tile(const population *p, uint32_t vstep, uint32_t tile)
{
    const co_kept_values *kept = &p->run->kept_values[vstep];

    return tile < kept->n_tiles && kept->tiles[tile].values.n > 0 ? &kept->tiles[tile] : NULL;
}

/* ---- who is ranked ---- */

/* Those with a value, without the rows that AMONG leaves out. */
static void find_members(const co_kept_tile *tile, const uint64_t *among, uint64_t *members)
{
    const co_kept_rows *rows = &tile->rows;

    memcpy(members, tile->values.valid, co_words_for(rows->n) * sizeof *members);
    for (uint32_t place = 0; place < rows->n; place++) {
        if (!co_bit_test(among, co_kept_slot(rows, place)))
            co_bit_clear(members, place);
    }
}

static uint32_t count_members(const co_part *part)
{
    uint32_t n = 0;

    for (size_t i = 0; i < co_words_for(part->rows->n); i++)
        n += co_bits_in(part->members[i]);
    return n;
}

static void open_part(population *p, uint32_t number, const uint64_t *among, uint32_t n_among)
{
    const co_kept_tile *tile = kept_tile(p, p->ranking->value, number);
    co_part *part = &p->parts[number];

    if (tile == NULL)
        return;
    *part = (co_part){ .rows = &tile->rows, .values = &tile->values };
    if (n_among == tile->rows.n && co_bits_all(tile->values.valid, 0, n_among)) {
        p->n += n_among;
        return;
    }
    part->members = p->members + (size_t)number * CO_TILE_WORDS;
    find_members(tile, among, p->members + (size_t)number * CO_TILE_WORDS);
    p->n += count_members(part);
}

static cohort_status open_population(population *p)
{
    const co_bitmap *among = &p->run->kept[p->ranking->among];
    co_memory *memory = p->run->memory;
    uint64_t words[CO_TILE_WORDS];

    p->parts = co_memory_new_zeroed(memory, (size_t)p->n_tiles + 1, sizeof *p->parts);
    p->members = co_memory_new_array(memory, (size_t)p->n_tiles + 1, CO_TILE_WORDS * sizeof *p->members);
    if (p->parts == NULL || p->members == NULL)
        return COHORT_MEMORY;
    for (uint32_t tile = 0; co_bitmap_next_tile(among, tile, &tile) && tile < p->n_tiles; tile++) {
        const uint32_t n_among = co_bitmap_tile_words(among, tile, words);

        open_part(p, tile, words, n_among);
    }
    return p->n > MOST_RECORDS ? COHORT_LIMIT : COHORT_OK;
}

static void close_population(population *p)
{
    co_memory *memory = p->run->memory;

    co_memory_free(memory, p->parts, ((size_t)p->n_tiles + 1) * sizeof *p->parts);
    co_memory_free(memory, p->members, ((size_t)p->n_tiles + 1) * CO_TILE_WORDS * sizeof *p->members);
    co_memory_free(memory, p->records, p->n * sizeof *p->records);
    co_memory_free(memory, p->room, p->n * sizeof *p->room);
}

/* ---- values as numbers that order alike ---- */

/* Where a record's value is; false if it has none. */
static bool find_value(const population *p, uint32_t vstep, const co_ranked *record, const co_vector **values,
                       uint32_t *place)
{
    const co_kept_tile *tile = kept_tile(p, vstep, record->row / CO_TILE_ROWS);

    if (tile == NULL)
        return false;
    *values = &tile->values;
    *place = co_kept_place(&tile->rows, record->row % CO_TILE_ROWS);
    return *place != CO_NONE && co_vector_has(*values, *place);
}

/* As a number that may need 128 bits. Months count 30 days. */
static co_wide wide_of(const co_vector *vector, uint32_t place)
{
    return vector->type == CO_V_INTERVAL ? co_interval_length(vector->intervals[place])
                                         : co_vector_wide(vector, place);
}

static bool is_long(const co_vstep *vstep)
{
    return vstep->type == CO_V_INTERVAL || (vstep->type == CO_V_EXACT && vstep->is_wide);
}

/* False if the value does not fit 64 bits. */
static bool number_of(const co_vstep *vstep, const co_vector *vector, uint32_t place, uint64_t *number)
{
    int64_t signed_number;

    if (vstep->type == CO_V_DOUBLE)
        signed_number = co_double_to_ordered(vector->reals[place] == 0.0 ? 0.0 : vector->reals[place]);
    else if (!is_long(vstep))
        signed_number = vector->numbers[place];
    else if (!co_wide_to_int64(wide_of(vector, place), &signed_number))
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
        const co_vector *vector;
        uint32_t place;

        p->records[i].value = 0;
        if (!find_value(p, vstep, &p->records[i], &vector, &place))
            continue;
        values[n].record = i;
        if (is_text)
            values[n++].value.text = vector->texts[place];
        else
            values[n++].value.wide = wide_of(vector, place);
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
        const co_vector *vector;
        uint32_t place;

        record->value = 0;
        if (find_value(p, vstep, record, &vector, &place) &&
            !number_of(described, vector, place, &record->value))
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
    for (size_t i = 0; i < p->n; i++) {
        const co_vector *vector;
        uint32_t place;

        p->records[i].group = p->records[i].group * 2 + find_value(p, vstep, &p->records[i], &vector, &place);
    }
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

/* By int keys, which are looked up into their values. */
static cohort_status order_by_numbers(population *p, co_ranked *records, size_t n)
{
    const co_version *version = p->run->plan->version;
    const uint64_t value = records[0].value;
    co_ranked *room = co_memory_new_array(p->run->memory, n, sizeof *room);

    if (room == NULL)
        return COHORT_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const co_key key = co_version_key(version, p->ranking->object, records[i].row);

        records[i].value = (uint64_t)key.number ^ SIGN_BIT;
    }
    co_ranks_sort(records, room, n);
    for (size_t i = 0; i < n; i++)
        records[i].value = value;
    co_memory_free(p->run->memory, room, n * sizeof *room);
    return COHORT_OK;
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

    return object->fields[0].type == COHORT_STRING ? order_by_texts(p, records, n)
                                                   : order_by_numbers(p, records, n);
}

/* Whether keys rise with the row, as they do when records came in their order. */
static bool keys_rise(const population *p)
{
    const co_version *version = p->run->plan->version;
    const co_object *object = co_schema_object(co_version_schema(version), p->ranking->object);
    int64_t last = INT64_MIN;

    for (uint32_t tile = 0; tile < p->n_tiles; tile++) {
        const co_column *keys;
        int64_t least;
        int64_t greatest;

        if (p->parts[tile].rows == NULL)
            continue;
        keys = co_tile_column(co_version_tile(version, p->ranking->object, tile), 0);
        if (object->fields[0].type == COHORT_STRING || keys == NULL || !co_column_rises(keys) ||
            !co_column_range(keys, &least, &greatest) || least < last)
            return false;
        last = greatest;
    }
    return true;
}

/* ---- places by sorting ---- */

static void list_part(population *p, uint32_t tile)
{
    const co_part *part = &p->parts[tile];

    for (uint32_t place = 0; part->rows != NULL && place < part->rows->n; place++) {
        if (co_part_has(part, place))
            p->records[p->n++] = (co_ranked){ .row = tile * CO_TILE_ROWS + co_kept_slot(part->rows, place) };
    }
}

static bool list_records(population *p)
{
    p->records = co_memory_new_array(p->run->memory, p->n, sizeof *p->records);
    p->room = co_memory_new_array(p->run->memory, p->n, sizeof *p->room);
    if (p->records == NULL || p->room == NULL)
        return false;
    p->n = 0;
    for (uint32_t tile = 0; tile < p->n_tiles; tile++)
        list_part(p, tile);
    return true;
}

static void save_place(const co_ranked *record, co_kept_values *places)
{
    co_kept_tile *tile = &places->tiles[record->row / CO_TILE_ROWS];
    const uint32_t place = co_kept_place(&tile->rows, record->row % CO_TILE_ROWS);

    if (places->type == CO_V_DOUBLE)
        memcpy(&tile->values.reals[place], &record->value, sizeof record->value);
    else
        tile->values.numbers[place] = (int64_t)record->value;
    co_vector_set_valid(&tile->values, place);
}

static cohort_status place_by_sorting(population *p, co_kept_values *places)
{
    cohort_status status = list_records(p) ? COHORT_OK : COHORT_MEMORY;

    for (uint32_t i = 0; i < p->ranking->n_per && status == COHORT_OK; i++)
        status = divide_groups(p, p->ranking->per[i]);
    if (status == COHORT_OK)
        status = set_values(p, p->ranking->value);
    if (status != COHORT_OK)
        return status;
    co_ranks_sort(p->records, p->room, p->n);
    status = co_ranks_place(p->ranking, p->records, p->n, order_by_key, p);
    for (size_t i = 0; i < p->n && status == COHORT_OK; i++)
        save_place(&p->records[i], places);
    return status;
}

/* ---- places by counting ---- */

/* Whether all values are numbers of 64 bits. */
static bool are_numbers(const co_vstep *vstep)
{
    return vstep->type != CO_V_TEXT && !is_long(vstep);
}

/* Doubles as numbers that order alike. */
static const int64_t *order_reals(const co_part *part, int64_t *numbers)
{
    for (uint32_t i = 0; i < part->rows->n; i++)
        numbers[i] = co_double_to_ordered(part->values->reals[i] == 0.0 ? 0.0 : part->values->reals[i]);
    return numbers;
}

/* Numbers of all parts; those of doubles are made, in one array that is then the caller's. */
static bool open_numbers(population *p, const co_kept_values *places, int64_t **made, size_t *n_made)
{
    const bool are_reals = p->run->plan->vsteps[p->ranking->value].type == CO_V_DOUBLE;
    size_t n = 0;

    for (uint32_t tile = 0; tile < p->n_tiles; tile++)
        *n_made += are_reals && p->parts[tile].rows != NULL ? p->parts[tile].rows->n : 0;
    if (*n_made > 0 && (*made = co_memory_new_array(p->run->memory, *n_made, sizeof **made)) == NULL)
        return false;
    for (uint32_t tile = 0; tile < p->n_tiles; tile++) {
        const co_kept_tile *kept = kept_tile(p, p->ranking->value, tile);
        co_part *part = &p->parts[tile];

        if (part->rows == NULL)
            continue;
        part->bytes = places->tiles[tile].bytes;
        part->numbers = are_reals ? order_reals(part, *made + n) : part->values->numbers;
        part->has_range = kept->has_range;
        part->least = kept->least;
        part->greatest = kept->greatest;
        n += part->rows->n;
    }
    return true;
}

static cohort_status place_by_counting(population *p, const co_kept_values *places)
{
    const co_cuts cuts = { .memory = p->run->memory,
                           .crew = p->eval->crew,
                           .n_threads = p->eval->n_threads,
                           .ranking = p->ranking,
                           .parts = p->parts,
                           .n_parts = p->n_tiles,
                           .n = p->n,
                           .keys_rise = keys_rise(p),
                           .by_key = order_by_key,
                           .context = p };
    int64_t *made = NULL;
    size_t n_made = 0;
    const cohort_status status =
        open_numbers(p, places, &made, &n_made) ? co_cuts_place(&cuts) : COHORT_MEMORY;

    co_memory_free(p->run->memory, made, n_made * sizeof *made);
    return status;
}

/* ---- all of it ---- */

static bool open_places(const population *p, bool in_bytes, co_kept_values *places)
{
    for (uint32_t tile = 0; tile < p->n_tiles; tile++) {
        if (p->parts[tile].rows != NULL && co_kept_tile_share(places, tile, p->parts[tile].rows, in_bytes,
                                                              &p->eval->workers[0].kept_room) == NULL)
            return false;
    }
    return true;
}

static cohort_status rank(population *p, co_kept_values *places)
{
    const bool counts = co_cuts_fit(p->ranking) && are_numbers(&p->run->plan->vsteps[p->ranking->value]);

    if (!open_places(p, counts, places))
        return COHORT_MEMORY;
    return counts ? place_by_counting(p, places) : place_by_sorting(p, places);
}

cohort_status co_ranking_find(co_eval *eval, co_run *run, uint32_t ranking)
{
    static const co_vtype types[] = { [CO_RANKED_TOP] = CO_V_BOOL,
                                      [CO_RANKED_NTILE] = CO_V_EXACT,
                                      [CO_RANKED_RANK] = CO_V_EXACT,
                                      [CO_RANKED_PERCENT] = CO_V_DOUBLE };
    population p = { .eval = eval, .run = run, .ranking = &run->plan->rankings[ranking] };
    cohort_status status = co_worker_poll(&eval->workers[0]);

    p.n_tiles = co_version_n_tiles(run->plan->version, p.ranking->object);
    if (!co_kept_open(&eval->memory, p.n_tiles, types[p.ranking->by], 0, false, &run->ranked[ranking]))
        return COHORT_MEMORY;
    if (status == COHORT_OK)
        status = open_population(&p);
    if (status == COHORT_OK && p.n > 0)
        status = rank(&p, &run->ranked[ranking]);
    close_population(&p);
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
