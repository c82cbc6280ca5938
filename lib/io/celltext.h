/*
 * One value of a vector as text: plain (CSV, tables, keys) or JSON.
 *
 * Always:  plain text of a number, date or instant reads back as the same value.
 *          Sets are their elements, bytewise ascending, joined by ';'; points are
 *          "latitude,longitude"; references are the key they name.
 */
#ifndef CO_IO_CELLTEXT_H
#define CO_IO_CELLTEXT_H

#include "base/buffer.h"
#include "eval/eval.h"

/* Everything a value needs to become text. */
typedef struct co_cell_source {
    const co_version *version;
    const co_vector *vector;
    uint32_t target;            /* REFERENCE: whose rows the numbers are */
} co_cell_source;

bool co_cell_is_null(const co_cell_source *source, uint32_t i);
/* Nothing for NULL. */
void co_cell_plain(const co_cell_source *source, uint32_t i, co_buffer *out);
/* null for NULL; numbers as numbers (never NaN), the rest as strings, sets as arrays. */
void co_cell_json(const co_cell_source *source, uint32_t i, co_buffer *out);
/* Right-aligned in a table. */
bool co_cell_is_number(const co_cell_source *source);

void co_key_plain(co_key key, co_buffer *out);

#endif
