/*
 * The world in which calls are refused memory: a store with a value of every
 * type, definitions, an evaluator, two bitmaps, all from one failing allocator.
 *
 * Always:  co_world_digest covers what the public functions show of it.
 */
#ifndef CO_TESTS_MEMORY_WORLD_H
#define CO_TESTS_MEMORY_WORLD_H

#include <stdbool.h>

#include "cohort.h"
#include "support/failing_memory.h"

enum { WORLD_FIELDS = 12 };

typedef struct co_world co_world;

typedef cohort_status co_call(co_world *w, cohort_error *error);

/* How an exported function is called. */
typedef struct co_scenario {
    const char *function;
    co_call *call;
    void (*before)(co_world *w);
    void (*after)(co_world *w); /* when the call has done its work */
    const char *condition;      /* of the world's segment; NULL: TRUE */
    bool on_disk;
    bool on_bitmaps; /* a and b are there, of rows and of keys */
    bool is_free;    /* has no handle and no allocator: malloc */
    uint32_t n_threads;
} co_scenario;

struct co_world {
    co_failing state;
    cohort_allocator allocator;
    char folder[40];
    cohort_store *store;
    cohort_snapshot *snapshot;
    cohort_evaluator *evaluator;
    cohort_batch *batch;
    cohort_segment *segment;
    cohort_segment *second;
    cohort_evaluate_options when;
    cohort_bitmap *a;
    cohort_bitmap *b;
    cohort_bitmap *made; /* what the call gave */
    cohort_bitmap64 *a64;
    cohort_bitmap64 *b64;
    cohort_bitmap64 *made64;
    size_t n_written;
    size_t n_read; /* of the CSV text */
};

void co_world_make(co_world *w, const co_scenario *s);
/* Ends the test if anything is left of it. */
void co_world_end(co_world *w);

/* Everything that can be seen of the store and the two bitmaps. */
uint64_t co_world_digest(const co_world *w);

/* The fields of a contact, and values for them. */
extern const char *const co_world_fields[WORLD_FIELDS];
void co_world_record(int64_t i, cohort_value values[WORLD_FIELDS]);

cohort_value co_world_number(cohort_type type, int64_t value);
cohort_value co_world_text(const char *value);

/* A pointer that no call may leave in a place it was to fill. */
#define CO_UNTOUCHED ((void *)&co_untouched)
extern char co_untouched;

/* The call gave this bitmap, or nothing: keeps it in w->made. Returns status. */
cohort_status co_world_gave(co_world *w, cohort_status status, cohort_bitmap *given);
cohort_status co_world_gave64(co_world *w, cohort_status status, cohort_bitmap64 *given);

/* How functions of bitmaps are called. */
extern const co_scenario co_bitmap_scenarios[];
extern const size_t co_n_bitmap_scenarios;

#endif
