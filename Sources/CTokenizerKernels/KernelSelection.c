#include <string.h>

#include "KernelSet.h"

#if defined(__x86_64__)

#include <cpuid.h>

// `__builtin_cpu_supports` reads what a start-up routine of the linked libgcc or compiler-rt found, so its answer
// depends on the link. The bits are those of the Intel manual, volume 2, CPUID, and volume 1, sections 13.2 and 14.3.

/// The registers that CPUID fills for one leaf.
struct leaf {
  unsigned int a, b, c, d;
};

static struct leaf read_leaf(unsigned int number) {
  struct leaf leaf = {0};
  __get_cpuid_count(number, 0, &leaf.a, &leaf.b, &leaf.c, &leaf.d);
  return leaf;
}

static int has_all(unsigned int word, unsigned int bits) { return (word & bits) == bits; }

/// The register states that the system saves for each thread (XCR0); 0 if XGETBV is not available.
static unsigned int saved_states(struct leaf features) {
  if (!has_all(features.c, bit_OSXSAVE)) return 0;
  unsigned int low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

enum {
  YMM_STATES = 0x06, // SSE and the upper halves of YMM
  ZMM_STATES = 0xE6, // these, the mask registers, the upper halves of ZMM, and ZMM16 to ZMM31
};

/// How many of the two sets beyond SSE2 the processor and the system run: 0, AVX2, or AVX2 and AVX-512.
static int wide_sets(void) {
  const struct leaf basic = read_leaf(1);
  const struct leaf extended = read_leaf(7);
  const struct leaf amd = read_leaf(0x80000001);
  const unsigned int states = saved_states(basic);
  const unsigned int basic_bits = bit_AVX | bit_AES | bit_POPCNT | bit_SSE4_2;
  if (!has_all(states, YMM_STATES) || !has_all(basic.c, basic_bits) || !has_all(amd.c, bit_LZCNT) ||
      !has_all(extended.b, bit_AVX2 | bit_BMI | bit_BMI2)) {
    return 0;
  }
  const unsigned int foundation = bit_AVX512F | bit_AVX512BW | bit_AVX512VL | bit_AVX512DQ;
  const unsigned int further = bit_AVX512VBMI | bit_AVX512VBMI2 | bit_VAES;
  return has_all(states, ZMM_STATES) && has_all(extended.b, foundation) && has_all(extended.c, further) ? 2 : 1;
}

#endif

const struct bk_kernels *bk_kernels_available(size_t number) {
  const struct bk_kernels *available[4] = {NULL};
  size_t count = 0;
#if defined(__x86_64__)
  const int wide = wide_sets();
  if (wide > 1) available[count++] = &bk_avx512_kernels;
  if (wide > 0) available[count++] = &bk_avx2_kernels;
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
