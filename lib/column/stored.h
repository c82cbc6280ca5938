/*
 * How columns lie in files: little-endian, without padding.
 *
 *     u8 form   u8 width   u32 n_valid   u64 valid × words, if n_valid < length
 *     OFFSETS   i64 least   i64 greatest   u64 unit   codes
 *     LINEAR    i64 least   i64 greatest   u64 unit
 *     BITS      i64 least   i64 greatest   u64 unit   u64 codes × words
 *     CODES     u32 n_list   u32 field code × n_list   codes
 *     PLAIN     u32 total   text length × length, `width` bytes each   total bytes
 *     SETS      u32 n_elements   u32 field code × n_elements   u32 count × n_elements
 *               cardinalities; below 512 rows u64 words of dense elements, u16 slots of the
 *               others; else, element after element: dense u8 0 and u64 words or u8 1 and
 *               a list of slots, others that list
 *     POINTS    f64 latitude × length   f64 longitude × length
 *
 *     codes, cardinalities and lists lie packed: bitpack.h
 *
 * Always:  a form's bytes never change their meaning; another layout is another
 *          form. What is derived (greatest code, starts, hashes) is not stored.
 *          The shape, the length and the dictionary are known to whoever reads.
 */
#ifndef CO_COLUMN_STORED_H
#define CO_COLUMN_STORED_H

#include "base/bytes.h"
#include "column/layout.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define CO_LITTLE_ENDIAN 1
#else
#define CO_LITTLE_ENDIAN 0
#endif

enum { CO_STORED_WORDS = 0, CO_STORED_SLOTS = 1 };

/* n items of 1, 2, 4 or 8 bytes from a file. */
static inline void co_load_array(void *items, const void *bytes, size_t n, uint32_t width)
{
    if (n == 0 || width == 0)
        return;
    if (CO_LITTLE_ENDIAN || width == 1) {
        memcpy(items, bytes, n * width);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const uint8_t *from = (const uint8_t *)bytes + i * width;

        if (width == 2)
            ((uint16_t *)items)[i] = co_load_u16(from);
        else if (width == 4)
            ((uint32_t *)items)[i] = co_load_u32(from);
        else
            ((uint64_t *)items)[i] = co_load_u64(from);
    }
}

/* … into a file. */
static inline void co_store_array(void *bytes, const void *items, size_t n, uint32_t width)
{
    if (n == 0 || width == 0)
        return;
    if (CO_LITTLE_ENDIAN || width == 1) {
        memcpy(bytes, items, n * width);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        uint8_t *to = (uint8_t *)bytes + i * width;

        if (width == 2)
            co_store_u16(to, ((const uint16_t *)items)[i]);
        else if (width == 4)
            co_store_u32(to, ((const uint32_t *)items)[i]);
        else
            co_store_u64(to, ((const uint64_t *)items)[i]);
    }
}

#endif
