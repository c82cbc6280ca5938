/*
 * What is legal but probably not meant, as far as the data tells: values that
 * no record has, ranges that hold none or all, days read as instants, events in
 * the future. What needs evaluation (empty, tiny, identical) is said elsewhere.
 *
 * Used:    after binding: each leaf of the plan's nodes is looked at once.
 * Costs:   a look at every tile of a field that is compared with quoted text.
 */
#include <string.h>

#include "base/number.h"
#include "base/timetext.h"
#include "base/unicode.h"
#include "plan/plan.h"

#define LOW_CARDINALITY 256u

typedef struct co_linting {
    co_memory *memory;
    const co_plan *plan;
    co_lint *lint;
    size_t n_before; /* items of lint that were there */
    cohort_status status;
} co_linting;

/* The field that a leaf asks about, and where. */
typedef struct co_asked_field {
    const co_object *object;
    uint32_t id;
    const co_field *field;
} co_asked_field;

static bool field_of(const co_linting *linting, const co_plan_node *node, co_asked_field *asked)
{
    if (node->seen == CO_NO_STEP || linting->plan->vsteps[node->seen].kind != CO_VS_FIELD)
        return false;

    const co_vstep *seen = &linting->plan->vsteps[node->seen];

    asked->object = co_schema_object(co_version_schema(linting->plan->version), seen->way.object);
    asked->id = seen->field;
    asked->field = &asked->object->fields[seen->field];
    return true;
}

/* The format may use fewer of the texts. */
static void warn(co_linting *linting, const char *code, const co_node *node, const char *format, co_text a,
                 co_text b, co_text c)
{
    for (size_t i = linting->n_before; i < linting->lint->n_items; i++) {
        if (linting->lint->items[i].position == node->position &&
            strcmp(linting->lint->items[i].code, code) == 0)
            return; /* bound twice, as the value of BETWEEN */
    }
    if (linting->status == COHORT_OK)
        linting->status = co_lint_add(linting->lint, code, node->position, node->end, format, CO_ARG(a),
                                      CO_ARG(b), CO_ARG(c));
}

/* ---- values that no record has ---- */

static cohort_status test_fold_equal(void *context, co_text text, bool *hit, cohort_error *error)
{
    (void)error;
    *hit = co_text_fold_equal(text, *(const co_text *)context);
    return COHORT_OK;
}

static bool tile_has_text(const co_column *column, co_text *wanted, bool nocase, uint64_t *hits)
{
    const co_text_match match = {
        .equal = nocase ? NULL : wanted, .n_equal = 1, .test = test_fold_equal, .context = wanted
    };
    uint32_t slot;

    if (co_column_match(column, &match, NULL, hits, &slot, NULL) != COHORT_OK)
        return true;
    for (uint32_t i = 0; i < (co_column_length(column) + 63) / 64; i++) {
        if (hits[i] != 0)
            return true;
    }
    return false;
}

/* Strings: some tile holds it. Doubt counts as yes. */
static bool some_string(co_linting *linting, const co_asked_field *asked, co_text wanted)
{
    const co_version *version = linting->plan->version;
    const bool nocase = asked->field->collation == COHORT_NOCASE;
    uint64_t *hits = co_memory_new_array(linting->memory, CO_TILE_WORDS, sizeof *hits);
    bool found = hits == NULL;

    if (hits == NULL)
        linting->status = COHORT_MEMORY;
    for (uint32_t i = 0; !found && i < co_version_n_tiles(version, asked->object->id); i++) {
        const co_tile *tile = co_version_tile(version, asked->object->id, i);
        const co_column *column = tile == NULL ? NULL : co_tile_column(tile, asked->id);

        found = column != NULL && tile_has_text(column, &wanted, nocase, hits);
    }
    co_memory_free(linting->memory, hits, CO_TILE_WORDS * sizeof *hits);
    return found;
}

/* Sets: the dictionary knows every element. */
static bool some_element(const co_asked_field *asked, co_text wanted)
{
    const co_dictionary *dictionary = asked->field->dictionary;

    if (asked->field->collation != COHORT_NOCASE)
        return co_dictionary_find(dictionary, wanted) != CO_NO_CODE;
    for (uint32_t code = 0; code < co_dictionary_count(dictionary); code++) {
        if (co_text_fold_equal(co_dictionary_text(dictionary, code), wanted))
            return true;
    }
    return false;
}

static co_text nearest_value(co_linting *linting, const co_dictionary *dictionary, co_text wanted)
{
    const uint32_t n = co_dictionary_count(dictionary);
    co_text *texts = co_memory_new_array(linting->memory, n, sizeof *texts);
    co_text near = { NULL, 0 };

    if (texts == NULL && n > 0)
        linting->status = COHORT_MEMORY;
    for (uint32_t code = 0; texts != NULL && code < n; code++)
        texts[code] = co_dictionary_text(dictionary, code);
    if (texts != NULL)
        near = co_expr_nearest(wanted, texts, n);
    co_memory_free(linting->memory, texts, n * sizeof *texts);
    return near;
}

/* Different values of a field, at most: small tiles of strings are not in the dictionary. */
static uint64_t n_distinct_at_most(const co_linting *linting, const co_asked_field *asked)
{
    const co_version *version = linting->plan->version;
    uint64_t n = co_dictionary_count(asked->field->dictionary);

    for (uint32_t i = 0; n == 0 && i < co_version_n_tiles(version, asked->object->id); i++) {
        const co_tile *tile = co_version_tile(version, asked->object->id, i);
        const co_column *column = tile == NULL ? NULL : co_tile_column(tile, asked->id);

        n += column == NULL ? 0 : co_column_n_valid(column);
    }
    return n;
}

static void check_value(co_linting *linting, const co_asked_field *asked, const co_node *literal,
                        co_text wanted)
{
    const co_dictionary *dictionary = asked->field->dictionary;
    const uint64_t n = dictionary == NULL ? 0 : n_distinct_at_most(linting, asked);

    if (n == 0 || n > LOW_CARDINALITY ||
        (asked->field->type == COHORT_SET ? some_element(asked, wanted)
                                          : some_string(linting, asked, wanted)))
        return;

    const co_text near = nearest_value(linting, dictionary, wanted);

    if (near.bytes != NULL)
        warn(linting, "unknown-value", literal,
             "no record has '" CO_FMT "' as " CO_FMT ", did you mean '" CO_FMT "'?", wanted,
             asked->field->name, near);
    else
        warn(linting, "unknown-value", literal, "no record has '" CO_FMT "' as " CO_FMT, wanted,
             asked->field->name, near);
}

static void check_values(co_linting *linting, const co_plan_node *node, const co_asked_field *asked)
{
    const co_node *written = node->node;

    if (asked->field->type != COHORT_STRING && asked->field->type != COHORT_SET)
        return;
    if (written->kind != CO_NODE_IN && written->kind != CO_NODE_HAS &&
        (written->kind != CO_NODE_COMPARE || written->compare > CO_NOT_EQUAL))
        return;
    for (uint32_t i = 1; i < written->n_children; i++) {
        if (written->children[i]->kind == CO_NODE_STRING)
            check_value(linting, asked, written->children[i], written->children[i]->text);
    }
}

/* ---- ranges that hold no value, or every one ---- */

static bool range_of_field(const co_linting *linting, const co_step *step, int64_t *least, int64_t *greatest)
{
    const co_version *version = linting->plan->version;
    bool found = false;

    for (uint32_t i = 0; i < co_version_n_tiles(version, step->object); i++) {
        const co_tile *tile = co_version_tile(version, step->object, i);
        const co_column *column = tile == NULL ? NULL : co_tile_column(tile, step->field);
        int64_t low, high;

        if (column == NULL || !co_column_range(column, &low, &high))
            continue;
        *least = !found || low < *least ? low : *least;
        *greatest = !found || high > *greatest ? high : *greatest;
        found = true;
    }
    return found;
}

static co_text number_text(const co_field *field, int64_t number, char out[CO_WIDE_TEXT])
{
    switch (field->type) {
    case COHORT_DATE:
        return (co_text){ out, co_print_date(number, out) };
    case COHORT_TIMESTAMP:
        return (co_text){ out, co_print_time(number, out) };
    case COHORT_DOUBLE:
        return (co_text){ out, co_print_double(co_ordered_to_double(number), out) };
    default:
        return (co_text){ out, co_print_decimal(number, (uint32_t)field->scale, out) };
    }
}

static void check_range(co_linting *linting, const co_plan_node *node, const co_asked_field *asked)
{
    const co_step *step = node->true_step == CO_NO_STEP ? NULL : &linting->plan->steps[node->true_step];
    char low_text[CO_WIDE_TEXT], high_text[CO_WIDE_TEXT];
    int64_t least = 0, greatest = 0;

    if (step != NULL && step->kind == CO_STEP_VIA)
        step = &linting->plan->steps[step->inputs[0]];
    if (step == NULL || step->kind != CO_STEP_BETWEEN || step->outside || asked->field->type == COHORT_BOOL ||
        asked->field->type == COHORT_REFERENCE || step->field != asked->id ||
        step->object != asked->object->id || !range_of_field(linting, step, &least, &greatest))
        return;

    const co_text from = number_text(asked->field, least, low_text);
    const co_text to = number_text(asked->field, greatest, high_text);

    if (step->high < least || step->low > greatest)
        warn(linting, "never-true", node->node, "no record fits: " CO_FMT " runs from " CO_FMT " to " CO_FMT,
             asked->field->name, from, to);
    else if (step->low <= least && step->high >= greatest)
        warn(linting, "always-true", node->node,
             "every known " CO_FMT " fits: they run from " CO_FMT " to " CO_FMT, asked->field->name, from,
             to);
}

/* ---- days and instants ---- */

static bool is_bare_day(const co_node *node)
{
    co_local_time time;

    return node->kind == CO_NODE_DATE || (node->kind == CO_NODE_STRING &&
                                          co_parse_time(node->text, &time) == CO_TIME_FINE && !time.has_time);
}

static void check_days(co_linting *linting, const co_plan_node *node, const co_asked_field *asked)
{
    const co_node *written = node->node;
    const co_text name = asked->field->name, none = { NULL, 0 };

    if (asked->field->type != COHORT_TIMESTAMP)
        return;
    if (written->kind == CO_NODE_BETWEEN && is_bare_day(written->children[2]))
        warn(linting, "ends-at-midnight", written->children[2],
             "this ends at the first instant of the last day; write DAY_ONLY(" CO_FMT ") BETWEEN …", name,
             none, none);
    else if (written->kind == CO_NODE_COMPARE && written->compare <= CO_NOT_EQUAL &&
             is_bare_day(written->children[1]))
        warn(linting, "day-as-instant", written,
             "this compares with the first instant of the day only; write DAY_ONLY(" CO_FMT ") = …", name,
             none, none);
}

/* ---- events that have not happened ---- */

static bool is_future(const co_node *node)
{
    return node->kind == CO_NODE_RANGE && (node->range.kind == CO_RANGE_NEXT_N ||
                                           (node->range.kind == CO_RANGE_THIS && node->range.count > 0));
}

static void check_future(co_linting *linting, const co_plan_node *node, const co_asked_field *asked)
{
    const co_node *written = node->node;
    const co_text none = { NULL, 0 };

    if (asked->object->time != asked->id)
        return;
    for (uint32_t i = 1; i < written->n_children; i++) {
        if (is_future(written->children[i]))
            warn(linting, "future-event", written->children[i],
                 "records whose " CO_FMT
                 " lies after the as-of instant do not exist yet; keep planned dates in "
                 "another field",
                 asked->field->name, none, none);
    }
}

/* ---- all ---- */

cohort_status co_plan_lint(co_memory *memory, co_version *version, const co_when *when,
                           const co_plan_request *request, co_lint *lint, cohort_error *error)
{
    co_plan_request with_nodes = *request;
    co_linting linting = { .memory = memory, .lint = lint, .n_before = lint->n_items, .status = COHORT_OK };
    co_plan *plan;

    with_nodes.want_nodes = true;
    with_nodes.want_inner_nodes = true;

    const cohort_status status = co_plan_new(memory, version, when, &with_nodes, 1, &plan, error);

    if (status != COHORT_OK)
        return status;
    linting.plan = plan;
    for (uint32_t i = 0; i < plan->n_nodes; i++) {
        const co_plan_node *node = &plan->nodes[i];
        co_asked_field asked;

        if (!node->is_leaf || !field_of(&linting, node, &asked))
            continue;
        check_values(&linting, node, &asked);
        check_range(&linting, node, &asked);
        check_days(&linting, node, &asked);
        check_future(&linting, node, &asked);
    }
    co_plan_free(plan);
    return linting.status == COHORT_OK ? COHORT_OK : co_fail_memory(error);
}
