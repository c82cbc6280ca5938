/*
 * The naive model's related records: which rows belong to a record, and what
 * EXISTS, EVERY and the aggregates say of them.
 *
 * Always:  the rows of a record are in order of (time, arrival), those without a
 *          time last; a record's number is its arrival.
 */
#include "support/model.h"

#include <stdlib.h>
#include <string.h>

/* ---- ways ---- */

static int direct_references(const model *m, int child, int parent, int *field)
{
    int n = 0;

    for (int i = 0; i < m->objects[child].n_fields; i++) {
        if (m->objects[child].fields[i].target != parent)
            continue;
        *field = i;
        n++;
    }
    return n;
}

/* Counts the paths to `parent` that visit no object twice; the last one found is in *way. Bounded by M_OBJECTS. */
static int count_paths(const model *m, int at, int parent, unsigned visited, m_way *so_far, m_way *way)
{
    int n = 0;

    if (at == parent) {
        *way = *so_far;
        return 1;
    }
    for (int i = 0; i < m->objects[at].n_fields; i++) {
        const int target = m->objects[at].fields[i].target;

        if (target < 0 || (visited >> target & 1))
            continue;
        so_far->fields[so_far->n++] = i;
        n += count_paths(m, target, parent, visited | 1u << target, so_far, way);
        so_far->n--;
    }
    return n;
}

bool m_implicit_way(const model *m, int child, int parent, m_way *way)
{
    m_way so_far = { 0 };
    const int n = direct_references(m, child, parent, &way->fields[0]);

    way->n = 1;
    if (n > 0 || child == parent)
        return n == 1;
    return count_paths(m, child, parent, 1u << child, &so_far, way) == 1;
}

static int object_named(const model *m, co_text name)
{
    for (int i = 0; i < m->n_objects; i++)
        if (co_text_equal(co_text_of(m->objects[i].name), name))
            return i;
    return -1;
}

static bool encloses(const m_env *env, int object)
{
    for (; env != NULL; env = env->outer)
        if (env->object == object)
            return true;
    return false;
}

/* Of the objects that paths in it name first: the one that does not enclose it, else any. Bounded by the tree. */
static void find_child(const m_run *run, const m_env *env, const co_node *node, int *child)
{
    if (node->kind == CO_NODE_PATH && node->n_names > 1) {
        const int object = object_named(run->model, node->names[0]);

        if (object >= 0 && (*child < 0 || !encloses(env, object)))
            *child = object;
    }
    for (uint32_t i = 0; i < node->n_children; i++)
        find_child(run, env, node->children[i], child);
}

int m_value_child(const m_run *run, const m_env *env, const co_node *value)
{
    int child = -1;

    find_child(run, env, value, &child);
    if (child < 0)
        abort();
    return child;
}

int m_relation(const m_run *run, const m_env *env, const co_node *node, m_way *way)
{
    const int child = node->kind == CO_NODE_AGGREGATE ? m_value_child(run, env, node->children[0])
                                                      : object_named(run->model, node->names[0]);
    int at = child;

    if (child < 0 || (node->n_via == 0 && !m_implicit_way(run->model, child, env->object, way)))
        abort();
    for (uint32_t i = 0; i < node->n_via; i++) {
        const m_object *o = &run->model->objects[at];

        way->n = (int)node->n_via;
        way->fields[i] = m_field_named(o, node->via[i]);
        at = o->fields[way->fields[i]].target;
    }
    if (node->n_via > 0 && at != env->object)
        abort();
    return child;
}

/* ---- whose rows ---- */

struct m_children {
    m_children *next;
    int child, parent;
    m_way way;
    uint32_t *first;            /* by record of the parent, and one more: its place in `rows` */
    uint32_t *rows;
};

/* Smaller: earlier. No time is after all times. */
static int64_t time_of(const m_object *object, uint32_t row)
{
    const m_value *time = object->time_field < 0 ? NULL : &object->records[row].values[object->time_field];

    return time == NULL ? 0 : time->kind == M_NULL ? INT64_MAX : time->number;
}

static void sort_rows(const m_object *object, uint32_t *rows, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        const uint32_t row = rows[i];
        uint32_t j = i;

        for (; j > 0 && time_of(object, rows[j - 1]) > time_of(object, row); j--)
            rows[j] = rows[j - 1];
        rows[j] = row;
    }
}

/* The record that a row belongs to, by number; UINT32_MAX: none. */
static uint32_t owner(const m_run *run, const m_children *c, const m_record *record)
{
    int object = c->child;

    if (!model_exists(run, object, record))
        return UINT32_MAX;
    for (int i = 0; i < c->way.n && record != NULL; i++) {
        record = m_parent(run, object, record, c->way.fields[i]);
        object = run->model->objects[object].fields[c->way.fields[i]].target;
    }
    return record == NULL ? UINT32_MAX : (uint32_t)(record - run->model->objects[object].records);
}

static m_children *find_children(m_run *run, int child, int parent, const m_way *way)
{
    const m_object *rows = &run->model->objects[child];
    const uint32_t n = rows->n_records;
    const uint32_t n_parents = run->model->objects[parent].n_records;
    m_children *c = calloc(1, sizeof *c);
    uint32_t *owners = malloc((n + 1) * sizeof *owners);

    *c = (m_children){ .next = run->children, .child = child, .parent = parent, .way = *way };
    c->first = calloc(n_parents + 2, sizeof *c->first);
    c->rows = calloc(n + 1, sizeof *c->rows);
    for (uint32_t i = 0; i < n; i++) {
        owners[i] = owner(run, c, &rows->records[i]);
        if (owners[i] != UINT32_MAX)
            c->first[owners[i] + 2]++;
    }
    for (uint32_t i = 2; i < n_parents + 2; i++)
        c->first[i] += c->first[i - 1];
    for (uint32_t i = 0; i < n; i++)
        if (owners[i] != UINT32_MAX)
            c->rows[c->first[owners[i] + 1]++] = i;
    for (uint32_t i = 0; i < n_parents; i++)
        sort_rows(rows, c->rows + c->first[i], c->first[i + 1] - c->first[i]);
    free(owners);
    run->children = c;
    return c;
}

const uint32_t *m_children_of(m_run *run, const m_env *env, int child, const m_way *way, uint32_t *n)
{
    const uint32_t record = (uint32_t)(env->record - run->model->objects[env->object].records);
    m_children *c = run->children;

    while (c != NULL && (c->child != child || c->parent != env->object || c->way.n != way->n ||
                         memcmp(c->way.fields, way->fields, (size_t)way->n * sizeof *way->fields) != 0))
        c = c->next;
    if (c == NULL)
        c = find_children(run, child, env->object, way);
    *n = c->first[record + 1] - c->first[record];
    return c->rows + c->first[record];
}

void m_run_end(m_run *run)
{
    while (run->children != NULL) {
        m_children *next = run->children->next;

        free(run->children->first);
        free(run->children->rows);
        free(run->children);
        run->children = next;
    }
    m_rankings_free(run->rankings);
    run->rankings = NULL;
}

/* ---- conditions ---- */

int32_t m_where_nulls(int32_t nulls) { return nulls == COHORT_NULLS_SQL ? COHORT_NULLS_SQL : COHORT_NULLS_COMPLEMENT; }

static bool fits(m_run *run, const m_env *row, const co_node *where, int32_t nulls)
{
    return where == NULL || model_condition(run, row, where, m_where_nulls(nulls)) == M_TRUE;
}

m_truth m_related(m_run *run, const m_env *env, const co_node *node, int32_t nulls)
{
    const bool is_every = node->kind == CO_NODE_EVERY;
    const co_node *where = node->has_where ? node->children[0] : NULL;
    m_env far;
    m_way way;
    uint32_t n;

    if (!m_far(run, env, node, &far))
        return M_UNKNOWN;

    const int child = m_relation(run, &far, node, &way);
    const uint32_t *rows = m_children_of(run, &far, child, &way, &n);
    m_env row = { .object = child, .outer = &far };

    for (uint32_t i = 0; i < n; i++) {
        row.record = &run->model->objects[child].records[rows[i]];
        if (fits(run, &row, where, nulls) &&
            (!is_every || !fits(run, &row, node->children[node->n_children - 1], nulls)))
            return is_every ? M_FALSE : M_TRUE;
    }
    return is_every ? M_TRUE : M_FALSE;
}

/* ---- aggregates ---- */

/* The values of the rows that count, in order. */
typedef struct values {
    m_value *list;
    uint32_t n;
    bool is_double;
} values;

static void drop_nulls(values *v)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < v->n; i++)
        if (v->list[i].kind != M_NULL)
            v->list[n++] = v->list[i];
    v->n = n;
}

static void sort_values(m_run *run, values *v)
{
    bool known;

    for (uint32_t i = 1; i < v->n; i++) {
        const m_value value = v->list[i];
        uint32_t j = i;

        for (; j > 0 && m_compare(run, v->list[j - 1], value, &known) > 0; j--)
            v->list[j] = v->list[j - 1];
        v->list[j] = value;
    }
}

static bool same(m_run *run, m_value a, m_value b)
{
    bool known;

    return m_compare(run, a, b, &known) == 0;
}

static m_value sum(m_run *run, const values *v)
{
    m_value total = v->is_double ? m_double(0) : m_int(0);

    for (uint32_t i = 0; i < v->n; i++)
        total = m_add(run, total, v->list[i]);
    return total;
}

static int64_t count_distinct(m_run *run, const values *v)
{
    int64_t n = 0;

    for (uint32_t i = 0; i < v->n; i++) {
        uint32_t j = 0;

        while (j < i && !same(run, v->list[i], v->list[j]))
            j++;
        n += j == i;
    }
    return n;
}

/* Ties: the value that comes last. */
static m_value mode(m_run *run, const values *v)
{
    m_value best = m_null();
    uint32_t best_n = 0;

    for (uint32_t i = v->n; i-- > 0;) {
        uint32_t n = 0;

        for (uint32_t j = 0; j < v->n; j++)
            n += same(run, v->list[i], v->list[j]);
        if (n > best_n) {
            best_n = n;
            best = v->list[i];
        }
    }
    return best;
}

static m_value median(m_run *run, values *v)
{
    if (v->n == 0)
        return m_null();
    sort_values(run, v);

    const m_value low = v->list[(v->n - 1) / 2], high = v->list[v->n / 2];

    if (low.kind != M_EXACT && low.kind != M_DOUBLE)
        return low;
    return m_mean(run, m_add(run, low, high), 2);
}

static int64_t instant(m_value v) { return v.kind == M_DATE ? v.number * INT64_C(86400000000) : v.number; }

static m_value gap(m_run *run, values *v, bool greatest)
{
    int64_t most = 0;

    if (v->n < 2)
        return m_null();
    sort_values(run, v);
    for (uint32_t i = 1; i < v->n; i++) {
        const int64_t between = instant(v->list[i]) - instant(v->list[i - 1]);

        most = between > most ? between : most;
    }
    return (m_value){ .kind = M_SPAN,
                      .number = greatest ? most
                                         : (instant(v->list[v->n - 1]) - instant(v->list[0])) / (int64_t)(v->n - 1) };
}

static m_value fold(m_run *run, const co_node *node, values *v)
{
    switch (node->aggregate) {
    case CO_AGGREGATE_FIRST:
        return v->n == 0 ? m_null() : v->list[0];
    case CO_AGGREGATE_LAST:
        return v->n == 0 ? m_null() : v->list[v->n - 1];
    default:
        break;
    }
    drop_nulls(v);
    switch (node->aggregate) {
    case CO_AGGREGATE_COUNT:
        return m_int(node->distinct ? count_distinct(run, v) : (int64_t)v->n);
    case CO_AGGREGATE_SUM:
        return sum(run, v);
    case CO_AGGREGATE_AVG:
        return v->n == 0 ? m_null() : m_mean(run, sum(run, v), v->n);
    case CO_AGGREGATE_MEDIAN:
        return median(run, v);
    case CO_AGGREGATE_MODE:
        return mode(run, v);
    case CO_AGGREGATE_MAX_GAP:
    case CO_AGGREGATE_AVG_GAP:
        return gap(run, v, node->aggregate == CO_AGGREGATE_MAX_GAP);
    default:
        if (v->n == 0)
            return m_null();
        sort_values(run, v);
        return v->list[node->aggregate == CO_AGGREGATE_MIN ? 0 : v->n - 1];
    }
}

/* FIRST, LAST and gaps have no place for an event without a time. */
static bool has_place(const m_object *object, const m_record *record, const co_node *node)
{
    const bool is_ordered =
        node->kind == CO_NODE_AGGREGATE &&
        (node->aggregate == CO_AGGREGATE_FIRST || node->aggregate == CO_AGGREGATE_LAST ||
         node->aggregate == CO_AGGREGATE_MAX_GAP || node->aggregate == CO_AGGREGATE_AVG_GAP);

    return !is_ordered || object->time_field < 0 || record->values[object->time_field].kind != M_NULL;
}

m_value m_aggregate(m_run *run, const m_env *env, const co_node *node, int32_t nulls)
{
    const bool of_rows = node->kind == CO_NODE_COUNT_ROWS;
    const co_node *where = node->has_where ? node->children[node->n_children - 1] : NULL;
    values v = { 0 };
    m_env far;
    m_way way;
    uint32_t n;

    if (!m_far(run, env, node, &far))
        return m_null();

    const int child = m_relation(run, &far, node, &way);
    const m_object *object = &run->model->objects[child];
    const uint32_t *rows = m_children_of(run, &far, child, &way, &n);
    m_env row = { .object = child, .outer = &far };

    v.list = malloc((n + 1) * sizeof *v.list);
    for (uint32_t i = 0; i < n; i++) {
        row.record = &object->records[rows[i]];
        row.in_value = false;
        if (!has_place(object, row.record, node) || !fits(run, &row, where, nulls))
            continue;
        row.in_value = true;
        v.list[v.n++] = of_rows ? m_null() : m_eval(run, &row, node->children[0], m_where_nulls(nulls));
    }
    row.in_value = true;
    v.is_double = !of_rows && m_is_double(run, &row, node->children[0]);

    const m_value result = of_rows ? m_int(v.n) : fold(run, node, &v);

    free(v.list);
    return result;
}
