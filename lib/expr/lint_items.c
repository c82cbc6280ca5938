/* The list of warnings: see expr.h. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "expr/expr.h"

enum { message_size = 400 };

void co_lint_init(co_lint *lint, co_memory *memory)
{
    *lint = (co_lint){ .items = NULL };
    co_arena_init(&lint->arena, memory);
}

void co_lint_clear(co_lint *lint)
{
    co_memory *memory = lint->arena.memory;

    co_memory_free(memory, lint->items, lint->capacity * sizeof *lint->items);
    co_arena_clear(&lint->arena);
    co_lint_init(lint, memory);
}

cohort_status co_lint_add(co_lint *lint, const char *code, uint32_t position, uint32_t end,
                          const char *format, ...)
{
    char text[message_size];
    void *items = lint->items;
    va_list arguments;

    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert(length >= 0);

    const size_t kept = (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    const co_text message = co_arena_copy(&lint->arena, (co_text){ text, kept });
    if (message.bytes == NULL ||
        !co_memory_grow(lint->arena.memory, &items, &lint->capacity, lint->n_items + 1, sizeof *lint->items))
        return COHORT_MEMORY;
    lint->items = items;
    lint->items[lint->n_items++] = (co_lint_item){ code, position, end, message };
    return COHORT_OK;
}
