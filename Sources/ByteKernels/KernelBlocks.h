#pragma once

#include "KernelSupport.h"

// Survey and classification for sets that offer these on blocks of 64 bytes:
//   bk_block, bk_load_block(text)
//   bk_equal(block, byte), bk_within(block, first, count), bk_high_bits(block): bit masks
// and bk_free_pair_mask(text, block, previous, pairs).

BK_INLINE uint32_t bk_survey_blocks(const uint8_t *text, size_t count, uint8_t marker, uint8_t other_marker) {
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
    uint64_t white = bk_equal(block, ' ') | bk_within(block, '\t', 2);
    has_long_run |= bk_has_run16(white);
    if (non_ascii != 0) {
      beyond_latin |= bk_within(block, 0xCC, 0x34);
      uint64_t leads = bk_equal(block, 0xE2);
      space_marks |= (leads << 1 | last_lead) & bk_equal(block, 0x96);
      last_lead = leads >> 63;
    }
  }
  return (non_ascii != 0 ? BK_SURVEY_NON_ASCII : 0) | (beyond_latin != 0 ? BK_SURVEY_BEYOND_LATIN : 0) |
         (marks != 0 ? BK_SURVEY_MARKER : 0) | (space_marks != 0 ? BK_SURVEY_SPACE_MARK : 0) |
         (has_long_run ? BK_SURVEY_LONG_RUN : 0) | bk_survey_tail(text, count, marker, other_marker, last_lead != 0);
}

BK_INLINE void bk_classify_pretoken_blocks(const uint8_t *text, size_t blocks, struct bk_pretoken_masks *masks) {
  for (size_t i = 0; i < blocks; i++, text += 64) {
    bk_block block = bk_load_block(text);
    uint64_t newline = bk_equal(block, '\n') | bk_equal(block, '\r');
    masks[i].letter = bk_within(block, 'a', 26) | bk_within(block, 'A', 26);
    masks[i].number = bk_within(block, '0', 10);
    masks[i].space = bk_equal(block, ' ');
    masks[i].control_space = bk_within(block, '\t', 5) & ~newline;
    masks[i].newline = newline;
    masks[i].apostrophe = bk_equal(block, '\'');
    masks[i].non_ascii = bk_high_bits(block);
  }
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

// Sets with something better define these two.
#ifndef bk_collect
#define bk_collect bk_collect_bits
#endif
#ifndef bk_probe
#define bk_probe bk_probe_one_by_one
#endif

#define BK_DEFINE_KERNELS(symbol, set_name)                                                                          \
  static uint32_t survey(const uint8_t *text, size_t count, uint8_t marker, uint8_t other_marker) {                  \
    return bk_survey_blocks(text, count, marker, other_marker);                                                      \
  }                                                                                                                  \
  static void classify_pretokens(const uint8_t *text, size_t blocks, struct bk_pretoken_masks *masks) {              \
    bk_classify_pretoken_blocks(text, blocks, masks);                                                                \
  }                                                                                                                  \
  static void classify_words(const uint8_t *text, size_t blocks, uint8_t previous,                                   \
                             const struct bk_free_pairs *pairs, struct bk_word_masks *masks) {                       \
    bk_classify_word_blocks(text, blocks, previous, pairs, masks);                                                   \
  }                                                                                                                  \
  static void collect(const uint64_t *starts, const uint64_t *probed, size_t blocks, uint32_t position,              \
                      struct bk_spans *spans) {                                                                      \
    bk_collect(starts, probed, blocks, position, spans);                                                             \
  }                                                                                                                  \
  static size_t make_keys(const uint8_t *text, uint32_t *starts, uint32_t *ends, size_t count,                       \
                          struct bk_entry *keys, uint32_t *hashes, uint32_t *long_spans,                             \
                          const struct bk_entry *table, uint32_t mask) {                                             \
    return bk_make_keys_one_by_one(text, starts, ends, count, keys, hashes, long_spans, table, mask);                \
  }                                                                                                                  \
  static uint64_t probe(const struct bk_entry *keys, const uint32_t *hashes, size_t count,                           \
                        const struct bk_entry *table, uint32_t mask, uint32_t *misses, size_t *miss_count) {         \
    return bk_probe(keys, hashes, count, table, mask, misses, miss_count);                                           \
  }                                                                                                                  \
  static uint32_t hash(struct bk_entry key) { return bk_multiply_hash(key); }                                        \
  const struct bk_kernels symbol = {                                                                                 \
      .name = set_name,                                                                                              \
      .survey = survey,                                                                                              \
      .classify_pretokens = classify_pretokens,                                                                      \
      .classify_words = classify_words,                                                                              \
      .collect = collect,                                                                                            \
      .make_keys = make_keys,                                                                                        \
      .probe = probe,                                                                                                \
      .hash = hash,                                                                                                  \
  }
