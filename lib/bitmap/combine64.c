/*
 * Sets of 64-bit keys combined, two or many: their parts are walked together,
 * and each high half is left to the ordinary bitmaps.
 */
#include <assert.h>

#include "bitmap/bitmap64.h"

static bool keeps_a(co_set_operation operation) { return operation != CO_AND; }
static bool keeps_b(co_set_operation operation) { return operation == CO_OR || operation == CO_XOR; }

/* ---- walking two together ---- */

typedef struct walk {
    const co_bitmap64 *a;
    const co_bitmap64 *b;
    size_t i;
    size_t j;
    uint32_t high;              /* where the last step was, */
    const co_bitmap *in_a;      /* and what is there; NULL: nothing */
    const co_bitmap *in_b;
} walk;

/* To the next high half that either has. */
static bool step(walk *w)
{
    const co_part *a = w->i < w->a->n_parts ? &w->a->parts[w->i] : NULL;
    const co_part *b = w->j < w->b->n_parts ? &w->b->parts[w->j] : NULL;

    if (a == NULL && b == NULL)
        return false;
    const bool of_a = a != NULL && (b == NULL || a->high <= b->high);
    const bool of_b = b != NULL && (a == NULL || b->high <= a->high);

    w->high = of_a ? a->high : b->high;
    w->in_a = of_a ? &a->rows : NULL;
    w->in_b = of_b ? &b->rows : NULL;
    w->i += of_a;
    w->j += of_b;
    return true;
}

/* ---- a new result ---- */

/* Adds the combination of one high half to the result; an empty one only where asked. */
static cohort_status put(co_set_operation operation, const walk *w, bool with_empty, co_bitmap64 *result)
{
    co_bitmap *rows;
    cohort_status status;

    if ((w->in_b == NULL && !keeps_a(operation)) || (w->in_a == NULL && !keeps_b(operation)))
        return COHORT_OK;
    rows = co_parts_append(result, w->high);
    if (rows == NULL)
        return COHORT_MEMORY;
    if (w->in_a != NULL && w->in_b != NULL)
        status = co_bitmap_combine(operation, w->in_a, w->in_b, rows);
    else
        status = co_bitmap_copy(w->in_a != NULL ? w->in_a : w->in_b, rows);
    if (co_bitmap_is_empty(rows) && !with_empty)
        co_parts_drop(result, result->n_parts - 1);
    return status;
}

cohort_status co_bitmap64_combine(co_set_operation operation, const co_bitmap64 *a, const co_bitmap64 *b,
                                  co_bitmap64 *result)
{
    walk w = { .a = a, .b = b };
    cohort_status status = COHORT_OK;

    assert(result != a && result != b);
    co_bitmap64_clear(result);
    while (status == COHORT_OK && step(&w))
        status = put(operation, &w, false, result);
    if (status != COHORT_OK)
        co_bitmap64_clear(result);
    return status;
}

/* ---- in place ---- */

/*
 * First all that may fail: the parts that change are made beside the old ones,
 * but for the last that both have, which is combined in place as the last thing
 * that may fail. Then the new list is put together.
 */
typedef struct change {
    co_set_operation operation;
    co_bitmap64 made;           /* parts that take the place of a's, or come in; may be empty */
    co_part *parts;             /* the new list */
    size_t capacity;
    size_t in_place;            /* index in a; SIZE_MAX: none */
} change;

/* The last part that both have. */
static size_t last_shared(const co_bitmap64 *a, const co_bitmap64 *b, const co_bitmap **in_b)
{
    for (size_t i = a->n_parts; i-- > 0;) {
        *in_b = co_parts_get(b, a->parts[i].high);
        if (*in_b != NULL)
            return i;
    }
    return SIZE_MAX;
}

static cohort_status prepare(change *c, co_bitmap64 *a, const co_bitmap64 *b)
{
    walk w = { .a = a, .b = b };
    const co_bitmap *in_b = NULL;
    cohort_status status = COHORT_OK;

    c->in_place = last_shared(a, b, &in_b);
    while (status == COHORT_OK && step(&w)) {
        if (w.in_b != NULL && (w.in_a == NULL || w.i - 1 != c->in_place))
            status = put(c->operation, &w, true, &c->made);
    }
    c->capacity = a->n_parts + c->made.n_parts;
    if (status == COHORT_OK && c->capacity != 0) {
        c->parts = co_memory_new_array(a->memory, c->capacity, sizeof *c->parts);
        status = c->parts == NULL ? COHORT_MEMORY : COHORT_OK;
    }
    if (status == COHORT_OK && c->in_place != SIZE_MAX)
        status = co_bitmap_combine_into(c->operation, &a->parts[c->in_place].rows, in_b);
    return status;
}

static void keep(co_bitmap64 *list, co_part *part)
{
    if (co_bitmap_is_empty(&part->rows))
        co_bitmap_clear(&part->rows);
    else
        list->parts[list->n_parts++] = *part;
}

/* Cannot fail. */
static void take_over(change *c, co_bitmap64 *a)
{
    co_bitmap64 list = { .memory = a->memory, .parts = c->parts, .capacity = c->capacity };
    size_t j = 0;

    for (size_t i = 0; i < a->n_parts; i++) {
        co_part *part = &a->parts[i];

        while (j < c->made.n_parts && c->made.parts[j].high < part->high)
            keep(&list, &c->made.parts[j++]);
        if (j < c->made.n_parts && c->made.parts[j].high == part->high) {
            co_bitmap_clear(&part->rows);
            keep(&list, &c->made.parts[j++]);
        } else if (i == c->in_place || keeps_a(c->operation)) {
            keep(&list, part);
        } else {
            co_bitmap_clear(&part->rows);
        }
    }
    while (j < c->made.n_parts)
        keep(&list, &c->made.parts[j++]);
    a->n_parts = 0;
    c->made.n_parts = 0;
    co_bitmap64_move(&list, a);
}

cohort_status co_bitmap64_combine_into(co_set_operation operation, co_bitmap64 *a, const co_bitmap64 *b)
{
    change c = { .operation = operation };
    cohort_status status;

    co_bitmap64_init(&c.made, a->memory);
    status = prepare(&c, a, b);
    if (status == COHORT_OK)
        take_over(&c, a);
    else
        co_memory_free(a->memory, c.parts, c.capacity * sizeof *c.parts);
    co_bitmap64_clear(&c.made);
    return status;
}

/* ---- questions about two ---- */

uint64_t co_bitmap64_combine_count(co_set_operation operation, const co_bitmap64 *a, const co_bitmap64 *b)
{
    walk w = { .a = a, .b = b };
    uint64_t n = 0;

    while (step(&w)) {
        if (w.in_a != NULL && w.in_b != NULL)
            n += co_bitmap_combine_count(operation, w.in_a, w.in_b);
        else if (w.in_a != NULL ? keeps_a(operation) : keeps_b(operation))
            n += co_bitmap_count(w.in_a != NULL ? w.in_a : w.in_b);
    }
    return n;
}

bool co_bitmap64_equal(const co_bitmap64 *a, const co_bitmap64 *b)
{
    if (a->n_parts != b->n_parts)
        return false;
    for (size_t i = 0; i < a->n_parts; i++) {
        if (a->parts[i].high != b->parts[i].high || !co_bitmap_equal(&a->parts[i].rows, &b->parts[i].rows))
            return false;
    }
    return true;
}

bool co_bitmap64_subset(const co_bitmap64 *a, const co_bitmap64 *b)
{
    walk w = { .a = a, .b = b };

    while (step(&w)) {
        if (w.in_a != NULL && (w.in_b == NULL || !co_bitmap_subset(w.in_a, w.in_b)))
            return false;
    }
    return true;
}

bool co_bitmap64_intersect(const co_bitmap64 *a, const co_bitmap64 *b)
{
    walk w = { .a = a, .b = b };

    while (step(&w)) {
        if (w.in_a != NULL && w.in_b != NULL && co_bitmap_intersect(w.in_a, w.in_b))
            return true;
    }
    return false;
}

/* ---- many at once ---- */

typedef enum many { ALL, ANY, ODD, SOME } many;

typedef struct gathering {
    const co_bitmap64 *const *sets;
    size_t n_sets;
    size_t *next;               /* the part of each set that comes next */
    const co_bitmap **found;    /* the rows of one high half, n_found of them */
    size_t n_found;
    uint32_t high;
} gathering;

/* The next high half that any set has, and what each has of it. */
static bool gather(gathering *g)
{
    bool any = false;

    for (size_t i = 0; i < g->n_sets; i++) {
        if (g->next[i] == g->sets[i]->n_parts)
            continue;
        const uint32_t high = g->sets[i]->parts[g->next[i]].high;

        g->high = !any || high < g->high ? high : g->high;
        any = true;
    }
    g->n_found = 0;
    for (size_t i = 0; any && i < g->n_sets; i++) {
        if (g->next[i] < g->sets[i]->n_parts && g->sets[i]->parts[g->next[i]].high == g->high)
            g->found[g->n_found++] = &g->sets[i]->parts[g->next[i]++].rows;
    }
    return any;
}

static cohort_status put_many(many which, const gathering *g, size_t least, co_bitmap64 *result)
{
    co_bitmap *rows;
    cohort_status status = COHORT_OK;

    if (g->n_found < least)
        return COHORT_OK;
    rows = co_parts_append(result, g->high);
    if (rows == NULL)
        return COHORT_MEMORY;
    switch (which) {
    case ALL:
        status = co_bitmap_and_many(g->found, g->n_found, rows);
        break;
    case ANY:
        status = co_bitmap_or_many(g->found, g->n_found, rows);
        break;
    case ODD:
        status = co_bitmap_xor_many(g->found, g->n_found, rows);
        break;
    case SOME:
        status = co_bitmap_at_least(g->found, g->n_found, least, rows);
        break;
    }
    if (co_bitmap_is_empty(rows))
        co_parts_drop(result, result->n_parts - 1);
    return status;
}

/* High halves that fewer than `least` sets have are passed over. */
static cohort_status combine_many(many which, const co_bitmap64 *const *sets, size_t n, size_t least,
                                  co_bitmap64 *result)
{
    co_memory *memory = result->memory;
    gathering g = { .sets = sets, .n_sets = n };
    cohort_status status = COHORT_OK;

    assert(n >= 1);
    co_bitmap64_clear(result);
    g.next = co_memory_new_zeroed(memory, n, sizeof *g.next);
    g.found = co_memory_new_array(memory, n, sizeof *g.found);
    if (g.next == NULL || g.found == NULL)
        status = COHORT_MEMORY;
    while (status == COHORT_OK && gather(&g))
        status = put_many(which, &g, least, result);
    co_memory_free(memory, g.next, n * sizeof *g.next);
    co_memory_free(memory, g.found, n * sizeof *g.found);
    if (status != COHORT_OK)
        co_bitmap64_clear(result);
    return status;
}

cohort_status co_bitmap64_and_many(const co_bitmap64 *const *sets, size_t n, co_bitmap64 *result)
{
    return combine_many(ALL, sets, n, n, result);
}

cohort_status co_bitmap64_or_many(const co_bitmap64 *const *sets, size_t n, co_bitmap64 *result)
{
    return combine_many(ANY, sets, n, 1, result);
}

cohort_status co_bitmap64_xor_many(const co_bitmap64 *const *sets, size_t n, co_bitmap64 *result)
{
    return combine_many(ODD, sets, n, 1, result);
}

cohort_status co_bitmap64_at_least(const co_bitmap64 *const *sets, size_t n, size_t least, co_bitmap64 *result)
{
    assert(least >= 1);
    return combine_many(SOME, sets, n, least, result);
}
