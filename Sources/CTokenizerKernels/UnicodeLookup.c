#include "UnicodeTables.h"

#include <stddef.h>

/// Must agree with `hashed` in Scripts/generate_unicode_tables.py; `slots` is a power of two.
static uint32_t home_slot(uint64_t key, uint32_t slots) {
  return (uint32_t)(key * 0x9E3779B97F4A7C15u >> (64 - __builtin_ctz(slots)));
}

const uint32_t *unicode_nfc_decomposition_of(uint32_t code_point, uint32_t *count) {
  uint32_t slot = home_slot(code_point, UNICODE_NFC_DECOMPOSITION_SLOTS);
  while (unicode_nfc_decompositions[slot].count != 0) {
    if (unicode_nfc_decompositions[slot].code_point == code_point) {
      *count = unicode_nfc_decompositions[slot].count;
      return unicode_nfc_pool + unicode_nfc_decompositions[slot].offset;
    }
    slot = (slot + 1) % UNICODE_NFC_DECOMPOSITION_SLOTS;
  }
  *count = 0;
  return NULL;
}

uint32_t unicode_nfc_composite_of(uint32_t first, uint32_t second) {
  uint32_t slot = home_slot((uint64_t)first << 21 | second, UNICODE_NFC_COMPOSITION_SLOTS);
  while (unicode_nfc_compositions[slot].composite != 0) {
    const struct unicode_nfc_composition *entry = &unicode_nfc_compositions[slot];
    if (entry->first == first && entry->second == second) {
      return entry->composite;
    }
    slot = (slot + 1) % UNICODE_NFC_COMPOSITION_SLOTS;
  }
  return 0;
}
