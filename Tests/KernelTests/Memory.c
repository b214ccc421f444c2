#include "Memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "Texts.h"

enum {
  /// The largest page of a processor that the program may meet.
  GUARD = 1 << 16,
  SLOT_BYTES = 1 << 18,
};

static enum { AT_START, AT_END, BETWEEN } placement;

void choose_placement(void) { placement = AT_START + random_below(3); }

/// The memory of a slot, between two guards.
static uint8_t *memory_of(enum slot slot) {
  static uint8_t *slots[SLOTS];
  if (slots[slot] == NULL) {
    uint8_t *pages = mmap(NULL, SLOT_BYTES + 2 * GUARD, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + GUARD, SLOT_BYTES, PROT_READ | PROT_WRITE) != 0) {
      perror("guarded memory");
      exit(2);
    }
    slots[slot] = pages + GUARD;
  }
  return slots[slot];
}

void *room(enum slot slot, size_t count, size_t alignment) {
  uint8_t *memory = memory_of(slot);
  size_t shift = random_below(64) / alignment * alignment;
  if (count + shift > SLOT_BYTES) abort();
  if (placement == AT_END) memory += SLOT_BYTES - count;
  if (placement == BETWEEN) memory += shift;
  memset(memory, 0xA5, count);
  return memory;
}

const void *placed(enum slot slot, const void *bytes, size_t count, size_t alignment) {
  void *memory = room(slot, count, alignment);
  memcpy(memory, bytes, count);
  return memory;
}
