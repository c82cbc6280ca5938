/*
 * The bytes of a snapshot file, as offsets; what snapwrite.c writes and
 * snapread.c believes.
 *
 * header    0 magic  8 major u16  10 minor u16  12 incompat u32  16 ro_compat u32  20 compat u32
 *           24 store u64  32 zero u64  40 generation u64  48 version u64  56 journal chain u64 (0)
 *           64 least reader u32  72 file length u64  80 footer offset u64  4088 hash u64
 * block     0 section number u32  4 block number u32  8 raw length u32  12 stored length u32
 *           16 codec u32 (0: none)  20 hash of the head's first 20 bytes u32  24 hash of the stored bytes u64
 * entry     0 kind u32  4 object u32  8 index u32  12 zero u32  16 offset u64  24 stored u64
 *           32 raw u64  40 blocks u64  48 hash of the raw bytes u64
 * footer    0 magic  8 store u64  16 generation u64  24 table offset u64  32 entries u64
 *           40 raw total u64  48 hash of the table u64  4080 hash u64  4088 end magic
 */
#ifndef CO_IO_SNAPFORMAT_H
#define CO_IO_SNAPFORMAT_H

#include "base/bytes.h"
#include "base/hash.h"

enum {
    CO_SNAP_PAGE = 4096,        /* header, footer */
    CO_SNAP_BLOCK = 64 * 1024,  /* raw bytes of a block, at most */
    CO_SNAP_HEAD = 32,          /* of a block */
    CO_SNAP_ENTRY = 56,         /* of the table */
    CO_SNAP_MAJOR = 2,
    CO_SNAP_MINOR = 0
};

static const char co_snap_magic[8] = { '\x89', 'C', 'H', 'S', '\r', '\n', '\x1a', '\n' };
static const char co_snap_end_magic[8] = { 'C', 'H', 'S', '-', 'E', 'N', 'D', '\n' };

/* What makes a checksum belong to one place of one file. */
typedef struct co_snap_seed {
    uint64_t store;
    uint64_t generation;
} co_snap_seed;

static inline uint64_t co_snap_hash(co_snap_seed seed, uint64_t place, const void *bytes, size_t length)
{
    uint8_t mix[24];

    co_store_u64(mix, seed.store);
    co_store_u64(mix + 8, seed.generation);
    co_store_u64(mix + 16, place);
    return co_hash_fast(bytes, length, co_hash_fast(mix, sizeof mix, 0));
}

/* Places of what is not a block; a block's place is section << 32 | number. */
enum { CO_SNAP_PLACE_HEADER = 1, CO_SNAP_PLACE_FOOTER = 2, CO_SNAP_PLACE_TABLE = 3 };

static inline uint64_t co_snap_block_place(uint64_t section, uint64_t block)
{
    return UINT64_C(1) << 63 | section << 32 | block;
}

#endif
