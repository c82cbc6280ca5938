/*
 * Threads that wait for work; see crew.h.
 *
 * To park and wake a thread takes longer than a small call does. So one that
 * has nothing to do looks out for a moment before it parks, and so does the
 * caller for those who still work; and who comes when the caller is through is
 * not waited for: the call is closed to him.
 */
#include "eval/crew.h"
#include "kernel/rest.h"

#include <pthread.h>
#include <stdatomic.h>

/* A stack that the deepest plan fits in. */
#define STACK_BYTES ((size_t)4 << 20)

/* Looks before parking, some 20 microseconds. */
#define LOOKS 1000

typedef struct hand {
    co_crew *crew;
    uint32_t number;
    pthread_t thread;
} hand;

struct co_crew {
    co_memory *memory;
    uint32_t n_threads; /* with the caller */
    uint32_t n_started; /* hands[1 .. n_started] run; the caller is none of them */
    pthread_mutex_t lock;
    pthread_cond_t called;
    pthread_cond_t finished;
    /* All changed with the lock held; call and n_busy are looked at without it. */
    _Atomic uint64_t call;   /* counts the calls */
    _Atomic uint32_t n_busy; /* hands in the call */
    uint32_t n_wanted;       /* hands below this number may join the call; 0: it is closed */
    uint32_t n_parked;
    bool ends;
    void (*work)(void *context, uint32_t number);
    void *context;
    hand hands[];
};

static size_t bytes_of(uint32_t n_threads)
{
    return sizeof(co_crew) + ((size_t)n_threads + 1) * sizeof(hand);
}

co_crew *co_crew_new(co_memory *memory, uint32_t n_threads)
{
    co_crew *crew = co_memory_new_zeroed(memory, 1, bytes_of(n_threads));

    if (crew == NULL)
        return NULL;
    crew->memory = memory;
    crew->n_threads = n_threads;
    if (pthread_mutex_init(&crew->lock, NULL) != 0)
        goto no_lock;
    if (pthread_cond_init(&crew->called, NULL) != 0)
        goto no_called;
    if (pthread_cond_init(&crew->finished, NULL) != 0)
        goto no_finished;
    return crew;

no_finished:
    pthread_cond_destroy(&crew->called);
no_called:
    pthread_mutex_destroy(&crew->lock);
no_lock:
    co_memory_free(memory, crew, bytes_of(n_threads));
    return NULL;
}

void co_crew_free(co_crew *crew)
{
    if (crew == NULL)
        return;
    pthread_mutex_lock(&crew->lock);
    crew->ends = true;
    pthread_cond_broadcast(&crew->called);
    pthread_mutex_unlock(&crew->lock);
    for (uint32_t i = 1; i <= crew->n_started; i++)
        pthread_join(crew->hands[i].thread, NULL);
    pthread_cond_destroy(&crew->finished);
    pthread_cond_destroy(&crew->called);
    pthread_mutex_destroy(&crew->lock);
    co_memory_free(crew->memory, crew, bytes_of(crew->n_threads));
}

/* With the lock held: waits until there is a call other than the last one seen, or the end. */
static void park(co_crew *crew, uint64_t seen)
{
    crew->n_parked++;
    while (!crew->ends && atomic_load(&crew->call) == seen)
        pthread_cond_wait(&crew->called, &crew->lock);
    crew->n_parked--;
}

static void *live(void *context)
{
    const hand *self = context;
    co_crew *crew = self->crew;
    uint64_t seen = 0;

    for (;;) {
        for (uint32_t i = 0; i < LOOKS && atomic_load(&crew->call) == seen; i++)
            co_rest();
        pthread_mutex_lock(&crew->lock);
        park(crew, seen);
        seen = atomic_load(&crew->call);

        const bool ends = crew->ends;
        const bool joins = self->number < crew->n_wanted;

        if (joins)
            atomic_fetch_add(&crew->n_busy, 1);
        pthread_mutex_unlock(&crew->lock);
        if (ends)
            return NULL;
        if (!joins)
            continue;
        crew->work(crew->context, self->number);
        pthread_mutex_lock(&crew->lock);
        if (atomic_fetch_sub(&crew->n_busy, 1) == 1)
            pthread_cond_signal(&crew->finished);
        pthread_mutex_unlock(&crew->lock);
    }
}

/* With the lock held, so that a new thread sees no call before the next. */
static void start_hands(co_crew *crew, uint32_t n)
{
    pthread_attr_t attributes;

    if (crew->n_started + 1 >= n || pthread_attr_init(&attributes) != 0)
        return;
    if (pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0) {
        while (crew->n_started + 1 < n) {
            hand *next = &crew->hands[crew->n_started + 1];

            *next = (hand){ .crew = crew, .number = crew->n_started + 1 };
            if (pthread_create(&next->thread, &attributes, live, next) != 0)
                break;
            crew->n_started++;
        }
    }
    pthread_attr_destroy(&attributes);
}

static void open_call(co_crew *crew, uint32_t n, void (*work)(void *context, uint32_t number), void *context)
{
    pthread_mutex_lock(&crew->lock);
    start_hands(crew, n);
    crew->work = work;
    crew->context = context;
    crew->n_wanted = n;
    atomic_fetch_add(&crew->call, 1);
    if (crew->n_parked > 0)
        pthread_cond_broadcast(&crew->called);
    pthread_mutex_unlock(&crew->lock);
}

/* Returns when those who joined are done. */
static void close_call(co_crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    crew->n_wanted = 0;
    pthread_mutex_unlock(&crew->lock);
    for (uint32_t i = 0; i < LOOKS && atomic_load(&crew->n_busy) > 0; i++)
        co_rest();
    pthread_mutex_lock(&crew->lock);
    while (atomic_load(&crew->n_busy) > 0)
        pthread_cond_wait(&crew->finished, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
}

void co_crew_run(co_crew *crew, uint32_t n, void (*work)(void *context, uint32_t number), void *context)
{
    if (n > crew->n_threads)
        n = crew->n_threads;
    if (n <= 1) {
        work(context, 0);
        return;
    }
    open_call(crew, n, work, context);
    work(context, 0);
    close_call(crew);
}
