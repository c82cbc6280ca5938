/* One thread at work; see worker.h. */
#include "eval/worker.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/number.h"

/* The caller hears of progress no more often than this. */
#define CALL_EVERY_US 10000

void co_worker_init(co_worker *worker, co_memory *memory, bool is_caller)
{
    *worker = (co_worker){ .memory = memory, .is_caller = is_caller };
    co_pool_init(&worker->pool, memory);
    co_stack_init(&worker->scratch, memory);
    co_stack_init(&worker->kept_room, memory);
}

void co_worker_clear(co_worker *worker)
{
    assert(worker->scopes == NULL);
    co_pool_clear(&worker->pool);
    co_stack_clear(&worker->scratch);
    co_stack_clear(&worker->kept_room);
    co_memory_free(worker->memory, worker->counters, CO_TILE_ROWS * sizeof *worker->counters);
    co_memory_free(worker->memory, worker->sums, CO_TILE_ROWS * sizeof *worker->sums);
}

void co_worker_start(co_worker *worker, co_run *run)
{
    assert(worker->scopes == NULL);
    worker->run = run;
    worker->kernel = co_kernel_now();
    worker->pool.kernel = worker->kernel;
    worker->fault.is_set = false;
    worker->zone_cursor = (co_zone_cursor){ 0 };
    worker->next_call_us = 0;
    worker->remembers_all = false;
    worker->unit = 0;
}

void co_run_stop(co_run *run, cohort_status status)
{
    int32_t none = COHORT_OK;

    atomic_compare_exchange_strong(&run->stop, &none, status);
}

cohort_status co_worker_poll(co_worker *worker)
{
    co_run *run = worker->run;
    const co_eval_control *control = run->control;

    if (control != NULL && (control->deadline_us != 0 || control->progress != NULL)) {
        const int64_t now = co_clock_us();

        if (control->deadline_us != 0 && now >= control->deadline_us)
            co_run_stop(run, COHORT_DEADLINE);
        else if (worker->is_caller && control->progress != NULL && now >= worker->next_call_us) {
            worker->next_call_us = now + CALL_EVERY_US;
            if (control->progress(control->context, atomic_load(&run->n_done), run->n_total) != 0)
                co_run_stop(run, COHORT_CANCELLED);
        }
    }
    return atomic_load(&run->stop);
}

/* ---- faults ---- */

static size_t print_key(const co_run *run, uint32_t object, uint32_t row, char *out, size_t room)
{
    const co_key key = co_version_key(run->plan->version, object, row);
    char digits[CO_INT64_TEXT];
    int length;

    if (key.is_text)
        length = snprintf(out, room, "'" CO_FMT "'", CO_ARG(key.text));
    else
        length = snprintf(out, room, "%.*s", (int)co_print_int64(key.number, digits), digits);
    return length > 0 && (size_t)length < room ? (size_t)length : 0;
}

void co_worker_fault(co_worker *worker, uint32_t object, uint32_t row, cohort_status status,
                     const char *format, ...)
{
    co_fault *fault = &worker->fault;
    char key[160];
    char what[320];
    va_list arguments;

    const co_fault now = { .unit = worker->unit, .object = object, .row = row };

    if (fault->is_set && !co_fault_is_before(&now, fault))
        return;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    *fault = now;
    fault->is_set = true;
    fault->error = (cohort_error)COHORT_ERROR_INIT;
    co_fail(&fault->error, status, CO_FMT " %.*s: %s",
            CO_ARG(co_schema_object(worker->run->program->schema, object)->name),
            (int)print_key(worker->run, object, row, key, sizeof key), key, what);
}

/* ---- scopes ---- */

static co_scope *open_scope(const co_worker *worker, uint32_t object, uint32_t number)
{
    co_scope *scope = worker->scopes;

    while (scope != NULL && (scope->object != object || scope->number != number))
        scope = scope->next;
    return scope;
}

bool co_scope_is_open(const co_worker *worker, uint32_t object, uint32_t number)
{
    return open_scope(worker, object, number) != NULL;
}

co_scope *co_scope_find(co_worker *worker, uint32_t object, uint32_t number)
{
    const co_run *run = worker->run;
    co_scope *scope = open_scope(worker, object, number);

    if (scope != NULL)
        return scope;
    scope = co_memory_new_zeroed(worker->memory, 1, sizeof *scope);
    if (scope == NULL)
        return NULL;
    scope->memos = co_memory_new_zeroed(worker->memory, (size_t)run->plan->n_steps + 1, sizeof(co_memo *));
    if (scope->memos == NULL) {
        co_memory_free(worker->memory, scope, sizeof *scope);
        return NULL;
    }
    co_arena_init(&scope->shared_texts, worker->memory);
    scope->object = object;
    scope->number = number;
    scope->tile = co_version_tile(run->plan->version, object, number);
    assert(scope->tile != NULL);
    co_register_init(&scope->rows, &worker->pool, scope->tile->n_rows);
    scope->next = worker->scopes;
    worker->scopes = scope;
    return scope;
}

static void forget(co_worker *worker, co_scope *scope)
{
    const size_t n_memos = (size_t)worker->run->plan->n_steps + 1;

    for (size_t i = 0; i < n_memos; i++) {
        co_memo *memo = scope->memos[i];

        if (memo == NULL)
            continue;
        co_register_clear(&memo->known);
        co_register_clear(&memo->yes);
        co_memory_free(worker->memory, memo, sizeof *memo);
    }
    co_memory_free(worker->memory, scope->memos, n_memos * sizeof(co_memo *));
}

void co_scope_close(co_worker *worker, co_scope *scope)
{
    co_scope **link = &worker->scopes;

    while (*link != scope)
        link = &(*link)->next;
    *link = scope->next;
    forget(worker, scope);
    co_shared_close(worker, scope);
    co_register_clear(&scope->rows);
    for (size_t i = 0; i < CO_DECODED_FIELDS; i++)
        co_memory_free(worker->memory, scope->decoded[i].numbers, scope->tile->n_rows * sizeof(int64_t));
    co_memory_free(worker->memory, scope, sizeof *scope);
}

void co_scopes_close(co_worker *worker)
{
    while (worker->scopes != NULL)
        co_scope_close(worker, worker->scopes);
}

cohort_status co_scope_numbers(co_worker *worker, co_scope *scope, uint32_t field, const int64_t **numbers)
{
    *numbers = NULL;
    if (!scope->is_dense || co_tile_column(scope->tile, field) == NULL)
        return COHORT_OK;
    for (size_t i = 0; i < CO_DECODED_FIELDS; i++) {
        co_decoded *place = &scope->decoded[i];

        if (place->numbers == NULL) {
            place->numbers = co_memory_new_array(worker->memory, scope->tile->n_rows, sizeof(int64_t));
            if (place->numbers == NULL)
                return COHORT_MEMORY;
            place->field = field;
            co_column_numbers(co_tile_column(scope->tile, field), place->numbers);
        }
        if (place->field == field) {
            *numbers = place->numbers;
            return COHORT_OK;
        }
    }
    return COHORT_OK;
}
