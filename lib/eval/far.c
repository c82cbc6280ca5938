/* Values of a row elsewhere, as an earlier pass kept them. */
#include "eval/kept.h"
#include "eval/ways.h"

cohort_status co_far_values(const co_task *task, co_vector *out)
{
    const co_vstep *vstep = task->vstep;
    uint32_t *rows = co_stack_new(&task->worker->scratch, task->choice->n, sizeof *rows);
    cohort_status status;

    if (rows == NULL)
        return COHORT_MEMORY;
    status = co_way_follow(task->worker, task->scope, &vstep->way, vstep->way.n, task->choice, rows);
    if (status == COHORT_OK)
        co_kept_gather(&task->worker->run->kept_values[vstep->operands[0]], rows, out);
    return status;
}
