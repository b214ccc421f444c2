#if defined(__x86_64__)

#include <emmintrin.h>

#include "KernelSet.h"
#include "KernelPretokens.h"

typedef struct {
  __m128i part[4];
} bk_block;

BK_INLINE bk_block bk_load_block(const uint8_t *text) {
  bk_block block;
  for (int i = 0; i < 4; i++) block.part[i] = _mm_loadu_si128((const __m128i *)(text + 16 * i));
  return block;
}

BK_INLINE uint64_t gathered(__m128i a, __m128i b, __m128i c, __m128i d) {
  uint64_t low = (uint32_t)_mm_movemask_epi8(a) | (uint32_t)_mm_movemask_epi8(b) << 16;
  uint64_t high = (uint32_t)_mm_movemask_epi8(c) | (uint32_t)_mm_movemask_epi8(d) << 16;
  return low | high << 32;
}

BK_INLINE uint64_t bk_high_bits(bk_block block) {
  return gathered(block.part[0], block.part[1], block.part[2], block.part[3]);
}

BK_INLINE uint64_t bk_equal(bk_block block, uint8_t byte) {
  const __m128i wanted = _mm_set1_epi8((char)byte);
  return gathered(_mm_cmpeq_epi8(block.part[0], wanted), _mm_cmpeq_epi8(block.part[1], wanted),
                  _mm_cmpeq_epi8(block.part[2], wanted), _mm_cmpeq_epi8(block.part[3], wanted));
}

BK_INLINE __m128i within(__m128i bytes, uint8_t first, uint8_t count) {
  __m128i offset = _mm_sub_epi8(bytes, _mm_set1_epi8((char)first));
  return _mm_cmpeq_epi8(_mm_min_epu8(offset, _mm_set1_epi8((char)(count - 1))), offset);
}

BK_INLINE uint64_t bk_within(bk_block block, uint8_t first, uint8_t count) {
  return gathered(within(block.part[0], first, count), within(block.part[1], first, count),
                  within(block.part[2], first, count), within(block.part[3], first, count));
}

#define bk_free_pair_mask(text, block, previous, pairs) bk_free_pair_mask_one_by_one(text, previous, pairs)

#include "KernelBlocks.h"

BK_DEFINE_KERNELS(bk_sse2_kernels, "sse2");

#endif
