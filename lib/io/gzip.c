/*
 * Inflating gzip streams, over zlib.
 *
 * Always:  zlib allocates through co_memory; each block carries its size in
 *          front, because zlib frees without one.
 */
#include "io/gzip.h"

#include <limits.h>
#include <zlib.h>

struct co_gunzip {
    co_memory *memory;
    z_stream stream;
    bool between_members;
};

/* A block's size, padded so that what follows stays aligned. */
typedef union block_head {
    size_t size;
    max_align_t alignment;
} block_head;

static voidpf take_block(voidpf context, uInt n, uInt size)
{
    size_t bytes = (size_t)n * size + sizeof(block_head);
    block_head *head = co_memory_new(context, bytes);

    if (head == NULL)
        return Z_NULL;
    head->size = bytes;
    return head + 1;
}

static void give_block(voidpf context, voidpf block)
{
    block_head *head = (block_head *)block - 1;

    co_memory_free(context, head, head->size);
}

bool co_is_gzip(const void *bytes, size_t length)
{
    const unsigned char *b = bytes;

    return length >= CO_GZIP_MAGIC && b[0] == 0x1f && b[1] == 0x8b && b[2] == 8;
}

cohort_status co_gunzip_new(co_memory *memory, co_gunzip **gunzip, cohort_error *error)
{
    co_gunzip *g = co_memory_new_zeroed(memory, 1, sizeof *g);

    *gunzip = NULL;
    if (g == NULL)
        return co_fail_memory(error);
    g->memory = memory;
    g->stream.zalloc = take_block;
    g->stream.zfree = give_block;
    g->stream.opaque = memory;
    g->between_members = true;
    if (inflateInit2(&g->stream, 15 + 16) != Z_OK) {
        co_memory_free(memory, g, sizeof *g);
        return co_fail_memory(error);
    }
    *gunzip = g;
    return COHORT_OK;
}

void co_gunzip_free(co_gunzip *gunzip)
{
    if (gunzip == NULL)
        return;
    inflateEnd(&gunzip->stream);
    co_memory_free(gunzip->memory, gunzip, sizeof *gunzip);
}

bool co_gunzip_may_end(const co_gunzip *gunzip)
{
    return gunzip->between_members;
}

cohort_status co_gunzip_run(co_gunzip *gunzip, const void *in, size_t in_length, size_t *consumed, void *out,
                            size_t capacity, size_t *written, cohort_error *error)
{
    z_stream *stream = &gunzip->stream;
    const uInt give = in_length < UINT_MAX ? (uInt)in_length : UINT_MAX;
    const uInt room = capacity < UINT_MAX ? (uInt)capacity : UINT_MAX;

    stream->next_in = (z_const Bytef *)in;
    stream->avail_in = give;
    stream->next_out = out;
    stream->avail_out = room;
    if (give > 0)
        gunzip->between_members = false;

    const int outcome = inflate(stream, Z_NO_FLUSH);

    *consumed = give - stream->avail_in;
    *written = room - stream->avail_out;
    if (outcome == Z_STREAM_END) {
        gunzip->between_members = true;
        inflateReset(stream);
    } else if (outcome == Z_MEM_ERROR) {
        return co_fail_memory(error);
    } else if (outcome != Z_OK && outcome != Z_BUF_ERROR) {
        return co_fail(error, COHORT_CORRUPT, "gzip stream is damaged: %s",
                       stream->msg != NULL ? stream->msg : "unexpected bytes");
    }
    return COHORT_OK;
}
