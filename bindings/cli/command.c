/* What most verbs share. */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- files ---- */

static char *read_stream(FILE *stream, size_t *length)
{
    size_t room = 65536;
    char *bytes = malloc(room);

    *length = 0;
    while (bytes != NULL) {
        *length += fread(bytes + *length, 1, room - *length - 1, stream);
        if (*length + 1 < room)
            break;
        room *= 2;

        char *grown = realloc(bytes, room);

        if (grown == NULL)
            free(bytes);
        bytes = grown;
    }
    if (bytes == NULL)
        stop_without_memory();
    bytes[*length] = 0;
    return bytes;
}

/* Without a byte order mark; NULL after a complaint. */
static char *text_of_bytes(char *bytes, size_t length, const char *path)
{
    static const char mark[] = "\xEF\xBB\xBF";
    const size_t marked = strncmp(bytes, mark, strlen(mark)) == 0 ? strlen(mark) : 0;

    if (strlen(bytes) != length) {
        complain("'%s' is no text: byte %zu is zero", path, strlen(bytes) + 1);
        free(bytes);
        return NULL;
    }
    memmove(bytes, bytes + marked, length - marked + 1);
    return bytes;
}

char *read_text_file(const char *path, cohort_error *error)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    FILE *stream = is_stdin ? stdin : fopen(path, "rb");
    size_t length;
    char *bytes;
    bool failed;

    error->code = COHORT_IO;
    if (stream == NULL) {
        complain("cannot open '%s': %s", path, strerror(errno));
        return NULL;
    }
    bytes = read_stream(stream, &length);
    failed = ferror(stream) != 0;
    if (failed)
        complain("cannot read '%s': %s", path, strerror(errno));
    if (!is_stdin)
        fclose(stream);
    if (failed) {
        free(bytes);
        return NULL;
    }
    error->code = COHORT_OK;
    bytes = text_of_bytes(bytes, length, path);
    if (bytes == NULL)
        error->code = COHORT_CORRUPT; /* bad data */
    return bytes;
}

/* ---- opening ---- */

int command_fail(command *s)
{
    progress_end(&s->bar);
    return report_error(&s->error, s->text);
}

bool command_open(command *s, const char *path, bool writable, bool create)
{
    cohort_store_options options = COHORT_STORE_OPTIONS_INIT;

    options.read_only = !writable;
    options.create = create;
    if (cohort_store_open(path, &options, &s->store, &s->error) != COHORT_OK ||
        cohort_store_snapshot(s->store, &s->snapshot, &s->error) != COHORT_OK) {
        command_fail(s);
        return false;
    }
    return true;
}

void command_close(command *s)
{
    free(s->text);
    cohort_segment_free(s->segment);
    cohort_evaluator_free(s->evaluator);
    cohort_snapshot_release(s->snapshot);
    cohort_store_close(s->store);
}

bool command_save(command *s)
{
    if (cohort_store_save(s->store, &s->error) == COHORT_OK)
        return true;
    command_fail(s);
    return false;
}

/* ---- options of evaluation ---- */

static bool read_week_start(const char *word, uint32_t *day)
{
    static const char *const names[] = { "monday", "tuesday",  "wednesday", "thursday",
                                         "friday", "saturday", "sunday" };

    for (uint32_t i = 0; i < 7; i++) {
        if (strcmp(word, names[i]) == 0) {
            *day = i + 1;
            return true;
        }
    }
    complain("--week-start wants monday … sunday, not '%s'", word);
    return false;
}

static bool read_nulls(const char *word, int32_t *nulls)
{
    if (strcmp(word, "complement") == 0)
        *nulls = COHORT_NULLS_COMPLEMENT;
    else if (strcmp(word, "sql") != 0) {
        complain("--nulls wants sql or complement, not '%s'", word);
        return false;
    }
    return true;
}

/* The present, when the user names no other instant. */
static int64_t present_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static uint32_t processors(void)
{
    const long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > 64 ? 64 : (uint32_t)n;
}

bool command_when(command *s, const evaluation_words *words)
{
    cohort_evaluator_options options = COHORT_EVALUATOR_OPTIONS_INIT;

    s->when.zone = words->zone;
    s->when.has_as_of = 1;
    s->when.as_of_us = present_us();
    s->when.fiscal_start = words->fiscal_start > 12 ? 13 : (uint32_t)words->fiscal_start;
    progress_start(&s->bar, "evaluating");
    s->when.progress = progress_draw;
    s->when.progress_context = &s->bar;
    if (words->week_start != NULL && !read_week_start(words->week_start, &s->when.week_start))
        return false;
    if (words->nulls != NULL && !read_nulls(words->nulls, &s->definition.nulls))
        return false;
    options.n_threads = words->n_threads == 0 ? processors() : (uint32_t)words->n_threads;
    if ((words->as_of != NULL &&
         cohort_instant_parse(words->as_of, words->zone, &s->when.as_of_us, &s->error) != COHORT_OK) ||
        cohort_evaluator_new(&options, &s->evaluator, &s->error) != COHORT_OK) {
        command_fail(s);
        return false;
    }
    return true;
}

/* ---- objects, keys, expressions ---- */

bool command_object(command *s, const char *name, cohort_object *object)
{
    char names[400] = "";
    size_t length = 0;

    for (size_t i = 0;; i++) {
        *object = (cohort_object)COHORT_OBJECT_INIT;
        if (cohort_snapshot_object(s->snapshot, i, object, NULL) != COHORT_OK)
            break;
        if (strcmp(object->name, name) == 0)
            return true;
        if (length < sizeof names)
            length += (size_t)snprintf(names + length, sizeof names - length, "%s%s", length > 0 ? ", " : "",
                                       object->name);
    }
    complain("there is no object '%s'; this store has: %s", name, names[0] != 0 ? names : "none");
    return false;
}

bool command_text(command *s, const char *argument)
{
    const size_t length = strlen(argument);

    if (argument[0] == '@') {
        s->text = read_text_file(argument + 1, &s->error);
        return s->text != NULL;
    }
    s->text = malloc(length + 1);
    if (s->text == NULL)
        stop_without_memory();
    memcpy(s->text, argument, length + 1);
    return true;
}

bool command_segment(command *s, const char *object, const char *argument)
{
    cohort_object found;

    if (!command_object(s, object, &found) || !command_text(s, argument))
        return false;
    if (cohort_segment_parse(object, s->text, strlen(s->text), &s->definition, &s->segment, &s->error) ==
        COHORT_OK)
        return true;
    command_fail(s);
    return false;
}

bool read_key(const cohort_object *object, const char *word, cohort_value *key)
{
    char *end;

    *key = (cohort_value)COHORT_VALUE_NULL;
    if (object->key_type == COHORT_STRING) {
        key->type = COHORT_STRING;
        key->text = (cohort_text){ word, strlen(word) };
        return true;
    }
    errno = 0;
    key->type = COHORT_INT;
    key->number = strtoll(word, &end, 10);
    return errno == 0 && *word != 0 && *word != ' ' && *end == 0;
}

bool command_key(command *s, const char *object, const char *word, cohort_value *key)
{
    cohort_object found;

    if (!command_object(s, object, &found))
        return false;
    if (read_key(&found, word, key))
        return true;
    complain("keys of '%s' are whole numbers; '%s' is none", object, word);
    return false;
}
