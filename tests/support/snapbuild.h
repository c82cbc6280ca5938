/*
 * Store files made by hand: taken apart into sections, and put together again
 * with every checksum right, whatever the sections hold. So a test can say what
 * a file means without being stopped at its checksums.
 */
#ifndef CO_SUPPORT_SNAPBUILD_H
#define CO_SUPPORT_SNAPBUILD_H

#include "base/buffer.h"
#include "store/sections.h"

enum { SNAP_MOST_PARTS = 256 };

typedef struct snap_part {
    co_section section;
    size_t start, length;       /* in the bytes of its parts */
} snap_part;

typedef struct snap_parts {
    uint64_t store;
    uint64_t generation;
    size_t n;
    snap_part parts[SNAP_MOST_PARTS];
    co_buffer bytes;
} snap_parts;

void snap_parts_init(snap_parts *parts, co_memory *memory);
void snap_parts_clear(snap_parts *parts);
/* False if there are too many. */
bool snap_add(snap_parts *parts, co_section section, const void *bytes, size_t length);

/* Appends the file. */
void snap_build(const snap_parts *parts, co_buffer *out);

/* The parts of a file that the library wrote. */
void snap_take_apart(const void *file, snap_parts *parts);

#endif
