/* The kernels that may be compiled in, one file each; listed in kernel.c. */
#ifndef CO_KERNEL_FAMILIES_H
#define CO_KERNEL_FAMILIES_H

#include "kernel/kernel.h"

extern const co_kernel co_kernel_scalar;
#ifdef CO_HAVE_AVX512
extern const co_kernel co_kernel_avx512;
#endif
#ifdef CO_HAVE_AVX2
extern const co_kernel co_kernel_avx2;
#endif
#ifdef CO_HAVE_NEON
extern const co_kernel co_kernel_neon;
#endif

#endif
