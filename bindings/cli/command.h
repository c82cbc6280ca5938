/*
 * What most verbs share: an open store, a snapshot, an evaluator, the options of
 * evaluation, the expression with the text to point into.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "arguments.h"
#include "report.h"

/* --as-of --tz --week-start --fiscal-start --nulls --threads, as written. */
typedef struct evaluation_words {
    const char *as_of;
    const char *zone;
    const char *week_start;
    uint64_t fiscal_start;
    const char *nulls;
    uint64_t n_threads;
} evaluation_words;

#define EVALUATION_OPTIONS(words)                                                                                      \
    { "as-of", OPTION_WORD, &(words).as_of }, { "tz", OPTION_WORD, &(words).zone },                                    \
        { "week-start", OPTION_WORD, &(words).week_start },                                                            \
        { "fiscal-start", OPTION_NUMBER, &(words).fiscal_start }, { "nulls", OPTION_WORD, &(words).nulls },            \
        { "threads", OPTION_NUMBER, &(words).n_threads }

typedef struct command {
    cohort_store *store;
    cohort_snapshot *snapshot;
    cohort_evaluator *evaluator;
    cohort_segment *segment;
    cohort_evaluate_options when;
    cohort_segment_options definition;
    progress_bar bar;
    char *text;                 /* of the expression */
    cohort_error error;
} command;

#define COMMAND_INIT { .when = COHORT_EVALUATE_OPTIONS_INIT, .definition = COHORT_SEGMENT_OPTIONS_INIT, .error = COHORT_ERROR_INIT }

/* Each prints what is wrong and returns false; command_close in any case. */
bool command_open(command *s, const char *path, bool writable, bool create);
bool command_when(command *s, const evaluation_words *words);
/* "…" or "@file". */
bool command_text(command *s, const char *argument);
/* command_text, parsed over an object that the store has. */
bool command_segment(command *s, const char *object, const char *argument);
bool command_save(command *s);
/* The key of a word, by the key type of the object; false if it is none, without a complaint. */
bool read_key(const cohort_object *object, const char *word, cohort_value *key);
bool command_key(command *s, const char *object, const char *word, cohort_value *key);
/* The declared object, or an error that names the nearest choices. */
bool command_object(command *s, const char *name, cohort_object *object);

/* Prints s->error; gives the exit code. */
int command_fail(command *s);
void command_close(command *s);

/* A whole file ("-": stdin) of text, without a byte order mark; NULL after a complaint, error->code says of what kind. */
char *read_text_file(const char *path, cohort_error *error);

#endif
