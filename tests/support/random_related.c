/*
 * Random conditions and values of related rows, chains of events and ranks.
 *
 * Always:  ways of up to three references, named by VIA wherever they must be and
 *          now and then where they need not; conditions inside use the names of
 *          what is around them.
 */
#include <stdio.h>
#include <string.h>

#include "support/random_parts.h"

/* The one place that says what the library can do. */
static const bool can[] = {
    [RANDOM_EXISTS] = true,   [RANDOM_EVERY] = true,  [RANDOM_COUNT] = true, [RANDOM_FOLD] = true,
    [RANDOM_DISTINCT] = true, [RANDOM_MEDIAN] = true, [RANDOM_ENDS] = true,  [RANDOM_MODE] = true,
    [RANDOM_GAP] = true,      [RANDOM_SEQUENCE] = true, [RANDOM_FUNNEL] = true, [RANDOM_TOP] = true,
    [RANDOM_NTILE] = true,    [RANDOM_RANK] = true,   [RANDOM_OUTER] = true, [RANDOM_NESTED] = true,
    [RANDOM_LINKED] = true,   [RANDOM_FAR] = true,    [RANDOM_NAMED] = true,
};

bool random_can(random_construct construct) { return can[construct]; }

/* ---- names of what is around ---- */

/* Whether the name of the object around reaches it: nothing nearer has that name. */
static bool is_reached_by_name(const random_expression *e, int level)
{
    const m_object *around = &e->model->objects[e->outer[e->n_outer - level]];

    if (e->object == e->outer[e->n_outer - level] ||
        m_field_named(&e->model->objects[e->object], co_text_of(around->name)) >= 0)
        return false;
    for (int nearer = 1; nearer < level; nearer++)
        if (e->outer[e->n_outer - nearer] == e->outer[e->n_outer - level])
            return false;
    return true;
}

void random_outer_name(random_expression *e, int level, char *path, size_t room)
{
    path[0] = 0;
    if (r_chance(e, 2) && is_reached_by_name(e, level)) {
        snprintf(path, room, "%s.", e->model->objects[e->outer[e->n_outer - level]].name);
        return;
    }
    for (int i = 0; i < level; i++)
        snprintf(path + strlen(path), room - strlen(path), "OUTER.");
}

/* ---- ways ---- */

typedef struct choice {
    int child;
    m_way way;
} choice;

enum { MOST_CHOICES = 64, MOST_HOPS = 3 };

static bool is_at_home(const model *m, const choice *c)
{
    return c->way.n == 1 && m->objects[c->child].home == c->way.fields[0];
}

/* All ways of a few references that end at the object. Bounded by MOST_HOPS. */
static void find_ways(const random_expression *e, int at, choice *so_far, choice *choices, int *n)
{
    const m_object *object = &e->model->objects[at];

    if (so_far->way.n > 0 && at == e->object && *n < MOST_CHOICES &&
        (random_can(RANDOM_LINKED) || is_at_home(e->model, so_far)))
        choices[(*n)++] = *so_far;
    if (so_far->way.n == MOST_HOPS)
        return;
    for (int i = 0; i < object->n_fields; i++) {
        if (object->fields[i].target < 0)
            continue;
        so_far->way.fields[so_far->way.n++] = i;
        find_ways(e, object->fields[i].target, so_far, choices, n);
        so_far->way.n--;
    }
}

static bool encloses(const random_expression *e, int object)
{
    for (int i = 0; i < e->n_outer; i++)
        if (e->outer[i] == object)
            return true;
    return e->object == object;
}

/* Which rows there may be: any; those whose order the store keeps for certain; events. */
typedef enum wanted { ANY_ROWS, ORDERED_ROWS, EVENTS } wanted;

static bool is_wanted(const m_object *object, wanted rows)
{
    return rows == ANY_ROWS || object->time_field >= 0 || (rows == ORDERED_ROWS && object->keyless);
}

/* A child object and way; value: none that encloses. Short ways come more often. */
static bool choose(random_expression *e, wanted rows, bool value, choice *chosen)
{
    choice choices[MOST_CHOICES];
    int n = 0;

    for (int child = 0; child < e->model->n_objects; child++) {
        choice so_far = { .child = child };

        if (!is_wanted(&e->model->objects[child], rows) || (value && encloses(e, child)))
            continue;
        find_ways(e, child, &so_far, choices, &n);
    }
    if (n == 0)
        return false;
    for (int tries = 0; tries < 3; tries++) {
        *chosen = choices[r_pick(e, n)];
        if (chosen->way.n == 1)
            break;
    }
    return true;
}

static void say_via(random_expression *e, const choice *c)
{
    int at = c->child;
    m_way implicit;

    if (m_implicit_way(e->model, c->child, e->object, &implicit) && implicit.n == c->way.n &&
        memcmp(implicit.fields, c->way.fields, (size_t)implicit.n * sizeof *implicit.fields) == 0 && !r_chance(e, 3))
        return;
    for (int i = 0; i < c->way.n; i++) {
        const m_field *field = &e->model->objects[at].fields[c->way.fields[i]];

        r_say(e, "%s%s", i == 0 ? " VIA " : ".", field->name);
        at = field->target;
    }
}

/* ---- inside ---- */

typedef struct place {
    int object;
    int outer[M_OUTER];
    int n_outer;
    bool related, in_value;
} place;

static place here(const random_expression *e)
{
    place p = { .object = e->object, .n_outer = e->n_outer, .related = e->related, .in_value = e->in_value };

    memcpy(p.outer, e->outer, sizeof p.outer);
    return p;
}

static place enter(random_expression *e, int child)
{
    const place before = here(e);

    e->outer[e->n_outer++] = e->object;
    e->object = child;
    e->related = random_can(RANDOM_NESTED) && e->n_outer < M_OUTER - 1;
    return before;
}

static void leave(random_expression *e, place before)
{
    e->object = before.object;
    memcpy(e->outer, before.outer, sizeof e->outer);
    e->n_outer = before.n_outer;
    e->related = before.related;
    e->in_value = before.in_value;
}

static void say_where(random_expression *e, int child, uint64_t one_in)
{
    if (!r_chance(e, one_in))
        return;

    const place before = enter(e, child);

    r_say(e, " WHERE ");
    r_condition(e, r_chance(e, 3));
    leave(e, before);
}

/* name VIA way WHERE condition */
static bool say_rows(random_expression *e, bool where)
{
    choice c;

    if (!choose(e, ANY_ROWS, false, &c))
        return false;
    r_say(e, "%s", e->model->objects[c.child].name);
    say_via(e, &c);
    if (where)
        say_where(e, c.child, 1);
    else
        say_where(e, c.child, 2);
    return true;
}

static bool has_field(const random_expression *e, int object, uint32_t types)
{
    for (int i = 0; i < e->model->objects[object].n_fields; i++)
        if (types >> e->model->objects[object].fields[i].type & 1)
            return true;
    return false;
}

/* child.field, for numbers perhaps with another operand, then VIA and WHERE. */
static bool say_values(random_expression *e, const char *before, wanted rows, uint32_t types)
{
    const uint32_t numbers = R_BIT(COHORT_INT) | R_BIT(COHORT_DECIMAL) | R_BIT(COHORT_DOUBLE);
    choice c;

    if (!choose(e, rows, true, &c) || !has_field(e, c.child, types))
        return false;
    r_say(e, "%s", before);

    const place outside = enter(e, c.child);
    const int n_outer = e->n_outer;

    e->in_value = true;
    e->related = false;
    e->n_outer = 0;             /* the first name is the child's */
    for (int tries = 0; !r_name(e, types); tries++) {
        if (tries == 10) {
            leave(e, outside);
            return false;
        }
    }
    e->n_outer = n_outer;
    if ((types & numbers) != 0 && (types & ~numbers) == 0 && r_chance(e, 4)) {
        r_say(e, " %c ", "+-*/"[r_pick(e, 4)]);
        if (r_chance(e, 3) || !r_name(e, numbers))
            r_say(e, "%d", 1 + r_pick(e, 9));
    }
    leave(e, outside);
    say_via(e, &c);
    say_where(e, c.child, 2);
    r_say(e, ")");
    return true;
}

/* ---- aggregates ---- */

/* Sums of doubles go by order. */
static bool say_fold(random_expression *e)
{
    static const char *const folds[] = { "SUM(", "AVG(", "MIN(", "MAX(" };
    const bool doubles = r_chance(e, 3);

    return say_values(e, folds[r_pick(e, 4)], doubles ? ORDERED_ROWS : ANY_ROWS,
                      R_BIT(COHORT_INT) | R_BIT(COHORT_DECIMAL) | (doubles ? R_BIT(COHORT_DOUBLE) : 0));
}

static bool number_aggregate(random_expression *e)
{
    const uint32_t exact = R_BIT(COHORT_INT) | R_BIT(COHORT_DECIMAL);
    const uint32_t numbers = exact | R_BIT(COHORT_DOUBLE);
    const uint32_t any = numbers | R_BIT(COHORT_STRING) | R_BIT(COHORT_DATE) | R_BIT(COHORT_TIMESTAMP) |
                         R_BIT(COHORT_REFERENCE) | R_BIT(COHORT_BOOL);

    switch (r_pick(e, 9)) {
    case 0:
        if (!random_can(RANDOM_COUNT))
            return false;
        r_say(e, "COUNT(");
        if (say_rows(e, false)) {
            r_say(e, ")");
            return true;
        }
        e->length -= strlen("COUNT(");
        return false;
    case 1:
        return random_can(RANDOM_COUNT) && say_values(e, "COUNT(", ANY_ROWS, any);
    case 2:
        return random_can(RANDOM_DISTINCT) && say_values(e, "COUNT(DISTINCT ", ANY_ROWS, any);
    case 3:
        return random_can(RANDOM_MEDIAN) && say_values(e, "MEDIAN(", ANY_ROWS, numbers);
    case 4:
        return random_can(RANDOM_ENDS) && say_values(e, r_chance(e, 2) ? "FIRST(" : "LAST(", EVENTS, numbers);
    case 5:
        return random_can(RANDOM_MODE) && say_values(e, "MODE(", ORDERED_ROWS, exact);
    default:
        return random_can(RANDOM_FOLD) && say_fold(e);
    }
}

static bool other_aggregate(random_expression *e, uint32_t types)
{
    switch (r_pick(e, 4)) {
    case 0:
        return random_can(RANDOM_ENDS) && say_values(e, r_chance(e, 2) ? "FIRST(" : "LAST(", EVENTS, types);
    case 1:
        return random_can(RANDOM_MODE) && say_values(e, "MODE(", ORDERED_ROWS, types);
    case 2:
        return (types & R_BIT(COHORT_STRING)) == 0 && random_can(RANDOM_MEDIAN) &&
               say_values(e, "MEDIAN(", ANY_ROWS, types);
    default:
        return random_can(RANDOM_FOLD) && say_values(e, r_chance(e, 2) ? "MIN(" : "MAX(", ANY_ROWS, types);
    }
}

static bool aggregate(random_expression *e, random_type type)
{
    static const uint32_t types[] = { [RANDOM_TEXT] = R_BIT(COHORT_STRING),
                                      [RANDOM_DATE] = R_BIT(COHORT_DATE),
                                      [RANDOM_TIMESTAMP] = R_BIT(COHORT_TIMESTAMP) };

    return type == RANDOM_NUMBER ? number_aggregate(e) : other_aggregate(e, types[type]);
}

/*
 * Sometimes behind references: *before is then where names were looked up. What is
 * around is not seen from there.
 */
static bool say_prefix(random_expression *e, place *before)
{
    const m_object *object = &e->model->objects[e->object];
    bool any = false;

    *before = here(e);
    for (int hop = 0; hop < 2 && random_can(RANDOM_FAR) && r_chance(e, hop == 0 ? 6 : 3); hop++) {
        int references[M_FIELDS];
        int n = 0;

        for (int i = 0; i < object->n_fields; i++)
            if (object->fields[i].type == COHORT_REFERENCE)
                references[n++] = i;
        if (n == 0)
            break;

        const m_field *field = &object->fields[references[r_pick(e, n)]];

        r_say(e, "%s.", field->name);
        object = &e->model->objects[field->target];
        e->object = field->target;
        e->n_outer = 0;
        any = true;
    }
    return any;
}

bool random_aggregate(random_expression *e, random_type type)
{
    const size_t length = e->length;
    place before;

    if (e->in_value)
        return false;
    say_prefix(e, &before);

    const bool said = aggregate(e, type);

    leave(e, before);
    if (!said)
        e->length = length;
    return said;
}

/* ---- chains ---- */

static void say_duration(random_expression *e)
{
    static const char *const durations[] = { "6 HOURS", "12 HOURS", "1 DAY", "2 DAYS", "0 DAYS", "1 MONTH", "3 WEEKS",
                                             "INTERVAL '18 hours'", "1 DAY 6 HOURS", "2 MONTHS 1 DAY" };

    r_say(e, " WITHIN %s", durations[r_pick(e, 10)]);
}

/* A field that all the objects have with one type. */
static const m_field *common_field(const random_expression *e, const int *objects, int n, int start)
{
    const m_object *first = &e->model->objects[objects[0]];

    for (int i = 0; i < first->n_fields; i++) {
        const m_field *field = &first->fields[(i + start) % first->n_fields];
        bool common = field->type != COHORT_SET && field->type != COHORT_POINT;

        for (int k = 1; k < n && common; k++) {
            const m_object *other = &e->model->objects[objects[k]];
            const int at = m_field_named(other, co_text_of(field->name));

            common = at >= 0 && other->fields[at].type == field->type && other->fields[at].scale == field->scale;
        }
        if (common)
            return field;
    }
    return NULL;
}

/* What stands after the steps. */
static void say_whole(random_expression *e, const int *objects, int n)
{
    const m_field *same = common_field(e, objects, n, r_pick(e, M_FIELDS));

    if (r_chance(e, 3))
        return;
    r_say(e, ";");
    if (r_chance(e, 2))
        say_duration(e);
    if (same != NULL && r_chance(e, 3))
        r_say(e, " SAME %s", same->name);
    if (r_chance(e, 4))
        r_say(e, " STRICT");
}

static bool say_chain(random_expression *e, bool funnel)
{
    const int n = 1 + r_pick(e, 4);
    choice steps[5];
    int objects[5] = { 0 };

    for (int i = 0; i < n; i++) {
        if (i > 0 && r_chance(e, 2))
            steps[i] = steps[r_pick(e, i)];
        else if (!choose(e, EVENTS, false, &steps[i]))
            return false;
        objects[i] = steps[i].child;
    }
    r_say(e, funnel ? "FUNNEL(" : "SEQUENCE(");
    for (int i = 0; i < n; i++) {
        const bool is_last = i + 1 == n;
        const bool negated = i > 0 && r_chance(e, 4) && !(is_last && funnel);

        r_say(e, "%s%s%s", i > 0 ? ", " : "", negated ? "NOT " : "", e->model->objects[objects[i]].name);
        say_via(e, &steps[i]);
        say_where(e, objects[i], 2);
        if (i > 0 && (!negated || is_last) && r_chance(e, 3))
            say_duration(e);
    }
    say_whole(e, objects, n);
    r_say(e, ")");
    return true;
}

/* ---- ranks ---- */

/* value PER path AMONG (condition), of the object alone. */
static void say_ranked(random_expression *e)
{
    const place before = here(e);
    const uint32_t groups = R_BIT(COHORT_STRING) | R_BIT(COHORT_INT) | R_BIT(COHORT_BOOL) | R_BIT(COHORT_REFERENCE) |
                            R_BIT(COHORT_DATE);
    const size_t length = e->length;

    e->n_outer = 0;
    e->related = e->related && random_can(RANDOM_NESTED);
    if (!r_chance(e, 4) || !r_name(e, R_BIT(COHORT_DATE) | R_BIT(COHORT_TIMESTAMP) | R_BIT(COHORT_DOUBLE)))
        r_number(e, r_chance(e, 3));
    if (e->length == length)
        r_say(e, "1");
    if (r_chance(e, 3)) {
        const size_t at = e->length;
        const bool several = r_chance(e, 4);

        r_say(e, several ? " PER (" : " PER ");
        if (!r_name(e, groups) || (several && (r_say(e, ", "), !r_name(e, groups))))
            e->length = at;
        else if (several)
            r_say(e, ")");
    }
    if (r_chance(e, 4)) {
        r_say(e, " AMONG (");
        r_condition(e, 0);
        r_say(e, ")");
    }
    leave(e, before);
}

static void say_top(random_expression *e)
{
    r_say(e, r_chance(e, 2) ? "TOP " : "BOTTOM ");
    if (r_chance(e, 2))
        r_say(e, "%d BY ", r_pick(e, 12));
    else if (r_chance(e, 2))
        r_say(e, "%d PERCENT BY ", r_pick(e, 101));
    else
        r_say(e, "%d.%d PERCENT BY ", r_pick(e, 100), r_pick(e, 10));
    say_ranked(e);
    if (r_chance(e, 3))
        r_say(e, " WITH TIES");
}

static void say_rank(random_expression *e)
{
    place before;

    say_prefix(e, &before);
    if (r_chance(e, 2)) {
        r_say(e, "RANK(");
        say_ranked(e);
        r_say(e, ") %s %d", r_comparison(e), r_pick(e, 20));
    } else {
        r_say(e, "PERCENT_RANK(");
        say_ranked(e);
        r_say(e, ") %s 0.%d", r_comparison(e), r_pick(e, 100));
    }
    leave(e, before);
}

static void say_ntile(random_expression *e)
{
    place before;

    say_prefix(e, &before);
    r_say(e, "NTILE(%d, ", 1 + r_pick(e, 7));
    say_ranked(e);
    r_say(e, ") %s %d", r_comparison(e), 1 + r_pick(e, 5));
    leave(e, before);
}

/* ---- conditions ---- */

static bool exists_leaf(random_expression *e)
{
    if (!random_can(RANDOM_EXISTS))
        return false;
    r_say(e, "EXISTS(");
    if (!say_rows(e, !r_chance(e, 4)))
        return false;
    r_say(e, ")");
    return true;
}

static bool every_leaf(random_expression *e)
{
    choice c;

    if (!random_can(RANDOM_EVERY) || !choose(e, ANY_ROWS, false, &c))
        return false;
    r_say(e, "EVERY(%s", e->model->objects[c.child].name);
    say_via(e, &c);
    say_where(e, c.child, 2);

    const place before = enter(e, c.child);

    r_say(e, " SATISFIES ");
    r_condition(e, r_chance(e, 3));
    r_say(e, ")");
    leave(e, before);
    return true;
}

static bool count_leaf(random_expression *e)
{
    if (!random_can(RANDOM_COUNT))
        return false;
    r_say(e, "COUNT(");
    if (!say_rows(e, !r_chance(e, 3)))
        return false;
    if (r_chance(e, 4))
        r_say(e, ") %sBETWEEN %d AND %d", r_maybe_not(e), r_pick(e, 3), r_pick(e, 5));
    else
        r_say(e, ") %s %d", r_comparison(e), r_pick(e, 4));
    return true;
}

static bool gap_leaf(random_expression *e)
{
    if (!random_can(RANDOM_GAP) ||
        !say_values(e, r_chance(e, 2) ? "MAX_GAP(" : "AVG_GAP(", ANY_ROWS, R_BIT(COHORT_TIMESTAMP)))
        return false;
    r_say(e, " %s ", r_comparison(e));
    r_span_literal(e);
    return true;
}

static bool value_leaf(random_expression *e)
{
    const random_type type = r_chance(e, 2) ? RANDOM_NUMBER : (random_type)r_pick(e, 4);

    if (!aggregate(e, type))
        return false;
    if (r_chance(e, 8)) {
        r_say(e, " IS %sNULL", r_maybe_not(e));
        return true;
    }
    r_say(e, " %s ", r_comparison(e));
    switch (type) {
    case RANDOM_NUMBER:
        r_number_literal(e);
        break;
    case RANDOM_TEXT:
        r_word(e);
        break;
    default:
        if (r_chance(e, 2))
            r_range_literal(e);
        else if (type == RANDOM_DATE)
            r_date_literal(e, true);
        else
            r_instant_literal(e, true);
        break;
    }
    return true;
}

static bool chain_leaf(random_expression *e)
{
    const bool funnel = r_chance(e, 3);

    if (!random_can(funnel ? RANDOM_FUNNEL : RANDOM_SEQUENCE) || !say_chain(e, funnel))
        return false;
    if (funnel)
        r_say(e, " %s %d", r_comparison(e), r_pick(e, 4));
    return true;
}

static bool rank_leaf(random_expression *e)
{
    const int kind = r_pick(e, 3);

    if (!random_can(kind == 0 ? RANDOM_TOP : kind == 1 ? RANDOM_NTILE : RANDOM_RANK))
        return false;
    if (kind == 0)
        say_top(e);
    else if (kind == 1)
        say_ntile(e);
    else
        say_rank(e);
    return true;
}

/* All but ranks may stand behind a path. */
static bool related_leaf(random_expression *e)
{
    switch (r_pick(e, 8)) {
    case 0:
    case 1:
        return exists_leaf(e);
    case 2:
        return every_leaf(e);
    case 3:
        return count_leaf(e);
    case 4:
        return gap_leaf(e);
    case 5:
        return chain_leaf(e);
    default:
        return value_leaf(e);
    }
}

bool random_relation(random_expression *e)
{
    const size_t length = e->length;
    place before;
    bool said;

    if (e->in_value)
        return false;
    if (r_chance(e, 7)) {
        said = rank_leaf(e);
    } else {
        say_prefix(e, &before);
        said = related_leaf(e);
        leave(e, before);
    }
    if (!said)
        e->length = length;
    return said;
}
