/*
 * The root of everything kept: one current version, who may write next, and
 * what all versions share (memory, dictionaries, key indexes).
 *
 * Always:  readers take the current version and never wait for a writer. One
 *          writer at a time: declare, define, drop and commit queue up.
 *          A change that fails has changed nothing.
 * Used:    version = co_store_current(store); … co_version_release(version);
 * Threads: every function may be called by any number of threads at once.
 */
#ifndef CO_STORE_STORE_H
#define CO_STORE_STORE_H

#include "store/version.h"

typedef struct co_store co_store;

/* An empty store in memory. `allocator` may be NULL; limit_bytes 0: none. */
cohort_status co_store_new(const cohort_allocator *allocator, size_t limit_bytes, co_store **store,
                           cohort_error *error);
/* Versions still retained stay good; the last of them frees what is left. NULL allowed. */
void co_store_free(co_store *store);

co_memory *co_store_memory(co_store *store);
/* Tells stores apart, in one process and between saved ones; kept by save and restore. */
uint64_t co_store_id(const co_store *store);
/* Retained: release it. NULL only after co_store_free, for those who came by way of a version. */
co_version *co_store_current(co_store *store);

/*
 * The writer's place, for a change that must look before it leaps:
 *     co_store_lock; look at co_store_current; co_store_define; co_store_unlock
 * The functions below and commits take it themselves; the holder may call them.
 */
void co_store_lock(co_store *store);
void co_store_unlock(co_store *store);
/* Takes back what the holder of the writer's place published since `version` was current. */
void co_store_revert(co_store *store, co_version *version);

/*
 * Creates an object or adds fields to it; what is repeated must be the same.
 * Objects that references name and nobody declared yet come into being with keys
 * of text. An object with `time` and no `home` takes its only reference as home.
 * Fails: INVALID (name, limit of an argument), EXISTS (declared otherwise: what was
 * found and wanted), NOT_FOUND (home, time, cluster name no field), TYPE (a key that
 * references gave as text is no int), LIMIT (4,096 objects or fields), MEMORY.
 */
cohort_status co_store_declare(co_store *store, const cohort_object *object, cohort_error *error);

/* Names a segment or trait by its text, replacing one of that name and kind. Nothing is parsed here. */
cohort_status co_store_define(co_store *store, co_definition_kind kind, uint32_t object, co_text name,
                              co_text text, int32_t nulls, cohort_error *error);
/* A segment of n keys, of either kind of key; keys without a record get a row that is not live. */
cohort_status co_store_define_static(co_store *store, uint32_t object, co_text name, size_t n,
                                     const co_key *keys, cohort_error *error);
/* Forgets the segment of that name, failing that the trait. NOT_FOUND. Who uses it is not asked here. */
cohort_status co_store_drop(co_store *store, uint32_t object, co_text name, cohort_error *error);

/* Keys that a static segment holds, whether or not their records exist: co_bitmap_count(definition->rows). */

/* Where the rows of this version belong: rows of another store or epoch mean nothing here. */
uint64_t co_version_store_id(const co_version *version);
co_memory *co_version_memory(const co_version *version);

#endif
