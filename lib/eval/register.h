/*
 * A set of rows of one tile while an expression runs: nothing, all, a few
 * slots, or words.
 *
 * Always:  n_rows is the tile's length and count the number of rows in; ALL has
 *          all n_rows; SLOTS hold at most CO_FEW_SLOTS; words may hold any number
 *          of rows, as turning them into slots takes longer than ten operations
 *          on them; words past the last row and bits past it are zero or never
 *          read. The 8 KB buffer comes from a pool and only while the form needs
 *          it. A register may instead *borrow*
 *          slots or words from one who outlives it, such as a column or a stored
 *          set; it only reads them, and what changes it goes to a buffer of its own.
 * Used:    co_register_init, operations, co_register_clear. Operations that can
 *          fail give false for want of memory; the register is then to be cleared.
 */
#ifndef CO_EVAL_REGISTER_H
#define CO_EVAL_REGISTER_H

#include "base/memory.h"
#include "kernel/bits.h"
#include "kernel/kernel.h"

/* What a buffer holds. */
#define CO_FEW_SLOTS 4096u

/* Buffers of 8 KB, of one thread, kept for the next one who needs one. */
typedef struct co_pool {
    co_memory *memory;
    const co_kernel *kernel;
    void *spare;                /* each begins with the next */
} co_pool;

void co_pool_init(co_pool *pool, co_memory *memory);
void co_pool_clear(co_pool *pool);

typedef enum co_form { CO_FORM_EMPTY, CO_FORM_ALL, CO_FORM_SLOTS, CO_FORM_WORDS } co_form;

typedef struct co_register {
    co_pool *pool;
    co_form form;
    uint32_t n_rows;
    uint32_t count;
    const void *rows;           /* forms SLOTS and WORDS: the buffer, or borrowed */
    void *buffer;               /* its own; NULL until it was needed */
} co_register;

/* Empty. */
void co_register_init(co_register *set, co_pool *pool, uint32_t n_rows);
void co_register_clear(co_register *set);
void co_register_swap(co_register *a, co_register *b);

static inline size_t co_register_n_words(const co_register *set) { return co_words_for(set->n_rows); }
static inline const uint64_t *co_register_words(const co_register *set) { return set->rows; }
static inline const uint16_t *co_register_slots(const co_register *set) { return set->rows; }

/* So few that looking at each may be quicker than a loop over all rows of the tile. */
static inline bool co_register_is_few(const co_register *set) { return set->count <= set->n_rows / 64; }

void co_register_set_empty(co_register *set);
void co_register_set_all(co_register *set);
/* What `from` borrows is borrowed, what is its own is copied. */
bool co_register_copy(co_register *set, const co_register *from);
/* Rising slots, any number of them. */
bool co_register_set_slots(co_register *set, const uint16_t *slots, size_t n);

/*
 * Borrowing: rising slots; or all of the tile's words, of which count bits are
 * set and none past the last row; or the rows of a register that stays as it is.
 * They must stay for as long as this register and its copies are used.
 */
bool co_register_borrow_slots(co_register *set, const uint16_t *slots, size_t n);
void co_register_borrow_words(co_register *set, const uint64_t *words, uint32_t count);
void co_register_borrow(co_register *set, const co_register *from);
/* What was borrowed for a while is copied. */
bool co_register_own(co_register *set);

/*
 * Writing words: room for all of the tile's words, contents undefined; when
 * they are written, settle counts them and takes the form that fits.
 */
uint64_t *co_register_open(co_register *set);
void co_register_settle(co_register *set);
/* The same where the count is known. */
void co_register_settle_count(co_register *set, uint32_t count);

bool co_register_has(const co_register *set, uint32_t slot);
/* Which of n rising slots are in, as bits by position; bits past the last zero. */
void co_register_test(const co_register *set, const uint16_t *slots, uint32_t n, uint64_t *bits);
/* All of the tile's words; bits past the last row zero. */
void co_register_to_words(const co_register *set, uint64_t *words);
/* Rising slots into out (room for count of them). */
void co_register_to_slots(const co_register *set, uint16_t *out);

/* set = a OP b; set may be a, never b. */
bool co_register_intersect(co_register *set, const co_register *a, const co_register *b);
bool co_register_subtract(co_register *set, const co_register *a, const co_register *b);
/* In place: a = a OP b. */
bool co_register_and(co_register *a, const co_register *b);
bool co_register_or(co_register *a, const co_register *b);
bool co_register_minus(co_register *a, const co_register *b);
/* With words of the tile's length, bits past the last row zero. */
bool co_register_and_words(co_register *set, const uint64_t *words);
bool co_register_minus_words(co_register *set, const uint64_t *words);

#endif
