/*
 * A small CRM in a store, for planning and asking: accounts that belong to
 * accounts, contacts of accounts, visits of contacts.
 */
#ifndef CO_TESTS_SUPPORT_CRM_H
#define CO_TESTS_SUPPORT_CRM_H

#include "store/store.h"

/*
 *   account  key account_id (text)   industry string, revenue int, vip bool, parent → account, founded date
 *   contact  key id (int)            age int, balance decimal(2), score double, active bool, born date,
 *                                    seen timestamp, country string, city string nocase, tags set, badges set nocase,
 *                                    place point, account → account, manager → contact, ghost → phantom (undeclared)
 *   visit    no key, time at         at timestamp, contact → contact, page string
 *
 * Three accounts (ACME, ZETA and its parent ACME, NULLS with nothing), six contacts
 * keyed 1 … 6. A field of contact n is missing where n is 6.
 */
co_store *co_crm_new(void);
uint32_t co_crm_object(co_store *store, const char *name);

/* Declares a segment or trait of an object. */
void co_crm_define(co_store *store, const char *object, co_definition_kind kind, const char *name, const char *text,
                   int32_t nulls);

#endif
