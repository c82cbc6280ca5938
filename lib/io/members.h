/*
 * Who is in a segment, written out: as keys, CSV, JSON lines, a table or a
 * Roaring bitmap of int keys.
 *
 * Costs:   columns are computed for 4,096 members at a time; an order needs its
 *          values for all members at once; a table computes its columns twice,
 *          the first time for their widths.
 */
#ifndef CO_IO_MEMBERS_H
#define CO_IO_MEMBERS_H

#include "cohort/io.h"
#include "eval/eval.h"

typedef struct co_members_request {
    co_version *version;
    uint32_t object;
    const co_tree *tree;
    int32_t nulls;
    const co_when *when;
    const co_eval_control *control;
    const cohort_members_options *options;
} co_members_request;

/* *n_written members. Fails as planning and evaluation do; TYPE for ROARING of keys that are no ints within 32 bits. */
cohort_status co_members_write(co_eval *eval, const co_members_request *request, cohort_write write, void *context,
                               uint64_t *n_written, cohort_error *error);

#endif
