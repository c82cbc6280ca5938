/*
 * The evaluator and the naive model asked the same random expressions: they must
 * agree on every kernel, with one thread and with three.
 */
#ifndef CO_SUPPORT_AGREEMENT_H
#define CO_SUPPORT_AGREEMENT_H

#include "support/random_store.h"

/* The store that is asked; made, changed and cleared by the test. */
extern random_store random_subject;

/* n expressions over one object, or over any of them (-1); fails the running test where answers differ. */
void random_expressions_agree(uint32_t n, int only_object);

/* n_each of them in four rounds over a store of its own: as made, after changes twice, after saving and opening. */
void random_rounds_agree(uint64_t seed, uint32_t n_contacts, random_store_kind kind, uint32_t n_each);

#endif
