/* Heap sort, and the orders it is used with. */
#include "plan/sort.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "base/unicode.h"

#define MOST_BYTES 64

typedef struct co_heap {
    char *items;
    size_t size;
    int (*compare)(const void *a, const void *b);
} co_heap;

static char *item(const co_heap *heap, size_t index)
{
    return heap->items + index * heap->size;
}

/* Lets the item at `root` sink to where no child is greater. */
static void sink(const co_heap *heap, size_t root, size_t n)
{
    char moved[MOST_BYTES];

    memcpy(moved, item(heap, root), heap->size);
    for (size_t child = root * 2 + 1; child < n; child = root * 2 + 1) {
        if (child + 1 < n && heap->compare(item(heap, child), item(heap, child + 1)) < 0)
            child++;
        if (heap->compare(moved, item(heap, child)) >= 0)
            break;
        memcpy(item(heap, root), item(heap, child), heap->size);
        root = child;
    }
    memcpy(item(heap, root), moved, heap->size);
}

void co_sort(void *items, size_t n, size_t size, int (*compare)(const void *a, const void *b))
{
    const co_heap heap = { items, size, compare };
    char greatest[MOST_BYTES];

    assert(size <= MOST_BYTES);
    for (size_t i = n / 2; i-- > 0;)
        sink(&heap, i, n);
    for (size_t end = n; end-- > 1;) {
        memcpy(greatest, item(&heap, 0), size);
        memcpy(item(&heap, 0), item(&heap, end), size);
        memcpy(item(&heap, end), greatest, size);
        sink(&heap, 0, end);
    }
}

size_t co_sort_unique(void *items, size_t n, size_t size, int (*compare)(const void *a, const void *b))
{
    const co_heap heap = { items, size, compare };
    size_t n_kept = 0;

    co_sort(items, n, size, compare);
    for (size_t i = 0; i < n; i++) {
        if (n_kept == 0 || compare(item(&heap, n_kept - 1), item(&heap, i)) != 0)
            memmove(item(&heap, n_kept++), item(&heap, i), size);
    }
    return n_kept;
}

int co_order_of_int64(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

int co_order_of_texts(const void *a, const void *b)
{
    return co_text_compare(*(const co_text *)a, *(const co_text *)b);
}

int co_order_of_folded_texts(const void *a, const void *b)
{
    return co_text_fold_compare(*(const co_text *)a, *(const co_text *)b);
}
