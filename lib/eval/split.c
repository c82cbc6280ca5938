/* One tile's children among several workers; see split.h. */
#include "eval/split.h"

#include "eval/engine.h"

typedef struct team {
    co_eval *eval;
    const co_worker *leader;
    co_scope *scope;
    co_split_work *work;
    void *context;
    co_hits_share share;
    _Atomic int32_t status;
} team;

uint32_t co_split_parts(const co_worker *worker, const co_scope *scope, const co_relation *relation)
{
    const co_run *run = worker->run;
    uint32_t first;
    uint32_t n;

    if (run->idle == NULL || worker != &run->idle->workers[0] || relation->link != CO_NO_STEP)
        return 1;
    n = co_version_home_tiles(run->plan->version, relation->child, scope->number, &first);
    return n < 2 ? 1 : n < run->idle->n_threads ? n : run->idle->n_threads;
}

/* Another worker begins, in the middle of a pass: what it found wrong before still counts. */
static void join_in(const team *t, co_worker *worker)
{
    const co_fault fault = worker->fault;

    co_worker_start(worker, t->leader->run);
    worker->fault = fault;
    worker->unit = t->leader->unit;
}

static void work_part(void *context, uint32_t number)
{
    team *t = context;
    co_worker *worker = &t->eval->workers[number];
    co_scope *scope = t->scope;
    cohort_status status;
    int32_t none = COHORT_OK;

    if (number > 0) {
        join_in(t, worker);
        scope = co_scope_find(worker, t->scope->object, t->scope->number);
    }
    status = scope != NULL ? t->work(t->context, number, worker, scope, &t->share) : COHORT_MEMORY;
    if (number > 0)
        co_scopes_close(worker);
    if (status != COHORT_OK)
        atomic_compare_exchange_strong(&t->status, &none, status);
}

cohort_status co_split_run(co_worker *worker, co_scope *scope, uint32_t n_parts, co_split_work *work,
                           void *context)
{
    co_run *run = worker->run;
    team t = { .eval = run->idle, .leader = worker, .scope = scope, .work = work, .context = context };

    run->idle = NULL;
    co_crew_run(t.eval->crew, n_parts, work_part, &t);
    run->idle = t.eval;
    return atomic_load(&t.status);
}
