#if defined(__x86_64__)

#include <immintrin.h>

#include "KernelSet.h"

#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt,sse4.2"))), apply_to = function)

#include "KernelSupport.h"

typedef struct {
  __m256i low;
  __m256i high;
} bk_block;

BK_INLINE bk_block bk_load_block(const uint8_t *text) {
  bk_block block = {_mm256_loadu_si256((const __m256i *)text), _mm256_loadu_si256((const __m256i *)(text + 32))};
  return block;
}

BK_INLINE uint64_t gathered(__m256i low, __m256i high) {
  return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

BK_INLINE uint64_t bk_high_bits(bk_block block) { return gathered(block.low, block.high); }

BK_INLINE uint64_t bk_equal(bk_block block, uint8_t byte) {
  const __m256i wanted = _mm256_set1_epi8((char)byte);
  return gathered(_mm256_cmpeq_epi8(block.low, wanted), _mm256_cmpeq_epi8(block.high, wanted));
}

BK_INLINE __m256i within(__m256i bytes, uint8_t first, uint8_t count) {
  __m256i offset = _mm256_sub_epi8(bytes, _mm256_set1_epi8((char)first));
  return _mm256_cmpeq_epi8(_mm256_min_epu8(offset, _mm256_set1_epi8((char)(count - 1))), offset);
}

BK_INLINE uint64_t bk_within(bk_block block, uint8_t first, uint8_t count) {
  return gathered(within(block.low, first, count), within(block.high, first, count));
}

/// The entries of a table of 128 bytes for bytes below 128; others give anything.
BK_INLINE __m256i look_up(const uint8_t *table, __m256i bytes) {
  const __m256i row = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(7));
  const __m256i column = _mm256_and_si256(bytes, _mm256_set1_epi8(15));
  __m256i found = _mm256_setzero_si256();
  for (int number = 0; number < 8; number++) {
    __m256i entries = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(table + 16 * number)));
    __m256i is_row = _mm256_cmpeq_epi8(row, _mm256_set1_epi8((char)number));
    found = _mm256_or_si256(found, _mm256_and_si256(is_row, _mm256_shuffle_epi8(entries, column)));
  }
  return found;
}

BK_INLINE uint64_t bk_free_pair_mask(const uint8_t *text, bk_block block, uint8_t previous,
                                     const struct bk_free_pairs *pairs) {
  (void)text;
  // The bytes before: each byte moved up by one, the first one from the block before.
  __m256i across = _mm256_permute2x128_si256(block.low, block.low, 0x08);
  __m256i low = _mm256_alignr_epi8(block.low, across, 15);
  low = _mm256_or_si256(low, _mm256_zextsi128_si256(_mm_cvtsi32_si128(previous)));
  __m256i high = _mm256_alignr_epi8(block.high, _mm256_permute2x128_si256(block.low, block.high, 0x21), 15);
  __m256i low_common = _mm256_and_si256(look_up(pairs->first, low), look_up(pairs->second, block.low));
  __m256i high_common = _mm256_and_si256(look_up(pairs->first, high), look_up(pairs->second, block.high));
  const __m256i zero = _mm256_setzero_si256();
  return ~gathered(_mm256_cmpeq_epi8(low_common, zero), _mm256_cmpeq_epi8(high_common, zero));
}

#include "KernelBlocks.h"

BK_DEFINE_KERNELS(bk_avx2_kernels, "avx2");

#pragma clang attribute pop

#endif
