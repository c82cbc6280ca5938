/*
 * The objects of random stores.
 *
 *     account ◀── contact ◀── visit, click            events; clicks have no key and are clustered
 *        ▲           ▲ ◀───── order ◀── line          orders are events of a day, lines have no key
 *        │           ▲ ◀◀──── transfer                 sender and receiver
 *        └── task ───┘                                 lives with the account
 *
 * Accounts and contacts refer to themselves, too.
 */
#ifndef CO_SUPPORT_RANDOM_SCHEMA_H
#define CO_SUPPORT_RANDOM_SCHEMA_H

#include "cohort.h"
#include "support/model.h"
#include "support/random.h"

enum { ACCOUNT, CONTACT, VISIT, ORDER, LINE, CLICK, TRANSFER, TASK };

/* Accounts, contacts and visits; related: all of them. */
void random_schema_make(model *m, co_random *random, bool related);
/* Fields that contacts get later. */
void random_schema_extend(model *m);
void random_schema_declare(const model *m, int at, cohort_store *store);

/* Fails the running test. */
void random_must_be_fine(cohort_status status, const cohort_error *error);

#endif
