/* cohort explain, why, lint: how an answer comes about, and what may not be meant. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "verbs.h"

/* An open store, parsed expression and options: what the three verbs begin with. `expression`: its place among the words. */
static bool begin(command *s, int n, char **words, const char *verb, size_t n_wanted, const char **places, int *code)
{
    evaluation_words w = { 0 };
    const option table[] = { EVALUATION_OPTIONS(w), { NULL, OPTION_FLAG, NULL } };
    size_t n_places;

    *code = EXIT_REQUEST;
    if (!arguments_read(n, words, verb, table, places, n_wanted, n_wanted, &n_places))
        return false;
    if (command_open(s, places[0], false, false) && command_when(s, &w) &&
        command_segment(s, places[1], places[n_wanted - 1]))
        return true;
    if (s->error.code != COHORT_OK)
        *code = exit_code(s->error.code, false);
    return false;
}

static int end(command *s, cohort_status status, int code)
{
    if (status != COHORT_OK)
        code = command_fail(s);
    progress_end(&s->bar);
    command_close(s);
    return code;
}

/* ---- explain ---- */

typedef struct explaining {
    bool in_nodes, in_steps;
    uint32_t pass;
} explaining;

static void print_node(const cohort_explain_item *item)
{
    printf("%12" PRIu64 " %12" PRIu64 "  %*s%s\n", item->n_true, item->n_unknown, (int)item->depth * 2, "",
           item->text);
}

static void print_step(const cohort_explain_item *item)
{
    printf("%6" PRIu32 " %12" PRIu64 " %12" PRIu64 " %7" PRIu64 " %7" PRIu64 " %10.3f  %*s%s\n", item->number,
           item->n_estimated, item->n_true, item->n_tiles, item->n_tiles_skipped, (double)item->time_ns / 1e6,
           (int)item->depth * 2, "", item->text);
}

static int32_t explain_item(void *context, const cohort_explain_item *item)
{
    explaining *e = context;

    if (!item->is_step) {
        if (!e->in_nodes)
            printf("%12s %12s  %s\n", "true", "unknown", "condition");
        e->in_nodes = true;
        print_node(item);
        return 0;
    }
    if (!e->in_steps || item->pass != e->pass) {
        printf("\npass %" PRIu32 " over %s\n", item->pass, item->object);
        printf("%6s %12s %12s %7s %7s %10s  %s\n", "step", "estimated", "rows", "tiles", "skipped", "ms", "what");
    }
    e->in_steps = true;
    e->pass = item->pass;
    print_step(item);
    return 0;
}

int verb_explain(int n, char **words)
{
    command s = COMMAND_INIT;
    explaining e = { 0 };
    const char *places[3];
    int code;
    cohort_status status = COHORT_OK;

    if (begin(&s, n, words, "explain", 3, places, &code)) {
        status = cohort_evaluate_explain(s.evaluator, s.snapshot, s.segment, &s.when, explain_item, &e, &s.error);
        code = EXIT_FINE;
    }
    return end(&s, status, code);
}

/* ---- why ---- */

static int32_t why_item(void *context, const cohort_why_item *item)
{
    static const char *const answers[] = { "false", "true", "unknown" };

    (void)context;
    printf("%-8s %*s%s", answers[item->answer], (int)item->depth * 2, "", item->text);
    if (item->seen[0] != 0)
        printf("   <- %s", item->seen);
    putchar('\n');
    return 0;
}

int verb_why(int n, char **words)
{
    command s = COMMAND_INIT;
    const char *places[4];
    cohort_value key;
    int code;
    cohort_status status = COHORT_OK;

    if (begin(&s, n, words, "why", 4, places, &code)) {
        code = EXIT_REQUEST;
        if (command_key(&s, places[1], places[2], &key)) {
            status = cohort_evaluate_why(s.evaluator, s.snapshot, s.segment, &key, &s.when, why_item, NULL, &s.error);
            code = EXIT_FINE;
        }
    }
    return end(&s, status, code);
}

/* ---- lint ---- */

static int32_t lint_item(void *context, const cohort_lint_item *item)
{
    report_lint(item, context);
    return 0;
}

int verb_lint(int n, char **words)
{
    command s = COMMAND_INIT;
    const char *places[3];
    int code;
    cohort_status status = COHORT_OK;

    if (begin(&s, n, words, "lint", 3, places, &code)) {
        status = cohort_evaluate_lint(s.evaluator, s.snapshot, s.segment, &s.when, lint_item, s.text, &s.error);
        code = EXIT_FINE;
    }
    return end(&s, status, code);
}
