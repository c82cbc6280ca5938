/* Sections in memory: see saved.h. */
#include "support/saved.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

co_saved co_saved_of(const co_version *version)
{
    co_saved saved = { 0 };
    co_sections list = co_sections_start(version);
    co_memory memory;

    co_memory_init(&memory, NULL, 0);
    while (co_sections_next(&list, &saved.sections[saved.n])) {
        co_buffer out;

        co_buffer_init(&out, &memory, 0);
        ck_assert_int_eq(co_section_write(version, saved.sections[saved.n], &out, NULL), COHORT_OK);
        saved.lengths[saved.n] = out.length;
        saved.bytes[saved.n] = malloc(out.length + 1);
        memcpy(saved.bytes[saved.n], out.bytes, out.length);
        co_buffer_clear(&out);
        ck_assert_uint_lt(++saved.n, CO_MOST_SAVED);
    }
    return saved;
}

void co_saved_free(co_saved *saved)
{
    for (size_t i = 0; i < saved->n; i++)
        free(saved->bytes[i]);
}

cohort_status co_saved_restore(const co_saved *saved, const cohort_allocator *allocator, co_store **store,
                               cohort_error *error)
{
    co_restore *restore;
    cohort_status status = co_restore_new(allocator, 0, &restore, error);

    *store = NULL;
    if (status != COHORT_OK)
        return status;
    for (size_t i = 0; i < saved->n && status == COHORT_OK; i++)
        status = co_restore_section(restore, saved->sections[i], saved->bytes[i], saved->lengths[i], error);
    if (status == COHORT_OK)
        status = co_restore_finish(restore, store, error);
    co_restore_free(restore);
    return status;
}
