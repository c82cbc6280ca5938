/* Asking one record; see asking.h. */
#include "support/asking.h"

#include <stdio.h>
#include <string.h>

#include "api/seen.h"
#include "cohort/evaluate.h"
#include "io/zoneinfo.h"
#include "support/crm.h"
#include "support/must.h"

void co_asking_start(co_asking *asking, co_store *store, const char *as_of)
{
    *asking = (co_asking){ .store = store, .when = { .zone = co_zone_utc() } };
    must(co_eval_new(NULL, 1, 0, &asking->eval, NULL) == COHORT_OK);
    if (as_of != NULL) {
        co_local_time time;

        must(co_parse_time(co_text_of(as_of), &time) == CO_TIME_FINE);
        must(co_zone_instant_of_text(co_zone_utc(), &time, &asking->when.as_of_us));
        asking->when.has_as_of = true;
    }
}

void co_asking_end(co_asking *asking)
{
    co_zone_release(asking->when.zone);
    co_eval_free(asking->eval);
}

bool co_asking_in_zone(co_asking *asking, const char *zone)
{
    const co_zone *found;

    if (co_zoneinfo_load(co_eval_memory(asking->eval), co_text_of(zone), &found, NULL) != COHORT_OK)
        return false;
    co_zone_release(asking->when.zone);
    asking->when.zone = found;
    return true;
}

static const char *tell_error(co_asking *asking, cohort_status status, const cohort_error *error)
{
    snprintf(asking->text, sizeof asking->text, "%s: %s", cohort_status_name(status) + strlen("COHORT_"),
             error->text);
    return asking->text;
}

/* The plan of an expression over contact, or NULL and the error told. */
static co_plan *plan_for(co_asking *asking, co_version *version, const char *expression, bool is_value,
                         co_tree **tree)
{
    cohort_error error = COHORT_ERROR_INIT;
    co_plan *plan = NULL;
    cohort_status status;

    status = co_expr_parse(co_eval_memory(asking->eval), co_text_of(expression), NULL, tree, &error);
    if (status == COHORT_OK) {
        const co_plan_request request = { .object = co_crm_object(asking->store, "contact"),
                                          .tree = *tree,
                                          .nulls = asking->nulls,
                                          .is_value = is_value,
                                          .want_unknown = true };

        status =
            co_plan_new(co_eval_memory(asking->eval), version, &asking->when, &request, 1, &plan, &error);
    }
    if (status != COHORT_OK)
        tell_error(asking, status, &error);
    return plan;
}

static uint32_t row_of(const co_version *version, uint32_t object, int64_t key)
{
    uint32_t row;

    must(co_version_row(version, object, (co_key){ .number = key }, &row, NULL) == COHORT_OK);
    must(row != CO_NONE);
    return row;
}

static void find_value(co_asking *asking, const co_plan *plan, uint32_t object, uint32_t row)
{
    const uint32_t vstep = plan->results[0].value;
    cohort_error error = COHORT_ERROR_INIT;
    co_vector vector;
    co_arena arena;
    co_buffer text;
    cohort_status status;

    co_arena_init(&arena, co_eval_memory(asking->eval));
    co_buffer_init(&text, co_eval_memory(asking->eval), 0);
    status =
        co_eval_values(asking->eval, plan, object, vstep, &row, 1, CO_EVAL_STRICT, &arena, &vector, &error);
    if (status == COHORT_OK) {
        co_seen_print(plan, &plan->vsteps[vstep], &vector, 0, &text);
        must(text.status == COHORT_OK);
        snprintf(asking->text, sizeof asking->text, "%.*s", (int)text.length, text.bytes);
    } else {
        tell_error(asking, status, &error);
    }
    co_buffer_clear(&text);
    co_arena_clear(&arena);
}

const char *co_ask_value(co_asking *asking, int64_t contact, const char *expression)
{
    co_version *version = co_store_current(asking->store);
    co_tree *tree = NULL;
    const uint32_t object = co_crm_object(asking->store, "contact");
    co_plan *plan = plan_for(asking, version, expression, true, &tree);

    if (plan != NULL) {
        find_value(asking, plan, object, row_of(version, object, contact));
        co_plan_free(plan);
    }
    if (tree != NULL)
        co_tree_free(tree);
    co_version_release(version);
    return asking->text;
}

static const char *const answer_names[] = { "false", "true", "unknown" };

/* What the sets of the whole run say of the row; -1 if the run fails. */
static int32_t answer_of_run(co_asking *asking, const co_plan *plan, uint32_t row, cohort_error *error)
{
    const uint32_t steps[2] = { plan->results[0].true_step, plan->results[0].false_step };
    co_bitmap members[2];
    uint64_t counts[2];
    int32_t answer = -1;

    co_bitmap_init(&members[0], co_eval_memory(asking->eval));
    co_bitmap_init(&members[1], co_eval_memory(asking->eval));
    if (co_eval_run(asking->eval, plan, NULL, steps, 2, counts, members, NULL, error) == COHORT_OK) {
        answer = co_bitmap_contains(&members[0], row)   ? COHORT_TRUE
                 : co_bitmap_contains(&members[1], row) ? COHORT_FALSE
                                                        : COHORT_UNKNOWN;
        must(!co_bitmap_intersect(&members[0], &members[1]));
    }
    co_bitmap_clear(&members[0]);
    co_bitmap_clear(&members[1]);
    return answer;
}

static void find_truth(co_asking *asking, const co_plan *plan, uint32_t object, uint32_t row)
{
    cohort_error error = COHORT_ERROR_INIT;
    const int32_t by_run = answer_of_run(asking, plan, row, &error);
    int32_t by_row;
    cohort_status status;

    if (by_run < 0) {
        tell_error(asking, error.code, &error);
        return;
    }
    status = co_eval_row(asking->eval, plan, object, row, &plan->results[0].true_step,
                         &plan->results[0].false_step, 1, CO_EVAL_STRICT, &by_row, &error);
    must(status == COHORT_OK);
    if (by_row != by_run)
        snprintf(asking->text, sizeof asking->text, "%s by row but %s by run", answer_names[by_row],
                 answer_names[by_run]);
    else
        snprintf(asking->text, sizeof asking->text, "%s", answer_names[by_row]);
}

const char *co_ask_truth(co_asking *asking, int64_t contact, const char *condition)
{
    co_version *version = co_store_current(asking->store);
    const uint32_t object = co_crm_object(asking->store, "contact");
    co_tree *tree = NULL;
    co_plan *plan = plan_for(asking, version, condition, false, &tree);

    if (plan != NULL) {
        find_truth(asking, plan, object, row_of(version, object, contact));
        co_plan_free(plan);
    }
    if (tree != NULL)
        co_tree_free(tree);
    co_version_release(version);
    return asking->text;
}
