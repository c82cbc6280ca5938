/* cohort load STORE OBJECT FILE: records from CSV. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "verbs.h"

typedef struct load_words {
    const char *duplicates;
    const char *delimiter;
    bool create_parents, keep_empty;
    pair_list refs, types, renames, sets, points;
    word_list columns, nulls;
} load_words;

static int64_t read_stdin(void *context, void *bytes, size_t capacity)
{
    (void)context;
    return read(0, bytes, capacity);
}

static bool take_duplicates(const char *word, int32_t *duplicates)
{
    if (word == NULL || strcmp(word, "last") == 0)
        *duplicates = COHORT_DUPLICATES_LAST;
    else if (strcmp(word, "first") == 0)
        *duplicates = COHORT_DUPLICATES_FIRST;
    else if (strcmp(word, "error") == 0)
        *duplicates = COHORT_DUPLICATES_ERROR;
    else {
        complain("--duplicates wants last, first or error, not '%s'", word);
        return false;
    }
    return true;
}

static void say_count(uint64_t n, const char *what)
{
    if (n > 0)
        printf(", %" PRIu64 " %s", n, what);
}

static void print_report(const char *file, const char *object, const cohort_load_report *report)
{
    cohort_load_counts counts = COHORT_LOAD_COUNTS_INIT;
    const char *line;

    if (cohort_load_report_counts(report, &counts, NULL) != COHORT_OK)
        return;
    printf("%s: %" PRIu64 " rows into %s: %" PRIu64 " new", file, counts.n_rows, object, counts.n_inserted);
    say_count(counts.n_updated, "changed");
    say_count(counts.n_unchanged, "unchanged");
    say_count(counts.n_duplicates, "repeated");
    say_count(counts.n_parents, "parents created");
    say_count(counts.n_rounded, "values rounded");
    say_count(counts.n_skipped, "left out");
    putchar('\n');
    if (cohort_load_report_type(report, 0) != NULL) {
        fputs("types found:", stdout);
        for (size_t i = 0; (line = cohort_load_report_type(report, i)) != NULL; i++)
            printf("%s %s", i > 0 ? "," : "", line);
        putchar('\n');
    }
    for (size_t i = 0; (line = cohort_load_report_skipped(report, i)) != NULL; i++)
        complain("left out %s", line);
}

/* From the words of the command line; the lists they make stay in `w`. */
static bool read_options(int n, char **words, load_words *w, cohort_load_options *options, const char *places[3])
{
    size_t n_places;
    const option table[] = { { "key", OPTION_WORD, &options->key },
                             { "row-number", OPTION_WORD, &options->row_number },
                             { "ref", OPTION_PAIRS, &w->refs },
                             { "create-parents", OPTION_FLAG, &w->create_parents },
                             { "home", OPTION_WORD, &options->home },
                             { "time", OPTION_WORD, &options->time },
                             { "cluster", OPTION_WORD, &options->cluster },
                             { "type", OPTION_PAIRS, &w->types },
                             { "rename", OPTION_PAIRS, &w->renames },
                             { "columns", OPTION_COMMAS, &w->columns },
                             { "duplicates", OPTION_WORD, &w->duplicates },
                             { "delimiter", OPTION_WORD, &w->delimiter },
                             { "encoding", OPTION_WORD, &options->encoding },
                             { "date-format", OPTION_WORD, &options->date_format },
                             { "tz", OPTION_WORD, &options->zone },
                             { "null", OPTION_WORDS, &w->nulls },
                             { "set", OPTION_PAIRS, &w->sets },
                             { "point", OPTION_PAIRS, &w->points },
                             { "skip-errors", OPTION_NUMBER, &options->skip_errors },
                             { "keep-empty", OPTION_FLAG, &w->keep_empty },
                             { NULL, OPTION_FLAG, NULL } };

    if (!arguments_read(n, words, "load", table, places, 3, 3, &n_places) ||
        !take_duplicates(w->duplicates, &options->duplicates))
        return false;
    options->create_parents = w->create_parents;
    options->keep_empty = w->keep_empty;
    options->delimiter = w->delimiter;
    options->refs = w->refs.items;
    options->n_refs = w->refs.n;
    options->types = w->types.items;
    options->n_types = w->types.n;
    options->renames = w->renames.items;
    options->n_renames = w->renames.n;
    options->sets = w->sets.items;
    options->n_sets = w->sets.n;
    options->points = w->points.items;
    options->n_points = w->points.n;
    options->columns = w->columns.items;
    options->n_columns = w->columns.n;
    options->nulls = w->nulls.items;
    options->n_nulls = w->nulls.n;
    return true;
}

static int load(const char *path, const cohort_load_options *options)
{
    cohort_load_report *report = NULL;
    command s = COMMAND_INIT;
    int code;

    if (!command_open(&s, path, true, true)) {
        code = exit_code(s.error.code, false);
    } else if (cohort_store_load_csv(s.store, options, &report, &s.error) != COHORT_OK) {
        progress_end(options->progress_context);
        code = command_fail(&s);
    } else {
        progress_end(options->progress_context);
        code = command_save(&s) ? EXIT_FINE : exit_code(s.error.code, false);
        if (code == EXIT_FINE)
            print_report(options->name, options->object, report);
    }
    cohort_load_report_free(report);
    command_close(&s);
    return code;
}

static void clear_words(load_words *w)
{
    pairs_clear(&w->refs);
    pairs_clear(&w->types);
    pairs_clear(&w->renames);
    pairs_clear(&w->sets);
    pairs_clear(&w->points);
    words_clear(&w->columns);
    words_clear(&w->nulls);
}

int verb_load(int n, char **words)
{
    cohort_load_options options = COHORT_LOAD_OPTIONS_INIT;
    load_words w = { 0 };
    const char *places[3];
    progress_bar bar;
    int code = EXIT_REQUEST;

    if (read_options(n, words, &w, &options, places)) {
        progress_start(&bar, "loading");
        options.object = places[1];
        options.path = strcmp(places[2], "-") == 0 ? NULL : places[2];
        options.name = places[2];
        options.read = options.path == NULL ? read_stdin : NULL;
        options.progress = progress_draw;
        options.progress_context = &bar;
        code = load(places[0], &options);
    }
    clear_words(&w);
    return code;
}
