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

#define CO_MOST_WORDS 65535u
#define CO_NO_WORD UINT32_MAX

/* What tells words apart: the first and last 8 bytes, or 0; of more than 16 bytes `tail` is a hash. */
typedef struct co_word {
    uint64_t head, tail;
    uint32_t length;
} co_word;

typedef struct co_words {
    co_memory *memory;
    co_textroom room;
    co_text *texts;             /* by code */
    co_word *items;             /* likewise */
    size_t texts_room, items_room;
    uint32_t n;
    uint16_t *slots;            /* code + 1, or 0; a power of two, at most an eighth in use */
    size_t n_slots;
    unsigned shift;             /* of a hash, so that it is below n_slots */
} co_words;

void co_words_init(co_words *words, co_memory *memory);
void co_words_clear(co_words *words);

/*
 * The code of a text of less than 4 GiB, which is copied if it is new. *code is
 * CO_NO_WORD if there is room for no more, or so many look alike that finding one
 * would take long. False: no memory.
 */
bool co_words_add(co_words *words, co_text text, uint32_t *code);

/* What tells words apart. 8 bytes from the first must be readable. No branch hangs on 16 bytes or less. */
static inline co_word co_word_of(co_text text)
{
    static const uint64_t first_bytes[9] = { 0,
                                             UINT64_C(0xff),
                                             UINT64_C(0xffff),
                                             UINT64_C(0xffffff),
                                             UINT64_C(0xffffffff),
                                             UINT64_C(0xffffffffff),
                                             UINT64_C(0xffffffffffff),
                                             UINT64_C(0xffffffffffffff),
                                             UINT64_MAX };
    const size_t past_8 = text.length > 8 ? text.length - 8 : 0;
    const uint64_t head = co_load_u64(text.bytes) & first_bytes[text.length - past_8];

    if (text.length > 16)
        return (co_word){ head, co_hash_fast(text.bytes, text.length, 0), (uint32_t)text.length };
    return (co_word){ head, co_load_u64(text.bytes + past_8) & (0 - (uint64_t)(past_8 > 0)), (uint32_t)text.length };
}

static inline size_t co_word_slot(const co_words *words, const co_word *word)
{
    const uint64_t tail = (word->tail ^ word->length) * UINT64_C(0x9e3779b97f4a7c15);

    return (size_t)((word->head + tail) * UINT64_C(0xe9846af9b1a615d) >> words->shift);
}

/* The code of a text with 8 readable bytes from its first, CO_NO_WORD if it is new. */
static inline uint32_t co_words_find(const co_words *words, co_text text)
{
    const co_word word = co_word_of(text);

    if (words->n_slots == 0)
        return CO_NO_WORD;
    for (size_t slot = co_word_slot(words, &word); words->slots[slot] != 0; slot = (slot + 1) & (words->n_slots - 1)) {
        const uint32_t code = words->slots[slot] - 1u;
        const co_word *item = &words->items[code];

        if (((item->head ^ word.head) | (item->tail ^ word.tail) | (item->length ^ word.length)) == 0 &&
            (word.length <= 16 || co_text_equal(words->texts[code], text)))
            return code;
    }
    return CO_NO_WORD;
}

#endif
