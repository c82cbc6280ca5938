/* Cells of a file on their way into a batch: memory, texts and sets; convert.c does the rest. */
#include "io/stage.h"

#include <assert.h>
#include <stdlib.h>

#include "base/sums.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "io/convert.h"

enum { FIRST_BLOCK_BYTES = 4096, BLOCK_BYTES = 256 * 1024 };

/* Texts never move: a full block is kept and a new one begun, twice as large at first. */
struct co_stage_block {
    co_stage_block *older;
    size_t size;                /* of the whole block */
    size_t used;                /* this head included */
};

/* ---- memory ---- */

static bool has_texts(const co_stage_column *column)
{
    return column->form.type.type == COHORT_STRING || column->form.type.type == COHORT_SET;
}

cohort_status co_stage_column_init(co_stage_column *column, co_memory *memory, const co_stage_form *form,
                                   uint32_t room, cohort_error *error)
{
    bool fine = true;

    memset(column, 0, sizeof *column);
    column->memory = memory;
    column->form = *form;
    column->room = room;
    if (form->type.type == COHORT_POINT) {
        column->latitudes = co_memory_new_array(memory, room, sizeof *column->latitudes);
        column->longitudes = co_memory_new_array(memory, room, sizeof *column->longitudes);
        fine = column->latitudes != NULL && column->longitudes != NULL;
    } else if (has_texts(column)) {
        column->texts = co_memory_new_array(memory, room, sizeof *column->texts);
        fine = column->texts != NULL;
        column->texts_room = fine ? room : 0;
    } else {
        column->numbers = co_memory_new_array(memory, room, sizeof *column->numbers);
        fine = column->numbers != NULL;
    }
    if (fine && form->type.type == COHORT_SET) {
        column->ends = co_memory_new_zeroed(memory, (size_t)room + 1, sizeof *column->ends);
        fine = column->ends != NULL;
    }
    if (fine)
        return COHORT_OK;
    co_stage_column_clear(column);
    return co_fail_memory(error);
}

static void free_texts(co_stage_column *column, co_stage_block *newest)
{
    while (newest != NULL) {
        co_stage_block *block = newest;

        newest = block->older;
        co_memory_free(column->memory, block, block->size);
    }
}

void co_stage_column_reset(co_stage_column *column, bool keep_texts)
{
    co_stage_block *block = column->newest;

    column->n_rounded = 0;
    if (block == NULL || keep_texts)
        return;
    free_texts(column, block->older);
    block->older = NULL;
    block->used = sizeof *block;
}

void co_stage_column_clear(co_stage_column *column)
{
    co_memory *memory = column->memory;

    free_texts(column, column->newest);
    co_memory_free(memory, column->numbers, column->room * sizeof *column->numbers);
    co_memory_free(memory, column->latitudes, column->room * sizeof *column->latitudes);
    co_memory_free(memory, column->longitudes, column->room * sizeof *column->longitudes);
    co_memory_free(memory, column->texts, column->texts_room * sizeof *column->texts);
    co_memory_free(memory, column->ends, ((size_t)column->room + 1) * sizeof *column->ends);
    *column = (co_stage_column){ 0 };
}

/* Room for `length` bytes that will not move, or NULL. */
static char *text_room(co_stage_column *column, size_t length)
{
    co_stage_block *block = column->newest;

    if (block == NULL || block->size - block->used < length) {
        const size_t usual = block == NULL                      ? FIRST_BLOCK_BYTES
                             : block->size < BLOCK_BYTES / 2 ? 2 * block->size
                                                             : BLOCK_BYTES;
        size_t size;

        if (!co_add_size(length, sizeof *block, &size))
            return NULL;
        if (size < usual)
            size = usual;
        block = co_memory_new(column->memory, size);
        if (block == NULL)
            return NULL;
        *block = (co_stage_block){ column->newest, size, sizeof *block };
        column->newest = block;
    }

    char *room = (char *)block + block->used;

    block->used += length;
    return room;
}

static cohort_status copy_text(co_stage_column *column, co_text text, co_text *copy, cohort_error *error)
{
    char *room = text_room(column, text.length);

    if (room == NULL)
        return co_fail_memory(error);
    if (text.length > 0)
        memcpy(room, text.bytes, text.length);
    *copy = (co_text){ room, text.length };
    return COHORT_OK;
}

/* ---- cells ---- */

static void set_valid(co_stage_column *column, uint32_t row, bool valid)
{
    const uint64_t bit = UINT64_C(1) << (row & 63);

    if (valid)
        column->valid[row >> 6] |= bit;
    else
        column->valid[row >> 6] &= ~bit;
}

void co_stage_null(co_stage_column *column, uint32_t row)
{
    assert(row < column->room);
    set_valid(column, row, false);
    if (column->ends != NULL)
        column->ends[row + 1] = column->ends[row];
    else if (column->texts != NULL)
        column->texts[row] = (co_text){ 0 };
    else if (column->numbers != NULL)
        column->numbers[row] = 0;
    else
        column->latitudes[row] = column->longitudes[row] = 0;
}

void co_stage_number(co_stage_column *column, uint32_t row, int64_t number)
{
    assert(row < column->room);
    column->numbers[row] = number;
    set_valid(column, row, true);
}

static cohort_status check_utf8(co_text text, cohort_error *error)
{
    size_t bad;

    if (co_utf8_valid(text, &bad))
        return COHORT_OK;
    return co_fail(error, COHORT_TYPE, "byte %zu (0x%02x) is not UTF-8; perhaps the file is Latin-1", bad + 1,
                   (unsigned)(unsigned char)text.bytes[bad]);
}

/* ---- sets ---- */

static int compare_exact(const void *a, const void *b)
{
    return co_text_compare(*(const co_text *)a, *(const co_text *)b);
}

static int compare_folded(const void *a, const void *b)
{
    const int order = co_text_fold_compare(*(const co_text *)a, *(const co_text *)b);

    return order != 0 ? order : compare_exact(a, b);
}

/* Sorts n elements and drops those that equal the one before; how many are left. */
static uint32_t without_repeats(co_text *texts, uint32_t n, bool nocase)
{
    uint32_t kept = n > 0;

    if (n > 1)
        qsort(texts, n, sizeof *texts, nocase ? compare_folded : compare_exact);
    for (uint32_t i = 1; i < n; i++) {
        const bool same = nocase ? co_text_fold_equal(texts[i], texts[kept - 1])
                                 : co_text_equal(texts[i], texts[kept - 1]);

        if (!same)
            texts[kept++] = texts[i];
    }
    return kept;
}

static cohort_status add_element(co_stage_column *column, uint32_t *end, co_text element, cohort_error *error)
{
    void *texts = column->texts;
    cohort_status status;

    if (*end == UINT32_MAX || !co_memory_grow(column->memory, &texts, &column->texts_room, (size_t)*end + 1,
                                              sizeof *column->texts))
        return co_fail_memory(error);
    column->texts = texts;
    status = copy_text(column, element, &column->texts[*end], error);
    *end += status == COHORT_OK;
    return status;
}

/* The first place of `separator` in text, or its length. */
static size_t find_separator(co_text text, co_text separator)
{
    for (size_t i = 0; i + separator.length <= text.length; i++)
        if (memcmp(text.bytes + i, separator.bytes, separator.length) == 0)
            return i;
    return text.length;
}

static cohort_status put_set(co_stage_column *column, uint32_t row, co_text cell, cohort_error *error)
{
    const co_text separator = column->form.separator;
    const uint32_t first = column->ends[row];
    uint32_t end = first;
    bool more = cell.length > 0;

    while (more) {
        const size_t length = find_separator(cell, separator);
        const cohort_status status = add_element(column, &end, (co_text){ cell.bytes, length }, error);

        if (status != COHORT_OK)
            return status;
        more = length < cell.length;
        if (more)
            cell = (co_text){ cell.bytes + length + separator.length, cell.length - length - separator.length };
    }
    column->ends[row + 1] = first + without_repeats(column->texts + first, end - first,
                                                    column->form.type.collation == COHORT_NOCASE);
    return COHORT_OK;
}

cohort_status co_stage_cell(co_stage_column *column, uint32_t row, co_text cell, cohort_error *error)
{
    const co_stage_form *form = &column->form;
    cohort_status status;

    assert(row < column->room && form->type.type != COHORT_POINT);
    if (has_texts(column)) {
        status = check_utf8(cell, error);
        if (status == COHORT_OK)
            status = form->type.type == COHORT_SET ? put_set(column, row, cell, error)
                                                   : copy_text(column, cell, &column->texts[row], error);
        set_valid(column, row, status == COHORT_OK);
        return status;
    }

    bool is_null = false;

    status = co_convert_cell(form, cell, &column->numbers[row], &is_null, &column->n_rounded, error);
    set_valid(column, row, status == COHORT_OK && !is_null);
    return status;
}

cohort_status co_stage_point(co_stage_column *column, uint32_t row, co_text latitude, co_text longitude,
                             cohort_error *error)
{
    cohort_status status = co_convert_degrees(latitude, 90, &column->latitudes[row], error);

    if (status == COHORT_OK)
        status = co_convert_degrees(longitude, 180, &column->longitudes[row], error);
    set_valid(column, row, status == COHORT_OK);
    return status;
}

co_cells co_stage_cells(const co_stage_column *column, uint32_t n_rows)
{
    return (co_cells){ .shape = co_shape_of(column->form.type.type),
                       .n = n_rows,
                       .valid = column->valid,
                       .numbers = column->numbers,
                       .texts = column->texts,
                       .ends = column->ends,
                       .latitudes = column->latitudes,
                       .longitudes = column->longitudes };
}
