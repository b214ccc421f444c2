#include <string.h>

#include "RecordBytes.h"
#include "CTextKernels.h"
#include "SnappyPlaces.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Works in stretches, each in two steps. The first looks up for every place where its bytes stood before. The second goes
// from match to match. As the next match cannot be looked for before the last one ends, its loads wait for one another;
// so it goes through two parts of the stretch at once, which know nothing of each other, and puts their output together.
//
// Places are kept modulo 2^16 for the whole input and not for blocks of 64 KiB as in libsnappy, so that nothing is
// forgotten where a block begins. Every offset then fits into the 16 bits of a copy.

enum {
  /// Input closer to the end is not searched, so that loads and wild copies stay inside.
  rk_tail = 80,
  rk_parts = 2,
  /// Room for what the second part of a stretch becomes, and for a wild copy behind it.
  rk_aside = rk_stretch / rk_parts * 7 / 6 + 128,
};

struct rk_snappy {
  struct rk_places places;
  uint8_t aside[rk_aside];
};

/// A part of a stretch on its way into the output.
struct rk_part {
  /// The place that is looked at next, and where the last match must have begun.
  size_t next, last;
  /// What stands behind the last match.
  const uint8_t *pending;
  uint8_t *output;
};

size_t rk_snappy_bound(size_t count) {
  // As libsnappy's bound: a literal's tag every 60 bytes is more than any literal needs, and a copy is never longer than
  // what it stands for.
  size_t extra = 32 + count / 6;
  return count > SIZE_MAX - extra ? 0 : count + extra;
}

size_t rk_snappy_scratch_size(void) { return sizeof(struct rk_snappy); }

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
  memcpy(output + 17, bytes + 16, 16);
  if (__builtin_expect(count > 32, 0)) memcpy(output + 33, bytes + 32, 28);
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

/// How many of the first 32 bytes agree.
static inline size_t rk_common_32(const uint8_t *left, const uint8_t *right) {
#if defined(__SSE2__)
  __m128i low = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)left), _mm_loadu_si128((const __m128i *)right));
  __m128i high =
      _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(left + 16)), _mm_loadu_si128((const __m128i *)(right + 16)));
  uint64_t same = (uint32_t)_mm_movemask_epi8(low) | (uint64_t)(uint32_t)_mm_movemask_epi8(high) << 16;
  return (size_t)__builtin_ctzll(~same);
#else
  for (size_t i = 0; i < 32; i += 8) {
    uint64_t difference = rk_load64(left + i) ^ rk_load64(right + i);
    if (difference != 0) return i + ((size_t)__builtin_ctzll(difference) >> 3);
  }
  return 32;
#endif
}

/// How many bytes before two places agree, up to 7 of those before the later one that are still pending.
static inline size_t rk_common_before(const uint8_t *left, const uint8_t *right, const uint8_t *pending) {
  size_t same = (size_t)__builtin_clzll((rk_load64(right - 8) ^ rk_load64(left - 8)) | 1) >> 3;
  size_t room = (size_t)(right - pending);
  return same < room ? same : room;
}

/// Goes to the next match and writes it with what is pending before it, or finds none nearby.
static inline __attribute__((always_inline)) void rk_step(
    const uint8_t *input, const struct rk_places *places, size_t start, struct rk_part *part) {
  size_t index = part->next - start;
  uint64_t agreeing = rk_load64(places->agreeing + (index >> 3)) >> (index & 7);
  if (__builtin_expect(agreeing == 0, 0)) {
    part->next += 57;
    return;
  }
  size_t place = part->next + (size_t)__builtin_ctzll(agreeing);
  if (__builtin_expect(place > part->last, 0)) {
    part->next = place;
    return;
  }
  size_t offset = (uint16_t)(place - (place ^ places->found[place - start]));
  const uint8_t *right = input + place, *left = right - offset;
  size_t same = rk_common_32(left, right);
  if (__builtin_expect((same < rk_match) | (offset == 0), 0)) {
    part->next = place + 1;
    return;
  }
  // A match ends with its part, of which there are `rk_match` bytes at least.
  size_t room = part->last + rk_match - place;
  if (__builtin_expect(same == 32, 0)) {
    while (same < room && left[same] == right[same]) same++;
  }
  same = same < room ? same : room;
  size_t back = __builtin_expect(place - offset >= 8, 1) ? rk_common_before(left, right, part->pending) : 0;
  part->output = rk_literal(part->output, part->pending, (size_t)(right - back - part->pending));
  part->output = rk_copy(part->output, offset, same + back);
  part->next = place + same;
  part->pending = input + part->next;
}

/// Writes a stretch but for what stands behind its last match; `pending` is what stood behind the last one before.
static struct rk_part rk_write_stretch(
    const uint8_t *input, size_t start, size_t count, const uint8_t *pending, uint8_t *output, struct rk_snappy *state) {
  size_t middle = start + count / 2, end = start + count;
  struct rk_part left = {start, middle - rk_match, pending, output};
  struct rk_part right = {middle, end - rk_match, input + middle, state->aside};
  while ((left.next <= left.last) & (right.next <= right.last)) {
    rk_step(input, &state->places, start, &left);
    rk_step(input, &state->places, start, &right);
  }
  while (left.next <= left.last) rk_step(input, &state->places, start, &left);
  while (right.next <= right.last) rk_step(input, &state->places, start, &right);
  size_t rest = (size_t)(input + middle - left.pending), aside = (size_t)(right.output - state->aside);
  // Without a match the second part has nothing but what is pending, to which the rest of the first one belongs.
  if (aside == 0) return left;
  if (rest > 0) left.output = rk_exact_literal(left.output, left.pending, rest);
  memcpy(left.output, state->aside, aside);
  right.output = left.output + aside;
  return right;
}

size_t rk_snappy_kernels(void) {
  size_t count = 0;
  while (rk_place_finder(count) != NULL) count++;
  return count;
}

size_t rk_snappy_compress(const uint8_t *input, size_t count, uint8_t *output, void *scratch, size_t kernel) {
  rk_find_places *find = rk_place_finder(kernel);
  if (count > UINT32_MAX || find == NULL) return 0;
  uint8_t *start = output;
  size_t length = count;
  for (; length >= 128; length >>= 7) *output++ = (uint8_t)(length | 128);
  *output++ = (uint8_t)length;

  const uint8_t *end = input + count, *pending = input;
  struct rk_snappy *state = scratch;
  size_t limit = count > rk_tail ? (count - rk_tail) & ~(size_t)63 : 0;
  if (limit > 0) memset(state->places.table, 0, sizeof state->places.table);
  for (size_t from = 0; from < limit; from += rk_stretch) {
    size_t stretch = limit - from < rk_stretch ? limit - from : rk_stretch;
    find(input, from, stretch, &state->places);
    struct rk_part last = rk_write_stretch(input, from, stretch, pending, output, state);
    pending = last.pending;
    output = last.output;
  }
  if (pending < end) output = rk_exact_literal(output, pending, (size_t)(end - pending));
  return (size_t)(output - start);
}
