/* Which family finds a value step. */
#include "eval/rankings.h"

#include <assert.h>

static co_value_family *family_of_function(uint8_t function)
{
    switch (function) {
    case CO_FUNCTION_ABS:
    case CO_FUNCTION_ROUND:
    case CO_FUNCTION_FLOOR:
    case CO_FUNCTION_CEIL:
    case CO_FUNCTION_MOD:
    case CO_FUNCTION_POWER:
    case CO_FUNCTION_EXP:
    case CO_FUNCTION_LN:
        return co_number_values;
    case CO_FUNCTION_LOWER:
    case CO_FUNCTION_UPPER:
    case CO_FUNCTION_TRIM:
    case CO_FUNCTION_LENGTH:
        return co_text_values;
    case CO_FUNCTION_CARDINALITY:
        return co_field_values;
    case CO_FUNCTION_GEOLOCATION:
    case CO_FUNCTION_DISTANCE:
        return co_point_values;
    default:
        return co_calendar_values;
    }
}

static co_value_family *family_of(const co_vstep *vstep)
{
    switch (vstep->kind) {
    case CO_VS_TO_DOUBLE:
    case CO_VS_RESCALE:
    case CO_VS_TO_TIMESTAMP:
    case CO_VS_TO_TEXT:
        return co_convert_values;
    case CO_VS_ADD:
    case CO_VS_SUBTRACT:
    case CO_VS_MULTIPLY:
    case CO_VS_DIVIDE:
    case CO_VS_NEGATE:
        return vstep->type == CO_V_INTERVAL ? co_span_values : co_arithmetic_values;
    case CO_VS_DATE_ADD_DAYS:
    case CO_VS_ADD_INTERVAL:
    case CO_VS_DATE_DIFFERENCE:
    case CO_VS_TIMESTAMP_DIFFERENCE:
    case CO_VS_INTERVAL_SCALE:
        return co_span_values;
    case CO_VS_SELECT:
    case CO_VS_COALESCE:
    case CO_VS_NULLIF:
    case CO_VS_LEAST:
    case CO_VS_GREATEST:
        return co_select_values;
    case CO_VS_CONCAT:
        return co_text_values;
    case CO_VS_SET_AT_LEAST:
    case CO_VS_SET_EXACTLY:
        return co_set_values;
    case CO_VS_RANKED:
        return co_ranked_values;
    case CO_VS_FAR:
        return co_far_values;
    case CO_VS_FOLD:
    case CO_VS_CHAIN:
        return co_fold_values;
    case CO_VS_FUNCTION:
        return family_of_function(vstep->function);
    default:
        return co_field_values;
    }
}

cohort_status co_value_compute(co_worker *worker, co_scope *scope, uint32_t vstep, const co_choice *choice,
                               co_vector *out)
{
    const co_task task = { worker, scope, &worker->run->plan->vsteps[vstep], choice };
    const co_vstep *step = task.vstep;

    assert(choice->n <= CO_CHUNK);
    worker->n_values += step->n_operands > 0 ? choice->n : 0;
    if (!co_vector_open(&worker->scratch, step->type, step->scale, step->is_wide, choice->n, out))
        return COHORT_MEMORY;

    const co_mark mark = co_stack_mark(&worker->scratch);
    const cohort_status status = family_of(step)(&task, out);

    /* Texts and sets may point into what was taken on the way. */
    if (step->type != CO_V_TEXT && step->type != CO_V_SET)
        co_stack_release(&worker->scratch, mark);
    return status;
}

/* What several read, but for what is there anyway; of single rows only what is computed. */
static bool is_shared(const co_run *run, uint32_t vstep)
{
    const co_vstep *step = &run->plan->vsteps[vstep];
    const bool is_there = step->kind == CO_VS_CONSTANT || step->kind == CO_VS_CONDITION ||
                          step->kind == CO_VS_FOLD || step->kind == CO_VS_CHAIN ||
                          (step->kind == CO_VS_FIELD && step->way.n == 0) || step->type == CO_V_SET;

    return run->program->vstep_users[vstep] > 1 && !is_there && (step->n_operands > 0 || !run->on_demand);
}

cohort_status co_value_find(co_worker *worker, co_scope *scope, uint32_t vstep, const co_choice *choice,
                            co_vector *out)
{
    return is_shared(worker->run, vstep) ? co_shared_find(worker, scope, vstep, choice, out)
                                         : co_value_compute(worker, scope, vstep, choice, out);
}
