/* xoshiro256** and what tests draw from it. */
#include <string.h>

#include "support/random.h"

static uint64_t splitmix(uint64_t *seed)
{
    uint64_t mixed = *seed += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

static uint64_t rotated(uint64_t word, int bits)
{
    return word << bits | word >> (64 - bits);
}

co_random co_random_of(uint64_t seed)
{
    co_random random;

    for (int i = 0; i < 4; i++)
        random.state[i] = splitmix(&seed);
    return random;
}

uint64_t co_random_u64(co_random *random)
{
    uint64_t *s = random->state;
    const uint64_t result = rotated(s[1] * 5, 7) * 9;
    const uint64_t shifted = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotated(s[3], 45);
    return result;
}

uint64_t co_random_below(co_random *random, uint64_t n)
{
    const uint64_t uneven = (0 - n) % n;
    uint64_t drawn;

    do {
        drawn = co_random_u64(random);
    } while (drawn < uneven);
    return drawn % n;
}

int64_t co_random_between(co_random *random, int64_t least, int64_t greatest)
{
    const uint64_t span = (uint64_t)greatest - (uint64_t)least + 1;
    const uint64_t drawn = span == 0 ? co_random_u64(random) : co_random_below(random, span);

    return (int64_t)((uint64_t)least + drawn);
}

bool co_random_chance(co_random *random, uint64_t numerator, uint64_t denominator)
{
    return co_random_below(random, denominator) < numerator;
}

double co_random_unit(co_random *random)
{
    return (double)(co_random_u64(random) >> 11) / 9007199254740992.0;
}

int64_t co_random_int64(co_random *random)
{
    const uint64_t drawn = co_random_u64(random);
    const uint64_t bits = drawn >> co_random_below(random, 64);

    return (int64_t)(co_random_chance(random, 1, 2) ? bits : 0 - bits);
}

void co_random_bytes(co_random *random, void *bytes, size_t n)
{
    unsigned char *next = bytes;

    for (size_t i = 0; i < n; i++)
        next[i] = (unsigned char)co_random_u64(random);
}

void co_random_shuffle(co_random *random, void *items, size_t n, size_t item_size)
{
    unsigned char *bytes = items;

    for (size_t i = n; i > 1; i--) {
        unsigned char *a = bytes + (i - 1) * item_size;
        unsigned char *b = bytes + co_random_below(random, i) * item_size;

        for (size_t k = 0; k < item_size && a != b; k++) {
            const unsigned char swapped = a[k];

            a[k] = b[k];
            b[k] = swapped;
        }
    }
}
