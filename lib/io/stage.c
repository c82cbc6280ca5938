/* Cells of a file on their way into a batch: memory, texts and sets; convert.c does the rest. */
#include "io/stage.h"

#include <assert.h>
#include <stdlib.h>

#include "base/unicode.h"
#include "base/utf8.h"
#include "io/convert.h"
#include "io/staging.h"
#include "kernel/bits.h"

/* ---- memory ---- */

static bool is_set(const co_stage_column *column)
{
    return column->form.type.type == COHORT_SET;
}

static bool has_texts(const co_stage_column *column)
{
    return column->form.type.type == COHORT_STRING || is_set(column);
}

/* `array` points to a pointer to items, which then has room for n. False: no memory. */
static bool room_for(co_memory *memory, void *array, size_t *room, size_t n, size_t size)
{
    return co_memory_grow(memory, array, room, n, size);
}

cohort_status co_stage_column_init(co_stage_column *column, co_memory *memory, const co_stage_form *form,
                                   cohort_error *error)
{
    memset(column, 0, sizeof *column);
    column->memory = memory;
    column->form = *form;
    column->plain = form->is_key;
    co_words_init(&column->words, memory);
    co_textroom_init(&column->plain_room, memory);
    if (!is_set(column))
        return COHORT_OK;
    if (!room_for(memory, &column->ends, &column->ends_room, 1, sizeof *column->ends))
        return co_fail_memory(error);
    column->ends[0] = 0;
    return COHORT_OK;
}

void co_stage_column_clear(co_stage_column *column)
{
    co_memory *memory = column->memory;

    if (memory == NULL)
        return;
    co_words_clear(&column->words);
    co_textroom_clear(&column->plain_room);
    co_memory_free(memory, column->numbers, column->numbers_room * sizeof *column->numbers);
    co_memory_free(memory, column->latitudes, column->latitudes_room * sizeof *column->latitudes);
    co_memory_free(memory, column->longitudes, column->longitudes_room * sizeof *column->longitudes);
    co_memory_free(memory, column->codes, column->codes_room * sizeof *column->codes);
    co_memory_free(memory, column->texts, column->texts_room * sizeof *column->texts);
    co_memory_free(memory, column->ends, column->ends_room * sizeof *column->ends);
    co_memory_free(memory, column->elements, column->elements_room * sizeof *column->elements);
    memset(column, 0, sizeof *column);
}

void co_stage_column_reset(co_stage_column *column, bool keep_texts)
{
    if (!keep_texts)
        co_textroom_reset(&column->plain_room);
}

bool co_stage_room_for_texts(co_stage_column *column, size_t n)
{
    if (column->plain)
        return room_for(column->memory, &column->texts, &column->texts_room, n, sizeof *column->texts);
    return room_for(column->memory, &column->codes, &column->codes_room, n, sizeof *column->codes);
}

cohort_status co_stage_reserve(co_stage_column *column, uint32_t room, cohort_error *error)
{
    co_memory *memory = column->memory;
    bool fine;

    assert(room <= CO_STAGE_ROWS);
    if (is_set(column))
        fine = room_for(memory, &column->ends, &column->ends_room, (size_t)room + 1, sizeof *column->ends);
    else if (has_texts(column))
        fine = co_stage_room_for_texts(column, room);
    else if (column->form.type.type == COHORT_POINT)
        fine = room_for(memory, &column->latitudes, &column->latitudes_room, room, sizeof *column->latitudes) &&
               room_for(memory, &column->longitudes, &column->longitudes_room, room, sizeof *column->longitudes);
    else
        fine = room_for(memory, &column->numbers, &column->numbers_room, room, sizeof *column->numbers);
    if (!fine)
        return co_fail_memory(error);
    if (room > column->room)
        column->room = room;
    return COHORT_OK;
}

/* ---- texts ---- */

/* From codes to texts, those of the n codes that are here too. */
static bool become_plain(co_stage_column *column, size_t n)
{
    column->plain = true;
    if (!co_stage_room_for_texts(column, is_set(column) ? n + 1 : column->room)) {
        column->plain = false;
        return false;
    }
    for (size_t i = 0; i < n; i++)
        column->texts[i] = column->words.n == 0 ? (co_text){ 0 } : column->words.texts[column->codes[i]];
    return true;
}

/* Puts one text at place `at` of the codes or texts. */
static cohort_status put_text(co_stage_column *column, size_t at, co_text text, cohort_error *error)
{
    bool fine = co_stage_room_for_texts(column, at + 1);

    if (fine && !column->plain) {
        uint32_t code;

        fine = co_words_add(&column->words, text, &code);
        if (fine && code != CO_NO_WORD) {
            column->codes[at] = (uint16_t)code;
            return COHORT_OK;
        }
        fine = fine && become_plain(column, at);
    }
    fine = fine && co_textroom_copy(&column->plain_room, text, &column->texts[at]);
    return fine ? COHORT_OK : co_fail_memory(error);
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

/* The first place of `separator` in text, or its length. */
static size_t find_separator(co_text text, co_text separator)
{
    for (size_t i = 0; i + separator.length <= text.length; i++)
        if (memcmp(text.bytes + i, separator.bytes, separator.length) == 0)
            return i;
    return text.length;
}

/* The elements of a cell, repeats and all, in column->elements. False: no memory. */
static bool split(co_stage_column *column, co_text cell, uint32_t *n)
{
    const co_text separator = column->form.separator;
    bool more = cell.length > 0;

    *n = 0;
    while (more) {
        const size_t length = find_separator(cell, separator);

        if (!co_memory_grow(column->memory, (void **)&column->elements, &column->elements_room, *n + (size_t)1,
                            sizeof *column->elements))
            return false;
        column->elements[(*n)++] = (co_text){ cell.bytes, length };
        more = length < cell.length;
        if (more)
            cell = (co_text){ cell.bytes + length + separator.length, cell.length - length - separator.length };
    }
    return true;
}

static cohort_status put_set(co_stage_column *column, uint32_t row, co_text cell, cohort_error *error)
{
    const uint32_t first = column->ends[row];
    uint32_t n;

    if (!split(column, cell, &n))
        return co_fail_memory(error);
    n = without_repeats(column->elements, n, column->form.type.collation == COHORT_NOCASE);
    if (n > UINT32_MAX - first)
        return co_fail_memory(error);
    for (uint32_t i = 0; i < n; i++) {
        const cohort_status status = put_text(column, first + i, column->elements[i], error);

        if (status != COHORT_OK)
            return status;
    }
    column->ends[row + 1] = first + n;
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

static bool is_null(const co_stage_form *form, const co_csv_cell *cell)
{
    const bool is_text = form->type.type == COHORT_STRING || form->type.type == COHORT_SET;

    if (cell->text.length == 0)
        return !(form->keep_empty && cell->quoted && is_text);
    return co_stage_is_null_text(form, cell->text);
}

void co_stage_null(co_stage_column *column, uint32_t row)
{
    assert(row < column->room);
    set_valid(column, row, false);
    if (column->ends != NULL)
        column->ends[row + 1] = column->ends[row];
    else if (column->numbers != NULL)
        column->numbers[row] = 0;
    else if (column->latitudes != NULL)
        column->latitudes[row] = column->longitudes[row] = 0;
    else if (column->plain)
        column->texts[row] = (co_text){ 0 };
    else
        column->codes[row] = 0;
}

void co_stage_number(co_stage_column *column, uint32_t row, int64_t number)
{
    assert(row < column->room);
    column->numbers[row] = number;
    set_valid(column, row, true);
}

static cohort_status put_number(co_stage_column *column, uint32_t row, co_text cell, cohort_error *error)
{
    bool is_missing = false;
    const cohort_status status = co_convert_cell(&column->form, cell, &column->numbers[row], &is_missing, error);

    set_valid(column, row, status == COHORT_OK && !is_missing);
    return status;
}

cohort_status co_stage_cell(co_stage_column *column, uint32_t row, const co_csv_cell *cell, cohort_error *error)
{
    cohort_status status;

    assert(row < column->room && column->latitudes == NULL);
    if (is_null(&column->form, cell)) {
        if (column->form.is_key)
            return co_fail(error, COHORT_TYPE, "the key is missing");
        co_stage_null(column, row);
        return COHORT_OK;
    }
    if (!has_texts(column))
        return put_number(column, row, cell->text, error);
    status = check_utf8(cell->text, error);
    if (status == COHORT_OK)
        status = is_set(column) ? put_set(column, row, cell->text, error)
                                : put_text(column, row, cell->text, error);
    set_valid(column, row, status == COHORT_OK);
    return status;
}

cohort_status co_stage_point(co_stage_column *column, uint32_t row, const co_csv_cell *latitude,
                             const co_csv_cell *longitude, cohort_error *error)
{
    if (is_null(&column->form, latitude) || is_null(&column->form, longitude)) {
        co_stage_null(column, row);
        return COHORT_OK;
    }

    cohort_status status = co_convert_degrees(latitude->text, 90, &column->latitudes[row], error);

    if (status == COHORT_OK)
        status = co_convert_degrees(longitude->text, 180, &column->longitudes[row], error);
    set_valid(column, row, status == COHORT_OK);
    return status;
}

/* ---- out ---- */

/* The valid words, unless every row has a value. */
static const uint64_t *valid_words(co_stage_column *column, uint32_t n_rows)
{
    if (co_bits_all(column->valid, 0, n_rows))
        return NULL;
    if (n_rows % 64 != 0)
        column->valid[n_rows / 64] &= co_low_bits(n_rows % 64);
    return column->valid;
}

co_cells co_stage_cells(co_stage_column *column, uint32_t n_rows)
{
    const bool packed = has_texts(column) && !column->plain;

    column->packed = (co_packed){ .codes = column->codes,
                                  .width = sizeof *column->codes,
                                  .n_words = column->words.n,
                                  .unit = 1,
                                  .words = column->words.texts };
    return (co_cells){ .shape = co_shape_of(column->form.type.type),
                       .n = n_rows,
                       .valid = valid_words(column, n_rows),
                       .numbers = column->numbers,
                       .texts = packed ? NULL : column->texts,
                       .ends = column->ends,
                       .latitudes = column->latitudes,
                       .longitudes = column->longitudes,
                       .packed = packed ? &column->packed : NULL };
}
