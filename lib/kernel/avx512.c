/*
 * The kernel of x86-64 CPUs with AVX-512 F, BW, DQ, VL, VBMI, VBMI2 and
 * VPOPCNTDQ (Ice Lake, Zen 4 and later): 64 bytes a step.
 *
 * Comparisons leave their bits in mask registers, 64 values of any width make
 * a word of them. What is left at the end is loaded and stored under a mask,
 * which touches nothing past it. Lanes are compressed in a register and then
 * stored whole: compressing into memory is slow on some of these CPUs.
 */
#include "kernel/families.h"

#ifdef CO_HAVE_AVX512

#include <immintrin.h>

#include "kernel/bits.h"

typedef __m512i vector;

static inline vector load(const void *from) { return _mm512_loadu_si512(from); }
static inline void store(void *to, vector v) { _mm512_storeu_si512(to, v); }

#define WINDOW 32

static inline uint32_t window_below(const uint16_t *slots, uint16_t wanted)
{
    return co_bits_in(_mm512_cmplt_epu16_mask(load(slots), _mm512_set1_epi16((short)wanted)));
}

#include "kernel/loops.h"

/* The first n lanes, n at most 8, and as many words in or out. */
static inline __mmask8 lanes_8(size_t n) { return (__mmask8)co_low_bits(n); }
static inline vector load_words(const uint64_t *from, size_t n) { return _mm512_maskz_loadu_epi64(lanes_8(n), from); }
static inline void store_words(uint64_t *to, vector v, size_t n) { _mm512_mask_storeu_epi64(to, lanes_8(n), v); }

/* ---- words with words ---- */

#define VECTOR_and(a, b) _mm512_and_si512(a, b)
#define VECTOR_or(a, b) _mm512_or_si512(a, b)
#define VECTOR_xor(a, b) _mm512_xor_si512(a, b)
#define VECTOR_andnot(a, b) _mm512_andnot_si512(b, a)
#define HALF_and(a, b) _mm256_and_si256(a, b)
#define HALF_or(a, b) _mm256_or_si256(a, b)
#define HALF_xor(a, b) _mm256_xor_si256(a, b)
#define HALF_andnot(a, b) _mm256_andnot_si256(b, a)

/* Half a vector: what counts reads so, as memory then comes a tenth faster, and caches hardly slower. */
typedef __m256i half;

static inline half load_half(const uint64_t *from) { return _mm256_loadu_si256((const __m256i_u *)from); }

static inline void put_half(uint64_t *to, half v, bool past_caches)
{
    if (past_caches)
        _mm256_stream_si256((half *)to, v);
    else
        _mm256_storeu_si256((__m256i_u *)to, v);
}

static inline half add_bits_in(half sums, half v) { return _mm256_add_epi64(sums, _mm256_popcnt_epi64(v)); }

static inline size_t sum_of_lanes(half v)
{
    const __m128i pair = _mm_add_epi64(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));

    return (size_t)_mm_extract_epi64(pair, 0) + (size_t)_mm_extract_epi64(pair, 1);
}

#define DEFINE_VECTOR_WORDS(name)                                                               \
    static void name##_words_avx512(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n) \
    {                                                                                           \
        size_t i = 0;                                                                           \
                                                                                                \
        for (; i + 16 <= n; i += 16) {                                                          \
            const vector first = VECTOR_##name(load(a + i), load(b + i));                       \
            const vector second = VECTOR_##name(load(a + i + 8), load(b + i + 8));              \
                                                                                                \
            store(out + i, first);                                                              \
            store(out + i + 8, second);                                                         \
        }                                                                                       \
        for (; i < n; i += 8)                                                                   \
            store_words(out + i, VECTOR_##name(load_words(a + i, n - i), load_words(b + i, n - i)), n - i); \
    }                                                                                           \
                                                                                                \
    static inline size_t write_##name(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n, bool past_caches) \
    {                                                                                           \
        half even = _mm256_setzero_si256();                                                     \
        half odd = even;                                                                        \
        size_t i = 0;                                                                           \
                                                                                                \
        for (; i + 16 <= n; i += 16) {                                                          \
            for (size_t k = i; k < i + 16; k += 8) {                                            \
                const half first = HALF_##name(load_half(a + k), load_half(b + k));             \
                const half second = HALF_##name(load_half(a + k + 4), load_half(b + k + 4));    \
                                                                                                \
                put_half(out + k, first, past_caches);                                          \
                put_half(out + k + 4, second, past_caches);                                     \
                even = add_bits_in(even, first);                                                \
                odd = add_bits_in(odd, second);                                                 \
            }                                                                                   \
        }                                                                                       \
        return sum_of_lanes(_mm256_add_epi64(even, odd)) + name##_counting(a + i, b + i, out + i, n - i, false); \
    }                                                                                           \
                                                                                                \
    static size_t name##_counting_avx512(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n, bool past_caches) \
    {                                                                                           \
        return past_caches ? write_##name(a, b, out, n, true) : write_##name(a, b, out, n, false); \
    }                                                                                           \
                                                                                                \
    static size_t name##_count_avx512(const uint64_t *a, const uint64_t *b, size_t n)           \
    {                                                                                           \
        half even = _mm256_setzero_si256();                                                     \
        half odd = even;                                                                        \
        size_t i = 0;                                                                           \
                                                                                                \
        for (; i + 16 <= n; i += 16) {                                                          \
            for (size_t k = i; k < i + 16; k += 8) {                                            \
                even = add_bits_in(even, HALF_##name(load_half(a + k), load_half(b + k)));      \
                odd = add_bits_in(odd, HALF_##name(load_half(a + k + 4), load_half(b + k + 4))); \
            }                                                                                   \
        }                                                                                       \
        return sum_of_lanes(_mm256_add_epi64(even, odd)) + name##_count(a + i, b + i, n - i);   \
    }

DEFINE_VECTOR_WORDS(and)
DEFINE_VECTOR_WORDS(or)
DEFINE_VECTOR_WORDS(xor)
DEFINE_VECTOR_WORDS(andnot)

static size_t count_avx512(const uint64_t *words, size_t n) { return or_count_avx512(words, words, n); }

/* Is any bit set in what `test` leaves of the words at i? Four vectors before each look. */
#define DEFINE_VECTOR_ANY(name)                                                                 \
    static bool name##_any_avx512(const uint64_t *a, const uint64_t *b, size_t n)               \
    {                                                                                           \
        size_t i = 0;                                                                           \
                                                                                                \
        for (; i + 16 <= n; i += 16) {                                                          \
            const vector first = VECTOR_##name(load(a + i), load(b + i));                       \
            const vector second = VECTOR_##name(load(a + i + 8), load(b + i + 8));              \
            const vector both = _mm512_or_si512(first, second);                                 \
                                                                                                \
            if (_mm512_test_epi64_mask(both, both) != 0)                                        \
                return true;                                                                    \
        }                                                                                       \
        for (; i < n; i += 8) {                                                                 \
            const vector last = VECTOR_##name(load_words(a + i, n - i), load_words(b + i, n - i)); \
                                                                                                \
            if (_mm512_test_epi64_mask(last, last) != 0)                                        \
                return true;                                                                    \
        }                                                                                       \
        return false;                                                                           \
    }

DEFINE_VECTOR_ANY(and)
DEFINE_VECTOR_ANY(andnot)

static bool any_avx512(const uint64_t *words, size_t n) { return and_any_avx512(words, words, n); }

static void not_rows_avx512(const uint64_t *words, size_t n_rows, uint64_t *out)
{
    const size_t n = n_rows / 64;
    const vector ones = _mm512_set1_epi64(-1);
    size_t i = 0;

    for (; i + 8 <= n; i += 8)
        store(out + i, _mm512_xor_si512(load(words + i), ones));
    not_rows(words + i, n_rows - i * 64, out + i);
}

static bool all_rows_avx512(const uint64_t *words, size_t n_rows)
{
    const vector ones = _mm512_set1_epi64(-1);
    size_t i = 0;

    for (; i + 8 <= n_rows / 64; i += 8) {
        if (_mm512_cmpneq_epi64_mask(load(words + i), ones) != 0)
            return false;
    }
    return all_rows(words + i, n_rows - i * 64);
}

static void settle_avx512(void) { _mm_sfence(); }

/* ---- counters kept as planes ---- */

static void add_bits_avx512(const uint64_t *words, size_t n_words, uint64_t *planes, size_t n_planes)
{
    for (size_t i = 0; i < n_words; i += 8) {
        const size_t n = n_words - i;
        vector carry = load_words(words + i, n);

        for (size_t p = 0; p < n_planes && _mm512_test_epi64_mask(carry, carry) != 0; p++) {
            const vector before = load_words(planes + p * n_words + i, n);

            store_words(planes + p * n_words + i, _mm512_xor_si512(before, carry), n);
            carry = _mm512_and_si512(carry, before);
        }
        for (size_t p = 0; p < n_planes && _mm512_test_epi64_mask(carry, carry) != 0; p++) {
            const vector before = load_words(planes + p * n_words + i, n);

            store_words(planes + p * n_words + i, _mm512_or_si512(before, carry), n);
        }
    }
}

static void at_least_avx512(const uint64_t *planes, size_t n_planes, size_t n_words, uint64_t least, uint64_t *out)
{
    for (size_t i = 0; i < n_words; i += 8) {
        vector above = _mm512_setzero_si512();
        vector level = _mm512_set1_epi64(-1);

        for (size_t p = n_planes; p-- > 0;) {
            const vector plane = load_words(planes + p * n_words + i, n_words - i);

            if (least >> p & 1) {
                level = _mm512_and_si512(level, plane);
            } else {
                above = _mm512_or_si512(above, _mm512_and_si512(level, plane));
                level = _mm512_andnot_si512(plane, level);
            }
        }
        store_words(out + i, _mm512_or_si512(above, level), n_words - i);
    }
}

/* ---- values to words ---- */

/* A mask of as many bits as there are lanes: is value - floor at most width, unsigned? */
#define WITHIN(bits, v) _mm512_cmple_epu##bits##_mask(_mm512_sub_epi##bits(v, floor), width)

static inline uint64_t word_of_u8(const uint8_t *at, vector floor, vector width) { return WITHIN(8, load(at)); }

static inline uint64_t word_of_u16(const uint16_t *at, vector floor, vector width)
{
    return WITHIN(16, load(at)) | (uint64_t)WITHIN(16, load(at + 32)) << 32;
}

static inline uint64_t word_of_u32(const uint32_t *at, vector floor, vector width)
{
    return WITHIN(32, load(at)) | (uint64_t)WITHIN(32, load(at + 16)) << 16 | (uint64_t)WITHIN(32, load(at + 32)) << 32
         | (uint64_t)WITHIN(32, load(at + 48)) << 48;
}

static inline uint64_t word_of_u64(const uint64_t *at, vector floor, vector width)
{
    uint64_t word = 0;

    for (unsigned i = 0; i < 64; i += 8)
        word |= (uint64_t)WITHIN(64, load(at + i)) << i;
    return word;
}

static inline uint64_t word_of_i64(const int64_t *at, vector floor, vector width)
{
    return word_of_u64((const uint64_t *)at, floor, width);
}

/* The last values, fewer than 64: a vector at a time, lanes past the end out of the answer. */
#define DEFINE_VECTOR_BETWEEN(kind, type, unsigned_type, bits, lanes, vector_of)                \
    static inline uint64_t rest_of_##kind(const type *at, size_t n, vector floor, vector width) \
    {                                                                                           \
        uint64_t word = 0;                                                                      \
                                                                                                \
        for (size_t i = 0; i < n; i += lanes) {                                                 \
            const __mmask##lanes some = (__mmask##lanes)co_low_bits(n - i);                     \
                                                                                                \
            word |= (uint64_t)(WITHIN(bits, _mm512_maskz_loadu_epi##bits(some, at + i)) & some) << i; \
        }                                                                                       \
        return word;                                                                            \
    }                                                                                           \
                                                                                                \
    static void between_##kind##_avx512(const type *values, size_t n, type low, type high, uint64_t *out) \
    {                                                                                           \
        const vector floor = vector_of(low);                                                    \
        const vector width = vector_of((unsigned_type)high - (unsigned_type)low);               \
        size_t i = 0;                                                                           \
                                                                                                \
        if (low > high) {                                                                       \
            memset(out, 0, co_words_for(n) * sizeof *out);                                      \
            return;                                                                             \
        }                                                                                       \
        for (; i + 64 <= n; i += 64)                                                            \
            out[i / 64] = word_of_##kind(values + i, floor, width);                             \
        if (i < n)                                                                              \
            out[i / 64] = rest_of_##kind(values + i, n - i, floor, width);                      \
    }

#define VECTOR_OF_8(x) _mm512_set1_epi8((char)(x))
#define VECTOR_OF_16(x) _mm512_set1_epi16((short)(x))
#define VECTOR_OF_32(x) _mm512_set1_epi32((int)(x))
#define VECTOR_OF_64(x) _mm512_set1_epi64((long long)(x))

DEFINE_VECTOR_BETWEEN(u8, uint8_t, uint8_t, 8, 64, VECTOR_OF_8)
DEFINE_VECTOR_BETWEEN(u16, uint16_t, uint16_t, 16, 32, VECTOR_OF_16)
DEFINE_VECTOR_BETWEEN(u32, uint32_t, uint32_t, 32, 16, VECTOR_OF_32)
DEFINE_VECTOR_BETWEEN(u64, uint64_t, uint64_t, 64, 8, VECTOR_OF_64)
DEFINE_VECTOR_BETWEEN(i64, int64_t, uint64_t, 64, 8, VECTOR_OF_64)

/* ---- codes to words ---- */

/*
 * The set's 32 bytes twice in one vector, the eight bits of a byte eight times
 * in another: a look-up takes the lowest six bits of an index, so neither wants
 * what is above cleared.
 */
static void in_u8_avx512(const uint8_t *codes, size_t n, const uint64_t *set, uint64_t *out)
{
    const vector bytes = _mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i_u *)set));
    const vector bit_of = _mm512_set1_epi64((long long)UINT64_C(0x8040201008040201));
    size_t i = 0;

    for (; i + 64 <= n; i += 64) {
        const vector code = load(codes + i);
        const vector byte = _mm512_permutexvar_epi8(_mm512_srli_epi16(code, 3), bytes);

        out[i / 64] = _mm512_test_epi8_mask(byte, _mm512_permutexvar_epi8(code, bit_of));
    }
    in_u8(codes + i, n - i, set, out + i / 64);
}

static uint16_t greatest_code(const uint16_t *codes, size_t n)
{
    vector greatest = _mm512_setzero_si512();

    for (size_t i = 0; i < n; i += 32) {
        const __mmask32 some = (__mmask32)co_low_bits(n - i);

        greatest = _mm512_max_epu16(greatest, _mm512_maskz_loadu_epi16(some, codes + i));
    }
    const __m256i half = _mm256_max_epu16(_mm512_castsi512_si256(greatest), _mm512_extracti64x4_epi64(greatest, 1));
    const __m128i quarter = _mm_max_epu16(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));

    /* The least of the complements is the complement of the greatest. */
    return (uint16_t)~_mm_cvtsi128_si32(_mm_minpos_epu16(_mm_xor_si128(quarter, _mm_set1_epi16(-1))));
}

/* Codes below 1,024: the set lies in two vectors of 16-bit pieces. */
static void in_short_set(const uint16_t *codes, size_t n, const uint64_t *set, size_t set_words, uint64_t *out)
{
    const vector lower = load_words(set, set_words);
    const vector upper = set_words > 8 ? load_words(set + 8, set_words - 8) : _mm512_setzero_si512();
    const vector one = _mm512_set1_epi16(1);
    const vector bits = _mm512_set1_epi16(15);
    uint32_t halves[2] = { 0, 0 };

    for (size_t i = 0; i < n; i += 32) {
        const __mmask32 some = (__mmask32)co_low_bits(n - i);
        const vector code = _mm512_maskz_loadu_epi16(some, codes + i);
        const vector piece = _mm512_permutex2var_epi16(lower, _mm512_srli_epi16(code, 4), upper);
        const vector bit = _mm512_sllv_epi16(one, _mm512_and_si512(code, bits));

        halves[i / 32 % 2] = _mm512_mask_test_epi16_mask(some, piece, bit);
        if (i / 32 % 2 == 1 || n - i <= 32) {
            out[i / 64] = halves[0] | (uint64_t)halves[1] << 32;
            halves[1] = 0;
        }
    }
}

static inline __m256i load_slots(const uint16_t *from) { return _mm256_loadu_si256((const __m256i_u *)from); }
static inline void store_slots(uint16_t *to, __m256i slots) { _mm256_storeu_si256((__m256i_u *)to, slots); }

/* A look over all codes first costs far less than it saves where the set turns out short. */
static void in_u16_avx512(const uint16_t *codes, size_t n, const uint64_t *set, uint64_t *out)
{
    const uint16_t greatest = greatest_code(codes, n);

    /* Gathering from a long set is slower than one look after the other, on most of these CPUs by far. */
    if (greatest < 1024)
        in_short_set(codes, n, set, greatest / 64u + 1, out);
    else
        in_u16(codes, n, set, out);
}

/* ---- slots with slots ---- */

typedef __m128i slot_block;

static inline slot_block load_block(const uint16_t *from) { return _mm_loadu_si128((const __m128i_u *)from); }

/* Eight slots of a four times, against b in all eight rotations, four at a time: a bit for each that is equal. */
static inline uint64_t equal_slots(__m128i a, __m128i b)
{
    const vector first_turns = _mm512_set_epi16(2, 1, 0, 7, 6, 5, 4, 3, 1, 0, 7, 6, 5, 4, 3, 2, 0, 7, 6, 5, 4, 3, 2, 1,
                                                7, 6, 5, 4, 3, 2, 1, 0);
    const vector other_turns = _mm512_xor_si512(first_turns, _mm512_set1_epi16(4));
    const vector all_a = _mm512_broadcast_i32x4(a);
    const vector all_b = _mm512_castsi128_si512(b);

    return _cvtmask64_u64(_mm512_kunpackd(_mm512_cmpeq_epi16_mask(all_a, _mm512_permutexvar_epi16(first_turns, all_b)),
                                          _mm512_cmpeq_epi16_mask(all_a, _mm512_permutexvar_epi16(other_turns, all_b))));
}

/* Which of eight slots of a are among eight slots of b. */
static inline unsigned common_slots(__m128i a, __m128i b)
{
    uint64_t found = equal_slots(a, b);

    found |= found >> 32;
    found |= found >> 16;
    return (unsigned)(found | found >> 8) & 255;
}

static inline size_t count_common(__m128i a, __m128i b) { return co_bits_in(equal_slots(a, b)); }

/* Those of eight slots named by the mask to the front of `out`, all eight lanes of which are written. */
static inline size_t put_some(uint16_t *out, __m128i slots, unsigned which)
{
    _mm_storeu_si128((__m128i_u *)out, _mm_maskz_compress_epi16((__mmask8)which, slots));
    return co_bits_in(which);
}

#include "kernel/blocks.h"

static bool slots_rise_avx512(const uint16_t *slots, size_t n)
{
    for (size_t i = 1; i < n; i += 32) {
        const __mmask32 some = (__mmask32)co_low_bits(n - i);
        const vector before = _mm512_maskz_loadu_epi16(some, slots + i - 1);

        if (_mm512_mask_cmple_epu16_mask(some, _mm512_maskz_loadu_epi16(some, slots + i), before) != 0)
            return false;
    }
    return true;
}

/* The slot before each is read again, from one place earlier; the first has none. */
static bool copy_rising_avx512(const void *from, size_t n, uint16_t *slots)
{
    const char *bytes = from;
    __mmask32 falls = 0;
    __mmask32 known = 0xfffffffe;

    for (size_t i = 0; i < n; i += 32) {
        const __mmask32 some = (__mmask32)co_low_bits(n - i);
        const vector here = _mm512_maskz_loadu_epi16(some, bytes + 2 * i);
        const vector before = _mm512_maskz_loadu_epi16(some & known, bytes + 2 * i - 2);

        falls |= _mm512_mask_cmple_epu16_mask(some & known, here, before);
        _mm512_mask_storeu_epi16(slots + i, some, here);
        known = 0xffffffff;
    }
    return falls == 0;
}

/* ---- slots merged ---- */

/* One step of a bitonic merge, in both halves alike: lanes and their partners, the higher where `upper` says. */
#define MERGE_STEP(v, partners, upper) _mm512_mask_max_epu16(_mm512_min_epu16(v, partners), upper, v, partners)

/* 16 rising slots and 16 more: the 16 lowest, rising; the others stay in *rest. */
static inline __m256i merge_sixteen(__m256i *rest, __m256i more)
{
    const __m256i backwards = _mm256_set_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m256i turned = _mm256_permutexvar_epi16(backwards, more);
    const __m256i lower = _mm256_min_epu16(*rest, turned);
    vector v = _mm512_inserti64x4(_mm512_castsi256_si512(lower), _mm256_max_epu16(*rest, turned), 1);

    v = MERGE_STEP(v, _mm512_permutex_epi64(v, 0x4e), 0xff00ff00);
    v = MERGE_STEP(v, _mm512_shuffle_epi32(v, (_MM_PERM_ENUM)0x4e), 0xf0f0f0f0);
    v = MERGE_STEP(v, _mm512_shuffle_epi32(v, (_MM_PERM_ENUM)0xb1), 0xcccccccc);
    v = MERGE_STEP(v, _mm512_rol_epi32(v, 16), 0xaaaaaaaa);
    *rest = _mm512_extracti64x4_epi64(v, 1);
    return _mm512_castsi512_si256(v);
}

/* Pairs become one, or, where they cancel each other, none. */
static size_t without_pairs(uint16_t *slots, size_t n, bool cancel)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        const bool pair = i + 1 < n && slots[i] == slots[i + 1];

        slots[kept] = slots[i];
        kept += !(pair && cancel);
        i += pair;
    }
    return kept;
}

/*
 * Of both lists the one whose next slot is lower gives the next 16; the lowest
 * 16 of those and of the 16 kept back are final. Each lane is written once the
 * lane after it is known, so the last one of every step waits for the next.
 */
static inline size_t merge_slots(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b, bool cancel,
                                 uint16_t *out)
{
    const __m256i by_one = _mm256_set_epi16(14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 31);
    const __m256i by_two = _mm256_set_epi16(13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 31, 30);
    co_combine_slots *const rest_by = cancel ? xor_slots : union_slots;
    __mmask16 known = 0xfffe;
    __m256i rest = load_slots(a);
    __m256i done = rest;        /* its last lane is above all that the first step makes, and so spoils nothing */
    uint16_t kept[17];
    uint16_t joined[17 + 15];
    size_t i = 16;
    size_t j = 0;
    size_t n = 0;

    for (;;) {
        const bool of_a = j == n_b || (i < n_a && a[i] <= b[j]);
        const uint16_t *next = of_a ? a + i : b + j;

        if ((of_a ? n_a - i : n_b - j) < 16)
            break;
        const __m256i before = done;

        done = merge_sixteen(&rest, load_slots(next));
        const __m256i ready = _mm256_permutex2var_epi16(done, by_one, before);
        __mmask16 keep = _mm256_mask_cmpneq_epi16_mask(known, ready, done);

        if (cancel)
            keep &= _mm256_cmpneq_epi16_mask(ready, _mm256_permutex2var_epi16(done, by_two, before));
        store_slots(out + n, _mm256_maskz_compress_epi16(keep, ready));
        n += co_bits_in(keep);
        known = 0xffff;
        i += of_a ? 16 : 0;
        j += of_a ? 0 : 16;
    }
    /* The lane that waits, unless the one before has cancelled it, and the 16 kept back. */
    const bool waits = known == 0xffff
                    && !(cancel && _mm256_extract_epi16(done, 15) == _mm256_extract_epi16(done, 14));

    kept[0] = (uint16_t)_mm256_extract_epi16(done, 15);
    store_slots(kept + waits, rest);

    const size_t n_kept = without_pairs(kept, 16u + waits, cancel);
    const bool a_short = n_a - i < 16;
    const size_t n_joined = a_short ? rest_by(kept, n_kept, a + i, n_a - i, joined)
                                    : rest_by(kept, n_kept, b + j, n_b - j, joined);

    return n + (a_short ? rest_by(joined, n_joined, b + j, n_b - j, out + n)
                        : rest_by(joined, n_joined, a + i, n_a - i, out + n));
}

/* Sixteen at a time need as many of each, and lists of which neither is much longer. */
static inline bool merge_well(size_t n_a, size_t n_b)
{
    return n_a >= 16 && n_b >= 16 && n_a >= n_b / COPY_RATIO && n_b >= n_a / COPY_RATIO;
}

static size_t union_slots_avx512(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b, uint16_t *out)
{
    return merge_well(n_a, n_b) ? merge_slots(a, n_a, b, n_b, false, out) : union_slots(a, n_a, b, n_b, out);
}

static size_t xor_slots_avx512(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b, uint16_t *out)
{
    return merge_well(n_a, n_b) ? merge_slots(a, n_a, b, n_b, true, out) : xor_slots(a, n_a, b, n_b, out);
}

/* ---- runs with words ---- */

#include "kernel/avx512_runs.h"

/* ---- lists ---- */

static inline vector positions_of(uint64_t word)
{
    const vector all = _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44,
                                       43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24,
                                       23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2,
                                       1, 0);

    return _mm512_maskz_compress_epi8(word, all);
}

/* The slots of one word; whole vectors while there is room for them. */
static inline void put_slots(uint16_t *out, size_t room, uint64_t word, uint16_t first)
{
    const vector positions = positions_of(word);
    const vector base = _mm512_set1_epi16((short)first);
    const size_t bits = co_bits_in(word);
    const vector lower = _mm512_add_epi16(_mm512_cvtepu8_epi16(_mm512_castsi512_si256(positions)), base);

    if (room >= 64)
        store(out, lower);
    else
        _mm512_mask_storeu_epi16(out, (__mmask32)co_low_bits(bits < room ? bits : room), lower);
    if (bits > 32 && room > 32) {
        const size_t n = (bits < room ? bits : room) - 32;
        const vector upper = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(positions, 1));

        _mm512_mask_storeu_epi16(out + 32, (__mmask32)co_low_bits(n), _mm512_add_epi16(upper, base));
    }
}

/* Sixteen rows of positions that come lowest first. */
static inline vector rows_at(vector positions, vector base)
{
    return _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(positions)), base);
}

/* Half a word at a time is written while there is room for whole halves, however many of its bits are set. */
static inline void put_rows(uint32_t *out, size_t room, uint64_t word, uint32_t first)
{
    const vector base = _mm512_set1_epi32((int)first);
    const size_t bits = co_bits_in(word);
    vector positions = positions_of(word);

    if (room >= 64) {
        store(out, rows_at(positions, base));
        store(out + 16, rows_at(_mm512_shuffle_i64x2(positions, positions, 1), base));
        if (bits > 32) {
            store(out + 32, rows_at(_mm512_shuffle_i64x2(positions, positions, 2), base));
            store(out + 48, rows_at(_mm512_shuffle_i64x2(positions, positions, 3), base));
        }
        return;
    }
    for (size_t i = 0; i < bits && i < room; i += 16) {
        const size_t n = bits < room ? bits - i : room - i;

        _mm512_mask_storeu_epi32(out + i, (__mmask16)co_low_bits(n), rows_at(positions, base));
        positions = _mm512_shuffle_i64x2(positions, positions, 0x39);
    }
}

/* The body of both: eight words a look, and of them those that are not empty. */
#define LIST_WORDS(put, type, first)                                                            \
    size_t n = 0;                                                                               \
                                                                                                \
    for (size_t i = 0; i < n_words && n < room; i += 8) {                                       \
        const vector some = load_words(words + i, n_words - i);                                 \
        unsigned filled = _mm512_test_epi64_mask(some, some);                                   \
                                                                                                \
        for (; filled != 0 && n < room; filled &= filled - 1) {                                 \
            const size_t at = i + co_lowest_bit(filled);                                        \
                                                                                                \
            put(out + n, room - n, words[at], (type)((first) + at * 64));                       \
            n += co_bits_in(words[at]);                                                         \
        }                                                                                       \
    }                                                                                           \
    return n < room ? n : room;

static size_t words_to_slots_avx512(const uint64_t *words, size_t n_words, uint16_t *out, size_t room)
{
    LIST_WORDS(put_slots, uint16_t, 0)
}

static size_t words_to_rows_avx512(const uint64_t *words, size_t n_words, uint32_t base, uint32_t *out, size_t room)
{
    LIST_WORDS(put_rows, uint32_t, base)
}

static void slots_to_rows_avx512(const uint16_t *slots, size_t n, uint32_t base, uint32_t *out)
{
    const vector bases = _mm512_set1_epi32((int)base);
    size_t i = 0;

    for (; i + 32 <= n; i += 32) {
        store(out + i, _mm512_add_epi32(_mm512_cvtepu16_epi32(load_slots(slots + i)), bases));
        store(out + i + 16, _mm512_add_epi32(_mm512_cvtepu16_epi32(load_slots(slots + i + 16)), bases));
    }
    for (; i < n; i += 16) {
        const __mmask16 some = (__mmask16)co_low_bits(n - i);
        const vector rows = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(some, slots + i));

        _mm512_mask_storeu_epi32(out + i, some, _mm512_add_epi32(rows, bases));
    }
}

/* Sixteen rows a store; those past a run's end are overwritten by the next, and by none at the end of the room. */
static size_t runs_to_rows_avx512(const uint16_t *runs, size_t n_runs, uint32_t base, uint32_t *out, size_t room)
{
    const vector steps = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const vector sixteen = _mm512_set1_epi32(16);
    size_t n = 0;
    size_t i = 0;

    for (; i < n_runs; i++) {
        const size_t length = (size_t)(runs[2 * i + 1] - runs[2 * i]) + 1;
        vector rows = _mm512_add_epi32(_mm512_set1_epi32((int)(base + runs[2 * i])), steps);

        if (room - n < length + 15)
            break;
        for (size_t k = 0; k < length; k += 16) {
            store(out + n + k, rows);
            rows = _mm512_add_epi32(rows, sixteen);
        }
        n += length;
    }
    return n + runs_to_rows(runs + 2 * i, n_runs - i, base, out + n, room - n);
}

/* ---- codes to values ---- */

#define DEFINE_VECTOR_WIDEN(kind, type, bits, load_some)                                        \
    static void widen_##kind##_avx512(const type *codes, size_t n, int64_t base, int64_t unit, int64_t *out) \
    {                                                                                           \
        const vector bases = _mm512_set1_epi64(base);                                           \
        const vector units = _mm512_set1_epi64(unit);                                           \
                                                                                                \
        for (size_t i = 0; i < n; i += 8) {                                                     \
            const __mmask8 some = lanes_8(n - i);                                               \
            const vector wide = _mm512_cvtepu##bits##_epi64(load_some(some, codes + i));        \
                                                                                                \
            _mm512_mask_storeu_epi64(out + i, some, _mm512_add_epi64(bases, _mm512_mullo_epi64(wide, units))); \
        }                                                                                       \
    }

DEFINE_VECTOR_WIDEN(u8, uint8_t, 8, _mm_maskz_loadu_epi8)
DEFINE_VECTOR_WIDEN(u16, uint16_t, 16, _mm_maskz_loadu_epi16)
DEFINE_VECTOR_WIDEN(u32, uint32_t, 32, _mm256_maskz_loadu_epi32)

/* ---- bytes ---- */

/* A byte that is wanted leaves zero beside one of the four; the least of four differences says so in one comparison. */
static void find_bytes_avx512(const uint8_t *bytes, size_t n_blocks, const uint8_t wanted[4], uint64_t *masks)
{
    const vector a = VECTOR_OF_8(wanted[0]);
    const vector b = VECTOR_OF_8(wanted[1]);
    const vector c = VECTOR_OF_8(wanted[2]);
    const vector d = VECTOR_OF_8(wanted[3]);

    for (size_t i = 0; i < n_blocks; i++) {
        const vector v = load(bytes + 64 * i);

        masks[4 * i] = _mm512_cmpeq_epi8_mask(v, a);
        masks[4 * i + 1] = _mm512_cmpeq_epi8_mask(v, b);
        masks[4 * i + 2] = _mm512_cmpeq_epi8_mask(v, c);
        masks[4 * i + 3] = _mm512_cmpeq_epi8_mask(v, d);
    }
}

const co_kernel co_kernel_avx512 = {
    .name = "avx512",
    .and_words = and_words_avx512,
    .or_words = or_words_avx512,
    .xor_words = xor_words_avx512,
    .andnot_words = andnot_words_avx512,
    .and_counting = and_counting_avx512,
    .or_counting = or_counting_avx512,
    .xor_counting = xor_counting_avx512,
    .andnot_counting = andnot_counting_avx512,
    .settle = settle_avx512,
    .and_count = and_count_avx512,
    .or_count = or_count_avx512,
    .xor_count = xor_count_avx512,
    .andnot_count = andnot_count_avx512,
    .and_any = and_any_avx512,
    .andnot_any = andnot_any_avx512,
    .count = count_avx512,
    .any = any_avx512,
    .not_rows = not_rows_avx512,
    .all_rows = all_rows_avx512,
    .add_bits = add_bits_avx512,
    .at_least = at_least_avx512,
    .between_u8 = between_u8_avx512,
    .between_u16 = between_u16_avx512,
    .between_u32 = between_u32_avx512,
    .between_u64 = between_u64_avx512,
    .between_i64 = between_i64_avx512,
    .in_u8 = in_u8_avx512,
    .in_u16 = in_u16_avx512,
    .intersect_slots = intersect_slots_blocks,
    .union_slots = union_slots_avx512,
    .difference_slots = difference_slots_blocks,
    .xor_slots = xor_slots_avx512,
    .intersect_slots_count = intersect_slots_count_blocks,
    .slots_meet = slots_meet,
    .slots_rise = slots_rise_avx512,
    .copy_rising = copy_rising_avx512,
    .slots_in_words = slots_in_words,
    .slots_not_in_words = slots_not_in_words,
    .slots_in_words_count = slots_in_words_count,
    .add_slots = add_slots,
    .set_slots = set_slots,
    .clear_slots = clear_slots,
    .flip_slots = flip_slots,
    .runs_in_words_count = runs_in_words_count_avx512,
    .runs_of_lengths = runs_of_lengths_avx512,
    .words_to_slots = words_to_slots_avx512,
    .words_to_rows = words_to_rows_avx512,
    .slots_to_rows = slots_to_rows_avx512,
    .runs_to_rows = runs_to_rows_avx512,
    .widen_u8 = widen_u8_avx512,
    .widen_u16 = widen_u16_avx512,
    .widen_u32 = widen_u32_avx512,
    .range_i64 = range_i64,
    .divides_i64 = divides_i64,
    .narrow_u8 = narrow_u8,
    .narrow_u16 = narrow_u16,
    .narrow_u32 = narrow_u32,
    .narrow_u64 = narrow_u64,
    .find_bytes = find_bytes_avx512,
};

#endif
