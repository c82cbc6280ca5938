/*
 * Familiar words for seed 1, invented ones for every other seed.
 */
#include "names.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "draw.h"

static const char *const countries[] = { "US", "IN", "GB", "AU", "DE", "FR", "CA", "BR", "JP", "NL", "ES",
                                         "IT", "SE", "SG", "MX", "ZA", "PL", "NZ", "IE", "CH" };
static const char *const industries[] = { "Technology", "Finance",      "Healthcare",   "Retail",     "Manufacturing",
                                          "Education",  "Energy",       "Media",        "Telecom",    "Travel",
                                          "Property",   "Legal",        "Consulting",   "Farming",    "Construction",
                                          "Automotive", "Aerospace",    "Pharma",       "Insurance",  "Charity" };
static const char *const stages[] = { "lead", "subscriber", "prospect", "qualified", "opportunity", "customer",
                                      "evangelist" };
static const char *const types[] = { "page_view", "email_open", "product_view", "email_click", "add_to_cart", "login",
                                     "purchase",  "form",       "webinar",      "opportunity", "chat",       "unsubscribe" };
static const char *const priorities[] = { "low", "medium", "high", "urgent" };
static const char *const states[] = { "open", "pending", "resolved", "closed" };

/* A kind of word: where it is kept, how many there are, the familiar ones and a form for the others. */
typedef struct kind {
    const char *label;
    size_t offset;
    uint32_t n;
    const char *const *known;
    uint32_t n_known;
    const char *form;
} kind;

#define COUNT(list) (uint32_t)(sizeof(list) / sizeof *(list))

static const kind kinds[] = {
    { "country", offsetof(names, country), N_COUNTRIES, countries, COUNT(countries), "X%03u" },
    { "industry", offsetof(names, industry), N_INDUSTRIES, industries, COUNT(industries), "" },
    { "stage", offsetof(names, stage), N_STAGES, stages, COUNT(stages), "" },
    { "tag", offsetof(names, tag), N_TAGS, NULL, 0, "tag_%03u" },
    { "city", offsetof(names, city), N_CITIES, NULL, 0, "city_%04u" },
    { "type", offsetof(names, type), N_TYPES, types, COUNT(types), "type_%03u" },
    { "priority", offsetof(names, priority), N_PRIORITIES, priorities, COUNT(priorities), "" },
    { "status", offsetof(names, status), N_STATES, states, COUNT(states), "" },
};

/* Word i of a kind for this seed: its last syllables spell i, so no two are alike. */
static void invent(char *word, uint64_t seed, uint32_t which, uint32_t i)
{
    static const char consonants[] = "bdfghjklmnprstvz";
    static const char vowels[] = "aeiou";
    draw draws = draw_begin(seed, 1000 + which, i);
    uint32_t n = 0;

    for (uint64_t k = draw_below(&draws, 4); k > 0; k--) {
        word[n++] = consonants[draw_below(&draws, 16)];
        word[n++] = vowels[draw_below(&draws, 5)];
    }
    for (uint32_t rest = i, k = 0; k < 3; k++, rest /= 16) {
        word[n++] = consonants[rest % 16];
        word[n++] = vowels[(rest + k + which) % 5];
    }
    word[n++] = consonants[i / 4096];
    word[n] = '\0';
}

void names_make(names *all, uint64_t seed)
{
    for (uint32_t k = 0; k < COUNT(kinds); k++) {
        name *words = (name *)(void *)((char *)all + kinds[k].offset);

        for (uint32_t i = 0; i < kinds[k].n; i++)
            if (seed != 1)
                invent(words[i], seed, k, i);
            else if (i < kinds[k].n_known)
                snprintf(words[i], NAME_SIZE, "%s", kinds[k].known[i]);
            else
                snprintf(words[i], NAME_SIZE, kinds[k].form, i);
    }
    if (seed == 1)
        strcpy(all->tag[7], "churned");
}

int names_write(const names *all, const char *folder)
{
    char path[1024];
    FILE *file;

    snprintf(path, sizeof path, "%s/names.txt", folder);
    file = fopen(path, "w");
    if (file == NULL)
        return -1;
    for (uint32_t k = 0; k < COUNT(kinds); k++) {
        const name *words = (const name *)(const void *)((const char *)all + kinds[k].offset);

        for (uint32_t i = 0; i < kinds[k].n; i++)
            fprintf(file, "%s%u=%s\n", kinds[k].label, i, words[i]);
    }
    return fclose(file);
}
