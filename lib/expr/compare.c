/* A comparison read from its other side, and its contrary. */
#include "expr/tree.h"

co_compare co_compare_mirror(co_compare compare)
{
    static const co_compare mirrored[] = { CO_EQUAL,         CO_NOT_EQUAL, CO_GREATER,
                                           CO_GREATER_EQUAL, CO_LESS,      CO_LESS_EQUAL };

    return mirrored[compare];
}

co_compare co_compare_opposite(co_compare compare)
{
    static const co_compare opposites[] = { CO_NOT_EQUAL, CO_EQUAL,      CO_GREATER_EQUAL,
                                            CO_GREATER,   CO_LESS_EQUAL, CO_LESS };

    return opposites[compare];
}
