#include "KernelSet.h"
#include "KernelPretokens.h"
#include "KernelWide.h"

static uint32_t prescan(const uint8_t *text, size_t count, uint8_t marker, uint8_t other_marker, uint32_t for_words) {
  (void)for_words;
  uint32_t flags = 0;
  int is_behind_lead = 0;
  for (; count >= 64; count -= 64, text += 64) {
    flags |= bk_prescan_tail(text, 64, marker, other_marker, is_behind_lead);
    is_behind_lead = text[63] == 0xE2;
  }
  return flags | bk_prescan_tail(text, count, marker, other_marker, is_behind_lead);
}

static uint64_t classify_pretokens(const uint8_t *text, size_t count, const struct bk_pretoken_blocks *blocks) {
  uint64_t any_non_ascii = 0;
  for (size_t block = 0; block < count; block++, text += 64) {
    uint64_t letter = 0, number = 0, space = 0, plain_space = 0, newline = 0, apostrophe = 0, non_ascii = 0,
             continuation = 0;
    for (uint32_t i = 0; i < 64; i++) {
      uint8_t byte = text[i];
      uint64_t bit = 1ull << i;
      if ((uint8_t)((byte | 0x20) - 'a') < 26) letter |= bit;
      if ((uint8_t)(byte - '0') < 10) number |= bit;
      if (byte == ' ') plain_space |= bit;
      if (byte == '\n' || byte == '\r') newline |= bit;
      if (byte == ' ' || byte == '\t' || byte == '\v' || byte == '\f') space |= bit;
      if (byte == '\'') apostrophe |= bit;
      if (byte >= 0x80) non_ascii |= bit;
      if (byte >= 0x80 && byte < 0xC0) continuation |= bit;
    }
    any_non_ascii |= non_ascii;
    blocks->letter[block] = letter;
    blocks->number[block] = number;
    blocks->space[block] = space;
    blocks->plain_space[block] = plain_space;
    blocks->newline[block] = newline;
    blocks->apostrophe[block] = apostrophe;
    blocks->other[block] = ~(letter | number | space | newline);
    blocks->non_ascii[block] = non_ascii;
    blocks->continuation[block] = continuation;
  }
  bk_clear_behind(blocks, count);
  return any_non_ascii;
}

static void classify_further(const uint8_t *text, size_t count, const struct bk_pretoken_blocks *blocks) {
  for (size_t block = 0; block < count; block++, text += 64) {
    uint64_t upper = 0, slash = 0, control = 0;
    for (uint32_t i = 0; i < 64; i++) {
      uint8_t byte = text[i];
      uint64_t bit = 1ull << i;
      if ((uint8_t)(byte - 'A') < 26) upper |= bit;
      if (byte == '/') slash |= bit;
      if ((byte < 0x20 && (uint8_t)(byte - '\t') >= 5) || byte == 0x7F) control |= bit;
    }
    blocks->upper[block] = upper;
    blocks->slash[block] = slash;
    blocks->control[block] = control;
    blocks->caseless[block] = 0;
    blocks->apart[block] = 0;
  }
  bk_clear_further_behind(blocks, count);
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

const struct bk_kernels bk_portable_kernels = {
    .name = "portable",
    .prescan = prescan,
    .is_valid_utf8 = NULL,
    .is_settled = bk_is_settled,
    .classify_pretokens = classify_pretokens,
    .classify_further = classify_further,
    .classify_wide = bk_classify_wide,
    .find_pretokens = bk_find_pretokens,
    .select_probed = bk_select_probed,
    .classify_words = classify_words,
    .collect = bk_collect_bits,
    .make_keys = bk_make_keys_one_by_one,
    .probe = bk_probe_one_by_one,
    .hash = bk_multiply_hash,
};
