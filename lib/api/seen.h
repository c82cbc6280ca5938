/* Values as people read them, for why: 'text', 2026-11-22, 12.50, NULL. */
#ifndef CO_API_SEEN_H
#define CO_API_SEEN_H

#include "base/buffer.h"
#include "eval/eval.h"

/* Appends value i. `vstep` is where it came from, for references. */
void co_seen_print(const co_plan *plan, const co_vstep *vstep, const co_vector *vector, uint32_t i, co_buffer *out);

/* A record by its key; an event without one by its time, if it has any. */
void co_seen_print_record(const co_plan *plan, uint32_t object, uint32_t row, co_buffer *out);

#endif
