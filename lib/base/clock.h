/* The monotonic clock, for deadlines and timings only. No wall clock exists here. */
#ifndef CO_BASE_CLOCK_H
#define CO_BASE_CLOCK_H

#include <stdint.h>

/* Microseconds since some fixed moment. */
int64_t co_clock_us(void);

#endif
