#pragma once

#include "KernelSupport.h"
#include "UnicodeTables.h"

// Characters beyond ASCII: their classes, and where byte-level text may be cut between them.

/// The code point of a non-ASCII character of well-formed UTF-8.
BK_INLINE uint32_t bk_wide_scalar(const uint8_t *text, uint32_t *length) {
  uint32_t lead = text[0];
  uint32_t second = text[1] & 0x3F;
  if (lead < 0xE0) {
    *length = 2;
    return (lead & 0x1F) << 6 | second;
  }
  uint32_t third = text[2] & 0x3F;
  if (lead < 0xF0) {
    *length = 3;
    return (lead & 0x0F) << 12 | second << 6 | third;
  }
  *length = 4;
  return (lead & 0x07) << 18 | second << 12 | third << 6 | (text[3] & 0x3F);
}

/// Extends the bits of `leads` over the `continuation` bytes after them; `before` is the mask of the previous block.
BK_INLINE uint64_t bk_whole_characters(uint64_t leads, uint64_t before, uint64_t continuation) {
  uint64_t bytes = leads | (continuation & before >> 63);
  bytes |= bytes << 1 & continuation;
  bytes |= bytes << 1 & continuation;
  return bytes | (bytes << 1 & continuation);
}

/// 1 if text may be cut between two characters, the second of which begins with `lead`.
BK_INLINE uint64_t bk_is_free(const struct bk_wide_borders *borders, uint32_t first, uint32_t second, uint8_t lead) {
  // A character's last byte holds its six lowest bits.
  uint64_t is_split = borders->split_pairs[first & 63] >> (lead & 63);
  uint64_t is_end = borders->whole_token_ends[second >> 6 & 63] >> (second & 63) |
                    borders->whole_token_ends[64 + (first >> 6 & 63)] >> (first & 63);
  uint32_t bit = bk_pair_bit(first, second);
  return ~(is_split | is_end | borders->pair_filter[bit >> 6] >> (bit & 63)) & 1;
}

static uint32_t bk_classify_wide(const uint8_t *text, size_t count, const struct bk_pretoken_blocks *blocks,
                                 struct bk_wide_borders *borders) {
  uint64_t any_number = 0;
  uint64_t any_space = 0;
  uint32_t last_scalar = borders->last_scalar;
  ptrdiff_t last_end = borders->last_end;
  for (size_t block = 0; block < count; block++) {
    uint64_t continuation = blocks->continuation[block];
    uint64_t leads = blocks->non_ascii[block] & ~continuation;
    // By class: others, letters, numbers, spaces.
    uint64_t found[4] = {0, 0, 0, 0};
    uint64_t cut = 0;
    for (; leads != 0; leads &= leads - 1) {
      uint32_t bit = (uint32_t)__builtin_ctzll(leads);
      ptrdiff_t start = (ptrdiff_t)(block * 64 + bit);
      uint32_t length;
      uint32_t scalar = bk_wide_scalar(text + start, &length);
      found[unicode_class_beyond_ascii(scalar)] |= 1ull << bit;
      if (length == 2) continue;
      if (last_end == start) cut |= bk_is_free(borders, last_scalar, scalar, text[start]) << bit;
      last_scalar = scalar;
      last_end = start + (ptrdiff_t)length;
    }
    blocks->cut[block] = cut;
    if (blocks->non_ascii[block] == 0) continue;
    ptrdiff_t before = (ptrdiff_t)block - 1;
    uint64_t letter = bk_whole_characters(found[UNICODE_CLASS_LETTER], blocks->letter[before], continuation);
    uint64_t number = bk_whole_characters(found[UNICODE_CLASS_NUMBER], blocks->number[before], continuation);
    uint64_t space = bk_whole_characters(found[UNICODE_CLASS_SPACE], blocks->space[before], continuation);
    blocks->letter[block] |= letter;
    blocks->number[block] |= number;
    blocks->space[block] |= space;
    blocks->other[block] &= ~(letter | number | space);
    any_number |= number;
    any_space |= space;
  }
  borders->last_scalar = last_scalar;
  borders->last_end = last_end - (ptrdiff_t)(count * 64);
  return (any_number != 0 ? BK_WIDE_NUMBER : 0) | (any_space != 0 ? BK_WIDE_SPACE : 0);
}

static uint32_t bk_is_settled(const uint8_t *text, size_t count) {
  for (size_t i = 0; i < count; i += 8) {
    uint64_t word = 0;
    if (i + 8 <= count) {
      word = bk_load64(text + i);
    } else {
      memcpy(&word, text + i, count - i);
    }
    // Leads are the bytes with both highest bits.
    for (uint64_t leads = word & word << 1 & 0x8080808080808080u; leads != 0; leads &= leads - 1) {
      const uint8_t *lead = text + i + (uint32_t)__builtin_ctzll(leads) / 8;
      // Code points below U+0300 are left alone.
      if (*lead < 0xCC) continue;
      uint32_t length;
      if (unicode_nfc_row(bk_wide_scalar(lead, &length)) > 1) return 0;
    }
  }
  return 1;
}
