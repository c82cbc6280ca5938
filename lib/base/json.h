/*
 * Writing JSON: string literals; the rest is punctuation and base/number.h.
 *
 * Always:  strings are valid UTF-8 (checked by whoever took them in).
 */
#ifndef CO_BASE_JSON_H
#define CO_BASE_JSON_H

#include "base/buffer.h"

/* Appends text as a JSON string literal, quotes included. */
void co_json_string(co_buffer *out, co_text text);

#endif
