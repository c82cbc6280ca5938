/*
 * Plans as text, a line a step: for tests, and for reading.
 *
 *     $0 FIELD account.revenue EXACT
 *     #0 1:account COMPARE $0 < $1
 *     #1 1:contact VIA account #0
 *     $1 FOLD EXACT COUNT visit VIA contact #2        at home; with ~0 by link 0
 *     ~0 visit #2 TO contact                          the link
 *     ^0 contact TOP 10 PERCENT $0 AMONG #3           a ranking
 */
#include "base/number.h"
#include "base/timetext.h"
#include "plan/plan.h"

static const co_object *object_of(const co_plan *plan, uint32_t object)
{
    return co_schema_object(co_version_schema(plan->version), object);
}

static void put_field(const co_plan *plan, co_buffer *out, uint32_t object, uint32_t field)
{
    co_buffer_text(out, object_of(plan, object)->fields[field].name);
}

/* "account.owner" from the object on. */
static void put_way(const co_plan *plan, co_buffer *out, uint32_t object, co_way way)
{
    for (uint32_t i = 0; i < way.n; i++) {
        if (i > 0)
            co_buffer_byte(out, '.');
        put_field(plan, out, object, way.fields[i]);
        object = object_of(plan, object)->fields[way.fields[i]].target;
    }
}

static void put_end(co_buffer *out, int64_t end)
{
    if (end == INT64_MIN)
        co_buffer_string(out, " -");
    else if (end == INT64_MAX)
        co_buffer_string(out, " +");
    else
        co_buffer_format(out, " %lld", (long long)end);
}

/* ---- value steps ---- */

static const char *const type_words[] = { [CO_V_BOOL] = "BOOL",           [CO_V_EXACT] = "EXACT",
                                          [CO_V_DOUBLE] = "DOUBLE",       [CO_V_DATE] = "DATE",
                                          [CO_V_TIMESTAMP] = "TIMESTAMP", [CO_V_INTERVAL] = "INTERVAL",
                                          [CO_V_TEXT] = "TEXT",           [CO_V_SET] = "SET",
                                          [CO_V_POINT] = "POINT",         [CO_V_REFERENCE] = "REFERENCE" };

static const char *const vstep_words[] = { [CO_VS_CONSTANT] = "CONSTANT",
                                           [CO_VS_FIELD] = "FIELD",
                                           [CO_VS_REFERENCE] = "REFERENCE",
                                           [CO_VS_KEY] = "KEY",
                                           [CO_VS_BUCKET] = "BUCKET",
                                           [CO_VS_EXISTS_GUARD] = "EXISTS_GUARD",
                                           [CO_VS_CONDITION] = "CONDITION",
                                           [CO_VS_TO_DOUBLE] = "TO_DOUBLE",
                                           [CO_VS_RESCALE] = "RESCALE",
                                           [CO_VS_TO_TIMESTAMP] = "TO_TIMESTAMP",
                                           [CO_VS_TO_TEXT] = "TO_TEXT",
                                           [CO_VS_ADD] = "ADD",
                                           [CO_VS_SUBTRACT] = "SUBTRACT",
                                           [CO_VS_MULTIPLY] = "MULTIPLY",
                                           [CO_VS_DIVIDE] = "DIVIDE",
                                           [CO_VS_NEGATE] = "NEGATE",
                                           [CO_VS_DATE_ADD_DAYS] = "DATE_ADD_DAYS",
                                           [CO_VS_ADD_INTERVAL] = "ADD_INTERVAL",
                                           [CO_VS_DATE_DIFFERENCE] = "DATE_DIFFERENCE",
                                           [CO_VS_TIMESTAMP_DIFFERENCE] = "TIMESTAMP_DIFFERENCE",
                                           [CO_VS_INTERVAL_SCALE] = "INTERVAL_SCALE",
                                           [CO_VS_SELECT] = "SELECT",
                                           [CO_VS_COALESCE] = "COALESCE",
                                           [CO_VS_NULLIF] = "NULLIF",
                                           [CO_VS_LEAST] = "LEAST",
                                           [CO_VS_GREATEST] = "GREATEST",
                                           [CO_VS_CONCAT] = "CONCAT",
                                           [CO_VS_SET_AT_LEAST] = "SET_AT_LEAST",
                                           [CO_VS_SET_EXACTLY] = "SET_EXACTLY",
                                           [CO_VS_FAR] = "FAR",
                                           [CO_VS_FOLD] = "FOLD",
                                           [CO_VS_CHAIN] = "CHAIN",
                                           [CO_VS_RANKED] = "RANKED",
                                           [CO_VS_FUNCTION] = "FUNCTION" };

static const char *const function_words[] = {
#define WORD(name, text, least, greatest) [CO_FUNCTION_##name] = text,
    CO_FUNCTION_LIST(WORD)
#undef WORD
};

static void put_constant(co_buffer *out, const co_vstep *vstep)
{
    const co_constant *constant = &vstep->constant;
    char text[CO_INTERVAL_TEXT];

    if (vstep->is_null) {
        co_buffer_string(out, " NULL");
        return;
    }
    co_buffer_byte(out, ' ');
    switch (vstep->type) {
    case CO_V_EXACT:
        co_buffer_append(out, text, co_print_wide(constant->wide, vstep->scale, text));
        break;
    case CO_V_DOUBLE:
        co_buffer_append(out, text, co_print_double(constant->real, text));
        break;
    case CO_V_DATE:
        co_buffer_append(out, text, co_print_date(constant->number, text));
        break;
    case CO_V_TIMESTAMP:
        co_buffer_append(out, text, co_print_time(constant->number, text));
        break;
    case CO_V_INTERVAL:
        co_buffer_append(out, text, co_print_interval(constant->interval, text));
        break;
    case CO_V_TEXT:
        co_buffer_format(out, "'" CO_FMT "'", CO_ARG(constant->text));
        break;
    case CO_V_POINT:
        co_buffer_format(out, "(%g, %g)", constant->point.latitude, constant->point.longitude);
        break;
    default:
        co_buffer_format(out, "%lld", (long long)constant->number);
        break;
    }
}

static const char *const aggregate_words[] = {
    [CO_AGGREGATE_COUNT] = "COUNT",     [CO_AGGREGATE_SUM] = "SUM",        [CO_AGGREGATE_AVG] = "AVG",
    [CO_AGGREGATE_MIN] = "MIN",         [CO_AGGREGATE_MAX] = "MAX",        [CO_AGGREGATE_MEDIAN] = "MEDIAN",
    [CO_AGGREGATE_FIRST] = "FIRST",     [CO_AGGREGATE_LAST] = "LAST",      [CO_AGGREGATE_MODE] = "MODE",
    [CO_AGGREGATE_MAX_GAP] = "MAX_GAP", [CO_AGGREGATE_AVG_GAP] = "AVG_GAP"
};

/* "visit VIA contact #3", and "~0" for link 0. */
static void put_relation(const co_plan *plan, co_buffer *out, const co_relation *relation, uint32_t rows)
{
    co_buffer_byte(out, ' ');
    co_buffer_text(out, object_of(plan, relation->child)->name);
    co_buffer_string(out, " VIA ");
    put_way(plan, out, relation->child, relation->via);
    if (relation->link != CO_NO_STEP)
        co_buffer_format(out, " ~%u", relation->link);
    co_buffer_format(out, " #%u", rows);
}

static void put_within(co_buffer *out, co_interval within)
{
    char text[CO_INTERVAL_TEXT];

    co_buffer_string(out, " WITHIN ");
    co_buffer_append(out, text, co_print_interval(within, text));
}

static void put_chain(const co_plan *plan, co_buffer *out, const co_chain *chain)
{
    co_buffer_string(out, chain->is_funnel ? " FUNNEL" : " SEQUENCE");
    for (uint32_t i = 0; i < chain->n_steps; i++) {
        const co_chain_step *step = &chain->steps[i];

        co_buffer_string(out, i == 0 ? "" : ",");
        co_buffer_string(out, step->negated ? " NOT" : "");
        put_relation(plan, out, &step->relation, step->rows);
        for (uint32_t k = 0; k < chain->n_same; k++)
            co_buffer_format(out, " $%u", step->same[k]);
        if (step->has_within)
            put_within(out, step->within);
    }
    if (chain->has_within || chain->strict)
        co_buffer_byte(out, ';');
    if (chain->has_within)
        put_within(out, chain->within);
    co_buffer_string(out, chain->strict ? " STRICT" : "");
}

/* What only some kinds have. */
static void put_related(const co_plan *plan, co_buffer *out, const co_vstep *vstep)
{
    switch (vstep->kind) {
    case CO_VS_FOLD:
        co_buffer_format(out, " %s%s", aggregate_words[vstep->aggregate], vstep->distinct ? " DISTINCT" : "");
        put_relation(plan, out, &vstep->relation, vstep->true_step);
        break;
    case CO_VS_CHAIN:
        put_chain(plan, out, vstep->chain);
        break;
    case CO_VS_RANKED:
        co_buffer_format(out, " ^%u", vstep->ranking);
        break;
    default:
        break;
    }
}

static void put_vstep(const co_plan *plan, co_buffer *out, uint32_t id)
{
    const co_vstep *vstep = &plan->vsteps[id];

    co_buffer_format(out, "$%u %s %s", id,
                     vstep->kind == CO_VS_FUNCTION ? function_words[vstep->function]
                                                   : vstep_words[vstep->kind],
                     type_words[vstep->type]);
    if (vstep->type == CO_V_EXACT && vstep->scale > 0)
        co_buffer_format(out, "(%u)", vstep->scale);
    if (vstep->kind == CO_VS_CONSTANT)
        put_constant(out, vstep);
    if (vstep->way.n > 0) {
        co_buffer_byte(out, ' ');
        put_way(plan, out, vstep->object, vstep->way);
    }
    if (vstep->kind == CO_VS_FIELD) {
        co_buffer_byte(out, vstep->way.n > 0 ? '.' : ' ');
        put_field(plan, out, vstep->way.object, vstep->field);
    }
    if (vstep->kind == CO_VS_BUCKET)
        co_buffer_format(out, " %llu '" CO_FMT "'", (unsigned long long)vstep->n,
                         CO_ARG(vstep->constant.text));
    put_related(plan, out, vstep);
    if (vstep->kind == CO_VS_CONDITION)
        co_buffer_format(out, " #%u #%u", vstep->true_step, vstep->false_step);
    if (vstep->kind == CO_VS_SET_AT_LEAST)
        co_buffer_format(out, " %llu", (unsigned long long)vstep->n);
    if (vstep->subtract)
        co_buffer_string(out, " -");
    for (uint32_t i = 0; i < vstep->n_conditions; i++)
        co_buffer_format(out, " #%u", vstep->conditions[i]);
    for (uint32_t i = 0; i < vstep->n_operands; i++)
        co_buffer_format(out, " $%u", vstep->operands[i]);
    co_buffer_byte(out, '\n');
}

/* ---- set steps ---- */

static const char *const step_words[] = { [CO_STEP_NONE] = "NONE",
                                          [CO_STEP_ROWS] = "ROWS",
                                          [CO_STEP_AND] = "AND",
                                          [CO_STEP_OR] = "OR",
                                          [CO_STEP_MINUS] = "MINUS",
                                          [CO_STEP_AT_LEAST] = "AT_LEAST",
                                          [CO_STEP_STATIC] = "STATIC",
                                          [CO_STEP_VIA] = "VIA",
                                          [CO_STEP_VIA_MISSING] = "VIA_MISSING",
                                          [CO_STEP_REACHED] = "REACHED",
                                          [CO_STEP_BETWEEN] = "BETWEEN",
                                          [CO_STEP_AMONG] = "AMONG",
                                          [CO_STEP_VALID] = "VALID",
                                          [CO_STEP_MATCH] = "MATCH",
                                          [CO_STEP_HOLDS] = "HOLDS",
                                          [CO_STEP_EXACTLY] = "EXACTLY",
                                          [CO_STEP_COMPARE] = "COMPARE",
                                          [CO_STEP_DISTINCT] = "DISTINCT",
                                          [CO_STEP_SET_PAIR] = "SET_PAIR",
                                          [CO_STEP_TEXT_PAIR] = "TEXT_PAIR",
                                          [CO_STEP_HAS_VALUE] = "HAS_VALUE",
                                          [CO_STEP_TRUE] = "TRUE",
                                          [CO_STEP_TEXT] = "TEXT",
                                          [CO_STEP_SET_TEST] = "SET_TEST",
                                          [CO_STEP_ANNIVERSARY] = "ANNIVERSARY",
                                          [CO_STEP_POLYGON] = "POLYGON" };

static bool has_field(co_step_kind kind)
{
    return kind >= CO_STEP_BETWEEN && kind <= CO_STEP_EXACTLY;
}

static void put_match(co_buffer *out, const co_text_match *match)
{
    if (match->equal == NULL)
        co_buffer_string(out, " ?");
    for (size_t i = 0; match->equal != NULL && i < match->n_equal && i < 8; i++)
        co_buffer_format(out, " '" CO_FMT "'", CO_ARG(match->equal[i]));
}

static void put_reached(const co_plan *plan, co_buffer *out, const co_step *step)
{
    co_buffer_format(out, " %u", step->n);
    put_relation(plan, out, &step->relation, step->inputs[0]);
    co_buffer_byte(out, '\n');
}

static void put_operands(co_buffer *out, const co_step *step)
{
    static const char *const words[] = { "=", "!=", "<", "<=", ">", ">=" };

    if (step->n > 0)
        co_buffer_format(out, " %u", step->n);
    for (uint32_t i = 0; i < step->n_numbers; i++)
        co_buffer_format(out, " %lld", (long long)step->numbers[i]);
    for (uint32_t i = 0; i < step->n_groups; i++) {
        for (uint32_t k = 0; k < step->groups[i].n; k++)
            co_buffer_format(out, "%c%u", k == 0 ? ' ' : '|', step->groups[i].codes[k]);
    }
    if (step->a != CO_NO_STEP)
        co_buffer_format(out, " $%u", step->a);
    if (step->kind == CO_STEP_COMPARE)
        co_buffer_format(out, " %s", words[step->compare]);
    if (step->b != CO_NO_STEP)
        co_buffer_format(out, " $%u%s", step->b, step->set_parts ? " parts" : "");
    for (uint32_t i = 0; i < step->n_inputs; i++)
        co_buffer_format(out, " #%u", step->inputs[i]);
}

static void put_step(const co_plan *plan, co_buffer *out, uint32_t id)
{
    const co_step *step = &plan->steps[id];

    co_buffer_format(out, "#%u %u:" CO_FMT " %s%s", id, step->pass,
                     CO_ARG(object_of(plan, step->object)->name), step->outside ? "NOT " : "",
                     step_words[step->kind]);
    if (step->kind == CO_STEP_REACHED) {
        put_reached(plan, out, step);
        return;
    }
    if (step->way.n > 0) {
        co_buffer_byte(out, ' ');
        put_way(plan, out, step->object, step->way);
    }
    if (has_field(step->kind)) {
        co_buffer_byte(out, ' ');
        put_field(plan, out, step->object, step->field);
    }
    if (step->kind == CO_STEP_BETWEEN || step->kind == CO_STEP_ANNIVERSARY) {
        put_end(out, step->low);
        put_end(out, step->high);
    }
    if (step->match != NULL)
        put_match(out, step->match);
    put_operands(out, step);
    co_buffer_byte(out, '\n');
}

/* ---- what is found out between passes ---- */

static void put_link(const co_plan *plan, co_buffer *out, uint32_t id)
{
    const co_link *link = &plan->links[id];

    co_buffer_format(out, "~%u " CO_FMT " #%u TO ", id, CO_ARG(object_of(plan, link->child)->name),
                     link->rows);
    put_way(plan, out, link->child, link->via);
    co_buffer_byte(out, '\n');
}

static void put_ranking(const co_plan *plan, co_buffer *out, uint32_t id)
{
    static const char *const words[] = { "TOP", "NTILE", "RANK", "PERCENT_RANK" };
    const co_ranking *ranking = &plan->rankings[id];
    char text[CO_WIDE_TEXT];

    co_buffer_format(out, "^%u " CO_FMT " %s", id, CO_ARG(object_of(plan, ranking->object)->name),
                     ranking->bottom ? "BOTTOM" : words[ranking->by]);
    if (ranking->by <= CO_RANKED_NTILE) {
        co_buffer_byte(out, ' ');
        co_buffer_append(out, text, co_print_wide(ranking->n, ranking->scale, text));
    }
    co_buffer_format(out, "%s $%u AMONG #%u", ranking->percent ? " PERCENT" : "", ranking->value,
                     ranking->among);
    for (uint32_t i = 0; i < ranking->n_per; i++)
        co_buffer_format(out, "%s $%u", i == 0 ? " PER" : ",", ranking->per[i]);
    co_buffer_string(out, ranking->with_ties ? " WITH TIES\n" : "\n");
}

void co_plan_print(const co_plan *plan, co_buffer *out)
{
    for (uint32_t i = 0; i < plan->n_vsteps; i++)
        put_vstep(plan, out, i);
    for (uint32_t i = 0; i < plan->n_steps; i++)
        put_step(plan, out, i);
    for (uint32_t i = 0; i < plan->n_links; i++)
        put_link(plan, out, i);
    for (uint32_t i = 0; i < plan->n_rankings; i++)
        put_ranking(plan, out, i);
    for (uint32_t i = 0; i < plan->n_results; i++) {
        const co_plan_result *result = &plan->results[i];

        co_buffer_string(out, "=");
        if (result->true_step != CO_NO_STEP)
            co_buffer_format(out, " #%u", result->true_step);
        if (result->false_step != CO_NO_STEP)
            co_buffer_format(out, " #%u", result->false_step);
        if (result->value != CO_NO_STEP)
            co_buffer_format(out, " $%u", result->value);
        co_buffer_byte(out, '\n');
    }
}
