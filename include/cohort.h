/*
 * libcohort: customer segmentation as a library. Give it records, ask who is in
 * a segment, get the members, in milliseconds, and again after every change.
 *
 *     CSV file, rows, columns                     text: "country = 'AU' AND age >= 30"
 *               │                                                │ cohort_segment_parse
 *               ▼                                                ▼
 *        cohort_batch ──commit──▶ cohort_store            cohort_segment
 *                                      │ a new version           │
 *                                      ▼                         │
 *                               cohort_snapshot                  │
 *                               (one version, for ever)          │
 *                                      └──▶ cohort_evaluator ◀───┘   and as-of, time zone
 *                                                  │
 *                                    ┌─────────────┼──────────────┐
 *                                    ▼             ▼              ▼
 *                              cohort_bitmap     count      why, explain, lint,
 *                              (rows: and, or …)            members as CSV …
 *
 * An object (contact) has fields; a record of it has a key, which you chose, and a
 * row, a small number, which the store gave it. A segment is a condition over the
 * records of one object; cohort-expr(7) is its language. The answer is a function of
 * snapshot, as-of instant and segment: there is no clock, no locale, no environment
 * and no global state in it. A store lives in memory; opened on a directory it is
 * read from there, and written by cohort_store_save().
 *
 * Who may call what from which thread
 *
 *     handle             threads
 *     cohort_store       any number; writers wait for each other, readers for nobody
 *     cohort_batch       the one that fills it
 *     cohort_snapshot    any number: it never changes
 *     cohort_segment     any number: it never changes
 *     cohort_evaluator   one call at a time; it brings its own workers
 *     cohort_bitmap, …64 one that changes it, or any number that read it
 *     cohort_load_report any number: it never changes
 *
 * Callbacks (progress, write, read, item) come on the thread that called, with no lock
 * held; an allocator is called from any. After fork() the child cannot save a store that
 * its parent opened (COHORT_FORK).
 *
 * Whose it is
 *
 *     made by                                  given up with
 *     cohort_store_open                        cohort_store_close
 *     cohort_batch_new                         cohort_batch_free; emptied by commit, still yours
 *     cohort_store_snapshot                    cohort_snapshot_release
 *     cohort_segment_parse                     cohort_segment_free
 *     cohort_evaluator_new                     cohort_evaluator_free
 *     cohort_evaluate, cohort_bitmap_new, …    cohort_bitmap_free; a view leaves its bytes alone
 *     cohort_bitmap64_new, …                   cohort_bitmap64_free
 *     cohort_store_load_csv (report)           cohort_load_report_free, before its store is closed
 *
 * What goes in is copied. Texts that come out (keys, names, values) are borrowed: from a
 * snapshot until it is released, in a callback until it returns. All that gives up takes NULL.
 *
 * When something fails
 *
 *     cohort_error error = COHORT_ERROR_INIT;
 *     if (cohort_segment_parse("contact", text, SIZE_MAX, NULL, &segment, &error) != COHORT_OK)
 *         fprintf(stderr, "%s at line %u, column %u\n", error.text, error.line, error.column);
 *
 * The status says what kind it is, error.text says it in one line, error.position points
 * into the text given. Then nothing has changed, outputs are NULL or 0, nothing is to be
 * freed. error may be NULL. Nothing is ever kept for later: there is no errno.
 *
 * Limits, and what they are unless told otherwise
 *
 *     of an expression   16 MiB of text, 100,000 nodes, 200 levels      cohort_segment_options
 *     of names in names  64 levels of segments and traits               max_names of the options
 *     of values in one   2,000 levels, each further + or * one more     fixed
 *     of a text made     16 MiB, by CONCAT                              fixed
 *     MATCHES            1,000,000 match steps and 64 MiB for a value   fixed
 *     of an object       65,536 tiles of 65,536 rows, 4,096 fields      fixed
 *     of a store         4,096 objects                                  fixed
 *     of a CSV record    16 MiB, 16,384 cells                           fixed
 *     memory             none                   cohort_store_options, cohort_evaluator_options
 *     time               none                   timeout_us and progress of cohort_evaluate_options
 *     threads            1, at most 1,024       cohort_evaluator_options
 *
 * Structs whose first member is `size` are begun with their _INIT macro; in every other
 * member zero is the default. Below 1.0 a minor version may change this interface.
 */
#ifndef COHORT_H
#define COHORT_H

#include "cohort/base.h"
#include "cohort/bitmap.h"
#include "cohort/bitmap64.h"
#include "cohort/evaluate.h"
#include "cohort/io.h"
#include "cohort/segment.h"
#include "cohort/store.h"

#endif
