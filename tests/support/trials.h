/*
 * How many random trials a test makes: all of them in an ordinary build, a
 * twentieth where sanitizers or counters make each one slow (CO_QUICK), by fewer
 * of them or by longer steps between them.
 */
#ifndef CO_SUPPORT_TRIALS_H
#define CO_SUPPORT_TRIALS_H

#ifdef CO_QUICK
#define CO_TRIALS(n) ((n) / 20)
#define CO_STRIDE(n) ((n) * 20)
#else
#define CO_TRIALS(n) (n)
#define CO_STRIDE(n) (n)
#endif

#endif
