#pragma once

#include <stdint.h>

// Character classes (Unicode 16.0) and normalization data (Unicode 9.0) as static tables, and their lookups. The tables
// are written by Scripts/generate_unicode_tables.py, which says why two versions are pinned.

/// The classes that the patterns of pre-tokens distinguish.
enum unicode_class {
  UNICODE_CLASS_OTHER = 0,
  UNICODE_CLASS_LETTER = 1,
  UNICODE_CLASS_NUMBER = 2,
  UNICODE_CLASS_SPACE = 3,
  UNICODE_CLASS_NEWLINE = 4,
};

/// NFC_Quick_Check: whether the code point may occur in normalized text.
enum unicode_nfc_check {
  UNICODE_NFC_YES = 0,
  UNICODE_NFC_MAYBE = 1,
  UNICODE_NFC_NO = 2,
};

/// What normalization needs to know about a code point.
struct unicode_nfc_trait {
  /// Canonical combining class, 0 for starters.
  uint8_t combining_class;
  /// A `unicode_nfc_check`.
  uint8_t check;
  /// 1 if a canonical decomposition exists.
  uint8_t decomposes;
};

/// The full canonical decomposition of one code point: a range of `unicode_nfc_pool`.
struct unicode_nfc_decomposition {
  uint32_t code_point;
  uint16_t offset;
  uint16_t count;
};

/// One primary composite: `first` and `second` compose to `composite`.
struct unicode_nfc_composition {
  uint32_t first;
  uint32_t second;
  uint32_t composite;
};

/// Code points from here on are of class other.
#define UNICODE_CLASS_LIMIT 205824u
/// Code points from here on are starters that never change.
#define UNICODE_NFC_TRAIT_LIMIT 195200u
#define UNICODE_NFC_DECOMPOSITION_SLOTS 4096u
#define UNICODE_NFC_COMPOSITION_SLOTS 2048u

extern const uint8_t unicode_ascii_classes[128];
extern const uint8_t unicode_class_blocks[];
extern const uint8_t unicode_class_values[];
extern const uint8_t unicode_nfc_trait_blocks[];
extern const uint8_t unicode_nfc_trait_values[];
extern const struct unicode_nfc_trait unicode_nfc_traits[];
extern const struct unicode_nfc_decomposition unicode_nfc_decompositions[];
extern const uint32_t unicode_nfc_pool[];
extern const struct unicode_nfc_composition unicode_nfc_compositions[];

/// Returns the class of a code point from U+0080 on: never `UNICODE_CLASS_NEWLINE`. The tables take 8 KiB.
static inline uint8_t unicode_class_beyond_ascii(uint32_t code_point) {
  if (code_point >= UNICODE_CLASS_LIMIT) {
    return UNICODE_CLASS_OTHER;
  }
  uint32_t index = (uint32_t)unicode_class_blocks[code_point >> 7] << 7 | (code_point & 127);
  return unicode_class_values[index >> 2] >> (2 * (index & 3)) & 3;
}

/// Returns the class of any number taken as a code point.
static inline uint8_t unicode_class_of(uint32_t code_point) {
  return code_point < 128 ? unicode_ascii_classes[code_point] : unicode_class_beyond_ascii(code_point);
}

/// Returns the row of a code point in `unicode_nfc_traits`; rows 0 and 1 are for code points that NFC never changes,
/// unless a code point of a higher row follows.
static inline uint8_t unicode_nfc_row(uint32_t code_point) {
  if (code_point >= UNICODE_NFC_TRAIT_LIMIT) {
    return 0;
  }
  return unicode_nfc_trait_values[(uint32_t)unicode_nfc_trait_blocks[code_point >> 7] << 7 | (code_point & 127)];
}

/// Returns what normalization needs to know about a code point.
static inline struct unicode_nfc_trait unicode_nfc_trait_of(uint32_t code_point) {
  return unicode_nfc_traits[unicode_nfc_row(code_point)];
}

/// Returns the full canonical decomposition and its length, or NULL and 0; Hangul syllables are not in the table.
const uint32_t *unicode_nfc_decomposition_of(uint32_t code_point, uint32_t *count);

/// Returns the primary composite of two code points, or 0; Hangul is not in the table.
uint32_t unicode_nfc_composite_of(uint32_t first, uint32_t second);
