#pragma once

#include "KernelPretokens.h"
#include "KernelWide.h"

// Prescan and classification for sets that provide these operations on blocks of 64 bytes:
//   bk_block, bk_load_block(text)
//   bk_equal(block, byte), bk_within(block, first, count), bk_high_bits(block): bit masks
// and bk_free_pair_mask(text, block, previous, pairs).

BK_INLINE uint32_t bk_prescan_text(const uint8_t *text, size_t count, uint8_t marker, uint8_t other_marker,
                                  int for_words) {
  uint64_t non_ascii = 0;
  uint64_t beyond_latin = 0;
  uint64_t marks = 0;
  uint64_t space_marks = 0;
  uint64_t last_lead = 0;
  int has_long_run = 0;
  for (; count >= 64; count -= 64, text += 64) {
    __builtin_prefetch(text + BK_PREFETCH_DISTANCE);
    bk_block block = bk_load_block(text);
    non_ascii |= bk_high_bits(block);
    marks |= bk_equal(block, marker) | bk_equal(block, other_marker);
    if (for_words) has_long_run |= bk_has_run16(bk_equal(block, ' ') | bk_within(block, '\t', 2));
    if (non_ascii != 0) {
      beyond_latin |= bk_within(block, 0xCC, 0x34);
      if (for_words) {
        uint64_t leads = bk_equal(block, 0xE2);
        space_marks |= (leads << 1 | last_lead) & bk_equal(block, 0x96);
        last_lead = leads >> 63;
      }
    }
  }
  return (non_ascii != 0 ? BK_PRESCAN_NON_ASCII : 0) | (beyond_latin != 0 ? BK_PRESCAN_BEYOND_LATIN : 0) |
         (marks != 0 ? BK_PRESCAN_MARKER : 0) | (space_marks != 0 ? BK_PRESCAN_SPACE_MARK : 0) |
         (has_long_run ? BK_PRESCAN_LONG_RUN : 0) | bk_prescan_tail(text, count, marker, other_marker, last_lead != 0);
}

static uint32_t bk_prescan_blocks(const uint8_t *text, size_t count, uint8_t marker, uint8_t other_marker,
                                 uint32_t for_words) {
  if (for_words != 0) return bk_prescan_text(text, count, marker, other_marker, 1);
  return bk_prescan_text(text, count, marker, other_marker, 0);
}

BK_INLINE uint64_t bk_classify_pretoken_blocks(const uint8_t *text, size_t count,
                                               const struct bk_pretoken_blocks *blocks) {
  uint64_t any_non_ascii = 0;
  for (size_t i = 0; i < count; i++, text += 64) {
    bk_block block = bk_load_block(text);
    uint64_t newline = bk_equal(block, '\n') | bk_equal(block, '\r');
    uint64_t letter = bk_within(block, 'a', 26) | bk_within(block, 'A', 26);
    uint64_t number = bk_within(block, '0', 10);
    uint64_t plain_space = bk_equal(block, ' ');
    uint64_t white = bk_within(block, '\t', 5) | plain_space;
    uint64_t non_ascii = bk_high_bits(block);
    any_non_ascii |= non_ascii;
// Not in a function that all kernels share: clang 21 then takes AVX2's masks apart into bytes, which halves the speed
    // of counting.
    blocks->letter[i] = letter;
    blocks->number[i] = number;
    blocks->space[i] = white & ~newline;
    blocks->plain_space[i] = plain_space;
    blocks->newline[i] = newline;
    blocks->apostrophe[i] = bk_equal(block, '\'');
    blocks->other[i] = ~(letter | number | white);
    blocks->non_ascii[i] = non_ascii;
    blocks->continuation[i] = non_ascii != 0 ? bk_within(block, 0x80, 0x40) : 0;
  }
  bk_clear_behind(blocks, count);
  return any_non_ascii;
}

BK_INLINE void bk_classify_further_blocks(const uint8_t *text, size_t count, const struct bk_pretoken_blocks *blocks) {
  for (size_t i = 0; i < count; i++, text += 64) {
    bk_block block = bk_load_block(text);
    blocks->upper[i] = bk_within(block, 'A', 26);
    blocks->slash[i] = bk_equal(block, '/');
    blocks->control[i] = (bk_within(block, 0, 32) & ~bk_within(block, '\t', 5)) | bk_equal(block, 0x7F);
    blocks->caseless[i] = 0;
    blocks->apart[i] = 0;
  }
  bk_clear_further_behind(blocks, count);
}

BK_INLINE void bk_classify_word_blocks(const uint8_t *text, size_t blocks, uint8_t previous,
                                       const struct bk_free_pairs *pairs, struct bk_word_masks *masks) {
  for (size_t i = 0; i < blocks; i++, text += 64) {
    bk_block block = bk_load_block(text);
    uint64_t non_ascii = bk_high_bits(block);
    masks[i].space = bk_equal(block, ' ');
    masks[i].newline = bk_equal(block, '\n');
    masks[i].tab = bk_equal(block, '\t');
    masks[i].number = bk_within(block, '0', 10);
    masks[i].non_ascii = non_ascii;
    masks[i].cut = bk_free_pair_mask(text, block, previous, pairs) & ~(non_ascii | non_ascii << 1 | previous >> 7);
    previous = text[63];
  }
}

// Sets with faster versions define these themselves.
#ifndef bk_collect
#define bk_collect bk_collect_bits
#endif
#ifndef bk_probe
#define bk_probe bk_probe_one_by_one
#endif

#ifndef bk_make_keys
#define bk_make_keys bk_make_keys_one_by_one
#endif
#ifndef bk_valid_utf8
#define bk_valid_utf8 NULL
#endif
#ifndef bk_hash
#define bk_hash bk_multiply_hash
#endif

#define BK_DEFINE_KERNELS(symbol, set_name)           \
  const struct bk_kernels symbol = {                  \
      .name = set_name,                               \
      .prescan = bk_prescan_blocks,                     \
      .is_valid_utf8 = bk_valid_utf8,                 \
      .is_settled = bk_is_settled,                    \
      .classify_pretokens = bk_classify_pretoken_blocks, \
      .classify_further = bk_classify_further_blocks, \
      .classify_wide = bk_classify_wide,              \
      .find_pretokens = bk_find_pretokens,            \
      .select_probed = bk_select_probed,              \
      .classify_words = bk_classify_word_blocks,      \
      .collect = bk_collect,                          \
      .make_keys = bk_make_keys,                      \
      .probe = bk_probe,                              \
      .hash = bk_hash,                                \
  }
