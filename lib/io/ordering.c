/* Rows put in order: a stable merge sort of positions. */
#include "io/ordering.h"

#include "base/unicode.h"

/* ---- the text of an order ---- */

static bool is_blank(char c)
{
    return (unsigned char)c <= ' ';
}

/* Takes the word and the blank before it off the end. */
static bool ends_with_word(co_text *text, const char *word)
{
    const size_t length = strlen(word);

    if (text->length <= length || !is_blank(text->bytes[text->length - length - 1]))
        return false;
    for (size_t i = 0; i < length; i++)
        if ((text->bytes[text->length - length + i] | 0x20) != word[i])
            return false;
    text->length -= length + 1;
    return true;
}

static void trim(co_text *text)
{
    while (text->length > 0 && is_blank(*text->bytes)) {
        text->bytes++;
        text->length--;
    }
    while (text->length > 0 && is_blank(text->bytes[text->length - 1]))
        text->length--;
}

/* The first comma outside parentheses and quotes, or the length. */
static size_t item_length(co_text text)
{
    char quote = 0;
    int depth = 0;

    for (size_t i = 0; i < text.length; i++) {
        const char c = text.bytes[i];

        if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if (c == '\'' || c == '"')
            quote = c;
        else if (c == ',' && depth == 0)
            return i;
        else
            depth += (c == '(') - (c == ')');
    }
    return text.length;
}

bool co_order_next(co_text *rest, co_text *expression, bool *descending)
{
    if (rest->length == 0)
        return false;

    const size_t length = item_length(*rest);
    const size_t used = length < rest->length ? length + 1 : length;

    *expression = (co_text){ rest->bytes, length };
    *rest = (co_text){ rest->bytes + used, rest->length - used };
    trim(expression);
    *descending = ends_with_word(expression, "desc");
    if (!*descending)
        ends_with_word(expression, "asc");
    trim(expression);
    return true;
}

/* ---- comparing ---- */

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_keys(co_key a, co_key b)
{
    return a.is_text ? co_text_compare(a.text, b.text) : compare_numbers(a.number, b.number);
}

/* A set as its elements, one after the other. */
static int compare_sets(const co_vector *v, uint32_t a, uint32_t b)
{
    const uint32_t n_a = v->ends[a + 1] - v->ends[a];
    const uint32_t n_b = v->ends[b + 1] - v->ends[b];

    for (uint32_t i = 0; i < n_a && i < n_b; i++) {
        const int order = co_text_compare(v->texts[v->ends[a] + i], v->texts[v->ends[b] + i]);

        if (order != 0)
            return order;
    }
    return compare_numbers(n_a, n_b);
}

static int compare_values(const co_version *version, const co_order_key *key, uint32_t a, uint32_t b)
{
    const co_vector *v = &key->vector;
    int order;

    switch (v->type) {
    case CO_V_EXACT:
        return v->is_wide ? co_wide_compare(v->wides[a], v->wides[b]) : compare_numbers(v->numbers[a], v->numbers[b]);
    case CO_V_DOUBLE:
        return (v->reals[a] > v->reals[b]) - (v->reals[a] < v->reals[b]);
    case CO_V_TEXT:
        return key->nocase ? co_text_fold_compare(v->texts[a], v->texts[b]) : co_text_compare(v->texts[a], v->texts[b]);
    case CO_V_SET:
        return compare_sets(v, a, b);
    case CO_V_INTERVAL:
        return co_interval_compare(v->intervals[a], v->intervals[b]);
    case CO_V_POINT:
        order = (v->reals[a] > v->reals[b]) - (v->reals[a] < v->reals[b]);
        return order != 0 ? order : (v->longitudes[a] > v->longitudes[b]) - (v->longitudes[a] < v->longitudes[b]);
    case CO_V_REFERENCE:
        return compare_keys(co_version_key(version, key->target, (uint32_t)v->numbers[a]),
                            co_version_key(version, key->target, (uint32_t)v->numbers[b]));
    default:
        return compare_numbers(v->numbers[a], v->numbers[b]);
    }
}

static bool is_valid(const co_vector *vector, uint32_t i)
{
    return vector->valid[i >> 6] >> (i & 63) & 1;
}

static int compare_rows(const co_version *version, const co_order_key *keys, size_t n_keys, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < n_keys; i++) {
        const bool has_a = is_valid(&keys[i].vector, a);
        const bool has_b = is_valid(&keys[i].vector, b);
        int order = has_b - has_a;

        if (has_a && has_b)
            order = compare_values(version, &keys[i], a, b);
        if (order != 0)
            return keys[i].descending ? -order : order;
    }
    return 0;
}

cohort_status co_order_rows(co_memory *memory, const co_version *version, const co_order_key *keys, size_t n_keys,
                            uint32_t *order, uint32_t n, cohort_error *error)
{
    uint32_t *from = order;
    uint32_t *to = co_memory_new_array(memory, (size_t)n + 1, sizeof *to);
    uint32_t *const scratch = to;

    if (to == NULL)
        return co_fail_memory(error);
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    for (uint64_t run = 1; run < n; run *= 2) {
        for (uint64_t first = 0; first < n; first += 2 * run) {
            const uint64_t middle = first + run < n ? first + run : n;
            const uint64_t end = first + 2 * run < n ? first + 2 * run : n;
            uint64_t a = first, b = middle;

            for (uint64_t i = first; i < end; i++) {
                const bool take_b =
                    b < end && (a == middle || compare_rows(version, keys, n_keys, from[b], from[a]) < 0);

                to[i] = take_b ? from[b++] : from[a++];
            }
        }

        uint32_t *const swap = from;

        from = to;
        to = swap;
    }
    if (from != order)
        memcpy(order, from, n * sizeof *order);
    co_memory_free(memory, scratch, ((size_t)n + 1) * sizeof *scratch);
    return COHORT_OK;
}
