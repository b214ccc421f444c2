#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

#include "RecordKernels.h"

void rk_keep_freed_memory(void) {
#ifdef M_MMAP_THRESHOLD
  // The largest threshold that the GNU library takes on 64-bit systems; pieces beyond it are handed back as before.
  (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
  (void)mallopt(M_TRIM_THRESHOLD, 256 << 20);
  (void)mallopt(M_TOP_PAD, 1 << 20);
#endif
}
