/* The only file that reads a clock, and it is the monotonic one. */
#if defined(_WIN32)
#include <windows.h>
#else
#if !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif
#include <time.h>
#endif

#include "base/clock.h"

#if defined(_WIN32)

int64_t co_clock_us(void)
{
    LARGE_INTEGER ticks;
    LARGE_INTEGER per_second;

    QueryPerformanceFrequency(&per_second);
    QueryPerformanceCounter(&ticks);
    return ticks.QuadPart / per_second.QuadPart * 1000000 +
           ticks.QuadPart % per_second.QuadPart * 1000000 / per_second.QuadPart;
}

#else

int64_t co_clock_us(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

#endif
