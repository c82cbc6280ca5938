/* cohort/segment.h: what a user wrote, parsed and printed. */
#include "api/options.h"
#include "api/segments.h"
#include "api/stores.h"

/* ---- taking text ---- */

static co_expr_limits limits_of(const cohort_segment_options *options)
{
    return (co_expr_limits){ options->max_depth, options->max_nodes,
                             options->max_text_bytes > SIZE_MAX ? SIZE_MAX
                                                                : (size_t)options->max_text_bytes };
}

cohort_status co_api_parse(co_memory *memory, const char *text, size_t length,
                           const cohort_segment_options *given, int32_t *nulls, co_tree **tree,
                           cohort_error *error)
{
    cohort_segment_options options;

    *tree = NULL;
    if (text == NULL)
        return co_refuse_null("text", error);

    const cohort_status status =
        co_options_take(given, &options, sizeof options, "cohort_segment_options", error);

    if (status != COHORT_OK)
        return status;
    if (options.nulls != COHORT_NULLS_SQL && options.nulls != COHORT_NULLS_COMPLEMENT)
        return co_fail(error, COHORT_INVALID,
                       "nulls is %d, neither COHORT_NULLS_SQL nor COHORT_NULLS_COMPLEMENT",
                       (int)options.nulls);

    const co_expr_limits limits = limits_of(&options);

    *nulls = options.nulls;
    return co_expr_parse(memory, length == SIZE_MAX ? co_text_of(text) : (co_text){ text, length }, &limits,
                         tree, error);
}

/* ---- handles ---- */

static cohort_status fill_segment(cohort_segment *segment, const char *object, const char *text,
                                  size_t length, const cohort_segment_options *options, cohort_error *error)
{
    const cohort_status status =
        co_api_parse(&segment->memory, text, length, options, &segment->nulls, &segment->tree, error);

    if (status != COHORT_OK)
        return status;
    segment->object = co_arena_copy(&segment->tree->arena, co_text_of(object));
    if (segment->object.bytes != NULL)
        return COHORT_OK;
    co_tree_free(segment->tree);
    return co_fail_memory(error);
}

cohort_status cohort_segment_parse(const char *object, const char *text, size_t length,
                                   const cohort_segment_options *given, cohort_segment **segment,
                                   cohort_error *error)
{
    cohort_segment_options options;
    cohort_segment *made;
    co_memory memory;
    cohort_status status;

    if (segment == NULL)
        return co_refuse_null("segment", error);
    *segment = NULL;
    if (object == NULL)
        return co_refuse_null("object", error);
    status = co_options_take(given, &options, sizeof options, "cohort_segment_options", error);
    if (status != COHORT_OK)
        return status;
    co_memory_init(&memory, options.allocator, 0);
    made = co_handle_new(&memory, sizeof *made);
    if (made == NULL)
        return co_fail_memory(error);
    co_memory_init(&made->memory, options.allocator, 0);
    status = fill_segment(made, object, text, length, &options, error);
    if (status != COHORT_OK)
        co_handle_free(&memory, made, sizeof *made);
    else
        *segment = made;
    return status;
}

void cohort_segment_free(cohort_segment *segment)
{
    if (segment == NULL)
        return;
    co_tree_free(segment->tree);
    co_handle_free(&segment->memory, segment, sizeof *segment);
}

/* ---- printing ---- */

cohort_status co_api_write(const co_buffer *buffer, cohort_write write, void *context, cohort_error *error)
{
    if (buffer->status != COHORT_OK)
        return co_fail_memory(error);
    if (buffer->length > 0 && write(context, buffer->bytes, buffer->length) != 0)
        return co_fail(error, COHORT_CANCELLED, "the receiver of the text asked to stop");
    return COHORT_OK;
}

cohort_status cohort_segment_print(const cohort_segment *segment, cohort_write write, void *context,
                                   cohort_error *error)
{
    co_memory memory;
    co_buffer buffer;

    if (segment == NULL || write == NULL)
        return co_refuse_null(segment == NULL ? "segment" : "write", error);
    co_memory_init(&memory, &segment->memory.allocator, 0);
    co_buffer_init(&buffer, &memory, 0);
    co_expr_print(segment->tree->root, &buffer);

    const cohort_status status = co_api_write(&buffer, write, context, error);

    co_buffer_clear(&buffer);
    return status;
}
