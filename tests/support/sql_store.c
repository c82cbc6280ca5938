/* Random stores in SQLite. */
#include "support/sql_store.h"

#ifdef CO_TEST_WITH_SQLITE
#include <stdio.h>
#include <string.h>

#include "support/must.h"

static void run_sql(sqlite3 *database, const char *sql)
{
    char *complaint = NULL;

    if (sqlite3_exec(database, sql, NULL, NULL, &complaint) != SQLITE_OK)
        ck_abort_msg("%s: %s", sql, complaint);
}

static void bind(sqlite3_stmt *statement, int at, const m_value *v)
{
    switch (v->kind) {
    case M_BOOL:
    case M_DATE:
    case M_TIME:
        sqlite3_bind_int64(statement, at, v->number);
        break;
    case M_EXACT:
        sqlite3_bind_int64(statement, at, (sqlite3_int64)v->exact);
        break;
    case M_REFERENCE:
        if (v->text.bytes == NULL) {
            sqlite3_bind_int64(statement, at, (sqlite3_int64)v->exact);
            break;
        }
        /* fall through */
    case M_TEXT:
        sqlite3_bind_text(statement, at, v->text.bytes, (int)v->text.length, SQLITE_TRANSIENT);
        break;
    default:
        sqlite3_bind_null(statement, at);
        break;
    }
}

static bool is_past(const m_object *object, const m_record *record, int64_t as_of_us)
{
    const int64_t day_us = INT64_C(86400000000);
    const m_value *time;

    if (object->time_field < 0)
        return false;
    time = &record->values[object->time_field];
    if (time->kind == M_NULL)
        return false;
    return time->number > (time->kind == M_DATE ? m_floor(as_of_us, day_us) : as_of_us);
}

static void fill_table(sqlite3 *database, const m_object *object, int64_t as_of_us)
{
    sqlite3_stmt *statement;
    char create[1500];
    char insert[1500];
    char index[200];

    snprintf(create, sizeof create, "CREATE TABLE \"%s\" (row INTEGER PRIMARY KEY, key", object->name);
    snprintf(insert, sizeof insert, "INSERT INTO \"%s\" VALUES (?, ?", object->name);
    for (int f = 0; f < object->n_fields; f++) {
        snprintf(create + strlen(create), sizeof create - strlen(create), ", \"%s\"", object->fields[f].name);
        strcat(insert, ", ?");
    }
    run_sql(database, strcat(create, ")"));
    for (int f = 0; f < object->n_fields; f++) {
        if (object->fields[f].target < 0)
            continue;
        snprintf(index, sizeof index, "CREATE INDEX \"%s_%s\" ON \"%s\" (\"%s\")", object->name,
                 object->fields[f].name, object->name, object->fields[f].name);
        run_sql(database, index);
    }
    must(sqlite3_prepare_v2(database, strcat(insert, ")"), -1, &statement, NULL) == SQLITE_OK);
    for (uint32_t i = 0; i < object->n_records; i++) {
        const m_record *record = &object->records[i];

        if (!record->live || is_past(object, record, as_of_us))
            continue;
        sqlite3_bind_int64(statement, 1, i);
        bind(statement, 2, &record->key);
        for (int f = 0; f < object->n_fields; f++)
            bind(statement, f + 3, &record->values[f]);
        must(sqlite3_step(statement) == SQLITE_DONE);
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
}

sqlite3 *sql_store_open(const random_store *s, int64_t as_of_us)
{
    sqlite3 *database;

    must(sqlite3_open(":memory:", &database) == SQLITE_OK);
    run_sql(database, "PRAGMA case_sensitive_like = ON");
    run_sql(database, "BEGIN");
    for (int i = 0; i < s->model.n_objects; i++)
        fill_table(database, &s->model.objects[i], as_of_us);
    run_sql(database, "COMMIT");
    return database;
}

void sql_compare_members(sqlite3 *database, const char *sql, const cohort_bitmap *members, const uint32_t *rows,
                         const char *text)
{
    uint64_t n = 0;
    sqlite3_stmt *statement;

    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
        ck_abort_msg("%s: %s", sql, sqlite3_errmsg(database));
    for (; sqlite3_step(statement) == SQLITE_ROW; n++) {
        const uint32_t record = (uint32_t)sqlite3_column_int64(statement, 0);

        if (!cohort_bitmap_contains(members, rows[record]))
            ck_abort_msg("record %u is missing: %s\nin SQL: %s", record, text, sql);
    }
    sqlite3_finalize(statement);
    ck_assert_msg(n == cohort_bitmap_count(members), "%u members, %u in SQL: %s\n%s",
                  (unsigned)cohort_bitmap_count(members), (unsigned)n, text, sql);
}

#else
typedef int there_is_no_sqlite;
#endif
