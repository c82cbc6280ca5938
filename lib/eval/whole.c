/* Tests answered by sets; see whole.h. */
#include "eval/whole.h"

#include "eval/levels.h"

bool co_whole_fits(const co_run *run, const co_step *step)
{
    const co_vstep *value = &run->plan->vsteps[step->a];

    return step->kind == CO_STEP_TRUE && value->kind == CO_VS_CHAIN &&
           run->program->vstep_users[step->a] == 1 && co_levels_fit(run, value->chain);
}

cohort_status co_whole_find(co_worker *worker, co_scope *scope, const co_step *step,
                            const co_register *within, uint64_t *pass, uint64_t *fail)
{
    const co_vstep *value = &worker->run->plan->vsteps[step->a];
    const cohort_status status = co_levels_find(worker, scope, value->chain, within, pass, NULL);

    co_register_to_words(within, fail);
    for (size_t i = 0; i < co_register_n_words(within); i++)
        fail[i] &= ~pass[i];
    return status;
}
