/* What a thread does between two looks at something that another is about to change. */
#ifndef CO_KERNEL_REST_H
#define CO_KERNEL_REST_H

/* Lets the core's other thread go ahead, or time pass. */
static inline void co_rest(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
