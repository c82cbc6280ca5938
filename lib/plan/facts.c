/*
 * How many rows a step will have, roughly, and what a tile of it costs: from
 * tile ranges, counts of values and dictionaries. Only order depends on it,
 * never a result.
 */
#include "plan/binder.h"

/* ---- columns ---- */

static void add_tile(co_column_facts *facts, const co_column *column)
{
    int64_t least, greatest;

    facts->n_valid += co_column_n_valid(column);
    if (co_column_shape(column) != CO_SHAPE_NUMBERS || !co_column_range(column, &least, &greatest))
        return;
    if (!facts->has_range || least < facts->least)
        facts->least = least;
    if (!facts->has_range || greatest > facts->greatest)
        facts->greatest = greatest;
    facts->has_range = true;
}

const co_column_facts *co_facts_of(co_binder *binder, uint32_t object, uint32_t field)
{
    for (co_column_facts *facts = binder->facts; facts != NULL; facts = facts->next) {
        if (facts->object == object && facts->field == field)
            return facts;
    }

    co_column_facts *facts = co_bind_new(binder, 1, sizeof *facts);
    const uint32_t n_tiles = co_version_n_tiles(binder->version, object);

    if (facts == NULL)
        return NULL;
    *facts = (co_column_facts){ .next = binder->facts, .object = object, .field = field };
    for (uint32_t i = 0; i < n_tiles; i++) {
        const co_tile *tile = co_version_tile(binder->version, object, i);
        const co_column *column = tile == NULL ? NULL : co_tile_column(tile, field);

        if (column != NULL)
            add_tile(facts, column);
    }
    binder->facts = facts;
    return facts;
}

/* ---- rows ---- */

static uint64_t share_of(uint64_t n, double share)
{
    return share <= 0.0 ? 0 : share >= 1.0 ? n : (uint64_t)((double)n * share);
}

static double fraction(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0.0 : (double)part / (double)whole;
}

static uint64_t rows_between(const co_column_facts *facts, int64_t low, int64_t high)
{
    if (!facts->has_range || low > facts->greatest || high < facts->least)
        return 0;

    const double least = (double)facts->least, width = (double)facts->greatest - least + 1.0;
    const double first = (double)low > least ? (double)low : least;
    const double last = (double)high < (double)facts->greatest ? (double)high : (double)facts->greatest;

    return share_of(facts->n_valid, (last - first + 1.0) / width) + 1;
}

static uint64_t rows_matching(const co_binder *binder, const co_step *step, uint64_t n_valid)
{
    const co_dictionary *dictionary =
        co_schema_object(binder->schema, step->object)->fields[step->field].dictionary;
    const uint64_t n_distinct = dictionary == NULL ? n_valid : co_dictionary_count(dictionary);

    if (step->match != NULL && step->match->equal != NULL)
        return share_of(n_valid, fraction(step->match->n_equal, n_distinct));
    return n_valid / 8;
}

static uint64_t rows_of_inputs(const co_binder *binder, const co_step *step, uint64_t n_rows)
{
    double both = 1.0;
    uint64_t sum = 0;

    for (uint32_t i = 0; i < step->n_inputs; i++) {
        const uint64_t n = binder->steps[step->inputs[i]].n_estimated;

        both *= fraction(n, n_rows);
        sum += n;
    }
    switch (step->kind) {
    case CO_STEP_AND:
        return share_of(n_rows, both);
    case CO_STEP_MINUS:
        return n_rows - (sum < n_rows ? sum : n_rows);
    case CO_STEP_AT_LEAST:
        sum = sum / (step->n == 0 ? 1 : step->n);
        break;
    default:
        break;
    }
    return sum < n_rows ? sum : n_rows;
}

/* Rows of a leaf over one field. */
static uint64_t rows_of_field(co_binder *binder, const co_step *step)
{
    const co_column_facts *facts = co_facts_of(binder, step->object, step->field);
    uint64_t n;

    if (facts == NULL)
        return 0;
    switch (step->kind) {
    case CO_STEP_BETWEEN:
        n = rows_between(facts, step->low, step->high);
        break;
    case CO_STEP_AMONG:
        n = rows_between(facts, facts->least, facts->least) * step->n_numbers;
        break;
    case CO_STEP_MATCH:
        n = rows_matching(binder, step, facts->n_valid);
        break;
    case CO_STEP_HOLDS:
        n = facts->n_valid / 4;
        break;
    case CO_STEP_EXACTLY:
        n = facts->n_valid / 16;
        break;
    default:
        return facts->n_valid;
    }
    n = n < facts->n_valid ? n : facts->n_valid;
    return step->outside ? facts->n_valid - n : n;
}

static uint64_t rows_via(co_binder *binder, const co_step *step, uint64_t n_rows)
{
    const co_column_facts *facts = co_facts_of(binder, step->object, step->way.fields[0]);
    const uint64_t n_valid = facts == NULL ? 0 : facts->n_valid;

    if (step->kind == CO_STEP_VIA_MISSING)
        return n_rows - (n_valid < n_rows ? n_valid : n_rows);
    return share_of(n_valid, fraction(binder->steps[step->inputs[0]].n_estimated,
                                      co_version_n_live(binder->version, step->way.object)));
}

static uint64_t rows_reached(const co_binder *binder, const co_step *step, uint64_t n_rows)
{
    const uint64_t n = binder->steps[step->inputs[0]].n_estimated / step->n;

    return n < n_rows ? n : n_rows;
}

static uint64_t rows_of(co_binder *binder, const co_step *step)
{
    const uint64_t n_rows = co_version_n_live(binder->version, step->object);

    switch (step->kind) {
    case CO_STEP_NONE:
        return 0;
    case CO_STEP_ROWS:
        return n_rows;
    case CO_STEP_AND:
    case CO_STEP_OR:
    case CO_STEP_MINUS:
    case CO_STEP_AT_LEAST:
        return rows_of_inputs(binder, step, n_rows);
    case CO_STEP_STATIC: {
        const uint64_t n = co_bitmap_count(step->rows);

        return n < n_rows ? n : n_rows;
    }
    case CO_STEP_VIA:
    case CO_STEP_VIA_MISSING:
        return rows_via(binder, step, n_rows);
    case CO_STEP_REACHED:
        return rows_reached(binder, step, n_rows);
    case CO_STEP_BETWEEN:
    case CO_STEP_AMONG:
    case CO_STEP_VALID:
    case CO_STEP_MATCH:
    case CO_STEP_HOLDS:
    case CO_STEP_EXACTLY:
        return rows_of_field(binder, step);
    default:
        return step->outside ? n_rows - n_rows / 4 : n_rows / 4;
    }
}

/* ---- cost ---- */

static bool is_set_list(const co_vstep *value)
{
    return value->kind == CO_VS_SET_AT_LEAST || value->kind == CO_VS_SET_EXACTLY;
}

static uint32_t cost_within(double cost)
{
    return cost < (double)UINT32_MAX ? (uint32_t)cost : UINT32_MAX;
}

#define COST_OF_HIT 3000.0    /* to tell one child row's parent */
#define COST_OF_LINKED 6000.0 /* likewise, where it lies elsewhere */
#define COST_OF_VALUE 20000.0 /* to take in its value */

/* Of one tile of the parent: its share of the child's rows found and each told to its parent. */
static double cost_of_relation(const co_binder *binder, const co_relation *relation, uint32_t rows)
{
    const co_step *found = co_step_of(binder, rows);
    const double n_parents = (double)co_version_n_live(binder->version, relation->via.object) + 1.0;
    const double n_children = (double)co_version_n_live(binder->version, relation->child) + 1.0;
    const double hits = ((double)found->n_estimated + 1.0) / n_parents;

    if (relation->link != CO_NO_STEP)
        return hits * COST_OF_LINKED;
    return n_children / n_parents * (double)found->cost + hits * COST_OF_HIT;
}

uint32_t co_vstep_cost(const co_binder *binder, const co_vstep *vstep)
{
    double cost = 0.0;

    if (vstep->kind == CO_VS_FOLD) {
        cost = cost_of_relation(binder, &vstep->relation, vstep->true_step) + COST_OF_VALUE;
    } else if (vstep->kind == CO_VS_CHAIN) {
        for (uint32_t i = 0; i < vstep->chain->n_steps; i++)
            cost += cost_of_relation(binder, &vstep->chain->steps[i].relation, vstep->chain->steps[i].rows) +
                    COST_OF_VALUE;
    } else {
        for (uint32_t i = 0; i < vstep->n_operands && vstep->kind != CO_VS_FAR; i++)
            cost += (double)co_vstep_of(binder, vstep->operands[i])->cost;
    }
    return cost_within(cost);
}

static uint32_t cost_of(const co_binder *binder, const co_step *step)
{
    static const uint32_t costs[] = { [CO_STEP_NONE] = 1,
                                      [CO_STEP_ROWS] = 10,
                                      [CO_STEP_AND] = 100,
                                      [CO_STEP_OR] = 100,
                                      [CO_STEP_MINUS] = 100,
                                      [CO_STEP_AT_LEAST] = 500,
                                      [CO_STEP_STATIC] = 100,
                                      [CO_STEP_VIA] = 6000,
                                      [CO_STEP_VIA_MISSING] = 6000,
                                      [CO_STEP_REACHED] = 1000,
                                      [CO_STEP_BETWEEN] = 2000,
                                      [CO_STEP_AMONG] = 8000,
                                      [CO_STEP_VALID] = 100,
                                      [CO_STEP_MATCH] = 3000,
                                      [CO_STEP_HOLDS] = 1000,
                                      [CO_STEP_EXACTLY] = 4000,
                                      [CO_STEP_COMPARE] = 40000,
                                      [CO_STEP_DISTINCT] = 40000,
                                      [CO_STEP_SET_PAIR] = 300000,
                                      [CO_STEP_TEXT_PAIR] = 200000,
                                      [CO_STEP_HAS_VALUE] = 20000,
                                      [CO_STEP_TRUE] = 20000,
                                      [CO_STEP_TEXT] = 200000,
                                      [CO_STEP_SET_TEST] = 100000,
                                      [CO_STEP_ANNIVERSARY] = 100000,
                                      [CO_STEP_POLYGON] = 100000 };
    double cost = (double)costs[step->kind] + (double)co_vstep_of(binder, step->a)->cost +
                  (double)co_vstep_of(binder, step->b)->cost;

    if (step->kind == CO_STEP_TRUE && is_set_list(co_vstep_of(binder, step->a)))
        cost = (double)costs[CO_STEP_SET_PAIR] * co_vstep_of(binder, step->a)->n_operands;
    if (step->kind == CO_STEP_REACHED)
        return cost_within(cost + cost_of_relation(binder, &step->relation, step->inputs[0]));
    for (uint32_t i = 0; i < step->n_inputs && step->kind != CO_STEP_VIA; i++)
        cost += (double)binder->steps[step->inputs[i]].cost;
    return cost_within(cost);
}

void co_step_estimate(co_binder *binder, co_step *step)
{
    step->n_estimated = rows_of(binder, step);
    step->cost = cost_of(binder, step);
}
