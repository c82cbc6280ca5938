/*
 * The distinct texts of one column of a file, each with a code: 0, 1, 2, … in
 * order of first use.
 *
 * Always:  at most CO_MOST_WORDS; a column with more is no column of words. Texts
 *          do not move.
 * Costs:   up to 16 bytes are compared in two registers, without looking at the
 *          word's text; longer ones are hashed.
 */
#ifndef CO_IO_WORDS_H
#define CO_IO_WORDS_H

#include "base/bytes.h"
#include "base/hash.h"
#include "io/textroom.h"

#define CO_MOST_WORDS 65536u
#define CO_NO_WORD UINT32_MAX

/* `head` and `tail` are its first and last 8 bytes, or 0; of more than 16 bytes `tail` is a hash. */
typedef struct co_word {
    uint64_t head, tail;
    uint32_t length;
    uint32_t code_plus_1;       /* 0: free */
} co_word;

typedef struct co_words {
    co_memory *memory;
    co_textroom room;
    co_text *texts;             /* by code */
    size_t texts_room;
    uint32_t n;
    co_word *slots;             /* n_slots, a power of two, at most half in use */
    size_t n_slots;
} co_words;

void co_words_init(co_words *words, co_memory *memory);
void co_words_clear(co_words *words);

/*
 * The code of a text of less than 4 GiB, which is copied if it is new. *code is
 * CO_NO_WORD if there is room for no more, or so many look alike that finding one
 * would take long. False: no memory.
 */
bool co_words_add(co_words *words, co_text text, uint32_t *code);

/* What tells words apart. 8 bytes from the first must be readable. */
static inline co_word co_word_of(co_text text)
{
    const uint64_t head = co_load_u64(text.bytes);

    if (text.length <= 8)
        return (co_word){ text.length == 0 ? 0 : head & (UINT64_MAX >> (64 - 8 * text.length)), 0,
                          (uint32_t)text.length, 0 };
    if (text.length <= 16)
        return (co_word){ head, co_load_u64(text.bytes + text.length - 8), (uint32_t)text.length, 0 };
    return (co_word){ head, co_hash_fast(text.bytes, text.length, 0), (uint32_t)text.length, 0 };
}

static inline size_t co_word_slot(const co_words *words, const co_word *word)
{
    uint64_t mixed = (word->head ^ (word->tail + word->length) * UINT64_C(0x9e3779b97f4a7c15)) *
                     UINT64_C(0xe9846af9b1a615d);

    mixed ^= mixed >> 32;
    return (size_t)(mixed * UINT64_C(0x9e3779b97f4a7c15) >> 40) & (words->n_slots - 1);
}

/* The code of a text with 8 readable bytes from its first, CO_NO_WORD if it is new. */
static inline uint32_t co_words_find(const co_words *words, co_text text)
{
    const co_word word = co_word_of(text);

    if (words->n_slots == 0)
        return CO_NO_WORD;
    for (size_t slot = co_word_slot(words, &word);; slot = (slot + 1) & (words->n_slots - 1)) {
        const co_word *found = &words->slots[slot];

        if (((found->head ^ word.head) | (found->tail ^ word.tail) | (found->length ^ word.length)) == 0 &&
            found->code_plus_1 != 0 &&
            (word.length <= 16 || co_text_equal(words->texts[found->code_plus_1 - 1], text)))
            return found->code_plus_1 - 1;
        if (found->code_plus_1 == 0)
            return CO_NO_WORD;
    }
}

#endif
