#include "KernelSet.h"
#include "KernelSupport.h"

static uint32_t survey(const uint8_t *text, size_t count, uint8_t marker, uint8_t other_marker) {
  uint32_t flags = 0;
  int is_behind_lead = 0;
  for (; count >= 64; count -= 64, text += 64) {
    flags |= bk_survey_tail(text, 64, marker, other_marker, is_behind_lead);
    is_behind_lead = text[63] == 0xE2;
  }
  return flags | bk_survey_tail(text, count, marker, other_marker, is_behind_lead);
}

static void classify_pretokens(const uint8_t *text, size_t blocks, struct bk_pretoken_masks *masks) {
  for (size_t block = 0; block < blocks; block++, text += 64) {
    struct bk_pretoken_masks found = {0};
    for (uint32_t i = 0; i < 64; i++) {
      uint8_t byte = text[i];
      uint64_t bit = 1ull << i;
      if ((uint8_t)((byte | 0x20) - 'a') < 26) found.letter |= bit;
      if ((uint8_t)(byte - '0') < 10) found.number |= bit;
      if (byte == ' ') found.space |= bit;
      if (byte == '\n' || byte == '\r') found.newline |= bit;
      if (byte == '\t' || byte == '\v' || byte == '\f') found.control_space |= bit;
      if (byte == '\'') found.apostrophe |= bit;
      if (byte >= 0x80) found.non_ascii |= bit;
    }
    masks[block] = found;
  }
}

static void classify_words(const uint8_t *text, size_t blocks, uint8_t previous, const struct bk_free_pairs *pairs,
                           struct bk_word_masks *masks) {
  for (size_t block = 0; block < blocks; block++, text += 64) {
    struct bk_word_masks found = {0};
    for (uint32_t i = 0; i < 64; i++) {
      uint8_t byte = text[i];
      uint64_t bit = 1ull << i;
      if (byte == ' ') found.space |= bit;
      if (byte == '\n') found.newline |= bit;
      if (byte == '\t') found.tab |= bit;
      if ((uint8_t)(byte - '0') < 10) found.number |= bit;
      if (byte >= 0x80) found.non_ascii |= bit;
      if ((byte | previous) < 0x80 && (pairs->first[previous] & pairs->second[byte]) != 0) found.cut |= bit;
      previous = byte;
    }
    masks[block] = found;
  }
}

static void collect(const uint64_t *starts, const uint64_t *probed, size_t blocks, uint32_t position,
                    struct bk_spans *spans) {
  bk_collect_bits(starts, probed, blocks, position, spans);
}

static size_t make_keys(const uint8_t *text, uint32_t *starts, uint32_t *ends, size_t count, struct bk_entry *keys,
                        uint32_t *hashes, uint32_t *long_spans, const struct bk_entry *table, uint32_t mask) {
  return bk_make_keys_one_by_one(text, starts, ends, count, keys, hashes, long_spans, table, mask);
}

static uint64_t probe(const struct bk_entry *keys, const uint32_t *hashes, size_t count, const struct bk_entry *table,
                      uint32_t mask, uint32_t *misses, size_t *miss_count) {
  return bk_probe_one_by_one(keys, hashes, count, table, mask, misses, miss_count);
}

static uint32_t hash(struct bk_entry key) { return bk_multiply_hash(key); }

const struct bk_kernels bk_portable_kernels = {
    .name = "portable",
    .survey = survey,
    .classify_pretokens = classify_pretokens,
    .classify_words = classify_words,
    .collect = collect,
    .make_keys = make_keys,
    .probe = probe,
    .hash = hash,
};
