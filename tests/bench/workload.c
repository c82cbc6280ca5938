/*
 * The reference workload, asked of this library through its public functions.
 *
 *     bench_workload load FOLDER STORE [N]  CSV files into a store, saved; what it cost.
 *                                           The events come in N loads
 *     bench_workload ask STORE QUESTIONS    answers requests of standard input
 *     bench_workload upsert STORE           what one changed record costs
 *
 * A request is a line of words with tabs between, an answer likewise:
 *
 *     ask NAME WAY HEAT THREADS REPEATS    WAY count, bitmap, keys; HEAT hot, cold
 *         NAME WAY HEAT THREADS count, sum of keys, cpu ns, wall ns, wall ns of the first run
 *         NAME "not yet" reason            what this version cannot evaluate
 *     memory                               bytes of the store, of the evaluators, of the process
 *     fields                               a line each: object, field, values, bytes; then "."
 *
 * Always:  times are medians; the first run, which may build what later ones use, is
 *          apart. Cold means that 512 MB went through the caches before each run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workload.h"

enum { LONGEST_REQUEST = 1024, WORDS = 6 };

void must(cohort_status status, const cohort_error *error, const char *what)
{
    if (status == COHORT_OK)
        return;
    fprintf(stderr, "%s: %s\n", what, error != NULL ? error->text : cohort_status_text(status));
    exit(1);
}

/* The C library's memory, counted; bytes are approximate while two threads ask at once. */
static void *resize_counting(void *context, void *pointer, size_t old_size, size_t new_size)
{
    uint64_t *bytes = context;
    void *moved = NULL;

    if (new_size == 0)
        free(pointer);
    else if ((moved = realloc(pointer, new_size)) == NULL)
        return NULL;
    __atomic_add_fetch(bytes, new_size - old_size, __ATOMIC_RELAXED);
    return moved;
}

static void set_up(bench *b)
{
    b->store_memory = (cohort_allocator){ sizeof(cohort_allocator), 0, &b->store_bytes, resize_counting };
    b->work_memory = (cohort_allocator){ sizeof(cohort_allocator), 0, &b->work_bytes, resize_counting };
    b->options = (cohort_evaluate_options)COHORT_EVALUATE_OPTIONS_INIT;
    b->options.has_as_of = 1;
    must(cohort_instant_parse("2026-11-01", NULL, &b->options.as_of_us, NULL), NULL, "as-of");
    for (unsigned i = 0; i < 2; i++) {
        const cohort_evaluator_options options = { .size = sizeof options, .n_threads = i + 1,
                                                   .allocator = &b->work_memory };

        must(cohort_evaluator_new(&options, &b->evaluators[i], NULL), NULL, "evaluator");
    }
}

static void open_store(bench *b, const char *path)
{
    const cohort_store_options options = { .size = sizeof options, .allocator = &b->store_memory };
    cohort_error error = COHORT_ERROR_INIT;

    must(cohort_store_open(path, &options, &b->store, &error), &error, path);
    must(cohort_store_snapshot(b->store, &b->snapshot, &error), &error, path);
    b->keys = calloc(cohort_snapshot_count(b->snapshot, "contact") + 1, sizeof *b->keys);
}

static void tear_down(bench *b)
{
    for (size_t i = 0; i < b->n_stored; i++)
        cohort_bitmap_free(b->stored[i].members);
    for (unsigned i = 0; i < 2; i++)
        cohort_evaluator_free(b->evaluators[i]);
    cohort_snapshot_release(b->snapshot);
    cohort_store_close(b->store);
    free(b->questions);
    free(b->keys);
}

/* ---- the table of questions ---- */

/* Cuts the next word off a line; tabs part them. */
static char *next_word(char **line)
{
    char *word = *line;
    const size_t length = strcspn(word, "\t\n");

    *line = word + length + (word[length] != '\0');
    word[length] = '\0';
    return word;
}

/* The whole file, zero-terminated; questions point into it and it stays. */
static char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long size = -1;

    if (file != NULL && fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0)
        text = calloc((size_t)size + 1, 1);
    if (text != NULL)
        rewind(file);
    if (text == NULL || fread(text, 1, (size_t)size, file) != (size_t)size) {
        perror(path);
        exit(1);
    }
    fclose(file);
    return text;
}

static void read_questions(bench *b, char *text)
{
    size_t n = 0;

    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        n++;
    b->questions = calloc(n + 1, sizeof *b->questions);
    while (*text != '\0') {
        char *line = text;
        question *q = &b->questions[b->n_questions++];

        text += strcspn(text, "\n");
        text += *text != '\0';
        q->name = next_word(&line);
        q->kind = next_word(&line);
        q->needs = next_word(&line);
        q->text = next_word(&line);
    }
}

/* ---- requests ---- */

static void answer_question(bench *b, char *const *words)
{
    const unsigned threads = words[4][0] == '2' ? 2 : 1;
    const unsigned long wanted = strtoul(words[5], NULL, 10);
    const unsigned repeats = wanted >= 1 && wanted <= MOST_REPEATS ? (unsigned)wanted : 1;
    cohort_error error = COHORT_ERROR_INIT;
    cost costs[MOST_REPEATS];
    cost first;
    answer given;
    cohort_status status = ask(b, words[1], words[2], threads, &given, &first, &error);

    for (unsigned i = 0; i < repeats && status == COHORT_OK; i++) {
        if (strcmp(words[3], "cold") == 0)
            stream_through_caches();
        status = ask(b, words[1], words[2], threads, &given, &costs[i], &error);
    }
    if (status == COHORT_UNSUPPORTED) {
        printf("%s\tnot yet\t%s\n", words[1], error.text);
        return;
    }
    must(status, &error, words[1]);

    const cost middle = cost_median(costs, repeats);

    printf("%s\t%s\t%s\t%u\t%" PRIu64 "\t%" PRIu64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\n", words[1], words[2],
           words[3], threads, given.count, given.sum, middle.cpu_ns, middle.wall_ns, first.wall_ns);
}

static void print_fields(const bench *b)
{
    cohort_object object = COHORT_OBJECT_INIT;

    for (size_t i = 0; cohort_snapshot_object(b->snapshot, i, &object, NULL) == COHORT_OK; i++)
        for (size_t k = 0; k < object.n_fields; k++) {
            cohort_field_usage usage = COHORT_FIELD_USAGE_INIT;

            must(cohort_snapshot_usage(b->snapshot, object.name, object.fields[k].name, &usage, NULL), NULL, "usage");
            printf("%s\t%s\t%" PRIu64 "\t%" PRIu64 "\n", object.name, object.fields[k].name, usage.n_values,
                   usage.memory_bytes);
        }
    puts(".");
}

static void answer_requests(bench *b)
{
    char request[LONGEST_REQUEST];

    while (fgets(request, sizeof request, stdin) != NULL) {
        char *line = request;
        char *words[WORDS];

        for (size_t i = 0; i < WORDS; i++)
            words[i] = next_word(&line);
        if (strcmp(words[0], "ask") == 0)
            answer_question(b, words);
        else if (strcmp(words[0], "memory") == 0)
            printf("memory\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", b->store_bytes, b->work_bytes, resident_bytes());
        else if (strcmp(words[0], "fields") == 0)
            print_fields(b);
        else
            printf("no such request: %s\n", words[0]);
        fflush(stdout);
    }
}

static void serve(bench *b, const char *store, const char *questions)
{
    char *text = read_text(questions);

    open_store(b, store);
    read_questions(b, text);
    store_segments(b);
    cohort_snapshot_release(b->snapshot);
    must(cohort_store_snapshot(b->store, &b->snapshot, NULL), NULL, "snapshot");
    puts("ready");
    fflush(stdout);
    answer_requests(b);
    free(text);
}

int main(int argc, char **argv)
{
    static bench b;

    set_up(&b);
    if ((argc == 4 || argc == 5) && strcmp(argv[1], "load") == 0) {
        load_folder(&b, argv[2], argv[3], argc == 5 ? (unsigned)strtoul(argv[4], NULL, 10) : 1);
    } else if (argc == 4 && strcmp(argv[1], "ask") == 0) {
        serve(&b, argv[2], argv[3]);
    } else if (argc == 3 && strcmp(argv[1], "upsert") == 0) {
        open_store(&b, argv[2]);
        change_one(&b, 31);
    } else {
        fputs("usage: bench_workload load FOLDER STORE [N] | ask STORE QUESTIONS | upsert STORE\n", stderr);
        return 1;
    }
    tear_down(&b);
    return 0;
}
