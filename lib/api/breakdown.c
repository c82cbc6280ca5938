/* cohort/store.h, fifth part: how many of some records have each value of a field. */
#include "api/options.h"
#include "api/stores.h"
#include "store/tally.h"

typedef int32_t give_item(void *context, const cohort_value *value, uint64_t n_rows);

static cohort_status find_field(const cohort_snapshot *snapshot, const char *object_name,
                                const char *field_name, const co_object **object, uint32_t *field,
                                cohort_error *error)
{
    cohort_status status = co_api_object(snapshot->version, object_name, object, error);

    if (status == COHORT_OK)
        status = co_api_field(*object, field_name, field, error);
    if (status != COHORT_OK)
        return status;
    if (*field == 0)
        return co_fail(error, COHORT_TYPE,
                       "field '%.120s' of " CO_FMT " is its key, which differs from record to record",
                       field_name, CO_ARG((*object)->name));
    if ((*object)->fields[*field].type == COHORT_POINT)
        return co_fail(error, COHORT_TYPE,
                       "field '%.120s' of " CO_FMT " holds points, which are not counted by value",
                       field_name, CO_ARG((*object)->name));
    return COHORT_OK;
}

/* Until the caller has enough. */
static void give_items(const co_tally *tally, give_item *item, void *context)
{
    const co_field *field = &tally->object->fields[tally->field];
    cohort_value value;

    for (size_t i = 0; i < tally->n_items; i++) {
        value = (cohort_value)COHORT_VALUE_NULL;
        if (field->dictionary != NULL) {
            value.type = COHORT_STRING;
            value.text = (cohort_text){ tally->items[i].text.bytes, tally->items[i].text.length };
        } else {
            co_api_give_number(tally->version, field, tally->items[i].number, &value);
        }
        if (item(context, &value, tally->items[i].n_rows) != 0)
            return;
    }
    value = (cohort_value)COHORT_VALUE_NULL;
    if (tally->n_missing > 0)
        (void)item(context, &value, tally->n_missing);
}

cohort_status cohort_snapshot_breakdown(const cohort_snapshot *snapshot, const char *object_name,
                                        const char *field_name, const cohort_bitmap *rows, give_item *item,
                                        void *context, cohort_error *error)
{
    const co_object *object = NULL;
    uint32_t field = 0;
    co_memory memory;
    co_tally tally;
    cohort_status status;

    if (snapshot == NULL || item == NULL)
        return co_refuse_null(snapshot == NULL ? "snapshot" : "the function to call", error);
    status = find_field(snapshot, object_name, field_name, &object, &field, error);
    if (status == COHORT_OK && rows != NULL)
        status = co_api_rows_of(snapshot, object, rows, error);
    if (status != COHORT_OK)
        return status;
    co_memory_init(&memory, &snapshot->memory.allocator, 0);
    co_tally_init(&memory, snapshot->version, object, field, &tally);
    status = co_tally_rows(&tally, rows == NULL ? NULL : &rows->rows);
    if (status == COHORT_OK)
        give_items(&tally, item, context);
    else if (status == COHORT_NOT_FOUND)
        status = co_api_no_record(object, tally.stranger, error);
    else
        status = co_fail_memory(error);
    co_tally_clear(&tally);
    return status;
}
