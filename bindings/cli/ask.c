/* cohort count, members: how many and who. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "verbs.h"

int verb_count(int n, char **words)
{
    evaluation_words w = { 0 };
    const option table[] = { EVALUATION_OPTIONS(w), { NULL, OPTION_FLAG, NULL } };
    const char *places[3];
    size_t n_places;
    command s = COMMAND_INIT;
    uint64_t count;
    int code = EXIT_REQUEST;

    if (!arguments_read(n, words, "count", table, places, 3, 3, &n_places))
        return EXIT_REQUEST;
    if (command_open(&s, places[0], false, false) && command_when(&s, &w) &&
        command_segment(&s, places[1], places[2])) {
        if (cohort_evaluate_count(s.evaluator, s.snapshot, s.segment, &s.when, &count, &s.error) == COHORT_OK) {
            progress_end(&s.bar);
            printf("%" PRIu64 "\n", count);
            code = EXIT_FINE;
        } else {
            code = command_fail(&s);
        }
    } else if (s.error.code != COHORT_OK) {
        code = exit_code(s.error.code, false);
    }
    command_close(&s);
    return code;
}

/* ---- members ---- */

static int32_t write_stream(void *stream, const void *bytes, size_t length)
{
    return fwrite(bytes, 1, length, stream) == length ? 0 : 1;
}

static bool take_format(const char *word, int32_t *format)
{
    static const char *const names[] = { "keys", "csv", "ndjson", "table", "roaring" };

    for (int32_t i = 0; i < 5; i++) {
        if (word == NULL || strcmp(word, names[i]) == 0) {
            *format = i;
            return true;
        }
    }
    complain("--format wants keys, csv, ndjson, table or roaring, not '%s'", word);
    return false;
}

/* Writes to a stream that is closed afterwards; an output file that is not whole is removed. */
static int write_members(command *s, const cohort_members_options *options, const char *path)
{
    FILE *stream = path != NULL ? fopen(path, "wb") : stdout;
    cohort_status status;
    bool failed;

    if (stream == NULL) {
        complain("cannot create '%s': %s", path, strerror(errno));
        return EXIT_SYSTEM;
    }
    status = cohort_members_write(s->evaluator, s->snapshot, s->segment, &s->when, options, write_stream, stream, NULL,
                                  &s->error);
    failed = fflush(stream) != 0 || ferror(stream) != 0;
    if (failed && status == COHORT_OK)
        status = COHORT_IO;
    if (path != NULL) {
        failed |= fclose(stream) != 0;
        if (status != COHORT_OK || failed)
            remove(path);
    }
    if (failed) {
        complain("cannot write the members: %s", strerror(errno));
        return EXIT_SYSTEM;
    }
    progress_end(&s->bar);
    return status == COHORT_OK ? EXIT_FINE : command_fail(s);
}

int verb_members(int n, char **words)
{
    cohort_members_options options = COHORT_MEMBERS_OPTIONS_INIT;
    evaluation_words w = { 0 };
    word_list columns = { 0 };
    const char *format = NULL;
    const char *out = NULL;
    const option table[] = { EVALUATION_OPTIONS(w),
                             { "columns", OPTION_EXPRESSIONS, &columns },
                             { "format", OPTION_WORD, &format },
                             { "order-by", OPTION_WORD, &options.order_by },
                             { "limit", OPTION_NUMBER, &options.limit },
                             { "out", OPTION_WORD, &out },
                             { NULL, OPTION_FLAG, NULL } };
    const char *places[3];
    size_t n_places;
    command s = COMMAND_INIT;
    int code = EXIT_REQUEST;

    if (arguments_read(n, words, "members", table, places, 3, 3, &n_places) &&
        take_format(format != NULL || columns.n == 0 ? format : "csv", &options.format)) {
        options.columns = columns.items;
        options.n_columns = columns.n;
        if (command_open(&s, places[0], false, false) && command_when(&s, &w) &&
            command_segment(&s, places[1], places[2]))
            code = write_members(&s, &options, out);
        else if (s.error.code != COHORT_OK)
            code = exit_code(s.error.code, false);
    }
    words_clear(&columns);
    command_close(&s);
    return code;
}
