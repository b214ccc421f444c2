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
  // Pieces beyond this, which usual datasets do not need, are handed back as before: of different sizes, they would leave
  // holes that nothing fits into.
  (void)mallopt(M_MMAP_THRESHOLD, 8 << 20);
  (void)mallopt(M_TRIM_THRESHOLD, 256 << 20);
  (void)mallopt(M_TOP_PAD, rk_heap_room);
#ifdef MADV_HUGEPAGE
  // The heap grows once by all this room, which then comes in large pages: the first touch of a page costs as much as
  // filling it. Only pages that are touched take memory, and where the system gives no large ones nothing changes.
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
