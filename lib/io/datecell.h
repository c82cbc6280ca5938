/*
 * What cells of all types share: blanks around, true and false, and how dates
 * are written in this file.
 */
#ifndef CO_IO_DATECELL_H
#define CO_IO_DATECELL_H

#include <stdbool.h>

#include "base/text.h"
#include "base/timetext.h"

/* layouts: strptime layouts to try in turn, separated by '|'; empty: ISO 8601. */
typedef struct co_date_form {
    co_text layouts;
} co_date_form;

co_time_fault co_date_form_read(const co_date_form *form, co_text text, co_local_time *time);
/* NULL if every layout can be used, else why not. */
const char *co_date_form_fault(const co_date_form *form);

/* Without spaces and tabs at both ends. */
co_text co_cell_trim(co_text text);

/* The words true and false in any letter case. */
bool co_cell_is_true_false(co_text text, bool *truth);
/* Also t f yes no y n on off 1 0, as PostgreSQL reads a bool. */
bool co_cell_is_bool(co_text text, bool *truth);

#endif
