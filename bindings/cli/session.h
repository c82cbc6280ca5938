/*
 * What most verbs share: an open store, a snapshot, an evaluator, the options of
 * evaluation, the expression with the text to point into.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

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

typedef struct session {
    cohort_store *store;
    cohort_snapshot *snapshot;
    cohort_evaluator *evaluator;
    cohort_segment *segment;
    cohort_evaluate_options when;
    cohort_segment_options definition;
    progress_bar bar;
    char *text;                 /* of the expression */
    cohort_error error;
} session;

#define SESSION_INIT { .when = COHORT_EVALUATE_OPTIONS_INIT, .definition = COHORT_SEGMENT_OPTIONS_INIT, .error = COHORT_ERROR_INIT }

/* Each prints what is wrong and returns false; session_close in any case. */
bool session_open(session *s, const char *path, bool writable, bool create);
bool session_when(session *s, const evaluation_words *words);
/* "…" or "@file". */
bool session_text(session *s, const char *argument);
/* session_text, parsed over an object that the store has. */
bool session_segment(session *s, const char *object, const char *argument);
bool session_save(session *s);
/* The key of a word, by the key type of the object; false if it is none, without a complaint. */
bool read_key(const cohort_object *object, const char *word, cohort_value *key);
bool session_key(session *s, const char *object, const char *word, cohort_value *key);
/* The declared object, or an error that names the nearest choices. */
bool session_object(session *s, const char *name, cohort_object *object);

/* Prints s->error; gives the exit code. */
int session_fail(session *s);
void session_close(session *s);

/* A whole file ("-": stdin) of text, without a byte order mark; NULL after a complaint, error->code says of what kind. */
char *read_text_file(const char *path, cohort_error *error);

#endif
