/*
 * Bitmaps alone, without a store: combined, paged, walked, written, and seen where they lie in bytes.
 *
 *     cc bitmap.c $(pkg-config --cflags --libs cohort) -o bitmap && ./bitmap
 */
#include <cohort.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static cohort_error error = COHORT_ERROR_INIT;

/* Whatever fails ends the program with its reason; a library would pass the status on. */
static void must(cohort_status status)
{
    if (status == COHORT_OK)
        return;
    fprintf(stderr, "%s: %s\n", cohort_status_name(status), error.text);
    exit(EXIT_FAILURE);
}

/* Out as bytes, which any Roaring library reads, and back as a view that copies nothing. */
static void exchange(const cohort_bitmap *set, const cohort_bitmap *others)
{
    const size_t size = cohort_bitmap_written_bytes(set);
    unsigned char *bytes = malloc(size);
    cohort_bitmap *view;
    uint64_t both;

    must(bytes == NULL ? COHORT_MEMORY : cohort_bitmap_write(set, bytes, size, &error));
    must(cohort_bitmap_view(NULL, bytes, size, NULL, &view, &error));
    must(cohort_bitmap_and_count(view, others, &both, &error));
    printf("%" PRIu64 " of %" PRIu64 " rows, seen in %zu bytes\n", both, cohort_bitmap_count(view), size);
    if (cohort_bitmap_add(view, 1, &error) == COHORT_READ_ONLY)
        printf("not changed: %s\n", error.text);
    cohort_bitmap_free(view);
    free(bytes);
}

/* The same for keys of 64 bits; their ranges include both ends. */
static void wide_keys(void)
{
    const uint64_t keys[] = { 7, UINT64_C(5000000000), UINT64_MAX };
    cohort_bitmap64 *set;

    must(cohort_bitmap64_new(NULL, &set, &error));
    must(cohort_bitmap64_add_keys(set, keys, 3, &error));
    must(cohort_bitmap64_add_between(set, UINT64_C(5000000000), UINT64_C(5000000099), &error));
    printf("%" PRIu64 " keys below the greatest\n", cohort_bitmap64_rank(set, UINT64_MAX));
    cohort_bitmap64_free(set);
}

int main(void)
{
    const uint32_t bought[] = { 90, 12, 70001, 12, 300000 };
    cohort_bitmap *buyers, *readers, *either;
    uint32_t page[3], row;
    cohort_cursor cursor;
    double alike;

    must(cohort_bitmap_new(NULL, &buyers, &error));
    must(cohort_bitmap_new(NULL, &readers, &error));
    must(cohort_bitmap_add_rows(buyers, bought, 5, &error));
    must(cohort_bitmap_add_range(readers, 70000, 170000, &error));
    must(cohort_bitmap_or(buyers, readers, &either, &error));
    must(cohort_bitmap_jaccard(buyers, readers, &alike, &error));
    printf("%" PRIu64 " in either, alike by %.6f\n", cohort_bitmap_count(either), alike);
    for (size_t i = 0, n = cohort_bitmap_rows_at(either, 1, page, 3); i < n; i++)
        printf("place %zu: row %" PRIu32 "\n", i + 1, page[i]);
    for (cohort_cursor_start(&cursor, buyers), cohort_cursor_seek(&cursor, 100); cohort_cursor_previous(&cursor, &row);)
        printf("a buyer below 100: %" PRIu32 "\n", row);
    must(cohort_bitmap_optimise(either, &error));
    exchange(either, buyers);
    wide_keys();
    cohort_bitmap_free(buyers);
    cohort_bitmap_free(readers);
    cohort_bitmap_free(either);
    return EXIT_SUCCESS;
}
