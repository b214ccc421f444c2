#include "CTextKernels.h"

#include <string.h>

#if defined(__x86_64__)
#include <emmintrin.h>

#include "ProcessorFeatures.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "VectorUTF8.h"

static uint32_t rk_is_valid_avx2(const uint8_t *text, size_t count) { return rk_is_valid_utf8(text, count); }
#pragma clang attribute pop
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

// Table 3-7 of the Unicode Standard, core specification: the second byte's range depends on the first.

static inline int rk_is_tail(uint8_t byte) { return (byte & 0xC0) == 0x80; }

/// The length of the well-formed sequence at `text`, whose first byte is not ASCII; 0 if there is none.
static inline size_t rk_sequence(const uint8_t *text, size_t count) {
  uint8_t lead = text[0];
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead < 0xE0) return count >= 2 && rk_is_tail(text[1]) ? 2 : 0;
  if (lead < 0xF0) {
    if (count < 3 || !rk_is_tail(text[1]) || !rk_is_tail(text[2])) return 0;
    // No overlong forms, no surrogates.
    if ((lead == 0xE0 && text[1] < 0xA0) || (lead == 0xED && text[1] > 0x9F)) return 0;
    return 3;
  }
  if (count < 4 || !rk_is_tail(text[1]) || !rk_is_tail(text[2]) || !rk_is_tail(text[3])) return 0;
  if ((lead == 0xF0 && text[1] < 0x90) || (lead == 0xF4 && text[1] > 0x8F)) return 0;
  return 4;
}

static size_t rk_well_formed_portable(const uint8_t *text, size_t count) {
  size_t offset = 0;
  while (offset < count) {
    // Most text is ASCII, which is skipped 32 bytes at a time.
    while (count - offset >= 32) {
      uint64_t words[4];
      memcpy(words, text + offset, sizeof words);
      if (((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080ull) != 0) break;
      offset += 32;
    }
    while (offset < count && text[offset] < 0x80) offset++;
    while (offset < count && text[offset] >= 0x80) {
      size_t length = rk_sequence(text + offset, count - offset);
      if (length == 0) return offset;
      offset += length;
    }
  }
  return count;
}

size_t rk_well_formed(const uint8_t *text, size_t count) {
#if defined(__x86_64__)
  // Only where the first fault is must be looked for byte by byte.
  if (rk_has_avx2() && rk_is_valid_avx2(text, count)) return count;
#endif
  return rk_well_formed_portable(text, count);
}

size_t rk_count_tails(const uint8_t *text, size_t count) {
  size_t offset = 0, tails = 0;
#if defined(__x86_64__)
  // As signed numbers, tails are the least of all bytes.
  const __m128i other = _mm_set1_epi8(-64);
  while (count - offset >= 16) {
    __m128i sums = _mm_setzero_si128();
    // A byte of the sums holds no more than this.
    for (unsigned block = 0; block < 255 && count - offset >= 16; block++, offset += 16) {
      __m128i bytes = _mm_loadu_si128((const __m128i *)(text + offset));
      sums = _mm_sub_epi8(sums, _mm_cmplt_epi8(bytes, other));
    }
    sums = _mm_sad_epu8(sums, _mm_setzero_si128());
    tails += (size_t)_mm_cvtsi128_si64(sums) + (size_t)_mm_cvtsi128_si64(_mm_srli_si128(sums, 8));
  }
#elif defined(__ARM_NEON)
  while (count - offset >= 16) {
    uint8x16_t sums = vdupq_n_u8(0);
    for (unsigned block = 0; block < 255 && count - offset >= 16; block++, offset += 16) {
      sums = vsubq_u8(sums, vcltq_s8(vreinterpretq_s8_u8(vld1q_u8(text + offset)), vdupq_n_s8(-64)));
    }
    tails += vaddlvq_u8(sums);
  }
#endif
  for (; offset < count; offset++) tails += (size_t)rk_is_tail(text[offset]);
  return tails;
}
