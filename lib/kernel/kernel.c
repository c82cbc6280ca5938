/*
 * Which kernel runs here. The pointer below is the library's only writable
 * global; every thread that finds it empty computes the same value.
 */
#include "kernel/kernel.h"

#include <stdatomic.h>

#include "kernel/families.h"

/* Best first; a CPU that can run one can run all that follow. */
static const co_kernel *const compiled[] = {
#ifdef CO_HAVE_AVX512
    &co_kernel_avx512,
#endif
#ifdef CO_HAVE_AVX2
    &co_kernel_avx2,
#endif
#ifdef CO_HAVE_NEON
    &co_kernel_neon,
#endif
    &co_kernel_scalar,
};

enum { N_COMPILED = sizeof compiled / sizeof compiled[0] };

static const co_kernel *_Atomic chosen;

static bool runs_here(const co_kernel *kernel)
{
#ifdef CO_HAVE_AVX512
    if (kernel == &co_kernel_avx512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
            && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2")
            && __builtin_cpu_supports("avx512vpopcntdq");
#endif
#ifdef CO_HAVE_AVX2
    if (kernel == &co_kernel_avx2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2")
            && __builtin_cpu_supports("popcnt");
#endif
#ifdef CO_HAVE_NEON
    if (kernel == &co_kernel_neon)
        return true;
#endif
    return kernel == &co_kernel_scalar;
}

const co_kernel *const *co_kernel_list(size_t *n)
{
    size_t i = 0;

    while (i + 1 < N_COMPILED && !runs_here(compiled[i]))
        i++;
    *n = N_COMPILED - i;
    return compiled + i;
}

const co_kernel *co_kernel_now(void)
{
    const co_kernel *kernel = atomic_load_explicit(&chosen, memory_order_relaxed);
    size_t n;

    if (kernel == NULL) {
        kernel = co_kernel_list(&n)[0];
        atomic_store_explicit(&chosen, kernel, memory_order_relaxed);
    }
    return kernel;
}

void co_kernel_force(const co_kernel *kernel)
{
    atomic_store_explicit(&chosen, kernel, memory_order_relaxed);
}
