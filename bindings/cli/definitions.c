/* cohort define, trait, drop, segments: what is kept under a name. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "verbs.h"

/* ---- define, trait ---- */

typedef struct key_list {
    cohort_value *items;
    size_t n;
} key_list;

static void add_key(key_list *keys, const cohort_value *key)
{
    cohort_value *items = realloc(keys->items, (keys->n + 1) * sizeof *items);

    if (items == NULL)
        stop_without_memory();
    keys->items = items;
    keys->items[keys->n++] = *key;
}

/* One key a line; blank lines are passed over. The keys point into `text`. */
static bool split_keys(command *s, const cohort_object *object, const char *path, char *text, key_list *keys)
{
    size_t line = 0;

    for (char *next = text; *next != 0;) {
        char *word = next;
        size_t length = strcspn(word, "\n");
        cohort_value key;

        next = word + length + (word[length] == '\n');
        line++;
        if (length > 0 && word[length - 1] == '\r')
            length--;
        word[length] = 0;
        if (length == 0)
            continue;
        if (!read_key(object, word, &key)) {
            complain("%s:%zu: keys of '%s' are whole numbers; '%s' is none", path, line, object->name, word);
            s->error.code = COHORT_CORRUPT; /* bad data */
            return false;
        }
        add_key(keys, &key);
    }
    return true;
}

static bool define_keys(command *s, const cohort_object *object, const char *name, const char *path)
{
    key_list keys = { 0 };
    char *text = read_text_file(path, &s->error);
    bool done = false;

    if (text != NULL && split_keys(s, object, path, text, &keys)) {
        done = cohort_store_define_keys(s->store, object->name, name, keys.n, keys.items, &s->error) ==
               COHORT_OK;
        if (!done)
            command_fail(s);
    }
    free(keys.items);
    free(text);
    return done;
}

typedef cohort_status define_function(cohort_store *, const char *, const char *, const char *, size_t,
                                      const cohort_segment_options *, cohort_error *);

static bool define_text(command *s, define_function *define, const char *object, const char *name,
                        const char *text)
{
    if (!command_text(s, text))
        return false;
    if (define(s->store, object, name, s->text, strlen(s->text), &s->definition, &s->error) == COHORT_OK)
        return true;
    command_fail(s);
    return false;
}

static int define(int n, char **words, const char *verb, define_function *function)
{
    evaluation_words w = { 0 };
    const char *keys = NULL;
    const bool takes_keys = function == cohort_store_define;
    const option table[] = { { "nulls", OPTION_WORD, &w.nulls },
                             { takes_keys ? "keys" : NULL, OPTION_WORD, &keys },
                             { NULL, OPTION_FLAG, NULL } };
    const char *places[4];
    size_t n_places;
    command s = COMMAND_INIT;
    cohort_object object;
    int code = EXIT_REQUEST;

    if (!arguments_read(n, words, verb, table, places, 3, 4, &n_places))
        return EXIT_REQUEST;
    if ((n_places == 4) == (keys != NULL)) {
        complain("%s wants an expression%s; see cohort %s --help", verb, takes_keys ? " or --keys FILE" : "",
                 verb);
        return EXIT_REQUEST;
    }
    if (command_open(&s, places[0], true, false) && command_when(&s, &w) &&
        command_object(&s, places[1], &object) &&
        (keys != NULL ? define_keys(&s, &object, places[2], keys)
                      : define_text(&s, function, places[1], places[2], places[3])) &&
        command_save(&s))
        code = EXIT_FINE;
    else if (s.error.code != COHORT_OK)
        code = exit_code(s.error.code, false);
    command_close(&s);
    return code;
}

int verb_define(int n, char **words)
{
    return define(n, words, "define", cohort_store_define);
}

int verb_trait(int n, char **words)
{
    return define(n, words, "trait", cohort_store_define_trait);
}

/* ---- drop ---- */

int verb_drop(int n, char **words)
{
    const option table[] = { { NULL, OPTION_FLAG, NULL } };
    const char *places[3];
    size_t n_places;
    command s = COMMAND_INIT;
    int code = EXIT_REQUEST;

    if (!arguments_read(n, words, "drop", table, places, 3, 3, &n_places))
        return EXIT_REQUEST;
    if (!command_open(&s, places[0], true, false))
        code = exit_code(s.error.code, false);
    else if (cohort_store_drop(s.store, places[1], places[2], &s.error) != COHORT_OK)
        code = command_fail(&s);
    else
        code = command_save(&s) ? EXIT_FINE : exit_code(s.error.code, false);
    command_close(&s);
    return code;
}

/* ---- segments ---- */

/* "1234", or why it cannot be counted as "-". */
static void print_size(command *s, const cohort_definition *definition)
{
    cohort_segment_options options = COHORT_SEGMENT_OPTIONS_INIT;
    cohort_segment *segment = NULL;
    char text[600];
    uint64_t count;
    size_t length = 0;

    for (const char *c = definition->name; *c != 0 && length + 16 < sizeof text; c++) {
        if (length == 0)
            length = (size_t)snprintf(text, sizeof text, "SEGMENT('");
        if (*c == '\'')
            text[length++] = '\'';
        text[length++] = *c;
    }
    memcpy(text + length, "')", 3);
    if (cohort_segment_parse(definition->object, text, SIZE_MAX, &options, &segment, NULL) == COHORT_OK &&
        cohort_evaluate_count(s->evaluator, s->snapshot, segment, &s->when, &count, NULL) == COHORT_OK)
        printf("%10" PRIu64, count);
    else
        printf("%10s", "-");
    cohort_segment_free(segment);
}

static void print_definition(command *s, const cohort_definition *d)
{
    static const char *const kinds[] = { "", "segment", "keys", "trait" };

    printf("%-16s %-24s %-8s", d->object, d->name, kinds[d->kind]);
    if (d->kind == COHORT_DEFINITION_TRAIT)
        printf("%10s", "");
    else
        print_size(s, d);
    if (d->kind == COHORT_DEFINITION_STATIC)
        printf("  %" PRIu64 " keys\n", d->n_keys);
    else
        printf("  %s%s\n", d->text, d->nulls == COHORT_NULLS_COMPLEMENT ? "  (nulls = complement)" : "");
}

int verb_segments(int n, char **words)
{
    evaluation_words w = { 0 };
    const option table[] = { EVALUATION_OPTIONS(w), { NULL, OPTION_FLAG, NULL } };
    const char *places[2];
    size_t n_places;
    command s = COMMAND_INIT;
    cohort_object object;
    int code = EXIT_REQUEST;

    if (!arguments_read(n, words, "segments", table, places, 1, 2, &n_places))
        return EXIT_REQUEST;
    if (command_open(&s, places[0], false, false) && command_when(&s, &w) &&
        (n_places == 1 || command_object(&s, places[1], &object))) {
        printf("%-16s %-24s %-8s%10s  %s\n", "object", "name", "kind", "members", "definition");
        for (size_t i = 0;; i++) {
            cohort_definition definition = COHORT_DEFINITION_INIT;

            if (cohort_snapshot_definition(s.snapshot, i, &definition, NULL) != COHORT_OK)
                break;
            if (n_places == 1 || strcmp(definition.object, places[1]) == 0)
                print_definition(&s, &definition);
        }
        progress_end(&s.bar);
        code = EXIT_FINE;
    } else if (s.error.code != COHORT_OK) {
        code = exit_code(s.error.code, false);
    }
    command_close(&s);
    return code;
}
