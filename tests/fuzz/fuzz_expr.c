/*
 * Any bytes as an expression: what is accepted must print, parse back to the
 * same tree, print the same again and bear lint; and nothing may leak.
 */
#include <stdint.h>
#include <stdlib.h>

#include "expr/expr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool condition)
{
    if (!condition)
        abort();
}

static void check_lint(const co_tree *tree, co_memory *memory)
{
    co_lint lint;

    co_lint_init(&lint, memory);
    insist(co_expr_lint(tree, &lint) == COHORT_OK);
    for (size_t i = 0; i < lint.n_items; i++)
        insist(lint.items[i].position <= lint.items[i].end && lint.items[i].end <= tree->source.length);
    co_lint_clear(&lint);
}

static void check_round_trip(const co_tree *tree, co_memory *memory)
{
    co_buffer first;
    co_buffer second;
    co_tree *again = NULL;

    co_buffer_init(&first, memory, 0);
    co_buffer_init(&second, memory, 0);
    co_expr_print(tree->root, &first);
    insist(first.status == COHORT_OK);
    insist(co_expr_parse(memory, (co_text){ first.bytes, first.length }, NULL, &again, NULL) == COHORT_OK);
    insist(co_expr_equal(tree->root, again->root));
    co_expr_print(again->root, &second);
    insist(co_text_equal((co_text){ first.bytes, first.length }, (co_text){ second.bytes, second.length }));
    co_tree_free(again);
    co_buffer_clear(&second);
    co_buffer_clear(&first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cohort_error error = COHORT_ERROR_INIT;
    co_memory memory;
    co_tree *tree;

    co_memory_init(&memory, NULL, 0);
    const cohort_status status =
        co_expr_parse(&memory, (co_text){ (const char *)data, size }, NULL, &tree, &error);
    if (status == COHORT_OK) {
        check_round_trip(tree, &memory);
        check_lint(tree, &memory);
        co_tree_free(tree);
    } else {
        insist(status == COHORT_PARSE || status == COHORT_LIMIT);
        insist(error.code == status && error.position <= size && error.line > 0 && error.column > 0);
    }
    insist(memory.used_bytes == 0);
    return 0;
}
