/*
 * A store and its model, filled and changed together at random.
 *
 * Always:  every type of field, references to parents and to oneself, records
 *          named before they exist, about a tenth of the values missing.
 */
#ifndef CO_SUPPORT_RANDOM_STORE_H
#define CO_SUPPORT_RANDOM_STORE_H

#include "cohort.h"
#include "support/model.h"
#include "support/random.h"
#include "support/random_schema.h"

typedef enum random_store_kind {
    RANDOM_STORE_NAMELESS,      /* accounts, contacts and visits */
    RANDOM_STORE_NAMED,         /* also segments and traits */
    RANDOM_STORE_RELATED        /* also everything that hangs on contacts */
} random_store_kind;

typedef struct random_store {
    co_random random;
    model model;
    cohort_store *store;
    cohort_snapshot *snapshot;
    bool extended;              /* the fields that come later are there */
    bool related;
    bool big_names;             /* some segment or trait counts with numbers that may overflow */
    uint64_t n_keys[M_OBJECTS]; /* about as many are in use */
    uint32_t *rows[M_OBJECTS];  /* by record of the model: its row in the snapshot */
    uint32_t n_rows[M_OBJECTS];
} random_store;

/* Objects and n_contacts records in memory, or in a directory. */
void random_store_make(random_store *s, uint64_t seed, uint32_t n_contacts, random_store_kind kind, const char *folder);
void random_store_clear(random_store *s);

/* Upserts, patches, deletes; sometimes new fields. A new snapshot is taken. */
void random_store_change(random_store *s, uint32_t n_changes);

/* Saves to its directory and goes on with what opening that gives. */
void random_store_reopen(random_store *s, const char *folder);

/* Some evaluation options. */
m_when random_when(random_store *s, cohort_evaluate_options *options, char zone[16]);

#endif
