#pragma once

#include "CountingKernels.h"

// The sets that this architecture may have.

extern const struct bk_kernels bk_portable_kernels;
#if defined(__x86_64__)
extern const struct bk_kernels bk_sse2_kernels;
extern const struct bk_kernels bk_avx2_kernels;
extern const struct bk_kernels bk_avx512_kernels;
#elif defined(__aarch64__)
extern const struct bk_kernels bk_neon_kernels;
#endif
