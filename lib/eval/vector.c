/* Vectors of values; see values.h. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/unicode.h"
#include "eval/values.h"

size_t co_vector_value_bytes(const co_vector *vector)
{
    switch (vector->type) {
    case CO_V_DOUBLE:
        return sizeof *vector->reals;
    case CO_V_POINT:
        return sizeof *vector->reals + sizeof *vector->longitudes;
    case CO_V_TEXT:
        return sizeof *vector->texts;
    case CO_V_INTERVAL:
        return sizeof *vector->intervals;
    case CO_V_SET:
        return sizeof *vector->ends;
    default:
        return vector->is_wide ? sizeof *vector->wides : sizeof *vector->numbers;
    }
}

void co_vector_use(co_vector *vector, void *room)
{
    switch (vector->type) {
    case CO_V_DOUBLE:
        vector->reals = room;
        return;
    case CO_V_POINT:
        vector->reals = room;
        vector->longitudes = vector->reals + vector->n;
        return;
    case CO_V_TEXT:
        vector->texts = room;
        return;
    case CO_V_INTERVAL:
        vector->intervals = room;
        return;
    case CO_V_SET:
        vector->ends = room;
        return;
    default:
        if (vector->is_wide)
            vector->wides = room;
        else
            vector->numbers = room;
    }
}

bool co_vector_open(co_stack *scratch, co_vtype type, uint32_t scale, bool is_wide, uint32_t n,
                    co_vector *vector)
{
    const size_t n_words = co_words_for(n);
    void *room;

    *vector = (co_vector){ .type = type, .scale = scale, .is_wide = is_wide && type == CO_V_EXACT, .n = n };
    vector->valid = co_stack_new(scratch, n_words, sizeof *vector->valid);
    if (vector->valid == NULL)
        return false;
    memset(vector->valid, 0, n_words * sizeof *vector->valid);
    room = co_stack_new(scratch, (size_t)n + 1, co_vector_value_bytes(vector));
    if (room == NULL)
        return false;
    co_vector_use(vector, room);
    return true;
}

bool co_vector_put_wide(co_vector *vector, uint32_t i, co_wide value)
{
    if (vector->is_wide)
        vector->wides[i] = value;
    else if (!co_wide_to_int64(value, &vector->numbers[i]))
        return false;
    co_bit_set(vector->valid, i);
    return true;
}

void co_vector_copy_value(co_vector *vector, uint32_t i, const co_vector *from, uint32_t j)
{
    assert(vector->type == from->type);
    if (!co_vector_has(from, j))
        return;
    switch (vector->type) {
    case CO_V_EXACT:
        co_vector_put_wide(vector, i, co_vector_wide(from, j));
        return;
    case CO_V_DOUBLE:
        vector->reals[i] = from->reals[j];
        break;
    case CO_V_POINT:
        vector->reals[i] = from->reals[j];
        vector->longitudes[i] = from->longitudes[j];
        break;
    case CO_V_TEXT:
        vector->texts[i] = from->texts[j];
        break;
    case CO_V_INTERVAL:
        vector->intervals[i] = from->intervals[j];
        break;
    default:
        vector->numbers[i] = from->numbers[j];
        break;
    }
    co_bit_set(vector->valid, i);
}

void co_vector_scatter(co_vector *to, const uint16_t *places, const co_vector *from)
{
    if (to->numbers == NULL || from->numbers == NULL) {
        for (uint32_t k = 0; k < from->n; k++)
            co_vector_copy_value(to, places[k], from, k);
        return;
    }
    for (uint32_t k = 0; k < from->n; k++) {
        to->numbers[places[k]] = from->numbers[k];
        to->valid[places[k] / 64] |= (uint64_t)co_vector_has(from, k) << places[k] % 64;
    }
}

void co_vector_gather(co_vector *to, const co_vector *from, const uint16_t *places)
{
    if (to->numbers == NULL || from->numbers == NULL) {
        for (uint32_t k = 0; k < to->n; k++)
            co_vector_copy_value(to, k, from, places[k]);
        return;
    }
    for (uint32_t first = 0; first < to->n; first += 64) {
        const uint32_t n = to->n - first < 64 ? to->n - first : 64;
        uint64_t valid = 0;

        for (uint32_t k = 0; k < n; k++) {
            const uint32_t place = places[first + k];

            to->numbers[first + k] = from->numbers[place];
            valid |= (uint64_t)co_vector_has(from, place) << k;
        }
        to->valid[first / 64] |= valid;
    }
}

static int order_of_reals(double a, double b)
{
    return (a > b) - (a < b);
}

int co_vector_compare(const co_vector *a, uint32_t i, const co_vector *b, uint32_t j, bool nocase)
{
    assert(a->type == b->type);
    switch (a->type) {
    case CO_V_EXACT:
        if (a->scale == b->scale && (a->is_wide || b->is_wide))
            return co_wide_compare(co_vector_wide(a, i), co_vector_wide(b, j));
        if (a->scale != b->scale)
            return co_wide_compare_decimal(co_vector_wide(a, i), a->scale, co_vector_wide(b, j), b->scale);
        break;
    case CO_V_DOUBLE:
        return order_of_reals(a->reals[i], b->reals[j]);
    case CO_V_POINT:
        if (a->reals[i] != b->reals[j])
            return order_of_reals(a->reals[i], b->reals[j]);
        return order_of_reals(a->longitudes[i], b->longitudes[j]);
    case CO_V_TEXT:
        return nocase ? co_text_fold_compare(a->texts[i], b->texts[j])
                      : co_text_compare(a->texts[i], b->texts[j]);
    case CO_V_INTERVAL:
        return co_interval_compare(a->intervals[i], b->intervals[j]);
    default:
        break;
    }
    return (a->numbers[i] > b->numbers[j]) - (a->numbers[i] < b->numbers[j]);
}

void co_value_fault(const co_task *task, co_vector *out, uint32_t i, const char *what)
{
    co_bit_clear(out->valid, i);
    co_worker_fault(task->worker, task->scope->object, co_task_row(task, i), COHORT_OVERFLOW, "%s", what);
}

void co_vector_put_result(const co_task *task, co_vector *out, uint32_t i, double result,
                          bool operands_finite, const char *what)
{
    if (isnan(result))
        return;
    if (isinf(result) && operands_finite)
        co_value_fault(task, out, i, what);
    else
        co_vector_put_real(out, i, result);
}

int64_t co_vector_local_us(const co_task *task, const co_vector *vector, uint32_t i)
{
    if (vector->type == CO_V_DATE)
        return vector->numbers[i] * CO_DAY_US;
    return co_zone_local_us(task->worker->run->plan->when.zone, vector->numbers[i],
                            &task->worker->zone_cursor);
}

int64_t co_vector_local_day(const co_task *task, const co_vector *vector, uint32_t i)
{
    if (vector->type == CO_V_DATE)
        return vector->numbers[i];
    return co_zone_local_day(task->worker->run->plan->when.zone, vector->numbers[i],
                             &task->worker->zone_cursor);
}
