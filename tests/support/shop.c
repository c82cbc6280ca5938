/* The shop of shop.h. */
#include "support/shop.h"

#include "support/must.h"

#define FIELD(type, name, scale, collation, target)                \
    {                                                              \
        sizeof(cohort_field), type, name, scale, collation, target \
    }

static const cohort_field account_fields[] = { FIELD(COHORT_INT, "revenue", 0, 0, NULL),
                                               FIELD(COHORT_STRING, "industry", 0, 0, NULL),
                                               FIELD(COHORT_REFERENCE, "parent", 0, 0, "account") };

static const cohort_field customer_fields[] = { FIELD(COHORT_TIMESTAMP, "signup", 0, 0, NULL),
                                                FIELD(COHORT_INT, "age", 0, 0, NULL),
                                                FIELD(COHORT_REFERENCE, "account", 0, 0, "account") };

static const cohort_field order_fields[] = { FIELD(COHORT_REFERENCE, "customer", 0, 0, "customer"),
                                             FIELD(COHORT_DATE, "placed", 0, 0, NULL),
                                             FIELD(COHORT_DECIMAL, "total", 2, 0, NULL) };

static const cohort_field line_fields[] = { FIELD(COHORT_REFERENCE, "order", 0, 0, "order"),
                                            FIELD(COHORT_REFERENCE, "product", 0, 0, "product"),
                                            FIELD(COHORT_INT, "quantity", 0, 0, NULL),
                                            FIELD(COHORT_DECIMAL, "price", 2, 0, NULL) };

static const cohort_field product_fields[] = { FIELD(COHORT_STRING, "name", 0, 0, NULL),
                                               FIELD(COHORT_DECIMAL, "cost", 2, 0, NULL) };

static const cohort_field visit_fields[] = {
    FIELD(COHORT_TIMESTAMP, "at", 0, 0, NULL), FIELD(COHORT_REFERENCE, "customer", 0, 0, "customer"),
    FIELD(COHORT_STRING, "page", 0, 0, NULL),  FIELD(COHORT_SET, "tags", 0, 0, NULL),
    FIELD(COHORT_BOOL, "bounced", 0, 0, NULL), FIELD(COHORT_REFERENCE, "product", 0, 0, "product")
};

static const cohort_field click_fields[] = { FIELD(COHORT_TIMESTAMP, "at", 0, 0, NULL),
                                             FIELD(COHORT_REFERENCE, "customer", 0, 0, "customer"),
                                             FIELD(COHORT_INT, "page", 0, 0, NULL),
                                             FIELD(COHORT_REFERENCE, "product", 0, 0, "product") };

static const cohort_field transfer_fields[] = { FIELD(COHORT_REFERENCE, "sender", 0, 0, "customer"),
                                                FIELD(COHORT_REFERENCE, "receiver", 0, 0, "customer"),
                                                FIELD(COHORT_DOUBLE, "amount", 0, 0, NULL),
                                                FIELD(COHORT_REFERENCE, "account", 0, 0, "account") };

static void declare(co_store *store, const char *name, const char *home, const char *time,
                    const cohort_field *fields, size_t n)
{
    cohort_object object = COHORT_OBJECT_INIT;

    object.name = name;
    object.key_type = time == NULL ? COHORT_INT : 0;
    object.key_name = time == NULL ? "id" : NULL;
    object.home = home;
    object.time = time;
    object.fields = fields;
    object.n_fields = n;

    const cohort_status status = co_store_declare(store, &object, NULL);

    must(status == COHORT_OK);
}

co_store *co_shop_new(void)
{
    co_store *store;

    must(co_store_new(NULL, 0, &store, NULL) == COHORT_OK);
    declare(store, "account", NULL, NULL, account_fields, 3);
    declare(store, "customer", "account", NULL, customer_fields, 3);
    declare(store, "order", "customer", NULL, order_fields, 3);
    declare(store, "product", NULL, NULL, product_fields, 2);
    declare(store, "line", "order", NULL, line_fields, 4);
    declare(store, "visit", "customer", "at", visit_fields, 6);
    declare(store, "click", "customer", "at", click_fields, 4);
    declare(store, "transfer", "sender", NULL, transfer_fields, 4);
    return store;
}
