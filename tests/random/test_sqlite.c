/*
 * A second opinion: random conditions over a random store, translated to SQL and
 * asked of SQLite over the same records.
 *
 * Always:  numbers are whole in SQL: a decimal is its digits, and the two sides of
 *          an operator are brought to one scale first, so that both count exactly.
 *          What SQL would count in doubles (products that pass 64 bits) is left
 *          out, and so are texts that ignore case.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "expr/expr.h"
#include "support/check_main.h"
#include "support/must.h"
#include "support/random_expression.h"
#include "support/random_store.h"
#include "support/sql_store.h"
#include "support/trials.h"

#ifdef CO_TEST_WITH_SQLITE

static random_store store;
static random_expression expression;
static cohort_bitmap *members;

/* ---- translation; false: SQL would not say the same ---- */

static char sql[200000];
static size_t sql_length;

static void say(const char *text)
{
    const size_t n = strlen(text);

    must(sql_length + n < sizeof sql);
    memcpy(sql + sql_length, text, n + 1);
    sql_length += n;
}

static const m_field *field_of(const co_node *node)
{
    const m_object *contact = &store.model.objects[CONTACT];

    for (int f = 0; node->kind == CO_NODE_PATH && node->n_names == 1 && f < contact->n_fields; f++)
        if (co_text_equal(co_text_of(contact->fields[f].name), node->names[0]))
            return &contact->fields[f];
    return NULL;
}

/* 2^63 and 2^53, with room to spare for a sum of bounds. */
#define WHOLE 9.2e18
#define EXACT_DOUBLE 9e15

/* Digits after the point, and what the digits cannot pass. */
typedef struct measure {
    int scale;
    double bound;
    bool is_double;
} measure;

static bool is_number(const co_node *node)
{
    const m_field *field = field_of(node);

    return node->kind == CO_NODE_NUMBER || node->kind == CO_NODE_SUM || node->kind == CO_NODE_PRODUCT ||
           (field != NULL && (field->type == COHORT_INT || field->type == COHORT_DECIMAL));
}

static bool measure_number(const co_node *node, measure *m);

static double power_of_ten(int n)
{
    double power = 1;

    while (n-- > 0)
        power *= 10;
    return power;
}

static bool measure_operands(const co_node *node, measure *m)
{
    const bool is_sum = node->kind == CO_NODE_SUM;

    *m = (measure){ 0, is_sum ? 0 : 1, false };
    for (uint32_t i = 0; i < node->n_children; i++) {
        measure part;

        if (!measure_number(node->children[i], &part) || part.is_double || node->signs[i] == '/')
            return false;
        if (is_sum) {
            const int scale = part.scale > m->scale ? part.scale : m->scale;

            m->bound =
                m->bound * power_of_ten(scale - m->scale) + part.bound * power_of_ten(scale - part.scale);
            m->scale = scale;
        } else {
            m->bound *= part.bound;
            m->scale += part.scale;
        }
    }
    return m->bound < WHOLE;
}

static bool measure_number(const co_node *node, measure *m)
{
    const m_field *field = field_of(node);

    if (node->kind == CO_NODE_SUM || node->kind == CO_NODE_PRODUCT)
        return measure_operands(node, m);
    if (node->kind == CO_NODE_NUMBER) {
        *m = node->is_double ? (measure){ 0, 1000, true } : (measure){ (int)node->scale, 1e6, false };
        return true;
    }
    if (field == NULL || (field->type != COHORT_INT && field->type != COHORT_DECIMAL))
        return false;
    *m = (measure){ field->scale, strcmp(field->name, "big") == 0 ? WHOLE * 1.1 : 1e6, false };
    return true;
}

/* The digits of a number that was measured, at a scale that is not less than its own. */
static void say_number(const co_node *node, int scale)
{
    char text[64];
    measure m;

    must(measure_number(node, &m) && m.scale <= scale);
    say("((");
    if (node->kind == CO_NODE_NUMBER) {
        int64_t digits = (int64_t)node->number;

        must(node->is_double || co_wide_to_int64(node->digits, &digits));
        snprintf(text, sizeof text, "%lld", (long long)digits);
        say(text);
    } else if (node->kind == CO_NODE_PATH) {
        say(field_of(node)->name);
    }
    for (uint32_t i = 0; i < node->n_children; i++) {
        const char sign[] = { ' ', node->signs[i], ' ', '\0' };
        measure part;

        if (i > 0)
            say(sign);
        must(measure_number(node->children[i], &part));
        say_number(node->children[i], node->kind == CO_NODE_SUM ? m.scale : part.scale);
    }
    snprintf(text, sizeof text, scale > m.scale ? ") * %.0f)" : "))", power_of_ten(scale - m.scale));
    say(text);
}

static void say_text(co_text text)
{
    say("'");
    for (size_t i = 0; i < text.length; i++) {
        const char byte[] = { text.bytes[i], '\0' };

        say(byte[0] == '\'' ? "''" : byte);
    }
    say("'");
}

/* Operands of one comparison, all brought to one scale. */
static bool common_scale(const co_node *node, int *scale)
{
    double bound = 0;
    bool has_double = false;

    *scale = 0;
    for (uint32_t i = 0; i < node->n_children; i++) {
        measure m;

        if (node->children[i]->kind == CO_NODE_NULL)
            continue;
        if (!is_number(node->children[i]) || !measure_number(node->children[i], &m))
            return false;
        *scale = m.scale > *scale ? m.scale : *scale;
        has_double = has_double || m.is_double;
    }
    for (uint32_t i = 0; i < node->n_children; i++) {
        measure m = { 0 };

        if (node->children[i]->kind != CO_NODE_NULL)
            must(measure_number(node->children[i], &m));
        if (*scale > m.scale || m.bound > bound)
            bound = m.bound * power_of_ten(*scale - m.scale) > bound
                        ? m.bound * power_of_ten(*scale - m.scale)
                        : bound;
    }
    return bound < (has_double ? EXACT_DOUBLE : *scale > 0 ? WHOLE : 2 * WHOLE);
}

static bool is_exact_text(const co_node *node)
{
    const m_field *field = field_of(node);

    return node->kind == CO_NODE_STRING ||
           (field != NULL && field->type == COHORT_STRING && field->collation == COHORT_EXACT);
}

static bool all_exact_texts(const co_node *node)
{
    for (uint32_t i = 0; i < node->n_children; i++)
        if (!is_exact_text(node->children[i]))
            return false;
    return true;
}

static void say_operand(const co_node *node, int scale)
{
    if (node->kind == CO_NODE_NULL)
        say("NULL");
    else if (node->kind == CO_NODE_STRING)
        say_text(node->text);
    else if (node->kind == CO_NODE_BOOL)
        say(node->count != 0 ? "1" : "0");
    else if (is_number(node))
        say_number(node, scale);
    else
        say(field_of(node)->name);
}

/* COMPARE, BETWEEN, IN and LIKE. */
static bool translate_test(const co_node *node)
{
    static const char *const operators[] = { " = ", " != ", " < ", " <= ", " > ", " >= " };
    const m_field *field = field_of(node->children[0]);
    const bool is_bool = node->kind == CO_NODE_COMPARE && field != NULL && field->type == COHORT_BOOL &&
                         node->children[1]->kind == CO_NODE_BOOL;
    const char *between = ", ";
    int scale = 0;

    if (!is_bool && !all_exact_texts(node) && (node->kind == CO_NODE_LIKE || !common_scale(node, &scale)))
        return false;
    say(node->negated ? "(NOT (" : "((");
    say_operand(node->children[0], scale);
    if (node->kind == CO_NODE_COMPARE)
        say(operators[node->compare]);
    else
        say(node->kind == CO_NODE_BETWEEN ? " BETWEEN " : node->kind == CO_NODE_IN ? " IN (" : " LIKE ");
    if (node->kind == CO_NODE_BETWEEN)
        between = " AND ";
    for (uint32_t i = 1; i < node->n_children; i++) {
        say(i > 1 ? between : "");
        say_operand(node->children[i], scale);
    }
    say(node->kind == CO_NODE_IN ? ")))" : node->kind == CO_NODE_LIKE ? " ESCAPE '\\'))" : "))");
    return true;
}

static bool translate(const co_node *node)
{
    const m_field *field = field_of(node);

    switch (node->kind) {
    case CO_NODE_AND:
    case CO_NODE_OR:
        for (uint32_t i = 0; i < node->n_children; i++) {
            say(i == 0 ? "(" : node->kind == CO_NODE_AND ? " AND " : " OR ");
            if (!translate(node->children[i]))
                return false;
        }
        say(")");
        return true;
    case CO_NODE_NOT:
        say("(NOT ");
        if (!translate(node->children[0]))
            return false;
        say(")");
        return true;
    case CO_NODE_BOOL:
        say(node->count != 0 ? "1" : "0");
        return true;
    case CO_NODE_PATH:
        if (field == NULL || field->type != COHORT_BOOL)
            return false;
        say(field->name);
        return true;
    case CO_NODE_IS:
        field = field_of(node->children[0]);
        if (node->is != CO_IS_NULL || field == NULL)
            return false;
        say("(");
        say(field->name);
        say(node->negated ? " IS NOT NULL)" : " IS NULL)");
        return true;
    case CO_NODE_COMPARE:
    case CO_NODE_BETWEEN:
    case CO_NODE_IN:
    case CO_NODE_LIKE:
        return translate_test(node);
    default:
        return false;
    }
}

/* ---- asking both ---- */

static void evaluate(cohort_evaluator *evaluator, const char *condition)
{
    cohort_error error = COHORT_ERROR_INIT;
    cohort_segment *segment;

    if (cohort_segment_parse("contact", condition, SIZE_MAX, NULL, &segment, &error) != COHORT_OK ||
        cohort_evaluate(evaluator, store.snapshot, segment, NULL, &members, &error) != COHORT_OK)
        ck_abort_msg("%s: %s", condition, error.text);
    cohort_segment_free(segment);
}

/* False if the condition has no translation. */
static bool ask_both(cohort_evaluator *evaluator, sqlite3 *database)
{
    co_memory memory;
    co_tree *tree;

    expression.sql_only = true;
    expression.names = false;
    random_condition(&expression, &store.random, &store.model, CONTACT);
    co_memory_init(&memory, NULL, 0);
    must(co_expr_parse(&memory, co_text_of(expression.text), NULL, &tree, NULL) == COHORT_OK);
    sql_length = 0;
    say("SELECT row FROM contact WHERE ");

    const bool translated = translate(tree->root);

    co_tree_free(tree);
    if (!translated)
        return false;
    evaluate(evaluator, expression.text);
    sql_compare_members(database, sql, members, store.rows[CONTACT], expression.text);
    cohort_bitmap_free(members);
    return true;
}

enum { N_STORES = 5, N_EACH = CO_TRIALS(500) };

START_TEST(conditions_have_the_same_members_in_sqlite)
{
    cohort_evaluator *evaluator;
    sqlite3 *database;
    unsigned n_asked = 0;
    unsigned n_left_out = 0;

    must(cohort_evaluator_new(NULL, &evaluator, NULL) == COHORT_OK);
    random_store_make(&store, 900 + (uint64_t)_i, 300, RANDOM_STORE_NAMELESS, NULL);
    random_store_change(&store, 60);
    database = sql_store_open(&store, INT64_MAX);
    while (n_asked < N_EACH) {
        if (ask_both(evaluator, database))
            n_asked++;
        else
            n_left_out++;
        must(n_left_out < 20 * N_EACH + 200);
    }
    printf("seed %d: %u conditions, %u left out\n", 900 + _i, n_asked, n_left_out);
    sqlite3_close(database);
    random_store_clear(&store);
    cohort_evaluator_free(evaluator);
}
END_TEST

#else

enum { N_STORES = 1 };

START_TEST(conditions_have_the_same_members_in_sqlite)
{
    printf("skipped: there is no SQLite to compare with\n");
}
END_TEST

#endif

static Suite *make_suite(void)
{
    Suite *suite = suite_create("sqlite");
    TCase *all = tcase_create("all");

    tcase_add_loop_test(all, conditions_have_the_same_members_in_sqlite, 0, N_STORES);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return co_run_suite(make_suite());
}
