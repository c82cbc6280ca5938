/*
 * The words the grammar can offer, and how a word from the text is recognised.
 *
 * Always:  any letter case (ASCII); a word here is a keyword only where the
 *          parser asks for it, everywhere else it is a name.
 * Used:    the lexer marks each word once; parser and printer compare numbers.
 */
#ifndef CO_EXPR_WORDS_H
#define CO_EXPR_WORDS_H

#include "base/text.h"
#include "expr/tree.h"

/* Sorted: co_word_find() searches by halves. */
#define CO_WORD_LIST(X)                                                         \
    X(ALL) X(AMONG) X(AND) X(ANY) X(AT) X(AVG) X(AVG_GAP) X(BETWEEN) X(BLANK)   \
    X(BOTTOM) X(BUCKET) X(BY) X(CASE) X(CONTAINS) X(COUNT) X(DATE) X(DISTINCT)  \
    X(ELSE) X(EMPTY) X(END) X(ENDS) X(ESCAPE) X(EVERY) X(EXACTLY) X(EXCLUDES)   \
    X(EXISTS) X(FALSE) X(FIRST) X(FROM) X(FUNNEL) X(HAS) X(ILIKE) X(IN)         \
    X(INCLUDES) X(INTERVAL) X(IS) X(LAST) X(LEAST) X(LIKE) X(MATCHES) X(MAX)    \
    X(MAX_GAP) X(MEDIAN) X(MIN) X(MODE) X(NONE) X(NOT) X(NTILE) X(NULL) X(OF)   \
    X(OR) X(OUTER) X(PER) X(PERCENT) X(PERCENT_RANK) X(POLYGON) X(RANK)         \
    X(SAME) X(SAMPLE) X(SATISFIES) X(SEGMENT) X(SEQUENCE) X(STARTS) X(STRICT)   \
    X(SUM) X(THEN) X(TIES) X(TIMESTAMP) X(TOP) X(TRUE) X(UNKNOWN) X(VIA)        \
    X(WHEN) X(WHERE) X(WITH) X(WITHIN) X(WORD) X(XOR)

typedef enum co_word {
    CO_WORD_NONE_OF_THEM,
#define CO_WORD_NUMBER(word) CO_WORD_##word,
    CO_WORD_LIST(CO_WORD_NUMBER)
#undef CO_WORD_NUMBER
    CO_N_WORDS
} co_word;

/* The number of a word, CO_WORD_NONE_OF_THEM if the grammar has no such word. */
co_word co_word_find(co_text word);

/* A word in capitals; static. */
co_text co_word_text(co_word word);

/* The function of that name; false if there is none. */
bool co_function_find(co_text word, co_function *function);

/* What is known of a function; static. */
typedef struct co_function_shape {
    co_text name;
    uint32_t least;             /* arguments */
    uint32_t greatest;
} co_function_shape;

const co_function_shape *co_function_shape_of(co_function function);

/* The kind of node a word before "(" opens, and the aggregate if it is one; false for other words. */
bool co_relation_find(co_word word, co_node_kind *kind, co_aggregate *aggregate);

/* The word that opens such a relation. */
co_word co_relation_word(co_node_kind kind, co_aggregate aggregate);

/* The function, relation or keyword after an operand that a mistyped word most likely meant; no bytes if none. */
co_text co_word_suggest_call(co_text wanted);
co_text co_word_suggest_follower(co_text wanted);

/* Equal but for the case of ASCII letters. */
bool co_word_same(co_text a, co_text b);

/* True if the bytes are a word of the grammar: it can stand without quotes where only a name can. */
bool co_word_is_well_formed(co_text name);

static inline bool co_is_word_start(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '_' || (byte & 0x80) != 0;
}

static inline bool co_is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static inline char co_to_capital(char byte)
{
    return byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
}

#endif
