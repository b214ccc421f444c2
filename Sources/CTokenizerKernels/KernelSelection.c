#include <string.h>

#include "KernelSet.h"

const struct bk_kernels *bk_kernels_available(size_t number) {
  const struct bk_kernels *available[4] = {NULL};
  size_t count = 0;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vbmi") &&
      __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("vaes")) {
    available[count++] = &bk_avx512_kernels;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("bmi") &&
      __builtin_cpu_supports("aes")) {
    available[count++] = &bk_avx2_kernels;
  }
  available[count++] = &bk_sse2_kernels;
#elif defined(__aarch64__)
  available[count++] = &bk_neon_kernels;
#endif
  available[count++] = &bk_portable_kernels;
  return number < count ? available[number] : NULL;
}

const struct bk_kernels *bk_kernels_named(const char *name) {
  for (size_t number = 0;; number++) {
    const struct bk_kernels *kernels = bk_kernels_available(number);
    if (kernels == NULL || strcmp(kernels->name, name) == 0) return kernels;
  }
}
