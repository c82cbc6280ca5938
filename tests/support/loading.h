/*
 * Texts in and out of stores through the public face: loads from a string,
 * members and whole stores as a string.
 */
#ifndef CO_SUPPORT_LOADING_H
#define CO_SUPPORT_LOADING_H

#include "cohort.h"

/* A text that grows; zeroed to begin with, free(bytes) in the end. Zero-terminated. */
typedef struct text_out {
    char *bytes;
    size_t length;
} text_out;

/* A cohort_write into a text_out. */
int32_t text_write(void *context, const void *bytes, size_t length);

/* Loads a text as a file of its own name "input", given in pieces of `piece` bytes (0: whole). `report` may be NULL. */
cohort_status load_text(cohort_store *store, const cohort_load_options *options, const char *text, size_t length,
                        size_t piece, cohort_load_report **report, cohort_error *error);

/* As above for a zero-terminated text, whole, that must be loaded. */
void must_load(cohort_store *store, const cohort_load_options *options, const char *text);

/* A store in memory. */
cohort_store *store_in_memory(void);

/* The members of a condition, yours to free; "ERROR COHORT_STATUS: text" if that fails. options may be NULL: keys. */
char *members_text(cohort_store *store, const char *object, const char *condition,
                   const cohort_members_options *options);

/* Every record with every field, and every definition; yours to free. Equal stores give equal texts. */
char *store_text(cohort_store *store);

#endif
