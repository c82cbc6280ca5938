/* Lists of rows that a commit remembers: found by number, or in order. */
#include "store/commit.h"

void co_rowmap_clear(co_memory *memory, co_rowmap *map)
{
    co_index_clear(memory, &map->index);
    co_memory_free(memory, map->rows, map->capacity * sizeof *map->rows);
    *map = (co_rowmap){ 0 };
}

static uint64_t hash_row(uint32_t row)
{
    return co_hash_int64((int64_t)row);
}

uint32_t co_rowmap_find(const co_rowmap *map, uint32_t row)
{
    co_probe probe = co_index_probe(&map->index, hash_row(row));
    uint32_t position;

    while (co_probe_next(&probe, &position)) {
        if (map->rows[position] == row)
            return position;
    }
    return CO_NONE;
}

static bool rehash_rows(co_memory *memory, co_rowmap *map)
{
    co_index larger;

    if (co_index_has_room(&map->index, 1))
        return true;
    if (!co_index_init(memory, &larger, map->n * 2 + 1))
        return false;
    for (size_t i = 0; i < map->n; i++)
        co_index_add(&larger, hash_row(map->rows[i]), (uint32_t)i);
    co_index_clear(memory, &map->index);
    map->index = larger;
    return true;
}

uint32_t co_rowmap_add(co_memory *memory, co_rowmap *map, uint32_t row)
{
    const uint32_t position = co_rowmap_find(map, row);

    if (position != CO_NONE)
        return position;
    if (!rehash_rows(memory, map) ||
        !co_memory_grow(memory, (void **)&map->rows, &map->capacity, map->n + 1, sizeof *map->rows))
        return CO_NONE;
    map->rows[map->n] = row;
    co_index_add(&map->index, hash_row(row), (uint32_t)map->n);
    return (uint32_t)map->n++;
}

void co_sort_numbers(int64_t *numbers, size_t n)
{
    for (size_t gap = n / 2; gap > 0; gap /= 2) {
        for (size_t i = gap; i < n; i++) {
            const int64_t number = numbers[i];
            size_t at = i;

            for (; at >= gap && numbers[at - gap] > number; at -= gap)
                numbers[at] = numbers[at - gap];
            numbers[at] = number;
        }
    }
}
