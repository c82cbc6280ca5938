/*
 * The kernel of x86-64 CPUs with AVX2 and BMI2: 32 bytes a step. Whole words of
 * 64 values go through vectors; the last few values, and whatever gains nothing
 * from vectors, through loops.h.
 */
#include "kernel/families.h"

#ifdef CO_HAVE_AVX2

#include <immintrin.h>

#include "kernel/bits.h"

typedef __m256i vector;

static inline vector load(const void *from) { return _mm256_loadu_si256((const __m256i_u *)from); }
static inline void store(void *to, vector v) { _mm256_storeu_si256((__m256i_u *)to, v); }

#define WINDOW 16

static inline uint32_t window_below(const uint16_t *slots, uint16_t wanted)
{
    const vector bound = _mm256_set1_epi16((short)wanted);
    const vector others = _mm256_cmpeq_epi16(_mm256_max_epu16(load(slots), bound), load(slots));

    return (32 - co_bits_in((uint32_t)_mm256_movemask_epi8(others))) / 2;
}

#include "kernel/loops.h"

/* ---- words with words ---- */

/* Bits of each 64-bit lane: two table look-ups a byte, bytes summed. */
static inline vector bits_per_lane(vector v)
{
    const vector table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1,
                                          2, 2, 3, 2, 3, 3, 4);
    const vector nibble = _mm256_set1_epi8(15);
    const vector low = _mm256_shuffle_epi8(table, _mm256_and_si256(v, nibble));
    const vector high = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble));

    return _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256());
}

static inline size_t sum_of_lanes(vector v)
{
    const __m128i pair = _mm_add_epi64(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));

    return (size_t)_mm_extract_epi64(pair, 0) + (size_t)_mm_extract_epi64(pair, 1);
}

/* A full adder on 256 bits: a + b + c = 2 carry + sum. */
static inline vector add_three(vector a, vector b, vector c, vector *sum)
{
    const vector either = _mm256_xor_si256(a, b);

    *sum = _mm256_xor_si256(either, c);
    return _mm256_or_si256(_mm256_and_si256(a, b), _mm256_and_si256(either, c));
}

#define VECTOR_and(i) _mm256_and_si256(load(a + (i)), load(b + (i)))
#define VECTOR_or(i) _mm256_or_si256(load(a + (i)), load(b + (i)))
#define VECTOR_xor(i) _mm256_xor_si256(load(a + (i)), load(b + (i)))
#define VECTOR_andnot(i) _mm256_andnot_si256(load(b + (i)), load(a + (i)))
#define VECTOR_first(i) load(a + (i))
#define VECTOR_and_written(i) written(out + (i), VECTOR_and(i), past_caches)
#define VECTOR_or_written(i) written(out + (i), VECTOR_or(i), past_caches)
#define VECTOR_xor_written(i) written(out + (i), VECTOR_xor(i), past_caches)
#define VECTOR_andnot_written(i) written(out + (i), VECTOR_andnot(i), past_caches)

static inline vector written(uint64_t *to, vector v, bool past_caches)
{
    if (past_caches)
        _mm256_stream_si256((vector *)to, v);
    else
        store(to, v);
    return v;
}

/* Eight vectors are added up bitwise, so that only one in eight is counted. */
#define COUNT_VECTORS(VECTOR, n, i)                                                             \
    vector total = _mm256_setzero_si256();                                                      \
    vector ones = total;                                                                        \
    vector twos = total;                                                                        \
    vector fours = total;                                                                       \
                                                                                                \
    for (; (i) + 32 <= (n); (i) += 32) {                                                        \
        const vector two_a = add_three(ones, VECTOR(i), VECTOR((i) + 4), &ones);                \
        const vector two_b = add_three(ones, VECTOR((i) + 8), VECTOR((i) + 12), &ones);         \
        const vector four_a = add_three(twos, two_a, two_b, &twos);                             \
        const vector two_c = add_three(ones, VECTOR((i) + 16), VECTOR((i) + 20), &ones);        \
        const vector two_d = add_three(ones, VECTOR((i) + 24), VECTOR((i) + 28), &ones);        \
        const vector four_b = add_three(twos, two_c, two_d, &twos);                             \
        const vector eight = add_three(fours, four_a, four_b, &fours);                          \
                                                                                                \
        total = _mm256_add_epi64(total, bits_per_lane(eight));                                  \
    }                                                                                           \
    total = _mm256_slli_epi64(total, 3);                                                        \
    total = _mm256_add_epi64(total, _mm256_slli_epi64(bits_per_lane(fours), 2));                \
    total = _mm256_add_epi64(total, _mm256_slli_epi64(bits_per_lane(twos), 1));                 \
    total = _mm256_add_epi64(total, bits_per_lane(ones));                                       \
    for (; (i) + 4 <= (n); (i) += 4)                                                            \
        total = _mm256_add_epi64(total, bits_per_lane(VECTOR(i)));

#define DEFINE_VECTOR_WORDS(name)                                                               \
    static void name##_words_avx2(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n) \
    {                                                                                           \
        size_t i = 0;                                                                           \
                                                                                                \
        for (; i + 8 <= n; i += 8) {                                                            \
            const vector first = VECTOR_##name(i);                                              \
            const vector second = VECTOR_##name(i + 4);                                         \
                                                                                                \
            store(out + i, first);                                                              \
            store(out + i + 4, second);                                                         \
        }                                                                                       \
        name##_words(a + i, b + i, out + i, n - i);                                             \
    }                                                                                           \
                                                                                                \
    static inline size_t write_##name(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n, bool past_caches) \
    {                                                                                           \
        size_t i = 0;                                                                           \
                                                                                                \
        COUNT_VECTORS(VECTOR_##name##_written, n, i)                                             \
        return sum_of_lanes(total) + name##_counting(a + i, b + i, out + i, n - i, false);      \
    }                                                                                           \
                                                                                                \
    static size_t name##_counting_avx2(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n, bool past_caches) \
    {                                                                                           \
        return past_caches ? write_##name(a, b, out, n, true) : write_##name(a, b, out, n, false); \
    }                                                                                           \
                                                                                                \
    static size_t name##_count_avx2(const uint64_t *a, const uint64_t *b, size_t n)             \
    {                                                                                           \
        size_t i = 0;                                                                           \
                                                                                                \
        COUNT_VECTORS(VECTOR_##name, n, i)                                                      \
        return sum_of_lanes(total) + name##_count(a + i, b + i, n - i);                         \
    }

DEFINE_VECTOR_WORDS(and)
DEFINE_VECTOR_WORDS(or)
DEFINE_VECTOR_WORDS(xor)
DEFINE_VECTOR_WORDS(andnot)

static size_t count_avx2(const uint64_t *a, size_t n)
{
    size_t i = 0;

    COUNT_VECTORS(VECTOR_first, n, i)
    return sum_of_lanes(total) + count(a + i, n - i);
}

static bool and_any_avx2(const uint64_t *a, const uint64_t *b, size_t n)
{
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        if (!_mm256_testz_si256(load(a + i), load(b + i)))
            return true;
    }
    return and_any(a + i, b + i, n - i);
}

static bool andnot_any_avx2(const uint64_t *a, const uint64_t *b, size_t n)
{
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        if (!_mm256_testc_si256(load(b + i), load(a + i)))
            return true;
    }
    return andnot_any(a + i, b + i, n - i);
}

static void settle_avx2(void) { _mm_sfence(); }

/* ---- counters kept as planes ---- */

static void add_bits_avx2(const uint64_t *words, size_t n_words, uint64_t *planes, size_t n_planes)
{
    size_t i = 0;

    for (; i + 4 <= n_words; i += 4) {
        vector carry = load(words + i);

        for (size_t p = 0; p < n_planes && !_mm256_testz_si256(carry, carry); p++) {
            const vector before = load(planes + p * n_words + i);

            store(planes + p * n_words + i, _mm256_xor_si256(before, carry));
            carry = _mm256_and_si256(carry, before);
        }
        for (size_t p = 0; p < n_planes && !_mm256_testz_si256(carry, carry); p++)
            store(planes + p * n_words + i, _mm256_or_si256(load(planes + p * n_words + i), carry));
    }
    for (; i < n_words; i++)
        add_to_word(words[i], planes + i, n_words, n_planes);
}

/* ---- values to words ---- */

/* 32 bytes that are all ones or all zeros to 32 bits. */
static inline uint64_t mask_of_bytes(vector v) { return (uint32_t)_mm256_movemask_epi8(v); }

/* Packing works on each half alone; these put the quarters, or eighths, back in order. */
static inline vector pack_16(vector first, vector second)
{
    return _mm256_permute4x64_epi64(_mm256_packs_epi16(first, second), 0xd8);
}

static inline vector pack_32(vector a, vector b, vector c, vector d)
{
    const vector order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);

    return _mm256_permutevar8x32_epi32(_mm256_packs_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d)), order);
}

#define WITHIN(bits, x) _mm256_cmpeq_epi##bits(_mm256_min_epu##bits(x, width), x)
#define OFFSET(bits, at) _mm256_sub_epi##bits(load(at), floor)

static inline uint64_t word_of_u8(const uint8_t *at, vector floor, vector width)
{
    const vector first = OFFSET(8, at);
    const vector second = OFFSET(8, at + 32);

    return mask_of_bytes(WITHIN(8, first)) | mask_of_bytes(WITHIN(8, second)) << 32;
}

static inline uint64_t half_of_u16(const uint16_t *at, vector floor, vector width)
{
    const vector first = OFFSET(16, at);
    const vector second = OFFSET(16, at + 16);

    return mask_of_bytes(pack_16(WITHIN(16, first), WITHIN(16, second)));
}

static inline uint64_t word_of_u16(const uint16_t *at, vector floor, vector width)
{
    return half_of_u16(at, floor, width) | half_of_u16(at + 32, floor, width) << 32;
}

static inline uint64_t half_of_u32(const uint32_t *at, vector floor, vector width)
{
    const vector a = OFFSET(32, at);
    const vector b = OFFSET(32, at + 8);
    const vector c = OFFSET(32, at + 16);
    const vector d = OFFSET(32, at + 24);

    return mask_of_bytes(pack_32(WITHIN(32, a), WITHIN(32, b), WITHIN(32, c), WITHIN(32, d)));
}

static inline uint64_t word_of_u32(const uint32_t *at, vector floor, vector width)
{
    return half_of_u32(at, floor, width) | half_of_u32(at + 32, floor, width) << 32;
}

/* There is no unsigned comparison of 64 bits: floor and width come with their top bit turned over. */
static inline uint64_t word_of_u64(const uint64_t *at, vector floor, vector width)
{
    uint64_t outside = 0;

    for (unsigned i = 0; i < 64; i += 4) {
        const vector beyond = _mm256_cmpgt_epi64(OFFSET(64, at + i), width);

        outside |= (uint64_t)(uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(beyond)) << i;
    }
    return ~outside;
}

static inline uint64_t equal_of_u8(const uint8_t *at, vector wanted)
{
    return mask_of_bytes(_mm256_cmpeq_epi8(load(at), wanted))
         | mask_of_bytes(_mm256_cmpeq_epi8(load(at + 32), wanted)) << 32;
}

#define EQUAL(bits, at) _mm256_cmpeq_epi##bits(load(at), wanted)

static inline uint64_t equal_of_u16(const uint16_t *at, vector wanted)
{
    return mask_of_bytes(pack_16(EQUAL(16, at), EQUAL(16, at + 16)))
         | mask_of_bytes(pack_16(EQUAL(16, at + 32), EQUAL(16, at + 48))) << 32;
}

static inline uint64_t equal_of_u32(const uint32_t *at, vector wanted)
{
    return mask_of_bytes(pack_32(EQUAL(32, at), EQUAL(32, at + 8), EQUAL(32, at + 16), EQUAL(32, at + 24)))
         | mask_of_bytes(pack_32(EQUAL(32, at + 32), EQUAL(32, at + 40), EQUAL(32, at + 48), EQUAL(32, at + 56))) << 32;
}

static inline uint64_t equal_of_u64(const uint64_t *at, vector wanted)
{
    uint64_t word = 0;

    for (unsigned i = 0; i < 64; i += 4)
        word |= (uint64_t)(uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(EQUAL(64, at + i))) << i;
    return word;
}

#define DEFINE_VECTOR_BETWEEN(kind, type, vector_of, top)                                 \
    static void between_##kind##_avx2(const type *values, size_t n, type low, type high, uint64_t *out) \
    {                                                                                           \
        size_t i = 0;                                                                           \
                                                                                                \
        if (low == high) {                                                                      \
            const vector wanted = vector_of(low);                                               \
                                                                                                \
            for (; i + 64 <= n; i += 64)                                                        \
                out[i / 64] = equal_of_##kind(values + i, wanted);                              \
        } else if (low < high) {                                                                \
            const vector floor = vector_of((type)(low + (type)(top)));                          \
            const vector width = vector_of((type)((type)(high - low) + (type)(top)));           \
                                                                                                \
            for (; i + 64 <= n; i += 64)                                                        \
                out[i / 64] = word_of_##kind(values + i, floor, width);                         \
        }                                                                                       \
        between_##kind(values + i, n - i, low, high, out + i / 64);                             \
    }

#define VECTOR_OF_U8(x) _mm256_set1_epi8((char)(x))
#define VECTOR_OF_U16(x) _mm256_set1_epi16((short)(x))
#define VECTOR_OF_U32(x) _mm256_set1_epi32((int)(x))
#define VECTOR_OF_U64(x) _mm256_set1_epi64x((long long)(x))

DEFINE_VECTOR_BETWEEN(u8, uint8_t, VECTOR_OF_U8, 0)
DEFINE_VECTOR_BETWEEN(u16, uint16_t, VECTOR_OF_U16, 0)
DEFINE_VECTOR_BETWEEN(u32, uint32_t, VECTOR_OF_U32, 0)
DEFINE_VECTOR_BETWEEN(u64, uint64_t, VECTOR_OF_U64, UINT64_C(1) << 63)

/* The offsets from the low end are the same numbers, signed or not. */
static void between_i64_avx2(const int64_t *values, size_t n, int64_t low, int64_t high, uint64_t *out)
{
    const vector floor = VECTOR_OF_U64((uint64_t)low + (UINT64_C(1) << 63));
    const vector width = VECTOR_OF_U64((uint64_t)high - (uint64_t)low + (UINT64_C(1) << 63));
    size_t i = 0;

    if (low <= high) {
        for (; i + 64 <= n; i += 64)
            out[i / 64] = word_of_u64((const uint64_t *)values + i, floor, width);
    }
    between_i64(values + i, n - i, low, high, out + i / 64);
}

/* ---- codes to words ---- */

/* The set's 32 bytes lie in `lower` and `upper`, 16 each, twice; a code picks its byte, then its bit. */
static inline uint64_t codes_in_set(vector codes, vector lower, vector upper)
{
    const vector bit_of = _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16,
                                           32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
    const vector byte = _mm256_and_si256(_mm256_srli_epi16(codes, 3), _mm256_set1_epi8(15));
    const vector set = _mm256_blendv_epi8(_mm256_shuffle_epi8(lower, byte), _mm256_shuffle_epi8(upper, byte), codes);
    const vector bit = _mm256_shuffle_epi8(bit_of, _mm256_and_si256(codes, _mm256_set1_epi8(7)));

    return mask_of_bytes(_mm256_cmpeq_epi8(_mm256_and_si256(set, bit), bit));
}

static void in_u8_avx2(const uint8_t *codes, size_t n, const uint64_t *set, uint64_t *out)
{
    const vector lower = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i_u *)set));
    const vector upper = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i_u *)(set + 2)));
    size_t i = 0;

    for (; i + 64 <= n; i += 64)
        out[i / 64] = codes_in_set(load(codes + i), lower, upper) | codes_in_set(load(codes + i + 32), lower, upper) << 32;
    in_u8(codes + i, n - i, set, out + i / 64);
}

/* ---- lists of slots ---- */

/* The positions of the set bits of a byte, lowest first, one a byte. */
static inline __m128i positions_of(uint64_t byte)
{
    const uint64_t wanted = _pdep_u64(byte, UINT64_C(0x0101010101010101)) * 255;

    return _mm_cvtsi64_si128((long long)_pext_u64(UINT64_C(0x0706050403020100), wanted));
}

/* The lanes of eight slots whose bit in `keep` is set, moved to the front. */
static inline __m128i compress_slots(__m128i slots, uint64_t keep)
{
    const __m128i lanes = _mm_cvtepu8_epi16(positions_of(keep));
    const __m128i bytes = _mm_add_epi16(_mm_mullo_epi16(lanes, _mm_set1_epi16(0x0202)), _mm_set1_epi16(0x0100));

    return _mm_shuffle_epi8(slots, bytes);
}

typedef __m128i slot_block;

static inline slot_block load_block(const uint16_t *from) { return _mm_loadu_si128((const __m128i_u *)from); }

static inline size_t put_some(uint16_t *out, slot_block slots, unsigned which)
{
    _mm_storeu_si128((__m128i_u *)out, compress_slots(slots, which));
    return co_bits_in(which);
}

/* Which of eight slots of a are among eight slots of b: b in all eight rotations, two at a time. */
static inline unsigned common_slots(__m128i a, __m128i b)
{
    const vector both = _mm256_broadcastsi128_si256(a);
    vector turned = _mm256_inserti128_si256(_mm256_castsi128_si256(b), _mm_alignr_epi8(b, b, 8), 1);
    vector found = _mm256_cmpeq_epi16(both, turned);

    for (unsigned i = 0; i < 3; i++) {
        turned = _mm256_alignr_epi8(turned, turned, 2);
        found = _mm256_or_si256(found, _mm256_cmpeq_epi16(both, turned));
    }
    const __m128i any_of = _mm_or_si128(_mm256_castsi256_si128(found), _mm256_extracti128_si256(found, 1));

    return (unsigned)_mm_movemask_epi8(_mm_packs_epi16(any_of, _mm_setzero_si128()));
}

static inline size_t count_common(slot_block a, slot_block b) { return co_bits_in(common_slots(a, b)); }

#include "kernel/blocks.h"

static bool slots_rise_avx2(const uint16_t *slots, size_t n)
{
    size_t i = 1;

    for (; i + 16 <= n; i += 16) {
        const vector before = load(slots + i - 1);
        const vector here = load(slots + i);

        /* The greater of the two is the one before where they do not rise. */
        if (_mm256_movemask_epi8(_mm256_cmpeq_epi16(_mm256_max_epu16(before, here), before)) != 0)
            return false;
    }
    return n <= i || slots_rise(slots + i - 1, n - i + 1);
}

static bool copy_rising_avx2(const void *from, size_t n, uint16_t *slots)
{
    if (n != 0)
        memcpy(slots, from, n * sizeof *slots);
    return slots_rise_avx2(slots, n);
}

/* From this many bits in a word on, taking them byte by byte beats one by one. */
enum { CROWDED = 8 };

static size_t words_to_slots_avx2(const uint64_t *words, size_t n_words, uint16_t *out, size_t room)
{
    size_t n = 0;
    size_t i = 0;

    for (; i < n_words && room - n >= 64; i++) {
        uint64_t word = words[i];

        if (co_bits_in(word) < CROWDED) {
            for (; word != 0; word &= word - 1)
                out[n++] = (uint16_t)(i * 64 + co_lowest_bit(word));
            continue;
        }
        for (size_t base = i * 64; word != 0; word >>= 8, base += 8) {
            const __m128i slots = _mm_cvtepu8_epi16(positions_of(word & 255));

            _mm_storeu_si128((__m128i_u *)(out + n), _mm_add_epi16(slots, _mm_set1_epi16((short)base)));
            n += co_bits_in(word & 255);
        }
    }
    return n + slots_from_word(words, i, n_words, out + n, room - n);
}

static size_t words_to_rows_avx2(const uint64_t *words, size_t n_words, uint32_t base, uint32_t *out, size_t room)
{
    size_t n = 0;
    size_t i = 0;

    for (; i < n_words && room - n >= 64; i++) {
        uint32_t first = base + (uint32_t)(i * 64);
        uint64_t word = words[i];

        if (co_bits_in(word) < CROWDED) {
            for (; word != 0; word &= word - 1)
                out[n++] = first + co_lowest_bit(word);
            continue;
        }
        for (; word != 0; word >>= 8, first += 8) {
            const vector rows = _mm256_cvtepu8_epi32(positions_of(word & 255));

            store(out + n, _mm256_add_epi32(rows, _mm256_set1_epi32((int)first)));
            n += co_bits_in(word & 255);
        }
    }
    return n + words_to_rows(words + i, n_words - i, base + (uint32_t)(i * 64), out + n, room - n);
}

/* Eight rows a store; those past a run's end are overwritten by the next, and by none at the end of the room. */
static size_t runs_to_rows_avx2(const uint16_t *runs, size_t n_runs, uint32_t base, uint32_t *out, size_t room)
{
    const vector steps = _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0);
    const vector eight = _mm256_set1_epi32(8);
    size_t n = 0;
    size_t i = 0;

    for (; i < n_runs; i++) {
        const size_t length = (size_t)(runs[2 * i + 1] - runs[2 * i]) + 1;
        vector rows = _mm256_add_epi32(_mm256_set1_epi32((int)(base + runs[2 * i])), steps);

        if (room - n < length + 7)
            break;
        for (size_t k = 0; k < length; k += 8) {
            store(out + n + k, rows);
            rows = _mm256_add_epi32(rows, eight);
        }
        n += length;
    }
    return n + runs_to_rows(runs + 2 * i, n_runs - i, base, out + n, room - n);
}

/* ---- codes to values ---- */

/* Modulo 2^64, codes of at most 32 bits: low × code + (high × code shifted up). */
static inline vector times(vector codes, vector unit, vector unit_high)
{
    return _mm256_add_epi64(_mm256_mul_epu32(codes, unit), _mm256_slli_epi64(_mm256_mul_epu32(codes, unit_high), 32));
}

static inline vector four_u8(const uint8_t *at)
{
    int32_t codes;

    memcpy(&codes, at, sizeof codes);
    return _mm256_cvtepu8_epi64(_mm_cvtsi32_si128(codes));
}

static inline vector four_u16(const uint16_t *at) { return _mm256_cvtepu16_epi64(_mm_loadl_epi64((const __m128i_u *)at)); }
static inline vector four_u32(const uint32_t *at) { return _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i_u *)at)); }

#define DEFINE_VECTOR_WIDEN(kind, type)                                                         \
    static void widen_##kind##_avx2(const type *codes, size_t n, int64_t base, int64_t unit, int64_t *out) \
    {                                                                                           \
        const vector bases = _mm256_set1_epi64x(base);                                          \
        const vector units = _mm256_set1_epi64x(unit);                                          \
        const vector highs = _mm256_srli_epi64(units, 32);                                      \
        size_t i = 0;                                                                           \
                                                                                                \
        for (; i + 4 <= n; i += 4)                                                              \
            store(out + i, _mm256_add_epi64(bases, times(four_##kind(codes + i), units, highs))); \
        widen_##kind(codes + i, n - i, base, unit, out + i);                                    \
    }

DEFINE_VECTOR_WIDEN(u8, uint8_t)
DEFINE_VECTOR_WIDEN(u16, uint16_t)
DEFINE_VECTOR_WIDEN(u32, uint32_t)

/* ---- bytes ---- */

static void find_bytes_avx2(const uint8_t *bytes, size_t n_blocks, const uint8_t wanted[4], uint64_t *masks)
{
    for (size_t i = 0; i < n_blocks; i++) {
        const vector low = load(bytes + 64 * i);
        const vector high = load(bytes + 64 * i + 32);

        for (unsigned k = 0; k < 4; k++) {
            const vector one = _mm256_set1_epi8((char)wanted[k]);
            const uint64_t low_mask = mask_of_bytes(_mm256_cmpeq_epi8(low, one));

            masks[4 * i + k] = low_mask | (uint64_t)mask_of_bytes(_mm256_cmpeq_epi8(high, one)) << 32;
        }
    }
}

const co_kernel co_kernel_avx2 = {
    .name = "avx2",
    .and_words = and_words_avx2,
    .or_words = or_words_avx2,
    .xor_words = xor_words_avx2,
    .andnot_words = andnot_words_avx2,
    .and_counting = and_counting_avx2,
    .or_counting = or_counting_avx2,
    .xor_counting = xor_counting_avx2,
    .andnot_counting = andnot_counting_avx2,
    .settle = settle_avx2,
    .and_count = and_count_avx2,
    .or_count = or_count_avx2,
    .xor_count = xor_count_avx2,
    .andnot_count = andnot_count_avx2,
    .and_any = and_any_avx2,
    .andnot_any = andnot_any_avx2,
    .count = count_avx2,
    .any = any,
    .not_rows = not_rows,
    .all_rows = all_rows,
    .add_bits = add_bits_avx2,
    .at_least = at_least,
    .between_u8 = between_u8_avx2,
    .between_u16 = between_u16_avx2,
    .between_u32 = between_u32_avx2,
    .between_u64 = between_u64_avx2,
    .between_i64 = between_i64_avx2,
    .in_u8 = in_u8_avx2,
    .in_u16 = in_u16,
    .intersect_slots = intersect_slots_blocks,
    .union_slots = union_slots,
    .difference_slots = difference_slots_blocks,
    .xor_slots = xor_slots,
    .intersect_slots_count = intersect_slots_count_blocks,
    .slots_meet = slots_meet,
    .slots_rise = slots_rise_avx2,
    .copy_rising = copy_rising_avx2,
    .slots_in_words = slots_in_words,
    .slots_not_in_words = slots_not_in_words,
    .slots_in_words_count = slots_in_words_count,
    .add_slots = add_slots,
    .set_slots = set_slots,
    .clear_slots = clear_slots,
    .flip_slots = flip_slots,
    .runs_in_words_count = runs_in_words_count,
    .runs_of_lengths = runs_of_lengths,
    .words_to_slots = words_to_slots_avx2,
    .words_to_rows = words_to_rows_avx2,
    .slots_to_rows = slots_to_rows,
    .runs_to_rows = runs_to_rows_avx2,
    .widen_u8 = widen_u8_avx2,
    .widen_u16 = widen_u16_avx2,
    .widen_u32 = widen_u32_avx2,
    .range_i64 = range_i64,
    .divides_i64 = divides_i64,
    .narrow_u8 = narrow_u8,
    .narrow_u16 = narrow_u16,
    .narrow_u32 = narrow_u32,
    .narrow_u64 = narrow_u64,
    .find_bytes = find_bytes_avx2,
};

#endif
