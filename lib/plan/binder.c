/*
 * Failures that stick, and memory that makes them.
 */
#include <stdarg.h>
#include <stdio.h>

#include "plan/binder.h"

void co_bind_fail(co_binder *binder, cohort_status code, uint64_t position, const char *format, ...)
{
    char text[480];
    va_list arguments;

    if (binder->status != COHORT_OK)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    binder->status = co_fail_at(binder->error, code, position, "%s", text);
}

void co_bind_no_memory(co_binder *binder)
{
    if (binder->status == COHORT_OK)
        binder->status = co_fail_memory(binder->error);
}

void *co_bind_new(co_binder *binder, size_t n, size_t size)
{
    void *pointer = binder->status == COHORT_OK ? co_arena_new(binder->arena, n, size) : NULL;

    if (pointer == NULL)
        co_bind_no_memory(binder);
    return pointer;
}

co_text co_bind_text(co_binder *binder, const co_node *node)
{
    co_buffer buffer;
    co_text text = { NULL, 0 };

    co_buffer_init(&buffer, binder->memory, 0);
    co_expr_print(node, &buffer);
    if (buffer.status == COHORT_OK)
        text = co_arena_copy(binder->arena, (co_text){ buffer.bytes, buffer.length });
    co_buffer_clear(&buffer);
    if (text.bytes == NULL)
        co_bind_no_memory(binder);
    return text;
}

bool co_id_table_reserve(co_binder *binder, co_id_table *table,
                         uint64_t (*hash)(const co_binder *binder, uint32_t id))
{
    if ((table->n + 1) * 2 <= table->capacity)
        return true;

    const size_t capacity = table->capacity == 0 ? 64 : table->capacity * 2;
    uint32_t *ids = co_memory_new_zeroed(binder->memory, capacity, sizeof *ids);

    if (ids == NULL) {
        co_bind_no_memory(binder);
        return false;
    }
    for (size_t i = 0; i < table->capacity; i++) {
        if (table->ids[i] == 0)
            continue;

        size_t at = hash(binder, table->ids[i] - 1) & (capacity - 1);

        while (ids[at] != 0)
            at = (at + 1) & (capacity - 1);
        ids[at] = table->ids[i];
    }
    co_memory_free(binder->memory, table->ids, table->capacity * sizeof *table->ids);
    table->ids = ids;
    table->capacity = capacity;
    return true;
}

bool co_bind_enter(co_binder *binder, const co_node *node)
{
    if (++binder->n_nested > CO_MOST_NESTED)
        co_bind_fail(binder, COHORT_LIMIT, node->position,
                     "more than %d conditions and values inside one another", CO_MOST_NESTED);
    return !co_bind_failed(binder);
}

bool co_bind_made(co_binder *binder, uint32_t which)
{
    if (!co_memory_grow(binder->memory, (void **)&binder->made, &binder->made_capacity, binder->n_made + 1,
                        sizeof *binder->made)) {
        co_bind_no_memory(binder);
        return false;
    }
    binder->made[binder->n_made++] = which;
    return true;
}
