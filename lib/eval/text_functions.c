/* CONCAT LOWER UPPER TRIM LENGTH: code points, simple mappings, U+0020 trimmed. */
#include <assert.h>
#include <string.h>

#include "base/unicode.h"
#include "eval/values.h"

/* ---- CONCAT: missing values are passed over ---- */

/* Bytes of one text, and of all made at once: doubling again and again must not take the host's memory. */
enum { MOST_TEXT = 16 << 20, MOST_TEXTS = 256 << 20 };

static cohort_status concatenate(const co_task *task, co_vector *out)
{
    co_stack *scratch = &task->worker->scratch;
    const uint32_t n = task->vstep->n_operands;
    co_vector *parts = co_stack_new(scratch, n, sizeof *parts);
    cohort_status status = parts != NULL ? COHORT_OK : COHORT_MEMORY;
    size_t total = 0;

    for (uint32_t k = 0; k < n && status == COHORT_OK; k++)
        status = co_operand_find(task, k, &parts[k]);
    for (uint32_t i = 0; i < out->n && status == COHORT_OK; i++) {
        size_t length = 0;
        char *bytes;

        for (uint32_t k = 0; k < n; k++)
            length += co_vector_has(&parts[k], i) ? parts[k].texts[i].length : 0;
        if (length > MOST_TEXT || total + length > MOST_TEXTS) {
            co_value_fault(task, out, i, "CONCAT makes more text than the 16 MiB of a value or 256 MiB at once");
            continue;
        }
        total += length;
        bytes = co_stack_new(scratch, length, 1);
        if (bytes == NULL)
            return COHORT_MEMORY;
        co_vector_put_text(out, i, (co_text){ bytes, length });
        for (uint32_t k = 0; k < n; k++) {
            if (!co_vector_has(&parts[k], i) || parts[k].texts[i].length == 0)
                continue;
            memcpy(bytes, parts[k].texts[i].bytes, parts[k].texts[i].length);
            bytes += parts[k].texts[i].length;
        }
    }
    return status;
}

/* ---- of one text ---- */

static co_text trim(co_text text)
{
    while (text.length > 0 && text.bytes[0] == ' ') {
        text.bytes++;
        text.length--;
    }
    while (text.length > 0 && text.bytes[text.length - 1] == ' ')
        text.length--;
    return text;
}

static cohort_status change_case(const co_task *task, co_text text, co_buffer *room, uint32_t i,
                                 co_vector *out)
{
    char *bytes;

    room->length = 0;
    if (task->vstep->function == CO_FUNCTION_UPPER)
        co_text_upper(text, room);
    else
        co_text_lower(text, room);
    if (room->status != COHORT_OK)
        return room->status;
    bytes = co_stack_new(&task->worker->scratch, room->length, 1);
    if (bytes == NULL)
        return COHORT_MEMORY;
    if (room->length > 0)
        memcpy(bytes, room->bytes, room->length);
    co_vector_put_text(out, i, (co_text){ bytes, room->length });
    return COHORT_OK;
}

static cohort_status change_cases(const co_task *task, const co_vector *a, co_vector *out)
{
    cohort_status status = COHORT_OK;
    co_buffer room;

    co_buffer_init(&room, task->worker->memory, 0);
    for (uint32_t i = 0; i < out->n && status == COHORT_OK; i++) {
        if (co_vector_has(a, i))
            status = change_case(task, a->texts[i], &room, i, out);
    }
    co_buffer_clear(&room);
    return status;
}

cohort_status co_text_values(const co_task *task, co_vector *out)
{
    co_vector a;
    cohort_status status;

    if (task->vstep->kind == CO_VS_CONCAT)
        return concatenate(task, out);
    status = co_operand_find(task, 0, &a);
    if (status != COHORT_OK)
        return status;
    if (task->vstep->function == CO_FUNCTION_UPPER || task->vstep->function == CO_FUNCTION_LOWER)
        return change_cases(task, &a, out);
    for (uint32_t i = 0; i < out->n; i++) {
        if (!co_vector_has(&a, i))
            continue;
        if (task->vstep->function == CO_FUNCTION_TRIM)
            co_vector_put_text(out, i, trim(a.texts[i]));
        else
            co_vector_put_narrow(out, i, (int64_t)co_utf8_count(a.texts[i]));
    }
    return COHORT_OK;
}
