/*
 * Dates and times as text: ISO 8601 in the forms PostgreSQL takes, text in a
 * layout that the user describes, and printing.
 *
 * Always:  what is read is what was written, a local time and perhaps an offset;
 *          which instant that is, base/zone.h decides. Blanks around are allowed.
 *          Years are 1 to 9999. Digits past the sixth of a second round; 24:00 and
 *          the second 60 are the next day's or minute's start.
 */
#ifndef CO_BASE_TIMETEXT_H
#define CO_BASE_TIMETEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

typedef struct co_local_time {
    int64_t day;                /* since 1970-01-01; CO_DAY_END only for 9999-12-31 24:00 */
    int64_t us;                 /* in the day, [0, CO_DAY_US) */
    bool has_time;              /* a time of day was written */
    bool has_offset;
    int32_t offset_seconds;     /* east of Greenwich positive */
} co_local_time;

/* What is wrong with a text. */
typedef enum co_time_fault {
    CO_TIME_FINE,
    CO_TIME_SYNTAX,             /* not such a date or time at all */
    CO_TIME_NO_SUCH_DAY,        /* 2026-02-30 */
    CO_TIME_NO_SUCH_TIME,       /* 25:00 */
    CO_TIME_BAD_OFFSET,         /* +99 */
    CO_TIME_YEAR_RANGE,         /* outside 1 … 9999 */
    CO_TIME_HAS_TIME            /* a date was wanted, and there is a time of day */
} co_time_fault;

/* Words to follow the quoted text in a message: "is not a date like 2026-11-22", …; static. */
const char *co_time_fault_text(co_time_fault fault);

/* '2026-11-22', '20261122'; a time of day is refused. */
co_time_fault co_parse_date(co_text text, int64_t *day);

/*
 * A date, then perhaps 'T' or blanks and hh:mm[:ss[.ffffff]] (after 'T' also
 * hhmm[ss]), then perhaps Z, UTC, +02, +02:00, +0200 or -05:30.
 */
co_time_fault co_parse_time(co_text text, co_local_time *time);

/*
 * By a layout of strptime: %Y %y %m %d %e %b %B %a %A %H %I %p %M %S %f %j %z %T %D %%.
 * Other characters stand for themselves; a blank stands for any run of blanks.
 * Month names are English in any letter case; %y up to 68 is 20yy.
 */
co_time_fault co_parse_time_as(co_text layout, co_text text, co_local_time *time);
/* NULL if the layout can be used, else why not ("has no year"); static. Asked once, before loading. */
const char *co_time_layout_fault(co_text layout);

#define CO_DATE_TEXT 10
#define CO_TIME_TEXT 27
/* "2026-11-22". */
size_t co_print_date(int64_t day, char out[CO_DATE_TEXT]);
/* "2026-11-22T10:00:00Z", the fraction only where there is one and without zeros at its end. */
size_t co_print_time(int64_t us, char out[CO_TIME_TEXT]);

#endif
