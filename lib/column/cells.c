/*
 * Columns spelled out as cells again. The room keeps one block for each array
 * of the cells and grows it when a longer tile comes.
 */
#include "column/layout.h"
#include "kernel/bits.h"

typedef enum array { NUMBERS, TEXTS, ENDS, LATITUDES, LONGITUDES, N_ARRAYS } array;

struct co_cells_room {
    co_memory *memory;
    void *blocks[N_ARRAYS];
    size_t sizes[N_ARRAYS];
};

co_cells_room *co_cells_room_new(co_memory *memory)
{
    co_cells_room *room = co_memory_new_zeroed(memory, 1, sizeof *room);

    if (room != NULL)
        room->memory = memory;
    return room;
}

void co_cells_room_free(co_cells_room *room)
{
    if (room == NULL)
        return;
    for (int i = 0; i < N_ARRAYS; i++)
        co_memory_free(room->memory, room->blocks[i], room->sizes[i]);
    co_memory_free(room->memory, room, sizeof *room);
}

/* At least n items; NULL: no memory. What the block held is not kept. */
static void *need(co_cells_room *room, array which, size_t n, size_t item_size)
{
    const size_t wanted = n == 0 ? item_size : n * item_size;

    if (n > SIZE_MAX / item_size)
        return NULL;
    if (wanted > room->sizes[which]) {
        void *larger = co_memory_new(room->memory, wanted);

        if (larger == NULL)
            return NULL;
        co_memory_free(room->memory, room->blocks[which], room->sizes[which]);
        room->blocks[which] = larger;
        room->sizes[which] = wanted;
    }
    return room->blocks[which];
}

static bool spell_numbers(const co_column *column, co_cells_room *room, co_cells *cells)
{
    int64_t *numbers = need(room, NUMBERS, column->length, sizeof *numbers);

    if (numbers == NULL)
        return false;
    co_column_numbers(column, numbers);
    cells->numbers = numbers;
    return true;
}

static bool spell_strings(const co_column *column, co_cells_room *room, co_cells *cells)
{
    co_text *texts = need(room, TEXTS, column->length, sizeof *texts);

    if (texts == NULL)
        return false;
    for (uint32_t i = 0; i < column->length; i++)
        texts[i] = co_column_text(column, i);
    cells->texts = texts;
    return true;
}

/*
 * next[row] is where the row's next text goes: one after the other they are the
 * ends, shifted by a row, once every text is in its place.
 */
static void spell_elements(const co_column *column, uint32_t *next, co_text *texts)
{
    const co_set_part *part = &column->sets;
    const size_t n_words = co_words_for(column->length);

    for (uint32_t i = 0; i < part->n_elements; i++) {
        const co_text text = co_dictionary_text(column->dictionary, part->codes[i]);

        if (!co_set_is_dense(part->counts[i], column->length)) {
            for (uint32_t j = 0; j < part->counts[i]; j++)
                texts[next[part->slots[part->starts[i] + j]]++] = text;
            continue;
        }

        const uint64_t *words = part->words + part->starts[i] * n_words;

        for (size_t word = 0; word < n_words; word++)
            for (uint64_t rows = words[word]; rows != 0; rows &= rows - 1)
                texts[next[word * 64 + co_lowest_bit(rows)]++] = text;
    }
}

static bool spell_sets(const co_column *column, co_cells_room *room, co_cells *cells)
{
    uint32_t *ends = need(room, ENDS, (size_t)column->length + 1, sizeof *ends);
    uint32_t total = 0;

    if (ends == NULL)
        return false;
    ends[0] = 0;
    for (uint32_t row = 0; row < column->length; row++) {
        ends[row + 1] = total;
        total += co_column_cardinality(column, row);
    }

    co_text *texts = need(room, TEXTS, total, sizeof *texts);

    if (texts == NULL)
        return false;
    spell_elements(column, ends + 1, texts);
    cells->ends = ends;
    cells->texts = texts;
    return true;
}

static bool spell_points(const co_column *column, co_cells_room *room, co_cells *cells)
{
    double *latitudes = need(room, LATITUDES, column->length, sizeof *latitudes);
    double *longitudes = need(room, LONGITUDES, column->length, sizeof *longitudes);

    if (latitudes == NULL || longitudes == NULL)
        return false;
    co_column_points(column, latitudes, longitudes);
    cells->latitudes = latitudes;
    cells->longitudes = longitudes;
    return true;
}

cohort_status co_column_cells(const co_column *column, co_cells_room *room, co_cells *cells,
                              cohort_error *error)
{
    bool done = false;

    *cells = (co_cells){ .shape = co_column_shape(column), .n = column->length, .valid = column->valid };
    switch (cells->shape) {
    case CO_SHAPE_NUMBERS:
        done = spell_numbers(column, room, cells);
        break;
    case CO_SHAPE_STRINGS:
        done = spell_strings(column, room, cells);
        break;
    case CO_SHAPE_SETS:
        done = spell_sets(column, room, cells);
        break;
    case CO_SHAPE_POINTS:
        done = spell_points(column, room, cells);
        break;
    }
    return done ? COHORT_OK : co_fail_memory(error);
}
