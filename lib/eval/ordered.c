/* Values gathered, put by parent and folded slice by slice; see ordered.h. */
#include "eval/ordered.h"

#include <assert.h>
#include <string.h>

#include "base/number.h"

#define POLL_EVERY 65536u /* values */

/* ---- what there is to do ---- */

static bool is_aggregate(const co_ordered *o, co_aggregate aggregate)
{
    return o->vstep->aggregate == aggregate;
}

static bool is_sum(const co_ordered *o)
{
    return is_aggregate(o, CO_AGGREGATE_SUM) || is_aggregate(o, CO_AGGREGATE_AVG);
}

static bool is_gap(const co_ordered *o)
{
    return is_aggregate(o, CO_AGGREGATE_MAX_GAP) || is_aggregate(o, CO_AGGREGATE_AVG_GAP);
}

/* Whether the child rows are events. */
static bool has_time(const co_ordered *o)
{
    return co_schema_object(o->worker->run->program->schema, o->vstep->relation.child)->time != CO_NONE;
}

static co_slice_fold *fold_of(const co_ordered *o)
{
    switch ((co_aggregate)o->vstep->aggregate) {
    case CO_AGGREGATE_COUNT:
        return co_distinct_slice;
    case CO_AGGREGATE_MEDIAN:
        return o->wants_wides ? co_wide_median_slice : co_median_slice;
    case CO_AGGREGATE_MODE:
        return co_mode_slice;
    case CO_AGGREGATE_SUM:
    case CO_AGGREGATE_AVG:
        return co_sum_slice;
    default:
        assert(is_gap(o));
        return co_gap_slice;
    }
}

static void choose_lists(co_ordered *o)
{
    const co_vstep *operand = o->operand;
    const bool is_mode = is_aggregate(o, CO_AGGREGATE_MODE);
    const bool is_wide = operand->type == CO_V_EXACT && operand->is_wide;

    o->wants_items = is_mode || is_sum(o);
    o->wants_place = has_time(o) && is_gap(o);
    o->wants_wides = is_wide && is_aggregate(o, CO_AGGREGATE_MEDIAN);
    o->identifies =
        operand->type == CO_V_TEXT || operand->type == CO_V_INTERVAL || (is_wide && !o->wants_wides);
    o->keeps_spelling =
        is_mode && (operand->type == CO_V_INTERVAL || (operand->type == CO_V_TEXT && operand->nocase));
    o->spelled.type = operand->type;
}

/* ---- gathering ---- */

static bool grow(co_ordered *o, bool is_wanted, void **items, size_t *capacity, size_t size)
{
    return !is_wanted || co_memory_grow(o->worker->memory, items, capacity, o->n + CO_CHUNK, size);
}

static bool grow_spelled(co_ordered *o)
{
    void *items = o->spelled.type == CO_V_TEXT ? (void *)o->spelled.texts : (void *)o->spelled.intervals;

    if (!grow(o, o->keeps_spelling, &items, &o->spelled_capacity, co_vector_value_bytes(&o->spelled)))
        return false;
    if (o->keeps_spelling)
        co_vector_use(&o->spelled, items);
    return true;
}

/* Room for one chunk more. */
static bool make_room(co_ordered *o)
{
    return o->n <= UINT32_MAX - CO_CHUNK &&
           grow(o, true, (void **)&o->parents, &o->parents_capacity, sizeof *o->parents) &&
           grow(o, !o->wants_wides, (void **)&o->numbers, &o->numbers_capacity, sizeof *o->numbers) &&
           grow(o, o->wants_wides, (void **)&o->wides, &o->wides_capacity, sizeof *o->wides) &&
           grow(o, o->wants_items, (void **)&o->times, &o->times_capacity, sizeof *o->times) &&
           grow(o, o->wants_items, (void **)&o->items, &o->items_capacity, sizeof *o->items) &&
           grow_spelled(o);
}

static cohort_status spell(co_ordered *o, const co_vector *values, uint32_t i, uint32_t number)
{
    co_identity *identity = &o->identity;
    co_text *text = &o->spelled.texts[o->n];

    if (o->spelled.type == CO_V_INTERVAL) {
        o->spelled.intervals[o->n] = values->intervals[i];
        return COHORT_OK;
    }
    *text = values->texts[i];
    if (!identity->copies_texts)
        return COHORT_OK;
    if (co_text_equal(*text, identity->values.texts[number]))
        *text = identity->values.texts[number];
    else
        *text = co_arena_copy(&identity->texts, *text);
    return text->bytes != NULL ? COHORT_OK : COHORT_MEMORY;
}

/* Value i as the number that stands for it. */
static cohort_status put_number(co_ordered *o, const co_vector *values, uint32_t i)
{
    int64_t *number = &o->numbers[o->n];
    uint32_t identified = 0;
    cohort_status status = COHORT_OK;

    if (o->wants_wides) {
        o->wides[o->n] = co_vector_wide(values, i);
    } else if (o->identifies) {
        status = co_identity_find(&o->identity, values, i, &identified);
        *number = identified;
        if (status == COHORT_OK && o->keeps_spelling)
            status = spell(o, values, i, identified);
    } else if (values->type != CO_V_DOUBLE) {
        *number = values->numbers[i];
    } else if (is_sum(o)) {
        memcpy(number, &values->reals[i], sizeof *number);
    } else {
        *number = co_double_to_ordered(values->reals[i]);
    }
    return status;
}

static cohort_status take_chunk(co_ordered *o, const co_hits *hits, const co_vector *values,
                                const int64_t *times)
{
    if (!make_room(o))
        return COHORT_MEMORY;
    for (uint32_t i = 0; i < hits->n; i++) {
        cohort_status status;

        if (!co_vector_has(values, i) || (o->wants_place && times[i] == CO_NO_TIME))
            continue;
        status = put_number(o, values, i);
        if (status != COHORT_OK)
            return status;
        o->parents[o->n] = hits->parents[i];
        if (o->wants_items) {
            o->times[o->n] = times[i];
            o->items[o->n] = (co_timed){ times[i], hits->rows[i], (uint32_t)o->n };
        }
        o->n++;
    }
    return COHORT_OK;
}

static cohort_status gather_chunk(co_ordered *o, co_hits *hits, co_times *times, bool *more)
{
    int64_t found[CO_CHUNK];
    co_vector values;
    cohort_status status = co_hits_next(hits, more);

    if (status != COHORT_OK || !*more)
        return status;
    status = co_hits_values(hits, o->vstep->operands[0], &values);
    if (status == COHORT_OK && (o->wants_items || o->wants_place))
        status = co_times_find(times, hits, found);
    return status == COHORT_OK ? take_chunk(o, hits, &values, found) : status;
}

static cohort_status gather(co_ordered *o)
{
    co_times times;
    co_hits hits;
    bool more = true;
    cohort_status status =
        co_hits_open(o->worker, o->scope, &o->vstep->relation, o->vstep->true_step, o->within, &hits);

    if (status != COHORT_OK)
        return status;
    co_times_init(&times, o->worker, o->vstep->relation.child);
    while (status == COHORT_OK && more) {
        const co_mark mark = co_stack_mark(&o->worker->scratch);

        status = gather_chunk(o, &hits, &times, &more);
        co_stack_release(&o->worker->scratch, mark);
    }
    co_times_clear(&times);
    co_hits_close(&hits);
    return status;
}

/* ---- by parent ---- */

static size_t bytes_of_item(const co_ordered *o)
{
    if (o->wants_items)
        return sizeof *o->sorted_items;
    return o->wants_wides ? sizeof *o->sorted_wides : sizeof *o->sorted_numbers;
}

static bool open_slices(co_ordered *o)
{
    co_memory *memory = o->worker->memory;
    void *sorted = co_memory_new_array(memory, o->n + 1, bytes_of_item(o));

    if (o->wants_items)
        o->sorted_items = sorted;
    else if (o->wants_wides)
        o->sorted_wides = sorted;
    else
        o->sorted_numbers = sorted;
    o->ends = co_memory_new_array(memory, o->out->n, sizeof *o->ends);
    return sorted != NULL && o->ends != NULL;
}

/* MODE goes by value first; the others by time. */
static void scatter(co_ordered *o)
{
    const bool by_number = is_aggregate(o, CO_AGGREGATE_MODE);

    co_group_starts(o->parents, o->n, o->out->n, o->ends);
    for (size_t i = 0; i < o->n; i++) {
        const uint32_t at = o->ends[o->parents[i]]++;

        if (o->wants_wides) {
            o->sorted_wides[at] = o->wides[i];
        } else if (!o->wants_items) {
            o->sorted_numbers[at] = o->numbers[i];
        } else {
            o->sorted_items[at] = o->items[i];
            if (by_number)
                o->sorted_items[at].time = o->numbers[i];
        }
    }
}

static bool open_room(co_ordered *o)
{
    size_t longest = 1;

    for (uint32_t slot = 0, first = 0; slot < o->out->n; first = o->ends[slot++])
        longest = o->ends[slot] - first > longest ? o->ends[slot] - first : longest;
    o->room_bytes = o->wants_wides ? 0 : longest * bytes_of_item(o);
    if (o->room_bytes > 0)
        o->room = co_memory_new(o->worker->memory, o->room_bytes);
    return o->room != NULL || o->room_bytes == 0;
}

static cohort_status fold_slices(co_ordered *o)
{
    co_slice_fold *fold = fold_of(o);
    uint64_t within[CO_TILE_WORDS];
    size_t since = 0;
    cohort_status status = COHORT_OK;

    co_register_to_words(o->within, within);
    for (uint32_t slot = 0, first = 0; slot < o->out->n && status == COHORT_OK; first = o->ends[slot++]) {
        since += 1 + o->ends[slot] - first;
        if (since > POLL_EVERY) {
            status = co_worker_poll(o->worker);
            since = 0;
        }
        if (co_bit_test(within, slot) && status == COHORT_OK)
            fold(o, slot, first, o->ends[slot]);
    }
    return status;
}

/* Texts that were only the identity's now last as long as the scope. */
static cohort_status keep_texts(co_ordered *o)
{
    if (o->out->type != CO_V_TEXT || !o->identity.copies_texts)
        return COHORT_OK;
    for (uint32_t slot = 0; slot < o->out->n; slot++) {
        co_text *text = &o->out->texts[slot];

        if (!co_vector_has(o->out, slot))
            continue;
        *text = co_arena_copy(&o->scope->shared_texts, *text);
        if (text->bytes == NULL)
            return COHORT_MEMORY;
    }
    return COHORT_OK;
}

/* ---- all of it ---- */

static void free_lists(co_ordered *o)
{
    co_memory *memory = o->worker->memory;
    void *spelled = o->spelled.type == CO_V_TEXT ? (void *)o->spelled.texts : (void *)o->spelled.intervals;

    co_memory_free(memory, o->parents, o->parents_capacity * sizeof *o->parents);
    co_memory_free(memory, o->numbers, o->numbers_capacity * sizeof *o->numbers);
    co_memory_free(memory, o->wides, o->wides_capacity * sizeof *o->wides);
    co_memory_free(memory, o->times, o->times_capacity * sizeof *o->times);
    co_memory_free(memory, o->items, o->items_capacity * sizeof *o->items);
    co_memory_free(memory, spelled, o->spelled_capacity * co_vector_value_bytes(&o->spelled));
}

static void free_slices(co_ordered *o)
{
    co_memory *memory = o->worker->memory;

    co_memory_free(memory, o->ends, o->out->n * sizeof *o->ends);
    co_memory_free(memory, o->sorted_numbers, (o->n + 1) * sizeof *o->sorted_numbers);
    co_memory_free(memory, o->sorted_wides, (o->n + 1) * sizeof *o->sorted_wides);
    co_memory_free(memory, o->sorted_items, (o->n + 1) * sizeof *o->sorted_items);
    co_memory_free(memory, o->room, o->room_bytes);
}

cohort_status co_ordered_fold(co_worker *worker, co_scope *scope, const co_vstep *vstep,
                              const co_register *within, co_vector *out)
{
    if (vstep->aggregate == CO_AGGREGATE_FIRST || vstep->aggregate == CO_AGGREGATE_LAST)
        return co_end_fold(worker, scope, vstep, within, out);

    const co_vstep *operand = &worker->run->plan->vsteps[vstep->operands[0]];
    co_ordered o = {
        .worker = worker, .scope = scope, .vstep = vstep, .operand = operand, .within = within, .out = out
    };
    cohort_status status;

    choose_lists(&o);
    co_identity_init(&o.identity, worker->memory, operand->type, operand->nocase,
                     !co_value_text_lasts(operand));
    status = gather(&o);
    if (status == COHORT_OK && !open_slices(&o))
        status = COHORT_MEMORY;
    if (status == COHORT_OK) {
        scatter(&o);
        status = open_room(&o) ? fold_slices(&o) : COHORT_MEMORY;
    }
    if (status == COHORT_OK)
        status = keep_texts(&o);
    free_slices(&o);
    free_lists(&o);
    co_identity_clear(&o.identity);
    return status;
}
