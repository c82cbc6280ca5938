/*
 * CRoaring's set of 64-bit keys, which is C++, for tests in C. Compiled where
 * CRoaring and a C++ compiler are there.
 */
#include "support/roaring64.h"

#include <roaring/roaring64map.hh>

/* In a namespace of that name, or in none, by version. */
namespace roaring {}
using namespace roaring;

size_t co_roaring64_write(const uint64_t *keys, size_t n, bool optimise, char *bytes, size_t room)
{
    Roaring64Map map;

    for (size_t i = 0; i < n; i++)
        map.add(keys[i]);
    if (optimise)
        map.runOptimize();
    return map.getSizeInBytes() <= room ? map.write(bytes) : 0;
}

size_t co_roaring64_read(const char *bytes, uint64_t *keys, size_t room)
{
    const Roaring64Map map = Roaring64Map::read(bytes);
    size_t n = 0;

    for (const uint64_t key : map) {
        if (n < room)
            keys[n] = key;
        n++;
    }
    return n;
}
