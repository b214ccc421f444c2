#pragma once

#include <cpuid.h>
#include <stdatomic.h>

/// What code for a set of instructions asks for: states that the system saves for each thread (XCR0), and bits of CPUID's
/// leaves 1 (ECX) and 7 (EBX, ECX).
struct rk_features {
  unsigned states, basic, extended, further;
};

static inline int rk_has_all(unsigned word, unsigned bits) { return (word & bits) == bits; }

/// Whether processor and system have all features. `__builtin_cpu_supports` would depend on the libgcc of the link; bits
/// after the Intel manual, volume 2, CPUID, and volume 1, sections 13.2 and 13.3.
///
/// CPUID may take as long as a kernel on many texts, so `answer` keeps what was found: 0 for not yet known, 1 for no, 2 for
/// yes.
static inline int rk_runs(const struct rk_features *wanted, _Atomic(int) *answer) {
  int known = atomic_load_explicit(answer, memory_order_relaxed);
  if (known != 0) return known == 2;
  unsigned a = 0, b = 0, c = 0, d = 0, basic = 0, states = 0;
  if (__get_cpuid(1, &a, &b, &basic, &d) && (basic & bit_OSXSAVE) != 0) {
    __asm__ volatile("xgetbv" : "=a"(states), "=d"(d) : "c"(0));
  }
  int runs = rk_has_all(states, wanted->states) && rk_has_all(basic, wanted->basic) &&
             __get_cpuid_count(7, 0, &a, &b, &c, &d) && rk_has_all(b, wanted->extended) && rk_has_all(c, wanted->further);
  atomic_store_explicit(answer, runs ? 2 : 1, memory_order_relaxed);
  return runs;
}

/// Whether processor and system run AVX2.
static inline int rk_has_avx2(void) {
  static _Atomic(int) answer;
  return rk_runs(&(struct rk_features){.states = 0x06, .extended = bit_AVX2}, &answer);
}
