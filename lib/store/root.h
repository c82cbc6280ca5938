/* What a store is inside its room. */
#ifndef CO_STORE_ROOT_H
#define CO_STORE_ROOT_H

#include <pthread.h>

#include "store/store.h"
#include "store/tree.h"

struct co_store {
    co_references references; /* the handle's and one of every version */
    co_memory memory;
    uint64_t id;
    pthread_mutex_t writer; /* recursive: define may be called by its holder */
    pthread_mutex_t gate;   /* guards `current`; held for a moment only */
    co_version *current;
};

void co_store_retain(co_store *store);
void co_store_release(co_store *store);
/* Makes the draft current; takes it. Writer only. */
void co_store_publish(co_store *store, co_version *draft);
/* A store whose first version is still to come: current is NULL. */
cohort_status co_store_empty(const cohort_allocator *allocator, size_t limit_bytes, uint64_t id,
                             co_store **store, cohort_error *error);

#endif
