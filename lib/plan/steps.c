/*
 * Set steps: one for each different set, made by constructors that leave out
 * what changes nothing.
 *
 *     a ∩ rows = a          a ∪ ∅ = a             rows ∖ (rows ∖ a) = a
 *     [l, h] ∩ [l', h'] of one field is one range; so is a union without a hole
 *     via w a ∩ via w b = via w (a ∩ b), and ∪ likewise
 *
 * Always:  inputs of AND and OR rise and do not repeat; those of AT LEAST may.
 */
#include <string.h>

#include "base/hash.h"
#include "plan/binder.h"

/* ---- equal steps are one ---- */

static bool same_groups(const co_step *a, const co_step *b)
{
    for (uint32_t i = 0; i < a->n_groups; i++) {
        const co_code_group *one = &a->groups[i], *other = &b->groups[i];

        if (one->n != other->n ||
            (one->n > 0 && memcmp(one->codes, other->codes, one->n * sizeof *one->codes) != 0))
            return false;
    }
    return true;
}

static bool same_bytes(const void *a, const void *b, size_t n, size_t size)
{
    return n == 0 || memcmp(a, b, n * size) == 0;
}

static bool same_step(const co_step *a, const co_step *b)
{
    return a->kind == b->kind && a->object == b->object && a->outside == b->outside &&
           a->set_exactly == b->set_exactly && a->set_parts == b->set_parts && a->compare == b->compare &&
           a->text_verb == b->text_verb && a->escape == b->escape && a->n_inputs == b->n_inputs &&
           a->n == b->n && a->a == b->a && a->b == b->b && a->field == b->field && a->low == b->low &&
           a->high == b->high && a->n_numbers == b->n_numbers && a->match == b->match &&
           a->n_groups == b->n_groups && a->rows == b->rows && a->n_points == b->n_points &&
           co_way_equal(a->way, b->way) && co_relation_equal(&a->relation, &b->relation) &&
           same_bytes(a->inputs, b->inputs, a->n_inputs, sizeof *a->inputs) &&
           same_bytes(a->numbers, b->numbers, a->n_numbers, sizeof *a->numbers) &&
           same_bytes(a->points, b->points, a->n_points, sizeof *a->points) && same_groups(a, b);
}

static uint64_t step_hash(const co_step *step)
{
    const uint64_t words[] = { (uint64_t)step->kind,
                               step->object,
                               step->outside,
                               step->set_exactly,
                               step->set_parts,
                               step->compare,
                               step->n_inputs,
                               step->n,
                               step->a,
                               step->b,
                               step->field,
                               (uint64_t)step->low,
                               (uint64_t)step->high,
                               step->n_numbers,
                               step->n_groups,
                               step->n_points,
                               step->way.n,
                               step->relation.child,
                               (uint64_t)(uintptr_t)step->match };
    uint64_t hash = co_hash_fast(words, sizeof words, 0);

    if (step->n_inputs > 0)
        hash = co_hash_fast(step->inputs, step->n_inputs * sizeof *step->inputs, hash);
    if (step->n_numbers > 0)
        hash = co_hash_fast(step->numbers, step->n_numbers * sizeof *step->numbers, hash);
    if (step->way.n > 0)
        hash = co_hash_fast(step->way.fields, step->way.n * sizeof *step->way.fields, hash);
    return hash;
}

static const void *copy_array(co_binder *binder, const void *items, size_t n, size_t size)
{
    void *copy = n == 0 ? NULL : co_bind_new(binder, n, size);

    if (copy != NULL)
        memcpy(copy, items, n * size);
    return copy;
}

static void copy_arrays(co_binder *binder, co_step *step)
{
    step->inputs = copy_array(binder, step->inputs, step->n_inputs, sizeof *step->inputs);
    step->numbers = copy_array(binder, step->numbers, step->n_numbers, sizeof *step->numbers);
    step->points = copy_array(binder, step->points, step->n_points, sizeof *step->points);
    step->way.fields = copy_array(binder, step->way.fields, step->way.n, sizeof *step->way.fields);
    step->relation.via.fields = copy_array(binder, step->relation.via.fields, step->relation.via.n,
                                           sizeof *step->relation.via.fields);
    if (step->n_groups > 0) {
        co_code_group *groups = co_bind_new(binder, step->n_groups, sizeof *groups);

        for (uint32_t i = 0; groups != NULL && i < step->n_groups; i++) {
            groups[i].n = step->groups[i].n;
            groups[i].codes = copy_array(binder, step->groups[i].codes, groups[i].n, sizeof *groups[i].codes);
        }
        step->groups = groups;
    }
}

static uint64_t hash_of_id(const co_binder *binder, uint32_t id)
{
    return step_hash(&binder->steps[id]);
}

static uint32_t append_step(co_binder *binder, const co_step *step)
{
    if (binder->n_steps >= CO_NO_STEP / 2 - 1 ||
        !co_memory_grow(binder->memory, (void **)&binder->steps, &binder->steps_capacity, binder->n_steps + 1,
                        sizeof *binder->steps)) {
        co_bind_no_memory(binder);
        return CO_NO_STEP;
    }

    co_step *copy = &binder->steps[binder->n_steps];

    *copy = *step;
    copy_arrays(binder, copy);
    if (!co_bind_failed(binder))
        co_step_estimate(binder, copy);
    if (co_bind_failed(binder))
        return CO_NO_STEP;
    if (!co_bind_made(binder, (uint32_t)binder->n_steps * 2))
        return CO_NO_STEP;
    return (uint32_t)binder->n_steps++;
}

/* Where the step is in the table, or where it would be put. */
static size_t place_of(const co_binder *binder, const co_step *step)
{
    const co_id_table *table = &binder->step_table;
    size_t at = step_hash(step) & (table->capacity - 1);

    while (table->ids[at] != 0 && !same_step(&binder->steps[table->ids[at] - 1], step))
        at = (at + 1) & (table->capacity - 1);
    return at;
}

uint32_t co_step_intern(co_binder *binder, const co_step *step)
{
    if (co_bind_failed(binder) || !co_id_table_reserve(binder, &binder->step_table, hash_of_id))
        return CO_NO_STEP;

    co_id_table *table = &binder->step_table;
    const size_t at = place_of(binder, step);

    if (table->ids[at] != 0)
        return table->ids[at] - 1;

    const uint32_t id = append_step(binder, step);

    if (id != CO_NO_STEP) {
        table->ids[at] = id + 1;
        table->n++;
    }
    return id;
}

uint32_t co_step_twin(const co_binder *binder, uint32_t id)
{
    co_step step = *co_step_of(binder, id);

    if (id == CO_NO_STEP || step.kind < CO_STEP_COMPARE)
        return CO_NO_STEP;
    if (step.kind == CO_STEP_COMPARE)
        step.compare = (uint8_t)co_compare_opposite((co_compare)step.compare);
    else
        step.outside = !step.outside;
    return binder->step_table.ids[place_of(binder, &step)] - 1; /* a free place gives CO_NO_STEP */
}

const co_step *co_step_of(const co_binder *binder, uint32_t id)
{
    return id == CO_NO_STEP ? &binder->no_step : &binder->steps[id];
}

void co_step_describe(co_binder *binder, uint32_t id, const co_node *node, bool is_false_set)
{
    co_step *step = id == CO_NO_STEP ? NULL : &binder->steps[id];

    if (step == NULL || step->text.length > 0 || step->kind <= CO_STEP_VIA_MISSING || co_bind_failed(binder))
        return;

    const co_text text = co_bind_text(binder, node);

    if (co_bind_failed(binder))
        return;
    step->node = node;
    step->text = text;
    if (is_false_set) {
        char *bytes = co_bind_new(binder, text.length + 4, 1);

        if (bytes == NULL)
            return;
        memcpy(bytes, "NOT ", 4);
        memcpy(bytes + 4, text.bytes, text.length);
        step->text = (co_text){ bytes, text.length + 4 };
    }
}

/* ---- simple sets ---- */

static uint32_t intern_plain(co_binder *binder, co_step_kind kind, uint32_t object)
{
    const co_step step = { .kind = kind, .object = object, .a = CO_NO_STEP, .b = CO_NO_STEP };

    return co_step_intern(binder, &step);
}

uint32_t co_step_none(co_binder *binder, uint32_t object)
{
    return intern_plain(binder, CO_STEP_NONE, object);
}
uint32_t co_step_rows(co_binder *binder, uint32_t object)
{
    return intern_plain(binder, CO_STEP_ROWS, object);
}

static uint32_t intern_inputs(co_binder *binder, co_step_kind kind, uint32_t object, uint32_t n_least,
                              const uint32_t *inputs, uint32_t n)
{
    const co_step step = { .kind = kind,
                           .object = object,
                           .a = CO_NO_STEP,
                           .b = CO_NO_STEP,
                           .n = n_least,
                           .n_inputs = n,
                           .inputs = inputs };

    return co_step_intern(binder, &step);
}

uint32_t co_step_minus(co_binder *binder, uint32_t a)
{
    const co_step *step = co_step_of(binder, a);

    switch (step->kind) {
    case CO_STEP_NONE:
        return co_step_rows(binder, step->object);
    case CO_STEP_ROWS:
        return co_step_none(binder, step->object);
    case CO_STEP_MINUS:
        return step->inputs[0];
    default:
        return intern_inputs(binder, CO_STEP_MINUS, step->object, 0, &a, 1);
    }
}

static uint32_t intern_range(co_binder *binder, uint32_t object, uint32_t field, int64_t low, int64_t high,
                             bool outside)
{
    const co_step step = { .kind = CO_STEP_BETWEEN,
                           .object = object,
                           .field = field,
                           .a = CO_NO_STEP,
                           .b = CO_NO_STEP,
                           .low = low,
                           .high = high,
                           .outside = outside };

    return co_step_intern(binder, &step);
}

uint32_t co_step_valid(co_binder *binder, uint32_t object, uint32_t field)
{
    if (field == 0)
        return co_step_rows(binder, object); /* every record has a key */

    const co_step step = {
        .kind = CO_STEP_VALID, .object = object, .field = field, .a = CO_NO_STEP, .b = CO_NO_STEP
    };

    return co_step_intern(binder, &step);
}

uint32_t co_step_between(co_binder *binder, uint32_t object, uint32_t field, int64_t low, int64_t high)
{
    if (low > high)
        return co_step_none(binder, object);
    if (low == INT64_MIN && high == INT64_MAX)
        return co_step_valid(binder, object, field);
    return intern_range(binder, object, field, low, high, false);
}

uint32_t co_step_outside(co_binder *binder, uint32_t object, uint32_t field, int64_t low, int64_t high)
{
    if (low > high)
        return co_step_valid(binder, object, field);
    if (low == INT64_MIN && high == INT64_MAX)
        return co_step_none(binder, object);
    if (low == INT64_MIN)
        return co_step_between(binder, object, field, high + 1, INT64_MAX);
    if (high == INT64_MAX)
        return co_step_between(binder, object, field, INT64_MIN, low - 1);
    return intern_range(binder, object, field, low, high, true);
}

uint32_t co_step_via(co_binder *binder, uint32_t object, co_way way, uint32_t input)
{
    if (way.n == 0)
        return input;
    if (input != CO_NO_STEP && co_step_of(binder, input)->kind == CO_STEP_NONE)
        return co_step_none(binder, object);

    const co_step step = { .kind = CO_STEP_VIA,
                           .object = object,
                           .way = way,
                           .a = CO_NO_STEP,
                           .b = CO_NO_STEP,
                           .n_inputs = 1,
                           .inputs = &input };

    return co_step_intern(binder, &step);
}

uint32_t co_step_via_missing(co_binder *binder, uint32_t object, co_way way)
{
    const co_step step = {
        .kind = CO_STEP_VIA_MISSING, .object = object, .way = way, .a = CO_NO_STEP, .b = CO_NO_STEP
    };

    return way.n == 0 ? co_step_none(binder, object) : co_step_intern(binder, &step);
}

uint32_t co_step_reached(co_binder *binder, const co_relation *relation, uint32_t rows, uint64_t n)
{
    const uint32_t object = relation->via.object;

    if (co_bind_failed(binder) || n == 0)
        return co_step_rows(binder, object);
    if (n > UINT32_MAX || co_step_of(binder, rows)->kind == CO_STEP_NONE)
        return co_step_none(binder, object);

    const co_step step = { .kind = CO_STEP_REACHED,
                           .object = object,
                           .a = CO_NO_STEP,
                           .b = CO_NO_STEP,
                           .relation = *relation,
                           .n = (uint32_t)n,
                           .n_inputs = 1,
                           .inputs = &rows };

    return co_step_intern(binder, &step);
}

/* ---- AND, OR ---- */

#define LONGEST_JOINED 200u

/* What two steps joined to one say together. */
static void describe_joined(co_binder *binder, uint32_t id, const co_step *a, const co_step *b,
                            const char *word)
{
    const size_t n = strlen(word), length = a->text.length + n + b->text.length;

    if (id == CO_NO_STEP || binder->steps[id].text.length > 0 || a->text.length == 0 || b->text.length == 0 ||
        length > LONGEST_JOINED)
        return;

    char *bytes = co_bind_new(binder, length, 1);

    if (bytes == NULL)
        return;
    memcpy(bytes, a->text.bytes, a->text.length);
    memcpy(bytes + a->text.length, word, n);
    memcpy(bytes + a->text.length + n, b->text.bytes, b->text.length);
    binder->steps[id].text = (co_text){ bytes, length };
}

/* Joins b into a if both are ranges of one field and the result is one; gives the range, or CO_NO_STEP. */
static uint32_t join_ranges(co_binder *binder, co_step_kind kind, uint32_t a, uint32_t b)
{
    if (co_step_of(binder, a)->kind != CO_STEP_BETWEEN || co_step_of(binder, b)->kind != CO_STEP_BETWEEN)
        return CO_NO_STEP;

    const co_step x = *co_step_of(binder, a), y = *co_step_of(binder, b);

    if (x.field != y.field || x.outside || y.outside)
        return CO_NO_STEP;
    if (kind == CO_STEP_AND)
        return co_step_between(binder, x.object, x.field, x.low > y.low ? x.low : y.low,
                               x.high < y.high ? x.high : y.high);

    const co_step *first = x.low <= y.low ? &x : &y, *second = first == &x ? &y : &x;

    if (first->high == INT64_MAX || second->low <= first->high + 1)
        return co_step_between(binder, x.object, x.field, first->low,
                               first->high > second->high ? first->high : second->high);
    if (first->low == INT64_MIN && second->high == INT64_MAX)
        return co_step_outside(binder, x.object, x.field, first->high + 1, second->low - 1);
    return CO_NO_STEP;
}

static uint32_t join_vias(co_binder *binder, co_step_kind kind, uint32_t a, uint32_t b)
{
    if (co_step_of(binder, a)->kind != CO_STEP_VIA || co_step_of(binder, b)->kind != CO_STEP_VIA)
        return CO_NO_STEP;

    const co_step x = *co_step_of(binder, a), y = *co_step_of(binder, b);

    if (!co_way_equal(x.way, y.way))
        return CO_NO_STEP;

    const uint32_t inputs[] = { x.inputs[0], y.inputs[0] };
    const uint32_t joined = kind == CO_STEP_AND ? co_step_and(binder, x.way.object, inputs, 2)
                                                : co_step_or(binder, x.way.object, inputs, 2);

    return co_step_via(binder, x.object, x.way, joined);
}

#define MOST_JOINED 64u

static bool can_join(co_step_kind kind)
{
    return kind == CO_STEP_BETWEEN || kind == CO_STEP_VIA;
}

/*
 * Puts input into the first n of `list` unless it is there or can be joined to
 * one; gives the new n. Only the last few are looked at, so that long lists stay linear.
 */
static uint32_t put_input(co_binder *binder, co_step_kind kind, uint32_t *list, uint32_t n, uint32_t input)
{
    const uint32_t first = n > MOST_JOINED ? n - MOST_JOINED : 0;

    for (uint32_t i = first; i < n && can_join(co_step_of(binder, input)->kind); i++) {
        if (list[i] == input)
            return n;

        uint32_t joined = join_ranges(binder, kind, list[i], input);

        if (joined != CO_NO_STEP)
            describe_joined(binder, joined, co_step_of(binder, list[i]), co_step_of(binder, input),
                            kind == CO_STEP_AND ? " AND " : " OR ");
        if (joined == CO_NO_STEP)
            joined = join_vias(binder, kind, list[i], input);
        if (co_bind_failed(binder))
            return n;
        if (joined != CO_NO_STEP) {
            list[i] = list[--n];
            input = joined;
            i = first - 1; /* again from the first */
        }
    }
    list[n] = input;
    return n + 1;
}

static void sort_inputs(uint32_t *list, uint32_t n)
{
    for (uint32_t gap = n / 2; gap > 0; gap /= 2) {
        for (uint32_t i = gap; i < n; i++) {
            const uint32_t moved = list[i];
            uint32_t at = i;

            for (; at >= gap && list[at - gap] > moved; at -= gap)
                list[at] = list[at - gap];
            list[at] = moved;
        }
    }
}

/* `empty` settles the whole (NONE in an AND), `neutral` changes nothing (ROWS in an AND). */
static uint32_t combine(co_binder *binder, co_step_kind kind, uint32_t object, const uint32_t *inputs,
                        uint32_t n)
{
    const uint32_t none = co_step_none(binder, object), rows = co_step_rows(binder, object);
    const uint32_t settles = kind == CO_STEP_AND ? none : rows, neutral = kind == CO_STEP_AND ? rows : none;
    uint32_t *list = co_bind_new(binder, (size_t)n + 1, sizeof *list);
    uint32_t n_list = 0;

    for (uint32_t i = 0; list != NULL && i < n && !co_bind_failed(binder); i++) {
        if (inputs[i] != neutral)
            n_list = put_input(binder, kind, list, n_list, inputs[i]);
    }
    if (list == NULL || co_bind_failed(binder))
        return CO_NO_STEP;

    sort_inputs(list, n_list);

    uint32_t n_kept = 0;

    for (uint32_t i = 0; i < n_list; i++) {
        if (list[i] == settles)
            return settles;
        if (list[i] != neutral && (n_kept == 0 || list[n_kept - 1] != list[i]))
            list[n_kept++] = list[i];
    }
    if (n_kept == 0)
        return neutral;
    return n_kept == 1 ? list[0] : intern_inputs(binder, kind, object, 0, list, n_kept);
}

uint32_t co_step_and(co_binder *binder, uint32_t object, const uint32_t *inputs, uint32_t n)
{
    return combine(binder, CO_STEP_AND, object, inputs, n);
}

uint32_t co_step_or(co_binder *binder, uint32_t object, const uint32_t *inputs, uint32_t n)
{
    return combine(binder, CO_STEP_OR, object, inputs, n);
}

uint32_t co_step_and2(co_binder *binder, uint32_t a, uint32_t b)
{
    const uint32_t inputs[] = { a, b };

    return co_step_and(binder, co_step_of(binder, a)->object, inputs, 2);
}

uint32_t co_step_or2(co_binder *binder, uint32_t a, uint32_t b)
{
    const uint32_t inputs[] = { a, b };

    return co_step_or(binder, co_step_of(binder, a)->object, inputs, 2);
}

uint32_t co_step_at_least(co_binder *binder, uint32_t object, uint32_t least, const uint32_t *inputs,
                          uint32_t n)
{
    uint32_t *list = co_bind_new(binder, (size_t)n + 1, sizeof *list);
    uint32_t n_list = 0;

    for (uint32_t i = 0; list != NULL && i < n && least > 0; i++) {
        const co_step_kind kind = co_step_of(binder, inputs[i])->kind;

        if (kind == CO_STEP_ROWS)
            least--;
        else if (kind != CO_STEP_NONE)
            list[n_list++] = inputs[i];
    }
    if (list == NULL || co_bind_failed(binder))
        return CO_NO_STEP;
    if (least == 0)
        return co_step_rows(binder, object);
    if (least > n_list)
        return co_step_none(binder, object);
    if (least == 1)
        return co_step_or(binder, object, list, n_list);
    if (least == n_list)
        return co_step_and(binder, object, list, n_list);
    sort_inputs(list, n_list);
    return intern_inputs(binder, CO_STEP_AT_LEAST, object, least, list, n_list);
}

/* ---- pairs ---- */

co_pair co_pair_and(co_binder *binder, co_pair a, co_pair b)
{
    return (co_pair){ co_step_and2(binder, a.t, b.t), co_step_or2(binder, a.f, b.f) };
}

co_pair co_pair_or(co_binder *binder, co_pair a, co_pair b)
{
    return (co_pair){ co_step_or2(binder, a.t, b.t), co_step_and2(binder, a.f, b.f) };
}

co_pair co_pair_known(co_binder *binder, uint32_t object, bool value)
{
    const co_pair pair = { co_step_rows(binder, object), co_step_none(binder, object) };

    return value ? pair : co_pair_swap(pair);
}

co_pair co_pair_unknown(co_binder *binder, uint32_t object)
{
    const uint32_t none = co_step_none(binder, object);

    return (co_pair){ none, none };
}

co_pair co_pair_two_valued(co_binder *binder, uint32_t t)
{
    return (co_pair){ t, co_step_minus(binder, t) };
}

co_pair co_pair_via(co_binder *binder, uint32_t object, co_way way, co_pair pair)
{
    return (co_pair){ co_step_via(binder, object, way, pair.t), co_step_via(binder, object, way, pair.f) };
}
