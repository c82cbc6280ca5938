/*
 * What emit.c and emit_reads.c share: what reads what, and where what is read
 * was emitted.
 *
 * A step that is read in the same pass is needed in the reader's stage; what an
 * earlier pass keeps (for VIA, FAR, links, rankings) in the stage of its own object and level.
 */
#ifndef CO_PLAN_EMIT_H
#define CO_PLAN_EMIT_H

#include "plan/binder.h"

typedef struct co_stage {
    uint32_t object;
    uint32_t level;
    unsigned char *needed; /* by what was made: CO_NEEDED, CO_KEPT */
    uint32_t *emitted;     /* by what was made: the plan's id */
} co_stage;

enum { CO_NEEDED = 1, CO_KEPT = 2 };

typedef struct co_emitter {
    co_binder *binder;
    uint32_t *levels;  /* by what was made */
    uint32_t *step_at; /* binder's id → index in made */
    uint32_t *value_at;
    uint32_t *links; /* binder's id → plan's id, once emitted */
    uint32_t *rankings;
    bool *needs_link; /* by the binder's ids */
    bool *needs_ranking;
    co_stage *stages;
    size_t n_stages, stages_capacity;
    uint32_t n_steps, n_vsteps; /* of the plan */
    size_t steps_capacity, vsteps_capacity;
    co_step *steps;
    co_vstep *vsteps;
} co_emitter;

typedef struct co_read {
    uint32_t index;         /* in made */
    bool is_kept;           /* by an earlier pass over `object`, at `level` */
    uint32_t object, level;
    uint32_t link, ranking; /* that it is kept for, or CO_NO_STEP */
} co_read;

typedef void co_visit(co_emitter *emitter, const co_read *read, void *context);

/* ---- emit_reads.c ---- */

/* All that made[index] reads. Levels of what was made before are known. */
void co_emit_visit(co_emitter *emitter, uint32_t index, co_visit *visit, void *context);
/* Where a link or a ranking can be found out: after the pass of this level over its object. */
uint32_t co_emit_link_level(const co_emitter *emitter, uint32_t link);
uint32_t co_emit_ranking_level(const co_emitter *emitter, uint32_t ranking);
/* The plan's id of the binder's, as emitted in a stage. */
uint32_t co_emitted_step(const co_emitter *emitter, uint32_t stage, uint32_t id);
uint32_t co_emitted_value(const co_emitter *emitter, uint32_t stage, uint32_t id);
/* One user more of a step of the plan. */
void co_emit_use(co_emitter *emitter, uint32_t id);
/* Everything a step read in a stage refers to, in the plan's ids. */
void co_emit_remap_step(co_emitter *emitter, uint32_t stage, co_step *step);
void co_emit_remap_value(co_emitter *emitter, uint32_t stage, co_vstep *vstep);

/* ---- emit.c ---- */

/* The stage of an object and level, new if there is none; CO_NO_STEP after a failure. */
uint32_t co_emit_stage(co_emitter *emitter, uint32_t object, uint32_t level);

#endif
