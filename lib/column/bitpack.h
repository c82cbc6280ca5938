/*
 * Arrays of codes in files, in as many bits as their greatest needs, block by block.
 *
 *     short     fewer than 512 items: the items themselves
 *     else      u8 0, then the items themselves
 *               u8 1, then blocks of the items
 *               u8 2, then blocks of how far each is above the one before, the first above 0
 *     block     u8 bits (1 … 64), then 512 numbers of so many bits, in 8 lanes: number
 *               8 i + k lies in lane k at bit i × bits, word j of lane k is u64 number 8 j + k;
 *               a last block of fewer has them one after the other
 *     list      n ≥ 1 rising slots: blocks of how far each is beyond the next after the one before
 *
 * Always:  a number takes a bit at least, so that memory is bounded by the bytes read.
 * Costs:   about a nanosecond a number either way, without a CPU's own instructions.
 */
#ifndef CO_COLUMN_BITPACK_H
#define CO_COLUMN_BITPACK_H

#include "base/buffer.h"
#include "base/bytes.h"

#define CO_PACKED_FROM 512u

/* n items of 1, 2, 4 or 8 bytes; of width 0 nothing. */
void co_pack_array(co_buffer *out, const void *items, size_t n, uint32_t width);
/* The same back; false: the bytes end early or make no sense. `items` has room for them. */
bool co_unpack_array(co_reader *in, void *items, size_t n, uint32_t width);
/* Whether so many items can be in what is left, before there is memory for them. */
bool co_unpack_fits(const co_reader *in, size_t n, uint32_t width);

void co_pack_slots(co_buffer *out, const uint16_t *slots, size_t n);
/* Bytes that co_pack_slots takes. */
size_t co_packed_slots_size(const uint16_t *slots, size_t n);
bool co_unpack_slots(co_reader *in, uint16_t *slots, size_t n);

#endif
