/* The records of a random store in SQLite, and members compared with its. */
#ifndef CO_SUPPORT_SQL_STORE_H
#define CO_SUPPORT_SQL_STORE_H

#ifdef CO_TEST_WITH_SQLITE
#include <sqlite3.h>

#include "support/random_store.h"

/*
 * A table for each object: row (the model's record), key, fields by name. Live
 * records only, without those whose event time is past as_of_us. Numbers are
 * their digits, times numbers; sets and points are NULL.
 */
sqlite3 *sql_store_open(const random_store *s, int64_t as_of_us);

/* Fails the running test unless the query's rows are the members of the object. */
void sql_compare_members(sqlite3 *database, const char *sql, const cohort_bitmap *members, const uint32_t *rows,
                         const char *text);

#endif
#endif
