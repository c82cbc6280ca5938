/*
 * Tables of keywords, functions and relations, searched by name; and what a
 * mistyped or borrowed word most likely meant.
 *
 * Costs:   a look-up is a handful of comparisons; suggestions are made only
 *          for an error message.
 */
#include "expr/words.h"

#include <assert.h>

#include "expr/expr.h"

static const co_text words[CO_N_WORDS] = {
    { NULL, 0 },
#define CO_WORD_TEXT(word) { #word, sizeof #word - 1 },
    CO_WORD_LIST(CO_WORD_TEXT)
#undef CO_WORD_TEXT
};

static const co_function_shape functions[CO_N_FUNCTIONS] = {
#define CO_FUNCTION_SHAPE(id, text, least, greatest) { { text, sizeof text - 1 }, least, greatest },
    CO_FUNCTION_LIST(CO_FUNCTION_SHAPE)
#undef CO_FUNCTION_SHAPE
};

typedef struct relation {
    co_word word;
    co_node_kind kind;
    co_aggregate aggregate;
} relation;

static const relation relations[] = {
    { CO_WORD_COUNT, CO_NODE_COUNT_ROWS, CO_AGGREGATE_COUNT },
    { CO_WORD_COUNT, CO_NODE_AGGREGATE, CO_AGGREGATE_COUNT },
    { CO_WORD_SUM, CO_NODE_AGGREGATE, CO_AGGREGATE_SUM },
    { CO_WORD_AVG, CO_NODE_AGGREGATE, CO_AGGREGATE_AVG },
    { CO_WORD_MIN, CO_NODE_AGGREGATE, CO_AGGREGATE_MIN },
    { CO_WORD_MAX, CO_NODE_AGGREGATE, CO_AGGREGATE_MAX },
    { CO_WORD_MEDIAN, CO_NODE_AGGREGATE, CO_AGGREGATE_MEDIAN },
    { CO_WORD_FIRST, CO_NODE_AGGREGATE, CO_AGGREGATE_FIRST },
    { CO_WORD_LAST, CO_NODE_AGGREGATE, CO_AGGREGATE_LAST },
    { CO_WORD_MODE, CO_NODE_AGGREGATE, CO_AGGREGATE_MODE },
    { CO_WORD_MAX_GAP, CO_NODE_AGGREGATE, CO_AGGREGATE_MAX_GAP },
    { CO_WORD_AVG_GAP, CO_NODE_AGGREGATE, CO_AGGREGATE_AVG_GAP },
    { CO_WORD_EXISTS, CO_NODE_EXISTS, 0 },
    { CO_WORD_EVERY, CO_NODE_EVERY, 0 },
    { CO_WORD_SEQUENCE, CO_NODE_SEQUENCE, 0 },
    { CO_WORD_FUNNEL, CO_NODE_FUNNEL, 0 },
    { CO_WORD_SEGMENT, CO_NODE_SEGMENT, 0 },
    { CO_WORD_BUCKET, CO_NODE_BUCKET, 0 },
    { CO_WORD_SAMPLE, CO_NODE_SAMPLE, 0 },
    { CO_WORD_NTILE, CO_NODE_NTILE, 0 },
    { CO_WORD_RANK, CO_NODE_RANK, 0 },
    { CO_WORD_PERCENT_RANK, CO_NODE_PERCENT_RANK, 0 },
};

enum { n_relations = sizeof relations / sizeof relations[0] };

/* What other languages call it. */
typedef struct synonym {
    co_text theirs;
    co_text ours;
} synonym;

#define SYNONYM(theirs, ours) { { theirs, sizeof theirs - 1 }, { ours, sizeof ours - 1 } }

static const synonym call_synonyms[] = {
    SYNONYM("AVERAGE", "AVG"), SYNONYM("MEAN", "AVG"), SYNONYM("TOTAL", "SUM"),
    SYNONYM("MINIMUM", "MIN"), SYNONYM("MAXIMUM", "MAX"),
    SYNONYM("LEN", "LENGTH"), SYNONYM("CHAR_LENGTH", "LENGTH"),
    SYNONYM("NVL", "COALESCE"), SYNONYM("IFNULL", "COALESCE"), SYNONYM("ISNULL", "COALESCE"),
    SYNONYM("CEILING", "CEIL"), SYNONYM("IIF", "IF"), SYNONYM("POW", "POWER"), SYNONYM("LOG", "LN"),
    SYNONYM("UCASE", "UPPER"), SYNONYM("LCASE", "LOWER"),
    SYNONYM("YEAR", "CALENDAR_YEAR"), SYNONYM("QUARTER", "CALENDAR_QUARTER"),
    SYNONYM("MONTH", "CALENDAR_MONTH"), SYNONYM("DAY", "DAY_IN_MONTH"), SYNONYM("HOUR", "HOUR_IN_DAY"),
    SYNONYM("WEEK", "WEEK_IN_YEAR"), SYNONYM("WEEKDAY", "DAY_IN_WEEK"), SYNONYM("DAYOFWEEK", "DAY_IN_WEEK"),
    SYNONYM("CURRENT_DATE", "TODAY"), SYNONYM("CURRENT_TIMESTAMP", "NOW"), SYNONYM("GETDATE", "NOW"),
    SYNONYM("DATE_PART", "CALENDAR_YEAR"), SYNONYM("SIZE", "CARDINALITY"), SYNONYM("ANY", "IN (…)"), SYNONYM("SOME", "IN (…)"), SYNONYM("POINT", "GEOLOCATION"),
};

static const synonym follower_synonyms[] = {
    SYNONYM("BEGINS", "STARTS WITH"), SYNONYM("STARTSWITH", "STARTS WITH"), SYNONYM("ENDSWITH", "ENDS WITH"),
    SYNONYM("BEGINSWITH", "STARTS WITH"), SYNONYM("ISNULL", "IS NULL"), SYNONYM("NOTNULL", "IS NOT NULL"),
    SYNONYM("EQUALS", "="), SYNONYM("EQ", "="), SYNONYM("NE", "!="), SYNONYM("LT", "<"), SYNONYM("LE", "<="),
    SYNONYM("GT", ">"), SYNONYM("GE", ">="), SYNONYM("REGEXP", "MATCHES"), SYNONYM("RLIKE", "MATCHES"),
    SYNONYM("SIMILAR", "MATCHES"), SYNONYM("DOES", "NOT CONTAINS"), SYNONYM("MOD", "MOD(a, b)"),
};

/* What can stand after an operand; the words somebody may have mistyped there. */
static const co_word followers[] = {
    CO_WORD_AND, CO_WORD_OR, CO_WORD_XOR, CO_WORD_IS, CO_WORD_IN, CO_WORD_NOT, CO_WORD_BETWEEN, CO_WORD_LIKE,
    CO_WORD_ILIKE, CO_WORD_CONTAINS, CO_WORD_STARTS, CO_WORD_ENDS, CO_WORD_MATCHES, CO_WORD_HAS, CO_WORD_INCLUDES,
    CO_WORD_EXCLUDES, CO_WORD_WITHIN, CO_WORD_WHERE, CO_WORD_VIA, CO_WORD_SATISFIES, CO_WORD_AMONG, CO_WORD_PER,
    CO_WORD_THEN, CO_WORD_ELSE, CO_WORD_WHEN, CO_WORD_END, CO_WORD_ESCAPE, CO_WORD_PERCENT,
};

enum { n_followers = sizeof followers / sizeof followers[0] };

/* Orders a word of any letter case against one in capitals. */
static int compare_words(co_text word, co_text capitals)
{
    for (size_t i = 0; i < word.length && i < capitals.length; i++) {
        const unsigned char a = (unsigned char)co_to_capital(word.bytes[i]);
        const unsigned char b = (unsigned char)capitals.bytes[i];

        if (a != b)
            return a < b ? -1 : 1;
    }
    return (word.length > capitals.length) - (word.length < capitals.length);
}

co_word co_word_find(co_text word)
{
    unsigned first = 1;
    unsigned end = CO_N_WORDS;

    while (first < end) {
        const unsigned middle = first + (end - first) / 2;
        const int order = compare_words(word, words[middle]);

        if (order == 0)
            return (co_word)middle;
        if (order < 0)
            end = middle;
        else
            first = middle + 1;
    }
    return CO_WORD_NONE_OF_THEM;
}

co_text co_word_text(co_word word)
{
    assert(word > CO_WORD_NONE_OF_THEM && word < CO_N_WORDS);
    return words[word];
}

bool co_word_same(co_text a, co_text b)
{
    if (a.length != b.length)
        return false;
    for (size_t i = 0; i < a.length; i++) {
        if (co_to_capital(a.bytes[i]) != co_to_capital(b.bytes[i]))
            return false;
    }
    return true;
}

bool co_function_find(co_text word, co_function *function)
{
    for (unsigned i = 0; i < CO_N_FUNCTIONS; i++) {
        if (co_word_same(word, functions[i].name)) {
            *function = (co_function)i;
            return true;
        }
    }
    return false;
}

const co_function_shape *co_function_shape_of(co_function function)
{
    assert((unsigned)function < CO_N_FUNCTIONS);
    return &functions[function];
}

bool co_relation_find(co_word word, co_node_kind *kind, co_aggregate *aggregate)
{
    for (unsigned i = 0; i < n_relations; i++) {
        if (relations[i].word == word) {
            *kind = relations[i].kind;
            *aggregate = relations[i].aggregate;
            return true;
        }
    }
    return false;
}

co_word co_relation_word(co_node_kind kind, co_aggregate aggregate)
{
    for (unsigned i = 0; i < n_relations; i++) {
        if (relations[i].kind == kind && (kind != CO_NODE_AGGREGATE || relations[i].aggregate == aggregate))
            return relations[i].word;
    }
    assert(false && "not a relation");
    return CO_WORD_NONE_OF_THEM;
}

bool co_word_is_well_formed(co_text name)
{
    if (name.length == 0 || !co_is_word_start(name.bytes[0]))
        return false;
    for (size_t i = 1; i < name.length; i++) {
        if (!co_is_word_start(name.bytes[i]) && !co_is_digit(name.bytes[i]))
            return false;
    }
    return true;
}

static co_text find_synonym(co_text wanted, const synonym *synonyms, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (co_word_same(wanted, synonyms[i].theirs))
            return synonyms[i].ours;
    }
    return (co_text){ NULL, 0 };
}

co_text co_word_suggest_call(co_text wanted)
{
    co_text names[CO_N_FUNCTIONS + n_relations];
    size_t n = 0;
    const co_text known = find_synonym(wanted, call_synonyms, sizeof call_synonyms / sizeof call_synonyms[0]);

    if (known.bytes != NULL)
        return known;
    for (unsigned i = 0; i < CO_N_FUNCTIONS; i++)
        names[n++] = functions[i].name;
    for (unsigned i = 0; i < n_relations; i++)
        names[n++] = words[relations[i].word];
    return co_expr_nearest(wanted, names, n);
}

co_text co_word_suggest_follower(co_text wanted)
{
    co_text names[n_followers];
    const co_text known =
        find_synonym(wanted, follower_synonyms, sizeof follower_synonyms / sizeof follower_synonyms[0]);

    if (known.bytes != NULL)
        return known;
    for (unsigned i = 0; i < n_followers; i++)
        names[i] = words[followers[i]];
    return co_expr_nearest(wanted, names, n_followers);
}
