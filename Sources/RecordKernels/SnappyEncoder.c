#include <string.h>

#include "RecordBytes.h"
#include "RecordKernels.h"

// A greedy matcher. It differs from libsnappy's in three ways, each of which was measured on model answers:
//
// - A match is looked for where 7 bytes agree, not 4: a copy of 4 bytes saves next to nothing, and fewer, longer copies
//   mean fewer mispredicted branches. What agrees before the place is found by looking back.
// - Places are kept modulo 2^16 for the whole input and not for blocks of 64 KiB, so that nothing is forgotten where a
//   block begins. Every offset then fits into the 16 bits of a copy.
// - Literals and copies are written without branches on their length where that is short.

enum {
  rk_hash_bits = 14,
  /// Bytes that have to agree.
  rk_match = 7,
  /// Input closer to the end is not searched, so that loads and wild copies stay inside.
  rk_tail = 80,
  /// After so many misses, as a power of two, one byte more is skipped at a time.
  rk_patience = 5,
};

size_t rk_snappy_bound(size_t count) {
  // As libsnappy's bound: a literal's tag every 60 bytes is more than any literal needs, and a copy is never longer than
  // what it stands for.
  size_t extra = 32 + count / 6;
  return count > SIZE_MAX - extra ? 0 : count + extra;
}

size_t rk_snappy_scratch_size(void) { return sizeof(uint16_t) << rk_hash_bits; }

static inline size_t rk_slot(uint64_t bytes) {
  return (size_t)((bytes << (64 - 8 * rk_match)) * 0x9E3779B185EBCA87ull >> (64 - rk_hash_bits));
}

/// Writes a literal of any length from 1 on, and nothing behind it.
static uint8_t *rk_exact_literal(uint8_t *output, const uint8_t *bytes, size_t count) {
  size_t last = count - 1;
  if (last < 60) {
    *output++ = (uint8_t)(last << 2);
  } else {
    uint8_t *tag = output++;
    unsigned width = 0;
    for (; last > 0; last >>= 8, width++) *output++ = (uint8_t)last;
    *tag = (uint8_t)((59 + width) << 2);
  }
  memcpy(output, bytes, count);
  return output + count;
}

/// Writes a literal that may be empty; up to 60 bytes behind it are overwritten, and as many behind `bytes` read.
static inline uint8_t *rk_literal(uint8_t *output, const uint8_t *bytes, size_t count) {
  if (__builtin_expect(count > 60, 0)) return rk_exact_literal(output, bytes, count);
  *output = (uint8_t)((count - 1) << 2);
  memcpy(output + 1, bytes, 16);
  if (count > 16) {
    memcpy(output + 17, bytes + 16, 16);
    if (count > 32) memcpy(output + 33, bytes + 32, 28);
  }
  return output + count + (count > 0);
}

static inline uint8_t *rk_put(uint8_t *output, uint32_t tag) {
  uint8_t bytes[4] = {(uint8_t)tag, (uint8_t)(tag >> 8), (uint8_t)(tag >> 16), 0};
  memcpy(output, bytes, 4);
  return output + 3;
}

/// Writes a copy of 4 bytes or more from up to 65,535 bytes before; one byte behind it is overwritten.
static inline uint8_t *rk_copy(uint8_t *output, size_t offset, size_t count) {
  while (__builtin_expect(count > 64, 0)) {
    // The rest must not become shorter than 4.
    size_t part = count >= 68 ? 64 : 60;
    output = rk_put(output, (uint32_t)(2 | (part - 1) << 2 | offset << 8));
    count -= part;
  }
  int is_short = (count < 12) & (offset < 2048);
  uint32_t narrow = (uint32_t)(1 | (count - 4) << 2 | offset >> 8 << 5 | (offset & 255) << 8);
  uint32_t wide = (uint32_t)(2 | (count - 1) << 2 | offset << 8);
  return rk_put(output, is_short ? narrow : wide) - is_short;
}

/// How many bytes agree from `left` and `right` on; `right` is the later one and stays before `end`.
static inline size_t rk_common(const uint8_t *left, const uint8_t *right, const uint8_t *end) {
  const uint8_t *start = right;
  while (end - right >= 8) {
    uint64_t difference = rk_load64(left) ^ rk_load64(right);
    if (difference != 0) return (size_t)(right - start) + ((size_t)__builtin_ctzll(difference) >> 3);
    left += 8;
    right += 8;
  }
  while (right < end && *left == *right) {
    left++;
    right++;
  }
  return (size_t)(right - start);
}

size_t rk_snappy_compress(const uint8_t *input, size_t count, uint8_t *output, void *scratch) {
  if (count > UINT32_MAX) return 0;
  uint8_t *start = output;
  size_t length = count;
  for (; length >= 128; length >>= 7) *output++ = (uint8_t)(length | 128);
  *output++ = (uint8_t)length;

  const uint8_t *end = input + count, *pending = input;
  if (count > rk_tail) {
    uint16_t *places = scratch;
    memset(places, 0, rk_snappy_scratch_size());
    const uint8_t *limit = end - rk_tail, *next = input + 1;
    size_t misses = 0;
    while (next < limit) {
      uint64_t bytes = rk_load64(next);
      size_t slot = rk_slot(bytes), place = (size_t)(next - input);
      // The latest place before this one that has the same 16 low bits as what is kept.
      size_t offset = (uint16_t)(place - places[slot]);
      places[slot] = (uint16_t)place;
      uint64_t difference = (rk_load64(next - offset) ^ bytes) << (64 - 8 * rk_match);
      if (difference != 0 || offset == 0) {
        size_t step = 1 + (misses++ >> rk_patience);
        // A pointer must not lead beyond the input, not even unread.
        if (step >= (size_t)(limit - next)) break;
        next += step;
        continue;
      }
      misses = 0;
      const uint8_t *match = next - offset;
      size_t same = rk_match + rk_common(match + rk_match, next + rk_match, end);
      if (__builtin_expect(match - input >= 8, 1)) {
        size_t back = (size_t)__builtin_clzll((rk_load64(next - 8) ^ rk_load64(match - 8)) | 1) >> 3;
        size_t room = (size_t)(next - pending);
        back = back < room ? back : room;
        next -= back;
        same += back;
      }
      output = rk_literal(output, pending, (size_t)(next - pending));
      output = rk_copy(output, offset, same);
      next += same;
      pending = next;
      if (next < limit) places[rk_slot(rk_load64(next - 1))] = (uint16_t)(next - 1 - input);
    }
  }
  if (pending < end) output = rk_exact_literal(output, pending, (size_t)(end - pending));
  return (size_t)(output - start);
}
