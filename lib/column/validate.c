/*
 * The rules of layout.h, tested. Nothing here trusts a value before it was
 * looked at, so a column may have been made of any bytes whose sizes add up.
 */
#include "column/validate.h"
#include "base/utf8.h"
#include "column/layout.h"
#include "kernel/bits.h"

/* Bits past the last row are zero. */
static bool ends_clean(const uint64_t *words, uint32_t length)
{
    return length % 64 == 0 || (words[length / 64] & ~co_low_bits(length % 64)) == 0;
}

/* No row without a value is in. */
static bool only_valid(const co_column *column, const uint64_t *words)
{
    return column->valid == NULL ||
           !co_kernel_now()->andnot_any(words, column->valid, co_words_for(column->length));
}

static const char *check_presence(const co_column *column)
{
    if (column->n_valid > column->length || (column->n_valid == column->length) != (column->valid == NULL))
        return "has a wrong number of values";
    if (column->valid == NULL)
        return NULL;
    if (!ends_clean(column->valid, column->length))
        return "has values past its last row";
    if (co_kernel_now()->count(column->valid, co_words_for(column->length)) != column->n_valid)
        return "has a wrong number of values";
    return NULL;
}

/* Codes up to `greatest`, 0 where there is no value; rows of code 0 into `zeros`. */
static const char *check_codes(const co_column *column, const void *codes, uint64_t greatest, uint64_t *zeros)
{
    const co_kernel *kernel = co_kernel_now();
    const size_t n_words = co_words_for(column->length);
    uint64_t hits[CO_TILE_WORDS];

    if (column->width < 8 && greatest >> (8 * column->width) != 0)
        return "has codes too narrow for its values";
    memset(zeros, 0, n_words * sizeof *zeros);
    co_bits_fill(zeros, 0, column->length);
    if (column->width == 0)
        return NULL;
    co_codes_between(codes, column->width, column->length, 0, greatest, hits);
    if (!kernel->all_rows(hits, column->length))
        return "has a code past the last one";
    co_codes_between(codes, column->width, column->length, 0, 0, zeros);
    kernel->not_rows(zeros, column->length, hits);
    return only_valid(column, hits) ? NULL : "has a code where a value is missing";
}

/* Both codes occur. */
static const char *check_bits(const co_column *column)
{
    const co_kernel *kernel = co_kernel_now();
    const uint64_t *ones = column->numbers.codes;
    const size_t n_words = co_words_for(column->length);
    uint64_t valid[CO_TILE_WORDS];

    if (column->numbers.greatest_code != 1)
        return "has codes too narrow for its values";
    if (!ends_clean(ones, column->length) || !only_valid(column, ones))
        return "has a code where a value is missing";
    co_all_rows(column, valid);
    if (!kernel->andnot_any(valid, ones, n_words))
        return "does not hold its least value";
    return kernel->any(ones, n_words) ? NULL : "does not hold its greatest value";
}

static const char *check_numbers(const co_column *column)
{
    const co_kernel *kernel = co_kernel_now();
    const co_number_part *part = &column->numbers;
    const size_t n_words = co_words_for(column->length);
    const uint64_t span = (uint64_t)part->greatest - (uint64_t)part->least;
    uint64_t valid[CO_TILE_WORDS];
    uint64_t ends[CO_TILE_WORDS];

    if (part->unit == 0 || part->least > part->greatest || span / part->unit != part->greatest_code ||
        part->greatest_code * part->unit != span)
        return "has a range that its unit does not divide";
    if (column->form == CO_FORM_LINEAR)
        return column->length >= 2 && column->valid == NULL && part->greatest_code == column->length - 1
                   ? NULL
                   : "has a range that its rows do not fill";
    if (column->form == CO_FORM_BITS)
        return check_bits(column);
    if (column->n_valid == 0 && (part->least != 0 || part->greatest != 0))
        return "has a range but no values";

    const char *why = check_codes(column, part->codes, part->greatest_code, ends);

    if (why != NULL || column->n_valid == 0 || column->width == 0)
        return why;
    co_all_rows(column, valid);
    if (!kernel->and_any(ends, valid, n_words))
        return "does not hold its least value";
    co_codes_between(part->codes, column->width, column->length, part->greatest_code, part->greatest_code,
                     ends);
    return kernel->and_any(ends, valid, n_words) ? NULL : "does not hold its greatest value";
}

/* Strictly rising and known to the dictionary. */
static bool is_code_list(const co_column *column, const uint32_t *list, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        if (list[i - 1] >= list[i])
            return false;
    return n == 0 || list[n - 1] < co_dictionary_count(column->dictionary);
}

static const char *check_strings(const co_column *column)
{
    const co_code_part *part = &column->strings;
    uint64_t zeros[CO_TILE_WORDS];

    if (part->n_list > column->n_valid || (part->n_list == 0) != (column->n_valid == 0))
        return "has a wrong number of distinct texts";
    if (!is_code_list(column, part->list, part->n_list))
        return "has a list of texts that is not in order or not in its dictionary";
    return check_codes(column, part->codes, part->n_list == 0 ? 0 : part->n_list - 1, zeros);
}

static const char *check_plain(const co_column *column)
{
    const uint32_t *offsets = column->plain.offsets;
    const char *bytes = column->plain.bytes;

    if (!co_utf8_valid((co_text){ bytes, offsets[column->length] }, NULL))
        return "has text that is not UTF-8";
    for (uint32_t i = 0; i < column->length; i++) {
        if (offsets[i] == offsets[i + 1])
            continue;
        if (((uint8_t)bytes[offsets[i]] & 0xc0) == 0x80)
            return "has a text that starts inside a character";
        if (column->valid != NULL && !co_bit_test(column->valid, i))
            return "has a text where a value is missing";
    }
    return NULL;
}

/* One element's slots: rising, rows that have a value; each is counted. */
static bool check_slots(const co_column *column, const uint16_t *slots, uint32_t n, uint32_t *counts)
{
    for (uint32_t i = 0; i < n; i++) {
        if (slots[i] >= column->length || (i > 0 && slots[i - 1] >= slots[i]))
            return false;
        if (column->valid != NULL && !co_bit_test(column->valid, slots[i]))
            return false;
        counts[slots[i]]++;
    }
    return true;
}

static bool check_words(const co_column *column, const uint64_t *words, uint32_t n, uint32_t *counts)
{
    const size_t n_words = co_words_for(column->length);

    if (!ends_clean(words, column->length) || !only_valid(column, words) ||
        co_kernel_now()->count(words, n_words) != n)
        return false;
    for (size_t word = 0; word < n_words; word++)
        for (uint64_t rows = words[word]; rows != 0; rows &= rows - 1)
            counts[word * 64 + co_lowest_bit(rows)]++;
    return true;
}

/* counts: zeros, one for each row. */
static const char *check_elements(const co_column *column, uint32_t *counts)
{
    const co_set_part *part = &column->sets;
    const size_t n_words = co_words_for(column->length);
    uint64_t total = 0;

    if (!is_code_list(column, part->codes, part->n_elements))
        return "has a list of elements that is not in order or not in its dictionary";
    for (uint32_t i = 0; i < part->n_elements; i++) {
        const uint32_t count = part->counts[i];
        const bool good = co_set_is_dense(count, column->length)
                              ? check_words(column, part->words + part->starts[i] * n_words, count, counts)
                              : check_slots(column, part->slots + part->starts[i], count, counts);

        total += count;
        if (!good || count == 0)
            return "has an element whose rows are not in order or have no value";
    }
    if (total > UINT32_MAX)
        return "has more than 4294967295 elements";
    for (uint32_t row = 0; row < column->length; row++)
        if (counts[row] != co_code_at(part->cardinalities, column->width, row))
            return "has a row with a wrong number of elements";
    return NULL;
}

static const char *check_points(const co_column *column)
{
    for (uint32_t i = 0; column->valid != NULL && i < column->length; i++) {
        uint64_t bits[2];

        memcpy(&bits[0], &column->points.latitudes[i], sizeof bits[0]);
        memcpy(&bits[1], &column->points.longitudes[i], sizeof bits[1]);
        if (!co_bit_test(column->valid, i) && (bits[0] | bits[1]) != 0)
            return "has a point where a value is missing";
    }
    return NULL;
}

static const char *check_form(const co_column *column, uint32_t *counts)
{
    switch (column->form) {
    case CO_FORM_OFFSETS:
    case CO_FORM_LINEAR:
    case CO_FORM_BITS:
        return check_numbers(column);
    case CO_FORM_CODES:
        return check_strings(column);
    case CO_FORM_PLAIN:
        return check_plain(column);
    case CO_FORM_SETS:
        return check_elements(column, counts);
    case CO_FORM_POINTS:
        break;
    }
    return check_points(column);
}

cohort_status co_column_validate(const co_column *column, cohort_error *error)
{
    const bool counted = column->form == CO_FORM_SETS && column->length > 0;
    uint32_t *counts = counted ? co_memory_new_zeroed(column->memory, column->length, sizeof *counts) : NULL;

    if (counted && counts == NULL)
        return co_fail_memory(error);

    const char *why = check_presence(column);

    if (why == NULL)
        why = check_form(column, counts);
    co_memory_free(column->memory, counts, column->length * sizeof *counts);
    return why == NULL ? COHORT_OK : co_fail(error, COHORT_CORRUPT, "column %s", why);
}
