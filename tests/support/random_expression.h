/*
 * Random expressions that bind: text over the fields, paths, segments and
 * traits that a model has, from a seed.
 *
 * Always:  valid by the language's typing rules; literals are near the values
 *          that random records have, so that conditions are neither always
 *          true nor always false.
 */
#ifndef CO_SUPPORT_RANDOM_EXPRESSION_H
#define CO_SUPPORT_RANDOM_EXPRESSION_H

#include "support/model.h"
#include "support/random.h"

enum { M_OUTER = 3 };

typedef struct random_expression {
    co_random *random;
    const model *model;
    int object;
    bool sql_only;              /* what SQLite means by the same text */
    bool names;                 /* segments and traits may be used */
    bool related;               /* conditions and values of related rows, and ranks */
    int outer[M_OUTER];         /* objects around this one, the nearest last */
    int n_outer;
    bool in_value;              /* of an aggregate: names begin with the object's */
    char text[20000];
    size_t length;
    int budget;                 /* nodes left */
} random_expression;

/* Fills e->text with a condition over the object; zero-terminated. */
void random_condition(random_expression *e, co_random *random, const model *m, int object);
/* A value expression of a number. */
void random_number(random_expression *e, co_random *random, const model *m, int object);

/* The texts that random data and literals share. */
extern const char *const random_words[];
extern const int n_random_words;
extern const char *const random_tags[];
extern const int n_random_tags;

#endif
