/*
 * The kernel of little-endian 64-bit ARM CPUs, all of which have NEON: 16 bytes
 * a step. Plain loops over words are left to loops.h, which compilers turn into
 * vectors by themselves; here is what they do not see through.
 */
#include "kernel/families.h"

#ifdef CO_HAVE_NEON

#include <arm_neon.h>

#include "kernel/loops.h"

/* ---- words counted and tested ---- */

#define VECTOR_and(i) vandq_u64(vld1q_u64(a + (i)), vld1q_u64(b + (i)))
#define VECTOR_or(i) vorrq_u64(vld1q_u64(a + (i)), vld1q_u64(b + (i)))
#define VECTOR_xor(i) veorq_u64(vld1q_u64(a + (i)), vld1q_u64(b + (i)))
#define VECTOR_andnot(i) vbicq_u64(vld1q_u64(a + (i)), vld1q_u64(b + (i)))

static inline uint8x16_t bits_per_byte(uint64x2_t v) { return vcntq_u8(vreinterpretq_u8_u64(v)); }

/* Four vectors are added up in bytes, which hold 32 at most, before they are summed across. */
#define DEFINE_VECTOR_COUNT(name)                                                               \
    static size_t name##_count_neon(const uint64_t *a, const uint64_t *b, size_t n)             \
    {                                                                                           \
        uint64x2_t total = vdupq_n_u64(0);                                                      \
        size_t i = 0;                                                                           \
                                                                                                \
        for (; i + 8 <= n; i += 8) {                                                            \
            uint8x16_t bits = bits_per_byte(VECTOR_##name(i));                                  \
                                                                                                \
            bits = vaddq_u8(bits, bits_per_byte(VECTOR_##name(i + 2)));                         \
            bits = vaddq_u8(bits, bits_per_byte(VECTOR_##name(i + 4)));                         \
            bits = vaddq_u8(bits, bits_per_byte(VECTOR_##name(i + 6)));                         \
            total = vpadalq_u32(total, vpaddlq_u16(vpaddlq_u8(bits)));                          \
        }                                                                                       \
        return (size_t)vaddvq_u64(total) + name##_count(a + i, b + i, n - i);                   \
    }

DEFINE_VECTOR_COUNT(and)
DEFINE_VECTOR_COUNT(or)
DEFINE_VECTOR_COUNT(xor)
DEFINE_VECTOR_COUNT(andnot)

static size_t count_neon(const uint64_t *words, size_t n) { return or_count_neon(words, words, n); }

/* Eight words before each look. */
#define DEFINE_VECTOR_ANY(name)                                                                 \
    static bool name##_any_neon(const uint64_t *a, const uint64_t *b, size_t n)                 \
    {                                                                                           \
        size_t i = 0;                                                                           \
                                                                                                \
        for (; i + 8 <= n; i += 8) {                                                            \
            const uint64x2_t first = vorrq_u64(VECTOR_##name(i), VECTOR_##name(i + 2));         \
            const uint64x2_t second = vorrq_u64(VECTOR_##name(i + 4), VECTOR_##name(i + 6));    \
                                                                                                \
            if (vmaxvq_u32(vreinterpretq_u32_u64(vorrq_u64(first, second))) != 0)               \
                return true;                                                                    \
        }                                                                                       \
        return name##_any(a + i, b + i, n - i);                                                 \
    }

DEFINE_VECTOR_ANY(and)
DEFINE_VECTOR_ANY(andnot)

static bool any_neon(const uint64_t *words, size_t n) { return and_any_neon(words, words, n); }

/* ---- values to words ---- */

/* 64 bytes that are all ones or all zeros to 64 bits: each keeps a bit of its own, neighbours are added up. */
static inline uint64_t mask_of_bytes(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d)
{
    const uint8x16_t bit_of = vreinterpretq_u8_u64(vdupq_n_u64(UINT64_C(0x8040201008040201)));
    const uint8x16_t ab = vpaddq_u8(vandq_u8(a, bit_of), vandq_u8(b, bit_of));
    const uint8x16_t cd = vpaddq_u8(vandq_u8(c, bit_of), vandq_u8(d, bit_of));
    const uint8x16_t abcd = vpaddq_u8(ab, cd);

    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(abcd, abcd)), 0);
}

/* The lower halves of the lanes of two vectors, which are all ones or all zeros. */
static inline uint8x16_t pack_16(uint16x8_t a, uint16x8_t b)
{
    return vuzp1q_u8(vreinterpretq_u8_u16(a), vreinterpretq_u8_u16(b));
}

static inline uint16x8_t pack_32(uint32x4_t a, uint32x4_t b)
{
    return vuzp1q_u16(vreinterpretq_u16_u32(a), vreinterpretq_u16_u32(b));
}

static inline uint32x4_t pack_64(uint64x2_t a, uint64x2_t b)
{
    return vuzp1q_u32(vreinterpretq_u32_u64(a), vreinterpretq_u32_u64(b));
}

/* Is value - floor at most width, unsigned? */
#define WITHIN(bits, at) vcleq_u##bits(vsubq_u##bits(vld1q_u##bits(at), floor), width)

/* 16 values to 16 bytes. */
static inline uint8x16_t bytes_of_u8(const uint8_t *at, uint8x16_t floor, uint8x16_t width) { return WITHIN(8, at); }

static inline uint8x16_t bytes_of_u16(const uint16_t *at, uint16x8_t floor, uint16x8_t width)
{
    return pack_16(WITHIN(16, at), WITHIN(16, at + 8));
}

static inline uint8x16_t bytes_of_u32(const uint32_t *at, uint32x4_t floor, uint32x4_t width)
{
    return pack_16(pack_32(WITHIN(32, at), WITHIN(32, at + 4)), pack_32(WITHIN(32, at + 8), WITHIN(32, at + 12)));
}

static inline uint16x8_t half_of_u64(const uint64_t *at, uint64x2_t floor, uint64x2_t width)
{
    return pack_32(pack_64(WITHIN(64, at), WITHIN(64, at + 2)), pack_64(WITHIN(64, at + 4), WITHIN(64, at + 6)));
}

static inline uint8x16_t bytes_of_u64(const uint64_t *at, uint64x2_t floor, uint64x2_t width)
{
    return pack_16(half_of_u64(at, floor, width), half_of_u64(at + 8, floor, width));
}

static inline uint8x16_t bytes_of_i64(const int64_t *at, uint64x2_t floor, uint64x2_t width)
{
    return bytes_of_u64((const uint64_t *)at, floor, width);
}

#define DEFINE_VECTOR_BETWEEN(kind, type, bits)                                                 \
    static void between_##kind##_neon(const type *values, size_t n, type low, type high, uint64_t *out) \
    {                                                                                           \
        const uint##bits##_t span = (uint##bits##_t)((uint##bits##_t)high - (uint##bits##_t)low); \
        size_t i = 0;                                                                           \
                                                                                                \
        for (; low <= high && i + 64 <= n; i += 64) {                                           \
            const type *at = values + i;                                                        \
                                                                                                \
            out[i / 64] = mask_of_bytes(BYTES(kind, bits, at), BYTES(kind, bits, at + 16),      \
                                        BYTES(kind, bits, at + 32), BYTES(kind, bits, at + 48)); \
        }                                                                                       \
        between_##kind(values + i, n - i, low, high, out + i / 64);                             \
    }

#define BYTES(kind, bits, at) bytes_of_##kind(at, vdupq_n_u##bits((uint##bits##_t)low), vdupq_n_u##bits(span))

DEFINE_VECTOR_BETWEEN(u8, uint8_t, 8)
DEFINE_VECTOR_BETWEEN(u16, uint16_t, 16)
DEFINE_VECTOR_BETWEEN(u32, uint32_t, 32)
DEFINE_VECTOR_BETWEEN(u64, uint64_t, 64)
DEFINE_VECTOR_BETWEEN(i64, int64_t, 64)

/* ---- codes to words ---- */

/* A code picks its byte of the set's 32, then its bit. */
static inline uint8x16_t codes_in_set(uint8x16_t codes, uint8x16x2_t set)
{
    const uint8x16_t byte = vqtbl2q_u8(set, vshrq_n_u8(codes, 3));
    const uint8x16_t bit = vshlq_u8(vdupq_n_u8(1), vreinterpretq_s8_u8(vandq_u8(codes, vdupq_n_u8(7))));

    return vtstq_u8(byte, bit);
}

static void in_u8_neon(const uint8_t *codes, size_t n, const uint64_t *set, uint64_t *out)
{
    const uint8x16x2_t bytes = { { vreinterpretq_u8_u64(vld1q_u64(set)), vreinterpretq_u8_u64(vld1q_u64(set + 2)) } };
    size_t i = 0;

    for (; i + 64 <= n; i += 64) {
        const uint8_t *at = codes + i;

        out[i / 64] = mask_of_bytes(codes_in_set(vld1q_u8(at), bytes), codes_in_set(vld1q_u8(at + 16), bytes),
                                    codes_in_set(vld1q_u8(at + 32), bytes), codes_in_set(vld1q_u8(at + 48), bytes));
    }
    in_u8(codes + i, n - i, set, out + i / 64);
}

/* ---- slots with slots ---- */

/* Which of eight slots of a are among eight slots of b: b in all eight rotations. */
typedef uint16x8_t slot_block;

static inline slot_block load_block(const uint16_t *from) { return vld1q_u16(from); }

static inline uint16x8_t lanes_among(uint16x8_t a, uint16x8_t b)
{
    const uint16x8_t first = vorrq_u16(vceqq_u16(a, b), vceqq_u16(a, vextq_u16(b, b, 1)));
    const uint16x8_t second = vorrq_u16(vceqq_u16(a, vextq_u16(b, b, 2)), vceqq_u16(a, vextq_u16(b, b, 3)));
    const uint16x8_t third = vorrq_u16(vceqq_u16(a, vextq_u16(b, b, 4)), vceqq_u16(a, vextq_u16(b, b, 5)));
    const uint16x8_t fourth = vorrq_u16(vceqq_u16(a, vextq_u16(b, b, 6)), vceqq_u16(a, vextq_u16(b, b, 7)));

    return vorrq_u16(vorrq_u16(first, second), vorrq_u16(third, fourth));
}

/* One bit a lane. */
static inline unsigned bits_of_lanes(uint16x8_t lanes)
{
    static const uint16_t bits[8] = { 1, 2, 4, 8, 16, 32, 64, 128 };

    return vaddvq_u16(vandq_u16(lanes, vld1q_u16(bits)));
}

static inline unsigned common_slots(slot_block a, slot_block b) { return bits_of_lanes(lanes_among(a, b)); }

/* Through memory: few are found as a rule. */
static inline size_t put_some(uint16_t *out, slot_block slots, unsigned which)
{
    uint16_t all[8];
    size_t n = 0;

    vst1q_u16(all, slots);
    for (; which != 0; which &= which - 1)
        out[n++] = all[co_lowest_bit(which)];
    return n;
}

static inline size_t count_common(slot_block a, slot_block b) { return co_bits_in(common_slots(a, b)); }

#include "kernel/blocks.h"

/* ---- bytes ---- */

static void find_bytes_neon(const uint8_t *bytes, size_t n_blocks, const uint8_t wanted[4], uint64_t *masks)
{
    for (size_t i = 0; i < n_blocks; i++) {
        const uint8_t *at = bytes + 64 * i;
        const uint8x16_t first = vld1q_u8(at), second = vld1q_u8(at + 16);
        const uint8x16_t third = vld1q_u8(at + 32), fourth = vld1q_u8(at + 48);

        for (unsigned k = 0; k < 4; k++) {
            const uint8x16_t one = vdupq_n_u8(wanted[k]);

            masks[4 * i + k] = mask_of_bytes(vceqq_u8(first, one), vceqq_u8(second, one), vceqq_u8(third, one),
                                             vceqq_u8(fourth, one));
        }
    }
}

const co_kernel co_kernel_neon = {
    .name = "neon",
    .and_words = and_words,
    .or_words = or_words,
    .xor_words = xor_words,
    .andnot_words = andnot_words,
    .and_counting = and_counting,
    .or_counting = or_counting,
    .xor_counting = xor_counting,
    .andnot_counting = andnot_counting,
    .settle = settle,
    .and_count = and_count_neon,
    .or_count = or_count_neon,
    .xor_count = xor_count_neon,
    .andnot_count = andnot_count_neon,
    .and_any = and_any_neon,
    .andnot_any = andnot_any_neon,
    .count = count_neon,
    .any = any_neon,
    .not_rows = not_rows,
    .all_rows = all_rows,
    .add_bits = add_bits,
    .at_least = at_least,
    .between_u8 = between_u8_neon,
    .between_u16 = between_u16_neon,
    .between_u32 = between_u32_neon,
    .between_u64 = between_u64_neon,
    .between_i64 = between_i64_neon,
    .in_u8 = in_u8_neon,
    .in_u16 = in_u16,
    .intersect_slots = intersect_slots_blocks,
    .union_slots = union_slots,
    .difference_slots = difference_slots_blocks,
    .xor_slots = xor_slots,
    .intersect_slots_count = intersect_slots_count_blocks,
    .slots_meet = slots_meet,
    .slots_rise = slots_rise,
    .copy_rising = copy_rising,
    .slots_in_words = slots_in_words,
    .slots_not_in_words = slots_not_in_words,
    .slots_in_words_count = slots_in_words_count,
    .add_slots = add_slots,
    .set_slots = set_slots,
    .clear_slots = clear_slots,
    .flip_slots = flip_slots,
    .runs_in_words_count = runs_in_words_count,
    .runs_of_lengths = runs_of_lengths,
    .words_to_slots = words_to_slots,
    .words_to_rows = words_to_rows,
    .slots_to_rows = slots_to_rows,
    .runs_to_rows = runs_to_rows,
    .widen_u8 = widen_u8,
    .widen_u16 = widen_u16,
    .widen_u32 = widen_u32,
    .range_i64 = range_i64,
    .divides_i64 = divides_i64,
    .narrow_u8 = narrow_u8,
    .narrow_u16 = narrow_u16,
    .narrow_u32 = narrow_u32,
    .narrow_u64 = narrow_u64,
    .find_bytes = find_bytes_neon,
};

#endif
