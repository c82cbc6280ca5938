/* Random expressions, the evaluator against the naive model; what differs is cut down and printed with its plan. */
#include "support/agreement.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expr/expr.h"
#include "kernel/kernel.h"
#include "support/check_main.h"
#include "support/random_expression.h"

random_store random_subject;
static random_expression expression;

/*
 * What the model says of the object's records. In a large store it is asked of
 * all of them only now and then; else of those at both ends of each tile and of
 * one in forty between.
 */
typedef struct answers {
    uint8_t *truths;            /* by record, or one of the below */
    uint64_t n_true, n_unknown;
    bool overflow;
    bool of_all;
} answers;

enum { ABSENT = 255, NOT_ASKED = 254, LARGE = 10000, EDGE = 200 };

static bool is_asked(const answers *a, uint32_t row, uint32_t i)
{
    const uint32_t slot = row % 65536;

    return a->of_all || slot < EDGE || slot >= 65536 - EDGE || i % 40 == 7;
}

static answers ask_model(const m_when *when, int object, const co_node *root, int32_t nulls)
{
    const m_object *o = &random_subject.model.objects[object];
    m_run run = { .model = &random_subject.model, .when = *when };
    answers a = { .truths = malloc(o->n_records + 1) };

    a.of_all = o->n_records < LARGE || co_random_chance(&random_subject.random, 1, 100);

    for (uint32_t i = 0; i < o->n_records; i++) {
        if (!is_asked(&a, random_subject.rows[object][i], i)) {
            a.truths[i] = NOT_ASKED;
            continue;
        }
        if (!model_exists(&run, object, &o->records[i])) {
            a.truths[i] = ABSENT;
            continue;
        }

        const m_env env = { .object = object, .record = &o->records[i] };

        a.truths[i] = (uint8_t)model_condition(&run, &env, root, nulls);
        a.n_true += a.truths[i] == M_TRUE;
        a.n_unknown += a.truths[i] == M_UNKNOWN;
    }
    a.overflow = run.overflow;
    m_run_end(&run);
    return a;
}

/* One expression over one object, asked in one way; `what` tells how the answers differ. */
typedef struct question {
    cohort_evaluator *const *evaluators;        /* of 1 and 3 threads */
    int object;
    int32_t nulls;
    m_when when;
    cohort_evaluate_options options;
    char zone[16];
    char what[800];
} question;

static bool same_members(question *q, const answers *a, const cohort_result *result)
{
    const m_object *o = &random_subject.model.objects[q->object];

    for (uint32_t i = 0; i < o->n_records; i++) {
        if (a->truths[i] == NOT_ASKED)
            continue;

        const bool in = a->truths[i] != ABSENT && cohort_bitmap_contains(result->members, random_subject.rows[q->object][i]);

        if (in == (a->truths[i] == M_TRUE))
            continue;
        snprintf(q->what, sizeof q->what, "record %u (key %lld %.*s) is %s, the model says %d", i,
                 (long long)o->records[i].key.exact, (int)o->records[i].key.text.length, o->records[i].key.text.bytes,
                 in ? "in" : "out", a->truths[i]);
        return false;
    }
    snprintf(q->what, sizeof q->what, "%" PRIu64 " members and %" PRIu64 " unknown, the model says %" PRIu64
             " and %" PRIu64, result->n_members, result->n_unknown, a->n_true, a->n_unknown);
    if (!a->of_all)
        return true;
    return result->n_members == a->n_true && cohort_bitmap_count(result->members) == a->n_true &&
           result->n_unknown == a->n_unknown;
}

static bool evaluates_as(question *q, int evaluator, const cohort_segment *segment, const answers *a)
{
    cohort_result result = { 0 };
    cohort_error error = COHORT_ERROR_INIT;
    const cohort_status status = cohort_evaluate_many(q->evaluators[evaluator], random_subject.snapshot, &segment, 1,
                                                      &q->options, 1, &result, &error);

    if (status != COHORT_OK) {
        snprintf(q->what, sizeof q->what, "%s", error.text);
        /* Branches of a choice are brought to one scale first, where the model keeps each its own. */
        return status == COHORT_OVERFLOW &&
               (a->overflow || random_subject.big_names || strstr(expression.text, "big") != NULL);
    }

    const bool same = a->overflow || same_members(q, a, &result);

    cohort_bitmap_free(result.members);
    return same;
}

/* On every kernel, with one thread and with three. */
static bool agrees_everywhere(question *q, const cohort_segment *segment, const answers *a)
{
    size_t n_kernels;
    const co_kernel *const *kernels = co_kernel_list(&n_kernels);
    bool same = true;

    for (size_t k = 0; k < n_kernels && same; k++) {
        co_kernel_force(kernels[k]);
        same = evaluates_as(q, 0, segment, a) && evaluates_as(q, 1, segment, a);
        if (!same) {
            strncat(q->what, " on kernel ", sizeof q->what - strlen(q->what) - 1);
            strncat(q->what, kernels[k]->name, sizeof q->what - strlen(q->what) - 1);
        }
    }
    co_kernel_force(NULL);
    return same;
}

static bool agrees(question *q, co_text text, const co_node *root)
{
    cohort_segment_options definition = COHORT_SEGMENT_OPTIONS_INIT;
    cohort_segment *segment;
    cohort_error error = COHORT_ERROR_INIT;

    definition.nulls = q->nulls;
    if (cohort_segment_parse(random_subject.model.objects[q->object].name, text.bytes, text.length, &definition, &segment,
                             &error) != COHORT_OK) {
        snprintf(q->what, sizeof q->what, "%s", error.text);
        return false;
    }

    const answers a = ask_model(&q->when, q->object, root, q->nulls);
    const bool same = agrees_everywhere(q, segment, &a);

    free(a.truths);
    cohort_segment_free(segment);
    return same;
}

static bool is_connective(const co_node *node)
{
    return node->kind >= CO_NODE_AND && node->kind <= CO_NODE_AT_LEAST;
}

static bool prints_apart(question *q, const co_node *node, co_buffer *text)
{
    text->length = 0;
    co_expr_print(node, text);
    return !agrees(q, (co_text){ text->bytes, text->length }, node);
}

/* Operands of a connective left out one after the other while the answers still differ. */
static void drop_operands(question *q, co_node *node, co_buffer *text)
{
    for (uint32_t i = 0; node->n_children > 2 && i < node->n_children;) {
        co_node fewer = *node;
        co_node *children[64];

        fewer.n_children--;
        fewer.children = children;
        if (fewer.n_children > 64)
            return;
        for (uint32_t j = 0; j < fewer.n_children; j++)
            children[j] = node->children[j < i ? j : j + 1];
        if (prints_apart(q, &fewer, text)) {
            memcpy(node->children, children, fewer.n_children * sizeof *children);
            node->n_children--;
        } else {
            i++;
        }
    }
}

/* The smallest condition inside `node` on which the two still differ. Bounded by the depth of the tree. */
static co_node *smallest(question *q, co_node *node, co_buffer *text)
{
    if (!is_connective(node))
        return node;
    for (uint32_t i = 0; i < node->n_children; i++)
        if (prints_apart(q, node->children[i], text))
            return smallest(q, node->children[i], text);
    if (node->kind != CO_NODE_AT_LEAST)
        drop_operands(q, node, text);
    for (uint32_t i = 0; i < node->n_children; i++) {
        co_node *const whole = node->children[i];

        for (uint32_t j = 0; is_connective(whole) && j < whole->n_children; j++) {
            node->children[i] = whole->children[j];
            if (prints_apart(q, node, text))
                return smallest(q, node, text);
        }
        node->children[i] = whole;
    }
    return node;
}

static int32_t print_item(void *context, const cohort_explain_item *item)
{
    (void)context;
    printf("%s %3u %8" PRIu64 " %8" PRIu64 " %*s%s\n", item->is_step ? "step" : "node", item->number, item->n_true,
           item->n_unknown, (int)item->depth * 2, "", item->text);
    return 0;
}

/* How the evaluator came to its answer, for whoever reads the failure. */
static void print_plan(question *q, co_text text)
{
    cohort_segment_options definition = COHORT_SEGMENT_OPTIONS_INIT;
    cohort_segment *segment;

    definition.nulls = q->nulls;
    if (cohort_segment_parse(random_subject.model.objects[q->object].name, text.bytes, text.length, &definition, &segment,
                             NULL) != COHORT_OK)
        return;
    cohort_evaluate_explain(q->evaluators[0], random_subject.snapshot, segment, &q->options, print_item, NULL, NULL);
    fflush(stdout);
    cohort_segment_free(segment);
}

static void check_expression(cohort_evaluator *const evaluators[2], int object)
{
    question q = { .evaluators = evaluators, .object = object };
    const co_text text = { expression.text, expression.length };
    cohort_error error = COHORT_ERROR_INIT;
    co_memory memory;
    co_tree *tree;
    co_buffer small;

    q.nulls = co_random_chance(&random_subject.random, 1, 4) ? COHORT_NULLS_COMPLEMENT : COHORT_NULLS_SQL;
    q.when = random_when(&random_subject, &q.options, q.zone);
    co_memory_init(&memory, NULL, 0);
    co_buffer_init(&small, &memory, 0);
    if (co_expr_parse(&memory, text, NULL, &tree, &error) != COHORT_OK)
        ck_abort_msg("%s: %s", error.text, expression.text);
    if (!agrees(&q, text, tree->root)) {
        co_node *node = smallest(&q, tree->root, &small);

        small.length = 0;
        co_expr_print(node, &small);
        agrees(&q, (co_text){ small.bytes, small.length }, node);
        print_plan(&q, (co_text){ small.bytes, small.length });
        ck_abort_msg("%s: %s%s WHERE %.*s\nfound in %s", q.what, random_subject.model.objects[object].name,
                     q.nulls == COHORT_NULLS_COMPLEMENT ? " (complement)" : "", (int)small.length, small.bytes,
                     expression.text);
    }
    co_buffer_clear(&small);
    co_tree_free(tree);
}

void random_expressions_agree(uint32_t n, int only_object)
{
    cohort_evaluator *evaluators[2];

    for (uint32_t i = 0; i < 2; i++) {
        cohort_evaluator_options options = COHORT_EVALUATOR_OPTIONS_INIT;

        options.n_threads = i == 0 ? 1 : 3;
        ck_assert_int_eq(cohort_evaluator_new(&options, &evaluators[i], NULL), COHORT_OK);
    }
    for (uint32_t i = 0; i < n; i++) {
        const bool related = random_subject.related;
        const int object = only_object >= 0                        ? only_object
                           : co_random_chance(&random_subject.random, 1, 6) ? ACCOUNT
                           : co_random_chance(&random_subject.random, 1, 6)
                               ? (related ? (int)co_random_between(&random_subject.random, VISIT, TASK) : VISIT)
                               : CONTACT;

        expression.sql_only = false;
        expression.names = true;
        expression.related = related;
        random_condition(&expression, &random_subject.random, &random_subject.model, object);
        check_expression(evaluators, object);
    }
    cohort_evaluator_free(evaluators[0]);
    cohort_evaluator_free(evaluators[1]);
}

void random_rounds_agree(uint64_t seed, uint32_t n_contacts, random_store_kind kind, uint32_t n_each)
{
    char folder[] = "/tmp/cohort-random-XXXXXX";
    char command[64];

    ck_assert_ptr_nonnull(mkdtemp(folder));
    random_store_make(&random_subject, seed, n_contacts, kind, folder);
    random_expressions_agree(n_each, -1);
    random_store_change(&random_subject, 30);
    random_expressions_agree(n_each, -1);
    random_store_change(&random_subject, 100);
    random_expressions_agree(n_each, -1);
    random_store_reopen(&random_subject, folder);
    random_expressions_agree(n_each, -1);
    random_store_clear(&random_subject);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}
