/*
 * Words of a command line: positional ones in order, options anywhere, each
 * `--name value` or `--name=value`. `--` ends the options. Lists hold pointers into
 * the words, whose commas and equals signs become ends of texts.
 */
#ifndef CLI_ARGUMENTS_H
#define CLI_ARGUMENTS_H

#include <stdbool.h>

#include <cohort.h>

typedef struct word_list {
    const char **items;
    size_t n;
} word_list;

typedef struct pair_list {
    cohort_pair *items;
    size_t n;
} pair_list;

typedef enum option_kind {
    OPTION_FLAG,                /* bool */
    OPTION_WORD,                /* const char * */
    OPTION_NUMBER,              /* uint64_t */
    OPTION_WORDS,               /* word_list, may be repeated */
    OPTION_COMMAS,              /* word_list, one option with commas */
    OPTION_EXPRESSIONS,         /* the same, where commas may stand in parentheses and quotes */
    OPTION_PAIRS                /* pair_list, name=value, may be repeated */
} option_kind;

typedef struct option {
    const char *name;           /* without dashes; NULL ends a table */
    option_kind kind;
    void *target;
} option;

/*
 * Fills the targets and the positional words. Prints what is wrong, and where
 * help is to be found, and returns false.
 */
bool arguments_read(int n, char **words, const char *verb, const option *options, const char **positional,
                    size_t least, size_t most, size_t *n_positional);

void words_clear(word_list *list);
void pairs_clear(pair_list *list);

#endif
