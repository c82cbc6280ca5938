/*
 * The naive model's SEQUENCE and FUNNEL: every choice of one event a positive
 * step is tried, and each is held against the definition as it is written.
 *
 * Costs:   events to the power of steps, less what comes out of order.
 */
#include "support/model.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_STEPS = 16, MOST_SAME = 4 };

typedef struct event {
    int object;
    uint32_t arrival;
    m_value time;               /* an instant */
    m_value same[MOST_SAME];
} event;

typedef struct step {
    const co_node *node;
    event *events;
    uint32_t n;
} step;

typedef struct chain {
    m_run *run;
    const co_node *node;
    int n_steps;
    step steps[MOST_STEPS];
    const event *chosen[MOST_STEPS];    /* by step; NULL for NOT */
} chain;

/* ---- events ---- */

/* A date is its local midnight, which keeps distances between dates. */
static m_value instant(const m_run *run, m_value v)
{
    if (v.kind == M_DATE)
        v.number = v.number * INT64_C(86400000000) - run->when.offset_us;
    v.kind = M_TIME;
    return v;
}

static void find_events(chain *c, const m_env *far, const co_node *node, step *s, int32_t nulls)
{
    m_way way;
    uint32_t n;
    const int child = m_relation(c->run, far, node, &way);
    const m_object *object = &c->run->model->objects[child];
    const uint32_t *rows = m_children_of(c->run, far, child, &way, &n);
    m_env row = { .object = child, .outer = far };

    *s = (step){ .node = node, .events = calloc(n + 1, sizeof *s->events) };
    for (uint32_t i = 0; i < n; i++) {
        event *e = &s->events[s->n];

        row.record = &object->records[rows[i]];
        if (row.record->values[object->time_field].kind == M_NULL ||
            (node->has_where && model_condition(c->run, &row, node->children[0], m_where_nulls(nulls)) != M_TRUE))
            continue;
        *e = (event){ .object = child, .arrival = rows[i] };
        e->time = instant(c->run, row.record->values[object->time_field]);
        for (uint32_t k = 0; k < c->node->n_same && k < MOST_SAME; k++)
            e->same[k] = row.record->values[m_field_named(object, c->node->same[k])];
        s->n++;
    }
}

/* ---- what must hold between events ---- */

static bool before(const chain *c, const event *a, const event *b)
{
    if (a->time.number != b->time.number)
        return a->time.number < b->time.number;
    return !c->node->strict && a->object == b->object && a->arrival < b->arrival;
}

static bool agrees(const chain *c, const event *a, const event *b)
{
    for (uint32_t k = 0; k < c->node->n_same; k++) {
        bool known;

        if (m_compare(c->run, a->same[k], b->same[k], &known) != 0 || !known)
            return false;
    }
    return true;
}

static bool within(const chain *c, const event *a, const co_node *bound, int64_t end)
{
    const m_value span = { .kind = M_SPAN, .months = bound->within.months, .number = bound->within.microseconds };

    return !bound->has_within || end <= m_add_span(c->run, a->time, span, 1).number;
}

/* No event of the NOT step lies strictly between the two. */
static bool none_between(const chain *c, const step *not, const event *a, const event *b)
{
    for (uint32_t i = 0; i < not->n; i++)
        if (agrees(c, &not->events[i], a) && before(c, a, &not->events[i]) && before(c, &not->events[i], b))
            return false;
    return true;
}

/* No event of the NOT step follows within its time, which is over by the as-of instant. */
static bool none_after(const chain *c, const step *not, const event *a)
{
    /* a + d ≤ as-of, said the other way round: not as-of < a + d. */
    const m_value span = { .kind = M_SPAN, .months = not->node->within.months,
                           .number = not->node->within.microseconds };

    if (not->node->has_within && m_add_span(c->run, a->time, span, 1).number > c->run->when.as_of_us)
        return false;
    for (uint32_t i = 0; i < not->n; i++)
        if (agrees(c, &not->events[i], a) && before(c, a, &not->events[i]) &&
            within(c, a, not->node, not->events[i].time.number))
            return false;
    return true;
}

/* ---- every choice ---- */

/* The step at `at` and all after it, where those before have their events. Bounded by the steps. */
static bool can_go_on(chain *c, int at, int previous, int first)
{
    if (at == c->n_steps) {
        for (int i = previous + 1; i < at && previous >= 0; i++)
            if (!none_after(c, &c->steps[i], c->chosen[previous]))
                return false;
        return true;
    }
    if (c->steps[at].node->negated)
        return can_go_on(c, at + 1, previous, first);
    for (uint32_t i = 0; i < c->steps[at].n; i++) {
        const event *e = &c->steps[at].events[i];
        bool fits = agrees(c, e, e);

        if (previous >= 0) {
            const event *from = c->chosen[previous];

            fits = fits && before(c, from, e) && agrees(c, from, e) &&
                   within(c, from, c->steps[at].node, e->time.number) &&
                   within(c, c->chosen[first], c->node, e->time.number);
            for (int j = previous + 1; j < at && fits; j++)
                fits = none_between(c, &c->steps[j], from, e);
        }
        c->chosen[at] = e;
        if (fits && can_go_on(c, at + 1, at, first < 0 ? at : first))
            return true;
    }
    return false;
}

/* ---- the door ---- */

static void begin(chain *c, m_run *run, const m_env *far, const co_node *node, int32_t nulls)
{
    *c = (chain){ .run = run, .node = node, .n_steps = (int)node->n_children };
    if (node->n_children > MOST_STEPS || node->n_same > MOST_SAME)
        abort();
    for (int i = 0; i < c->n_steps; i++)
        find_events(c, far, node->children[i], &c->steps[i], nulls);
}

static void end(chain *c, int n)
{
    for (int i = 0; i < n; i++)
        free(c->steps[i].events);
}

m_truth m_sequence(m_run *run, const m_env *env, const co_node *node, int32_t nulls)
{
    chain c;
    m_env far;

    if (!m_far(run, env, node, &far))
        return M_UNKNOWN;
    begin(&c, run, &far, node, nulls);

    const bool holds = can_go_on(&c, 0, -1, -1);

    end(&c, c.n_steps);
    return holds ? M_TRUE : M_FALSE;
}

m_value m_funnel(m_run *run, const m_env *env, const co_node *node, int32_t nulls)
{
    const int n = (int)node->n_children;
    int64_t n_positive = 0, most = 0;
    chain c;
    m_env far;

    if (!m_far(run, env, node, &far))
        return m_null();
    begin(&c, run, &far, node, nulls);
    for (int i = 0; i < n; i++) {
        if (node->children[i]->negated)
            continue;
        n_positive++;
        c.n_steps = i + 1;
        if (can_go_on(&c, 0, -1, -1))
            most = n_positive;
    }
    end(&c, n);
    return m_int(most);
}
