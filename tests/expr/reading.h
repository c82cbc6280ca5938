/* What the suites of this room share: parsing and printing with a clean-up behind it. */
#ifndef CO_TESTS_EXPR_READING_H
#define CO_TESTS_EXPR_READING_H

#include <check.h>

#include "expr/expr.h"
#include "support/must.h"

typedef struct reading {
    co_memory memory;
    co_tree *tree;              /* NULL if refused */
    cohort_status status;
    cohort_error error;
    co_buffer text;             /* canonical, with a zero byte behind it */
} reading;

static inline void reading_of_text(reading *reading, co_text text, const co_expr_limits *limits)
{
    co_memory_init(&reading->memory, NULL, 0);
    reading->error = (cohort_error)COHORT_ERROR_INIT;
    co_buffer_init(&reading->text, &reading->memory, 0);
    reading->status = co_expr_parse(&reading->memory, text, limits, &reading->tree, &reading->error);
    must((reading->status == COHORT_OK) == (reading->tree != NULL));
    if (reading->tree != NULL)
        co_expr_print(reading->tree->root, &reading->text);
    co_buffer_byte(&reading->text, '\0');
    must(reading->text.status == COHORT_OK);
}

static inline void reading_of(reading *reading, const char *text)
{
    reading_of_text(reading, co_text_of(text), NULL);
}

/* The canonical text without the zero byte. */
static inline co_text reading_text(const reading *reading)
{
    return (co_text){ reading->text.bytes, reading->text.length - 1 };
}

static inline void reading_end(reading *reading)
{
    co_tree_free(reading->tree);
    co_buffer_clear(&reading->text);
    must(reading->memory.used_bytes == 0);
}

#endif
