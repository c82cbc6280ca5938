/* Between the files that fill and pack a staged column; see stage.h. */
#ifndef CO_IO_STAGING_H
#define CO_IO_STAGING_H

#include "io/stage.h"

/* The array of plain texts, or of codes, at least so long. False: no memory. */
bool co_stage_room_for_texts(co_stage_column *column, size_t n);

/* One of the texts that the form gives for NULL. */
static inline bool co_stage_is_null_text(const co_stage_form *form, co_text text)
{
    for (size_t i = 0; i < form->n_nulls; i++)
        if (co_text_equal(text, co_text_of(form->nulls[i])))
            return true;
    return false;
}

#endif
