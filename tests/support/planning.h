/* Planning one or several expressions over the CRM, and the plan as text. */
#ifndef CO_TESTS_SUPPORT_PLANNING_H
#define CO_TESTS_SUPPORT_PLANNING_H

#include "plan/plan.h"
#include "support/crm.h"

/* As of 2026-11-22 12:00 UTC, a Sunday. */
extern const co_when co_noon;

typedef struct co_question {
    const char *object;
    const char *text;
    int32_t nulls;
} co_question;

/*
 * Plans up to eight expressions together, with their false sets. Writes the plan as
 * co_plan_print does, or "COHORT_TYPE@5 text" for a refusal.
 */
void co_plan_text_of(co_store *store, const co_when *when, const co_question *questions, uint32_t n, char *out,
                     size_t size);

/* A plan kept for looking at; free with co_planned_clear. */
typedef struct co_planned {
    co_memory memory;
    co_version *version;
    co_tree *tree;
    co_plan *plan;
} co_planned;

void co_planned_make(co_planned *planned, co_store *store, const co_when *when, co_question question);
void co_planned_clear(co_planned *planned);

#endif
