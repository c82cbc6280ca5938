/*
 * Many rows of one column: the usual forms of each type, straight from the bytes
 * of the file. Whatever is not usual goes through co_stage_cell, one by one.
 *
 * Always:  what is taken here, co_stage_cell would take with the same outcome.
 *
 *     ends ─▶ first byte and length of each cell ─▶ values and whether they are there ─▶ valid words
 */
#include "base/big.h"
#include "base/calendar.h"
#include "base/digits.h"
#include "base/number.h"
#include "base/utf8.h"
#include "io/staging.h"
#include "kernel/bits.h"
#include "kernel/kernel.h"

enum { ROWS_AT_A_TIME = 1024 };

/* Instead of a length. */
enum {
    EMPTY = 0xfffe,             /* an empty text, of which take_cell knows what it is, as of: */
    UNUSUAL = 0xffff            /* a cell with quotes within, or too long */
};

/* Cells of one column on their way. */
typedef struct taking {
    co_stage_column *column;
    const co_csv_rows *rows;
    uint32_t cell;
    uint32_t first;             /* row of the many */
    uint32_t row;               /* where it goes to */
    uint32_t n;
    cohort_status status;       /* of the last cell taken one by one */
    cohort_error what;
    uint64_t day_head;          /* the date last read … */
    uint32_t day_tail;
    int64_t day;                /* … and its day */
    uint8_t has[ROWS_AT_A_TIME];        /* 1: there is a value */
    uint16_t lengths[ROWS_AT_A_TIME];   /* 0: NULL; EMPTY; UNUSUAL */
    const char *bytes[ROWS_AT_A_TIME];
} taking;

/* ---- where cells are ---- */

/* Whether some begin with a quote. */
static bool find_cells(taking *t)
{
    const co_csv_rows *rows = t->rows;
    const uint32_t *end = rows->ends + (size_t)t->first * rows->n_cells + t->cell;
    bool quoted = false;

    for (uint32_t i = 0; i < t->n; i++, end += rows->n_cells) {
        const uint32_t first = end[-1] + 1;
        const uint32_t length = end[0] - first;

        t->bytes[i] = rows->bytes + first;
        t->lengths[i] = (uint16_t)(length < EMPTY ? length : UNUSUAL);
        quoted |= rows->bytes[first] == '"';
    }
    return quoted;
}

/* Cells of the last column may have a CR behind them. */
static void drop_returns(taking *t)
{
    for (uint32_t i = 0; i < t->n; i++)
        if (t->lengths[i] < EMPTY)
            t->lengths[i] = (uint16_t)co_csv_rows_cell(t->rows, t->first + i, t->cell).length;
}

static void drop_quotes(taking *t)
{
    const co_stage_form *form = &t->column->form;
    const bool is_text = form->type.type == COHORT_STRING || form->type.type == COHORT_SET;

    for (uint32_t i = 0; i < t->n; i++) {
        if (t->bytes[i][0] != '"' || t->lengths[i] == UNUSUAL)
            continue;
        t->bytes[i]++;
        t->lengths[i] = (uint16_t)(t->lengths[i] - 2);
        if (t->lengths[i] == 0)
            t->lengths[i] = is_text && form->keep_empty ? EMPTY : 0;
        else if (memchr(t->bytes[i], '"', t->lengths[i]) != NULL)
            t->lengths[i] = UNUSUAL;
    }
}

/* What the form says is NULL. */
static void drop_nulls(taking *t)
{
    for (uint32_t i = 0; i < t->n; i++)
        if (t->lengths[i] < EMPTY && co_stage_is_null_text(&t->column->form, (co_text){ t->bytes[i], t->lengths[i] }))
            t->lengths[i] = 0;
}

/* ---- one by one ---- */

/* Cell i as co_stage_cell takes it. False: it is refused, or there is no memory. */
static bool take_cell(taking *t, uint32_t i)
{
    co_stage_column *column = t->column;
    co_csv_whole whole;
    cohort_status status = COHORT_MEMORY;

    if (co_csv_whole_init(&whole, column->memory, t->rows, t->first + i, t->cell))
        status = co_stage_cell(column, t->row + i, &whole.cell, &t->what);
    co_csv_whole_clear(&whole);
    t->has[i] = (uint8_t)co_bit_test(column->valid, t->row + i);
    t->status = status;
    return status == COHORT_OK;
}

/* ---- numbers ---- */

static const int64_t powers[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
                                  10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000,
                                  1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000 };

enum { MOST_DIGITS = 18, DOUBLE_DIGITS = 15 };

static inline bool read_int(taking *t, const char *bytes, size_t length, int64_t *number)
{
    (void)t;
    return co_digits_signed(bytes, length, number);
}

/* Digits with perhaps a point among them: all of them as one number, and how many follow the point. */
typedef struct plain_number {
    int64_t digits;
    size_t n_whole, n_fraction;
    bool negative;
} plain_number;

static inline bool read_plain(const char *bytes, size_t length, size_t usual_fraction, plain_number *plain)
{
    const bool negative = bytes[0] == '-';
    uint64_t whole, fraction = 0;
    const char *point = NULL;

    bytes += negative;
    length -= negative;
    if (length - 1 >= 17)
        return false;
    if (usual_fraction > 0 && length > usual_fraction + 1 && bytes[length - usual_fraction - 1] == '.')
        point = bytes + length - usual_fraction - 1;
    else
        point = memchr(bytes, '.', length);
    plain->negative = negative;
    plain->n_whole = point == NULL ? length : (size_t)(point - bytes);
    plain->n_fraction = point == NULL ? 0 : length - plain->n_whole - 1;
    if (plain->n_whole - 1 >= 16 || !co_digits_16(bytes, plain->n_whole, &whole))
        return false;
    if (point != NULL && (plain->n_fraction - 1 >= 8 || !co_digits_8(point + 1, plain->n_fraction, &fraction)))
        return false;
    plain->digits = (int64_t)(whole * (uint64_t)powers[plain->n_fraction] + fraction);
    return true;
}

static inline bool read_decimal(taking *t, const char *bytes, size_t length, int64_t *number)
{
    const size_t scale = (size_t)t->column->form.type.scale;
    plain_number plain;

    if (!read_plain(bytes, length, scale, &plain) || plain.n_fraction > scale || plain.n_whole + scale > MOST_DIGITS)
        return false;
    *number = plain.digits * powers[scale - plain.n_fraction];
    if (plain.negative)
        *number = -*number;
    return true;
}

/* Up to 15 digits and a power of ten are exact, so that one division rounds once. */
static inline bool read_double(taking *t, const char *bytes, size_t length, int64_t *number)
{
    plain_number plain;

    (void)t;
    if (!CO_DOUBLES_ROUND_ONCE || !read_plain(bytes, length, 0, &plain) ||
        plain.n_whole + plain.n_fraction > DOUBLE_DIGITS)
        return false;

    const double size = (double)plain.digits / (double)powers[plain.n_fraction];

    *number = co_double_to_ordered(plain.negative ? -size : size);
    return true;
}

static inline bool read_bool(taking *t, const char *bytes, size_t length, int64_t *number)
{
    const uint64_t word = length > 8 ? 0 : co_load_u64(bytes) & (UINT64_MAX >> (64 - 8 * length));
    const bool yes = length == 4 && word == UINT64_C(0x65757274);   /* true */
    const bool no = length == 5 && word == UINT64_C(0x65736c6166);  /* false */

    (void)t;
    *number = yes;
    return yes || no;
}

/* ---- days ---- */

/* A date of 10 bytes; often it is that of the cell before. */
static inline bool read_day(taking *t, const char *bytes, int64_t *number)
{
    const uint64_t head = co_load_u64(bytes);
    const uint32_t tail = co_load_u16(bytes + 8);

    if (head != t->day_head || tail != t->day_tail) {
        if (!co_digits_date(bytes, &t->day))
            return false;
        t->day_head = head;
        t->day_tail = tail;
    }
    *number = t->day;
    return true;
}

static inline bool read_date(taking *t, const char *bytes, size_t length, int64_t *number)
{
    return length == 10 && read_day(t, bytes, number);
}

static inline bool read_timestamp(taking *t, const char *bytes, size_t length, int64_t *number)
{
    const co_zone *zone = t->column->form.zone;
    uint32_t seconds;
    int64_t day;

    if (length != 19 || (bytes[10] != ' ' && bytes[10] != 'T') || !read_day(t, bytes, &day) ||
        !co_digits_time(bytes + 11, &seconds))
        return false;
    *number = day * CO_DAY_US + seconds * CO_SECOND_US;
    if (zone == co_zone_utc())
        return true;
    *number = co_zone_instant(zone, *number);
    return co_time_in_range(*number);
}

/* Goes through the cells; how many were taken. */
#define DEFINE_TAKE_NUMBERS(name)                                                                   \
    static uint32_t take_##name##s(taking *t)                                                       \
    {                                                                                               \
        int64_t *numbers = t->column->numbers + t->row;                                             \
        const bool is_key = t->column->form.is_key;                                                 \
                                                                                                    \
        for (uint32_t i = 0; i < t->n; i++) {                                                       \
            const size_t length = t->lengths[i];                                                    \
            int64_t number = 0;                                                                     \
                                                                                                    \
            if (length > 0 ? read_##name(t, t->bytes[i], length, &number) : !is_key) {              \
                numbers[i] = number;                                                                \
                t->has[i] = length > 0;                                                             \
            } else if (!take_cell(t, i)) {                                                          \
                return i;                                                                           \
            }                                                                                       \
        }                                                                                           \
        return t->n;                                                                                \
    }

DEFINE_TAKE_NUMBERS(int)
DEFINE_TAKE_NUMBERS(decimal)
DEFINE_TAKE_NUMBERS(double)
DEFINE_TAKE_NUMBERS(bool)
DEFINE_TAKE_NUMBERS(date)
DEFINE_TAKE_NUMBERS(timestamp)

/* ---- texts ---- */

/* All but keys: those are plain. */
static uint32_t take_words(taking *t)
{
    co_stage_column *column = t->column;

    for (uint32_t i = 0; i < t->n; i++) {
        const size_t length = t->lengths[i];
        uint32_t code = 0;

        if (length > 0 && (length >= EMPTY || column->plain ||
                           (code = co_words_find(&column->words, (co_text){ t->bytes[i], length })) == CO_NO_WORD)) {
            if (!take_cell(t, i))
                return i;
        } else if (column->plain) {
            column->texts[t->row + i] = (co_text){ 0 };
            t->has[i] = 0;
        } else {
            column->codes[t->row + i] = (uint16_t)code;
            t->has[i] = length > 0;
        }
    }
    return t->n;
}

static bool copy_text(taking *t, co_text text, co_text *copy)
{
    if (co_textroom_copy(&t->column->plain_room, text, copy))
        return true;
    t->status = COHORT_MEMORY;
    return false;
}

static uint32_t take_plain(taking *t)
{
    co_stage_column *column = t->column;

    for (uint32_t i = 0; i < t->n; i++) {
        const co_text text = { t->bytes[i], t->lengths[i] };
        const bool usual = text.length > 0 ? text.length < EMPTY && co_utf8_valid(text, NULL) : !column->form.is_key;

        t->has[i] = text.length > 0;
        if (usual ? !copy_text(t, text, &column->texts[t->row + i]) : !take_cell(t, i))
            return i;
    }
    return t->n;
}

static uint32_t take_strings(taking *t)
{
    return t->column->plain ? take_plain(t) : take_words(t);
}

/* ---- sets ---- */

/* Elements of some rows one after the other, on their way to codes. */
enum { MOST_ELEMENTS = 512, ELEMENTS_OF_A_CELL = 64, LONGEST_SET = 63 };

typedef struct elements {
    uint32_t n, n_rows;
    const char *bytes[MOST_ELEMENTS];
    uint8_t lengths[MOST_ELEMENTS];
    uint16_t rows[MOST_ELEMENTS];
    uint8_t counts[ROWS_AT_A_TIME];     /* by row */
} elements;

/*
 * The elements of a cell of `length` bytes; `ends` has a bit where a separator is. Four
 * at a time, so that few branches hang on how many there are.
 */
static inline void split_cell(elements *e, const char *bytes, size_t length, uint64_t ends)
{
    const uint32_t first = e->n;
    size_t at = 0;

    ends = (ends & co_low_bits(length)) | UINT64_C(1) << length;
    while (ends != 0) {
        for (unsigned i = 0; i < 4; i++) {
            const size_t end = co_lowest_bit(ends | UINT64_C(1) << 63);

            e->bytes[e->n] = bytes + at;
            e->lengths[e->n] = (uint8_t)(end - at);
            e->rows[e->n] = (uint16_t)e->n_rows;
            e->n += ends != 0;
            at = end + 1;
            ends &= ends - 1;
        }
    }
    e->counts[e->n_rows++] = (uint8_t)(e->n - first);
}

/* Cells from i on as long as they are usual and there is room; how many. */
static uint32_t split_cells(taking *t, uint32_t i, const co_kernel *kernel, elements *e)
{
    const uint8_t separator = (uint8_t)t->column->form.separator.bytes[0];
    const uint8_t wanted[4] = { separator, separator, separator, separator };
    const uint32_t first = i;

    e->n = e->n_rows = 0;
    for (; i < t->n && e->n + ELEMENTS_OF_A_CELL + 4 <= MOST_ELEMENTS; i++) {
        uint64_t masks[4];

        t->has[i] = t->lengths[i] > 0;
        if (t->lengths[i] > LONGEST_SET && t->lengths[i] != EMPTY)
            break;
        if (t->lengths[i] == 0 || t->lengths[i] == EMPTY) {
            e->counts[e->n_rows++] = 0;
            continue;
        }
        kernel->find_bytes((const uint8_t *)t->bytes[i], 1, wanted, masks);
        split_cell(e, t->bytes[i], t->lengths[i], masks[0]);
    }
    return i - first;
}

/* Whether code i is one of those before it in its row. */
static bool occurs(const uint16_t *codes, uint32_t i, const uint16_t *rows)
{
    for (uint32_t before = i; before > 0 && rows[before - 1] == rows[i]; before--)
        if (codes[before - 1] == codes[i])
            return true;
    return false;
}

/*
 * Codes of the elements; of how many, up to the first that is no word yet. *repeats:
 * some row has one twice, which is looked for where the lowest six bits occurred before.
 */
static uint32_t find_elements(const co_words *words, const elements *e, uint16_t *codes, bool *repeats)
{
    uint64_t seen = 0;
    uint32_t row = 0;
    uint32_t i = 0;

    *repeats = false;
    for (; i < e->n; i++) {
        const uint32_t code = co_words_find(words, (co_text){ e->bytes[i], e->lengths[i] });
        const uint64_t bit = UINT64_C(1) << (code & 63);

        if (code == CO_NO_WORD)
            break;
        codes[i] = (uint16_t)code;
        seen = e->rows[i] == row ? seen : 0;
        row = e->rows[i];
        if ((seen & bit) != 0)
            *repeats = *repeats || occurs(codes, i, e->rows);
        seen |= bit;
    }
    return i;
}

/* Drops codes that repeat; how many are left. */
static uint32_t without_repeats(uint16_t *codes, uint32_t n)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i++) {
        uint32_t same = 0;

        while (codes[same] != codes[i])
            same++;
        codes[kept] = codes[i];
        kept += same == i;
    }
    return kept;
}

/* Rows from i on whose elements all are words; how many, perhaps none. The column has room. */
static uint32_t take_some_sets(taking *t, uint32_t i, const co_kernel *kernel, elements *e)
{
    co_stage_column *column = t->column;
    uint32_t n_rows = split_cells(t, i, kernel, e);
    uint32_t *end = column->ends + t->row + i;
    uint16_t *from = column->codes + end[0];
    uint16_t *to = from;
    bool repeats;
    const uint32_t found = find_elements(&column->words, e, from, &repeats);

    if (found < e->n)
        n_rows = e->rows[found];
    for (uint32_t r = 0; r < n_rows; r++) {
        uint32_t n = e->counts[r];

        if (repeats) {
            memmove(to, from, n * sizeof *to);
            from += n;
            n = without_repeats(to, n);
            to += n;
        }
        end[r + 1] = end[r] + n;
    }
    return n_rows;
}

static uint32_t take_sets(taking *t)
{
    const co_kernel *kernel = co_kernel_now();
    co_stage_column *column = t->column;
    elements e;

    for (uint32_t i = 0; i < t->n;) {
        if (!co_stage_room_for_texts(column, (size_t)column->ends[t->row + i] + MOST_ELEMENTS)) {
            t->status = COHORT_MEMORY;
            return i;
        }

        const uint32_t n = column->plain ? 0 : take_some_sets(t, i, kernel, &e);

        i += n;
        if (n > 0)
            continue;
        if (!take_cell(t, i))
            return i;
        i++;
    }
    return t->n;
}

static uint32_t take_each(taking *t)
{
    for (uint32_t i = 0; i < t->n; i++)
        if (!take_cell(t, i))
            return i;
    return t->n;
}

/* ---- the door ---- */

static uint32_t take(taking *t)
{
    const co_stage_form *form = &t->column->form;
    const bool iso = form->dates->layouts.length == 0;
    const bool split = form->separator.length == 1 && form->type.collation != COHORT_NOCASE;

    switch (form->type.type) {
    case COHORT_INT:
        return take_ints(t);
    case COHORT_DECIMAL:
        return take_decimals(t);
    case COHORT_DOUBLE:
        return take_doubles(t);
    case COHORT_BOOL:
        return take_bools(t);
    case COHORT_DATE:
        return iso ? take_dates(t) : take_each(t);
    case COHORT_TIMESTAMP:
        return iso ? take_timestamps(t) : take_each(t);
    case COHORT_STRING:
        return take_strings(t);
    default:
        return split ? take_sets(t) : take_each(t);
    }
}

/* The valid bits of the first n cells. */
static void mark_valid(const taking *t, uint32_t n)
{
    uint64_t *valid = t->column->valid;

    for (uint32_t i = 0; i < n; i += 64) {
        const size_t n_bits = n - i < 64 ? n - i : 64;
        const size_t at = t->row + i;
        uint64_t bits = 0;

        /* Eight bytes of 0 or 1 to eight bits, the first lowest. */
        for (uint32_t byte = 0; byte < 8; byte++)
            bits |= co_load_u64(t->has + i + 8 * byte) * UINT64_C(0x0102040810204080) >> 56 << 8 * byte;
        bits &= co_low_bits(n_bits);
        valid[at / 64] = (valid[at / 64] & ~(co_low_bits(n_bits) << at % 64)) | bits << at % 64;
        if (at % 64 + n_bits > 64)
            valid[at / 64 + 1] = (valid[at / 64 + 1] & ~(co_low_bits(n_bits) >> (64 - at % 64))) | bits >> (64 - at % 64);
    }
}

/* Other arrays are written before they are read; eight of `has` are read at once, each 0 or 1. */
static void start(taking *t, co_stage_column *column, uint32_t row, const co_csv_rows *rows, uint32_t cell)
{
    t->column = column;
    t->rows = rows;
    t->cell = cell;
    t->first = 0;
    t->row = row;
    t->status = COHORT_OK;
    t->day_head = 0;
    t->day_tail = 0;
    memset(t->has, 0, sizeof t->has);
}

cohort_status co_stage_rows(co_stage_column *column, uint32_t row, const co_csv_rows *rows, uint32_t cell, uint32_t *n,
                            cohort_error *error)
{
    taking t;

    start(&t, column, row, rows, cell);

    while (t.first < *n) {
        t.n = *n - t.first < ROWS_AT_A_TIME ? *n - t.first : ROWS_AT_A_TIME;

        const bool quoted = find_cells(&t);

        if (rows->returns && cell + 1 == rows->n_cells)
            drop_returns(&t);
        if (quoted)
            drop_quotes(&t);
        if (column->form.n_nulls > 0)
            drop_nulls(&t);

        const uint32_t taken = take(&t);

        mark_valid(&t, taken);
        t.first += taken;
        t.row += taken;
        if (taken < t.n) {
            *n = t.first;
            return t.status == COHORT_MEMORY ? co_fail_memory(error) : COHORT_OK;
        }
    }
    return COHORT_OK;
}

cohort_status co_stage_point_rows(co_stage_column *column, uint32_t row, const co_csv_rows *rows, uint32_t latitude,
                                  uint32_t longitude, uint32_t *n, cohort_error *error)
{
    for (uint32_t i = 0; i < *n; i++) {
        cohort_error what = COHORT_ERROR_INIT;
        co_csv_whole first, second = { .memory = column->memory };
        cohort_status status = COHORT_MEMORY;

        if (co_csv_whole_init(&first, column->memory, rows, i, latitude) &&
            co_csv_whole_init(&second, column->memory, rows, i, longitude))
            status = co_stage_point(column, row + i, &first.cell, &second.cell, &what);
        co_csv_whole_clear(&first);
        co_csv_whole_clear(&second);
        if (status == COHORT_MEMORY)
            return co_fail_memory(error);
        if (status != COHORT_OK)
            *n = i;
    }
    return COHORT_OK;
}
