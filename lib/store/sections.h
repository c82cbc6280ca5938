/*
 * A version as sections of bytes, and back. The store writes and reads its
 * own bytes here; files, framing and checksums are somebody else's.
 *
 * Always:  a section is self-contained given those before it; a restored store
 *          exists only after every byte of it was checked.
 * Used:    co_sections_start; while co_sections_next: co_section_write;
 *          co_restore_new; co_restore_section, in the same order; co_restore_finish.
 * Costs:   a section at a time in memory. Restoring builds no key index.
 */
#ifndef CO_STORE_SECTIONS_H
#define CO_STORE_SECTIONS_H

#include "base/buffer.h"
#include "store/store.h"

/* An unknown section with this bit may be skipped; one without is COHORT_TOO_NEW. */
#define CO_SECTION_OPTIONAL UINT32_C(0x80000000)

/* In the byte of a field's collation. */
#define CO_FIELD_HISTORY 0x80

enum {
    CO_SECTION_STORE = 1, /* id, epoch, version number, counts of the rest */
    CO_SECTION_SCHEMA = 2,
    CO_SECTION_DICTIONARY = 3, /* index: the field */
    CO_SECTION_TILE = 4,       /* index: the tile */
    CO_SECTION_DEFINITION = 5  /* index: the definition */
};

typedef struct co_section {
    uint32_t kind;
    uint32_t object; /* 0 where it has no meaning */
    uint32_t index;
} co_section;

/* A place in the list of a version's sections. */
typedef struct co_sections {
    const co_version *version;
    co_section next;
} co_sections;

co_sections co_sections_start(const co_version *version);
/* False after the last. */
bool co_sections_next(co_sections *sections, co_section *section);
/* Appends the bytes of one section; out->status tells of memory. */
cohort_status co_section_write(const co_version *version, co_section section, co_buffer *out,
                               cohort_error *error);

typedef struct co_restore co_restore;

cohort_status co_restore_new(const cohort_allocator *allocator, size_t limit_bytes, co_restore **restore,
                             cohort_error *error);
void co_restore_free(co_restore *restore);
/* Fails: CORRUPT with a reason, TOO_NEW, MEMORY. After a failure only free it. */
cohort_status co_restore_section(co_restore *restore, co_section section, const void *bytes, size_t length,
                                 cohort_error *error);
/* Gives the store if everything that was promised came and fits together. *restore is used up either way; free it. */
cohort_status co_restore_finish(co_restore *restore, co_store **store, cohort_error *error);

#endif
