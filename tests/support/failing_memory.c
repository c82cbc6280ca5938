/*
 * Every block has a head of 16 bytes that remembers its size. Blocks are
 * always moved by a resize and filled with rubbish before they are given back,
 * so that a use after either is seen.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "support/failing_memory.h"

#define HEAD_BYTES 16
#define RUBBISH 0xa5

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static size_t size_of(const void *pointer)
{
    size_t size = 0;

    if (pointer != NULL)
        memcpy(&size, (const char *)pointer - HEAD_BYTES, sizeof size);
    return size;
}

static bool is_refused(co_failing *state)
{
    state->n_requests++;
    if (state->fail_at == 0 || state->n_requests < state->fail_at)
        return false;
    if (state->n_requests > state->fail_at && !state->for_ever)
        return false;
    state->n_refused++;
    return true;
}

static void *new_block(co_failing *state, size_t size)
{
    char *head = malloc(HEAD_BYTES + size);

    if (head == NULL)
        return NULL;
    memcpy(head, &size, sizeof size);
    memset(head + HEAD_BYTES, RUBBISH, size);
    state->n_blocks++;
    state->n_bytes += size;
    return head + HEAD_BYTES;
}

static void drop_block(co_failing *state, void *pointer)
{
    const size_t size = size_of(pointer);

    if (pointer == NULL)
        return;
    memset(pointer, RUBBISH, size);
    free((char *)pointer - HEAD_BYTES);
    state->n_blocks--;
    state->n_bytes -= size;
}

static void *resize_locked(co_failing *state, void *pointer, size_t old_size, size_t new_size)
{
    const size_t size = size_of(pointer);

    if (size != old_size)
        state->n_wrong_sizes++;
    if (new_size == 0) {
        drop_block(state, pointer);
        return NULL;
    }
    if (new_size > size && is_refused(state))
        return NULL;

    void *moved = new_block(state, new_size);

    if (moved == NULL)
        return NULL;
    if (pointer != NULL)
        memcpy(moved, pointer, size < new_size ? size : new_size);
    drop_block(state, pointer);
    return moved;
}

static void *failing_resize(void *context, void *pointer, size_t old_size, size_t new_size)
{
    pthread_mutex_lock(&lock);
    void *result = resize_locked(context, pointer, old_size, new_size);
    pthread_mutex_unlock(&lock);
    return result;
}

cohort_allocator co_failing_allocator(co_failing *state)
{
    return (cohort_allocator){ sizeof(cohort_allocator), 0, state, failing_resize };
}

bool co_failing_is_clean(const co_failing *state)
{
    return state->n_blocks == 0 && state->n_bytes == 0 && state->n_wrong_sizes == 0;
}
