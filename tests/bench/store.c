/*
 * What commits cost: a bulk load of customers, one of their visits, the same
 * customers again, and changes of one record.
 *
 *     bench_store [CUSTOMERS]
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "store/batch.h"

static const cohort_field customer_fields[] = {
    { sizeof(cohort_field), COHORT_INT, "age", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_STRING, "country", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_DECIMAL, "balance", 2, 0, NULL },
};
static const cohort_field visit_fields[] = {
    { sizeof(cohort_field), COHORT_TIMESTAMP, "at", 0, 0, NULL },
    { sizeof(cohort_field), COHORT_REFERENCE, "customer", 0, 0, "customer" },
};
static const cohort_object objects[] = {
    { sizeof(cohort_object), COHORT_INT, "customer", "id", NULL, NULL, NULL, customer_fields, 3, NULL, 0 },
    { sizeof(cohort_object), 0, "visit", NULL, NULL, "at", NULL, visit_fields, 2, NULL, 0 },
};

static void stop(const char *what, const cohort_error *error)
{
    fprintf(stderr, "%s: %s\n", what, error->text);
    exit(1);
}

/* Commits and prints the time it took. */
static void commit(const char *what, co_batch *batch, uint64_t n)
{
    cohort_error error = COHORT_ERROR_INIT;
    co_commit *ready;
    co_commit_counts counts;
    const int64_t start = co_clock_us();

    if (co_commit_prepare(batch, &ready, &error) != COHORT_OK)
        stop(what, &error);
    co_commit_publish(ready, &counts);

    const double us = (double)(co_clock_us() - start);

    printf("%-28s %10.1f ms %8.0f ns a record  %llu in, %llu changed, %llu equal\n", what, us / 1000,
           us * 1000 / (double)n, (unsigned long long)counts.inserted, (unsigned long long)counts.updated,
           (unsigned long long)counts.unchanged);
}

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 31) * UINT64_C(0x7fb5d329728ea185);
    return x ^ x >> 27;
}

static void stage_customers(co_batch *batch, uint32_t n)
{
    static const co_text countries[] = { { "AU", 2 }, { "NZ", 2 }, { "US", 2 }, { "DE", 2 } };
    int64_t *keys = malloc(n * sizeof *keys);
    int64_t *ages = malloc(n * sizeof *ages);
    int64_t *balances = malloc(n * sizeof *balances);
    co_text *lands = malloc(n * sizeof *lands);
    cohort_error error = COHORT_ERROR_INIT;

    for (uint32_t i = 0; i < n; i++) {
        keys[i] = (int64_t)(mix(i) >> 20);
        ages[i] = (int64_t)(mix(i + 1) % 90);
        balances[i] = (int64_t)(mix(i + 2) % 1000000);
        lands[i] = countries[mix(i + 3) % 4];
    }

    const co_staged_column columns[] = {
        { 0, false, { .shape = CO_SHAPE_NUMBERS, .numbers = keys } },
        { 1, false, { .shape = CO_SHAPE_NUMBERS, .numbers = ages } },
        { 2, false, { .shape = CO_SHAPE_STRINGS, .texts = lands } },
        { 3, false, { .shape = CO_SHAPE_NUMBERS, .numbers = balances } },
    };

    if (co_batch_columns(batch, 0, n, 4, columns, &error) != COHORT_OK)
        stop("customers", &error);
    free(keys);
    free(ages);
    free(balances);
    free(lands);
}

static void stage_visits(co_batch *batch, uint32_t n, uint32_t n_customers)
{
    int64_t *times = malloc(n * sizeof *times);
    int64_t *customers = malloc(n * sizeof *customers);
    cohort_error error = COHORT_ERROR_INIT;

    for (uint32_t i = 0; i < n; i++) {
        times[i] = (int64_t)(i * UINT64_C(1000000));
        customers[i] = (int64_t)(mix(mix(i) % n_customers) >> 20);
    }

    const co_staged_column columns[] = {
        { 1, false, { .shape = CO_SHAPE_NUMBERS, .numbers = times } },
        { 2, false, { .shape = CO_SHAPE_NUMBERS, .numbers = customers } },
    };

    if (co_batch_columns(batch, 1, n, 2, columns, &error) != COHORT_OK)
        stop("visits", &error);
    free(times);
    free(customers);
}

static void stage_one(co_batch *batch, int64_t key, int64_t age)
{
    const uint32_t field = 1;
    cohort_value value = COHORT_VALUE_NULL;

    value.type = COHORT_INT;
    value.number = age;
    co_batch_put(batch, CO_UPSERT, 0, &(co_key){ .number = key }, 1, &field, &value, NULL);
}

int main(int argc, char **argv)
{
    const uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000000;
    co_store *store;
    co_batch *batch;

    if (n == 0 || co_store_new(NULL, 0, &store, NULL) != COHORT_OK)
        return 1;
    co_store_declare(store, &objects[0], NULL);
    co_store_declare(store, &objects[1], NULL);
    if (co_batch_new(store, &batch, NULL) != COHORT_OK)
        return 1;
    stage_customers(batch, n);
    commit("customers", batch, n);
    printf("%-28s %10.1f bytes a record\n", "", (double)co_store_memory(store)->used_bytes / n);
    stage_visits(batch, n, n);
    commit("visits", batch, n);
    stage_customers(batch, n);
    commit("customers again", batch, n);
    stage_one(batch, (int64_t)(mix(5) >> 20), 200);
    commit("one customer", batch, 1);
    stage_one(batch, 1, 200);
    commit("one new customer", batch, 1);
    co_batch_free(batch);
    co_store_free(store);
    return 0;
}
