/*
 * What the parts of bench_workload share: the library's handles, the questions, and
 * how a failure ends the program.
 *
 *     loading.c   CSV files into a store, and what a change of one record costs
 *     asking.c    one question, one way
 *     workload.c  arguments, requests, answers
 */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <cohort.h>

#include "timing.h"

enum { MOST_PARTS = 512, MOST_STORED = 64 };

/** A line of the table of questions: name, kind, needs and text, between tabs. */
typedef struct question {
    const char *name;
    const char *kind;           /* "expression", "segment", "bitmaps" or "overlap" */
    const char *needs;
    const char *text;
} question;

/** Members of a segment that is kept: a static segment of the store, and its bitmap. */
typedef struct stored {
    const char *name;
    cohort_bitmap *members;
} stored;

typedef struct bench {
    cohort_store *store;
    cohort_snapshot *snapshot;
    cohort_evaluator *evaluators[2];    /* of one thread, of two */
    cohort_allocator store_memory;      /* they count */
    cohort_allocator work_memory;
    uint64_t store_bytes;
    uint64_t work_bytes;
    cohort_evaluate_options options;
    question *questions;
    size_t n_questions;
    stored stored[MOST_STORED];
    size_t n_stored;
    int64_t *keys;                      /* room for the keys of all contacts */
} bench;

/** What a question gave. */
typedef struct answer {
    uint64_t count;
    uint64_t n_keys;            /* listed, where they were asked for */
    uint64_t sum;               /* of the keys listed */
} answer;

/** Ends the program with the error unless the status is fine. */
void must(cohort_status status, const cohort_error *error, const char *what);

/**
 * Loads the files there are in a folder into a new store, the events in so many pieces,
 * saves it, and prints what each step cost.
 */
void load_folder(bench *b, const char *folder, const char *path, unsigned n_batches);

/** Prints what it costs to change one record and commit, `repeats` times. */
void change_one(bench *b, unsigned repeats);

/** Evaluates the stored segments and keeps them, as bitmaps and as static segments. */
void store_segments(bench *b);

/**
 * Asks the question `name` once.
 *
 * Takes    way      "count", "bitmap" or "keys"
 *          threads  1 or 2
 * Gives    *cost    of the evaluation alone
 * Fails    COHORT_NOT_FOUND if there is no such question, else as the library does
 */
cohort_status ask(bench *b, const char *name, const char *way, unsigned threads, answer *given, cost *spent,
                  cohort_error *error);

#endif
