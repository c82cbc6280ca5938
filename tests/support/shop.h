/* A store without records, with objects that hang on each other in most of the ways there are. */
#ifndef CO_TESTS_SUPPORT_SHOP_H
#define CO_TESTS_SUPPORT_SHOP_H

#include "store/store.h"

/*
 *     customer ◀─home─ order ◀─home─ line ──▶ product       visit ─home─▶ customer, an event
 *     customer ◀─sender, receiver─ transfer                  click ─home─▶ customer, an event; ▶ product
 *     account ◀─home─ customer                               account ─parent─▶ account
 */
co_store *co_shop_new(void);

#endif
