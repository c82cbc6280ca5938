/* Random constants, near the values that random records have. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/random_parts.h"

const char *const random_words[] = { "AU", "NZ", "au", "Retail", "retail trade", "a b", "x", "axb", "ab", "b", "a_b",
                                     "50%", "", " ", "caf\xc3\xa9", "CAF\xc3\x89", "\xce\xa3\xcf\x83\xcf\x82", "\xe2\x84\xaa" "elvin",
                                     "kelvin", "O'Hara", "line\nbreak", "stra\xc3\x9f" "e", "12", "007", "trade-off", "\\x",
                                     "vip", "VIP", "new", "gold", "a;b", "vip;new", "Gold;" };
const int n_random_words = sizeof random_words / sizeof *random_words;
const char *const random_tags[] = { "vip", "VIP", "new", "gold", "a;b", "", "churn", "\xc3\xa9t\xc3\xa9", "\xc3\x89t\xc3\xa9" };
const int n_random_tags = sizeof random_tags / sizeof *random_tags;

void r_say(random_expression *e, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    e->length += (size_t)vsnprintf(e->text + e->length, sizeof e->text - e->length, format, arguments);
    va_end(arguments);
    if (e->length >= sizeof e->text)
        abort();
}

int64_t r_between(random_expression *e, int64_t low, int64_t high) { return co_random_between(e->random, low, high); }
bool r_chance(random_expression *e, uint64_t one_in) { return co_random_chance(e->random, 1, one_in); }
int r_pick(random_expression *e, int n) { return (int)co_random_below(e->random, (uint64_t)n); }

/* ---- literals ---- */

void r_quoted(random_expression *e, const char *text)
{
    r_say(e, "'");
    for (; *text != 0; text++) {
        if (*text == '\'')
            r_say(e, "'");
        r_say(e, "%c", *text);
    }
    r_say(e, "'");
}

void r_word(random_expression *e) { r_quoted(e, random_words[r_pick(e, n_random_words)]); }

void r_number_literal(random_expression *e)
{
    switch (r_pick(e, 6)) {
    case 0:
        r_say(e, "%lld", (long long)r_between(e, -20, 120));
        break;
    case 1:
        r_say(e, "%lld.%02d", (long long)r_between(e, -20, 120), r_pick(e, 100));
        break;
    case 2:
        r_say(e, "%lld.%d", (long long)r_between(e, -5, 60), r_pick(e, 10));
        break;
    case 3:
        r_say(e, "%de%d", r_pick(e, 9) + 1, r_pick(e, 3));
        break;
    case 4:
        r_say(e, "%lld.%03d", (long long)r_between(e, 0, 60), r_pick(e, 1000));
        break;
    default:
        r_say(e, "%d", r_pick(e, 6));
        break;
    }
}

static void date_text(random_expression *e)
{
    static const char *const dates[] = { "2026-11-22", "2024-02-29", "2026-01-01", "2025-12-31", "2026-11-01" };

    if (r_chance(e, 3))
        r_say(e, "%s", dates[r_pick(e, 5)]);
    else
        r_say(e, "%d-%02d-%02d", (int)r_between(e, 1950, 2030), r_pick(e, 12) + 1, r_pick(e, 28) + 1);
}

void r_date_literal(random_expression *e, bool bare_allowed)
{
    r_say(e, bare_allowed && r_chance(e, 2) ? "'" : "DATE '");
    date_text(e);
    r_say(e, "'");
}

void r_instant_literal(random_expression *e, bool bare_allowed)
{
    r_say(e, bare_allowed && r_chance(e, 2) ? "'" : "TIMESTAMP '");
    r_say(e, "%d-%02d-%02d %02d:%02d:%02d%s'", (int)r_between(e, 2020, 2027), r_pick(e, 12) + 1, r_pick(e, 28) + 1, r_pick(e, 24),
        r_pick(e, 60), r_pick(e, 60), r_chance(e, 3) ? "+02" : "");
}

void r_span_literal(random_expression *e)
{
    static const char *const units[] = { "DAYS", "HOURS", "WEEKS", "MONTHS", "YEARS", "MINUTES" };
    static const char *const words[] = { "days", "hours", "weeks", "months", "years", "minutes" };
    const int n = 1 + r_pick(e, 40);
    const int unit = r_pick(e, 6);

    if (r_chance(e, 2))
        r_say(e, "INTERVAL %d %s", n, units[unit]);
    else
        r_say(e, "INTERVAL '%d %s'", n, words[unit]);
}

void r_range_literal(random_expression *e)
{
    static const char *const units[] = { "WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR" };
    static const char *const several[] = { "DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "FISCAL_QUARTERS",
                                           "FISCAL_YEARS" };
    static const char *const days[] = { "YESTERDAY", "TODAY", "TOMORROW", "LAST_90_DAYS", "NEXT_90_DAYS" };

    switch (r_pick(e, 6)) {
    case 0:
        r_say(e, "%s", days[r_pick(e, 5)]);
        break;
    case 1:
        r_say(e, "%s_%s", r_chance(e, 3) ? "LAST" : r_chance(e, 2) ? "THIS" : "NEXT", units[r_pick(e, 6)]);
        break;
    case 2:
        r_say(e, "LAST_N_%s:%d", several[r_pick(e, 7)], r_pick(e, 5) * r_pick(e, 5));
        break;
    case 3:
        r_say(e, "NEXT_N_%s:%d", several[r_pick(e, 7)], r_pick(e, 8));
        break;
    case 4:
        r_say(e, "N_%s_AGO:%d", several[r_pick(e, 7)], r_pick(e, 8));
        break;
    default:
        r_say(e, "THIS_%s_SO_FAR", units[r_pick(e, 6)]);
        break;
    }
}
