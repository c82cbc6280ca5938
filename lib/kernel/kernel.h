/*
 * Loops over plain arrays: bits, codes, slots and bytes. A kernel is a record
 * of functions written for one family of CPUs; the best one that runs here is
 * chosen at first use and kept in a single atomic pointer.
 *
 * Always:  a kernel knows no structs, allocates nothing and cannot fail. Every
 *          kernel gives exactly the same answers; loops.h is the definition.
 *          Row i of a set is bit i % 64 of word i / 64. A function that takes
 *          n values or n rows writes co_words_for(n) words, and the bits past
 *          the last row are zero.
 * Used:    const co_kernel *kernel = co_kernel_now();
 *          kernel->between_u8(codes, n, 18, 29, hits);
 *          kernel->and_words(hits, valid, hits, co_words_for(n));
 * Arrays:  where words go in and out, `out` may be the same array as an input, never
 *          a shifted overlap. No alignment beyond that of the type is asked for.
 */
#ifndef CO_KERNEL_KERNEL_H
#define CO_KERNEL_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CO_TILE_ROWS 65536u
#define CO_TILE_WORDS 1024u

static inline size_t co_words_for(size_t n_rows) { return n_rows / 64 + (n_rows % 64 != 0); }

/* (a, b, out, n): out = a OP b, word by word. */
typedef void co_combine_words(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n_words);
/*
 * (a, b, out, n, past_caches): out = a OP b; how many bits are set in it. past_caches says that
 * out lies at a multiple of 64 bytes and will not be read before the caches have seen much else.
 */
typedef size_t co_combine_counting(const uint64_t *a, const uint64_t *b, uint64_t *out, size_t n_words,
                                   bool past_caches);
/* (a, b, n): how many bits of a OP b are set, without writing it. */
typedef size_t co_count_words(const uint64_t *a, const uint64_t *b, size_t n_words);
/* (a, b, n): is any bit of a OP b set? */
typedef bool co_test_words(const uint64_t *a, const uint64_t *b, size_t n_words);
/* Strictly rising slots in, strictly rising slots out; how many. */
typedef size_t co_combine_slots(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b, uint16_t *out);
/* Those of the rising slots that are (or are not) in the words; how many. `out` may be `slots`. */
typedef size_t co_filter_slots(const uint16_t *slots, size_t n, const uint64_t *words, uint16_t *out);
/* Changes the bits named by the slots; how many of them really changed. */
typedef size_t co_change_words(const uint16_t *slots, size_t n, uint64_t *words);

/* Exact division by a number: by shift factors of 2 and the inverse of the rest; quotients up to `greatest`. */
typedef struct co_exact {
    uint64_t inverse;
    uint64_t greatest;
    unsigned shift;
} co_exact;

typedef struct co_kernel {
    const char *name;

    /* Words. */
    co_combine_words *and_words;
    co_combine_words *or_words;
    co_combine_words *xor_words;
    co_combine_words *andnot_words;         /* a and not b */
    co_combine_counting *and_counting;
    co_combine_counting *or_counting;
    co_combine_counting *xor_counting;
    co_combine_counting *andnot_counting;
    /* What was written past the caches may be shown to other threads from here on. */
    void (*settle)(void);
    co_count_words *and_count;
    co_count_words *or_count;
    co_count_words *xor_count;
    co_count_words *andnot_count;
    co_test_words *and_any;                 /* do they meet? */
    co_test_words *andnot_any;              /* does a leave b? */
    size_t (*count)(const uint64_t *words, size_t n_words);
    bool (*any)(const uint64_t *words, size_t n_words);
    /* The first n_rows bits of words inverted. */
    void (*not_rows)(const uint64_t *words, size_t n_rows, uint64_t *out);
    /* Are the first n_rows bits all set? */
    bool (*all_rows)(const uint64_t *words, size_t n_rows);

    /*
     * Counters of n_planes bits, one per row, kept as planes of n_words words
     * (plane p, the bit worth 2^p, is planes[p * n_words ...]; start zeroed). add_bits
     * adds 1 where a bit is set and stops at 2^n_planes - 1. at_least finds the
     * rows whose counter is `least` or more; least < 2^n_planes.
     */
    void (*add_bits)(const uint64_t *words, size_t n_words, uint64_t *planes, size_t n_planes);
    void (*at_least)(const uint64_t *planes, size_t n_planes, size_t n_words, uint64_t least, uint64_t *out);

    /* Values to words: low <= value <= high. low > high finds nothing. */
    void (*between_u8)(const uint8_t *values, size_t n, uint8_t low, uint8_t high, uint64_t *out);
    void (*between_u16)(const uint16_t *values, size_t n, uint16_t low, uint16_t high, uint64_t *out);
    void (*between_u32)(const uint32_t *values, size_t n, uint32_t low, uint32_t high, uint64_t *out);
    void (*between_u64)(const uint64_t *values, size_t n, uint64_t low, uint64_t high, uint64_t *out);
    void (*between_i64)(const int64_t *values, size_t n, int64_t low, int64_t high, uint64_t *out);
    /* Codes to words: bit `code` of the set is set. The set is 4 words, or long enough for every code. */
    void (*in_u8)(const uint8_t *codes, size_t n, const uint64_t *set, uint64_t *out);
    void (*in_u16)(const uint16_t *codes, size_t n, const uint64_t *set, uint64_t *out);

    /*
     * Slots. Room in `out`: n_a (intersect, difference) or n_a + n_b (union, xor),
     * all of which may be written; never an input.
     */
    co_combine_slots *intersect_slots;
    co_combine_slots *union_slots;
    co_combine_slots *difference_slots;
    co_combine_slots *xor_slots;
    /* How many slots are in both. */
    size_t (*intersect_slots_count)(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b);
    bool (*slots_meet)(const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b);
    /* Is each slot above the one before? */
    bool (*slots_rise)(const uint16_t *slots, size_t n);
    /* Copies n slots from any address; do they rise? */
    bool (*copy_rising)(const void *from, size_t n, uint16_t *slots);

    /* Slots against words. */
    co_filter_slots *slots_in_words;
    co_filter_slots *slots_not_in_words;
    size_t (*slots_in_words_count)(const uint16_t *slots, size_t n, const uint64_t *words);
    void (*add_slots)(const uint16_t *slots, size_t n, uint64_t *words);
    co_change_words *set_slots;             /* as add_slots */
    co_change_words *clear_slots;
    void (*flip_slots)(const uint16_t *slots, size_t n, uint64_t *words);
    /* How many rows of the runs are in the words. A run is its first slot and its last, beside each other. */
    size_t (*runs_in_words_count)(const uint16_t *runs, size_t n_runs, const uint64_t *words);
    /*
     * Pairs of a first slot and how many more follow it become runs, in place. How many
     * rows they have; 0 if one leaves the tile or is not past the one before with a gap.
     */
    size_t (*runs_of_lengths)(uint16_t *pairs, size_t n_runs);

    /* Words, slots and runs to lists, at most `room` items, the lowest first; how many. */
    size_t (*words_to_slots)(const uint64_t *words, size_t n_words, uint16_t *out, size_t room);
    size_t (*words_to_rows)(const uint64_t *words, size_t n_words, uint32_t base, uint32_t *out, size_t room);
    void (*slots_to_rows)(const uint16_t *slots, size_t n, uint32_t base, uint32_t *out);
    size_t (*runs_to_rows)(const uint16_t *runs, size_t n_runs, uint32_t base, uint32_t *out, size_t room);

    /* out[i] = base + unit × code[i], modulo 2^64. */
    void (*widen_u8)(const uint8_t *codes, size_t n, int64_t base, int64_t unit, int64_t *out);
    void (*widen_u16)(const uint16_t *codes, size_t n, int64_t base, int64_t unit, int64_t *out);
    void (*widen_u32)(const uint32_t *codes, size_t n, int64_t base, int64_t unit, int64_t *out);

    /* *least and *greatest become those of the values where these lie beyond them. */
    void (*range_i64)(const int64_t *values, size_t n, int64_t *least, int64_t *greatest);
    /* Is value - base, modulo 2^64, always divisible? */
    bool (*divides_i64)(const int64_t *values, size_t n, int64_t base, co_exact by);
    /* out[i] = (value - base) / divisor, which leaves no rest, in its lowest bits. */
    void (*narrow_u8)(const int64_t *values, size_t n, int64_t base, co_exact by, uint8_t *out);
    void (*narrow_u16)(const int64_t *values, size_t n, int64_t base, co_exact by, uint16_t *out);
    void (*narrow_u32)(const int64_t *values, size_t n, int64_t base, co_exact by, uint32_t *out);
    void (*narrow_u64)(const int64_t *values, size_t n, int64_t base, co_exact by, uint64_t *out);

    /*
     * Bit i of masks[4 b + k] says that byte 64 b + i is wanted[k]. Reads exactly
     * 64 × n_blocks bytes, writes 4 × n_blocks masks.
     */
    void (*find_bytes)(const uint8_t *bytes, size_t n_blocks, const uint8_t wanted[4], uint64_t *masks);
} co_kernel;

/* The kernel in use: the one forced, else the best that this CPU can run. */
const co_kernel *co_kernel_now(void);

/* The kernels that this CPU can run, best first; how many. */
const co_kernel *const *co_kernel_list(size_t *n);

/* For tests: use this one from now on, NULL to choose again. */
void co_kernel_force(const co_kernel *kernel);

#endif
