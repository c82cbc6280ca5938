/*
 * A store in plain arrays, to compare the real one with. It shares nothing with
 * lib/ but the faces of the rooms.
 *
 * Always:  four objects: region ◀─ firm ◀─ person ◀─ visit, each living with its
 *          parent; a person also has a boss and visits have no key. Every key and
 *          every value is a number here: the string of n is "s<n>", a set is n's
 *          bits, a point n/8 degrees, a reference the number of the record named.
 */
#ifndef CO_SUPPORT_STORE_MODEL_H
#define CO_SUPPORT_STORE_MODEL_H

#include "store/batch.h"
#include "support/random.h"

enum { CO_REGION, CO_FIRM, CO_PERSON, CO_VISIT, CO_MODEL_OBJECTS };

#define CO_MODEL_FIELDS 8u /* at most, the key (field 0) included */

typedef struct co_model_value {
    bool has;
    int64_t n;
} co_model_value;

typedef struct co_model_record {
    bool live;
    co_model_value values[CO_MODEL_FIELDS];
} co_model_record;

typedef struct co_model {
    size_t n_records[CO_MODEL_OBJECTS]; /* keys are 1 … this */
    co_model_record *records[CO_MODEL_OBJECTS];
    uint64_t n_visits; /* numbers given so far */
} co_model;

typedef struct co_model_counts {
    uint64_t inserted;
    uint64_t updated;
    uint64_t unchanged;
    uint64_t deleted;
} co_model_counts;

/* Fields of an object beside its key, and their types. */
uint32_t co_model_n_fields(uint32_t object);
cohort_type co_model_type(uint32_t object, uint32_t field);
uint32_t co_model_target(uint32_t object, uint32_t field);

void co_model_declare(co_store *store);
co_model co_model_new(size_t n_records);
co_model co_model_copy(const co_model *model);
void co_model_free(co_model *model);

/* One change to both; false if the model says that there is no such record. */
bool co_model_put(co_model *model, co_batch *batch, co_verb verb, uint32_t object, size_t key,
                  size_t n_fields, const uint32_t *fields, const co_model_value *values);
/* Upserts of n consecutive keys in one bulk call, with every field. */
void co_model_bulk(co_model *model, co_batch *batch, uint32_t object, size_t first, uint32_t n,
                   co_random *random, size_t n_targets);
/* A random value for the field; references go to 1 … n_targets. */
co_model_value co_model_random(co_random *random, uint32_t object, uint32_t field, size_t n_targets);

/* What happened between two states to records, `asked` (a byte a record) counting as updated or unchanged. */
co_model_counts co_model_difference(const co_model *before, const co_model *after,
                                    unsigned char *const asked[]);

/* Fails the test where the version is not the model. `step`: every how many records, 1 for all. */
void co_model_check(const co_model *model, const co_version *version, size_t step);
/* What must hold in any version of these objects. */
void co_model_check_structure(const co_version *version);

#endif
