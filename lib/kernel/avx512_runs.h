/*
 * Runs as the AVX-512 family counts and reads them: a part of avx512.c, which
 * includes this once, after what counts words and slots.
 *
 *     runs     first slot and last slot of each, 16 bits, rising
 *     pairs    first slot and length − 1, as files have them
 */
#ifndef CO_KERNEL_AVX512_RUNS_H
#define CO_KERNEL_AVX512_RUNS_H

/* Each run masked at its ends; between them whole vectors. */
static size_t runs_in_words_count_avx512(const uint16_t *runs, size_t n_runs, const uint64_t *words)
{
    size_t n = 0;

    for (size_t i = 0; i < n_runs; i++) {
        const size_t first = runs[2 * i] / 64u;
        const size_t last = runs[2 * i + 1] / 64u;

        if (last - first < 16) {
            n += runs_in_words_count(runs + 2 * i, 1, words);
            continue;
        }
        n += co_bits_in(words[first] & UINT64_MAX << (runs[2 * i] % 64));
        n += co_bits_in(words[last] & UINT64_MAX >> (63 - runs[2 * i + 1] % 64));
        n += count_avx512(words + first + 1, last - first - 1);
    }
    return n;
}

/* A pair in 32 bits, the length above the first slot; what wraps there is seen in the sum. */
static size_t runs_of_lengths_avx512(uint16_t *pairs, size_t n_runs)
{
    const vector lower = _mm512_set1_epi32(65535);
    const vector one = _mm512_set1_epi32(1);
    vector before = _mm512_set1_epi32(-2);
    vector rows = _mm512_setzero_si512();
    __mmask16 wrong = 0;

    for (size_t i = 0; i < n_runs; i += 16) {
        const __mmask16 some = (__mmask16)co_low_bits(n_runs - i);
        const vector pair = _mm512_maskz_loadu_epi32(some, pairs + 2 * i);
        const vector first = _mm512_and_si512(pair, lower);
        const vector length = _mm512_srli_epi32(pair, 16);
        const vector last = _mm512_add_epi32(first, length);
        const vector touched = _mm512_add_epi32(_mm512_alignr_epi32(last, before, 15), one);

        wrong |= _mm512_mask_cmple_epi32_mask(some, first, touched) | _mm512_cmpgt_epi32_mask(last, lower);
        rows = _mm512_add_epi32(rows, length);
        before = last;
        _mm512_mask_storeu_epi32(pairs + 2 * i, some, _mm512_or_si512(first, _mm512_slli_epi32(last, 16)));
    }
    return wrong != 0 ? 0 : n_runs + (size_t)(uint32_t)_mm512_reduce_add_epi32(rows);
}

#endif
