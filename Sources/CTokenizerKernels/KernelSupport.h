#pragma once

#include <string.h>

#include "CountingKernels.h"

// Shared by the sets of kernels. Each file that includes this compiles it for its own instruction set.

#define BK_INLINE static inline __attribute__((always_inline))

BK_INLINE uint64_t bk_low_bits(size_t count) { return count >= 64 ? ~0ull : (1ull << count) - 1; }

/// How far ahead a prescan fetches text, which is usually counted next.
#define BK_PREFETCH_DISTANCE 2048

/// Reads 8 bytes at any address.
BK_INLINE uint64_t bk_load64(const void *bytes) {
  uint64_t value;
  memcpy(&value, bytes, sizeof value);
  return value;
}

/// Whether 16 adjacent bits are set.
BK_INLINE int bk_has_run16(uint64_t bits) {
  bits &= bits >> 1;
  bits &= bits >> 2;
  bits &= bits >> 4;
  bits &= bits >> 8;
  return bits != 0;
}

/// The prescan of up to 64 bytes; `is_behind_lead` tells whether the byte before them is 0xE2.
BK_INLINE uint32_t bk_prescan_tail(const uint8_t *text, size_t count, uint8_t marker, uint8_t other_marker,
                                  int is_behind_lead) {
  uint32_t flags = 0;
  uint64_t white = 0;
  for (size_t i = 0; i < count; i++) {
    uint8_t byte = text[i];
    if (byte >= 0x80) flags |= BK_PRESCAN_NON_ASCII;
    if (byte >= 0xCC) flags |= BK_PRESCAN_BEYOND_LATIN;
    if (byte == marker || byte == other_marker) flags |= BK_PRESCAN_MARKER;
    if (is_behind_lead && byte == 0x96) flags |= BK_PRESCAN_SPACE_MARK;
    is_behind_lead = byte == 0xE2;
    white |= (uint64_t)(byte == ' ' || byte == '\t' || byte == '\n') << i;
  }
  return bk_has_run16(white) ? flags | BK_PRESCAN_LONG_RUN : flags;
}

/// Looks up the pairs one by one; the bits of bytes beyond ASCII are undefined.
BK_INLINE uint64_t bk_free_pair_mask_one_by_one(const uint8_t *text, uint8_t previous,
                                                const struct bk_free_pairs *pairs) {
  uint64_t mask = 0;
  for (uint32_t i = 0; i < 64; i++) {
    mask |= (uint64_t)((pairs->first[previous & 127] & pairs->second[text[i] & 127]) != 0) << i;
    previous = text[i];
  }
  return mask;
}

/// Mixes the two halves of a key without special instructions.
BK_INLINE uint32_t bk_multiply_hash(struct bk_key key) {
  uint64_t low = key.low * 0x9E3779B97F4A7C15u;
  uint64_t high = (key.high ^ low >> 32) * 0xC2B2AE3D27D4EB4Fu;
  return (uint32_t)((high ^ low) >> 32);
}

/// Makes the key of `length` bytes of text, at most 15; reads 16.
BK_INLINE struct bk_key bk_key_of(const uint8_t *text, uint32_t length) {
  uint64_t first = bk_load64(text);
  uint64_t second = bk_load64(text + 8);
  uint32_t bits = length * 8;
// The text moves up by one byte to make room for the length.
  uint64_t low_mask = length >= 7 ? ~0ull << 8 : ((1ull << bits) - 1) << 8;
  uint64_t high_mask = length <= 7 ? 0 : length == 15 ? ~0ull : (1ull << (bits - 56)) - 1;
  struct bk_key key = {(first << 8 & low_mask) | length << 4, (second << 8 | first >> 56) & high_mask};
  return key;
}

/// The starts of a block of 64 bytes that end a span: those whose previous start is probed.
///
/// `*is_open` tells whether the last start before the block is probed, and then the same for the next block. A carry runs
/// from behind each probed start through the bytes that start nothing and stops at the next start, so that no bits are
/// gathered or spread: PEXT and PDEP take hundreds of cycles on AMD's processors before family 25.
BK_INLINE uint64_t bk_end_bits(uint64_t starts, uint64_t probed, uint64_t *is_open) {
  uint64_t sum;
  uint64_t carry = __builtin_add_overflow(~starts, probed << 1 | *is_open, &sum);
  *is_open = carry | probed >> 63;
  return sum & starts;
}

BK_INLINE void bk_collect_bits(const uint64_t *starts, const uint64_t *probed, size_t blocks, uint32_t position,
                               struct bk_spans *spans) {
  uint32_t *span_starts = spans->starts;
  uint32_t *span_ends = spans->ends;
  size_t start_count = spans->start_count;
  size_t end_count = spans->end_count;
  uint64_t is_open = spans->is_open;
  for (size_t block = 0; block < blocks; block++, position += 64) {
    uint64_t rest = starts[block];
    uint64_t opening = probed[block];
    spans->skipped_count += (size_t)__builtin_popcountll(rest & ~opening);
    while (rest != 0) {
      uint32_t bit = (uint32_t)__builtin_ctzll(rest);
      rest &= rest - 1;
      span_starts[start_count] = position + bit;
      span_ends[end_count] = position + bit;
      end_count += is_open;
      is_open = opening >> bit & 1;
      start_count += is_open;
    }
  }
  spans->start_count = start_count;
  spans->end_count = end_count;
  spans->is_open = is_open;
}

BK_INLINE size_t bk_make_keys_one_by_one(const uint8_t *text, uint32_t *starts, uint32_t *ends,
                                         size_t count, struct bk_key *keys, uint32_t *offsets, uint32_t *long_spans,
                                         const struct bk_bucket *table, uint32_t mask) {
  size_t long_count = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t length = ends[i] - starts[i];
    uint32_t is_long = length > 15;
    long_spans[long_count] = (uint32_t)i;
    long_count += is_long;
    struct bk_key key = bk_key_of(text + starts[i], is_long ? 0 : length);
    keys[i] = key;
    offsets[i] = bk_multiply_hash(key) & mask;
    __builtin_prefetch((const uint8_t *)table + offsets[i]);
  }
  return long_count;
}

BK_INLINE uint64_t bk_probe_one_by_one(const struct bk_key *keys, const uint32_t *offsets, size_t count,
                                       const struct bk_bucket *table, uint32_t *misses, size_t *miss_count) {
  uint64_t sum = 0;
  size_t missed = 0;
  for (size_t i = 0; i < count; i++) {
    const struct bk_bucket *bucket = table + offsets[i] / sizeof(struct bk_bucket);
    uint64_t found = 0;
    uint64_t total = 0;
    for (size_t way = 0; way < 4; way++) {
      uint64_t difference = bucket->low[way] ^ keys[i].low;
      uint64_t is_equal = (difference < 16) & (bucket->high[way] == keys[i].high);
      total += is_equal ? difference : 0;
      found |= is_equal;
    }
    sum += total;
    misses[missed] = (uint32_t)i;
    missed += !found;
  }
  *miss_count = missed;
  return sum;
}
