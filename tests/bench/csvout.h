/*
 * Writing a CSV file quickly: text and numbers into a buffer, the buffer into a file.
 *
 * Used:  one csv_out a file; csv_open() … csv_end_row() … csv_close()
 * Always: the first write that fails ends the program with a message.
 */
#ifndef BENCH_CSVOUT_H
#define BENCH_CSVOUT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CSV_BUFFER = 1 << 20, CSV_LONGEST_ROW = 1024 };

typedef struct csv_out {
    FILE *file;
    size_t n;
    uint64_t n_rows;
    char buffer[CSV_BUFFER];
} csv_out;

static inline void csv_flush(csv_out *out)
{
    if (fwrite(out->buffer, 1, out->n, out->file) != out->n) {
        perror("writing");
        exit(1);
    }
    out->n = 0;
}

static inline csv_out *csv_open(const char *folder, const char *name, const char *header)
{
    char path[1024];
    csv_out *out = malloc(sizeof *out);

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (out == NULL || (out->file = fopen(path, "wb")) == NULL) {
        perror(path);
        exit(1);
    }
    out->n_rows = 0;
    out->n = (size_t)snprintf(out->buffer, CSV_LONGEST_ROW, "%s\n", header);
    return out;
}

static inline void csv_text(csv_out *out, const char *text)
{
    const size_t length = strlen(text);

    memcpy(out->buffer + out->n, text, length);
    out->n += length;
}

static inline void csv_byte(csv_out *out, char byte)
{
    out->buffer[out->n++] = byte;
}

/* At least `width` digits, zeros before. */
static inline void csv_digits(csv_out *out, uint64_t number, unsigned width)
{
    char digits[20];
    unsigned n = 0;

    for (; number != 0 || n < width; number /= 10)
        digits[n++] = (char)('0' + number % 10);
    while (n > 0)
        csv_byte(out, digits[--n]);
}

static inline void csv_number(csv_out *out, uint64_t number)
{
    csv_digits(out, number, 1);
}

static inline void csv_cents(csv_out *out, uint64_t cents)
{
    csv_number(out, cents / 100);
    csv_byte(out, '.');
    csv_digits(out, cents % 100, 2);
}

static inline void csv_end_row(csv_out *out)
{
    csv_byte(out, '\n');
    out->n_rows++;
    if (out->n > CSV_BUFFER - CSV_LONGEST_ROW)
        csv_flush(out);
}

static inline void csv_close(csv_out *out)
{
    csv_flush(out);
    if (fclose(out->file) != 0) {
        perror("closing");
        exit(1);
    }
    free(out);
}

#endif
