/*
 * The words that the made-up CRM is full of: countries, industries, tags …
 *
 * Always:  word i of a kind is its i-th most frequent one, so that a question can be
 *          asked of data of any seed ("the fourth country").
 * Used:    names_make() with seed 1 gives familiar words, any other seed invents them:
 *          other lengths, other order, no numbers at the end.
 */
#ifndef BENCH_NAMES_H
#define BENCH_NAMES_H

#include <stdint.h>

enum {
    N_COUNTRIES = 200,
    N_INDUSTRIES = 20,
    N_STAGES = 7,
    N_TAGS = 500,
    N_CITIES = 5000,
    N_TYPES = 1000,             /* all but the first 12 only where many are asked for */
    N_PRIORITIES = 4,
    N_STATES = 4,
    NAME_SIZE = 24
};

typedef char name[NAME_SIZE];

typedef struct names {
    name country[N_COUNTRIES];
    name industry[N_INDUSTRIES];
    name stage[N_STAGES];
    name tag[N_TAGS];
    name city[N_CITIES];
    name type[N_TYPES];
    name priority[N_PRIORITIES];
    name status[N_STATES];
} names;

/** Fills in every name. */
void names_make(names *all, uint64_t seed);

/** Writes names.txt into the folder: a line "country0=US" each. Not 0: it could not be written. */
int names_write(const names *all, const char *folder);

#endif
