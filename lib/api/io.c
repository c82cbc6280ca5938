/* include/cohort/io.h: checks at the door, then io/. */
#include "cohort/io.h"

#include "api/options.h"
#include "api/when.h"
#include "io/load.h"
#include "io/members.h"

cohort_status cohort_store_load_csv(cohort_store *store, const cohort_load_options *options,
                                    cohort_load_report **report, cohort_error *error)
{
    cohort_load_options own;
    cohort_load_report *made;
    cohort_status status;

    if (report != NULL)
        *report = NULL;
    if (store == NULL)
        return co_refuse_null("store", error);
    status = co_options_take(options, &own, sizeof own, "load options", error);
    if (status != COHORT_OK)
        return status;
    if (own.object == NULL)
        return co_refuse_null("load options: object", error);
    if (own.path == NULL && own.read == NULL)
        return co_fail(error, COHORT_INVALID, "load options name neither a path nor a function to read with");
    status = co_load_csv(store->store, &own, &made, error);
    if (status != COHORT_OK)
        return status;
    if (report != NULL)
        *report = made;
    else
        co_load_report_free(made);
    return COHORT_OK;
}

void cohort_load_report_free(cohort_load_report *report)
{
    co_load_report_free(report);
}

cohort_status cohort_load_report_counts(const cohort_load_report *report, cohort_load_counts *counts,
                                        cohort_error *error)
{
    if (report == NULL || counts == NULL)
        return co_refuse_null(report == NULL ? "report" : "counts", error);
    return co_options_give(&report->counts, sizeof report->counts, counts, "counts", error);
}

const char *cohort_load_report_type(const cohort_load_report *report, size_t index)
{
    return report == NULL ? NULL : co_lines_at(&report->types, index);
}

const char *cohort_load_report_skipped(const cohort_load_report *report, size_t index)
{
    return report == NULL ? NULL : co_lines_at(&report->skipped, index);
}

cohort_status cohort_members_write(cohort_evaluator *evaluator, const cohort_snapshot *snapshot,
                                   const cohort_segment *segment, const cohort_evaluate_options *evaluate,
                                   const cohort_members_options *options, cohort_write write, void *context,
                                   uint64_t *n_written, cohort_error *error)
{
    cohort_members_options own;
    co_members_request request = { .options = &own };
    co_when when;
    co_eval_control control;
    const co_object *object;
    uint64_t n = 0;
    cohort_status status;

    if (n_written != NULL)
        *n_written = 0;
    if (evaluator == NULL || snapshot == NULL || segment == NULL || write == NULL)
        return co_refuse_null(evaluator == NULL  ? "evaluator"
                              : snapshot == NULL ? "snapshot"
                              : segment == NULL  ? "segment"
                                                 : "write",
                              error);
    status = co_options_take(options, &own, sizeof own, "members options", error);
    if (status == COHORT_OK)
        status = co_when_take(evaluator, evaluate, &when, &control, error);
    if (status != COHORT_OK)
        return status;
    object = co_schema_find(co_version_schema(snapshot->version), segment->object);
    if (object == NULL)
        return co_fail(error, COHORT_NOT_FOUND, "there is no object '" CO_FMT "'", CO_ARG(segment->object));
    request.version = snapshot->version;
    request.object = object->id;
    request.tree = segment->tree;
    request.nulls = segment->nulls;
    request.when = &when;
    request.control = &control;
    status = co_members_write(evaluator->eval, &request, write, context, &n, error);
    if (status == COHORT_OK && n_written != NULL)
        *n_written = n;
    return status;
}
