/*
 * What the files that make random expressions share: each function writes one
 * part behind what is written already.
 */
#ifndef CO_SUPPORT_RANDOM_PARTS_H
#define CO_SUPPORT_RANDOM_PARTS_H

#include "support/random_expression.h"

#define R_BIT(type) (1u << (type))

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void r_say(random_expression *e, const char *format, ...);
int64_t r_between(random_expression *e, int64_t low, int64_t high);
bool r_chance(random_expression *e, uint64_t one_in);
int r_pick(random_expression *e, int n);

/* Constants; bare: where the other side tells the type, quotes alone may do. */
void r_quoted(random_expression *e, const char *text);
void r_word(random_expression *e);
void r_number_literal(random_expression *e);
void r_date_literal(random_expression *e, bool bare_allowed);
void r_instant_literal(random_expression *e, bool bare_allowed);
void r_span_literal(random_expression *e);
void r_range_literal(random_expression *e);

const char *r_comparison(random_expression *e);
const char *r_maybe_not(random_expression *e);

/* A field of one of the types (bits), perhaps over references; false if there is none. */
bool r_name(random_expression *e, uint32_t types);
void r_number(random_expression *e, int depth);
void r_text_value(random_expression *e, int depth);
void r_day_value(random_expression *e, int depth);
void r_instant_value(random_expression *e, int depth);
void r_condition(random_expression *e, int depth);

/* ---- related records ---- */

/* What there is to be said of related rows; random_can() tells what the library can do. */
typedef enum random_construct {
    RANDOM_EXISTS, RANDOM_EVERY, RANDOM_COUNT, RANDOM_FOLD, RANDOM_DISTINCT, RANDOM_MEDIAN, RANDOM_ENDS, RANDOM_MODE,
    RANDOM_GAP, RANDOM_SEQUENCE, RANDOM_FUNNEL, RANDOM_TOP, RANDOM_NTILE, RANDOM_RANK,
    RANDOM_OUTER,               /* names of what is around */
    RANDOM_NESTED,              /* one inside the other's WHERE */
    RANDOM_LINKED,              /* by another way than the home reference */
    RANDOM_FAR,                 /* behind a path */
    RANDOM_NAMED                /* in segments and traits */
} random_construct;

bool random_can(random_construct construct);

typedef enum random_type { RANDOM_NUMBER, RANDOM_TEXT, RANDOM_DATE, RANDOM_TIMESTAMP } random_type;

/* An aggregate of that type; false, and nothing written, if there is none to be had. */
bool random_aggregate(random_expression *e, random_type type);
/* A condition on related rows or ranks; likewise. */
bool random_relation(random_expression *e);
/* What says that a name is that of the record `level` around, with its dot. */
void random_outer_name(random_expression *e, int level, char *path, size_t room);

#endif
