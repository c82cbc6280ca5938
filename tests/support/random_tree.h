/*
 * Random trees of the whole language, such as the parser could have made: what
 * is printed must parse back to the same tree.
 *
 * Always:  the same seed gives the same tree everywhere; names and texts are
 *          chosen to be mistaken for keywords and to need quotes.
 */
#ifndef CO_TESTS_RANDOM_TREE_H
#define CO_TESTS_RANDOM_TREE_H

#include "base/arena.h"
#include "expr/tree.h"
#include "support/random.h"

/* A condition with at most about `size` nodes, in the arena. Never NULL; running out of memory fails the test. */
co_node *co_random_condition(co_random *random, co_arena *arena, unsigned size);

/* A value likewise. */
co_node *co_random_value(co_random *random, co_arena *arena, unsigned size);

#endif
