/*
 * Segments bound to a snapshot: what every evaluation begins with.
 */
#ifndef CO_API_PLANNED_H
#define CO_API_PLANNED_H

#include "api/handles.h"

typedef struct co_planned {
    co_eval *eval;
    co_plan *plan;
    co_eval_control control;
} co_planned;

/* What the plan must answer beside who is in. */
typedef enum co_wish { CO_WISH_MEMBERS, CO_WISH_UNKNOWN, CO_WISH_NODES } co_wish;

/*
 * Plans n segments together; result i is segment i's. Refuses NULL handles and
 * objects the snapshot does not have. Close it also after a failure.
 */
cohort_status co_planned_open(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                              const cohort_segment *const *segments, size_t n,
                              const cohort_evaluate_options *options, co_wish wish, co_planned *planned,
                              cohort_error *error);
void co_planned_close(co_planned *planned);

/* Plans conditions over one object, each a tree, already in hand. */
cohort_status co_planned_open_trees(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                                    const co_plan_request *requests, size_t n,
                                    const cohort_evaluate_options *options, co_planned *planned, cohort_error *error);

/* The object of that name; NOT_FOUND. */
cohort_status co_snapshot_object(const cohort_snapshot *snapshot, co_text name, const co_object **object,
                                 cohort_error *error);
/* Where rows of that object belong. */
co_origin co_snapshot_origin(const cohort_snapshot *snapshot, uint32_t object);

#endif
