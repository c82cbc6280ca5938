/*
 * Many records of a CSV file at once.
 *
 *     masks ─▶ one word a block: cells end here, lines end here ─▶ two lists of places ─▶ rows
 *
 * Whether a byte lies within quotes is the parity of the quotes up to it: a
 * doubled quote closes and opens again. That holds only while each quote opens a
 * cell, closes one or is doubled; the first byte where it does not, or a CR that
 * stands alone, ends the looking. Rows are good as long as every n_cells-th end of
 * a cell is the next end of a line.
 *
 * Costs:   a pass over the masks and one over the lists; blocks without quotes and
 *          CR need no parity.
 */
#include "io/csvreader.h"

#include <string.h>

#include "kernel/bits.h"
#include "kernel/kernel.h"

enum { MOST_BLOCKS = 4096, FEWEST_BLOCKS = 64, MOST_ENDS = 65536 };

struct co_csv_marks {
    uint64_t cell_words[MOST_BLOCKS];
    uint64_t line_words[MOST_BLOCKS];
    uint32_t ends[1 + MOST_ENDS];       /* of cells, behind the byte before the first */
    uint32_t lines[CO_CSV_ROWS];
    size_t n_blocks;            /* how far to look: after trouble not far, so that it costs little to find the next */
};

void co_csv_marks_free(co_csv *csv)
{
    co_memory_free(csv->memory, csv->marks, sizeof *csv->marks);
    csv->marks = NULL;
}

void co_csv_marks_reset(co_csv *csv)
{
    if (csv->marks != NULL)
        csv->marks->n_blocks = MOST_BLOCKS;
}

/* ---- quotes ---- */

/* What the byte before a block was. */
typedef struct parity {
    uint64_t inside;            /* all ones: within quotes */
    uint64_t after_end;         /* 1: a cell or line had ended, or a quote closed */
    uint64_t after_quote;       /* 1: a quote closed */
    uint64_t after_return;      /* 1: a CR outside quotes */
} parity;

/* Bit i becomes the parity of bits 0 … i. */
static uint64_t running_parity(uint64_t bits)
{
    for (unsigned by = 1; by < 64; by *= 2)
        bits ^= bits << by;
    return bits;
}

/* Which of the block's bytes are outside quotes; *bad are those that should not be where they are. */
static uint64_t outside_quotes(const uint64_t *masks, parity *p, uint64_t *bad)
{
    const uint64_t quotes = masks[CO_CSV_QUOTE];
    const uint64_t inside = running_parity(quotes) ^ p->inside;
    const uint64_t ends = (masks[CO_CSV_DELIMITER] | masks[CO_CSV_LF]) & ~inside;
    const uint64_t returns = masks[CO_CSV_CR] & ~inside;
    const uint64_t opening = quotes & inside;
    const uint64_t closing = quotes & ~inside;
    const uint64_t may_follow = masks[CO_CSV_DELIMITER] | masks[CO_CSV_LF] | masks[CO_CSV_CR] | quotes;

    *bad = opening & ~((ends | closing) << 1 | p->after_end);
    *bad |= (closing << 1 | p->after_quote) & ~may_follow;
    *bad |= (returns << 1 | p->after_return) & ~masks[CO_CSV_LF];
    p->inside = 0 - (inside >> 63);
    p->after_end = (ends | closing) >> 63;
    p->after_quote = closing >> 63;
    p->after_return = returns >> 63;
    return ~inside;
}

/*
 * Fills in which bytes of the blocks from `first` on end cells and lines, up to
 * the first that is out of place; in how many blocks.
 */
static size_t mark_ends(const co_csv *csv, size_t first, size_t n_blocks, co_csv_rows *rows)
{
    co_csv_marks *marks = csv->marks;
    const uint64_t *masks = csv->masks + first * CO_CSV_MASKS;
    uint64_t wanted = UINT64_MAX << csv->start % CO_CSV_BLOCK;
    parity p = { 0, wanted & (0 - wanted), 0, 0 };

    /* The first quote may open at `start`, wherever in its block that is. */
    for (size_t i = 0; i < n_blocks; i++, masks += CO_CSV_MASKS, wanted = UINT64_MAX) {
        const uint64_t here[CO_CSV_MASKS] = { masks[0] & wanted, masks[1] & wanted, masks[2] & wanted, masks[3] & wanted };
        uint64_t taken = UINT64_MAX;
        uint64_t bad = 0;

        if ((here[CO_CSV_QUOTE] | here[CO_CSV_CR] | p.inside | p.after_quote | p.after_return) != 0) {
            taken = outside_quotes(here, &p, &bad);
            rows->quotes |= here[CO_CSV_QUOTE] != 0;
            rows->lines |= (here[CO_CSV_LF] & ~taken) != 0;
            rows->returns |= here[CO_CSV_CR] != 0;
            if (bad != 0)
                taken &= (bad & (0 - bad)) - 1;
        } else {
            p.after_end = (here[CO_CSV_DELIMITER] | here[CO_CSV_LF]) >> 63;
        }
        marks->line_words[i] = here[CO_CSV_LF] & taken;
        marks->cell_words[i] = marks->line_words[i] | (here[CO_CSV_DELIMITER] & taken);
        if (bad != 0)
            return i + 1;
    }
    return n_blocks;
}

/* ---- rows ---- */

/* Whether each of n lines ends with the n_cells-th cell after the line before, as there are no others. */
static bool are_rows(const co_csv_rows *rows, size_t n)
{
    const uint32_t *end = rows->ends - 1;
    bool fine = true;

    for (size_t i = 0; i < n; i++) {
        end += rows->n_cells;
        fine &= rows->bytes[*end] == '\n';
    }
    return fine;
}

/* How many lines from the first on are rows. */
static size_t count_rows(const co_csv_marks *marks, const co_csv_rows *rows, size_t n_ends, size_t n_lines)
{
    size_t n = 0;

    while (n < n_lines && (n + 1) * rows->n_cells <= n_ends &&
           rows->ends[(n + 1) * rows->n_cells - 1] == marks->lines[n])
        n++;
    return n;
}

/* Looks in what is there; how many lines end, whether they are rows or not. */
static size_t find_rows(co_csv *csv, co_csv_rows *rows)
{
    co_csv_marks *marks = csv->marks;
    const co_kernel *kernel = co_kernel_now();
    const size_t first = csv->start / CO_CSV_BLOCK;
    const size_t left = co_csv_blocks(csv) - first;
    const size_t n_blocks = mark_ends(csv, first, left < marks->n_blocks ? left : marks->n_blocks, rows);
    const uint32_t base = (uint32_t)(first * CO_CSV_BLOCK);
    const size_t n_ends = kernel->words_to_rows(marks->cell_words, n_blocks, base, marks->ends + 1, MOST_ENDS);
    const size_t n_lines = kernel->count(marks->line_words, n_blocks);

    marks->ends[0] = (uint32_t)csv->start - 1;
    rows->bytes = (const char *)csv->bytes;
    rows->ends = marks->ends + 1;
    if (n_lines <= CO_CSV_ROWS && n_lines * rows->n_cells <= n_ends && are_rows(rows, n_lines)) {
        rows->n = (uint32_t)n_lines;
    } else {
        const size_t n = kernel->words_to_rows(marks->line_words, n_blocks, base, marks->lines, CO_CSV_ROWS);

        rows->n = (uint32_t)count_rows(marks, rows, n_ends, n);
    }
    return n_lines;
}

static void look_farther(co_csv_marks *marks)
{
    if (marks->n_blocks < MOST_BLOCKS)
        marks->n_blocks *= 2;
}

static bool make_marks(co_csv *csv)
{
    if (csv->marks == NULL) {
        csv->marks = co_memory_new(csv->memory, sizeof *csv->marks);
        co_csv_marks_reset(csv);
    }
    return csv->marks != NULL;
}

cohort_status co_csv_look(co_csv *csv, uint32_t n_cells, co_csv_rows *rows, cohort_error *error)
{
    *rows = (co_csv_rows){ .n_cells = n_cells };
    if (csv->form.blanks)
        return COHORT_OK;
    if (!make_marks(csv))
        return co_fail_memory(error);

    const size_t n_lines = find_rows(csv, rows);

    if (n_lines > 0) {
        if (rows->n == 0)
            csv->marks->n_blocks = FEWEST_BLOCKS;
        return COHORT_OK;
    }
    if (csv->ended || csv->end - csv->start >= csv->marks->n_blocks * CO_CSV_BLOCK) {
        look_farther(csv->marks);
        return COHORT_OK;
    }

    const cohort_status status = co_csv_fill(csv, error);

    if (status != COHORT_OK)
        return status;
    *rows = (co_csv_rows){ .n_cells = n_cells };
    find_rows(csv, rows);
    return COHORT_OK;
}

/* Line ends in [first, end), those within quotes included. */
static uint64_t count_lines(const co_csv *csv, size_t first, size_t end)
{
    uint64_t n = 0;

    for (size_t b = first / CO_CSV_BLOCK; b * CO_CSV_BLOCK < end; b++) {
        uint64_t lines = csv->masks[b * CO_CSV_MASKS + CO_CSV_LF];

        if (b == first / CO_CSV_BLOCK)
            lines &= UINT64_MAX << first % CO_CSV_BLOCK;
        if (b == end / CO_CSV_BLOCK)
            lines &= co_low_bits(end % CO_CSV_BLOCK);
        n += co_bits_in(lines);
    }
    return n;
}

void co_csv_pass(co_csv *csv, const co_csv_rows *rows, uint32_t n)
{
    const size_t end = n == 0 ? csv->start : (size_t)rows->ends[(size_t)n * rows->n_cells - 1] + 1;

    csv->line += rows->lines ? count_lines(csv, csv->start, end) : n;
    csv->start = end;
    if (n < rows->n)
        csv->marks->n_blocks = FEWEST_BLOCKS;
    else
        look_farther(csv->marks);
}

/* ---- cells ---- */

bool co_csv_whole_init(co_csv_whole *whole, co_memory *memory, const co_csv_rows *rows, uint32_t row, uint32_t cell)
{
    const co_text text = co_csv_rows_cell(rows, row, cell);

    *whole = (co_csv_whole){ { text, text.length > 0 && text.bytes[0] == '"' }, memory, NULL, 0 };
    if (!whole->cell.quoted)
        return true;
    whole->cell.text = (co_text){ text.bytes + 1, text.length - 2 };
    if (memchr(text.bytes + 1, '"', text.length - 2) == NULL)
        return true;
    whole->folded_size = text.length - 2;
    whole->folded = co_memory_new(memory, whole->folded_size);
    if (whole->folded == NULL)
        return false;
    memcpy(whole->folded, text.bytes + 1, whole->folded_size);
    whole->cell.text.bytes = whole->folded;
    co_csv_fold(&whole->cell);
    return true;
}

void co_csv_whole_clear(co_csv_whole *whole)
{
    co_memory_free(whole->memory, whole->folded, whole->folded_size);
}
