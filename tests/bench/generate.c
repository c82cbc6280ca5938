/*
 * Makes the reference workload: contacts of a CRM, their tags, events and cases, as CSV.
 *
 *     bench_generate [--contacts N] [--seed S] [--skew F] [--shape NAME] FOLDER
 *
 * Gives    contacts.csv      N rows, keys 1 … N; age is missing in a tenth, revenue in 15 %;
 *                            no tags is "" in quotes, an empty set
 *          contact_tags.csv  the same tags, a row each, about 2.94 N
 *          events.csv        5 N rows in order of time, over three years
 *          cases.csv         N / 2 rows likewise
 *          names.txt         which words the data has, most frequent first
 * Always:  the same arguments give the same bytes. Everything lies before the instant
 *          2026-11-01 00:00 UTC, as of which the questions are asked.
 *          --skew multiplies every exponent: 1 is the reference, 0 makes all alike.
 *          --shape is for events that come otherwise: one-parent (all of contact 1),
 *          one-each (of the contacts in turn), many-types (1,000), one-time (all at once),
 *          shuffled (in no order of time).
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csvout.h"
#include "draw.h"
#include "names.h"

enum {
    SIGNUP_DAYS = 3653,         /* days before the as-of instant in which things happen */
    EVENT_DAYS = 1095,
    DAY_SECONDS = 86400,
    MOST_TAGS = 8,
    USUAL_TYPES = 12,
    TABLE_CONTACTS = 1,
    TABLE_EVENTS = 2,
    TABLE_CASES = 3
};

typedef enum shape { SPREAD, ONE_PARENT, ONE_EACH, MANY_TYPES, ONE_TIME, SHUFFLED, N_SHAPES } shape;

static const char *const shape_names[] = { "spread", "one-parent", "one-each", "many-types", "one-time", "shuffled" };

typedef struct world {
    const char *folder;
    uint64_t n_contacts;
    uint64_t seed;
    double skew;
    shape shape;
    uint32_t n_types;
    uint64_t stride;            /* rank in activity × stride mod n_contacts is a contact */
    char dates[SIGNUP_DAYS][11];
    double countries[N_COUNTRIES];      /* shares, summed up */
    double industries[N_INDUSTRIES];
    double stages[N_STAGES];
    double types[N_TYPES];
    double priorities[N_PRIORITIES];
    double states[N_STATES];
    names words;
} world;

/* Weights to shares that rise to 1. */
static void sum_up(double *shares, uint32_t n, double skew)
{
    double all = 0;

    for (uint32_t i = 0; i < n; i++)
        all += shares[i] = pow(shares[i], skew);
    for (uint32_t i = 0; i < n; i++)
        shares[i] = shares[i] / all + (i == 0 ? 0 : shares[i - 1]);
    shares[n - 1] = 1;
}

/* The first place whose share is past a draw. */
static uint32_t pick(draw *d, const double *shares, uint32_t n)
{
    const double at = draw_unit(d);
    uint32_t low = 0;

    for (uint32_t high = n - 1; low < high;) {
        const uint32_t middle = (low + high) / 2;

        if (shares[middle] > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* A place in [0, n) that comes the oftener the lower it is. */
static uint64_t lean(draw *d, uint64_t n, double exponent)
{
    return (uint64_t)((double)n * pow(draw_unit(d), exponent));
}

/* Every day that may occur, written out; the last is 2026-10-31. */
static void write_dates(world *w)
{
    static const uint32_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    uint32_t year = 2026, month = 10, day = 31;

    for (uint32_t i = SIGNUP_DAYS; i-- > 0;) {
        snprintf(w->dates[i], sizeof w->dates[i], "%04u-%02u-%02u", year % 10000, month % 100, day % 100);
        if (--day > 0)
            continue;
        if (--month == 0) {
            month = 12;
            year--;
        }
        day = lengths[month - 1] + (month == 2 && year % 4 == 0);
    }
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        const uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* Steps of this width through n places visit each once, neighbours far apart. */
static uint64_t stride_through(uint64_t n)
{
    uint64_t stride = (uint64_t)((double)n * 0.618) | 1;

    while (common_divisor(stride, n) != 1)
        stride += 2;
    return stride;
}

static void set_up(world *w)
{
    static const double stages[] = { 25, 35, 12, 8, 5, 12, 3 };
    static const double types[USUAL_TYPES] = { 400, 200, 120, 80, 60, 40, 30, 25, 15, 10, 10, 10 };
    static const double priorities[] = { 40, 35, 18, 7 };
    static const double states[] = { 10, 10, 30, 50 };

    for (uint32_t i = 0; i < N_COUNTRIES; i++)
        w->countries[i] = pow(i + 1, -1.05);
    for (uint32_t i = 0; i < N_INDUSTRIES; i++)
        w->industries[i] = 1 / (i + 2.0);
    memcpy(w->stages, stages, sizeof stages);
    memcpy(w->types, types, sizeof types);
    memcpy(w->priorities, priorities, sizeof priorities);
    memcpy(w->states, states, sizeof states);
    sum_up(w->countries, N_COUNTRIES, w->skew);
    sum_up(w->industries, N_INDUSTRIES, w->skew);
    sum_up(w->stages, N_STAGES, w->skew);
    w->n_types = w->shape == MANY_TYPES ? N_TYPES : USUAL_TYPES;
    for (uint32_t i = USUAL_TYPES; i < w->n_types; i++)
        w->types[i] = 1;
    sum_up(w->types, w->n_types, w->skew);
    sum_up(w->priorities, N_PRIORITIES, w->skew);
    sum_up(w->states, N_STATES, w->skew);

    w->stride = stride_through(w->n_contacts);
    write_dates(w);
    names_make(&w->words, w->seed);
}

/* Tags of one contact, each once; returns how many. */
static uint32_t draw_tags(const world *w, draw *d, uint32_t *tags)
{
    static const double shares[] = { 0.12, 0.26, 0.44, 0.62, 0.78, 0.89, 0.95, 0.98, 1 };
    const uint32_t wanted = pick(d, shares, MOST_TAGS + 1);
    uint32_t n = 0;

    for (uint32_t i = 0; i < wanted; i++) {
        uint32_t k = 0;

        tags[n] = (uint32_t)lean(d, N_TAGS, 2 * w->skew);
        while (tags[k] != tags[n])
            k++;
        n += k == n;
    }
    return n;
}

/* Lognormal, median e^11 ≈ 60,000, in cents. */
static uint64_t draw_revenue(draw *d)
{
    const double normal = sqrt(-2 * log(1 - draw_unit(d))) * cos(2 * acos(-1) * draw_unit(d));
    const double revenue = exp(11 + 1.8 * normal);

    return (uint64_t)(100 * (revenue < 9e9 ? revenue : 9e9));
}

static void write_tags(const world *w, csv_out *contacts, csv_out *tags_out, uint64_t key, draw *d)
{
    uint32_t tags[MOST_TAGS + 1];
    const uint32_t n = draw_tags(w, d, tags);

    if (n == 0)
        csv_text(contacts, "\"\"");
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0)
            csv_byte(contacts, ';');
        csv_text(contacts, w->words.tag[tags[i]]);
        csv_number(tags_out, key);
        csv_byte(tags_out, ',');
        csv_text(tags_out, w->words.tag[tags[i]]);
        csv_end_row(tags_out);
    }
}

static void write_contact(const world *w, csv_out *out, csv_out *tags_out, uint64_t key)
{
    draw d = draw_begin(w->seed, TABLE_CONTACTS, key);

    csv_number(out, key);
    csv_byte(out, ',');
    csv_text(out, w->words.country[pick(&d, w->countries, N_COUNTRIES)]);
    csv_byte(out, ',');
    csv_text(out, w->words.industry[pick(&d, w->industries, N_INDUSTRIES)]);
    csv_byte(out, ',');
    csv_text(out, w->words.stage[pick(&d, w->stages, N_STAGES)]);
    csv_byte(out, ',');
    if (draw_unit(&d) >= 0.10)
        csv_number(out, 18 + lean(&d, 72, 1.25));
    csv_byte(out, ',');
    if (draw_unit(&d) >= 0.15)
        csv_cents(out, draw_revenue(&d));
    csv_byte(out, ',');
    csv_text(out, w->dates[draw_below(&d, SIGNUP_DAYS)]);
    csv_text(out, draw_unit(&d) < 0.62 ? ",true," : ",false,");
    write_tags(w, out, tags_out, key, &d);
    csv_byte(out, ',');
    csv_text(out, w->words.city[lean(&d, N_CITIES, 1.7 * w->skew)]);
    csv_byte(out, ',');
    csv_number(out, (draw_below(&d, 1001) + draw_below(&d, 1001) + draw_below(&d, 1001)) / 3);
    csv_end_row(out);
}

static void write_contacts(const world *w)
{
    csv_out *out = csv_open(w->folder, "contacts.csv",
                            "id,country,industry,stage,age,revenue,signup,opt_in,tags,city,score");
    csv_out *tags_out = csv_open(w->folder, "contact_tags.csv", "contact,tag");

    for (uint64_t key = 1; key <= w->n_contacts; key++)
        write_contact(w, out, tags_out, key);
    csv_close(out);
    csv_close(tags_out);
}

/* A contact: few of them do much. */
static uint64_t draw_contact(const world *w, draw *d)
{
    return (lean(d, w->n_contacts, 2 * w->skew) * w->stride) % w->n_contacts + 1;
}

/* The time of row i of n: they are spread evenly over the years. */
static void write_time(const world *w, csv_out *out, uint64_t i, uint64_t n)
{
    const uint64_t at = (uint64_t)((double)i / (double)n * EVENT_DAYS * DAY_SECONDS);
    const uint64_t second = at % DAY_SECONDS;

    csv_text(out, w->dates[SIGNUP_DAYS - EVENT_DAYS + at / DAY_SECONDS]);
    csv_byte(out, ' ');
    csv_digits(out, second / 3600, 2);
    csv_byte(out, ':');
    csv_digits(out, second / 60 % 60, 2);
    csv_byte(out, ':');
    csv_digits(out, second % 60, 2);
}

/* Purchases, carts and opportunities have an amount, in cents; 0: none. */
static uint64_t draw_amount(draw *d, uint32_t type)
{
    const double u = draw_unit(d);

    if (type == 6)
        return 2500 + (uint64_t)(20000 * u + 90000 * u * u * u * u);
    return type == 4 || type == 9 ? 1000 + (uint64_t)(20000 * u) : 0;
}

static uint64_t draw_parent(const world *w, draw *d, uint64_t i)
{
    const uint64_t drawn = draw_contact(w, d);

    return w->shape == ONE_PARENT ? 1 : w->shape == ONE_EACH ? i % w->n_contacts + 1 : drawn;
}

/* Event i of n in order of time. */
static void write_event(const world *w, csv_out *out, uint64_t i, uint64_t n)
{
    draw d = draw_begin(w->seed, TABLE_EVENTS, i);
    uint32_t type;
    uint64_t amount;

    csv_number(out, draw_parent(w, &d, i));
    csv_byte(out, ',');
    type = pick(&d, w->types, w->n_types);
    csv_text(out, w->words.type[type]);
    csv_byte(out, ',');
    write_time(w, out, w->shape == ONE_TIME ? n - 1 : i, n);
    csv_byte(out, ',');
    amount = draw_amount(&d, type);
    if (amount != 0)
        csv_cents(out, amount);
    csv_end_row(out);
}

static void write_events(const world *w)
{
    csv_out *out = csv_open(w->folder, "events.csv", "contact,type,at,amount");
    const uint64_t n = 5 * w->n_contacts;
    const uint64_t stride = w->shape == SHUFFLED ? stride_through(n) : 1;

    for (uint64_t i = 0, place = 0; i < n; i++, place = (place + stride) % n)
        write_event(w, out, place, n);
    csv_close(out);
}

static void write_cases(const world *w)
{
    csv_out *out = csv_open(w->folder, "cases.csv", "case_id,contact,priority,status,opened");
    const uint64_t n = w->n_contacts / 2;

    for (uint64_t i = 0; i < n; i++) {
        draw d = draw_begin(w->seed, TABLE_CASES, i);

        csv_number(out, i + 1);
        csv_byte(out, ',');
        csv_number(out, draw_contact(w, &d));
        csv_byte(out, ',');
        csv_text(out, w->words.priority[pick(&d, w->priorities, N_PRIORITIES)]);
        csv_byte(out, ',');
        csv_text(out, w->words.status[pick(&d, w->states, N_STATES)]);
        csv_byte(out, ',');
        write_time(w, out, i, n);
        csv_end_row(out);
    }
    csv_close(out);
}

/* N_SHAPES if there is none of that name. */
static shape find_shape(const char *name)
{
    shape found = SPREAD;

    while (found < N_SHAPES && strcmp(shape_names[found], name) != 0)
        found++;
    return found;
}

/* Not 0: the arguments are none of ours. */
static int read_arguments(world *w, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--contacts") == 0 && i + 1 < argc)
            w->n_contacts = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            w->seed = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--skew") == 0 && i + 1 < argc)
            w->skew = strtod(argv[++i], NULL);
        else if (strcmp(argv[i], "--shape") == 0 && i + 1 < argc)
            w->shape = find_shape(argv[++i]);
        else if (argv[i][0] != '-' && w->folder == NULL)
            w->folder = argv[i];
        else
            return -1;
    return w->folder == NULL || w->n_contacts == 0 || w->n_contacts > UINT32_MAX || !(w->skew >= 0) ||
           w->shape == N_SHAPES;
}

int main(int argc, char **argv)
{
    static world w = { .n_contacts = 10000000, .seed = 1, .skew = 1 };

    if (read_arguments(&w, argc, argv) != 0) {
        fputs("usage: bench_generate [--contacts N] [--seed S] [--skew F] [--shape NAME] FOLDER\n", stderr);
        return 1;
    }
    set_up(&w);
    if (names_write(&w.words, w.folder) != 0) {
        perror(w.folder);
        return 1;
    }
    write_contacts(&w);
    write_events(&w);
    write_cases(&w);
    return 0;
}
