/*
 * Asking one record of a store in memory: the value or the truth of an
 * expression, as text.
 */
#ifndef CO_TESTS_SUPPORT_ASKING_H
#define CO_TESTS_SUPPORT_ASKING_H

#include "eval/eval.h"
#include "store/store.h"

typedef struct co_asking {
    co_store *store;
    co_when when;               /* zone: not owned */
    int32_t nulls;
    co_eval *eval;
    char text[512];             /* the last answer */
} co_asking;

/* as_of: like '2026-03-15 10:30', UTC; NULL: none. */
void co_asking_start(co_asking *asking, co_store *store, const char *as_of);
void co_asking_end(co_asking *asking);

/* A fixed offset, or an IANA name where the system knows it; false if it does not. */
bool co_asking_in_zone(co_asking *asking, const char *zone);

/* The value for the contact with that key: 12.50, 'text', NULL; or "OVERFLOW: contact 1: …", the status before its text. */
const char *co_ask_value(co_asking *asking, int64_t contact, const char *expression);
/* "true", "false", "unknown", or an error as above. By co_eval_row and by co_eval_run, which must agree. */
const char *co_ask_truth(co_asking *asking, int64_t contact, const char *condition);

#endif
