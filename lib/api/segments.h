/* Between the files of segments: parsing with the caller's options, writing to the caller. */
#ifndef CO_API_SEGMENTS_H
#define CO_API_SEGMENTS_H

#include "api/handles.h"

/* length SIZE_MAX: zero-terminated. options may be NULL. Fails as cohort_segment_parse; *tree NULL then. */
cohort_status co_api_parse(co_memory *memory, const char *text, size_t length, const cohort_segment_options *options,
                           int32_t *nulls, co_tree **tree, cohort_error *error);

/* Gives the caller what the buffer holds. */
cohort_status co_api_write(const co_buffer *buffer, cohort_write write, void *context, cohort_error *error);

#endif
