#define _DEFAULT_SOURCE

#if __has_include(<malloc.h>)
#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

#include "CTextKernels.h"

enum { rk_heap_room = 32 << 20 };

void rk_keep_freed_memory(void) {
#ifdef M_MMAP_THRESHOLD
  // Larger pieces, which few datasets need, are returned to the system as before: they have different sizes and would
  // leave holes that nothing fits into.
  (void)mallopt(M_MMAP_THRESHOLD, 8 << 20);
  (void)mallopt(M_TRIM_THRESHOLD, 256 << 20);
  (void)mallopt(M_TOP_PAD, rk_heap_room);
#ifdef MADV_HUGEPAGE
  // The heap grows by all of this at once, so that it can be in large pages: the first touch of a page costs as much as
  // filling it. Only touched pages take memory, and nothing changes if the system has no large pages.
  void *first = malloc(1 << 20);
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = ((uintptr_t)first + page - 1) & ~(page - 1);
  uintptr_t end = (uintptr_t)sbrk(0) & ~(page - 1);
  if (first != NULL && end > start && end - start <= 4u * rk_heap_room) {
    (void)madvise((void *)start, end - start, MADV_HUGEPAGE);
  }
  free(first);
  (void)mallopt(M_TOP_PAD, 1 << 20);
#endif
#endif
}
