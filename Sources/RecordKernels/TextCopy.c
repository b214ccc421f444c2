#include "RecordKernels.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

/// What the second character of a short escape stands for; 0 where there is no such escape.
static const uint8_t rk_escapes[256] = {
    ['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['n'] = '\n', ['t'] = '\t', ['r'] = '\r', ['b'] = '\b', ['f'] = '\f',
};

static inline int rk_is_plain(uint8_t byte) { return byte >= 0x20 && byte != '"' && byte != '\\'; }

/// Copies 16 bytes; returns how many of them stand before the first that is not plain, and collects the high bits of
/// those.
static inline size_t rk_copy_16(const uint8_t *input, uint8_t *output, unsigned *high) {
#if defined(__SSE2__)
  __m128i bytes = _mm_loadu_si128((const __m128i *)input);
  _mm_storeu_si128((__m128i *)output, bytes);
  __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
  __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
  unsigned stops = (unsigned)_mm_movemask_epi8(_mm_or_si128(marks, control)) | 1u << 16;
  unsigned plain = (unsigned)__builtin_ctz(stops);
  *high |= (unsigned)_mm_movemask_epi8(bytes) & ((1u << plain) - 1);
  return plain;
#elif defined(__ARM_NEON)
  uint8x16_t bytes = vld1q_u8(input);
  vst1q_u8(output, bytes);
  uint8x16_t marks = vorrq_u8(vceqq_u8(bytes, vdupq_n_u8('"')), vceqq_u8(bytes, vdupq_n_u8('\\')));
  marks = vorrq_u8(marks, vcltq_u8(bytes, vdupq_n_u8(0x20)));
  // Four bits a byte: what x86 has as movemask.
  uint64_t stops = vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(marks), 4)), 0);
  size_t plain = stops ? (size_t)__builtin_ctzll(stops) >> 2 : 16;
  uint64_t wide = vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(vcgeq_u8(bytes, vdupq_n_u8(0x80))), 4)), 0);
  *high |= (wide & (plain < 16 ? (1ull << (4 * plain)) - 1 : ~0ull)) != 0;
  return plain;
#else
  size_t plain = 0;
  while (plain < 16 && rk_is_plain(input[plain])) {
    *high |= input[plain] & 0x80u;
    output[plain] = input[plain];
    plain++;
  }
  return plain;
#endif
}

struct rk_text rk_copy_json_text(const uint8_t *input, size_t count, uint8_t *output) {
  const uint8_t *start = input, *end = input + count;
  uint8_t *begin = output;
  unsigned high = 0;
  for (;;) {
    while (end - input >= 16) {
      size_t plain = rk_copy_16(input, output, &high);
      input += plain;
      output += plain;
      if (plain < 16) break;
    }
    // Near the end one by one; elsewhere the next byte is not plain.
    while (input < end && rk_is_plain(*input)) {
      high |= *input & 0x80u;
      *output++ = *input++;
    }
    if (end - input < 2 || *input != '\\') break;
    uint8_t escape = rk_escapes[input[1]];
    if (escape == 0) break;
    *output++ = escape;
    input += 2;
  }
  return (struct rk_text){(size_t)(input - start), (size_t)(output - begin), high == 0};
}
