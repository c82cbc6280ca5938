/* Planning over the CRM: see planning.h. */
#include "support/planning.h"

#include <stdio.h>

#include "support/must.h"

const co_when co_noon = { .has_as_of = true, .as_of_us = INT64_C(1795348800000000) };

static void print(co_memory *memory, const co_plan *plan, char *out, size_t size)
{
    co_buffer text;

    co_buffer_init(&text, memory, 0);
    co_plan_print(plan, &text);
    must(text.status == COHORT_OK);
    snprintf(out, size, "%.*s", (int)text.length, text.bytes);
    co_buffer_clear(&text);
}

void co_plan_text_of(co_store *store, const co_when *when, const co_question *questions, uint32_t n,
                     char *out, size_t size)
{
    co_plan_request requests[8] = { { 0 } };
    co_tree *trees[8];
    cohort_error error = COHORT_ERROR_INIT;
    co_memory memory;
    co_plan *plan;
    co_version *version = co_store_current(store);

    co_memory_init(&memory, NULL, 0);
    for (uint32_t i = 0; i < n; i++) {
        must(co_expr_parse(&memory, co_text_of(questions[i].text), NULL, &trees[i], &error) == COHORT_OK);
        requests[i] = (co_plan_request){ .object = co_crm_object(store, questions[i].object),
                                         .tree = trees[i],
                                         .nulls = questions[i].nulls,
                                         .want_unknown = true };
    }

    const cohort_status status = co_plan_new(&memory, version, when, requests, n, &plan, &error);

    if (status == COHORT_OK)
        print(&memory, plan, out, size);
    else
        snprintf(out, size, "%s@%llu %s", cohort_status_name(status), (unsigned long long)error.position,
                 error.text);
    must((status == COHORT_OK) == (plan != NULL));
    co_plan_free(plan);
    for (uint32_t i = 0; i < n; i++)
        co_tree_free(trees[i]);
    co_version_release(version);
    must(memory.used_bytes == 0);
}

void co_planned_make(co_planned *planned, co_store *store, const co_when *when, co_question question)
{
    cohort_error error = COHORT_ERROR_INIT;

    co_memory_init(&planned->memory, NULL, 0);
    planned->version = co_store_current(store);
    must(co_expr_parse(&planned->memory, co_text_of(question.text), NULL, &planned->tree, &error) ==
         COHORT_OK);

    const co_plan_request request = { .object = co_crm_object(store, question.object),
                                      .tree = planned->tree,
                                      .nulls = question.nulls,
                                      .want_unknown = true,
                                      .want_nodes = true };
    const cohort_status status =
        co_plan_new(&planned->memory, planned->version, when, &request, 1, &planned->plan, &error);

    if (status != COHORT_OK)
        ck_abort_msg("%s: %s", question.text, error.text);
}

void co_planned_clear(co_planned *planned)
{
    co_plan_free(planned->plan);
    co_tree_free(planned->tree);
    co_version_release(planned->version);
    must(planned->memory.used_bytes == 0);
}
