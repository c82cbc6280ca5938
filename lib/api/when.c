/* cohort_evaluate_options in working form. */
#include "api/when.h"

#include "api/options.h"
#include "base/calendar.h"
#include "base/clock.h"
#include "io/zoneinfo.h"

static cohort_status load_zone(cohort_evaluator *evaluator, const char *name, cohort_error *error)
{
    const co_text wanted = name != NULL ? co_text_of(name) : (co_text){ 0 };
    const co_zone *zone;
    cohort_status status;

    if (evaluator->zone != NULL && co_text_equal(co_zone_name(evaluator->zone), wanted))
        return COHORT_OK;
    status = co_zoneinfo_load(co_eval_memory(evaluator->eval), wanted, &zone, error);
    if (status != COHORT_OK)
        return status;
    co_zone_release(evaluator->zone);
    evaluator->zone = zone;
    return COHORT_OK;
}

cohort_status co_when_take(cohort_evaluator *evaluator, const cohort_evaluate_options *options, co_when *when,
                           co_eval_control *control, cohort_error *error)
{
    cohort_evaluate_options own;
    cohort_status status = co_options_take(options, &own, sizeof own, "evaluate options", error);

    if (status != COHORT_OK)
        return status;
    if (own.week_start > 7)
        return co_fail(error, COHORT_INVALID, "week start %u is no day: 1 is Monday, 7 is Sunday", own.week_start);
    if (own.fiscal_start > 12)
        return co_fail(error, COHORT_INVALID, "fiscal start %u is no month", own.fiscal_start);
    if (own.has_as_of && !co_time_in_range(own.as_of_us))
        return co_fail(error, COHORT_INVALID, "the as-of instant lies outside the years 1 to 9999");
    status = load_zone(evaluator, own.zone, error);
    if (status != COHORT_OK)
        return status;
    *when = (co_when){ .has_as_of = own.has_as_of != 0,
                       .as_of_us = own.as_of_us,
                       .zone = evaluator->zone,
                       .calendar = { own.week_start == 0 ? 1 : own.week_start,
                                     own.fiscal_start == 0 ? 1 : own.fiscal_start },
                       .max_names = own.max_names };
    *control = (co_eval_control){ .deadline_us = own.timeout_us == 0 ? 0 : co_clock_us() + (int64_t)own.timeout_us,
                                  .progress = own.progress,
                                  .context = own.progress_context };
    return COHORT_OK;
}

cohort_status cohort_instant_parse(const char *text, const char *zone, int64_t *instant_us, cohort_error *error)
{
    co_memory memory;
    co_local_time time;
    const co_zone *loaded;
    co_time_fault fault;
    cohort_status status;

    if (text == NULL || instant_us == NULL)
        return co_refuse_null(text == NULL ? "text" : "instant", error);
    co_memory_init(&memory, NULL, 0);
    fault = co_parse_time(co_text_of(text), &time);
    if (fault != CO_TIME_FINE)
        return co_fail(error, COHORT_PARSE, "'%s' %s", text, co_time_fault_text(fault));
    status = co_zoneinfo_load(&memory, zone != NULL ? co_text_of(zone) : (co_text){ 0 }, &loaded, error);
    if (status != COHORT_OK)
        return status;
    if (!co_zone_instant_of_text(loaded, &time, instant_us))
        status = co_fail(error, COHORT_PARSE, "'%s' lies outside the years 1 to 9999", text);
    co_zone_release(loaded);
    return status;
}
