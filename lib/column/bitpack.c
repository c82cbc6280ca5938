/* Blocks of numbers in few bits. The loops over lanes are simple enough for compilers to make vectors of them. */
#include "column/bitpack.h"
#include "column/stored.h"
#include "kernel/bits.h"

#define BLOCK 512u
#define LANES 8u
#define ROUNDS (BLOCK / LANES)

enum { PLAIN = 0, ITEMS = 1, DIFFERENCES = 2 };

static unsigned bits_for(uint64_t all)
{
    return all == 0 ? 1 : co_highest_bit(all) + 1;
}

static size_t block_size(size_t n, unsigned bits)
{
    return 1 + (n * bits + 7) / 8;
}

/* ---- one block ---- */

static uint64_t all_bits(const uint64_t *numbers, size_t n)
{
    uint64_t all = 0;

    for (size_t i = 0; i < n; i++)
        all |= numbers[i];
    return all;
}

static void pack_lanes(const uint64_t *numbers, unsigned bits, uint64_t *words)
{
    uint64_t row[LANES] = { 0 };
    unsigned used = 0;

    for (unsigned round = 0; round < ROUNDS; round++, numbers += LANES) {
        for (unsigned k = 0; k < LANES; k++)
            row[k] |= numbers[k] << used;
        used += bits;
        if (used < 64)
            continue;
        used -= 64;
        for (unsigned k = 0; k < LANES; k++) {
            words[k] = row[k];
            row[k] = used == 0 ? 0 : numbers[k] >> (bits - used);
        }
        words += LANES;
    }
}

static void unpack_lanes(const uint64_t *words, unsigned bits, uint64_t *numbers)
{
    const uint64_t mask = co_low_bits(bits);
    unsigned used = 0;

    for (unsigned round = 0; round < ROUNDS; round++, numbers += LANES) {
        const unsigned left = 64 - used;

        for (unsigned k = 0; k < LANES; k++)
            numbers[k] = words[k] >> used & mask;
        used += bits;
        if (used < 64)
            continue;
        used -= 64;
        words += LANES;
        for (unsigned k = 0; used > 0 && k < LANES; k++)
            numbers[k] |= words[k] << left & mask;
    }
}

/* Fewer than a block, one after the other. */
static void pack_few(const uint64_t *numbers, size_t n, unsigned bits, uint8_t *bytes)
{
    memset(bytes, 0, (n * bits + 7) / 8);
    for (size_t i = 0; i < n; i++) {
        uint64_t number = numbers[i];
        size_t at = i * bits;

        for (unsigned left = bits; left > 0;) {
            const unsigned step = 8 - at % 8 < left ? 8 - (unsigned)(at % 8) : left;

            bytes[at / 8] |= (uint8_t)((number & co_low_bits(step)) << at % 8);
            number = step == 64 ? 0 : number >> step;
            at += step;
            left -= step;
        }
    }
}

static void unpack_few(const uint8_t *bytes, size_t n, unsigned bits, uint64_t *numbers)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = i * bits;

        numbers[i] = 0;
        for (unsigned done = 0; done < bits;) {
            const unsigned step = 8 - at % 8 < bits - done ? 8 - (unsigned)(at % 8) : bits - done;

            numbers[i] |= ((uint64_t)bytes[at / 8] >> at % 8 & co_low_bits(step)) << done;
            at += step;
            done += step;
        }
    }
}

static void pack_block(co_buffer *out, const uint64_t *numbers, size_t n)
{
    const unsigned bits = bits_for(all_bits(numbers, n));
    uint8_t *bytes = co_buffer_extend(out, block_size(n, bits));
    uint64_t words[BLOCK];

    if (bytes == NULL)
        return;
    bytes[0] = (uint8_t)bits;
    if (n < BLOCK) {
        pack_few(numbers, n, bits, bytes + 1);
        return;
    }
    pack_lanes(numbers, bits, words);
    co_store_array(bytes + 1, words, (size_t)bits * LANES, sizeof *words);
}

static bool unpack_block(co_reader *in, uint64_t *numbers, size_t n)
{
    const unsigned bits = co_read_u8(in);
    const uint8_t *bytes;
    uint64_t words[BLOCK];

    if (!co_reader_ok(in) || bits < 1 || bits > 64 || block_size(n, bits) - 1 > co_reader_left(in))
        return false;
    bytes = co_read_bytes(in, block_size(n, bits) - 1);
    if (n < BLOCK) {
        unpack_few(bytes, n, bits, numbers);
        return true;
    }
    co_load_array(words, bytes, (size_t)bits * LANES, sizeof *words);
    unpack_lanes(words, bits, numbers);
    return true;
}

/* ---- arrays ---- */

#define WIDEN(type)                                            \
    for (size_t i = 0; i < n; i++)                             \
        numbers[i] = ((const type *)items)[first + i]

static void widen(const void *items, uint32_t width, size_t first, size_t n, uint64_t *numbers)
{
    if (width == 1)
        WIDEN(uint8_t);
    else if (width == 2)
        WIDEN(uint16_t);
    else if (width == 4)
        WIDEN(uint32_t);
    else
        WIDEN(uint64_t);
}

#define NARROW(type)                                           \
    for (size_t i = 0; i < n; i++)                             \
        ((type *)items)[first + i] = (type)numbers[i]

static void narrow(const uint64_t *numbers, uint32_t width, size_t first, size_t n, void *items)
{
    if (width == 1)
        NARROW(uint8_t);
    else if (width == 2)
        NARROW(uint16_t);
    else if (width == 4)
        NARROW(uint32_t);
    else
        NARROW(uint64_t);
}

/* How far each is above the one before; *last is the one before the first. False: one is below. */
static bool to_differences(uint64_t *numbers, size_t n, uint64_t *last)
{
    uint64_t shifted[BLOCK];
    bool rises = true;

    shifted[0] = *last;
    memcpy(shifted + 1, numbers, (n - 1) * sizeof *numbers);
    *last = numbers[n - 1];
    for (size_t i = 0; i < n; i++)
        rises &= shifted[i] <= numbers[i];
    for (size_t i = 0; i < n; i++)
        numbers[i] -= shifted[i];
    return rises;
}

static void from_differences(uint64_t *numbers, size_t n, uint64_t *last)
{
    uint64_t sum = *last;

    for (size_t i = 0; i < n; i++) {
        sum += numbers[i];
        numbers[i] = sum;
    }
    *last = sum;
}

/* The method that takes the fewest bytes. */
static int best_method(const void *items, size_t n, uint32_t width)
{
    const size_t plain = n * width;
    size_t sizes[2] = { 0, 0 };
    uint64_t numbers[BLOCK];
    uint64_t last = 0;
    bool rises = true;

    for (size_t first = 0; first < n; first += BLOCK) {
        const size_t here = n - first < BLOCK ? n - first : BLOCK;

        widen(items, width, first, here, numbers);
        sizes[0] += block_size(here, bits_for(all_bits(numbers, here)));
        rises = rises && to_differences(numbers, here, &last);
        if (rises)
            sizes[1] += block_size(here, bits_for(all_bits(numbers, here)));
    }
    if (rises && sizes[1] < sizes[0] && sizes[1] < plain)
        return DIFFERENCES;
    return sizes[0] < plain ? ITEMS : PLAIN;
}

static void put_plain(co_buffer *out, const void *items, size_t n, uint32_t width)
{
    void *bytes = co_buffer_extend(out, n * width);

    if (bytes != NULL)
        co_store_array(bytes, items, n, width);
}

void co_pack_array(co_buffer *out, const void *items, size_t n, uint32_t width)
{
    const int method = n < CO_PACKED_FROM || width == 0 ? PLAIN : best_method(items, n, width);
    uint64_t numbers[BLOCK];
    uint64_t last = 0;

    if (width == 0)
        return;
    if (n >= CO_PACKED_FROM)
        co_buffer_u8(out, (uint8_t)method);
    if (method == PLAIN)
        put_plain(out, items, n, width);
    for (size_t first = 0; method != PLAIN && first < n; first += BLOCK) {
        const size_t here = n - first < BLOCK ? n - first : BLOCK;

        widen(items, width, first, here, numbers);
        if (method == DIFFERENCES)
            to_differences(numbers, here, &last);
        pack_block(out, numbers, here);
    }
}

bool co_unpack_fits(const co_reader *in, size_t n, uint32_t width)
{
    return co_reader_ok(in) &&
           co_reader_left(in) >= (width == 0 ? 0 : n < CO_PACKED_FROM ? n * width : n / 8);
}

bool co_unpack_array(co_reader *in, void *items, size_t n, uint32_t width)
{
    const unsigned method = n < CO_PACKED_FROM || width == 0 ? PLAIN : co_read_u8(in);
    uint64_t numbers[BLOCK];
    uint64_t last = 0;

    if (!co_reader_ok(in) || method > DIFFERENCES)
        return false;
    if (method == PLAIN) {
        const bool there = n * width <= co_reader_left(in);

        if (there)
            co_load_array(items, co_read_bytes(in, n * width), n, width);
        return there;
    }
    for (size_t first = 0; first < n; first += BLOCK) {
        const size_t here = n - first < BLOCK ? n - first : BLOCK;

        if (!unpack_block(in, numbers, here))
            return false;
        if (method == DIFFERENCES)
            from_differences(numbers, here, &last);
        narrow(numbers, width, first, here, items);
    }
    return true;
}

/* ---- slots ---- */

static void slot_block(const uint16_t *slots, size_t first, size_t n, uint64_t *numbers)
{
    for (size_t i = 0; i < n; i++)
        numbers[i] = first + i == 0 ? slots[0] : slots[first + i] - slots[first + i - 1] - UINT64_C(1);
}

void co_pack_slots(co_buffer *out, const uint16_t *slots, size_t n)
{
    uint64_t numbers[BLOCK];

    for (size_t first = 0; first < n; first += BLOCK) {
        const size_t here = n - first < BLOCK ? n - first : BLOCK;

        slot_block(slots, first, here, numbers);
        pack_block(out, numbers, here);
    }
}

size_t co_packed_slots_size(const uint16_t *slots, size_t n)
{
    uint64_t numbers[BLOCK];
    size_t size = 0;

    for (size_t first = 0; first < n; first += BLOCK) {
        const size_t here = n - first < BLOCK ? n - first : BLOCK;

        slot_block(slots, first, here, numbers);
        size += block_size(here, bits_for(all_bits(numbers, here)));
    }
    return size;
}

bool co_unpack_slots(co_reader *in, uint16_t *slots, size_t n)
{
    uint64_t numbers[BLOCK];
    uint64_t next = 0;

    for (size_t first = 0; first < n; first += BLOCK) {
        const size_t here = n - first < BLOCK ? n - first : BLOCK;

        if (!unpack_block(in, numbers, here))
            return false;
        for (size_t i = 0; i < here; i++) {
            next += numbers[i];
            if (next > UINT16_MAX)
                return false;
            slots[first + i] = (uint16_t)next++;
        }
    }
    return true;
}
