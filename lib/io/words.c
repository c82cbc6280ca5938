/* The distinct texts of one column: open addressing, linear probing. */
#include "io/words.h"

enum { FIRST_SLOTS_LOG = 7, LONGEST_SEARCH = 64 };

void co_words_init(co_words *words, co_memory *memory)
{
    *words = (co_words){ .memory = memory, .shift = 64 - FIRST_SLOTS_LOG + 1 };
    co_textroom_init(&words->room, memory);
}

void co_words_clear(co_words *words)
{
    co_textroom_clear(&words->room);
    co_memory_free(words->memory, words->texts, words->texts_room * sizeof *words->texts);
    co_memory_free(words->memory, words->items, words->items_room * sizeof *words->items);
    co_memory_free(words->memory, words->slots, words->n_slots * sizeof *words->slots);
    co_words_init(words, words->memory);
}

/* The free slot for a word that is not there; NULL if it is far from where it belongs. */
static uint16_t *free_slot(const co_words *words, const co_word *word)
{
    size_t slot = co_word_slot(words, word);

    for (unsigned i = 0; i < LONGEST_SEARCH; i++, slot = (slot + 1) & (words->n_slots - 1))
        if (words->slots[slot] == 0)
            return &words->slots[slot];
    return NULL;
}

/* False: no memory. *fits is false if some would then be far from where they belong. */
static bool grow(co_words *words, bool *fits)
{
    co_words larger = *words;

    larger.n_slots = words->n_slots == 0 ? (size_t)1 << FIRST_SLOTS_LOG : words->n_slots * 2;
    larger.shift = words->shift - 1;
    larger.slots = co_memory_new_zeroed(words->memory, larger.n_slots, sizeof *larger.slots);
    if (larger.slots == NULL)
        return false;
    *fits = true;
    for (uint32_t code = 0; code < words->n && *fits; code++) {
        uint16_t *slot = free_slot(&larger, &words->items[code]);

        *fits = slot != NULL;
        if (*fits)
            *slot = (uint16_t)(code + 1);
    }
    if (*fits) {
        co_memory_free(words->memory, words->slots, words->n_slots * sizeof *words->slots);
        *words = larger;
    } else {
        co_memory_free(words->memory, larger.slots, larger.n_slots * sizeof *larger.slots);
    }
    return true;
}

/* Room for one more word. False: no memory. */
static bool make_room(co_words *words, bool *fits)
{
    *fits = words->n < CO_MOST_WORDS;
    if (*fits && words->n >= words->n_slots / 8 && !grow(words, fits))
        return false;
    if (!*fits)
        return true;
    return co_memory_grow(words->memory, (void **)&words->texts, &words->texts_room, words->n + (size_t)1,
                          sizeof *words->texts) &&
           co_memory_grow(words->memory, (void **)&words->items, &words->items_room, words->n + (size_t)1,
                          sizeof *words->items);
}

bool co_words_add(co_words *words, co_text text, uint32_t *code)
{
    char padded[8] = { 0 };
    co_text readable = text;
    bool fits;

    if (text.length < sizeof padded) {
        if (text.length > 0)
            memcpy(padded, text.bytes, text.length);
        readable.bytes = padded;
    }
    *code = co_words_find(words, readable);
    if (*code != CO_NO_WORD)
        return true;
    if (!make_room(words, &fits))
        return false;
    if (!fits)
        return true;

    const co_word word = co_word_of(readable);
    uint16_t *slot = free_slot(words, &word);

    if (slot == NULL)
        return true;
    if (!co_textroom_copy(&words->room, text, &words->texts[words->n]))
        return false;
    words->items[words->n] = word;
    *code = words->n++;
    *slot = (uint16_t)words->n;
    return true;
}
