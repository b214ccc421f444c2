// Lets objects that were compiled for glibc 2.36 run with glibc 2.27: linked into the library and the wheel, whose users have
// older systems. What is here is what the link with Scripts/build_sysroot.sh's libraries lacks, or would take from 2.29.

#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

// The functions of 2.29 differ in how they report errors only, which nobody asks for here. --wrap brings their callers.
#define OLDER(name, parameters, arguments)                                \
  extern double older_##name parameters;                                  \
  __asm__(".symver older_" #name ", " #name "@GLIBC_2.2.5");              \
  double __wrap_##name parameters { return older_##name arguments; }

OLDER(exp, (double x), (x))
OLDER(exp2, (double x), (x))
OLDER(log, (double x), (x))
OLDER(log2, (double x), (x))
OLDER(pow, (double x, double y), (x, y))

// json-c seeds its tables with it.
uint32_t arc4random(void) {
  uint32_t number;
  while (getrandom(&number, sizeof number, 0) != sizeof number) {
  }
  return number;
}

// Whether the C++ library may leave out atomic instructions: never.
char __libc_single_threaded = 0;

// GCC 12 calls it where an array would have a negative size.
_Noreturn void _ZSt28__throw_bad_array_new_lengthv(void) { abort(); }
