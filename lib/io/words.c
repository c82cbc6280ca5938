/* The distinct texts of one column: open addressing, linear probing. */
#include "io/words.h"

enum { FIRST_SLOTS = 64, LONGEST_SEARCH = 64 };

void co_words_init(co_words *words, co_memory *memory)
{
    *words = (co_words){ .memory = memory };
    co_textroom_init(&words->room, memory);
}

void co_words_clear(co_words *words)
{
    co_textroom_clear(&words->room);
    co_memory_free(words->memory, words->texts, words->texts_room * sizeof *words->texts);
    co_memory_free(words->memory, words->slots, words->n_slots * sizeof *words->slots);
    co_words_init(words, words->memory);
}

static bool grow(co_words *words)
{
    const co_words old = *words;
    const size_t n_slots = old.n_slots == 0 ? FIRST_SLOTS : old.n_slots * 2;
    co_word *slots = co_memory_new_zeroed(words->memory, n_slots, sizeof *slots);

    if (slots == NULL)
        return false;
    words->slots = slots;
    words->n_slots = n_slots;
    for (size_t i = 0; i < old.n_slots; i++) {
        size_t slot = co_word_slot(words, &old.slots[i]);

        if (old.slots[i].code_plus_1 == 0)
            continue;
        while (slots[slot].code_plus_1 != 0)
            slot = (slot + 1) & (n_slots - 1);
        slots[slot] = old.slots[i];
    }
    co_memory_free(words->memory, old.slots, old.n_slots * sizeof *old.slots);
    return true;
}

/* The free slot for a word that is not there; NULL if it is far from where it belongs. */
static co_word *free_slot(const co_words *words, const co_word *word)
{
    size_t slot = co_word_slot(words, word);

    for (unsigned i = 0; i < LONGEST_SEARCH; i++, slot = (slot + 1) & (words->n_slots - 1))
        if (words->slots[slot].code_plus_1 == 0)
            return &words->slots[slot];
    return NULL;
}

bool co_words_add(co_words *words, co_text text, uint32_t *code)
{
    char padded[8] = { 0 };
    co_text readable = text;
    void *texts = words->texts;

    if (text.length < sizeof padded) {
        if (text.length > 0)
            memcpy(padded, text.bytes, text.length);
        readable.bytes = padded;
    }
    *code = co_words_find(words, readable);
    if (*code != CO_NO_WORD || words->n == CO_MOST_WORDS)
        return true;
    if (words->n >= words->n_slots / 2 && !grow(words))
        return false;

    co_word word = co_word_of(readable);
    co_word *slot = free_slot(words, &word);

    if (slot == NULL)
        return true;
    if (!co_memory_grow(words->memory, &texts, &words->texts_room, words->n + (size_t)1, sizeof *words->texts))
        return false;
    words->texts = texts;
    if (!co_textroom_copy(&words->room, text, &words->texts[words->n]))
        return false;
    *code = words->n++;
    word.code_plus_1 = words->n;
    *slot = word;
    return true;
}
