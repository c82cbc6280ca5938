/*
 * Places by counting: what TOP and NTILE say of each record of a population
 * without sorting it.
 *
 *     numbers ──counted by where they lie between least and greatest──▶ places of buckets
 *     bucket of one place ──▶ that place      others, where a cut goes through ──▶ sorted, or counted off
 *
 * Always:  the places that ranks.c gives.
 * Costs:   three looks at a number, 5 bytes a bucket. Only numbers that fall into a
 *          bucket with a cut are sorted; if nearly all do, that costs what sorting
 *          all costs. Where keys rise with the row, equal ones are counted off. Tiles are
 *          shared out among threads, but for what goes by rows in their order.
 * Not here: groups (PER), RANK and PERCENT_RANK, values that are no numbers of 64 bits.
 */
#ifndef CO_EVAL_CUTS_H
#define CO_EVAL_CUTS_H

#include "eval/crew.h"
#include "eval/kept.h"
#include "eval/ranks.h"

/* The population's share of a tile: places among its kept rows. */
typedef struct co_part {
    const co_kept_rows *rows;   /* NULL: nobody */
    const co_vector *values;    /* by place */
    const uint64_t *members;    /* words by place: who belongs to the population; NULL: all */
    const int64_t *numbers;     /* by place: order as the values do; for co_cuts_place */
    bool has_range;             /* members' numbers lie between: */
    int64_t least, greatest;
    uint8_t *bytes;             /* by place, all 0: receives the number of the place + 1, of members */
} co_part;

static inline bool co_part_has(const co_part *part, uint32_t place)
{
    return part->members == NULL || co_bit_test(part->members, place);
}

typedef struct co_cuts {
    co_memory *memory;
    co_crew *crew;              /* NULL: the caller alone */
    uint32_t n_threads;         /* of the crew */
    const co_ranking *ranking;
    co_part *parts;             /* by tile */
    uint32_t n_parts;
    size_t n;                   /* members, at most INT32_MAX */
    bool keys_rise;             /* with the row, over all tiles */
    co_key_order by_key;
    void *context;
} co_cuts;

/* Whether a ranking can be found so. */
bool co_cuts_fit(const co_ranking *ranking);

/* Fails: COHORT_MEMORY, and as by_key does. */
cohort_status co_cuts_place(const co_cuts *cuts);

#endif
