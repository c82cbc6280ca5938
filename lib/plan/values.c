/*
 * Value steps: one for each different value, made by a few constructors. What
 * changes types is in convert.c, what can be worked out now in fold.c.
 */
#include <string.h>

#include "base/hash.h"
#include "base/number.h"
#include "plan/binder.h"

static bool same_constant(const co_vstep *a, const co_vstep *b)
{
    const co_constant *x = &a->constant, *y = &b->constant;

    return x->number == y->number && co_wide_compare(x->wide, y->wide) == 0 &&
           memcmp(&x->real, &y->real, sizeof x->real) == 0 && co_text_equal(x->text, y->text) &&
           x->interval.months == y->interval.months && x->interval.microseconds == y->interval.microseconds &&
           x->point.latitude == y->point.latitude && x->point.longitude == y->point.longitude;
}

bool co_ids_equal(const uint32_t *a, const uint32_t *b, uint32_t n)
{
    return n == 0 || memcmp(a, b, n * sizeof *a) == 0;
}

static bool same_chain(const co_chain *a, const co_chain *b)
{
    if (a == b)
        return true;
    if (a == NULL || b == NULL || a->is_funnel != b->is_funnel || a->strict != b->strict ||
        a->has_within != b->has_within || a->within.months != b->within.months ||
        a->within.microseconds != b->within.microseconds || a->n_same != b->n_same ||
        a->n_steps != b->n_steps)
        return false;
    for (uint32_t i = 0; i < a->n_steps; i++) {
        const co_chain_step *x = &a->steps[i], *y = &b->steps[i];

        if (x->negated != y->negated || x->has_within != y->has_within ||
            x->within.months != y->within.months || x->within.microseconds != y->within.microseconds ||
            x->rows != y->rows || !co_relation_equal(&x->relation, &y->relation) ||
            !co_ids_equal(x->same, y->same, a->n_same))
            return false;
    }
    return true;
}

static bool same_vstep(const co_vstep *a, const co_vstep *b)
{
    return a->kind == b->kind && a->type == b->type && a->object == b->object && a->scale == b->scale &&
           a->is_wide == b->is_wide && a->is_null == b->is_null && a->nocase == b->nocase &&
           a->subtract == b->subtract && a->function == b->function && a->unit == b->unit &&
           a->field == b->field && a->target == b->target && a->n == b->n && a->true_step == b->true_step &&
           a->false_step == b->false_step && a->n_operands == b->n_operands &&
           a->n_conditions == b->n_conditions && a->way.n == b->way.n && a->way.object == b->way.object &&
           co_ids_equal(a->way.fields, b->way.fields, a->way.n) &&
           co_ids_equal(a->operands, b->operands, a->n_operands) &&
           co_ids_equal(a->conditions, b->conditions, a->n_conditions) && a->aggregate == b->aggregate &&
           a->distinct == b->distinct && a->ranking == b->ranking &&
           co_relation_equal(&a->relation, &b->relation) && same_chain(a->chain, b->chain) &&
           same_constant(a, b);
}

static uint64_t vstep_hash(const co_vstep *v)
{
    const uint64_t words[] = { (uint64_t)v->kind,
                               (uint64_t)v->type,
                               v->object,
                               v->scale,
                               v->function,
                               v->unit,
                               v->field,
                               v->n,
                               v->true_step,
                               v->n_operands,
                               v->way.n,
                               v->aggregate,
                               v->relation.child,
                               v->ranking,
                               v->chain == NULL ? 0 : v->chain->steps[v->chain->n_steps - 1].rows,
                               (uint64_t)v->constant.number,
                               v->constant.wide.low,
                               (uint64_t)v->constant.interval.microseconds,
                               v->constant.text.length };
    uint64_t hash = co_hash_fast(words, sizeof words, 0);

    if (v->n_operands > 0)
        hash = co_hash_fast(v->operands, v->n_operands * sizeof *v->operands, hash);
    if (v->way.n > 0)
        hash = co_hash_fast(v->way.fields, v->way.n * sizeof *v->way.fields, hash);
    if (v->constant.text.length > 0)
        hash = co_hash_fast(v->constant.text.bytes, v->constant.text.length, hash);
    return hash;
}

static uint64_t hash_of_id(const co_binder *binder, uint32_t id)
{
    return vstep_hash(&binder->vsteps[id]);
}

static const uint32_t *copy_ids(co_binder *binder, const uint32_t *ids, uint32_t n)
{
    uint32_t *copy = n == 0 ? NULL : co_bind_new(binder, n, sizeof *copy);

    if (copy != NULL)
        memcpy(copy, ids, n * sizeof *copy);
    return copy;
}

static uint32_t append_vstep(co_binder *binder, const co_vstep *vstep)
{
    if (binder->n_vsteps >= CO_NO_STEP / 2 - 1 ||
        !co_memory_grow(binder->memory, (void **)&binder->vsteps, &binder->vsteps_capacity,
                        binder->n_vsteps + 1, sizeof *binder->vsteps)) {
        co_bind_no_memory(binder);
        return CO_NO_STEP;
    }

    co_vstep *copy = &binder->vsteps[binder->n_vsteps];

    *copy = *vstep;
    copy->operands = copy_ids(binder, vstep->operands, vstep->n_operands);
    copy->conditions = copy_ids(binder, vstep->conditions, vstep->n_conditions);
    copy->way.fields = copy_ids(binder, vstep->way.fields, vstep->way.n);
    copy->relation.via.fields = copy_ids(binder, vstep->relation.via.fields, vstep->relation.via.n);
    copy->cost = co_bind_failed(binder) ? 0 : co_vstep_cost(binder, copy);
    if (co_bind_failed(binder) || !co_bind_made(binder, (uint32_t)binder->n_vsteps * 2 + 1))
        return CO_NO_STEP;
    return (uint32_t)binder->n_vsteps++;
}

uint32_t co_vstep_intern(co_binder *binder, const co_vstep *vstep)
{
    if (co_bind_failed(binder) || !co_id_table_reserve(binder, &binder->vstep_table, hash_of_id))
        return CO_NO_STEP;

    co_id_table *table = &binder->vstep_table;
    size_t at = vstep_hash(vstep) & (table->capacity - 1);

    while (table->ids[at] != 0) {
        if (same_vstep(&binder->vsteps[table->ids[at] - 1], vstep))
            return table->ids[at] - 1;
        at = (at + 1) & (table->capacity - 1);
    }

    const uint32_t id = append_vstep(binder, vstep);

    if (id != CO_NO_STEP) {
        table->ids[at] = id + 1;
        table->n++;
    }
    return id;
}

const co_vstep *co_vstep_of(const co_binder *binder, uint32_t id)
{
    return id == CO_NO_STEP ? &binder->no_vstep : &binder->vsteps[id];
}

/* ---- constants ---- */

uint32_t co_vstep_constant(co_binder *binder, co_vtype type, uint32_t scale, co_constant constant)
{
    const co_vstep vstep = { .kind = CO_VS_CONSTANT,
                             .type = type,
                             .scale = scale,
                             .constant = constant,
                             .true_step = CO_NO_STEP,
                             .false_step = CO_NO_STEP };

    return co_vstep_intern(binder, &vstep);
}

uint32_t co_vstep_exact(co_binder *binder, co_wide digits, uint32_t scale)
{
    co_vstep vstep = { .kind = CO_VS_CONSTANT,
                       .type = CO_V_EXACT,
                       .scale = scale,
                       .constant = { .wide = digits },
                       .true_step = CO_NO_STEP,
                       .false_step = CO_NO_STEP };

    vstep.is_wide = !co_wide_to_int64(digits, &vstep.constant.number);
    return co_vstep_intern(binder, &vstep);
}

uint32_t co_vstep_double(co_binder *binder, double real)
{
    return co_vstep_constant(binder, CO_V_DOUBLE, 0, (co_constant){ .real = real == 0.0 ? 0.0 : real });
}

uint32_t co_vstep_number(co_binder *binder, co_vtype type, int64_t number)
{
    return co_vstep_constant(binder, type, 0, (co_constant){ .number = number });
}

uint32_t co_vstep_text(co_binder *binder, co_text text)
{
    return co_vstep_constant(binder, CO_V_TEXT, 0, (co_constant){ .text = text });
}

uint32_t co_vstep_null(co_binder *binder, const co_vstep *like)
{
    const co_vstep vstep = { .kind = CO_VS_CONSTANT,
                             .type = like->type,
                             .scale = like->scale,
                             .nocase = like->nocase,
                             .target = like->target,
                             .is_null = true,
                             .true_step = CO_NO_STEP,
                             .false_step = CO_NO_STEP };

    return co_vstep_intern(binder, &vstep);
}

bool co_vstep_is_constant(const co_binder *binder, uint32_t id)
{
    return co_vstep_of(binder, id)->kind == CO_VS_CONSTANT;
}

/* ---- fields and operations ---- */

static co_vtype type_of_field(const co_field *field)
{
    switch (field->type) {
    case COHORT_BOOL:
        return CO_V_BOOL;
    case COHORT_DOUBLE:
        return CO_V_DOUBLE;
    case COHORT_DATE:
        return CO_V_DATE;
    case COHORT_TIMESTAMP:
        return CO_V_TIMESTAMP;
    case COHORT_STRING:
        return CO_V_TEXT;
    case COHORT_SET:
        return CO_V_SET;
    case COHORT_POINT:
        return CO_V_POINT;
    case COHORT_REFERENCE:
        return CO_V_REFERENCE;
    default:
        return CO_V_EXACT;
    }
}

uint32_t co_vstep_field(co_binder *binder, uint32_t object, co_way way, uint32_t field)
{
    const co_field *described = &co_schema_object(binder->schema, way.object)->fields[field];
    co_vstep vstep = { .kind = CO_VS_FIELD,
                       .type = type_of_field(described),
                       .object = object,
                       .way = way,
                       .field = field,
                       .target = described->target,
                       .true_step = CO_NO_STEP,
                       .false_step = CO_NO_STEP };

    if (described->type == COHORT_DECIMAL)
        vstep.scale = (uint32_t)described->scale;
    vstep.nocase = (described->type == COHORT_STRING || described->type == COHORT_SET) &&
                   described->collation == COHORT_NOCASE;
    if (described->type == COHORT_REFERENCE) {
        const co_way whole = co_way_join(binder, way, (co_way){ 1, &field, described->target });

        vstep.kind = CO_VS_REFERENCE;
        vstep.way = whole;
    }
    return co_vstep_intern(binder, &vstep);
}

uint32_t co_vstep_over(co_binder *binder, co_vstep vstep, const uint32_t *operands, uint32_t n)
{
    vstep.operands = operands;
    vstep.n_operands = n;
    vstep.true_step = CO_NO_STEP;
    vstep.false_step = CO_NO_STEP;
    for (uint32_t i = 0; i < n; i++) {
        if (operands[i] == CO_NO_STEP)
            return CO_NO_STEP;
        if (!co_vstep_is_constant(binder, operands[i]))
            vstep.object = co_vstep_of(binder, operands[i])->object;
    }
    return co_vstep_intern(binder, &vstep);
}

uint32_t co_vstep_far(co_binder *binder, uint32_t object, co_way way, uint32_t id)
{
    const co_vstep value = *co_vstep_of(binder, id);
    const co_vstep far = { .kind = CO_VS_FAR,
                           .type = value.type,
                           .object = object,
                           .scale = value.scale,
                           .nocase = value.nocase,
                           .target = value.target,
                           .way = way,
                           .true_step = CO_NO_STEP,
                           .false_step = CO_NO_STEP,
                           .n_operands = 1,
                           .operands = &id };

    return id == CO_NO_STEP || way.n == 0 ? id : co_vstep_intern(binder, &far);
}

const char *co_type_text(const co_vstep *vstep)
{
    switch (vstep->type) {
    case CO_V_BOOL:
        return "true or false";
    case CO_V_EXACT:
        return vstep->scale == 0 ? "a whole number" : "a decimal number";
    case CO_V_DOUBLE:
        return "a double";
    case CO_V_DATE:
        return "a date";
    case CO_V_TIMESTAMP:
        return "a timestamp";
    case CO_V_INTERVAL:
        return "an interval";
    case CO_V_TEXT:
        return "text";
    case CO_V_SET:
        return "a set";
    case CO_V_POINT:
        return "a point";
    case CO_V_REFERENCE:
        return "a reference";
    }
    return "a value";
}
